"""Tells on every page that a search has ended, as long as one that this browser put is under way."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from exchange.bemiddelaar import searching
from exchange.bemiddelaar.models import Zoekvraag
from um_portal.presentation.context import VOLGT
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, may, requires
from um_portal.toegang.rechten import Recht

_MEESTE = 20


def follow(request: HttpRequest, gemeente: Gemeente, zoekvraag_id: int) -> None:
    """Remembers in the session that the end of this search is still to be told."""
    request.session[VOLGT] = [*request.session.get(VOLGT, []), [gemeente.pk, zoekvraag_id]][-_MEESTE:]


def told(request: HttpRequest, zoekvraag_id: int) -> None:
    """Forgets a search whose end was seen."""
    followed = request.session.get(VOLGT, [])
    left = [one for one in followed if one[1] != zoekvraag_id]
    if left != followed:
        request.session[VOLGT] = left


@requires(Recht.PORTAAL)
@require_GET
def notice(request: GemeenteRequest) -> HttpResponse:
    """Tells which searches have ended since the last time; asks again while one is under way.

    A page that asks again already gets 204 as long as there is nothing to tell.
    """
    ended: list[Zoekvraag] = []
    waiting = False
    followed = request.session.get(VOLGT, [])
    if request.lidmaatschap is not None and may(request, Recht.ZOEKEN):
        mine = [pk for gemeente, pk in followed if gemeente == request.gemeente.pk]
        with voor_gemeente(request.gemeente):
            found = list(searching.visible(request.user).filter(pk__in=mine)) if mine else []
        waiting = any(zoekvraag.is_onderweg for zoekvraag in found)
        ended = [zoekvraag for zoekvraag in found if not zoekvraag.is_onderweg]
        under_way = [zoekvraag.pk for zoekvraag in found if zoekvraag.is_onderweg]
        left = [one for one in followed if one[0] != request.gemeente.pk or one[1] in under_way]
        if left != followed:
            request.session[VOLGT] = left
    # The page of the search itself tells its own end.
    here = request.htmx.current_url_abs_path or ""
    ended = [one for one in ended if not here.startswith(reverse("bemiddelaar:zoekvraag", args=[one.pk]))]
    if waiting and not ended and "toont" in request.GET:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "bemiddelaar/_bericht.html", {"klaar": ended, "volgt": waiting})
