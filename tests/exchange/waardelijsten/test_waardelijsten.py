"""Value lists of others: loading them from files, versions, what a version would break, and putting it in force."""

import contextlib
import hashlib
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from exchange.standard import Soort, velden
from exchange.waardelijsten import models as waardelijsten
from exchange.waardelijsten import reading
from exchange.waardelijsten.comparison import compare, count_use
from exchange.waardelijsten.lijsten import LIJSTEN, PastNiet, attributen, canonical
from exchange.waardelijsten.models import (
    Code,
    NietKlaargezet,
    Versie,
    Versiecode,
    Versiestatus,
    labels_of,
    prepare,
)
from exchange.waardelijsten.reading import Ingang, Leesfout, read_entries, read_file, read_package
from exchange.waardelijsten.talen import VEELGEVRAAGD
from tests.factories import een_gemeente, een_vacature, een_werkzoekende, publish_set
from um_portal.tenants.scope import voor_gemeente

BEROEPEN = LIJSTEN["beroepen"]
KOK, BAKKER, LASSER = "urn:test:kok", "urn:test:bakker", "urn:test:lasser"


def load(*args: str | Path, **options: Any) -> str:
    """Gives the output of the command."""
    output = io.StringIO()
    call_command("load_waardelijst", *map(str, args), stdout=output, **options)
    return output.getvalue()


def refused(*args: str | Path, **options: Any) -> CommandError:
    """Gives the error with which the command ends; nothing may have changed."""
    before = state()
    with pytest.raises(CommandError) as caught:
        load(*args, **options)
    assert state() == before
    return caught.value


def state() -> list[Any]:
    codes = Code.objects.order_by("lijst", "code").values_list("lijst", "code", "label", "status", "versie")
    return [*codes, *Versie.objects.order_by("pk").values_list("pk", "status", "sha256")]


def in_force(lijst: str = "beroepen") -> dict[str, str]:
    return dict(Code.objects.filter(lijst=lijst).geldig().values_list("code", "label"))


def csv_file(tmp_path: Path, text: str, name: str = "lijst.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def a_list(**codes: str) -> str:
    """Writes a CSV with occupations by the last part of their code."""
    return "code;label\n" + "".join(f"urn:test:{code};{label}\n" for code, label in codes.items())


def skos(body: str, prolog: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:skos="http://www.w3.org/2004/02/skos/core#" xmlns:owl="http://www.w3.org/2002/07/owl#">'
        f"{body}</rdf:RDF>"
    ).encode()


CONCEPT = '<skos:Concept rdf:about="urn:test:{0}"><skos:prefLabel xml:lang="nl">{1}</skos:prefLabel>{2}</skos:Concept>'


# --- The lists and the standard -----------------------------------------------------------------------------


def test_every_external_list_of_the_standard_can_be_loaded():
    external = {
        leaf.attribuut.waardelijst.naam
        for soort in Soort
        for leaf in velden(soort)
        if leaf.attribuut.waardelijst is not None and leaf.attribuut.waardelijst.extern
    }
    assert {lijst.waardelijst.naam for lijst in LIJSTEN.values()} == external


@pytest.mark.parametrize("lijst", LIJSTEN.values(), ids=LIJSTEN)
def test_the_example_of_every_attribute_fits_its_list(lijst):
    assert attributen(lijst)
    for attribuut in attributen(lijst):
        assert canonical(lijst, str(attribuut.voorbeeld)) == str(attribuut.voorbeeld)


@pytest.mark.parametrize(
    ("naam", "code", "why"),
    [
        ("beroepen", "urn:" + "x" * 200, "langer dan 200"),
        ("beroepen", "urn:test:met spatie", "spatie"),
        ("opleidingen", "12345678901", "langer dan 10"),
        ("opleidingen", "MBO4", "alleen cijfers"),
        ("talen", "NL", "drie kleine letters"),
        ("talen", "nldx", "drie kleine letters"),
        ("sbi", "A", "geen getal"),
        ("sbi", "123456", "van 0 tot en met 99999"),
        ("sbi", "-5", "geen getal"),
        ("sbi", "١٢", "geen getal"),
    ],
)
def test_a_code_that_the_standard_cannot_hold_is_refused(naam, code, why):
    with pytest.raises(PastNiet, match=why):
        canonical(LIJSTEN[naam], code)


def test_a_number_is_known_without_its_dots_and_zeros():
    assert canonical(LIJSTEN["sbi"], "01.11.2") == "1112"
    assert canonical(LIJSTEN["sbi"], "47241") == "47241"


def test_the_most_used_languages_are_languages_of_the_list():
    assert all(canonical(LIJSTEN["talen"], code) == code for code in VEELGEVRAAGD)
    known = {entry.code: entry.label for entry in read_package(LIJSTEN["talen"])}
    assert VEELGEVRAAGD.items() <= known.items()


# --- Reading CSV --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_is_read_whatever_its_delimiter_and_encoding(delimiter, encoding):
    text = delimiter.join(["Code", "Naam"]) + "\r\n" + delimiter.join([KOK, "Chef-kok café"]) + "\r\n\r\n"
    assert read_entries(BEROEPEN, text.encode(encoding)) == [Ingang(KOK, "Chef-kok café")]


@pytest.mark.parametrize(
    "header",
    [
        "code,label",
        "conceptUri,preferredLabel",
        "Label;Code",
        "ID\tRef_Name",
        '"Code Beroepsnaam";"Omschrijving"',
    ],
)
def test_columns_are_recognised_by_their_header(header):
    delimiter = next(mark for mark in ",;\t" if mark in header)
    values = ["Kok", KOK] if header.startswith("Label") else [KOK, "Kok"]
    assert read_entries(BEROEPEN, f"{header}\n{delimiter.join(values)}\n".encode()) == [Ingang(KOK, "Kok")]


def test_synonyms_of_a_csv_are_kept_for_searching():
    text = f'code;label;altLabels\n{KOK};Kok;"Chef | Keukenhulp\nKok"\n'
    assert read_entries(BEROEPEN, text.encode()) == [Ingang(KOK, "Kok", ("Chef", "Keukenhulp"))]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "leeg"),
        (b"\xef\xbb\xbf \r\n", "leeg"),
        (b"code;label\n", "geen enkele code"),
        (b"code;label\n;;\n\n", "geen enkele code"),
        (b"nummer;waarde\n1;2\n", "geen kop"),
        (b"alleen tekst", "geen kop"),
        (b"PK\x03\x04", "ingepakt"),
        (b'{"code": 1}', "Dit is JSON"),
        (b"@prefix skos: <x> .\n", "geen enkele code"),
        (b'@prefix skos: <x> .\nskos:a skos:b "open .\n', "Regel 2"),
        (b"@prefix skos: <x> .\n\nonbekend:a a skos:Concept .\n", "Regel 3"),
        (b"code;label\nurn:a\n", "Regel 2: .*minder kolommen"),
        (b"code;label\n;Kok\n", "Regel 2: de code ontbreekt"),
        (b"code;label\nurn:a;\n", "Regel 2: .*geen naam"),
        (b"code;label\nurn:a;" + b"x" * 301 + b"\n", "langer dan 300"),
        (b"code;label\nurn:a;Kok\nurn:a;Kok\n", "Regel 3: .*twee keer"),
        (b'code;label\nurn:a;"Kok\n', "opbouw"),
        (b"code;label\nurn:a;Kok\x81\n", "niet te lezen"),
        (b"code;label\nurn:a;Kok\x00\n", "onzichtbaar|opbouw"),
        (b"code;label\n" + b"\n".join(b"met spatie;x" for _ in range(9)), "En nog 4 andere fouten"),
        (b"\xff\xfec", "niet te lezen"),
    ],
)
def test_a_csv_that_is_not_right_is_refused_as_a_whole(data, message):
    with pytest.raises(Leesfout, match=message):
        read_entries(BEROEPEN, data)


def test_two_notations_of_one_number_are_one_code():
    with pytest.raises(
        Leesfout, match=r"Regel 3: de code '11' \(het getal 11, net als '01.1'\) staat er twee keer in"
    ):
        read_entries(LIJSTEN["sbi"], b"code;label\n01.1;Teelt\n11;Dranken\n")


def test_a_list_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_CODES", 10)
    with pytest.raises(Leesfout, match="meer dan 10 codes"):
        read_entries(BEROEPEN, a_list(**{f"c{n}": "x" for n in range(11)}).encode())


def test_a_giant_file_is_refused_without_reading_it_all(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 1024)
    path = tmp_path / "reus.csv"
    with path.open("wb") as file:
        file.truncate(10 * 1024**3)  # sparse: takes no room, but reading it would take for ever
    with pytest.raises(Leesfout, match="groter dan"):
        read_file(path)


# --- Reading SKOS -------------------------------------------------------------------------------------------


def test_skos_prefers_dutch_and_keeps_other_words_as_synonyms():
    body = (
        '<skos:ConceptScheme rdf:about="urn:test:schema"><skos:prefLabel xml:lang="nl">Beroepen</skos:prefLabel>'
        "</skos:ConceptScheme>"
        '<skos:Concept rdf:about="urn:test:kok"><skos:prefLabel xml:lang="en">Cook</skos:prefLabel>'
        '<skos:prefLabel xml:lang="nl-NL"> Kok\n </skos:prefLabel><skos:altLabel xml:lang="nl">Chef</skos:altLabel>'
        '<skos:altLabel xml:lang="en">Chef de cuisine</skos:altLabel><skos:altLabel>Keukenkok</skos:altLabel>'
        '<skos:inScheme rdf:resource="urn:test:schema"/></skos:Concept>'
        '<rdf:Description rdf:about="urn:test:bakker"><skos:prefLabel>Bakker</skos:prefLabel>'
        '<rdf:type rdf:resource="http://www.w3.org/2004/02/skos/core#Concept"/></rdf:Description>'
        '<rdf:Description rdf:about="urn:test:bakker"><skos:altLabel>Banketbakker</skos:altLabel></rdf:Description>'
        '<rdf:Description rdf:about="urn:test:lasser" xml:lang="nl"><skos:prefLabel>Lasser</skos:prefLabel>'
        '<skos:prefLabel xml:lang="de">Schweißer</skos:prefLabel></rdf:Description>'
        '<skos:Concept rdf:about="urn:test:weg"><skos:prefLabel xml:lang="nl">Oud</skos:prefLabel>'
        "<owl:deprecated>true</owl:deprecated></skos:Concept>"
        '<rdf:Description rdf:about="urn:test:groep"><skos:prefLabel>Groep</skos:prefLabel>'
        '<rdf:type rdf:resource="http://www.w3.org/2004/02/skos/core#Collection"/></rdf:Description>'
    )
    assert read_entries(BEROEPEN, skos(body)) == [
        Ingang(KOK, "Kok", ("Chef", "Keukenkok")),
        Ingang(BAKKER, "Bakker", ("Banketbakker",)),
        Ingang(LASSER, "Lasser"),
    ]


OCCUPATION = "https://linkeddata.competentnl.nl/uwv/id/occupation/"
XL = """
<skos:Concept rdf:about="urn:test:kok">
  <skos:inScheme rdf:resource="urn:test:schema"/>
  <xl:prefLabel rdf:resource="urn:test:label:1"/>
  <xl:altLabel rdf:resource="urn:test:label:2"/>
  <xl:altLabel><xl:Label><xl:literalForm xml:lang="nl">Chef</xl:literalForm></xl:Label></xl:altLabel>
</skos:Concept>
<xl:Label rdf:about="urn:test:label:1"><xl:literalForm xml:lang="nl">Kok</xl:literalForm></xl:Label>
<xl:Label rdf:about="urn:test:label:2"><xl:literalForm xml:lang="nl">Keukenprins</xl:literalForm></xl:Label>
<xl:Label rdf:about="urn:test:label:3"><xl:literalForm xml:lang="en">Cook</xl:literalForm></xl:Label>
<skos:Concept rdf:about="urn:test:bakker"><skos:prefLabel xml:lang="nl">Bakker</skos:prefLabel></skos:Concept>
"""
TURTLE = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xl: <http://www.w3.org/2008/05/skos-xl#> .
PREFIX t: <urn:test:>
# The labels of SKOS-XL have addresses, or stand between brackets.
t:kok a skos:Concept ;
    skos:inScheme <urn:test:schema> ;
    xl:prefLabel t:label1 , <urn:test:label:en> ;
    xl:altLabel t:label2 , [ a xl:Label ; xl:literalForm "Chef"@nl ] ;
    skos:note "een ; met . tekens # erin"@nl, \"\"\"en "regels"
eronder\"\"\" .
t:label1 xl:literalForm "Kok"@nl .
t:label2 a xl:Label ; xl:literalForm "Keukenprins"@nl-NL ; .
<urn:test:label:en> xl:literalForm "Cook"@en .
t:bakker a skos:Concept ; skos:prefLabel "Bakker"@nl , "Baker"@en ; skos:member ( t:kok 3.5 true ) .
t:oud a skos:Concept ; skos:prefLabel "Oud"@nl ; <http://www.w3.org/2002/07/owl#deprecated> true .
t:schema a skos:ConceptScheme ; skos:prefLabel "Schema"@nl .
"""


@pytest.mark.parametrize("form", ["rdf", "turtle"])
def test_labels_of_skos_xl_are_followed_to_their_texts(form):
    data = TURTLE.encode()
    if form == "rdf":
        data = skos(XL).replace(b"<rdf:RDF", b'<rdf:RDF xmlns:xl="http://www.w3.org/2008/05/skos-xl#"')
    assert [(one.code, one.label, set(one.synoniemen)) for one in read_entries(BEROEPEN, data)] == [
        (KOK, "Kok", {"Keukenprins", "Chef"}),
        (BAKKER, "Bakker", set()),
    ]


def test_a_row_per_synonym_becomes_an_entry_per_occupation():
    rows = ("1,Chef,100,Kok", "2,Kok,100,Kok", "3,Bakker,200,Bakker", "4,Kokkin,100,Kok")
    text = "\n".join(("code,synonym,parent code,parent name", *rows, ""))
    assert read_entries(BEROEPEN, text.encode()) == [
        Ingang("100", "Kok", ("Chef", "Kokkin")),
        Ingang("200", "Bakker", ()),
    ]
    with pytest.raises(Leesfout, match="Regel 6"):
        read_entries(BEROEPEN, f"{text}5,Kokjes,100,Kokje\n".encode())


@pytest.mark.django_db
def test_a_real_list_loads_in_one_command_and_other_codes_are_warned_about(tmp_path):
    def loaded(code: str) -> str:
        warned = io.StringIO()
        path = csv_file(tmp_path, TURTLE.replace("PREFIX t: <urn:test:>", f"PREFIX t: <{code}>"), "lijst.ttl")
        load("beroepen", path, "--toepassen", "--toch", stderr=warned)
        return warned.getvalue()

    assert "2 codes van beroepen hebben een andere vorm" in loaded("urn:test:")
    assert in_force() == {KOK: "Kok", BAKKER: "Bakker"}
    path = csv_file(tmp_path, f"code;label;synoniemen\n{OCCUPATION}0123456789;Kok;Chef\n")
    warned = io.StringIO()
    load("beroepen", path, "--toepassen", "--toch", stderr=warned)
    assert warned.getvalue() == ""


@given(st.text(max_size=80) | st.lists(st.sampled_from(TURTLE.split()), max_size=30).map(" ".join))
def test_no_text_breaks_the_reading_of_turtle(text):
    with contextlib.suppress(Leesfout):
        read_entries(BEROEPEN, f"@prefix t: <urn:t> .\n{text}".encode())


def test_concepts_inside_other_concepts_are_found():
    inner = CONCEPT.format("bakker", "Bakker", "")
    body = CONCEPT.format("kok", "Kok", f"<skos:related>{inner}</skos:related>")
    assert {entry.code for entry in read_entries(BEROEPEN, skos(body))} == {KOK, BAKKER}


def test_a_file_with_several_lists_asks_which():
    body = CONCEPT.format("kok", "Kok", '<skos:inScheme rdf:resource="urn:s:beroepen"/>')
    body += CONCEPT.format("luisteren", "Luisteren", '<skos:inScheme rdf:resource="urn:s:competenties"/>')
    with pytest.raises(Leesfout, match="--schema uit: urn:s:beroepen, urn:s:competenties"):
        read_entries(BEROEPEN, skos(body))
    assert [e.code for e in read_entries(BEROEPEN, skos(body), ["urn:s:beroepen"])] == [KOK]
    with pytest.raises(Leesfout, match="geen schema urn:s:anders"):
        read_entries(BEROEPEN, skos(body), ["urn:s:anders"])
    with pytest.raises(Leesfout, match="alleen bij een SKOS-bestand"):
        read_entries(BEROEPEN, a_list(kok="Kok").encode(), ["urn:s:beroepen"])


BILLION = (
    "<!DOCTYPE rdf:RDF [<!ENTITY a 'haha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(10))
    + "]>"
)


@pytest.mark.parametrize(
    ("prolog", "label"),
    [
        ('<!DOCTYPE rdf:RDF [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        ('<!DOCTYPE rdf:RDF [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>', "Kok"),
        ('<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1:9/x.dtd">', "Kok"),
        (BILLION, "&k;"),
        (BILLION, '<x y="&k;"/>'),
        ("<!DOCTYPE rdf:RDF>", "Kok"),
    ],
    ids=[
        "xxe",
        "parameter-entity",
        "external-dtd",
        "billion-laughs",
        "billion-laughs-attribute",
        "plain-doctype",
    ],
)
def test_a_doctype_is_refused_whatever_it_would_do(prolog, label):
    with pytest.raises(Leesfout, match=r"DOCTYPE|geen goede XML") as caught:
        read_entries(BEROEPEN, skos(CONCEPT.format("kok", label, ""), prolog))
    assert "root:" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html><body/></html>", "geen SKOS"),
        (b"<RDF/>", "geen SKOS"),
        (b"<rdf:RDF", "XML"),
        (skos(CONCEPT.format("kok", "Kok", ""))[:-20], "geen goede XML"),
        (skos("") + b"<nog/>", "geen goede XML"),
        (skos(""), "geen enkele code"),
        (skos("<skos:Concept/>"), "geen enkele code"),
        (skos("<a>" * 400 + "</a>" * 400), "geen goede XML"),
        (skos(CONCEPT.format("kok", "", "")), "geen naam"),
        (
            skos(CONCEPT.format("kok", "Kok", '<skos:prefLabel xml:lang="nl">Chef</skos:prefLabel>')),
            "meer dan een naam",
        ),
        (skos(CONCEPT.format("x" * 200, "Kok", "")), "langer dan 200"),
        ('<?xml version="1.0" encoding="UTF-8"?><é/>'.encode("latin-1"), "geen goede XML"),
    ],
)
def test_xml_that_is_not_right_is_refused(data, message):
    with pytest.raises(Leesfout, match=message):
        read_entries(BEROEPEN, data)


def test_xml_in_another_encoding_is_read_by_what_it_declares():
    text = skos(CONCEPT.format("kok", "Café-kok", "")).decode()
    assert (
        read_entries(BEROEPEN, text.replace("UTF-8", "ISO-8859-1").encode("latin-1"))[0].label == "Café-kok"
    )
    assert read_entries(BEROEPEN, text.replace("UTF-8", "UTF-16").encode("utf-16"))[0].label == "Café-kok"


def test_the_package_has_the_languages_of_the_world_in_dutch_where_it_can():
    entries = {entry.code: entry for entry in read_package(LIJSTEN["talen"])}
    assert len(entries) > 7000
    assert entries["rus"].label == "Russisch"
    assert "Russian" in entries["rus"].synoniemen
    with pytest.raises(Leesfout, match="Alleen de lijst talen"):
        read_package(BEROEPEN)


# --- Versions -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_works(tmp_path):
    path = csv_file(tmp_path, a_list(kok="Kok", bakker="Bakker"))
    shown = load("beroepen", path, versie="2026-1", door="ada")
    assert "2 codes, waarvan 2 nieuw" in shown
    assert "geldt nog niet" in shown
    assert in_force() == {}, "loading alone changes nothing"
    assert "geldt nu: 2 codes" in load("beroepen", toepassen=True)
    assert in_force() == {KOK: "Kok", BAKKER: "Bakker"}
    versie = Versie.objects.get()
    assert (versie.versie, versie.bestandsnaam, versie.geladen_door) == ("2026-1", "lijst.csv", "ada")
    assert versie.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert versie.status == Versiestatus.GELDIG
    assert versie.geldig_van is not None


@pytest.mark.django_db
def test_a_lapsed_code_stays_readable_and_is_no_longer_offered(tmp_path):
    load("beroepen", csv_file(tmp_path, a_list(kok="Kok", bakker="Bakker")), toepassen=True)
    load("beroepen", csv_file(tmp_path, a_list(kok="Chef-kok", lasser="Lasser")), toepassen=True)
    assert in_force() == {KOK: "Chef-kok", LASSER: "Lasser"}
    assert labels_of([("beroepen", KOK), ("beroepen", BAKKER)]) == {
        ("beroepen", KOK): "Chef-kok",
        ("beroepen", BAKKER): "Bakker",
    }
    assert not Code.objects.get(code=BAKKER).is_geldig
    assert Code.objects.get(code=BAKKER).versie != Code.objects.get(code=KOK).versie
    # And back again.
    load("beroepen", csv_file(tmp_path, a_list(bakker="Bakker")), toepassen=True)
    assert in_force() == {BAKKER: "Bakker"}
    assert sorted(Versie.objects.values_list("status", flat=True)) == ["geldig", "vervallen", "vervallen"]


def labels_at(codes: list[str], moment: datetime) -> dict[str, str]:
    """Gives the labels of these occupations at a moment, by the version that was then in force."""
    then = Versiecode.objects.filter(
        Q(versie__geldig_tot=None) | Q(versie__geldig_tot__gt=moment),
        versie__lijst="beroepen",
        versie__geldig_van__lte=moment,
        code__in=codes,
    )
    return dict(then.values_list("code", "label"))


@pytest.mark.django_db
def test_what_a_code_meant_at_a_moment_can_still_be_told(tmp_path):
    before = timezone.now()
    load("beroepen", csv_file(tmp_path, a_list(kok="Kok", bakker="Bakker")), toepassen=True)
    Versie.objects.update(geldig_van=before - timedelta(days=9))
    load("beroepen", csv_file(tmp_path, a_list(kok="Chef-kok")), toepassen=True)
    assert labels_at([KOK, BAKKER], before) == {KOK: "Kok", BAKKER: "Bakker"}
    assert labels_at([KOK, BAKKER], timezone.now()) == {KOK: "Chef-kok"}
    assert labels_at([KOK], before - timedelta(days=10)) == {}


@pytest.mark.django_db
def test_a_version_shows_what_it_changes_before_it_is_in_force(tmp_path):
    load(
        "beroepen",
        csv_file(tmp_path, a_list(kok="Kok", bakker="Bakker", schilder="Schilder")),
        toepassen=True,
    )
    shown = load("beroepen", csv_file(tmp_path, a_list(kok="Chef-kok", lasser="Lasser", schilder="Schilder")))
    assert "1 nieuw, 1 met een andere naam en 1 gelijk. Er vervalt 1 code." in shown
    assert f"{KOK}: Kok wordt Chef-kok" in shown
    assert f"{LASSER}: Lasser" in shown
    assert f"{BAKKER}: Bakker" in shown
    assert in_force()[KOK] == "Kok"
    assert shown.splitlines()[0] in load("beroepen", toepassen=True)


def publish_everywhere() -> None:
    """Publishes for two municipalities: three jobseekers and a vacancy for a baker, a cook besides."""
    for number in (1, 2):
        gemeente = een_gemeente()
        with voor_gemeente(gemeente):
            people = [
                een_werkzoekende(
                    f"W{n}",
                    bemiddelingsberoep=[{"codeBeroepsnaam": BAKKER}, {"codeBeroepsnaam": KOK}],
                    arbeidsmarktkwalificatie={
                        "competentiebeheersing": [{"codeCompetentie": "urn:test:luisteren"}],
                        "opleiding": [{"codeOpleidingsnaam": "123"}, {"codeOpleidingsnaam": "123"}],
                        "taalbeheersing": [{"codeTaal": "pol"}, {"codeTaal": "nld"}],
                    },
                    sector=[{"codeSbi": 47241}],
                )
                for n in range(number)
            ]
            publish_set(gemeente, Soort.WERKZOEKENDEN, people)
            if number == 1:
                vacature = een_vacature(
                    beroep={"codeBeroepsnaam": BAKKER},
                    sector={"codeSbi": 47241},
                    taalbeheersing=[{"codeTaal": "pol"}],
                )
                publish_set(gemeente, Soort.VACATURES, [vacature])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lijst", "code", "used"),
    [
        ("beroepen", BAKKER, (3, 1)),
        ("competenties", "urn:test:luisteren", (3, 0)),
        ("opleidingen", "123", (3, 0)),
        ("talen", "pol", (3, 1)),
        ("sbi", "47241", (3, 1)),
    ],
)
def test_use_is_counted_over_all_municipalities_in_numbers_only(lijst, code, used):
    publish_everywhere()
    assert count_use(lijst, [code, "urn:test:niemand"]) == {code: used}
    assert count_use(lijst, []) == {}
    other = "talen" if lijst != "talen" else "sbi"
    assert count_use(other, [code]) == {}, "a code is a code of one list"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM um_waardelijst_gebruik(%s, %s)", [lijst, [code]])
        assert [column.name for column in cursor.description] == ["code", "soort", "aantal"]
        cursor.execute("SELECT count(*) FROM bron_werkzoekende")
        assert cursor.fetchone() == (0,), "the records themselves stay behind row-level security"


@pytest.mark.django_db
def test_a_version_that_breaks_published_records_asks_for_confirmation(tmp_path):
    load("beroepen", csv_file(tmp_path, a_list(kok="Kok", bakker="Bakker")), toepassen=True)
    publish_everywhere()
    path = csv_file(tmp_path, a_list(kok="Kok"))
    with pytest.raises(CommandError, match="gebruikt wordt, zou vervallen: 1 code") as caught:
        load("beroepen", path, toepassen=True)
    assert caught.value.returncode == 3
    assert set(in_force()) == {KOK, BAKKER}
    shown = load("beroepen")
    assert f"{BAKKER}: Bakker (werkzoekenden: 3, vacatures: 1)" in shown
    assert "--toepassen --toch" in shown
    load("beroepen", toepassen=True, toch=True)
    assert in_force() == {KOK: "Kok"}


@pytest.mark.django_db
def test_a_version_can_be_replaced_and_withdrawn_while_it_waits(tmp_path):
    load("beroepen", csv_file(tmp_path, a_list(kok="Kok")))
    load("beroepen", csv_file(tmp_path, a_list(bakker="Bakker")))
    assert Versie.objects.count() == 1
    assert "weggegooid" in load("beroepen", intrekken=True)
    assert not Versie.objects.exists()
    assert "Er staat geen versie" in str(refused("beroepen", intrekken=True))
    assert "Er staat geen versie" in str(refused("beroepen", toepassen=True))


@pytest.mark.django_db
def test_a_long_difference_is_cut_unless_everything_is_asked(tmp_path):
    path = csv_file(tmp_path, a_list(**{f"c{n}": f"Beroep {n}" for n in range(30)}))
    assert "(de eerste 10 van 30; met --alles" in load("beroepen", path)
    assert "Beroep 29" in load("beroepen", alles=True)


@pytest.mark.django_db
def test_a_version_that_somebody_else_replaced_meanwhile_is_not_put_in_force(tmp_path, monkeypatch):
    def replaced(versie: Versie, database: str) -> Any:
        prepare("beroepen", [(LASSER, "Lasser")])
        return compare(versie, database)

    monkeypatch.setattr("exchange.waardelijsten.management.commands.load_waardelijst.compare", replaced)
    with pytest.raises(CommandError, match="intussen toegepast of vervangen"):
        load("beroepen", csv_file(tmp_path, a_list(kok="Kok")), toepassen=True)
    assert in_force() == {}


@pytest.mark.django_db
def test_the_same_list_again_changes_nothing(tmp_path):
    path = csv_file(tmp_path, "code;label;synoniemen\nurn:test:kok;Kok;Chef\n")
    load("beroepen", path, toepassen=True)
    before = state()
    assert "gelijk aan de versie" in load("beroepen", path, toepassen=True)
    assert state() == before


@pytest.mark.django_db
def test_other_synonyms_are_a_change_too(tmp_path):
    load("beroepen", csv_file(tmp_path, "code;label;synoniemen\nurn:test:kok;Kok;Chef\n"), toepassen=True)
    shown = load(
        "beroepen", csv_file(tmp_path, "code;label;synoniemen\nurn:test:kok;Kok;Cuisinier\n"), toepassen=True
    )
    assert "Alleen andere zoekwoorden: 1 code." in shown
    assert [code.code for code in Code.objects.geldig().zoek("cuisi")] == [KOK]


@pytest.mark.django_db
def test_a_version_that_is_no_longer_waiting_cannot_be_put_in_force():
    versie = prepare("beroepen", [(KOK, "Kok")])
    versie.put_in_force()
    for verb in (versie.put_in_force, versie.withdraw):
        with pytest.raises(NietKlaargezet):
            verb()


@pytest.mark.django_db
def test_putting_in_force_is_all_or_nothing(monkeypatch):
    waardelijsten.replace("beroepen", [(KOK, "Kok")])
    versie = prepare("beroepen", [(BAKKER, "Bakker")])
    before = state()

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(waardelijsten.CodeQuerySet, "geldig", broken)
    with pytest.raises(RuntimeError):
        versie.put_in_force()
    monkeypatch.undo()
    assert state() == before


@pytest.mark.django_db
def test_lists_do_not_touch_each_other(tmp_path):
    load("competenties", csv_file(tmp_path, a_list(luisteren="Luisteren")), toepassen=True)
    load("beroepen", csv_file(tmp_path, a_list(kok="Kok")), toepassen=True)
    load("beroepen", csv_file(tmp_path, a_list(bakker="Bakker")), toepassen=True)
    assert in_force("competenties") == {"urn:test:luisteren": "Luisteren"}


@pytest.mark.django_db
def test_languages_come_from_the_package():
    load("talen", pakket=True, toepassen=True)
    assert in_force("talen").items() >= VEELGEVRAAGD.items()
    versie = Versie.objects.get()
    assert versie.bestandsnaam.startswith("pycountry ")
    assert "gelijk aan" in load("talen", pakket=True)


@pytest.mark.django_db
def test_the_state_of_all_lists_is_told(tmp_path):
    load("beroepen", csv_file(tmp_path, a_list(kok="Kok")), toepassen=True, versie="2026-1")
    load("sbi", csv_file(tmp_path, "code;label\n47241;Bakkers\n"))
    shown = load().splitlines()
    assert len(shown) == len(LIJSTEN)
    assert "beroepen (CompetentNL): 1 code, versie 2026-1 uit lijst.csv." in shown
    assert any(line.startswith("sbi (CBS): niet geladen; versie") for line in shown)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("args", "options", "message"),
    [
        (["kleuren", "lijst.csv"], {}, "bestaat niet. Kies uit: beroepen, competenties"),
        (["beroepen", "weg.csv"], {}, "niet te lezen"),
        (["beroepen", "."], {}, "niet te lezen"),
        (["beroepen"], {"pakket": True}, "Alleen de lijst talen"),
        (["beroepen", "lijst.csv"], {"pakket": True}, "Kies een van de drie"),
        (["beroepen", "lijst.csv"], {"intrekken": True}, "Kies een van de drie"),
        ([], {"toepassen": True}, "Noem ook de lijst"),
        (["talen", "lijst.csv"], {}, "lijst.csv: Regel 2: de code 'urn:test:kok' heeft niet de goede vorm"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_reason(tmp_path, monkeypatch, args, options, message):
    monkeypatch.chdir(tmp_path)
    csv_file(tmp_path, a_list(kok="Kok"))
    error = refused(*args, **options)
    assert message in str(error)
    assert str(error).endswith("Er is niets veranderd.")
    assert error.returncode == 1


@pytest.mark.django_db
def test_a_wrong_file_leaves_the_waiting_version_as_it_is(tmp_path):
    load("beroepen", csv_file(tmp_path, a_list(kok="Kok")))
    refused("beroepen", csv_file(tmp_path, "code;label\n"))
    assert Versie.objects.get().status == Versiestatus.KLAARGEZET


# --- What others use ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_replace_makes_pairs_the_whole_list_and_does_nothing_the_second_time():
    assert waardelijsten.replace("beroepen", [(KOK, "Kok"), (BAKKER, "Bakker")]) == 2
    before = state()
    assert waardelijsten.replace("beroepen", [(KOK, "Kok"), (BAKKER, "Bakker")]) == 2
    assert state() == before
    assert waardelijsten.replace("beroepen", [(KOK, "Kok")]) == 1
    assert in_force() == {KOK: "Kok"}
    assert waardelijsten.replace("beroepen", []) == 0
    assert in_force() == {}


@pytest.mark.django_db
def test_labels_of_several_lists_come_in_one_query(django_assert_num_queries):
    waardelijsten.replace("sbi", [("123", "Vissers")])
    waardelijsten.replace("opleidingen", [("123", "Koksopleiding")])
    pairs = [("sbi", "123"), ("opleidingen", "123"), ("talen", "nld")]
    with django_assert_num_queries(1):
        assert labels_of(pairs) == {("sbi", "123"): "Vissers", ("opleidingen", "123"): "Koksopleiding"}
    with django_assert_num_queries(0):
        assert labels_of([]) == {}


@pytest.mark.django_db
def test_searching_needs_every_word_in_name_synonym_or_code():
    prepare(
        "beroepen", [(KOK, "Zelfstandig werkend kok", ["Chef"]), (BAKKER, "Bakker", ["Chef patissier"])]
    ).put_in_force()
    assert [c.code for c in Code.objects.zoek("chef")] == [BAKKER, KOK]
    assert [c.code for c in Code.objects.zoek("CHEF patis\x00sier")] == [BAKKER]
    assert [c.code for c in Code.objects.zoek("test:kok")] == [KOK]
    assert [c.code for c in Code.objects.zoek("%")] == []


@pytest.mark.django_db
def test_the_queries_do_not_grow_with_the_list(django_assert_max_num_queries):
    waardelijsten.replace("beroepen", [(f"urn:test:{n}", f"Beroep {n}") for n in range(3000)])
    versie = prepare("beroepen", [(f"urn:test:{n}", f"Beroep {n}!") for n in range(1500, 4500)])
    with django_assert_max_num_queries(3):
        verschil = compare(versie)
    assert (len(verschil.nieuw), len(verschil.hernoemd), len(verschil.vervallen)) == (1500, 1500, 1500)
    with django_assert_max_num_queries(10):
        versie.put_in_force()
    assert len(in_force()) == 3000
