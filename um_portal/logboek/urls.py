"""Routes the pages of the log."""

from django.urls import path

from um_portal.logboek import views

app_name = "logboek"
urlpatterns = [
    path("", views.own, name="eigen"),
    path("csv", views.own_csv, name="eigen_csv"),
    path("alle", views.everybody, name="alle"),
    path("alle/csv", views.everybody_csv, name="alle_csv"),
]
