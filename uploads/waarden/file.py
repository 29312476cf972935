"""Writes a municipality's value mappings as a file to edit in a spreadsheet program, and reads it back."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.formulas import can_be_formula, csv_text
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.mapping.cells.text import tekst
from uploads.models import Waardekoppeling
from uploads.readers import Bestand, Formaat, Onleesbaar, open_file
from uploads.waarden.lists import Codes, Keuzelijst, OngeldigeCode, list_called, suggesters
from uploads.waarden.suggest import Voorsteller, fold
from uploads.waarden.words import OngeldigeWaarde, remember, word_of

KOPPEN: Final = ("Lijst", "Waarde", "Code", "Betekenis")
WEGLATEN: Final = "(weglaten)"
MAX_RIJEN: Final = 20_000
MAX_FOUTEN: Final = 50
BESTANDSNAAM: Final = "gekoppelde-waarden.csv"


class OngeldigBestand(Exception):
    """The file cannot be read in. `fouten` are Dutch sentences that name rows, never their contents."""

    def __init__(self, fouten: Sequence[str]) -> None:
        super().__init__(fouten[0])
        self.fouten = list(fouten)


@dataclass(frozen=True, slots=True)
class Ingelezen:
    """Counts the mappings in a file that are new, changed or the same, and the rows without a code (yet)."""

    nieuw: int
    gewijzigd: int
    gelijk: int
    zonder_code: int


def as_csv() -> str:
    """Gives all mappings of the municipality as a csv that Dutch spreadsheet programs open.

    Call inside `voor_gemeente`.
    """
    rows = list(Waardekoppeling.objects.order_by("lijst", "waarde").values_list("lijst", "waarde", "code"))
    codes = Codes((lijst, code) for lijst, _, code in rows)
    file = io.StringIO(newline="")
    # Without this mark those programs take the file for Windows-1252.
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(KOPPEN)
    for lijst, waarde, code in rows:
        cells = (lijst, waarde, code or WEGLATEN, codes.label(lijst, code) if code else "")
        writer.writerow([guarded(cell) for cell in cells])
    return file.getvalue()


def read_in(gemeente: Gemeente, inhoud: bytes, gebruiker: Gebruiker | None) -> Ingelezen:
    """Remembers every mapping in a file of the form that `as_csv` gives.

    A spreadsheet of that form is read as well. A mapping that is not in the file stays. Raises
    OngeldigBestand, and then nothing has changed.
    """
    try:
        rows, without = _checked(list(_rows(inhoud)))
    except Onleesbaar as problem:
        raise OngeldigBestand([problem.melding]) from None
    with voor_gemeente(gemeente):
        before = {
            (lijst, waarde): code
            for lijst, waarde, code in Waardekoppeling.objects.values_list("lijst", "waarde", "code")
        }
        changed = {pair: code for pair, code in rows.items() if before.get(pair) != code}
        remember(gemeente, changed, gebruiker)
        if changed:
            log_act(gemeente, Handeling.WAARDEN_INGELEZEN, gebruiker=gebruiker, aantal=len(changed))
    new = sum(pair not in before for pair in changed)
    return Ingelezen(new, len(changed) - new, len(rows) - len(changed), without)


@dataclass(frozen=True, slots=True)
class _Bestandsregel:
    nummer: int
    lijst: str
    waarde: str
    code: str
    betekenis: str


def _rows(inhoud: bytes) -> Iterator[_Bestandsregel]:
    with open_file(inhoud) as bestand:
        yield from _rows_of(bestand)


def _rows_of(bestand: Bestand) -> Iterator[_Bestandsregel]:
    if bestand.formaat is Formaat.JSON:
        raise OngeldigBestand(["Dit bestand is JSON. Kies een csv- of Excel-bestand."])
    for tabel in bestand.tabellen:
        where: list[int] | None = None
        for rij in tabel.rijen():
            cells = [unguarded(value) for value in rij.waarden]
            if where is None:
                where = _header(cells)
                continue
            if rij.nummer > MAX_RIJEN:
                aantal = f"{MAX_RIJEN:,}".replace(",", ".")
                raise OngeldigBestand(
                    [f"Dit bestand heeft meer dan {aantal} rijen. Verdeel het over twee bestanden."]
                )
            if any(cells):
                lijst, waarde, code, betekenis = (cells[at] if 0 <= at < len(cells) else "" for at in where)
                yield _Bestandsregel(rij.nummer, lijst, waarde, code, betekenis)
        if where is not None:
            return
    raise OngeldigBestand(
        [
            f"In dit bestand staan de kolommen {', '.join(KOPPEN[:3])} niet. Download eerst uw waarden en vul die aan."
        ]
    )


def _header(cells: Sequence[str]) -> list[int] | None:
    """Gives the place of each of our columns (-1: absent), when this row holds their names; else None."""
    names = [fold(cell).strip() for cell in cells]
    found = [names.index(fold(kop)) if fold(kop) in names else -1 for kop in KOPPEN]
    return found if min(found[:3]) >= 0 else None


def guarded(text: str) -> Any:
    """Gives a text that a spreadsheet program does not take for a formula.

    A text that already looks guarded gets one more apostrophe, so that `unguarded` gives it back whole.
    """
    return f"'{text}" if _is_guarded(text) else csv_text(text)


def _is_guarded(text: str) -> bool:
    return text.startswith("'") and can_be_formula(text.lstrip("'"))


def unguarded(value: Any) -> str:
    """Gives a cell as text, without the apostrophe that `guarded` put in front."""
    text = tekst(value)
    return text[1:] if _is_guarded(text) else text


def _checked(regels: Sequence[_Bestandsregel]) -> tuple[dict[tuple[str, str], str], int]:
    """Gives (list, word) -> code of every row, and the number of rows that have no code yet.

    Raises OngeldigBestand.
    """
    lists = {regel.lijst: list_called(regel.lijst) for regel in regels}
    codes = Codes((lijst.naam, regel.code) for regel in regels if (lijst := lists[regel.lijst]) is not None)
    # This is made once for all rows: it asks the database whether a list has changed.
    by_meaning = (lists[regel.lijst] for regel in regels if regel.betekenis and not regel.code)
    meanings = suggesters({lijst.naam for lijst in by_meaning if lijst is not None})
    found: dict[tuple[str, str], str] = {}
    faults: list[str] = []
    without = 0
    for regel in regels:
        lijst = lists[regel.lijst]
        try:
            if lijst is None:
                raise OngeldigeCode("deze lijst bestaat niet. Gebruik de naam van de lijst uit de download.")
            code = _code(lijst, regel, codes, meanings)
            if code is None:
                without += 1
                continue
            pair = (lijst.naam, word_of(regel.waarde))
            if found.setdefault(pair, code) != code:
                raise OngeldigeWaarde("deze waarde staat er twee keer in, met twee codes. Haal er een weg.")
        except (OngeldigeCode, OngeldigeWaarde) as problem:
            faults.append(f"Rij {regel.nummer}: {problem.melding[:1].lower()}{problem.melding[1:]}")
    if faults:
        more = len(faults) - MAX_FOUTEN
        raise OngeldigBestand(
            faults[:MAX_FOUTEN] + ([f"En nog {more} rijen met een fout."] if more > 0 else [])
        )
    return found, without


def _code(
    lijst: Keuzelijst, regel: _Bestandsregel, codes: Codes, meanings: Mapping[str, Voorsteller]
) -> str | None:
    """Gives the code of a row, from its code or else from its label.

    "" leaves the word out, None leaves it undecided.
    """
    if fold(regel.code).strip() in {WEGLATEN, WEGLATEN.strip("()")}:
        return ""
    if regel.code:
        return codes.chosen(lijst.naam, regel.code)
    if not regel.betekenis:
        return None
    code = meanings[lijst.naam].code_van(regel.betekenis)
    if code is None:
        raise OngeldigeCode(f"de betekenis staat niet in de lijst {lijst.titel}. Vul de code in.")
    return code
