"""Writes example exports to upload by hand, with the errors that real ones have.

They have the layout of the Sonar dashboard: empty rows, missing consent, free spellings, a doubled id, an
impossible postcode. The people in them do not exist; the BSNs are from the range kept for testing.
"""

import csv
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from exchange.fictief.beroepen import BEROEPEN
from exchange.fictief.generate import vacature
from exchange.standard import is_bsn
from um_portal.demo.accounts import GEMEENTEN, LINDEWAARD, OOSTERVEEN, DemoGemeente
from um_portal.demo.world import SEED, postcodes_around
from uploads.mapping.presets.sonar import KOPPEN

_VOORNAMEN = (
    "Amina", "Bart", "Chantal", "Dewi", "Emre", "Floor", "Gijs", "Hanna", "Ilse", "Joris", "Kim", "Lars", "Mo",
    "Nadia", "Omar", "Petra",
)  # fmt: skip
_ACHTERNAMEN = (
    "Bakker", "Demir", "Dijkstra", "El-Amrani", "Groen", "Jansen", "Kaya", "Mulder", "Nguyen", "Postma", "Visser",
    "Wolters",
)  # fmt: skip
_MEDEWERKERS = ("Henk Vermeer", "Carla Donkers", "Yusuf Aydin")
_NIVEAUS = ("VMBO", "MBO", "MBO", "HBO", "HAVO", "WO", "basisonderwijs", "Praktijkschool")
_VERVOER = ("AUTO", "auto", "FIETS", "Fiets ", "Scooter", "OV", "Openbaar vervoer", "MOTOR", "lopend", None)
_RIJBEWIJZEN = ("B", "B", "B,BE", "A,B", "B,C,CE", "B,T", None, "NNB", "AM,B")
_TOESTEMMING = ("Ja", "Ja", "Ja", "Ja", "ja", "JA", "Nee", None)
# A municipality's own words, which no list knows until somebody maps them: misspelled, feminine, abbreviated,
# another word, two in one; and one that means nothing. The first ones stand in most rows.
_EIGEN_WOORDEN = (
    "Vrachtwagenschaufeur", "schoonmaakster", "Magazijnbediende", "Vrachtwagenschaufeur", "receptioniste",
    "Vrachtwagenschaufeur", "adm. medew.", "schoonmaakster", "Vrachtwagenschaufeur", "medewerker magazijn",
    "Vrachtwagenschaufeur", "caissière", "Magazijnbediende", "schoonmaakster", "Kok / keukenhulp", "Duizendpoot",
)  # fmt: skip
# One in this many of those who agreed has such a word.
_ELKE = 4


def _bsns(rng: random.Random) -> Iterator[int]:
    numbers = [number for number in range(999_990_000, 1_000_000_000) if is_bsn(str(number))]
    rng.shuffle(numbers)
    return iter(numbers)


def _sonar_row(rng: random.Random, demo: DemoGemeente, number: int, bsn: int, postcode: str) -> list[Any]:
    voornaam, achternaam = rng.choice(_VOORNAMEN), rng.choice(_ACHTERNAMEN)
    beroep = rng.choice(BEROEPEN)
    start = dt.datetime(2026, 1, 5) + dt.timedelta(days=rng.randrange(240))
    values: dict[str, Any] = {
        "Datum melding": start,
        "1e uitk dag (niet WW)": start + dt.timedelta(days=14),
        "BSN": bsn,
        "ID_WZ": f"{demo.naam[:3].upper()}{number:05d}" if rng.random() < 0.7 else "NNB",
        "Beschikbare uren/wk": rng.choice((16, 20, 24, 32, 36, 40, "32", None)),
        "Opleidingsniveau": rng.choice(_NIVEAUS),
        "Beroepssector": beroep.sbi if rng.random() < 0.8 else 99999,
        "Bemiddelingsberoep": beroep.label,
        "Mondeling Nederlands": rng.choice((2, 3, 3, 4, 4, "NNB")),
        "Schriftelijk Nederlands": rng.choice((1, 2, 3, 4, 4, "NNB")),
        "Rijbewijs": rng.choice(_RIJBEWIJZEN),
        "Inschrijfdatum": start,
        "Geslacht": "Onbekend",
        "Telefoonnummer": f"06-0000{rng.randrange(10_000):04d}",
        "Volledige Naam": f"{voornaam} {achternaam}",
        "Leeftijd": rng.randrange(18, 66),
        "E-mailadres": f"{voornaam}.{achternaam}{number}@voorbeeld.example".lower().replace(" ", ""),
        "Vervoer": rng.choice(_VERVOER),
        "Gemeente": demo.naam,
        "Postcode": postcode if rng.random() < 0.8 else f"{postcode[:4]} {postcode[4:].lower()}",
        "Plaats": demo.naam,
        "Straatnaam": "Voorbeeldstraat",
        "Huisnummer": rng.randrange(1, 200),
        "Banenafspraak": rng.choice((1, 2, 2, 2)),
        "Klantprofiel": "NNB",
        "Arbeidsmarktregio": "NNB",
        "Cases (aantal)": 0,
        "Sonar": 1,
        "Medewerker Naam": rng.choice(_MEDEWERKERS),
        "Organisatie Naam": f"Werkplein {demo.naam}",
        "GSD Kantoor": "NNB",
        "Participatieladder": "??",
        "Aantal": number,
        "Toestemming": rng.choice(_TOESTEMMING),
    }
    return [values.get(name) for name in KOPPEN]


def sonar_rows(demo: DemoGemeente, count: int) -> list[list[Any]]:
    """Gives the rows of an export under its header, with the usual errors; the same every time."""
    rng = random.Random(f"{SEED}:sonar:{demo.oin}")  # noqa: S311 (fiction, not secrecy)
    bsns, postcodes = _bsns(rng), postcodes_around(demo.midden)
    rows = [_sonar_row(rng, demo, n, next(bsns), postcodes.draw(rng)) for n in range(1, count + 1)]
    postcode, bsn, own_id, consent, beroep = (
        KOPPEN.index(name) for name in ("Postcode", "BSN", "ID_WZ", "Toestemming", "Bemiddelingsberoep")
    )
    for index in (4, 11, 19, 27):
        rows[index][consent] = "Ja"
    rows[4][postcode] = "0000XX"
    rows[11][postcode] = "24 05"
    rows[19][postcode] = None
    # The same person twice, as when two caseworkers each entered them.
    rows[26][consent] = "Ja"
    rows[27][bsn], rows[27][own_id] = rows[26][bsn], rows[26][own_id]
    agreed = [row for row in rows if str(row[consent]).casefold() == "ja"]
    for number, row in enumerate(agreed[::_ELKE]):
        row[beroep] = _EIGEN_WOORDEN[number % len(_EIGEN_WOORDEN)]
    return rows


def write_sonar(path: Path, demo: DemoGemeente, count: int) -> None:
    """Writes an xlsx like the dashboard's: a filled part, and hundreds of empty rows below and in between."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Blad 1"
    sheet.append(KOPPEN)
    for number, row in enumerate(sonar_rows(demo, count), start=1):
        sheet.append(row)
        if number % 40 == 0:
            sheet.append([None] * len(KOPPEN))
    last = sheet.max_row
    for empty in range(last + 1, last + 400):
        sheet.cell(empty, len(KOPPEN)).style = "Normal"
    workbook.save(path)


def write_vacancies(path: Path, demo: DemoGemeente, count: int) -> None:
    """Writes a csv as a Dutch Excel saves it: semicolons, Windows-1252, the standard's names as headers."""
    rng = random.Random(f"{SEED}:csv:{demo.oin}")  # noqa: S311 (fiction, not secrecy)
    postcodes = postcodes_around(demo.midden)
    columns = (
        "idVacature", "naamVacature", "adres.postcode", "werkgever.handelsnaamOrganisatie", "beroep.codeBeroepsnaam",
        "werktijden.aantalWerkurenPerWeekMinimaal", "werktijden.aantalWerkurenPerWeekMaximaal", "omschrijvingVacature",
    )  # fmt: skip
    with path.open("w", newline="", encoding="cp1252", errors="replace") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(columns)
        for number in range(count):
            record = vacature(rng, postcodes.draw(rng), f"NIEUW{number:04d}")
            writer.writerow([_at(record, column) for column in columns])


def _at(record: dict[str, Any], path: str) -> Any:
    value: Any = record
    for name in path.split("."):
        value = value.get(name, "") if isinstance(value, dict) else ""
    return value


def write_examples(directory: Path) -> list[Path]:
    """Writes the files to try an upload with; keeps those that are there."""
    directory.mkdir(parents=True, exist_ok=True)
    wanted = {
        directory / f"sonar-export-{demo.naam.lower()}.xlsx": (
            write_sonar,
            demo,
            120 if demo is LINDEWAARD else 60,
        )
        for demo in GEMEENTEN
    }
    wanted[directory / "vacatures-oosterveen.csv"] = (write_vacancies, OOSTERVEEN, 40)
    for path, (write, demo, count) in wanted.items():
        if not path.exists():
            write(path, demo, count)
    return sorted(wanted)
