"""Draws where the results of a list are: dots on the centres of their postcode areas, as plain numbers for an SVG.

Nothing is asked of anybody outside. Coordinates in the drawing are texts, because a page in Dutch would write
a comma in a number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Final

from django.utils.safestring import SafeString

from exchange.geo.distances import centre, pc4_of
from exchange.geo.sphere import Coordinaat, great_circle_km
from um_portal.presentation.templatetags.um import getal

#: Half of the width of the drawing, in its own units.
HALF: Final = 300
_KM_PER_GRAAD: Final = 111.2
_SCHALEN: Final = (1, 2, 5, 10, 20, 50, 100, 200)


@dataclass(frozen=True, slots=True)
class Punt:
    """The results of one postcode area."""

    pc4: int
    aantal: int
    #: The same as people write it.
    geteld: str
    afstand: str
    x: str
    y: str
    straal: str


@dataclass(frozen=True, slots=True)
class Kaart:
    """A drawing around the postcode that was asked; `elders` counts the results that have no place."""

    midden: int
    punten: list[Punt]
    cirkel: str
    schaal_km: int
    schaal: str
    elders: int

    # A country has thousands of areas: a template that loops over them, or escaping what is a number, takes most of
    # the time of the page. All of it is numbers and words of our own.
    @property
    def stippen(self) -> SafeString:
        """Gives the dots as elements of an SVG."""
        return SafeString(
            "\n".join(
                f'<circle cx="{p.x}" cy="{p.y}" r="{p.straal}"><title>{p.pc4}: {p.geteld}, {p.afstand}</title></circle>'
                for p in self.punten
            )
        )

    @property
    def regels(self) -> SafeString:
        """Gives the same as the rows of a table."""
        return SafeString(
            "\n".join(
                f'<tr><th scope="row">{p.pc4}</th><td>{p.afstand}</td><td class="um-tabel__getal">{p.geteld}</td></tr>'
                for p in self.punten
            )
        )


def draw(postcode: str, afstand: float, areas: Iterable[tuple[str, int]]) -> Kaart | None:
    """Draws the areas (4 digits, number of results) around a postcode; None when that has no place."""
    midden = pc4_of(postcode)
    here = centre(midden) if midden is not None else None
    if midden is None or here is None:
        return None
    placed: list[tuple[float, int, int, Coordinaat]] = []
    elders = 0
    for digits, aantal in areas:
        pc4 = pc4_of(digits)
        there = centre(pc4) if pc4 is not None else None
        if pc4 is None or there is None:
            elders += aantal
        else:
            placed.append((great_circle_km(here, there), pc4, aantal, there))
    placed.sort(key=lambda item: item[:2])
    farthest = placed[-1][0] if placed else 0.0
    reach = max(1.0, farthest, min(afstand, max(farthest * 2, 1.0))) * 1.1
    unit = HALF / reach
    written = {aantal: getal(aantal) for _, _, aantal, _ in placed}
    across = _KM_PER_GRAAD * cos(radians(here.breedtegraad))
    punten = [
        Punt(
            pc4,
            aantal,
            written[aantal],
            "zelfde plaats" if km == 0 else f"circa {max(1, round(km))} km",
            f"{(there.lengtegraad - here.lengtegraad) * across * unit:.1f}",
            f"{(here.breedtegraad - there.breedtegraad) * _KM_PER_GRAAD * unit:.1f}",
            f"{min(30.0, 4 + 2 * sqrt(aantal)):.1f}",
        )
        for km, pc4, aantal, there in placed
    ]
    scale = max((km for km in _SCHALEN if km <= reach / 2), default=1)
    return Kaart(midden, punten, f"{afstand * unit:.1f}", scale, f"{scale * unit:.1f}", elders)
