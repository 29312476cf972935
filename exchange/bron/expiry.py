"""Decides when a record has expired: it is not answered from that day on, and erased in the following night.

A vacancy expires after its closing date. Every record expires when no publication has held it for
UM_VERLOOPDAGEN days, or for fewer days where the municipality chose so. What a publication took away or
changed can be brought back for UM_TERUGDRAAI_DAGEN days, and is erased after that.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils import timezone

from exchange.bron.models import RECORD_VAN, Besluit, Intrekking, Journaal, Journaalrecord, Stand
from exchange.bron.sets import BezigMetPubliceren, lock, remove_records
from exchange.selection import Voorwaarde
from exchange.standard import Soort
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


def valid(gemeente: Gemeente, soort: Soort) -> Voorwaarde:
    """Gives the condition, on the alias `p`, under which a record of this municipality may be answered today."""
    today = timezone.localdate()
    refreshed = Voorwaarde("p.ververst_op >= %s", (today - timedelta(days=gemeente.verlooptermijn),))
    if soort is not Soort.VACATURES:
        return refreshed
    return Voorwaarde(
        f"{refreshed.sql} AND (p.sluitingsdatum IS NULL OR p.sluitingsdatum >= %s)",
        (*refreshed.parameters, today),
    )


def erase_expired(gemeente: Gemeente) -> int:
    """Erases expired records and journalen that are no longer kept; gives the number of records erased.

    A set that is being published at this moment is skipped until the next night.
    """
    return sum(_erase(gemeente, soort) for soort in RECORD_VAN) + _erase_way_back(gemeente)


def _erase(gemeente: Gemeente, soort: Soort) -> int:
    condition = valid(gemeente, soort)
    try:
        with voor_gemeente(gemeente):
            if not Stand.objects.filter(soort=soort).exists():
                return 0
            stand = lock(gemeente, soort)
            erased = remove_records(gemeente, soort, stand, f"NOT ({condition.sql})", condition.parameters)
            if erased:
                log_act(gemeente, Handeling.RECORDS_VERLOPEN, onderwerp=soort.label, aantal=erased)
    except BezigMetPubliceren:
        return 0
    return erased


def _erase_way_back(gemeente: Gemeente) -> int:
    """Erases journalen and withdrawn ids after their term; counts the records of the journalen.

    A withdrawn id is kept for UM_INTREKKING_DAGEN since the last publication that held it. When it may come
    along again, it is kept as long as a source file from before the withdrawal may exist.
    """
    now, erased = timezone.now(), 0
    with voor_gemeente(gemeente):
        before = now - timedelta(hours=settings.UM_BRONBESTAND_UREN)
        Intrekking.objects.filter(besluit=Besluit.WEER, ingetrokken_op__lt=before).delete()
        Intrekking.objects.alias(laatst=Coalesce("gezien_op", "ingetrokken_op")).filter(
            laatst__lt=now - timedelta(days=settings.UM_INTREKKING_DAGEN), ingetrokken_op__lt=before
        ).delete()
    for soort in RECORD_VAN:
        try:
            with voor_gemeente(gemeente):
                old = Journaal.objects.filter(
                    soort=soort, gepubliceerd_op__lt=now - timedelta(days=settings.UM_TERUGDRAAI_DAGEN)
                )
                if old.exists():
                    lock(gemeente, soort)
                    erased += Journaalrecord.objects.filter(journaal__in=old).count()
                    old.delete()
        except BezigMetPubliceren:
            continue
    return erased
