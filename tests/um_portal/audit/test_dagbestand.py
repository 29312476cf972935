"""The files outside the database: who makes one keeps it open to the portal, and nothing leads root elsewhere."""

import os
from pathlib import Path
from typing import Any

import pytest

from um_portal.audit import dagbestand, koppen, wissingen

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: it makes a file for somebody else")


def lines(place: Path) -> list[str]:
    return [line for file in sorted(place.glob("*.jsonl")) for line in file.read_text().splitlines()]


def test_it_works(tmp_path: Path) -> None:
    place = tmp_path / "een" / "twee"
    dagbestand.append(place, "a\n")
    dagbestand.append(place, "b\nc\n", on_disk=True)
    assert lines(place) == ["a", "b", "c"]
    assert [file.stat().st_mode & 0o007 for file in place.iterdir()] == [0]


def test_a_link_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    dagbestand.append(tmp_path / "gewoon", "a\n")
    (name,) = os.listdir(tmp_path / "gewoon")
    place, elsewhere = tmp_path / "koppen", tmp_path / "elders"
    place.mkdir()
    (place / name).symlink_to(elsewhere)
    with pytest.raises(OSError, match=name):
        dagbestand.append(place, "b\n")
    assert not elsewhere.exists()


@pytest.mark.parametrize("read", [koppen.read_all, wissingen.read_all])
def test_what_cannot_be_read_is_never_taken_for_nothing(read: Any, settings: Any, tmp_path: Path) -> None:
    place = tmp_path / "plaats"
    settings.UM_LOGBOEK_KOPPEN = settings.UM_WISSINGEN = place
    assert list(read()) == [], "no directory yet"
    place.mkdir()
    (place / "2026-01-01.jsonl").write_bytes(b"\xff\n")
    with pytest.raises((koppen.KoppenOnleesbaar, wissingen.WissingenOnleesbaar), match=r"2026-01-01\.jsonl"):
        list(read())
    settings.UM_LOGBOEK_KOPPEN = settings.UM_WISSINGEN = place / "2026-01-01.jsonl"
    with pytest.raises((koppen.KoppenOnleesbaar, wissingen.WissingenOnleesbaar), match="niet lezen"):
        list(read())


@as_root
def test_what_root_makes_the_portal_goes_on_with(tmp_path: Path) -> None:
    # pytest makes its own directories 0700; others are not ours.
    for above in (tmp_path, *tmp_path.parents):
        if above.stat().st_mode & 0o7777 == 0o700 and "pytest-of-" in str(above):
            above.chmod(0o755)
    home = tmp_path / "um-portaal"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    dagbestand.append(home / "koppen", "van root\n")
    child = os.fork()
    if not child:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            dagbestand.append(home / "koppen", "van het portaal\n")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert lines(home / "koppen") == ["van root", "van het portaal"]
