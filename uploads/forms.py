"""The form with which a file comes in."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from uploads.intake import max_bytes, too_large_message

_ACCEPT = ".xlsx,.xls,.xlsb,.ods,.csv,.txt,.tsv,.json"


class NieuweLeveringForm(forms.Form):
    """One file. What it is gets recognised from its content."""

    bestand = forms.FileField(
        label="Bestand",
        # Whether it is there and what is in it is told in our own words.
        required=False,
        allow_empty_file=True,
        max_length=None,
        help_text="Een Excel-bestand (xlsx, xls), ods, csv of JSON. De kolommen worden vanzelf herkend.",
        widget=forms.FileInput(attrs={"accept": _ACCEPT}),
    )

    def __init__(self, *args: Any, te_groot: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._te_groot = te_groot
        self.fields["bestand"].widget.attrs["data-max-bytes"] = str(max_bytes())

    def clean_bestand(self) -> "UploadedFile[bytes]":
        """There is a file, and it was not broken off."""
        bestand: UploadedFile[bytes] | None = self.cleaned_data.get("bestand")
        if self._te_groot:
            raise forms.ValidationError(too_large_message())
        if bestand is None:
            raise forms.ValidationError("Kies een bestand om te uploaden.")
        return bestand
