"""Lists the addresses of the search pages."""

from django.urls import path

from exchange.bemiddelaar import views

app_name = "bemiddelaar"
urlpatterns = [
    path("", views.new, name="nieuw"),
    path("beroepen", views.occupations, name="beroepen"),
    path("vragen/", views.overview, name="lijst"),
    path("vragen/<int:pk>/", views.search, name="zoekvraag"),
    path("vragen/<int:pk>/stand", views.state, name="stand"),
    path("vragen/<int:pk>/opnieuw", views.repeat, name="opnieuw"),
    path("vragen/<int:pk>/verwijderen", views.erase, name="verwijder"),
    path("vragen/<int:pk>/resultaten/<int:nummer>/", views.result, name="resultaat"),
    path("vragen/<int:pk>/resultaten/<int:nummer>/detail", views.detail, name="detail"),
]
