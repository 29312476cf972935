"""exchange.vum3.zoekvelden."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from exchange.standard.model import Soort

Schema = dict[str, Any]


class Vorm(StrEnum):
    """How a selectievraag wraps the conditions on an attribute.

    ENKEL: on the value itself. EEN_VAN: some element of a list satisfies one of several. ALLE: for each of
    several there is an element that satisfies it.
    """

    ENKEL = "enkel"
    EEN_VAN = "een_van"
    ALLE = "alle"


@dataclass(frozen=True, slots=True)
class Conditie:
    """One attribute that can be asked for, and by which operators.

    `sleutel` is how the selectievraag spells it and `pad` the leaf of the standard. The value has the form
    of that attribute; `beperking` says per operator, or under "" for all, what the question narrows.
    """

    sleutel: str
    pad: str
    operatoren: tuple[str, ...]
    beperking: Mapping[str, Schema] = field(default_factory=dict, hash=False)
    verplicht: bool = False


@dataclass(frozen=True, slots=True)
class Zoekveld:
    """A key of a selectievraag with what can be asked under it."""

    sleutel: str
    vorm: Vorm
    condities: tuple[Conditie, ...]
    minstens_een: bool = True


def _enkel(sleutel: str, *operatoren: str, pad: str = "", **more: Any) -> Zoekveld:
    return Zoekveld(sleutel, Vorm.ENKEL, (Conditie(sleutel, pad or sleutel, operatoren, **more),))


def _rijbewijs(pad: str) -> Zoekveld:
    conditie = Conditie("codeSoortRijbewijs", f"{pad}[].codeSoortRijbewijs", ("$eq",))
    return Zoekveld(pad, Vorm.ALLE, (conditie,))


def _taal(pad: str) -> Zoekveld:
    # What somebody at least masters: "onbekend" and "geen beheersing" are no minimum.
    niveau = {"": {"enum": [2, 3, 4]}}
    return Zoekveld(
        pad,
        Vorm.ALLE,
        (
            Conditie("codeTaal", f"{pad}[].codeTaal", ("$eq",), verplicht=True),
            *(
                Conditie(naam, f"{pad}[].{naam}", ("$gte",), niveau)
                for naam in ("codeNiveauTaalbeheersingMondeling", "codeNiveauTaalbeheersingSchriftelijk")
            ),
        ),
    )


_JA_OF_NEE: Final = {"": {"enum": [1, 2]}}


_UREN: Final = {"": {"minimum": 1}}


_ONREGELMATIG: Final = _enkel(
    "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst", "$eq", beperking=_JA_OF_NEE
)


_UREN_TOT: Final = _enkel("werktijden.aantalWerkurenPerWeekMaximaal", "$gte", beperking=_UREN)


_UREN_VAN: Final = _enkel("werktijden.aantalWerkurenPerWeekMinimaal", "$lte", beperking=_UREN)


ZOEKVELDEN: Final[Mapping[Soort, tuple[Zoekveld, ...]]] = MappingProxyType(
    {
        Soort.WERKZOEKENDEN: (
            Zoekveld(
                "bemiddelingsberoep",
                Vorm.EEN_VAN,
                (Conditie("beroep.codeBeroepsnaam", "bemiddelingsberoep[].codeBeroepsnaam", ("$eq",)),),
                minstens_een=False,
            ),
            Zoekveld(
                "contractvorm",
                Vorm.EEN_VAN,
                (Conditie("codeTypeArbeidscontract", "contractvorm[].codeTypeArbeidscontract", ("$eq",)),),
            ),
            _enkel(
                "datumAanvangBeschikbaarVoorWerk", "$lte", pad="flexibiliteit.datumAanvangBeschikbaarVoorWerk"
            ),
            _ONREGELMATIG,
            _rijbewijs("arbeidsmarktkwalificatie.rijbewijs"),
            _taal("arbeidsmarktkwalificatie.taalbeheersing"),
            _UREN_TOT,
            _UREN_VAN,
            _enkel("werktijden.indicatieKantoortijden", "$eq", beperking=_JA_OF_NEE),
        ),
        Soort.VACATURES: (
            _enkel("beroep.codeBeroepsnaam", "$eq"),
            _enkel(
                "codeWerkEnDenkniveauMinimaal",
                *("$gte", "$lt", "$eq"),
                beperking={
                    "$gte": {"enum": ["1", "2", "3", "4", "5", "6"]},
                    "$lt": {"enum": ["7"]},
                    "$eq": {"enum": ["7"]},
                },
            ),
            _enkel("datumAanvangWerkzaamheden", "$gte", pad="arbeidsVoorwaarden.datumAanvangWerkzaamheden"),
            _ONREGELMATIG,
            _rijbewijs("rijbewijs"),
            _taal("taalbeheersing"),
            _UREN_TOT,
            _UREN_VAN,
        ),
        Soort.WERKGEVERSCONTACTMOMENTEN: (
            _enkel("datum", "$gte"),
            _enkel("werkgever.nummerKvk", "$eq", verplicht=True),
        ),
    }
)
