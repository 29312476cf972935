"""The API for delivering: every answer it can give, who gets which, and that it is what its document says."""

import json
import logging
import re
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate

from exchange.bron.models import Werkzoekende
from exchange.standard import Soort
from tests.examples import examples
from tests.factories import (
    een_client,
    een_gebruiker,
    een_gemeente,
    een_sonar_rij,
    een_vacature,
    een_werkblad,
    een_werkzoekende,
    enqueued,
)
from um_portal.audit.models import Auditregel
from um_portal.gemeenten import lifecycle
from um_portal.tenants.models import Gemeente, Gemeentestatus, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.aanleveren import deliver, sleutels
from uploads.aanleveren.openapi import PAD, document
from uploads.aanleveren.problems import PROBLEMEN
from uploads.gepubliceerd import by_itself, publication
from uploads.koppelingen import saved
from uploads.leveringen.intake import receive
from uploads.mapping.regels import Regel, Regels, Toestemming
from uploads.models import Aanleversleutel, Bronbestand, Koppeling, Levering, Leveringstatus, RedenStop
from uploads.omzetten import processing

pytestmark = pytest.mark.django_db

LEVERINGEN = f"{PAD}/leveringen"


@pytest.fixture
def sleutel(gemeente: Gemeente) -> sleutels.NieuweSleutel:
    return een_sleutel(gemeente)


def een_sleutel(gemeente: Gemeente, **more: Any) -> sleutels.NieuweSleutel:
    values: dict[str, Any] = {
        "naam": "nachtelijke export",
        "soort": Soort.WERKZOEKENDEN,
        "netwerken": [],
        "verloopt_op": None,
        "gebruiker": None,
        **more,
    }
    return sleutels.make(gemeente, **values)


def as_json(*records: dict[str, Any]) -> bytes:
    return json.dumps(records or [een_werkzoekende("A-1"), een_werkzoekende("A-2")]).encode()


def send(
    sleutel: sleutels.NieuweSleutel | str | None,
    inhoud: bytes | None = None,
    naam: str = "export.json",
    *,
    meta: dict[str, Any] | None = None,
    **fields: Any,
) -> Any:
    """POST a file. Every answer is held against the document."""
    data = {"bestand": SimpleUploadedFile(naam, as_json() if inhoud is None else inhoud), **fields}
    response = Client().post(LEVERINGEN, data, **_authorization(sleutel), **(meta or {}))
    return judged("post", "/leveringen", response)


def get(sleutel: sleutels.NieuweSleutel | str | None, path: str, **meta: Any) -> Any:
    """GET below the prefix. Every answer is held against the document."""
    response = Client().get(f"{PAD}{path}", **_authorization(sleutel), **meta)
    template = re.sub(r"/[0-9]+", "/{id}", path.partition("?")[0])
    return judged("get", template, response)


def _authorization(sleutel: sleutels.NieuweSleutel | str | None) -> Any:
    if sleutel is None:
        return {}
    tekst = sleutel if isinstance(sleutel, str) else sleutel.tekst
    return {"HTTP_AUTHORIZATION": f"Bearer {tekst}"}


def judged(method: str, path: str, response: Any) -> Any:
    """The answer, which has the form that the document promises for this call."""
    whole = document()
    operation = whole["paths"].get(path, {}).get(method)
    assert operation is not None, (method, path)
    assert str(response.status_code) in operation["responses"], response.content
    promised = operation["responses"][str(response.status_code)]
    if "$ref" in promised:
        promised = whole["components"]["responses"][promised["$ref"].rpartition("/")[2]]
    assert set(promised["headers"]) <= set(response.headers), (promised["headers"], response.headers)
    [(mediatype, content)] = promised["content"].items()
    assert response["Content-Type"] == mediatype
    schema = {**content["schema"], "components": whole["components"]}
    OAS30Validator(schema, format_checker=OAS30Validator.FORMAT_CHECKER).validate(
        json.loads(response.content)
    )
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    return response


def problem(response: Any) -> tuple[int, str]:
    """The status and the kind of a problem."""
    body = response.json()
    assert body["status"] == response.status_code
    assert body["instance"].startswith("urn:uuid:")
    return response.status_code, body["type"].rpartition(":")[2]


def state(gemeente: Gemeente, pk: int) -> Levering:
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.get(pk=pk)
    return levering


def ids(gemeente: Gemeente) -> set[str]:
    with voor_gemeente(gemeente):
        return set(Werkzoekende.objects.values_list("id_bron", flat=True))


def work(gemeente: Gemeente, capture: Any = None) -> None:
    """Does the work of the worker until nothing is left: converts what came in, publishes what may be."""
    for _ in range(10):
        with voor_gemeente(gemeente):
            waiting = list(
                Levering.objects.filter(
                    status__in=[Leveringstatus.ONTVANGEN, Leveringstatus.PUBLICEREN]
                ).order_by("pk")
            )
        for levering in waiting:
            task = tasks.publish if levering.status == Leveringstatus.PUBLICEREN else tasks.convert
            task(levering.pk, gemeente.pk)
        if not waiting:
            return


# --- The way that it is meant ----------------------------------------------------------------------------


def test_it_works_from_a_key_to_what_the_source_answers_with(
    gemeente, sleutel, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        response = send(sleutel, naam="nacht.json")
    assert response.status_code == 201
    assert enqueued(callbacks) == 1, "it is handed to a worker"
    body = response.json()
    assert response["Location"] == body["url"] == f"{LEVERINGEN}/{body['id']}"
    assert (body["status"], body["bezig"], body["soort"]) == ("ontvangen", True, "werkzoekenden")
    assert (body["bestandsnaam"], body["wijze"], body["publiceer"]) == ("nacht.json", "volledig", True)

    tasks.convert(body["id"], gemeente.pk)
    assert get(sleutel, f"/leveringen/{body['id']}").json()["status"] == "publiceren"
    tasks.publish(body["id"], gemeente.pk)
    done = get(sleutel, f"/leveringen/{body['id']}").json()
    assert (done["status"], done["bezig"]) == ("gepubliceerd", False)
    none = {"gewijzigd": 0, "gelijk": 0, "weg": 0, "tegengehouden": 0}
    assert done["publicatie"] == {"nieuw": 2, **none}
    assert done["aantallen"]["gelezen"] == done["aantallen"]["omgezet"] == 2
    assert "gestopt" not in done
    assert ids(gemeente) == {"A-1", "A-2"}
    with voor_gemeente(gemeente):
        assert not Bronbestand.objects.exists()
        deeds = list(Auditregel.objects.order_by("pk").values_list("handeling", flat=True))
    assert deeds == [
        "gemeente_ingeschreven",
        "gemeente_toegelaten",
        "sleutel_gemaakt",
        "levering_ontvangen",
        "levering_gepubliceerd",
    ]
    assert state(gemeente, body["id"]).aanleversleutel_id == sleutel.sleutel.pk


def test_faults_come_per_row_and_per_page_without_what_was_in_the_cells(gemeente, sleutel, settings):
    rows = [een_sonar_rij(Postcode="9999ZZ9"), een_sonar_rij(Toestemming="Nee"), een_sonar_rij()]
    rows += [een_sonar_rij(Postcode="geheim@voorbeeld.example") for _ in range(120)]
    pk = send(sleutel, een_werkblad(rows), "export.xlsx").json()["id"]
    work(gemeente)
    body = get(sleutel, f"/leveringen/{pk}").json()
    assert body["koppeling"] == "sonar"
    assert body["aantallen"] == {
        "gelezen": 123, "omgezet": 1, "overgeslagen": 1, "afgekeurd": 121, "legeRijen": 0,
        "waarschuwingen": body["aantallen"]["waarschuwingen"],
    }  # fmt: skip
    assert sum(reden["aantal"] for reden in body["redenen"] if reden["ernst"] == "afgekeurd") >= 121

    refused = f"/leveringen/{pk}/bevindingen?ernst=afgekeurd"
    first = get(sleutel, refused).json()
    assert (first["aantal"], first["pagina"], first["aantalPaginas"]) == (121, 1, 2)
    assert len(first["resultaten"]) == 100
    assert first["resultaten"][0]["rij"] == 2
    assert "vorige" not in first
    second = get(sleutel, first["volgende"].removeprefix(PAD)).json()
    assert (len(second["resultaten"]), second["pagina"]) == (21, 2)
    assert "volgende" not in second
    assert get(sleutel, second["vorige"].removeprefix(PAD)).json() == first
    code = first["resultaten"][0]["code"]
    assert get(sleutel, f"{refused}&code={code}").json()["aantal"] > 0
    assert get(sleutel, f"{refused}&pagina=99").json()["resultaten"] == []
    assert "geheim" not in json.dumps([first, second, body])


def test_the_list_shows_the_newest_first_and_one_kind_only(gemeente, sleutel):
    other = een_sleutel(gemeente, naam="vacatures", soort=Soort.VACATURES)
    own = [send(sleutel, as_json(een_werkzoekende())).json()["id"] for _ in range(3)]
    foreign = send(other, as_json(een_vacature("V1"))).json()["id"]
    body = get(sleutel, "/leveringen").json()
    assert [one["id"] for one in body["resultaten"]] == own[::-1]
    assert "redenen" not in body["resultaten"][0]
    assert get(sleutel, "/leveringen?status=ontvangen").json()["aantal"] == 3
    assert get(sleutel, "/leveringen?status=mislukt").json()["aantal"] == 0
    assert [one["id"] for one in get(other, "/leveringen").json()["resultaten"]] == [foreign]
    assert problem(get(sleutel, f"/leveringen/{foreign}")) == (404, "niet-gevonden")


def test_a_key_reads_only_what_it_delivered_itself(gemeente, sleutel):
    other = een_sleutel(gemeente, naam="een ander systeem")
    inhoud = as_json(een_werkzoekende("W1"))
    own = send(sleutel, inhoud).json()["id"]
    by_hand = receive(gemeente, inhoud=as_json(een_werkzoekende("W2")), bestandsnaam="met de hand.json").pk
    for foreign in (own, by_hand):
        for path in (f"/leveringen/{foreign}", f"/leveringen/{foreign}/bevindingen"):
            refused, unknown = get(other, path), get(other, path.replace(str(foreign), "999999"))
            assert problem(refused) == problem(unknown) == (404, "niet-gevonden")
            assert refused.json()["detail"] == unknown.json()["detail"]
    assert get(other, "/leveringen").json()["aantal"] == 0
    # The same file with another key is another levering: its answer tells nothing of the first.
    assert send(other, inhoud).json()["id"] != own


def test_a_key_for_vacancies_publishes_vacancies(gemeente):
    key = een_sleutel(gemeente, soort=Soort.VACATURES)
    pk = send(key, as_json(een_vacature("V1")), soort="vacatures").json()["id"]
    work(gemeente)
    assert get(key, f"/leveringen/{pk}").json()["status"] == "gepubliceerd"


# --- Who may ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "naam"),
    [
        (None, "sleutel-ontbreekt"),
        ("", "sleutel-ontbreekt"),
        ("Bearer", "sleutel-ontbreekt"),
        ("Basic dXNlcjpwYXNz", "sleutel-ontbreekt"),
        ("Bearer onzin", "sleutel-ongeldig"),
        ("Bearer um_00000000000000000001_" + "a" * 49, "sleutel-ongeldig"),
        ("Bearer \xff\x00", "sleutel-ongeldig"),
    ],
)
def test_without_a_key_that_exists_nothing_opens(gemeente, header, naam):
    meta = {} if header is None else {"HTTP_AUTHORIZATION": header}
    for response in (get(None, "/leveringen", **meta), send(None, meta=meta)):
        assert problem(response) == (401, naam)
        assert response["WWW-Authenticate"].startswith("Bearer ")
    with voor_gemeente(gemeente):
        assert not Levering.objects.exists()


def test_a_mistyped_key_is_told_from_a_real_one_without_asking_the_database(
    sleutel, django_assert_num_queries
):
    wrong = sleutel.tekst[:-1] + ("a" if sleutel.tekst[-1] != "a" else "b")
    with django_assert_num_queries(0):
        assert problem(get(wrong, "/leveringen")) == (401, "sleutel-ongeldig")
    for part in (sleutel.tekst[:-1], sleutel.tekst + "x", sleutel.tekst.lower(), sleutel.tekst[3:]):
        assert problem(get(part, "/leveringen")) == (401, "sleutel-ongeldig")


def test_another_municipalitys_key_opens_only_what_is_its_own(gemeente, sleutel):
    pk = send(sleutel).json()["id"]
    elders = een_gemeente("Elders")
    foreign = een_sleutel(elders)
    for path in (f"/leveringen/{pk}", f"/leveringen/{pk}/bevindingen"):
        assert problem(get(foreign, path)) == (404, "niet-gevonden")
    assert get(foreign, "/leveringen").json()["aantal"] == 0
    # The same secret under another municipality's number is nobody's key.
    moved = sleutel.tekst.replace(gemeente.oin, elders.oin)
    assert problem(send(moved)) == (401, "sleutel-ongeldig")
    begin = moved[:-6]
    assert problem(send(begin + sleutels._checksum(begin))) == (401, "sleutel-ongeldig")
    unknown = sleutel.tekst[:-6].replace(gemeente.oin, "9" * 20)
    assert problem(send(unknown + sleutels._checksum(unknown))) == (401, "sleutel-ongeldig")


def test_a_revoked_key_opens_nothing_from_that_moment(gemeente, sleutel):
    pk = send(sleutel).json()["id"]
    assert sleutels.revoke(gemeente, sleutel.sleutel.pk, None)
    assert not sleutels.revoke(gemeente, sleutel.sleutel.pk, None)
    assert problem(send(sleutel)) == (401, "sleutel-ingetrokken")
    assert problem(get(sleutel, f"/leveringen/{pk}")) == (401, "sleutel-ingetrokken")


def test_a_key_that_is_revoked_while_the_file_travels_is_refused_after_all(gemeente, sleutel):
    opened = sleutels.authenticate(sleutel.tekst, "192.0.2.1")
    sleutels.revoke(gemeente, sleutel.sleutel.pk, None)
    with pytest.raises(sleutels.SleutelGeweigerd):
        deliver.deliver(opened, deliver.Aanleverkeuzes(), inhoud=as_json(), bestandsnaam="x.json")
    with voor_gemeente(gemeente):
        assert not Levering.objects.exists()


def test_an_expired_key_opens_nothing(gemeente):
    key = een_sleutel(gemeente, verloopt_op=timezone.now() + timedelta(minutes=1))
    assert get(key, "/leveringen").status_code == 200
    with voor_gemeente(gemeente):
        Aanleversleutel.objects.update(verloopt_op=timezone.now() - timedelta(seconds=1))
    assert problem(get(key, "/leveringen")) == (401, "sleutel-verlopen")
    assert problem(send(key)) == (401, "sleutel-verlopen")


@pytest.mark.parametrize(
    ("netwerken", "adres", "goed"),
    [
        (["192.0.2.0/24"], "192.0.2.77", True),
        (["192.0.2.0/24"], "192.0.3.77", False),
        (["192.0.2.10"], "192.0.2.10", True),
        (["192.0.2.10"], "192.0.2.11", False),
        (["2001:db8::/32"], "2001:db8:1::5", True),
        (["2001:db8::/32"], "2001:db9::5", False),
        (["192.0.2.0/24"], "::ffff:192.0.2.5", True),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::1", True),
        (["192.0.2.0/24"], "", False),
        (["192.0.2.0/24"], "geen adres", False),
    ],
)
def test_a_key_for_a_network_works_there_only(gemeente, netwerken, adres, goed):
    key = een_sleutel(gemeente, netwerken=sleutels.parse_networks("\n".join(netwerken)))
    response = get(key, "/leveringen", REMOTE_ADDR=adres)
    assert (response.status_code == 200) == goed
    if not goed:
        assert problem(response) == (403, "verkeerd-netwerk")


def test_behind_a_trusted_proxy_the_address_that_the_proxy_saw_counts(gemeente, settings):
    key = een_sleutel(gemeente, netwerken=["192.0.2.0/24"])
    forged = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.5"}
    assert problem(get(key, "/leveringen", **forged)) == (403, "verkeerd-netwerk")
    settings.UM_VERTROUWDE_PROXIES = ["10.0.0.1"]
    assert get(key, "/leveringen", **forged).status_code == 200
    # Of several only the last is the proxy's own.
    forged["HTTP_X_FORWARDED_FOR"] = "192.0.2.5, 198.51.100.1"
    assert problem(get(key, "/leveringen", **forged)) == (403, "verkeerd-netwerk")


@pytest.mark.parametrize(
    "status", [Gemeentestatus.AANGEMELD, Gemeentestatus.OPGESCHORT, Gemeentestatus.VERTROKKEN]
)
def test_a_municipality_that_may_not_exchange_is_told_so(status):
    sleutel = een_sleutel(een_gemeente(status=status))
    assert problem(send(sleutel)) == (403, "gemeente-niet-toegelaten")
    assert problem(get(sleutel, "/leveringen")) == (403, "gemeente-niet-toegelaten")


def test_a_koppeling_or_kind_that_the_key_is_not_for_is_refused(gemeente, sleutel):
    with voor_gemeente(gemeente):
        Koppeling.objects.create(gemeente=gemeente, naam="Onze vacatures", soort="vacatures")
        Koppeling.objects.create(gemeente=gemeente, naam="Ons systeem", soort="werkzoekenden")
        Koppeling.objects.create(
            gemeente=gemeente, naam="Oud", soort="werkzoekenden", gearchiveerd_op=timezone.now()
        )
    assert problem(send(sleutel, koppeling="Onze vacatures")) == (403, "andere-soort")
    assert problem(send(sleutel, soort="vacatures")) == (403, "andere-soort")
    for naam in ("Bestaat niet", "Oud"):
        response = send(sleutel, koppeling=naam)
        assert problem(response) == (400, "aanroep-ongeldig")
        assert response.json()["errors"][0]["location"] == {"name": "koppeling"}
        assert naam not in response.json()["detail"]
    assert send(sleutel, koppeling="Ons systeem").status_code == 201


def test_a_koppeling_of_another_municipality_is_not_there(gemeente, sleutel):
    elders = een_gemeente()
    with voor_gemeente(elders):
        Koppeling.objects.create(gemeente=elders, naam="Van hen", soort="werkzoekenden")
    assert problem(send(sleutel, koppeling="Van hen")) == (400, "aanroep-ongeldig")


def test_a_key_over_plain_http_is_refused_and_not_redirected(gemeente, sleutel, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert problem(send(sleutel)) == (403, "https-verplicht")
    response = send(sleutel, meta={"secure": True})
    assert response.status_code == 201
    assert "Strict-Transport-Security" in response.headers


def test_a_session_opens_nothing_here_and_a_key_opens_no_page(gemeente, sleutel):
    client = een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))
    assert client.get(LEVERINGEN).status_code == 401
    assert (
        Client().get("/leveringen/", headers={"Authorization": f"Bearer {sleutel.tekst}"}).status_code == 302
    )


# --- What is sent ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inhoud", "zin"),
    [
        (b"", "leeg"),
        (b"%PDF-1.4", "pdf"),
        (b"PK\x03\x04stuk", "beschadigd"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "wachtwoord"),
    ],
)
def test_a_file_that_no_reader_takes_is_refused_with_what_to_do(gemeente, sleutel, inhoud, zin):
    response = send(sleutel, inhoud)
    assert problem(response) == (422, "bestand-onleesbaar")
    assert zin in response.json()["detail"]
    with voor_gemeente(gemeente):
        assert not Levering.objects.exists()


@pytest.mark.parametrize(
    ("fields", "naam"),
    [
        ({"wijze": "deels"}, "wijze"),
        ({"publiceer": "nee"}, "publiceer"),
        ({"publiceer": ["true", "false"]}, "publiceer"),
        ({"koppeling": "x" * 61}, "koppeling"),
        ({"koppeling": "x\x00y"}, "koppeling"),
        ({"publiseer": "false"}, ""),
        ({"bestand": "tekst in plaats van een bestand"}, "bestand"),
        ({"bestand": [SimpleUploadedFile("a.json", b"[]"), SimpleUploadedFile("b.json", b"[]")]}, "bestand"),
        ({"extra": SimpleUploadedFile("a.json", b"[]")}, ""),
    ],
)
def test_a_field_that_is_wrong_is_named_and_nothing_is_taken_in(gemeente, sleutel, fields, naam):
    response = send(sleutel, **fields)
    assert problem(response) == (400, "aanroep-ongeldig")
    assert naam in {fault["location"]["name"] for fault in response.json()["errors"]}
    with voor_gemeente(gemeente):
        assert not Levering.objects.exists()


def test_a_form_without_a_file_is_told_so(sleutel):
    response = Client().post(LEVERINGEN, {}, **_authorization(sleutel))
    assert problem(judged("post", "/leveringen", response)) == (400, "aanroep-ongeldig")


@pytest.mark.parametrize(
    "mediatype", ["application/json", "text/csv", "application/x-www-form-urlencoded", ""]
)
def test_what_is_no_multipart_form_is_refused(sleutel, mediatype):
    response = Client().generic(
        "POST", LEVERINGEN, b"a;b\n", content_type=mediatype, **_authorization(sleutel)
    )
    assert problem(judged("post", "/leveringen", response)) == (415, "geen-multipart")


@pytest.mark.parametrize(
    ("mediatype", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=" + "x" * 500, b"x"),
        ("multipart/form-data; boundary=grens", b"--grens\r\nstuk"),
        (
            "multipart/form-data; boundary=grens",
            b'--grens\r\nContent-Disposition: form-data; name="bestand"; filename="a"\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--grens--\r\n",
        ),
        (
            "multipart/form-data; boundary=grens; charset=base64",
            b'--grens\r\nContent-Disposition: form-data; name="soort"\r\n\r\nvacatures\r\n--grens--\r\n',
        ),
    ],
)
def test_a_broken_form_is_refused(gemeente, sleutel, mediatype, body):
    response = Client().generic("POST", LEVERINGEN, body, content_type=mediatype, **_authorization(sleutel))
    assert judged("post", "/leveringen", response).status_code in {400, 422}
    with voor_gemeente(gemeente):
        assert not Levering.objects.exists()


def test_a_form_with_thousands_of_fields_is_refused(sleutel):
    many: dict[str, Any] = {f"veld{n}": "x" for n in range(1100)}
    response = send(sleutel, **many)
    assert problem(response) == (400, "aanroep-ongeldig")


def test_a_huge_file_is_refused_before_anybody_asks_who_sends_it(
    sleutel, settings, django_assert_num_queries
):
    settings.UM_MAX_BESTAND_MB = 1
    with django_assert_num_queries(0):
        response = send(None, b"x" * 1_200_000)
    assert problem(response) == (413, "bestand-te-groot")
    assert "1 MB" in response.json()["detail"]


def test_a_length_that_was_not_true_does_not_get_a_larger_file_in(gemeente, sleutel, settings):
    settings.UM_MAX_BESTAND_MB = 1
    # Within the room for the form, and beyond what a file may be.
    response = send(sleutel, b"a;b\n" * 260_000)
    assert problem(response) == (413, "bestand-te-groot")
    with voor_gemeente(gemeente):
        assert not Levering.objects.exists()


@pytest.mark.parametrize("length", ["", "veel", "-1", "1" * 30])
def test_a_call_without_a_length_is_refused(sleutel, length):
    response = send(sleutel, meta={"CONTENT_LENGTH": length})
    assert problem(response) == (411, "lengte-ontbreekt")


def test_a_name_that_may_be_somebodys_number_is_not_kept(sleutel):
    body = send(sleutel, naam="jansen@voorbeeld.example 123456782.json").json()
    assert "123456782" not in body["bestandsnaam"]
    assert "jansen" not in body["bestandsnaam"]


@pytest.mark.parametrize(
    ("path", "naam"),
    [
        ("/leveringen?pagina=0", "pagina"),
        ("/leveringen?pagina=-1", "pagina"),
        ("/leveringen?pagina=1e9", "pagina"),
        ("/leveringen?pagina=99999999999999999999", "pagina"),
        ("/leveringen?pagina=1&pagina=2", "pagina"),
        ("/leveringen?pagina=", "pagina"),
        ("/leveringen?status=af", "status"),
        ("/leveringen?stand=omgezet", ""),
        ("/leveringen/{pk}?pagina=1", ""),
        ("/leveringen/{pk}/bevindingen?ernst=erg", "ernst"),
        ("/leveringen/{pk}/bevindingen?code=%00", "code"),
        ("/leveringen/{pk}/bevindingen?code=", "code"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(sleutel, path, naam):
    pk = send(sleutel).json()["id"]
    response = get(sleutel, path.format(pk=pk))
    assert problem(response) == (400, "aanroep-ongeldig")
    assert response.json()["errors"][0]["location"]["name"] == naam


def test_thousands_of_parameters_are_refused(sleutel):
    assert problem(get(sleutel, "/leveringen?" + "&".join(["pagina=1"] * 1100))) == (400, "aanroep-ongeldig")


@pytest.mark.parametrize(
    "path",
    ["", "onzin", "leveringen/", "leveringen/0", "leveringen/x", "leveringen/1/", "leveringen/-1",
     "leveringen/1/bevindingen/", "leveringen/9999999999999999999", "openapi.yaml", "../leveringen",
     "leveringen/1%0a", "%ff", "leveringen/١"],
)  # fmt: skip
def test_an_address_that_does_not_exist_is_told_in_json(sleutel, path):
    response = Client().get(f"{PAD}/{path}", **_authorization(sleutel))
    assert response.status_code == 404, path
    assert response["Content-Type"] == "application/problem+json"
    assert problem(response) == (404, "niet-gevonden")
    jsonschema.validate(response.json(), {**document()["components"]["schemas"]["Probleem"]})


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "leveringen", "GET, POST, HEAD"),
        ("DELETE", "leveringen/1", "GET, HEAD"),
        ("POST", "leveringen/1/bevindingen", "GET, HEAD"),
        ("OPTIONS", "leveringen", "GET, POST, HEAD"),
        ("PATCH", "openapi.json", "GET, HEAD"),
        ("TRACE", "leveringen", "GET, POST, HEAD"),
    ],
)
def test_a_method_that_is_not_there_is_told_with_those_that_are(method, path, allow):
    response = Client().generic(method, f"{PAD}/{path}")
    assert problem(response) == (405, "methode-niet-toegestaan")
    assert response["Allow"] == allow


def test_head_gives_the_headers_of_get_and_no_body(sleutel):
    whole = get(sleutel, "/leveringen")
    head = Client().head(LEVERINGEN, **_authorization(sleutel))
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == whole["Content-Length"] == str(len(whole.content))


# --- The same file again, and many at once -----------------------------------------------------------------


def test_the_same_file_again_is_the_same_levering(gemeente, sleutel, django_capture_on_commit_callbacks):
    first = send(sleutel)
    with django_capture_on_commit_callbacks() as callbacks:
        second = send(sleutel, naam="andere naam.json")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert second["Location"] == first["Location"]
    assert callbacks == []
    work(gemeente)
    third = send(sleutel)
    assert (third.status_code, third.json()["status"]) == (200, "gepubliceerd")


def test_the_same_file_after_a_while_or_after_another_is_a_new_levering(gemeente, sleutel, settings):
    inhoud = as_json()
    first = send(sleutel, inhoud).json()["id"]
    between = send(sleutel, as_json(een_werkzoekende("B-1"), een_werkzoekende("B-2"))).json()["id"]
    again = send(sleutel, inhoud)
    assert again.status_code == 201, "it must replace what came in between"
    assert len({first, between, again.json()["id"]}) == 3
    assert send(sleutel, inhoud).json()["id"] == again.json()["id"]
    with voor_gemeente(gemeente):
        Levering.objects.update(aangemaakt_op=timezone.now() - timedelta(minutes=61))
    assert send(sleutel, inhoud).status_code == 201
    settings.UM_AANLEVER_HERHAAL_MINUTEN = 0
    assert send(sleutel, inhoud).status_code == 201


def test_the_same_file_after_it_failed_or_was_undone_is_a_new_levering(gemeente, sleutel):
    inhoud = as_json()
    for change in (
        {"status": Leveringstatus.MISLUKT},
        {"status": Leveringstatus.VERVALLEN},
        {"teruggedraaid_op": timezone.now()},
    ):
        pk = send(sleutel, inhoud).json()["id"]
        with voor_gemeente(gemeente):
            Levering.objects.filter(pk=pk).update(**change)
        assert send(sleutel, inhoud).status_code == 201


def test_the_same_file_with_other_choices_waits_until_the_first_is_done(gemeente, sleutel):
    first = send(sleutel).json()["id"]
    assert problem(send(sleutel, wijze="aanvullend")) == (409, "al-bezig")
    assert problem(send(sleutel, publiceer="false")) == (409, "al-bezig")
    work(gemeente)
    second = send(sleutel, wijze="aanvullend")
    assert second.status_code == 201
    assert second.json()["id"] != first
    assert second.json()["wijze"] == "aanvullend"


def test_what_is_kept_to_know_a_file_by_says_nothing_about_it_and_differs_per_municipality(gemeente, sleutel):
    other = een_gemeente()
    marks = set()
    for own, key in ((gemeente, sleutel), (other, een_sleutel(other))):
        pk = send(key, b'[{"idWerkzoekende": "X"}]').json()["id"]
        marks.add(state(own, pk).kenmerk)
    assert len(marks) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", mark) for mark in marks)


@pytest.mark.django_db(transaction=True)
def test_of_the_same_file_sent_by_many_at_once_there_is_one_levering():
    gemeente = een_gemeente()
    key, inhoud = een_sleutel(gemeente), as_json()
    start = threading.Barrier(6)

    def one(_: int) -> Any:
        try:
            start.wait(10)
            return send(key, inhoud)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    with voor_gemeente(gemeente):
        assert Levering.objects.count() == 1


# --- How often -------------------------------------------------------------------------------------------


def test_who_calls_too_often_must_wait_and_is_told_how_long(gemeente, sleutel, settings, monkeypatch):
    settings.UM_AANLEVER_AANROEPEN_PER_MINUUT = 3
    monkeypatch.setattr("uploads.aanleveren.api.time.time", lambda: 1_800_000_045.5)
    answers = [get(sleutel, "/leveringen") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert problem(answers[-1]) == (429, "te-vaak")
    assert answers[-1]["Retry-After"] == "15", "then a new minute has begun"
    other = een_sleutel(gemeente, naam="andere")
    assert get(other, "/leveringen").status_code == 200, "one key does not use up another's"
    monkeypatch.setattr("uploads.aanleveren.api.time.time", lambda: 1_800_000_060.5)
    assert get(sleutel, "/leveringen").status_code == 200


def test_leveringen_have_a_limit_of_their_own(gemeente, sleutel, settings, monkeypatch):
    settings.UM_AANLEVER_PER_UUR = 2
    monkeypatch.setattr("uploads.aanleveren.api.time.time", lambda: 1_800_000_000.0)
    made = [send(sleutel, as_json(een_werkzoekende())) for _ in range(3)]
    assert [answer.status_code for answer in made] == [201, 201, 429]
    assert made[-1]["Retry-After"] == "3601", "a new hour begins at this very second"
    assert get(sleutel, "/leveringen").json()["aantal"] == 2
    monkeypatch.setattr("uploads.aanleveren.api.time.time", lambda: 1_800_003_600.0)
    assert send(sleutel, as_json(een_werkzoekende())).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_many_calls_at_once_exactly_the_limit_gets_through(settings, monkeypatch):
    settings.UM_AANLEVER_AANROEPEN_PER_MINUUT = 7
    monkeypatch.setattr("uploads.aanleveren.api.time.time", lambda: 1_800_000_000.0)
    key = een_sleutel(een_gemeente())

    def one(_: int) -> int:
        try:
            return int(get(key, "/leveringen").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(one, range(24)))
    assert (statuses.count(200), statuses.count(429)) == (7, 17)


def test_refused_keys_use_up_nothing(gemeente, settings):
    settings.UM_AANLEVER_AANROEPEN_PER_MINUUT = 1
    key = een_sleutel(gemeente, netwerken=["192.0.2.0/24"])
    for _ in range(5):
        assert problem(get(key, "/leveringen")) == (403, "verkeerd-netwerk")
    assert get(key, "/leveringen", REMOTE_ADDR="192.0.2.1").status_code == 200


# --- When something is down ------------------------------------------------------------------------------


def test_a_database_that_is_away_is_told_as_a_problem(sleutel, monkeypatch):
    def away(*_: Any) -> Any:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("uploads.aanleveren.api.sleutels.authenticate", away)
    response = get(sleutel, "/leveringen")
    assert problem(response) == (503, "niet-beschikbaar")
    assert response["Retry-After"] == "60"


def test_a_redis_that_is_away_is_told_as_a_problem(sleutel, settings):
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    assert problem(get(sleutel, "/leveringen")) == (503, "niet-beschikbaar")


def test_what_nobody_foresaw_is_a_problem_without_a_word_of_what_was_sent(sleutel, monkeypatch, caplog):
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("geheim123")

    monkeypatch.setattr("uploads.aanleveren.deliver.receive", broken)
    response = send(sleutel)
    assert problem(response) == (500, "interne-fout")
    assert "geheim123" not in response.text


def test_a_key_is_in_no_log_and_in_no_row(gemeente, sleutel, caplog):
    secret = sleutel.tekst.rpartition("_")[2]
    with caplog.at_level(logging.DEBUG):
        send(sleutel)
        get(sleutel, "/leveringen")
        send(sleutel.tekst[:-1])
        sleutels.revoke(gemeente, sleutel.sleutel.pk, None)
        send(sleutel)
    assert secret not in caplog.text
    assert secret not in repr(sleutel)
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        for table in ("uploads_aanleversleutel", "uploads_levering", "audit_auditregel"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            [text] = cursor.fetchone() or [""]
            assert secret not in text
            assert secret.encode().hex() not in text


# --- Going on by itself ----------------------------------------------------------------------------------


def published(gemeente: Gemeente, *ids: str) -> None:
    """A set that stands there already."""
    levering = receive(gemeente, inhoud=as_json(*map(een_werkzoekende, ids)), bestandsnaam="eerder.json")
    tasks.convert(levering.pk, gemeente.pk)
    publication.request_publication(gemeente, levering.pk, None)
    tasks.publish(levering.pk, gemeente.pk)


def stopped(sleutel: sleutels.NieuweSleutel, pk: int) -> str:
    """Gives the code of the reason why it waits for somebody."""
    body = get(sleutel, f"/leveringen/{pk}").json()
    assert not body["bezig"]
    assert body["gestopt"]["melding"]
    return str(body["gestopt"]["code"])


def test_with_publiceer_false_somebody_has_to_do_it(gemeente, sleutel):
    pk = send(sleutel, publiceer="false").json()["id"]
    work(gemeente)
    tasks.resume(gemeente)
    body = get(sleutel, f"/leveringen/{pk}").json()
    assert (body["status"], body["bezig"], body["publiceer"]) == ("omgezet", False, False)
    assert "gestopt" not in body
    assert ids(gemeente) == set()


def test_when_much_would_disappear_it_waits_for_somebody(gemeente, sleutel):
    published(gemeente, *(f"OUD-{n}" for n in range(10)))
    pk = send(sleutel, as_json(*(een_werkzoekende(f"OUD-{n}") for n in range(7)))).json()["id"]
    work(gemeente)
    assert stopped(sleutel, pk) == "rem"
    assert state(gemeente, pk).status == Leveringstatus.OMGEZET
    assert len(ids(gemeente)) == 10
    # From now on it is up to people.
    tasks.resume(gemeente)
    assert len(ids(gemeente)) == 10
    page = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER)).get(f"/leveringen/{pk}/")
    assert "Er zouden 3 van de 10 gepubliceerde werkzoekenden verdwijnen" in page.text


def test_a_partial_file_adds_and_updates_and_the_rest_stays(gemeente, sleutel):
    published(gemeente, *"ABCDEFGHIJ")
    pk = send(sleutel, as_json(een_werkzoekende("A"), een_werkzoekende("K")), wijze="aanvullend").json()["id"]
    work(gemeente)
    assert get(sleutel, f"/leveringen/{pk}").json()["publicatie"]["weg"] == 0
    assert ids(gemeente) == set("ABCDEFGHIJK")


def test_partial_files_of_one_night_are_all_published(gemeente, sleutel):
    first = send(sleutel, as_json(een_werkzoekende("A")), wijze="aanvullend").json()["id"]
    second = send(sleutel, as_json(een_werkzoekende("B")), wijze="aanvullend").json()["id"]
    tasks.convert(second, gemeente.pk)
    tasks.convert(first, gemeente.pk)
    work(gemeente)
    assert [state(gemeente, pk).status for pk in (first, second)] == [Leveringstatus.GEPUBLICEERD] * 2
    assert ids(gemeente) == {"A", "B"}


def test_the_brake_looks_at_what_stands_there_when_its_turn_comes(gemeente, sleutel):
    published(gemeente, *"ABCDEFGH")
    first = send(sleutel, as_json(*map(een_werkzoekende, "ABCDEFG"))).json()["id"]
    second = send(sleutel, as_json(*map(een_werkzoekende, "ABCDEF"))).json()["id"]
    # Two of eight is more than a fifth; one of seven is not.
    tasks.convert(second, gemeente.pk)
    assert state(gemeente, second).gestopt_om == ""
    work(gemeente)
    assert [state(gemeente, pk).status for pk in (first, second)] == [Leveringstatus.GEPUBLICEERD] * 2


def test_what_a_colleague_undid_is_told_and_the_same_file_can_be_sent_again(gemeente, sleutel):
    published(gemeente, "A", "B")
    inhoud = as_json(*map(een_werkzoekende, "ABC"))
    pk = send(sleutel, inhoud).json()["id"]
    work(gemeente)
    publication.request_undo(gemeente, pk, None)
    assert get(sleutel, f"/leveringen/{pk}").json()["bezig"]
    tasks.undo(pk, gemeente.pk)
    assert "teruggedraaidOp" in get(sleutel, f"/leveringen/{pk}").json()
    assert ids(gemeente) == {"A", "B"}
    again = send(sleutel, inhoud)
    assert again.status_code == 201
    work(gemeente)
    assert ids(gemeente) == {"A", "B", "C"}


def test_when_nothing_was_converted_it_waits_for_somebody(gemeente, sleutel):
    published(gemeente, "OUD")
    pk = send(sleutel, een_werkblad([een_sonar_rij(Toestemming="Nee")]), "x.xlsx").json()["id"]
    work(gemeente)
    assert stopped(sleutel, pk) == "leeg"
    assert ids(gemeente) == {"OUD"}


def test_a_file_of_another_kind_fails_and_says_so(gemeente, sleutel):
    pk = send(sleutel, as_json(een_vacature("V1"))).json()["id"]
    work(gemeente)
    body = get(sleutel, f"/leveringen/{pk}").json()
    assert stopped(sleutel, pk) == "mislukt"
    assert body["status"] == "mislukt"
    assert "vacatures" in body["melding"]


def test_when_somebody_must_choose_the_columns_it_waits_also_after_that(gemeente, sleutel):
    pk = send(sleutel).json()["id"]
    with voor_gemeente(gemeente):
        Levering.objects.filter(pk=pk).update(status=Leveringstatus.KOPPELEN)
    assert get(sleutel, f"/leveringen/{pk}").json()["bezig"]
    tasks.resume(gemeente)
    assert stopped(sleutel, pk) == "kolommen"
    with voor_gemeente(gemeente):
        Levering.objects.filter(pk=pk).update(status=Leveringstatus.ONTVANGEN)
    work(gemeente)
    assert state(gemeente, pk).status == Leveringstatus.OMGEZET


COLUMNS = b"Nummer;PC\nK-1;3511AB\nK-2;3512AB\n"
REGELS = Regels(
    Soort.WERKZOEKENDEN,
    (
        Regel("idWerkzoekende", ("nummer",)),
        Regel("mobiliteit.bemiddelingspostcode", ("pc",)),
    ),
    Toestemming(verklaring=True),
)


def test_columns_that_nobody_knows_wait_for_somebody_and_go_on_by_themselves_once_they_were_saved(
    gemeente, sleutel
):
    pk = send(sleutel, COLUMNS, "export.csv").json()["id"]
    work(gemeente)
    assert get(sleutel, f"/leveringen/{pk}").json()["status"] == "koppelen"
    assert stopped(sleutel, pk) == "kolommen"
    saved.save(gemeente, "Ons systeem", REGELS, None)
    assert ids(gemeente) == set()
    next_night = send(sleutel, COLUMNS.replace(b"K-2", b"K-3"), "export.csv", koppeling="Ons systeem").json()[
        "id"
    ]
    work(gemeente)
    body = get(sleutel, f"/leveringen/{next_night}").json()
    assert (body["status"], body["koppeling"]) == ("gepubliceerd", "Ons systeem"), body
    assert ids(gemeente) == {"K-1", "K-3"}


def test_a_koppeling_that_does_not_fit_the_file_waits_for_somebody(gemeente, sleutel):
    saved.save(gemeente, "Ons systeem", REGELS, None)
    pk = send(sleutel, b"Iets;Anders\n1;2\n", "export.csv", koppeling="Ons systeem").json()["id"]
    work(gemeente)
    assert stopped(sleutel, pk) in {"kolommen", "mislukt"}
    assert ids(gemeente) == set()


def test_whoever_chose_the_columns_publishes_it_too(gemeente, sleutel):
    pk = send(sleutel, COLUMNS, "export.csv").json()["id"]
    # The worker was killed before it could be stopped, and somebody was quick.
    processing.convert(gemeente, pk)
    assert saved.set_regels(gemeente, pk, REGELS, "", 1, Soort.WERKZOEKENDEN, None)
    work(gemeente)
    assert state(gemeente, pk).status == Leveringstatus.OMGEZET
    assert stopped(sleutel, pk) == "kolommen"
    assert state(gemeente, pk).melding == ""


def test_a_municipality_that_is_suspended_meanwhile_publishes_nothing(gemeente, sleutel):
    pk = send(sleutel).json()["id"]
    lifecycle.suspend(gemeente.pk)
    work(gemeente)
    assert state(gemeente, pk).gestopt_om == RedenStop.TOELATING
    assert ids(gemeente) == set()


def test_a_worker_killed_between_converting_and_publishing_costs_nothing(gemeente, sleutel):
    pk = send(sleutel).json()["id"]
    processing.convert(gemeente, pk)
    assert state(gemeente, pk).status == Leveringstatus.OMGEZET
    assert get(sleutel, f"/leveringen/{pk}").json()["bezig"]
    tasks.resume(gemeente)
    assert state(gemeente, pk).status == Leveringstatus.PUBLICEREN
    tasks.publish(pk, gemeente.pk)
    for task in (tasks.convert, tasks.publish):
        task(pk, gemeente.pk)
    tasks.resume(gemeente)
    with voor_gemeente(gemeente):
        assert Auditregel.objects.filter(handeling="levering_gepubliceerd").count() == 1


def test_files_go_in_the_order_in_which_they_came_in(gemeente, sleutel):
    older = send(sleutel, as_json(*map(een_werkzoekende, ("A", "B")))).json()["id"]
    newer = send(sleutel, as_json(*map(een_werkzoekende, ("C", "D"))), wijze="volledig").json()["id"]
    tasks.convert(newer, gemeente.pk)
    assert state(gemeente, newer).status == Leveringstatus.OMGEZET, "it waits for the older one"
    tasks.convert(older, gemeente.pk)
    assert state(gemeente, older).status == Leveringstatus.PUBLICEREN
    assert state(gemeente, newer).status == Leveringstatus.OMGEZET
    tasks.publish(older, gemeente.pk)
    assert ids(gemeente) == {"A", "B"}
    # Everything of the older one would be gone: that is for a person.
    assert state(gemeente, newer).gestopt_om == RedenStop.REM


def test_a_file_that_was_overtaken_does_not_put_the_old_set_back(gemeente, sleutel):
    older = send(sleutel, as_json(*map(een_werkzoekende, ("A", "B")))).json()["id"]
    # A colleague uploads a newer file, and publishes it.
    published(gemeente, "A", "B", "C")
    work(gemeente)
    assert stopped(sleutel, older) == "ingehaald"
    assert ids(gemeente) == {"A", "B", "C"}


def test_one_that_is_stopped_does_not_keep_the_next_one_waiting(gemeente, sleutel):
    published(gemeente, *"ABCDE")
    bad = send(sleutel, as_json(een_werkzoekende("A"))).json()["id"]
    good = send(sleutel, as_json(*map(een_werkzoekende, "ABCDEF"))).json()["id"]
    work(gemeente)
    assert stopped(sleutel, bad) == "rem"
    assert state(gemeente, good).status == Leveringstatus.GEPUBLICEERD
    assert len(ids(gemeente)) == 6


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_see_the_same_publish_it_once():
    gemeente = een_gemeente()
    key = een_sleutel(gemeente)
    pk = send(key).json()["id"]
    processing.convert(gemeente, pk)
    start = threading.Barrier(4)

    def one(_: int) -> list[int]:
        try:
            start.wait(10)
            return by_itself.publish_waiting(gemeente)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(one, range(4)))
    assert sorted(found) == [[], [], [], [pk]]


# --- The document ----------------------------------------------------------------------------------------


def test_the_document_is_valid_and_for_everybody():
    response = Client().get(f"{PAD}/openapi.json")
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response["API-Version"] == response.json()["info"]["version"]
    validate(response.json())


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)


def test_the_document_keeps_to_the_dutch_api_design_rules(settings):
    settings.UM_CONTACT_URL, settings.UM_CONTACT_EMAIL = "https://um.example/", "beheer@um.example"
    whole = document()
    assert re.fullmatch(r"3\.[01]\.[0-9]+", whole["openapi"])
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", whole["info"]["version"])
    assert whole["servers"][0]["url"].endswith(f"/v{whole['info']['version'].split('.')[0]}")
    assert set(whole["info"]["contact"]) == {"name", "url", "email"}
    for path, operations in whole["paths"].items():
        assert not path.endswith("/")
        assert re.fullmatch(r"(/([a-z0-9-]+|\{[a-zA-Z]+\}))+", path)
        for method, operation in operations.items():
            assert method in {"get", "post", "put", "patch", "delete"}
            assert operation["operationId"]
            assert operation["summary"]
            for parameter in operation.get("parameters", []):
                assert re.fullmatch("[a-z][a-zA-Z0-9]*", parameter["name"])
            for status, answer in operation["responses"].items():
                if "$ref" in answer:
                    answer = whole["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                assert "API-Version" in answer["headers"]
                assert set(answer["content"]) == {
                    "application/json" if status < "400" else "application/problem+json"
                }
    for schema in _walk(whole["components"]["schemas"]):
        for name in schema.get("properties", {}):
            assert re.fullmatch("[a-z][a-zA-Z0-9]*", name)


def test_every_problem_and_every_reason_is_in_the_document():
    schemas = document()["components"]["schemas"]
    assert set(schemas["Probleem"]["properties"]["type"]["enum"]) == {one.type for one in PROBLEMEN}
    gestopt = schemas["Levering"]["properties"]["gestopt"]["properties"]["code"]["enum"]
    assert set(gestopt) == set(RedenStop.values)
    assert len({one.naam for one in PROBLEMEN}) == len(PROBLEMEN) > 15


# --- Whatever is sent ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestWhateverIsSent:
    """Every answer is one that the document describes, and never a 500."""

    @pytest.fixture(autouse=True)
    def _no_limits(self, settings: Any) -> None:
        settings.UM_AANLEVER_AANROEPEN_PER_MINUUT = settings.UM_AANLEVER_PER_UUR = 10**9

    def test_bodies_and_headers_made_up_by_chance(self) -> None:
        key = een_sleutel(een_gemeente())
        part = st.builds(
            lambda name, filename, body: (
                b'--g\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
                % (name, b'; filename="%s"' % filename if filename is not None else b"", body)
            ),
            st.sampled_from([b"bestand", b"wijze", b"publiceer", b"koppeling", b"soort", b"x", b""]),
            st.none() | st.binary(max_size=20),
            st.binary(max_size=200) | st.sampled_from([b"true", b"volledig", b"sonar", b"[]", b"a;b\n1;2\n"]),
        )
        bodies = st.binary(max_size=400) | st.lists(part, max_size=6).map(
            lambda p: b"".join(p) + b"--g--\r\n"
        )

        @hypothesis_settings(
            max_examples=examples(400), deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(body=bodies, mediatype=st.sampled_from(["multipart/form-data; boundary=g", "text/csv", "x"]))
        def check(body: bytes, mediatype: str) -> None:
            response = Client().generic(
                "POST", LEVERINGEN, body, content_type=mediatype, **_authorization(key)
            )
            assert judged("post", "/leveringen", response).status_code < 500

        check()

    @pytest.mark.parametrize("mode", ["POSITIVE", "NEGATIVE"])
    def test_calls_made_up_from_the_document(self, mode: str) -> None:
        schemathesis = pytest.importorskip("schemathesis")
        from django.core.wsgi import get_wsgi_application

        gemeente = een_gemeente()
        key = een_sleutel(gemeente)
        pk = send(key).json()["id"]
        work(gemeente)
        schema = schemathesis.openapi.from_dict(document())
        schema.app = get_wsgi_application()
        schema.config.update(base_url=f"http://localhost{PAD}")
        checks = schemathesis.checks
        judging = [
            checks.not_a_server_error,
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_headers_conformance,
            checks.response_schema_conformance,
        ]
        seen: Counter[int] = Counter()
        for operation in [result.ok() for result in schema.get_all_operations()]:

            @hypothesis_settings(
                max_examples=examples(80),
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(
                case=operation.as_strategy(generation_mode=schemathesis.GenerationMode[mode]),
                there=st.booleans(),
            )
            def check(case: Any, there: bool) -> None:
                case.headers = {"Authorization": f"Bearer {key.tekst}"}
                if there and case.path_parameters:
                    case.path_parameters = {"id": pk}
                response = case.call()
                seen[response.status_code] += 1
                case.validate_response(response, checks=judging)

            check()
        print(mode, seen)
        assert 429 not in seen
        if mode == "POSITIVE":
            assert seen[200] + seen[201] > 20, "hardly anything was answered, so that little was tried"
        else:
            assert seen[400] > 20, "hardly anything was refused, so that little was tried"
