"""The one list of words: whatever a proposal recognises, the conversion that it leads to understands."""

import ast
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.standard import Soort, Veld, velden
from uploads.mapping import words
from uploads.mapping.cells.text import code_table, tekst, woordsleutel
from uploads.mapping.doelen import SOORTEN, waardelijsten, without_positions
from uploads.mapping.engine import RegelVertaling
from uploads.mapping.model import Ernst, Omgeving, Opmerking
from uploads.mapping.presets.sonar import REGELS as SONAR
from uploads.mapping.proposals import kolomnamen
from uploads.mapping.proposals.column_values import Waardesoort, look_at
from uploads.mapping.proposals.suggest import TOESTEMMING, Suggestie, regels_from, suggest
from uploads.mapping.regels import Regels
from uploads.waarden.suggest import fold

WZ, VAC = SOORTEN
UPLOADS = Path(words.__file__).parents[1]
OMGEVING = Omgeving(pseudoniem=lambda text: text, ligt_ergens=lambda postcode: True)


def proposed(soort: Soort, kop: str, cells: list[Any]) -> tuple[Suggestie, Regels]:
    """The proposal for a column, and the rules that it makes."""
    (one,) = suggest([kop], [cells], soort)
    return one, regels_from([one], [kop], soort)


def converted(regels: Regels, kop: str, cell: Any) -> tuple[dict[str, Any], list[Opmerking], list[str]]:
    """The record of one cell, the remarks, and the words that no list knew."""
    remarks: list[Opmerking] = []
    unknown: list[str] = []
    record = RegelVertaling([kop], regels, OMGEVING).vertaal(
        [cell], lambda kop, remark: remarks.append(remark), lambda kop, pair: unknown.append(pair[1])
    )
    return record or {}, remarks, unknown


def values_at(record: Any, naam: str) -> list[Any]:
    """Every value in a record of the attribute with this name."""
    if isinstance(record, list):
        return [value for element in record for value in values_at(element, naam)]
    if not isinstance(record, dict):
        return []
    own = [record[naam]] if naam in record else []
    return own + [value for inner in record.values() for value in values_at(inner, naam)]


LEAVES = [
    (soort, leaf)
    for soort in SOORTEN
    for leaf in velden(soort)
    if leaf.attribuut.waardelijst is not None and words.words_of_list(leaf.attribuut.waardelijst).begrepen
]
YES_OR_NO = [
    (soort, leaf)
    for soort, leaf in LEAVES
    if leaf.attribuut.waardelijst and leaf.attribuut.waardelijst.naam in words.JA_NEE_LIJSTEN
]


def spellings(word: str) -> st.SearchStrategy[str]:
    """A word as somebody may type it, which the portal compares as the same."""
    forms = [word, word.upper(), word.capitalize(), word.title(), unicodedata.normalize("NFD", word)]
    around = st.sampled_from(["", " ", "  ", "\u00a0", "\u200b", "\t"])
    return st.builds(
        lambda before, form, after: before + form + after, around, st.sampled_from(forms), around
    )


def columns_of(found: dict[str, Any]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(found)).flatmap(spellings), min_size=2, max_size=12)


@st.composite
def filled(draw: st.DrawFn) -> tuple[Soort, Veld, str, list[str]]:
    """A column of an attribute under one of its names, with words for it."""
    soort, leaf = draw(st.sampled_from(LEAVES))
    assert leaf.attribuut.waardelijst is not None
    known = dict(words.words_of_list(leaf.attribuut.waardelijst).begrepen)
    short = leaf.pad.removeprefix("arbeidsmarktkwalificatie.")
    names = [
        *kolomnamen.PER_SOORT[soort].get(leaf.pad, ()),
        *kolomnamen.PER_SOORT[soort].get(short, ()),
        *kolomnamen.GEDEELD.get(short, ()),
    ]
    kop = draw(st.sampled_from(["", leaf.volledig_label, leaf.attribuut.naam, *names]))
    return soort, leaf, kop, draw(columns_of(known))


# --- Whatever is recognised is understood -------------------------------------------------------------------


@settings(deadline=None)
@given(filled())
def test_every_word_that_a_proposal_recognises_becomes_its_code(column):
    soort, _, kop, cells = column
    one, regels = proposed(soort, kop, cells)
    if not one.is_genoeg or one.doel == TOESTEMMING:
        return
    target = next(leaf for leaf in velden(soort) if leaf.pad == without_positions(one.doel or ""))
    lijst = target.attribuut.waardelijst
    assert lijst is not None
    known = words.words_of_list(lijst).begrepen
    for cell in cells:
        key = woordsleutel(cell)
        if key not in known:
            continue
        record, remarks, unknown = converted(regels, kop, cell)
        assert (remarks, unknown) == ([], []), (kop, target.pad, cell)
        gewenst = [known[key]] if known[key] else []
        assert [str(value) for value in values_at(record, target.attribuut.naam)] == gewenst


@pytest.mark.parametrize(("soort", "leaf"), LEAVES, ids=lambda one: getattr(one, "pad", one))
def test_every_word_and_label_of_a_list_is_understood_in_a_column_that_is_called_so(soort, leaf):
    lijst = leaf.attribuut.waardelijst
    known = words.words_of_list(lijst).begrepen
    cells = [*known, *lijst.waarden.values()]
    one, regels = proposed(soort, leaf.volledig_label, cells)
    assert without_positions(one.doel or "") == leaf.pad
    assert one.is_genoeg
    for cell in cells:
        _, remarks, unknown = converted(regels, leaf.volledig_label, cell)
        assert (remarks, unknown) == ([], []), cell


@pytest.mark.parametrize(
    ("soort", "naam"),
    [
        (Waardesoort.OPLEIDINGSNIVEAU, "Opleidingsniveau"),
        (Waardesoort.VERVOER, "Vervoermiddel"),
        (Waardesoort.TAALNIVEAU, "Taalbeheersing"),
        (Waardesoort.ARBEIDSCONTRACT, "Type arbeidscontract"),
        (Waardesoort.OVEREENKOMST, "Type overeenkomst"),
        (Waardesoort.JA_NEE, "Ja of nee"),
    ],
)
def test_values_are_known_by_the_words_that_a_conversion_understands(soort, naam):
    for word in words.WOORDEN[naam].begrepen.keys() - words.VAN_VELE_LIJSTEN:
        assert look_at([word]).is_een(soort), word
    for word in words.WOORDEN[naam].ruim.keys() - words.WOORDEN[naam].begrepen.keys():
        parts = words.WOORDEN[naam].begrepen.keys() & set(word.replace("-", " ").split())
        assert parts or not look_at([word]).is_een(soort), word


@settings(deadline=None)
@given(
    st.sampled_from(LEAVES),
    columns_of(dict.fromkeys((*words.JA_WOORDEN, *words.NEE_WOORDEN), "")),
)
def test_yes_and_no_are_never_sure_to_be_something_else(found, cells):
    soort, leaf = found
    one, _ = proposed(soort, leaf.volledig_label, cells)
    is_yes_or_no = found in YES_OR_NO
    assert (one.is_genoeg and without_positions(one.doel or "") == leaf.pad) is is_yes_or_no


@settings(deadline=None)
@given(columns_of(dict.fromkeys(words.TOESTEMMING_WOORDEN, "")))
def test_who_agreed_in_any_of_the_words_for_it_goes_along(cells):
    one, regels = proposed(WZ, "Toestemming", cells)
    assert one.doel == TOESTEMMING
    for cell in cells:
        assert converted(regels, "Toestemming", cell)[1] == []
    for cell in ("nee", "", None, "0", "onbekend"):
        (remark,) = converted(regels, "Toestemming", cell)[1]
        assert remark.ernst is Ernst.OVERGESLAGEN


@pytest.mark.parametrize("kop", ["Rijbewijs B", "Eigen auto"])
def test_yes_and_no_for_one_code_are_understood_in_all_their_words(kop):
    one, regels = proposed(WZ, kop, ["ja", "nee"])
    naam = (one.doel or "").rpartition(".")[2]
    for cell in words.JA_WOORDEN:
        assert len(values_at(converted(regels, kop, cell)[0], naam)) == 1
    for cell in words.NEE_WOORDEN:
        record, remarks, unknown = converted(regels, kop, cell)
        assert (values_at(record, naam), remarks, unknown) == ([], [], [])


# --- What is ambiguous --------------------------------------------------------------------------------------


def office_hours(cells: list[Any], *more: Any) -> list[Any]:
    """Gives the codes of these cells, and those further down, in a column with yes and no; None: nothing."""
    one, regels = proposed(WZ, "Kantoortijden", cells)
    assert (one.doel, one.is_genoeg) == ("werktijden.indicatieKantoortijden", True)
    found = []
    for cell in (*cells, *more):
        record, _, unknown = converted(regels, "Kantoortijden", cell)
        found.append(next(iter(values_at(record, "indicatieKantoortijden")), "onbekend" if unknown else None))
    return found


def test_x_yes_and_no_are_read_as_yes_and_no():
    assert office_hours(["x", "yes", "no", "X ", "Y", "n"]) == [1, 1, 2, 1, 1, 2]


def test_empty_beside_x_says_nothing():
    assert office_hours(["x", "", None, "-", "x"]) == [1, None, None, None, 1]


@pytest.mark.parametrize(
    ("cells", "gewenst"),
    [
        ([0, 1, 0], [2, 1, 2]),
        (["0", "1", ""], [2, 1, None]),
        ([0.0, 1.0], [2, 1]),
        (["0.0", "1,0"], [2, 1]),
        ([0], [2]),
        ([True, False], [1, 2]),
        # The codes of the standard.
        ([0, 1, 2], [0, 1, 2]),
        ([1, 2], [1, 2]),
        ([0, "ja"], [0, 1]),
        (["Onbekend", "Ja"], [0, 1]),
    ],
)
def test_0_is_no_beside_nothing_but_1_and_otherwise_a_code(cells, gewenst):
    assert office_hours(cells) == gewenst


def test_a_2_further_down_a_column_of_0_and_1_is_asked_and_not_guessed():
    assert office_hours([0, 1], 2) == [2, 1, "onbekend"]


def test_0_is_no_where_the_list_has_no_code_0():
    one, regels = proposed(WZ, "Banenafspraak", ["0", "1"])
    assert one.doel == "indicatieLdrRegistratie"
    assert [converted(regels, "Banenafspraak", cell)[0]["indicatieLdrRegistratie"] for cell in (0, 1)] == [
        2,
        1,
    ]


def test_several_means_of_transport_in_a_cell_are_cut_wherever_they_are_recognised():
    cells = ["auto / fiets", "ov en fiets", "auto; bus"]
    one, regels = proposed(WZ, "", cells)
    assert one.is_genoeg
    found = [values_at(converted(regels, "", cell)[0], "codeVervoermiddel") for cell in cells]
    assert found == [[1, 3], [5, 3], [1, 5]]


# --- The list itself ----------------------------------------------------------------------------------------


def test_every_code_of_a_word_is_in_its_list():
    for naam, woorden in words.WOORDEN.items():
        codes = {str(code) for code in waardelijsten()[naam].waarden}
        assert set(woorden.alle.values()) <= {*codes, ""}, naam


def test_no_word_has_two_meanings_in_a_list():
    for naam, woorden in words.WOORDEN.items():
        assert not woorden.vast.keys() & woorden.gangbaar.keys(), naam
        assert not woorden.begrepen.keys() & woorden.ruim.keys(), naam
        table = {word: str(code) for word, code in code_table(waardelijsten()[naam]).items()}
        assert all(table.get(word, code) == code for word, code in woorden.alle.items()), naam


def test_words_are_as_cells_are_compared():
    every = {word for woorden in words.WOORDEN.values() for word in woorden.alle}
    for word in every | words.AFWEZIG_WOORDEN | words.TOESTEMMING_WOORDEN | words.GEEN:
        assert word == woordsleutel(word)
        assert word == tekst(word)
        # Without accents, so that a word is also known to who compares without them.
        assert fold(word).strip() == word or not word.isascii() or not word[:1].isalpha(), word


def test_sonar_reads_only_what_means_the_same_in_every_file():
    by_doel = {without_positions(regel.doel): dict(regel.waarden) for regel in SONAR.regels if regel.waarden}
    assert by_doel == {
        "arbeidsmarktkwalificatie.opleiding[].codeNiveauOpleiding": {
            "basisonderwijs": "1", "vmbo": "2", "havo": "3", "vwo": "3", "mbo": "4", "hbo": "5", "bachelor": "5",
            "wo": "6", "master": "6",
        },
        "vervoermiddel[].codeVervoermiddel": {
            "auto": "1", "bromfiets": "2", "scooter": "2", "fiets": "3", "motor": "4", "ov": "5",
            "openbaar vervoer": "5", "anders": "9", "geen vervoer": "",
        },
    }  # fmt: skip


# --- Nowhere else -------------------------------------------------------------------------------------------

# Names and marks that are also words of a list: how HTML, HTTP and XML say yes and no, and a target of our own.
_NAMES = frozenset({"true", "false", TOESTEMMING})
# Where else a word of the list stands, and what it is there.
_ELSEWHERE = {
    "aanleveren/api.py": ({"onbekend"}, "the code of a fault"),
    "aanleveren/sleutels.py": ({"onbekend"}, "a state of a key"),
    "controle/explanation.py": ({"waar"}, "the header of a table: where"),
    "gepubliceerd/download.py": ({"b2"}, "a cell of a sheet"),
    "gepubliceerd/forms.py": ({"ja"}, "the label of a choice"),
    "koppelingen/choices.py": ({"vast"}, "the source of a fixed value"),
    "koppelingen/forms.py": ({"ja"}, "what a ticked box sends"),
    "mapping/engine.py": ({"ja"}, "part of a sentence"),
    "readers/meldingen.py": ({"leeg"}, "the code of a fault"),
    "sandbox/herkenning.py": ({"leeg"}, "the code of a fault"),
    "sandbox/sheets.py": ({"#n/a", "#n/b"}, "the error of a formula"),
    "mapping/proposals/kolomnamen.py": (
        {"akkoord", "ja", "moedertaal", "nee", "no"},
        "words of a header",
    ),
    "mapping/proposals/suggest.py": ({"moedertaal"}, "a word of a header"),
    "mapping/recognition.py": ({"geen"}, "part of a sentence"),
    "models/levering.py": ({"leeg"}, "a state"),
    "sjablonen/explanation.py": ({"ja"}, "what a table says of an attribute"),
    "sjablonen/workbook.py": ({"b2"}, "a cell of a sheet"),
    "views/leveringen.py": ({"onbekend"}, "a name in a template"),
    "views/waarden.py": ({"anders", "ok"}, "names of a form and a style"),
    "waarden/lists.py": ({"onbekend"}, "a state of a code"),
    "waarden/suggest.py": ({"anders"}, "a label of the standard"),
}


def _texts(path: Path) -> Iterator[str]:
    """Every text constant of a module but its docstrings; one with commas in it also in its parts."""
    tree = ast.parse(path.read_text())
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield from {node.value, *words.split_words(node.value)}


def _spelled_outside_the_list() -> dict[str, set[str]]:
    """Per module the words of the list that it spells. Single letters, digits and signs say too little."""
    every = {word for woorden in words.WOORDEN.values() for word in woorden.begrepen}
    every |= words.AFWEZIG_WOORDEN | words.TOESTEMMING_WOORDEN | words.GEEN | words.WERKDUUR
    every = {word for word in every if sum(map(str.isalnum, word)) > 1} - _NAMES
    found: dict[str, set[str]] = {}
    for path in UPLOADS.rglob("*.py"):
        if path != Path(words.__file__) and "migrations" not in path.parts:
            spelled = every.intersection(map(woordsleutel, _texts(path)))
            if spelled:
                found[path.relative_to(UPLOADS).as_posix()] = spelled
    return found


def test_no_other_module_spells_these_words():
    assert _spelled_outside_the_list() == {module: spelled for module, (spelled, _) in _ELSEWHERE.items()}


def test_a_word_that_a_module_spells_is_seen(tmp_path):
    module = tmp_path / "module.py"
    module.write_text('"""Ja."""\nWORDS = ("MBO", "auto, Fiets")\n')
    assert set(map(woordsleutel, _texts(module))) >= {"mbo", "auto", "fiets"}
    assert "ja." not in set(map(woordsleutel, _texts(module)))
