"""Holds the forms of the pages about a municipality's own words."""

from typing import Any

from django import forms
from django.urls import reverse

from uploads.leveringen.forms import BestandForm
from uploads.waarden.lists import Codes, Keuzelijst, OngeldigeCode, own_choices, suggesters
from uploads.waarden.suggest import HOOG
from uploads.waarden.words import LANGSTE_LEGE_WOORD, MAX_LEGE_WOORDEN, OngeldigeWaarde, empty_words

WEGLATEN = "-"


class CodeForm(forms.Form):
    """Asks which code a word means: as a choice when the list is short, else by its name or code."""

    def __init__(self, *args: Any, lijst: Keuzelijst, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lijst = lijst
        if lijst.is_klein:
            choices = [(keuze.code, f"{keuze.label} ({keuze.code})") for keuze in own_choices(lijst.naam)]
            self.fields["code"] = forms.ChoiceField(
                label="Betekenis",
                choices=[*choices, (WEGLATEN, "Bewust weglaten")],
                initial=code or WEGLATEN,
                error_messages={
                    "required": "Kies een waarde.",
                    "invalid_choice": "Deze code staat niet in de lijst. Kies een code uit de lijst.",
                },
            )
            return
        self.fields["code"] = forms.CharField(
            label="Naam of code",
            required=False,
            max_length=300,
            initial=Codes([(lijst.naam, code)]).label(lijst.naam, code) if code else "",
            help_text="Begin te typen en kies uit de lijst. De code zelf invullen mag ook.",
            widget=forms.TextInput(
                attrs={
                    "autocomplete": "off",
                    "list": "codes",
                    "data-suggesties": reverse("uploads:waarden_codes", args=[lijst.naam]),
                }
            ),
        )
        self.fields["weglaten"] = forms.BooleanField(
            label="Deze waarde bewust weglaten", required=False, initial=not code
        )

    def clean(self) -> dict[str, Any]:
        """Turns `code` into the code as it is kept; empty when the word is left out."""
        data = super().clean() or {}
        if "code" not in data:
            return data
        text = " ".join(str(data["code"]).replace("\x00", "").split())
        if data.get("weglaten") or text == WEGLATEN:
            return {**data, "code": ""}
        if not text:
            self.add_error("code", f"Kies een waarde uit de lijst {self.lijst.titel}, of laat de waarde weg.")
            return data
        try:
            return {**data, "code": self._code(text)}
        except OngeldigeCode as problem:
            self.add_error("code", problem.melding)
        return data

    def _code(self, text: str) -> str:
        voorsteller = suggesters([self.lijst.naam])[self.lijst.naam]
        named = voorsteller.code_van(text)
        if named is not None:
            return named
        try:
            return Codes([(self.lijst.naam, text)]).chosen(self.lijst.naam, text)
        except OngeldigeCode as problem:
            near = [one for one in voorsteller.voorstellen(text, 3) if one.zekerheid < HOOG + 10]
            hint = f" Bedoelt u: {', '.join(one.label for one in near)}?" if near else ""
            raise OngeldigeCode(f"{problem.melding}{hint}") from None


class WaardenbestandForm(BestandForm):
    """Asks for a file with mappings."""

    accept = ".csv,.txt,.xlsx,.xls,.ods"
    uitleg = "Een csv- of Excel-bestand met de kolommen Lijst, Waarde en Code."


class LegeWaardenForm(forms.Form):
    """Asks for the words that count as empty, one per line."""

    woorden = forms.CharField(
        label="Woorden die leeg betekenen",
        required=False,
        max_length=MAX_LEGE_WOORDEN * (LANGSTE_LEGE_WOORD + 2),
        help_text="Eén per regel. Hoofdletters maken niet uit.",
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
    )

    def clean_woorden(self) -> tuple[str, ...]:
        """Gives the words in the form in which they are compared."""
        try:
            return empty_words(self.cleaned_data["woorden"])
        except OngeldigeWaarde as problem:
            raise forms.ValidationError(problem.melding) from None
