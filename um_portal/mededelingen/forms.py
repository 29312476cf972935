"""Asks for an announcement."""

from typing import Any

from django import forms
from django.utils import timezone

from um_portal.mededelingen.models import Niveau
from um_portal.mededelingen.plaatsen import MEESTE_DAGEN, latest_end
from um_portal.presentation.forms import DatumVeld


class MededelingForm(forms.Form):
    """Asks for the text of an announcement, how important it is, and the days on which it is shown."""

    titel = forms.CharField(
        label="Titel", max_length=80, error_messages={"required": "Vul in waar het over gaat."}
    )
    tekst = forms.CharField(
        label="Tekst",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Gewone tekst, hoogstens 600 tekens. Schrijf hier geen namen of nummers van personen.",
        error_messages={"required": "Vul in wat iedereen moet weten."},
    )
    niveau = forms.ChoiceField(
        label="Hoe belangrijk is het?",
        choices=Niveau.choices,
        widget=forms.RadioSelect,
        initial=Niveau.INFO,
        error_messages={"required": "Kies hoe belangrijk het is."},
    )
    van = DatumVeld(
        label="Te zien vanaf",
        error_messages={"required": "Vul in vanaf welke dag."},
    )
    tot_en_met = DatumVeld(
        label="Te zien tot en met",
        help_text=f"Hoogstens {MEESTE_DAGEN} dagen na de eerste dag.",
        error_messages={"required": "Vul in tot en met welke dag."},
    )

    def clean(self) -> dict[str, Any]:
        """Refuses days in the past or in the wrong order, and too many of them."""
        found = super().clean() or {}
        van, tot_en_met = found.get("van"), found.get("tot_en_met")
        if tot_en_met and tot_en_met < timezone.localdate():
            self.add_error("tot_en_met", "Deze dag is voorbij. Kies vandaag of een latere dag.")
        elif van and tot_en_met and tot_en_met < van:
            self.add_error("tot_en_met", "De laatste dag ligt voor de eerste. Kies een latere dag.")
        elif van and tot_en_met and tot_en_met > latest_end(van):
            self.add_error(
                "tot_en_met", f"Dat is te lang. Kies hoogstens {MEESTE_DAGEN} dagen na de eerste dag."
            )
        return found
