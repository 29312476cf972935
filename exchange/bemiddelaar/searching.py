"""Holds the verbs of searching: put a question, store the results, request a detail, erase.

`request_detail` reserves one of the details of a search before it asks, so that even many requests at once
never pass the limit. It gives the reservation back when the request fails.
"""

import math
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from exchange.bemiddelaar import client, lifecycle
from exchange.bemiddelaar.models import Detailaanvraag, Resultaat, Zoekvraag
from exchange.bemiddelaar.summary import summarise
from exchange.interfaces import current
from exchange.standard import Soort, is_oin, without_empties
from exchange.vum3.compose import Criteria
from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act, new_span, trace_of
from um_portal.audit.models import Uitkomst
from um_portal.jobs import LEASE
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


class LimietBereikt(Exception):
    """All details of this search have been requested."""


def visible(gebruiker: Gebruiker) -> "QuerySet[Zoekvraag]":
    """Gives the searches that this jobcoach may see: the own ones, until they expire."""
    found: QuerySet[Zoekvraag] = Zoekvraag.objects.filter(gebruiker=gebruiker, verloopt_op__gt=timezone.now())
    return found


def open_search(
    gemeente: Gemeente, gebruiker: Gebruiker, soort: Soort, criteria: Criteria, naam: str = ""
) -> Zoekvraag:
    """Writes down a search that a job will put to the exchange."""
    with voor_gemeente(gemeente):
        zoekvraag: Zoekvraag = Zoekvraag.objects.create(
            gemeente=gemeente,
            gebruiker=gebruiker,
            soort=soort,
            naam=naam,
            vraag_object=current().compose(soort, criteria),
            verloopt_op=timezone.now() + timedelta(days=gemeente.bewaartermijn),
        )
        _log(gemeente, Handeling.ZOEKVRAAG_GESTELD, zoekvraag.pk, gebruiker)
    return zoekvraag


def put_search(gemeente: Gemeente, zoekvraag_id: int) -> None:
    """Puts the search to the exchange and stores the results.

    Does nothing when that was done or is being done.
    """
    with voor_gemeente(gemeente):
        # This time covers the whole question to the exchange, and storing the results.
        duration = LEASE + timedelta(seconds=settings.UM_ZOEK_TIJDSLIMIET)
        lease = lifecycle.begin_search(zoekvraag_id, duration)
    if lease is None:
        return
    zoekvraag = lease.row
    try:
        answer = client.ask(zoekvraag.soort_van, zoekvraag.vraag_object, gemeente.oin)
    except client.UitwisselingFout as fout:
        fail_search(gemeente, zoekvraag_id, fout.melding)
        return
    profielen = [storable(match.profiel) for match in answer.matches]
    rows = summarise(zoekvraag.soort_van, profielen, zoekvraag.vraag_object["selectiegebied"]["postcode"])
    with voor_gemeente(gemeente):
        finished = lifecycle.finish_search(
            zoekvraag_id,
            vraag_id=answer.vraag_id,
            aantal=len(answer.matches),
            maximum_bereikt=answer.maximum_bereikt,
        )
        if not finished:
            return
        _log(
            gemeente,
            Handeling.ZOEKVRAAG_BEANTWOORD,
            zoekvraag_id,
            zoekvraag.gebruiker,
            aantal=len(answer.matches),
            uitkomst=Uitkomst.GELUKT,
        )
        Resultaat.objects.bulk_create(
            (
                Resultaat(
                    gemeente=gemeente,
                    zoekvraag=zoekvraag,
                    volgnummer=number,
                    vum_id=match.vum_id,
                    profiel=profiel,
                    **asdict(row),
                )
                for number, (match, profiel, row) in enumerate(
                    zip(answer.matches, profielen, rows, strict=True), start=1
                )
            ),
            batch_size=1000,
        )


def fail_search(gemeente: Gemeente, zoekvraag_id: int, melding: str) -> None:
    """Marks a search as failed, with a sentence for the jobcoach."""
    with voor_gemeente(gemeente):
        lifecycle.fail_search(zoekvraag_id, melding)
        zoekvraag = Zoekvraag.objects.select_related("gebruiker").filter(pk=zoekvraag_id).first()
        if zoekvraag is not None:
            _log(
                gemeente,
                Handeling.ZOEKVRAAG_BEANTWOORD,
                zoekvraag_id,
                zoekvraag.gebruiker,
                uitkomst=Uitkomst.MISLUKT,
            )


def _log(
    gemeente: Gemeente, handeling: Handeling, zoekvraag_id: int, gebruiker: Gebruiker, **more: Any
) -> None:
    """Writes an act about a search in the audit log; all of one search share a trace."""
    subject = f"zoekvraag {zoekvraag_id}"
    trace = trace_of(gemeente, subject)
    log_act(gemeente, handeling, gebruiker=gebruiker, onderwerp=subject, trace=trace, **more)


def repeat_search(gemeente: Gemeente, zoekvraag: Zoekvraag) -> bool:
    """Lets a failed search be put again; returns False when it had not failed."""
    with voor_gemeente(gemeente):
        return lifecycle.repeat_search(zoekvraag.pk)


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """Gives the part of another party's JSON that PostgreSQL can hold.

    Removes NUL, broken characters and infinity, and leaves out every value that is empty then.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, Mapping):
        return without_empties({_UNSTORABLE.sub("", key): storable(item) for key, item in value.items()})
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no such number, though Python reads one.
    return value


@dataclass(frozen=True, slots=True)
class Detail:
    """One whole record, on its way to the screen and nowhere else."""

    bron_oin: str
    record: dict[str, Any]

    def __repr__(self) -> str:
        return "Detail(…)"


def _counting() -> Q:
    return Q(gelukt_op__isnull=False) | Q(gereserveerd_tot__gt=timezone.now())


def details_left(zoekvraag: Zoekvraag) -> int:
    """Counts the details that may still be requested on this search; call inside `voor_gemeente`."""
    used: int = Detailaanvraag.objects.filter(_counting(), zoekvraag=zoekvraag).count()
    left: int = max(0, settings.UM_MAX_DETAILS - used)
    return left


def _reserve(gemeente: Gemeente, gebruiker: Gebruiker, resultaat: Resultaat, span: str) -> int:
    """Reserves one of the details, and writes down who asks which before the question goes out.

    A process that is killed leaves a line without an outcome. Raises LimietBereikt.
    """
    with voor_gemeente(gemeente):
        zoekvraag = Zoekvraag.objects.select_for_update().get(pk=resultaat.zoekvraag_id)
        if details_left(zoekvraag) == 0:
            raise LimietBereikt
        # This is longer than a request can take, so that the reservation of a killed process ends by itself.
        until = timezone.now() + timedelta(seconds=settings.UM_DETAIL_TIJDSLIMIET * 2 + 5)
        pk: int = Detailaanvraag.objects.create(
            gemeente=gemeente, zoekvraag=zoekvraag, gereserveerd_tot=until
        ).pk
        _log(
            gemeente,
            Handeling.DETAIL_GEVRAAGD,
            zoekvraag.pk,
            gebruiker,
            vum_id=resultaat.vum_id,
            uitkomst=Uitkomst.ONBEKEND,
            span=span,
        )
    return pk


def request_detail(gemeente: Gemeente, gebruiker: Gebruiker, resultaat: Resultaat) -> Detail:
    """Fetches the whole record of a match, within the limit of its search. Nothing of it is stored.

    Raises LimietBereikt when the limit is reached, UitwisselingFout when the request failed; a failed request
    does not count. Call outside `voor_gemeente`: it waits for another party.
    """
    span, begin = new_span(), time.monotonic()

    def log(uitkomst: Uitkomst, partij: str = "") -> None:
        _log(
            gemeente,
            Handeling.DETAIL_OPGEVRAAGD,
            resultaat.zoekvraag_id,
            gebruiker,
            vum_id=resultaat.vum_id,
            uitkomst=uitkomst,
            partij=partij,
            span=span,
            duur_ms=int(1000 * (time.monotonic() - begin)),
        )

    aanvraag = _reserve(gemeente, gebruiker, resultaat, span)
    try:
        source, record = client.fetch_detail(resultaat.zoekvraag.soort_van, resultaat.vum_id, gemeente.oin)
    except BaseException as problem:
        with voor_gemeente(gemeente):
            Detailaanvraag.objects.filter(pk=aanvraag).delete()
            log(Uitkomst.MISLUKT if isinstance(problem, client.Geweigerd) else Uitkomst.ONBEKEND)
        raise
    now = timezone.now()
    with voor_gemeente(gemeente):
        Detailaanvraag.objects.filter(pk=aanvraag).update(gelukt_op=now, gereserveerd_tot=None)
        Resultaat.objects.filter(pk=resultaat.pk).update(detail_gevraagd_op=now)
        log(Uitkomst.GELUKT, source if is_oin(source) else "")
    return Detail(source, without_empties(record))


def erase_expired(gemeente: Gemeente) -> int:
    """Erases the searches of this municipality that have expired, with their results."""
    with voor_gemeente(gemeente):
        expired = Zoekvraag.objects.filter(verloopt_op__lte=timezone.now())
        count: int = expired.count()
        if count:
            expired.delete()
            log_act(gemeente, Handeling.ZOEKVRAGEN_GEWIST, aantal=count)
    return count
