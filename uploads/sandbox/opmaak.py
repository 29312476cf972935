"""Finds what the looks of an xlsx tell of its cells: that somebody struck them through, or that nobody can see them.

Somebody who leaves is often struck out and not removed. A format such as ;;; shows nothing of what stands in a cell,
and neither do white letters on a cell that is white.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from lxml import etree

from uploads.sandbox.sheets import DOORGEHAALD, ONZICHTBAAR
from uploads.sandbox.weergave import hides_numbers, hides_texts

_STRUCK: Final = re.compile(rb"<(?:\w+:)?strike(?:\s+val=[\"'](?:1|true)[\"'])?\s*/>")
_OFF: Final = frozenset({"0", "false"})
_PLACE: Final = rb"<c\s(?:[^>]*\s)?r=\"([A-Z]{1,3})([0-9]{1,7})\""
_FORMULA: Final = rb"(?:<f\b(?:[^>]*/>|[^>]*>[^<]*</f>))?"
# A cell in which something stands.
_FILLED: Final = rb"[^>]*(?<!/)>" + _FORMULA + rb"(?:<v[^>]*>[^<]|<is>)"
_TEXT: Final = re.compile(_PLACE + rb"[^>]*\bt=\"s\"[^>]*>" + _FORMULA + rb"<v>([0-9]{1,9})</v>")
_OWN_TEXT: Final = re.compile(
    _PLACE + rb"[^>]*(?<!/)><is>(?:(?!</is|<c\s).)*?" + _STRUCK.pattern.replace(rb"(?:\w+:)?", b""), re.DOTALL
)
_TEXT_OF_ITS_OWN: Final = rb"(?=<c\s[^>]*\bt=\"(?:s|str|inlineStr)\")"
_NUMBER: Final = rb"(?!<c\s[^>]*\bt=\"(?!n\"))"
# A rule of a sheet for looks that depend on a condition.
_RULE: Final = re.compile(rb"<cfRule\b[^>]*\bdxfId=\"([0-9]{1,6})\"")
# A rule of which the looks stand with it, as Excel writes one that looks at another sheet.
_OWN_LOOKS, _OWN_LOOKS_END = b"<x14:dxf>", b"</x14:dxf>"
# A piece of a text that has looks of its own, and so perhaps letters in another colour than its cell has.
_OWN_LETTERS: Final = re.compile(rb"<(?:\w+:)?rPr[\s>/]")
_OF_TEXT: Final = (
    rb"[^>]*(?<!/)>"
    + _FORMULA
    + rb"(?:<v[^>]*>([^<]+)|<is>(?!(?:(?!</is|<c\s).)*?"
    + _OWN_LETTERS.pattern
    + rb"))"
)
# What may give cells another background than their own style says.
_OTHER_BACKGROUND: Final = (b"onditionalFormatting", b"<tablePart", b"<picture")
_WHITE: Final = "wit"
# No screen shows a difference from white.
_NEARLY_WHITE: Final = 0xFA
_WHITE_BY_NUMBER: Final = frozenset({1, 9})
_WHITE_OF_THEME: Final = re.compile(
    rb"<a:lt1>\s*<a:(?:sysClr\b[^>]*\blastClr|srgbClr\b[^>]*\bval)=\"([0-9A-Fa-f]{6})\""
)
# A format that gives a number a colour: [Red], [Rood], [Color 5].
_COLOUR_OF_FORMAT: Final = re.compile(r"\[(?![hmsu]+\])[^\W\d_]{3,}\s?[0-9]*\]")
# In these a text ends.
_TEXT_END: Final = re.compile(rb"</si>|<si\s*/>")


class Opmaak(NamedTuple):
    """The cells of a workbook that are struck through or cannot be seen, by the number of their style or their text.

    A text is struck through when a part of it is. `voorwaardelijk` has the looks that strike through for a condition.
    `als_achtergrond`: the letters have the colour of the cell; `eigen_letters` has the texts with looks of their own.
    """

    doorgehaald: frozenset[int] = frozenset()
    zonder_getal: frozenset[int] = frozenset()
    zonder_tekst: frozenset[int] = frozenset()
    teksten: frozenset[int] = frozenset()
    voorwaardelijk: frozenset[int] = frozenset()
    als_achtergrond: frozenset[int] = frozenset()
    eigen_letters: frozenset[int] = frozenset()

    def may_strike_by_condition(self, around: bytes) -> bool:
        """Tells whether the part of a sheet around its rows strikes cells through that meet a condition."""
        if self.voorwaardelijk and any(
            int(rule[1]) in self.voorwaardelijk for rule in _RULE.finditer(around)
        ):
            return True
        own = around.split(_OWN_LOOKS)[1:]
        return any(_STRUCK.search(looks.partition(_OWN_LOOKS_END)[0]) for looks in own)

    @property
    def may_be_struck(self) -> bool:
        """Tells whether a cell of the workbook may be struck through."""
        return bool(self.doorgehaald or self.teksten)

    def cells(self, rows: bytes, *, own_background: bool) -> Iterator[tuple[str, bytes, bytes]]:
        """Yields the mark, the column and the row of each cell with something in it that these rows have.

        `own_background`: their background is as their style says (`has_own_background`).
        """
        same = self.als_achtergrond if own_background else frozenset[int]()
        for mark, styles, kind in (
            (DOORGEHAALD, self.doorgehaald, b""),
            (ONZICHTBAAR, self.zonder_getal | same, _NUMBER),
            (ONZICHTBAAR, self.zonder_tekst, _TEXT_OF_ITS_OWN),
        ):
            if styles:
                pattern = re.compile(_in_style(styles) + kind + _PLACE + _FILLED)
                for cell in pattern.finditer(rows):
                    yield mark, cell[1], cell[2]
        if texts := same - self.zonder_tekst:
            pattern = re.compile(_in_style(texts) + _TEXT_OF_ITS_OWN + _PLACE + _OF_TEXT, re.DOTALL)
            for cell in pattern.finditer(rows):
                shared = b't="s"' in cell[0] and cell[3] is not None and cell[3].isdigit()
                if not (shared and int(cell[3]) in self.eigen_letters):
                    yield ONZICHTBAAR, cell[1], cell[2]
        if self.teksten:
            for cell in _TEXT.finditer(rows):
                if int(cell[3]) in self.teksten:
                    yield DOORGEHAALD, cell[1], cell[2]
        if b"<strike" in rows:
            for cell in _OWN_TEXT.finditer(rows):
                yield DOORGEHAALD, cell[1], cell[2]


def has_own_background(around: bytes) -> bool:
    """Tells whether each cell of a sheet has the background of its style; `around` is the sheet around its rows."""
    return not any(other in around for other in _OTHER_BACKGROUND)


def _in_style(styles: frozenset[int]) -> bytes:
    any_style = b"|".join(b"%d" % style for style in sorted(styles))
    return rb"(?=<c\s[^>]*\bs=\"(?:" + any_style + rb")\")"


class _Kleuren:
    """The colours of a workbook, each as a text that two of them share when nobody sees the difference."""

    def __init__(self, root: etree._Element, thema: bytes) -> None:
        # A palette of its own tells which colour has which number.
        self._palette = [
            one.get("rgb", "") for one in root.iterfind("{*}colors/{*}indexedColors/{*}rgbColor")
        ]
        lightest = _WHITE_OF_THEME.search(thema)
        self._light_is_white = lightest is None or _is_white(lightest[1].decode())

    def of(self, element: etree._Element | None) -> str:
        """Gives the colour that an element tells; '' when it tells none that is known here."""
        try:
            return "" if element is None else self._told_by(element)
        except ValueError:
            return ""

    def _told_by(self, element: etree._Element) -> str:
        tint = float(element.get("tint", "0"))
        if rgb := element.get("rgb", ""):
            return _WHITE if tint >= 0 and _is_white(rgb) else f"rgb {rgb[-6:].upper()} {tint:.3f}"
        if theme := element.get("theme", ""):
            return (
                _WHITE if theme == "0" and tint >= 0 and self._light_is_white else f"theme {theme} {tint:.3f}"
            )
        number = element.get("indexed", "")
        if not number:
            return ""
        white = (
            int(number) < len(self._palette) and _is_white(self._palette[int(number)])
            if self._palette
            else int(number) in _WHITE_BY_NUMBER
        )
        return _WHITE if white and tint >= 0 else f"indexed {number} {tint:.3f}"

    def of_background(self, fill: etree._Element) -> str:
        """Gives the colour of a cell with this fill; '' when it has none that is known here, or several."""
        pattern = fill.find("{*}patternFill")
        if pattern is None:
            return ""
        kind = pattern.get("patternType", "none")
        return _WHITE if kind == "none" else self.of(pattern.find("{*}fgColor")) if kind == "solid" else ""


def _is_white(rgb: str) -> bool:
    return min(bytes.fromhex(rgb[-6:]), default=0) >= _NEARLY_WHITE


def opmaak_in(styles: bytes, thema: bytes = b"") -> Opmaak:
    """Gives what these parts of a workbook tell of its styles. Raises etree.XMLSyntaxError or ValueError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(styles, parser)
    fonts = [
        any(one.get("val", "1") not in _OFF for one in font.iterfind("{*}strike"))
        for font in root.iterfind("{*}fonts/{*}font")
    ]
    formats = {
        int(one.get("numFmtId", "-1")): one.get("formatCode", "")
        for one in root.iterfind("{*}numFmts/{*}numFmt")
    }
    kleuren = _Kleuren(root, thema)
    letters = [kleuren.of(font.find("{*}color")) for font in root.iterfind("{*}fonts/{*}font")]
    backgrounds = [kleuren.of_background(fill) for fill in root.iterfind("{*}fills/{*}fill")]
    struck, no_number, no_text, as_background = set(), set(), set(), set()
    for number, style in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
        font = int(style.get("fontId", "0"))
        if font < len(fonts) and fonts[font]:
            struck.add(number)
        fill = int(style.get("fillId", "0"))
        colour = letters[font] if font < len(letters) else ""
        code = formats.get(int(style.get("numFmtId", "0")), "")
        if hides_numbers(code):
            no_number.add(number)
        if hides_texts(code):
            no_text.add(number)
        background = backgrounds[fill] if fill < len(backgrounds) else ""
        if colour and colour == background and not _COLOUR_OF_FORMAT.search(code):
            as_background.add(number)
    conditional = frozenset(
        number
        for number, looks in enumerate(root.iterfind("{*}dxfs/{*}dxf"))
        if any(one.get("val", "1") not in _OFF for one in looks.iterfind("{*}font/{*}strike"))
    )
    return Opmaak(
        frozenset(struck),
        frozenset(no_number),
        frozenset(no_text),
        voorwaardelijk=conditional,
        als_achtergrond=frozenset(as_background),
    )


def struck_texts(data: bytes) -> frozenset[int]:
    """Gives the numbers of the texts, of which a workbook shares this part, that are struck through, or partly."""
    return _texts_with(_STRUCK, data) if b"strike" in data else frozenset()


def texts_with_own_letters(data: bytes) -> frozenset[int]:
    """Gives the numbers of the texts, of which a workbook shares this part, that have looks of their own."""
    return _texts_with(_OWN_LETTERS, data) if b"rPr" in data else frozenset()


def _texts_with(pattern: re.Pattern[bytes], data: bytes) -> frozenset[int]:
    found, begin = set(), 0
    for number, end in enumerate(_TEXT_END.finditer(data)):
        if pattern.search(data, begin, end.end()):
            found.add(number)
        begin = end.end()
    return frozenset(found)
