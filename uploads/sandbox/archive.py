"""Checks a zip (xlsx, xlsb, ods) before any library unpacks it.

Small files can unpack to terabytes. Therefore every part is first unpacked here in pieces, which are thrown
away, and only up to the limit. The sizes that a zip states itself are not believed.
"""

import io
import re
import struct
import zipfile
import zlib

from uploads.sandbox.sheets import Formaat, Leesprobleem

_MAX_PARTS = 5000
_ADDED = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
# Some programs number it.
_WORKBOOK = re.compile(r"xl/workbook[0-9]*\.xml")
_CHUNK = 1 << 20
_PIECE = 1 << 16
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")


def formaat_of_zip(inhoud: bytes) -> Formaat:
    """Recognises the workbook in this zip.

    Raises Leesprobleem for another zip, an encrypted or a broken one.
    """
    with _open(inhoud) as archive:
        # In the form in which calamine takes them: some programs write other slashes and capitals.
        names = {info.filename.replace("\\", "/").casefold(): info.filename for info in archive.infolist()}
        if any(info.flag_bits & 1 for info in archive.infolist()):
            raise Leesprobleem("zip_wachtwoord")
        if any(map(_WORKBOOK.fullmatch, names)) or "xl/worksheets/sheet1.xml" in names:
            return Formaat.XLSX
        if "xl/workbook.bin" in names:
            return Formaat.XLSB
        if "content.xml" in names and "meta-inf/manifest.xml" in names:
            if b"encryption-data" in _part(archive, names["meta-inf/manifest.xml"]):
                raise Leesprobleem("wachtwoord")
            return Formaat.ODS
        if any(name.endswith(".iwa") for name in names):
            raise Leesprobleem("numbers")
        if len(_own_files(archive)) == 2:
            return Formaat.TWEETAL
    raise Leesprobleem("zip")


def files_of(inhoud: bytes) -> list[tuple[str, bytes]]:
    """Gives the name and the content of every file in a zip. Call it after `check_actual`."""
    with _open(inhoud) as archive:
        return [(info.filename, _part(archive, info, -1)) for info in _own_files(archive)]


def size_of(inhoud: bytes) -> int:
    """Gives the size that a zip states for all its parts together, in bytes."""
    with _open(inhoud) as archive:
        return sum(part.file_size for part in archive.infolist())


def _own_files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Gives the files that somebody put in a zip, without what a system adds."""
    return [info for info in archive.infolist() if not info.is_dir() and not _ADDED.search(info.filename)]


def check_declared(inhoud: bytes, megabytes: int) -> None:
    """Refuses a zip that itself states a size over the limit. Cheap; `check_actual` does not believe it."""
    with _open(inhoud) as archive:
        parts = archive.infolist()
        if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > megabytes * 1_000_000:
            raise Leesprobleem("uitgepakt", megabytes)


def check_actual(inhoud: bytes, megabytes: int) -> None:
    """Unpacks every part in pieces, and refuses one that is larger than the limit or its stated size."""
    left = megabytes * 1_000_000
    with _open(inhoud) as archive:
        for part in archive.infolist():
            size = _unpacked_size(inhoud, part, left)
            if size > left:
                raise Leesprobleem("uitgepakt", megabytes)
            if size != part.file_size:
                raise Leesprobleem("zip_beschadigd")
            left -= size


def _open(inhoud: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(inhoud))
    except (zipfile.BadZipFile, ValueError, OverflowError, struct.error, NotImplementedError, OSError):
        raise Leesprobleem("zip_beschadigd") from None


def _part(archive: zipfile.ZipFile, name: str | zipfile.ZipInfo, most: int = _CHUNK) -> bytes:
    try:
        with archive.open(name) as part:
            return part.read(most)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, OSError, RuntimeError):
        raise Leesprobleem("zip_beschadigd") from None


def _unpacked_size(inhoud: bytes, part: zipfile.ZipInfo, limit: int) -> int:
    header = inhoud[part.header_offset : part.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise Leesprobleem("zip_beschadigd")
    *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    start = part.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    packed = memoryview(inhoud)[start : start + part.compress_size]
    if len(packed) != part.compress_size:
        raise Leesprobleem("zip_beschadigd")
    if part.compress_type == zipfile.ZIP_STORED:
        return len(packed)
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise Leesprobleem("zip_beschadigd")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    try:
        # In pieces, because the part that is not consumed yet is copied every time.
        for place in range(0, len(packed), _PIECE):
            rest: bytes | memoryview = packed[place : place + _PIECE]
            while rest and not inflate.eof and size <= limit:
                size += len(inflate.decompress(rest, _CHUNK))
                rest = inflate.unconsumed_tail
            if inflate.eof or size > limit:
                break
        while not inflate.eof and size <= limit and (more := inflate.decompress(b"", _CHUNK)):
            size += len(more)
    except zlib.error:
        raise Leesprobleem("zip_beschadigd") from None
    if not inflate.eof and size <= limit:
        raise Leesprobleem("zip_beschadigd")
    return size
