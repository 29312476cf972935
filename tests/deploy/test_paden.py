"""Addresses and headers with which somebody could get past the proxy, sent to the real portal by a real server."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.places import ROOT
from um_portal.embedded.redis_server import free_port


@pytest.fixture(scope="module")
def portal(django_db_setup: None) -> Iterator[tuple[str, int]]:
    address = ("127.0.0.1", free_port())
    environment = {
        **os.environ,
        "UM_BIND": f"{address[0]}:{address[1]}",
        "UM_WEB_PROCESSEN": "1",
        "UM_WEB_THREADS": "2",
        "UM_DEMO": "1",
        "SCRIPT_NAME": "/omgeving",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "um_portal.wsgi:application"],
        cwd=ROOT, env=environment, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(address, timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def call(portal: tuple[str, int], path: str, *headers: str, host: str = "") -> tuple[int, str]:
    """Sends a call as written; gives the status and the whole answer."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host or f'127.0.0.1:{portal[1]}'}", "Connection: close"]
    with socket.create_connection(portal, timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, *headers, "", ""]).encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode(errors="replace")
    return int(answer.split(" ", 2)[1]), answer


BRON = "/vum/bron/v3/werkzoekendeProfielen/W1"


def test_where_the_portal_stands_is_believed_from_nobody(portal: tuple[str, int]) -> None:
    for header in ("SCRIPT_NAME: /elders", "Script-Name: /elders", "SCRIPT-NAME: //kwaad.example"):
        status, answer = call(portal, "/", header)
        location = re.search(r"^location: (\S+)", answer, re.IGNORECASE | re.MULTILINE)
        assert status == 302
        assert location is not None
        assert location[1].startswith("/account/inloggen")


@pytest.mark.parametrize(
    "path",
    [
        BRON.replace("/bron/", "%2fbron/"),
        BRON.replace("/bron/", "%2Fbron%2F"),
        "/vum%5cbron/v3/",
        "/account/inloggen%00",
        "/vum\\bron/v3/",
        "/leveringen%2f..%2fgemeenten/",
    ],
)
def test_an_encoded_slash_reaches_nothing(portal: tuple[str, int], path: str) -> None:
    status, answer = call(portal, path)
    assert status == 400
    assert "X-VUM" not in answer


def test_an_encoded_slash_in_a_question_is_no_part_of_the_path(portal: tuple[str, int]) -> None:
    assert call(portal, "/account/inloggen?next=%2Fzoeken%2F")[0] == 200


def test_the_source_of_the_demonstration_answers_programs_on_this_machine_only(
    portal: tuple[str, int],
) -> None:
    # It is let in, and then told which headers are missing.
    assert call(portal, BRON)[0] == 400
    assert call(portal, BRON, host="kwaad.example")[0] == 401
    for header in (
        "X-Forwarded-For: 203.0.113.7",
        "X-Forwarded-Host: kwaad.example",
        "Forwarded: for=203.0.113.7",
        "Via: 1.1 tunnel",
        "CF-Connecting-IP: 203.0.113.7",
        "X-Real-IP: 203.0.113.7",
        "Origin: https://kwaad.example",
    ):
        assert call(portal, BRON, header)[0] == 401, header


@pytest.mark.parametrize("header", ["x*=a; x*0=b", "x*=bestaat-niet''%41", "charset=base64"])
def test_a_header_about_encodings_that_nobody_can_read_breaks_nothing(
    portal: tuple[str, int], header: str
) -> None:
    assert call(portal, "/account/inloggen", f"Content-Type: text/plain; {header}")[0] == 200
