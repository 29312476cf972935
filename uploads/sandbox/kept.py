"""Keeps the rows of files that are read from front to back, packed, so that they can be asked for later.

A file in XML or HTML tells only at its end how many rows it has. The rows that were read so far are kept as
bytes, which take a fraction of the memory that the rows themselves would take.
"""

from collections.abc import Iterator

from uploads.sandbox.frames import pack, rows_message, rows_of, unpack
from uploads.sandbox.sheets import MAX_MERGED, Blad, Cells, Grenzen, head_length, is_kept

_ROWS = 500


class Bewaard:
    """One sheet that is being read. Past the limits it only counts."""

    def __init__(self, naam: str, grenzen: Grenzen) -> None:
        self.naam = naam
        self.verborgen = False
        self.samengevoegd: list[tuple[int, int, int, int]] = []
        self.hoogte = self.breedte = 0
        self.verborgen_rijen = 0
        self.doorgehaald = self.streep_bij_voorwaarde = False
        self.verborgen_kolommen: list[int] = []
        # The last column of which the width was told.
        self.kolom = 0
        # The style of the cells of a column, by its place, where the column has one.
        self.stijlen: dict[int, str] = {}
        self._grenzen = grenzen
        self._packed: list[bytes] = []
        self._open: list[Cells] = []

    @property
    def te_groot(self) -> bool:
        """Tells whether it is larger than a sheet may be; then its rows are gone."""
        return self.hoogte > self._grenzen.rijen or self.breedte > self._grenzen.kolommen

    def voeg_toe(self, row: Cells) -> None:
        """Adds the next row."""
        self.hoogte += 1
        if len(row) > self.breedte:
            self.breedte = len(row)
        if self.te_groot:
            self._packed, self._open = [], []
            return
        self._open.append(row)
        if len(self._open) == _ROWS:
            self._packed.append(pack(rows_message(self._open)))
            self._open = []

    def sla_over(self, number: int) -> None:
        """Adds this number of empty rows."""
        if self.hoogte + number > self._grenzen.rijen:
            self.hoogte = self._grenzen.rijen + 1
            self._packed, self._open = [], []
            return
        for _ in range(number):
            self.voeg_toe([])

    def voeg_samen(self, row: int, column: int, last_row: int, last_column: int) -> None:
        """Notes that these cells are merged into one."""
        if is_kept(row, last_row) and len(self.samengevoegd) <= MAX_MERGED:
            self.samengevoegd.append((row, column, last_row, last_column))

    def rijen(self, start: int = 0) -> Iterator[Cells]:
        """Yields the rows from this one on, all as wide as the sheet."""
        for number in range(start // _ROWS, len(self._packed)):
            rows = rows_of(unpack(self._packed[number]), _ROWS)
            yield from map(self._whole, rows[start - number * _ROWS :] if start > number * _ROWS else rows)
        yield from map(self._whole, self._open[max(start - len(self._packed) * _ROWS, 0) :])

    def _whole(self, row: Cells) -> Cells:
        row.extend([""] * (self.breedte - len(row)))
        return row

    def blad(self, index: int) -> Blad:
        """Gives the description of the sheet, with its first rows."""
        head: list[Cells] = []
        for row in self.rijen():
            head.append(row)
            if len(head) == head_length(self.breedte):
                break
        return Blad(
            index,
            self.naam,
            self.hoogte,
            self.breedte,
            self.verborgen,
            head,
            self.samengevoegd,
            verborgen_rijen=self.verborgen_rijen,
            verborgen_kolommen=[place for place in self.verborgen_kolommen if place < self.breedte],
            doorgehaald=self.doorgehaald,
            streep_bij_voorwaarde=self.streep_bij_voorwaarde,
        )
