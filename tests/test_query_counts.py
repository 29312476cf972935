"""How many queries each page takes, with lists filled well past one page: no page asks one more per row.

`pytest tests/test_query_counts.py -s` prints the counts.
"""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.bemiddelaar.models import Resultaat, Zoekstatus, Zoekvraag
from exchange.bron import store
from exchange.display import as_pairs
from exchange.standard import Soort
from exchange.waardelijsten import models as waardelijsten
from tests.factories import een_client, een_gebruiker, een_gemeente, een_werkzoekende
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads.models import Levering, Status

pytestmark = pytest.mark.django_db

_BOUNDARIES = re.compile(r"BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SELECT set_config")
# Of these, two find out who asks for whom: the user, and the memberships with their municipality.
MOST = {
    "/": 5,
    "/zoeken/": 2,
    "/zoeken/beroepen?q=a": 3,
    "/zoeken/vragen/": 4,
    "/zoeken/vragen/{zoekvraag}/": 6,
    "/zoeken/vragen/{zoekvraag}/?sorteer=-afstand&pagina=2&q=a": 6,
    "/zoeken/vragen/{zoekvraag}/stand": 6,
    "/zoeken/vragen/{zoekvraag}/resultaten/1/": 6,
    "/leveringen/": 5,
    "/leveringen/nieuw/": 2,
    "/leveringen/{levering}/": 6,
    "/leveringen/gepubliceerd/": 6,
    "/gemeenten/": 5,
    "/hulp": 2,
}


@pytest.fixture
def places() -> dict[str, Any]:
    """A municipality with far more of everything than fits on a page, and somebody who may see all of it."""
    gemeente = een_gemeente()
    for _ in range(5):
        een_gemeente()
    codes = [(f"urn:test:{n}", f"Vak {n}") for n in range(60)]
    waardelijsten.replace("beroepen", codes)
    beheerder = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER, is_vng_support=True)
    records = [
        een_werkzoekende(f"W{n}", bemiddelingsberoep=[{"codeBeroepsnaam": codes[n][0]}]) for n in range(60)
    ]
    store.replace(gemeente, Soort.WERKZOEKENDEN, records)
    with voor_gemeente(gemeente):
        asked = {"selectiegebied": {"postcode": "3511AB", "afstand": 5}}
        searches = Zoekvraag.objects.bulk_create(
            Zoekvraag(
                gemeente=gemeente, gebruiker=beheerder, soort="werkzoekenden", vraag_object=asked,
                status=Zoekstatus.KLAAR, aantal=60,
            )
            for _ in range(40)
        )  # fmt: skip
        Resultaat.objects.bulk_create(
            Resultaat(
                gemeente=gemeente, zoekvraag=searches[0], volgnummer=n, vum_id=f"v{n}", profiel=record,
                omschrijving="Vak", niveau=4,
            )
            for n, record in enumerate(records, start=1)
        )  # fmt: skip
        deliveries = Levering.objects.bulk_create(
            Levering(gemeente=gemeente, gebruiker=beheerder, soort="werkzoekenden", bestandsnaam=f"{n}.xlsx",
                     status=Status.OMGEZET)
            for n in range(40)
        )  # fmt: skip
    return {"client": een_client(beheerder), "zoekvraag": searches[0].pk, "levering": deliveries[0].pk}


@pytest.mark.parametrize("page", MOST)
def test_a_page_takes_no_more_queries_than_it_needs(page: str, places: dict[str, Any]) -> None:
    client, url = places["client"], page.format(**places)
    client.get(url)  # what a process asks only once
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200
    statements = [query["sql"] for query in queries if not _BOUNDARIES.match(query["sql"])]
    print(f"{len(statements):3} query's  {page}")
    assert len(statements) <= MOST[page], "\n".join(statements)


def test_a_record_of_any_size_is_shown_with_one_query() -> None:
    record = {"bemiddelingsberoep": [{"codeBeroepsnaam": f"urn:test:{n}"} for n in range(100)]}
    assert Gemeente.objects.count() == 0
    with CaptureQueriesContext(connection) as queries:
        as_pairs(Soort.WERKZOEKENDEN, record)
    assert len(queries) == 1
