"""Routes the addresses of the documentation of the API. The API itself is below /vum/bron/."""

from django.urls import path

from exchange.woordenboek import views

app_name = "api"

urlpatterns = [
    path("", views.api, name="overzicht"),
    path("openapi/<slug:api_naam>.json", views.document, name="document"),
]
