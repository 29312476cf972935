"""Logging in and out."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from um_portal.accounts.views import PortalLoginView

app_name = "accounts"
urlpatterns = [
    path("inloggen", PortalLoginView.as_view(), name="login"),
    path("uitloggen", LogoutView.as_view(), name="logout"),
]
