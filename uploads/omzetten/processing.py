"""Converts a levering from the encrypted file to encrypted records, in steps that survive a killed worker.

No transaction stays open long. Every step writes records, findings and progress together, and only while this
worker still holds the lease; a worker that lost it stops and writes nothing.
"""

import gc
import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.utils import timezone

from exchange.bron.concept import put_ready
from exchange.bron.writing import MetBeleid, Schrijver
from exchange.standard import Soort
from um_portal import ruimte
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.jobs import MAX_POGINGEN, Lease, LeaseVerloren, MoetStoppen, check_may_go_on
from um_portal.tenants import keys
from um_portal.tenants.models import Contactbeleid, Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.koppelingen import saved
from uploads.leveringen import beurten, lifecycle, voorproef
from uploads.leveringen.context import environment
from uploads.leveringen.erasure import erase_concept
from uploads.leveringen.intake import raw_of
from uploads.mapping.bijblad import MetBijblad
from uploads.mapping.conversion import Omzetting, Rijuitkomst
from uploads.mapping.herkenning import shown_header
from uploads.mapping.model import Ernst, Rijopmerking
from uploads.mapping.recognition import (
    BLADNAAM,
    Bestandskeuze,
    Herkend,
    NietGekoppeld,
    Opgeslagen,
    SoortOnduidelijk,
    place_among,
    recognise,
)
from uploads.mapping.regels import Regels
from uploads.models import Bevinding, Koppelingversie, Levering, Rijkeuze
from uploads.omzetten import bladen, leesvragen
from uploads.readers import Afgebroken, Bestand, Formaat, Onleesbaar, open_file
from uploads.readers.meldingen import TE_GROOT

logger = logging.getLogger(__name__)

_RECORDS_PER_PART = 2500
_FINDINGS_PER_STEP = 2000
_SECONDS_PER_STEP = 0.5
# A warning on every row of a large file tells no more than on this many rows; all of them are counted.
_MAX_WARNINGS_PER_REASON = 5000
# Python looks for cycles after this many new objects, and sometimes among all objects. Records have no cycles
# and are freed without it; looking after every 700 objects costs a third of the time of a conversion.
_GC_USUAL = gc.get_threshold()
_GC_WHILE_CONVERTING = (100_000, *_GC_USUAL[1:])
_TE_VAAK = (
    "Het omzetten is een paar keer onderbroken en daarom gestopt. Probeer het opnieuw. "
    "Lukt het dan niet, neem dan contact op met de functioneel beheerder."
)
_LEZEN = "Het bestand wordt gelezen."
_ONDERBROKEN = "Het lezen van het bestand is onderbroken."
_HERKENNEN = "De kolommen worden herkend."
_NIETS = "In dit bestand is niets gevonden om te publiceren. Bekijk hieronder waarom."

Volg = Callable[[Levering], None]


def convert(gemeente: Gemeente, levering_id: int, volg: Volg | None = None, *, in_turn: bool = False) -> bool:
    """Converts a levering that waits for it; tells whether it worked on it.

    Does nothing when it does not wait, when another worker has it, or with `in_turn` when its municipality has
    its share of the workers. It can safely be called again at any time: it begins anew. `volg` is called with
    the levering after each step. An error in the file is written to the levering's `melding`, and so is a server
    without room, for which it waits; then this counts as no work. Other exceptions reach the caller. When something
    else ended the reading process, the levering stays as work that a worker left.
    """
    werk = _claim(gemeente, levering_id, volg, in_turn=in_turn)
    if werk is None:
        return False
    try:
        with _few_collections():
            werk.run()
    except MoetStoppen:
        werk.hand_back()
    except LeaseVerloren:
        pass
    except SoortOnduidelijk as problem:
        werk.fail(problem.melding, vraagt_soort=True)
    except NietGekoppeld as problem:
        werk.ask_columns(problem)
    except leesvragen.VRAGEN as problem:
        werk.fail(problem.melding, vraag=leesvragen.question_of(problem))
    except Afgebroken as problem:
        werk.interrupt(problem.melding)
    except Onleesbaar as problem:
        # Reading that took too long may go well another time; the rest of a file stays as it is.
        werk.fail(problem.melding, feiten={"blijft_zo": problem.melding != TE_GROOT})
    except ruimte.FOUTEN as error:
        if not ruimte.is_full(error):
            raise
        logger.error("omzetten: geen ruimte (%s); levering %s wacht", type(error).__name__, levering_id)
        werk.await_room()
        return False
    return True


def retry(
    gemeente: Gemeente, levering_id: int, gebruiker: AbstractBaseUser | None, soort: Soort | None = None
) -> bool:
    """Puts a failed levering back in the queue, if its file is still there.

    `soort` when somebody chose it.
    """
    with voor_gemeente(gemeente):
        changes: dict[str, Any] = {"soort": soort.value, "vraagt_soort": False} if soort else {}
        done = lifecycle.convert_again(levering_id, **changes)
        if done:
            log_act(
                gemeente, Handeling.LEVERING_OPNIEUW, gebruiker=gebruiker, onderwerp=f"levering {levering_id}"
            )
    return done


def give_up(gemeente: Gemeente, levering_id: int) -> None:
    """Marks a levering that was interrupted too often as failed."""
    with voor_gemeente(gemeente):
        if lifecycle.give_up_converting(levering_id, _TE_VAAK, **_no_figures()):
            levering = Levering.objects.get(pk=levering_id)
            erase_concept(levering)
            Bevinding.objects.filter(levering=levering).delete()


def unknown_values(levering: Levering) -> dict[str, dict[str, int]]:
    """Gives per list the values that it does not know, most frequent first.

    '' stands for values that are not shown.
    """
    if levering.onbekende_waarden is None:
        return {}
    plain = keys.decrypt(levering.gemeente, bytes(levering.onbekende_waarden), unknown_context(levering.pk))
    found: dict[str, dict[str, int]] = json.loads(plain)
    return found


class _Werk:
    """One worker's work on one levering, under its lease."""

    def __init__(self, gemeente: Gemeente, lease: Lease[Levering], volg: Volg | None) -> None:
        self.gemeente = gemeente
        self.lease = lease
        self.levering = lease.row
        self.levering.gemeente = gemeente
        self.volg = volg
        self.blad = ""
        self.records: list[MetBeleid] = []
        self.findings: list[Rijopmerking] = []
        self.warned: Counter[tuple[str, str]] = Counter()
        self.omzetting: Omzetting | None = None
        self.schrijver: Schrijver | None = None
        self.begonnen = self.last = time.monotonic()

    def run(self) -> None:
        """Converts the file to records."""
        levering = self.levering
        with voor_gemeente(self.gemeente):
            self.lease.report(melding=_LEZEN)
            erase_concept(levering)
            Bevinding.objects.filter(levering=levering).delete()
            inhoud = raw_of(self.gemeente, levering.pk)
        self._show()
        with self._open(inhoud) as bestand:
            del inhoud
            self._convert(bestand)

    def _convert(self, bestand: Bestand) -> None:
        levering = self.levering
        self._step(melding=_HERKENNEN)
        regels = saved.regels_of(levering)
        opgeslagen = saved.saved_rules(self.gemeente)
        samen: MetBijblad | None = None
        try:
            gekozen = bladen.chosen_for(levering, bestand, regels, opgeslagen)
            if gekozen is not None:
                samen = bladen.joined(bestand, gekozen)
                bestand = samen.bestand
        except NietGekoppeld:
            # Also without the second sheet somebody must be able to choose columns.
            self._keep_taste(bestand)
            raise
        self._keep_taste(bestand)
        apart = False
        if gekozen is not None and samen is not None:
            levering.bijblad = asdict(samen.bijblad)
            self._step(bijblad=levering.bijblad)
            named = gekozen.opgeslagen.naam if gekozen.opgeslagen else levering.gevraagde_koppeling
            gevonden = self._recognise(bestand, regels, opgeslagen, named)
            bladen.check_chosen(gevonden, samen.bijblad)
        elif bestand.is_tweetal:
            bladen.check_go_on(levering, bestand)
            alone = [one for one in opgeslagen if one.regels.bijblad is None]
            gevonden = bladen.recognise_both(
                bestand, lambda: self._recognise(bestand, regels, alone, levering.gevraagde_koppeling)
            )
        else:
            alone = [one for one in opgeslagen if one.regels.bijblad is None]
            try:
                gevonden = self._recognise(bestand, regels, alone, levering.gevraagde_koppeling)
            except NietGekoppeld:
                self._ask_about_sheets(bestand, "")
                raise
            if regels is None and gevonden.herkenning.versie is None:
                apart = self._ask_about_sheets(bestand, gevonden.herkenning.koppeling)
        self.blad = gevonden.tabel.naam[:BLADNAAM]
        with voor_gemeente(self.gemeente):
            if not bestand.is_tweetal:
                leesvragen.remember_together(levering, gevonden)
            verborgen = leesvragen.hidden_rows_of(levering, gevonden, samen)
        doorgehaald = leesvragen.struck_rows_of(levering, gevonden)
        omzetting = self.omzetting = Omzetting(
            gevonden,
            environment(self.gemeente),
            vandaag=timezone.localdate(),
            verborgen_meenemen=verborgen != Rijkeuze.OVERSLAAN,
            doorgehaald_meenemen=doorgehaald[1] != Rijkeuze.OVERSLAAN,
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
            feiten=leesvragen.facts_of(
                bestand, gevonden, verborgen, samen, doorgehaald=doorgehaald, bladen_apart=apart
            ),
            kopregel=gevonden.kopregel,
            rijen_totaal=max(totaal - gevonden.kopregel, 0) if totaal is not None else None,
            kolommen_gebruikt=[shown_header(kop) for kop in herkenning.gebruikt],
            kolommen_ongebruikt=[shown_header(kop) for kop in herkenning.ongebruikt[:200]],
            melding="",
        )
        self._convert_rows(omzetting)
        self._finish(omzetting)

    def _open(self, inhoud: bytes) -> Bestand:
        """Opens the file in a thread of its own, so that this thread can go on extending the lease."""
        here = threading.current_thread()

        def wait_for_rows() -> None:
            # While the file is being opened, that thread calls this; the loop below then extends the lease.
            if threading.current_thread() is here:
                self._tick()
            else:
                check_may_go_on()

        with ThreadPoolExecutor(1) as pool:
            opening = pool.submit(open_file, inhoud, wait_for_rows)
            while not wait([opening], timeout=_SECONDS_PER_STEP).done:
                self._tick()
        return opening.result()

    def _keep_taste(self, bestand: Bestand) -> None:
        """Keeps the first rows, for the page on which columns are chosen."""
        if bestand.formaat is Formaat.JSON:
            return
        inhoud = voorproef.taste(bestand)
        with voor_gemeente(self.gemeente):
            self.lease.extend()
            voorproef.keep(self.gemeente, self.levering, inhoud)

    def _ask_about_sheets(self, bestand: Bestand, koppeling: str) -> bool:
        """Asks whether two sheets belong together; tells whether somebody said that they do not."""
        if self.levering.regels is not None:
            return False
        with voor_gemeente(self.gemeente):
            return bladen.ask(self.levering, bestand, koppeling)

    def _recognise(
        self, bestand: Bestand, regels: Regels | None, opgeslagen: Sequence[Opgeslagen], koppeling: str
    ) -> Herkend:
        """Recognises the file: by the rules chosen for it, else by a saved koppeling, else by a preset."""
        levering = self.levering
        with voor_gemeente(self.gemeente):
            sheets = leesvragen.remembered_sheets()
        keuze = Bestandskeuze(levering.gekozen_blad, levering.gekozen_kopregel, regels, sheets)
        soort = Soort(levering.soort) if levering.soort else None
        gevonden = recognise(bestand, soort, koppeling, opgeslagen, keuze)
        if regels is not None and levering.koppelingversie_id is not None:
            with voor_gemeente(self.gemeente):
                naam = Koppelingversie.objects.values_list("koppeling__naam", flat=True).get(
                    pk=levering.koppelingversie_id
                )
            gevonden = replace(gevonden, herkenning=replace(gevonden.herkenning, koppeling=naam))
        leesvragen.check_sheets(keuze, bestand, gevonden)
        return gevonden

    def _tick(self) -> None:
        """Writes the progress and extends the lease, when the last step was too long ago."""
        now = time.monotonic()
        if now - self.last >= _SECONDS_PER_STEP:
            self._step(**(self._reading(now) if self.omzetting is None else _figures(self.omzetting)))

    def _reading(self, now: float) -> dict[str, Any]:
        seconds = round(now - self.begonnen)
        return {"melding": f"{_LEZEN} Dat duurt al {seconds} seconden." if seconds > 1 else _LEZEN}

    def _convert_rows(self, omzetting: Omzetting) -> None:
        for uitkomst in omzetting.uitkomsten():
            self._collect(uitkomst)
            now = time.monotonic()
            full = len(self.records) >= _RECORDS_PER_PART
            if full or len(self.findings) >= _FINDINGS_PER_STEP or now - self.last >= _SECONDS_PER_STEP:
                self._step(whole_part=full, **_figures(omzetting))

    def _collect(self, uitkomst: Rijuitkomst) -> None:
        if uitkomst.record is not None:
            policy = Contactbeleid(uitkomst.contactbeleid) if uitkomst.contactbeleid else None
            self.records.append(MetBeleid(uitkomst.record, policy, uitkomst.eigen_nummer))
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
            last=True,
            **_figures(omzetting),
            rijen_totaal=max(totaal, 0),
            redenen=list(_reasons(omzetting)),
            vulling=omzetting.vulling,
            onbekende_waarden=keys.encrypt(
                self.gemeente, json.dumps(unknown).encode(), unknown_context(self.levering.pk)
            )
            if unknown
            else None,
            melding="" if omzetting.telling.omgezet else _NIETS,
        )

    def _step(self, whole_part: bool = False, *, last: bool = False, **fields: Any) -> None:
        """Writes the new records and the progress in one transaction, if the lease still holds."""
        with voor_gemeente(self.gemeente):
            if last:
                lifecycle.finish_converting(self.lease, **fields)
            else:
                _without_waiting_for_disk()
                self.lease.report(**fields)
            if whole_part and self.omzetting is not None:
                self._stage(self.omzetting.gevonden.soort)
            Bevinding.objects.bulk_create(
                [self._row(finding) for finding in self.findings], batch_size=_FINDINGS_PER_STEP
            )
            self.findings = []
        self.last = time.monotonic()
        self._show()

    def _stage(self, soort: Soort) -> None:
        if self.schrijver is None:
            self.schrijver = Schrijver(self.gemeente, soort, self.levering.pk)
        records, self.records = self.records, []
        put_ready(self.schrijver, records)

    def _show(self) -> None:
        """Reports the progress to whoever called with `volg`."""
        if self.volg is not None:
            self.volg(self.levering)

    def _row(self, finding: Rijopmerking) -> Bevinding:
        assert self.omzetting is not None
        blad, rij = place_among(self.omzetting.gevonden.bladen, finding.rij)
        return Bevinding(
            gemeente=self.gemeente,
            levering=self.levering,
            rij=rij,
            blad=blad[:BLADNAAM] or self.blad,
            kolom=shown_header(finding.kolom),
            ernst=finding.opmerking.ernst.value,
            code=finding.opmerking.code,
            melding=finding.opmerking.melding,
        )

    def interrupt(self, melding: str) -> None:
        """Leaves the levering for another attempt by itself; after the last one it ends with this message."""
        if self.levering.pogingen < MAX_POGINGEN:
            self._end(lifecycle.interrupt_converting, _ONDERBROKEN)
        else:
            self.fail(melding)

    def fail(self, melding: str, **fields: Any) -> None:
        """Ends with a message; the file stays for another try, the half-converted records are erased."""
        self._end(lifecycle.fail_converting, melding, **fields)

    def ask_columns(self, problem: NietGekoppeld) -> None:
        """Ends with a request to choose the columns; `blad` and `kopregel` are the best guess."""
        self._end(
            lifecycle.await_columns,
            problem.melding,
            blad=problem.tabel.naam[:BLADNAAM],
            kopregel=problem.kopregel,
        )

    def hand_back(self) -> None:
        """Gives the levering back for another worker, which begins anew."""
        with suppress(LeaseVerloren), voor_gemeente(self.gemeente):
            lifecycle.hand_back_converting(self.lease, **_no_figures())
            erase_concept(self.levering)
            Bevinding.objects.filter(levering=self.levering).delete()

    def await_room(self) -> None:
        """Lets the levering wait until there is room; the clock hands it out. What it has stays so long."""
        with suppress(LeaseVerloren, *ruimte.FOUTEN), voor_gemeente(self.gemeente):
            lifecycle.hand_back_converting(self.lease, ruimte.GEEN_RUIMTE, **_no_figures())

    def _end(self, transition: Callable[..., None], melding: str, **fields: Any) -> None:
        with suppress(LeaseVerloren), voor_gemeente(self.gemeente):
            transition(self.lease, melding, **{**_no_figures(), **fields})
            erase_concept(self.levering)
            Bevinding.objects.filter(levering=self.levering).delete()


def _without_waiting_for_disk() -> None:
    """Lets this transaction end before it is on disk.

    A database that crashes right after it may lose the last steps: all of them from some moment on. Then the
    lease runs out and the file is converted anew, as after any other crash.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


@contextmanager
def _few_collections() -> Iterator[None]:
    """Lets Python look for cycles seldom, for as long as this lasts."""
    gc.set_threshold(*_GC_WHILE_CONVERTING)
    try:
        yield
    finally:
        # The usual threshold is restored, not the one found here: another thread may be converting too.
        gc.set_threshold(*_GC_USUAL)


def _claim(gemeente: Gemeente, levering_id: int, volg: Volg | None, *, in_turn: bool) -> _Werk | None:
    with voor_gemeente(gemeente):
        if in_turn and not beurten.has_turn(levering_id):
            return None
        lease = lifecycle.begin_converting(levering_id, **_no_figures())
        if lease is None:
            return None
        if lease.row.pogingen > MAX_POGINGEN:
            give_up(gemeente, levering_id)
            return None
        return _Werk(gemeente, lease, volg)


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
    return {
        **dict.fromkeys(counts, 0),
        "rijen_totaal": None,
        "redenen": [],
        "vulling": {},
        "koppeling": "",
        "vraag": {},
        "feiten": {},
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
    """Gives the context under which the values that no list knows are encrypted."""
    return f"onbekende-waarden:{levering_id}"
