"""Dangerous combinations of settings: the portal does not start with them."""

import os
import subprocess
import sys

import pytest

from tests.places import ROOT

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
