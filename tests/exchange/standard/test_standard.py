"""The behaviour of the data standard: what it accepts, what it refuses and in which words, and what it shows.

Needs neither Django nor a database. The comparison with the official sources is in test_contracts.
"""

import copy
import dataclasses
import json
import math
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from exchange.standard import (
    ID_PATROON,
    OIN_PATROON,
    POSTCODE_PATROON,
    STANDAARD,
    Attribuut,
    Entiteit,
    Fout,
    Gegevenstype,
    Profiel,
    Soort,
    Veld,
    Waardelijst,
    as_delivered,
    is_bsn,
    is_empty,
    is_oin,
    json_schema,
    label_of,
    validate,
    veld_op,
    velden,
    without_empties,
    zoekprofiel,
)
from tests.examples import examples
from tests.places import ROOT

SHARED = Path(os.environ.get("UM_SHARED") or ROOT.parent / "shared")
ACCREDITATIE = SHARED / "reference" / "accreditatie" / "werkzoekenden.json"

LEAVES = [pytest.param(soort, leaf, id=f"{soort}-{leaf.pad}") for soort in Soort for leaf in velden(soort)]
NOTHING: list[Any] = [None, "", [], {}, [[]], [None, ""], {"x": {"y": []}}, [{"z": None}]]
every_soort = pytest.mark.parametrize("soort", Soort)
every_leaf = pytest.mark.parametrize(("soort", "leaf"), LEAVES)


# --- Factories ---------------------------------------------------------------------------------------------


def voorbeeld(entiteit: Entiteit) -> dict[str, Any]:
    """Makes a record with every attribute of the entity, filled with the examples of the standard."""
    record: dict[str, Any] = {}
    for attribuut in entiteit.attributen:
        value: Any = voorbeeld(attribuut.groep) if attribuut.groep is not None else attribuut.voorbeeld
        record[attribuut.naam] = [value] if attribuut.meervoudig else value
    return record


def volledig(soort: Soort) -> dict[str, Any]:
    return voorbeeld(STANDAARD[soort])


def minimaal(soort: Soort) -> dict[str, Any]:
    """Makes the smallest record that can be published."""
    records: dict[Soort, dict[str, Any]] = {
        Soort.WERKZOEKENDEN: {"idWerkzoekende": "wz-1", "mobiliteit": {"bemiddelingspostcode": "1234AB"}},
        Soort.VACATURES: {"idVacature": "vac-1", "adres": {"postcode": "1234AB"}},
        Soort.WERKGEVERSCONTACTMOMENTEN: {"datum": "2026-05-20"},
    }
    return records[soort]


def steps(pad: str) -> list[str | int]:
    """Splits a concrete path into keys and positions: "sector[0].codeSbi" -> ["sector", 0, "codeSbi"]."""
    return [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", pad)]


def concrete(pad: str) -> str:
    return pad.replace("[]", "[0]")


def with_value(record: dict[str, Any], pad: str, value: object) -> dict[str, Any]:
    """Copies the record with another value at a concrete path."""
    changed = copy.deepcopy(record)
    *route, last = steps(pad)
    place: Any = changed
    for step in route:
        place = place[step]
    place[last] = value
    return changed


def in_digits_from(zero: str, text: str) -> str:
    """Writes the text with its digits in another script, which Python counts as digits too."""
    return "".join(chr(ord(zero) + int(letter)) if letter.isdigit() else letter for letter in text)


def found(soort: Soort, record: object) -> set[tuple[str, str]]:
    return {(fout.pad, str(fout.code)) for fout in validate(soort, record)}


def scalars(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for item in value.values():
            yield from scalars(item)
    elif isinstance(value, list):
        for item in value:
            yield from scalars(item)
    else:
        yield value


def attributes(entiteit: Entiteit) -> Iterator[Attribuut]:
    for attribuut in entiteit.attributen:
        yield attribuut
        if attribuut.groep is not None:
            yield from attributes(attribuut.groep)


# --- The standard as data ----------------------------------------------------------------------------------


@every_soort
def test_it_works(soort: Soort) -> None:
    record = volledig(soort)
    assert validate(soort, record) == []
    assert validate(soort, minimaal(soort)) == []
    assert validate(soort, zoekprofiel(soort, record)) == []


def test_a_soort_knows_its_names_and_places() -> None:
    assert [soort.label for soort in Soort] == ["werkzoekenden", "vacatures", "werkgeverscontactmomenten"]
    assert [soort.enkelvoud for soort in Soort] == ["werkzoekende", "vacature", "werkgeverscontactmoment"]
    assert [soort.api_naam for soort in Soort] == [
        "werkzoekendeProfielen",
        "vacatures",
        "werkgeverscontactmomenten",
    ]
    for soort in (Soort.WERKZOEKENDEN, Soort.VACATURES):
        assert soort.id_pad is not None
        assert soort.postcode_pad is not None
        assert veld_op(soort, soort.id_pad).verplicht
        assert veld_op(soort, soort.postcode_pad).verplicht
    assert Soort.WERKGEVERSCONTACTMOMENTEN.id_pad is None
    assert Soort.WERKGEVERSCONTACTMOMENTEN.postcode_pad is None


@every_soort
def test_every_attribute_has_a_label_and_one_short_sentence(soort: Soort) -> None:
    for attribuut in attributes(STANDAARD[soort]):
        assert attribuut.label
        assert attribuut.label == attribuut.label.strip()
        assert re.fullmatch(r"[A-Z][^.!?]{8,110}\.", attribuut.uitleg), attribuut.uitleg


@every_soort
def test_names_are_unique_within_an_entity_and_full_labels_within_a_soort(soort: Soort) -> None:
    def entities(entiteit: Entiteit) -> Iterator[Entiteit]:
        yield entiteit
        for attribuut in entiteit.attributen:
            if attribuut.groep is not None:
                yield from entities(attribuut.groep)

    for entiteit in entities(STANDAARD[soort]):
        names = Counter(attribuut.naam for attribuut in entiteit.attributen)
        assert set(names.values()) == {1}, entiteit.naam
    labels = Counter(leaf.volledig_label for leaf in velden(soort))
    assert set(labels.values()) == {1}


def test_a_leaf_knows_its_place() -> None:
    leaf = veld_op(Soort.WERKZOEKENDEN, "arbeidsmarktkwalificatie.opleiding[].codeNiveauOpleiding")
    assert leaf.label == "Code niveau opleiding"
    assert leaf.volledig_label == "Opleiding: code niveau opleiding"
    assert [groep.naam for groep in leaf.voorouders] == ["arbeidsmarktkwalificatie", "opleiding"]
    assert leaf.profiel is Profiel.ZOEK
    assert leaf.in_lijst
    assert not leaf.verplicht


def test_a_list_of_plain_values_ends_in_brackets() -> None:
    assert veld_op(Soort.WERKZOEKENDEN, "telefoonnummer[]").attribuut.meervoudig
    assert veld_op(Soort.VACATURES, "werkgever.contactpersoon[].telefoonnummer[]").in_lijst


def test_a_path_that_the_standard_does_not_have_is_a_key_error() -> None:
    for pad in ("telefoonnummer", "telefoonnummer[0]", "mobiliteit", "", "onzin"):
        with pytest.raises(KeyError):
            veld_op(Soort.WERKZOEKENDEN, pad)


@every_soort
def test_leaves_are_walked_once(soort: Soort) -> None:
    assert velden(soort) is velden(soort)
    assert len({leaf.pad for leaf in velden(soort)}) == len(velden(soort))


def test_a_leaf_in_a_detail_group_is_detail_and_in_a_contact_group_leads_to_a_person() -> None:
    url = veld_op(Soort.WERKZOEKENDEN, "webadres[].url")
    assert url.attribuut.profiel is Profiel.ZOEK
    assert url.profiel is Profiel.DETAIL
    assert url.contactgegeven
    assert not veld_op(Soort.VACATURES, "werkgever.webadres[].url").contactgegeven


def test_nothing_sensitive_or_that_leads_to_a_jobseeker_is_in_the_search_profile() -> None:
    for leaf in velden(Soort.WERKZOEKENDEN):
        if leaf.gevoelig or leaf.contactgegeven:
            assert leaf.profiel is Profiel.DETAIL, leaf.pad
    assert veld_op(Soort.WERKZOEKENDEN, "indicatieLdrRegistratie").gevoelig
    contact = {leaf.pad for leaf in velden(Soort.WERKZOEKENDEN) if leaf.contactgegeven}
    assert contact == {
        "emailadres[]",
        "telefoonnummer[]",
        "webadres[].codeWebadres",
        "webadres[].url",
        "contactpersoon[].naamContactpersoonAfdeling",
        "contactpersoon[].emailadres",
        "contactpersoon[].telefoonnummer",
    }


def test_what_people_type_freely_is_marked() -> None:
    free = {leaf.pad for leaf in velden(Soort.WERKZOEKENDEN) if leaf.vrije_tekst}
    assert free == {
        "persoonlijkePresentatie",
        "arbeidsmarktkwalificatie.opleiding[].toelichtingOpleiding",
        "arbeidsmarktkwalificatie.opleiding[].naamOpleidingsinstituut",
        "arbeidsmarktkwalificatie.cursus[].naamCursus",
        "arbeidsmarktkwalificatie.cursus[].toelichtingCursus",
        "arbeidsmarktkwalificatie.cursus[].naamOpleidingsinstituut",
        "arbeidsmarktkwalificatie.werkervaring[].naamOrganisatie",
        "arbeidsmarktkwalificatie.werkervaring[].toelichtingWerkervaring",
        "arbeidsmarktkwalificatie.interesse[].naamInteresse",
    }


def test_contactmoment_codes_without_published_labels_are_shown_as_codes() -> None:
    for pad in ("codeOnderwerp", "codeSoort", "werkgever.codeSoortAfspraken"):
        waardelijst = veld_op(Soort.WERKGEVERSCONTACTMOMENTEN, pad).attribuut.waardelijst
        assert waardelijst is not None
        assert all(label == str(code) for code, label in waardelijst.waarden.items())


def test_the_standard_cannot_be_changed_at_run_time() -> None:
    leaf = veld_op(Soort.WERKZOEKENDEN, "sector[].codeSbi")
    with pytest.raises(dataclasses.FrozenInstanceError):
        leaf.attribuut.label = "Anders"  # type: ignore[misc]
    with pytest.raises(TypeError):
        STANDAARD[Soort.VACATURES] = STANDAARD[Soort.WERKZOEKENDEN]  # type: ignore[index]
    niveau = veld_op(Soort.VACATURES, "opleiding[].codeNiveauOpleiding").attribuut.waardelijst
    assert niveau is not None
    with pytest.raises(TypeError):
        niveau.waarden[7] = "Erbij"  # type: ignore[index]


def test_attributes_can_be_put_in_a_set() -> None:
    assert len({leaf.attribuut for leaf in velden(Soort.WERKZOEKENDEN)}) > 40


@pytest.mark.parametrize(
    "half",
    [
        {"type": Gegevenstype.GROEP},
        {"type": Gegevenstype.CODE},
        {"type": Gegevenstype.TEKST, "patroon": "^x$"},
        {"type": Gegevenstype.TEKST, "waardelijst": Waardelijst("x", extern=True)},
        {"type": Gegevenstype.TEKST, "groep": STANDAARD[Soort.VACATURES]},
    ],
)
def test_a_half_filled_attribute_is_refused(half: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="naam"):
        Attribuut("naam", "Naam", "Een naam.", **half)


def test_a_value_list_is_extern_or_has_values_of_one_type() -> None:
    for values in (
        {},
        {"waarden": {1: "Een"}, "extern": True},
        {"waarden": {1: "Een"}},
        {"waarden": {1: "Een", "2": "Twee"}, "numeriek": True},
    ):
        with pytest.raises(ValueError, match="lijst"):
            Waardelijst("lijst", **values)


def test_the_package_needs_nothing_but_python() -> None:
    check = (
        "import sys; before = set(sys.modules); import exchange.standard;"
        "new = {name.split('.')[0] for name in set(sys.modules) - before};"
        "print(*sorted(new - sys.stdlib_module_names));"
        "print(*sorted(n for n in sys.modules if n.startswith('exchange.') and 'standard' not in n))"
    )
    run = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["exchange"]


# --- Validation: every way it can go wrong -----------------------------------------------------------------


@every_leaf
def test_every_attribute_accepts_its_example_and_nothing_of_another_type(soort: Soort, leaf: Veld) -> None:
    pad = concrete(leaf.pad)
    wrong: dict[str, list[object]] = {
        "string": [1, 1.5, True, {"a": 1}, ["x"]],
        "integer": ["1", 1.5, True, False, math.nan, math.inf, -math.inf, {"a": 1}, [1]],
        "boolean": ["true", "Ja", 1, 0, 1.0, {"a": 1}, [True]],
    }
    for value in wrong[leaf.attribuut.json_type]:
        record = with_value(volledig(soort), pad, value)
        assert found(soort, record) == {(pad, "verkeerd-type")}, value


@every_leaf
def test_every_length_is_kept_to_the_character(soort: Soort, leaf: Veld) -> None:
    lengte, pad = leaf.attribuut.lengte, concrete(leaf.pad)
    if lengte is None:
        return
    character = "1" if leaf.attribuut.patroon is not None else "é"
    assert found(soort, with_value(volledig(soort), pad, character * lengte)) == set()
    assert found(soort, with_value(volledig(soort), pad, character * (lengte + 1))) == {(pad, "te-lang")}


@every_leaf
def test_every_number_keeps_to_its_range(soort: Soort, leaf: Veld) -> None:
    low, high, pad = leaf.attribuut.minimum, leaf.attribuut.maximum, concrete(leaf.pad)
    if low is None or high is None:
        return
    for value in (low, high, float(low), float(high)):
        assert found(soort, with_value(volledig(soort), pad, value)) == set()
    for value in (low - 1, high + 1, 10**5000, -(10**5000), 1e300):
        assert found(soort, with_value(volledig(soort), pad, value)) == {(pad, "bereik")}


@every_leaf
def test_every_code_is_from_its_list(soort: Soort, leaf: Veld) -> None:
    waardelijst, pad = leaf.attribuut.waardelijst, concrete(leaf.pad)
    if waardelijst is None or waardelijst.extern:
        return
    for code in waardelijst.waarden:
        assert found(soort, with_value(volledig(soort), pad, code)) == set()
        other_type = str(code) if waardelijst.numeriek else 1
        assert found(soort, with_value(volledig(soort), pad, other_type)) == {(pad, "verkeerd-type")}
    not_in_list: list[Any] = [-1, 7777, 10**5000] if waardelijst.numeriek else ["Z9", "b", " B"]
    for value in not_in_list:
        assert found(soort, with_value(volledig(soort), pad, value)) == {(pad, "niet-in-lijst")}


@every_leaf
def test_every_text_can_be_stored(soort: Soort, leaf: Veld) -> None:
    if leaf.attribuut.json_type != "string":
        return
    pad = concrete(leaf.pad)
    for character in ("\0", "\ud800", "\udfff"):
        record = with_value(volledig(soort), pad, f"{leaf.attribuut.voorbeeld}"[:-1] + character)
        assert (pad, "teken") in found(soort, record)
    if leaf.vrije_tekst:
        for text in ("Ünïcode 😀", "regel\nregel", "\t", "\x7f", "\u2028"):
            assert found(soort, with_value(volledig(soort), pad, text)) == set()


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29",
        "2026-13-01",
        "0000-01-01",
        "2026-1-1",
        "20260131",
        "2026-W22-7",
        "31-01-2026",
        "2026-01-31T00:00:00",
        "2026-01-31\n",
        " 2026-01-31",
        in_digits_from("\u0660", "2026-01-31"),
        "datum",
    ],
)
def test_a_date_exists_and_is_written_year_first(text: str) -> None:
    record = {**volledig(Soort.VACATURES), "sluitingsdatumVacature": text}
    assert found(Soort.VACATURES, record) == {("sluitingsdatumVacature", "datum")}


def test_the_first_and_last_dates_that_exist_are_dates() -> None:
    for text in ("0001-01-01", "2024-02-29", "9999-12-31"):
        record = {**volledig(Soort.VACATURES), "sluitingsdatumVacature": text}
        assert validate(Soort.VACATURES, record) == []


@pytest.mark.parametrize(
    ("soort", "pad", "refused", "accepted"),
    [
        (
            Soort.WERKZOEKENDEN,
            "mobiliteit.bemiddelingspostcode",
            ["1234", "1234 AB", "AB1234", "1234ABC", "1234AB\n", in_digits_from("\uff10", "1234AB")],
            ["1234AB", "0000zz"],
        ),
        (
            Soort.WERKZOEKENDEN,
            "idWerkzoekende",
            ["a b", "é", "x" * 201, "a/b", "a\n"],
            ["a", "_.-Z9", "x" * 200],
        ),
        (
            Soort.WERKZOEKENDEN,
            "arbeidsmarktkwalificatie.taalbeheersing[0].codeTaal",
            ["NLD", "nl", "neder", "nld\n"],
            ["nld", "zzz"],
        ),
        (
            Soort.WERKZOEKENDEN,
            "arbeidsmarktkwalificatie.opleiding[0].codeOpleidingsnaam",
            ["12a", "1.5", "-1", in_digits_from("\u0660", "12")],
            ["0", "0123456789"],
        ),
        (
            Soort.WERKGEVERSCONTACTMOMENTEN,
            "werkgever.nummerKvk",
            ["1234567", "123456789", "1234567a", "12345678\n"],
            ["00000000"],
        ),
    ],
)
def test_a_form_is_kept_over_the_whole_text(
    soort: Soort, pad: str, refused: list[str], accepted: list[str]
) -> None:
    for text in refused:
        assert found(soort, with_value(volledig(soort), pad, text)) == {(pad, "patroon")}, text
    for text in accepted:
        assert found(soort, with_value(volledig(soort), pad, text)) == set(), text


@every_soort
def test_what_is_required_is_asked_for_at_the_field_itself(soort: Soort) -> None:
    required = {leaf.pad for leaf in velden(soort) if leaf.verplicht}
    assert (
        required
        == {
            Soort.WERKZOEKENDEN: {"idWerkzoekende", "mobiliteit.bemiddelingspostcode"},
            Soort.VACATURES: {"idVacature", "adres.postcode"},
            Soort.WERKGEVERSCONTACTMOMENTEN: {"datum"},
        }[soort]
    )
    assert found(soort, {}) == {(pad, "verplicht") for pad in required}
    for pad in required:
        for nothing in NOTHING:
            assert found(soort, with_value(volledig(soort), pad, nothing)) == {(pad, "verplicht")}


def test_a_required_group_that_is_there_but_lacks_its_required_field_is_reported_once() -> None:
    record = {"idWerkzoekende": "wz-1", "mobiliteit": {"maximaleReistijd": 5}}
    assert [fout.pad for fout in validate(Soort.WERKZOEKENDEN, record)] == ["mobiliteit.bemiddelingspostcode"]


def test_the_kvk_number_is_required_only_when_there_is_an_employer() -> None:
    soort = Soort.WERKGEVERSCONTACTMOMENTEN
    assert validate(soort, {"datum": "2026-05-20"}) == []
    assert validate(soort, {"datum": "2026-05-20", "werkgever": {"handelsnaamOrganisatie": ""}}) == []
    assert found(soort, {"datum": "2026-05-20", "werkgever": {"codeSbi": 1}}) == {
        ("werkgever.nummerKvk", "verplicht")
    }


@pytest.mark.parametrize("nothing", NOTHING)
def test_an_empty_value_counts_as_absent_wherever_it_stands(nothing: object) -> None:
    record = minimaal(Soort.WERKZOEKENDEN)
    for naam in (
        "telefoonnummer",
        "werktijden",
        "persoonlijkePresentatie",
        "indicatieLdrRegistratie",
        "foo",
        "Jan P",
    ):
        assert validate(Soort.WERKZOEKENDEN, {**record, naam: nothing}) == []
    assert validate(Soort.WERKZOEKENDEN, {**record, "telefoonnummer": [nothing, "010", nothing]}) == []


def test_nought_and_false_are_not_empty() -> None:
    werktijden = {"aantalWerkurenPerWeekMinimaal": 0, "indicatieKantoortijden": 0}
    record = {**minimaal(Soort.WERKZOEKENDEN), "werktijden": werktijden}
    assert without_empties(record) == record
    assert validate(Soort.WERKZOEKENDEN, record) == []
    assert found(Soort.WERKZOEKENDEN, {**record, "sector": False}) == {("sector", "verkeerd-type")}


def test_every_fault_is_reported_at_its_own_place() -> None:
    record = {
        "mobiliteit": {"bemiddelingspostcode": "x\0", "maximaleReisafstand": 1000, "foo": 1},
        "sector": [{"codeSbi": "1"}, {}, {"codesbi": 5}, 3],
        "telefoonnummer": ["1", "", "3" * 15, 4],
        "emailadres": "a@example.org",
        "werktijden": [1],
        "arbeidsmarktkwalificatie": {
            "opleiding": [
                {"codeNiveauOpleiding": 7, "codeOpleidingsnaam": "a" * 11, "datumDiploma": "2023-02-30"}
            ],
            "taalbeheersing": "nld",
        },
    }
    assert found(Soort.WERKZOEKENDEN, record) == {
        ("idWerkzoekende", "verplicht"),
        ("mobiliteit.bemiddelingspostcode", "patroon"),
        ("mobiliteit.bemiddelingspostcode", "teken"),
        ("mobiliteit.maximaleReisafstand", "bereik"),
        ("mobiliteit.foo", "onbekend-veld"),
        ("sector[0].codeSbi", "verkeerd-type"),
        ("sector[2].codesbi", "onbekend-veld"),
        ("sector[3]", "verkeerd-type"),
        ("telefoonnummer[2]", "te-lang"),
        ("telefoonnummer[3]", "verkeerd-type"),
        ("emailadres", "verkeerd-type"),
        ("werktijden", "verkeerd-type"),
        ("arbeidsmarktkwalificatie.opleiding[0].codeNiveauOpleiding", "niet-in-lijst"),
        ("arbeidsmarktkwalificatie.opleiding[0].codeOpleidingsnaam", "te-lang"),
        ("arbeidsmarktkwalificatie.opleiding[0].codeOpleidingsnaam", "patroon"),
        ("arbeidsmarktkwalificatie.opleiding[0].datumDiploma", "datum"),
        ("arbeidsmarktkwalificatie.taalbeheersing", "verkeerd-type"),
    }


@every_soort
@pytest.mark.parametrize("record", [None, True, 1, 1.5, math.nan, "tekst", "", [], [{}], b"x", object()])
def test_what_is_not_a_record_is_one_fault(soort: Soort, record: object) -> None:
    assert found(soort, record) == {("", "verkeerd-type")}


@every_soort
def test_nesting_of_any_depth_is_a_fault_not_a_crash(soort: Soort) -> None:
    for innermost, faulty in (("diep", True), (None, False)):
        deep: Any = innermost
        for _ in range(5 * sys.getrecursionlimit()):
            deep = [{"a": deep}]
        for naam in ("diep", next(attribuut.naam for attribuut in STANDAARD[soort].attributen[3:])):
            record = {**minimaal(soort), naam: deep}
            assert bool(validate(soort, record)) is faulty
            assert zoekprofiel(soort, record) == minimaal(soort)
            assert (naam in without_empties(record)) is faulty


# --- Validation: its words ---------------------------------------------------------------------------------


def test_an_unknown_field_is_named_when_its_name_looks_like_one() -> None:
    (fout,) = validate(Soort.VACATURES, {**minimaal(Soort.VACATURES), "kleurOgen": 1})
    assert fout == Fout("kleurOgen", fout.code, fout.melding)
    assert '"kleurOgen"' in fout.melding


@pytest.mark.parametrize(
    "naam",
    [
        "Jan Jansen",
        "123456782",
        "0612345678",
        "jan@example.org",
        "x" * 61,
        "é",
        "a\n",
        "a\0",
        "\ud800",
        "-a",
        " ",
    ],
)
def test_an_unknown_field_is_not_named_when_its_name_may_be_somebodys_data(naam: str) -> None:
    record = {**minimaal(Soort.VACATURES), naam: 1, "adres": {"postcode": "1234AB", naam: 1}}
    fouten = validate(Soort.VACATURES, record)
    assert {fout.pad for fout in fouten} == {"?", "adres.?"}
    for fout in fouten:
        assert "een onbekend veld" in fout.melding
        assert naam == " " or naam not in fout.melding


def test_a_field_spelled_with_other_capitals_is_told_the_right_spelling() -> None:
    (fout,) = validate(Soort.VACATURES, {**minimaal(Soort.VACATURES), "NAAMVACATURE": "Bakker"})
    assert 'Schrijf het als "naamVacature"' in fout.melding


def test_keys_that_are_not_text_are_unknown_fields() -> None:
    record: dict[Any, Any] = {**minimaal(Soort.VACATURES), 1: "a", None: "b", (1, 2): "c"}
    assert [fout.pad for fout in validate(Soort.VACATURES, record)] == ["?", "?", "?"]


SECRET = "Qz7Geheim"


@every_leaf
def test_a_message_names_the_label_and_never_the_value(soort: Soort, leaf: Veld) -> None:
    pad = concrete(leaf.pad)
    for value in (SECRET * 300, SECRET + "\0", -987654321, 987654.321, {SECRET: SECRET}, [SECRET, [SECRET]]):
        for fout in validate(soort, with_value(volledig(soort), pad, value)):
            assert leaf.volledig_label in fout.melding
            assert SECRET not in fout.melding + fout.pad
            assert "987654" not in fout.melding
            assert re.fullmatch(r'"[^"]+" .*\. [A-Z].*\.', fout.melding), fout.melding


def test_a_message_says_what_is_allowed() -> None:
    record = with_value(volledig(Soort.WERKZOEKENDEN), "mobiliteit.maximaleReisafstand", 1000)
    record = with_value(record, "arbeidsmarktkwalificatie.opleiding[0].codeNiveauOpleiding", 7)
    record = with_value(record, "arbeidsmarktkwalificatie.rijbewijs[0].codeSoortRijbewijs", "b")
    record = with_value(record, "telefoonnummer[0]", "1" * 15)
    messages = {fout.pad.split(".")[-1]: fout.melding for fout in validate(Soort.WERKZOEKENDEN, record)}
    assert "van 0 tot en met 999" in messages["maximaleReisafstand"]
    assert "4 (MBO)" in messages["codeNiveauOpleiding"]
    assert "AM, A1, A2, A, B, B+" in messages["codeSoortRijbewijs"]
    assert "ten hoogste 14 tekens" in messages["telefoonnummer[0]"]


# --- What counts as absent ---------------------------------------------------------------------------------


def test_schoon_removes_what_is_empty_and_leaves_the_original_alone() -> None:
    record: dict[str, Any] = {
        "a": None,
        "b": "",
        "c": [],
        "d": {},
        "e": [None, "", [], {}, [[{}]]],
        "f": {"g": {"h": ""}},
        "i": [0, False, " ", {"j": "", "k": 1}],
        "l": 0,
    }
    before = copy.deepcopy(record)
    assert without_empties(record) == {"i": [0, False, " ", {"k": 1}], "l": 0}
    assert record == before
    assert without_empties({}) == {}


# --- Search profile ----------------------------------------------------------------------------------------


@every_leaf
def test_the_search_profile_has_exactly_the_search_attributes(soort: Soort, leaf: Veld) -> None:
    place: Any = zoekprofiel(soort, volledig(soort))
    for step in steps(concrete(leaf.pad)):
        if isinstance(place, dict) and step not in place:
            place = None
            break
        place = place[step]
    assert place == (leaf.attribuut.voorbeeld if leaf.profiel is Profiel.ZOEK else None)


def test_the_search_profile_of_a_vacancy_has_the_whole_address_and_nobody_to_call() -> None:
    record = volledig(Soort.VACATURES)
    profiel = zoekprofiel(Soort.VACATURES, record)
    assert profiel["adres"] == record["adres"]
    assert set(profiel["adres"]) == {"postcode", "straatnaam", "huisnummer", "huisnummertoevoeging"}
    assert "contactpersoon" not in profiel["werkgever"]
    assert "nummerVacature" not in profiel


def test_the_search_profile_of_a_contactmoment_is_all_of_it() -> None:
    soort = Soort.WERKGEVERSCONTACTMOMENTEN
    assert zoekprofiel(soort, volledig(soort)) == volledig(soort)


def test_groups_that_become_empty_are_left_out() -> None:
    record = {
        "idVacature": "vac-1",
        "werkgever": {"contactpersoon": [{"naamContactpersoonAfdeling": "Jan"}]},
        "opleiding": [{"bsn": "123456782"}],
    }
    assert zoekprofiel(Soort.VACATURES, record) == {"idVacature": "vac-1"}


def test_what_was_delivered_empty_stays_empty_in_the_search_profile() -> None:
    record: dict[str, Any] = {
        "idVacature": "vac-1",
        "naamVacature": "",
        "omschrijvingVacature": None,
        "werkgever": {},
        "rijbewijs": [],
        "opleiding": [{}, {"toelichtingOpleiding": ""}],
    }
    shown = {name: value for name, value in record.items() if value is not None}
    assert zoekprofiel(Soort.VACATURES, record) == shown


def test_a_record_keeps_the_empty_values_that_its_contract_can_carry() -> None:
    record = {
        **minimaal(Soort.WERKZOEKENDEN),
        "persoonlijkePresentatie": "",
        "emailadres": [],
        "flexibiliteit": {},
        "arbeidsmarktkwalificatie": {
            "opleiding": [{"toelichtingOpleiding": "", "datumDiploma": ""}, None],
            "taalbeheersing": "",
            "onbekend": [],
        },
        "werktijden": None,
        "contractvorm": [{}, {"codeTypeArbeidscontract": ""}],
    }
    assert validate(Soort.WERKZOEKENDEN, record) == []
    assert as_delivered(Soort.WERKZOEKENDEN, record) == {
        **minimaal(Soort.WERKZOEKENDEN),
        "persoonlijkePresentatie": "",
        "emailadres": [],
        "flexibiliteit": {},
        "arbeidsmarktkwalificatie": {"opleiding": [{"toelichtingOpleiding": ""}]},
        "contractvorm": [{}, {}],
    }


def test_what_the_standard_does_not_expect_does_not_show() -> None:
    record = {
        **minimaal(Soort.WERKZOEKENDEN),
        "naam": "Jan Jansen",
        "sector": "Jan Jansen",
        "werktijden": {"bsn": "123456782", "indicatieKantoortijden": {"naam": "Jan Jansen"}},
        "vervoermiddel": {"codeVervoermiddel": 1},
        "contractvorm": ["Jan Jansen", [{"codeTypeOvereenkomst": "01"}]],
    }
    assert zoekprofiel(Soort.WERKZOEKENDEN, record) == minimaal(Soort.WERKZOEKENDEN)


@every_soort
def test_the_search_profile_shares_nothing_with_the_record(soort: Soort) -> None:
    record = volledig(soort)
    before = copy.deepcopy(record)
    profiel = zoekprofiel(soort, record)
    assert record == before
    for value in profiel.values():
        if isinstance(value, dict | list):
            value.clear()
    assert record == before


# --- JSON Schema -------------------------------------------------------------------------------------------


def ecma_pattern(_: Any, pattern: str, instance: object, __: Any) -> Iterator[jsonschema.ValidationError]:
    """Checks a pattern as JSON Schema does: its $ is the end, Python's also stands before a last newline."""
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield jsonschema.ValidationError("pattern")


_Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": ecma_pattern})
_FORMATS = jsonschema.FormatChecker(formats=["date"])
BY_SCHEMA = {
    (soort, profiel): _Validator(json_schema(soort, profiel), format_checker=_FORMATS)
    for soort in Soort
    for profiel in Profiel
}


@pytest.mark.parametrize("met_id", ["bron", "vum"])
@pytest.mark.parametrize("profiel", Profiel)
@every_soort
def test_every_schema_is_a_schema(soort: Soort, profiel: Profiel, met_id: Any) -> None:
    schema = json_schema(soort, profiel, met_id=met_id)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    assert json_schema(soort, profiel, met_id=met_id) is not schema


@every_soort
def test_a_match_carries_the_id_of_the_source_or_of_the_exchange(soort: Soort) -> None:
    bron = json_schema(soort, Profiel.ZOEK, met_id="bron")
    vum = json_schema(soort, Profiel.ZOEK, met_id="vum")
    if soort.id_pad is None:
        assert bron == vum
    else:
        assert set(bron["properties"]) - set(vum["properties"]) == {soort.id_pad}
        assert set(vum["properties"]) - set(bron["properties"]) == {"vumID"}
        assert set(vum["required"]) ^ set(bron["required"]) == {soort.id_pad, "vumID"}
    assert json_schema(soort, Profiel.DETAIL, met_id="vum") == json_schema(soort, Profiel.DETAIL)


# --- On screen ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pad", "waarde", "text"),
    [
        ("arbeidsmarktkwalificatie.opleiding[].codeNiveauOpleiding", 4, "MBO"),
        ("arbeidsmarktkwalificatie.opleiding[].codeNiveauOpleiding", 4.0, "MBO"),
        ("arbeidsmarktkwalificatie.opleiding[].codeNiveauOpleiding", 7, "7"),
        ("arbeidsmarktkwalificatie.opleiding[].datumDiploma", "2023-07-09", "09-07-2023"),
        ("arbeidsmarktkwalificatie.opleiding[].datumDiploma", "zomer 2023", "zomer 2023"),
        ("arbeidsmarktkwalificatie.opleiding[].indicatieDiploma", 8, "Niet van toepassing"),
        ("werktijden.indicatieKantoortijden", 0, "Onbekend"),
        ("werktijden.indicatieKantoortijden", 1, "Ja"),
        ("werktijden.indicatieKantoortijden", 2, "Nee"),
        ("werktijden.aantalWerkurenPerWeekMaximaal", 36, "36"),
        ("werktijden.aantalWerkurenPerWeekMaximaal", 36.0, "36"),
        ("contractvorm[].codeTypeOvereenkomst", "02", "Leerbaan"),
        ("contractvorm[].codeTypeOvereenkomst", 2, "2"),
        ("arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs", "T", "Trekker"),
        ("arbeidsmarktkwalificatie.taalbeheersing[].codeTaal", "nld", "nld"),
        ("bemiddelingsberoep[].codeBeroepsnaam", "urn:um-demo:beroep:x", "urn:um-demo:beroep:x"),
        ("sector[].codeSbi", 47241, "47241"),
        ("telefoonnummer[]", "0101234567", "0101234567"),
        ("telefoonnummer[]", ["010", "", "020"], "010, 020"),
        ("persoonlijkePresentatie", None, ""),
        ("persoonlijkePresentatie", "", ""),
        ("telefoonnummer[]", [], ""),
        ("sector[].codeSbi", [[1], {"a": 1}], "[1], {'a': 1}"),
    ],
)
def test_a_value_reads_in_dutch(pad: str, waarde: object, text: str) -> None:
    assert label_of(Soort.WERKZOEKENDEN, pad, waarde) == text


def test_a_real_boolean_reads_as_ja_or_nee() -> None:
    pad = "werkgever.erkendSbbLeerbedrijf"
    assert label_of(Soort.WERKGEVERSCONTACTMOMENTEN, pad, True) == "Ja"
    assert label_of(Soort.WERKGEVERSCONTACTMOMENTEN, pad, False) == "Nee"
    assert label_of(Soort.WERKGEVERSCONTACTMOMENTEN, "codeOnderwerp", 3) == "3"


def test_a_number_too_long_to_read_is_not_written_out() -> None:
    assert label_of(Soort.WERKZOEKENDEN, "sector[].codeSbi", 10**5000) == "onleesbare waarde"


def test_a_value_of_an_unknown_path_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        label_of(Soort.WERKZOEKENDEN, "onzin", 1)


# --- Numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["123456782", "111222333", "12345672", "1234.56.782", "123 456 782", " 123456782 ", "012345672"]
)
def test_a_bsn_is_recognised(text: str) -> None:
    assert is_bsn(text)


@pytest.mark.parametrize(
    "text",
    [
        "123456783",
        "1234567",
        "1234567820",
        "000000000",
        "00000000",
        "",
        "12345678a",
        "123-456-782",
        in_digits_from("\uff10", "123456782"),
    ],
)
def test_what_fails_the_elfproef_or_its_form_is_no_bsn(text: str) -> None:
    assert not is_bsn(text)


def test_about_one_in_eleven_numbers_passes_the_elfproef() -> None:
    passed = sum(is_bsn(f"{number:09}") for number in range(100_000_000, 100_011_000))
    assert 900 <= passed <= 1100


def test_an_oin_is_twenty_digits_and_nothing_else() -> None:
    assert is_oin("00000001234567890000")
    for text in ("", "0" * 19, "0" * 21, "0" * 20 + "\n", " " + "0" * 20, "0" * 19 + "a", "\u0660" * 20):
        assert not is_oin(text)
    for pattern in (OIN_PATROON, ID_PATROON, POSTCODE_PATROON):
        assert pattern.startswith("^")
        assert pattern.endswith("$")


# --- Wild input --------------------------------------------------------------------------------------------

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(alphabet=st.characters(), max_size=30)
    | st.sampled_from(["\0", "\ud800", 10**400, -0.0, "2023-02-30", "1234AB\n"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
storable = st.text(alphabet=characters, max_size=40)
empty: st.SearchStrategy[Any] = st.sampled_from(NOTHING)


def right(attribuut: Attribuut) -> st.SearchStrategy[Any]:
    """Generates values that an attribute should accept."""
    waardelijst = attribuut.waardelijst
    if waardelijst is not None and waardelijst.waarden:
        return st.sampled_from(list(waardelijst.waarden))
    if attribuut.json_type == "boolean":
        return st.booleans()
    if attribuut.minimum is not None and attribuut.maximum is not None:
        whole = st.integers(attribuut.minimum, attribuut.maximum)
        return whole | whole.map(float)
    if attribuut.type is Gegevenstype.DATUM:
        return st.dates().map(date.isoformat)
    if attribuut.patroon is not None:
        text = st.from_regex(attribuut.patroon[1:-1], fullmatch=True)
        return text if attribuut.lengte is None else text.map(lambda found: found[:10])
    return st.text(alphabet=characters, max_size=min(attribuut.lengte or 40, 40))


def near_miss(attribuut: Attribuut) -> st.SearchStrategy[Any]:
    """Generates values that are just wrong, or just right after all."""
    tricky: list[object] = [
        True,
        False,
        1,
        4.0,
        4.5,
        math.nan,
        math.inf,
        "1",
        "Z9",
        "2023-02-30",
        "2024-02-29",
    ]
    tricky += [
        "20240229",
        "2026-W22-7",
        "1234AB\n",
        "nld\n",
        "x" * ((attribuut.lengte or 200) + 1),
        1000,
        100_000,
        -1,
    ]
    tricky += [10**400, [], [1], {"a": 1}, "00000000", "é" * (attribuut.lengte or 200)]
    return st.sampled_from(tricky)


def records(entiteit: Entiteit, *, wild: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Generates records of an entity: all right, or with anything anywhere."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for attribuut in entiteit.attributen:
        one = records(attribuut.groep, wild=wild) if attribuut.groep is not None else right(attribuut)
        if wild:
            one = one | one | one | near_miss(attribuut) | empty
        many = st.lists(one, max_size=2) if attribuut.meervoudig else one
        fields[attribuut.naam] = many | many | many | empty | storable if wild else many
    required = {attribuut.naam for attribuut in entiteit.attributen if attribuut.verplicht}
    known = st.fixed_dictionaries(
        {naam: fields[naam] for naam in fields if naam in required},
        optional={naam: fields[naam] for naam in fields if naam not in required},
    )
    if not wild:
        return known
    extra = st.dictionaries(st.sampled_from(["foo", "Jan P", "codesbi", "1"]), storable | empty, max_size=1)
    # Some fields at random go missing, required or not.
    return st.tuples(known, extra, st.sets(st.sampled_from(sorted(fields)), max_size=2)).map(
        lambda parts: {naam: item for naam, item in (parts[0] | parts[1]).items() if naam not in parts[2]}
    )


RIGHT = {soort: records(STANDAARD[soort], wild=False) for soort in Soort}
WILD = {soort: records(STANDAARD[soort], wild=True) for soort in Soort}
thorough = settings(max_examples=examples(200), deadline=None, suppress_health_check=list(HealthCheck))


@thorough
@given(record=anything)
@example(record={"mobiliteit": {"bemiddelingspostcode": ["\0"]}})
@example(record={"\ud800": "\ud800"})
def test_no_json_value_makes_anything_raise(record: Any) -> None:
    for soort in Soort:
        for fout in validate(soort, record):
            assert isinstance(fout, Fout)
            fout.melding.encode()
            fout.pad.encode()
        if isinstance(record, dict):
            zoekprofiel(soort, record)
            assert is_empty(without_empties(record)) == is_empty(record)
        for leaf in velden(soort):
            label_of(soort, leaf.pad, record)


@thorough
@given(data=st.data(), soort=st.sampled_from(Soort))
def test_wild_values_in_known_places_do_not_raise_either(data: st.DataObject, soort: Soort) -> None:
    leaf = data.draw(st.sampled_from(velden(soort)))
    record = with_value(volledig(soort), concrete(leaf.pad), data.draw(anything))
    for fout in validate(soort, record):
        fout.melding.encode()
    json.dumps(zoekprofiel(soort, without_empties(record)))


@thorough
@given(data=st.data(), soort=st.sampled_from(Soort))
def test_a_right_record_is_accepted_by_us_and_by_its_schema(data: st.DataObject, soort: Soort) -> None:
    # An id may be drawn empty, which counts as absent.
    record = minimaal(soort) | without_empties(data.draw(RIGHT[soort]))
    assert validate(soort, record) == []
    assert BY_SCHEMA[soort, Profiel.DETAIL].is_valid(record)


@settings(thorough, max_examples=examples(600))
@given(data=st.data(), soort=st.sampled_from(Soort))
def test_we_and_the_schema_accept_the_same_records(data: st.DataObject, soort: Soort) -> None:
    record = data.draw(WILD[soort])
    fouten = validate(soort, record)
    # A schema cannot forbid NUL and lone surrogates without a pattern on every text; the rest must agree.
    assert not any(fout.code == "teken" for fout in fouten)
    assert (not fouten) == BY_SCHEMA[soort, Profiel.DETAIL].is_valid(without_empties(record))
    assert Counter(fout.code for fout in fouten) == Counter(
        f.code for f in validate(soort, without_empties(record))
    )


@settings(thorough, max_examples=examples(400))
@given(data=st.data(), soort=st.sampled_from(Soort))
def test_one_wrong_value_in_a_right_record_is_judged_as_the_schema_does(
    data: st.DataObject, soort: Soort
) -> None:
    leaf = data.draw(st.sampled_from(velden(soort)))
    value = data.draw(near_miss(leaf.attribuut) | right(leaf.attribuut) | empty)
    record = with_value(volledig(soort), concrete(leaf.pad), value)
    assert (not validate(soort, record)) == BY_SCHEMA[soort, Profiel.DETAIL].is_valid(without_empties(record))


@thorough
@given(data=st.data(), soort=st.sampled_from(Soort))
def test_a_search_profile_of_a_right_record_is_right_and_shows_nothing_more(
    data: st.DataObject, soort: Soort
) -> None:
    record = {**data.draw(RIGHT[soort]), **minimaal(soort)}
    profiel = zoekprofiel(soort, record)
    assert BY_SCHEMA[soort, Profiel.ZOEK].is_valid(profiel)
    assert validate(soort, profiel) == []
    assert zoekprofiel(soort, profiel) == profiel
    assert zoekprofiel(soort, without_empties(record)) == without_empties(profiel)


@thorough
@given(data=st.data(), soort=st.sampled_from(Soort))
def test_what_goes_on_as_it_was_delivered_is_what_the_contract_allows(
    data: st.DataObject, soort: Soort
) -> None:
    record = {**data.draw(WILD[soort]), **minimaal(soort)}
    assume(not validate(soort, record))
    kept = as_delivered(soort, record)
    assert BY_SCHEMA[soort, Profiel.DETAIL].is_valid(kept)
    assert as_delivered(soort, kept) == kept
    assert without_empties(kept) == without_empties(record)
    assert BY_SCHEMA[soort, Profiel.ZOEK].is_valid(zoekprofiel(soort, kept))


@thorough
@given(record=st.dictionaries(st.text(max_size=5), anything, max_size=5))
def test_schoon_twice_is_schoon_once(record: dict[str, Any]) -> None:
    clean = without_empties(record)
    assert repr(without_empties(clean)) == repr(clean)
    assert not any(item is None or item == "" for item in scalars(clean))


# --- Real material, and speed ------------------------------------------------------------------------------


def accreditatie() -> list[dict[str, Any]]:
    if not ACCREDITATIE.is_file():
        pytest.skip(f"no acceptance set to check: {ACCREDITATIE} is absent")
    profielen = json.loads(ACCREDITATIE.read_text(encoding="utf-8"))
    assert isinstance(profielen, list)
    return profielen


def test_the_acceptance_set_of_the_exchange_is_accepted() -> None:
    profielen = accreditatie()
    assert len(profielen) == 500
    for record in profielen:
        assert validate(Soort.WERKZOEKENDEN, record) == []
        assert BY_SCHEMA[Soort.WERKZOEKENDEN, Profiel.DETAIL].is_valid(without_empties(record))
        profiel = zoekprofiel(Soort.WERKZOEKENDEN, record)
        assert BY_SCHEMA[Soort.WERKZOEKENDEN, Profiel.ZOEK].is_valid(profiel)
