"""Asks for what a new aanleversleutel may do."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.utils import timezone

from exchange.standard import Soort
from um_portal.presentation.forms import DatumVeld
from uploads.aanleveren.sleutels import OngeldigNetwerk, parse_networks

_LAATSTE_JAAR = 2100


class SleutelForm(forms.Form):
    """Asks what a new aanleversleutel may do, from which networks and until which day."""

    naam = forms.CharField(
        label="Naam",
        max_length=60,
        help_text="Zo herkent u de sleutel later. Noem bijvoorbeeld het systeem dat ermee aanlevert.",
        error_messages={"required": "Geef de sleutel een naam."},
    )
    soort = forms.ChoiceField(
        label="Wat mag ermee worden aangeleverd?",
        choices=[(soort.value, soort.label.capitalize()) for soort in Soort],
        widget=forms.RadioSelect,
        help_text="Een sleutel werkt voor één soort. Maak er meer als een systeem meer soorten aanlevert.",
        error_messages={"required": "Kies wat er met deze sleutel mag worden aangeleverd."},
    )
    netwerken = forms.CharField(
        label="Alleen vanaf deze IP-adressen",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Een adres of netwerk per regel, zoals 192.0.2.10, 192.0.2.0/24 of 2001:db8::/32. Laat u dit leeg, "
        "dan werkt de sleutel overal.",
    )
    tot_en_met = DatumVeld(
        label="Geldig tot en met",
        required=False,
        help_text="Laat u dit leeg, dan werkt de sleutel tot u hem intrekt.",
    )

    def clean_netwerken(self) -> list[str]:
        """Gives the networks as CIDR."""
        try:
            return parse_networks(self.cleaned_data["netwerken"])
        except OngeldigNetwerk as problem:
            raise forms.ValidationError(problem.meldingen) from None

    def clean_tot_en_met(self) -> date | None:
        """Refuses a day that has passed."""
        day: date | None = self.cleaned_data["tot_en_met"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError("Deze dag is voorbij. Kies vandaag of later.")
        if day is not None and day.year >= _LAATSTE_JAAR:
            raise forms.ValidationError(f"Kies een dag voor het jaar {_LAATSTE_JAAR}, of laat het veld leeg.")
        return day

    @property
    def verloopt_op(self) -> datetime | None:
        """Gives the end of the last day, in the portal's time zone."""
        day: date | None = self.cleaned_data["tot_en_met"]
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
