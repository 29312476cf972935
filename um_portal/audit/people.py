"""Finds the people behind the pseudonyms of the audit log, as long as they have an account."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from um_portal.audit.models import Pseudoniem


def by_pseudonym(pseudoniemen: Iterable[UUID | None]) -> dict[UUID, Any]:
    """Gives the users of these pseudonyms, in one query; who has no account any more is not among them."""
    known = {one for one in pseudoniemen if one is not None}
    found = Pseudoniem.objects.filter(pk__in=known).select_related("gebruiker")
    return {one.pseudoniem: one.gebruiker for one in found}
