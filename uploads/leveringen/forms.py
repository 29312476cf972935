"""Holds the forms of uploading: one file, and a new levering of one or two files."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from uploads.leveringen.upload_handler import max_bytes

_ACCEPT = ".xlsx,.xlsm,.xls,.xlsb,.ods,.csv,.txt,.tsv,.xml,.htm,.html,.json,.zip"
_TWEEDE_ACCEPT = ".xlsx,.xlsm,.xls,.xlsb,.ods,.csv,.txt,.tsv,.xml,.htm,.html"


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
    """Asks for the file of a new levering, and for a second one that belongs to it, if there is one.

    The kind is recognised from the content.
    """

    tweede = forms.FileField(
        label="Tweede bestand",
        required=False,
        allow_empty_file=True,
        max_length=None,
        help_text="Staan de mensen of vacatures in het ene bestand, en hun contactgegevens of opleidingen in een "
        "ander? Kies dan hier dat andere bestand. In allebei moet een kolom met hetzelfde nummer staan.",
        widget=forms.FileInput(attrs={"accept": _TWEEDE_ACCEPT}),
    )

    accept = _ACCEPT
    uitleg = "Een Excel-bestand (xlsx, xls), ods, csv of JSON. De kolommen worden vanzelf herkend."
    ontbreekt = "Kies een bestand om te uploaden."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tweede"].widget.attrs["data-max-bytes"] = str(max_bytes())

    @property
    def tweede_open(self) -> bool:
        """Tells whether to show the field for the second file at once: it was used, or has an error."""
        return "tweede" in self.files or bool(self["tweede"].errors)

    def bestanden(self) -> list[tuple[str, bytes]]:
        """Gives the name and the content of the file or files; call it once, on a valid form."""
        chosen = (self.cleaned_data["bestand"], self.cleaned_data.get("tweede"))
        return [(one.name or "", one.read()) for one in chosen if one is not None]
