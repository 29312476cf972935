"""The pages for aanleversleutels: who may, shown once, what is refused in the form, and what stays of it."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from exchange.standard import Soort
from tests.factories import een_client, een_gebruiker, een_gemeente
from um_portal.accounts import tasks
from um_portal.accounts.sessions import BEGIN
from um_portal.audit.models import Auditregel
from um_portal.tenants.models import Gemeente, Rol
from um_portal.tenants.scope import voor_gemeente
from uploads.aanleveren import sleutels
from uploads.models import Aanleversleutel, Levering

pytestmark = pytest.mark.django_db

TEKST = re.compile(r"um_[0-9]{20}_[0-9A-Za-z]{49}")


@pytest.fixture
def client(gemeente: Gemeente) -> Client:
    return een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER, first_name="Fenna", last_name="B"))


def make(client: Client, **fields: Any) -> Any:
    data = {"naam": "Nachtelijke export", "soort": "werkzoekenden", **fields}
    return client.post(reverse("uploads:sleutel_nieuw"), data)


def keys_of(gemeente: Gemeente) -> list[Aanleversleutel]:
    with voor_gemeente(gemeente):
        return list(Aanleversleutel.objects.order_by("pk"))


def works(tekst: str, adres: str = "127.0.0.1") -> bool:
    try:
        sleutels.authenticate(tekst, adres)
    except sleutels.SleutelGeweigerd:
        return False
    return True


def test_it_works_from_making_a_key_to_revoking_it(client, gemeente):
    assert "Er zijn nog geen sleutels" in client.get(reverse("uploads:sleutels")).text
    assert client.get(reverse("uploads:sleutel_nieuw")).status_code == 200
    page = make(client, netwerken="192.0.2.7\n2001:DB8::/32", tot_en_met="2031-05-04")
    assert page.status_code == 200
    [tekst] = TEKST.findall(page.text)
    assert gemeente.oin in tekst
    assert page["Cache-Control"] == "no-store, private"

    [sleutel] = keys_of(gemeente)
    assert (sleutel.naam, sleutel.soort) == ("Nachtelijke export", "werkzoekenden")
    assert sleutel.netwerken == ["192.0.2.7/32", "2001:db8::/32"]
    assert sleutel.verloopt_op is not None
    assert f"{timezone.localtime(sleutel.verloopt_op):%Y-%m-%d %H:%M}" == "2031-05-05 00:00"
    assert works(tekst, "192.0.2.7")
    assert works(tekst, "2001:db8::1")
    assert not works(tekst, "192.0.2.8")

    overview = client.get(reverse("uploads:sleutels")).text
    assert "192.0.2.7/32" in overview
    assert "Fenna B" in overview
    assert "Werkt" in overview
    assert "nog niet" not in overview, "it was used just now"

    ask = client.get(reverse("uploads:sleutel_intrekken", args=[sleutel.pk]))
    assert "niet terug te draaien" in ask.text
    assert works(tekst, "192.0.2.7"), "asking alone does nothing"
    done = client.post(reverse("uploads:sleutel_intrekken", args=[sleutel.pk]), follow=True)
    assert "is ingetrokken en werkt niet meer" in done.text
    assert "Ingetrokken" in done.text
    assert not works(tekst, "192.0.2.7")
    again = client.post(reverse("uploads:sleutel_intrekken", args=[sleutel.pk]), follow=True)
    assert "was al ingetrokken" in again.text
    with voor_gemeente(gemeente):
        lines = list(
            Auditregel.objects.filter(handeling__startswith="sleutel").values_list("handeling", "onderwerp")
        )
    subject = f"aanleversleutel {sleutel.pk}"
    assert sorted(lines) == [("sleutel_gemaakt", subject), ("sleutel_ingetrokken", subject)]


def test_a_key_is_shown_once_and_kept_nowhere(client, gemeente):
    [tekst] = TEKST.findall(make(client).text)
    secret = tekst.rpartition("_")[2]
    for page in (reverse("uploads:sleutels"), reverse("uploads:sleutel_nieuw"), "/leveringen/"):
        assert secret not in client.get(page).text
    with voor_gemeente(gemeente), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM uploads_aanleversleutel t")
        [row] = cursor.fetchone() or [""]
    assert secret not in row
    assert secret.encode().hex() not in row
    assert secret not in str(dict(client.session))


def test_sending_the_form_again_makes_no_second_key(client, gemeente):
    make(client)
    again = make(client)
    assert again.status_code == 422
    assert "Er is al een sleutel met deze naam" in again.text
    assert not TEKST.search(again.text)
    [sleutel] = keys_of(gemeente)
    sleutels.revoke(gemeente, sleutel.pk, None)
    assert make(client).status_code == 200, "the name of a revoked one is free"


def test_making_a_key_asks_again_who_this_is(client, gemeente):
    session = client.session
    session[BEGIN] -= 20 * 60
    session.save()
    page = reverse("uploads:sleutel_nieuw")
    assert client.get(page)["Location"].startswith(reverse("account_reauthenticate"))
    # What was sent is not done later either: the page comes again first.
    assert make(client)["Location"] == page
    assert "Wat u invulde, is niet verstuurd" in client.get(page, follow=True).text
    assert keys_of(gemeente) == []


def test_every_beheerder_hears_of_a_new_key_by_mail_and_nobody_reads_it_there(
    client, gemeente, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    other = een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)
    een_gebruiker(gemeente)
    een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER, is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        [tekst] = TEKST.findall(make(client).text)
    maker = keys_of(gemeente)[0].gemaakt_door
    assert maker is not None
    assert sorted(one.to for one in mail.outbox) == sorted([[maker.username], [other.username]])
    for one in mail.outbox:
        assert "er is een aanleversleutel gemaakt" in one.subject
        assert gemeente.naam in one.body
        assert tekst[-49:] not in one.body
    mail.outbox.clear()
    # Not in the request: a mail server that is slow does not keep the page with the key away.
    handed: list[Any] = []
    monkeypatch.setattr(tasks.tell_new_key, "apply_async", lambda args, **kwargs: handed.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        assert TEKST.search(make(client, naam="Nog een").text)
    assert handed == [(gemeente.pk, sorted([maker.pk, other.pk]))]
    assert mail.outbox == []
    with django_capture_on_commit_callbacks(execute=True):
        assert make(client).status_code == 422
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_a_key_of_the_same_name_one_is_told():
    gemeente = een_gemeente()
    clients = [een_client(een_gebruiker(gemeente, Rol.FUNCTIONEEL_BEHEERDER)) for _ in range(2)]
    start = threading.Barrier(2)

    def one(client: Client) -> int:
        try:
            start.wait(10)
            return int(make(client).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, clients)) == [200, 422]
    assert len(keys_of(gemeente)) == 1


@pytest.mark.parametrize(
    ("fields", "zin"),
    [
        ({"naam": ""}, "Geef de sleutel een naam"),
        ({"naam": "x" * 61}, "60"),
        ({"naam": "a\x00b"}, "Null-tekens"),
        ({"soort": ""}, "Kies wat er met deze sleutel"),
        ({"soort": "katten"}, "katten"),
        ({"netwerken": "10.0.0"}, "10.0.0 is geen IP-adres of netwerk"),
        ({"netwerken": "192.0.2.5/24"}, "schrijf dan 192.0.2.0/24"),
        ({"netwerken": "2001:db8::5/32"}, "schrijf dan 2001:db8::/32"),
        ({"netwerken": "0.0.0.0/0"}, "het hele internet"),
        ({"netwerken": "::/0"}, "het hele internet"),
        ({"netwerken": "192.0.2.1/33"}, "geen IP-adres of netwerk"),
        ({"netwerken": "\n".join(f"192.0.2.{n}" for n in range(60))}, "hoogstens 50"),
        ({"tot_en_met": "2001-01-01"}, "Deze dag is voorbij"),
        ({"tot_en_met": "9999-12-31"}, "1900 tot en met 2999"),
        ({"tot_en_met": "2150-12-31"}, "voor het jaar 2100"),
        ({"tot_en_met": "gisteren"}, "geen datum"),
    ],
)
def test_what_is_wrong_in_the_form_is_told_and_nothing_is_made(client, gemeente, fields, zin):
    response = make(client, **fields)
    assert response.status_code == 422
    assert zin in response.text
    assert not TEKST.search(response.text)
    assert keys_of(gemeente) == []


def test_today_is_a_day_on_which_a_key_still_works(client, gemeente):
    [tekst] = TEKST.findall(make(client, tot_en_met=f"{timezone.localdate():%Y-%m-%d}").text)
    assert works(tekst)


@given(st.text(max_size=60))
def test_whatever_is_filled_in_as_networks_becomes_networks_or_sentences(text):
    try:
        found, meldingen = sleutels.parse_networks(text), ["."]
    except sleutels.OngeldigNetwerk as problem:
        found, meldingen = [], problem.meldingen
    assert meldingen
    assert all(melding.endswith(".") for melding in meldingen)
    assert sleutels.parse_networks("\n".join(found)) == found


@pytest.mark.parametrize("rol", [Rol.JOBCOACH, Rol.GEGEVENSBEHEERDER])
def test_only_the_functioneel_beheerder_may(gemeente, rol):
    made = sleutels.make(
        gemeente, naam="x", soort=Soort.VACATURES, netwerken=[], verloopt_op=None, gebruiker=None
    )
    client = een_client(een_gebruiker(gemeente, rol))
    for name, args in (("sleutels", []), ("sleutel_nieuw", []), ("sleutel_intrekken", [made.sleutel.pk])):
        address = reverse(f"uploads:{name}", args=args)
        assert client.get(address).status_code == 403
        assert client.post(address, {"naam": "y", "soort": "vacatures"}).status_code == 403
        assert Client().get(address).status_code == 302
    assert works(made.tekst)
    assert len(keys_of(gemeente)) == 1
    assert "Automatisch aanleveren" not in client.get("/leveringen/").text


def test_vng_support_may_not(gemeente):
    client = een_client(een_gebruiker(supportrol="beslissend"))
    assert client.get(reverse("uploads:sleutels")).status_code == 403


def test_another_municipality_sees_and_revokes_nothing(gemeente, client):
    [tekst] = TEKST.findall(make(client).text)
    [sleutel] = keys_of(gemeente)
    vreemde = een_client(een_gebruiker(een_gemeente("Elders"), Rol.FUNCTIONEEL_BEHEERDER))
    assert "Nachtelijke export" not in vreemde.get(reverse("uploads:sleutels")).text
    for method in (vreemde.get, vreemde.post):
        assert method(reverse("uploads:sleutel_intrekken", args=[sleutel.pk])).status_code == 404
    assert works(tekst)


def test_the_page_of_the_leveringen_leads_here_and_tells_which_key_brought_one_in(gemeente, client):
    make(client)
    [sleutel] = keys_of(gemeente)
    with voor_gemeente(gemeente):
        levering = Levering.objects.create(gemeente=gemeente, bestandsnaam="x", aanleversleutel=sleutel)
    page = client.get("/leveringen/").text
    assert reverse("uploads:sleutels") in page
    assert "met sleutel Nachtelijke export" in page
    assert "met sleutel Nachtelijke export" in client.get(f"/leveringen/{levering.pk}/").text


def test_an_expired_key_says_so_and_one_of_a_former_colleague_stays(gemeente, client):
    make(client)
    with voor_gemeente(gemeente):
        Aanleversleutel.objects.update(verloopt_op=timezone.now() - timedelta(days=1))
    assert "Verlopen" in client.get(reverse("uploads:sleutels")).text
    with voor_gemeente(gemeente):
        Aanleversleutel.objects.update(gemaakt_door=None)
    assert "oud-collega" in client.get(reverse("uploads:sleutels")).text


def test_last_used_is_not_written_on_every_call(gemeente, client):
    [tekst] = TEKST.findall(make(client).text)
    assert works(tekst)
    [before] = keys_of(gemeente)
    assert works(tekst)
    assert keys_of(gemeente)[0].laatst_gebruikt_op == before.laatst_gebruikt_op
    with voor_gemeente(gemeente):
        Aanleversleutel.objects.update(laatst_gebruikt_op=timezone.now() - timedelta(minutes=2))
    assert works(tekst)
    [after] = keys_of(gemeente)
    assert before.laatst_gebruikt_op is not None
    assert after.laatst_gebruikt_op is not None
    assert after.laatst_gebruikt_op > before.laatst_gebruikt_op


def test_keys_differ_and_their_secrets_are_256_bits(gemeente):
    made = [
        sleutels.make(
            gemeente, naam=f"n{n}", soort=Soort.VACATURES, netwerken=[], verloopt_op=None, gebruiker=None
        )
        for n in range(20)
    ]
    secrets = {one.tekst.rpartition("_")[2][:43] for one in made}
    assert len(secrets) == 20
    assert all(len(secret) == 43 for secret in secrets)
    assert 62**43 > 2**256


def test_a_page_of_keys_takes_no_query_per_key(gemeente, client, django_assert_max_num_queries):
    for n in range(40):
        make(client, naam=f"n{n}")
    client.get(reverse("uploads:sleutels"))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("uploads:sleutels"))
    assert page.text.count('data-label="Naam"') == 25
