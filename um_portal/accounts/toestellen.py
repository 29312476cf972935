"""Remembers with which browsers somebody logged in before, by a signed cookie that opens nothing.

A browser that is known has its own number of attempts, so that nobody can lock a colleague out by trying
wrong passwords; and one that is not known yet is reported to its owner by mail. A new password makes every
browser unknown again: whoever had the old one may have logged in with it.
"""

import hmac
import secrets
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from um_portal.accounts.models import Gebruiker

_SALT = "um_portal.accounts.toestellen"
_SECONDS = 365 * 24 * 3600
# Several people may share a computer; the oldest goes.
_MOST = 5


def known(request: HttpRequest, name: str) -> str | None:
    """Returns the number of this browser when this person logged in with it before."""
    return _entries(request).get(_mark(name))


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Gives the browser a number for this person, or the same number for another year."""
    entries, mark = _entries(request), _mark(name)
    number = entries.pop(mark, None) or secrets.token_urlsafe(16)
    entries[mark] = number
    kept = dict(list(entries.items())[-_MOST:])
    response.set_cookie(
        settings.UM_TOESTEL_COOKIE,
        signing.dumps(kept, salt=_SALT, compress=True),
        max_age=_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _mark(name: str) -> str:
    # The cookie names nobody: a browser can be somebody else's tomorrow. It knows a password by its hash.
    name = name.lower()
    password = Gebruiker.objects.filter(username=name).values_list("password", flat=True).first() or ""
    text = f"{_SALT}:{name}:{password}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, sha256).hexdigest()[:32]


def _entries(request: HttpRequest) -> dict[str, str]:
    try:
        found: Any = signing.loads(
            request.COOKIES.get(settings.UM_TOESTEL_COOKIE, ""), salt=_SALT, max_age=_SECONDS
        )
    except signing.BadSignature:
        return {}
    return found if isinstance(found, dict) else {}
