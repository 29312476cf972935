"""Spreadsheets whose headers are the standard's own: an attribute's path, its name or its official Dutch label.

Everything is derived from `exchange.standard`: the headers, how cells are read, and where they go. A list takes
one column with several values in it, or numbered columns: `rijbewijs[1]`, `opleiding[2].codeNiveauOpleiding`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from exchange.standard import Attribuut, Blad, Gegevenstype, Soort, bladeren
from uploads.mapping.freetext import text_reader
from uploads.mapping.model import (
    AFWEZIG,
    Cel,
    Herkenning,
    Kolom,
    Lees,
    Meld,
    MeldOnbekend,
    Omgeving,
    Record,
    fill,
    setter,
)
from uploads.mapping.values import (
    is_afwezig,
    kopsleutel,
    read_code,
    read_date,
    read_email,
    read_listed,
    read_number,
    read_phone,
    read_postcode,
    read_several,
    safe_id,
    tekst,
)

_SOORTEN = (Soort.WERKZOEKENDEN, Soort.VACATURES)
_NUMBER = re.compile(r"\[\s*([0-9]{0,3})\s*\]")
_TRAILING_NUMBER = re.compile(r"(?<=[^\W\d_])[ _]([1-9][0-9]?)$")
_MAX_NUMBER = 50
# The external lists by the name of their value list in the standard: how we call the list, and what to say.
LIJSTEN = {
    "CompetentNL beroepen": (
        "beroepen",
        "beroep_onbekend",
        "Dit beroep staat niet in de beroepenlijst en is weggelaten. Koppel de waarde aan een beroep uit de lijst.",
    ),
    "CompetentNL competenties": (
        "competenties",
        "competentie_onbekend",
        "Deze competentie staat niet in de lijst en is weggelaten. Koppel de waarde aan een competentie uit de lijst.",
    ),
}


@cache
def _names(soort: Soort) -> dict[str, Blad]:
    """Every header that means exactly one attribute of this kind; the more precise name wins."""
    leaves = bladeren(soort)
    found: dict[str, Blad] = {}
    for leaf in leaves:
        for name in (leaf.pad, leaf.pad.replace("arbeidsmarktkwalificatie.", "")):
            found.setdefault(kopsleutel(name), leaf)
    for leaf in leaves:
        found.setdefault(kopsleutel(leaf.volledig_label), leaf)
    groups: dict[str, list[Blad]] = {}
    for leaf in leaves:
        if leaf.voorouders:
            groups.setdefault(leaf.pad.rpartition(".")[0], []).append(leaf)
    loose: list[tuple[str, Blad]] = [(leaf.attribuut.naam, leaf) for leaf in leaves]
    loose += [(leaf.label, leaf) for leaf in leaves]
    # A group with one attribute may go by its own name: `rijbewijs`, `bemiddelingsberoep`.
    for inside in groups.values():
        if len(inside) == 1:
            loose += [(inside[0].voorouders[-1].naam, inside[0]), (inside[0].voorouders[-1].label, inside[0])]
    pairs = {(kopsleutel(name), leaf.pad) for name, leaf in loose}
    meanings = Counter(key for key, _ in pairs)
    for name, leaf in loose:
        if meanings[kopsleutel(name)] == 1:
            found.setdefault(kopsleutel(name), leaf)
    return found


def target_of(header: str, soort: Soort) -> tuple[Blad, int | None] | None:
    """The attribute a header means and its number in a list (from 0), if it says one; None when it means nothing."""
    header = tekst(header)
    if not header or len(header) > 300:
        return None
    numbers = [int(number) for number in _NUMBER.findall(header) if number]
    bare = _NUMBER.sub("", header)
    names = _names(soort)
    leaf = names.get(kopsleutel(bare))
    if leaf is None and (match := _TRAILING_NUMBER.search(bare)) and not numbers:
        numbers, leaf = [int(match[1])], names.get(kopsleutel(bare[: match.start()]))
    if leaf is None or (numbers and ("[]" not in leaf.pad or not 1 <= numbers[0] <= _MAX_NUMBER)):
        return None
    return leaf, (numbers[0] - 1 if numbers else None)


def reader_of(leaf: Blad, soort: Soort, omgeving: Omgeving) -> Lees:
    """How the cells of a column for this attribute are read."""
    attribuut = leaf.attribuut
    if leaf.pad == soort.id_pad:
        return lambda value: _read_id(value, omgeving)
    if leaf.pad == soort.postcode_pad:
        return read_postcode(omgeving.ligt_ergens)
    if attribuut.type is Gegevenstype.DATUM:
        return read_date
    if attribuut.waardelijst is not None and attribuut.waardelijst.waarden:
        return read_code(attribuut.waardelijst)
    if attribuut.waardelijst is not None and attribuut.waardelijst.naam in LIJSTEN:
        lijst, code, melding = LIJSTEN[attribuut.waardelijst.naam]
        return read_listed(lijst, omgeving.codes.get(lijst, {}), melding, code)
    if attribuut.json_type == "integer":
        return read_number(
            attribuut.minimum or 0, attribuut.maximum if attribuut.maximum is not None else 2**31
        )
    if attribuut.naam == "emailadres":
        return _one(read_email)
    if attribuut.naam == "telefoonnummer":
        return _one(read_phone)
    return text_reader(leaf)


def _read_id(value: object, omgeving: Omgeving) -> Cel:
    text = tekst(value)
    return AFWEZIG if is_afwezig(text) else Cel(safe_id(text, omgeving.pseudoniem))


def _one(lees: Lees) -> Lees:
    """The first value of a reader that gives a list."""

    def read(value: object) -> Cel:
        cel = lees(value)
        return cel if cel.waarde is None else cel._replace(waarde=cel.waarde[0])

    return read


def _may_be_cut(attribuut: Attribuut) -> bool:
    """Whether a cell may hold several values of it: not text, in which a comma is just a comma."""
    if attribuut.naam in {"emailadres", "telefoonnummer"}:
        return True
    return attribuut.type is Gegevenstype.CODE


class StandaardVertaling:
    """The translation of one file with the standard's headers."""

    def __init__(self, koppen: Sequence[str], soort: Soort, omgeving: Omgeving) -> None:
        self.soort = soort
        targets = _targets(koppen, soort)
        # With numbered columns the first of a list may be empty where the second is not.
        self.vol = not any(number for _, _, _, number in targets)
        columns_of_group = Counter(leaf.pad.rpartition(".")[0] for _, _, leaf, _ in targets)
        self._kolommen: list[Kolom] = []
        self._koppen: dict[str, str] = {}
        for index, kop, leaf, number in targets:
            lees = reader_of(leaf, soort, omgeving)
            group = leaf.pad.rpartition(".")[0]
            alone = group == "" or columns_of_group[group] == 1
            if (
                leaf.in_lijst
                and number is None
                and alone
                and _ends_in_list(leaf)
                and _may_be_cut(leaf.attribuut)
            ):
                lees, pad = read_several(lees), leaf.pad
            else:
                pad = _numbered(leaf.pad, number or 0)
            uniek = leaf.pad == soort.id_pad or leaf.contactgegeven or leaf.vrije_tekst
            self._kolommen.append(Kolom(index, kop, lees, setter(pad), uniek))
            self._koppen.setdefault(leaf.pad, kop)

    def kop_van(self, pad: str) -> str:
        """The header behind an attribute."""
        return self._koppen.get(pad, pad)

    def vertaal(self, waarden: Any, meld: Meld, onbekend: MeldOnbekend) -> Record | None:
        """One record, if its cells can be understood."""
        record: Record = {}
        return record if fill(record, self._kolommen, waarden, meld, onbekend) else None


class Standaard:
    """The koppeling itself."""

    naam = "standaard"
    label = "Kolommen van de gegevensstandaard"

    def herken(self, koppen: Sequence[str], soort: Soort) -> Herkenning | None:
        """At least two headers that mean an attribute, of which the id or the postcode."""
        if soort not in _SOORTEN:
            return None
        targets = _targets(koppen, soort)
        pads = {leaf.pad for _, _, leaf, _ in targets}
        if len(targets) < 2 or not pads & {soort.id_pad, soort.postcode_pad}:
            return None
        indexes = {index for index, *_ in targets}
        used = tuple(kop for index, kop in enumerate(koppen) if index in indexes)
        unused = tuple(kop for index, kop in enumerate(koppen) if index not in indexes and tekst(kop))
        return Herkenning(self.naam, soort, len(targets), used, unused, _what_is_missing(pads, soort))

    def vertaling(self, koppen: Sequence[str], soort: Soort, omgeving: Omgeving) -> StandaardVertaling:
        """The translation for a file with these headers."""
        return StandaardVertaling(koppen, soort, omgeving)


def _targets(koppen: Sequence[str], soort: Soort) -> list[tuple[int, str, Blad, int | None]]:
    """Index, header, attribute and number of every header that means something; of a double one the first."""
    found: list[tuple[int, str, Blad, int | None]] = []
    seen: set[tuple[str, int | None]] = set()
    for index, kop in enumerate(koppen):
        target = target_of(kop, soort)
        if target is not None and (target[0].pad, target[1]) not in seen:
            seen.add((target[0].pad, target[1]))
            found.append((index, tekst(kop), *target))
    return found


def _what_is_missing(pads: set[str], soort: Soort) -> str:
    for pad in (soort.id_pad, soort.postcode_pad):
        if pad not in pads:
            return f"De kolom {pad} ontbreekt. Voeg deze kolom toe: elk profiel heeft haar nodig."
    return ""


def _ends_in_list(leaf: Blad) -> bool:
    """Whether the list is the value itself or the group right around it."""
    return leaf.pad.endswith("[]") or leaf.pad.rpartition(".")[0].endswith("[]")


def _numbered(pad: str, number: int) -> str:
    """The path with this number in its first list, and the first element of deeper ones."""
    return pad.replace("[]", f"[{number}]", 1).replace("[]", "[0]")
