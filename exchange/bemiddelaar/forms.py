"""Builds the search form from the table of what can be asked.

The table gives the fields and their places, the standard gives the choices.
"""

import difflib
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.urls import reverse_lazy

from exchange.geo.distances import pc4_of, resolve
from exchange.interfaces import current
from exchange.standard import POSTCODE_PATROON, Gegevenstype, Soort, veld_op
from exchange.standard import waardelijsten as standaard
from exchange.standard.boom import lower_first
from exchange.vum3.compose import Criteria
from exchange.vum3.parse import MAX_AFSTAND
from exchange.vum3.zoekvelden import Conditie, Groep, Invoer, Vorm, Zoekveld
from exchange.waardelijsten.models import BEROEPEN, Code
from exchange.waardelijsten.talen import VEELGEVRAAGD
from um_portal.presentation.forms import DatumInput

_POSTCODE = re.compile(POSTCODE_PATROON)
_GEEN = ("", "Maakt niet uit")


class OccupationField(forms.CharField):
    """Asks for an occupation by its name; gives its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
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
        """Gives the code of the occupation with this name.

        Raises ValidationError with names that look like it.
        """
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


class _Vraag(NamedTuple):
    """One condition of the table that the form offers, with the fields that fill it in."""

    zoekveld: Zoekveld
    conditie: Conditie
    invoer: Invoer
    velden: tuple[str, ...]


def _questions(soort: Soort) -> Iterator[_Vraag]:
    """Gives the conditions that the form offers for this kind, in the order of the form."""
    offered = [
        (zoekveld, conditie, conditie.invoer)
        for zoekveld in current().zoekvelden[soort]
        for conditie in zoekveld.condities
        if conditie.invoer is not None
    ]
    groups = list(Groep)
    for zoekveld, conditie, invoer in sorted(
        offered, key=lambda one: (groups.index(one[2].groep), one[2].rij)
    ):
        names = [f"{invoer.naam}_{number}" for number in range(1, invoer.aantal + 1)] or [invoer.naam]
        yield _Vraag(zoekveld, conditie, invoer, tuple(names))


def _field(soort: Soort, vraag: _Vraag, number: int) -> forms.Field:
    """Gives the field for a condition; its type follows from the attribute that it asks for."""
    conditie, invoer = vraag.conditie, vraag.invoer
    attribuut = veld_op(soort, conditie.pad).attribuut
    label = invoer.label or attribuut.label.removeprefix("Indicatie ").capitalize()
    known: dict[str, Any] = {
        "label": label if number == 0 else f"Of dit {lower_first(label)}",
        "required": False,
        "help_text": invoer.hulp,
    }
    limits = conditie.narrowed(conditie.operatoren[0])
    if attribuut.waardelijst is standaard.BEROEPEN:
        return OccupationField(**known)
    if attribuut.waardelijst is standaard.TALEN:
        return forms.ChoiceField(choices=[_GEEN, *VEELGEVRAAGD.items()], **known)
    if attribuut.type is Gegevenstype.DATUM:
        return forms.DateField(widget=DatumInput, **known)
    if attribuut.type is Gegevenstype.GETAL:
        return forms.IntegerField(
            min_value=limits.get("minimum", attribuut.minimum),
            max_value=limits.get("maximum", attribuut.maximum),
            **known,
        )
    if attribuut.waardelijst is None or attribuut.waardelijst.extern:
        return forms.CharField(max_length=limits.get("maxLength", attribuut.lengte), **known)
    codes = attribuut.waardelijst.waarden
    choices = [(code, _option(invoer, code, codes[code])) for code in limits.get("enum", codes)]
    if vraag.zoekveld.vorm in (Vorm.EEN_VAN, Vorm.ALLE):
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **known)
    if attribuut.waardelijst.numeriek:
        return forms.TypedChoiceField(choices=[_GEEN, *choices], coerce=int, empty_value=None, **known)
    return forms.ChoiceField(choices=[_GEEN, *choices], **known)


def _option(invoer: Invoer, code: int | str, label: str) -> str:
    if invoer.als_code:
        return str(code)
    return f"{invoer.voorvoegsel} {label.lower()}" if invoer.voorvoegsel else label


class ZoekForm(forms.Form):
    """Asks for the criteria of a search, for jobseekers or for vacancies."""

    postcode = forms.CharField(
        label="Postcode",
        max_length=7,
        help_text="Vier cijfers en twee letters, bijvoorbeeld 1234 AB.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "um-breedte-kort"}),
        error_messages={"required": "Vul een postcode in, bijvoorbeeld 1234 AB."},
    )
    afstand = forms.IntegerField(
        label="Afstand in kilometers",
        min_value=0,
        max_value=MAX_AFSTAND,
        initial=25,
        help_text="Hemelsbreed.",
        error_messages={"required": f"Vul een afstand in van 0 tot en met {MAX_AFSTAND} kilometer."},
    )
    naam = forms.CharField(
        label="Naam van deze zoekvraag",
        required=False,
        max_length=80,
        help_text="Om hem terug te vinden, bijvoorbeeld 'Magazijn Alphen'. Zet er geen persoonsgegevens in.",
    )

    def __init__(self, *args: Any, soort: Soort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.vragen = tuple(_questions(soort))
        for vraag in self.vragen:
            for number, name in enumerate(vraag.velden):
                self.fields[name] = _field(soort, vraag, number)
        self.order_fields(["postcode", "afstand", *(name for vraag in self.vragen for name in vraag.velden)])

    def groepen(self) -> list[tuple[str, list[list[BoundField]]]]:
        """Gives the fields besides the area: per group its heading and its rows of fields."""
        return [
            (
                groep.value,
                [
                    [self[name] for vraag in row for name in vraag.velden]
                    for _, row in groupby(questions, key=lambda vraag: vraag.invoer.rij)
                ],
            )
            for groep, questions in groupby(self.vragen, key=lambda vraag: vraag.invoer.groep)
        ]

    def clean_postcode(self) -> str:
        """Gives the postcode as the standard writes it; refuses one that is not on the map."""
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
        """Checks the fields that must agree with each other."""
        data = super().clean() or {}
        low, high = data.get("uren_vanaf"), data.get("uren_tot")
        if low and high and low > high:
            self.add_error("uren_tot", "Het maximum is lager dan het minimum. Draai de getallen om.")
        for conditions in self._languages():
            language, *levels = conditions
            if not data.get(language) and any(data.get(level) for level in levels):
                self.add_error(language, "Kies bij dit niveau ook een taal.")
        return data

    def _languages(self) -> Iterator[list[str]]:
        """Gives per language that can be asked the fields of the language and of its levels."""
        asked = [vraag for vraag in self.vragen if vraag.zoekveld.vorm is Vorm.TAAL]
        for _, conditions in groupby(asked, key=lambda vraag: vraag.zoekveld.sleutel):
            yield [vraag.velden[0] for vraag in conditions]

    @property
    def criteria(self) -> Criteria:
        """Gives what was filled in, for `compose`; call it only after `is_valid`."""
        data = self.cleaned_data
        return Criteria(
            data["postcode"],
            data["afstand"],
            {vraag.invoer.naam: self._filled_in(vraag) for vraag in self.vragen},
        )

    def _filled_in(self, vraag: _Vraag) -> Any:
        values = [self.cleaned_data[name] for name in vraag.velden]
        return list(dict.fromkeys(values)) if vraag.invoer.aantal else values[0]
