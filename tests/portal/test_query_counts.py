"""How many queries each page takes, with lists filled well past one page: no page asks one more per row.

`pytest tests/portal/test_query_counts.py -s` prints the counts.
"""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exchange.bemiddelaar.models import Resultaat, Zoekstatus, Zoekvraag
from exchange.bron import store
from exchange.display import as_pairs
from exchange.standard import Soort
from exchange.waardelijsten import models as waardelijsten
from tests.factories import een_client, een_gebruiker, een_gemeente, een_werkzoekende, publish_set, put_ready
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads.models import (
    Aanleversleutel,
    Bevinding,
    LandelijkeWaarde,
    Levering,
    Leveringstatus,
    Opmerkingenbestand,
    Waardekoppeling,
)
from uploads.omzetten.processing import unknown_context

pytestmark = pytest.mark.django_db

_BOUNDARIES = re.compile(r"BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SELECT set_config|SET LOCAL ROLE")
# Of these, two find out who asks for whom: the user, and the memberships with their municipality.
MOST = {
    "/": 37,  # as functioneel beheerder and support at once
    "/collegas/": 9,
    "/collegas/toetsen": 6,
    "/gebruikers/toegang": 4,
    "/gebruikers/support": 4,
    "/zoeken/": 3,
    "/zoeken/beroepen?q=a": 3,
    "/zoeken/plaatsen?q=alp": 2,
    "/zoeken/bericht": 2,
    "/zoeken/vragen/": 5,
    "/zoeken/vragen/{zoekvraag}/": 10,
    "/zoeken/vragen/{zoekvraag}/?beroep=Kok&niveau=4&samen=ja&open=3": 17,
    "/zoeken/vragen/{zoekvraag}/kaart": 8,
    "/zoeken/vragen/{zoekvraag}/vergelijken?n=1&n=2": 5,
    "/zoeken/vragen/{zoekvraag}/?sorteer=-afstand&pagina=2&q=a": 10,
    "/zoeken/vragen/{zoekvraag}/stand": 10,
    "/zoeken/vragen/{zoekvraag}/resultaten/1/": 11,
    "/zoeken/contactmomenten": 3,
    "/zoeken/cijfers": 3,
    "/zoeken/cijfers/alle": 4,
    "/zoeken/meldingen": 4,
    "/zoeken/meldingen/alle": 5,
    "/leveringen/": 5,
    "/leveringen/nieuw/": 2,
    "/leveringen/sleutels/": 4,
    "/leveringen/{levering}/": 6,
    "/leveringen/{levering}/?ernst=afgekeurd&code=fout&kolom=A&pagina=2": 6,
    "/leveringen/{levering}/opmerkingen/": 4,
    "/leveringen/{levering}/opmerkingen/voortgang/": 4,
    "/leveringen/sjabloon/werkzoekenden/": 3,
    "/leveringen/koppelingen/": 4,
    "/leveringen/gepubliceerd/": 7,
    "/leveringen/gepubliceerd/?pagina=2&sorteer=-uren": 7,
    "/leveringen/gepubliceerd/?beroep=vak&postcode=35&uren=8&sorteer=postcode": 8,
    "/leveringen/gepubliceerd/intrekken/": 2,
    "/leveringen/gepubliceerd/alles-intrekken/": 4,
    "/leveringen/gepubliceerd/download/?vorm=csv": 5,
    "/leveringen/geschiedenis/": 5,
    "/leveringen/{levering}/publiceer/": 9,
    "/leveringen/{gepubliceerd}/terugdraaien/": 7,
    "/leveringen/{levering}/waarden/": 7,
    "/leveringen/{levering}/waarden/voorstellen/": 5,
    "/leveringen/waarden/": 11,
    "/leveringen/waarden/?q=vak&lijst=beroepen&pagina=2": 11,
    "/leveringen/waarden/{waarde}/": 9,
    "/leveringen/waarden/download/": 5,
    "/leveringen/waarden/codes/beroepen/?q=vak": 3,
    "/leveringen/waarden/landelijk/": 7,
    "/leveringen/waarden/landelijk/?soort=anders": 7,
    "/leveringen/waarden/leeg/": 3,
    "/leveringen/landelijke-waarden/": 7,
    "/gemeenten/": 12,
    "/achtergrondwerk/": 7,
    "/mededelingen/": 4,
    "/gemeenten/{oin}/": 10,
    "/gemeenten/instellingen/": 5,
    "/hulp/": 2,
}


@pytest.fixture
def places() -> dict[str, Any]:
    """A municipality with far more of everything than fits on a page, and somebody who may see all of it."""
    gemeente = een_gemeente()
    for _ in range(5):
        een_gemeente()
    codes = [(f"urn:test:{n}", f"Vak {n}") for n in range(60)]
    waardelijsten.replace("beroepen", codes)
    beheerder = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER, supportrol="beslissend")
    for _ in range(5):
        een_gebruiker(gemeente)
    records = [
        een_werkzoekende(f"W{n}", bemiddelingsberoep=[{"codeBeroepsnaam": codes[n][0]}]) for n in range(60)
    ]
    publish_set(gemeente, Soort.WERKZOEKENDEN, records)
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
                     status=Leveringstatus.OMGEZET, koppeling="sonar", kopregel=1, kolommen_gebruikt=["A"],
                     omgezet=90, gelezen=90,
                     vulling={"mobiliteit.bemiddelingspostcode": 90},
                     redenen=[{"ernst": "afgekeurd", "code": "fout", "kolom": "A", "melding": "Fout.", "aantal": 99}])
            for n in range(40)
        )  # fmt: skip
        Bevinding.objects.bulk_create(
            Bevinding(gemeente=gemeente, levering=deliveries[0], rij=n, kolom="A", ernst="afgekeurd", code="fout",
                      melding="Fout.")
            for n in range(99)
        )  # fmt: skip
        Opmerkingenbestand.objects.create(gemeente=gemeente, levering=deliveries[0])
        Aanleversleutel.objects.bulk_create(
            Aanleversleutel(
                gemeente=gemeente, naam=f"sleutel {n}", soort="vacatures", hash=b"", gemaakt_door=beheerder
            )
            for n in range(40)
        )  # fmt: skip
        words = Waardekoppeling.objects.bulk_create(
            Waardekoppeling(
                gemeente=gemeente, gebruiker=beheerder, lijst="beroepen", waarde=f"woord {n}", code=codes[n][0]
            )
            for n in range(60)
        )  # fmt: skip
        unknown = json.dumps(
            {"beroepen": {f"woord {n}": n for n in range(120)}, "Vervoermiddel": {"step": 1}}
        )
        Levering.objects.filter(pk=deliveries[0].pk).update(
            onbekende_waarden=keys.encrypt(gemeente, unknown.encode(), unknown_context(deliveries[0].pk))
        )
        for levering in deliveries[20:]:
            levering.status, levering.gepubliceerd_op = Leveringstatus.GEPUBLICEERD, timezone.now()
            levering.nieuw = levering.gewijzigd = levering.gelijk = levering.weg = 1
            levering.save()
    last = deliveries[-1]
    put_ready(gemeente, Soort.WERKZOEKENDEN, last.pk, records[:50])
    store.publish(gemeente, Soort.WERKZOEKENDEN, last.pk)
    put_ready(gemeente, Soort.WERKZOEKENDEN, deliveries[0].pk, records[:50])
    accepted = LandelijkeWaarde.Status.VASTGESTELD
    LandelijkeWaarde.objects.bulk_create(
        LandelijkeWaarde(lijst="beroepen", waarde=waarde, code=codes[n][0], status=status)
        for n in range(60)
        for waarde, status in (
            (f"woord {n - 1}", accepted),
            (f"ander {n}", accepted),
            (f"ook {n}", "voorgedragen"),
        )
    )
    return {
        "client": een_client(beheerder),
        "oin": gemeente.oin,
        "zoekvraag": searches[0].pk,
        "levering": deliveries[0].pk,
        "waarde": words[0].pk,
        "gepubliceerd": last.pk,
    }


def test_no_page_takes_more_queries_than_it_needs(places: dict[str, Any]) -> None:
    client, too_many = places["client"], {}
    for page, most in MOST.items():
        url = page.format(**places)
        client.get(url)  # what a process asks only once
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        assert response.status_code == 200, page
        statements = [query["sql"] for query in queries if not _BOUNDARIES.match(query["sql"])]
        print(f"{len(statements):3} query's  {page}")
        if len(statements) > most:
            too_many[page] = statements
    assert not too_many


def test_a_record_of_any_size_is_shown_with_one_query() -> None:
    record = {"bemiddelingsberoep": [{"codeBeroepsnaam": f"urn:test:{n}"} for n in range(100)]}
    assert Gemeente.objects.count() == 0
    with CaptureQueriesContext(connection) as queries:
        as_pairs(Soort.WERKZOEKENDEN, record)
    assert len(queries) == 1
