"""A login service tells who logged out there: whose sessions end, and what counts for nothing."""

import time
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.core import context
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage import default_storage
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.factories import Browser, een_gebruiker, een_gemeente, een_sessie
from tests.um_portal.inlogdienst.dienst import (
    CLIENT,
    KEY,
    UITGEVER,
    een_gekoppelde,
    een_inlogdienst,
    make_known,
    sign,
)
from um_portal.accounts.sessions import SessionStore
from um_portal.audit.models import Auditregel
from um_portal.inlogdienst import regels, uitgever
from um_portal.inlogdienst.adapter import MERK
from um_portal.inlogdienst.models import Identiteit
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente

pytestmark = pytest.mark.django_db

EVENT = "http://schemas.openid.net/event/backchannel-logout"
OTHER = rsa.generate_private_key(65537, 2048)


@pytest.fixture(autouse=True)
def _known(settings: Any) -> None:
    settings.UM_SSO_UITGEVERS = ["inloggen.gemeente.example", "elders.example"]
    uitgever.forget()
    make_known(end_session_endpoint=f"{UITGEVER}/uit")


@pytest.fixture
def gemeente() -> Gemeente:
    found = een_gemeente("Aadorp")
    een_inlogdienst(found)
    return found


def a_notice(
    key: Any = KEY, kid: str | None = "goed", alg: str = "RS256", typ: Any = "logout+jwt", **claims: Any
) -> str:
    now = int(time.time())
    said = {
        "iss": UITGEVER,
        "aud": CLIENT,
        "iat": now,
        "exp": now + 120,
        "jti": f"{time.monotonic_ns()}",
        "sub": "onderwerp-1",
        "events": {EVENT: {}},
        **claims,
    }
    return sign(said, key, kid, alg, typ=typ)


def send(gemeente: Gemeente, token: str, **more: Any) -> Any:
    return Client().post(
        f"/account/inloggen/gemeente/{gemeente.oin}/afmelden",
        f"logout_token={token}",
        content_type="application/x-www-form-urlencoded",
        **more,
    )


def through(identiteit: Identiteit, sid: str = "") -> Browser:
    """Logs somebody in whom the login service just confirmed, with a second factor there."""
    request: Any = RequestFactory().get("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    request._messages = default_storage(request)
    sessie = regels.mark(identiteit, now=int(time.time()), bevestigd=0, sterk=True, sid=sid)
    setattr(request, MERK, sessie)
    with context.request_context(request):
        perform_login(request, Login(user=identiteit.gebruiker, signal_kwargs={MERK: asdict(sessie)}))
    request.session.save()
    browser = Browser()
    browser.cookies[django_settings.SESSION_COOKIE_NAME] = request.session.token or ""
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/account/").status_code == 200


def lines(gemeente: Gemeente) -> list[tuple[str, int | None, str]]:
    with voor_gemeente(gemeente):
        found = Auditregel.objects.filter(handeling="afgemeld_bij_gemeente").order_by("pk")
        return [(line.onderwerp, line.aantal, line.uitkomst) for line in found]


# --- Whose sessions end ----------------------------------------------------------------------------------------


def test_who_logged_out_there_is_out_here_at_once_and_nobody_else(gemeente: Gemeente) -> None:
    gebruiker, identiteit = een_gekoppelde(gemeente)
    _, other = een_gekoppelde(gemeente, "onderwerp-2")
    een, twee, collega = through(identiteit), through(identiteit, "s2"), through(other)
    eigen = een_sessie(gebruiker)
    answer = send(gemeente, a_notice())
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, b"", "no-store")
    assert [is_in(browser) for browser in (een, twee, collega, eigen)] == [False, False, True, True]
    assert lines(gemeente) == [(f"gebruiker {gebruiker.pk}", 2, "")]
    # It was said already, or of somebody whom nobody here knows: nothing is left to end, and that is no fault.
    for more in ({}, {"sub": "onbekend"}):
        assert send(gemeente, a_notice(**more)).status_code == 200
    assert len(lines(gemeente)) == 1


def test_of_one_session_there_only_that_one_ends(gemeente: Gemeente) -> None:
    _, identiteit = een_gekoppelde(gemeente)
    een, twee, drie = (through(identiteit, sid) for sid in ("s1", "s2", "s3"))
    assert send(gemeente, a_notice(sid="s1")).status_code == 200
    assert send(gemeente, a_notice(sub=None, sid="s2")).status_code == 200
    # The session of another subject is not theirs to end.
    assert send(gemeente, a_notice(sub="onderwerp-2", sid="s3")).status_code == 200
    assert [is_in(browser) for browser in (een, twee, drie)] == [False, False, True]


def test_a_session_is_known_by_its_name_there_after_another_password_too(gemeente: Gemeente) -> None:
    gebruiker, identiteit = een_gekoppelde(gemeente)
    gebruiker.set_password("een-lang-eigen-wachtwoord")
    gebruiker.save()
    browser = through(identiteit, "s1")
    nieuw = "een-heel-ander-wachtwoord-voor-nu"
    data = {"oldpassword": "een-lang-eigen-wachtwoord", "password1": nieuw, "password2": nieuw}
    assert browser.post("/account/wachtwoord", data).status_code == 302
    assert is_in(browser)
    assert send(gemeente, a_notice(sub=None, sid="s1")).status_code == 200
    assert not is_in(browser)


def test_a_notice_that_names_a_session_only_opens_no_other(gemeente: Gemeente, settings: Any) -> None:
    def needed(sid: str) -> int:
        # Sessions are read from the database once the cache forgot them.
        cache.delete_many([f"sessie:{one.session_key}" for one in UserSession.objects.all()])
        token = a_notice(sub=None, sid=sid)
        with CaptureQueriesContext(connection) as queries:
            assert send(gemeente, token).status_code == 200
        return len(queries)

    browsers = [through(een_gekoppelde(gemeente, f"o{number}")[1], f"s{number}") for number in range(2)]
    few = needed("s0")
    browsers += [through(een_gekoppelde(gemeente, f"o{number}")[1], f"s{number}") for number in range(2, 7)]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "een nieuw geheim, en dit was nog van het oude" * 2
    assert needed("s1") == few
    assert [is_in(browser) for browser in browsers] == [False, False] + [True] * 5


def test_a_session_whose_name_there_was_not_told_ends_with_any_other_of_its_subject(
    gemeente: Gemeente,
) -> None:
    (_, identiteit), (_, other) = een_gekoppelde(gemeente), een_gekoppelde(gemeente, "onderwerp-2")
    nameless, named, collega = through(identiteit), through(identiteit, "s1"), through(other)
    assert send(gemeente, a_notice(sub=None, sid="s9")).status_code == 200
    assert is_in(nameless), "without a subject it may be of anybody"
    assert send(gemeente, a_notice(sid="s9")).status_code == 200
    assert [is_in(browser) for browser in (nameless, named, collega)] == [False, True, True]


def test_a_service_reaches_the_sessions_of_its_own_municipality_alone(gemeente: Gemeente) -> None:
    elders = een_gemeente("Beedorp")
    een_inlogdienst(elders)
    gebruiker, identiteit = een_gekoppelde(gemeente)
    with voor_gemeente(elders):
        Lidmaatschap.objects.create(gemeente=elders, gebruiker=gebruiker, rol=Rol.JOBCOACH)
        daar = Identiteit.objects.create(
            gemeente=elders, gebruiker=gebruiker, uitgever=UITGEVER, onderwerp="onderwerp-1"
        )
    hier, bij_elders = through(identiteit), through(daar)
    # The same person, the same service, at the address of the other municipality.
    assert send(elders, a_notice()).status_code == 200
    assert [is_in(browser) for browser in (hier, bij_elders)] == [True, False]


def test_another_issuer_ends_nothing_whatever_it_knows(gemeente: Gemeente) -> None:
    elders = een_gemeente("Beedorp")
    een_inlogdienst(elders, uitgever="https://elders.example/um")
    make_known("https://elders.example/um", OTHER)
    _, identiteit = een_gekoppelde(gemeente)
    browser = through(identiteit)
    theirs: dict[str, Any] = {"key": OTHER, "iss": "https://elders.example/um"}
    assert send(elders, a_notice(**theirs)).status_code == 200
    for token in (a_notice(**theirs), a_notice(key=OTHER)):
        assert send(gemeente, token).status_code == 400
    assert send(elders, a_notice()).status_code == 400
    assert is_in(browser)


def test_a_session_of_a_name_that_made_room_for_another_is_over(gemeente: Gemeente) -> None:
    gebruiker, identiteit = een_gekoppelde(gemeente)
    browser, eigen = through(identiteit), een_sessie(gebruiker)
    regels.join(gemeente, gebruiker, UITGEVER, "nieuw-onderwerp")
    assert [is_in(browser), is_in(eigen)] == [False, True]
    with voor_gemeente(gemeente):
        assert Auditregel.objects.get(handeling="sessies_beeindigd").aantal == 1


# --- What counts for nothing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token",
    [
        {"key": OTHER},
        {"key": "x" * 64, "alg": "HS256"},
        {"key": None, "alg": "none"},
        {"iss": "https://elders.example"},
        {"aud": "een-ander"},
        {"aud": [CLIENT, "een-ander"]},
        {"azp": "een-ander"},
        {"exp": 1},
        {"iat": None},
        {"iat": "vandaag"},
        {"iat": 1},
        {"iat": int(time.time()) + 3600, "exp": None},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "\ud800"},
        {"sub": None},
        {"sub": "\0"},
        {"sub": "x" * 300},
        {"sub": "\ud800"},
        {"sid": ["s1"]},
        {"nonce": "n"},
        {"events": None},
        {"events": {}},
        {"events": [EVENT]},
        {"events": {EVENT: None}},
        {"events": {"http://schemas.openid.net/event/else": {}}},
        {"typ": "at+jwt"},
        {"typ": 7},
    ],
    ids=", ".join,
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_notice_that_is_not_right_ends_nothing(gemeente: Gemeente, token: dict[str, Any]) -> None:
    _, identiteit = een_gekoppelde(gemeente)
    browser = through(identiteit)
    answer = send(gemeente, a_notice(**token))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert answer["Cache-Control"] == "no-store"
    assert is_in(browser)


def test_an_older_service_may_leave_out_what_kind_of_token_it_is(gemeente: Gemeente) -> None:
    for token in (a_notice(typ="JWT"), a_notice(typ=None, exp=None)):
        assert send(gemeente, token).status_code == 200


def test_a_notice_counts_once_and_an_id_token_is_none(gemeente: Gemeente) -> None:
    _, identiteit = een_gekoppelde(gemeente)
    token = a_notice()
    assert send(gemeente, token).status_code == 200
    browser = through(identiteit)
    assert send(gemeente, token).status_code == 400
    # Logged in with it, somebody could be logged out with it.
    assert send(gemeente, a_notice(typ="JWT", nonce="n", events=None)).status_code == 400
    assert is_in(browser)
    # A repeat is written down, since the service did sign it; what anybody can make up is not.
    send(gemeente, a_notice(key=OTHER))
    assert lines(gemeente) == [("inlogdienst: afmelding herhaald", None, "mislukt")]


def test_a_notice_whose_process_was_killed_halfway_is_followed_when_it_comes_again(
    gemeente: Gemeente,
) -> None:
    _, identiteit = een_gekoppelde(gemeente)
    browser = through(identiteit)

    def killed(execute: Any, sql: str, *args: Any) -> Any:
        if sql.startswith("DELETE"):
            raise SystemExit
        return execute(sql, *args)

    token = a_notice()
    with connection.execute_wrapper(killed), pytest.raises(SystemExit):
        send(gemeente, token)
    assert is_in(browser)
    assert send(gemeente, token).status_code == 200
    assert not is_in(browser)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"logout_token=", "application/x-www-form-urlencoded"),
        (b"logout_token=a&logout_token=b", "application/x-www-form-urlencoded"),
        (b"logout_token=%ff%00", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"a=1&" * 50, "application/x-www-form-urlencoded"),
        (b"logout_token=" + b"a." * 20_000, "application/x-www-form-urlencoded"),
        (b'{"logout_token": "x"}', "application/json"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
    ],
    ids=lambda found: str(found)[:20],
)
def test_what_is_no_notice_gets_400_and_never_500(gemeente: Gemeente, body: bytes, kind: str) -> None:
    for oin in (gemeente.oin, "9" * 20):
        answer = Client().post(f"/account/inloggen/gemeente/{oin}/afmelden", body, content_type=kind)
        assert (answer.status_code, answer["Cache-Control"]) == (400, "no-store")


def test_a_municipality_without_a_service_takes_no_notice_and_does_not_say_so(gemeente: Gemeente) -> None:
    zonder = een_gemeente()
    een_inlogdienst(zonder, aan=False)
    assert send(zonder, a_notice()).content == send(een_gemeente(), a_notice()).content
    assert send(zonder, a_notice()).status_code == 400
    assert Client().get(f"/account/inloggen/gemeente/{gemeente.oin}/afmelden").status_code == 405


def test_who_sends_junk_is_stopped_and_the_service_is_not(gemeente: Gemeente, settings: Any) -> None:
    settings.UM_INLOGPOGINGEN_ADRES = 1
    for _ in range(9):
        assert send(gemeente, a_notice()).status_code == 200
    answers = [send(gemeente, "x", REMOTE_ADDR="192.0.2.9") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429]
    assert (answers[-1]["Retry-After"], answers[-1]["Cache-Control"]) == ("900", "no-store")
    assert send(gemeente, a_notice()).status_code == 200


def test_without_redis_or_the_keys_of_the_service_it_can_try_again(gemeente: Gemeente, settings: Any) -> None:
    _, identiteit = een_gekoppelde(gemeente)
    browser = through(identiteit)
    token = a_notice()
    there = settings.CACHES
    settings.CACHES = {"default": {**there["default"], "LOCATION": "redis://127.0.0.1:1"}}
    answer = send(gemeente, token)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store")
    settings.CACHES = there
    uitgever.forget()
    settings.UM_SSO_UITGEVERS = ["127.0.0.1:1"]
    een_inlogdienst(nergens := een_gemeente(), uitgever="https://127.0.0.1:1")
    settings.UM_SSO_LOOPBACK = True
    assert send(nergens, a_notice()).status_code == 503
    settings.UM_SSO_UITGEVERS = ["inloggen.gemeente.example"]
    make_known()
    assert is_in(browser)
    # The same notice, sent again.
    assert send(gemeente, token).status_code == 200
    assert not is_in(browser)


# --- Logging out here, and there -----------------------------------------------------------------------------------


def test_who_came_through_a_municipality_is_offered_to_log_out_there(gemeente: Gemeente) -> None:
    gebruiker, identiteit = een_gekoppelde(gemeente)
    browser = through(identiteit)
    at = f"/account/inloggen/gemeente/{gemeente.oin}"
    assert browser.post("/account/uitloggen")["Location"] == f"{at}/uitgelogd"
    # It is over before anything is asked.
    assert not is_in(browser)
    page = browser.get(f"{at}/uitgelogd").text
    assert "Ook uitloggen bij de gemeente" in page
    left = browser.post(f"{at}/uitloggen")["Refresh"].removeprefix("0;url=")
    assert left.partition("?")[0] == f"{UITGEVER}/uit"
    asked = {name: values[0] for name, values in parse_qs(urlsplit(left).query).items()}
    assert asked == {
        "client_id": CLIENT,
        "post_logout_redirect_uri": f"{django_settings.UM_ADRES}{at}/uitgelogd/terug",
        "state": asked["state"],
    }
    # Only whoever left is told, and once.
    for other, state in ((Browser(), asked["state"]), (browser, "x")):
        other.get(f"{at}/uitgelogd/terug?state={state}")
        assert "ook uitgelogd bij" not in other.get("/account/inloggen").text
    left = browser.post(f"{at}/uitloggen")["Refresh"]
    browser.get(f"{at}/uitgelogd/terug?state={parse_qs(urlsplit(left).query)['state'][0]}")
    assert "U bent ook uitgelogd bij Aadorp." in browser.get("/account/inloggen").text
    # With the own password there is nothing to log out of elsewhere.
    assert een_sessie(gebruiker).post("/account/uitloggen")["Location"] == "/account/inloggen"


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://kwaad.example/uit",
        "http://inloggen.gemeente.example/uit",
        # On the list, and of another municipality.
        "https://elders.example/uit",
        "https://inloggen.gemeente.example@kwaad.example/",
        "javascript:alert(1)",
        "",
        7,
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_the_services(gemeente: Gemeente, endpoint: Any) -> None:
    make_known(end_session_endpoint=endpoint)
    answer = Browser().post(f"/account/inloggen/gemeente/{gemeente.oin}/uitloggen")
    assert (answer.status_code, answer.get("Refresh")) == (502, None)
    assert "lukt nu niet" in answer.text
    assert "kwaad" not in answer.text


def test_a_service_that_has_no_such_page_is_not_offered(gemeente: Gemeente) -> None:
    uitgever.forget()
    make_known()
    page = Browser().get(f"/account/inloggen/gemeente/{gemeente.oin}/uitgelogd")
    assert "Ook uitloggen" not in page.text
    assert "sluit de browser" in page.text
    assert (
        Browser().get(f"/account/inloggen/gemeente/{'9' * 20}/uitgelogd")["Location"] == "/account/inloggen"
    )
    assert (
        een_sessie(een_gebruiker(gemeente)).get(f"/account/inloggen/gemeente/{gemeente.oin}/uitgelogd")[
            "Location"
        ]
        == "/"
    )
