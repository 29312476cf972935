"""Holds the forms of uploading: one file, and a new levering."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from uploads.leveringen.upload_handler import max_bytes

_ACCEPT = ".xlsx,.xlsm,.xls,.xlsb,.ods,.csv,.txt,.tsv,.xml,.htm,.html,.json"


class BestandForm(forms.Form):
    """Asks for one file. A missing or broken-off file gets a message in our own words."""

    bestand = forms.FileField(label="Bestand", required=False, allow_empty_file=True, max_length=None)
    accept = ""
    uitleg = ""
    ontbreekt = "Kies een bestand."

    def __init__(self, *args: Any, afgebroken: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._afgebroken = afgebroken
        field = self.fields["bestand"]
        field.help_text = self.uitleg
        field.widget = forms.FileInput(attrs={"accept": self.accept, "data-max-bytes": str(max_bytes())})

    def clean_bestand(self) -> "UploadedFile[bytes]":
        """Refuses a missing file and a file that was broken off."""
        bestand: UploadedFile[bytes] | None = self.cleaned_data.get("bestand")
        if self._afgebroken:
            raise forms.ValidationError(self._afgebroken)
        if bestand is None:
            raise forms.ValidationError(self.ontbreekt)
        return bestand


class NieuweLeveringForm(BestandForm):
    """Asks for the file of a new levering. Its kind is recognised from its content."""

    accept = _ACCEPT
    uitleg = "Een Excel-bestand (xlsx, xls), ods, csv of JSON. De kolommen worden vanzelf herkend."
    ontbreekt = "Kies een bestand om te uploaden."
