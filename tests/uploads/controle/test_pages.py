"""The findings on the page of a levering: that they add up, can be filtered, and say what to do."""

import ast
import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    een_levering,
    een_sonar_rij,
    een_vacature,
    een_werkblad,
)
from tests.places import ROOT
from um_portal.tenants.scope import voor_gemeente
from uploads.models import Bevinding, Levering

UPLOADS = ROOT / "uploads"


def page(client: Client, levering: Levering, **query: str) -> str:
    response = client.get(reverse("uploads:levering", args=[levering.pk]), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def rows(text: str) -> int:
    return text.count('scope="row" data-label="Rij"')


RIJEN = [
    een_sonar_rij(),
    een_sonar_rij(Toestemming="Nee"),
    een_sonar_rij(Postcode="x", **{"Beschikbare uren/wk": "veel"}),
    een_sonar_rij(Postcode="x"),
    een_sonar_rij(Vervoer="step"),
]


@pytest.mark.django_db
def test_it_works_the_numbers_add_up_on_the_page(client, gemeente):
    text = page(client, een_levering(gemeente, een_werkblad(RIJEN)))
    assert "5 gelezen = 2 gaan mee + 1 overgeslagen + 2 afgekeurd." in text
    assert rows(text) == 5
    assert "blad “Sheet”" in text


@pytest.mark.django_db
def test_the_rows_can_be_chosen_by_consequence_reason_and_column(client, gemeente):
    levering = een_levering(gemeente, een_werkblad(RIJEN))
    assert rows(page(client, levering, ernst="afgekeurd")) == 2
    assert rows(page(client, levering, ernst="overgeslagen")) == 1
    assert rows(page(client, levering, code="postcode_onmogelijk")) == 2
    assert rows(page(client, levering, kolom="Postcode")) == 2
    assert rows(page(client, levering, kolom="Beschikbare uren/wk")) == 1
    assert rows(page(client, levering, kolom="Postcode", ernst="waarschuwing")) == 0
    assert "Geen rijen met dit filter" in page(client, levering, kolom="Postcode", ernst="waarschuwing")
    # What does not exist chooses nothing.
    assert rows(page(client, levering, kolom="\x00", code="' OR 1=1", ernst="erg", pagina="-1")) == 5


@pytest.mark.django_db
def test_every_reason_leads_to_its_rows(client, gemeente):
    levering = een_levering(gemeente, een_werkblad(RIJEN))
    text = page(client, levering)
    links = re.findall(r'href="(/leveringen/[0-9]+/\?ernst=[^"]+)">([0-9]+)<', text)
    assert len(links) == len(levering.redenen) == 4
    for url, aantal in links:
        found = client.get(url.replace("&amp;", "&").partition("#")[0]).content.decode()
        assert rows(found) == int(aantal)


@pytest.mark.django_db
def test_there_is_a_page_at_a_time_and_the_choice_stays(client, gemeente):
    levering = een_levering(gemeente, een_werkblad([een_sonar_rij(Postcode="x") for _ in range(120)]))
    first = page(client, levering, kolom="Postcode")
    assert rows(first) == 50
    assert "kolom=Postcode&amp;pagina=2" in first or "pagina=2&amp;kolom=Postcode" in first
    assert rows(page(client, levering, kolom="Postcode", pagina="3")) == 20


@pytest.mark.django_db
def test_a_doubled_id_names_the_row_that_goes_along(client, gemeente):
    levering = een_levering(
        gemeente, een_werkblad([een_sonar_rij(ID_WZ="A"), een_sonar_rij(ID_WZ="B"), een_sonar_rij(ID_WZ="A")])
    )
    assert (levering.omgezet, levering.afgekeurd) == (2, 1)
    text = page(client, levering)
    assert "Dit is dezelfde als in rij 2; die gaat mee, deze niet." in text
    assert "Dit nummer staat al in een eerdere rij" in text


@pytest.mark.django_db
def test_of_a_doubled_id_the_first_that_can_go_along_goes(client, gemeente):
    levering = een_levering(
        gemeente, een_werkblad([een_sonar_rij(ID_WZ="A", Postcode="x"), een_sonar_rij(ID_WZ="A")])
    )
    assert (levering.omgezet, levering.afgekeurd) == (1, 1)


@pytest.mark.django_db
def test_vacancies_past_their_closing_date_are_skipped(client, gemeente):
    today = timezone.localdate()
    days = [today - dt.timedelta(days=1), today, today + dt.timedelta(days=1)]
    records: list[dict[str, Any]] = [een_vacature(sluitingsdatumVacature=day.isoformat()) for day in days]
    levering = een_levering(gemeente, json.dumps([*records, een_vacature()]).encode(), "v.json")
    assert (levering.gelezen, levering.omgezet, levering.overgeslagen) == (4, 3, 1)
    with voor_gemeente(gemeente):
        assert Bevinding.objects.get().kolom == "sluitingsdatumVacature"
    assert "sluitingsdatum van deze vacature is voorbij" in page(client, levering)


# --- What a message says --------------------------------------------------------------------------------------

# Codes whose message is complete without telling what to do.
_NIETS_TE_DOEN = {"geen_toestemming"}


def _texts(node: ast.expr) -> str:
    """The literal parts of a text, as one; a text that is put behind them is a sentence of its own."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [str(part.value) if isinstance(part, ast.Constant) else "1" for part in parts]
    return "".join(texts) + ("." if texts[-1] == "1" else "")


def _messages() -> Iterator[tuple[str, str]]:
    """Every code with its message that is spelled out in the code."""
    for file in (UPLOADS / "mapping").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            at = {"Opmerking": 1, "afgekeurd": 0, "waarschuwing": 0}.get(node.func.id)
            if at is None or len(node.args) <= at + 1:
                continue
            code, melding = node.args[at], node.args[at + 1]
            if isinstance(code, ast.Constant) and isinstance(melding, ast.Constant | ast.JoinedStr):
                yield str(code.value), _texts(melding)


def test_every_message_says_what_is_wrong_and_what_to_do() -> None:
    found = dict(_messages())
    assert len(found) > 12
    for code, melding in found.items():
        sentences = [one for one in re.split(r"(?<=[.?])\s+", melding) if one.strip()]
        assert len(sentences) >= 2 or code in _NIETS_TE_DOEN, f"{code}: {melding}"
