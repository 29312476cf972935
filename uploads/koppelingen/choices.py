"""The page on which a clerk says what every column is: rules as choices, and choices as rules.

The page can say less than rules can (a preset knows words and conditions of its own). What a choice does not touch
stays as it was in the rules that the page began with. No database; nothing here is kept.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from django import forms
from django.http import QueryDict

from exchange.display import screen_label
from exchange.standard import Blad, Soort, blad, bladeren
from exchange.standard.boom import lower_first
from exchange.waardelijsten.talen import VEELGEVRAAGD
from uploads.mapping.proposals.column_values import look_at
from uploads.mapping.proposals.header_names import TOESTEMMING
from uploads.mapping.regels import (
    AFKEUREN,
    EENHEDEN,
    GEWONE_SPLITS,
    MAX_POSITIES,
    SOORTEN,
    Kolomkop,
    OngeldigeRegels,
    Regel,
    Regels,
    Toestemming,
    controleer,
    doelen,
    gewoon_doel,
    is_splitsbaar,
    is_uren,
    met_positie,
    vaste_waarde,
    zonder_posities,
)
from uploads.mapping.proposals.suggest import SPLITS_EN, SPLITS_SPATIE, is_alone, is_coded_list, may_be_cut, splits_for, yes_words
from uploads.mapping.cells.text import code_table, sleutel

# The column goes behind another one, in the same target.
ACHTER: Final = "achter"
# The source of an extra rule that is no column.
VAST: Final = "vast"
NIET: Final = ""
MAX_EXTRA: Final = 40
NEDERLANDS: Final = "nld"
_MOST_WORDS: Final = 50
_LONGEST_WORD: Final = 300
_LONGEST_CONSTANT: Final = 2000
_LONGEST_BETWEEN: Final = 5
# How many places of a repeated group are offered; more when the file has them.
_PLACES: Final = 5


@dataclass(frozen=True, slots=True)
class Kolomkeuze:
    """What is chosen for one column.

    `doel` is a path without positions, TOESTEMMING, ACHTER or NIET. `nummer` is the place in a repeated group from
    1; with 0 every value is an element by itself. `achter` is the key of a column, `ja` a code, `taal` that of the
    language that a level is of, `toestemming` the words that mean yes. The rest is as in `Regel`.
    """

    doel: str = NIET
    nummer: int = 0
    splits: str = ""
    eenheid: str = ""
    bij_onbekend: str = ""
    inkorten: bool = False
    achter: str = ""
    voeg_samen: str = ", "
    ja: str = ""
    taal: str = ""
    toestemming: str = "ja"


@dataclass(frozen=True, slots=True)
class Extra:
    """A target that is filled besides: with the same value everywhere, or from a column that has a target already."""

    doel: str
    nummer: int = 0
    # The key of a column, or empty for a fixed value.
    kolom: str = ""
    waarde: str = ""
    alleen_met: str = ""


@dataclass(frozen=True, slots=True)
class Keuzes:
    """Everything that is chosen on the page. `verklaring`: everybody in the file agreed, somebody declares."""

    soort: Soort
    kolommen: Mapping[str, Kolomkeuze]
    extra: tuple[Extra, ...] = ()
    verklaring: bool = False


# --- What can be chosen -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Optie:
    """One choice in a list."""

    waarde: str
    label: str


@dataclass(frozen=True, slots=True)
class Optiegroep:
    """Choices that belong together."""

    label: str
    opties: tuple[Optie, ...]


@cache
def doelgroepen(soort: Soort) -> tuple[Optiegroep, ...]:
    """The targets of a kind, grouped as the standard has them; what every file needs comes first."""
    labels = _labels(soort)
    needed = [Optie(doel.pad, labels[doel.pad]) for doel in doelen(soort) if doel.verplicht]
    if soort is Soort.WERKZOEKENDEN:
        needed.append(Optie(TOESTEMMING, "Toestemming om te delen"))
    groups: dict[str, list[Optie]] = {}
    for doel in doelen(soort):
        if not doel.verplicht:
            groups.setdefault(doel.groep, []).append(Optie(doel.pad, labels[doel.pad]))
    return (
        Optiegroep("Dit is altijd nodig", tuple(needed)),
        Optiegroep("Samen met een andere kolom", (Optie(ACHTER, "Plak achter een andere kolom"),)),
        *(Optiegroep(name, tuple(options)) for name, options in groups.items()),
    )


def _labels(soort: Soort) -> dict[str, str]:
    """What every target is called on screen, with its group where another is called the same."""
    short = {leaf.pad: screen_label(leaf.attribuut) for leaf in bladeren(soort)}
    times = Counter(short.values())
    return {
        doel.pad: f"{short[doel.pad]} ({lower_first(doel.groep)})"
        if times[short[doel.pad]] > 1
        else short[doel.pad]
        for doel in doelen(soort)
    }


@cache
def constante_groepen(soort: Soort) -> tuple[Optiegroep, ...]:
    """The targets that can have the same value everywhere: all but the id and what is no target."""
    kept = (
        Optiegroep(
            groep.label,
            tuple(optie for optie in groep.opties if optie.waarde not in {TOESTEMMING, ACHTER, soort.id_pad}),
        )
        for groep in doelgroepen(soort)
    )
    return tuple(groep for groep in kept if groep.opties)


_TAAL: Final = "codeTaal"
_SPLITS: Final = (
    Optie("", "Er staat één waarde in een cel"),
    Optie(GEWONE_SPLITS, "Knip bij een komma, puntkomma, rechte streep of nieuwe regel"),
    Optie(SPLITS_EN, "Knip ook bij een schuine streep en bij het woord ‘en’"),
    Optie(SPLITS_SPATIE, "Knip ook bij een schuine streep en bij een spatie"),
)
_EENHEDEN: Final = (
    Optie("", "Per week"),
    Optie("uren_per_dag", "Per dag: het portaal rekent om naar een week van vijf dagen"),
    Optie("uren_per_maand", "Per maand: het portaal rekent om naar een week"),
)
_TUSSEN: Final = (
    Optie(", ", "Een komma en een spatie"),
    Optie(" ", "Een spatie"),
    Optie("", "Niets"),
    Optie(" - ", "Een streepje"),
)
assert {optie.waarde for optie in _EENHEDEN} == {"", *EENHEDEN}


@dataclass(frozen=True, slots=True)
class Mogelijk:
    """What more can be said about a column with this choice; an empty tuple or False: nothing to choose."""

    nummers: tuple[Optie, ...] = ()
    splits: tuple[Optie, ...] = ()
    eenheden: tuple[Optie, ...] = ()
    onbekend: tuple[Optie, ...] = ()
    ja: tuple[Optie, ...] = ()
    talen: tuple[Optie, ...] = ()
    inkorten: int = 0
    achter: tuple[Optie, ...] = ()
    voeg_samen: tuple[Optie, ...] = ()
    toestemming: bool = False

    @property
    def meer(self) -> bool:
        """Whether there is anything to unfold: what most columns need not be told."""
        return any((self.nummers, self.splits, self.eenheden, self.onbekend, self.inkorten, self.voeg_samen))


def mogelijk(
    keuzes: Keuzes, kolom: Kolomkop, kolommen: Sequence[Kolomkop], is_ja_nee: bool = False
) -> Mogelijk:
    """What can be said about a column, given what is chosen for it and for the others."""
    keuze = keuzes.kolommen[kolom.sleutel]
    if keuze.doel == TOESTEMMING:
        return Mogelijk(toestemming=True)
    if keuze.doel == ACHTER:
        return Mogelijk(achter=_heads(keuzes, kolom, kolommen))
    leaf = leaf_at(keuzes.soort, keuze.doel)
    if leaf is None:
        return Mogelijk()
    followed = any(
        other.doel == ACHTER and other.achter == kolom.sleutel for other in keuzes.kolommen.values()
    )
    return Mogelijk(
        nummers=_places(leaf, keuze.nummer),
        splits=_with(_SPLITS, keuze.splits) if is_splitsbaar(leaf) and leaf.attribuut.waardelijst else (),
        eenheden=_EENHEDEN if is_uren(leaf.attribuut) else (),
        onbekend=_unknowns(leaf),
        ja=_codes_for_yes(leaf) if (is_ja_nee or keuze.ja) and is_coded_list(leaf) else (),
        talen=_languages(keuze.taal) if _language_of(keuzes.soort, leaf) else (),
        inkorten=(leaf.attribuut.lengte or 0) if may_be_cut(leaf) else 0,
        voeg_samen=_with(_TUSSEN, keuze.voeg_samen) if followed else (),
    )


def _heads(keuzes: Keuzes, kolom: Kolomkop, kolommen: Sequence[Kolomkop]) -> tuple[Optie, ...]:
    """The columns that this one can go behind: those with a target of their own."""
    return tuple(
        Optie(str(other.index), other.naam)
        for other in kolommen
        if other.sleutel != kolom.sleutel
        and keuzes.kolommen[other.sleutel].doel not in {NIET, ACHTER, TOESTEMMING}
    )


def _places(leaf: Blad, chosen: int) -> tuple[Optie, ...]:
    if "[]" not in leaf.pad:
        return ()
    group = group_name(leaf)
    numbers = sorted({*range(1, _PLACES + 1), *([chosen] if chosen else [])})
    each = "Elke waarde apart" if is_splitsbaar(leaf) or is_alone(leaf) else ""
    return (
        *([Optie("0", each)] if each else []),
        *(Optie(str(number), f"{group} {number}") for number in numbers),
    )


def group_name(leaf: Blad) -> str:
    """What one element of the list around it is called: "Opleiding", or the attribute itself."""
    repeated = [groep for groep in leaf.voorouders if groep.meervoudig]
    return repeated[0].label if repeated else leaf.label


def _language_of(soort: Soort, leaf: Blad) -> Blad | None:
    """The attribute that holds the language of a level; None for what is no such level."""
    group, _, name = leaf.pad.rpartition(".")
    return None if name == _TAAL else leaf_at(soort, f"{group}.{_TAAL}")


def _languages(chosen: str) -> tuple[Optie, ...]:
    known = tuple(Optie(code, name) for code, name in VEELGEVRAAGD.items())
    other = () if chosen in {"", *VEELGEVRAAGD} else (Optie(chosen, chosen),)
    return (Optie("", "Staat in een andere kolom"), *known, *other)


def _unknowns(leaf: Blad) -> tuple[Optie, ...]:
    lijst = leaf.attribuut.waardelijst
    if lijst is None:
        return ()
    return (
        Optie("", "Weglaten; u koppelt de waarde later"),
        Optie(AFKEUREN, "De hele rij afkeuren"),
        *(Optie(str(code), f"Opnemen als: {label}") for code, label in lijst.waarden.items()),
    )


def _codes_for_yes(leaf: Blad) -> tuple[Optie, ...]:
    lijst = leaf.attribuut.waardelijst
    if lijst is None or not lijst.waarden:
        return ()
    return (
        Optie("", "Kies"),
        *(Optie(str(code), _code_label(code, label)) for code, label in lijst.waarden.items()),
    )


def _code_label(code: object, label: str) -> str:
    return label if str(code).isdigit() else f"{code} ({label})"


def _with(options: tuple[Optie, ...], chosen: str) -> tuple[Optie, ...]:
    """The options, with what a preset says added when it is none of them."""
    if any(optie.waarde == chosen for optie in options):
        return options
    return (*options, Optie(chosen, "Zoals het in de koppeling staat"))


def leaf_at(soort: Soort, pad: str) -> Blad | None:
    """The attribute at a path that somebody sent; None when there is none."""
    try:
        return blad(soort, pad)
    except KeyError:
        return None


# --- Rules as choices ---------------------------------------------------------------------------------------


def from_regels(regels: Regels, kolommen: Sequence[Kolomkop]) -> Keuzes:
    """The choices that these rules are, for a file with these columns."""
    present = {kolom.sleutel for kolom in kolommen}
    chosen: dict[str, Kolomkeuze] = {}
    extra: list[Extra] = []
    consent = regels.toestemming
    if consent is not None and consent.kolom in present:
        chosen[consent.kolom] = Kolomkeuze(TOESTEMMING, toestemming=", ".join(consent.waarden))
    for regel in regels.regels:
        pad, nummer = zonder_posities(regel.doel), _number_in(regel.doel)
        keys = [key for key in regel.kolommen if key in present]
        if not regel.kolommen:
            if not _is_language(regel, regels, present):
                extra.append(Extra(pad, nummer, "", regel.constante, regel.alleen_met))
        elif keys and keys[0] in chosen:
            extra.append(Extra(pad, nummer, keys[0]))
        elif keys:
            chosen[keys[0]] = Kolomkeuze(
                pad, nummer, regel.splits, regel.eenheid, regel.bij_onbekend, regel.inkorten,
                voeg_samen=regel.voeg_samen, ja=_code_for_yes(regel), taal=_language_with(regel, regels),
            )  # fmt: skip
            for key in keys[1:]:
                chosen.setdefault(key, Kolomkeuze(ACHTER, achter=keys[0]))
    return Keuzes(
        regels.soort,
        {kolom.sleutel: chosen.get(kolom.sleutel, Kolomkeuze()) for kolom in kolommen},
        tuple(extra),
        consent is not None and consent.verklaring,
    )


def _is_language(regel: Regel, regels: Regels, present: set[str]) -> bool:
    """Whether a constant is the language of a level that a column of this file has; it is chosen with that column."""
    return regel.doel.endswith(f".{_TAAL}") and any(
        other.doel == regel.alleen_met and not present.isdisjoint(other.kolommen) for other in regels.regels
    )


def _language_with(regel: Regel, regels: Regels) -> str:
    """The language that goes with the level of this rule."""
    doel = f"{regel.doel.rpartition('.')[0]}.{_TAAL}"
    found = (one for one in regels.regels if one.doel == doel and one.alleen_met == regel.doel)
    return next((one.constante for one in found), "")


def _number_in(doel: str) -> int:
    _, bracket, rest = doel.partition("[")
    number = rest.partition("]")[0]
    return int(number) + 1 if bracket and number else 0


def _code_for_yes(regel: Regel) -> str:
    """The code that stands for yes, when the rule's words are only yes and no."""
    codes = {code for _, code in regel.waarden if code}
    return codes.pop() if len(codes) == 1 and ("nee", "") in regel.waarden else ""


# --- What was sent as choices -------------------------------------------------------------------------------


def from_form(
    data: QueryDict,
    begin: Keuzes,
    kolommen: Sequence[Kolomkop],
    monsters: Mapping[str, Sequence[object]],
) -> Keuzes:
    """The choices in a form that was sent; what is not in it is as it was to begin with."""
    by_index = {str(kolom.index): kolom.sleutel for kolom in kolommen}
    chosen = dict(begin.kolommen)
    fresh: list[str] = []
    for kolom in kolommen:
        name, old = f"k{kolom.index}", begin.kolommen[kolom.sleutel]
        doel = _text(data, f"{name}-doel", old.doel)
        # The fields beside it are about the target that was chosen when the page was made.
        if doel == _text(data, f"{name}-bij", NIET) and f"{name}-doel" in data:
            chosen[kolom.sleutel] = _column_from(data, name, replace(old, doel=doel), by_index)
        elif doel != old.doel:
            chosen[kolom.sleutel] = Kolomkeuze(doel)
            fresh.append(kolom.sleutel)
    for key in fresh:
        chosen[key] = _usual(begin.soort, key, chosen, monsters.get(key, ()))
    if "extra" not in data:
        return replace(begin, kolommen=chosen)
    return Keuzes(
        begin.soort,
        chosen,
        tuple(_extra_from(data, begin, by_index)),
        data.get("verklaring") == "ja",
    )


def _usual(soort: Soort, key: str, chosen: Mapping[str, Kolomkeuze], samples: Sequence[object]) -> Kolomkeuze:
    """What is usual for a target that was just chosen, given what other columns have."""
    keuze = chosen[key]
    if keuze.doel == TOESTEMMING:
        return replace(keuze, toestemming=", ".join(yes_words(samples) or ("ja",)))
    leaf = leaf_at(soort, keuze.doel)
    if leaf is None:
        return keuze
    each = is_alone(leaf) or (is_coded_list(leaf) and look_at(samples).scheiding != "")
    if "[]" in leaf.pad and not each:
        used = [one.nummer for other, one in chosen.items() if one.doel == keuze.doel and other != key]
        keuze = replace(keuze, nummer=min(max(used, default=0) + 1, MAX_POSITIES))
    language = _language_of(soort, leaf)
    told = language is None or any(one.doel == language.pad for one in chosen.values())
    return replace(
        keuze,
        splits=splits_for(leaf, samples) if each else "",
        inkorten=may_be_cut(leaf),
        taal="" if told else NEDERLANDS,
    )


def _column_from(data: QueryDict, name: str, begin: Kolomkeuze, by_index: Mapping[str, str]) -> Kolomkeuze:
    return replace(
        begin,
        nummer=_place(_text(data, f"{name}-nummer", str(begin.nummer))),
        splits=_text(data, f"{name}-splits", begin.splits, strip=False)[:20].replace("\r\n", "\n"),
        eenheid=_text(data, f"{name}-eenheid", begin.eenheid),
        bij_onbekend=_text(data, f"{name}-onbekend", begin.bij_onbekend),
        inkorten=f"{name}-inkorten" in data if f"{name}-kan-inkorten" in data else begin.inkorten,
        achter=by_index.get(_text(data, f"{name}-achter", ""), "")
        if f"{name}-achter" in data
        else begin.achter,
        voeg_samen=_text(data, f"{name}-tussen", begin.voeg_samen, strip=False)[:_LONGEST_BETWEEN],
        ja=_text(data, f"{name}-ja", begin.ja),
        taal=_text(data, f"{name}-taal", begin.taal),
        toestemming=_text(data, f"{name}-toestemming", begin.toestemming)[:2000],
    )


def _extra_from(data: QueryDict, begin: Keuzes, by_index: Mapping[str, str]) -> Iterable[Extra]:
    for place in range(MAX_EXTRA):
        name = f"x{place}"
        doel = _text(data, f"{name}-doel", "")
        if not doel:
            continue
        source = _text(data, f"{name}-bron", VAST)
        kolom = by_index.get(source, "")
        waarde = "" if kolom else _text(data, f"{name}-waarde", "")[:_LONGEST_CONSTANT]
        was = _place(_text(data, f"{name}-was", "0"))
        old = begin.extra[was - 1] if 0 < was <= len(begin.extra) else None
        yield Extra(
            doel,
            _place(_text(data, f"{name}-nummer", "0")),
            kolom,
            _as_constant(begin.soort, doel, waarde),
            old.alleen_met if old is not None and old.doel == doel and not kolom else "",
        )


def _as_constant(soort: Soort, doel: str, waarde: str) -> str:
    """A fixed value as rules have it: the label of a code becomes the code."""
    leaf = leaf_at(soort, doel)
    lijst = leaf.attribuut.waardelijst if leaf is not None else None
    if not waarde or leaf is None or lijst is None:
        return waarde
    if leaf.attribuut.naam == _TAAL:
        names = {sleutel(name): code for code, name in VEELGEVRAAGD.items()}
        return names.get(sleutel(waarde), waarde)
    if vaste_waarde(leaf.attribuut, waarde) is not None:
        return waarde
    code = code_table(lijst).get(sleutel(waarde)) if lijst.waarden else None
    return waarde if code is None else str(code)


def talen_bij(doel: str) -> tuple[str, ...]:
    """The names that can be typed for a fixed value of this target."""
    return tuple(VEELGEVRAAGD.values()) if doel.endswith(f".{_TAAL}") else ()


def constante_tekst(doel: str, waarde: str) -> str:
    """A fixed value as it is typed: a language by its name."""
    return VEELGEVRAAGD.get(waarde, waarde) if doel.endswith(f".{_TAAL}") else waarde


def _text(data: QueryDict, name: str, default: str, *, strip: bool = True) -> str:
    value = data.get(name, default)
    text = (default if value is None else value).replace("\0", "")
    return text.strip() if strip else text


def _place(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else 0
    return number if number <= MAX_POSITIES else 0


# --- Choices as rules ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fout:
    """What is wrong with the choices. `plaats` is a key of a column, `x<number>` of an extra, or empty."""

    plaats: str
    melding: str


def to_regels(keuzes: Keuzes, begin: Regels, kolommen: Sequence[Kolomkop]) -> tuple[Regels, tuple[Fout, ...]]:
    """The rules that these choices are, and what is wrong with them.

    What is wrong is left out of the rules, so that the rest can be shown.
    """
    old = {
        (zonder_posities(regel.doel), *regel.kolommen[:1]): regel for regel in begin.regels if regel.kolommen
    }
    faults: list[Fout] = []
    made: list[Regel] = []

    def add(regel: Regel, plaats: str) -> None:
        try:
            controleer(Regels(keuzes.soort, (regel,)))
        except OngeldigeRegels as problem:
            faults.append(Fout(plaats, problem.melding))
        else:
            made.append(regel)

    for kolom in kolommen:
        keuze = keuzes.kolommen[kolom.sleutel]
        if keuze.doel in {NIET, TOESTEMMING}:
            continue
        if keuze.doel == ACHTER:
            head = keuzes.kolommen.get(keuze.achter)
            if head is None or head.doel in {NIET, ACHTER, TOESTEMMING}:
                faults.append(Fout(kolom.sleutel, "Kies achter welke kolom dit moet komen."))
            continue
        leaf = leaf_at(keuzes.soort, keuze.doel)
        if leaf is None:
            faults.append(Fout(kolom.sleutel, _NO_TARGET))
            continue
        regel = _rule(leaf, kolom, keuzes, old)
        add(regel, kolom.sleutel)
        if keuze.taal and _language_of(keuzes.soort, leaf) is not None:
            doel = f"{regel.doel.rpartition('.')[0]}.{_TAAL}"
            add(Regel(doel, constante=keuze.taal, alleen_met=regel.doel), kolom.sleutel)
    for place, extra in enumerate(keuzes.extra):
        leaf = leaf_at(keuzes.soort, extra.doel)
        if leaf is None:
            faults.append(Fout(f"x{place}", _NO_TARGET))
        elif not extra.kolom and not extra.waarde:
            faults.append(
                Fout(f"x{place}", f"Vul een vaste waarde in voor {_quoted(leaf)}, of kies een kolom.")
            )
        else:
            add(_extra_rule(leaf, extra, old), f"x{place}")
    consent, fault = _consent(keuzes)
    # Who sends the page chose these rules, whatever they began with.
    return Regels(keuzes.soort, tuple(sorted(made, key=_like(begin))), consent), (*faults, *fault)


def _like(begin: Regels) -> Callable[[Regel], int]:
    """The order of the rules that the page began with, so that the same choices are the same rules."""
    places: dict[tuple[str, ...], int] = {}
    for place, regel in enumerate(begin.regels):
        places.setdefault((regel.doel, regel.constante, regel.alleen_met, *regel.kolommen[:1]), place)
        places.setdefault((zonder_posities(regel.doel), regel.constante, *regel.kolommen[:1]), place)
    last = len(begin.regels)

    def place_of(regel: Regel) -> int:
        first = regel.kolommen[:1]
        anywhere = places.get((zonder_posities(regel.doel), regel.constante, *first), last)
        return places.get((regel.doel, regel.constante, regel.alleen_met, *first), anywhere)

    return place_of


def doel_op(leaf: Blad, nummer: int, *, constante: bool = False) -> str:
    """The target at a place in its list, from 1; with 0 every value by itself, and a constant in every element."""
    pad = leaf.pad
    if "[]" not in pad:
        return pad
    if nummer == 0:
        if constante and pad.count("[]") == 1:
            return pad
        return pad if is_alone(leaf) else gewoon_doel(leaf)
    if leaf.attribuut.meervoudig and pad.count("[]") > 1:
        return f"{met_positie(pad[:-2], nummer - 1)}[]"
    return met_positie(pad, nummer - 1)


def _rule(leaf: Blad, kolom: Kolomkop, keuzes: Keuzes, old: Mapping[tuple[str, ...], Regel]) -> Regel:
    key = kolom.sleutel
    keuze, begin = keuzes.kolommen[key], old.get((leaf.pad, key))
    followers = [
        other
        for other, choice in keuzes.kolommen.items()
        if choice.doel == ACHTER and choice.achter == key and other != key
    ]
    doel = doel_op(leaf, keuze.nummer)
    regel = replace(
        begin or Regel(doel, (key,)),
        doel=doel,
        kolommen=(key, *followers),
        voeg_samen=keuze.voeg_samen,
        splits=keuze.splits if "[]" in doel and is_splitsbaar(leaf) else "",
        eenheid=keuze.eenheid,
        bij_onbekend=keuze.bij_onbekend if leaf.attribuut.waardelijst is not None else "",
        inkorten=keuze.inkorten,
    )
    if keuze.ja:
        return replace(regel, waarden=_words_for_yes(regel, keuze.ja), splits="", per_woord=False)
    if begin is not None and _code_for_yes(begin):
        # It said what yes means, and now says no more.
        return replace(regel, waarden=())
    return regel


def _words_for_yes(regel: Regel, code: str) -> tuple[tuple[str, str], ...]:
    """Yes and no in the words of the rule, or in the usual ones."""
    if not _code_for_yes(regel):
        return (*((word, code) for word in ("ja", "j", "x", "true", "waar", "1")),
                *((word, "") for word in ("nee", "n", "false", "onwaar", "0")))  # fmt: skip
    return tuple((word, code if old else "") for word, old in regel.waarden)


def _extra_rule(leaf: Blad, extra: Extra, old: Mapping[tuple[str, ...], Regel]) -> Regel:
    if not extra.kolom:
        doel = doel_op(leaf, extra.nummer, constante=True)
        return Regel(doel, constante=extra.waarde, alleen_met=extra.alleen_met)
    doel = doel_op(leaf, extra.nummer)
    begin = old.get((leaf.pad, extra.kolom))
    if begin is not None:
        return replace(begin, doel=doel)
    return Regel(
        doel, (extra.kolom,), splits=splits_for(leaf) if "[]" in doel else "", inkorten=may_be_cut(leaf)
    )


def _consent(keuzes: Keuzes) -> tuple[Toestemming | None, tuple[Fout, ...]]:
    columns = [key for key, keuze in keuzes.kolommen.items() if keuze.doel == TOESTEMMING]
    if keuzes.soort is not Soort.WERKZOEKENDEN:
        return None, ()
    if keuzes.verklaring:
        return Toestemming(verklaring=True), tuple(Fout(key, _BOTH) for key in columns[:1])
    if not columns:
        return None, ()
    words = consent_words(keuzes.kolommen[columns[0]].toestemming)
    faults = [Fout(key, "De toestemming staat al in een andere kolom. Kies er één.") for key in columns[1:]]
    if not words:
        faults.append(Fout(columns[0], "Vul in bij welke waarden er toestemming is, bijvoorbeeld: ja."))
        return None, tuple(faults)
    return Toestemming(columns[0], words), tuple(faults)


_NO_TARGET: Final = "Dit gegeven bestaat niet in de gegevensstandaard. Kies er een uit de lijst."
_BOTH: Final = (
    "U koos een kolom voor de toestemming en u verklaarde dat iedereen toestemming gaf. Kies een van beide."
)


def consent_words(text: str) -> tuple[str, ...]:
    """The words that mean yes, as somebody typed them with commas between."""
    words = dict.fromkeys(sleutel(part)[:_LONGEST_WORD] for part in text.replace(";", ",").split(","))
    return tuple(word for word in words if word)[:_MOST_WORDS]


def _quoted(leaf: Blad) -> str:
    return f"‘{leaf.volledig_label}’"


def soort_van(text: str | None) -> Soort | None:
    """The kind that a form or address names, of those that a spreadsheet can hold."""
    return next((soort for soort in SOORTEN if soort.value == text), None)


class NaamForm(forms.Form):
    """Another name for a koppeling; whether it can be used is for `koppelingen` to say."""

    naam = forms.CharField(
        label="Naam",
        max_length=60,
        error_messages={
            "required": "Geef de koppeling een naam.",
            "max_length": "Kies een naam van ten hoogste 60 tekens.",
        },
    )
