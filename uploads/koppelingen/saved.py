"""A municipality's koppelingen: choosing what each column of a file is, seeing what that does, and saving it by name.

A saved koppeling has versions, which never change. Its newest version is recognised in the next file.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from exchange.standard import Soort
from um_portal.audit.log import noteer
from um_portal.jobs import put_back
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen import voorproef
from uploads.mapping.conversion import Bevinding, Omzetting
from uploads.leveringen.context import environment
from uploads.leveringen.intake import raw_of
from uploads.mapping.eigen import is_eigen_blad, is_eigen_kop
from uploads.mapping.herkenning import herkenning, looks_like_data
from uploads.mapping.model import Ernst, Record
from uploads.mapping.recognition import (
    BLADNAAM,
    EIGEN,
    LABELS,
    Gevonden,
    NietGekoppeld,
    Opgeslagen,
    SoortOnduidelijk,
    eerste_rijen,
    koppen_op,
    recognise,
    recognise_headers,
)
from uploads.mapping.regels import (
    Kolomkop,
    OngeldigeRegels,
    Regels,
    controleer,
    from_json,
    kolomkoppen,
    to_json,
    wat_ontbreekt,
)
from uploads.mapping.cells.text import sleutel, tekst
from uploads.models import Bronbestand, Koppeling, Koppelingversie, Levering, Status
from uploads.readers import Bestand, Formaat, Onleesbaar, Tabel, open_file, recognise_format

log = logging.getLogger(__name__)

LANGSTE_NAAM = 60
_SAMPLES = 5
_ROWS_SHOWN = 12
# As long as what is shown of a cell.
_SHOWN = 120


class GeenKolommen(Exception):
    """The levering has no columns (any more) to choose from; `melding` says why, in Dutch."""

    def __init__(self, melding: str) -> None:
        super().__init__(melding)
        self.melding = melding


# --- Choosing columns ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kolomvoorstel:
    """One column: its header, up to five different values as texts, and the cells themselves (for `suggest`)."""

    kop: Kolomkop
    voorbeelden: tuple[str, ...]
    monster: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Bladvoorstel:
    """A sheet that can be chosen, and how many rows it has, as far as that is known."""

    naam: str
    rijen: int | None
    verborgen: bool


@dataclass(frozen=True, slots=True)
class Voorstel:
    """What there is to choose from in a file. Cell values are for who uploaded it: show them, keep them nowhere.

    `kopregel` 0: there is no row with headers. `rijen` are the first rows of the sheet, as number and texts, to choose
    that row from. `regels` are those there are now, without what this sheet has no columns for: chosen before, or of
    the koppeling that comes nearest; None when nothing does. `soort` is None when nothing tells.
    """

    bladen: tuple[Bladvoorstel, ...]
    blad: str
    kopregel: int
    kolommen: tuple[Kolomvoorstel, ...]
    rijen: tuple[tuple[int, tuple[str, ...]], ...]
    regels: Regels | None
    koppeling: str
    soort: Soort | None


def proposal(levering: Levering, blad: int | None = None, kopregel: int | None = None) -> Voorstel:
    """What there is to choose from in the levering's file, on this sheet and header row or those found before.

    `blad` is the place of the sheet among those that can be chosen, from 0.

    Call inside `voor_gemeente`. Raises GeenKolommen when the file is gone or has no columns, Onleesbaar when it cannot
    be read.
    """
    gemeente = levering.gemeente
    bestand = _voorproef(levering)
    tabellen = _sheets(bestand)
    before = _sheet_called(tabellen, levering.gekozen_blad or levering.blad)
    tabel = tabellen[blad] if blad is not None and blad < len(tabellen) else before
    rijen = eerste_rijen(tabel)
    if kopregel is None:
        known = levering.gekozen_kopregel if levering.gekozen_kopregel is not None else levering.kopregel
        kopregel = known if known is not None and tabel is before else _guess(bestand, tabel)
    if kopregel and not any(rij.nummer == kopregel for rij in rijen):
        kopregel = _guess(bestand, tabel)
    koppen = koppen_op(rijen, kopregel, tabel.samengevoegd)
    soort = Soort(levering.soort) if levering.soort else None
    regels, naam = regels_of(levering), levering.koppeling
    # On another sheet nothing may be left of what was chosen.
    if regels is None or not passend(regels, koppen).kolommen:
        regels, naam = _nearest(gemeente, koppen, soort)
    data = [rij for rij in rijen if rij.nummer > kopregel]
    return Voorstel(
        bladen=tuple(Bladvoorstel(one.naam, one.aantal, one.verborgen) for one in tabellen),
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
        regels=None if regels is None else passend(regels, koppen),
        koppeling=naam,
        soort=soort or (regels.soort if regels is not None else None),
    )


def passend(regels: Regels, koppen: Sequence[str]) -> Regels:
    """The rules without what this header row has no columns for."""
    present = {kolom.sleutel for kolom in kolomkoppen(koppen)}
    kept = [
        replace(regel, kolommen=tuple(key for key in regel.kolommen if key in present))
        for regel in regels.regels
    ]
    kept = [regel for regel in kept if regel.kolommen or regel.constante]
    targets = {regel.doel for regel in kept}
    toestemming = regels.toestemming
    if toestemming is not None and toestemming.kolom and toestemming.kolom not in present:
        toestemming = None
    return replace(
        regels,
        regels=tuple(regel for regel in kept if not regel.alleen_met or regel.alleen_met in targets),
        toestemming=toestemming,
    )


def set_regels(
    gemeente: Gemeente,
    levering_id: int,
    regels: Regels,
    blad: str,
    kopregel: int,
    soort: Soort,
    gebruiker: AbstractBaseUser | None,
    versie: Koppelingversie | None = None,
) -> bool:
    """Let the levering be converted (again) with these rules; `versie` when they were saved. The caller enqueues it.

    False when that cannot be any more: it is being worked on, published or withdrawn, or its file is gone.
    Raises OngeldigeRegels when the rules cannot be used or are not complete.
    """
    _check_complete(regels, soort)
    with voor_gemeente(gemeente):
        if not Bronbestand.objects.filter(levering_id=levering_id).exists():
            return False
        possible = [Status.KOPPELEN, Status.MISLUKT, Status.OMGEZET]
        done = put_back(
            Levering.objects.filter(pk=levering_id, status__in=possible),
            status=Status.ONTVANGEN,
            soort=soort.value,
            vraagt_soort=False,
            gekozen_blad=blad[:BLADNAAM],
            gekozen_kopregel=kopregel,
            regels=keys.versleutel(gemeente, to_json(regels).encode(), regels_context(levering_id)),
            koppelingversie=versie,
            melding="",
        )
        if done:
            noteer(gemeente, "kolommen_gekozen", gebruiker=gebruiker, onderwerp=f"levering {levering_id}")
    return done


def regels_of(levering: Levering) -> Regels | None:
    """The rules that somebody made for this levering; None when there are none that the standard still takes."""
    if levering.regels is None:
        return None
    plain = keys.ontsleutel(levering.gemeente, bytes(levering.regels), regels_context(levering.pk))
    try:
        return from_json(plain)
    except OngeldigeRegels:
        log.warning("levering %s has rules that the standard does not take", levering.pk)
        return None


def regels_context(levering_id: int) -> str:
    """The context under which a levering's own rules are encrypted."""
    return f"regels:{levering_id}"


# --- What it does -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Voorbeeldrij:
    """What becomes of one row: a record or none, and the remarks."""

    rij: int
    record: Record | None
    bevindingen: tuple[Bevinding, ...]

    @property
    def lot(self) -> str:
        """What happens to it, in Dutch: goes along, is skipped or refused."""
        if self.record is not None:
            return "gaat mee"
        skipped = any(one.opmerking.ernst is Ernst.OVERGESLAGEN for one in self.bevindingen)
        return "overgeslagen" if skipped else "afgekeurd"


def preview(
    gemeente: Gemeente, levering_id: int, regels: Regels, blad: str, kopregel: int, number: int = 20
) -> list[Voorbeeldrij]:
    """What the first rows become with these rules; they need not be complete.

    Raises OngeldigeRegels, GeenKolommen, and Onleesbaar.
    """
    controleer(regels)
    with voor_gemeente(gemeente):
        levering = Levering.objects.filter(pk=levering_id).first()
        if levering is None:
            raise GeenKolommen(_WEG)
        bestand = _voorproef(levering)
    tabel = _sheet_called(_sheets(bestand), blad)
    koppen = koppen_op(eerste_rijen(tabel), kopregel, tabel.samengevoegd)
    if not koppen:
        raise GeenKolommen(_GEEN_RIJ)
    found = herkenning(EIGEN, koppen, regels, 0)
    gevonden = Gevonden(found, tabel, koppen, kopregel, bestand.epoch_1904)
    omzetting = Omzetting(gevonden, environment(gemeente), vandaag=timezone.localdate())
    return [
        Voorbeeldrij(one.rij, one.record, one.bevindingen) for one in islice(omzetting.uitkomsten(), number)
    ]


# --- Saving -------------------------------------------------------------------------------------------------


def save(
    gemeente: Gemeente, naam: str, regels: Regels, gebruiker: AbstractBaseUser | None
) -> Koppelingversie:
    """Keep rules by name: a new koppeling, or the next version of the one with this name.

    The same rules as its newest version make no new one. A koppeling that was put away is in use again.
    Raises OngeldigeRegels, also for a name that cannot be used.
    """
    naam = _good_name(naam)
    _check_complete(regels, regels.soort)
    text = to_json(regels)
    with voor_gemeente(gemeente):
        koppeling, _ = Koppeling.objects.get_or_create(
            gemeente=gemeente, naam=naam, defaults={"soort": regels.soort.value}
        )
        # Two at once: the second waits here and then sees the version of the first.
        koppeling = Koppeling.objects.select_for_update(of=("self",)).get(pk=koppeling.pk)
        if koppeling.soort != regels.soort:
            raise OngeldigeRegels(
                f"De koppeling {naam} is voor {Soort(koppeling.soort).label}. Kies een andere naam."
            )
        newest: Koppelingversie | None = (
            Koppelingversie.objects.filter(koppeling=koppeling).order_by("-nummer").first()
        )
        back = koppeling.gearchiveerd_op is not None
        if back:
            koppeling.gearchiveerd_op = None
            koppeling.save(update_fields=["gearchiveerd_op"])
        if newest is not None and _text_of(gemeente, newest) == text:
            if back:
                noteer(gemeente, "koppeling_teruggehaald", gebruiker=gebruiker, onderwerp=_about(newest))
            return newest
        nummer = newest.nummer + 1 if newest is not None else 1
        versie: Koppelingversie = Koppelingversie.objects.create(
            gemeente=gemeente,
            koppeling=koppeling,
            nummer=nummer,
            regels=keys.versleutel(gemeente, text.encode(), versie_context(koppeling.pk, nummer)),
            gebruiker=gebruiker,
        )
        noteer(gemeente, "koppeling_opgeslagen", gebruiker=gebruiker, onderwerp=_about(versie))
    return versie


def history(koppeling: Koppeling) -> list[Koppelingversie]:
    """Its versions, the newest first; call inside `voor_gemeente`."""
    return list(
        Koppelingversie.objects.filter(koppeling=koppeling).select_related("gebruiker").order_by("-nummer")
    )


def regels_van(gemeente: Gemeente, versie: Koppelingversie) -> Regels:
    """The rules of a version. Raises OngeldigeRegels when the standard no longer takes them."""
    return from_json(_text_of(gemeente, versie))


def restore(
    gemeente: Gemeente, versie: Koppelingversie, gebruiker: AbstractBaseUser | None
) -> Koppelingversie:
    """Put an earlier version in force again, as a new version. Raises OngeldigeRegels."""
    with voor_gemeente(gemeente):
        naam = Koppeling.objects.get(pk=versie.koppeling_id).naam
        return save(gemeente, naam, regels_van(gemeente, versie), gebruiker)


def archive(gemeente: Gemeente, koppeling_id: int, gebruiker: AbstractBaseUser | None) -> bool:
    """Put a koppeling away: no longer recognised, nor asked for by name. False when it was put away already."""
    with voor_gemeente(gemeente):
        done = Koppeling.objects.filter(pk=koppeling_id, gearchiveerd_op=None).update(
            gearchiveerd_op=timezone.now()
        )
        if done:
            noteer(
                gemeente, "koppeling_gearchiveerd", gebruiker=gebruiker, onderwerp=f"koppeling {koppeling_id}"
            )
    return bool(done)


def rename(gemeente: Gemeente, koppeling_id: int, naam: str, gebruiker: AbstractBaseUser | None) -> Koppeling:
    """Give a koppeling another name. Raises OngeldigeRegels for a name that cannot be used or that another has."""
    naam = _good_name(naam)
    try:
        with voor_gemeente(gemeente):
            koppeling: Koppeling = Koppeling.objects.select_for_update(of=("self",)).get(pk=koppeling_id)
            if koppeling.naam == naam:
                return koppeling
            koppeling.naam = naam
            koppeling.save(update_fields=["naam"])
            noteer(
                gemeente,
                "koppeling_hernoemd",
                gebruiker=gebruiker,
                onderwerp=f"koppeling {koppeling_id}, nu {naam}",
            )
    except IntegrityError:
        # The name is the one thing that is unique; also when a colleague takes it at the same moment.
        raise OngeldigeRegels(f"Er is al een koppeling met de naam {naam}. Kies een andere naam.") from None
    return koppeling


def overzicht(*, weg: bool) -> "QuerySet[Koppeling]":
    """The koppelingen in use, or those that were put away, with what a list shows; call inside `voor_gemeente`.

    `versies` is how many there are, `laatste_levering` the id of the newest delivery with it.
    """
    versies = Koppelingversie.objects.filter(koppeling=OuterRef("pk")).order_by("-nummer")
    leveringen = Levering.objects.filter(koppelingversie__koppeling=OuterRef("pk")).order_by("-pk")
    found: QuerySet[Koppeling] = Koppeling.objects.filter(gearchiveerd_op__isnull=not weg).order_by("naam")
    return found.annotate(
        versies=Subquery(versies.values("nummer")[:1]),
        bewaard_op=Subquery(versies.values("aangemaakt_op")[:1]),
        laatste_levering=Subquery(leveringen.values("pk")[:1]),
        laatste_bestand=Subquery(leveringen.values("bestandsnaam")[:1]),
        laatst_aangeleverd_op=Subquery(leveringen.values("aangemaakt_op")[:1]),
    )


def opgeslagen(gemeente: Gemeente) -> tuple[Opgeslagen, ...]:
    """Every koppeling in use, in its newest version; the one saved last comes first."""
    with voor_gemeente(gemeente):
        newest = (
            Koppelingversie.objects.filter(koppeling__gearchiveerd_op=None)
            .select_related("koppeling")
            .order_by("koppeling_id", "-nummer")
            .distinct("koppeling_id")
        )
        found = []
        for versie in sorted(newest, key=lambda one: -one.pk):
            try:
                found.append(Opgeslagen(versie.koppeling.naam, versie.pk, regels_van(gemeente, versie)))
            except OngeldigeRegels:
                log.warning("version %s of a koppeling has rules that the standard does not take", versie.pk)
    return tuple(found)


def versie_context(koppeling_id: int, nummer: int) -> str:
    """The context under which a version's rules are encrypted."""
    return f"koppeling:{koppeling_id}:{nummer}"


def _text_of(gemeente: Gemeente, versie: Koppelingversie) -> str:
    context = versie_context(versie.koppeling_id, versie.nummer)
    return keys.ontsleutel(gemeente, bytes(versie.regels), context).decode()


def _check_complete(regels: Regels, soort: Soort) -> None:
    controleer(regels)
    missing = wat_ontbreekt(regels)
    if missing:
        raise OngeldigeRegels(missing[0])
    if regels.soort is not soort:
        raise OngeldigeRegels(f"Deze koppeling is voor {regels.soort.label}, niet voor {soort.label}.")


def _good_name(naam: str) -> str:
    naam = tekst(naam)
    if not naam or len(naam) > LANGSTE_NAAM:
        raise OngeldigeRegels(f"Geef de koppeling een naam van ten hoogste {LANGSTE_NAAM} tekens.")
    if sleutel(naam) in {sleutel(taken) for taken in (*LABELS, *LABELS.values())}:
        raise OngeldigeRegels("Deze naam is al van een vaste koppeling. Kies een andere naam.")
    if looks_like_data(naam):
        raise OngeldigeRegels("Kies een naam zonder e-mailadres en zonder lange nummers.")
    return naam


def _about(versie: Koppelingversie) -> str:
    return f"koppeling {versie.koppeling_id}, versie {versie.nummer}"


# --- The file -----------------------------------------------------------------------------------------------

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
        if recognise_format(inhoud) is Formaat.JSON:
            raise GeenKolommen(_JSON)
        with open_file(inhoud) as whole:
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
    """The sheet of this name, as it is kept (cut off); else the first."""
    return next((one for one in tabellen if one.naam[:BLADNAAM] == naam[:BLADNAAM]), tabellen[0])


def _guess(bestand: Bestand, tabel: Tabel) -> int:
    """The row on this sheet that looks most like headers."""
    try:
        return recognise(replace(bestand, tabellen=(tabel,))).kopregel
    except (NietGekoppeld, SoortOnduidelijk) as problem:
        return problem.kopregel
    except Onleesbaar:
        return 0


def _nearest(gemeente: Gemeente, koppen: Sequence[str], soort: Soort | None) -> tuple[Regels | None, str]:
    """The rules that fit best, complete or not, and the name of their koppeling."""
    saved = recognise_headers(koppen, soort, opgeslagen(gemeente))
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
