"""When a record is past its time: no longer answered from that day on, and erased in the night that follows.

A vacancy ends with its closing date; every record ends when no publication held it for UM_VERLOOPDAGEN. What a
publication took away or changed can be brought back for UM_TERUGDRAAI_DAGEN, and is erased after that.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from exchange.bron.models import RECORD_VAN, Intrekking, Journaal, Journaalrecord, Stand
from exchange.bron.sets import BezigMetPubliceren, lock, remove_records
from exchange.selection import Voorwaarde
from exchange.standard import Soort
from um_portal.audit.log import log_act
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


def valid(soort: Soort) -> Voorwaarde:
    """The condition, on the alias `p`, under which a record may still be answered today."""
    today = timezone.localdate()
    refreshed = Voorwaarde("p.ververst_op >= %s", (today - timedelta(days=settings.UM_VERLOOPDAGEN),))
    if soort is not Soort.VACATURES:
        return refreshed
    return Voorwaarde(
        f"{refreshed.sql} AND (p.sluitingsdatum IS NULL OR p.sluitingsdatum >= %s)",
        (*refreshed.parameters, today),
    )


def erase_expired(gemeente: Gemeente) -> int:
    """Erase what is past its time, and what is no longer kept to go back to; how many records were erased.

    A set that is being published at this moment is left to the next time.
    """
    return sum(_erase(gemeente, soort) for soort in RECORD_VAN) + _erase_way_back(gemeente)


def _erase(gemeente: Gemeente, soort: Soort) -> int:
    condition = valid(soort)
    try:
        with voor_gemeente(gemeente):
            if not Stand.objects.filter(soort=soort).exists():
                return 0
            stand = lock(gemeente, soort)
            erased = remove_records(gemeente, soort, stand, f"NOT ({condition.sql})", condition.parameters)
            if erased:
                log_act(gemeente, "records_verlopen", onderwerp=soort.label, aantal=erased)
    except BezigMetPubliceren:
        return 0
    return erased


def _erase_way_back(gemeente: Gemeente) -> int:
    """Erase old journalen, and the ids of what was withdrawn when no file from before that is left."""
    now, erased = timezone.now(), 0
    with voor_gemeente(gemeente):
        Intrekking.objects.filter(
            ingetrokken_op__lt=now - timedelta(hours=settings.UM_BRONBESTAND_UREN)
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
