"""Proposes a target for each column, by its header and its values, and gives the reason.

These are pure functions on headers and a few sample values. The targets are those of `exchange.standard`; the
words that people use for them are in `kolomnamen`. A reason is Dutch, for the clerk, and repeats neither a
value nor a header.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from exchange.standard import Gegevenstype, Soort, Veld, velden
from exchange.standard.boom import lower_first
from exchange.standard.persoonsgegevens import looks_personal
from exchange.standard.waardelijsten import SOORT_RIJBEWIJS, VERVOERMIDDEL
from exchange.waardelijsten.talen import VEELGEVRAAGD
from uploads.mapping.cells.contact import names_another
from uploads.mapping.cells.dates import Volgorde, order_of
from uploads.mapping.cells.reader import NIL_BEHIND, separator_of
from uploads.mapping.cells.text import code_table, is_absent, tekst, woordsleutel
from uploads.mapping.cells.verminkt import as_read, why_no_id
from uploads.mapping.doelen import MAX_POSITIES, SOORTEN, is_splitsbaar, is_uren, without_positions
from uploads.mapping.eigen import is_eigen_kop
from uploads.mapping.kolommen import kolomkoppen
from uploads.mapping.proposals import kolomnamen
from uploads.mapping.proposals.column_values import Kolomwaarden, Waardesoort, look_at
from uploads.mapping.proposals.header_names import (
    BSN,
    CONTACT,
    GROUP,
    ORGANISATION,
    OUT,
    TOESTEMMING,
    Guess,
    by_name,
    words_of,
)
from uploads.mapping.proposals.mensen import menskolommen
from uploads.mapping.regels import GEWONE_SPLITS, LONGEST_VALUE, PSEUDONIEM, Regel, Regels, Toestemming
from uploads.mapping.words import (
    JA,
    JA_CIJFER,
    JA_NEE_LIJSTEN,
    NEE,
    NEE_CIJFER,
    PER_WOORD_LIJSTEN,
    TOESTEMMING_WOORDEN,
    are_digits_of_yes_and_no,
    words_of_list,
    yes_to,
)

# From this certainty on, a proposal is filled in; below it, the clerk only reads it as a possibility.
GENOEG: Final = 60
ZEKER: Final = 90

_LEAST: Final = 40
_MOST_POSSIBLE: Final = 5
# The number of ids from which two equal ones tell that it is no id.
_ENOUGH_IDS: Final = 3


@dataclass(frozen=True, slots=True)
class Suggestie:
    """A proposal for one column.

    `doel` is a path with positions, TOESTEMMING, or None when the column does not go along. `zekerheid` runs
    from 0 to 100. A column with `achter` comes after another column (its key) in the same target. The other
    fields are those of `Regel`; for TOESTEMMING `waarden` holds the words that mean yes.
    """

    kolom: str
    doel: str | None
    zekerheid: int
    reden: str
    achter: str = ""
    splits: str = ""
    eenheid: str = ""
    inkorten: bool = False
    per_woord: bool = False
    waarden: tuple[tuple[str, str], ...] = ()
    tekens: str = ""
    maand_eerst: bool = False
    # What the column may be, best first, as `Guess.target` has it.
    kandidaten: tuple[str, ...] = ()
    # Constants that belong to it: (target, value), such as the language of a level.
    vast: tuple[tuple[str, str], ...] = ()

    @property
    def is_genoeg(self) -> bool:
        """Tells whether it is certain enough to be filled in."""
        return self.doel is not None and self.zekerheid >= GENOEG


def suggest(koppen: Sequence[str], monsters: Sequence[Sequence[object]], soort: Soort) -> list[Suggestie]:
    """Gives a proposal for every column, in their order. `monsters` holds a few values of each column."""
    columns = [
        _Column(
            kop.sleutel,
            words_of(kop.kop),
            kop.kop,
            look_at(monsters[kop.index] if kop.index < len(monsters) else ()),
            index,
        )
        for index, kop in enumerate(kolomkoppen(koppen))
    ]
    samples = {column.key: monsters[column.index] for column in columns if column.index < len(monsters)}
    return _Assignment(soort, columns, samples).run()


def guess_kind(koppen: Sequence[str], monsters: Sequence[Sequence[object]]) -> Soort | None:
    """Guesses whether the file holds jobseekers or vacancies; None when it does not tell.

    A column with consent or BSNs means jobseekers, whatever the other columns look like.
    """
    if menskolommen(koppen, monsters):
        return Soort.WERKZOEKENDEN
    said: Counter[str] = Counter()
    for kop in koppen:
        words = set(words_of(kop))
        glued = "".join(words_of(kop))
        for soort, own in kolomnamen.VAN_SOORT.items():
            if words & own or any(glued.startswith(word) for word in own if len(word) > 5):
                said[soort.value] += 40
    for soort in SOORTEN:
        for one in suggest(koppen, monsters, soort):
            if one.is_genoeg:
                said[soort.value] += one.zekerheid
            elif one.doel is None:
                said[soort.value] += one.zekerheid // 3
    (first, most), *rest = said.most_common() or [("", 0)]
    if most == 0 or (rest and most - rest[0][1] < 30):
        return None
    return Soort(first)


def regels_from(
    suggesties: Iterable[Suggestie], koppen: Sequence[str], soort: Soort, vanaf: int = GENOEG
) -> Regels:
    """Makes rules from the proposals that are certain enough. They need not be complete."""
    present = {kop.sleutel for kop in kolomkoppen(koppen)}
    chosen = {
        one.kolom: one
        for one in suggesties
        if one.doel is not None and one.zekerheid >= vanaf and one.kolom in present
    }
    behind: dict[str, list[str]] = defaultdict(list)
    for one in chosen.values():
        if one.achter in chosen:
            behind[one.achter].append(one.kolom)
    consent: Toestemming | None = None
    rules: list[Regel] = []
    constants: dict[tuple[str, str], Regel] = {}
    for one in chosen.values():
        if one.achter in chosen or one.doel is None:
            continue
        if one.doel == TOESTEMMING:
            consent = consent or Toestemming(one.kolom, tuple(word for word, _ in one.waarden) or (JA,))
            continue
        rules.append(
            Regel(
                doel=one.doel,
                kolommen=(one.kolom, *behind[one.kolom]),
                splits=one.splits,
                eenheid=one.eenheid,
                inkorten=one.inkorten,
                waarden=one.waarden,
                per_woord=one.per_woord,
                tekens=one.tekens,
                maand_eerst=one.maand_eerst,
            )
        )
        for doel, value in one.vast:
            constants.setdefault((doel, one.doel), Regel(doel=doel, constante=value, alleen_met=one.doel))
    if soort is Soort.VACATURES:
        rules += _occupation_from_title(rules)
    return Regels(soort, (*rules, *constants.values()), consent)


def _occupation_from_title(rules: Sequence[Regel]) -> list[Regel]:
    """Gives a rule that takes the occupation of a vacancy from its title.

    Gives none when a column holds the occupation, or no column the title.
    """
    if any(rule.doel == _OCCUPATION for rule in rules):
        return []
    return [Regel(_OCCUPATION, rule.kolommen) for rule in rules if rule.doel == _TITLE]


_TITLE: Final = "naamVacature"
_OCCUPATION: Final = "beroep.codeBeroepsnaam"


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    words: tuple[str, ...]
    header: str
    values: Kolomwaarden
    index: int

    @property
    def number(self) -> int | None:
        """Gives the number in the header (Opleiding 2), from 1; None when it has none."""
        found = [word for word in self.words if word.isdigit()]
        # "1e uitkeringsdag" and "06" hold no such number.
        if len(found) != 1 or len(self.words) < 2 or len(found[0]) > 2 or found[0].startswith("0"):
            return None
        return int(found[0]) if int(found[0]) <= MAX_POSITIES else None

    @property
    def named(self) -> tuple[str, ...]:
        """Gives the words without the number."""
        return self.words if self.number is None else tuple(word for word in self.words if not word.isdigit())

    @property
    def plain(self) -> tuple[str, ...]:
        """Gives the words without the number and without words that mean nothing."""
        return tuple(word for word in self.named if word not in kolomnamen.VULWOORDEN)


# --- Values -------------------------------------------------------------------------------------------------

_W: Final = Waardesoort
# The attribute that a kind of values points to, by a name that is looked up in the
# standard, and the certainty.
_BY_VALUES: Final[Sequence[tuple[Waardesoort, str, int]]] = (
    (_W.POSTCODE, "bemiddelingspostcode", 88),
    (_W.POSTCODE, "adres.postcode", 88),
    (_W.EMAIL, "emailadres[]", 82),
    (_W.TELEFOON, "telefoonnummer[]", 82),
    (_W.RIJBEWIJS, "codeSoortRijbewijs", 84),
    (_W.BEROEP, "bemiddelingsberoep[].codeBeroepsnaam", 84),
    (_W.BEROEP, "beroep.codeBeroepsnaam", 84),
    (_W.COMPETENTIE, "codeCompetentie", 84),
    (_W.OPLEIDINGSNIVEAU, "codeNiveauOpleiding", 78),
    (_W.VERVOER, "codeVervoermiddel", 78),
    (_W.ARBEIDSCONTRACT, "codeTypeArbeidscontract", 74),
    (_W.OVEREENKOMST, "codeTypeOvereenkomst", 70),
    (_W.SOLLICITATIE, "codeSollicitatiewijze", 74),
    (_W.DENKNIVEAU, "codeWerkEnDenkniveauWerkzoekende", 72),
    (_W.DENKNIVEAU, "codeWerkEnDenkniveauMinimaal", 72),
    (_W.TAAL, "codeTaal", 72),
    (_W.WEBADRES, "sollicitatiewijze[].webadres.url", 50),
    (_W.WEBADRES, "webadres[].url", 50),
    (_W.UREN, "aantalWerkurenPerWeekMaximaal", 45),
    (_W.LANGE_TEKST, "persoonlijkePresentatie", 45),
    (_W.LANGE_TEKST, "omschrijvingVacature", 62),
)
# Kinds of values that tell what a column is, whatever its header says.
_UNMISTAKABLE: Final = frozenset({_W.POSTCODE, _W.EMAIL})
_BEYOND_NAMES: Final = 91
_OUT_BY_VALUES: Final[Mapping[Waardesoort, str]] = {
    _W.IBAN: "Bankgegevens",
    _W.GEBOORTEDATUM: "Geboortedatum en leeftijd",
    _W.ADRES: "Adressen",
    _W.GESLACHT: "Geslacht",
}
# The kinds of values that an attribute can have, by its name; for other attributes its type decides.
_ONLY: Final[Mapping[str, frozenset[Waardesoort]]] = {
    "emailadres": frozenset({_W.EMAIL}),
    "telefoonnummer": frozenset({_W.TELEFOON, _W.GETAL, _W.BSN}),
    "url": frozenset({_W.WEBADRES, _W.BEROEP, _W.COMPETENTIE, _W.TEKST}),
}
# Kinds of values that are certainly no code, word or running text.
_NEVER_WORDS: Final = frozenset(
    {_W.POSTCODE, _W.EMAIL, _W.TELEFOON, _W.DATUM, _W.GEBOORTEDATUM, _W.BSN, _W.IBAN, _W.WEBADRES}
)
_ALIKE: Final = "{} waarden zijn {}"
_OF_OTHERS: Final = "Contactgegevens van anderen"
_NAMES_ANOTHER: Final = "De naam noemt iemand anders"


def _by_values(column: _Column, soort: Soort) -> list[Guess]:
    """Gives the guesses that follow from the values alone, best first."""
    values = column.values
    found: list[Guess] = []
    if values.aantal == 0:
        return found
    if values.is_een(_W.BSN) and not values.is_een(_W.TELEFOON):
        target = BSN if soort is Soort.WERKZOEKENDEN else f"{OUT}BSN's"
        found.append(Guess(target, 80, _capital(_alike(_W.BSN, values)), by_name=False))
    # With a single value, a date of birth may be any date.
    if values.aantal > 1 or values.is_een(_W.IBAN):
        for kind, reden in _OUT_BY_VALUES.items():
            if kind in values.soorten and soort is Soort.WERKZOEKENDEN:
                found.append(Guess(f"{OUT}{reden}", 64, _capital(_alike(kind, values)), by_name=False))
    for kind, name, score in _BY_VALUES:
        leaf = _leaf_named(soort, name) if kind in values.soorten else None
        if kind is _W.RIJBEWIJS and (values.is_een(_W.TAALNIVEAU) or values.kort):
            # A1 and A2 are levels of a language too, and a letter may be anything.
            score = _LEAST
        if kind in _UNMISTAKABLE and kind in values.helemaal and values.aantal > 1:
            score = _BEYOND_NAMES
        if leaf is not None:
            found.append(Guess(leaf.pad, score, _capital(_alike(kind, values)), by_name=False))
    return sorted(found, key=lambda guess: -guess.score)


@cache
def _leaf_named(soort: Soort, name: str) -> Veld | None:
    """Gives the attribute whose path ends in this name."""
    found = [
        leaf
        for leaf in velden(soort)
        if leaf.pad == name or leaf.pad.endswith(f".{name}") or leaf.pad.removeprefix(GROUP) == name
    ]
    return found[0] if found else None


def _alike(kind: Waardesoort, values: Kolomwaarden) -> str:
    return _ALIKE.format("alle" if kind in values.helemaal else "bijna alle", kind.value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _fits(leaf: Veld, values: Kolomwaarden) -> tuple[bool | None, Waardesoort | None]:
    """Tells whether these values can be of the attribute (None: unknown), and the kind that decided it."""
    kinds, attribuut = values.soorten, leaf.attribuut
    if values.aantal == 0:
        return None, None
    if attribuut.naam in _ONLY:
        return _verdict(kinds, _ONLY[attribuut.naam])
    if attribuut.naam.casefold().endswith("postcode"):
        return _verdict(kinds, frozenset({_W.POSTCODE}))
    match attribuut.type:
        case Gegevenstype.DATUM:
            # Numbers may be dates in the form in which a spreadsheet counts them.
            return (None, None) if _W.GETAL in kinds else _verdict(kinds, frozenset({_W.DATUM}))
        case Gegevenstype.GETAL:
            wanted = frozenset({_W.GETAL, _W.UREN} if is_uren(attribuut) else {_W.GETAL})
            good, why = _verdict(kinds, wanted)
            return (None, None) if good is False and kinds == {_W.TEKST} else (good, why)
        case Gegevenstype.CODE:
            if kinds & {_W.BEROEP, _W.COMPETENTIE, _W.RIJBEWIJS} and not kinds & (
                _NEVER_WORDS - {_W.WEBADRES}
            ):
                return True, None
            if kinds & (_NEVER_WORDS | {_W.LANGE_TEKST}):
                return False, _first(kinds & (_NEVER_WORDS | {_W.LANGE_TEKST}))
            return _verdict_of_yes_and_no(leaf, kinds)
        case _:
            bad = kinds & (_NEVER_WORDS - {_W.WEBADRES})
            return (False, _first(bad)) if bad else (None, None)


def _verdict_of_yes_and_no(
    leaf: Veld, kinds: frozenset[Waardesoort]
) -> tuple[bool | None, Waardesoort | None]:
    """Judges yes and no: they are values of lists with yes and no, and do not fit another list.

    Gives (None, None) when the values are not yes and no, or when the attribute has no list.
    """
    lijst = leaf.attribuut.waardelijst
    if _W.JA_NEE not in kinds or lijst is None:
        return None, None
    return lijst.naam in JA_NEE_LIJSTEN, _W.JA_NEE


def _verdict(kinds: frozenset[Waardesoort], wanted: frozenset[Waardesoort]) -> tuple[bool, Waardesoort]:
    both = kinds & wanted
    return (True, _first(both)) if both else (False, _first(kinds))


def _first(kinds: frozenset[Waardesoort]) -> Waardesoort:
    return next(kind for kind in Waardesoort if kind in kinds)


# --- Who gets what ------------------------------------------------------------------------------------------


class _Assignment:
    """Divides the targets over the columns: the most certain first.

    No target is given twice, unless it is a list.
    """

    def __init__(
        self, soort: Soort, columns: Sequence[_Column], samples: Mapping[str, Sequence[object]]
    ) -> None:
        self.soort = soort
        self.columns = columns
        self.samples = samples
        self.leaves = {leaf.pad: leaf for leaf in velden(soort)}
        self.contact = next(pad for pad, leaf in self.leaves.items() if leaf.attribuut.naam == CONTACT)
        self.found: dict[int, Suggestie] = {}
        # A column "Werkgever 2" makes "Functie 2" an occupation in the past.
        self.past = {
            column.number
            for column in columns
            if column.number is not None
            and "".join(column.plain) in _EMPLOYER
            and soort is Soort.WERKZOEKENDEN
        }
        # The column that a target went to; of a numbered group per position.
        self.taken: dict[str, str] = {}

    def run(self) -> list[Suggestie]:
        """Gives the proposals, one for each column."""
        for column in self.columns:
            self._by_its_header_alone(column)
        possible = {
            column.index: self._guesses(column) for column in self.columns if column.index not in self.found
        }
        guesses = [(guess, column) for column in self.columns for guess in possible.get(column.index, ())]
        # A name has priority over values, and of two equals the first column has priority.
        guesses.sort(key=lambda pair: (-pair[0].score, not pair[0].by_name, pair[1].index))
        late: dict[int, str] = {}
        for guess, column in guesses:
            given = column.index in self.found or self._give(column, guess)
            if not given and guess.score >= GENOEG:
                late.setdefault(column.index, guess.target)
        for column in self.columns:
            if column.index not in self.found:
                self.found[column.index] = self._nothing(column, late.get(column.index))
        return [
            replace(
                self._finished(self.found[column.index]),
                kandidaten=tuple(
                    guess.target
                    for guess in sorted(possible.get(column.index, ()), key=lambda guess: -guess.score)
                )[:_MOST_POSSIBLE],
            )
            for column in self.columns
        ]

    # --- Columns whose header tells more than a name ------------------------------------------------

    def _by_its_header_alone(self, column: _Column) -> None:
        if is_eigen_kop(column.header):
            self.found[column.index] = Suggestie(column.key, None, 100, _OURS)
            return
        words = set(column.words)
        yes = yes_words(self.samples.get(column.key, ()))
        licence = _licence_in(column.header)
        pad = self._pad("codeSoortRijbewijs")
        if (
            licence
            and "rijbewijs" in words
            and (column.values.is_een(_W.JA_NEE) or column.values.aantal == 0)
        ):
            self._list_of_yes(
                column, pad, licence, yes, "De naam noemt dit rijbewijs, en de waarden zijn ja of nee."
            )
            return
        transport = _transport_in(column.plain)
        if transport and column.values.is_een(_W.JA_NEE):
            pad = self._pad("codeVervoermiddel")
            self._list_of_yes(
                column, pad, transport, yes, "De naam is een vervoermiddel, en de waarden zijn ja of nee."
            )
            return
        language = _language_in(column.plain)
        if language and not column.values.is_een(*_NEVER_WORDS, _W.LANGE_TEKST, _W.JA_NEE):
            self._language(column, language)

    def _list_of_yes(self, column: _Column, pad: str, code: str, yes: Sequence[str], reden: str) -> None:
        """Proposes a column with yes and no for one code of a list."""
        other = [word for word in map(woordsleutel, self.samples.get(column.key, ())) if word not in yes]
        # Rules are kept longer than the file, so a value that may be about a person is not taken for a word.
        words = [
            word
            for word in other
            if not is_absent(word) and len(word) <= LONGEST_VALUE and not looks_personal(word)
        ]
        waarden = dict([(word, code) for word in yes] + [(word, "") for word in words]) | dict(yes_to(code))
        self.found[column.index] = Suggestie(column.key, pad, 92, reden, waarden=tuple(waarden.items()))

    def _language(self, column: _Column, language: str) -> None:
        skills = {
            "mondeling": "Mondeling", "spreken": "Mondeling", "spreekvaardigheid": "Mondeling",
            "gesproken": "Mondeling",
            "schriftelijk": "Schriftelijk", "schrijven": "Schriftelijk", "schrijfvaardigheid": "Schriftelijk",
            "lezen": "Lezen", "leesvaardigheid": "Lezen", "luisteren": "Luisteren", "luistervaardigheid": "Luisteren",
            "verstaan": "Luisteren",
        }  # fmt: skip
        skill = next((skills[word] for word in column.words if word in skills), "Mondeling")
        pad = self._pad(f"codeNiveauTaalbeheersing{skill}")
        group = pad.rpartition(".")[0]
        # Each language is an element of its own, after those that are numbered in the file.
        known = [key.removeprefix("taal:") for key in self.taken if key.startswith("taal:")]
        if language not in known:
            known.append(language)
            self.taken[f"taal:{language}"] = column.key
        place = self._numbered_languages() + known.index(language)
        doel = pad.replace("[]", f"[{place}]", 1)
        if place >= MAX_POSITIES or doel in self.taken:
            return
        self.taken[doel] = column.key
        taal = f"{group.replace('[]', f'[{place}]', 1)}.codeTaal"
        self.found[column.index] = Suggestie(
            column.key,
            doel,
            90,
            f"De naam noemt de taal {VEELGEVRAAGD.get(language, language)}; de waarden zijn het niveau.",
            vast=((taal, language),),
        )

    def _numbered_languages(self) -> int:
        """Gives the number of places in the list of languages for columns that name no language."""
        return max(
            (
                column.number or 1
                for column in self.columns
                if {"taal", "talen", "taalniveau", "talenkennis", "moedertaal"} & set(column.words)
                and not _language_in(column.plain)
            ),
            default=0,
        )

    def _pad(self, name: str) -> str:
        leaf = _leaf_named(self.soort, name)
        if leaf is None:
            raise KeyError(name)
        return leaf.pad

    # --- Guesses ------------------------------------------------------------------------------------

    def _guesses(self, column: _Column) -> list[Guess]:
        by_values = {guess.target: guess for guess in _by_values(column, self.soort)}
        found: list[Guess] = []
        for guess in by_name(column.named, self.soort):
            if column.number in self.past and guess.target == _WISH and "functie" in column.words:
                guess = replace(
                    guess, target=_WORKED_AS, reason="Hetzelfde nummer als een kolom met een werkgever"
                )
            weighed = self._weigh(guess, column)
            if weighed.score >= _LEAST:
                found.append(weighed)
        named = {guess.target for guess in found}
        # A clear header is believed: an "inschrijfdatum" is no birthday.
        certain = any(guess.score >= ZEKER for guess in found)
        found += [
            guess
            for target, guess in by_values.items()
            if target not in named and (not certain or guess.score >= _BEYOND_NAMES)
        ]
        if any(guess.score >= _BEYOND_NAMES and not guess.by_name for guess in found):
            # The header belongs to something else than what is in the column.
            found = [
                replace(guess, score=guess.score - 40)
                if guess.by_name and not self._holds(guess, column)
                else guess
                for guess in found
            ]
        return self._without_others(found, column)

    def _without_others(self, found: list[Guess], column: _Column) -> list[Guess]:
        """Gives the guesses in which "Telefoon moeder" is no way to reach the person whom the row is about."""
        own = [guess for guess in found if self._is_of_person(guess.target)]
        if not own or not names_another(" ".join(column.words)):
            return found
        out = Guess(f"{OUT}{_OF_OTHERS}", max(guess.score for guess in own), _NAMES_ANOTHER)
        return [*(guess for guess in found if guess not in own), out]

    def _is_of_person(self, target: str) -> bool:
        leaf = self.leaves.get(target)
        return leaf is not None and leaf.contactgegeven and not leaf.voorouders

    def _holds(self, guess: Guess, column: _Column) -> bool:
        """Tells whether the values can be of the attribute that the header names."""
        leaf = self.leaves.get(guess.target)
        return leaf is not None and leaf.pad != self.soort.id_pad and _fits(leaf, column.values)[0] is True

    def _weigh(self, guess: Guess, column: _Column) -> Guess:
        """Gives the guess with its certainty raised or lowered by the values."""
        values = column.values
        leaf = self.leaves.get(guess.target.removeprefix(ORGANISATION))
        if guess.target == TOESTEMMING:
            if values.is_een(_W.JA_NEE):
                return replace(
                    guess,
                    score=min(guess.score + 3, 99),
                    reason=f"{guess.reason}, en de waarden zijn ja of nee.",
                )
            if values.is_een(*_NEVER_WORDS, _W.LANGE_TEKST):
                return replace(
                    guess, score=45, reason=f"{guess.reason}, maar de waarden zijn geen ja of nee."
                )
        if guess.target == BSN and values.aantal and not values.is_een(_W.BSN, _W.GETAL, _W.TELEFOON):
            return replace(guess, score=guess.score - 40)
        if leaf is None or guess.target.startswith(ORGANISATION):
            return replace(guess, reason=f"{guess.reason}.")
        if leaf.pad == self.soort.id_pad:
            bad = values.is_een(_W.DATUM, _W.LANGE_TEKST, _W.POSTCODE, _W.EMAIL, _W.JA_NEE, _W.GEBOORTEDATUM)
            if bad:
                return replace(guess, score=guess.score - 50, reason=f"{guess.reason}.")
            return self._as_id(guess, self.samples.get(column.key, ()))
        good, what = _fits(leaf, values)
        if good is None:
            return replace(guess, reason=f"{guess.reason}.")
        if good:
            also = f", en {_alike(what, values)}." if what else "."
            return replace(guess, score=min(guess.score + 4, 99), reason=f"{guess.reason}{also}")
        # A badly written postcode still stands in the column of postcodes; a date is never an e-mail address.
        mild = leaf.pad == self.soort.postcode_pad and values.is_een(_W.GETAL, _W.TEKST)
        score = guess.score - (22 if mild else 55)
        return replace(
            guess,
            score=score,
            reason=f"{guess.reason}, maar de waarden zijn eerder {what.value if what else 'iets anders'}.",
        )

    def _as_id(self, guess: Guess, samples: Sequence[object]) -> Guess:
        """Gives the guess of an id, less certain when its values are no ids or do not differ."""
        texts = [text for text in map(tekst, map(as_read, samples)) if not is_absent(text)]
        if len(texts) >= _ENOUGH_IDS and len(set(texts)) < len(texts):
            return replace(
                guess, score=guess.score - 45, reason=f"{guess.reason}, maar dezelfde waarde komt vaker voor."
            )
        if any(why_no_id(value) for value in samples):
            return replace(
                guess,
                score=guess.score - 45,
                reason=f"{guess.reason}, maar er zijn nummers bij die verminkt zijn.",
            )
        worded = sum(" " in text and not any(map(str.isdigit, text)) for text in texts)
        if texts and worded * 2 > len(texts):
            return replace(
                guess, score=guess.score - 45, reason=f"{guess.reason}, maar de waarden zijn woorden."
            )
        return replace(guess, reason=f"{guess.reason}.")

    # --- Giving -------------------------------------------------------------------------------------

    def _give(self, column: _Column, guess: Guess) -> bool:
        """Gives the column its guessed target, if that is still free. Tells whether it was."""
        if guess.target.startswith(OUT):
            what = lower_first(guess.target.removeprefix(OUT))
            reden = f"{guess.reason.rstrip('.')}. {_NOT_TAKEN.format(what)}"
            self.found[column.index] = Suggestie(column.key, None, guess.score, reden)
            return True
        if guess.target == TOESTEMMING:
            return self._give_consent(column, guess)
        if guess.target.startswith(ORGANISATION):
            return self._give_organisation(column, guess)
        if guess.target == BSN:
            return self._give_bsn(column, guess)
        leaf = self.leaves[guess.target]
        doel = self._place(leaf, column)
        if doel is None:
            return False
        if doel in self.taken and not doel.endswith("[]") and "[]." not in doel:
            return False
        self.taken.setdefault(doel, column.key)
        self.found[column.index] = Suggestie(
            column.key,
            doel,
            guess.score,
            guess.reason if guess.reason.endswith(".") else f"{guess.reason}.",
            eenheid=_unit_in(column.words) if is_uren(leaf.attribuut) else "",
            inkorten=may_be_cut(leaf),
        )
        return True

    def _place(self, leaf: Veld, column: _Column) -> str | None:
        """Gives the target with a position in its group; None when there is no place left."""
        if "[]" not in leaf.pad:
            return leaf.pad
        if is_alone(leaf):
            return leaf.pad
        if column.number is not None:
            return leaf.pad.replace("[]", f"[{column.number - 1}]", 1)
        for position in range(MAX_POSITIES):
            doel = leaf.pad.replace("[]", f"[{position}]", 1)
            if doel not in self.taken:
                # Without a number, a second column with the same name is a doubt, not a second education.
                return doel if position == 0 or column.number is not None else None
        return None

    def _give_consent(self, column: _Column, guess: Guess) -> bool:
        if TOESTEMMING in self.taken:
            return False
        self.taken[TOESTEMMING] = column.key
        yes = yes_words(self.samples.get(column.key, ())) or (JA,)
        self.found[column.index] = Suggestie(
            column.key,
            TOESTEMMING,
            guess.score,
            guess.reason if guess.reason.endswith(".") else f"{guess.reason}.",
            waarden=tuple((word, "") for word in yes),
        )
        return True

    def _give_bsn(self, column: _Column, guess: Guess) -> bool:
        """Gives a column of BSNs the id as its target. A second such column is left out.

        A BSN serves only to recognise a person, and only where no other column does (`_finished`).
        """
        doel = self.soort.id_pad or ""
        reden = guess.reason.rstrip(".")
        taken = "bsn" in self.taken
        self.taken["bsn"] = column.key
        self.found[column.index] = Suggestie(
            column.key,
            None if taken else doel,
            guess.score,
            f"{reden}. {_SECOND_BSN if taken else _BSN_USE}",
        )
        return True

    def _give_organisation(self, column: _Column, guess: Guess) -> bool:
        """Proposes the organisation or team after the name of the contact person.

        It takes the place of the name when there is none (`_behind`).
        """
        self.found[column.index] = Suggestie(
            column.key,
            guess.target.removeprefix(ORGANISATION),
            guess.score,
            guess.reason,
            achter="?",
            inkorten=True,
        )
        return True

    def _nothing(self, column: _Column, wanted: str | None) -> Suggestie:
        """Explains why nothing is proposed for a column."""
        if wanted is not None:
            return Suggestie(column.key, None, 0, _TAKEN.format(self._label(wanted)))
        if column.values.aantal == 0:
            return Suggestie(column.key, None, 0, _EMPTY)
        if column.values.is_een(_W.DATUM):
            return Suggestie(column.key, None, 0, _WHICH.format("datums", "datum"))
        if column.values.is_een(_W.JA_NEE):
            return Suggestie(column.key, None, 0, _WHICH.format("ja of nee", "vraag"))
        return Suggestie(column.key, None, 0, _UNKNOWN)

    def _label(self, target: str) -> str:
        if target == TOESTEMMING:
            return "de toestemming"
        leaf = self.leaves.get(target.removeprefix(ORGANISATION))
        return f"‘{leaf.volledig_label}’" if leaf else "dit gegeven"

    # --- Finishing ----------------------------------------------------------------------------------

    def _finished(self, one: Suggestie) -> Suggestie:
        """Completes a proposal with what depends on the targets of all other columns."""
        if one.doel is None or one.doel == TOESTEMMING:
            return one
        leaf = self.leaves[without_positions(one.doel)]
        samples = self.samples.get(one.kolom, ())
        if one.achter:
            return self._behind(one)
        if one.doel == self.soort.id_pad and self.taken.get("bsn") == one.kolom and self._has_own_number(one):
            return replace(one, doel=None, reden=f"{one.reden.removesuffix(_BSN_USE)}{_BSN_NOT_NEEDED}")
        doel = one.doel
        if leaf.pad == self.soort.id_pad and self.taken.get("bsn") != one.kolom:
            one = replace(one, tekens=tekens_for(samples))
        if leaf.attribuut.type is Gegevenstype.DATUM and order_of(samples) is Volgorde.MAAND_DAG:
            one = replace(one, maand_eerst=True, reden=f"{one.reden} De maand staat voorop.")
        # When the column is the only one of its group and its cells hold several codes, each
        # code becomes an element.
        if is_alone(leaf) or (self._is_only(leaf) and is_coded_list(leaf) and has_several(leaf, samples)):
            doel = leaf.pad
            if not one.waarden:
                one = replace(one, splits=splits_for(leaf, samples))
        if leaf.attribuut.naam.startswith(_LEVEL) and not one.vast:
            one = self._with_dutch(one, doel)
        if not one.waarden:
            waarden = words_for(leaf, samples)
            one = replace(one, waarden=waarden, per_woord=bool(waarden) and one_word_is_enough(leaf))
        return replace(one, doel=doel)

    def _with_dutch(self, one: Suggestie, doel: str) -> Suggestie:
        """Takes Dutch as the language of a level when no column tells the language."""
        taal = f"{doel.rpartition('.')[0]}.codeTaal"
        if any(other.doel == taal and other.is_genoeg for other in self.found.values()):
            return one
        reden = f"{one.reden} De taal is waarschijnlijk Nederlands."
        return replace(one, vast=((taal, "nld"),), reden=reden)

    def _has_own_number(self, bsn: Suggestie) -> bool:
        """Tells whether another column than the one with BSNs identifies a person."""
        return any(one.doel == bsn.doel and one.is_genoeg for one in self.found.values() if one is not bsn)

    def _behind(self, one: Suggestie) -> Suggestie:
        who = next(
            (other for other in self.found.values() if other.doel and without_positions(other.doel) == self.contact
             and not other.achter and other.zekerheid >= GENOEG),
            None,
        )  # fmt: skip
        if who is not None and who.doel is not None:
            reden = f"{one.reden.rstrip('.')}. Dit komt achter de naam van de contactpersoon."
            return replace(one, doel=who.doel, achter=who.kolom, reden=reden)
        first = next(other for other in self.found.values() if other.achter)
        doel = self.contact.replace("[]", "[0]", 1)
        if first.kolom == one.kolom:
            return replace(one, doel=doel, achter="")
        return replace(one, doel=doel, achter=first.kolom)

    def _is_only(self, leaf: Veld) -> bool:
        """Tells whether this is the only column for its group."""
        group = leaf.pad.rpartition(".")[0]
        inside = [
            one for one in self.found.values()
            if one.doel and one.zekerheid >= GENOEG and without_positions(one.doel).startswith(f"{group}.")
        ]  # fmt: skip
        return len(inside) <= 1


_EMPLOYER: Final = frozenset({"werkgever", "bedrijf", "naamwerkgever", "naambedrijf", "organisatie"})
_WISH: Final = "bemiddelingsberoep[].codeBeroepsnaam"
_WORKED_AS: Final = f"{GROUP}werkervaring[].beroep.codeBeroepsnaam"
_NOT_TAKEN: Final = "Voor {} heeft de gegevensstandaard geen plaats. Deze kolom gaat niet mee."
_TAKEN: Final = (
    "Dit lijkt ook {}, maar daarvoor is al een andere kolom gekozen. Kies zelf als dat niet klopt."
)
_LEVEL: Final = "codeNiveauTaalbeheersing"
_OURS: Final = "Deze kolom heeft het portaal er zelf bij gezet en wordt niet gelezen."
_EMPTY: Final = "In deze kolom staat niets, of alleen waarden die leeg betekenen."
_UNKNOWN: Final = "De naam en de waarden zijn niet herkend. Kies zelf, of laat de kolom buiten het portaal."
_WHICH: Final = "De waarden zijn {}, maar welke {} dit is, is niet te zien. Kies zelf."
_BSN_USE: Final = (
    "Het wordt een kenmerk waaraan alleen uw gemeente het profiel herkent; het BSN zelf wordt niet bewaard."
)
_BSN_NOT_NEEDED: Final = "Er is al een eigen nummer. Een BSN is dan niet nodig en blijft buiten het portaal."
_SECOND_BSN: Final = "Er is al een andere kolom met BSN's. Deze blijft buiten het portaal."


def is_alone(leaf: Veld) -> bool:
    """Tells whether the list holds only this attribute, so that every column adds to it."""
    groups = leaf.voorouders
    if leaf.attribuut.meervoudig:
        return not any(groep.meervoudig for groep in groups)
    innermost = groups[-1] if groups else None
    return (
        innermost is not None
        and innermost.meervoudig
        and innermost.groep is not None
        and len(innermost.groep.attributen) == 1
        and not any(groep.meervoudig for groep in groups[:-1])
    )


def may_be_cut(leaf: Veld) -> bool:
    """Tells whether a text that is too long is better shortened than refused."""
    return leaf.attribuut.lengte is not None and (leaf.vrije_tekst or leaf.attribuut.naam == CONTACT)


def is_coded_list(leaf: Veld) -> bool:
    """Tells whether it is a code of which a person has several.

    A level, a status or a yes or no belongs to something else, and is none.
    """
    return leaf.attribuut.type is Gegevenstype.CODE and not leaf.attribuut.naam.startswith(
        ("indicatie", "codeNiveau", "codeStatus")
    )


def one_word_is_enough(leaf: Veld) -> bool:
    """Tells whether a rule for it may look for one word in the cell: a level of work or education."""
    lijst = leaf.attribuut.waardelijst
    return lijst is not None and lijst.naam in PER_WOORD_LIJSTEN


def words_for(leaf: Veld, samples: Iterable[object] = ()) -> tuple[tuple[str, str], ...]:
    """Gives the words for the codes of its list, as a rule has them.

    Gives none when the labels and codes of the list are enough. `samples` are values of the column: when they
    are only 0 and 1, those are no and yes.
    """
    lijst = leaf.attribuut.waardelijst
    known = words_of_list(lijst).begrepen if lijst is not None else {}
    if lijst is None or not known:
        return ()
    words = dict(known)
    if lijst.naam in JA_NEE_LIJSTEN and are_digits_of_yes_and_no(_said(samples)):
        words |= {JA_CIJFER: known[JA], NEE_CIJFER: known[NEE]}
        # Another digit would be a code of the standard, but 0 and 1 are no such codes here.
        other = {word: code for word, code in code_table(lijst).items() if not word.isdigit()}
    else:
        other = code_table(lijst)
    for word, code in other.items():
        words.setdefault(word, str(code))
    return tuple(words.items())


def _said(samples: Iterable[object]) -> set[str]:
    """Gives these values in the form in which they are compared; a number without zeros after the point."""
    return {
        match[1] if (match := NIL_BEHIND.fullmatch(word)) else word
        for word in map(woordsleutel, samples)
        if not is_absent(word)
    }


def has_several(leaf: Veld, samples: Iterable[object]) -> bool:
    """Tells whether some of these cells hold several values of the attribute.

    They do when they hold a character at which a cell for this attribute is cut.
    """
    values = [value for value in samples if isinstance(value, str) and not is_absent(tekst(value))]
    splits = splits_for(leaf, values)
    if not splits:
        return False
    separator = separator_of(splits)
    return any(separator.search(value) for value in values if len(value) <= LONGEST_VALUE)


def splits_for(leaf: Veld, samples: Iterable[object] = ()) -> str:
    """Gives the characters at which a cell of this attribute is cut; '' when it cannot hold several."""
    lijst = leaf.attribuut.waardelijst
    if not is_splitsbaar(leaf):
        return ""
    if lijst is None or lijst.extern:
        return GEWONE_SPLITS
    spaced = any(re.fullmatch(r"[A-Za-z0-9]{1,3}(?: [A-Za-z0-9]{1,3})+", tekst(value)) for value in samples)
    return SPLITS_SPATIE if spaced else SPLITS_EN


# Codes are short: a slash, a space or the word "en" between them has no other meaning.
SPLITS_EN: Final = f"{GEWONE_SPLITS}/ en "
SPLITS_SPATIE: Final = f"{GEWONE_SPLITS}/ "


def tekens_for(samples: Iterable[object]) -> str:
    """Gives what a proposal does with ids that have characters that are not allowed: it makes them pseudonyms."""
    return (
        PSEUDONIEM if any(re.search(r"[^a-zA-Z0-9_.\-]", tekst(as_read(value))) for value in samples) else ""
    )


def yes_words(samples: Iterable[object]) -> tuple[str, ...]:
    """Gives those of these values that mean yes, in the form in which values are compared."""
    words = dict.fromkeys(map(woordsleutel, samples))
    return tuple(word for word in words if word in TOESTEMMING_WOORDEN)


def _licence_in(header: str) -> str:
    """Gives the category of driving licence that a header names ("Rijbewijs BE"); '' when it names none."""
    found = [
        part for part in re.split(r"[\s_\-:()/]+", tekst(header).upper()) if part in SOORT_RIJBEWIJS.waarden
    ]
    return found[-1] if len(found) == 1 else ""


def _transport_in(words: Sequence[str]) -> str:
    """Gives the means of transport that a header is about ("Eigen auto", "Heeft fiets"); '' for none."""
    rest = [
        word
        for word in words
        if word not in {"eigen", "beschikt", "over", "heeft", "vervoer", "bezit", "beschikking"}
    ]
    if len(rest) != 1:
        return ""
    return words_of_list(VERVOERMIDDEL).begrepen.get(rest[0], "")


@cache
def _languages() -> Mapping[str, str]:
    names = {"".join(words_of(name)): code for code, name in VEELGEVRAAGD.items()}
    return names | dict(kolomnamen.TALEN)


_ABOUT_LANGUAGE: Final = frozenset(
    {
        "taal", "taalniveau", "niveau", "beheersing", "taalbeheersing", "spreken", "schrijven", "lezen", "luisteren",
        "mondeling", "schriftelijk", "verstaan", "spreekvaardigheid", "schrijfvaardigheid", "leesvaardigheid",
        "luistervaardigheid", "taalvaardigheid", "vaardigheid", "gesproken", "kennis", "spreekt",
    }
)  # fmt: skip


def _language_in(words: Sequence[str]) -> str:
    """Gives the language that a header is about; '' when it is about another subject or several languages."""
    known = _languages()
    found = {known[word] for word in words if word in known}
    rest = [
        word for word in words if word not in known and word not in _ABOUT_LANGUAGE and not word.isdigit()
    ]
    return found.pop() if len(found) == 1 and not rest else ""


def _unit_in(words: Sequence[str]) -> str:
    """Gives the unit of hours that a header names; '' for hours a week or no unit."""
    if "week" in words:
        return ""
    if "dag" in words:
        return "uren_per_dag"
    return "uren_per_maand" if "maand" in words else ""
