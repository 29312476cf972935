"""The pages about municipalities in a real browser, on a desk and on a phone, judged by axe."""

import pytest

from tests.browser import Scherm
from tests.factories import een_client, een_gebruiker, een_gemeente
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.demo.toelaten import fill_checklist
from um_portal.gemeenten import vertrek
from um_portal.gemeenten.admission import Reden, register, suspend
from um_portal.gemeenten.models import Voorwaardesoort
from um_portal.gemeenten.vertrek import Vertrekreden
from um_portal.tenants.models import Gemeentestatus, Rol

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _log_in(scherm: Scherm, gebruiker: Gebruiker) -> None:
    scherm.take_session(een_client(gebruiker))


def test_support_and_the_functioneel_beheerder_can_read_and_use_every_page(scherm: Scherm) -> None:
    gemeente = een_gemeente("Aadorp")
    leaving = een_gemeente("Beedorp")
    suspend(leaving, Reden.VERZOEK)
    vertrek.announce(leaving, Vertrekreden.VERZOEK, None)
    fill_checklist(register("9" * 20, "Ceedorp"), zonder=Voorwaardesoort.DPIA)
    een_gemeente("Deedorp", status=Gemeentestatus.OPGESCHORT)
    faults: list[str] = []

    def look(*paths: str) -> None:
        for path in paths:
            scherm.goto(path)
            faults.extend(scherm.faults(path))

    _log_in(scherm, een_gebruiker(supportrol=Supportrol.BESLISSEND, first_name="Iris"))
    own, other = f"/gemeenten/{gemeente.oin}/", f"/gemeenten/{leaving.oin}/"
    look("/", "/gemeenten/", "/gemeenten/inschrijven/", "/gemeenten/account-wissen/")
    look(own, f"{own}voorwaarden/bio2/", f"{own}voorwaarden/oin/", f"{own}voorwaarden/privacy/")
    look(
        f"{own}opschorten/",
        f"{own}deelname/",
        f"/gemeenten/{'9' * 20}/",
        other,
        f"{other}vertrek/bevestigen/",
    )
    _log_in(scherm, een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))
    look("/gemeenten/instellingen/", "/gemeenten/collega-wissen/")
    look(*(f"/gemeenten/instellingen/{part}/" for part in ("contact", "bewaren", "naam", "logo")))
    assert faults == []
