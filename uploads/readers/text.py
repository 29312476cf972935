"""Text out of bytes: UTF-8 with or without its mark, UTF-16, or Windows-1252."""

import codecs

from uploads.readers.rows import Onleesbaar

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 8192
_GEEN_TEKST = (
    "Dit bestand is geen spreadsheet en geen tekstbestand. Sla de gegevens in uw programma op als "
    "Excel-bestand (xlsx) of als csv en upload dat bestand."
)


def decode(inhoud: bytes) -> str:
    """The text of these bytes. Raises Onleesbaar when they are not text at all."""
    encoding = _encoding(inhoud)
    try:
        text = inhoud.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise Onleesbaar(_GEEN_TEKST) from None
        # Five bytes mean nothing in Windows-1252; a question mark is better than no upload at all.
        text = inhoud.decode("cp1252", errors="replace")
    if "\0" in text or _looks_binary(text[:_SAMPLE]):
        raise Onleesbaar(_GEEN_TEKST)
    return text


def _encoding(inhoud: bytes) -> str:
    for bom, encoding in _BOMS:
        if inhoud.startswith(bom):
            return encoding
    sample = inhoud[:_SAMPLE]
    half = len(sample) // 2
    # Western text in UTF-16 without a mark: every other byte is a NUL.
    if half and sample[1::2].count(0) > 0.8 * half and sample[0::2].count(0) == 0:
        return "utf-16-le"
    if half and sample[0::2].count(0) > 0.8 * half and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return "utf-8"


def _looks_binary(text: str) -> bool:
    control = sum(character < " " and character not in "\t\n\r\f\x1a" for character in text)
    return control > max(2, len(text) // 50)
