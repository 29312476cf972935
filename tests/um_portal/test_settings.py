"""Dangerous combinations of settings: the portal does not start with them."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from tests.deploy.authority import SERVER, Issuer
from tests.places import ROOT
from um_portal.geheimen import GEHEIM, from_files
from um_portal.gemeenten.management.commands.check_config import check_config

READ_SETTINGS = "import um_portal.settings"


@pytest.mark.parametrize(
    ("hosts", "starts"),
    [
        ("", True),
        ("localhost,127.0.0.1", True),
        ("um.voorbeeld.nl", False),
        ("localhost,um.voorbeeld.nl", False),
    ],
)
def test_the_demonstration_never_answers_to_a_real_name(hosts: str, starts: bool) -> None:
    environment = {**os.environ, "UM_DEMO": "1"}
    environment.pop("UM_HOSTS", None)
    if hosts:
        environment["UM_HOSTS"] = hosts
    run = subprocess.run(
        [sys.executable, "-c", READ_SETTINGS],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode == 0) == starts, run.stderr
    assert ("UM_DEMO staat aan" in run.stderr) != starts


@pytest.mark.slow
@pytest.mark.parametrize("component", ["portaal", "simulator"])
def test_every_kind_of_web_process_starts(component: str) -> None:
    environment = {**os.environ, "UM_COMPONENT": component, "UM_DEMO": "1"}
    run = subprocess.run(
        [sys.executable, "-c", "import um_portal.wsgi"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


# --- Secrets from files --------------------------------------------------------------------------------


def _read(environment: dict[str, str], program: str = READ_SETTINGS) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def _without(*names: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in names}


def test_every_secret_can_come_from_a_file_and_stays_out_of_the_environment(tmp_path: Path) -> None:
    environment = _without(*GEHEIM)
    for name in GEHEIM:
        value = os.environ.get(name) or {"UM_MAIL_WACHTWOORD": "geheim!"}.get(name, "")
        if value:
            (tmp_path / name).write_text(f"{value}\n")
            environment[f"{name}_FILE"] = str(tmp_path / name)
    done = _read(
        environment,
        "import os, json; from um_portal import settings as s\n"
        "print(json.dumps([s.SECRET_KEY, s.UM_MASTER_KEY, s.EMAIL_HOST_PASSWORD, s.DATABASES['default']['NAME'],"
        " s.CELERY_BROKER_URL, sorted(n for n in os.environ if n in "
        f"{GEHEIM!r})]))",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        os.environ["UM_SECRET_KEY"],
        os.environ["UM_MASTER_KEY"],
        "geheim!",
        django_settings.DATABASES["default"]["NAME"],
        django_settings.CELERY_BROKER_URL,
        [],
    ]


@pytest.mark.parametrize("name", ["UM_SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
def test_a_secret_given_twice_or_from_a_file_that_is_not_there_is_told(name: str, tmp_path: Path) -> None:
    place = tmp_path / "geheim"
    for value, content, said in (
        ("x", "x", "allebei gegeven"),
        ("", None, "niet te lezen"),
        ("", "\n", "is leeg"),
    ):
        place.unlink(missing_ok=True)
        if content is not None:
            place.write_text(content)
        with pytest.raises(ImproperlyConfigured, match=said) as told:
            from_files({name: value, f"{name}_FILE": str(place)})
        assert name in str(told.value)
    done = _read({**os.environ, name: "x", f"{name}_FILE": str(place)})
    assert done.returncode != 0
    assert "allebei gegeven" in done.stderr


# --- A real installation ---------------------------------------------------------------------------------

PRODUCTION = {
    "UM_SECRET_KEY": "abcdefghij0123456789" * 3,
    "UM_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
    "DATABASE_URL": "postgresql://um_portaal@db.example/um",
    "UM_HOSTS": "um.voorbeeld.nl",
    "UM_ACHTER_PROXY": "1",
    "UM_VERTROUWDE_PROXIES": "unix",
    "UM_EXCHANGE_URL": "https://uitwisseling.example/vum/v3",
    "UM_STATIC_MANIFEST": "1",
}


def manage(command: str, *options: str, **changes: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("UM_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "manage.py", command, *options],
        env={**known, **PRODUCTION, **changes},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_real_installation_has_nothing_to_be_warned_of() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", UM_COMPONENT="paginas")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_a_real_installation_takes_only_cookies_that_this_host_itself_gave() -> None:
    names = "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "UM_TOESTEL_COOKIE", "UM_MELDING_COOKIE"
    ask = f"from django.conf import settings; print(*(getattr(settings, name) for name in {names}))"
    done = manage("shell", "--no-imports", "-c", ask, UM_COMPONENT="paginas")
    assert done.returncode == 0, done.stderr
    assert [name[:10] for name in done.stdout.split()] == ["__Host-um_"] * len(names)


def test_everything_that_is_wrong_is_told_at_once_and_no_value_is_repeated() -> None:
    done = manage(
        "check_config",
        UM_MASTER_KEY="te-kort-geheim",
        UM_SECRET_KEY="kort-geheim",
        UM_HTTPS="ja",
        UM_MAX_DETAILS="tien",
        UM_HOSTS="*",
        UM_VERTROUWDE_PROXIES="10.0.0.0/8",
        UM_BRON_BEVRAGERS="iedereen",
        UM_EXCHANGE_URL="http://uitwisseling.example",
        UM_EXCHANGE_SLEUTEL="/nergens/sleutel",
        UM_CLIENTCERT_HEADER="X_OIN",
        DATABASE_EIGENAAR_URL="postgresql://eigenaar:geheim@db.example/um",
        UM_COMPONENT="paginas",
    )
    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if line[:4].strip().rstrip(".").isdecimal()]
    for name in (
        "UM_MASTER_KEY", "UM_SECRET_KEY", "UM_HTTPS", "UM_MAX_DETAILS", "UM_HOSTS", "UM_VERTROUWDE_PROXIES",
        "UM_BRON_BEVRAGERS", "UM_EXCHANGE_URL", "UM_EXCHANGE_SLEUTEL", "UM_CLIENTCERT_HEADER", "DATABASE_EIGENAAR_URL",
    ):  # fmt: skip
        assert any(name in line for line in told), name
    assert "Traceback" not in done.stderr
    assert "geheim" not in done.stderr.replace("geheimen", "")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"UM_HTTPS": "0"}, "UM_HTTPS"),
        ({"UM_VERTROUWDE_PROXIES": ""}, "UM_VERTROUWDE_PROXIES"),
        ({"UM_COMPONENT": "simulator"}, "simulator"),
        ({"UM_COMPONENT": "iets"}, "UM_COMPONENT"),
        ({"UM_COMPONENT": "bron", "DATABASE_EIGENAAR_URL": "postgresql://a@b/c"}, "DATABASE_EIGENAAR_URL"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_dangerous_combination_does_not_start(changes: dict[str, str], word: str) -> None:
    done = manage("check", **changes)
    assert done.returncode == 1
    assert word in done.stderr


@pytest.mark.parametrize(
    "part", ["paginas", *(pytest.param(part, marks=pytest.mark.slow) for part in ("bestanden", "klok"))]
)
def test_a_part_that_cannot_start_says_why_without_a_traceback(part: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "um_portal.run", part],
        env={"PATH": os.environ["PATH"], "UM_MAX_DETAILS": "tien"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "UM_MAX_DETAILS moet een geheel getal zijn" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
def test_the_machine_is_looked_at_too(tmp_path: Path, settings: Settings) -> None:
    Issuer("Een uitgever").issue(tmp_path / "client", SERVER)
    (tmp_path / "client.key").chmod(0o644)
    settings.UM_EXCHANGE_CERTIFICAAT = str(tmp_path / "client.pem")
    settings.UM_EXCHANGE_SLEUTEL = str(tmp_path / "client.key")
    settings.CACHES = {"default": {"LOCATION": "redis://127.0.0.1:1/0"}}
    found = check_config()
    wrong = "\n".join(zin for ernst, zin in found if ernst == "fout")
    assert ("goed", "De database antwoordt, en row-level security geldt.") in found
    assert "Redis is niet te controleren" in wrong
    assert "niet om mee te bellen" in wrong
    assert "leesbaar voor iedereen" in wrong
    assert ("goed", "De tabellen zijn van deze versie.") in found
