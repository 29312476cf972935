"""Changes who belongs to VNG support: somebody who decides takes two people, and one who decides always stays."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from um_portal.accounts import mail, sessies, uitnodigingen
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.accounts.uitnodigingen import clean_email
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.models import Uitkomst
from um_portal.errors import FoutMetMelding
from um_portal.gebruikers.models import Supportvoorstel
from um_portal.tenants.scope import voor_portaal


class SupportNietGewijzigd(FoutMetMelding):
    """Nobody's role at VNG support was changed."""


def colleagues() -> list[Gebruiker]:
    """Returns everybody of VNG support."""
    return list(Gebruiker.objects.exclude(supportrol="").order_by("first_name", "last_name", "username"))


def find(email: str, door: Gebruiker) -> Gebruiker | None:
    """Finds the person with exactly this address, and writes in the audit log that somebody looked."""
    found: Gebruiker | None = Gebruiker.objects.filter(username=email.lower()).first()
    uitkomst = Uitkomst.MISLUKT if found is None else Uitkomst.GELUKT
    _log(Handeling.GEBRUIKER_GEZOCHT, door, betrokkene=found, uitkomst=uitkomst)
    return found


def open_proposals() -> list[Supportvoorstel]:
    """Returns the proposals that wait for a second person."""
    found = Supportvoorstel.objects.filter(verloopt_op__gt=timezone.now())
    return list(found.select_related("gemaakt_door").order_by("gemaakt_op"))


def _locked() -> list[Gebruiker]:
    return list(Gebruiker.objects.select_for_update().exclude(supportrol="").order_by("pk"))


def _check_decides(door: Gebruiker) -> None:
    if not any(
        one.pk == door.pk and one.is_active and one.supportrol == Supportrol.BESLISSEND for one in _locked()
    ):
        raise SupportNietGewijzigd("Dit kan alleen een beslissende medewerker van VNG-support.")


def check_one_decides(without: Gebruiker) -> None:
    """Raises SupportNietGewijzigd when nobody else would be left who decides; call inside a transaction."""
    if without.supportrol != Supportrol.BESLISSEND:
        return
    others = [
        one
        for one in _locked()
        if one.pk != without.pk and one.is_active and one.supportrol == Supportrol.BESLISSEND
    ]
    if not others:
        raise SupportNietGewijzigd(
            "Dit is de enige beslissende medewerker van VNG-support. Maak eerst een collega beslissend."
        )


@transaction.atomic
def invite(email: str, rol: Supportrol, door: Gebruiker) -> Supportvoorstel | None:
    """Lets somebody join VNG support, or returns the proposal for somebody who will decide; raises FoutMetMelding.

    A colleague gets the other role at once; a new address gets a link, and again is a new link. Somebody who works
    for a municipality needs another address for support: one account never does both.
    """
    email = clean_email(email)
    _check_decides(door)
    gebruiker = Gebruiker.objects.filter(username=email).first()
    if gebruiker is not None and gebruiker.pk == door.pk:
        raise SupportNietGewijzigd("U kunt uw eigen rol niet wijzigen.")
    if rol == Supportrol.BESLISSEND:
        Supportvoorstel.objects.filter(email=email, verloopt_op__lte=timezone.now()).delete()
        if Supportvoorstel.objects.filter(email=email).exists():
            raise SupportNietGewijzigd("Er wacht al een voorstel voor dit adres.")
        voorstel = Supportvoorstel.objects.create(
            email=email,
            gemaakt_door=door,
            verloopt_op=timezone.now() + timedelta(days=settings.UM_UITNODIGING_DAGEN),
        )
        _log(Handeling.SUPPORT_VOORGESTELD, door, onderwerp=f"voorstel {voorstel.pk}")
        if settings.UM_VIER_OGEN:
            return voorstel
        # The database wants to see that another one proposes it.
        _make(email, rol, door)
        voorstel.delete()
        return None
    _make(email, rol, door)
    return None


@transaction.atomic
def decide(voorstel_id: int, door: Gebruiker, *, bevestigen: bool) -> None:
    """Confirms a proposal of somebody else, or rejects or withdraws one; raises FoutMetMelding."""
    _check_decides(door)
    found = Supportvoorstel.objects.select_for_update(of=("self",)).select_related("gemaakt_door")
    voorstel = found.filter(pk=voorstel_id, verloopt_op__gt=timezone.now()).first()
    if voorstel is None:
        raise SupportNietGewijzigd("Dit voorstel is er niet meer: het is al beslist of verlopen.")
    voorsteller = voorstel.gemaakt_door
    if bevestigen:
        if door.pk == voorsteller.pk or door.username == voorstel.email:
            raise SupportNietGewijzigd(
                "Een ander dan wie het voorstelde, en dan om wie het gaat, bevestigt dit."
            )
        if not voorsteller.is_active or voorsteller.supportrol != Supportrol.BESLISSEND:
            raise SupportNietGewijzigd("Wie dit voorstelde beslist niet meer. Wijs het voorstel af.")
        _make(voorstel.email, Supportrol.BESLISSEND, voorsteller, bevestigd_door=door)
    else:
        _log(Handeling.SUPPORT_AFGEWEZEN, door, onderwerp=f"voorstel {voorstel_id}")
    voorstel.delete()


def _log(handeling: Handeling, door: Gebruiker, **more: Any) -> None:
    with voor_portaal():
        log_act(None, handeling, gebruiker=door, **more)


def _make(email: str, rol: Supportrol, door: Gebruiker, bevestigd_door: Gebruiker | None = None) -> None:
    gebruiker = uitnodigingen.find_or_create(email)
    if gebruiker.geblokkeerd_op is not None:
        raise SupportNietGewijzigd("Dit account is geblokkeerd.")
    if gebruiker.is_begonnen and not gebruiker.supportrol:
        raise SupportNietGewijzigd(
            "Met dit adres werkt iemand voor een gemeente. Neem voor VNG-support een ander adres."
        )
    if rol != Supportrol.BESLISSEND:
        check_one_decides(without=gebruiker)
    _set(gebruiker, rol.value, bevestigd_door or door)
    if not gebruiker.is_begonnen:
        waarvoor = f"U gaat werken voor VNG-support ({rol.label.lower()})."
        uitnodigingen.invite(email, door=door, waarvoor=waarvoor)


@transaction.atomic
def remove(gebruiker: Gebruiker, door: Gebruiker) -> None:
    """Takes somebody's role at VNG support away at once; raises FoutMetMelding."""
    _check_decides(door)
    gebruiker = Gebruiker.objects.select_for_update().get(pk=gebruiker.pk)
    check_one_decides(without=gebruiker)
    Supportvoorstel.objects.filter(gemaakt_door=gebruiker).delete()
    if not gebruiker.is_begonnen:
        uitnodigingen.revoke(gebruiker)
    _set(gebruiker, "", door)


def _set(gebruiker: Gebruiker, rol: str, door: Gebruiker) -> None:
    """Gives the role; whoever has another one from now on logs in again."""
    if gebruiker.supportrol == rol:
        return
    uitnodigingen.give_supportrol(gebruiker, rol)
    _log(Handeling.SUPPORT_GEWIJZIGD, door, betrokkene=gebruiker, onderwerp=f"rol {rol or 'geen'}")
    sessies.end_all(gebruiker)
    if gebruiker.is_begonnen:
        wat = (
            f"U werkt nu voor VNG-support ({Supportrol(rol).label.lower()})."
            if rol
            else "U werkt niet meer voor VNG-support."
        )
        transaction.on_commit(lambda: mail.notify_role_change(gebruiker, wat), robust=True)


def erase_expired() -> None:
    """Erases proposals that nobody decided about in time."""
    Supportvoorstel.objects.filter(verloopt_op__lt=timezone.now()).delete()
