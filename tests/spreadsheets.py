"""Writes spreadsheets byte by byte that no library writes: other formats, broken parts and hostile ones."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

BESTANDEN = Path(__file__).parent / "bestanden"

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Makes a zip with these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def xlsx(rows: str, before: str = "", shared: str = "", workbook: str = "", **more: bytes) -> bytes:
    """Makes an xlsx with these rows in XML; `before` precedes the sheet, `shared` is the part with texts."""
    return zipped(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "_rels/.rels": f'<Relationships {_RELATIONS}><Relationship Id="rId1" Type="{_TYPE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{_TYPE}">{workbook}<sheets>'
            '<sheet name="Blad" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f"<Relationships {_RELATIONS}>"
            f'<Relationship Id="rId1" Type="{_TYPE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_TYPE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f"{before}<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
            "xl/sharedStrings.xml": shared or f"<sst {MAIN}/>",
            **{f"xl/{name}.bin": content for name, content in more.items()},
        }
    )


def _record(kind: int, data: bytes = b"") -> bytes:
    """Writes one record of an xlsb: numbers of seven bits a byte, then the data."""
    numbers = b""
    for number in (kind, len(data)):
        while number > 0x7F:
            numbers += bytes([number & 0x7F | 0x80])
            number >>= 7
        numbers += bytes([number])
    return numbers + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(
    rows: Sequence[Sequence[str | float | bool]],
    *,
    epoch_1904: bool = False,
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
    formats: Sequence[str] = (),
    struck: bool = False,
) -> bytes:
    """Makes an xlsb with one sheet; `formats` has the format of the numbers in each column. Numbers count from 0.

    `struck`: every cell is struck through.
    """
    width = max(map(len, rows))
    sheet = _record(129) + _record(148, struct.pack("<4I", 0, len(rows) - 1, 0, width - 1))
    sheet += b"".join(
        _record(60, struct.pack("<4IH", column, column, 2000, 0, 1)) for column in hidden_columns
    )
    sheet += _record(145)
    for number, row in enumerate(rows):
        sheet += _record(
            0,
            struct.pack("<2I", number, 0) + bytes([0, 0, 0, 0x10 if number in hidden_rows else 0]) + bytes(5),
        )
        for column, value in enumerate(row):
            place = struct.pack("<2I", column, column + 1 if column < len(formats) else 0)
            if isinstance(value, bool):
                sheet += _record(4, place + bytes([value]))
            elif isinstance(value, str):
                sheet += _record(6, place + _wide(value))
            elif formats and value == int(value) and value < 1 << 29:
                # The short form of a whole number.
                sheet += _record(2, place + struct.pack("<I", int(value) << 2 | 2))
            else:
                sheet += _record(5, place + struct.pack("<d", value))
    sheet += _record(146) + _record(130)
    workbook = (
        _record(131)
        + _record(153, struct.pack("<2I", int(epoch_1904), 0) + _wide(""))
        + _record(143)
        + _record(156, struct.pack("<2I", 0, 1) + _wide("rId1") + _wide("Blad"))
        + _record(144)
        + _record(132)
    )
    return zipped(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "xl/workbook.bin": workbook,
            "xl/_rels/workbook.bin.rels": f'<Relationships {_RELATIONS}><Relationship Id="rId1" '
            f'Type="{_TYPE}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
            "xl/worksheets/sheet1.bin": sheet,
            "xl/styles.bin": b"".join(
                _record(44, struct.pack("<H", number) + _wide(code))
                for number, code in enumerate(formats, start=164)
            )
            + (_record(43, struct.pack("<2H", 200, 0x08) + bytes(20)) if struck else b"")
            + _record(617, struct.pack("<I", len(formats) + 1))
            + b"".join(
                _record(47, struct.pack("<2H", 0, number) + bytes(12))
                for number in (0, *range(164, 164 + len(formats)))
            )
            + _record(618),
        }
    )


def xml2003(*sheets: str, before: str = "", head: str = "", encoding: str = "utf-8") -> bytes:
    """Makes an XML Spreadsheet 2003 with these tables in XML; `before` precedes the first element."""
    tables = "".join(
        f'<Worksheet ss:Name="Blad{number}"><Table>{rows}</Table></Worksheet>'
        for number, rows in enumerate(sheets, start=1)
    )
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>{before}<?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" '
        f'xmlns:x="urn:schemas-microsoft-com:office:excel">{head}{tables}</Workbook>'
    ).encode(encoding)


def xml_row(*values: Any, **attributes: Any) -> str:
    """Writes a row of an XML Spreadsheet 2003 with texts and numbers."""
    cells = "".join(
        f'<Cell><Data ss:Type="{kind}">{escape(str(value))}</Data></Cell>'
        for value in values
        for kind in ("String" if isinstance(value, str) else "Number",)
    )
    more = "".join(f' ss:{name}="{value}"' for name, value in attributes.items())
    return f"<Row{more}>{cells}</Row>"
