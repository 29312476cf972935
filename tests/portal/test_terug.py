"""Servers that go away under the whole portal and come back: who was at work goes on, and nobody sees a fault."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.processes import Client, Demonstratie, Medewerker, Partij, a_demonstration, wait_until
from um_portal.demo.accounts import LINDEWAARD

pytestmark = pytest.mark.slow

PAGES = ["/", "/zoeken/", "/zoeken/vragen/", "/hulp/rechten", "/account/"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstratie]:
    with a_demonstration(tmp_path_factory.mktemp("demo"), UM_SIMULATOR_BRONNEN="landelijk") as demo:
        yield demo


@pytest.fixture(scope="module")
def people(demo: Demonstratie) -> list[Medewerker]:
    return [Medewerker(demo, "jobcoach@lindewaard.example") for _ in range(4)]


@pytest.fixture(scope="module")
def key(demo: Demonstratie) -> str:
    """The key with which a municipality's own system delivers."""
    beheerder = Medewerker(demo, "functioneel-beheerder@lindewaard.example")
    page = beheerder.post("/leveringen/sleutels/nieuw/", {"naam": "export", "soort": "werkzoekenden"})
    (found,) = re.findall(r"um_[0-9]{20}_[0-9A-Za-z]{49}", page.source)
    return str(found)


def server(demo: Demonstratie, name: str) -> psutil.Process:
    assert demo.process is not None
    return next(c for c in psutil.Process(demo.process.pid).children() if c.name().startswith(name))


def statuses(demo: Demonstratie, people: list[Medewerker], key: str, rounds: int = 6) -> dict[str, set[int]]:
    """Asks everything of every part, often enough for every process to have been asked."""
    party = Partij(demo, "9" * 20)
    system = Client(demo.url, Authorization=f"Bearer {key}")
    found: dict[str, set[int]] = {"paginas": set(), "bron": set(), "aanleveren": set()}
    for number in range(rounds):
        for person in people:
            page = person.get(PAGES[number % len(PAGES)])
            # Whoever is logged out is at another address.
            found["paginas"].add(page.status if page.path != "/account/inloggen" else 302)
            vraag = {"vraagObject": {"selectiegebied": {"postcode": f"{LINDEWAARD.midden}AB", "afstand": 9}}}
            headers = party._headers(LINDEWAARD.oin, **{"X-VUM-SUWIparty": "true"})
            answer = party.client.post(f"{party.source}/matches", json=vraag, headers=headers)
            found["bron"].add(answer.status_code)
            found["aanleveren"].add(system.get("/api/v1/leveringen").status_code)
    return found


def search(person: Medewerker) -> str:
    page = person.post("/zoeken/", {"soort": "werkzoekenden", "postcode": "2405 ab", "afstand": "20"})
    assert page.path.startswith("/zoeken/vragen/"), (page.status, page.text)
    return page.path


GOOD = {"paginas": {200}, "bron": {200}, "aanleveren": {200}}


def test_postgresql_restarts_under_warm_connections_and_nobody_sees_a_fault_once_it_is_back(
    demo: Demonstratie, people: list[Medewerker], key: str
) -> None:
    assert statuses(demo, people, key) == GOOD
    people[0].wait_for(search(people[0]), "u hebt nog")
    old = server(demo, "postgres")
    old.send_signal(2)
    old.wait(20)

    def back() -> bool:
        try:
            with demo.database() as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except Exception:
            return False

    wait_until(back, "PostgreSQL is back", 20)
    assert statuses(demo, people, key) == GOOD
    # A worker, with its warm connections.
    people[1].wait_for(search(people[1]), "u hebt nog")


def test_a_redis_that_hangs_logs_nobody_out_and_the_source_goes_on(
    demo: Demonstratie, people: list[Medewerker], key: str
) -> None:
    redis = server(demo, "redis-server")
    assert statuses(demo, people, key) == GOOD
    redis.suspend()
    try:
        begin = time.monotonic()
        found = statuses(demo, people, key, rounds=1)
        # What has to be counted cannot be done now, and says so.
        assert found == {"paginas": {200}, "bron": {200}, "aanleveren": {503}}
        waiting = search(people[0])
        login = Medewerker.__new__(Medewerker)
        login.client, login.csrf = Client(demo.url), f"um_csrf_{demo.port}"
        login.get("/account/inloggen")
        page = login.post("/account/inloggen", {"login": "jobcoach@lindewaard.example", "password": "x"})
        assert page.status == 503
        assert time.monotonic() - begin < 60
    finally:
        redis.resume()
    # What was put meanwhile is found in the database.
    people[0].wait_for(waiting, "u hebt nog", 60)
    wait_until(lambda: statuses(demo, people, key, rounds=1) == GOOD, "everything is as usual", 20)


def test_a_redis_that_restarts_with_nothing_in_it_logs_nobody_out(
    demo: Demonstratie, people: list[Medewerker], key: str
) -> None:
    old = server(demo, "redis-server")
    old.kill()
    old.wait(10)
    wait_until(lambda: statuses(demo, people, key, rounds=1) == GOOD, "everything is as usual", 30)
    people[2].wait_for(search(people[2]), "u hebt nog", 60)


def test_what_the_portal_wrote_meanwhile_says_nothing_of_a_fault_that_nobody_expected(
    demo: Demonstratie, tmp_path: Path
) -> None:
    place = demo.data / "logs"
    logs = "".join(path.read_text() for naam in ("paginas", "balie") for path in place.glob(f"{naam}*.log"))
    assert "Traceback" not in logs
