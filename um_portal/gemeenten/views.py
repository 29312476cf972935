"""Switches municipality, and shows VNG support's overview: names, states and numbers, never records."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import als_support
from um_portal.toegang.access import SESSIE_SLEUTEL, GemeenteRequest, requires
from um_portal.toegang.rechten import Recht


@requires(Recht.PORTAAL)
@require_POST
def switch(request: GemeenteRequest) -> HttpResponse:
    """Makes another municipality of this user the one to work for."""
    chosen = request.POST.get("gemeente", "")
    found = next((m for m in request.lidmaatschappen if str(m.gemeente_id) == chosen), None)
    if found is None:
        raise PermissionDenied
    request.session[SESSIE_SLEUTEL] = found.gemeente_id
    messages.success(request, f"U werkt nu voor {found.gemeente.naam}.")
    naar = request.POST.get("naar", "")
    safe = url_has_allowed_host_and_scheme(naar, allowed_hosts=None) and naar.startswith("/")
    return redirect(naar if safe else "start")


def published_counts() -> dict[int, dict[str, int]]:
    """Counts the published records of each kind per municipality; call inside `als_support`."""
    counts: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT gemeente_id, soort, aantal FROM um_aantallen()")
        for gemeente_id, soort, aantal in cursor.fetchall():
            counts.setdefault(gemeente_id, {})[soort] = aantal
    return counts


@requires(Recht.GEMEENTEN)
def municipalities(request: GemeenteRequest) -> HttpResponse:
    """Shows all municipalities, for VNG support."""
    with als_support():
        counts = published_counts()
        rows = [(gemeente, counts.get(gemeente.pk, {})) for gemeente in Gemeente.objects.all()]
    return render(request, "gemeenten/lijst.html", {"rijen": rows})
