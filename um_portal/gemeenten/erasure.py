"""Erases a user with all that names this person, in every municipality, all or nothing.

The database does it (`um_gebruiker_wissen`), once the user belongs nowhere any more. The audit log keeps its
lines; they then name nobody.
"""

from django.db import transaction

from um_portal.accounts import sessies
from um_portal.accounts.models import Gebruiker
from um_portal.audit import wissingen
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.tenants.models import Gemeente, Lidmaatschap
from um_portal.tenants.protected import call
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import memberships


@transaction.atomic
def erase_user(gebruiker: Gebruiker, *, only: Gemeente | None = None, door: Gebruiker | None = None) -> bool:
    """Erases a user with sessions, second factors, invitations, memberships and searches.

    With `only` it does so for whoever belongs to no other municipality than this one and is not of VNG
    support. Returns False, and changes nothing, when that is not so, or when the user is gone already. Every
    municipality of the user has a line in its log, with who did it (`door`).
    """
    # Whoever gives this user a membership at this moment waits for the lock.
    locked = Gebruiker.objects.select_for_update().filter(pk=gebruiker.pk).first()
    if locked is None:
        return False
    found = [lidmaatschap.gemeente for lidmaatschap in memberships(locked)]
    if only is not None and (locked.supportrol or found != [only]):
        return False
    sessies.end_all(locked)
    for gemeente in found:
        with voor_gemeente(gemeente):
            Lidmaatschap.objects.filter(gebruiker=locked).delete()
            log_act(gemeente, Handeling.GEBRUIKER_GEWIST, gebruiker=door, betrokkene=locked)
    wissingen.note_user(locked)
    if locked.supportrol:
        call(Gebruiker, "um_supportrol_intrekken", locked.pk)
    locked.delete()
    return True
