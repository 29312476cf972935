"""Goes round every request: gives it a reference, counts and times its answer, and logs that a page was refused.

It is the first middleware of every web part. Counted are the view and the status, never an address: ids stand in
addresses.
"""

import logging
import time
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from um_portal import kenmerk, metingen
from um_portal.machines import ShortWay, is_trusted_proxy

logger = logging.getLogger(__name__)

HEADER: Final = "X-Request-ID"
_WSGI: Final = "HTTP_X_REQUEST_ID"
_ANDERS: Final = "anders"
# Not allowed, and not there for this person: somebody who tries the numbers of others gets the second.
_GEWEIGERD: Final = frozenset({403, 404})


class VerzoekMiddleware:
    """The middleware round every request; `SessionMiddleware` and all others come after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers with the reference in a header, except to machines: their contract names the headers."""
        with kenmerk.bound(_kenmerk_of(request)):
            begin = time.monotonic()
            response = self.get_response(request)
            view = _view_of(request)
            metingen.count_request(view, response.status_code, time.monotonic() - begin)
            if ShortWay.of(request) is None:
                if response.status_code in _GEWEIGERD and view != _ANDERS:
                    # Who it was, the log of the proxy tells by the reference; an id stands in the address.
                    logger.warning("toegang geweigerd: %s", view, extra={"status": response.status_code})
                response[HEADER] = kenmerk.current()
            return response


def _kenmerk_of(request: HttpRequest) -> str:
    """Gives the reference that a trusted proxy gave the request, so that its log and ours agree; else a new one."""
    sent = request.META.get(_WSGI)
    if kenmerk.is_kenmerk(sent) and is_trusted_proxy(request.META.get("REMOTE_ADDR", "")):
        return str(sent)
    return kenmerk.new()


def _view_of(request: HttpRequest) -> str:
    """Gives the name of the view; one word for what machines call, and for what is no page."""
    if machine := ShortWay.of(request):
        return machine
    found = request.resolver_match
    return (found.view_name if found else "") or _ANDERS
