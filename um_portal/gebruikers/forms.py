"""The forms of VNG support's pages about users."""

from typing import Any

from django import forms

from um_portal.accounts.models import Supportrol
from um_portal.tenants.models import Gemeente, Gemeentestatus

_FOUTEN = {
    "required": "Vul een e-mailadres in.",
    "invalid": "Dit is geen geldig e-mailadres. Controleer het en probeer het opnieuw.",
}


class ZoekForm(forms.Form):
    """The whole address of somebody."""

    email = forms.EmailField(
        label="E-mailadres",
        max_length=150,
        help_text="Het hele adres. Zoeken op een deel of een naam kan niet.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages=_FOUTEN,
    )


class BeheerderForm(forms.Form):
    """The first functioneel beheerder of a municipality."""

    gemeente = forms.ModelChoiceField(
        label="Gemeente",
        queryset=Gemeente.objects.none(),
        empty_label="Kies een gemeente",
        error_messages={
            "required": "Kies een gemeente.",
            "invalid_choice": "Kies een gemeente uit de lijst.",
        },
    )
    email = forms.EmailField(
        label="E-mailadres",
        max_length=150,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="Het werkadres, zoals het in het besluit van de gemeente staat.",
        error_messages=_FOUTEN,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gemeente"].queryset = Gemeente.objects.exclude(  # type: ignore[attr-defined]
            status=Gemeentestatus.VERTROKKEN
        )


class SupportForm(forms.Form):
    """A colleague of VNG support."""

    email = forms.EmailField(
        label="E-mailadres",
        max_length=150,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages=_FOUTEN,
    )
    rol = forms.ChoiceField(
        label="Rol",
        choices=Supportrol,
        widget=forms.RadioSelect,
        help_text="Beslissend: een tweede beslissende collega bevestigt dat.",
        error_messages={"required": "Kies een rol."},
    )
