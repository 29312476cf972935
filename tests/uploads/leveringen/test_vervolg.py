"""Every page of a levering says what can be done next, and offers nothing that cannot help."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from tests.factories import een_client, een_gebruiker, een_gemeente, een_sonar_rij, een_werkblad
from tests.ole import biff8, ole
from um_portal.tenants.models import Gemeente, Rol, Scenario
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.leveringen.intake import receive
from uploads.models import Levering, Leveringstatus
from uploads.omzetten import processing

pytestmark = pytest.mark.django_db


def delivered(gemeente: Gemeente, inhoud: bytes, naam: str = "export.xlsx") -> Levering:
    """Delivers and converts a file."""
    pk = receive(gemeente, inhoud=inhoud, bestandsnaam=naam).pk
    tasks.convert(pk, gemeente.pk)
    with voor_gemeente(gemeente):
        found: Levering = Levering.objects.get(pk=pk)
    return found


def page(client: Client, levering: Levering) -> str:
    return client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()


def empty_workbook() -> bytes:
    file = io.BytesIO()
    Workbook().save(file)
    return file.getvalue()


def protected_xls() -> bytes:
    stream = biff8([["id"], ["P1"]])
    # The record of a password, behind the first record.
    return ole({"Workbook": stream[:20] + b"\x2f\x00\x02\x00\x00\x00" + stream[20:]})


@pytest.mark.parametrize(
    ("inhoud", "said"),
    [(empty_workbook(), "kijk waar de gegevens staan"), (protected_xls(), "Haal het wachtwoord eraf")],
)
def test_a_file_that_stays_unreadable_is_not_offered_another_try(client, gemeente, inhoud, said):
    levering = delivered(gemeente, inhoud, "export.xls")
    assert levering.status == Leveringstatus.MISLUKT
    text = page(client, levering)
    assert said in text
    assert "Opnieuw proberen" not in text
    assert "Ander bestand kiezen" in text


def test_a_conversion_that_was_interrupted_can_be_tried_again(client, gemeente):
    levering = receive(gemeente, inhoud=een_werkblad([een_sonar_rij()]), bestandsnaam="sonar.xlsx")
    processing.give_up(gemeente, levering.pk)
    assert "Opnieuw proberen" in page(client, levering)


def test_a_column_with_the_month_first_is_told(client, gemeente):
    dates = ("1/5/2027", "2/3/2027", "3/25/2027", "4/26/2027")
    lines = [f"W{n};3511AB;{date}" for n, date in enumerate(dates)]
    head = "idWerkzoekende;mobiliteit.bemiddelingspostcode;flexibiliteit.datumAanvangBeschikbaarVoorWerk"
    levering = delivered(gemeente, "\n".join((head, *lines)).encode(), "export.csv")
    assert levering.omgezet == 4
    assert "staat de maand voorop: dat blijkt uit de datums zelf" in page(client, levering)


def test_an_unknown_code_in_an_optional_column_leaves_the_row_in(gemeente):
    odd = {"Mondeling Nederlands": "zeer vloeiend", "Rijbewijs": "B,Q", "Banenafspraak": "misschien"}
    sonar = delivered(gemeente, een_werkblad([een_sonar_rij() | odd]))
    head = "idWerkzoekende;bemiddelingspostcode;rijbewijs;indicatieLdrRegistratie"
    standaard = delivered(gemeente, f"{head}\nW1;3511AB;Q;misschien".encode(), "export.csv")
    for levering in (sonar, standaard):
        assert (levering.omgezet, levering.afgekeurd) == (1, 0)
        assert levering.waarschuwingen >= 2


def kinds_on(client: Client) -> str:
    text = client.get(reverse("uploads:gepubliceerd")).content.decode()
    return text.partition('aria-label="Kies een soort"')[2].partition("</nav>")[0]


def test_only_the_kinds_of_the_municipality_are_to_choose_from() -> None:
    def client_of(**values: Any) -> Client:
        return een_client(een_gebruiker(een_gemeente(**values), Rol.GEGEVENSBEHEERDER))

    both = [Scenario.PROFIEL_BRON, Scenario.VACATURE_BRON]
    assert "Vacatures (0)" in kinds_on(client_of(scenarios=both))
    # With one kind there is nothing to choose.
    assert kinds_on(client_of(scenarios=both[:1])) == ""
