"""The reading process: rows arrive as they are wanted, and whatever a file does, only that process suffers from it."""

import contextlib
import datetime as dt
import gc
import io
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.examples import examples
from tests.factories import een_gemeente, een_levering, een_sonar_rij, een_werkblad
from tests.ole import encrypted
from tests.places import ROOT
from tests.spreadsheets import BESTANDEN, MAIN, xlsb, xlsx, xml2003, xml_row, zipped
from tests.uploads.readers.hier import read_here
from uploads.models import Leveringstatus
from uploads.readers import Bestand, Formaat, Onleesbaar, open_file, recognise_format
from uploads.readers.process import _task
from uploads.sandbox.bericht import LENGTH
from uploads.sandbox.frames import GeenFrame, pack_rows, rows_of, unpack
from uploads.sandbox.sheets import ONLEESBAAR, VERBORGEN, Gemerkt, Merk


def processes() -> list[psutil.Process]:
    """The reading processes that we have now."""
    return [
        child
        for child in psutil.Process().children()
        if any(argument.endswith("uploads/sandbox/__main__.py") for argument in _command(child))
    ]


def _command(process: psutil.Process) -> list[str]:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        return list(process.cmdline())
    return []


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    """No test leaves a reading process behind."""
    yield
    gc.collect()
    assert processes() == []


def every_row(bestand: Bestand) -> list[list[Any]]:
    return [rij.waarden for tabel in bestand.tabellen for rij in tabel.rijen()]


def refused(inhoud: bytes) -> str:
    """Gives the message about a file that cannot be read."""
    with pytest.raises(Onleesbaar) as problem:
        every_row(open_file(inhoud))
    return problem.value.melding


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def long_file(number: int = 5000) -> bytes:
    """Two sheets, both longer than what is sent at once."""
    return xml2003(
        "".join(xml_row(f"a{n}", n) for n in range(number)), "".join(xml_row(f"b{n}") for n in range(number))
    )


# --- Rows on demand ---------------------------------------------------------------------------------------


def test_every_row_arrives_once_and_in_order():
    first, second = open_file(long_file()).tabellen
    assert [rij.waarden for rij in first.rijen()] == [[f"a{n}", n] for n in range(5000)]
    assert [rij.nummer for rij in second.rijen()] == list(range(1, 5001))


def test_rows_can_be_read_again_and_by_two_at_once():
    bestand = open_file(long_file())
    first, second = bestand.tabellen
    assert len(list(islice(first.rijen(), 1200))) == 1200
    for number, (one, other, again) in enumerate(
        zip_longest(first.rijen(), second.rijen(), first.rijen()), start=1
    ):
        assert (one.nummer, other.nummer, again.nummer) == (number, number, number)
        assert one.waarden == again.waarden == [f"a{number - 1}", number - 1]
        assert other.waarden == [f"b{number - 1}"]


def test_a_sheet_that_is_not_the_largest_is_read_too():
    workbook = Workbook()
    small, large = workbook.create_sheet("klein"), workbook.create_sheet("groot")
    for number in range(700):
        small.append([number])
    for number in range(900):
        large.append([number, "x", "y"])
    sheets = {tabel.naam: tabel for tabel in open_file(saved(workbook)).tabellen}
    for _ in range(2):
        assert [rij.waarden[0] for rij in sheets["klein"].rijen()] == list(range(700))
        assert [rij.waarden for rij in sheets["groot"].rijen()] == [[n, "x", "y"] for n in range(900)]


@pytest.mark.slow
def test_rows_with_very_long_texts_arrive_in_smaller_portions():
    text = "x" * 200_000
    rijen = [rij.waarden for rij in open_file(xml2003((xml_row(text, 1)) * 200)).tabellen[0].rijen()]
    assert rijen == [[text, 1]] * 200


def test_equal_numbers_of_different_kinds_stay_what_they_are():
    rijen = every_row(open_file(xlsb([["kop", "kop"], [1.0, True], [0.0, False]])))
    assert [[type(value) for value in row] for row in rijen[1:]] == [[float, bool], [float, bool]]


def test_the_next_rows_are_made_while_these_are_used(settings):
    settings.UM_LEES_SECONDEN = 1
    rijen = open_file(long_file()).tabellen[0].rijen()
    list(islice(rijen, 1000))
    (process,) = processes()
    time.sleep(0.5)
    process.suspend()
    assert [rij.waarden[1] for rij in islice(rijen, 1000)] == list(range(1000, 2000))
    process.resume()
    assert sum(1 for _ in rijen) == 3000


# --- An end to it -----------------------------------------------------------------------------------------


def test_the_process_ends_with_the_file():
    bestand = open_file(long_file())
    assert len(processes()) == 1
    rijen = bestand.tabellen[0].rijen()
    next(rijen)
    del bestand
    assert len(processes()) == 1, "somebody still reads"
    del rijen
    assert processes() == []


def test_a_process_that_is_killed_makes_the_file_unreadable():
    rijen = open_file(long_file()).tabellen[0].rijen()
    next(rijen)
    (process,) = processes()
    process.kill()
    # The file itself may be all right.
    with pytest.raises(Onleesbaar, match="van buitenaf afgebroken"):
        list(rijen)
    assert processes() == []


def test_looking_for_the_format_is_done_again_when_something_else_ended_it():
    killed: list[int] = []

    def kill_the_first() -> None:
        ends = time.monotonic() + 20
        while not killed and time.monotonic() < ends:
            for process in processes():
                process.kill()
                killed.append(process.pid)

    killer = threading.Thread(target=kill_the_first)
    killer.start()
    try:
        # Long enough that it is not all read before somebody looks.
        assert recognise_format(b"a;b\n" * 1_000_000) is Formaat.CSV
    finally:
        killer.join()
    assert killed


def test_the_process_ends_when_its_worker_is_killed():
    script = (
        "import sys, time, uploads.readers as readers; from django.conf import settings;"
        "settings.configure(UM_MAX_RIJEN=9000, UM_MAX_KOLOMMEN=99, UM_LEES_SECONDEN=60, UM_LEES_GEHEUGEN_MB=2048,"
        "UM_LEES_ZANDBAK='indien-mogelijk',UM_MAX_UITGEPAKT_MB=100);"
        "bestand = readers.open_file(sys.stdin.buffer.read()); print('open', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(long_file())
        worker.stdin.close()
        assert worker.stdout.readline() == b"open\n"
        (process,) = psutil.Process(worker.pid).children()
        worker.kill()
        assert psutil.wait_procs([process], timeout=10)[1] == []


def test_a_file_that_takes_too_long_is_told(settings):
    settings.UM_LEES_SECONDEN = 1
    begin = time.monotonic()
    assert "te groot om te lezen" in refused(b"<table><tr><td>" * 200_000 + b"</td></tr></table>")
    assert time.monotonic() - begin < 20


@pytest.mark.slow
def test_a_process_that_is_stuck_is_ended_and_who_waits_is_told(settings):
    settings.UM_LEES_SECONDEN = 1
    waited: list[int] = []
    rijen = open_file(long_file(), wacht=lambda: waited.append(1)).tabellen[0].rijen()
    next(rijen)
    (process,) = processes()
    process.suspend()
    waited.clear()
    with pytest.raises(Onleesbaar, match="te groot"):
        list(rijen)
    assert len(waited) >= 2


def test_a_file_that_takes_too_much_memory_is_told(settings):
    settings.UM_LEES_GEHEUGEN_MB = 300
    shared = f"<sst {MAIN}><si><t>{'x' * 100_000}</t></si></sst>"
    row = '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>'
    assert "te groot om te lezen" in refused(xlsx(row * 10_000, shared=shared))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_the_process_knows_none_of_our_secrets(monkeypatch):
    monkeypatch.setenv("UM_MASTER_KEY", "geheim")
    bestand = open_file(long_file())
    (process,) = processes()
    try:
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
    except PermissionError:
        # What the process keeps from us it keeps from others.
        environment = b""
    assert process.is_running()
    assert environment == b""
    del bestand


def test_the_process_does_without_django():
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r});"
        "import uploads.sandbox.leesproces, uploads.sandbox.openen, uploads.sandbox.tweetal, uploads.sandbox.records;"
        "import uploads.sandbox.werkmap, uploads.sandbox.xlsx, uploads.sandbox.xml2003, uploads.sandbox.webpagina;"
        "assert not any(name.split('.')[0] in ('django', 'um_portal', 'exchange') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-I", "-c", script], check=True, timeout=60)


def test_only_plain_values_are_taken_from_the_process():
    for rows in (pickle.dumps(os.system), pickle.dumps([["a"]]), b"", b"[" * 100_000, b"\x80\x05"):
        with pytest.raises(GeenFrame):
            unpack(rows)


@pytest.mark.parametrize(
    "value",
    [
        dt.date(2025, 12, 31),
        dt.datetime(2025, 12, 31, 23, 59, 59, 991000),
        dt.time(7, 30),
        dt.timedelta(days=1, hours=12),
        dt.timedelta(days=-1, microseconds=5),
        "tekst",
        24.5,
        24.0,
        24,
        True,
    ],
)
def test_every_kind_of_cell_crosses_as_what_it_is(value):
    [[found, again]] = rows_of(unpack(pack_rows([[value, value]])), 1)
    assert (type(found), found, again) == (type(value), value, value)


def test_a_text_with_a_nul_does_not_cross_and_its_row_says_so():
    [row, other] = rows_of(unpack(pack_rows([["a", "K\0o\0k", 1], ["\\u0000", "b", 2]])), 2)
    assert row == ["a", "", 1]
    assert isinstance(row, Gemerkt)
    assert row.merken == (Merk(ONLEESBAAR, (1,)),)
    assert other == ["\\u0000", "b", 2]
    assert type(other) is list


# --- Workbooks --------------------------------------------------------------------------------------------


def test_an_xlsb_tells_what_is_hidden_and_shows_numbers_as_a_person_sees_them():
    rows: list[list[str | float]] = [
        ["tel", "deel", "id"],
        [12345678.0, 0.8, 7.0],
        [87654321.0, 0.5, 8.0],
        [1.0, 0.25, 9.0],
    ]
    formats = ['"06-"00000000', "0%", "00000"]
    with open_file(xlsb(rows, hidden_rows=[2], hidden_columns=[1], formats=formats)) as bestand:
        [tabel] = bestand.tabellen
        assert [rij.waarden for rij in tabel.rijen()][1:] == [
            ["06-12345678", "80%", "00007"], ["06-87654321", "50%", "00008"], ["06-00000001", "25%", "00009"],
        ]  # fmt: skip
        assert [rij.nummer for rij in tabel.rijen() if Merk(VERBORGEN) in rij.merken] == [3]
        assert (tabel.verborgen_rijen, tabel.verborgen_kolommen) == (1, (1,))


def test_an_xlsb_is_read_like_any_other():
    bestand = open_file(xlsb([["id", "plaats", "uren", "ja"], ["0012", "Curaçao", 24.5, True]]))
    assert bestand.formaat is Formaat.XLSB
    assert every_row(bestand) == [["id", "plaats", "uren", "ja"], ["0012", "Curaçao", 24.5, True]]


@pytest.mark.parametrize("naam", ["voorbeeld.xls", "voorbeeld.ods"])
def test_what_another_program_saved_is_read_like_any_other(naam):
    bestand = open_file((BESTANDEN / naam).read_bytes())
    assert [tabel.naam for tabel in bestand.tabellen] == ["Export", "Laatste", "Verborgen"]
    rijen = [rij.waarden for rij in bestand.tabellen[0].rijen()]
    assert rijen[1] == ["ID_WZ", "Plaats", "Datum", "Los getal", "Uren", "Ja"]
    assert rijen[2] == ["0012", "Curaçao", dt.date(2025, 12, 31), 46022, 24.5, True]
    assert rijen[3][:5] == ["0013", "", "", "", 49.0], "a formula by its value, an error as nothing"


def test_hidden_sheets_come_last_and_merged_cells_are_told():
    for naam in ("voorbeeld.xls", "voorbeeld.ods"):
        bestand = open_file((BESTANDEN / naam).read_bytes())
        assert [tabel.verborgen for tabel in bestand.tabellen] == [False, False, True]
    bestand = open_file((BESTANDEN / "voorbeeld.xls").read_bytes())
    assert bestand.tabellen[0].samengevoegd == ((0, 0, 0, 2),)


@pytest.mark.parametrize(
    ("inhoud", "epoch_1904"),
    [
        ((BESTANDEN / "voorbeeld.xls").read_bytes(), False),
        ((BESTANDEN / "voorbeeld_1904.xls").read_bytes(), True),
        ((BESTANDEN / "voorbeeld.ods").read_bytes(), False),
        ((BESTANDEN / "voorbeeld_1904.ods").read_bytes(), True),
        (xlsb([["a", 1.0]]), False),
        (xlsb([["a", 1.0]], epoch_1904=True), True),
        (xlsx('<row r="1"><c><v>1</v></c></row>'), False),
        (xlsx('<row r="1"><c><v>1</v></c></row>', workbook='<workbookPr date1904="0"/>'), False),
        (xlsx('<row r="1"><c><v>1</v></c></row>', workbook='<workbookPr date1904="1"/>'), True),
        (xlsx('<row r="1"><c><v>1</v></c></row>', workbook='<workbookPr a="b" date1904="true"/>'), True),
    ],
)
def test_a_workbook_that_counts_from_1904_says_so(inhoud, epoch_1904):
    assert open_file(inhoud).epoch_1904 is epoch_1904


@pytest.mark.parametrize("naam", ["voorbeeld_1904.xls", "voorbeeld_1904.ods"])
def test_a_date_of_1904_is_the_same_day_in_every_epoch(naam):
    rijen = every_row(open_file((BESTANDEN / naam).read_bytes()))
    assert rijen[2][2] == dt.date(2025, 12, 31)


@pytest.mark.parametrize("naam", ["wachtwoord.xls", "wachtwoord.ods"])
def test_a_password_is_told(naam):
    assert "wachtwoord" in refused((BESTANDEN / naam).read_bytes())


def test_delimited_text_in_the_first_column_of_a_workbook_is_cut():
    workbook = Workbook()
    sheet: Any = workbook.active
    for line in ("id;naam;plaats", '1;"Jansen; P.";Utrecht', "2;Bakker;Zeist", None, "3;Visser;Ede"):
        sheet.append([line])
    rijen = open_file(saved(workbook)).tabellen[0].rijen()
    assert [rij.waarden for rij in rijen if len(rij.waarden) > 1] == [
        ["id", "naam", "plaats"],
        ["1", "Jansen; P.", "Utrecht"],
        ["2", "Bakker", "Zeist"],
        ["3", "Visser", "Ede"],
    ]


def test_a_workbook_with_macros_is_read_and_its_macros_are_not():
    inhoud = xlsx('<row r="1"><c t="str"><v>kop</v></c></row>', vbaProject=b"\xd0\xcf\x11\xe0geen programma")
    assert every_row(open_file(inhoud)) == [["kop"]]


# --- Hostile files ----------------------------------------------------------------------------------------

_BOM = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {two} "{f"&{one};" * 10}">' for one, two in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
_EXTERN = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
_CEL = '<row r="1"><c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row>'


@pytest.mark.parametrize("doctype", [_BOM, _EXTERN])
def test_entities_in_a_workbook_are_not_looked_up(doctype):
    assert "beschadigd" in refused(xlsx(_CEL, before=doctype))
    shared = f"{doctype}<sst {MAIN}><si><t>&i;</t></si></sst>"
    assert "beschadigd" in refused(xlsx('<row r="1"><c t="s"><v>0</v></c></row>', shared=shared))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('<row r="1">' + "<c><v>1</v></c>" * 1_000_000 + "</row>", "kolommen"),
        ('<row r="1"><c r="AAAAAA1"><v>1</v></c></row>', "kolommen"),
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "rijen"),
        ('<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>', "rijen"),
        ('<row r="99999999999999999999"><c r="A99999999999999999999"><v>1</v></c></row>', "rijen"),
        (
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="249999"><c r="SF249999"><v>1</v></c></row>',
            "te groot om te lezen",
        ),
        ("<row>" * 100_000, "geen blad met gegevens"),
    ],
)
def test_a_sheet_of_impossible_size_is_told(rows, said):
    assert said in refused(xlsx(rows))


def test_only_so_many_sheets_are_read():
    bestand = open_file(xml2003(*[xml_row("a", "b")] * 250))
    assert len(bestand.tabellen) == 200
    assert "eerste 200 bladen" in bestand.te_groot


_GOOD = {
    "xlsx": een_werkblad([een_sonar_rij(Postcode="3511AB") for _ in range(3)]),
    "xlsb": xlsb([["id", "plaats"], ["1", "Utrecht"], [2.0, "Zeist"]]),
    "xls": (BESTANDEN / "voorbeeld.xls").read_bytes(),
    "ods": (BESTANDEN / "voorbeeld.ods").read_bytes(),
    "xml2003": xml2003(xml_row("id", "plaats") + xml_row(1, "Utrecht") + xml_row(2, "Zeist")),
    "html": b"<html><body><table><tr><th>id<th>plaats</tr><tr><td>1<td>Utrecht</tr></table></body></html>",
    "csv": 'id;plaats\n1;Curaçao\n2;"Zeist; bij Utrecht"\n'.encode(),
    "json": b'[{"idWerkzoekende": "1"}, {"idWerkzoekende": "2"}]',
}


# The reading process, which tells at the end what it had to import after it was confined.
_LATE = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
from uploads.sandbox import leesproces
at_hand = set()
leesproces.confine = lambda: at_hand.update(sys.modules) or []
leesproces.main(json.loads(sys.argv[1]))
print(*sorted(set(sys.modules) - at_hand), file=sys.stderr)
"""


@pytest.mark.slow
@pytest.mark.parametrize("only_format", [True, False])
def test_what_a_file_needs_is_there_before_its_first_byte_is_read(only_format):
    good = {
        **_GOOD,
        "cp1252": "id;plaats\n1;Curaçao\n".encode("cp1252"),
        "wachtwoord": encrypted(_GOOD["xlsx"], "VelvetSweatshop"),
        "tweetal": zipped({"een.csv": _GOOD["csv"], "twee.xls": _GOOD["xls"]}),
        "tweetal van opmaak": zipped({"een.html": _GOOD["html"], "twee.xml": _GOOD["xml2003"]}),
        "tweetal van werkmappen": zipped({"een.xlsx": _GOOD["xlsx"], "twee.ods": _GOOD["ods"]}),
    }
    for kind, inhoud in good.items():
        done = subprocess.run(
            [sys.executable, "-I", "-c", _LATE, json.dumps(_task(inhoud, alleen_formaat=only_format))],
            input=LENGTH.pack(len(inhoud)) + inhoud + b"0 0 100\n",
            env={}, check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        assert b'"formaat"' in done.stdout, kind
        assert done.stderr.split() == [], kind


@cache
def rows_in(kind: str) -> int:
    """Counts the rows of the good file of this kind."""
    return len(every_row(open_file(_GOOD[kind])))


def outcome(kind: str, inhoud: bytes) -> int:
    """Counts the rows of a file that may be damaged; 0 when it cannot be read, -1 without a good message."""
    try:
        if kind in {"csv", "json"}:
            # Nothing there ends a process, and starting one takes longer than reading.
            return sum(map(len, read_here(inhoud)[1]))
        return len(every_row(open_file(inhoud)))
    except Onleesbaar as problem:
        return 0 if problem.melding.endswith((".", "?")) else -1


@hypothesis_settings(max_examples=examples(60), deadline=None)
@given(st.sampled_from(sorted(_GOOD)), st.floats(0, 1))
def test_a_file_that_was_cut_off_has_no_more_rows_than_before(kind, part):
    inhoud = _GOOD[kind]
    # Cut inside a quoted cell or a tag it may look like something else, of one row.
    assert 0 <= outcome(kind, inhoud[: int(part * len(inhoud))]) <= rows_in(kind)


@hypothesis_settings(max_examples=examples(60), deadline=None)
@given(
    st.sampled_from(sorted(_GOOD)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_no_flipped_byte_makes_reading_fail_in_another_way(kind, flips):
    inhoud = bytearray(_GOOD[kind])
    for place, value in flips:
        inhoud[int(place * len(inhoud))] = value
    assert outcome(kind, bytes(inhoud)) >= 0


def test_reading_goes_on_when_all_processes_of_a_worker_are_told_to_end() -> None:
    with open_file(een_werkblad([een_sonar_rij()] * 3000)) as bestand:
        rijen = bestand.tabellen[0].rijen()
        next(rijen)
        [reader] = processes()
        for one in (signal.SIGTERM, signal.SIGINT):
            reader.send_signal(one)
        assert sum(1 for _ in rijen) == 3000


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("inhoud", "status"),
    [
        (een_werkblad([een_sonar_rij()] * 30), Leveringstatus.OMGEZET),
        (een_werkblad([een_sonar_rij()] * 30, ("Vervoer", "Geslacht")), Leveringstatus.KOPPELEN),
        (xlsx('<row r="1"><c r="A1" t="e"><v>#VREEMD!</v></c></row>'), Leveringstatus.MISLUKT),
    ],
    ids=["converted", "not recognised", "broken"],
)
@pytest.mark.slow
def test_no_process_outlives_what_it_was_started_for(inhoud: bytes, status: Leveringstatus) -> None:
    gc.collect()
    # Not even until the next time that Python looks for cycles.
    gc.disable()
    try:
        assert een_levering(een_gemeente(), inhoud).status == status
        assert processes() == []
    finally:
        gc.enable()
