"""Which koppeling and which kind a file is, found from its header row or from its records."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from exchange.standard import Soort
from uploads.mapping import records
from uploads.mapping.model import Herkenning, Koppeling, Omgeving, Vertaling
from uploads.mapping.sonar import Sonar
from uploads.mapping.standaard import Standaard
from uploads.mapping.values import tekst
from uploads.readers import Bestand, Formaat, Onleesbaar, Tabel

# The first fits best when two do equally well.
KOPPELINGEN: tuple[Koppeling, ...] = (Sonar(), Standaard())
# What a spreadsheet can hold; JSON can hold every kind.
SOORTEN = (Soort.WERKZOEKENDEN, Soort.VACATURES)
_HEADER_WITHIN = 30
_RECORDS_LOOKED_AT = 20

LABELS = {koppeling.naam: koppeling.label for koppeling in KOPPELINGEN} | {records.NAAM: records.LABEL}

_NIET_HERKEND = (
    "De kolommen van dit bestand zijn niet herkend. Upload een Sonar-export, of een bestand waarvan de kolommen "
    "de namen uit de gegevensstandaard hebben."
)


class SoortOnduidelijk(Onleesbaar):
    """The file fits both kinds; somebody has to say which it is."""

    def __init__(self) -> None:
        super().__init__(
            "Het is niet duidelijk of dit bestand werkzoekenden of vacatures bevat. Kies de soort."
        )


@dataclass(frozen=True, slots=True)
class Gevonden:
    """What a file turned out to be, and where its rows begin."""

    herkenning: Herkenning
    tabel: Tabel
    koppen: tuple[str, ...] = ()
    kopregel: int = 0

    @property
    def soort(self) -> Soort:
        """The kind of records in the file."""
        return self.herkenning.soort

    def vertaling(self, omgeving: Omgeving) -> Vertaling:
        """The translation for this file."""
        if self.herkenning.koppeling == records.NAAM:
            return records.RecordVertaling(self.soort, omgeving)
        koppeling = next(k for k in KOPPELINGEN if k.naam == self.herkenning.koppeling)
        return koppeling.vertaling(self.koppen, self.soort, omgeving)


def recognise(bestand: Bestand, soort: Soort | None = None, koppeling: str = "") -> Gevonden:
    """Find out what a file is; `soort` and `koppeling` narrow it down when they are known.

    Raises Onleesbaar when nothing fits or an indispensable column is missing, SoortOnduidelijk when two kinds fit.
    """
    if bestand.formaat is Formaat.JSON:
        return _recognise_records(bestand.tabellen[0], soort, koppeling)
    found = [
        Gevonden(herkenning, tabel, koppen, nummer)
        for tabel in bestand.tabellen
        for nummer, koppen in _header_candidates(tabel)
        for herkenning in recognise_headers(koppen, soort, koppeling)
    ]
    if not found:
        raise Onleesbaar(bestand.te_groot or _NIET_HERKEND)
    # max takes the first of equals: the first sheet, the first row, the first koppeling.
    best = max(found, key=lambda one: (one.herkenning.score, not one.herkenning.mist))
    if any(
        other.soort is not best.soort
        and other.herkenning.score == best.herkenning.score
        and (other.tabel is best.tabel and other.kopregel == best.kopregel)
        for other in found
    ):
        raise SoortOnduidelijk
    if best.herkenning.mist:
        raise Onleesbaar(best.herkenning.mist)
    return best


def recognise_headers(
    koppen: Sequence[str], soort: Soort | None = None, koppeling: str = ""
) -> list[Herkenning]:
    """Everything these headers can be."""
    return [
        herkenning
        for kind in (SOORTEN if soort is None else (soort,))
        for candidate in KOPPELINGEN
        if koppeling in {"", candidate.naam}
        if (herkenning := candidate.herken(koppen, kind)) is not None
    ]


def _header_candidates(tabel: Tabel) -> list[tuple[int, tuple[str, ...]]]:
    rows = [
        (rij.nummer, tuple(_header(value) for value in rij.waarden))
        for rij in islice(tabel.rijen(), _HEADER_WITHIN)
    ]
    return [(nummer, koppen) for nummer, koppen in rows if sum(map(bool, koppen)) >= 2]


def _header(value: Any) -> str:
    # Numbers and dates are never headers, and this keeps data out of what is shown as a header.
    return tekst(value) if isinstance(value, str) else ""


def _recognise_records(tabel: Tabel, soort: Soort | None, koppeling: str) -> Gevonden:
    if koppeling not in {"", records.NAAM, "standaard"}:
        raise Onleesbaar(
            "Dit bestand is JSON. Een koppeling voor kolommen past daar niet op. Laat de koppeling weg."
        )
    sample = [rij.waarden for rij in islice(tabel.rijen(), _RECORDS_LOOKED_AT)]
    if not sample:
        raise Onleesbaar("In dit bestand staan geen records. Controleer of u het goede bestand koos.")
    kinds = records.kinds_of(sample)
    if soort is None:
        if len(kinds) > 1:
            raise SoortOnduidelijk
        if not kinds:
            raise Onleesbaar(
                "De records in dit bestand hebben geen velden uit de gegevensstandaard. "
                "Controleer of u het goede bestand koos."
            )
        soort = kinds[0]
    elif kinds and soort not in kinds:
        other = kinds[0]
        raise Onleesbaar(f"Dit bestand bevat {other.label}, geen {soort.label}. Kies de soort {other.label}.")
    return Gevonden(Herkenning(records.NAAM, soort, len(sample), (), ()), tabel)
