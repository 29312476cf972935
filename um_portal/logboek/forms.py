"""Holds the form with which somebody looks for lines of the log."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from um_portal.audit.handelingen import Handeling
from um_portal.presentation.forms import DatumVeld

_GEEN_KEUZE = {"invalid_choice": "Deze keuze is er niet. Kies er een uit de lijst."}


class LogboekFilter(forms.Form):
    """Asks for a period, an act and a person or municipality. A field that is not understood narrows nothing."""

    van = DatumVeld(label="Vanaf", required=False)
    tot = DatumVeld(label="Tot en met", required=False)
    handeling = forms.ChoiceField(label="Handeling", required=False, error_messages=_GEEN_KEUZE)
    # Of whom: a colleague, or for VNG support a municipality.
    wie = forms.ChoiceField(required=False, error_messages=_GEEN_KEUZE)

    def __init__(self, data: Any, *, label: str, iedereen: str, wie: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        acts = sorted(Handeling.choices, key=lambda act: act[1].lower())
        handeling, whose = self.fields["handeling"], self.fields["wie"]
        assert isinstance(handeling, forms.ChoiceField)
        assert isinstance(whose, forms.ChoiceField)
        handeling.choices = [("", "Alle handelingen"), *acts]
        whose.label, whose.choices = label, [("", iedereen), *wie]

    def clean(self) -> dict[str, Any]:
        """Objects to a period that ends before it begins."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("van") and cleaned.get("tot") and cleaned["tot"] < cleaned["van"]:
            self.add_error("tot", "Deze dag ligt voor de dag bij Vanaf. Kies een latere dag.")
        return cleaned

    def narrow(self, lines: QuerySet[Any], column: str) -> QuerySet[Any]:
        """Narrows lines to what was asked; `column` is where the person or the municipality stands."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        if van := asked.get("van"):
            lines = lines.filter(tijdstip__gte=_begin(van))
        if tot := asked.get("tot"):
            lines = lines.filter(tijdstip__lt=_begin(tot + timedelta(days=1)))
        if handeling := asked.get("handeling"):
            lines = lines.filter(handeling=handeling)
        if wie := asked.get("wie"):
            lines = lines.filter(**{column: wie})
        return lines


def _begin(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
