"""Builds the search form from the table of what can be asked.

The table gives the fields and their places, the standard gives the choices.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import BoundField
from django.urls import reverse_lazy

from exchange.geo import plaatsen
from exchange.geo.distances import resolve
from exchange.interfaces import current
from exchange.standard import Gegevenstype, Soort, veld_op
from exchange.standard import waardelijsten as standaard
from exchange.standard.boom import lower_first
from exchange.standard.persoonsgegevens import has_bsn, has_contact, has_name
from exchange.vum3.compose import Criteria
from exchange.vum3.parse import MAX_AFSTAND
from exchange.vum3.zoekvelden import Conditie, Groep, Invoer, Vorm, Zoekveld
from exchange.waardelijsten.models import BEROEPEN, Code, labels_of
from exchange.waardelijsten.talen import VEELGEVRAAGD
from um_portal.presentation.forms import DatumVeld

_POSTCODE = re.compile(r"([0-9]{4})[ -]*([A-Za-z]{2})?(?: ?·.*)?")
_GEEN = ("", "Maakt niet uit")
ZOEKBARE_SOORTEN: Final = (Soort.WERKZOEKENDEN, Soort.VACATURES)
# The most that an error or a list offers to choose from.
MEEST = 20
_IN_EEN_FOUT = 5


class MetVoorstellen(ValidationError):
    """An error with values to choose instead of what was typed."""

    def __init__(self, message: str, voorstellen: Iterable[str]) -> None:
        super().__init__(message)
        self.voorstellen = tuple(voorstellen)[:_IN_EEN_FOUT]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _bedoelt(names: Sequence[str]) -> str:
    return f"Bedoelt u: {', '.join(names[:_IN_EEN_FOUT])}?"


class PlaatsField(forms.CharField):
    """Asks for a postcode or the name of a place; gives a full postcode, as the contract asks."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=100,
            widget=forms.TextInput(
                attrs={
                    "list": "plaatsen",
                    "autocomplete": "off",
                    "data-suggesties": reverse_lazy("bemiddelaar:plaatsen"),
                }
            ),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """Gives the postcode of six characters.

        Raises ValidationError for a postcode that does not exist and a place that is not known, MetVoorstellen
        for a name that several places have.
        """
        text = _one_line(super().clean(value))
        match = _POSTCODE.fullmatch(text)
        if match:
            pc4 = int(match[1])
            if resolve(pc4) != pc4 and pc4 not in plaatsen.ZONDER_MIDDEN:
                raise ValidationError(
                    "Deze postcode bestaat niet in Nederland. Controleer de vier cijfers, of vul een plaats in."
                )
            return f"{pc4}{(match[2] or plaatsen.LETTERS).upper()}"
        if not text or text[0].isdigit():
            raise ValidationError(
                "Vul een postcode in van vier cijfers, met of zonder de twee letters, bijvoorbeeld 2405 of 2405 AB."
            )
        return f"{self._place(text).pc4}{plaatsen.LETTERS}"

    def _place(self, text: str) -> plaatsen.Plaats:
        named = plaatsen.with_name(text)
        found = plaatsen.find_places(text)
        if len(named) == 1:
            return named[0]
        if not named and len(found) == 1:
            return found[0]
        if found:
            labels = [plaats.label for plaats in found]
            raise MetVoorstellen(f"Er is meer dan één plaats met deze naam. {_bedoelt(labels)}", labels)
        if similar := [plaats.label for plaats in plaatsen.similar_places(text)]:
            raise MetVoorstellen(f"Deze plaats kent het portaal niet. {_bedoelt(similar)}", similar)
        raise ValidationError("Deze plaats kent het portaal niet. Vul de postcode in.")


def offered_places(typed: str) -> list[str]:
    """Gives the places and postcodes that begin with what is typed, as the field shows and takes them."""
    text = _one_line(typed)
    if text[:1].isdigit():
        digits = text[:4]
        numbers = plaatsen.numbers_from(digits, MEEST) if digits.isdigit() else []
        return [plaatsen.describe(str(pc4)) for pc4 in numbers]
    return [plaats.label for plaats in plaatsen.find_places(text)[:MEEST]]


def offered_occupations(words: str) -> list[str]:
    """Gives the names of occupations with these words in their name or a synonym.

    Those that begin with it come first, then those that contain it, then those of which a synonym does.
    """
    text = _one_line(words)
    if not text:
        return []
    found = list(
        Code.objects.filter(lijst=BEROEPEN).geldig().zoek(text).values_list("label", flat=True)[:200]
    )
    lower = text.lower()
    found.sort(key=lambda label: (not label.lower().startswith(lower), lower not in label.lower(), label))
    return found[:MEEST]


class OccupationField(forms.CharField):
    """Asks for an occupation by its name or a synonym; gives its code."""

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
        """Gives the code of the occupation with this name, or with this synonym when only one has it.

        Raises ValidationError otherwise; MetVoorstellen with names that contain it, or else look like it.
        """
        text = _one_line(super().clean(value))
        if not text:
            return ""
        offered = Code.objects.filter(lijst=BEROEPEN).geldig()
        named = offered.filter(Q(label__iexact=text) | Q(code=text)).values_list("code", flat=True).first()
        if named is not None:
            return str(named)
        synonyms = [
            (code, label)
            for code, label, words in offered.filter(synoniemen__icontains=text).values_list(
                "code", "label", "synoniemen"
            )
            if text.lower() in (word.strip().lower() for word in words.splitlines())
        ]
        if len(synonyms) == 1:
            return str(synonyms[0][0])
        near = [label for _, label in synonyms] or offered_occupations(text) or self._similar(offered, text)
        if near:
            raise MetVoorstellen(f"Dit beroep staat niet in de beroepenlijst. {_bedoelt(near)}", near)
        raise ValidationError(
            "Dit beroep staat niet in de beroepenlijst. Begin te typen en kies een beroep uit de lijst."
        )

    def _similar(self, offered: Any, text: str) -> list[str]:
        names = {name.lower(): name for name in offered.values_list("label", flat=True)}
        return [names[name] for name in difflib.get_close_matches(text.lower(), names, n=3, cutoff=0.6)]


class EigenTekstField(forms.CharField):
    """Asks for a text of the jobcoach's own; refuses one in which somebody can be recognised."""

    def clean(self, value: Any) -> str:
        """Gives the text. Raises ValidationError, which repeats nothing of it."""
        text = str(super().clean(value))
        found = personal_data_in(text)
        if found:
            raise ValidationError(
                f"Hier staat {found}. Dat mag het portaal niet bewaren. Haal het weg en noteer het in uw eigen "
                "systeem."
            )
        return text


def personal_data_in(text: str) -> str:
    """Says which personal data this text seems to hold, as it reads after "Hier staat"; empty when there is none."""
    if has_bsn(text):
        return "een getal dat een BSN kan zijn"
    if has_contact(text):
        return "een e-mailadres of telefoonnummer"
    return "waarschijnlijk de naam van een persoon" if has_name(text) else ""


class Vraag(NamedTuple):
    """One condition of the table that the form offers, with the fields that fill it in."""

    zoekveld: Zoekveld
    conditie: Conditie
    invoer: Invoer
    velden: tuple[str, ...]


# The texts that were filled in, by the name of their field.
Velden = Mapping[str, list[str]]


def _any_asks(velden: Iterable[BoundField]) -> bool:
    """Tells whether one of these fields is filled in, or wrong."""
    return any(veld.errors or veld.value() not in (None, "", []) for veld in velden)


@dataclass(frozen=True, slots=True)
class FormRij:
    """Fields that stand beside each other, and `ook`: the fields for a second and third value of the first one."""

    velden: list[BoundField]
    ook: list[BoundField]

    @property
    def toont_ook(self) -> bool:
        """Tells whether the fields for more values are shown."""
        return _any_asks(self.ook)


@dataclass(frozen=True, slots=True)
class FormGroep:
    """A part of the form; folded when it is seldom used, and then open as soon as something of it is filled in."""

    kop: str
    rijen: list[FormRij]
    is_zelden: bool

    @property
    def is_open(self) -> bool:
        """Tells whether it shows its fields."""
        return not self.is_zelden or any(_any_asks([*rij.velden, *rij.ook]) for rij in self.rijen)


def questions(soort: Soort) -> Iterator[Vraag]:
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
        yield Vraag(zoekveld, conditie, invoer, tuple(names))


def label_of_question(soort: Soort, conditie: Conditie) -> str:
    """Gives the label of a condition: that of the form, else that of the standard."""
    own = conditie.invoer.label if conditie.invoer is not None else ""
    return own or veld_op(soort, conditie.pad).attribuut.label.removeprefix("Indicatie ").capitalize()


def _field(soort: Soort, vraag: Vraag, number: int) -> forms.Field:
    """Gives the field for a condition; its type follows from the attribute that it asks for."""
    conditie, invoer = vraag.conditie, vraag.invoer
    attribuut = veld_op(soort, conditie.pad).attribuut
    label = label_of_question(soort, conditie)
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
        return DatumVeld(**known)
    if attribuut.type is Gegevenstype.GETAL:
        return forms.IntegerField(
            min_value=limits.get("minimum", attribuut.minimum),
            max_value=limits.get("maximum", attribuut.maximum),
            **known,
        )
    if attribuut.waardelijst is None or attribuut.waardelijst.extern:
        return forms.CharField(max_length=limits.get("maxLength", attribuut.lengte), **known)
    codes = attribuut.waardelijst.waarden
    ordered = sorted(limits.get("enum", codes), key=lambda code: _rank(invoer, code))
    choices = [(code, _option(invoer, code, codes[code])) for code in ordered]
    if vraag.zoekveld.vorm in (Vorm.EEN_VAN, Vorm.ALLE):
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **known)
    if attribuut.waardelijst.numeriek:
        return forms.TypedChoiceField(choices=[_GEEN, *choices], coerce=int, empty_value=None, **known)
    return forms.ChoiceField(choices=[_GEEN, *choices], **known)


def _rank(invoer: Invoer, code: int | str) -> int:
    return invoer.eerst.index(code) if code in invoer.eerst else len(invoer.eerst)


def _option(invoer: Invoer, code: int | str, label: str) -> str:
    if invoer.als_code:
        return str(code)
    return f"{invoer.voorvoegsel} {label.lower()}" if invoer.voorvoegsel else label


class Eigenform(forms.Form):
    """Asks for what a jobcoach writes down for themselves with a search."""

    naam = EigenTekstField(
        label="Naam van deze zoekvraag",
        required=False,
        max_length=80,
        help_text="Om hem terug te vinden, bijvoorbeeld 'Magazijn Alphen'. Zet er geen persoonsgegevens in.",
    )
    kenmerk = EigenTekstField(
        label="Kenmerk in uw eigen systeem",
        required=False,
        max_length=40,
        help_text="Bijvoorbeeld een dossiernummer. Geen BSN.",
    )
    notitie = EigenTekstField(
        label="Notitie",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Alleen u ziet dit. Zet er geen namen of contactgegevens in.",
    )


class ZoekForm(Eigenform):
    """Asks for the criteria of a search, for jobseekers or for vacancies."""

    # Most fields are optional, so the few that are not say so.
    markeert_verplicht = True

    postcode = PlaatsField(
        label="Postcode of plaats",
        help_text="Bijvoorbeeld 2405, 2405 AB of Alphen aan den Rijn.",
        error_messages={
            "required": "Vul een postcode of plaats in, bijvoorbeeld 2405 of Alphen aan den Rijn."
        },
    )
    afstand = forms.IntegerField(
        label="Afstand in kilometers",
        min_value=0,
        max_value=MAX_AFSTAND,
        initial=25,
        help_text="Hemelsbreed.",
        error_messages={"required": f"Vul een afstand in van 0 tot en met {MAX_AFSTAND} kilometer."},
    )

    def __init__(self, *args: Any, soort: Soort, velden: Velden | None = None, **kwargs: Any) -> None:
        """Makes the form for this kind; `velden` are texts to begin with, by the name of the field."""
        super().__init__(*args, **kwargs)
        self.voorstellen: dict[str, tuple[str, ...]] = {}
        self.vragen = tuple(questions(soort))
        for vraag in self.vragen:
            for number, name in enumerate(vraag.velden):
                self.fields[name] = _field(soort, vraag, number)
        self.order_fields(["postcode", "afstand", *(name for vraag in self.vragen for name in vraag.velden)])
        for name, texts in (velden or {}).items():
            if name in self.fields and texts:
                many = isinstance(self.fields[name], forms.MultipleChoiceField)
                self.initial[name] = texts if many else texts[0]

    def groepen(self) -> list[FormGroep]:
        """Gives the fields besides the area and the own texts, in the groups of the table."""
        return [
            FormGroep(
                groep.value,
                [self._row(list(row)) for _, row in groupby(asked, key=lambda vraag: vraag.invoer.rij)],
                groep.is_zelden,
            )
            for groep, asked in groupby(self.vragen, key=lambda vraag: vraag.invoer.groep)
        ]

    def _row(self, asked: list[Vraag]) -> FormRij:
        return FormRij(
            [self[vraag.velden[0]] for vraag in asked],
            [self[name] for vraag in asked for name in vraag.velden[1:]],
        )

    def eigen(self) -> FormGroep:
        """Gives the own texts of the jobcoach."""
        own = [self[name] for name in Eigenform.base_fields]
        return FormGroep("Naam, kenmerk en notitie", [FormRij(own, [])], True)

    def add_error(self, field: str | None, error: Any) -> None:
        """Adds an error, and keeps what it offers to choose from."""
        if field is not None and isinstance(error, MetVoorstellen):
            self.voorstellen[field] = error.voorstellen
        super().add_error(field, error)

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

    def _filled_in(self, vraag: Vraag) -> Any:
        values = [self.cleaned_data[name] for name in vraag.velden]
        return list(dict.fromkeys(values)) if vraag.invoer.aantal else values[0]


def as_fields(soort: Soort, criteria: Criteria) -> dict[str, list[str]]:
    """Writes criteria as the texts of the form: a place with its postcode, an occupation by its name."""
    found = {"postcode": [plaatsen.describe(criteria.postcode)], "afstand": [str(criteria.afstand)]}
    known = labels_of((BEROEPEN, code) for code in occupations_in(soort, criteria))
    for vraag in questions(soort):
        value = criteria.ingevuld.get(vraag.invoer.naam)
        texts = [known.get((BEROEPEN, one), str(one)) for one in listed(value)]
        if not vraag.invoer.aantal:
            found[vraag.velden[0]] = texts
        else:
            found |= {name: [text] for name, text in zip(vraag.velden, texts, strict=False)}
    return {name: texts for name, texts in found.items() if texts}


def occupations_in(soort: Soort, criteria: Criteria) -> list[str]:
    """Gives the codes of the occupations that these criteria ask."""
    return [
        code
        for vraag in questions(soort)
        if veld_op(soort, vraag.conditie.pad).attribuut.waardelijst is standaard.BEROEPEN
        for code in listed(criteria.ingevuld.get(vraag.invoer.naam))
    ]


def listed(value: Any) -> list[Any]:
    """Gives the values that were filled in, as a list, also for a field that holds one."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if one not in (None, "")]


def names_of(soort: Soort) -> frozenset[str]:
    """Gives the names of the fields of the form for this kind."""
    asked = {name for vraag in questions(soort) for name in vraag.velden}
    return frozenset({"postcode", "afstand", *Eigenform.base_fields, *asked})
