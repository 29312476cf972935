"""Converting a levering: from the encrypted file to encrypted records, in steps that survive a killed worker.

Nothing is held in one long transaction. Every step writes records, findings and progress together, and only as
long as the lease is still this worker's own; a worker that lost it stops without a trace.
"""

import gc
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.utils import timezone

from exchange.bron.concept import put_ready
from exchange.bron.writing import Schrijver
from exchange.standard import Soort
from um_portal.audit.log import log_act
from um_portal.jobs import LEASE, MAX_POGINGEN, claim, put_back
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.koppelingen import saved
from uploads.leveringen import voorproef
from uploads.leveringen.context import environment
from uploads.leveringen.erasure import erase_concept
from uploads.leveringen.intake import raw_of
from uploads.mapping.conversion import Omzetting, Rijuitkomst
from uploads.mapping.conversion import Rijopmerking as Gevonden
from uploads.mapping.herkenning import shown_header
from uploads.mapping.model import Ernst, Record
from uploads.mapping.recognition import (
    BLADNAAM,
    Bestandskeuze,
    Herkend,
    NietGekoppeld,
    SoortOnduidelijk,
    recognise,
)
from uploads.models import Bevinding, Bronbestand, Koppelingversie, Levering, Leveringstatus
from uploads.readers import Bestand, Formaat, Onleesbaar, open_file

_RECORDS_PER_PART = 2500
_FINDINGS_PER_STEP = 2000
_SECONDS_PER_STEP = 0.5
# A warning on every row of a large file tells no more than on this many; they are all counted.
_MAX_WARNINGS_PER_REASON = 5000
# Every so many new objects Python looks for cycles among them, and now and then among everything it holds. Records
# have none and die by themselves; looking after every 700 costs a third of the time of a conversion.
_GC_USUAL = gc.get_threshold()
_GC_WHILE_CONVERTING = (100_000, *_GC_USUAL[1:])
_TE_VAAK = (
    "Het omzetten is een paar keer onderbroken en daarom gestopt. Probeer het opnieuw. "
    "Lukt het dan niet, neem dan contact op met de functioneel beheerder."
)
_LEZEN = "Het bestand wordt gelezen."
_HERKENNEN = "De kolommen worden herkend."
_NIETS = "In dit bestand is niets gevonden om te publiceren. Bekijk hieronder waarom."

Volg = Callable[[Levering], None]


class LeaseVerloren(RuntimeError):
    """Somebody else has this levering now, or it was withdrawn."""


def convert(gemeente: Gemeente, levering_id: int, volg: Volg | None = None) -> None:
    """Convert a levering that waits for it; does nothing when it does not, or when another worker has it.

    Safe to call again at any time: it begins anew. `volg` is called with the levering after each step.
    What is wrong with the file ends up in the levering's `melding`; other exceptions are the caller's.
    """
    werk = _claim(gemeente, levering_id, volg)
    if werk is None:
        return
    try:
        with _few_collections():
            werk.run()
    except LeaseVerloren:
        return
    except SoortOnduidelijk as problem:
        werk.fail(problem.melding, vraagt_soort=True)
    except NietGekoppeld as problem:
        werk.ask_columns(problem)
    except Onleesbaar as problem:
        werk.fail(problem.melding)


def retry(
    gemeente: Gemeente, levering_id: int, gebruiker: AbstractBaseUser | None, soort: Soort | None = None
) -> bool:
    """Put a failed levering back in the queue, if its file is still there; `soort` when somebody chose it."""
    with voor_gemeente(gemeente):
        if not Bronbestand.objects.filter(levering_id=levering_id).exists():
            return False
        changes: dict[str, Any] = {"soort": soort.value, "vraagt_soort": False} if soort else {}
        failed = Levering.objects.filter(pk=levering_id, status=Leveringstatus.MISLUKT)
        done = put_back(failed, status=Leveringstatus.ONTVANGEN, melding="", **changes)
        if done:
            log_act(gemeente, "levering_opnieuw", gebruiker=gebruiker, onderwerp=f"levering {levering_id}")
    return done


def give_up(gemeente: Gemeente, levering_id: int) -> None:
    """Let a levering fail that was interrupted too often."""
    with voor_gemeente(gemeente):
        levering = Levering.objects.filter(
            pk=levering_id, status__in=[Leveringstatus.ONTVANGEN, Leveringstatus.OMZETTEN]
        ).first()
        if levering is not None:
            erase_concept(levering)
            Bevinding.objects.filter(levering=levering).delete()
            Levering.objects.filter(pk=levering.pk).update(**_no_figures(), **_failed(_TE_VAAK))


def unknown_values(levering: Levering) -> dict[str, dict[str, int]]:
    """Per list the values that it does not know, most frequent first; '' stands for values that are not shown."""
    if levering.onbekende_waarden is None:
        return {}
    plain = keys.decrypt(levering.gemeente, bytes(levering.onbekende_waarden), unknown_context(levering.pk))
    found: dict[str, dict[str, int]] = json.loads(plain)
    return found


class _Werk:
    """One worker's work on one levering, under its lease."""

    def __init__(self, gemeente: Gemeente, levering: Levering, volg: Volg | None) -> None:
        self.gemeente = gemeente
        self.levering = levering
        levering.gemeente = gemeente
        self.lease = levering.lease_tot
        self.volg = volg
        self.blad = ""
        self.records: list[Record] = []
        self.findings: list[Gevonden] = []
        self.warned: Counter[tuple[str, str]] = Counter()
        self.omzetting: Omzetting | None = None
        self.schrijver: Schrijver | None = None
        self.begonnen = self.last = time.monotonic()

    def run(self) -> None:
        """From the file to the converted records."""
        levering = self.levering
        with voor_gemeente(self.gemeente):
            self._hold(LEASE, melding=_LEZEN)
            erase_concept(levering)
            Bevinding.objects.filter(levering=levering).delete()
            inhoud = raw_of(self.gemeente, levering.pk)
        self._tell(melding=_LEZEN)
        with self._open(inhoud) as bestand:
            del inhoud
            self._convert(bestand)

    def _convert(self, bestand: Bestand) -> None:
        levering = self.levering
        self._step(melding=_HERKENNEN)
        self._keep_taste(bestand)
        gevonden = self._recognise(bestand)
        self.blad = gevonden.tabel.naam[:BLADNAAM]
        omzetting = self.omzetting = Omzetting(
            gevonden, environment(self.gemeente), vandaag=timezone.localdate()
        )
        totaal = gevonden.tabel.aantal
        herkenning = gevonden.herkenning
        self._step(
            koppeling=herkenning.koppeling[:60],
            koppelingversie_id=levering.koppelingversie_id
            if levering.regels is not None
            else herkenning.versie,
            soort=gevonden.soort.value,
            blad=self.blad,
            kopregel=gevonden.kopregel,
            rijen_totaal=max(totaal - gevonden.kopregel, 0) if totaal is not None else None,
            kolommen_gebruikt=[shown_header(kop) for kop in herkenning.gebruikt],
            kolommen_ongebruikt=[shown_header(kop) for kop in herkenning.ongebruikt[:200]],
            melding="",
        )
        self._convert_rows(omzetting)
        self._finish(omzetting)

    def _open(self, inhoud: bytes) -> Bestand:
        """Open the file in a thread of its own, so that this one can go on telling that we are at it."""
        here = threading.current_thread()

        def wait_for_rows() -> None:
            # While the file is being opened this is called from there, and the loop below does it.
            if threading.current_thread() is here:
                self._tick()

        with ThreadPoolExecutor(1) as pool:
            opening = pool.submit(open_file, inhoud, wait_for_rows)
            while not wait([opening], timeout=_SECONDS_PER_STEP).done:
                self._tick()
        return opening.result()

    def _keep_taste(self, bestand: Bestand) -> None:
        """Keep the first rows, for who wants to choose columns."""
        if bestand.formaat is Formaat.JSON:
            return
        inhoud = voorproef.taste(bestand)
        with voor_gemeente(self.gemeente):
            self._hold(LEASE)
            voorproef.keep(self.gemeente, self.levering, inhoud)

    def _recognise(self, bestand: Bestand) -> Herkend:
        """What the file is: by what somebody chose for it, else by what the municipality saved, else by a preset."""
        levering = self.levering
        regels = saved.regels_of(levering)
        keuze = Bestandskeuze(levering.gekozen_blad, levering.gekozen_kopregel, regels)
        soort = Soort(levering.soort) if levering.soort else None
        gevonden = recognise(
            bestand, soort, levering.gevraagde_koppeling, saved.saved_rules(self.gemeente), keuze
        )
        if regels is not None and levering.koppelingversie_id is not None:
            with voor_gemeente(self.gemeente):
                naam = Koppelingversie.objects.values_list("koppeling__naam", flat=True).get(
                    pk=levering.koppelingversie_id
                )
            return replace(gevonden, herkenning=replace(gevonden.herkenning, koppeling=naam))
        return gevonden

    def _tick(self) -> None:
        """Show that we are still at it while there is nothing to do but wait."""
        now = time.monotonic()
        if now - self.last >= _SECONDS_PER_STEP:
            self._step(**(self._reading(now) if self.omzetting is None else _figures(self.omzetting)))

    def _reading(self, now: float) -> dict[str, Any]:
        seconds = round(now - self.begonnen)
        return {"melding": f"{_LEZEN} Dat duurt al {seconds} seconden." if seconds > 1 else _LEZEN}

    def _convert_rows(self, omzetting: Omzetting) -> None:
        for uitkomst in omzetting.uitkomsten():
            self._take(uitkomst)
            now = time.monotonic()
            full = len(self.records) >= _RECORDS_PER_PART
            if full or len(self.findings) >= _FINDINGS_PER_STEP or now - self.last >= _SECONDS_PER_STEP:
                self._step(whole_part=full, **_figures(omzetting))

    def _take(self, uitkomst: Rijuitkomst) -> None:
        if uitkomst.record is not None:
            self.records.append(uitkomst.record)
        for finding in uitkomst.bevindingen:
            if finding.opmerking.ernst is Ernst.WAARSCHUWING:
                reason = (finding.opmerking.code, finding.kolom)
                self.warned[reason] += 1
                if self.warned[reason] > _MAX_WARNINGS_PER_REASON:
                    continue
            self.findings.append(finding)

    def _finish(self, omzetting: Omzetting) -> None:
        totaal = omzetting.laatste_rij - omzetting.gevonden.kopregel
        unknown = {lijst: dict(values.most_common()) for lijst, values in omzetting.onbekend.items()}
        self._step(
            whole_part=True,
            **_figures(omzetting),
            rijen_totaal=max(totaal, 0),
            redenen=list(_reasons(omzetting)),
            vulling=omzetting.vulling,
            onbekende_waarden=keys.encrypt(
                self.gemeente, json.dumps(unknown).encode(), unknown_context(self.levering.pk)
            )
            if unknown
            else None,
            status=Leveringstatus.OMGEZET,
            melding="" if omzetting.telling.omgezet else _NIETS,
            pogingen=0,
        )

    def _step(self, whole_part: bool = False, **fields: Any) -> None:
        """Write what there is and how far it is, in one transaction, if the lease still holds."""
        done = fields.get("status") is Leveringstatus.OMGEZET
        with voor_gemeente(self.gemeente):
            if not done:
                _without_waiting_for_disk()
            self._hold(None if done else LEASE, **fields)
            if whole_part and self.omzetting is not None:
                self._put_ready(self.omzetting.gevonden.soort)
            Bevinding.objects.bulk_create(
                [self._row(finding) for finding in self.findings], batch_size=_FINDINGS_PER_STEP
            )
            self.findings = []
        self.last = time.monotonic()
        self._tell(**fields)

    def _put_ready(self, soort: Soort) -> None:
        if self.schrijver is None:
            self.schrijver = Schrijver(self.gemeente, soort, self.levering.pk)
        records, self.records = self.records, []
        put_ready(self.schrijver, records)

    def _tell(self, **fields: Any) -> None:
        """Let whoever follows us know how far it is."""
        if self.volg is not None:
            for name, value in fields.items():
                setattr(self.levering, name, value)
            self.volg(self.levering)

    def _row(self, finding: Gevonden) -> Bevinding:
        return Bevinding(
            gemeente=self.gemeente,
            levering=self.levering,
            rij=finding.rij,
            blad=self.blad,
            kolom=shown_header(finding.kolom),
            ernst=finding.opmerking.ernst.value,
            code=finding.opmerking.code,
            melding=finding.opmerking.melding,
        )

    def _hold(self, duration: timedelta | None, **fields: Any) -> None:
        """Extend the lease (None: end it) and write these fields; raises LeaseVerloren when it is not ours any more."""
        until = timezone.now() + duration if duration is not None else None
        mine = Levering.objects.filter(
            pk=self.levering.pk, status=Leveringstatus.OMZETTEN, lease_tot=self.lease
        )
        held = mine.update(**{**fields, "lease_tot": until, "gewijzigd_op": timezone.now()})
        if not held:
            raise LeaseVerloren
        self.lease = until

    def fail(self, melding: str, **fields: Any) -> None:
        """End with a message; the file stays for another try, the half-converted records do not."""
        self._end(**_failed(melding), **fields)

    def ask_columns(self, problem: NietGekoppeld) -> None:
        """End by asking which column is what; `blad` and `kopregel` are the best guess."""
        self._end(
            status=Leveringstatus.KOPPELEN,
            melding=problem.melding,
            blad=problem.tabel.naam[:BLADNAAM],
            kopregel=problem.kopregel,
        )

    def _end(self, **fields: Any) -> None:
        try:
            with voor_gemeente(self.gemeente):
                self._hold(None, **_no_figures(), **fields)
                erase_concept(self.levering)
                Bevinding.objects.filter(levering=self.levering).delete()
        except LeaseVerloren:
            return


def _without_waiting_for_disk() -> None:
    """Let this transaction end before it is on disk.

    A database that crashes right after it may have forgotten the last steps, all of them from some moment on. Then the
    lease runs out and the file is converted anew, as after any other crash.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let Python look for cycles seldom, for as long as this lasts."""
    gc.set_threshold(*_GC_WHILE_CONVERTING)
    try:
        yield
    finally:
        # Not what was found at the start: another thread may be converting too.
        gc.set_threshold(*_GC_USUAL)


def _claim(gemeente: Gemeente, levering_id: int, volg: Volg | None) -> _Werk | None:
    with voor_gemeente(gemeente):
        levering = claim(
            Levering.objects.filter(status__in=[Leveringstatus.ONTVANGEN, Leveringstatus.OMZETTEN]),
            levering_id,
        )
        if levering is None:
            return None
        if levering.pogingen > MAX_POGINGEN:
            give_up(gemeente, levering_id)
            return None
        levering.status = Leveringstatus.OMZETTEN
        levering.melding = ""
        Levering.objects.filter(pk=levering.pk).update(
            status=Leveringstatus.OMZETTEN, melding="", **_no_figures()
        )
        return _Werk(gemeente, levering, volg)


def _no_figures() -> dict[str, Any]:
    counts = (
        "rijen_gedaan",
        "gelezen",
        "omgezet",
        "overgeslagen",
        "afgekeurd",
        "lege_rijen",
        "waarschuwingen",
    )
    return {**dict.fromkeys(counts, 0), "rijen_totaal": None, "redenen": [], "vulling": {}, "koppeling": ""}


def _failed(melding: str) -> dict[str, Any]:
    return {
        "status": Leveringstatus.MISLUKT,
        "melding": melding,
        "lease_tot": None,
        "gewijzigd_op": timezone.now(),
    }


def _figures(omzetting: Omzetting) -> dict[str, Any]:
    telling = omzetting.telling
    return {
        "rijen_gedaan": max(omzetting.laatste_rij - omzetting.gevonden.kopregel, 0),
        "gelezen": telling.gelezen,
        "omgezet": telling.omgezet,
        "overgeslagen": telling.overgeslagen,
        "afgekeurd": telling.afgekeurd,
        "lege_rijen": telling.lege_rijen,
        "waarschuwingen": telling.waarschuwingen,
    }


def _reasons(omzetting: Omzetting) -> Iterator[dict[str, Any]]:
    order = list(Ernst)
    for key, aantal in sorted(
        omzetting.redenen.items(), key=lambda item: (order.index(item[0][0]), -item[1])
    ):
        ernst, code, kolom = key
        yield {
            "ernst": ernst.value,
            "code": code,
            "kolom": shown_header(kolom),
            "melding": omzetting.meldingen[key],
            "aantal": aantal,
        }


def unknown_context(levering_id: int) -> str:
    """The context under which the values that no list knows are encrypted."""
    return f"onbekende-waarden:{levering_id}"
