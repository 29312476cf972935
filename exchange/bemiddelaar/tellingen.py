"""Counts per month what searching brings: searches, details, contacts, placements. Only the numbers stay.

The rows know no person and no search, so they outlive both. A municipality sees its own numbers; VNG support
sees those of all of them by functions of the database, which hide the small ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.utils import timezone

from exchange.bemiddelaar.models import Geteld, Telling
from exchange.standard import Soort
from um_portal.tenants.models import Gemeente

# A number below this is not shown to VNG support: a single placement could be recognised.
KLEINSTE: Final = 5
# Whoever was put forward or placed was approached as well.
CONTACT: Final = (Geteld.BENADERD, Geteld.VOORGESTELD, Geteld.GEPLAATST)
MAANDEN: Final = 24

_COUNT = (
    "INSERT INTO bemiddelaar_telling AS t (gemeente_id, maand, soort, geteld, aantal) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (gemeente_id, maand, soort, geteld) DO UPDATE SET aantal = t.aantal + EXCLUDED.aantal"
)


def month_of(day: date) -> date:
    """Gives the first day of the month."""
    return day.replace(day=1)


def count(gemeente: Gemeente, soort: Soort, geteld: Geteld, number: int = 1, day: date | None = None) -> None:
    """Adds to the number of this month, or of the month of `day`; call inside `voor_gemeente`.

    Call it as late as the transaction allows: others who count the same thing wait for its end.
    """
    month = month_of(day or timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [gemeente.pk, month, soort.value, geteld.value, number])


@dataclass(frozen=True, slots=True)
class Maandcijfers:
    """The numbers of one month, of one kind or all of them, or of one municipality.

    `naam` says whose or of what they are. `aantallen` has the names of `KOLOMMEN`; None is a small number, and what
    is not there is zero. The real number of what is in `minstens` may be larger.
    """

    maand: date
    naam: str
    aantallen: Mapping[str, int | None]
    minstens: frozenset[str] = frozenset()

    def texts(self) -> list[str]:
        """Gives the numbers as they are shown, in the order of `KOLOMMEN`."""
        return [self._text(name) for name in KOLOMMEN]

    def _text(self, name: str) -> str:
        number = self.aantallen.get(name, 0)
        if number is None:
            return f"minder dan {KLEINSTE}"
        return f"ten minste {number}" if name in self.minstens else str(number)


# The columns of the figures, with their names on screen.
KOLOMMEN: Final = {
    "zoekvragen": "Zoekvragen",
    "details": "Details",
    "contactmomenten": "Vragen naar contactmomenten",
    "contact": "Contact gelegd",
    "geplaatst": "Geplaatst",
    "niet_passend": "Niet passend",
}


def own_figures() -> list[Maandcijfers]:
    """Lists the figures of the last months per kind, the newest first; call inside `voor_gemeente`."""
    since = _first_month()
    found: dict[tuple[date, str], dict[str, int | None]] = {}
    for row in Telling.objects.filter(maand__gte=since):
        numbers = found.setdefault((row.maand, row.soort), {})
        name = "contact" if row.geteld in CONTACT else row.geteld
        numbers[name] = (numbers.get(name) or 0) + row.aantal
        if row.geteld == Geteld.GEPLAATST:
            numbers["geplaatst"] = row.aantal
    order = sorted(found, key=lambda key: (-key[0].toordinal(), key[1]))
    return [
        Maandcijfers(month, soort, found[month, soort])
        for month, soort in order
        if any(found[month, soort].values())
    ]


def figures_everywhere(gemeenten: Iterable[Gemeente]) -> list[Maandcijfers]:
    """Lists the figures of all municipalities per month, the newest first, each month led by its total.

    Call inside `als_support`. The database itself hides numbers below `KLEINSTE`. It takes one query.
    """
    names = {gemeente.pk: gemeente.naam for gemeente in gemeenten}
    found: dict[tuple[date, str, str], tuple[dict[str, int | None], set[str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gemeente_id, maand, geteld, aantal, minstens FROM um_tellingen(%s)", [_first_month()]
        )
        for gemeente_id, month, what, number, at_least in cursor.fetchall():
            # An empty name sorts first: the total.
            name = "" if gemeente_id is None else names.get(gemeente_id, "een vertrokken gemeente")
            numbers, least = found.setdefault((month, name, str(gemeente_id or "")), ({}, set()))
            numbers[what] = number
            if at_least:
                least.add(what)
    order = sorted(found, key=lambda key: (-key[0].toordinal(), *key[1:]))
    return [
        Maandcijfers(key[0], key[1] or "Alle gemeenten", found[key][0], frozenset(found[key][1]))
        for key in order
    ]


def _first_month() -> date:
    today = timezone.localdate()
    months = today.year * 12 + today.month - MAANDEN
    return date(months // 12, months % 12 + 1, 1)


def functies() -> list[str]:
    """Gives the function of the database that VNG support's pages read; it passes row-level security by.

    A number below `KLEINSTE` comes out as NULL. A total is the sum of all, unless the small numbers in it could
    be worked out from it: then it is the sum of the others, and at least that.
    """
    contact = ", ".join(f"'{geteld.value}'" for geteld in CONTACT)
    return [
        f"""
        CREATE OR REPLACE FUNCTION um_tellingen(sinds date)
        RETURNS TABLE (gemeente_id bigint, maand date, geteld text, aantal bigint, minstens boolean)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
        AS $$
        WITH per AS (
            SELECT t.gemeente_id, t.maand, w.wat, sum(t.aantal) AS n
            FROM bemiddelaar_telling t CROSS JOIN LATERAL (VALUES (t.geteld::text), ('contact')) AS w(wat)
            WHERE t.maand >= sinds
              AND CASE WHEN w.wat = 'contact' THEN t.geteld IN ({contact})
                       ELSE t.geteld NOT IN ('{Geteld.BENADERD.value}', '{Geteld.VOORGESTELD.value}') END
            GROUP BY t.gemeente_id, t.maand, w.wat HAVING sum(t.aantal) > 0
        ), som AS (
            SELECT per.maand, per.wat, sum(n) AS alles,
                   coalesce(sum(n) FILTER (WHERE n >= {KLEINSTE}), 0) AS groot,
                   count(*) FILTER (WHERE n < {KLEINSTE}) = 0
                   OR (count(*) FILTER (WHERE n < {KLEINSTE}) > 1
                       AND sum(n) FILTER (WHERE n < {KLEINSTE}) >= {KLEINSTE}) AS veilig
            FROM per GROUP BY per.maand, per.wat
        )
        SELECT per.gemeente_id, per.maand, per.wat,
               CASE WHEN n >= {KLEINSTE} THEN n END::bigint, false FROM per
        UNION ALL
        SELECT NULL, som.maand, som.wat,
               CASE WHEN veilig THEN alles WHEN groot > 0 THEN groot END::bigint, NOT veilig AND groot > 0 FROM som
        $$
        """  # noqa: S608 (constants of ours)
    ]
