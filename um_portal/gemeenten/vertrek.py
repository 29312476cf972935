"""Lets a municipality leave: announced, confirmed with its name, and then erased by a worker.

Erasing walks every table of a municipality, so that a new table cannot be forgotten; only the log and the
report of the departure stay. It goes in batches under a lease, each with its numbers in one transaction: a
worker that is killed loses nothing, and the next one goes on. The municipality's keys go last.
"""

from collections.abc import Iterator
from datetime import timedelta
from graphlib import TopologicalSorter
from typing import Any, Final

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import TextChoices
from django.utils import timezone

from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.wissingen import Wat, log_erasure
from um_portal.errors import FoutMetMelding
from um_portal.gemeenten import erasure, lifecycle, voorwaarden
from um_portal.gemeenten.models import Vertrek
from um_portal.jobs import Lease, MoetStoppen, abandoned, claim
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente, GemeenteModel, Gemeentestatus, Lidmaatschap, Sleutel
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import memberships

# The log and the report stay: they hold no record of anybody.
_BLIJFT: Final = frozenset({"audit", Vertrek._meta.label})
_BATCH: Final = 5000
_USERS: Final = "gebruikers zonder andere gemeente"
# Processes that knew the municipality's keys forget them within this time; what one of them still wrote then
# is erased by the round after it.
_NAZORG: Final = timedelta(days=2)


class Vertrekreden(TextChoices):
    """The reasons for which a municipality leaves."""

    VERZOEK = "verzoek", "op verzoek van de gemeente"
    HERINDELING = "herindeling", "de gemeente gaat op in een andere"
    BESLUIT = "besluit", "besluit van het ministerie"


class KanNietVertrekken(FoutMetMelding):
    """The departure cannot go on; nothing has changed."""


def announce(gemeente: Gemeente, reden: Vertrekreden, door: Gebruiker | None) -> None:
    """Announces the departure, so that the municipality takes its data along. Raises KanNietVertrekken."""
    with voor_gemeente(gemeente):
        present = voorwaarden.lock(gemeente)
        if present.status == Gemeentestatus.VERTROKKEN or Vertrek.objects.exists():
            raise KanNietVertrekken("Het vertrek van deze gemeente is al aangekondigd of afgerond.")
        Vertrek.objects.create(gemeente=gemeente, reden=reden.value, aangekondigd_door=door)
        log_act(gemeente, Handeling.VERTREK_AANGEKONDIGD, gebruiker=door, onderwerp=reden.value)


def is_announced() -> bool:
    """Tells whether a departure was announced; call inside `voor_gemeente`."""
    return bool(Vertrek.objects.exists())


def call_off(gemeente: Gemeente, door: Gebruiker | None) -> bool:
    """Takes the announcement back; False when there is none, or when the departure was confirmed."""
    with voor_gemeente(gemeente):
        voorwaarden.lock(gemeente)
        if not Vertrek.objects.filter(bevestigd_op=None).delete()[0]:
            return False
        log_act(gemeente, Handeling.VERTREK_AFGEBLAZEN, gebruiker=door)
    return True


def confirm(gemeente: Gemeente, naam: str, door: Gebruiker | None) -> None:
    """Confirms the departure: the municipality has left, and what it has here waits to be erased.

    `naam` must be its name. Raises KanNietVertrekken; the caller enqueues `erase`.
    """
    with voor_gemeente(gemeente):
        present = voorwaarden.lock(gemeente)
        row = Vertrek.objects.filter(bevestigd_op=None).first()
        if row is None:
            raise KanNietVertrekken("Het vertrek is niet aangekondigd, of al bevestigd.")
        if " ".join(naam.split()) != present.naam:
            raise KanNietVertrekken(f"Dit is niet de naam van de gemeente. Typ {present.naam}.")
        if not lifecycle.leave(gemeente.pk):
            raise KanNietVertrekken("Schort de deelname eerst op: daarna kan de gemeente vertrekken.")
        Vertrek.objects.filter(pk=row.pk).update(
            bevestigd_op=timezone.now(), bevestigd_door=door, gewijzigd_op=timezone.now()
        )
        log_erasure(
            gemeente, Handeling.GEMEENTE_VERTROKKEN, Wat.GEMEENTE, gebruiker=door, onderwerp=row.reden
        )


def erase(gemeente: Gemeente) -> bool:
    """Erases everything of a municipality that left; False when it does not wait for that, or a worker has it.

    It can be called again at any time, and goes on where it was.
    """
    with voor_gemeente(gemeente):
        row = Vertrek.objects.filter(bevestigd_op__isnull=False, klaar_op=None).first()
        lease = claim(Vertrek.objects.filter(klaar_op=None), row.pk) if row is not None else None
    if lease is None:
        return False
    # Whoever logs in or works for it finds nothing any more, so that the rounds come to an end.
    try:
        while _round(gemeente, lease):
            pass
        _erase_keys(gemeente, lease)
    except MoetStoppen:
        with voor_gemeente(gemeente):
            lease.hand_back()
        return False
    with voor_gemeente(gemeente):
        lease.end(klaar_op=timezone.now())
        log_act(
            gemeente, Handeling.GEMEENTE_GEWIST, onderwerp="alles", aantal=sum(lease.row.verslag.values())
        )
    return True


def resume(gemeente: Gemeente) -> bool:
    """Tells whether the municipality waits to be erased and no worker does so, or may have written since."""
    if gemeente.status != Gemeentestatus.VERTROKKEN:
        return False
    with voor_gemeente(gemeente):
        if abandoned(Vertrek.objects.filter(bevestigd_op__isnull=False, klaar_op=None)).exists():
            # The row counts as changed now, so the next round skips it while it waits in the queue.
            Vertrek.objects.update(gewijzigd_op=timezone.now())
            return True
        return bool(_reopen())


def _reopen() -> int:
    """Opens a departure again that ended lately and of which something came back; call inside `voor_gemeente`."""
    lately = Vertrek.objects.filter(klaar_op__gt=timezone.now() - _NAZORG)
    left: tuple[type[GemeenteModel], ...] = (*tables(), Sleutel)
    if not lately.exists() or not any(model._base_manager.exists() for model in left):
        return 0
    return lately.update(klaar_op=None, gewijzigd_op=timezone.now())


def tables() -> Iterator[type[GemeenteModel]]:
    """Yields every table that is erased, those that refer to another before that one; not the keys."""
    ours = {
        model
        for model in apps.get_models()
        if issubclass(model, GemeenteModel)
        and model is not Sleutel
        and not {model._meta.app_label, model._meta.label} & _BLIJFT
    }
    order: TopologicalSorter[Any] = TopologicalSorter()
    for model in sorted(ours, key=lambda model: model._meta.label):
        order.add(model)
        for field in model._meta.concrete_fields:
            target = field.related_model
            if target in ours and target is not model:
                order.add(target, model)
    yield from order.static_order()


def _round(gemeente: Gemeente, lease: Lease[Vertrek]) -> int:
    """Erases every table and the users once; counts the rows."""
    found = _erase_users(gemeente, lease)
    for model in tables():
        while number := _erase_batch(gemeente, lease, model):
            found += number
    return found


def _erase_batch(gemeente: Gemeente, lease: Lease[Vertrek], model: type[models.Model]) -> int:
    table, key = model._meta.db_table, model._meta.pk.column
    with voor_gemeente(gemeente):
        with connection.cursor() as cursor:
            # These names come from the model only.
            batch = f"SELECT {key} FROM {table} WHERE gemeente_id = %s LIMIT %s"  # noqa: S608
            cursor.execute(
                f"DELETE FROM {table} WHERE {key} IN ({batch})",  # noqa: S608
                [gemeente.pk, _BATCH],
            )
            number = int(cursor.rowcount)
        _count(lease, str(model._meta.verbose_name_plural), number)
    return number


def _count(lease: Lease[Vertrek], what: str, number: int) -> None:
    """Writes the number into the report, in the transaction of the erasure. Raises LeaseVerloren."""
    report = dict(lease.row.verslag)
    if number:
        report[what] = report.get(what, 0) + number
    lease.report(verslag=report)


def _erase_users(gemeente: Gemeente, lease: Lease[Vertrek]) -> int:
    """Erases who belongs to this municipality alone; counts them. Support stays."""
    with voor_gemeente(gemeente):
        members = [row.gebruiker for row in Lidmaatschap.objects.select_related("gebruiker")]
    number = 0
    for gebruiker in members:
        if gebruiker.supportrol or len(memberships(gebruiker)) > 1:
            continue
        with transaction.atomic():
            erased = erasure.erase_user(gebruiker, only=gemeente)
            with voor_gemeente(gemeente):
                _count(lease, _USERS, int(erased))
        number += erased
    return number


def _erase_keys(gemeente: Gemeente, lease: Lease[Vertrek]) -> None:
    """Erases the keys: what is left anywhere, in a backup too, cannot be read from then on."""
    _erase_batch(gemeente, lease, Sleutel)
    with voor_gemeente(gemeente):
        Gemeente.objects.filter(pk=gemeente.pk).update(logo="", naam_in_kop="")
    keys.forget()
