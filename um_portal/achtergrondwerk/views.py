"""Serves the page about the work in the background. Thin: the verbs are in `planning` and `wachtrijen`."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from um_portal.achtergrondwerk import planning, wachtrijen
from um_portal.gemeenten import overzicht
from um_portal.tenants.scope import als_support
from um_portal.toegang.access import GemeenteRequest, may, requires
from um_portal.toegang.rechten import Recht


@requires(Recht.ACHTERGRONDWERK)
@require_GET
def overview(request: GemeenteRequest) -> HttpResponse:
    """Shows queues, schedule, and how many jobs of each municipality failed for good."""
    with als_support():
        mislukt = overzicht.failures()
    context = {
        "drukte": wachtrijen.drukte(),
        "planning": planning.stand(),
        "mislukt": mislukt,
        "mag_starten": may(request, Recht.ACHTERGRONDWERK_STARTEN),
    }
    return render(request, "achtergrondwerk/overzicht.html", context)


@requires(Recht.ACHTERGRONDWERK_STARTEN)
@require_POST
def start(request: GemeenteRequest, naam: str) -> HttpResponse:
    """Runs a part of the schedule at once."""
    try:
        planning.run_now(request.user, naam)
    except KeyError:
        raise Http404 from None
    except planning.NietGestart as problem:
        messages.error(request, problem.melding)
    else:
        messages.success(
            request, f"Gestart: {planning.WERK[naam].lower()}. Ververs de pagina over een minuut."
        )
    return redirect("achtergrondwerk:overzicht")
