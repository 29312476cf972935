"""Reads spreadsheets whose headers are the standard's: an attribute's path, its name or its Dutch label.

Everything follows from `exchange.standard`: the headers, the readers of the cells, and the targets. A list
takes one column with several values in each cell, or numbered columns: `rijbewijs[1]`,
`opleiding[2].codeNiveauOpleiding`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from exchange.standard import Soort, Veld, velden
from uploads.mapping.cells.text import kopsleutel, tekst
from uploads.mapping.doelen import MAX_POSITIES, SOORTEN, is_splitsbaar, usual_target, with_position
from uploads.mapping.herkenning import Herkenning, herkenning
from uploads.mapping.kolommen import Kolomkop, kolomkoppen
from uploads.mapping.regels import GEWONE_SPLITS, STANDAARD_KOLOMMEN, Regel, Regels

_NUMBER = re.compile(r"\[\s*([0-9]{0,3})\s*\]")
_TRAILING_NUMBER = re.compile(r"(?<=[^\W\d_])[ _]([1-9][0-9]?)$")


@cache
def _names(soort: Soort) -> dict[str, Veld]:
    """Gives every header that means exactly one attribute of this kind.

    A more precise name has priority.
    """
    leaves = velden(soort)
    found: dict[str, Veld] = {}
    for leaf in leaves:
        for name in (leaf.pad, leaf.pad.replace("arbeidsmarktkwalificatie.", "")):
            found.setdefault(kopsleutel(name), leaf)
    for leaf in leaves:
        found.setdefault(kopsleutel(leaf.volledig_label), leaf)
    groups: dict[str, list[Veld]] = {}
    for leaf in leaves:
        if leaf.voorouders:
            groups.setdefault(leaf.pad.rpartition(".")[0], []).append(leaf)
    loose: list[tuple[str, Veld]] = [(leaf.attribuut.naam, leaf) for leaf in leaves]
    loose += [(leaf.label, leaf) for leaf in leaves]
    # A group with one attribute may have its own name as header: `rijbewijs`, `bemiddelingsberoep`.
    for inside in groups.values():
        if len(inside) == 1:
            loose += [(inside[0].voorouders[-1].naam, inside[0]), (inside[0].voorouders[-1].label, inside[0])]
    pairs = {(kopsleutel(name), leaf.pad) for name, leaf in loose}
    meanings = Counter(key for key, _ in pairs)
    for name, leaf in loose:
        if meanings[kopsleutel(name)] == 1:
            found.setdefault(kopsleutel(name), leaf)
    return found


def target_of(header: str, soort: Soort) -> tuple[Veld, int | None] | None:
    """Gives the attribute that a header means, and its number in a list (from 0; None when it has none).

    Gives None for a header that means nothing.
    """
    header = tekst(header)
    if not header or len(header) > 300:
        return None
    numbers = [int(number) for number in _NUMBER.findall(header) if number]
    bare = _NUMBER.sub("", header)
    names = _names(soort)
    leaf = names.get(kopsleutel(bare))
    if leaf is None and (match := _TRAILING_NUMBER.search(bare)) and not numbers:
        numbers, leaf = [int(match[1])], names.get(kopsleutel(bare[: match.start()]))
    if leaf is None or (numbers and ("[]" not in leaf.pad or not 1 <= numbers[0] <= MAX_POSITIES)):
        return None
    return leaf, (numbers[0] - 1 if numbers else None)


def rules_for(koppen: Sequence[str], soort: Soort) -> Regels:
    """Makes the rules that follow from the headers."""
    targets = _targets(koppen, soort)
    columns_of_group = Counter(leaf.pad.rpartition(".")[0] for _, leaf, _ in targets)
    return Regels(
        soort,
        tuple(
            _regel(kolom, leaf, number, alone=columns_of_group[leaf.pad.rpartition(".")[0]] == 1)
            for kolom, leaf, number in targets
        ),
        herkomst=STANDAARD_KOLOMMEN,
    )


def _regel(kolom: Kolomkop, leaf: Veld, number: int | None, *, alone: bool) -> Regel:
    group = leaf.pad.rpartition(".")[0]
    # When the column is the only one of its group, and its list is directly around it, a cell
    # may hold several values.
    ends_in_list = leaf.pad.endswith("[]") or group.endswith("[]")
    if number is None and is_splitsbaar(leaf) and ends_in_list and (group == "" or alone):
        return Regel(usual_target(leaf), (kolom.sleutel,), splits=GEWONE_SPLITS)
    return Regel(with_position(leaf.pad, number or 0), (kolom.sleutel,))


class Standaard:
    """The koppeling for headers of the standard."""

    naam = STANDAARD_KOLOMMEN
    label = "Kolommen van de gegevensstandaard"

    def herken(self, koppen: Sequence[str], soort: Soort) -> Herkenning | None:
        """Recognises a header row with at least two headers that mean an attribute.

        One of them is the id or the postcode.
        """
        if soort not in SOORTEN:
            return None
        targets = _targets(koppen, soort)
        pads = {leaf.pad for _, leaf, _ in targets}
        if len(targets) < 2 or not pads & {soort.id_pad, soort.postcode_pad}:
            return None
        return herkenning(
            self.naam, koppen, rules_for(koppen, soort), len(targets), _what_is_missing(pads, soort)
        )


def _targets(koppen: Sequence[str], soort: Soort) -> list[tuple[Kolomkop, Veld, int | None]]:
    """Gives the column, attribute and number of every header with a meaning.

    Of headers with the same target only the first counts.
    """
    found: list[tuple[Kolomkop, Veld, int | None]] = []
    seen: set[tuple[str, int | None]] = set()
    for kolom in kolomkoppen(koppen):
        target = target_of(kolom.kop, soort)
        if target is not None and (target[0].pad, target[1]) not in seen:
            seen.add((target[0].pad, target[1]))
            found.append((kolom, *target))
    return found


def _what_is_missing(pads: set[str], soort: Soort) -> str:
    for pad in (soort.id_pad, soort.postcode_pad):
        if pad not in pads:
            return f"De kolom {pad} ontbreekt. Voeg deze kolom toe: elk profiel heeft haar nodig."
    return ""
