"""Reads from the file of a levering what there is to choose from, and previews the result of the rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.utils import timezone

from exchange.standard import Soort
from um_portal.errors import FoutMetMelding
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.koppelingen.saved import fitting, regels_of, saved_rules
from uploads.leveringen import voorproef
from uploads.leveringen.context import environment
from uploads.leveringen.intake import raw_of
from uploads.mapping.cells.text import tekst
from uploads.mapping.conversion import Omzetting, Rijuitkomst
from uploads.mapping.eigen import is_eigen_blad, is_eigen_kop
from uploads.mapping.herkenning import herkenning
from uploads.mapping.kolommen import Kolomkop, kolomkoppen
from uploads.mapping.recognition import (
    ALLE_BLADEN,
    BLADNAAM,
    EIGEN,
    GETELD_TOT,
    Herkend,
    NietGekoppeld,
    SoortOnduidelijk,
    first_rows,
    headers_at,
    recognise,
    recognise_headers,
)
from uploads.mapping.regels import Regels, check
from uploads.models import Bronbestand, Levering
from uploads.readers import Bestand, Formaat, Onleesbaar, Tabel, open_file

_SAMPLES = 5
_ROWS_SHOWN = 12
# The longest text of a cell that is shown, in characters.
_SHOWN = 120


class GeenKolommen(FoutMetMelding):
    """The levering has no columns (any more) to choose from; `melding` says why, in Dutch."""


@dataclass(frozen=True, slots=True)
class Kolomvoorstel:
    """One column: its header, at most five different values as texts, and the cells (for `suggest`)."""

    kop: Kolomkop
    voorbeelden: tuple[str, ...]
    monster: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Bladvoorstel:
    """A sheet that can be chosen. `rijen` are its rows that are not empty, counted when there are several sheets.

    `meer`: there may be more of them. `zelfde`: it has the same row of headers as the chosen sheet.
    """

    naam: str
    rijen: int | None
    verborgen: bool
    zelfde: bool

    @property
    def meer(self) -> bool:
        """Tells whether it has so many rows that they were not all counted."""
        return self.rijen is not None and self.rijen >= GETELD_TOT


@dataclass(frozen=True, slots=True)
class Koppelvoorstel:
    """Holds what there is to choose from in a file. Only its uploader sees the cell values.

    They are kept nowhere. `kopregel` 0 means that no row has headers. `rijen` are the first rows of the
    sheet, as number and texts, to choose the header row from. `regels` are the present rules, without those
    for columns that this sheet lacks: the rules chosen before, or those of the koppeling that comes nearest;
    None when there are none. `soort` is None when it is unknown.
    """

    bladen: tuple[Bladvoorstel, ...]
    blad: str
    kopregel: int
    kolommen: tuple[Kolomvoorstel, ...]
    rijen: tuple[tuple[int, tuple[str, ...]], ...]
    regels: Regels | None
    koppeling: str
    soort: Soort | None
    # The names of the sheets that are read under each other with this one.
    samen: frozenset[str] = frozenset()

    @property
    def andere(self) -> tuple[tuple[int, Bladvoorstel], ...]:
        """Gives the other visible sheets with rows, each with its place: nothing on them goes along."""
        return tuple(
            (place, one)
            for place, one in enumerate(self.bladen)
            if one.naam != self.blad
            and one.naam[:BLADNAAM] not in self.samen
            and not one.verborgen
            and (one.rijen or 0) > 1
        )


def proposal(levering: Levering, blad: int | None = None, kopregel: int | None = None) -> Koppelvoorstel:
    """Gives the options of the levering's file, on this sheet and header row or on those found before.

    `blad` is the place of the sheet among those that can be chosen, from 0. Call inside `voor_gemeente`.
    Raises GeenKolommen when the file is gone or has no columns, Onleesbaar when it cannot be read.
    """
    gemeente = levering.gemeente
    bestand = _voorproef(levering)
    tabellen = _sheets(bestand)
    chosen = "" if levering.gekozen_blad == ALLE_BLADEN else levering.gekozen_blad
    before = _sheet_called(tabellen, chosen or levering.blad)
    tabel = tabellen[blad] if blad is not None and blad < len(tabellen) else before
    rijen = first_rows(tabel)
    if kopregel is None:
        known = levering.gekozen_kopregel if levering.gekozen_kopregel is not None else levering.kopregel
        kopregel = known if known is not None and tabel is before else _guess(bestand, tabel)
    if kopregel and not any(rij.nummer == kopregel for rij in rijen):
        kopregel = _guess(bestand, tabel)
    koppen = headers_at(rijen, kopregel, tabel.samengevoegd, tabel.verborgen_kolommen)
    soort = Soort(levering.soort) if levering.soort else None
    regels, naam = regels_of(levering), levering.koppeling
    # Another sheet may have no column that was chosen.
    if regels is None or not fitting(regels, koppen).kolommen:
        regels, naam = _nearest(gemeente, koppen, soort)
    data = [rij for rij in rijen if rij.nummer > kopregel]
    head = _filled(next((rij.waarden for rij in rijen if rij.nummer == kopregel), ()))
    together = {name for name, _ in levering.feiten.get("bladen", [])}
    return Koppelvoorstel(
        bladen=tuple(
            Bladvoorstel(one.naam, one.gevuld, one.verborgen, one is not tabel and _has_row(one, head))
            for one in tabellen
        ),
        blad=tabel.naam,
        kopregel=kopregel,
        kolommen=tuple(
            _column(kolom, [rij.waarden for rij in data])
            for kolom in kolomkoppen(koppen)
            if not is_eigen_kop(kolom.kop)
        ),
        rijen=tuple(
            (rij.nummer, tuple(tekst(value)[:_SHOWN] for value in rij.waarden)) for rij in rijen[:_ROWS_SHOWN]
        ),
        regels=None if regels is None else fitting(regels, koppen),
        koppeling=naam,
        soort=soort or (regels.soort if regels is not None else None),
        samen=frozenset(together) if tabel.naam[:BLADNAAM] in together else frozenset(),
    )


def preview(
    gemeente: Gemeente, levering_id: int, regels: Regels, blad: str, kopregel: int, number: int = 20
) -> list[Rijuitkomst]:
    """Converts the first rows with these rules; the rules need not be complete.

    Raises OngeldigeRegels, GeenKolommen, and Onleesbaar.
    """
    check(regels)
    with voor_gemeente(gemeente):
        levering = Levering.objects.filter(pk=levering_id).first()
        if levering is None:
            raise GeenKolommen(_WEG)
        bestand = _voorproef(levering)
    tabel = _sheet_called(_sheets(bestand), blad)
    koppen = headers_at(first_rows(tabel), kopregel, tabel.samengevoegd, tabel.verborgen_kolommen)
    if not koppen:
        raise GeenKolommen(_GEEN_RIJ)
    found = herkenning(EIGEN, koppen, regels, 0)
    gevonden = Herkend(found, tabel, koppen, kopregel, bestand.epoch_1904)
    omzetting = Omzetting(gevonden, environment(gemeente), vandaag=timezone.localdate())
    return list(islice(omzetting.uitkomsten(), number))


_WEG = "Het bestand van deze levering is gewist. Upload het bestand opnieuw."
_GEEN_RIJ = "In deze rij staan geen kolomnamen. Kies een andere rij."
_JSON = "Dit bestand is JSON volgens de gegevensstandaard. Daar zijn geen kolommen te kiezen."


def _voorproef(levering: Levering) -> Bestand:
    bestand = voorproef.opened(levering)
    if bestand is None:
        try:
            inhoud = raw_of(levering.gemeente, levering.pk)
        except Bronbestand.DoesNotExist:
            raise GeenKolommen(_WEG) from None
        with open_file(inhoud) as whole:
            if whole.formaat is Formaat.JSON:
                raise GeenKolommen(_JSON)
            voorproef.keep(levering.gemeente, levering, voorproef.taste(whole))
        bestand = voorproef.opened(levering)
    assert bestand is not None
    return bestand


def _sheets(bestand: Bestand) -> list[Tabel]:
    found = []
    for tabel in bestand.tabellen:
        first = next(iter(tabel.rijen()), None)
        if first is not None and not is_eigen_blad(first.waarden):
            found.append(tabel)
    if not found:
        raise GeenKolommen("In dit bestand staan geen rijen. Controleer of u het goede bestand koos.")
    return found


def _sheet_called(tabellen: Sequence[Tabel], naam: str) -> Tabel:
    """Gives the sheet of this name, as it is kept (cut off); else the first sheet."""
    return next((one for one in tabellen if one.naam[:BLADNAAM] == naam[:BLADNAAM]), tabellen[0])


def _has_row(tabel: Tabel, head: list[str]) -> bool:
    """Tells whether these same texts stand in one of the first rows of a sheet."""
    return bool(head) and any(_filled(rij.waarden) == head for rij in first_rows(tabel))


def _filled(cells: Sequence[Any]) -> list[str]:
    return [text for text in map(tekst, cells) if text]


def _guess(bestand: Bestand, tabel: Tabel) -> int:
    """Gives the row on this sheet that looks most like headers."""
    try:
        return recognise(replace(bestand, tabellen=(tabel,))).kopregel
    except (NietGekoppeld, SoortOnduidelijk) as problem:
        return problem.kopregel
    except Onleesbaar:
        return 0


def _nearest(gemeente: Gemeente, koppen: Sequence[str], soort: Soort | None) -> tuple[Regels | None, str]:
    """Gives the rules that fit best, complete or not, and the name of their koppeling."""
    saved = recognise_headers(koppen, soort, saved_rules(gemeente))
    found = saved or recognise_headers(koppen, soort)
    if not found:
        return None, ""
    best = max(found, key=lambda one: (one.score, not one.mist))
    return best.regels, best.koppeling


def _column(kolom: Kolomkop, rows: Sequence[Sequence[Any]]) -> Kolomvoorstel:
    cells = [row[kolom.index] for row in rows if kolom.index < len(row)]
    filled = [value for value in cells if value is not None and tekst(value)]
    texts = list(dict.fromkeys(tekst(value)[:_SHOWN] for value in filled))
    return Kolomvoorstel(kolom, tuple(texts[:_SAMPLES]), tuple(filled))
