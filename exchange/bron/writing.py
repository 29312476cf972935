"""Turns records in the standard into rows to put ready: searchable, encrypted, and in COPY's form."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.hmac import HMAC

from exchange.bron import copying
from exchange.bron.columns import Afleiding, Record, Row, canonical_json, whole_numbers
from exchange.bron.models import Recordkolommen
from exchange.bron.packing import pack
from exchange.bron.tables import tables_of
from exchange.geo.distances import resolver
from exchange.standard import Soort, without_empties
from um_portal.tenants import keys
from um_portal.tenants.models import Contactbeleid, Gemeente

# Part of every fingerprint: raise it when the same record must be stored in another way.
_OPMAAK = b"2:"
# Rows that are derived, packed and encrypted together.
_AT_ONCE = 200
# The columns in which hardly any value occurs twice.
UNIQUE: Final = ("id_bron", "detail", "vingerafdruk", "zoekprofiel", "eigennummer")


def record_context(soort: Soort, id_bron: str) -> str:
    """Gives the context under which a whole record is encrypted: it opens as the record with this id alone."""
    return f"detail:{soort.value}:{id_bron}"


def number_context(soort: Soort, id_bron: str) -> str:
    """Gives the context under which the municipality's own number of the record with this id is encrypted."""
    return f"eigennummer:{soort.value}:{id_bron}"


def own_number(gemeente: Gemeente, soort: Soort, record: Recordkolommen) -> str:
    """Gives the municipality's own number behind the pseudonym of a record; '' when none was kept."""
    if record.eigennummer is None:
        return ""
    sealed = bytes(record.eigennummer)
    return keys.decrypt(gemeente, sealed, number_context(soort, record.id_bron)).decode()


class MetBeleid(NamedTuple):
    """A record with what the standard's JSON has no place for.

    That is the contact policy of a jobseeker, and the municipality's own number behind a pseudonym; '' for none.
    """

    record: Record
    contactbeleid: Contactbeleid | None
    eigen_nummer: str = ""


def _content_id(begun: HMAC, marked: bytes, record: Record) -> str:
    """Gives the id of a record without one: an empty value that comes or goes does not make it another."""
    return keys.mac(begun, marked + canonical_json(without_empties(dict(record))).encode()).hex()


class Schrijver:
    """Writes rows of one batch. It remembers derived values, so keep it for all parts of the batch."""

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
        """Writes what `rows` gives in the binary form of COPY, in pieces of some tens of kilobytes."""
        return copying.pieces(self.rows(records, without), self._encoders)

    def rows(self, records: Iterable[MetBeleid], without: Collection[str] = frozenset()) -> Iterator[Row]:
        """Gives a row per record, except for the ids in `without`; once begun it asks the database nothing.

        Raises OnbekendePostcode.
        """
        gemeente = self._gemeente
        # The table of postcodes may have been replaced since the previous part.
        if resolver() != self._resolve:
            self._derive_anew()
        begun, seal = keys.keys_of(gemeente).vingerafdruk, keys.encryptor(gemeente)
        return self._rows(records, without, begun, seal)

    def _rows(
        self,
        records: Iterable[MetBeleid],
        without: Collection[str],
        begun: HMAC,
        seal: Callable[[bytes, str], bytes],
    ) -> Iterator[Row]:
        left, soort = iter(records), self.soort
        while part := list(islice(left, _AT_ONCE)):
            rows = list(self._derive(part, without, begun))
            # Step by step, not row by row: what a step uses for every row then stays near the processor.
            packed = [pack(row["detail"]) for row in rows]
            for row, data in zip(rows, packed, strict=True):
                row["detail"] = seal(data, record_context(soort, row["id_bron"]))
                if row["eigennummer"] is not None:
                    row["eigennummer"] = seal(row["eigennummer"], number_context(soort, row["id_bron"]))
            yield from rows

    def _derive(self, records: Iterable[MetBeleid], without: Collection[str], begun: HMAC) -> Iterator[Row]:
        """Gives the rows with what is to be encrypted as it is."""
        derived, soort = self._afleiding, self.soort
        empty, id_pad = {**self._begin, **derived.leeg}, soort.id_pad
        for record, policy, own_number in records:
            if policy is not None and "contactbeleid" not in empty:
                raise ValueError(f"contactbeleid is niet van toepassing op {soort.label}")
            row = empty.copy()
            data = derived.row(record, row)
            # Every number of the standard is whole. A number with a fraction is rare, and this test for it is
            # cheap.
            if b".0" in data:
                record = whole_numbers(record)
                data = derived.row(record, row)
            marked = _OPMAAK if policy is None else _OPMAAK + f"{policy}:".encode()
            # With a key: without the municipality's secret nobody can make the fingerprint of a guessed
            # record.
            print_of = data if id_pad else canonical_json(record).encode()
            # A record without an id is known by what it holds, so that two equal records are one.
            id_bron = record[id_pad] if id_pad else _content_id(begun, marked, record)
            if id_bron in without:
                continue
            row["id_bron"] = id_bron
            row["detail"] = data
            row["vingerafdruk"] = keys.mac(begun, marked + print_of)
            if policy is not None:
                row["contactbeleid"] = policy
            row["eigennummer"] = own_number.encode() if own_number else None
            yield row
