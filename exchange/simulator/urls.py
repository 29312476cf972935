"""Routes the addresses of the simulator, a process of its own (UM_COMPONENT=simulator).

`/vum/<version>/` is the exchange as bemiddelaars see it; `/bronnen/<naam>/<version>/` are its own sources.
"""

from django.urls import path
from django.urls.resolvers import URLPattern

from exchange.simulator import views
from exchange.simulator.contract import INTERFACE
from exchange.simulator.parties import EIGEN_BRONNEN
from exchange.standard import Soort


def _exchange() -> list[URLPattern]:
    found, address = [], INTERFACE.uitwisseling_adres.lstrip("/")
    for soort in Soort:
        found.append(path(f"{address}/{soort.api_naam}/matches", views.matches, {"soort": soort}))
        if soort.id_pad is not None:
            found.append(path(f"{address}/{soort.api_naam}/<path:vum_id>", views.detail, {"soort": soort}))
    return found


def _own_sources() -> list[URLPattern]:
    found = []
    for naam in EIGEN_BRONNEN:
        for soort in Soort:
            base, known = f"bronnen/{naam}/{INTERFACE.pad}/{soort.api_naam}", {"naam": naam, "soort": soort}
            found.append(path(f"{base}/matches", views.source_matches, known))
            if soort.id_pad is not None:
                found.append(path(f"{base}/<path:id_bron>", views.source_detail, known))
    return found


urlpatterns = [*_exchange(), *_own_sources(), path("gezond", views.healthy)]

handler404 = "exchange.simulator.views.not_found"
