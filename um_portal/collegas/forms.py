"""The forms of the colleagues' pages."""

from typing import Any

from django import forms

from um_portal.collegas.toetsen import BEHOUDEN, VERWIJDEREN
from um_portal.tenants.models import Lidmaatschap, Rol


class UitnodigenForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label="E-mailadres",
        max_length=150,
        help_text="Het werkadres van uw collega. Daarmee logt uw collega in.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Vul het e-mailadres van uw collega in.",
            "invalid": "Dit is geen geldig e-mailadres. Controleer het en probeer het opnieuw.",
        },
    )
    rol = forms.ChoiceField(
        label="Rol",
        choices=Rol,
        widget=forms.RadioSelect,
        help_text="Een functioneel beheerder mag alles en beheert ook de collega's. Dat bevestigt een tweede persoon.",
        error_messages={"required": "Kies wat uw collega gaat doen."},
    )


class RolForm(forms.Form):
    """Another role for a colleague."""

    rol = forms.ChoiceField(
        label="Deze collega werkt als",
        choices=Rol,
        widget=forms.RadioSelect,
        help_text="Een functioneel beheerder erbij bevestigt een tweede persoon.",
        error_messages={"required": "Kies een rol."},
    )


class ToetsForm(forms.Form):
    """A decision about everybody: keep, another role, or remove; nothing is chosen beforehand."""

    def __init__(self, *args: Any, leden: list[Lidmaatschap], zelf: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for lid in leden:
            choices = [("", "Kies"), (BEHOUDEN, f"Blijft {lid.get_rol_display().lower()}")]
            if lid.gebruiker_id != zelf:
                choices += [(rol.value, f"Wordt {rol.label.lower()}") for rol in Rol if rol != lid.rol]
                choices.append((VERWIJDEREN, "Verwijderen"))
            self.fields[f"lid_{lid.pk}"] = forms.ChoiceField(
                label=f"Besluit over {lid.gebruiker}",
                choices=choices,
                error_messages={"required": f"Kies wat er met {lid.gebruiker} gebeurt."},
            )

    @property
    def besluiten(self) -> dict[int, str]:
        """Gives the decision per membership, when the form is valid."""
        return {int(name.removeprefix("lid_")): value for name, value in self.cleaned_data.items()}
