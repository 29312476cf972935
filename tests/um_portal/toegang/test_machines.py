"""Every address of the two machine APIs and of the simulator, as everybody, for every kind of municipality.

They answer before Django's addresses, so each is walked by what it answers itself.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from exchange.interfaces import current
from exchange.simulator.urls import urlpatterns as simulator_addresses
from exchange.standard import Soort
from tests.factories import (
    een_client,
    een_gebruiker,
    een_gemeente,
    een_levering,
    een_sonar_rij,
    een_vacature,
    een_vraag,
    een_werkblad,
    een_werkzoekende,
    publish_set,
    vum_headers,
)
from um_portal.accounts.models import Supportrol
from um_portal.gemeenten import lifecycle
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.rechten import RECHTEN, Functie, Recht
from uploads.aanleveren import api, sleutels
from uploads.aanleveren.openapi import PAD
from uploads.models import Levering

pytestmark = pytest.mark.django_db

# The addresses of the API for delivering; None is for anybody. One that is not here fails.
AANLEVEREN: dict[str, Recht | None] = {
    r"openapi\.json": None,
    "leveringen": Recht.AANLEVEREN_API,
    "leveringen/{pk}": Recht.AANLEVEREN_API,
    "leveringen/{pk}/bevindingen": Recht.AANLEVEREN_API,
}
# An address of the simulator that anybody may ask; all others are for a party that takes part.
SIMULATOR_OPEN = {"gezond"}
METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")


def people(gemeente: Gemeente) -> Iterator[Client]:
    """Gives nobody, and a browser of every kind of person."""
    yield Client()
    for rol in Rol:
        yield een_client(een_gebruiker(gemeente, rol))
    for supportrol in Supportrol:
        yield een_client(een_gebruiker(supportrol=supportrol))


def key(gemeente: Gemeente) -> dict[str, str]:
    made = sleutels.make(
        gemeente, naam="export", soort=Soort.WERKZOEKENDEN, netwerken=[], verloopt_op=None, gebruiker=None
    )
    levering = een_levering(gemeente, een_werkblad([een_sonar_rij()]))
    with voor_gemeente(gemeente):
        Levering.objects.filter(pk=levering.pk).update(aanleversleutel=made.sleutel)
    return {"Authorization": f"Bearer {made.tekst}", "pk": str(levering.pk)}


def test_the_api_for_delivering_opens_for_a_key_of_the_municipality_itself_and_for_nobody_else() -> None:
    assert RECHTEN[Recht.AANLEVEREN_API] == {Functie.SLEUTEL}
    routes = {route.replace(f"({api._ID})", "{pk}"): set(views) for route, views in api._ROUTES}
    assert set(routes) == set(AANLEVEREN)
    own, other, quiet = (een_gemeente() for _ in range(3))
    keys = {gemeente: key(gemeente) for gemeente in (own, other, quiet)}
    lifecycle.suspend(quiet.pk)
    everybody = list(people(own))
    wrong: list[tuple[object, ...]] = []

    def status(client: Client, method: str, route: str, gemeente: Gemeente, **headers: str) -> int:
        path = route.replace("{pk}", keys[gemeente]["pk"]).replace("\\", "")
        return int(getattr(client, method)(f"{PAD}/{path}", headers=headers).status_code)

    for route, recht in AANLEVEREN.items():
        for method in METHODS:
            # HEAD is answered where GET is.
            there = {"head": "GET"}.get(method, method.upper()) in routes[route]
            asked = [status(browser, method, route, own) for browser in everybody]
            expected = {405} if not there else {200} if recht is None else {401}
            if not set(asked) <= expected:
                wrong.append((route, method, "people", asked))
            if recht is None or not there:
                continue
            with_key = {name: keys[name]["Authorization"] for name in keys}
            mine = status(Client(), method, route, own, Authorization=with_key[own])
            stopped = status(Client(), method, route, quiet, Authorization=with_key[quiet])
            if mine != (400 if method == "post" else 200) or stopped != 403:
                wrong.append((route, method, "key", mine, stopped))
            if (
                "{pk}" in route
                and (of := status(Client(), method, route, other, Authorization=with_key[own])) != 404
            ):
                wrong.append((route, method, "other municipality", of))
    assert wrong == []


def test_the_source_answers_the_exchange_for_one_municipality_and_nobody_else(settings: Any) -> None:
    assert RECHTEN[Recht.BRON] == {Functie.UITWISSELING}
    settings.UM_DEMO, settings.UM_VERTROUWDE_PROXIES = False, ["127.0.0.1"]
    exchange, stranger = {"X-Client-Cert-OIN": settings.UM_BRON_BEVRAGERS[0]}, {"X-Client-Cert-OIN": "9" * 20}
    own, other, quiet, gone = (een_gemeente() for _ in range(4))
    for gemeente, mark in ((own, "own"), (other, "other"), (quiet, "quiet")):
        publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende(f"W-{mark}")])
        publish_set(gemeente, Soort.VACATURES, [een_vacature(f"V-{mark}")])
    lifecycle.suspend(quiet.pk)
    lifecycle.suspend(gone.pk)
    lifecycle.leave(gone.pk)
    everybody = list(people(own))
    wrong: list[tuple[object, ...]] = []

    def ask(client: Client, soort: Soort, rest: str, naar: Gemeente, method: str = "", **extra: str) -> int:
        path = f"{current().bron_adres}/{soort.api_naam}/{rest}"
        headers = {**vum_headers(naar), **extra}
        if (method or ("post" if rest == "matches" else "get")) == "post":
            answer = client.post(
                path, {"vraagObject": een_vraag()}, content_type="application/json", headers=headers
            )
        else:
            answer = getattr(client, method or "get")(path, headers=headers)
        return int(answer.status_code)

    for soort in Soort:
        letter = soort.value[0].upper()
        for rest in ("matches", *([f"{letter}-own"] if soort.id_pad else [])):
            for who in everybody:
                for extra in ({}, stranger):
                    if (found := ask(who, soort, rest, own, **extra)) != 401:
                        wrong.append((soort, rest, "not the exchange", found))
            elsewhere = rest.replace("own", "other")
            expected = {own: 200, quiet: 503, gone: 400}
            if soort is not Soort.WERKGEVERSCONTACTMOMENTEN:
                for naar, status in expected.items():
                    if (found := ask(Client(), soort, rest, naar, **exchange)) != status:
                        wrong.append((soort, rest, naar.naam, found))
            if rest != "matches" and (found := ask(Client(), soort, elsewhere, own, **exchange)) != 400:
                wrong.append((soort, rest, "other municipality", found))
            right = "post" if rest == "matches" else "get"
            for method in set(METHODS) - {right}:
                if (found := ask(Client(), soort, rest, own, method, **exchange)) != 405:
                    wrong.append((soort, rest, method, found))
    assert wrong == []


def test_the_simulator_answers_parties_that_take_part_and_a_session_opens_nothing(settings: Any) -> None:
    settings.ROOT_URLCONF = "exchange.simulator.urls"
    settings.MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
    settings.SECURE_SSL_REDIRECT = False
    own = een_gemeente()
    everybody = list(people(own))
    parties = {
        "X-VUM-fromParty": "1" * 20,
        "X-VUM-toParty": settings.UM_EXCHANGE_OIN,
        "X-VUM-viaParty": "7" * 20,
    }
    headers = {**vum_headers(own), **parties}
    wrong: list[tuple[object, ...]] = []
    for pattern in simulator_addresses:
        assert isinstance(pattern, URLPattern)
        route = str(pattern.pattern)
        path = "/" + route.replace("<path:vum_id>", "x").replace("<path:id_bron>", "x")
        method = "post" if route.endswith("/matches") else "get"
        for browser in everybody:
            for sent in ({}, headers):
                status = int(getattr(browser, method)(path, headers=sent).status_code)
                if (status == 200) != (route in SIMULATOR_OPEN) or status >= 500:
                    wrong.append((route, bool(sent), status))
    assert wrong == []
