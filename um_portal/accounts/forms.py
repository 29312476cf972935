"""The forms for logging in and for one's account: those of django-allauth, said in plain Dutch.

What a browser sends as a passkey is read with care: whatever it is, the answer is a sentence.
"""

import unicodedata
from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account import app_settings as account_settings
from allauth.account import forms as account
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from um_portal.accounts import tasks, throttling
from um_portal.accounts.models import Gebruiker

_WACHTWOORD_HULP = (
    "Minstens 12 tekens. Een korte zin van een paar woorden werkt goed; spaties mogen. Kies niet een wachtwoord dat u "
    "ergens anders gebruikt."
)
_CODE_HULP = "Het getal van 6 cijfers dat de app nu laat zien."


def _plain(form: forms.Form, **labels: tuple[str, str]) -> None:
    """Gives fields their label and help text; a placeholder is gone as soon as one types."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.help_text = ""
        if name in labels:
            field.label, field.help_text = labels[name]


class LoginForm(account.LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, login=("E-mailadres", ""), password=("Wachtwoord", ""))
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Goes on to the second factor; the address does not go into the session."""
        login: Login = self._login
        login.redirect_url, login.email = redirect_url, None
        response: HttpResponse = flows.login.perform_password_login(request, {}, login)
        return response


class ResetPasswordForm(account.ResetPasswordForm):
    """The address to mail a link to; the answer and its time tell nothing about who has an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, email=("E-mailadres", "Het adres waarmee u inlogt."))
        self.fields["email"].widget.attrs["autocomplete"] = "username"

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Leaves the mail to a worker, for somebody or for nobody alike."""
        tasks.send_reset.apply_async((self.users[0].pk if self.users else None,), retry=False)
        return str(self.cleaned_data["email"])


class LinkGebruikt(Exception):
    """The link was used by somebody else, between looking at it and setting the password."""


class ResetPasswordKeyForm(account.ResetPasswordKeyForm):
    """A new password, after a link from a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self,
            password1=("Nieuw wachtwoord", _WACHTWOORD_HULP),
            password2=("Nieuw wachtwoord, nog een keer", ""),
        )

    def save(self) -> None:
        """Sets the password, once for each link; raises LinkGebruikt."""
        generator = account_settings.PASSWORD_RESET_TOKEN_GENERATOR()
        with transaction.atomic():
            # Of two at once the second waits here, and finds another password than its link was made for.
            locked = Gebruiker.objects.select_for_update().filter(pk=self.user.pk).first()
            if locked is None or not generator.check_token(locked, self.temp_key):
                raise LinkGebruikt
            super().save()


class ChangePasswordForm(account.ChangePasswordForm):
    """A new password for somebody who is logged in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self,
            oldpassword=("Huidig wachtwoord", ""),
            password1=("Nieuw wachtwoord", _WACHTWOORD_HULP),
            password2=("Nieuw wachtwoord, nog een keer", ""),
        )


class NaamForm(forms.ModelForm):
    """The name by which colleagues know somebody."""

    class Meta:
        model = Gebruiker
        fields = ("first_name", "last_name")
        labels: ClassVar = {"first_name": "Voornaam", "last_name": "Achternaam"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, token in (("first_name", "given-name"), ("last_name", "family-name")):
            self.fields[name].required = False
            self.fields[name].widget.attrs["autocomplete"] = token

    def clean(self) -> dict[str, Any]:
        """Refuses what is no name: it stands in mails and on pages."""
        data = super().clean() or {}
        for name, value in list(data.items()):
            if not all(sign.isalpha() or unicodedata.combining(sign) or sign in " '’.-" for sign in value):
                self.add_error(
                    name, "Gebruik in een naam alleen letters, spaties, punten, apostrofs en streepjes."
                )
        return data

    def save(self, commit: bool = True) -> Gebruiker:
        """Writes the name and nothing else of the account."""
        gebruiker: Gebruiker = self.instance
        gebruiker.save(update_fields=["first_name", "last_name"])
        return gebruiker


class UitnodigingForm(account.SetPasswordForm):
    """The first password, after an invitation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, password1=("Wachtwoord", _WACHTWOORD_HULP), password2=("Wachtwoord, nog een keer", ""))


class ReauthenticateForm(account.ReauthenticateForm):
    """The password again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, password=("Wachtwoord", ""))


# --- Second factors ------------------------------------------------------------------------------------

_CODE = (
    "Code",
    "Het getal van 6 cijfers uit uw app. Hebt u de app niet bij de hand? Vul dan een herstelcode in.",
)


def _numeric(form: forms.Form) -> None:
    form.fields["code"].widget.attrs |= {
        "inputmode": "numeric",
        "class": "um-breedte-kort",
        "maxlength": "20",
    }


class _Counted(forms.Form):
    """Counts a code or passkey per browser, or per person and address."""

    user: Any

    def counted(self, check: Callable[[], Any]) -> Any:
        """Returns what the check returns; raises ValidationError when it was tried too often."""
        poging = throttling.attempt_code(context.request, self.user.username)
        if poging is None:
            raise get_account_adapter().validation_error("too_many_login_attempts")
        found = check()
        poging.succeeded()
        return found


class AuthenticateForm(_Counted, mfa.AuthenticateForm):
    """A code, after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, code=_CODE)
        _numeric(self)

    def clean_code(self) -> Any:
        """Returns the code when it is right."""
        return self.counted(super().clean_code)


class ReauthenticateCodeForm(_Counted, mfa.ReauthenticateForm):
    """A code, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, code=_CODE)
        _numeric(self)

    def clean_code(self) -> Any:
        """Returns the code when it is right."""
        return self.counted(super().clean_code)


class ActivateTOTPForm(totp.ActivateTOTPForm):
    """The first code from an app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, code=("Code uit de app", _CODE_HULP))
        _numeric(self)


_ONBEKENDE_PASSKEY = "De passkey is niet herkend. Probeer het opnieuw, of kies een andere manier."


class _CredentialField(forms.JSONField):
    """A field for what the browser says of a passkey: always an object; it is never sent back."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        """Returns the object; raises ValidationError."""
        try:
            found = super().to_python(value)
        except (RecursionError, ValueError):
            found = None
        if not isinstance(found, dict):
            raise ValidationError(_ONBEKENDE_PASSKEY)
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Returns nothing to fill in again."""
        return None


class _Passkey(forms.Form):
    """Answers anything that a browser may send with a sentence above the form."""

    def full_clean(self) -> None:
        """Checks the form; what the library cannot read is a passkey that it does not know."""
        try:
            super().full_clean()
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
            self.cleaned_data: dict[str, Any] = {}
            self.add_error(None, ValidationError(_ONBEKENDE_PASSKEY))
            return
        # The field is hidden: what is wrong with it belongs to the form.
        found = [
            error
            for field in ("credential", NON_FIELD_ERRORS)
            for error in self.errors.as_data().get(field, [])
        ]
        if not found:
            return
        for field in ("credential", NON_FIELD_ERRORS):
            self.errors.pop(field, None)
        too_often = next((error for error in found if error.code == "too_many_login_attempts"), None)
        self.add_error(None, too_often or ValidationError(_ONBEKENDE_PASSKEY))


class AddPasskeyForm(_Passkey, webauthn.AddWebAuthnForm):
    """A new passkey and its name."""

    credential = _CredentialField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, name=("Naam", "Een naam waaraan u de passkey herkent, zoals: laptop van het werk."))
        self.fields["name"].max_length = 60  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["maxlength"] = "60"

    def clean_name(self) -> str:
        """Returns the name, cut off at a length that fits the list."""
        return str(super().clean_name())[:60]


class AuthenticatePasskeyForm(_Passkey, _Counted, webauthn.AuthenticateWebAuthnForm):
    """A passkey, after the password."""

    credential = _CredentialField()

    def clean_credential(self) -> Any:
        """Returns the passkey when it is right."""
        return self.counted(super().clean_credential)


class ReauthenticatePasskeyForm(_Passkey, _Counted, webauthn.ReauthenticateWebAuthnForm):
    """A passkey, before something that matters."""

    credential = _CredentialField()

    def clean_credential(self) -> Any:
        """Returns the passkey when it is right."""
        return self.counted(super().clean_credential)


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, name=("Naam", ""))

    def clean_name(self) -> str:
        """Returns the name, cut off at a length that fits the list."""
        return str(self.cleaned_data["name"])[:60]


class RemovePasskeyForm(forms.Form):
    """Asks nothing, and refuses the last second factor."""

    def __init__(self, *args: Any, authenticator: Authenticator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authenticator = authenticator

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when nothing would be left to log in with."""
        if not get_mfa_adapter().can_delete_authenticator(self.authenticator):
            raise get_mfa_adapter().validation_error("cannot_delete_authenticator")
        return super().clean() or {}
