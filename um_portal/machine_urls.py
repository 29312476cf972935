"""Routes nothing: the parts for machines answer before this, and every other address is not there."""

from django.http import HttpRequest, HttpResponse
from django.urls.resolvers import URLPattern

from um_portal.machines import respond

urlpatterns: list[URLPattern] = []


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answers 404 without a word."""
    return respond(b"", 404, None)


handler404 = not_found
