"""Weekly repeats of a search: put once a week by itself, with what is new, and stopped when it may not go on."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from exchange.bemiddelaar import delen, herhalen, searching, tasks
from exchange.bemiddelaar.models import (
    Nietvergeleken,
    Resultaat,
    Stopreden,
    Zoekherhaling,
    Zoekstatus,
    Zoekvraag,
)
from exchange.vum3.compose import Criteria
from tests.exchange.bemiddelaar.test_searching import Exchange, een_match
from tests.factories import SOORTEN, een_client, een_gebruiker, een_gemeente
from tests.threads import at_once
from um_portal.accounts.models import Gebruiker
from um_portal.audit.models import Auditregel
from um_portal.gemeenten import lifecycle
from um_portal.gemeenten.models import Dagverbruik
from um_portal.tasks import erase_expired, repeat_searches
from um_portal.tenants.models import Gemeente, Lidmaatschap, Rol
from um_portal.tenants.scope import voor_gemeente

WZ, VAC = SOORTEN
pytestmark = pytest.mark.django_db


@pytest.fixture
def exchange(settings) -> Iterator[Exchange]:
    found = Exchange()
    settings.UM_EXCHANGE_URL = found.url
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def gemeente() -> Gemeente:
    return een_gemeente()


@pytest.fixture
def jobcoach(gemeente: Gemeente) -> Gebruiker:
    return een_gebruiker(gemeente)


def asked(gemeente: Gemeente, jobcoach: Gebruiker, **eigen: Any) -> Zoekvraag:
    return searching.open_search(gemeente, jobcoach, WZ, Criteria("1012AB", 50, {}), **eigen)


def repeated(gemeente: Gemeente, zoekvraag: Zoekvraag) -> Zoekherhaling:
    with voor_gemeente(gemeente):
        return herhalen.turn_on(gemeente, zoekvraag)


def let_a_week_pass(gemeente: Gemeente, weeks: float = 1) -> None:
    """Moves all that is there back in time; the search of a week ago is an hour from its end."""
    past = timedelta(weeks=weeks) - timedelta(minutes=50)
    with voor_gemeente(gemeente):
        for row in Zoekherhaling.objects.all():
            since = row.uitgesteld_sinds and row.uitgesteld_sinds - timedelta(weeks=weeks)
            Zoekherhaling.objects.filter(pk=row.pk).update(
                volgende_op=row.volgende_op - past, uitgesteld_sinds=since
            )
        for zoekvraag in Zoekvraag.objects.all():
            Zoekvraag.objects.filter(pk=zoekvraag.pk).update(
                aangemaakt_op=zoekvraag.aangemaakt_op - past, verloopt_op=zoekvraag.verloopt_op - past
            )


def put(gemeente: Gemeente, zoekvraag: Zoekvraag) -> Zoekvraag:
    tasks.put_search(zoekvraag.pk, gemeente.pk)
    with voor_gemeente(gemeente):
        zoekvraag.refresh_from_db()
    assert zoekvraag.status == Zoekstatus.KLAAR, zoekvraag.melding
    return zoekvraag


def searches(gemeente: Gemeente) -> list[Zoekvraag]:
    with voor_gemeente(gemeente):
        return list(Zoekvraag.objects.order_by("pk"))


def stand(gemeente: Gemeente) -> list[tuple[int, str]]:
    """Gives how many times each repeat still has, and why it stopped."""
    with voor_gemeente(gemeente):
        return list(Zoekherhaling.objects.order_by("pk").values_list("keren_over", "reden"))


def new_ones(gemeente: Gemeente, zoekvraag: Zoekvraag) -> list[int]:
    with voor_gemeente(gemeente):
        return list(
            Resultaat.objects.filter(zoekvraag=zoekvraag, nieuw=True).values_list("volgnummer", flat=True)
        )


def a_second_week(gemeente: Gemeente, first: Zoekvraag) -> Zoekvraag:
    """Lets a week pass, and puts what is due then."""
    let_a_week_pass(gemeente)
    repeat_searches()
    [*_, second] = searches(gemeente)
    assert second.pk != first.pk
    return put(gemeente, second)


def test_a_week_later_the_search_is_put_again_and_says_what_is_new(gemeente, jobcoach, exchange) -> None:
    exchange.matches = [een_match(1), een_match(2)]
    first = put(gemeente, asked(gemeente, jobcoach, naam="Koks", kenmerk="A-1"))
    browser = een_client(jobcoach)
    answer = browser.post(f"/zoeken/vragen/{first.pk}/herhalen", follow=True)
    assert "vanzelf herhaald, 8 keer" in answer.text
    assert "Stop met herhalen" in answer.text
    repeat_searches()
    assert [zoekvraag.pk for zoekvraag in searches(gemeente)] == [first.pk]
    exchange.matches = [een_match(2), een_match(3)]
    second = a_second_week(gemeente, first)
    assert (second.naam, second.vraag_object) == ("Koks", first.vraag_object)
    assert second.kenmerk == "", "it is erased with the search that it was written with"
    assert new_ones(gemeente, second) == [2]
    assert second.aantal_nieuw == 1
    page = browser.get(f"/zoeken/vragen/{second.pk}/").text
    assert "1 nieuw resultaat" in page
    assert "vorige keer niet meegegeven" in page
    assert "ander nummer" not in page
    only = browser.get(f"/zoeken/vragen/{second.pk}/?toon=nieuw").text
    assert 'id="r2"' in only
    assert 'id="r1"' not in only
    assert "Elke week" in browser.get("/zoeken/vragen/").text
    assert "1 nieuw" in browser.get("/").text
    assert stand(gemeente) == [(7, "")]
    with voor_gemeente(gemeente):
        lines = Auditregel.objects.values_list("handeling", flat=True)
        assert {"zoekvraag_herhaling_aan", "zoekvraag_herhaald"} <= set(lines)


def test_where_every_number_is_another_the_content_tells_what_is_new(gemeente, jobcoach, exchange) -> None:
    kort, lang = ({"werktijden": {"aantalWerkurenPerWeekMaximaal": hours}} for hours in (10, 30))
    exchange.matches = [een_match(1, **kort), een_match(2, **lang)]
    first = put(gemeente, asked(gemeente, jobcoach))
    repeated(gemeente, first)
    # The first two again under other numbers, and a second person with the same content as the first.
    exchange.matches = [een_match(11, **kort), een_match(12, **lang), een_match(13, **kort)]
    second = a_second_week(gemeente, first)
    assert new_ones(gemeente, second) == [3]
    assert "op inhoud vergeleken" in een_client(jobcoach).get(f"/zoeken/vragen/{second.pk}/").text


def test_when_the_earlier_results_are_gone_it_says_that_it_cannot_tell(gemeente, jobcoach, exchange) -> None:
    exchange.matches = [een_match(1)]
    first = put(gemeente, asked(gemeente, jobcoach))
    repeated(gemeente, first)
    let_a_week_pass(gemeente, 3)
    erase_expired()
    repeat_searches()
    repeat_searches()
    [second] = searches(gemeente)
    put(gemeente, second)
    assert new_ones(gemeente, second) == []
    assert stand(gemeente) == [(7, "")]
    page = een_client(jobcoach).get(f"/zoeken/vragen/{second.pk}/").text
    assert "is niet te zeggen: de vorige resultaten waren al gewist" in page
    assert "nieuw resultaat" not in page


def _it_failed(gemeente: Gemeente, zoekvraag: Zoekvraag, collega: Gebruiker) -> None:
    searching.fail_search(gemeente, zoekvraag.pk, "Het lukte niet.")


def _it_has_no_answer_yet(gemeente: Gemeente, zoekvraag: Zoekvraag, collega: Gebruiker) -> None:
    pass


def _it_was_handed_over(gemeente: Gemeente, zoekvraag: Zoekvraag, collega: Gebruiker) -> None:
    with voor_gemeente(gemeente):
        delen.hand_over(gemeente, zoekvraag, zoekvraag.gebruiker, collega.pk)


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        (_it_failed, "is de zoekvraag niet gelukt"),
        (_it_has_no_answer_yet, "nog geen antwoord"),
        (_it_was_handed_over, "overgedragen aan een collega"),
    ],
)
def test_it_says_why_there_is_nothing_to_compare_with(
    gemeente, jobcoach, exchange, happened: Callable[..., None], told: str
) -> None:
    exchange.matches = [een_match(1)]
    first = asked(gemeente, jobcoach)
    repeated(gemeente, first)
    let_a_week_pass(gemeente)
    repeat_searches()
    [_, second] = searches(gemeente)
    happened(gemeente, first, een_gebruiker(gemeente))
    put(gemeente, second)
    page = een_client(jobcoach).get(f"/zoeken/vragen/{second.pk}/").text
    assert f"is niet te zeggen: {dict(Nietvergeleken.choices)[second.niet_vergeleken]}" in page
    assert told in page
    assert "al gewist" not in page


def _leave(gemeente: Gemeente, jobcoach: Gebruiker) -> None:
    Lidmaatschap.objects.filter(gebruiker=jobcoach).delete()


def _other_role(gemeente: Gemeente, jobcoach: Gebruiker) -> None:
    Lidmaatschap.objects.filter(gebruiker=jobcoach).update(rol=Rol.GEGEVENSBEHEERDER)


def _blocked(gemeente: Gemeente, jobcoach: Gebruiker) -> None:
    Gebruiker.objects.filter(pk=jobcoach.pk).update(is_active=False)


def _suspended(gemeente: Gemeente, jobcoach: Gebruiker) -> None:
    lifecycle.suspend(gemeente.pk)


def _without_the_scenario(gemeente: Gemeente, jobcoach: Gebruiker) -> None:
    Gemeente.objects.filter(pk=gemeente.pk).update(scenarios=["vacature_vrager"])


@pytest.mark.parametrize(
    ("what", "reden"),
    [
        (_leave, Stopreden.RECHT),
        (_other_role, Stopreden.RECHT),
        (_blocked, Stopreden.RECHT),
        (_suspended, Stopreden.GEMEENTE),
        (_without_the_scenario, Stopreden.GEMEENTE),
    ],
)
def test_it_stops_before_its_week_is_over_when_it_may_not_go_on(
    gemeente, jobcoach, what: Callable[..., None], reden: Stopreden
) -> None:
    repeated(gemeente, asked(gemeente, jobcoach))
    with voor_gemeente(gemeente):
        what(gemeente, jobcoach)
    repeat_searches()
    let_a_week_pass(gemeente)
    repeat_searches()
    assert len(searches(gemeente)) == 1
    assert stand(gemeente) == [(8, reden)]


def test_a_full_day_puts_it_off_until_tomorrow_and_takes_no_turn(gemeente, jobcoach) -> None:
    first = asked(gemeente, jobcoach)
    repeated(gemeente, first)
    let_a_week_pass(gemeente)
    with voor_gemeente(gemeente):
        Dagverbruik.objects.update(aantal=gemeente.daglimiet_zoekvragen)
    repeat_searches()
    assert len(searches(gemeente)) == 1
    assert stand(gemeente) == [(8, "")]
    with voor_gemeente(gemeente):
        waits = Zoekherhaling.objects.get()
    assert timezone.localdate(waits.volgende_op) == timezone.localdate() + timedelta(days=1)
    assert "de daglimiet was bereikt" in een_client(jobcoach).get(f"/zoeken/vragen/{first.pk}/").text


def test_what_cannot_be_put_for_three_weeks_stops_and_the_coach_is_told(gemeente, jobcoach, caplog) -> None:
    full, broken = (repeated(gemeente, asked(gemeente, jobcoach)) for _ in range(2))
    with voor_gemeente(gemeente):
        Zoekherhaling.objects.filter(pk=broken.pk).update(
            vraag_object={"selectiegebied": {"postcode": "1012"}}
        )
        Dagverbruik.objects.update(aantal=gemeente.daglimiet_zoekvragen)
    for _ in range(4):
        assert stand(gemeente) == [(8, ""), (8, "")]
        let_a_week_pass(gemeente)
        repeat_searches()
    assert stand(gemeente) == [(8, Stopreden.DAGLIMIET), (8, Stopreden.MISLUKT)]
    let_a_week_pass(gemeente)
    repeat_searches()
    assert len(searches(gemeente)) == 2
    with voor_gemeente(gemeente):
        Zoekherhaling.objects.filter(pk=broken.pk).update(vraag_object=full.vraag_object)
        stopped = Auditregel.objects.filter(handeling__in=["zoekvraag_herhaling_uit", "daglimiet_bereikt"])
        assert {line.actor for line in stopped} == {None}, "the clock did it, and the log names nobody"
    browser = een_client(jobcoach)
    for path in ("/", "/zoeken/vragen/"):
        page = browser.get(path).text
        assert "geen plaats onder de daglimiet" in page
        assert "kon het portaal deze vraag niet stellen" in page


def test_after_its_weeks_it_ends_and_the_coach_can_turn_it_on_again(gemeente, jobcoach, settings) -> None:
    settings.UM_HERHAAL_WEKEN = 1
    repeated(gemeente, asked(gemeente, jobcoach))
    for _ in range(2):
        let_a_week_pass(gemeente)
        repeat_searches()
    [_, last] = searches(gemeente)
    assert stand(gemeente) == [(0, Stopreden.AFGELOPEN)]
    browser = een_client(jobcoach)
    assert "het aantal weken is voorbij" in browser.get("/zoeken/vragen/").text
    browser.post(f"/zoeken/vragen/{last.pk}/herhalen")
    assert stand(gemeente) == [(0, Stopreden.AFGELOPEN), (1, "")]


def test_a_double_click_is_one_repeat_and_there_is_a_limit(gemeente, jobcoach) -> None:
    browser = een_client(jobcoach)
    found = [asked(gemeente, jobcoach) for _ in range(herhalen.MEESTE + 1)]
    for zoekvraag in [found[0], *found]:
        answer = browser.post(f"/zoeken/vragen/{zoekvraag.pk}/herhalen", follow=True)
    assert "Meer kan niet" in answer.text
    assert len(stand(gemeente)) == herhalen.MEESTE
    with voor_gemeente(gemeente):
        first = Zoekherhaling.objects.earliest("pk")
    answer = browser.post(f"/zoeken/herhalingen/{first.pk}/stoppen", {"van": found[0].pk})
    assert answer["Location"] == f"/zoeken/vragen/{found[0].pk}/"
    assert stand(gemeente)[0] == (8, Stopreden.ZELF)
    with voor_gemeente(gemeente):
        assert Auditregel.objects.get(handeling="zoekvraag_herhaling_uit").actor, "somebody did this"


def test_a_whole_municipality_leaves_room_to_search(gemeente, jobcoach, settings) -> None:
    settings.UM_DAG_ZOEKVRAGEN_GEMEENTE = 8
    people = [jobcoach, een_gebruiker(gemeente), een_gebruiker(gemeente)]
    for one in people:
        zoekvraag = asked(gemeente, one)
        answer = een_client(one).post(f"/zoeken/vragen/{zoekvraag.pk}/herhalen", follow=True)
    assert "te weinig overblijft" in answer.text
    assert len(stand(gemeente)) == 2


def test_nobody_else_turns_it_on_or_off(gemeente, jobcoach) -> None:
    zoekvraag = asked(gemeente, jobcoach)
    row = repeated(gemeente, zoekvraag)
    collega, vreemde = een_gebruiker(gemeente), een_gebruiker(een_gemeente())
    with voor_gemeente(gemeente):
        delen.share(gemeente, zoekvraag, [collega.pk])
    for ander in (collega, vreemde):
        browser = een_client(ander)
        assert browser.post(f"/zoeken/vragen/{zoekvraag.pk}/herhalen").status_code == 404
        assert browser.post(f"/zoeken/herhalingen/{row.pk}/stoppen").status_code == 404
    page = een_client(collega).get(f"/zoeken/vragen/{zoekvraag.pk}/").text
    assert "elke week" not in page.lower()
    assert stand(gemeente) == [(8, "")]


@pytest.mark.parametrize("how", ["overdragen", "verwijderen"])
def test_it_stops_with_its_last_search_and_not_with_an_earlier_one(gemeente, jobcoach, how: str) -> None:
    collega = een_gebruiker(gemeente)
    first = asked(gemeente, jobcoach)
    repeated(gemeente, first)
    let_a_week_pass(gemeente)
    repeat_searches()
    [_, second] = searches(gemeente)
    browser, heir = een_client(jobcoach), een_client(collega)
    for zoekvraag, reden in ((first, ""), (second, "overgedragen" if how == "overdragen" else "gewist")):
        browser.post(f"/zoeken/vragen/{zoekvraag.pk}/{how}", {"collega": collega.pk})
        assert stand(gemeente) == [(7, reden)]
        # Whoever gets a search has no part in what its former owner lets repeat.
        page = heir.get(f"/zoeken/vragen/{zoekvraag.pk}/").text
        assert "elke week gesteld" not in page
        assert "elke week vanzelf gesteld" not in page


def test_another_name_for_the_last_search_is_the_name_of_the_repeat(gemeente, jobcoach) -> None:
    first = asked(gemeente, jobcoach, naam="Voor Jan Jansen")
    repeated(gemeente, first)
    browser = een_client(jobcoach)
    browser.post(f"/zoeken/vragen/{first.pk}/notitie", {"naam": "Koks"})
    assert "Jansen" not in browser.get("/zoeken/vragen/").text
    let_a_week_pass(gemeente)
    repeat_searches()
    browser.post(f"/zoeken/vragen/{first.pk}/notitie", {"naam": "De eerste"})
    with voor_gemeente(gemeente):
        assert Zoekherhaling.objects.get().naam == "Koks"


def test_a_repeat_that_cannot_be_put_does_not_keep_the_others_from_it(gemeente, jobcoach, caplog) -> None:
    for _ in range(2):
        repeated(gemeente, asked(gemeente, jobcoach))
    let_a_week_pass(gemeente)
    with voor_gemeente(gemeente):
        broken = Zoekherhaling.objects.earliest("pk")
        Zoekherhaling.objects.filter(pk=broken.pk).update(vraag_object={})
    repeat_searches()
    assert stand(gemeente) == [(8, ""), (7, "")]
    assert f"herhaling {broken.pk} bij gemeente {gemeente.pk}" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_put_it_once() -> None:
    gemeente = een_gemeente()
    jobcoach = een_gebruiker(gemeente)
    for _ in range(2):
        repeated(gemeente, asked(gemeente, jobcoach))
    let_a_week_pass(gemeente)
    at_once(*[lambda: herhalen.put_due(gemeente)] * 4)
    assert len(searches(gemeente)) == 4
    assert stand(gemeente) == [(7, ""), (7, "")]


def test_what_another_clock_put_after_a_failure_is_not_put_again(gemeente, jobcoach, monkeypatch) -> None:
    repeated(gemeente, asked(gemeente, jobcoach))
    let_a_week_pass(gemeente)
    good, calls = herhalen._put, []

    def fails_once(*args: Any) -> Zoekvraag:
        calls.append(args)
        if len(calls) == 1:
            raise ValueError
        return good(*args)

    monkeypatch.setattr(herhalen, "_put", fails_once)
    # The other clock comes between the failure of this one and what it writes about that.
    monkeypatch.setattr(herhalen.logger, "exception", lambda *args: herhalen.put_due(gemeente))
    assert herhalen.put_due(gemeente) == 0
    assert len(searches(gemeente)) == 2
    assert stand(gemeente) == [(7, "")]
    with voor_gemeente(gemeente):
        row = Zoekherhaling.objects.get()
    assert row.uitstel == ""
    assert row.volgende_op > timezone.now() + timedelta(days=6)


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_put_what_failed_before_once(monkeypatch) -> None:
    gemeente = een_gemeente()
    repeated(gemeente, asked(gemeente, een_gebruiker(gemeente)))
    let_a_week_pass(gemeente)
    with monkeypatch.context() as patch:
        patch.setattr(herhalen, "_put", lambda *args: {}[args])
        at_once(*[lambda: herhalen.put_due(gemeente)] * 3)
    assert len(searches(gemeente)) == 1
    assert stand(gemeente) == [(8, "")]
    with voor_gemeente(gemeente):
        row = Zoekherhaling.objects.get()
        assert row.uitstel == Stopreden.MISLUKT
        assert timezone.now() < row.volgende_op < timezone.now() + timedelta(hours=1)
        Zoekherhaling.objects.update(volgende_op=timezone.now())
    at_once(*[lambda: herhalen.put_due(gemeente)] * 3)
    assert len(searches(gemeente)) == 2
    assert stand(gemeente) == [(7, "")]
