"""Dangerous combinations of settings: the portal does not start with them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from tests.places import ROOT
from um_portal.geheimen import GEHEIM, from_files

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


@pytest.mark.parametrize("component", ["portaal", "simulator"])
def test_every_kind_of_web_process_starts(component: str) -> None:
    environment = {**os.environ, "UM_COMPONENT": component}
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
