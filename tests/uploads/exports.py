"""Makes five exports as unlike systems give them: other headers, another format, other habits. All is fictional."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

from tests.ole import biff8, ole

BSN: Final = "123456782"
_POSTCODES = ("2405 AB", "2406 CD", "2407EF", "2408 gh", "2401 JK")
_BEROEPEN = ("Kok", "Magazijnmedewerker", "Schoonmaker", "Verzorgende", "Chauffeur")
_NAMEN = ("Dekker", "Vrücht", "de Boer", "Özdemir", "Citroën")
_NIVEAUS = ("MBO 4", "HAVO/VWO", "VMBO", "HBO", "basisonderwijs")
_VERVOER = ("auto", "fiets", "OV", "scooter", "")
_EERSTE_DAG = date(2027, 1, 1)


def _day(number: int) -> date:
    return _EERSTE_DAG + timedelta(days=number % 90)


def csv_in_cp1252() -> bytes:
    """Semicolons and Windows-1252 with Dutch headers, dates as dd-mm-jjjj, and hours as a person writes them."""
    head = (
        "Cliëntnummer", "BSN", "Achternaam", "Geboortedatum", "Postcode", "Woonplaats", "Gewenste functie",
        "Uren per week", "Beschikbaar vanaf", "Opleidingsniveau", "Rijbewijs", "Vervoer", "Nederlands spreken",
        "Telefoon", "E-mail", "Klantmanager", "Toestemming gegevens delen",
    )  # fmt: skip
    uren = ("24 - 32", "36", "20 uur", "fulltime", "38/40")
    rows = [
        (
            f"CL-{n:05}", BSN, _NAMEN[n % 5], f"{n % 28 + 1:02}-03-1985", _POSTCODES[n % 5], "Lindewaard",
            _BEROEPEN[n % 5], uren[n % 5], "per direct" if n % 4 == 0 else f"{_day(n):%d-%m-%Y}", _NIVEAUS[n % 5],
            "B" if n % 2 else "", _VERVOER[n % 5], "goed" if n % 3 else "matig", f"06-{10000000 + n}",
            f"persoon{n}@voorbeeld.example", "J. Jansen; team West" if n % 6 == 0 else "P. Puk",
            "nee" if n % 10 == 0 else "ja",
        )
        for n in range(1, 41)
    ]  # fmt: skip
    lines = (";".join(f'"{cell}"' if ";" in cell else cell for cell in row) for row in (head, *rows))
    return "\r\n".join(lines).encode("cp1252")


def xlsx_in_english() -> bytes:
    """English headers, dates as dates, rows that a filter hides, and last month's sheet beside this one's."""
    head = (
        "Candidate ID", "Last name", "Postal code", "Max. commute (km)", "Min. hours", "Max. hours",
        "Highest education", "Desired job", "Driver's license", "Transport", "Available from", "Consent to share",
        "Case manager", "Phone", "Email",
    )  # fmt: skip
    workbook = Workbook()
    del workbook["Sheet"]
    for sheet, first, number in (("October", 1, 25), ("November", 6, 30)):
        page = workbook.create_sheet(sheet)
        page.append(head)
        for n in range(first, first + number):
            page.append(
                [
                    f"CAND{n:04}", _NAMEN[n % 5], _POSTCODES[n % 5], 10 + n % 3 * 10, 16 + n % 3 * 4, 24 + n % 4 * 4,
                    _NIVEAUS[n % 5], _BEROEPEN[n % 5], "B" if n % 2 else "", _VERVOER[n % 5], _day(n),
                    "No" if n % 9 == 0 else "Yes", "P. Puk", 612345000 + n, f"person{n}@voorbeeld.example",
                ]
            )  # fmt: skip
        if sheet == "November":
            for row in (4, 5, 6):
                page.row_dimensions[row].hidden = True
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def xls_of_an_old_system() -> bytes:
    """BIFF8 with short names in capitals, numbers as numbers, dates as jjjjmmdd, and J or N."""
    rows: list[list[str | float]] = [
        [
            "KLANTNR", "SOFINR", "NAAM", "PC", "PLAATS", "UREN_MAX", "OPL_NIV", "BEROEP_WENS", "RYBEWYS", "VERVOER",
            "DAT_BESCH", "CM_NAAM", "CM_TEL", "AKK_DELEN",
        ]
    ]  # fmt: skip
    rows += [
        [
            700100.0 + n, float(BSN), _NAMEN[n % 5].upper(), _POSTCODES[n % 5].replace(" ", ""), "LINDEWAARD",
            float(16 + n % 4 * 8), _NIVEAUS[n % 5].upper(), _BEROEPEN[n % 5].upper(), "J" if n % 2 else "N",
            _VERVOER[n % 5].upper(), float(f"{_day(n):%Y%m%d}"), "P. PUK", "0172-123456", "N" if n % 8 == 0 else "J",
        ]
        for n in range(1, 36)
    ]  # fmt: skip
    return ole({"Workbook": biff8(rows)})


def ods_with_vacancies() -> bytes:
    """A title and a date above the headers, a KvK number as a number, and dates as dates."""
    head = (
        "Vacaturenr.", "Functie", "Bedrijf", "KvK-nr", "Postcode werklocatie", "Plaats", "Uren van", "Uren tot",
        "Reageren voor", "Niveau", "Omschrijving", "Contactpersoon", "Telefoon",
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        ("Openstaande vacatures",), ("Afgedrukt op", date(2026, 11, 27)), (), head,
    ]  # fmt: skip
    rows += [
        (
            f"V2026-{n:03}", _BEROEPEN[n % 5], f"Bedrijf {n} B.V.", 90000000 + n, _POSTCODES[n % 5], "Lindewaard",
            16 + n % 3 * 4, 24 + n % 3 * 8, _day(n), _NIVEAUS[n % 5], f"Werk bij bedrijf {n}, overdag.", "A. de Wit",
            "0172-654321",
        )
        for n in range(1, 21)
    ]  # fmt: skip
    return _ods("Vacatures", rows)


def utf16_with_tabs() -> bytes:
    """UTF-16 with tabs, hours per month, two wishes in two columns, and no column for consent."""
    head = (
        "Trajectnr", "Achternaam", "Postcode woonadres", "Beroep 1", "Beroep 2", "Uren per maand", "Hoogste niveau",
        "Rijbewijzen", "Max reisafstand km", "Startdatum", "Regisseur", "E-mail regisseur",
    )  # fmt: skip
    rows = [
        (
            f"T{n:04}", _NAMEN[n % 5], _POSTCODES[n % 5], _BEROEPEN[n % 5], _BEROEPEN[(n + 2) % 5] if n % 3 else "",
            str(80 + n % 5 * 16), _NIVEAUS[n % 5], "B, BE" if n % 4 == 0 else "B" if n % 2 else "", str(15 + n % 3 * 5),
            f"{_day(n):%Y-%m-%d}", "S. Smit", "s.smit@lindewaard.example",
        )
        for n in range(1, 31)
    ]  # fmt: skip
    return "\r\n".join("\t".join(row) for row in (head, *rows)).encode("utf-16")


EXPORTS: Final[dict[str, Callable[[], bytes]]] = {
    "Clienten 2026-11-27.csv": csv_in_cp1252,
    "Candidates Q4.xlsx": xlsx_in_english,
    "KLANT_EXP.xls": xls_of_an_old_system,
    "Openstaande vacatures.ods": ods_with_vacancies,
    "trajecten november.txt": utf16_with_tabs,
}

_NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
    for short in ("office", "table", "text")
)


def _ods(sheet: str, rows: list[tuple[Any, ...]]) -> bytes:
    body = "".join(
        f"<table:table-row>{''.join(map(_cell, row)) or '<table:table-cell/>'}</table:table-row>"
        for row in rows
    )
    content = (
        f'<office:document-content {_NAMESPACES} office:version="1.2"><office:body><office:spreadsheet>'
        f"<table:table table:name={quoteattr(sheet)}>{body}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr("content.xml", content)
    return file.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, date):
        return (
            f'<table:table-cell office:value-type="date" office:date-value="{value}">'
            f"<text:p>{value:%d-%m-%Y}</text:p></table:table-cell>"
        )
    if isinstance(value, int):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
