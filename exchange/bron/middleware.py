"""The short way in for machines: past sessions, cookies and everything else that is for people."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from exchange.bron import api
from exchange.interfaces import SPOKEN


class ShortWay(ABC):
    """Hands every call below a prefix to `answer`, before any other middleware."""

    prefix: str | tuple[str, ...]

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer machines here, let people through."""
        if request.path_info.startswith(self.prefix):
            return self.answer(request)
        return self.get_response(request)

    @abstractmethod
    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer one call; never raises."""


class BronMiddleware(ShortWay):
    """Answers the exchange, in every version of the interface that is spoken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self.prefix = tuple(f"{address}/" for address in SPOKEN)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer one call of the exchange; never raises."""
        return api.handle(request)
