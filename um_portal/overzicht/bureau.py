"""Makes the desk of somebody who searches: the few fields of a quick search, and the searches that are kept."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Window

from exchange.bemiddelaar import concepten, herhalen, markeren, onderdelen
from exchange.bemiddelaar.details import details_left_of
from exchange.bemiddelaar.forms import ZOEKBARE_SOORTEN, ZoekForm
from exchange.bemiddelaar.models import Resultaat, Zoekconcept, Zoekherhaling, Zoekvraag
from exchange.bemiddelaar.onderdelen import Onderdeel
from exchange.bemiddelaar.searching import visible
from exchange.standard import Soort
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, may
from um_portal.toegang.rechten import Recht, takes_part

_GETOOND = 8


@dataclass(frozen=True, slots=True)
class Bureaurij:
    """A search on the desk, with what it asked and what is left of it."""

    zoekvraag: Zoekvraag
    onderdelen: list[Onderdeel]
    details_over: int

    @property
    def verloopt(self) -> str:
        """Says when it disappears, in words."""
        days = self.zoekvraag.dagen_over
        return {0: "verloopt vandaag", 1: "verloopt morgen"}.get(days, f"nog {days} dagen")


@dataclass(frozen=True, slots=True)
class Bureau:
    """The desk. `form` lends its fields to the quick search; `concept` is a question that was begun and not asked.

    `shortlist` has the results with a star of one's own that wait for a next step, and `gestopt` the weekly repeats
    that stopped by themselves.
    """

    soorten: list[Soort]
    form: ZoekForm
    concept: Zoekconcept | None
    rijen: list[Bureaurij]
    meer: int
    max_details: int
    bewaardagen: int
    shortlist: list[Resultaat]
    gestopt: list[Zoekherhaling]


def desk(request: GemeenteRequest) -> Bureau | None:
    """Gathers the desk; None for who may not search now."""
    if not may(request, Recht.ZOEKEN):
        return None
    with voor_gemeente(request.gemeente):
        # Counted along with the first few: of all that there are.
        searches = list(visible(request.user).annotate(totaal=Window(Count("pk")))[:_GETOOND])
        more = searches[0].totaal - len(searches) if searches else 0
        left = details_left_of(searches)
        rijen = [
            Bureaurij(zoekvraag, asked, left[zoekvraag.pk])
            for zoekvraag, asked in zip(searches, onderdelen.parts(searches), strict=True)
        ]
        concept = concepten.latest(request.user)
        shortlist = markeren.starred(request.user, _GETOOND)
        stopped = list(herhalen.shown_to(request.user).exclude(gestopt_op=None))
    kinds = [one for one in ZOEKBARE_SOORTEN if takes_part(request.gemeente, Recht.ZOEKEN, one.value)]
    form = ZoekForm(soort=kinds[0], auto_id="snel_%s")
    for field in form.fields.values():
        # The desk has no room for explanations, so no field may refer to one.
        field.help_text = ""
    begun = concept if concept is not None and not concept.gesteld and any(concept.velden.values()) else None
    return Bureau(
        kinds,
        form,
        begun,
        rijen,
        more,
        settings.UM_MAX_DETAILS,
        request.gemeente.bewaartermijn,
        shortlist,
        stopped,
    )
