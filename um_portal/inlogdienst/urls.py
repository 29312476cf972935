"""Routes logging in through a municipality, and joining an account to it; they lie under the own account."""

from django.urls import path, re_path

from um_portal.inlogdienst import views

app_name = "inlogdienst"
urlpatterns = [
    path("inloggen/gemeente", views.choose, name="kiezen"),
    re_path(r"^inloggen/gemeente/(?P<oin>[0-9]{20})$", views.start, name="starten"),
    re_path(r"^inloggen/gemeente/(?P<oin>[0-9]{20})/terug$", views.come_back, name="terug"),
    re_path(r"^inloggen/gemeente/(?P<oin>[0-9]{20})/afmelden$", views.take_notice, name="afmelden"),
    re_path(r"^inloggen/gemeente/(?P<oin>[0-9]{20})/uitgelogd$", views.logged_out, name="uitgelogd"),
    re_path(r"^inloggen/gemeente/(?P<oin>[0-9]{20})/uitloggen$", views.log_out_there, name="uitloggen"),
    re_path(
        r"^inloggen/gemeente/(?P<oin>[0-9]{20})/uitgelogd/terug$",
        views.logged_out_there,
        name="uitgelogd-bij-gemeente",
    ),
    path("inloggen/gemeente/hercontrole", views.check_again, name="hercontrole"),
    path("inloggen/gemeente/bevestigd", views.confirmed, name="bevestigd"),
    path("inloggen/gemeente/bevestigen", views.confirm, name="bevestigen"),
    path("koppelen", views.joining, name="koppelen"),
    re_path(r"^koppelen/(?P<oin>[0-9]{20})$", views.join, name="koppelen-gemeente"),
    path("koppelen/bevestigen", views.joined, name="koppelen-bevestigen"),
]
