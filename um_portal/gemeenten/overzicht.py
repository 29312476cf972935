"""Gathers what VNG support sees of all municipalities at once: names, states, dates and numbers.

The number of queries does not depend on the number of municipalities.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from um_portal.gemeenten import voorwaarden
from um_portal.gemeenten.models import Voorwaardesoort
from um_portal.gemeenten.voorwaarden import DEFINITIES, Staat
from um_portal.tenants.models import Gemeente, Gemeentestatus


@dataclass(frozen=True, slots=True)
class Rij:
    """A municipality in the overview; `aandacht` says in words what asks for somebody."""

    gemeente: Gemeente
    aantallen: dict[str, int]
    vervuld: int
    laatste: datetime | None
    mislukt: int
    aandacht: list[str]

    @property
    def nodig(self) -> int:
        """Counts the conditions that there are."""
        return len(DEFINITIES)


def published_counts() -> dict[int, dict[str, int]]:
    """Counts the published records of each kind per municipality; call inside `als_support`."""
    counts: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT gemeente_id, soort, aantal FROM um_aantallen()")
        for gemeente_id, soort, aantal in cursor.fetchall():
            counts.setdefault(gemeente_id, {})[soort] = aantal
    return counts


def ages() -> dict[int, dict[str, int]]:
    """Gives per municipality the age in days of each set that is not empty; call inside `als_support`."""
    found: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gemeente_id, soort, vernieuwd_op FROM um_aantallen()"
            " WHERE aantal > 0 AND vernieuwd_op IS NOT NULL ORDER BY soort"
        )
        for gemeente_id, soort, day in cursor.fetchall():
            found.setdefault(gemeente_id, {})[soort] = (timezone.localdate() - day).days
    return found


def rows() -> list[Rij]:
    """Lists every municipality, by name; call inside `als_support`."""
    counts, conditions = published_counts(), voorwaarden.states_everywhere()
    deliveries, leaving, old = _deliveries(), _leaving(), ages()
    found = []
    for gemeente in Gemeente.objects.all():
        states = conditions.get(gemeente.pk, {})
        latest, failed = deliveries.get(gemeente.pk, (None, 0))
        numbers = counts.get(gemeente.pk, {})
        attention = _attention(gemeente, states, latest, failed, old.get(gemeente.pk, {}))
        if gemeente.pk in leaving:
            attention = [leaving[gemeente.pk], *attention]
        found.append(
            Rij(
                gemeente,
                numbers,
                sum(state in (Staat.VERVULD, Staat.VERLOOPT) for state in states.values()),
                latest,
                failed,
                attention,
            )
        )
    return found


def _deliveries() -> dict[int, tuple[datetime | None, int]]:
    """Gives the last publication and the number of deliveries that failed lately, by municipality."""
    since = timezone.now() - timedelta(days=settings.UM_FOUTEN_DAGEN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gemeente_id, laatste, mislukt FROM um_leveringscijfers(%s)", [since])
        return {gemeente_id: (latest, failed) for gemeente_id, latest, failed in cursor.fetchall()}


def _leaving() -> dict[int, str]:
    """Gives the municipalities that are leaving, with where that stands; not those that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gemeente_id, bevestigd_op IS NOT NULL FROM um_vertrekken() WHERE klaar_op IS NULL"
        )
        return {
            gemeente_id: "wordt gewist" if confirmed else "vertrek aangekondigd"
            for gemeente_id, confirmed in cursor.fetchall()
        }


def _attention(
    gemeente: Gemeente, states: dict[str, Staat], latest: datetime | None, failed: int, old: dict[str, int]
) -> list[str]:
    if gemeente.status == Gemeentestatus.VERTROKKEN:
        return []
    if gemeente.status == Gemeentestatus.AANGEMELD:
        good = sum(state in (Staat.VERVULD, Staat.VERLOOPT) for state in states.values())
        return ["kan worden toegelaten"] if good == len(DEFINITIES) else []
    return [
        *_of_conditions(states),
        *(["deelname opgeschort"] if gemeente.status == Gemeentestatus.OPGESCHORT else []),
        *([f"leveringen mislukt: {failed}"] if failed else []),
        *(_of_sets(old) or _of_age(gemeente, latest if old else None)),
    ]


def _of_conditions(states: dict[str, Staat]) -> Iterator[str]:
    for soort in Voorwaardesoort:
        state = states.get(soort.value, Staat.ONTBREEKT)
        if state is not Staat.VERVULD:
            yield f"{soort.label}: {state.value}"


def _of_sets(old: dict[str, int]) -> list[str]:
    """Says which sets were not renewed for too long, and which are not answered any more."""
    warn, stop = settings.UM_VERSHEID_DAGEN, settings.UM_VERSHEID_STOP_DAGEN
    return [
        f"{soort}: {days} dagen niet vernieuwd{', antwoordt niet meer' if 0 < stop <= days else ''}"
        for soort, days in old.items()
        if 0 < warn <= days or 0 < stop <= days
    ]


def _of_age(gemeente: Gemeente, latest: datetime | None) -> Iterator[str]:
    """Yields a remark on a set of which more than half of the time is over."""
    if latest is not None:
        days = (timezone.now() - latest).days
        if days > gemeente.verlooptermijn // 2:
            yield f"al {days} dagen niets gepubliceerd"
