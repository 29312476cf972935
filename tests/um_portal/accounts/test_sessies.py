"""Sessions: found by a hash, sealed, ended in time, seen and ended by their owner, and kept when Redis is away."""

import json
import pickle
import time
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.core.cache import cache, caches
from django.test import Client

from tests.factories import Browser, een_client, een_gebruiker, een_gemeente
from um_portal.accounts import sessies
from um_portal.accounts.models import Gebruiker
from um_portal.accounts.sessions import SessionStore, _Cache, fingerprint
from um_portal.cache import count
from um_portal.tenants.models import Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente

pytestmark = pytest.mark.django_db

HOUR = 3600


@pytest.fixture
def gebruiker() -> Gebruiker:
    return een_gebruiker(een_gemeente())


@pytest.fixture(autouse=True)
def _ask_the_cache_again() -> None:
    _Cache.quiet_until = 0.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock of sessions ahead."""
    real, ahead = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + ahead[0])

    def later(**how: float) -> None:
        ahead[0] += how.get("hours", 0) * HOUR + how.get("minutes", 0) * 60

    return later


def in_(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def token_of(browser: Client) -> str:
    return browser.cookies[django_settings.SESSION_COOKIE_NAME].value


# --- What a stranger reads or writes -------------------------------------------------------------------


def test_the_cookies_value_is_neither_in_the_database_nor_in_the_cache(gebruiker: Gebruiker) -> None:
    browser = een_client(gebruiker)
    assert in_(browser)
    row = Session.objects.get()
    assert row.session_key == fingerprint(token_of(browser))
    client = caches["default"]._cache.get_client()  # type: ignore[attr-defined]
    everything = str([row.__dict__, [(key, client.get(key)) for key in client.scan_iter()]])
    assert token_of(browser) not in everything
    assert f"sessie:{row.session_key}" in everything
    # What is found there opens nothing.
    thief = Browser()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = row.session_key
    assert not in_(thief)


def test_what_a_session_holds_cannot_be_read_and_not_be_put_under_another_key(gebruiker: Gebruiker) -> None:
    victim, thief = een_client(gebruiker), een_client(een_gebruiker(een_gemeente()))
    taken = Session.objects.get(session_key=fingerprint(token_of(victim))).session_data
    assert "_auth_user" not in taken
    own = fingerprint(token_of(thief))
    Session.objects.filter(session_key=own).update(session_data=taken)
    cache.set(f"sessie:{own}", taken)
    assert not in_(thief)
    assert in_(victim)


@pytest.mark.parametrize("junk", [b"", b"\x80", b"null", b"[]", b'"x"', b'{"_auth_user_id":"1"}', b"9" * 100])
def test_what_somebody_writes_in_the_cache_is_not_believed(junk: bytes, gebruiker: Gebruiker) -> None:
    browser = een_client(gebruiker)
    client = caches["default"]._cache.get_client()  # type: ignore[attr-defined]
    (key,) = client.scan_iter("*sessie:*")
    client.set(key, junk)
    assert in_(browser)


def test_no_pickle_is_ever_read_from_the_cache() -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (exec, ("import um_portal; um_portal.bomb = True",))

    client = caches["default"]._cache.get_client()  # type: ignore[attr-defined]
    client.set(cache.make_key("bom"), pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match=r".*"):
        cache.get("bom")
    import um_portal

    assert not hasattr(um_portal, "bomb")


@pytest.mark.parametrize("value", [1, -5, True, False, None, 1.5, "tekst", "12", [1.0, "a"], {"a": [1]}])
def test_the_cache_gives_back_what_was_put_in(value: Any) -> None:
    cache.set("naam", value)
    found = cache.get("naam", "niets")
    assert found == value
    assert type(found) is type(value)


def test_the_cache_counts() -> None:
    cache.add("teller", 0)
    assert [cache.incr("teller"), cache.incr("teller")] == [1, 2]
    assert cache.get("teller") == 2


@pytest.mark.parametrize("left", [0, -1])
def test_a_count_that_lost_its_end_gets_one_again(left: int) -> None:
    # Left behind by counting up, or taking back, in the moment that a period ended.
    cache.set("teller", left, timeout=None)
    count("teller", 60)
    assert 0 < caches["default"]._cache.get_client().ttl(cache.make_key("teller")) <= 60  # type: ignore[attr-defined]


def test_logging_in_gives_another_token(gebruiker: Gebruiker) -> None:
    gebruiker.set_password("een-lang-wachtwoord-om-te-testen")
    gebruiker.save()
    before = SessionStore()
    before["stap"] = 1
    before.save()
    data = {"login": gebruiker.username, "password": "een-lang-wachtwoord-om-te-testen"}
    for token in (before.token or "", "a" * 32):
        browser = Client()
        browser.cookies[django_settings.SESSION_COOKIE_NAME] = token
        browser.post("/account/inloggen", data)
        assert token_of(browser) != token
        assert len(token_of(browser)) == 32
        assert not Session.objects.filter(session_key=fingerprint(token)).exists()


# --- How long ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("support", "stays", "goes"), [(False, 59, 61), (True, 14, 16)])
def test_who_does_nothing_is_logged_out(support: bool, stays: int, goes: int, clock: Any) -> None:
    browser = een_client(een_gebruiker(een_gemeente(), supportrol="adviserend" if support else ""))
    for _ in range(3):
        clock(minutes=stays)
        assert in_(browser)
    clock(minutes=goes)
    page = browser.get("/", follow=True)
    assert page.redirect_chain[0][0].startswith("/account/inloggen")
    assert "U bent uitgelogd" in page.text
    clock(minutes=-goes)
    assert not in_(browser)


def test_a_page_that_asks_how_far_something_is_keeps_nobody_in(gebruiker: Gebruiker, clock: Any) -> None:
    browser, polls = een_client(gebruiker), {"HX-Request": "true"}
    clock(minutes=40)
    assert browser.get("/", headers={**polls, "HX-Boosted": "true"}).status_code == 200
    clock(minutes=40)
    assert browser.get("/", headers=polls).status_code == 200
    clock(minutes=40)
    assert not in_(browser)


def test_after_twelve_hours_it_is_over_whatever_was_done(clock: Any) -> None:
    een, twee = een_gemeente(), een_gemeente()
    gebruiker = een_gebruiker(een)
    with voor_gemeente(twee):
        Lidmaatschap.objects.create(gemeente=twee, gebruiker=gebruiker, rol=Rol.JOBCOACH)
    browser = een_client(gebruiker)
    for gemeente in [een, twee] * 12:
        clock(minutes=29)
        # Switching writes in the session, and prolongs nothing.
        assert browser.post("/gemeenten/wissel", {"gemeente": gemeente.pk}, follow=True).status_code == 200
    row = Session.objects.get()
    assert row.expire_date.timestamp() == pytest.approx(time.time() + 24 * 60, abs=90)
    clock(minutes=25)
    assert not in_(browser)


def test_who_did_not_log_in_is_forgotten_after_an_hour_and_the_others_twelve_hours_after_logging_in() -> None:
    for begun, seconds in (({}, HOUR), ({"begonnen": int(time.time()) - 11 * HOUR}, HOUR)):
        store = SessionStore()
        store.update(begun)
        store.save()
        row = Session.objects.get(session_key=store.session_key)
        assert row.expire_date.timestamp() == pytest.approx(time.time() + seconds, abs=60)


def test_a_session_that_does_not_tell_when_it_began_is_over(gebruiker: Gebruiker) -> None:
    browser = een_client(gebruiker)
    session = browser.session
    del session["begonnen"]
    session.save()
    assert not in_(browser)


def test_being_seen_is_written_down_once_a_minute(gebruiker: Gebruiker, clock: Any) -> None:
    browser = een_client(gebruiker)
    in_(browser)
    before = Session.objects.get().session_data
    in_(browser)
    assert Session.objects.get().session_data == before
    clock(minutes=2)
    in_(browser)
    assert Session.objects.get().session_data != before


# --- Redis that is away --------------------------------------------------------------------------------


def test_a_redis_that_is_gone_logs_nobody_out_and_leaves_the_cookie(gebruiker: Gebruiker, settings) -> None:
    browser = een_client(gebruiker)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    answer = browser.get("/")
    assert answer.status_code == 200
    assert django_settings.SESSION_COOKIE_NAME not in answer.cookies
    assert browser.post("/gemeenten/wissel", {"gemeente": "0"}).status_code == 403
    assert in_(browser)


def test_a_redis_that_hangs_costs_a_moment_once(gebruiker: Gebruiker, settings) -> None:
    import socket

    browser = een_client(gebruiker)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        location = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": location}}
        begin = time.monotonic()
        assert in_(browser)
        first = time.monotonic() - begin
        assert in_(browser)
        second = time.monotonic() - begin - first
    assert first < 6
    assert second < 1


def test_a_redis_that_lost_everything_logs_nobody_out(gebruiker: Gebruiker, empty_redis: Any) -> None:
    browser = een_client(gebruiker)
    assert in_(browser)
    empty_redis()
    assert in_(browser)


# --- By their owner ------------------------------------------------------------------------------------


def logged_in(gebruiker: Gebruiker, name: str) -> Browser:
    """A browser with a session that its owner can see."""
    browser = een_client(gebruiker)
    UserSession.objects.create(
        user=gebruiker, ip="192.0.2.1", user_agent=name, session_key=fingerprint(token_of(browser))
    )
    return browser


def test_somebody_sees_the_own_sessions_and_ends_one(gebruiker: Gebruiker) -> None:
    here, there = logged_in(gebruiker, "Hier"), logged_in(gebruiker, "Daar")
    logged_in(een_gebruiker(een_gemeente()), "Vreemde")
    page = here.get("/account/sessies").text
    assert "Hier" in page
    assert "Daar" in page
    assert "Vreemde" not in page
    assert page.count("Deze sessie") == 1
    other = UserSession.objects.get(user_agent="Daar")
    assert f"/account/sessies/{other.pk}/beeindigen" in page
    assert here.post(f"/account/sessies/{other.pk}/beeindigen").status_code == 302
    assert not in_(there)
    assert in_(here)


def test_nobody_ends_the_session_of_somebody_else(gebruiker: Gebruiker) -> None:
    here, theirs = logged_in(gebruiker, "Hier"), logged_in(een_gebruiker(een_gemeente()), "Vreemde")
    other = UserSession.objects.get(user_agent="Vreemde")
    for pk in (other.pk, 10**18, 0):
        assert here.post(f"/account/sessies/{pk}/beeindigen").status_code == 404
    assert in_(theirs)


def test_ending_this_session_is_logging_out(gebruiker: Gebruiker) -> None:
    here = logged_in(gebruiker, "Hier")
    assert here.post(f"/account/sessies/{UserSession.objects.get().pk}/beeindigen").status_code == 302
    assert not in_(here)


def test_another_password_ends_the_sessions_elsewhere(gebruiker: Gebruiker) -> None:
    gebruiker.set_password("een-lang-wachtwoord-om-te-testen")
    gebruiker.save()
    here, there = logged_in(gebruiker, "Hier"), logged_in(gebruiker, "Daar")
    begin = here.session["begonnen"]
    new = "nog-een-lang-wachtwoord-voor-thuis"
    data = {"oldpassword": "een-lang-wachtwoord-om-te-testen", "password1": new, "password2": new}
    assert here.post("/account/wachtwoord", data).status_code == 302
    assert in_(here)
    assert here.session["begonnen"] == begin
    assert not in_(there)


def test_all_sessions_of_somebody_are_ended_at_once(gebruiker: Gebruiker) -> None:
    browsers = [logged_in(gebruiker, f"{n}") for n in range(3)]
    assert sessies.end_all(gebruiker) == 3
    assert not any(in_(browser) for browser in browsers)


def test_a_session_that_was_ended_while_redis_was_away_is_over_within_a_minute(
    gebruiker: Gebruiker, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = logged_in(gebruiker, "Hier")
    assert in_(browser)
    monkeypatch.setattr(_Cache, "ask", classmethod(lambda cls, *args, **kwargs: None))
    sessies.end_all(gebruiker)
    monkeypatch.undo()
    client = caches["default"]._cache.get_client()  # type: ignore[attr-defined]
    (key,) = client.scan_iter("*sessie:*")
    assert 0 < client.ttl(key) <= 60
    client.delete(key)
    assert not in_(browser)


def test_what_was_noted_of_a_session_goes_with_it(gebruiker: Gebruiker, clock: Any) -> None:
    logged_in(gebruiker, "Hier")
    sessies.erase_expired()
    assert UserSession.objects.count() == 1
    Session.objects.update(expire_date="2020-01-01T00:00:00Z")
    sessies.erase_expired()
    assert not UserSession.objects.exists()
    assert not Session.objects.exists()


def test_a_session_store_reads_what_another_wrote() -> None:
    store = SessionStore()
    store["a"] = {"b": [1, "é"]}
    store.save()
    assert SessionStore.of_cookie(store.token)["a"] == {"b": [1, "é"]}
    assert SessionStore(store.session_key)["a"] == {"b": [1, "é"]}
    assert dict(SessionStore.of_cookie("iets anders").items()) == {}
    json.dumps(dict(store.items()))


# --- Two requests at once ------------------------------------------------------------------------------


def test_a_slow_request_does_not_write_back_an_older_choice_of_municipality(
    gebruiker: Gebruiker, empty_redis: Any
) -> None:
    browser = een_client(gebruiker)
    slow, quick = browser.session, browser.session
    slow["gemeente"] = 1
    slow.save()
    slow, quick = browser.session, browser.session
    assert (slow["gemeente"], quick["gemeente"]) == (1, 1)
    quick["gemeente"] = 2
    del quick["tweede_factor"]
    quick.save()
    slow["gezien"] = 5
    slow.save()
    for found in (browser.session, slow):
        assert (found["gemeente"], found["gezien"]) == (2, 5)
        # What was taken away does not come back either: a second factor that somebody removed.
        assert "tweede_factor" not in found
    empty_redis()
    assert (browser.session["gemeente"], browser.session["gezien"]) == (2, 5)


def test_what_is_removed_right_after_a_session_got_another_key_is_gone(gebruiker: Gebruiker) -> None:
    session = een_client(gebruiker).session
    session["uitnodiging"] = 1
    session.cycle_key()
    del session["uitnodiging"]
    session.save()
    assert "uitnodiging" not in SessionStore(session.session_key)


def test_what_a_session_holds_of_another_kind_is_seen_to_change(gebruiker: Gebruiker) -> None:
    browser = een_client(gebruiker)
    session = browser.session
    session["lijst"] = [1]
    session.save()
    session = browser.session
    session["lijst"].append(2)
    session.save()
    assert browser.session["lijst"] == [1, 2]


def test_a_session_that_was_ended_meanwhile_is_not_written_again(gebruiker: Gebruiker) -> None:
    browser = een_client(gebruiker)
    slow = browser.session
    slow["x"] = 1
    browser.session.delete()
    with pytest.raises(UpdateError):
        slow.save()
    assert not Session.objects.exists()
