"""What a waiting version of a list would change: codes that are new, renamed or gone, and who uses the latter.

Use is counted over all municipalities by a function in the database that gives numbers only; no record of
any municipality is read here.
"""

from dataclasses import dataclass

from django.db import connections

from exchange.waardelijsten.models import Code, Versie


@dataclass(frozen=True, slots=True)
class Hernoemd:
    """A code that keeps its place and gets another name."""

    code: str
    oud: str
    nieuw: str


@dataclass(frozen=True, slots=True)
class Vervalt:
    """A code that the new version does not have, and how many published records carry it."""

    code: str
    label: str
    werkzoekenden: int = 0
    vacatures: int = 0

    @property
    def in_gebruik(self) -> bool:
        """Whether a published record carries it."""
        return bool(self.werkzoekenden or self.vacatures)


@dataclass(frozen=True, slots=True)
class Versievergelijking:
    """The waiting version against the list in force; in `vervallen` what is used most comes first."""

    nieuw: tuple[tuple[str, str], ...]
    hernoemd: tuple[Hernoemd, ...]
    vervallen: tuple[Vervalt, ...]
    gelijk: int
    synoniemen_anders: int

    @property
    def in_gebruik(self) -> tuple[Vervalt, ...]:
        """The codes that disappear although records carry them."""
        return tuple(code for code in self.vervallen if code.in_gebruik)


def compare(versie: Versie, using: str = "default") -> Versievergelijking:
    """What would change if this version were put in force now; four queries at most."""
    current = {
        code: (label, synoniemen)
        for code, label, synoniemen in Code.objects.using(using)
        .filter(lijst=versie.lijst)
        .geldig()
        .values_list("code", "label", "synoniemen")
    }
    coming = {
        code: (label, synoniemen)
        for code, label, synoniemen in versie.codes.using(using).values_list("code", "label", "synoniemen")
    }
    gone = sorted(current.keys() - coming.keys())
    used = count_use(versie.lijst, gone, using)
    both = current.keys() & coming.keys()
    renamed = [code for code in both if current[code][0] != coming[code][0]]
    lapsing = [Vervalt(code, current[code][0], *used.get(code, (0, 0))) for code in gone]
    return Versievergelijking(
        nieuw=tuple(sorted((code, coming[code][0]) for code in coming.keys() - current.keys())),
        hernoemd=tuple(Hernoemd(code, current[code][0], coming[code][0]) for code in sorted(renamed)),
        vervallen=tuple(sorted(lapsing, key=lambda one: -(one.werkzoekenden + one.vacatures))),
        gelijk=sum(current[code] == coming[code] for code in both),
        synoniemen_anders=sum(
            current[code][0] == coming[code][0] and current[code][1] != coming[code][1] for code in both
        ),
    )


def count_use(lijst: str, codes: list[str], using: str = "default") -> dict[str, tuple[int, int]]:
    """Per code the number of published jobseekers and vacancies that carry it, over all municipalities.

    Of occupations it counts what is searched: the occupation somebody looks for and that of a vacancy.
    """
    if not codes:
        return {}
    found: dict[str, dict[str, int]] = {}
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT code, soort, aantal FROM um_waardelijst_gebruik(%s, %s)", [lijst, codes])
        for code, soort, aantal in cursor.fetchall():
            found.setdefault(code, {})[soort] = aantal
    return {
        code: (counts.get("werkzoekenden", 0), counts.get("vacatures", 0)) for code, counts in found.items()
    }
