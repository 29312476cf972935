"""Verifies the audit log: every chain from its first line to its head, and the heads outside the database.

It computes every hash itself, and reads as the owner of the tables: only that login sees all municipalities.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from um_portal.audit.handelingen import Handeling
from um_portal.audit.koppen import Kop
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import PORTAAL

# In the order in which the database hashes them; each as the database writes it as text.
_FIELDS = (
    "coalesce(gemeente_id, 0)", "volgnummer", "(extract(epoch FROM tijdstip) * 1000000)::bigint", "actor", "functie",
    "namens", "handeling", "onderwerp", "aantal", "records", "uitkomst", "vum_id", "partij", "betrokkene", "trace",
    "span", "duur_ms",
)  # fmt: skip
_HANDELING, _ONDERWERP = _FIELDS.index("handeling"), _FIELDS.index("onderwerp")
_BEGIN = re.compile(r"begint bij regel ([0-9]+) na ([0-9a-f]{64})")
NUL = bytes(32)


@dataclass(frozen=True, slots=True)
class Afwijking:
    """Something in the log that is not as it was written; `melding` is Dutch."""

    keten: int
    volgnummer: int | None
    melding: str


@dataclass(slots=True)
class Uitslag:
    """The number of chains and lines that were looked at, and what is wrong with them."""

    ketens: int
    regels: int
    afwijkingen: list[Afwijking]


@dataclass(frozen=True, slots=True)
class _Regel:
    pk: int
    volgnummer: int | None
    velden: tuple[str | None, ...]
    vorige_hash: bytes | None
    hash: bytes | None

    @property
    def own_hash(self) -> bytes:
        """Computes the hash from what the line says now."""
        text = "".join("-," if one is None else f"{len(one.encode())}:{one}," for one in self.velden)
        return hashlib.sha256((self.vorige_hash or b"") + text.encode()).digest()


class GeenEigenaar(Exception):
    """This login does not see the lines of every municipality, so that it would find nothing wrong."""


def verify(heads: Iterable[Kop], *, using: str = "eigenaar") -> Uitslag:
    """Verifies all chains against themselves and against the heads that were written down before this.

    Raises GeenEigenaar.
    """
    _require_owner(using)
    outside: dict[int, dict[int, Kop]] = defaultdict(dict)
    wrong: list[Afwijking] = []
    for head in heads:
        before = outside[head.keten].setdefault(head.volgnummer, head)
        if before.hash != head.hash:
            sentence = (
                f"van regel {head.volgnummer} zijn buiten de database twee verschillende koppen bewaard"
            )
            wrong.append(Afwijking(head.keten, head.volgnummer, sentence))
    lines = 0
    with transaction.atomic(using), connections[using].cursor() as cursor:
        # One moment for everything: somebody may be writing.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        names = dict(Gemeente.objects.using(using).values_list("pk", "naam"))
        cursor.execute("SELECT nummer, volgnummer, hash FROM audit_keten")
        inside = {nummer: (last, bytes(hash_)) for nummer, last, hash_ in cursor.fetchall()}
        cursor.execute("SELECT DISTINCT coalesce(gemeente_id, 0) FROM audit_auditregel")
        chains = sorted({nummer for (nummer,) in cursor.fetchall()} | inside.keys() | outside.keys())
        for keten in chains:
            reader = _Lezer(keten, outside[keten], inside.get(keten))
            for line in _lines(using, keten):
                reader.read(line)
                lines += 1
            wrong += reader.finish()
    return Uitslag(len(chains), lines, [_named(one, names) for one in wrong])


def _require_owner(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, tableowner, 'USAGE') FROM pg_tables WHERE tablename = 'audit_auditregel'"
        )
        if cursor.fetchone() != (True,):
            raise GeenEigenaar


def _lines(using: str, keten: int) -> Iterator[_Regel]:
    fields = ", ".join(f"({field})::text" for field in _FIELDS)
    with connections[using].chunked_cursor() as cursor:
        # The names are those above.
        cursor.execute(
            f"SELECT id, volgnummer, vorige_hash, hash, {fields} FROM audit_auditregel"  # noqa: S608
            " WHERE coalesce(gemeente_id, 0) = %s"
            " ORDER BY audit_auditregel.volgnummer NULLS LAST, id",
            [keten],
        )
        while rows := cursor.fetchmany(2000):
            for pk, number, previous, own, *values in rows:
                yield _Regel(pk, number, tuple(values), _bytes(previous), _bytes(own))


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _differs(head: Kop) -> Afwijking:
    when = f"{timezone.localtime(head.tijdstip):%d-%m-%Y %H:%M}"
    return Afwijking(
        head.keten,
        head.volgnummer,
        f"regel {head.volgnummer} is een andere dan die van {when}, waarvan de kop buiten de database is bewaard",
    )


class _Lezer:
    """Reads one chain from the beginning, and remembers what is wrong."""

    def __init__(self, keten: int, outside: dict[int, Kop], inside: tuple[int, bytes] | None) -> None:
        self.keten, self.outside, self.inside = keten, outside, inside
        self.wrong: list[Afwijking] = []
        self.begin: tuple[int, bytes] = (1, NUL)
        self.first: tuple[int, bytes | None] | None = None
        self.last: tuple[int, bytes | None] = (0, NUL)

    def _tell(self, number: int | None, melding: str) -> None:
        self.wrong.append(Afwijking(self.keten, number, melding))

    def read(self, line: _Regel) -> None:
        """Takes the next line."""
        if line.volgnummer is None or line.hash is None:
            self._tell(None, f"een regel (id {line.pk}) staat buiten de keten")
            return
        number = line.volgnummer
        if self.first is None:
            self.first = (number, line.vorige_hash)
        else:
            expected = self.last[0] + 1
            if number > expected:
                self._missing(expected, number - 1)
            elif line.vorige_hash != self.last[1]:
                self._tell(number, f"regel {number} sluit niet aan op de regel ervoor")
        if line.own_hash != line.hash:
            self._tell(number, f"regel {number} is gewijzigd")
        elif (head := self.outside.get(number)) is not None and head.hash != line.hash:
            self.wrong.append(_differs(head))
        erased = line.velden[_HANDELING] == Handeling.LOGBOEK_OPGERUIMD.value
        if erased and (found := _BEGIN.fullmatch(line.velden[_ONDERWERP] or "")):
            self.begin = (int(found[1]), bytes.fromhex(found[2]))
        self.last = (number, line.hash)

    def _missing(self, first: int, last: int) -> None:
        if first == last:
            self._tell(first, f"regel {first} ontbreekt")
        else:
            self._tell(first, f"regels {first} tot en met {last} ontbreken")

    def finish(self) -> list[Afwijking]:
        """Looks at both ends of the chain, and gives everything that is wrong with it."""
        number, previous = self.first or (self.last[0] + 1, NUL)
        begin, before = self.begin
        if number > begin:
            self._missing(begin, number - 1)
        elif (number, previous) != (begin, before):
            self._tell(number, f"regel {number} is niet de regel waar het logboek na opruimen begint")
        if begin > 1:
            if (head := self.outside.get(begin - 1)) is not None and head.hash != before:
                self.wrong.append(_differs(head))
            self._erased_too_soon(begin)
        ends = {self.inside[0]: self.inside[1]} if self.inside else {}
        newest = max((*self.outside, *ends, 0))
        if newest > self.last[0]:
            self._missing(self.last[0] + 1, newest)
        elif self.last[0] and (self.inside is None or self.inside != self.last):
            self._tell(self.last[0], "de kop van de keten in de database hoort niet bij de laatste regel")
        return self.wrong

    def _erased_too_soon(self, begin: int) -> None:
        """Compares what was erased with the days that the log is kept."""
        limit = timezone.now() - timedelta(days=settings.UM_LOGBOEK_BEWAARDAGEN)
        young = [number for number, one in self.outside.items() if number < begin and one.tijdstip > limit]
        if young:
            self._tell(max(young), f"regel {max(young)} is gewist voordat de bewaartermijn voorbij was")


def _named(one: Afwijking, names: dict[int, str]) -> Afwijking:
    """Begins the sentence with whose log it is."""
    if one.keten == PORTAAL:
        whose = "Portaal"
    else:
        whose = f"Gemeente {names.get(one.keten, '(onbekend)')} ({one.keten})"
    return Afwijking(one.keten, one.volgnummer, f"{whose}: {one.melding}.")
