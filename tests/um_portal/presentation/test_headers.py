"""The headers with which a page tells the browser what it may do."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import een_client, een_gebruiker, een_gemeente

pytestmark = pytest.mark.django_db


def _policy(answer: Any) -> dict[str, list[str]]:
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";")]
    return {part[0]: part[1:] for part in parts}


def test_a_page_loads_and_runs_nothing_from_elsewhere_and_stands_in_no_frame() -> None:
    member = een_client(een_gebruiker(een_gemeente()))
    for browser, address in (
        (Client(), reverse("accounts:login")),
        (Client(), "/nergens"),
        (member, reverse("start")),
        (member, "/nergens"),
    ):
        answer = browser.get(address)
        policy = _policy(answer)
        # What is not named (plugins, frames, workers) falls back on `default-src`.
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"], address
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"], address
        assert not [word for words in policy.values() for word in words if "unsafe" in word]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer


def test_a_page_of_somebody_who_is_logged_in_is_kept_nowhere_and_its_cookies_are_not_for_scripts() -> None:
    browser = een_client(een_gebruiker(een_gemeente()))
    assert "no-store" in browser.get(reverse("start"))["Cache-Control"]
    found = Client().get(reverse("accounts:login")).cookies
    # What the next page has to say: that a form came too late.
    found.update(Client().post(reverse("start")).cookies)
    assert settings.UM_MELDING_COOKIE in found
    for cookie in found.values():
        assert cookie.key.startswith(("um_", "__Host-um_")), cookie.key
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Lax", cookie.key
