"""Every address of the portal, as every kind of person, for the own, another and a suspended municipality."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from exchange.bemiddelaar.models import Resultaat, Zoekstatus, Zoekvraag
from exchange.standard import Soort
from tests.factories import (
    een_client,
    een_gebruiker,
    een_gemeente,
    een_levering,
    een_sonar_rij,
    een_werkblad,
    een_werkzoekende,
    publish_set,
)
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.collegas.models import Genodigde, Rolvoorstel
from um_portal.gemeenten import lifecycle
from um_portal.tenants.models import Gemeente, Gemeentestatus, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang import access
from um_portal.toegang.access import EIGEN_ACCOUNT, DoorMiddleware
from um_portal.toegang.rechten import BIJ_GEMEENTE, GESLOTEN, RECHTEN, Functie, Recht, is_of_municipality
from uploads.koppelingen import saved
from uploads.mapping.presets.standaard import rules_for
from uploads.models import Aanleversleutel, Levering, Waardekoppeling

pytestmark = pytest.mark.django_db

# Addresses that anybody may open, logged in or not.
OPENBAAR = {
    "hulp:index",
    "hulp:openbaar",  # about logging in
    "rechten",
    "toegankelijkheid",
    "privacy",
    "api:overzicht",
    "api:document",
    "stijlgids",
    "demo:postvak",  # the demonstration only
}


def _patterns(resolver: Any, namespace: str = "", route: str = "") -> Iterator[tuple[str, str, Any]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _patterns(pattern, inner, route + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", route + str(pattern.pattern), pattern.callback


ADDRESSES = [
    (name, route, view)
    for name, route, view in _patterns(get_resolver())
    if not route.startswith(EIGEN_ACCOUNT)
]


def test_every_address_takes_a_right_or_is_open_to_all() -> None:
    without = [name for name, _, view in ADDRESSES if not hasattr(view, "recht")]
    assert without == []
    assert {name for name, _, view in ADDRESSES if view.recht is None} <= OPENBAAR


def test_every_right_is_taken_somewhere_and_somebody_has_it() -> None:
    taken = {view.recht for _, _, view in ADDRESSES}
    # The APIs for systems answer before Django's addresses; a decision is taken on the page that shows what waits,
    # and own numbers are shown on the page of what is published.
    assert set(Recht) - taken == {
        Recht.AANLEVEREN_API,
        Recht.BRON,
        Recht.EIGEN_NUMMERS,
        Recht.LANDELIJK_BESLUITEN,
    }
    assert set(RECHTEN) == set(Recht)
    assert all(RECHTEN[recht] for recht in Recht)


def test_support_and_keys_have_no_right_that_shows_a_record_of_a_municipality() -> None:
    of_support = {
        recht for recht in Recht if RECHTEN[recht] - BIJ_GEMEENTE - {Functie.SLEUTEL, Functie.UITWISSELING}
    }
    assert of_support == {
        Recht.PORTAAL,
        Recht.CIJFERS_SUPPORT,
        Recht.SIGNALEN_SUPPORT,
        Recht.SIGNALEN_AFHANDELEN,
        Recht.GEMEENTEN,
        Recht.GEMEENTEN_BESLUITEN,
        Recht.LOGBOEK_SUPPORT,
        Recht.GEBRUIKERS,
        Recht.GEBRUIKERS_BESLUITEN,
        Recht.ACHTERGRONDWERK,
        Recht.ACHTERGRONDWERK_STARTEN,
        Recht.MEDEDELINGEN,
        Recht.LANDELIJK_BEKIJKEN,
        Recht.LANDELIJK_BESLUITEN,
    }


# --- As everybody, everywhere ------------------------------------------------------------------------------

METHODS = ("get", "post")

PEOPLE: dict[str, dict[str, Any]] = {
    **{rol.value: {"rol": rol} for rol in Rol},
    "support_adviserend": {"supportrol": Supportrol.ADVISEREND},
    "support_beslissend": {"supportrol": Supportrol.BESLISSEND},
    "niemand": {},
}
FUNCTIES = {name: Functie(name) for name in PEOPLE if name != "niemand"}


def _fill(gemeente: Gemeente, gebruiker: Gebruiker | None) -> dict[str, int]:
    """Gives a municipality one of everything, and the number of each by the beginning of its address."""
    straks = timezone.now() + timedelta(days=1)
    levering = een_levering(gemeente, een_werkblad([een_sonar_rij()]))
    koppen = ("idWerkzoekende", "mobiliteit.bemiddelingspostcode")
    koppeling = saved.save(
        gemeente, "Nachtelijke export", rules_for(koppen, Soort.WERKZOEKENDEN), gebruiker
    ).koppeling
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
    with voor_gemeente(gemeente):
        key = Aanleversleutel.objects.create(
            gemeente=gemeente, naam="Nachtelijk", soort="werkzoekenden", hash=b""
        )
        waarde = Waardekoppeling.objects.create(gemeente=gemeente, lijst="beroepen", waarde="kok", code="")
        asked = {"selectiegebied": {"postcode": "3511AB", "afstand": 5}}
        zoekvraag = Zoekvraag.objects.create(
            gemeente=gemeente,
            gebruiker=gebruiker,
            soort="werkzoekenden",
            status=Zoekstatus.KLAAR,
            vraag_object=asked,
        )
        Resultaat.objects.create(
            gemeente=gemeente, zoekvraag=zoekvraag, volgnummer=1, vum_id="V1", profiel=een_werkzoekende("W9")
        )
        collega = Lidmaatschap.objects.create(gemeente=gemeente, gebruiker=een_gebruiker(), rol=Rol.JOBCOACH)
        genodigde = Genodigde.objects.create(
            gemeente=gemeente, gebruiker=een_gebruiker(), rol=Rol.JOBCOACH, verloopt_op=straks
        )
        voorstel = Rolvoorstel.objects.create(
            gemeente=gemeente, email="nieuw@test.example", gemaakt_door=een_gebruiker(), verloopt_op=straks
        )
    return {
        "collegas/genodigden/": genodigde.pk,
        "collegas/voorstellen/": voorstel.pk,
        "collegas/": collega.pk,
        "leveringen/sleutels/": key.pk,
        "leveringen/koppelingen/": koppeling.pk,
        "leveringen/waarden/": waarde.pk,
        "leveringen/": levering.pk,
        "zoeken/vragen/": zoekvraag.pk,
    }


# On one page anybody of support may look, and only some may decide.
BESLUITEN = {("uploads:landelijk", "post"): Recht.LANDELIJK_BESLUITEN}

# Nobody's: what an address with this number gets is what a stranger's gets.
UNKNOWN = 2**31 - 7


def _path(route: str, numbers: dict[str, int]) -> str:
    number = next((number for begin, number in numbers.items() if route.startswith(begin)), UNKNOWN)
    filled = {
        "pk": str(number),
        "nummer": "1",
        "soort": "werkzoekenden",
        "lijst": "beroepen",
        "naam": "beroepen",
        "api_naam": Soort.WERKZOEKENDEN.api_naam,
        "onderdeel": "contact",
        # The pages about municipalities hold the same for all of them: support sees every one.
        "oin": "9" * 20,
        "kenmerk": "x",
    }
    if route.startswith("gemeenten/"):
        filled["soort"] = "kvk"
    return "/" + re.sub(r"<\w+:(\w+)>", lambda placeholder: filled[placeholder[1]], route)


def _ask(client: Client, method: str, path: str) -> tuple[int, str]:
    """Asks, and undoes what came of it; gives the status and the page without what differs every time."""
    with transaction.atomic():
        response = getattr(client, method)(path)
        transaction.set_rollback(True)
    # What one request tells is not the business of the next.
    client.cookies.pop(settings.UM_MELDING_COOKIE, None)
    is_page = response.get("Content-Type", "").startswith("text/html")
    body = response.text if is_page else ""
    return response.status_code, re.sub(r'value="[^"]{20,}"|"X-CSRFToken": "[^"]+"|[0-9]+', "", body)


def _membership(gemeente: Gemeente, gebruiker: Gebruiker, rol: Rol) -> None:
    with voor_gemeente(gemeente):
        Lidmaatschap.objects.create(gemeente=gemeente, gebruiker=gebruiker, rol=rol)


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_reaches_what_the_table_says_and_nothing_else(person: str) -> None:
    gebruiker = een_gebruiker(supportrol=PEOPLE[person].get("supportrol", ""))
    own, other, quiet = een_gemeente("Aadorp"), een_gemeente("Beedorp"), een_gemeente("Ceedorp")
    suspended = een_gebruiker(supportrol=PEOPLE[person].get("supportrol", ""))
    if "rol" in PEOPLE[person]:
        _membership(own, gebruiker, PEOPLE[person]["rol"])
        _membership(quiet, suspended, PEOPLE[person]["rol"])
    ours, theirs = _fill(own, gebruiker), _fill(other, een_gebruiker(other, Rol.FUNCTIONEEL_BEHEERDER))
    resting = _fill(quiet, suspended)
    lifecycle.suspend(quiet.pk)
    Gemeente.objects.filter(pk=other.pk).update(oin="9" * 20)
    client, client_of_quiet = een_client(gebruiker), een_client(suspended)
    functies = {FUNCTIES[person]} if person in FUNCTIES else set()
    wrong: list[tuple[object, ...]] = []
    for method, (name, route, view) in product(METHODS, ADDRESSES):
        if name == "gemeenten:wissel":
            continue  # only to a municipality of one's own, as the tests of two municipalities say
        recht = BESLUITEN.get((name, method), view.recht)
        held = recht is None or recht is Recht.PORTAAL or bool(RECHTEN[recht] & functies)
        if "<int:pk>" in route:
            of_stranger = _ask(client, method, _path(route, theirs))
            of_nobody = _ask(client, method, _path(route, {}))
            if of_stranger != of_nobody or of_stranger[0] not in (403, 404, 405, 302):
                pages = (of_stranger[1].splitlines(), of_nobody[1].splitlines())
                wrong.append((name, method, of_stranger[0], of_nobody[0], set(pages[0]) ^ set(pages[1])))
        status, _ = _ask(client, method, _path(route, ours))
        if (
            (status != 403) != held
            or (held and status == 404 and "<int:pk>" in route)
            or (status >= 500 and status != 503)
        ):
            wrong.append((name, method, "own", status))
        if recht is not None and is_of_municipality(recht) and held:
            status, body = _ask(client_of_quiet, method, _path(route, resting))
            rests = recht in GESLOTEN[Gemeentestatus.OPGESCHORT]
            if (status == 403) != rests or (rests and "staat stil" not in body):
                wrong.append((name, method, "suspended", status))
    assert wrong == []


def test_who_is_not_logged_in_meets_the_login_page_everywhere() -> None:
    gemeente = een_gemeente()
    numbers = _fill(gemeente, een_gebruiker(gemeente))
    wrong = []
    for method, (name, route, view) in product(METHODS, ADDRESSES):
        with transaction.atomic():
            response = getattr(Client(), method)(_path(route, numbers))
            transaction.set_rollback(True)
        to_login = response.status_code == 302 and response["Location"].startswith("/account/inloggen")
        if to_login == (view.recht is None):
            wrong.append((name, method, response.status_code))
    assert wrong == []


def test_a_method_that_no_page_has_is_refused_everywhere() -> None:
    member = een_client(een_gebruiker(een_gemeente()))
    for path in ("/", "/account/", "/hulp/", "/bestaat-niet"):
        for method in ("TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "ONZIN"):
            assert member.generic(method, path).status_code == 405, (method, path)


def test_a_view_without_a_right_is_shown_to_nobody() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    door = DoorMiddleware(lambda request: HttpResponse())
    with pytest.raises(PermissionDenied):
        door.process_view(request, lambda request: HttpResponse(), (), {})
    assert door.process_view(request, access.open_to_all(lambda request: HttpResponse()), (), {}) is None


# --- Two municipalities, two tabs --------------------------------------------------------------------------


@pytest.fixture
def two() -> tuple[Client, Gemeente, Gemeente]:
    """Gives somebody who works for two municipalities, at this moment for the first."""
    een, ander = een_gemeente("Aadorp"), een_gemeente("Beedorp")
    gebruiker = een_gebruiker(een, Rol.FUNCTIONEEL_BEHEERDER)
    _membership(ander, gebruiker, Rol.FUNCTIONEEL_BEHEERDER)
    return een_client(gebruiker), een, ander


VRAAG = {"soort": "werkzoekenden", "postcode": "3511AB", "afstand": "10", "naam": "Kok gezocht"}


def _asked_by(gemeente: Gemeente) -> list[str]:
    with voor_gemeente(gemeente):
        return list(Zoekvraag.objects.values_list("naam", flat=True))


def test_every_form_of_a_page_carries_the_municipality_that_the_page_was_made_for(two: Any) -> None:
    client, een, ander = two
    page = client.get("/zoeken/").text
    assert page.count(f'name="um_gemeente" value="{een.pk}"') == page.count("csrfmiddlewaretoken")
    assert f'"X-UM-Gemeente": "{een.pk}"' in page
    client.post("/gemeenten/wissel", {"gemeente": ander.pk})
    assert f'name="um_gemeente" value="{ander.pk}"' in client.get("/zoeken/").text


def test_a_form_of_another_tabs_municipality_stops_and_asks_for_whom_it_is(two: Any) -> None:
    client, een, ander = two
    client.post("/gemeenten/wissel", {"gemeente": ander.pk})
    response = client.post("/zoeken/", {**VRAAG, "um_gemeente": een.pk})
    assert response.status_code == 409
    assert _asked_by(een) == _asked_by(ander) == []
    assert "Versturen voor Aadorp" in response.text
    assert "Versturen voor Beedorp" in response.text
    assert 'name="naam" value="Kok gezocht"' in response.text
    # The answer: for the one that it was made for. From now on that is whom one works for.
    response = client.post("/zoeken/", {**VRAAG, "um_gemeente": een.pk, "um_voor": een.pk})
    assert response.status_code == 302
    assert (_asked_by(een), _asked_by(ander)) == (["Kok gezocht"], [])
    assert client.get("/").context["portal"].gemeente == een


def test_the_answer_can_be_the_municipality_one_works_for_now(two: Any) -> None:
    client, een, ander = two
    client.post("/gemeenten/wissel", {"gemeente": ander.pk})
    assert client.post("/zoeken/", {**VRAAG, "um_gemeente": ander.pk}).status_code == 302
    assert (_asked_by(een), _asked_by(ander)) == ([], ["Kok gezocht"])


def test_a_form_that_does_not_say_for_whom_it_is_stops_too(two: Any) -> None:
    client, een, ander = two
    assert client.post("/zoeken/", VRAAG).status_code == 409
    assert _asked_by(een) == _asked_by(ander) == []


def test_nobody_answers_with_a_municipality_that_is_not_theirs(two: Any) -> None:
    client, een, ander = two
    stranger = een_gemeente("Ceedorp")
    response = client.post("/zoeken/", {**VRAAG, "um_gemeente": stranger.pk, "um_voor": stranger.pk})
    assert response.status_code == 409
    assert "Ceedorp" not in response.text
    assert _asked_by(stranger) == _asked_by(een) == _asked_by(ander) == []


def test_a_file_goes_nowhere_under_the_wrong_municipality(two: Any) -> None:
    client, een, ander = two
    client.post("/gemeenten/wissel", {"gemeente": ander.pk})
    file = SimpleUploadedFile("export.xlsx", een_werkblad([een_sonar_rij()]))
    response = client.post("/leveringen/nieuw/", {"bestand": file, "um_gemeente": een.pk})
    assert response.status_code == 409
    assert "kies het daar opnieuw" in response.text
    for gemeente in (een, ander):
        with voor_gemeente(gemeente):
            assert not Levering.objects.exists()


def test_an_htmx_request_of_another_tabs_municipality_loads_the_page_again(two: Any) -> None:
    client, een, ander = two
    client.post("/gemeenten/wissel", {"gemeente": ander.pk})
    response = client.get(
        "/zoeken/beroepen?q=k", headers={"HX-Request": "true", "X-UM-Gemeente": str(een.pk)}
    )
    assert response["HX-Refresh"] == "true"
    response = client.get(
        "/zoeken/beroepen?q=k", headers={"HX-Request": "true", "X-UM-Gemeente": str(ander.pk)}
    )
    assert "HX-Refresh" not in response


def test_an_address_of_ones_other_municipality_offers_to_switch_and_comes_back_there(two: Any) -> None:
    client, _, ander = two
    levering = een_levering(ander, een_werkblad([een_sonar_rij()]))
    response = client.get(f"/leveringen/{levering.pk}/")
    assert response.status_code == 409
    assert "Deze pagina is van Beedorp" in response.text
    response = client.post("/gemeenten/wissel", {"gemeente": ander.pk, "naar": f"/leveringen/{levering.pk}/"})
    assert response["Location"] == f"/leveringen/{levering.pk}/"
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "naar", ["https://elders.example/", "//elders.example/", "javascript:alert(1)", "x", ""]
)
def test_switching_leads_to_no_address_outside_the_portal(two: Any, naar: str) -> None:
    client, _, ander = two
    assert client.post("/gemeenten/wissel", {"gemeente": ander.pk, "naar": naar})["Location"] == "/"


def test_an_address_of_a_strangers_municipality_is_simply_not_there(two: Any) -> None:
    client, _, _ = two
    levering = een_levering(een_gemeente("Ceedorp"), een_werkblad([een_sonar_rij()]))
    assert client.get(f"/leveringen/{levering.pk}/").status_code == 404


def test_who_works_for_one_municipality_is_never_asked() -> None:
    gemeente = een_gemeente()
    client = een_client(een_gebruiker(gemeente))
    assert client.post("/zoeken/", VRAAG).status_code == 302
    # A page of a municipality that one no longer belongs to.
    assert client.post("/zoeken/", {**VRAAG, "um_gemeente": UNKNOWN}).status_code == 409
    assert len(_asked_by(gemeente)) == 1


def test_support_works_on_when_the_municipality_that_somebody_also_works_for_has_left() -> None:
    gemeente = een_gemeente()
    browser = een_client(een_gebruiker(gemeente, supportrol=Supportrol.ADVISEREND))
    assert browser.get("/gemeenten/").status_code == 200
    assert lifecycle.suspend(gemeente.pk)
    assert lifecycle.leave(gemeente.pk)
    assert browser.get("/gemeenten/").status_code == 200
