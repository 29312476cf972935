"""The gegevenswoordenboek: its pages about the standard, searching in it, who may see it, and its look."""

import html
import os
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from exchange.standard import Soort, velden
from exchange.waardelijsten import models as waardelijsten
from exchange.waardelijsten.lijsten import LIJSTEN
from exchange.waardelijsten.models import Code, prepare
from exchange.woordenboek import content
from tests.browser import Scherm
from tests.factories import een_client, een_gebruiker, een_gemeente
from tests.places import AXE
from um_portal.tenants.models import Rol

SHOTS = os.environ.get("SCHERMBEELDEN", "")

ADDRESSES = [
    "/woordenboek/",
    "/woordenboek/?q=taal",
    "/woordenboek/?q=bestaatniet",
    *(f"/woordenboek/{soort.value}/" for soort in Soort),
    "/woordenboek/werkzoekenden/?q=rijbewijs",
    "/woordenboek/vacatures/?q=bestaatniet",
    "/woordenboek/waardelijsten/soort-rijbewijs/",
    "/woordenboek/waardelijsten/beroepen/",
    "/woordenboek/waardelijsten/beroepen/?q=3&vervallen=1",
    "/woordenboek/waardelijsten/sbi/",
    "/api/",
]


@pytest.fixture
def client(db: None) -> Client:
    return een_client(een_gebruiker(een_gemeente(), Rol.JOBCOACH))


def text(response: Any) -> str:
    """Gives the text of a page, as somebody reads it."""
    body = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))


def some_codes(number: int = 60) -> None:
    waardelijsten.replace("beroepen", [("urn:test:oud", "Oud beroep 3")])
    entries = [(f"urn:test:{n}", f"Beroep {n:03}", ["Vakman"] if n == 7 else []) for n in range(number)]
    prepare("beroepen", entries, versie="2026-1").put_in_force()


# --- Content ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("soort", Soort)
def test_every_attribute_of_the_standard_is_in_it_once_with_an_anchor_of_its_own(soort):
    shown = [gegeven for groep in content.groepen(soort) for gegeven in groep.gegevens]
    assert [g.blad for g in sorted(shown, key=lambda g: velden(soort).index(g.blad))] == list(velden(soort))
    anchors = [g.anker for g in shown] + [groep.anker for groep in content.groepen(soort)]
    assert len(set(anchors)) == len(anchors)
    assert all(re.fullmatch(r"[A-Za-z0-9.-]+", anchor) for anchor in anchors)
    titles = [groep.titel for groep in content.groepen(soort)]
    assert len(set(titles)) == len(titles)
    assert all(g.vorm and g.attribuut.uitleg for g in shown)


def test_anchors_are_the_paths_of_the_standard_so_that_links_keep_working():
    gegeven = content.gegeven(Soort.WERKZOEKENDEN, "arbeidsmarktkwalificatie.cursus[].naamCursus")
    assert gegeven.anker == "arbeidsmarktkwalificatie.cursus.naamCursus"


@pytest.mark.parametrize(
    ("soort", "pad", "vorm"),
    [
        (
            Soort.WERKZOEKENDEN,
            "mobiliteit.bemiddelingspostcode",
            "Tekst: vier cijfers en twee letters zonder spatie, zoals 1234AB",
        ),
        (Soort.WERKZOEKENDEN, "werktijden.aantalWerkurenPerWeekMinimaal", "Heel getal van 0 tot en met 99"),
        (
            Soort.WERKZOEKENDEN,
            "flexibiliteit.datumAanvangBeschikbaarVoorWerk",
            "Datum, in de vorm jjjj-mm-dd",
        ),
        (Soort.WERKZOEKENDEN, "emailadres[]", "Tekst van ten hoogste 320 tekens. Mag vaker voorkomen"),
        (Soort.WERKZOEKENDEN, "persoonlijkePresentatie", "Vrije tekst van ten hoogste 2000 tekens"),
        (
            Soort.WERKZOEKENDEN,
            "bemiddelingsberoep[].codeBeroepsnaam",
            "Code uit een lijst van ten hoogste 200 tekens",
        ),
        (
            Soort.WERKZOEKENDEN,
            "arbeidsmarktkwalificatie.opleiding[].codeOpleidingsnaam",
            "Code uit een lijst van ten hoogste 10 tekens: alleen cijfers",
        ),
        (Soort.VACATURES, "sector.codeSbi", "Getal uit een lijst van 0 tot en met 99999"),
        (Soort.WERKGEVERSCONTACTMOMENTEN, "werkgever.erkendSbbLeerbedrijf", "Ja of nee (true of false)"),
    ],
)
def test_the_form_of_an_attribute_is_told_in_dutch(soort, pad, vorm):
    assert content.gegeven(soort, pad).vorm == vorm


@pytest.mark.parametrize(
    ("soort", "q", "pad"),
    [
        (
            Soort.WERKZOEKENDEN,
            "codeSoortRijbewijs",
            "arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs",
        ),
        (
            Soort.WERKZOEKENDEN,
            "CODE soort RIJBEWIJS",
            "arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs",
        ),
        (Soort.WERKZOEKENDEN, "trekker", "arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs"),
        (Soort.WERKZOEKENDEN, "mobiliteit.bemiddelingspostcode", "mobiliteit.bemiddelingspostcode"),
        (Soort.VACATURES, "vrijwilligerswerk", "contractvorm[].codeTypeOvereenkomst"),
        (Soort.VACATURES, "bedrijfstak cbs", "sector.codeSbi"),
        (Soort.WERKZOEKENDEN, "vrije tekst", "persoonlijkePresentatie"),
    ],
)
def test_searching_looks_at_name_label_explanation_and_values(soort, q, pad):
    found = {g.blad.pad for groep in content.find(soort, q) for g in groep.gegevens}
    assert pad in found
    assert len(found) < len(velden(soort))


def test_searching_does_not_mind_accents_and_needs_every_word():
    assert content.fold("Oekraïens") == content.fold("OEKRAIENS")
    assert content.find(Soort.WERKZOEKENDEN, "rijbewijs bestaatniet") == ()
    assert content.find(Soort.WERKZOEKENDEN, "  ") == content.groepen(Soort.WERKZOEKENDEN)


def test_every_value_list_has_a_page_of_its_own():
    lists = content.waardelijsten()
    used = {leaf.attribuut.waardelijst for soort in Soort for leaf in velden(soort)} - {None}
    assert len(lists) == len(used)
    for lijst in used:
        assert lijst is not None
        shown = lists[content.list_name(lijst)]
        assert (shown.extern is not None) is lijst.extern
        assert [label for _, label in shown.waarden] == list(lijst.waarden.values())
        assert content.used_by(shown.naam)


# --- Pages --------------------------------------------------------------------------------------------------


def test_it_works(client):
    shown = text(client.get(reverse("woordenboek:index")))
    assert "Gegevenswoordenboek" in shown
    assert "Beroepen : niet geladen" in shown
    assert "Soort rijbewijs : 16 waarden" in shown


@pytest.mark.django_db
@pytest.mark.parametrize("rol", [*Rol, "support", "geen"])
def test_everybody_who_is_logged_in_sees_it(rol):
    if rol == "support":
        user = een_gebruiker(supportrol="beslissend")
    else:
        user = een_gebruiker() if rol == "geen" else een_gebruiker(een_gemeente(), rol)
    client = een_client(user)
    for address in ADDRESSES:
        assert client.get(address).status_code == 200, address


@pytest.mark.django_db
def test_who_is_not_logged_in_goes_to_the_login_page():
    for address in ADDRESSES:
        response = Client().get(address)
        if address == "/api/":
            assert response.status_code == 200
        else:
            assert response.status_code == 302
            assert response["Location"].startswith(reverse("accounts:login"))


@pytest.mark.parametrize(
    "address", ["/woordenboek/mensen/", "/woordenboek/waardelijsten/kleuren/", "/woordenboek/waardelijsten/"]
)
def test_what_is_not_there_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_it_is_only_for_reading(client):
    assert client.post(reverse("woordenboek:index")).status_code == 405


def test_a_page_tells_all_about_an_attribute(client):
    response = client.get(reverse("woordenboek:soort", args=["werkzoekenden"]))
    row = response.content.decode().partition('<tr id="indicatieLdrRegistratie">')[2].partition("</tr>")[0]
    shown = html.unescape(" ".join(re.sub(r"<[^>]+>", " ", row).split()))
    for part in (
        "Indicatie LDR-registratie",
        "1 = Ja",
        "2 = Nee",
        "Alleen detailprofiel",
        "Gevoelig",
        "Voorbeeld:",
    ):
        assert part.lower() in shown.lower()
    assert "Zoekbaar" not in shown
    row = (
        response.content.decode()
        .partition('<tr id="mobiliteit.bemiddelingspostcode">')[2]
        .partition("</tr>")[0]
    )
    assert all(part in row for part in ("Verplicht", "Zoekbaar", "Zoekprofiel", "1234AB"))


def test_searching_everything_leads_to_the_place_itself(client):
    some_codes()
    body = client.get(reverse("woordenboek:index"), {"q": "beroep"}).content.decode()
    assert 'href="/woordenboek/vacatures/#beroep.codeBeroepsnaam"' in body
    assert 'href="/woordenboek/waardelijsten/beroepen/?q=beroep"' in body
    assert "Niets gevonden" in text(client.get(reverse("woordenboek:index"), {"q": "bestaatniet"}))
    row = '<tr id="arbeidsmarktkwalificatie.rijbewijs.codeSoortRijbewijs">'
    found = client.get(
        reverse("woordenboek:soort", args=["werkzoekenden"]), {"q": "trekker"}
    ).content.decode()
    assert row in found
    assert found.count('<tr id="') == 1


@pytest.mark.parametrize("q", ["<script>", '"><b>', "%", "\x00", "a" * 5000, "é", "&amp;"])
def test_whatever_is_typed_is_shown_as_text(client, q):
    some_codes(3)
    for address in ("/woordenboek/", "/woordenboek/vacatures/", "/woordenboek/waardelijsten/beroepen/"):
        response = client.get(address, {"q": q})
        assert response.status_code == 200
        assert b"<script>" not in response.content.partition(b"<main")[2]
        assert b"<b>" not in response.content


def test_a_list_comes_in_pages_and_can_be_searched(client):
    some_codes()
    address = reverse("woordenboek:lijst", args=["beroepen"])
    first = text(client.get(address))
    assert "Nu geldt versie 2026-1" in first
    assert "Beroep 049" in first
    assert "Beroep 050" not in first
    assert "Beroep 059" in text(client.get(address, {"pagina": 2}))
    assert "Beroep 059" in text(client.get(address, {"pagina": "zzz9"})) or "Beroep 000" in first
    found = text(client.get(address, {"q": "vakman"}))
    assert "Beroep 007" in found
    assert "Beroep 008" not in found
    assert "Niets gevonden" in text(client.get(address, {"q": "bestaatniet"}))


def test_lapsed_values_are_shown_only_when_asked(client):
    some_codes()
    address = reverse("woordenboek:lijst", args=["beroepen"])
    assert "Oud beroep" not in text(client.get(address, {"q": "oud"}))
    shown = text(client.get(address, {"q": "oud", "vervallen": "1"}))
    assert "Oud beroep 3" in shown
    assert "Vervallen" in shown


def test_a_list_of_the_standard_has_its_values(client):
    shown = text(client.get(reverse("woordenboek:lijst", args=["soort-rijbewijs"]), {"q": "trekker"}))
    assert "Trekker" in shown
    assert "Lichte motor" not in shown


def test_the_footer_leads_to_it(client):
    body = client.get("/").content.decode()
    assert 'href="/woordenboek/"' in body
    assert 'href="/api/"' in body


@pytest.mark.parametrize("number", [3, 3000])
def test_queries_do_not_grow_with_the_lists(client, django_assert_max_num_queries, number):
    some_codes(number)
    Code.objects.bulk_create(
        Code(lijst=lijst, code=str(n), label=f"Beroep {n}") for lijst in LIJSTEN for n in range(number)
    )
    client.get("/woordenboek/")
    for address in ADDRESSES:
        with django_assert_max_num_queries(10):
            client.get(address)


# --- In a browser -------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("breedte", [1280, 375])
def test_every_page_is_accessible_and_fits_the_screen(browser, live_server, breedte):
    some_codes()
    client = een_client(een_gebruiker(een_gemeente("Testdorp"), Rol.JOBCOACH))
    # Only so that the check itself may run in the page.
    context = browser.new_context(
        viewport={"width": breedte, "height": 900}, base_url=live_server.url, bypass_csp=True
    )
    scherm = Scherm(context, live_server.url)
    scherm.take_session(client)
    page = scherm.page
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for number, address in enumerate(ADDRESSES):
        response = page.goto(address)
        assert response is not None
        assert response.status == 200
        assert page.url.endswith(address), "somebody who is logged in is not sent elsewhere"
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        violations = page.evaluate(
            "axe.run().then(found => found.violations.map(one => [one.id, one.nodes[0].html]))"
        )
        assert violations == [], address
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, address
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/woordenboek-{number}-{breedte}.png", full_page=True)
    page.goto("/woordenboek/werkzoekenden/#mobiliteit.bemiddelingspostcode")
    assert page.evaluate("document.querySelector(':target').id") == "mobiliteit.bemiddelingspostcode"
    assert errors == []
