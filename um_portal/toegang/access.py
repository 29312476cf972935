"""Guards the door: checks who may see a view, and opens the municipality for which it then works.

`requires` finds the membership, asks the table of rights and opens the municipality's scope. A view without
it, or without `open_to_all`, is shown to nobody: `DoorMiddleware` ensures that.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from um_portal.accounts import gemeentesessie
from um_portal.accounts.models import Gebruiker
from um_portal.tenants.models import Gemeente, Gemeentestatus, Lidmaatschap, Rol
from um_portal.tenants.scope import handelt, set_session, voor_gemeente
from um_portal.toegang.rechten import Recht, functies_of, holds, is_closed, is_of_municipality, is_open

SESSIE_SLEUTEL = "gemeente"
# The municipality that a page was made for travels with every form and every htmx request of that page.
GEMEENTE_VELD = "um_gemeente"
GEMEENTE_HEADER = "X-UM-Gemeente"
# This field is sent along by a user who was asked for which municipality this is, and answered.
ANTWOORD_VELD = "um_voor"
# Below this address users log in and manage their own account; it shows nothing of a municipality.
EIGEN_ACCOUNT = "account/"
_VEILIG = frozenset({"GET", "HEAD", "OPTIONS"})
# What a browser sends for a page; each view takes fewer of these.
_METHODEN = frozenset({*_VEILIG, "POST"})


class GemeenteRequest(HttpRequest):
    """A request after `requires`, with the municipality that it works for."""

    user: Gebruiker
    gemeente: Gemeente
    lidmaatschap: Lidmaatschap
    lidmaatschappen: list[Lidmaatschap]
    htmx: HtmxDetails


GemeenteView = Callable[Concatenate[GemeenteRequest, ...], HttpResponseBase]


class Rust(PermissionDenied):
    """The municipality's state does not allow this now."""

    def __init__(self, gemeente: Gemeente) -> None:
        super().__init__(
            f"{_STILSTAND[gemeente.status].format(gemeente.naam)} Neem contact op met VNG-support."
        )


_STILSTAND = {
    Gemeentestatus.AANGEMELD.value: "{0} is aangemeld en nog niet toegelaten: de deelname staat stil. Zoeken, "
    "aanleveren en publiceren kan zodra aan alle voorwaarden is voldaan.",
    Gemeentestatus.OPGESCHORT.value: "De deelname van {0} staat stil (opgeschort). Zoeken, aanleveren en publiceren "
    "kan nu niet; intrekken wel.",
    Gemeentestatus.VERTROKKEN.value: "{0} doet niet meer mee: de deelname staat stil. Alle gegevens worden gewist.",
}


class DoetNietMee(PermissionDenied):
    """The municipality does not take part in the scenario that this is for."""

    def __init__(self, gemeente: Gemeente) -> None:
        super().__init__(
            f"{gemeente.naam} doet hier niet aan mee. Neem contact op met VNG-support als dat anders moet."
        )


def memberships(gebruiker: Gebruiker) -> list[Lidmaatschap]:
    """Finds the user's memberships with their municipality.

    It takes one query, and one that tells the database who asks.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        set_session("default", gebruiker=gebruiker.pk)
        # These are the user's own rows, over municipalities: the second read policy of this table.
        found = list(
            Lidmaatschap._base_manager.filter(gebruiker=gebruiker)
            .select_related("gemeente")
            .order_by("gemeente__naam")
        )
        # The setting ends with the transaction; inside an outer transaction it must end here.
        if nested:
            set_session("default")
    return found


def beheerders(gemeente: Gemeente) -> list[Gebruiker]:
    """Finds the functioneel beheerders of a municipality who can log in."""
    with voor_gemeente(gemeente, alleen_lezen=True):
        found = Lidmaatschap.objects.filter(rol=Rol.FUNCTIONEEL_BEHEERDER, gebruiker__is_active=True)
        return [lid.gebruiker for lid in found.select_related("gebruiker").order_by("pk")]


def attach(request: HttpRequest) -> None:
    """Puts a municipality on the request: the chosen one, else the first one of the user, if there is any."""
    user = request.user
    if not isinstance(user, Gebruiker):
        return
    found = memberships(user)
    sessie = gemeentesessie.of(request)
    if sessie is not None:
        # Whoever came in through one municipality works for that one; another takes the own login.
        found = [one for one in found if one.gemeente_id == sessie.gemeente]
    chosen = request.session.get(SESSIE_SLEUTEL)
    active = next((m for m in found if m.gemeente_id == chosen), found[0] if found else None)
    _work_for(request, found, active)


def _work_for(request: HttpRequest, found: list[Lidmaatschap], active: Lidmaatschap | None) -> None:
    target = cast(Any, request)
    target.lidmaatschappen = found
    target.lidmaatschap = active
    target.gemeente = active.gemeente if active else None


def may(request: HttpRequest, recht: Recht) -> bool:
    """Tells whether the user may do this now; call after `attach`."""
    lidmaatschap = getattr(request, "lidmaatschap", None)
    if not isinstance(request.user, Gebruiker) or not holds(recht, functies_of(request.user, lidmaatschap)):
        return False
    # What is done for no municipality does not rest with one.
    return lidmaatschap is None or not is_of_municipality(recht) or is_open(recht, lidmaatschap.gemeente)


def require(request: HttpRequest, recht: Recht) -> None:
    """Refuses the user who may not do this now.

    Raises PermissionDenied, or Rust when only the municipality's state forbids it.
    """
    if may(request, recht):
        return
    lidmaatschap = getattr(request, "lidmaatschap", None)
    if lidmaatschap is not None and holds(recht, functies_of(cast(Gebruiker, request.user), lidmaatschap)):
        if is_closed(recht, lidmaatschap.gemeente.status):
            raise Rust(lidmaatschap.gemeente)
        raise DoetNietMee(lidmaatschap.gemeente)
    raise PermissionDenied


def open_to_all(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Marks a view that anybody may see, logged in or not; it works for no municipality."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    wrapper.recht = None  # type: ignore[attr-defined]
    return wrapper


def requires(
    recht: Recht, *, transactie: bool = True
) -> Callable[[GemeenteView], Callable[..., HttpResponseBase]]:
    """Shows a view only to users who have this right.

    Opens the municipality's scope where the right belongs to one. `transactie=False` is for views that wait
    for another party: they open the scope themselves, briefly. Anonymous users go to the login page; others
    get 403. A form or htmx request of a page that was made for another municipality than the present one
    stops, and the user is asked for which one it is: 409.
    """

    def decorate(view: GemeenteView) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            attach(request)
            scoped = cast(GemeenteRequest, request)
            if not is_of_municipality(recht):
                if recht is not Recht.PORTAAL:
                    require(request, recht)
                return view(scoped, *args, **kwargs)
            if (question := _for_whom(scoped)) is not None:
                return question
            require(request, recht)
            if not transactie:
                return view(scoped, *args, **kwargs)
            try:
                with voor_gemeente(scoped.gemeente):
                    return view(scoped, *args, **kwargs)
            except Http404:
                elsewhere = _found_elsewhere(scoped, recht, view, *args, **kwargs)
                if elsewhere is None:
                    raise
                return _ask_to_switch(scoped, elsewhere)

        guarded = _tell_of_loss(login_required(_by_user(wrapper)))
        guarded.recht = recht  # type: ignore[attr-defined]
        return guarded

    return decorate


def _tell_of_loss(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Says on the login page that a form which came too late was not sent."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in _VEILIG and not request.user.is_authenticated:
            messages.warning(
                request,
                "U was niet meer ingelogd. Wat u invulde, is niet verstuurd. Vul het na het inloggen opnieuw in.",
            )
        return view(request, *args, **kwargs)

    return wrapper


def _by_user(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Lets the database know whose request this is."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with handelt(request.user.pk):
            return view(request, *args, **kwargs)

    return wrapper


# --- The right municipality --------------------------------------------------------------------------------


def _for_whom(request: GemeenteRequest) -> HttpResponseBase | None:
    """Asks for which municipality this is, when the page was made for another one.

    Gives None when that is clear. A user with one municipality cannot be mistaken, unless the page was made
    for one they no longer belong to.
    """
    unsafe = request.method not in _VEILIG
    if not unsafe and not request.htmx:
        return None
    sent = request.POST.get(GEMEENTE_VELD, "") if unsafe else ""
    sent = sent or request.headers.get(GEMEENTE_HEADER, "")
    active = str(request.gemeente.pk) if request.gemeente is not None else ""
    if sent == active or (not sent and len(request.lidmaatschappen) < 2):
        return None
    meant = next((m for m in request.lidmaatschappen if str(m.gemeente_id) == sent), None)
    if unsafe and meant is not None and request.POST.get(ANTWOORD_VELD) == sent:
        request.session[SESSIE_SLEUTEL] = meant.gemeente_id
        _work_for(request, request.lidmaatschappen, meant)
        return None
    if request.htmx:
        # The page is out of date as a whole, and an answer in a part of it would not be seen. Nothing was done.
        return HttpResponseClientRefresh()
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in (GEMEENTE_VELD, ANTWOORD_VELD, "csrfmiddlewaretoken")
    ]
    context = {
        "bedoeld": meant,
        "velden": fields,
        "bestanden": bool(request.FILES),
        # An address with a number in it belongs to one municipality; newly typed input can be for either.
        "ook_hier": not _kwargs(request),
        "veld": GEMEENTE_VELD,
        "antwoord": ANTWOORD_VELD,
    }
    return render(request, "toegang/voor_wie.html", context, status=HTTPStatus.CONFLICT)


def _kwargs(request: HttpRequest) -> dict[str, Any]:
    return request.resolver_match.kwargs if request.resolver_match else {}


def _found_elsewhere(
    request: GemeenteRequest, recht: Recht, view: GemeenteView, *args: Any, **kwargs: Any
) -> Lidmaatschap | None:
    """Finds another municipality of the user that has what this address names.

    Nothing that it reads is kept.
    """
    if request.method != "GET" or request.htmx or not kwargs:
        return None
    found, active = request.lidmaatschappen, request.lidmaatschap
    try:
        for other in found:
            if other.gemeente_id == active.gemeente_id:
                continue
            _work_for(request, found, other)
            if not may(request, recht):
                continue
            try:
                with voor_gemeente(other.gemeente):
                    view(request, *args, **kwargs)
                    transaction.set_rollback(True)
            except (Http404, PermissionDenied):
                continue
            return other
        return None
    finally:
        _work_for(request, found, active)


def _ask_to_switch(request: GemeenteRequest, elsewhere: Lidmaatschap) -> HttpResponse:
    context = {"elders": elsewhere, "naar": request.get_full_path()}
    return render(request, "toegang/elders.html", context, status=HTTPStatus.CONFLICT)


# --- The door ----------------------------------------------------------------------------------------------


class DoorMiddleware:
    """Refuses every view that has neither a right nor the mark that it is open to all, and methods of no page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuses a method that no page has, and else passes the request on: the rest waits for the view."""
        if request.method not in _METHODEN:
            return HttpResponseNotAllowed(sorted(_METHODEN))
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseNotAllowed) and not answer.content:
            # The address of a button, in the address bar: after logging in again, or from the history.
            # The same answer, with the headers that it has by now, such as the one that keeps it out of caches.
            answer.content = render_to_string("405.html", request=request)
        return answer

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Raises PermissionDenied for a view that has no right."""
        route = request.resolver_match.route if request.resolver_match else ""
        if not hasattr(view, "recht") and not route.startswith(EIGEN_ACCOUNT):
            raise PermissionDenied
        return None
