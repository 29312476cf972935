"""Checks the counts of filled attributes in a levering, and that people can see and hear them."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from exchange.interfaces import current
from exchange.standard import Soort, velden
from exchange.waardelijsten import models as waardelijsten
from tests.factories import (
    een_contactmoment,
    een_levering,
    een_sonar_rij,
    een_vacature,
    een_werkblad,
    een_werkzoekende,
)
from um_portal.tenants.models import Contactbeleid
from uploads.controle.vulling import Vulgraad, picture
from uploads.mapping import reach
from uploads.mapping.reach import BEREIKBAAR, with_reach
from uploads.models import Levering

BEROEP = "bemiddelingsberoep[].codeBeroepsnaam"


def page(client: Client, levering: Levering) -> str:
    response = client.get(reverse("uploads:levering", args=[levering.pk]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


# --- What it means --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("soort", Soort)
def test_there_is_a_sentence_for_exactly_what_a_search_can_ask(soort: Soort) -> None:
    sentences = {graad.label: graad.gevolg for graad in picture(soort, {}, 1, alleen_jobcoach=False).zoekbaar}
    assert set(current().gevolgen(soort)) == {leaf.pad for leaf in velden(soort) if leaf.zoekbaar}
    assert set(sentences.values()) == set(current().gevolgen(soort).values())
    for sentence in sentences.values():
        assert sentence.endswith(".")
        assert "  " not in sentence


def test_everything_else_is_shown_by_group_and_nothing_twice() -> None:
    for soort in Soort:
        beeld = picture(soort, {leaf.pad: 1 for leaf in velden(soort)}, 1, alleen_jobcoach=False)
        shown = len(beeld.zoekbaar) + len(beeld.contact) + sum(len(groep.graden) for groep in beeld.groepen)
        left_out = {soort.id_pad, "indicatieBeschikbaarheidContactgegevens"}
        assert shown == len([leaf for leaf in velden(soort) if leaf.pad not in left_out])


@given(st.integers(0, 300_000), st.integers(0, 300_000))
def test_only_all_is_a_hundred_percent_and_only_none_is_nothing(aantal: int, meer: int) -> None:
    graad = Vulgraad("x", aantal, aantal + meer)
    assert 0 <= graad.procent <= 100
    assert (graad.procent == 100) is (aantal > 0 and meer == 0)
    assert (graad.procent == 0) is (aantal == 0)


@pytest.mark.parametrize(
    ("aantal", "oordeel", "zwak"),
    [
        (0, "Nergens ingevuld", True),
        (1, "Bijna nergens ingevuld", True),
        (50, "Deels ingevuld", True),
        (95, "Bijna overal ingevuld", False),
        (100, "Overal ingevuld", False),
    ],
)
def test_a_number_comes_with_words(aantal: int, oordeel: str, zwak: bool) -> None:
    graad = Vulgraad("x", aantal, 100)
    assert (graad.oordeel, graad.is_zwak) == (oordeel, zwak)


def test_what_is_filled_worst_comes_first() -> None:
    beeld = picture(
        Soort.VACATURES, {"adres.postcode": 10, "beroep.codeBeroepsnaam": 4}, 10, alleen_jobcoach=False
    )
    assert [graad.procent for graad in beeld.zoekbaar] == sorted(graad.procent for graad in beeld.zoekbaar)
    assert beeld.zoekbaar[-1].label == "Postcode"


@pytest.mark.parametrize(
    ("soort", "paden", "bereikbaar"),
    [
        (Soort.WERKZOEKENDEN, {"emailadres[]"}, True),
        (Soort.WERKZOEKENDEN, {"contactpersoon[].naamContactpersoonAfdeling"}, True),
        (Soort.WERKZOEKENDEN, {"webadres[].codeWebadres"}, False),
        (Soort.WERKZOEKENDEN, {"persoonlijkePresentatie"}, False),
        (Soort.VACATURES, {"werkgever.contactpersoon[].telefoonnummer[]"}, True),
        (Soort.VACATURES, {"werkgever.handelsnaamOrganisatie"}, False),
    ],
)
def test_who_can_be_reached_is_counted_once(soort: Soort, paden: set[str], bereikbaar: bool) -> None:
    assert (BEREIKBAAR in with_reach(soort, paden)) is bereikbaar


# --- What is counted ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_records_that_go_along_are_counted_by_attribute(gemeente):
    waardelijsten.replace("beroepen", [("urn:test:kok", "Kok")])
    rijen = [
        een_sonar_rij(Bemiddelingsberoep="Kok", Telefoonnummer="0101234567"),
        een_sonar_rij(Bemiddelingsberoep="Tovenaar", Rijbewijs=None),
        een_sonar_rij(**{"Medewerker Naam": None, "Organisatie Naam": None}),
        een_sonar_rij(Bemiddelingsberoep="Kok", Toestemming="Nee"),
        een_sonar_rij(Bemiddelingsberoep="Kok", Postcode="x"),
    ]
    levering = een_levering(gemeente, een_werkblad(rijen))
    assert levering.omgezet == 3
    counted = levering.vulling
    assert counted["mobiliteit.bemiddelingspostcode"] == 3
    assert counted[BEROEP] == 1
    assert counted["arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs"] == 2
    assert counted["telefoonnummer[]"] == 1
    assert counted[BEREIKBAAR] == 2
    assert set(counted) <= {leaf.pad for leaf in velden(Soort.WERKZOEKENDEN)} | {BEREIKBAAR}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("records", "soort", "pad", "aantal"),
    [
        (
            [een_werkzoekende(), een_werkzoekende(emailadres=[], contactpersoon=[])],
            "werkzoekenden",
            BEREIKBAAR,
            1,
        ),
        (
            [een_vacature(beroep={"codeBeroepsnaam": "urn:x"}), een_vacature()],
            "vacatures",
            "beroep.codeBeroepsnaam",
            1,
        ),
        ([een_contactmoment()], "werkgeverscontactmomenten", "werkgever.nummerKvk", 1),
    ],
)
def test_records_in_json_are_counted_too(gemeente, records: list[Any], soort: str, pad: str, aantal: int):
    levering = een_levering(gemeente, json.dumps(records).encode(), "x.json")
    assert levering.soort == soort
    assert levering.vulling[pad] == aantal


# --- The page ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_tells_it_in_words_numbers_and_a_meter(client, gemeente):
    records = [een_vacature(beroep={"codeBeroepsnaam": "urn:x"})] + [een_vacature() for _ in range(9)]
    levering = een_levering(gemeente, json.dumps(records).encode(), "x.json")
    text = page(client, levering)
    assert "Vacatures zonder beroep worden zelden gevonden." in text
    assert "1 van 10 (10%)" in text
    assert "Bijna nergens ingevuld" in text
    assert 'value="10" aria-labelledby="graad-' in text
    assert "Goed te vinden op dit gegeven." in text  # the postcode


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("beleid", "zin"),
    [
        (Contactbeleid.WERKZOEKENDE, "krijgt het e-mailadres en het telefoonnummer van de werkzoekende"),
        (Contactbeleid.JOBCOACH, "alleen de contactgegevens van de jobcoach"),
    ],
)
def test_what_a_jobcoach_gets_follows_the_contact_policy(client, gemeente, beleid, zin):
    gemeente.contactbeleid = beleid
    gemeente.save()
    levering = een_levering(
        gemeente,
        een_werkblad([een_sonar_rij(), een_sonar_rij(**{"Medewerker Naam": "", "Organisatie Naam": ""})]),
    )
    text = page(client, levering)
    assert zin in text
    assert "Bij 1 van de 2 profielen staan contactgegevens." in text


@pytest.mark.django_db
def test_without_any_contact_detail_that_is_told(client, gemeente):
    levering = een_levering(
        gemeente, een_werkblad([een_sonar_rij(**{"Medewerker Naam": "", "Organisatie Naam": ""})])
    )
    assert "Bij geen enkel profiel staan contactgegevens." in page(client, levering)


@pytest.mark.django_db
def test_when_nothing_goes_along_there_is_nothing_to_tell(client, gemeente):
    levering = een_levering(gemeente, een_werkblad([een_sonar_rij(Toestemming="Nee")]))
    assert "Hoe goed is het ingevuld" not in page(client, levering)


def test_nothing_in_the_pictures_is_a_value() -> None:
    for soort in Soort:
        beeld = picture(soort, {}, 0, alleen_jobcoach=True)
        assert all(graad.procent == 0 for graad in beeld.zoekbaar)
    assert reach.BEREIKBAAR not in {leaf.pad for soort in Soort for leaf in velden(soort)}
