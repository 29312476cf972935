"""The table of all time limits: what it names exists, and is as long as it says."""

import re

import pytest
from django.conf import settings

from tests.places import ROOT
from um_portal import jobs
from um_portal.onderdelen import ONDERDELEN, Web

ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs" / "beheer" / "tijden.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| wie ")
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_the_table_names_exists_and_is_as_long_as_it_says(row: list[str]) -> None:
    _, time, place, _ = row
    seconds = [int(number) for number in re.findall(r"\d+", time)]
    (name, *_) = re.findall(r"`([^`]+)`", place)
    if "/" in name:
        text = (ROOT / name).read_text()
        assert all(re.search(rf"\b{number}s?\b", text) for number in seconds), row
    elif name.startswith("proxy_"):
        texts = [(ROOT / "deploy" / "nginx" / f"{one}.conf").read_text() for one in ("portaal", "bron")]
        assert any(re.search(rf"{name} {number}s;", text) for text in texts for number in seconds), row
    elif name.endswith("_LEASE"):
        assert [getattr(jobs, name).total_seconds()] == seconds
    elif name == "CONN_MAX_AGE":
        assert [settings.DATABASES["default"][name]] == seconds
    else:
        value = getattr(settings, name)
        assert (
            value in seconds if isinstance(value, int | float) else not seconds or _somewhere(value, seconds)
        ), row


def _somewhere(value: object, seconds: list[int]) -> bool:
    found = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", repr(value))}
    return all(number in found or 1000 * number in found for number in seconds)


def test_whoever_is_inside_gives_up_before_who_waits_for_it() -> None:
    parts = {naam: deel.seconden for naam, deel in ONDERDELEN.items() if isinstance(deel, Web)}
    assert settings.UM_DETAIL_TIJDSLIMIET < parts["paginas"] < 70
    assert parts["aanleveren"] < 130
    assert settings.UM_DATABASE_TIJDEN["antwoorden"]["statement_timeout"] < parts["bron"]
