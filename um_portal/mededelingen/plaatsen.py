"""Places and ends announcements, and tells which ones somebody still has to see."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.mededelingen.models import Mededeling, Niveau, Weggelegd
from um_portal.tenants.scope import voor_portaal

# An announcement that stays for longer than this is read by nobody any more.
MEESTE_DAGEN = 60
# The start page shows the first of them only; more would push everything else away.
_GETOOND = 5


def current(gebruiker: Gebruiker) -> list[Mededeling]:
    """Returns what holds today and this person did not put away, the important ones first. It takes one query."""
    today = timezone.localdate()
    found = Mededeling.objects.filter(van__lte=today, tot_en_met__gte=today, beeindigd_op=None).exclude(
        pk__in=Weggelegd.objects.filter(gebruiker=gebruiker).values("mededeling")
    )
    # The database sorts "waarschuwing" after "info".
    assert Niveau.WAARSCHUWING > Niveau.INFO
    return list(found.order_by("-niveau", "-pk")[:_GETOOND])


def all_of_them() -> "QuerySet[Mededeling]":
    """Returns every announcement, the newest first."""
    return Mededeling.objects.select_related("gemaakt_door").order_by("-pk")


def place(door: Gebruiker, values: Mapping[str, Any]) -> bool:
    """Places an announcement; False when one with this title and these days stands there already.

    `values` are titel, tekst, niveau, van and tot_en_met.
    """
    same = {name: values[name] for name in ("titel", "van", "tot_en_met")}
    with voor_portaal():
        mededeling, made = Mededeling.objects.get_or_create(
            **same, beeindigd_op=None, defaults={**values, "gemaakt_door": door}
        )
        if made:
            log_act(
                None,
                Handeling.MEDEDELING_GEPLAATST,
                gebruiker=door,
                onderwerp=f"mededeling {mededeling.pk}",
            )
    return made


def end(door: Gebruiker, pk: int) -> bool:
    """Ends an announcement now; False when it was over already, or somebody else was first."""
    with voor_portaal():
        ended = bool(_open().filter(pk=pk).update(beeindigd_op=timezone.now()))
        if ended:
            log_act(None, Handeling.MEDEDELING_BEEINDIGD, gebruiker=door, onderwerp=f"mededeling {pk}")
    return ended


def put_away(gebruiker: Gebruiker, pk: int) -> None:
    """Shows this person an announcement no more; one that is over, or was put away already, stays as it is."""
    mededeling = _open().filter(pk=pk).first()
    if mededeling is not None:
        Weggelegd.objects.get_or_create(mededeling=mededeling, gebruiker=gebruiker)


def latest_end(van: date) -> date:
    """Returns the last day that an announcement from this day on may have."""
    return van + timedelta(days=MEESTE_DAGEN)


def _open() -> "QuerySet[Mededeling]":
    return Mededeling.objects.filter(beeindigd_op=None, tot_en_met__gte=timezone.localdate())


def erase_expired() -> None:
    """Erases announcements that are over for as long as one may last, with who put them away."""
    before = timezone.localdate() - timedelta(days=MEESTE_DAGEN)
    Mededeling.objects.filter(tot_en_met__lt=before).delete()
