"""Erases the lines of the audit log at the end of their term, in such a way that the rest can be verified."""

from django.conf import settings
from django.db import connection

from um_portal.audit import koppen, wissingen
from um_portal.audit.models import Keten


def erase_expired() -> int:
    """Erases lines older than UM_LOGBOEK_BEWAARDAGEN, a chain at a time; gives how many.

    Each chain then ends with a line that says where it begins, and with which hash. The last line always stays.
    """
    erased = 0
    for nummer in Keten.objects.order_by("nummer").values_list("nummer", flat=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT um_ruim_logboek(%s, %s)", [nummer, settings.UM_LOGBOEK_BEWAARDAGEN])
            [number] = cursor.fetchone() or (0,)
        erased += number
    koppen.write_all()
    koppen.erase_expired()
    wissingen.erase_expired()
    return erased
