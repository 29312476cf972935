"""Gives a real provider and a real browser, which leaves for it and comes back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser import Scherm
from tests.um_portal.inlogdienst.dienst import OIN, Provider, a_provider
from um_portal.inlogdienst import uitgever


@pytest.fixture
def provider(live_server: Any, tmp_path: Path, settings: Any) -> Iterator[Provider]:
    settings.UM_ADRES, settings.UM_SSO_LOOPBACK, settings.UM_DEMO = live_server.url, True, False
    with a_provider(tmp_path, live_server.url, [OIN]) as provider:
        settings.UM_SSO_UITGEVERS = [urlsplit(provider.issuer).netloc]
        uitgever.forget()
        provider.says(amr=["mfa"])
        yield provider


@pytest.fixture
def scherm(browser: Browser, live_server: Any) -> Iterator[Scherm]:
    context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    found = Scherm(context, live_server.url)
    yield found
    context.close()
    assert found.errors == []
