"""The three questions that are measured, for a municipality: selective, middling and hopelessly broad."""

from collections.abc import Callable
from typing import Any

from tests.bench.fill import KLEIN, MILJOEN, groot

_MIDDEN = {place.oin: f"{place.midden}AB" for place in (KLEIN, groot(MILJOEN))}


def _around(oin: str, afstand: int, **more: Any) -> dict[str, Any]:
    return {"selectiegebied": {"postcode": _MIDDEN[oin], "afstand": afstand}, **more}


def selective(oin: str) -> dict[str, Any]:
    """One occupation nearby, with a driving licence: a handful of matches."""
    return _around(
        oin,
        15,
        **{
            "bemiddelingsberoep": {
                "$elemMatch": {"$or": [{"beroep.codeBeroepsnaam": {"$eq": "urn:um-demo:beroep:lasser"}}]}
            },
            "arbeidsmarktkwalificatie.rijbewijs": {
                "$all": [{"$elemMatch": {"codeSoortRijbewijs": {"$eq": "B"}}}]
            },
        },
    )


def middling(oin: str) -> dict[str, Any]:
    """A few conditions that many satisfy."""
    return _around(
        oin,
        25,
        **{
            "arbeidsmarktkwalificatie.rijbewijs": {
                "$all": [{"$elemMatch": {"codeSoortRijbewijs": {"$eq": "B"}}}]
            },
            "arbeidsmarktkwalificatie.taalbeheersing": {
                "$all": [
                    {
                        "$elemMatch": {
                            "codeTaal": {"$eq": "nld"},
                            "codeNiveauTaalbeheersingMondeling": {"$gte": 3},
                        }
                    }
                ]
            },
            "werktijden.aantalWerkurenPerWeekMaximaal": {"$gte": 32},
        },
    )


def broad(oin: str) -> dict[str, Any]:
    """Everybody in the country."""
    return _around(oin, 999)


QUESTIONS: dict[str, Callable[[str], dict[str, Any]]] = {
    "selectief": selective,
    "middelmatig": middling,
    "hopeloos breed": broad,
}
