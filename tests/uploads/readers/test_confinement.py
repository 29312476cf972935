"""The reading process as a sandbox: hostile code that runs in it, where a file is opened, gets nothing."""

import json
import logging
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from redis import Redis

from tests.places import ROOT
from tests.spreadsheets import xml2003, xml_row
from tests.uploads.readers.hostile import REFUSED
from uploads.readers import Onleesbaar, open_file, process
from uploads.readers.process import Leesproces
from uploads.sandbox.bericht import LENGTH, MAX_BYTES
from uploads.sandbox.confinement import LANDLOCK, SECCOMP
from uploads.sandbox.frames import pack, rows_message, rows_of
from uploads.sandbox.sheets import MAX_MERGED, Blad

# As the reading process is started, but with a hostile one.
_HOSTILE = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.uploads.readers import hostile"
_FILE = xml2003(xml_row("id", "plaats") + xml_row(1, "Utrecht"))


def _lacking() -> list[str]:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r});"
        "from uploads.sandbox.confinement import confine; print(*confine())"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], check=True, capture_output=True, timeout=60)
    return done.stdout.decode().split()


_MISSING = _lacking()
can_confine = pytest.mark.skipif(bool(_MISSING), reason=f"this kernel lacks {' and '.join(_MISSING)}")


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the same user that has a secret, and does not hide it."""
    script = "import time; print(flush=True); time.sleep(600)"
    with subprocess.Popen(
        [sys.executable, "-I", "-c", script], env={"GEHEIM": "van een ander"}, stdout=subprocess.PIPE
    ) as one:
        assert one.stdout is not None
        one.stdout.readline()
        yield one
        one.kill()


@pytest.fixture
def places(other: subprocess.Popen[bytes], tmp_path: Path) -> dict[str, Any]:
    """Gives the secrets and other targets around the reading process."""
    secret = tmp_path / ".env"
    secret.write_text("UM_MASTER_KEY=geheim")
    database = django_settings.DATABASES["default"]
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    redis = Redis.from_url(django_settings.CELERY_BROKER_URL).connection_pool.connection_kwargs
    files = [str(secret), str(ROOT / "um_portal" / "settings.py"), str(ROOT / "manage.py"), sys.executable]
    return {
        "parent": os.getpid(),
        "other": other.pid,
        "files": files,
        "folder": str(tmp_path),
        "tcp": [redis["host"], redis["port"]],
        "unix": f"{host}/.s.PGSQL.{database['PORT'] or 5432}",
        "all": True,
    }


def start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: str, inhoud: bytes = b"", before: str = ""
) -> Leesproces:
    """A reading process as the portal starts it, that is this program."""
    script = tmp_path / "lezer.py"
    script.write_text(f"{_HOSTILE}\n{before}\nhostile.run({run})")
    monkeypatch.setattr(process, "_SCRIPT", script)
    return Leesproces(inhoud or b"a;b")


def outcomes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, places: dict[str, Any], run: str = "", before: str = ""
) -> dict[str, str]:
    """Gives the result of each attempt of hostile code, by the name of the attempt."""
    reading = start(monkeypatch, tmp_path, run, json.dumps(places).encode(), before)
    try:
        [blad] = reading.open()["bladen"]
        found = rows_of(blad["kop"], 1000)
    finally:
        reading.sluit()
    return dict(found)


# --- What hostile code gets -------------------------------------------------------------------------------


@can_confine
def test_hostile_code_in_the_reading_process_gets_nothing(monkeypatch, tmp_path, places):
    monkeypatch.setenv("UM_MASTER_KEY", "geheim")
    found = outcomes(monkeypatch, tmp_path, places)
    assert {name: outcome for name, outcome in found.items() if outcome != REFUSED} == {}
    assert len(found) > 60


def test_without_confinement_the_same_code_gets_nearly_everything(monkeypatch, settings, tmp_path, places):
    settings.UM_LEES_ZANDBAK = "indien-mogelijk"
    places["all"] = False
    found = outcomes(monkeypatch, tmp_path, places, "lambda: []")
    refused = {name for name, outcome in found.items() if not outcome.startswith("succeeded")}
    # At the start of a memory there is nothing to read. The parent closed itself to all but root.
    closed = {f"parent: {what}" for what in ("environ", "mem", "maps", "memory", "limits")}
    assert refused <= {"other: mem", *closed}
    assert len(found) > 30


@can_confine
@pytest.mark.parametrize("without", ["_landlock", "_seccomp"])
def test_each_of_the_two_keeps_files_and_ports_closed_by_itself(without):
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import os, resource, socket\n"
        "from uploads.sandbox import confinement\n"
        f"confinement.{without} = lambda *_: True\n"
        # Of this limit is told elsewhere.
        "confinement.resource.setrlimit = lambda *_: None\n"
        "assert confinement.confine() == []\n"
        "def tcp():\n"
        "    socket.socket().connect(('127.0.0.1', 1))\n"
        "for attempt in (tcp, lambda: open('/etc/passwd'), lambda: os.listdir('/'), lambda: os.mkdir('/tmp/zandbak'),\n"
        "                lambda: os.kill(os.getppid(), 0)):\n"
        "    try:\n"
        "        attempt()\n"
        "    except PermissionError:\n"
        "        continue\n"
        "    sys.exit('let in')\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@can_confine
def test_a_library_that_runs_out_of_memory_still_ends_as_one_that_did(monkeypatch, tmp_path):
    reading = start(
        monkeypatch, tmp_path, "", before="hostile.Overgenomen = lambda inhoud: hostile.os.abort()"
    )
    with pytest.raises(Onleesbaar, match="te groot om te lezen"):
        reading.open()


@can_confine
def test_confined_twice_is_confined_no_less():
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from uploads.sandbox.confinement import confine;"
        "confine(); confine()"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, timeout=60, check=False)
    assert b"PermissionError" in done.stderr


# --- What hostile code may say ----------------------------------------------------------------------------


def _told(**changes: Any) -> bytes:
    """Gives the message about a file with one sheet, in which these facts are changed."""
    blad = Blad(0, "Blad", 2, 1, False, [["a"]], [])._asdict()
    blad |= {"kop": rows_message(blad["kop"])} | {k: v for k, v in changes.items() if k in blad}
    rest = {"formaat": "xml2003", "epoch_1904": False, "bladen": [blad]}
    return pack({**rest, **{k: v for k, v in changes.items() if k not in blad}})


# Rows are told with the dates in them, and with marks.
_ROWS_THAT_ARE_NONE: list[Any] = [
    None,
    7,
    [],
    [[1], [], []],
    [[["a"]] * 5000, [], []],
    [[[["a"]]], [], []],
    [[[{}]], [], []],
    [{"a": 1}, [], []],
    [[["a"]], [["dag", "2025-01-01", [5 << 20]]], []],
    [[["a"]], [["dag", "2025-01-01", [-1]]], []],
    [[["a"]], [["dag", "2025-01-01", ["x"]]], []],
    [[["a"]], [["dag", "morgen", [0]]], []],
    [[["a"]], [["dag", 7, [0]]], []],
    [[["a"]], [["getattr", "os", [0]]], []],
    [[["a"]], [["duur", "999999999999 0 0", [0]]], []],
    [[["a"]], [], [[0, "iets", []]]],
    [[["a"]], [], [[0, "verborgen", ["x"]]]],
    [[["a"]], [], [[9, "verborgen", []]]],
    [[["a"]], [], [[-1, "verborgen", []]]],
    [[["a"]], [], [[0, ["verborgen"], []]]],
]


@pytest.mark.parametrize(
    "frame",
    [
        pack(None),
        pack([]),
        pack({}),
        pack({"fout": "iets anders"}),
        pack({"fout": ["een", "lijst"]}),
        pack({"fout": "csv_rijen"}),
        pack({"fout": "csv_rijen", "getallen": ["{0.__class__}"]}),
        pack({"fout": "csv_rijen", "getallen": {"a": 1}}),
        _told(formaat="exe"),
        _told(formaat=["xlsx"]),
        _told(bladen=7),
        _told(bladen={}),
        _told(bladen=[[1, 2]]),
        _told(bladen=[{"a": 1}]),
        _told(hoogte=-1),
        _told(hoogte="2"),
        _told(hoogte=10**15, formaat="csv"),
        _told(naam=7),
        _told(samengevoegd=[[1, 2]]),
        _told(samengevoegd=[[1, 2, 3, 4]] * (MAX_MERGED + 2)),
        _told(samengevoegd="abcd"),
        _told(verborgen_kolommen=[None]),
        *(_told(kop=rows) for rows in _ROWS_THAT_ARE_NONE),
        b"",
        b"\x80\x05",
        b"cos\nsystem\n(S'true'\ntR.",
        b"[" * 1_000_000,
        b"9" * 1_000_000,
    ],
)
def test_whatever_the_process_says_the_file_is_unreadable_and_nothing_worse(monkeypatch, tmp_path, frame):
    answering(monkeypatch, tmp_path, pack([]), frame)
    with pytest.raises(Onleesbaar, match="beschadigd"):
        open_file(_FILE)


@pytest.mark.parametrize("rows", [*_ROWS_THAT_ARE_NONE, [[["a"]] * 1001, [], []]])
def test_rows_that_are_no_rows_make_the_file_unreadable(monkeypatch, tmp_path, rows):
    answering(monkeypatch, tmp_path, pack([]), _told(), pack(rows))
    with open_file(_FILE) as bestand, pytest.raises(Onleesbaar, match="beschadigd"):
        list(bestand.tabellen[0].rijen())


@pytest.mark.parametrize("lacking", ["Landlock", ["iets"], [7], {"a": 1}, None])
def test_a_process_that_lies_about_its_confinement_is_not_believed(monkeypatch, tmp_path, lacking):
    answering(monkeypatch, tmp_path, pack(lacking), _told())
    with pytest.raises(Onleesbaar, match="beschadigd"):
        open_file(_FILE)


def test_records_that_are_no_json_make_the_file_unreadable(monkeypatch, tmp_path):
    for text in ("{", "[" * 100_000, "NaN", "9" * 10_000, 7):
        answering(monkeypatch, tmp_path, pack([]), _told(formaat="json"), pack([[[text]], [], []]))
        with open_file(_FILE) as bestand, pytest.raises(Onleesbaar, match="beschadigd"):
            list(bestand.tabellen[0].rijen())


@pytest.mark.slow
def test_an_answer_is_never_much_larger_than_what_crosses(monkeypatch, tmp_path):
    # The largest message allowed, of what takes most room in Python for its bytes.
    frame = b"[[" + b"[]," * (MAX_BYTES // 3 - 10) + b"[]],[],[]]"
    answering(monkeypatch, tmp_path, pack([]), _told(), frame)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open_file(_FILE) as bestand, pytest.raises(Onleesbaar, match="beschadigd"):
        list(bestand.tabellen[0].rijen())
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 500


@pytest.mark.parametrize(
    "reads",
    [
        # A byte now and then, of a message that never ends.
        "sys.stdout.buffer.write((1000).to_bytes(8, 'big'))\n"
        "while True: sys.stdout.buffer.write(b' '); sys.stdout.flush(); time.sleep(0.1)",
        # Reads nothing of the file, and says nothing.
        "time.sleep(60)",
        # Says the first, then reads nothing of the file.
        f"sys.stdout.buffer.write({LENGTH.pack(2) + b'[]'!r}); sys.stdout.flush(); time.sleep(60)",
    ],
    ids=["drips", "is silent", "does not read"],
)
@pytest.mark.slow
def test_every_turn_has_an_end(monkeypatch, tmp_path, settings, reads):
    settings.UM_LEES_SECONDEN = 1
    script = tmp_path / "lezer.py"
    script.write_text(f"import sys, time\n{reads}")
    monkeypatch.setattr(process, "_SCRIPT", script)
    waited: list[int] = []
    begin = time.monotonic()
    with pytest.raises(Onleesbaar, match="te groot"):
        open_file(b"a;b\n" * 1_000_000, wacht=lambda: waited.append(1))
    assert time.monotonic() - begin < 8
    assert waited


@pytest.mark.slow
def test_all_turns_together_have_an_end_too(monkeypatch, tmp_path, settings):
    settings.UM_LEES_SECONDEN = 1
    script, row = tmp_path / "lezer.py", pack([[["a"]], [], []])
    first = b"".join(LENGTH.pack(len(one)) + one for one in (pack([]), _told(hoogte=100_000)))
    script.write_text(
        f"import sys, time; out = sys.stdout.buffer; out.write({first!r}); out.flush()\n"
        f"while True: time.sleep(0.5); out.write({LENGTH.pack(len(row)) + row!r}); out.flush()"
    )
    monkeypatch.setattr(process, "_SCRIPT", script)
    begin = time.monotonic()
    with open_file(_FILE) as bestand, pytest.raises(Onleesbaar, match="te groot"):
        list(bestand.tabellen[0].rijen())
    assert time.monotonic() - begin < 12


def answering(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *frames: bytes) -> None:
    """Puts a process in place of the reading process, which gives these answers whatever it is asked."""
    script, told = tmp_path / "lezer.py", tmp_path / "antwoorden"
    told.write_bytes(b"".join(LENGTH.pack(len(one)) + one for one in frames))
    script.write_text(
        f"import sys, time; sys.stdout.buffer.write(open({str(told)!r}, 'rb').read()); sys.stdout.flush();"
        "time.sleep(20)"
    )
    monkeypatch.setattr(process, "_SCRIPT", script)


# --- A kernel that cannot do it ---------------------------------------------------------------------------


@pytest.fixture
def _no_landlock(monkeypatch, tmp_path):
    """The reading process itself, on a kernel without Landlock."""
    script = tmp_path / "lezer.py"
    script.write_text(
        f"import json, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import uploads.sandbox.leesproces as reader\n"
        "from uploads.sandbox import confinement\n"
        "confinement._landlock = lambda libc: False\n"
        "reader.main(json.loads(sys.argv[1]))"
    )
    monkeypatch.setattr(process, "_SCRIPT", script)
    process._warn.cache_clear()
    yield
    process._warn.cache_clear()


@can_confine
@pytest.mark.usefixtures("_no_landlock")
def test_when_the_sandbox_is_required_a_kernel_without_reads_nothing(settings, caplog):
    settings.UM_LEES_ZANDBAK = "verplicht"
    with pytest.raises(Onleesbaar, match="Aan uw bestand ligt het niet"):
        open_file(_FILE)
    [line] = [record for record in caplog.records if record.name == "uploads.readers.process"]
    assert line.levelno == logging.CRITICAL
    assert LANDLOCK in line.getMessage()
    assert SECCOMP not in line.getMessage()


@can_confine
@pytest.mark.usefixtures("_no_landlock")
def test_when_it_is_not_a_kernel_without_reads_and_warns_once(settings, caplog):
    settings.UM_LEES_ZANDBAK = "indien-mogelijk"
    for _ in range(2):
        with open_file(_FILE) as bestand:
            assert [rij.waarden for rij in bestand.tabellen[0].rijen()] == [["id", "plaats"], [1, "Utrecht"]]
    [line] = [record for record in caplog.records if record.name == "uploads.readers.process"]
    assert line.levelno == logging.WARNING
    assert LANDLOCK in line.getMessage()


def test_an_unknown_processor_lacks_both():
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from uploads.sandbox import confinement;"
        "confinement._PROCESSORS.clear(); print(*confinement.confine())"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], check=True, capture_output=True, timeout=60)
    assert done.stdout.split() == [LANDLOCK.encode(), SECCOMP.encode()]


@pytest.mark.parametrize(
    ("demo", "given", "outcome"),
    [
        ("0", None, "verplicht"),
        ("1", None, "indien-mogelijk"),
        ("1", "verplicht", "verplicht"),
        ("0", "indien-mogelijk", "indien-mogelijk"),
        ("0", "nee", "UM_LEES_ZANDBAK is verplicht of indien-mogelijk."),
    ],
)
def test_outside_the_demonstration_the_sandbox_is_required(demo, given, outcome):
    script = "import um_portal.settings as s; print(s.UM_LEES_ZANDBAK)"
    environment = {name: value for name, value in os.environ.items() if name != "UM_LEES_ZANDBAK"}
    environment |= {"UM_DEMO": demo} | ({"UM_LEES_ZANDBAK": given} if given else {})
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert outcome in done.stdout + done.stderr


# --- The processes that have the secrets ------------------------------------------------------------------

# Root has a right that makes it an exception; a process of the portal has none of these, nor has who looks.
_DROP = "from uploads.sandbox.confinement import drop_capabilities; drop_capabilities()"
_LOOK = f"{_DROP}; import sys; print(open(f'/proc/{{sys.argv[1]}}/environ').read()); open(f'/proc/{{sys.argv[1]}}/mem')"


def _seen_of(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Gives the part of a process with this command that another process of the same user can see."""
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "GEHEIM": "geheim-van-het-portaal"}, stdout=subprocess.PIPE
    ) as portal:
        try:
            assert portal.stdout is not None
            while b"klaar" not in (line := portal.stdout.readline()):
                assert line, "it ended"
            pid = int(line.split()[-1])
            look = [sys.executable, "-c", _LOOK, str(pid)]
            try:
                return subprocess.run(look, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
            finally:
                # Not the same one when it was forked.
                os.kill(pid, signal.SIGKILL)
        finally:
            portal.kill()


_WAIT = "print('klaar', os.getpid(), flush=True); time.sleep(600)"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize(
    "entrance",
    [
        "import um_portal.wsgi",
        # What works for the worker is forked from it.
        "import um_portal.celery as c; c.app.conf.broker_url; os.fork() and time.sleep(600)",
        "import django; os.environ['DJANGO_SETTINGS_MODULE'] = 'um_portal.settings'; django.setup()",
        "from django.core.management import execute_from_command_line as run; "
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'um_portal.settings'; run(['manage.py', 'check', '-v', '0'])",
    ],
    ids=["web", "worker", "program", "command"],
)
@pytest.mark.slow
def test_nobody_of_the_same_user_looks_into_a_process_of_the_portal(entrance):
    seen = _seen_of([sys.executable, "-c", f"import os, time; {entrance}; {_DROP}; {_WAIT}"])
    assert "PermissionError" in seen.stderr
    assert "geheim" not in seen.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_in_another_process_of_the_same_user_one_can_look():
    seen = _seen_of([sys.executable, "-c", f"import os, time; {_DROP}; {_WAIT}"])
    assert (seen.stderr, "geheim-van-het-portaal" in seen.stdout) == ("", True)


# --- What it costs ----------------------------------------------------------------------------------------


@pytest.mark.slow
@can_confine
@pytest.mark.slow
def test_it_is_confined_in_a_few_milliseconds():
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import time;"
        "from uploads.sandbox.confinement import confine; t = time.process_time(); confine();"
        "print(time.process_time() - t)"
    )
    begin = time.monotonic()
    took = min(
        float(subprocess.run([sys.executable, "-I", "-c", script], check=True, capture_output=True).stdout)
        for _ in range(10)
    )
    assert took < 0.02
    assert time.monotonic() - begin < 60
