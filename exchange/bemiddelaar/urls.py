"""Lists the addresses of the search pages."""

from django.urls import path

from exchange.bemiddelaar.views import berichten, details, resultaten, zoeken, zoekvragen

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
    path("vragen/<int:pk>/notitie", zoekvragen.note, name="notitie"),
    path("vragen/<int:pk>/verwijderen", zoekvragen.erase, name="verwijder"),
    path("vragen/<int:pk>/resultaten/<int:nummer>/", resultaten.result, name="resultaat"),
    path("vragen/<int:pk>/resultaten/<int:nummer>/detail", details.detail, name="detail"),
]
