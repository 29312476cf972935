"""Decides who comes in through the login service of a municipality, and in which role.

The service says who somebody is there: a subject of an issuer. Which account that is, is what the portal wrote
down when the two were joined: by an invitation of that municipality, or by the owner of the account. A service
makes no accounts, and makes nobody a member.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from um_portal.accounts import gemeentesessie, sessies, uitnodigingen
from um_portal.accounts.models import Gebruiker, Uitnodiging
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.models import Uitkomst
from um_portal.collegas import leden
from um_portal.inlogdienst import uitgever
from um_portal.inlogdienst.models import Identiteit, Inlogdienst
from um_portal.inlogdienst.uitgever import InloggenMislukt
from um_portal.tenants.models import Gemeente, Gemeentestatus, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import memberships


def with_service() -> list[Gemeente]:
    """Returns the municipalities whose login service is on, by name; it tells nothing of who belongs to them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gemeente_id FROM um_inlogdiensten()")
        found = [row[0] for row in cursor.fetchall()]
    return (
        list(Gemeente.objects.filter(pk__in=found).exclude(status=Gemeentestatus.VERTROKKEN)) if found else []
    )


def service_of(gemeente: Gemeente) -> Inlogdienst | None:
    """Returns the login service of a municipality, when it is on."""
    if gemeente.status == Gemeentestatus.VERTROKKEN:
        return None
    with voor_gemeente(gemeente, alleen_lezen=True):
        found: Inlogdienst | None = Inlogdienst.objects.filter(aan=True).first()
    return found


def identity_of(gemeente: Gemeente, gebruiker: Gebruiker) -> Identiteit | None:
    """Returns the name of an account with the login service that the municipality has now."""
    dienst = service_of(gemeente)
    if dienst is None:
        return None
    with voor_gemeente(gemeente, alleen_lezen=True):
        found: Identiteit | None = Identiteit.objects.filter(
            gebruiker=gebruiker, uitgever=dienst.uitgever
        ).first()
    return found


def is_joined(gebruiker: Gebruiker) -> bool:
    """Tells whether somebody can log in through a municipality now."""
    return any(identity_of(one.gemeente, gebruiker) is not None for one in memberships(gebruiker))


def only_municipality(gebruiker: Gebruiker) -> Gemeente | None:
    """Returns the municipality of somebody who belongs to one, and to nothing else."""
    found = [] if gebruiker.is_vng_support else memberships(gebruiker)
    return found[0].gemeente if len(found) == 1 else None


def password_off_at(gebruiker: Gebruiker) -> Gemeente | None:
    """Returns the municipality through which somebody has to log in, instead of with a password of the portal."""
    gemeente = only_municipality(gebruiker)
    dienst = service_of(gemeente) if gemeente else None
    return gemeente if dienst is not None and dienst.wachtwoord_uit else None


def address_to_come_back(gemeente: Gemeente) -> str:
    """Returns the address to which the login service sends people back: one for each municipality."""
    # Never by the name in a request, which whoever asks makes up.
    return _address(gemeente, "terug")


def address_after_logging_out(gemeente: Gemeente) -> str:
    """Returns the address to which the login service sends back whoever logged out there."""
    return _address(gemeente, "uitgelogd-bij-gemeente")


def address_for_notices(gemeente: Gemeente) -> str:
    """Returns the address at which the login service tells that somebody logged out there."""
    return _address(gemeente, "afmelden")


def _address(gemeente: Gemeente, name: str) -> str:
    return f"{settings.UM_ADRES}{reverse(f'inlogdienst:{name}', args=[gemeente.oin])}"


# --- Coming in ---------------------------------------------------------------------------------------------


def recognise(gemeente: Gemeente, dienst: Inlogdienst, claims: Mapping[str, Any]) -> Identiteit:
    """Returns whose identity this is, with the role that the claims give now; raises InloggenMislukt.

    The account must be able to log in and belong to this municipality, and never be one of VNG support.
    """
    with voor_gemeente(gemeente):
        members = leden.locked(gemeente)
        identiteit: Identiteit | None = (
            Identiteit.objects.filter(uitgever=dienst.uitgever, onderwerp=claims["sub"])
            .select_related("gebruiker")
            .first()
        )
        if identiteit is None:
            raise InloggenMislukt("niet gekoppeld")
        lid, gebruiker = members.get(identiteit.gebruiker_id), identiteit.gebruiker
        if lid is None or not gebruiker.is_active or gebruiker.geblokkeerd_op or gebruiker.is_vng_support:
            raise InloggenMislukt("geen toegang")
        _follow(gemeente, dienst, claims, lid)
    return identiteit


def _follow(gemeente: Gemeente, dienst: Inlogdienst, claims: Mapping[str, Any], lid: Lidmaatschap) -> None:
    rol = role_by_claims(dienst, claims, Rol(lid.rol))
    if rol != lid.rol:
        lid.rol = rol
        lid.save(update_fields=["rol"])
        log_act(
            gemeente,
            Handeling.ROL_GEWIJZIGD,
            onderwerp=f"gebruiker {lid.gebruiker_id}: {rol.value} (inlogdienst)",
        )


def role_by_claims(dienst: Inlogdienst, claims: Mapping[str, Any], now: Rol) -> Rol:
    """Returns the role that the claims give to somebody who has the role `now`; raises InloggenMislukt for none.

    Nobody becomes functioneel beheerder by a claim, nor stops being one: that takes four eyes in the portal.
    Where the claims give both other roles, the one that somebody has stays.
    """
    if not dienst.rolclaim:
        return now
    values = uitgever.values_of(claims, dienst.rolclaim)
    given = [rol for rol, named in dienst.rolwaarden.items() if not named.isdisjoint(values)]
    if not given:
        raise InloggenMislukt("geen rol")
    if now == Rol.FUNCTIONEEL_BEHEERDER or now in given:
        return now
    if len(given) > 1:
        raise InloggenMislukt("twee rollen")
    return given[0]


def log_failure(gemeente: Gemeente, reden: str) -> None:
    """Writes in the log of the municipality that logging in through its service failed, and why; not who."""
    with voor_gemeente(gemeente):
        log_act(
            gemeente,
            Handeling.INLOGGEN_MISLUKT,
            onderwerp=f"inlogdienst: {reden}"[:80],
            uitkomst=Uitkomst.MISLUKT,
        )


# --- Joining an account and an identity --------------------------------------------------------------------


def join(gemeente: Gemeente, gebruiker: Gebruiker, issuer: str, onderwerp: str) -> Identiteit:
    """Writes down that an account of this municipality is this subject; raises InloggenMislukt.

    An identity that somebody had there before makes room; that of somebody else stays theirs.
    """
    with voor_gemeente(gemeente):
        lid = leden.locked(gemeente).get(gebruiker.pk)
        dienst = Inlogdienst.objects.filter(aan=True, uitgever=issuer).first()
        if lid is None or dienst is None or gebruiker.is_vng_support:
            raise InloggenMislukt("geen toegang")
        before = set(Identiteit.objects.filter(gebruiker=gebruiker).values_list("pk", flat=True))
        if before:
            Identiteit.objects.filter(pk__in=before).delete()
            # A session of the identity that makes room would hear of no notice any more.
            ended = sessies.end_of_service(
                sessies.of_people([gebruiker.pk]), lambda sessie: sessie.identiteit in before
            )
            if aantal := ended.total():
                log_act(
                    gemeente,
                    Handeling.SESSIES_BEEINDIGD,
                    gebruiker=gebruiker,
                    betrokkene=gebruiker,
                    onderwerp=f"gebruiker {gebruiker.pk}",
                    aantal=aantal,
                )
        try:
            with transaction.atomic():
                identiteit: Identiteit = Identiteit.objects.create(
                    gemeente=gemeente, gebruiker=gebruiker, uitgever=issuer, onderwerp=onderwerp
                )
        except IntegrityError:
            raise InloggenMislukt("van een ander account") from None
        log_act(
            gemeente,
            Handeling.IDENTITEIT_GEKOPPELD,
            gebruiker=gebruiker,
            betrokkene=gebruiker,
            onderwerp=f"gebruiker {gebruiker.pk}",
        )
    return identiteit


def forget_member(instance: Lidmaatschap, **kwargs: Any) -> None:
    """Forgets by which name the login service knows somebody who is a member no longer; who comes back joins anew."""
    with voor_gemeente(instance.gemeente):
        Identiteit.objects.filter(gebruiker_id=instance.gebruiker_id).delete()


def accept_invitation(
    gemeente: Gemeente, dienst: Inlogdienst, uitnodiging: Uitnodiging, claims: Mapping[str, Any]
) -> Identiteit:
    """Opens the account that was invited, without a password, for the subject that the claims name.

    Only an invitation of this very municipality counts. Raises InloggenMislukt; then nothing was changed.
    """
    # Not inside the municipality: whoever listens to the acceptance opens the one that sent the invitation.
    with transaction.atomic():
        gebruiker = uitnodigingen.accept(uitnodiging, None)
        if gebruiker is None or [one.gemeente_id for one in memberships(gebruiker)] != [gemeente.pk]:
            raise InloggenMislukt("geen uitnodiging van deze gemeente")
        join(gemeente, gebruiker, dienst.uitgever, claims["sub"])
        return recognise(gemeente, dienst, claims)


def change(gemeente: Gemeente, dienst: Inlogdienst, door: Gebruiker, changed: Collection[str]) -> None:
    """Writes the login service of a municipality, and logs out everybody who is joined to it.

    Nobody is logged out when all that changes is that the password works again: that is for when the service is away.
    With another issuer nobody is joined any more: a subject means something with its own issuer only.
    `changed` are the names of the fields that differ, for the log.
    """
    with voor_gemeente(gemeente):
        joined = Identiteit.objects.select_related("gebruiker")
        known = [one.gebruiker for one in joined]
        joined.exclude(uitgever=dienst.uitgever).delete()
        dienst.save()
        log_act(
            gemeente,
            Handeling.INLOGDIENST_GEWIJZIGD,
            gebruiker=door,
            onderwerp=", ".join(sorted(changed))[:80],
        )
    uitgever.forget()
    if set(changed) == {"wachtwoord_uit"} and not dienst.wachtwoord_uit:
        return
    for gebruiker in known:
        sessies.end_all(gebruiker)


def mark(
    identiteit: Identiteit, *, now: int, bevestigd: int, sterk: bool, sid: str
) -> gemeentesessie.Gemeentesessie:
    """Makes the mark for the session of this identity."""
    return gemeentesessie.Gemeentesessie(
        gebruiker=identiteit.gebruiker_id,
        gemeente=identiteit.gemeente_id,
        identiteit=identiteit.pk,
        gezien=now,
        bevestigd=bevestigd,
        sterk=sterk,
        sid=sid,
    )
