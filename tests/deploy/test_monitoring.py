"""The alerts and the dashboard ask for figures that there are, and every alert says what to do."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from tests.places import ROOT
from um_portal import metingen
from um_portal.bewaking import cijfers
from um_portal.onderdelen import ONDERDELEN, Klok, Wachtrij

PLACE = ROOT / "deploy" / "monitoring"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load((PLACE / "alarmen.yml").read_text())["groups"] for rule in group["rules"]
]
RUNBOOKS = (ROOT / "docs" / "beheer" / "draaiboeken.md").read_text()


def _dashboard_asks() -> list[str]:
    board = json.loads((PLACE / "dashboard.json").read_text())
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def _known() -> set[str]:
    """Gives the names of all series that a part can tell."""
    found = set()
    for family in metingen.registry.collect():
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}[family.type]
        found |= {family.name + end for end in ends}
    code = (ROOT / "um_portal" / "bewaking" / "cijfers.py").read_text()
    return found | set(cijfers._UIT_DATABASE) | set(re.findall(r'GaugeMetricFamily\(\s*"(\w+)"', code))


def _asked(expressions: list[str]) -> set[str]:
    return {name for text in expressions for name in re.findall(r"\bum_\w+", text)}


def test_alerts_and_dashboard_ask_only_for_figures_that_there_are() -> None:
    alerts = _asked([rule["expr"] for rule in RULES])
    assert len(alerts) > 10
    assert alerts <= _known()
    assert _asked(_dashboard_asks()) <= _known()


def test_every_figure_is_on_the_dashboard_and_in_the_documents() -> None:
    text = (ROOT / "docs" / "beheer" / "bewaken.md").read_text()
    shown = _asked(_dashboard_asks())
    for name in _known():
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        assert f"`{family}`" in text, family
        assert any(one.startswith(family) for one in shown), family


def test_a_queue_in_an_alert_is_a_queue_that_there_is() -> None:
    named = {name for rule in RULES for name in re.findall(r'wachtrij="([^"]+)"', rule["expr"])}
    assert named
    assert named <= {wachtrij.value for wachtrij in Wachtrij}


def test_every_alert_has_a_runbook_with_its_urgency_and_every_runbook_an_alert() -> None:
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOKS, re.MULTILINE | re.DOTALL))
    assert set(sections) == {rule["alert"] for rule in RULES}
    for rule in RULES:
        text = sections[rule["alert"]]
        assert text.lower().startswith(f"**{rule['labels']['ernst']}.**"), rule["alert"]
        assert "Doe:" in text, rule["alert"]


def test_every_part_with_figures_is_asked_for_them_at_its_own_port() -> None:
    config = yaml.safe_load((PLACE / "prometheus.yml").read_text())
    asked = {
        target["labels"]["onderdeel"]: int(target["targets"][0].rpartition(":")[2])
        for target in config["scrape_configs"][0]["static_configs"]
    }
    ports = {
        naam: deel.meetpoort
        for naam, deel in ONDERDELEN.items()
        if not isinstance(deel, Klok) and deel.meetpoort
    }
    assert len(set(ports.values())) == len(ports)
    # It takes the place of two others.
    del ports["zoeken-en-onderhoud"]
    assert asked == ports


def test_prometheus_accepts_the_rules() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not on this machine (Debian: prometheus)")
    subprocess.run([promtool, "check", "config", PLACE / "prometheus.yml"], check=True, capture_output=True)
