"""Withdraws published records at once: some of them, or everything of a kind.

The records of somebody who no longer agrees disappear everywhere: from the set, from what an undo can bring
back, and from the leveringen that wait for publication.
"""

from collections.abc import Collection

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Max

from exchange.bron import withdrawal
from exchange.bron.models import Besluit
from exchange.standard import Soort
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.audit.wissingen import Wat, log_erasure
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen.erasure import expire_waiting
from uploads.models import Levering

_HANDELING = {
    Besluit.BLIJFT: Handeling.INTREKKING_BEVESTIGD,
    Besluit.WEER: Handeling.INTREKKING_OPGEHEVEN,
}
_VERVALLEN = (
    "Alles van deze soort is ingetrokken. Deze levering is daarbij vervallen: het bestand en de omgezette gegevens "
    "zijn gewist. Upload het bestand opnieuw als u weer wilt publiceren."
)


def withdraw_records(
    gemeente: Gemeente, soort: Soort, ids: Collection[str], gebruiker: AbstractBaseUser | None
) -> int:
    """Withdraws the records with these ids; returns how many of them were published.

    Raises BezigMetPubliceren when a publication takes too long to wait for; then nothing has changed.
    """
    with voor_gemeente(gemeente):
        newest = Levering.objects.aggregate(newest=Max("pk"))["newest"] or 0
        number = withdrawal.withdraw(gemeente, soort, ids, batch=newest)
        log_erasure(
            gemeente,
            Handeling.RECORDS_INGETROKKEN,
            Wat.RECORDS,
            sorted(set(ids)),
            soort=soort.value,
            gebruiker=gebruiker,
            onderwerp=soort.label,
            aantal=number,
        )
    return number


def withdraw_everything(gemeente: Gemeente, soort: Soort, gebruiker: AbstractBaseUser | None) -> int:
    """Withdraws the whole set of a kind; returns the number of records.

    Leveringen of this kind that wait expire. Raises BezigMetPubliceren in the same case as
    `withdraw_records`.
    """
    with voor_gemeente(gemeente):
        number = withdrawal.withdraw_all(gemeente, soort)
        expire_waiting(soort, _VERVALLEN)
        log_erasure(
            gemeente,
            Handeling.RECORDS_INGETROKKEN,
            Wat.SET,
            soort=soort.value,
            gebruiker=gebruiker,
            onderwerp=f"{soort.label}, alles",
            aantal=number,
        )
    return number


def decide(
    gemeente: Gemeente,
    soort: Soort,
    keys: Collection[int],
    besluit: Besluit,
    gebruiker: AbstractBaseUser | None,
) -> int:
    """Decides about withdrawn records that stand in a later file; counts those for which it is a new decision."""
    with voor_gemeente(gemeente):
        number = withdrawal.decide(soort, keys, besluit)
        if number:
            log_act(gemeente, _HANDELING[besluit], gebruiker=gebruiker, onderwerp=soort.label, aantal=number)
    return number
