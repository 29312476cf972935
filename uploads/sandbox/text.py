"""Decodes bytes to text: UTF-8 with or without its mark, UTF-16, UTF-32, or Windows-1252.

Latin-1 is read as Windows-1252.
"""

import codecs
import io
from typing import NamedTuple

from uploads.sandbox.sheets import Leesprobleem

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 8192
_CHUNK = 1 << 20


class Tekst(NamedTuple):
    """Bytes with their encoding."""

    inhoud: bytes
    codering: str

    def stream(self) -> io.TextIOWrapper:
        """Gives the text from the start with its own line ends.

        A wrong byte becomes a replacement character.
        """
        return io.TextIOWrapper(io.BytesIO(self.inhoud), self.codering, errors="replace", newline="")

    def count(self, text: str) -> int:
        """Counts roughly the occurrences of this ASCII text."""
        return self.inhoud.count(text.encode(_without_mark(self.codering, self.inhoud)))


def open_text(inhoud: bytes) -> Tekst:
    """Finds the encoding of these bytes. Raises Leesprobleem when they are not text."""
    tekst = Tekst(inhoud, encoding_of(inhoud))
    if _looks_binary(tekst.stream().read(_SAMPLE)):
        raise Leesprobleem("geen_tekst")
    return tekst


def decode(inhoud: bytes) -> str:
    """Gives all of the text at once. Raises Leesprobleem when it is not text."""
    return open_text(inhoud).stream().read()


def encoding_of(inhoud: bytes) -> str:
    """Gives the encoding of these bytes, by its name in Python."""
    marked = (encoding for bom, encoding in _BOMS if inhoud.startswith(bom))
    encoding = next(marked, None) or _by_nuls(inhoud[:_SAMPLE])
    return encoding if encoding not in {"utf-8", "utf-8-sig"} or _is_utf8(inhoud) else "cp1252"


def _by_nuls(sample: bytes) -> str:
    """Gives the encoding of text without a mark: UTF-16 when every other byte is a NUL, else UTF-8."""
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if half and odd > 0.8 * half and even == 0:
        return "utf-16-le"
    if half and even > 0.8 * half and odd == 0:
        return "utf-16-be"
    return "utf-8"


def _is_utf8(inhoud: bytes) -> bool:
    """Tells whether the bytes are UTF-8, or were before a few of them were damaged or cut off."""
    if inhoud.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    good = bad = 0
    for start in range(0, len(inhoud), _CHUNK):
        text = decoder.decode(inhoud[start : start + _CHUNK], start + _CHUNK >= len(inhoud))
        if not text.isascii():
            wrong = text.count("\ufffd")
            bad += wrong
            good += len(text) - wrong - len(text.encode("ascii", "ignore"))
    # Text in Windows-1252 is hardly ever valid UTF-8 by accident.
    return good > bad or bad == 0


def _without_mark(codering: str, inhoud: bytes) -> str:
    if codering in {"utf-16", "utf-32"}:
        return f"{codering}-le" if inhoud.startswith(codecs.BOM_UTF16_LE) else f"{codering}-be"
    return "ascii" if codering in {"utf-8", "utf-8-sig", "cp1252"} else codering


def _looks_binary(text: str) -> bool:
    control = sum(character < " " and character not in "\t\n\r\f\x1a" for character in text)
    return "\0" in text or control > max(2, len(text) // 50)
