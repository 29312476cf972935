"""Summarises search profiles: the plain columns that the list of results shows, filters and sorts on."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import orjson

from exchange.bemiddelaar.forms import label_of_question
from exchange.display import Labels, labels_in
from exchange.geo.distances import distance_km, pc4_of
from exchange.interfaces import current
from exchange.standard import Soort
from exchange.standard.waardelijsten import SOORT_RIJBEWIJS, VERVOERMIDDEL
from exchange.vum3.zoekvelden import Conditie
from exchange.waardelijsten.models import BEROEPEN

_MAX_OMSCHRIJVING = 300
_MAX_BEROEPEN, _MAX_NAAM = 20, 200
_CONTAINERS = frozenset({dict, list})


@dataclass(frozen=True, slots=True)
class Samenvatting:
    """One row of the table; None or empty where the profile has no value."""

    omschrijving: str
    beroepen: list[str]
    postcode: str
    afstand_km: float | None
    uren_min: int | None
    uren: int | None
    vanaf: date | None
    reisafstand: int | None
    niveau: int | None
    rijbewijzen: list[str]
    vervoer: list[int]
    werkgever: str
    sluit_op: date | None
    afdruk: str
    #: The same content stands earlier in the answer.
    dubbel: bool


def _get(profiel: Mapping[str, Any], *path: str) -> Any:
    value: Any = profiel
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _integer(value: Any) -> int | None:
    """Gives a whole number that fits the column, else None; another party's data may hold anything."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:6])
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 32767 else None


def _name(code: Any, labels: Labels) -> str:
    return labels.get((BEROEPEN, code), code) if isinstance(code, str) else ""


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _names(codes: Iterable[Any], labels: Labels) -> list[str]:
    found = dict.fromkeys(filter(None, (_name(code, labels) for code in codes)))
    return [name[:_MAX_NAAM] for name in found][:_MAX_BEROEPEN]


def _known(values: Iterable[Any], known: Iterable[Any]) -> list[Any]:
    """Gives the codes of a list of the standard that are there, in the order of that list."""
    found = [value for value in values if isinstance(value, str | int)]
    return [code for code in known if code in found]


def _jobseeker(profiel: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    """Gives the columns that a jobseeker fills in a way of its own."""
    names = _names(
        (item.get("codeBeroepsnaam") for item in _dicts(profiel.get("bemiddelingsberoep"))), labels
    )
    levels = [
        level
        for item in _dicts(_get(profiel, "arbeidsmarktkwalificatie", "opleiding"))
        # 9 is "anders": no level to compare.
        if (level := _integer(item.get("codeNiveauOpleiding"))) not in {None, 9}
    ]
    return {
        "omschrijving": ", ".join(names),
        "beroepen": names,
        "niveau": max(levels, default=None),
        "vanaf": _date(_get(profiel, "flexibiliteit", "datumAanvangBeschikbaarVoorWerk")),
        "reisafstand": _integer(_get(profiel, "mobiliteit", "maximaleReisafstand")),
        "rijbewijzen": _get(profiel, "arbeidsmarktkwalificatie", "rijbewijs"),
    }


def _vacancy(profiel: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    """Gives the columns that a vacancy fills in a way of its own."""
    name = profiel.get("naamVacature")
    names = _names([_get(profiel, "beroep", "codeBeroepsnaam")], labels)
    employer = _get(profiel, "werkgever", "handelsnaamOrganisatie")
    return {
        "omschrijving": name if isinstance(name, str) and name else ", ".join(names),
        "beroepen": names,
        "niveau": _integer(profiel.get("codeWerkEnDenkniveauMinimaal")),
        "vanaf": _date(_get(profiel, "arbeidsVoorwaarden", "datumAanvangWerkzaamheden")),
        "rijbewijzen": profiel.get("rijbewijs"),
        "werkgever": employer[:_MAX_NAAM] if isinstance(employer, str) else "",
        "sluit_op": _date(profiel.get("sluitingsdatumVacature")),
    }


_SUMMARY: dict[Soort, Callable[[Mapping[str, Any], Labels], dict[str, Any]]] = {
    Soort.WERKZOEKENDEN: _jobseeker,
    Soort.VACATURES: _vacancy,
}


def _sorted_json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _ordered(value: Any) -> Any:
    """Gives the value with every list in a fixed order, because the order of a list means nothing."""
    # Most of a profile is single values: those take no call.
    if isinstance(value, dict):
        return {
            name: _ordered(item) if item.__class__ in _CONTAINERS else item for name, item in value.items()
        }
    if isinstance(value, list):
        items = [_ordered(item) if item.__class__ in _CONTAINERS else item for item in value]
        return sorted(items, key=_sorted_json) if len(items) > 1 else items
    return value


def fingerprint(profiel: Mapping[str, Any]) -> str:
    """Gives a text that is equal for profiles with the same content."""
    return hashlib.sha256(_sorted_json(_ordered(dict(profiel)))).hexdigest()


@cache
def _asked_first(soort: Soort) -> Mapping[str, Conditie]:
    """Gives the first condition of every line in the table of what can be asked, by the key of the line."""
    return {zoekveld.sleutel: zoekveld.condities[0] for zoekveld in current().zoekvelden[soort]}


def shortcomings(soort: Soort, tekorten: Iterable[Mapping[str, Any]]) -> str:
    """Names the criteria that a result does not meet, in the words of the search form.

    `tekorten` are stored results of `exchange.vum3.narrowing`.
    """
    names = []
    for tekort in tekorten:
        conditie = _asked_first(soort).get(tekort["sleutel"])
        if conditie is not None:
            label = label_of_question(soort, conditie)
            names.append(label if tekort["bekend"] else f"{label} (niet bekend)")
    return ", ".join(names)


def summarise(
    soort: Soort,
    profielen: Iterable[Mapping[str, Any]],
    vanaf_postcode: str,
    labels: Labels | None = None,
) -> list[Samenvatting]:
    """Gives a summary of every profile, with its distance in kilometres from the postcode that was asked.

    `labels` are those of `exchange.display.labels_in`; they are fetched when not given.
    """
    profielen = list(profielen)
    if labels is None:
        labels = labels_in(soort, profielen)
    here = pc4_of(vanaf_postcode)
    found = []
    seen: set[str] = set()
    for profiel in profielen:
        postcode = _get(profiel, *(soort.postcode_pad or "").split("."))
        postcode = postcode[:6].upper() if isinstance(postcode, str) else ""
        there = pc4_of(postcode)
        columns: dict[str, Any] = {
            "reisafstand": None,
            "werkgever": "",
            "sluit_op": None,
            **_SUMMARY[soort](profiel, labels),
        }
        columns["omschrijving"] = columns["omschrijving"][:_MAX_OMSCHRIJVING]
        licences = (item.get("codeSoortRijbewijs") for item in _dicts(columns.pop("rijbewijzen")))
        transport = (item.get("codeVervoermiddel") for item in _dicts(profiel.get("vervoermiddel")))
        afdruk = fingerprint(profiel)
        found.append(
            Samenvatting(
                postcode=postcode,
                afstand_km=distance_km(here, there) if here is not None and there is not None else None,
                uren_min=_integer(_get(profiel, "werktijden", "aantalWerkurenPerWeekMinimaal")),
                uren=_integer(_get(profiel, "werktijden", "aantalWerkurenPerWeekMaximaal")),
                rijbewijzen=_known(licences, SOORT_RIJBEWIJS.waarden),
                vervoer=_known(transport, VERVOERMIDDEL.waarden),
                afdruk=afdruk,
                dubbel=afdruk in seen,
                **columns,
            )
        )
        seen.add(afdruk)
    return found
