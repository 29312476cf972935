"""Answers systems that deliver before sessions, cookies and everything else that is for people."""

from django.http import HttpRequest, HttpResponse

from um_portal.machines import ShortWay
from uploads.aanleveren import api


class AanleverMiddleware(ShortWay):
    """Answers systems that deliver."""

    naam = "aanleveren"
    prefix = api.PREFIX

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answers one call of a system; never raises."""
        return api.handle(request)
