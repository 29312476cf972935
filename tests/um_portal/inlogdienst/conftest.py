"""Gives a real provider and a real browser, which leaves for it and comes back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

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
