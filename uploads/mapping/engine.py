"""Runs a koppeling: makes a translation from rules and a header row, and a record from every row.

Columns are found by their headers, at any place. The result of a cell is remembered per column, because most
columns hold few different values. Everything else is decided once per file, not per row.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.standard import Soort, Veld, velden, without_empties
from uploads.mapping.cells.reader import absence, reader
from uploads.mapping.cells.text import alinea, tekst, woordsleutel
from uploads.mapping.doelen import constant_of, is_contactlijst, veld_van, without_positions
from uploads.mapping.herkenning import shown_header
from uploads.mapping.kolommen import kolomkoppen
from uploads.mapping.model import (
    AFWEZIG,
    Cel,
    Ernst,
    Lees,
    Meld,
    MeldOnbekend,
    Omgeving,
    Opmerking,
    Record,
    Zet,
)
from uploads.mapping.regels import Regel, Regels, Toestemming
from uploads.mapping.setters import each_setter, setter
from uploads.mapping.words import JA

# Depends on the other contact details, for a kind that has it.
_INDICATIE_CONTACT = "indicatieBeschikbaarheidContactgegevens"
_JA, _NEE = 1, 2
_MOST_REMEMBERED = 20_000

_LeesRij = Callable[[Sequence[Any]], Cel]


@dataclass(frozen=True, slots=True)
class _Bron:
    """A source that can fill a target: its reader of a row, and the header that remarks name.

    `voorwaarden` are bit masks of targets; the source counts only when each mask has a target that is filled.
    """

    lees: _LeesRij
    kop: str
    voorwaarden: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Vak:
    """A target and its sources; the first source that gives a value fills it."""

    zet: Zet
    bit: int
    bronnen: tuple[_Bron, ...]


# A column that is the only source of its target: index, remembered results (None: not remembered),
# reader, setter, bit and header.
_Kolom = tuple[int, dict[Any, Cel] | None, Lees, Zet, int, str]


class RegelVertaling:
    """The translation of one file by rules."""

    def __init__(
        self, koppen: Sequence[str], regels: Regels, omgeving: Omgeving, *, epoch_1904: bool = False
    ) -> None:
        self.soort = regels.soort
        self._omgeving = omgeving
        self._epoch_1904 = epoch_1904
        columns = kolomkoppen(koppen)
        self._where = {kolom.sleutel: kolom.index for kolom in columns}
        self._naam = {kolom.sleutel: kolom.naam for kolom in columns}
        # With numbered columns the first element of a list may be empty where the second is not.
        self._has_gaps = any(_has_gap(regel.doel) for regel in regels.regels)
        # A bit for every target, with its positions.
        self._bits: dict[str, int] = {}
        self._koppen: dict[str, str] = {}
        self._kolommen: list[_Kolom] = []
        self._vakken: list[_Vak] = []
        # Sources that read no cell and depend only on the targets that are filled; and
        # their remembered results.
        self._vast: list[_Vak] = []
        self._follows: dict[int, tuple[list[tuple[Zet, Any]], int]] = {}
        self._id_vak: _Vak | None = None
        self._arrange(regels.regels)
        self._toestemming = _Consent(regels.toestemming, self._where, self._naam)
        self._consent = self._toestemming.given
        self._contact = _contact_mark(self.soort, self._bits)
        self._paden = [without_positions(doel) for doel in self._bits]
        self._vorm = 0

    def finish(self, record: Record) -> Record:
        """Gives the record without the elements that numbered columns left empty."""
        return without_empties(record) if self._has_gaps else record

    # --- What every row goes through ------------------------------------------------------------------------

    def vertaal(self, waarden: Any, meld: Meld, onbekend: MeldOnbekend) -> Record | None:
        """Gives the record of one row; None without consent, or when a cell is refused."""
        if not self._consent(waarden):
            meld(self._toestemming.kop, self._toestemming.ontbreekt)
            return None
        record: Record = {}
        good, filled = True, 0
        width = len(waarden)
        for index, known, lees, zet, bit, kop in self._kolommen:
            if index >= width:
                continue
            value = waarden[index]
            if value is None or value == "":
                continue
            if known is None:
                cel = lees(value)
            else:
                # As keys 1, 1.0 and True are equal, but in a spreadsheet they are not the same.
                key = value if value.__class__ is str else (value.__class__, value)
                found = known.get(key)
                if found is None:
                    found = _remember(known, key, lees(value))
                cel = found
            waarde, opmerking, vreemd = cel
            if (opmerking is not None or vreemd) and not _tell(cel, kop, meld, onbekend):
                good = False
                continue
            if waarde is not None:
                zet(record, waarde)
                filled |= bit
        for vak in self._vakken:
            done = self._fill(vak, record, waarden, filled, meld, onbekend)
            if done is None:
                good = False
            elif done:
                filled |= vak.bit
            elif vak is self._id_vak:
                meld(vak.bronnen[0].kop, _no_id(vak))
                good = False
        if not good:
            return None
        found_follows = self._follows.get(filled)
        if found_follows is None:
            found_follows = self._what_follows(filled)
        follows, self._vorm = found_follows
        for zet, waarde in follows:
            zet(record, waarde)
        return record

    def _what_follows(self, filled: int) -> "tuple[list[tuple[Zet, Any]], int]":
        """Gives the values to add to a record with these targets filled, as pairs of a setter and a value.

        Also gives the targets that are filled afterwards.
        """
        if len(self._follows) > _MOST_REMEMBERED:
            self._follows.clear()
        follows: list[tuple[Zet, Any]] = []
        now = filled
        for vak in self._vast:
            bron = next((bron for bron in vak.bronnen if all(map(now.__and__, bron.voorwaarden))), None)
            if bron is not None:
                follows.append((vak.zet, bron.lees(()).waarde))
                now |= vak.bit
        if self._contact is not None:
            own, others, zet = self._contact
            if not now & own:
                follows.append((zet, _JA if now & others else _NEE))
                now |= own
        self._follows[filled] = follows, now
        return follows, now

    def _fill(
        self,
        vak: _Vak,
        record: Record,
        waarden: Sequence[Any],
        filled: int,
        meld: Meld,
        onbekend: MeldOnbekend,
    ) -> bool | None:
        """Tells whether a source filled the target; None when a cell was refused."""
        for bron in vak.bronnen:
            if bron.voorwaarden and not all(map(filled.__and__, bron.voorwaarden)):
                continue
            cel = bron.lees(waarden)
            if (cel.opmerking is not None or cel.onbekend) and not _tell(cel, bron.kop, meld, onbekend):
                return None
            if cel.waarde is not None:
                vak.zet(record, cel.waarde)
                if vak is self._id_vak:
                    self._koppen[self.soort.id_pad or ""] = bron.kop
                return True
        return False

    def kop_van(self, pad: str) -> str:
        """Gives the header behind an attribute.

        A path with positions gives the header of its own column, if it has one.
        """
        plain = without_positions(pad)
        return self._koppen.get(pad) or self._koppen.get(plain, plain)

    def vorm(self) -> int:
        """Gives the targets that the last record got, as a bit for each."""
        return self._vorm

    def paden(self, vorm: int) -> Iterable[str]:
        """Gives the paths of the targets whose bits are set."""
        return {pad for place, pad in enumerate(self._paden) if vorm >> place & 1}

    # --- Once per file --------------------------------------------------------------------------------------

    def _arrange(self, regels: Sequence[Regel]) -> None:
        """Sorts the rules: plain columns, targets with several sources, dependent targets, and constants."""
        by_target: dict[str, list[Regel]] = {}
        for place, regel in enumerate(regels):
            # A rule that adds to a list stands on its own; all other rules for one target belong together.
            key = f"{regel.doel}#{place}" if "[]" in regel.doel else regel.doel
            by_target.setdefault(key, []).append(regel)
            self._bits.setdefault(regel.doel, 1 << len(self._bits))
        later: list[_Vak] = []
        for group in by_target.values():
            leaf = veld_van(self.soort, group[0].doel)
            is_id = leaf.pad == self.soort.id_pad
            first = group[0]
            self._name(leaf, group)
            index = self._where.get(first.kolommen[0]) if len(first.kolommen) == 1 else None
            if len(group) == 1 and index is not None and not first.alleen_met and not is_id:
                self._add_column(leaf, first, index)
                continue
            vak = self._vak(leaf, group)
            if is_id:
                self._id_vak = vak
            if not vak.bronnen:
                continue
            if not any(regel.kolommen for regel in group):
                self._vast.append(vak)
            else:
                (later if any(bron.voorwaarden for bron in vak.bronnen) else self._vakken).append(vak)
        self._vakken += later

    def _name(self, leaf: Veld, group: Sequence[Regel]) -> None:
        kop = next((self._naam[key] for regel in group for key in regel.kolommen if key in self._naam), "")
        if kop:
            self._koppen.setdefault(group[0].doel, kop)
            self._koppen.setdefault(leaf.pad, kop)

    def _add_column(self, leaf: Veld, regel: Regel, index: int) -> None:
        self._kolommen.append(
            (
                index,
                None if _hardly_repeats(leaf, self.soort) else {},
                self._reader(leaf, regel),
                _setter(leaf, regel.doel),
                self._bits[regel.doel],
                self._naam[regel.kolommen[0]],
            )
        )

    def _vak(self, leaf: Veld, group: Sequence[Regel]) -> _Vak:
        doel = group[0].doel
        bronnen = tuple(bron for regel in group if (bron := self._bron(leaf, regel)) is not None)
        zet = _setter(leaf, doel)
        if not group[0].kolommen and _repeated_group(doel):
            zet = each_setter(doel)
        return _Vak(zet, self._bits[doel], bronnen)

    def _bron(self, leaf: Veld, regel: Regel) -> _Bron | None:
        """Gives the source that a rule makes.

        Gives None when the file has none of its columns, or when nothing fills the target that it depends on.
        """
        conditions: list[int] = []
        if regel.alleen_met:
            conditions.append(self._bits_of(lambda doel: _is_at(doel, regel.alleen_met)))
        if not regel.kolommen and (group := _repeated_group(regel.doel)):
            conditions.append(self._bits_of(lambda doel: doel != regel.doel and _group_of(doel) == group))
        if not all(conditions):
            return None
        if not regel.kolommen:
            return _Bron(_constant(leaf, regel), "", tuple(conditions))
        present = [key for key in regel.kolommen if key in self._where]
        if not present:
            return None
        lees = self._reader(leaf, regel)
        remembered = None if _hardly_repeats(leaf, self.soort) else dict[Any, Cel]()
        indexes = [self._where[key] for key in present]
        if len(indexes) == 1:
            read = _from_one(indexes[0], lees, remembered)
        else:
            clean = alinea if leaf.vrije_tekst else tekst
            read = _from_several(indexes, regel.voeg_samen, lees, remembered, clean, self._omgeving)
        return _Bron(read, self._naam[present[0]], tuple(conditions))

    def _reader(self, leaf: Veld, regel: Regel) -> Lees:
        return reader(self.soort, leaf, regel, self._omgeving, epoch_1904=self._epoch_1904)

    def _bits_of(self, wanted: Callable[[str], bool]) -> int:
        return sum(bit for doel, bit in self._bits.items() if wanted(doel))


class _Consent:
    """Decides whether the person behind a row agreed to share it."""

    def __init__(self, toestemming: Toestemming | None, where: dict[str, int], naam: dict[str, str]) -> None:
        self.kop = ""
        self._index: int | None = None
        self._declared = toestemming is None or toestemming.verklaring
        self._yes: frozenset[str] = frozenset()
        self._known: dict[str, bool] = {}
        only_yes = False
        if toestemming is not None and not toestemming.verklaring:
            self.kop = naam.get(toestemming.kolom, toestemming.kolom)
            self._index = where.get(toestemming.kolom)
            self._yes = frozenset(key for key in map(woordsleutel, toestemming.waarden) if key)
            only_yes = self._yes == {JA}
        when = "Ja" if only_yes else "een van de waarden die u daarvoor koos"
        self.ontbreekt = Opmerking(
            Ernst.OVERGESLAGEN,
            "geen_toestemming",
            f"Er is geen toestemming om dit profiel te delen. Staat er {when} in deze kolom, dan gaat het mee.",
        )

    def given(self, waarden: Sequence[Any]) -> bool:
        """Tells whether there is consent for a row: declared for the whole file, or written in the column.

        Without that column in the file nobody has agreed.
        """
        if self._declared:
            return True
        if self._index is None or self._index >= len(waarden):
            return False
        value = waarden[self._index]
        if value.__class__ is not str:
            return tekst(value).casefold() in self._yes
        known = self._known.get(value)
        if known is None:
            if len(self._known) > _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[value] = tekst(value).casefold() in self._yes
        return known


def _tell(cel: Cel, kop: str, meld: Meld, onbekend: MeldOnbekend) -> bool:
    """Passes on the unknown values and the remark of a cell. Tells whether the cell is accepted."""
    for pair in cel.onbekend:
        onbekend(kop, pair)
    if cel.opmerking is None:
        return True
    meld(kop, cel.opmerking)
    return cel.opmerking.ernst is not Ernst.AFGEKEURD


def _no_id(vak: _Vak) -> Opmerking:
    # The sentence is stored, so it holds no header that may be somebody's data.
    names = list(dict.fromkeys(shown_header(bron.kop) for bron in vak.bronnen))
    what = "deze kolom" if len(names) == 1 else "een van deze kolommen"
    return Opmerking(
        Ernst.AFGEKEURD,
        "geen_id",
        f"Er is geen {' en geen '.join(names)}, dus dit profiel is bij een volgende levering niet te herkennen. "
        f"Vul {what} in.",
    )


def _remember(known: dict[Any, Cel], key: Any, cel: Cel) -> Cel:
    if len(known) > _MOST_REMEMBERED:
        known.clear()
    known[key] = cel
    return cel


def _from_one(index: int, lees: Lees, known: dict[Any, Cel] | None) -> _LeesRij:
    def read(waarden: Sequence[Any]) -> Cel:
        value = waarden[index] if index < len(waarden) else None
        if value is None or value == "":
            return AFWEZIG
        if known is None:
            return lees(value)
        key = (value.__class__, value)
        found = known.get(key)
        return found if found is not None else _remember(known, key, lees(value))

    return read


def _from_several(
    indexes: Sequence[int],
    between: str,
    lees: Lees,
    known: dict[Any, Cel] | None,
    clean: Callable[[object], str],
    omgeving: Omgeving,
) -> _LeesRij:
    """Gives a reader of several columns as one text; a value that stands alone keeps its own type."""
    absent = absence(omgeving)

    def combine(values: Sequence[Any]) -> Cel:
        present = [(value, text) for value in values if not absent(text := clean(value))]
        if len(present) <= 1:
            return lees(present[0][0]) if present else AFWEZIG
        return lees(between.join(text for _, text in present))

    def read(waarden: Sequence[Any]) -> Cel:
        width = len(waarden)
        values = [waarden[index] if index < width else None for index in indexes]
        if known is None:
            return combine(values)
        key = tuple([(value.__class__, value) for value in values])
        found = known.get(key)
        return found if found is not None else _remember(known, key, combine(values))

    return read


def _constant(leaf: Veld, regel: Regel) -> _LeesRij:
    value: Any = constant_of(leaf.attribuut, regel.constante)
    if regel.doel.endswith("[]"):
        value = [value]
    cel = Cel(value)
    return lambda waarden: cel


def _setter(leaf: Veld, doel: str) -> Zet:
    if leaf.pad.endswith("[]") and is_contactlijst(leaf.attribuut) and doel.endswith("]"):
        # The reader of contact data gives a list, also for a numbered target.
        return setter(f"{doel.rpartition('[')[0]}[]")
    return setter(doel)


def _has_gap(doel: str) -> bool:
    """Tells whether filling this target can leave empty elements before it."""
    return any(step.endswith("]") and not step.endswith(("[]", "[0]")) for step in doel.split(".")[:-1])


def _is_at(doel: str, wanted: str) -> bool:
    """Tells whether a target is the wanted one; a wanted target with `[]` matches every position."""
    return doel == wanted or ("[]" in wanted and without_positions(doel) == without_positions(wanted))


def _group_of(doel: str) -> str:
    """Gives the path, without positions, of the list of groups that holds a target; '' when there is none."""
    head, bracket, _ = without_positions(doel).rpartition("[].")
    return f"{head}{bracket}"


def _repeated_group(doel: str) -> str:
    """Gives the list of groups in which a target stands for every element; '' when it does not."""
    return _group_of(doel) if "[]." in doel else ""


def _hardly_repeats(leaf: Veld, soort: Soort) -> bool:
    """Tells whether the column has too few equal cells to remember their results."""
    return leaf.pad == soort.id_pad or leaf.vrije_tekst or (leaf.contactgegeven and not leaf.voorouders)


def _contact_mark(soort: Soort, bits: dict[str, int]) -> tuple[int, int, Zet] | None:
    """Gives the bit of the mark for contact details, the bits of all contact details, and the mark's setter.

    Gives None for a kind without the mark.
    """
    own = next((leaf.pad for leaf in velden(soort) if leaf.attribuut.naam == _INDICATIE_CONTACT), None)
    if own is None:
        return None
    others = sum(bit for doel, bit in bits.items() if veld_van(soort, doel).contactgegeven)
    return bits.setdefault(own, 1 << len(bits)), others, setter(own)
