"""Which address a request comes from, also behind a proxy: for logging in, and for keys that are tied to a network."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks: told by a trusted proxy, or that of the connection.

    Of X-Forwarded-For only the last entry counts, the one that the proxy itself wrote; the others anybody
    can make up.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    if address in settings.UM_VERTROUWDE_PROXIES:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        return forwarded or address
    return address
