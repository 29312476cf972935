"""Routes the help."""

from django.urls import path

from um_portal.hulp import views
from um_portal.hulp.bronnen import OPENBAAR

app_name = "hulp"
urlpatterns = [
    path("", views.index, name="index"),
    # Before the others: this one is for who is not logged in as well.
    path(OPENBAAR, views.public_page, name="openbaar"),
    path("<slug:naam>", views.page, name="pagina"),
]
