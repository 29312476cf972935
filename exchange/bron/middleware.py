"""Gives the exchange a short way in, before sessions, cookies and everything else that is for people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from exchange.bron import api
from exchange.interfaces import SPOKEN
from um_portal.machines import ShortWay


class BronMiddleware(ShortWay):
    """The short way in for the exchange, in every version of the interface that is spoken."""

    naam = "bron"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self.prefix = tuple(f"{address}/" for address in SPOKEN)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answers one call of the exchange; never raises."""
        return api.handle(request)
