"""Limits what one person, one municipality and one asking party may get in a day.

A day is one of Europe/Amsterdam. Of searches and details the database counts one more only as long as there is
room, so that of many at once never more get through. These counts are rows of their own: erasing a search does not
give anything back. What other parties get from the source is counted by `audit.brontelling`; this module compares.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, Sum
from django.utils import formats, timezone

from um_portal.accounts.models import Gebruiker
from um_portal.audit.brontelling import DETAILVRAAG
from um_portal.audit.models import Brontelling
from um_portal.errors import FoutMetMelding
from um_portal.gemeenten.models import Dagverbruik, Verbruikssoort
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


class DaglimietBereikt(FoutMetMelding):
    """Today nothing more of this can be asked; `melding` says when it can be again."""


@dataclass(frozen=True, slots=True)
class Verbruik:
    """The part of a limit that is used today; `wie` says by whom, in words that follow `soort`."""

    soort: str
    wie: str
    aantal: int
    limiet: int

    @property
    def over(self) -> int:
        """Counts what is left."""
        return max(0, self.limiet - self.aantal)

    @property
    def is_bijna_op(self) -> bool:
        """Tells whether so much is used that somebody should know."""
        percentage: int = settings.UM_DAGLIMIET_SIGNAAL_PERCENTAGE
        return self.aantal * 100 >= self.limiet * percentage

    def __str__(self) -> str:
        return f"{self.soort} {self.wie}, {formats.localize(self.aantal)} van {formats.localize(self.limiet)}"


@dataclass(frozen=True, slots=True)
class Ruimte:
    """The number that somebody may still ask today; without any, `melding` says when it can be again."""

    over: int
    melding: str = ""


def limits(gemeente: Gemeente, soort: Verbruikssoort) -> tuple[int, int]:
    """Gives the limit of one colleague, and that of the whole municipality."""
    if soort is Verbruikssoort.ZOEKVRAGEN:
        return gemeente.daglimiet_zoekvragen, settings.UM_DAG_ZOEKVRAGEN_GEMEENTE
    return gemeente.daglimiet_details, settings.UM_DAG_DETAILS_GEMEENTE


def day_begin(dag: date | None = None) -> datetime:
    """Gives the moment at which a day begins, by default today."""
    return timezone.make_aware(datetime.combine(dag or timezone.localdate(), time.min))


# --- Searches and details ----------------------------------------------------------------------------------

_COUNT = (
    "INSERT INTO gemeenten_dagverbruik AS v (gemeente_id, gebruiker_id, dag, soort, aantal)"
    " VALUES (%s, %s, %s, %s, 1)"
    " ON CONFLICT (gemeente_id, dag, soort, coalesce(gebruiker_id, 0))"
    " DO UPDATE SET aantal = v.aantal + 1 WHERE v.aantal < %s"
)


def take(gemeente: Gemeente, gebruiker: Gebruiker, soort: Verbruikssoort) -> date:
    """Counts one more of this person and of the municipality; gives the day that it counts for.

    Raises DaglimietBereikt, and counts nothing, when there is no room. Who asks for the last one at the same
    moment waits here until this transaction ends. Call it as late as the transaction allows.
    """
    dag = timezone.localdate()
    of_one, of_all = limits(gemeente, soort)
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        # Always in this order, so that two transactions never wait for each other.
        for wie, most in ((gebruiker.pk, of_one), (None, of_all)):
            cursor.execute(_COUNT, [gemeente.pk, wie, dag, soort.value, most])
            if cursor.rowcount == 0:
                raise DaglimietBereikt(_sentence(soort, dag, most, alleen=wie is not None))
    return dag


def give_back(gemeente: Gemeente, gebruiker: Gebruiker, soort: Verbruikssoort, dag: date) -> None:
    """Takes back one that turned out not to count, on the day that it was counted for."""
    with voor_gemeente(gemeente):
        for wie in (Q(gebruiker=gebruiker), Q(gebruiker=None)):
            rows = Dagverbruik.objects.filter(wie, dag=dag, soort=soort, aantal__gt=0)
            rows.update(aantal=F("aantal") - 1)


def room(gemeente: Gemeente, gebruiker: Gebruiker, soort: Verbruikssoort) -> Ruimte:
    """Tells what this person may still ask today; call inside `voor_gemeente`. It takes one query."""
    dag = timezone.localdate()
    rows = Dagverbruik.objects.filter(Q(gebruiker=gebruiker) | Q(gebruiker=None), dag=dag, soort=soort)
    used = dict(rows.values_list("gebruiker", "aantal"))
    of_one, of_all = limits(gemeente, soort)
    own, shared = of_one - used.get(gebruiker.pk, 0), of_all - used.get(None, 0)
    if own > 0 and shared > 0:
        return Ruimte(min(own, shared))
    return Ruimte(0, _sentence(soort, dag, of_all if own > 0 else of_one, alleen=own <= 0))


def _sentence(soort: Verbruikssoort, dag: date, most: int, *, alleen: bool) -> str:
    """Says who used up what, and when it opens again."""
    tomorrow = formats.date_format(dag + timedelta(days=1), "l j F")
    number = formats.localize(most)
    done = "gesteld" if soort is Verbruikssoort.ZOEKVRAGEN else "opgevraagd"
    who = "U hebt" if alleen else "Uw gemeente heeft"
    ask = (
        "Hebt u er meer nodig, overleg dan met uw functioneel beheerder."
        if alleen
        else "Hebt u er meer nodig, dan kan uw functioneel beheerder dat bespreken met VNG-support."
    )
    return (
        f"{who} vandaag {number} {soort.value} {done}. Meer kan op één dag niet. Vanaf {tomorrow} om 0.00 uur "
        f"kan het weer. {ask}"
    )


def erase_expired(gemeente: Gemeente) -> int:
    """Erases the counts of days that are over; gives how many rows."""
    with voor_gemeente(gemeente):
        # One day more: what began before midnight may still have to be given back.
        number, _ = Dagverbruik.objects.filter(dag__lt=timezone.localdate() - timedelta(days=1)).delete()
    return number


# --- What asks for attention -------------------------------------------------------------------------------


def near_limit(gemeente: Gemeente) -> list[Verbruik]:
    """Lists what is nearly or wholly used up today, for the functioneel beheerder; call inside `voor_gemeente`.

    It takes two queries.
    """
    found = []
    rows = Dagverbruik.objects.filter(dag=timezone.localdate()).select_related("gebruiker")
    for row in rows.order_by("soort", "-aantal"):
        soort = Verbruikssoort(row.soort)
        of_one, of_all = limits(gemeente, soort)
        who = f"van {row.gebruiker}" if row.gebruiker else "van de hele gemeente"
        found.append(Verbruik(soort.label, who, row.aantal, of_one if row.gebruiker else of_all))
    given = (
        Brontelling.objects.filter(uur__gte=day_begin())
        .values("partij")
        .annotate(
            details=Sum("records", filter=Q(vraag__startswith=DETAILVRAAG), default=0),
            records=Sum("records", filter=~Q(vraag__startswith=DETAILVRAAG), default=0),
        )
        .order_by("partij")
    )
    for row in given:
        found += _of_source(row["records"], row["details"], f"de partij met OIN {row['partij']}")
    return [verbruik for verbruik in found if verbruik.is_bijna_op]


def _of_source(records: int, details: int, partij: str) -> Iterator[Verbruik]:
    wie = f"die {partij} van de bron kreeg"
    yield Verbruik("Resultaten", wie, records, settings.UM_BRON_DAG_RECORDS)
    yield Verbruik("Details", wie, details, settings.UM_BRON_DAG_DETAILS)


def near_limit_everywhere(gemeenten: dict[int, Gemeente]) -> dict[int, list[Verbruik]]:
    """Lists per municipality what is nearly or wholly used up today; call inside `als_support`.

    It knows numbers only, not of whom. It takes two queries.
    """
    found: dict[int, list[Verbruik]] = {}

    def add(gemeente_id: int, *rows: Verbruik) -> None:
        found.setdefault(gemeente_id, []).extend(row for row in rows if row.is_bijna_op)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gemeente_id, soort, hoogste, totaal FROM um_dagverbruik(%s)", [timezone.localdate()]
        )
        for gemeente_id, naam, hoogste, totaal in cursor.fetchall():
            if (gemeente := gemeenten.get(gemeente_id)) is not None:
                soort = Verbruikssoort(naam)
                of_one, of_all = limits(gemeente, soort)
                add(
                    gemeente_id,
                    Verbruik(soort.label, "van één collega", hoogste, of_one),
                    Verbruik(soort.label, "van de hele gemeente", totaal, of_all),
                )
        cursor.execute("SELECT gemeente_id, records, details FROM um_bronverbruik(%s)", [day_begin()])
        rows: list[Any] = cursor.fetchall()
        for gemeente_id, records, details in rows:
            add(gemeente_id, *_of_source(records, details, "één partij"))
    return found
