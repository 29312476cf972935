"""Shows the style page: every component once, with content as it could occur in the portal.

It is for people who build a page, and for the accessibility test, which checks all components at once. All
names and numbers are invented.
"""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from um_portal.presentation.forms import DatumVeld

RESULTATEN = [
    ("Magazijnmedewerker", "3812", "Amersfoort", 32, "MBO", "fiets, OV", "ok", "Beschikbaar"),
    ("Verzorgende IG", "3823", "Amersfoort", 24, "MBO", "auto", "ok", "Beschikbaar"),
    ("Administratief medewerker", "3752", "Bunschoten", 36, "HAVO/VWO", "OV", "info", "In gesprek"),
    ("Hovenier", "3831", "Leusden", 40, "VMBO", "auto, bromfiets", "waarschuwing", "Verloopt over 3 dagen"),
    ("Kok", "3766", "Soest", 28, "MBO", "fiets", "neutraal", "Niet beschikbaar"),
]


class VoorbeeldForm(forms.Form):
    """A form with one field of every kind."""

    naam = forms.CharField(
        label="Naam van de zoekvraag", help_text="Zo vindt u de zoekvraag later terug.", max_length=60
    )
    postcode = forms.CharField(
        label="Postcode", help_text="Alleen de vier cijfers, bijvoorbeeld 3811.", max_length=4, required=False
    )
    afstand = forms.IntegerField(label="Hoogste reisafstand in kilometers", min_value=1, max_value=200)
    vanaf = DatumVeld(label="Beschikbaar vanaf", required=False)
    niveau = forms.ChoiceField(
        label="Opleidingsniveau",
        choices=[
            ("", "Kies een niveau"),
            ("2", "VMBO"),
            ("4", "MBO"),
            ("5", "HBO of bachelor"),
            ("6", "WO of master"),
        ],
    )
    vervoer = forms.MultipleChoiceField(
        label="Vervoermiddelen",
        help_text="Kies alles wat goed is.",
        choices=[("1", "Auto"), ("2", "Bromfiets of scooter"), ("3", "Fiets"), ("5", "Openbaar vervoer")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    soort = forms.ChoiceField(
        label="Waar zoekt u naar?",
        choices=[("profiel", "Werkzoekenden"), ("vacature", "Vacatures")],
        widget=forms.RadioSelect,
    )
    toelichting = forms.CharField(
        label="Toelichting",
        help_text="Noem geen namen, telefoonnummers of e-mailadressen.",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    bestand = forms.FileField(
        label="Bestand",
        help_text="Excel, OpenDocument, CSV, XML of JSON. Hoogstens 50 MB.",
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,.xls,.ods,.csv,.xml,.json", "data-max-bytes": "50000000"}
        ),
    )
    akkoord = forms.BooleanField(
        label="Ik heb gecontroleerd dat iedereen in dit bestand toestemming heeft gegeven",
        help_text="Wie geen toestemming gaf, publiceert het portaal niet.",
    )

    field_order = [
        "naam", "soort", "postcode", "afstand", "vanaf", "niveau", "vervoer", "toelichting", "bestand", "akkoord",
    ]  # fmt: skip


def voorbeelden() -> dict[str, Any]:
    """Gives the context of the style page."""
    fout = VoorbeeldForm(
        {"naam": "Logistiek Amersfoort", "afstand": "400", "vervoer": ["3"]}, auto_id="fout_%s"
    )
    fout.is_valid()
    return {
        "leeg_formulier": VoorbeeldForm(auto_id="leeg_%s"),
        "fout_formulier": fout,
        "resultaten": RESULTATEN,
        "page_obj": Paginator(range(1234), 50).page(4),
        "profiel": [
            ("Bemiddelingspostcode", "3812"),
            ("Hoogste reisafstand", "25 km"),
            ("Bemiddelingsberoep", ["Magazijnmedewerker", "Orderpicker"]),
            ("Werktijden", [("Uren per week", "24 tot 32"), ("Ploegendienst", "Ja"), ("Nachtdienst", "")]),
            (
                "Opleiding",
                [
                    [("Niveau", "MBO"), ("Richting", "Logistiek"), ("Diploma", "Ja")],
                    [("Niveau", "VMBO"), ("Diploma", "Ja")],
                ],
            ),
            ("Rijbewijs", ["B", "T"]),
            ("Toelichting", "Werkt graag in een klein team.\nHeeft ervaring met een heftruck."),
            ("Einddatum", None),
        ],
        "tegels": [
            {
                "titel": "Nieuwe zoekvraag",
                "tekst": "Zoek in heel Nederland naar werkzoekenden of vacatures.",
                "url": "#",
            },
            {
                "titel": "Mijn zoekvragen",
                "tekst": "Zoekvragen met resultaten. Resultaten blijven zeven dagen staan.",
                "url": "#",
                "cijfer": 6,
                "eenheid": "actief",
            },
            {
                "titel": "Gepubliceerd",
                "tekst": "Profielen waarmee uw gemeente nu antwoord geeft.",
                "url": "#",
                "cijfer": 1234,
                "eenheid": "profielen",
            },
        ],
    }


def stijlgids(request: HttpRequest) -> HttpResponse:
    """Shows the style page."""
    return render(request, "stijlgids.html", voorbeelden())
