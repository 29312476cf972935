"""Redis tells nobody anything of people, also while they are trying to log in."""

import re
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from tests.factories import een_client, een_gebruiker, een_gemeente
from um_portal.tenants.models import Rol

ADRES, VERBORGEN = "203.0.113.77", "geheim.verborgen@gemeente.example"


def everything() -> list[tuple[str, str]]:
    client = redis.Redis.from_url(django_settings.CACHES["default"]["LOCATION"])
    return [(key.decode(), str(client.get(key))) for key in client.scan_iter()]


@pytest.mark.django_db
def test_nobody_is_found_in_redis_while_logging_in_is_throttled(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    gebruiker = een_gebruiker(een_gemeente(), Rol.FUNCTIONEEL_BEHEERDER)
    browser, own = Client(REMOTE_ADDR=ADRES), een_client(gebruiker)
    statuses = {
        browser.post(f"/account/{path}", form).status_code
        for name in (VERBORGEN, gebruiker.username)
        for path, form in [
            *[("inloggen", {"login": name, "password": "niet-dit-wachtwoord"})] * 10,
            *[("wachtwoord-vergeten", {"email": name})] * 5,
        ]
    }
    assert 429 in statuses
    gebruiker.set_password("een-lang-wachtwoord-om-te-testen")
    gebruiker.save()
    own.log_in(gebruiker)
    for _ in range(3):
        own.post("/account/wachtwoord", {"oldpassword": "x", "password1": "y", "password2": "y"})
        own.get("/collegas/uitnodigen", REMOTE_ADDR=ADRES)
    found = everything()
    for key, value in found:
        for mark in (VERBORGEN, "verborgen", gebruiker.username, ADRES, "203.0.113"):
            assert mark not in key, key
            assert mark not in value, key
    # Of each it is known what it is for, and who it is about is a hash that takes the secret of the portal.
    kinds = {key.split(":")[2] for key, _ in found}
    assert {"anders", "inloggen", "sessie"} >= kinds >= {"anders", "inloggen"}
    assert all(re.fullmatch(r":1:\w+:[0-9a-f]{32,40}", key) for key, _ in found)


def test_a_key_that_a_library_made_up_cannot_be_guessed_without_the_secret(settings: Any) -> None:
    name = f"allauth:rl:account:reset_password:60/15m/ip:ip:{ADRES}"
    before = cache.make_key(name)
    assert re.fullmatch(r":1:anders:[0-9a-f]{40}", before)
    assert cache.make_key(f"{name}:lock") != before
    settings.SECRET_KEY = "een ander geheim" * 4
    assert cache.make_key(name) != before
