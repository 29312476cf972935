"""This portal as a source: the API that the exchange calls."""

import json
import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.bron import answer, sets
from exchange.bron.models import Stand, Werkzoekende
from exchange.bron.writing import MetBeleid
from exchange.geo import distances
from exchange.geo.models import Postcode
from exchange.geo.replacement import replace_postcodes
from exchange.geo.sphere import Coordinaat
from exchange.simulator.matching import matches
from exchange.standard import Soort, without_empties
from exchange.vum3.interface import VUM3
from tests.examples import examples
from tests.factories import (
    SOORTEN,
    een_gemeente,
    een_vacature,
    een_vraag,
    een_werkzoekende,
    publish_set,
    vum_headers,
)
from tests.places import SHARED
from tests.strategies import questions_of, records_of
from tests.threads import at_once
from um_portal import tegelijk
from um_portal.audit import brontelling
from um_portal.audit.models import Auditregel, Brontelling
from um_portal.gemeenten import daglimieten, lifecycle
from um_portal.tenants.models import Contactbeleid, Gemeente, Gemeentestatus
from um_portal.tenants.scope import voor_gemeente

WZ, VAC = SOORTEN
REFERENCE = SHARED / "reference"
MATCHES = "/vum/bron/v3/werkzoekendeProfielen/matches"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loopback_is_trusted(settings) -> None:
    settings.UM_DEMO = True


def ask(gemeente: Gemeente, vraag: Any = None, soort: Soort = WZ, **headers: Any) -> Any:
    return Client().post(
        f"/vum/bron/v3/{soort.api_naam}/matches",
        data=json.dumps({"vraagObject": een_vraag() if vraag is None else vraag}),
        content_type="application/json",
        headers=vum_headers(gemeente, **headers),
    )


def detail(gemeente: Gemeente, id_bron: str, soort: Soort = WZ, **headers: Any) -> Any:
    return Client().get(f"/vum/bron/v3/{soort.api_naam}/{id_bron}", headers=vum_headers(gemeente, **headers))


def ids(response: Any, soort: Soort = WZ) -> list[str]:
    assert response.status_code == 200, response.content
    return sorted(match[soort.id_pad] for match in response.json()["matches"])


# --- It works ------------------------------------------------------------------------------------------


def test_a_question_gets_the_search_profiles_and_a_detail_request_the_whole_record() -> None:
    gemeente = een_gemeente()
    record = een_werkzoekende("W1", persoonlijkePresentatie="Ik werk graag.", indicatieLdrRegistratie=1)
    publish_set(gemeente, WZ, [record])
    response = ask(gemeente)
    assert response.json() == {
        "maximumAantalResultatenBereikt": False,
        "matches": [
            {
                "idWerkzoekende": "W1",
                "mobiliteit": {"bemiddelingspostcode": "3511AB"},
                "werktijden": {"aantalWerkurenPerWeekMinimaal": 16, "aantalWerkurenPerWeekMaximaal": 32},
            }
        ],
    }
    assert detail(gemeente, "W1").json() == record


def test_vacancies_are_answered_too_with_their_whole_address() -> None:
    gemeente = een_gemeente()
    record = een_vacature("V1")
    publish_set(gemeente, VAC, [record])
    match = ask(gemeente, soort=VAC).json()["matches"][0]
    assert match["adres"] == record["adres"]
    assert set(match["adres"]) == {"postcode", "straatnaam", "huisnummer"}
    assert detail(gemeente, "V1", VAC).json() == record


def test_the_answer_carries_the_headers_of_the_contract_with_the_parties_turned_round() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende("W1")])
    for response in (ask(gemeente), detail(gemeente, "W1"), detail(gemeente, "bestaat-niet")):
        assert response["X-VUM-berichtVersie"] == response["API-Version"] == "3.0.0"
        assert response["X-VUM-fromParty"] == gemeente.oin
        assert response["X-VUM-toParty"] == "99" * 10
        assert response["X-VUM-viaParty"] == "77" * 10
        assert response["Cache-Control"] == "no-store"


def test_long_questions_wait_for_each_other_and_never_keep_a_usual_one_waiting(settings) -> None:
    settings.UM_TEGELIJK_ZWARE_VRAGEN = 1
    gemeente = een_gemeente()
    languages = [{"$elemMatch": {"codeTaal": {"$eq": f"a{number:02}"}}} for number in range(300)]
    lang = een_vraag() | {"arbeidsmarktkwalificatie.taalbeheersing": {"$all": languages}}
    assert ask(gemeente, lang).status_code == 200
    with tegelijk.ZWARE_VRAGEN.occupied_by(vum_headers(gemeente)["X-VUM-fromParty"]):
        refused, usual = ask(gemeente, lang), ask(gemeente)
    assert (refused.status_code, refused.json()["code"]) == (503, "500.3")
    assert usual.status_code == 200
    assert ask(gemeente, lang).status_code == 200, "the turn was given back"


def test_one_party_never_fills_the_row_of_long_questions(settings) -> None:
    settings.UM_TEGELIJK_ZWARE_VRAGEN = 2
    with ThreadPoolExecutor(1) as threads:
        with tegelijk.ZWARE_VRAGEN.occupied_by("de een"):
            with pytest.raises(tegelijk.Bezet), tegelijk.ZWARE_VRAGEN.occupied_by("de een"):
                pass
            of_the_other = tegelijk.ZWARE_VRAGEN.occupied_by("de ander")
            waits = threads.submit(of_the_other.__enter__)
        waits.result(10)
        of_the_other.__exit__(None, None, None)


@pytest.mark.django_db(transaction=True)
def test_a_call_takes_two_queries() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende(f"W{n}") for n in range(20)])
    ask(gemeente), detail(gemeente, "W1")  # keys and postcodes are now known to the process
    for call in (lambda: ask(gemeente), lambda: detail(gemeente, "W1")):
        with CaptureQueriesContext(connection) as queries:
            assert call().status_code == 200
        assert len([q for q in queries if q["sql"] not in {"BEGIN", "COMMIT"}]) == 2


def test_what_the_contract_does_not_know_is_counted_in_the_log_and_not_repeated(caplog) -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende("W1")])
    with caplog.at_level(logging.INFO, logger="exchange.bron.api"):
        assert ids(ask(gemeente, {**een_vraag(), "geheimeSleutel": {"$eq": "geheime waarde"}}))
    assert "1 onderdelen" in caplog.text
    assert "geheime" not in caplog.text


# --- Selection -----------------------------------------------------------------------------------------


@pytest.mark.skipif(not REFERENCE.exists(), reason="../shared is er niet: de acceptatieset ontbreekt")
def test_every_query_of_the_acceptance_set_gets_what_it_expects(settings) -> None:
    settings.UM_MAX_RESULTATEN = 1000
    gemeente = een_gemeente()
    records = json.loads((REFERENCE / "accreditatie/werkzoekenden.json").read_text())
    publish_set(gemeente, WZ, [without_empties(record) for record in records])
    vragen = json.loads((REFERENCE / "accreditatie/werkzoekenden-selectievragen.json").read_text())
    assert len(vragen) == 25
    for vraag in vragen:
        assert set(vraag["verwacht"]) <= set(ids(ask(gemeente, vraag["vraagObject"])))


def _distance(een: str, ander: str) -> float | None:
    a, b = distances.pc4_of(een), distances.pc4_of(ander)
    return None if a is None or b is None else distances.distance_km(a, b)


@pytest.mark.parametrize("soort", SOORTEN)
def test_the_database_selects_what_the_plain_evaluator_selects(soort: Soort) -> None:
    gemeente = een_gemeente()

    @hypothesis_settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        records=st.lists(records_of(soort), min_size=1, max_size=8),
        questions=st.lists(questions_of(soort), min_size=8, max_size=8),
    )
    def check(records: list[dict[str, Any]], questions: list[dict[str, Any]]) -> None:
        named = {
            f"R{n}": without_empties({**record, str(soort.id_pad): f"R{n}"})
            for n, record in enumerate(records)
        }
        publish_set(gemeente, soort, named.values())
        for question in questions:
            expected = sorted(
                key for key, record in named.items() if matches(soort, question, record, _distance)
            )
            found = answer.find_matches(gemeente, VUM3.parse(soort, question))
            assert sorted(json.loads(text)[soort.id_pad] for text in found.profielen) == expected, question

    check()


@pytest.mark.parametrize(
    ("aantal", "gegeven", "bereikt"), [(99, 99, False), (100, 100, False), (101, 100, True)]
)
def test_the_maximum_is_reached_only_when_there_is_more(aantal: int, gegeven: int, bereikt: bool) -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende(f"W{n}") for n in range(aantal)])
    body = ask(gemeente).json()
    assert len({match["idWerkzoekende"] for match in body["matches"]}) == gegeven
    assert body["maximumAantalResultatenBereikt"] is bereikt


def test_when_there_are_more_than_the_maximum_every_match_has_a_fair_chance(settings) -> None:
    settings.UM_MAX_RESULTATEN = 10
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende(f"W{n}") for n in range(40)])
    vraag = VUM3.parse(WZ, een_vraag())
    counts: Counter[str] = Counter()
    for _ in range(400):
        counts.update(answer.find_matches(gemeente, vraag).profielen)
    # 400 draws of 10 out of 40: 100 times expected, with a standard deviation of about 8.7.
    assert len(counts) == 40
    assert all(50 < count < 150 for count in counts.values())


def test_a_question_about_an_occupation_follows_every_publication() -> None:
    gemeente, ander = een_gemeente(), een_gemeente()

    def met(*beroepen: str) -> dict[str, Any]:
        return {"bemiddelingsberoep": [{"codeBeroepsnaam": f"urn:test:{beroep}"} for beroep in beroepen]}

    def found(beroep: str, wie: Gemeente = gemeente) -> list[str]:
        asked = {"beroep.codeBeroepsnaam": {"$eq": f"urn:test:{beroep}"}}
        return sorted(ids(ask(wie, {**een_vraag(), "bemiddelingsberoep": {"$elemMatch": {"$or": [asked]}}})))

    publish_set(ander, WZ, [een_werkzoekende("W1", **met("kok")), een_werkzoekende("W9", **met("kok"))])
    publish_set(gemeente, WZ, [een_werkzoekende("W1", **met("kok", "bakker")), een_werkzoekende("W2")])
    assert (found("kok"), found("bakker"), found("lasser")) == (["W1"], ["W1"], [])
    publish_set(gemeente, WZ, [een_werkzoekende("W1", **met("lasser")), een_werkzoekende("W2", **met("kok"))])
    assert (found("kok"), found("bakker"), found("lasser")) == (["W2"], [], ["W1"])
    publish_set(gemeente, WZ, [])
    assert found("kok") == []
    assert found("kok", ander) == ["W1", "W9"]


def test_a_vacancy_past_its_closing_date_is_no_longer_answered() -> None:
    gemeente, today = een_gemeente(), timezone.localdate()
    publish_set(
        gemeente,
        VAC,
        [
            een_vacature("gisteren", sluitingsdatumVacature=(today - timedelta(days=2)).isoformat()),
            een_vacature("morgen", sluitingsdatumVacature=(today + timedelta(days=2)).isoformat()),
        ],
    )
    assert ids(ask(gemeente, soort=VAC), VAC) == ["morgen"]
    assert detail(gemeente, "gisteren", VAC).status_code == 400


# --- Policies ------------------------------------------------------------------------------------------


def test_a_party_outside_suwi_gets_nothing_unless_the_municipality_allows_it_and_then_the_jobcoach_only() -> (
    None
):
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende("W1", telefoonnummer=["0600000001"])])
    assert ids(ask(gemeente, X_VUM_SUWIparty="false")) == []
    assert detail(gemeente, "W1", X_VUM_SUWIparty="false").json()["code"] == "400.01"
    gemeente.niet_suwi_toegestaan = True
    gemeente.save()
    assert ids(ask(gemeente, X_VUM_SUWIparty="false")) == ["W1"]
    record = detail(gemeente, "W1", X_VUM_SUWIparty="false").json()
    assert "emailadres" not in record
    assert "telefoonnummer" not in record
    assert record["contactpersoon"] == [{"naamContactpersoonAfdeling": "Werkplein"}]


def test_under_the_strict_contact_policy_a_detail_reaches_the_jobcoach_only() -> None:
    gemeente = een_gemeente(contactbeleid=Contactbeleid.JOBCOACH)
    publish_set(gemeente, WZ, [een_werkzoekende("W1", webadres=[{"url": "https://cv.example"}])])
    record = detail(gemeente, "W1").json()
    assert not {"emailadres", "webadres"} & set(record)
    assert "contactpersoon" in record


@pytest.mark.parametrize("municipality", Contactbeleid)
@pytest.mark.parametrize("profile", [None, *Contactbeleid])
@pytest.mark.parametrize("suwi", [True, False])
def test_a_jobseekers_own_contact_policy_goes_before_the_municipalitys_but_not_outside_suwi(
    municipality: Contactbeleid, profile: Contactbeleid | None, suwi: bool
) -> None:
    gemeente = een_gemeente(contactbeleid=municipality, niet_suwi_toegestaan=True)
    record = een_werkzoekende("W1")
    publish_set(gemeente, WZ, [MetBeleid(record, profile)])
    answered = detail(gemeente, "W1", X_VUM_SUWIparty=str(suwi).lower()).json()
    reached = suwi and (profile or municipality) == Contactbeleid.WERKZOEKENDE
    assert ("emailadres" in answered) is reached
    # The standard has no place for it, and nobody who asks learns of it.
    assert set(answered) <= set(record)
    assert "contactbeleid" not in ask(gemeente).text


def test_another_contact_policy_for_the_same_record_is_a_change() -> None:
    gemeente, record = een_gemeente(), een_werkzoekende("W1")
    for policy, changed in ((None, 0), (Contactbeleid.JOBCOACH, 1), (Contactbeleid.JOBCOACH, 0), (None, 1)):
        verschil = publish_set(gemeente, WZ, [MetBeleid(record, policy)])
        assert verschil.gewijzigd == changed
    assert publish_set(gemeente, WZ, [record]).gelijk == 1
    assert "emailadres" in detail(gemeente, "W1").json()


def test_two_municipalities_with_the_same_ids_each_answer_with_their_own() -> None:
    een, ander = een_gemeente(), een_gemeente(contactbeleid=Contactbeleid.JOBCOACH)
    publish_set(een, WZ, [een_werkzoekende("W1", persoonlijkePresentatie="van een")])
    publish_set(ander, WZ, [een_werkzoekende("W1", persoonlijkePresentatie="van ander")])
    assert detail(een, "W1").json()["persoonlijkePresentatie"] == "van een"
    assert detail(ander, "W1").json()["persoonlijkePresentatie"] == "van ander"
    publish_set(een, WZ, [])
    assert detail(een, "W1").status_code == 400
    assert ids(ask(ander)) == ["W1"]


def test_suspended_between_a_search_and_its_detail_request_a_municipality_gives_no_detail() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende("W1")])
    assert ids(ask(gemeente)) == ["W1"]
    lifecycle.suspend(gemeente.pk)
    assert detail(gemeente, "W1").status_code == 503
    lifecycle.resume(gemeente.pk)
    assert detail(gemeente, "W1").status_code == 200


@pytest.mark.parametrize(
    ("status", "http", "code"),
    [
        (Gemeentestatus.AANGEMELD, 400, "400.01"),
        (Gemeentestatus.VERTROKKEN, 400, "400.01"),
        (Gemeentestatus.OPGESCHORT, 503, "500.3"),
    ],
)
def test_a_municipality_that_may_not_exchange_answers_with_an_error_not_with_nothing(
    status: Gemeentestatus, http: int, code: str
) -> None:
    gemeente = een_gemeente(status=status)
    publish_set(gemeente, WZ, [een_werkzoekende("W1")])
    for response in (ask(gemeente), detail(gemeente, "W1")):
        assert (response.status_code, response.json()["code"]) == (http, code)


def test_another_municipalitys_record_does_not_exist_here() -> None:
    een, ander = een_gemeente(), een_gemeente()
    publish_set(een, WZ, [een_werkzoekende("W1")])
    publish_set(ander, WZ, [een_werkzoekende("W2")])
    assert ids(ask(ander)) == ["W2"]
    assert detail(ander, "W1").status_code == 400


# --- Who may call --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "oin", "status"),
    [
        (["127.0.0.1"], "exchange", 200),
        (["127.0.0.1"], "ander", 401),
        (["127.0.0.1"], None, 401),
        ([], "exchange", 401),  # anybody can send a header; only the proxy is believed
        (["10.0.0.1"], "exchange", 401),
    ],
)
def test_outside_the_demonstration_only_the_exchanges_certificate_opens_the_door(
    settings, proxies: list[str], oin: str | None, status: int
) -> None:
    settings.UM_DEMO = False
    settings.UM_VERTROUWDE_PROXIES = proxies
    value = settings.UM_EXCHANGE_OIN if oin == "exchange" else "12" * 10 if oin else None
    gemeente = een_gemeente()
    response = ask(gemeente, X_Client_Cert_OIN=value)
    assert response.status_code == status
    if status == 401:
        assert response.content == b""
        assert response["X-VUM-fromParty"] == gemeente.oin


def test_in_the_demonstration_only_loopback_is_trusted() -> None:
    gemeente = een_gemeente()
    for address, status in (("127.0.0.1", 200), ("::1", 200), ("192.0.2.1", 401), ("", 401)):
        response = Client(REMOTE_ADDR=address).post(
            MATCHES,
            data=json.dumps({"vraagObject": een_vraag()}),
            content_type="application/json",
            headers=vum_headers(gemeente),
        )
        assert response.status_code == status


# --- Every way it can go wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "X-VUM-berichtVersie",
        "API-Version",
        "X-VUM-fromParty",
        "X-VUM-toParty",
        "X-VUM-viaParty",
        "X-VUM-SUWIparty",
    ],
)
def test_a_missing_header_is_named(header: str) -> None:
    response = ask(een_gemeente(), None, WZ, **{header.replace("-", "_"): None})
    assert (response.status_code, response.json()["code"]) == (400, "400.02")
    assert header in response.json()["details"]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-VUM-berichtVersie", "2.0.0"),
        ("API-Version", "3.1.0"),
        ("X-VUM-fromParty", "gemeente"),
        ("X-VUM-toParty", "1" * 19),
        ("X-VUM-viaParty", "1" * 21),
        ("X-VUM-SUWIparty", "ja"),
    ],
)
def test_a_wrong_header_is_named_and_not_repeated(header: str, value: str) -> None:
    response = ask(een_gemeente(), None, WZ, **{header.replace("-", "_"): value})
    assert (response.status_code, response.json()["code"]) == (400, "400.01")
    assert header in response.json()["details"]
    assert value not in response["X-VUM-fromParty"] or value == ""


def test_an_unknown_municipality_is_an_error() -> None:
    response = Client().post(
        MATCHES,
        data=json.dumps({"vraagObject": een_vraag()}),
        content_type="application/json",
        headers=vum_headers("5" * 20),
    )
    assert (response.status_code, response.json()["code"]) == (400, "400.01")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "400.01"),
        (b"{", "400.01"),
        (b"[]", "400.01"),
        (b"null", "400.01"),
        (b"\xff\xfe", "400.01"),
        (b"{}", "400.02"),
        (b'{"vraagObject": null}', "400.01"),
        (b'{"vraagObject": {}}', "400.02"),
        (b'{"vraagObject": {"selectiegebied": {"postcode": "3511AB", "afstand": NaN}}}', "400.01"),
        (b'{"vraagObject": {"selectiegebied": {"postcode": "3511AB", "afstand": 1e999}}}', "400.01"),
        (
            b'{"vraagObject": {"selectiegebied": {"postcode": "3511AB", "afstand": ' + b"9" * 5000 + b"}}}",
            "400.01",
        ),
        (b'{"vraagObject": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", "400.01"),
        (b'{"vraagObject": "' + b"x" * 70_000 + b'"}', "400.01"),
    ],
)
def test_a_bad_body_gets_the_contracts_error(body: bytes, code: str) -> None:
    response = Client().post(
        MATCHES, data=body, content_type="application/json", headers=vum_headers(een_gemeente())
    )
    assert response.status_code == 400
    assert response.json()["code"] == code
    assert set(response.json()) <= {"code", "message", "details"}


@pytest.mark.parametrize("id_bron", ["x" * 201, "a b", "%00", "..%2F..", "é", "' OR 1=1 --"])
def test_an_id_that_cannot_be_is_an_unknown_one(id_bron: str) -> None:
    response = detail(een_gemeente(), id_bron)
    assert response.status_code in {400, 404}
    assert response.json()["code"] == "400.01"


def test_unknown_paths_and_methods_get_the_contracts_error() -> None:
    gemeente = een_gemeente()
    for method, path, status in (
        ("get", MATCHES, 405),
        ("delete", "/vum/bron/v3/werkzoekendeProfielen/W1", 405),
        ("get", "/vum/bron/v3/iets", 404),
        ("get", "/vum/bron/v3/", 404),
    ):
        response = getattr(Client(), method)(path, headers=vum_headers(gemeente))
        assert response.status_code == status
        assert response.json()["code"] == "400.01"


def test_a_database_that_fails_is_a_503_of_the_contract_and_its_words_are_not_logged(caplog) -> None:
    gemeente = een_gemeente()

    def broken(*args: Any) -> Any:
        raise OperationalError("Geheim Persoon 06-12345678")

    with caplog.at_level(logging.DEBUG), connection.execute_wrapper(broken):
        response = ask(gemeente)
    assert (response.status_code, response.json()) == (
        503,
        {"code": "500.3", "message": "Service niet beschikbaar"},
    )
    assert "OperationalError" in caplog.text
    assert "Geheim" not in caplog.text


# --- Publishing ----------------------------------------------------------------------------------------


def test_a_publication_replaces_the_set_and_tells_what_it_did() -> None:
    gemeente = een_gemeente()
    first = publish_set(gemeente, WZ, [een_werkzoekende(name) for name in "ABC"])
    assert (first.nieuw, first.totaal) == (3, 3)
    second = publish_set(
        gemeente,
        WZ,
        [
            een_werkzoekende("A"),
            een_werkzoekende("B", mobiliteit={"bemiddelingspostcode": "1012AB"}),
            een_werkzoekende("D"),
        ],
    )
    assert (second.nieuw, second.gewijzigd, second.gelijk, second.weg) == (1, 1, 1, 1)
    assert ids(ask(gemeente, een_vraag(999))) == ["A", "B", "D"]
    with voor_gemeente(gemeente):
        assert Stand.objects.get(soort=WZ).aantal == 3


def test_a_whole_number_written_with_a_fraction_is_stored_and_sent_as_a_whole_number() -> None:
    gemeente = een_gemeente()
    record = een_werkzoekende(
        "W1",
        werktijden={"aantalWerkurenPerWeekMinimaal": 16.0, "aantalWerkurenPerWeekMaximaal": 36.0},
        mobiliteit={"bemiddelingspostcode": "3511AB", "maximaleReisafstand": 20.0},
        persoonlijkePresentatie="Versie 2.0 van mijzelf",
    )
    publish_set(gemeente, WZ, [record])
    for answered in (ask(gemeente).text, detail(gemeente, "W1").text):
        assert '"aantalWerkurenPerWeekMaximaal":36}' in answered
    assert detail(gemeente, "W1").json()["persoonlijkePresentatie"] == "Versie 2.0 van mijzelf"
    whole = {
        **record,
        "werktijden": {"aantalWerkurenPerWeekMinimaal": 16, "aantalWerkurenPerWeekMaximaal": 36},
        "mobiliteit": {"bemiddelingspostcode": "3511AB", "maximaleReisafstand": 20},
    }
    assert publish_set(gemeente, WZ, [whole]).gelijk == 1


def test_a_publication_that_breaks_halfway_changes_nothing() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende("A")])

    def halfway() -> Any:
        for number in range(5000):
            yield een_werkzoekende(f"N{number}")
        raise RuntimeError("de stekker eruit")

    with pytest.raises(RuntimeError):
        publish_set(gemeente, WZ, halfway())
    assert ids(ask(gemeente)) == ["A"]


def test_a_publication_leaves_other_municipalities_and_the_other_kind_alone() -> None:
    een, ander = een_gemeente(), een_gemeente()
    publish_set(een, WZ, [een_werkzoekende("A")])
    publish_set(een, VAC, [een_vacature("V")])
    publish_set(ander, WZ, [een_werkzoekende("A")])
    publish_set(een, WZ, [])
    assert ids(ask(een)) == []
    assert ids(ask(een, soort=VAC), VAC) == ["V"]
    assert ids(ask(ander)) == ["A"]


@pytest.mark.django_db(transaction=True)
def test_a_query_sees_the_old_set_or_the_new_one_never_a_mixture(settings) -> None:
    settings.UM_MAX_RESULTATEN = 1000
    gemeente = een_gemeente()
    old, new = [f"oud{n}" for n in range(200)], [f"nieuw{n}" for n in range(200)]
    publish_set(gemeente, WZ, [een_werkzoekende(name) for name in old])
    seen: set[str] = set()
    stop = False

    def publish() -> None:
        nonlocal stop
        try:
            for names in (new, old, new, old, new):
                publish_set(gemeente, WZ, [een_werkzoekende(name) for name in names])
        finally:
            stop = True
            connection.close()

    def query() -> None:
        vraag = VUM3.parse(WZ, een_vraag())
        try:
            while not stop:
                found = {
                    json.loads(text)["idWerkzoekende"]
                    for text in answer.find_matches(gemeente, vraag).profielen
                }
                seen.add(
                    "oud"
                    if found == set(old)
                    else "nieuw"
                    if found == set(new)
                    else f"mengsel van {len(found)}"
                )
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        for job in [pool.submit(publish), pool.submit(query), pool.submit(query)]:
            job.result(timeout=60)
    assert seen <= {"oud", "nieuw"}
    assert seen


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_is_told() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende("A")])

    def other() -> None:
        try:
            publish_set(gemeente, WZ, [een_werkzoekende("C")])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, voor_gemeente(gemeente):
        sets.lock(gemeente, WZ)
        with pytest.raises(sets.BezigMetPubliceren):
            pool.submit(other).result(timeout=30)
    assert ids(ask(gemeente)) == ["A"]


def test_nothing_that_identifies_a_person_lies_readable_in_the_database() -> None:
    gemeente = een_gemeente()
    record = een_werkzoekende(
        "W1",
        emailadres=["merkteken@voorbeeld.example"],
        telefoonnummer=["0699887766"],
        persoonlijkePresentatie="Merkteken over mijzelf",
    )
    publish_set(gemeente, WZ, [record])
    with voor_gemeente(gemeente):
        row = Werkzoekende.objects.get()
    text = repr([bytes(value) if isinstance(value, memoryview) else value for value in row.__dict__.values()])
    for mark in ("erkteken", "0699887766"):
        assert mark not in text
    assert detail(gemeente, "W1").json() == record


def test_rows_move_along_when_the_postcodes_are_replaced() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende("W1", mobiliteit={"bemiddelingspostcode": "3512AB"})])
    without = {
        row.pc4: Coordinaat(row.breedtegraad, row.lengtegraad) for row in Postcode.objects.exclude(pc4=3512)
    }
    try:
        outcome = replace_postcodes(without, "zonder 3512")
        with voor_gemeente(gemeente):
            assert Werkzoekende.objects.get().pc4 == distances.resolve(3512) != 3512
        assert ids(ask(gemeente)) == ["W1"]
        assert "1 gepubliceerd record" in outcome.meldingen[0]
    finally:
        distances.forget()


# --- The limit of a day ----------------------------------------------------------------------------------


def test_a_source_that_stops_gives_a_party_no_more_than_the_day_allows(settings) -> None:
    settings.UM_BRON_DAGLIMIET, settings.UM_BRON_DAG_RECORDS, settings.UM_BRON_DAG_DETAILS = "stop", 5, 1
    gemeente, ander = een_gemeente(), een_gemeente()
    for one in (gemeente, ander):
        publish_set(one, WZ, [een_werkzoekende(f"W{n}") for n in range(2)])
    assert [ask(gemeente).status_code for _ in range(3)] == [200, 200, 429]
    refused = ask(gemeente)
    assert refused.json()["code"] == "429.01"
    assert refused["X-VUM-toParty"] == "99" * 10
    assert detail(gemeente, "W1").status_code == 200
    assert detail(gemeente, "W1").json()["code"] == "429.01"
    # Another party, another source, and a question that nothing is given on.
    assert ask(gemeente, X_VUM_fromParty="88" * 10).status_code == 200
    assert ask(ander).status_code == 200
    assert ask(gemeente, {"selectiegebied": {"postcode": "9711AA", "afstand": 1}}).status_code == 200
    assert detail(gemeente, "onbekend").json()["code"] == "400.01"
    brontelling.flush()
    with voor_gemeente(gemeente):
        given = Brontelling.objects.filter(partij="99" * 10, uitkomst="gelukt")
        assert sorted(given.values_list("vraag", "records")) == [
            ("detailvraag werkzoekenden", 1),
            ("selectievraag werkzoekenden", 4),
        ]


def test_a_source_that_only_signals_answers_on_and_takes_no_query_more(settings) -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende("W1")])
    ask(gemeente)
    counts = {}
    for what, most in (("signaal", 0), ("stop", 1000)):
        settings.UM_BRON_DAGLIMIET, settings.UM_BRON_DAG_RECORDS = what, most
        with CaptureQueriesContext(connection) as queries:
            assert ask(gemeente).status_code == 200
        counts[what] = len(queries)
    assert counts["stop"] - counts["signaal"] == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_details_at_once_a_source_gives_as_many_as_the_day_allows(settings) -> None:
    settings.UM_BRON_DAGLIMIET, settings.UM_BRON_DAG_DETAILS = "stop", 7
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende("W1")])
    answers = at_once(*[lambda: detail(gemeente, "W1").status_code] * 20)
    assert sorted(answers) == [200] * 7 + [429] * 13


def test_what_a_party_got_today_is_known_until_the_day_is_over(monkeypatch) -> None:
    gemeente = een_gemeente()
    begin = daglimieten.day_begin()

    def given(moment: datetime, records: int) -> None:
        row = {
            "gemeente": gemeente.pk,
            "uur": moment.isoformat(),
            "partij": "99" * 10,
            "vraag": "selectievraag x",
        }
        brontelling.add([{**row, "uitkomst": "gelukt", "aantal": 1, "records": records}])

    given(begin - timedelta(hours=1), 500)
    given(begin - timedelta(days=1), 500)
    brontelling.write_lines()
    # Counted after the line of its hour was written: another line tells the rest, and only that.
    given(begin - timedelta(hours=1), 30)
    assert brontelling.write_lines() == 1
    with voor_gemeente(gemeente):
        lines = Auditregel.objects.filter(handeling="bron_bevraagd").values_list("records", flat=True)
        assert sorted(lines) == [30, 500, 500]
        assert not Brontelling.objects.exists()
    given(timezone.now(), 20)
    with voor_gemeente(gemeente):
        assert [row.records for row in Brontelling.objects.filter(uur__gte=begin)] == [20]
