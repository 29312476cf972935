"""The reading process as a sandbox: hostile code that runs in it, where a file is opened, gets nothing."""

import datetime as dt
import json
import logging
import os
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
from uploads.readers import Formaat, Onleesbaar, open_file, process
from uploads.readers.process import Leesproces
from uploads.sandbox.confinement import LANDLOCK, SECCOMP
from uploads.sandbox.frames import LENGTH, pack

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
    return Leesproces(inhoud, Formaat.XML2003)


def outcomes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, places: dict[str, Any], run: str = "", before: str = ""
) -> dict[str, str]:
    """Gives the result of each attempt of hostile code, by the name of the attempt."""
    reading = start(monkeypatch, tmp_path, run, json.dumps(places).encode(), before)
    try:
        [(*_, found, _merged)] = reading.open()["bladen"]
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

_BLAD: tuple[Any, ...] = (0, "Blad", 2, 1, False, [["a"]], [])
_ITSELF: list[Any] = []
_ITSELF.append(_ITSELF)


@pytest.mark.parametrize(
    "frame",
    [
        pack(None),
        pack([]),
        pack({}),
        pack({"fout": "iets anders"}),
        pack({"fout": ["een", "lijst"]}),
        pack({"fout": 10**5000}),
        pack({"bladen": 7, "epoch_1904": False}),
        pack({"bladen": [(1, 2)], "epoch_1904": False}),
        pack({"bladen": [_BLAD]}),
        pack({"bladen": [(0, 5, *_BLAD[2:])], "epoch_1904": False}),
        pack({"bladen": [(0, "Blad", -1, *_BLAD[3:])], "epoch_1904": False}),
        pack({"bladen": [(0, "Blad", "2", *_BLAD[3:])], "epoch_1904": False}),
        pack({"bladen": [(*_BLAD[:5], [["a"]] * 1000, [])], "epoch_1904": False}),
        pack({"bladen": [(*_BLAD[:5], [[{"a": 1}]], [])], "epoch_1904": False}),
        pack({"bladen": [(*_BLAD[:5], _ITSELF, [])], "epoch_1904": False}),
        pack({"bladen": [(*_BLAD[:6], [(1, 2)])], "epoch_1904": False}),
        b"",
        b"\x80\x05",
        b"cos\nsystem\n(S'true'\ntR.",
        pack(dt.date(2025, 1, 1)),
    ],
)
def test_whatever_the_process_says_the_file_is_unreadable_and_nothing_worse(monkeypatch, tmp_path, frame):
    script = tmp_path / "lezer.py"
    answers = b"".join(LENGTH.pack(len(one)) + one for one in (pack([]), frame))
    script.write_text(
        f"import sys, time; sys.stdout.buffer.write({answers!r}); sys.stdout.flush(); time.sleep(20)"
    )
    monkeypatch.setattr(process, "_SCRIPT", script)
    with pytest.raises(Onleesbaar, match="beschadigd"):
        open_file(_FILE)


@pytest.mark.parametrize(
    "rows", [None, 7, [1], [["a"]] * 5000, [[["a"]]], [[None]], {"a": 1}, [[1] * 70_000] * 1000]
)
def test_rows_that_are_no_rows_make_the_file_unreadable(monkeypatch, tmp_path, rows):
    script = tmp_path / "lezer.py"
    opened = pack({"bladen": [_BLAD], "epoch_1904": False})
    answers = b"".join(LENGTH.pack(len(one)) + one for one in (pack([]), opened, pack(rows)))
    script.write_text(
        f"import sys, time; sys.stdout.buffer.write({answers!r}); sys.stdout.flush(); time.sleep(20)"
    )
    monkeypatch.setattr(process, "_SCRIPT", script)
    with open_file(_FILE) as bestand, pytest.raises(Onleesbaar, match="beschadigd"):
        list(bestand.tabellen[0].rijen())


# --- A kernel that cannot do it ---------------------------------------------------------------------------


@pytest.fixture
def _no_landlock(monkeypatch, tmp_path):
    """The reading process itself, on a kernel without Landlock."""
    script = tmp_path / "lezer.py"
    script.write_text(
        f"import json, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import uploads.sandbox.__main__ as reader\n"
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
