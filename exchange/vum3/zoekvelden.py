"""Lists what can be asked in interface 3.x: one entry here, and nowhere else, per searchable attribute.

This table gives: reading a selectievraag (`parse`) and composing one (`compose`), the columns of the source
(`exchange.bron.columns`), the OpenAPI documents (`openapi`), the fields of the search form
(`exchange.bemiddelaar.forms`), and the texts that tell a municipality what an empty attribute costs. The
order is that of the search form.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from exchange.standard.model import Soort

Schema = dict[str, Any]


class Vorm(StrEnum):
    """Tells how a selectievraag wraps the conditions on an attribute, and so what its column holds.

    ENKEL: on the value itself; a column of one number, date or text.
    EEN_VAN: some element of a list has one of several codes; a column of texts.
    ALLE: each of several codes occurs in some element of a list; a column of texts.
    TAAL: some element of a list is this language, with at least these levels spoken and written; a column of
    tokens.
    """

    ENKEL = "enkel"
    EEN_VAN = "een_van"
    ALLE = "alle"
    TAAL = "taal"


class Groep(StrEnum):
    """A part of the search form, by its heading; in the order of the form."""

    WERK = "Beroep en uren"
    RIJBEWIJS = "Rijbewijs"
    MEER = "Meer over het werk"
    TAAL = "Taal"

    @property
    def is_zelden(self) -> bool:
        """Tells whether people seldom ask this, so that the form folds it until it is filled in."""
        return self in (Groep.MEER, Groep.TAAL)


@dataclass(frozen=True, slots=True)
class Invoer:
    """Tells how the search form offers a condition; the choices are those of the standard.

    `naam` is the name of the field, under which `Criteria` holds the value that was filled in. `rij` counts
    the rows of the group from 1; fields of one row stand in the order of the table. An empty `label` means
    the label of the standard. `voorvoegsel` goes before every choice. `aantal` is the number of fields, each
    for one value, with the names `naam_1` and so on. `als_code` shows only the code of each choice, and `eerst`
    holds the codes that stand in front. `gevraagd` is how the question reads afterwards, with `{}` for the value;
    when it is empty, the label stands before the value.
    """

    naam: str
    groep: Groep
    rij: int
    label: str = ""
    hulp: str = ""
    voorvoegsel: str = ""
    aantal: int = 0
    als_code: bool = False
    eerst: tuple[str, ...] = ()
    gevraagd: str = ""


@dataclass(frozen=True, slots=True)
class Conditie:
    """One attribute that can be asked for, and the operators to ask with.

    `sleutel` is how the selectievraag spells it and `pad` the leaf of the standard. The value has the form of
    that attribute; `beperking` gives per operator, or under "" for all of them, how the question narrows that
    form. The search form asks with the first operator. `gevolg` tells what it costs to leave the attribute
    empty.

    `bovengrens` is the code above the scale, which stands for "not known": a question from a level upwards
    ends below it, and a question for that code finds only that code. `ontbreekt` is the error when the
    condition is missing; empty when the condition is optional. `verwacht` names the pattern of the attribute
    where that is checked.
    """

    sleutel: str
    pad: str
    operatoren: tuple[str, ...]
    gevolg: str
    invoer: Invoer | None = None
    beperking: Mapping[str, Schema] = field(default_factory=dict, hash=False)
    bovengrens: str = ""
    ontbreekt: str = ""
    verwacht: str = ""

    def narrowed(self, operator: str) -> Schema:
        """Gives the part of the attribute's schema that this operator narrows."""
        return {**self.beperking.get("", {}), **self.beperking.get(operator, {})}


_ONE_VALUE: Final = re.compile(r"[\w.]+")
_IN_A_LIST: Final = re.compile(r"[\w.]+\[\]\.\w+")


@dataclass(frozen=True, slots=True)
class Zoekveld:
    """A key of a selectievraag, its conditions, and the column of the source that answers it."""

    sleutel: str
    vorm: Vorm
    kolom: str
    condities: tuple[Conditie, ...]
    minstens_een: bool = True

    def __post_init__(self) -> None:
        # A line that cannot be stored or read would fail far from here, so it is refused here.
        place = _ONE_VALUE if self.vorm is Vorm.ENKEL else _IN_A_LIST
        if any(not place.fullmatch(conditie.pad) for conditie in self.condities):
            raise ValueError(f"{self.sleutel}: the path and the form do not fit")
        if len(self.condities) != (3 if self.vorm is Vorm.TAAL else 1):
            raise ValueError(f"{self.sleutel}: a language has three conditions, everything else one")


# --- Questions that both kinds of profiles share -----------------------------------------------------------

_JA_OF_NEE: Final = {"": {"enum": [1, 2]}}
# A question asks for a minimum: "onbekend" and "geen beheersing" are no minimum.
_TAALNIVEAU: Final = {"": {"enum": [2, 3, 4]}}


def _enkel(sleutel: str, kolom: str, *operatoren: str, pad: str = "", gevolg: str, **more: Any) -> Zoekveld:
    conditie = Conditie(sleutel, pad or sleutel, operatoren, gevolg, **more)
    return Zoekveld(sleutel, Vorm.ENKEL, kolom, (conditie,))


def _uren(gevolg_maximaal: str, gevolg_minimaal: str) -> Iterator[Zoekveld]:
    """Gives the fields for hours.

    They are asked as an overlap: a..b finds a maximum of at least a and a minimum of at most b.
    """
    for grens, operator, naam, label, gevraagd, gevolg in (
        (
            "Maximaal",
            "$gte",
            "uren_vanaf",
            "Minimaal aantal uren per week",
            "minstens {} uur per week",
            gevolg_maximaal,
        ),
        (
            "Minimaal",
            "$lte",
            "uren_tot",
            "Maximaal aantal uren per week",
            "hoogstens {} uur per week",
            gevolg_minimaal,
        ),
    ):
        yield _enkel(
            f"werktijden.aantalWerkurenPerWeek{grens}",
            f"uren_{grens.lower()}",
            operator,
            beperking={"": {"minimum": 1}},
            invoer=Invoer(naam, Groep.WERK, 2, label, gevraagd=gevraagd),
            gevolg=gevolg,
        )


def _onregelmatig(gevolg: str) -> Zoekveld:
    return _enkel(
        "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst",
        "onregelmatig",
        "$eq",
        beperking=_JA_OF_NEE,
        invoer=Invoer("onregelmatig", Groep.MEER, 1),
        gevolg=gevolg,
    )


def _taal(pad: str, gevolg: str, gevolg_mondeling: str, gevolg_schriftelijk: str) -> Zoekveld:
    def niveau(naam: str, invoer: str, label: str, gevolg: str) -> Conditie:
        return Conditie(
            naam,
            f"{pad}[].{naam}",
            ("$gte",),
            gevolg,
            invoer=Invoer(invoer, Groep.TAAL, 1, label, voorvoegsel="Minimaal"),
            beperking=_TAALNIVEAU,
        )

    taal = Conditie(
        "codeTaal",
        f"{pad}[].codeTaal",
        ("$eq",),
        gevolg,
        invoer=Invoer("taal", Groep.TAAL, 1, "Taal", gevraagd="{}"),
        ontbreekt="de taal ontbreekt",
    )
    spoken = niveau("codeNiveauTaalbeheersingMondeling", "taal_mondeling", "Spreken", gevolg_mondeling)
    written = niveau(
        "codeNiveauTaalbeheersingSchriftelijk", "taal_schriftelijk", "Schrijven", gevolg_schriftelijk
    )
    return Zoekveld(pad, Vorm.TAAL, "talen", (taal, spoken, written))


def _rijbewijs(pad: str, gevolg: str) -> Zoekveld:
    conditie = Conditie(
        "codeSoortRijbewijs",
        f"{pad}[].codeSoortRijbewijs",
        ("$eq",),
        gevolg,
        invoer=Invoer(
            "rijbewijzen",
            Groep.RIJBEWIJS,
            1,
            "Rijbewijs",
            hulp="Kiest u er meer, dan moet iemand ze allemaal hebben.",
            als_code=True,
            eerst=("A", "B", "C", "D"),
            gevraagd="rijbewijs {}",
        ),
    )
    return Zoekveld(pad, Vorm.ALLE, "rijbewijzen", (conditie,))


# --- The table ---------------------------------------------------------------------------------------------

ZOEKVELDEN: Final[Mapping[Soort, tuple[Zoekveld, ...]]] = MappingProxyType(
    {
        Soort.WERKZOEKENDEN: (
            Zoekveld(
                "bemiddelingsberoep",
                Vorm.EEN_VAN,
                "beroepen",
                (
                    Conditie(
                        "beroep.codeBeroepsnaam",
                        "bemiddelingsberoep[].codeBeroepsnaam",
                        ("$eq",),
                        invoer=Invoer("beroep", Groep.WERK, 1, "Beroep", aantal=3, gevraagd="{}"),
                        gevolg="Werkgevers zoeken vooral op beroep. Werkzoekenden zonder beroep worden zelden "
                        "gevonden.",
                    ),
                ),
                minstens_een=False,
            ),
            *_uren(
                "Wie een aantal uren vraagt, vindt alleen werkzoekenden bij wie het maximum bekend is.",
                "Wie zoekt voor een baan van een paar uur, vraagt hiernaar. Werkzoekenden zonder minimum vallen "
                "dan af.",
            ),
            _enkel(
                "datumAanvangBeschikbaarVoorWerk",
                "aanvang",
                "$lte",
                pad="flexibiliteit.datumAanvangBeschikbaarVoorWerk",
                invoer=Invoer(
                    "datum",
                    Groep.WERK,
                    2,
                    "Beschikbaar op",
                    hulp="Wie op deze dag al aan het werk kan.",
                    gevraagd="beschikbaar op {}",
                ),
                gevolg="Wie vraagt wie er op een bepaalde dag kan beginnen, vindt alleen werkzoekenden bij wie de "
                "datum bekend is.",
            ),
            _enkel(
                "werktijden.indicatieKantoortijden",
                "kantoortijden",
                "$eq",
                beperking=_JA_OF_NEE,
                invoer=Invoer("kantoortijden", Groep.MEER, 1),
                gevolg="Wie werk op kantoortijden heeft, vindt alleen werkzoekenden bij wie dit is ingevuld.",
            ),
            _onregelmatig(
                "Wie mensen zoekt voor ploegendienst of onregelmatig werk, vindt alleen werkzoekenden bij wie dit "
                "is ingevuld."
            ),
            Zoekveld(
                "contractvorm",
                Vorm.EEN_VAN,
                "contractvormen",
                (
                    Conditie(
                        "codeTypeArbeidscontract",
                        "contractvorm[].codeTypeArbeidscontract",
                        ("$eq",),
                        invoer=Invoer("contractvormen", Groep.MEER, 2, "Contract"),
                        gevolg="Wie een vast of tijdelijk contract biedt, vindt alleen werkzoekenden bij wie dit is "
                        "ingevuld.",
                    ),
                ),
            ),
            _taal(
                "arbeidsmarktkwalificatie.taalbeheersing",
                "Wie een taal vraagt, vindt alleen werkzoekenden bij wie die taal is ingevuld, ook als dat "
                "Nederlands is.",
                "Wie vraagt hoe goed iemand de taal spreekt, vindt alleen werkzoekenden bij wie het niveau bekend is.",
                "Wie vraagt hoe goed iemand de taal schrijft, vindt alleen werkzoekenden bij wie het niveau bekend "
                "is.",
            ),
            _rijbewijs(
                "arbeidsmarktkwalificatie.rijbewijs",
                "Voor werk waar een rijbewijs bij nodig is, worden werkzoekenden zonder ingevuld rijbewijs niet "
                "gevonden.",
            ),
        ),
        Soort.VACATURES: (
            _enkel(
                "beroep.codeBeroepsnaam",
                "beroep",
                "$eq",
                invoer=Invoer("beroep", Groep.WERK, 1, "Beroep", aantal=1, gevraagd="{}"),
                gevolg="Jobcoaches zoeken vooral op beroep. Vacatures zonder beroep worden zelden gevonden.",
            ),
            *_uren(
                "Wie een aantal uren vraagt, vindt alleen vacatures waarbij het maximum bekend is.",
                "Wie werk zoekt voor een beperkt aantal uren, vindt alleen vacatures waarbij het minimum bekend is.",
            ),
            _enkel(
                "datumAanvangWerkzaamheden",
                "aanvang",
                "$gte",
                pad="arbeidsVoorwaarden.datumAanvangWerkzaamheden",
                invoer=Invoer(
                    "datum",
                    Groep.WERK,
                    2,
                    "Begint op of na",
                    hulp="De eerste werkdag van de vacature.",
                    gevraagd="begint op of na {}",
                ),
                gevolg="Wie werk zoekt vanaf een bepaalde dag, vindt alleen vacatures waarbij de begindatum bekend "
                "is.",
            ),
            _onregelmatig(
                "Wie vraagt of er op wisselende tijden gewerkt wordt, vindt alleen vacatures waarbij dit is ingevuld."
            ),
            _enkel(
                "codeWerkEnDenkniveauMinimaal",
                "denkniveau",
                "$gte",
                "$lt",
                "$eq",
                beperking={
                    "$gte": {"enum": ["1", "2", "3", "4", "5", "6"]},
                    "$lt": {"enum": ["7"]},
                    "$eq": {"enum": ["7"]},
                },
                bovengrens="7",
                invoer=Invoer(
                    "denkniveau_minimaal",
                    Groep.MEER,
                    1,
                    "Werk- en denkniveau vanaf",
                    gevraagd="werk- en denkniveau vanaf {}",
                ),
                gevolg="Wie zoekt op werk- en denkniveau, vindt alleen vacatures waarbij het niveau is ingevuld.",
            ),
            _taal(
                "taalbeheersing",
                "Wie vraagt welke taal nodig is, vindt alleen vacatures waarbij de taal is ingevuld.",
                "Wie vraagt hoe goed iemand de taal moet spreken, vindt alleen vacatures waarbij het niveau is "
                "ingevuld.",
                "Wie vraagt hoe goed iemand de taal moet schrijven, vindt alleen vacatures waarbij het niveau is "
                "ingevuld.",
            ),
            _rijbewijs(
                "rijbewijs",
                "Wie vacatures zoekt waar een rijbewijs bij nodig is, vindt alleen vacatures waarbij dat is "
                "ingevuld.",
            ),
        ),
        Soort.WERKGEVERSCONTACTMOMENTEN: (
            _enkel(
                "datum",
                "datum",
                "$gte",
                gevolg="Wie vraagt wat er sinds een bepaalde dag was, vindt contacten op hun datum.",
            ),
            _enkel(
                "werkgever.nummerKvk",
                "nummer_kvk",
                "$eq",
                ontbreekt="het KvK-nummer ontbreekt",
                verwacht="een KvK-nummer van acht cijfers",
                gevolg="Contacten worden alleen gevonden op het KvK-nummer van de werkgever.",
            ),
        ),
    }
)

# Every question for these kinds has an area; these texts tell what it costs to have no place.
ZONDER_PLAATS: Final[Mapping[Soort, str]] = MappingProxyType(
    {
        Soort.WERKZOEKENDEN: "Elke zoekvraag begint met een plaats en een afstand. Zonder postcode wordt niemand "
        "gevonden.",
        Soort.VACATURES: "Elke zoekvraag begint met een plaats en een afstand. Zonder postcode wordt een vacature "
        "niet gevonden.",
    }
)
