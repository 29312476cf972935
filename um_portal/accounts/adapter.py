"""Adapts django-allauth to the portal: plain Dutch, no sign-up, and its own counting of attempts."""

import time
from typing import Any, cast

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from um_portal.accounts import mail, throttling, toestellen, tweede_factor
from um_portal.accounts.models import Gebruiker
from um_portal.accounts.sealing import seal, unseal
from um_portal.accounts.sessions import BEGIN
from um_portal.paths import is_own

_PURPOSE = "tweede factor"


class AccountAdapter(DefaultAccountAdapter):
    """Logging in with an e-mail address and a password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": (
            "Het e-mailadres of het wachtwoord klopt niet. Let op hoofdletters, en probeer het opnieuw."
        ),
        "enter_current_password": "Dit is niet uw huidige wachtwoord. Probeer het opnieuw.",
        "incorrect_password": "Dit is niet uw wachtwoord. Let op hoofdletters, en probeer het opnieuw.",
        "incorrect_code": "Deze code klopt niet, of is al gebruikt. Neem de nieuwste code uit uw app.",
        "too_many_login_attempts": "U hebt dit te vaak geprobeerd. Wacht een kwartier en probeer het dan opnieuw.",
        "rate_limited": "U hebt dit te vaak geprobeerd. Wacht een kwartier en probeer het dan opnieuw.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tells that nobody signs up: people are invited."""
        return False

    def may_have_password(self, gebruiker: Gebruiker) -> bool:
        """Tells whether somebody may get a password by mail."""
        return True

    def is_safe_url(self, url: str) -> bool:
        """Tells whether to go on to an address after logging in."""
        return is_own(url)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answers pages only."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Returns the address that counts; a connection without one comes from this machine."""
        return throttling.client_address(request) or "127.0.0.1"

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Sets the password and nothing else of the account, which may have been blocked since it was read."""
        user.set_password(password)
        user.save(update_fields=["password"])

    # --- Counting ----------------------------------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the attempt before the password is looked at; raises ImmediateHttpResponse."""
        self._poging = throttling.attempt(request, str(credentials.get("email", "")))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Returns who this is; the right password makes the failures before it forgotten."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            self._poging.succeeded()
        return user

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Leaves the counts: they run out by themselves."""

    # --- After logging in --------------------------------------------------------------------------

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Tells the owner of a browser that is new, and knows it from then on."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        gebruiker = cast(Gebruiker, user)
        if self._logged_in_before and not toestellen.known(request, gebruiker.username):
            self.send_notification_mail("nieuw_toestel", user)
        toestellen.remember(request, response, gebruiker.username)
        return response

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Logs in; remembers whether it is the first time."""
        self._logged_in_before = cast(Gebruiker, user).last_login is not None
        super().login(request, user)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Tells whether to ask who this is again: not within moments of logging in, as at the first set-up."""
        begin = self.request.session.get(BEGIN, 0)
        return bool(time.time() - begin > app_settings.REAUTHENTICATION_TIMEOUT)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Returns the ways to show who this is, said in Dutch."""
        said = {
            "reauthenticate": "Met uw wachtwoord",
            "mfa_reauthenticate": "Met een code uit uw app, of een herstelcode",
            "mfa_reauthenticate:webauthn": "Met een passkey",
        }
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": said[method["id"]]} for method in methods if method["id"] in said]

    # --- Words -------------------------------------------------------------------------------------

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Shows our own sentence for what happened; no sentence is no message."""
        if message_template:
            message = MELDINGEN.get(message_template.rpartition("/")[2].removesuffix(".txt"))
        if message:
            super().add_message(request, level, extra_tags=extra_tags, message=message)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tells the owner of an account by mail what happened to it."""
        mail.notify(
            template_prefix.rpartition("/")[2],
            cast(Gebruiker, user).username,
            address=self.get_client_ip(self.request),
            browser=self.get_http_user_agent(self.request)[:200],
        )


MELDINGEN = {
    "logged_out": "U bent uitgelogd.",
    "password_changed": "Uw wachtwoord is gewijzigd.",
    "totp_activated": "De app is toegevoegd.",
    "totp_deactivated": "De app is verwijderd.",
    "webauthn_added": "De passkey is toegevoegd.",
    "webauthn_removed": "De passkey is verwijderd.",
    "sessions_logged_out": "U bent overal elders uitgelogd.",
}


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: their secrets lie sealed in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": (
            "Dit is uw enige tweede factor. Voeg eerst een andere toe; daarna kunt u deze verwijderen."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Returns the secret sealed."""
        return seal(text, _PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Returns the secret again; raises ZegelFout."""
        return unseal(encrypted_text, _PURPOSE)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Tells whether something is left to log in with; the demonstration does without."""
        others = tweede_factor.factors(authenticator.user).exclude(pk=authenticator.pk)
        return settings.UM_DEMO or others.exists()

    def _get_site_name(self) -> str:
        return "UM-portaal"

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        """Returns a name to start from."""
        return f"Passkey {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"
