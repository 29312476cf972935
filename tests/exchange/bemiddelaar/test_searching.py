"""Searching: a question to the exchange over real HTTP, results that disappear, details that are never kept."""

import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import pytest
import redis
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.bemiddelaar import client as exchange_client
from exchange.bemiddelaar import details, searching, tasks
from exchange.bemiddelaar.models import Detailaanvraag, Resultaat, Zoekstatus, Zoekvraag
from exchange.bemiddelaar.storing import store_results
from exchange.display import as_pairs
from exchange.geo.distances import distance_km, forget
from exchange.standard import Soort
from exchange.vum3.compose import Criteria
from exchange.waardelijsten import models as waardelijsten
from tests.conftest import OWNER_URL
from tests.examples import examples
from tests.factories import SOORTEN, Browser, een_client, een_gebruiker, een_gemeente
from tests.threads import at_once
from um_portal.accounts.models import Gebruiker
from um_portal.audit.models import Auditregel
from um_portal.gemeenten import daglimieten, lifecycle
from um_portal.gemeenten.daglimieten import DaglimietBereikt
from um_portal.gemeenten.models import Dagverbruik
from um_portal.jobs import HARTSLAG_LEASE, KORTE_LEASE, LEASE, MAX_POGINGEN
from um_portal.tasks import erase_expired, resume_jobs
from um_portal.tenants.models import Gemeente, Gemeentestatus, Rol
from um_portal.tenants.scope import voor_gemeente

WZ, VAC = SOORTEN
pytestmark = pytest.mark.django_db

Answer = tuple[int, Any]


class Exchange:
    """An exchange over real HTTP that answers what a test tells it to."""

    def __init__(self) -> None:
        self.matches: list[Any] = []
        self.detail: dict[str, Any] = {"idWerkzoekende": "W1"}
        self.headers: dict[str, str] = {}
        self.answer: Callable[[BaseHTTPRequestHandler], Answer] = self.normal
        self.calls: list[tuple[str, str, dict[str, str], Any]] = []
        exchange = self

        class Handler(BaseHTTPRequestHandler):
            def _respond(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                exchange.calls.append(
                    (self.command, self.path, dict(self.headers), json.loads(body) if body else None)
                )
                status, answer = exchange.answer(self)
                if status == 0:
                    return  # hangs up
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in exchange.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _respond  # noqa: N815 (the names are the library's)

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *args: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/vum/v3"

    def normal(self, handler: BaseHTTPRequestHandler) -> Answer:
        if handler.command == "POST":
            return 200, {
                "maximumAantalResultatenBereikt": True,
                "vraagID": "vraag-1",
                "matches": self.matches,
            }
        kind = "werkzoekende" if "werkzoekendeProfielen" in handler.path else "vacature"
        return 200, {"bronID": "9" * 20, kind: self.detail}


@pytest.fixture
def exchange(settings) -> Iterator[Exchange]:
    found = Exchange()
    settings.UM_EXCHANGE_URL = found.url
    settings.UM_ZOEK_TIJDSLIMIET = settings.UM_DETAIL_TIJDSLIMIET = 1.0
    # A failure is final here; see "Failures that pass" for the others.
    settings.UM_ZOEK_POGINGEN = 1
    yield found
    found.server.shutdown()
    found.server.server_close()


def een_match(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "vumID": f"vum-{number}",
        "mobiliteit": {"bemiddelingspostcode": "1012AB"},
        "bemiddelingsberoep": [{"codeBeroepsnaam": "urn:test:kok"}],
        "werktijden": {"aantalWerkurenPerWeekMaximaal": number % 40},
        **more,
    }


@pytest.fixture
def gemeente() -> Gemeente:
    waardelijsten.replace("beroepen", [("urn:test:kok", "Kok"), ("urn:test:bakker", "Bakker")])
    return een_gemeente()


@pytest.fixture
def jobcoach(gemeente: Gemeente) -> Gebruiker:
    return een_gebruiker(gemeente)


def een_zoekvraag(
    gemeente: Gemeente, gebruiker: Gebruiker, soort: Soort = WZ, *, put: bool = True
) -> Zoekvraag:
    found = searching.open_search(gemeente, gebruiker, soort, Criteria(postcode="3511AB", afstand=50), "Koks")
    if put:
        searching.put_search(gemeente, found.pk)
    return again(found)


def again(zoekvraag: Zoekvraag) -> Zoekvraag:
    with voor_gemeente(zoekvraag.gemeente):
        found: Zoekvraag = Zoekvraag.objects.get(pk=zoekvraag.pk)
    return found


def url_of(zoekvraag: Zoekvraag, rest: str = "") -> str:
    return f"/zoeken/vragen/{zoekvraag.pk}/{rest}"


# --- It works ------------------------------------------------------------------------------------------


def test_a_question_goes_out_as_the_contract_says_and_its_matches_come_back(
    exchange, gemeente, jobcoach
) -> None:
    exchange.matches = [een_match(1), een_match(2)]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    method, path, headers, body = exchange.calls[0]
    assert (method, path) == ("POST", "/vum/v3/werkzoekendeProfielen/matches")
    assert headers["X-VUM-fromParty"] == gemeente.oin
    assert headers["X-VUM-berichtVersie"] == headers["API-Version"] == "3.0.0"
    assert "X-VUM-SUWIparty" not in headers
    assert body == {"vraagObject": {"selectiegebied": {"postcode": "3511AB", "afstand": 50}}}
    assert (zoekvraag.status, zoekvraag.aantal, zoekvraag.maximum_bereikt) == (Zoekstatus.KLAAR, 2, True)
    with voor_gemeente(gemeente):
        first = Resultaat.objects.get(volgnummer=1)
    assert (first.vum_id, first.omschrijving, first.postcode) == ("vum-1", "Kok", "1012AB")
    assert first.afstand_km == pytest.approx(35, abs=6)
    assert "vumID" not in first.profiel


def test_a_jobcoach_fills_in_the_form_and_sees_the_results_and_a_detail(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match(1)]
    exchange.detail = {"emailadres": ["kok@voorbeeld.example"]}
    browser = een_client(jobcoach)
    assert "Zoeken naar werkzoekenden" in browser.get("/zoeken/").text
    response = browser.post(
        "/zoeken/", {"soort": "werkzoekenden", "postcode": "3511 ab", "afstand": 40, "beroep_1": "kok"}
    )
    assert response.status_code == 302
    with voor_gemeente(gemeente):
        zoekvraag = Zoekvraag.objects.get()
    assert "staat klaar om verstuurd te worden" in browser.get(response["Location"]).text
    tasks.put_search(zoekvraag.pk, gemeente.pk)
    assert exchange.calls[0][3]["vraagObject"]["bemiddelingsberoep"] == {
        "$elemMatch": {"$or": [{"beroep.codeBeroepsnaam": {"$eq": "urn:test:kok"}}]}
    }
    state = browser.get(url_of(zoekvraag, "stand")).text
    assert "Kok" in state
    assert "every 1s" not in state
    assert "Kok" in browser.get(url_of(zoekvraag, "resultaten/1/")).text
    page = browser.post(url_of(zoekvraag, "resultaten/1/detail"))
    assert "kok@voorbeeld.example" in page.text
    assert "nog 9 details" in page.text
    assert (
        page["Cache-Control"].startswith("max-age=0, no-cache, no-store")
        or "no-store" in page["Cache-Control"]
    )
    assert exchange.calls[-1][:2] == ("GET", "/vum/v3/werkzoekendeProfielen/vum-1")
    assert "Bekeken" in browser.get(url_of(zoekvraag)).text


def test_vacancies_are_searched_too(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [
        {
            "vumID": "v",
            "adres": {"postcode": "3511AB"},
            "naamVacature": "Kok gezocht",
            "codeWerkEnDenkniveauMinimaal": "3",
        }
    ]
    exchange.detail = {"idVacature": "V1", "werkgever": {"handelsnaamOrganisatie": "De Zon"}}
    zoekvraag = een_zoekvraag(gemeente, jobcoach, VAC)
    browser = een_client(jobcoach)
    page = browser.get(url_of(zoekvraag)).text
    assert "Kok gezocht" in page
    assert "Vmbo-niveau" in page
    assert "De Zon" in browser.post(url_of(zoekvraag, "resultaten/1/detail")).text


def test_a_long_list_is_paged_sorted_and_filtered_in_a_handful_of_queries(
    exchange, gemeente, jobcoach
) -> None:
    exchange.matches = [
        een_match(n, bemiddelingsberoep=[{"codeBeroepsnaam": f"urn:b:{n % 7}"}]) for n in range(1, 400)
    ]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser = een_client(jobcoach)
    browser.get(url_of(zoekvraag))
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(url_of(zoekvraag, "?sorteer=-uren&pagina=2"))
    statements = [q["sql"] for q in queries if not re.match(r"BEGIN|COMMIT|SAVEPOINT|RELEASE", q["sql"])]
    assert len(statements) <= 14, statements
    rows = page.context["page_obj"].object_list
    assert len(rows) == 25
    assert [row.uren for row in rows] == sorted((row.uren for row in rows), reverse=True)
    filtered = browser.get(url_of(zoekvraag, "?q=urn:b:3")).context["page_obj"]
    assert filtered.paginator.count == 57
    for odd in (
        "?pagina=99999",
        "?pagina=x",
        "?sorteer=profiel",
        "?sorteer=--",
        "?q=%00",
        "?q=" + "x" * 5000,
    ):
        assert browser.get(url_of(zoekvraag, odd)).status_code == 200


def test_results_of_any_number_are_kept_exactly_as_they_came(exchange, gemeente, jobcoach) -> None:
    odd = '\'; -- O"Brien \\ %s %(x)s {a,"b"} \t\n é 😀 null'
    exchange.matches = [
        {
            "vumID": f"vum-{n}",
            "adres": {"postcode": "1012AB", "straatnaam": odd[:24]},
            "naamVacature": odd,
            "codeWerkEnDenkniveauMinimaal": "3",
            "rijbewijs": [{"codeSoortRijbewijs": "B"}, {"codeSoortRijbewijs": "A"}],
            "vervoermiddel": [{"codeVervoermiddel": 3}, {"codeVervoermiddel": 1}],
            "werktijden": {"aantalWerkurenPerWeekMinimaal": n % 9, "aantalWerkurenPerWeekMaximaal": 36},
            "sluitingsdatumVacature": "2031-01-31",
        }
        for n in range(1, 1004)
    ]
    zoekvraag = een_zoekvraag(gemeente, jobcoach, VAC)
    assert (zoekvraag.status, zoekvraag.aantal) == (Zoekstatus.KLAAR, 1003), zoekvraag.melding
    with voor_gemeente(gemeente):
        kept = list(Resultaat.objects.filter(zoekvraag=zoekvraag).order_by("volgnummer"))
    assert [row.vum_id for row in kept] == [f"vum-{n}" for n in range(1, 1004)]
    assert [{"vumID": row.vum_id, **row.profiel} for row in kept] == exchange.matches
    last = kept[-1]
    assert last.omschrijving == odd
    assert (last.beroepen, last.rijbewijzen, last.vervoer) == ([], ["A", "B"], [1, 3])
    assert (last.uren_min, last.uren, last.vanaf, last.sluit_op) == (1003 % 9, 36, None, date(2031, 1, 31))
    assert (last.past, last.tekorten, last.nieuw) == (True, [], False)
    assert [row.dubbel for row in kept] == [False] * 9 + [True] * 994
    assert last.afstand_km == distance_km(3511, 1012)
    assert last.detail_gevraagd_op is None


def test_results_are_written_for_ones_own_municipality_only(exchange, gemeente, jobcoach) -> None:
    other = een_gemeente()
    zoekvraag = een_zoekvraag(other, een_gebruiker(other), put=False)
    stray = Resultaat(gemeente=other, zoekvraag=zoekvraag, volgnummer=1, vum_id="v", profiel={})
    with pytest.raises(ProgrammingError, match="row-level security"), voor_gemeente(gemeente):
        store_results([stray])
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        store_results([stray])
    with voor_gemeente(other):
        store_results([stray])
        assert Resultaat.objects.get().vum_id == "v"


# --- A page that waits ---------------------------------------------------------------------------------


def asks(page: str) -> str:
    """Gives the address that a page asks by itself, and checks that it does."""
    found = re.search(r'id="stand" hx-get="([^"]+)" hx-trigger="every (\d)s"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_a_page_that_waits_gets_nothing_until_there_is_something_else_to_show(
    exchange, gemeente, jobcoach
) -> None:
    exchange.matches = [een_match()]
    zoekvraag, browser = een_zoekvraag(gemeente, jobcoach, put=False), een_client(jobcoach)
    address = asks(browser.get(url_of(zoekvraag)).text)
    poll = {"HX-Request": "true"}
    answer = browser.get(address, headers=poll)
    assert (answer.status_code, answer.content) == (204, b"")
    # Another page of the same search has what it needs, whatever this one shows.
    assert "staat klaar om verstuurd te worden" in browser.get(url_of(zoekvraag, "stand"), headers=poll).text
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(status=Zoekstatus.BEZIG)
    changed = browser.get(address, headers=poll)
    assert (changed.status_code, "ligt bij de bronnen" in changed.text) == (200, True)
    assert browser.get(asks(changed.text), headers=poll).status_code == 204
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(
            status=Zoekstatus.WACHT,
            melding="Te druk.",
            pogingen=1,
            opnieuw_vanaf=timezone.now() + timedelta(minutes=1),
        )
    postponed = browser.get(asks(changed.text), headers=poll).text
    assert "Te druk." in postponed
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(status=Zoekstatus.WACHT, opnieuw_vanaf=None)
    searching.put_search(gemeente, zoekvraag.pk)
    # From whatever it shows, the answer comes.
    for shown in (address, asks(changed.text), asks(postponed)):
        assert "Kok" in browser.get(shown, headers=poll).text


def test_a_page_that_waits_long_asks_less_often_and_one_that_is_opened_anew_does_not(
    exchange, gemeente, jobcoach
) -> None:
    zoekvraag, browser = een_zoekvraag(gemeente, jobcoach, put=False), een_client(jobcoach)
    address = asks(browser.get(url_of(zoekvraag)).text)
    for age, seconds in ((9, 1), (11, 2), (59, 2), (61, 5), (4000, 5)):
        with voor_gemeente(gemeente):
            Zoekvraag.objects.update(aangemaakt_op=timezone.now() - timedelta(seconds=age, milliseconds=500))
        answer = browser.get(address)
        if answer.status_code == 200:
            assert f'hx-trigger="every {seconds}s"' in answer.text, age
            address = asks(answer.text)
        assert f"toont=wacht-{seconds}&" in address, age
    assert 'hx-trigger="every 1s"' in browser.get(url_of(zoekvraag)).text
    for odd in ("toont=", "toont=wacht-1", "sinds=x", "sinds=-5", "sinds=999999999", "toont=%00&sinds=%00"):
        assert browser.get(url_of(zoekvraag, f"stand?{odd}")).status_code in (200, 204)


# --- Going wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "melding"),
    [
        ((503, {"code": "500.3", "message": "weg"}), "geen bruikbaar antwoord"),
        ((500, b"<html>"), "geen bruikbaar antwoord"),
        ((200, b"geen json"), "geen bruikbaar antwoord"),
        ((200, []), "geen bruikbaar antwoord"),
        ((200, {"matches": []}), "geen bruikbaar antwoord"),
        ((200, {"vraagID": 5, "matches": []}), "geen bruikbaar antwoord"),
        ((200, {"vraagID": "x", "matches": {}}), "geen bruikbaar antwoord"),
        ((302, b""), "geen bruikbaar antwoord"),
        ((429, {"code": "429.02"}), "te druk"),
        ((200, b"[" * 100_000), "geen bruikbaar antwoord"),
    ],
)
def test_an_exchange_that_fails_is_told_in_a_sentence_and_can_be_asked_again(
    exchange, gemeente, jobcoach, answer: Answer, melding: str
) -> None:
    exchange.answer = lambda handler: answer
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    assert zoekvraag.status == Zoekstatus.MISLUKT
    browser = een_client(jobcoach)
    page = browser.get(url_of(zoekvraag)).text
    assert melding in page
    assert "Opnieuw proberen" in page
    exchange.answer, exchange.matches = exchange.normal, [een_match()]
    browser.post(url_of(zoekvraag, "opnieuw"))
    tasks.put_search(zoekvraag.pk, gemeente.pk)
    assert again(zoekvraag).status == Zoekstatus.KLAAR


def test_an_exchange_that_is_away_or_slow_is_told_apart(exchange, gemeente, jobcoach, settings) -> None:
    waiting = threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> Answer:
        waiting.wait(5)
        return 200, {}

    exchange.answer = slow
    assert "niet op tijd" in een_zoekvraag(gemeente, jobcoach).melding
    waiting.set()
    settings.UM_EXCHANGE_URL = "http://127.0.0.1:9/vum/v3"
    assert "niet bereikbaar" in een_zoekvraag(gemeente, jobcoach).melding


def test_matches_that_make_no_sense_do_not_spoil_the_others(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [
        None,
        "tekst",
        {"vumID": ""},
        {"vumID": 7},
        {"vumID": "x" * 501},
        {
            "vumID": "goed",
            "mobiliteit": "Utrecht",
            "bemiddelingsberoep": {"a": 1},
            "werktijden": [],
            "arbeidsmarktkwalificatie": {"opleiding": [7, {"codeNiveauOpleiding": "hoog"}]},
        },
        {"vumID": "nul\x00"},
        {"vumID": "nul", "mobiliteit": {"bemiddelingspostcode": "\ud800" * 3 + "\x00"}},
        een_match(1),
        een_match(2, werktijden={"aantalWerkurenPerWeekMaximaal": float("nan")}, iets={"uit": "versie 4"}),
        een_match(1, werktijden={"aantalWerkurenPerWeekMaximaal": 12}),
    ]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    # One of the last three is doubled; NaN is no value, and what another version knows does no harm.
    assert (zoekvraag.status, zoekvraag.aantal, zoekvraag.onbruikbaar) == (Zoekstatus.KLAAR, 2, 8)
    browser = een_client(jobcoach)
    assert "8 resultaten volgen de landelijke afspraken niet" in browser.get(url_of(zoekvraag)).text
    for path in ("resultaten/1/", "resultaten/2/"):
        assert browser.get(url_of(zoekvraag, path)).status_code == 200
    with voor_gemeente(gemeente):
        assert [(row.vum_id, row.uren) for row in Resultaat.objects.order_by("pk")] == [
            ("vum-1", 1),
            ("vum-2", None),
        ]


def test_a_search_that_finds_more_than_it_asked_shows_what_does_not_fit_apart(
    exchange, gemeente, jobcoach
) -> None:
    exchange.matches = [
        een_match(1),
        een_match(2, bemiddelingsberoep=[{"codeBeroepsnaam": "urn:test:bakker"}]),
        een_match(3, bemiddelingsberoep=[]),
    ]
    asked = Criteria(postcode="3511AB", afstand=50, ingevuld={"beroep": ["urn:test:kok"]})
    zoekvraag = searching.open_search(gemeente, jobcoach, WZ, asked)
    searching.put_search(gemeente, zoekvraag.pk)
    zoekvraag = again(zoekvraag)
    assert (zoekvraag.aantal, zoekvraag.niet_passend) == (3, 2)
    browser = een_client(jobcoach)
    page = browser.get(url_of(zoekvraag))
    assert [row.volgnummer for row in page.context["page_obj"]] == [1]
    assert "2 resultaten voldoen niet aan uw vraag" in page.text
    apart = browser.get(url_of(zoekvraag, "?apart=ja"))
    assert [(row.volgnummer, row.mist) for row in apart.context["page_obj"]] == [
        (2, "Beroep"),
        (3, "Beroep (niet bekend)"),
    ]
    assert "Toon wat wel past" in apart.text
    assert "voldoet niet aan uw vraag" in browser.get(url_of(zoekvraag, "resultaten/3/")).text
    assert browser.post(url_of(zoekvraag, "resultaten/3/detail")).status_code == 200


def test_when_nothing_fits_the_page_says_so_and_still_leads_to_what_came(
    exchange, gemeente, jobcoach
) -> None:
    exchange.matches = [een_match(40)]  # no hours known
    asked = Criteria(postcode="3511AB", afstand=50, ingevuld={"uren_vanaf": 30})
    zoekvraag = searching.open_search(gemeente, jobcoach, WZ, asked)
    searching.put_search(gemeente, zoekvraag.pk)
    page = een_client(jobcoach).get(url_of(zoekvraag)).text
    assert "Geen resultaten" in page
    assert "1 resultaat voldoet niet aan uw vraag" in page
    assert "?apart=ja" in page


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["mobiliteit", "bemiddelingspostcode", "adres", "postcode", "bemiddelingsberoep", "codeBeroepsnaam",
             "beroep",
             "werktijden", "aantalWerkurenPerWeekMaximaal", "opleiding", "codeNiveauOpleiding", "naamVacature",
             "arbeidsmarktkwalificatie", "codeWerkEnDenkniveauMinimaal", "taalbeheersing", "codeTaal", "emailadres"]
        )
        | st.text(max_size=4),
        inner,
        max_size=5,
    ),
    max_leaves=15,
)  # fmt: skip


def test_whatever_a_source_sends_can_be_stored_and_shown(exchange, gemeente, jobcoach) -> None:
    browser = een_client(jobcoach)

    @hypothesis_settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        profiel=st.dictionaries(st.text(max_size=8), _json, max_size=4) | _json,
        soort=st.sampled_from(SOORTEN),
    )
    def check(profiel: Any, soort: Soort) -> None:
        place = {"adres": {"postcode": "1012AB"}, "mobiliteit": {"bemiddelingspostcode": "1012AB"}}
        right = een_match(1) if soort is WZ else {"vumID": "vum-1", "adres": place["adres"]}
        odd = (
            [{**profiel, "vumID": "v"}, {**profiel, **place, "vumID": "w"}]
            if isinstance(profiel, dict)
            else []
        )
        exchange.matches = [*odd, profiel, right]
        exchange.detail = profiel if isinstance(profiel, dict) else {"x": profiel}
        zoekvraag = een_zoekvraag(gemeente, jobcoach, soort)
        assert zoekvraag.status == Zoekstatus.KLAAR
        for path in ("", "resultaten/1/"):
            assert browser.get(url_of(zoekvraag, path)).status_code == 200
        assert browser.post(url_of(zoekvraag, "resultaten/1/detail")).status_code in {200, 503}

    check()


@pytest.mark.parametrize(
    ("data", "melding"),
    [
        ({"postcode": "35", "afstand": 5}, "vier cijfers"),
        ({"postcode": "0000AA", "afstand": 5}, "bestaat niet"),
        ({"postcode": "3511AB", "afstand": 1000}, "999"),
        ({"postcode": "3511AB", "afstand": -1}, "0"),
        ({}, "Vul een postcode of plaats in, bijvoorbeeld"),
        ({"postcode": "3511AB"}, "Vul een afstand in van 0"),
        ({"postcode": "3511AB", "afstand": 5, "uren_vanaf": 30, "uren_tot": 20}, "lager dan het minimum"),
        ({"postcode": "3511AB", "afstand": 5, "taal_mondeling": 3}, "Kies bij dit niveau ook een taal"),
        ({"postcode": "3511AB", "afstand": 5, "beroep_1": "Kook"}, "Bedoelt u: Kok?"),
        ({"postcode": "3511AB", "afstand": 5, "beroep_1": "zzzz"}, "staat niet in de beroepenlijst"),
        ({"postcode": "3511AB", "afstand": 5, "beroep_1": "\x00"}, "teken"),
        ({"postcode": "3511AB", "afstand": 5, "rijbewijzen": "Z"}, "Z"),
        ({"postcode": "3511AB", "afstand": 5, "datum": "31-02-2026"}, "datum"),
    ],
)
def test_a_form_that_is_wrong_says_what_to_do_and_sends_nothing(
    exchange, gemeente, jobcoach, data: dict[str, Any], melding: str
) -> None:
    response = een_client(jobcoach).post("/zoeken/", {"soort": "werkzoekenden", **data})
    assert response.status_code == 422
    assert melding in response.text
    assert not exchange.calls
    with voor_gemeente(gemeente):
        assert not Zoekvraag.objects.exists()


def test_whoever_is_no_longer_logged_in_reads_that_nothing_was_sent(client, exchange) -> None:
    page = client.post("/zoeken/", {"postcode": "3511AB", "afstand": 5}, follow=True)
    assert "Wat u invulde, is niet verstuurd" in page.text
    assert "niet verstuurd" not in client.get("/zoeken/", follow=True).text
    assert not exchange.calls


def test_a_municipality_that_does_not_take_part_cannot_search(exchange, gemeente, jobcoach) -> None:
    waiting = een_zoekvraag(gemeente, jobcoach, put=False)
    lifecycle.suspend(gemeente.pk)
    page = een_client(jobcoach).post("/zoeken/", {"postcode": "3511AB", "afstand": 5})
    assert page.status_code == 403
    assert "staat stil" in page.text
    tasks.put_search(waiting.pk, gemeente.pk)
    assert again(waiting).status == Zoekstatus.MISLUKT
    assert not exchange.calls


def test_a_municipality_that_is_not_admitted_yet_is_told_so_and_asks_nothing(
    exchange,
) -> None:
    jobcoach = een_gebruiker(een_gemeente(status=Gemeentestatus.AANGEMELD))
    page = een_client(jobcoach).post("/zoeken/", {"postcode": "3511AB", "afstand": 5})
    assert page.status_code == 403
    assert "nog niet toegelaten" in page.text
    assert not exchange.calls


def test_suggestions_come_from_the_list_of_occupations(gemeente, jobcoach) -> None:
    browser = een_client(jobcoach)
    assert 'value="Bakker"' in browser.get("/zoeken/beroepen?q=bak").text
    assert "option" not in browser.get("/zoeken/beroepen?q=").text
    assert browser.get("/zoeken/beroepen?q=%00").status_code == 200


# --- The limit of details ------------------------------------------------------------------------------


def test_the_eleventh_detail_is_refused_by_the_portal_itself(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match(n) for n in range(1, 13)]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser = een_client(jobcoach)
    for number in range(1, 11):
        assert browser.post(url_of(zoekvraag, f"resultaten/{number}/detail")).status_code == 200
    asked = len(exchange.calls)
    refused = browser.post(url_of(zoekvraag, "resultaten/11/detail"))
    assert refused.status_code == 429
    assert "alle details van deze zoekvraag" in refused.text
    assert len(exchange.calls) == asked
    assert "Detail opvragen</span>" not in browser.get(url_of(zoekvraag, "resultaten/12/")).text
    other = een_zoekvraag(gemeente, jobcoach)
    assert browser.post(url_of(other, "resultaten/1/detail")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_twenty_requests_at_once_get_ten_details(exchange, settings) -> None:
    settings.UM_TEGELIJK_DETAILS = settings.UM_TEGELIJK_DETAILS_PERSOON = 20
    settings.UM_DETAIL_TIJDSLIMIET = 20.0
    gemeente = een_gemeente()
    jobcoach = een_gebruiker(gemeente)
    exchange.matches = [een_match(n) for n in range(1, 21)]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    together = threading.Barrier(20)

    def request(number: int) -> int:
        try:
            browser = een_client(jobcoach)
            connection.close()
            together.wait(30)
            return browser.post(url_of(zoekvraag, f"resultaten/{number}/detail")).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(request, range(1, 21)))
    assert sorted(statuses) == [200] * 10 + [429] * 10
    assert sum(call[0] == "GET" for call in exchange.calls) == 10


# --- The limits of a day ---------------------------------------------------------------------------------


def test_a_new_search_gives_no_more_details_than_the_day_allows(
    exchange, settings, gemeente, jobcoach
) -> None:
    settings.UM_DAG_DETAILS = 2
    exchange.matches = [een_match(n) for n in range(1, 4)]
    een, ander = een_zoekvraag(gemeente, jobcoach), een_zoekvraag(gemeente, jobcoach)
    browser = een_client(jobcoach)
    page = browser.get(url_of(een, "resultaten/1/")).text
    assert "Vandaag kunt u er in totaal nog 2 opvragen" in page
    for zoekvraag in (een, ander):
        assert browser.post(url_of(zoekvraag, "resultaten/1/detail")).status_code == 200
    asked = len(exchange.calls)
    refused = browser.post(url_of(ander, "resultaten/2/detail"))
    morgen = timezone.localdate() + timedelta(days=1)
    assert refused.status_code == 429
    assert "U hebt vandaag 2 details opgevraagd" in refused.text
    assert f"{date_format(morgen, 'l j F')} om 0.00 uur" in refused.text
    assert len(exchange.calls) == asked
    # Erasing a search gives nothing back, and the page says beforehand that there is nothing left.
    browser.post(url_of(een, "wissen"))
    assert browser.post(url_of(ander, "resultaten/2/detail")).status_code == 429
    page = browser.get(url_of(ander, "resultaten/2/")).text
    assert "De daglimiet is bereikt" in page
    assert "Detail opvragen</span>" not in page
    # A colleague goes on.
    collega = een_gebruiker(gemeente)
    vraag = een_zoekvraag(gemeente, collega)
    assert een_client(collega).post(url_of(vraag, "resultaten/1/detail")).status_code == 200
    with voor_gemeente(gemeente):
        assert Auditregel.objects.filter(handeling="daglimiet_bereikt", onderwerp="details").count() == 2


def test_a_detail_that_fails_costs_nothing_of_the_day_either(exchange, settings, gemeente, jobcoach) -> None:
    settings.UM_DAG_DETAILS = 1
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    exchange.answer = lambda handler: (503, {"code": "500.3"})
    browser = een_client(jobcoach)
    assert browser.post(url_of(zoekvraag, "resultaten/1/detail")).status_code == 503
    exchange.answer = exchange.normal
    assert browser.post(url_of(zoekvraag, "resultaten/1/detail")).status_code == 200
    assert browser.post(url_of(zoekvraag, "resultaten/1/detail")).status_code == 429


def test_a_search_past_the_limit_of_the_day_keeps_what_was_typed(
    exchange, settings, gemeente, jobcoach
) -> None:
    settings.UM_DAG_ZOEKVRAGEN_GEMEENTE = 2
    een_zoekvraag(gemeente, een_gebruiker(gemeente))
    browser, asked = een_client(jobcoach), {"soort": "werkzoekenden", "postcode": "3511AB", "afstand": 37}
    assert browser.post("/zoeken/", asked).status_code == 302
    refused = browser.post("/zoeken/", asked)
    assert refused.status_code == 429
    assert "Uw gemeente heeft vandaag 2 zoekvragen gesteld" in refused.text
    assert 'value="37"' in refused.text
    with voor_gemeente(gemeente):
        assert Zoekvraag.objects.count() == 2
    # Another municipality has a limit of its own.
    elders = een_gemeente()
    een_zoekvraag(elders, een_gebruiker(elders))


def test_a_day_begins_at_midnight_in_amsterdam(exchange, settings, gemeente, jobcoach, monkeypatch) -> None:
    settings.UM_DAG_ZOEKVRAGEN = 1

    def at(moment: str) -> None:
        monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat(moment))

    at("2026-07-01T21:59:59+00:00")
    een_zoekvraag(gemeente, jobcoach, put=False)
    with pytest.raises(DaglimietBereikt, match=r"Vanaf donderdag 2 juli om 0\.00 uur"):
        een_zoekvraag(gemeente, jobcoach, put=False)
    at("2026-07-01T22:00:00+00:00")
    een_zoekvraag(gemeente, jobcoach, put=False)
    with pytest.raises(DaglimietBereikt):
        een_zoekvraag(gemeente, jobcoach, put=False)
    at("2026-07-04T08:00:00+00:00")
    daglimieten.erase_expired(gemeente)
    with voor_gemeente(gemeente):
        assert not Dagverbruik.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_searches_at_once_no_more_go_out_than_the_day_allows(settings) -> None:
    settings.UM_DAG_ZOEKVRAGEN, settings.UM_DAG_ZOEKVRAGEN_GEMEENTE = 6, 9
    gemeente = een_gemeente()
    coaches = [een_gebruiker(gemeente), een_gebruiker(gemeente)]
    together = [lambda coach=coach: een_zoekvraag(gemeente, coach, put=False) for coach in coaches * 10]
    results = at_once(*together)
    assert sum(isinstance(result, Zoekvraag) for result in results) == 9
    assert all(isinstance(result, Zoekvraag | DaglimietBereikt) for result in results)
    with voor_gemeente(gemeente):
        per_coach = [Zoekvraag.objects.filter(gebruiker=coach).count() for coach in coaches]
        assert sum(per_coach) == Zoekvraag.objects.count() == 9
        assert max(per_coach) <= 6
        assert Dagverbruik.objects.get(gebruiker=None).aantal == 9


@pytest.mark.parametrize(
    "answer", [(503, {"code": "500.3"}), (400, {"code": "400.01"}), (200, b"x"), (200, {"werkzoekende": []})]
)
def test_a_request_that_fails_costs_nothing(exchange, gemeente, jobcoach, answer: Answer) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    exchange.answer = lambda handler: answer
    browser = een_client(jobcoach)
    for _ in range(3):
        response = browser.post(url_of(zoekvraag, "resultaten/1/detail"))
        assert response.status_code == 503
        assert "telt niet mee: u hebt nog 10 details over" in response.text
    exchange.answer = exchange.normal
    assert "nog 9 details" in browser.post(url_of(zoekvraag, "resultaten/1/detail")).text


def test_when_the_exchange_says_it_is_the_limit_that_is_told(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    exchange.answer = lambda handler: (429, {"code": "429.01", "message": "Limiet overschreden"})
    assert "geen details meer" in een_client(jobcoach).post(url_of(zoekvraag, "resultaten/1/detail")).text


def test_a_request_of_a_killed_process_goes_on_counting_as_one_of_unknown_outcome(
    exchange, gemeente, jobcoach
) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    with voor_gemeente(gemeente):
        for _ in range(10):
            Detailaanvraag.objects.create(
                gemeente=gemeente, zoekvraag=zoekvraag, gereserveerd_tot=timezone.now() + timedelta(minutes=1)
            )
        assert (details.details_left(zoekvraag), details.details_unknown(zoekvraag)) == (0, 0)
        Detailaanvraag.objects.update(gereserveerd_tot=timezone.now() - timedelta(seconds=1))
        assert (details.details_left(zoekvraag), details.details_unknown(zoekvraag)) == (0, 10)


def handelingen(gemeente: Gemeente) -> list[str]:
    with voor_gemeente(gemeente):
        lines = Auditregel.objects.filter(handeling__startswith="detail_").order_by("pk")
        return [
            f"{handeling} {uitkomst}" for handeling, uitkomst in lines.values_list("handeling", "uitkomst")
        ]


def test_when_the_process_dies_while_it_waits_the_audit_log_and_the_count_know(
    exchange, gemeente, jobcoach
) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    seen: list[Any] = []

    class Killed(BaseException):
        pass

    def dies(*args: Any) -> Any:
        seen.extend(handelingen(gemeente))
        raise Killed

    with voor_gemeente(gemeente):
        resultaat = Resultaat.objects.select_related("zoekvraag").get()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchange_client, "fetch_detail", dies)
        with pytest.raises(Killed):
            details.request_detail(gemeente, jobcoach, resultaat)
    assert seen == ["detail_gevraagd onbekend"]
    with voor_gemeente(gemeente):
        assert details.details_left(zoekvraag) == 9


def test_an_outcome_that_nobody_knows_is_told_as_unknown_and_counts(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    waiting = threading.Event()

    def slow(handler: BaseHTTPRequestHandler) -> Answer:
        waiting.wait(5)
        return 0, b""

    browser = een_client(jobcoach)
    for left, odd in (
        (9, slow),
        (8, lambda handler: (0, b"")),  # the connection breaks off
        (7, lambda handler: (504, b"")),  # a gateway did not wait
        (
            6,
            lambda handler: (
                200,
                {"bronID": "9" * 20, "werkzoekende": {"persoonlijkePresentatie": "x" * 2**20}},
            ),
        ),
    ):
        exchange.answer = odd
        page = browser.post(url_of(zoekvraag, "resultaten/1/detail"))
        assert page.status_code == 503
        assert "Het is niet bekend of de bron het detail heeft gegeven" in page.text
        assert f"deze poging mee: u hebt nog {left} details over" in page.text
    waiting.set()
    assert "meer dan 1 MB" in page.text
    assert "Verklein het gebied" not in page.text
    assert "Opnieuw proberen" not in page.text
    assert "Van 4 pogingen is niet bekend" in browser.get(url_of(zoekvraag, "resultaten/1/")).text
    assert handelingen(gemeente) == ["detail_gevraagd onbekend", "detail_opgevraagd onbekend"] * 4


def test_what_was_not_delivered_gives_the_detail_back_and_the_audit_log_says_so(
    exchange, gemeente, jobcoach, settings
) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    settings.UM_EXCHANGE_URL = "http://127.0.0.1:9/vum/v3"
    page = een_client(jobcoach).post(url_of(zoekvraag, "resultaten/1/detail"))
    assert "telt niet mee: u hebt nog 10 details over" in page.text
    assert handelingen(gemeente) == ["detail_gevraagd onbekend", "detail_opgevraagd mislukt"]


@pytest.mark.parametrize("leeg", [{}, {"idWerkzoekende": None, "emailadres": [], "werktijden": {"x": ""}}])
def test_a_detail_that_holds_nothing_is_no_delivery(
    exchange, gemeente, jobcoach, leeg: dict[str, Any]
) -> None:
    exchange.matches, exchange.detail = [een_match()], leeg
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    page = een_client(jobcoach).post(url_of(zoekvraag, "resultaten/1/detail"))
    assert page.status_code == 503
    assert "een leeg detail" in page.text
    assert "telt niet mee: u hebt nog 10 details over" in page.text
    with voor_gemeente(gemeente):
        assert Resultaat.objects.get().detail_gevraagd_op is None


def test_once_the_exchange_says_it_is_the_limit_the_search_remembers(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    exchange.answer = lambda handler: (429, {"code": "429.01", "message": "Limiet overschreden"})
    browser = een_client(jobcoach)
    page = browser.post(url_of(zoekvraag, "resultaten/1/detail"))
    assert page.status_code == 429
    assert "Opnieuw proberen" not in page.text
    calls = len(exchange.calls)
    assert browser.post(url_of(zoekvraag, "resultaten/1/detail")).status_code == 429
    assert len(exchange.calls) == calls
    assert "geeft op deze zoekvraag geen details meer" in browser.get(url_of(zoekvraag, "resultaten/1/")).text


@pytest.mark.parametrize(
    ("answer", "melding"),
    [((400, {"code": "400.01"}), "kent dit gegeven niet"), ((401, b""), "niet bekend")],
)
def test_a_refusal_that_stays_gets_no_button_to_try_again(
    exchange, gemeente, jobcoach, answer: Answer, melding: str
) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    exchange.answer = lambda handler: answer
    page = een_client(jobcoach).post(url_of(zoekvraag, "resultaten/1/detail")).text
    assert melding in page
    assert "Opnieuw proberen" not in page


def test_an_exchange_that_asks_to_wait_is_left_alone_until_then(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    exchange.answer, exchange.headers = lambda handler: (429, {"code": "x"}), {"Retry-After": "120"}
    browser = een_client(jobcoach)
    page = browser.post(url_of(zoekvraag, "resultaten/1/detail")).text
    assert "vraagt om te wachten tot" in page
    assert "Opnieuw proberen" not in page
    exchange.answer = exchange.normal
    calls = len(exchange.calls)
    assert browser.post(url_of(zoekvraag, "resultaten/1/detail")).status_code == 503
    assert len(exchange.calls) == calls
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(opnieuw_vanaf=timezone.now())
    assert browser.post(url_of(zoekvraag, "resultaten/1/detail")).status_code == 200


# --- Others --------------------------------------------------------------------------------------------

PAGES = [("get", ""), ("get", "stand"), ("get", "resultaten/1/"), ("post", "resultaten/1/detail"),
         ("post", "opnieuw"), ("get", "verwijderen"), ("post", "verwijderen")]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_nobody_else_gets_to_a_search(exchange, gemeente, jobcoach, method: str, path: str) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    calls = len(exchange.calls)
    colleague = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)
    stranger = een_gebruiker(een_gemeente(), Rol.FUNCTIONEEL_BEHEERDER)
    support = een_gebruiker(supportrol="beslissend")
    for gebruiker, status in ((colleague, 404), (stranger, 404), (support, 403)):
        assert getattr(een_client(gebruiker), method)(url_of(zoekvraag, path)).status_code == status
    anonymous = getattr(Client(), method)(url_of(zoekvraag, path))
    assert anonymous.status_code == 302
    assert anonymous.url.startswith("/account/inloggen")
    assert len(exchange.calls) == calls
    assert again(zoekvraag).aantal == 1


def test_a_detail_cannot_be_requested_without_the_forms_token(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser = Browser(enforce_csrf_checks=True)
    browser.log_in(jobcoach)
    assert browser.post(url_of(zoekvraag, "resultaten/1/detail")).status_code == 403


def test_coming_back_to_a_details_address_requests_nothing(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    calls = len(exchange.calls)
    answer = een_client(jobcoach).get(url_of(zoekvraag, "resultaten/1/detail"))
    assert answer.status_code == 302
    assert answer["Location"] == url_of(zoekvraag, "resultaten/1/")
    assert len(exchange.calls) == calls


# --- Disappearing --------------------------------------------------------------------------------------


def test_results_disappear_by_themselves(exchange, gemeente, jobcoach, settings) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser = een_client(jobcoach)
    age = timezone.now() - timedelta(seconds=1)
    with voor_gemeente(gemeente):
        assert zoekvraag.verloopt_op - zoekvraag.aangemaakt_op == pytest.approx(
            timedelta(days=7), abs=timedelta(minutes=1)
        )
        Zoekvraag.objects.update(verloopt_op=age)
    # Out of sight at once, and out of the database with the next round.
    assert browser.get(url_of(zoekvraag)).status_code == 404
    assert browser.get(url_of(zoekvraag, "resultaten/1/")).status_code == 404
    erase_expired()
    with voor_gemeente(gemeente):
        assert not Zoekvraag.objects.exists()
        assert not Resultaat.objects.exists()


def test_a_jobcoach_erases_a_search_before_its_time(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser = een_client(jobcoach)
    assert "niet ongedaan maken" in browser.get(url_of(zoekvraag, "verwijderen")).text
    assert browser.post(url_of(zoekvraag, "verwijderen"), follow=True).status_code == 200
    with voor_gemeente(gemeente):
        assert not Resultaat.objects.exists()


def test_nobody_waits_for_a_turn_while_somebody_else_waits_for_the_database(
    exchange, gemeente, jobcoach
) -> None:
    exchange.matches = [een_match(number) for number in range(3)]
    zoekvraag = een_zoekvraag(gemeente, jobcoach, put=False)
    asked: list[bool] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(searching._BEURTELINGS._busy)
        return execute(sql, *rest)

    forget()
    with connection.execute_wrapper(note):
        searching.put_search(gemeente, zoekvraag.pk)
    assert again(zoekvraag).aantal == 3
    assert asked
    assert not any(asked)


# --- Jobs that die -------------------------------------------------------------------------------------


def test_a_search_whose_worker_was_killed_is_put_again_and_answered_once(
    exchange, gemeente, jobcoach, settings
) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = True
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach, put=False)
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(status=Zoekstatus.BEZIG, lease_tot=timezone.now() + LEASE, pogingen=1)
    tasks.put_search(zoekvraag.pk, gemeente.pk)
    assert not exchange.calls  # somebody else is at it
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(lease_tot=timezone.now() - timedelta(seconds=1))
    tasks.put_search(zoekvraag.pk, gemeente.pk)
    tasks.put_search(zoekvraag.pk, gemeente.pk)
    assert len(exchange.calls) == 1
    assert again(zoekvraag).aantal == 1


@pytest.mark.django_db(transaction=True)
def test_a_lost_job_is_handed_out_again_and_given_up_in_the_end(
    exchange, gemeente, jobcoach, settings
) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, put=False)
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    resume_jobs()
    assert broker.llen("celery-zoeken") == 0  # it may simply be waiting in the queue
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(gewijzigd_op=timezone.now() - timedelta(minutes=5))
    resume_jobs()
    resume_jobs()
    assert broker.llen("celery-zoeken") == 1
    message = json.loads(broker.lindex("celery-zoeken", 0) or "")
    assert message["headers"]["argsrepr"] == f"({zoekvraag.pk}, {gemeente.pk})"
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(pogingen=MAX_POGINGEN, gewijzigd_op=timezone.now() - timedelta(minutes=5))
    resume_jobs()
    assert again(zoekvraag).status == Zoekstatus.MISLUKT


# --- Failures that pass, and failures that stay ----------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "melding"),
    [
        ((400, {"code": "400.01"}), "wijst deze zoekvraag af"),
        ((401, b""), "niet bekend"),
        ((429, {"code": "429.01"}), "neemt nu geen zoekvragen van uw gemeente meer aan"),
    ],
)
def test_a_search_that_is_refused_for_good_is_not_put_again(
    exchange, gemeente, jobcoach, settings, answer: Answer, melding: str
) -> None:
    settings.UM_ZOEK_POGINGEN = 3
    exchange.answer = lambda handler: answer
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    assert zoekvraag.status == Zoekstatus.MISLUKT
    browser = een_client(jobcoach)
    page = browser.get(url_of(zoekvraag)).text
    assert melding in page
    assert "Opnieuw proberen" not in page
    browser.post(url_of(zoekvraag, "opnieuw"))
    assert again(zoekvraag).status == Zoekstatus.MISLUKT
    assert len(exchange.calls) == 1


def test_a_failure_that_passes_is_tried_again_after_a_while_and_shown(
    exchange, gemeente, jobcoach, settings
) -> None:
    settings.UM_ZOEK_POGINGEN = 3
    exchange.answer, exchange.headers = lambda handler: (503, {"code": "500.3"}), {"Retry-After": "30"}
    found = een_zoekvraag(gemeente, jobcoach, put=False)
    assert searching.put_search(gemeente, found.pk) == timedelta(seconds=30)
    assert searching.put_search(gemeente, found.pk) is None  # its time has not come
    assert (again(found).status, len(exchange.calls)) == (Zoekstatus.WACHT, 1)
    page = een_client(jobcoach).get(url_of(found)).text
    assert "volgt poging 2 van 3" in page
    assert "every 1s" in page
    exchange.headers = {}

    def the_time_comes() -> None:
        with voor_gemeente(gemeente):
            Zoekvraag.objects.update(opnieuw_vanaf=timezone.now())

    the_time_comes()
    assert searching.put_search(gemeente, found.pk) == timedelta(seconds=20)
    the_time_comes()
    assert searching.put_search(gemeente, found.pk) is None
    assert (again(found).status, len(exchange.calls)) == (Zoekstatus.MISLUKT, 3)
    exchange.answer = exchange.normal
    een_client(jobcoach).post(url_of(found, "opnieuw"))
    assert searching.put_search(gemeente, found.pk) is None
    assert again(found).status == Zoekstatus.KLAAR


def test_a_long_wait_is_told_and_there_is_no_button_until_it_is_over(
    exchange, gemeente, jobcoach, settings
) -> None:
    settings.UM_ZOEK_POGINGEN = 3
    later = format_datetime(timezone.now() + timedelta(hours=1))
    exchange.answer, exchange.headers = lambda handler: (429, b"druk"), {"Retry-After": later}
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    page = een_client(jobcoach).get(url_of(zoekvraag)).text
    assert "vraagt om te wachten tot" in page
    assert "Opnieuw proberen" not in page
    with voor_gemeente(gemeente):
        assert not searching.repeat_search(gemeente, zoekvraag)
        Zoekvraag.objects.update(opnieuw_vanaf=timezone.now())
        assert searching.repeat_search(gemeente, zoekvraag)


def test_an_unexpected_error_ends_the_search_at_once_and_the_question_was_put_once(
    exchange, gemeente, jobcoach, monkeypatch, caplog
) -> None:
    def breaks(*args: Any) -> None:
        raise RuntimeError("Merkteken")

    monkeypatch.setattr(searching, "summarise", breaks)
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    assert zoekvraag.status == Zoekstatus.MISLUKT
    kenmerk = re.search(r"kenmerk ([0-9a-f]{8})", zoekvraag.melding)
    assert kenmerk is not None
    assert kenmerk[1] in caplog.text
    tasks.put_search(zoekvraag.pk, gemeente.pk)
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(gewijzigd_op=timezone.now() - timedelta(minutes=5))
    tasks.resume(gemeente)
    assert len(exchange.calls) == 1


def test_a_worker_that_lost_its_search_does_not_end_it_for_the_one_who_has_it(
    exchange, gemeente, jobcoach
) -> None:
    found = een_zoekvraag(gemeente, jobcoach, put=False)

    def meanwhile(handler: BaseHTTPRequestHandler) -> Answer:
        return 500, b""

    with pytest.MonkeyPatch.context() as patch:
        usual = exchange_client.ask

        def ask(*args: Any) -> Any:
            with voor_gemeente(gemeente):
                Zoekvraag.objects.update(lease_tot=timezone.now() + timedelta(minutes=1))  # another worker
            return usual(*args)

        exchange.answer = meanwhile
        patch.setattr(exchange_client, "ask", ask)
        searching.put_search(gemeente, found.pk)
    assert again(found).status == Zoekstatus.BEZIG


@pytest.mark.parametrize("diep", [600, 5000])
def test_a_match_that_is_nested_very_deep_costs_only_itself(exchange, gemeente, jobcoach, diep: int) -> None:
    nested = b'{"vumID":"v","mobiliteit":{"bemiddelingspostcode":"1012AB"},"iets":%b}' % (
        b"[" * diep + b"]" * diep
    )
    body = b'{"maximumAantalResultatenBereikt":false,"vraagID":"v","matches":[%b,%b]}'
    exchange.answer = lambda handler: (200, body % (nested, json.dumps(een_match()).encode()))
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    assert zoekvraag.status in {Zoekstatus.KLAAR, Zoekstatus.MISLUKT}
    assert len(exchange.calls) == 1
    if diep == 600:
        assert (zoekvraag.status, zoekvraag.aantal) == (Zoekstatus.KLAAR, 2)


# --- A short lease, and a heart that keeps it ------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_search_that_waits_keeps_its_short_lease_as_long_as_its_worker_lives(
    exchange, settings, monkeypatch
) -> None:
    settings.UM_ZOEK_TIJDSLIMIET = 10.0
    monkeypatch.setattr(searching, "HARTSLAG_LEASE", timedelta(seconds=0.4))
    gemeente = een_gemeente()
    found = een_zoekvraag(gemeente, een_gebruiker(gemeente), put=False)
    leases: list[bool] = []
    usual: Callable[[BaseHTTPRequestHandler], Answer] = exchange.normal

    def watched(handler: BaseHTTPRequestHandler) -> Answer:
        # As long as the exchange thinks, nobody else can have the search, long after its first lease.
        until = time.monotonic() + 1.2
        while time.monotonic() < until:
            until_then = again(found).lease_tot
            leases.append(until_then is not None and until_then > timezone.now())
            time.sleep(0.1)
        connection.close()
        return usual(handler)

    exchange.answer = watched
    searching.put_search(gemeente, found.pk)
    assert len(leases) > 5
    assert all(leases)
    assert again(found).status == Zoekstatus.KLAAR
    assert not [thread for thread in threading.enumerate() if thread.name == "hartslag"]


def test_work_whose_worker_died_is_handed_out_within_its_promise(settings) -> None:
    round_seconds = settings.CELERY_BEAT_SCHEDULE["hervat-taken"]["schedule"]
    assert HARTSLAG_LEASE.total_seconds() + round_seconds < 20
    assert KORTE_LEASE.total_seconds() + round_seconds < 30


# --- Nothing is kept -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_detail_is_nowhere_to_be_found_afterwards(exchange, settings, caplog) -> None:
    gemeente = een_gemeente()
    jobcoach = een_gebruiker(gemeente)
    mark = "Merkteken"
    exchange.matches = [een_match()]
    exchange.detail = {
        "emailadres": [f"{mark}@voorbeeld.example"],
        "persoonlijkePresentatie": f"{mark} over mijzelf",
        "contactpersoon": [{"naamContactpersoonAfdeling": mark}],
    }
    with caplog.at_level(logging.DEBUG):
        zoekvraag = een_zoekvraag(gemeente, jobcoach)
        browser = een_client(jobcoach)
        page = browser.post(url_of(zoekvraag, "resultaten/1/detail"))
        exchange.answer = lambda handler: (500, {"code": mark, "message": mark})
        browser.post(url_of(zoekvraag, "resultaten/1/detail"))
    # In the contact card, in the texts to take along from it, and in the record.
    assert page.text.count(mark) == 8
    assert "data-vertrouwelijk" in page.text
    assert mark not in caplog.text
    assert repr(details.Detail("1" * 20, exchange.detail)) == "Detail(…)"
    with psycopg.connect(OWNER_URL, dbname=settings.DATABASES["default"]["NAME"]) as owner:
        tables = [
            row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        assert "bemiddelaar_detailaanvraag" in tables
        for table in tables:
            found = owner.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s", [f"%{mark}%"]
            ).fetchone()
            assert found == (0,), table
    for url in (settings.CELERY_BROKER_URL, settings.CACHES["default"]["LOCATION"]):
        store = redis.Redis.from_url(url)
        for key in store.scan_iter():
            value = store.dump(key) or b""
            assert mark.encode() not in value, key


def test_a_record_reads_in_the_words_of_the_standard(gemeente) -> None:
    pairs = as_pairs(
        WZ,
        {
            "mobiliteit": {"bemiddelingspostcode": "3511ab", "maximaleReisafstand": 20},
            "bemiddelingsberoep": [{"codeBeroepsnaam": "urn:test:kok"}, {"codeBeroepsnaam": "urn:onbekend"}],
            "arbeidsmarktkwalificatie": {"rijbewijs": [{"codeSoortRijbewijs": "B"}]},
            "vervoermiddel": [{"codeVervoermiddel": 3}],
            "iets": "onbekends",
            "flexibiliteit": {"datumAanvangBeschikbaarVoorWerk": "2026-12-01"},
        },
    )
    flat = json.dumps(pairs, ensure_ascii=False)
    for text in ("3511 AB", "Kok", "urn:onbekend", "Fiets", "01-12-2026"):
        assert text in flat
    assert "onbekends" not in flat


def test_the_exchange_client_keeps_nothing_between_municipalities(exchange, settings) -> None:
    een, ander = een_gemeente(), een_gemeente()
    exchange_client.ask(WZ, {}, een.oin)
    exchange_client.ask(WZ, {}, ander.oin)
    assert [call[2]["X-VUM-fromParty"] for call in exchange.calls] == [een.oin, ander.oin]
