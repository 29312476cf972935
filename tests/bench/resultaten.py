"""A long list of results: what its pages cost, from the request to the compressed answer, without a network."""

import gzip
import statistics
import time
from dataclasses import dataclass

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from exchange.bemiddelaar.models import Resultaat, Zoekstatus, Zoekvraag
from exchange.bemiddelaar.summary import summarise
from exchange.fictief.beroepen import BEROEPEN
from exchange.fictief.generate import Postcodes, werkzoekenden
from exchange.geo.models import Postcode
from exchange.standard import Soort, zoekprofiel
from exchange.waardelijsten import models as waardelijsten
from tests.factories import een_client, een_gebruiker, een_gemeente
from um_portal.tenants.scope import voor_gemeente

_SEED = 5
_ROUNDS = 25
PAGINAS = {
    "de eerste pagina": "",
    "pagina 200, op afstand": "?sorteer=afstand&pagina=200",
    "drie filters, op uren": "?niveau=4&niveau=5&afstand=5-10&afstand=10-25&vanaf=nu&sorteer=-uren",
    "gelijke profielen samen": "?samen=ja",
    "een match ernaast": "?sorteer=afstand&pagina=200&open=5000",
    "kaart en verdeling": "kaart",
}


@dataclass(frozen=True, slots=True)
class Meting:
    """Holds the cost of one page: the median of its rounds, its queries, and its size before and after compression."""

    pagina: str
    milliseconden: float
    querys: int
    bytes: int
    verpakt: int


def _fill(aantal: int) -> tuple[Client, Zoekvraag]:
    gemeente = een_gemeente("Metendorp")
    gebruiker = een_gebruiker(gemeente)
    postcodes = Postcodes(list(Postcode.objects.order_by("pk").values_list("pc4", flat=True)))
    profielen = [
        zoekprofiel(Soort.WERKZOEKENDEN, record) for record in werkzoekenden(_SEED, aantal, postcodes)
    ]
    with voor_gemeente(gemeente):
        zoekvraag = Zoekvraag.objects.create(
            gemeente=gemeente,
            gebruiker=gebruiker,
            soort=Soort.WERKZOEKENDEN,
            status=Zoekstatus.KLAAR,
            aantal=aantal,
            vraag_object={"selectiegebied": {"postcode": "3511AB", "afstand": 300}},
        )
        rows = summarise(Soort.WERKZOEKENDEN, profielen, "3511AB")
        Resultaat.objects.bulk_create(
            (
                Resultaat(
                    gemeente=gemeente,
                    zoekvraag=zoekvraag,
                    volgnummer=number,
                    vum_id=f"vum-{number}",
                    profiel=profiel,
                    **{name: getattr(row, name) for name in row.__slots__},
                )
                for number, (profiel, row) in enumerate(zip(profielen, rows, strict=True), start=1)
            ),
            batch_size=1000,
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bemiddelaar_resultaat")
    return een_client(gebruiker), zoekvraag


def _get(client: Client, path: str) -> bytes:
    answer = client.get(path, headers={"host": "localhost"})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return bytes(answer.content)


def measure(aantal: int) -> list[Meting]:
    """Measures the pages of one search with this number of results."""
    waardelijsten.replace("beroepen", [(beroep.code, beroep.label) for beroep in BEROEPEN])
    client, zoekvraag = _fill(aantal)
    found = []
    for pagina, query in PAGINAS.items():
        path = f"/zoeken/vragen/{zoekvraag.pk}/{query}"
        _get(client, path)
        times = []
        for _ in range(_ROUNDS):
            begin = time.perf_counter()
            content = _get(client, path)
            times.append(1000 * (time.perf_counter() - begin))
        with CaptureQueriesContext(connection) as queries:
            _get(client, path)
        found.append(
            Meting(
                pagina,
                statistics.median(times),
                len(queries),
                len(content),
                len(gzip.compress(content, 6)),
            )
        )
    return found
