"""Summarises search profiles for the table of results: a few plain columns to show and sort on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exchange.bemiddelaar.forms import label_of_question
from exchange.display import Labels, external_codes
from exchange.geo.distances import distance_km, pc4_of
from exchange.interfaces import current
from exchange.standard import Soort
from exchange.waardelijsten.models import BEROEPEN, labels_of

_MAX_OMSCHRIJVING = 300


@dataclass(frozen=True, slots=True)
class Samenvatting:
    """One row of the table; None or empty where the profile has no value."""

    omschrijving: str
    postcode: str
    afstand_km: float | None
    uren: int | None
    niveau: int | None


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


def _jobseeker(profiel: Mapping[str, Any], labels: Labels) -> tuple[str, int | None]:
    occupations = [
        _name(item.get("codeBeroepsnaam"), labels) for item in _dicts(profiel.get("bemiddelingsberoep"))
    ]
    levels = [
        level
        for item in _dicts(_get(profiel, "arbeidsmarktkwalificatie", "opleiding"))
        # 9 is "anders": no level to compare.
        if (level := _integer(item.get("codeNiveauOpleiding"))) not in {None, 9}
    ]
    return ", ".join(dict.fromkeys(filter(None, occupations))), max(levels, default=None)


def _vacancy(profiel: Mapping[str, Any], labels: Labels) -> tuple[str, int | None]:
    name = profiel.get("naamVacature")
    text = (
        name if isinstance(name, str) and name else _name(_get(profiel, "beroep", "codeBeroepsnaam"), labels)
    )
    return text, _integer(profiel.get("codeWerkEnDenkniveauMinimaal"))


_SUMMARY: dict[Soort, Callable[[Mapping[str, Any], Labels], tuple[str, int | None]]] = {
    Soort.WERKZOEKENDEN: _jobseeker,
    Soort.VACATURES: _vacancy,
}


def shortcomings(soort: Soort, tekorten: Iterable[Mapping[str, Any]]) -> str:
    """Names the criteria that a result does not meet, in the words of the search form.

    `tekorten` are stored results of `exchange.vum3.narrowing`.
    """
    known = {zoekveld.sleutel: zoekveld.condities[0] for zoekveld in current().zoekvelden[soort]}
    names = []
    for tekort in tekorten:
        conditie = known.get(tekort["sleutel"])
        if conditie is not None:
            label = label_of_question(soort, conditie)
            names.append(label if tekort["bekend"] else f"{label} (niet bekend)")
    return ", ".join(names)


def summarise(
    soort: Soort, profielen: Iterable[Mapping[str, Any]], vanaf_postcode: str
) -> list[Samenvatting]:
    """Gives a summary of every profile, with its distance in kilometres from the postcode that was asked."""
    profielen = list(profielen)
    labels = labels_of(code for profiel in profielen for code in external_codes(soort, profiel))
    here = pc4_of(vanaf_postcode)
    found = []
    for profiel in profielen:
        text, niveau = _SUMMARY[soort](profiel, labels)
        postcode = _get(profiel, *(soort.postcode_pad or "").split("."))
        postcode = postcode[:6].upper() if isinstance(postcode, str) else ""
        there = pc4_of(postcode)
        found.append(
            Samenvatting(
                omschrijving=text[:_MAX_OMSCHRIJVING],
                postcode=postcode,
                afstand_km=distance_km(here, there) if here is not None and there is not None else None,
                uren=_integer(_get(profiel, "werktijden", "aantalWerkurenPerWeekMaximaal")),
                niveau=niveau,
            )
        )
    return found
