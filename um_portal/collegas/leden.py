"""Changes who belongs to a municipality and in which role.

Every verb locks the municipality's memberships first, and looks again whether whoever asks may do this. Of two
functioneel beheerders who remove each other at the same moment, the second is refused. A municipality always
keeps a functioneel beheerder who can log in.

Another functioneel beheerder takes four eyes (UM_VIER_OGEN): one proposes, a second confirms. Where nobody else
can, VNG support does.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from um_portal.accounts import mail, sessies, uitnodigingen
from um_portal.accounts.models import Gebruiker, Supportrol, Uitnodiging
from um_portal.accounts.uitnodigingen import UitnodigenMislukt, clean_email
from um_portal.audit import wissingen
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.wissingen import Wat, log_erasure
from um_portal.collegas.models import Genodigde, Rolvoorstel
from um_portal.errors import FoutMetMelding
from um_portal.tenants.models import Gemeente, Gemeentestatus, Lidmaatschap, Rol
from um_portal.tenants.scope import set_session, voor_gemeente
from um_portal.toegang.access import memberships

_BEHEERDER = Rol.FUNCTIONEEL_BEHEERDER


class NietGewijzigd(FoutMetMelding):
    """Nothing was changed."""


# --- Who is there --------------------------------------------------------------------------------------


def locked(gemeente: Gemeente) -> dict[int, Lidmaatschap]:
    """Returns the memberships by user, locked until the transaction ends; call inside `voor_gemeente`."""
    found = Lidmaatschap.objects.select_for_update(of=("self",)).select_related("gebruiker").order_by("pk")
    return {lid.gebruiker_id: lid for lid in found}


def who_can_manage(leden: dict[int, Lidmaatschap]) -> list[Gebruiker]:
    """Returns the functioneel beheerders among these who can log in."""
    return [lid.gebruiker for lid in leden.values() if lid.rol == _BEHEERDER and lid.gebruiker.is_active]


def _check_beheerder(leden: dict[int, Lidmaatschap], door: Gebruiker) -> None:
    lid = leden.get(door.pk)
    if lid is None or lid.rol != _BEHEERDER or not lid.gebruiker.is_active:
        raise NietGewijzigd(
            "U bent geen functioneel beheerder meer van deze gemeente. Er is niets gewijzigd."
        )


def _check_one_stays(leden: dict[int, Lidmaatschap], without: int) -> None:
    if not [one for one in who_can_manage(leden) if one.pk != without]:
        raise NietGewijzigd(
            "Dit is de enige functioneel beheerder die kan inloggen. Maak eerst een collega functioneel beheerder."
        )


def _later(verb: Callable[..., None], *args: Any) -> None:
    """Mails when what it tells has really happened; no lock waits for a mail server."""
    transaction.on_commit(lambda: verb(*args), robust=True)


def _onderwerp(gebruiker: Gebruiker, rol: str = "") -> str:
    return f"gebruiker {gebruiker.pk}" + (f": {rol}" if rol else "")


def _until() -> Any:
    return timezone.now() + timedelta(days=settings.UM_UITNODIGING_DAGEN)


# --- Inviting ------------------------------------------------------------------------------------------


def invite(gemeente: Gemeente, email: str, rol: Rol, door: Gebruiker) -> Genodigde | Rolvoorstel:
    """Invites somebody, or proposes to when it is a functioneel beheerder; raises FoutMetMelding.

    An address that has an account elsewhere gets another mail, and whoever invites sees no difference.
    """
    email = clean_email(email)
    with voor_gemeente(gemeente):
        leden = locked(gemeente)
        _check_beheerder(leden, door)
        _check_new(leden, email)
        if rol == _BEHEERDER and settings.UM_VIER_OGEN:
            return _propose(gemeente, leden, email, door)
        return _invite(gemeente, email, rol, door)


def invite_first(gemeente: Gemeente, email: str, door: Gebruiker) -> Genodigde | Rolvoorstel:
    """Lets VNG support invite a functioneel beheerder for a municipality that has none; raises FoutMetMelding.

    For a municipality that nobody belongs to yet one person of VNG support is enough; the same address again
    gets a new link. Where people and data are already, it is a proposal that a colleague confirms.
    """
    email = clean_email(email)
    if gemeente.status == Gemeentestatus.VERTROKKEN:
        raise NietGewijzigd(f"{gemeente.naam} doet niet meer mee.")
    with voor_gemeente(gemeente):
        leden = locked(gemeente)
        if who_can_manage(leden):
            raise NietGewijzigd(
                f"{gemeente.naam} heeft een functioneel beheerder. Die nodigt collega's zelf uit."
            )
        found = Genodigde.objects.filter(gebruiker__username=email).first()
        if found is not None and found.rol == _BEHEERDER:
            return resend(gemeente, found.pk, door)
        _check_new(leden, email, mag_lid=True)
        if leden and settings.UM_VIER_OGEN:
            return _propose(gemeente, leden, email, door)
        return _make_beheerder(gemeente, leden, email, door)


def _check_new(leden: dict[int, Lidmaatschap], email: str, *, mag_lid: bool = False) -> None:
    if not mag_lid and any(lid.gebruiker.username == email for lid in leden.values()):
        raise UitnodigenMislukt("Dit is al een collega. Wijzig de rol in de lijst van collega's.")
    if Genodigde.objects.filter(gebruiker__username=email).exists():
        raise UitnodigenMislukt(
            "Dit adres is al uitgenodigd. Verstuur de uitnodiging opnieuw, of trek haar in, in de lijst van collega's."
        )
    _check_not_proposed(email)


def _check_not_proposed(email: str) -> None:
    Rolvoorstel.objects.filter(email=email, verloopt_op__lte=timezone.now()).delete()
    if Rolvoorstel.objects.filter(email=email).exists():
        raise UitnodigenMislukt("Er wacht al een voorstel om dit adres functioneel beheerder te maken.")


def _invite(gemeente: Gemeente, email: str, rol: Rol, door: Gebruiker) -> Genodigde:
    gebruiker = uitnodigingen.find_or_create(email)
    genodigde = Genodigde(gemeente=gemeente, gebruiker=gebruiker, rol=rol, gemaakt_door=door)
    genodigde.verloopt_op = _until()
    _send(genodigde, gebruiker, door)
    genodigde.save()
    log_act(
        gemeente, Handeling.COLLEGA_UITGENODIGD, gebruiker=door, onderwerp=_onderwerp(gebruiker, rol.value)
    )
    return genodigde


def _send(genodigde: Genodigde, gebruiker: Gebruiker, door: Gebruiker) -> None:
    """Mails the invitation: with a link to open an account, or the request to log in."""
    rol, gemeente = Rol(genodigde.rol).label.lower(), genodigde.gemeente
    waarvoor = f"U gaat werken als {rol} van {gemeente.naam}."
    if gebruiker.is_begonnen or gebruiker.geblokkeerd_op:
        genodigde.uitnodiging = None
        context = {
            "gebruiker": gebruiker,
            "door": door,
            "waarvoor": waarvoor,
            "verloopt_op": genodigde.verloopt_op,
        }
        uitnodigingen.send("uitnodiging_collega", gebruiker.username, context)
        return
    nieuw = uitnodigingen.invite(gebruiker.username, door=door, vervangen=False, waarvoor=waarvoor)
    if genodigde.uitnodiging is not None:
        uitnodigingen.revoke_one(genodigde.uitnodiging)
    genodigde.uitnodiging, genodigde.verloopt_op = nieuw.uitnodiging, nieuw.uitnodiging.verloopt_op


def _genodigde(pk: int) -> Genodigde:
    found = Genodigde.objects.select_for_update(of=("self",)).select_related("gebruiker", "uitnodiging")
    genodigde: Genodigde | None = found.filter(pk=pk).first()
    if genodigde is None:
        raise NietGewijzigd("Deze uitnodiging is er niet meer: zij is aangenomen of ingetrokken.")
    return genodigde


def resend(gemeente: Gemeente, genodigde_id: int, door: Gebruiker) -> Genodigde:
    """Sends an invitation again, with a new term; an earlier link works no longer. Raises FoutMetMelding."""
    with voor_gemeente(gemeente):
        if not door.is_vng_support:
            _check_beheerder(locked(gemeente), door)
        genodigde = _genodigde(genodigde_id)
        genodigde.verloopt_op = _until()
        gebruiker = uitnodigingen.find_or_create(genodigde.gebruiker.username)
        _send(genodigde, gebruiker, door)
        genodigde.save()
        log_act(
            gemeente,
            Handeling.COLLEGA_UITGENODIGD,
            gebruiker=door,
            onderwerp=_onderwerp(gebruiker, genodigde.rol),
        )
    return genodigde


def withdraw(gemeente: Gemeente, genodigde_id: int, door: Gebruiker) -> None:
    """Withdraws an invitation; its link works no longer. Raises FoutMetMelding."""
    with voor_gemeente(gemeente):
        _check_beheerder(locked(gemeente), door)
        _withdraw(gemeente, _genodigde(genodigde_id), door)


def _withdraw(gemeente: Gemeente, genodigde: Genodigde, door: Gebruiker) -> None:
    if genodigde.uitnodiging is not None:
        uitnodigingen.revoke_one(genodigde.uitnodiging)
    genodigde.delete()
    log_act(
        gemeente,
        Handeling.UITNODIGING_INGETROKKEN,
        gebruiker=door,
        onderwerp=_onderwerp(genodigde.gebruiker),
    )


# --- Accepting -----------------------------------------------------------------------------------------


def open_invitations(gebruiker: Gebruiker) -> list[Genodigde]:
    """Returns the municipalities that invite somebody who has an account; one query over municipalities.

    VNG support joins none: who sees all municipalities sees no profile of any.
    """
    if gebruiker.is_vng_support:
        return []
    with transaction.atomic():
        set_session("default", gebruiker=gebruiker.pk)
        found = Genodigde._base_manager.filter(gebruiker=gebruiker, verloopt_op__gt=timezone.now())
        genodigden = list(found.select_related("gemeente").order_by("gemeente__naam"))
        set_session("default")
    return genodigden


def answer(gemeente: Gemeente, gebruiker: Gebruiker, *, aannemen: bool) -> bool:
    """Accepts or declines the invitation of a municipality; False when there is none (any more)."""
    with voor_gemeente(gemeente):
        found = Genodigde.objects.select_for_update(of=("self",)).select_related("gebruiker", "uitnodiging")
        genodigde = found.filter(gebruiker=gebruiker, verloopt_op__gt=timezone.now()).first()
        if genodigde is None or gebruiker.is_vng_support:
            return False
        if not aannemen:
            _withdraw(gemeente, genodigde, gebruiker)
            return True
        _join(gemeente, genodigde)
    return True


def joined_by_link(uitnodiging: Uitnodiging, **kwargs: Any) -> None:
    """Lets whoever opened an account by a link join the municipality that sent it."""
    for genodigde in open_invitations(uitnodiging.gebruiker):
        if genodigde.uitnodiging_id == uitnodiging.pk:
            answer(genodigde.gemeente, uitnodiging.gebruiker, aannemen=True)


def _join(gemeente: Gemeente, genodigde: Genodigde) -> None:
    gebruiker = genodigde.gebruiker
    genodigde.delete()
    Lidmaatschap.objects.get_or_create(
        gemeente=gemeente, gebruiker=gebruiker, defaults={"rol": genodigde.rol}
    )
    log_act(
        gemeente,
        Handeling.COLLEGA_TOEGETREDEN,
        gebruiker=gebruiker,
        onderwerp=_onderwerp(gebruiker, genodigde.rol),
    )


# --- Four eyes -----------------------------------------------------------------------------------------


def _propose(gemeente: Gemeente, leden: dict[int, Lidmaatschap], email: str, door: Gebruiker) -> Rolvoorstel:
    _check_not_proposed(email)
    voorstel: Rolvoorstel = Rolvoorstel.objects.create(
        gemeente=gemeente, email=email, gemaakt_door=door, verloopt_op=_until()
    )
    log_act(gemeente, Handeling.ROL_VOORGESTELD, gebruiker=door, onderwerp=f"voorstel {voorstel.pk}")
    context = {"gemeente": gemeente, "door": door, "email": email, "pad": reverse("collegas:lijst")}
    for beheerder in who_can_manage(leden):
        if beheerder.pk != door.pk:
            _later(mail.tell, "rolvoorstel", beheerder.username, context)
    return voorstel


def may_confirm(leden: dict[int, Lidmaatschap], voorstel: Rolvoorstel, door: Gebruiker) -> bool:
    """Tells whether this person is the second pair of eyes for a proposal."""
    if door.pk == voorstel.gemaakt_door_id or not door.is_active or door.username == voorstel.email:
        return False
    others = {one.pk for one in who_can_manage(leden)} - {voorstel.gemaakt_door_id}
    return door.pk in others or (not others and door.supportrol == Supportrol.BESLISSEND)


def members(gemeente: Gemeente) -> dict[int, Lidmaatschap]:
    """Returns the memberships by user; call inside `voor_gemeente`."""
    return {lid.gebruiker_id: lid for lid in Lidmaatschap.objects.select_related("gebruiker").order_by("pk")}


def _voorstel(pk: int) -> Rolvoorstel:
    found = Rolvoorstel.objects.select_for_update(of=("self",)).select_related("gemaakt_door")
    voorstel: Rolvoorstel | None = found.filter(pk=pk, verloopt_op__gt=timezone.now()).first()
    if voorstel is None:
        raise NietGewijzigd("Dit voorstel is er niet meer: het is al beslist, ingetrokken of verlopen.")
    return voorstel


def confirm(gemeente: Gemeente, voorstel_id: int, door: Gebruiker) -> None:
    """Makes somebody functioneel beheerder, as another one proposed; raises FoutMetMelding."""
    with voor_gemeente(gemeente):
        leden = locked(gemeente)
        voorstel = _voorstel(voorstel_id)
        if not may_confirm(leden, voorstel, door):
            raise NietGewijzigd(
                "Een ander dan wie het voorstelde moet dit bevestigen: een functioneel beheerder. Is er geen andere, "
                "dan doet VNG-support het."
            )
        voorgesteld_door = voorstel.gemaakt_door
        if not voorgesteld_door.is_active:
            raise NietGewijzigd("Wie dit voorstelde is geblokkeerd. Wijs het voorstel af.")
        email = voorstel.email
        voorstel.delete()
        log_act(gemeente, Handeling.ROL_BEVESTIGD, gebruiker=door, onderwerp=f"voorstel {voorstel_id}")
        _make_beheerder(gemeente, leden, email, voorgesteld_door)


def reject(gemeente: Gemeente, voorstel_id: int, door: Gebruiker) -> None:
    """Removes a proposal: rejected by another, or withdrawn by whoever made it. Raises FoutMetMelding."""
    with voor_gemeente(gemeente):
        leden = locked(gemeente)
        if door.supportrol != Supportrol.BESLISSEND:
            _check_beheerder(leden, door)
        _voorstel(voorstel_id).delete()
        log_act(gemeente, Handeling.ROL_AFGEWEZEN, gebruiker=door, onderwerp=f"voorstel {voorstel_id}")


def _make_beheerder(
    gemeente: Gemeente, leden: dict[int, Lidmaatschap], email: str, door: Gebruiker
) -> Genodigde:
    lid = next((lid for lid in leden.values() if lid.gebruiker.username == email), None)
    if lid is not None:
        _set_role(gemeente, lid, _BEHEERDER, door)
        return Genodigde(gemeente=gemeente, gebruiker=lid.gebruiker, rol=_BEHEERDER)
    genodigde = Genodigde.objects.filter(gebruiker__username=email).first()
    if genodigde is not None:
        # Invited in another role meanwhile.
        _withdraw(gemeente, _genodigde(genodigde.pk), door)
    return _invite(gemeente, email, _BEHEERDER, door)


# --- Changing and removing -----------------------------------------------------------------------------


def _lid(leden: dict[int, Lidmaatschap], lidmaatschap_id: int) -> Lidmaatschap:
    lid = next((lid for lid in leden.values() if lid.pk == lidmaatschap_id), None)
    if lid is None:
        raise NietGewijzigd("Deze collega hoort niet meer bij uw gemeente.")
    return lid


def change_role(gemeente: Gemeente, lidmaatschap_id: int, rol: Rol, door: Gebruiker) -> Rolvoorstel | None:
    """Gives a colleague another role at once, or returns the proposal that waits for a second pair of eyes.

    Raises FoutMetMelding.
    """
    with voor_gemeente(gemeente):
        leden = locked(gemeente)
        _check_beheerder(leden, door)
        lid = _lid(leden, lidmaatschap_id)
        if lid.rol == rol:
            return None
        if rol == _BEHEERDER and settings.UM_VIER_OGEN:
            return _propose(gemeente, leden, lid.gebruiker.username, door)
        if lid.rol == _BEHEERDER:
            _check_one_stays(leden, lid.gebruiker_id)
            _clear_of(gemeente, lid.gebruiker, door)
        _set_role(gemeente, lid, rol, door)
    return None


def _set_role(gemeente: Gemeente, lid: Lidmaatschap, rol: Rol, door: Gebruiker) -> None:
    lid.rol = rol
    lid.save(update_fields=["rol"])
    log_act(gemeente, Handeling.ROL_GEWIJZIGD, gebruiker=door, onderwerp=_onderwerp(lid.gebruiker, rol.value))
    _later(mail.notify_role_change, lid.gebruiker, f"U bent nu {rol.label.lower()} van {gemeente.naam}.")


def remove(gemeente: Gemeente, lidmaatschap_id: int, door: Gebruiker) -> None:
    """Takes a colleague's access away at once, and what waited in that person's name. Raises FoutMetMelding."""
    with voor_gemeente(gemeente):
        leden = locked(gemeente)
        _check_beheerder(leden, door)
        lid = _lid(leden, lidmaatschap_id)
        gebruiker = lid.gebruiker
        if lid.rol == _BEHEERDER:
            _check_one_stays(leden, gebruiker.pk)
            _clear_of(gemeente, gebruiker, door)
        Rolvoorstel.objects.filter(email=gebruiker.username).delete()
        lid.delete()
        log_erasure(
            gemeente,
            Handeling.COLLEGA_VERWIJDERD,
            Wat.LIDMAATSCHAP,
            [wissingen.pseudonym_of(gebruiker)],
            gebruiker=door,
            onderwerp=_onderwerp(gebruiker),
        )
        wat = f"U hoort niet meer bij {gemeente.naam} en kunt daar niet meer voor werken."
        _later(mail.notify_role_change, gebruiker, wat)
        # Every page asks the database for the membership. Who has nothing left here is logged out as well.
        _later(_end_sessions_without_task, gebruiker)


def _end_sessions_without_task(gebruiker: Gebruiker) -> None:
    if not gebruiker.is_vng_support and not memberships(gebruiker):
        sessies.end_all(gebruiker)


def _clear_of(gemeente: Gemeente, gebruiker: Gebruiker, door: Gebruiker) -> None:
    """Withdraws the invitations and proposals of somebody who is functioneel beheerder no longer."""
    Rolvoorstel.objects.filter(gemaakt_door=gebruiker).delete()
    of_them = Genodigde.objects.filter(gemaakt_door=gebruiker).select_related("gebruiker", "uitnodiging")
    for genodigde in of_them:
        _withdraw(gemeente, genodigde, door)


# --- In time -------------------------------------------------------------------------------------------


def erase_expired(gemeente: Gemeente) -> None:
    """Erases proposals that expired, and invitations that did so longer ago than one lasts."""
    now = timezone.now()
    with voor_gemeente(gemeente):
        Rolvoorstel.objects.filter(verloopt_op__lt=now).delete()
        Genodigde.objects.filter(verloopt_op__lt=now - timedelta(days=settings.UM_UITNODIGING_DAGEN)).delete()


def erase_never_opened() -> int:
    """Erases accounts that were never opened and that no invitation leads to any more; returns how many."""
    found = Gebruiker.objects.filter(
        is_active=False, last_login=None, geblokkeerd_op=None, password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    erased = 0
    for gebruiker in found.filter(uitnodigingen=None):
        with transaction.atomic():
            # Invited again at this very moment: whoever does that holds this lock.
            locked = Gebruiker.objects.select_for_update().filter(pk=gebruiker.pk, is_active=False).first()
            if locked is None or locked.uitnodigingen.exists() or _has_ties(locked):
                continue
            if locked.supportrol:
                uitnodigingen.give_supportrol(locked, "")
            locked.delete()
            erased += 1
    return erased


def _has_ties(gebruiker: Gebruiker) -> bool:
    with transaction.atomic():
        set_session("default", gebruiker=gebruiker.pk)
        found = any(
            model._base_manager.filter(gebruiker=gebruiker).exists() for model in (Genodigde, Lidmaatschap)
        )
        set_session("default")
    return found
