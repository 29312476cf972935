"""Searching who already talks to this employer: the third kind that this portal answers with."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.bron import answer
from exchange.bron.models import Stand, Werkgeverscontactmoment
from exchange.bron.writing import MetBeleid
from exchange.simulator.matching import matches
from exchange.standard import Soort, validate
from exchange.vum3.interface import VUM3
from tests.examples import examples
from tests.factories import (
    een_client,
    een_contactmoment,
    een_gebruiker,
    een_gemeente,
    publish_set,
    vum_headers,
)
from um_portal.tenants.models import Contactbeleid, Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente

WCM = Soort.WERKGEVERSCONTACTMOMENTEN
PAD = "/vum/bron/v3/werkgeverscontactmomenten"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loopback_is_trusted(settings) -> None:
    settings.UM_DEMO = True


def vraag(nummer_kvk: Any = "12345678", vanaf: str | None = None) -> dict[str, Any]:
    asked: dict[str, Any] = {"werkgever.nummerKvk": {"$eq": nummer_kvk}}
    return {**asked, "datum": {"$gte": vanaf}} if vanaf else asked


def ask(gemeente: Gemeente, asked: Any = None, **headers: Any) -> Any:
    return Client().post(
        f"{PAD}/matches",
        data=json.dumps({"vraagObject": vraag() if asked is None else asked}),
        content_type="application/json",
        headers=vum_headers(gemeente, **headers),
    )


def found(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    return list(response.json()["matches"])


def test_a_question_for_an_employer_gets_the_whole_records_of_that_employer() -> None:
    gemeente, record = een_gemeente(), een_contactmoment()
    assert list(validate(WCM, record)) == []
    publish_set(gemeente, WCM, [record, een_contactmoment("87654321")])
    response = ask(gemeente)
    assert response.json() == {"maximumAantalResultatenBereikt": False, "matches": [record]}
    assert response["X-VUM-fromParty"] == gemeente.oin
    assert found(ask(gemeente, vraag("00000000"))) == []


def test_a_date_asks_for_contacts_on_or_after_it() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WCM, [een_contactmoment(datum=day) for day in ("2026-01-31", "2026-02-01")])
    assert [r["datum"] for r in found(ask(gemeente, vraag(vanaf="2026-02-01")))] == ["2026-02-01"]
    assert len(found(ask(gemeente, vraag(vanaf="2026-01-31")))) == 2


def test_there_is_no_detail_to_ask_for() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WCM, [een_contactmoment()])
    with voor_gemeente(gemeente):
        key = Werkgeverscontactmoment.objects.get().id_bron
    response = Client().get(f"{PAD}/{key}", headers=vum_headers(gemeente))
    assert (response.status_code, response.json()["code"]) == (400, "400.01")
    assert Client().get(f"{PAD}/matches", headers=vum_headers(gemeente)).status_code in {400, 405}


@pytest.mark.parametrize(
    ("asked", "code", "place"),
    [
        ({}, "400.02", "vraagObject.werkgever.nummerKvk"),
        ({"datum": {"$gte": "2026-01-01"}}, "400.02", "vraagObject.werkgever.nummerKvk"),
        ({"werkgever.nummerKvk": {}}, "400.02", "vraagObject.werkgever.nummerKvk.$eq"),
        ({"werkgever.nummerKvk": {"$gte": "12345678"}}, "400.02", "vraagObject.werkgever.nummerKvk.$eq"),
        ({"werkgever.nummerKvk": "12345678"}, "400.01", "vraagObject.werkgever.nummerKvk"),
        (vraag("1234567"), "400.01", "vraagObject.werkgever.nummerKvk.$eq"),
        (vraag("1234567a"), "400.01", "vraagObject.werkgever.nummerKvk.$eq"),
        (vraag("12345678\n"), "400.01", "vraagObject.werkgever.nummerKvk.$eq"),
        (vraag(12345678), "400.01", "vraagObject.werkgever.nummerKvk.$eq"),
        (vraag(vanaf="2026-02-30"), "400.01", "vraagObject.datum.$gte"),
        ([], "400.01", "vraagObject"),
    ],
)
def test_a_wrong_question_names_the_place(asked: Any, code: str, place: str) -> None:
    response = ask(een_gemeente(), asked)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert response.json()["details"].startswith(f"{place}: ")


def test_what_the_contract_does_not_know_has_no_effect_and_is_counted() -> None:
    asked = {**vraag(), "selectiegebied": {}, "datum": {"$lt": "2020-01-01"}, "codeSoort": {"$eq": 9}}
    assert VUM3.parse(Soort.WERKGEVERSCONTACTMOMENTEN, asked).genegeerd == 3
    gemeente = een_gemeente()
    publish_set(gemeente, WCM, [een_contactmoment()])
    assert len(found(ask(gemeente, asked))) == 1


def test_the_database_selects_what_the_plain_evaluator_selects() -> None:
    gemeente = een_gemeente()
    kvk = st.sampled_from(["12345678", "00000001", "87654321"])
    days = st.sampled_from(["2025-12-31", "2026-01-01", "2026-06-15"])

    @hypothesis_settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        records=st.lists(st.tuples(kvk, days, st.integers(1, 6)), max_size=6),
        questions=st.lists(st.tuples(kvk, st.none() | days), min_size=4, max_size=4),
    )
    def check(records: list[Any], questions: list[Any]) -> None:
        rows = [een_contactmoment(n, d, codeOnderwerp=o) for n, d, o in dict.fromkeys(records)]
        publish_set(gemeente, WCM, rows)
        for number, day in questions:
            asked = vraag(number, day)
            expected = [r for r in rows if matches(WCM, asked, r, lambda a, b: None)]
            answered = answer.find_contactmomenten(
                gemeente, VUM3.parse(Soort.WERKGEVERSCONTACTMOMENTEN, asked), suwi=True
            )
            assert sorted(answered.profielen) == sorted(
                json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in expected
            )

    check()


def test_the_people_in_it_do_not_lie_readable_in_the_database() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WCM, [een_contactmoment()])
    with connection.cursor() as cursor, voor_gemeente(gemeente):
        cursor.execute("SELECT t::text, detail FROM bron_werkgeverscontactmoment t")
        text, sealed = cursor.fetchone()
    for mark in ("Accountmanager", "Pieter", "Werkplein", "Voorbeeld BV", "06000000", "@voorbeeld"):
        assert mark not in text
        assert mark.encode() not in bytes(sealed)


# --- Who may see what ----------------------------------------------------------------------------------------


def test_a_party_outside_suwi_gets_nothing_unless_allowed_and_then_nobodys_name() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WCM, [een_contactmoment()])
    assert found(ask(gemeente, X_VUM_SUWIparty="false")) == []
    gemeente.niet_suwi_toegestaan = True
    gemeente.save()
    (record,) = found(ask(gemeente, X_VUM_SUWIparty="false"))
    assert record["accountmanager"] == {"naamOrganisatie": "Werkplein"}
    assert record["werkgever"] == {
        "nummerKvk": "12345678",
        "handelsnaamOrganisatie": "Voorbeeld BV",
        "vestigingsadres": {"postcode": "3511AB"},
    }
    assert list(validate(WCM, record)) == []
    for mark in ("Anna", "Pieter", "Directeur", "@", "06000000"):
        assert mark not in json.dumps(record)


def test_what_is_left_of_a_bare_record_is_still_of_the_contract() -> None:
    bare = {"datum": "2026-01-01", "werkgever": {"nummerKvk": "12345678"}}
    assert answer.without_people(bare) == bare
    only_people = {
        **bare,
        "accountmanager": {"naam": "Anna"},
        "werkgever": {
            "nummerKvk": "12345678",
            "vestigingsadres": {"contactpersoonAfdeling": {"naam": "Pieter"}},
        },
    }
    assert answer.without_people(only_people) == bare


def test_the_contact_policy_for_jobseekers_does_not_touch_contacts_with_employers() -> None:
    gemeente, record = een_gemeente(contactbeleid=Contactbeleid.JOBCOACH), een_contactmoment()
    publish_set(gemeente, WCM, [record])
    assert found(ask(gemeente)) == [record]


def test_another_municipalitys_contacts_do_not_exist_here() -> None:
    een, ander = een_gemeente(), een_gemeente()
    publish_set(een, WCM, [een_contactmoment()])
    assert found(ask(ander)) == []
    publish_set(ander, WCM, [een_contactmoment()])
    publish_set(een, WCM, [])
    assert len(found(ask(ander))) == 1


# --- Publishing ----------------------------------------------------------------------------------------------


def test_without_an_id_a_record_is_known_by_its_content_and_the_same_twice_counts_once() -> None:
    gemeente, today = een_gemeente(), een_contactmoment(datum="2026-05-21")
    again = {name: today[name] for name in reversed(today)}  # the order of properties means nothing
    first = publish_set(gemeente, WCM, [today, again, een_contactmoment()])
    assert (first.nieuw, first.totaal) == (2, 2)
    assert len(found(ask(gemeente))) == 2
    second = publish_set(gemeente, WCM, [again, een_contactmoment(codeSoort=3)])
    assert (second.nieuw, second.gewijzigd, second.gelijk, second.weg) == (1, 0, 1, 1)
    with voor_gemeente(gemeente):
        assert Stand.objects.get(soort=WCM).aantal == 2


def test_the_same_contact_has_another_key_in_another_municipality() -> None:
    een, ander = een_gemeente(), een_gemeente()
    keys = set()
    for gemeente in (een, ander):
        publish_set(gemeente, WCM, [een_contactmoment()])
        with voor_gemeente(gemeente):
            keys.add(Werkgeverscontactmoment.objects.get().id_bron)
    assert len(keys) == 2


def test_a_contact_policy_is_for_jobseekers_only() -> None:
    gemeente = een_gemeente()
    with pytest.raises(ValueError, match="contactbeleid"):
        publish_set(gemeente, WCM, [MetBeleid(een_contactmoment(), Contactbeleid.JOBCOACH)])


@pytest.mark.parametrize(("aantal", "bereikt"), [(99, False), (100, False), (101, True)])
def test_the_maximum_is_reached_only_when_there_is_more(aantal: int, bereikt: bool) -> None:
    gemeente, day = een_gemeente(), timezone.localdate()
    publish_set(
        gemeente,
        WCM,
        [een_contactmoment(datum=(day - timedelta(days=n)).isoformat()) for n in range(aantal)],
    )
    body = ask(gemeente).json()
    assert len({match["datum"] for match in body["matches"]}) == min(aantal, 100)
    assert body["maximumAantalResultatenBereikt"] is bereikt


@pytest.mark.django_db(transaction=True)
def test_a_call_takes_two_queries() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WCM, [een_contactmoment()])
    ask(gemeente)  # the keys are now known to the process
    with CaptureQueriesContext(connection) as queries:
        assert len(found(ask(gemeente))) == 1
    assert len([q for q in queries if q["sql"] not in {"BEGIN", "COMMIT"}]) == 2


def test_support_sees_how_many_there_are() -> None:
    gemeente = een_gemeente("Contactdorp")
    days = [timezone.localdate() - timedelta(days=n) for n in range(1011)]
    publish_set(gemeente, WCM, [een_contactmoment(datum=day.isoformat()) for day in days])
    assert "1.011" in een_client(een_gebruiker(supportrol="beslissend")).get("/gemeenten/").text


# --- From a file ---------------------------------------------------------------------------------------------


def test_a_json_file_is_published_by_command_and_shown_without_people(tmp_path, capsys) -> None:
    from django.core.management import call_command

    gemeente, record = een_gemeente(), een_contactmoment()
    file = tmp_path / "contactmomenten.json"
    bad = {"datum": "2026-01-01", "werkgever": {"nummerKvk": "1"}}
    file.write_text(json.dumps([record, record, bad, een_contactmoment("87654321")]))
    call_command("publish", str(file), oin=gemeente.oin, soort="werkgeverscontactmomenten")
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (result["gelezen"], result["gepubliceerd"], result["afgekeurd"]) == (4, 2, 2)
    assert found(ask(gemeente)) == [record]
    client = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    page = client.get("/leveringen/gepubliceerd/?soort=werkgeverscontactmomenten")
    assert page.status_code == 200
    assert "12345678" in page.text
    for mark in ("Anna", "Pieter", "@voorbeeld"):
        assert mark not in page.text


def test_an_uploaded_json_file_is_recognised_as_contacts() -> None:
    from uploads.gepubliceerd import publication
    from uploads.leveringen.intake import receive
    from uploads.models import Levering
    from uploads.omzetten import processing

    gemeente = een_gemeente()
    gebruiker = een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER)
    levering = receive(
        gemeente,
        inhoud=json.dumps([een_contactmoment()]).encode(),
        bestandsnaam="contacten.json",
        gebruiker=gebruiker,
    )
    processing.convert(gemeente, levering.pk)
    with voor_gemeente(gemeente):
        assert Levering.objects.get().soort == "werkgeverscontactmomenten"
    publication.request_publication(gemeente, levering.pk, gebruiker)
    assert publication.publish(gemeente, levering.pk) is not None
    assert len(found(ask(gemeente))) == 1
    page = een_client(gebruiker).get(f"/leveringen/{levering.pk}/")
    assert page.status_code == 200
