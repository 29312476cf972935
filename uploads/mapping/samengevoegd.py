"""Reads cells that are merged with the one above them as a person does: its value stands beside each of the rows."""

from collections.abc import Collection, Iterator
from typing import Any, Final

from uploads.mapping.cells.text import is_empty_list
from uploads.readers import MAX_MERGED, Merk, Onleesbaar, Rij, Tabel

# The columns (from 0) of a row of which the cell is merged with the one above it.
SAMENGEVOEGD: Final = "samengevoegd"


def rows_with_merged(tabel: Tabel, kopregel: int, without: Collection[int] = ()) -> Iterator[Rij]:
    """Yields the rows, in which a cell that is merged with the one above it has the value of that one.

    A row that is empty otherwise stays so, and so do the cells in the columns `without`. Raises Onleesbaar when the
    sheet has more merged cells than are kept.
    """
    if len(tabel.samengevoegd) > MAX_MERGED:
        which = f"Op het blad ‘{tabel.naam}’" if tabel.naam else "In dit bestand"
        raise Onleesbaar(
            f"{which} zijn op meer dan {MAX_MERGED} plaatsen cellen samengevoegd. Daardoor staat niet vast welke "
            "waarde bij welke rij hoort. Selecteer in uw spreadsheetprogramma alle cellen, kies Cellen splitsen, vul "
            "de lege cellen in en lever het bestand opnieuw aan."
        )
    below = {
        (top, column): bottom
        for top, column, bottom, _ in tabel.samengevoegd
        if bottom > top >= kopregel and column not in without
    }
    if not below:
        yield from tabel.rijen()
        return
    columns = sorted({column for _, column in below})
    # By column: its value, and the last row (from 0) that has it.
    going: dict[int, tuple[Any, int]] = {}
    for rij in tabel.rijen():
        row, filled = rij.nummer - 1, []
        for column in columns:
            if (row, column) in below:
                value = rij.waarden[column] if column < len(rij.waarden) else ""
                going[column] = (value, below[row, column])
            elif column in going and row <= going[column][1] and column < len(rij.waarden):
                filled.append(column)
        if not filled or is_empty_list(rij.waarden):
            yield rij
            continue
        cells = list(rij.waarden)
        filled = [
            column
            for column in filled
            if is_empty_list([cells[column]]) and not is_empty_list([going[column][0]])
        ]
        for column in filled:
            cells[column] = going[column][0]
        merken = (*rij.merken, Merk(SAMENGEVOEGD, tuple(filled))) if filled else rij.merken
        yield rij._replace(waarden=cells, merken=merken)
