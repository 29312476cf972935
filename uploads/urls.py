"""Lists the addresses of the uploading pages; mounted at `leveringen/`."""

from django.urls import path

from uploads.views import aanleveren, controle, gepubliceerd, koppelingen, landelijk, publiceren, waarden
from uploads.views import leveringen as views

app_name = "uploads"

urlpatterns = [
    path("", views.index, name="lijst"),
    path("nieuw/", views.new, name="nieuw"),
    path("sleutels/", aanleveren.index, name="sleutels"),
    path("sleutels/nieuw/", aanleveren.new, name="sleutel_nieuw"),
    path("sleutels/<int:pk>/intrekken/", aanleveren.revoke, name="sleutel_intrekken"),
    path("waarden/", waarden.index, name="waarden"),
    path("waarden/download/", waarden.download, name="waarden_download"),
    path("waarden/upload/", waarden.upload, name="waarden_upload"),
    path("waarden/voordragen/", waarden.put_forward, name="waarden_voordragen"),
    path("waarden/landelijk/", waarden.national, name="waarden_landelijk"),
    path("waarden/leeg/", waarden.empty, name="lege_waarden"),
    path("waarden/zoek/", waarden.search, name="waarden_zoek"),
    path("waarden/codes/<str:lijst>/", waarden.options, name="waarden_codes"),
    path("waarden/<int:pk>/", waarden.edit, name="waarde"),
    path("waarden/<int:pk>/verwijder/", waarden.delete, name="waarde_verwijder"),
    path("landelijke-waarden/", landelijk.index, name="landelijk"),
    path("<int:pk>/waarden/", waarden.levering, name="waarden_levering"),
    path("<int:pk>/waarden/voorstellen/", waarden.suggestions, name="waarden_voorstellen"),
    path("<int:pk>/waarden/opnieuw/", waarden.again, name="waarden_opnieuw"),
    path("koppelingen/", koppelingen.index, name="koppelingen"),
    path("koppelingen/<int:pk>/", koppelingen.detail, name="koppeling"),
    path("koppelingen/<int:pk>/opbergen/", koppelingen.archive, name="koppeling_opbergen"),
    path("koppelingen/<int:pk>/versies/<int:nummer>/", koppelingen.restore, name="koppeling_terugzetten"),
    path("<int:pk>/koppelen/", koppelingen.choose, name="koppelen"),
    path("<int:pk>/koppelen/voorbeeld/", koppelingen.preview, name="koppelen_voorbeeld"),
    path("sjabloon/<str:soort>/", controle.template, name="sjabloon"),
    path("gepubliceerd/", gepubliceerd.index, name="gepubliceerd"),
    path("gepubliceerd/zoek/", gepubliceerd.by_number, name="gepubliceerd_zoek"),
    path("gepubliceerd/zoek-hierbij/", gepubliceerd.search_with, name="gepubliceerd_zoek_hierbij"),
    path("gepubliceerd/download/", gepubliceerd.download, name="gepubliceerd_download"),
    path("gepubliceerd/intrekken/", gepubliceerd.withdraw, name="intrekken"),
    path("gepubliceerd/alles-intrekken/", gepubliceerd.withdraw_all, name="alles_intrekken"),
    path("gepubliceerd/ingetrokken/", gepubliceerd.returned, name="ingetrokken"),
    path("geschiedenis/", publiceren.history, name="geschiedenis"),
    path("<int:pk>/", views.detail, name="levering"),
    path("<int:pk>/voortgang/", views.progress, name="voortgang"),
    path("<int:pk>/publiceer/", publiceren.publish, name="publiceer"),
    path("<int:pk>/terugdraaien/", publiceren.undo, name="terugdraaien"),
    path("<int:pk>/opmerkingen/", controle.annotated, name="opmerkingen"),
    path("<int:pk>/opmerkingen/voortgang/", controle.annotated_progress, name="opmerkingen_voortgang"),
    path("<int:pk>/opmerkingen/bestand/", controle.annotated_file, name="opmerkingen_bestand"),
    path("<int:pk>/verwijder/", views.withdraw, name="verwijder"),
    path("<int:pk>/opnieuw/", views.again, name="opnieuw"),
]
