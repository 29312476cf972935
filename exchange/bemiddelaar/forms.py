"""The search form; its choices and labels are those of the standard."""

import difflib
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from exchange.geo.distances import pc4_of, resolve
from exchange.standard import POSTCODE_PATROON, Soort, veld_op
from exchange.standard.waardelijsten import (
    JA_NEE,
    SOORT_RIJBEWIJS,
    TAALBEHEERSING,
    TYPE_ARBEIDSCONTRACT,
    WERK_EN_DENKNIVEAU_MINIMAAL,
)
from exchange.vum3.compose import Criteria
from exchange.vum3.parse import MAX_AFSTAND
from exchange.waardelijsten.models import BEROEPEN, Code
from exchange.waardelijsten.talen import VEELGEVRAAGD
from um_portal.presentation.forms import DatumInput

_POSTCODE = re.compile(POSTCODE_PATROON)
_GEEN = ("", "Maakt niet uit")
AANTAL_BEROEPEN = {Soort.WERKZOEKENDEN: 3, Soort.VACATURES: 1}


def _levels() -> list[tuple[Any, str]]:
    """The levels of proficiency that may be asked as a minimum (the contract: 2, 3 and 4)."""
    return [_GEEN, *((code, f"Minimaal {str(TAALBEHEERSING.waarden[code]).lower()}") for code in (2, 3, 4))]


def _yes_no() -> list[tuple[Any, str]]:
    return [_GEEN, *JA_NEE.waarden.items()]


class OccupationField(forms.CharField):
    """An occupation by its name; gives its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=300,
            widget=forms.TextInput(
                attrs={
                    "list": "beroepen",
                    "autocomplete": "off",
                    "data-suggesties": reverse_lazy("bemiddelaar:beroepen"),
                }
            ),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """The code of the occupation with this name. Raises ValidationError with names that look like it."""
        text = " ".join(super().clean(value).split())
        if not text:
            return ""
        offered = Code.objects.filter(lijst=BEROEPEN).geldig()
        code = offered.filter(label__iexact=text).values_list("code", flat=True).first()
        if code is not None:
            return str(code)
        names = list(offered.values_list("label", flat=True))
        lower = {name.lower(): name for name in names}
        near = [lower[name] for name in difflib.get_close_matches(text.lower(), lower, n=3, cutoff=0.6)]
        hint = (
            f" Bedoelt u: {', '.join(near)}?" if near else " Begin te typen en kies een beroep uit de lijst."
        )
        raise ValidationError(f"Dit beroep staat niet in de beroepenlijst.{hint}")


class ZoekForm(forms.Form):
    """What a jobcoach may ask, for jobseekers or for vacancies."""

    postcode = forms.CharField(
        label="Postcode",
        max_length=7,
        help_text="Vier cijfers en twee letters, bijvoorbeeld 1234 AB.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "um-breedte-kort"}),
    )
    afstand = forms.IntegerField(
        label="Afstand in kilometers",
        min_value=0,
        max_value=MAX_AFSTAND,
        initial=25,
        help_text="Hemelsbreed.",
    )
    uren_vanaf = forms.IntegerField(
        label="Minimaal aantal uren per week", min_value=1, max_value=99, required=False
    )
    uren_tot = forms.IntegerField(
        label="Maximaal aantal uren per week", min_value=1, max_value=99, required=False
    )
    rijbewijzen = forms.MultipleChoiceField(
        label="Rijbewijs",
        required=False,
        choices=[(code, code) for code in SOORT_RIJBEWIJS.waarden],
        widget=forms.CheckboxSelectMultiple(),
        help_text="Kiest u er meer, dan moet iemand ze allemaal hebben.",
    )
    taal = forms.ChoiceField(label="Taal", required=False, choices=[_GEEN, *VEELGEVRAAGD.items()])
    taal_mondeling = forms.TypedChoiceField(
        label="Spreken", required=False, choices=_levels, coerce=int, empty_value=None
    )
    taal_schriftelijk = forms.TypedChoiceField(
        label="Schrijven", required=False, choices=_levels, coerce=int, empty_value=None
    )
    onregelmatig = forms.TypedChoiceField(required=False, choices=_yes_no, coerce=int, empty_value=None)
    naam = forms.CharField(
        label="Naam van deze zoekvraag",
        required=False,
        max_length=80,
        help_text="Om hem terug te vinden, bijvoorbeeld 'Magazijn Alphen'. Zet er geen persoonsgegevens in.",
    )

    def __init__(self, *args: Any, soort: Soort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.soort = soort
        pad = "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst"
        self.fields["onregelmatig"].label = veld_op(soort, pad).label.removeprefix("Indicatie ").capitalize()
        self.beroepsvelden = [f"beroep_{n}" for n in range(1, AANTAL_BEROEPEN[soort] + 1)]
        for number, name in enumerate(self.beroepsvelden, start=1):
            self.fields[name] = OccupationField(label="Beroep" if number == 1 else "Of dit beroep")
        if soort is Soort.WERKZOEKENDEN:
            self._for_jobseekers()
        else:
            self._for_vacancies()

    def _for_jobseekers(self) -> None:
        self.fields["kantoortijden"] = forms.TypedChoiceField(
            label="Kantoortijden", required=False, choices=_yes_no, coerce=int, empty_value=None
        )
        self.fields["contractvormen"] = forms.MultipleChoiceField(
            label="Contract",
            required=False,
            choices=list(TYPE_ARBEIDSCONTRACT.waarden.items()),
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["datum"] = forms.DateField(
            label="Beschikbaar op",
            required=False,
            widget=DatumInput,
            help_text="Wie op deze dag al aan het werk kan.",
        )

    def _for_vacancies(self) -> None:
        levels = [
            (code, label)
            for code, label in WERK_EN_DENKNIVEAU_MINIMAAL.waarden.items()
            if "1" <= str(code) <= "6"
        ]
        self.fields["denkniveau_minimaal"] = forms.ChoiceField(
            label="Werk- en denkniveau vanaf", required=False, choices=[_GEEN, *levels]
        )
        self.fields["datum"] = forms.DateField(
            label="Begint op of na",
            required=False,
            widget=DatumInput,
            help_text="De eerste werkdag van de vacature.",
        )

    def clean_postcode(self) -> str:
        """The postcode as the standard writes it, and known on the map."""
        text = "".join(self.cleaned_data["postcode"].split()).upper()
        if not _POSTCODE.fullmatch(text):
            raise ValidationError(
                "Vul een postcode in van vier cijfers en twee letters, bijvoorbeeld 1234 AB."
            )
        pc4 = pc4_of(text)
        if pc4 is None or resolve(pc4) is None:
            raise ValidationError("Deze postcode bestaat niet in Nederland. Controleer de vier cijfers.")
        return text

    def clean(self) -> dict[str, Any]:
        """Things that only go wrong together."""
        data = super().clean() or {}
        low, high = data.get("uren_vanaf"), data.get("uren_tot")
        if low and high and low > high:
            self.add_error("uren_tot", "Het maximum is lager dan het minimum. Draai de getallen om.")
        if not data.get("taal") and (data.get("taal_mondeling") or data.get("taal_schriftelijk")):
            self.add_error("taal", "Kies bij dit niveau ook een taal.")
        return data

    @property
    def criteria(self) -> Criteria:
        """What was filled in, for `compose`; only after `is_valid`."""
        data = dict(self.cleaned_data)
        data.pop("naam")
        occupations = [data.pop(name) for name in self.beroepsvelden]
        return Criteria(beroepen=list(dict.fromkeys(filter(None, occupations))), **data)
