"""The pages for logging in and for one's account: those of django-allauth, and our own."""

import logging
from typing import Any

from allauth.account import views as account
from allauth.account.forms import UserTokenForm
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.views._password_reset import INTERNAL_RESET_SESSION_KEY
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from redis.exceptions import RedisError

from um_portal import tegelijk
from um_portal.accounts import gemeentesessie, sessies, toestellen, uitnodigingen
from um_portal.accounts.forms import LinkGebruikt, NaamForm, RemovePasskeyForm, UitnodigingForm
from um_portal.accounts.models import Gebruiker
from um_portal.accounts.throttling import who_tries

logger = logging.getLogger(__name__)

_GEEN_REDIS = (
    "Inloggen lukt nu even niet: een onderdeel van het portaal antwoordt niet. Uw wachtwoord is niet nagekeken. "
    "Probeer het over een minuut opnieuw."
)
INVITATION = "uitnodiging"


class LoginView(account.LoginView):
    """Log in. The demonstration shows the accounts that were made for trying things out."""

    template_name = "accounts/inloggen.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the demonstration's accounts, in the demonstration only."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.UM_DEMO:
            context["demo_accounts"] = import_string("um_portal.demo.accounts.overview")()
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Checks the password; when that cannot be done now, the page says so and keeps the name."""
        name = request.POST.get("login", "")
        try:
            with tegelijk.INLOGGEN.occupied_by(who_tries(request, name)):
                response: HttpResponse = super().post(request, *args, **kwargs)
                return response
        except tegelijk.Bezet as bezet:
            later = bezet
        except RedisError:
            # Attempts cannot be counted, so nobody tries.
            logger.error("Redis antwoordt niet, en is nodig om in te loggen")
            later = tegelijk.Bezet(_GEEN_REDIS, wacht=60)
        # Not the form that was sent: showing that would check the password.
        again = self.get_form_class()(request=request, initial={"login": name})
        context = self.get_context_data(form=again, bezet=later)
        headers = {"Retry-After": str(later.wacht)}
        refused: HttpResponse = self.render_to_response(context, status=503, headers=headers)
        return refused


class LogoutView(account.LogoutView):
    """Log out, and have the browser forget what it kept of the portal."""

    template_name = "accounts/uitloggen.html"

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ends the session."""
        response: HttpResponse = super().post(*args, **kwargs)
        # Not "cookies": that would also take those of other programs on this name, and which browser this is.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


@method_decorator(login_required, name="dispatch")
class PasswordChangeView(account.PasswordChangeView):
    """Change one's password."""

    template_name = "accounts/wachtwoord.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Opens only for somebody who has a password."""
        if not (isinstance(request.user, Gebruiker) and request.user.has_usable_password()):
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Changes the password; of the browsers that were known only this one still is."""
        response: HttpResponse = super().form_valid(form)
        # The session has another key now, and another line in the list of its owner.
        gemeentesessie.list_name(self.request.session)
        toestellen.remember(self.request, response, self.request.user.get_username())
        return response


class PasswordResetFromKeyView(account.PasswordResetFromKeyView):
    """Set a new password, with the link from a mail."""

    template_name = "accounts/wachtwoord_nieuw.html"

    def dispatch(self, request: HttpRequest, uidb36: str, key: str, **kwargs: Any) -> HttpResponseBase:
        """Asks whoever is logged in as somebody else first; sending that page logs out."""
        if request.user.is_authenticated:
            # On the page of the form the session knows the key: somebody may have logged in in another tab since.
            known = request.session.get(INTERNAL_RESET_SESSION_KEY, "") if key == self.reset_url_key else key
            link = UserTokenForm(data={"uidb36": uidb36, "key": known})
            if link.is_valid() and link.reset_user != request.user:
                # Somebody else is at work here, and may have unsaved work in another tab.
                if request.method != "POST" or "password1" in request.POST:
                    context = {"gebruiker": link.reset_user, "wat": "link"}
                    return render(request, "accounts/link_van_ander.html", context)
                logout(request)
                request.session[INTERNAL_RESET_SESSION_KEY] = known
                return redirect("account_reset_password_from_key", uidb36=uidb36, key=self.reset_url_key)
        response: HttpResponseBase = super().dispatch(request, uidb36, key, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Sets the password; who comes second with the same link hears that it does not work any more."""
        try:
            response: HttpResponse = super().form_valid(form)
        except LinkGebruikt:
            self.reset_user = None
            response = self.render_to_response(self.get_context_data(token_fail=True))
        return response


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Shows what somebody can see and change of the own account."""
    return render(request, "accounts/mijn.html")


@login_required
@require_http_methods(["GET", "POST"])
def change_name(request: HttpRequest) -> HttpResponse:
    """Changes the name by which colleagues know somebody."""
    gebruiker = get_object_or_404(Gebruiker, pk=request.user.pk)
    form = NaamForm(request.POST or None, instance=gebruiker)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Uw naam is gewijzigd.")
        return redirect("accounts:mijn")
    return render(request, "accounts/naam.html", {"form": form}, status=422 if form.errors else 200)


# --- Invitations ---------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the secret out of the address bar, and goes on to the page that asks for a password.

    Whoever is logged in as somebody else is asked first, and logs out by sending that page.
    """
    uitnodiging = uitnodigingen.find(token)
    if uitnodiging is None:
        return render(request, "accounts/uitnodiging_verlopen.html", status=404)
    if request.user.is_authenticated and request.user != uitnodiging.gebruiker:
        # Somebody else is at work here, and may have unsaved work in another tab.
        if request.method != "POST":
            context = {"gebruiker": uitnodiging.gebruiker, "wat": "uitnodiging"}
            return render(request, "accounts/link_van_ander.html", context)
        logout(request)
    request.session[INVITATION] = uitnodiging.pk
    return redirect("accounts:uitnodiging-wachtwoord")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest) -> HttpResponse:
    """Asks for a first password, and logs in; what follows is setting up a second factor."""
    uitnodiging = uitnodigingen.usable(request.session.get(INVITATION))
    if uitnodiging is None:
        return render(request, "accounts/uitnodiging_verlopen.html", status=404)
    form = UitnodigingForm(uitnodiging.gebruiker, request.POST or None)
    naam = NaamForm(request.POST or None, instance=uitnodiging.gebruiker)
    if request.method == "POST" and form.is_valid() and naam.is_valid():
        # Together: who erases this account at this moment waits until there is a session to end as well.
        with transaction.atomic():
            gebruiker = uitnodigingen.accept(uitnodiging, form.cleaned_data["password1"])
            if gebruiker is None:
                return render(request, "accounts/uitnodiging_verlopen.html", status=404)
            naam.save()
            del request.session[INVITATION]
            response: HttpResponse = perform_login(request, Login(user=gebruiker))
        return response
    context = {"form": form, "naam": naam, "gebruiker": uitnodiging.gebruiker}
    return render(request, "accounts/uitnodiging.html", context)


# --- Second factors ------------------------------------------------------------------------------------


class ActivateTOTPView(totp.ActivateTOTPView):
    """Add an app that gives codes."""

    template_name = "accounts/app.html"


class AddPasskeyView(webauthn.AddWebAuthnView):
    """Add a passkey."""

    template_name = "accounts/passkey.html"


class RemovePasskeyView(webauthn.RemoveWebAuthnView):
    """Remove a passkey; never the last second factor."""

    template_name = "accounts/passkey_verwijderen.html"
    form_class = RemovePasskeyForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Tells the form which passkey it is about, and lets it object before anything is pressed."""
        return {"authenticator": self.object, "data": {}}


class RecoveryCodesView(recovery_codes.ViewRecoveryCodesView):
    """See the recovery codes."""

    template_name = "accounts/herstelcodes.html"


# --- Sessions ------------------------------------------------------------------------------------------


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Shows where somebody is logged in."""
    found = sorted(
        UserSession.objects.purge_and_list(request.user), key=lambda one: one.created_at, reverse=True
    )
    return render(request, "accounts/sessies.html", {"sessies": found, "huidig": request.session.session_key})


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one of the own sessions; ending this one is logging out."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    current = session.session_key == request.session.session_key
    if current:
        session.end()
        logout(request)
        return redirect("accounts:login")
    sessies.end_one(session)
    messages.success(request, "De sessie is beëindigd.")
    return redirect("usersessions_list")
