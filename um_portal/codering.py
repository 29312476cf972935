"""Reads everything that comes in as UTF-8, as the standards for forms and JSON say.

A header may name another encoding, and may write a parameter in one. Django follows that, and fails on what is no
encoding of text before any of our own code runs, at every address and for everybody.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class PlainEncoding:
    """A WSGI application that passes calls on without what their header says about encodings."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answers one call."""
        if said := str(environ.get("CONTENT_TYPE", "")):
            environ["CONTENT_TYPE"] = plain(said)
        return self.application(environ, start_response)


def plain(content_type: str) -> str:
    """Gives the kind of contents with its boundary, where it has one, and nothing else."""
    try:
        kind, parameters = parse_header_parameters(content_type)
    except (LookupError, ValueError):
        return content_type.partition(";")[0].strip()
    boundary = parameters.get("boundary")
    # One with a quote in it is none; the form is then refused as one without.
    return f'{kind}; boundary="{boundary}"' if boundary and '"' not in boundary else kind
