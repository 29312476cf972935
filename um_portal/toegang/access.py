"""Who may see a view, and for which municipality it then works.

`voor_rol` is the only door: it finds the membership, checks the role and opens the municipality's scope.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from um_portal.accounts.models import Gebruiker
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import set_session, voor_gemeente

SESSIE_SLEUTEL = "gemeente"


class GemeenteRequest(HttpRequest):
    """A request after `voor_rol`: with the municipality it works for."""

    user: Gebruiker
    gemeente: Gemeente
    lidmaatschap: Lidmaatschap
    lidmaatschappen: list[Lidmaatschap]
    htmx: HtmxDetails


GemeenteView = Callable[Concatenate[GemeenteRequest, ...], HttpResponseBase]


def memberships(gebruiker: Gebruiker) -> list[Lidmaatschap]:
    """The user's memberships with their municipality, in one query (and one to say who asks)."""
    with transaction.atomic():
        set_session("default", gebruiker=gebruiker.pk)
        # The user's own rows, over municipalities: the second read policy of this table.
        found = list(
            Lidmaatschap._base_manager.filter(gebruiker=gebruiker)
            .select_related("gemeente")
            .order_by("gemeente__naam")
        )
        set_session("default")
    return found


def attach(request: HttpRequest) -> None:
    """Put the chosen (or only, or first) municipality on the request, if the user has any."""
    user = request.user
    if not isinstance(user, Gebruiker):
        return
    found = memberships(user)
    chosen = request.session.get(SESSIE_SLEUTEL)
    active = next((m for m in found if m.gemeente_id == chosen), found[0] if found else None)
    target = cast(Any, request)
    target.lidmaatschappen = found
    target.lidmaatschap = active
    target.gemeente = active.gemeente if active else None


def voor_rol(
    *rollen: Rol, transactie: bool = True
) -> Callable[[GemeenteView], Callable[..., HttpResponseBase]]:
    """Let a view be seen by these roles (functioneel beheerder always included), inside the municipality's scope.

    `transactie=False` is for views that wait for another party: they open the scope themselves, briefly.
    Anonymous users go to the login page; others get 403.
    """
    toegestaan = {*rollen, Rol.FUNCTIONEEL_BEHEERDER}

    def decorate(view: GemeenteView) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            attach(request)
            scoped = cast(GemeenteRequest, request)
            if scoped.lidmaatschap is None or scoped.lidmaatschap.rol not in toegestaan:
                raise PermissionDenied
            if not transactie:
                return view(scoped, *args, **kwargs)
            with voor_gemeente(scoped.gemeente):
                return view(scoped, *args, **kwargs)

        return login_required(wrapper)

    return decorate
