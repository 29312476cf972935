"""The settings of a municipality: what they do, who changes them, and two people at once."""

import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from exchange.bemiddelaar.models import Zoekvraag
from exchange.bron.answer import find_detail
from exchange.interfaces import current
from exchange.standard import Soort
from tests.factories import (
    een_client,
    een_gebruiker,
    een_gemeente,
    een_levering,
    een_sonar_rij,
    een_vraag,
    een_werkblad,
    een_werkzoekende,
    publish_set,
    vum_headers,
)
from um_portal.accounts.models import Supportrol
from um_portal.gemeenten import logo
from um_portal.tenants.models import Contactbeleid, Gemeente, Rol, Scenario
from um_portal.tenants.scope import voor_gemeente
from uploads.gepubliceerd import publication
from uploads.mapping.presets.sonar import KOPPEN
from uploads.models import Leveringstatus

pytestmark = pytest.mark.django_db

PAD = "/gemeenten/instellingen/"


@pytest.fixture
def gemeente() -> Gemeente:
    """A municipality that takes part."""
    return een_gemeente("Aadorp")


@pytest.fixture
def beheerder(gemeente: Gemeente) -> Any:
    """A browser of its functioneel beheerder."""
    return een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER))


def _stamp(browser: Any, path: str) -> str:
    return str(browser.get(path).context["form"]["stempel"].value())


def _png(width: int = 4, height: int = 3, *, extra: bytes = b"", pixels: bytes | None = None) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = pixels if pixels is not None else (b"\x00" + b"\x10\x20\x30" * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + (chunk(b"tEXt", extra) if extra else b"")
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def test_the_detail_follows_the_contact_policy_from_the_moment_it_is_changed(
    gemeente: Gemeente, beheerder: Any
) -> None:
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
    detail = find_detail(gemeente, Soort.WERKZOEKENDEN, "W1", suwi=True)
    assert detail is not None
    assert "emailadres" in detail
    path = f"{PAD}contact/"
    changed = beheerder.post(path, {"contactbeleid": "jobcoach", "stempel": _stamp(beheerder, path)})
    assert changed.status_code == 302
    gemeente.refresh_from_db()
    detail = find_detail(gemeente, Soort.WERKZOEKENDEN, "W1", suwi=True)
    assert detail is not None
    assert "emailadres" not in detail


def test_a_column_gives_a_jobseeker_a_contact_policy_that_goes_before_the_municipalitys(
    gemeente: Gemeente,
) -> None:
    words = ("", "Jobcoach", "werkzoekende", "liever niet")
    rows = [
        {**een_sonar_rij(ID_WZ=f"S-{n}", E_mailadres=f"p{n}@x.example"), "Contactbeleid": word}
        for n, word in enumerate(words)
    ]
    rows = [{**row, "E-mailadres": f"p{n}@x.example"} for n, row in enumerate(rows)]
    levering = een_levering(gemeente, een_werkblad(rows, (*KOPPEN, "Contactbeleid")))
    assert levering.status == Leveringstatus.OMGEZET
    assert levering.omgezet == 4
    assert [reden["code"] for reden in levering.redenen] == ["contactbeleid_onbekend"]
    publication.request_publication(gemeente, levering.pk, None)
    publication.publish(gemeente, levering.pk)
    with voor_gemeente(gemeente):
        from exchange.bron.models import Werkzoekende

        found = list(Werkzoekende.objects.order_by("pk").values_list("id_bron", "contactbeleid"))
    assert sorted(str(policy) for _, policy in found) == ["None", "jobcoach", "jobcoach", "werkzoekende"]
    gemeente.contactbeleid = Contactbeleid.JOBCOACH
    reached = [
        id_bron
        for id_bron, _ in found
        if "emailadres" in (find_detail(gemeente, Soort.WERKZOEKENDEN, id_bron, suwi=True) or {})
    ]
    assert reached == [id_bron for id_bron, policy in found if policy == "werkzoekende"]


def test_two_tabs_do_not_undo_each_other_and_different_forms_do_not_meet(
    gemeente: Gemeente, beheerder: Any
) -> None:
    contact, bewaren = f"{PAD}contact/", f"{PAD}bewaren/"
    old, other = _stamp(beheerder, contact), _stamp(beheerder, bewaren)
    first = beheerder.post(
        contact, {"contactbeleid": "jobcoach", "niet_suwi_toegestaan": "on", "stempel": old}
    )
    assert first.status_code == 302
    second = beheerder.post(contact, {"contactbeleid": "werkzoekende", "stempel": old})
    assert second.status_code == 409
    assert "Er is niets bewaard" in second.text
    # Another form of the same page, loaded before: it does not touch what the first one wrote.
    assert beheerder.post(bewaren, {"bewaardagen": "3", "stempel": other}).status_code == 302
    gemeente.refresh_from_db()
    assert (gemeente.contactbeleid, gemeente.niet_suwi_toegestaan, gemeente.bewaardagen) == (
        "jobcoach",
        True,
        3,
    )


def test_retention_stays_within_the_national_limits_and_counts_for_new_searches(
    gemeente: Gemeente, beheerder: Any, settings: Any
) -> None:
    path = f"{PAD}bewaren/"
    stamp = _stamp(beheerder, path)
    for name, value in (
        ("bewaardagen", "8"),
        ("bewaardagen", "0"),
        ("verloopdagen", "13"),
        ("verloopdagen", "x"),
    ):
        refused = beheerder.post(path, {name: value, "stempel": stamp})
        assert refused.status_code == 422
        assert "Kies een getal van" in refused.text
    assert beheerder.post(path, {"bewaardagen": "2", "stempel": stamp}).status_code == 302
    asked = {"soort": "werkzoekenden", "postcode": "3511AB", "afstand": "10", "naam": "Kok"}
    assert beheerder.post("/zoeken/", asked).status_code == 302
    with voor_gemeente(gemeente):
        found = Zoekvraag.objects.get()
    assert (found.verloopt_op - found.aangemaakt_op).days in (1, 2)
    # The country goes first when it becomes stricter.
    settings.UM_BEWAARDAGEN = 1
    gemeente.refresh_from_db()
    assert gemeente.bewaartermijn == 1


def test_a_municipality_that_only_offers_profiles_neither_searches_nor_offers_vacancies(
    gemeente: Gemeente, beheerder: Any, settings: Any
) -> None:
    support = een_client(een_gebruiker(supportrol=Supportrol.BESLISSEND))
    path = f"/gemeenten/{gemeente.oin}/deelname/"
    changed = support.post(
        path, {"naam": "Aadorp", "scenarios": [Scenario.PROFIEL_BRON], "stempel": _stamp(support, path)}
    )
    assert changed.status_code == 302
    page = beheerder.get("/").text
    assert "Zoeken" not in page
    assert "Gepubliceerde vacatures" not in page
    refused = beheerder.get("/zoeken/")
    assert refused.status_code == 403
    assert "Aadorp doet hier niet aan mee" in refused.text
    settings.UM_VERTROUWDE_PROXIES = ["127.0.0.1"]
    headers = {**vum_headers(gemeente), "X-Client-Cert-OIN": settings.UM_EXCHANGE_OIN}
    answers = {
        soort: Client().post(
            f"{current().bron_adres}/{soort.api_naam}/matches",
            {"vraagObject": een_vraag()},
            content_type="application/json",
            headers=headers,
        )
        for soort in (Soort.WERKZOEKENDEN, Soort.VACATURES)
    }
    assert answers[Soort.WERKZOEKENDEN].status_code == 200
    assert answers[Soort.VACATURES].status_code == 400
    assert answers[Soort.VACATURES].json()["code"] == "400.01"


def test_one_kind_of_search_is_enough_to_search_and_a_page_of_before_is_refused(
    gemeente: Gemeente, beheerder: Any
) -> None:
    Gemeente.objects.filter(pk=gemeente.pk).update(scenarios=[Scenario.VACATURE_VRAGER])
    page = beheerder.get("/zoeken/")
    assert page.status_code == 200
    assert page.context["soorten"] == [Soort.VACATURES]
    asked = {"soort": "werkzoekenden", "postcode": "3511AB", "afstand": "10"}
    assert beheerder.post("/zoeken/", asked).status_code == 403
    with voor_gemeente(gemeente):
        assert not Zoekvraag.objects.exists()


def test_only_the_functioneel_beheerder_changes_settings(gemeente: Gemeente) -> None:
    for rol in (Rol.JOBCOACH, Rol.GEGEVENSBEHEERDER):
        browser = een_client(een_gebruiker(gemeente, rol))
        assert browser.get(PAD).status_code == 403
        assert browser.post(f"{PAD}contact/", {"contactbeleid": "jobcoach"}).status_code == 403
    gemeente.refresh_from_db()
    assert gemeente.contactbeleid == Contactbeleid.WERKZOEKENDE


def test_name_and_logo_stand_above_the_pages_of_the_own_municipality_only(
    gemeente: Gemeente, beheerder: Any
) -> None:
    path = f"{PAD}naam/"
    beheerder.post(path, {"naam_in_kop": "Werkplein <b>Aa</b>", "stempel": _stamp(beheerder, path)})
    path = f"{PAD}logo/"
    assert "niet verplicht" not in beheerder.get(path).text
    nothing = beheerder.post(path, {"stempel": _stamp(beheerder, path)})
    assert (nothing.status_code, "Kies een afbeelding." in nothing.text) == (422, True)
    file = SimpleUploadedFile("logo.png", _png(extra=b"Comment\0gemaakt door Jan"))
    saved = beheerder.post(path, {"bestand": file, "stempel": _stamp(beheerder, path)})
    assert saved.status_code == 302
    page = beheerder.get("/").text
    assert "Werkplein &lt;b&gt;Aa&lt;/b&gt;" in page
    assert "/gemeenten/logo?v=" in page
    assert "Nu staat er" in beheerder.get(path).text
    image = beheerder.get("/gemeenten/logo")
    assert (image["Content-Type"], image["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert b"Jan" not in image.content
    assert image.content.startswith(b"\x89PNG")
    colleague_elsewhere = een_client(een_gebruiker(een_gemeente("Beedorp")))
    assert colleague_elsewhere.get("/gemeenten/logo").status_code == 404
    removed = beheerder.post(path, {"verwijderen": "1", "stempel": _stamp(beheerder, path)})
    assert removed.status_code == 302
    assert beheerder.get("/gemeenten/logo").status_code == 404


@pytest.mark.parametrize(
    "inhoud",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"\xff\xd8\xff\xe0 a photo",
        _png()[:-4],
        _png()[:40] + b"\x00" + _png()[41:],
        _png(900, 3),
        _png(4, 3, pixels=b"\x00" * 10_000_000),
        _png(4, 3, pixels=b"\x09" * 39),
        _png() + b"x" * logo.MAX_BYTES,
    ],
    ids=["empty", "svg", "jpeg", "cut", "broken", "wide", "bomb", "filter", "heavy"],
)
def test_what_is_no_plain_small_png_is_refused(beheerder: Any, inhoud: bytes) -> None:
    path = f"{PAD}logo/"
    file = SimpleUploadedFile("logo.png", inhoud)
    response = beheerder.post(path, {"bestand": file, "stempel": _stamp(beheerder, path)})
    assert response.status_code == 422
    assert beheerder.get("/gemeenten/logo").status_code == 404
