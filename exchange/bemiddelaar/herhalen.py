"""Repeats a search every week: turning that on, putting what is due, and stopping.

A repeat is put just before the results of the week before expire, so that they can be compared (`nieuw`) and need
not be kept any longer (decision 55). Before every turn it is checked anew whether this person may search this for
this municipality. Only this module changes a repeat.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from exchange.bemiddelaar import searching, tasks
from exchange.bemiddelaar.models import GEDULD, Stopreden, Zoekherhaling, Zoekvraag
from exchange.interfaces import current
from exchange.standard import Soort
from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.wissingen import Wat, log_erasure
from um_portal.errors import FoutMetMelding
from um_portal.gemeenten.daglimieten import DaglimietBereikt, day_begin
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.rechten import Recht, is_open

logger = logging.getLogger(__name__)

# A week, less the time that a clock and a worker may take: the results of the last time are there until a week
# after they were asked.
WEEK: Final = timedelta(days=7) - timedelta(hours=1)
# What was not the choice of the person who let it repeat.
_VANZELF: Final = (
    Stopreden.AFGELOPEN,
    Stopreden.RECHT,
    Stopreden.GEMEENTE,
    Stopreden.DAGLIMIET,
    Stopreden.MISLUKT,
)
#: The most repeats that one person has at the same time in one municipality, as the limits of a day count too.
MEESTE: Final = 5
# The part of what a municipality may ask in a day that its repeats may take when all fall on the same day.
_DEEL_VAN_DE_DAG: Final = 4
# After an error of ours on the first day: soon enough for the results of the last time still to be there.
_NOG_EENS: Final = timedelta(minutes=10)


class NietHerhaald(FoutMetMelding):
    """The repeat was not turned on."""


def turn_on(gemeente: Gemeente, zoekvraag: Zoekvraag) -> Zoekherhaling:
    """Lets the owner's search be put again every week; raises NietHerhaald. Call inside `voor_gemeente`.

    Twice at once, or for a search that is repeated already, it ends as one repeat.
    """
    locked = Zoekvraag.objects.select_for_update().get(pk=zoekvraag.pk)
    running: Zoekherhaling | None = Zoekherhaling.objects.filter(
        pk=locked.herhaling_id, gestopt_op=None
    ).first()
    if running is not None:
        return running
    # Of two at once the second waits here, so that both together do not pass a limit.
    Gemeente.objects.select_for_update(no_key=True).get(pk=gemeente.pk)
    if settings.UM_HERHAAL_WEKEN < 1:
        raise NietHerhaald("Zoekvragen wekelijks herhalen kan in dit portaal niet.")
    if running_of(locked.gebruiker).count() >= MEESTE:
        raise NietHerhaald(
            f"U laat voor deze gemeente al {MEESTE} zoekvragen elke week herhalen. Meer kan niet. Stop er "
            "eerst een, bij Mijn zoekvragen."
        )
    if Zoekherhaling.objects.filter(gestopt_op=None).count() >= most_of_all():
        raise NietHerhaald(
            "Uw gemeente laat al zo veel zoekvragen elke week herhalen, dat er anders te weinig overblijft om zelf te "
            "zoeken. Vraag uw collega's om herhalingen te stoppen die zij niet meer nodig hebben."
        )
    made: Zoekherhaling = Zoekherhaling.objects.create(
        gemeente=gemeente,
        gebruiker=locked.gebruiker,
        soort=locked.soort,
        naam=locked.naam,
        vraag_object=locked.vraag_object,
        volgende_op=max(locked.aangemaakt_op + WEEK, timezone.now()),
        keren_over=settings.UM_HERHAAL_WEKEN,
    )
    Zoekvraag.objects.filter(pk=locked.pk).update(herhaling=made)
    log_act(gemeente, Handeling.ZOEKVRAAG_HERHALING_AAN, gebruiker=locked.gebruiker, onderwerp=_subject(made))
    return made


def most_of_all() -> int:
    """Gives the most repeats of a whole municipality at the same time: they leave room to search on any day."""
    of_a_day: int = settings.UM_DAG_ZOEKVRAGEN_GEMEENTE
    return max(1, of_a_day // _DEEL_VAN_DE_DAG)


def running_of(gebruiker: Gebruiker) -> "QuerySet[Zoekherhaling]":
    """Gives the repeats of this person that run; call inside `voor_gemeente`."""
    found: QuerySet[Zoekherhaling] = Zoekherhaling.objects.filter(gebruiker=gebruiker, gestopt_op=None)
    return found


def shown_to(gebruiker: Gebruiker) -> "QuerySet[Zoekherhaling]":
    """Gives the repeats of this person that run, and those that stopped by themselves; call inside `voor_gemeente`."""
    found: QuerySet[Zoekherhaling] = Zoekherhaling.objects.filter(
        gebruiker=gebruiker, reden__in=["", *_VANZELF]
    )
    return found.order_by(F("gestopt_op").asc(nulls_first=True), "volgende_op")


def stop(gemeente: Gemeente, herhaling_id: int, reden: Stopreden) -> bool:
    """Stops a repeat; False when it had stopped or is gone. Call inside `voor_gemeente`."""
    row = Zoekherhaling.objects.select_for_update().filter(pk=herhaling_id, gestopt_op=None).first()
    if row is None:
        return False
    _stop(gemeente, row, reden)
    return True


def stop_with(gemeente: Gemeente, zoekvraag: Zoekvraag, reden: Stopreden) -> bool:
    """Stops the repeat of which this is the last search; False for any other search. Call inside `voor_gemeente`."""
    return repeats(zoekvraag) and stop(gemeente, zoekvraag.herhaling_id or 0, reden)


def erase_search(gemeente: Gemeente, zoekvraag: Zoekvraag) -> None:
    """Erases a search, and stops the repeat of which it is the last; call inside `voor_gemeente`."""
    stop_with(gemeente, zoekvraag, Stopreden.GEWIST)
    zoekvraag.delete()


def repeats(zoekvraag: Zoekvraag) -> bool:
    """Tells whether a repeat runs of which this is the last search; call inside `voor_gemeente`."""
    running = Zoekherhaling.objects.filter(pk=zoekvraag.herhaling_id, gestopt_op=None)
    return _is_last(zoekvraag) and bool(running.exists())


def rename(zoekvraag: Zoekvraag, naam: str) -> None:
    """Gives the repeat of which this is the last search its new name as well; call inside `voor_gemeente`."""
    if _is_last(zoekvraag):
        Zoekherhaling.objects.filter(pk=zoekvraag.herhaling_id).update(naam=naam)


def _is_last(zoekvraag: Zoekvraag) -> bool:
    if zoekvraag.herhaling_id is None:
        return False
    later = Zoekvraag.objects.filter(herhaling=zoekvraag.herhaling_id, pk__gt=zoekvraag.pk)
    return not later.exists()


def put_due(gemeente: Gemeente) -> int:
    """Puts every repeat whose week is over, and stops those that may not go on; gives how many it put.

    A week that was missed is made up for once. Each repeat has a transaction of its own under a lock on its row, so
    of two clocks at once each puts what the other does not. A failure of one is logged and does not stop the others;
    it is tried again, at first soon and then every day, until it has lasted too long.
    """
    with voor_gemeente(gemeente):
        running = list(Zoekherhaling.objects.filter(gestopt_op=None).values_list("pk", flat=True))
    number, broken = 0, []
    for pk in running:
        try:
            number += _turn(gemeente, pk)
        except Exception:
            logger.exception("herhaling %s bij gemeente %s", pk, gemeente.pk)
            broken.append(pk)
    for pk in broken:
        with voor_gemeente(gemeente):
            locked = Zoekherhaling.objects.select_for_update()
            # Another clock may have put it after all.
            row = locked.filter(pk=pk, gestopt_op=None, volgende_op__lte=timezone.now()).first()
            if row is not None:
                _put_off(gemeente, row, Stopreden.MISLUKT)
    return number


def _turn(gemeente: Gemeente, herhaling_id: int) -> bool:
    with voor_gemeente(gemeente):
        free = Zoekherhaling.objects.select_for_update(skip_locked=True, of=("self",))
        row = free.select_related("gebruiker").filter(pk=herhaling_id, gestopt_op=None).first()
        if row is None:
            return False
        if (reden := _why_not(gemeente, row)) is not None:
            _stop(gemeente, row, reden)
            return False
        if row.volgende_op > timezone.now():
            return False
        try:
            found = _put(gemeente, row)
        except DaglimietBereikt:
            _put_off(gemeente, row, Stopreden.DAGLIMIET)
            return False
        tasks.enqueue(found.pk, gemeente.pk)
        row.volgende_op = found.aangemaakt_op + WEEK
        row.keren_over -= 1
        row.uitgesteld_sinds, row.uitstel = None, ""
        row.save(update_fields=["volgende_op", "keren_over", "uitgesteld_sinds", "uitstel"])
        if row.keren_over <= 0:
            _stop(gemeente, row, Stopreden.AFGELOPEN)
    return True


def _put_off(gemeente: Gemeente, row: Zoekherhaling, reden: Stopreden) -> None:
    """Lets a turn that could not be put wait; stops the repeat when that has lasted too long."""
    today = timezone.localdate()
    row.uitgesteld_sinds, row.uitstel = row.uitgesteld_sinds or today, reden
    if today - row.uitgesteld_sinds >= GEDULD:
        _stop(gemeente, row, reden)
        return
    soon = reden == Stopreden.MISLUKT and row.uitgesteld_sinds == today
    row.volgende_op = timezone.now() + _NOG_EENS if soon else day_begin(today + timedelta(days=1))
    row.save(update_fields=["uitgesteld_sinds", "uitstel", "volgende_op"])


def _put(gemeente: Gemeente, row: Zoekherhaling) -> Zoekvraag:
    soort = Soort(row.soort)
    criteria = current().decompose(soort, row.vraag_object)
    # Kenmerk and notitie are erased with the search that they were written with.
    return searching.open_search(gemeente, row.gebruiker, soort, criteria, herhaling=row, naam=row.naam)


def _why_not(gemeente: Gemeente, row: Zoekherhaling) -> Stopreden | None:
    if settings.UM_HERHAAL_WEKEN < 1:
        return Stopreden.AFGELOPEN
    if not is_open(Recht.ZOEKEN, gemeente, row.soort):
        return Stopreden.GEMEENTE
    if not row.gebruiker.is_active or not searching.searchers().filter(gebruiker=row.gebruiker).exists():
        return Stopreden.RECHT
    return None


def _stop(gemeente: Gemeente, row: Zoekherhaling, reden: Stopreden) -> None:
    row.gestopt_op, row.reden = timezone.now(), reden
    row.save(update_fields=["gestopt_op", "reden"])
    # It stays stopped after a restore. The log names who stops it, if somebody does: of the clock it says nobody.
    log_erasure(
        gemeente,
        Handeling.ZOEKVRAAG_HERHALING_UIT,
        Wat.HERHALING,
        [row.pk],
        onderwerp=_subject(row),
    )


def _subject(row: Zoekherhaling) -> str:
    return f"herhaling {row.pk}"


def erase_expired(gemeente: Gemeente) -> int:
    """Erases the repeats that stopped longer ago than a search is kept; gives how many."""
    with voor_gemeente(gemeente):
        gone: datetime = timezone.now() - timedelta(days=gemeente.bewaartermijn)
        number, _ = Zoekherhaling.objects.filter(gestopt_op__lte=gone).delete()
    return int(number)
