"""The Sonar dashboard export: 35 columns, of which the standard has a place for these.

The columns may have moved and others may stand between them; they are known by their headers. Names,
addresses, gender and age have no place in the standard and are never read.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from exchange.standard import Soort, blad, is_bsn
from uploads.mapping.model import (
    AFWEZIG,
    Cel,
    Ernst,
    Herkenning,
    Kolom,
    Lees,
    Meld,
    MeldOnbekend,
    Omgeving,
    Opmerking,
    Record,
    fill,
    setter,
)
from uploads.mapping.values import (
    bsn_of,
    cut_at_word,
    is_afwezig,
    kopsleutel,
    read_code,
    read_email,
    read_listed,
    read_number,
    read_phone,
    read_postcode,
    read_several,
    tekst,
    waarschuwing,
    whole_number,
)

_SOORT = Soort.WERKZOEKENDEN
_OPLEIDING = "arbeidsmarktkwalificatie.opleiding[0]"
_TAAL = "arbeidsmarktkwalificatie.taalbeheersing[0]"
_RIJBEWIJS = "arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs"
_CONTACT = "contactpersoon[].naamContactpersoonAfdeling"

BEROEPEN = "beroepen"
SECTOREN = "sbi"

OPLEIDINGSNIVEAUS: Mapping[str, int] = {
    "basisonderwijs": 1, "vmbo": 2, "havo": 3, "vwo": 3, "mbo": 4, "hbo": 5, "bachelor": 5, "wo": 6, "master": 6,
}  # fmt: skip
VERVOER: Mapping[str, int] = {
    "auto": 1, "bromfiets": 2, "scooter": 2, "fiets": 3, "motor": 4, "ov": 5, "openbaar vervoer": 5, "anders": 9,
}  # fmt: skip
_ANDERS = 9
_VERVOER_SEPARATORS = re.compile(r"[,;/|+&\n]| en ", re.IGNORECASE)
_RIJBEWIJS_SEPARATORS = re.compile(r"[,;/|\n ]| en ", re.IGNORECASE)

# All headers of the export, used or not: by these it is recognised.
KOPPEN = (
    "Datum melding", "1e uitk dag (niet WW)", "BSN", "ID_WZ", "Beschikbare uren/wk", "Opleidingsniveau",
    "Beroepssector", "Bemiddelingsberoep", "Mondeling Nederlands", "Schriftelijk Nederlands", "Rijbewijs",
    "Inschrijfdatum", "Geslacht", "Telefoonnummer", "Volledige Naam", "Leeftijd", "E-mailadres", "Vervoer",
    "Gemeente", "Postcode", "Plaats", "Straatnaam", "Huisnummer", "Huisnummer Toevoeging", "Banenafspraak",
    "Klantprofiel", "Arbeidsmarktregio", "Cases (aantal)", "Sonar", "Medewerker Naam", "Organisatie Naam",
    "GSD Kantoor", "Participatieladder", "Aantal", "Toestemming",
)  # fmt: skip
_GEBRUIKT = {
    kopsleutel(kop)
    for kop in (
        "BSN", "ID_WZ", "Beschikbare uren/wk", "Opleidingsniveau", "Beroepssector", "Bemiddelingsberoep",
        "Mondeling Nederlands", "Schriftelijk Nederlands", "Rijbewijs", "Telefoonnummer", "E-mailadres", "Vervoer",
        "Postcode", "Banenafspraak", "Medewerker Naam", "Organisatie Naam", "Toestemming",
    )
}  # fmt: skip
_BEKEND = {kopsleutel(kop) for kop in KOPPEN}
# These say "Sonar" louder than a postcode or a phone number does.
_EIGEN = {
    kopsleutel(kop)
    for kop in ("ID_WZ", "BSN", "Toestemming", "Bemiddelingsberoep", "Beschikbare uren/wk", "Sonar")
}
_MIN_SCORE = 6


def _read_opleiding(value: object) -> Cel:
    text = tekst(value)
    if is_afwezig(text):
        return AFWEZIG
    words = re.split(r"[^a-z]+", text.casefold())
    code = next((OPLEIDINGSNIVEAUS[word] for word in words if word in OPLEIDINGSNIVEAUS), None)
    if code is None:
        return waarschuwing(
            "opleiding_anders",
            "Dit opleidingsniveau is niet bekend en is opgenomen als Anders. Gebruik basisonderwijs, VMBO, HAVO/VWO, "
            "MBO, HBO of WO.",
            _ANDERS,
        )
    return Cel(code)


def _read_vervoer(value: object) -> Cel:
    text = tekst(value)
    if is_afwezig(text) or text.casefold() in {"geen", "geen vervoer"}:
        return AFWEZIG
    code = VERVOER.get(text.casefold())
    if code is None:
        return waarschuwing(
            "vervoer_anders",
            "Dit vervoermiddel is niet bekend en is opgenomen als Anders. Gebruik auto, bromfiets, scooter, fiets, "
            "motor of OV.",
            _ANDERS,
        )
    return Cel(code)


def _read_sector(known: Mapping[str, str]) -> Lees:
    listed = read_listed(
        SECTOREN,
        known,
        "Deze sector is geen SBI-code en is weggelaten. Vul de SBI-code in of koppel de waarde.",
        "sector_onbekend",
    )

    def read(value: object) -> Cel:
        number = whole_number(value)
        if number is None and (cel := listed(value)).waarde is not None:
            number = whole_number(cel.waarde)
        elif number is None:
            return listed(value)
        if number is None or not 0 <= number <= 99_999:
            return Cel(
                None,
                Opmerking(
                    Ernst.WAARSCHUWING,
                    "sector_onbekend",
                    "Een SBI-code heeft ten hoogste vijf cijfers; deze is weggelaten. Controleer de code.",
                ),
            )
        return Cel(number)

    return read


def _zonder_geen(lees: Lees) -> Lees:
    def read(value: object) -> Cel:
        return (
            AFWEZIG if isinstance(value, str) and tekst(value).casefold() in {"geen", "nee"} else lees(value)
        )

    return read


def _code_of(pad: str) -> Lees:
    waardelijst = blad(_SOORT, pad).attribuut.waardelijst
    if waardelijst is None:
        raise ValueError(pad)
    return read_code(waardelijst)


def _columns(omgeving: Omgeving) -> Mapping[str, tuple[Lees, str, bool]]:
    """Per header: how its cells are read, where that goes, and whether values hardly repeat."""
    beroep = read_listed(
        BEROEPEN,
        omgeving.codes.get(BEROEPEN, {}),
        "Dit beroep staat niet in de beroepenlijst en is weggelaten. Koppel de waarde aan een beroep uit de lijst.",
        "beroep_onbekend",
    )
    return {
        "Postcode": (read_postcode(omgeving.ligt_ergens), "mobiliteit.bemiddelingspostcode", False),
        "Beschikbare uren/wk": (
            read_number(0, 99, "uur|uren|u|uur per week|uren per week|uur/wk"),
            "werktijden.aantalWerkurenPerWeekMaximaal",
            False,
        ),
        "Opleidingsniveau": (_read_opleiding, f"{_OPLEIDING}.codeNiveauOpleiding", False),
        "Beroepssector": (_read_sector(omgeving.codes.get(SECTOREN, {})), "sector[0].codeSbi", False),
        "Bemiddelingsberoep": (read_several(beroep), "bemiddelingsberoep[].codeBeroepsnaam", False),
        "Mondeling Nederlands": (
            _code_of("arbeidsmarktkwalificatie.taalbeheersing[].codeNiveauTaalbeheersingMondeling"),
            f"{_TAAL}.codeNiveauTaalbeheersingMondeling",
            False,
        ),
        "Schriftelijk Nederlands": (
            _code_of("arbeidsmarktkwalificatie.taalbeheersing[].codeNiveauTaalbeheersingSchriftelijk"),
            f"{_TAAL}.codeNiveauTaalbeheersingSchriftelijk",
            False,
        ),
        "Rijbewijs": (
            _zonder_geen(read_several(_code_of(_RIJBEWIJS), _RIJBEWIJS_SEPARATORS)),
            _RIJBEWIJS,
            False,
        ),
        "Vervoer": (
            read_several(_read_vervoer, _VERVOER_SEPARATORS),
            "vervoermiddel[].codeVervoermiddel",
            False,
        ),
        "Banenafspraak": (_code_of("indicatieLdrRegistratie"), "indicatieLdrRegistratie", False),
        "Telefoonnummer": (read_phone, "telefoonnummer[]", True),
        "E-mailadres": (read_email, "emailadres[]", True),
    }


class SonarVertaling:
    """The translation of one Sonar file."""

    soort = _SOORT
    vol = True

    def __init__(self, koppen: Sequence[str], omgeving: Omgeving) -> None:
        where = _positions(koppen)
        self._pseudoniem = omgeving.pseudoniem
        self._cell: dict[str, Callable[[Sequence[Any]], Any]] = {
            naam: _cell(where.get(kopsleutel(naam)))
            for naam in ("Toestemming", "ID_WZ", "BSN", "Medewerker Naam", "Organisatie Naam")
        }
        self._kolommen: list[Kolom] = []
        self._koppen: dict[str, str] = {"idWerkzoekende": "ID_WZ", _CONTACT: "Medewerker Naam"}
        for naam, (lees, pad, uniek) in _columns(omgeving).items():
            index = where.get(kopsleutel(naam))
            if index is not None:
                self._kolommen.append(Kolom(index, naam, lees, setter(pad), uniek))
                self._koppen[pad.replace("[0]", "[]")] = naam
        self._contacten: dict[tuple[Any, Any], tuple[str, bool]] = {}

    def kop_van(self, pad: str) -> str:
        """The Sonar header behind an attribute."""
        return self._koppen.get(pad, pad)

    def vertaal(self, waarden: Any, meld: Meld, onbekend: MeldOnbekend) -> Record | None:
        """One jobseeker, if there is consent and the cells can be understood."""
        if tekst(self._cell["Toestemming"](waarden)).casefold() != "ja":
            meld(
                "Toestemming",
                Opmerking(
                    Ernst.OVERGESLAGEN,
                    "geen_toestemming",
                    "Er is geen toestemming om dit profiel te delen. Staat er Ja in deze kolom, dan gaat het mee.",
                ),
            )
            return None
        record: Record = {}
        eigen_id = self._id(waarden, meld)
        if eigen_id:
            record["idWerkzoekende"] = eigen_id
        good = fill(record, self._kolommen, waarden, meld, onbekend) and bool(eigen_id)
        if not good:
            return None
        self._complete(record, waarden, meld)
        return record

    def _id(self, waarden: Sequence[Any], meld: Meld) -> str:
        eigen = tekst(self._cell["ID_WZ"](waarden))
        self._koppen["idWerkzoekende"] = "BSN" if is_afwezig(eigen) else "ID_WZ"
        if not is_afwezig(eigen):
            # Somebody's BSN may stand in this column just as well; the pseudonym is then that of the BSN.
            return self._pseudoniem(bsn_of(eigen) if is_bsn(eigen) else eigen)
        bsn = bsn_of(self._cell["BSN"](waarden))
        if not bsn:
            meld(
                "ID_WZ",
                Opmerking(
                    Ernst.AFGEKEURD,
                    "geen_id",
                    "Er is geen ID_WZ en geen BSN, dus dit profiel is bij een volgende levering niet te herkennen. "
                    "Vul een van beide in.",
                ),
            )
            return ""
        if not is_bsn(bsn):
            meld(
                "BSN",
                Opmerking(
                    Ernst.WAARSCHUWING,
                    "bsn_onjuist",
                    "Dit is geen geldig BSN. Controleer het nummer, of vul ID_WZ in.",
                ),
            )
        return self._pseudoniem(bsn)

    def _complete(self, record: Record, waarden: Sequence[Any], meld: Meld) -> None:
        """What follows from several columns, or from the presence of one."""
        kwalificatie = record.get("arbeidsmarktkwalificatie", {})
        for opleiding in kwalificatie.get("opleiding", ()):
            opleiding.update(codeStatusOpleiding=1, indicatieDiploma=1)
        for taal in kwalificatie.get("taalbeheersing", ()):
            taal["codeTaal"] = "nld"
        key = (self._cell["Medewerker Naam"](waarden), self._cell["Organisatie Naam"](waarden))
        contact = self._contacten.get(key)
        if contact is None:
            whole = ", ".join(text for part in key if not is_afwezig(text := tekst(part)))
            contact = self._contacten[key] = (cut_at_word(whole, 35), len(whole) > 35)
        naam, ingekort = contact
        if ingekort:
            meld(
                "Medewerker Naam",
                Opmerking(
                    Ernst.WAARSCHUWING,
                    "contact_ingekort",
                    "De naam van de medewerker en de organisatie samen is langer dan 35 tekens en is ingekort. "
                    "Gebruik een kortere naam.",
                ),
            )
        if naam:
            record["contactpersoon"] = [{"naamContactpersoonAfdeling": naam}]


class Sonar:
    """The koppeling itself."""

    naam = "sonar"
    label = "Sonar-export (dashboard)"

    def herken(self, koppen: Sequence[str], soort: Soort) -> Herkenning | None:
        """At least six headers of the export, two of which nobody else has."""
        keys = [kopsleutel(kop) for kop in koppen]
        present = set(keys)
        score = len(present & _BEKEND)
        if soort is not _SOORT or score < _MIN_SCORE or len(present & _EIGEN) < 2:
            return None
        seen: set[str] = set()
        used, unused = [], []
        for kop, key in zip(koppen, keys, strict=True):
            if key in _GEBRUIKT and key not in seen:
                used.append(kop)
                seen.add(key)
            elif key:
                unused.append(kop)
        return Herkenning(self.naam, soort, score, tuple(used), tuple(unused), _what_is_missing(present))

    def vertaling(self, koppen: Sequence[str], soort: Soort, omgeving: Omgeving) -> SonarVertaling:
        """The translation for a file with these headers."""
        return SonarVertaling(koppen, omgeving)


def _what_is_missing(present: set[str]) -> str:
    if "toestemming" not in present:
        return (
            "De kolom Toestemming ontbreekt, dus van niemand is bekend of het profiel gedeeld mag worden. "
            "Exporteer opnieuw met deze kolom."
        )
    if "postcode" not in present:
        return (
            "De kolom Postcode ontbreekt. Zonder postcode kan niemand op afstand zoeken. "
            "Exporteer opnieuw met deze kolom."
        )
    if not present & {"idwz", "bsn"}:
        return "De kolommen ID_WZ en BSN ontbreken allebei. Exporteer opnieuw met ten minste een van beide."
    return ""


def _positions(koppen: Sequence[str]) -> dict[str, int]:
    """Where each header is; of a double one the first."""
    found: dict[str, int] = {}
    for index, kop in enumerate(koppen):
        found.setdefault(kopsleutel(kop), index)
    return found


def _cell(index: int | None) -> Callable[[Sequence[Any]], Any]:
    if index is None:
        return lambda waarden: None
    return lambda waarden: waarden[index] if index < len(waarden) else None
