"""Admits a municipality in one go, with made-up conditions: for the demonstration and the tests only.

The import contracts keep the portal itself away from this module: in production the checklist is the only way.
"""

from datetime import timedelta

from django.utils import timezone

from um_portal.gemeenten.admission import Toelatingsreden, admit, register
from um_portal.gemeenten.models import Voorwaarde, Voorwaardesoort
from um_portal.gemeenten.voorwaarden import DEFINITIES, Einde
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

_GEGEVENS = {
    Voorwaardesoort.AFSPRAKENSTELSEL: "1.0",
    Voorwaardesoort.KVK: "00000000",
    Voorwaardesoort.PRIVACY: "privacy@gemeente.example",
    Voorwaardesoort.BEVEILIGING: "beveiliging@gemeente.example",
}


def fill_checklist(gemeente: Gemeente, *, dagen: int = 365, zonder: Voorwaardesoort | None = None) -> None:
    """Records every condition as met today, those with a last day for this many days."""
    today = timezone.localdate()
    with voor_gemeente(gemeente):
        Voorwaarde.objects.bulk_create(
            Voorwaarde(
                gemeente=gemeente,
                soort=soort,
                vervuld_op=today,
                geldig_tot_en_met=today + timedelta(days=dagen) if definitie.einde is Einde.MOET else None,
                kenmerk="DEMO-1",
                gegeven=_GEGEVENS.get(definitie.soort, ""),
                telefoon="000 000 00 00" if definitie.telefoon else "",
            )
            for soort, definitie in DEFINITIES.items()
            if soort != zonder
        )


def admit_at_once(oin: str, naam: str) -> Gemeente:
    """Registers a municipality, records every condition as met, and admits it."""
    gemeente = register(oin, naam)
    fill_checklist(gemeente)
    admit(gemeente, Toelatingsreden.BESLUIT)
    gemeente.refresh_from_db()
    return gemeente
