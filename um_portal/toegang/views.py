"""The page that tells who may do what."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from um_portal.tenants.models import Gemeentestatus
from um_portal.toegang.access import open_to_all
from um_portal.toegang.rechten import RECHTEN, Functie, Recht, is_closed


@open_to_all
@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """Shows the table of rights: a row per act, a column per capacity."""
    rows = [
        {
            "recht": recht,
            "functies": [(functie.label, functie in RECHTEN[recht]) for functie in Functie],
            "rust": is_closed(recht, Gemeentestatus.OPGESCHORT),
        }
        for recht in Recht
    ]
    return render(request, "toegang/rechten.html", {"functies": list(Functie), "rijen": rows})
