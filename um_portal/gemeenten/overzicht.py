"""Gathers what VNG support sees of all municipalities at once: names, states, dates and numbers.

The number of queries does not depend on the number of municipalities.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from um_portal.collegas import toetsen
from um_portal.gemeenten import daglimieten, voorwaarden
from um_portal.gemeenten.daglimieten import Verbruik
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


@dataclass(frozen=True, slots=True)
class Mislukt:
    """The work that failed lately in one municipality, and a departure that is not done yet (in words)."""

    gemeente: Gemeente
    leveringen: int
    zoekvragen: int
    vertrek: str


def failures() -> list[Mislukt]:
    """Lists the municipalities in which work failed, by name; call inside `als_support`. It takes four queries."""
    deliveries, searches, leaving = _deliveries(), _searches(), _leaving()
    found = [
        Mislukt(
            gemeente,
            deliveries.get(gemeente.pk, (None, 0))[1],
            searches.get(gemeente.pk, (0, 0))[1],
            leaving.get(gemeente.pk, "") if gemeente.status == Gemeentestatus.VERTROKKEN else "",
        )
        for gemeente in Gemeente.objects.all()
    ]
    return [one for one in found if one.leveringen or one.zoekvragen or one.vertrek]


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
    deliveries, leaving, people, searches = _deliveries(), _leaving(), toetsen.stand_everywhere(), _searches()
    gemeenten = {gemeente.pk: gemeente for gemeente in Gemeente.objects.all()}
    limits, old = daglimieten.near_limit_everywhere(gemeenten), ages()
    found = []
    for gemeente in gemeenten.values():
        states = conditions.get(gemeente.pk, {})
        latest, failed = deliveries.get(gemeente.pk, (None, 0))
        numbers = counts.get(gemeente.pk, {})
        attention = _attention(gemeente, states, latest, failed, old.get(gemeente.pk, {}))
        if gemeente.status in (Gemeentestatus.TOEGELATEN, Gemeentestatus.OPGESCHORT):
            attention += [
                *_of_searches(*searches.get(gemeente.pk, (0, 0))),
                *_of_people(gemeente, people.get(gemeente.pk, {})),
                *_of_limits(limits.get(gemeente.pk, [])),
            ]
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


def _searches() -> dict[int, tuple[int, int]]:
    """Gives how many searches were put in the last day, and how many of those failed, by municipality."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gemeente_id, gesteld, mislukt FROM um_zoekcijfers(%s)",
            [timezone.now() - timedelta(days=1)],
        )
        return {gemeente_id: (put, failed) for gemeente_id, put, failed in cursor.fetchall()}


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


# One search in so many may fail before somebody should look; and not for a few in all.
_MISLUKT_DEEL, _MISLUKT_MINSTENS = 5, 3


def _of_searches(put: int, failed: int) -> Iterator[str]:
    """Yields a remark when many searches fail: the exchange, or the certificate, has trouble."""
    if failed >= _MISLUKT_MINSTENS and failed * _MISLUKT_DEEL >= put:
        yield f"zoekvragen mislukt in 24 uur: {failed} van {put}"


def _of_limits(used: list[Verbruik]) -> Iterator[str]:
    for verbruik in used:
        yield f"daglimiet {'bijna ' if verbruik.over else ''}bereikt: {verbruik}"


def _of_people(gemeente: Gemeente, stand: dict[str, Any]) -> Iterator[str]:
    """Yields remarks on who has access."""
    if not stand.get("beheerders"):
        yield "geen functioneel beheerder die kan inloggen"
    if toetsen.is_due(gemeente, stand.get("laatste_toets")):
        yield "toegang niet op tijd getoetst"
    if number := stand.get("zonder_factor"):
        yield f"collega's zonder tweede factor: {number}"
