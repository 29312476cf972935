"""Remembers that somebody showed a second factor. Without one nobody sees data.

The mark stands in the session, so that asking costs no query. Logging in with a code or passkey sets it, and so
does setting one up; taking the last one away removes it.
"""

import time
from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.http import HttpRequest

from um_portal.accounts.sessies import end_others

_KEY = "tweede_factor"
FACTOREN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def mark(session: SessionBase) -> None:
    """Marks the session of somebody who has shown a second factor."""
    session[_KEY] = int(time.time())


def required(request: HttpRequest) -> bool:
    """Tells whether a second factor has to be set up before anything else."""
    return not settings.UM_DEMO and not request.session.get(_KEY)


def factors(user: Any) -> QuerySet[Authenticator]:
    """Returns the apps and passkeys of somebody; recovery codes alone are no second factor."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=FACTOREN)
    return found


def who_have_one(users: Iterable[int]) -> set[int]:
    """Returns which of these users (by id) have an app or passkey."""
    found = Authenticator.objects.filter(user__in=list(users), type__in=FACTOREN)
    return set(found.values_list("user_id", flat=True))


def connect() -> None:
    """Listens to what happens to second factors."""
    authenticator_used.connect(_used)
    authenticator_added.connect(_added)
    authenticator_removed.connect(_removed)


def _used(request: HttpRequest, **kwargs: Any) -> None:
    mark(request.session)


def _added(request: HttpRequest, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type in FACTOREN:
        mark(request.session)


def _removed(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if not factors(user).exists():
        request.session.pop(_KEY, None)
    # Somewhere else this person may be logged in with what was just taken away.
    end_others(request)
