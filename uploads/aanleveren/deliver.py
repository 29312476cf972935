"""Takes in leveringen that come in by themselves, and that are published by themselves if possible.

There are two ways in: a municipality's system with an aanleversleutel (`api`), and a folder that is watched
(`folder`). Publishing by hand does not use this module.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from exchange.standard import Soort
from um_portal.tenants import keys
from um_portal.tenants.scope import voor_gemeente
from uploads.aanleveren import sleutels
from uploads.leveringen.intake import receive, recognisable
from uploads.mapping.recognition import KOPPELINGEN
from uploads.models import Aanleversleutel, Koppeling, Levering, Leveringstatus, Wijze


class OnbekendeKoppeling(ValueError):
    """The municipality has no koppeling of this name (any more), and no preset has this name."""


class AndereSoort(ValueError):
    """The koppeling or preset is for another kind of records than may be delivered here."""


class AlBezig(RuntimeError):
    """This file is already being worked on, with other choices."""


@dataclass(frozen=True, slots=True)
class Aanleverkeuzes:
    """Tells what is to be done with a file.

    `koppeling` names how to read it; when empty, that is recognised.
    """

    koppeling: str = ""
    wijze: Wijze = Wijze.VOLLEDIG
    publiceer: bool = True


def deliver(
    sleutel: Aanleversleutel, keuzes: Aanleverkeuzes, *, inhoud: bytes, bestandsnaam: str
) -> tuple[Levering, bool]:
    """Takes in a file with a key. Gives the levering and whether it is a new one.

    The caller enqueues a new one. A file that is sent again within UM_AANLEVER_HERHAAL_MINUTEN, while nothing
    of that kind came in between, is the same levering. A system that got no answer can therefore safely send
    it again. When the same file arrives twice at once, one levering is made. Raises Onleesbaar,
    OnbekendeKoppeling, AndereSoort, AlBezig, and SleutelGeweigerd for a key that was revoked meanwhile.
    """
    gemeente = sleutel.gemeente
    with voor_gemeente(gemeente):
        # The lock is held until the levering exists: another call with the same file waits here and then
        # finds it.
        locked = Aanleversleutel.objects.select_for_update(no_key=True, of=("self",)).get(pk=sleutel.pk)
        sleutels.check(locked)
        soort = Soort(locked.soort)
        check_koppeling(keuzes.koppeling, soort)
        kenmerk = keys.kenmerk(gemeente, recognisable([(bestandsnaam, inhoud)]))
        known = _sent_before(locked, soort, kenmerk, keuzes)
        if known is not None:
            return known, False
        levering = receive(
            gemeente,
            inhoud=inhoud,
            bestandsnaam=bestandsnaam,
            soort=soort,
            koppeling=keuzes.koppeling,
            wijze=keuzes.wijze,
            aanleversleutel=locked,
            publiceer_vanzelf=keuzes.publiceer,
            kenmerk=kenmerk,
        )
    return levering, True


def check_koppeling(naam: str, soort: Soort | None) -> Soort | None:
    """Gives the kind that a koppeling is for: `soort`, or that of a saved koppeling.

    Call inside `voor_gemeente`. Raises OnbekendeKoppeling and AndereSoort.
    """
    if not naam or naam in {preset.naam for preset in KOPPELINGEN}:
        return soort
    koppeling = Koppeling.objects.filter(naam=naam, gearchiveerd_op=None).first()
    if koppeling is None:
        raise OnbekendeKoppeling
    if soort is not None and koppeling.soort != soort:
        raise AndereSoort
    return Soort(koppeling.soort)


def _sent_before(
    sleutel: Aanleversleutel, soort: Soort, kenmerk: str, keuzes: Aanleverkeuzes
) -> Levering | None:
    """Finds the newest levering of this kind, if it is this same file from this key and still counts.

    Raises AlBezig.
    """
    newest: Levering | None = Levering.objects.filter(soort=soort.value).first()
    if newest is None or newest.kenmerk != kenmerk or newest.aanleversleutel_id != sleutel.pk:
        return None
    since = timezone.now() - timedelta(minutes=settings.UM_AANLEVER_HERHAAL_MINUTEN)
    over = newest.is_teruggedraaid or newest.status in {
        Leveringstatus.MISLUKT,
        Leveringstatus.VERVALLEN,
        Leveringstatus.TERUGDRAAIEN,
    }
    if over or newest.aangemaakt_op < since:
        return None
    if (newest.gevraagde_koppeling, newest.wijze, newest.publiceer_vanzelf) == (
        keuzes.koppeling,
        keuzes.wijze,
        keuzes.publiceer,
    ):
        return newest
    if newest.is_bezig:
        raise AlBezig
    return None
