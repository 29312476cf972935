"""Holds the sentences about files that cannot be read, by the name that the reading process uses."""

from collections.abc import Mapping
from typing import Any, Final

_OPNIEUW = "Exporteer de gegevens als xlsx of csv en upload dat bestand."
_OPSLAAN = "Open het in uw spreadsheetprogramma, sla het op als xlsx en upload dat bestand."
BESCHADIGD: Final = (
    "Deze spreadsheet is beschadigd of niet compleet. Open hem in uw programma, sla hem opnieuw op "
    "en upload hem dan."
)
TE_GROOT: Final = (
    "Deze spreadsheet is te groot om te lezen. Zet alleen het blad met de gegevens in een nieuw bestand, "
    "zonder lege opgemaakte rijen en kolommen, en upload dat."
)
GESTOPT: Final = (
    "Dit bestand is te groot om te lezen, of het is beschadigd; welk van de twee, is niet te zien. Het programma dat "
    "leest, is erop gestopt. Zet alleen het blad met de gegevens in een nieuw bestand, zonder lege opgemaakte rijen en "
    "kolommen. Sla het op als xlsx en upload dat."
)
AFGEBROKEN: Final = (
    "Het lezen van dit bestand is van buitenaf afgebroken, bijvoorbeeld omdat de server opnieuw startte of te "
    "weinig geheugen had. Probeer het opnieuw. Gaat het weer mis, zet dan alleen het blad met de gegevens in een "
    "nieuw bestand en upload dat."
)
# A number in braces is told by the reading process.
MELDINGEN: Final[Mapping[str, str]] = {
    "te_groot": TE_GROOT,
    "beschadigd": BESCHADIGD,
    "wachtwoord": (
        "Deze spreadsheet is beveiligd met een wachtwoord. Haal het wachtwoord eraf en upload opnieuw."
    ),
    "rechten": (
        "Deze spreadsheet is beveiligd met rechten (een vertrouwelijkheidslabel). Alleen uw eigen organisatie kan "
        "haar openen. Zet de gegevens in een nieuw bestand zonder dat label, of exporteer ze als csv, en upload dat."
    ),
    "versleuteld": (
        "Deze spreadsheet is versleuteld op een manier die het portaal niet kan lezen. Open haar in Excel, kies "
        "Opslaan als, sla haar op als xlsx zonder wachtwoord en upload dat bestand."
    ),
    "dtd": (
        "In dit XML-bestand staat een documenttype (DOCTYPE). Dat hoort niet in een spreadsheet en is niet veilig. "
        "Open het bestand in uw spreadsheetprogramma, sla het op als xlsx en upload dat bestand."
    ),
    "geen_tabel": (f"Dit is een webpagina zonder tabel, ook als de naam op xls of csv eindigt. {_OPNIEUW}"),
    "leeg": "Dit bestand is leeg. Controleer of u het goede bestand koos.",
    "pdf": f"Dit bestand is een pdf, geen spreadsheet. {_OPNIEUW}",
    "afbeelding": f"Dit bestand is een afbeelding, geen spreadsheet. {_OPNIEUW}",
    "rar": f"Dit bestand is een rar-bestand, geen spreadsheet. {_OPNIEUW}",
    "7z": f"Dit bestand is een 7z-bestand, geen spreadsheet. {_OPNIEUW}",
    "gz": f"Dit bestand is een gz-bestand, geen spreadsheet. {_OPNIEUW}",
    "tekstdocument": f"Dit bestand is een tekstdocument, geen spreadsheet. {_OPNIEUW}",
    "webarchief": (
        f"Dit bestand is een webarchief, ook als de naam op xls eindigt, geen spreadsheet. {_OPNIEUW}"
    ),
    "sylk": f"Dit is een bestand in de oude vorm SYLK (.slk). Die leest het portaal niet. {_OPSLAAN}",
    "dif": f"Dit is een bestand in de oude vorm DIF. Die leest het portaal niet. {_OPSLAAN}",
    "fods": (
        "Dit is een OpenDocument-werkblad in platte XML (.fods). Die vorm leest het portaal niet. "
        "Open het in uw spreadsheetprogramma, sla het op als ods of xlsx en upload dat bestand."
    ),
    "xml": f"Dit bestand is XML, ook als de naam op xls of csv eindigt. {_OPSLAAN}",
    "ole": (
        "Dit is een Office-document, maar geen spreadsheet, of het is niet compleet. "
        "Sla de gegevens op als xlsx en upload dat bestand."
    ),
    "zip": (
        "Dit is een zip-bestand of een ander soort document, geen spreadsheet. "
        "Pak het eerst uit en upload de spreadsheet zelf. Een zip met precies twee bestanden die bij elkaar horen, "
        "leest het portaal wel."
    ),
    "tweetal_gelijk": (
        "U hebt twee keer hetzelfde bestand gekozen. Kies naast het bestand met de mensen of vacatures het bestand met "
        "de andere gegevens."
    ),
    "tweetal_json": (
        "Dit bestand is JSON volgens de gegevensstandaard. Daar hoort geen tweede bestand bij. Lever het alleen aan."
    ),
    "tweetal_zip": "Dit is zelf een zip-bestand. Pak het eerst uit en lever de twee bestanden zelf aan.",
    "tweetal_datums": (
        "De twee bestanden tellen dagen verschillend: het ene vanaf 1900, het andere vanaf 1904. Daardoor staat niet "
        "vast welke dag een datum is. Sla beide bestanden op in hetzelfde programma en lever ze opnieuw aan."
    ),
    "zip_beschadigd": (
        "Dit bestand is beschadigd of niet compleet. Open het in uw programma, sla het opnieuw op "
        "en upload het dan."
    ),
    "zip_wachtwoord": "Dit zip-bestand heeft een wachtwoord. Upload de spreadsheet zelf, zonder wachtwoord.",
    "numbers": (
        "Dit is een bestand van Numbers. Exporteer het in Numbers als Excel-bestand (xlsx) en upload dat."
    ),
    "uitgepakt": (
        "Uitgepakt is dit bestand groter dan {0} MB. "
        "Bewaar alleen het blad met de gegevens in een nieuw bestand en upload dat."
    ),
    "geen_tekst": (
        "Dit bestand is geen spreadsheet en geen tekstbestand. Sla de gegevens in uw programma op als "
        "Excel-bestand (xlsx) of als csv en upload dat bestand."
    ),
    "dubbele_cel": (
        "In een van de bladen staat rij {0} twee keer, met verschillende waarden in dezelfde cel. Open het bestand in "
        "uw spreadsheetprogramma, kijk of alles klopt, sla het op en lever het dan aan."
    ),
    "dubbele_cel_in_rij": (
        "In een van de bladen staat in rij {0} dezelfde cel twee keer, met verschillende waarden. Welke geldt, staat "
        "niet vast. Open het bestand in uw spreadsheetprogramma, kijk of alles klopt, sla het op en lever het dan aan."
    ),
    "csv_fout": (
        "Rond rij {0} is het bestand niet te lezen. Waarschijnlijk staat daar een aanhalingsteken "
        "te veel of te weinig. Sla het bestand op als xlsx en upload het opnieuw."
    ),
    "csv_open": (
        "In rij {0} begint een tekst met een aanhalingsteken dat nergens eindigt. "
        "Herstel dat in uw programma, of sla het bestand op als xlsx."
    ),
    "csv_rijen": (
        "Dit bestand heeft meer dan {0} rijen. Verwijder rijen zonder gegevens onderaan en upload opnieuw."
    ),
    "csv_kolommen": "Rij {0} heeft meer dan {1} kolommen. Controleer of u het goede bestand koos.",
    "json": "Dit bestand is geen geldige JSON. Controleer het met de leverancier van uw systeem.",
    "json_regel": (
        "Dit bestand is geen geldige JSON (rond regel {0}). Controleer het met de leverancier van uw systeem."
    ),
    "json_dubbel": (
        "In record {0} staat dezelfde naam twee keer. Het portaal weet dan niet welke waarde geldt. "
        "Meld dit bij de leverancier van uw systeem."
    ),
    "json_diep": "De JSON is te diep genest. Lever een lijst met records aan volgens de gegevensstandaard.",
    "json_lijsten": (
        "In deze JSON staat niet precies één lijst met records. Lever een lijst aan, of een object met één lijst."
    ),
    "records": (
        "Dit bestand heeft meer dan {0} records. Verdeel het niet: neem contact op met de functioneel beheerder."
    ),
}


def melding_of(fout: Any, getallen: Any = ()) -> str:
    """Gives the sentence for a problem that the reading process tells; any other value is a broken file."""
    # As text only: of a list that holds the same list twice, and so on, the text has no end.
    if type(fout) is not str or fout not in MELDINGEN or type(getallen) is not list:
        return BESCHADIGD
    if not all(type(getal) is int for getal in getallen):
        return BESCHADIGD
    try:
        return MELDINGEN[fout].format(*getallen)
    except IndexError:
        return BESCHADIGD
