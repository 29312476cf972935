"""Writes the results of a search as a file, without any detail, and with the day until which it may be kept."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from django.db.models import QuerySet
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from exchange.bemiddelaar.models import Resultaat, Zoekvraag
from exchange.bemiddelaar.summary import shortcomings
from exchange.standard import Soort
from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.formulas import csv_text
from um_portal.presentation.templatetags.um import datum
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.workbooks.cells import Waarde
from um_portal.workbooks.writer import KOP, Opmaak, Rijenstroom, to_bytes

_KOPPEN: Final = (
    *("Nummer", "", "Postcode", "Afstand (km)", "Uren per week", "Niveau", "Voldoet niet aan"),
    *("Detail opgevraagd", "Vervolg", "vumID"),
)
_BREEDTE: Final = (9, 50, 10, 14, 14, 24, 30, 18, 30, 40)


def _head(zoekvraag: Zoekvraag) -> list[str]:
    """Gives the headings of the columns."""
    what = "Functie" if zoekvraag.soort_van is Soort.VACATURES else "Beroep"
    return [kop or what for kop in _KOPPEN]


def expiry(zoekvraag: Zoekvraag) -> str:
    """Gives the sentence that says until when this may be kept."""
    return f"Gegevens van personen. Wis dit bestand op {datum(zoekvraag.verloopt_op)}: dan verloopt de zoekvraag."


def _rows(zoekvraag: Zoekvraag, results: "QuerySet[Resultaat]") -> Iterator[list[Waarde]]:
    """Yields a row per result, in the order of these results; call inside `voor_gemeente`."""
    found = results.select_related("vervolg").defer("profiel")
    for resultaat in found.iterator(chunk_size=1000):
        resultaat.zoekvraag = zoekvraag
        step = getattr(resultaat, "vervolg", None)
        yield [
            resultaat.volgnummer,
            resultaat.omschrijving or "Zonder beroep",
            resultaat.postcode,
            None if resultaat.afstand_km is None else round(resultaat.afstand_km),
            resultaat.uren,
            resultaat.niveau_label,
            shortcomings(zoekvraag.soort_van, resultaat.tekorten),
            "ja" if resultaat.detail_gevraagd_op else "nee",
            step.tekst if step else "",
            resultaat.vum_id,
        ]


def _log(gemeente: Gemeente, gebruiker: Gebruiker, zoekvraag: Zoekvraag, aantal: int) -> None:
    log_act(
        gemeente,
        Handeling.RESULTATEN_GEDOWNLOAD,
        gebruiker=gebruiker,
        onderwerp=f"zoekvraag {zoekvraag.pk}",
        aantal=aantal,
    )


def as_csv(
    gemeente: Gemeente, gebruiker: Gebruiker, zoekvraag: Zoekvraag, results: "QuerySet[Resultaat]"
) -> bytes:
    """Gives these results of a search as a csv that a Dutch Excel opens as it is; a text never becomes a formula."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    with voor_gemeente(gemeente):
        aantal = results.count()
        writer.writerow([expiry(zoekvraag)])
        writer.writerow([csv_text(str(zoekvraag))])
        writer.writerow(_head(zoekvraag))
        writer.writerows([csv_text(value) for value in row] for row in _rows(zoekvraag, results))
        _log(gemeente, gebruiker, zoekvraag, aantal)
    return ("\ufeff" + text.getvalue()).encode()


def as_xlsx(
    gemeente: Gemeente, gebruiker: Gebruiker, zoekvraag: Zoekvraag, results: "QuerySet[Resultaat]"
) -> bytes:
    """Gives these results of a search as a workbook; a text never becomes a formula."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Resultaten"
    for place, width in enumerate(_BREEDTE, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A4"
    head = _head(zoekvraag)

    def lines() -> Iterator[tuple[int, list[Waarde], dict[int, Opmaak]]]:
        yield 1, [expiry(zoekvraag)], {0: Opmaak(vet=True)}
        yield 2, [str(zoekvraag)], {}
        yield 3, [*head], dict.fromkeys(range(len(head)), KOP)
        for number, row in enumerate(_rows(zoekvraag, results), start=4):
            yield number, row, {}

    with voor_gemeente(gemeente):
        aantal = results.count()
        content = to_bytes(workbook, [Rijenstroom(sheet, len(head), lines(), aantal + 3)])
        _log(gemeente, gebruiker, zoekvraag, aantal)
    return content
