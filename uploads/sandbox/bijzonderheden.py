"""Finds facts of a workbook that calamine does not tell: its epoch, and of an xls its password and codepage.

Cells that are formatted as a date come out right in both epochs. A bare number does not tell that it is a
date; code that knows this from the column needs the day from which numbers count (1900 or 1904).
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from uploads.sandbox.ole import Ole
from uploads.sandbox.sheets import Leesprobleem

_ENOUGH = 4 << 20
_DATE1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*[\"'](?:1|true)[\"']")
_NULL_DATE = re.compile(rb"<table:null-date\b[^>]*\bdate-value\s*=\s*[\"']1904-01-01")
# In xlsb: the record with the workbook's properties, of which the first bit is this one.
_WB_PROP = 153
# In xls: the first record of the workbook with the version of BIFF8, the last one of its part, and the ones
# that matter here.
_XLS_BOF, _BIFF8 = 0x0809, 0x0600
_XLS_EOF, _XLS_1904, _XLS_PASSWORD, _XLS_CODEPAGE = 0x0A, 0x22, 0x2F, 0x42
_UTF16 = b"\xb0\x04"
# calamine knows the stream by these names only.
_NAMES = {"workbook": "Workbook", "book": "Book"}


class Xls:
    """The facts of an xls, from the records about the workbook as a whole."""

    def __init__(self, inhoud: bytes) -> None:
        self._inhoud = inhoud
        self._ole = Ole(inhoud)
        if "\tdrmcontent" in self._ole.names or "drmcontent" in self._ole.names:
            raise Leesprobleem("rechten")
        self._naam = next((naam for naam in _NAMES if naam in self._ole.names), "")
        self.has_password = self.epoch_1904 = False
        self._codepage = 0
        self._biff8 = False
        try:
            records = _xls_records(self._ole.stream(self._naam))
        except Leesprobleem:
            # calamine decides whether it can be read.
            self._naam = ""
            return
        for kind, place, value in records:
            if kind == _XLS_BOF:
                self._biff8 = value[:2] == struct.pack("<H", _BIFF8)
            self.has_password = self.has_password or kind == _XLS_PASSWORD
            self.epoch_1904 = self.epoch_1904 or (kind == _XLS_1904 and value[:1] == b"\x01")
            if kind == _XLS_CODEPAGE and len(value) == 2:
                self._codepage = place

    def readable(self) -> bytes:
        """Gives the file in the form that calamine reads.

        The stream has its usual name. In BIFF8 every text is Unicode; programs that write another codepage in
        the record for it write Unicode none the less, and Excel does not look at that record.
        """
        if not self._naam:
            return self._inhoud
        changed = bytearray(self._inhoud)
        written, place = self._ole.name_of(self._naam)
        if written.strip() != _NAMES[self._naam]:
            usual = _NAMES[self._naam].encode("utf-16-le")
            changed[place : place + len(usual)] = usual
        if self._biff8 and self._codepage:
            for offset, byte in enumerate(_UTF16):
                changed[self._ole.place_of(self._naam, self._codepage + offset)] = byte
        return bytes(changed)


def counts_from_1904(inhoud: bytes, formaat: str) -> bool:
    """Tells whether the numbers of days in this workbook count from 1904; False when that is not found.

    Of an xls `Xls` tells it.
    """
    try:
        if formaat == "xlsx":
            return _DATE1904.search(_part(inhoud, "xl/workbook.xml")) is not None
        if formaat == "ods":
            return _NULL_DATE.search(_part(inhoud, "content.xml")) is not None
        return formaat == "xlsb" and _xlsb(_part(inhoud, "xl/workbook.bin"))
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, RuntimeError, IndexError):
        return False
    except (struct.error, NotImplementedError):
        return False


def _part(inhoud: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(inhoud)) as archive:
        names = {info.filename.replace("\\", "/").casefold(): info for info in archive.infolist()}
        with archive.open(names[name]) as part:
            return part.read(_ENOUGH)


def _xlsb(data: bytes) -> bool:
    position = 0
    while position < len(data):
        kind, position = _variable(data, position, 2)
        size, position = _variable(data, position, 4)
        if kind == _WB_PROP:
            return bool(data[position] & 1)
        position += size
    return False


def _variable(data: bytes, position: int, longest: int) -> tuple[int, int]:
    """Reads a number of seven bits per byte, lowest first; gives it with the position after it."""
    number = 0
    for shift in range(longest):
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << (7 * shift)
        if not byte & 0x80:
            break
    return number, position


def _xls_records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yields the kind, the place and the content of the records about the workbook as a whole."""
    position = 0
    while position <= len(data) - 4:
        kind, size = struct.unpack_from("<HH", data, position)
        yield kind, position + 4, data[position + 4 : position + 4 + size]
        if kind == _XLS_EOF:
            return
        position += 4 + size
