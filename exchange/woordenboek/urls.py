"""Routes the addresses of the gegevenswoordenboek."""

from django.urls import path

from exchange.woordenboek import views

app_name = "woordenboek"

urlpatterns = [
    path("", views.index, name="index"),
    path("waardelijsten/<slug:naam>/", views.value_list, name="lijst"),
    path("<slug:soort>/", views.kind, name="soort"),
]
