"""Plans an annotated workbook: the places of its headers and own columns, the findings per row, the texts."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from um_portal.workbooks.writer import Opmaak
from uploads.mapping.cells.text import kopsleutel
from uploads.mapping.eigen import KOP_LOT, KOP_REDEN
from uploads.mapping.herkenning import shown_header
from uploads.mapping.kolommen import kolomkoppen
from uploads.mapping.model import Ernst, Rijopmerking
from uploads.mapping.recognition import first_rows, headers_at
from uploads.readers import Formaat, Tabel

# A program that opens the file draws every comment; the reasons are in the last column as well.
MAX_COMMENTS = 5000
_MAX_REASONS_PER_ROW = 20
ROWS_PER_STEP = 500
GEVOLGEN: Final[Mapping[Ernst, str]] = {
    Ernst.AFGEKEURD: "Afgekeurd",
    Ernst.OVERGESLAGEN: "Overgeslagen",
    Ernst.WAARSCHUWING: "Waarschuwing",
}
# Red, grey and yellow, in shades that nobody else uses: these shades are removed the next time.
KLEUREN: Final[Mapping[Ernst, str]] = {
    Ernst.AFGEKEURD: "FFC7CD",
    Ernst.OVERGESLAGEN: "D9D9DA",
    Ernst.WAARSCHUWING: "FFEB9B",
}
CELOPMAAK: Final = {ernst: Opmaak(vulling=kleur) for ernst, kleur in KLEUREN.items()}
AUTEUR = "UM-portaal"
MERK = "UM-portaal: "
TITEL = "Opmerkingen"


Volg = Callable[[int], None]


class NietTeAnnoteren(Exception):
    """The levering cannot be annotated: it has records without rows and columns, or is too large to open."""


@dataclass(frozen=True, slots=True)
class Reden:
    """A reason with its count, and the number of rows that are kept for it."""

    kolom: str
    ernst: Ernst
    melding: str
    aantal: int
    getoond: int


@dataclass(frozen=True, slots=True)
class Leveringuitkomst:
    """Sums up a levering for the sheet that explains. `kopregel` is the row with the headers (from 1)."""

    bestandsnaam: str
    blad: str
    kopregel: int
    gelezen: int
    omgezet: int
    overgeslagen: int
    afgekeurd: int
    redenen: Sequence[Reden] = ()


@dataclass(slots=True)
class Plan:
    """The places of the headers and of our two columns, and the column that each finding is about."""

    kopregel: int
    koppen: tuple[str, ...]
    breedte: int
    laatste_rij: int
    lot: int
    reden: int
    kolommen: Mapping[str, int]
    opmerkingen: int = 0

    @classmethod
    def of(cls, tabel: Tabel, kopregel: int, formaat: Formaat) -> "Plan":
        """Looks where the headers are and how wide the rows are; a sheet tells its own size."""
        koppen = headers_at(first_rows(tabel), kopregel, verborgen=tabel.verborgen_kolommen)
        width, last = len(koppen), 0
        for rij in tabel.rijen():
            width, last = max(width, len(rij.waarden)), rij.nummer
            if formaat.is_werkmap and tabel.aantal is not None:
                last = tabel.aantal
                break
        keys = [kopsleutel(kop) for kop in koppen]
        lot = _place(keys, KOP_LOT, width)
        reden = _place(keys, KOP_REDEN, max(width, lot + 1))
        return cls(kopregel, koppen, max(width, lot + 1, reden + 1), last, lot, reden, _columns(koppen))

    @property
    def eigen(self) -> frozenset[int]:
        """Gives the places of our own columns."""
        return frozenset({self.lot, self.reden})

    def column_of(self, kolom: str) -> int | None:
        """Gives the place of the column with this header as shown.

        None when there is none, or more than one.
        """
        return self.kolommen.get(kolom, self.kolommen.get(kopsleutel(kolom)))

    def may_comment(self) -> bool:
        """Tells whether one more comment fits; counts it."""
        self.opmerkingen += 1
        return self.opmerkingen <= MAX_COMMENTS


def _place(keys: Sequence[str], kop: str, otherwise: int) -> int:
    key = kopsleutel(kop)
    return keys.index(key) if key in keys else otherwise


def _columns(koppen: Sequence[str]) -> dict[str, int]:
    """Gives the place of each header, by its shown text and by its key; leaves out what two columns share."""
    kolommen = kolomkoppen(koppen)
    shown = [shown_header(kolom.naam) for kolom in kolommen]
    times = Counter(shown)
    found: dict[str, int] = {}
    for kolom, name in zip(kolommen, shown, strict=True):
        found.setdefault(kolom.sleutel, kolom.index)
        if times[name] == 1:
            found[name] = kolom.index
    return found


_ZWAARTE = list(Ernst)


def by_row(meldingen: Iterable[Rijopmerking]) -> Callable[[int], list[Rijopmerking]]:
    """Gives a function that returns the findings of a row; ask it for rows in ascending order."""
    groups = groupby(meldingen, key=attrgetter("rij"))
    current: tuple[int, list[Rijopmerking]] | None = None

    def of(nummer: int) -> list[Rijopmerking]:
        nonlocal current
        while current is None or current[0] < nummer:
            found = next(groups, None)
            if found is None:
                return []
            current = (found[0], list(found[1]))
        return current[1] if current[0] == nummer else []

    return of


def reasons_of(meldingen: Sequence[Rijopmerking]) -> str:
    """Gives in one text why a row got its result; at most the first twenty reasons."""
    texts = [
        f"{melding.kolom}: {melding.melding}" if melding.kolom else melding.melding
        for melding in meldingen[:_MAX_REASONS_PER_ROW]
    ]
    return " | ".join(dict.fromkeys(texts))


def per_cell(plan: Plan, meldingen: Sequence[Rijopmerking]) -> Iterator[tuple[int, Ernst, str]]:
    """Gives per column that has findings: the worst severity, and all messages as the text of a comment."""
    cells: dict[int, list[Rijopmerking]] = {}
    for melding in meldingen:
        place = plan.column_of(melding.kolom)
        if place is not None:
            cells.setdefault(place, []).append(melding)
    for place, said in cells.items():
        worst = min((melding.ernst for melding in said), key=_ZWAARTE.index)
        lines = dict.fromkeys(f"{MERK}{GEVOLGEN[one.ernst].lower()}\n{one.melding}" for one in said)
        yield place, worst, "\n".join(lines)


def comment_size(text: str) -> tuple[int, int]:
    """Gives the height and width (points) in which the whole text can be read."""
    lines = sum(1 + len(line) // 45 for line in text.splitlines())
    return min(40 + 14 * lines, 400), 260


def finish_sheet(sheet: Worksheet, plan: Plan) -> None:
    """Keeps the headers in sight, adds a filter to every column, and makes our own columns wide enough."""
    sheet.column_dimensions[get_column_letter(plan.lot + 1)].width = 30
    sheet.column_dimensions[get_column_letter(plan.reden + 1)].width = 90
    if not plan.kopregel:
        return
    if not sheet.freeze_panes:
        sheet.freeze_panes = f"A{plan.kopregel + 1}"
    last_row = max(plan.laatste_rij, plan.kopregel)
    letter = get_column_letter(max(plan.breedte, 1))
    if not sheet.tables:
        own = range_boundaries(sheet.auto_filter.ref) if sheet.auto_filter.ref else None
        left, top = (own[0] or 1, own[1]) if own else (1, plan.kopregel)
        if top == plan.kopregel:
            sheet.auto_filter.ref = f"{get_column_letter(left)}{top}:{letter}{last_row}"
