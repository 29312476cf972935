"""Writes in the audit log what happens to accounts: logging in and out, failures, second factors, passwords.

It listens to the signals of Django and django-allauth, so that no way in is forgotten. Of a name that nobody
has, nothing is kept.
"""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_account
from um_portal.audit.models import Uitkomst
from um_portal.tenants.scope import handelt

_FACTOR = {
    Authenticator.Type.TOTP.value: "app",
    Authenticator.Type.WEBAUTHN.value: "passkey",
    Authenticator.Type.RECOVERY_CODES.value: "herstelcodes",
}


def connect() -> None:
    """Listens to what happens to accounts."""
    for signal, receiver in (
        (user_logged_in, _logged_in),
        (user_logged_out, _logged_out),
        (user_login_failed, _failed),
        (authentication_failed, _second_factor_failed),
        (authenticator_added, _factor_added),
        (authenticator_removed, _factor_removed),
        (authenticator_reset, _codes_renewed),
        (password_changed, _password_changed),
        (password_reset, _password_changed),
    ):
        signal.connect(receiver, dispatch_uid=f"logboek.{receiver.__name__}.{id(signal)}")


def log_own(handeling: Handeling, user: AbstractBaseUser, onderwerp: str = "") -> None:
    """Writes what somebody did to the own account."""
    with handelt(user.pk):
        log_account(handeling, user, onderwerp=onderwerp)


def _logged_in(user: AbstractBaseUser, **kwargs: Any) -> None:
    log_own(Handeling.INGELOGD, user)


def _logged_out(user: AbstractBaseUser | None, **kwargs: Any) -> None:
    if isinstance(user, Gebruiker):
        log_own(Handeling.UITGELOGD, user)


def _failed(credentials: dict[str, Any], **kwargs: Any) -> None:
    """Writes an attempt that failed; nobody has shown yet who this is, so there is no actor."""
    name = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    account = None if "\0" in name else Gebruiker.objects.filter(username=name).first()
    subject = "wachtwoord" if account else "onbekend e-mailadres"
    log_account(Handeling.INLOGGEN_MISLUKT, account, onderwerp=subject, uitkomst=Uitkomst.MISLUKT)


def _second_factor_failed(user: AbstractBaseUser, authenticator: Authenticator, **kwargs: Any) -> None:
    log_account(
        Handeling.INLOGGEN_MISLUKT,
        user,
        onderwerp=f"tweede factor ({_FACTOR[authenticator.type]})",
        uitkomst=Uitkomst.MISLUKT,
    )


def _factor_added(user: AbstractBaseUser, authenticator: Authenticator, **kwargs: Any) -> None:
    log_own(Handeling.TWEEDE_FACTOR_TOEGEVOEGD, user, _FACTOR[authenticator.type])


def _factor_removed(user: AbstractBaseUser, authenticator: Authenticator, **kwargs: Any) -> None:
    log_own(Handeling.TWEEDE_FACTOR_VERWIJDERD, user, _FACTOR[authenticator.type])


def _codes_renewed(user: AbstractBaseUser, **kwargs: Any) -> None:
    log_own(Handeling.HERSTELCODES_VERNIEUWD, user)


def _password_changed(user: AbstractBaseUser, **kwargs: Any) -> None:
    log_own(Handeling.WACHTWOORD_GEWIJZIGD, user)
