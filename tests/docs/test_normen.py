"""The tables of norms, threats and rights are complete and true to the code.

That each test they name exists is checked for every document, in test_docs.py.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import ROOT
from um_portal.tenants.models import Gemeentestatus
from um_portal.toegang.rechten import RECHTEN, Functie, Recht, is_closed

BEHEER = ROOT / "docs" / "beheer"
ASVS = BEHEER / "normen" / "asvs.md"
BIO2 = BEHEER / "normen" / "bio2.md"
DREIGINGEN = BEHEER / "normen" / "dreigingen.md"
RECHTENTABEL = BEHEER / "rechten.md"

# Of ASVS 5.0.0: how many requirements of level 1 and 2 each section has. They are numbered from 1; those of
# level 3 come after them.
_ASVS_SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
# Of ISO/IEC 27002:2022, which BIO2 follows: how many controls each chapter has.
_ISO_CHAPTERS = {5: 37, 6: 8, 7: 14, 8: 34}
_GRENZEN = 11
_CLOSED = (Gemeentestatus.AANGEMELD, Gemeentestatus.OPGESCHORT, Gemeentestatus.VERTROKKEN)
_VNG = {Functie.SUPPORT_ADVISEREND, Functie.SUPPORT_BESLISSEND}
_STRIDE = ("S", "T", "R", "I", "D", "E")
_A_TEST = re.compile(r"`tests/[\w/]+\.py::\w+`")


def _rows(document: Path) -> Iterator[list[str]]:
    """Gives the cells of every row of every table whose first cell begins with a digit."""
    for line in document.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("| ") and cells[0][:1].isdigit():
            yield cells


def _numbers(cell: str) -> Iterator[str]:
    """Reads "6.2.1, 6.2.5–6.2.9" as the numbers that it names."""
    for part in cell.split(", "):
        first, _, last = part.partition("–")
        section, start = first.rsplit(".", 1)
        end = last.rsplit(".", 1)[1] if last else start
        for number in range(int(start), int(end) + 1):
            yield f"{section}.{number}"


def test_every_requirement_of_asvs_level_2_has_one_row() -> None:
    expected = [f"{section}.{n}" for section, count in _ASVS_SECTIONS.items() for n in range(1, count + 1)]
    assert len(expected) == 253
    found = Counter(number for cells in _rows(ASVS) for number in _numbers(cells[0]))
    assert found == Counter(expected)


def test_every_control_of_bio2_has_one_row() -> None:
    expected = [f"{chapter}.{n}" for chapter, count in _ISO_CHAPTERS.items() for n in range(1, count + 1)]
    assert len(expected) == 93
    found = Counter(number for cells in _rows(BIO2) for number in _numbers(cells[0]))
    assert found == Counter(expected)


@pytest.mark.parametrize("document", [ASVS, BIO2], ids=lambda document: document.stem)
def test_what_is_said_to_hold_names_a_test_and_the_rest_does_not_claim_to(document: Path) -> None:
    for cells in _rows(document):
        assert len(cells) == 5, cells
        nummer, vraagt, stand, antwoord, test = cells
        assert "" not in (vraagt, antwoord), nummer
        assert stand in {"ja", "gelezen", "deels", "nee", "inrichting", "n.v.t."}, nummer
        if stand == "ja":
            assert _A_TEST.search(test), nummer
        if stand in {"gelezen", "nee", "inrichting", "n.v.t."}:
            assert test == "–", nummer


def test_the_document_counts_its_own_rows_rightly() -> None:
    for document in (ASVS, BIO2):
        counted: Counter[str] = Counter()
        for cells in _rows(document):
            counted[cells[2]] += len(list(_numbers(cells[0])))
        told = dict(re.findall(r"^- \*\*([a-z.]+)\*\* \((\d+)\)", document.read_text(), flags=re.MULTILINE))
        assert told == {stand: str(number) for stand, number in counted.items()}, document.name


def test_every_boundary_has_its_six_threats_with_a_test_or_what_remains() -> None:
    boundaries = re.split(r"^## (?=\d+\. )", DREIGINGEN.read_text(), flags=re.MULTILINE)[1:]
    assert len(boundaries) == _GRENZEN
    for boundary in boundaries:
        name = boundary.splitlines()[0]
        rows = re.findall(
            r"^\| ([STRIDE]) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", boundary, flags=re.MULTILINE
        )
        assert tuple(dict.fromkeys(row[0] for row in rows)) == _STRIDE, name
        for letter, _, _, test, remains in rows:
            assert _A_TEST.search(test) or (test == "–" and remains != "–"), f"{name}: {letter}"


def _in_state(recht: Recht, status: str) -> str:
    if RECHTEN[recht] <= _VNG:
        return "–"
    return "rust" if is_closed(recht, status) else "kan"


def test_the_documented_table_of_rights_is_the_one_of_the_code() -> None:
    expected = [
        [
            recht.label[:1].upper() + recht.label[1:],
            *("ja" if functie in RECHTEN[recht] else "–" for functie in Functie),
            *(_in_state(recht, status) for status in _CLOSED),
        ]
        for recht in Recht
    ]
    lines = RECHTENTABEL.read_text().splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("| mag |"))
    assert (
        lines[head]
        == "| mag | " + " | ".join([*(f.label for f in Functie), *(s.label for s in _CLOSED)]) + " |"
    )
    table = lines[head + 2 : head + 2 + len(expected)]
    assert table == ["| " + " | ".join(cells) + " |" for cells in expected]
    assert lines[head + 2 + len(expected)] == ""
