"""Renewing keys: a new master key for all, a new data key for one, and nothing that is forgotten."""

import base64
import json
import secrets
import threading
import time
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.http import QueryDict

from exchange.bron import store
from exchange.bron.answer import find_contactmomenten, find_detail
from exchange.bron.journaal import undo
from exchange.bron.models import ConceptWerkzoekende, Werkzoekende
from exchange.bron.writing import MetBeleid
from exchange.standard import Soort
from exchange.vum3.interface import VUM3
from tests import factories
from tests.factories import (
    een_contactmoment,
    een_gebruiker,
    een_gemeente,
    een_vacature,
    een_werkzoekende,
    publish_set,
    put_ready,
)
from um_portal.audit.models import Auditregel
from um_portal.gemeenten import rotation
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente, Sleutel
from um_portal.tenants.scope import voor_gemeente
from uploads.controle import opmerkingen
from uploads.koppelingen import klad, saved
from uploads.leveringen import voorproef
from uploads.leveringen.intake import receive
from uploads.mapping.presets.sonar import REGELS as SONAR_REGELS
from uploads.models import Bronbestand, Levering, Opmerkingenbestand
from uploads.omzetten import processing

pytestmark = pytest.mark.django_db

# Columns of bytes that `encrypt` does not fill, and why that is right.
NIET_VERSLEUTELD = {
    "audit.Auditregel.hash": "a hash of a line",
    "audit.Auditregel.vorige_hash": "a hash of a line",
    "audit.Keten.hash": "a hash of a line",
    "gemeenten.Logo.inhoud": "a picture that everybody of the municipality sees",
    "bron.Werkzoekende.vingerafdruk": "a keyed hash",
    "bron.Vacature.vingerafdruk": "a keyed hash",
    "bron.Werkgeverscontactmoment.vingerafdruk": "a keyed hash",
    "bron.ConceptWerkzoekende.vingerafdruk": "a keyed hash",
    "bron.ConceptVacature.vingerafdruk": "a keyed hash",
    "bron.ConceptContactmoment.vingerafdruk": "a keyed hash",
    "bron.Journaalrecord.vingerafdruk": "a keyed hash",
    "tenants.Sleutel.datasleutel": "wrapped with the master key",
    "tenants.Sleutel.pseudoniemsleutel": "wrapped with the master key",
    "uploads.Aanleversleutel.hash": "a hash of 256 random bits",
}


def _new_master(settings: Any, *, keep: bool = True) -> None:
    settings.UM_MASTER_KEYS_OUD = [settings.UM_MASTER_KEY] if keep else []
    settings.UM_MASTER_KEY = base64.b64encode(secrets.token_bytes(32)).decode()
    keys.forget()


def _rotate(**options: Any) -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, **options)
    return out.getvalue()


def _renew(gemeente: Gemeente) -> str:
    return _rotate(datasleutel=gemeente.oin, niet_wachten=True)


# --- The register of encrypted columns -------------------------------------------------------------------------


def test_every_column_of_bytes_is_registered_as_encrypted_or_known_not_to_be() -> None:
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField)
    }
    registered = {f"{label}.{name}" for label, names in keys.registered().items() for name in names}
    assert registered | set(NIET_VERSLEUTELD) == columns
    assert not registered & set(NIET_VERSLEUTELD)


# --- The master key --------------------------------------------------------------------------------------------


def test_all_keys_move_to_the_new_master_key_and_doing_it_again_changes_nothing(settings) -> None:
    gemeenten = [een_gemeente(), een_gemeente()]
    blobs = [keys.encrypt(gemeente, b"blijft leesbaar", "detail") for gemeente in gemeenten]
    pseudonyms = [keys.pseudoniem(gemeente, "x") for gemeente in gemeenten]
    _new_master(settings)
    assert "Opnieuw verpakt: 2. Was al goed: 0." in _rotate()
    assert "Opnieuw verpakt: 0. Was al goed: 2." in _rotate()
    settings.UM_MASTER_KEYS_OUD = []
    keys.forget()
    for gemeente, blob, pseudonym in zip(gemeenten, blobs, pseudonyms, strict=True):
        assert keys.decrypt(gemeente, blob, "detail") == b"blijft leesbaar"
        assert keys.pseudoniem(gemeente, "x") == pseudonym


def test_a_missing_old_master_key_is_named_as_such_and_the_other_municipalities_are_done(settings) -> None:
    verloren = een_gemeente("Verloren")
    _new_master(settings, keep=False)
    goed = een_gemeente("Goed")
    _new_master(settings)
    out = StringIO()
    with pytest.raises(CommandError, match="UM_MASTER_KEYS_OUD") as fout:
        call_command("rotate_keys", stdout=out)
    assert verloren.oin in str(fout.value)
    assert goed.oin not in str(fout.value)
    assert "Opnieuw verpakt: 1. Was al goed: 0. Niet te openen: 1." in out.getvalue()


def test_a_municipality_without_keys_is_no_trouble(settings) -> None:
    Gemeente.objects.create(oin="8" * 20, naam="Aangemeld")
    assert "Opnieuw verpakt: 0." in _rotate()
    with pytest.raises(CommandError, match="geen sleutels"):
        _rotate(datasleutel="8" * 20, niet_wachten=True)


# --- A data key ------------------------------------------------------------------------------------------------


def _filled() -> tuple[Gemeente, dict[str, Any]]:
    """Makes a municipality with something in every encrypted column."""
    gemeente, record = een_gemeente(), een_werkzoekende("W1")

    def known(one: dict[str, Any]) -> list[MetBeleid]:
        return [MetBeleid(one, None, "EIGEN-1")]

    publish_set(gemeente, Soort.WERKZOEKENDEN, [*known(record), *known(een_werkzoekende("W2"))])
    publish_set(gemeente, Soort.VACATURES, known(een_vacature("V1")))
    publish_set(gemeente, Soort.WERKGEVERSCONTACTMOMENTEN, known(een_contactmoment()))
    put_ready(gemeente, Soort.VACATURES, 1, known(een_vacature("V1", naamVacature="Kok")))
    store.publish(gemeente, Soort.VACATURES, 1)
    put_ready(gemeente, Soort.VACATURES, 2, known(een_vacature("V2")))
    put_ready(gemeente, Soort.WERKGEVERSCONTACTMOMENTEN, 2, known(een_contactmoment()))
    levering = receive(gemeente, inhoud=json.dumps([record]).encode(), bestandsnaam="wz.json")
    processing.convert(gemeente, levering.pk)
    with voor_gemeente(gemeente):
        if not Bronbestand.objects.exists():
            Bronbestand.objects.create(
                gemeente=gemeente,
                levering=levering,
                inhoud=keys.encrypt(gemeente, b"{}", f"bronbestand:{levering.pk}"),
            )
        Levering.objects.update(
            onbekende_waarden=keys.encrypt(
                gemeente, b'{"beroepen": {"klusser": 2}}', processing.unknown_context(levering.pk)
            )
        )
        assert ConceptWerkzoekende.objects.count() == 1
        put_ready(gemeente, Soort.WERKZOEKENDEN, 3, known(een_werkzoekende("W3")))
        voorproef.keep(gemeente, levering, b"{}")
        klad.keep(levering, een_gebruiker(gemeente), QueryDict("k0-doel="))
        Opmerkingenbestand.objects.create(
            gemeente=gemeente,
            levering=levering,
            inhoud=keys.encrypt(gemeente, b"PK", opmerkingen.context(levering.pk)),
        )
        Levering.objects.update(regels=keys.encrypt(gemeente, b"{}", saved.regels_context(levering.pk)))
    saved.save(gemeente, "Zelfgemaakt", SONAR_REGELS, None)
    return gemeente, record


def _sealed(gemeente: Gemeente) -> dict[str, list[bytes]]:
    with voor_gemeente(gemeente):
        return {
            f"{label}.{name}": [
                bytes(value)
                for value in apps.get_model(label)
                ._default_manager.exclude(**{name: None})
                .order_by("pk")
                .values_list(name, flat=True)
            ]
            for label, names in keys.registered().items()
            for name in names
        }


def test_with_a_new_data_key_everything_is_encrypted_anew_and_reads_the_same() -> None:
    gemeente, record = _filled()
    ander = een_gemeente()
    publish_set(ander, Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
    before, before_other = _sealed(gemeente), _sealed(ander)["bron.Werkzoekende.detail"]
    assert all(before.values()), "something in every column, or the test proves nothing"
    with voor_gemeente(gemeente):
        old = keys._unwrap(bytes(Sleutel.objects.get().datasleutel), gemeente.oin.encode() + b":data")
    output = _renew(gemeente)
    assert "bron.Werkzoekende.detail: 2 opnieuw versleuteld" in output
    after = _sealed(gemeente)
    for column, blobs in before.items():
        assert not set(blobs) & set(after[column]), column
    assert _sealed(ander)["bron.Werkzoekende.detail"] == before_other
    with voor_gemeente(gemeente):
        new = keys._unwrap(bytes(Sleutel.objects.get().datasleutel), gemeente.oin.encode() + b":data")
        assert Auditregel.objects.get(handeling="datasleutel_vernieuwd").aantal == sum(
            map(len, after.values())
        )
    assert len(new) == 32
    assert new != old
    keys.forget()
    assert find_detail(gemeente, Soort.WERKZOEKENDEN, "W1", suwi=True) == record
    assert find_detail(gemeente, Soort.VACATURES, "V1", suwi=True) is not None
    vraag = VUM3.parse(Soort.WERKGEVERSCONTACTMOMENTEN, {"werkgever.nummerKvk": {"$eq": "12345678"}})
    assert find_contactmomenten(gemeente, vraag, suwi=True).profielen
    with voor_gemeente(gemeente):
        levering = Levering.objects.get()
        assert processing.unknown_values(levering) == {"beroepen": {"klusser": 2}}


def test_a_set_published_before_is_recognised_after_a_new_data_key() -> None:
    gemeente, record = een_gemeente(), een_werkzoekende("W1")
    publish_set(gemeente, Soort.WERKZOEKENDEN, [record])
    pseudonym = keys.pseudoniem(gemeente, "x")
    _renew(gemeente)
    assert publish_set(gemeente, Soort.WERKZOEKENDEN, [record]).gelijk == 1
    assert keys.pseudoniem(gemeente, "x") == pseudonym


def test_it_goes_batch_by_batch(monkeypatch) -> None:
    monkeypatch.setattr(rotation, "_BATCH", 3)
    gemeente = een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende(f"W{n}") for n in range(10)])
    assert "bron.Werkzoekende.detail: 10 opnieuw versleuteld" in _renew(gemeente)
    for n in range(10):
        assert find_detail(gemeente, Soort.WERKZOEKENDEN, f"W{n}", suwi=True) is not None


def test_an_interrupted_renewal_is_readable_meanwhile_and_goes_on_where_it_was(monkeypatch) -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende(f"W{n}") for n in range(4)])
    monkeypatch.setattr(rotation, "_BATCH", 2)
    real, calls = keys.renewed, []

    def breaks(*args: Any) -> bytes | None:
        calls.append(args)
        if len(calls) == 4:
            raise RuntimeError("de stekker eruit")
        return real(*args)

    monkeypatch.setattr(keys, "renewed", breaks)
    with pytest.raises(RuntimeError):
        _renew(gemeente)
    monkeypatch.setattr(keys, "renewed", real)
    keys.forget()
    # Three under the new key, one under the old one; all are read.
    for n in range(4):
        assert find_detail(gemeente, Soort.WERKZOEKENDEN, f"W{n}", suwi=True) is not None
    output = _renew(gemeente)
    assert "gaat nu verder" in output
    assert "bron.Werkzoekende.detail: 1 opnieuw versleuteld" in output
    keys.forget()
    for n in range(4):
        assert find_detail(gemeente, Soort.WERKZOEKENDEN, f"W{n}", suwi=True) is not None


def test_what_cannot_be_opened_keeps_the_old_key_and_is_told() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1"), een_werkzoekende("W2")])
    with voor_gemeente(gemeente):
        Werkzoekende.objects.filter(id_bron="W2").update(detail=b"\x01 kapot, en lang genoeg voor een nonce")
    with pytest.raises(CommandError, match="met geen van de bekende sleutels"):
        _renew(gemeente)
    keys.forget()
    assert keys.keys_of(gemeente).vorige is not None
    assert find_detail(gemeente, Soort.WERKZOEKENDEN, "W1", suwi=True) is not None


def test_a_process_that_still_has_the_old_key_reads_what_another_encrypted_with_the_new_one() -> None:
    gemeente = een_gemeente()
    stale = keys.keys_of(gemeente)
    _renew(gemeente)
    blob = keys.encrypt(gemeente, b"nieuw", "detail")
    keys._unwrapped[gemeente.pk] = (time.monotonic() + 300, stale)
    assert keys.decrypt(gemeente, blob, "detail") == b"nieuw"


def test_a_new_master_key_during_a_renewal_keeps_both_data_keys(settings) -> None:
    gemeente = een_gemeente()
    blob = keys.encrypt(gemeente, b"oud", "detail")
    assert keys.start_data_key(gemeente)
    _new_master(settings)
    _rotate()
    settings.UM_MASTER_KEYS_OUD = []
    keys.forget()
    assert keys.decrypt(gemeente, blob, "detail") == b"oud"
    assert keys.keys_of(gemeente).vorige is not None


def test_an_unknown_municipality_is_told() -> None:
    with pytest.raises(CommandError, match="geen gemeente met dit OIN"):
        _rotate(datasleutel="7" * 20, niet_wachten=True)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_old_key_is_kept_until_transactions_from_before_have_ended(monkeypatch) -> None:
    monkeypatch.setattr(keys, "CACHE_SECONDS", 0.0)
    monkeypatch.setattr(rotation, "_MARGE", 0.0)
    # Each record is written when it is there, so that the other transaction has written before it waits.
    monkeypatch.setattr(factories, "_RECORDS_PER_PART", 1)
    gemeente = een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
    publishing, done = threading.Event(), threading.Event()

    def slow() -> Any:
        yield een_werkzoekende("W1")
        yield een_werkzoekende("W2")
        publishing.set()
        assert done.wait(30)

    def publish() -> None:
        try:
            publish_set(gemeente, Soort.WERKZOEKENDEN, slow())
        finally:
            connection.close()

    worker = threading.Thread(target=publish)
    worker.start()
    assert publishing.wait(30)
    try:
        with pytest.raises(rotation.NogBezig):
            rotation.renew_data_key(gemeente, patience=0.0)
    finally:
        done.set()
        worker.join()
    rotation.renew_data_key(gemeente, patience=30.0)
    keys.forget()
    for name in ("W1", "W2"):
        assert find_detail(gemeente, Soort.WERKZOEKENDEN, name, suwi=True) is not None


# --- What is sealed opens in its own place only ----------------------------------------------------------------


def _swap(gemeente: Gemeente, table: str, one: str, other: str) -> None:
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} p SET detail = q.detail FROM {table} q"
            " WHERE p.id_bron <> q.id_bron AND p.id_bron = ANY(%s) AND q.id_bron = ANY(%s)",
            [[one, other], [one, other]],
        )
        assert cursor.rowcount == 2


def test_two_records_that_were_swapped_in_the_database_are_given_to_nobody() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1"), een_werkzoekende("W2")])
    _swap(gemeente, "bron_werkzoekende", "W1", "W2")
    with pytest.raises(keys.OntsleutelFout):
        find_detail(gemeente, Soort.WERKZOEKENDEN, "W1", suwi=True)


def test_a_contact_with_an_employer_cannot_pass_for_another() -> None:
    gemeente = een_gemeente()
    publish_set(
        gemeente,
        Soort.WERKGEVERSCONTACTMOMENTEN,
        [een_contactmoment("12345678"), een_contactmoment("87654321")],
    )
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        cursor.execute("SELECT id_bron FROM bron_werkgeverscontactmoment")
        ids = [id_bron for (id_bron,) in cursor.fetchall()]
    _swap(gemeente, "bron_werkgeverscontactmoment", *ids)
    vraag = VUM3.parse(Soort.WERKGEVERSCONTACTMOMENTEN, {"werkgever.nummerKvk": {"$eq": "12345678"}})
    with pytest.raises(keys.OntsleutelFout):
        find_contactmomenten(gemeente, vraag, suwi=True)


def test_what_is_kept_for_an_undo_cannot_be_swapped_either() -> None:
    gemeente = een_gemeente()
    for batch, more in ((1, {}), (2, {"persoonlijkePresentatie": "Anders."})):
        put_ready(
            gemeente, Soort.WERKZOEKENDEN, batch, [een_werkzoekende(one, **more) for one in ("W1", "W2")]
        )
        store.publish(gemeente, Soort.WERKZOEKENDEN, batch)
    _swap(gemeente, "bron_journaalrecord", "W1", "W2")
    with pytest.raises(keys.OntsleutelFout):
        undo(gemeente, Soort.WERKZOEKENDEN, 2)


def test_a_record_of_one_kind_cannot_pass_for_one_of_another() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("X1")])
    publish_set(gemeente, Soort.VACATURES, [een_vacature("X1")])
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        cursor.execute("UPDATE bron_vacature v SET detail = w.detail FROM bron_werkzoekende w")
    with pytest.raises(keys.OntsleutelFout):
        find_detail(gemeente, Soort.VACATURES, "X1", suwi=True)


def test_each_purpose_has_a_key_of_its_own_and_none_is_the_secret_itself() -> None:
    gemeente, ander = een_gemeente(), een_gemeente()
    own = keys.keys_of(gemeente)
    with voor_gemeente(gemeente):
        wrapped = bytes(Sleutel.objects.get().pseudoniemsleutel)
    secret = keys._unwrap(wrapped, gemeente.oin.encode() + b":pseudoniem")
    assert len({secret, own.pseudoniem, own.vingerafdruk, own.kenmerk}) == 4
    assert keys.kenmerk(gemeente, b"999990019") != keys.pseudoniem(gemeente, "999990019")
    assert keys.kenmerk(gemeente, b"x") == keys.kenmerk(gemeente, b"x") != keys.kenmerk(ander, b"x")
