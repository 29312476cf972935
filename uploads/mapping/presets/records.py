"""Reads records (JSON) that are already in the standard: only an id that is a BSN is changed."""

from collections.abc import Iterable, Sequence
from typing import Any

from exchange.standard import STANDAARD, Soort, as_delivered, is_bsn, is_empty, velden
from uploads.mapping.cells.contact import bsn_of
from uploads.mapping.cells.freetext import look_through
from uploads.mapping.doelen import without_positions
from uploads.mapping.model import Ernst, Meld, MeldOnbekend, Omgeving, Opmerking, Record

NAAM = "json"
LABEL = "JSON volgens de gegevensstandaard"


def kinds_of(records: Sequence[Any]) -> list[Soort]:
    """Gives the kinds that these records can be, best first.

    Decides by their id, or else by the number of properties that they share with the kind.
    """
    scores: dict[Soort, int] = {}
    for soort in Soort:
        names = {attribuut.naam for attribuut in STANDAARD[soort].attributen}
        scores[soort] = sum(
            100 * (soort.id_pad in record) + len(names & record.keys())
            for record in records
            if isinstance(record, dict)
        )
    best = max(scores.values())
    return [] if best <= 0 else [soort for soort, score in scores.items() if score == best]


class RecordVertaling:
    """Passes on records of one kind."""

    def __init__(self, soort: Soort, omgeving: Omgeving) -> None:
        self.soort = soort
        self._pseudoniem = omgeving.pseudoniem
        self._record: Record = {}

    def finish(self, record: Record) -> Record:
        """Gives the record as it was delivered, empty values included: so the source must answer it."""
        return as_delivered(self.soort, record)

    def kop_van(self, pad: str) -> str:
        """Gives the path itself, because records have no columns."""
        return without_positions(pad)

    def vertaal(self, waarden: Any, meld: Meld, onbekend: MeldOnbekend) -> Record | None:
        """Gives the record, with a pseudonym for an id that is a BSN; None when a free text holds a BSN."""
        if not isinstance(waarden, dict):
            meld(
                "",
                Opmerking(
                    Ernst.AFGEKEURD,
                    "geen_record",
                    "Hier staat geen record. Elk onderdeel van de lijst hoort een object met velden te zijn.",
                ),
            )
            return None
        pad = self.soort.id_pad or ""
        eigen_id = waarden.get(pad)
        if isinstance(eigen_id, str) and is_bsn(eigen_id):
            waarden[pad] = self._pseudoniem(bsn_of(eigen_id))
        self._record = waarden
        return waarden if look_through(self.soort, waarden, meld) else None

    def vorm(self) -> int:
        """Gives the attributes that the last record has: a bit for each, in the order of the standard."""
        return sum(
            1 << place for place, steps in enumerate(_STEPS[self.soort]) if _has_any(self._record, steps)
        )

    def paden(self, vorm: int) -> Iterable[str]:
        """Gives the paths of these attributes."""
        return [leaf.pad for place, leaf in enumerate(velden(self.soort)) if vorm >> place & 1]


_STEPS = {soort: [leaf.pad.replace("[]", "").split(".") for leaf in velden(soort)] for soort in Soort}


def _has_any(value: Any, steps: Sequence[str]) -> bool:
    for place, step in enumerate(steps):
        if isinstance(value, list):
            return any(_has_any(element, steps[place:]) for element in value)
        value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return False
    return not is_empty(value)
