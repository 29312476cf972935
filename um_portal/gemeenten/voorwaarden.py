"""Defines the conditions for taking part, and records, withdraws and judges them.

A condition holds until its last day, and until somebody of VNG support withdraws it. A municipality that does
not meet all of them is not admitted; `lifecycle` asks this module.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone

from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.errors import FoutMetMelding
from um_portal.gemeenten.models import Intrekreden, Voorwaarde, Voorwaardesoort
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


class Einde(Enum):
    """Tells whether a condition has a last day."""

    NOOIT = "nooit"
    MAG = "mag"
    MOET = "moet"


@dataclass(frozen=True, slots=True)
class Definitie:
    """The shape of one condition.

    `gegeven` is the label of the value that belongs to it ('' for none), `patroon` its shape, `fout` the Dutch
    sentence about a value of another shape. `bevestiging` is a sentence that a person must agree to.
    """

    soort: Voorwaardesoort
    uitleg: str
    einde: Einde
    gegeven: str = ""
    patroon: str = ""
    fout: str = ""
    telefoon: bool = False
    kenmerk_verplicht: bool = False
    bevestiging: str = ""


_POSTBUS: Final = (
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    "Dit is geen e-mailadres. Vul het adres van een functionele postbus in, zoals privacy@gemeente.nl.",
)
_S: Final = Voorwaardesoort
DEFINITIES: Final[Mapping[str, Definitie]] = MappingProxyType(
    {
        found.soort.value: found
        for found in (
            Definitie(
                _S.AFSPRAKENSTELSEL,
                "De gemeente heeft het afsprakenstelsel aanvaard.",
                Einde.MAG,
                gegeven="Versie",
                patroon=r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}",
                fout="Schrijf de versie met cijfers en punten, zoals 1.2.",
            ),
            Definitie(
                _S.KVK,
                "Het nummer van de gemeente in het Handelsregister.",
                Einde.NOOIT,
                gegeven="KvK-nummer",
                patroon=r"[0-9]{8}",
                fout="Een KvK-nummer bestaat uit 8 cijfers. Controleer het nummer in het Handelsregister.",
            ),
            Definitie(_S.BIO2, "De verklaring dat de gemeente aan de BIO2 voldoet.", Einde.MOET),
            Definitie(_S.DPIA, "De gemeente heeft haar DPIA vastgesteld.", Einde.MAG),
            Definitie(
                _S.SZW,
                "Het ministerie heeft besloten dat de gemeente mag meedoen.",
                Einde.MAG,
                kenmerk_verplicht=True,
            ),
            Definitie(
                _S.OIN,
                "Het OIN is van deze gemeente.",
                Einde.NOOIT,
                bevestiging="Ik heb dit nummer opgezocht in het OIN-register, en het is van deze gemeente.",
            ),
            Definitie(
                _S.CERTIFICAAT,
                "De uitwisseling kent het certificaat waarmee namens deze gemeente wordt gewerkt.",
                Einde.MOET,
            ),
            Definitie(
                _S.PRIVACY,
                "Een postbus en nummer van de afdeling, niet van een persoon.",
                Einde.NOOIT,
                "E-mailadres",
                *_POSTBUS,
                telefoon=True,
            ),
            Definitie(
                _S.BEVEILIGING,
                "Een postbus en nummer van de afdeling, niet van een persoon.",
                Einde.NOOIT,
                "E-mailadres",
                *_POSTBUS,
                telefoon=True,
            ),
        )
    }
)
# A number, so that nobody writes a name.
KENMERK: Final = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9./_-]{0,39}")
TELEFOON: Final = re.compile(r"(?:\+|0)[0-9][0-9 -]{6,16}[0-9]")


class NietVastgelegd(FoutMetMelding):
    """The condition was not recorded or withdrawn; nothing has changed."""


class Staat(Enum):
    """The state that a condition is in on a day."""

    ONTBREEKT = "ontbreekt"
    VERLOPEN = "verlopen"
    VERLOOPT = "verloopt binnenkort"
    VERVULD = "vervuld"


def state_on(day: dt.date, until: dt.date | None) -> Staat:
    """Gives the state of a recorded condition with this last day."""
    if until is None:
        return Staat.VERVULD
    if until < day:
        return Staat.VERLOPEN
    soon = day + dt.timedelta(days=settings.UM_VOORWAARDE_WAARSCHUWDAGEN)
    return Staat.VERLOOPT if until <= soon else Staat.VERVULD


@dataclass(frozen=True, slots=True)
class Punt:
    """One line of a municipality's checklist."""

    definitie: Definitie
    voorwaarde: Voorwaarde | None
    staat: Staat


def checklist() -> list[Punt]:
    """Gives the checklist of the municipality; call inside `voor_gemeente`."""
    return points(Voorwaarde.objects.filter(ingetrokken_op=None).select_related("vastgelegd_door"))


def points(rows: Iterable[Voorwaarde]) -> list[Punt]:
    """Gives the checklist that follows from the conditions that were not withdrawn."""
    found = {row.soort: row for row in rows}
    today = timezone.localdate()
    return [
        Punt(
            definitie,
            row := found.get(soort),
            Staat.ONTBREEKT if row is None else state_on(today, row.geldig_tot_en_met),
        )
        for soort, definitie in DEFINITIES.items()
    ]


def missing() -> list[Voorwaardesoort]:
    """Lists the conditions that the municipality does not meet today; call inside `voor_gemeente`."""
    return [punt.definitie.soort for punt in checklist() if punt.staat in (Staat.ONTBREEKT, Staat.VERLOPEN)]


def ended() -> bool:
    """Tells whether a condition is absent, or over for longer than the days of grace.

    Call inside `voor_gemeente`.
    """
    last = timezone.localdate() - dt.timedelta(days=settings.UM_VOORWAARDE_RESPIJTDAGEN)
    return any(
        punt.voorwaarde is None
        or (punt.voorwaarde.geldig_tot_en_met is not None and punt.voorwaarde.geldig_tot_en_met < last)
        for punt in checklist()
    )


def states_everywhere() -> dict[int, dict[str, Staat]]:
    """Gives the state of every recorded condition by municipality; call inside `als_support`."""
    today, found = timezone.localdate(), dict[int, dict[str, Staat]]()
    with connection.cursor() as cursor:
        cursor.execute("SELECT gemeente_id, soort, geldig_tot_en_met FROM um_voorwaarden()")
        for gemeente_id, soort, until in cursor.fetchall():
            found.setdefault(gemeente_id, {})[soort] = state_on(today, until)
    return found


def lock(gemeente: Gemeente) -> Gemeente:
    """Locks the municipality until the transaction ends, and gives it as it is now.

    Conditions, state and settings change under this lock. New rows of the municipality do not wait for it.
    """
    return Gemeente.objects.select_for_update(no_key=True).get(pk=gemeente.pk)


def record(
    gemeente: Gemeente,
    soort: Voorwaardesoort,
    door: Gebruiker | None,
    *,
    vervuld_op: dt.date,
    geldig_tot_en_met: dt.date | None = None,
    kenmerk: str = "",
    gegeven: str = "",
    telefoon: str = "",
    vorige: int | None = None,
) -> Voorwaarde:
    """Records that a condition is met. It takes the place of the record `vorige`, or of none.

    Raises NietVastgelegd for values of another shape, and when somebody else recorded it meanwhile.
    """
    _check(DEFINITIES[soort], vervuld_op, geldig_tot_en_met, kenmerk, gegeven, telefoon)
    with voor_gemeente(gemeente):
        lock(gemeente)
        present = Voorwaarde.objects.filter(soort=soort, ingetrokken_op=None).first()
        if (present.pk if present else None) != vorige:
            raise NietVastgelegd(
                "Intussen heeft iemand anders deze voorwaarde vastgelegd of ingetrokken. Kijk wat er nu staat."
            )
        if present is not None:
            _end(present, door, Intrekreden.VERVANGEN)
        made: Voorwaarde = Voorwaarde.objects.create(
            gemeente=gemeente,
            soort=soort,
            vervuld_op=vervuld_op,
            geldig_tot_en_met=geldig_tot_en_met,
            kenmerk=kenmerk,
            gegeven=gegeven,
            telefoon=telefoon,
            vastgelegd_door=door,
        )
        log_act(gemeente, Handeling.VOORWAARDE_VASTGELEGD, gebruiker=door, onderwerp=soort.value)
    return made


def withdraw(gemeente: Gemeente, soort: Voorwaardesoort, reden: Intrekreden, door: Gebruiker | None) -> bool:
    """Withdraws a condition; False when it is not there. The caller suspends a municipality that is admitted."""
    with voor_gemeente(gemeente):
        lock(gemeente)
        present = Voorwaarde.objects.filter(soort=soort, ingetrokken_op=None).first()
        if present is None:
            return False
        _end(present, door, reden)
        log_act(
            gemeente,
            Handeling.VOORWAARDE_INGETROKKEN,
            gebruiker=door,
            onderwerp=f"{soort.value}, {reden.value}",
        )
    return True


def contacts() -> list[str]:
    """Lists the mailboxes of the municipality's contacts; call inside `voor_gemeente`."""
    found = Voorwaarde.objects.filter(
        ingetrokken_op=None, soort__in=[Voorwaardesoort.PRIVACY, Voorwaardesoort.BEVEILIGING]
    )
    return sorted(set(found.values_list("gegeven", flat=True)))


def _end(row: Voorwaarde, door: Gebruiker | None, reden: Intrekreden) -> None:
    row.ingetrokken_op, row.ingetrokken_door, row.intrekreden = timezone.now(), door, reden
    row.save(update_fields=["ingetrokken_op", "ingetrokken_door", "intrekreden"])


def _check(
    definitie: Definitie,
    vervuld_op: dt.date,
    until: dt.date | None,
    kenmerk: str,
    gegeven: str,
    telefoon: str,
) -> None:
    """Raises NietVastgelegd with the first sentence about what is wrong."""
    if vervuld_op > timezone.localdate():
        raise NietVastgelegd("De dag waarop de voorwaarde is vervuld, ligt in de toekomst.")
    if until is not None and (definitie.einde is Einde.NOOIT or until < timezone.localdate()):
        raise NietVastgelegd("De laatste geldige dag is voorbij. Kies vandaag of later.")
    if until is None and definitie.einde is Einde.MOET:
        raise NietVastgelegd("Vul in tot en met welke dag dit geldt.")
    if (kenmerk or definitie.kenmerk_verplicht) and not KENMERK.fullmatch(kenmerk):
        raise NietVastgelegd("Vul het nummer van een zaak of brief in, zonder spaties, zoals Z-2026/1234.")
    if not re.fullmatch(definitie.patroon, gegeven):
        raise NietVastgelegd(definitie.fout or "Hier hoort niets te staan.")
    if definitie.telefoon != bool(telefoon) or (telefoon and not TELEFOON.fullmatch(telefoon)):
        raise NietVastgelegd("Vul een telefoonnummer van de afdeling in, zoals 030 123 45 67.")


def in_words(soorten: Iterable[Voorwaardesoort]) -> str:
    """Writes conditions as part of a Dutch sentence."""
    return ", ".join(soort.label for soort in soorten)
