"""The sessions that somebody has open: ending them, and forgetting those that are over."""

from collections import Counter
from collections.abc import Callable, Collection

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from um_portal.accounts import gemeentesessie
from um_portal.accounts.gemeentesessie import Gemeentesessie
from um_portal.accounts.models import Gebruiker
from um_portal.accounts.sessions import SessionStore
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_account


def end_all(gebruiker: Gebruiker) -> int:
    """Ends every session of somebody, at once; returns how many."""
    return _end(gebruiker, of_people([gebruiker.pk]))


def end_others(request: HttpRequest) -> int:
    """Ends the sessions that somebody has open elsewhere; returns how many."""
    if not isinstance(request.user, Gebruiker):
        return 0
    others = UserSession.objects.filter(user=request.user).exclude(
        session_key=request.session.session_key or ""
    )
    return _end(request.user, others)


def end_one(session: UserSession) -> None:
    """Ends one session."""
    _end(session.user, UserSession.objects.filter(pk=session.pk))


def of_people(gebruikers: Collection[int]) -> QuerySet[UserSession]:
    """Finds the sessions of these people."""
    found: QuerySet[UserSession] = UserSession.objects.filter(user_id__in=gebruikers)
    return found


def end_of_service(
    sessions: QuerySet[UserSession], is_meant: Callable[[Gemeentesessie], bool]
) -> Counter[int]:
    """Ends those of these sessions that a login service opened and that are meant; returns how many of each person.

    A session of the own password is never one of them. Whoever calls writes it in the audit log.
    """
    ended: Counter[int] = Counter()
    for session in sessions:
        sessie = gemeentesessie.in_session(SessionStore(session.session_key))
        if sessie is not None and sessie.gebruiker == session.user_id and is_meant(sessie):
            session.end()
            ended[session.user_id] += 1
    return ended


def _end(gebruiker: Gebruiker, sessions: QuerySet[UserSession]) -> int:
    found = list(sessions)
    for session in found:
        session.end()
    if found:
        log_account(Handeling.SESSIES_BEEINDIGD, gebruiker, gebruiker=gebruiker, onderwerp=f"{len(found)}")
    return len(found)


def erase_expired() -> None:
    """Erases the sessions that are over, with the address and browser that were noted of them."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
