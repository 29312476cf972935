"""Records past their time: no longer answered at once, and erased at night."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from exchange.bron import expiry, sets
from exchange.bron.models import RECORD_VAN, Stand
from exchange.standard import Soort
from tests.factories import (
    een_contactmoment,
    een_gemeente,
    een_vacature,
    een_vraag,
    een_werkzoekende,
    publish_set,
    vum_headers,
)
from um_portal.audit.models import Auditregel
from um_portal.tasks import erase_expired_records
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

WZ, VAC, WCM = Soort

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _settings(settings) -> None:
    settings.UM_DEMO = True
    settings.UM_VERLOOPDAGEN = 90


_MAKE: dict[Soort, Callable[[], dict[str, Any]]] = {
    WZ: een_werkzoekende,
    VAC: een_vacature,
    WCM: een_contactmoment,
}


def _record(soort: Soort) -> dict[str, Any]:
    return _MAKE[soort]()


def _age(gemeente: Gemeente, soort: Soort, days: int) -> None:
    with voor_gemeente(gemeente):
        RECORD_VAN[soort]._default_manager.update(ververst_op=timezone.localdate() - timedelta(days=days))


def _answered(gemeente: Gemeente, soort: Soort) -> int:
    asked = {"werkgever.nummerKvk": {"$eq": "12345678"}} if soort is WCM else een_vraag()
    response = Client().post(
        f"/vum/bron/v3/{soort.api_naam}/matches",
        data=json.dumps({"vraagObject": asked}),
        content_type="application/json",
        headers=vum_headers(gemeente),
    )
    return len(response.json()["matches"])


def _held(gemeente: Gemeente, soort: Soort) -> tuple[int, int]:
    with voor_gemeente(gemeente):
        return RECORD_VAN[soort]._default_manager.count(), Stand.objects.get(soort=soort).aantal


@pytest.mark.parametrize("soort", Soort)
@pytest.mark.parametrize(("days", "answered"), [(0, 1), (90, 1), (91, 0)])
def test_a_record_that_no_publication_held_for_too_long_is_no_longer_answered(
    soort: Soort, days: int, answered: int
) -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, soort, [_record(soort)])
    _age(gemeente, soort, days)
    assert _answered(gemeente, soort) == answered


@pytest.mark.parametrize("soort", [WZ, VAC])
def test_nor_is_its_detail(soort: Soort) -> None:
    gemeente, record = een_gemeente(), _record(soort)
    publish_set(gemeente, soort, [record])
    path = f"/vum/bron/v3/{soort.api_naam}/{record[str(soort.id_pad)]}"
    assert Client().get(path, headers=vum_headers(gemeente)).status_code == 200
    _age(gemeente, soort, 91)
    assert Client().get(path, headers=vum_headers(gemeente)).json()["code"] == "400.01"


def test_publishing_the_same_again_makes_a_record_fresh() -> None:
    gemeente, record = een_gemeente(), een_werkzoekende("W1")
    publish_set(gemeente, WZ, [record])
    _age(gemeente, WZ, 91)
    assert publish_set(gemeente, WZ, [record]).gelijk == 1
    assert _answered(gemeente, WZ) == 1


@pytest.mark.parametrize("soort", Soort)
def test_what_is_past_its_time_is_erased_counted_and_told_once(soort: Soort) -> None:
    gemeente, ander = een_gemeente(), een_gemeente()
    for each in (gemeente, ander):
        publish_set(each, soort, [_record(soort)])
    _age(gemeente, soort, 91)
    erase_expired_records()
    erase_expired_records()
    assert _held(gemeente, soort) == (0, 0)
    assert _held(ander, soort) == (1, 1)
    with voor_gemeente(gemeente):
        line = Auditregel.objects.get(handeling="records_verlopen")
    assert (line.onderwerp, line.aantal) == (soort.label, 1)
    with voor_gemeente(ander):
        assert not Auditregel.objects.filter(handeling="records_verlopen").exists()


def test_vacancies_are_erased_the_day_after_their_closing_date_and_others_stay() -> None:
    gemeente, today = een_gemeente(), timezone.localdate()
    days = {"gisteren": -1, "vandaag": 0, "morgen": 1}
    records = [
        een_vacature(name, sluitingsdatumVacature=(today + timedelta(days=n)).isoformat())
        for name, n in days.items()
    ]
    publish_set(gemeente, VAC, [*records, een_vacature("open")])
    assert _answered(gemeente, VAC) == 3
    assert expiry.erase_expired(gemeente) == 1
    assert _held(gemeente, VAC) == (3, 3)
    # Published again, it comes back as new and is still not answered.
    assert publish_set(gemeente, VAC, [*records, een_vacature("open")]).nieuw == 1
    assert _answered(gemeente, VAC) == 3


def test_a_municipality_without_a_set_has_nothing_to_expire() -> None:
    gemeente = een_gemeente()
    assert expiry.erase_expired(gemeente) == 0
    with voor_gemeente(gemeente):
        assert not Stand.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_set_that_is_being_published_is_left_to_the_next_night() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, WZ, [een_werkzoekende()])
    publish_set(gemeente, VAC, [een_vacature()])
    _age(gemeente, WZ, 91)
    _age(gemeente, VAC, 91)

    def erase() -> int:
        try:
            return expiry.erase_expired(gemeente)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with voor_gemeente(gemeente):
            sets.lock(gemeente, WZ)
            assert pool.submit(erase).result(timeout=30) == 1
        assert _held(gemeente, WZ) == (1, 1)
        assert pool.submit(erase).result(timeout=30) == 1
    assert _held(gemeente, WZ) == (0, 0)


def test_the_nightly_job_is_on_the_timetable(settings) -> None:
    tasks = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks[erase_expired_records.name].hour == {3}
