"""Reads two sheets as one: people on the first, more about them on the second (the bijblad).

They are two sheets of a workbook, or come from two files that came in together. A row of the bijblad belongs to
the row of the first sheet that has the same key. Its cells become extra columns of that row, so that everything
after this reads one sheet. The key may be a BSN: it is compared in memory, and neither kept nor shown.

Every row of both sheets is accounted for. A row of the first sheet stays a row, whatever its key. A row of the
bijblad is counted in exactly one field of `Bijtelling`.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import permutations
from typing import Any, Final

from uploads.mapping.cells.text import is_absent, is_empty_list, kopsleutel, tekst
from uploads.mapping.cells.verminkt import as_read, why_no_id
from uploads.mapping.eigen import is_eigen_blad, is_eigen_kop
from uploads.mapping.herkenning import looks_like_data, shown_header
from uploads.mapping.kolommen import Kolomkop, kolomkoppen, kolomsleutels
from uploads.mapping.recognition import (
    BLADNAAM,
    MAX_BREEDTE,
    Opgeslagen,
    Plaats,
    first_rows,
    header_row,
    part_present,
    struck_in,
)
from uploads.mapping.regels import MAX_BIJRIJEN, Bijblad, Regels
from uploads.mapping.samengevoegd import SAMENGEVOEGD, rows_with_merged
from uploads.readers import (
    AANHALING,
    FOUT,
    MAX_MERGED,
    ONLEESBAAR,
    ONZICHTBAAR,
    REGELS,
    VERBORGEN,
    VREEMD,
    ZONDER_UITKOMST,
    Bestand,
    Formaat,
    Merk,
    Rij,
    Tabel,
)

# What a row of the first sheet has to tell about its key. The number is the place of the column with the key
# (from 0). No reading process can send these: they are made here.
SLEUTEL_DUBBEL: Final = "sleutel_dubbel"
SLEUTEL_LEEG: Final = "sleutel_leeg"
GEEN_BIJRIJ: Final = "geen_bijrij"
BIJRIJ_DUBBEL: Final = "bijrij_dubbel"
# The numbers are those of the first and last line of the text.
TE_VEEL_CELLEN: Final = "te_veel_cellen"
# The numbers that follow are those of the rows that were found, and of those that go along.
BIJRIJEN_TE_VEEL: Final = "bijrijen_te_veel"

_CELLEN: Final = frozenset({ZONDER_UITKOMST, ONLEESBAAR, VREEMD, FOUT})
# What else is told of single cells of a row.
_OOK_CELLEN: Final = _CELLEN | {SAMENGEVOEGD, ONZICHTBAAR}
# The number of the row, behind a header of the bijblad.
_NUMBERED: Final = re.compile(r"[0-9]$")
_SPACES: Final = re.compile(r"\s+")
# A day, a month or a year in the name of a sheet or file changes with every export, and so does the number that a
# browser puts behind the name of a file that is there already.
_MAANDEN: Final = (
    "jan(?:uari)?|feb(?:ruari)?|maart|mrt|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?|sept?(?:ember)?"
)
_DATED: Final = re.compile(
    r"(?:(?<![0-9])[0-9]{1,2}[-_. ])?(?<![^\W\d_])"
    rf"(?:{_MAANDEN}|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![^\W\d_])"
    r"|[0-9]{4}[-_. ][0-9]{1,2}[-_. ][0-9]{1,2}|[0-9]{1,2}[-_. ][0-9]{1,2}[-_. ][0-9]{2,4}|[0-9]{4,}|\([0-9]+\)"
)
_DIGIT: Final = re.compile(r"[0-9]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_POSTCODE: Final = re.compile(r"[1-9][0-9]{3}[a-z]{2}")
# The numbers of rows that are kept to be shown.
_MOST_SHOWN: Final = 20

# What makes two columns look like the same key.
_MOST_SHEETS: Final = 6
_MOST_COLUMNS: Final = 6
_MOST_OPTIONS: Final = 4
_MOST_SHAPES: Final = 3
_FEWEST_SAME: Final = 3
_UNIQUE: Final = 0.9
_SAME: Final = 0.5
_SAME_OTHER_NAME: Final = 0.8
_SHORTEST_OTHER_NAME: Final = 4
# With more than this part of the keys on several rows, several rows per person are meant; fewer are mistakes.
_SEVERAL: Final = 0.05


@dataclass(slots=True)
class Bijtelling:
    """The rows of the bijblad below its headers: every one of them is counted once, in a field after `rijen`.

    `samen`: read beside a row of the first sheet. `zonder_partner`: no row there has its key. `zonder_sleutel`:
    its key is empty or maimed. `dubbel`: more rows have its key than are read, or the key is written in two
    ways. `hoofd_dubbel`: that holds for the first sheet. `onleesbaar`: it is not certain which cell of the row
    stands in which column. `verborgen`: the row is hidden. `leeg`: the row has nothing in it. `rijnummers` has the
    first rows without a partner.
    """

    rijen: int = 0
    samen: int = 0
    zonder_partner: int = 0
    zonder_sleutel: int = 0
    dubbel: int = 0
    hoofd_dubbel: int = 0
    onleesbaar: int = 0
    verborgen: int = 0
    doorgehaald: int = 0
    leeg: int = 0
    rijnummers: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MetBijblad:
    """A file in which a bijblad is read with its first sheet.

    `bijblad` has the name of the first sheet in this very file, and `blad` is the name of the second there: the
    rules know that one by the name that it had when they were made.
    """

    bestand: Bestand
    bijblad: Bijblad
    blad: str
    telling: Bijtelling

    def feit(self) -> dict[str, Any]:
        """Gives what the page of the levering shows about it."""
        los = {"los": True} if self.bijblad.los else {}
        return {"hoofd": self.bijblad.hoofd, "blad": self.blad, **los, **asdict(self.telling)}


@dataclass(frozen=True, slots=True)
class Bladenpaar:
    """Two sheets that seem to belong together, with the headers of their keys as they may be shown.

    `is_zeker` when it is certain which sheet is the first: no other tells postcodes, or it has all keys of the second.
    """

    bijblad: Bijblad
    kolom: str
    kolom_bij: str
    is_zeker: bool


class TeGroot(Exception):
    """The bijblad has more rows than may be kept in memory."""


class PastNiet(Exception):
    """A sheet or its key is not in this file, or no row has a partner."""


# --- Keys -----------------------------------------------------------------------------------------------------


def spelling_of(value: object) -> str:
    """Gives the key in a cell as it is written; '' when it is empty, maimed or a word for nothing."""
    value = as_read(value)
    text = tekst(value)
    return "" if not text or is_absent(text) or why_no_id(value) else text


def key_of(spelling: str) -> str:
    """Gives the key by which rows are compared: without spaces, capitals and leading zeros."""
    key = _SPACES.sub("", spelling).casefold()
    return (key.lstrip("0") or "0") if key.isdigit() else key


class _Sleutels:
    """The keys of one sheet: the number of rows of each, and those that are written in two ways.

    12 and 012 are one number that two programs wrote. When one sheet has both, they are perhaps two people.
    """

    def __init__(self) -> None:
        self.aantal: Counter[str] = Counter()
        self.onzeker: set[str] = set()
        self._spelled: dict[str, str] = {}

    def add(self, spelling: str) -> str:
        """Counts a key, and gives it as it is compared; '' for none."""
        if not spelling:
            return ""
        key = key_of(spelling)
        self.aantal[key] += 1
        if self._spelled.setdefault(key, spelling) != spelling:
            self.onzeker.add(key)
        return key


def _spelling_in(rij: Rij, place: int) -> str:
    """Gives the key of a row; '' also when its cell could not be read with certainty."""
    if any(merk.code in _CELLEN and place in merk.getallen for merk in rij.merken):
        return ""
    return spelling_of(rij.waarden[place]) if place < len(rij.waarden) else ""


# --- Reading two sheets as one --------------------------------------------------------------------------------


def with_bijblad(
    bestand: Bestand, bijblad: Bijblad, most_rows: int, regels: Regels | None = None
) -> MetBijblad:
    """Gives the file with the columns of the bijblad beside those of the first sheet.

    It reads both sheets once, and keeps the rows of the bijblad that have a partner. Rows above the headers
    become empty. `regels` help to find the first sheet by its headers when its name changed. Raises TeGroot,
    PastNiet, and Onleesbaar when the file breaks off.
    """
    hoofd, bij = _places(bestand, bijblad, regels)
    if hoofd is None or bij is None:
        raise PastNiet
    if (bij.tabel.aantal or 0) > most_rows:
        raise TeGroot
    sleutels = _Sleutels()
    place = _index(hoofd, bijblad.sleutel)
    for rij in hoofd.tabel.rijen():
        if rij.nummer > hoofd.kopregel:
            sleutels.add(_spelling_in(rij, place))
    bijrijen = _Bijrijen(bij, bijblad, sleutels, most_rows)
    if sleutels.aantal and not bijrijen.telling.samen:
        raise PastNiet
    width = min(max(len(hoofd.koppen), hoofd.tabel.breedte), MAX_BREEDTE)
    tabel = replace(
        _joined(hoofd, place, width, sleutels, bijrijen),
        niet_nagegaan=hoofd.tabel.niet_nagegaan or bij.tabel.niet_nagegaan,
        streep_bij_voorwaarde=hoofd.tabel.streep_bij_voorwaarde or bij.tabel.streep_bij_voorwaarde,
    )
    return MetBijblad(
        replace(
            bestand,
            tabellen=tuple(
                tabel if one is hoofd.tabel else one for one in bestand.tabellen if one is not bij.tabel
            ),
        ),
        replace(bijblad, hoofd=hoofd.tabel.naam),
        bij.tabel.naam,
        bijrijen.telling,
    )


class _Bijrijen:
    """The rows of the bijblad that have a partner, by key, and the columns that they add."""

    def __init__(self, bij: Plaats, bijblad: Bijblad, hoofd: _Sleutels, most_rows: int) -> None:
        self.aantal = bijblad.aantal
        self.telling = telling = Bijtelling()
        self._place = _index(bij, bijblad.sleutel_bij)
        self._rows: dict[str, list[Rij]] = {}
        own = self.sleutels = _Sleutels()
        seen: list[tuple[str, int]] = []
        # Of a column of which the header is struck through as well, the line is about nobody.
        of_nobody: frozenset[int] = frozenset()
        for rij in rows_with_merged(bij.tabel, bij.kopregel):
            if rij.nummer <= bij.kopregel:
                of_nobody = frozenset(struck_in(rij)) if rij.nummer == bij.kopregel else of_nobody
                continue
            telling.rijen += 1
            if telling.rijen > most_rows:
                raise TeGroot
            if is_empty_list(rij.waarden):
                telling.leeg += 1
            elif any(merk.code == VERBORGEN for merk in rij.merken):
                telling.verborgen += 1
            elif not of_nobody.issuperset(struck_in(rij)):
                telling.doorgehaald += 1
            elif _is_uncertain(rij, bij):
                telling.onleesbaar += 1
            elif key := own.add(_spelling_in(rij, self._place)):
                seen.append((key, rij.nummer))
                if key in hoofd.aantal:
                    self._rows.setdefault(key, []).append(rij)
            else:
                telling.zonder_sleutel += 1
        unsure = hoofd.onzeker | {key for key, number in hoofd.aantal.items() if number > 1}
        taken: Counter[str] = Counter()
        for key, nummer in seen:
            taken[key] += 1
            if key not in hoofd.aantal:
                telling.zonder_partner += 1
                if len(telling.rijnummers) < _MOST_SHOWN:
                    telling.rijnummers.append(nummer)
            elif key in unsure:
                telling.hoofd_dubbel += 1
            elif not self.certain(key) or taken[key] > self.aantal:
                telling.dubbel += 1
            else:
                telling.samen += 1
        self.kolommen = [
            kolom
            for kolom in kolomkoppen(bij.koppen)
            if kolom.index != self._place and not is_eigen_kop(kolom.kop) and self._is_used(kolom)
        ]
        self._places = {kolom.index: number for number, kolom in enumerate(self.kolommen)}
        self.koppen = [
            _header(kolom, bijblad, number) for number in range(1, self.aantal + 1) for kolom in self.kolommen
        ]
        hidden = set(bij.tabel.verborgen_kolommen)
        self.verborgen = [
            number * len(self.kolommen) + place
            for number in range(self.aantal)
            for place, kolom in enumerate(self.kolommen)
            if kolom.index in hidden
        ]

    def _is_used(self, kolom: Kolomkop) -> bool:
        return bool(kolom.kop) or any(
            kolom.index < len(rij.waarden) and tekst(rij.waarden[kolom.index])
            for rijen in self._rows.values()
            for rij in rijen
        )

    def certain(self, key: str) -> bool:
        """Tells whether the rows of this key are surely those of one person or vacancy."""
        return key not in self.sleutels.onzeker and (self.aantal > 1 or self.sleutels.aantal[key] == 1)

    def of(self, key: str) -> list[Rij]:
        """Gives the rows of this key that are read."""
        return self._rows.get(key, [])[: self.aantal]

    def cells(self, rijen: Sequence[Rij], begin: int) -> tuple[list[Any], list[Merk]]:
        """Gives the extra cells of a row, from the column `begin` on, and what there is to tell about them."""
        cells: list[Any] = []
        merken: list[Merk] = []
        for number, rij in enumerate(rijen):
            shift = begin + number * len(self.kolommen)
            cells += [
                rij.waarden[kolom.index] if kolom.index < len(rij.waarden) else None
                for kolom in self.kolommen
            ]
            for code, getallen in rij.merken:
                moved = tuple(shift + self._places[place] for place in getallen if place in self._places)
                if code in _OOK_CELLEN and moved:
                    merken.append(Merk(code, moved))
        return cells, merken


def _too_wide(rij: Rij, place: Plaats) -> bool:
    """Tells whether a row of a text has more cells than there are columns."""
    return (
        place.tabel.ongelijk
        and len(rij.waarden) > place.kopbreedte
        and not is_empty_list(rij.waarden[place.kopbreedte :])
    )


def _is_uncertain(rij: Rij, place: Plaats) -> bool:
    return _too_wide(rij, place) or any(merk.code == AANHALING for merk in rij.merken)


def _joined(hoofd: Plaats, place: int, width: int, sleutels: _Sleutels, bijrijen: _Bijrijen) -> Tabel:
    """Gives the first sheet with the extra columns."""
    koppen = [*hoofd.koppen, *[""] * (width - len(hoofd.koppen)), *bijrijen.koppen]

    def cells_of(rij: Rij) -> Rij:
        if is_empty_list(rij.waarden):
            return rij
        cells = [*rij.waarden[:width], *[None] * (width - len(rij.waarden))]
        if _too_wide(rij, hoofd):
            lines = next((merk.getallen for merk in rij.merken if merk.code == REGELS), (rij.nummer,) * 2)
            return Rij(rij.nummer, cells, (*rij.merken, Merk(TE_VEEL_CELLEN, lines)))
        spelling = _spelling_in(rij, place)
        if not spelling:
            return Rij(rij.nummer, cells, (*rij.merken, Merk(SLEUTEL_LEEG, (place,))))
        key = key_of(spelling)
        if sleutels.aantal[key] > 1 or key in sleutels.onzeker:
            return Rij(rij.nummer, cells, (*rij.merken, Merk(SLEUTEL_DUBBEL, (place,))))
        found = bijrijen.of(key)
        if not found:
            return Rij(rij.nummer, cells, (*rij.merken, Merk(GEEN_BIJRIJ, (place,))))
        if not bijrijen.certain(key):
            return Rij(rij.nummer, cells, (*rij.merken, Merk(BIJRIJ_DUBBEL, (place,))))
        extra, merken = bijrijen.cells(found, width)
        if (there := bijrijen.sleutels.aantal[key]) > len(found):
            merken.append(Merk(BIJRIJEN_TE_VEEL, (place, there, len(found))))
        return Rij(rij.nummer, cells + extra, (*rij.merken, *merken))

    def rijen() -> Iterator[Rij]:
        for rij in hoofd.tabel.rijen():
            if rij.nummer > hoofd.kopregel:
                yield cells_of(rij)
            else:
                yield Rij(rij.nummer, koppen if rij.nummer == hoofd.kopregel else [], rij.merken)

    return replace(
        hoofd.tabel,
        rijen=rijen,
        # The headers are whole; cells below them may still be merged with the one above.
        samengevoegd=tuple(one for one in hoofd.tabel.samengevoegd if one[0] >= hoofd.kopregel),
        # A row with too many cells is marked as such.
        ongelijk=False,
        breedte=len(koppen),
        verborgen_kolommen=(*hoofd.tabel.verborgen_kolommen, *(width + one for one in bijrijen.verborgen)),
    )


def _header(kolom: Kolomkop, bijblad: Bijblad, number: int) -> str:
    which = f" {number}" if bijblad.aantal > 1 else ""
    return f"{kolom.naam}{which} ({_label(bijblad)})"


def _label(bijblad: Bijblad) -> str:
    """Gives the words that tell the columns of the bijblad from those of the first sheet."""
    name = _undated(bijblad.blad) if bijblad.los else tekst(bijblad.blad)
    return f"ander {bijblad.wat}" if not name or looks_like_data(name[:30]) else f"{bijblad.wat} {name[:30]}"


def _index(place: Plaats, sleutel: str) -> int:
    return kolomsleutels(place.koppen).index(sleutel)


# --- Finding the sheets again ---------------------------------------------------------------------------------


def is_for(bestand: Bestand, opgeslagen: Opgeslagen) -> bool:
    """Tells whether a sheet of this koppeling is in the file, the first or the second; the other may be missing."""
    return has_first(bestand, opgeslagen) or _has_second(bestand, opgeslagen)


def has_first(bestand: Bestand, opgeslagen: Opgeslagen) -> bool:
    """Tells whether the first sheet of this koppeling is in the file."""
    bijblad = opgeslagen.regels.bijblad
    return bijblad is not None and any(
        _has_headers(place, opgeslagen.regels, bijblad) for place in _all_places(bestand, bijblad.sleutel)
    )


def _has_second(bestand: Bestand, opgeslagen: Opgeslagen) -> bool:
    bijblad = opgeslagen.regels.bijblad
    return bijblad is not None and any(
        _has_extra_headers(place, opgeslagen.regels, bijblad)
        for place in _all_places(bestand, bijblad.sleutel_bij)
    )


def _places(bestand: Bestand, bijblad: Bijblad, regels: Regels | None) -> tuple[Plaats | None, Plaats | None]:
    """Gives the places of both sheets: by their names and keys, else by their headers.

    When the sheet with the name of the first has not its headers, headers count for more than names: a browser
    numbers the files of a system in the order in which they are downloaded.
    """
    first, second = _all_places(bestand, bijblad.sleutel), _all_places(bestand, bijblad.sleutel_bij)
    bij = _called(second, bijblad.blad)
    if bij is None and regels is not None:
        fitting = [place for place in second if _has_extra_headers(place, regels, bijblad)]
        bij = fitting[0] if len(fitting) == 1 else None
    others = [place for place in first if bij is None or place.tabel is not bij.tabel]
    hoofd = _called(others, bijblad.hoofd)
    if hoofd is None and regels is not None:
        fitting = [place for place in others if _has_headers(place, regels, bijblad)]
        hoofd = fitting[0] if len(fitting) == 1 else None
    if regels is not None and hoofd is not None and not _has_headers(hoofd, regels, bijblad):
        pairs = [
            (one, other)
            for one in first
            if _has_headers(one, regels, bijblad)
            for other in second
            if other.tabel is not one.tabel and _has_extra_headers(other, regels, bijblad)
        ]
        if len(pairs) == 1:
            return pairs[0]
    return hoofd, bij


def _called(places: Sequence[Plaats], naam: str) -> Plaats | None:
    """Gives the sheet of this name, else the only one of which no more than a date in the name differs."""
    exact = [place for place in places if place.tabel.naam == naam]
    undated = kopsleutel(_undated(naam))
    found = exact or [place for place in places if kopsleutel(_undated(place.tabel.naam)) == undated]
    return found[0] if len(found) == 1 else None


def _undated(naam: str) -> str:
    """Gives a name without what changes with every export; a name that is no more than that stays as it is."""
    name = tekst(naam)
    return _DATED.sub("", name.casefold()).strip(" -_.") or name


def _has_headers(place: Plaats, regels: Regels, bijblad: Bijblad) -> bool:
    ending = kopsleutel(_label(bijblad))
    return part_present(place.koppen, [key for key in regels.kolommen if not key.endswith(ending)])


def _has_extra_headers(place: Plaats, regels: Regels, bijblad: Bijblad) -> bool:
    """Tells whether a sheet has nearly all columns that the rules use of the bijblad."""
    ending = kopsleutel(_label(bijblad))
    used = {key.removesuffix(ending) for key in regels.kolommen if key.endswith(ending)}
    if bijblad.aantal > 1:
        used = {_NUMBERED.sub("", key) for key in used}
    return len(used) > 0 and part_present(place.koppen, [bijblad.sleutel_bij, *used])


def _all_places(bestand: Bestand, sleutel: str = "") -> list[Plaats]:
    """Gives the header row of every visible sheet, of those that have this column (by its key)."""
    found = []
    for tabel in bestand.tabellen:
        first = next(iter(tabel.rijen()), None)
        if first is None or tabel.verborgen or is_eigen_blad(first.waarden):
            continue
        place = header_row(tabel, sleutel)
        if place is not None:
            found.append(place)
    return found


# --- Finding sheets that belong together ----------------------------------------------------------------------


def find_bijbladen(bestand: Bestand, most_rows: int, most_columns: int) -> tuple[Bladenpaar, ...]:
    """Gives the pairs of sheets that seem to belong together, the likeliest first; for a person to confirm.

    A column of the first sheet must hold values that identify a row, and a column of the other must hold the
    same values. Two sheets with the same headers are no pair: one goes on where the other ends. When two files
    came in together, the sheets of a pair are not of the same file. Reads a sheet as a whole only when its first
    rows have such columns. Raises Onleesbaar when the file breaks off.
    """
    if not bestand.formaat.is_werkmap or bestand.formaat is Formaat.HTML or len(bestand.tabellen) < 2:
        return ()
    places = [
        place
        for place in _all_places(bestand)
        if place.kopregel and (place.tabel.aantal or 0) <= most_rows and len(place.tabel.naam) <= BLADNAAM
    ][:_MOST_SHEETS]
    likely = [_likely_keys(place) for place in places]
    pairs = [
        (one, other, _alike(likely[one], likely[other]))
        for one, other in permutations(range(len(places)), 2)
        if not _same_layout(places[one], places[other])
        and not (bestand.is_tweetal and places[one].tabel.onderdeel == places[other].tabel.onderdeel)
    ]
    if any(_same_header(*columns) for _, _, found in pairs for columns in found):
        pairs = [(one, other, [c for c in found if _same_header(*c)]) for one, other, found in pairs]
    # Only these columns are read as a whole.
    wanted: dict[int, set[Kolomkop]] = {}
    for one, other, columns in pairs:
        for kolom, kolom_bij in columns:
            wanted.setdefault(one, set()).add(kolom)
            wanted.setdefault(other, set()).add(kolom_bij)
    read = {number: _all_keys(places[number], columns) for number, columns in wanted.items()}
    # Of the second sheet, a key that is merged over several rows belongs to each of them.
    read_bij = {
        number: _all_keys(places[number], columns, merged=True)
        if _has_merged(places[number])
        else read[number]
        for number, columns in wanted.items()
    }
    found = [
        option
        for one, other, columns in pairs
        for kolom, kolom_bij in columns
        if (
            option := _option(
                (places[one], kolom, read[one][kolom]),
                (places[other], kolom_bij, read_bij[other][kolom_bij]),
                most_columns,
                los=bestand.is_tweetal,
            )
        )
        is not None
    ]
    found.sort(key=lambda option: option[0], reverse=True)
    best: dict[frozenset[str], list[Bladenpaar]] = {}
    for _, paar in found:
        same = best.setdefault(frozenset({paar.bijblad.hoofd, paar.bijblad.blad}), [])
        turned = len(same) == 1 and paar.bijblad.hoofd != same[0].bijblad.hoofd
        if not same or (turned and not same[0].is_zeker):
            same.append(paar)
    return tuple(paar for same in best.values() for paar in same)[:_MOST_OPTIONS]


def go_on_in_each_other(bestand: Bestand) -> bool:
    """Tells whether a sheet of each of two files has the same headers, so that one goes on where the other ends."""
    places = _all_places(bestand)
    return any(
        one.tabel.onderdeel < other.tabel.onderdeel and _same_layout(one, other)
        for one, other in permutations(places, 2)
    )


def _likely_keys(place: Plaats) -> dict[Kolomkop, set[str]]:
    """Gives the columns that may hold a key, each with the shapes of its first values (`a999` for `C-100`)."""
    rows = [rij for rij in first_rows(place.tabel) if rij.nummer > place.kopregel]
    found: dict[Kolomkop, set[str]] = {}
    for kolom in kolomkoppen(place.koppen):
        if not kolom.kop or looks_like_data(kolom.kop) or is_eigen_kop(kolom.kop):
            continue
        cells = [rij.waarden[kolom.index] for rij in rows if kolom.index < len(rij.waarden)]
        filled = [one for one in cells if tekst(one)]
        keys = {key_of(text) for one in filled if (text := spelling_of(one))}
        if (
            len(keys) >= _FEWEST_SAME
            and len(filled) * 2 >= len(rows)
            and not any(isinstance(one, dt.date | dt.time | dt.timedelta) for one in filled)
            and not all(map(_POSTCODE.fullmatch, keys))
        ):
            found[kolom] = {_LETTER.sub("a", _DIGIT.sub("9", key)) for key in keys}
    return dict(list(found.items())[:_MOST_COLUMNS])


def _alike(
    here: dict[Kolomkop, set[str]], there: dict[Kolomkop, set[str]]
) -> list[tuple[Kolomkop, Kolomkop]]:
    """Gives the pairs of columns with the same header, or with values of the same few shapes."""
    return [
        (kolom, other)
        for kolom, shapes in here.items()
        for other, others in there.items()
        if _same_header(kolom, other) or (shapes & others and max(len(shapes), len(others)) <= _MOST_SHAPES)
    ]


def _same_header(kolom: Kolomkop, other: Kolomkop) -> bool:
    return kopsleutel(kolom.kop) == kopsleutel(other.kop)


def _all_keys(
    place: Plaats, kolommen: Collection[Kolomkop], *, merged: bool = False
) -> dict[Kolomkop, Counter[str]]:
    """Counts every key in these columns; `merged`: one that is merged over several rows for each of them."""
    found: dict[Kolomkop, Counter[str]] = {kolom: Counter() for kolom in kolommen}
    for rij in rows_with_merged(place.tabel, place.kopregel) if merged else place.tabel.rijen():
        if rij.nummer > place.kopregel:
            for kolom, keys in found.items():
                if spelling := _spelling_in(rij, kolom.index):
                    keys[key_of(spelling)] += 1
    return found


def _has_merged(place: Plaats) -> bool:
    """Tells whether cells below the headers are merged over rows. With too many of them the sheet is only looked at."""
    merged = place.tabel.samengevoegd
    return len(merged) <= MAX_MERGED and any(bottom > top >= place.kopregel for top, _, bottom, _ in merged)


def _same_layout(one: Plaats, other: Plaats) -> bool:
    first, second = (set(map(kopsleutel, place.koppen)) - {""} for place in (one, other))
    # A second sheet often repeats the name of somebody beside the number.
    return len(first & second) * 2 > max(len(first), len(second))


_Kolom = tuple[Plaats, Kolomkop, Counter[str]]


def _option(
    one: _Kolom, other: _Kolom, most_columns: int, *, los: bool
) -> tuple[tuple[Any, ...], Bladenpaar] | None:
    """Gives the pair in which `other` is the bijblad of `one`, with its likelihood; None when it is none."""
    place, kolom, hoofd = one
    place_bij, kolom_bij, bij = other
    if not hoofd or not bij or len(hoofd) < _UNIQUE * sum(hoofd.values()):
        return None
    same = len(hoofd.keys() & bij.keys())
    part = same / min(len(hoofd), len(bij))
    alike = _same_header(kolom, kolom_bij)
    if same < _FEWEST_SAME or part < (_SAME if alike else _SAME_OTHER_NAME):
        return None
    if not alike and min(map(len, hoofd)) < _SHORTEST_OTHER_NAME:
        # Ages and hours are alike too.
        return None
    aantal = 1
    if sum(1 for number in bij.values() if number > 1) > _SEVERAL * len(bij):
        aantal = min(max(bij.values()), MAX_BIJRIJEN)
    columns = max(len(place_bij.koppen) - 1, 1)
    aantal = max(1, min(aantal, (most_columns - len(place.koppen)) // columns))
    bijblad = Bijblad(place.tabel.naam, kolom.sleutel, place_bij.tabel.naam, kolom_bij.sleutel, aantal, los)
    places = _tells_postcodes(place) - _tells_postcodes(place_bij)
    # The sheet with the people comes first: it tells where they live, has the most keys, else the most columns.
    likelihood = (
        alike,
        not _counts_rows(hoofd),
        round(part, 2),
        places,
        len(hoofd) - len(bij),
        len(place.koppen) - len(place_bij.koppen),
    )
    is_zeker = places > 0 or hoofd.keys() >= bij.keys()
    return likelihood, Bladenpaar(bijblad, shown_header(kolom.naam), shown_header(kolom_bij.naam), is_zeker)


def _tells_postcodes(place: Plaats) -> bool:
    """Tells whether a column of the first rows holds postcodes."""
    found: Counter[int] = Counter()
    rows = [rij for rij in first_rows(place.tabel) if rij.nummer > place.kopregel]
    for rij in rows:
        found.update(
            number
            for number, cell in enumerate(rij.waarden)
            if _POSTCODE.fullmatch(key_of(spelling_of(cell)))
        )
    return any(2 * number > len(rows) for number in found.values())


def _counts_rows(keys: Counter[str]) -> bool:
    """Tells whether these are the numbers 1, 2, 3 and so on, which identify a row and perhaps nobody."""
    return all(str(number) in keys for number in range(1, len(keys) + 1))
