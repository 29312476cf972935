"""Adapts logging in to those who come through the login service of their municipality."""

from typing import Any, cast

from allauth.account import app_settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from um_portal.accounts import adapter, gemeentesessie, tweede_factor
from um_portal.accounts.gemeentesessie import Gemeentesessie
from um_portal.accounts.models import Gebruiker
from um_portal.inlogdienst import middleware, regels
from um_portal.tenants.models import Gemeente

# The mark travels with a login that still waits for a second factor, not with the session of whoever is busy.
MERK = "gemeentesessie"
_TWEEDE_FACTOR = "allauth.mfa.stages.AuthenticateStage"


class Adapter(adapter.AccountAdapter):
    """Logging in with a password, or through the login service of a municipality."""

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        """Sends who has to log in through the municipality there, after a password that was right."""
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if response is not None or MERK in (kwargs.get("signal_kwargs") or {}):
            return response
        gebruiker = cast(Gebruiker, user)
        gemeente = regels.password_off_at(gebruiker)
        if gemeente is None or regels.identity_of(gemeente, gebruiker) is None:
            return None
        messages.info(
            request, f"U logt in via {gemeente.naam}. Uw wachtwoord van het portaal werkt niet meer."
        )
        return redirect("inlogdienst:kiezen")

    def may_have_password(self, gebruiker: Gebruiker) -> bool:
        """Tells whether somebody may get a password by mail: not an account that a municipality opens.

        It may have no second factor of its own, and a mailbox alone must not open it.
        """
        return gebruiker.has_usable_password() or not regels.is_joined(gebruiker)

    def get_login_stages(self) -> list[str]:
        """Returns the steps of logging in; a login service that counts as second factor has shown that one."""
        stages: list[str] = super().get_login_stages()
        if getattr(self.request, MERK, None) is not None and getattr(self.request, MERK).sterk:
            stages.remove(_TWEEDE_FACTOR)
        return stages

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Marks the session with where it came from, before anything else happens in it."""
        found = (kwargs.get("signal_kwargs") or {}).get(MERK)
        sessie = Gemeentesessie(**found) if found else None
        gemeentesessie.begin(request.session, sessie)
        middleware.must_join(request, cast(Gebruiker, user) if sessie is None else None)
        if sessie is not None and sessie.sterk:
            tweede_factor.mark(request.session)
        response = super().post_login(request, user, **kwargs)
        if sessie is not None:
            # It stands in the list of its owner from now on.
            gemeentesessie.list_name(request.session)
        return response

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Returns the page after logging out; for who came through a municipality, one that offers to log out there."""
        sessie = gemeentesessie.of(request)
        gemeente = Gemeente.objects.filter(pk=sessie.gemeente).first() if sessie is not None else None
        if gemeente is None:
            address: str = super().get_logout_redirect_url(request)
            return address
        return reverse("inlogdienst:uitgelogd", args=[gemeente.oin])

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Tells whether to ask who this is again; a login service is asked itself."""
        required = super().is_reauthentication_required(app=app, **kwargs)
        sessie = gemeentesessie.of(self.request)
        if sessie is None:
            return required
        return required and not gemeentesessie.is_confirmed(sessie, app_settings.REAUTHENTICATION_TIMEOUT)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Returns the ways to show who this is; through the municipality for whoever came that way."""
        if gemeentesessie.of(self.request) is None:
            return super().get_reauthentication_methods(user)
        address = reverse("inlogdienst:bevestigen")
        return [{"id": "inlogdienst", "description": "Via uw gemeente", "url": address}]
