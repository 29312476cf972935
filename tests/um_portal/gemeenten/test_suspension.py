"""Suspending a municipality: everything stops at once, except taking back; and it starts again."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from exchange.interfaces import current
from exchange.standard import Soort
from tests.factories import (
    een_client,
    een_gebruiker,
    een_gemeente,
    een_vraag,
    een_werkzoekende,
    publish_set,
    vum_headers,
)
from um_portal.audit.handelingen import Handeling
from um_portal.audit.models import Auditregel
from um_portal.gemeenten.admission import Hervatreden, NietToegelaten, Reden, resume, suspend
from um_portal.tenants.models import Gemeente, Gemeentestatus, Rol
from um_portal.tenants.scope import voor_gemeente

pytestmark = pytest.mark.django_db


def _asked_as_source(gemeente: Gemeente, settings) -> int:
    settings.UM_VERTROUWDE_PROXIES = ["127.0.0.1"]
    headers = {**vum_headers(gemeente), "X-Client-Cert-OIN": settings.UM_EXCHANGE_OIN}
    address = f"{current().bron_adres}/{Soort.WERKZOEKENDEN.api_naam}/matches"
    answer = Client().post(
        address, {"vraagObject": een_vraag()}, content_type="application/json", headers=headers
    )
    return answer.status_code


def _acts(gemeente: Gemeente) -> list[tuple[str, str]]:
    with voor_gemeente(gemeente):
        return list(Auditregel.objects.order_by("pk").values_list("handeling", "onderwerp"))


def test_a_suspended_municipality_stops_at_once_and_resumes(settings) -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
    browser = een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))
    assert (_asked_as_source(gemeente, settings), browser.get("/zoeken/").status_code) == (200, 200)
    assert suspend(gemeente, Reden.INCIDENT)
    assert _asked_as_source(gemeente, settings) == 503
    assert browser.get("/zoeken/").status_code == 403
    assert browser.get("/leveringen/nieuw/").status_code == 403
    assert browser.get("/leveringen/gepubliceerd/intrekken/").status_code == 200
    assert not suspend(gemeente, Reden.INCIDENT)
    resume(gemeente, Hervatreden.OPGELOST)
    assert (_asked_as_source(gemeente, settings), browser.get("/zoeken/").status_code) == (200, 200)
    with pytest.raises(NietToegelaten, match="toegelaten"):
        resume(gemeente, Hervatreden.OPGELOST)
    assert _acts(gemeente)[-2:] == [
        (Handeling.GEMEENTE_OPGESCHORT.value, "incident"),
        (Handeling.GEMEENTE_HERVAT.value, "opgelost"),
    ]


def test_the_command_suspends_and_resumes_and_says_what_cannot_be() -> None:
    gemeente, out = een_gemeente("Lindewaard"), io.StringIO()
    call_command("suspend", oin=gemeente.oin, reden="verzoek", stdout=out)
    with pytest.raises(CommandError, match="Lindewaard is opgeschort"):
        call_command("suspend", oin=gemeente.oin, reden="verzoek")
    call_command("suspend", oin=gemeente.oin, hervat=True, stdout=out)
    assert (
        out.getvalue() == "De deelname van Lindewaard is opgeschort.\nDe deelname van Lindewaard is hervat.\n"
    )
    gemeente.refresh_from_db()
    assert gemeente.status == Gemeentestatus.TOEGELATEN
    with pytest.raises(CommandError, match="geen gemeente"):
        call_command("suspend", oin="9" * 20, hervat=True)
