"""Passes on that a record is wrong: to VNG support, which tells the source, and tells how that stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from exchange.bemiddelaar import details, partijen
from exchange.bemiddelaar.models import Kwaliteitssignaal, Resultaat, Signaalreden, Signaalstand
from exchange.standard import Soort
from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.errors import FoutMetMelding
from um_portal.lifecycles import Overgang, overgang
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

# A signal that was solved is kept this long, and one that nobody solves a year.
BEWAREN: Final = timedelta(days=90)
_LANGST: Final = timedelta(days=365)

_NIEUW, _DOORGEGEVEN, _OPGELOST = Signaalstand.NIEUW, Signaalstand.DOORGEGEVEN, Signaalstand.OPGELOST
# Per state that a signal can come to, the states that it can come from.
OVERGANGEN: Final[dict[str, Overgang]] = {
    _DOORGEGEVEN.value: overgang(_NIEUW, naar=_DOORGEGEVEN),
    _OPGELOST.value: overgang(_NIEUW, _DOORGEGEVEN, naar=_OPGELOST),
}


class OnbekendeReden(FoutMetMelding):
    """This is not a reason of the list."""


def send_signal(gemeente: Gemeente, gebruiker: Gebruiker, resultaat: Resultaat, reden: str) -> bool:
    """Tells VNG support that the record behind a match is wrong; False when it was told already and is not solved.

    Raises OnbekendeReden for a reason that is not in the list.
    """
    if reden not in Signaalreden.values:
        raise OnbekendeReden("Kies wat er niet klopt. Er is niets gemeld.")
    with voor_gemeente(gemeente):
        try:
            with transaction.atomic():
                signaal = Kwaliteitssignaal.objects.create(
                    gemeente=gemeente,
                    soort=resultaat.zoekvraag.soort,
                    vum_id=resultaat.vum_id,
                    reden=reden,
                    bron_oin=details.source_of(resultaat),
                )
        except IntegrityError:
            return False
        log_act(
            gemeente,
            Handeling.SIGNAAL_GEMELD,
            gebruiker=gebruiker,
            onderwerp=f"signaal {signaal.pk}, {reden}",
            vum_id=resultaat.vum_id[:200],
        )
    return True


@dataclass(frozen=True, slots=True)
class Signaal:
    """A signal as pages show it; `eigen` tells that the record is of the municipality that signalled it."""

    pk: int
    gemeente_id: int
    gemeente: str
    soort: str
    vum_id: str
    reden: str
    bron: str
    eigen: bool
    stand: Signaalstand
    gemeld_op: datetime

    @property
    def volgende(self) -> list[tuple[str, str]]:
        """Lists the states that it can come to now, with their names."""
        return [
            (name, str(Signaalstand(name).label))
            for name, move in OVERGANGEN.items()
            if self.stand in move.van
        ]


def own_signals(gemeente: Gemeente) -> list[Signaal]:
    """Lists the signals of this municipality, the newest first; call inside `voor_gemeente`."""
    rows = list(Kwaliteitssignaal.objects.all())
    names = partijen.names_of(row.bron_oin for row in rows)
    return [_seen(gemeente, row, names) for row in rows]


def signals_everywhere(gemeenten: Iterable[Gemeente]) -> list[Signaal]:
    """Lists the signals of all municipalities, the newest first; call inside `als_support`. It takes two queries."""
    known = {gemeente.pk: gemeente for gemeente in gemeenten}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, gemeente_id, soort, vum_id, reden, bron_oin, stand, gemeld_op FROM um_signalen()"
            " ORDER BY gemeld_op DESC, id DESC"
        )
        names = [column[0] for column in cursor.description or ()]
        rows = [Kwaliteitssignaal(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    parties = partijen.names_of(row.bron_oin for row in rows)
    return [_seen(known[row.gemeente_id], row, parties) for row in rows if row.gemeente_id in known]


def number_of_new() -> int:
    """Counts the signals of all municipalities that nobody looked at yet; call inside `als_support`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM um_signalen() WHERE stand = %s", [_NIEUW.value])
        number: int = cursor.fetchone()[0]
    return number


def _seen(gemeente: Gemeente, row: Kwaliteitssignaal, names: dict[str, str]) -> Signaal:
    return Signaal(
        row.pk,
        gemeente.pk,
        gemeente.naam,
        Soort(row.soort).enkelvoud,
        row.vum_id,
        str(row.get_reden_display()),
        names[row.bron_oin] if row.bron_oin else "",
        row.bron_oin == gemeente.oin,
        Signaalstand(row.stand),
        row.gemeld_op,
    )


def move_signal(gemeente: Gemeente, gebruiker: Gebruiker, signaal_id: int, stand: str) -> bool:
    """Brings a signal of this municipality to another state; False when that cannot be, or no longer."""
    move = OVERGANGEN.get(stand)
    if move is None:
        return False
    with voor_gemeente(gemeente):
        rows = Kwaliteitssignaal.objects.filter(pk=signaal_id, stand__in=move.van)
        moved = bool(rows.update(stand=stand, gewijzigd_op=timezone.now()))
        if moved:
            log_act(
                gemeente,
                Handeling.SIGNAAL_VERWERKT,
                gebruiker=gebruiker,
                onderwerp=f"signaal {signaal_id}, {stand}",
            )
    return moved


def erase_expired(gemeente: Gemeente) -> int:
    """Erases the signals that were solved long ago, and those that nobody solves; gives how many."""
    now = timezone.now()
    with voor_gemeente(gemeente):
        solved, _ = Kwaliteitssignaal.objects.filter(
            stand=Signaalstand.OPGELOST, gewijzigd_op__lt=now - BEWAREN
        ).delete()
        old, _ = Kwaliteitssignaal.objects.filter(gemeld_op__lt=now - _LANGST).delete()
    return solved + old


def functies() -> list[str]:
    """Gives the function of the database that VNG support's page reads; it passes row-level security by."""
    return [
        """
        CREATE OR REPLACE FUNCTION um_signalen()
        RETURNS TABLE (id bigint, gemeente_id bigint, soort text, vum_id text, reden text, bron_oin text,
                       stand text, gemeld_op timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
        AS $$ SELECT id, gemeente_id, soort, vum_id, reden, bron_oin, stand, gemeld_op
              FROM bemiddelaar_kwaliteitssignaal $$
        """
    ]
