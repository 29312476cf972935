"""Announcements: VNG support writes them, everybody sees them and can put them away."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import Browser, een_client, een_gebruiker, een_gemeente
from tests.threads import at_once
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.audit.models import Supportregel
from um_portal.mededelingen import plaatsen
from um_portal.mededelingen.models import Mededeling, Weggelegd
from um_portal.tenants.scope import als_support, handelt

pytestmark = pytest.mark.django_db

TITEL = "Onderhoud op zondag"


@pytest.fixture
def beslisser() -> Gebruiker:
    return een_gebruiker(supportrol=Supportrol.BESLISSEND)


def invoer(**changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "titel": TITEL,
        "tekst": "Tussen 20.00 en 22.00 uur kunt u niet zoeken.",
        "niveau": "info",
        "van": today.isoformat(),
        "tot_en_met": (today + timedelta(days=7)).isoformat(),
        **changes,
    }


def start(gebruiker: Gebruiker) -> str:
    return str(een_client(gebruiker).get("/").text)


def place(beslisser: Gebruiker, **changes: Any) -> Mededeling:
    answer = een_client(beslisser).post("/mededelingen/nieuw/", invoer(**changes))
    assert answer.status_code == 302
    return Mededeling.objects.latest("pk")


def test_it_works(beslisser: Gebruiker) -> None:
    een, ander = een_gebruiker(een_gemeente()), een_gebruiker(een_gemeente())
    mededeling = place(beslisser)
    assert all(TITEL in start(gebruiker) for gebruiker in (een, ander, beslisser))
    browser = een_client(een)
    browser.post(f"/mededelingen/{mededeling.pk}/wegleggen/")
    browser.post(f"/mededelingen/{mededeling.pk}/wegleggen/")
    assert TITEL not in browser.get("/").text
    assert TITEL in start(ander)
    page = een_client(beslisser).post(f"/mededelingen/{mededeling.pk}/beeindigen/", follow=True)
    assert "van de startpagina gehaald" in page.text
    assert TITEL not in start(ander)
    page = een_client(beslisser).post(f"/mededelingen/{mededeling.pk}/beeindigen/", follow=True)
    assert "was al voorbij" in page.text
    with handelt(beslisser.pk), als_support():
        acts = list(
            Supportregel.objects.filter(onderwerp=f"mededeling {mededeling.pk}")
            .order_by("pk")
            .values_list("handeling", flat=True)
        )
    assert acts == ["mededeling_geplaatst", "mededeling_beeindigd"]


def test_it_is_plain_text_however_hostile(beslisser: Gebruiker) -> None:
    place(
        beslisser, titel="<b>vet</b>", tekst="<script>alert(1)</script>\n\n{{ portal }} javascript:alert(1)"
    )
    page = start(een_gebruiker(een_gemeente()))
    assert "&lt;b&gt;vet&lt;/b&gt;" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "{{ portal }}" in page


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"titel": " "}, "Vul in waar het over gaat."),
        ({"tekst": "x" * 601}, "600"),
        ({"titel": "nul\x00"}, "Null"),
        ({"niveau": "fout"}, "niveau"),
        ({"tot_en_met": "2026-02-30"}, "Dit is geen datum."),
        ({"tot_en_met": "2020-01-01"}, "Deze dag is voorbij."),
        ({"van": "2199-12-31"}, "De laatste dag ligt voor de eerste."),
        ({"tot_en_met": "2199-12-31"}, "Dat is te lang."),
        # No day comes after this one.
        ({"van": "9999-12-31", "tot_en_met": "9999-12-31"}, "Kies een dag in de jaren 1900 tot en met 2999."),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    beslisser: Gebruiker, wrong: dict[str, str], told: str
) -> None:
    answer = een_client(beslisser).post("/mededelingen/nieuw/", invoer(**wrong))
    assert answer.status_code == 422
    assert told in answer.text
    assert "20.00" in answer.text or "tekst" in wrong
    assert not Mededeling.objects.exists()


def test_only_support_that_decides_writes_one(beslisser: Gebruiker) -> None:
    mededeling = place(beslisser)
    for gebruiker in (een_gebruiker(supportrol=Supportrol.ADVISEREND), een_gebruiker(een_gemeente())):
        browser: Browser = een_client(gebruiker)
        assert browser.get("/mededelingen/").status_code == 403
        assert browser.post("/mededelingen/nieuw/", invoer(titel="Anders")).status_code == 403
        assert browser.post(f"/mededelingen/{mededeling.pk}/beeindigen/").status_code == 403
    assert Mededeling.objects.filter(beeindigd_op=None).count() == 1


def test_it_is_shown_on_its_days_the_important_ones_first_and_erased_in_time(beslisser: Gebruiker) -> None:
    today, gebruiker = timezone.localdate(), een_gebruiker(een_gemeente())
    place(beslisser, titel="Straks", van=(today + timedelta(days=1)).isoformat())
    place(beslisser, titel="Belangrijk", niveau="waarschuwing")
    place(beslisser, titel="Gewoon")
    oud = place(beslisser, titel="Oud")
    plaatsen.put_away(gebruiker, oud.pk)
    Mededeling.objects.filter(pk=oud.pk).update(
        van=today - timedelta(days=80), tot_en_met=today - timedelta(days=61)
    )
    assert [one.titel for one in plaatsen.current(gebruiker)] == ["Belangrijk", "Gewoon"]
    plaatsen.erase_expired()
    assert not Mededeling.objects.filter(pk=oud.pk).exists()
    assert not Weggelegd.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_announcement_twice_at_once_is_placed_once_and_ended_once() -> None:
    beslisser = een_gebruiker(supportrol=Supportrol.BESLISSEND)
    today = timezone.localdate()
    values = {**invoer(), "van": today, "tot_en_met": today}
    assert sorted(at_once(*[lambda: plaatsen.place(beslisser, values)] * 4)) == [False] * 3 + [True]
    pk = Mededeling.objects.get().pk
    assert sorted(at_once(*[lambda: plaatsen.end(beslisser, pk)] * 4)) == [False] * 3 + [True]
    gebruiker = een_gebruiker(een_gemeente())
    plaatsen.place(beslisser, values)
    pk = Mededeling.objects.get(beeindigd_op=None).pk
    assert at_once(*[lambda: plaatsen.put_away(gebruiker, pk)] * 4) == [None] * 4
