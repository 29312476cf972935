"""Keeps the first rows of a file (encrypted), so that choosing columns does not open the whole file.

A voorproef can be opened like the file itself: it has the same sheets, with their first rows that are not
empty.
"""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from uploads.mapping.recognition import filled_rows, first_rows
from uploads.models import Levering, Voorproef
from uploads.readers import Bestand, Formaat, Merk, Rij, Tabel

_MAX_BLADEN = 30
_MAX_CELLS_PER_BLAD = 20_000
# This is longer than any text that the standard allows, so a text that is too long stays too long.
_LONGEST = 2_100


def context(levering_id: int) -> str:
    """Gives the context under which a voorproef is encrypted."""
    return f"voorproef:{levering_id}"


def keep(gemeente: Gemeente, levering: Levering, inhoud: bytes) -> None:
    """Keeps what `taste` gave, in place of an earlier voorproef; call inside `voor_gemeente`."""
    Voorproef.objects.update_or_create(
        gemeente=gemeente,
        levering=levering,
        defaults={"inhoud": keys.encrypt(gemeente, inhoud, context(levering.pk))},
    )


def opened(levering: Levering) -> Bestand | None:
    """Opens the voorproef of a levering as a file, if there is one; call inside `voor_gemeente`."""
    row = Voorproef.objects.filter(levering=levering).first()
    if row is None:
        return None
    return _open(keys.decrypt(levering.gemeente, bytes(row.inhoud), context(levering.pk)))


def taste(bestand: Bestand) -> bytes:
    """Gives the first rows of every sheet. Raises Onleesbaar when the file already breaks off there."""
    return json.dumps(
        {
            "formaat": bestand.formaat.value,
            "epoch_1904": bestand.epoch_1904,
            "bladen": [
                _sheet(tabel, several=len(bestand.tabellen) > 1) for tabel in bestand.tabellen[:_MAX_BLADEN]
            ],
        }
    ).encode()


def _sheet(tabel: Tabel, *, several: bool) -> dict[str, Any]:
    rows: list[list[Any]] = []
    cells = 0
    for rij in first_rows(tabel):
        cells += len(rij.waarden)
        if rows and cells > _MAX_CELLS_PER_BLAD:
            break
        rows.append([rij.nummer, [_packed(value) for value in rij.waarden], rij.merken])
    return {
        "naam": tabel.naam,
        "aantal": tabel.aantal,
        "verborgen": tabel.verborgen,
        # Of the first rows only, like the rows themselves.
        "samengevoegd": [one for one in tabel.samengevoegd if one[0] < rows[-1][0]] if rows else [],
        "ongelijk": tabel.ongelijk,
        "breedte": tabel.breedte,
        "verborgen_kolommen": tabel.verborgen_kolommen,
        # Somebody who chooses one of several sheets has to know what stands on the others.
        "gevuld": filled_rows(tabel) if several else None,
        "rijen": rows,
    }


def _open(plain: bytes) -> Bestand:
    data = json.loads(plain)
    return Bestand(
        Formaat(data["formaat"]),
        tuple(_table(sheet) for sheet in data["bladen"]),
        epoch_1904=data["epoch_1904"],
    )


def _table(sheet: dict[str, Any]) -> Tabel:
    rows = [
        Rij(
            number,
            [_unpacked(value) for value in cells],
            tuple(Merk(code, tuple(getallen)) for code, getallen in merken),
        )
        for number, cells, merken in sheet["rijen"]
    ]

    def every() -> Iterator[Rij]:
        return iter(rows)

    return Tabel(
        sheet["naam"],
        sheet["aantal"],
        every,
        verborgen=sheet["verborgen"],
        ongelijk=sheet["ongelijk"],
        breedte=sheet["breedte"],
        verborgen_kolommen=tuple(sheet["verborgen_kolommen"]),
        gevuld=sheet["gevuld"],
        samengevoegd=tuple((a, b, c, d) for a, b, c, d in sheet["samengevoegd"]),
    )


# JSON knows text, numbers and booleans; dates and times are written as a pair of their type and their text.
_MOMENTS: dict[str, type[dt.datetime] | type[dt.date] | type[dt.time]] = {
    "moment": dt.datetime,
    "dag": dt.date,
    "tijd": dt.time,
}


def _packed(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value[:_LONGEST]
    # A datetime is also a date, so it is checked first.
    for name, kind in _MOMENTS.items():
        if isinstance(value, kind):
            return [name, value.isoformat()]
    if isinstance(value, dt.timedelta):
        return ["duur", value.total_seconds()]
    return str(value)[:_LONGEST]


def _unpacked(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    name, content = value
    return dt.timedelta(seconds=content) if name == "duur" else _MOMENTS[name].fromisoformat(content)
