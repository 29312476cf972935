"""Finds two facts of a workbook that calamine does not tell: its epoch, and the password of an xls.

Cells that are formatted as a date come out right in both epochs. A bare number does not tell that it is a
date; code that knows this from the column needs the day from which numbers count (1900 or 1904).
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

_ENOUGH = 4 << 20
_DATE1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*[\"'](?:1|true)[\"']")
_NULL_DATE = re.compile(rb"<table:null-date\b[^>]*\bdate-value\s*=\s*[\"']1904-01-01")
# In xlsb: the record with the workbook's properties, of which the first bit is this one.
_WB_PROP = 153
# In xls: the first record of the workbook (of BIFF8 and of BIFF5), the last one of its
# part, and the ones read here.
_BOF = (b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00")
_XLS_EOF, _XLS_1904, _XLS_PASSWORD = 0x0A, 0x22, 0x2F


def has_password(inhoud: bytes) -> bool:
    """Tells whether this xls is encrypted."""
    return any(kind == _XLS_PASSWORD for kind, _ in _xls_records(inhoud))


def counts_from_1904(inhoud: bytes, formaat: str) -> bool:
    """Tells whether the numbers of days in this workbook count from 1904; False when that is not found."""
    try:
        if formaat == "xlsx":
            return _DATE1904.search(_part(inhoud, "xl/workbook.xml")) is not None
        if formaat == "ods":
            return _NULL_DATE.search(_part(inhoud, "content.xml")) is not None
        if formaat == "xlsb":
            return _xlsb(_part(inhoud, "xl/workbook.bin"))
        return any(kind == _XLS_1904 and value[:1] == b"\x01" for kind, value in _xls_records(inhoud))
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


def _xls_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields the kind and content of the records about the workbook as a whole.

    It stops where they are no longer in one piece.
    """
    position = max(data.find(bof) for bof in _BOF)
    while 0 <= position <= len(data) - 4:
        kind, size = struct.unpack_from("<HH", data, position)
        yield kind, data[position + 4 : position + 4 + size]
        if kind == _XLS_EOF:
            return
        position += 4 + size
