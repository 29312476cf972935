"""Choosing columns, seeing what that does, saving it by name, and recognising it the next time."""

import datetime as dt
import json
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, connections

from exchange.standard import Soort
from tests.factories import SONAR_KOPPEN, een_gebruiker, een_gemeente, een_sonar_rij, een_werkblad
from tests.threads import at_once
from um_portal.audit.models import Auditregel
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.koppelingen import saved as koppelingen
from uploads.koppelingen.proposal import GeenKolommen, Koppelvoorstel, preview, proposal
from uploads.leveringen.erasure import erase_expired, withdraw
from uploads.leveringen.intake import receive
from uploads.mapping.doelen import OngeldigeRegels
from uploads.mapping.presets import pilot, records
from uploads.mapping.recognition import EIGEN
from uploads.mapping.regels import Regel, Regels, Toestemming
from uploads.mapping.regels_json import to_json
from uploads.models import (
    Bevinding,
    Bronbestand,
    Koppeling,
    Koppelingversie,
    Legewaarden,
    Levering,
    Leveringstatus,
    Voorproef,
    Waardekoppeling,
)
from uploads.omzetten import processing
from uploads.omzetten.processing import convert

KOPPEN = "Klantnr;Postcode;Uren;Mail;Wens;Akkoord"
CSV = (
    f"Caseload mei;;;;;\n{KOPPEN}\nK-1;3511AB;24;een@voorbeeld.example;kok;ja\n"
    "K-2;3512AB;veel;;kok;ja\nK-3;3513AB;32;;;nee\n"
).encode()
REGELS = Regels(
    Soort.WERKZOEKENDEN,
    (
        Regel("idWerkzoekende", ("klantnr",)),
        Regel("mobiliteit.bemiddelingspostcode", ("postcode",)),
        Regel("werktijden.aantalWerkurenPerWeekMaximaal", ("uren",)),
        Regel("emailadres[]", ("mail",)),
        Regel("contactpersoon[0].naamContactpersoonAfdeling", constante="Geheim Werkplein"),
    ),
    Toestemming("akkoord"),
)
SLEUTELS = ("klantnr", "postcode", "uren", "mail", "wens", "akkoord")


def received(gemeente: Gemeente, inhoud: bytes = CSV, **more: Any) -> int:
    return receive(gemeente, inhoud=inhoud, bestandsnaam="export.csv", **more).pk


def converted(gemeente: Gemeente, inhoud: bytes = CSV, **more: Any) -> Levering:
    pk = received(gemeente, inhoud, **more)
    convert(gemeente, pk)
    return reload(gemeente, pk)


def reload(gemeente: Gemeente, pk: int) -> Levering:
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.get(pk=pk)
    return levering


def proposal_for(gemeente: Gemeente, pk: int, *choice: Any) -> Koppelvoorstel:
    with voor_gemeente(gemeente):
        return proposal(Levering.objects.get(pk=pk), *choice)


def sleutels(voorstel: Koppelvoorstel) -> tuple[str, ...]:
    return tuple(kolom.kop.sleutel for kolom in voorstel.kolommen)


def choose(gemeente: Gemeente, pk: int, regels: Regels = REGELS, kopregel: int = 2, **more: Any) -> bool:
    return koppelingen.set_regels(gemeente, pk, regels, "", kopregel, regels.soort, None, **more)


def saved(gemeente: Gemeente, naam: str = "Caseload", regels: Regels = REGELS) -> Koppelingversie:
    return koppelingen.save(gemeente, naam, regels, None)


# --- From a file that nobody knows to records -------------------------------------------------------------


@pytest.mark.django_db
def test_an_unknown_file_waits_for_a_choice_and_goes_on_after_it():
    gemeente = een_gemeente()
    gebruiker = een_gebruiker(gemeente)
    levering = converted(gemeente)
    assert levering.status == Leveringstatus.KOPPELEN
    assert "niet herkend" in levering.melding
    assert (levering.kopregel, levering.gekozen_kopregel, levering.koppeling) == (2, None, "")
    with voor_gemeente(gemeente):
        assert Bronbestand.objects.exists()
    done = koppelingen.set_regels(gemeente, levering.pk, REGELS, "", 2, Soort.WERKZOEKENDEN, gebruiker)
    assert done
    convert(gemeente, levering.pk)
    levering = reload(gemeente, levering.pk)
    assert (levering.status, levering.koppeling) == (Leveringstatus.OMGEZET, EIGEN)
    assert (levering.gelezen, levering.omgezet, levering.overgeslagen, levering.afgekeurd) == (3, 2, 1, 0)
    assert levering.kolommen_gebruikt == ["Klantnr", "Postcode", "Uren", "Mail", "Akkoord"]
    assert levering.kolommen_ongebruikt == ["Wens"]
    assert levering.vulling["emailadres[]"] == 1
    with voor_gemeente(gemeente):
        assert {(one.rij, one.kolom) for one in Bevinding.objects.all()} == {(4, "Uren"), (5, "Akkoord")}
        assert Auditregel.objects.filter(handeling="kolommen_gekozen").exists()


@pytest.mark.django_db
def test_what_was_saved_is_recognised_in_the_next_file_in_another_order():
    gemeente = een_gemeente()
    versie = saved(gemeente)
    anders = b"Mail;Nieuw;Akkoord;Uren;Postcode;Klantnr\nx@y.nl;?;Ja;24;3511AB;K-9\n"
    levering = converted(gemeente, anders)
    assert (levering.status, levering.koppeling) == (Leveringstatus.OMGEZET, "Caseload")
    assert levering.koppelingversie_id == versie.pk
    assert levering.koppeling_label == "Caseload"
    assert levering.omgezet == 1


@pytest.mark.django_db
def test_a_koppeling_may_be_asked_for_by_name():
    gemeente = een_gemeente()
    saved(gemeente)
    zonder = b"Klantnr;Postcode;Akkoord;x;y\nK-9;3511AB;ja;;\n"
    assert converted(gemeente, zonder).status == Leveringstatus.KOPPELEN
    levering = converted(gemeente, zonder, koppeling="Caseload")
    assert (levering.status, levering.omgezet) == (Leveringstatus.OMGEZET, 1)
    with voor_gemeente(gemeente):
        assert set(Bevinding.objects.filter(levering=levering).values_list("code", "kolom", "rij")) == {
            ("kolom_ontbreekt", "uren", 1),
            ("kolom_ontbreekt", "mail", 1),
        }
    levering = converted(gemeente, zonder, koppeling="Onbekend")
    assert levering.status == Leveringstatus.KOPPELEN
    assert "geen koppeling met de naam Onbekend" in levering.melding


@pytest.mark.django_db
def test_rules_that_were_saved_are_told_by_their_name():
    gemeente = een_gemeente()
    pk = converted(gemeente).pk
    versie = saved(gemeente)
    assert choose(gemeente, pk, versie=versie)
    convert(gemeente, pk)
    levering = reload(gemeente, pk)
    assert (levering.koppeling, levering.koppelingversie_id) == ("Caseload", versie.pk)


@pytest.mark.django_db
def test_a_file_that_was_recognised_can_be_read_otherwise():
    gemeente = een_gemeente()
    pk = received(gemeente, een_werkblad([een_sonar_rij(ID_WZ="A", Leeftijd="32")]))
    convert(gemeente, pk)
    voorstel = proposal_for(gemeente, pk)
    assert voorstel.koppeling == "sonar"
    assert voorstel.regels is not None
    anders = replace(
        voorstel.regels,
        herkomst="",
        regels=tuple(
            replace(rule, kolommen=("leeftijd",))
            if rule.doel == "werktijden.aantalWerkurenPerWeekMaximaal"
            else rule
            for rule in voorstel.regels.regels
        ),
    )
    assert koppelingen.set_regels(
        gemeente, pk, anders, voorstel.blad, voorstel.kopregel, Soort.WERKZOEKENDEN, None
    )
    convert(gemeente, pk)
    levering = reload(gemeente, pk)
    assert (levering.status, levering.koppeling, levering.omgezet) == (Leveringstatus.OMGEZET, EIGEN, 1)
    assert "Leeftijd" in levering.kolommen_gebruikt


@pytest.mark.django_db
def test_a_missing_column_of_sonar_leaves_the_rest_of_its_rules_to_work_with():
    gemeente = een_gemeente()
    koppen = tuple(kop for kop in SONAR_KOPPEN if kop != "Toestemming")
    pk = received(gemeente, een_werkblad([een_sonar_rij(), een_sonar_rij()], koppen))
    convert(gemeente, pk)
    assert "Toestemming" in reload(gemeente, pk).melding
    voorstel = proposal_for(gemeente, pk)
    assert voorstel.soort is Soort.WERKZOEKENDEN
    assert voorstel.regels is not None
    assert voorstel.regels.toestemming is None
    with pytest.raises(OngeldigeRegels, match="toestemming"):
        choose(gemeente, pk, voorstel.regels, voorstel.kopregel)
    verklaard = replace(voorstel.regels, toestemming=Toestemming(verklaring=True))
    assert choose(gemeente, pk, verklaard, voorstel.kopregel)
    convert(gemeente, pk)
    assert reload(gemeente, pk).omgezet == 2


# --- The proposal -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_proposal_shows_sheets_headers_and_a_few_different_values():
    gemeente = een_gemeente()
    rijen = "".join(f"K-{n};3511AB;24;;kok;ja\n" for n in range(8))
    pk = converted(gemeente, f"Lijst;;;;;\n{KOPPEN}\n{rijen}".encode()).pk
    voorstel = proposal_for(gemeente, pk)
    assert (voorstel.blad, voorstel.kopregel, voorstel.soort, voorstel.regels) == ("", 2, None, None)
    assert [kolom.kop.naam for kolom in voorstel.kolommen] == KOPPEN.split(";")
    assert [kolom.kop.letter for kolom in voorstel.kolommen] == list("ABCDEF")
    assert sleutels(voorstel) == SLEUTELS
    assert [kolom.voorbeelden for kolom in voorstel.kolommen] == [
        ("K-0", "K-1", "K-2", "K-3", "K-4"), ("3511AB",), ("24",), (), ("kok",), ("ja",),
    ]  # fmt: skip
    assert len(voorstel.kolommen[0].monster) == 8
    assert voorstel.rijen[0] == (1, ("Lijst", "", "", "", "", ""))


@pytest.mark.django_db
def test_another_sheet_and_row_can_be_looked_at():
    gemeente = een_gemeente()
    voorstel = proposal_for(gemeente, converted(gemeente).pk, None, 3)
    assert (voorstel.kopregel, voorstel.kolommen[0].kop.naam) == (3, "K-1")
    voorstel = proposal_for(gemeente, converted(gemeente).pk, None, 0)
    assert [kolom.kop.naam for kolom in voorstel.kolommen][:2] == ["kolom A", "kolom B"]
    assert voorstel.kolommen[0].voorbeelden == ("Caseload mei", "Klantnr", "K-1", "K-2", "K-3")
    # A sheet and a row that are not there.
    assert proposal_for(gemeente, converted(gemeente).pk, 99, 99).kopregel == 2


@pytest.mark.django_db
def test_cells_keep_what_they_are_for_who_proposes():
    gemeente = een_gemeente()
    dag = dt.datetime(2026, 5, 1)
    inhoud = een_werkblad([{"a": dag, "b": 1.5, "c": True, "d": "x"}], koppen=("a", "b", "c", "d"))
    pk = received(gemeente, inhoud)
    convert(gemeente, pk)
    (a, b, c, d) = (kolom.monster[0] for kolom in proposal_for(gemeente, pk).kolommen)
    assert (dt.date(a.year, a.month, a.day), b, c, d) == (dag.date(), 1.5, True, "x")


@pytest.mark.django_db
def test_without_the_file_there_is_nothing_to_choose():
    gemeente = een_gemeente()
    pk = converted(gemeente).pk
    with voor_gemeente(gemeente):
        Voorproef.objects.all().delete()
    assert sleutels(proposal_for(gemeente, pk)) == SLEUTELS
    with voor_gemeente(gemeente):
        Voorproef.objects.all().delete()
        Bronbestand.objects.all().delete()
    with pytest.raises(GeenKolommen, match="gewist"):
        proposal_for(gemeente, pk)
    with pytest.raises(GeenKolommen, match="gewist"):
        preview(gemeente, pk, REGELS, "", 2)
    assert not choose(gemeente, pk)


@pytest.mark.django_db
@pytest.mark.parametrize("naam", [records.NAAM, pilot.NAAM])
def test_json_has_no_columns_to_choose(naam):
    gemeente = een_gemeente()
    old = {"sluitingsDatumVacature": "2027-01-01"} if naam == pilot.NAAM else {}
    vacature = {"idVacature": "1", "adres": {"postcode": "3511AB"}, **old}
    levering = converted(gemeente, json.dumps([vacature]).encode())
    assert (levering.koppeling, levering.status) == (naam, Leveringstatus.OMGEZET)
    assert not levering.kan_koppelen
    with pytest.raises(GeenKolommen, match="JSON"):
        proposal_for(gemeente, levering.pk)


# --- What it does -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_preview_tells_per_row_and_attribute_what_becomes_of_it():
    gemeente = een_gemeente()
    pk = converted(gemeente).pk
    rijen = preview(gemeente, pk, REGELS, "", 2)
    assert [(rij.rij, rij.lot) for rij in rijen] == [(3, "gaat mee"), (4, "gaat mee"), (5, "overgeslagen")]
    assert rijen[0].record is not None
    assert rijen[0].record["emailadres"] == ["een@voorbeeld.example"]
    assert rijen[0].record["indicatieBeschikbaarheidContactgegevens"] == 1
    assert rijen[0].record["contactpersoon"][0]["naamContactpersoonAfdeling"] == "Geheim Werkplein"
    assert [one.kolom for one in rijen[1].bevindingen] == ["Uren"]
    assert reload(gemeente, pk).status == Leveringstatus.KOPPELEN


@pytest.mark.django_db
def test_a_preview_of_incomplete_rules_tells_what_is_missing():
    gemeente = een_gemeente()
    pk = converted(gemeente).pk
    half = Regels(Soort.WERKZOEKENDEN, REGELS.regels[2:3], Toestemming(verklaring=True))
    rijen = preview(gemeente, pk, half, "", 2, number=1)
    assert [rij.lot for rij in rijen] == ["afgekeurd"]
    with pytest.raises(OngeldigeRegels):
        preview(gemeente, pk, replace(half, regels=(Regel("niets", ("a",)),)), "", 2)
    with pytest.raises(GeenKolommen):
        preview(gemeente, pk, half, "", 40)


@pytest.mark.django_db
def test_a_preview_uses_the_municipalitys_own_words():
    gemeente = een_gemeente()
    pk = converted(gemeente).pk
    regels = replace(
        REGELS, regels=(*REGELS.regels, Regel("bemiddelingsberoep[].codeBeroepsnaam", ("wens",)))
    )
    with voor_gemeente(gemeente):
        Waardekoppeling.objects.create(gemeente=gemeente, lijst="beroepen", waarde="kok", code="urn:kok")
        Legewaarden.objects.create(gemeente=gemeente, waarden=["een@voorbeeld.example"])
    (rij, *_) = preview(gemeente, pk, regels, "", 2)
    assert rij.record is not None
    assert rij.record["bemiddelingsberoep"] == [{"codeBeroepsnaam": "urn:kok"}]
    assert "emailadres" not in rij.record


@pytest.mark.django_db
def test_a_word_left_out_on_purpose_and_a_code_of_a_list_of_the_standard_itself():
    gemeente = een_gemeente()
    with voor_gemeente(gemeente):
        for lijst, waarde, code in (
            ("beroepen", "diversen", ""),
            ("Vervoermiddel", "step", "3"),
            ("Soort rijbewijs", "klein", "AM"),
        ):
            Waardekoppeling.objects.create(gemeente=gemeente, lijst=lijst, waarde=waarde, code=code)
    rij = een_sonar_rij(Bemiddelingsberoep="Diversen", Vervoer="step, raket", Rijbewijs="Klein")
    levering = converted(gemeente, een_werkblad([rij]))
    assert levering.omgezet == 1
    assert processing.unknown_values(levering) == {"Vervoermiddel": {"raket": 1}}
    assert [reden["code"] for reden in levering.redenen] == ["vervoer_anders"]


# --- Saving -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_koppeling_has_versions_and_the_same_rules_make_no_new_one():
    gemeente = een_gemeente()
    een = saved(gemeente)
    assert saved(gemeente, "  Caseload ").pk == een.pk
    twee = saved(gemeente, regels=replace(REGELS, regels=REGELS.regels[:2]))
    assert (een.nummer, twee.nummer) == (1, 2)
    drie = koppelingen.restore(gemeente, een, None)
    assert drie.nummer == 3
    assert koppelingen.regels_of_version(gemeente, drie) == REGELS
    with voor_gemeente(gemeente):
        koppeling = Koppeling.objects.get()
        assert [versie.nummer for versie in koppelingen.history(koppeling)] == [3, 2, 1]
        acties = list(Auditregel.objects.values_list("handeling", flat=True))
    assert acties.count("koppeling_opgeslagen") == 3
    assert [(one.naam, one.versie) for one in koppelingen.saved_rules(gemeente)] == [("Caseload", drie.pk)]


@pytest.mark.django_db
def test_a_koppeling_that_was_put_away_is_not_recognised_until_it_is_saved_again():
    gemeente = een_gemeente()
    versie = saved(gemeente)
    assert koppelingen.archive(gemeente, versie.koppeling_id, None)
    assert not koppelingen.archive(gemeente, versie.koppeling_id, None)
    assert koppelingen.saved_rules(gemeente) == ()
    assert converted(gemeente).status == Leveringstatus.KOPPELEN
    assert saved(gemeente).pk == versie.pk
    assert converted(gemeente).status == Leveringstatus.OMGEZET


@pytest.mark.parametrize(
    "naam",
    ["", "  ", "x" * 61, "Sonar", "standaard", "JSON", "Eigen", "wie@waar.nl", "Sonar-export (dashboard)"],
)
@pytest.mark.django_db
def test_a_name_that_cannot_be_used_is_refused(naam):
    with pytest.raises(OngeldigeRegels):
        saved(een_gemeente(), naam)


@pytest.mark.django_db
def test_only_complete_rules_of_the_same_kind_are_saved():
    gemeente = een_gemeente()
    with pytest.raises(OngeldigeRegels, match="toestemming"):
        saved(gemeente, regels=replace(REGELS, toestemming=None))
    saved(gemeente)
    vacatures = Regels(Soort.VACATURES, (Regel("idVacature", ("a",)), Regel("adres.postcode", ("b",))))
    with pytest.raises(OngeldigeRegels, match="voor werkzoekenden"):
        saved(gemeente, regels=vacatures)
    with pytest.raises(OngeldigeRegels, match="niet voor vacatures"):
        koppelingen.set_regels(gemeente, 1, REGELS, "", 2, Soort.VACATURES, None)


@pytest.mark.django_db
def test_rules_that_the_standard_no_longer_takes_are_left_alone(caplog):
    gemeente = een_gemeente()
    versie = saved(gemeente)
    oud = to_json(REGELS).replace("emailadres[]", "postduif[]").encode()
    with voor_gemeente(gemeente):
        Koppelingversie.objects.update(
            regels=keys.encrypt(gemeente, oud, koppelingen.versie_context(versie.koppeling_id, 1))
        )
    assert koppelingen.saved_rules(gemeente) == ()
    assert converted(gemeente).status == Leveringstatus.KOPPELEN
    with voor_gemeente(gemeente):
        versie.refresh_from_db()
    with pytest.raises(OngeldigeRegels):
        koppelingen.restore(gemeente, versie, None)


# --- Two at once, and somebody else -----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_get_versions_of_one_koppeling():
    gemeente = een_gemeente()
    found: list[Any] = []

    def save_one(uren: str) -> None:
        regels = replace(
            REGELS, regels=(*REGELS.regels[:2], Regel("werktijden.aantalWerkurenPerWeekMinimaal", (uren,)))
        )
        try:
            found.append(saved(gemeente, regels=regels).nummer)
        except Exception as problem:
            found.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=save_one, args=(f"u{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [1, 2, 3, 4]
    with voor_gemeente(gemeente):
        assert Koppeling.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_name_at_once_the_second_is_told_that_it_is_taken():
    gemeente = een_gemeente()
    een, ander = saved(gemeente, "Een"), saved(gemeente, "Ander")
    taken = threading.Event()

    def first() -> Any:
        with voor_gemeente(gemeente):
            found = koppelingen.rename(gemeente, een.koppeling_id, "Klantsysteem", None)
            taken.set()
            time.sleep(0.5)
        return found.naam

    def second() -> Any:
        taken.wait(10)
        return koppelingen.rename(gemeente, ander.koppeling_id, "Klantsysteem", None)

    naam, problem = at_once(first, second)
    assert naam == "Klantsysteem"
    assert isinstance(problem, OngeldigeRegels)
    with voor_gemeente(gemeente):
        assert sorted(Koppeling.objects.values_list("naam", flat=True)) == ["Ander", "Klantsysteem"]


@pytest.mark.django_db
def test_a_levering_that_is_worked_on_or_done_keeps_its_rules():
    gemeente = een_gemeente()
    pk = converted(gemeente).pk
    for status in (
        Leveringstatus.ONTVANGEN,
        Leveringstatus.OMZETTEN,
        Leveringstatus.PUBLICEREN,
        Leveringstatus.GEPUBLICEERD,
        Leveringstatus.VERVALLEN,
    ):
        with voor_gemeente(gemeente):
            Levering.objects.filter(pk=pk).update(status=status)
        assert not choose(gemeente, pk)
    assert reload(gemeente, pk).regels is None


@pytest.mark.django_db
def test_another_municipality_has_no_part_in_it():
    gemeente, andere = een_gemeente(), een_gemeente()
    pk = converted(gemeente).pk
    versie = saved(gemeente)
    assert koppelingen.saved_rules(andere) == ()
    assert converted(andere).status == Leveringstatus.KOPPELEN
    assert not koppelingen.archive(andere, versie.koppeling_id, None)
    assert not choose(andere, pk)
    with pytest.raises(GeenKolommen):
        preview(andere, pk, REGELS, "", 2)
    with pytest.raises(keys.OntsleutelFout):
        koppelingen.regels_of_version(andere, versie)
    with pytest.raises(Koppeling.DoesNotExist):
        koppelingen.restore(andere, versie, None)
    with voor_gemeente(andere), connection.cursor() as cursor:
        for tabel in ("koppeling", "koppelingversie", "voorproef"):
            cursor.execute(f"SELECT count(*) FROM uploads_{tabel}")
            assert cursor.fetchone() == ((0,) if tabel != "voorproef" else (1,))


# --- What is kept, and how --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_rules_and_first_rows_are_encrypted_and_go_with_the_file():
    gemeente = een_gemeente()
    pk = converted(gemeente).pk
    choose(gemeente, pk)
    versie = saved(gemeente)
    with voor_gemeente(gemeente):
        sealed = [
            bytes(Voorproef.objects.get().inhoud),
            bytes(Levering.objects.get().regels or b""),
            bytes(versie.regels),
        ]
    for blob in sealed:
        assert len(blob) > 50
        assert b"Geheim" not in blob
        assert b"3511AB" not in blob
    assert withdraw(gemeente, pk, None)
    with voor_gemeente(gemeente):
        assert not Voorproef.objects.exists()
        assert Levering.objects.get().regels is None
        assert Koppelingversie.objects.exists()


@pytest.mark.django_db
def test_a_levering_that_waits_for_a_choice_expires_like_any_other(settings):
    gemeente = een_gemeente()
    pk = converted(gemeente).pk
    settings.UM_BRONBESTAND_UREN = 0
    assert erase_expired(gemeente) == 1
    assert reload(gemeente, pk).status == Leveringstatus.VERVALLEN
    with voor_gemeente(gemeente):
        assert not Voorproef.objects.exists()
        assert not Bronbestand.objects.exists()


@pytest.mark.django_db
def test_everything_is_encrypted_anew_with_a_new_key():
    columns = keys.registered()
    assert "regels" in columns["uploads.Levering"]
    assert "regels" in columns["uploads.Koppelingversie"]
    assert "inhoud" in columns["uploads.Voorproef"]


# --- Progress ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_told_what_is_being_done_while_the_file_is_opened(monkeypatch):
    monkeypatch.setattr(processing, "_SECONDS_PER_STEP", 0.01)
    real = processing.open_file

    def slow(inhoud: bytes, wacht: Any = None) -> Any:
        time.sleep(1.6)
        return real(inhoud, wacht)

    monkeypatch.setattr(processing, "open_file", slow)
    gemeente = een_gemeente()
    saved(gemeente)
    pk = received(gemeente)
    told: list[str] = []
    convert(gemeente, pk, lambda levering: told.append(levering.melding))
    assert told[:3] == ["Het bestand wordt gelezen."] * 3
    assert "Het bestand wordt gelezen. Dat duurt al 2 seconden." in told
    assert "De kolommen worden herkend." in told
    assert told[-1] == ""
    assert reload(gemeente, pk).melding == ""
