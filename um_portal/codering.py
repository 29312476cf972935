"""Reads everything that comes in as UTF-8, as the standards for forms and JSON say.

A header may name another encoding, and may write a parameter in one. Django follows that, and fails on what is no
encoding of text before any of our own code runs, at every address and for everybody.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http.multipartparser import MultiPartParserError
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


class PlainRequest(WSGIRequest):
    """A request that is refused, instead of failing, when the header of a part of its form cannot be read."""

    def parse_file_upload(self, META: Any, post_data: Any) -> Any:  # noqa: N803 (the name is Django's)
        """Reads the form. Raises MultiPartParserError."""
        try:
            return super().parse_file_upload(META, post_data)
        except (LookupError, TypeError) as problem:
            # As in `plain`; Django expects no more than a ValueError of such a header.
            raise MultiPartParserError("Een deel van het formulier is niet te lezen.") from problem


class PlainHandler(WSGIHandler):
    """The handler of Django, with requests that read forms as above."""

    request_class = PlainRequest


def plain(content_type: str) -> str:
    """Gives the kind of contents with its boundary, where it has one, and nothing else."""
    try:
        kind, parameters = parse_header_parameters(content_type)
    except (LookupError, TypeError, ValueError):
        # A TypeError: pieces of one parameter of which only some have a number cannot be put in order.
        return content_type.partition(";")[0].strip()
    boundary = parameters.get("boundary")
    # One with a quote in it is none; the form is then refused as one without.
    return f'{kind}; boundary="{boundary}"' if boundary and '"' not in boundary else kind
