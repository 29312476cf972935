"""Shows that what only a person knows about a file is asked once, and that nothing is guessed."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tests.factories import (
    SONAR_KOPPEN,
    een_client,
    een_gebruiker,
    een_gemeente,
    een_levering,
    een_sonar_rij,
    een_werkblad,
)
from tests.ole import biff8, ole
from tests.spreadsheets import BESTANDEN
from tests.uploads.readers.test_odd_workbooks import with_odd_record
from um_portal.accounts.models import Supportrol
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.gepubliceerd import by_itself
from uploads.leveringen.intake import receive
from uploads.models import Bevinding, Leeskeuze, Levering, Leveringstatus, RedenStop

pytestmark = pytest.mark.django_db


def workbook(
    *sheets: list[dict[str, Any]], hidden: tuple[int, ...] = (), struck: tuple[str, ...] = ()
) -> bytes:
    """Makes a workbook of people, with a sheet per team.

    `hidden` has rows of the first sheet that are hidden, and `struck` cells of it that are struck through.
    """
    made = Workbook()
    for number, rijen in enumerate(sheets):
        sheet: Any = made.active if not number else made.create_sheet()
        sheet.title = f"Team {number + 1}"
        sheet.append(list(SONAR_KOPPEN))
        for rij in rijen:
            sheet.append([rij.get(kop) for kop in SONAR_KOPPEN])
        for row in hidden if not number else ():
            sheet.row_dimensions[row].hidden = True
        for place in struck if not number else ():
            sheet[place].font = Font(strike=True)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def people(number: int) -> list[dict[str, Any]]:
    return [een_sonar_rij() for _ in range(number)]


def test_a_sheet_that_cannot_be_looked_at_waits_for_a_person_each_time(
    client: Client, gemeente: Gemeente
) -> None:
    rijen = [list(SONAR_KOPPEN), *([str(rij.get(kop, "")) for kop in SONAR_KOPPEN] for rij in people(3))]
    inhoud = ole({"Workbook": with_odd_record(biff8(rijen))})
    levering = receive(gemeente, inhoud=inhoud, bestandsnaam="export.xls", publiceer_vanzelf=True)
    for expected in (Leveringstatus.MISLUKT, Leveringstatus.OMGEZET):
        tasks.convert(levering.pk, gemeente.pk)
        with voor_gemeente(gemeente):
            levering.refresh_from_db()
        assert levering.status == expected
        page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
        assert "niet nagaan of er rijen of kolommen verborgen zijn" in page
        if expected == Leveringstatus.MISLUKT:
            assert (levering.vraag["over"], levering.gestopt_om) == ("nagaan", RedenStop.VRAAG)
            client.post(reverse("uploads:opnieuw", args=[levering.pk]), {"verborgen": "meenemen"})
    assert levering.omgezet == 3
    with voor_gemeente(gemeente):
        assert not Leeskeuze.objects.exists()


def told(gemeente: Gemeente, levering: Levering) -> dict[int, str]:
    with voor_gemeente(gemeente):
        return dict(
            Bevinding.objects.filter(levering=levering)
            .exclude(ernst="waarschuwing")
            .values_list("rij", "code")
        )


def answered(client: Client, gemeente: Gemeente, levering: Levering, **answer: str) -> Levering:
    client.post(reverse("uploads:opnieuw", args=[levering.pk]), answer)
    tasks.convert(levering.pk, gemeente.pk)
    with voor_gemeente(gemeente):
        found: Levering = Levering.objects.get(pk=levering.pk)
    return found


def csv_of(rijen: list[dict[str, Any]], broken: dict[int, str]) -> bytes:
    """Writes people as delimited text, in which some lines (by number, from 1) are written otherwise."""
    koppen = (
        "ID_WZ",
        "Postcode",
        "Toestemming",
        "Beschikbare uren/wk",
        "Medewerker Naam",
        "Organisatie Naam",
    )
    lines = [";".join(koppen), *(";".join(str(rij[kop]) for kop in koppen) for rij in rijen)]
    return "\n".join(broken.get(number, line) for number, line in enumerate(lines, start=1)).encode()


# --- What is never guessed ---------------------------------------------------------------------------------


def test_two_people_joined_by_a_quote_are_both_refused_and_the_others_go_along(gemeente):
    inhoud = csv_of(people(4), {2: 'A1;3511AB;Ja;24;"Noord;Werkplein', 3: 'A2;3511AB;Ja;32;Zuid";Werkplein'})
    levering = een_levering(gemeente, inhoud, "x.csv")
    assert (levering.gelezen, levering.omgezet, levering.afgekeurd) == (4, 2, 2)
    assert told(gemeente, levering) == {2: "aanhalingsteken", 3: "aanhalingsteken"}
    assert levering.redenen[0]["melding"].startswith(
        "Hier staat een los aanhalingsteken, waardoor regel 2 tot en met 3"
    )
    assert levering.feiten["regels"] == 5


def test_a_row_with_more_cells_than_headers_is_refused_with_its_line(gemeente):
    inhoud = csv_of(
        people(4), {3: "A1;3511AB;Ja;24;Jan;Piet;Werkplein", 4: "A2;3511AB;Ja;24;Jan;Werkplein;;;"}
    )
    levering = een_levering(gemeente, inhoud, "x.csv")
    assert (levering.gelezen, levering.omgezet, levering.afgekeurd) == (4, 3, 1)
    assert told(gemeente, levering) == {3: "te_veel_cellen"}
    assert "Regel 3 van het bestand" in levering.redenen[0]["melding"]


def test_a_row_that_depends_on_a_formula_without_a_result_is_refused_for_that(gemeente):
    rijen = people(3)
    rijen[1] |= {"Beschikbare uren/wk": "=8*4"}
    # Nothing is read from this column.
    rijen[2] |= {"Plaats": "=1+1"}
    levering = een_levering(gemeente, een_werkblad(rijen))
    assert (levering.omgezet, levering.afgekeurd) == (2, 1)
    assert told(gemeente, levering) == {3: "zonder_uitkomst"}


def test_the_visible_of_two_equal_headers_is_used(gemeente):
    made = Workbook()
    sheet: Any = made.active
    sheet.append(["Postcode", *SONAR_KOPPEN])
    for rij in people(2):
        sheet.append(["9999ZZ", *(rij.get(kop) for kop in SONAR_KOPPEN)])
    sheet.column_dimensions["A"].hidden = True
    file = io.BytesIO()
    made.save(file)
    levering = een_levering(gemeente, file.getvalue())
    assert (levering.status, levering.omgezet) == (Leveringstatus.OMGEZET, 2)
    assert "Postcode (verborgen)" in levering.kolommen_ongebruikt


# --- What is asked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "omgezet", "overgeslagen"), [("overslaan", 3, 2), ("meenemen", 5, 0)])
def test_hidden_rows_are_asked_about_once(client, gemeente, answer, omgezet, overgeslagen):
    levering = een_levering(gemeente, workbook(people(5), hidden=(3, 5)))
    assert levering.status == Leveringstatus.MISLUKT
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "zijn 2 rijen verborgen" in page
    assert "niet omgezet" not in page
    levering = answered(client, gemeente, levering, verborgen=answer)
    assert (levering.status, levering.omgezet, levering.overgeslagen) == (
        Leveringstatus.OMGEZET,
        omgezet,
        overgeslagen,
    )
    following = een_levering(gemeente, workbook(people(5), hidden=(2,)))
    assert (following.status, following.feiten["verborgen"]) == (Leveringstatus.OMGEZET, answer)
    # Whoever thinks otherwise later on says so on the page, for this file and the next.
    other = {"overslaan": "meenemen", "meenemen": "overslaan"}[answer]
    assert f'value="{other}"' in client.get(reverse("uploads:levering", args=[following.pk])).content.decode()
    changed = answered(client, gemeente, following, verborgen=other)
    assert changed.feiten["verborgen"] == other


@pytest.mark.parametrize(("answer", "omgezet", "overgeslagen"), [("overslaan", 2, 1), ("meenemen", 3, 0)])
def test_rows_that_are_struck_through_are_asked_about_once(client, gemeente, answer, omgezet, overgeslagen):
    place = get_column_letter(SONAR_KOPPEN.index("ID_WZ") + 1)
    # Of a column of which the header is struck through as well, that is about nobody.
    other = get_column_letter(SONAR_KOPPEN.index("Plaats") + 1)
    made = workbook(people(3), struck=(f"{place}3", f"{other}1", f"{other}2", f"{other}3"))
    levering = een_levering(gemeente, made)
    assert (levering.status, levering.vraag["over"]) == (Leveringstatus.MISLUKT, "doorgehaald")
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "In dit bestand is 1 rij doorgehaald" in page
    assert "Doorgehaalde rijen overslaan" in page
    levering = answered(client, gemeente, levering, doorgehaald=answer)
    assert (levering.omgezet, levering.overgeslagen) == (omgezet, overgeslagen)
    assert told(gemeente, levering) == ({3: "rij_doorgehaald"} if overgeslagen else {})
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "Doorgehaald in uw bestand: 1 rij." in page
    following = een_levering(gemeente, made)
    assert (following.status, following.omgezet) == (Leveringstatus.OMGEZET, omgezet)
    changed = answered(client, gemeente, following, doorgehaald="meenemen")
    assert changed.omgezet == 3
    # What is hidden is another question.
    assert een_levering(gemeente, workbook(people(2), hidden=(2,))).vraag["over"] == "verborgen"


def with_condition(inhoud: bytes) -> bytes:
    """Gives this workbook with a condition that strikes cells of the first sheet through."""
    made = load_workbook(io.BytesIO(inhoud))
    rule = FormulaRule(formula=["$A2=1"], font=Font(strike=True))
    made.worksheets[0].conditional_formatting.add("A2:B5", rule)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_a_line_that_a_condition_draws_is_asked_about_for_every_file(client, gemeente):
    made = with_condition(workbook(people(2)))
    levering = een_levering(gemeente, made)
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "een streep door rijen die aan een voorwaarde voldoen" in page
    assert "Doorgehaalde rijen overslaan" not in page
    assert answered(client, gemeente, levering, doorgehaald="meenemen").omgezet == 2
    assert een_levering(gemeente, made).vraag["over"] == "doorgehaald"


def test_a_condition_is_asked_about_also_when_the_answer_about_other_struck_rows_is_known(client, gemeente):
    place = get_column_letter(SONAR_KOPPEN.index("ID_WZ") + 1)
    struck = workbook(people(2), struck=(f"{place}3",))
    assert answered(client, gemeente, een_levering(gemeente, struck), doorgehaald="overslaan").omgezet == 1
    made = with_condition(struck)
    levering = een_levering(gemeente, made)
    assert levering.status == Leveringstatus.MISLUKT
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "In dit bestand is 1 rij doorgehaald" in page
    assert "Die rijen gaan altijd mee" in page
    assert answered(client, gemeente, levering, doorgehaald="meenemen").omgezet == 2
    # That was about this file; of files without a condition the first answer is still the one.
    assert een_levering(gemeente, struck).omgezet == 1


def test_rows_that_a_condition_strikes_through_cannot_be_left_out(client, gemeente):
    made = with_condition(workbook(people(2)))
    levering = een_levering(gemeente, made)
    assert answered(client, gemeente, levering, doorgehaald="overslaan").status == Leveringstatus.MISLUKT


def test_two_lists_beside_each_other_are_not_read_as_one(gemeente):
    def beside(*ids: str) -> bytes:
        head = "ID_WZ;Postcode;Toestemming;Beschikbare uren/wk;Medewerker Naam;Organisatie Naam"
        rows = [
            f"A{number};3511AB;Ja;24;Noord;Werkplein;{one};3512AB;Ja;32;Zuid;Werkplein"
            for number, one in enumerate(ids)
        ]
        return "\n".join([f"{head};{head}", *rows]).encode()

    levering = een_levering(gemeente, beside("B0", "B1"), "x.csv")
    assert levering.status == Leveringstatus.KOPPELEN
    assert "twee keer naast elkaar" in levering.melding
    # As a database gives two tables that it joined.
    assert een_levering(gemeente, beside("A0", "A1"), "x.csv").omgezet == 2


def test_headers_that_come_once_more_and_a_line_that_was_cut_off_are_told(gemeente):
    koppen = "ID_WZ;Postcode;Toestemming;Beschikbare uren/wk;Medewerker Naam;Organisatie Naam"
    inhoud = csv_of(people(5), {3: koppen, 5: "A1;3511AB;Ja"})
    levering = een_levering(gemeente, inhoud, "x.csv")
    assert (levering.omgezet, levering.overgeslagen) == (4, 1)
    with voor_gemeente(gemeente):
        found = Bevinding.objects.filter(levering=levering).values_list("rij", "code")
        assert set(found) == {(3, "kopregel_opnieuw"), (5, "te_weinig_cellen")}


def test_a_csv_with_its_headers_in_every_line_is_read_and_who_said_no_stays_out(client, gemeente):
    koppen = "ID_WZ;Postcode;Toestemming;Beschikbare uren/wk;Medewerker Naam;Organisatie Naam"
    people = ["A1;3511AB;Ja;24;Jan;Werkplein", "A2;3511AB;Nee;24;Piet;Werkplein", "A3;;Ja;24;Jan;Werkplein"]
    inhoud = "\n".join(f"{koppen};{person}" for person in people).encode()
    levering = een_levering(gemeente, inhoud, "x.csv")
    counts = (levering.gelezen, levering.omgezet, levering.overgeslagen, levering.afgekeurd)
    assert counts == (3, 1, 1, 1), levering.melding
    assert levering.feiten["regels"] == 3
    with voor_gemeente(gemeente):
        found = Bevinding.objects.filter(levering=levering).values_list("rij", "code", "kolom")
        assert set(found) == {(2, "geen_toestemming", "Toestemming"), (3, "postcode_ontbreekt", "Postcode")}
    page = client.get(reverse("uploads:koppelen", args=[levering.pk])).content.decode()
    assert "Beschikbare uren/wk" in page
    told = een_levering(gemeente, "\n".join(f"Lijst;{koppen};{one};1" for one in people).encode(), "x.csv")
    assert (told.status, told.omgezet) == (Leveringstatus.MISLUKT, 0)
    assert "In elke rij van dit bestand staan de kolomnamen opnieuw" in told.melding


def test_sheets_with_the_same_columns_are_read_under_each_other_in_one_step(client, gemeente):
    first, second, third = people(2), people(3), people(1)
    second[1] |= {"ID_WZ": first[0]["ID_WZ"]}
    levering = een_levering(gemeente, workbook(first, second, third))
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "Ze hebben dezelfde kolommen" in page
    assert "Bladen onder elkaar lezen" in page
    levering = answered(client, gemeente, levering, blad="*")
    assert (levering.status, levering.gelezen, levering.omgezet) == (Leveringstatus.OMGEZET, 6, 5)
    with voor_gemeente(gemeente):
        finding = Bevinding.objects.get(levering=levering, code="dubbel_id")
    assert (finding.blad, finding.rij) == ("Team 2", 3)
    assert finding.melding.startswith("Dit is dezelfde als in rij 2 van ‘Team 1’;")
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "uit de bladen “Team 1”, “Team 2” en “Team 3”, onder elkaar gelezen" in page
    assert "Team 2, rij 3" in page
    assert "Niet gelezen" not in page
    assert "Bestand met opmerkingen" not in page
    following = een_levering(gemeente, workbook(people(1), people(1)))
    assert (following.status, following.omgezet) == (Leveringstatus.OMGEZET, 2)
    # Somebody may come back from that, and choose the other sheet once more.
    one = answered(client, gemeente, following, blad="Team 2")
    assert (one.blad, one.omgezet) == ("Team 2", 1)
    page = client.get(reverse("uploads:levering", args=[one.pk])).content.decode()
    assert "Onder het andere blad lezen: Team 1" in page
    assert answered(client, gemeente, one, blad="*").omgezet == 2


def test_a_sheet_that_was_not_there_before_does_not_come_along_by_itself(client, gemeente):
    answered(client, gemeente, een_levering(gemeente, workbook(people(1), people(1))), blad="*")
    assert een_levering(gemeente, workbook(people(2), people(1))).omgezet == 3
    # It may be the one with those who have left.
    levering = een_levering(gemeente, workbook(people(1), people(1), people(1)))
    assert (levering.vraag["over"], levering.omgezet) == ("blad", 0)
    assert answered(client, gemeente, levering, blad="*").omgezet == 3
    assert een_levering(gemeente, workbook(people(1), people(1), people(2))).omgezet == 4
    # What was said before still holds of fewer sheets.
    fewer = een_levering(gemeente, workbook(people(1), people(1)))
    assert fewer.omgezet == 2
    # It is forgotten by who wants one sheet after all.
    answered(client, gemeente, fewer, blad="Team 1")
    answered(client, gemeente, een_levering(gemeente, workbook(people(1), people(1))), blad="*")
    assert een_levering(gemeente, workbook(people(1), people(1), people(1))).vraag["over"] == "blad"


def test_of_several_sheets_that_were_not_read_nobody_is_told_that_one_of_them_would_come_along(
    client, gemeente
):
    levering = een_levering(gemeente, workbook(people(1), people(1), people(1)))
    one = answered(client, gemeente, levering, blad="Team 1")
    page = client.get(reverse("uploads:levering", args=[one.pk])).content.decode()
    assert "Onder het andere blad lezen" not in page
    assert "“Team 2” en “Team 3”. Het portaal leest ze allemaal, of geen." in page
    assert answered(client, gemeente, one, blad="*").omgezet == 3


def test_of_sheets_that_are_read_under_each_other_none_is_left_out_for_its_size(client, gemeente, settings):
    answered(client, gemeente, een_levering(gemeente, workbook(people(1), people(1))), blad="*")
    settings.UM_MAX_RIJEN = 4
    levering = een_levering(gemeente, workbook(people(1), people(5)))
    assert (levering.status, levering.omgezet) == (Leveringstatus.MISLUKT, 0)
    assert "niet alle bladen zijn te lezen" in levering.melding
    assert "Een blad heeft meer dan 4 rijen" in levering.melding


def test_columns_may_stand_in_another_order_on_the_sheet_below(client, gemeente):
    made = load_workbook(io.BytesIO(workbook(people(2), people(2))))
    sheet: Any = made["Team 2"]
    rows = [[cell.value for cell in row][::-1] for row in sheet.iter_rows()]
    sheet.delete_rows(1, sheet.max_row)
    sheet.append(["Overzicht van team 2"])
    for row in rows:
        sheet.append(row)
    sheet.cell(4, len(SONAR_KOPPEN) - SONAR_KOPPEN.index("Beschikbare uren/wk")).value = "#VERW!"
    file = io.BytesIO()
    made.save(file)
    levering = answered(client, gemeente, een_levering(gemeente, file.getvalue()), blad="*")
    assert (levering.omgezet, levering.waarschuwingen) == (4, 1)
    with voor_gemeente(gemeente):
        finding = Bevinding.objects.get(levering=levering)
    assert (finding.blad, finding.rij, finding.code) == ("Team 2", 4, "cel_fout")


def test_sheets_of_which_the_columns_differ_are_not_read_under_each_other(client, gemeente):
    made = load_workbook(io.BytesIO(workbook(people(1), people(1))))
    made["Team 2"].cell(1, len(SONAR_KOPPEN) + 1).value = "Nog iets"
    file = io.BytesIO()
    made.save(file)
    levering = een_levering(gemeente, file.getvalue())
    assert levering.vraag["onder_elkaar"] is False
    assert answered(client, gemeente, levering, blad="*").status == Leveringstatus.MISLUKT
    # Also when somebody said so of a file in which they were the same.
    answered(client, gemeente, een_levering(gemeente, workbook(people(1), people(1))), blad="*")
    assert een_levering(gemeente, file.getvalue()).vraag["over"] == "blad"


def test_of_several_sheets_that_fit_somebody_chooses_one_once(client, gemeente):
    levering = een_levering(gemeente, workbook(people(1), people(3)))
    assert (levering.status, levering.vraag["bladen"]) == (
        Leveringstatus.MISLUKT,
        [["Team 1", 2], ["Team 2", 4]],
    )
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "passen 2 bladen" in page
    levering = answered(client, gemeente, levering, blad="Team 2")
    assert (levering.status, levering.blad, levering.omgezet) == (Leveringstatus.OMGEZET, "Team 2", 3)
    following = een_levering(gemeente, workbook(people(2), people(2)))
    assert (following.status, following.blad) == (Leveringstatus.OMGEZET, "Team 2")


def test_to_support_a_question_to_the_uploader_is_no_failure(gemeente):
    een_levering(gemeente, workbook(people(1), people(3)))
    support = een_client(een_gebruiker(supportrol=Supportrol.ADVISEREND))
    assert "leveringen mislukt" not in support.get("/gemeenten/").text
    locked = (BESTANDEN / "wachtwoord.xls").read_bytes()
    assert een_levering(gemeente, locked, "export.xls").status == Leveringstatus.MISLUKT
    assert "leveringen mislukt: 1" in support.get("/gemeenten/").text


def test_a_sheet_that_is_hidden_or_has_only_headers_is_no_rival(gemeente):
    assert een_levering(gemeente, workbook(people(2), [])).status == Leveringstatus.OMGEZET
    assert een_levering(gemeente, workbook([], people(3))).omgezet == 3


def test_a_file_that_comes_in_by_itself_waits_while_the_answer_is_not_known(client, gemeente):
    pk = receive(
        gemeente, inhoud=workbook(people(3), hidden=(2,)), bestandsnaam="x.xlsx", publiceer_vanzelf=True
    ).pk
    tasks.convert(pk, gemeente.pk)
    by_itself.publish_waiting(gemeente)
    with voor_gemeente(gemeente):
        levering = Levering.objects.get(pk=pk)
    assert (levering.status, levering.gestopt_om) == (Leveringstatus.MISLUKT, RedenStop.VRAAG)
    answered(client, gemeente, levering, verborgen="overslaan")
    pk = receive(
        gemeente, inhoud=workbook(people(3), hidden=(2,)), bestandsnaam="y.xlsx", publiceer_vanzelf=True
    ).pk
    tasks.convert(pk, gemeente.pk)
    by_itself.publish_waiting(gemeente)
    with voor_gemeente(gemeente):
        assert Levering.objects.get(pk=pk).gestopt_om != RedenStop.VRAAG


@pytest.mark.parametrize(
    "answer", [{"blad": "Team 9"}, {"verborgen": "misschien"}, {"verborgen": "overslaan"}, {"blad": ""}]
)
def test_an_answer_to_what_was_not_asked_changes_nothing(client, gemeente, answer):
    levering = een_levering(gemeente, workbook(people(1), people(1)))
    client.post(reverse("uploads:opnieuw", args=[levering.pk]), answer)
    with voor_gemeente(gemeente):
        assert Levering.objects.get(pk=levering.pk).status == Leveringstatus.MISLUKT
        assert not Leeskeuze.objects.exists()


def test_what_one_municipality_answered_another_is_still_asked(client, gemeente):
    answered(client, gemeente, een_levering(gemeente, workbook(people(2), hidden=(2,))), verborgen="meenemen")
    assert een_levering(een_gemeente(), workbook(people(2), hidden=(2,))).vraag["over"] == "verborgen"
