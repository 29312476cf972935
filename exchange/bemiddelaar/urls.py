"""Lists the addresses of the search pages."""

from django.urls import path

from exchange.bemiddelaar.views import (
    berichten,
    cijfers,
    contactmomenten,
    delen,
    details,
    export,
    resultaten,
    signalen,
    zoeken,
    zoekvragen,
)

app_name = "bemiddelaar"
urlpatterns = [
    path("", zoeken.new, name="nieuw"),
    path("beroepen", zoeken.occupations, name="beroepen"),
    path("plaatsen", zoeken.places, name="plaatsen"),
    path("concept", zoeken.keep, name="concept"),
    path("bericht", berichten.notice, name="bericht"),
    path("vragen/", zoekvragen.overview, name="lijst"),
    path("vragen/<int:pk>/", resultaten.search, name="zoekvraag"),
    path("vragen/<int:pk>/stand", resultaten.state, name="stand"),
    path("vragen/<int:pk>/opnieuw", zoekvragen.repeat, name="opnieuw"),
    path("vragen/<int:pk>/nogmaals", zoekvragen.copy, name="nogmaals"),
    path("vragen/<int:pk>/herhalen", zoekvragen.weekly, name="herhalen"),
    path("herhalingen/<int:nummer>/stoppen", zoekvragen.stop, name="herhaling_stop"),
    path("vragen/<int:pk>/notitie", zoekvragen.note, name="notitie"),
    path("vragen/<int:pk>/verwijderen", zoekvragen.erase, name="verwijder"),
    path("vragen/<int:pk>/kolommen", resultaten.columns, name="kolommen"),
    path("vragen/<int:pk>/kaart", resultaten.on_map, name="kaart"),
    path("vragen/<int:pk>/vergelijken", resultaten.compare, name="vergelijken"),
    path("vragen/<int:pk>/delen", delen.share, name="delen"),
    path("vragen/<int:pk>/overdragen", delen.hand_over, name="overdragen"),
    path("vragen/<int:pk>/verlengen", delen.prolong, name="verlengen"),
    path("vragen/<int:pk>/resultaten/<int:nummer>/", resultaten.result, name="resultaat"),
    path("vragen/<int:pk>/resultaten/<int:nummer>/markering", resultaten.mark, name="markering"),
    path("vragen/<int:pk>/resultaten/<int:nummer>/detail", details.detail, name="detail"),
    path("vragen/<int:pk>/resultaten/<int:nummer>/vervolg", details.outcome, name="vervolg"),
    path("vragen/<int:pk>/resultaten/<int:nummer>/signaal", details.signal, name="signaal"),
    path("vragen/<int:pk>/export", export.export, name="export"),
    path("contactmomenten", contactmomenten.contactmomenten, name="contactmomenten"),
    path("cijfers", cijfers.own, name="cijfers"),
    path("cijfers/alle", cijfers.everywhere, name="cijfers_alle"),
    path("meldingen", signalen.own, name="signalen"),
    path("meldingen/alle", signalen.everywhere, name="signalen_alle"),
    path("meldingen/<int:nummer>/stand", signalen.move, name="signaalstand"),
]
