"""Shows the start page, and answers when something goes wrong."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from um_portal import kenmerk
from um_portal.collegas.overzicht import for_start
from um_portal.jobs import is_away
from um_portal.mededelingen import plaatsen
from um_portal.overzicht.bureau import desk
from um_portal.overzicht.publicatie import picture
from um_portal.overzicht.tegels import Tegel, member_tiles, support_start
from um_portal.ruimte import is_full
from um_portal.toegang.access import GemeenteRequest, open_to_all, requires
from um_portal.toegang.rechten import Recht


@requires(Recht.PORTAAL)
def start(request: GemeenteRequest) -> HttpResponse:
    """Shows the start page: the desk of who searches, how what is published stands, and tiles for the rest."""
    tegels: list[Tegel] = []
    beeld = bureau = None
    if request.lidmaatschap:
        tegels += member_tiles(request)
        beeld = picture(request)
        bureau = desk(request)
    support = support_start(request)
    if support is not None:
        tegels += support.tegels
    context: dict[str, Any] = {"tegels": tegels, "beeld": beeld, "bureau": bureau, "support": support}
    context |= {"collegas": for_start(request), "mededelingen": plaatsen.current(request.user)}
    return render(request, "start.html", context)


@open_to_all
def fault(request: HttpRequest) -> HttpResponse:
    """Answers for an exception that nobody expected: 500, or 503 when the database took too long, is away or is full.

    The transaction was undone. None of the pages asks the database anything, nor says more of what went wrong.
    """
    context, error = {"kenmerk": kenmerk.short()}, sys.exc_info()[1]
    full = is_full(error)
    if not full and not is_away(error):
        return HttpResponse(render_to_string("500.html", context), status=500)
    page = "geen_ruimte.html" if full else "te_druk.html"
    return HttpResponse(render_to_string(page, context), status=503, headers={"Retry-After": "60"})
