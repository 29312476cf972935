"""Builds the page on which columns are chosen: every column with its proposal, its choice and its result.

It combines the file (`proposal`), the proposals (`suggest`) and the choices (`choices`, `forms`). Cell values
go from here only to the page of somebody who may see the file.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final

from django.http import QueryDict

from exchange.display import labels_in, value_text
from exchange.standard import Soort, is_bsn, veld_op
from exchange.standard.persoonsgegevens import has_bsn
from uploads.koppelingen import proposal
from uploads.koppelingen.choice_rules import Keuzefout, from_regels, to_regels
from uploads.koppelingen.choices import (
    ACHTER,
    MAAND,
    NIET,
    VAST,
    Extra,
    Kolomkeuze,
    Mogelijk,
    Optie,
    Optiegroep,
    constante_groepen,
    constante_tekst,
    doelgroepen,
    leaf_at,
    possible_for,
    talen_bij,
)
from uploads.koppelingen.codetabel import has_own_codes
from uploads.koppelingen.forms import from_form
from uploads.koppelingen.proposal import Kolomvoorstel, Koppelvoorstel
from uploads.mapping.conversion import Rijuitkomst
from uploads.mapping.doelen import is_uren, other_end, without_positions
from uploads.mapping.herkenning import shown_header
from uploads.mapping.kolommen import Kolomkop, says_bsn
from uploads.mapping.model import Ernst, Lot
from uploads.mapping.proposals.column_values import Waardesoort, look_at
from uploads.mapping.proposals.header_names import TOESTEMMING
from uploads.mapping.proposals.mensen import Menskolom, menskolommen, passed_over
from uploads.mapping.proposals.suggest import GENOEG, Suggestie, guess_kind, regels_from, suggest
from uploads.mapping.recognition import why_asked
from uploads.mapping.regels import Regel, Regels, what_is_missing
from uploads.models import Levering, Leveringstatus

VOORBEELDRIJEN: Final = 20
NIET_GETOOND: Final = "(wordt niet getoond)"
_SURE: Final = 80
_MOST_TEXTS: Final = 3
_LONGEST_TEXT: Final = 60
_CELLS_SHOWN: Final = 4
_LONGEST_ROW: Final = 70


Paren = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Kolomveld:
    """One column on the page."""

    kolom: Kolomkop
    voorbeelden: tuple[str, ...]
    suggestie: Suggestie
    keuze: Kolomkeuze
    mogelijk: Mogelijk
    # The place of the column that it is appended to.
    achter: str = ""
    voorstel_label: str = ""
    fout: str = ""
    # The result for the first rows: example texts, and per remark how often it was made.
    wordt: tuple[str, ...] = ()
    opmerkingen: list["Opgeteld"] = field(default_factory=list)
    # Whether the fields beside the choice on the visitor's screen belong to another choice.
    is_anders: bool = False
    # Whether the choice itself is another than the one on the visitor's screen.
    is_verplaatst: bool = False

    @property
    def naam(self) -> str:
        """Gives the name of its fields in the form."""
        return f"k{self.kolom.index}"

    @property
    def vorm(self) -> str:
        """Gives a text that changes when the fields beside the choice must be shown anew.

        Empty when there are none.
        """
        if not self.is_gekozen and not self.fout:
            return ""
        shown = (self.keuze.doel, self.mogelijk, self.fout)
        return blake2b(repr(shown).encode(), digest_size=6).hexdigest()

    @property
    def nummer(self) -> str:
        """Gives the place in a repeated group, as the choice has it."""
        offered = [optie.waarde for optie in self.mogelijk.nummers]
        chosen = str(self.keuze.nummer)
        return chosen if chosen in offered else next((one for one in offered if one != "0"), "")

    @property
    def volgorde(self) -> str:
        """Gives the order of day and month as the choice has it."""
        return MAAND if self.keuze.maand_eerst else ""

    @property
    def is_bijzonder(self) -> bool:
        """Tells whether something was chosen that most columns do not need, or something is wrong."""
        keuze = self.keuze
        return bool(
            self.fout
            or keuze.eenheid
            or keuze.bij_onbekend
            or keuze.nummer > 1
            or keuze.tekens
            or self.mogelijk.tabel
        )

    @property
    def is_gekozen(self) -> bool:
        """Tells whether the column is included."""
        return self.keuze.doel != NIET

    @property
    def zoals_voorgesteld(self) -> bool:
        """Tells whether the choice equals the proposal."""
        return self.keuze.doel == self.voorgesteld

    @property
    def voorgesteld(self) -> str:
        """Gives the choice that stands for the proposal, sure or not."""
        if self.suggestie.achter:
            return ACHTER
        return without_positions(self.suggestie.doel or NIET)

    @property
    def misschien(self) -> bool:
        """Tells whether there is a proposal that is not followed."""
        return bool(self.suggestie.doel) and not self.zoals_voorgesteld

    @property
    def twijfel(self) -> bool:
        """Tells whether somebody should check it: the proposal is unsure, or there is none."""
        if self.suggestie.doel is None:
            return not self.is_gekozen and self.suggestie.zekerheid == 0 and bool(self.voorbeelden)
        return (self.zoals_voorgesteld and self.suggestie.zekerheid < _SURE) or (
            not self.is_gekozen and self.suggestie.zekerheid < GENOEG
        )


@dataclass(frozen=True, slots=True)
class Opgeteld:
    """A remark, and the number of rows that have it."""

    ernst: str
    kolom: str
    melding: str
    aantal: int


@dataclass(frozen=True, slots=True)
class Extraveld:
    """One extra rule on the page.

    `plaats` counts from 0. `was` is its place among the rules that the page began with, from 1.
    """

    plaats: int
    extra: Extra
    was: int
    bron: str
    codes: tuple[Optie, ...] = ()
    namen: tuple[str, ...] = ()
    alleen_met: str = ""
    fout: str = ""

    @property
    def naam(self) -> str:
        """Gives the name of its fields in the form."""
        return f"x{self.plaats}"

    @property
    def tekst(self) -> str:
        """Gives the fixed value as it is typed."""
        return constante_tekst(self.extra.doel, self.extra.waarde)


@dataclass(frozen=True, slots=True)
class Voorbeeld:
    """The result of the first rows: per row its remarks and its texts by target, and the totals."""

    kolommen: tuple[str, ...]
    rijen: tuple[tuple[Rijuitkomst, Paren, Paren], ...]
    redenen: tuple[Opgeteld, ...]

    @property
    def mee(self) -> int:
        """Counts the rows that are included."""
        return self._fate(Lot.MEE)

    @property
    def over(self) -> int:
        """Counts the rows that are skipped."""
        return self._fate(Lot.OVERGESLAGEN)

    @property
    def af(self) -> int:
        """Counts the rows that are refused."""
        return self._fate(Lot.AFGEKEURD)

    def _fate(self, lot: Lot) -> int:
        return sum(rij.lot is lot for rij, _, _ in self.rijen)


class Bord:
    """The page: built from the file, then from what was sent."""

    def __init__(self, levering: Levering, voorstel: Koppelvoorstel, soort: Soort | None = None) -> None:
        self.levering = levering
        self.voorstel = voorstel
        # A header that looks like data is data: somebody chose a data row as the header row.
        self.kolommen = [replace(one.kop, naam=shown_header(one.kop.naam)) for one in voorstel.kolommen]
        self.monsters = {kolom.kop.sleutel: kolom.monster for kolom in voorstel.kolommen}
        koppen = _headers(voorstel.kolommen)
        samples = _samples(voorstel.kolommen)
        self.geraden = soort is None and voorstel.soort is None
        self.menskolommen = menskolommen(koppen, samples)
        self.soort = soort or self._found_kind() or guess_kind(koppen, samples) or Soort.WERKZOEKENDEN
        by_key = {one.kolom: one for one in suggest(koppen, samples, self.soort)}
        self.suggesties = {key: by_key[key] for key in self.monsters}
        self.begin = self._first_rules(koppen)
        self.keuzes = from_regels(self.begin, self.kolommen)
        self._begin_keuzes = self.keuzes
        self.fouten: tuple[Keuzefout, ...] = ()
        self.regels, _ = to_regels(self.keuzes, self.begin, self.kolommen, self.monsters)

    def _found_kind(self) -> Soort | None:
        """Gives the kind that somebody chose or that the nearest koppeling has, unless that passes over people."""
        regels = self.voorstel.regels
        if not self.levering.soort and regels is not None and passed_over(regels, self.menskolommen):
            return None
        return self.voorstel.soort

    def _first_rules(self, koppen: Sequence[str]) -> Regels:
        """Gives the present rules, or the proposals.

        A file that waits for choices gets proposals for its other columns too.
        """
        proposed = regels_from(self.suggesties.values(), koppen, self.soort)
        present = self.voorstel.regels
        if present is None or present.soort is not self.soort:
            return proposed
        if self.levering.status != Leveringstatus.KOPPELEN or self.levering.regels is not None:
            return present
        used = set(present.kolommen)
        filled = {without_positions(regel.doel) for regel in present.regels}
        more = [
            regel
            for regel in proposed.regels
            if used.isdisjoint(regel.kolommen) and without_positions(regel.doel) not in filled
        ]
        consent = present.toestemming or proposed.toestemming
        if consent is not None and consent.kolom in used and present.toestemming is None:
            consent = None
        return replace(present, regels=(*present.regels, *more), toestemming=consent)

    def lees(self, data: QueryDict) -> None:
        """Takes over the choices that were sent."""
        every = [one.sleutel for one in self.menskolommen]
        self.keuzes = from_form(data, self._begin_keuzes, self.kolommen, self.monsters, every)
        self.regels, self.fouten = to_regels(self.keuzes, self.begin, self.kolommen, self.monsters)

    # --- Parts of the page --------------------------------------------------------------------------------------

    @property
    def ontbreekt(self) -> tuple[str, ...]:
        """Says in Dutch what must still be chosen."""
        return what_is_missing(self.regels)

    @property
    def overgeslagen(self) -> tuple[Menskolom, ...]:
        """Gives the columns with consent or BSNs that the choices pass over, confirmed or not.

        For vacancies those are all such columns, also one that was given another meaning here.
        """
        return passed_over(replace(self.regels, regels=(), bevestigd=()), self.menskolommen)

    @property
    def vraag(self) -> str:
        """Asks in Dutch whether those columns may be passed over; '' when nobody has to say so."""
        over = passed_over(replace(self.regels, regels=()), self.menskolommen)
        return why_asked(self.soort, over) if over else ""

    @property
    def rijkeuzes(self) -> list[tuple[int, str]]:
        """Gives the rows that may hold the headers: their number, and their text."""
        return [
            (number, " | ".join([shown(text) for text in texts if text][:_CELLS_SHOWN])[:_LONGEST_ROW])
            for number, texts in self.voorstel.rijen
        ]

    @property
    def groepen(self) -> tuple[Optiegroep, ...]:
        """Gives the targets that every column can have."""
        return doelgroepen(self.soort)

    @property
    def constante_groepen(self) -> tuple[Optiegroep, ...]:
        """Gives the targets that can have a fixed value."""
        return constante_groepen(self.soort)

    @property
    def vraagt_toestemming(self) -> bool:
        """Tells whether this kind of record needs somebody's consent."""
        return self.soort is Soort.WERKZOEKENDEN

    @property
    def toestemmingskolom(self) -> str:
        """Gives the name of the column that says who gave consent."""
        return next(
            (kop.naam for kop in self.kolommen if self.keuzes.kolommen[kop.sleutel].doel == TOESTEMMING), ""
        )

    @cached_property
    def velden(self) -> list[Kolomveld]:
        """Gives the columns."""
        found = []
        for one, kop in zip(self.voorstel.kolommen, self.kolommen, strict=True):
            seen = look_at(one.monster)
            hidden = says_bsn(one.kop.sleutel) or seen.is_een(Waardesoort.BSN)
            key, suggestie = one.kop.sleutel, self.suggesties[one.kop.sleutel]
            keuze = self.keuzes.kolommen[key]
            found.append(
                Kolomveld(
                    kop,
                    (NIET_GETOOND,) if hidden and one.voorbeelden else tuple(map(shown, one.voorbeelden)),
                    suggestie,
                    keuze,
                    possible_for(
                        self.keuzes,
                        kop,
                        self.kolommen,
                        seen.is_een(Waardesoort.JA_NEE),
                        has_own_codes(leaf_at(self.soort, keuze.doel), one.monster),
                    ),
                    self._places.get(keuze.achter, ""),
                    self._label(suggestie.doel or ""),
                    self._fault_at(key),
                )
            )
        return found

    @property
    def aantal_gekozen(self) -> int:
        """Counts the columns that are included."""
        return sum(veld.is_gekozen for veld in self.velden)

    @property
    def twijfels(self) -> list[Kolomveld]:
        """Gives the columns that somebody should check."""
        return [veld for veld in self.velden if veld.twijfel]

    @property
    def open_velden(self) -> list[Kolomveld]:
        """Gives the columns that the page shows at once: those that are doubtful, or with something wrong."""
        return [veld for veld in self.velden if veld.twijfel or veld.fout]

    @property
    def dichte_velden(self) -> list[Kolomveld]:
        """Gives the other columns, which the page folds."""
        return [veld for veld in self.velden if not veld.twijfel and not veld.fout]

    @property
    def extra_velden(self) -> list[Extraveld]:
        """Gives the extra rules, and an empty one to fill in."""
        before = list(self._begin_keuzes.extra)
        found = []
        for place, extra in enumerate(self.keuzes.extra):
            was = before.index(extra) + 1 if extra in before else 0
            found.append(
                Extraveld(
                    place,
                    extra,
                    was,
                    self._places.get(extra.kolom, VAST),
                    _codes(self.soort, extra.doel),
                    talen_bij(extra.doel),
                    self._label(extra.alleen_met),
                    self._fault_at(f"x{place}"),
                )
            )
        return [*found, Extraveld(len(found), Extra(""), 0, VAST)]

    @property
    def extra_vorm(self) -> str:
        """Gives a text that changes when the extra rules must be shown anew."""
        shown = [(veld.extra.doel, veld.bron, veld.fout) for veld in self.extra_velden]
        return blake2b(repr(shown).encode(), digest_size=6).hexdigest()

    @cached_property
    def _places(self) -> dict[str, str]:
        return {kop.sleutel: str(kop.index) for kop in self.kolommen}

    def _fault_at(self, place: str) -> str:
        return next((fout.melding for fout in self.fouten if fout.plaats == place), "")

    def _label(self, doel: str) -> str:
        if doel == TOESTEMMING:
            return "Toestemming om te delen"
        leaf = leaf_at(self.soort, without_positions(doel))
        return leaf.volledig_label if leaf is not None else ""

    # --- Result of the choices ----------------------------------------------------------------------------------

    def voorbeeld(self, gemeente: Any) -> Voorbeeld:
        """Converts the first rows. Raises GeenKolommen and Onleesbaar; call inside `voor_gemeente`."""
        rows = proposal.preview(
            gemeente,
            self.levering.pk,
            self.regels,
            self.voorstel.blad,
            self.voorstel.kopregel,
            VOORBEELDRIJEN,
        )
        paths = list(
            dict.fromkeys(path for regel in self.regels.regels for path in _filled_by(self.soort, regel))
        )
        texts = _texts(self.soort, rows, paths)
        paths = [path for path in paths if any(row.get(path) for row in texts)]
        self._tell_columns(rows, texts)
        counted = Counter(
            (one.opmerking.ernst.value, shown_header(one.kolom), one.opmerking.melding)
            for row in rows
            for one in row.bevindingen
        )
        order = [ernst.value for ernst in Ernst]
        labels = [veld_op(self.soort, path).volledig_label for path in paths]
        return Voorbeeld(
            tuple(labels),
            tuple(
                (row, _remarks(row), tuple(zip(labels, (text.get(path, "") for path in paths), strict=True)))
                for row, text in zip(rows, texts, strict=True)
            ),
            tuple(
                Opgeteld(*key, number)
                for key, number in sorted(
                    counted.items(), key=lambda item: (order.index(item[0][0]), -item[1])
                )
            ),
        )

    def _tell_columns(self, rows: Sequence[Rijuitkomst], texts: Sequence[dict[str, str]]) -> None:
        """Gives each column its results and remarks; results only where no other column has its target."""
        shared = Counter(without_positions(regel.doel) for regel in self.regels.regels)
        for veld in self.velden:
            pad = veld.keuze.doel
            if shared[pad] == 1:
                found = dict.fromkeys(text[pad][:_LONGEST_TEXT] for text in texts if text.get(pad))
                veld.wordt = tuple(list(found)[:_MOST_TEXTS])
            counted = Counter(
                (one.opmerking.ernst.value, one.opmerking.melding)
                for row in rows
                for one in row.bevindingen
                if shown_header(one.kolom) == veld.kolom.naam
            )
            veld.opmerkingen = [
                Opgeteld(ernst, veld.kolom.naam, melding, number)
                for (ernst, melding), number in counted.most_common()
            ]


def shown(text: str) -> str:
    """Gives a text as it may be on the screen: never with a BSN, not even for somebody who has the file."""
    return NIET_GETOOND if is_bsn(text) or has_bsn(text) else text


def _filled_by(soort: Soort, regel: Regel) -> Iterator[str]:
    """Yields the paths that a rule may fill: its own, and the other end of a range of hours."""
    path = without_positions(regel.doel)
    yield path
    if is_uren(veld_op(soort, path).attribuut):
        yield other_end(path)


def _remarks(row: Rijuitkomst) -> Paren:
    return tuple((shown_header(one.kolom), one.opmerking.melding) for one in row.bevindingen)


def _headers(kolommen: Sequence[Kolomvoorstel]) -> list[str]:
    """Gives the headers in their places; the portal's own columns, which were left out, are empty."""
    found = [""] * (max((one.kop.index for one in kolommen), default=-1) + 1)
    for one in kolommen:
        found[one.kop.index] = one.kop.kop
    return found


def _samples(kolommen: Sequence[Kolomvoorstel]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = [()] * (max((one.kop.index for one in kolommen), default=-1) + 1)
    for one in kolommen:
        found[one.kop.index] = one.monster
    return found


def _codes(soort: Soort, doel: str) -> tuple[Optie, ...]:
    """Gives the codes to choose from for a fixed value; nothing when the value is typed."""
    leaf = leaf_at(soort, doel)
    lijst = leaf.attribuut.waardelijst if leaf is not None else None
    if lijst is None:
        return ()
    return tuple(Optie(str(code), label) for code, label in lijst.waarden.items())


def _texts(soort: Soort, rows: Sequence[Rijuitkomst], paths: Iterable[str]) -> list[dict[str, str]]:
    """Gives per row the text of every target, with the names of codes that others maintain."""
    labels = labels_in(soort, [row.record or {} for row in rows])

    def text_at(record: Any, path: str) -> str:
        texts = (value_text(soort, path, value, labels) for value in _values(record, path.split(".")))
        return ", ".join(shown(text) for text in texts if text)

    wanted = list(paths)
    return [{path: text_at(row.record or {}, path) for path in wanted} for row in rows]


def _values(group: Any, steps: Sequence[str]) -> list[Any]:
    """Gives every value at a path without positions."""
    if not steps:
        return [] if group is None else [group]
    if not isinstance(group, dict):
        return []
    inner = group.get(steps[0].removesuffix("[]"))
    elements = inner if isinstance(inner, list) else [inner]
    return [value for element in elements for value in _values(element, steps[1:])]
