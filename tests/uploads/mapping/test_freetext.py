"""People in free text: a BSN refuses the row, a name, phone number or e-mail address is told."""

import io
import json
import re
import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from openpyxl import Workbook

from exchange.fictief import generate
from exchange.standard import Profiel, Soort, is_bsn, velden
from exchange.standard.persoonsgegevens import has_bsn, has_contact, has_name
from tests.factories import een_contactmoment, een_vacature, een_werkzoekende
from uploads.mapping.conversion import Omzetting, Rijuitkomst
from uploads.mapping.model import Ernst, Omgeving
from uploads.mapping.recognition import recognise
from uploads.mapping.setters import setter
from uploads.readers import open_file

BSN = "799890005"
OMGEVING = Omgeving(lambda text: "pseudoniem", lambda postcode: True)

INNOCENT = [
    "Ik werkte bij Van der Meer Transport",
    "2400 uur",
    "KvK 12345678",
    "KvK-nummer is: 12345672",
    "Ingeschreven bij de Kamer van Koophandel onder nummer 12345672.",
    "Bel mij niet op een 06-nummer",
    "12 december 2019",
    "Van 12-12-2019 t/m 31-12-2020",
    "Van 01-01-2019 tot 31-12-2020, 32 uur per week",
    "Op 12 12 2019 begonnen, op 2020-01-31 gestopt",
    "Gestart op 20191216 en klaar op 16122019",
    "2018 2019 2020",
    "2018-2019, 2019-2020",
    "2.250 tot 2.500 euro bruto per maand",
    "2250 - 2500 euro",
    "€ 12345672 omzet",
    "Een omzet van 12.345.672 euro",
    "Ik was verantwoordelijk voor 100.000.000 pakketten",
    "24 32 36 40 uur is allemaal goed",
    "Postcode 3511 AB, huisnummer 12",
    "3511AB 1012XX 9711AA",
    "OIN 00000001003214345000",
    "Diploma 25180, crebo 25655, niveau 4",
    "NEN 3140, VCA, code 95 en BRL 9101",
    "Zie https://voorbeeld.example/vacatures/79989000/799890005",
    "Vacaturenummer 799890005",
    "RSIN 799890005",
    "Lid van de MR Basisschool De Wegwijzer",
    "Een windpark van 5 MW Noordzee",
    "Gewerkt bij Bakkerij De Heer Utrecht",
    "Geachte heer/mevrouw, ik zoek werk",
    "Vraag naar de heer of mevrouw die over de planning gaat",
    "VRAAG NAAR MEVROUW OF MENEER",
    "Ik hielp meneer. Daarna ging ik naar huis.",
    "Mr.Bricolage en Dr. Oetker",
    "Kapsalon Mevrouwtje",
    "Ik ben telefonist bij de gemeente. Ik werk 36 uur.",
    "Werken @ home is prima",
    "Versie 2.0 van mijzelf, 100% inzet, 7 dagen per week 24/7",
    "Heftruck tot 12.500 kg, 1 2 3 4 5 ploegen",
    "",
]
_OTHER_WORDS = re.compile(
    r"kvk|k\.v\.k|koophandel|register|rsin|isbn|vacature|tel|mobiel|gsm|whatsapp|fax|eur|www|http", re.I
)


@pytest.mark.parametrize("tekst", INNOCENT)
def test_believable_sentences_without_a_person_are_left_alone(tekst: str) -> None:
    assert (has_bsn(tekst), has_contact(tekst), has_name(tekst)) == (False, False, False)


@pytest.mark.parametrize(
    "tekst",
    [
        BSN,
        "799.890.005",
        "799 890 005",
        "799-890-005",
        "7998.90.005",
        "7998 90 005",
        "79 98 90 005",
        "7 9 9 8 9 0 0 0 5",
        "799\u00a0890\u00a0005",
        "799\t890  005",
        "799\u2011890\u2011005",
        "799\u200b890\u200b005",
        "７９９８９０００５",
        "Bel 799890005 nu",
        "BSN:799890005.",
        "bsn799890005bsn",
        "1 799890005 2",
        "32 uur, 799.890.005, 06-12345678",
        "06-12345678 799890005",
        "+31 6 12345678 / 799890005",
        "Van 01-01-2019 tot 31-12-2020 (799890005)",
        "KvK 12345678, BSN 799890005",
        "KvK 799890005",  # nine digits: no KvK number has those
        "BSN 10000008",
        "BSN 010 000 008 5 jaar ervaring",
        "Burgerservicenummer is 799 890 005 06-12345678",
        "https://voorbeeld.example/?bsn=799890005",
        "btw NL799890005B01",
        "12 799.890.005",
    ],
)
def test_a_bsn_is_found_however_it_is_written(tekst: str) -> None:
    assert has_bsn(tekst)


@pytest.mark.parametrize(
    "tekst",
    [
        "123456789",
        "1799890005",
        "7998900051",
        "1.799.890.005",
        "799 890 005 12",
        "NL91ABNA0417164300",
        "NL91 ABNA 0417 1643 00",
        "GB29 NWBK 601613 31926819",
        "BE68 5390 0754 7034",
        "0612345678",
        "06 12 34 56 78",
        "(0223) 12 34 56",
        "010-123 45 67",
        "+48 799 890 005",
        "0031 612345678",
        "mobiel: 612345678",
        "000000000",
    ],
)
def test_what_is_another_number_is_no_bsn(tekst: str) -> None:
    assert not has_bsn(tekst)


@pytest.mark.parametrize(
    "tekst",
    [
        "Bel 06-12345678", "06 12 34 56 78", "0612345678", "06 - 1234 5678", "(010) 123 45 67", "0223-123456",
        "+31 6 12345678", "+31(0)612345678", "0031612345678", "+48 799 890 005", "tel: 612345678",
        "Mail piet@voorbeeld.nl", "piet.jansen+werk@mail.voorbeeld.example", "van 1-1-2019, bel 010-1234567",
    ],
)  # fmt: skip
def test_a_phone_number_or_an_email_address_is_found(tekst: str) -> None:
    assert has_contact(tekst)
    assert not has_bsn(tekst)


@pytest.mark.parametrize(
    "tekst",
    [
        "Vraag naar dhr. Jansen", "Dhr Jansen", "DHR. JANSEN", "mevr. De Vries", "meneer van der Berg",
        "mevrouw Öztürk", "Mevrouw van 't Hart", "De heer P. de Boer", "de heer De Boer", "mw. Łukasz",
        "mw Jansen", "mr. drs. A.B. Bakker", "Drs. Pieterse", "meneer en mevrouw Jansen", "dhr./mevr. Jansen",
        "Mijn leidinggevende was mevrouw El Amrani.",
    ],
)  # fmt: skip
def test_a_name_behind_a_salutation_is_found(tekst: str) -> None:
    assert has_name(tekst)


# --- Anything at all --------------------------------------------------------------------------------------


def _with_check_digit(digits: str) -> str | None:
    total = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), digits, strict=True)) % 11
    return None if total == 10 or int(digits) == 0 else f"{digits}{total}"


_BSNS = st.from_regex(r"[0-9]{8}", fullmatch=True).map(_with_check_digit).filter(bool)
_WORDS = st.lists(
    st.text(st.characters(categories=["L", "Zs"]), max_size=15)
    | st.sampled_from(["Ik", "bel", "werk,", "dhr.", "("]),
    max_size=6,
).map(" ".join)
_SPELLINGS = (
    lambda bsn: bsn,
    lambda bsn: f"{bsn[:3]}.{bsn[3:6]}.{bsn[6:]}",
    lambda bsn: f"{bsn[:3]} {bsn[3:6]} {bsn[6:]}",
    lambda bsn: f"{bsn[:4]}.{bsn[4:6]}.{bsn[6:]}",
    lambda bsn: f"{bsn[:2]} {bsn[2:4]} {bsn[4:6]} {bsn[6:]}",
)


@given(_BSNS, st.sampled_from(_SPELLINGS), _WORDS, _WORDS)
def test_a_bsn_between_any_words_is_found(bsn: str, spell: Any, voor: str, na: str) -> None:
    # Words that say that it is another number, and round millions, are not "any words".
    assume(not _OTHER_WORDS.search(f"{voor} {na}") and not bsn.endswith("000000"))
    assert is_bsn(bsn)
    assert has_bsn(f"{voor} {spell(bsn)} {na}")


@given(st.text() | st.text("0123456789 .-+()@/€dhr.mwBSNKvKX\n", max_size=120))
def test_no_text_breaks_the_guard(tekst: str) -> None:
    has_bsn(tekst), has_contact(tekst), has_name(tekst)


@given(st.text(st.characters(exclude_categories=["Nd"])))
def test_a_text_without_digits_is_never_refused(tekst: str) -> None:
    assert not has_bsn(tekst)


@pytest.mark.parametrize(
    "part", ["1 ", "12.", "0", "a", "@", "dhr. ", "dhr. van ", "+31 ", "bsn ", "NL91 ABNA 1", "€1."]
)
def test_a_long_text_takes_no_long_time(part: str) -> None:
    tekst = part * (20_000 // len(part))
    start = time.process_time()
    has_bsn(tekst), has_contact(tekst), has_name(tekst)
    assert time.process_time() - start < 1  # a pattern that runs away takes minutes; these take milliseconds


# --- In a delivery ----------------------------------------------------------------------------------------


def outcomes(inhoud: bytes, soort: Soort) -> list[Rijuitkomst]:
    return list(Omzetting(recognise(open_file(inhoud), soort), OMGEVING).uitkomsten())


def convert(inhoud: bytes, soort: Soort) -> Rijuitkomst:
    (uitkomst,) = outcomes(inhoud, soort)
    return uitkomst


def deliver(vorm: str, soort: Soort, pad: str, teksten: Sequence[str]) -> list[Rijuitkomst]:
    """Gives the outcomes of records that each have one of the texts in this place, in one file of this form."""
    if vorm == "json":
        een_record = een_werkzoekende if soort is Soort.WERKZOEKENDEN else een_vacature
        records = [een_record(f"X{number}") for number in range(len(teksten))]
        for record, tekst in zip(records, teksten, strict=True):
            setter(pad.replace("[]", "[0]"))(record, tekst)
        return outcomes(json.dumps(records).encode(), soort)
    rijen = [[str(soort.id_pad), str(soort.postcode_pad), pad]]
    rijen += [[f"X{number}", "3511AB", tekst] for number, tekst in enumerate(teksten)]
    if vorm == "csv":
        return outcomes("\n".join(";".join(f'"{cel}"' for cel in rij) for rij in rijen).encode(), soort)
    boek, buffer = Workbook(), io.BytesIO()
    for rij in rijen:
        boek.worksheets[0].append(rij)
    boek.save(buffer)
    return outcomes(buffer.getvalue(), soort)


_FREE = [
    (soort, leaf)
    for soort in (Soort.WERKZOEKENDEN, Soort.VACATURES)
    for leaf in velden(soort)
    if leaf.vrije_tekst
]


@pytest.mark.parametrize("vorm", ["json", "csv", "xlsx"])
@pytest.mark.parametrize(("soort", "leaf"), _FREE, ids=lambda value: getattr(value, "pad", value))
def test_every_free_text_is_guarded_in_every_form(vorm: str, soort: Soort, leaf: Any) -> None:
    allowed = {
        "Vraag naar mevrouw Geheim": "naam_in_tekst",
        "Bel 06-12345678": "contact_in_tekst",
        "Mail geheim@voorbeeld.nl": "contact_in_tekst",
        "Dhr. Geheim, 0612345678": "naam_en_contact_in_tekst",
    }
    refused, *others = deliver(vorm, soort, leaf.pad, ["Mijn nummer is 799.890.005", *allowed])
    assert refused.record is None
    (bevinding,) = refused.bevindingen
    assert (bevinding.opmerking.ernst, bevinding.opmerking.code) == (Ernst.AFGEKEURD, "bsn_in_tekst")
    assert bevinding.kolom == leaf.pad
    assert not re.search("799|890", bevinding.opmerking.melding)

    for (tekst, code), told in zip(allowed.items(), others, strict=True):
        assert told.record is not None
        assert tekst in json.dumps(told.record)
        assert [b.opmerking.code for b in told.bevindingen] == (
            [code] if leaf.profiel is Profiel.ZOEK else []
        )
        assert not any(re.search("eheim|0612", b.opmerking.melding) for b in told.bevindingen)


def test_every_element_of_a_list_is_looked_at() -> None:
    cursussen = [{"naamCursus": f"Les {BSN}"}, {"naamCursus": "Les van dhr. Jansen"}]
    uitkomst = convert(json.dumps([een_vacature("V1", cursus=cursussen)]).encode(), Soort.VACATURES)
    assert uitkomst.record is None
    assert [b.opmerking.code for b in uitkomst.bevindingen] == ["bsn_in_tekst", "naam_in_tekst"]


def test_a_number_as_a_spreadsheet_holds_it_is_looked_at_too() -> None:
    boek, buffer = Workbook(), io.BytesIO()
    boek.worksheets[0].append(["idVacature", "adres.postcode", "omschrijvingVacature"])
    boek.worksheets[0].append(["V1", "3511AB", int(BSN)])
    boek.save(buffer)
    assert convert(buffer.getvalue(), Soort.VACATURES).record is None


def test_a_contact_moment_has_no_free_text_and_its_contact_details_are_its_purpose() -> None:
    uitkomst = convert(json.dumps([een_contactmoment()]).encode(), Soort.WERKGEVERSCONTACTMOMENTEN)
    assert uitkomst.record is not None
    assert uitkomst.bevindingen == ()


def test_made_up_records_never_trip_the_guard() -> None:
    postcodes = generate.Postcodes([3511, 1012])
    for make, soort in (
        (generate.werkzoekenden, Soort.WERKZOEKENDEN),
        (generate.vacatures, Soort.VACATURES),
        (generate.werkgeverscontactmomenten, Soort.WERKGEVERSCONTACTMOMENTEN),
    ):
        records = list(make(7, 300, postcodes))
        omzetting = Omzetting(recognise(open_file(json.dumps(records).encode()), soort), OMGEVING)
        assert not [b for uitkomst in omzetting.uitkomsten() for b in uitkomst.bevindingen]
