"""Recognises the format of a file by its content; the name does not count."""

import re
from enum import StrEnum

from uploads.sandbox.ole import Ole
from uploads.sandbox.sheets import Formaat, Leesprobleem

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHER_KINDS = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "afbeelding"),
    (b"\xff\xd8\xff", "afbeelding"),
    (b"GIF8", "afbeelding"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gz"),
    (b"{\\rtf", "tekstdocument"),
    (b"MIME-Version:", "webarchief"),
    (b"TABLE\r\n0,1", "dif"),
    (b"TABLE\n0,1", "dif"),
)
# A text with the columns ID and Postcode starts like the old form SYLK, which has a program there and ends in an E.
_SYLK, _SYLK_ENDS = re.compile(rb"ID;P(?:WXL|[^\r\n]*[\r\n]+[A-Z]{1,2};[A-Z])"), (b"\nE", b"\rE")
# The name of a column between brackets, as databases write it, is no list.
_BRACKETED = re.compile(rb"\[[^\[\]{}\"\r\n]*[A-Za-z][^\[\]{}\"\r\n]*\][ ]?[;,\t|]")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_XML2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_FODS = b"urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style|div|font|b)\b", re.IGNORECASE)
# Before the first element of a page there may be comments and scripts of any length.
_START = 4096
_FURTHER = 64 * 1024


class Begin(StrEnum):
    """The first bytes of a file: which formats it may have, and so what reading it may need.

    `OLE` is the container of old Office files and of new ones with a password; `OPMAAK` is XML or HTML.
    """

    ZIP = "zip"
    OLE = "ole"
    OPMAAK = "opmaak"
    TEKST = "tekst"


def begin_of(inhoud: bytes) -> Begin:
    """Tells how a file begins. It looks at few bytes and trusts none, so any process may call it."""
    if inhoud.startswith(_ZIP):
        return Begin.ZIP
    if inhoud.startswith(OLE):
        return Begin.OLE
    return Begin.OPMAAK if _first_characters(inhoud, _START)[:1] == b"<" else Begin.TEKST


def recognise(inhoud: bytes, megabytes: int, *, thoroughly: bool = True) -> Formaat:
    """Recognises the format of a file.

    `thoroughly`: a zip is unpacked as a check, to at most this number of megabytes. Raises Leesprobleem for a
    file that no reader takes.
    """
    if not inhoud.strip(b" \t\r\n\0"):
        raise Leesprobleem("leeg")
    begin = begin_of(inhoud)
    if begin is Begin.ZIP:
        # The reading process imports it beforehand, for a file that begins like this.
        from uploads.sandbox.archive import check_actual, check_declared, formaat_of_zip

        check_declared(inhoud, megabytes)
        formaat = formaat_of_zip(inhoud)
        if thoroughly:
            check_actual(inhoud, megabytes)
        return formaat
    if begin is Begin.OLE:
        return _formaat_of_ole(inhoud)
    for start, kind in _OTHER_KINDS:
        if inhoud.startswith(start):
            raise Leesprobleem(kind)
    if _SYLK.match(inhoud) and inhoud.rstrip().endswith(_SYLK_ENDS):
        raise Leesprobleem("sylk")
    first = _first_characters(inhoud, _START)
    if _BRACKETED.match(first):
        return Formaat.CSV
    if first[:1] in (b"{", b"["):
        return Formaat.JSON
    if begin is Begin.OPMAAK:
        return _formaat_of_markup(_first_characters(inhoud, _FURTHER))
    return Formaat.CSV


def _formaat_of_ole(inhoud: bytes) -> Formaat:
    """Recognises the format of an old Office file or a protected new one, by the names in its container."""
    names = Ole(inhoud).names
    if "encryptedpackage" in names:
        return Formaat.XLSX
    if "workbook" in names or "book" in names:
        return Formaat.XLS
    raise Leesprobleem("ole")


def _formaat_of_markup(start: bytes) -> Formaat:
    if _XML2003 in start and b"<html" not in start.lower():
        return Formaat.XML2003
    if _HTML.search(start):
        return Formaat.HTML
    raise Leesprobleem("fods" if _FODS in start and b"spreadsheet" in start else "xml")


def _first_characters(inhoud: bytes, number: int) -> bytes:
    start = inhoud[:number]
    for bom in _BOMS:
        start = start.removeprefix(bom)
    return start.replace(b"\0", b"").lstrip()
