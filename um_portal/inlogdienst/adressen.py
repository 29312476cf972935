"""Decides with which login services the portal speaks: those on the list of the installation, over HTTPS.

That a name on the list does not lead to an internal address is checked on the connection itself (`outward`).
"""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

from um_portal.errors import FoutMetMelding


class OngeldigAdres(FoutMetMelding):
    """The portal does not speak with this address."""


def check(address: object) -> str:
    """Returns the address; raises OngeldigAdres for anything but https with a name on UM_SSO_UITGEVERS.

    With UM_SSO_LOOPBACK (the demonstration and the tests) 127.0.0.1 and ::1 may be on the list too, without TLS.
    """
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
        port = parts.port
    except ValueError:
        raise OngeldigAdres("Dit is geen adres. Een adres begint met https://.") from None
    text = str(address)
    if not parts.hostname or parts.username is not None or parts.fragment or not text.isascii():
        raise OngeldigAdres(
            "Dit is geen adres. Een adres begint met https://, zonder naam of wachtwoord erin."
        )
    if any(ord(sign) <= 32 or sign in '\\"<>' or ord(sign) == 127 for sign in text):
        raise OngeldigAdres("In het adres staat een teken dat daar niet hoort, zoals een spatie.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise OngeldigAdres("Het adres moet met https:// beginnen.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    name = host if port in (None, 443) else f"{host}:{port}"
    if name not in {allowed.strip().lower() for allowed in settings.UM_SSO_UITGEVERS}:
        raise OngeldigAdres(
            "Deze server staat niet op de lijst van inlogdiensten van deze installatie. Vraag de technisch beheerder "
            "om hem aan UM_SSO_UITGEVERS toe te voegen."
        )
    if _is_address(parts.hostname) and not is_loopback(parts.hostname):
        raise OngeldigAdres("Geef de naam van de server, en niet zijn IP-adres.")
    return text


def is_loopback(host: str) -> bool:
    """Tells whether this is this machine itself, and that is allowed here."""
    return bool(settings.UM_SSO_LOOPBACK) and host in {"127.0.0.1", "::1"}


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
