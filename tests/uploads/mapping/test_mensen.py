"""The kind of a file: a column with consent or BSNs means people, whatever else is in it."""

from dataclasses import replace
from typing import Any

import pytest

from exchange.standard import Soort
from uploads.mapping.proposals.mensen import menskolommen, passed_over
from uploads.mapping.proposals.suggest import guess_kind
from uploads.mapping.recognition import Bestandskeuze, NietGekoppeld, Opgeslagen, recognise
from uploads.mapping.regels import Regel, Regels, Toestemming
from uploads.mapping.regels_json import from_json, to_json
from uploads.readers import Bestand, Formaat, Rij, Tabel

WZ, VAC = Soort.WERKZOEKENDEN, Soort.VACATURES
VACATURES = Regels(
    VAC, (Regel("idVacature", ("nummer",)), Regel("naamVacature", ("functie",)), Regel("adres.postcode", ("postcode",)))
)  # fmt: skip


def table(koppen: list[str], *rijen: list[Any]) -> Bestand:
    rows = [Rij(nummer, waarden) for nummer, waarden in enumerate((koppen, *rijen), 1)]
    return Bestand(Formaat.XLSX, (Tabel("Blad", len(rows), lambda: iter(rows)),))


PEOPLE = table(
    ["Nummer", "Functie", "Postcode", "Toestemming"],
    ["1", "Kok", "3511AB", "Ja"],
    ["2", "Lasser", "3511AB", "Nee"],
)


@pytest.mark.parametrize(
    ("kop", "values", "is_people"),
    [
        ("Toestemming", ["Ja", "Nee"], True),
        ("Akkoord delen", [], True),
        ("AVG-akkoord", ["x"], True),
        ("BSN", [], True),
        ("Burgerservicenr.", ["-"], True),
        ("Kolom 4", ["111222333", "123456782", "111222333"], True),
        ("Functie", ["Kok"], False),
        ("RSIN", ["111222333", "123456782", "111222333"], False),
        ("Nummer", ["111222333"], False),
        ("Arbeidsvoorwaarden", ["goed"], False),
    ],
)
def test_a_column_with_consent_or_bsns_is_found(kop, values, is_people):
    assert bool(menskolommen(["Vacaturenummer", kop], [["V1"], values])) is is_people


def test_such_a_column_decides_the_kind_whatever_the_others_look_like():
    koppen = [
        "Vacaturenummer",
        "Vacaturetitel",
        "Werkgever",
        "Sluitingsdatum",
        "Omschrijving",
        "Mag gedeeld worden",
    ]
    assert guess_kind(koppen[:-1], [()] * 5) is VAC
    assert guess_kind(koppen, [()] * 6) is WZ


def test_people_are_not_recognised_as_vacancies_by_a_few_headers():
    with pytest.raises(NietGekoppeld) as problem:
        recognise(table(["BSN", "Postcode", "Toestemming", "Rijbewijs"], ["111222333", "2405AB", "Ja", "B"]))
    assert problem.value.soort is WZ
    assert "werkzoekenden" in problem.value.melding
    assert "idVacature" not in problem.value.melding


@pytest.mark.parametrize("by_name", [True, False])
def test_vacancies_beside_such_a_column_stop_and_ask(by_name):
    opgeslagen = [Opgeslagen("Vacatures", 1, VACATURES)]
    with pytest.raises(NietGekoppeld) as problem:
        recognise(PEOPLE, VAC, "Vacatures" if by_name else "", opgeslagen)
    assert "‘Toestemming’" in problem.value.melding
    with pytest.raises(NietGekoppeld):
        recognise(PEOPLE, VAC, keuze=Bestandskeuze(regels=VACATURES))


def test_who_said_that_these_are_vacancies_is_not_asked_again_about_the_same_column():
    told = replace(VACATURES, bevestigd=("toestemming",))
    assert from_json(to_json(told)) == told
    assert recognise(PEOPLE, None, "", [Opgeslagen("Vacatures", 1, told)]).soort is VAC
    other = table(["Nummer", "Functie", "Postcode", "BSN"], ["1", "Kok", "3511AB", "111222333"])
    with pytest.raises(NietGekoppeld):
        recognise(other, None, "Vacatures", [Opgeslagen("Vacatures", 1, told)])


def test_headers_of_the_standard_do_not_pass_over_who_said_no():
    koppen = ["idWerkzoekende", "bemiddelingspostcode", "Toestemming"]
    with pytest.raises(NietGekoppeld) as problem:
        recognise(table(koppen, ["W1", "3511AB", "Nee"]))
    assert "Toestemming om te delen" in problem.value.melding
    assert recognise(table(koppen[:2], ["W1", "3511AB"])).soort is WZ


def test_consent_that_is_declared_beside_a_column_with_consent_asks():
    columns = menskolommen(["Toestemming"], [["Nee"]])
    declared = Regels(WZ, (), Toestemming(verklaring=True))
    assert passed_over(declared, columns) == columns
    assert passed_over(replace(declared, bevestigd=("toestemming",)), columns) == ()
    assert passed_over(Regels(WZ, (), Toestemming("toestemming")), columns) == ()
