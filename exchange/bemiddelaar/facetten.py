"""Counts what was received and narrows the list: by occupation, level, distance, hours, start and licence.

All counts come from the columns of the results, in three queries. The count at a choice is what the list would
hold with that choice and with those of the other groups.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, Count, F, Func, Q, QuerySet, Value, When

from exchange.bemiddelaar.models import Resultaat
from exchange.standard import Soort
from exchange.standard.waardelijsten import OPLEIDINGSNIVEAU, SOORT_RIJBEWIJS, WERK_EN_DENKNIVEAU_MINIMAAL

# The most occupations that are offered; further ones are found with the word filter.
MAX_BEROEPEN: Final = 15
# The most choices of one group that an address may hold.
_MAX_KEUZES: Final = 20
ONBEKEND: Final = "onbekend"
_MAAND: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Optie:
    """One choice of a group: its value in the address, its Dutch name and the results that it keeps."""

    waarde: str
    label: str
    conditie: Q


@dataclass(frozen=True, slots=True)
class Facet:
    """A group of choices, of which one is enough.

    `reeks` is the column with a list of values, for choices that are counted by the elements of that list.
    """

    naam: str
    kop: str
    opties: tuple[Optie, ...]
    reeks: str = ""


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
        ),
        Facet("afstand", "Afstand", _bands("afstand_km", (5, 10, 25, 50), "km", "Niet bekend")),
        Facet("uren", "Uren per week", _bands("uren", (16, 24, 32), "uur", "Niet opgegeven")),
        Facet(
            "vanaf",
            start,
            (
                Optie("nu", "Nu", Q(vanaf__lte=vandaag)),
                Optie("maand", "Binnen een maand", Q(vanaf__gt=vandaag, vanaf__lte=vandaag + _MAAND)),
                Optie("later", "Later", Q(vanaf__gt=vandaag + _MAAND)),
                Optie(ONBEKEND, "Niet opgegeven", Q(vanaf__isnull=True)),
            ),
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
NAMEN: Final = ("beroep", *(facet.naam for facet in facets(Soort.WERKZOEKENDEN, date.min)))

Keuzes = Mapping[str, Sequence[str]]


def read_choices(soort: Soort, given: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Gives the choices in an address that exist; an occupation can be any text."""
    found: dict[str, list[str]] = {}
    occupations = [value.replace("\x00", "").strip()[:200] for value in given.get("beroep", ())]
    if kept := [value for value in dict.fromkeys(occupations) if value][:_MAX_KEUZES]:
        found["beroep"] = kept
    for facet in facets(soort, date.min):
        asked = set(given.get(facet.naam, ()))
        if kept := [optie.waarde for optie in facet.opties if optie.waarde in asked]:
            found[facet.naam] = kept
    return found


def conditions(soort: Soort, keuzes: Keuzes, vandaag: date) -> dict[str, Q]:
    """Gives for each group in which something is chosen the results that it keeps."""
    found = {}
    if keuzes.get("beroep"):
        found["beroep"] = Q(beroepen__overlap=list(keuzes["beroep"]))
    for facet in facets(soort, vandaag):
        chosen = [optie.conditie for optie in facet.opties if optie.waarde in keuzes.get(facet.naam, ())]
        if chosen:
            found[facet.naam] = reduce(or_, chosen)
    return found


def _others(found: Mapping[str, Q], naam: str) -> Q:
    return reduce(lambda a, b: a & b, (q for name, q in found.items() if name != naam), Q())


def count(
    results: "QuerySet[Resultaat]", soort: Soort, keuzes: Keuzes, vandaag: date
) -> tuple[list[Groep], int]:
    """Counts every choice over these results, and what all choices together keep: three queries.

    `results` are those that the choices are not applied to yet. A choice that keeps nothing is left out, unless it
    is chosen.
    """
    found = conditions(soort, keuzes, vandaag)
    groups = facets(soort, vandaag)
    bands = [facet for facet in groups if not facet.reeks]
    in_lists = {naam: q for naam, q in found.items() if naam not in {facet.naam for facet in bands}}
    table = _table(results.filter(_others(in_lists, "")), bands)
    counted: dict[str, dict[str, int]] = {
        facet.naam: _sums(table, bands, {**keuzes, facet.naam: ()}, number)
        for number, facet in enumerate(bands)
    }
    shown = [_occupations(results.filter(_others(found, "beroep")), keuzes.get("beroep", ()))]
    for facet in groups:
        chosen = keuzes.get(facet.naam, ())
        if facet.reeks:
            counted[facet.naam] = _by_element(results.filter(_others(found, facet.naam)), facet.reeks)
        tellingen = [
            Telling(
                optie.waarde, optie.label, counted[facet.naam].get(optie.waarde, 0), optie.waarde in chosen
            )
            for optie in facet.opties
        ]
        shown.append(Groep(facet.naam, facet.kop, [t for t in tellingen if t.aantal or t.gekozen]))
    # A group with one choice narrows nothing.
    gevonden = sum(_sums(table, bands, keuzes, 0).values())
    return [g for g in shown if len(g.tellingen) > 1 or g.gekozen], gevonden


# Rows of (the choice in each of the groups that a result falls in, the number of such results).
_Table = list[tuple[tuple[str, ...], int]]


def _table(results: "QuerySet[Resultaat]", bands: Sequence[Facet]) -> _Table:
    """Counts the results by the combination of choices that they fall in, in one pass.

    A pass with a filter for every choice tests each result some thirty times.
    """
    falls_in = {
        f"valt_{facet.naam}": Case(
            *(When(optie.conditie, then=Value(optie.waarde)) for optie in facet.opties),
            default=Value(""),
            output_field=CharField(),
        )
        for facet in bands
    }
    rows = (
        results.order_by()
        .annotate(**falls_in)
        .values(*falls_in)
        .annotate(aantal=Count("pk"))
        .values_list(*falls_in, "aantal")
    )
    return [(tuple(row[:-1]), row[-1]) for row in rows]


def _sums(table: _Table, bands: Sequence[Facet], keuzes: Keuzes, number: int) -> dict[str, int]:
    """Adds up the rows that the choices keep, by the choice in the group with this number."""
    chosen = [keuzes.get(facet.naam) for facet in bands]
    sums: dict[str, int] = {}
    for falls_in, aantal in table:
        if all(not wanted or has in wanted for has, wanted in zip(falls_in, chosen, strict=True)):
            sums[falls_in[number]] = sums.get(falls_in[number], 0) + aantal
    return sums


def _by_element(results: "QuerySet[Resultaat]", reeks: str) -> dict[str, int]:
    """Counts the results by the elements of a column with a list, the most frequent first.

    A list without elements counts as ONBEKEND.
    """
    filled = Case(
        When(**{reeks: []}, then=Value([ONBEKEND], output_field=ArrayField(CharField()))),
        default=F(reeks),
    )
    return dict(
        results.order_by()
        .annotate(element=Func(filled, function="unnest"))
        .values("element")
        .annotate(aantal=Count("pk"))
        .order_by("-aantal", "element")
        .values_list("element", "aantal")
    )


def _occupations(results: "QuerySet[Resultaat]", chosen: Sequence[str]) -> Groep:
    counted = _by_element(results, "beroepen")
    counted.pop(ONBEKEND, None)
    names = [*dict.fromkeys([*list(counted)[:MAX_BEROEPEN], *chosen])]
    return Groep(
        "beroep", "Beroep", [Telling(name, name, counted.get(name, 0), name in chosen) for name in names]
    )
