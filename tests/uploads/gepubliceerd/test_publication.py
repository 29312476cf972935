"""Publishing with the numbers beforehand, undoing it, withdrawing, and looking in what is published."""

import csv
import io
import json
import threading
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from exchange.bron import sets, store, writing
from exchange.bron.models import ConceptWerkzoekende, Journaalrecord, Stand, Werkzoekende
from exchange.standard import Profiel, Soort, velden
from exchange.waardelijsten import models as waardelijsten
from tests.factories import (
    een_client,
    een_contactmoment,
    een_gebruiker,
    een_gemeente,
    een_sonar_rij,
    een_vacature,
    een_werkblad,
    een_werkzoekende,
    publish_set,
)
from tests.threads import at_once
from um_portal.audit.models import Auditregel
from um_portal.jobs import MAX_POGINGEN
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from um_portal.workbooks import writer
from uploads import tasks
from uploads.gepubliceerd import download, publication, withdrawal
from uploads.gepubliceerd.publication import (
    NietPubliceerbaar,
    RemtEerst,
    Verlies,
    request_publication,
    request_undo,
)
from uploads.leveringen import erasure
from uploads.leveringen.intake import receive
from uploads.models import Levering, Leveringstatus, RedenStop, RedenVerlies, Wijze
from uploads.omzetten.processing import convert

WZ, VAC, WCM = Soort
BSN = "799890005"
REDEN = RedenVerlies.UITSTROOM


def ready(gemeente: Gemeente, *records: dict[str, Any] | str, **values: Any) -> int:
    """A converted levering with these jobseekers (a name makes one)."""
    inhoud = [een_werkzoekende(one) if isinstance(one, str) else one for one in records]
    pk = receive(gemeente, inhoud=json.dumps(inhoud).encode(), bestandsnaam="export.json", **values).pk
    convert(gemeente, pk)
    return pk


def publish(gemeente: Gemeente, *records: dict[str, Any] | str, **values: Any) -> int:
    return publish_ready(gemeente, ready(gemeente, *records, **values))


def publish_ready(gemeente: Gemeente, pk: int) -> int:
    request_publication(gemeente, pk, None, zonder_rem=True)
    assert publication.publish(gemeente, pk) is not None
    return pk


def reload(gemeente: Gemeente, pk: int) -> Levering:
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.get(pk=pk)
    return levering


def ids(gemeente: Gemeente) -> set[str]:
    with voor_gemeente(gemeente):
        return set(Werkzoekende.objects.values_list("id_bron", flat=True))


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(f"uploads:{name}", args=args), query)
    assert response.status_code == 200, response
    return response.content.decode()


def send(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"uploads:{name}", args=args), data, follow=True)


def changed(name: str, number: int = 1) -> dict[str, Any]:
    return een_werkzoekende(name, telefoonnummer=[f"06{number:08d}"])


def audit(gemeente: Gemeente, handeling: str) -> list[tuple[str, int | None]]:
    with voor_gemeente(gemeente):
        lines = Auditregel.objects.filter(handeling=handeling).order_by("pk")
        return list(lines.values_list("onderwerp", "aantal"))


# --- Before publishing -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_before_publishing_the_page_tells_what_will_change(client, gemeente):
    publish(gemeente, *"ABCDEFGHIJ")
    pk = ready(gemeente, changed("A"), *"BCDEFGHI", "NIEUW")
    text = page(client, "publiceer", pk)
    figures = dict(zip(["nieuw", "gewijzigd", "gelijk", "niet in dit bestand"], [1, 1, 8, 1], strict=True))
    for label, number in figures.items():
        assert f">{label}</dt>" in text or label in text, label
        assert str(number) in text
    assert "Er verdwijnen" not in text
    assert "Er verdwijnt 1; daarna staan er 10." in text
    assert "Er verdwijnt niets; daarna staan er 11." in text
    with voor_gemeente(gemeente):
        levering = Levering.objects.get(pk=pk)
        assert publication.difference(levering) == sets.Verschil(1, 1, 8, 1)
        assert publication.difference(levering, Wijze.AANVULLEND) == sets.Verschil(1, 1, 8, 0, 1)


@pytest.mark.django_db
def test_a_clerk_can_choose_to_add_and_update_only(client, gemeente):
    publish(gemeente, *"ABC")
    pk = ready(gemeente, changed("A"), "D")
    send(client, "publiceer", pk, wijze="aanvullend")
    tasks.publish(pk, gemeente.pk)
    assert ids(gemeente) == set("ABCD")
    levering = reload(gemeente, pk)
    assert (levering.nieuw, levering.gewijzigd, levering.gelijk, levering.weg) == (1, 1, 0, 0)
    assert levering.wijze == Wijze.AANVULLEND
    assert "de rest bleef staan" in page(client, "levering", pk)
    with voor_gemeente(gemeente):
        assert Stand.objects.get().aantal == 4


@pytest.mark.django_db
def test_a_levering_delivered_as_partial_is_published_so_unless_somebody_says_otherwise(client, gemeente):
    publish(gemeente, *"ABC")
    pk = ready(gemeente, "D", wijze=Wijze.AANVULLEND)
    assert 'value="aanvullend" ' in page(client, "publiceer", pk).split("checked")[0][-200:]
    request_publication(gemeente, pk, None)
    publication.publish(gemeente, pk)
    assert ids(gemeente) == set("ABCD")


@pytest.mark.django_db
@pytest.mark.parametrize("wijze", ["alles", "volledig'--", "\x00"])
def test_another_way_of_publishing_there_is_not(client, gemeente, wijze):
    pk = ready(gemeente, "A")
    response = client.post(reverse("uploads:publiceer", args=[pk]), {"wijze": wijze})
    assert response.status_code == 422
    assert reload(gemeente, pk).status == Leveringstatus.OMGEZET


# --- The brake ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("blijven", "remt"), [(10, False), (8, False), (7, True), (0, True)])
def test_from_a_fifth_on_somebody_has_to_say_why(gemeente, blijven, remt):
    names = [f"W{n}" for n in range(10)]
    publish(gemeente, *names)
    pk = ready(gemeente, *names[:blijven], "ANDER")
    with voor_gemeente(gemeente):
        found = publication.rem(Levering.objects.get(pk=pk))
    assert (found is not None) is remt
    if found is not None:
        assert (found.weg, found.eerst, found.percentage) == (10 - blijven, 10, 100 - 10 * blijven)
        with pytest.raises(RemtEerst, match=f"{10 - blijven} van de 10"):
            request_publication(gemeente, pk, None)
    else:
        request_publication(gemeente, pk, None)


@pytest.mark.django_db
def test_the_limit_is_a_setting_and_the_first_publication_has_none(gemeente, settings):
    pk = publish(gemeente, *"ABCD")
    assert reload(gemeente, pk).verlies_bevestigd == publication.ONBEPERKT
    settings.UM_REM_PERCENTAGE = 50
    pk = ready(gemeente, *"AB")
    request_publication(gemeente, pk, None)
    assert publication.publish(gemeente, pk) is not None


@pytest.mark.django_db
def test_a_partial_publication_is_never_braked(gemeente):
    publish(gemeente, *"ABCD")
    pk = ready(gemeente, "X")
    request_publication(gemeente, pk, None, wijze=Wijze.AANVULLEND)
    assert publication.publish(gemeente, pk) is not None


@pytest.mark.django_db
def test_a_page_of_its_own_asks_why_and_without_a_reason_nothing_happens(client, gemeente):
    publish(gemeente, *"ABCDE")
    pk = ready(gemeente, *"AB")
    assert "Er zou veel verdwijnen" in page(client, "publiceer", pk)
    asked = client.post(reverse("uploads:publiceer", args=[pk]), {"wijze": "volledig"})
    text = asked.content.decode()
    assert "3 van de 5" in text
    assert "60%" in text
    for reden in RedenVerlies:
        assert reden.label in text
    assert reload(gemeente, pk).status == Leveringstatus.OMGEZET
    for wrong in ("", "zomaar"):
        refused = client.post(
            reverse("uploads:publiceer", args=[pk]), {"wijze": "volledig", "weg": "3", "reden": wrong}
        )
        assert refused.status_code == 422
        assert "Kies waarom" in refused.content.decode()
    assert reload(gemeente, pk).status == Leveringstatus.OMGEZET
    send(client, "publiceer", pk, wijze="volledig", weg="3", reden=REDEN)
    tasks.publish(pk, gemeente.pk)
    assert ids(gemeente) == set("AB")
    levering = reload(gemeente, pk)
    assert (levering.status, levering.reden_verlies, levering.weg) == (Leveringstatus.GEPUBLICEERD, REDEN, 3)
    assert REDEN.label in page(client, "levering", pk)


@pytest.mark.django_db
def test_when_more_would_disappear_than_was_shown_it_is_asked_again(client, gemeente):
    publish(gemeente, *"ABCDE")
    colleagues = ready(gemeente, *"ABCDEFG")
    pk = ready(gemeente, *"AB")
    client.post(reverse("uploads:publiceer", args=[pk]), {"wijze": "volledig"})
    publish_ready(gemeente, colleagues)
    again = client.post(
        reverse("uploads:publiceer", args=[pk]), {"wijze": "volledig", "weg": "3", "reden": REDEN}
    )
    text = again.content.decode()
    assert "Intussen is er iets veranderd" in text
    assert "5 van de 7" in text
    assert reload(gemeente, pk).status == Leveringstatus.OMGEZET
    send(client, "publiceer", pk, wijze="volledig", weg="5", reden=REDEN)
    tasks.publish(pk, gemeente.pk)
    assert ids(gemeente) == set("AB")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verlies", "published"), [(None, False), (Verlies(REDEN, 3), False), (Verlies(REDEN, 9), True)]
)
def test_when_the_set_changed_after_the_click_the_worker_stops_and_the_old_set_answers(
    client, gemeente, verlies, published
):
    names = [f"W{n}" for n in range(10)]
    publish(gemeente, *names)
    colleagues = ready(gemeente, *names, *(f"X{n}" for n in range(5)))
    pk = ready(gemeente, *names[: 7 if verlies else 9])
    request_publication(gemeente, pk, None, verlies=verlies)
    # Meanwhile a colleague adds to the set.
    publish_ready(gemeente, colleagues)
    assert (publication.publish(gemeente, pk) is not None) is published
    levering = reload(gemeente, pk)
    if published:
        assert levering.status == Leveringstatus.GEPUBLICEERD
        return
    assert levering.status == Leveringstatus.OMGEZET
    assert "van de 15 gepubliceerde werkzoekenden verdwijnen" in levering.melding
    assert len(ids(gemeente)) == 15
    with voor_gemeente(gemeente):
        assert ConceptWerkzoekende.objects.count() == levering.omgezet
    assert "Er zou veel verdwijnen" in page(client, "publiceer", pk)


@pytest.mark.django_db
def test_what_would_go_by_itself_stops_at_the_brake_also_when_the_set_changed_on_the_way(gemeente):
    names = [f"W{n}" for n in range(10)]
    publish(gemeente, *names)
    colleagues = ready(gemeente, *names, *(f"X{n}" for n in range(5)))
    pk = ready(gemeente, *names[:9], publiceer_vanzelf=True)
    request_publication(gemeente, pk, None)
    publish_ready(gemeente, colleagues)
    assert publication.publish(gemeente, pk) is None
    levering = reload(gemeente, pk)
    assert (levering.status, levering.gestopt_om) == (Leveringstatus.OMGEZET, RedenStop.REM)
    assert len(ids(gemeente)) == 15


@pytest.mark.django_db
def test_a_number_that_cannot_be_confirms_nothing(client, gemeente):
    publish(gemeente, *"ABCDE")
    pk = ready(gemeente, "A")
    for weg in ("-1", "1e9", "9" * 40, "drie", "٣", ""):
        response = client.post(
            reverse("uploads:publiceer", args=[pk]), {"wijze": "volledig", "weg": weg, "reden": REDEN}
        )
        assert "4 van de 5" in response.content.decode(), weg
        assert reload(gemeente, pk).status == Leveringstatus.OMGEZET, weg


# --- Undoing -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_publication_is_undone_from_its_page_after_the_numbers_were_shown(client, gebruiker, gemeente):
    publish(gemeente, *"ABC")
    pk = publish(gemeente, changed("A"), "B", "D", "E")
    assert reverse("uploads:terugdraaien", args=[pk]) in page(client, "levering", pk)
    text = page(client, "terugdraaien", pk)
    assert "Er verdwijnen 2: wat deze publicatie toevoegde." in text
    assert "Er komt 1 terug" in text
    assert "1 krijgt de vorige inhoud terug." in text
    assert "Daarna staan er 3." in text
    assert ids(gemeente) == set("ABDE")
    response = send(client, "terugdraaien", pk)
    assert "Bezig met terugdraaien" in response.content.decode()
    assert ids(gemeente) == set("ABDE")
    tasks.undo(pk, gemeente.pk)
    assert ids(gemeente) == set("ABC")
    levering = reload(gemeente, pk)
    assert levering.status == Leveringstatus.GEPUBLICEERD
    assert levering.teruggedraaid_door == gebruiker
    assert levering.is_teruggedraaid
    assert audit(gemeente, "levering_teruggedraaid") == [(f"levering {pk}, werkzoekenden", 3)]
    text = page(client, "levering", pk)
    assert "Teruggedraaid" in text
    assert reverse("uploads:terugdraaien", args=[pk]) not in text


@pytest.mark.django_db
def test_only_the_last_publication_is_undone_then_the_one_before_it(client, gemeente):
    first, second = publish(gemeente, "A"), publish(gemeente, "B")
    assert reverse("uploads:terugdraaien", args=[first]) not in page(client, "levering", first)
    response = client.get(reverse("uploads:terugdraaien", args=[first]), follow=True)
    assert "niet terug te draaien" in response.content.decode()
    with pytest.raises(NietPubliceerbaar, match="niet terug te draaien"):
        request_undo(gemeente, first, None)
    for pk, left in ((second, {"A"}), (first, set())):
        request_undo(gemeente, pk, None)
        assert publication.undo(gemeente, pk) is not None
        assert ids(gemeente) == left
    with pytest.raises(NietPubliceerbaar, match="al teruggedraaid"):
        request_undo(gemeente, first, None)


@pytest.mark.django_db
def test_undoing_is_done_once_however_often_it_is_asked(gemeente):
    publish(gemeente, "A")
    pk = publish(gemeente, "B")
    request_undo(gemeente, pk, None)
    with pytest.raises(NietPubliceerbaar):
        request_undo(gemeente, pk, None)
    assert publication.undo(gemeente, pk) is not None
    assert publication.undo(gemeente, pk) is None
    assert publication.publish(gemeente, pk) is None
    assert ids(gemeente) == {"A"}
    assert len(audit(gemeente, "levering_teruggedraaid")) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_undo_at_once_one_wins_and_the_other_is_told(gemeente):
    publish(gemeente, "A")
    pk = publish(gemeente, "B")
    results = at_once(*[partial(request_undo, gemeente, pk, None)] * 2)
    assert [type(result) for result in results if result] == [NietPubliceerbaar]
    results = at_once(*[partial(publication.undo, gemeente, pk)] * 3)
    assert [type(result) for result in results if result] == [sets.Verschil]
    assert ids(gemeente) == {"A"}


@pytest.mark.django_db
def test_what_was_published_meanwhile_stays_and_the_undo_is_called_off(gemeente):
    publish(gemeente, "A")
    pk = publish(gemeente, "B")
    request_undo(gemeente, pk, None)
    publish(gemeente, "C")
    assert publication.undo(gemeente, pk) is None
    levering = reload(gemeente, pk)
    assert (levering.status, levering.is_teruggedraaid) == (Leveringstatus.GEPUBLICEERD, False)
    assert "niet terug te draaien" in levering.melding
    assert ids(gemeente) == {"C"}


@pytest.mark.django_db(transaction=True)
def test_while_something_is_being_published_an_undo_is_called_off_with_a_message(gemeente):
    publish(gemeente, "A")
    pk = publish(gemeente, "B")
    request_undo(gemeente, pk, None)
    with voor_gemeente(gemeente):
        sets.lock(gemeente, WZ)
        assert at_once(partial(publication.undo, gemeente, pk)) == [None]
    levering = reload(gemeente, pk)
    assert (levering.status, levering.teruggedraaid_door) == (Leveringstatus.GEPUBLICEERD, None)
    assert "Er is niets teruggedraaid" in levering.melding
    request_undo(gemeente, pk, None)
    assert publication.undo(gemeente, pk) is not None


def nowhere(pc4: int) -> None:
    """Stands for a table of postcodes in which no place is known."""


@pytest.mark.django_db
def test_what_has_no_place_on_the_map_any_more_is_not_brought_back_and_that_is_said(gemeente, monkeypatch):
    publish(gemeente, "A")
    pk = publish(gemeente, "B")
    request_undo(gemeente, pk, None)
    monkeypatch.setattr(writing, "resolver", lambda: nowhere)
    assert publication.undo(gemeente, pk) is None
    assert "niet meer op de kaart" in reload(gemeente, pk).melding
    assert ids(gemeente) == {"B"}


class Gedood(BaseException):
    """Stands for the end of a process: nobody catches it."""


@pytest.mark.django_db(transaction=True)
def test_an_undo_whose_worker_is_killed_is_picked_up_again(gemeente, monkeypatch):
    publish(gemeente, "A")
    pk = publish(gemeente, "B")
    request_undo(gemeente, pk, None)

    def die(*_: Any, **__: Any) -> None:
        raise Gedood

    with monkeypatch.context() as patch:
        # Right before the commit: the set has been written already.
        patch.setattr(publication, "log_act", die)
        with pytest.raises(Gedood):
            publication.undo(gemeente, pk)
    assert ids(gemeente) == {"B"}
    assert reload(gemeente, pk).status == Leveringstatus.TERUGDRAAIEN
    assert tasks.resume(gemeente) == 0
    with voor_gemeente(gemeente):
        Levering.objects.filter(pk=pk).update(lease_tot=timezone.now() - timedelta(minutes=1))
    assert tasks.resume(gemeente) == 1
    tasks.undo(pk, gemeente.pk)
    assert ids(gemeente) == {"A"}
    assert len(audit(gemeente, "levering_teruggedraaid")) == 1


@pytest.mark.django_db
def test_an_undo_that_was_interrupted_too_often_leaves_what_is_published(gemeente):
    publish(gemeente, "A")
    pk = publish(gemeente, "B")
    request_undo(gemeente, pk, None)
    with voor_gemeente(gemeente):
        Levering.objects.filter(pk=pk).update(
            pogingen=MAX_POGINGEN, lease_tot=timezone.now() - timedelta(minutes=1)
        )
    assert tasks.resume(gemeente) == 1
    assert publication.undo(gemeente, pk) is None
    levering = reload(gemeente, pk)
    assert levering.status == Leveringstatus.GEPUBLICEERD
    assert "onderbroken" in levering.melding
    assert ids(gemeente) == {"B"}


@pytest.mark.django_db
def test_what_waits_to_be_undone_is_not_erased_as_an_old_file(gemeente):
    publish(gemeente, "A")
    pk = publish(gemeente, "B")
    request_undo(gemeente, pk, None)
    with voor_gemeente(gemeente):
        Levering.objects.update(aangemaakt_op=timezone.now() - timedelta(days=5))
    assert erasure.erase_expired(gemeente) == 0
    assert not erasure.withdraw(gemeente, pk, None)
    assert reload(gemeente, pk).status == Leveringstatus.TERUGDRAAIEN


# --- Withdrawing -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_chosen_rows_are_withdrawn_after_a_question(client, gemeente):
    publish(gemeente, *"ABC")
    with voor_gemeente(gemeente):
        keys_of = dict(Werkzoekende.objects.values_list("id_bron", "pk"))
    response = client.post(
        reverse("uploads:intrekken"), {"soort": "werkzoekenden", "record": [keys_of["A"], keys_of["C"]]}
    )
    text = response.content.decode()
    assert "U trekt 2 records" in text
    assert ids(gemeente) == set("ABC")
    response = send(client, "intrekken", soort="werkzoekenden", ids="A;C")
    assert "Er zijn 2 records ingetrokken." in response.content.decode()
    assert ids(gemeente) == {"B"}
    assert audit(gemeente, "records_ingetrokken") == [("werkzoekenden", 2)]


@pytest.mark.django_db
def test_numbers_of_the_own_system_and_bsns_are_understood_and_kept_nowhere(client, gemeente):
    rows = [een_sonar_rij(ID_WZ="WZ-001"), een_sonar_rij(ID_WZ="NNB", BSN=BSN), een_sonar_rij(ID_WZ="12345")]
    pk = receive(gemeente, inhoud=een_werkblad(rows), bestandsnaam="export.xlsx").pk
    convert(gemeente, pk)
    request_publication(gemeente, pk, None)
    publication.publish(gemeente, pk)
    publish(gemeente, "EIGEN-1", wijze=Wijze.AANVULLEND)
    # What was delivered as partial is added only when that was asked.
    lines = f"  WZ-001 \n\n{BSN}\nEIGEN-1\nWZ-001\nbestaat-niet\n"
    assert len(ids(gemeente)) == 4
    response = client.post(reverse("uploads:intrekken"), {"soort": "werkzoekenden", "nummers": lines})
    text = response.content.decode()
    assert "U trekt 3 records" in text
    assert "1 nummer is niet gevonden: regel 4" in text
    for secret in (BSN, "WZ-001", "bestaat-niet"):
        assert secret not in text
    known = ";".join([keys.pseudoniem(gemeente, "WZ-001"), keys.pseudoniem(gemeente, BSN), "EIGEN-1"])
    assert all(one in text for one in known.split(";"))
    send(client, "intrekken", soort="werkzoekenden", ids=known)
    assert ids(gemeente) == {keys.pseudoniem(gemeente, "12345")}


@pytest.mark.django_db
def test_a_list_that_cannot_be_is_refused_with_a_sentence(client, gemeente):
    publish(gemeente, "A")
    for nummers, melding in (
        ("", "minstens één nummer"),
        (" \n ;\t\n", "minstens één nummer"),
        ("bestaat-niet\n%'--", "Geen van deze nummers"),
        ("A\x00", "niet toegestaan"),
        ("\n".join(map(str, range(5001))), "hoogstens 5000"),
    ):
        response = client.post(reverse("uploads:intrekken"), {"soort": "werkzoekenden", "nummers": nummers})
        assert response.status_code == 422, nummers[:20]
        assert melding in response.content.decode(), nummers[:20]
        assert ids(gemeente) == {"A"}, nummers[:20]


@pytest.mark.django_db
def test_what_is_no_row_of_the_table_is_not_withdrawn(client, gemeente):
    publish(gemeente, "A")
    for made_up in ("9" * 5000, "9" * 25, "²", "-1", "a\0b", ""):
        response = client.post(reverse("uploads:intrekken"), {"soort": "werkzoekenden", "record": [made_up]})
        assert response.status_code == 302, made_up[:20]
        assert "Kies eerst in de tabel" in client.get(response.url).content.decode(), made_up[:20]


@pytest.mark.django_db
def test_somebody_who_is_only_in_a_file_that_waits_is_withdrawn_from_there(client, gemeente):
    publish(gemeente, "A")
    publish(gemeente, "B")
    waiting = ready(gemeente, "C", "D")
    response = client.post(reverse("uploads:intrekken"), {"soort": "werkzoekenden", "nummers": "A\nC"})
    assert "Er staat er nu geen gepubliceerd" in response.content.decode()
    response = send(client, "intrekken", soort="werkzoekenden", ids="A;C")
    assert "geen gepubliceerde records" in response.content.decode()
    with voor_gemeente(gemeente):
        assert not Journaalrecord.objects.exists()
        assert set(ConceptWerkzoekende.objects.values_list("id_bron", flat=True)) == {"D"}
    request_publication(gemeente, waiting, None, zonder_rem=True)
    publication.publish(gemeente, waiting)
    assert ids(gemeente) == {"D"}


@pytest.mark.django_db
def test_a_file_from_before_that_is_converted_once_more_does_not_bring_somebody_back(gemeente):
    publish(gemeente, "A", "B")
    waiting = ready(gemeente, "A", "B")
    withdrawal.withdraw_records(gemeente, WZ, ["A"], None)
    with voor_gemeente(gemeente):
        Levering.objects.filter(pk=waiting).update(status=Leveringstatus.ONTVANGEN)
    convert(gemeente, waiting)
    request_publication(gemeente, waiting, None)
    publication.publish(gemeente, waiting)
    assert ids(gemeente) == {"B"}
    publish(gemeente, "A", "C")
    assert ids(gemeente) == {"C"}


@pytest.mark.django_db
def test_everything_is_withdrawn_only_by_who_is_sure(client, gemeente):
    publish(gemeente, *"ABC")
    waiting = ready(gemeente, "D")
    assert "1 levering wacht nog op publicatie en vervalt" in page(
        client, "alles_intrekken", soort="werkzoekenden"
    )
    response = client.post(reverse("uploads:alles_intrekken"), {"soort": "werkzoekenden"})
    assert response.status_code == 422
    assert "Zet een vinkje" in response.content.decode()
    assert ids(gemeente) == set("ABC")
    response = send(client, "alles_intrekken", soort="werkzoekenden", zeker="on")
    assert "Er zijn 3 records ingetrokken." in response.content.decode()
    assert ids(gemeente) == set()
    levering = reload(gemeente, waiting)
    assert levering.status == Leveringstatus.VERVALLEN
    assert "Alles van deze soort is ingetrokken" in levering.melding
    with voor_gemeente(gemeente):
        assert not ConceptWerkzoekende.objects.exists()
    assert audit(gemeente, "records_ingetrokken") == [("werkzoekenden, alles", 3)]
    assert store.difference(gemeente, WZ, waiting).totaal == 0


@pytest.mark.django_db
def test_withdrawing_everything_leaves_the_other_kinds(client, gemeente):
    publish(gemeente, "A")
    publish_set(gemeente, VAC, [een_vacature("V")])
    waiting = ready(gemeente, "B")
    send(client, "alles_intrekken", soort="vacatures", zeker="on")
    assert ids(gemeente) == {"A"}
    assert reload(gemeente, waiting).status == Leveringstatus.OMGEZET


@pytest.mark.django_db(transaction=True)
def test_a_levering_that_waits_for_a_worker_does_not_survive_a_withdrawal_of_everything(gemeente):
    publish(gemeente, "A")
    pk = ready(gemeente, "A", "B")
    request_publication(gemeente, pk, None)
    results = at_once(
        partial(withdrawal.withdraw_everything, gemeente, WZ, None),
        partial(publication.publish, gemeente, pk),
    )
    # Either it was published first and withdrawn with the rest, or it expired.
    assert results[0] in {1, 2}
    assert ids(gemeente) == set()
    assert publication.publish(gemeente, pk) is None
    assert ids(gemeente) == set()
    assert reload(gemeente, pk).status in {Leveringstatus.VERVALLEN, Leveringstatus.GEPUBLICEERD}


@pytest.mark.django_db(transaction=True)
def test_withdrawing_while_it_is_being_published_leaves_nobody_behind(gemeente):
    for turn in range(4):
        pk = ready(gemeente, "A", "B", f"N{turn}")
        request_publication(gemeente, pk, None, zonder_rem=True)
        results = at_once(
            partial(withdrawal.withdraw_records, gemeente, WZ, ["A"], None),
            partial(publication.publish, gemeente, pk),
        )
        assert not [one for one in results if isinstance(one, Exception)]
        assert "A" not in ids(gemeente)
        if results[1] is None:
            request_publication(gemeente, pk, None, zonder_rem=True)
            publication.publish(gemeente, pk)
        assert ids(gemeente) == {"B", f"N{turn}"}


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_on_a_busy_moment_says_so(client, gemeente, monkeypatch):
    monkeypatch.setattr(sets, "_PATIENCE", "100ms")
    publish(gemeente, "A")

    def ask(name: str, **data: Any) -> str:
        return str(send(client, name, soort="werkzoekenden", **data).content.decode())

    with voor_gemeente(gemeente):
        sets.lock(gemeente, WZ)
        for text in at_once(partial(ask, "intrekken", ids="A"), partial(ask, "alles_intrekken", zeker="on")):
            assert "Er is niets ingetrokken" in text
    assert ids(gemeente) == {"A"}


# --- What is published -------------------------------------------------------------------------------------


@pytest.fixture
def country(gemeente: Gemeente) -> None:
    waardelijsten.replace(
        "beroepen", [("urn:test:kok", "Kok in een restaurant"), ("urn:test:bakker", "Bakker")]
    )
    publish_set(
        gemeente,
        WZ,
        [
            een_werkzoekende(
                f"W{n:03d}",
                bemiddelingsberoep=[{"codeBeroepsnaam": "urn:test:kok" if n % 3 else "urn:test:bakker"}],
                mobiliteit={"bemiddelingspostcode": f"{(3511, 3512, 1012)[n % 3]}AB"},
                werktijden={"aantalWerkurenPerWeekMaximaal": 10 + n % 30},
                arbeidsmarktkwalificatie={"rijbewijs": [{"codeSoortRijbewijs": "BE" if n == 7 else "B"}]},
            )
            for n in range(60)
        ],
    )


def found(text: str) -> list[str]:
    """The numbers in the table, in its order."""
    return [part.split("</span>")[1].split("<")[0] for part in text.split('<th scope="row"')[1:]]


@pytest.mark.django_db
@pytest.mark.usefixtures("country")
@pytest.mark.parametrize(
    ("asked", "number", "first"),
    [
        ({}, 60, "W000"),
        ({"beroep": "restaurant"}, 40, "W001"),
        ({"beroep": "urn:test:bak"}, 20, "W000"),
        ({"beroep": "loodgieter"}, 0, None),
        ({"postcode": "35"}, 40, "W000"),
        ({"postcode": "3512"}, 20, "W001"),
        ({"postcode": "9"}, 0, None),
        ({"rijbewijs": "BE"}, 1, "W007"),
        ({"uren": "38"}, 4, "W028"),
        ({"beroep": "kok", "postcode": "3512", "uren": "30"}, 6, "W022"),
        ({"sorteer": "-uren"}, 60, "W029"),
        ({"sorteer": "postcode"}, 60, "W002"),
        ({"sorteer": "-nummer"}, 60, "W059"),
        ({"sorteer": "nummer", "pagina": "3"}, 60, "W050"),
        ({"sorteer": "wachtwoord"}, 60, "W000"),
        ({"pagina": "999"}, 60, "W050"),
        ({"pagina": "x", "uren": "veel", "postcode": "3511AB", "rijbewijs": "zeppelin"}, 60, "W000"),
    ],
)
def test_the_set_is_searched_filtered_sorted_and_paged(client, asked, number, first):
    text = page(client, "gepubliceerd", soort="werkzoekenden", **asked)
    rows = found(text)
    assert rows[:1] == ([first] if first else [])
    filtered = any(asked.get(name) for name in ("beroep", "postcode", "rijbewijs", "uren"))
    if number == 60:
        assert "Alle werkzoekenden: 60" in text
    elif number and filtered:
        assert f"Gevonden: {number} van 60" in text
    else:
        assert "Niets gevonden" in text


@pytest.mark.django_db
def test_vacancies_and_contacts_are_searched_by_what_they_have(client, gemeente):
    publish_set(
        gemeente,
        VAC,
        [
            een_vacature("V1", sluitingsdatumVacature="2031-01-01", codeWerkEnDenkniveauMinimaal="5"),
            een_vacature("V2", beroep={"codeBeroepsnaam": "urn:test:kok"}),
        ],
    )
    publish_set(gemeente, WCM, [een_contactmoment(), een_contactmoment("87654321", "2026-06-01")])
    for asked, number in (
        ({"soort": "vacatures", "niveau": "5"}, 1),
        ({"soort": "vacatures", "sluit": "2031-12-31"}, 1),
        ({"soort": "vacatures", "sluit": "gisteren"}, 2),
        ({"soort": "vacatures", "beroep": "test:kok"}, 1),
        ({"soort": "vacatures", "sorteer": "-sluit"}, 2),
        ({"soort": "vacatures", "sorteer": "niveau"}, 2),
        ({"soort": "werkgeverscontactmomenten", "kvk": "87654321"}, 1),
        ({"soort": "werkgeverscontactmomenten", "vanaf": "2026-05-25"}, 1),
        ({"soort": "werkgeverscontactmomenten", "tot": "2026-05-25", "sorteer": "-datum"}, 1),
        ({"soort": "werkgeverscontactmomenten", "sorteer": "kvk"}, 2),
    ):
        assert len(found(page(client, "gepubliceerd", **asked))) == number, asked


@pytest.mark.django_db
def test_a_record_is_found_by_a_number_that_never_stands_in_an_address(client, gemeente):
    pk = receive(
        gemeente,
        inhoud=een_werkblad([een_sonar_rij(ID_WZ="NNB", BSN=BSN), een_sonar_rij()]),
        bestandsnaam="x.xlsx",
    ).pk
    convert(gemeente, pk)
    request_publication(gemeente, pk, None)
    publication.publish(gemeente, pk)
    asked = partial(client.post, reverse("uploads:gepubliceerd_zoek"))
    for number in (BSN, "799890005 ", "7998.90.005", keys.pseudoniem(gemeente, BSN)):
        response = asked({"soort": "werkzoekenden", "nummer": number})
        assert found(response.content.decode()) == [keys.pseudoniem(gemeente, BSN)], number
        assert response["Cache-Control"] == "no-store, private"
        assert BSN not in response.content.decode()
    assert "staat er niet bij" in asked({"soort": "werkzoekenden", "nummer": "onbekend"}).content.decode()
    assert asked({"soort": "werkzoekenden", "nummer": ""}).status_code == 422
    # Who comes back to the address of the answer gets the table.
    back = client.get(reverse("uploads:gepubliceerd_zoek"), {"soort": VAC.value})
    assert back.headers["Location"] == f"{reverse('uploads:gepubliceerd')}?soort=vacatures"


# --- As a file ---------------------------------------------------------------------------------------------


def downloaded(client: Client, vorm: str, **asked: Any) -> list[list[Any]]:
    response: Any = client.get(reverse("uploads:gepubliceerd_download"), {"vorm": vorm, **asked})
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store, private"
    assert "attachment" in response["Content-Disposition"]
    body = b"".join(response.streaming_content)
    if vorm == "csv":
        assert body.startswith("\ufeff".encode())
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    sheet = load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.django_db
@pytest.mark.parametrize("vorm", ["csv", "xlsx"])
def test_the_set_is_taken_along_without_what_leads_to_a_person(client, gemeente, vorm):
    waardelijsten.replace("beroepen", [("urn:test:kok", "Kok")])
    record = een_werkzoekende(
        "W1",
        bemiddelingsberoep=[{"codeBeroepsnaam": "urn:test:kok"}, {"codeBeroepsnaam": "urn:onbekend"}],
        arbeidsmarktkwalificatie={"opleiding": [{"toelichtingOpleiding": "=cmd|'/c calc'!A0"}]},
        flexibiliteit={"datumAanvangBeschikbaarVoorWerk": "2027-03-01"},
        persoonlijkePresentatie="Ik ben Zwanenburg-Geheim",
        telefoonnummer=["0687654321"],
    )
    publish_set(gemeente, WZ, [record, een_werkzoekende("W2")])
    head, first, second = downloaded(client, vorm, soort="werkzoekenden")
    leaves = [leaf for leaf in velden(WZ) if leaf.profiel is Profiel.ZOEK]
    assert head == [leaf.volledig_label for leaf in leaves]
    cells = dict(zip([leaf.pad for leaf in leaves], first, strict=True))
    assert cells["idWerkzoekende"] == "W1"
    assert cells["bemiddelingsberoep[].codeBeroepsnaam"] == "Kok, urn:onbekend"
    assert cells["flexibiliteit.datumAanvangBeschikbaarVoorWerk"] == "01-03-2027"
    assert cells["werktijden.aantalWerkurenPerWeekMaximaal"] in {32, "32"}
    assert second[0] == "W2"
    everything = str([head, first, second])
    for secret in ("Geheim", "0687654321", "voorbeeld.example", "Werkplein"):
        assert secret not in everything
    # A program that opens it computes nothing.
    formula = cells["arbeidsmarktkwalificatie.opleiding[].toelichtingOpleiding"]
    assert formula == ("'=cmd|'/c calc'!A0" if vorm == "csv" else "=cmd|'/c calc'!A0")
    assert audit(gemeente, "records_gedownload") == [("werkzoekenden", 2)]


@pytest.mark.django_db
def test_in_a_workbook_no_text_is_a_formula(client, gemeente):
    record = een_vacature("V1", naamVacature="=1+1")
    publish_set(gemeente, VAC, [record])
    response = client.get(reverse("uploads:gepubliceerd_download"), {"vorm": "xlsx", "soort": "vacatures"})
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]
    assert cells[0].quotePrefix


@pytest.mark.django_db
@pytest.mark.usefixtures("country")
@pytest.mark.parametrize("vorm", ["csv", "xlsx"])
def test_what_was_filtered_and_sorted_is_taken_along_so(client, vorm):
    rows = downloaded(client, vorm, soort="werkzoekenden", beroep="bakker", sorteer="-nummer")[1:]
    assert [row[0] for row in rows][:2] == ["W057", "W054"]
    assert len(rows) == 20


@pytest.mark.django_db
def test_of_contacts_with_employers_only_what_lies_readable_is_taken_along(client, gemeente):
    publish_set(gemeente, WCM, [een_contactmoment()])
    assert downloaded(client, "csv", soort="werkgeverscontactmomenten")[1] == ["20-05-2026", "12345678"]
    for vorm in ("pdf", "", "exe"):
        response = client.get(reverse("uploads:gepubliceerd_download"), {"vorm": vorm})
        assert response.status_code == 404


@pytest.mark.django_db
def test_who_stops_a_download_halfway_leaves_no_work_behind(client, gemeente, monkeypatch):
    monkeypatch.setattr(writer, "_PIECE", 1)
    publish_set(gemeente, WZ, [een_werkzoekende(f"W{n}") for n in range(2000)])
    before = threading.active_count()
    response: Any = client.get(reverse("uploads:gepubliceerd_download"), {"vorm": "xlsx"})
    pieces = iter(response.streaming_content)
    assert next(pieces)
    assert threading.active_count() == before + 1
    response.close()
    assert threading.active_count() == before


@pytest.mark.django_db
def test_a_workbook_that_goes_wrong_halfway_is_not_taken_for_a_whole_one(client, gemeente, monkeypatch):
    publish_set(gemeente, WZ, [een_werkzoekende(f"W{n}") for n in range(3)])

    def broken(*_: Any) -> Any:
        raise RuntimeError("de stekker eruit")

    monkeypatch.setattr(download.Momentopname, "rows", broken)
    response: Any = client.get(reverse("uploads:gepubliceerd_download"), {"vorm": "xlsx"})
    with pytest.raises(RuntimeError):
        b"".join(response.streaming_content)


@pytest.mark.django_db
def test_a_download_is_the_set_of_one_moment_whatever_is_published_meanwhile(client, gemeente):
    publish_set(gemeente, WZ, [een_werkzoekende(f"OUD{n}") for n in range(50)])
    response: Any = client.get(reverse("uploads:gepubliceerd_download"), {"vorm": "csv"})
    publish_set(gemeente, WZ, [een_werkzoekende(f"NIEUW{n}") for n in range(50)])
    body = b"".join(response.streaming_content).decode()
    assert body.count("OUD") == 50
    assert "NIEUW" not in body


# --- History -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_history_tells_who_published_what_how_and_what_it_did(client, gebruiker, gemeente):
    first = ready(gemeente, *"ABC", gebruiker=gebruiker)
    request_publication(gemeente, first, gebruiker)
    publication.publish(gemeente, first)
    second = ready(gemeente, changed("A"), "D", gebruiker=gebruiker)
    request_publication(gemeente, second, gebruiker, wijze=Wijze.AANVULLEND)
    publication.publish(gemeente, second)
    ready(gemeente, "X")
    text = page(client, "geschiedenis")
    assert text.count("export.json") >= 2
    assert f"door {gebruiker}" in text
    assert "vulde aan" in text
    assert "verving alles" in text
    assert reverse("uploads:terugdraaien", args=[second]) in text
    assert reverse("uploads:terugdraaien", args=[first]) not in text
    request_undo(gemeente, second, gebruiker)
    publication.undo(gemeente, second)
    text = page(client, "geschiedenis")
    assert "Teruggedraaid" in text
    assert reverse("uploads:terugdraaien", args=[first]) in text
    assert reverse("uploads:terugdraaien", args=[second]) not in text
    assert reverse("uploads:geschiedenis") in page(client, "lijst")


@pytest.mark.django_db
def test_without_publications_the_history_says_what_to_do(client):
    assert "nog niets gepubliceerd" in page(client, "geschiedenis")


# --- Who may -----------------------------------------------------------------------------------------------

PAGINAS = [
    ("get", "publiceer"), ("post", "publiceer"), ("get", "terugdraaien"), ("post", "terugdraaien"),
    ("get", "gepubliceerd"), ("post", "gepubliceerd_zoek"), ("get", "gepubliceerd_download"),
    ("get", "intrekken"), ("post", "intrekken"), ("get", "alles_intrekken"), ("post", "alles_intrekken"),
    ("get", "geschiedenis"),
]  # fmt: skip


@pytest.mark.django_db
def test_only_who_works_on_leveringen_may(gemeente):
    pk = publish(gemeente, "A")
    others = [
        een_client(een_gebruiker(gemeente, Rol.JOBCOACH)),
        een_client(een_gebruiker(supportrol="beslissend")),
        een_client(een_gebruiker()),
    ]
    for method, name in PAGINAS:
        url = reverse(f"uploads:{name}", args=[pk] if name in {"publiceer", "terugdraaien"} else [])
        for browser in others:
            response = getattr(browser, method)(url, {"ids": "A", "zeker": "on", "vorm": "csv"})
            assert response.status_code == 403, (method, name)
        assert getattr(Client(), method)(url).status_code == 302, (method, name)
        assert ids(gemeente) == {"A"}, (method, name)


@pytest.mark.django_db
def test_another_municipality_sees_and_changes_nothing(gemeente):
    pk = publish(gemeente, "A")
    waiting = ready(gemeente, "B")
    ander = een_gemeente()
    client = een_client(een_gebruiker(ander, Rol.GEGEVENSBEHEERDER))
    for name, levering in (("publiceer", waiting), ("terugdraaien", pk)):
        url = reverse(f"uploads:{name}", args=[levering])
        assert client.get(url).status_code == 404 if name == "publiceer" else True
        client.post(url, {"wijze": "volledig", "weg": "9", "reden": REDEN})
    assert client.get(reverse("uploads:terugdraaien", args=[pk])).status_code == 404
    with voor_gemeente(gemeente):
        row = Werkzoekende.objects.get().pk
    client.post(reverse("uploads:intrekken"), {"soort": "werkzoekenden", "record": [row]})
    client.post(reverse("uploads:intrekken"), {"soort": "werkzoekenden", "ids": "A"})
    client.post(reverse("uploads:alles_intrekken"), {"soort": "werkzoekenden", "zeker": "on"})
    text = client.post(reverse("uploads:gepubliceerd_zoek"), {"soort": "werkzoekenden", "nummer": "A"})
    assert found(text.content.decode()) == []
    assert downloaded(client, "csv", soort="werkzoekenden")[1:] == []
    assert ids(gemeente) == {"A"}
    assert reload(gemeente, waiting).status == Leveringstatus.OMGEZET
    assert not reload(gemeente, pk).is_teruggedraaid
    assert publication.undo(ander, pk) is None


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["gepubliceerd", "gepubliceerd_download", "intrekken", "alles_intrekken"])
@pytest.mark.parametrize("soort", ["zeehonden", "'; DROP TABLE", "\x00", "WERKZOEKENDEN"])
def test_a_kind_that_is_not_there_is_not_found(client, name, soort):
    assert client.get(reverse(f"uploads:{name}"), {"soort": soort, "vorm": "csv"}).status_code == 404


@pytest.mark.django_db
def test_whatever_is_sent_to_be_withdrawn_nothing_breaks(client, gemeente):
    publish(gemeente, "A")
    for data in (
        {"record": ["x", "-1", "9" * 30]},
        {"record": [""]},
        {"ids": "\x00;%;" + "x" * 500},
        {"ids": ""},
        {},
    ):
        response = send(client, "intrekken", soort="werkzoekenden", **data)
        assert response.status_code in {200, 422}, data
        assert ids(gemeente) == {"A"}, data


@pytest.mark.django_db
def test_whatever_stands_in_the_address_nothing_breaks(client, gemeente):
    publish(gemeente, "A")
    for name in ("gepubliceerd", "gepubliceerd_download"):
        for sent in ("%00", "beroep=\x00", "uren=%EF%BC%93", "postcode=%C2%B3", "pagina=-1&sorteer=--uren"):
            response = client.get(f"{reverse(f'uploads:{name}')}?vorm=csv&{sent}")
            assert response.status_code == 200, (name, sent)
