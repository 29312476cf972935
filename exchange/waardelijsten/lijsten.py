"""Names the lists of others that can be loaded, and the form that the standard gives their codes.

The form (length, pattern, smallest and largest number) is read from the attributes of the standard that use a
list; nothing about it is written down here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from exchange.standard import Attribuut, Soort, Waardelijst, velden
from exchange.standard import waardelijsten as standaard

BEROEPEN: Final = "beroepen"
COMPETENTIES: Final = "competenties"
OPLEIDINGEN: Final = "opleidingen"
SBI: Final = "sbi"
TALEN: Final = "talen"


@dataclass(frozen=True, slots=True)
class Lijst:
    """A list that somebody else keeps: `naam` is our name for it, `waardelijst` its place in the standard."""

    naam: str
    titel: str
    beheerder: str
    uitleg: str
    waardelijst: Waardelijst
    # The form that the keeper gives its codes; empty when there is no such form, or none that is known.
    vorm: str = ""
    voorbeeld: str = ""


LIJSTEN: Final[Mapping[str, Lijst]] = MappingProxyType(
    {
        lijst.naam: lijst
        for lijst in (
            Lijst(
                BEROEPEN,
                "Beroepen",
                "CompetentNL",
                "De beroepen waarin iemand werk zoekt of waarvoor een werkgever iemand vraagt.",
                standaard.BEROEPEN,
                r"https://linkeddata\.competentnl\.nl/uwv/id/occupation/[0-9a-f]{10}",
                "https://linkeddata.competentnl.nl/uwv/id/occupation/0123456789",
            ),
            Lijst(
                COMPETENTIES,
                "Competenties",
                "CompetentNL",
                "De vaardigheden die iemand heeft of die werk vraagt.",
                standaard.COMPETENTIES,
            ),
            Lijst(
                OPLEIDINGEN,
                "Opleidingen",
                "SuwiML",
                "De opleidingen die iemand heeft gevolgd of die werk vraagt.",
                standaard.OPLEIDINGEN,
            ),
            Lijst(SBI, "Bedrijfstakken (SBI)", "CBS", "De bedrijfstakken van het CBS.", standaard.SBI),
            Lijst(
                TALEN, "Talen", "ISO 639-3", "De talen van de wereld, elk met drie letters.", standaard.TALEN
            ),
        )
    }
)
# Gives our name of a list by the standard's name.
NAAM_BIJ: Final[Mapping[str, str]] = MappingProxyType(
    {lijst.waardelijst.naam: lijst.naam for lijst in LIJSTEN.values()}
)


class PastNiet(ValueError):
    """A code does not have the form that the standard asks; the message is Dutch and follows the code."""


@cache
def attributen(lijst: Lijst) -> tuple[Attribuut, ...]:
    """Gives the attributes of the standard that hold codes of this list."""
    return tuple(
        dict.fromkeys(
            leaf.attribuut
            for soort in Soort
            for leaf in velden(soort)
            if leaf.attribuut.waardelijst is lijst.waardelijst
        )
    )


def canonical(lijst: Lijst, code: str) -> str:
    """Gives the code as our tables have it. Raises PastNiet when no attribute of the standard could hold it.

    A numeric code (SBI) is the number that travels over VUM: without the dots and zeros of its notation.
    """
    if re.search(r"[\s\x00-\x1f\x7f]", code):
        raise PastNiet("bevat een spatie of een onzichtbaar teken")
    if lijst.waardelijst.numeriek:
        digits = code.replace(".", "")
        if not re.fullmatch(r"[0-9]{1,12}", digits):
            raise PastNiet("is geen getal")
        code = str(int(digits))
    for attribuut in attributen(lijst):
        _check(attribuut, code)
    return code


def _check(attribuut: Attribuut, code: str) -> None:
    if attribuut.lengte is not None and len(code) > attribuut.lengte:
        raise PastNiet(f"is langer dan {attribuut.lengte} tekens")
    if attribuut.patroon is not None and not re.fullmatch(attribuut.patroon, code):
        raise PastNiet(f"heeft niet de goede vorm ({attribuut.vorm})")
    if attribuut.json_type == "integer":
        low, high = attribuut.minimum, attribuut.maximum
        if (low is not None and int(code) < low) or (high is not None and int(code) > high):
            raise PastNiet(f"is geen getal van {low} tot en met {high}")
