"""Looking at results: columns, counts, one's own marks, a match that reads as a CV, sharing, and what expires."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exchange.bemiddelaar import cv, delen, details, kaart, markeren, searching, summary
from exchange.bemiddelaar.beeld import place_of
from exchange.bemiddelaar.models import Deling, Detailaanvraag, Markering, Resultaat, Zoekstatus, Zoekvraag
from exchange.display import as_pairs, value_text
from exchange.standard import STANDAARD, Entiteit, Profiel, Soort
from exchange.waardelijsten import models as waardelijsten
from tests.factories import SOORTEN, Browser, een_client, een_gebruiker, een_gemeente
from tests.threads import at_once
from um_portal.accounts.models import Gebruiker
from um_portal.audit.models import Auditregel
from um_portal.presentation.templatetags.um import datum
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente

WZ, VAC = SOORTEN
pytestmark = pytest.mark.django_db

KOK, BAKKER = "urn:test:kok", "urn:test:bakker"
VOL = {
    "mobiliteit": {"bemiddelingspostcode": "1012AB", "maximaleReisafstand": 30, "maximaleReistijd": 45},
    "bemiddelingsberoep": [{"codeBeroepsnaam": KOK}, {"codeBeroepsnaam": BAKKER}],
    "sector": [{"codeSbi": 5610}],
    "werktijden": {"aantalWerkurenPerWeekMinimaal": 24, "aantalWerkurenPerWeekMaximaal": 32},
    "flexibiliteit": {"datumAanvangBeschikbaarVoorWerk": "2030-12-01"},
    "vervoermiddel": [{"codeVervoermiddel": 3}],
    "arbeidsmarktkwalificatie": {
        "opleiding": [
            {"codeNiveauOpleiding": 4, "toelichtingOpleiding": "Brood en banket", "indicatieDiploma": 1,
             "datumEindeVolgenOpleiding": "2012-07-01"},
        ],
        "werkervaring": [
            {"beroep": {"codeBeroepsnaam": BAKKER}, "naamOrganisatie": "Bakkerij De Proef",
             "datumAanvangWerkzaamheden": "2012-09-01", "datumEindeWerkzaamheden": "2019-03-01"},
            {"beroep": {"codeBeroepsnaam": KOK}, "datumAanvangWerkzaamheden": "2019-04-01"},
        ],
        "competentiebeheersing": [{"codeCompetentie": "urn:test:samenwerken"}],
        "taalbeheersing": [{"codeTaal": "nld", "codeNiveauTaalbeheersingMondeling": 3}],
        "rijbewijs": [{"codeSoortRijbewijs": "BE"}, {"codeSoortRijbewijs": "B"}],
        "interesse": [{"naamInteresse": "Duiken"}],
    },
    "eisAanWerk": {"indicatieBegeleiding": 1},
    "webadres": [{"codeWebadres": 3, "url": "https://www.example.org/cv"}],
}  # fmt: skip


@pytest.fixture
def gemeente() -> Gemeente:
    waardelijsten.replace("beroepen", [(KOK, "Kok"), (BAKKER, "Bakker")])
    waardelijsten.replace("sbi", [("5610", "Restaurants")])
    return een_gemeente()


@pytest.fixture
def jobcoach(gemeente: Gemeente) -> Gebruiker:
    return een_gebruiker(gemeente)


def een_zoekvraag(
    gemeente: Gemeente, gebruiker: Gebruiker, profielen: list[Any], soort: Soort = WZ, **values: Any
) -> Zoekvraag:
    """Makes an answered search with these profiles, stored as the portal stores them."""
    with voor_gemeente(gemeente):
        zoekvraag: Zoekvraag = Zoekvraag.objects.create(
            gemeente=gemeente,
            gebruiker=gebruiker,
            soort=soort,
            status=Zoekstatus.KLAAR,
            aantal=len(profielen),
            vraag_object={"selectiegebied": {"postcode": "1012AB", "afstand": 50}},
            **values,
        )
        rows = zip(profielen, summary.summarise(soort, profielen, "1012AB"), strict=True)
        Resultaat.objects.bulk_create(
            Resultaat(
                gemeente=gemeente,
                zoekvraag=zoekvraag,
                volgnummer=number,
                vum_id=f"vum-{number}",
                profiel=profiel,
                **{name: getattr(row, name) for name in row.__slots__},
            )
            for number, (profiel, row) in enumerate(rows, start=1)
        )
    return zoekvraag


def een_profiel(number: int, **more: Any) -> dict[str, Any]:
    """Makes a profile that differs with its number in everything that the list filters on."""
    return {
        "mobiliteit": {"bemiddelingspostcode": f"{(1012, 1098, 3511, 2011)[number % 4]}AB"},
        "bemiddelingsberoep": [{"codeBeroepsnaam": (KOK, BAKKER)[number % 2]}],
        "werktijden": {"aantalWerkurenPerWeekMaximaal": 8 + number % 32},
        "arbeidsmarktkwalificatie": {"opleiding": [{"codeNiveauOpleiding": 1 + number % 6}]},
        **more,
    }


def url_of(zoekvraag: Zoekvraag, rest: str = "") -> str:
    return f"/zoeken/vragen/{zoekvraag.pk}/{rest}"


def numbers(answer: Any) -> list[int]:
    return [rij["resultaat"].volgnummer for rij in answer.context["rijen"]]


def marks(gemeente: Gemeente, gebruiker: Gebruiker) -> list[tuple[int, bool, str, str]]:
    with voor_gemeente(gemeente):
        found = Markering.objects.filter(gebruiker=gebruiker).order_by("resultaat__volgnummer")
        return [(m.resultaat.volgnummer, m.ster, m.weg, m.notitie) for m in found.select_related("resultaat")]


# --- The list ------------------------------------------------------------------------------------------


def test_the_list_answers_where_when_how_much_and_with_what(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL, {"mobiliteit": {"bemiddelingspostcode": "3511AB"}}])
    page = een_client(jobcoach).get(url_of(zoekvraag))
    assert dict(page.context["rijen"][0]["cellen"]) == {
        "Waar": "1012 AB Amsterdam, zelfde plaats",
        "Uren per week": "24–32",
        "Beschikbaar": "1 december 2030",
        "Reist tot": "30 km",
        "Rijbewijs": "B, BE",
        "Niveau": "MBO",
    }
    bare = dict(page.context["rijen"][1]["cellen"])
    assert re.fullmatch(r"3511 AB Utrecht, circa 3\d km", bare.pop("Waar"))
    assert set(bare.values()) == {""}
    assert "niet ingevuld" in page.text


def test_a_vacancy_shows_its_title_employer_and_closing_date(gemeente, jobcoach) -> None:
    vacature = {
        "adres": {"postcode": "1012AB", "straatnaam": "Damstraat"},
        "naamVacature": "Kok <b>gezocht</b>",
        "beroep": {"codeBeroepsnaam": KOK},
        "sluitingsdatumVacature": "2030-01-31",
        "werkgever": {"handelsnaamOrganisatie": "De Zon"},
        "omschrijvingVacature": "U kookt voor vijftig gasten.",
    }
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [vacature], VAC)
    browser = een_client(jobcoach)
    page = browser.get(url_of(zoekvraag)).text
    for text in ("Kok &lt;b&gt;gezocht", "De Zon", "31 januari 2030"):
        assert text in page
    match = browser.get(url_of(zoekvraag, "resultaten/1/")).text
    for text in ("U kookt voor vijftig gasten.", "De Zon", "31 januari 2030", "Damstraat"):
        assert text in match


def test_choices_narrow_the_list_and_each_says_how_many_it_would_leave(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(48)] + [VOL])
    browser = een_client(jobcoach)
    page = browser.get(url_of(zoekvraag))
    for groep in page.context["groepen"]:
        for telling in groep.tellingen:
            narrowed = browser.get(url_of(zoekvraag), {groep.naam: telling.waarde})
            assert narrowed.context["page_obj"].paginator.count == telling.aantal, (groep.naam, telling)
    # Of one group one choice is enough; of two groups both count, and the counts of a group leave that group out.
    page = browser.get(url_of(zoekvraag), {"beroep": ["Kok", "Bakker"], "afstand": "0-5", "sorteer": "-uren"})
    rows = [rij["resultaat"] for rij in page.context["rijen"]]
    assert rows
    assert all(row.afstand_km < 5 for row in rows)
    assert [row.uren for row in rows] == sorted((row.uren for row in rows), reverse=True)
    counted = {t.waarde: t.aantal for g in page.context["groepen"] if g.naam == "beroep" for t in g.tellingen}
    alone = browser.get(url_of(zoekvraag), {"beroep": "Kok", "afstand": "0-5"})
    assert counted["Kok"] == alone.context["page_obj"].paginator.count
    assert "De aantallen gaan over wat u hebt ontvangen" in page.text


def test_when_there_is_more_in_the_country_the_page_offers_a_narrower_question(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL], maximum_bereikt=True)
    page = een_client(jobcoach).get(url_of(zoekvraag)).text
    assert "niet over alles wat er is" in page
    assert "Stel een preciezere vraag" in page


ODD = (
    "afstand=x", "beroep=%00", "beroep=" + "x" * 3000, "niveau=1%27--", "open=999999", "open=" + "9" * 5000,
    "open=-1", "pagina=1e9", "toon=alles", "rij=%F0%9F%A6%86", "uren=0-16&uren=0-16&uren=nan", "samen=ja&samen=ja",
)  # fmt: skip


def test_an_address_that_makes_no_sense_shows_the_list(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    browser = een_client(jobcoach)
    for path in ("", "resultaten/1/", "kaart", "vergelijken"):
        for odd in ODD:
            answer = browser.get(url_of(zoekvraag, f"{path}?{odd}"))
            assert answer.status_code in {200, 302}, (path, odd[:40])


def test_a_filter_that_leaves_nothing_names_the_ways_out(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(4)])
    page = een_client(jobcoach).get(url_of(zoekvraag), {"beroep": "Piloot", "uren": "0-16"}).text
    assert "Niets gevonden met dit filter" in page
    assert "Zonder Beroep: Piloot" in page
    assert f'href="{url_of(zoekvraag)}?beroep=Piloot"' in page
    assert f'href="{url_of(zoekvraag)}"' in page


def test_the_number_of_queries_does_not_grow_with_results_choices_or_marks(gemeente, jobcoach) -> None:
    small = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(30)])
    large = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(600)])
    with voor_gemeente(gemeente):
        rows = Resultaat.objects.filter(zoekvraag=large)[:50]
        Markering.objects.bulk_create(
            Markering(gemeente=gemeente, zoekvraag=large, resultaat=row, gebruiker=jobcoach, ster=True)
            for row in rows
        )
    browser = een_client(jobcoach)
    browser.get(url_of(small))

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(path).status_code == 200
        return len(found)

    for query in ("?samen=ja", "?beroep=Kok&niveau=1&niveau=2&sorteer=-afstand&open=3"):
        assert queries(url_of(small, query)) == queries(url_of(large, query))


def test_columns_that_somebody_chose_stay_chosen_for_that_person(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    browser = een_client(jobcoach)
    browser.post(url_of(zoekvraag, "kolommen"), {"kolom": ["niveau", "vervoer", "nummer\x00"]})
    browser.post(url_of(zoekvraag, "kolommen"), {"kolom": ["niveau", "vervoer"]})
    assert [k.sleutel for k in browser.get(url_of(zoekvraag)).context["kolommen"]] == ["vervoer", "niveau"]
    other = een_gebruiker(gemeente)
    theirs = een_zoekvraag(gemeente, other, [VOL])
    assert "waar" in {k.sleutel for k in een_client(other).get(url_of(theirs)).context["kolommen"]}


def test_identical_profiles_stay_and_can_be_shown_together(gemeente, jobcoach) -> None:
    turned = json.loads(json.dumps(VOL))
    turned["bemiddelingsberoep"].reverse()
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL, een_profiel(1), turned])
    browser = een_client(jobcoach)
    assert numbers(browser.get(url_of(zoekvraag))) == [1, 2, 3]
    together = browser.get(url_of(zoekvraag, "?samen=ja"))
    assert numbers(together) == [1, 2]
    assert "2 keer ontvangen" in together.text


# --- Keeping one's place -------------------------------------------------------------------------------


def test_going_back_leads_to_the_same_page_filter_order_and_row(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(120)])
    browser = een_client(jobcoach)
    listed = browser.get(url_of(zoekvraag, "?beroep=Bakker&sorteer=-uren&pagina=2"))
    row = listed.context["rijen"][0]
    match = browser.get(row["url"])
    number = row["resultaat"].volgnummer
    back = f"{url_of(zoekvraag)}?beroep=Bakker&sorteer=-uren&pagina=2"
    assert match.context["terug_url"] == f"{back}#r{number}"
    assert numbers(browser.get(back)) == numbers(listed)
    # From one to the next, over the border of the page.
    before = browser.get(match.context["vorige"]["url"])
    assert before.context["plaats"].nummer == 25
    assert before.context["terug_url"].startswith(f"{url_of(zoekvraag)}?beroep=Bakker&sorteer=-uren#")
    after = browser.get(before.context["volgende"]["url"])
    assert after.context["resultaat"].volgnummer == number
    # Beside the list it is an address that can be kept.
    beside = browser.get(row["naast"])
    assert beside.context["resultaat"].volgnummer == number
    assert numbers(beside) == numbers(listed)


def test_who_puts_a_match_aside_can_go_on_to_its_neighbours(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(30)])
    browser = een_client(jobcoach)
    aside = {"weg": "uren", "van": "naast"}
    found = browser.post(url_of(zoekvraag, "resultaten/26/markering?pagina=2&open=26"), aside, follow=True)
    assert [found.context[way]["naast"] for way in ("vorige", "volgende")] == [
        f"{url_of(zoekvraag)}?open=25",
        f"{url_of(zoekvraag)}?pagina=2&open=27",
    ]
    assert 26 not in numbers(found)
    assert "<span>Weggelegd</span>" in found.text
    # Without its place in a filter there is nothing to go on to.
    outside = browser.get(url_of(zoekvraag, "resultaten/26/?toon=ster"))
    assert "valt buiten de lijst" in outside.text


def test_without_javascript_an_outcome_and_a_signal_keep_the_filter_and_the_order(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(4)])
    browser = een_client(jobcoach)
    start = url_of(zoekvraag, "resultaten/2/")
    page = browser.get(f"{start}?beroep=Bakker&sorteer=-uren")
    for what, sent in (("vervolg", {"vervolg": "benaderd"}), ("signaal", {"reden": "contact"})):
        address = f"{start}{what}?beroep=Bakker&amp;sorteer=-uren"
        assert f'action="{address}"' in page.text
        answer = browser.post(unescape(address), sent)
        assert answer["Location"] == f"{start}?beroep=Bakker&sorteer=-uren"


def test_a_page_past_the_end_is_the_last_one(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(30)])
    assert numbers(een_client(jobcoach).get(url_of(zoekvraag, "?pagina=99"))) == [26, 27, 28, 29, 30]


def test_the_place_of_a_match_has_no_neighbour_past_the_ends() -> None:
    first, last = place_of([7, 3, 5], 7, 2), place_of([7, 3, 5], 5, 2)
    assert first is not None
    assert last is not None
    assert (first.vorige, first.volgende, first.pagina) == (None, 3, 1)
    assert (last.vorige, last.volgende, last.pagina) == (3, None, 2)
    assert place_of([7], 8, 2) is None


def test_a_search_that_was_erased_elsewhere_is_gone_for_the_match_that_is_open(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    browser = een_client(jobcoach)
    browser.post(url_of(zoekvraag, "verwijderen"))
    for method, path in (("get", "?open=1"), ("get", "resultaten/1/"), ("post", "resultaten/1/markering")):
        assert getattr(browser, method)(url_of(zoekvraag, path)).status_code == 404


# --- One match -----------------------------------------------------------------------------------------


def texts(value: Any) -> list[str]:
    """Lists every text of nested pairs, without the labels."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return texts(value[1])
    return [text for item in value for text in texts(item)]


def test_a_match_reads_as_a_cv(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    with voor_gemeente(gemeente):
        found = cv.arrange(WZ, Resultaat.objects.get())
    assert dict(found.kern) == {
        "Waar": "1012 AB Amsterdam, zelfde plaats",
        "Uren per week": "24–32",
        "Beschikbaar vanaf": "1 december 2030",
        "Reist tot": "30 km of 45 minuten",
    }
    words = {woorden.kop: woorden.woorden for woorden in found.woorden}
    assert words["Zoekt werk als"] == ["Kok", "Bakker"]
    assert words["In de sector"] == ["Restaurants"]
    assert [t.titel for t in found.lijnen[0][1]] == ["Kok", "Bakker, Bakkerij De Proef"]
    assert found.lijnen[0][1][1].periode == "1 september 2012 – 1 maart 2019"
    page = een_client(jobcoach).get(url_of(zoekvraag, "resultaten/1/")).text
    assert page.index("Zoekt werk als") < page.index("Werkervaring") < page.index("Verder")
    for text in (
        "Brood en banket",
        "Duiken",
        "https://www.example.org/cv",
        "Begeleiding",
        "urn:test:samenwerken",
    ):
        assert text in page


def test_a_code_that_no_list_names_says_what_it_is() -> None:
    taal = "arbeidsmarktkwalificatie.taalbeheersing[].codeTaal"
    assert value_text(WZ, "sector[].codeSbi", 4120, {}) == "sector 4120"
    assert [value_text(WZ, taal, code, {}) for code in ("kur", "nld", "xxx")] == [
        "Koerdisch",
        "Nederlands",
        "xxx",
    ]


def whole(entiteit: Entiteit) -> dict[str, Any]:
    """Makes a record that has every attribute of the search profile, with the examples of the standard."""
    found = {}
    for attribuut in entiteit.attributen:
        if attribuut.profiel is Profiel.ZOEK:
            value = attribuut.voorbeeld if attribuut.groep is None else whole(attribuut.groep)
            found[attribuut.naam] = [value] if attribuut.meervoudig else value
    return found


@pytest.mark.parametrize("soort", SOORTEN)
def test_nothing_of_a_record_is_lost(gemeente, jobcoach, soort: Soort) -> None:
    record = whole(STANDAARD[soort])
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [record], soort)
    page = unescape(een_client(jobcoach).get(url_of(zoekvraag, "resultaten/1/")).text).lower()
    shown = [text for text in texts(as_pairs(soort, record)) if text]
    assert len(shown) > 35
    lost = []
    for text in shown:
        day = re.fullmatch(r"(\d\d)-(\d\d)-(\d{4})", text)
        ways = [text, str(datum(f"{day[3]}-{day[2]}-{day[1]}"))] if day else [text]
        ways += [f"{text[:4]} {text[4:]}"]
        if not any(way.lower() in page for way in ways):
            lost.append(text)
    assert lost == []


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"mobiliteit": "Utrecht", "werktijden": [], "bemiddelingsberoep": {"a": 1}, "vervoermiddel": [7]},
        {
            "arbeidsmarktkwalificatie": {
                "opleiding": [7, {"codeNiveauOpleiding": [[[]]]}],
                "werkervaring": [[]],
            }
        },
        {"werktijden": {"aantalWerkurenPerWeekMaximaal": {"x": [1] * 50}}, "sector": [{"codeSbi": True}]},
        {"arbeidsmarktkwalificatie": {"taalbeheersing": [{"codeTaal": {}}], "rijbewijs": [{}, {"x": 1}]}},
        {
            "beroep": [],
            "werkgever": 3,
            "adres": {"postcode": 12},
            "naamVacature": ["x"],
            "sollicitatiewijze": "?",
        },
    ],
)
def test_a_record_that_is_all_wrong_is_shown_as_far_as_it_goes(gemeente, jobcoach, odd: Any) -> None:
    browser = een_client(jobcoach)
    for soort in SOORTEN:
        zoekvraag = een_zoekvraag(gemeente, jobcoach, [odd, VOL], soort)
        page = browser.get(url_of(zoekvraag, "resultaten/1/"))
        assert page.status_code == 200
        assert "Niet opgegeven" in page.text
        assert browser.get(url_of(zoekvraag, "vergelijken?n=1&n=2")).status_code == 200
        assert browser.get(url_of(zoekvraag, "kaart")).status_code == 200


def test_a_few_matches_stand_side_by_side_and_no_more_than_five(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(8)])
    browser = een_client(jobcoach)
    page = browser.get(url_of(zoekvraag, "vergelijken?n=1&n=2&n=3"))
    assert [kop["resultaat"].volgnummer for kop in page.context["koppen"]] == [1, 2, 3]
    for few in ("", "?n=1", "?n=1&n=1", "?" + "&".join(f"n={n}" for n in range(1, 7)), "?n=77&n=78"):
        answer = browser.get(url_of(zoekvraag, f"vergelijken{few}"), follow=True)
        assert "Kies 2 tot en met 5 resultaten" in answer.text


def test_the_map_has_a_dot_for_every_area_and_the_same_as_a_table(gemeente, jobcoach) -> None:
    profielen = [een_profiel(n) for n in range(8)] + [{"mobiliteit": {"bemiddelingspostcode": "9900ZZ"}}]
    zoekvraag = een_zoekvraag(gemeente, jobcoach, profielen)
    page = een_client(jobcoach).get(url_of(zoekvraag, "kaart"))
    points = {punt.pc4: punt for punt in page.context["kaart"].punten}
    assert {1012, 1098, 3511, 2011} <= set(points)
    assert (points[1012].x, points[1012].y, points[1012].aantal) == ("0.0", "0.0", 2)
    # Utrecht lies to the south of Amsterdam and Haarlem to the west; on a drawing down and left.
    assert float(points[3511].y) > 0
    assert float(points[2011].x) < 0
    assert page.text.count("<circle cx=") == len(points)
    assert '<th scope="row">3511</th>' in page.text


def test_a_map_around_a_postcode_that_is_nowhere_is_left_out() -> None:
    assert kaart.draw("0000AA", 10, [("1012", 1)]) is None
    drawn = kaart.draw("1012AB", 0, [])
    assert drawn is not None
    assert drawn.punten == []


# --- Marks ---------------------------------------------------------------------------------------------


def test_a_star_a_reason_and_a_note_are_kept_for_one_person_and_found_again(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(4)])
    browser = een_client(jobcoach)
    answer = browser.post(
        url_of(zoekvraag, "resultaten/2/markering?sorteer=-uren"), {"ster": "ja", "van": "lijst"}
    )
    assert answer["Location"] == f"{url_of(zoekvraag)}?sorteer=-uren#r2"
    browser.post(url_of(zoekvraag, "resultaten/2/markering"), {"ster": "ja"})
    browser.post(
        url_of(zoekvraag, "resultaten/2/markering"), {"notitie": "Past bij De Zon, vanaf 01-12-2026 36 uur"}
    )
    browser.post(url_of(zoekvraag, "resultaten/3/markering"), {"weg": "afstand"})
    browser.post(url_of(zoekvraag, "resultaten/1/markering"), {"weg": "verzonnen", "ster": "misschien"})
    assert marks(gemeente, jobcoach) == [
        (2, True, "", "Past bij De Zon, vanaf 01-12-2026 36 uur"),
        (3, False, "afstand", ""),
    ]
    assert numbers(browser.get(url_of(zoekvraag))) == [1, 2, 4]
    assert numbers(browser.get(url_of(zoekvraag, "?toon=ster"))) == [2]
    aside = browser.get(url_of(zoekvraag, "?toon=weg"))
    assert numbers(aside) == [3]
    assert "Weggelegd (1)" in aside.text
    assert "Te ver weg" in aside.text
    assert "U hebt dit resultaat weggelegd" in browser.get(url_of(zoekvraag, "resultaten/3/")).text
    browser.post(url_of(zoekvraag, "resultaten/3/markering"), {"weg": "nee"})
    assert numbers(browser.get(url_of(zoekvraag))) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Mail naar jan@voorbeeld.example", "e-mailadres"),
        ("bel 06-12345678", "telefoonnummer"),
        ("bel 0031 6 12 34 56 78", "telefoonnummer"),
        ("bsn 123456782", "BSN"),
        ("1234.56.782", "BSN"),
        ("x" * 501, "te lang"),
    ],
)
def test_a_note_with_what_leads_to_a_person_is_refused_and_stays_in_the_field(
    gemeente, jobcoach, text: str, why: str
) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    browser = een_client(jobcoach)
    for path, van in (("resultaten/1/markering", ""), ("resultaten/1/markering?open=1", "naast")):
        answer = browser.post(url_of(zoekvraag, path), {"notitie": text, "van": van})
        assert answer.status_code == 422
        assert why in answer.text
        assert f"{text}</textarea>" in answer.text
    assert marks(gemeente, jobcoach) == []


def test_a_note_may_hold_hours_dates_and_amounts() -> None:
    for text in (
        "24-32 uur vanaf 01-12-2026",
        "2026-12-01 36 uur",
        "tussen 2.400 en 2.900 euro",
        "niveau 3, 2 jaar",
    ):
        assert markeren.check_note(text) == text


@pytest.mark.django_db(transaction=True)
def test_two_who_mark_at_once_leave_one_row() -> None:
    gemeente = een_gemeente()
    jobcoach = een_gebruiker(gemeente)
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    path = url_of(zoekvraag, "resultaten/1/markering")
    answers = at_once(*(partial(een_client(jobcoach).post, path, {"ster": "ja"}) for _ in range(6)))
    assert [answer.status_code for answer in answers] == [302] * 6
    assert marks(gemeente, jobcoach) == [(1, True, "", "")]


# --- Colleagues ----------------------------------------------------------------------------------------


@pytest.fixture
def collega(gemeente: Gemeente) -> Gebruiker:
    return een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)


def share(browser: Browser, zoekvraag: Zoekvraag, *gebruikers: Gebruiker) -> Any:
    return browser.post(url_of(zoekvraag, "delen"), {"collega": [gebruiker.pk for gebruiker in gebruikers]})


def test_a_shared_search_is_seen_by_that_colleague_alone_who_may_not_manage_it(
    gemeente, jobcoach, collega
) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    owner, theirs = een_client(jobcoach), een_client(collega)
    third, clerk = een_gebruiker(gemeente), een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER)
    stranger = een_gebruiker(een_gemeente())
    owner.post(url_of(zoekvraag, "resultaten/1/markering"), {"ster": "ja", "notitie": "Mijn notitie"})
    assert theirs.get(url_of(zoekvraag)).status_code == 404
    share(owner, zoekvraag, collega, stranger, clerk)
    with voor_gemeente(gemeente):
        assert [deling.gebruiker_id for deling in Deling.objects.all()] == [collega.pk]
        assert Auditregel.objects.filter(handeling="zoekvraag_gedeeld").count() == 1
    page = theirs.get(url_of(zoekvraag))
    assert page.status_code == 200
    assert str(jobcoach) in page.text
    assert "Deze zoekvraag wissen" not in page.text
    assert "Mijn notitie" not in theirs.get(url_of(zoekvraag, "resultaten/1/")).text
    assert "Gedeeld" in theirs.get("/zoeken/vragen/").text
    for method, path in (("post", "verwijderen"), ("get", "delen"), ("post", "delen"), ("post", "overdragen"),
                         ("post", "verlengen"), ("post", "opnieuw")):  # fmt: skip
        assert getattr(theirs, method)(url_of(zoekvraag, path)).status_code == 404, path
    for nobody in (third, stranger):
        assert een_client(nobody).get(url_of(zoekvraag)).status_code == 404
    share(owner, zoekvraag)
    assert theirs.get(url_of(zoekvraag)).status_code == 404


def test_a_colleague_who_left_or_may_no_longer_search_sees_nothing(gemeente, jobcoach, collega) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    share(een_client(jobcoach), zoekvraag, collega)
    theirs = een_client(collega)
    with voor_gemeente(gemeente):
        Lidmaatschap.objects.filter(gebruiker=collega).update(rol=Rol.GEGEVENSBEHEERDER)
    assert theirs.get(url_of(zoekvraag)).status_code == 403
    with voor_gemeente(gemeente):
        Lidmaatschap.objects.filter(gebruiker=collega).delete()
        assert collega not in delen.colleagues(zoekvraag)
    assert theirs.get(url_of(zoekvraag)).status_code in {302, 403, 404}
    answer = een_client(jobcoach).post(url_of(zoekvraag, "overdragen"), {"collega": collega.pk}, follow=True)
    assert "Kies een collega die mag zoeken" in answer.text


def test_details_of_everybody_count_on_the_one_search(gemeente, jobcoach, collega, settings) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    share(een_client(jobcoach), zoekvraag, collega)
    with voor_gemeente(gemeente):
        Detailaanvraag.objects.bulk_create(
            Detailaanvraag(gemeente=gemeente, zoekvraag=zoekvraag, gelukt_op=timezone.now())
            for _ in range(settings.UM_MAX_DETAILS)
        )
        resultaat = Resultaat.objects.select_related("zoekvraag").get()
    for gebruiker in (jobcoach, collega):
        with pytest.raises(details.LimietBereikt):
            details.request_detail(gemeente, gebruiker, resultaat)
        assert een_client(gebruiker).post(url_of(zoekvraag, "resultaten/1/detail")).status_code == 429


@pytest.mark.parametrize("notities", [False, True])
def test_a_search_that_is_handed_over_changes_hands_with_a_notice_and_a_line_in_the_log(
    gemeente,
    jobcoach,
    collega,
    mailoutbox,
    django_capture_on_commit_callbacks: Callable[..., Any],
    notities: bool,
) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(3)])
    owner, theirs = een_client(jobcoach), een_client(collega)
    share(owner, zoekvraag, collega)
    owner.post(url_of(zoekvraag, "resultaten/1/markering"), {"ster": "ja", "notitie": "Van mij"})
    owner.post(url_of(zoekvraag, "resultaten/2/markering"), {"weg": "uren"})
    theirs.post(url_of(zoekvraag, "resultaten/2/markering"), {"ster": "ja"})
    asked = {"collega": collega.pk, "notities": "ja" if notities else ""}
    with django_capture_on_commit_callbacks(execute=True):
        assert owner.post(url_of(zoekvraag, "overdragen"), asked).status_code == 302
    assert owner.get(url_of(zoekvraag)).status_code == 404
    assert owner.post(url_of(zoekvraag, "overdragen"), asked).status_code == 404
    page = theirs.get(url_of(zoekvraag)).text
    assert "overgenomen" in page
    assert marks(gemeente, collega) == [(1, True, "", "Van mij" if notities else ""), (2, True, "", "")]
    assert marks(gemeente, jobcoach) == []
    assert [mail.to for mail in mailoutbox] == [[collega.username]]
    with voor_gemeente(gemeente):
        assert not Deling.objects.exists()
        assert Auditregel.objects.filter(handeling="zoekvraag_overgedragen").count() == 1


# --- Expiring ------------------------------------------------------------------------------------------


def test_a_search_of_a_municipality_with_a_shorter_term_is_prolonged_once_up_to_the_national_one(
    gemeente, jobcoach, settings
) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL], verloopt_op=timezone.now() + timedelta(days=1))
    browser = een_client(jobcoach)
    assert "Eén keer verlengen" in browser.get(url_of(zoekvraag)).text
    assert "Binnenkort" in browser.get("/zoeken/vragen/").text
    for _ in range(2):
        browser.post(url_of(zoekvraag, "verlengen"))
    with voor_gemeente(gemeente):
        zoekvraag = Zoekvraag.objects.get()
        assert Auditregel.objects.filter(handeling="zoekvraag_verlengd").count() == 1
    assert zoekvraag.verloopt_op == zoekvraag.aangemaakt_op + timedelta(days=settings.UM_BEWAARDAGEN)
    assert "Eén keer verlengen" not in browser.get(url_of(zoekvraag)).text


def test_a_search_with_the_national_term_is_not_prolonged_and_warns_two_days_before(
    gemeente, jobcoach
) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    browser = een_client(jobcoach)
    assert "verdwijnt binnenkort" not in browser.get(url_of(zoekvraag)).text
    assert "kan niet langer" in browser.post(url_of(zoekvraag, "verlengen"), follow=True).text
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(
            aangemaakt_op=timezone.now() - timedelta(days=5, hours=2),
            verloopt_op=timezone.now() + timedelta(days=1),
        )
    page = browser.get(url_of(zoekvraag)).text
    assert "verdwijnt binnenkort" in page
    assert "verloopt morgen" in browser.get("/").text


def test_everything_goes_when_the_search_expires(gemeente, jobcoach, collega) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    browser = een_client(jobcoach)
    share(browser, zoekvraag, collega)
    browser.post(url_of(zoekvraag, "resultaten/1/markering"), {"ster": "ja", "notitie": "x"})
    with voor_gemeente(gemeente):
        Zoekvraag.objects.update(verloopt_op=timezone.now() - timedelta(seconds=1))
    searching.erase_expired(gemeente)
    with voor_gemeente(gemeente):
        assert [model.objects.count() for model in (Markering, Deling, Resultaat)] == [0, 0, 0]


def test_the_database_itself_hides_marks_and_shares_of_another_municipality(
    gemeente, jobcoach, collega
) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [VOL])
    browser = een_client(jobcoach)
    share(browser, zoekvraag, collega)
    browser.post(url_of(zoekvraag, "resultaten/1/markering"), {"ster": "ja"})
    browser.post(url_of(zoekvraag, "kolommen"), {"kolom": "waar"})
    for own, expected in ((gemeente, 1), (een_gemeente(), 0)):
        with voor_gemeente(own), connection.cursor() as cursor:
            for table in ("markering", "deling", "kolomkeuze"):
                cursor.execute(f"SELECT count(*) FROM bemiddelaar_{table}")
                assert cursor.fetchone()[0] == expected, table


def test_pages_are_compressed_for_a_browser_that_asks(gemeente, jobcoach) -> None:
    zoekvraag = een_zoekvraag(gemeente, jobcoach, [een_profiel(n) for n in range(60)])
    browser = een_client(jobcoach)
    plain = browser.get(url_of(zoekvraag))
    packed = browser.get(url_of(zoekvraag), headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 3
