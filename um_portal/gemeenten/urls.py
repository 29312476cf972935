"""Routes switching between one's own municipalities, their settings, and VNG support's pages about all of them."""

from django.urls import path, register_converter

from um_portal.gemeenten import erasure_views, settings_views, views
from um_portal.gemeenten.models import Voorwaardesoort
from um_portal.inlogdienst import beheer_views


class OinConverter:
    """An OIN in an address."""

    regex = "[0-9]{20}"

    def to_python(self, value: str) -> str:
        """Gives the OIN as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """Gives the OIN as it stands in an address."""
        return value


class VoorwaardeConverter(OinConverter):
    """A condition in an address."""

    regex = "|".join(Voorwaardesoort.values)


register_converter(OinConverter, "oin")
register_converter(VoorwaardeConverter, "voorwaarde")

app_name = "gemeenten"
urlpatterns = [
    path("", views.municipalities, name="lijst"),
    path("wissel", views.switch, name="wissel"),
    path("logo", settings_views.image, name="logo"),
    path("instellingen/", settings_views.index, name="instellingen"),
    path("instellingen/<slug:onderdeel>/", settings_views.edit, name="instelling"),
    path("collega-wissen/", erasure_views.colleague, name="collega_wissen"),
    path("account-wissen/", erasure_views.anybody, name="account_wissen"),
    path("inschrijven/", views.register, name="inschrijven"),
    path("<oin:oin>/", views.municipality, name="gemeente"),
    path("<oin:oin>/voorwaarden/<voorwaarde:soort>/", views.condition, name="voorwaarde"),
    path(
        "<oin:oin>/voorwaarden/<voorwaarde:soort>/intrekken/",
        views.withdraw_condition,
        name="voorwaarde_intrekken",
    ),
    *(path(f"<oin:oin>/{naam}/", views.decide, {"besluit": naam}, name=naam) for naam in views.BESLUITEN),
    path("<oin:oin>/deelname/", views.participation, name="deelname"),
    path("<oin:oin>/inloggen/", beheer_views.service, name="inlogdienst"),
    path("<oin:oin>/vertrek/afblazen/", views.call_off, name="vertrek_afblazen"),
    path("<oin:oin>/vertrek/bevestigen/", views.leave, name="vertrek_bevestigen"),
]
