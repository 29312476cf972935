"""Reads lines of the audit log and writes them in words, for the pages and for the download.

A detail leaves two lines: one before the question goes out, and one with the outcome. Shown is the second; the first
only when there is no second, which is how a question looks whose process was killed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from um_portal.audit.handelingen import Handeling, Verwerking
from um_portal.audit.models import Auditregel, Pseudoniem, Supportpseudoniem, Supportregel, Uitkomst
from um_portal.tenants.models import Gemeente, Lidmaatschap
from um_portal.toegang.rechten import Functie

PORTAAL_NAAM = "Het portaal"
_HANDELING = dict(Handeling.choices)
_FUNCTIE = dict(Functie.choices)
_UITKOMST = dict(Uitkomst.choices)
_DETAIL = {"gelukt": "Geleverd", "mislukt": "Niet geleverd", "onbekend": "Niet bekend"}
# Status codes of the standard for logs of processing: unset, ok, error.
_STATUS = {"": 0, "gelukt": 1, "onbekend": 0, "mislukt": 2}


def own_lines() -> QuerySet[Auditregel]:
    """Gives the lines of the municipality that the transaction works for, the newest first."""
    return _shown(Auditregel.objects.order_by("-tijdstip", "-pk"), Auditregel.objects)


def all_lines() -> QuerySet[Supportregel]:
    """Gives the lines of all municipalities and of the portal; call inside `als_support`."""
    return _shown(Supportregel.objects.order_by("-tijdstip", "-pk"), Supportregel.objects)


def _shown(lines: QuerySet[Any], others: Any) -> QuerySet[Any]:
    finished = others.filter(span=OuterRef("span"), handeling=Handeling.DETAIL_OPGEVRAAGD)
    return lines.exclude(Exists(finished), handeling=Handeling.DETAIL_GEVRAAGD)


def colleagues() -> dict[UUID, str]:
    """Gives the names of the people with a role in this municipality, by pseudonym; call inside `voor_gemeente`."""
    members = Lidmaatschap.objects.values("gebruiker")
    return _names(Pseudoniem.objects.filter(gebruiker__in=members))


def supporters() -> dict[UUID, str]:
    """Gives the names of the people of VNG support, by pseudonym; call inside `als_support`."""
    return _names(Supportpseudoniem.objects.all())


def _names(found: QuerySet[Any]) -> dict[UUID, str]:
    name = ("gebruiker__first_name", "gebruiker__last_name")
    rows = found.order_by(*name).values_list("pseudoniem", *name, "gebruiker__username")
    return {pseudoniem: f"{first} {last}".strip() or username for pseudoniem, first, last, username in rows}


@dataclass(frozen=True, slots=True)
class Rij:
    """A line in words."""

    regel: Any
    wie: str
    functie: str
    handeling: str
    onderwerp: str
    over: str
    uitkomst: str
    keten: str = ""


def in_words(
    lines: Iterable[Any], names: dict[UUID, str], gemeenten: dict[int, str] | None = None
) -> Iterator[Rij]:
    """Writes lines in words; somebody who is not in `names` keeps a pseudonym."""
    for line in lines:
        outcomes = _DETAIL if line.handeling == Handeling.DETAIL_OPGEVRAAGD else _UITKOMST
        yield Rij(
            line,
            wie=_who(line.actor, line.functie, names) or PORTAAL_NAAM,
            functie=_FUNCTIE.get(line.functie, ""),
            handeling=_HANDELING.get(line.handeling, line.handeling),
            onderwerp=line.onderwerp,
            over=_who(line.betrokkene, "", names) if line.betrokkene != line.actor else "",
            uitkomst=outcomes.get(line.uitkomst, ""),
            keten=PORTAAL_NAAM if gemeenten is None else gemeenten.get(line.keten, PORTAAL_NAAM),
        )


def _who(pseudoniem: UUID | None, functie: str, names: dict[UUID, str]) -> str:
    if pseudoniem is None:
        return ""
    if pseudoniem in names:
        return names[pseudoniem]
    # To a municipality, VNG support is one: who exactly is for support itself to know.
    kind = "VNG-support" if functie.startswith("support") else "Medewerker"
    return f"{kind} {str(pseudoniem)[:8]}"


KOPPEN = (
    "tijdstip", "gemeente", "wie", "functie", "voor de ander gedaan door een achtergrondtaak", "handeling", "onderwerp",
    "over wie", "aantal", "records", "uitkomst", "vumID", "andere partij (OIN)", "regel", "trace_id", "span_id",
    "start_time", "end_time", "status_code", "name", "dpl.core.processing_activity_id",
    "dpl.core.data_subject_id_type",
)  # fmt: skip


def as_cells(row: Rij, gemeente: str) -> list[Any]:
    """Gives the cells of a line in a csv, in the order of `KOPPEN`."""
    line = row.regel
    vum_id = getattr(line, "vum_id", "")
    begin = line.tijdstip - timedelta(milliseconds=line.duur_ms or 0)
    return [
        line.tijdstip.isoformat(timespec="milliseconds"), gemeente, row.wie, row.functie, "ja" if line.namens else "",
        row.handeling, row.onderwerp, row.over, line.aantal, line.records, row.uitkomst, vum_id, line.partij,
        line.volgnummer, line.trace, line.span, begin.isoformat(timespec="milliseconds"),
        line.tijdstip.isoformat(timespec="milliseconds"), _STATUS.get(line.uitkomst, 0), line.handeling,
        Verwerking.of(line.handeling).value, "vumID" if vum_id else "",
    ]  # fmt: skip


def names_of_municipalities() -> dict[int, str]:
    """Gives the names of all municipalities by number."""
    return dict(Gemeente.objects.values_list("pk", "naam"))
