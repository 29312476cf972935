"""The forms of uploading: the file itself, and the keys with which a system delivers by itself."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from exchange.standard import Soort
from um_portal.presentation.forms import DatumInput
from uploads.leveringen.intake import max_bytes, too_large_message
from uploads.aanleveren.sleutels import OngeldigNetwerk, parse_networks

_ACCEPT = ".xlsx,.xlsm,.xls,.xlsb,.ods,.csv,.txt,.tsv,.xml,.htm,.html,.json"


class BestandForm(forms.Form):
    """A form with one file in it. Whether it is there and not broken off is told in our own words."""

    bestand = forms.FileField(label="Bestand", required=False, allow_empty_file=True, max_length=None)
    accept = ""
    uitleg = ""
    ontbreekt = "Kies een bestand."

    def __init__(self, *args: Any, te_groot: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._te_groot = te_groot
        field = self.fields["bestand"]
        field.help_text = self.uitleg
        field.widget = forms.FileInput(attrs={"accept": self.accept, "data-max-bytes": str(max_bytes())})

    def clean_bestand(self) -> "UploadedFile[bytes]":
        """There is a file, and it was not broken off."""
        bestand: UploadedFile[bytes] | None = self.cleaned_data.get("bestand")
        if self._te_groot:
            raise forms.ValidationError(too_large_message())
        if bestand is None:
            raise forms.ValidationError(self.ontbreekt)
        return bestand


class NieuweLeveringForm(BestandForm):
    """One file. What it is gets recognised from its content."""

    accept = _ACCEPT
    uitleg = "Een Excel-bestand (xlsx, xls), ods, csv of JSON. De kolommen worden vanzelf herkend."
    ontbreekt = "Kies een bestand om te uploaden."


_LAATSTE_JAAR = 2100


class SleutelForm(forms.Form):
    """What a new aanleversleutel may do, from where and until when."""

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
    tot_en_met = forms.DateField(
        label="Geldig tot en met",
        required=False,
        widget=DatumInput(),
        help_text="Laat u dit leeg, dan werkt de sleutel tot u hem intrekt.",
        error_messages={"invalid": "Dit is geen datum. Schrijf de dag als 31-12-2027."},
    )

    def clean_netwerken(self) -> list[str]:
        """As CIDR."""
        try:
            return parse_networks(self.cleaned_data["netwerken"])
        except OngeldigNetwerk as problem:
            raise forms.ValidationError(problem.meldingen) from None

    def clean_tot_en_met(self) -> date | None:
        """Today or later."""
        day: date | None = self.cleaned_data["tot_en_met"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError("Deze dag is voorbij. Kies vandaag of later.")
        if day is not None and day.year >= _LAATSTE_JAAR:
            raise forms.ValidationError(f"Kies een dag voor het jaar {_LAATSTE_JAAR}, of laat het veld leeg.")
        return day

    @property
    def verloopt_op(self) -> datetime | None:
        """The end of the last day, in the portal's time zone."""
        day: date | None = self.cleaned_data["tot_en_met"]
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
