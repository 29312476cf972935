"""Asks what the pages about municipalities need; the verbs check it again."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import TextChoices

from um_portal.gemeenten import logo
from um_portal.gemeenten.models import Intrekreden, Voorwaarde
from um_portal.gemeenten.voorwaarden import Definitie, Einde
from um_portal.presentation.forms import DatumVeld
from um_portal.tenants.models import Contactbeleid, Gemeente, Scenario


class InschrijfForm(forms.Form):
    """Asks for the municipality to register."""

    oin = forms.CharField(
        label="OIN",
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="20 cijfers. Zoek het op in het OIN-register.",
        error_messages={"required": "Vul het OIN in."},
    )
    naam = forms.CharField(
        label="Naam", max_length=100, error_messages={"required": "Vul de naam van de gemeente in."}
    )


class VoorwaardeForm(forms.Form):
    """Asks when a condition was met, until when, and what belongs to it."""

    vervuld_op = DatumVeld(
        label="Vervuld op",
        error_messages={
            "required": "Vul in op welke dag aan de voorwaarde is voldaan.",
        },
    )
    geldig_tot_en_met = DatumVeld(
        label="Geldig tot en met",
        error_messages={"required": "Vul in tot en met welke dag dit geldt."},
    )
    gegeven = forms.CharField(max_length=120, error_messages={"required": "Vul dit veld in."})
    telefoon = forms.CharField(
        label="Telefoonnummer",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text="Van de afdeling, niet van een persoon.",
        error_messages={"required": "Vul het telefoonnummer van de afdeling in."},
    )
    kenmerk = forms.CharField(
        label="Nummer van de zaak of brief",
        max_length=40,
        help_text="Zonder spaties, zoals Z-2026/1234. Schrijf hier geen naam.",
        error_messages={"required": "Vul het nummer van de zaak of brief in."},
    )
    bevestigd = forms.BooleanField(
        error_messages={
            "required": "Zet een vinkje als u dit hebt gedaan. Anders is de voorwaarde niet vervuld."
        }
    )
    # The record that this one replaces, as the page showed it.
    vorige = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, definitie: Definitie, vorige: Voorwaarde | None, *args: Any, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"vorige": vorige.pk if vorige else None}
        if vorige is not None:
            initial |= {"gegeven": vorige.gegeven, "telefoon": vorige.telefoon}
        super().__init__(*args, **{**kwargs, "initial": initial})
        absent = {
            "geldig_tot_en_met": definitie.einde is Einde.NOOIT,
            "gegeven": not definitie.gegeven,
            "telefoon": not definitie.telefoon,
            "bevestigd": not definitie.bevestiging,
        }
        for name in [name for name, is_absent in absent.items() if is_absent]:
            del self.fields[name]
        if definitie.einde is Einde.MAG:
            self.fields["geldig_tot_en_met"].required = False
            self.fields["geldig_tot_en_met"].help_text = "Leeg als er geen einde is."
        if definitie.gegeven:
            self.fields["gegeven"].label = definitie.gegeven
        if definitie.bevestiging:
            self.fields["bevestigd"].label = definitie.bevestiging
        self.fields["kenmerk"].required = definitie.kenmerk_verplicht


class RedenForm(forms.Form):
    """Asks why."""

    reden = forms.ChoiceField(
        label="Waarom?", widget=forms.RadioSelect, error_messages={"required": "Kies een reden."}
    )

    def __init__(self, redenen: type[TextChoices], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reden"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (value, label[:1].upper() + label[1:])
            for value, label in redenen.choices
            if value != Intrekreden.VERVANGEN
        ]


class VertrekForm(forms.Form):
    """Asks for the name of the municipality, and that its data is not needed any more."""

    meegenomen = forms.BooleanField(
        label="De gemeente heeft haar gegevens gedownload, of heeft gezegd dat zij ze niet nodig heeft",
        error_messages={"required": "Vraag dit eerst aan de gemeente. Na het wissen kan het niet meer."},
    )
    naam = forms.CharField(
        label="Typ de naam van de gemeente",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Typ de naam van de gemeente. Er is nog niets gewist."},
    )


class WisForm(forms.Form):
    """Asks whose account is to be erased."""

    adres = forms.CharField(
        label="E-mailadres waarmee de persoon inlogt",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Vul het e-mailadres in. Er is nog niets gewist."},
    )
    zeker = forms.BooleanField(
        label="Ja, ik wil dit account wissen",
        error_messages={"required": "Zet een vinkje als u dit zeker weet. Er is nog niets gewist."},
    )

    def clean_adres(self) -> str:
        """Gives the address in lower case, as accounts have it."""
        return str(self.cleaned_data["adres"]).strip().lower()


class GestempeldForm(forms.Form):
    """A form that carries the stamp of what its page showed (`instellingen.stamp`)."""

    stempel = forms.CharField(max_length=16, widget=forms.HiddenInput())

    @property
    def waarden(self) -> dict[str, Any]:
        """Gives the fields of the municipality with their new values."""
        return {name: value for name, value in self.cleaned_data.items() if name != "stempel"}


class DeelnameForm(GestempeldForm):
    """Asks for the name of a municipality, and what it takes part in."""

    naam = forms.CharField(
        label="Naam", max_length=100, error_messages={"required": "Vul de naam van de gemeente in."}
    )
    scenarios = forms.MultipleChoiceField(
        label="De gemeente doet mee met",
        choices=Scenario.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Kies ten minste één. Schort de gemeente op als zij nergens aan meedoet."
        },
    )


class ContactForm(GestempeldForm):
    """Asks what a detail gives, and to whom."""

    contactbeleid = forms.ChoiceField(
        label="Wat krijgt iemand die een detail opvraagt?",
        choices=Contactbeleid.choices,
        widget=forms.RadioSelect,
        help_text="Dit geldt voor elke werkzoekende waarbij in het bestand niets anders staat. In een kolom met de "
        "naam Contactbeleid kan per werkzoekende staan: werkzoekende of jobcoach.",
        error_messages={"required": "Kies wat er in een detail staat."},
    )
    niet_suwi_toegestaan = forms.BooleanField(
        label="Ook antwoorden aan partijen buiten SUWI",
        required=False,
        help_text="UWV en gemeenten zijn SUWI-partijen. Anderen krijgen nooit de contactgegevens van de werkzoekende.",
    )


class DetailForm(GestempeldForm):
    """Asks whether a colleague must say what a detail is for."""

    doel_verplicht = forms.BooleanField(
        label="Wie een detail opvraagt, kiest waarvoor",
        required=False,
        help_text="De keuze komt in het logboek. Zonder vinkje mag een collega het ook overslaan.",
    )


def _limit(form: forms.Form, name: str, least: int, most: int, uitleg: str) -> None:
    """Lets a field take a number between two, or nothing, which is the most."""
    field = form.fields[name]
    assert isinstance(field, forms.IntegerField)
    field.help_text = f"{uitleg} Van {least} tot en met {most}; leeg is {most}."
    field.widget.attrs |= {"min": least, "max": most}
    wrong = f"Kies een getal van {least} tot en met {most}, of laat het veld leeg."
    field.error_messages |= {"invalid": wrong}
    field.validators = [MinValueValidator(least, wrong), MaxValueValidator(most, wrong)]


class BewaarForm(GestempeldForm):
    """Asks how long searches are kept and published records are answered, within the national limits."""

    bewaardagen = forms.IntegerField(label="Zoekvragen bewaren (dagen)", required=False)
    verloopdagen = forms.IntegerField(label="Gepubliceerde gegevens geven (dagen)", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit(
            self,
            "bewaardagen",
            settings.UM_BEWAARDAGEN_MINIMUM,
            settings.UM_BEWAARDAGEN,
            "Daarna wist het portaal een zoekvraag met haar resultaten. Geldt voor nieuwe zoekvragen.",
        )
        _limit(
            self,
            "verloopdagen",
            settings.UM_VERLOOPDAGEN_MINIMUM,
            settings.UM_VERLOOPDAGEN,
            "Geteld vanaf de laatste publicatie waar iemand in stond. Daarna antwoordt uw gemeente er niet meer mee, "
            "en worden de gegevens 's nachts gewist. Lever dus vaker aan dan dit.",
        )


class DaglimietForm(GestempeldForm):
    """Asks how much one colleague may ask in a day, within the national limits."""

    dag_zoekvragen = forms.IntegerField(label="Zoekvragen per collega per dag", required=False)
    dag_details = forms.IntegerField(label="Details per collega per dag", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _limit(
            self, "dag_zoekvragen", 1, settings.UM_DAG_ZOEKVRAGEN, "Daarna kan het pas de volgende dag weer."
        )
        _limit(
            self,
            "dag_details",
            1,
            settings.UM_DAG_DETAILS,
            "Een detail is het hele profiel met de contactgegevens.",
        )


class KopForm(GestempeldForm):
    """Asks for the name above every page."""

    naam_in_kop = forms.CharField(
        label="Naam boven de pagina",
        max_length=40,
        required=False,
        help_text="Zo noemen uw collega's de gemeente. Leeg: de officiële naam.",
    )


class LogoForm(GestempeldForm):
    """Asks for an image, or to take the present one away."""

    bestand = forms.FileField(
        label="Logo",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".png,image/png", "data-max-bytes": str(logo.MAX_BYTES)}),
        help_text=f"Een PNG van hoogstens {logo.MAX_BYTES // 1000} kB, {logo.MAX_BREEDTE} bij {logo.MAX_HOOGTE} "
        "beeldpunten.",
        error_messages={"required": "Kies een afbeelding."},
    )


def initial_of(form: type[GestempeldForm], gemeente: Gemeente) -> dict[str, Any]:
    """Gives the present values of the fields that a form changes."""
    return {name: getattr(gemeente, name) for name in form.base_fields if name not in ("stempel", "bestand")}
