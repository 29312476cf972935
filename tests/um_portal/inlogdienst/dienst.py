"""Makes login services of municipalities, and browsers that log in through them."""

import contextlib
import json
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from jwt.algorithms import RSAAlgorithm

from tests.browser import Scherm
from tests.factories import een_client, een_gebruiker
from um_portal.accounts import gemeentesessie
from um_portal.accounts.models import Gebruiker
from um_portal.embedded.redis_server import free_port
from um_portal.embedded.vendor import npm_command
from um_portal.inlogdienst import uitgever
from um_portal.inlogdienst.models import Identiteit, Inlogdienst
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente

OIN = "00000000000000009001"
UITGEVER = "https://inloggen.gemeente.example/um"
OIDC = Path(__file__).parent / "oidc"
CLIENT, GEHEIM = "um-portaal", "geheim:van %het portaal"
KEY = rsa.generate_private_key(65537, 2048)
SMALL = rsa.generate_private_key(65537, 1024)


@dataclass
class Provider:
    """The provider, and what it is told to do."""

    issuer: str

    def says(self, **what: Any) -> None:
        """Decides who logs in next, and what is said of them."""
        said = {"account": "onderwerp-1", **what}
        requests.post(f"{self.issuer}/_test", data=json.dumps(said), timeout=5).raise_for_status()

    @property
    def followed(self) -> int:
        """Gives how often a redirect of it was followed."""
        return int(requests.get(f"{self.issuer}/_aantal", timeout=5).text)


@contextlib.contextmanager
def a_provider(place: Path, portaal: str, oins: Iterable[str]) -> Iterator[Provider]:
    """Starts a provider on this machine that sends back to these municipalities of a portal."""
    npm = npm_command()
    if npm is None:
        pytest.skip("Node ontbreekt")
    shutil.copytree(OIDC, place, dirs_exist_ok=True)
    subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=place,
        check=True,
        capture_output=True,
    )
    port = free_port()
    at = [f"{portaal}/account/inloggen/gemeente/{oin}" for oin in oins]
    terug, uitgelogd = (",".join(f"{one}/{name}" for one in at) for name in ("terug", "uitgelogd/terug"))
    node = shutil.which("node") or "node"
    process = subprocess.Popen(
        [node, "provider.mjs", str(port), terug, uitgelogd, f"{at[0]}/afmelden"],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"klaar\n"
        yield Provider(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def make_known(address: str = UITGEVER, key: Any = KEY, **more: Any) -> None:
    """Has the portal know what an issuer says about itself, and its keys, as if it had just looked."""
    keys = [
        {**json.loads(RSAAlgorithm.to_jwk(one.public_key())), "kid": kid, "use": "sig"}
        for kid, one in (("goed", key), ("klein", SMALL))
    ]
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    document = {"issuer": address, **{name: f"{address}/{name}" for name in names}, **more}
    now = time.monotonic()
    uitgever._Memory.documents |= {
        f"{address}/.well-known/openid-configuration": (now, document),
        f"{address}/jwks_uri": (now, {"keys": keys}),
    }


def sign(
    claims: dict[str, Any], key: Any = KEY, kid: str | None = "goed", alg: str = "RS256", **header: Any
) -> str:
    """Makes a token; a claim that is None is left out."""
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(said, key, alg, headers={**({"kid": kid} if kid else {}), **header})


def een_inlogdienst(gemeente: Gemeente, **values: Any) -> Inlogdienst:
    """Makes a login service that is on."""
    dienst = Inlogdienst(
        **{"gemeente": gemeente, "aan": True, "uitgever": UITGEVER, "client_id": CLIENT, **values}
    )
    dienst.set_secret(GEHEIM)
    with voor_gemeente(gemeente):
        dienst.save()
    return dienst


def een_gekoppelde(
    gemeente: Gemeente, onderwerp: str = "onderwerp-1", rol: Rol = Rol.JOBCOACH, uitgever: str = UITGEVER
) -> tuple[Gebruiker, Identiteit]:
    """Makes a colleague whom the login service knows."""
    gebruiker = een_gebruiker(gemeente, rol)
    with voor_gemeente(gemeente):
        identiteit = Identiteit.objects.create(
            gemeente=gemeente, gebruiker=gebruiker, uitgever=uitgever, onderwerp=onderwerp
        )
    return gebruiker, identiteit


def mark(
    browser: Client, identiteit: Identiteit, *, gezien: float, sterk: bool = False, sid: str = ""
) -> None:
    """Makes the session of a browser one of the login service, last confirmed at this moment."""
    session = browser.session
    gemeentesessie.begin(
        session,
        gemeentesessie.Gemeentesessie(
            identiteit.gebruiker_id, identiteit.gemeente_id, identiteit.pk, int(gezien), 0, sterk, sid
        ),
    )
    session.save()


def become(scherm: Scherm, gebruiker: Gebruiker) -> None:
    """Makes the browser one in which this person is logged in."""
    scherm.page.context.clear_cookies()
    scherm.take_session(een_client(gebruiker))
