"""Shows what a municipality has published as a table: the search profiles, in the words of the standard."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Final

from exchange.bron.models import GepubliceerdRecord, Profiel, Werkgeverscontactmoment
from exchange.display import Labels, labels_in, value_text
from exchange.standard import Soort, veld_op

# These are the only unencrypted attributes of a contact with an employer: the others name people.
LEESBAAR: Final = ("datum", "werkgever.nummerKvk")
# The attributes that a row shows; the labels and the texts are the standard's.
_PADEN: Mapping[Soort, tuple[str, ...]] = {
    Soort.WERKZOEKENDEN: (
        "idWerkzoekende",
        "bemiddelingsberoep[].codeBeroepsnaam",
        "mobiliteit.bemiddelingspostcode",
        "werktijden.aantalWerkurenPerWeekMaximaal",
        "arbeidsmarktkwalificatie.opleiding[].codeNiveauOpleiding",
        "arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs",
        "vervoermiddel[].codeVervoermiddel",
    ),
    Soort.VACATURES: (
        "idVacature",
        "naamVacature",
        "beroep.codeBeroepsnaam",
        "adres.postcode",
        "werktijden.aantalWerkurenPerWeekMaximaal",
        "codeWerkEnDenkniveauMinimaal",
        "sluitingsdatumVacature",
    ),
    Soort.WERKGEVERSCONTACTMOMENTEN: LEESBAAR,
}
# The label of a driving licence is a sentence; everybody knows the code.
_ALS_CODE = {"arbeidsmarktkwalificatie.rijbewijs[].codeSoortRijbewijs"}
_GETALLEN = {"werktijden.aantalWerkurenPerWeekMaximaal"}
_KORT = {"werktijden.aantalWerkurenPerWeekMaximaal": "Uren per week (maximaal)"}
# The attribute by which a column is sorted -> its name in `find.SORTEERBAAR`.
_SORTEERT = {
    "idWerkzoekende": "nummer",
    "idVacature": "nummer",
    "mobiliteit.bemiddelingspostcode": "postcode",
    "adres.postcode": "postcode",
    "werktijden.aantalWerkurenPerWeekMaximaal": "uren",
    "codeWerkEnDenkniveauMinimaal": "niveau",
    "sluitingsdatumVacature": "sluit",
    "datum": "datum",
    "werkgever.nummerKvk": "kvk",
}


@dataclass(frozen=True, slots=True)
class Tabelkolom:
    """A column: the attribute's path, its heading, whether it holds numbers, and its name for sorting."""

    pad: str
    label: str
    is_getal: bool
    sorteert: str = ""


@dataclass(frozen=True, slots=True)
class Tabelregel:
    """A record as a row: its key, and the text of every column.

    `met_eigen_nummer`: the municipality's own number is shown instead of the pseudonym.
    """

    pk: int
    cellen: list[tuple[Tabelkolom, str]]
    met_eigen_nummer: bool = False


@cache
def columns(soort: Soort) -> tuple[Tabelkolom, ...]:
    """Gives the columns for a kind; a code in a group has the name of the group."""
    return tuple(
        Tabelkolom(pad, _KORT.get(pad) or _label(soort, pad), pad in _GETALLEN, _SORTEERT.get(pad, ""))
        for pad in _PADEN[soort]
    )


def columns_above(soort: Soort, regels: Iterable[Tabelregel]) -> list[Tabelkolom]:
    """Gives the columns above these rows: by own numbers nothing can be sorted, because they are encrypted."""
    if not any(regel.met_eigen_nummer for regel in regels):
        return list(columns(soort))
    return [replace(kolom, sorteert="") if kolom.pad == soort.id_pad else kolom for kolom in columns(soort)]


def _label(soort: Soort, pad: str) -> str:
    leaf = veld_op(soort, pad)
    if leaf.voorouders and leaf.attribuut.naam.startswith("code"):
        return leaf.voorouders[-1].label
    label = leaf.label.removeprefix("Code ")
    return label[:1].upper() + label[1:]


def rows(
    soort: Soort, profielen: Iterable[GepubliceerdRecord], own_number: Callable[[GepubliceerdRecord], str]
) -> list[Tabelregel]:
    """Gives per profile the text of every column, with one query for the names of all codes together.

    `own_number` gives the number to show instead of a pseudonym; '' leaves the pseudonym.
    """
    records = [(profiel.pk, own_number(profiel), _shown(profiel)) for profiel in profielen]
    labels = labels_in(soort, [record for _, _, record in records])
    return [
        Tabelregel(
            pk,
            [
                (kolom, own if own and kolom.pad == soort.id_pad else _text(soort, kolom.pad, record, labels))
                for kolom in columns(soort)
            ],
            bool(own),
        )
        for pk, own, record in records
    ]


def readable(datum: date, nummer_kvk: str) -> dict[str, Any]:
    """Gives the unencrypted attributes of a contact with an employer, in the form of the standard."""
    return {"datum": datum.isoformat(), "werkgever": {"nummerKvk": nummer_kvk}}


def _shown(record: GepubliceerdRecord) -> dict[str, Any]:
    if isinstance(record, Werkgeverscontactmoment):
        return readable(record.datum, record.nummer_kvk)
    assert isinstance(record, Profiel)
    found: dict[str, Any] = json.loads(record.zoekprofiel)
    return found


def _text(soort: Soort, pad: str, record: Mapping[str, Any], labels: Labels) -> str:
    texts = (
        str(value) if pad in _ALS_CODE else value_text(soort, pad, value, labels)
        for value in _values(record, pad.split("."))
    )
    return ", ".join(dict.fromkeys(text for text in texts if text))


def _values(group: Any, steps: list[str]) -> Iterator[Any]:
    if not isinstance(group, dict):
        return
    inner = group.get(steps[0].removesuffix("[]"))
    for value in inner if isinstance(inner, list) else [inner]:
        if len(steps) > 1:
            yield from _values(value, steps[1:])
        elif value is not None:
            yield value
