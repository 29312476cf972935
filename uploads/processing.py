"""Converting a levering: from the encrypted file to encrypted records, in steps that survive a killed worker.

Nothing is held in one long transaction. Every step writes records, findings and progress together, and only as
long as the lease is still this worker's own; a worker that lost it stops without a trace.
"""

import json
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from exchange.geo.distances import pc4_of, resolve
from exchange.standard import Soort
from exchange.waardelijsten.models import BEROEPEN, COMPETENTIES, Code
from um_portal.audit.log import noteer
from um_portal.jobs import LEASE, MAX_POGINGEN, claim
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.conversion import Bevinding as Gevonden
from uploads.conversion import Omzetting, Uitkomst, value_key
from uploads.erasure import erase_concept
from uploads.intake import raw_context
from uploads.mapping.model import Ernst, Omgeving, Record
from uploads.mapping.recognition import SoortOnduidelijk, recognise
from uploads.models import Bevinding, Bronbestand, Conceptdeel, Levering, Status, Waardekoppeling
from uploads.readers import Onleesbaar, open_file

_RECORDS_PER_PART = 1000
_FINDINGS_PER_STEP = 2000
_SECONDS_PER_STEP = 0.5
# A warning on every row of a large file tells no more than on this many; they are all counted.
_MAX_WARNINGS_PER_REASON = 5000
_TE_VAAK = (
    "Het omzetten is een paar keer onderbroken en daarom gestopt. Probeer het opnieuw. "
    "Lukt het dan niet, neem dan contact op met de functioneel beheerder."
)
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
        werk.run()
    except LeaseVerloren:
        return
    except SoortOnduidelijk as problem:
        werk.fail(problem.melding, vraagt_soort=True)
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
        done = Levering.objects.filter(pk=levering_id, status=Status.MISLUKT).update(
            status=Status.ONTVANGEN,
            melding="",
            pogingen=0,
            lease_tot=None,
            gewijzigd_op=timezone.now(),
            **changes,
        )
        if done:
            noteer(gemeente, "levering_opnieuw", gebruiker=gebruiker, onderwerp=f"levering {levering_id}")
    return bool(done)


def give_up(gemeente: Gemeente, levering_id: int) -> None:
    """Let a levering fail that was interrupted too often."""
    with voor_gemeente(gemeente):
        levering = Levering.objects.filter(
            pk=levering_id, status__in=[Status.ONTVANGEN, Status.OMZETTEN]
        ).first()
        if levering is not None:
            erase_concept(levering)
            Bevinding.objects.filter(levering=levering).delete()
            Levering.objects.filter(pk=levering.pk).update(**_no_figures(), **_failed(_TE_VAAK))


def concept_context(levering_id: int, volgnummer: int) -> str:
    """The context under which a part of the converted records is encrypted."""
    return f"concept:{levering_id}:{volgnummer}"


def unknown_values(levering: Levering) -> dict[str, dict[str, int]]:
    """Per list the values that it does not know, most frequent first; '' stands for values that are not shown."""
    if levering.onbekende_waarden is None:
        return {}
    plain = keys.ontsleutel(
        levering.gemeente, bytes(levering.onbekende_waarden), unknown_context(levering.pk)
    )
    found: dict[str, dict[str, int]] = json.loads(plain)
    return found


def environment(gemeente: Gemeente) -> Omgeving:
    """What the conversion must know: the municipality's secret and value mapping, the lists, the map of the country."""
    with voor_gemeente(gemeente):
        codes: dict[str, dict[str, str]] = {}
        rows = list(
            Code.objects.filter(lijst__in=[BEROEPEN, COMPETENTIES])
            .geldig()
            .order_by("code")
            .values_list("lijst", "code", "label")
        )
        for lijst, code, label in rows:
            codes.setdefault(lijst, {}).setdefault(value_key(label), code)
        for lijst, code, _ in rows:
            codes[lijst][value_key(code)] = code
        # The municipality's own mapping goes before everything.
        for lijst, waarde, code in Waardekoppeling.objects.values_list("lijst", "waarde", "code"):
            codes.setdefault(lijst, {})[value_key(waarde)] = code

    @lru_cache(maxsize=10_000)
    def is_somewhere(pc4: int) -> bool:
        return resolve(pc4) is not None

    def postcode_is_somewhere(postcode: str) -> bool:
        pc4 = pc4_of(postcode)
        return pc4 is not None and is_somewhere(pc4)

    return Omgeving(lambda text: keys.pseudoniem(gemeente, text), postcode_is_somewhere, codes)


class _Werk:
    """One worker's work on one levering, under its lease."""

    def __init__(self, gemeente: Gemeente, levering: Levering, volg: Volg | None) -> None:
        self.gemeente = gemeente
        self.levering = levering
        self.lease = levering.lease_tot
        self.volg = volg
        self.blad = ""
        self.parts = 0
        self.records: list[Record] = []
        self.findings: list[Gevonden] = []
        self.warned: Counter[tuple[str, str]] = Counter()

    def run(self) -> None:
        """From the file to the converted records."""
        levering = self.levering
        with voor_gemeente(self.gemeente):
            # Opening goes in one go; a large file takes longer than a lease.
            self._hold(LEASE + timedelta(seconds=3 * levering.bestandsgrootte / 1_000_000))
            erase_concept(levering)
            Bevinding.objects.filter(levering=levering).delete()
            sealed = Bronbestand.objects.get(levering=levering).inhoud
        bestand = open_file(keys.ontsleutel(self.gemeente, bytes(sealed), raw_context(levering.pk)))
        del sealed
        soort = Soort(levering.soort) if levering.soort else None
        gevonden = recognise(bestand, soort, levering.gevraagde_koppeling)
        self.blad = gevonden.tabel.naam[:60]
        omzetting = Omzetting(gevonden, environment(self.gemeente))
        totaal = gevonden.tabel.aantal
        self._step(
            koppeling=gevonden.herkenning.koppeling,
            soort=gevonden.soort.value,
            blad=self.blad,
            rijen_totaal=max(totaal - gevonden.kopregel, 0) if totaal is not None else None,
            kolommen_gebruikt=[shown_header(kop) for kop in gevonden.herkenning.gebruikt],
            kolommen_ongebruikt=[shown_header(kop) for kop in gevonden.herkenning.ongebruikt[:200]],
        )
        self._convert_rows(omzetting)
        self._finish(omzetting)

    def _convert_rows(self, omzetting: Omzetting) -> None:
        last = time.monotonic()
        for uitkomst in omzetting.uitkomsten():
            self._take(uitkomst)
            now = time.monotonic()
            full = len(self.records) >= _RECORDS_PER_PART
            if full or len(self.findings) >= _FINDINGS_PER_STEP or now - last >= _SECONDS_PER_STEP:
                self._step(whole_part=full, **_figures(omzetting))
                last = now

    def _take(self, uitkomst: Uitkomst) -> None:
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
            onbekende_waarden=keys.versleutel(
                self.gemeente, json.dumps(unknown).encode(), unknown_context(self.levering.pk)
            )
            if unknown
            else None,
            status=Status.OMGEZET,
            melding="" if omzetting.telling.omgezet else _NIETS,
            pogingen=0,
        )

    def _step(self, whole_part: bool = False, **fields: Any) -> None:
        """Write what there is and how far it is, in one transaction, if the lease still holds."""
        done = fields.get("status") is Status.OMGEZET
        with voor_gemeente(self.gemeente):
            self._hold(None if done else LEASE, **fields)
            if whole_part and self.records:
                Conceptdeel.objects.create(
                    gemeente=self.gemeente,
                    levering=self.levering,
                    volgnummer=self.parts,
                    inhoud=keys.versleutel(
                        self.gemeente, pack(self.records), concept_context(self.levering.pk, self.parts)
                    ),
                )
                self.parts += 1
                self.records = []
            Bevinding.objects.bulk_create(
                [self._row(finding) for finding in self.findings], batch_size=_FINDINGS_PER_STEP
            )
            self.findings = []
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
        mine = Levering.objects.filter(pk=self.levering.pk, status=Status.OMZETTEN, lease_tot=self.lease)
        held = mine.update(**{**fields, "lease_tot": until, "gewijzigd_op": timezone.now()})
        if not held:
            raise LeaseVerloren
        self.lease = until

    def fail(self, melding: str, **fields: Any) -> None:
        """End with a message; the file stays for another try, the half-converted records do not."""
        try:
            with voor_gemeente(self.gemeente):
                self._hold(None, **_no_figures(), **_failed(melding), **fields)
                erase_concept(self.levering)
                Bevinding.objects.filter(levering=self.levering).delete()
        except LeaseVerloren:
            return


def pack(records: list[Record]) -> bytes:
    """Records, small; what gets encrypted."""
    return zlib.compress(json.dumps(records, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpack(data: bytes) -> Iterator[Record]:
    """The records that `pack` made small."""
    yield from json.loads(zlib.decompress(data))


def shown_header(kop: str) -> str:
    """A header as we keep and show it; one that looks like data is not shown."""
    if "@" in kop or sum(character.isdigit() for character in kop) >= 6:
        return "(kolomnaam niet getoond)"
    return kop[:60]


def _claim(gemeente: Gemeente, levering_id: int, volg: Volg | None) -> _Werk | None:
    with voor_gemeente(gemeente):
        levering = claim(Levering.objects.filter(status__in=[Status.ONTVANGEN, Status.OMZETTEN]), levering_id)
        if levering is None:
            return None
        if levering.pogingen > MAX_POGINGEN:
            give_up(gemeente, levering_id)
            return None
        levering.status = Status.OMZETTEN
        levering.melding = ""
        Levering.objects.filter(pk=levering.pk).update(status=Status.OMZETTEN, melding="", **_no_figures())
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
    return {**dict.fromkeys(counts, 0), "rijen_totaal": None, "redenen": []}


def _failed(melding: str) -> dict[str, Any]:
    return {"status": Status.MISLUKT, "melding": melding, "lease_tot": None, "gewijzigd_op": timezone.now()}


def _figures(omzetting: Omzetting) -> dict[str, int]:
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
