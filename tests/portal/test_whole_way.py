"""The real processes together: command line, portal, worker, simulator, PostgreSQL and Redis, over real HTTP."""

import io
import json
import re
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from openpyxl import Workbook, load_workbook

from tests.places import SONAR
from tests.processes import (
    TOCH_PUBLICEREN,
    Client,
    Demonstratie,
    Medewerker,
    Pagina,
    Partij,
    a_demonstration,
    a_redis,
    everything_in,
    is_free,
    wait_until,
)
from um_portal.demo.accounts import HAVERBROEK, LINDEWAARD, OOSTERVEEN

pytestmark = pytest.mark.slow

LANDELIJK = "00000001899000125000"
# In Groningen, where of the demonstration's municipalities nobody publishes anything.
PROEFDORP, POSTCODE = "00000001899000117000", "9711AB"
ROWS = 30_000
# Longer than a lease, and a round of the schedule that hands lost work out again.
PICKED_UP_WITHIN = 150


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with a_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Demonstratie]:
    place = tmp_path_factory.mktemp("demo")
    with a_demonstration(place, REDIS_URL=redis_url) as demo:
        yield demo
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def merkteken() -> str:
    """A text that is nowhere else."""
    return f"merk{uuid.uuid4().hex[:24]}"


@pytest.fixture(scope="module")
def proefdorp(demo: Demonstratie, merkteken: str, tmp_path_factory: pytest.TempPathFactory) -> Partij:
    """A fresh municipality with twelve jobseekers, all through the command line."""
    admitted = demo.manage("demodata", "--gemeente", PROEFDORP, "Proefdorp")
    assert (admitted.returncode, admitted.stderr) == (0, "")
    file = tmp_path_factory.mktemp("bestanden") / "werkzoekenden.json"
    file.write_text(json.dumps([een_werkzoekende(number, merkteken) for number in range(12)]))
    code, result, _ = demo.publish(PROEFDORP, "werkzoekenden", file)
    assert code == 0
    assert (result["gelezen"], result["gepubliceerd"], result["nieuw"]) == (12, 12, 12)
    return Partij(demo, PROEFDORP)


def een_werkzoekende(number: int, merkteken: str) -> dict[str, Any]:
    """Recognisable in a search by the hours; what leads to the person has the mark in it."""
    return {
        "idWerkzoekende": f"PROEF-{number}",
        "mobiliteit": {"bemiddelingspostcode": POSTCODE},
        "werktijden": {
            "aantalWerkurenPerWeekMinimaal": 70 + number,
            "aantalWerkurenPerWeekMaximaal": 71 + number,
        },
        "persoonlijkePresentatie": f"{merkteken} over mijzelf",
        "emailadres": [f"{merkteken}.{number}@voorbeeld.example"],
        "contactpersoon": [{"naamContactpersoonAfdeling": merkteken}],
    }


def hours(profiel: dict[str, Any]) -> int:
    found: int = profiel.get("werktijden", {}).get("aantalWerkurenPerWeekMaximaal", 0)
    return found


# --- From the command line to another party ------------------------------------------------------------


def test_what_was_published_is_found_through_the_exchange_with_its_details_and_their_limit(
    proefdorp: Partij, merkteken: str
) -> None:
    answer = proefdorp.search(POSTCODE, 5)
    own = sorted((match for match in answer["matches"] if hours(match) > 70), key=hours)
    assert [hours(match) for match in own] == list(range(71, 83))
    assert len(answer["matches"]) > len(own), "the national source answers too"
    assert merkteken not in json.dumps(answer)
    assert not any("idWerkzoekende" in match for match in answer["matches"])
    assert len({match["vumID"] for match in own}) == 12
    for number, match in enumerate(own[:10]):
        detail = proefdorp.detail(match["vumID"])
        assert detail.status_code == 200, detail.text
        assert detail.json()["bronID"] == PROEFDORP
        assert detail.json()["werkzoekende"] == een_werkzoekende(number, merkteken)
    refused = proefdorp.detail(own[10]["vumID"])
    assert (refused.status_code, refused.json()["code"]) == (429, "429.01")


@pytest.mark.skipif(not SONAR.exists(), reason=f"the reference material is not here: {SONAR}")
def test_the_real_sonar_export_is_published_and_found(demo: Demonstratie) -> None:
    oin = "00000001899000060000"
    assert demo.manage("demodata", "--gemeente", oin, "Sonardam").returncode == 0
    code, result, told = demo.publish(oin, "werkzoekenden", SONAR)
    assert code == 0, told
    assert (result["gelezen"], result["gepubliceerd"], result["overgeslagen"], result["afgekeurd"]) == (
        24,
        22,
        1,
        1,
    )
    partij = Partij(demo, oin)
    with demo.database() as database:
        rows = database.execute(
            "SELECT zoekprofiel FROM bron_werkzoekende JOIN tenants_gemeente g ON g.id = gemeente_id WHERE oin = %s",
            [oin],
        ).fetchall()
    published = [json.loads(zoekprofiel) for (zoekprofiel,) in rows]
    ids = [profiel.pop("idWerkzoekende") for profiel in published]
    found = {match.pop("vumID"): match for match in partij.search("1234AB", 1)["matches"]}
    own = [vum_id for vum_id, match in found.items() if match in published]
    assert len(own) == 22
    detail = partij.detail(own[0]).json()
    assert detail["bronID"] == oin
    assert detail["werkzoekende"]["idWerkzoekende"] in ids
    assert detail["werkzoekende"].items() >= found[own[0]].items()


def test_the_command_line_tells_by_its_exit_code_that_nothing_was_published(
    demo: Demonstratie, proefdorp: Partij, tmp_path: Path
) -> None:
    broken = tmp_path / "kapot.json"
    broken.write_text('[{"idWerkzoekende": "A"')
    for oin, path in ((PROEFDORP, broken), ("9" * 20, broken), (PROEFDORP, tmp_path / "nergens.xlsx")):
        code, result, told = demo.publish(oin, "werkzoekenden", path)
        assert (code, result["gepubliceerd"]) == (1, 0)
        assert result["melding"] in told
    assert demo.manage("admit", "--oin", "12", "--naam", "Te kort").returncode == 1
    assert len(proefdorp.ask_source(PROEFDORP, POSTCODE, 0)) == 12


# --- A jobcoach ----------------------------------------------------------------------------------------


def een_zoekvraag(jobcoach: Medewerker, postcode: str, afstand: int, naam: str = "") -> str:
    """Fill in the form; the address of the search."""
    page = jobcoach.post(
        "/zoeken/", {"soort": "werkzoekenden", "postcode": postcode, "afstand": afstand, "naam": naam}
    )
    assert re.fullmatch(r"/zoeken/vragen/\d+/", page.path), page.text
    return page.path


def answered(jobcoach: Medewerker, zoekvraag: str, seconds: float = 30) -> Pagina:
    """The page of a search when the worker has the answer."""
    return jobcoach.wait_for(zoekvraag, "u hebt nog", seconds)


def found_and_left(page: Pagina) -> tuple[int, int]:
    """Gives the number of results in the list of a search, and of details that may still be asked."""
    text = " ".join(page.text.split())
    told = re.search(r"([\d.]+) resulta(?:at|ten); u hebt nog ([\d.]+) details? over", text)
    assert told is not None, text
    return int(told[1].replace(".", "")), int(told[2])


def results(jobcoach: Medewerker, zoekvraag: str, order: str) -> list[str]:
    """The addresses of the first page of results, in an order."""
    # The address also says to which list it leads back.
    links = jobcoach.get(f"{zoekvraag}?sorteer={order}").links(r".*/resultaten/\d+/(\?.*)?")
    return [link.partition("?")[0] for link in links]


def test_a_jobcoach_finds_the_portals_own_profiles_and_those_of_others_and_sees_a_detail_once(
    demo: Demonstratie, proefdorp: Partij, merkteken: str, redis_url: str
) -> None:
    jobcoach = Medewerker(demo, "jobcoach@lindewaard.example")
    kept = f"bewaard{uuid.uuid4().hex}"
    zoekvraag = een_zoekvraag(jobcoach, "9711 ab", 10, naam=kept)
    page = answered(jobcoach, zoekvraag)
    aantal, details_over = found_and_left(page)
    assert aantal > 12
    assert details_over == 10

    own, other = results(jobcoach, zoekvraag, "-uren")[0], results(jobcoach, zoekvraag, "uren")[0]
    assert merkteken not in jobcoach.get(own).source
    detail = jobcoach.post(f"{own}detail")
    assert detail.status == 200
    assert "Van gemeente Proefdorp." in detail.text
    assert f"{merkteken}.11@voorbeeld.example" in detail.text
    assert "no-store" in detail.headers["Cache-Control"]
    # The source that falters may be down; that costs nothing.
    wait_until(
        lambda: re.search(
            r"Van (Landelijke Werkbank|Werkbedrijf De Hapering)\.", jobcoach.post(f"{other}detail").text
        ),
        "a detail of a source that is not the portal's",
    )
    assert found_and_left(answered(jobcoach, zoekvraag))[1] == 8
    assert "u hebt nog" not in jobcoach.get(own).text
    assert "nog 8 details" in jobcoach.get(own).text

    # What is kept is found by the same search.
    where = places_with(demo, redis_url, kept)
    assert "table bemiddelaar_zoekvraag" in where
    assert [place for place in where if place.startswith("postgresql/base/")]
    assert places_with(demo, redis_url, merkteken) == []


def places_with(demo: Demonstratie, redis_url: str, text: str) -> list[str]:
    """Where a text is: in which tables, files of the demonstration (also PostgreSQL's own), or in Redis."""
    found = []
    with demo.database() as database:
        tables = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            # Also where PostgreSQL compressed it, and where it would be binary.
            count = database.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s OR t::text ILIKE %s",
                [f"%{text}%", f"%{text.encode().hex()}%"],
            ).fetchone()
            if count != (0,):
                found.append(f"table {table}")
        database.execute("CHECKPOINT")
    files = [path for path in demo.data.rglob("*") if path.is_file() and not path.is_symlink()]
    assert {"paginas.log", "bron.log", "simulator.log", "bestanden.log", "PG_VERSION"} <= {
        path.name for path in files
    }
    found += [str(path.relative_to(demo.data)) for path in files if text.encode() in path.read_bytes()]
    if text in demo.said:
        found.append("terminal")
    found += [f"Redis: {entry[:40]!r}" for entry in everything_in(redis_url) if text.encode() in entry]
    return found


# --- A system that delivers by itself --------------------------------------------------------------------


def een_vacature(number: int, merkteken: str) -> dict[str, Any]:
    """A vacancy in which whoever is to be contacted has the mark."""
    return {
        "idVacature": f"AUTO-{number}",
        "naamVacature": "Magazijnmedewerker",
        "adres": {"postcode": POSTCODE},
        "werkgever": {
            "handelsnaamOrganisatie": "Voorbeeld BV",
            "contactpersoon": [
                {
                    "naamContactpersoonAfdeling": merkteken,
                    "emailadres": [f"{merkteken}@voorbeeld.example"],
                }
            ],
        },
    }


def een_aanleversleutel(beheerder: Medewerker) -> str:
    """Make a key on the page, and copy what is shown once."""
    page = beheerder.post("/leveringen/sleutels/nieuw/", {"naam": uuid.uuid4().hex, "soort": "vacatures"})
    [tekst] = re.findall(r"um_[0-9]{20}_[0-9A-Za-z]{49}", page.source)
    return str(tekst)


def vacancies(demo: Demonstratie, oin: str) -> set[str]:
    """The ids that the municipality publishes now."""
    with demo.database() as database:
        rows = database.execute(
            "SELECT id_bron FROM bron_vacature JOIN tenants_gemeente g ON g.id = gemeente_id WHERE oin = %s",
            [oin],
        ).fetchall()
    return {id_bron for (id_bron,) in rows}


def test_a_system_delivers_by_itself_through_the_api_and_through_a_folder_and_leaves_nothing_behind(
    demo: Demonstratie, merkteken: str, redis_url: str, tmp_path: Path
) -> None:
    # The demonstration lets this municipality publish no vacancies; here it may.
    may_all = (
        "from um_portal.tenants.models import Gemeente, Scenario;"
        f"Gemeente.objects.filter(oin='{HAVERBROEK.oin}').update(scenarios=[one.value for one in Scenario])"
    )
    assert demo.manage("shell", "-v", "0", "-c", may_all).returncode == 0
    beheerder = Medewerker(demo, "functioneel-beheerder@haverbroek.example")
    tekst = een_aanleversleutel(beheerder)
    secret = tekst.rpartition("_")[2]
    system = Client(f"{demo.url}/api/v1", Authorization=f"Bearer {tekst}")
    inhoud = json.dumps([een_vacature(number, merkteken) for number in range(3)]).encode()
    sent = system.post("/leveringen", files={"bestand": ("nacht.json", inhoud)})
    assert sent.status_code == 201, sent.text
    address = sent.headers["Location"].removeprefix("/api/v1")

    def done() -> dict[str, Any]:
        body: dict[str, Any] = system.get(address).json()
        return {} if body["bezig"] else body

    body = wait_until(done, "the workers are done with it", PICKED_UP_WITHIN, 0.3)
    assert (body["status"], body.get("publicatie", {}).get("nieuw")) == ("gepubliceerd", 3), body
    assert vacancies(demo, HAVERBROEK.oin) == {"AUTO-0", "AUTO-1", "AUTO-2"}
    assert "met sleutel" in beheerder.get("/leveringen/").text

    # The rest of the way by a folder.
    place = tmp_path / HAVERBROEK.oin / "vacatures"
    place.mkdir(parents=True)
    (place / "map.json").write_bytes(
        json.dumps([een_vacature(number, merkteken) for number in range(4)]).encode()
    )
    taken = demo.manage("watch_leveringen", str(tmp_path), "--eenmalig", "--rust", "0.5")
    assert (taken.returncode, taken.stdout) == (0, "1 ingenomen, 0 afgewezen.\n"), taken.stderr
    assert merkteken not in taken.stderr
    wait_until(lambda: len(vacancies(demo, HAVERBROEK.oin)) == 4, "it is published", PICKED_UP_WITHIN, 0.3)
    assert demo.manage("watch_leveringen", str(tmp_path), "--eenmalig", "--rust", "0").returncode == 0
    [told] = (place / "verwerkt").iterdir()
    assert "Nieuw 1, gewijzigd 0, gelijk 3" in told.read_text()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and merkteken in path.read_text()]
    assert places_with(demo, redis_url, secret) == []
    assert places_with(demo, redis_url, merkteken) == []


# --- A worker that is killed ---------------------------------------------------------------------------


def een_grote_export(example: Path, merkteken: str) -> tuple[bytes, int]:
    """The rows of an example export many times over, as a workbook, and how many of them have no consent."""
    sheet = load_workbook(example, read_only=True).worksheets[0]
    header, *rows = [list(row) for row in sheet.iter_rows(values_only=True) if any(row)]
    own_id, name, street, consent = (
        header.index(column) for column in ("ID_WZ", "Volledige Naam", "Straatnaam", "Toestemming")
    )
    workbook = Workbook(write_only=True)
    large = workbook.create_sheet()
    large.append(header)
    without = 0
    for number in range(ROWS):
        row = list(rows[number % len(rows)])
        row[own_id], row[name], row[street] = f"GROOT{number}", f"{merkteken} Jansen", f"{merkteken}straat"
        without += str(row[consent]).lower() != "ja"
        large.append(row)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue(), without


def test_a_worker_killed_in_the_middle_costs_neither_a_conversion_nor_a_search(
    demo: Demonstratie, merkteken: str, redis_url: str
) -> None:
    jobcoach = Medewerker(demo, "jobcoach@oosterveen.example")
    beheerder = Medewerker(demo, "gegevensbeheerder@oosterveen.example")
    vrager = Partij(demo, LINDEWAARD.oin)

    def published() -> set[str]:
        found = vrager.ask_source(OOSTERVEEN.oin, f"{OOSTERVEEN.midden}AA", 25)
        assert len(found) == 100
        # The demonstration's own ids, or the pseudonyms of an export.
        return {"old" if re.fullmatch(r"W\d{6}", one["idWerkzoekende"]) else "new" for one in found}

    inhoud, without_consent = een_grote_export(
        demo.data / "voorbeelden" / "sonar-export-oosterveen.xlsx", merkteken
    )
    levering = beheerder.post("/leveringen/nieuw/", files={"bestand": ("groot.xlsx", inhoud)}).path
    assert re.fullmatch(r"/leveringen/\d+/", levering)

    with demo.simulator_holds_its_breath():
        zoekvraag = een_zoekvraag(jobcoach, f"{OOSTERVEEN.midden}AA", 25)
        jobcoach.wait_for(zoekvraag, "ligt bij de bronnen")
        beheerder.wait_for(levering, "rijen gelezen")
        worker = demo.worker()
        for process in worker:
            process.kill()
        psutil.wait_procs(worker, timeout=10)
    assert published() == {"old"}
    assert "rijen gelezen" in beheerder.get(levering).text
    wait_until(demo.worker, "there is a worker again")
    assert {process.pid for process in demo.worker()}.isdisjoint(process.pid for process in worker)

    page = answered(jobcoach, zoekvraag, PICKED_UP_WITHIN)
    aantal, _ = found_and_left(page)
    assert f"van {aantal}" in page.text, "every result is there once"
    figures = beheerder.wait_for(levering, "Klaar om te publiceren", PICKED_UP_WITHIN).figures()
    assert figures["rijen gelezen"] == ROWS
    assert figures["overgeslagen"] == without_consent
    assert figures["omgezet"] + figures["overgeslagen"] + figures["afgekeurd"] == ROWS
    assert published() == {"old"}

    # Two people press the button at the same moment.
    colleagues = (beheerder, Medewerker(demo, "functioneel-beheerder@oosterveen.example"))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda one: one.post(f"{levering}publiceer/", TOCH_PUBLICEREN), colleagues))
    beheerder.wait_for(levering, "Bekijk wat er nu gepubliceerd is", 60)
    assert published() == {"new"}
    assert "is al gepubliceerd" in beheerder.post(f"{levering}publiceer/").text
    with demo.database() as database:
        lines = database.execute(
            "SELECT aantal FROM audit_auditregel WHERE handeling = 'levering_gepubliceerd' AND onderwerp LIKE %s",
            [f"levering {levering.split('/')[-2]},%"],
        ).fetchall()
    assert lines == [(figures["omgezet"],)]
    assert places_with(demo, redis_url, merkteken) == []


# --- Stopping ------------------------------------------------------------------------------------------


def test_ctrl_c_stops_everything_and_a_second_start_goes_on_with_the_data(
    demo: Demonstratie, proefdorp: Partij
) -> None:
    jobcoach = Medewerker(demo, "jobcoach@haverbroek.example")
    zoekvraag = een_zoekvraag(jobcoach, "5211AB", 10)
    aantal, _ = found_and_left(answered(jobcoach, zoekvraag))
    processes = demo.processes()
    assert len(processes) > 10
    assert demo.stop() == 0
    assert "Gestopt. De gegevens zijn bewaard" in demo.said
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert alive == []
    assert is_free(demo.port)
    assert is_free(demo.simulator_port)

    demo.start()
    assert len(proefdorp.ask_source(PROEFDORP, POSTCODE, 0)) == 12
    again = Medewerker(demo, "jobcoach@haverbroek.example")
    assert found_and_left(answered(again, zoekvraag))[0] == aantal


# --- Nobody waits for somebody else --------------------------------------------------------------------


def test_two_large_conversions_hold_up_neither_a_search_nor_a_small_levering_of_another(
    demo: Demonstratie, merkteken: str
) -> None:
    groot, _ = een_grote_export(demo.data / "voorbeelden" / "sonar-export-oosterveen.xlsx", merkteken)
    beheerders = [
        Medewerker(demo, f"gegevensbeheerder@{naam}.example") for naam in ("oosterveen", "lindewaard")
    ]
    jobcoach = Medewerker(demo, "jobcoach@haverbroek.example")
    beheerder = Medewerker(demo, "gegevensbeheerder@haverbroek.example")
    begonnen = [
        een.post("/leveringen/nieuw/", files={"bestand": ("groot.xlsx", groot)}).path for een in beheerders
    ]
    beheerders[0].wait_for(begonnen[0], "rijen gelezen")

    answered(jobcoach, een_zoekvraag(jobcoach, f"{HAVERBROEK.midden}AA", 25), 10)
    klein = (demo.data / "voorbeelden" / "sonar-export-haverbroek.xlsx").read_bytes()
    levering = beheerder.post("/leveringen/nieuw/", files={"bestand": ("klein.xlsx", klein)}).path
    beheerder.wait_for(levering, "Klaar om te publiceren", 10)

    for een, groot_path in zip(beheerders, begonnen, strict=True):
        page = een.get(groot_path)
        assert "Klaar om te publiceren" not in page.text, "it was still being converted all that time"
        een.wait_for(groot_path, "Klaar om te publiceren", PICKED_UP_WITHIN)
