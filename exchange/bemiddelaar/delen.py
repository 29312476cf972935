"""Shares a search within the municipality, hands it over to a colleague, and prolongs it."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from exchange.bemiddelaar import herhalen, searching
from exchange.bemiddelaar.models import Deling, Markering, Stopreden, Zoekvraag
from um_portal.accounts import mail
from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.errors import FoutMetMelding
from um_portal.tenants.models import Gemeente


class NietOvergedragen(FoutMetMelding):
    """The search was not handed over."""


def colleagues(zoekvraag: Zoekvraag) -> list[Gebruiker]:
    """Lists the colleagues who may search, without the owner of this search; call inside `voor_gemeente`."""
    found = searching.searchers().filter(gebruiker__is_active=True)
    found = found.exclude(gebruiker=zoekvraag.gebruiker_id).select_related("gebruiker")
    return sorted((lid.gebruiker for lid in found), key=lambda gebruiker: str(gebruiker).casefold())


def shared_with(zoekvraag: Zoekvraag) -> "QuerySet[Gebruiker]":
    """Gives the colleagues that this search is shared with; call inside `voor_gemeente`."""
    return Gebruiker.objects.filter(
        pk__in=Deling.objects.filter(zoekvraag=zoekvraag).values("gebruiker")
    ).order_by("pk")


def share(gemeente: Gemeente, zoekvraag: Zoekvraag, gebruikers: Iterable[int]) -> int:
    """Shares the search with exactly these colleagues, and counts them; call inside `voor_gemeente`.

    Whoever is no colleague with the right to search is passed over.
    """
    asked = set(gebruikers)
    wanted = {gebruiker.pk for gebruiker in colleagues(zoekvraag)} & asked
    present = set(Deling.objects.filter(zoekvraag=zoekvraag).values_list("gebruiker", flat=True))
    if wanted == present:
        return len(wanted)
    Deling.objects.filter(zoekvraag=zoekvraag).exclude(gebruiker__in=wanted).delete()
    # Who no longer looks has no marks any more.
    Markering.objects.filter(zoekvraag=zoekvraag, gebruiker__in=present - wanted).delete()
    Deling.objects.bulk_create(
        [Deling(gemeente=gemeente, zoekvraag=zoekvraag, gebruiker_id=pk) for pk in wanted],
        ignore_conflicts=True,
    )
    searching.log_about_search(
        gemeente, Handeling.ZOEKVRAAG_GEDEELD, zoekvraag.pk, zoekvraag.gebruiker, aantal=len(wanted)
    )
    return len(wanted)


def hand_over(
    gemeente: Gemeente, zoekvraag: Zoekvraag, door: Gebruiker, naar: int, *, notities: bool = False
) -> Gebruiker:
    """Makes a colleague the owner of the search; returns that colleague. Call inside `voor_gemeente`.

    Stars and what was put aside go along where the colleague has no marks yet; notes only with `notities`. The
    colleague gets a mail. A weekly repeat stops. Raises NietOvergedragen.
    """
    owned = Zoekvraag.objects.select_for_update().filter(pk=zoekvraag.pk, gebruiker=door).first()
    if owned is None:
        raise NietOvergedragen("Deze zoekvraag is niet meer van u. Er is niets gewijzigd.")
    heir = next((gebruiker for gebruiker in colleagues(owned) if gebruiker.pk == naar), None)
    if heir is None:
        raise NietOvergedragen("Kies een collega die mag zoeken. Er is niets overgedragen.")
    # The heir did not ask to be asked for, and it would count for the heir's day.
    herhalen.stop_with(gemeente, owned, Stopreden.OVERGEDRAGEN)
    Deling.objects.filter(zoekvraag=owned, gebruiker=heir).delete()
    marks = Markering.objects.filter(zoekvraag=owned, gebruiker=door)
    if not notities:
        marks.update(notitie="")
    own = Markering.objects.filter(zoekvraag=owned, gebruiker=heir).values("resultaat")
    marks.exclude(resultaat__in=own).update(gebruiker=heir)
    Markering.objects.filter(zoekvraag=owned, gebruiker=door).delete()
    # Nor is a repeat that goes on, with a later search, of any concern to the heir of this one.
    Zoekvraag.objects.filter(pk=owned.pk).update(gebruiker=heir, overgedragen_door=door, herhaling=None)
    searching.log_about_search(gemeente, Handeling.ZOEKVRAAG_OVERGEDRAGEN, owned.pk, door)
    transaction.on_commit(lambda: mail.notify("zoekvraag_overgedragen", heir.username), robust=True)
    return heir


def prolong(gemeente: Gemeente, zoekvraag: Zoekvraag, door: Gebruiker) -> bool:
    """Keeps the search until the end of the national term; False when that was done or it is there already.

    Call inside `voor_gemeente`.
    """
    if not zoekvraag.is_te_verlengen:
        return False
    waiting = Zoekvraag.objects.filter(pk=zoekvraag.pk, gebruiker=door, verlengd_op=None)
    if not waiting.update(verloopt_op=zoekvraag.landelijk_einde, verlengd_op=timezone.now()):
        return False
    searching.log_about_search(gemeente, Handeling.ZOEKVRAAG_VERLENGD, zoekvraag.pk, door)
    return True
