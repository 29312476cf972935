"""Routes every address but those of the source API, which `exchange.bron.middleware` answers before this."""

from django.conf import settings
from django.urls import include, path
from django.views.generic import TemplateView

from um_portal import start
from um_portal.presentation.stijlgids import stijlgids
from um_portal.toegang.access import open_to_all
from um_portal.toegang.views import rights

handler400 = "django.views.defaults.bad_request"
handler500 = "um_portal.start.fault"

urlpatterns = [
    path("", start.start, name="start"),
    path("account/", include("um_portal.accounts.urls")),
    path("account/", include("um_portal.accounts.pages")),
    path("account/", include("um_portal.inlogdienst.urls")),
    path("account/herstel/", include("um_portal.herstel.urls")),
    path("collegas/", include("um_portal.collegas.urls")),
    path("gebruikers/", include("um_portal.gebruikers.urls")),
    path("postvak", include("um_portal.demo.urls")),
    path("gemeenten/", include("um_portal.gemeenten.urls")),
    path("achtergrondwerk/", include("um_portal.achtergrondwerk.urls")),
    path("mededelingen/", include("um_portal.mededelingen.urls")),
    path("logboek/", include("um_portal.logboek.urls")),
    path("zoeken/", include("exchange.bemiddelaar.urls")),
    path("leveringen/", include("uploads.urls")),
    path("woordenboek/", include("exchange.woordenboek.urls")),
    path("api/", include("exchange.woordenboek.api_urls")),
    path("hulp/rechten", rights, name="rechten"),
    path("hulp/", include("um_portal.hulp.urls")),
    path(
        "toegankelijkheid",
        open_to_all(TemplateView.as_view(template_name="paginas/toegankelijkheid.html")),
        name="toegankelijkheid",
    ),
    path("privacy", open_to_all(TemplateView.as_view(template_name="paginas/privacy.html")), name="privacy"),
]

if settings.UM_DEMO:
    # All components on one page, for whoever builds on them.
    urlpatterns.append(path("stijlgids", open_to_all(stijlgids), name="stijlgids"))
