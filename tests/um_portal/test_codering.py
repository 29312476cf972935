"""Calls with a header that says how their contents are written."""

from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse

from um_portal.codering import PlainEncoding, PlainHandler, plain

pytestmark = pytest.mark.django_db

VREEMD = (
    "charset=utf-16",
    "charset=latin-1",
    'charset="base64"',
    "charset*=utf-8''base64",
    "charset=bestaat-niet",
    "x*=bestaat-niet''%41",
    "x*=a; x*0=b",
)


def _call(method: str, path: str, body: bytes, **headers: str) -> tuple[int, str]:
    """Gives the status and the page that the application of a web part answers."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "zoek=%C3%A9",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "HTTP_HOST": "testserver",
        **headers,
    }
    setup_testing_defaults(environ)

    def inside(environ: dict[str, Any], start_response: Any) -> Any:
        """Answers as WSGIHandler does, in the transaction of the test."""
        handler = ClientHandler()
        handler.load_middleware()
        return [handler.get_response(PlainHandler.request_class(environ))]

    answers: Any = PlainEncoding(inside)(environ, lambda *_: None)
    return answers[0].status_code, answers[0].content.decode()


@pytest.mark.parametrize("vreemd", VREEMD)
def test_a_form_and_a_page_are_read_as_utf_8_whatever_their_header_says(vreemd: str) -> None:
    address = reverse("accounts:login")
    cookie = Client().get(address).cookies[settings.CSRF_COOKIE_NAME]
    fields = {"login": "renée@nergens.example", "password": "x", "csrfmiddlewaretoken": cookie.value}
    kind = f"application/x-www-form-urlencoded; {vreemd}"
    cookies = SimpleCookie({settings.CSRF_COOKIE_NAME: cookie.value}).output(header="", attrs=[]).strip()
    status, page = _call("POST", address, urlencode(fields).encode(), CONTENT_TYPE=kind, HTTP_COOKIE=cookies)
    assert status == 200
    assert "renée@nergens.example" in page
    assert _call("GET", address, b"", CONTENT_TYPE=kind)[0] == 200
    # And at the addresses for machines.
    assert _call("GET", "/health/live", b"", CONTENT_TYPE=kind)[0] == 200


def test_a_form_with_a_part_of_which_the_header_cannot_be_read_is_refused() -> None:
    body = b'--aa\r\nContent-Disposition: form-data; name="x"; y*=a; y*0=b\r\n\r\nx\r\n--aa--\r\n'
    cookies = SimpleCookie({settings.CSRF_COOKIE_NAME: "a" * 32}).output(header="", attrs=[]).strip()
    kind = "multipart/form-data; boundary=aa"
    status, _ = _call("POST", reverse("accounts:login"), body, CONTENT_TYPE=kind, HTTP_COOKIE=cookies)
    assert status == 400


@pytest.mark.parametrize(
    ("said", "passed"),
    [
        ("multipart/form-data; charset=utf-16; boundary=aa", 'multipart/form-data; boundary="aa"'),
        ('multipart/form-data; boundary="a b"', 'multipart/form-data; boundary="a b"'),
        ("application/json;charset=utf-8", "application/json"),
        ("text/plain; boundary*=utf-8''%22", "text/plain"),
        ("Application/JSON", "application/json"),
        ("multipart/form-data; boundary=aa; x*=a; x*0=b", "multipart/form-data"),
    ],
)
def test_the_kind_and_the_boundary_are_passed_on(said: str, passed: str) -> None:
    assert plain(said) == passed
