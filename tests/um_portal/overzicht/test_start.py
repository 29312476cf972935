"""The start page: what asks for attention, for VNG support and for the functioneel beheerder."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from exchange.bemiddelaar.models import (
    Kwaliteitssignaal,
    Signaalreden,
    Signaalstand,
    Zoekstatus,
    Zoekvraag,
)
from tests.factories import een_app, een_client, een_gebruiker, een_gemeente
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.audit import brontelling
from um_portal.gemeenten import daglimieten, lifecycle
from um_portal.gemeenten.models import Dagverbruik, Verbruikssoort, Voorwaarde, Voorwaardesoort
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import als_support, voor_gemeente

pytestmark = pytest.mark.django_db


@pytest.fixture
def gemeente() -> Gemeente:
    return een_gemeente("Aadorp")


@pytest.fixture
def beheerder(gemeente: Gemeente) -> Gebruiker:
    found = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)
    een_app(found)
    return found


def start(gebruiker: Gebruiker) -> Any:
    return een_client(gebruiker).get("/")


def support(rol: Supportrol = Supportrol.ADVISEREND) -> list[str]:
    """Gives what support reads on the start page: each municipality with why."""
    rows = start(een_gebruiker(supportrol=rol)).context["support"].aandacht
    return [f"{row.gemeente.naam}: {reden}" for row in rows for reden in row.aandacht]


def use(gemeente: Gemeente, gebruiker: Gebruiker | None, aantal: int, dag: Any = None) -> None:
    with voor_gemeente(gemeente):
        Dagverbruik.objects.create(
            gemeente=gemeente,
            gebruiker=gebruiker,
            dag=dag or timezone.localdate(),
            soort=Verbruikssoort.DETAILS,
            aantal=aantal,
        )


def give(gemeente: Gemeente, records: int) -> None:
    answer = {"gemeente": gemeente.pk, "uur": timezone.now().isoformat(), "partij": "9" * 20}
    brontelling.add(
        [{**answer, "vraag": "detailvraag x", "uitkomst": "gelukt", "aantal": 1, "records": records}]
    )


def test_a_municipality_with_nothing_wrong_is_not_named(gemeente: Gemeente, beheerder: Gebruiker) -> None:
    assert support() == []
    page = start(een_gebruiker(supportrol=Supportrol.BESLISSEND)).text
    assert "Geen gemeente vraagt nu aandacht" in page
    assert "worden oud" not in start(beheerder).text


def test_support_reads_why_each_municipality_asks_for_attention(
    gemeente: Gemeente, beheerder: Gebruiker
) -> None:
    een_gebruiker(gemeente)
    use(gemeente, beheerder, 80)
    use(gemeente, None, 79)
    give(gemeente, 500)
    with voor_gemeente(gemeente):
        Voorwaarde.objects.filter(soort=Voorwaardesoort.CERTIFICAAT).update(
            geldig_tot_en_met=timezone.localdate() + timedelta(days=10)
        )
        for _ in range(3):
            Zoekvraag.objects.create(
                gemeente=gemeente,
                gebruiker=beheerder,
                soort="werkzoekenden",
                vraag_object={},
                status=Zoekstatus.MISLUKT,
            )
    een_app(een_gebruiker(een_gemeente("Beedorp"), Rol.FUNCTIONEEL_BEHEERDER))
    lifecycle.suspend(een_gemeente("Ceedorp").pk)
    told = support()
    assert told[:2] == [
        "Ceedorp: deelname opgeschort",
        "Ceedorp: geen functioneel beheerder die kan inloggen",
    ]
    assert set(told[2:]) == {
        f"Aadorp: {Voorwaardesoort.CERTIFICAAT.label}: verloopt binnenkort",
        "Aadorp: zoekvragen mislukt in 24 uur: 3 van 3",
        "Aadorp: collega's zonder tweede factor: 1",
        "Aadorp: daglimiet bijna bereikt: Details van één collega, 80 van 100",
        "Aadorp: daglimiet bereikt: Details die één partij van de bron kreeg, 500 van 500",
    }
    page = start(een_gebruiker(supportrol=Supportrol.ADVISEREND))
    assert f'href="/gemeenten/{gemeente.oin}/"' in page.text
    assert str(beheerder) not in page.text


def test_a_review_that_is_late_is_named(gemeente: Gemeente, beheerder: Gebruiker, settings: Any) -> None:
    settings.UM_TOEGANG_TOETSEN_DAGEN = 0
    assert "Aadorp: toegang niet op tijd getoetst" in support()


def test_limits_count_for_the_own_municipality_and_for_today(
    gemeente: Gemeente, beheerder: Gebruiker
) -> None:
    elders = een_gemeente("Beedorp")
    use(elders, een_gebruiker(elders), 95)
    give(elders, 500)
    use(gemeente, beheerder, 100, timezone.localdate() - timedelta(days=1))
    page = start(beheerder).text
    assert "Daglimieten bijna op" not in page
    use(gemeente, beheerder, 80)
    page = start(beheerder).text
    assert f"Details van {beheerder}, 80 van 100" in page
    # A lower limit of the municipality's own counts.
    Gemeente.objects.filter(pk=gemeente.pk).update(dag_details=81)
    assert "80 van 81" in start(beheerder).text
    # Colleagues who cannot do anything about it do not read it.
    assert "Daglimieten bijna op" not in start(een_gebruiker(gemeente)).text


def test_the_functioneel_beheerder_reads_that_somebody_has_no_second_factor(
    gemeente: Gemeente, beheerder: Gebruiker
) -> None:
    een_gebruiker(gemeente)
    een_gebruiker(gemeente, is_active=False)
    assert "Collega&#x27;s zonder tweede factor" in start(beheerder).text


def test_support_learns_numbers_and_never_whose(gemeente: Gemeente, beheerder: Gebruiker) -> None:
    use(gemeente, beheerder, 90)
    with als_support():
        found = daglimieten.near_limit_everywhere({gemeente.pk: gemeente})
    assert [str(one) for one in found[gemeente.pk]] == ["Details van één collega, 90 van 100"]


def test_support_reads_how_many_signals_nobody_looked_at(gemeente: Gemeente) -> None:
    page = start(een_gebruiker(supportrol=Supportrol.BESLISSEND))
    assert "Gegevens die niet kloppen" not in [tegel.titel for tegel in page.context["support"].tegels]
    with voor_gemeente(gemeente):
        for number, stand in enumerate((Signaalstand.NIEUW, Signaalstand.NIEUW, Signaalstand.OPGELOST)):
            Kwaliteitssignaal.objects.create(
                gemeente=gemeente,
                soort="werkzoekende",
                vum_id=f"{number}",
                reden=Signaalreden.values[0],
                stand=stand,
            )
    told = {}
    for rol in Supportrol:
        page = start(een_gebruiker(supportrol=rol))
        tegel = next(t for t in page.context["support"].tegels if t.titel == "Gegevens die niet kloppen")
        assert (tegel.cijfer, tegel.eenheid) == (2, "nieuwe meldingen")
        told[rol] = tegel.tekst
    # Who advises does not read what only somebody else may do.
    assert told[Supportrol.BESLISSEND].startswith("Geef")
    assert told[Supportrol.ADVISEREND].startswith("Bekijk")
