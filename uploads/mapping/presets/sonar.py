"""Reads the Sonar dashboard export: 35 columns, and rules for those that have a place in the standard.

The columns are found by their headers, so they may have moved, and others may stand between them. Names,
addresses, gender and age have no place in the standard and are never read.
"""

from collections.abc import Sequence

from exchange.standard import Soort
from exchange.standard.waardelijsten import OPLEIDINGSNIVEAU, VERVOERMIDDEL
from uploads.mapping.cells.text import kopsleutel
from uploads.mapping.herkenning import Herkenning, herkenning
from uploads.mapping.regels import GEWONE_SPLITS, SONAR, Regel, Regels, Toestemming
from uploads.mapping.words import words_of_list

_SOORT = Soort.WERKZOEKENDEN
_OPLEIDING = "arbeidsmarktkwalificatie.opleiding[0]"
_TAAL = "arbeidsmarktkwalificatie.taalbeheersing[0]"
_MONDELING = f"{_TAAL}.codeNiveauTaalbeheersingMondeling"
_SCHRIFTELIJK = f"{_TAAL}.codeNiveauTaalbeheersingSchriftelijk"

# All headers of the export, used or not; they identify it.
KOPPEN = (
    "Datum melding", "1e uitk dag (niet WW)", "BSN", "ID_WZ", "Beschikbare uren/wk", "Opleidingsniveau",
    "Beroepssector", "Bemiddelingsberoep", "Mondeling Nederlands", "Schriftelijk Nederlands", "Rijbewijs",
    "Inschrijfdatum", "Geslacht", "Telefoonnummer", "Volledige Naam", "Leeftijd", "E-mailadres", "Vervoer",
    "Gemeente", "Postcode", "Plaats", "Straatnaam", "Huisnummer", "Huisnummer Toevoeging", "Banenafspraak",
    "Klantprofiel", "Arbeidsmarktregio", "Cases (aantal)", "Sonar", "Medewerker Naam", "Organisatie Naam",
    "GSD Kantoor", "Participatieladder", "Aantal", "Toestemming",
)  # fmt: skip

_ANDERS = "9"


def _regel(doel: str, *koppen: str, **how: object) -> Regel:
    return Regel(doel, tuple(map(kopsleutel, koppen)), **how)  # type: ignore[arg-type]


REGELS = Regels(
    _SOORT,
    (
        _regel("idWerkzoekende", "ID_WZ", pseudoniem=True),
        _regel("idWerkzoekende", "BSN", pseudoniem=True),
        _regel("mobiliteit.bemiddelingspostcode", "Postcode"),
        _regel("werktijden.aantalWerkurenPerWeekMaximaal", "Beschikbare uren/wk"),
        _regel(
            f"{_OPLEIDING}.codeNiveauOpleiding",
            "Opleidingsniveau",
            waarden=tuple(words_of_list(OPLEIDINGSNIVEAU).vast.items()),
            per_woord=True,
            bij_onbekend=_ANDERS,
        ),
        _regel(
            f"{_OPLEIDING}.codeStatusOpleiding", constante="1", alleen_met=f"{_OPLEIDING}.codeNiveauOpleiding"
        ),
        _regel(
            f"{_OPLEIDING}.indicatieDiploma", constante="1", alleen_met=f"{_OPLEIDING}.codeNiveauOpleiding"
        ),
        _regel("sector[0].codeSbi", "Beroepssector"),
        _regel("bemiddelingsberoep[].codeBeroepsnaam", "Bemiddelingsberoep", splits=GEWONE_SPLITS),
        _regel(f"{_TAAL}.codeTaal", constante="nld", alleen_met=_MONDELING),
        _regel(f"{_TAAL}.codeTaal", constante="nld", alleen_met=_SCHRIFTELIJK),
        _regel(_MONDELING, "Mondeling Nederlands"),
        _regel(_SCHRIFTELIJK, "Schriftelijk Nederlands"),
        _regel(
            "arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs",
            "Rijbewijs",
            splits=",;/|\n en ",
        ),
        _regel(
            "vervoermiddel[].codeVervoermiddel",
            "Vervoer",
            splits=",;/|+&\n en ",
            waarden=tuple(words_of_list(VERVOERMIDDEL).vast.items()),
            bij_onbekend=_ANDERS,
        ),
        _regel("indicatieLdrRegistratie", "Banenafspraak"),
        _regel("telefoonnummer[]", "Telefoonnummer"),
        _regel("emailadres[]", "E-mailadres"),
        _regel(
            "contactpersoon[0].naamContactpersoonAfdeling",
            "Medewerker Naam",
            "Organisatie Naam",
            inkorten=True,
        ),
    ),
    Toestemming(kopsleutel("Toestemming")),
    SONAR,
)

_BEKEND = {kopsleutel(kop) for kop in KOPPEN}
# These headers point to Sonar more clearly than a postcode or a phone number does.
_EIGEN = {
    kopsleutel(kop)
    for kop in ("ID_WZ", "BSN", "Toestemming", "Bemiddelingsberoep", "Beschikbare uren/wk", "Sonar")
}
_MIN_SCORE = 6


class Sonar:
    """The koppeling for the Sonar export."""

    naam = SONAR
    label = "Sonar-export (dashboard)"

    def herken(self, koppen: Sequence[str], soort: Soort) -> Herkenning | None:
        """Recognises a header row with at least six headers of the export, two of which nobody else has."""
        present = {kopsleutel(kop) for kop in koppen}
        score = len(present & _BEKEND)
        if soort is not _SOORT or score < _MIN_SCORE or len(present & _EIGEN) < 2:
            return None
        return herkenning(self.naam, koppen, REGELS, score, _what_is_missing(present))


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
