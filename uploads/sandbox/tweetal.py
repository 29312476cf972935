"""Reads a zip of two files that belong together: the sheets of both are the sheets of one file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from uploads.sandbox.archive import files_of, size_of
from uploads.sandbox.herkenning import recognise
from uploads.sandbox.sheets import MAX_SHEETS, Blad, Cells, Formaat, Grenzen, Inhoud, Leesprobleem

_MEGABYTE = 1_000_000
# Neither has sheets that can be read beside another.
_NOT_HERE = {Formaat.JSON: "tweetal_json", Formaat.TWEETAL: "tweetal_zip"}
_ZIPS = frozenset({Formaat.XLSX, Formaat.XLSB, Formaat.ODS})
# A text does not tell how its days are counted.
_COUNTS_DAYS = frozenset({*_ZIPS, Formaat.XLS, Formaat.XML2003})

Onderdeel = tuple[str, bytes, Formaat]


def parts_of(inhoud: bytes, megabytes: int, *, thoroughly: bool = True) -> list[Onderdeel]:
    """Gives the name, content and format of both files; call it after the zip itself was checked.

    Unpacked they may together be as large as one file. Raises Leesprobleem, with the name of the file that has
    the problem.
    """
    found: list[Onderdeel] = []
    left = megabytes - size_of(inhoud) // _MEGABYTE
    files = files_of(inhoud)
    if len({content for _, content in files}) < len(files):
        raise Leesprobleem("tweetal_gelijk")
    for naam, content in files:
        with _named(naam):
            try:
                formaat = recognise(content, left, thoroughly=thoroughly)
            except Leesprobleem as problem:
                if problem.args[0] == "uitgepakt":
                    raise Leesprobleem("uitgepakt", megabytes) from None
                raise
            if formaat in _NOT_HERE:
                raise Leesprobleem(_NOT_HERE[formaat])
        if content.startswith(b"PK"):
            left -= size_of(content) // _MEGABYTE
        found.append((naam, content, formaat))
    return found


class Tweetal:
    """Two opened files. `namen` has their names, as they stand in the zip."""

    def __init__(
        self, inhoud: bytes, grenzen: Grenzen, open_inhoud: Callable[[bytes, Formaat], Inhoud]
    ) -> None:
        parts = parts_of(inhoud, grenzen.uitgepakt)
        self.namen = [naam for naam, _, _ in parts]
        self.bladen: list[Blad] = []
        self._places: list[tuple[Inhoud, int]] = []
        epochs = set()
        for number, (naam, content, formaat) in enumerate(parts):
            with _named(naam):
                opened = open_inhoud(content, formaat)
            if formaat in _COUNTS_DAYS:
                epochs.add(opened.epoch_1904)
            for blad in opened.bladen:
                self.bladen.append(blad._replace(volgnummer=len(self._places), onderdeel=number))
                self._places.append((opened, blad.volgnummer))
        if len(epochs) > 1:
            raise Leesprobleem("tweetal_datums")
        self.epoch_1904 = True in epochs
        del self.bladen[MAX_SHEETS:]

    def rijen(self, index: int, start: int) -> Iterator[Cells]:
        """Yields the rows of one sheet from this one on."""
        opened, place = self._places[index]
        return opened.rijen(place, start)


@contextmanager
def _named(naam: str) -> Iterator[None]:
    """Lets a problem tell which file has it."""
    try:
        yield
    except Leesprobleem as problem:
        problem.bestand = naam
        raise
    except MemoryError:
        raise
    # A panic of the library is no ordinary exception.
    except BaseException:
        broken = Leesprobleem("beschadigd")
        broken.bestand = naam
        raise broken from None
