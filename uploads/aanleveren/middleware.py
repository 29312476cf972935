"""The short way in for systems that deliver: past sessions, cookies and everything else that is for people."""

from django.http import HttpRequest, HttpResponse

from um_portal.machines import ShortWay
from uploads.aanleveren import api


class AanleverMiddleware(ShortWay):
    """Answers systems that deliver."""

    prefix = api.PREFIX

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer one call of a system; never raises."""
        return api.handle(request)
