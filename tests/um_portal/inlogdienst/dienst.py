"""Makes login services of municipalities, and browsers that log in through them."""

from typing import Any

from django.test import Client

from tests.factories import een_gebruiker
from um_portal.accounts import gemeentesessie
from um_portal.accounts.models import Gebruiker
from um_portal.inlogdienst.models import Identiteit, Inlogdienst
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente

UITGEVER = "https://inloggen.gemeente.example/um"
CLIENT, GEHEIM = "um-portaal", "geheim:van %het portaal"


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


def mark(browser: Client, identiteit: Identiteit, *, gezien: float, sterk: bool = False) -> None:
    """Makes the session of a browser one of the login service, last confirmed at this moment."""
    session = browser.session
    gemeentesessie.begin(
        session,
        gemeentesessie.Gemeentesessie(
            identiteit.gebruiker_id, identiteit.gemeente_id, identiteit.pk, int(gezien), 0, sterk
        ),
    )
    session.save()
