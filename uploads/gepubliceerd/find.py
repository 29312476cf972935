"""Finds records in a municipality's published set: by the attributes that a search asks for, or by a number.

A question that fits many people (an occupation, an area) may stand in an address. A number belongs to one
person, so it is only sent in the body of a request.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import F, Func, Q, QuerySet

from exchange.bron.models import (
    CONCEPT_VAN,
    RECORD_VAN,
    Beroepindex,
    GepubliceerdRecord,
    Journaalrecord,
)
from exchange.standard import Soort
from exchange.waardelijsten.models import BEROEPEN, Code
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from uploads.mapping.cells.contact import bsn_of, safe_id
from uploads.mapping.cells.text import tekst

MAX_NUMMERS: Final = 5000
_LONGEST = 200

# Per kind the fields to sort on: the name in the address -> the name in the database.
SORTEERBAAR: Final[Mapping[Soort, Mapping[str, str]]] = {
    Soort.WERKZOEKENDEN: {"nummer": "id_bron", "postcode": "pc4", "uren": "uren_maximaal"},
    Soort.VACATURES: {
        "nummer": "id_bron",
        "postcode": "pc4",
        "uren": "uren_maximaal",
        "niveau": "denkniveau",
        "sluit": "sluitingsdatum",
    },
    Soort.WERKGEVERSCONTACTMOMENTEN: {"datum": "datum", "kvk": "nummer_kvk"},
}


def find(soort: Soort, asked: Mapping[str, Any]) -> "QuerySet[GepubliceerdRecord]":
    """Gives the records that satisfy everything that was asked (see `forms`); call inside `voor_gemeente`."""
    found: QuerySet[GepubliceerdRecord] = RECORD_VAN[soort]._default_manager.order_by()
    return found.filter(*(_CONDITIONS[name](soort, value) for name, value in asked.items()))


def _with_occupation(soort: Soort, text: str) -> Q:
    codes = Code.objects.filter(lijst=BEROEPEN).zoek(text).values("code")
    named = Q(beroep__in=codes) | Q(beroep__icontains=text)
    if soort is Soort.VACATURES:
        return named
    known = Beroepindex.objects.filter(named)
    return Q(
        pk__in=known.annotate(nummer=Func(F("ids"), function="unnest", set_returning=True)).values("nummer")
    )


def _in_area(soort: Soort, digits: str) -> Q:
    first = int(digits.ljust(4, "0"))
    return Q(pc4__range=(first, first + 10 ** (4 - len(digits)) - 1))


_CONDITIONS: Mapping[str, Callable[[Soort, Any], Q]] = {
    "beroep": _with_occupation,
    "postcode": _in_area,
    "uren": lambda soort, hours: Q(uren_maximaal__gte=hours),
    "rijbewijs": lambda soort, code: Q(rijbewijzen__contains=[code]),
    "niveau": lambda soort, level: Q(denkniveau=level),
    "sluit": lambda soort, day: Q(sluitingsdatum__lte=day),
    "kvk": lambda soort, number: Q(nummer_kvk=number),
    "vanaf": lambda soort, day: Q(datum__gte=day),
    "tot": lambda soort, day: Q(datum__lte=day),
}


def ordered(
    found: "QuerySet[GepubliceerdRecord]", soort: Soort, sorteer: str
) -> "QuerySet[GepubliceerdRecord]":
    """Sorts on a field (`veld` or `-veld`), or by number; the order is always the same for the same set."""
    field = SORTEERBAAR[soort].get(sorteer.removeprefix("-"))
    if field is None:
        numbered = soort is not Soort.WERKGEVERSCONTACTMOMENTEN
        return found.order_by("volgnummer" if numbered else "pk")
    if not RECORD_VAN[soort]._meta.get_field(field).null:
        # This is the order of the index.
        return found.order_by(f"-{field}" if sorteer.startswith("-") else field, "pk")
    column = F(field)
    order = column.desc(nulls_last=True) if sorteer.startswith("-") else column.asc(nulls_last=True)
    return found.order_by(order, "pk")


# --- By number -------------------------------------------------------------------------------------------


def numbers(text: str) -> list[str]:
    """Reads the numbers that somebody typed or pasted, one per line; gives each once, in the same order."""
    lines = (tekst(line) for line in text.replace("\t", "\n").replace(";", "\n").splitlines())
    return list(dict.fromkeys(line for line in lines if line and len(line) <= _LONGEST))


def _may_be_known_as(gemeente: Gemeente, number: str) -> tuple[str, ...]:
    """Gives the ids that a record with this number may have: the number itself, or its pseudonym.

    See `safe_id`.
    """

    def pseudonym(text: str) -> str:
        return keys.pseudoniem(gemeente, text)

    return (safe_id(number, pseudonym), pseudonym(number), pseudonym(bsn_of(number)))


def ids_of(gemeente: Gemeente, soort: Soort, asked: Sequence[str]) -> dict[str, str]:
    """Gives per number the id of a record with that number, if there is one.

    It looks in the set, in the leveringen that wait for publication, and in what an undo can bring back. Call
    inside `voor_gemeente`.
    """
    possible = {number: _may_be_known_as(gemeente, number) for number in asked}
    known = _known(soort, {one for several in possible.values() for one in several})
    return {
        number: next(one for one in several if one in known)
        for number, several in possible.items()
        if not known.isdisjoint(several)
    }


def _known(soort: Soort, ids: Iterable[str]) -> set[str]:
    wanted = list(ids)
    places = (
        RECORD_VAN[soort]._default_manager.all(),
        CONCEPT_VAN[soort]._default_manager.all(),
        Journaalrecord.objects.filter(journaal__soort=soort.value),
    )
    return {
        one
        for place in places
        for one in place.order_by().filter(id_bron__in=wanted).values_list("id_bron", flat=True)
    }


def with_ids(soort: Soort, ids: Iterable[str]) -> "QuerySet[GepubliceerdRecord]":
    """Gives the published records with these ids; call inside `voor_gemeente`."""
    found: QuerySet[GepubliceerdRecord] = RECORD_VAN[soort]._default_manager.filter(id_bron__in=list(ids))
    return found.order_by("pk")
