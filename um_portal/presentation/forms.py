"""Renders Django forms in the markup of NL Design System.

`NLDesignRenderer` (setting FORM_RENDERER) makes `{{ form }}` and `{{ field.as_field_group }}` come out right;
the bound field adds the CSS class that belongs to a widget. The markup itself is in
`templates/componenten/formulier/` and `templates/django/forms/widgets/`.
"""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import ChoiceWidget, DateTimeBaseInput

# The first widget class that fits decides; subclasses therefore come before their parents.
_KLASSEN: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "utrecht-checkbox utrecht-checkbox--html-input"),
    (forms.RadioSelect, "utrecht-radio-button utrecht-radio-button--html-input"),
    (forms.CheckboxInput, "utrecht-checkbox utrecht-checkbox--html-input"),
    (forms.Select, "utrecht-select utrecht-select--html-select"),
    (forms.Textarea, "utrecht-textarea utrecht-textarea--html-textarea"),
    (forms.PasswordInput, "utrecht-textbox utrecht-textbox--html-input utrecht-textbox--password"),
    (forms.NumberInput, "utrecht-textbox utrecht-textbox--html-input um-breedte-kort"),
    (forms.FileInput, "um-bestand__invoer"),
    (DateTimeBaseInput, "utrecht-textbox utrecht-textbox--html-input um-breedte-datum"),
    (forms.TextInput, "utrecht-textbox utrecht-textbox--html-input"),
    (forms.EmailInput, "utrecht-textbox utrecht-textbox--html-input"),
    (forms.URLInput, "utrecht-textbox utrecht-textbox--html-input"),
)
_ONGELDIG = {
    "utrecht-select": "utrecht-select--invalid",
    "utrecht-textarea": "utrecht-textarea--invalid",
    "utrecht-textbox": "utrecht-textbox--invalid",
}


class DatumInput(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        # The value attribute of a date input is always in this order, whatever the language of the page.
        super().__init__(attrs, format="%Y-%m-%d")


class DatumVeld(forms.DateField):
    """Asks for a day; refuses one that is centuries away, which is a typing error and breaks sums of days."""

    widget = DatumInput
    default_error_messages: ClassVar = {
        "invalid": "Dit is geen datum. Schrijf de dag als 31-12-2027.",
        "ver_weg": "Kies een dag in de jaren 1900 tot en met 2999.",
    }

    def to_python(self, value: Any) -> date | None:
        """Gives the day; raises ValidationError for what is none, or is too far away."""
        day: date | None = super().to_python(value)
        if day is not None and not 1900 <= day.year < 3000:
            raise forms.ValidationError(self.error_messages["ver_weg"], code="ver_weg")
        return day


class NLDesignBoundField(forms.BoundField):
    """A field of a form, which knows the markup it needs."""

    @property
    def soort(self) -> str:
        """Gives keuzegroep (fieldset with options), vinkje (one checkbox) or gewoon (label above control)."""
        if self.use_fieldset:
            return "keuzegroep"
        return "vinkje" if isinstance(self.field.widget, forms.CheckboxInput) else "gewoon"

    @property
    def eerste_id(self) -> str:
        """Gives the id of the control that an error message links to."""
        if not self.use_fieldset or not self.auto_id:
            return self.id_for_label
        if isinstance(self.field.widget, ChoiceWidget) and (opties := self.subwidgets):
            return str(opties[0].id_for_label)
        return f"{self.auto_id}_0"

    @property
    def kop(self) -> str:
        """Gives the label as it stands before a message: with a colon, unless it already ends a sentence."""
        label = str(self.label)
        return label if label.endswith(("?", ":", ".", "!")) else f"{label}:"

    @property
    def toon_optioneel(self) -> bool:
        """Tells whether to mark the field as optional: only beside required fields, and never a checkbox."""
        if self.field.required or self.soort == "vinkje" or self._marks_required:
            return False
        return any(other.required for other in self.form.fields.values())

    @property
    def toon_verplicht(self) -> bool:
        """Tells whether to mark the field as required: in a form that says so because most fields are optional."""
        return self.field.required and self._marks_required

    @property
    def _marks_required(self) -> bool:
        return bool(getattr(self.form, "markeert_verplicht", False))

    @property
    def voorstellen(self) -> tuple[str, ...]:
        """Gives the values that the form offers instead of what was wrong."""
        offered: dict[str, tuple[str, ...]] = getattr(self.form, "voorstellen", {})
        return offered.get(self.name, ())

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Adds the CSS class of the widget to the class that the form itself gave it."""
        widget = widget or self.field.widget
        result: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        eigen = str(widget.attrs.get("class", ""))
        klassen = " ".join(part for part in (result.get("class", ""), _css(widget), eigen) if part)
        if self.errors:
            klassen = " ".join(
                [klassen, *(bad for good, bad in _ONGELDIG.items() if good in klassen.split())]
            )
        if klassen:
            result["class"] = klassen
        if isinstance(widget, forms.RadioSelect):
            # A single radio button may not have this attribute; the message belongs to the fieldset.
            result.pop("aria-invalid", None)
        return result


class NLDesignRenderer(TemplatesSetting):
    """Renders forms with the project's templates."""

    form_template_name = "componenten/formulier/form.html"
    formset_template_name = "componenten/formulier/formset.html"
    field_template_name = "componenten/formulier/veld.html"
    bound_field_class = NLDesignBoundField


def _css(widget: forms.Widget) -> str:
    return next((css for kind, css in _KLASSEN if isinstance(widget, kind)), "")
