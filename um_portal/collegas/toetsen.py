"""Reviews every year who has access: a functioneel beheerder decides about each colleague, and that is recorded."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.collegas import leden
from um_portal.collegas.models import Toegangstoets
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import als_support, voor_gemeente

BEHOUDEN, VERWIJDEREN = "behouden", "verwijderen"


def last(gemeente: Gemeente) -> Toegangstoets | None:
    """Returns the last review; call inside `voor_gemeente`."""
    found: Toegangstoets | None = (
        Toegangstoets.objects.select_related("gedaan_door").order_by("-gedaan_op").first()
    )
    return found


def is_due(gemeente: Gemeente, laatste: datetime | None) -> bool:
    """Tells whether it is time: so long after the last review, or else after the municipality's admission."""
    since = laatste or gemeente.toegelaten_op
    return since is not None and since < timezone.now() - timedelta(days=settings.UM_TOEGANG_TOETSEN_DAGEN)


def is_quiet(gebruiker: Gebruiker) -> bool:
    """Tells whether somebody did not log in for so long that a beheerder should ask why this access is needed."""
    since = gebruiker.last_login or gebruiker.date_joined
    return since < timezone.now() - timedelta(days=settings.UM_TOEGANG_STIL_DAGEN)


def review(gemeente: Gemeente, besluiten: Mapping[int, str], door: Gebruiker) -> Toegangstoets:
    """Does what was decided about each membership (by its id) and records that; all or nothing.

    A decision is BEHOUDEN, VERWIJDEREN or a role. Raises FoutMetMelding, also when somebody came or left meanwhile.
    """
    with voor_gemeente(gemeente):
        now = leden.locked(gemeente)
        if {lid.pk for lid in now.values()} != set(besluiten):
            raise leden.NietGewijzigd(
                "Intussen is er een collega bijgekomen of weggegaan. De lijst is bijgewerkt; beoordeel haar opnieuw."
            )
        counts: Counter[str] = Counter()
        # The own membership last: whoever gives it up can do nothing more.
        for lid in sorted(now.values(), key=lambda lid: lid.gebruiker_id == door.pk):
            besluit = besluiten[lid.pk]
            if besluit == VERWIJDEREN:
                leden.remove(gemeente, lid.pk, door)
                counts["verwijderd"] += 1
            elif besluit in (BEHOUDEN, lid.rol):
                counts["behouden"] += 1
            else:
                leden.change_role(gemeente, lid.pk, Rol(besluit), door)
                counts["gewijzigd"] += 1
        toets: Toegangstoets = Toegangstoets.objects.create(
            gemeente=gemeente,
            gedaan_door=door,
            behouden=counts["behouden"],
            gewijzigd=counts["gewijzigd"],
            verwijderd=counts["verwijderd"],
        )
        log_act(gemeente, Handeling.TOEGANG_GETOETST, gebruiker=door, aantal=len(now))
    return toets


def stand() -> dict[int, dict[str, Any]]:
    """Returns per municipality what support may know of its people: numbers, and when access was last reviewed."""
    with als_support():
        return stand_everywhere()


_STAND = ("collegas", "beheerders", "genodigden", "voorstellen", "laatste_toets", "zonder_factor")


def stand_everywhere() -> dict[int, dict[str, Any]]:
    """Returns what `stand` does; call inside `als_support`."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT gemeente_id, {', '.join(_STAND)} FROM um_toegang()")  # noqa: S608 (ours)
        return {row[0]: dict(zip(_STAND, row[1:], strict=True)) for row in cursor.fetchall()}
