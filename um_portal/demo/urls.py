"""The mailbox of the demonstration."""

from django.urls import path

from um_portal.demo.postvak import postvak

app_name = "demo"
urlpatterns = [path("", postvak, name="postvak")]
