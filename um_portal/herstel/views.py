"""Serves what a user does in the own recovery: objecting, and finishing it with the link from the mail."""

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from um_portal.accounts.models import Gebruiker
from um_portal.herstel import herstellen
from um_portal.herstel.forms import WachtwoordForm

_HERSTEL = "herstel"


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "herstel/verlopen.html", status=404)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def object_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Stops a recovery by the link in the mail; only a press on the button does, not whoever looks at the link."""
    herstel = herstellen.find_by_objection(token)
    if herstel is None:
        return _gone(request)
    if request.method == "POST":
        try:
            herstellen.stop(herstel.pk, None)
        except herstellen.HerstelMislukt:
            return _gone(request)
        return render(request, "herstel/gestopt.html")
    return render(request, "herstel/bezwaar.html")


@login_required
@require_POST
def object_own(request: HttpRequest) -> HttpResponse:
    """Stops the recovery of whoever is logged in."""
    gebruiker = cast(Gebruiker, request.user)
    herstel = herstellen.open_of(gebruiker)
    try:
        if herstel is not None:
            herstellen.stop(herstel.pk, gebruiker)
            messages.success(request, "Het herstel is gestopt. Uw tweede factor blijft zoals die is.")
    except herstellen.HerstelMislukt as problem:
        messages.error(request, problem.melding)
    return redirect("start")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the secret out of the address bar, and goes on to the page that asks for the password.

    Whoever is logged in as somebody else is asked first, and logs out by sending that page.
    """
    herstel = herstellen.find_by_link(token)
    if herstel is None:
        return _gone(request)
    if request.user.is_authenticated:
        if request.user != herstel.gebruiker and request.method != "POST":
            # Somebody else is at work here, and may have unsaved work in another tab.
            context = {"gebruiker": herstel.gebruiker, "wat": "link"}
            return render(request, "accounts/link_van_ander.html", context)
        logout(request)
    request.session[_HERSTEL] = herstel.pk
    return redirect("herstel:afronden")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: HttpRequest) -> HttpResponse:
    """Asks for the password, takes the old second factor away and logs in; a new one is set up at once."""
    herstel = herstellen.ready(request.session.get(_HERSTEL))
    if herstel is None:
        return _gone(request)
    form = WachtwoordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        adapter = get_adapter()
        # Counted like any attempt to log in.
        gebruiker = adapter.authenticate(
            request, email=herstel.gebruiker.username, password=form.cleaned_data["password"]
        )
        if gebruiker is None or gebruiker.pk != herstel.gebruiker_id:
            form.add_error("password", adapter.error_messages["incorrect_password"])
        else:
            try:
                gebruiker = herstellen.use(herstel.pk)
            except herstellen.HerstelMislukt:
                return _gone(request)
            del request.session[_HERSTEL]
            response: HttpResponse = perform_login(request, Login(user=gebruiker))
            return response
    return render(request, "herstel/afronden.html", {"form": form, "gebruiker": herstel.gebruiker})
