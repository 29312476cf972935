"""Makes what tests need, through the verbs of the portal where there are any."""

import io
import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client
from openpyxl import Workbook

from exchange.bron import concept, store
from exchange.bron.columns import Record
from exchange.bron.sets import Verschil
from exchange.bron.writing import MetBeleid, Schrijver
from exchange.standard import Soort
from um_portal.accounts import tweede_factor
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.accounts.sessions import SessionStore
from um_portal.accounts.uitnodigingen import give_supportrol
from um_portal.demo.toelaten import admit_at_once, fill_checklist
from um_portal.gemeenten import lifecycle
from um_portal.gemeenten.admission import register
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente, Gemeentestatus, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen.intake import receive
from uploads.mapping.presets.sonar import KOPPEN as SONAR_KOPPEN
from uploads.models import Levering
from uploads.tasks import convert

_number = itertools.count(1)


def een_gemeente(naam: str = "", **values: Any) -> Gemeente:
    """Makes an admitted municipality, or one in the given status; other `values` are set on it afterwards."""
    number = next(_number)
    oin, naam = values.pop("oin", f"{number:020d}"), naam or f"Testgemeente {number}"
    status = values.pop("status", Gemeentestatus.TOEGELATEN)
    if status == Gemeentestatus.AANGEMELD:
        gemeente = register(oin, naam)
        fill_checklist(gemeente)
        with voor_gemeente(gemeente):
            keys.create(gemeente)
    else:
        gemeente = admit_at_once(oin, naam)
    if status in (Gemeentestatus.OPGESCHORT, Gemeentestatus.VERTROKKEN):
        lifecycle.suspend(gemeente.pk)
    if status == Gemeentestatus.VERTROKKEN:
        lifecycle.leave(gemeente.pk)
    if status != Gemeentestatus.TOEGELATEN:
        gemeente.refresh_from_db()
    if values:
        for name, value in values.items():
            setattr(gemeente, name, value)
        gemeente.save()
    return gemeente


def een_gebruiker(gemeente: Gemeente | None = None, rol: Rol = Rol.JOBCOACH, **values: Any) -> Gebruiker:
    """Makes somebody who can log in, with a role in a municipality when one is given."""
    supportrol = values.pop("supportrol", "")
    gebruiker = Gebruiker.objects.create(
        username=f"gebruiker{next(_number)}@test.example", **{**values, "is_active": False}
    )
    if supportrol:
        give_supportrol(gebruiker, Supportrol(supportrol))
    if values.get("is_active", True):
        gebruiker.is_active = True
        gebruiker.save()
    if gemeente is not None:
        with voor_gemeente(gemeente):
            Lidmaatschap.objects.create(gemeente=gemeente, gebruiker=gebruiker, rol=rol)
    return gebruiker


class Browser(Client):
    """A browser: its cookie holds the token of a session, which is found by the hash of that."""

    @property
    def session(self) -> SessionStore:
        """Gives the session of this browser."""
        cookie = self.cookies.get(settings.SESSION_COOKIE_NAME)
        return SessionStore.of_cookie(cookie.value if cookie else None)

    def log_in(self, gebruiker: Gebruiker, *, tweede_factor_gebruikt: bool = True) -> None:
        """Logs in, as if with password and second factor, or with the password alone."""
        request = HttpRequest()
        request.session = SessionStore()
        login(request, gebruiker, backend=settings.AUTHENTICATION_BACKENDS[0])
        if tweede_factor_gebruikt:
            tweede_factor.mark(request.session)
        request.session.save()
        self.cookies[settings.SESSION_COOKIE_NAME] = request.session.token or ""


def een_client(gebruiker: Gebruiker, *, tweede_factor_gebruikt: bool = True) -> Browser:
    """Makes a browser in which this person is logged in."""
    browser = Browser()
    browser.log_in(gebruiker, tweede_factor_gebruikt=tweede_factor_gebruikt)
    return browser


def een_sessie(gebruiker: Gebruiker) -> Browser:
    """Makes a browser in which this person is logged in, with a session that stands in the list of its owner."""
    browser = een_client(gebruiker)
    UserSession.objects.create(
        user=gebruiker, ip="192.0.2.1", user_agent="Browser", session_key=browser.session.session_key
    )
    return browser


def een_app(gebruiker: Gebruiker) -> Callable[[], str]:
    """Gives somebody an app as second factor; returns what the app shows, a new code every time."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(gebruiker, secret)
    steps = iter((0, 1, -1))

    def code() -> str:
        # The three codes that are good now, that of this moment first: each works once.
        counter = int(time.time()) // 30 + next(steps)
        return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))

    return code


def een_werkzoekende(id_bron: str = "", **more: Any) -> dict[str, Any]:
    """Makes a jobseeker in the standard."""
    return {
        "idWerkzoekende": id_bron or f"W{next(_number)}",
        "mobiliteit": {"bemiddelingspostcode": "3511AB"},
        "werktijden": {"aantalWerkurenPerWeekMinimaal": 16, "aantalWerkurenPerWeekMaximaal": 32},
        "emailadres": ["iemand@voorbeeld.example"],
        "contactpersoon": [{"naamContactpersoonAfdeling": "Werkplein"}],
        **more,
    }


def een_vacature(id_bron: str = "", **more: Any) -> dict[str, Any]:
    """Makes a vacancy in the standard."""
    return {
        "idVacature": id_bron or f"V{next(_number)}",
        "adres": {"postcode": "3511AB", "straatnaam": "Voorbeeldstraat", "huisnummer": 1},
        "naamVacature": "Magazijnmedewerker",
        **more,
    }


def een_contactmoment(nummer_kvk: str = "12345678", datum: str = "2026-05-20", **more: Any) -> dict[str, Any]:
    """Makes a contact with an employer in the standard; the people in it are fictitious."""
    return {
        "datum": datum,
        "codeOnderwerp": 1,
        "codeSoort": 2,
        "accountmanager": {
            "naam": "Anna Accountmanager",
            "naamOrganisatie": "Werkplein",
            "emailadres": "anna@voorbeeld.example",
            "telefoonnummer": "0600000011",
        },
        "werkgever": {
            "nummerKvk": nummer_kvk,
            "handelsnaamOrganisatie": "Voorbeeld BV",
            "vestigingsadres": {
                "postcode": "3511AB",
                "contactpersoonAfdeling": {
                    "naam": "Pieter Personeelszaken",
                    "functie": "Directeur",
                    "emailadres": "pieter@voorbeeld.example",
                    "telefoonnummer": "0600000012",
                },
            },
        },
        **more,
    }


# Higher than the number of any levering, so that no earlier withdrawal blocks what `publish_set` publishes.
_BATCHES = 10**9
_RECORDS_PER_PART = 4000


def put_ready(gemeente: Gemeente, soort: Soort, batch: int, records: Iterable[Record | MetBeleid]) -> int:
    """Puts records ready under a batch, all or none of them, and counts them."""
    with voor_gemeente(gemeente):
        return concept.put_ready(Schrijver(gemeente, soort, batch), records)


def publish_set(gemeente: Gemeente, soort: Soort, records: Iterable[Record | MetBeleid]) -> Verschil:
    """Makes exactly these records the municipality's set of this kind, in one go; all or nothing."""
    with voor_gemeente(gemeente):
        schrijver = Schrijver(gemeente, soort, _BATCHES + next(_number))
        rest = iter(records)
        while part := list(itertools.islice(rest, _RECORDS_PER_PART)):
            concept.put_ready(schrijver, part)
        return store.publish(gemeente, soort, schrijver.batch)


def vum_headers(gemeente: Gemeente | str, **changes: str | None) -> dict[str, str]:
    """Gives the headers with which the exchange calls a source; a change to None leaves one out."""
    headers: dict[str, str | None] = {
        "X-VUM-berichtVersie": "3.0.0",
        "API-Version": "3.0.0",
        "X-VUM-fromParty": "99" * 10,
        "X-VUM-toParty": gemeente if isinstance(gemeente, str) else gemeente.oin,
        "X-VUM-viaParty": "77" * 10,
        "X-VUM-SUWIparty": "true",
    }
    headers.update({name.replace("_", "-"): value for name, value in changes.items()})
    return {name: value for name, value in headers.items() if value is not None}


def een_vraag(afstand: int = 50, **more: Any) -> dict[str, Any]:
    """Makes a vraagObject around a postcode in Utrecht."""
    return {"selectiegebied": {"postcode": "3511AB", "afstand": afstand}, **more}


SOORTEN = (Soort.WERKZOEKENDEN, Soort.VACATURES)


def een_sonar_rij(**changes: Any) -> dict[str, Any]:
    """Makes a row of a Sonar export that can be published; `changes` by header, with `_` for other signs."""
    changes = {
        kop.replace("_", " ") if kop not in SONAR_KOPPEN else kop: value for kop, value in changes.items()
    }
    return {
        "ID_WZ": f"S{next(_number)}",
        "BSN": "NNB",
        "Beschikbare uren/wk": 32,
        "Opleidingsniveau": "MBO",
        "Rijbewijs": "B",
        "Vervoer": "AUTO",
        "Postcode": "3511AB",
        "Medewerker Naam": "Henk Vermeer",
        "Organisatie Naam": "Werkplein",
        "Toestemming": "Ja",
        **changes,
    }


def een_werkblad(rijen: Sequence[dict[str, Any] | None], koppen: tuple[str, ...] = SONAR_KOPPEN) -> bytes:
    """Makes a workbook with these headers and rows; None is an empty row."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(list(koppen))
    for nummer, rij in enumerate(rijen, start=2):
        for kolom, kop in enumerate(koppen, start=1):
            if rij and rij.get(kop) is not None:
                sheet.cell(nummer, kolom, rij[kop])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def een_levering(gemeente: Gemeente, inhoud: bytes, naam: str = "export.xlsx") -> Levering:
    """Takes in a file and converts it."""
    pk = receive(gemeente, inhoud=inhoud, bestandsnaam=naam).pk
    convert(pk, gemeente.pk)
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.get(pk=pk)
    return levering


def enqueued(callbacks: list[Any]) -> int:
    """Counts the jobs that are handed to a worker after the commit; the heads of the log are written then too."""
    return sum("enqueue" in one.__qualname__ for one in callbacks)
