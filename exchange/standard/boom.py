"""Gives the standard as a flat list: every attribute that holds a value, with the path that leads to it.

Tables, forms, templates and mappings work with these leaves; none of them walks the entities itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from exchange.standard.entiteiten import STANDAARD
from exchange.standard.model import Attribuut, Entiteit, Profiel, Soort


@dataclass(frozen=True, slots=True)
class Veld:
    """An attribute in its place in a record.

    `pad` has "[]" after every list: "telefoonnummer[]", "arbeidsmarktkwalificatie.cursus[].naamCursus".
    `voorouders` are the groups from the outside in. `profiel` takes them into account: a leaf in a DETAIL
    group is DETAIL. `volledig_label` puts the groups before the label: "Opleiding: code niveau opleiding".
    """

    pad: str
    attribuut: Attribuut
    voorouders: tuple[Attribuut, ...]
    profiel: Profiel
    label: str
    volledig_label: str

    @property
    def zoekbaar(self) -> bool:
        """Tells whether a selectievraag may ask for the leaf."""
        return self.attribuut.zoekbaar

    @property
    def gevoelig(self) -> bool:
        """Tells whether the leaf, or a group around it, says something about health or disability."""
        return self.attribuut.gevoelig or any(groep.gevoelig for groep in self.voorouders)

    @property
    def vrije_tekst(self) -> bool:
        """Tells whether people type the value freely, so that it may identify somebody."""
        return self.attribuut.vrije_tekst

    @property
    def contactgegeven(self) -> bool:
        """Tells whether the leaf, or a group around it, leads to a person."""
        return self.attribuut.contactgegeven or any(groep.contactgegeven for groep in self.voorouders)

    @property
    def verplicht(self) -> bool:
        """Tells whether every record must have the leaf; False when only an optional group requires it."""
        return self.attribuut.verplicht and all(
            groep.verplicht and not groep.meervoudig for groep in self.voorouders
        )

    @property
    def in_lijst(self) -> bool:
        """Tells whether one record can hold several values of the leaf."""
        return "[]" in self.pad


def lower_first(text: str) -> str:
    """Gives the text as it reads in the middle of a sentence; abbreviations (URL, ID) keep their capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def named_groups(voorouders: tuple[Attribuut, ...]) -> list[Attribuut]:
    """Gives the groups around an attribute whose names say something, not those that only bundle groups."""
    return [groep for groep in voorouders if groep.groep is not None and groep.groep.in_label]


def full_label(voorouders: tuple[Attribuut, ...], attribuut: Attribuut) -> str:
    """Gives the Dutch label with its groups in front: "Werkgever, webadres: URL"."""
    groepen = [groep.label for groep in named_groups(voorouders)]
    if not groepen:
        return attribuut.label
    return f"{', '.join([groepen[0], *map(lower_first, groepen[1:])])}: {lower_first(attribuut.label)}"


@cache
def velden(soort: Soort) -> tuple[Veld, ...]:
    """Gives all leaves of a kind, in the order of the standard."""
    return tuple(_walk(STANDAARD[soort], "", (), Profiel.ZOEK))


def veld_op(soort: Soort, pad: str) -> Veld:
    """Gives the leaf at that path, as `velden` writes it. Raises KeyError when there is none."""
    return _velden_by_pad(soort)[pad]


@cache
def _velden_by_pad(soort: Soort) -> Mapping[str, Veld]:
    return MappingProxyType({leaf.pad: leaf for leaf in velden(soort)})


def _walk(
    entiteit: Entiteit, prefix: str, voorouders: tuple[Attribuut, ...], profiel: Profiel
) -> Iterator[Veld]:
    for attribuut in entiteit.attributen:
        pad = f"{prefix}{attribuut.naam}{'[]' if attribuut.meervoudig else ''}"
        effective = Profiel.DETAIL if Profiel.DETAIL in (profiel, attribuut.profiel) else Profiel.ZOEK
        if attribuut.groep is not None:
            yield from _walk(attribuut.groep, f"{pad}.", (*voorouders, attribuut), effective)
        else:
            yield Veld(
                pad, attribuut, voorouders, effective, attribuut.label, full_label(voorouders, attribuut)
            )
