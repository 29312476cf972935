"""Answers for the simulator: as the exchange to bemiddelaars, and as its own sources to the exchange.

This module is thin: headers and body are read here, `distribution` and `bronnen` do the work, `contract`
writes the answer.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from exchange.simulator import bronnen, distribution
from exchange.simulator.contract import (
    INTERFACE,
    Afgewezen,
    NietGeautoriseerd,
    answers_as,
    check_method,
    check_parties,
    read_question,
)
from exchange.simulator.parties import EIGEN_BRONNEN, Partij, find_party
from exchange.standard import Soort
from exchange.vum3.headers import Partijen


def _exchange(**_: Any) -> str:
    oin: str = settings.UM_EXCHANGE_OIN
    return oin


def _source(naam: str, **_: Any) -> str:
    return EIGEN_BRONNEN[naam].oin


# --- The exchange, for bemiddelaars ------------------------------------------------------------------------


def _asking_party(request: HttpRequest) -> tuple[Partij, Partijen]:
    partijen = check_parties(request, settings.UM_EXCHANGE_OIN)
    partij = find_party(partijen.van)
    if partij is None:
        raise NietGeautoriseerd
    return partij, partijen


@answers_as(_exchange)
def matches(request: HttpRequest, soort: Soort) -> dict[str, Any]:
    """Answers the POST of a selectievraag: the matches of all sources."""
    check_method(request, "POST")
    partij, partijen = _asking_party(request)
    return distribution.search(soort, read_question(soort, request), partij, partijen.via)


@answers_as(_exchange)
def detail(request: HttpRequest, soort: Soort, vum_id: str) -> dict[str, Any]:
    """Answers the GET of the whole record behind a match."""
    check_method(request, "GET")
    partij, partijen = _asking_party(request)
    return distribution.fetch_detail(soort, vum_id, partij, partijen.via)


@answers_as(_exchange)
def not_found(request: HttpRequest, **_: Any) -> None:
    """Refuses every address that the contracts do not know."""
    raise Afgewezen(INTERFACE.fouten.ongeldig.with_status(404), "Dit adres bestaat niet.")


# --- The own sources, for the exchange ---------------------------------------------------------------------


def _called_by_exchange(request: HttpRequest, naam: str) -> bool:
    """Checks the call, and tells whether the asking party is a SUWI party."""
    check_parties(request, EIGEN_BRONNEN[naam].oin, INTERFACE.headers.suwi)
    suwi = INTERFACE.read_suwi(request.META)
    if naam == "haperend" and bronnen.falter():
        raise Afgewezen(INTERFACE.fouten.niet_beschikbaar, "De bron is even niet bereikbaar.")
    return suwi


@answers_as(_source)
def source_matches(request: HttpRequest, naam: str, soort: Soort) -> dict[str, Any]:
    """Answers the POST of a selectievraag to an own source; outside SUWI a party gets no matches."""
    check_method(request, "POST")
    suwi = _called_by_exchange(request, naam)
    vraag = read_question(soort, request)
    found = (
        bronnen.bestand(naam, soort).search(vraag, settings.UM_MAX_RESULTATEN)
        if suwi
        else bronnen.Matches([], maximum_bereikt=False)
    )
    return {"maximumAantalResultatenBereikt": found.maximum_bereikt, "matches": found.profielen}


@answers_as(_source)
def source_detail(request: HttpRequest, naam: str, soort: Soort, id_bron: str) -> dict[str, Any]:
    """Answers the GET of a whole record of an own source; outside SUWI a party finds none."""
    check_method(request, "GET")
    suwi = _called_by_exchange(request, naam)
    record = bronnen.bestand(naam, soort).find(id_bron) if suwi else None
    if record is None:
        raise Afgewezen(INTERFACE.fouten.ongeldig, f"Er is geen {soort.enkelvoud} met deze id.")
    return record


# --- For whoever runs it -----------------------------------------------------------------------------------


def healthy(request: HttpRequest) -> HttpResponse:
    """Tells the program that started this process that it answers, and starts making the own sources."""
    bronnen.warm_up()
    return HttpResponse("goed", content_type="text/plain; charset=utf-8")
