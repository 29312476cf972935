"""Converts the rows of a file to records in the standard, or gives the reasons why that fails.

This module knows no database and no HTTP. It takes a recognised file and what it must know of the
municipality, and yields one outcome per row. Every row that is read ends as a record, as skipped or as
refused.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from exchange.bron.columns import canonical_json
from exchange.standard import Foutcode, Soort, validate, without_empties
from exchange.standard.persoonsgegevens import looks_personal
from uploads.mapping.bijblad import (
    BIJRIJ_DUBBEL,
    BIJRIJEN_TE_VEEL,
    GEEN_BIJRIJ,
    SLEUTEL_DUBBEL,
    SLEUTEL_LEEG,
    TE_VEEL_CELLEN,
)
from uploads.mapping.cells.contact import POSTCODE_ONVINDBAAR, normal_postcode
from uploads.mapping.cells.text import is_empty_list, tekst
from uploads.mapping.eigen import (
    KOP_CONTACTBELEID,
    eigen_kolommen,
    policy_column,
    policy_of,
    without_own,
)
from uploads.mapping.model import Ernst, Lot, Omgeving, Opmerking, Record, Rijopmerking, Vertaling, lot_of
from uploads.mapping.rapportregels import Rapportregels
from uploads.mapping.reach import with_reach
from uploads.mapping.recognition import Herkend
from uploads.mapping.samengevoegd import SAMENGEVOEGD, rows_with_merged
from uploads.readers import (
    AANHALING,
    DOORGEHAALD,
    FOUT,
    GEHEELD,
    ONLEESBAAR,
    ONZICHTBAAR,
    REGELS,
    VERBORGEN,
    VREEMD,
    ZONDER_UITKOMST,
    Merk,
    Tabel,
)

_TE_WEINIG_CELLEN = Opmerking(
    Ernst.WAARSCHUWING,
    "te_weinig_cellen",
    "Deze regel heeft minder cellen dan de andere. Wat achteraan ontbreekt, is leeg gebleven. Staat de rest op de "
    "regel eronder, zet die regels dan weer achter elkaar.",
)
_GESLOTEN = Opmerking(
    Ernst.OVERGESLAGEN,
    "gesloten",
    "De sluitingsdatum van deze vacature is voorbij, dus ze gaat niet mee. Klopt de datum niet, pas hem dan aan.",
)
_GEEN_POSTCODE = Opmerking(
    Ernst.AFGEKEURD,
    "postcode_ontbreekt",
    "Er is geen postcode. Zonder postcode kan niemand op afstand zoeken. Vul de postcode in.",
)
_KOLOM_ONTBREEKT = Opmerking(
    Ernst.WAARSCHUWING,
    "kolom_ontbreekt",
    "Deze kolom hoort bij de koppeling, maar staat niet in dit bestand. Wat erin hoort, blijft leeg. Is de kolom "
    "hernoemd, pas dan de koppeling aan.",
)
_VERBORGEN = Opmerking(
    Ernst.OVERGESLAGEN,
    "rij_verborgen",
    "Deze rij is in uw bestand verborgen, met de hand of door een filter. U koos ervoor zulke rijen over te slaan.",
)
_DOORGEHAALD = Opmerking(
    Ernst.OVERGESLAGEN,
    "rij_doorgehaald",
    "Deze rij is in uw bestand doorgehaald, of een deel ervan. U koos ervoor zulke rijen over te slaan.",
)
_AAN_ELKAAR = (
    "aanhalingsteken",
    "Hier staat een los aanhalingsteken, waardoor regel {} tot en met {} van het bestand aan elkaar kunnen zitten. "
    "Welke cel bij wie hoort is niet zeker, dus gaan deze regels niet mee. Haal het aanhalingsteken weg.",
)
_HERSTELD = (
    "aanhalingsteken_hersteld",
    "Hier staat een los aanhalingsteken in regel {} tot en met {} van het bestand. De regels zijn toch uit elkaar "
    "gehaald, want dat kan maar op één manier. Controleer de waarden.",
)
# Cells of which the content is not known: nobody may be published by guessing it.
_CELLEN = {
    ZONDER_UITKOMST: (
        "zonder_uitkomst",
        "In deze cel staat een formule zonder uitkomst. Open het bestand in uw spreadsheetprogramma, sla het op en "
        "lever het opnieuw aan; dan wordt de formule uitgerekend.",
    ),
    ONLEESBAAR: (
        "onleesbaar",
        "In deze cel staan tekens die geen tekst zijn. Vul de cel opnieuw in.",
    ),
}
_VREEMD = (
    "vreemde_tekens",
    "In deze cel staan letters die onderweg kapot zijn gegaan, zoals een ruitje of Ã© waar é hoort. Exporteer het "
    "bestand opnieuw uit uw systeem, in de tekenset UTF-8.",
)
# The row of a second sheet that belongs to this row, and why it is not read.
_BIJRIJEN = {
    SLEUTEL_DUBBEL: (
        Ernst.AFGEKEURD,
        "Deze sleutel staat op meer rijen, of is op twee manieren geschreven. Daardoor staat niet vast bij wie de "
        "gegevens horen die {waar} staan. Laat één van de rijen staan, of verbeter de sleutel.",
    ),
    SLEUTEL_LEEG: (
        Ernst.WAARSCHUWING,
        "Zonder bruikbare sleutel is niet te zien welke rij {waar} hierbij hoort. Wat daar staat, gaat niet mee. Vul "
        "de sleutel in.",
    ),
    GEEN_BIJRIJ: (
        Ernst.WAARSCHUWING,
        "Er staat {waar} geen rij met deze sleutel. Wat daar had moeten staan, blijft leeg. Vul daar een rij aan, als "
        "die er hoort te zijn.",
    ),
    BIJRIJ_DUBBEL: (
        Ernst.WAARSCHUWING,
        "Deze sleutel staat {waar} vaker, of op twee manieren geschreven. Welke rij de goede is, staat niet vast. "
        "Daarom gaat geen ervan mee. Laat daar één rij staan.",
    ),
    BIJRIJEN_TE_VEEL: (
        Ernst.WAARSCHUWING,
        "Er staan {waar} {} rijen met deze sleutel. De eerste {} gaan mee, de andere niet.",
    ),
}
_FOUT_IN_CEL = Opmerking(
    Ernst.WAARSCHUWING,
    "cel_fout",
    "In deze cel staat een foutmelding van uw spreadsheetprogramma, zoals #DEEL/0! of #VERW!. Daarom is er niets "
    "gelezen. Herstel de formule en lever het bestand opnieuw aan.",
)
_SAMENGEVOEGD = Opmerking(
    Ernst.WAARSCHUWING,
    "samengevoegd",
    "Deze cel is samengevoegd met de cel erboven. Wat daar staat, geldt daarom ook voor deze rij. Klopt dat niet, "
    "splits de cel dan en vul haar in.",
)
_ONZICHTBAAR = Opmerking(
    Ernst.WAARSCHUWING,
    "onzichtbaar",
    "In deze cel staat iets dat door de opmaak niet te zien is. Daarom is er niets gelezen. Hoort het erbij, geef de "
    "cel dan een gewone opmaak; zo niet, maak de cel dan leeg.",
)
_GEMELD = {SAMENGEVOEGD: _SAMENGEVOEGD, FOUT: _FOUT_IN_CEL, ONZICHTBAAR: _ONZICHTBAAR}
_SLUITINGSDATUM = "sluitingsdatumVacature"
# The most different values of a list that are counted, and the longest value that a value mapping can hold.
MAX_ONBEKEND = 5000
_LONGEST_VALUE = 300


@dataclass(slots=True)
class Telling:
    """The number of rows per outcome. `gelezen` is always the sum of the three that follow it."""

    gelezen: int = 0
    omgezet: int = 0
    overgeslagen: int = 0
    afgekeurd: int = 0
    lege_rijen: int = 0
    waarschuwingen: int = 0


class Rijuitkomst(NamedTuple):
    """The outcome of one row: its record when it goes along, else None; the findings tell why.

    `contactbeleid` is the contact policy that the row gives, None when it leaves that to the municipality.
    `eigen_nummer` is the municipality's own number when the record's id is a pseudonym of it, else ''.
    """

    rij: int
    record: Record | None
    bevindingen: tuple[Rijopmerking, ...]
    lot: Lot
    contactbeleid: str | None = None
    eigen_nummer: str = ""


@dataclass(slots=True)
class Omzetting:
    """The conversion of one file. Iterate over `uitkomsten` once; the counts grow meanwhile.

    `onbekend` counts the values that no list knows, per list and value. `redenen` counts the findings per
    severity, code and column, and `meldingen` holds the message of the first. When `vandaag` is None,
    vacancies that are closed go along too. `verborgen_meenemen`: hidden rows go along like the others;
    `doorgehaald_meenemen`: so do rows that are struck through.
    """

    gevonden: Herkend
    omgeving: Omgeving
    vandaag: dt.date | None = None
    verborgen_meenemen: bool = True
    doorgehaald_meenemen: bool = True
    telling: Telling = field(default_factory=Telling)
    onbekend: dict[str, Counter[str]] = field(default_factory=dict)
    redenen: Counter[tuple[Ernst, str, str]] = field(default_factory=Counter)
    meldingen: dict[tuple[Ernst, str, str], str] = field(default_factory=dict)
    laatste_rij: int = 0
    _vormen: Counter[Hashable] = field(default_factory=Counter)
    _vertaling: Vertaling | None = None
    _postcode_stappen: Sequence[str] = ()
    _doorgehaalde_kolommen: frozenset[int] = frozenset()

    @property
    def vulling(self) -> dict[str, int]:
        """Gives the number of converted records that have each attribute, by its path without positions.

        Counts the records with a way to reach somebody too (`with_reach`).
        """
        counts: Counter[str] = Counter()
        if self._vertaling is not None:
            for vorm, aantal in self._vormen.items():
                for pad in with_reach(self.gevonden.soort, self._vertaling.paden(vorm)):
                    counts[pad] += aantal
        return dict(counts)

    def uitkomsten(self) -> Iterator[Rijuitkomst]:
        """Yields one outcome per row that is not empty. Raises Onleesbaar when the file breaks off."""
        vertaling = self._vertaling = self.gevonden.vertaling(self.omgeving)
        soort, telling = self.gevonden.soort, self.telling
        id_pad = soort.id_pad or ""
        self._postcode_stappen = (soort.postcode_pad or "").split(".")
        self._doorgehaalde_kolommen = self.gevonden.doorgehaalde_kolommen()
        seen: dict[str, int] = {}
        found: list[Rijopmerking] = list(self._missing_columns())
        ours = eigen_kolommen(self.gevonden.koppen)
        policies = policy_column(self.gevonden.koppen) if soort is Soort.WERKZOEKENDEN else None
        ids = self.gevonden.id_kolommen
        kopregel = self.gevonden.kopregel
        rapportregels = Rapportregels(self.gevonden.koppen, ids, kopregel)
        width = _width(self.gevonden)
        # Where most rows of a text have as many cells as there are headers, one with fewer may be cut off.
        whole = width if width == self.gevonden.tabel.breedte else 0
        used = self.gevonden.gebruikte_kolommen
        own_numbers = self.omgeving.eigen_nummers
        nummer = 0

        def meld(kolom: str, opmerking: Opmerking) -> None:
            found.append(Rijopmerking(nummer, kolom, opmerking))

        def onbekend(kolom: str, waarde: tuple[str, str]) -> None:
            self._count_unknown(*waarde)

        # An id is not taken over: rows beside one id are one person, who is in the first of them.
        for rij in rows_with_merged(self.gevonden.tabel, self.gevonden.kopregel, ids):
            nummer, waarden, merken = rij
            self.laatste_rij = nummer
            if nummer <= kopregel:
                if nummer < kopregel:
                    rapportregels.note_above(waarden)
                elif width:
                    width = len(waarden)
                continue
            policy, remark = None, None
            if ours:
                if policies is not None and policies < len(waarden):
                    policy, remark = policy_of(waarden[policies])
                waarden = without_own(waarden, ours)
            if is_empty_list(waarden) and not (merken and any(True for _ in self._marks(merken, used))):
                telling.lege_rijen += 1
                continue
            telling.gelezen += 1
            record: Record | None = None
            if remark is not None:
                meld(KOP_CONTACTBELEID, remark)
            if merken:
                for kolom, opmerking in self._marks(merken, used):
                    meld(kolom, opmerking)
            if width and len(waarden) > width and not is_empty_list(waarden[width:]):
                lines = next((getallen for code, getallen in merken if code == REGELS), (nummer, nummer))
                meld("", _too_wide(*lines))
            if found and lot_of(one.ernst for one in found) is not Lot.MEE:
                pass
            elif (no_record := rapportregels.remark(waarden)) is not None:
                meld("", no_record)
            else:
                if whole and len(waarden) < whole:
                    meld("", _TE_WEINIG_CELLEN)
                record = vertaling.vertaal(waarden, meld, onbekend)
            if record is not None:
                eigen_id = _identity(record, id_pad)
                for pad, opmerking in self._faults(record, seen.get(eigen_id), id_pad):
                    meld(vertaling.kop_van(pad), opmerking)
                    record = None
            if record is not None and self._is_over(record):
                meld(vertaling.kop_van(_SLUITINGSDATUM), _GESLOTEN)
            lot = lot_of(one.ernst for one in found) if found else Lot.MEE
            if lot is not Lot.MEE:
                record = None
            if record is not None:
                self._vormen[vertaling.vorm()] += 1
                record = vertaling.finish(record)
                seen[eigen_id] = nummer
            own_number = ""
            if own_numbers:
                own_number = own_numbers.get(eigen_id, "") if record is not None else ""
                own_numbers.clear()
            bevindingen = tuple(found)
            found.clear()
            yield self._settle(Rijuitkomst(nummer, record, bevindingen, lot, policy, own_number))

    def _missing_columns(self) -> Iterator[Rijopmerking]:
        """Yields a warning for each column that the file lacks.

        Only a koppeling that the municipality saved expects columns.
        """
        herkenning = self.gevonden.herkenning
        if herkenning.versie is not None:
            for key in herkenning.ontbreekt:
                yield Rijopmerking(self.gevonden.kopregel, key, _KOLOM_ONTBREEKT)

    def _marks(self, merken: Sequence[Merk], used: Mapping[int, str]) -> Iterator[tuple[str, Opmerking]]:
        """Yields the remarks on what a row has beside its cells, each with its column."""
        for code, getallen in merken:
            if code == AANHALING:
                yield "", _filled(Ernst.AFGEKEURD, _AAN_ELKAAR, getallen)
            elif code == GEHEELD:
                yield "", _filled(Ernst.WAARSCHUWING, _HERSTELD, getallen)
            elif code == VERBORGEN and not self.verborgen_meenemen:
                yield "", _VERBORGEN
            elif code == DOORGEHAALD:
                if not self.doorgehaald_meenemen and not self._doorgehaalde_kolommen.issuperset(getallen):
                    yield "", _DOORGEHAALD
            elif code in _BIJRIJEN:
                ernst, melding = _BIJRIJEN[code]
                yield (
                    self.gevonden.koppen[getallen[0]],
                    Opmerking(ernst, code, melding.format(*getallen[1:], waar=self._place_of_extra())),
                )
            elif code in _GEMELD:
                for place in getallen:
                    if place in used:
                        yield used[place], _GEMELD[code]
            elif code == TE_VEEL_CELLEN:
                yield "", _too_wide(*getallen)
            elif code in _CELLEN:
                for place in getallen:
                    if place in used:
                        yield used[place], Opmerking(Ernst.AFGEKEURD, *_CELLEN[code])
            elif code == VREEMD:
                for place in getallen:
                    if place in used:
                        # Whoever is known by this cannot be known by it in the next file.
                        maimed = place in self.gevonden.id_kolommen
                        yield (
                            used[place],
                            Opmerking(Ernst.AFGEKEURD if maimed else Ernst.WAARSCHUWING, *_VREEMD),
                        )

    def _place_of_extra(self) -> str:
        """Gives the words for the place of the rows that are read beside those of the first sheet."""
        regels = self.gevonden.herkenning.regels
        bijblad = None if regels is None else regels.bijblad
        return "op het tweede blad" if bijblad is None else bijblad.waar

    def _is_over(self, record: Record) -> bool:
        """Tells whether the record is a vacancy that is closed already, so that nobody would find it."""
        if self.vandaag is None or self.gevonden.soort is not Soort.VACATURES:
            return False
        return str(record.get(_SLUITINGSDATUM) or "9999") < self.vandaag.isoformat()

    def _faults(self, record: Record, first: int | None, id_pad: str) -> Iterator[tuple[str, Opmerking]]:
        """Yields the reasons that keep a translated record from publication, each with its path.

        `first` is the number of the earlier row with the same id.
        """
        soort = self.gevonden.soort
        postcode_pad = soort.postcode_pad or ""
        for fout in validate(soort, record):
            if fout.code is Foutcode.VERPLICHT and fout.pad == postcode_pad:
                yield postcode_pad, _GEEN_POSTCODE
            else:
                yield fout.pad, Opmerking(Ernst.AFGEKEURD, fout.code.value, fout.melding)
        if first is not None:
            which = self.gevonden.place_of(first)
            melding = f"Dit is dezelfde als in {which}; die gaat mee, deze niet. Verwijder een van de twee."
            yield id_pad, Opmerking(Ernst.AFGEKEURD, "dubbel_id", melding)
        postcode = _value_at(record, self._postcode_stappen)
        if (
            isinstance(postcode, str)
            and postcode
            and not self.omgeving.ligt_ergens(normal_postcode(postcode))
        ):
            yield postcode_pad, POSTCODE_ONVINDBAAR

    def _settle(self, uitkomst: Rijuitkomst) -> Rijuitkomst:
        """Counts the outcome and gives it back."""
        telling = self.telling
        if uitkomst.lot is Lot.MEE:
            telling.omgezet += 1
        elif uitkomst.lot is Lot.OVERGESLAGEN:
            telling.overgeslagen += 1
        else:
            telling.afgekeurd += 1
        for one in uitkomst.bevindingen:
            key = (one.opmerking.ernst, one.opmerking.code, one.kolom)
            self.redenen[key] += 1
            self.meldingen.setdefault(key, one.opmerking.melding)
            if one.opmerking.ernst is Ernst.WAARSCHUWING:
                telling.waarschuwingen += 1
        return uitkomst

    def _count_unknown(self, lijst: str, waarde: str) -> None:
        values = self.onbekend.setdefault(lijst, Counter())
        shown = tekst(waarde)
        # A value that looks like somebody's name, number or address is not shown back as
        # "a value of the list".
        if shown not in values and (len(shown) > _LONGEST_VALUE or looks_personal(shown)):
            shown = ""
        if shown in values or len(values) < MAX_ONBEKEND:
            values[shown] += 1


def _width(gevonden: Herkend) -> int:
    """Gives the number of columns of a sheet whose rows differ in length; 0 for any other."""
    tabel: Tabel = gevonden.tabel
    return (len(gevonden.koppen) if gevonden.kopregel else tabel.breedte) if tabel.ongelijk else 0


def _too_wide(first: int, last: int) -> Opmerking:
    where = f"Regel {first}" if first == last else f"Regel {first} tot en met {last}"
    return Opmerking(
        Ernst.AFGEKEURD,
        "te_veel_cellen",
        f"{where} van het bestand heeft meer cellen dan er kolommen zijn. Daardoor staat niet vast wat in welke "
        "kolom hoort. Zet een tekst met een scheidingsteken of een komma erin tussen aanhalingstekens.",
    )


def _filled(ernst: Ernst, what: tuple[str, str], getallen: Sequence[int]) -> Opmerking:
    code, melding = what
    return Opmerking(ernst, code, melding.format(*getallen[:2]))


def _identity(record: Record, id_pad: str) -> str:
    """Gives the text that identifies a record: its id, or a hash of its content for a kind without ids."""
    if not id_pad:
        return hashlib.sha256(canonical_json(without_empties(record)).encode()).hexdigest()
    return str(record.get(id_pad) or "")


def _value_at(record: Record, steps: Sequence[str]) -> Any:
    value: Any = record
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value
