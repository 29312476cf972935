"""One table of what can be asked, one place for a version: what is added there is everywhere, and nowhere else."""

import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from exchange.bemiddelaar.forms import ZoekForm
from exchange.bron.models import ConceptWerkzoekende, Werkzoekende
from exchange.interfaces import SPOKEN, current
from exchange.selection import Vergelijking
from exchange.standard import STANDAARD, Attribuut, Gegevenstype, Soort
from exchange.vum3.interface import VUM3, Interface
from exchange.vum3.openapi import openapi
from exchange.vum3.zoekvelden import Conditie, Groep, Invoer, Vorm, Zoekveld
from tests.factories import (
    een_client,
    een_gebruiker,
    een_gemeente,
    een_vraag,
    een_werkzoekende,
    publish_set,
    vum_headers,
)
from tests.places import ROOT
from um_portal.tenants.models import Gemeente
from uploads.controle.vulling import picture

WZ = Soort.WERKZOEKENDEN


def with_one_more(interface: Interface, zoekveld: Zoekveld) -> Interface:
    """Gives the same interface, in which this too can be asked of jobseekers."""
    more = (*interface.zoekvelden[WZ], zoekveld)
    return replace(interface, zoekvelden={**interface.zoekvelden, WZ: more})


def ask(interface: Interface, gemeente: Gemeente, vraag: dict[str, Any]) -> Any:
    headers = interface.headers
    return Client().post(
        f"{interface.bron_adres}/{WZ.api_naam}/matches",
        data=json.dumps({"vraagObject": vraag}),
        content_type="application/json",
        headers={**vum_headers(gemeente), **dict.fromkeys(headers.versie, headers.berichtversie)},
    )


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return sorted(match["idWerkzoekende"] for match in response.json()["matches"])


# --- A searchable attribute is one line in the standard, one in the table, and a column ----------------------

FIETSEN = Attribuut(
    "aantalFietsen",
    "Aantal fietsen",
    "Hoeveel fietsen iemand heeft.",
    Gegevenstype.GETAL,
    minimum=0,
    maximum=99,
    zoekbaar=True,
)
VRAAG_NAAR_FIETSEN = Zoekveld(
    "aantalFietsen",
    Vorm.ENKEL,
    "fietsen",
    (
        Conditie(
            "aantalFietsen",
            "aantalFietsen",
            ("$gte",),
            gevolg="Wie fietsers zoekt, vindt alleen werkzoekenden bij wie dit is ingevuld.",
            invoer=Invoer("fietsen", Groep.WERK, 5, hulp="Een bakfiets telt ook."),
        ),
    ),
)


def _forget_the_standard() -> None:
    """Empties the caches of what is derived from the standard."""
    rooms = (
        "exchange.standard",
        "exchange.display",
        "exchange.woordenboek",
        "exchange.bron.tables",
        "uploads.",
    )
    for name, module in list(sys.modules.items()):
        if name.startswith(rooms):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


@pytest.fixture
def _fietsen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Gives a standard, a table and a database with one attribute more."""
    jobseeker = STANDAARD[WZ]
    standard = {**STANDAARD, WZ: replace(jobseeker, attributen=(*jobseeker.attributen, FIETSEN))}
    for module in list(sys.modules.values()):
        if getattr(module, "STANDAARD", None) is STANDAARD and module.__name__ != __name__:
            monkeypatch.setattr(module, "STANDAARD", standard)
    _forget_the_standard()
    monkeypatch.setitem(SPOKEN, VUM3.bron_adres, with_one_more(VUM3, VRAAG_NAAR_FIETSEN))
    tables: tuple[type[models.Model], ...] = (Werkzoekende, ConceptWerkzoekende)
    for model in tables:
        models.SmallIntegerField(null=True).contribute_to_class(model, "fietsen")
        _alter(model, "ADD COLUMN fietsen smallint")
    yield
    for model in tables:
        options: Any = model._meta
        options.local_fields.remove(options.get_field("fietsen"))
        options._expire_cache()
        delattr(model, "fietsen")
        _alter(model, "DROP COLUMN fietsen")
    monkeypatch.undo()
    _forget_the_standard()


def _alter(model: type[models.Model], change: str) -> None:
    # As the owner, which the application's role is not.
    owner_url = os.environ.get("DATABASE_EIGENAAR_URL") or os.environ["DATABASE_URL"]
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(f"ALTER TABLE {model._meta.db_table} {change}".encode())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_fietsen")
def test_an_attribute_that_is_added_is_asked_composed_stored_answered_offered_documented_and_explained(
    settings: Any,
) -> None:
    settings.UM_DEMO = True  # this machine may call the source
    gemeente = een_gemeente()

    # Offered, and composed of what is filled in.
    page = een_client(een_gebruiker(gemeente)).get(reverse("bemiddelaar:nieuw")).content.decode()
    assert 'name="fietsen"' in page
    assert "Aantal fietsen" in page
    assert "Een bakfiets telt ook." in page
    form = ZoekForm({"postcode": "3511AB", "afstand": 50, "fietsen": 2}, soort=WZ)
    assert form.is_valid(), form.errors
    vraag = current().compose(WZ, form.criteria)
    assert vraag == {**een_vraag(50), "aantalFietsen": {"$gte": 2}}
    assert not ZoekForm({"postcode": "3511AB", "afstand": 50, "fietsen": 100}, soort=WZ).is_valid()

    # Asked.
    understood = current().parse(WZ, vraag)
    assert understood.eisen == (Vergelijking("fietsen", "$gte", 2),)
    assert understood.genegeerd == 0

    # Stored and answered.
    publish_set(
        gemeente,
        WZ,
        [
            een_werkzoekende("geen"),
            een_werkzoekende("een", aantalFietsen=1),
            een_werkzoekende("drie", aantalFietsen=3),
        ],
    )
    assert ids(ask(current(), gemeente, vraag)) == ["drie"]
    assert ids(ask(current(), gemeente, een_vraag(50))) == ["drie", "een", "geen"]

    # Documented.
    document = Client().get(reverse("api:document", args=[WZ.api_naam])).json()
    asked = document["components"]["schemas"]["Selectievraag"]["properties"]["aantalFietsen"]
    assert asked["properties"] == {"$gte": {"type": "integer", "minimum": 0, "maximum": 99}}
    assert "aantalFietsen" in Client().get(reverse("api:overzicht")).content.decode()

    # Explained.
    [graad] = [one for one in picture(WZ, {}, 1, alleen_jobcoach=False).zoekbaar if "fietsen" in one.label]
    assert graad.gevolg.startswith("Wie fietsers zoekt")


def test_a_line_that_cannot_be_read_or_stored_is_refused_when_it_is_written() -> None:
    conditie = VRAAG_NAAR_FIETSEN.condities[0]
    with pytest.raises(ValueError, match="do not fit"):
        Zoekveld("fietsen", Vorm.ALLE, "fietsen", (conditie,))
    with pytest.raises(ValueError, match="three conditions"):
        Zoekveld("fietsen", Vorm.ENKEL, "fietsen", (conditie, conditie))


# --- A second version is a value and its registration --------------------------------------------------------

# Asks for something that the source stores already.
REISAFSTAND = Zoekveld(
    "mobiliteit.maximaleReisafstand",
    Vorm.ENKEL,
    "reisafstand",
    (
        Conditie(
            "mobiliteit.maximaleReisafstand",
            "mobiliteit.maximaleReisafstand",
            ("$gte",),
            gevolg="Wie vraagt hoe ver iemand wil reizen, vindt alleen wie dat heeft ingevuld.",
        ),
    ),
)
VOLGENDE = replace(
    with_one_more(VUM3, REISAFSTAND),
    naam="9.1",
    pad="v9",
    headers=replace(VUM3.headers, berichtversie="9.0.0", versie=("X-VUM-berichtVersie", "X-Versie")),
)


@pytest.mark.django_db
def test_the_source_answers_in_two_versions_side_by_side(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UM_DEMO = True  # this machine may call the source
    monkeypatch.setitem(SPOKEN, VOLGENDE.bron_adres, VOLGENDE)
    gemeente = een_gemeente()
    place = {"bemiddelingspostcode": "3511AB"}
    publish_set(
        gemeente,
        WZ,
        [
            een_werkzoekende("ver", mobiliteit={**place, "maximaleReisafstand": 80}),
            een_werkzoekende("dichtbij", mobiliteit={**place, "maximaleReisafstand": 20}),
        ],
    )
    vraag = {**een_vraag(5), "mobiliteit.maximaleReisafstand": {"$gte": 50}}

    first, second = ask(VUM3, gemeente, vraag), ask(VOLGENDE, gemeente, vraag)
    assert ids(first) == ["dichtbij", "ver"]  # this version does not know it, so it has no effect
    assert ids(second) == ["ver"]
    assert first["X-VUM-berichtVersie"] == first["API-Version"] == "3.0.0"
    assert second["X-VUM-berichtVersie"] == second["X-Versie"] == "9.0.0"
    assert not second.has_header("API-Version")

    # Each keeps to its own version, and the portal itself goes on asking as it did.
    stranger = replace(VOLGENDE, headers=VUM3.headers)
    refused = ask(stranger, gemeente, vraag)
    assert (refused.status_code, refused.json()["code"]) == (400, "400.02")
    assert current() is VUM3
    detail = Client().get(
        f"{VOLGENDE.bron_adres}/{WZ.api_naam}/ver", headers={**vum_headers(gemeente), "X-Versie": "9.0.0"}
    )
    assert (detail.status_code, "9.0.0" in detail.json()["details"]) == (400, True)


def test_a_second_version_has_a_document_of_its_own() -> None:
    document = openapi(VOLGENDE, WZ)
    assert document["info"]["version"] == "9.0.0"
    assert "interface 9.1" in document["info"]["description"]
    assert document["servers"] == [{"url": "/vum/bron/v9"}]
    assert "X-Versie" in document["components"]["headers"]
    more = set(document["components"]["schemas"]["Selectievraag"]["properties"]) - set(
        openapi(VUM3, WZ)["components"]["schemas"]["Selectievraag"]["properties"]
    )
    assert more == {"mobiliteit.maximaleReisafstand"}


@pytest.mark.django_db
def test_where_no_version_is_spoken_the_source_does_not_answer() -> None:
    response = Client().post(f"{VOLGENDE.bron_adres}/{WZ.api_naam}/matches")
    assert response.status_code == 404
    assert not response.has_header("API-Version")


# A version of a message, the version in an address, the names of headers, and the codes of errors.
A_VERSION = re.compile(r"\b3\.[01]\.0\b|/v3\b|X-VUM|\b(?:400\.0[12]|429\.01|500\.[13])\b|\bv3/")


def test_nobody_outside_vum3_spells_a_version_a_header_or_a_code_of_the_interface() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for room in ("exchange", "um_portal", "uploads", "templates")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".js"} and (ROOT / "exchange" / "vum3") not in path.parents
        for match in A_VERSION.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert A_VERSION.search((ROOT / "exchange" / "vum3" / "headers.py").read_text(encoding="utf-8"))
