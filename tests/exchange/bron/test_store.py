"""The set of a municipality: staged, published, undone and withdrawn, against a plain dictionary that does the same."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from exchange.bron import answer, concept, expiry, journaal, packing, sets, store, withdrawal
from exchange.bron.columns import OnbekendePostcode, as_json
from exchange.bron.journaal import NietTerugTeDraaien
from exchange.bron.models import (
    CONCEPT_VAN,
    RECORD_VAN,
    Beroepindex,
    Besluit,
    ConceptWerkzoekende,
    Intrekking,
    Journaal,
    Journaalrecord,
    Profiel,
    Stand,
    Werkzoekende,
)
from exchange.bron.relocation import relocate
from exchange.bron.sets import BezigMetPubliceren, Verschil
from exchange.bron.writing import MetBeleid, record_context
from exchange.standard import Soort
from tests.examples import examples
from tests.factories import (
    een_contactmoment,
    een_gemeente,
    een_vacature,
    een_werkzoekende,
    publish_set,
    put_ready,
)
from um_portal.tenants import keys
from um_portal.tenants.models import Contactbeleid, Gemeente
from um_portal.tenants.scope import set_session, voor_gemeente

WZ, VAC, WCM = Soort
TABELLEN = (
    "conceptwerkzoekende",
    "conceptvacature",
    "conceptcontactmoment",
    "journaal",
    "journaalrecord",
    "intrekking",
)


def jobseeker(name: str, version: int = 0) -> dict[str, Any]:
    return een_werkzoekende(
        name,
        mobiliteit={"bemiddelingspostcode": f"35{11 + version % 5}AB"},
        bemiddelingsberoep=[{"codeBeroepsnaam": f"urn:test:{name}:{version}"}],
        telefoonnummer=[f"06{version:08d}"],
    )


def publish(
    gemeente: Gemeente, batch: int, records: list[Any], *, volledig: bool = True, soort: Soort = WZ
) -> Verschil:
    put_ready(gemeente, soort, batch, records)
    return store.publish(gemeente, soort, batch, volledig=volledig)


def published(gemeente: Gemeente, soort: Soort = WZ) -> dict[str, dict[str, Any]]:
    """Gives the set as a detail request gives it, by id."""
    with voor_gemeente(gemeente):
        rows = list(RECORD_VAN[soort]._default_manager.values_list("id_bron", "detail"))
    return {
        id_bron: packing.unpack(keys.decrypt(gemeente, bytes(detail), record_context(soort, id_bron)))
        for id_bron, detail in rows
    }


def check_invariants(gemeente: Gemeente, soort: Soort = WZ) -> None:
    """Checks the rules that hold after every change of a set."""
    with voor_gemeente(gemeente):
        rows = list(RECORD_VAN[soort]._default_manager.order_by("pk"))
        stand = Stand.objects.filter(soort=soort).first()
        assert (stand.aantal if stand else 0) == len(rows)
        numbered = [row.volgnummer for row in rows if isinstance(row, Profiel)]
        assert sorted(numbered) == list(range(1, len(numbered) + 1))
        if soort is WZ:
            index = {row.beroep: sorted(row.ids) for row in Beroepindex.objects.all()}
            expected: dict[str, list[int]] = {}
            for row in rows:
                assert isinstance(row, Werkzoekende)
                for beroep in row.beroepen:
                    expected.setdefault(beroep, []).append(row.pk)
            assert index == expected
        for row in rows:
            if isinstance(row, Profiel):
                assert (
                    json.loads(row.zoekprofiel)["idWerkzoekende" if soort is WZ else "idVacature"]
                    == row.id_bron
                )


# --- Staging -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_staged_answers_nothing_until_it_is_published() -> None:
    gemeente = een_gemeente()
    assert put_ready(gemeente, WZ, 7, [jobseeker("A")]) == 1
    assert put_ready(gemeente, WZ, 7, [jobseeker("B")]) == 1
    assert published(gemeente) == {}
    assert store.difference(gemeente, WZ, 7) == Verschil(2, 0, 0, 0)
    assert store.publish(gemeente, WZ, 7) == Verschil(2, 0, 0, 0)
    assert published(gemeente) == {"A": jobseeker("A"), "B": jobseeker("B")}
    check_invariants(gemeente)
    with voor_gemeente(gemeente):
        assert not ConceptWerkzoekende.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("soort", "record"), [(WZ, een_werkzoekende("A")), (VAC, een_vacature("A")), (WCM, een_contactmoment())]
)
def test_the_stapel_of_another_levering_is_left_alone(soort: Soort, record: dict[str, Any]) -> None:
    gemeente = een_gemeente()
    for batch in (1, 2):
        put_ready(gemeente, soort, batch, [record])
    concept.erase(gemeente, 1)
    with voor_gemeente(gemeente):
        assert list(CONCEPT_VAN[soort]._default_manager.values_list("stapel", flat=True)) == [2]
    assert store.publish(gemeente, soort, 1) == Verschil(0, 0, 0, 0)
    assert store.publish(gemeente, soort, 2).nieuw == 1


@pytest.mark.django_db
def test_a_batch_that_breaks_off_leaves_nothing_of_it() -> None:
    gemeente = een_gemeente()
    put_ready(gemeente, WZ, 1, [jobseeker("A")])

    def broken() -> Iterator[dict[str, Any]]:
        yield jobseeker("B")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        put_ready(gemeente, WZ, 1, broken())
    with pytest.raises(OnbekendePostcode):
        put_ready(gemeente, WZ, 1, [jobseeker("C"), een_werkzoekende("D", mobiliteit={})])
    assert store.difference(gemeente, WZ, 1).nieuw == 1


@pytest.mark.django_db
def test_an_id_that_is_twice_in_a_batch_is_refused_as_a_whole() -> None:
    gemeente = een_gemeente()
    for before in ([], [jobseeker("A")]):
        publish_set(gemeente, WZ, before)
        put_ready(gemeente, WZ, 1, [jobseeker("A", 1), jobseeker("A", 2)])
        with pytest.raises(IntegrityError), transaction.atomic():
            store.publish(gemeente, WZ, 1)
        assert len(published(gemeente)) == len(before)
        concept.erase(gemeente, 1)


@pytest.mark.django_db
def test_the_same_contact_with_an_employer_twice_is_one() -> None:
    gemeente = een_gemeente()
    put_ready(gemeente, WCM, 1, [een_contactmoment()])
    put_ready(gemeente, WCM, 1, [een_contactmoment(), een_contactmoment("87654321")])
    assert store.difference(gemeente, WCM, 1) == Verschil(2, 0, 0, 0)
    assert store.publish(gemeente, WCM, 1) == Verschil(2, 0, 0, 0)
    check_invariants(gemeente, WCM)


@pytest.mark.django_db
def test_what_lies_ready_of_a_record_is_encrypted_but_for_what_is_searched() -> None:
    gemeente = een_gemeente()
    put_ready(gemeente, WZ, 1, [een_werkzoekende("A", persoonlijkePresentatie="Zwanenburg-Geheim")])
    with voor_gemeente(gemeente):
        row = ConceptWerkzoekende.objects.get()
    assert "Geheim" not in row.zoekprofiel
    assert "voorbeeld.example" not in row.zoekprofiel
    assert b"Geheim" not in bytes(row.detail)


def test_records_packed_in_the_ways_of_before_still_open() -> None:
    record = jobseeker("A")
    text = as_json(record).encode()
    assert packing.unpack(zlib.compress(text, 6)) == record
    with_names = zlib.compressobj(2, zlib.DEFLATED, 13, 6, zdict=packing.BEKEND)
    assert packing.unpack(with_names.compress(text) + with_names.flush()) == record
    assert packing.unpack(packing.pack(text)) == record
    assert len(packing.pack(text)) < len(zlib.compress(text, 9)) * 0.7


# --- Whole and in part -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_partial_publication_adds_and_updates_and_takes_nothing_away() -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [jobseeker(name) for name in "ABC"])
    partial = [jobseeker("B", 1), jobseeker("C"), jobseeker("D")]
    put_ready(gemeente, WZ, 2, partial)
    expected = Verschil(nieuw=1, gewijzigd=1, gelijk=1, weg=0, blijft=1)
    assert store.difference(gemeente, WZ, 2, volledig=False) == expected
    assert store.difference(gemeente, WZ, 2) == Verschil(nieuw=1, gewijzigd=1, gelijk=1, weg=1)
    assert store.publish(gemeente, WZ, 2, volledig=False) == expected
    assert (expected.totaal, expected.eerst) == (4, 3)
    assert published(gemeente) == {
        "A": jobseeker("A"), "B": jobseeker("B", 1), "C": jobseeker("C"), "D": jobseeker("D")
    }  # fmt: skip
    check_invariants(gemeente)


@pytest.mark.django_db
def test_only_what_a_publication_holds_is_fresh_again() -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [jobseeker("A"), jobseeker("B")])
    long_ago = timezone.localdate() - timedelta(days=80)
    with voor_gemeente(gemeente):
        Werkzoekende.objects.update(ververst_op=long_ago)
    publish(gemeente, 2, [jobseeker("A")], volledig=False)
    with voor_gemeente(gemeente):
        days = dict(Werkzoekende.objects.values_list("id_bron", "ververst_op"))
    assert days == {"A": timezone.localdate(), "B": long_ago}


@pytest.mark.django_db
def test_what_stays_keeps_its_key_so_that_a_detail_can_still_be_asked() -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [jobseeker(name) for name in "ABC"])
    with voor_gemeente(gemeente):
        before = dict(Werkzoekende.objects.values_list("id_bron", "pk"))
    publish(gemeente, 2, [jobseeker("A"), jobseeker("B", 1)])
    with voor_gemeente(gemeente):
        after = dict(Werkzoekende.objects.values_list("id_bron", "pk"))
    assert after == {name: before[name] for name in "AB"}


# --- Undoing -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_undo_brings_back_what_was_there_with_all_that_hung_on_it() -> None:
    gemeente = een_gemeente()
    first = [
        jobseeker("A"),
        MetBeleid(jobseeker("B"), Contactbeleid.JOBCOACH),
        MetBeleid(jobseeker("C"), Contactbeleid.WERKZOEKENDE),
    ]
    publish(gemeente, 1, first)
    before = published(gemeente)
    with voor_gemeente(gemeente):
        Werkzoekende.objects.update(ververst_op=timezone.localdate() - timedelta(days=5))
        policies = dict(Werkzoekende.objects.values_list("id_bron", "contactbeleid"))
    publish(gemeente, 2, [jobseeker("B", 9), jobseeker("D")])
    shown = journaal.difference_of_undo(gemeente, WZ, 2)
    assert shown == Verschil(nieuw=2, gewijzigd=1, gelijk=0, weg=1)
    assert journaal.undo(gemeente, WZ, 2) == shown
    assert published(gemeente) == before
    check_invariants(gemeente)
    with voor_gemeente(gemeente):
        assert dict(Werkzoekende.objects.values_list("id_bron", "contactbeleid")) == policies
        days = set(Werkzoekende.objects.values_list("ververst_op", flat=True))
        assert days == {timezone.localdate() - timedelta(days=5)}
        assert not Journaalrecord.objects.exists()
    # As if it had never been: the same file is then the same.
    assert publish(gemeente, 3, first) == Verschil(0, 0, 3, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("soort", "old", "new"),
    [
        (VAC, een_vacature("A"), een_vacature("A", naamVacature="Kok")),
        (WCM, een_contactmoment(), een_contactmoment("87654321")),
    ],
)
def test_every_kind_can_be_undone(soort: Soort, old: dict[str, Any], new: dict[str, Any]) -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [old], soort=soort)
    before = published(gemeente, soort)
    publish(gemeente, 2, [new], soort=soort)
    assert published(gemeente, soort) != before
    journaal.undo(gemeente, soort, 2)
    assert published(gemeente, soort) == before
    check_invariants(gemeente, soort)


@pytest.mark.django_db
def test_publications_are_undone_one_after_the_other_from_the_last_back() -> None:
    gemeente = een_gemeente()
    sets = []
    for batch in (1, 2, 3):
        sets.append(published(gemeente))
        publish(gemeente, batch, [jobseeker(f"S{batch}"), jobseeker("vast", batch)], volledig=batch != 2)
    for batch in (1, 2, 9):
        with pytest.raises(NietTerugTeDraaien):
            journaal.undo(gemeente, WZ, batch)
    with voor_gemeente(gemeente):
        assert journaal.undoable_now() == {3}
    for batch in (3, 2, 1):
        journaal.undo(gemeente, WZ, batch)
        assert published(gemeente) == sets[batch - 1]
        check_invariants(gemeente)
    with pytest.raises(NietTerugTeDraaien):
        journaal.undo(gemeente, WZ, 1)


@pytest.mark.django_db
def test_the_kinds_are_undone_apart_and_municipalities_too() -> None:
    een, ander = een_gemeente(), een_gemeente()
    publish(een, 1, [jobseeker("A")])
    publish(een, 2, [een_vacature("A")], soort=VAC)
    publish(ander, 3, [jobseeker("A")])
    with pytest.raises(NietTerugTeDraaien):
        journaal.undo(een, WZ, 3)
    journaal.undo(een, WZ, 1)
    assert published(een) == {}
    assert published(een, VAC)
    assert published(ander)


@pytest.mark.django_db
def test_a_journaal_holds_nothing_readable_but_ids_and_is_erased_in_time(settings) -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [een_werkzoekende("A", persoonlijkePresentatie="Zwanenburg-Geheim")])
    publish(gemeente, 2, [jobseeker("B")])
    with connection.cursor() as cursor, voor_gemeente(gemeente):
        cursor.execute("SELECT r::text FROM bron_journaalrecord r")
        (text,) = cursor.fetchone()
    for readable in ("Geheim", "3511", "urn:test"):
        assert readable not in text
    expiry.erase_expired(gemeente)
    assert set(published(gemeente)) == {"B"}
    with voor_gemeente(gemeente):
        assert Journaal.objects.count() == 2
        Journaal.objects.update(gepubliceerd_op=timezone.now() - timedelta(days=31))
    expiry.erase_expired(gemeente)
    with voor_gemeente(gemeente):
        assert not Journaal.objects.exists()
        assert not Journaalrecord.objects.exists()
    with pytest.raises(NietTerugTeDraaien):
        journaal.undo(gemeente, WZ, 2)


@pytest.mark.django_db
def test_what_came_back_can_be_opened_after_the_key_was_replaced() -> None:
    from um_portal.gemeenten import rotation

    gemeente = een_gemeente()
    publish(gemeente, 1, [jobseeker("A")])
    publish(gemeente, 2, [jobseeker("B")])
    rotation.renew_data_key(gemeente, wait=False)
    journaal.undo(gemeente, WZ, 2)
    assert answer.find_detail(gemeente, WZ, "A", suwi=True) == jobseeker("A")


def test_a_record_is_given_another_key_in_every_table_in_the_order_in_which_it_goes_through_them() -> None:
    order = [label for label in keys.registered() if label.startswith("bron.")]
    waiting, published, kept = (
        [order.index(model._meta.label) for model in models]
        for models in (CONCEPT_VAN.values(), RECORD_VAN.values(), [Journaalrecord])
    )
    assert max(waiting) < min(published)
    assert max(published) < min(kept)


@pytest.mark.django_db
def test_what_lies_ready_follows_the_table_of_postcodes() -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [jobseeker("A")])
    put_ready(gemeente, WZ, 2, [jobseeker("B")])
    with voor_gemeente(gemeente):
        for model in (Werkzoekende, ConceptWerkzoekende):
            model.objects.update(pc4=9999)
    assert relocate(gemeente) == 1
    with voor_gemeente(gemeente):
        assert ConceptWerkzoekende.objects.get().pc4 == Werkzoekende.objects.get().pc4 == 3511


# --- Withdrawing -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_withdrawn_record_is_gone_from_everywhere_and_no_undo_brings_it_back() -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [jobseeker(name) for name in "ABC"])
    publish(gemeente, 2, [jobseeker("A", 1), jobseeker("D")])
    put_ready(gemeente, WZ, 3, [jobseeker("A", 2), jobseeker("E")])
    # B is only in what can be brought back, E only in what waits; F is nowhere.
    assert withdrawal.withdraw(gemeente, WZ, ["A", "B", "E", "F"], batch=3) == 1
    check_invariants(gemeente)
    with voor_gemeente(gemeente):
        assert set(Journaalrecord.objects.values_list("id_bron", flat=True)) == {"C"}
        assert not ConceptWerkzoekende.objects.exists()
    assert set(published(gemeente)) == {"D"}
    journaal.undo(gemeente, WZ, 2)
    assert set(published(gemeente)) == {"C"}
    check_invariants(gemeente)
    # The file of before, converted once more.
    assert put_ready(gemeente, WZ, 3, [jobseeker("A", 2), jobseeker("G")]) == 1
    assert store.difference(gemeente, WZ, 3).nieuw == 1
    store.publish(gemeente, WZ, 3)
    assert set(published(gemeente)) == {"G"}
    # A file of after it is held to the withdrawal as well, until somebody decides.
    assert put_ready(gemeente, WZ, 4, [jobseeker("A", 3), jobseeker("H")]) == 2
    assert store.difference(gemeente, WZ, 4) == Verschil(1, 0, 0, 1, tegengehouden=1)
    assert store.publish(gemeente, WZ, 4).tegengehouden == 1
    assert set(published(gemeente)) == {"H"}
    with voor_gemeente(gemeente):
        (row,) = withdrawal.returned(WZ).filter(id_bron="A")
        assert withdrawal.decide(WZ, [row.pk], Besluit.WEER) == 1
    publish(gemeente, 5, [jobseeker("A", 3)])
    assert set(published(gemeente)) == {"A"}


@pytest.mark.django_db
def test_a_withdrawal_leaves_the_other_kind_and_other_municipalities_alone() -> None:
    een, ander = een_gemeente(), een_gemeente()
    for gemeente in (een, ander):
        publish(gemeente, 1, [jobseeker("A")])
        publish(gemeente, 2, [jobseeker("B")])
        publish(gemeente, 3, [een_vacature("A")], soort=VAC)
        put_ready(gemeente, WZ, 4, [jobseeker("A")])
    assert withdrawal.withdraw(een, WZ, ["A", "B"], batch=4) == 1
    assert set(published(een, VAC)) == {"A"}
    assert set(published(ander)) == {"B"}
    assert store.difference(ander, WZ, 4).nieuw == 1
    with voor_gemeente(ander):
        assert Journaalrecord.objects.count() == 1
        assert not Intrekking.objects.exists()


@pytest.mark.django_db
def test_a_contact_with_an_employer_is_withdrawn_by_its_print() -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [een_contactmoment(), een_contactmoment("87654321")], soort=WCM)
    (first, _) = published(gemeente, WCM)
    assert withdrawal.withdraw(gemeente, WCM, [first], batch=1) == 1
    assert len(published(gemeente, WCM)) == 1
    check_invariants(gemeente, WCM)


@pytest.mark.django_db
def test_everything_is_withdrawn_at_once_and_nothing_comes_back() -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [jobseeker("A"), jobseeker("B")])
    publish(gemeente, 2, [jobseeker("C")], volledig=False)
    publish(gemeente, 3, [een_vacature("V")], soort=VAC)
    assert withdrawal.withdraw_all(gemeente, WZ) == 3
    assert published(gemeente) == {}
    check_invariants(gemeente)
    with pytest.raises(NietTerugTeDraaien):
        journaal.undo(gemeente, WZ, 2)
    with voor_gemeente(gemeente):
        assert Journaal.objects.get().soort == VAC
    assert set(published(gemeente, VAC)) == {"V"}


@pytest.mark.django_db
def test_the_ids_of_what_was_withdrawn_and_may_come_back_are_kept_no_longer_than_a_file_is(settings) -> None:
    gemeente = een_gemeente()
    withdrawal.withdraw(gemeente, WZ, ["A"], batch=1)
    expiry.erase_expired(gemeente)
    with voor_gemeente(gemeente):
        assert Intrekking.objects.count() == 1
        Intrekking.objects.update(
            besluit=Besluit.WEER,
            ingetrokken_op=timezone.now() - timedelta(hours=settings.UM_BRONBESTAND_UREN, minutes=1),
        )
    expiry.erase_expired(gemeente)
    with voor_gemeente(gemeente):
        assert not Intrekking.objects.exists()


@pytest.mark.django_db
def test_after_the_night_the_set_is_numbered_without_gaps_as_well() -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [jobseeker(name) for name in "ABCDE"])
    with voor_gemeente(gemeente):
        Werkzoekende.objects.filter(id_bron__in=["A", "C"]).update(
            ververst_op=timezone.localdate() - timedelta(days=91)
        )
    assert expiry.erase_expired(gemeente) == 2
    check_invariants(gemeente)


# --- Any sequence ------------------------------------------------------------------------------------------

_NAMES = st.sampled_from("ABCDEFG")
_RECORDS = st.dictionaries(_NAMES, st.integers(0, 3), max_size=7)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("volledig"), _RECORDS),
        st.tuples(st.just("aanvullend"), _RECORDS),
        st.tuples(st.just("intrekken"), st.sets(_NAMES, max_size=3)),
        st.tuples(st.just("terug"), st.none()),
        st.tuples(st.just("alles"), st.none()),
        st.tuples(st.just("klaarzetten"), _RECORDS),
        st.tuples(st.just("verlopen"), _NAMES),
    ),
    max_size=9,
)


class Model:
    """The expected result: dictionaries of id to version."""

    def __init__(self) -> None:
        self.set: dict[str, int] = {}
        # Per publication that can be undone: what it changed or took, and what it added.
        self.journal: list[tuple[int, dict[str, int], set[str]]] = []
        self.staged: dict[str, int] = {}
        self.withdrawn: set[str] = set()

    def publish(self, batch: int, records: dict[str, int], *, volledig: bool) -> Verschil:
        held = len(records.keys() & self.withdrawn)
        records = {name: version for name, version in records.items() if name not in self.withdrawn}
        new = records.keys() - self.set.keys()
        changed = {name for name in records.keys() & self.set.keys() if records[name] != self.set[name]}
        absent = self.set.keys() - records.keys()
        gone = absent if volledig else set()
        old = {name: self.set[name] for name in changed | gone}
        self.journal.append((batch, old, set(new)))
        expected = Verschil(
            len(new),
            len(changed),
            len(records) - len(new) - len(changed),
            len(gone),
            0 if volledig else len(absent),
            held,
        )
        self.set = {**{name: v for name, v in self.set.items() if name not in gone}, **records}
        return expected

    def undo(self) -> None:
        _, old, added = self.journal.pop()
        self.set = {**{name: v for name, v in self.set.items() if name not in added}, **old}

    def withdraw(self, names: set[str]) -> int:
        number = len(names & self.set.keys())
        self.withdrawn |= names
        self._forget(names)
        for _, old, _ in self.journal:
            for name in names:
                old.pop(name, None)
        for name in names:
            self.staged.pop(name, None)
        return number

    def _forget(self, names: set[str]) -> None:
        self.set = {name: version for name, version in self.set.items() if name not in names}
        # Gone for good: what somebody adds later under this id is not what was added then.
        for _, _, added in self.journal:
            added -= names

    def expire(self, name: str) -> None:
        self._forget({name})


@pytest.mark.django_db
def test_any_sequence_of_changes_keeps_the_set_right() -> None:
    gemeente = een_gemeente()

    @hypothesis_settings(
        max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    @given(steps=_STEPS)
    def check(steps: list[tuple[str, Any]]) -> None:
        withdrawal.withdraw_all(gemeente, WZ)
        with voor_gemeente(gemeente):
            Intrekking.objects.all().delete()
            for model_of_kind in CONCEPT_VAN.values():
                model_of_kind._default_manager.all().delete()
        model = Model()
        # What is put ready at one moment and published at another.
        waiting = 10_000
        for number, (step, what) in enumerate(steps, start=1):
            if step in {"volledig", "aanvullend"}:
                volledig = step == "volledig"
                if number % 3 == 0 and model.staged:
                    batch, records, model.staged = waiting, model.staged, {}
                    waiting += 1
                else:
                    batch, records = waiting + 5000 + number, what
                    put_ready(gemeente, WZ, batch, [jobseeker(*one) for one in records.items()])
                expected = model.publish(batch, records, volledig=volledig)
                assert store.difference(gemeente, WZ, batch, volledig=volledig) == expected
                assert store.publish(gemeente, WZ, batch, volledig=volledig) == expected
            elif step == "klaarzetten" and not model.staged:
                model.staged = dict(what)
                concept.erase(gemeente, waiting)
                waiting += 1
                put_ready(gemeente, WZ, waiting, [jobseeker(*one) for one in what.items()])
            elif step == "intrekken":
                assert withdrawal.withdraw(gemeente, WZ, what, batch=waiting) == model.withdraw(what)
            elif step == "verlopen":
                model.expire(what)
                with voor_gemeente(gemeente):
                    Werkzoekende.objects.filter(id_bron=what).update(
                        ververst_op=timezone.localdate() - timedelta(days=91)
                    )
                expiry.erase_expired(gemeente)
            elif step == "alles":
                assert withdrawal.withdraw_all(gemeente, WZ) == len(model.set)
                model.set, model.journal = {}, []
            elif step == "terug" and model.journal:
                batch = model.journal[-1][0]
                shown = journaal.difference_of_undo(gemeente, WZ, batch)
                model.undo()
                assert journaal.undo(gemeente, WZ, batch) == shown
                assert shown.totaal == len(model.set)
            check_invariants(gemeente)
            assert published(gemeente) == {name: jobseeker(name, v) for name, v in model.set.items()}

    check()


# --- Another municipality, and nobody ----------------------------------------------------------------------


@pytest.mark.django_db
def test_the_database_itself_shows_and_takes_nothing_of_another_municipality() -> None:
    gemeente, andere = een_gemeente(), een_gemeente()
    for soort, record in ((WZ, jobseeker("A")), (VAC, een_vacature()), (WCM, een_contactmoment())):
        publish(gemeente, 1, [record], soort=soort)
        publish(gemeente, 2, [], soort=soort)
        put_ready(gemeente, soort, 3, [record])
    withdrawal.withdraw(gemeente, VAC, ["X"], batch=3)
    with connection.cursor() as cursor:
        for viewer, expected in ((None, False), (andere, False), (gemeente, True)):
            set_session("default", gemeente=viewer.pk if viewer else None)
            for tabel in TABELLEN:
                cursor.execute(f"SELECT count(*) > 0 FROM bron_{tabel}")
                assert cursor.fetchone() == (expected,), (tabel, viewer)
        set_session("default", gemeente=andere.pk)
        for tabel in TABELLEN:
            cursor.execute(f"DELETE FROM bron_{tabel}")
            assert cursor.rowcount == 0
        set_session("default")
    assert store.difference(andere, WZ, 3) == Verschil(0, 0, 0, 0)


# --- At the same time --------------------------------------------------------------------------------------


@contextmanager
def held(gemeente: Gemeente) -> Iterator[None]:
    """Holds the set of jobseekers on another connection."""
    with voor_gemeente(gemeente):
        sets.lock(gemeente, WZ)
        yield


def elsewhere(action: Callable[[], Any]) -> Any:
    """Runs the action on a connection of its own; gives an exception back as its result."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(action())
        except Exception as problem:
            results.append(problem)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return results[0] if results else None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_who_publishes_or_undoes_while_the_set_is_held_is_told_and_nothing_changes() -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [jobseeker("A")])
    put_ready(gemeente, WZ, 2, [jobseeker("B")])
    with held(gemeente):
        for action in (
            lambda: store.publish(gemeente, WZ, 2),
            lambda: journaal.undo(gemeente, WZ, 1),
        ):
            assert isinstance(elsewhere(action), BezigMetPubliceren)
    assert set(published(gemeente)) == {"A"}
    assert store.difference(gemeente, WZ, 2).nieuw == 1


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_waits_for_a_publication_that_is_under_way_and_then_finds_what_it_brought() -> None:
    gemeente = een_gemeente()
    put_ready(gemeente, WZ, 1, [jobseeker("A"), jobseeker("B")])
    results: list[Any] = []

    def withdraw() -> None:
        results.append(elsewhere(lambda: withdrawal.withdraw(gemeente, WZ, ["A"], batch=1)))

    waiting = threading.Thread(target=withdraw)
    with voor_gemeente(gemeente):
        store.publish(gemeente, WZ, 1)
        waiting.start()
        time.sleep(0.5)
        assert not results
    waiting.join(30)
    assert results == [1]
    assert set(published(gemeente)) == {"B"}
    check_invariants(gemeente)


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_does_not_wait_for_ever(monkeypatch) -> None:
    monkeypatch.setattr(sets, "_PATIENCE", "200ms")
    gemeente = een_gemeente()
    publish(gemeente, 1, [jobseeker("A")])
    with held(gemeente):
        result = elsewhere(lambda: withdrawal.withdraw(gemeente, WZ, ["A"], batch=1))
    assert isinstance(result, BezigMetPubliceren)
    assert set(published(gemeente)) == {"A"}


@pytest.mark.django_db(transaction=True)
def test_what_is_being_staged_while_somebody_is_withdrawn_is_not_published() -> None:
    gemeente = een_gemeente()
    with voor_gemeente(gemeente):
        put_ready(gemeente, WZ, 5, [jobseeker("A"), jobseeker("B")])
        # Neither sees yet what the other writes.
        assert elsewhere(lambda: withdrawal.withdraw(gemeente, WZ, ["A"], batch=5)) == 0
    with voor_gemeente(gemeente):
        assert ConceptWerkzoekende.objects.count() == 2
    assert store.difference(gemeente, WZ, 5) == Verschil(1, 0, 0, 0)
    assert store.publish(gemeente, WZ, 5) == Verschil(1, 0, 0, 0)
    assert set(published(gemeente)) == {"B"}
    with voor_gemeente(gemeente):
        assert not ConceptWerkzoekende.objects.exists()


# --- A process that is killed ------------------------------------------------------------------------------

_SETUP = (
    "import django; django.setup(); from um_portal.tenants.models import Gemeente; "
    "from exchange.bron import journaal, store; from exchange.standard import Soort"
)
_DYING = (
    "\ndef dying(*a, **k):\n    settle(*a, **k)\n    print('nu', flush=True); import time; time.sleep(60)\n"
)
_KILLED = {
    "halfway a part": (
        "import exchange.bron.copying as c; made = c.pieces;"
        "\ndef dying(*a):\n    yield from ()\n    for n, piece in enumerate(made(*a)):\n        yield piece\n"
        "        print('nu', flush=True); import time; time.sleep(60)\n"
        "c.pieces = dying\n"
        "import json, sys; from tests.factories import put_ready\n"
        "put_ready(g, Soort.WERKZOEKENDEN, 3, [json.loads(sys.argv[1])])"
    ),
    "before a publication is committed": (
        f"settle = store.settle{_DYING}store.settle = dying\nstore.publish(g, Soort.WERKZOEKENDEN, 2)"
    ),
    "before an undo is committed": (
        f"settle = journaal.settle{_DYING}journaal.settle = dying\njournaal.undo(g, Soort.WERKZOEKENDEN, 1)"
    ),
}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", _KILLED)
def test_a_process_killed_with_9_leaves_everything_as_it_was(moment: str) -> None:
    gemeente = een_gemeente()
    publish(gemeente, 1, [jobseeker("A")])
    put_ready(gemeente, WZ, 2, [jobseeker("B")])
    code = f"{_SETUP}\ng = Gemeente.objects.get(pk={gemeente.pk})\n{_KILLED[moment]}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "um_portal.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", code, json.dumps(jobseeker("C"))],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "nu"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    # The server notices that it is gone, and lets go of what it held.
    for _ in range(100):
        try:
            with voor_gemeente(gemeente):
                sets.lock(gemeente, WZ)
            break
        except BezigMetPubliceren:
            time.sleep(0.1)
    assert set(published(gemeente)) == {"A"}
    check_invariants(gemeente)
    assert store.difference(gemeente, WZ, 2) == Verschil(1, 0, 0, 1)
    assert store.difference(gemeente, WZ, 3) == Verschil(0, 0, 0, 1)
    with voor_gemeente(gemeente):
        assert journaal.undoable_now() == {1}
    store.publish(gemeente, WZ, 2)
    assert set(published(gemeente)) == {"B"}
