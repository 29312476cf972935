"""A municipality's own words: mapping them, keeping them, sharing them, and who may see what of it."""

import csv
import io
import json
import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from exchange.waardelijsten.models import BEROEPEN, Code, Codestatus
from tests.examples import examples
from tests.factories import een_client, een_gebruiker, een_gemeente, een_sonar_rij, een_werkblad, enqueued
from um_portal.audit.models import Auditregel
from um_portal.formulas import can_be_formula
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import als_support, voor_gemeente
from uploads import tasks
from uploads.gepubliceerd.publication import NietPubliceerbaar, request_publication
from uploads.leveringen.context import environment
from uploads.leveringen.intake import receive
from uploads.mapping.cells.text import tekst
from uploads.models import (
    Bronbestand,
    LandelijkeWaarde,
    Legewaarden,
    Levering,
    Leveringstatus,
    Voordracht,
    Waardekoppeling,
)
from uploads.omzetten.processing import unknown_context
from uploads.waarden import file, national
from uploads.waarden import words as waarden
from uploads.waarden.lists import Codes, Codestand, OngeldigeCode, keuzelijsten, suggesters
from uploads.waarden.words import NietOpnieuw, OngeldigeWaarde, Woordkeuze

pytestmark = pytest.mark.django_db

KOK, SCHOONMAKER, CHAUFFEUR = (f"urn:um-demo:beroep:{naam}" for naam in ("kok", "schoonmaker", "chauffeur"))


@pytest.fixture(autouse=True)
def beroepen() -> None:
    for code, label in ((KOK, "Kok"), (SCHOONMAKER, "Schoonmaker"), (CHAUFFEUR, "Vrachtwagenchauffeur")):
        Code.objects.create(lijst=BEROEPEN, code=code, label=label)


@pytest.fixture
def support() -> Client:
    return een_client(een_gebruiker(supportrol="beslissend", first_name="Iris", last_name="Postma"))


ONBEKEND = {
    "beroepen": {"Vrachtwagenschaufeur": 7, "schoonmaakster": 4, "Schoonmaakster": 2, "Tovenaar": 1},
    "Vervoermiddel": {"Scooter": 12, "step": 3},
}


def een_levering(
    gemeente: Gemeente,
    onbekend: dict[str, dict[str, int]] | None = None,
    status: str = Leveringstatus.OMGEZET,
    bestand: bool = True,
) -> Levering:
    """A converted levering with words that no list knows."""
    with voor_gemeente(gemeente):
        levering = Levering.objects.create(
            gemeente=gemeente,
            bestandsnaam="export.xlsx",
            soort="werkzoekenden",
            koppeling="sonar",
            status=status,
        )
        sealed = keys.encrypt(
            gemeente,
            json.dumps(ONBEKEND if onbekend is None else onbekend).encode(),
            unknown_context(levering.pk),
        )
        Levering.objects.filter(pk=levering.pk).update(onbekende_waarden=sealed)
        if bestand:
            Bronbestand.objects.create(gemeente=gemeente, levering=levering, inhoud=b"x")
        found: Levering = Levering.objects.get(pk=levering.pk)
    return found


def een_koppeling(gemeente: Gemeente, waarde: str, code: str, lijst: str = "beroepen", **values: Any) -> int:
    with voor_gemeente(gemeente):
        row = Waardekoppeling.objects.create(
            gemeente=gemeente, lijst=lijst, waarde=waarde, code=code, **values
        )
    return int(row.pk)


def koppelingen(gemeente: Gemeente) -> dict[tuple[str, str], str]:
    with voor_gemeente(gemeente):
        rows = Waardekoppeling.objects.values_list("lijst", "waarde", "code")
        return {(lijst, waarde): code for lijst, waarde, code in rows}


def audit(gemeente: Gemeente) -> list[tuple[str, int | None]]:
    with voor_gemeente(gemeente):
        before = ("gemeente_ingeschreven", "gemeente_toegelaten", "ingelogd")
        rows = Auditregel.objects.exclude(handeling__in=before).order_by("pk")
        return list(rows.values_list("handeling", "aantal"))


def sleutels(gemeente: Gemeente, levering: Levering) -> dict[str, str]:
    """The form key of every open word."""
    with voor_gemeente(gemeente):
        return {one.waarde: one.sleutel for one in waarden.overview(levering).alle_open}


def page(client: Client, naam: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(f"uploads:{naam}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def post(client: Client, naam: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"uploads:{naam}", args=args), data)


# --- The whole way -----------------------------------------------------------------------------------------


def test_a_newcomer_maps_the_words_of_a_file_and_converts_it_again(
    client, gemeente, django_capture_on_commit_callbacks
):
    inhoud = een_werkblad(
        [een_sonar_rij(Bemiddelingsberoep="Vrachtwagenschaufeur") for _ in range(3)]
        + [een_sonar_rij(Bemiddelingsberoep="Tovenaar"), een_sonar_rij(Bemiddelingsberoep="kok")]
    )
    pk = receive(gemeente, inhoud=inhoud, bestandsnaam="export.xlsx").pk
    tasks.convert(pk, gemeente.pk)
    assert reverse("uploads:waarden_levering", args=[pk]) in page(client, "levering", pk)

    text = page(client, "waarden_levering", pk)
    assert text.index("Vrachtwagenschaufeur") < text.index("Tovenaar")
    assert f'<option value="{CHAUFFEUR}" selected>' in text
    with voor_gemeente(gemeente):
        words = sleutels(gemeente, Levering.objects.get())
    with django_capture_on_commit_callbacks() as callbacks:
        response = post(
            client,
            "waarden_levering",
            pk,
            actie="opnieuw",
            **{f"keuze-{words['Vrachtwagenschaufeur']}": CHAUFFEUR, f"keuze-{words['Tovenaar']}": "-"},
        )
    assert response.url == reverse("uploads:levering", args=[pk])
    assert enqueued(callbacks) == 1
    tasks.convert(pk, gemeente.pk)
    with voor_gemeente(gemeente):
        levering = Levering.objects.get()
    assert levering.status == Leveringstatus.OMGEZET
    assert levering.omgezet == 5
    assert levering.waarschuwingen == 0
    assert "niets te koppelen" in page(client, "waarden_levering", pk)

    # And the next file of this municipality needs nothing.
    pk = receive(gemeente, inhoud=inhoud, bestandsnaam="volgende.xlsx").pk
    tasks.convert(pk, gemeente.pk)
    with voor_gemeente(gemeente):
        assert Levering.objects.get(pk=pk).waarschuwingen == 0


def test_every_word_is_there_once_with_its_rows_and_most_rows_come_first(client, gemeente):
    text = page(client, "waarden_levering", een_levering(gemeente).pk)
    # The list with the most rows first, whatever it is called; and the two spellings together.
    assert text.index("<h2>Vervoermiddel</h2>") < text.index("<h2>Beroepen</h2>")
    assert text.index(">Vrachtwagenschaufeur<") < text.index(">schoonmaakster<") < text.index(">Tovenaar<")
    assert "6 keer" in text
    assert "Schoonmaakster</label>" not in text
    assert "5 waarden" in text
    assert "29 keer" in text


def test_a_proposal_is_chosen_to_begin_with_and_not_applied(client, gemeente):
    levering = een_levering(gemeente)
    text = page(client, "waarden_levering", levering.pk)
    assert f'<option value="{SCHOONMAKER}" selected>' in text
    assert '<option value="2" selected>Bromfiets</option>' in text
    assert "Bijna zeker" in text
    assert koppelingen(gemeente) == {}


def test_what_is_not_known_has_no_choice_to_begin_with(client, gemeente):
    levering = een_levering(gemeente, {"beroepen": {"Tovenaar": 1}})
    text = page(client, "waarden_levering", levering.pk)
    assert "selected" not in text.split("<main")[1]
    assert "Geen voorstel gevonden" in text


def test_a_short_list_can_be_chosen_from_whole_and_needs_no_searching(client, gemeente):
    text = page(client, "waarden_levering", een_levering(gemeente, {"Vervoermiddel": {"zeppelin": 1}}).pk)
    for label in keuzelijsten()["Vervoermiddel"].waardelijst.waarden.values():
        assert f">{label}</option>" in text
    assert 'type="search"' not in text


def test_saving_remembers_only_what_was_chosen(client, gemeente, gebruiker):
    levering = een_levering(gemeente)
    words = sleutels(gemeente, levering)
    response = post(
        client,
        "waarden_levering",
        levering.pk,
        actie="opslaan",
        **{
            f"keuze-{words['schoonmaakster']}": SCHOONMAKER,
            f"keuze-{words['Scooter']}": "2",
            f"keuze-{words['step']}": "-",
            f"keuze-{words['Tovenaar']}": "",
        },
    )
    assert response.status_code == 302
    assert koppelingen(gemeente) == {
        ("beroepen", "schoonmaakster"): SCHOONMAKER,
        ("Vervoermiddel", "scooter"): "2",
        ("Vervoermiddel", "step"): "",
    }
    with voor_gemeente(gemeente):
        assert Waardekoppeling.objects.get(waarde="scooter").gebruiker == gebruiker
    assert audit(gemeente) == [("waarden_gekoppeld", 3)]
    text = page(client, "waarden_levering", levering.pk)
    assert "2 waarden" in text
    assert "3 waarden zijn</strong>" in text or "3 waarden zijn nu gekoppeld" in text
    assert "bewust weggelaten" in text


def test_only_what_is_ticked_or_was_chosen_anew_is_saved(client, gemeente):
    levering = een_levering(gemeente)
    words = sleutels(gemeente, levering)
    text = page(client, "waarden_levering", levering.pk)
    forms: Any = html.fromstring(text).xpath("//form[@data-vinkjes]")
    sent = dict(forms[0].form_values())
    ticked = [name for name in sent if name.startswith("neem-")]
    assert f"{len(ticked)} koppelingen opslaan" in text
    # One is unticked, and one that had no choice gets one: a browser without JavaScript sends no tick with it.
    unticked = words["schoonmaakster"]
    del sent[f"neem-{unticked}"], sent["omzetten"]
    sent[f"keuze-{words['Tovenaar']}"] = KOK
    post(client, "waarden_levering", levering.pk, **sent, actie="opslaan")
    saved = koppelingen(gemeente)
    assert len(saved) == len(ticked)
    assert ("beroepen", "schoonmaakster") not in saved
    assert saved["beroepen", "tovenaar"] == KOK


def test_what_is_only_probable_is_not_ticked(client, gemeente):
    levering = een_levering(gemeente, {"beroepen": {"schoonmaakkracht op school": 1}})
    (field,) = client.get(reverse("uploads:waarden_levering", args=[levering.pk])).context["velden"]
    assert field.eerste is not None
    assert not field.eerste.is_zeker
    assert not field.aangevinkt


def test_saving_converts_again_unless_told_otherwise(client, gemeente):
    levering = een_levering(gemeente)
    words = sleutels(gemeente, levering)
    data = {f"keuze-{words['Tovenaar']}": KOK, "actie": "opslaan"}
    assert 'name="omzetten" value="ja" checked' in page(client, "waarden_levering", levering.pk)
    stays = post(client, "waarden_levering", levering.pk, **data)
    assert stays.url == reverse("uploads:waarden_levering", args=[levering.pk])
    data = {f"keuze-{words['schoonmaakster']}": SCHOONMAKER, "actie": "opslaan"}
    again = post(client, "waarden_levering", levering.pk, **data, omzetten="ja")
    assert again.url == reverse("uploads:levering", args=[levering.pk])


def test_a_conversion_that_is_out_of_date_is_not_published_without_saying_so(client, gemeente):
    levering = een_levering(gemeente)
    with voor_gemeente(gemeente):
        Levering.objects.filter(pk=levering.pk).update(gelezen=1, omgezet=1)
    adres = reverse("uploads:publiceer", args=[levering.pk])
    assert "niet meer bij" not in client.get(adres).content.decode()
    een_koppeling(gemeente, "tovenaar", KOK)
    assert "niet meer bij" in client.get(adres).content.decode()
    response = client.post(adres, {"wijze": "volledig"})
    assert response.status_code == 422
    with voor_gemeente(gemeente):
        assert Levering.objects.get(pk=levering.pk).status == Leveringstatus.OMGEZET
    assert client.post(adres, {"wijze": "volledig", "verouderd": "ja"}).status_code == 302
    with voor_gemeente(gemeente):
        assert Levering.objects.get(pk=levering.pk).status != Leveringstatus.OMGEZET


def test_saving_nothing_says_so(client, gemeente):
    levering = een_levering(gemeente)
    response = client.post(
        reverse("uploads:waarden_levering", args=[levering.pk]), {"actie": "opslaan"}, follow=True
    )
    assert "nog niets gekozen" in response.content.decode()
    assert audit(gemeente) == []


@pytest.mark.parametrize("code", ["urn:bestaat-niet", "99", "x" * 500, "<script>", "\x00", "2 of 3"])
def test_a_code_that_does_not_exist_is_refused_at_its_field_and_nothing_is_kept(client, gemeente, code):
    levering = een_levering(gemeente)
    words = sleutels(gemeente, levering)
    response = post(
        client,
        "waarden_levering",
        levering.pk,
        actie="opslaan",
        **{f"keuze-{words['Scooter']}": "2", f"keuze-{words['Tovenaar']}": code},
    )
    if code == "\x00":  # nothing is left of it, so nothing was chosen
        assert response.status_code == 302
        return
    text = response.content.decode()
    assert response.status_code == 422
    assert "staat niet in de lijst Beroepen" in text
    assert 'aria-invalid="true"' in text
    assert '<option value="2" selected>' in text
    assert koppelingen(gemeente) == {}


def test_a_key_that_is_not_of_this_levering_changes_nothing(client, gemeente):
    other = sleutels(gemeente, een_levering(gemeente, {"beroepen": {"Piraat": 1}}))
    levering = een_levering(gemeente)
    response = post(
        client,
        "waarden_levering",
        levering.pk,
        actie="opslaan",
        **{f"keuze-{other['Piraat']}": KOK, "keuze-onzin": KOK},
    )
    assert response.status_code == 302
    assert koppelingen(gemeente) == {}


def test_a_lapsed_code_cannot_be_chosen(client, gemeente):
    Code.objects.filter(code=KOK).update(status=Codestatus.VERVALLEN)
    levering = een_levering(gemeente)
    words = sleutels(gemeente, levering)
    response = post(
        client, "waarden_levering", levering.pk, actie="opslaan", **{f"keuze-{words['Tovenaar']}": KOK}
    )
    assert response.status_code == 422
    assert "vervallen" in response.content.decode()


def test_many_words_come_in_pages_and_can_be_shown_per_list(client, gemeente):
    levering = een_levering(
        gemeente, {"beroepen": {f"beroep nummer {n}": 100 - n for n in range(70)}, "talen": {"Klingon": 1}}
    )
    first = page(client, "waarden_levering", levering.pk)
    assert first.count('class="um-waarde"') == 20
    assert "Klingon" not in first
    assert page(client, "waarden_levering", levering.pk, pagina="4").count('class="um-waarde"') == 11
    only = page(client, "waarden_levering", levering.pk, lijst="talen")
    assert only.count('class="um-waarde"') == 1
    assert "Klingon" in only
    assert page(client, "waarden_levering", levering.pk, pagina="zoveel", lijst="geen")


# --- Searching ---------------------------------------------------------------------------------------------


def zoek(client: Client, levering: Levering, **data: str) -> str:
    response = post(client, "waarden_levering", levering.pk, actie="zoek", **data)
    assert response.status_code == 200
    return str(response.content.decode())


def test_searching_works_without_javascript_and_keeps_what_was_chosen(client, gemeente):
    levering = een_levering(gemeente)
    words = sleutels(gemeente, levering)
    tovenaar, poetser = words["Tovenaar"], words["schoonmaakster"]
    # One that is found is chosen.
    text = zoek(client, levering, **{f"zoek-{tovenaar}": "kok", f"keuze-{words['Scooter']}": "3"})
    assert '<option value="urn:um-demo:beroep:kok" selected>Kok</option>' in text
    assert '<option value="3" selected>Fiets</option>' in text
    # Of more the clerk chooses, also when something was proposed.
    text = zoek(client, levering, **{f"zoek-{poetser}": "beroep", f"keuze-{poetser}": "urn:geen"})
    assert '<option value="" selected>3 gevonden: kies er een</option>' in text
    # And that choice stays when something else is looked for.
    text = zoek(
        client,
        levering,
        **{
            f"zoek-{poetser}": "beroep",
            f"gezocht-{poetser}": "beroep",
            f"keuze-{poetser}": CHAUFFEUR,
            f"zoek-{tovenaar}": "zoiets niet",
        },
    )
    assert f'<option value="{CHAUFFEUR}" selected>' in text
    assert "Niets gevonden" in text
    assert koppelingen(gemeente) == {}


def test_what_is_typed_is_looked_for_without_getting_into_an_address(client):
    address = reverse("uploads:waarden_zoek")
    asked = {"lijst": "beroepen", "sleutel": "abc", "zoek-abc": "schaufeur vrachtwagen"}
    text = client.post(address, asked).content.decode()
    assert "Vrachtwagenchauffeur" in text  # also when it is misspelled
    assert '<p class="um-klein um-zacht" id="reden-abc"' in text
    assert client.get(address, asked).status_code == 405


@pytest.mark.parametrize("asked", [{"lijst": "geen"}, {"lijst": "beroepen", "sleutel": '"><b>'}, {}])
def test_searching_for_what_cannot_be_is_not_found(client, asked):
    assert client.post(reverse("uploads:waarden_zoek"), asked).status_code == 404


def test_nothing_found_says_what_to_do(client):
    asked = {"lijst": "beroepen", "sleutel": "abc", "zoek-abc": "\x00 qqq%_' "}
    assert "Probeer een ander woord" in client.post(reverse("uploads:waarden_zoek"), asked).content.decode()


# --- Many at once ------------------------------------------------------------------------------------------


def test_what_is_nearly_sure_can_be_looked_over_and_taken_at_once(client, gemeente):
    levering = een_levering(gemeente)
    words = sleutels(gemeente, levering)
    text = page(client, "waarden_voorstellen", levering.pk)
    assert "Tovenaar" not in text
    for word, code in (
        ("Scooter", "2"),
        ("schoonmaakster", SCHOONMAKER),
        ("Vrachtwagenschaufeur", CHAUFFEUR),
    ):
        assert f'value="{words[word]}:{code}" checked' in text
    assert koppelingen(gemeente) == {}
    post(
        client,
        "waarden_voorstellen",
        levering.pk,
        neem=[f"{words['Scooter']}:2", f"{words['Vrachtwagenschaufeur']}:{CHAUFFEUR}"],
    )
    assert koppelingen(gemeente) == {
        ("Vervoermiddel", "scooter"): "2",
        ("beroepen", "vrachtwagenschaufeur"): CHAUFFEUR,
    }


def test_a_code_put_in_the_place_of_a_suggestion_is_checked_too(client, gemeente):
    levering = een_levering(gemeente)
    words = sleutels(gemeente, levering)
    post(
        client,
        "waarden_voorstellen",
        levering.pk,
        neem=[f"{words['Scooter']}:77", "zomaar", f"{words['step']}:"],
    )
    assert koppelingen(gemeente) == {}


# --- Privacy -----------------------------------------------------------------------------------------------

PERSOONLIJK = ("Dhr. Jansen", "jan@voorbeeld.example", "123456782", "06-12345678", "3511 AB", "12-03-1985")


def test_what_looks_personal_is_neither_shown_nor_mapped(client, gemeente):
    levering = een_levering(gemeente, {"beroepen": {**dict.fromkeys(PERSOONLIJK, 2), "": 5, "Tovenaar": 1}})
    text = page(client, "waarden_levering", levering.pk)
    for value in PERSOONLIJK:
        assert value not in text
    assert "17 keer" in text
    assert "Tovenaar" in text


@pytest.mark.parametrize("waarde", [*PERSOONLIJK, "", "   ", "x" * 301])
def test_a_value_that_cannot_be_a_word_is_never_kept(gemeente, gebruiker, waarde):
    with pytest.raises(OngeldigeWaarde) as problem:
        waarden.map_words(gemeente, [Woordkeuze("beroepen", waarde, KOK)], gebruiker)
    assert not waarde.strip() or waarde not in problem.value.melding
    assert koppelingen(gemeente) == {}


def test_no_word_gets_into_the_log_the_audit_lines_or_a_message(client, gemeente, caplog):
    levering = een_levering(gemeente)
    words = sleutels(gemeente, levering)
    response = client.post(
        reverse("uploads:waarden_levering", args=[levering.pk]),
        {"actie": "opslaan", f"keuze-{words['Tovenaar']}": "-"},
    )
    assert "tovenaar" not in caplog.text.lower()
    assert "tovenaar" not in response.url.lower()
    with voor_gemeente(gemeente):
        for regel in Auditregel.objects.all():
            assert "tovenaar" not in f"{regel.handeling} {regel.onderwerp}".lower()


# --- Who -----------------------------------------------------------------------------------------------------

PAGINAS = ("waarden", "waarden_upload", "waarden_landelijk", "lege_waarden", "waarden_download")


@pytest.mark.parametrize("naam", PAGINAS)
def test_a_jobcoach_and_vng_support_see_no_words_and_a_functioneel_beheerder_does(gemeente, support, naam):
    een_koppeling(gemeente, "tovenaar", KOK)
    address = reverse(f"uploads:{naam}")
    assert een_client(een_gebruiker(gemeente)).get(address).status_code == 403
    assert support.get(address).status_code == 403
    assert een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)).get(address).status_code == 200
    assert "/account/inloggen" in Client().get(address)["Location"]


def test_another_municipality_sees_and_changes_nothing(gemeente):
    levering = een_levering(gemeente)
    pk = een_koppeling(gemeente, "tovenaar", KOK)
    vreemde = een_client(een_gebruiker(een_gemeente("Elders"), Rol.GEGEVENSBEHEERDER))
    for naam, target in (
        ("waarden_levering", levering.pk),
        ("waarden_voorstellen", levering.pk),
        ("waarde", pk),
        ("waarde_verwijder", pk),
    ):
        assert vreemde.get(reverse(f"uploads:{naam}", args=[target])).status_code == 404
        assert post(vreemde, naam, target, code=SCHOONMAKER).status_code == 404
    assert post(vreemde, "waarden_opnieuw", levering.pk).status_code == 404
    assert "tovenaar" not in page(vreemde, "waarden")
    assert "tovenaar" not in page(vreemde, "waarden_download")
    post(vreemde, "waarden_voordragen", kies=[pk], bevestigd="1")
    assert not LandelijkeWaarde.objects.exists()
    assert koppelingen(gemeente) == {("beroepen", "tovenaar"): KOK}


# --- Converting again --------------------------------------------------------------------------------------


def test_converting_again_twice_starts_it_once(client, gemeente, django_capture_on_commit_callbacks):
    levering = een_levering(gemeente)
    for expected in (1, 0):
        with django_capture_on_commit_callbacks() as callbacks:
            assert post(client, "waarden_opnieuw", levering.pk).status_code == 302
        assert enqueued(callbacks) == expected
    assert audit(gemeente) == [("levering_opnieuw", None)]


@pytest.mark.parametrize(
    ("status", "zin"),
    [
        (Leveringstatus.PUBLICEREN, "wordt op dit moment gepubliceerd"),
        (Leveringstatus.GEPUBLICEERD, "al gepubliceerd"),
        (Leveringstatus.VERVALLEN, "vervallen"),
        (Leveringstatus.MISLUKT, "nog niet omgezet"),
        (Leveringstatus.KOPPELEN, "kolommen"),
    ],
)
def test_what_is_being_published_or_not_converted_is_left_alone(gemeente, status, zin):
    levering = een_levering(gemeente, status=status)
    with pytest.raises(NietOpnieuw, match=zin):
        waarden.convert_again(gemeente, levering.pk, None)
    with voor_gemeente(gemeente):
        assert Levering.objects.get().status == status


def test_without_its_file_a_levering_is_not_converted_again(gemeente):
    levering = een_levering(gemeente, bestand=False)
    with pytest.raises(NietOpnieuw, match="Upload het opnieuw"):
        waarden.convert_again(gemeente, levering.pk, None)
    with voor_gemeente(gemeente):
        assert Levering.objects.get().status == Leveringstatus.OMGEZET


def test_of_converting_again_and_publishing_the_first_wins(gemeente, gebruiker):
    levering = een_levering(gemeente)
    with voor_gemeente(gemeente):
        Levering.objects.update(gelezen=1, omgezet=1)
    assert waarden.convert_again(gemeente, levering.pk, gebruiker)
    with pytest.raises(NietPubliceerbaar):
        request_publication(gemeente, levering.pk, gebruiker)
    with voor_gemeente(gemeente):
        Levering.objects.update(status=Leveringstatus.OMGEZET)
    request_publication(gemeente, levering.pk, gebruiker)
    with pytest.raises(NietOpnieuw):
        waarden.convert_again(gemeente, levering.pk, gebruiker)
    with voor_gemeente(gemeente):
        assert Levering.objects.get().status == Leveringstatus.PUBLICEREN


def test_what_a_colleague_is_converting_says_that_choices_were_not_kept(client, gemeente):
    levering = een_levering(gemeente)
    words = sleutels(gemeente, levering)
    with voor_gemeente(gemeente):
        Levering.objects.update(status=Leveringstatus.OMZETTEN)
    response = client.post(
        reverse("uploads:waarden_levering", args=[levering.pk]),
        {f"keuze-{words['Tovenaar']}": KOK},
        follow=True,
    )
    assert "niet opgeslagen" in response.content.decode()
    assert koppelingen(gemeente) == {}


@pytest.mark.django_db(transaction=True)
def test_two_people_mapping_the_same_words_at_once_both_succeed(gemeente, gebruiker):
    words = [f"woord {letter}" for letter in "abcdefghijklmnop"]
    problems: list[Exception] = []
    ready = threading.Barrier(2)

    def work(code: str, order: list[str]) -> None:
        try:
            ready.wait(10)
            for _ in range(10):
                waarden.map_words(gemeente, [Woordkeuze("beroepen", word, code) for word in order], gebruiker)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=work, args=(KOK, words)),
        threading.Thread(target=work, args=(SCHOONMAKER, words[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    assert set(koppelingen(gemeente)) == {("beroepen", word) for word in words}
    # The last one wins, for all of them.
    assert len(set(koppelingen(gemeente).values())) == 1


# --- All words of the municipality -------------------------------------------------------------------------


def test_all_mappings_are_listed_with_who_and_searched_by_word_meaning_and_code(client, gemeente, gebruiker):
    een_koppeling(gemeente, "tovenaar", KOK, gebruiker=gebruiker)
    een_koppeling(gemeente, "poetser", SCHOONMAKER)
    een_koppeling(gemeente, "brommer", "2", "Vervoermiddel")
    een_koppeling(gemeente, "weg ermee", "")
    text = page(client, "waarden")
    for part in ("tovenaar", "Ada Beheerder", "oud-collega", "Bromfiets", "bewust weggelaten"):
        assert part in text
    for q, found, not_found in (
        ("TOVEN", "tovenaar", "poetser"),
        ("schoonm", "poetser", "tovenaar"),
        ("bromfiets", "brommer", "poetser"),
        ("beroep:kok", "tovenaar", "poetser"),
    ):
        text = page(client, "waarden", q=q)
        assert found in text
        assert not_found not in text
    assert "poetser" not in page(client, "waarden", lijst="Vervoermiddel")
    assert "Niets gevonden" in page(client, "waarden", q="%")
    assert "Niets gevonden" in page(client, "waarden", q="zoiets niet")


def test_a_mapping_is_changed_by_the_name_of_what_it_means(client, gemeente):
    pk = een_koppeling(gemeente, "tovenaar", KOK)
    assert 'value="Kok"' in page(client, "waarde", pk)
    assert post(client, "waarde", pk, code="schoonmaker").status_code == 302
    assert koppelingen(gemeente) == {("beroepen", "tovenaar"): SCHOONMAKER}
    assert post(client, "waarde", pk, code=CHAUFFEUR).status_code == 302
    assert koppelingen(gemeente) == {("beroepen", "tovenaar"): CHAUFFEUR}
    response = post(client, "waarde", pk, code="vrachtwagenchaufeur")
    assert response.status_code == 422
    assert "Bedoelt u: Vrachtwagenchauffeur" in response.content.decode()
    assert post(client, "waarde", pk, code="").status_code == 422
    assert post(client, "waarde", pk, code="", weglaten="on").status_code == 302
    assert koppelingen(gemeente) == {("beroepen", "tovenaar"): ""}


def test_a_mapping_of_a_short_list_is_chosen_from_the_whole_list(client, gemeente):
    pk = een_koppeling(gemeente, "brommer", "1", "Vervoermiddel")
    assert '<option value="1" selected>Auto (1)</option>' in page(client, "waarde", pk)
    assert post(client, "waarde", pk, code="2").status_code == 302
    assert koppelingen(gemeente) == {("Vervoermiddel", "brommer"): "2"}
    assert post(client, "waarde", pk, code="77").status_code == 422
    assert post(client, "waarde", pk, code="-").status_code == 302
    assert koppelingen(gemeente) == {("Vervoermiddel", "brommer"): ""}


def test_a_mapping_is_deleted_after_asking_and_deleting_again_is_not_found(client, gemeente):
    pk = een_koppeling(gemeente, "tovenaar", KOK)
    assert "tovenaar" in page(client, "waarde_verwijder", pk)
    assert post(client, "waarde_verwijder", pk).status_code == 302
    assert koppelingen(gemeente) == {}
    assert post(client, "waarde_verwijder", pk).status_code == 404
    assert waarden.forget(gemeente, pk, None) is False
    assert audit(gemeente) == [("waardekoppeling_verwijderd", None)]


def test_a_code_that_does_not_hold_any_more_is_told(client, gemeente):
    een_koppeling(gemeente, "poetser", SCHOONMAKER)
    vervallen = een_koppeling(gemeente, "tovenaar", KOK)
    een_koppeling(gemeente, "piraat", "urn:weg")
    een_koppeling(gemeente, "zeppelin", "77", "Vervoermiddel")
    Code.objects.filter(code=KOK).update(status=Codestatus.VERVALLEN)
    text = page(client, "waarden")
    assert "3 waarden wijzen" in text
    assert text.count("Code vervallen") == 1
    assert text.count("Code bestaat niet") == 2
    assert "poetser" not in page(client, "waarden", stand="achterhaald")
    assert "De code is vervallen" in page(client, "waarde", vervallen)


def test_of_a_list_that_is_not_loaded_the_form_of_a_code_is_checked(gemeente, gebruiker):
    Code.objects.all().delete()
    uri = "https://linkeddata.competentnl.nl/uwv/id/occupation/1"
    waarden.map_words(gemeente, [Woordkeuze("beroepen", "tovenaar", uri)], gebruiker)
    assert koppelingen(gemeente) == {("beroepen", "tovenaar"): uri}
    assert Codes([("beroepen", uri)]).stand("beroepen", uri) is Codestand.NIET_GELADEN
    for lijst, code in (
        ("beroepen", "kok"),
        ("beroepen", "urn:met spatie"),
        ("beroepen", f"urn:{'x' * 200}"),
        ("talen", "Nederlands"),
        ("sbi", "veel"),
        ("opleidingen", "12345678901"),
        ("Vervoermiddel", "77"),
        ("geen lijst", "1"),
    ):
        with pytest.raises(OngeldigeCode):
            waarden.map_words(gemeente, [Woordkeuze(lijst, "woord", code)], gebruiker)
    waarden.map_words(
        gemeente, [Woordkeuze("sbi", "schoonmaak", "81.21"), Woordkeuze("talen", "nederl", "nld")], gebruiker
    )
    assert koppelingen(gemeente)["sbi", "schoonmaak"] == "8121"


# --- As a file ---------------------------------------------------------------------------------------------


def lees_csv(client: Client) -> list[list[str]]:
    response = client.get(reverse("uploads:waarden_download"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def stuur(client: Client, rijen: list[list[str]] | bytes) -> Any:
    inhoud = rijen if isinstance(rijen, bytes) else "\n".join(";".join(rij) for rij in rijen).encode()
    return client.post(
        reverse("uploads:waarden_upload"), {"bestand": SimpleUploadedFile("waarden.csv", inhoud)}
    )


def test_the_download_holds_no_formula_and_comes_back_as_it_was(client, gemeente):
    hostile = ("=cmd|'/c calc'!a0", "+1+1", "-tovenaar", "@sum(1)", "'=al beschermd", 'met ";" erin')
    for waarde in hostile[:3] + hostile[4:]:
        een_koppeling(gemeente, waarde, KOK)
    een_koppeling(gemeente, "weg ermee", "")
    before = koppelingen(gemeente)
    rows = lees_csv(client)
    assert rows[0] == ["Lijst", "Waarde", "Code", "Betekenis"]
    for row in rows:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@"))
    assert ["beroepen", "weg ermee", "(weglaten)", ""] in rows
    content = client.get(reverse("uploads:waarden_download")).content
    with voor_gemeente(gemeente):
        Waardekoppeling.objects.all().delete()
    assert stuur(client, content).status_code == 302
    assert koppelingen(gemeente) == before


@settings(max_examples=examples(200), deadline=None)
@given(st.one_of(st.text(max_size=60), st.text(alphabet="'=+-@ a\t", max_size=8)))
def test_any_cell_of_the_download_is_no_formula_and_comes_back_the_same(text):
    text = tekst(text)
    written = file.guarded(text)
    assert not can_be_formula(written)
    assert file.unguarded(written) == text


def test_an_uploaded_file_adds_changes_and_leaves_the_rest(client, gemeente):
    een_koppeling(gemeente, "tovenaar", KOK)
    een_koppeling(gemeente, "poetser", SCHOONMAKER)
    een_koppeling(gemeente, "blijft", KOK)
    response = stuur(
        client,
        [
            ["Betekenis", "Waarde", "Code", "Lijst", "Opmerking"],
            ["", "TOVENAAR", SCHOONMAKER, "Beroepen", "x"],
            ["", "poetser", SCHOONMAKER, "beroepen", ""],
            ["vrachtwagenchauffeur", "trucker", "", "beroepen", ""],
            ["", "Step", "(weglaten)", "vervoermiddel", ""],
            ["", "nog niets", "", "beroepen", ""],
            ["", "", "", "", ""],
        ],
    )
    assert response.url == reverse("uploads:waarden")
    assert koppelingen(gemeente) == {
        ("beroepen", "tovenaar"): SCHOONMAKER,
        ("beroepen", "poetser"): SCHOONMAKER,
        ("beroepen", "blijft"): KOK,
        ("beroepen", "trucker"): CHAUFFEUR,
        ("Vervoermiddel", "step"): "",
    }
    text = client.get(response.url).content.decode()
    assert "2 nieuwe waarden, 1 gewijzigde, 1 die al zo was. 1 rij had nog geen code." in text
    assert audit(gemeente) == [("waarden_ingelezen", 3)]


def test_a_file_with_more_meanings_asks_the_database_no_more(gemeente):
    suggesters(["beroepen"])  # remembered from here on
    asked = []
    for number in (1, 20):
        rows = "".join(
            f"beroepen;trucker {letter};;Vrachtwagenchauffeur\n" for letter in "abcdefghijklmnopqrst"[:number]
        )
        with CaptureQueriesContext(connection) as queries:
            done = file.read_in(gemeente, f"Lijst;Waarde;Code;Betekenis\n{rows}".encode(), None)
        assert done.nieuw + done.gelijk == number
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_workbook_of_the_same_form_will_do(client, gemeente):
    koppen = ("Lijst", "Waarde", "Code")
    inhoud = een_werkblad([{"Lijst": "Vervoermiddel", "Waarde": "vespa", "Code": 2}], koppen)
    assert stuur(client, inhoud).status_code == 302
    assert koppelingen(gemeente) == {("Vervoermiddel", "vespa"): "2"}


def test_a_file_with_faults_changes_nothing_and_names_the_rows_without_their_content(client, gemeente):
    response = stuur(
        client,
        [
            ["Lijst", "Waarde", "Code", "Betekenis"],
            ["beroepen", "goed", KOK, ""],
            ["beroepen", "fout een", "urn:zomaar", ""],
            ["geenlijst", "fout twee", "1", ""],
            ["beroepen", "dhr. Jansen", KOK, ""],
            ["beroepen", "fout drie", "", "Bestaat niet"],
            ["beroepen", "goed", SCHOONMAKER, ""],
        ],
    )
    text = response.content.decode()
    assert response.status_code == 422
    for number in range(3, 8):
        assert f"Rij {number}:" in text
    assert "Rij 2:" not in text
    for content in ("fout een", "Jansen", "urn:zomaar", "Bestaat niet"):
        assert content not in text
    assert koppelingen(gemeente) == {}


@pytest.mark.parametrize(
    "inhoud",
    [
        b"",
        b"%PDF-1.4",
        b"PK\x03\x04stuk",
        b'[{"lijst": 1}]',
        b"a;b\n1;2\n",
        b"\xff\xfe\x00",
        b"Lijst;Waarde\nx;y\n",
    ],
)
def test_a_file_that_is_something_else_is_refused_with_a_sentence(client, gemeente, inhoud):
    response = stuur(client, inhoud)
    assert response.status_code == 422
    assert (
        "Er is niets gewijzigd" in response.content.decode()
        or "Kies een bestand" in response.content.decode()
    )
    assert koppelingen(gemeente) == {}


def test_without_a_file_or_with_too_many_rows_nothing_is_read(client, gemeente, monkeypatch):
    assert client.post(reverse("uploads:waarden_upload")).status_code == 422
    monkeypatch.setattr(file, "MAX_RIJEN", 3)
    rows = [["Lijst", "Waarde", "Code"]] + [["beroepen", f"woord{letter}", KOK] for letter in "abcd"]
    response = stuur(client, rows)
    assert "meer dan 3 rijen" in response.content.decode()


# --- The whole country -------------------------------------------------------------------------------------


def voorgedragen(gemeente: Gemeente, waarde: str = "tovenaar", code: str = KOK) -> LandelijkeWaarde:
    with voor_gemeente(gemeente):
        found = Waardekoppeling.objects.filter(waarde=waarde).values_list("pk", flat=True).first()
    national.put_forward(gemeente, [found or een_koppeling(gemeente, waarde, code)], None)
    return LandelijkeWaarde.objects.get(waarde=waarde, code=code)


def vastgesteld(waarde: str = "tovenaar", code: str = KOK, lijst: str = "beroepen") -> LandelijkeWaarde:
    return LandelijkeWaarde.objects.create(
        lijst=lijst, waarde=waarde, code=code, status=national.Landelijk.VASTGESTELD
    )


def test_putting_forward_shows_first_what_vng_will_see_and_then_does_it_once(client, gemeente, gebruiker):
    pk = een_koppeling(gemeente, "tovenaar", KOK, gebruiker=gebruiker)
    text = post(client, "waarden_voordragen", kies=[pk]).content.decode()
    assert "VNG ziet deze tekst" in text
    assert "tovenaar" in text
    assert not LandelijkeWaarde.objects.exists()
    for _ in range(2):
        assert post(client, "waarden_voordragen", kies=[pk], bevestigd="1").status_code == 302
    found = LandelijkeWaarde.objects.get()
    assert (found.lijst, found.waarde, found.code) == ("beroepen", "tovenaar", KOK)
    with voor_gemeente(gemeente):
        assert Voordracht.objects.count() == 1
    assert audit(gemeente) == [("waarden_voorgedragen", 1)]
    assert "Voorgedragen" in page(client, "waarden")


def test_what_looks_personal_or_has_no_code_that_holds_is_not_put_forward(client, gemeente):
    Code.objects.filter(code=KOK).update(status=Codestatus.VERVALLEN)
    # As somebody may have kept it before it was recognised as a name.
    ids = [
        een_koppeling(gemeente, "mevr. Jansen", SCHOONMAKER),
        een_koppeling(gemeente, "tovenaar", KOK),
        een_koppeling(gemeente, "weg ermee", ""),
    ]
    text = post(client, "waarden_voordragen", kies=ids).content.decode()
    assert "mevr. Jansen" not in text
    assert "niets om voor te dragen" in text
    post(client, "waarden_voordragen", kies=ids, bevestigd="1")
    assert not LandelijkeWaarde.objects.exists()


def test_choosing_nothing_or_nonsense_puts_nothing_forward(client):
    for kies in ([], ["x", "-1", "9" * 30, "²"]):
        assert post(client, "waarden_voordragen", kies=kies).status_code == 302
    assert client.get(reverse("uploads:waarden_voordragen")).headers["Location"] == reverse("uploads:waarden")
    assert not LandelijkeWaarde.objects.exists()


def test_support_sees_what_is_put_forward_and_by_how_many_but_no_names_and_no_other_words(
    support, gemeente, gebruiker
):
    ander = een_gemeente("Elders")
    voorgedragen(gemeente)
    voorgedragen(ander)
    een_koppeling(gemeente, "geheim woord", KOK, gebruiker=gebruiker)
    text = page(support, "landelijk")
    assert "tovenaar" in text
    assert "Kok" in text
    assert 'class="um-tabel__getal">2</td>' in text
    for absent in ("Testdorp", "Elders", "geheim woord", "Ada"):
        assert absent not in text
    assert "tovenaar" in page(support, "landelijk", q="kok")
    assert "Niets gevonden" in page(support, "landelijk", q="zoiets niet")


def test_only_support_decides(client, gemeente):
    found = voorgedragen(gemeente)
    for wie in (client, een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))):
        assert wie.get(reverse("uploads:landelijk")).status_code == 403
        assert post(wie, "landelijk", kies=[found.pk], besluit="vaststellen").status_code == 403
    found.refresh_from_db()
    assert found.status == national.Landelijk.VOORGEDRAGEN


def test_support_accepts_rejects_and_withdraws_and_who_put_it_forward_has_it_in_the_log(
    support, gemeente, client
):
    found = voorgedragen(gemeente)
    for besluit, status in (("vaststellen", "vastgesteld"), ("intrekken", "ingetrokken")):
        post(support, "landelijk", kies=[found.pk], besluit=besluit)
        found.refresh_from_db()
        assert found.status == status
        assert found.besloten_door is not None
    andere = voorgedragen(gemeente, "heks", SCHOONMAKER)
    post(support, "landelijk", kies=[andere.pk], besluit="afwijzen")
    handelingen = [handeling for handeling, _ in audit(gemeente)]
    assert [naam for naam in handelingen if naam.startswith("landelijke")] == [
        "landelijke_waarde_vastgesteld",
        "landelijke_waarde_ingetrokken",
        "landelijke_waarde_afgewezen",
    ]
    with voor_gemeente(gemeente):
        assert Auditregel.objects.filter(onderwerp=f"landelijke waarde {andere.pk}").count() == 1
    text = page(client, "waarden")
    assert "Niet overgenomen" in text
    assert "Ingetrokken" in text


def test_a_decision_that_cannot_be_changes_nothing_and_says_so(support, gemeente):
    found = voorgedragen(gemeente)
    vastgesteld("tovenaar", SCHOONMAKER)
    text = client_text(support, kies=[found.pk], besluit="vaststellen")
    assert "al een andere vastgestelde code" in text
    Code.objects.filter(code=KOK).update(status=Codestatus.VERVALLEN)
    assert "niet worden vastgesteld" in client_text(support, kies=[found.pk], besluit="vaststellen")
    assert "een collega" in client_text(support, kies=[found.pk], besluit="intrekken")
    assert "Kruis eerst aan" in client_text(support, kies=["x"], besluit="afwijzen")
    client_text(support, kies=[found.pk], besluit="zomaar")
    found.refresh_from_db()
    assert found.status == national.Landelijk.VOORGEDRAGEN


def client_text(client: Client, **data: Any) -> str:
    return client.post(reverse("uploads:landelijk"), data, follow=True).content.decode()


def test_support_cannot_be_in_the_way_of_row_level_security(gemeente):
    voorgedragen(gemeente)
    ander = een_gemeente("Elders")
    with voor_gemeente(ander):
        assert not Voordracht.objects.exists()
        assert not Voordracht._base_manager.exists()
    # For no municipality they are not there; support's own role counts them, and reads none.
    assert Voordracht._base_manager.count() == 0
    assert Voordracht._base_manager.all().delete()[0] == 0
    with als_support():
        found = national.find("", national.Landelijk.VOORGEDRAGEN)
        assert [vars(row)["gemeenten"] for row in found] == [1]
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Voordracht._base_manager.exists()


def test_national_mappings_are_shown_before_and_never_replace_ones_own_unasked(client, gemeente):
    nieuw, anders = vastgesteld("heks", SCHOONMAKER), vastgesteld("tovenaar", KOK)
    vastgesteld("gelijk", KOK)
    een_koppeling(gemeente, "tovenaar", SCHOONMAKER)
    een_koppeling(gemeente, "gelijk", KOK)
    text = page(client, "waarden_landelijk")
    assert "heks" in text
    assert ">tovenaar<" not in text
    assert "gelijk" not in text.split("<main")[1].split("<table")[1]
    text = page(client, "waarden_landelijk", soort="anders")
    assert ">tovenaar<" in text
    assert "Bij u" in text

    post(client, "waarden_landelijk", actie="alle")
    assert koppelingen(gemeente) == {
        ("beroepen", "heks"): SCHOONMAKER,
        ("beroepen", "tovenaar"): SCHOONMAKER,
        ("beroepen", "gelijk"): KOK,
    }
    # Not even when somebody sends it as a new one.
    post(client, "waarden_landelijk", actie="gekozen", nieuw=[anders.pk, nieuw.pk])
    assert koppelingen(gemeente)["beroepen", "tovenaar"] == SCHOONMAKER
    post(client, "waarden_landelijk", actie="gekozen", vervang=[anders.pk])
    assert koppelingen(gemeente)["beroepen", "tovenaar"] == KOK
    assert audit(gemeente) == [("landelijke_waarden_overgenomen", 1)] * 2


def test_only_what_is_accepted_and_holds_can_be_taken_over(client, gemeente):
    ander = een_gemeente("Elders")
    open_, oud = voorgedragen(ander, "open"), vastgesteld("oud", CHAUFFEUR)
    Code.objects.filter(code=CHAUFFEUR).update(status=Codestatus.VERVALLEN)
    text = page(client, "waarden_landelijk")
    assert ">open<" not in text
    assert "code geldt niet" in text
    post(client, "waarden_landelijk", actie="gekozen", nieuw=[open_.pk, oud.pk], vervang=[open_.pk, oud.pk])
    post(client, "waarden_landelijk", actie="alle")
    assert koppelingen(gemeente) == {}


def test_support_meets_what_waits_for_a_decision_on_the_start_page(support, gemeente):
    voorgedragen(gemeente)
    vastgesteld("heks")
    text = support.get(reverse("start")).content.decode()
    assert f'href="{reverse("uploads:landelijk")}"' in text.split("<main")[1]
    assert "voorgedragen" in text


def test_the_entry_for_support_is_in_the_navigation_of_support_only(support, client):
    address = reverse("uploads:landelijk")
    assert f'href="{address}"' in support.get(reverse("start")).content.decode()
    assert f'href="{address}"' not in client.get(reverse("start")).content.decode()


# --- Words that mean nothing -------------------------------------------------------------------------------


def test_the_usual_words_are_shown_and_can_be_changed_and_put_back(client, gemeente):
    text = page(client, "lege_waarden")
    assert "gebruikelijke lijst. Uw gemeente" in text
    assert "\nnnb\n" in text
    assert "Terug naar de gebruikelijke lijst" not in text
    assert environment(gemeente).afwezig is None

    post(client, "lege_waarden", actie="opslaan", woorden="  X \r\nNog  niet\n\nx\n")
    with voor_gemeente(gemeente):
        assert Legewaarden.objects.get().waarden == ["x", "nog niet"]
    assert environment(gemeente).afwezig == frozenset({"x", "nog niet"})
    assert "eigen lijst" in page(client, "lege_waarden")

    post(client, "lege_waarden", actie="opslaan", woorden="")
    assert environment(gemeente).afwezig == frozenset()

    post(client, "lege_waarden", actie="herstel")
    assert environment(gemeente).afwezig is None
    assert audit(gemeente) == [
        ("lege_waarden_gewijzigd", 2),
        ("lege_waarden_gewijzigd", 0),
        ("lege_waarden_gewijzigd", None),
    ]


@pytest.mark.parametrize(
    ("woorden", "zin"),
    [
        ("\n".join(f"woord {n}" for n in range(201)), "meer dan 200"),
        ("x" * 61, "langer dan 60"),
        ("goed\nmevr. Jansen", "Woord 2 lijkt"),
        ("x" * 20_000, "12"),
    ],
)
def test_words_that_cannot_be_are_refused(client, gemeente, woorden, zin):
    response = post(client, "lege_waarden", actie="opslaan", woorden=woorden)
    assert response.status_code == 422
    assert zin in response.content.decode()
    with voor_gemeente(gemeente):
        assert not Legewaarden.objects.exists()
