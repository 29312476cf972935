"""The people and parties who use the portal all the time, and what each of them saw.

Two clerks deliver and publish, coaches search and ask details, the exchange asks the source. Each publication
of a municipality has a serial number in every record, which a match shows (the hours) and a detail too (the
text): an answer with two of them comes from a set that never was. What leads to a person has the mark in it.
"""

import contextlib
import json
import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from tests.processes import TOCH_PUBLICEREN, Client, Demonstratie, Medewerker, Pagina, Partij
from um_portal.demo.accounts import HAVERBROEK, OOSTERVEEN, DemoGemeente

BRONNEN = (HAVERBROEK, OOSTERVEEN)
COACHES = ("lindewaard", "lindewaard", "haverbroek", "oosterveen")
RECORDS, DETAILS = 1500, 12
# From here on a person says that the portal is slow, in seconds; on a machine that is busy with other work it is
# twice what it took there before anything broke.
TRAAG = {"bron": 5.0, "detail": 5.0, "leveren": 40.0, "pagina": 5.0, "zoeken": 15.0}
# After so long somebody gives up and tries anew.
OPGEVEN = 150


@dataclass(frozen=True)
class Gezien:
    """One thing that somebody did: it took from `begin` to `eind`, and `status` is what came of it."""

    wat: str
    begin: float
    eind: float
    status: str

    @property
    def duur(self) -> float:
        """Gives how long it took, in seconds."""
        return self.eind - self.begin


@dataclass
class Levering:
    """A file that a clerk sent; `pad` is its page, empty as long as nobody knows whether it came in."""

    gemeente: DemoGemeente
    nummer: int
    pad: str = ""
    gepubliceerd: bool = False

    @property
    def uren(self) -> int:
        """Gives its serial number as hours in a week, of which the standard knows 99."""
        return 1 + self.nummer % 99

    @property
    def naam(self) -> str:
        """Gives the name of the file, which no other has."""
        return f"storing-{self.gemeente.naam.lower()}-{self.nummer:03}.json"


def serial_of(match: dict[str, Any]) -> int:
    """Gives the serial number in a match; 0 for a record that was there before."""
    werktijden = match.get("werktijden", {})
    same = werktijden.get("aantalWerkurenPerWeekMinimaal") == werktijden.get("aantalWerkurenPerWeekMaximaal")
    return int(werktijden["aantalWerkurenPerWeekMinimaal"]) if same and "R-" in match["idWerkzoekende"] else 0


def numbers_in(nummer: int) -> list[int]:
    """Lists the records of the publication with this number: of each ten one other is missing."""
    return [record for record in range(RECORDS) if record % 10 != nummer % 10]


class Mislukt(Exception):
    """Tells that what somebody did went wrong; the text is the status."""


@dataclass
class Gebruik:
    """Everybody together; the lists are what they remember."""

    demo: Demonstratie
    # How many ask the source of one municipality at the same time.
    bevragers: int = 1
    merk: str = field(default_factory=lambda: f"geheim{uuid.uuid4().hex[:20]}")
    gezien: list[Gezien] = field(default_factory=list)
    leveringen: list[Levering] = field(default_factory=list)
    zoekvragen: list[str] = field(default_factory=list)
    # Details that were on a screen, by the address of the search.
    details: dict[str, int] = field(default_factory=dict)
    bronantwoorden: int = 0
    gemengd: list[str] = field(default_factory=list)
    # The longest of each action that is still as usual, in seconds.
    gewoon: dict[str, float] = field(default_factory=lambda: dict(TRAAG))
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Lets everybody begin."""
        demo = self.demo
        work: list[Callable[[], object]] = [self._clerk(gemeente) for gemeente in BRONNEN]
        work += [self._coach(Medewerker(demo, f"jobcoach@{naam}.example")) for naam in COACHES]
        work += [self._party(gemeente) for gemeente in BRONNEN for _ in range(self.bevragers)]
        reader = Medewerker(demo, "jobcoach@lindewaard.example")
        work.append(lambda: self._do("pagina", lambda: _good(reader.get("/"))))
        self._threads = [threading.Thread(target=self._repeat, args=[one], daemon=True) for one in work]
        for thread in self._threads:
            thread.start()

    def learn_what_is_usual(self) -> None:
        """Takes what it took until now as the measure."""
        for one in list(self.gezien):
            self.gewoon[one.wat] = max(self.gewoon[one.wat], 2 * one.duur)

    def is_usual(self, one: Gezien) -> bool:
        """Tells whether it went as on any other day."""
        return one.status == "goed" and one.duur <= self.gewoon[one.wat]

    def stop(self) -> None:
        """Lets everybody finish what they do."""
        self._over.set()
        for thread in self._threads:
            thread.join(OPGEVEN + 60)
            assert not thread.is_alive(), "somebody never got an answer"

    def _repeat(self, work: Callable[[], object]) -> None:
        while not self._over.wait(0.3):
            with contextlib.suppress(Mislukt):
                work()

    def _do(self, wat: str, act: Callable[[], Any]) -> Any:
        """Does something and remembers how it went. Raises Mislukt."""
        begin, status = time.monotonic(), "goed"
        try:
            return act()
        except Mislukt as failure:
            status = str(failure)
            raise
        except OSError as failure:
            # All of requests: the connection, and half a minute of silence.
            late = "Timeout" in type(failure).__name__
            status = "30 s geen antwoord" if late else "verbinding brak af"
            raise Mislukt(status) from None
        finally:
            self.gezien.append(Gezien(wat, begin, time.monotonic(), status))

    # --- A clerk ------------------------------------------------------------------------------------------

    def _clerk(self, gemeente: DemoGemeente) -> Callable[[], None]:
        beheerder = Medewerker(self.demo, f"gegevensbeheerder@{gemeente.naam.lower()}.example")
        numbers = count(1)

        def deliver() -> None:
            levering = Levering(gemeente, next(numbers))
            self.leveringen.append(levering)
            self._do("leveren", lambda: self._deliver(beheerder, levering))

        return deliver

    def _file(self, levering: Levering) -> bytes:
        nummer = levering.nummer
        records = [
            {
                "idWerkzoekende": f"R-{levering.gemeente.naam}-{number}",
                "mobiliteit": {"bemiddelingspostcode": f"{levering.gemeente.midden}AB"},
                "werktijden": {
                    "aantalWerkurenPerWeekMinimaal": levering.uren,
                    "aantalWerkurenPerWeekMaximaal": levering.uren,
                },
                "persoonlijkePresentatie": f"{self.merk} reeks {nummer}.",
                "emailadres": [f"{self.merk}.{number}@voorbeeld.example"],
                "contactpersoon": [{"naamContactpersoonAfdeling": self.merk}],
            }
            for number in numbers_in(nummer)
        ]
        return json.dumps(records).encode()

    def _deliver(self, beheerder: Medewerker, levering: Levering) -> None:
        """Uploads a file, and goes on until it is published, as a patient person does."""
        content, deadline = self._file(levering), time.monotonic() + OPGEVEN
        problem = ""
        while time.monotonic() < deadline:
            try:
                if not levering.pad:
                    self._upload(beheerder, levering, content)
                page = _good(beheerder.get(levering.pad))
                if "Klaar om te publiceren" in page.text:
                    page = _good(beheerder.post(f"{levering.pad}publiceer/", TOCH_PUBLICEREN))
                if "Bekijk wat er nu gepubliceerd is" in page.text:
                    levering.gepubliceerd = True
                    if problem:
                        raise Mislukt(problem)
                    return
                time.sleep(0.5)
            except OSError:
                problem = problem or "verbinding brak af"
                time.sleep(1)
            except Mislukt as failure:
                if levering.gepubliceerd:
                    raise
                problem = problem or str(failure)
                time.sleep(1)
        raise Mislukt(f"na {OPGEVEN} s niet gepubliceerd")

    def _upload(self, beheerder: Medewerker, levering: Levering, content: bytes) -> None:
        # Whoever does not know whether it came in looks in the list first.
        found = re.search(
            rf'href="(/leveringen/\d+/)"[^>]*>\s*{levering.naam}', _good(beheerder.get("/leveringen/")).source
        )
        if found:
            levering.pad = found[1]
            return
        page = beheerder.post("/leveringen/nieuw/", files={"bestand": (levering.naam, content)})
        if re.fullmatch(r"/leveringen/\d+/", _good(page).path):
            levering.pad = page.path

    # --- A coach ------------------------------------------------------------------------------------------

    def _coach(self, coach: Medewerker) -> Callable[[], None]:
        def search() -> None:
            path = self._do("zoeken", lambda: self._search(coach))
            for number in range(1, DETAILS + 1):
                if self._over.is_set():
                    return
                with contextlib.suppress(Mislukt):
                    self._do("detail", partial(self._detail, coach, path, number))
                time.sleep(0.2)

        return search

    def _search(self, coach: Medewerker) -> str:
        form = {"soort": "werkzoekenden", "postcode": f"{HAVERBROEK.midden} ab", "afstand": 25}
        page = _good(coach.post("/zoeken/", form))
        if not re.fullmatch(r"/zoeken/vragen/\d+/", page.path):
            raise Mislukt("geen zoekvraag")
        self.zoekvragen.append(page.path)
        deadline, problem = time.monotonic() + OPGEVEN, ""
        while time.monotonic() < deadline:
            try:
                state = _good(coach.get(f"{page.path}stand")).text
            except (OSError, Mislukt) as failure:
                problem = problem or (str(failure) if isinstance(failure, Mislukt) else "verbinding brak af")
                time.sleep(1)
                continue
            if "u hebt nog" in state:
                return page.path
            if "niet gelukt" in state:
                raise Mislukt("zoekvraag niet gelukt")
            time.sleep(0.3)
        raise Mislukt(f"na {OPGEVEN} s geen antwoord")

    def _detail(self, coach: Medewerker, path: str, number: int) -> None:
        page = coach.post(f"{path}resultaten/{number}/detail")
        if page.status == 200 and page.path.endswith("detail"):
            self.details[path] = self.details.get(path, 0) + 1
        # The limit is what it should be; and of each ten records a publication takes one away.
        elif page.status != 429 and "kent dit gegeven niet of niet meer" not in page.text:
            _good(page)
            raise Mislukt("geen detail")

    # --- The exchange ---------------------------------------------------------------------------------------

    def _party(self, gemeente: DemoGemeente) -> Callable[[], None]:
        party = Partij(self.demo, "00000001899000125000")

        def ask() -> None:
            self._do("bron", lambda: self._ask_source(party, gemeente))

        return ask

    def _ask_source(self, party: Partij, gemeente: DemoGemeente) -> None:
        vraag = {"vraagObject": {"selectiegebied": {"postcode": f"{gemeente.midden}AB", "afstand": 0}}}
        headers = party._headers(gemeente.oin, **{"X-VUM-SUWIparty": "true"})
        # A party has its own connection for each question, as the exchange has.
        answer = Client().post(f"{party.source}/matches", json=vraag, headers=headers)
        if answer.status_code != 200:
            raise Mislukt(str(answer.status_code))
        matches = answer.json()["matches"]
        self.bronantwoorden += 1
        serials = {serial_of(match) for match in matches}
        strange = {one["idWerkzoekende"] for one in matches if "R-" in one["idWerkzoekende"]}
        if len(serials) != 1 or any(f"R-{gemeente.naam}-" not in name for name in strange):
            self.gemengd.append(f"{gemeente.naam}: {sorted(serials)}, {len(matches)} matches")


def _good(page: Pagina) -> Pagina:
    """Gives a page that somebody can work with. Raises Mislukt."""
    if page.status != 200:
        raise Mislukt(str(page.status))
    if page.path == "/account/inloggen":
        raise Mislukt("uitgelogd")
    return page
