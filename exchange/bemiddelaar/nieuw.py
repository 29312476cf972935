"""Tells what is new in the answer of a weekly repeat, by the answer of the week before as long as that is kept.

Nothing is kept for it: without earlier results nothing can be told, and the search keeps the reason.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from exchange.bemiddelaar.models import Nietvergeleken, Resultaat, Vergelijking, Zoekstatus, Zoekvraag


def former_of(zoekvraag: Zoekvraag) -> Zoekvraag | Nietvergeleken:
    """Finds the last answered search of the same person and repeat that is still there, or says why none is."""
    kept = Zoekvraag.objects.filter(verloopt_op__gt=timezone.now(), pk__lt=zoekvraag.pk).order_by("-pk")
    own = kept.filter(herhaling=zoekvraag.herhaling_id, gebruiker=zoekvraag.gebruiker_id)
    found: Zoekvraag | None = own.filter(status=Zoekstatus.KLAAR).first()
    if found is not None:
        return found
    if (last := own.first()) is not None:
        return Nietvergeleken.MISLUKT if last.status == Zoekstatus.MISLUKT else Nietvergeleken.ONDERWEG
    # A search that was handed over belongs to no repeat any more; its question is still the same.
    handed_over = kept.filter(
        overgedragen_door=zoekvraag.gebruiker_id,
        soort=zoekvraag.soort,
        vraag_object=zoekvraag.vraag_object,
    )
    return Nietvergeleken.OVERGEDRAGEN if handed_over.exists() else Nietvergeleken.GEWIST


def mark_new(zoekvraag: Zoekvraag, rows: Iterable[Resultaat]) -> dict[str, Any]:
    """Marks the rows that the earlier answer did not hold, and gives what the search keeps of the comparison.

    The number of the exchange decides. When not one number is the same, numbers are given anew every time, or
    everything is new: then the content decides. Call it inside `voor_gemeente`, before the rows are stored.
    """
    if not zoekvraag.is_herhaling or zoekvraag.herhaling_id is None:
        return {}
    former = former_of(zoekvraag)
    if isinstance(former, Nietvergeleken):
        return {"niet_vergeleken": former}
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
