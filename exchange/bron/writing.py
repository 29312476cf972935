"""From records in the standard to the rows that are put ready: searchable, encrypted, and as COPY takes them."""

import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from exchange.bron import copying
from exchange.bron.columns import Afleiding, Record, Row, canonical_json, whole_numbers
from exchange.bron.packing import pack
from exchange.bron.tables import tables_of
from exchange.geo.distances import resolver
from exchange.standard import Soort
from um_portal.tenants import keys
from um_portal.tenants.models import Contactbeleid, Gemeente

DETAIL_CONTEXT: Final = "detail"
# Part of every fingerprint: raise it when the same record must be stored differently.
_OPMAAK = b"1:"
# Columns of which hardly any value comes back.
UNIQUE: Final = ("id_bron", "detail", "vingerafdruk", "zoekprofiel")


class MetBeleid(NamedTuple):
    """A jobseeker with a contact policy of their own; the standard's JSON has no place for it."""

    record: Record
    contactbeleid: Contactbeleid | None


class Schrijver:
    """Writes rows of one batch. Remembers what it finds out on the way, so keep it for all parts of the batch."""

    def __init__(self, gemeente: Gemeente, soort: Soort, batch: int) -> None:
        self._gemeente = gemeente
        self.soort = soort
        self.batch = batch
        fields = tables_of(soort).fields
        self._encoders = copying.encoders(fields, UNIQUE)
        self._begin: Row = dict.fromkeys(field.attname for field in fields)
        self._begin |= {"gemeente_id": gemeente.pk, "stapel": batch}
        self._derive_anew()

    def _derive_anew(self) -> None:
        self._resolve = resolver()
        self._afleiding = Afleiding(self.soort, self._resolve)

    def write(self, records: Sequence[MetBeleid], without: Collection[str] = frozenset()) -> Iterator[bytes]:
        """What `rows` gives, in the binary form of COPY, some tens of kilobytes at a time."""
        return copying.pieces(self.rows(records, without), self._encoders)

    def rows(self, records: Iterable[MetBeleid], without: Collection[str] = frozenset()) -> Iterator[Row]:
        """A row per record, but for the ids in `without`; asks the database nothing once it has begun.

        Raises OnbekendePostcode.
        """
        gemeente = self._gemeente
        # The table of postcodes may have been replaced since the part before.
        if resolver() != self._resolve:
            self._derive_anew()
        secret, seal = keys.keys_of(gemeente).pseudoniem, keys.encryptor(gemeente, DETAIL_CONTEXT)
        return self._rows(records, without, secret, seal)

    def _rows(
        self,
        records: Iterable[MetBeleid],
        without: Collection[str],
        secret: bytes,
        seal: Callable[[bytes], bytes],
    ) -> Iterator[Row]:
        derived, soort = self._afleiding, self.soort
        empty, id_pad = {**self._begin, **derived.leeg}, soort.id_pad
        for record, policy in records:
            if policy is not None and "contactbeleid" not in empty:
                raise ValueError(f"contactbeleid is niet van toepassing op {soort.label}")
            row = empty.copy()
            data = derived.row(record, row)
            # Every number of the standard is whole; one written with a fraction is rare and looked for cheaply.
            if b".0" in data:
                record = whole_numbers(record)
                data = derived.row(record, row)
            marked = _OPMAAK if policy is None else _OPMAAK + f"{policy}:".encode()
            # Keyed: without the municipality's secret the print of a guessed record cannot be made.
            print_of = data if id_pad else canonical_json(record).encode()
            fingerprint = hmac.digest(secret, marked + print_of, "sha256")[:16]
            # Without an id the record is known by its content, so that the same twice is the same once.
            id_bron = record[id_pad] if id_pad else fingerprint.hex()
            if id_bron in without:
                continue
            row["id_bron"] = id_bron
            row["detail"] = seal(pack(data))
            row["vingerafdruk"] = fingerprint
            if policy is not None:
                row["contactbeleid"] = policy
            yield row
