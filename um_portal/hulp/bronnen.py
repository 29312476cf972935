"""Lists the documents that the help is made of, and for whom each is.

The text stands in the document and nowhere else. A document that is not here is not shown in the portal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from django.conf import settings

from um_portal.toegang.rechten import Functie

DOCS: Final = settings.BASE_DIR / "docs"
BEELDEN: Final = DOCS / "beelden"
# Below this name the pictures are static files.
BEELDEN_STATISCH: Final = "beelden"


@dataclass(frozen=True)
class Groep:
    """Pages for the same readers; the first is the one to begin with. Without `functies` it is for everybody."""

    titel: str
    functies: frozenset[Functie]
    gebruikers: tuple[str, ...]
    beheer: tuple[str, ...] = ()

    @property
    def namen(self) -> tuple[str, ...]:
        """Lists the names of the pages, which are their addresses below `/hulp/`."""
        return self.gebruikers + self.beheer


GROEPEN: Final = (
    Groep(
        "Jobcoach",
        frozenset({Functie.JOBCOACH, Functie.FUNCTIONEEL_BEHEERDER}),
        ("jobcoach", "zoeken", "resultaten", "details", "contactmomenten"),
    ),
    Groep(
        "Gegevensbeheerder",
        frozenset({Functie.GEGEVENSBEHEERDER, Functie.FUNCTIONEEL_BEHEERDER}),
        ("gegevensbeheerder", "aanleveren", "koppelingen", "waarden", "controle", "gepubliceerd"),
    ),
    Groep(
        "Functioneel beheerder",
        frozenset({Functie.FUNCTIONEEL_BEHEERDER}),
        ("functioneel-beheerder", "collegas", "instellingen", "cijfers", "logboek"),
        ("automatisch-aanleveren",),
    ),
    Groep(
        "VNG-support",
        frozenset({Functie.SUPPORT_ADVISEREND, Functie.SUPPORT_BESLISSEND}),
        ("vng-support",),
        ("gemeenten-toelaten", "gebruikers", "landelijke-waarden", "eenmalig-inloggen"),
    ),
    Groep("Voor iedereen", frozenset(), ("inloggen", "begrippen")),
)
# Who has no account yet, or cannot get in, may read this.
OPENBAAR: Final = "inloggen"
# The page to begin with, for each capacity somebody can log in with.
INGANGEN: Final[Mapping[Functie, str]] = MappingProxyType(
    {
        Functie.JOBCOACH: "jobcoach",
        Functie.GEGEVENSBEHEERDER: "gegevensbeheerder",
        Functie.FUNCTIONEEL_BEHEERDER: "functioneel-beheerder",
        Functie.SUPPORT_ADVISEREND: "vng-support",
        Functie.SUPPORT_BESLISSEND: "vng-support",
    }
)


def _bronnen() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for groep in GROEPEN:
        for map_naam, namen in (("gebruikers", groep.gebruikers), ("beheer", groep.beheer)):
            for naam in namen:
                assert naam not in found, naam
                found[naam] = DOCS / map_naam / f"{naam}.md"
    return found


# The document of each page, by the name of the page.
BRONNEN: Final[Mapping[str, Path]] = MappingProxyType(_bronnen())
