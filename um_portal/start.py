"""The start page and the health check."""

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from um_portal.overzicht.tegels import Tegel, member_tiles, support_tiles
from um_portal.toegang.access import GemeenteRequest, open_to_all, requires
from um_portal.toegang.rechten import Recht


@requires(Recht.PORTAAL)
def start(request: GemeenteRequest) -> HttpResponse:
    """Shows the start page: tiles for what this person may do."""
    tegels: list[Tegel] = []
    if request.lidmaatschap:
        tegels += member_tiles(request)
    tegels += support_tiles(request)
    return render(request, "start.html", {"tegels": tegels})


@open_to_all
def health(request: HttpRequest) -> JsonResponse:
    """Whether database and Redis answer: 200 or 503. Tells nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.get("gezond")
    except Exception:  # whatever it is, this process cannot serve
        return JsonResponse({"gezond": False}, status=503)
    return JsonResponse({"gezond": True})
