"""Warns a municipality before a condition ends, and suspends it when one has ended; once a day."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from um_portal.accounts import mail
from um_portal.gemeenten import admission, voorwaarden
from um_portal.gemeenten.admission import Reden
from um_portal.gemeenten.models import Voorwaarde
from um_portal.gemeenten.voorwaarden import DEFINITIES, Staat
from um_portal.tenants.models import Gemeente, Gemeentestatus
from um_portal.tenants.scope import voor_gemeente


def check(gemeente: Gemeente) -> None:
    """Suspends a municipality of which a condition is over, and mails its contacts what ends and what ended.

    Doing so again on the same day changes nothing. A mail that could not be sent is tried the next day.
    """
    if gemeente.status not in (Gemeentestatus.TOEGELATEN, Gemeentestatus.OPGESCHORT):
        return
    with voor_gemeente(gemeente):
        # Under the lock, so that a condition that is being renewed now counts.
        present = voorwaarden.lock(gemeente)
        if present.status == Gemeentestatus.TOEGELATEN and voorwaarden.ended():
            admission.suspend(gemeente, Reden.VOORWAARDE)
    _tell(gemeente, Staat.VERLOOPT, "gewaarschuwd_op")
    _tell(gemeente, Staat.VERLOPEN, "einde_gemeld_op")


def _tell(gemeente: Gemeente, staat: Staat, told: str) -> None:
    with voor_gemeente(gemeente):
        rows = [
            punt.voorwaarde
            for punt in voorwaarden.checklist()
            if punt.staat is staat and punt.voorwaarde and getattr(punt.voorwaarde, told) is None
        ]
        addresses = voorwaarden.contacts()
        status = Gemeente.objects.values_list("status", flat=True).get(pk=gemeente.pk)
    if not rows or not addresses:
        return
    context = {
        "gemeente": gemeente,
        "verlopen": staat is Staat.VERLOPEN,
        "opgeschort": status == Gemeentestatus.OPGESCHORT,
        "regels": [
            (
                DEFINITIES[row.soort].soort.label,
                row.geldig_tot_en_met,
                row.geldig_tot_en_met + timedelta(days=settings.UM_VOORWAARDE_RESPIJTDAGEN + 1),
            )
            for row in rows
            if row.geldig_tot_en_met is not None
        ],
        "pad": reverse("gemeenten:instellingen"),
    }
    try:
        for address in addresses:
            mail.send("voorwaarde", address, context)
    except mail.NietVerstuurd:
        return  # said in the log
    with voor_gemeente(gemeente):
        Voorwaarde.objects.filter(pk__in=[row.pk for row in rows]).update(**{told: timezone.now()})
