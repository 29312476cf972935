"""From what a jobcoach filled in to a selectievraag of the contract.

Hours are asked as an overlap: who can work somewhere between a and b hours has a maximum of at least a
and a minimum of at most b.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from exchange.standard import Soort
from exchange.vum3.parse import BEROEP_SLEUTEL, CONTRACT_SLEUTEL, RIJBEWIJS_SLEUTEL, TAAL_SLEUTEL


@dataclass(frozen=True, slots=True)
class Criteria:
    """A search form, filled in. What is empty or None is not asked."""

    postcode: str
    afstand: int
    beroepen: list[str] = field(default_factory=list)
    uren_vanaf: int | None = None
    uren_tot: int | None = None
    rijbewijzen: list[str] = field(default_factory=list)
    taal: str = ""
    taal_mondeling: int | None = None
    taal_schriftelijk: int | None = None
    kantoortijden: int | None = None
    onregelmatig: int | None = None
    contractvormen: list[str] = field(default_factory=list)
    datum: date | None = None
    denkniveau_minimaal: str = ""


def _all(key: str, codes: list[str]) -> dict[str, Any]:
    return {"$all": [{"$elemMatch": {key: {"$eq": code}}} for code in codes]}


def _any(key: str, codes: list[str]) -> dict[str, Any]:
    return {"$elemMatch": {"$or": [{key: {"$eq": code}} for code in codes]}}


def compose(soort: Soort, criteria: Criteria) -> dict[str, Any]:
    """The `vraagObject` that asks for these criteria; what this kind cannot be asked is left out."""
    jobseekers = soort is Soort.WERKZOEKENDEN
    asked: dict[str, Any] = {
        "selectiegebied": {"postcode": criteria.postcode, "afstand": criteria.afstand},
        "werktijden.aantalWerkurenPerWeekMaximaal": criteria.uren_vanaf and {"$gte": criteria.uren_vanaf},
        "werktijden.aantalWerkurenPerWeekMinimaal": criteria.uren_tot and {"$lte": criteria.uren_tot},
        "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst": criteria.onregelmatig
        and {"$eq": criteria.onregelmatig},
        RIJBEWIJS_SLEUTEL[soort]: criteria.rijbewijzen and _all("codeSoortRijbewijs", criteria.rijbewijzen),
    }
    if criteria.taal:
        language: dict[str, Any] = {"codeTaal": {"$eq": criteria.taal}}
        if criteria.taal_mondeling:
            language["codeNiveauTaalbeheersingMondeling"] = {"$gte": criteria.taal_mondeling}
        if criteria.taal_schriftelijk:
            language["codeNiveauTaalbeheersingSchriftelijk"] = {"$gte": criteria.taal_schriftelijk}
        asked[TAAL_SLEUTEL[soort]] = {"$all": [{"$elemMatch": language}]}
    day = criteria.datum and criteria.datum.isoformat()
    if jobseekers:
        asked[BEROEP_SLEUTEL] = criteria.beroepen and _any("beroep.codeBeroepsnaam", criteria.beroepen)
        asked[CONTRACT_SLEUTEL] = criteria.contractvormen and _any(
            "codeTypeArbeidscontract", criteria.contractvormen
        )
        asked["werktijden.indicatieKantoortijden"] = criteria.kantoortijden and {
            "$eq": criteria.kantoortijden
        }
        asked["datumAanvangBeschikbaarVoorWerk"] = day and {"$lte": day}
    else:
        # The contract takes one occupation for a vacancy.
        asked["beroep.codeBeroepsnaam"] = criteria.beroepen and {"$eq": criteria.beroepen[0]}
        asked["datumAanvangWerkzaamheden"] = day and {"$gte": day}
        # Upwards from a level; "7" is beyond the scale and only ends it, as the contract writes it.
        asked["codeWerkEnDenkniveauMinimaal"] = criteria.denkniveau_minimaal and {
            "$gte": criteria.denkniveau_minimaal,
            "$lt": "7",
        }
    return {key: value for key, value in asked.items() if value}
