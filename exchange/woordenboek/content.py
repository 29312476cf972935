"""Prepares the data standard for reading: groups of attributes in Dutch words, and the value lists.

Everything comes from `exchange.standard`; nothing about a single attribute is written down here. This module
uses no database: the views add the codes of lists that others keep.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from django.utils.text import slugify

from exchange.standard import (
    STANDAARD,
    Attribuut,
    Gegevenstype,
    Profiel,
    Soort,
    Veld,
    Waardelijst,
    label_of,
    velden,
)
from exchange.standard.boom import lower_first, named_groups
from exchange.waardelijsten.lijsten import LIJSTEN, NAAM_BIJ, Lijst

_MAX_WORDS = 6


@dataclass(frozen=True, slots=True)
class Gegeven:
    """An attribute as the dictionary shows it. `anker` is its fixed place on the page of its kind."""

    blad: Veld
    soort: Soort
    anker: str
    vorm: str
    waarden: tuple[tuple[str, str], ...]
    lijst: str
    verplicht: str
    voorbeeld: str
    zoektekst: str

    @property
    def attribuut(self) -> Attribuut:
        """Gives the attribute itself."""
        return self.blad.attribuut

    @property
    def kale_waarden(self) -> str:
        """Gives the codes of a list without published labels; empty when there are labels."""
        bare = self.waarden and all(code == label for code, label in self.waarden)
        return ", ".join(code for code, _ in self.waarden) if bare else ""

    @property
    def alleen_detail(self) -> bool:
        """Tells whether only the detail profile has the attribute."""
        return self.blad.profiel is Profiel.DETAIL


@dataclass(frozen=True, slots=True)
class Groep:
    """Attributes that belong together, with the standard's names of the groups around them."""

    anker: str
    pad: str
    titel: str
    uitleg: str
    meervoudig: bool
    gegevens: tuple[Gegeven, ...]


@dataclass(frozen=True, slots=True)
class Waardenlijst:
    """A value list as the dictionary shows it; `extern` when the codes are in the database."""

    naam: str
    titel: str
    uitleg: str
    waarden: tuple[tuple[str, str], ...]
    extern: Lijst | None = None


def fold(text: str) -> str:
    """Gives the text without accents and capitals, for comparing in a search."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def words(tekst: str) -> list[str]:
    """Gives the words that are searched for, at most a handful."""
    return fold(tekst).split()[:_MAX_WORDS]


def has_all(haystack: str, wanted: Iterable[str]) -> bool:
    """Tells whether every word occurs in the text."""
    return all(word in haystack for word in wanted)


@cache
def groepen(soort: Soort) -> tuple[Groep, ...]:
    """Gives all groups of a kind with their attributes, in the order of the standard."""
    found: dict[tuple[Attribuut, ...], list[Gegeven]] = {}
    for leaf in velden(soort):
        found.setdefault(leaf.voorouders, []).append(_gegeven(soort, leaf))
    return tuple(_groep(soort, voorouders, gegevens) for voorouders, gegevens in found.items())


def gegeven(soort: Soort, pad: str) -> Gegeven:
    """Gives the attribute at that path, as `velden` writes it. Raises KeyError when there is none."""
    return _by_path(soort)[pad]


@cache
def _by_path(soort: Soort) -> dict[str, Gegeven]:
    return {gegeven.blad.pad: gegeven for groep in groepen(soort) for gegeven in groep.gegevens}


def find(soort: Soort, tekst: str) -> tuple[Groep, ...]:
    """Finds the attributes whose texts hold each of these words, in their groups."""
    wanted = words(tekst)
    if not wanted:
        return groepen(soort)
    found = (
        replace(groep, gegevens=tuple(g for g in groep.gegevens if has_all(g.zoektekst, wanted)))
        for groep in groepen(soort)
    )
    return tuple(groep for groep in found if groep.gegevens)


@cache
def waardelijsten() -> dict[str, Waardenlijst]:
    """Gives every value list by its name in the address: first those of the standard, then the others."""
    own: dict[str, Waardenlijst] = {}
    for lijst, _ in _uses():
        if not lijst.extern:
            own[list_name(lijst)] = Waardenlijst(
                list_name(lijst),
                lijst.naam,
                "De standaard legt deze waarden vast.",
                tuple((str(code), label) for code, label in lijst.waarden.items()),
            )
    others = {
        lijst.naam: Waardenlijst(
            lijst.naam, lijst.titel, f"{lijst.uitleg} {lijst.beheerder} houdt de lijst bij.", (), lijst
        )
        for lijst in LIJSTEN.values()
    }
    return {**dict(sorted(own.items())), **others}


def used_by(naam: str) -> tuple[Gegeven, ...]:
    """Gives the attributes that hold codes of this list."""
    return tuple(gegeven for lijst, gegeven in _uses() if list_name(lijst) == naam)


def list_name(lijst: Waardelijst) -> str:
    """Gives the name of a value list in its address."""
    return NAAM_BIJ.get(lijst.naam) or slugify(lijst.naam)


@cache
def _uses() -> tuple[tuple[Waardelijst, Gegeven], ...]:
    return tuple(
        (gegeven.attribuut.waardelijst, gegeven)
        for soort in Soort
        for groep in groepen(soort)
        for gegeven in groep.gegevens
        if gegeven.attribuut.waardelijst is not None
    )


def _groep(soort: Soort, voorouders: tuple[Attribuut, ...], gegevens: list[Gegeven]) -> Groep:
    if not voorouders:
        entiteit = STANDAARD[soort]
        return Groep(f"{soort.enkelvoud}-zelf", "", entiteit.label, entiteit.uitleg, False, tuple(gegevens))
    pad = ".".join(groep.naam for groep in voorouders)
    # A group that only bundles others makes a heading longer, not clearer.
    named = [groep.label for groep in named_groups(voorouders)]
    labels = [*named[:1], *map(lower_first, named[1:])] or [voorouders[-1].label]
    return Groep(
        anker=pad,
        pad=pad,
        titel=f"{labels[0]}: {', '.join(labels[1:])}" if labels[1:] else labels[0],
        uitleg=voorouders[-1].uitleg,
        meervoudig=voorouders[-1].meervoudig,
        gegevens=tuple(gegevens),
    )


def _gegeven(soort: Soort, leaf: Veld) -> Gegeven:
    attribuut = leaf.attribuut
    lijst = attribuut.waardelijst
    waarden = tuple((str(code), label) for code, label in lijst.waarden.items()) if lijst is not None else ()
    vorm = describe(attribuut)
    said = (
        *(leaf.pad, leaf.pad.replace("[]", ""), leaf.volledig_label, attribuut.label, attribuut.uitleg, vorm),
        *(groep.label for groep in leaf.voorouders),
        *(text for waarde in waarden for text in waarde),
        lijst.naam if lijst is not None else "",
    )
    return Gegeven(
        blad=leaf,
        soort=soort,
        anker=leaf.pad.replace("[]", ""),
        vorm=vorm,
        waarden=waarden,
        lijst=list_name(lijst) if lijst is not None else "",
        verplicht=_required(leaf),
        voorbeeld=_example(soort, leaf),
        zoektekst=fold(" ".join(said)),
    )


def _required(leaf: Veld) -> str:
    if leaf.verplicht:
        return "Verplicht"
    return "Verplicht binnen deze groep" if leaf.attribuut.verplicht else ""


def _example(soort: Soort, leaf: Veld) -> str:
    value = leaf.attribuut.voorbeeld
    if value is None:
        return ""
    text = label_of(soort, leaf.pad, value)
    lijst = leaf.attribuut.waardelijst
    # People read the label, programs the code: show both where they differ.
    return f"{value} ({lower_first(text)})" if lijst is not None and text != str(value) else text


def describe(attribuut: Attribuut) -> str:
    """Writes the form of an attribute in Dutch words: type, length or limits, and whether it may repeat."""
    match attribuut.type:
        case Gegevenstype.DATUM:
            text = "Datum, in de vorm jjjj-mm-dd"
        case Gegevenstype.JA_NEE:
            text = "Ja of nee (true of false)"
        case Gegevenstype.GETAL:
            text = f"Heel getal{_limits(attribuut)}"
        case Gegevenstype.CODE:
            kind = "Getal" if attribuut.json_type == "integer" else "Code"
            text = f"{kind} uit een lijst{_limits(attribuut)}"
        case _:
            text = ("Vrije tekst" if attribuut.vrije_tekst else "Tekst") + _limits(attribuut)
    return f"{text}. Mag vaker voorkomen" if attribuut.meervoudig else text


def _limits(attribuut: Attribuut) -> str:
    limits = []
    if attribuut.minimum is not None and attribuut.maximum is not None:
        limits.append(f" van {attribuut.minimum} tot en met {attribuut.maximum}")
    if attribuut.lengte is not None:
        limits.append(f" van ten hoogste {attribuut.lengte} tekens")
    if attribuut.vorm is not None:
        limits.append(f": {attribuut.vorm}")
    return ",".join(limits).replace(",:", ":")
