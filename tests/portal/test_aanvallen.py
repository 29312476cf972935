"""Sends what no page of the portal would send: fields that its forms do not show, and forms of other pages."""

from typing import Any

import pytest

from exchange.bemiddelaar.models import Zoekvraag
from tests.factories import Browser, een_client, een_gebruiker, een_gemeente
from um_portal.accounts.models import Gebruiker
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente

pytestmark = pytest.mark.django_db

VRAAG = {"soort": "werkzoekenden", "postcode": "3511AB", "afstand": "10", "naam": "Kok gezocht"}


def row_of(found: Any, *written: str) -> dict[str, Any]:
    """Gives a row as it stands in the database, without the columns that may have been written."""
    rows = type(found).objects.filter(pk=found.pk).values()
    return {name: value for name, value in rows.get().items() if name not in written}


def test_a_form_writes_the_fields_that_it_shows_and_no_other() -> None:
    gemeente, elders = een_gemeente(), een_gemeente()
    gebruiker, collega = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER), een_gebruiker(gemeente)
    more = {
        **dict.fromkeys(("id", "pk", "gebruiker", "gebruiker_id"), collega.pk),
        **dict.fromkeys(("gemeente", "gemeente_id"), elders.pk),
        **{"username": "ander@test.example", "password": "x", "is_active": "", "supportrol": "beslissend"},
        **{"oin": "9" * 20, "status": "opgeschort", "scenarios": "", "toegelaten_op": "2020-01-01"},
        **{"verloopt_op": "2099-01-01", "verlengd_op": "2099-01-01", "details": "0", "vier_ogen": ""},
    }
    browser = een_client(gebruiker)
    people = [row_of(one, "first_name", "last_name") for one in (gebruiker, collega)]
    municipalities = [row_of(one, "naam_in_kop") for one in (gemeente, elders)]

    assert (
        browser.post("/account/naam", {"first_name": "Ada", "last_name": "Nieuw", **more}).status_code == 302
    )
    at = "/gemeenten/instellingen/naam/"
    stempel = browser.get(at).context["form"].initial["stempel"]
    assert browser.post(at, {"naam_in_kop": "Nieuw", "stempel": stempel, **more}).status_code == 302
    assert browser.post("/zoeken/", {**VRAAG, **more}).status_code == 302

    gebruiker, gemeente = Gebruiker.objects.get(pk=gebruiker.pk), Gemeente.objects.get(pk=gemeente.pk)
    assert (gebruiker.last_name, gemeente.naam_in_kop) == ("Nieuw", "Nieuw")
    assert [row_of(one, "first_name", "last_name") for one in (gebruiker, collega)] == people
    assert [row_of(one, "naam_in_kop") for one in (gemeente, elders)] == municipalities
    with voor_gemeente(gemeente):
        zoekvraag = Zoekvraag.objects.get()
    assert (zoekvraag.gebruiker, zoekvraag.naam) == (gebruiker, "Kok gezocht")
    assert zoekvraag.verlengd_op is None
    assert zoekvraag.verloopt_op.year < 2099


@pytest.mark.parametrize(
    "headers",
    [{}, {"HX-Request": "true"}, {"HX-Request": "true", "X-CSRFToken": "x" * 32}, {"HX-Boosted": "true"}],
    ids=str,
)
def test_a_part_of_a_page_takes_the_token_as_a_whole_page_does(headers: dict[str, str]) -> None:
    gebruiker = een_gebruiker(een_gemeente(), Rol.FUNCTIONEEL_BEHEERDER)
    browser = Browser(enforce_csrf_checks=True)
    browser.log_in(gebruiker)
    before = row_of(gebruiker)
    for path, form in (("/account/naam", {"first_name": "Kwaad"}), ("/zoeken/concept", VRAAG)):
        assert browser.post(path, form, headers=headers).status_code == 403
    token = browser.get("/account/naam").context["csrf_token"]
    # The right token, sent by a page of somebody else.
    answer = browser.post(
        "/account/naam",
        {"first_name": "Kwaad", "csrfmiddlewaretoken": str(token)},
        headers={**headers, "Origin": "https://kwaad.example"},
    )
    assert answer.status_code == 403
    assert row_of(gebruiker) == before
