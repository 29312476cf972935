"""The short way in for the exchange: past sessions, cookies and everything else that is for people."""

from django.http import HttpRequest, HttpResponse

from exchange.bron import api
from um_portal.machines import ShortWay


class BronMiddleware(ShortWay):
    """Answers the exchange."""

    prefix = api.PREFIX

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer one call of the exchange; never raises."""
        return api.handle(request)
