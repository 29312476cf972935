"""Putting a stapel ready part after part; a large one with the help of another process.

Making rows takes about as long as making records out of a file. Of a large stapel another process makes the rows of
one part while the caller makes the records of the next. It is an aid only: the rows go to the database in the caller's
own transaction, and what the aid does not give the caller makes itself.
"""

from collections.abc import Iterable
from typing import NamedTuple

from exchange.bron.beside import Schrijfproces, Weggevallen
from exchange.bron.columns import Record
from exchange.bron.store import put_ready, with_policy, withdrawn
from exchange.bron.writing import MetBeleid, Schrijver
from exchange.standard import Soort
from um_portal.tenants.models import Gemeente

# Of fewer records another process has hardly started when the work is done.
VEEL = 20_000


class _Deel(NamedTuple):
    records: list[MetBeleid]
    without: frozenset[str]


class Klaarzetting:
    """Puts the records of one stapel ready; call all of it inside `voor_gemeente`.

    `verwacht` is about how many records there will be, if that is known.
    """

    def __init__(self, gemeente: Gemeente, soort: Soort, stapel: int, verwacht: int | None) -> None:
        self._gemeente, self._soort, self._stapel = gemeente, soort, stapel
        self._schrijver = Schrijver(gemeente, soort, stapel)
        self._aid: Schrijfproces | None = None
        # So many records, and an aid is worth it; None when there was one.
        self._until_aid: int | None = max(VEEL - (verwacht or 0), 0)
        self._under_way: _Deel | None = None

    def zet(self, records: Iterable[Record | MetBeleid]) -> None:
        """Put records ready as `store.stage` does, or see to it that they are with the next call."""
        self._land()
        deel = _Deel(with_policy(records), withdrawn(self._soort, self._stapel))
        if not self._hand_over(deel):
            put_ready(self._soort, self._schrijver.write(*deel))

    def rond_af(self, records: Iterable[Record | MetBeleid]) -> None:
        """Put the last records ready, and all that was under way."""
        self._land()
        self.sluit()
        self.zet(records)

    def _hand_over(self, deel: _Deel) -> bool:
        """Give a part to the aid, if there is one and it has started."""
        try:
            if self._until_aid is not None:
                self._until_aid -= len(deel.records)
                if self._until_aid <= 0:
                    self._until_aid = None
                    self._aid = Schrijfproces(self._gemeente.pk, self._soort, self._stapel)
            if self._aid is None or not self._aid.is_ready():
                return False
            self._aid.begin(*deel)
        except Weggevallen:
            self._aid = None
            return False
        self._under_way = deel
        return True

    def _land(self) -> None:
        """Put ready what the aid was writing."""
        deel, self._under_way = self._under_way, None
        if deel is None or self._aid is None:
            return
        try:
            written = [self._aid.result()]
        except Weggevallen:
            self._aid = None
            written = []
        now = withdrawn(self._soort, self._stapel)
        if not written or now != deel.without:
            put_ready(self._soort, self._schrijver.write(deel.records, now))
        else:
            put_ready(self._soort, written)

    def sluit(self) -> None:
        """Let the aid end. What it was writing is not put ready."""
        self._until_aid = None
        if self._aid is not None:
            self._aid.sluit()
            self._aid = None
