"""Shows that two sheets that belong together are asked about once, read as one, and never joined in silence."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from openpyxl import Workbook

from tests.factories import SONAR_KOPPEN, een_levering, een_sonar_rij
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.gepubliceerd import by_itself
from uploads.koppelingen import saved
from uploads.leveringen.intake import receive
from uploads.models import Bevinding, Koppelingversie, Leeskeuze, Levering, Leveringstatus, RedenStop

pytestmark = pytest.mark.django_db

PERSONEN: list[list[Any]] = [
    ["Cliëntnummer", "Postcode", "Akkoord delen", "Uren p/w"],
    *([f"C-10{number}", "3511AB", "Ja", 24] for number in range(5)),
]
CONTACT: list[list[Any]] = [
    ["Cliëntnummer", "Tel. mobiel", "E-mail"],
    *([f"c-10{number}", f"06-1234567{number}", f"a{number}@example.nl"] for number in (3, 2, 1, 0)),
    ["C-999", "06-99999999", "x@example.nl"],
]


def workbook(**sheets: Sequence[Sequence[Any]]) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet: Any = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def fresh(gemeente: Gemeente, pk: int) -> Levering:
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.get(pk=pk)
    return levering


def by_itself_delivered(gemeente: Gemeente, inhoud: bytes) -> Levering:
    pk = receive(gemeente, inhoud=inhoud, bestandsnaam="x.xlsx", publiceer_vanzelf=True).pk
    tasks.convert(pk, gemeente.pk)
    by_itself.publish_waiting(gemeente)
    return fresh(gemeente, pk)


def answered(client: Client, gemeente: Gemeente, levering: Levering, answer: str) -> Levering:
    client.post(reverse("uploads:opnieuw", args=[levering.pk]), {"bijblad": answer})
    tasks.convert(levering.pk, gemeente.pk)
    return fresh(gemeente, levering.pk)


def columns_saved(client: Client, gemeente: Gemeente, levering: Levering, **changes: str) -> Levering:
    """Saves the columns as the page proposes them."""
    address = reverse("uploads:koppelen", args=[levering.pk])
    page: Any = html.fromstring(client.get(address).content)
    form = page.xpath("//form[@id='koppelen']")[0]
    sent = {name: value for name, value in form.form_values() if name}
    response = client.post(address, {**sent, "actie": "bewaren", "naam": "Twee bladen", **changes})
    assert response.status_code == 302, response.content.decode()
    tasks.convert(levering.pk, gemeente.pk)
    return fresh(gemeente, levering.pk)


def test_two_sheets_are_asked_about_once_and_the_next_file_goes_by_itself(client, gemeente):
    levering = een_levering(gemeente, workbook(Personen=PERSONEN, Contact=CONTACT))
    assert (levering.status, levering.vraag["over"]) == (Leveringstatus.MISLUKT, "bijblad")
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "De bladen ‘Personen’ en ‘Contact’ lijken bij elkaar te horen, op kolom ‘Cliëntnummer’." in page
    assert "Lees “Contact” bij “Personen”" in page

    levering = answered(client, gemeente, levering, "0")
    assert levering.status == Leveringstatus.KOPPELEN
    levering = columns_saved(client, gemeente, levering)
    assert (levering.status, levering.omgezet, levering.lege_rijen) == (Leveringstatus.OMGEZET, 5, 0)
    phones = [number for pad, number in levering.vulling.items() if "telefoon" in pad.lower()]
    assert 4 in phones
    assert levering.feiten["bijblad"] == {
        "hoofd": "Personen", "blad": "Contact", "rijen": 5, "samen": 4, "zonder_partner": 1, "zonder_sleutel": 0,
        "dubbel": 0, "hoofd_dubbel": 0, "onleesbaar": 0, "verborgen": 0, "doorgehaald": 0, "leeg": 0, "rijnummers": [6],
    }  # fmt: skip
    with voor_gemeente(gemeente):
        assert list(Bevinding.objects.filter(levering=levering).values_list("rij", "code", "kolom")) == [
            (6, "geen_bijrij", "Cliëntnummer")
        ]
        versie = Koppelingversie.objects.get()
        bijblad = saved.regels_of_version(gemeente, versie).bijblad
    assert bijblad is not None
    assert (bijblad.hoofd, bijblad.blad, bijblad.sleutel) == ("Personen", "Contact", "cliëntnummer")
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "hoort bij niemand" in page
    assert "Bij niemand hoort rij 6 van “Contact”." in page

    # The sheets and the columns stand in another order, and it comes in by itself.
    turned = workbook(
        Contact=[[*row[1:], row[0]] for row in CONTACT], Personen=[row[::-1] for row in PERSONEN]
    )
    later = by_itself_delivered(gemeente, turned)
    assert (later.gestopt_om, later.koppeling, later.omgezet) == ("", "Twee bladen", 5)
    assert later.vulling == levering.vulling


def test_a_file_without_its_second_sheet_waits_for_a_person(client, gemeente):
    levering = answered(
        client, gemeente, een_levering(gemeente, workbook(Personen=PERSONEN, Contact=CONTACT)), "0"
    )
    columns_saved(client, gemeente, levering)
    lines = "\n".join(";".join(map(str, row)) for row in PERSONEN).encode()
    for inhoud in (workbook(Personen=PERSONEN), workbook(Personen=PERSONEN, Contact=CONTACT[:1]), lines):
        alone = by_itself_delivered(gemeente, inhoud)
        assert (alone.status, alone.gestopt_om) == (Leveringstatus.KOPPELEN, RedenStop.KOLOMMEN)
        assert "Bij de koppeling Twee bladen horen twee bladen." in alone.melding
    # Whoever needs the second sheet no more chooses the columns of the first.
    levering = columns_saved(client, gemeente, alone, naam="Een blad")
    assert (levering.omgezet, levering.feiten.get("bijblad")) == (5, None)
    assert by_itself_delivered(gemeente, workbook(Personen=PERSONEN)).koppeling == "Een blad"


def test_sheets_that_stay_apart_are_remembered_for_the_preset_and_can_be_joined_after_all(client, gemeente):
    people = [een_sonar_rij(ID_WZ=f"W-{number}") for number in range(4)]
    inhoud = workbook(
        Personen=[list(SONAR_KOPPEN), *([rij.get(kop) for kop in SONAR_KOPPEN] for rij in people)],
        Scholing=[["ID_WZ", "Opleiding"], *([f"W-{number}", "Kok"] for number in (0, 0, 1, 1, 2, 3))],
    )
    stopped = by_itself_delivered(gemeente, inhoud)
    assert (stopped.gestopt_om, stopped.vraag["over"]) == (RedenStop.VRAAG, "bijblad")
    assert "vaak meer rijen per sleutel: de eerste 2 gaan mee" in stopped.melding
    levering = answered(client, gemeente, stopped, "apart")
    assert (levering.status, levering.omgezet) == (Leveringstatus.OMGEZET, 4)
    later = een_levering(gemeente, inhoud)
    assert (later.omgezet, later.feiten["bladen_apart"]) == (4, True)
    assert (
        "Toch een tweede blad erbij lezen"
        in client.get(reverse("uploads:levering", args=[later.pk])).content.decode()
    )
    again = answered(client, gemeente, later, "opnieuw")
    assert again.vraag["over"] == "bijblad"
    joined = answered(client, gemeente, again, "0")
    assert joined.status == Leveringstatus.KOPPELEN
    page = client.get(reverse("uploads:koppelen", args=[joined.pk])).content.decode()
    assert "Opleiding 2 (blad Scholing)" in page


def test_a_bsn_as_the_key_is_neither_kept_nor_shown(client, gemeente):
    numbers = ["111222333", "123456782", "999990019", "999990020"]
    inhoud = workbook(
        Personen=[["BSN", "Postcode", "Toestemming"], *([one, "3511AB", "Ja"] for one in numbers)],
        Contact=[["BSN", "Telefoon"], *([int(one), "06-12345678"] for one in numbers), [123456789, "06-1"]],
    )
    levering = een_levering(gemeente, inhoud)
    levering = columns_saved(client, gemeente, answered(client, gemeente, levering, "0"))
    assert levering.omgezet == 4
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    with voor_gemeente(gemeente):
        kept = json.dumps([levering.feiten, levering.bijblad, levering.redenen]) + page
        kept += "".join(Bevinding.objects.values_list("melding", flat=True))
    assert not any(one in kept for one in (*numbers, "123456789"))


def test_an_answer_that_was_not_offered_changes_nothing(client, gemeente):
    levering = een_levering(gemeente, workbook(Personen=PERSONEN, Contact=CONTACT))
    for answer in ("1", "9", "-1", "²", "apart0", "opnieuw"):
        client.post(reverse("uploads:opnieuw", args=[levering.pk]), {"bijblad": answer})
        assert fresh(gemeente, levering.pk).status == Leveringstatus.MISLUKT, answer
    # The second of two colleagues comes too late.
    for answer_of_both in ("0", "apart"):
        client.post(reverse("uploads:opnieuw", args=[levering.pk]), {"bijblad": answer_of_both})
    levering = fresh(gemeente, levering.pk)
    assert levering.bijblad["blad"] == "Contact"
    with voor_gemeente(gemeente):
        assert not Leeskeuze.objects.exists()


def test_a_second_sheet_that_is_too_large_is_not_read(client, gemeente, settings):
    levering = een_levering(gemeente, workbook(Personen=PERSONEN, Contact=CONTACT))
    settings.UM_MAX_RIJEN_BIJBLAD = 3
    levering = answered(client, gemeente, levering, "0")
    assert levering.status == Leveringstatus.MISLUKT
    assert "heeft meer dan 3 rijen" in levering.melding


def test_a_sheet_that_is_not_read_is_told(client, gemeente):
    third = [["Cursus", "Lokaal"], ["Lassen", "B1"], ["Koken", "B2"]]
    inhoud = workbook(Personen=PERSONEN, Contact=CONTACT, Cursussen=third, Leeg=[["alleen een titel"]])
    levering = columns_saved(
        client, gemeente, answered(client, gemeente, een_levering(gemeente, inhoud), "0")
    )
    [told] = levering.feiten["niet_gelezen"]
    assert (levering.omgezet, told["blad"], told["rijen"]) == (5, "Cursussen", 3)
    page = client.get(reverse("uploads:levering", args=[levering.pk])).content.decode()
    assert "Niet gelezen: het blad “Cursussen” (3 gevulde rijen). Wat daar staat, gaat niet mee." in page
    # The link beside it leads to the columns of that sheet.
    address = f"{reverse('uploads:koppelen', args=[levering.pk])}?blad={told['plaats']}"
    assert f'href="{address}"' in page
    assert "Lokaal" in client.get(address).content.decode()
