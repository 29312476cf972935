"""Makes the workbook with remarks of a levering: at once when it is small, by a worker when it is large.

`annotation` makes the workbook itself. This module collects its ingredients, and keeps a large workbook
encrypted until somebody fetches it. The workbook is erased after an hour, and together with the file that it
was made from.
"""

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count
from django.utils import timezone

from um_portal import ruimte
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.jobs import LEASE, MAX_POGINGEN, Lease, LeaseVerloren, MoetStoppen, abandoned, claim, release
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.controle.annotation import IN_PLACE_CELLS, annotate
from uploads.controle.plan import Leveringuitkomst, NietTeAnnoteren, Reden
from uploads.leveringen.intake import raw_of
from uploads.mapping.model import Ernst, Opmerking, Rijopmerking
from uploads.models import Bevinding, Bronbestand, Levering, Leveringstatus, Opmerkingenbestand
from uploads.readers import Onleesbaar

logger = logging.getLogger(__name__)

# The largest workbook that is made while somebody waits, which takes a second or two.
_DIRECT_CELLS = 50_000
_DIRECT_BYTES = 3_000_000
_SECONDS_PER_STEP = 0.5
_TE_VAAK = "Het maken is een paar keer onderbroken. Probeer het later nog eens."
NIET_TE_MAKEN: Final = (
    "Van dit bestand is geen bestand met opmerkingen te maken: het is te groot. "
    "Bekijk de meldingen op de pagina van de levering."
)


class NietMeer(Exception):
    """The levering's file is gone, or the levering is in a state without remarks."""


def is_possible(levering: Levering) -> bool:
    """Tells whether there is a file with columns to put remarks in; of sheets read as one there are several."""
    there = levering.status in {Leveringstatus.OMGEZET, Leveringstatus.PUBLICEREN}
    one_sheet = levering.kopregel is not None and not levering.feiten.get("bladen")
    return there and one_sheet and bool(levering.kolommen_gebruikt)


def is_direct(levering: Levering) -> bool:
    """Tells whether the workbook is small enough to be made while somebody waits."""
    columns = len(levering.kolommen_gebruikt) + len(levering.kolommen_ongebruikt) + 2
    rows = (levering.rijen_totaal or 0) + (levering.kopregel or 0)
    return rows * columns <= _DIRECT_CELLS and levering.bestandsgrootte <= _DIRECT_BYTES


def file_name(levering: Levering) -> str:
    """Gives the file name of the workbook."""
    stem, dot, _ = levering.bestandsnaam.rpartition(".")
    stem = (stem if dot else levering.bestandsnaam).removesuffix("-met-opmerkingen")
    return f"{stem or 'bestand'}-met-opmerkingen.xlsx"


def make_now(gemeente: Gemeente, levering: Levering, gebruiker: AbstractBaseUser | None) -> bytes | None:
    """Makes the workbook of a small levering; gives None when its file is gone or cannot be annotated."""
    try:
        ingredients = _ingredients(gemeente, levering.pk)
        made = annotate(*ingredients, in_place=_DIRECT_CELLS)
    except (NietMeer, NietTeAnnoteren, Onleesbaar):
        return None
    _log_download(gemeente, levering, gebruiker)
    return made


def request(gemeente: Gemeente, levering: Levering) -> bool:
    """Lets a worker make the workbook.

    Returns True when the caller must enqueue it, False when it is there or under way.
    """
    with voor_gemeente(gemeente):
        found, is_new = Opmerkingenbestand.objects.get_or_create(gemeente=gemeente, levering=levering)
        if is_new:
            return True
        if not found.melding:
            return False
        again = Opmerkingenbestand.objects.filter(pk=found.pk).exclude(melding="")
        return release(again, melding="", rijen_gedaan=0)


def make(gemeente: Gemeente, levering_id: int) -> bool:
    """Makes the workbook that waits to be made; does nothing when none waits, or when another worker has it.

    It can safely be called again at any time: it begins anew. Tells whether another worker has to, for this one stops.
    """
    with voor_gemeente(gemeente):
        waiting = Opmerkingenbestand.objects.filter(gemaakt_op=None, melding="")
        pk = waiting.filter(levering_id=levering_id).values_list("pk", flat=True).first()
        lease = claim(waiting, pk) if pk is not None else None
    if lease is None:
        return False
    werk = _Werk(gemeente, lease)
    # The file or the lease may be gone at any of these steps; then nothing is left to write.
    with suppress(NietMeer, LeaseVerloren):
        if lease.row.pogingen > MAX_POGINGEN:
            werk.end(melding=_TE_VAAK)
            return False
        try:
            werk.run()
        except NietTeAnnoteren:
            werk.end(melding=NIET_TE_MAKEN)
        except Onleesbaar as problem:
            werk.end(melding=problem.melding)
        except MoetStoppen:
            with voor_gemeente(gemeente):
                lease.hand_back(rijen_gedaan=0)
            return True
        except ruimte.FOUTEN as error:
            if not ruimte.is_full(error):
                raise
            # The clock hands it out again, for as long as somebody waits for it.
            logger.error("opmerkingen: geen ruimte (%s)", type(error).__name__)
            with suppress(*ruimte.FOUTEN), voor_gemeente(gemeente):
                lease.hand_back(rijen_gedaan=0)
    return False


def stored(gemeente: Gemeente, levering: Levering, gebruiker: AbstractBaseUser | None) -> bytes | None:
    """Gives the workbook that a worker made; None when there is none (any more)."""
    with voor_gemeente(gemeente):
        found = Opmerkingenbestand.objects.filter(levering=levering).exclude(inhoud=None).first()
    if found is None or found.inhoud is None:
        return None
    made = keys.decrypt(gemeente, bytes(found.inhoud), context(levering.pk))
    _log_download(gemeente, levering, gebruiker)
    return made


def resume(gemeente: Gemeente) -> list[int]:
    """Gives the leveringen whose workbook should be under way and is not; call inside `voor_gemeente`."""
    lost = abandoned(Opmerkingenbestand.objects.filter(gemaakt_op=None, melding=""))
    found = list(lost.values_list("levering_id", flat=True))
    # The rows count as changed now, so the next round skips them while they wait in the queue.
    Opmerkingenbestand.objects.filter(levering_id__in=found).update(gewijzigd_op=timezone.now())
    return found


def context(levering_id: int) -> str:
    """Gives the context under which a workbook with remarks is encrypted."""
    return f"opmerkingen:{levering_id}"


def _log_download(gemeente: Gemeente, levering: Levering, gebruiker: AbstractBaseUser | None) -> None:
    with voor_gemeente(gemeente):
        log_act(gemeente, Handeling.OPMERKINGEN_GEDOWNLOAD, gebruiker=gebruiker, onderwerp=str(levering))


def _ingredients(gemeente: Gemeente, levering_id: int) -> tuple[bytes, Leveringuitkomst, list[Rijopmerking]]:
    """Gives the file, its counts and reasons, and every finding in the order of the rows.

    Raises NietMeer.
    """
    with voor_gemeente(gemeente):
        levering = Levering.objects.filter(pk=levering_id).first()
        if levering is None or not is_possible(levering):
            raise NietMeer
        try:
            inhoud = raw_of(gemeente, levering_id)
        except Bronbestand.DoesNotExist:
            raise NietMeer from None
        meldingen = _findings(levering)
        redenen = _reasons(levering)
    uitkomst = Leveringuitkomst(
        bestandsnaam=levering.bestandsnaam,
        blad=levering.blad,
        kopregel=levering.kopregel or 0,
        gelezen=levering.gelezen,
        omgezet=levering.omgezet,
        overgeslagen=levering.overgeslagen,
        afgekeurd=levering.afgekeurd,
        redenen=redenen,
    )
    return inhoud, uitkomst, meldingen


def _findings(levering: Levering) -> list[Rijopmerking]:
    """Gives all findings; equal remarks share one object, because there are as many as there are rows."""
    headers: dict[str, str] = {}
    remarks: dict[tuple[str, str, str], Opmerking] = {}
    rows = Bevinding.objects.filter(levering=levering).order_by("rij", "pk")
    found = []
    for rij, kolom, *said in rows.values_list("rij", "kolom", "ernst", "code", "melding").iterator(5000):
        ernst, code, melding = said
        remark = remarks.setdefault((ernst, code, melding), Opmerking(Ernst(ernst), code, melding))
        found.append(Rijopmerking(rij, headers.setdefault(kolom, kolom), remark))
    return found


def _reasons(levering: Levering) -> list[Reden]:
    """Gives every reason with its count; a warning on very many rows is kept for the first of them only."""
    counted = Bevinding.objects.filter(levering=levering).values_list("ernst", "code", "kolom").order_by()
    kept = {(ernst, code, kolom): number for ernst, code, kolom, number in counted.annotate(Count("pk"))}
    return [
        Reden(
            kolom=reden["kolom"],
            ernst=Ernst(reden["ernst"]),
            melding=general(reden),
            aantal=reden["aantal"],
            getoond=min(kept.get((reden["ernst"], reden["code"], reden["kolom"]), 0), reden["aantal"]),
        )
        for reden in levering.redenen
    ]


_ALGEMEEN: Final = {
    "dubbel_id": "Dit nummer staat al in een eerdere rij; die gaat mee, deze niet. Verwijder een van de twee.",
}


def general(reden: Mapping[str, Any]) -> str:
    """Gives the message of a reason for all its rows together.

    The message of one row may name another row; such a message is replaced.
    """
    return _ALGEMEEN.get(reden["code"], str(reden["melding"]))


class _Werk:
    """One worker's work on one workbook, under its lease."""

    def __init__(self, gemeente: Gemeente, lease: Lease[Opmerkingenbestand]) -> None:
        self.gemeente = gemeente
        self.levering_id = lease.row.levering_id
        self.lease = lease
        self.last = time.monotonic()

    def run(self) -> None:
        """Makes the encrypted workbook. Raises what `annotate` raises, NietMeer and LeaseVerloren."""
        ingredients = _ingredients(self.gemeente, self.levering_id)
        # Opening the file and loading it to annotate in place cannot be interrupted to extend the lease.
        with voor_gemeente(self.gemeente):
            self.lease.extend(LEASE + timedelta(seconds=3 * len(ingredients[0]) / 1_000_000))
        made = annotate(*ingredients, in_place=IN_PLACE_CELLS, volg=self._follow)
        sealed = keys.encrypt(self.gemeente, made, context(self.levering_id))
        self.end(inhoud=sealed, gemaakt_op=timezone.now())

    def _follow(self, rij: int) -> None:
        now = time.monotonic()
        if now - self.last >= _SECONDS_PER_STEP:
            self.last = now
            with voor_gemeente(self.gemeente):
                self.lease.report(rijen_gedaan=rij)

    def end(self, **fields: Any) -> None:
        """Writes the result and gives the lease back."""
        with voor_gemeente(self.gemeente):
            self.lease.end(**fields)
