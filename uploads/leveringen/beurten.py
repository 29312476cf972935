"""Shares the workers out: large leveringen apart from small ones, and each municipality in its turn.

A municipality that delivers twenty files at once has one of them converted at a time, and one large one beside
it; another's is taken in between. What has no turn waits in the database, not in the queue: whoever ends a
conversion hands out the next.
"""

from typing import Final

from django.db.models import Q

from um_portal.jobs import turn
from uploads.models import Levering, Leveringstatus

# Leveringen of one municipality that are converted at once, of either size.
TEGELIJK: Final = 1
# From so many bytes on, or so many records, work on a levering takes seconds.
GROOT: Final = 1_000_000
GROOT_AANTAL: Final = 10_000
_LARGE: Final = Q(bestandsgrootte__gte=GROOT) | Q(omgezet__gte=GROOT_AANTAL)


def is_large(levering_id: int) -> bool:
    """Tells whether work on this levering takes long; call inside `voor_gemeente`."""
    return bool(Levering.objects.filter(_LARGE, pk=levering_id).exists())


def has_turn(levering_id: int) -> bool:
    """Tells whether a levering may be converted now; call in the transaction that claims it."""
    levering = Levering.objects.filter(pk=levering_id).values("gemeente_id", "bestandsgrootte").first()
    if levering is None:
        return False
    size = _size(levering["bestandsgrootte"] >= GROOT)
    others = Levering.objects.filter(size, status=Leveringstatus.OMZETTEN).exclude(pk=levering_id)
    name = f"omzetten {levering['gemeente_id']} {levering['bestandsgrootte'] >= GROOT}"
    return turn(others, name, TEGELIJK)


def next_in_turn() -> list[int]:
    """Gives the leveringen of the open municipality that come next: the oldest of either size."""
    waiting = Levering.objects.filter(status=Leveringstatus.ONTVANGEN, lease_tot=None).order_by("pk")
    found = [waiting.filter(_size(large)).values_list("pk", flat=True)[:TEGELIJK] for large in (False, True)]
    return [pk for pks in found for pk in pks]


def _size(large: bool) -> Q:
    return Q(bestandsgrootte__gte=GROOT) if large else Q(bestandsgrootte__lt=GROOT)
