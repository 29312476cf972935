"""The log of the programs: one reference for everything that a request sets going, and nothing that it must not say."""

import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import pytest
from celery.app.trace import TraceInfo
from django.db import InternalError, OperationalError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import path

from tests.factories import een_client, een_gebruiker, een_gemeente
from um_portal import kenmerk, logs
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.models import Auditregel
from um_portal.foutmelder import Foutmelder
from um_portal.tasks import write_heads
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import open_to_all
from um_portal.urls import urlpatterns as usual
from um_portal.verzoek import VerzoekMiddleware

GEHEIM = "geheim-van-fatima-999993653"


def _record(name: str, message: str, *args: Any, **extra: Any) -> logging.LogRecord:
    try:
        raise ValueError(GEHEIM)
    except ValueError:
        record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, sys.exc_info())
    record.__dict__.update(extra)
    return record


def _written(record: logging.LogRecord, formatter: logging.Formatter) -> str:
    logs.DiscreetFilter().filter(record)
    return formatter.format(record)


def test_a_line_of_json_has_the_reference_and_the_place_of_a_fault_and_not_what_it_said() -> None:
    with kenmerk.bound("ab" * 16):
        line = _written(
            _record("um.proef", "proef %s", "x", status=503, request=GEHEIM, gebruiker=GEHEIM),
            logs.JsonFormatter(),
        )
    assert GEHEIM not in line
    assert "\n" not in line
    found = json.loads(line)
    assert datetime.fromisoformat(found["tijd"]).utcoffset() == timedelta(0)
    assert found["kenmerk"] == "ab" * 16
    assert found["bericht"] == "proef x"
    assert found["status"] == 503
    assert found["fout"].startswith("builtins.ValueError op tests/um_portal/bewaking/test_logs.py:")
    assert set(found) == {
        "tijd", "niveau", "logger", "onderdeel", "proces", "kenmerk", "bericht", "status", "fout"
    }  # fmt: skip


def test_a_line_for_people_says_the_same() -> None:
    formatter = logs.DiscreetFormatter("{levelname} {name} [{kort}] {message}", style="{")
    with kenmerk.bound("ab" * 16):
        line = _written(_record("um.proef", "proef", vraag="detail", duur_ms=12), formatter)
    assert line.startswith("ERROR um.proef [abababab] proef")
    assert line.endswith("vraag=detail duur_ms=12")
    assert GEHEIM not in line


def test_a_job_that_fails_is_in_the_log_without_what_its_exception_says(caplog: Any) -> None:
    """Celery itself makes this record, and has the text of the exception in its message."""
    task = write_heads
    with caplog.at_level(logging.DEBUG):
        try:
            raise ValueError(GEHEIM)
        except ValueError as error:
            TraceInfo("FAILURE", error)._log_error(task, task.request, type("Info", (), {
                "internal": False, "exc_info": sys.exc_info(), "traceback": "", "exception": error,
            })())  # fmt: skip
    [record] = [record for record in caplog.records if record.name == "celery.app.trace"]
    line = _written(record, logs.JsonFormatter())
    assert GEHEIM not in line
    assert "ValueError" in line


@open_to_all
def breaks(request: Any) -> Any:
    raise ValueError(GEHEIM)


@open_to_all
def is_away(request: Any) -> Any:
    raise OperationalError(GEHEIM)


@open_to_all
def writes_on_what_is_no_primary(request: Any) -> Any:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        cursor.execute(f'CREATE TABLE "{GEHEIM}" ()')


@open_to_all
def gets_half_an_answer(request: Any) -> Any:
    raise InternalError(GEHEIM) from psycopg.InternalError("received 2 results from command 'COMMIT'")


FAULTS = {
    "proef/breekt": (breaks, 500, "ValueError op "),
    "proef/weg": (is_away, 503, "OperationalError op "),
    "proef/half": (gets_half_an_answer, 503, "InternalError op "),
    "proef/replica": (writes_on_what_is_no_primary, 503, "InternalError 25006 op "),
}
urlpatterns = [
    path(f"account/uitnodiging/{GEHEIM}", breaks),
    path(f"account/wachtwoord-vergeten/{GEHEIM}", breaks),
    path(f"account/herstel/bezwaar/{GEHEIM}", breaks),
    *usual,
    *(path(address, view) for address, (view, *_) in FAULTS.items()),
]
handler500 = "um_portal.start.fault"


@pytest.mark.urls(__name__)
@pytest.mark.django_db
@pytest.mark.parametrize("address", FAULTS)
def test_a_page_that_failed_shows_the_reference_that_is_in_its_log(address: str, caplog: Any) -> None:
    _, status, named = FAULTS[address]
    browser = Client(raise_request_exception=False)
    answer = browser.get(f"/{address}")
    assert answer.status_code == status
    [seen] = {record.exc_info for record in caplog.records if record.exc_info}
    assert named in logs.DiscreetFormatter().formatException(seen)
    sent = answer.headers["X-Request-ID"]
    assert kenmerk.is_kenmerk(sent)
    assert f"<strong>{sent[:8]}</strong>" in answer.content.decode()
    assert GEHEIM not in answer.content.decode()


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("link", ["uitnodiging/", "wachtwoord-vergeten/", "herstel/bezwaar/"])
def test_a_fault_behind_a_link_from_a_mail_does_not_write_the_link_in_the_log(link: str, caplog: Any) -> None:
    assert Client(raise_request_exception=False).get(f"/account/{link}{GEHEIM}").status_code == 500
    [record] = [record for record in caplog.records if record.name == "django.request"]
    assert GEHEIM not in _written(record, logs.JsonFormatter())
    assert "/account/" in _written(record, logs.JsonFormatter())


@pytest.mark.django_db
def test_a_request_that_django_itself_refuses_leaves_no_link_and_no_name_in_the_log(caplog: Any) -> None:
    Client(enforce_csrf_checks=True).post(f"/account/uitnodiging/{GEHEIM}")
    Client(raise_request_exception=False).get("/", headers={"Host": f"{GEHEIM}.example"})
    found = [record for record in caplog.records if record.name.startswith("django.security.")]
    assert {record.name for record in found} == {"django.security.csrf", "django.security.DisallowedHost"}
    for record in found:
        assert GEHEIM not in _written(record, logs.JsonFormatter())


@pytest.mark.django_db
def test_a_page_that_was_refused_is_in_the_log_by_its_name_and_without_an_address(caplog: Any) -> None:
    browser = een_client(een_gebruiker(een_gemeente()))
    for address in ("/logboek/", "/zoeken/vragen/7654321/", "/bestaat-niet", "/hulp/"):
        browser.get(address)
    told = [record for record in caplog.records if record.name == "um_portal.verzoek"]
    assert [(record.getMessage(), record.__dict__["status"]) for record in told] == [
        ("toegang geweigerd: logboek:eigen", 403),
        ("toegang geweigerd: bemiddelaar:zoekvraag", 404),
    ]


@pytest.mark.parametrize(
    ("sent", "proxies", "kept"),
    [
        ("ab" * 16, ["127.0.0.1"], True),
        ("ab" * 16, [], False),
        ("ab" * 16 + "\n{}", ["127.0.0.1"], False),
        ("", ["127.0.0.1"], False),
    ],
)
def test_only_a_trusted_proxy_chooses_the_reference(
    settings, sent: str, proxies: list[str], kept: bool
) -> None:
    settings.UM_VERTROUWDE_PROXIES = proxies
    seen: list[str] = []

    def view(request: Any) -> Any:
        from django.http import HttpResponse

        seen.append(kenmerk.current())
        return HttpResponse()

    VerzoekMiddleware(view)(RequestFactory().get("/", headers={"X-Request-ID": sent}))
    assert (seen == [sent]) is kept
    assert kenmerk.is_kenmerk(seen[0])
    assert kenmerk.current() == ""


@pytest.mark.django_db
def test_an_act_is_in_the_audit_log_under_the_reference_of_its_request() -> None:
    gemeente = een_gemeente()
    with kenmerk.bound("ef" * 16), voor_gemeente(gemeente):
        log_act(gemeente, Handeling.SLEUTEL_GEMAAKT)
        log_act(gemeente, Handeling.SLEUTEL_GEMAAKT, trace="01" * 16)
        traces = list(Auditregel.objects.order_by("-pk").values_list("trace", flat=True)[:2])
    assert traces == ["01" * 16, "ef" * 16]


# --- Sentry ------------------------------------------------------------------------------------------------


@pytest.fixture
def sentry() -> Iterator[tuple[str, list[bytes]]]:
    """A server that takes what a Sentry takes; gives its DSN and what came in."""
    pytest.importorskip("sentry_sdk")
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                import gzip

                body = gzip.decompress(body)
            received.append(self.headers.as_bytes() + body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://sleutel@127.0.0.1:{server.server_port}/1", received
    finally:
        server.shutdown()
        server.server_close()


def test_sentry_hears_the_kind_and_the_place_of_a_fault_and_nothing_of_people(sentry) -> None:
    dsn, received = sentry
    handler = Foutmelder(dsn, "0.1.0")
    logger = logging.getLogger("um.proef.sentry")
    logger.addHandler(handler)
    naam_van_de_werkzoekende = GEHEIM
    try:
        with kenmerk.bound("cd" * 16):
            raise ValueError(f"{naam_van_de_werkzoekende} is er al")
    except ValueError:
        logger.exception("bij %s", GEHEIM, extra={"request": GEHEIM, "gebruiker": GEHEIM})
    logger.error("zonder fout %s", GEHEIM)
    handler.close()
    logger.removeHandler(handler)
    [event] = received
    assert b"ValueError" in event
    assert b"test_logs.py" in event
    assert GEHEIM.encode() not in event
    assert b"naam_van_de_werkzoekende" not in event
    for word in (b"server_name", b"breadcrumbs", b'"user"', b"vars", b"context_line", b"argv"):
        assert word not in event, word
