"""Admitting a municipality: a checklist, filled by support, that opens the exchange and closes it again."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from tests.factories import een_app, een_client, een_gebruiker, een_gemeente
from tests.threads import at_once
from um_portal.accounts.models import Supportrol
from um_portal.audit.handelingen import Handeling
from um_portal.audit.models import Auditregel
from um_portal.demo.toelaten import fill_checklist
from um_portal.gemeenten import admission, lifecycle, voorwaarden
from um_portal.gemeenten.admission import NietToegelaten, Reden, Toelatingsreden
from um_portal.gemeenten.models import Intrekreden, Voorwaarde, Voorwaardesoort
from um_portal.gemeenten.voorwaarden import NietVastgelegd
from um_portal.tasks import check_conditions
from um_portal.tenants.models import Gemeente, Gemeentestatus, Rol
from um_portal.tenants.scope import voor_gemeente

pytestmark = pytest.mark.django_db

OIN = "00000001899000099000"
PAD = f"/gemeenten/{OIN}/"


@pytest.fixture
def beslisser() -> Any:
    """A browser of somebody of support who decides."""
    return een_client(een_gebruiker(supportrol=Supportrol.BESLISSEND, first_name="Iris", last_name="Postma"))


def _status(gemeente: Gemeente) -> str:
    return str(Gemeente.objects.values_list("status", flat=True).get(pk=gemeente.pk))


def _ends_in(gemeente: Gemeente, dagen: int, soort: Voorwaardesoort = Voorwaardesoort.BIO2) -> None:
    with voor_gemeente(gemeente):
        Voorwaarde.objects.filter(soort=soort).update(
            geldig_tot_en_met=timezone.localdate() + timedelta(days=dagen)
        )


def test_from_registration_to_admission_with_who_did_what_and_when(beslisser: Any) -> None:
    today = timezone.localdate()
    page = beslisser.post("/gemeenten/inschrijven/", {"oin": OIN, "naam": "Proefdorp"}, follow=True)
    assert "Proefdorp is ingeschreven" in page.text
    assert "Toelaten kan zodra" in page.text
    answers: dict[str, dict[str, str]] = {
        "afsprakenstelsel": {"gegeven": "1.2"},
        "kvk": {"gegeven": "12345678"},
        "bio2": {"geldig_tot_en_met": str(today + timedelta(days=400))},
        "dpia": {},
        "szw": {"kenmerk": "SZW-2026/77"},
        "oin": {"bevestigd": "on"},
        "certificaat": {"geldig_tot_en_met": str(today + timedelta(days=300))},
        "privacy": {"gegeven": "privacy@proefdorp.example", "telefoon": "030 123 45 67"},
    }
    for soort, answer in answers.items():
        response = beslisser.post(f"{PAD}voorwaarden/{soort}/", {"vervuld_op": str(today), **answer})
        assert response.status_code == 302, (soort, response.text)
    refused = beslisser.post(f"{PAD}toelaten/", {"reden": "besluit"})
    assert refused.status_code == 422
    assert "Er ontbreekt nog: Contact voor beveiliging." in refused.text
    beslisser.post(
        f"{PAD}voorwaarden/beveiliging/",
        {"vervuld_op": str(today), "gegeven": "ciso@proefdorp.example", "telefoon": "+31 30 1234567"},
    )
    page = beslisser.post(f"{PAD}toelaten/", {"reden": "besluit"}, follow=True)
    assert "Proefdorp is toegelaten" in page.text
    assert "Besluit van het ministerie" in page.text
    assert page.text.count("Iris Postma") > 10
    gemeente = Gemeente.objects.get(oin=OIN)
    with voor_gemeente(gemeente):
        acts = list(Auditregel.objects.order_by("pk").values_list("handeling", flat=True))
    assert acts == [
        Handeling.GEMEENTE_INGESCHREVEN,
        *[Handeling.VOORWAARDE_VASTGELEGD] * 9,
        Handeling.GEMEENTE_TOEGELATEN,
    ]


@pytest.mark.parametrize(
    ("soort", "answer", "sentence"),
    [
        ("kvk", {"gegeven": "1234567"}, "8 cijfers"),
        ("afsprakenstelsel", {"gegeven": "de nieuwste"}, "cijfers en punten"),
        ("szw", {"kenmerk": "Jan de Vries"}, "zonder spaties"),
        ("szw", {"kenmerk": ""}, "Vul het nummer van de zaak"),
        ("bio2", {}, "tot en met welke dag"),
        ("bio2", {"geldig_tot_en_met": "2020-01-01"}, "is voorbij"),
        ("dpia", {"vervuld_op": "2999-01-01"}, "in de toekomst"),
        ("oin", {}, "Zet een vinkje"),
        ("privacy", {"gegeven": "geen adres", "telefoon": "030 123 45 67"}, "geen e-mailadres"),
        ("privacy", {"gegeven": "p@x.example", "telefoon": "bel Jan"}, "telefoonnummer van de afdeling"),
    ],
)
def test_a_condition_that_is_not_right_is_not_recorded(
    beslisser: Any, soort: str, answer: dict[str, str], sentence: str
) -> None:
    gemeente = admission.register(OIN, "Proefdorp")
    response = beslisser.post(
        f"{PAD}voorwaarden/{soort}/", {"vervuld_op": str(timezone.localdate()), **answer}
    )
    assert response.status_code == 422
    assert sentence in response.text
    with voor_gemeente(gemeente):
        assert not Voorwaarde.objects.exists()


def test_an_oin_is_registered_once_and_must_be_one(beslisser: Any) -> None:
    assert "20 cijfers" in beslisser.post("/gemeenten/inschrijven/", {"oin": "123", "naam": "X"}).text
    admission.register(OIN, "Proefdorp")
    again = beslisser.post("/gemeenten/inschrijven/", {"oin": OIN, "naam": "Ander dorp"})
    assert again.status_code == 422
    assert "Er is al een gemeente met dit OIN" in again.text
    for unseen in ("A\r\nBcc: x@kwaad.example", "A\x0b", "A\u202e", "A\u2028"):
        refused = beslisser.post("/gemeenten/inschrijven/", {"oin": OIN, "naam": f"{unseen}dorp"})
        assert refused.status_code == 422
        assert "tekens die niet te zien zijn" in refused.text


def test_who_advises_sees_everything_and_decides_nothing() -> None:
    gemeente = een_gemeente()
    adviseur = een_client(een_gebruiker(supportrol=Supportrol.ADVISEREND))
    page = adviseur.get(f"/gemeenten/{gemeente.oin}/")
    assert page.status_code == 200
    assert "Opschorten" not in page.text
    for act in ("opschorten", "voorwaarden/kvk", "voorwaarden/kvk/intrekken", "deelname", "vertrek"):
        assert adviseur.get(f"/gemeenten/{gemeente.oin}/{act}/").status_code == 403
        assert adviseur.post(f"/gemeenten/{gemeente.oin}/{act}/", {"reden": "incident"}).status_code == 403
    assert _status(gemeente) == Gemeentestatus.TOEGELATEN


def test_a_functioneel_beheerder_admits_nobody_and_sees_no_other_municipality() -> None:
    gemeente, ander = een_gemeente(), een_gemeente("Beedorp")
    browser = een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))
    for oin in (gemeente.oin, ander.oin, "1" * 20):
        assert browser.get(f"/gemeenten/{oin}/").status_code == 403
        assert browser.post(f"/gemeenten/{oin}/opschorten/", {"reden": "verzoek"}).status_code == 403


def test_the_life_cycle_itself_refuses_while_a_condition_is_missing_or_over() -> None:
    gemeente = admission.register(OIN, "Proefdorp")
    fill_checklist(gemeente, zonder=Voorwaardesoort.DPIA)
    assert not lifecycle.admit(gemeente.pk)
    voorwaarden.record(gemeente, Voorwaardesoort.DPIA, None, vervuld_op=timezone.localdate())
    _ends_in(gemeente, -1)
    assert not lifecycle.admit(gemeente.pk)
    _ends_in(gemeente, 0)
    assert lifecycle.admit(gemeente.pk)


def test_what_somebody_else_recorded_meanwhile_is_not_replaced_in_silence() -> None:
    gemeente, today = admission.register(OIN, "Proefdorp"), timezone.localdate()
    first = voorwaarden.record(gemeente, Voorwaardesoort.DPIA, None, vervuld_op=today)
    with pytest.raises(NietVastgelegd, match="iemand anders"):
        voorwaarden.record(gemeente, Voorwaardesoort.DPIA, None, vervuld_op=today)
    voorwaarden.record(gemeente, Voorwaardesoort.DPIA, None, vervuld_op=today, vorige=first.pk)
    with voor_gemeente(gemeente):
        assert Voorwaarde.objects.get(pk=first.pk).intrekreden == Intrekreden.VERVANGEN
        assert Voorwaarde.objects.filter(ingetrokken_op=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_admit_at_once_one_does_and_an_admission_never_passes_a_withdrawal() -> None:
    gemeente = admission.register(OIN, "Proefdorp")
    fill_checklist(gemeente)

    def admit() -> None:
        admission.admit(gemeente, Toelatingsreden.BESLUIT)

    refused = [result for result in at_once(admit, admit) if isinstance(result, NietToegelaten)]
    assert len(refused) == 1
    assert "Proefdorp is toegelaten" in refused[0].melding
    ander = admission.register("0" * 20, "Beedorp")
    fill_checklist(ander)
    at_once(
        lambda: admission.admit(ander, Toelatingsreden.BESLUIT),
        lambda: admission.withdraw_condition(ander, Voorwaardesoort.DPIA, Intrekreden.TOEZICHT),
    )
    # Whoever was first: without the condition it does not take part.
    assert _status(ander) in (Gemeentestatus.AANGEMELD, Gemeentestatus.OPGESCHORT)


def test_withdrawing_a_condition_suspends_at_once_and_resuming_needs_it_back(beslisser: Any) -> None:
    gemeente = een_gemeente()
    pad = f"/gemeenten/{gemeente.oin}/"
    assert beslisser.post(f"{pad}voorwaarden/dpia/intrekken/", {"reden": ""}).status_code == 422
    assert _status(gemeente) == Gemeentestatus.TOEGELATEN
    assert beslisser.post(f"{pad}voorwaarden/dpia/intrekken/", {"reden": "toezicht"}).status_code == 302
    assert _status(gemeente) == Gemeentestatus.OPGESCHORT
    second_tab = beslisser.post(f"{pad}voorwaarden/dpia/intrekken/", {"reden": "toezicht"})
    assert "Iemand anders was u voor" in second_tab.text
    assert "Er ontbreekt nog: DPIA" in beslisser.post(f"{pad}hervatten/", {"reden": "opgelost"}).text
    beslisser.post(f"{pad}voorwaarden/dpia/", {"vervuld_op": str(timezone.localdate())})
    assert beslisser.post(f"{pad}hervatten/", {"reden": "opgelost"}).status_code == 302
    assert _status(gemeente) == Gemeentestatus.TOEGELATEN


def test_a_condition_about_to_end_is_told_once_on_screen_and_by_mail(settings: Any, beslisser: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    gemeente = een_gemeente("Aadorp")
    beheerder = een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))
    check_conditions()
    assert mail.outbox == []
    _ends_in(gemeente, 30)
    check_conditions()
    check_conditions()
    assert sorted(message.to[0] for message in mail.outbox) == [
        "beveiliging@gemeente.example",
        "privacy@gemeente.example",
    ]
    assert "Verklaring BIO2: geldig tot en met" in mail.outbox[0].body
    assert "Verklaring BIO2 (verloopt binnenkort)" in beheerder.get("/").text
    [row] = beslisser.get("/").context["support"].aandacht
    assert row.gemeente == gemeente
    assert "Verklaring BIO2: verloopt binnenkort" in row.aandacht
    assert _status(gemeente) == Gemeentestatus.TOEGELATEN


def test_a_condition_that_ended_suspends_after_the_days_of_grace(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.UM_VOORWAARDE_RESPIJTDAGEN = 2
    gemeente = een_gemeente()
    _ends_in(gemeente, -2)
    check_conditions()
    assert _status(gemeente) == Gemeentestatus.TOEGELATEN
    _ends_in(gemeente, -3)
    check_conditions()
    assert _status(gemeente) == Gemeentestatus.OPGESCHORT
    with voor_gemeente(gemeente):
        assert Auditregel.objects.latest("pk").onderwerp == Reden.VOORWAARDE.value
    assert "verlopen" in mail.outbox[-1].subject


def test_the_list_shows_states_progress_and_what_needs_somebody(beslisser: Any) -> None:
    een_gemeente("Aadorp", status=Gemeentestatus.OPGESCHORT)
    een_app(een_gebruiker(een_gemeente("Beedorp"), Rol.FUNCTIONEEL_BEHEERDER))
    fill_checklist(admission.register(OIN, "Ceedorp"), zonder=Voorwaardesoort.DPIA)
    page = beslisser.get("/gemeenten/")
    assert "8 van 9" in page.text
    assert [row.gemeente.naam for row in page.context["page_obj"]] == ["Aadorp", "Beedorp", "Ceedorp"]
    page = beslisser.get("/gemeenten/?aandacht=1")
    assert [row.gemeente.naam for row in page.context["page_obj"]] == ["Aadorp"]
    page = beslisser.get("/gemeenten/?stand=aangemeld&pagina=x")
    assert [row.gemeente.naam for row in page.context["page_obj"]] == ["Ceedorp"]
