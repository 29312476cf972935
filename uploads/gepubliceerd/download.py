"""Gives the published set as a file to open in a spreadsheet program: the search profiles, and nothing else.

The set is read in one go, so that the file never mixes an old set with a new one. It is kept small in memory
while the file is written and sent. Nothing is written to disk.
"""

import csv
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from exchange.bron.columns import as_json
from exchange.display import value_text
from exchange.standard import Gegevenstype, Profiel, Soort, veld_op, velden
from exchange.waardelijsten.models import Code
from um_portal.formulas import csv_text
from um_portal.workbooks.writer import KOP, Opmaak, Rijenstroom, in_pieces
from uploads.gepubliceerd.table import LEESBAAR, readable

_BATCH = 1000
_PIECE = 64 * 1024
_REMEMBERED = 5_000
_BREEDTE: Final = 24


@dataclass(frozen=True, slots=True)
class Downloadkolom:
    """A column of the file: the attribute's path, its heading, and whether its values are single numbers."""

    pad: str
    label: str
    is_getal: bool


@cache
def columns(soort: Soort) -> tuple[Downloadkolom, ...]:
    """Gives every attribute that a search shows, in the order of the standard."""
    if soort is Soort.WERKGEVERSCONTACTMOMENTEN:
        leaves = [veld_op(soort, pad) for pad in LEESBAAR]
    else:
        leaves = [leaf for leaf in velden(soort) if leaf.profiel is Profiel.ZOEK]
    return tuple(
        Downloadkolom(
            leaf.pad,
            leaf.volledig_label,
            leaf.attribuut.type is Gegevenstype.GETAL and not leaf.in_lijst,
        )
        for leaf in leaves
    )


class _Plaats(NamedTuple):
    """The destination of an attribute: its column, or the attributes below it when it is a group."""

    plaats: int
    kolom: Downloadkolom | None
    groep: "dict[str, _Plaats]"


@cache
def _places(soort: Soort) -> dict[str, _Plaats]:
    """Gives the columns as a tree, by the names of the attributes."""
    tree: dict[str, _Plaats] = {}
    for index, kolom in enumerate(columns(soort)):
        *groups, name = kolom.pad.replace("[]", "").split(".")
        level = tree
        for group in groups:
            level = level.setdefault(group, _Plaats(-1, None, {})).groep
        level[name] = _Plaats(index, kolom, {})
    return tree


class Momentopname:
    """The records that were asked for, as they were at one moment.

    Make it inside `voor_gemeente`, read it anywhere.
    """

    def __init__(self, soort: Soort, found: "QuerySet[Any]") -> None:
        self.soort = soort
        self.aantal = 0
        self._parts: list[bytes] = []
        part: list[str] = []
        for text in self._texts_of(found):
            part.append(text)
            if len(part) >= _BATCH:
                self._keep(part)
                part = []
        self._keep(part)
        # All codes are loaded: the ones in use are only known when everything has been read.
        names = Code.objects.values_list("lijst", "code", "label")
        self._labels = {(lijst, code): label for lijst, code, label in names}
        self._known: list[dict[Any, str]] = [{} for _ in columns(soort)]

    def _texts_of(self, found: "QuerySet[Any]") -> Iterator[str]:
        if self.soort is Soort.WERKGEVERSCONTACTMOMENTEN:
            for datum, nummer_kvk in found.values_list("datum", "nummer_kvk").iterator(_BATCH):
                yield as_json(readable(datum, nummer_kvk))
        else:
            yield from found.values_list("zoekprofiel", flat=True).iterator(_BATCH)

    def _keep(self, part: list[str]) -> None:
        self.aantal += len(part)
        self._parts.append(zlib.compress(f"[{','.join(part)}]".encode(), 1))

    def rows(self) -> Iterator[list[Any]]:
        """Gives per record a value for every column: a text, a whole number, or None."""
        places, width = _places(self.soort), len(columns(self.soort))
        for part in self._parts:
            for record in json.loads(zlib.decompress(part)):
                row: list[Any] = [None] * width
                self._fill(row, places, record)
                yield row

    def _fill(self, row: list[Any], places: Mapping[str, _Plaats], group: Mapping[str, Any]) -> None:
        for name, value in group.items():
            place = places.get(name)
            if place is None:
                continue
            for item in value if isinstance(value, list) else (value,):
                if place.kolom is None:
                    self._fill(row, place.groep, item)
                    continue
                if item == "":
                    continue
                shown = item if place.kolom.is_getal and isinstance(item, int) else self._text(place, item)
                before = row[place.plaats]
                row[place.plaats] = shown if before is None else f"{before}, {shown}"

    def _text(self, place: _Plaats, value: Any) -> str:
        # Codes come back in many records; other texts seldom do, so they are not remembered.
        known = self._known[place.plaats]
        found = known.get(value)
        if found is None:
            assert place.kolom is not None
            found = value_text(self.soort, place.kolom.pad, value, self._labels)
            if len(known) < _REMEMBERED:
                known[value] = found
        return found


def as_csv(opname: Momentopname) -> Iterator[bytes]:
    """Gives a csv that Dutch spreadsheet programs open, piece by piece."""
    file = io.StringIO(newline="")
    # Without this mark those programs take the file for Windows-1252.
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([kolom.label for kolom in columns(opname.soort)])
    for row in opname.rows():
        writer.writerow([csv_text(cell) for cell in row])
        if file.tell() >= _PIECE:
            yield file.getvalue().encode()
            file.seek(0)
            file.truncate()
    yield file.getvalue().encode()


def as_xlsx(opname: Momentopname) -> Iterator[bytes]:
    """Gives a workbook with one sheet, piece by piece while it is being made."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = opname.soort.label.capitalize()[:31]
    sheet.freeze_panes = "B2"
    kolommen = columns(opname.soort)
    for number in range(1, len(kolommen) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = _BREEDTE
    stroom = Rijenstroom(sheet, len(kolommen), _numbered(opname), opname.aantal + 1)
    yield from in_pieces(workbook, [stroom])


def _numbered(opname: Momentopname) -> Iterable[tuple[int, list[Any], Mapping[int, Opmaak]]]:
    kolommen = columns(opname.soort)
    yield 1, [kolom.label for kolom in kolommen], dict.fromkeys(range(len(kolommen)), KOP)
    for number, row in enumerate(opname.rows(), start=2):
        yield number, row, {}
