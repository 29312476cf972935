"""Compiles a typed selectievraag to one SQL condition on the source's typed columns.

The names of the columns come with the question. Array columns hold codes; languages hold one token per
element of the record's list (see `taal_token`). The caller decides on the area: it joins the 4-digit
postcodes in reach with their distance.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from exchange.selection.form import Alle, EenVan, Eis, Selectievraag, Taaleis, Vergelijking
from exchange.standard import Soort

# Levels of language proficiency in the standard; a level that is absent is written as "-".
TAALNIVEAUS = (0, 1, 2, 3, 4, 8)
_AFWEZIG = "-"
_SMALLINT = 32767
# Up to so many languages, and so many codes, a question names each in the statement. More of them are handed over as
# a list: the statement stays as short, and a record is compared with the list in one go.
_MAX_TALEN = 6
_MAX_CODES = 16
_SQL_OPERATOR = {"$eq": "=", "$gte": ">=", "$lte": "<=", "$lt": "<"}


@dataclass(frozen=True, slots=True)
class Voorwaarde:
    """A condition in SQL, with its parameters in order. `sql` may be joined to others with AND."""

    sql: str
    parameters: tuple[Any, ...]


def taal_token(taal: str, mondeling: int | None, schriftelijk: int | None) -> str:
    """Gives the stored form of one element of `taalbeheersing`: `nld34`, `pol-2`, `eng--`."""
    spoken = _AFWEZIG if mondeling is None else str(mondeling)
    written = _AFWEZIG if schriftelijk is None else str(schriftelijk)
    return f"{taal}{spoken}{written}"


def _levels(minimum: int | float | None) -> Iterable[int | None]:
    """Gives the levels that satisfy `$gte minimum`; without a minimum also the absent level."""
    if minimum is None:
        return (None, *TAALNIVEAUS)
    return tuple(level for level in TAALNIVEAUS if level >= minimum)


def tokens_of(eis: Taaleis) -> list[str]:
    """Gives the tokens of which a column of languages must hold one."""
    return [taal_token(eis.taal, m, s) for m, s in product(_levels(eis.mondeling), _levels(eis.schriftelijk))]


def _integer_bound(operator: str, value: int | float) -> int | None:
    """Gives the bound as a whole number with the same meaning for whole numbers.

    None when nothing can satisfy it.
    """
    if operator == "$eq":
        return int(value) if abs(value) <= _SMALLINT and value == int(value) else None
    if value > _SMALLINT or value < -_SMALLINT:
        return _SMALLINT if value > 0 else -_SMALLINT
    return math.ceil(value) if operator == "$gte" else math.floor(value)


def _comparison(item: Vergelijking) -> Voorwaarde:
    operator = _SQL_OPERATOR[item.operator]
    if isinstance(item.waarde, int | float):
        bound = _integer_bound(item.operator, item.waarde)
        if bound is None:
            return Voorwaarde("FALSE", ())
        return Voorwaarde(f"p.{item.kolom} {operator} %s", (bound,))
    if isinstance(item.waarde, date):
        return Voorwaarde(f"p.{item.kolom} {operator} %s::date", (item.waarde,))
    # Text is compared by code point, as in MongoDB.
    return Voorwaarde(f'p.{item.kolom} {operator} %s COLLATE "C"', (item.waarde,))


def _condition(eis: Eis) -> Voorwaarde:
    match eis:
        case Vergelijking():
            return _comparison(eis)
        case EenVan() if len(eis.waarden) > _MAX_CODES:
            # PostgreSQL looks up a code in a long list by its hash; `&&` compares all with all.
            return Voorwaarde(
                f"EXISTS (SELECT FROM unnest(p.{eis.kolom}) code WHERE code = ANY(%s::text[]))",
                (list(eis.waarden),),
            )
        case EenVan():
            return Voorwaarde(f"p.{eis.kolom} && %s::text[]", (list(eis.waarden),))
        case Alle():
            return Voorwaarde(f"p.{eis.kolom} @> %s::text[]", (list(eis.waarden),))
        case Taaleis():
            return Voorwaarde(f"p.{eis.kolom} && %s::text[]", (tokens_of(eis),))


def _many_languages(kolom: str, eisen: list[Taaleis]) -> Voorwaarde:
    """Gives one condition for many demands on a column of languages, however many there are.

    First the length of the record's own list is compared with the number of different languages: hardly any
    record is looked at further.
    """
    # Levels are one character, compared by code point: "-", which is absent, comes before all digits. A level that
    # no record has is written as the character after them.
    asked = [(eis.taal, _lowest(eis.mondeling), _lowest(eis.schriftelijk)) for eis in eisen]
    return Voorwaarde(
        f"(cardinality(p.{kolom}) >= %s AND NOT EXISTS ("
        "SELECT FROM unnest(%s::text[], %s::text[], %s::text[]) eis(taal, mondeling, schriftelijk)"
        f" WHERE NOT EXISTS (SELECT FROM unnest(p.{kolom}) token WHERE left(token, -2) = eis.taal"
        ' AND left(right(token, 2), 1) >= eis.mondeling COLLATE "C"'
        ' AND right(token, 1) >= eis.schriftelijk COLLATE "C")))',
        (len({eis.taal for eis in eisen}), *map(list, zip(*asked, strict=True))),
    )


def _lowest(minimum: int | float | None) -> str:
    """Gives the character of the lowest level that satisfies `$gte minimum`; empty without a minimum."""
    if minimum is None:
        return ""
    return next((str(level) for level in TAALNIVEAUS if level >= minimum), ":")


def _conditions(eisen: Sequence[Eis]) -> Iterator[Voorwaarde]:
    languages: dict[str, list[Taaleis]] = {}
    for eis in eisen:
        if isinstance(eis, Taaleis):
            languages.setdefault(eis.kolom, []).append(eis)
        else:
            yield _condition(eis)
    for kolom, asked in languages.items():
        if len(asked) > _MAX_TALEN:
            yield _many_languages(kolom, asked)
        else:
            yield from map(_condition, asked)


def compile_sql(vraag: Selectievraag) -> Voorwaarde:
    """Gives everything but the area as one condition on the alias `p`.

    For jobseekers with the rule on `g.km`. `g` is the caller's join of postcodes in reach: `g.km` is the
    distance in kilometres to the asked postcode.
    """
    parts = list(_conditions(vraag.eisen))
    if vraag.soort is Soort.WERKZOEKENDEN:
        parts.append(Voorwaarde("(p.reisafstand IS NULL OR g.km <= p.reisafstand)", ()))
    return Voorwaarde(
        " AND ".join(part.sql for part in parts) or "TRUE",
        tuple(parameter for part in parts for parameter in part.parameters),
    )
