"""The form of a recovery."""

from django import forms


class WachtwoordForm(forms.Form):
    """The password: the link alone is not enough."""

    password = forms.CharField(
        label="Wachtwoord",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Vul uw wachtwoord in."},
    )
