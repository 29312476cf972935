"""Shows that two files that belong together are read as one on a key, and that one of the two is never read alone."""

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.ole import biff8, ole
from tests.uploads.omzetten import test_leesvragen as teams
from tests.uploads.omzetten.test_bladen import (
    CONTACT,
    PERSONEN,
    answered,
    by_itself_delivered,
    columns_saved,
    fresh,
    workbook,
)
from tests.uploads.readers.test_odd_workbooks import with_odd_record
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.koppelingen import saved
from uploads.leveringen.intake import together
from uploads.models import Bevinding, Koppelingversie, Leeskeuze, Levering, Leveringstatus, RedenStop

pytestmark = pytest.mark.django_db

SCHOLING = [["Cliëntnummer", "Opleiding"], *([f"C-10{number}", "Kok"] for number in (0, 0, 1, 1, 2, 3))]


def text(rows: Sequence[Sequence[Any]], codering: str = "utf-8") -> bytes:
    return "\r\n".join(";".join(map(str, row)) for row in rows).encode(codering)


def zipped(**files: bytes) -> bytes:
    """Makes a zip as a system does: with what it adds itself."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export/", b"")
        archive.writestr("__MACOSX/._x", b"x")
        for name, inhoud in files.items():
            archive.writestr(f"export/{name.replace('__', '.')}", inhoud)
    return made.getvalue()


def sent(client: Client, first: tuple[str, bytes] | None, second: tuple[str, bytes] | None) -> Any:
    """Sends the form of a new levering."""
    files = {
        field: SimpleUploadedFile(*given)
        for field, given in (("bestand", first), ("tweede", second))
        if given
    }
    return client.post(reverse("uploads:nieuw"), files)


def converted(client: Client, gemeente: Gemeente, *files: tuple[str, bytes]) -> Levering:
    first, second = files if len(files) == 2 else (files[0], None)
    response = sent(client, first, second)
    assert response.status_code == 302, response.content.decode()
    pk = int(response["Location"].rstrip("/").rpartition("/")[2])
    tasks.convert(pk, gemeente.pk)
    return fresh(gemeente, pk)


def test_the_same_two_files_are_known_again_whatever_they_are_called_and_whichever_comes_first(
    client, gemeente
):
    first = converted(
        client, gemeente, ("a.csv", text(PERSONEN)), ("b.xlsx", contact := workbook(Blad1=CONTACT))
    )
    again = converted(client, gemeente, ("contact.xlsx", contact), ("mensen.csv", text(PERSONEN)))
    other = converted(client, gemeente, ("a.csv", text(PERSONEN[:-1])), ("b.xlsx", contact))
    by_hand = zipped(a__csv=text(PERSONEN), b__xlsx=contact)
    assert converted(client, gemeente, ("samen.zip", by_hand)).kenmerk == first.kenmerk
    assert first.kenmerk == again.kenmerk != other.kenmerk
    page = client.get(reverse("uploads:levering", args=[again.pk])).content.decode()
    assert "Dit bestand is eerder aangeleverd" in page


def test_the_field_for_a_second_file_opens_by_itself_when_it_was_used(client):
    closed = '<details class="um-vak"><summary>Hoort er een tweede bestand bij?'
    assert closed in client.get(reverse("uploads:nieuw")).content.decode()
    refused = sent(client, ("a.csv", text(PERSONEN)), ("b.pdf", b"%PDF-1.7 ..."))
    page = refused.content.decode()
    assert (refused.status_code, closed in page) == (422, False)
    # What is wrong is told at the file that it is about.
    assert '<a href="#id_tweede">Tweede bestand: Over het bestand ‘b.pdf’: Dit bestand is een pdf' in page
    assert closed in sent(client, ("a.pdf", b"%PDF-1.7 ..."), None).content.decode()


def test_two_files_are_asked_about_once_and_the_next_two_go_by_themselves(client, gemeente):
    files = [("Personen 2026-11-27.csv", text(PERSONEN)), ("contact.xlsx", workbook(Blad1=CONTACT))]
    levering = converted(client, gemeente, *files)
    assert levering.bestandsnaam == "Personen 2026-11-27.csv en contact.xlsx"
    assert (levering.status, levering.vraag["over"]) == (Leveringstatus.MISLUKT, "bijblad")
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert (
        "De bestanden ‘Personen 2026-11-27’ en ‘contact’ lijken bij elkaar te horen, op kolom ‘Cliëntnummer’."
        in page
    )
    assert "Bladen apart houden" not in page
    # Of two files, one is never read alone.
    client.post(reverse("uploads:opnieuw", args=[levering.pk]), {"bijblad": "apart"})
    assert fresh(gemeente, levering.pk).status == Leveringstatus.MISLUKT

    levering = columns_saved(client, gemeente, answered(client, gemeente, levering, "0"))
    assert (levering.status, levering.omgezet, levering.lege_rijen) == (Leveringstatus.OMGEZET, 5, 0)
    assert levering.feiten["bijblad"] == {
        "hoofd": "Personen 2026-11-27", "blad": "contact", "los": True, "rijen": 5, "samen": 4, "zonder_partner": 1,
        "zonder_sleutel": 0, "dubbel": 0, "hoofd_dubbel": 0, "onleesbaar": 0, "verborgen": 0, "doorgehaald": 0,
        "leeg": 0, "rijnummers": [6],
    }  # fmt: skip
    with voor_gemeente(gemeente):
        [melding] = Bevinding.objects.filter(levering=levering).values_list("melding", flat=True)
        bijblad = saved.regels_of_version(gemeente, Koppelingversie.objects.get()).bijblad
    assert melding.startswith("Er staat in het tweede bestand geen rij met deze sleutel.")
    assert bijblad is not None
    assert (bijblad.blad, bijblad.los) == ("contact", True)
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "Het tweede bestand, “contact”" in page
    assert "Bij niemand hoort rij 6 van “contact”." in page
    remarks = client.get(reverse("uploads:opmerkingen", args=[levering.pk]))
    assert remarks.status_code == 200

    # A system sends them as a zip, in another format and order, with another day and name.
    turned = text([row[::-1] for row in PERSONEN], "utf-16")
    for later_files in (
        {"contact (1)__csv": text(CONTACT), "Personen 2026-12-27__csv": turned},
        {"0a9f3c__csv": text(CONTACT), "77be21__csv": turned},
    ):
        later = by_itself_delivered(gemeente, zipped(**later_files))
        assert (later.gestopt_om, later.koppeling, later.omgezet) == ("", "Twee bladen", 5), later.melding
        assert later.vulling == levering.vulling
    # The same two sheets of one workbook belong to the same koppeling.
    assert by_itself_delivered(gemeente, workbook(Personen=PERSONEN, contact=CONTACT)).omgezet == 5

    # The same two files again, the other way round, are recognised.
    again = converted(client, gemeente, *files[::-1])
    assert again.omgezet == 5
    assert (
        "Dit bestand is eerder aangeleverd"
        in client.get(reverse("uploads:levering", args=[again.pk])).content.decode()
    )


def test_two_files_whose_names_changed_places_are_known_by_their_columns(client, gemeente):
    # So a browser calls two files that a system gives one name: in the order in which they are downloaded.
    first, second = "export", "export (1)"
    files = [(f"{first}.csv", text(PERSONEN)), (f"{second}.csv", text(CONTACT))]
    levering = columns_saved(
        client, gemeente, answered(client, gemeente, converted(client, gemeente, *files), "0")
    )
    turned = [(f"{first}.csv", text(CONTACT)), (f"{second}.csv", text(PERSONEN))]
    later = converted(client, gemeente, *turned)
    # Also when its columns are chosen once more.
    for found in (later, columns_saved(client, gemeente, later)):
        assert (found.status, found.omgezet) == (Leveringstatus.OMGEZET, 5), found.melding
        assert found.vulling == levering.vulling
        assert (found.feiten["bijblad"]["hoofd"], found.feiten["bijblad"]["blad"]) == (second, first)


def test_a_file_of_another_koppeling_is_not_taken_for_the_second_of_two(client, gemeente):
    # This one has the columns of the second file as well.
    whole = [[*row, *contact[1:]] for row, contact in zip(PERSONEN, CONTACT, strict=True)]
    saved_alone = columns_saved(client, gemeente, converted(client, gemeente, ("alles.csv", text(whole))))
    assert saved_alone.omgezet == 5
    other = [["Cliëntnummer", "Postcode cliënt", "Toestemming", "Uren per week"], *PERSONEN[1:]]
    pair = converted(client, gemeente, ("p.csv", text(other)), ("c.csv", text(CONTACT)))
    columns_saved(client, gemeente, answered(client, gemeente, pair, "0"), naam="Twee bestanden")
    again = by_itself_delivered(gemeente, text(whole))
    assert (again.koppeling, again.omgezet) == ("Twee bladen", 5), again.melding


def test_one_of_two_files_is_never_read_as_if_it_were_all(client, gemeente):
    levering = converted(client, gemeente, ("personen.csv", text(PERSONEN)), ("contact.csv", text(CONTACT)))
    columns_saved(client, gemeente, answered(client, gemeente, levering, "0"))
    first = by_itself_delivered(gemeente, text(PERSONEN))
    assert (first.status, first.gestopt_om) == (Leveringstatus.KOPPELEN, RedenStop.KOLOMMEN)
    assert "Bij de koppeling Twee bladen horen twee bestanden." in first.melding
    assert "Lever beide bestanden samen aan, in één keer." in first.melding
    second = by_itself_delivered(gemeente, text(CONTACT))
    assert (second.status, second.gestopt_om) == (Leveringstatus.MISLUKT, RedenStop.MISLUKT)
    assert "Dit is alleen het tweede: het bestand ‘personen’ is er niet." in second.melding
    # The second one has nobody of the first; or it has no key; or another file came instead.
    elsewhere = [CONTACT[0], *(["X" + row[0], *row[1:]] for row in CONTACT[1:])]
    others: tuple[list[Any], ...] = (elsewhere, [row[1:] for row in CONTACT], [["a", "b"], [1, 2]])
    for other in others:
        wrong = by_itself_delivered(gemeente, zipped(personen__csv=text(PERSONEN), contact__csv=text(other)))
        assert (wrong.status, wrong.omgezet) == (Leveringstatus.MISLUKT, 0)
        assert "De twee bestanden passen niet bij elkaar zoals" in wrong.melding
    assert wrong.bestandsnaam == "x.xlsx"


def test_several_rows_per_person_in_the_second_file_become_numbered_columns(client, gemeente):
    levering = converted(client, gemeente, ("p.csv", text(PERSONEN)), ("scholing.csv", text(SCHOLING)))
    assert "In ‘scholing’ staan vaak meer rijen per sleutel: de eerste 2 gaan mee." in levering.melding
    joined = answered(client, gemeente, levering, "0")
    page = client.get(reverse("uploads:koppelen", args=[joined.pk])).content.decode()
    assert "Opleiding 2 (bestand scholing)" in page
    levering = columns_saved(client, gemeente, joined)
    assert levering.feiten["bijblad"]["samen"] == 6
    # These numbered columns are how the second file is known when it comes alone under another name.
    assert "Dit is alleen het tweede" in by_itself_delivered(gemeente, text(SCHOLING)).melding


def test_a_row_with_too_many_cells_is_refused_in_either_file(client, gemeente):
    people = [*PERSONEN[:-1], [*PERSONEN[-1], "te veel"]]
    contact = [*CONTACT[:-1], [*CONTACT[-1], "te veel"]]
    levering = converted(client, gemeente, ("p.csv", text(people)), ("c.csv", text(contact)))
    levering = columns_saved(client, gemeente, answered(client, gemeente, levering, "0"))
    assert (levering.omgezet, levering.afgekeurd) == (4, 1)
    feit = levering.feiten["bijblad"]
    assert (feit["rijen"], feit["samen"], feit["onleesbaar"]) == (5, 4, 1)
    with voor_gemeente(gemeente):
        assert list(Bevinding.objects.filter(levering=levering).values_list("rij", "code")) == [
            (6, "te_veel_cellen")
        ]


PDF = b"%PDF-1.7 ..."


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (("a.csv", text(PERSONEN)), ("b.csv", text(PERSONEN)), "U hebt twee keer hetzelfde bestand gekozen."),
        (
            ("a.csv", text(PERSONEN)),
            ("c 123456782.pdf", PDF),
            "Over het bestand ‘c ….pdf’: Dit bestand is een pdf",
        ),
        (("a.pdf", PDF), ("b.csv", text(PERSONEN)), "Over het bestand ‘a.pdf’: Dit bestand is een pdf"),
        (("a.csv", text(PERSONEN)), ("b.csv", b""), "Over het bestand ‘b.csv’: Dit bestand is leeg."),
        (("a.csv", text(PERSONEN)), ("b.json", b"[{}]"), "Over het bestand ‘b.json’: Dit bestand is JSON"),
        (
            ("a.csv", text(PERSONEN)),
            ("b.zip", zipped(a__csv=b"a;b\n1;2\n", b__csv=b"c;d\n1;2\n")),
            "Dit is zelf een zip-bestand.",
        ),
        (None, ("b.csv", text(CONTACT)), "Kies een bestand om te uploaden."),
    ],
    ids=[
        "same twice",
        "second unreadable",
        "first unreadable",
        "empty",
        "json",
        "zip in zip",
        "only the second",
    ],
)
def test_a_wrong_choice_of_files_is_told_before_anything_is_kept(client, gemeente, first, second, said):
    response = sent(client, first, second)
    assert response.status_code == 422
    assert said in response.content.decode()
    with voor_gemeente(gemeente):
        assert not Levering.objects.exists()


def test_files_that_have_nothing_in_common_are_not_read(client, gemeente):
    levering = converted(
        client,
        gemeente,
        ("personen.csv", text(PERSONEN)),
        ("prijzen.csv", b"Artikel;Prijs\nappel;1\npeer;2\n"),
    )
    assert (levering.status, levering.vraag) == (Leveringstatus.MISLUKT, {})
    assert "De twee bestanden lijken niet bij elkaar te horen" in levering.melding
    others = [PERSONEN[0], *([f"D-{row[0]}", *row[1:]] for row in PERSONEN[1:])]
    levering = converted(client, gemeente, ("a-k.csv", text(PERSONEN)), ("l-z.csv", text(others)))
    assert "maak er dan één bestand van" in levering.melding
    # A second file that repeats a name or a date of birth beside the number is no other half.
    named = [
        ["Cliëntnummer", "Postcode", "Telefoon"],
        *([f"C-10{n}", "3511AB", "06-12345678"] for n in range(5)),
    ]
    assert (
        converted(client, gemeente, ("a.csv", text(PERSONEN)), ("b.csv", text(named))).vraag["over"]
        == "bijblad"
    )
    # Whoever chooses the columns of one of them all the same is told to deliver that one.
    address = reverse("uploads:koppelen", args=[levering.pk])
    assert client.get(address).status_code in {200, 302}


SONAR = ("ID_WZ", "Postcode", "Toestemming", "Beschikbare uren/wk", "Medewerker Naam", "Organisatie Naam")
TURNED = (SONAR[1], SONAR[0], *SONAR[2:])


def sonar_text(*numbers: int, koppen: Sequence[str] = SONAR, **odd: str) -> bytes:
    """Makes a Sonar export as text with people of these numbers; `odd` has other lines, by the number of the person."""
    rows = [[f"S{number}", "3511AB", "Ja", "24", "Henk", "Werkplein"] for number in numbers]
    lines = [";".join(row) for row in (koppen, *rows)]
    for number, line in odd.items():
        lines[1 + numbers.index(int(number.removeprefix("s")))] = line
    return "\r\n".join(lines).encode()


def test_two_files_with_the_same_columns_are_read_under_each_other_when_somebody_says_so(client, gemeente):
    second = sonar_text(
        3, 2, 4, 5, s4="S4;3511AB;Ja;24;Henk;Werkplein;te veel", s5="S5;3511AB;Nee;24;Henk;Werkplein"
    )
    levering = converted(client, gemeente, ("a-k.csv", sonar_text(1, 2)), ("l-z.csv", second))
    assert (levering.status, levering.vraag["over"], levering.omgezet) == (Leveringstatus.MISLUKT, "blad", 0)
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "De twee bestanden hebben dezelfde kolommen." in page
    assert "Bestanden onder elkaar lezen" in page
    # Of two files, one is never read alone.
    assert "Blad “" not in page
    client.post(reverse("uploads:opnieuw", args=[levering.pk]), {"blad": "a-k"})
    assert fresh(gemeente, levering.pk).status == Leveringstatus.MISLUKT

    client.post(reverse("uploads:opnieuw", args=[levering.pk]), {"blad": "*"})
    tasks.convert(levering.pk, gemeente.pk)
    levering = fresh(gemeente, levering.pk)
    counts = (levering.gelezen, levering.omgezet, levering.overgeslagen, levering.afgekeurd)
    assert counts == (6, 3, 1, 2), levering.melding
    with voor_gemeente(gemeente):
        found = (
            Bevinding.objects.filter(levering=levering)
            .order_by("rij")
            .values_list("blad", "rij", "code", "melding")
        )
        told = {(blad, rij, code): melding for blad, rij, code, melding in found}
    assert set(told) == {
        ("l-z", 3, "dubbel_id"), ("l-z", 4, "te_veel_cellen"), ("l-z", 5, "geen_toestemming"),
    }  # fmt: skip
    assert told["l-z", 4, "te_veel_cellen"].startswith("Regel 4 van het bestand")
    assert levering.feiten["regels"] == 8
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "uit de bestanden “a-k” en “l-z”, onder elkaar gelezen" in page
    assert "Liever één blad?" not in page
    assert "De bestanden hebben samen 8 regels tekst." in page
    client.post(reverse("uploads:opnieuw", args=[levering.pk]), {"blad": "a-k"})
    assert fresh(gemeente, levering.pk).omgezet == 3
    # Which files belong together is asked of every two files, also of the same names, and also where sheets are read so
    # by themselves: two files may be one list and an older one.
    with voor_gemeente(gemeente):
        koppeling = levering.koppeling
        Leeskeuze.objects.update_or_create(
            gemeente=gemeente, koppeling=koppeling, defaults={"blad": "*", "bladen": ["a-k", "l-z"]}
        )
    packed = together([("a-k.csv", sonar_text(1)), ("l-z.csv", sonar_text(2))])[1]
    assert by_itself_delivered(gemeente, packed).gestopt_om == RedenStop.VRAAG


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (sonar_text(), "maar één te lezen"),
        (sonar_text(3, koppen=(*SONAR[:-1], "Vervoer")), "niet precies gelijk"),
        (sonar_text(3, koppen=TURNED), "niet precies gelijk"),
    ],
    ids=["no rows", "another column", "another order"],
)
def test_of_two_files_that_cannot_be_read_under_each_other_neither_is_read(client, gemeente, second, said):
    levering = converted(client, gemeente, ("a.csv", sonar_text(1, 2)), ("b.csv", second))
    assert (levering.status, levering.vraag, levering.omgezet) == (Leveringstatus.MISLUKT, {}, 0)
    assert said in levering.melding


def test_two_files_of_which_one_has_several_sheets_are_not_read_under_each_other(client, gemeente):
    """The question would name no sheet, and one may hold who has left."""
    two, one = teams.workbook(teams.people(2), teams.people(1)), teams.workbook(teams.people(3))
    for files in ((("a.xlsx", two), ("b.xlsx", one)), (("a.xlsx", one), ("b.xlsx", two))):
        levering = converted(client, gemeente, *files)
        assert (levering.status, levering.vraag, levering.omgezet) == (Leveringstatus.MISLUKT, {}, 0)
        assert "er staan meer bladen in een bestand" in levering.melding


def test_a_second_file_that_could_not_be_looked_at_waits_for_a_person_too(client, gemeente):
    odd = ole({"Workbook": with_odd_record(biff8(CONTACT))})
    levering = converted(client, gemeente, ("a.csv", text(PERSONEN)), ("b.xls", odd))
    levering = columns_saved(client, gemeente, answered(client, gemeente, levering, "0"))
    assert (levering.status, levering.vraag["over"]) == (Leveringstatus.MISLUKT, "nagaan")
    assert levering.melding.startswith("Van een van de twee bestanden konden we niet nagaan")
    client.post(reverse("uploads:opnieuw", args=[levering.pk]), {"verborgen": "meenemen"})
    tasks.convert(levering.pk, gemeente.pk)
    assert fresh(gemeente, levering.pk).omgezet == 5


def test_two_files_may_together_be_as_large_as_one(client, gemeente, settings):
    settings.UM_MAX_BESTAND_MB = 1
    half = b"a;b\n" + b"1;2\n" * 150_000
    response = sent(client, ("a.csv", half), ("b.csv", half + b"3;4\n"))
    assert response.status_code == 422
    assert "Dit bestand is groter dan 1 MB." in response.content.decode()
    settings.UM_MAX_UITGEPAKT_MB = 1
    packed = zipped(a__csv=half, b__csv=half + b"3;4\n")
    response = sent(client, ("beide.zip", packed), None)
    assert "Uitgepakt is dit bestand groter dan 1 MB." in response.content.decode()


def test_the_same_two_files_make_the_same_levering_whichever_comes_first_and_no_name_tells_who_somebody_is():
    one, other = ("lijst 799890005.csv", b"a"), ("a.b@example.nl 799890005.csv", b"b")
    name, packed = together([one, other])
    assert together([other, one])[1] == packed
    assert "799890005" not in name + json.dumps(zipfile.ZipFile(io.BytesIO(packed)).namelist())
    assert "example" not in name
    # Two files with one name stay two.
    _, packed = together([("x.csv", b"a"), ("x.csv", b"b")])
    assert len(set(zipfile.ZipFile(io.BytesIO(packed)).namelist())) == 2
