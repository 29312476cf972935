"""The page on which a clerk says what every column is, through HTTP: from an unknown export to a saved koppeling."""

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from exchange.standard import Soort
from exchange.waardelijsten.models import BEROEPEN, Code
from tests.factories import een_client, een_gebruiker, een_gemeente, een_sonar_rij, een_werkblad, enqueued
from um_portal.audit.models import Auditregel
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.koppelingen import saved
from uploads.koppelingen.choice_rules import from_regels, to_regels
from uploads.koppelingen.describe import differences
from uploads.koppelingen.forms import from_form
from uploads.leveringen.erasure import withdraw
from uploads.leveringen.intake import receive
from uploads.mapping.kolommen import kolomkoppen
from uploads.mapping.presets import sonar
from uploads.mapping.regels import Regel, Regels, Toestemming
from uploads.models import Kolomklad, Koppeling, Koppelingversie, Levering, Leveringstatus
from uploads.omzetten.processing import unknown_values

pytestmark = pytest.mark.django_db

_BOUNDARIES = re.compile(r"BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SELECT set_config")

# An export that nobody made: other headers than any preset knows.
KOPPEN = (
    "Cliëntnummer", "Geslachtsnaam", "Postcode huisadres", "Gewenst beroep", "Uren p/w", "Hoogst genoten opleiding",
    "Rijbewijs B", "Tel. mobiel", "Klantmanager", "Team", "Akkoord delen", "Beschikbaar per",
)  # fmt: skip
RIJEN = (
    ("C-100", "Zand", "3511 AB", "Kok", "32", "MBO niveau 4", "ja", "06-12345678", "P. Puk", "Werk", "Ja", ""),
    ("C-101", "Berg", "1012ab", "Lasser", "16", "HBO", "nee", "06-87654321", "J. Jip", "Zorg", "Ja", "1-3-2026"),
    ("C-102", "Duin", "fout", "Kok", "24", "VMBO", "ja", "06-11112222", "J. Jip", "Zorg", "Ja", ""),
    ("C-103", "Hei", "3511AC", "Kok", "24", "VMBO", "nee", "06-33334444", "J. Jip", "Zorg", "Nee", ""),
)  # fmt: skip


def csv_of(koppen: Any = KOPPEN, rijen: Any = RIJEN, encoding: str = "cp1252") -> bytes:
    return "\r\n".join(";".join(rij) for rij in (koppen, *rijen)).encode(encoding)


@pytest.fixture
def levering(gemeente: Gemeente) -> Levering:
    return delivered(gemeente, csv_of())


def delivered(gemeente: Gemeente, inhoud: bytes, naam: str = "export 2026-01.csv") -> Levering:
    levering = receive(gemeente, inhoud=inhoud, bestandsnaam=naam)
    tasks.convert(levering.pk, gemeente.pk)
    return fresh(gemeente, levering)


def fresh(gemeente: Gemeente, levering: Levering) -> Levering:
    with voor_gemeente(gemeente):
        found: Levering = Levering.objects.get(pk=levering.pk)
    return found


def adres(levering: Levering, naam: str = "koppelen") -> str:
    return reverse(f"uploads:{naam}", args=[levering.pk])


def shown(client: Client, levering: Levering, **query: str) -> Any:
    response = client.get(adres(levering), query)
    assert response.status_code == 200
    return response


def as_sent(response: Any, **changes: str) -> dict[str, str]:
    """Everything that a browser would send of this page, with some fields changed (`k0_doel` for `k0-doel`)."""
    forms: Any = html.fromstring(response.content).xpath("//form[@id='koppelen']")
    sent = {name: value for name, value in forms[0].form_values() if name}
    return {**sent, **{name.replace("_", "-"): value for name, value in changes.items()}}


def test_it_works_from_an_unknown_export_to_a_saved_koppeling(
    client, gemeente, levering, django_capture_on_commit_callbacks
):
    Code.objects.create(lijst=BEROEPEN, code="urn:um-demo:beroep:kok", label="Kok")
    assert levering.status == Leveringstatus.KOPPELEN
    text = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert adres(levering) in text
    assert "Kolommen kiezen" in text

    response = shown(client, levering)
    text = response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert "P. Puk" in text
    assert "Voor namen van mensen heeft de gegevensstandaard geen plaats" in text
    assert "Dit is nog nodig" not in text
    assert "Van de eerste 4 rijen gaan er <strong>2 mee</strong>" in " ".join(text.split())
    assert "P. Puk, Werk" in text

    with django_capture_on_commit_callbacks() as callbacks:
        response = client.post(adres(levering), as_sent(response, actie="bewaren", naam="Klantsysteem"))
    assert response.url == reverse("uploads:levering", args=[levering.pk])
    assert enqueued(callbacks) == 1
    tasks.convert(levering.pk, gemeente.pk)
    levering = fresh(gemeente, levering)
    assert (levering.status, levering.omgezet, levering.overgeslagen, levering.afgekeurd) == (
        Leveringstatus.OMGEZET, 2, 1, 1,
    )  # fmt: skip
    with voor_gemeente(gemeente):
        versie = Koppelingversie.objects.select_related("koppeling").get()
        assert (versie.koppeling.naam, versie.nummer) == ("Klantsysteem", 1)
        handelingen = list(Auditregel.objects.values_list("handeling", flat=True))
    assert "koppeling_opgeslagen" in handelingen
    assert "kolommen_gekozen" in handelingen

    # Next month, with the columns in another order and one more, it goes by itself.
    koppen = [*reversed(KOPPEN), "Nieuw"]
    later = delivered(
        gemeente, csv_of(koppen, [[*reversed(rij), "x"] for rij in RIJEN]), "export 2026-02.csv"
    )
    assert (later.status, later.koppeling, later.omgezet) == (Leveringstatus.OMGEZET, "Klantsysteem", 2)


@pytest.mark.slow
def test_a_file_with_hundreds_of_columns_can_be_sent(client, gemeente):
    over = 400
    koppen = (*KOPPEN, *(f"Zqx{place}" for place in range(over)))
    levering = delivered(gemeente, csv_of(koppen, [(*rij, *["iets"] * over) for rij in RIJEN]))
    page = shown(client, levering)
    sent = as_sent(page, actie="voorbeeld")
    assert sum(name.endswith("-doel") for name in sent) > over
    assert client.post(adres(levering), sent).status_code == 200
    # To choose something for one of them, and to take it back, is still seen.
    place = len(KOPPEN)
    naam = {f"k{place}_doel": "persoonlijkePresentatie"}
    chosen = client.post(adres(levering, "koppelen_voorbeeld"), as_sent(page, **naam)).content.decode()
    assert f'name="k{place}-vorm"' in chosen
    assert f'name="k{place + 1}-vorm"' not in chosen
    back = {**as_sent(page), f"k{place}-bij": "x", f"k{place}-vorm": "x"}
    text = client.post(adres(levering, "koppelen_voorbeeld"), back).content.decode()
    assert f'id="k{place}-opties"' in text
    assert f'id="k{place + 1}-opties"' not in text


@pytest.mark.slow
def test_hundreds_of_columns_can_all_be_chosen(client, gemeente, settings):
    number = settings.UM_MAX_KOLOMMEN - len(KOPPEN)
    koppen = (*KOPPEN, *(f"Zqx{place}" for place in range(number)))
    levering = delivered(gemeente, csv_of(koppen, [(*rij, *["iets"] * number) for rij in RIJEN]))
    doelen = {
        f"k{len(KOPPEN) + place}_doel": "arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs"
        for place in range(number)
    }
    chosen = client.post(adres(levering), as_sent(shown(client, levering), actie="voorbeeld", **doelen))
    assert chosen.status_code == 200
    # With all that there is to say of each.
    sent = as_sent(chosen, actie="voorbeeld")
    assert len(sent) > 4 * number
    assert client.post(adres(levering), sent).status_code == 200


def test_what_is_chosen_for_this_file_only_is_not_kept(client, gemeente, levering):
    client.post(adres(levering), as_sent(shown(client, levering), actie="gebruiken"))
    tasks.convert(levering.pk, gemeente.pk)
    assert fresh(gemeente, levering).status == Leveringstatus.OMGEZET
    with voor_gemeente(gemeente):
        assert not Koppeling.objects.exists()
    assert delivered(gemeente, csv_of()).status == Leveringstatus.KOPPELEN


def test_what_is_missing_is_told_with_what_to_do_and_nothing_is_saved(client, gemeente, levering):
    sent = as_sent(shown(client, levering), actie="bewaren", naam="Half", k2_doel="", k10_doel="")
    response = client.post(adres(levering), sent)
    assert response.status_code == 422
    text = response.content.decode()
    assert "Kies uit welke kolom" in text
    assert "verklaar dat iedereen" in text
    assert fresh(gemeente, levering).status == Leveringstatus.KOPPELEN
    with voor_gemeente(gemeente):
        assert not Koppeling.objects.exists()


def test_consent_can_be_declared_for_the_whole_file(client, gemeente, levering):
    sent = as_sent(shown(client, levering), actie="gebruiken", verklaring="ja", k10_doel="")
    assert client.post(adres(levering), sent).status_code == 302
    tasks.convert(levering.pk, gemeente.pk)
    assert fresh(gemeente, levering).omgezet == 3


def test_consent_is_a_column_or_a_declaration_and_not_both(client, levering):
    response = client.post(
        adres(levering), as_sent(shown(client, levering), actie="gebruiken", verklaring="ja")
    )
    assert response.status_code == 422
    assert "Kies een van beide" in response.content.decode()


def test_the_words_that_mean_yes_can_be_chosen(client, gemeente, levering):
    sent = as_sent(shown(client, levering), actie="gebruiken", k10_toestemming="nee, misschien")
    client.post(adres(levering), sent)
    tasks.convert(levering.pk, gemeente.pk)
    assert fresh(gemeente, levering).omgezet == 1


def test_every_change_shows_what_the_first_rows_become(client, levering):
    page = shown(client, levering)
    sent = as_sent(page, k1_doel="contactpersoon[].naamContactpersoonAfdeling", k8_doel="", k9_doel="")
    response = client.post(adres(levering, "koppelen_voorbeeld"), sent, headers={"HX-Request": "true"})
    text = response.content.decode()
    assert response.status_code == 200
    assert 'id="voorbeeld"' in text
    assert "Zand" in text
    assert 'id="k1-opties"' in text
    assert 'id="k0-opties"' not in text
    assert 'id="nodig"' in text
    assert "<h1" not in text
    assert "no-store" in response["Cache-Control"]


def test_without_javascript_a_button_shows_it(client, levering):
    page = shown(client, levering)
    response = client.post(adres(levering), as_sent(page, actie="voorbeeld", k2_doel=""))
    assert response.status_code == 200
    text = response.content.decode()
    assert "Dit is nog nodig" in text
    assert "Van de eerste 4 rijen" in text


def test_columns_are_joined_behind_one_another(client, gemeente, levering):
    page = shown(client, levering)
    sent = as_sent(page)
    assert (sent["k9-doel"], sent["k9-achter"]) == ("achter", "8")
    sent = as_sent(page, k8_tussen=" - ")
    response = client.post(adres(levering), {**sent, "actie": "voorbeeld"})
    assert "P. Puk - Werk" in response.content.decode()
    sent = as_sent(response, k9_achter="", actie="gebruiken")
    response = client.post(adres(levering), sent)
    assert response.status_code == 422
    assert "Kies achter welke kolom" in response.content.decode()


def test_a_unit_a_constant_and_a_number_in_a_group(client, gemeente, levering):
    sent = as_sent(
        shown(client, levering),
        actie="voorbeeld",
        k4_eenheid="uren_per_maand",
        k5_nummer="2",
        x0_doel="werktijden.indicatieKantoortijden",
    )
    response = client.post(adres(levering), sent)
    sent = as_sent(response, actie="gebruiken", x0_waarde="1")
    assert client.post(adres(levering), sent).status_code == 302
    regels = saved.regels_of(fresh_in_scope(gemeente, levering))
    assert regels is not None
    by_doel = {regel.doel: regel for regel in regels.regels}
    assert by_doel["werktijden.aantalWerkurenPerWeekMaximaal"].eenheid == "uren_per_maand"
    assert "arbeidsmarktkwalificatie.opleiding[1].codeNiveauOpleiding" in by_doel
    assert by_doel["werktijden.indicatieKantoortijden"].constante == "1"


def test_a_target_chosen_by_hand_understands_the_words_that_a_proposal_would(client, gemeente):
    koppen = ("Klantnr", "Postcode", "Akkoord", "Zqx")
    rijen = [("A1", "3511AB", "ja", "x"), ("A2", "1012AB", "ja", "no"), ("A3", "1012AB", "ja", "")]
    levering = delivered(gemeente, csv_of(koppen, rijen))
    sent = as_sent(shown(client, levering), actie="gebruiken", k3_doel="werktijden.indicatieKantoortijden")
    assert client.post(adres(levering), sent).status_code == 302
    regels = saved.regels_of(fresh_in_scope(gemeente, levering))
    assert regels is not None
    woorden = {regel.doel: dict(regel.waarden) for regel in regels.regels}
    assert woorden["werktijden.indicatieKantoortijden"]["x"] == "1"
    tasks.convert(levering.pk, gemeente.pk)
    with voor_gemeente(gemeente):
        levering.refresh_from_db()
        assert unknown_values(levering) == {}
    assert levering.omgezet == 3


def fresh_in_scope(gemeente: Gemeente, levering: Levering) -> Levering:
    with voor_gemeente(gemeente):
        found: Levering = Levering.objects.select_related("gemeente").get(pk=levering.pk)
    return found


def test_a_column_can_serve_a_second_target(client, gemeente):
    koppen = ("Vacaturenr", "Functietitel", "Postcode", "Functieomschrijving")
    rijen = [("V1", "Kok", "3511AB", "Koken"), ("V2", "Lasser", "1012AB", "Lassen")]
    levering = delivered(gemeente, csv_of(koppen, rijen))
    page = shown(client, levering)
    assert "Vacatures" in page.content.decode()
    sent = as_sent(page)
    assert (sent["x0-doel"], sent["x0-bron"]) == ("beroep.codeBeroepsnaam", "1")
    client.post(adres(levering), {**sent, "actie": "gebruiken"})
    tasks.convert(levering.pk, gemeente.pk)
    assert fresh(gemeente, levering).omgezet == 2


def test_another_header_row_and_another_kind_can_be_chosen(client, gemeente):
    rijen = [("Overzicht", "maart"), ("id", "postcode huisadres"), ("V1", "3511AB"), ("V2", "1012AB")]
    levering = delivered(gemeente, csv_of(rijen[0], rijen[1:]))
    text = shown(client, levering, kopregel="1", soort="vacatures").content.decode()
    assert "Overzicht" in text
    sent = as_sent(shown(client, levering, kopregel="2", soort="vacatures"))
    assert sent["k1-doel"] == "adres.postcode"
    assert sent["soort"] == "vacatures"
    client.post(adres(levering), {**sent, "actie": "gebruiken", "k0-doel": "idVacature"})
    tasks.convert(levering.pk, gemeente.pk)
    levering = fresh(gemeente, levering)
    assert (levering.soort, levering.omgezet) == ("vacatures", 2)


def test_a_file_without_headers_is_read_by_its_places(client, gemeente):
    rijen = [(f"K{n}", "3511AB", "ja", f"0612345{n:03}") for n in range(5)]
    levering = delivered(gemeente, csv_of(rijen[0], rijen[1:]))
    assert levering.status == Leveringstatus.KOPPELEN
    sent = as_sent(shown(client, levering, kopregel="0"))
    assert sent["k1-doel"] == "mobiliteit.bemiddelingspostcode"
    sent |= {"actie": "gebruiken", "k0-doel": "idWerkzoekende", "k2-doel": "toestemming"}
    assert client.post(adres(levering), sent).status_code == 302
    tasks.convert(levering.pk, gemeente.pk)
    assert fresh(gemeente, levering).omgezet == 5


def test_a_recognised_file_can_be_read_otherwise_as_long_as_it_is_there(client, gemeente):
    levering = delivered(gemeente, een_werkblad([een_sonar_rij(), een_sonar_rij()]), "sonar.xlsx")
    assert levering.status == Leveringstatus.OMGEZET
    assert (
        "Kolommen aanpassen" in client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    )
    page = shown(client, levering)
    assert client.post(adres(levering), as_sent(page, actie="gebruiken")).status_code == 302
    tasks.convert(levering.pk, gemeente.pk)
    assert fresh(gemeente, levering).omgezet == 2
    tasks.publish(levering.pk, gemeente.pk)


# --- Who may, and two at once -------------------------------------------------------------------------------


def test_another_municipality_finds_nothing(levering):
    vreemde = een_client(een_gebruiker(een_gemeente("Elders"), Rol.FUNCTIONEEL_BEHEERDER))
    assert vreemde.get(adres(levering)).status_code == 404
    assert vreemde.post(adres(levering), {"actie": "gebruiken"}).status_code == 404
    assert vreemde.post(adres(levering, "koppelen_voorbeeld"), {}).status_code == 404


@pytest.mark.parametrize("naam", ["koppelen", "koppelen_voorbeeld"])
def test_a_jobcoach_and_support_may_not_see_it(gemeente, levering, naam):
    jobcoach = een_client(een_gebruiker(gemeente, Rol.JOBCOACH))
    support = een_client(een_gebruiker(supportrol="beslissend"))
    for other in (jobcoach, support):
        assert other.post(adres(levering, naam), {}).status_code == 403
    assert Client().get(adres(levering)).status_code == 302


def test_the_last_of_two_clerks_is_told(client, gemeente, levering):
    collega = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    mine, theirs = shown(client, levering), shown(collega, levering)
    collega.post(adres(levering), as_sent(theirs, actie="gebruiken"))
    # While it is converted there is nothing to choose.
    response = client.post(adres(levering), as_sent(mine, actie="gebruiken"), follow=True)
    assert "wordt nu verwerkt" in response.content.decode()
    tasks.convert(levering.pk, gemeente.pk)
    done = fresh(gemeente, levering)

    response = client.post(adres(levering), as_sent(mine, actie="gebruiken", k4_doel=""))
    assert response.status_code == 409
    text = response.content.decode()
    assert "Een collega" in text
    assert as_sent(response)["k4-doel"] == ""
    assert fresh(gemeente, levering).gewijzigd_op == done.gewijzigd_op
    # Knowing that, one may go on.
    assert client.post(adres(levering), as_sent(response, actie="gebruiken")).status_code == 302


def test_a_published_or_withdrawn_levering_has_nothing_to_choose(client, gemeente, levering):
    client.post(reverse("uploads:verwijder", args=[levering.pk]))
    response = client.get(adres(levering), follow=True)
    assert "Upload het bestand opnieuw" in response.content.decode()
    preview = client.post(adres(levering, "koppelen_voorbeeld"), {})
    assert preview["HX-Redirect"] == reverse("uploads:levering", args=[levering.pk])


def test_json_has_no_columns(client, gemeente):
    levering = delivered(
        gemeente, b'[{"idWerkzoekende": "a", "mobiliteit": {"bemiddelingspostcode": "3511AB"}}]', "x.json"
    )
    response = client.get(adres(levering), follow=True)
    assert response.redirect_chain
    assert "Kolommen aanpassen" not in response.content.decode()


WRONG = [
    {"k0-doel": "bestaat.niet"},
    {"k0-doel": "achter", "k0-bij": "achter", "k0-achter": "0"},
    {
        "k2-doel": "mobiliteit.maximaleReisafstand",
        "k2-bij": "mobiliteit.maximaleReisafstand",
        "k2-splits": ",",
    },
    {"k5-nummer": "9" * 50, "k5-splits": "x" * 5000, "k5-onbekend": "geen code"},
    {"k4-eenheid": "uren_per_eeuw"},
    {"x0-doel": "idWerkzoekende", "x0-waarde": "altijd hetzelfde"},
    {"x0-doel": "mobiliteit.bemiddelingspostcode", "x0-waarde": "123456782"},
    {"x0-doel": "\0", "x0-nummer": "-1"},
    {"k10-toestemming": " , ;"},
    {"naam": "\0" * 300},
    {"naam": ""},
    {"naam": "Sonar-export (dashboard)"},
    {"naam": "lijst van jan@voorbeeld.example"},
    {"blad": "99", "kopregel": "9999999", "soort": "werkgeverscontactmomenten", "stand": "x"},
]


def test_wrong_input_is_told_and_never_fails(client, gemeente, levering):
    sent = as_sent(shown(client, levering), actie="bewaren", naam="Goede naam")
    for wrong in WRONG:
        with transaction.atomic():
            response = client.post(adres(levering), {**sent, **wrong})
            assert response.status_code in {302, 409, 422}, wrong
            if response.status_code == 302:
                tasks.convert(levering.pk, gemeente.pk)
                assert fresh(gemeente, levering).status == Leveringstatus.OMGEZET, wrong
            client.post(adres(levering, "koppelen_voorbeeld"), {**sent, **wrong})
            transaction.set_rollback(True)


def test_cells_are_kept_nowhere_but_encrypted(client, gemeente, levering, caplog):
    shown(client, levering)
    sent = as_sent(shown(client, levering), actie="bewaren", naam="Klantsysteem")
    client.post(adres(levering), sent)
    tasks.convert(levering.pk, gemeente.pk)
    with voor_gemeente(gemeente):
        kept = repr([row.__dict__ for row in (*Levering.objects.all(), *Koppelingversie.objects.all())])
    for cell in ("Zand", "12345678", "P. Puk", "C-100"):
        assert cell not in kept
        assert cell not in caplog.text
        assert cell not in str(dict(client.session))


def test_a_bsn_is_never_on_the_page(client, gemeente):
    koppen = ("Nummer", "BSN", "Ander nummer", "Postcode", "Akkoord", "Notitie")
    bsns = ("123456782", "111222333", "999999990")
    rijen = [(f"K{n}", bsn, bsn, "3511AB", "ja", f"Zie {bsn}.") for n, bsn in enumerate(bsns)]
    levering = delivered(gemeente, csv_of(koppen, rijen))
    page = shown(client, levering)
    sent = as_sent(page, k2_doel="telefoonnummer[]", k5_doel="persoonlijkePresentatie")
    answers = [
        page,
        shown(client, levering, kopregel="2"),
        client.post(adres(levering), {**sent, "actie": "voorbeeld"}),
        client.post(adres(levering, "koppelen_voorbeeld"), sent),
    ]
    for response in answers:
        assert not any(bsn in response.content.decode() for bsn in bsns)


# --- Choices and rules --------------------------------------------------------------------------------------


@pytest.mark.parametrize("koppen", [sonar.KOPPEN, KOPPEN])
def test_rules_survive_the_page_unchanged(koppen):
    from uploads.mapping.proposals.suggest import regels_from, suggest

    columns = kolomkoppen(koppen)
    for regels in (
        sonar.REGELS,
        regels_from(suggest(koppen, [[]] * len(koppen), Soort.WERKZOEKENDEN), koppen, Soort.WERKZOEKENDEN),
    ):
        if not set(regels.kolommen) <= {kolom.sleutel for kolom in columns}:
            continue
        keuzes = from_regels(regels, columns)
        back, faults = to_regels(keuzes, regels, columns)
        assert faults == ()
        assert back.regels == regels.regels
        assert back.toestemming == regels.toestemming
        assert from_form(QueryDict(), keuzes, columns, {}) == keuzes


# --- Saved koppelingen --------------------------------------------------------------------------------------

EEN = Regels(
    Soort.WERKZOEKENDEN,
    (
        Regel("idWerkzoekende", ("nummer",)),
        Regel("mobiliteit.bemiddelingspostcode", ("postcode",)),
        Regel("werktijden.aantalWerkurenPerWeekMaximaal", ("uren",)),
    ),
    Toestemming("akkoord"),
)
TWEE = Regels(
    Soort.WERKZOEKENDEN,
    (
        Regel("idWerkzoekende", ("nummer",)),
        Regel("mobiliteit.bemiddelingspostcode", ("pc6",)),
        Regel("werktijden.aantalWerkurenPerWeekMaximaal", ("uren",), eenheid="uren_per_dag"),
        Regel("arbeidsmarktkwalificatie.taalbeheersing[1].codeTaal", constante="nld"),
    ),
    Toestemming(verklaring=True),
)


def test_versions_are_told_apart_in_words():
    assert differences(None, EEN) == ["De eerste versie: 4 kolommen."]
    assert differences(EEN, TWEE) == [
        "Mobiliteit: bemiddelingspostcode komt uit kolom ‘pc6’, en niet meer zoals het was.",
        "Werktijden: aantal werkuren per week maximaal: de uren zijn nu per dag.",
        "Taalbeheersing: code taal (nummer 2) is altijd ‘nld’.",
        "Toestemming: iemand verklaart nu dat iedereen in het bestand toestemming gaf.",
    ]
    assert differences(EEN, EEN) == []
    assert "Taalbeheersing: code taal (nummer 2) gaat niet meer mee." in differences(TWEE, EEN)


@pytest.fixture
def koppeling(gemeente: Gemeente) -> Koppeling:
    gebruiker = een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER, first_name="Bea", last_name="Beheerder")
    for regels in (EEN, TWEE):
        versie = saved.save(gemeente, "Klantsysteem", regels, gebruiker)
    found: Koppeling = versie.koppeling
    return found


def test_the_history_of_a_koppeling_is_shown_and_an_old_version_put_back(client, gemeente, koppeling):
    assert "Klantsysteem" in client.get(reverse("uploads:koppelingen")).content.decode()
    hier = reverse("uploads:koppeling", args=[koppeling.pk])
    text = client.get(hier).content.decode()
    assert "Bea Beheerder" in text
    assert "pc6" in text
    terug = reverse("uploads:koppeling_terugzetten", args=[koppeling.pk, 1])
    assert "Versie 1 terugzetten" in client.get(terug).content.decode()
    client.post(terug)
    with voor_gemeente(gemeente):
        newest = saved.history(koppeling)[0]
        assert newest.nummer == 3
        assert saved.regels_of_version(gemeente, newest) == EEN


def test_a_koppeling_is_renamed_unless_the_name_is_taken(client, gemeente, koppeling):
    saved.save(gemeente, "Ander", EEN, None)
    hier = reverse("uploads:koppeling", args=[koppeling.pk])
    response = client.post(hier, {"naam": "Ander"})
    assert response.status_code == 422
    assert "al een koppeling met de naam" in response.content.decode()
    for wrong in ("", "x" * 61, "jan@voorbeeld.example"):
        assert client.post(hier, {"naam": wrong}).status_code == 422
    assert client.post(hier, {"naam": "Nieuw"}).status_code == 302
    with voor_gemeente(gemeente):
        assert Koppeling.objects.get(pk=koppeling.pk).naam == "Nieuw"


def test_a_koppeling_that_is_put_away_is_not_recognised_until_it_is_used_again(client, gemeente, levering):
    client.post(adres(levering), as_sent(shown(client, levering), actie="bewaren", naam="Klantsysteem"))
    with voor_gemeente(gemeente):
        koppeling = Koppeling.objects.get()
    opbergen = reverse("uploads:koppeling_opbergen", args=[koppeling.pk])
    assert "Opbergen" in client.get(opbergen).content.decode()
    client.post(opbergen)
    assert delivered(gemeente, csv_of()).status == Leveringstatus.KOPPELEN
    assert (
        "Klantsysteem"
        not in client.get(reverse("uploads:koppelingen"))
        .content.decode()
        .split("<main")[1]
        .split("um-schakel")[1]
    )
    assert "Klantsysteem" in client.get(reverse("uploads:koppelingen"), {"stand": "weg"}).content.decode()
    client.post(reverse("uploads:koppeling_terugzetten", args=[koppeling.pk, 1]))
    assert delivered(gemeente, csv_of()).status == Leveringstatus.OMGEZET


def test_koppelingen_of_another_municipality_are_not_there(gemeente, koppeling):
    vreemde = een_client(een_gebruiker(een_gemeente("Elders"), Rol.FUNCTIONEEL_BEHEERDER))
    assert "Klantsysteem" not in vreemde.get(reverse("uploads:koppelingen")).content.decode()
    for naam, args in (
        ("koppeling", [koppeling.pk]),
        ("koppeling_opbergen", [koppeling.pk]),
        ("koppeling_terugzetten", [koppeling.pk, 1]),
    ):
        assert vreemde.get(reverse(f"uploads:{naam}", args=args)).status_code == 404
        assert vreemde.post(reverse(f"uploads:{naam}", args=args), {"naam": "x"}).status_code == 404
    jobcoach = een_client(een_gebruiker(gemeente, Rol.JOBCOACH))
    assert jobcoach.get(reverse("uploads:koppelingen")).status_code == 403


def queries_of(client: Client, *request: Any) -> int:
    """Counts the queries of a page: the fewest of three.

    The postcode table is checked by the clock, so one request may have a query more.
    """
    url, *data = request
    ask = client.post if data else client.get
    ask(url, *data)  # what a process asks only once
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            assert ask(url, *data).status_code == 200
        counts.append(sum(not _BOUNDARIES.match(query["sql"]) for query in captured))
    return min(counts)


@pytest.mark.slow
def test_no_page_asks_one_query_more_per_column_row_or_version(client, gemeente, levering, koppeling):
    gebruiker = een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER)
    wide = ([*KOPPEN, *(f"Extra {n}" for n in range(60))], [[*rij, *["x"] * 60] for rij in RIJEN * 25])
    broad = delivered(gemeente, csv_of(*wide))
    pages: list[tuple[Any, Any, int]] = [
        ((adres(levering),), (adres(broad),), 16),
        (
            (adres(levering, "koppelen_voorbeeld"), as_sent(shown(client, levering))),
            (adres(broad, "koppelen_voorbeeld"), as_sent(shown(client, broad))),
            16,
        ),
    ]
    for small, large, most in pages:
        assert queries_of(client, *small) == queries_of(client, *large) <= most
    lists = [reverse("uploads:koppelingen"), reverse("uploads:koppeling", args=[koppeling.pk])]
    before = [queries_of(client, url) for url in lists]
    for number in range(10):
        saved.save(gemeente, f"Koppeling {number}", EEN, gebruiker)
        saved.save(gemeente, "Klantsysteem", (EEN, TWEE)[number % 2], gebruiker)
    assert [queries_of(client, url) for url in lists] == before
    assert max(before) <= 6


def test_people_are_saved_as_vacancies_only_by_who_says_that_they_are_vacancies(client, gemeente):
    koppen = ("Nummer", "Functie", "Postcode", "Akkoord")
    levering = delivered(
        gemeente, csv_of(koppen, [("1", "Kok", "3511AB", "Ja"), ("2", "Lasser", "1012AB", "Nee")])
    )
    assert shown(client, levering).context["bord"].soort is Soort.WERKZOEKENDEN
    page = shown(client, levering, soort="vacatures")
    assert "Gaat dit over mensen?" in page.content.decode()
    response = client.post(adres(levering), as_sent(page, actie="bewaren", naam="Banen"))
    assert response.status_code == 422
    with voor_gemeente(gemeente):
        assert not Koppeling.objects.exists()
    sent = as_sent(response, actie="bewaren", naam="Banen", bevestigd="ja")
    assert client.post(adres(levering), sent).status_code == 302
    tasks.convert(levering.pk, gemeente.pk)
    assert fresh(gemeente, levering).omgezet == 2
    # The answer is part of the koppeling.
    assert delivered(gemeente, csv_of(koppen, [("3", "Kok", "3511AB", "Ja")])).omgezet == 1


def test_a_column_that_takes_the_place_of_another_is_shown_anew(client, levering):
    page = shown(client, levering)
    assert page.context["bord"].keuzes.kolommen["team"].doel == "achter"
    text = client.post(adres(levering, "koppelen_voorbeeld"), as_sent(page, k8_doel="")).content.decode()
    assert 'id="k9" hx-swap-oob="true"' in text
    assert "k8-opties" in text


@pytest.mark.parametrize("how", ["koppelen_voorbeeld", "koppelen"])
def test_what_was_chosen_is_there_again_for_who_comes_back(client, gemeente, levering, how):
    sent = as_sent(
        shown(client, levering), k1_doel="persoonlijkePresentatie", naam="Mijn naam", actie="voorbeeld"
    )
    client.post(adres(levering, how), sent)
    # Another session of the same person: the first one expired, or the browser was closed.
    with voor_gemeente(gemeente):
        gebruiker = Kolomklad.objects.select_related("gebruiker").get().gebruiker
    again = shown(een_client(gebruiker), levering)
    assert "Uw keuzes staan er nog" in again.content.decode()
    assert again.context["bord"].keuzes.kolommen["geslachtsnaam"].doel == "persoonlijkePresentatie"
    assert as_sent(again)["naam"] == "Mijn naam"
    assert "staan er nog" in shown(client, levering, soort="werkzoekenden").content.decode()
    for query in ({"opnieuw": "ja"}, {"soort": "vacatures"}):
        assert "staan er nog" not in shown(client, levering, **query).content.decode()


def test_a_draft_is_of_one_person_is_encrypted_and_ends_when_it_is_used(client, gemeente, levering):
    sent = as_sent(shown(client, levering), naam="Zonderling", actie="voorbeeld")
    client.post(adres(levering), sent)
    with voor_gemeente(gemeente):
        assert b"Zonderling" not in bytes(Kolomklad.objects.get().inhoud)
    colleague = een_client(een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER))
    assert "staan er nog" not in shown(colleague, levering).content.decode()
    assert client.post(adres(levering), {**sent, "actie": "gebruiken"}).status_code == 302
    with voor_gemeente(gemeente):
        assert not Kolomklad.objects.exists()


def test_a_draft_is_gone_with_the_file(client, gemeente, levering, gebruiker):
    client.post(adres(levering), as_sent(shown(client, levering), actie="voorbeeld"))
    assert withdraw(gemeente, levering.pk, gebruiker)
    with voor_gemeente(gemeente):
        assert not Kolomklad.objects.exists()
