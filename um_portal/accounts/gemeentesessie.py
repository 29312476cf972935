"""Remembers that a session was opened by the login service of a municipality: it works for that one alone.

The mark stands in the session and names the account that it is about. A mark of another account never counts:
whoever asks gets `VREEMD`, and the session ends.

What the login service calls a session is kept beside it in the list of its owner as well, as a keyed hash: a notice
that somebody logged out there may name nothing else, and finds that one session without opening all others.
"""

import time
from dataclasses import asdict, dataclass
from typing import Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from um_portal.accounts.models import Gebruiker

_KEY = "inlogdienst"


@dataclass(frozen=True, slots=True)
class Gemeentesessie:
    """Numbers of the account, the municipality and the identity there; moments in seconds since 1970.

    `gezien` is when the login service last confirmed that this is still somebody; `bevestigd` when somebody last
    showed there who they are, for a sensitive act: 0 is never. `sterk` tells that it counts as a second factor. `sid`
    is what the login service calls the session there; empty when it does not say.
    """

    gebruiker: int
    gemeente: int
    identiteit: int
    gezien: int
    bevestigd: int = 0
    sterk: bool = False
    sid: str = ""


# No account, municipality or identity has these numbers, and it was never confirmed.
VREEMD: Final = Gemeentesessie(gebruiker=0, gemeente=-1, identiteit=0, gezien=0)


def begin(session: SessionBase, sessie: Gemeentesessie | None) -> None:
    """Marks the session of somebody who logs in; None is the own password, and takes an earlier mark away."""
    before = session.pop(_KEY, None)
    if sessie is not None:
        session[_KEY] = asdict(sessie)
    if before is not None or sessie is not None:
        list_name(session)


def list_name(session: SessionBase) -> None:
    """Writes what the login service calls a session in the list of its owner, as soon as it stands in that list."""
    sessie = in_session(session)
    named = {_KEY: _name(sessie.gemeente, sessie.sid)} if sessie is not None and sessie.sid else {}
    UserSession.objects.filter(session_key=session.session_key).update(data=named)


def named(gemeente: int, sid: str) -> QuerySet[UserSession]:
    """Finds the sessions that the login service of this municipality calls so; the mark in each says if it is true."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    found: QuerySet[UserSession] = UserSession.objects.filter(
        **{f"data__{_KEY}__in": [_name(gemeente, sid, secret) for secret in secrets]}
    )
    return found


def _name(gemeente: int, sid: str, secret: str | None = None) -> str:
    digest = salted_hmac("um_portal.gemeentesessie", f"{gemeente} {sid}", secret=secret, algorithm="sha256")
    return digest.hexdigest()[:40]


def of(request: HttpRequest) -> Gemeentesessie | None:
    """Returns the mark of the session; None for somebody who logged in with the own password."""
    session = getattr(request, "session", None)
    sessie = in_session(session) if session is not None else None
    if sessie is None or not isinstance(request.user, Gebruiker):
        return None
    return sessie if sessie.gebruiker == request.user.pk else VREEMD


def in_session(session: SessionBase) -> Gemeentesessie | None:
    """Returns the mark that stands in a session, whoever it is of; None when there is none."""
    found = session.get(_KEY)
    if found is None:
        return None
    try:
        return Gemeentesessie(**found)
    except TypeError:
        return VREEMD


def is_confirmed(sessie: Gemeentesessie, seconds: int) -> bool:
    """Tells whether somebody showed who they are within this many seconds."""
    return time.time() - sessie.bevestigd < seconds
