"""Tells what is new in the answer of a weekly repeat, by the answer of the week before as long as that is kept.

Nothing is kept for it: when the earlier results have expired, nothing can be told.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from exchange.bemiddelaar.models import Resultaat, Vergelijking, Zoekstatus, Zoekvraag


def former_of(zoekvraag: Zoekvraag) -> Zoekvraag | None:
    """Finds the last answered search of the same person and repeat that has not expired, if there is one."""
    found: Zoekvraag | None = (
        Zoekvraag.objects.filter(
            herhaling=zoekvraag.herhaling_id,
            gebruiker=zoekvraag.gebruiker_id,
            status=Zoekstatus.KLAAR,
            verloopt_op__gt=timezone.now(),
            pk__lt=zoekvraag.pk,
        )
        .order_by("-pk")
        .first()
    )
    return found


def mark_new(zoekvraag: Zoekvraag, rows: Iterable[Resultaat]) -> dict[str, Any]:
    """Marks the rows that the earlier answer did not hold, and gives what the search keeps of the comparison.

    The number of the exchange decides. When not one number is the same, numbers are given anew every time, or
    everything is new: then the content decides. Call it inside `voor_gemeente`, before the rows are stored.
    """
    if not zoekvraag.is_herhaling or zoekvraag.herhaling_id is None:
        return {}
    former = former_of(zoekvraag)
    if former is None:
        return {}
    rows = list(rows)
    pairs = list(Resultaat.objects.filter(zoekvraag=former).order_by().values_list("vum_id", "afdruk"))
    numbers = {vum_id for vum_id, _ in pairs}
    by_number = not pairs or any(row.vum_id in numbers for row in rows)
    # Two profiles of the same content are two people: each of last week's explains one of this week's.
    left = Counter(afdruk for _, afdruk in pairs)
    for row in rows:
        if by_number:
            row.nieuw = row.vum_id not in numbers
        else:
            row.nieuw = left[row.afdruk] <= 0
            left[row.afdruk] -= 1
    return {
        "vergeleken": Vergelijking.NUMMER if by_number else Vergelijking.INHOUD,
        "vergeleken_met": former.beantwoord_op or former.aangemaakt_op,
        "vorige_maximum": former.maximum_bereikt,
        "aantal_nieuw": sum(row.nieuw and row.past for row in rows),
    }
