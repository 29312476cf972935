"""Puts together what a functioneel beheerder sees of the colleagues, and what the start page says of them."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from um_portal.accounts import tweede_factor
from um_portal.accounts.models import Gebruiker
from um_portal.collegas import leden, toetsen
from um_portal.collegas.models import Genodigde, Rolvoorstel
from um_portal.herstel import herstellen
from um_portal.herstel.models import Herstel
from um_portal.tenants.models import Gemeente, Lidmaatschap
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, may
from um_portal.toegang.rechten import Recht


@dataclass(frozen=True, slots=True)
class Collega:
    """A colleague as the list shows one."""

    lid: Lidmaatschap
    tweede_factor: bool
    is_stil: bool
    herstel: Herstel | None


def collegas(gemeente: Gemeente) -> list[Collega]:
    """Returns everybody who belongs to a municipality, by name; call inside `voor_gemeente`."""
    found = leden.members(gemeente)
    with_factor = tweede_factor.who_have_one(found)
    herstel = herstellen.open_by_user(found)
    rows = [
        Collega(lid, pk in with_factor, toetsen.is_quiet(lid.gebruiker), herstel.get(pk))
        for pk, lid in found.items()
    ]
    return sorted(rows, key=lambda row: str(row.lid.gebruiker).lower())


def genodigden() -> list[Genodigde]:
    """Returns who was invited and did not accept yet; call inside `voor_gemeente`."""
    found = Genodigde.objects.select_related("gebruiker", "gemaakt_door").order_by("-gemaakt_op")
    return list(found)


def voorstellen(gemeente: Gemeente, gebruiker: Gebruiker) -> list[tuple[Rolvoorstel, bool]]:
    """Returns the open proposals, each with whether this person is the second pair of eyes."""
    found = Rolvoorstel.objects.filter(verloopt_op__gt=timezone.now()).select_related("gemaakt_door")
    rows = list(found.order_by("gemaakt_op"))
    now = leden.members(gemeente) if rows else {}
    return [(one, leden.may_confirm(now, one, gebruiker)) for one in rows]


def for_start(request: GemeenteRequest) -> dict[str, Any]:
    """Returns what the start page says: invitations, an own recovery, and for a beheerder what asks attention."""
    found: dict[str, Any] = {
        "uitnodigingen": leden.open_invitations(request.user),
        "eigen_herstel": herstellen.open_of(request.user),
    }
    if request.gemeente is not None and may(request, Recht.COLLEGAS):
        with voor_gemeente(request.gemeente, alleen_lezen=True):
            laatste = toetsen.last(request.gemeente)
            found["toets_nodig"] = toetsen.is_due(request.gemeente, laatste.gedaan_op if laatste else None)
            found["laatste_toets"] = laatste
            found["te_bevestigen"] = [one for one, mag in voorstellen(request.gemeente, request.user) if mag]
    return found
