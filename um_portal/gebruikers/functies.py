"""Makes the function in the database that gives a colleague of VNG support another role."""

from collections.abc import Iterable

from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.gebruikers.models import Supportvoorstel
from um_portal.tenants.database_role import function


def of_database() -> Iterable[str]:
    """Gives the statement: somebody else who decides must have proposed who is going to decide."""
    people, proposals = Gebruiker._meta.db_table, Supportvoorstel._meta.db_table
    beslist = f"'{Supportrol.BESLISSEND}'"
    proposed = (
        f"EXISTS (SELECT FROM {proposals} v JOIN {people} d ON d.id = v.gemaakt_door_id"
        f" WHERE v.email = g.username AND d.id <> g.id AND d.is_active AND d.supportrol = {beslist})"
    )
    yield function(
        "um_supportrol_wijzigen",
        "gebruiker bigint, rol text",
        f"UPDATE {people} g SET supportrol = rol WHERE g.id = gebruiker AND g.supportrol <> ''"  # noqa: S608
        f" AND (rol = '{Supportrol.ADVISEREND}' OR (rol = {beslist} AND {proposed})) RETURNING g.id",
    )
