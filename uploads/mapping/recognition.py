"""Recognises the koppeling and the kind of a file, from its header row or its records.

A koppeling that the municipality saved has priority over the presets. When nothing fits, the exception names
the sheet and the row that look most like headers, so that somebody can go on from there.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise, takewhile
from typing import NamedTuple

from exchange.standard import Gegevenstype, Soort
from uploads.mapping.cells.dates import Volgorde, order_of
from uploads.mapping.cells.text import is_empty_list, kopsleutel, tekst
from uploads.mapping.doelen import SOORTEN, veld_van
from uploads.mapping.eigen import is_eigen_blad
from uploads.mapping.engine import RegelVertaling
from uploads.mapping.herhaald import check_every_row, names_in_every_row
from uploads.mapping.herkenning import Herkenning, Preset, herkenning, shown_sheet
from uploads.mapping.kolommen import has_header, kolomsleutels
from uploads.mapping.model import Omgeving, Vertaling
from uploads.mapping.presets import pilot, records
from uploads.mapping.presets.sonar import Sonar
from uploads.mapping.presets.standaard import Standaard
from uploads.mapping.proposals.mensen import Menskolom, menskolommen, passed_over
from uploads.mapping.regels import STANDAARD_KOLOMMEN, Regels, Toestemming
from uploads.readers import (
    AANHALING,
    DOORGEHAALD,
    GEHEELD,
    REGELS,
    Bestand,
    Formaat,
    Merk,
    Onleesbaar,
    Rij,
    Tabel,
)

# When two fit equally well, the first counts.
KOPPELINGEN: tuple[Preset, ...] = (Sonar(), Standaard())
# The name of rules that somebody made for one file and did not save.
EIGEN = "eigen"
# These are files of records: they have no columns to choose.
ZONDER_KOLOMMEN = frozenset({records.NAAM, pilot.NAAM})

LABELS = {koppeling.naam: koppeling.label for koppeling in KOPPELINGEN} | {
    records.NAAM: records.LABEL,
    pilot.NAAM: pilot.LABEL,
    EIGEN: "Eigen keuze van kolommen",
}

# The number of characters of a sheet's name that are kept.
BLADNAAM = 60
# Stands in the place of a sheet's name, of which no program lets it be one: all sheets that fit, under each other.
ALLE_BLADEN = "*"
# A saved koppeling is recognised when this part of the headers that it uses is present.
_DEEL = 0.8
_MIN_KOPPEN = 2
# The number of rows with content that are examined, and the number of rows in which they must lie.
VOORPROEF = 100
_HEADER_WITHIN = 30
_LOOK_WITHIN = 2000
# Filled rows of a sheet are counted up to this many, and looked for in so many rows.
GETELD_TOT = 2000
_COUNT_WITHIN = 20_000
_RECORDS_LOOKED_AT = 20
MAX_BREEDTE = 2000
_MOST_SHEETS = 30
# Of these the numbers are those of lines of a text.
_VAN_REGELS = frozenset({REGELS, AANHALING, GEHEELD})

_NIET_HERKEND = (
    "De kolommen van dit bestand zijn niet herkend. Kies zelf welke kolom waarvoor is. Daarna wordt een bestand met "
    "deze kolommen voortaan vanzelf herkend."
)
_MENSEN = (
    "In dit bestand staan werkzoekenden: er is een kolom met toestemming of met BSN's. De andere kolommen zijn niet "
    "allemaal herkend. Kies zelf welke kolom waarvoor is."
)
_GEEN_KOPREGEL = (
    "In dit bestand is geen rij met kolomnamen gevonden. Controleer of u het goede bestand koos. Klopt het, kies dan "
    "zelf het blad en de rij met de kolomnamen."
)

_TWEE_ONDER_ELKAAR = (
    "De twee bestanden hebben dezelfde kolommen. Staan er verschillende mensen of vacatures in, lees ze dan onder "
    "elkaar. Is het ene bestand een nieuwere versie van het andere, lever dan alleen het nieuwste aan. Lever ze niet "
    "na elkaar aan: het tweede vervangt dan het eerste."
)
_NAAST_ELKAAR = (
    "De kolommen staan er twee keer naast elkaar, met verschillende nummers. Het lijken twee lijsten. Alleen de eerste "
    "wordt gelezen. Zet de tweede lijst onder de eerste en lever het bestand opnieuw aan. Is het toch één lijst, kies "
    "dan zelf welke kolom waarvoor is."
)
# A record is not complete without these.
_NEEDED = {soort: frozenset({soort.id_pad, soort.postcode_pad}) for soort in Soort}

# The number of rows whose values tell whether a column holds consent or BSNs.
_MENSEN_WITHIN = 30


class SoortOnduidelijk(Onleesbaar):
    """The file fits both kinds, and somebody has to choose. `kopregel` is the row with the headers."""

    def __init__(self, kopregel: int = 0) -> None:
        super().__init__(
            "Het is niet duidelijk of dit bestand werkzoekenden of vacatures bevat. Kies de soort."
        )
        self.kopregel = kopregel


class NietGekoppeld(Onleesbaar):
    """Somebody has to choose the columns; the sheet and the header row are the best guess."""

    def __init__(self, melding: str, tabel: Tabel, kopregel: int, soort: Soort | None = None) -> None:
        super().__init__(melding)
        self.tabel = tabel
        self.kopregel = kopregel
        self.soort = soort


class BladOnduidelijk(Onleesbaar):
    """Several sheets fit, and somebody has to choose; `bladen` has the name of each and its number of rows.

    `onder_elkaar`: they have the same columns, so they can all be read, as one sheet. `los`: they come from two files,
    of which one is never read alone.
    """

    def __init__(self, koppeling: str, tabellen: "Sequence[Tabel]", *, onder_elkaar: bool) -> None:
        self.koppeling = koppeling
        self.los = len({tabel.onderdeel for tabel in tabellen}) > 1
        self.bladen = tuple((tabel.naam[:BLADNAAM], tabel.aantal or 0) for tabel in tabellen[:_MOST_SHEETS])
        self.onder_elkaar = onder_elkaar
        together = (
            "Ze hebben dezelfde kolommen. Staan er verschillende mensen of vacatures op, lees ze dan onder elkaar. Of "
            "kies het blad dat u wilt aanleveren; de andere bladen gaan dan niet mee. "
            if onder_elkaar
            else "Kies het blad dat u wilt aanleveren. De andere bladen gaan dan niet mee. Horen ze bij elkaar, zet "
            "alles dan eerst onder elkaar op één blad. "
        )
        super().__init__(
            _TWEE_ONDER_ELKAAR
            if self.los
            else f"In dit bestand passen {len(tabellen)} bladen. {together}"
            "Het portaal onthoudt uw keuze voor volgende bestanden van deze soort."
        )


class Bladkeuze(NamedTuple):
    """The sheet that somebody chose for all files of a koppeling.

    `blad` is as in Bestandskeuze; `samen` has the names of the sheets that somebody wanted under each other.
    """

    blad: str = ""
    samen: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Bestandskeuze:
    """The sheet, header row and rules that somebody chose; they replace the ones that are found.

    `blad` is the first part of the sheet's name; '' searches all sheets, and `ALLE_BLADEN` reads those that fit under
    each other. `kopregel` is the number of the row with the headers; None: find it; 0: there is none, and the first row
    holds data. When `regels` is None, the koppeling is recognised. `bladen` has what was chosen before where several
    sheets fit, by the name of the koppeling.
    """

    blad: str = ""
    kopregel: int | None = None
    regels: Regels | None = None
    bladen: Mapping[str, Bladkeuze] = field(default_factory=dict)

    def before(self, koppeling: str) -> Bladkeuze:
        """Gives what was chosen for files of this koppeling before."""
        return self.bladen.get(koppeling[:BLADNAAM], Bladkeuze())

    def sheet_for(self, koppeling: str) -> str:
        """Gives the sheet that was chosen for this file, or else for files of this koppeling; '' for none."""
        return self.blad or self.before(koppeling).blad


@dataclass(frozen=True, slots=True)
class Herkend:
    """The recognised koppeling of a file, with the sheet and the header row before its data.

    `epoch_1904` is the value of the file. `bladen` has, of sheets that are read under each other, the name of each and
    the number of rows before it; it is empty for a single sheet.
    """

    herkenning: Herkenning
    tabel: Tabel
    koppen: tuple[str, ...] = ()
    kopregel: int = 0
    epoch_1904: bool = False
    bladen: tuple[tuple[str, int], ...] = ()

    def place_of(self, nummer: int) -> str:
        """Tells in Dutch which row this is: its number, and its sheet or file where several are read."""
        naam, number = place_among(self.bladen, nummer)
        return f"rij {number} van ‘{shown_sheet(naam)}’" if naam else f"rij {number}"

    def doorgehaalde_kolommen(self) -> frozenset[int]:
        """Gives the places of the columns of which the header is struck through: that is about no person."""
        if not self.tabel.doorgehaald:
            return frozenset()
        until_headers = takewhile(lambda rij: rij.nummer <= self.kopregel, self.tabel.rijen())
        return frozenset(
            place for rij in until_headers if rij.nummer == self.kopregel for place in struck_in(rij)
        )

    def doorgehaalde_rijen(self) -> int:
        """Counts the rows below the headers that are struck through, or partly. It reads all of them."""
        if not self.tabel.doorgehaald:
            return 0
        columns = self.doorgehaalde_kolommen()
        return sum(
            rij.nummer > self.kopregel and not columns.issuperset(struck_in(rij))
            for rij in self.tabel.rijen()
        )

    @property
    def soort(self) -> Soort:
        """Gives the kind of records in the file."""
        return self.herkenning.soort

    def maand_voorop(self) -> tuple[str, ...]:
        """Gives the headers of the columns of which the values tell that the month comes first.

        It reads the first rows once more.
        """
        regels = self.herkenning.regels
        orders = _date_orders(self.tabel, self.koppen, self.kopregel, regels) if regels is not None else {}
        return tuple(self.koppen[index] for index, order in orders.items() if order is Volgorde.MAAND_DAG)

    @property
    def id_kolommen(self) -> tuple[int, ...]:
        """Gives the places of the columns that the id comes from."""
        regels = self.herkenning.regels
        if regels is None:
            return ()
        keys = {key for regel in regels.regels if regel.doel == self.soort.id_pad for key in regel.kolommen}
        return tuple(index for index, key in enumerate(kolomsleutels(self.koppen)) if key in keys)

    @property
    def gebruikte_kolommen(self) -> dict[int, str]:
        """Gives the places of the columns that are used, each with its header."""
        regels = self.herkenning.regels
        if regels is None:
            return {}
        keys = enumerate(kolomsleutels(self.koppen))
        return {index: self.koppen[index] for index, key in keys if key in regels.kolommen}

    def vertaling(self, omgeving: Omgeving) -> Vertaling:
        """Makes the translation for this file."""
        if self.herkenning.koppeling == pilot.NAAM:
            return pilot.PilotVertaling(self.soort, omgeving)
        if self.herkenning.regels is None:
            return records.RecordVertaling(self.soort, omgeving)
        regels = self.herkenning.regels
        return RegelVertaling(
            self.koppen,
            regels,
            omgeving,
            epoch_1904=self.epoch_1904,
            volgordes=_date_orders(self.tabel, self.koppen, self.kopregel, regels),
        )


def struck_in(rij: Rij) -> Iterator[int]:
    """Yields the places of the cells of this row that are struck through, or partly."""
    for merk in rij.merken:
        if merk.code == DOORGEHAALD:
            yield from merk.getallen


def _date_orders(
    tabel: Tabel, koppen: Sequence[str], kopregel: int, regels: Regels
) -> Mapping[int, Volgorde]:
    """Gives, per column with dates, the order of day and month that its first values tell."""
    keys = {
        regel.kolommen[0]
        for regel in regels.regels
        if len(regel.kolommen) == 1
        and veld_van(regels.soort, regel.doel).attribuut.type is Gegevenstype.DATUM
    }
    indexes = [index for index, key in enumerate(kolomsleutels(koppen)) if key in keys]
    if not indexes:
        return {}
    values: dict[int, list[object]] = {index: [] for index in indexes}
    for rij in islice(tabel.rijen(), _LOOK_WITHIN):
        if rij.nummer > kopregel:
            for index in indexes:
                if index < len(rij.waarden) and isinstance(rij.waarden[index], str):
                    values[index].append(rij.waarden[index])
    orders = {index: order_of(cells) for index, cells in values.items()}
    return {index: order for index, order in orders.items() if order is not None}


@dataclass(frozen=True, slots=True)
class Opgeslagen:
    """A koppeling that the municipality saved, in its present version (by id)."""

    naam: str
    versie: int
    regels: Regels

    @property
    def label(self) -> str:
        """Gives its own name."""
        return self.naam

    def herken(self, koppen: Sequence[str], soort: Soort) -> Herkenning | None:
        """Recognises a header row that has nearly all headers that this koppeling uses.

        `mist` names a required column that the row lacks.
        """
        if soort is not self.regels.soort:
            return None
        present = set(kolomsleutels(koppen))
        if not part_present(koppen, self.regels.kolommen):
            return None
        score = sum(has_header(key) and key in present for key in self.regels.kolommen)
        return herkenning(
            self.naam,
            koppen,
            self.regels,
            score,
            _what_is_missing(self.regels, present, self.naam),
            self.versie,
        )


def part_present(koppen: Sequence[str], kolommen: Sequence[str]) -> bool:
    """Tells whether a header row has nearly all of these columns (by their keys) that have a header."""
    used = [key for key in kolommen if has_header(key)]
    score = len(set(kolomsleutels(koppen)).intersection(used))
    return bool(used) and score >= min(_MIN_KOPPEN, len(used)) and score >= _DEEL * len(used)


def recognise(
    bestand: Bestand,
    soort: Soort | None = None,
    koppeling: str = "",
    opgeslagen: Sequence[Opgeslagen] = (),
    keuze: Bestandskeuze | None = None,
) -> Herkend:
    """Recognises a file; a known `soort`, `koppeling` (by name) or `keuze` limits the search.

    Raises Onleesbaar for a file without rows that can be used, NietGekoppeld when nothing fits or a required
    column is missing, and SoortOnduidelijk when two kinds fit.
    """
    if bestand.formaat is Formaat.JSON:
        return _recognise_records(bestand.tabellen[0], soort, koppeling)
    gevonden = _recognise_rows(bestand, soort, koppeling, opgeslagen, keuze or Bestandskeuze())
    _check_nobody_passed_over(gevonden)
    if (keuze is None or keuze.regels is None) and gevonden.herkenning.versie is None:
        _check_one_table(gevonden)
    return replace(gevonden, epoch_1904=bestand.epoch_1904)


def _check_nobody_passed_over(gevonden: Herkend) -> None:
    """Raises NietGekoppeld when the rules pass over consent or BSNs, and nobody said that this is right."""
    regels = gevonden.herkenning.regels
    over = (
        ()
        if regels is None
        else passed_over(regels, _people_at(gevonden.tabel, gevonden.koppen, gevonden.kopregel))
    )
    if over:
        raise NietGekoppeld(
            why_asked(gevonden.soort, over), gevonden.tabel, gevonden.kopregel, Soort.WERKZOEKENDEN
        )


def _check_one_table(gevonden: Herkend) -> None:
    """Raises NietGekoppeld when a second table stands beside the first, with other people under the same headers."""
    regels = gevonden.herkenning.regels
    keys = {key: place for place, key in enumerate(kolomsleutels(gevonden.koppen))}
    if regels is None:
        return
    needed = [
        regel.kolommen[0] for regel in regels.regels if regel.doel in _NEEDED[regels.soort] and regel.kolommen
    ]
    if not gevonden.id_kolommen or not needed or not all(f"{key}#2" in keys for key in needed if key in keys):
        return
    pairs = [(place, keys[f"{key}#2"]) for key, place in keys.items() if place in gevonden.id_kolommen]
    for rij in first_rows(gevonden.tabel):
        if rij.nummer <= gevonden.kopregel:
            continue
        for here, there in pairs:
            other = tekst(rij.waarden[there]) if there < len(rij.waarden) else ""
            if other and other != tekst(rij.waarden[here]):
                raise NietGekoppeld(_NAAST_ELKAAR, gevonden.tabel, gevonden.kopregel, gevonden.soort)


def _people_at(tabel: Tabel, koppen: Sequence[str], kopregel: int) -> tuple[Menskolom, ...]:
    rows = [rij.waarden for rij in first_rows(tabel, _MENSEN_WITHIN) if rij.nummer > kopregel]
    samples = [[row[index] for row in rows if index < len(row)] for index in range(len(koppen))]
    return menskolommen(koppen, samples)


def why_asked(soort: Soort, kolommen: Sequence[Menskolom]) -> str:
    """Says in Dutch why somebody must look at a file in which the rules for this kind pass over these columns."""
    names = ", ".join(f"‘{one.naam}’" for one in kolommen)
    what = "toestemming" if kolommen[0].is_toestemming else "BSN's"
    seen = f"De kolom {names} lijkt" if len(kolommen) == 1 else f"De kolommen {names} lijken"
    if soort is Soort.WERKZOEKENDEN:
        return (
            f"{seen} te zeggen wie toestemming gaf, maar wordt niet gelezen. Kies die kolom bij "
            "‘Toestemming om te delen’, of bevestig dat zij daar niet over gaat."
        )
    return (
        f"{seen} op {what} van mensen, en een vacature heeft die niet. Kies werkzoekenden, of bevestig dat dit toch "
        "vacatures zijn."
    )


def _recognise_rows(
    bestand: Bestand,
    soort: Soort | None,
    koppeling: str,
    opgeslagen: Sequence[Opgeslagen],
    keuze: Bestandskeuze,
) -> Herkend:
    candidates = _candidates(bestand, keuze)
    if keuze.regels is not None:
        return _by_rules(candidates, keuze.regels, keuze.regels.herkomst or EIGEN, keuze)
    groups: tuple[Sequence[Preset], ...] = (opgeslagen, KOPPELINGEN)
    if koppeling:
        named = next((one for one in opgeslagen if one.naam == koppeling), None)
        if named is not None:
            return _by_rules(candidates, named.regels, named.naam, keuze, named.versie)
        groups = ([one for one in KOPPELINGEN if one.naam == koppeling],)
    best: Herkend | None = None
    people: Herkend | None = None
    for group in groups:
        found = [
            Herkend(one, place.tabel, place.koppen, place.kopregel)
            for place in candidates
            for one in recognise_headers(place.koppen, soort, group)
        ]
        if soort is None and any(one.soort is Soort.VACATURES for one in found):
            # A few headers that vacancies have too do not make vacancies of people.
            others = [one for one in found if not _are_people(one)]
            people = people or next((one for one in found if one not in others), None)
            found = others
        if not found:
            continue
        # max takes the first of equals: the first sheet, the first row, the first koppeling.
        fits = max(found, key=lambda one: (one.herkenning.score, not one.herkenning.mist))
        if not fits.herkenning.mist:
            if _fits_two_kinds(fits, found):
                raise SoortOnduidelijk(fits.kopregel)
            complete = [one for one in found if not one.herkenning.mist]
            return _on_one_sheet(fits, complete, keuze)
        best = best or fits
    if best is not None:
        raise NietGekoppeld(best.herkenning.mist, best.tabel, best.kopregel, best.soort)
    if bestand.te_groot:
        raise Onleesbaar(bestand.te_groot)
    if people is not None:
        raise NietGekoppeld(_MENSEN, people.tabel, people.kopregel, Soort.WERKZOEKENDEN)
    place = max(candidates, key=_looks_like_headers)
    raise NietGekoppeld(_why_not(koppeling, place), place.tabel, place.kopregel, soort)


def recognise_headers(
    koppen: Sequence[str], soort: Soort | None = None, koppelingen: Sequence[Preset] = KOPPELINGEN
) -> list[Herkenning]:
    """Gives every koppeling and kind that these headers fit."""
    return [
        found
        for kind in (SOORTEN if soort is None else (soort,))
        for candidate in koppelingen
        if (found := candidate.herken(koppen, kind)) is not None
    ]


def _are_people(gevonden: Herkend) -> bool:
    """Tells whether this is recognised as vacancies, while a column holds consent or BSNs of people."""
    regels = gevonden.herkenning.regels
    return (
        gevonden.soort is Soort.VACATURES
        and regels is not None
        and bool(passed_over(regels, _people_at(gevonden.tabel, gevonden.koppen, gevonden.kopregel)))
    )


def _fits_two_kinds(best: Herkend, found: Sequence[Herkend]) -> bool:
    return any(
        other.soort is not best.soort
        and other.herkenning.score == best.herkenning.score
        and (other.tabel is best.tabel and other.kopregel == best.kopregel)
        for other in found
    )


def _on_one_sheet(best: Herkend, complete: Sequence[Herkend], keuze: Bestandskeuze) -> Herkend:
    """Gives the one on the sheet that somebody chose for this koppeling, when several sheets fit, or all as one.

    A sheet that is hidden, or has no rows below its headers, is no rival. Raises BladOnduidelijk when nobody
    chose; also when all were read as one before, and a sheet is there that was not: it may hold who has left.
    """
    rivals = [
        one
        for one in complete
        if one.herkenning.koppeling == best.herkenning.koppeling
        and _has_rows(one)
        and not one.tabel.verborgen
    ]
    if rivals and not _has_rows(best):
        best = rivals[0]
    per_sheet: dict[int, Herkend] = {id(best.tabel): best}
    for one in rivals:
        per_sheet.setdefault(id(one.tabel), one)
    if len(per_sheet) == 1:
        return best
    found = list(per_sheet.values())
    koppeling = best.herkenning.koppeling
    chosen = keuze.sheet_for(koppeling)
    of_two_files = len({one.tabel.onderdeel for one in found}) > 1
    for one in found:
        if chosen and not of_two_files and one.tabel.naam[:BLADNAAM] == chosen:
            return one
    # Of a file with several sheets, one may hold who has left: the question about two files names no sheet.
    alike = can_be_read_as_one(found) and not (of_two_files and len(found) > 2)
    known = keuze.before(koppeling).samen
    # About two files is asked each time.
    wanted = keuze.blad == ALLE_BLADEN or (
        not of_two_files and all(one.tabel.naam[:BLADNAAM] in known for one in found)
    )
    if alike and chosen == ALLE_BLADEN and wanted:
        return under_each_other(found)
    raise BladOnduidelijk(koppeling, [one.tabel for one in found], onder_elkaar=alike)


def _has_rows(gevonden: Herkend) -> bool:
    """Tells whether the sheet has rows below its headers, as far as is known."""
    return gevonden.tabel.aantal is None or gevonden.tabel.aantal > gevonden.kopregel


def place_among(bladen: Sequence[tuple[str, int]], nummer: int) -> tuple[str, int]:
    """Gives the sheet of a row and its number there, of sheets (see `Herkend.bladen`) that are read as one."""
    for naam, before in reversed(bladen):
        if nummer > before:
            return naam, nummer - before
    return "", nummer


def can_be_read_as_one(gevonden: Sequence[Herkend]) -> bool:
    """Tells whether these sheets have the same columns, in any order, and none without a header is used."""
    keys = kolomsleutels(gevonden[0].koppen)
    first = set(keys)
    # Only its place tells which column that is, and on another sheet something else may stand there.
    if not all(has_header(keys[place]) for place in gevonden[0].gebruikte_kolommen):
        return False
    # Where rows differ in length, the place of a cell is all that tells its column.
    if gevonden[0].tabel.ongelijk:
        return all(
            one.kopregel
            and one.tabel.aantal is not None
            and one.tabel.ongelijk
            and one.tabel.breedte == gevonden[0].tabel.breedte
            and _named(kolomsleutels(one.koppen)) == _named(keys)
            for one in gevonden
        )
    return all(
        one.kopregel
        and one.tabel.aantal is not None
        and not one.tabel.ongelijk
        and {key for key in kolomsleutels(one.koppen) if has_header(key)}
        == {key for key in first if has_header(key)}
        for one in gevonden
    )


def _named(keys: Sequence[str]) -> Sequence[str]:
    """Gives these keys without those behind the last header: one row may be wider than the headers."""
    return keys[: max((place for place, key in enumerate(keys, 1) if has_header(key)), default=0)]


def under_each_other(gevonden: Sequence[Herkend]) -> Herkend:
    """Gives these sheets as one: the rows of each next one have the numbers after those of the sheet before it."""
    first = gevonden[0]
    keys = kolomsleutels(first.koppen)
    parts: list[tuple[Herkend, int, Mapping[int, int]]] = []
    before = 0
    for one in gevonden:
        here = {key: place for place, key in enumerate(kolomsleutels(one.koppen)) if has_header(key)}
        # By the place of a column on this sheet: its place on the first one.
        places = {here[key]: place for place, key in enumerate(keys) if key in here}
        parts.append((one, before, places))
        before += one.tabel.aantal or 0

    def rijen() -> Iterator[Rij]:
        yield from first.tabel.rijen()
        for one, shift, places in parts[1:]:
            for nummer, waarden, merken in one.tabel.rijen():
                if nummer <= one.kopregel:
                    continue
                if one.tabel.ongelijk:
                    # The lines of the text are told by their numbers in their own file.
                    lines = () if any(merk.code in _VAN_REGELS for merk in merken) else (nummer, nummer)
                    own = (*merken, Merk(REGELS, lines)) if lines else merken
                    yield Rij(shift + nummer, waarden, own)
                    continue
                cells: list[object] = [""] * len(keys)
                for there, place in places.items():
                    if there < len(waarden):
                        cells[place] = waarden[there]
                yield Rij(shift + nummer, cells, tuple(_moved(merken, places)))

    merged = [
        (top + shift, places[left], bottom + shift, places[left])
        for one, shift, places in parts
        for top, left, bottom, _ in one.tabel.samengevoegd
        if one is not first and bottom > top >= one.kopregel and left in places
    ]
    hidden = {
        places[place] for one, _, places in parts for place in one.tabel.verborgen_kolommen if place in places
    }
    tables = [one.tabel for one in gevonden]
    return replace(
        first,
        tabel=replace(
            first.tabel,
            aantal=before,
            rijen=rijen,
            samengevoegd=(*first.tabel.samengevoegd, *merged),
            verborgen_kolommen=tuple(sorted({*first.tabel.verborgen_kolommen, *hidden})),
            verborgen_rijen=sum(tabel.verborgen_rijen for tabel in tables),
            niet_nagegaan=any(tabel.niet_nagegaan for tabel in tables),
            regels=sum(tabel.regels for tabel in tables),
            doorgehaald=any(tabel.doorgehaald for tabel in tables),
            streep_bij_voorwaarde=any(tabel.streep_bij_voorwaarde for tabel in tables),
        ),
        bladen=tuple((one.tabel.naam, shift) for one, shift, _ in parts),
    )


def _moved(merken: Sequence[Merk], places: Mapping[int, int]) -> Iterator[Merk]:
    """Yields what is told of a row, of which the cells now stand in these places; nothing of cells that are gone."""
    for code, getallen in merken:
        moved = tuple(places[place] for place in getallen if place in places)
        if moved or not getallen:
            yield Merk(code, moved)


def _why_not(koppeling: str, place: "Plaats") -> str:
    if not koppeling:
        return _NIET_HERKEND if any(place.koppen) else _GEEN_KOPREGEL
    if koppeling not in LABELS:
        return f"Er is geen koppeling met de naam {koppeling}. Kies zelf welke kolom waarvoor is."
    return (
        f"De kolommen van dit bestand passen niet bij de koppeling {koppeling}. Kies zelf welke kolom waarvoor is, "
        "of lever opnieuw aan met een andere koppeling."
    )


def _by_rules(
    candidates: "Sequence[Plaats]",
    regels: Regels,
    naam: str,
    keuze: Bestandskeuze,
    versie: int | None = None,
) -> Herkend:
    """Uses the rules or the koppeling that somebody chose, on the row that has most of their columns.

    Raises NietGekoppeld when a required column is missing.
    """
    if not any(map(has_header, regels.kolommen)):
        candidates = [place.without_headers() for place in candidates]
    found = [
        Herkend(
            herkenning(naam, place.koppen, regels, 0, versie=versie),
            place.tabel,
            place.koppen,
            place.kopregel,
        )
        for place in candidates
    ]
    best = min(found, key=lambda one: len(one.herkenning.ontbreekt))
    missing = _what_is_missing(regels, set(kolomsleutels(best.koppen)), naam if versie is not None else "")
    if missing:
        raise NietGekoppeld(missing, best.tabel, best.kopregel, regels.soort)
    if not any(map(has_header, regels.kolommen)):
        return best
    return _on_one_sheet(
        best,
        [one for one in found if not _what_is_missing(regels, set(kolomsleutels(one.koppen)))],
        keuze,
    )


def _what_is_missing(regels: Regels, present: set[str], naam: str = "") -> str:
    """Says in Dutch which required column is missing: consent, id or postcode; '' when none is."""
    needed = {
        regels.soort.id_pad: "het kenmerk van elk profiel",
        regels.soort.postcode_pad: "de postcode",
    }
    groups: list[tuple[list[str], str]] = [
        ([key for regel in regels.regels if regel.doel == pad for key in regel.kolommen], what)
        for pad, what in needed.items()
        if not any(regel.doel == pad and regel.constante for regel in regels.regels)
    ]
    match regels.toestemming:
        case Toestemming(kolom=kolom) if kolom:
            groups.append(([kolom], "de toestemming"))
    where = f" Die hoort bij de koppeling {naam}." if naam else ""
    for keys, what in groups:
        if not present.intersection(keys):
            return f"De kolom met {what} ontbreekt in dit bestand.{where} Kies zelf welke kolom waarvoor is."
    return ""


# --- Header rows --------------------------------------------------------------------------------------------


def first_rows(tabel: Tabel, aantal: int = VOORPROEF) -> list[Rij]:
    """Gives the first rows of a sheet that are not empty."""
    return list(
        islice((rij for rij in islice(tabel.rijen(), _LOOK_WITHIN) if not is_empty_list(rij.waarden)), aantal)
    )


def filled_rows(tabel: Tabel) -> int:
    """Counts the rows of a sheet that are not empty, up to GETELD_TOT; also the row with the headers."""
    filled = (1 for rij in islice(tabel.rijen(), _COUNT_WITHIN) if not is_empty_list(rij.waarden))
    return sum(islice(filled, GETELD_TOT))


@dataclass(frozen=True, slots=True)
class Plaats:
    """A row that may hold the headers, those headers, and the first rows of its sheet."""

    tabel: Tabel
    kopregel: int
    koppen: tuple[str, ...]
    rijen: Sequence[Rij]

    @property
    def kopbreedte(self) -> int:
        """Gives the number of cells of the row with the headers."""
        return next((len(rij.waarden) for rij in self.rijen if rij.nummer == self.kopregel), len(self.koppen))

    def without_headers(self) -> "Plaats":
        """Gives the same sheet without a header row: its first row holds data."""
        return Plaats(self.tabel, 0, headers_at(self.rijen, 0), self.rijen)


def _candidates(bestand: Bestand, keuze: Bestandskeuze) -> list[Plaats]:
    """Gives every place where the headers may be: one or more.

    Raises Onleesbaar when there is none.
    """
    sheets = [(tabel, first_rows(tabel)) for tabel in _tables(bestand, keuze.blad)]
    numbers = [keuze.kopregel] if keuze.kopregel is not None else None
    if not keuze.kopregel and len(sheets) == 1 and (names := names_in_every_row(sheets[0][1])) is not None:
        check_every_row(sheets[0][0], names)
        numbers = [0]
    found = [
        Plaats(tabel, nummer, koppen, rijen)
        for tabel, rijen in sheets
        for nummer in numbers or [rij.nummer for rij in rijen[:_HEADER_WITHIN]]
        if (koppen := headers_at(rijen, nummer, tabel.samengevoegd, tabel.verborgen_kolommen))
        and (numbers or sum(map(bool, koppen)) >= 2)
    ]
    # A file without headers can still be used by the places of its columns.
    found = found or [
        Plaats(tabel, 0, koppen, rijen) for tabel, rijen in sheets if len(koppen := headers_at(rijen, 0)) >= 2
    ]
    if not found:
        raise Onleesbaar(bestand.te_groot or _GEEN_KOPREGEL)
    return found


def header_row(tabel: Tabel, sleutel: str = "") -> Plaats | None:
    """Gives the row of a sheet that looks most like headers, of those that have this column (by its key)."""
    rijen = first_rows(tabel)
    found = [
        Plaats(tabel, rij.nummer, koppen, rijen)
        for rij in rijen[:_HEADER_WITHIN]
        if sum(
            map(bool, koppen := headers_at(rijen, rij.nummer, tabel.samengevoegd, tabel.verborgen_kolommen))
        )
        >= 2
        and (not sleutel or sleutel in kolomsleutels(koppen))
    ]
    return max(found, key=_looks_like_headers, default=None)


def headers_at(
    rijen: Sequence[Rij],
    kopregel: int,
    samengevoegd: Sequence[tuple[int, int, int, int]] = (),
    verborgen: Sequence[int] = (),
) -> tuple[str, ...]:
    """Gives the headers in this row (by number; 0: there are none), as wide as the widest of these rows.

    Where every row repeats the names of its columns (0), those are the headers of the values behind them.
    When the row above names groups of columns ("Opleiding" over "niveau" and "jaar"), that name is put before
    the headers. `samengevoegd` are the merged cells of the sheet, as far as they are known. A hidden column (in
    `verborgen`) with the same header as a visible one gets another. Gives an empty tuple when there is no such
    row.
    """
    width = min(max((len(rij.waarden) for rij in rijen), default=0), MAX_BREEDTE)
    if kopregel == 0:
        repeated = names_in_every_row(rijen)
        return (*("",) * len(repeated), *repeated) if repeated else ("",) * width
    place = next((place for place, rij in enumerate(rijen) if rij.nummer == kopregel), None)
    if place is None:
        return ()
    koppen = _apart_from_hidden(_headers(rijen[place], width), verborgen)
    above = rijen[place - 1] if place else None
    if above is None or above.nummer != kopregel - 1:
        return tuple(koppen)
    # Places count from 0 and rows from 1, so the row above the headers is the number of
    # the header row less two.
    merged = {
        first: last
        for top, first, bottom, last in samengevoegd
        if top == bottom == kopregel - 2 and first < last
    }
    return tuple(_with_groups(_headers(above, width), koppen, merged))


def _apart_from_hidden(koppen: list[str], verborgen: Sequence[int]) -> list[str]:
    """Gives the headers in which a hidden column never has the name of a visible one."""
    if not verborgen:
        return koppen
    hidden = set(verborgen)
    visible = {kopsleutel(kop) for place, kop in enumerate(koppen) if kop and place not in hidden}
    return [
        f"{kop} (verborgen)" if place in hidden and kop and kopsleutel(kop) in visible else kop
        for place, kop in enumerate(koppen)
    ]


def _headers(rij: Rij, width: int) -> list[str]:
    # Numbers and dates are never headers; this keeps data out of the headers that are shown.
    koppen = [tekst(value) if isinstance(value, str) else "" for value in rij.waarden[:width]]
    return koppen + [""] * (width - len(koppen))


def _with_groups(above: list[str], koppen: list[str], merged: Mapping[int, int]) -> list[str]:
    """Gives the headers with the names of their groups, when the row above holds such names."""
    named = [index for index, kop in enumerate(above) if kop]
    # Of merged cells only the first has a value. When it is not known which are merged, a
    # group ends at the next name.
    groups = [""] * len(above)
    for index, following in pairwise([*named, len(above)]):
        last = merged.get(index, index if merged else following - 1)
        groups[index : last + 1] = [above[index]] * (min(last, following - 1) + 1 - index)
    continued = any(koppen[index] for index in range(len(above)) if groups[index] and not above[index])
    if len(named) < 2 or not continued or not (merged or _reads_as_groups(named, koppen)):
        return koppen
    return [
        f"{group} {kop}" if group and kop and group != kop else kop or top
        for group, kop, top in zip(groups, koppen, above, strict=True)
    ]


def _reads_as_groups(named: Sequence[int], koppen: Sequence[str]) -> bool:
    """Tells whether the texts above headers are names of groups.

    A title in several cells is no group: it stands at the left, with nothing after it.
    """
    spread = any(koppen[index] for left, right in pairwise(named) for index in range(left + 1, right))
    covers = any(not koppen[index] for index in named)
    below = [kop for kop in koppen if kop]
    return spread or covers or len(set(below)) < len(below)


_DATA = re.compile(r"@|[0-9]{4}|[0-9][-/.][0-9]")


def _looks_like_headers(place: Plaats) -> tuple[int, int]:
    """Scores a row by its likeness to headers: different short texts with data below it.

    Of equal rows the higher one scores more.
    """
    texts = {kop for kop in place.koppen if kop}
    data = sum(1 for kop in texts if _DATA.search(kop) or len(kop) > 50)
    own = next((rij.waarden for rij in place.rijen if rij.nummer == place.kopregel), ())
    numbers = sum(1 for value in own if value not in (None, "") and not isinstance(value, str))
    if not any(rij.nummer > place.kopregel for rij in place.rijen):
        return (0, -place.kopregel)
    return (len(texts) - 2 * data - 2 * numbers, -place.kopregel)


def _tables(bestand: Bestand, blad: str) -> Iterator[Tabel]:
    """Yields the sheets that may hold the data: the chosen one, or all except those that the portal added."""
    for tabel in bestand.tabellen:
        if blad not in {"", ALLE_BLADEN} and tabel.naam[:BLADNAAM] != blad:
            continue
        first = next(iter(tabel.rijen()), None)
        if first is None or not is_eigen_blad(first.waarden):
            yield tabel


# --- Records ------------------------------------------------------------------------------------------------


def _recognise_records(tabel: Tabel, soort: Soort | None, koppeling: str) -> Herkend:
    if koppeling not in {"", STANDAARD_KOLOMMEN, *ZONDER_KOLOMMEN}:
        raise Onleesbaar(
            "Dit bestand is JSON. Een koppeling voor kolommen past daar niet op. Laat de koppeling weg."
        )
    sample = [rij.waarden for rij in islice(tabel.rijen(), _RECORDS_LOOKED_AT)]
    if not sample:
        raise Onleesbaar("In dit bestand staan geen records. Controleer of u het goede bestand koos.")
    kinds = records.kinds_of(sample)
    if soort is None:
        if len(kinds) > 1:
            raise SoortOnduidelijk
        if not kinds:
            raise Onleesbaar(
                "De records in dit bestand hebben geen velden uit de gegevensstandaard. "
                "Controleer of u het goede bestand koos."
            )
        soort = kinds[0]
    elif kinds and soort not in kinds:
        other = kinds[0]
        raise Onleesbaar(f"Dit bestand bevat {other.label}, geen {soort.label}. Kies de soort {other.label}.")
    naam = pilot.NAAM if pilot.is_pilot(sample, soort) else records.NAAM
    return Herkend(Herkenning(naam, soort, len(sample)), tabel)
