"""Opens files of every format, with one reader per format that all yield the same rows.

The content decides the format, not the name.
"""

import re
from collections.abc import Callable
from functools import partial

from uploads.readers.archive import check_actual, check_declared, formaat_of_zip
from uploads.readers.delimited import open_csv
from uploads.readers.process import open_apart
from uploads.readers.records import open_json
from uploads.readers.rows import Bestand, Formaat, Onleesbaar, Rij, Tabel
from uploads.readers.text import encoding_of

__all__ = ["Bestand", "Formaat", "Onleesbaar", "Rij", "Tabel", "open_file", "recognise_format"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS = (
    (b"%PDF", "een pdf"),
    (b"\x89PNG", "een afbeelding"),
    (b"\xff\xd8\xff", "een afbeelding"),
    (b"GIF8", "een afbeelding"),
    (b"Rar!", "een rar-bestand"),
    (b"7z\xbc\xaf", "een 7z-bestand"),
    (b"\x1f\x8b", "een gz-bestand"),
    (b"{\\rtf", "een tekstdocument"),
    (b"MIME-Version:", "een webarchief, ook als de naam op xls eindigt"),
)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_XML2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style|div|font|b)\b", re.IGNORECASE)
# Before the first element of a page there may be comments and scripts of any length.
_START = 4096
_FURTHER = 64 * 1024


def recognise_format(inhoud: bytes) -> Formaat:
    """Recognises the format of a file.

    Raises Onleesbaar, with what to do instead, when no reader takes it.
    """
    if not inhoud.strip(b" \t\r\n\0"):
        raise Onleesbaar("Dit bestand is leeg. Controleer of u het goede bestand koos.")
    if inhoud.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        check_declared(inhoud)
        return formaat_of_zip(inhoud)
    if inhoud.startswith(_OLE):
        return _formaat_of_ole(inhoud)
    for start, kind in _OTHER_KINDS:
        if inhoud.startswith(start):
            raise Onleesbaar(
                f"Dit bestand is {kind}, geen spreadsheet. "
                "Exporteer de gegevens als xlsx of csv en upload dat bestand."
            )
    start = _first_characters(inhoud, _START)
    if start[:1] in (b"{", b"["):
        return Formaat.JSON
    if start[:1] == b"<":
        return _formaat_of_markup(_first_characters(inhoud, _FURTHER))
    return Formaat.CSV


def open_file(inhoud: bytes, wacht: Callable[[], None] | None = None) -> Bestand:
    """Opens a file of any format that the portal reads. Raises Onleesbaar with a Dutch sentence for the user.

    Sheets are read by a separate process, which ends with the `with` in which the file is used. `wacht` is
    called twice a second while that process has nothing to give yet.
    """
    formaat = recognise_format(inhoud)
    if formaat is Formaat.JSON:
        return open_json(inhoud)
    if formaat is Formaat.CSV:
        return open_csv(inhoud)
    if formaat in {Formaat.XML2003, Formaat.HTML, Formaat.XLS}:
        return open_apart(inhoud, formaat, encoding_of(inhoud), wacht)
    return open_apart(inhoud, formaat, wacht=wacht, intussen=partial(check_actual, inhoud))


def _formaat_of_ole(inhoud: bytes) -> Formaat:
    """Recognises the format of an old Office file or a protected new one, by the names in its container."""
    if "EncryptedPackage".encode("utf-16-le") in inhoud:
        raise Onleesbaar(
            "Deze spreadsheet is beveiligd met een wachtwoord. Haal het wachtwoord eraf en upload opnieuw."
        )
    if any(f"{name}\0".encode("utf-16-le") in inhoud for name in ("Workbook", "Book")):
        return Formaat.XLS
    raise Onleesbaar(
        "Dit is een Office-document, maar geen spreadsheet, of het is niet compleet. "
        "Sla de gegevens op als xlsx en upload dat bestand."
    )


def _formaat_of_markup(start: bytes) -> Formaat:
    if _XML2003 in start and b"<html" not in start.lower():
        return Formaat.XML2003
    if _HTML.search(start):
        return Formaat.HTML
    raise Onleesbaar(
        "Dit bestand is XML, ook als de naam op xls of csv eindigt. "
        "Open het in uw spreadsheetprogramma, sla het op als xlsx en upload dat bestand."
    )


def _first_characters(inhoud: bytes, number: int) -> bytes:
    start = inhoud[:number]
    for bom in _BOMS:
        start = start.removeprefix(bom)
    return start.replace(b"\0", b"").lstrip()
