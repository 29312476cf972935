"""Holds the value lists of the standard: each code with its Dutch label, as the official workbooks give them.

Lists that others maintain are named here without values. The subjects, kinds and agreements of a
werkgeverscontactmoment have codes but no published labels, so the label is the code itself.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from exchange.standard.model import Code, Waardelijst


def _numbers(naam: str, waarden: Mapping[Code, str]) -> Waardelijst:
    return Waardelijst(naam, waarden, numeriek=True)


def _strings(naam: str, waarden: Mapping[Code, str]) -> Waardelijst:
    return Waardelijst(naam, waarden)


def _without_labels(naam: str, codes: Iterable[int]) -> Waardelijst:
    return _numbers(naam, {code: str(code) for code in codes})


_JA_NEE: Mapping[Code, str] = {1: "Ja", 2: "Nee"}
_JA_NEE_ONBEKEND: Mapping[Code, str] = {0: "Onbekend", **_JA_NEE}
_WERK_EN_DENKNIVEAU: Mapping[Code, str] = {
    0: "Niet van toepassing",
    1: "Geen basisopleiding",
    2: "Basisniveau",
    3: "Vmbo-niveau",
    4: "Mbo/havo/vwo-niveau",
    5: "Hbo-niveau",
    6: "Wetenschappelijk onderwijs",
    7: "(Nog) niet bekend",
}

JA_NEE: Final = _numbers("Ja of nee", _JA_NEE)
JA_NEE_ONBEKEND: Final = _numbers("Ja, nee of onbekend", _JA_NEE_ONBEKEND)
JA_NEE_ONBEKEND_NVT: Final = _numbers(
    "Ja, nee, onbekend of niet van toepassing", {**_JA_NEE_ONBEKEND, 8: "Niet van toepassing"}
)

# The same eight levels twice: the contracts carry them as numbers for a person and as strings for a vacancy.
WERK_EN_DENKNIVEAU: Final = _numbers("Werk- en denkniveau", _WERK_EN_DENKNIVEAU)
WERK_EN_DENKNIVEAU_MINIMAAL: Final = _strings(
    "Werk- en denkniveau minimaal", {str(code): label for code, label in _WERK_EN_DENKNIVEAU.items()}
)

OPLEIDINGSNIVEAU: Final = _numbers(
    "Opleidingsniveau",
    {
        1: "Basisonderwijs",
        2: "VMBO",
        3: "HAVO/VWO",
        4: "MBO",
        5: "HBO/Bachelor",
        6: "WO/Master",
        9: "Anders",
    },
)
STATUS_OPLEIDING: Final = _numbers(
    "Status opleiding", {0: "Onbekend", 1: "Succesvol afgerond", 2: "Afgebroken", 3: "Lopend"}
)
TAALBEHEERSING: Final = _numbers(
    "Taalbeheersing",
    {
        0: "Onbekend",
        1: "Geen beheersing",
        2: "Redelijk",
        3: "Goed",
        4: "Uitstekend",
        8: "Niet van toepassing",
    },
)
VERVOERMIDDEL: Final = _numbers(
    "Vervoermiddel",
    {1: "Auto", 2: "Bromfiets", 3: "Fiets", 4: "Motor", 5: "Openbaar vervoer", 9: "Anders"},
)
TYPE_ARBEIDSCONTRACT: Final = _strings("Type arbeidscontract", {"B": "Bepaalde tijd", "O": "Onbepaalde tijd"})
TYPE_OVEREENKOMST: Final = _strings(
    "Type overeenkomst",
    {
        "01": "Reguliere vacature",
        "02": "Leerbaan",
        "03": "Vrijwilligerswerk",
        "04": "Werkervaringsplaats",
    },
)
SOORT_WEBADRES: Final = _numbers(
    "Soort webadres",
    {
        1: "Webadres werkzoekende profiel",
        2: "Webadres CV",
        3: "Webadres werkgever",
        4: "Webadres online sollicitatieformulier",
    },
)
SOLLICITATIEWIJZE: Final = _strings(
    "Sollicitatiewijze",
    {"1": "Per post", "2": "Per telefoon", "3": "Per e-mail", "4": "Per online sollicitatieformulier"},
)
SOORT_RIJBEWIJS: Final = _strings(
    "Soort rijbewijs",
    {
        "AM": "Bromfiets en snorfiets",
        "A1": "Lichte motor, 125 cc en maximaal vermogen van 11 kilowatt (kW)",
        "A2": "Middelzware motor, maximaal vermogen van 35 kilowatt (kW)",
        "A": "Zware motor met onbeperkt vermogen",
        "B": "Auto",
        "B+": "Auto, eventueel met aanhangwagen van meer dan 750kg"
        " met een maximum van 4250 kilo (auto + aanhanger)",
        "BE": "Auto, eventueel met aanhangwagen van meer dan 750kg"
        " met een maximum van 3500 kilo (auto + aanhanger)",
        "C1": "Lichte vrachtwagen met een maximaal gewicht van 7500kg, eventueel met aanhangwagen tot 750kg",
        "C1E": "Lichte vrachtwagen met een maximaal gewicht van 7500kg,"
        " eventueel met aanhangwagen van meer dan 750kg",
        "C": "Vrachtwagen met een gewicht van meer dan 3500kg, eventueel met aanhangwagen tot 750kg",
        "CE": "Vrachtwagen met een gewicht van meer dan 3500kg,"
        " eventueel met aanhangwagen van meer dan 750kg",
        "D1": "Bus voor meer dan 8 en maximaal 16 zitplaatsen (exclusief de bestuurder)."
        " Maximale lengte bus 8 meter.",
        "D1E": "Bus voor maximaal 16 personen excl. bestuurder,"
        " eventueel met aanhangwagen van meer dan 750kg",
        "D": "Bus voor meer dan 8 personen, eventueel met aanhangwagen tot 750kg",
        "DE": "Bus voor meer dan 8 personen, eventueel met aanhangwagen van meer dan 750kg",
        "T": "Trekker",
    },
)

ONDERWERP_CONTACT: Final = _without_labels("Onderwerp contactmoment", range(1, 7))
SOORT_CONTACT: Final = _without_labels("Soort contactmoment", range(1, 7))
SOORT_AFSPRAKEN: Final = _without_labels("Soort afspraken", range(1, 4))

BEROEPEN: Final = Waardelijst("CompetentNL beroepen", extern=True)
COMPETENTIES: Final = Waardelijst("CompetentNL competenties", extern=True)
OPLEIDINGEN: Final = Waardelijst("SuwiML opleidingsnamen", extern=True)
TALEN: Final = Waardelijst("ISO 639-3 talen", extern=True)
SBI: Final = Waardelijst("SBI bedrijfsindeling", extern=True, numeriek=True)
