"""Replaces the table of postcodes in the database, and tells those who listen.

Reading and judging files is left to `exchange.geo.reading`; the first table comes from the migration.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from exchange.geo import distances
from exchange.geo.models import Postcode, PostcodeVersie
from exchange.geo.signals import postcodes_replaced
from exchange.geo.sphere import Coordinaat


@dataclass(frozen=True)
class Vervanging:
    """The result of a replacement."""

    aantal: int
    nieuw: int
    vervallen: int
    #: The number of listeners, the Dutch sentences they gave back, and what went wrong.
    luisteraars: int
    meldingen: tuple[str, ...]
    fouten: tuple[Exception, ...]


def replace_postcodes(
    postcodes: Mapping[int, Coordinaat], herkomst: str, using: str = DEFAULT_DB_ALIAS
) -> Vervanging:
    """Replaces the whole table in one transaction, and then tells those who listen to `postcodes_replaced`.

    `herkomst` says in a few words where the data came from. When the database refuses, the old table stays
    and the exception goes on to the caller. When a listener fails, the new table stays and `fouten` holds the
    error.
    """
    with transaction.atomic(using=using):
        # Two replacements at the same time take turns.
        PostcodeVersie.objects.using(using).select_for_update().first()
        before = set(Postcode.objects.using(using).values_list("pc4", flat=True))
        Postcode.objects.using(using).all().delete()
        Postcode.objects.using(using).bulk_create(
            Postcode(pc4=pc4, breedtegraad=lat, lengtegraad=lon) for pc4, (lat, lon) in postcodes.items()
        )
        PostcodeVersie.objects.using(using).update_or_create(
            pk=1,
            defaults={"versie": uuid.uuid4(), "herkomst": herkomst[:200], "geladen_op": timezone.now()},
        )
    distances.forget()
    answers = [answer for _, answer in postcodes_replaced.send_robust(sender=Postcode)]
    return Vervanging(
        aantal=len(postcodes),
        nieuw=len(postcodes.keys() - before),
        vervallen=len(before - postcodes.keys()),
        luisteraars=len(answers),
        meldingen=tuple(answer for answer in answers if isinstance(answer, str)),
        fouten=tuple(answer for answer in answers if isinstance(answer, Exception)),
    )
