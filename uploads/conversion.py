"""From the rows of a file to records in the standard, or the reasons why not.

This module knows no database and no HTTP: it takes a recognised file and what it must know of the municipality,
and yields one outcome per row. Every row that is read ends as a record, as skipped or as refused.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from exchange.bron.columns import canonical_json
from exchange.standard import Foutcode, schoon, validate
from uploads.mapping.model import Ernst, Omgeving, Opmerking, Record
from uploads.mapping.recognition import Gevonden
from uploads.mapping.values import POSTCODE_ONVINDBAAR, is_leeg, normal_postcode, sleutel, tekst

_POSITION = re.compile(r"\[[0-9]+\]")
_MAX_UNKNOWN = 500
# What looks like somebody's number or address is not shown back as "a value of the list".
_PERSOONLIJK = re.compile(r"@|(?:[0-9][ .\-]?){6}")


@dataclass(frozen=True, slots=True)
class Bevinding:
    """A remark with its place: the row's number and the column's header."""

    rij: int
    kolom: str
    opmerking: Opmerking


@dataclass(slots=True)
class Telling:
    """How many rows came to what. `gelezen` is always the sum of the three that follow."""

    gelezen: int = 0
    omgezet: int = 0
    overgeslagen: int = 0
    afgekeurd: int = 0
    lege_rijen: int = 0
    waarschuwingen: int = 0


@dataclass(frozen=True, slots=True)
class Uitkomst:
    """What one row came to: a record, or None and the findings that say why."""

    rij: int
    record: Record | None
    bevindingen: tuple[Bevinding, ...]


@dataclass(slots=True)
class Omzetting:
    """The conversion of one file; iterate over `uitkomsten` once, the counts grow along.

    `onbekend` counts the values that no list knows, per list and value; `redenen` the findings per severity, code
    and column, with the message of the first.
    """

    gevonden: Gevonden
    omgeving: Omgeving
    telling: Telling = field(default_factory=Telling)
    onbekend: dict[str, Counter[str]] = field(default_factory=dict)
    redenen: Counter[tuple[Ernst, str, str]] = field(default_factory=Counter)
    meldingen: dict[tuple[Ernst, str, str], str] = field(default_factory=dict)
    laatste_rij: int = 0

    def uitkomsten(self) -> Iterator[Uitkomst]:
        """One outcome per row that is not empty. Raises Onleesbaar when the file breaks off."""
        vertaling = self.gevonden.vertaling(self.omgeving)
        soort, telling = self.gevonden.soort, self.telling
        id_pad = soort.id_pad or ""
        seen: dict[str, int] = {}
        found: list[Bevinding] = []
        nummer = 0

        def meld(kolom: str, opmerking: Opmerking) -> None:
            found.append(Bevinding(nummer, kolom, opmerking))

        def onbekend(kolom: str, waarde: tuple[str, str]) -> None:
            self._count_unknown(*waarde)

        for rij in self.gevonden.tabel.rijen():
            nummer, waarden = rij
            self.laatste_rij = nummer
            if nummer <= self.gevonden.kopregel:
                continue
            if is_leeg(waarden):
                telling.lege_rijen += 1
                continue
            telling.gelezen += 1
            record = vertaling.vertaal(waarden, meld, onbekend)
            if record is not None:
                for opmerking in self._faults(record, seen, id_pad):
                    meld(vertaling.kop_van(opmerking[0]), opmerking[1])
                    record = None
            if record is not None:
                record = record if vertaling.vol else schoon(record)
                seen[_identity(record, id_pad)] = nummer
            bevindingen = tuple(found)
            found.clear()
            yield self._settle(Uitkomst(nummer, record, bevindingen))

    def _faults(self, record: Record, seen: dict[str, int], id_pad: str) -> Iterator[tuple[str, Opmerking]]:
        """Why a translated record cannot be published, each with the path it is about."""
        soort = self.gevonden.soort
        for fout in validate(soort, record):
            pad = _POSITION.sub("[]", fout.pad)
            if fout.code is Foutcode.VERPLICHT and pad == soort.postcode_pad:
                melding = (
                    "Er is geen postcode. Zonder postcode kan niemand op afstand zoeken. Vul de postcode in."
                )
                yield pad, Opmerking(Ernst.AFGEKEURD, "postcode_ontbreekt", melding)
            else:
                yield pad, Opmerking(Ernst.AFGEKEURD, fout.code.value, fout.melding)
        eigen_id = _identity(record, id_pad)
        if eigen_id in seen:
            yield (
                id_pad,
                Opmerking(
                    Ernst.AFGEKEURD,
                    "dubbel_id",
                    f"Dit is dezelfde als in rij {seen[eigen_id]}; die gaat mee, deze niet. Verwijder een van de twee.",
                ),
            )
        postcode = _value_at(record, soort.postcode_pad or "")
        if (
            isinstance(postcode, str)
            and postcode
            and not self.omgeving.ligt_ergens(normal_postcode(postcode))
        ):
            yield soort.postcode_pad or "", POSTCODE_ONVINDBAAR

    def _settle(self, uitkomst: Uitkomst) -> Uitkomst:
        """Count the outcome."""
        telling = self.telling
        if uitkomst.record is not None:
            telling.omgezet += 1
        elif any(one.opmerking.ernst is Ernst.OVERGESLAGEN for one in uitkomst.bevindingen):
            telling.overgeslagen += 1
        else:
            telling.afgekeurd += 1
        for one in uitkomst.bevindingen:
            key = (one.opmerking.ernst, one.opmerking.code, one.kolom)
            self.redenen[key] += 1
            self.meldingen.setdefault(key, one.opmerking.melding)
            if one.opmerking.ernst is Ernst.WAARSCHUWING:
                telling.waarschuwingen += 1
        return uitkomst

    def _count_unknown(self, lijst: str, waarde: str) -> None:
        values = self.onbekend.setdefault(lijst, Counter())
        shown = tekst(waarde)[:100]
        if _PERSOONLIJK.search(shown):
            shown = ""
        if shown in values or len(values) < _MAX_UNKNOWN:
            values[shown] += 1


def _identity(record: Record, id_pad: str) -> str:
    """What tells this record from the others: its id, or its whole content for a kind without ids."""
    if not id_pad:
        return hashlib.sha256(canonical_json(schoon(record)).encode()).hexdigest()
    return str(record.get(id_pad) or "")


def value_key(waarde: str) -> str:
    """How a value is known in a value mapping."""
    return sleutel(waarde)


def _value_at(record: Record, pad: str) -> Any:
    value: Any = record
    for step in pad.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
