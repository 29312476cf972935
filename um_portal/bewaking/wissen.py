"""Erases again, in a database that was restored, what was erased after the moment to which it went back.

It uses the same verbs as people do. Doing it twice is harmless: the audit log then knows the span of each erasure. What
has a term of its own is erased by the schedule as always.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from exchange.bemiddelaar import herhalen
from exchange.bemiddelaar.models import Stopreden, Zoekvraag
from exchange.standard import Soort
from um_portal.accounts.models import Gebruiker
from um_portal.audit import wissingen
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.models import Auditregel, Pseudoniem
from um_portal.audit.wissingen import Wat, Wissing
from um_portal.gemeenten import erasure, lifecycle, vertrek
from um_portal.tenants.models import Gemeente, Gemeentestatus, Lidmaatschap
from um_portal.tenants.scope import voor_gemeente
from uploads.aanleveren import sleutels
from uploads.gepubliceerd.withdrawal import withdraw_everything, withdraw_records
from uploads.leveringen.erasure import withdraw

logger = logging.getLogger(__name__)


@dataclass
class Verslag:
    """The numbers of what was erased again, by kind; `mislukt` counts what could not be."""

    gewist: Counter[Wat] = field(default_factory=Counter)
    was_al: int = 0
    mislukt: int = 0


def erase_again() -> Verslag:
    """Goes through all that was written down. Raises WissingenOnleesbaar before it erases anything.

    One that fails is logged and does not stop the others.
    """
    verslag = Verslag()
    # The municipalities that left come last: what they erased before that is gone with them.
    found = sorted(wissingen.read_all(), key=lambda wissing: wissing.wat is Wat.GEMEENTE)
    for wissing in found:
        try:
            done = _erase(wissing)
        except Exception:
            logger.exception("wissing: %s niet opnieuw gewist", wissing.wat.value)
            verslag.mislukt += 1
        else:
            verslag.gewist[wissing.wat] += done
            verslag.was_al += not done
    return verslag


def _erase(wissing: Wissing) -> bool:
    """Erases it again; False when the database knows of it."""
    if wissing.wat is Wat.GEBRUIKER:
        return _erase_user(wissing)
    gemeente = Gemeente.objects.filter(oin=wissing.oin).first()
    if gemeente is None:
        # It was entered after the moment to which the database went back.
        return False
    with voor_gemeente(gemeente):
        if Auditregel.objects.filter(span=wissing.span).exists():
            return False
    if wissing.wat is Wat.GEMEENTE:
        _let_go(gemeente)
    with voor_gemeente(gemeente):
        if wissing.wat is not Wat.GEMEENTE:
            _VERBS[wissing.wat](gemeente, wissing)
        log_act(gemeente, Handeling.WISSING_HERHAALD, onderwerp=wissing.wat.value, span=wissing.span)
    return True


def _erase_user(wissing: Wissing) -> bool:
    # A pseudonym is never given twice.
    known = Pseudoniem.objects.filter(pseudoniem__in=wissing.ids).first()
    gebruiker = Gebruiker.objects.filter(pk=known.gebruiker_id).first() if known else None
    return gebruiker is not None and erasure.erase_user(gebruiker)


def _records(gemeente: Gemeente, wissing: Wissing) -> None:
    withdraw_records(gemeente, Soort(wissing.soort), wissing.ids, None)


def _set(gemeente: Gemeente, wissing: Wissing) -> None:
    withdraw_everything(gemeente, Soort(wissing.soort), None)


def _levering(gemeente: Gemeente, wissing: Wissing) -> None:
    for pk in wissing.ids:
        withdraw(gemeente, int(pk), None)


def _zoekvraag(gemeente: Gemeente, wissing: Wissing) -> None:
    for zoekvraag in Zoekvraag.objects.filter(pk__in=wissing.ids):
        herhalen.erase_search(gemeente, zoekvraag)


def _herhaling(gemeente: Gemeente, wissing: Wissing) -> None:
    for pk in wissing.ids:
        herhalen.stop(gemeente, int(pk), Stopreden.ZELF)


def _sleutel(gemeente: Gemeente, wissing: Wissing) -> None:
    for pk in wissing.ids:
        sleutels.revoke(gemeente, int(pk), None)


def _lidmaatschap(gemeente: Gemeente, wissing: Wissing) -> None:
    people = Pseudoniem.objects.filter(pseudoniem__in=wissing.ids).values("gebruiker_id")
    Lidmaatschap.objects.filter(gebruiker__in=people).delete()


def _let_go(gemeente: Gemeente) -> None:
    """Lets a municipality leave again that had left, and erases all that it has."""
    if gemeente.status != Gemeentestatus.VERTROKKEN:
        lifecycle.suspend(gemeente.pk)
        with voor_gemeente(gemeente):
            announced = vertrek.is_announced()
        if not announced:
            vertrek.announce(gemeente, vertrek.Vertrekreden.BESLUIT, None)
        vertrek.confirm(gemeente, gemeente.naam, None)
        gemeente.refresh_from_db()
    vertrek.erase(gemeente)


_VERBS: Final[Mapping[Wat, Callable[[Gemeente, Wissing], None]]] = {
    Wat.RECORDS: _records,
    Wat.SET: _set,
    Wat.LEVERING: _levering,
    Wat.ZOEKVRAAG: _zoekvraag,
    Wat.HERHALING: _herhaling,
    Wat.SLEUTEL: _sleutel,
    Wat.LIDMAATSCHAP: _lidmaatschap,
}
