"""The figures for Prometheus: they say how the portal goes, and nothing about whom."""

import re
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from exchange.standard import Soort
from tests.deploy.parts import a_web_part, call
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
from um_portal import metingen
from um_portal.achtergrondwerk.models import Ronde
from um_portal.bewaking.cijfers import Portaal, Schijf
from um_portal.embedded.redis_server import free_port

pytestmark = pytest.mark.django_db

GEHEIM = "Geheimnaam"


def _figures() -> str:
    """Gives the figures as the part for people tells them."""
    from prometheus_client import CollectorRegistry, generate_latest

    found = CollectorRegistry()
    found.register(Portaal())
    found.register(Schijf())
    return metingen.text().decode() + generate_latest(found).decode()


def value(text: str, name: str) -> float:
    """Gives the value of one series, written as in the text."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found is not None, f"{name} is not in:\n{text}"
    return float(found[1])


def test_the_figures_tell_what_waits_and_how_it_stands() -> None:
    gemeente = een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1"), een_werkzoekende("W2")])
    een_levering(gemeente, een_werkblad([een_sonar_rij()]))
    Ronde.objects.create(naam="hervat-taken", begonnen_op=timezone.now() - timedelta(hours=1))
    text = _figures()
    assert value(text, 'um_gepubliceerd{soort="werkzoekenden"}') == 2
    assert value(text, 'um_gemeenten{stand="toegelaten"}') == 1
    assert re.search(r'^um_leveringen\{stand="\w+"\} 1\.0$', text, re.MULTILINE)
    assert value(text, 'um_meting_gelukt{wat="database"}') == 1
    assert value(text, 'um_meting_gelukt{wat="wachtrijen"}') == 1
    assert value(text, 'um_planning_te_laat{naam="hervat-taken"}') == 1
    assert 0 < value(text, 'um_schijf_vrij_deel{plaats="tijdelijk"}') <= 1


def test_a_set_that_gets_old_and_what_should_have_been_erased_are_counted(settings) -> None:
    from exchange.bemiddelaar.models import Zoekvraag
    from exchange.bron.models import Stand
    from tests.exchange.bemiddelaar.test_searching import een_zoekvraag
    from um_portal.tenants.scope import voor_gemeente

    gemeente = een_gemeente()
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende("W1")])
    een_zoekvraag(gemeente, een_gebruiker(gemeente), put=False)
    with voor_gemeente(gemeente):
        Stand.objects.update(vernieuwd_op=timezone.localdate() - timedelta(days=settings.UM_VERSHEID_DAGEN))
        Zoekvraag.objects.update(verloopt_op=timezone.now() - timedelta(hours=2))
    text = _figures()
    assert value(text, 'um_verouderde_sets{soort="werkzoekenden"}') == 1
    assert value(text, 'um_verlopen_niet_gewist{wat="zoekvragen"}') == 1


def test_no_figure_says_anything_about_a_person_a_municipality_or_a_record(settings) -> None:
    settings.UM_DEMO = True
    gemeente = een_gemeente(GEHEIM)
    gebruiker = een_gebruiker(gemeente, first_name=GEHEIM)
    publish_set(gemeente, Soort.WERKZOEKENDEN, [een_werkzoekende(f"{GEHEIM}-1")])
    een_levering(gemeente, een_werkblad([een_sonar_rij()]), f"{GEHEIM}.xlsx")
    browser = een_client(gebruiker)
    for address in (f"/leveringen/{GEHEIM}", f"/zoeken/?naam={GEHEIM}", "/leveringen/123456789/", "/"):
        browser.get(address)
    ask: dict[str, Any] = {"headers": vum_headers(gemeente), "content_type": "application/json"}
    browser.post("/vum/bron/v3/werkzoekendeProfielen/matches", {"vraagObject": een_vraag()}, **ask)
    browser.get(f"/vum/bron/v3/werkzoekendeProfielen/{GEHEIM}", headers=vum_headers(gemeente))
    text = _figures()
    assert 'um_verzoeken_total{status="200",weergave="bron"}' in text
    assert 'um_verzoeken_total{status="404",weergave="anders"}' in text
    assert 'um_bron_antwoorden_total{uitkomst="gelukt",vraag="selectievraag werkzoekenden"}' in text
    for word in (GEHEIM, "123456789", gemeente.oin, gebruiker.username):
        assert word not in text, word
    # A label is one of these, and has a value out of a list of ours.
    assert set(re.findall(r'[{,](\w+)="', text)) <= {
        "weergave", "status", "vraag", "uitkomst", "handeling", "taak", "stand", "soort", "lijst", "wat", "naam",
        "wachtrij", "plaats", "certificaat", "le",
    }  # fmt: skip


def test_a_database_that_is_away_leaves_the_other_figures() -> None:
    from django.db import connection

    def broken(*args: Any) -> Any:
        raise RuntimeError(GEHEIM)

    with connection.execute_wrapper(broken):
        text = _figures()
    assert value(text, 'um_meting_gelukt{wat="database"}') == 0
    assert value(text, 'um_meting_gelukt{wat="wachtrijen"}') == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_figures_are_at_a_place_of_their_own_and_nowhere_else(tmp_path: Path) -> None:
    """Two processes answer, and the figures are of both; the socket that the proxy uses gives none."""
    port = free_port()
    env: dict[str, Any] = {
        "UM_METINGEN_ADRES": f"127.0.0.1:{port}",
        "UM_WEB_PROCESSEN": "2",
        "UM_HOSTS": "localhost",
        "UM_EXCHANGE_URL": "https://uitwisseling.voorbeeld.nl",
    }
    with a_web_part("paginas", tmp_path, **env) as path:
        for _ in range(20):
            assert call(path, "/health/live")[0] == 200
        assert call(path, "/metrics")[0] in {301, 302, 404}
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            text = answer.read().decode()
        assert value(text, 'um_verzoeken_total{status="200",weergave="gezondheid"}') >= 20
        assert value(text, 'um_meting_gelukt{wat="database"}') == 1
        for address in ("/", "/health/live", "/account/inloggen"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=20)
