"""Delimited text with something wrong in it: every line is somewhere, and nobody gets what belongs to another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.uploads.readers.hier import read_here
from uploads.readers import AANHALING, GEHEELD, REGELS, Onleesbaar, Rij
from uploads.sandbox.delimited import Gescheiden
from uploads.sandbox.sheets import Grenzen, Leesprobleem

_KOP = "nummer;plaats;uren;taal;soort;telefoon"
_RIJEN = [f"P{n:03};Plaats{n};{20 + n};nl;x;06{n:08}" for n in range(1, 9)]


def read(*lines: str) -> list[Rij]:
    _, [rijen] = read_here(("\n".join(lines) + "\n").encode())
    return rijen


def marked(rijen: list[Rij]) -> dict[int, tuple[str, tuple[int, ...]]]:
    return {rij.nummer: tuple(merk) for rij in rijen for merk in rij.merken if merk.code != REGELS}  # type: ignore[misc]


def with_cell(rij: str, place: int, cell: str) -> str:
    cells = rij.split(";")
    cells[place] = cell
    return ";".join(cells)


def test_a_quote_that_joins_two_people_leaves_two_people_and_both_are_marked():
    rijen = read(_KOP, with_cell(_RIJEN[0], 1, '"Aa'), with_cell(_RIJEN[1], 1, 'Bb"'), *_RIJEN[2:])
    assert [rij.waarden[0] for rij in rijen] == ["nummer", *(f"P{n:03}" for n in range(1, 9))]
    assert rijen[1].waarden[5], rijen[2].waarden[5] == ["0600000001", "0600000002"]
    assert marked(rijen) == {2: (AANHALING, (2, 3)), 3: (AANHALING, (2, 3))}


def test_where_there_is_one_way_to_take_them_apart_that_is_done_and_told():
    rijen = read(
        _KOP, _RIJEN[0], with_cell(_RIJEN[1], 4, '"x'), _RIJEN[2], with_cell(_RIJEN[3], 5, '0600000004"')
    )
    assert [rij.waarden for rij in rijen[1:]] == [rij.split(";") for rij in _RIJEN[:4]]
    assert marked(rijen) == dict.fromkeys((3, 4, 5), (GEHEELD, (3, 5)))


def test_a_cell_with_several_lines_is_one_cell_and_the_lines_after_it_keep_their_number():
    rijen = read(_KOP, with_cell(_RIJEN[0], 1, '"Dorp\nnaast; de stad\n"'), _RIJEN[1])
    assert rijen[1].waarden[1] == "Dorp\nnaast; de stad\n"
    assert marked(rijen) == {}
    assert [merk.getallen for rij in rijen for merk in rij.merken] == [(2, 4), (5, 5)]


def test_a_sentence_with_as_many_commas_as_columns_is_still_a_sentence():
    rijen = read("id,tekst", "1,x", '2,"Let op\nmaandag, dinsdag"', "3,y")
    assert [rij.waarden for rij in rijen[1:]] == [["1", "x"], ["2", "Let op\nmaandag, dinsdag"], ["3", "y"]]


def test_hundreds_of_empty_cells_behind_every_row_count_for_nothing():
    rijen = read(*(line + ";" * 700 for line in (_KOP, *_RIJEN)))
    assert rijen[1].waarden[:6] == _RIJEN[0].split(";")
    with pytest.raises(Onleesbaar, match="meer dan 500 kolommen"):
        read(_KOP + ";" * 700 + "x", *_RIJEN)


_cells = st.text(st.sampled_from("ab1 \",';\n"), max_size=5)
_broken = st.lists(st.lists(_cells, min_size=2, max_size=4).map(";".join), min_size=1, max_size=12)


@given(_broken, st.sampled_from(["\n", "\r\n"]))
def test_with_any_broken_quotes_every_line_of_the_text_is_in_exactly_one_row(lines, newline):
    text = newline.join(line.replace("\n", newline) for line in (_KOP, *lines)) + newline
    try:
        opened = Gescheiden(text.encode(), Grenzen(1000, 500))
    except Leesprobleem:
        return
    rijen: list[Any] = list(opened.rijen(0, 0))
    taken: list[int] = []
    together: dict[tuple[int, int], int] = {}
    next_line = 1
    for rij in rijen:
        places = next(
            (m.getallen for m in getattr(rij, "merken", ()) if m.code != "onleesbaar"), (next_line,) * 2
        )
        code = next((m.code for m in getattr(rij, "merken", ())), REGELS)
        if code == REGELS:
            taken += range(places[0], places[1] + 1)
            next_line = places[1] + 1
        else:
            # Of lines that were taken apart, each has a row of its own.
            together[places] = together.get(places, 0) + 1
            taken.append(places[0] + together[places] - 1)
            next_line = places[1] + 1
    assert (
        sorted(taken) == list(range(1, text.count("\n") + 1)) == list(range(1, opened.bladen[0].regels + 1))
    )


@given(st.sets(st.integers(0, 7), min_size=1, max_size=4), st.integers(1, 5), st.data())
def test_with_stray_quotes_nobody_ever_gets_what_belongs_to_another(broken, place, data):
    lines = list(_RIJEN)
    for number in broken:
        value = lines[number].split(";")[place]
        quoted = data.draw(
            st.sampled_from([f'"{value}', f'{value}"', f'"{value}"x', f'{value[:1]}"{value[1:]}'])
        )
        lines[number] = with_cell(lines[number], place, quoted)
    try:
        rijen = read(_KOP, *lines)
    except Onleesbaar:
        return
    fine = [rij for rij in rijen[1:] if not any(merk.code == AANHALING for merk in rij.merken)]
    for rij in fine:
        if len(rij.waarden) != 6:
            # It has more cells than there are headers, or too few to be somebody; it is refused later on.
            assert len(rij.waarden) > 6 or any("\n" in cell for cell in rij.waarden)
            continue
        whose = {
            str(int("".join(filter(str.isdigit, cell))[-2:])) for cell in (rij.waarden[0], rij.waarden[5])
        }
        assert len(whose) == 1


def test_json_lines_are_records():
    _, [rijen] = read_here(b'{"idVacature": "1", "n": 12345678901234567890}\n\n{"idVacature": "2"}\r\n')
    assert [rij.waarden["idVacature"] for rij in rijen] == ["1", "2"]
    _, [rijen] = read_here(b'{"idVacature": "1"}{"idVacature": "2"}')
    assert len(rijen) == 2
    with pytest.raises(Onleesbaar, match="geldige JSON"):
        read_here(b'{"idVacature": "1"}\n{"idVacature": \n')
