"""Tells how well the records of a levering are filled, and what that means for being found.

The table of what can be asked tells which attributes a search can ask for, and what it costs to leave them
empty. This module uses no database: it takes the numbers that the conversion counted.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from exchange.display import screen_label
from exchange.interfaces import current
from exchange.standard import Soort, Veld, velden
from exchange.standard.boom import lower_first, named_groups
from uploads.mapping.reach import BEREIKBAAR, WEGEN

# The bounds between the judgements, in percent of the records.
_BIJNA_LEEG: Final = 25
_GOED: Final = 90


@dataclass(frozen=True, slots=True)
class Vulgraad:
    """Counts in how many records an attribute is filled."""

    label: str
    aantal: int
    totaal: int
    gevolg: str = ""

    @property
    def procent(self) -> int:
        """Gives the filled part in percent; 100 only when all are filled, 0 only when none is."""
        if not self.totaal or not self.aantal:
            return 0
        rounded = round(100 * self.aantal / self.totaal)
        return 100 if self.aantal >= self.totaal else min(max(rounded, 1), 99)

    @property
    def oordeel(self) -> str:
        """Gives the same in words."""
        if self.aantal >= self.totaal:
            return "Overal ingevuld"
        if not self.aantal:
            return "Nergens ingevuld"
        if self.procent >= _GOED:
            return "Bijna overal ingevuld"
        return "Bijna nergens ingevuld" if self.procent < _BIJNA_LEEG else "Deels ingevuld"

    @property
    def is_zwak(self) -> bool:
        """Tells whether the empty attribute makes records harder to find."""
        return self.procent < _GOED


@dataclass(frozen=True, slots=True)
class Groep:
    """Attributes that no search asks for, by the group that they belong to."""

    titel: str
    graden: tuple[Vulgraad, ...]


@dataclass(frozen=True, slots=True)
class Beeld:
    """Sums up how well a levering is filled.

    It holds the searched attributes (worst first), the others by group, and the ways to contact people.
    """

    zoekbaar: tuple[Vulgraad, ...]
    groepen: tuple[Groep, ...]
    bereikbaar: Vulgraad | None
    contact: tuple[Vulgraad, ...]
    beleid: str


def picture(soort: Soort, vulling: Mapping[str, int], totaal: int, *, alleen_jobcoach: bool) -> Beeld:
    """Makes the summary from these counts of `totaal` records.

    `alleen_jobcoach` is the municipality's contact policy.
    """
    # A search that asks for an attribute never finds a record without it.
    sentences = current().gevolgen(soort)

    def graad(leaf: Veld, label: str) -> Vulgraad:
        return Vulgraad(label, min(vulling.get(leaf.pad, 0), totaal), totaal, sentences.get(leaf.pad, ""))

    searched = [graad(leaf, _label(soort, leaf)) for leaf in velden(soort) if leaf.pad in sentences]
    groups: dict[str, list[Vulgraad]] = {}
    contact = []
    for leaf in velden(soort):
        if leaf.pad in sentences or leaf.pad == soort.id_pad or leaf.pad in _VANZELF:
            continue
        if leaf.pad in WEGEN[soort]:
            contact.append(graad(leaf, _label(soort, leaf)))
        else:
            groups.setdefault(_group_label(leaf), []).append(graad(leaf, screen_label(leaf.attribuut)))
    reach = Vulgraad("Contactgegevens", min(vulling.get(BEREIKBAAR, 0), totaal), totaal) if contact else None
    return Beeld(
        zoekbaar=tuple(sorted(searched, key=lambda one: one.procent)),
        groepen=tuple(Groep(titel, tuple(graden)) for titel, graden in groups.items()),
        bereikbaar=reach,
        contact=tuple(contact),
        beleid=_policy(soort, alleen_jobcoach),
    )


# This attribute follows from others.
_VANZELF: Final = {"indicatieBeschikbaarheidContactgegevens"}


def _label(soort: Soort, leaf: Veld) -> str:
    """Gives the label of the attribute between others: with its group, where the label alone is unclear."""
    own = screen_label(leaf.attribuut)
    named = named_groups(leaf.voorouders)
    if not named:
        return own
    group = named[-1].groep
    if group is not None and len(group.attributen) == 1:
        return named[-1].label
    return own if _screen_labels(soort)[own] == 1 else f"{named[-1].label}: {lower_first(own)}"


@cache
def _screen_labels(soort: Soort) -> Counter[str]:
    return Counter(screen_label(leaf.attribuut) for leaf in velden(soort))


def _group_label(leaf: Veld) -> str:
    named = [groep.label for groep in named_groups(leaf.voorouders)]
    return ", ".join([named[0], *map(lower_first, named[1:])]) if named else "Algemeen"


def _policy(soort: Soort, alleen_jobcoach: bool) -> str:
    """Says what a jobcoach gets who asks for the detail of one of these."""
    if soort is Soort.VACATURES:
        return (
            "Een jobcoach die een detail van een vacature opvraagt, krijgt de contactpersoon van de werkgever. "
            "Staat die er niet in, dan kan de jobcoach alleen op een andere manier reageren."
        )
    if soort is not Soort.WERKZOEKENDEN:
        return ""
    if alleen_jobcoach:
        return (
            "Uw gemeente geeft bij een detail alleen de contactgegevens van de jobcoach. Het e-mailadres, het "
            "telefoonnummer en het webadres van de werkzoekende gaan dan niet mee. Zorg dus dat de contactpersoon "
            "is ingevuld."
        )
    return (
        "Een jobcoach die een detail opvraagt, krijgt het e-mailadres en het telefoonnummer van de werkzoekende en "
        "de contactpersoon van uw gemeente, voor zover ze zijn ingevuld. Organisaties buiten de overheid krijgen "
        "hoogstens de contactpersoon."
    )
