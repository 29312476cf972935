"""The choices for columns as functions: every target can become every other one, and the result can be saved."""

from collections.abc import Iterator, Sequence

import pytest
from django.http import QueryDict

from exchange.standard import Soort
from uploads.koppelingen.choice_rules import Keuzefout, from_regels, to_regels
from uploads.koppelingen.choices import ACHTER, MAAND, NIET, Kolomkeuzes, doelgroepen, leaf_at, possible_for
from uploads.koppelingen.codetabel import has_own_codes
from uploads.koppelingen.forms import from_form
from uploads.mapping.kolommen import Kolomkop, kolomkoppen, says_bsn
from uploads.mapping.proposals.header_names import TOESTEMMING
from uploads.mapping.proposals.suggest import regels_from, suggest
from uploads.mapping.regels import Regels, check
from uploads.mapping.regels_json import from_json, to_json

KOLOMMEN = {
    Soort.WERKZOEKENDEN: {
        "Klantnummer": ["W1", "W2"], "BSN": ["111222333", "123456782"], "Postcode": ["3511AB", "1012AB"],
        "Toestemming": ["Ja", "Nee"], "Uren per dag": ["6", "8"], "Beschikbaar per": ["1-3-2026"],
        "Profieltekst": ["Rustig"], "Klantmanager": ["P. Puk"], "Team": ["Werk"], "Afdeling": ["Zuid"],
        "Rijbewijs B": ["ja", "nee"], "Rijbewijs": ["B,C"], "Opleiding 2": ["MBO 4"], "Engels schrijven": ["goed"],
        "Gewenst beroep": ["Kok"], "Banenafspraak": ["ja", "nee"], "Telefoon": ["0612345678"],
        "E-mail": ["a@b.nl"], "Geslachtsnaam": ["Zand"], "Vervoer": ["auto"],
    },
    Soort.VACATURES: {
        "ID Vacature": ["V1", "V2"], "Vacaturetitel": ["Kok", "Lasser"], "Postcode": ["3511AB", "1012AB"],
        "Omschrijving": ["Soep koken"], "Uren": ["32"], "Werkgever": ["De Pan"], "Contactpersoon": ["P. Puk"],
        "Team": ["Werk"], "Sluitingsdatum": ["1-1-2030"], "Niveau": ["MBO"], "Salaris": ["schaal 3"],
        "Contract": ["vast"], "Straat": ["Laan"], "Huisnummer": ["3"],
    },
}  # fmt: skip


def the_page(soort: Soort) -> tuple[Regels, tuple[Kolomkop, ...], dict[str, Sequence[object]]]:
    koppen, values = list(KOLOMMEN[soort]), list(KOLOMMEN[soort].values())
    kolommen = kolomkoppen(koppen)
    begin = regels_from(suggest(koppen, values, soort), koppen, soort)
    return begin, kolommen, {kop.sleutel: values[kop.index] for kop in kolommen}


def as_shown(keuzes: Kolomkeuzes, kolommen: Sequence[Kolomkop]) -> dict[str, str]:
    """Gives what a browser sends of a page with these choices."""
    sent = {"extra": "ja"}
    places = {kop.sleutel: str(kop.index) for kop in kolommen}
    for kop in kolommen:
        name, keuze = f"k{kop.index}", keuzes.kolommen[kop.sleutel]
        sent[f"{name}-doel"] = keuze.doel
        if keuze.doel == NIET:
            continue
        kan = possible_for(keuzes, kop, kolommen)
        sent[f"{name}-bij"] = keuze.doel
        fields = {
            "achter": (kan.achter, places.get(keuze.achter, "")), "taal": (kan.talen, keuze.taal),
            "nummer": (kan.nummers, str(keuze.nummer)), "splits": (kan.splits, keuze.splits),
            "eenheid": (kan.eenheden, keuze.eenheid), "onbekend": (kan.onbekend, keuze.bij_onbekend),
            "tussen": (kan.voeg_samen, keuze.voeg_samen), "toestemming": (kan.toestemming, keuze.toestemming),
            "tekens": (kan.tekens, keuze.tekens), "volgorde": (kan.volgordes, MAAND if keuze.maand_eerst else ""),
            "tabel": (kan.tabel, keuze.tabel),
            "kan-inkorten": (kan.inkorten, "ja"), "inkorten": (kan.inkorten and keuze.inkorten, "ja"),
        }  # fmt: skip
        sent |= {f"{name}-{field}": value for field, (offered, value) in fields.items() if offered}
    return sent


def form(sent: dict[str, str]) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(sent)
    return data


def pairs(soort: Soort) -> Iterator[tuple[Kolomkop, str]]:
    _, kolommen, _ = the_page(soort)
    targets = [optie.waarde for groep in doelgroepen(soort) for optie in groep.opties]
    for kolom in kolommen:
        for doel in (NIET, *targets):
            yield kolom, doel


def is_asked_for(kolom: Kolomkop, doel: str, fout: Keuzefout, soort: Soort) -> bool:
    """Tells whether this fault is a question that the choice itself raises, and not a dead end."""
    if doel == ACHTER:
        return "Kies achter welke kolom" in fout.melding
    if doel == TOESTEMMING:
        return "staat al in een andere kolom" in fout.melding
    return says_bsn(kolom.sleutel) and doel != soort.id_pad and "burgerservicenummers" in fout.melding


@pytest.mark.parametrize("soort", list(KOLOMMEN))
@pytest.mark.parametrize("javascript", [True, False])
def test_every_proposed_target_can_become_every_other_one(soort, javascript):
    begin, kolommen, monsters = the_page(soort)
    first = from_regels(begin, kolommen)
    assert to_regels(first, begin, kolommen, monsters)[1] == ()
    shown = as_shown(first, kolommen)
    for kolom, doel in pairs(soort):
        sent = {**shown, f"k{kolom.index}-doel": doel}
        keuzes = from_form(form(sent), first, kolommen, monsters)
        if javascript:
            # The answer replaced the fields beside the choice; those are sent with the button that saves.
            keuzes = from_form(form(as_shown(keuzes, kolommen)), first, kolommen, monsters)
        assert keuzes.kolommen[kolom.sleutel].doel == doel
        regels, fouten = to_regels(keuzes, begin, kolommen, monsters)
        left = [fout for fout in fouten if not is_asked_for(kolom, doel, fout, soort)]
        assert not left, (kolom.naam, doel, left)
        check(regels)


def test_who_follows_a_column_takes_its_place_when_it_becomes_something_else():
    soort = Soort.WERKZOEKENDEN
    begin, kolommen, monsters = the_page(soort)
    first = from_regels(begin, kolommen)
    assert (first.kolommen["team"].achter, first.kolommen["afdeling"].achter) == (
        "klantmanager",
        "klantmanager",
    )
    head = next(kop for kop in kolommen if kop.sleutel == "klantmanager")
    contact = first.kolommen["klantmanager"].doel
    sent = {**as_shown(first, kolommen), f"k{head.index}-doel": NIET}
    keuzes = from_form(form(sent), first, kolommen, monsters)
    assert keuzes.kolommen["team"].doel == contact
    assert keuzes.kolommen["afdeling"].achter == "team"
    regels, fouten = to_regels(keuzes, begin, kolommen, monsters)
    assert fouten == ()
    assert next(regel.kolommen for regel in regels.regels if "team" in regel.kolommen) == ("team", "afdeling")


def test_codes_of_a_system_are_pasted_once_and_kept_in_the_koppeling():
    soort = Soort.WERKZOEKENDEN
    koppen, values = ["Nr", "Niveau opleiding", "Taalniveau"], [["1"], ["N1", "N5"], ["NT2-A2", "goed"]]
    kolommen = kolomkoppen(koppen)
    monsters = {kop.sleutel: values[kop.index] for kop in kolommen}
    begin = regels_from(suggest(koppen, values, soort), koppen, soort)
    first = from_regels(begin, kolommen)
    assert has_own_codes(leaf_at(soort, first.kolommen["niveauopleiding"].doel), values[1])
    sent = as_shown(first, kolommen)
    sent["k1-tabel"] = "N1\tMBO niveau 1\nN5 = HBO (bachelor)\nN0; leeg"
    sent["k2-tabel"] = "NT2-A2 : basis"
    regels, fouten = to_regels(from_form(form(sent), first, kolommen, monsters), begin, kolommen, monsters)
    assert fouten == ()
    words = {regel.kolommen[0]: dict(regel.waarden) for regel in regels.regels if regel.kolommen}
    assert [words["niveauopleiding"][word] for word in ("n1", "n5", "n0", "havo")] == ["4", "5", "", "3"]
    assert [words["taalniveau"][word] for word in ("nt2-a2", "goed")] == ["2", "3"]
    # What is saved comes back as a table, and stays when nothing is changed.
    again = from_regels(from_json(to_json(regels)), kolommen)
    assert "n1 = " in again.kolommen["niveauopleiding"].tabel
    assert to_regels(again, regels, kolommen, monsters)[0] == regels
    wrong = {**sent, "k1-tabel": "N1 = MBO\nN2 = kaas"}
    _, fouten = to_regels(from_form(form(wrong), first, kolommen, monsters), begin, kolommen, monsters)
    assert [fout.plaats for fout in fouten] == ["niveauopleiding"]
    assert "Regel 2" in fouten[0].melding
