"""A municipality leaves: in two steps, and then nothing of it is left but its name, its log and the report."""

import itertools
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from exchange.bemiddelaar.models import Resultaat, Zoekstatus, Zoekvraag
from exchange.standard import Soort
from tests.factories import (
    een_client,
    een_gebruiker,
    een_gemeente,
    een_levering,
    een_sonar_rij,
    een_vacature,
    een_werkblad,
    een_werkzoekende,
    publish_set,
)
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.accounts.sessions import BEGIN
from um_portal.accounts.uitnodigingen import invite
from um_portal.gemeenten import erasure, vertrek
from um_portal.gemeenten.admission import Reden, suspend
from um_portal.gemeenten.models import Logo, Vertrek
from um_portal.gemeenten.vertrek import Vertrekreden
from um_portal.jobs import LEASE
from um_portal.tasks import resume_jobs
from um_portal.tenants.models import Gemeente, GemeenteModel, Gemeentestatus, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads.koppelingen import saved
from uploads.mapping.presets.standaard import rules_for
from uploads.models import Aanleversleutel, Waardekoppeling
from uploads.waarden import national

pytestmark = pytest.mark.django_db
BLIJFT = {"audit.Auditregel", "gemeenten.Vertrek"}


def _counts(gemeente: Gemeente) -> dict[str, int]:
    """Counts the rows of the municipality in every table that has any."""
    with voor_gemeente(gemeente):
        found = {
            model._meta.label: model._base_manager.filter(gemeente=gemeente).count()
            for model in apps.get_models()
            if issubclass(model, GemeenteModel)
        }
    return {label: number for label, number in found.items() if number}


def _fill(gemeente: Gemeente, gebruiker: Gebruiker) -> None:
    een_levering(gemeente, een_werkblad([een_sonar_rij(), een_sonar_rij(Vervoer="bolderkar")]))
    koppen = ("idWerkzoekende", "mobiliteit.bemiddelingspostcode")
    saved.save(gemeente, "Nachtelijk", rules_for(koppen, Soort.WERKZOEKENDEN), gebruiker)
    for number in (3, 2):
        publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende(f"W{n}") for n in range(number)])
    publish_set(gemeente, Soort.VACATURES, [een_vacature("V1")])
    with voor_gemeente(gemeente):
        Aanleversleutel.objects.create(gemeente=gemeente, naam="N", soort="vacatures", hash=b"")
        word = Waardekoppeling.objects.create(
            gemeente=gemeente, lijst="Vervoermiddel", waarde="step", code="3"
        )
        asked = {"selectiegebied": {"postcode": "3511AB", "afstand": 5}}
        zoekvraag = Zoekvraag.objects.create(
            gemeente=gemeente,
            gebruiker=gebruiker,
            soort="werkzoekenden",
            status=Zoekstatus.KLAAR,
            vraag_object=asked,
        )
        Resultaat.objects.create(
            gemeente=gemeente, zoekvraag=zoekvraag, volgnummer=1, vum_id="V1", profiel=een_werkzoekende("W9")
        )
        Logo.objects.create(gemeente=gemeente, inhoud=b"x")
    national.put_forward(gemeente, [word.pk], gebruiker)


def _leaving(gemeente: Gemeente) -> None:
    suspend(gemeente, Reden.VERZOEK)
    vertrek.announce(gemeente, Vertrekreden.VERZOEK, None)
    vertrek.confirm(gemeente, gemeente.naam, None)


def test_nothing_is_left_of_a_municipality_that_left_and_everything_of_the_others() -> None:
    gemeente, ander = een_gemeente("Aadorp"), een_gemeente("Beedorp")
    own = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)
    both, helper = een_gebruiker(ander), een_gebruiker(gemeente, supportrol=Supportrol.ADVISEREND)
    invited = invite("nieuw@aadorp.example", versturen=False).uitnodiging.gebruiker
    with voor_gemeente(gemeente):
        for gebruiker in (both, invited):
            Lidmaatschap.objects.create(gemeente=gemeente, gebruiker=gebruiker, rol=Rol.JOBCOACH)
    for which in (gemeente, ander):
        _fill(which, own)
    before, others = _counts(gemeente), _counts(ander)
    assert len(before) > 15
    browser = een_client(own)
    _leaving(gemeente)
    assert vertrek.erase(gemeente)
    assert set(_counts(gemeente)) <= BLIJFT
    # A search of the person who was erased is gone there too; the rest is untouched.
    after = _counts(ander)
    assert {label for label in others if after.get(label) != others[label]} <= {
        "bemiddelaar.Zoekvraag",
        "bemiddelaar.Resultaat",
        "audit.Auditregel",
    }
    assert set(Gebruiker.objects.all()) == {both, helper}
    assert browser.get("/").status_code == 302
    with voor_gemeente(gemeente):
        row = Vertrek.objects.get()
    assert row.klaar_op is not None
    assert row.verslag["werkzoekenden"] == before["bron.Werkzoekende"]
    assert row.verslag["leveringen"] == before["uploads.Levering"]
    assert row.verslag["gebruikers zonder andere gemeente"] == 2
    assert "@" not in str(row.verslag)
    assert not vertrek.erase(gemeente)


def test_support_announces_confirms_with_the_name_and_sees_the_report() -> None:
    gemeente = een_gemeente("Aadorp")
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
    beheerder = een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))
    support = een_client(een_gebruiker(supportrol=Supportrol.BESLISSEND))
    pad = f"/gemeenten/{gemeente.oin}/"
    sure = {"naam": "Aadorp", "meegenomen": "on"}
    assert "niet aangekondigd" in support.post(f"{pad}vertrek/bevestigen/", sure).text
    assert support.post(f"{pad}vertrek/", {"reden": "verzoek"}).status_code == 302
    assert "al aangekondigd" in support.post(f"{pad}vertrek/", {"reden": "verzoek"}).text
    assert "Uw gemeente vertrekt" in beheerder.get("/").text
    assert beheerder.get("/leveringen/gepubliceerd/download/?vorm=csv").status_code == 200
    assert "Schort de deelname eerst op" in support.post(f"{pad}vertrek/bevestigen/", sure).text
    support.post(f"{pad}opschorten/", {"reden": "verzoek"})
    for wrong in ({"naam": "Aadorp"}, {**sure, "naam": "Beedorp"}):
        assert support.post(f"{pad}vertrek/bevestigen/", wrong).status_code == 422
    assert Gemeente.objects.get(pk=gemeente.pk).status == Gemeentestatus.OPGESCHORT
    assert support.post(f"{pad}vertrek/bevestigen/", sure).status_code == 302
    assert "Alles van deze gemeente wordt gewist" in support.get(pad).text
    assert support.post(f"{pad}vertrek/bevestigen/", sure).status_code == 422
    assert "kan niet meer" in support.post(f"{pad}vertrek/afblazen/", follow=True).text
    assert vertrek.erase(gemeente)
    page = support.get(pad).text
    assert "Verslag van het wissen" in page
    assert "Werkzoekenden" in page


def test_a_departure_that_is_called_off_leaves_everything_as_it_was() -> None:
    gemeente = een_gemeente("Aadorp")
    support = een_client(een_gebruiker(supportrol=Supportrol.BESLISSEND))
    vertrek.announce(gemeente, Vertrekreden.VERZOEK, None)
    before = _counts(gemeente)["gemeenten.Voorwaarde"]
    assert support.post(f"/gemeenten/{gemeente.oin}/vertrek/afblazen/").status_code == 302
    assert not vertrek.erase(gemeente)
    assert _counts(gemeente)["gemeenten.Voorwaarde"] == before


class Gedood(BaseException):
    """The worker was killed here."""


def test_erasing_goes_on_where_a_killed_worker_stopped_and_counts_everything_once(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    gemeente = een_gemeente("Aadorp")
    een_gebruiker(gemeente)
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende(f"W{n}") for n in range(5)])
    _leaving(gemeente)
    monkeypatch.setattr(vertrek, "_BATCH", 2)
    whole, steps = vertrek._count, itertools.count()

    def killed_at_the_fifth(*args: Any) -> None:
        if next(steps) == 4:
            raise Gedood
        whole(*args)

    monkeypatch.setattr(vertrek, "_count", killed_at_the_fifth)
    with pytest.raises(Gedood):
        vertrek.erase(gemeente)
    assert not vertrek.erase(gemeente), "its lease still runs"
    with voor_gemeente(gemeente):
        Vertrek.objects.update(lease_tot=Vertrek.objects.get().lease_tot - LEASE * 2)
    gemeente.refresh_from_db()
    assert vertrek.resume(gemeente)
    assert vertrek.erase(gemeente)
    with voor_gemeente(gemeente):
        assert Vertrek.objects.get().verslag["werkzoekenden"] == 5
    assert set(_counts(gemeente)) <= BLIJFT
    # A process that still knew the key wrote something after that: the next round erases it too.
    with voor_gemeente(gemeente):
        Waardekoppeling.objects.create(gemeente=gemeente, lijst="beroepen", waarde="kok", code="")
    assert vertrek.resume(gemeente)
    assert vertrek.erase(gemeente)
    assert set(_counts(gemeente)) <= BLIJFT
    resume_jobs()


def test_a_user_is_erased_from_every_municipality_and_the_rest_of_their_work_stays() -> None:
    een, ander = een_gemeente("Aadorp"), een_gemeente("Beedorp")
    gebruiker = een_gebruiker(een)
    with voor_gemeente(ander):
        Lidmaatschap.objects.create(gemeente=ander, gebruiker=gebruiker, rol=Rol.JOBCOACH)
    for gemeente in (een, ander):
        _fill(gemeente, gebruiker)
    browser = een_client(gebruiker)
    assert not erasure.erase_user(gebruiker, only=een), "belongs to another municipality too"
    assert erasure.erase_user(gebruiker)
    assert not erasure.erase_user(gebruiker)
    assert browser.get("/").status_code == 302
    for gemeente in (een, ander):
        left = _counts(gemeente)
        assert "bemiddelaar.Zoekvraag" not in left
        assert left["uploads.Koppelingversie"] == 1


def test_nothing_is_erased_by_who_walks_past_an_open_screen() -> None:
    gemeente = een_gemeente("Aadorp")
    een, ander = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER), een_gebruiker(gemeente)
    steun = een_gebruiker(supportrol=Supportrol.BESLISSEND)
    for gebruiker in (een, steun):
        gebruiker.set_password("een-lang-eigen-wachtwoord")
        gebruiker.save()
    for gebruiker, pad in (
        (een, "/gemeenten/collega-wissen/"),
        (steun, "/gemeenten/account-wissen/"),
        (steun, f"/gemeenten/{gemeente.oin}/vertrek/bevestigen/"),
    ):
        browser = een_client(gebruiker)
        session = browser.session
        session[BEGIN] -= 20 * 60
        session.save()
        assert browser.get(pad)["Location"].startswith(reverse("account_reauthenticate")), pad
        # What was sent is not done later either: the page comes again first.
        sent = browser.post(pad, {"adres": ander.username, "zeker": "on", "naam": "Aadorp"})
        assert sent["Location"] == pad
    assert Gebruiker.objects.filter(pk=ander.pk).exists()


def test_a_functioneel_beheerder_erases_a_colleague_and_nobody_else() -> None:
    een, ander = een_gemeente("Aadorp"), een_gemeente("Beedorp")
    baas, colleague, stranger = (
        een_gebruiker(een, Rol.FUNCTIONEEL_BEHEERDER),
        een_gebruiker(een),
        een_gebruiker(ander),
    )
    regional = een_gebruiker(een)
    with voor_gemeente(ander):
        Lidmaatschap.objects.create(gemeente=ander, gebruiker=regional, rol=Rol.JOBCOACH)
    browser = een_client(baas)

    def erase(adres: str) -> str:
        return str(
            browser.post("/gemeenten/collega-wissen/", {"adres": adres, "zeker": "on"}, follow=True).text
        )

    assert 'aria-label="Kruimelpad"' in browser.get("/gemeenten/collega-wissen/").text
    unknown = "Er is geen collega met dit adres"
    assert unknown in erase(stranger.username)
    assert unknown in erase("niemand@test.example")
    assert "andere gemeente" in erase(regional.username)
    assert "uw eigen account" in erase(baas.username)
    assert "Het account is gewist" in erase(colleague.username.upper())
    assert set(Gebruiker.objects.all()) == {baas, stranger, regional}
    support = een_client(een_gebruiker(supportrol=Supportrol.BESLISSEND))
    support.post("/gemeenten/account-wissen/", {"adres": regional.username, "zeker": "on"})
    assert not Gebruiker.objects.filter(pk=regional.pk).exists()
