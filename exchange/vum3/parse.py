"""Reading a selectievraag as the exchange sends it: JSON in MongoDB's query language.

What the contract does not know has no effect and is counted; what it knows must have the form it gives.
A condition of which nothing known remains has no effect either.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from exchange.selection.form import (
    Contactmomentvraag,
    Ongeldig,
    Onvolledig,
    Selectievraag,
    Taaleis,
    Veld,
    Vergelijking,
)
from exchange.standard import KVK_PATROON, POSTCODE_PATROON, Soort

MAX_AFSTAND = 999
_POSTCODE = re.compile(POSTCODE_PATROON)
_KVK = re.compile(KVK_PATROON)
_DATUM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Reader:
    """One parse: carries the count of what was passed over."""

    def __init__(self) -> None:
        self.genegeerd = 0

    def group(self, value: Any, pad: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise Ongeldig(pad, "hier hoort een object")
        return value

    def items(self, value: Any, pad: str, *, leeg: bool = False) -> list[Any]:
        if not isinstance(value, list):
            raise Ongeldig(pad, "hier hoort een lijst")
        if not value and not leeg:
            raise Ongeldig(pad, "deze lijst mag niet leeg zijn")
        return value

    def known(self, group: Mapping[str, Any], *keys: str) -> list[str]:
        found = [key for key in keys if key in group]
        self.genegeerd += len(group) - len(found)
        return found

    def operators(self, value: Any, pad: str, allowed: Mapping[str, "Reads"]) -> list[tuple[str, Any]]:
        group = self.group(value, pad)
        return [(op, allowed[op](group[op], f"{pad}.{op}")) for op in self.known(group, *allowed)]

    def equals(self, group: Mapping[str, Any], key: str, pad: str) -> str | None:
        """The text that `key` must equal, if that is asked."""
        if key not in self.known(group, key):
            return None
        found = self.operators(group[key], f"{pad}.{key}", {"$eq": _text})
        return found[0][1] if found else None


Reads = Callable[[Any, str], Any]


def _number(value: Any, pad: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Ongeldig(pad, "hier hoort een getal")
    return value


def _text(value: Any, pad: str) -> str:
    if not isinstance(value, str):
        raise Ongeldig(pad, "hier hoort tekst")
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise Ongeldig(pad, "deze tekst bevat een teken dat niet mag")
    return value


def _date(value: Any, pad: str) -> date:
    text = _text(value, pad)
    try:
        if not _DATUM.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise Ongeldig(pad, "hier hoort een datum, als jjjj-mm-dd") from None


_ONREGELMATIG = "flexibiliteit.indicatieOnregelmatigWerkOfPloegendienst"
_UREN_MAX = "werktijden.aantalWerkurenPerWeekMaximaal"
_UREN_MIN = "werktijden.aantalWerkurenPerWeekMinimaal"

_Enkelvoudig = dict[str, tuple[Veld, dict[str, Reads]]]

_BEIDE: _Enkelvoudig = {
    _ONREGELMATIG: (Veld.ONREGELMATIG, {"$eq": _number}),
    _UREN_MAX: (Veld.UREN_MAXIMAAL, {"$gte": _number}),
    _UREN_MIN: (Veld.UREN_MINIMAAL, {"$lte": _number}),
}
# Key in the selectievraag -> the field it compares, and the operators the contract gives it.
ENKELVOUDIG: dict[Soort, _Enkelvoudig] = {
    Soort.WERKZOEKENDEN: {
        **_BEIDE,
        "werktijden.indicatieKantoortijden": (Veld.KANTOORTIJDEN, {"$eq": _number}),
        "datumAanvangBeschikbaarVoorWerk": (Veld.AANVANG, {"$lte": _date}),
    },
    Soort.VACATURES: {
        **_BEIDE,
        "beroep.codeBeroepsnaam": (Veld.BEROEP, {"$eq": _text}),
        "codeWerkEnDenkniveauMinimaal": (Veld.DENKNIVEAU, {"$gte": _text, "$lt": _text, "$eq": _text}),
        "datumAanvangWerkzaamheden": (Veld.AANVANG, {"$gte": _date}),
    },
}
RIJBEWIJS_SLEUTEL = {
    Soort.WERKZOEKENDEN: "arbeidsmarktkwalificatie.rijbewijs",
    Soort.VACATURES: "rijbewijs",
}
TAAL_SLEUTEL = {
    Soort.WERKZOEKENDEN: "arbeidsmarktkwalificatie.taalbeheersing",
    Soort.VACATURES: "taalbeheersing",
}
BEROEP_SLEUTEL = "bemiddelingsberoep"
CONTRACT_SLEUTEL = "contractvorm"


def _area(reader: _Reader, group: Mapping[str, Any]) -> tuple[str, int]:
    if "selectiegebied" not in group:
        raise Onvolledig("vraagObject.selectiegebied", "het selectiegebied ontbreekt")
    pad = "vraagObject.selectiegebied"
    area = reader.group(group["selectiegebied"], pad)
    for key in ("postcode", "afstand"):
        if key not in area:
            raise Onvolledig(f"{pad}.{key}", f"{key} ontbreekt")
    reader.known(area, "postcode", "afstand")
    postcode = _text(area["postcode"], f"{pad}.postcode")
    if not _POSTCODE.fullmatch(postcode):
        raise Ongeldig(f"{pad}.postcode", "hier hoort een postcode van vier cijfers en twee letters")
    afstand = _number(area["afstand"], f"{pad}.afstand")
    if not 0 <= afstand <= MAX_AFSTAND or afstand != int(afstand):
        raise Ongeldig(f"{pad}.afstand", f"hier hoort een heel getal van 0 tot en met {MAX_AFSTAND}")
    return postcode, int(afstand)


def _any_of(reader: _Reader, value: Any, pad: str, key: str, *, leeg: bool) -> tuple[str, ...]:
    """`$elemMatch` with `$or`: the texts of which some element must have one."""
    outer = reader.group(value, pad)
    if not reader.known(outer, "$elemMatch"):
        return ()
    inner = reader.group(outer["$elemMatch"], f"{pad}.$elemMatch")
    if not reader.known(inner, "$or"):
        return ()
    pad = f"{pad}.$elemMatch.$or"
    found = []
    for number, branch in enumerate(reader.items(inner["$or"], pad, leeg=leeg)):
        place = f"{pad}[{number}]"
        text = reader.equals(reader.group(branch, place), key, place)
        if text is not None:
            found.append(text)
    return tuple(dict.fromkeys(found))


def _all_of(reader: _Reader, value: Any, pad: str) -> list[tuple[str, Mapping[str, Any]]]:
    """`$all` of `$elemMatch`: the place and the conditions of every element that must be matched."""
    outer = reader.group(value, pad)
    if not reader.known(outer, "$all"):
        return []
    found = []
    for number, element in enumerate(reader.items(outer["$all"], f"{pad}.$all")):
        place = f"{pad}.$all[{number}]"
        group = reader.group(element, place)
        if reader.known(group, "$elemMatch"):
            place = f"{place}.$elemMatch"
            found.append((place, reader.group(group["$elemMatch"], place)))
    return found


def _licences(reader: _Reader, value: Any, pad: str) -> tuple[str, ...]:
    found = (
        reader.equals(group, "codeSoortRijbewijs", place) for place, group in _all_of(reader, value, pad)
    )
    return tuple(dict.fromkeys(code for code in found if code is not None))


_MONDELING, _SCHRIFTELIJK = "codeNiveauTaalbeheersingMondeling", "codeNiveauTaalbeheersingSchriftelijk"


def _languages(reader: _Reader, value: Any, pad: str) -> tuple[Taaleis, ...]:
    found = []
    for place, group in _all_of(reader, value, pad):
        if "codeTaal" not in group:
            raise Onvolledig(f"{place}.codeTaal", "de taal ontbreekt")
        levels: dict[str, Any] = {}
        for key in reader.known(group, "codeTaal", _MONDELING, _SCHRIFTELIJK):
            reads: dict[str, Reads] = {"$eq": _text} if key == "codeTaal" else {"$gte": _number}
            for _, value_read in reader.operators(group[key], f"{place}.{key}", reads):
                levels[key] = value_read
        if "codeTaal" in levels:
            found.append(Taaleis(levels["codeTaal"], levels.get(_MONDELING), levels.get(_SCHRIFTELIJK)))
    return tuple(dict.fromkeys(found))


def parse(soort: Soort, vraag_object: Any) -> Selectievraag:
    """The typed form of the `vraagObject` of a request for jobseekers or vacancies.

    Raises Onvolledig when something required is missing, Ongeldig when something has the wrong form.
    """
    reader = _Reader()
    group = reader.group(vraag_object, "vraagObject")
    postcode, afstand = _area(reader, group)
    single = ENKELVOUDIG[soort]
    keys = reader.known(group, "selectiegebied", *single, RIJBEWIJS_SLEUTEL[soort], TAAL_SLEUTEL[soort])
    comparisons = []
    licences: tuple[str, ...] = ()
    languages: tuple[Taaleis, ...] = ()
    for key in keys:
        pad = f"vraagObject.{key}"
        if key in single:
            veld, allowed = single[key]
            for operator, value in reader.operators(group[key], pad, allowed):
                comparisons.append(Vergelijking(veld, operator, value))
        elif key == RIJBEWIJS_SLEUTEL[soort]:
            licences = _licences(reader, group[key], pad)
        elif key == TAAL_SLEUTEL[soort]:
            languages = _languages(reader, group[key], pad)
    occupations: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    if soort is Soort.WERKZOEKENDEN:
        if BEROEP_SLEUTEL in group:
            reader.genegeerd -= 1
            pad = f"vraagObject.{BEROEP_SLEUTEL}"
            occupations = _any_of(reader, group[BEROEP_SLEUTEL], pad, "beroep.codeBeroepsnaam", leeg=True)
        if CONTRACT_SLEUTEL in group:
            reader.genegeerd -= 1
            pad = f"vraagObject.{CONTRACT_SLEUTEL}"
            contracts = _any_of(reader, group[CONTRACT_SLEUTEL], pad, "codeTypeArbeidscontract", leeg=False)
    return Selectievraag(
        soort=soort,
        postcode=postcode,
        afstand=afstand,
        vergelijkingen=tuple(comparisons),
        beroepen=occupations,
        contractvormen=contracts,
        rijbewijzen=licences,
        talen=languages,
        genegeerd=reader.genegeerd,
    )


KVK_SLEUTEL = "werkgever.nummerKvk"
DATUM_SLEUTEL = "datum"


def _kvk(value: Any, pad: str) -> str:
    text = _text(value, pad)
    if not _KVK.fullmatch(text):
        raise Ongeldig(pad, "hier hoort een KvK-nummer van acht cijfers")
    return text


def parse_contactmomenten(vraag_object: Any) -> Contactmomentvraag:
    """The typed form of the `vraagObject` of a request for werkgeverscontactmomenten.

    Raises Onvolledig without a KvK number, Ongeldig when something has the wrong form.
    """
    reader = _Reader()
    group = reader.group(vraag_object, "vraagObject")
    pad = f"vraagObject.{KVK_SLEUTEL}"
    if KVK_SLEUTEL not in group:
        raise Onvolledig(pad, "het KvK-nummer ontbreekt")
    numbers = reader.operators(group[KVK_SLEUTEL], pad, {"$eq": _kvk})
    if not numbers:
        raise Onvolledig(f"{pad}.$eq", "het KvK-nummer ontbreekt")
    days: list[tuple[str, date]] = []
    if DATUM_SLEUTEL in reader.known(group, KVK_SLEUTEL, DATUM_SLEUTEL):
        days = reader.operators(group[DATUM_SLEUTEL], f"vraagObject.{DATUM_SLEUTEL}", {"$gte": _date})
    return Contactmomentvraag(numbers[0][1], days[0][1] if days else None, reader.genegeerd)
