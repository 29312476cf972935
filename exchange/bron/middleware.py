"""The short way in for the exchange: past sessions, cookies and everything else that is for people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from exchange.bron import api


class BronMiddleware:
    """Hands every call below the source API's prefix to `api.handle`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the exchange here, let people through."""
        if request.path_info.startswith(api.PREFIX):
            return api.handle(request)
        return self.get_response(request)
