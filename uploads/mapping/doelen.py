"""Knows the targets: the attributes of the standard that a column can go to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from exchange.standard import STANDAARD, Attribuut, Gegevenstype, Soort, Veld, Waardelijst, veld_op, velden
from exchange.standard.boom import lower_first, named_groups
from exchange.standard.persoonsgegevens import has_bsn
from exchange.waardelijsten.lijsten import NAAM_BIJ
from um_portal.errors import FoutMetMelding
from uploads.mapping.cells.dates import date_of

# The kinds that a spreadsheet can hold; JSON can hold every kind.
SOORTEN: Final = (Soort.WERKZOEKENDEN, Soort.VACATURES)
MAX_POSITIES: Final = 50
_STEP = re.compile(r"([A-Za-z][A-Za-z0-9]*)(?:\[([0-9]{0,2})\])?")
_POSITION = re.compile(r"\[[0-9]*\]")


class OngeldigeRegels(FoutMetMelding):
    """These rules cannot be used; `melding` is a Dutch sentence for the person who made them."""


@dataclass(frozen=True, slots=True)
class Doel:
    """An attribute that a column can go to.

    `pad` has `[]` after every list; `doel` is the target that a rule for a single column has. `groep` is the
    Dutch name of the group that it belongs to. `nummerbaar`: it can be numbered (Opleiding 1, Opleiding 2).
    `splitsbaar`: one cell may hold several values of it. `lijst` is the name of its value list, as in
    `Omgeving.codes`; empty for an attribute that is not a code. `uren`: a unit of time may be given.
    """

    pad: str
    doel: str
    label: str
    volledig_label: str
    groep: str
    uitleg: str
    verplicht: bool
    nummerbaar: bool
    splitsbaar: bool
    lijst: str
    uren: bool


@cache
def doelen(soort: Soort) -> tuple[Doel, ...]:
    """Gives every target for a column of this kind of file, in the order of the standard."""
    return tuple(
        Doel(
            pad=leaf.pad,
            doel=usual_target(leaf),
            label=leaf.label,
            volledig_label=leaf.volledig_label,
            groep=_group_label(soort, leaf),
            uitleg=leaf.attribuut.uitleg,
            verplicht=leaf.verplicht,
            nummerbaar=leaf.in_lijst,
            splitsbaar=is_splitsbaar(leaf),
            lijst=list_of(leaf.attribuut),
            uren=is_uren(leaf.attribuut),
        )
        for leaf in velden(soort)
    )


def _group_label(soort: Soort, leaf: Veld) -> str:
    groups = [groep.label for groep in named_groups(leaf.voorouders)]
    if not groups:
        return STANDAARD[soort].label
    return ", ".join([groups[0], *map(lower_first, groups[1:])])


def list_of(attribuut: Attribuut) -> str:
    """Gives the name of the attribute's value list in value mappings.

    A list that others keep has our name for it; a list of the standard has the standard's name.
    """
    lijst = attribuut.waardelijst
    return "" if lijst is None else NAAM_BIJ.get(lijst.naam, lijst.naam)


@cache
def waardelijsten() -> Mapping[str, Waardelijst]:
    """Gives every value list that a column can need, by its name as `list_of` gives it."""
    return {
        list_of(leaf.attribuut): leaf.attribuut.waardelijst
        for soort in SOORTEN
        for leaf in velden(soort)
        if leaf.attribuut.waardelijst is not None
    }


def is_splitsbaar(leaf: Veld) -> bool:
    """Tells whether one cell may hold several values: of a code, address or number in a list.

    In other text a comma is only a comma.
    """
    if "[]" not in leaf.pad:
        return False
    return leaf.attribuut.type is Gegevenstype.CODE or is_contactlijst(leaf.attribuut)


def is_contactlijst(attribuut: Attribuut) -> bool:
    """Tells whether it is an e-mail address or phone number, of which a cell may hold several."""
    return attribuut.naam in {"emailadres", "telefoonnummer"}


def is_uren(attribuut: Attribuut) -> bool:
    """Tells whether it counts hours a week, so that hours a day or a month can be converted."""
    return attribuut.type is Gegevenstype.GETAL and "UrenPerWeek".casefold() in attribuut.naam.casefold()


def other_end(doel: str) -> str:
    """Gives the target at the other end of a range of hours: the lowest of the highest, and the other way round."""
    head = doel.removesuffix("Maximaal")
    return f"{head}Minimaal" if head != doel else f"{doel.removesuffix('Minimaal')}Maximaal"


def without_positions(doel: str) -> str:
    """Gives the path as `velden` writes it: "opleiding[2].datum" becomes "opleiding[].datum"."""
    return _POSITION.sub("[]", doel)


def with_position(pad: str, positie: int = 0) -> str:
    """Gives the path with this position in its first list, and the first element of deeper lists."""
    return pad.replace("[]", f"[{positie}]", 1).replace("[]", "[0]")


def usual_target(leaf: Veld) -> str:
    """Gives the target of the only column for an attribute.

    That is all values of a cell for an attribute whose cells may hold several, and the first element
    otherwise.
    """
    if not is_splitsbaar(leaf):
        return with_position(leaf.pad)
    head, bracket, tail = leaf.pad.rpartition("[]")
    return f"{with_position(head)}{bracket}{tail}"


def veld_van(soort: Soort, doel: str) -> Veld:
    """Gives the attribute at a target.

    Raises OngeldigeRegels when the standard has none there, or when the target is written wrong.
    """
    steps = [_STEP.fullmatch(step) for step in doel.split(".")] if len(doel) <= 300 else [None]
    try:
        leaf = veld_op(soort, without_positions(doel)) if None not in steps else None
    except KeyError:
        leaf = None
    if leaf is None:
        raise OngeldigeRegels(
            f"Het veld {_shown(doel)} bestaat niet in de gegevensstandaard voor {soort.label}. "
            "Kies een veld uit de lijst."
        )
    positions = [step[2] for step in steps if step is not None and step[2] is not None]
    # "Every element" is possible only for the innermost list; the lists around it need a position.
    if "" in positions[:-1] or any(int(number) >= MAX_POSITIES for number in positions if number):
        raise OngeldigeRegels(
            f"Bij {leaf.volledig_label} klopt het volgnummer niet. Kies een nummer van 1 tot en met {MAX_POSITIES}."
        )
    return leaf


def code_in(lijst: Waardelijst, code: str) -> int | str | None:
    """Gives the code as the JSON of the standard has it, or None when it cannot be a code of this list."""
    if lijst.numeriek:
        number = int(code) if re.fullmatch(r"[0-9]{1,9}", code) else None
        return number if lijst.extern or number in lijst.waarden else None
    return code if lijst.extern or code in lijst.waarden else None


def constant_of(attribuut: Attribuut, text: str) -> int | str | None:
    """Gives a constant as the JSON of the standard has it, or None when the attribute cannot hold it."""
    value: int | str | None = text
    if attribuut.waardelijst is not None:
        value = code_in(attribuut.waardelijst, text)
    elif attribuut.json_type == "integer":
        value = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None
    elif attribuut.type is Gegevenstype.DATUM:
        day = date_of(text)
        value = day.isoformat() if day is not None else None
    if isinstance(value, int):
        low, high = attribuut.minimum, attribuut.maximum
        return value if (low is None or low <= value) and (high is None or value <= high) else None
    if value is None or has_bsn(value):
        return None
    fits = attribuut.lengte is None or len(value) <= attribuut.lengte
    return value if fits and (attribuut.patroon is None or re.search(attribuut.patroon, value)) else None


def _shown(doel: str) -> str:
    return f"'{doel}'" if re.fullmatch(r"[A-Za-z0-9.\[\]]{1,120}", doel) else "dat gekozen is"
