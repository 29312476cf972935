"""Limits what is done at the same moment: who is too much hears so at once, keeps what they typed and costs nobody."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from exchange.bemiddelaar.models import Detailaanvraag, Resultaat, Zoekstatus, Zoekvraag
from exchange.standard import Soort
from tests.factories import een_client, een_gebruiker, een_gemeente, een_vraag
from tests.processes import wait_until
from tests.threads import at_once
from um_portal import tegelijk
from um_portal.gemeenten.models import Dagverbruik
from um_portal.tegelijk import Bezet, Tegelijk
from um_portal.tenants.models import Rol
from um_portal.tenants.scope import voor_gemeente
from uploads.aanleveren import sleutels
from uploads.models import Levering

GROOT = b"id;naam\n" + b"x" * 1_100_000


def a_process(tegelijk: int = 4, per_wie: int = 2, geduld: float = 0) -> Tegelijk:
    """Makes what one process counts with; each has its own, and Redis in common."""
    return Tegelijk(
        "proef",
        "Wacht even.",
        tegelijk=lambda: tegelijk,
        per_wie=lambda: per_wie,
        verloopt=lambda: 30,
        geduld=geduld,
    )


@contextmanager
def without_redis(settings) -> Iterator[None]:
    settings.CACHES = {"default": {**django_settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}}
    Tegelijk._quiet_until = 0.0
    yield
    Tegelijk._quiet_until = 0.0


@pytest.fixture(autouse=True)
def an_empty_cache() -> None:
    client = redis.Redis.from_url(django_settings.CACHES["default"]["LOCATION"])
    for name in client.scan_iter("*tegelijk:*"):
        client.delete(name)


# --- Counting --------------------------------------------------------------------------------------------


def test_a_process_does_no_more_at_once_than_it_may_and_a_place_that_is_given_back_is_free() -> None:
    process = a_process(tegelijk=3)
    with ExitStack() as busy:
        for person in range(3):
            busy.enter_context(process.occupied_by(person))
        with pytest.raises(Bezet), process.occupied_by("somebody"):
            pass
    with process.occupied_by("somebody"):
        pass


def test_one_person_has_no_more_under_way_than_that_over_all_processes() -> None:
    een, ander = a_process(), a_process()
    with een.occupied_by("jan"), ander.occupied_by("jan"):
        for process in (een, ander, a_process()):
            with pytest.raises(Bezet), process.occupied_by("jan"):
                pass
        with een.occupied_by("piet"):
            pass
    with ander.occupied_by("jan"), ander.occupied_by("jan"):
        pass


def test_a_process_that_was_killed_gives_the_place_of_a_person_back_within_seconds() -> None:
    client = redis.Redis.from_url(django_settings.CACHES["default"]["LOCATION"])
    never_left = a_process().occupied_by("jan")
    never_left.__enter__()
    (name,) = client.scan_iter("*tegelijk:*")
    assert 0 < client.ttl(name) <= 8
    assert b"jan" not in name


def test_a_place_is_kept_for_as_long_as_it_takes(monkeypatch) -> None:
    monkeypatch.setattr(tegelijk, "_BEAT_SECONDS", 0.05)
    client = redis.Redis.from_url(django_settings.CACHES["default"]["LOCATION"])
    with a_process().occupied_by("jan"):
        (name,) = client.scan_iter("*tegelijk:*")
        client.expire(name, 2)
        wait_until(lambda: client.ttl(name) > 2, "the place is kept")
    assert not client.exists(name)


def test_a_place_that_redis_did_not_hear_is_given_back_ends_within_seconds(monkeypatch) -> None:
    client = redis.Redis.from_url(django_settings.CACHES["default"]["LOCATION"])
    with a_process(per_wie=1).occupied_by("jan"):
        (name,) = client.scan_iter("*tegelijk:*")
        monkeypatch.setattr(Tegelijk, "_quiet_until", time.monotonic() + 60)
    monkeypatch.setattr(Tegelijk, "_quiet_until", 0.0)
    assert 0 < client.ttl(name) <= 8
    assert name.decode().rpartition("tegelijk:")[2] not in " ".join(tegelijk._heart(os.getpid())._until)


def test_without_redis_a_process_counts_by_itself_and_locks_nobody_out(settings) -> None:
    with without_redis(settings):
        een, ander = a_process(), a_process()
        with een.occupied_by("jan"), een.occupied_by("jan"):
            with pytest.raises(Bezet), een.occupied_by("jan"):
                pass
            with een.occupied_by("piet"), ander.occupied_by("jan"):
                pass


def test_who_waits_gets_the_place_of_who_is_done_and_only_a_few_wait() -> None:
    process, inside, done = a_process(tegelijk=1, per_wie=9, geduld=20), threading.Event(), threading.Event()

    def first() -> str:
        with process.occupied_by("een"):
            inside.set()
            done.wait(20)
        return "did"

    def second() -> str:
        inside.wait(20)
        with process.occupied_by("twee"):
            return "waited, and did"

    def third() -> str:
        inside.wait(20)
        while not process._waiting:
            pass
        try:
            with process.occupied_by("drie"):
                return "did"
        except Bezet:
            return "was refused"
        finally:
            done.set()

    assert at_once(first, second, third) == ["did", "waited, and did", "was refused"]


# --- Details, uploads and logging in -----------------------------------------------------------------------


@pytest.mark.django_db
def test_a_detail_too_many_is_not_asked_and_can_be_asked_again_with_a_button() -> None:
    gemeente = een_gemeente()
    jobcoach = een_gebruiker(gemeente)
    with voor_gemeente(gemeente):
        zoekvraag = Zoekvraag.objects.create(
            gemeente=gemeente,
            gebruiker=jobcoach,
            soort=Soort.WERKZOEKENDEN,
            vraag_object=een_vraag(),
            status=Zoekstatus.KLAAR,
        )
        Resultaat.objects.create(
            gemeente=gemeente, zoekvraag=zoekvraag, volgnummer=1, vum_id="vum-1", profiel={}
        )
    address = f"/zoeken/vragen/{zoekvraag.pk}/resultaten/1/detail"
    with ExitStack() as busy:
        for _ in range(django_settings.UM_TEGELIJK_DETAILS_PERSOON):
            busy.enter_context(tegelijk.DETAILS.occupied_by(jobcoach.pk))
        chosen = {"doel": "vacature", "minuten": str(django_settings.UM_DETAIL_MINUTEN * 3)}
        page = een_client(jobcoach).post(address, chosen)
        part = een_client(jobcoach).post(address, chosen, headers={"HX-Request": "true"})
    assert page.status_code == 503, page.text
    assert page["Retry-After"] == "10"
    # htmx shows only answers that succeeded.
    assert part.status_code == 200
    for text in (page.text, part.text):
        assert "Er is niets opgevraagd" in text
        assert "nog 10 details" in text
        assert f'action="{address}"' in text
        assert '<option value="vacature" selected>' in text
        assert f'<option value="{chosen["minuten"]}" selected>' in text
    with voor_gemeente(gemeente):
        assert not Detailaanvraag.objects.exists()


@pytest.mark.django_db
def test_a_question_for_contactmomenten_takes_the_place_of_a_detail_and_keeps_what_was_typed() -> None:
    gemeente = een_gemeente()
    jobcoach = een_gebruiker(gemeente)
    with ExitStack() as busy:
        for _ in range(django_settings.UM_TEGELIJK_DETAILS_PERSOON):
            busy.enter_context(tegelijk.DETAILS.occupied_by(jobcoach.pk))
        page = een_client(jobcoach).post("/zoeken/contactmomenten", {"nummer_kvk": "90000012"})
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert "Even wachten" in page.text
    assert "Er is niets opgevraagd" in page.text
    assert 'value="90000012"' in page.text
    with voor_gemeente(gemeente):
        assert not Dagverbruik.objects.exists()


@pytest.mark.django_db
def test_a_large_upload_too_many_is_told_so_and_a_small_one_never_waits() -> None:
    gemeente = een_gemeente()
    gebruiker = een_gebruiker(gemeente, Rol.GEGEVENSBEHEERDER)
    browser, address = een_client(gebruiker), reverse("uploads:nieuw")

    def upload(inhoud: bytes) -> Any:
        return browser.post(address, {"bestand": SimpleUploadedFile("export.csv", inhoud)})

    with tegelijk.UPLOADS.occupied_by(gebruiker.pk):
        refused = upload(GROOT)
        assert (refused.status_code, refused["Retry-After"]) == (503, "30")
        assert "Even wachten" in refused.text
        assert "Uw bestand is niet ontvangen" in refused.text
        # It was no fault of whoever filled it in.
        assert "Niet alles is goed ingevuld" not in refused.text
        assert upload(b"id;naam\n1;a\n").status_code == 302
    # Its place is given back with the answer, also of an upload that was refused for something else.
    for _ in range(3):
        assert upload(GROOT).status_code != 503
    assert (
        Client(enforce_csrf_checks=True).post(address, {"b": SimpleUploadedFile("x", GROOT)}).status_code
        == 403
    )
    with tegelijk.UPLOADS.occupied_by("onbekend"):
        pass
    with voor_gemeente(gemeente):
        assert Levering.objects.filter(bestandsgrootte__lt=100).count() == 1


@pytest.mark.django_db
def test_a_system_that_delivers_too_much_at_once_hears_when_to_come_back(settings) -> None:
    settings.SECURE_SSL_REDIRECT = False
    gemeente = een_gemeente()
    sleutel = sleutels.make(
        gemeente, naam="export", soort=Soort.WERKZOEKENDEN, netwerken=[], verloopt_op=None, gebruiker=None
    )
    with tegelijk.UPLOADS.occupied_by(f"sleutel {sleutel.sleutel.pk}"):
        answer = Client().post(
            "/api/v1/leveringen",
            {"bestand": SimpleUploadedFile("export.csv", GROOT)},
            headers={"Authorization": f"Bearer {sleutel.tekst}"},
        )
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.json()["type"].endswith("niet-beschikbaar")
    assert "niet ontvangen" in answer.json()["detail"]


@pytest.mark.django_db
def test_who_logs_in_among_too_many_keeps_the_name_and_can_try_again(settings) -> None:
    with ExitStack() as busy:
        for _ in range(django_settings.UM_TEGELIJK_INLOGGEN_ADRES):
            busy.enter_context(_occupied("127.0.0.1"))
        page = Client().post(
            "/account/inloggen?next=/zoeken/", {"login": "jan@test.example", "password": "geheim"}
        )
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert 'value="jan@test.example"' in page.text
    assert "geheim" not in page.text
    assert "Even wachten" in page.text
    again = Client().post("/account/inloggen", {"login": "jan@test.example", "password": "geheim"})
    assert again.status_code == 200


@pytest.mark.django_db
def test_who_logs_in_while_redis_is_away_keeps_the_name_and_hears_that_it_is_not_the_password(
    settings,
) -> None:
    with without_redis(settings):
        page = Client().post("/account/inloggen", {"login": "jan@test.example", "password": "geheim"})
    assert (page.status_code, page["Retry-After"]) == (503, "60")
    assert 'value="jan@test.example"' in page.text
    assert "Uw wachtwoord is niet nagekeken" in page.text


@contextmanager
def _occupied(address: str) -> Iterator[None]:
    """Occupies what somebody at this address has, whether it is busy or waits."""
    key = tegelijk.INLOGGEN._key(address)
    tegelijk.INLOGGEN._of[key] += 1
    yield
    tegelijk.INLOGGEN._forget(key)
