"""The pages of the log: that of one's own municipality, and that of all for VNG support."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import een_client, een_gebruiker, een_gemeente
from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act, new_span
from um_portal.audit.models import Auditregel, Pseudoniem, Supportregel, Uitkomst
from um_portal.gemeenten import lifecycle
from um_portal.gemeenten.admission import Reden, suspend
from um_portal.logboek import views
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import als_support, handelt, voor_gemeente

pytestmark = pytest.mark.django_db


def detail(gemeente: Gemeente, gebruiker: Gebruiker, vum_id: str, uitkomst: Uitkomst | None) -> None:
    """Writes the two lines of a detail, or the first one alone."""
    span = new_span()
    more: dict[str, Any] = {
        "gebruiker": gebruiker,
        "vum_id": vum_id,
        "span": span,
        "onderwerp": "zoekvraag 7",
    }
    with voor_gemeente(gemeente):
        log_act(gemeente, Handeling.DETAIL_GEVRAAGD, uitkomst=Uitkomst.ONBEKEND, **more)
        if uitkomst:
            log_act(
                gemeente,
                Handeling.DETAIL_OPGEVRAAGD,
                uitkomst=uitkomst,
                partij="9" * 20,
                duur_ms=1500,
                **more,
            )


@pytest.fixture
def een() -> Gemeente:
    return een_gemeente("Aadorp")


@pytest.fixture
def beheerder(een: Gemeente) -> Gebruiker:
    return een_gebruiker(een, Rol.FUNCTIONEEL_BEHEERDER, first_name="Fenna", last_name="de Boer")


@pytest.fixture
def jobcoach(een: Gemeente) -> Gebruiker:
    return een_gebruiker(een, first_name="Joris", last_name="van Dam")


def rows(page: Any) -> list[tuple[str, str, str]]:
    return [(row.wie, row.handeling, row.uitkomst) for row in page.context["rijen"]]


def test_it_tells_who_did_what_and_one_line_for_a_detail(
    een: Gemeente, beheerder: Gebruiker, jobcoach: Gebruiker
) -> None:
    detail(een, jobcoach, "VUM-1", Uitkomst.GELUKT)
    detail(een, jobcoach, "VUM-2", Uitkomst.MISLUKT)
    detail(een, jobcoach, "VUM-3", None)
    suspend(een, Reden.INCIDENT)
    page = een_client(beheerder).get("/logboek/")
    assert rows(page) == [
        ("Fenna de Boer", "Ingelogd", ""),
        ("Het portaal", "Deelname van de gemeente opgeschort", ""),
        ("Joris van Dam", "Detail gevraagd", "Niet bekend"),
        ("Joris van Dam", "Detail opgevraagd", "Niet geleverd"),
        ("Joris van Dam", "Detail opgevraagd", "Geleverd"),
        ("Het portaal", "Gemeente toegelaten tot de uitwisseling", ""),
        ("Het portaal", "Gemeente ingeschreven", ""),
    ]
    for shown in ("VUM-1", "zoekvraag 7", "9" * 20, "Jobcoach"):
        assert shown in page.text


def test_a_functioneel_beheerder_of_another_municipality_sees_nothing_of_it(
    een: Gemeente, jobcoach: Gebruiker
) -> None:
    detail(een, jobcoach, "VUM-1", Uitkomst.GELUKT)
    browser = een_client(een_gebruiker(een_gemeente("Beedorp"), Rol.FUNCTIONEEL_BEHEERDER))
    own = Pseudoniem.objects.get(gebruiker=jobcoach).pk
    for path in ("/logboek/", f"/logboek/?wie={own}", "/logboek/csv", f"/logboek/csv?wie={own}"):
        text = browser.get(path).text
        assert not any(
            secret in text for secret in ("VUM-1", "Joris", "Aadorp", f"Medewerker {str(own)[:8]}")
        )
    assert browser.get("/logboek/alle").status_code == 403
    assert browser.get("/logboek/alle/csv").status_code == 403


def test_a_jobcoach_sees_no_log(jobcoach: Gebruiker) -> None:
    browser = een_client(jobcoach)
    assert browser.get("/logboek/").status_code == 403
    assert "Logboek" not in browser.get("/").text


def test_support_sees_all_municipalities_without_names_and_content(
    een: Gemeente, beheerder: Gebruiker, jobcoach: Gebruiker
) -> None:
    support = een_gebruiker(supportrol=Supportrol.ADVISEREND, first_name="Sem", last_name="Steun")
    detail(een, jobcoach, "VUM-1", Uitkomst.GELUKT)
    with handelt(support.pk):
        suspend(een, Reden.INCIDENT)
    browser = een_client(support)
    page, download = browser.get("/logboek/alle"), browser.get("/logboek/alle/csv")
    own = str(Pseudoniem.objects.get(gebruiker=jobcoach).pk)[:8]
    for text in (page.text, download.content.decode()):
        assert "Aadorp" in text
        assert f"Medewerker {own}" in text
        assert "Jobcoach" in text
        assert "Sem Steun" in text
        assert "incident" in text, "what support itself did, is told"
        assert not any(secret in text for secret in ("VUM-1", "zoekvraag 7", "Joris", "van Dam"))
    assert "Alle gemeenten</option>" in page.text
    assert "<span><br>" not in page.text, "no empty line where the content is left out"
    assert rows(browser.get("/logboek/alle?wie=0"))[0] == ("Sem Steun", "Logboek gedownload", "")
    # To the municipality, support is one.
    shown = [row for row in rows(een_client(beheerder).get("/logboek/")) if "opgeschort" in row[1]]
    assert shown[0][0].startswith("VNG-support ")


def test_the_lines_of_all_are_for_the_pages_of_support_and_for_people_of_support(
    beheerder: Gebruiker,
) -> None:
    support = een_gebruiker(supportrol=Supportrol.ADVISEREND)
    for who, some in ((support.pk, True), (beheerder.pk, False), (None, False)):
        with handelt(who), als_support():
            assert Supportregel.objects.exists() == some


def test_it_can_be_narrowed_to_a_period_an_act_and_a_colleague(
    een: Gemeente, beheerder: Gebruiker, jobcoach: Gebruiker
) -> None:
    detail(een, jobcoach, "VUM-1", Uitkomst.GELUKT)
    browser = een_client(beheerder)
    own = Pseudoniem.objects.get(gebruiker=jobcoach).pk
    today, tomorrow = timezone.localdate(), timezone.localdate() + timedelta(days=1)

    def acts(query: str) -> list[str]:
        return [handeling for _, handeling, _ in rows(browser.get(f"/logboek/?{query}"))]

    assert acts(f"wie={own}") == ["Detail opgevraagd"]
    assert acts("handeling=ingelogd") == ["Ingelogd"]
    assert len(acts(f"van={today}&tot={today}")) == 4
    assert acts(f"van={tomorrow}") == []
    # What is not understood narrows nothing, and says so.
    wrong = browser.get("/logboek/?van=gisteren&tot=%00&handeling=bestaat-niet&wie='--&pagina=zx")
    assert len(wrong.context["rijen"]) == 4
    assert "Dit is geen datum" in wrong.text
    for far in ("0001-01-01", "9999-12-31"):
        wrong = browser.get(f"/logboek/?van={far}&tot={far}")
        assert len(wrong.context["rijen"]) == 4, far
        assert "Kies een dag in de jaren" in wrong.text
    assert "voor de dag bij Vanaf" in browser.get(f"/logboek/?van={tomorrow}&tot={today}").text


def test_a_page_costs_the_same_number_of_queries_however_much_is_on_it(
    een: Gemeente, beheerder: Gebruiker
) -> None:
    browser = een_client(beheerder)
    browser.get("/logboek/")

    def queries(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page = browser.get(path)
        assert page.status_code == 200
        return len(captured)

    before = queries("/logboek/")
    for number in range(views.PER_PAGINA + 5):
        detail(een, een_gebruiker(een), f"VUM-{number}", Uitkomst.GELUKT)
    assert queries("/logboek/") == before
    assert len(browser.get("/logboek/").context["rijen"]) == views.PER_PAGINA
    assert len(browser.get("/logboek/?pagina=2").context["rijen"]) == 8


def test_the_csv_holds_no_formula_has_the_fields_of_the_standard_and_is_in_the_log(
    een: Gemeente, beheerder: Gebruiker, jobcoach: Gebruiker
) -> None:
    Gebruiker.objects.filter(pk=jobcoach.pk).update(first_name="=HYPERLINK(1)")
    detail(een, jobcoach, "VUM-1", Uitkomst.GELUKT)
    response = een_client(beheerder).get("/logboek/csv?handeling=detail_opgevraagd")
    assert response["Content-Disposition"].startswith('attachment; filename="logboek-')
    [row] = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";")
    assert row["wie"] == "'=HYPERLINK(1) van Dam"
    assert (row["vumID"], row["uitkomst"], row["gemeente"]) == ("VUM-1", "Geleverd", "Aadorp")
    assert (len(row["trace_id"]), len(row["span_id"]), row["status_code"]) == (32, 16, "1")
    assert row["start_time"] < row["end_time"]
    assert row["dpl.core.processing_activity_id"] == "urn:um-portaal:verwerking:zoeken"
    assert row["dpl.core.data_subject_id_type"] == "vumID"
    with voor_gemeente(een):
        line = Auditregel.objects.get(handeling="logboek_gedownload")
    assert (line.aantal, line.actor) == (1, Pseudoniem.objects.get(gebruiker=beheerder).pk)


def test_a_suspended_municipality_reads_its_log_and_one_that_left_does_not(
    een: Gemeente, beheerder: Gebruiker
) -> None:
    browser = een_client(beheerder)
    suspend(een, Reden.VERZOEK)
    assert browser.get("/logboek/").status_code == 200
    lifecycle.leave(een.pk)
    assert browser.get("/logboek/").status_code == 403
