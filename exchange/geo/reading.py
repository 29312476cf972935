"""Reads postcodes with coordinates from a file: GeoNames, CSV or JSON, recognised by its content.

A file is either right as a whole or refused with a Dutch sentence that says what is wrong, on which line, and
what to do. Nothing here touches the database.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from exchange.geo.sphere import Coordinaat
from exchange.geo.table import pc4_of

SHIPPED_FILE = Path(__file__).with_name("postcodes.csv")

#: Nothing outside these degrees lies in the European Netherlands.
BREEDTEGRAAD = (50.5, 53.8)
LENGTEGRAAD = (3.0, 7.4)

POSTCODE_KOLOMMEN = ("postcode", "pc4", "pc6", "postalcode")
BREEDTEGRAAD_KOLOMMEN = ("breedtegraad", "latitude", "lat")
LENGTEGRAAD_KOLOMMEN = ("lengtegraad", "longitude", "lon", "lng")

KIES_EEN_BESTAND = "Geef een bestand van GeoNames (NL.txt), een CSV-bestand of een JSON-bestand."


class Leesfout(Exception):
    """The faults of a file, as Dutch sentences for whoever offered it."""

    def __init__(self, melding: str, regel: int | None = None) -> None:
        super().__init__(f"Regel {regel}: {melding}" if regel else melding)
        self.regel = regel


class _Row(NamedTuple):
    """One line of a file, not checked yet."""

    regel: int
    postcode: str
    breedtegraad: str
    lengtegraad: str


def read_postcodes(data: bytes) -> dict[int, Coordinaat]:
    """Reads the centre of every pc4 in a file, in order of number; coordinates in decimal degrees.

    A postcode that occurs more often (with letters, or in several places) gets the mean of its rows. Raises
    Leesfout for anything that is not a Dutch postcode in the Netherlands, and for a file without postcodes.
    """
    text = _decode(data)
    first = next((line for line in text.splitlines() if line.strip()), None)
    if first is None:
        raise Leesfout(f"Het bestand is leeg. {KIES_EEN_BESTAND}")
    if first.lstrip()[0] in "{[":
        rows = _json_rows(text)
    elif re.match(r"[A-Z]{2}\t", first):
        rows = _geonames_rows(text)
    else:
        rows = _csv_rows(text)
    return _means(rows)


def shipped_postcodes() -> dict[int, Coordinaat]:
    """Reads the table that ships with the project; README.md says where it comes from."""
    return read_postcodes(SHIPPED_FILE.read_bytes())


def _decode(data: bytes) -> str:
    if data.startswith(b"PK"):
        raise Leesfout(
            "Dit is een ingepakt bestand (zip of Excel). Pak het uit of sla het op als CSV. Probeer het dan "
            "opnieuw."
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Leesfout(f"Dit is geen tekstbestand. {KIES_EEN_BESTAND}")


# --- The three formats ------------------------------------------------------------------------------


def _geonames_rows(text: str) -> Iterator[_Row]:
    """Reads GeoNames' postal code file: no header, tabs, twelve columns. Skips other countries."""
    # Not splitlines(): that also breaks a line at characters that may stand in a name.
    for regel, line in enumerate(text.split("\n"), start=1):
        columns = line.rstrip("\r").split("\t")
        if not line.strip() or columns[0] != "NL":
            continue
        if len(columns) < 11:
            raise Leesfout(
                f"deze regel heeft {len(columns)} kolommen, een GeoNames-bestand heeft er 12. "
                "Download het bestand opnieuw.",
                regel,
            )
        yield _Row(regel, columns[1], columns[9], columns[10])


def _csv_rows(text: str) -> Iterator[_Row]:
    """Reads CSV with a header; takes comma, semicolon or tab, whichever makes the header readable."""
    header = next(line for line in text.splitlines() if line.strip())
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] | None = None
    columns: tuple[int, int, int] = (0, 0, 0)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Leesfout(
                "deze regel is niet te lezen als CSV. Staat er een aanhalingsteken te veel of te weinig?",
                reader.line_num,
            ) from error
        if not any(cell.strip() for cell in row):
            continue
        if names is None:
            names = [re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in row]
            columns = (
                _column(names, POSTCODE_KOLOMMEN, reader.line_num),
                _column(names, BREEDTEGRAAD_KOLOMMEN, reader.line_num),
                _column(names, LENGTEGRAAD_KOLOMMEN, reader.line_num),
            )
            continue
        if len(row) != len(names):
            raise Leesfout(
                f"deze regel heeft {len(row)} kolommen en de kop heeft er {len(names)}. Staat er een komma "
                "in een getal? Zet dan puntkomma's tussen de kolommen, of schrijf het getal met een punt.",
                reader.line_num,
            )
        postcode, lat, lon = (row[column] for column in columns)
        if delimiter != ",":
            lat, lon = lat.replace(",", "."), lon.replace(",", ".")
        yield _Row(reader.line_num, postcode, lat, lon)


def _column(names: list[str], wanted: tuple[str, ...], regel: int) -> int:
    found = [at for at, name in enumerate(names) if name in wanted]
    if len(found) != 1:
        telling = "geen kolom" if not found else "meer dan één kolom"
        raise Leesfout(
            f"er is {telling} '{wanted[0]}' in de kop. De kop moet drie kolommen hebben: "
            f"{POSTCODE_KOLOMMEN[0]}, {BREEDTEGRAAD_KOLOMMEN[0]} en {LENGTEGRAAD_KOLOMMEN[0]} "
            "(of postcode, latitude en longitude). Pas de kop aan en probeer opnieuw.",
            regel,
        )
    return found[0]


def _json_rows(text: str) -> Iterator[_Row]:
    """Reads JSON as {"1011": [52.37, 4.9], ...}: latitude first."""

    # The parser does not give line numbers; a key gets the line of its last occurrence.
    lines = {
        match[1]: regel
        for regel, line in enumerate(text.split("\n"), start=1)
        for match in re.finditer(r'"([^"]*)"\s*:', line)
    }

    def without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(pairs)
        if len(read) < len(pairs):
            keys = [key for key, _ in pairs]
            double = next(key for at, key in enumerate(keys) if key in keys[:at])
            raise Leesfout(
                f"'{double}' staat twee keer in het bestand. Laat er één staan en probeer opnieuw.",
                lines.get(double),
            )
        return read

    vorm = 'Een JSON-bestand moet eruitzien als {"1011": [52.3731, 4.8922], "1012": [...]}.'
    try:
        content = json.loads(text, object_pairs_hook=without_doubles)
    except json.JSONDecodeError as error:
        raise Leesfout(f"dit is geen geldige JSON. {vorm}", error.lineno) from error
    except RecursionError as error:
        raise Leesfout(f"Dit bestand is te diep genest. {vorm}") from error
    if not isinstance(content, dict):
        raise Leesfout(f"Dit bestand is een lijst. {vorm}")
    for postcode, point in content.items():
        regel = lines.get(postcode, 1)
        # type() and not isinstance(): for isinstance(), true and false are numbers too.
        if not isinstance(point, list) or [type(part) in (int, float) for part in point] != [True, True]:
            raise Leesfout(f"bij '{postcode}' staan geen twee getallen. {vorm}", regel)
        yield _Row(regel, postcode, str(point[0]), str(point[1]))


# --- Checking ---------------------------------------------------------------------------------------


def _means(rows: Iterable[_Row]) -> dict[int, Coordinaat]:
    points: dict[int, list[Coordinaat]] = {}
    for row in rows:
        pc4 = pc4_of(row.postcode)
        if pc4 is None:
            raise Leesfout(
                f"'{row.postcode}' is geen Nederlandse postcode. Een postcode is 4 cijfers, met of zonder "
                "2 letters: 1234 of 1234AB. Verbeter de regel en probeer opnieuw.",
                row.regel,
            )
        points.setdefault(pc4, []).append(_point(row))
    if not points:
        raise Leesfout(f"Er staat geen Nederlandse postcode in het bestand. {KIES_EEN_BESTAND}")
    return {
        pc4: Coordinaat(
            sum(point.breedtegraad for point in group) / len(group),
            sum(point.lengtegraad for point in group) / len(group),
        )
        for pc4, group in sorted(points.items())
    }


def _point(row: _Row) -> Coordinaat:
    try:
        point = Coordinaat(float(row.breedtegraad), float(row.lengtegraad))
    except ValueError as error:
        raise Leesfout(
            f"'{row.breedtegraad}' en '{row.lengtegraad}' zijn geen twee getallen in graden, zoals 52.3731 "
            "en 4.8922. Verbeter de regel en probeer opnieuw.",
            row.regel,
        ) from error
    if not _in_the_netherlands(point):
        swapped = _in_the_netherlands(Coordinaat(point.lengtegraad, point.breedtegraad))
        raise Leesfout(
            f"breedtegraad {row.breedtegraad} en lengtegraad {row.lengtegraad} liggen niet in Nederland. "
            + (
                "Ze lijken verwisseld: de breedtegraad is het getal tussen 50 en 54. "
                if swapped
                else "De breedtegraad ligt tussen 50,5 en 53,8 en de lengtegraad tussen 3,0 en 7,4. "
            )
            + "Verbeter de regel en probeer opnieuw.",
            row.regel,
        )
    return point


def _in_the_netherlands(point: Coordinaat) -> bool:
    # Written this way, a NaN counts as outside.
    return (
        BREEDTEGRAAD[0] <= point.breedtegraad <= BREEDTEGRAAD[1]
        and LENGTEGRAAD[0] <= point.lengtegraad <= LENGTEGRAAD[1]
    )
