"""Decodes bytes to text, and heals what another program decoded wrongly before.

Known are UTF-8 with or without its mark, UTF-16, UTF-32, Windows-1252 (which Latin-1 is read as), and where the
bytes leave no doubt Mac Roman and CP850.
"""

import codecs
import io
import re
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
_MARK = "\ufffd"
# A letter with a sign, as it looks when UTF-8 is read as Windows-1252: Ã©, Ã¯, Ã–, Å¡.
_DOUBLE = re.compile(
    "[ÂÃÅÄ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]"
)
# The letters with signs that Dutch names have, and the bytes that stand for them in older encodings. In
# Windows-1252 most of those bytes are signs that do not stand inside a word.
_LETTERS = "éèëêïíìîöóòôüúùûáàäâçñÉËÏÖÜ"
_OLDER = ("mac-roman", "cp850")
_INSIDE_WORD = re.compile(rb"(?<=[A-Za-z])[\x80-\xff](?=[A-Za-z])|(?<=[a-z]{2})[\x80-\xff](?![\x80-\xff\w])")


class Tekst(NamedTuple):
    """Bytes with their encoding.

    `dubbel`: the text was UTF-8, read as Windows-1252 and written as UTF-8 again.
    """

    inhoud: bytes
    codering: str
    dubbel: bool = False

    def stream(self) -> io.TextIOBase:
        """Gives the text from the start with its own line ends.

        A wrong byte becomes a replacement character.
        """
        stream = io.TextIOWrapper(io.BytesIO(self.inhoud), self.codering, errors="replace", newline="")
        return io.StringIO(_undoubled(stream.read()), newline="") if self.dubbel else stream

    def count(self, text: str) -> int:
        """Counts roughly the occurrences of this ASCII text."""
        return self.inhoud.count(text.encode(_without_mark(self.codering, self.inhoud)))


def open_text(inhoud: bytes) -> Tekst:
    """Finds the encoding of these bytes. Raises Leesprobleem when they are not text."""
    tekst = Tekst(inhoud, encoding_of(inhoud))
    if _looks_binary(tekst.stream().read(_SAMPLE)):
        raise Leesprobleem("geen_tekst")
    return tekst._replace(dubbel=_is_double(tekst))


def decode(inhoud: bytes) -> str:
    """Gives all of the text at once. Raises Leesprobleem when it is not text."""
    return open_text(inhoud).stream().read()


def encoding_of(inhoud: bytes) -> str:
    """Gives the encoding of these bytes, by its name in Python."""
    marked = (encoding for bom, encoding in _BOMS if inhoud.startswith(bom))
    encoding = next(marked, None) or _by_nuls(inhoud[:_SAMPLE])
    if encoding not in {"utf-8", "utf-8-sig"} or _is_utf8(inhoud):
        return encoding
    return _older(inhoud) or "cp1252"


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
    try:
        # Text in Windows-1252 is hardly ever valid UTF-8 by accident. It may hold replacement characters of
        # its own, from whoever lost a letter before.
        codecs.decode(inhoud, "utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return True
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    good = bad = 0
    for start in range(0, len(inhoud), _CHUNK):
        text = decoder.decode(inhoud[start : start + _CHUNK], start + _CHUNK >= len(inhoud))
        if not text.isascii():
            wrong = text.count(_MARK)
            bad += wrong
            good += len(text) - wrong - len(text.encode("ascii", "ignore"))
    bad -= inhoud.count(_MARK.encode())
    return good > bad


def _older(inhoud: bytes) -> str:
    """Gives the encoding of before Windows, when these bytes are only words in that one; '' when not.

    A letter inside a word is looked at: in the right encoding it is a letter, in a wrong one often a sign.
    """
    found = [one[0] for one in _INSIDE_WORD.finditer(inhoud)]
    if not found or all(byte.decode("cp1252", "replace").isalpha() for byte in found):
        return ""
    fitting = [encoding for encoding in _OLDER if all(byte.decode(encoding) in _LETTERS for byte in found)]
    return fitting[0] if len(fitting) == 1 else ""


def _is_double(tekst: Tekst) -> bool:
    """Tells whether the whole text was decoded wrongly once, so that it can be undone."""
    if tekst.codering not in {"utf-8", "utf-8-sig"} or tekst.inhoud.isascii():
        return False
    text = tekst.stream().read()
    if _DOUBLE.search(text) is None:
        return False
    try:
        undone = _undoubled(text)
    except UnicodeError:
        return False
    # A text of which a part is right already would lose that part.
    return _MARK not in undone and len(undone) < len(text)


def _undoubled(text: str) -> str:
    """Undoes that UTF-8 was read as Windows-1252. Raises UnicodeError when that is not what happened."""
    # Bytes that Windows-1252 does not have are taken as the characters with the same number.
    return b"".join(
        piece.encode("cp1252") if piece not in _MISSING else piece.encode("latin-1")
        for piece in _PIECES.split(text)
    ).decode("utf-8")


_MISSING = frozenset("\x81\x8d\x8f\x90\x9d")
_PIECES = re.compile("([\x81\x8d\x8f\x90\x9d])")


def _without_mark(codering: str, inhoud: bytes) -> str:
    if codering in {"utf-16", "utf-32"}:
        return f"{codering}-le" if inhoud.startswith(codecs.BOM_UTF16_LE) else f"{codering}-be"
    return codering if codering in {"utf-16-le", "utf-16-be"} else "ascii"


def _looks_binary(text: str) -> bool:
    control = sum(character < " " and character not in "\t\n\r\f\x1a" for character in text)
    return "\0" in text or control > max(2, len(text) // 50)
