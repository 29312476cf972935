"""Counts afterwards, from the database, the simulator and the book of the exchange, what became of everything."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import redis

from tests.doorgever import Doorgever
from tests.faults.gebruik import BRONNEN, Gebruik, numbers_in
from tests.processes import Demonstratie, everything_in

MOST = 10


@dataclass(frozen=True)
class Telling:
    """One thing that must be so; `fouten` are the cases in which it was not."""

    wat: str
    geteld: str
    fouten: list[str]


def count_everything(
    demo: Demonstratie, gebruik: Gebruik, uitwisseling: Doorgever, portal: str, simulator: str
) -> list[Telling]:
    """Counts it all; call it when everybody has stopped and no job waits."""
    with demo.database() as database:

        def rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
            return database.execute(query, values or None).fetchall()

        return [
            _leveringen(gebruik, rows),
            *(_set(gebruik, gemeente.oin, gemeente.naam, rows) for gemeente in BRONNEN),
            Telling(
                "nooit een gemengde set: elk antwoord van de bron komt uit één publicatie",
                f"{gebruik.bronantwoorden} antwoorden",
                gebruik.gemengd,
            ),
            _zoekvragen(gebruik, rows),
            *_details(gebruik, uitwisseling, simulator, rows),
            _logs(demo, gebruik, portal),
        ]


def _leveringen(gebruik: Gebruik, rows: Any) -> Telling:
    known = rows(
        "SELECT bestandsnaam, id, status, melding FROM uploads_levering WHERE bestandsnaam LIKE 'storing-%'"
    )
    times = Counter(name for name, *_ in known)
    published = Counter(
        int(onderwerp.split()[1].strip(","))
        for (onderwerp,) in rows(
            "SELECT onderwerp FROM audit_auditregel WHERE handeling = 'levering_gepubliceerd'"
        )
        if onderwerp.startswith("levering ")
    )
    wrong = [f"{name} {number} keer" for name, number in times.items() if number > 1]
    for levering in gebruik.leveringen:
        if levering.pad and levering.naam not in times:
            wrong.append(f"{levering.naam} is weg")
    seen = {levering.naam for levering in gebruik.leveringen if levering.gepubliceerd}
    waits = 0
    for name, pk, status, melding in known:
        # A clerk who gave up finds it where it was.
        if status == "omgezet" and not published[pk] and name not in seen:
            waits += 1
        elif published[pk] != 1 or status != "gepubliceerd":
            wrong.append(f"{name}: {status}, {published[pk]} keer gepubliceerd ({melding[:60]})")
    never = sum(not levering.pad for levering in gebruik.leveringen)
    return Telling(
        "elke levering die is aangenomen, is er één keer, en is één keer gepubliceerd",
        f"{len(known)} leveringen"
        + (f"; {waits} wachten nog op iemand die publiceert" if waits else "")
        + (f"; {never} nooit aangenomen" if never else ""),
        wrong,
    )


def _set(gebruik: Gebruik, oin: str, naam: str, rows: Any) -> Telling:
    [(last,)] = rows(
        # In the order in which they were published, whatever the clock of the worker said.
        "SELECT l.bestandsnaam FROM bron_journaal j JOIN uploads_levering l ON l.id = j.stapel"
        " JOIN tenants_gemeente g ON g.id = l.gemeente_id WHERE g.oin = %s AND l.bestandsnaam LIKE 'storing-%%'"
        " ORDER BY j.id DESC LIMIT 1",
        oin,
    ) or [("geen",)]
    nummer, uren = next(((one.nummer, one.uren) for one in gebruik.leveringen if one.naam == last), (0, 0))
    found = rows(
        "SELECT id_bron, zoekprofiel::json->'werktijden'->>'aantalWerkurenPerWeekMaximaal' FROM bron_werkzoekende w"
        " JOIN tenants_gemeente g ON g.id = w.gemeente_id WHERE g.oin = %s",
        oin,
    )
    expected = {(f"R-{naam}-{number}", str(uren)) for number in numbers_in(nummer)}
    different = len(expected.symmetric_difference(found))
    return Telling(
        f"de set van {naam} is precies die van de laatste publicatie",
        f"{len(found)} records",
        [f"{different} verschillen met {last}"] if different else [],
    )


def _zoekvragen(gebruik: Gebruik, rows: Any) -> Telling:
    known = {
        pk: (status, aantal, results, melding)
        for pk, status, aantal, results, melding in rows(
            "SELECT id, status, aantal, (SELECT count(*) FROM bemiddelaar_resultaat r WHERE r.zoekvraag_id = z.id),"
            " melding FROM bemiddelaar_zoekvraag z"
        )
    }
    wrong: list[str] = []
    ends: Counter[str] = Counter()
    for path in gebruik.zoekvragen:
        pk = int(path.split("/")[3])
        status, aantal, results, _ = known.get(pk, ("weg", 0, 0, ""))
        ends[status] += 1
        if status not in {"klaar", "mislukt"} or aantal != results:
            wrong.append(f"zoekvraag {pk}: {status}, {results} van {aantal} resultaten")
    return Telling(
        "elke zoekvraag is er, en is beantwoord (met al haar resultaten) of zegt waarom niet",
        f"{ends['klaar']} beantwoord, {ends['mislukt']} niet gelukt",
        wrong,
    )


def _details(gebruik: Gebruik, uitwisseling: Doorgever, simulator: str, rows: Any) -> list[Telling]:
    # What the exchange sent back whole, what it said no to, and what is between those two.
    calls = [call for call in uitwisseling.boek if call.is_detail]
    asked = Counter(call.vum_id for call in calls)
    delivered = {call.vum_id for call in calls if call.heel and call.status == 200}
    refused = {call.vum_id for call in calls if call.heel and call.status not in {200, 502, 504}}
    charged = {
        vum_id: (zoekvraag, known)
        for vum_id, zoekvraag, known in rows(
            "SELECT r.vum_id, d.zoekvraag_id, d.gelukt_op IS NOT NULL FROM bemiddelaar_detailaanvraag d"
            " JOIN bemiddelaar_resultaat r ON r.id = d.resultaat_id"
        )
    }
    per_search = Counter(zoekvraag for zoekvraag, _ in charged.values())
    given = gebruik.details
    with redis.Redis.from_url(simulator) as books:
        counted = {key.decode(): int(books.get(key) or 0) for key in books.scan_iter("vum:vraag:*:gegeven")}
    unknown = sorted(vum_id for vum_id, (_, known) in charged.items() if not known)
    never_left = [vum_id for vum_id in unknown if vum_id not in asked]
    return [
        Telling(
            f"nooit meer dan {MOST} details per zoekvraag: op het scherm, in het portaal, bij de uitwisseling",
            f"{sum(given.values())} details op een scherm, {sum(counted.values())} gegeven door de uitwisseling",
            [f"scherm {path}: {n}" for path, n in given.items() if n > MOST]
            + [f"portaal, zoekvraag {pk}: {n}" for pk, n in per_search.items() if n > MOST]
            + [f"uitwisseling: {n}" for n in counted.values() if n > MOST],
        ),
        Telling(
            "wat als gegeven telt, is gegeven; wat is gegeven, telt",
            f"{len(charged) - len(unknown)} geteld als gegeven",
            [
                f"telt, niet gegeven: {v[:8]}"
                for v, (_, known) in charged.items()
                if known and v not in delivered
            ]
            + [f"gegeven, telt niet: {vum_id[:8]}" for vum_id in delivered if vum_id not in charged],
        ),
        Telling(
            "wat zeker niet is gegeven, telt niet",
            f"{len(refused)} afgewezen; van {len(unknown)} is niet te weten of ze zijn gegeven"
            f" (waarvan {len(never_left)} niet bij de uitwisseling aankwamen)",
            [f"afgewezen, telt: {vum_id[:8]}" for vum_id in refused & set(charged)],
        ),
        Telling(
            "geen detail is vanzelf twee keer opgevraagd",
            f"{len(calls)} aanroepen",
            [f"{vum_id[:8]}: {n} keer" for vum_id, n in asked.items() if n > 1],
        ),
    ]


def _logs(demo: Demonstratie, gebruik: Gebruik, portal: str) -> Telling:
    files = sorted((demo.data / "logs").glob("*"))
    mark = gebruik.merk.encode()
    found = [path.name for path in files if mark in path.read_bytes()]
    if gebruik.merk in demo.said:
        found.append("terminal")
    found += [f"Redis {entry[:40]!r}" for entry in everything_in(portal) if mark in entry]
    size = sum(path.stat().st_size for path in files) / 1e6
    return Telling(
        "niets persoonlijks in de logbestanden en in Redis", f"{len(files)} bestanden, {size:.1f} MB", found
    )
