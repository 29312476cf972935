"""Counts what was received and narrows the list: by occupation, level, distance, hours, start and licence.

All counts come from the columns of the results, in one query. The count at a choice is what the list would
hold with that choice and with those of the other groups.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache, reduce
from operator import or_
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, ExpressionWrapper, F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from exchange.bemiddelaar.models import Resultaat
from exchange.standard import Soort
from exchange.standard.waardelijsten import OPLEIDINGSNIVEAU, SOORT_RIJBEWIJS, WERK_EN_DENKNIVEAU_MINIMAAL

# The most occupations that are offered; further ones are found with the word filter.
MAX_BEROEPEN: Final = 15
# The most choices of one group that an address may hold.
_MAX_KEUZES: Final = 20
ONBEKEND: Final = "onbekend"
# The group whose choices are not known beforehand.
_BEROEP: Final = "beroep"
_DAG: Final = timedelta(days=1)
_MAAND: Final = timedelta(days=31)
_AFSTANDEN: Final = (5, 10, 25, 50)
_UREN: Final = (16, 24, 32)
# The number of the choice ONBEKEND, in the database.
_GEEN_VAK: Final = -1


def _bucket(column: str, borders: Sequence[Any], sort: str) -> Func:
    """Gives the band of a column that these borders split, counted from 0; a border belongs to the upper band."""
    return Func(
        F(column),
        Value(list(borders)),
        template=f"width_bucket(%(expressions)s::{sort}[])",
        output_field=IntegerField(),
    )


@dataclass(frozen=True, slots=True)
class Optie:
    """One choice of a group: its value in the address, its Dutch name and the results that it keeps."""

    waarde: str
    label: str
    conditie: Q


@dataclass(frozen=True, slots=True)
class Facet:
    """A group of choices, of which one is enough.

    `vak` gives the choice that a result falls in as a number, which is quicker to count than to try every
    condition: 0 for the first choice and so on, or the values of `vakken`. A result without a value falls in
    ONBEKEND. `reeks` is the column with a list of values, for choices that are counted by its elements.
    """

    naam: str
    kop: str
    opties: tuple[Optie, ...]
    vak: F | Func | None = None
    vakken: Mapping[str, int] = field(default_factory=dict)
    reeks: str = ""

    def number(self, waarde: str) -> int:
        """Gives the number that `vak` has for a choice."""
        if waarde == ONBEKEND:
            return _GEEN_VAK
        return self.vakken.get(
            waarde, next(n for n, optie in enumerate(self.opties) if optie.waarde == waarde)
        )


@dataclass(frozen=True, slots=True)
class Telling:
    """One choice as the page shows it: with its count, and whether it is chosen."""

    waarde: str
    label: str
    aantal: int
    gekozen: bool


@dataclass(frozen=True, slots=True)
class Groep:
    """A group as the page shows it."""

    naam: str
    kop: str
    tellingen: list[Telling]

    @property
    def gekozen(self) -> int:
        """Counts the choices made in this group."""
        return sum(telling.gekozen for telling in self.tellingen)


def _bands(field: str, borders: Sequence[int], word: str, missing: str) -> tuple[Optie, ...]:
    """Makes choices that split a number at these borders; a border belongs to the upper band."""
    found = []
    for low, high in zip((None, *borders), (*borders, None), strict=True):
        condition = Q(**{f"{field}__isnull": False})
        if low is not None:
            condition &= Q(**{f"{field}__gte": low})
        if high is not None:
            condition &= Q(**{f"{field}__lt": high})
        label = (
            f"minder dan {high} {word}"
            if low is None
            else f"{low} {word} of meer"
            if high is None
            else f"{low} tot {high} {word}"
        )
        found.append(Optie(f"{low or 0}-{'' if high is None else high}", label, condition))
    return (*found, Optie(ONBEKEND, missing, Q(**{f"{field}__isnull": True})))


@lru_cache(maxsize=8)
def facets(soort: Soort, vandaag: date) -> tuple[Facet, ...]:
    """Lists the groups with fixed choices; occupations are not known beforehand."""
    levels: Mapping[Any, str] = (
        WERK_EN_DENKNIVEAU_MINIMAAL.waarden if soort is Soort.VACATURES else OPLEIDINGSNIVEAU.waarden
    )
    start = "Begint" if soort is Soort.VACATURES else "Beschikbaar"
    return (
        Facet(
            "niveau",
            "Niveau",
            (
                # 9 is "anders" and is not stored as a level of a jobseeker.
                *(
                    Optie(str(code), label, Q(niveau=int(code)))
                    for code, label in levels.items()
                    if soort is Soort.VACATURES or code != 9
                ),
                Optie(ONBEKEND, "Niet opgegeven", Q(niveau__isnull=True)),
            ),
            F("niveau"),
            {str(code): int(code) for code in levels},
        ),
        Facet(
            "afstand",
            "Afstand",
            _bands("afstand_km", _AFSTANDEN, "km", "Niet bekend"),
            _bucket("afstand_km", _AFSTANDEN, "float8"),
        ),
        Facet(
            "uren",
            "Uren per week",
            _bands("uren", _UREN, "uur", "Niet opgegeven"),
            _bucket("uren", _UREN, "smallint"),
        ),
        Facet(
            "vanaf",
            start,
            (
                Optie("nu", "Nu", Q(vanaf__lte=vandaag)),
                Optie("maand", "Binnen een maand", Q(vanaf__gt=vandaag, vanaf__lte=vandaag + _MAAND)),
                Optie("later", "Later", Q(vanaf__gt=vandaag + _MAAND)),
                Optie(ONBEKEND, "Niet opgegeven", Q(vanaf__isnull=True)),
            ),
            _bucket("vanaf", (vandaag + _DAG, vandaag + _MAAND + _DAG), "date"),
        ),
        Facet(
            "rijbewijs",
            "Rijbewijs",
            (
                *(
                    Optie(str(code), str(code), Q(rijbewijzen__contains=[code]))
                    for code in SOORT_RIJBEWIJS.waarden
                ),
                Optie(ONBEKEND, "Niet opgegeven", Q(rijbewijzen=[])),
            ),
            reeks="rijbewijzen",
        ),
    )


#: The groups by their name in the address.
NAMEN: Final = (_BEROEP, *(facet.naam for facet in facets(Soort.WERKZOEKENDEN, date.min)))

Keuzes = Mapping[str, Sequence[str]]


def read_choices(soort: Soort, given: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Gives the choices in an address that exist; an occupation can be any text."""
    found: dict[str, list[str]] = {}
    occupations = [value.replace("\x00", "").strip()[:200] for value in given.get(_BEROEP, ())]
    if kept := [value for value in dict.fromkeys(occupations) if value][:_MAX_KEUZES]:
        found[_BEROEP] = kept
    for facet in facets(soort, date.min):
        asked = set(given.get(facet.naam, ()))
        if kept := [optie.waarde for optie in facet.opties if optie.waarde in asked]:
            found[facet.naam] = kept
    return found


def conditions(soort: Soort, keuzes: Keuzes, vandaag: date) -> dict[str, Q]:
    """Gives for each group in which something is chosen the results that it keeps."""
    found = {}
    if keuzes.get(_BEROEP):
        found[_BEROEP] = Q(beroepen__overlap=list(keuzes[_BEROEP]))
    for facet in facets(soort, vandaag):
        chosen = [optie.conditie for optie in facet.opties if optie.waarde in keuzes.get(facet.naam, ())]
        if chosen:
            found[facet.naam] = reduce(or_, chosen)
    return found


def count(
    results: "QuerySet[Resultaat]", soort: Soort, keuzes: Keuzes, vandaag: date
) -> tuple[list[Groep], int]:
    """Counts every choice over these results, and what all choices together keep: one query.

    `results` are those that the choices are not applied to yet. A choice that keeps nothing is left out, unless it
    is chosen.
    """
    groups = facets(soort, vandaag)
    bands = [facet for facet in groups if not facet.reeks]
    reeksen = {_BEROEP: "beroepen", **{facet.naam: facet.reeks for facet in groups if facet.reeks}}
    table, by_element = _pass(results, bands, reeksen, keuzes, conditions(soort, keuzes, vandaag))
    chosen = [[facet.number(waarde) for waarde in keuzes.get(facet.naam, ())] for facet in bands]
    counted = dict(by_element)
    for number, facet in enumerate(bands):
        others = [() if at == number else wanted for at, wanted in enumerate(chosen)]
        sums = _sums(table, others, number)
        counted[facet.naam] = {
            optie.waarde: sums.get(facet.number(optie.waarde), 0) for optie in facet.opties
        }
    shown = [_occupations(counted[_BEROEP], keuzes.get(_BEROEP, ()))]
    for facet in groups:
        gekozen, aantallen = keuzes.get(facet.naam, ()), counted[facet.naam]
        tellingen = [
            Telling(optie.waarde, optie.label, aantallen.get(optie.waarde, 0), optie.waarde in gekozen)
            for optie in facet.opties
        ]
        shown.append(Groep(facet.naam, facet.kop, [t for t in tellingen if t.aantal or t.gekozen]))
    # A group with one choice narrows nothing.
    gevonden = sum(_sums(table, chosen, 0).values())
    return [g for g in shown if len(g.tellingen) > 1 or g.gekozen], gevonden


# Rows of (the number of the choice in each of the groups that a result falls in, the number of such results).
_Table = list[tuple[tuple[int, ...], int]]


def _pass(
    results: "QuerySet[Resultaat]",
    bands: Sequence[Facet],
    reeksen: Mapping[str, str],
    keuzes: Keuzes,
    found: Mapping[str, Q],
) -> tuple[_Table, dict[str, dict[str, int]]]:
    """Reads the results once, and counts them by the combination of bands and by the elements of the lists.

    `reeksen` are the columns with a list by the name of their group; a list without elements counts as ONBEKEND.
    Rows of results are wide, so reading them again for every group costs more than all the counting.
    """
    columns = [f"valt_{facet.naam}" for facet in bands]
    falls_in = {
        column: Coalesce(facet.vak or Value(None), Value(_GEEN_VAK), output_field=IntegerField())
        for column, facet in zip(columns, bands, strict=True)
    }
    keeps = {
        f"past_{naam}": ExpressionWrapper(found.get(naam) or Q(Value(True)), BooleanField())
        for naam in reeksen
    }
    narrow = results.order_by().annotate(**falls_in, **keeps).values(*falls_in, *keeps, *reeksen.values())
    try:
        sql, parameters = narrow.query.sql_with_params()
    except EmptyResultSet:
        # Nothing to ask, as with a list of stars without a star.
        return [], {naam: {} for naam in reeksen}
    within = [
        f"{column} = ANY(%s::int[])"
        for column, facet in zip(columns, bands, strict=True)
        if keuzes.get(facet.naam)
    ]
    wanted = [
        [facet.number(waarde) for waarde in keuzes[facet.naam]] for facet in bands if keuzes.get(facet.naam)
    ]
    # Every name is one of ours; what somebody chose goes along as a parameter.
    names = ", ".join(columns)
    parts = [f"SELECT '', '', {names}, count(*) FROM gelezen WHERE {' AND '.join(keeps)} GROUP BY {names}"]  # noqa: S608
    for naam, reeks in reeksen.items():
        kept = " AND ".join([*(f"past_{other}" for other in reeksen if other != naam), *within])
        # Unnested in the list of what is selected: as a table of its own it costs a loop for every result.
        elements = f"unnest(CASE WHEN {reeks} = '{{}}' THEN ARRAY['{ONBEKEND}'] ELSE {reeks} END)"
        nothing = ", NULL::int" * len(columns)
        parts.append(
            f"SELECT '{naam}', element{nothing}, count(*) "  # noqa: S608
            f"FROM (SELECT {elements} AS element FROM gelezen WHERE {kept}) AS los GROUP BY 2"
        )
    table: _Table = []
    by_element: dict[str, dict[str, int]] = {naam: {} for naam in reeksen}
    with connections[results.db].cursor() as cursor:
        cursor.execute(
            f"WITH gelezen AS MATERIALIZED ({sql}) {' UNION ALL '.join(parts)}",
            [*parameters, *wanted * len(reeksen)],
        )
        for naam, element, *keys, aantal in cursor.fetchall():
            if naam:
                by_element[naam][element] = aantal
            else:
                table.append((tuple(keys), aantal))
    return table, by_element


def _sums(table: _Table, chosen: Sequence[Sequence[int]], number: int) -> dict[int, int]:
    """Adds up the rows that the choices keep, by the choice in the group with this number."""
    narrowed = [(at, frozenset(wanted)) for at, wanted in enumerate(chosen) if wanted]
    sums: dict[int, int] = {}
    for falls_in, aantal in table:
        if all(falls_in[at] in wanted for at, wanted in narrowed):
            sums[falls_in[number]] = sums.get(falls_in[number], 0) + aantal
    return sums


def _occupations(counted: Mapping[str, int], chosen: Sequence[str]) -> Groep:
    """Gives the occupations that are received most often, and those that are chosen."""
    often = sorted((name for name in counted if name != ONBEKEND), key=lambda name: (-counted[name], name))
    names = dict.fromkeys([*often[:MAX_BEROEPEN], *chosen])
    return Groep(
        _BEROEP, "Beroep", [Telling(name, name, counted.get(name, 0), name in chosen) for name in names]
    )
