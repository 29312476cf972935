"""The help: the documents as pages, for whom they are, and the way to them from every page of the portal."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from lxml import html

from tests.factories import een_client, een_gebruiker, een_gemeente
from tests.places import ROOT
from um_portal.hulp import paginas, wegwijzer
from um_portal.hulp.bronnen import BRONNEN, GROEPEN, INGANGEN, OPENBAAR
from um_portal.hulp.checks import documents_are_there
from um_portal.tenants.models import Rol
from um_portal.toegang.access import EIGEN_ACCOUNT
from um_portal.toegang.rechten import BIJ_GEMEENTE, RECHTEN, Functie, Recht

FUNCTIES = [functie for functie in Functie if functie in INGANGEN]


def _addresses(resolver=None, namespace="", route="") -> Iterator[tuple[str, str, Recht | None]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _addresses(pattern, inner, route + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            recht = getattr(pattern.callback, "recht", None)
            yield f"{namespace}{pattern.name}", route + str(pattern.pattern), recht


def _page(text: str) -> Any:
    # The stubs of lxml give xpath() a union of all that it can find.
    return html.fromstring(text)


def _exists(place: str) -> bool:
    naam, _, anker = place.partition("#")
    return naam in BRONNEN and (not anker or anker in paginas.page(naam).ankers)


def _client_of(functie: Functie) -> Client:
    if functie in BIJ_GEMEENTE:
        return een_client(een_gebruiker(een_gemeente(), Rol(functie.value)))
    return een_client(een_gebruiker(supportrol=functie.value.removeprefix("support_")))


# --- The way to the help -----------------------------------------------------------------------------------


def test_every_page_with_a_right_and_every_page_of_ones_account_has_a_place_in_the_help():
    without = [
        naam
        for naam, route, recht in _addresses()
        if (route.startswith(EIGEN_ACCOUNT) or (recht is not None and recht is not Recht.PORTAAL))
        and not wegwijzer.place_of(naam, route, recht)
    ]
    assert without == []


def test_every_place_that_a_page_leads_to_exists():
    places = [*wegwijzer.PER_RECHT.values(), *wegwijzer.PER_ADRES.values(), *INGANGEN.values()]
    places += [place for _, place in wegwijzer.PER_BEGIN]
    assert [place for place in places if not _exists(place)] == []


def test_the_table_names_only_addresses_that_there_are():
    names = {naam for naam, _, _ in _addresses()}
    assert {naam.partition("/")[0] for naam in wegwijzer.PER_ADRES} - names == set()
    for begin, _ in wegwijzer.PER_BEGIN:
        assert any(naam.startswith(begin) for naam in names), begin


def test_a_place_is_in_the_help_of_somebody_who_has_the_right():
    for recht, place in wegwijzer.PER_RECHT.items():
        groep = next(groep for groep in GROEPEN if place.partition("#")[0] in groep.namen)
        # Figures are one page for both who may see them.
        assert groep.functies & RECHTEN[recht] or recht is Recht.CIJFERS_SUPPORT, recht


@pytest.mark.django_db
@pytest.mark.parametrize("functie", FUNCTIES)
def test_each_page_of_the_menu_leads_to_its_place_in_the_help(functie):
    client = _client_of(functie)
    start = _page(client.get("/").text)
    menu = start.xpath("//nav[@aria-label='Hoofdmenu']//a/@href")
    assert len(menu) > 2
    led_to = set()
    for path in menu:
        links = _page(client.get(path).text).xpath("//a[contains(., 'Hulp bij deze pagina')]/@href")
        assert len(links) == 1, path
        page, _, anker = links[0].partition("#")
        answer = client.get(page)
        assert answer.status_code == 200, links
        assert not anker or f'id="{unquote(anker)}"' in answer.text, links
        led_to.add(links[0])
    assert len(led_to) > len(menu) / 2
    assert f"/hulp/{INGANGEN[functie]}" in led_to


# --- What is in it -----------------------------------------------------------------------------------------


def test_every_document_for_users_is_a_page_and_came_along():
    documents = {file.stem for file in (ROOT / "docs" / "gebruikers").glob("*.md")}
    assert documents <= set(BRONNEN)
    assert documents_are_there() == []
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert not [line for line in ignored if line.startswith("docs") or line == "*.md"]


@pytest.mark.parametrize("naam", BRONNEN)
def test_a_page_has_one_title_and_every_link_and_picture_on_it_leads_somewhere(naam):
    page = _page(f"<div>{paginas.page(naam).html}</div>")
    assert len(page.xpath(".//h1")) == 1
    for href in page.xpath(".//a/@href"):
        place = unquote(href)
        place = naam + place if place.startswith("#") else place
        assert place.startswith("https:") or _exists(place), href
    for picture in page.xpath(".//img"):
        assert picture.get("alt")
        assert finders.find(picture.get("src").removeprefix("/static/")), picture.get("src")
    assert page.xpath(".//table[not(.//th)]") == []
    assert [th for th in page.xpath(".//th") if not th.text_content().strip()] == []
    ids = page.xpath(".//@id")
    assert len(ids) == len(set(ids))


def test_a_document_brings_no_markup_of_its_own_into_the_page(tmp_path: Path):
    hostile = (
        "# Titel <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n"
        "[een](javascript:alert(1)) [twee](data:text/html,x) [drie](../../settings.py) [vier](https://x.example/)\n\n"
        "| <b>a</b> | b |\n|---|---|\n| `<i>` | c |\n"
    )
    page = paginas._make("proef", tmp_path / "proef.md", hostile)
    seen = _page(f"<div>{page.html}</div>")
    assert seen.xpath(".//script | .//img | .//b | .//i | .//*[@onerror]") == []
    assert seen.xpath(".//a/@href") == ["https://x.example/"]
    assert "drie" in seen.text_content()
    with pytest.raises(ValueError, match="picture"):
        paginas._make("proef", tmp_path / "proef.md", "# T\n\n![a](../../etc/passwd)\n")


def test_two_headings_that_are_alike_have_addresses_of_their_own(tmp_path: Path):
    page = paginas._make("proef", tmp_path / "proef.md", "# T\n\n## Eén ding\n\na\n\n## Eén ding\n\nb\n")
    assert [paragraaf.anker for paragraaf in page.paragrafen] == ["t", "eén-ding", "eén-ding-1"]


# --- Finding -----------------------------------------------------------------------------------------------


def test_what_is_looked_for_is_found_without_capitals_and_accents_headings_first():
    found = paginas.find("INTREKKEN", list(BRONNEN))
    in_heading = ["intrekken" in vondst.paragraaf.kop.lower() for vondst in found]
    assert in_heading == sorted(in_heading, reverse=True)
    assert any(in_heading)
    assert not all(in_heading)
    assert paginas.find("een resultaat", ["resultaten"])[0].paragraaf.kop == "Eén resultaat"
    assert paginas.find("bestaatnergens", list(BRONNEN)) == []
    assert paginas.find(" ", list(BRONNEN)) == []
    assert all(len(vondst.fragment) < 300 for vondst in paginas.find("de", list(BRONNEN)))


@pytest.mark.django_db
def test_whatever_is_looked_for_gets_a_page():
    client = _client_of(Functie.JOBCOACH)
    for q in ("<script>alert(1)</script>", "\x00", "%", "x" * 5000, "'"):
        answer = client.get("/hulp/", {"q": q})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


# --- Who sees what -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_is_not_logged_in_reads_only_about_logging_in(client):
    index = client.get("/hulp/")
    pages = set(re.findall(r'href="/hulp/([a-z-]+)"', index.text))
    assert pages == {OPENBAAR, "rechten"}
    assert client.get(f"/hulp/{OPENBAAR}").status_code == 200
    for naam in set(BRONNEN) - {OPENBAAR}:
        assert client.get(f"/hulp/{naam}").headers["Location"].startswith("/account/inloggen"), naam
    found = client.get("/hulp/", {"q": "detail gemeente"}).text
    assert set(re.findall(r'href="/hulp/([a-z-]+)#', found)) <= {OPENBAAR}
    login = _page(client.get("/account/inloggen").text)
    assert login.xpath("//a[contains(., 'Hulp bij deze pagina')]/@href") == [f"/hulp/{OPENBAAR}#elke-keer"]


@pytest.mark.django_db
@pytest.mark.parametrize("functie", FUNCTIES)
def test_the_help_begins_with_ones_own_role(functie):
    client = _client_of(functie)
    index = _page(client.get("/hulp/").text)
    own = index.xpath("//main//section[not(ancestor::details)]//a/@href")
    assert f"/hulp/{INGANGEN[functie]}" in own
    others = index.xpath("//main//details//a/@href")
    assert {f"/hulp/{naam}" for naam in BRONNEN} == {
        href for href in own + others if href.removeprefix("/hulp/") in BRONNEN
    }
    assert client.get("/hulp/bestaat-niet").status_code == 404
