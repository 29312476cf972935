"""The clerk's own workbook back: the cells that need attention coloured, with the reason, and each row's fate.

Takes the file as it came in and the findings, and gives an xlsx; knows no database and no HTTP. A small xlsx is
annotated in place, so that it keeps its own looks; anything else is written anew, value for value, on the same rows.
What comes out can be corrected and delivered again as it is.
"""

import io
import logging
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from uploads.mapping.eigen import EIGEN_BLAD, KOP_LOT, KOP_REDEN, is_eigen_blad, zonder
from uploads.mapping.herkenning import shown_header
from uploads.mapping.model import Ernst
from uploads.mapping.recognition import eerste_rijen, koppen_op
from uploads.mapping.regels import kolomkoppen
from uploads.mapping.cells.text import is_leeg, kopsleutel
from uploads.readers import Bestand, Formaat, Onleesbaar, Tabel, open_file
from uploads.workbooks.cells import neutralise, put
from uploads.workbooks.writer import GEWOON, KOP, Opmaak, Rijenstroom, fit_to_width, make_room, to_bytes

logger = logging.getLogger(__name__)

# What openpyxl warns of may name a cell's value, and warnings end up in the log.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")

# Loading a workbook to annotate it in place costs about a millisecond per 40 cells, and 1 MB per 1000.
IN_PLACE_CELLS: Final = 300_000
# What such a workbook may be at most, unpacked, per cell that is allowed.
_BYTES_PER_CELL = 120
# More cells than this are not written: minutes of work, and too large to open with ease.
MAX_CELLS: Final = 12_000_000
# A program that opens the file draws every comment; the reasons are in the last column as well.
_MAX_COMMENTS = 5000
_MAX_REASONS_PER_ROW = 20
_ROWS_PER_STEP = 500

LOTEN: Final[Mapping[Ernst | None, str]] = {
    None: "Gaat mee",
    Ernst.OVERGESLAGEN: "Overgeslagen",
    Ernst.AFGEKEURD: "Afgekeurd",
}
_GEVOLG: Final[Mapping[Ernst, str]] = {
    Ernst.AFGEKEURD: "Afgekeurd",
    Ernst.OVERGESLAGEN: "Overgeslagen",
    Ernst.WAARSCHUWING: "Waarschuwing",
}
# Red, grey and yellow, in shades that nobody else uses: by these they are taken away the next time.
KLEUREN: Final[Mapping[Ernst, str]] = {
    Ernst.AFGEKEURD: "FFC7CD",
    Ernst.OVERGESLAGEN: "D9D9DA",
    Ernst.WAARSCHUWING: "FFEB9B",
}
_CEL: Final = {ernst: Opmaak(vulling=kleur) for ernst, kleur in KLEUREN.items()}
_AUTEUR = "UM-portaal"
_MERK = "UM-portaal: "
_TITEL = "Opmerkingen"
_VEILIGE_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)

Volg = Callable[[int], None]


class NietTeAnnoteren(Exception):
    """There is nothing to annotate: records without rows and columns, or more than anybody can open."""


@dataclass(frozen=True, slots=True)
class Melding:
    """A finding: the row's number, the header as it is shown, how bad, and what to do."""

    rij: int
    kolom: str
    ernst: Ernst
    melding: str


@dataclass(frozen=True, slots=True)
class Reden:
    """A reason with how often it was given, and of how many rows it is told which they are."""

    kolom: str
    ernst: Ernst
    melding: str
    aantal: int
    getoond: int


@dataclass(frozen=True, slots=True)
class Uitkomst:
    """What a levering came to, for the sheet that explains. `kopregel` is the row with the headers (from 1)."""

    bestandsnaam: str
    blad: str
    kopregel: int
    gelezen: int
    omgezet: int
    overgeslagen: int
    afgekeurd: int
    redenen: Sequence[Reden] = ()


def annotate(
    inhoud: bytes,
    uitkomst: Uitkomst,
    meldingen: Iterable[Melding],
    *,
    in_place: int = IN_PLACE_CELLS,
    volg: Volg | None = None,
) -> bytes:
    """The annotated workbook. `meldingen` come in the order of their rows; they are read once.

    A workbook of at most `in_place` cells keeps its looks. `volg` is called now and then with the row's number.
    Raises Onleesbaar when the file cannot be read after all, NietTeAnnoteren for what is no table.
    """
    with open_file(inhoud) as bestand:
        tabel = _table(bestand, uitkomst.blad)
        plan = _Plan.of(tabel, uitkomst.kopregel, bestand.formaat)
        if plan.laatste_rij * plan.breedte > MAX_CELLS:
            raise NietTeAnnoteren
        if bestand.formaat is Formaat.XLSX and _fits(inhoud, in_place) and _cells(bestand, plan) <= in_place:
            # Kept, because it may have to be told twice.
            known = list(meldingen)
            annotated = _in_place(inhoud, tabel, plan, uitkomst, known, volg)
            if annotated is not None:
                return annotated
            meldingen = known
        return _anew(tabel, plan, uitkomst, meldingen, volg)


# --- Where everything is ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Plan:
    """Where the headers are, where our two columns go, and which column a finding is about."""

    kopregel: int
    koppen: tuple[str, ...]
    breedte: int
    laatste_rij: int
    lot: int
    reden: int
    kolommen: Mapping[str, int]
    opmerkingen: int = 0

    @classmethod
    def of(cls, tabel: Tabel, kopregel: int, formaat: Formaat) -> "_Plan":
        """Look where the headers are and how wide the rows; a sheet tells its size by itself."""
        koppen = koppen_op(eerste_rijen(tabel), kopregel)
        width, last = len(koppen), 0
        for rij in tabel.rijen():
            width, last = max(width, len(rij.waarden)), rij.nummer
            if formaat.is_werkmap and tabel.aantal is not None:
                last = tabel.aantal
                break
        keys = [kopsleutel(kop) for kop in koppen]
        lot = _place(keys, KOP_LOT, width)
        reden = _place(keys, KOP_REDEN, max(width, lot + 1))
        return cls(kopregel, koppen, max(width, lot + 1, reden + 1), last, lot, reden, _columns(koppen))

    @property
    def eigen(self) -> frozenset[int]:
        """The places of our own columns."""
        return frozenset({self.lot, self.reden})

    def column_of(self, kolom: str) -> int | None:
        """The place of the column with this header as it is shown; None when there is none, or more than one."""
        return self.kolommen.get(kolom, self.kolommen.get(kopsleutel(kolom)))

    def may_comment(self) -> bool:
        """Whether one more comment fits; counts it."""
        self.opmerkingen += 1
        return self.opmerkingen <= _MAX_COMMENTS


def _place(keys: Sequence[str], kop: str, otherwise: int) -> int:
    key = kopsleutel(kop)
    return keys.index(key) if key in keys else otherwise


def _columns(koppen: Sequence[str]) -> dict[str, int]:
    """Where each header is, by how it is shown and by its key; what two columns share says nothing."""
    kolommen = kolomkoppen(koppen)
    shown = [shown_header(kolom.naam) for kolom in kolommen]
    times = Counter(shown)
    found: dict[str, int] = {}
    for kolom, name in zip(kolommen, shown, strict=True):
        found.setdefault(kolom.sleutel, kolom.index)
        if times[name] == 1:
            found[name] = kolom.index
    return found


def _table(bestand: Bestand, blad: str) -> Tabel:
    if bestand.formaat is Formaat.JSON:
        raise NietTeAnnoteren
    found = next((tabel for tabel in bestand.tabellen if tabel.naam[:60] == blad), None)
    if found is None:
        raise NietTeAnnoteren
    return found


def _cells(bestand: Bestand, plan: _Plan) -> int:
    """About how many cells the workbook has: other sheets are taken to be as wide as this one."""
    return sum(tabel.aantal or 0 for tabel in bestand.tabellen) * plan.breedte


def _fits(inhoud: bytes, cells: int) -> bool:
    """Whether loading the workbook takes a bounded amount of memory, and its XML defines nothing of its own."""
    with zipfile.ZipFile(io.BytesIO(inhoud)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > 200_000 + cells * _BYTES_PER_CELL:
            return False
        for part in parts:
            if part.filename.endswith((".xml", ".rels", ".vml")):
                with archive.open(part) as opened:
                    # UTF-16 would hide it.
                    if b"<!" in opened.read(4096).replace(b"\0", b"").replace(b"<!--", b""):
                        return False
    return True


# --- What there is to say about a row -----------------------------------------------------------------------

_ZWAARTE = list(Ernst)


def _by_row(meldingen: Iterable[Melding]) -> Callable[[int], list[Melding]]:
    """A function that gives the findings of a row; to be asked for rows in their order."""
    groups = groupby(meldingen, key=attrgetter("rij"))
    current: tuple[int, list[Melding]] | None = None

    def of(nummer: int) -> list[Melding]:
        nonlocal current
        while current is None or current[0] < nummer:
            found = next(groups, None)
            if found is None:
                return []
            current = (found[0], list(found[1]))
        return current[1] if current[0] == nummer else []

    return of


def lot_of(meldingen: Iterable[Melding]) -> Ernst | None:
    """What becomes of a row with these findings; None: it goes along. The conversion decides the same way."""
    found = {melding.ernst for melding in meldingen}
    return next((ernst for ernst in (Ernst.OVERGESLAGEN, Ernst.AFGEKEURD) if ernst in found), None)


def _reasons(meldingen: Sequence[Melding]) -> str:
    texts = [
        f"{melding.kolom}: {melding.melding}" if melding.kolom else melding.melding
        for melding in meldingen[:_MAX_REASONS_PER_ROW]
    ]
    return " | ".join(dict.fromkeys(texts))


def _per_cell(plan: _Plan, meldingen: Sequence[Melding]) -> Iterator[tuple[int, Ernst, str]]:
    """Per column that is concerned: the worst that is said of it, and all of it as the text of a comment."""
    cells: dict[int, list[Melding]] = {}
    for melding in meldingen:
        place = plan.column_of(melding.kolom)
        if place is not None:
            cells.setdefault(place, []).append(melding)
    for place, said in cells.items():
        worst = min((melding.ernst for melding in said), key=_ZWAARTE.index)
        lines = dict.fromkeys(f"{_MERK}{_GEVOLG[one.ernst].lower()}\n{one.melding}" for one in said)
        yield place, worst, "\n".join(lines)


def _comment_size(text: str) -> tuple[int, int]:
    """Height and width (points) in which the whole text can be read."""
    lines = sum(1 + len(line) // 45 for line in text.splitlines())
    return min(40 + 14 * lines, 400), 260


# --- Written anew -------------------------------------------------------------------------------------------


def _anew(
    tabel: Tabel, plan: _Plan, uitkomst: Uitkomst, meldingen: Iterable[Melding], volg: Volg | None
) -> bytes:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = _sheet_name(tabel.naam) or "Gegevens"
    stroom = Rijenstroom(sheet, plan.breedte, laatste_rij=plan.laatste_rij)
    stroom.rijen = _rows(tabel, plan, meldingen, stroom, volg)
    for index, kop in enumerate(plan.koppen):
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(max(len(kop) + 3, 11), 40)
    _finish_sheet(sheet, plan)
    file = _explained(workbook, sheet, uitkomst, anew=True)
    return to_bytes(file, [stroom])


def _rows(
    tabel: Tabel, plan: _Plan, meldingen: Iterable[Melding], stroom: Rijenstroom, volg: Volg | None
) -> Iterator[tuple[int, Sequence[Any], Mapping[int, Opmaak]]]:
    of = _by_row(meldingen)
    nothing: Mapping[int, Opmaak] = {}
    header = dict.fromkeys(range(plan.breedte), KOP)
    for nummer, waarden in tabel.rijen():
        if volg is not None and nummer % _ROWS_PER_STEP == 0:
            volg(nummer)
        if nummer < plan.kopregel:
            yield nummer, waarden, nothing
            continue
        row = [*waarden[: plan.breedte], *([None] * (plan.breedte - len(waarden)))]
        if nummer == plan.kopregel:
            row[plan.lot], row[plan.reden] = KOP_LOT, KOP_REDEN
            yield nummer, row, header
            continue
        row[plan.lot] = row[plan.reden] = None
        if is_leeg(row):
            yield nummer, row, nothing
            continue
        said = of(nummer)
        if not said:
            row[plan.lot] = LOTEN[None]
            yield nummer, row, nothing
            continue
        lot = lot_of(said)
        row[plan.lot], row[plan.reden] = LOTEN[lot], _reasons(said)
        looks: dict[int, Opmaak] = {plan.lot: _CEL[lot]} if lot else {}
        for place, worst, text in _per_cell(plan, said):
            looks[place] = _CEL[worst]
            if plan.may_comment():
                stroom.comment(nummer, place, text, _AUTEUR, *_comment_size(text))
        yield nummer, row, looks


def _sheet_name(naam: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", naam).strip("' ")[:31]


# --- In place -----------------------------------------------------------------------------------------------


def _in_place(
    inhoud: bytes,
    tabel: Tabel,
    plan: _Plan,
    uitkomst: Uitkomst,
    meldingen: Sequence[Melding],
    volg: Volg | None,
) -> bytes | None:
    """The clerk's own workbook with the annotations in it; None when openpyxl cannot load it."""
    try:
        # Values instead of formulas; no links to other files, and no macros.
        workbook = load_workbook(io.BytesIO(inhoud), data_only=True, keep_links=False, keep_vba=False)
        sheet = workbook[tabel.naam]
        _make_harmless(workbook)
        _annotate_sheet(sheet, tabel, plan, meldingen, volg)
        _finish_sheet(sheet, plan)
        return to_bytes(_explained(workbook, sheet, uitkomst, anew=False))
    except Onleesbaar:
        raise
    # Programs write workbooks that openpyxl stumbles over in every way there is; its message may hold a value.
    except Exception as problem:
        logger.info("A workbook could not be annotated in place: %s", type(problem).__name__)
        plan.opmerkingen = 0
        return None


def _make_harmless(workbook: Any) -> None:
    """Nothing in it is a formula any more, or leads to another file or program."""
    workbook.template = False
    before = [
        sheet
        for sheet in workbook.worksheets
        if sheet.title.startswith(_TITEL) and is_eigen_blad([sheet.cell(1, 1).value])
    ]
    for sheet in before:
        workbook.remove(sheet)
    for sheet in workbook.worksheets:
        sheet._pivots = []
        for cell in sheet._cells.values():
            if isinstance(cell, MergedCell):
                continue
            neutralise(cell)
            link = cell.hyperlink
            if link is not None and link.target and not _VEILIGE_LINK.match(link.target):
                cell.hyperlink = None
            if before:
                _clean_up(cell)
        for table in sheet.tables.values():
            for column in table.tableColumns:
                column.calculatedColumnFormula = None
                column.totalsRowFormula = None
        rules = sheet.data_validations
        rules.dataValidation = [
            rule for rule in rules.dataValidation if not _leads_out(rule.formula1, rule.formula2)
        ]
    for names in (workbook.defined_names, *(sheet.defined_names for sheet in workbook.worksheets)):
        for name in [name for name, defined in names.items() if _computes(defined.value)]:
            del names[name]


def _leads_out(*formulas: str | None) -> bool:
    """Whether one of these formulas asks another file or program."""
    return any(formula and ("|" in formula or "[" in formula) for formula in formulas)


def _computes(formula: str | None) -> bool:
    """Whether a name stands for more than a range of cells."""
    return _leads_out(formula) or "(" in (formula or "")


def _clean_up(cell: Any) -> None:
    """Take away what was said of this cell the time before."""
    if cell.fill.fill_type == "solid" and str(cell.fill.fgColor.rgb)[2:] in KLEUREN.values():
        cell.fill = PatternFill()
    if cell.comment is not None and _MERK in cell.comment.text:
        own = cell.comment.text.partition(_MERK)[0].strip()
        cell.comment = Comment(own, cell.comment.author) if own else None


def _annotate_sheet(
    sheet: Worksheet, tabel: Tabel, plan: _Plan, meldingen: Sequence[Melding], volg: Volg | None
) -> None:
    of = _by_row(meldingen)
    for nummer, waarden in tabel.rijen():
        if volg is not None and nummer % _ROWS_PER_STEP == 0:
            volg(nummer)
        if nummer < plan.kopregel:
            continue
        if nummer == plan.kopregel:
            _write_headers(sheet, plan)
            continue
        for place in plan.eigen:
            _put(sheet, nummer, place, None)
        _restore_numbers(sheet, nummer, waarden)
        if is_leeg(zonder(waarden, plan.eigen)):
            continue
        said = of(nummer)
        lot = lot_of(said)
        fate = _put(sheet, nummer, plan.lot, LOTEN[lot])
        if lot is not None:
            _CEL[lot].apply(fate)
        if said:
            _put(sheet, nummer, plan.reden, _reasons(said))
        for place, worst, text in _per_cell(plan, said):
            cell = _cell(sheet, nummer, place)
            _CEL[worst].apply(cell)
            if plan.may_comment():
                _add_comment(cell, text)


def _write_headers(sheet: Worksheet, plan: _Plan) -> None:
    """Our two headers, looking like the one before them."""
    left = [index for index, kop in enumerate(plan.koppen) if kop and index not in plan.eigen]
    for place, kop in ((plan.lot, KOP_LOT), (plan.reden, KOP_REDEN)):
        cell = _put(sheet, plan.kopregel, place, kop)
        if left:
            cell._style = _cell(sheet, plan.kopregel, left[-1])._style.__copy__()
        if cell.fill.fill_type is None:
            KOP.apply(cell)


def _put(sheet: Worksheet, nummer: int, place: int, value: str | None) -> Any:
    cell = _cell(sheet, nummer, place)
    put(cell, value)
    if value is None:
        cell.fill = PatternFill()
    return cell


def _cell(sheet: Worksheet, nummer: int, place: int) -> Any:
    """The cell at this place; of merged cells the one that holds the value."""
    cell = sheet.cell(nummer, place + 1)
    if isinstance(cell, MergedCell):
        for merged in sheet.merged_cells.ranges:
            if cell.coordinate in merged:
                return sheet.cell(merged.min_row, merged.min_col)
    return cell


def _restore_numbers(sheet: Worksheet, nummer: int, waarden: Sequence[Any]) -> None:
    """A number that is shown as a date that cannot be is an error to openpyxl; it was a number."""
    for index, value in enumerate(waarden):
        cell: Any = sheet._cells.get((nummer, index + 1))
        if (
            cell is not None
            and cell.data_type == "e"
            and isinstance(value, int | float)
            and not isinstance(value, bool)
        ):
            cell._value, cell.data_type = value, "n"
            cell.number_format = "General"


def _add_comment(cell: Any, text: str) -> None:
    own = f"{cell.comment.text}\n\n" if cell.comment is not None else ""
    height, width = _comment_size(own + text)
    cell.comment = Comment(own + text, _AUTEUR, height=height, width=width)


# --- Around the rows ----------------------------------------------------------------------------------------


def _finish_sheet(sheet: Worksheet, plan: _Plan) -> None:
    """The headers stay in sight, every column can be filtered, and our own columns are wide enough."""
    sheet.column_dimensions[get_column_letter(plan.lot + 1)].width = 30
    sheet.column_dimensions[get_column_letter(plan.reden + 1)].width = 90
    if not plan.kopregel:
        return
    if not sheet.freeze_panes:
        sheet.freeze_panes = f"A{plan.kopregel + 1}"
    last_row = max(plan.laatste_rij, plan.kopregel)
    letter = get_column_letter(max(plan.breedte, 1))
    if not sheet.tables:
        own = range_boundaries(sheet.auto_filter.ref) if sheet.auto_filter.ref else None
        left, top = (own[0] or 1, own[1]) if own else (1, plan.kopregel)
        if top == plan.kopregel:
            sheet.auto_filter.ref = f"{get_column_letter(left)}{top}:{letter}{last_row}"


def _explained(workbook: Any, sheet: Worksheet, uitkomst: Uitkomst, *, anew: bool) -> Any:
    """The workbook with a first sheet that says what was found and what to do."""
    uitleg = workbook.create_sheet(_TITEL, 0)
    fit_to_width(uitleg)
    workbook.active = 0
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is uitleg
    for letter, width in zip("ABCD", (12, 16, 32, 100), strict=True):
        uitleg.column_dimensions[letter].width = width
    lines = _lines(sheet.title, uitkomst, anew)
    for nummer, line in enumerate(lines, start=1):
        for kolom, (value, look) in enumerate(line, start=1):
            cell = uitleg.cell(nummer, kolom)
            put(cell, value)
            look.apply(cell)
        if len(line) > 2:
            make_room(uitleg, nummer, len(line))
    return workbook


_VET = Opmaak(vet=True)
_BOVEN = Opmaak(omloop=True)
_Regel = list[tuple[Any, Opmaak]]


def _lines(blad: str, uitkomst: Uitkomst, anew: bool) -> Iterator[_Regel]:
    """The lines of the first sheet; each a list of cells."""
    for text in (EIGEN_BLAD, ""):
        yield [(text or None, GEWOON)]
    yield [(f"Opmerkingen bij {uitkomst.bestandsnaam}", _VET)]
    yield [
        (
            f"{uitkomst.gelezen} rijen gelezen = {uitkomst.omgezet} gaan mee + {uitkomst.overgeslagen} overgeslagen "
            f"+ {uitkomst.afgekeurd} afgekeurd",
            GEWOON,
        )
    ]
    yield []
    yield [("Wat u nu doet", _VET)]
    steps = (
        f"1. Ga naar het blad {blad}. Achter elke rij staat wat ermee gebeurt, en waarom.",
        "2. Verbeter de gekleurde cellen. Bij de cel staat een opmerking met de reden.",
        "3. Sla het bestand op en lever het opnieuw aan. De kolommen en kleuren van het portaal mogen blijven staan.",
        "4. Verbeter het ook in uw eigen systeem. Anders staat de fout er de volgende keer weer.",
        "Dit bestand bevat persoonsgegevens. Bewaar het niet langer dan nodig is en mail het niet rond.",
    )
    for step in steps:
        yield [(step, GEWOON)]
    for note in _notes(uitkomst, anew):
        yield [(note, GEWOON)]
    yield []
    yield [("Kleur", _VET), ("Betekenis", _VET)]
    meanings = {
        Ernst.AFGEKEURD: "Dit klopt niet. De rij gaat niet mee.",
        Ernst.OVERGESLAGEN: "Hierom gaat de rij niet mee, bijvoorbeeld omdat er geen toestemming is.",
        Ernst.WAARSCHUWING: "De rij gaat mee, maar dit gegeven niet of maar voor een deel, of u moet erop letten.",
    }
    for ernst, meaning in meanings.items():
        yield [(_GEVOLG[ernst], _CEL[ernst]), (meaning, GEWOON)]
    if uitkomst.redenen:
        yield []
        yield [(kop, KOP) for kop in ("Aantal", "Gevolg", "Waar", "Wat er is, en wat u kunt doen")]
    for reden in uitkomst.redenen:
        yield [
            (reden.aantal, _BOVEN),
            (_GEVOLG[reden.ernst], Opmaak(vulling=KLEUREN[reden.ernst], omloop=True)),
            (reden.kolom or "(hele rij)", _BOVEN),
            (reden.melding, _BOVEN),
        ]


def _notes(uitkomst: Uitkomst, anew: bool) -> Iterator[str]:
    if anew:
        yield "In dit bestand staan de waarden van het blad met de gegevens, zonder de opmaak van uw eigen bestand."
    for reden in uitkomst.redenen:
        if reden.getoond < reden.aantal:
            yield (
                f"De waarschuwing bij {reden.kolom or 'hele rijen'} komt {reden.aantal} keer voor. "
                f"Alleen de eerste {reden.getoond} keer staat zij bij de rij."
            )
    if sum(reden.getoond for reden in uitkomst.redenen) > _MAX_COMMENTS:
        yield (
            f"Bij ten hoogste {_MAX_COMMENTS} cellen staat een opmerking. Bij de andere cellen ziet u alleen de kleur; "
            f"de reden staat in de kolom {KOP_REDEN}."
        )
