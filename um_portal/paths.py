"""Refuses addresses of which the server and what stands in front of it may think differently.

A proxy that lets only the exchange reach `/vum/` does not see it in `/vum%2fbron/`; WSGI gives both to Django as the
same path. No address of the portal needs an encoded slash, backslash or zero byte.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import url_has_allowed_host_and_scheme

_DUBBELZINNIG = re.compile(r"%(2f|5c|00)|\\", re.IGNORECASE)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def is_own(address: str) -> bool:
    """Tells whether a page may go on to this address, which whoever asks made up: one of the portal, from its root."""
    # A browser leaves tabs and ends of lines out, and then it may be an address elsewhere.
    plain = address.startswith("/") and address.isprintable()
    return plain and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


class PlainPaths:
    """A WSGI application that passes calls with a plain path on to another, and answers 400 to the rest."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answers one call."""
        path = str(environ.get("RAW_URI", "")).partition("?")[0]
        if _DUBBELZINNIG.search(path):
            start_response("400 Bad Request", [("Content-Length", "0"), ("Cache-Control", "no-store")])
            return []
        # Believed from nobody: the portal stands at the root of its address.
        environ["SCRIPT_NAME"] = ""
        return self.application(environ, start_response)
