"""Routes the page about the work in the background."""

from django.urls import path

from um_portal.achtergrondwerk import views

app_name = "achtergrondwerk"
urlpatterns = [
    path("", views.overview, name="overzicht"),
    path("<slug:naam>/starten/", views.start, name="starten"),
]
