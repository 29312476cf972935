"""Ends sessions of which the login service says that somebody logged out there (back-channel logout).

The notice comes from the service itself, without a browser, to an address that anybody can call: it counts only when
the service signed it, just now and for us, and once. It reaches the sessions that this service opened for this
municipality, and no other: not those of the own password, nor of another municipality with the same service.

That it was followed is remembered after it was. A process that is killed halfway has ended nothing, or all of it, and
remembers neither: the service sends the notice again, and it is followed.
"""

from typing import Final

from django.core.cache import cache

from um_portal.accounts import gemeentesessie, sessies
from um_portal.accounts.gemeentesessie import Gemeentesessie
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.models import Uitkomst
from um_portal.cache import hidden
from um_portal.inlogdienst import uitgever
from um_portal.inlogdienst.models import Identiteit, Inlogdienst
from um_portal.inlogdienst.uitgever import Afmelding, InloggenMislukt
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

_HERHAALD: Final = "afmelding herhaald"
# The refusals of what the service did sign. The rest anybody can send, and would fill the log with.
_ONDERTEKEND: Final = frozenset(
    {_HERHAALD, "token verlopen", "token te oud", "geen afmelding", "voor een ander"}
)


def follow(gemeente: Gemeente, dienst: Inlogdienst, token: object) -> int:
    """Ends the sessions that a logout token is about; returns how many.

    Raises InloggenMislukt when it does not count, and RedisError when Redis cannot tell or remember that it was
    followed; the service may then send it again.
    """
    try:
        afmelding = uitgever.verify_notice(dienst, token)
        name = hidden("afmelding", f"{dienst.uitgever} {dienst.client_id} {afmelding.nummer}")
        if cache.get(name):
            raise InloggenMislukt(_HERHAALD)
    except InloggenMislukt as problem:
        if problem.reden in _ONDERTEKEND:
            _log_refusal(gemeente, problem.reden)
        raise
    ended = _end(gemeente, dienst, afmelding)
    cache.set(name, 1, timeout=uitgever.REMEMBER_SECONDS)
    return ended


def _end(gemeente: Gemeente, dienst: Inlogdienst, afmelding: Afmelding) -> int:
    with voor_gemeente(gemeente):
        by_subject = bool(afmelding.onderwerp)
        named = gemeentesessie.named(gemeente.pk, afmelding.sid)
        known = Identiteit.objects.filter(uitgever=dienst.uitgever).select_related("gebruiker")
        if by_subject:
            known = known.filter(onderwerp=afmelding.onderwerp)
        else:
            known = known.filter(gebruiker__in=named.values("user"))
        identiteiten = {one.pk: one.gebruiker for one in known}

        def is_meant(sessie: Gemeentesessie) -> bool:
            # Of a session whose name there was not told nobody knows that it is another one: it ends too.
            return (
                sessie.gemeente == gemeente.pk
                and sessie.identiteit in identiteiten
                and (not afmelding.sid or sessie.sid == afmelding.sid or (by_subject and not sessie.sid))
            )

        gebruikers = {gebruiker.pk: gebruiker for gebruiker in identiteiten.values()}
        ended = sessies.end_of_service(sessies.of_people(gebruikers) if by_subject else named, is_meant)
        for pk, aantal in ended.items():
            log_act(
                gemeente,
                Handeling.AFGEMELD_BIJ_GEMEENTE,
                betrokkene=gebruikers[pk],
                onderwerp=f"gebruiker {pk}",
                aantal=aantal,
            )
    return ended.total()


def _log_refusal(gemeente: Gemeente, reden: str) -> None:
    with voor_gemeente(gemeente):
        log_act(
            gemeente,
            Handeling.AFGEMELD_BIJ_GEMEENTE,
            onderwerp=f"inlogdienst: {reden}"[:80],
            uitkomst=Uitkomst.MISLUKT,
        )
