"""A large stapel is put ready with the help of another process; what happens to that process costs time only."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from django.db import transaction

from exchange.bron import beside, staging, store, withdrawal
from exchange.bron.beside import Schrijfproces
from exchange.bron.columns import OnbekendePostcode
from exchange.bron.models import CONCEPT_VAN
from exchange.bron.staging import VEEL, Klaarzetting
from exchange.bron.store import MetBeleid
from exchange.bron.writing import DETAIL_CONTEXT, Schrijver
from exchange.geo import distances
from exchange.geo.models import Postcode, PostcodeVersie
from exchange.standard import Soort
from tests.factories import een_contactmoment, een_gemeente, een_vacature, een_werkzoekende
from tests.processes import wait_until
from um_portal.tenants import keys
from um_portal.tenants.models import Contactbeleid, Gemeente
from um_portal.tenants.scope import voor_gemeente

WZ, VAC, WCM = Soort
RECORDS: dict[Soort, Callable[[int], dict[str, Any]]] = {
    WZ: lambda n: een_werkzoekende(f"WZ-{n}", persoonlijkePresentatie=f"Zwanenburg-Geheim {n} € é"),
    VAC: lambda n: een_vacature(f"V-{n}", werktijden={"aantalWerkurenPerWeekMinimaal": 36.0}),
    WCM: lambda n: een_contactmoment(f"{12345600 + n}"),
}


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the records that another process was given; that process is waited for, so that it always has its part."""
    given: list[int] = []
    begin, is_ready = Schrijfproces.begin, Schrijfproces.is_ready

    def counting(self: Schrijfproces, records: Any, without: Any) -> None:
        begin(self, records, without)
        given.append(len(records))

    def waiting(self: Schrijfproces) -> bool:
        return wait_until(lambda: is_ready(self), "another process has started")

    monkeypatch.setattr(Schrijfproces, "begin", counting)
    monkeypatch.setattr(Schrijfproces, "is_ready", waiting)
    return given


def ready(gemeente: Gemeente, soort: Soort = WZ) -> list[dict[str, Any]]:
    """What lies ready, opened, in the order of its ids."""
    with voor_gemeente(gemeente):
        rows = list(CONCEPT_VAN[soort]._default_manager.order_by("id_bron").values())
    return [
        {**row, "id": 0, "detail": keys.decrypt(gemeente, bytes(row["detail"]), DETAIL_CONTEXT)}
        for row in rows
    ]


def put_ready(gemeente: Gemeente, parts: list[list[Any]], soort: Soort = WZ, verwacht: int = VEEL) -> None:
    klaarzetting = None
    for number, part in enumerate(parts, start=1):
        with voor_gemeente(gemeente):
            klaarzetting = klaarzetting or Klaarzetting(gemeente, soort, 1, verwacht)
            (klaarzetting.zet if number < len(parts) else klaarzetting.rond_af)(part)


def helpers() -> list[psutil.Process]:
    """The processes that help this one."""
    return [child for child in psutil.Process().children() if beside.__name__ in child.cmdline()]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("soort", Soort)
def test_with_help_exactly_the_same_lies_ready_as_without(soort: Soort, helped: list[int]) -> None:
    gemeente, make = een_gemeente(), RECORDS[soort]
    put_ready(gemeente, [[make(n) for n in range(start, start + 4)] for start in (0, 4, 8)], soort)
    assert helped == [4, 4]
    with_help = ready(gemeente, soort)
    store.unstage(gemeente, 1)
    store.stage(gemeente, soort, 1, [make(n) for n in range(12)])
    assert with_help == ready(gemeente, soort)
    assert len(with_help) == 12
    assert not helpers()


@pytest.mark.django_db(transaction=True)
def test_a_contact_policy_comes_along(helped: list[int]) -> None:
    gemeente = een_gemeente()
    strict = MetBeleid(een_werkzoekende("A"), Contactbeleid.JOBCOACH)
    put_ready(gemeente, [[strict, een_werkzoekende("B")], []])
    assert helped == [2]
    assert [row["contactbeleid"] for row in ready(gemeente)] == ["jobcoach", None]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verwacht", "sizes", "started"), [(None, [3, 3], False), (VEEL, [1], True), (None, [3, 3, 4], True)]
)
def test_a_small_stapel_needs_no_help(
    verwacht: int | None, sizes: list[int], started: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if verwacht is None:
        monkeypatch.setattr(staging, "VEEL", 10)
    gemeente = een_gemeente()
    with voor_gemeente(gemeente):
        klaarzetting = Klaarzetting(gemeente, WZ, 1, verwacht)
        for part, size in enumerate(sizes):
            klaarzetting.zet([een_werkzoekende(f"{part}-{n}") for n in range(size)])
        assert bool(helpers()) is started
        klaarzetting.rond_af([een_werkzoekende("laatste")])
    assert len(ready(gemeente)) == sum(sizes) + 1
    assert not helpers()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stuck"])
def test_when_the_help_falls_away_nothing_is_lost_or_double(
    sent: signal.Signals, helped: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gemeente = een_gemeente()
    monkeypatch.setattr(beside, "_PATIENCE", 1.0)
    with voor_gemeente(gemeente):
        klaarzetting = Klaarzetting(gemeente, WZ, 1, VEEL)
        klaarzetting.zet([een_werkzoekende("A")])
        helpers()[0].send_signal(sent)
        # Not so large that it waits to be read by somebody who does not.
        klaarzetting.zet([een_werkzoekende("B")])
        klaarzetting.zet([een_werkzoekende("C")])
        klaarzetting.rond_af([een_werkzoekende("D")])
    assert [row["id_bron"] for row in ready(gemeente)] == ["A", "B", "C", "D"]
    assert not helpers()
    assert "Zwanenburg" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_help_goes_on_when_all_processes_of_a_worker_are_told_to_end(helped: list[int]) -> None:
    gemeente = een_gemeente()
    with voor_gemeente(gemeente):
        klaarzetting = Klaarzetting(gemeente, WZ, 1, VEEL)
        klaarzetting.zet([een_werkzoekende("A")])
        for one in (signal.SIGTERM, signal.SIGINT):
            helpers()[0].send_signal(one)
        klaarzetting.zet([een_werkzoekende("B")])
        klaarzetting.zet([een_werkzoekende("C")])
        assert len(helpers()) == 1
        klaarzetting.rond_af([])
    assert helped == [1, 1, 1]
    assert len(ready(gemeente)) == 3


@pytest.mark.django_db(transaction=True)
def test_help_that_gets_stuck_before_it_took_a_large_part_is_not_waited_for(
    helped: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    gemeente = een_gemeente()
    monkeypatch.setattr(beside, "_PATIENCE", 1.0)
    # More than fits into what lies between the two.
    large = [een_werkzoekende(f"C{n}", persoonlijkePresentatie="x" * 2000) for n in range(400)]
    with voor_gemeente(gemeente):
        klaarzetting = Klaarzetting(gemeente, WZ, 1, VEEL)
        klaarzetting.zet([een_werkzoekende("A")])
        klaarzetting.zet([een_werkzoekende("B")])
        [helper] = helpers()
        assert klaarzetting._aid is not None
        wait_until(klaarzetting._aid._connection.poll, "B is written")
        helper.suspend()
        too_late = threading.Timer(20, helper.kill)
        too_late.start()
        klaarzetting.zet(large)
        assert too_late.is_alive()
        too_late.cancel()
        klaarzetting.rond_af([])
    assert len(ready(gemeente)) == 402
    assert not helpers()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("program", ["/bin/false", "/bestaat/niet"])
def test_a_process_that_never_starts_is_not_waited_for(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", program)
    gemeente = een_gemeente()
    put_ready(gemeente, [[een_werkzoekende("A")], [een_werkzoekende("B")], [een_werkzoekende("C")]])
    assert [row["id_bron"] for row in ready(gemeente)] == ["A", "B", "C"]


@pytest.mark.django_db(transaction=True)
def test_what_the_help_refuses_is_refused_by_the_one_who_asked(helped: list[int]) -> None:
    gemeente = een_gemeente()
    nowhere = een_werkzoekende("B", mobiliteit={"bemiddelingspostcode": "0000AA"})
    with pytest.raises(OnbekendePostcode):
        put_ready(gemeente, [[een_werkzoekende("A")], [nowhere], [een_werkzoekende("C")]])
    assert helped == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_what_is_withdrawn_while_it_is_being_written_does_not_lie_ready(helped: list[int]) -> None:
    gemeente = een_gemeente()
    with voor_gemeente(gemeente):
        klaarzetting = Klaarzetting(gemeente, WZ, 1, VEEL)
        klaarzetting.zet([een_werkzoekende("A"), een_werkzoekende("B")])
    withdrawal.withdraw(gemeente, WZ, ["A"], stapel=1)
    with voor_gemeente(gemeente):
        klaarzetting.rond_af([])
    assert helped == [2]
    assert [row["id_bron"] for row in ready(gemeente)] == ["B"]


@pytest.mark.django_db(transaction=True)
def test_a_part_that_was_rolled_back_leaves_nothing(helped: list[int]) -> None:
    gemeente = een_gemeente()
    with voor_gemeente(gemeente):
        klaarzetting = Klaarzetting(gemeente, WZ, 1, VEEL)
        klaarzetting.zet([een_werkzoekende("A")])
        klaarzetting.zet([een_werkzoekende("B")])
        transaction.set_rollback(True)
    assert ready(gemeente) == []
    assert len(helpers()) == 1
    klaarzetting.sluit()
    assert not helpers()


@pytest.mark.django_db(transaction=True)
def test_the_help_ends_with_who_asked_for_it() -> None:
    gemeente = een_gemeente()
    code = (
        "import django; django.setup()\n"
        "from exchange.bron.beside import Schrijfproces; from exchange.standard import Soort; import time\n"
        f"aid = Schrijfproces({gemeente.pk}, Soort.WERKZOEKENDEN, 1)\n"
        "while not aid.is_ready(): time.sleep(.05)\n"
        "print(aid._process.pid, flush=True); time.sleep(60)\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "um_portal.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        aid = psutil.Process(int(process.stdout.readline()))
        # Its arguments are there for everybody on the machine to see.
        assert aid.cmdline()[1:3] == ["-m", beside.__name__]
        assert aid.cmdline()[4:] == [str(gemeente.pk), "werkzoekenden", "1"]
    finally:
        process.kill()
        process.wait()
    wait_until(lambda: not aid.is_running() or aid.status() == psutil.STATUS_ZOMBIE, "it ended too")


@pytest.mark.django_db
def test_a_table_of_postcodes_that_is_replaced_on_the_way_counts_from_the_next_part() -> None:
    gemeente = een_gemeente()
    schrijver = Schrijver(gemeente, WZ, 1)
    record = MetBeleid(een_werkzoekende("A", mobiliteit={"bemiddelingspostcode": "3511AB"}), None)
    with voor_gemeente(gemeente):
        assert [row["pc4"] for row in schrijver.rows([record])] == [3511]
        Postcode.objects.filter(pc4=3511).delete()
        PostcodeVersie.objects.all().delete()
        distances.forget()
        assert [row["pc4"] for row in schrijver.rows([record])] == [3512]
    distances.forget()
