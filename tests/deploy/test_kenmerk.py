"""One reference from the browser to the exchange, and figures of every part, in a whole portal that runs."""

import contextlib
import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.processes import Medewerker, a_demonstration, wait_until
from um_portal.onderdelen import ONDERDELEN

pytestmark = pytest.mark.slow
MERK = "Merkteken van een jobcoach"


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.startswith("{")]


def _figures(naam: str) -> str:
    deel = ONDERDELEN[naam]
    port = getattr(deel, "meetpoort")  # noqa: B009 (not every kind of part has one)

    def read() -> str:
        # Work that may wait starts later than the pages do.
        with (
            contextlib.suppress(urllib.error.URLError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer,
        ):
            return str(answer.read().decode())
        return ""

    return wait_until(read, f"{naam} tells its figures", 60)


def test_a_search_keeps_its_reference_from_the_browser_to_the_exchange_and_says_nothing_else(
    tmp_path: Path,
) -> None:
    with a_demonstration(
        tmp_path / "demo", UM_LOG_VORM="json", UM_METINGEN_ADRES="127.0.0.1", UM_EXCHANGE_TRACEPARENT="1"
    ) as demo:
        coach = Medewerker(demo, "jobcoach@lindewaard.example")
        form = {
            "soort": "werkzoekenden",
            "postcode": "3511AB",
            "afstand": "50",
            "naam": MERK,
            "csrfmiddlewaretoken": coach.client.cookies[coach.csrf],
        }
        answer = coach.client.post("/zoeken/", data=form, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        sent = answer.headers["X-Request-ID"]
        log = demo.data / "logs" / "zoeken-en-onderhoud.log"

        def asked() -> list[dict[str, object]]:
            return [line for line in _lines(log) if line["bericht"] == "uitwisseling"]

        [line] = wait_until(asked, "the worker has asked the exchange", 60)
        assert line["kenmerk"] == sent
        assert line["onderdeel"] == "zoeken-en-onderhoud"
        assert (line["vraag"], line["uitkomst"]) == ("zoekvraag", "gelukt")
        with demo.database() as database:
            [found] = database.execute("SELECT count(*) FROM bemiddelaar_zoekvraag WHERE naam = %s", [MERK])
        assert found == (1,)

        worker = _figures("zoeken-en-onderhoud")
        assert 'um_uitwisseling_aanroepen_total{uitkomst="gelukt",vraag="zoekvraag"} 1.0' in worker
        # The job ends a moment after its call.
        ended = 'um_taken_total{taak="exchange.bemiddelaar.tasks.put_search",uitkomst="gelukt"}'
        wait_until(lambda: ended in _figures("zoeken-en-onderhoud"), "the job is counted")
        pages = _figures("paginas")
        assert re.search(r'um_verzoeken_total\{status="302",weergave="bemiddelaar:nieuw"\} 1\.0', pages)
        assert 'um_planning_te_laat{naam="hervat-taken"} 0.0' in pages
        others = [_figures(naam) for naam in ("bron", "aanleveren", "bestanden", "grote-bestanden")]
        logs = "".join(file.read_text() for file in (demo.data / "logs").glob("*.log"))
        for text in (worker, pages, *others, logs):
            for word in (MERK, "3511AB", "jobcoach@"):
                assert word not in text, word
