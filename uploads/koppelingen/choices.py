"""Describes the page on which a clerk says what every column is: the choices and their options.

The page can say less than rules can, because a preset has words and conditions of its own. The parts of a
rule that no choice touches stay as they were when the page began. This module uses no database and keeps
nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from exchange.display import screen_label
from exchange.standard import Gegevenstype, Soort, Veld, veld_op, velden
from exchange.standard.boom import lower_first
from exchange.waardelijsten.talen import VEELGEVRAAGD
from uploads.mapping.doelen import (
    doelen,
    is_contactlijst,
    is_splitsbaar,
    is_uren,
)
from uploads.mapping.kolommen import Kolomkop, says_bsn
from uploads.mapping.proposals.header_names import TOESTEMMING
from uploads.mapping.proposals.suggest import (
    SPLITS_EN,
    SPLITS_SPATIE,
    is_alone,
    is_coded_list,
    may_be_cut,
)
from uploads.mapping.regels import AFKEUREN, EENHEDEN, GEWONE_SPLITS, PSEUDONIEM, VERVANGEN
from uploads.mapping.words import JA

# The column is appended to another column, in the same target.
ACHTER: Final = "achter"
# The source of an extra rule that uses no column.
VAST: Final = "vast"
NIET: Final = ""
# Every id becomes a pseudonym, also one that could be published as it is.
ALTIJD: Final = "altijd"
# The order of day and month in which the month comes first.
MAAND: Final = "maand"
MAX_EXTRA: Final = 40
NEDERLANDS: Final = "nld"
MOST_WORDS: Final = 50
LONGEST_WORD: Final = 300
LONGEST_CONSTANT: Final = 2000
LONGEST_BETWEEN: Final = 5
# How many places of a repeated group are offered; more when the file has more.
_PLACES: Final = 5


@dataclass(frozen=True, slots=True)
class Kolomkeuze:
    """The choice for one column.

    `doel` is a path without positions, TOESTEMMING, ACHTER or NIET. `nummer` is the place in a repeated group
    from 1; with 0 every value is an element of its own. `achter` is the key of a column, `ja` a code, `taal`
    the code of the language that a level belongs to, `toestemming` the words that mean yes. `tekens` is as in
    `Regel`, or ALTIJD when every id becomes a pseudonym. The rest is as in `Regel`.
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
    toestemming: str = JA
    tekens: str = ""
    maand_eerst: bool = False
    # The system's own codes with their meanings, as somebody pasted them.
    tabel: str = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """An extra target: it has one value everywhere, or that of a column that already has a target."""

    doel: str
    nummer: int = 0
    # The key of a column, or empty for a fixed value.
    kolom: str = ""
    waarde: str = ""
    alleen_met: str = ""


@dataclass(frozen=True, slots=True)
class Kolomkeuzes:
    """All choices of the page.

    `verklaring`: somebody declares that everybody in the file gave consent. `bevestigd` has the keys of the
    columns that look like consent or a BSN, of which somebody said that they may be passed over.
    """

    soort: Soort
    kolommen: Mapping[str, Kolomkeuze]
    extra: tuple[Extra, ...] = ()
    verklaring: bool = False
    bevestigd: tuple[str, ...] = ()


# --- Options ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Optie:
    """One choice in a list."""

    waarde: str
    label: str


@dataclass(frozen=True, slots=True)
class Optiegroep:
    """A group of choices that belong together."""

    label: str
    opties: tuple[Optie, ...]


@cache
def doelgroepen(soort: Soort) -> tuple[Optiegroep, ...]:
    """Gives the targets of a kind, grouped as in the standard.

    The targets that every file needs come first.
    """
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
    """Gives the label of every target on screen, with its group where two targets have the same label."""
    short = {leaf.pad: screen_label(leaf.attribuut) for leaf in velden(soort)}
    times = Counter(short.values())
    return {
        doel.pad: f"{short[doel.pad]} ({lower_first(doel.groep)})"
        if times[short[doel.pad]] > 1
        else short[doel.pad]
        for doel in doelen(soort)
    }


@cache
def constante_groepen(soort: Soort) -> tuple[Optiegroep, ...]:
    """Gives the targets that can have the same value everywhere: all attributes but the id."""
    kept = (
        Optiegroep(
            groep.label,
            tuple(optie for optie in groep.opties if optie.waarde not in {TOESTEMMING, ACHTER, soort.id_pad}),
        )
        for groep in doelgroepen(soort)
    )
    return tuple(groep for groep in kept if groep.opties)


CODE_TAAL: Final = "codeTaal"
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
_TEKENS: Final = (
    Optie("", "De rij afkeuren"),
    Optie(PSEUDONIEM, "Een pseudoniem maken van dat kenmerk"),
    Optie(VERVANGEN, "Die tekens vervangen door een streepje"),
    Optie(ALTIJD, "Van elk kenmerk een pseudoniem maken"),
)
_VOLGORDES: Final = (
    Optie("", "Dag voorop: 31-12-2025"),
    Optie(MAAND, "Maand voorop: 12/31/2025"),
)
assert {optie.waarde for optie in _EENHEDEN} == {"", *EENHEDEN}


@dataclass(frozen=True, slots=True)
class Mogelijk:
    """The further options of a column with this choice.

    An empty tuple or False means that there is nothing to choose.
    """

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
    tekens: tuple[Optie, ...] = ()
    volgordes: tuple[Optie, ...] = ()
    tabel: bool = False

    @property
    def meer(self) -> bool:
        """Tells whether there is anything to unfold; most columns do not need it."""
        return any(
            (
                self.nummers, self.splits, self.eenheden, self.onbekend, self.inkorten, self.voeg_samen, self.tekens,
                self.volgordes, self.tabel,
            )
        )  # fmt: skip


def possible_for(
    keuzes: Kolomkeuzes,
    kolom: Kolomkop,
    kolommen: Sequence[Kolomkop],
    is_ja_nee: bool = False,
    eigen_codes: bool = False,
) -> Mogelijk:
    """Gives the options of a column, given the choices for it and for the other columns."""
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
        talen=_languages(keuze.taal) if language_of(keuzes.soort, leaf) else (),
        inkorten=(leaf.attribuut.lengte or 0) if may_be_cut(leaf) else 0,
        voeg_samen=_with(_TUSSEN, keuze.voeg_samen) if followed else (),
        tekens=_TEKENS if leaf.pad == keuzes.soort.id_pad and not says_bsn(kolom.sleutel) else (),
        tabel=bool(keuze.tabel) or eigen_codes,
        volgordes=_VOLGORDES if leaf.attribuut.type is Gegevenstype.DATUM else (),
    )


def can_be_followed(soort: Soort, doel: str) -> bool:
    """Tells whether another column can come behind a column with this target: it is a text without a form."""
    leaf = leaf_at(soort, doel)
    if leaf is None or leaf.pad in {soort.id_pad, soort.postcode_pad}:
        return False
    return leaf.attribuut.type is Gegevenstype.TEKST and not is_contactlijst(leaf.attribuut)


def _heads(keuzes: Kolomkeuzes, kolom: Kolomkop, kolommen: Sequence[Kolomkop]) -> tuple[Optie, ...]:
    """Gives the columns that this one can be appended to: those with a target of their own."""
    return tuple(
        Optie(str(other.index), other.naam)
        for other in kolommen
        if other.sleutel != kolom.sleutel
        and keuzes.kolommen[other.sleutel].doel not in {NIET, ACHTER, TOESTEMMING}
    )


def _places(leaf: Veld, chosen: int) -> tuple[Optie, ...]:
    if "[]" not in leaf.pad:
        return ()
    group = group_name(leaf)
    numbers = sorted({*range(1, _PLACES + 1), *([chosen] if chosen else [])})
    each = "Elke waarde apart" if is_splitsbaar(leaf) or is_alone(leaf) else ""
    return (
        *([Optie("0", each)] if each else []),
        *(Optie(str(number), f"{group} {number}") for number in numbers),
    )


def group_name(leaf: Veld) -> str:
    """Gives the name of one element of the surrounding list: "Opleiding", or the attribute itself."""
    repeated = [groep for groep in leaf.voorouders if groep.meervoudig]
    return repeated[0].label if repeated else leaf.label


def language_of(soort: Soort, leaf: Veld) -> Veld | None:
    """Gives the attribute that holds the language of a level; None for an attribute that is no such level."""
    group, _, name = leaf.pad.rpartition(".")
    return None if name == CODE_TAAL else leaf_at(soort, f"{group}.{CODE_TAAL}")


def _languages(chosen: str) -> tuple[Optie, ...]:
    known = tuple(Optie(code, name) for code, name in VEELGEVRAAGD.items())
    other = () if chosen in {"", *VEELGEVRAAGD} else (Optie(chosen, chosen),)
    return (Optie("", "Staat in een andere kolom"), *known, *other)


def _unknowns(leaf: Veld) -> tuple[Optie, ...]:
    lijst = leaf.attribuut.waardelijst
    if lijst is None:
        return ()
    return (
        Optie("", "Weglaten; u koppelt de waarde later"),
        Optie(AFKEUREN, "De hele rij afkeuren"),
        *(Optie(str(code), f"Opnemen als: {label}") for code, label in lijst.waarden.items()),
    )


def _codes_for_yes(leaf: Veld) -> tuple[Optie, ...]:
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
    """Gives the options, with the preset's own value added when it is none of them."""
    if any(optie.waarde == chosen for optie in options):
        return options
    return (*options, Optie(chosen, "Zoals het in de koppeling staat"))


def leaf_at(soort: Soort, pad: str) -> Veld | None:
    """Gives the attribute at a path that somebody sent; None when there is none."""
    try:
        return veld_op(soort, pad)
    except KeyError:
        return None


def talen_bij(doel: str) -> tuple[str, ...]:
    """Gives the names that can be typed for a fixed value of this target."""
    return tuple(VEELGEVRAAGD.values()) if doel.endswith(f".{CODE_TAAL}") else ()


def constante_tekst(doel: str, waarde: str) -> str:
    """Gives a fixed value as it is typed: a language by its name."""
    return VEELGEVRAAGD.get(waarde, waarde) if doel.endswith(f".{CODE_TAAL}") else waarde
