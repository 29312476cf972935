"""Holds the verbs of searching: put a question, store the results, erase."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from exchange.bemiddelaar import client, lifecycle, nieuw, tellingen
from exchange.bemiddelaar.models import (
    Deling,
    Geteld,
    Resultaat,
    Zoekconcept,
    Zoekherhaling,
    Zoekstatus,
    Zoekvraag,
)
from exchange.bemiddelaar.storing import store_results
from exchange.bemiddelaar.summary import Samenvatting, summarise
from exchange.display import Labels, labels_in
from exchange.geo.distances import resolver
from exchange.interfaces import current
from exchange.standard import Soort
from exchange.vum3.compose import Criteria
from um_portal import kenmerk
from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act, trace_of
from um_portal.audit.models import Auditregel, Uitkomst
from um_portal.beurtelings import Beurtelings
from um_portal.gemeenten import daglimieten
from um_portal.gemeenten.daglimieten import DaglimietBereikt
from um_portal.gemeenten.models import Verbruikssoort
from um_portal.jobs import HARTSLAG_LEASE, LEASE, Lease, heartbeat, outlast, turn
from um_portal.ruimte import is_full
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.rechten import RECHTEN, Functie, Recht

logger = logging.getLogger(__name__)

_GEEN_RUIMTE: Final = (
    "De server heeft geen ruimte meer om het antwoord te bewaren. Dat ligt niet aan uw zoekvraag. Stel hem over een "
    "kwartier opnieuw."
)

# Searches of one municipality that are under way at once: a quarter of what a worker does.
TEGELIJK: Final = 6
_BEURTELINGS: Final = Beurtelings()
# The columns of a result that its summary fills. `asdict` would copy what is in them.
_COLUMNS: Final = tuple(field.name for field in fields(Samenvatting))


def visible(gebruiker: Gebruiker) -> "QuerySet[Zoekvraag]":
    """Gives the searches that this jobcoach may see, until they expire.

    These are the own ones, and those that a colleague shared.
    """
    shared = Deling.objects.filter(gebruiker=gebruiker).values("zoekvraag")
    found: QuerySet[Zoekvraag] = Zoekvraag.objects.filter(
        Q(gebruiker=gebruiker) | Q(pk__in=shared), verloopt_op__gt=timezone.now()
    )
    return found


def owned(gebruiker: Gebruiker) -> "QuerySet[Zoekvraag]":
    """Gives the searches that this jobcoach may erase, put again, prolong, share and hand over: the own ones."""
    return visible(gebruiker).filter(gebruiker=gebruiker)


_ZOEKERS = [rol.value for rol in Rol if Functie(rol.value) in RECHTEN[Recht.ZOEKEN]]


def searchers() -> "QuerySet[Lidmaatschap]":
    """Gives the memberships with the right to search; call inside `voor_gemeente`."""
    found: QuerySet[Lidmaatschap] = Lidmaatschap.objects.filter(rol__in=_ZOEKERS)
    return found


def open_search(
    gemeente: Gemeente,
    gebruiker: Gebruiker,
    soort: Soort,
    criteria: Criteria,
    naam: str = "",
    *,
    herhaling: Zoekherhaling | None = None,
    **eigen: str,
) -> Zoekvraag:
    """Writes down a search that a job will put to the exchange. Raises DaglimietBereikt.

    It counts once towards the limit of the day, however often it is put. `eigen` holds the `kenmerk` and the
    `notitie` of the jobcoach; `herhaling` is the weekly repeat that puts it, if one does.
    """
    fields = {"naam": naam, "herhaling": herhaling, "is_herhaling": herhaling is not None, **eigen}
    try:
        return _open_search(gemeente, gebruiker, soort, criteria, fields)
    except DaglimietBereikt:
        log_daglimiet(gemeente, None if herhaling else gebruiker, Verbruikssoort.ZOEKVRAGEN)
        raise


def _open_search(
    gemeente: Gemeente, gebruiker: Gebruiker, soort: Soort, criteria: Criteria, fields: dict[str, Any]
) -> Zoekvraag:
    with voor_gemeente(gemeente):
        zoekvraag: Zoekvraag = Zoekvraag.objects.create(
            gemeente=gemeente,
            gebruiker=gebruiker,
            soort=soort,
            vraag_object=current().compose(soort, criteria),
            verloopt_op=timezone.now() + timedelta(days=gemeente.bewaartermijn),
            **fields,
        )
        daglimieten.take(gemeente, gebruiker, Verbruikssoort.ZOEKVRAGEN)
        tellingen.count(gemeente, soort, Geteld.ZOEKVRAGEN)
        by_itself = zoekvraag.is_herhaling
        handeling = Handeling.ZOEKVRAAG_HERHAALD if by_itself else Handeling.ZOEKVRAAG_GESTELD
        log_about_search(gemeente, handeling, zoekvraag.pk, gebruiker)
    return zoekvraag


def log_daglimiet(gemeente: Gemeente, gebruiker: Gebruiker | None, soort: Verbruikssoort) -> None:
    """Writes in the audit log that more was asked than a day allows; without a user by the portal itself."""
    with voor_gemeente(gemeente):
        log_act(gemeente, Handeling.DAGLIMIET_BEREIKT, gebruiker=gebruiker, onderwerp=soort.value)


# The seconds before the second and the third attempt; and the longest that a search waits for one by itself.
_PAUZES = (5, 20)
_LANGSTE_PAUZE = timedelta(minutes=1)


def has_turn(gemeente: Gemeente) -> bool:
    """Tells whether one more search of this municipality may be put, so that its searches never take all workers.

    Call it inside `voor_gemeente`, in the transaction that claims.
    """
    return turn(Zoekvraag.objects.filter(status=Zoekstatus.BEZIG), f"zoeken {gemeente.pk}", TEGELIJK)


def put_search(gemeente: Gemeente, zoekvraag_id: int) -> timedelta | None:
    """Puts the search to the exchange and stores the results.

    Does nothing when that was done or is being done, or when as many of its municipality are under way as may be:
    it then waits for its turn. After a failure that is likely to pass it gives the time
    after which the search must be put again. Any other failure ends it, so that the question is put only once.
    """
    with voor_gemeente(gemeente):
        lease = lifecycle.begin_search(zoekvraag_id, HARTSLAG_LEASE) if has_turn(gemeente) else None
    if lease is None:
        return None
    zoekvraag = lease.row
    # This time covers the whole question to the exchange, and storing the results.
    most = LEASE + timedelta(seconds=settings.UM_ZOEK_TIJDSLIMIET)
    try:
        with heartbeat(lease, lambda: voor_gemeente(gemeente), most):
            said = client.ask(zoekvraag.soort_van, zoekvraag.vraag_object, gemeente.oin)
            # Answers that come at the same time are read one after the other, and municipalities take turns.
            with _BEURTELINGS.turn_of(gemeente.pk):
                answer = client.read_answer(zoekvraag.soort_van, said)
            # Nobody waits for a turn while somebody else waits for the database.
            names = labels_in(zoekvraag.soort_van, [match.profiel for match in answer.matches])
            resolver()  # Reads the postcodes anew when it is time for that.
            with _BEURTELINGS.turn_of(gemeente.pk):
                rows = _results(gemeente, zoekvraag, answer, names)
        # The exchange counted this question: its answer is not lost with a connection to the database.
        outlast(lambda: _store(gemeente, zoekvraag, answer, rows))
    except client.UitwisselingFout as fout:
        return _settle_failure(gemeente, lease, fout)
    except Exception as error:
        sentence = _GEEN_RUIMTE if is_full(error) else unexpected_error("zoekvraag")
        return _settle_failure(gemeente, lease, client.UitwisselingFout(sentence))
    return None


def settle_once(gemeente: Gemeente, handeling: Handeling, span: str, write: Callable[[], None]) -> None:
    """Writes down what came of a question to another party, also when the database is away for a moment.

    `write` is called inside `voor_gemeente`, and leaves this act with this span in the audit log. That tells a second
    try whether the first was committed and only the answer to that was lost.
    """
    tried = False

    def once() -> None:
        nonlocal tried
        with voor_gemeente(gemeente):
            if tried and Auditregel.objects.filter(handeling=handeling, span=span).exists():
                return
            tried = True
            write()

    outlast(once)


def unexpected_error(what: str) -> str:
    """Logs the error that is being handled, without its text, under a number that the jobcoach can mention."""
    gemeld = kenmerk.short() or secrets.token_hex(4)
    logger.exception("%s: onverwachte fout, kenmerk %s", what, gemeld)
    return (
        "Er ging iets mis bij het verwerken van het antwoord. Probeer het opnieuw. Gaat het weer mis, neem dan "
        f"contact op met VNG-support en noem kenmerk {gemeld}."
    )


def _settle_failure(
    gemeente: Gemeente, lease: Lease[Zoekvraag], fout: client.UitwisselingFout
) -> timedelta | None:
    """Postpones the search when the failure is likely to pass, and gives for how long; else ends it.

    Does nothing when another worker has the search by now.
    """
    attempt, wacht, now = lease.row.pogingen, fout.wacht or timedelta(0), timezone.now()
    with voor_gemeente(gemeente):
        if lease.lock() is None:
            return None
        if fout.voorbijgaand and attempt < settings.UM_ZOEK_POGINGEN and wacht <= _LANGSTE_PAUZE:
            pauze = max(wacht, timedelta(seconds=_PAUZES[min(attempt, len(_PAUZES)) - 1]))
            oorzaak = fout.melding.removesuffix(client.STRAKS).rstrip()
            return pauze if lifecycle.postpone_search(lease.row.pk, oorzaak, now + pauze) else None
    fail_search(
        gemeente,
        lease.row.pk,
        fout.melding,
        herhaalbaar=fout.herhaalbaar,
        opnieuw_vanaf=now + wacht if wacht else None,
    )
    return None


def _results(
    gemeente: Gemeente, zoekvraag: Zoekvraag, answer: client.Antwoord, names: Labels
) -> list[Resultaat]:
    """Gives the rows of the results, each with what it lacks of the question. `names` are those of `labels_in`."""
    soort, profielen = zoekvraag.soort_van, [match.profiel for match in answer.matches]
    summaries = summarise(soort, profielen, zoekvraag.vraag_object["selectiegebied"]["postcode"], names)
    lacking = current().narrow(soort, zoekvraag.vraag_object, profielen)
    return [
        Resultaat(
            gemeente=gemeente,
            zoekvraag=zoekvraag,
            volgnummer=number,
            vum_id=match.vum_id,
            profiel=match.profiel,
            past=not tekorten,
            tekorten=[asdict(tekort) for tekort in tekorten],
            **{name: getattr(summary, name) for name in _COLUMNS},
        )
        for number, (match, summary, tekorten) in enumerate(
            zip(answer.matches, summaries, lacking, strict=True), start=1
        )
    ]


def _store(gemeente: Gemeente, zoekvraag: Zoekvraag, answer: client.Antwoord, rows: list[Resultaat]) -> None:
    with voor_gemeente(gemeente):
        finished = lifecycle.finish_search(
            zoekvraag.pk,
            vraag_id=answer.vraag_id,
            aantal=len(rows),
            niet_passend=sum(not row.past for row in rows),
            maximum_bereikt=answer.maximum_bereikt,
            onbruikbaar=answer.onbruikbaar,
            **nieuw.mark_new(zoekvraag, rows),
        )
        if not finished:
            return
        log_about_search(
            gemeente,
            Handeling.ZOEKVRAAG_BEANTWOORD,
            zoekvraag.pk,
            zoekvraag.gebruiker,
            aantal=len(rows),
            uitkomst=Uitkomst.GELUKT,
        )
        store_results(rows)


def fail_search(gemeente: Gemeente, zoekvraag_id: int, melding: str, **fields: Any) -> None:
    """Marks a search as failed, with a sentence for the jobcoach; `fields` as in `lifecycle.fail_search`."""
    with voor_gemeente(gemeente):
        lifecycle.fail_search(zoekvraag_id, melding, **fields)
        zoekvraag = Zoekvraag.objects.select_related("gebruiker").filter(pk=zoekvraag_id).first()
        if zoekvraag is not None:
            log_about_search(
                gemeente,
                Handeling.ZOEKVRAAG_BEANTWOORD,
                zoekvraag_id,
                zoekvraag.gebruiker,
                uitkomst=Uitkomst.MISLUKT,
            )


def log_about_search(
    gemeente: Gemeente,
    handeling: Handeling,
    zoekvraag_id: int,
    gebruiker: Gebruiker,
    *,
    doel: str = "",
    **more: Any,
) -> None:
    """Writes an act about a search in the audit log, with its purpose; all of one search share a trace."""
    subject = f"zoekvraag {zoekvraag_id}"
    trace = trace_of(gemeente, subject)
    onderwerp = f"{subject}, doel {doel}" if doel else subject
    log_act(gemeente, handeling, gebruiker=gebruiker, onderwerp=onderwerp, trace=trace, **more)


def repeat_search(gemeente: Gemeente, zoekvraag: Zoekvraag) -> bool:
    """Lets a failed search be put again; returns False when it had not failed."""
    with voor_gemeente(gemeente):
        return lifecycle.repeat_search(zoekvraag.pk)


def note(gemeente: Gemeente, zoekvraag: Zoekvraag, **eigen: str) -> None:
    """Keeps the `naam`, `kenmerk` and `notitie` that the jobcoach wrote with a search."""
    with voor_gemeente(gemeente):
        Zoekvraag.objects.filter(pk=zoekvraag.pk).update(**eigen)


def erase_expired(gemeente: Gemeente) -> int:
    """Erases the searches of this municipality that have expired, with their results, and expired drafts."""
    with voor_gemeente(gemeente):
        Zoekconcept.objects.filter(verloopt_op__lte=timezone.now()).delete()
        expired = Zoekvraag.objects.filter(verloopt_op__lte=timezone.now())
        count: int = expired.count()
        if count:
            expired.delete()
            log_act(gemeente, Handeling.ZOEKVRAGEN_GEWIST, aantal=count)
    return count
