"""The sheet, the row and the kind that a person chooses above the columns are the ones that are used."""

import re
from typing import Any

import pytest
from django.urls import reverse

from tests.uploads.exports import xlsx_in_english
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.leveringen.intake import receive
from uploads.models import Levering, Leveringstatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def levering(gemeente: Any) -> Levering:
    one = receive(gemeente, inhoud=xlsx_in_english(), bestandsnaam="Candidates.xlsx")
    tasks.convert(one.pk, gemeente.pk)
    return one


def adres(levering: Levering) -> str:
    return reverse("uploads:koppelen", args=[levering.pk])


def test_the_page_names_the_other_sheet_with_the_same_headers(client, levering):
    text = client.get(adres(levering)).content.decode()
    assert "Alleen “October” gaat nu mee." in text
    assert re.search(r"“November”: [0-9]+ gevulde rijen, met dezelfde kolommen\.", text)
    assert f'href="{adres(levering)}?blad=1"' in text
    assert "“October”: " in client.get(adres(levering), {"blad": "1"}).content.decode()


def test_a_sheet_that_was_chosen_and_not_shown_is_shown_before_anything_is_saved(client, levering, gemeente):
    shown = {"blad": "0", "kopregel": "1", "soort": "werkzoekenden"}
    asked = {"ander-blad": "1", "ander-kopregel": "1", "ander-soort": "werkzoekenden", "actie": "bewaren"}
    response = client.post(adres(levering), shown | asked | {"naam": "Candidates"}, follow=True)
    # The row of the headers belonged to the other sheet: it is looked for anew.
    assert response.redirect_chain == [(f"{adres(levering)}?blad=1&soort=werkzoekenden", 302)]
    text = response.content.decode()
    assert "Er is nog niets opgeslagen" in text
    assert "Alleen “November” gaat nu mee." in text
    with voor_gemeente(gemeente):
        assert Levering.objects.get(pk=levering.pk).status == Leveringstatus.KOPPELEN


@pytest.mark.parametrize("bad", [{"ander-blad": "x"}, {"ander-soort": "mensen"}, {"ander-kopregel": "-1"}])
def test_what_cannot_be_chosen_is_not_chosen(client, levering, bad):
    shown = {"blad": "0", "kopregel": "1", "soort": "werkzoekenden"}
    response = client.post(adres(levering), shown | bad | {"actie": "anders"})
    assert response.status_code == 200
    assert "Alleen “October” gaat nu mee." in response.content.decode()
