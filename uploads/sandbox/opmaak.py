"""Finds what the looks of an xlsx tell of its cells: that somebody struck them through, or that nobody can see them.

Somebody who leaves is often struck out and not removed. A format such as ;;; shows nothing of what stands in a cell.
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
    _PLACE + rb"[^>]*(?<!/)><is>(?:(?!</is>).)*?" + _STRUCK.pattern.replace(rb"(?:\w+:)?", b""), re.DOTALL
)
_TEXT_OF_ITS_OWN: Final = rb"(?=<c\s[^>]*\bt=\"(?:s|str|inlineStr)\")"
_NUMBER: Final = rb"(?!<c\s[^>]*\bt=\"(?!n\"))"
# A rule of a sheet for looks that depend on a condition.
_RULE: Final = re.compile(rb"<cfRule\b[^>]*\bdxfId=\"([0-9]{1,6})\"")
# A rule of which the looks stand with it, as Excel writes one that looks at another sheet.
_OWN_LOOKS, _OWN_LOOKS_END = b"<x14:dxf>", b"</x14:dxf>"
# In these a text ends.
_TEXT_END: Final = re.compile(rb"</si>|<si\s*/>")


class Opmaak(NamedTuple):
    """The cells of a workbook that are struck through or cannot be seen, by the number of their style or their text.

    A text is struck through when a part of it is. `voorwaardelijk` has the looks that strike through for a condition.
    """

    doorgehaald: frozenset[int] = frozenset()
    zonder_getal: frozenset[int] = frozenset()
    zonder_tekst: frozenset[int] = frozenset()
    teksten: frozenset[int] = frozenset()
    voorwaardelijk: frozenset[int] = frozenset()

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

    def cells(self, rows: bytes) -> Iterator[tuple[str, bytes, bytes]]:
        """Yields the mark, the column and the row of each cell with something in it that these rows have."""
        for mark, styles, kind in (
            (DOORGEHAALD, self.doorgehaald, b""),
            (ONZICHTBAAR, self.zonder_getal, _NUMBER),
            (ONZICHTBAAR, self.zonder_tekst, _TEXT_OF_ITS_OWN),
        ):
            if styles:
                any_style = b"|".join(b"%d" % style for style in sorted(styles))
                pattern = re.compile(
                    rb"(?=<c\s[^>]*\bs=\"(?:" + any_style + rb")\")" + kind + _PLACE + _FILLED
                )
                for cell in pattern.finditer(rows):
                    yield mark, cell[1], cell[2]
        if self.teksten:
            for cell in _TEXT.finditer(rows):
                if int(cell[3]) in self.teksten:
                    yield DOORGEHAALD, cell[1], cell[2]
        if b"<strike" in rows:
            for cell in _OWN_TEXT.finditer(rows):
                yield DOORGEHAALD, cell[1], cell[2]


def opmaak_in(styles: bytes) -> Opmaak:
    """Gives what this part of a workbook tells of its styles. Raises etree.XMLSyntaxError or ValueError."""
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
    struck, no_number, no_text = set(), set(), set()
    for number, style in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
        font = int(style.get("fontId", "0"))
        if font < len(fonts) and fonts[font]:
            struck.add(number)
        code = formats.get(int(style.get("numFmtId", "0")), "")
        if hides_numbers(code):
            no_number.add(number)
        if hides_texts(code):
            no_text.add(number)
    conditional = frozenset(
        number
        for number, looks in enumerate(root.iterfind("{*}dxfs/{*}dxf"))
        if any(one.get("val", "1") not in _OFF for one in looks.iterfind("{*}font/{*}strike"))
    )
    return Opmaak(frozenset(struck), frozenset(no_number), frozenset(no_text), voorwaardelijk=conditional)


def struck_texts(data: bytes) -> frozenset[int]:
    """Gives the numbers of the texts, of which a workbook shares this part, that are struck through, or partly."""
    if b"strike" not in data:
        return frozenset()
    found, begin = set(), 0
    for number, end in enumerate(_TEXT_END.finditer(data)):
        if _STRUCK.search(data, begin, end.end()):
            found.add(number)
        begin = end.end()
    return frozenset(found)
