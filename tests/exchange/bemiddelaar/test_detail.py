"""The detail and what comes of it: its cost, its purpose, the contact card, the outcome, signals, exports."""

import csv
import io
import re
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
import redis
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from exchange.bemiddelaar import (
    client,
    contactkaart,
    contactmomenten,
    details,
    partijen,
    signalen,
    tellingen,
    vervolg,
)
from exchange.bemiddelaar.models import (
    Detailaanvraag,
    Geteld,
    Kwaliteitssignaal,
    Resultaat,
    Telling,
    Vervolg,
    Zoekvraag,
)
from exchange.fictief.generate import Postcodes, werkgeverscontactmomenten
from exchange.standard import Soort
from tests.conftest import OWNER_URL
from tests.exchange.bemiddelaar.test_searching import (
    Answer,
    Exchange,
    een_match,
    een_zoekvraag,
    exchange,
    gemeente,
    jobcoach,
    url_of,
)
from tests.factories import een_client, een_gebruiker, een_gemeente
from tests.threads import at_once
from um_portal.audit.models import Auditregel
from um_portal.gemeenten.models import Dagverbruik
from um_portal.tasks import erase_expired
from um_portal.tenants.models import Gemeente, Rol, Scenario
from um_portal.tenants.scope import als_support, voor_gemeente

__all__ = ["exchange", "gemeente", "jobcoach"]
pytestmark = pytest.mark.django_db
WZ = Soort.WERKZOEKENDEN


def asked(exchange: Exchange) -> int:
    """Counts the details that went out to the exchange."""
    return sum(call[0] == "GET" for call in exchange.calls)


def lines(gemeente: Gemeente, begin: str) -> list[Any]:
    with voor_gemeente(gemeente):
        return list(Auditregel.objects.filter(handeling__startswith=begin).order_by("pk"))


def used_today(gemeente: Gemeente) -> int:
    with voor_gemeente(gemeente):
        return sum(
            Dagverbruik.objects.filter(gebruiker=None, soort="details").values_list("aantal", flat=True)
        )


def earlier_in(page: str) -> str:
    found = re.search(r'name="eerder" value="([0-9]+)"', page)
    assert found, page
    return found[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", [200, 404, 504])
def test_a_detail_is_settled_once_when_the_database_goes_away_while_the_exchange_answers(
    exchange, gemeente, jobcoach, status: int
) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)

    def meanwhile(handler: Any) -> Answer:
        # In the thread of the exchange, so on a connection of its own.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
            )
        connection.close()
        return exchange.normal(handler) if status == 200 else (status, b"")

    exchange.answer = meanwhile
    with voor_gemeente(gemeente):
        resultaat = Resultaat.objects.select_related("zoekvraag").get()
    if status == 200:
        assert details.request_detail(gemeente, jobcoach, resultaat).record
    else:
        with pytest.raises(client.UitwisselingFout):
            details.request_detail(gemeente, jobcoach, resultaat)
    # Of a gateway in between nobody knows whether the record was given.
    counted = status != 404
    with voor_gemeente(gemeente):
        assert details.details_left(zoekvraag) == (9 if counted else 10)
    assert used_today(gemeente) == counted
    assert len(lines(gemeente, "detail_opgevraagd")) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["detail", "contactmomenten"])
def test_what_was_committed_is_not_written_again_when_the_answer_to_that_was_lost(
    exchange, gemeente, jobcoach, monkeypatch, what: str
) -> None:
    exchange.matches = [een_match()]
    een_zoekvraag(gemeente, jobcoach)
    with voor_gemeente(gemeente):
        resultaat = Resultaat.objects.select_related("zoekvraag").get()
    count, lost = tellingen.count, []

    def loses_the_answer() -> None:
        lost.append(True)
        raise OperationalError

    def count_and_commit(*args: Any) -> None:
        count(*args)
        transaction.on_commit(loses_the_answer)

    monkeypatch.setattr(tellingen, "count", count_and_commit)
    if what == "detail":
        details.request_detail(gemeente, jobcoach, resultaat)
    else:
        exchange.answer = lambda handler: (200, {"matches": []})
        contactmomenten.request_contactmomenten(gemeente, jobcoach, "12345678", None)
    assert lost == [True]
    assert used_today(gemeente) == 1
    assert counted(gemeente)[{"detail": "details"}.get(what, what)] == 1
    assert len(lines(gemeente, f"{what}_opgevraagd")) == 1


# --- The cost and the purpose --------------------------------------------------------------------------


def test_the_cost_is_shown_as_dots_and_told_in_words(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match(n) for n in range(1, 4)]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser = een_client(jobcoach)
    for number in (1, 2):
        browser.post(url_of(zoekvraag, f"resultaten/{number}/detail"))
    page = browser.get(url_of(zoekvraag, "resultaten/3/")).text
    assert page.count('class="um-punt"') == 8
    assert page.count("um-punt--op") == 2
    assert 'class="um-punten" aria-hidden="true"' in page
    assert "nog 8 details over, van de 10" in page
    seen = browser.get(url_of(zoekvraag, "resultaten/1/")).text
    assert "Detail opnieuw opvragen" in seen
    assert "kost weer 1 detail" in seen


def test_a_municipality_that_wants_a_purpose_gives_no_detail_without_one(
    exchange, gemeente, jobcoach
) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    beheerder = een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))
    path = "/gemeenten/instellingen/details/"
    stempel = beheerder.get(path).context["form"]["stempel"].value()
    beheerder.post(path, {"doel_verplicht": "on", "stempel": stempel})
    browser, url = een_client(jobcoach), url_of(zoekvraag, "resultaten/1/detail")
    for doel in ({}, {"doel": ""}, {"doel": "nieuwsgierig"}):
        refused = browser.post(url, doel)
        assert refused.status_code == 422
        assert "Kies waarvoor u dit detail opvraagt" in refused.text
    assert (asked(exchange), used_today(gemeente)) == (0, 0)
    assert browser.post(url, {"doel": "vacature"}).status_code == 200
    told = [line.onderwerp for line in lines(gemeente, "detail_")]
    assert told == [f"zoekvraag {zoekvraag.pk}, doel vacature"] * 2
    traces = {line.trace for line in [*lines(gemeente, "detail_"), *lines(gemeente, "zoekvraag_gesteld")]}
    assert len(traces) == 1


# --- Exactly once --------------------------------------------------------------------------------------


def test_a_page_that_is_sent_again_charges_nothing(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    exchange.detail = {"emailadres": ["kok@voorbeeld.example"]}
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser, url = een_client(jobcoach), url_of(zoekvraag, "resultaten/1/detail")
    assert browser.post(url, {"eerder": "0"}).status_code == 200
    reloaded = browser.post(url, {"eerder": "0"})
    assert reloaded.status_code == 409
    assert "Dit detail is net al opgevraagd" in reloaded.text
    assert "kok@voorbeeld.example" not in reloaded.text
    assert (asked(exchange), used_today(gemeente)) == (1, 1)
    # The page itself offers it again, and says what that costs.
    assert browser.post(url, {"eerder": earlier_in(reloaded.text)}).status_code == 200
    assert (asked(exchange), used_today(gemeente)) == (2, 2)


def test_after_an_outcome_that_nobody_knows_sending_again_asks_first(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser, url = een_client(jobcoach), url_of(zoekvraag, "resultaten/1/detail")
    exchange.answer = lambda handler: (0, None)
    page = browser.post(url, {"eerder": "0"})
    assert "telt deze poging mee" in page.text
    exchange.answer = exchange.normal
    assert browser.post(url, {"eerder": "0"}).status_code == 409
    assert browser.post(url, {"eerder": earlier_in(page.text)}).status_code == 200
    with voor_gemeente(gemeente):
        assert details.details_left(zoekvraag) == 8


@pytest.mark.django_db(transaction=True)
def test_of_a_double_click_and_many_tabs_one_request_goes_out(exchange, settings) -> None:
    settings.UM_TEGELIJK_DETAILS = settings.UM_TEGELIJK_DETAILS_PERSOON = 20
    settings.UM_DETAIL_TIJDSLIMIET = 20.0
    gemeente = een_gemeente()
    jobcoach = een_gebruiker(gemeente)
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browsers = [een_client(jobcoach) for _ in range(12)]
    url = url_of(zoekvraag, "resultaten/1/detail")
    pages = at_once(*[partial(one.post, url, {"eerder": "0"}) for one in browsers])
    assert sorted(page.status_code for page in pages) == [200] + [409] * 11
    assert all("Er is niets extra geteld" in page.text for page in pages if page.status_code == 409)
    assert (asked(exchange), used_today(gemeente)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_coaches_with_twenty_requests_never_get_more_than_ten(exchange, settings) -> None:
    settings.UM_DETAIL_TIJDSLIMIET = 20.0
    gemeente = een_gemeente()
    coaches = [een_gebruiker(gemeente), een_gebruiker(gemeente)]
    exchange.matches = [een_match(n) for n in range(1, 9)]
    zoekvraag = een_zoekvraag(gemeente, coaches[0])
    with voor_gemeente(gemeente):
        matches = list(Resultaat.objects.select_related("zoekvraag").order_by("volgnummer"))
    # Each of eight matches by both, and four of them once more, however often they were asked before.
    plan = [(coach, match) for match in matches for coach in coaches] + [(coaches[0], m) for m in matches[:4]]
    got = at_once(*[partial(details.request_detail, gemeente, who, match) for who, match in plan])
    assert len(got) == 20
    assert sum(isinstance(one, details.Detail) for one in got) == 10
    assert sum(isinstance(one, details.LimietBereikt) for one in got) == 10
    assert asked(exchange) == used_today(gemeente) == 10
    with voor_gemeente(gemeente):
        assert Detailaanvraag.objects.filter(zoekvraag=zoekvraag).count() == 10


# --- The contact card ----------------------------------------------------------------------------------


def test_the_contact_card_comes_first_with_links_to_call_and_to_write(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    exchange.detail = {
        "emailadres": ["kok@voorbeeld.example"],
        "telefoonnummer": ["06 1234-5678"],
        "contactpersoon": [{"naamContactpersoonAfdeling": "Werkplein", "telefoonnummer": "+31101234567"}],
    }
    een_gemeente("Bronstad", oin="9" * 20)
    page = een_client(jobcoach).post(url_of(een_zoekvraag(gemeente, jobcoach), "resultaten/1/detail")).text
    assert 'href="mailto:kok@voorbeeld.example?subject=Contactverzoek"' in page
    assert 'href="tel:0612345678"' in page
    assert 'href="tel:+31101234567"' in page
    assert "Contactpersoon bij de bron" in page
    assert page.index("Werkplein") < page.index("Het hele profiel")
    assert "Van gemeente Bronstad." in page


HOSTILE = [
    "javascript:alert(1)",
    "kok@voorbeeld.example?bcc=ander@voorbeeld.example&body=x",
    "kok@voorbeeld.example\r\nBcc: ander@voorbeeld.example",
    "kok%0d%0aBcc:x@voorbeeld.example",
    '"><script>alert(1)</script>@voorbeeld.example',
    "kok@voorbeeld.example,ander@voorbeeld.example",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_values_come_out_as_text(exchange, gemeente, jobcoach, text: str) -> None:
    exchange.matches = [een_match()]
    exchange.detail = {
        "emailadres": [text],
        "telefoonnummer": [text, "0900;phone-context=x", {"a": 1}],
        "contactpersoon": [text, {"naamContactpersoonAfdeling": f"<b>{text}</b>", "emailadres": [[text]]}],
    }
    page = een_client(jobcoach).post(url_of(een_zoekvraag(gemeente, jobcoach), "resultaten/1/detail")).text
    card = page[page.index('id="detail"') : page.index("Het hele profiel")]
    assert re.findall(r'href="([^"]*)"', card) == []
    assert "<script>" not in card
    assert "<b>" not in card


def test_a_vacancy_and_a_contact_tell_who_to_call_for_which_organisation() -> None:
    person = {"naamContactpersoonAfdeling": "P. Voorbeeld", "telefoonnummer": ["0101234567"]}
    werkgever = {"handelsnaamOrganisatie": "Bakkerij De Proef", "contactpersoon": [person]}
    [card] = contactkaart.contacts(Soort.VACATURES, {"werkgever": werkgever})
    assert card.als_tekst.splitlines() == [
        "Contactpersoon voor deze vacature",
        "P. Voorbeeld",
        "Bakkerij De Proef",
        "0101234567",
    ]
    assert repr(card) == "Contact(…)"
    assert contactkaart.contacts(Soort.VACATURES, {"werkgever": "geen groep"}) == []


def test_the_source_has_its_name_from_the_municipalities_or_from_the_settings(gemeente, settings) -> None:
    settings.UM_PARTIJEN = {"00000001899000125000": "Landelijke Werkbank"}
    assert partijen.name_of(gemeente.oin) == f"gemeente {gemeente.naam}"
    assert partijen.name_of("00000001899000125000") == "Landelijke Werkbank"
    assert partijen.name_of("8" * 20) == f"de bron met OIN {'8' * 20}"
    assert partijen.name_of("") == "een bron die haar naam niet noemt"


def test_a_detail_says_when_it_closes_and_without_javascript_it_closes_too(
    exchange, gemeente, jobcoach, settings
) -> None:
    settings.UM_DETAIL_MINUTEN = 7
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser, url = een_client(jobcoach), url_of(zoekvraag, "resultaten/1/detail")
    page = browser.post(url)
    assert 'data-sluit-na="420"' in page.text
    back = f"{url_of(zoekvraag, 'resultaten/1/')}?gesloten=ja"
    assert f'<noscript><meta http-equiv="refresh" content="420;url={back}"></noscript>' in page.text
    assert "no-store" in page["Cache-Control"]
    assert "Het detail is gesloten" in browser.get(back).text
    # Who needs more time without JavaScript says so before; nobody gets a time of their own making.
    assert 'content="4200;url=' in browser.post(url, {"minuten": "70"}).text
    assert 'content="420;url=' in browser.post(url, {"minuten": "99999"}).text


# --- The outcome ---------------------------------------------------------------------------------------


def counted(gemeente: Gemeente) -> dict[str, int]:
    with voor_gemeente(gemeente):
        rows = Telling.objects.filter(aantal__gt=0).exclude(geteld=Geteld.ZOEKVRAGEN)
        return {row.geteld: row.aantal for row in rows}


def test_a_coach_writes_down_what_came_of_a_match_changes_it_and_undoes_it(
    exchange, gemeente, jobcoach
) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser, url = een_client(jobcoach), url_of(zoekvraag, "resultaten/1/vervolg")
    assert counted(gemeente) == {}
    page = browser.post(url, {"vervolg": "benaderd"}, follow=True).text
    assert "Bewaard: benaderd." in page
    assert '<option value="benaderd" selected>' in page
    assert "Benaderd" in browser.get(url_of(zoekvraag)).text
    assert counted(gemeente) == {"benaderd": 1}
    changed = browser.post(url, {"vervolg": "niet_passend afstand"}, headers={"HX-Request": "true"}).text
    assert "Bewaard: niet passend: de reis is te ver." in changed
    assert '<option value="niet_passend afstand" selected>' in changed
    assert counted(gemeente) == {"niet_passend": 1}
    for wrong in ("", "niet_passend", "niet_passend x", "benaderd afstand", "gek"):
        if wrong:
            assert browser.post(url, {"vervolg": wrong}, headers={"HX-Request": "true"}).status_code == 422
    assert counted(gemeente) == {"niet_passend": 1}
    browser.post(url, {"vervolg": ""})
    assert counted(gemeente) == {}
    with voor_gemeente(gemeente):
        assert not Vervolg.objects.exists()


def test_after_the_search_only_the_counts_remain(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser = een_client(jobcoach)
    browser.post(url_of(zoekvraag, "resultaten/1/detail"))
    browser.post(url_of(zoekvraag, "resultaten/1/vervolg"), {"vervolg": "geplaatst"})
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(verloopt_op=timezone.now() - timedelta(seconds=1))
    erase_expired()
    with voor_gemeente(gemeente):
        assert not Vervolg.objects.exists()
        assert not Zoekvraag.objects.exists()
    assert counted(gemeente) == {"details": 1, "geplaatst": 1}
    columns = {field.name for field in Telling._meta.fields}
    assert columns == {"id", "gemeente", "maand", "soort", "geteld", "aantal"}


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_choose_at_once_count_one_outcome(exchange) -> None:
    gemeente = een_gemeente()
    exchange.matches = [een_match()]
    een_zoekvraag(gemeente, een_gebruiker(gemeente))
    with voor_gemeente(gemeente):
        match = Resultaat.objects.select_related("zoekvraag").get()
    chosen = ["benaderd", "geplaatst", "voorgesteld", "niet_passend uren", "benaderd", "geplaatst"]
    done = at_once(*[partial(vervolg.set_vervolg, gemeente, match, one) for one in chosen])
    assert all(isinstance(one, Vervolg) for one in done), done
    with voor_gemeente(gemeente):
        assert counted(gemeente) == {Vervolg.objects.get().stap: 1}


def fill_counts(gemeente: Gemeente, **numbers: int) -> None:
    with voor_gemeente(gemeente):
        for name, number in numbers.items():
            tellingen.count(gemeente, WZ, Geteld(name), number)


def test_a_functioneel_beheerder_sees_the_figures_of_the_own_municipality(gemeente) -> None:
    fill_counts(gemeente, zoekvragen=20, details=12, benaderd=3, voorgesteld=2, geplaatst=1)
    fill_counts(een_gemeente(), zoekvragen=777)
    browser = een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))
    page = browser.get("/zoeken/cijfers")
    assert "777" not in page.text
    [row] = page.context["rijen"]
    assert row.texts() == ["20", "12", "0", "6", "1", "0"]
    told = list(
        csv.reader(io.StringIO(browser.get("/zoeken/cijfers?als=csv").text.lstrip("\ufeff")), delimiter=";")
    )
    assert told[0][:3] == ["Maand", "Soort", "Zoekvragen"]
    assert told[1][1:] == ["werkzoekenden", "20", "12", "0", "6", "1", "0"]


def test_support_sees_all_figures_but_no_small_number_not_even_by_subtracting(gemeente) -> None:
    een, ander = gemeente, een_gemeente()
    fill_counts(een, zoekvragen=20, details=6, geplaatst=4)
    fill_counts(ander, zoekvragen=30, details=4, geplaatst=3)
    with als_support():
        rows = {row.naam: row for row in tellingen.figures_everywhere(Gemeente.objects.all())}
    assert rows[een.naam].texts() == ["20", "6", "0", "minder dan 5", "minder dan 5", "0"]
    assert rows[ander.naam].texts() == ["30", "minder dan 5", "0", "minder dan 5", "minder dan 5", "0"]
    # One is hidden: the total would tell it. Of two that are hidden it tells the sum.
    assert rows["Alle gemeenten"].texts() == ["50", "ten minste 6", "0", "7", "7", "0"]
    browser = een_client(een_gebruiker(supportrol="adviserend"))
    page = browser.get("/zoeken/cijfers/alle").text
    assert page.index("Alle gemeenten") < page.index(f">{een.naam}<")
    assert "minder dan 5" in browser.get("/zoeken/cijfers/alle?als=csv").text


# --- Signals -------------------------------------------------------------------------------------------


def test_a_signal_goes_to_support_and_its_state_comes_back(exchange, gemeente, jobcoach) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser, url = een_client(jobcoach), url_of(zoekvraag, "resultaten/1/signaal")
    browser.post(url_of(zoekvraag, "resultaten/1/detail"))
    assert "Gemeld bij VNG-support" in browser.post(url, {"reden": "contact"}, follow=True).text
    assert "al gemeld" in browser.post(url, {"reden": "contact"}, follow=True).text
    assert "Kies wat er niet klopt" in browser.post(url, {"reden": "Jan zegt"}, follow=True).text
    with voor_gemeente(gemeente):
        signaal = Kwaliteitssignaal.objects.get()
    assert (signaal.vum_id, signaal.reden, signaal.bron_oin) == ("vum-1", "contact", "9" * 20)
    adviseur = een_client(een_gebruiker(supportrol="adviserend"))
    beslisser = een_client(een_gebruiker(supportrol="beslissend"))
    assert "vumID vum-1" in adviseur.get("/zoeken/meldingen/alle").text
    move = f"/zoeken/meldingen/{signaal.pk}/stand"
    assert adviseur.post(move, {"stand": "opgelost"}).status_code == 403
    for stand, told in (("doorgegeven", "is gewijzigd"), ("nieuw", "kan niet"), ("opgelost", "is gewijzigd")):
        assert told in beslisser.post(move, {"stand": stand}, follow=True).text
    assert "Opgelost" in browser.get("/zoeken/meldingen").text
    assert [line.onderwerp for line in lines(gemeente, "signaal_")] == [
        f"signaal {signaal.pk}, contact",
        f"signaal {signaal.pk}, doorgegeven",
        f"signaal {signaal.pk}, opgelost",
    ]
    # Solved: the same can be told anew.
    assert "Gemeld bij VNG-support" in browser.post(url, {"reden": "contact"}, follow=True).text
    with voor_gemeente(gemeente):
        Kwaliteitssignaal.objects.filter(stand="opgelost").update(
            gewijzigd_op=timezone.now() - signalen.BEWAREN - timedelta(days=1)
        )
    erase_expired()
    with voor_gemeente(gemeente):
        assert [row.stand for row in Kwaliteitssignaal.objects.all()] == ["nieuw"]


def test_a_municipality_is_told_when_the_record_is_its_own(exchange, jobcoach, gemeente) -> None:
    exchange.matches = [een_match()]
    Gemeente.objects.filter(pk=gemeente.pk).update(oin="9" * 20)
    gemeente.refresh_from_db()
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser = een_client(jobcoach)
    assert "van uw eigen gemeente" not in browser.get(url_of(zoekvraag, "resultaten/1/")).text
    assert "van uw eigen gemeente" in browser.post(url_of(zoekvraag, "resultaten/1/detail")).text
    browser.post(url_of(zoekvraag, "resultaten/1/signaal"), {"reden": "beroep"})
    clerk = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    assert "uw eigen gemeente: verbeter het" in clerk.get("/zoeken/meldingen").text
    elsewhere = een_client(een_gebruiker(een_gemeente(), Rol.GEGEVENSBEHEERDER))
    assert "Er is niets gemeld" in elsewhere.get("/zoeken/meldingen").text


@pytest.mark.parametrize("path", ["vervolg", "signaal", "export"])
def test_nobody_else_writes_about_a_match_or_takes_it_along(exchange, gemeente, jobcoach, path: str) -> None:
    exchange.matches = [een_match()]
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    url = url_of(zoekvraag, path if path == "export" else f"resultaten/1/{path}")
    stranger = een_gebruiker(een_gemeente(), Rol.FUNCTIONEEL_BEHEERDER)
    for browser, status in (
        (een_client(stranger), 404),
        (een_client(een_gebruiker(supportrol="beslissend")), 403),
        (Client(), 302),
    ):
        ask = browser.get if path == "export" else browser.post
        assert ask(url).status_code == status
    with voor_gemeente(gemeente):
        assert not Vervolg.objects.exists()
        assert not Kwaliteitssignaal.objects.exists()


# --- Werkgeverscontactmomenten -------------------------------------------------------------------------

KVK = "12345678"
MOMENT = {
    "datum": "2026-05-20",
    "codeOnderwerp": 1,
    "accountmanager": {
        "naam": "M. Merkteken",
        "naamOrganisatie": "Werkplein",
        "emailadres": "merkteken@voorbeeld.example",
        "telefoonnummer": "0101234567",
    },
    "werkgever": {"nummerKvk": KVK, "handelsnaamOrganisatie": "Bakkerij De Proef"},
}


def answer_with(exchange: Exchange, *momenten: Any, **more: Any) -> None:
    body = {"maximumAantalResultatenBereikt": False, "vraagID": "v", "matches": [*momenten], **more}
    exchange.answer = lambda handler: (200, body)


def test_a_coach_sees_who_has_contact_with_an_employer(exchange, gemeente, jobcoach) -> None:
    other = {**MOMENT, "werkgever": {"nummerKvk": "87654321"}}
    answer_with(exchange, {**MOMENT, "datum": "2025-01-02"}, MOMENT, other, "onzin", {"datum": 3})
    page = een_client(jobcoach).post(
        "/zoeken/contactmomenten", {"nummer_kvk": "1234 5678", "sinds": "2025-01-01"}
    )
    assert page.status_code == 200
    assert exchange.calls[-1][:2] == ("POST", "/vum/v3/werkgeverscontactmomenten/matches")
    assert exchange.calls[-1][3] == {
        "vraagObject": {"werkgever.nummerKvk": {"$eq": KVK}, "datum": {"$gte": "2025-01-01"}}
    }
    assert "2 contactmomenten" in page.text
    assert "3 antwoorden volgen de landelijke afspraken niet" in page.text
    assert page.text.index("20 mei 2026") < page.text.index("2 januari 2025")
    assert 'href="mailto:merkteken@voorbeeld.example?subject=Contactverzoek"' in page.text
    assert "data-sluit-na" in page.text
    assert "no-store" in page["Cache-Control"]
    told = [(line.handeling, line.uitkomst, line.aantal) for line in lines(gemeente, "contactmomenten_")]
    assert told == [
        ("contactmomenten_gevraagd", "onbekend", None),
        ("contactmomenten_opgevraagd", "gelukt", 2),
    ]
    assert used_today(gemeente) == 1
    assert counted(gemeente) == {"contactmomenten": 1}


@pytest.mark.parametrize("kvk", ["", "1234567", "123456789", "abcdefgh", "１２３４５６７８", "1234567\x00"])
def test_a_number_that_cannot_be_is_refused_and_nothing_is_asked(
    exchange, gemeente, jobcoach, kvk: str
) -> None:
    page = een_client(jobcoach).post("/zoeken/contactmomenten", {"nummer_kvk": kvk})
    assert page.status_code == 422
    assert exchange.calls == []
    assert used_today(gemeente) == 0


@pytest.mark.parametrize(
    ("answer", "status", "counts"),
    [
        ((503, {"code": "500.3"}), 503, 0),
        ((429, {"code": "429.01"}), 429, 0),
        ((429, {}), 503, 0),
        ((200, b"x"), 503, 0),
        ((200, {"matches": {}}), 503, 0),
        ((401, b""), 503, 0),
        ((504, b""), 503, 1),
        ((0, None), 503, 1),
    ],
)
def test_a_question_that_fails_is_told_and_counts_only_when_nobody_knows(
    exchange, gemeente, jobcoach, answer: Answer, status: int, counts: int
) -> None:
    exchange.answer = lambda handler: answer
    page = een_client(jobcoach).post("/zoeken/contactmomenten", {"nummer_kvk": KVK})
    assert page.status_code == status
    assert "Het antwoord kwam niet" in page.text
    assert ("telt ze mee" in page.text) == bool(counts)
    assert used_today(gemeente) == counts
    assert KVK in page.text  # What was typed stays.


def test_contacts_stop_at_the_limit_of_the_day_and_where_a_municipality_does_not_take_part(
    exchange, gemeente, jobcoach, settings
) -> None:
    settings.UM_DAG_DETAILS = 1
    answer_with(exchange)
    browser = een_client(jobcoach)
    assert "Geen enkele bron weet" in browser.post("/zoeken/contactmomenten", {"nummer_kvk": KVK}).text
    stopped = browser.post("/zoeken/contactmomenten", {"nummer_kvk": KVK})
    assert stopped.status_code == 429
    assert "De daglimiet is bereikt" in stopped.text
    assert len(exchange.calls) == 1
    gemeente.scenarios = [Scenario.PROFIEL_VRAGER]
    gemeente.save()
    assert browser.get("/zoeken/contactmomenten").status_code == 403
    assert "Contactmomenten</a>" not in browser.get("/").text


@pytest.mark.django_db(transaction=True)
def test_of_contacts_and_of_the_number_asked_nothing_is_kept(exchange, settings, caplog) -> None:
    gemeente = een_gemeente()
    answer_with(exchange, MOMENT)
    with caplog.at_level("DEBUG"):
        page = een_client(een_gebruiker(gemeente)).post("/zoeken/contactmomenten", {"nummer_kvk": KVK})
    assert "M. Merkteken" in page.text
    assert not {"Merkteken", KVK}.intersection(re.findall(r"\w+", caplog.text))
    with psycopg.connect(OWNER_URL, dbname=settings.DATABASES["default"]["NAME"]) as owner:
        tables = [
            row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]
        for table in tables:
            for mark in ("merkteken", KVK):
                found = owner.execute(
                    f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s", [f"%{mark}%"]
                ).fetchone()
                assert found == (0,), table
    for url in (settings.CELERY_BROKER_URL, settings.CACHES["default"]["LOCATION"]):
        store = redis.Redis.from_url(url)
        for key in store.scan_iter():
            assert b"erkteken" not in (store.dump(key) or b""), key


def test_made_up_contacts_pass_as_an_answer(exchange, gemeente, jobcoach) -> None:
    made = list(werkgeverscontactmomenten(1, 5, Postcodes([3511], [1.0])))
    answer_with(exchange, *made)
    kvk = made[0]["werkgever"]["nummerKvk"]
    page = een_client(jobcoach).post("/zoeken/contactmomenten", {"nummer_kvk": kvk})
    assert [moment["datum"] for moment in page.context["momenten"]] == [made[0]["datum"]]


# --- Taking results along ------------------------------------------------------------------------------


def test_results_go_along_without_details_and_with_the_day_that_they_expire(
    exchange, gemeente, jobcoach
) -> None:
    exchange.matches = [een_match(1), een_match(2)]
    exchange.detail = {"emailadres": ["geheim@voorbeeld.example"]}
    zoekvraag = een_zoekvraag(gemeente, jobcoach)
    browser = een_client(jobcoach)
    browser.post(url_of(zoekvraag, "resultaten/1/detail"))
    browser.post(url_of(zoekvraag, "resultaten/1/vervolg"), {"vervolg": "benaderd"})
    formula = "=cmd|'/c calc'!A0"
    with voor_gemeente(gemeente):
        Resultaat.objects.filter(volgnummer=2).update(omschrijving=formula)
    assert "?als=xlsx" in browser.get(url_of(zoekvraag)).text
    book = browser.get(url_of(zoekvraag, "export?als=xlsx"))
    sheet: Any = load_workbook(io.BytesIO(book.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0].startswith("Gegevens van personen. Wis dit bestand op ")
    assert rows[2][:3] == ["Nummer", "Beroep", "Postcode"]
    assert rows[3][:3] == [1, "Kok", "1012AB"]
    assert rows[3][7:9] == ["ja", "Benaderd"]
    assert (sheet["B5"].value, sheet["B5"].data_type) == (formula, "s")
    text = browser.get(url_of(zoekvraag, "export?als=csv"))
    assert text.text.startswith("\ufeffGegevens van personen. Wis dit bestand op ")
    assert list(csv.reader(io.StringIO(text.text), delimiter=";"))[4][1] == f"'{formula}"
    assert "geheim" not in text.text
    assert "attachment" in text["Content-Disposition"]
    # What the list shows can be taken alone, in its order.
    shown = browser.get(url_of(zoekvraag, "?q=calc")).text
    assert "export?q=calc&amp;deel=lijst&amp;als=csv" in shown
    part = browser.get(url_of(zoekvraag, "export?q=calc&deel=lijst&als=csv"))
    assert [row[0] for row in csv.reader(io.StringIO(part.text), delimiter=";")][3:] == ["2"]
    taken = lines(gemeente, "resultaten_")
    assert {line.onderwerp for line in taken} == {f"zoekvraag {zoekvraag.pk}"}
    assert [line.aantal for line in taken] == [2, 2, 1]
