"""The short way in for systems that deliver: past sessions, cookies and everything else that is for people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from uploads import api


class AanleverMiddleware:
    """Hands every call below the API's prefix to `api.handle`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer systems here, let people through."""
        if request.path_info.startswith(api.PREFIX):
            return api.handle(request)
        return self.get_response(request)
