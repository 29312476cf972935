"""Walks the container of old Office files (compound file binary): streams, each in a chain of sectors.

calamine reads these containers too. Here the names of the streams are looked at to recognise the kind of file,
a stream is read in its own order instead of that of the file, and single bytes are changed in it.
"""

import struct
from typing import NamedTuple

from uploads.sandbox.sheets import Leesprobleem

_END = 0xFFFFFFFA
_ENTRY = 128
_MAX_ENTRIES = 100_000
# The names that tell something, for a container that is too damaged to walk.
_TELLING = ("EncryptedPackage", "Workbook", "Book")


class _Stream(NamedTuple):
    """A stream: its name, where its name stands in the file, its first sector and its size in bytes."""

    naam: str
    place: int
    start: int
    size: int


class Ole:
    """An opened container. `names` has the names of its streams and folders, in lower case."""

    def __init__(self, inhoud: bytes) -> None:
        self._data = inhoud
        self._streams: dict[str, _Stream] = {}
        try:
            self._open()
        except (struct.error, IndexError, ValueError, OverflowError, Leesprobleem):
            self._streams = {}
            self.names = frozenset(
                naam.lower() for naam in _TELLING if f"{naam}\0".encode("utf-16-le") in inhoud + b"\0\0"
            )
        else:
            self.names = frozenset(self._streams)

    def stream(self, naam: str) -> bytes:
        """Gives the content of a stream. Raises Leesprobleem when it is not there, or broken."""
        return b"".join(self._data[place : place + length] for place, length in self._pieces(naam))

    def place_of(self, naam: str, offset: int) -> int:
        """Gives the place in the file of a byte of a stream. Raises Leesprobleem when there is no such byte."""
        for place, length in self._pieces(naam):
            if offset < length:
                return place + offset
            offset -= length
        raise Leesprobleem("beschadigd")

    def name_of(self, naam: str) -> tuple[str, int]:
        """Gives the name of a stream as it is written, and the place in the file where it stands."""
        stream = self._streams[naam]
        return stream.naam, stream.place

    def _pieces(self, naam: str) -> list[tuple[int, int]]:
        stream = self._streams.get(naam)
        if stream is None:
            raise Leesprobleem("ole")
        # Some programs put a small stream among the large ones.
        for short in (True, False) if stream.size < self._short_below else (False,):
            try:
                return self._pieces_in(stream, short=short)
            except (struct.error, IndexError, Leesprobleem):
                continue
        raise Leesprobleem("beschadigd")

    def _pieces_in(self, stream: _Stream, *, short: bool) -> list[tuple[int, int]]:
        left = stream.size
        size = self._short_size if short else self._size
        pieces = []
        for sector in self._chain(stream.start, self._short_table if short else self._table):
            if left <= 0:
                break
            place = self._short_place(sector) if short else self._place(sector)
            pieces.append((place, min(size, left)))
            left -= size
        if left > 0:
            raise Leesprobleem("beschadigd")
        return pieces

    def _open(self) -> None:
        data = self._data
        shift, short_shift = struct.unpack_from("<HH", data, 30)
        if shift not in {9, 12} or not 4 <= short_shift <= shift:
            raise Leesprobleem("ole")
        self._size: int = 1 << shift
        self._short_size: int = 1 << short_shift
        (tables,) = struct.unpack_from("<I", data, 44)
        (directory,) = struct.unpack_from("<I", data, 48)
        # Not every program puts small streams apart: the header tells below which size.
        self._short_below, short_table, _, more, more_number = struct.unpack_from("<IIIII", data, 56)
        per_sector = self._size // 4
        if tables > len(data) // self._size + 1:
            raise Leesprobleem("ole")
        places = list(struct.unpack_from("<109I", data, 76))
        seen = set()
        while more < _END and more not in seen and more_number:
            seen.add(more)
            *found, more = struct.unpack_from(f"<{per_sector}I", data, self._place(more))
            places += found
        self._table: list[int] = []
        for sector in places[:tables]:
            if sector < _END:
                self._table += struct.unpack_from(f"<{per_sector}I", data, self._place(sector))
        self._short_table: list[int] = []
        entries = [
            self._place(sector) + offset
            for sector in self._chain(directory, self._table)
            for offset in range(0, self._size, _ENTRY)
        ]
        for number, place in enumerate(entries[:_MAX_ENTRIES]):
            length, kind = struct.unpack_from("<HB", data, place + 64)
            start, size = struct.unpack_from("<II", data, place + 116)
            if number == 0:
                self._short_sectors = list(self._chain(start, self._table))
            if kind not in {1, 2} or not 2 <= length <= 64:
                continue
            naam = data[place : place + length - 2].decode("utf-16-le", "replace")
            self._streams.setdefault(naam.lower().strip(), _Stream(naam, place, start, size))
        for sector in self._chain(short_table, self._table):
            self._short_table += struct.unpack_from(f"<{per_sector}I", data, self._place(sector))

    def _place(self, sector: int) -> int:
        return (sector + 1) * self._size

    def _short_place(self, sector: int) -> int:
        per_sector = self._size // self._short_size
        return self._place(self._short_sectors[sector // per_sector]) + sector % per_sector * self._short_size

    def _chain(self, sector: int, table: list[int]) -> list[int]:
        """Gives the sectors of a chain. Raises Leesprobleem when it has no end."""
        found = []
        while sector < _END:
            found.append(sector)
            if len(found) > len(table):
                raise Leesprobleem("beschadigd")
            sector = table[sector]
        return found
