"""Reads the sets of headers with which the proposals are measured, and measures them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exchange.standard import Soort, velden
from uploads.mapping.doelen import without_positions
from uploads.mapping.kolommen import says_bsn
from uploads.mapping.proposals.header_names import BSN, GROUP, OUT, TOESTEMMING
from uploads.mapping.proposals.suggest import Suggestie, suggest

HERE = Path(__file__).parent
NIET = "niet"


@dataclass(frozen=True)
class Kop:
    """One header of an export, its target (a path without positions, TOESTEMMING or NIET), and the proposal."""

    export: str
    kop: str
    doel: str
    voorstel: Suggestie

    @property
    def is_right(self) -> bool:
        """Tells whether the proposal would be filled in as it should be."""
        one = self.voorstel
        found = without_positions(one.doel) if one.doel is not None and one.is_genoeg else NIET
        return found == self.doel

    @property
    def is_near(self) -> bool:
        """Tells whether the right target is among the first three."""
        return self.is_right or self.doel in {
            NIET if doel.startswith(OUT) or doel == BSN else doel for doel in self.voorstel.kandidaten[:3]
        }


def measured(name: str) -> list[Kop]:
    """Gives every header of a set with its proposal, made for its whole export at once."""
    return [kop for soort, export, lines in _sections(HERE / name) for kop in _export(soort, export, lines)]


def figures(koppen: list[Kop]) -> tuple[float, float]:
    """Gives which part is right at once, and which part is right among the first three."""
    return sum(one.is_right for one in koppen) / len(koppen), sum(one.is_near for one in koppen) / len(koppen)


def _sections(path: Path) -> Iterator[tuple[Soort, str, list[str]]]:
    for block in path.read_text(encoding="utf-8").split("\n["):
        head, *lines = block.splitlines()
        if "]" not in head:
            continue
        kind, _, export = head.rstrip("]").partition(" ")
        yield Soort(kind), export, [line for line in lines if " => " in line]


def _export(soort: Soort, export: str, lines: list[str]) -> Iterator[Kop]:
    koppen, doelen, values = [], [], []
    for line in lines:
        kop, _, rest = line.partition(" => ")
        doel, _, cells = rest.partition(" :: ")
        koppen.append(kop)
        doelen.append(_target(soort, doel.strip()))
        values.append([cell.strip() for cell in cells.split(",")] if cells else [])
    for kop, doel, voorstel in zip(koppen, doelen, suggest(koppen, values, soort), strict=True):
        assert doel or not says_bsn(kop)
        yield Kop(export, kop, doel, voorstel)


def _target(soort: Soort, doel: str) -> str:
    if doel in {NIET, TOESTEMMING}:
        return doel
    pads = [leaf.pad for leaf in velden(soort)]
    for pad in pads:
        if pad in {doel, f"{GROUP}{doel}"}:
            return pad
    (found,) = [pad for pad in pads if pad.endswith(f".{doel}")]
    return found
