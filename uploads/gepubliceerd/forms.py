"""Holds the forms on the pages of the published set: to look for records, and to withdraw them."""

from typing import Any, Final, cast

from django import forms

from exchange.bron.sets import Verschil
from exchange.standard import Soort
from exchange.standard.waardelijsten import SOORT_RIJBEWIJS, WERK_EN_DENKNIVEAU_MINIMAAL
from um_portal.presentation.forms import DatumVeld
from um_portal.presentation.templatetags.um import getal
from uploads.gepubliceerd.find import MAX_NUMMERS, numbers
from uploads.models import RedenVerlies, Wijze


class _Filter(forms.Form):
    """Asks for what to look for.

    A field that is not understood gets a message and does not narrow the search.
    """

    @property
    def asked(self) -> dict[str, Any]:
        """Gives the fields that were filled in and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in {None, ""}}


def _postcode() -> forms.RegexField:
    return forms.RegexField(
        r"^[1-9][0-9]{0,3}$",
        label="Postcodegebied",
        required=False,
        max_length=4,
        widget=forms.TextInput(attrs={"class": "um-breedte-kort", "inputmode": "numeric"}),
        help_text="De eerste cijfers, zoals 35 of 3511.",
        error_messages={
            "invalid": "Vul een tot vier cijfers van de postcode in, zonder letters.",
            "max_length": "Vul hoogstens vier cijfers in, zonder letters.",
        },
    )


def _hours() -> forms.IntegerField:
    return forms.IntegerField(
        label="Minstens dit aantal uren",
        required=False,
        min_value=0,
        max_value=99,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), "Vul een heel getal in van 0 tot en met 99."
        ),
    )


def _occupation(label: str = "Beroep") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Een woord uit de naam, of de code.",
    )


class _WerkzoekendenFilter(_Filter):
    beroep = _occupation()
    postcode = _postcode()
    uren = _hours()
    rijbewijs = forms.ChoiceField(
        label="Rijbewijs",
        required=False,
        choices=[("", "Maakt niet uit"), *((code, code) for code in SOORT_RIJBEWIJS.waarden)],
    )


class _VacaturesFilter(_Filter):
    beroep = _occupation()
    postcode = _postcode()
    uren = _hours()
    niveau = forms.ChoiceField(
        label="Werk- en denkniveau",
        required=False,
        choices=[("", "Maakt niet uit"), *WERK_EN_DENKNIVEAU_MINIMAAL.waarden.items()],
    )
    sluit = DatumVeld(
        label="Sluit uiterlijk op",
        required=False,
    )


class _ContactmomentenFilter(_Filter):
    kvk = forms.RegexField(
        r"^[0-9]{8}$",
        label="KvK-nummer",
        required=False,
        widget=forms.TextInput(attrs={"class": "um-breedte-kort", "inputmode": "numeric"}),
        error_messages={"invalid": "Een KvK-nummer heeft acht cijfers."},
    )
    vanaf = DatumVeld(label="Vanaf", required=False)
    tot = DatumVeld(label="Tot en met", required=False)


FILTERS: Final[dict[Soort, type[_Filter]]] = {
    Soort.WERKZOEKENDEN: _WerkzoekendenFilter,
    Soort.VACATURES: _VacaturesFilter,
    Soort.WERKGEVERSCONTACTMOMENTEN: _ContactmomentenFilter,
}


class NummerForm(forms.Form):
    """Asks for one number to find a record by."""

    nummer = forms.CharField(
        label="Nummer",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Het nummer in uw eigen systeem, het BSN, of het kenmerk uit de eerste kolom.",
        error_messages={"required": "Vul het nummer in waarop u wilt zoeken."},
    )


class NummersForm(forms.Form):
    """Asks for the numbers to withdraw, one per line."""

    nummers = forms.CharField(
        label="Nummers",
        max_length=MAX_NUMMERS * 200,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        help_text="Eén nummer per regel: het nummer in uw eigen systeem, het BSN, of het kenmerk uit de tabel. De "
        "nummers worden niet bewaard.",
        error_messages={
            "required": "Vul minstens één nummer in.",
            "max_length": f"Dit is te lang. Vul hoogstens {MAX_NUMMERS} nummers in.",
        },
    )

    def clean_nummers(self) -> list[str]:
        """Gives each number once."""
        found = numbers(self.cleaned_data["nummers"])
        if not found:
            raise forms.ValidationError("Vul minstens één nummer in.")
        if len(found) > MAX_NUMMERS:
            raise forms.ValidationError(
                f"Dit zijn {len(found)} nummers. Trek er hoogstens {MAX_NUMMERS} tegelijk in."
            )
        return found


class AllesForm(forms.Form):
    """Asks for a confirmation that everything is meant."""

    zeker = forms.BooleanField(
        label="Ja, ik wil alles van deze soort intrekken",
        error_messages={"required": "Zet een vinkje als u dit zeker weet. Er is nog niets ingetrokken."},
    )


class WijzeForm(forms.Form):
    """Asks how a publication treats the records that are already there; each way states its result.

    Without a choice the levering is published in the way in which it was delivered. With `must_choose` nothing
    is chosen beforehand, and somebody has to choose.
    """

    wijze = forms.ChoiceField(
        label="Wat moet er gebeuren met wat er nu staat?",
        required=False,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Kies wat er moet gebeuren met wat er nu staat."
        ),
    )

    def __init__(self, verschil: Verschil, *args: Any, must_choose: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast(forms.ChoiceField, self.fields["wijze"])
        if must_choose:
            field.required = True
            self.initial.pop("wijze", None)
        field.choices = [
            (
                Wijze.VOLLEDIG,
                f"{Wijze.VOLLEDIG.label}. Er {gone(verschil.weg)}; daarna {standing(verschil.totaal)}.",
            ),
            (
                Wijze.AANVULLEND,
                f"{Wijze.AANVULLEND.label}. Er {gone(0)}; daarna {standing(verschil.totaal + verschil.weg)}.",
            ),
        ]
        if not verschil.eerst:
            field.widget = forms.HiddenInput()


def gone(number: int) -> str:
    """Says how many records disappear, in Dutch words that follow "er"."""
    if not number:
        return "verdwijnt niets"
    return f"{'verdwijnt' if number == 1 else 'verdwijnen'} {getal(number)}"


def standing(number: int) -> str:
    """Says how many records are there afterwards, in Dutch words."""
    return f"{'staat' if number == 1 else 'staan'} er {getal(number)}"


class RedenForm(forms.Form):
    """Asks for the reason why so many records may disappear."""

    reden = forms.ChoiceField(
        label="Waarom verdwijnen er zoveel?",
        choices=RedenVerlies.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"),
            "Kies waarom er zoveel verdwijnen. Weet u het niet, publiceer dan niet.",
        ),
    )
