"""The stand-in for the exchange, over real HTTP: servers for the simulator and for sources of every kind."""

import gzip
import json
import random
import re
import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
import requests
import yaml
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import RequestFactory
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from exchange.bron import api
from exchange.fictief import generate
from exchange.fictief.beroepen import BEROEP_OP_CODE, BEROEPEN, COMPETENTIES, VAKGEBIEDEN
from exchange.geo.distances import distance_km, pc4_of
from exchange.simulator import bronnen, parties, state
from exchange.simulator.contract import check_question
from exchange.simulator.matching import matches
from exchange.standard import Soort, validate, velden, zoekprofiel
from exchange.vum3.compose import Criteria
from exchange.vum3.fouten import Afgewezen
from exchange.vum3.interface import VUM3
from tests.examples import examples
from tests.factories import een_gemeente, vum_headers
from tests.places import SHARED
from um_portal.gemeenten import lifecycle
from um_portal.tenants.models import Gemeente, Gemeentestatus

WZ, VAC, WCM = Soort.WERKZOEKENDEN, Soort.VACATURES, Soort.WERKGEVERSCONTACTMOMENTEN
REFERENCE = SHARED / "reference"

DONKERVELD, LICHTENDAM = "00000001000000001000", "00000001000000002000"
EIGEN = "00000009000000001000"
EXCHANGE = "00000009000000002000"
GEBIED = {"postcode": "3511AB", "afstand": 40}
# An occupation that no own source knows; the sources of these tests do not look at the question.
NERGENS = {
    "bemiddelingsberoep": {"$elemMatch": {"$or": [{"beroep.codeBeroepsnaam": {"$eq": "urn:test:geen"}}]}}
}


def werkzoekende(id_bron: str, **more: Any) -> dict[str, Any]:
    return {"idWerkzoekende": id_bron, "mobiliteit": {"bemiddelingspostcode": "3511AB"}, **more}


# --- Servers -----------------------------------------------------------------------------------------------


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


class _WsgiServer(ThreadedWSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[str]:
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"  # type: ignore[index]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def serving_django() -> Iterator[str]:
    server = _WsgiServer(("127.0.0.1", 0), _Quiet)
    server.set_app(WSGIHandler())
    with serving(server) as url:
        yield url


Behaviour = Callable[[BaseHTTPRequestHandler, bytes], None]


class Sources:
    """A web server in which every OIN is a source that behaves as it was told."""

    def __init__(self) -> None:
        self.behaviour: dict[str, Behaviour] = {}
        self.calls: list[tuple[str, str, dict[str, str], bytes]] = []
        sources = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                sources.calls.append((self.command, self.path, dict(self.headers), body))
                sources.behaviour.get(self.headers["X-VUM-toParty"], dead)(self, body)

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)

    def calls_to(self, oin: str) -> list[tuple[str, str, dict[str, str], bytes]]:
        return [call for call in self.calls if call[2]["X-VUM-toParty"] == oin]


def send(
    handler: BaseHTTPRequestHandler,
    body: bytes,
    *,
    status: int = 200,
    content_type: str = "application/json",
    **headers: str,
) -> None:
    handler.send_response(status)
    headers = {
        "X-VUM-fromParty": handler.headers["X-VUM-toParty"],
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def good(*records: dict[str, Any], maximum: bool = False, soort: Soort = WZ, delay: float = 0) -> Behaviour:
    """Makes a source that keeps to the contract and does not look at the question."""

    def behave(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        time.sleep(delay)
        if handler.command == "POST":
            profielen = [zoekprofiel(soort, record) for record in records]
            send(
                handler,
                json.dumps({"maximumAantalResultatenBereikt": maximum, "matches": profielen}).encode(),
            )
            return
        asked = unquote(urlsplit(handler.path).path.rsplit("/", 1)[1])
        for record in records:
            if record[soort.id_pad or ""] == asked:
                send(handler, json.dumps(record).encode())
                return
        send(handler, b'{"code":"400.01","message":"Ongeldige aanroep"}', status=400)

    return behave


def dead(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def says(body: bytes | Any, **more: Any) -> Behaviour:
    return lambda handler, _: send(
        handler, body if isinstance(body, bytes) else json.dumps(body).encode(), **more
    )


def drips(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    """Sends a byte now and then, so that no single read takes too long."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _byte in range(600):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def mountain(handler: BaseHTTPRequestHandler, _: bytes) -> None:
    """Sends more than fits, without saying how much."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.close_connection = True
    handler.wfile.write(b'{"maximumAantalResultatenBereikt":false,"matches":[')
    for _mb in range(12):
        handler.wfile.write(b" " * 1024 * 1024)
    handler.wfile.write(b"]}")


@pytest.fixture
def simulator(transactional_db: None, settings: Settings) -> Iterator[str]:
    """Gives the exchange's base address; its own faltering source behaves, unless a test says otherwise."""
    settings.ROOT_URLCONF = "exchange.simulator.urls"
    settings.MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    settings.UM_SIMULATOR_HAPERING = 0.0
    settings.UM_SIMULATOR_TIJDSLIMIET = 8.0
    settings.UM_EIGEN_OIN = EIGEN
    settings.UM_EXCHANGE_OIN = EXCHANGE
    settings.UM_BRON_URL = "http://127.0.0.1:9"
    with serving_django() as url:
        yield f"{url}/vum/v3"


@pytest.fixture
def sources(settings: Settings, simulator: str) -> Iterator[Sources]:
    """Gives municipalities whose source is the test's own; Donkerveld takes part from the start, and asks."""
    sources = Sources()
    takes_part(DONKERVELD)
    sources.behaviour[DONKERVELD] = says({"maximumAantalResultatenBereikt": False, "matches": []})
    with serving(sources.server) as url:
        settings.UM_BRON_URL = url
        yield sources


def takes_part(oin: str, status: str = Gemeentestatus.TOEGELATEN) -> Gemeente:
    return een_gemeente(f"Gemeente {oin[10:]}", oin=oin, status=status)


def headers(van: str | None = DONKERVELD, changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Gives the headers of a call to the exchange, with these changes; None leaves one out."""
    found: dict[str, str | None] = {
        "X-VUM-berichtVersie": "3.0.0",
        "API-Version": "3.0.0",
        "X-VUM-fromParty": van,
        "X-VUM-toParty": EXCHANGE,
        "X-VUM-viaParty": EIGEN,
        **(changes or {}),
    }
    return {name: value for name, value in found.items() if value is not None}


def search(
    simulator: str,
    vraag: Any = None,
    soort: Soort = WZ,
    van: str = DONKERVELD,
    changes: Mapping[str, str | None] | None = None,
) -> requests.Response:
    vraag = {"selectiegebied": GEBIED, **NERGENS} if vraag is None else vraag
    return requests.post(
        f"{simulator}/{soort.api_naam}/matches",
        json={"vraagObject": vraag},
        headers=headers(van, changes),
        timeout=60,
    )


def detail(simulator: str, vum_id: str, soort: Soort = WZ, van: str = DONKERVELD) -> requests.Response:
    return requests.get(f"{simulator}/{soort.api_naam}/{vum_id}", headers=headers(van), timeout=30)


def ids(response: requests.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [match["vumID"] for match in response.json()["matches"]]


def error(response: requests.Response) -> tuple[int, str]:
    """Gives status and code; the rest of an error is the same everywhere and checked here."""
    body = response.json()
    assert set(body) <= {"code", "message", "details"}
    assert body["message"]
    assert_headers(response)
    return response.status_code, body["code"]


def assert_headers(response: requests.Response, naar: str = DONKERVELD) -> None:
    assert response.headers["X-VUM-berichtVersie"] == response.headers["API-Version"] == "3.0.0"
    assert response.headers["X-VUM-fromParty"] == EXCHANGE
    assert response.headers["X-VUM-toParty"] == naar
    assert response.headers["X-VUM-viaParty"] == EIGEN


# --- A search ----------------------------------------------------------------------------------------------


def test_it_works(simulator: str, sources: Sources) -> None:
    takes_part(LICHTENDAM)
    sources.behaviour[LICHTENDAM] = good(
        werkzoekende("een", emailadres=["geheim@example.org"]),
        werkzoekende("twee", sector=[{"codeSbi": 4120}]),
    )
    response = search(simulator)
    body = response.json()
    assert response.headers["Content-Type"] == "application/json"
    assert set(body) == {"maximumAantalResultatenBereikt", "vraagID", "matches"}
    assert body["maximumAantalResultatenBereikt"] is False
    assert 0 < len(body["vraagID"]) <= 100
    assert sorted((match.get("sector") for match in body["matches"]), key=str) == [None, [{"codeSbi": 4120}]]
    assert "idWerkzoekende" not in response.text
    assert "geheim" not in response.text
    assert_headers(response)

    answers = [detail(simulator, vum_id) for vum_id in ids(response)]
    assert {answer.json()["bronID"] for answer in answers} == {LICHTENDAM}
    assert {answer.json()["werkzoekende"]["idWerkzoekende"] for answer in answers} == {"een", "twee"}
    for answer in answers:
        assert_headers(answer)


def test_a_municipality_that_asks_gets_its_own_matches_too(simulator: str, sources: Sources) -> None:
    sources.behaviour[DONKERVELD] = good(werkzoekende("van-hier"))
    [vum_id] = ids(search(simulator))
    assert detail(simulator, vum_id).json()["bronID"] == DONKERVELD


def test_a_source_is_asked_with_the_headers_of_the_bron_contract(simulator: str, sources: Sources) -> None:
    takes_part(LICHTENDAM)
    sources.behaviour[LICHTENDAM] = good(werkzoekende("een"))
    vraag = {"selectiegebied": GEBIED, **NERGENS, "onbekend.veld": {"$ne": [1, None]}}
    response = search(simulator, vraag, changes={"X-VUM-viaParty": "00000001000000009000"})
    detail(simulator, ids(response)[0])
    asked, fetched = sources.calls_to(LICHTENDAM)
    for call in (asked, fetched):
        assert call[2]["X-VUM-fromParty"] == DONKERVELD
        assert call[2]["X-VUM-toParty"] == LICHTENDAM
        assert call[2]["X-VUM-viaParty"] == EIGEN
        assert call[2]["X-VUM-SUWIparty"] == "true"
        assert call[2]["X-VUM-berichtVersie"] == call[2]["API-Version"] == "3.0.0"
    assert asked[:2] == ("POST", "/werkzoekendeProfielen/matches")
    assert json.loads(asked[3]) == {"vraagObject": vraag}
    assert fetched[:2] == ("GET", "/werkzoekendeProfielen/een")


def test_a_party_outside_suwi_is_announced_as_such_and_gets_nothing_of_the_own_sources(
    simulator: str, sources: Sources
) -> None:
    response = search(simulator, {"selectiegebied": GEBIED}, van=parties.UITZENDBUREAU.oin)
    assert response.json()["matches"] == []
    assert sources.calls_to(DONKERVELD)[0][2]["X-VUM-SUWIparty"] == "false"


@pytest.mark.parametrize(
    "status", [Gemeentestatus.AANGEMELD, Gemeentestatus.OPGESCHORT, Gemeentestatus.VERTROKKEN]
)
def test_a_municipality_that_is_not_admitted_may_not_ask_and_is_not_asked(
    simulator: str, sources: Sources, status: str
) -> None:
    takes_part(LICHTENDAM, status)
    sources.behaviour[LICHTENDAM] = good(werkzoekende("een"))
    assert search(simulator).json()["matches"] == []
    assert not sources.calls_to(LICHTENDAM)
    for response in (search(simulator, van=LICHTENDAM), detail(simulator, "x", van=LICHTENDAM)):
        assert response.status_code == 401
        assert response.content == b""
        assert_headers(response, naar=LICHTENDAM)


def test_the_simulators_own_parties_may_ask(simulator: str, sources: Sources) -> None:
    sources.behaviour[DONKERVELD] = good(werkzoekende("een"))
    response = search(simulator, van=parties.LANDELIJK.oin)
    assert_headers(response, naar=parties.LANDELIJK.oin)
    [vum_id] = ids(response)
    assert detail(simulator, vum_id, van=parties.LANDELIJK.oin).status_code == 200


def test_the_maximum_is_reached_when_any_source_says_so(simulator: str, sources: Sources) -> None:
    takes_part(LICHTENDAM)
    sources.behaviour[LICHTENDAM] = good(werkzoekende("een"), maximum=True)
    assert search(simulator).json()["maximumAantalResultatenBereikt"] is True


def test_a_source_that_sends_more_than_allowed_is_cut_to_a_random_choice(
    simulator: str, sources: Sources
) -> None:
    sources.behaviour[DONKERVELD] = good(*(werkzoekende(f"p{number}") for number in range(250)))
    body = search(simulator).json()
    assert len(body["matches"]) == 100
    assert body["maximumAantalResultatenBereikt"] is True


def test_the_matches_of_sources_are_mixed(simulator: str, sources: Sources) -> None:
    takes_part(LICHTENDAM)
    for oin, sbi in ((DONKERVELD, 1), (LICHTENDAM, 2)):
        sources.behaviour[oin] = good(
            *(werkzoekende(f"p{number}", sector=[{"codeSbi": sbi}]) for number in range(50))
        )
    order = [match["sector"][0]["codeSbi"] for match in search(simulator).json()["matches"]]
    assert order != sorted(order)
    assert order != sorted(order, reverse=True)


def test_what_does_not_belong_in_a_search_profile_goes_no_further(simulator: str, sources: Sources) -> None:
    leaky = werkzoekende("een", emailadres=["lek@example.org"], indicatieLdrRegistratie=1)
    sources.behaviour[DONKERVELD] = says({"maximumAantalResultatenBereikt": False, "matches": [leaky]})
    [match] = search(simulator).json()["matches"]
    assert set(match) == {"mobiliteit", "vumID"}


def test_a_match_that_is_not_right_costs_the_others_of_its_source_nothing(
    simulator: str, sources: Sources
) -> None:
    given = [
        werkzoekende("goed"),
        werkzoekende(""),
        werkzoekende("spatie in id"),
        {"idWerkzoekende": "geen-postcode"},
        werkzoekende("fout", werktijden={"aantalWerkurenPerWeekMaximaal": "veertig"}),
        werkzoekende("onbekend", schoenmaat=43),
        None,
        "tekst",
    ]
    sources.behaviour[DONKERVELD] = says({"maximumAantalResultatenBereikt": False, "matches": given})
    [vum_id] = ids(search(simulator))
    assert sources.calls_to(DONKERVELD)
    sources.behaviour[DONKERVELD] = good(werkzoekende("goed"))
    assert detail(simulator, vum_id).json()["werkzoekende"]["idWerkzoekende"] == "goed"


def test_employer_contacts_have_no_vum_id_and_no_details(simulator: str, sources: Sources) -> None:
    contact = {"datum": "2026-01-15", "werkgever": {"nummerKvk": "99999999"}}
    sources.behaviour[DONKERVELD] = says({"maximumAantalResultatenBereikt": False, "matches": [contact]})
    body = search(simulator, {"werkgever.nummerKvk": {"$eq": "99999999"}}, WCM).json()
    assert body["matches"] == [contact]
    assert body["vraagID"]
    assert detail(simulator, "x", WCM).status_code == 404


def test_what_the_own_sources_tell_of_an_employer_can_be_found(simulator: str, sources: Sources) -> None:
    kvk = generate.WERKGEVERS["Bakkerij"][0].kvk
    body = search(simulator, {"werkgever.nummerKvk": {"$eq": kvk}}, WCM).json()
    assert {match["werkgever"]["nummerKvk"] for match in body["matches"]} <= {kvk}
    everybody = [group[place].kvk for group in generate.WERKGEVERS.values() for place in range(4)]
    found = [
        search(simulator, {"werkgever.nummerKvk": {"$eq": kvk}}, WCM).json()["matches"]
        for kvk in everybody[:12]
    ]
    assert any(found)


# --- Calls that are not right ------------------------------------------------------------------------------


_WRONG_HEADERS: tuple[tuple[str, str | None, str], ...] = (
    ("X-VUM-berichtVersie", None, "400.02"),
    ("API-Version", None, "400.02"),
    ("X-VUM-toParty", None, "400.02"),
    ("X-VUM-viaParty", None, "400.02"),
    ("X-VUM-viaParty", "", "400.02"),
    ("X-VUM-berichtVersie", "3.1.0", "400.01"),
    ("API-Version", "3", "400.01"),
    ("X-VUM-toParty", "0000000900000000200", "400.01"),
    ("X-VUM-toParty", DONKERVELD, "400.01"),
    ("X-VUM-viaParty", "0000000900000000100x", "400.01"),
)


def test_every_header_must_be_there_and_be_right(simulator: str, sources: Sources) -> None:
    for name, value, code in _WRONG_HEADERS:
        for response in (
            requests.post(f"{simulator}/vacatures/matches", json={}, headers=headers(changes={name: value})),
            requests.get(f"{simulator}/vacatures/x", headers=headers(changes={name: value})),
        ):
            assert response.status_code == 400, (name, value)
            assert response.json()["code"] == code, (name, value)
            assert name in response.json()["details"], (name, value)
            assert response.headers["X-VUM-fromParty"] == EXCHANGE, (name, value)


@pytest.mark.parametrize(("van", "code"), [(None, "400.02"), ("12345", "400.01")])
def test_the_asking_party_must_say_who_it_is(simulator: str, van: str | None, code: str) -> None:
    response = requests.post(f"{simulator}/vacatures/matches", json={}, headers=headers(van))
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert "X-VUM-toParty" not in response.headers


def test_who_is_not_known_gets_nothing_but_401(simulator: str) -> None:
    response = search(simulator, {"geen": "vraag"}, van="00000001000000007000")
    assert response.status_code == 401
    assert response.content == b""
    assert "Content-Type" not in response.headers


_NOT_RIGHT: tuple[tuple[Soort, bytes, str], ...] = (
    (WZ, b"", "400.01"),
    (WZ, b"{", "400.01"),
    (WZ, b"\xff\xfe", "400.01"),
    (WZ, b"[]", "400.01"),
    (WZ, b'{"vraagObject":NaN}', "400.01"),
    (WZ, b"[" * 50_000, "400.01"),
    (WZ, b'{"vraagObject":{"selectiegebied":' + b" " * 70_000 + b"}}", "400.01"),
    (WZ, b"{}", "400.02"),
    (WZ, b'{"vraagobject":{}}', "400.02"),
    (WZ, b'{"vraagObject":null}', "400.01"),
    (WZ, b'{"vraagObject":[]}', "400.01"),
    (WZ, b'{"vraagObject":{}}', "400.02"),
    (WZ, b'{"vraagObject":{"selectiegebied":{}}}', "400.02"),
    (WZ, b'{"vraagObject":{"selectiegebied":[]}}', "400.01"),
    (WZ, b'{"vraagObject":{"selectiegebied":{"afstand":5}}}', "400.02"),
    (WZ, b'{"vraagObject":{"selectiegebied":{"postcode":"3511AB"}}}', "400.02"),
    (WZ, b'{"vraagObject":{"selectiegebied":{"postcode":"3511","afstand":5}}}', "400.01"),
    (WZ, b'{"vraagObject":{"selectiegebied":{"postcode":"3511AB\\n","afstand":5}}}', "400.01"),
    (WZ, b'{"vraagObject":{"selectiegebied":{"postcode":"3511AB","afstand":"5"}}}', "400.01"),
    (WZ, b'{"vraagObject":{"selectiegebied":{"postcode":"3511AB","afstand":true}}}', "400.01"),
    (WZ, b'{"vraagObject":{"selectiegebied":{"postcode":"3511AB","afstand":1000}}}', "400.01"),
    (WZ, b'{"vraagObject":{"selectiegebied":{"postcode":"3511AB","afstand":-1}}}', "400.01"),
    (WZ, b'{"vraagObject":{"selectiegebied":{"postcode":"3511AB","afstand":5}},"meer":1}', "400.01"),
    (VAC, b'{"vraagObject":{},"meer":1}', "400.02"),
    (WCM, b'{"vraagObject":{}}', "400.02"),
    (WCM, b'{"vraagObject":{"werkgever.nummerKvk":{"$eq":12345678}}}', "400.01"),
)


def test_a_body_that_is_not_right_is_refused(simulator: str, sources: Sources) -> None:
    for soort, body, code in _NOT_RIGHT:
        response = requests.post(
            f"{simulator}/{soort.api_naam}/matches",
            data=body,
            headers={**headers(), "Content-Type": "application/json; charset=utf-8"},
        )
        assert error(response) == (400, code), body[:80]
        assert not sources.calls, body[:80]


def test_a_body_must_be_announced_as_json(simulator: str, sources: Sources) -> None:
    body = json.dumps({"vraagObject": {"selectiegebied": GEBIED}}).encode()
    response = requests.post(
        f"{simulator}/vacatures/matches", data=body, headers={**headers(), "Content-Type": "text/plain"}
    )
    assert error(response) == (400, "400.01")


def _asked_with(sleutel: str, operator: str, value: Any) -> dict[str, Any]:
    area = {"selectiegebied": {"postcode": "3511AB", "afstand": 5}}
    return {"vraagObject": {**area, sleutel: {operator: value}}}


_GOOD = {"vraagObject": {"selectiegebied": {"postcode": "3511AB", "afstand": 5}}}


@pytest.mark.parametrize(
    ("soort", "body", "mediatype", "code"),
    [
        (WZ, _GOOD, "application/json", ""),
        (WZ, _GOOD, "application/json; charset=utf-8", ""),
        (WZ, _GOOD, "text/plain", "400.01"),
        (VAC, _GOOD, "", "400.01"),
        (WZ, {**_GOOD, "meer": 1}, "application/json", "400.01"),
        (VAC, {**_GOOD, "meer": 1}, "application/json", ""),
        (
            WCM,
            {"vraagObject": {"werkgever.nummerKvk": {"$eq": "12345678"}}, "a": 1},
            "application/json",
            "400.01",
        ),
        (
            WZ,
            _asked_with("werktijden.aantalWerkurenPerWeekMinimaal", "$lte", "20"),
            "application/json",
            "400.01",
        ),
        (
            VAC,
            _asked_with("werktijden.aantalWerkurenPerWeekMaximaal", "$gte", "twintig"),
            "application/json",
            "400.01",
        ),
        (
            WZ,
            _asked_with("werktijden.aantalWerkurenPerWeekMinimaal", "$lte", True),
            "application/json",
            "400.01",
        ),
        (WZ, _asked_with("datumAanvangBeschikbaarVoorWerk", "$lte", 20270101), "application/json", "400.01"),
        (VAC, _asked_with("datumAanvangWerkzaamheden", "$gte", "morgen"), "application/json", "400.01"),
        (VAC, _asked_with("codeWerkEnDenkniveauMinimaal", "$eq", 7), "application/json", "400.01"),
        # A bound that the contract does not know here has no effect, whatever its type.
        (WZ, _asked_with("werktijden.aantalWerkurenPerWeekMinimaal", "$gte", "20"), "application/json", ""),
    ],
)
def test_the_source_and_the_simulator_judge_a_call_alike(
    simulator: str,
    sources: Sources,
    settings: Settings,
    soort: Soort,
    body: dict[str, Any],
    mediatype: str,
    code: str,
) -> None:
    settings.UM_DEMO, settings.ALLOWED_HOSTS = True, ["127.0.0.1", "testserver"]
    call = f"{soort.api_naam}/matches"
    answers: list[Any] = [
        requests.post(
            f"{simulator}/{call}", data=json.dumps(body), headers={**headers(), "Content-Type": mediatype}
        ),
        api.handle(
            RequestFactory().generic(
                "POST",
                f"/vum/bron/v3/{call}",
                json.dumps(body).encode(),
                content_type=mediatype,
                headers=vum_headers(DONKERVELD),
            )
        ),
    ]
    assert [answer.status_code for answer in answers] == [400 if code else 200] * 2
    if code:
        assert [json.loads(answer.content)["code"] for answer in answers] == [code] * 2


def test_the_simulator_asks_only_the_own_sources_that_take_part(
    simulator: str, sources: Sources, settings: Settings
) -> None:
    for names in ([], ["landelijk"], ["landelijk", "haperend"]):
        settings.UM_SIMULATOR_BRONNEN = names
        own = {bron.oin for bron in parties.sources()} - {DONKERVELD}
        assert own == {parties.EIGEN_BRONNEN[naam].oin for naam in names}


def test_an_address_or_method_that_the_contract_does_not_know_is_refused(
    simulator: str, sources: Sources
) -> None:
    assert error(requests.get(f"{simulator}/banen/x", headers=headers())) == (404, "400.01")
    assert error(requests.delete(f"{simulator}/vacatures/x", headers=headers())) == (405, "400.01")
    assert error(requests.get(f"{simulator}/vacatures/matches", headers=headers())) == (405, "400.01")


def test_without_redis_the_service_is_not_available(
    simulator: str, sources: Sources, settings: Settings
) -> None:
    settings.UM_SIMULATOR_REDIS_URL = "redis://127.0.0.1:9/2"
    sources.behaviour[DONKERVELD] = good(werkzoekende("een"))
    assert error(search(simulator)) == (503, "500.3")
    assert error(detail(simulator, "x")) == (503, "500.3")


def test_an_own_fault_is_told_as_the_contract_says_and_without_particulars(
    simulator: str, sources: Sources, settings: Settings
) -> None:
    settings.UM_MAX_RESULTATEN = "honderd"
    response = search(simulator)
    assert error(response) == (500, "500.1")
    assert "details" not in response.json()


def test_it_tells_that_it_is_up_and_makes_its_sources_ready(simulator: str) -> None:
    address = simulator.removesuffix("/vum/v3") + "/gezond"
    assert [requests.get(address).status_code for _ in range(3)] == [200] * 3
    for thread in threading.enumerate():
        if thread.name == "bronnen-klaarzetten":
            thread.join(60)
    ready = bronnen._files["landelijk", WZ][1]
    assert bronnen.bestand("landelijk", WZ) is ready


# --- The form of a selectievraag, against the contract itself ---------------------------------------------


VOLLEDIG: dict[Soort, dict[str, Any]] = {
    WZ: {
        "selectiegebied": GEBIED,
        "bemiddelingsberoep": {"$elemMatch": {"$or": [{"beroep.codeBeroepsnaam": {"$eq": "urn:a"}}]}},
        "contractvorm": {"$elemMatch": {"$or": [{"codeTypeArbeidscontract": {"$eq": "O"}}]}},
        "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst": {"$eq": 1},
        "arbeidsmarktkwalificatie.rijbewijs": {
            "$all": [{"$elemMatch": {"codeSoortRijbewijs": {"$eq": "B+"}}}]
        },
        "arbeidsmarktkwalificatie.taalbeheersing": {
            "$all": [
                {
                    "$elemMatch": {
                        "codeTaal": {"$eq": "nld"},
                        "codeNiveauTaalbeheersingMondeling": {"$gte": 3},
                        "codeNiveauTaalbeheersingSchriftelijk": {"$gte": 2},
                    }
                }
            ]
        },
        "datumAanvangBeschikbaarVoorWerk": {"$lte": "2026-02-28"},
        "werktijden.indicatieKantoortijden": {"$eq": 2},
        "werktijden.aantalWerkurenPerWeekMaximaal": {"$gte": 24},
        "werktijden.aantalWerkurenPerWeekMinimaal": {"$lte": 36},
    },
    VAC: {
        "selectiegebied": GEBIED,
        "beroep.codeBeroepsnaam": {"$eq": "urn:a"},
        "codeWerkEnDenkniveauMinimaal": {"$gte": "2", "$lt": "7"},
        "datumAanvangWerkzaamheden": {"$gte": "2026-02-28"},
        "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst": {"$eq": 1},
        "rijbewijs": {"$all": [{"$elemMatch": {"codeSoortRijbewijs": {"$eq": "CE"}}}]},
        "taalbeheersing": {"$all": [{"$elemMatch": {"codeTaal": {"$eq": "nld"}}}]},
        "werktijden.aantalWerkurenPerWeekMaximaal": {"$gte": 24},
        "werktijden.aantalWerkurenPerWeekMinimaal": {"$lte": 36},
    },
    WCM: {"werkgever.nummerKvk": {"$eq": "00000001"}, "datum": {"$gte": "2026-02-28"}},
}
_JSON: list[Any] = [
    None, True, False, 0, 1, 2, 3, 4, 7, 8, 99, 100, -1, "", "7", "1", "6", "O", "B+", "nld", "NLD", "2026-02-29",
    "2026-2-1", "1234AB", "12345678", "x" * 200, "x" * 201, [], {}, [{}], {"$eq": 1}, {"$eq": "7"}, {"$lt": "7"},
    {"$all": []}, {"$elemMatch": {}}, {"$or": []}, {"onbekend": 1},
]  # fmt: skip


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if place:
        yield place
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, (*place, key))


def _with(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    """Copies a value with `new` in that place; without that place when `new` is KeyError."""
    result = deepcopy(value)
    group = result
    for key in place[:-1]:
        group = group[key]
    if new is KeyError:
        del group[place[-1]]
    else:
        group[place[-1]] = new
    return result


def _contract(soort: Soort) -> dict[str, Any]:
    name = {WZ: "WerkzoekendeProfielen", VAC: "Vacatures", WCM: "Werkgeverscontactmomenten"}[soort]
    path = REFERENCE / "vum-3" / f"VUM-Bemiddelaar-{name}.yaml"
    if not path.is_file():
        pytest.skip(f"no contract to compare with: {path} is absent")
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    return document


@pytest.mark.parametrize("soort", list(Soort))
def test_a_question_is_right_when_the_contract_says_so(soort: Soort) -> None:
    document = _contract(soort)
    kind = {WZ: "MPWerkzoekende", VAC: "MPVacature", WCM: "MPWerkgeverscontactmoment"}[soort]
    schema = {"$ref": f"#/components/schemas/{kind}", "components": document["components"]}
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker(formats=["date"]))
    counts: Counter[bool] = Counter()
    for place in _places(VOLLEDIG[soort]):
        for new in (*_JSON, KeyError):
            vraag = _with(VOLLEDIG[soort], place, new)
            try:
                check_question(soort, vraag)
                accepted = True
            except Afgewezen:
                accepted = False
            assert accepted is validator.is_valid(vraag), vraag
            counts[accepted] += 1
    assert min(counts[True], counts[False]) > 10


@pytest.mark.parametrize("soort", [WZ, VAC])
def test_every_question_that_a_search_form_makes_is_right(soort: Soort) -> None:
    vraag = VUM3.compose(
        soort,
        Criteria("3511AB", 0, {
            "beroep": ["urn:a", "urn:b"], "uren_vanaf": 1, "uren_tot": 99, "rijbewijzen": ["B", "CE"],
            "taal": "nld", "taal_mondeling": 2, "taal_schriftelijk": 4, "kantoortijden": 1, "onregelmatig": 2,
            "contractvormen": ["O", "B"], "datum": date(2026, 2, 28), "denkniveau_minimaal": "1",
        }),
    )  # fmt: skip
    check_question(soort, vraag)


@pytest.mark.parametrize("soort", list(Soort))
def test_what_the_exchange_answers_is_what_the_contract_says(
    simulator: str, sources: Sources, soort: Soort
) -> None:
    document = _contract(soort)

    def assert_by_contract(response: requests.Response, path: str, method: str) -> None:
        declared = document["paths"][f"/{soort.api_naam}/{path}"][method]["responses"][
            str(response.status_code)
        ]
        for header in declared["headers"]:
            assert response.headers[header]
        schema = declared["content"]["application/json"]["schema"]
        jsonschema.Draft4Validator(
            {"components": document["components"], "allOf": [schema]},
            format_checker=jsonschema.FormatChecker(formats=["date"]),
        ).validate(response.json())

    employers = [werkgever for group in generate.WERKGEVERS.values() for werkgever in group]
    asked = (
        [{"selectiegebied": {"postcode": "3511AB", "afstand": 999}}]
        if soort.id_pad
        else [{"werkgever.nummerKvk": {"$eq": werkgever.kvk}} for werkgever in employers[:5]]
    )
    answers = [search(simulator, vraag, soort) for vraag in asked]
    assert sum(len(answer.json()["matches"]) for answer in answers) > 2
    for answer in answers:
        assert_by_contract(answer, "matches", "post")
    refused = search(simulator, {}, soort)
    assert refused.status_code == 400
    assert_by_contract(refused, "matches", "post")
    if soort.id_pad is None:
        return
    found = [detail(simulator, vum_id, soort) for vum_id in ids(answers[0])[:11]]
    assert [answer.status_code for answer in found] == [200] * 10 + [429]
    for answer in (*found, detail(simulator, "onbekend", soort)):
        assert_by_contract(answer, "{vumID}", "get")


# --- Sources that behave in every possible way -------------------------------------------------------------

EMPTY = {"maximumAantalResultatenBereikt": False, "matches": []}
BABBLE: dict[str, Behaviour] = {
    "hangs up": dead,
    "no JSON": says(b"<html>storing</html>"),
    "half of it": says(b'{"maximumAantalResultatenBereikt":false,"matches":['),
    "another type": says(EMPTY, content_type="text/html"),
    "NaN": says(b'{"maximumAantalResultatenBereikt":false,"matches":[NaN]}'),
    "a list": says([EMPTY]),
    "nothing": says(b""),
    "no matches": says({"maximumAantalResultatenBereikt": False}),
    "matches that are no list": says({"maximumAantalResultatenBereikt": False, "matches": {}}),
    "no flag": says({"matches": []}),
    "a flag in words": says({"maximumAantalResultatenBereikt": "false", "matches": []}),
    "nonsense as matches": says({"maximumAantalResultatenBereikt": False, "matches": [1, None, "x", [], {}]}),
    "bottomless": says(b"[" * 100_000),
    "a mountain": mountain,
    "a bomb": says(gzip.compress(b" " * 20_000_000), Content_Encoding="gzip"),
    "in another's name": says(EMPTY, X_VUM_fromParty=DONKERVELD),
    "not found": says(b"", status=404),
    "broken": says({"code": "500.1", "message": "Interne serverfout"}, status=500),
    "refuses": says({"code": "400.01", "message": "Ongeldige aanroep"}, status=400),
    "no content": says(b"", status=204),
    "teapot": says(b"", status=418),
}


@pytest.mark.parametrize("behaviour", BABBLE.values(), ids=BABBLE.keys())
def test_a_source_that_babbles_spoils_nothing_of_the_others(
    simulator: str, sources: Sources, behaviour: Behaviour
) -> None:
    takes_part(LICHTENDAM)
    sources.behaviour[DONKERVELD] = good(werkzoekende("goed"))
    sources.behaviour[LICHTENDAM] = behaviour
    assert len(ids(search(simulator))) == 1


def test_a_redirect_is_not_followed(simulator: str, sources: Sources, settings: Settings) -> None:
    takes_part(LICHTENDAM)
    target = f"{settings.UM_BRON_URL}/elders"
    sources.behaviour[LICHTENDAM] = says(b"", status=307, Location=target)
    assert ids(search(simulator)) == []
    assert "/elders" not in {call[1] for call in sources.calls}


@pytest.mark.parametrize("behaviour", [good(werkzoekende("laat"), delay=30), drips], ids=["slow", "drips"])
def test_a_slow_source_is_waited_for_no_longer_than_its_time(
    simulator: str, sources: Sources, settings: Settings, behaviour: Behaviour
) -> None:
    search(simulator)  # so that the own sources have made their records
    settings.UM_SIMULATOR_TIJDSLIMIET = 1.5
    takes_part(LICHTENDAM)
    sources.behaviour[DONKERVELD] = good(werkzoekende("op-tijd"))
    sources.behaviour[LICHTENDAM] = behaviour
    started = time.monotonic()
    assert len(ids(search(simulator))) == 1
    assert time.monotonic() - started < 15


def test_sources_are_asked_side_by_side(simulator: str, sources: Sources) -> None:
    """Lets no source answer before all of them were asked."""
    asked = threading.Barrier(12)
    answer = good(werkzoekende("p"))

    def waits_for_the_others(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        asked.wait(7)
        answer(handler, body)

    for number in range(12):
        oin = f"000000010000001{number:02d}000"
        takes_part(oin)
        sources.behaviour[oin] = waits_for_the_others
    assert len(ids(search(simulator))) == 12


def test_a_thread_that_asks_twice_does_so_over_two_connections(simulator: str, sources: Sources) -> None:
    """A source closes the connection after its answer, as it was asked to, without saying so itself."""
    for number in range(12):
        oin = f"000000010000001{number:02d}000"
        takes_part(oin)
        sources.behaviour[oin] = good(werkzoekende("p"))
    for _ in range(5):
        assert len(ids(search(simulator))) == 12


def test_when_not_one_source_answers_the_service_is_not_available(
    simulator: str, sources: Sources, settings: Settings
) -> None:
    settings.UM_SIMULATOR_TIJDSLIMIET = 0.0001
    assert error(search(simulator)) == (503, "500.3")


def test_a_portal_that_is_down_is_a_source_less(simulator: str, sources: Sources, settings: Settings) -> None:
    settings.UM_BRON_URL = "http://127.0.0.1:9"
    assert ids(search(simulator)) == []


# --- What the exchange remembers ---------------------------------------------------------------------------


def test_nothing_can_be_read_from_a_vum_id(simulator: str, sources: Sources) -> None:
    sources.behaviour[DONKERVELD] = good(*(werkzoekende(f"bron-id-{number}") for number in range(50)))
    first, second = search(simulator), search(simulator)
    found = ids(first) + ids(second)
    assert len(set(found)) == 100
    for vum_id in found:
        assert re.fullmatch(r"[a-zA-Z0-9_.-]{1,500}", vum_id)
        assert "bron" not in vum_id
        assert first.json()["vraagID"] not in vum_id
        assert DONKERVELD not in vum_id
    # No beginning in common either, as ids from a counter or a clock would have.
    assert len({vum_id[:6] for vum_id in found}) == 100
    assert first.json()["vraagID"] != second.json()["vraagID"]


def test_ids_are_kept_for_seven_days_and_profiles_and_details_never(simulator: str, sources: Sources) -> None:
    secret = werkzoekende("een", persoonlijkePresentatie="Herkenbare zin", sector=[{"codeSbi": 47111}])
    sources.behaviour[DONKERVELD] = good(secret)
    [vum_id] = ids(search(simulator))
    assert detail(simulator, vum_id).json()["werkzoekende"] == secret
    redis = state.client()
    names = [key.decode() for key in redis.scan_iter()]
    assert len(names) == 2
    for name in names:
        assert 6 * 86400 < redis.ttl(name) <= 7 * 86400
        kept = name + str(redis.get(name))
        assert not [trace for trace in ("Herkenbare", "47111", "3511") if trace in kept]


# --- Details -----------------------------------------------------------------------------------------------


@pytest.fixture
def vum_id(simulator: str, sources: Sources) -> str:
    """Gives a match that Donkerveld found at Lichtendam."""
    takes_part(LICHTENDAM)
    sources.behaviour[LICHTENDAM] = good(werkzoekende("een"))
    return ids(search(simulator))[0]


def test_a_match_is_only_for_the_party_that_found_it(simulator: str, vum_id: str) -> None:
    response = detail(simulator, vum_id, van=LICHTENDAM)
    assert (response.status_code, response.json()["code"]) == (400, "400.01")
    assert detail(simulator, vum_id).status_code == 200


@pytest.mark.parametrize("other", ["onbekend", "x" * 501, "met spatie", "%C3%A9", "a/b", "%00"])
def test_an_id_that_was_never_given_is_not_known(simulator: str, sources: Sources, other: str) -> None:
    assert error(detail(simulator, other)) == (400, "400.01")


def test_a_match_of_one_kind_is_not_known_as_another(simulator: str, vum_id: str) -> None:
    assert error(detail(simulator, vum_id, VAC)) == (400, "400.01")


def test_the_eleventh_detail_of_a_search_is_refused(simulator: str, sources: Sources) -> None:
    sources.behaviour[DONKERVELD] = good(*(werkzoekende(f"p{number}") for number in range(12)))
    first, second = ids(search(simulator)), ids(search(simulator))
    assert [detail(simulator, vum_id).status_code for vum_id in first[:10]] == [200] * 10
    assert error(detail(simulator, first[10])) == (429, "429.01")
    assert error(detail(simulator, first[0])) == (429, "429.01")
    assert detail(simulator, second[0]).status_code == 200


def test_of_twenty_detail_requests_at_once_exactly_ten_succeed(simulator: str, sources: Sources) -> None:
    sources.behaviour[DONKERVELD] = good(*(werkzoekende(f"p{number}") for number in range(20)), delay=0.3)
    found = ids(search(simulator))
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda vum_id: detail(simulator, vum_id), found))
    assert Counter(answer.status_code for answer in answers) == {200: 10, 429: 10}
    assert sum(call[0] == "GET" for call in sources.calls) == 10


DETAIL_BABBLE: dict[str, Behaviour] = {
    **{
        name: BABBLE[name]
        for name in ("hangs up", "no JSON", "another type", "a mountain", "not found", "broken")
    },
    "a list": says([]),
    "another record": says(werkzoekende("twee")),
    "no standard": says(werkzoekende("een", telefoonnummer="geen lijst")),
    "not allowed": says(b"", status=401),
    "busy": says({"code": "429.01", "message": "Limiet overschreden"}, status=429),
}


@pytest.mark.parametrize("behaviour", DETAIL_BABBLE.values(), ids=DETAIL_BABBLE.keys())
def test_a_detail_that_a_source_does_not_give_costs_nothing(
    simulator: str, sources: Sources, vum_id: str, behaviour: Behaviour
) -> None:
    well = sources.behaviour[LICHTENDAM]
    sources.behaviour[LICHTENDAM] = behaviour
    assert {error(detail(simulator, vum_id)) for _ in range(11)} == {(503, "500.3")}
    sources.behaviour[LICHTENDAM] = well
    assert [detail(simulator, vum_id).status_code for _ in range(11)] == [200] * 10 + [429]


def test_a_record_that_the_source_no_longer_has_costs_nothing(
    simulator: str, sources: Sources, vum_id: str
) -> None:
    well = sources.behaviour[LICHTENDAM]
    sources.behaviour[LICHTENDAM] = good()
    assert {error(detail(simulator, vum_id)) for _ in range(11)} == {(400, "400.01")}
    sources.behaviour[LICHTENDAM] = well
    assert detail(simulator, vum_id).status_code == 200


def test_a_detail_that_lacks_what_only_a_match_must_have_is_passed_on(
    simulator: str, sources: Sources, vum_id: str
) -> None:
    sources.behaviour[LICHTENDAM] = says({"telefoonnummer": ["06-00123456"]})
    assert detail(simulator, vum_id).json()["werkzoekende"] == {"telefoonnummer": ["06-00123456"]}


def test_a_slow_detail_ends_in_time(
    simulator: str, sources: Sources, vum_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.simulator.distribution.DETAIL_SECONDS", 0.5)
    sources.behaviour[LICHTENDAM] = drips
    started = time.monotonic()
    assert error(detail(simulator, vum_id)) == (503, "500.3")
    assert time.monotonic() - started < 15


def test_a_source_that_has_left_gives_no_details(simulator: str, sources: Sources, vum_id: str) -> None:
    lifecycle.suspend(Gemeente.objects.get(oin=LICHTENDAM).pk)
    assert error(detail(simulator, vum_id)) == (503, "500.3")
    assert not [call for call in sources.calls_to(LICHTENDAM) if call[0] == "GET"]


def test_a_searcher_that_was_suspended_gets_no_details(simulator: str, vum_id: str) -> None:
    lifecycle.suspend(Gemeente.objects.get(oin=DONKERVELD).pk)
    assert detail(simulator, vum_id).status_code == 401


def test_a_place_that_nobody_gives_back_comes_free_by_itself(simulator: str) -> None:
    left_behind = [state.Detailplaats("vraag").reserve(limit=10, seconds=0.3) for _ in range(10)]
    assert all(left_behind)
    assert not state.Detailplaats("vraag").reserve(limit=10, seconds=5)
    time.sleep(0.4)
    assert state.Detailplaats("vraag").reserve(limit=10, seconds=5)


@pytest.mark.parametrize("odd", ["..", ".", "a.b-c_d", "A" * 200])
def test_the_source_is_asked_for_its_own_id_whatever_it_looks_like(
    simulator: str, sources: Sources, odd: str
) -> None:
    sources.behaviour[DONKERVELD] = good(werkzoekende(odd))
    [vum_id] = ids(search(simulator))
    sources.behaviour[DONKERVELD] = says(werkzoekende(odd))
    assert detail(simulator, vum_id).status_code == 200
    path = sources.calls[-1][1]
    assert path.startswith("/werkzoekendeProfielen/")
    assert path.replace("%2E", ".") == f"/werkzoekendeProfielen/{odd}"


# --- The own sources ---------------------------------------------------------------------------------------


def bron_headers(oin: str, changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Gives the headers of a call of the exchange to a source."""
    return headers(changes={"X-VUM-toParty": oin, "X-VUM-SUWIparty": "true", **(changes or {})})


def ask_own(
    simulator: str,
    vraag: Any,
    naam: str = "landelijk",
    soort: Soort = WZ,
    changes: Mapping[str, str | None] | None = None,
) -> requests.Response:
    return requests.post(
        f"{simulator.removesuffix('/vum/v3')}/bronnen/{naam}/v3/{soort.api_naam}/matches",
        json={"vraagObject": vraag},
        headers=bron_headers(parties.EIGEN_BRONNEN[naam].oin, changes),
        timeout=30,
    )


def test_the_national_source_gives_a_hundred_of_its_many_matches_at_random(simulator: str) -> None:
    vraag = {"selectiegebied": {"postcode": "3511AB", "afstand": 100}}
    first, second = ask_own(simulator, vraag).json(), ask_own(simulator, vraag).json()
    assert first["maximumAantalResultatenBereikt"] is True
    assert len(first["matches"]) == len({match["idWerkzoekende"] for match in first["matches"]}) == 100
    assert first["matches"] != second["matches"]
    assert len({match["mobiliteit"]["bemiddelingspostcode"][:4] for match in first["matches"]}) > 50


@pytest.mark.parametrize("soort", [WZ, VAC])
def test_a_match_and_its_detail_of_an_own_source_belong_together_and_follow_the_standard(
    simulator: str, soort: Soort
) -> None:
    matches_found = ask_own(simulator, {"selectiegebied": GEBIED}, soort=soort).json()["matches"]
    for match in matches_found[:5]:
        response = requests.get(
            f"{simulator.removesuffix('/vum/v3')}/bronnen/landelijk/v3/{soort.api_naam}/{match[soort.id_pad or '']}",
            headers=bron_headers(parties.LANDELIJK.oin),
        )
        record = response.json()
        assert validate(soort, record) == []
        assert zoekprofiel(soort, record) == match
        assert record != match
        assert response.headers["X-VUM-fromParty"] == parties.LANDELIJK.oin
        assert response.headers["X-VUM-toParty"] == DONKERVELD


def test_an_own_source_keeps_to_the_bron_contract(simulator: str) -> None:
    vraag = {"selectiegebied": GEBIED}
    missing = ask_own(simulator, vraag, changes={"X-VUM-SUWIparty": None})
    assert (missing.status_code, missing.json()["code"]) == (400, "400.02")
    odd = ask_own(simulator, vraag, changes={"X-VUM-SUWIparty": "ja"})
    assert (odd.status_code, odd.json()["code"]) == (400, "400.01")
    elsewhere = ask_own(simulator, vraag, changes={"X-VUM-toParty": DONKERVELD})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (400, "400.01")
    assert ask_own(simulator, {}).json()["code"] == "400.02"
    outside = ask_own(simulator, vraag, changes={"X-VUM-SUWIparty": "false"})
    assert outside.json() == EMPTY
    unknown = requests.get(
        f"{simulator.removesuffix('/vum/v3')}/bronnen/landelijk/v3/vacatures/bestaat-niet",
        headers=bron_headers(parties.LANDELIJK.oin),
    )
    assert (unknown.status_code, unknown.json()["code"]) == (400, "400.01")


def test_the_own_sources_answer_the_exchange(simulator: str, sources: Sources) -> None:
    response = search(simulator, {"selectiegebied": {"postcode": "3511AB", "afstand": 999}}, VAC)
    assert len(ids(response)) == 180  # a hundred of the national one, and all of the small one
    assert response.json()["maximumAantalResultatenBereikt"] is True
    answer = detail(simulator, ids(response)[0], VAC)
    assert answer.json()["bronID"] in {parties.LANDELIJK.oin, parties.HAPEREND.oin}
    assert answer.json()["vacature"]["werkgever"]["contactpersoon"]


def test_many_searches_at_once_do_not_wait_for_one_another(
    simulator: str, sources: Sources, settings: Settings
) -> None:
    # Long enough for a busy machine; searches that wait for one another would take for ever.
    settings.UM_SIMULATOR_TIJDSLIMIET = 50
    search(simulator)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: search(simulator, {"selectiegebied": GEBIED}), range(16)))
    assert {answer.status_code for answer in answers} == {200}
    assert all(len(answer.json()["matches"]) > 50 for answer in answers)


@pytest.mark.parametrize(
    "vraag",
    [
        {},
        NERGENS,
        {
            "bemiddelingsberoep": {
                "$elemMatch": {"$or": [{"beroep.codeBeroepsnaam": {"$eq": BEROEPEN[0].code}}]}
            }
        },
        {
            "arbeidsmarktkwalificatie.rijbewijs": {
                "$all": [{"$elemMatch": {"codeSoortRijbewijs": {"$eq": "CE"}}}]
            }
        },
        {"werktijden.aantalWerkurenPerWeekMaximaal": {"$gte": 38}},
    ],
)
@pytest.mark.parametrize("afstand", [0, 15, 60, 999])
def test_an_own_source_finds_exactly_what_the_rules_say(
    transactional_db: None, vraag: dict[str, Any], afstand: int
) -> None:
    records = list(generate.werkzoekenden(7, 400, bronnen.dutch_postcodes()))
    bestand = bronnen.Bestand(WZ, records)

    def km(a: str, b: str) -> float | None:
        return distance_km(pc4_of(a) or 0, pc4_of(b) or 0)

    for postcode in ("3511AB", "9999XX", "1011ZZ", "8899ZZ"):
        asked = {"selectiegebied": {"postcode": postcode, "afstand": afstand}, **vraag}
        expected = {record["idWerkzoekende"] for record in records if matches(WZ, asked, record, km)}
        found = bestand.search(asked, 1000)
        assert {profiel["idWerkzoekende"] for profiel in found.profielen} == expected
        assert found.maximum_bereikt is False


def test_the_faltering_source_is_down_and_slow_as_often_as_is_told() -> None:
    fully = Counter(bronnen.stoornis(nummer, 1.0) for nummer in range(6000))
    assert fully["weg"] == pytest.approx(1500, rel=0.1)
    assert fully["traag"] == pytest.approx(2000, rel=0.1)
    assert {bronnen.stoornis(nummer, 0.0) for nummer in range(1000)} == {None}
    assert [bronnen.stoornis(nummer, 0.5) for nummer in range(50)] == [
        bronnen.stoornis(nummer, 0.5) for nummer in range(50)
    ]


def test_when_the_faltering_source_is_down_the_others_still_answer(
    simulator: str, sources: Sources, settings: Settings
) -> None:
    settings.UM_SIMULATOR_HAPERING = 4.0  # one in one
    down = ask_own(simulator, {"selectiegebied": GEBIED}, "haperend")
    assert (down.status_code, down.json()["code"]) == (503, "500.3")
    assert len(ids(search(simulator, {"selectiegebied": GEBIED}))) == 100


# --- The portal as a source --------------------------------------------------------------------------------


def test_municipalities_answer_through_the_portal_itself(
    simulator: str, settings: Settings, transactional_db: None
) -> None:
    from tests.factories import (
        publish_set,  # the portal's source, which the simulator knows only by its address
    )
    from um_portal.demo.toelaten import admit_at_once

    for oin, id_bron in ((DONKERVELD, "van-donkerveld"), (LICHTENDAM, "van-lichtendam")):
        record = werkzoekende(
            id_bron,
            emailadres=["werkzoekende@example.org"],
            bemiddelingsberoep=[{"codeBeroepsnaam": "urn:test:geen"}],
        )
        publish_set(admit_at_once(oin, f"Gemeente {oin[10:]}"), WZ, [record])
    settings.UM_DEMO = True
    settings.MIDDLEWARE = ["exchange.bron.middleware.BronMiddleware"]
    with serving_django() as portal:
        settings.UM_BRON_URL = f"{portal}/vum/bron/v3"
        response = search(simulator)
        assert len(ids(response)) == 2
        assert "example.org" not in response.text
        details = [detail(simulator, vum_id).json() for vum_id in ids(response)]
    assert {(found["bronID"], found["werkzoekende"]["idWerkzoekende"]) for found in details} == {
        (DONKERVELD, "van-donkerveld"),
        (LICHTENDAM, "van-lichtendam"),
    }
    assert {found["werkzoekende"]["emailadres"][0] for found in details} == {"werkzoekende@example.org"}


# --- The rules of a selectievraag --------------------------------------------------------------------------

PROFIEL: dict[str, Any] = {
    "idWerkzoekende": "een",
    "mobiliteit": {"bemiddelingspostcode": "3511AB"},
    "bemiddelingsberoep": [{"codeBeroepsnaam": "urn:bakker"}, {"codeBeroepsnaam": "urn:kok"}],
    "contractvorm": [{"codeTypeArbeidscontract": "B"}, {"codeTypeOvereenkomst": "01"}],
    "werktijden": {
        "aantalWerkurenPerWeekMinimaal": 20,
        "aantalWerkurenPerWeekMaximaal": 32,
        "indicatieKantoortijden": 1,
    },
    "flexibiliteit": {
        "datumAanvangBeschikbaarVoorWerk": "2026-03-01",
        "indicatieOnregelmatigWerkOfPloegendienst": 2,
    },
    "arbeidsmarktkwalificatie": {
        "rijbewijs": [{"codeSoortRijbewijs": "B"}, {"codeSoortRijbewijs": "BE"}],
        "taalbeheersing": [
            {
                "codeTaal": "nld",
                "codeNiveauTaalbeheersingMondeling": 2,
                "codeNiveauTaalbeheersingSchriftelijk": 8,
            },
            {"codeTaal": "eng", "codeNiveauTaalbeheersingMondeling": 4},
        ],
    },
}
VACATURE: dict[str, Any] = {
    "idVacature": "een",
    "adres": {"postcode": "3511AB"},
    "beroep": {"codeBeroepsnaam": "urn:bakker"},
    "codeWerkEnDenkniveauMinimaal": "4",
    "arbeidsVoorwaarden": {"datumAanvangWerkzaamheden": "2026-03-01"},
    "rijbewijs": [{"codeSoortRijbewijs": "B"}],
    "taalbeheersing": [{"codeTaal": "nld", "codeNiveauTaalbeheersingMondeling": 3}],
    "werktijden": {"aantalWerkurenPerWeekMinimaal": 20, "aantalWerkurenPerWeekMaximaal": 32},
}


def beroepen(*codes: str) -> dict[str, Any]:
    return {"$elemMatch": {"$or": [{"beroep.codeBeroepsnaam": {"$eq": code}} for code in codes]}}


def contracten(*codes: str) -> dict[str, Any]:
    return {"$elemMatch": {"$or": [{"codeTypeArbeidscontract": {"$eq": code}} for code in codes]}}


def rijbewijzen(*codes: str) -> dict[str, Any]:
    return {"$all": [{"$elemMatch": {"codeSoortRijbewijs": {"$eq": code}}} for code in codes]}


def taal(code: str, **levels: Any) -> dict[str, Any]:
    asked = {
        f"codeNiveauTaalbeheersing{name.capitalize()}": {"$gte": level} for name, level in levels.items()
    }
    return {"$elemMatch": {"codeTaal": {"$eq": code}, **asked}}


RIJBEWIJS, TAAL = "arbeidsmarktkwalificatie.rijbewijs", "arbeidsmarktkwalificatie.taalbeheersing"
UREN_MAX, UREN_MIN = "werktijden.aantalWerkurenPerWeekMaximaal", "werktijden.aantalWerkurenPerWeekMinimaal"
KANTOOR = "werktijden.indicatieKantoortijden"


@pytest.mark.parametrize(
    ("vraag", "expected"),
    [
        ({}, True),
        # Numbers, in a record that has them.
        ({UREN_MAX: {"$gte": 32}}, True),
        ({UREN_MAX: {"$gte": 33}}, False),
        ({UREN_MIN: {"$lte": 20}}, True),
        ({UREN_MIN: {"$lte": 19}}, False),
        ({UREN_MAX: {"$gte": 28}, UREN_MIN: {"$lte": 36}}, True),
        ({KANTOOR: {"$eq": 1}}, True),
        ({KANTOOR: {"$eq": 2}}, False),
        ({KANTOOR: {"$eq": 1.0}}, True),
        ({"flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst": {"$eq": 2}}, True),
        # Another type satisfies nothing; a truth value is not a number.
        ({KANTOOR: {"$eq": True}}, False),
        ({KANTOOR: {"$eq": "1"}}, False),
        ({UREN_MAX: {"$gte": "10"}}, False),
        # What the contract does not know has no effect.
        ({UREN_MAX: {"$lte": 10}}, True),
        ({UREN_MAX: {"$gte": 30, "$lte": 10}}, True),
        ({UREN_MAX: {"$gte": 40, "$lte": 50}}, False),
        ({KANTOOR: 2}, True),
        ({KANTOOR: {"$in": [2]}}, True),
        ({KANTOOR: {}}, True),
        ({"sector": {"$elemMatch": {"codeSbi": {"$eq": 1}}}}, True),
        ({"werktijden": {"indicatieKantoortijden": {"$eq": 2}}}, True),
        ({"flexibiliteit.datumAanvangBeschikbaarVoorWerk": {"$lte": "2020-01-01"}}, True),
        ({"$or": [{KANTOOR: {"$eq": 2}}]}, True),
        # Dates are text, and a list element of another spelling.
        ({"datumAanvangBeschikbaarVoorWerk": {"$lte": "2026-03-01"}}, True),
        ({"datumAanvangBeschikbaarVoorWerk": {"$lte": "2026-02-28"}}, False),
        ({"datumAanvangBeschikbaarVoorWerk": {"$lte": 20270101}}, False),
        ({"bemiddelingsberoep": beroepen("urn:kok")}, True),
        ({"bemiddelingsberoep": beroepen("urn:kapper", "urn:bakker")}, True),
        ({"bemiddelingsberoep": beroepen("urn:kapper")}, False),
        ({"bemiddelingsberoep": beroepen("urn:KOK")}, False),
        ({"bemiddelingsberoep": {"$elemMatch": {"$or": []}}}, True),
        ({"bemiddelingsberoep": {"$elemMatch": {"$or": [{"codeBeroepsnaam": {"$eq": "urn:kapper"}}]}}}, True),
        ({"bemiddelingsberoep": {"$elemMatch": {"beroep.codeBeroepsnaam": {"$eq": "urn:kapper"}}}}, True),
        ({"contractvorm": contracten("B")}, True),
        ({"contractvorm": contracten("O")}, False),
        ({"contractvorm": contracten("O", "B")}, True),
        # All that is listed, each by some element.
        ({RIJBEWIJS: rijbewijzen("B", "BE")}, True),
        ({RIJBEWIJS: rijbewijzen("BE", "B", "B")}, True),
        ({RIJBEWIJS: rijbewijzen("B", "C")}, False),
        ({RIJBEWIJS: {"$all": []}}, True),
        ({RIJBEWIJS: {"$all": [{"$elemMatch": {}}]}}, True),
        ({RIJBEWIJS: {"$elemMatch": {"codeSoortRijbewijs": {"$eq": "C"}}}}, True),
        ({"rijbewijs": rijbewijzen("C")}, True),
        # One and the same element has the language and the levels.
        ({TAAL: {"$all": [taal("nld")]}}, True),
        ({TAAL: {"$all": [taal("fra")]}}, False),
        ({TAAL: {"$all": [taal("nld", mondeling=2)]}}, True),
        ({TAAL: {"$all": [taal("nld", mondeling=3)]}}, False),
        ({TAAL: {"$all": [taal("nld", schriftelijk=4)]}}, True),  # 8, "niet van toepassing", is a number
        ({TAAL: {"$all": [taal("eng", schriftelijk=2)]}}, False),
        ({TAAL: {"$all": [taal("nld"), taal("eng", mondeling=4)]}}, True),
        ({TAAL: {"$all": [taal("nld"), taal("fra")]}}, False),
        ({TAAL: {"$all": [{"$elemMatch": {"codeNiveauTaalbeheersingMondeling": {"$gte": 5}}}]}}, True),
    ],
)
def test_the_rules_for_a_jobseeker(vraag: dict[str, Any], expected: bool) -> None:
    assert matches(WZ, {"selectiegebied": GEBIED, **vraag}, PROFIEL, lambda _, __: 10.0) is expected


@pytest.mark.parametrize(
    ("vraag", "expected"),
    [
        ({"beroep.codeBeroepsnaam": {"$eq": "urn:bakker"}}, True),
        ({"beroep.codeBeroepsnaam": {"$eq": "urn:kok"}}, False),
        ({"codeWerkEnDenkniveauMinimaal": {"$lt": "7", "$gte": "2"}}, True),
        ({"codeWerkEnDenkniveauMinimaal": {"$lt": "7", "$gte": "5"}}, False),
        ({"codeWerkEnDenkniveauMinimaal": {"$lt": "4"}}, False),
        ({"codeWerkEnDenkniveauMinimaal": {"$eq": "7"}}, False),
        ({"codeWerkEnDenkniveauMinimaal": {"$eq": 4}}, False),
        # Text by code point: "10" comes before "4".
        ({"codeWerkEnDenkniveauMinimaal": {"$gte": "10"}}, True),
        ({"datumAanvangWerkzaamheden": {"$gte": "2026-03-01"}}, True),
        ({"datumAanvangWerkzaamheden": {"$gte": "2026-03-02"}}, False),
        ({"arbeidsVoorwaarden.datumAanvangWerkzaamheden": {"$gte": "2026-03-02"}}, True),
        ({"rijbewijs": rijbewijzen("B")}, True),
        ({"rijbewijs": rijbewijzen("C")}, False),
        ({"taalbeheersing": {"$all": [taal("nld", mondeling=3)]}}, True),
        ({"taalbeheersing": {"$all": [taal("nld", mondeling=4)]}}, False),
        ({UREN_MAX: {"$gte": 33}}, False),
        # Only jobseekers can be asked for these.
        ({KANTOOR: {"$eq": 2}, "contractvorm": contracten("O"), "bemiddelingsberoep": beroepen("x")}, True),
    ],
)
def test_the_rules_for_a_vacancy(vraag: dict[str, Any], expected: bool) -> None:
    assert matches(VAC, {"selectiegebied": GEBIED, **vraag}, VACATURE, lambda _, __: 10.0) is expected


def test_the_rules_for_an_employer_contact() -> None:
    contact = {"datum": "2026-03-01", "werkgever": {"nummerKvk": "00000012"}}

    def found(**vraag: Any) -> bool:
        asked = {name.replace("_", "."): value for name, value in vraag.items()}
        return matches(WCM, asked, contact, lambda _, __: None)

    assert found(werkgever_nummerKvk={"$eq": "00000012"})
    assert not found(werkgever_nummerKvk={"$eq": "00000013"})
    assert found(werkgever_nummerKvk={"$eq": "00000012"}, datum={"$gte": "2026-03-01"})
    assert not found(werkgever_nummerKvk={"$eq": "00000012"}, datum={"$gte": "2026-03-02"})


@pytest.mark.parametrize("soort", [WZ, VAC])
@pytest.mark.parametrize(
    "empty", [KeyError, "", [], {}, None], ids=["absent", "text", "list", "group", "null"]
)
def test_what_is_absent_or_empty_in_a_record_satisfies_no_comparison(soort: Soort, empty: Any) -> None:
    record = {WZ: PROFIEL, VAC: VACATURE}[soort]
    level = {"$gte": "1", "$lt": "7"}
    for key, condition in {**VOLLEDIG[soort], "codeWerkEnDenkniveauMinimaal": level}.items():
        if key == "selectiegebied" or (soort is WZ and key == "codeWerkEnDenkniveauMinimaal"):
            continue
        place = tuple(key.split("."))
        place = {
            "datumAanvangBeschikbaarVoorWerk": ("flexibiliteit", "datumAanvangBeschikbaarVoorWerk"),
            "datumAanvangWerkzaamheden": ("arbeidsVoorwaarden", "datumAanvangWerkzaamheden"),
            "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst": ("flexibiliteit",),
        }.get(key, place)
        if place[0] not in record:
            continue
        without = _with(record, place, empty)
        assert not matches(soort, {"selectiegebied": GEBIED, key: condition}, without, lambda _, __: 0.0), key


def test_a_condition_whose_value_is_empty_asks_nothing() -> None:
    vraag = {
        "selectiegebied": GEBIED,
        "bemiddelingsberoep": beroepen(""),
        KANTOOR: {"$eq": ""},
        TAAL: {"$all": [{"$elemMatch": {"codeTaal": {"$eq": ""}}}]},
    }
    assert matches(WZ, vraag, PROFIEL, lambda _, __: 0.0)


@pytest.mark.parametrize(
    ("km", "own_maximum", "expected"),
    [
        (40.0, None, True),
        (40.0001, None, False),
        (None, None, False),
        (0.0, None, True),
        (20.0, 20, True),
        (20.1, 20, False),
        (39.0, 100, True),
        (41.0, 100, False),
        (0.0, 0, True),
        (0.1, 0, False),
    ],
)
def test_the_area_and_the_jobseekers_own_distance_both_hold(
    km: float | None, own_maximum: int | None, expected: bool
) -> None:
    profiel = deepcopy(PROFIEL)
    if own_maximum is not None:
        profiel["mobiliteit"]["maximaleReisafstand"] = own_maximum
    asked: list[tuple[str, str]] = []

    def distance(a: str, b: str) -> float | None:
        asked.append((a, b))
        return km

    assert (
        matches(WZ, {"selectiegebied": {"postcode": "1011ZZ", "afstand": 40}}, profiel, distance) is expected
    )
    assert asked == [("1011ZZ", "3511AB")]


def test_the_answers_of_the_acceptance_set_are_all_found() -> None:
    place = REFERENCE / "accreditatie"
    if not place.is_dir():
        pytest.skip(f"no acceptance set: {place} is absent")
    from exchange.geo.sphere import Coordinaat, great_circle_km

    centres = {
        pc4: Coordinaat(*at) for pc4, at in json.loads((REFERENCE / "geo" / "pc4.json").read_text()).items()
    }
    records = json.loads((place / "werkzoekenden.json").read_text())
    questions = json.loads((place / "werkzoekenden-selectievragen.json").read_text())

    def km(a: str, b: str) -> float | None:
        here, there = centres.get(a[:4]), centres.get(b[:4])
        return great_circle_km(here, there) if here and there else None

    assert len(questions) == 25
    for question in questions:
        vraag = question["vraagObject"]
        check_question(WZ, vraag)
        found = {record["idWerkzoekende"] for record in records if matches(WZ, vraag, record, km)}
        assert set(question["verwacht"]) <= found
        assert len(found) < len(records)


_values = st.one_of(
    st.sampled_from([value for value in _JSON if not isinstance(value, dict | list)]), st.integers()
)


@hypothesis_settings(max_examples=examples(200), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.recursive(_values, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(
    ["$eq", "$gte", "$all", "$or", "$elemMatch", "selectiegebied", "bemiddelingsberoep", RIJBEWIJS, TAAL, "codeTaal"]
), inner)))  # fmt: skip
def test_no_question_however_odd_breaks_the_rules_or_the_check(vraag: Any) -> None:
    for soort in Soort:
        try:
            check_question(soort, vraag)
        except Afgewezen:
            pass
        if isinstance(vraag, dict):
            assert matches(soort, vraag, PROFIEL, lambda _, __: 1.0) in {True, False}


# --- Made-up records ---------------------------------------------------------------------------------------

POSTCODES = generate.Postcodes([1011, 3511, 9711], [5, 3, 1])
MAKERS: dict[Soort, Callable[[int, int, generate.Postcodes], Iterator[dict[str, Any]]]] = {
    WZ: generate.werkzoekenden,
    VAC: generate.vacatures,
    WCM: generate.werkgeverscontactmomenten,
}


@pytest.mark.parametrize("soort", list(Soort))
def test_every_made_up_record_follows_the_standard(soort: Soort) -> None:
    records = list(MAKERS[soort](3, 800, POSTCODES))
    assert [fout for record in records for fout in validate(soort, record)] == []


@pytest.mark.parametrize("soort", list(Soort))
def test_the_same_seed_makes_the_same_records(soort: Soort) -> None:
    make = MAKERS[soort]
    assert list(make(5, 50, POSTCODES)) == list(make(5, 50, POSTCODES))
    assert list(make(5, 50, POSTCODES)) != list(make(6, 50, POSTCODES))


@pytest.mark.parametrize("soort", [WZ, VAC])
def test_ids_differ_and_do_not_depend_on_the_day(soort: Soort, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(date):
        @classmethod
        def today(cls) -> "Later":
            return cls(2031, 5, 6)

    def found() -> list[str]:
        return [record[soort.id_pad or ""] for record in MAKERS[soort](5, 2000, POSTCODES)]

    today = found()
    assert len(set(today)) == 2000
    monkeypatch.setattr(generate, "date", Later)
    assert found() == today


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    elif isinstance(value, str):
        yield value


def test_whoever_and_whatever_is_made_up_is_seen_to_be() -> None:
    for soort, make in MAKERS.items():
        for record in make(4, 300, POSTCODES):
            for text in _leaves(record):
                for domain in re.findall(r"(?:@|https?://)([a-z0-9.-]+)", text):
                    assert domain.endswith(("example.nl", "example.org"))
                if re.fullmatch(r"[+(]?0[0-9 ()-]{9,}", text):
                    assert text.startswith("06-00")
            kvk = record.get("werkgever", {}).get("nummerKvk", "00000000")
            assert kvk.startswith("0000")
            codes = [text for text in _leaves(record) if text.startswith("urn:")]
            assert all(code.startswith("urn:um-demo:") for code in codes)
            assert codes or soort is WCM


def test_free_text_of_a_search_profile_leads_to_nobody() -> None:
    texts = [blad.pad for blad in velden(WZ) if blad.vrije_tekst]
    assert texts
    for record in generate.werkzoekenden(8, 300, POSTCODES):
        seen = json.dumps(zoekprofiel(WZ, record))
        assert "@" not in seen
        assert "06-00" not in seen
        assert record["contactpersoon"][0]["naamContactpersoonAfdeling"].split(",")[0] not in seen


def test_what_belongs_together_in_a_jobseeker_agrees() -> None:
    for record in generate.werkzoekenden(9, 600, POSTCODES):
        kwalificatie = record["arbeidsmarktkwalificatie"]
        sought = [BEROEP_OP_CODE[item["codeBeroepsnaam"]] for item in record["bemiddelingsberoep"]]
        assert len({beroep.vakgebied for beroep in sought}) == 1
        held = {item["codeSoortRijbewijs"] for item in kwalificatie.get("rijbewijs", [])}
        assert sought[0].rijbewijs is None or sought[0].rijbewijs in held
        assert {item["codeSbi"] for item in record["sector"]} == {beroep.sbi for beroep in sought}
        assert kwalificatie["taalbeheersing"][0]["codeTaal"] == "nld"
        talen = [item["codeTaal"] for item in kwalificatie["taalbeheersing"]]
        assert len(talen) == len(set(talen))
        uren = record["werktijden"]
        assert uren["aantalWerkurenPerWeekMinimaal"] <= uren["aantalWerkurenPerWeekMaximaal"]
        onregelmatig = record["flexibiliteit"]["indicatieOnregelmatigWerkOfPloegendienst"]
        assert (onregelmatig == 1) is (uren["indicatieKantoortijden"] == 2)
        if any(item["codeVervoermiddel"] == 1 for item in record["vervoermiddel"]):
            assert "B" in held
        jobs = [item for item in kwalificatie.get("werkervaring", []) if "datumAanvangWerkzaamheden" in item]
        for job in jobs:
            assert (
                job["datumAanvangWerkzaamheden"] < job["datumEindeWerkzaamheden"] <= date.today().isoformat()
            )
        for later, earlier in pairwise(jobs):
            assert earlier["datumEindeWerkzaamheden"] < later["datumAanvangWerkzaamheden"]
        for opleiding in kwalificatie["opleiding"]:
            assert opleiding.get("datumDiploma", "") <= date.today().isoformat()


def test_what_belongs_together_in_a_vacancy_agrees() -> None:
    for record in generate.vacatures(9, 600, POSTCODES):
        beroep = BEROEP_OP_CODE[record["beroep"]["codeBeroepsnaam"]]
        assert record["naamVacature"].startswith(beroep.label)
        assert record["sector"]["codeSbi"] == beroep.sbi
        assert record["werkgever"]["handelsnaamOrganisatie"].startswith(beroep.werkgever)
        assert [item["codeSoortRijbewijs"] for item in record.get("rijbewijs", [])] == (
            [beroep.rijbewijs] if beroep.rijbewijs else []
        )
        voorwaarden = record["arbeidsVoorwaarden"]
        assert voorwaarden.get("datumEindeWerkzaamheden", "9999") > voorwaarden["datumAanvangWerkzaamheden"]
        assert record["sluitingsdatumVacature"] > date.today().isoformat()


def test_texts_differ_from_one_another() -> None:
    records = list(generate.werkzoekenden(10, 500, POSTCODES))
    assert len({record["persoonlijkePresentatie"] for record in records}) > 480
    vacancies = list(generate.vacatures(10, 500, POSTCODES))
    assert len({record["omschrijvingVacature"] for record in vacancies}) > 480


def test_occupations_and_competences_have_codes_of_their_own() -> None:
    assert len(BEROEPEN) == len(BEROEP_OP_CODE) >= 120
    assert len({beroep.label for beroep in BEROEPEN}) == len(BEROEPEN)
    assert len(COMPETENTIES) >= 40
    for beroep in BEROEPEN:
        assert re.fullmatch(r"urn:um-demo:beroep:[a-z0-9-]+", beroep.code)
        assert VAKGEBIEDEN[beroep.vakgebied]
        assert 0 < beroep.sbi <= 99999
        assert len(beroep.taken) >= 3
    for vakgebied in VAKGEBIEDEN.values():
        assert set(vakgebied.competenties) <= set(COMPETENTIES)
    numbers = [werkgever.kvk for group in generate.WERKGEVERS.values() for werkgever in group]
    assert len(numbers) == len(set(numbers))
    assert all(re.fullmatch(r"0000\d{4}", number) for number in numbers)


def test_postcodes_are_drawn_by_weight() -> None:
    rng = random.Random(1)
    drawn = Counter(POSTCODES.draw(rng)[:4] for _ in range(9000))
    assert drawn["1011"] == pytest.approx(5000, rel=0.1)
    assert drawn["9711"] == pytest.approx(1000, rel=0.2)
    assert all(re.fullmatch(r"[1-9]\d{3}[A-Z]{2}", POSTCODES.draw(rng)) for _ in range(100))
    with pytest.raises(ValueError, match="weight"):
        generate.Postcodes([], None)
    with pytest.raises(ValueError, match="weight"):
        generate.Postcodes([1011], [0])


def test_towns_get_more_people_than_the_country(transactional_db: None) -> None:
    rng = random.Random(1)
    postcodes = bronnen.dutch_postcodes()
    drawn = Counter(postcodes.draw(rng)[:2] for _ in range(4000))
    assert drawn["10"] > drawn["98"]
    assert len(drawn) > 80
