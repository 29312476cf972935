"""Decisions before publishing: who was withdrawn and comes back, an older file, and a file of somebody else."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from exchange.bron import expiry
from exchange.bron.models import Besluit, Intrekking, Werkzoekende
from exchange.standard import Soort
from tests.factories import een_client, een_gebruiker, een_gemeente, een_werkzoekende
from um_portal.audit.models import Auditregel
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads import tasks
from uploads.gepubliceerd import by_itself, publication, withdrawal
from uploads.gepubliceerd.publication import IsOuder, request_publication
from uploads.leveringen.intake import receive
from uploads.models import Levering, Leveringstatus, RedenStop
from uploads.omzetten.processing import convert

WZ = Soort.WERKZOEKENDEN

pytestmark = pytest.mark.django_db


def ready(gemeente: Gemeente, names: str, postcode: str = "3511AB", **values: Any) -> int:
    """A converted levering with a jobseeker for each letter."""
    records = [een_werkzoekende(name, mobiliteit={"bemiddelingspostcode": postcode}) for name in names]
    pk = receive(gemeente, inhoud=json.dumps(records).encode(), bestandsnaam="export.json", **values).pk
    convert(gemeente, pk)
    return pk


def publish(gemeente: Gemeente, names: str, **values: Any) -> int:
    pk = ready(gemeente, names, **values)
    request_publication(gemeente, pk, None, zonder_rem=True)
    assert publication.publish(gemeente, pk) is not None
    return pk


def reload(gemeente: Gemeente, pk: int) -> Levering:
    with voor_gemeente(gemeente):
        levering: Levering = Levering.objects.get(pk=pk)
    return levering


def ids(gemeente: Gemeente) -> str:
    with voor_gemeente(gemeente):
        return "".join(sorted(Werkzoekende.objects.values_list("id_bron", flat=True)))


def page(client, name: str, *args: Any, **query: Any) -> str:
    return str(client.get(reverse(f"uploads:{name}", args=args), query).content.decode())


def withdrawn(gemeente: Gemeente, name: str) -> Intrekking:
    with voor_gemeente(gemeente):
        found: Intrekking = Intrekking.objects.get(id_bron=name)
    return found


# --- Withdrawn, and back in a later file ---------------------------------------------------------------------


def test_who_was_withdrawn_stays_away_until_somebody_decides(client, gemeente):
    publish(gemeente, "ABCDE")
    withdrawal.withdraw_records(gemeente, WZ, ["A"], None)
    pk = ready(gemeente, "ABCDEF")
    assert "1 eerder ingetrokken werkzoekende staat weer in dit bestand" in page(client, "publiceer", pk)
    client.post(reverse("uploads:publiceer", args=[pk]), {"wijze": "volledig"})
    tasks.publish(pk, gemeente.pk)
    assert ids(gemeente) == "BCDEF"
    levering = reload(gemeente, pk)
    assert (levering.tegengehouden, levering.nieuw, levering.gelijk, levering.weg) == (1, 1, 4, 0)
    assert "eerder ingetrokken werkzoekende staat weer" in page(client, "levering", pk)
    text = page(client, "ingetrokken", soort="werkzoekenden")
    assert "export.json" in text
    assert "nog geen besluit" in text
    decide = {"soort": "werkzoekenden", "intrekking": withdrawn(gemeente, "A").pk}
    client.post(reverse("uploads:ingetrokken"), decide | {"besluit": "blijft"})
    assert "Blijft ingetrokken</td>" in page(client, "ingetrokken", soort="werkzoekenden")
    publish(gemeente, "ABCDE")
    assert ids(gemeente) == "BCDE"
    client.post(reverse("uploads:ingetrokken"), decide | {"besluit": "weer"})
    assert "Niets om over te besluiten" in page(client, "ingetrokken", soort="werkzoekenden")
    publish(gemeente, "ABCDE")
    assert ids(gemeente) == "ABCDE"
    with voor_gemeente(gemeente):
        lines = Auditregel.objects.filter(handeling__startswith="intrekking_").order_by("pk")
        assert list(lines.values_list("handeling", "aantal")) == [
            ("intrekking_bevestigd", 1),
            ("intrekking_opgeheven", 1),
        ]


def test_a_file_that_publishes_itself_goes_on_without_who_was_withdrawn(client, gemeente):
    publish(gemeente, "ABCDE")
    withdrawal.withdraw_records(gemeente, WZ, ["A"], None)
    pk = ready(gemeente, "ABCDEF", publiceer_vanzelf=True)
    assert by_itself.publish_waiting(gemeente) == [pk]
    tasks.publish(pk, gemeente.pk)
    assert ids(gemeente) == "BCDEF"
    assert "in een later bestand" in page(client, "gepubliceerd", soort="werkzoekenden")


def test_a_new_withdrawal_undoes_the_decision_that_somebody_may_come_back(gemeente):
    publish(gemeente, "ABCDE")
    withdrawal.withdraw_records(gemeente, WZ, ["A"], None)
    waiting = ready(gemeente, "ABCDE")
    withdrawal.decide(gemeente, WZ, [withdrawn(gemeente, "A").pk], Besluit.WEER, None)
    withdrawal.withdraw_records(gemeente, WZ, ["A"], None)
    request_publication(gemeente, waiting, None)
    publication.publish(gemeente, waiting)
    publish(gemeente, "ABCDE")
    assert ids(gemeente) == "BCDE"


def test_a_withdrawal_is_forgotten_only_when_no_file_holds_that_person_any_more(gemeente, settings):
    publish(gemeente, "ABCDE")
    withdrawal.withdraw_records(gemeente, WZ, ["A", "B"], None)
    long_ago = timezone.now() - timedelta(days=settings.UM_INTREKKING_DAGEN + 1)
    with voor_gemeente(gemeente):
        Intrekking.objects.update(ingetrokken_op=long_ago)
    publish(gemeente, "ACDE")
    expiry.erase_expired(gemeente)
    with voor_gemeente(gemeente):
        assert list(Intrekking.objects.values_list("id_bron", flat=True)) == ["A"]


def test_another_municipality_decides_nothing(gemeente):
    publish(gemeente, "AB")
    withdrawal.withdraw_records(gemeente, WZ, ["A"], None)
    publish(gemeente, "AB")
    other = een_client(een_gebruiker(een_gemeente("Elders"), Rol.GEGEVENSBEHEERDER))
    assert "Niets om over te besluiten" in page(other, "ingetrokken", soort="werkzoekenden")
    row = withdrawn(gemeente, "A")
    other.post(
        reverse("uploads:ingetrokken"), {"soort": "werkzoekenden", "intrekking": row.pk, "besluit": "weer"}
    )
    assert withdrawn(gemeente, "A").besluit == ""
    coach = een_client(een_gebruiker(gemeente, Rol.JOBCOACH))
    assert coach.get(reverse("uploads:ingetrokken")).status_code == 403


def test_a_stale_page_does_not_pretend_that_somebody_who_is_back_stays_away(client, gemeente):
    publish(gemeente, "AB")
    withdrawal.withdraw_records(gemeente, WZ, ["A"], None)
    publish(gemeente, "AB")
    row = withdrawn(gemeente, "A")
    withdrawal.decide(gemeente, WZ, [row.pk], Besluit.WEER, None)
    sent = {"soort": "werkzoekenden", "intrekking": row.pk, "besluit": "blijft"}
    response = client.post(reverse("uploads:ingetrokken"), sent, follow=True)
    assert "was al besloten" in response.content.decode()
    publish(gemeente, "AB")
    assert ids(gemeente) == "AB"


# --- An older file ---------------------------------------------------------------------------------------


def test_an_older_file_replaces_a_newer_one_only_after_a_tick(client, gemeente):
    old = ready(gemeente, "ABCDE")
    newest = publish(gemeente, "ABCDEF")
    assert "Er is al een nieuwer bestand gepubliceerd" in page(client, "publiceer", old)
    address = reverse("uploads:publiceer", args=[old])
    assert client.post(address, {"wijze": "volledig"}).status_code == 422
    assert reload(gemeente, old).status == Leveringstatus.OMGEZET
    client.post(address, {"wijze": "volledig", "ouder": newest})
    tasks.publish(old, gemeente.pk)
    assert ids(gemeente) == "ABCDE"


def test_of_two_that_wait_for_a_worker_the_older_never_goes_last(gemeente):
    publish(gemeente, "ABCDE")
    old, new = ready(gemeente, "ABCDEF"), ready(gemeente, "ABCDEG")
    for pk in (old, new):
        request_publication(gemeente, pk, None)
    tasks.publish(new, gemeente.pk)
    tasks.publish(old, gemeente.pk)
    assert ids(gemeente) == "ABCDEG"
    assert "nieuwer bestand" in reload(gemeente, old).melding


def test_the_same_old_file_sent_once_more_is_as_old_as_it_was(gemeente):
    publish(gemeente, "ABCDE", kenmerk="maandag")
    publish(gemeente, "ABCDEF", kenmerk="dinsdag")
    again = ready(gemeente, "ABCDE", kenmerk="maandag")
    with pytest.raises(IsOuder):
        request_publication(gemeente, again, None)
    by_itself_again = ready(gemeente, "ABCDE", kenmerk="maandag", publiceer_vanzelf=True)
    assert by_itself.publish_waiting(gemeente) == []
    assert reload(gemeente, by_itself_again).gestopt_om == RedenStop.INGEHAALD
    publish(gemeente, "ABCDEF", kenmerk="dinsdag")


# --- Somebody else's file, and what is chosen beforehand -------------------------------------------------


def test_a_file_of_unknown_people_from_elsewhere_asks_whether_it_is_ours(client, gemeente):
    publish(gemeente, "ABCDEF")
    strange = ready(gemeente, "UVWXYZ", "9711LM")
    assert "Is dit bestand van uw gemeente?" in page(client, "publiceer", strange)
    address = reverse("uploads:publiceer", args=[strange])
    assert client.post(address, {"wijze": "aanvullend"}).status_code == 422
    client.post(address, {"wijze": "aanvullend", "eigen": "ja"})
    tasks.publish(strange, gemeente.pk)
    assert ids(gemeente) == "ABCDEFUVWXYZ"


def test_a_file_of_unknown_people_from_here_is_a_new_system_and_asks_nothing(client, gemeente):
    publish(gemeente, "ABCDEF")
    assert "van uw gemeente?" not in page(client, "publiceer", ready(gemeente, "UVWXYZ"))


def test_a_strange_file_never_publishes_itself(gemeente):
    publish(gemeente, "ABCDEF")
    pk = ready(gemeente, "UVWXYZ", "9711LM", publiceer_vanzelf=True)
    assert by_itself.publish_waiting(gemeente) == []
    assert reload(gemeente, pk).gestopt_om == RedenStop.VREEMD


def test_to_replace_everything_is_not_chosen_beforehand_when_much_would_disappear(client, gemeente):
    publish(gemeente, "ABCDE")
    text = page(client, "publiceer", ready(gemeente, "ABCDEF"))
    assert 'value="volledig"' in text
    assert text.count(" checked") == 1
    pk = ready(gemeente, "AB")
    assert " checked" not in page(client, "publiceer", pk)
    assert client.post(reverse("uploads:publiceer", args=[pk])).status_code == 422


def test_a_file_that_was_delivered_before_is_recognised_and_said_so(client, gemeente):
    inhoud = json.dumps([een_werkzoekende("A")]).encode()

    def upload(name: str) -> int:
        client.post(reverse("uploads:nieuw"), {"bestand": SimpleUploadedFile(name, inhoud)})
        with voor_gemeente(gemeente):
            pk: int = Levering.objects.values_list("pk", flat=True)[0]
        convert(gemeente, pk)
        return pk

    first = upload("maandag.json")
    assert "eerder aangeleverd" not in page(client, "levering", first)
    request_publication(gemeente, first, None)
    publication.publish(gemeente, first)
    text = page(client, "levering", upload("een andere naam.json"))
    assert "Dit bestand is eerder aangeleverd" in text
    assert "maandag.json" in text
    assert "Het is toen gepubliceerd" in text
