"""Serves what was signalled about records that are wrong: of the own municipality, and of all for VNG support."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from exchange.bemiddelaar import signalen
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import als_support
from um_portal.toegang.access import GemeenteRequest, may, requires
from um_portal.toegang.rechten import Recht


@requires(Recht.SIGNALEN)
@require_GET
def own(request: GemeenteRequest) -> HttpResponse:
    """Shows what colleagues signalled, and how that stands."""
    return render(request, "bemiddelaar/signalen.html", {"signalen": signalen.own_signals(request.gemeente)})


@requires(Recht.SIGNALEN_SUPPORT)
@require_GET
def everywhere(request: GemeenteRequest) -> HttpResponse:
    """Shows VNG support what all municipalities signalled."""
    with als_support():
        found = signalen.signals_everywhere(Gemeente.objects.all())
    context = {"signalen": found, "alle": True, "mag_wijzigen": may(request, Recht.SIGNALEN_AFHANDELEN)}
    return render(request, "bemiddelaar/signalen.html", context)


@requires(Recht.SIGNALEN_AFHANDELEN)
@require_POST
def move(request: GemeenteRequest, nummer: int) -> HttpResponse:
    """Writes down that a signal was passed on, or solved."""
    with als_support():
        found = next(
            (one for one in signalen.signals_everywhere(Gemeente.objects.all()) if one.pk == nummer), None
        )
    if found is None:
        raise Http404
    gemeente = Gemeente.objects.get(pk=found.gemeente_id)
    if signalen.move_signal(gemeente, request.user, nummer, request.POST.get("stand", "")):
        messages.success(request, "De stand van de melding is gewijzigd.")
    else:
        messages.error(
            request, "Dit kan niet (meer): een collega was u misschien voor. Bekijk de stand hieronder."
        )
    return redirect("bemiddelaar:signalen_alle")
