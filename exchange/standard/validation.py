"""Checks a record against the standard and says in plain Dutch what is wrong, where, and what to do.

For each kind one checker is compiled from the entities on first use: a tree of closures that knows its
messages beforehand. A message therefore never contains what the record holds, which may be personal.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final, TypeAlias

from exchange.standard.boom import full_label
from exchange.standard.emptiness import is_empty
from exchange.standard.entiteiten import STANDAARD
from exchange.standard.model import Attribuut, Entiteit, Gegevenstype, Soort, Waardelijst


class Foutcode(StrEnum):
    """The kinds of faults. The codes are stable, so that others can count and translate them."""

    VERPLICHT = "verplicht"
    ONBEKEND_VELD = "onbekend-veld"
    VERKEERD_TYPE = "verkeerd-type"
    TE_LANG = "te-lang"
    PATROON = "patroon"
    NIET_IN_LIJST = "niet-in-lijst"
    BEREIK = "bereik"
    DATUM = "datum"
    TEKEN = "teken"


@dataclass(frozen=True, slots=True)
class Fout:
    """One fault in one record.

    `pad` is where it is, with positions ("telefoonnummer[2]") and '?' for a property whose name is not
    repeated; it is empty when the record as a whole is wrong. `melding` is a Dutch sentence for on screen.
    """

    pad: str
    code: Foutcode
    melding: str


_Finding: TypeAlias = tuple[str, Foutcode, str]
# None: there is a value and it is right. An empty tuple: there is no value. Otherwise: the faults, with paths
# relative to the value. Full paths are made only when there is a fault: a good record costs nothing.
_Outcome: TypeAlias = tuple[_Finding, ...] | None
_Check: TypeAlias = Callable[[object], _Outcome]

_ABSENT: Final[tuple[_Finding, ...]] = ()

# A name may be repeated only when it looks like a property name, not like something that somebody typed.
_PLAUSIBLE_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$-]{0,59}")


def validate(soort: Soort, record: object) -> list[Fout]:
    """Finds every fault in a record of this kind; gives an empty list when it can be published.

    Takes any JSON value as `json.loads` gives it and never raises. Empty values count as absent, so it
    approves the record as `without_empties` gives it. As in JSON Schema 4.0 is a whole number and True is
    not. Text may hold every character but NUL and lone surrogates: neither PostgreSQL nor UTF-8 can carry
    those.
    """
    if not isinstance(record, dict):
        what = f"Dit zijn geen gegevens van een {soort.enkelvoud}."
        advice = "Lever velden aan, elk met een naam en een waarde."
        return [Fout("", Foutcode.VERKEERD_TYPE, f"{what} {advice}")]
    check, missing = _checker(soort)
    outcome = check(record)
    if outcome is None:
        return []
    return [Fout(*finding) for finding in outcome or missing]


@cache
def _checker(soort: Soort) -> tuple[_Check, tuple[_Finding, ...]]:
    """Makes the checker of a kind, and the faults of a record in which nothing is filled in."""
    entiteit = STANDAARD[soort]
    return _check_group(entiteit, f"de gegevens van een {soort.enkelvoud}", ()), _missing_in(entiteit, ())


# --- Groups and lists --------------------------------------------------------------------------------------


def _check_group(entiteit: Entiteit, quoted_label: str, voorouders: tuple[Attribuut, ...]) -> _Check:
    checks = {attribuut.naam: _check_attribute(attribuut, voorouders) for attribuut in entiteit.attributen}
    required = tuple(
        (attribuut.naam, _missing(attribuut, voorouders))
        for attribuut in entiteit.attributen
        if attribuut.verplicht
    )
    spelling = {attribuut.naam.casefold(): attribuut.naam for attribuut in entiteit.attributen}
    wrong_type = _wrong_type(
        f"{quoted_label} is een groep velden. Lever een of meer velden aan, elk met een naam en een waarde."
    )

    def check(value: object) -> _Outcome:
        if not isinstance(value, dict):
            return _ABSENT if is_empty(value) else wrong_type
        findings: list[_Finding] | None = None
        absent: set[object] | None = None
        anything = False
        for naam, item in value.items():
            known = checks.get(naam)
            if known is not None:
                outcome = known(item)
                if outcome is None:
                    anything = True
                    continue
                if outcome:
                    anything = True
                    findings = [] if findings is None else findings
                    findings.extend(_below(naam, outcome))
                    continue
            elif not is_empty(item):
                anything = True
                findings = [] if findings is None else findings
                findings.append(_unknown_property(naam, spelling, quoted_label))
                continue
            absent = set() if absent is None else absent
            absent.add(naam)
        if not anything:
            return _ABSENT
        for naam, missing in required:
            if naam not in value or (absent is not None and naam in absent):
                findings = [] if findings is None else findings
                findings.extend(missing)
        return None if findings is None else tuple(findings)

    return check


def _check_list(check_item: _Check, quoted_label: str) -> _Check:
    wrong_type = _wrong_type(
        f"{quoted_label} moet een lijst zijn. Zet de waarde tussen rechte haken: [ en ]."
    )

    def check(value: object) -> _Outcome:
        if not isinstance(value, list):
            return _ABSENT if is_empty(value) else wrong_type
        findings: list[_Finding] | None = None
        anything = False
        for index, item in enumerate(value):
            outcome = check_item(item)
            if outcome is None:
                anything = True
            elif outcome:
                findings = [] if findings is None else findings
                findings.extend(_below(f"[{index}]", outcome))
        if findings is not None:
            return tuple(findings)
        return None if anything else _ABSENT

    return check


def _below(place: str, findings: tuple[_Finding, ...]) -> list[_Finding]:
    """Gives the findings with their paths from one level higher."""
    return [
        (f"{place}.{pad}" if pad and not pad.startswith("[") else f"{place}{pad}", code, melding)
        for pad, code, melding in findings
    ]


def _unknown_property(naam: object, spelling: Mapping[str, str], quoted_label: str) -> _Finding:
    if not isinstance(naam, str) or not _PLAUSIBLE_NAME.fullmatch(naam):
        melding = (
            f"In {quoted_label} staat een onbekend veld. Verwijder het of kies een veld uit de standaard."
        )
        return "?", Foutcode.ONBEKEND_VELD, melding
    meant = spelling.get(naam.casefold())
    if meant is not None:
        advice = f'Schrijf het als "{meant}".'
    else:
        advice = "Verwijder het of kies een veld uit de standaard."
    melding = f'Het veld "{naam}" bestaat niet in {quoted_label}. {advice}'
    return naam, Foutcode.ONBEKEND_VELD, melding


def _missing(attribuut: Attribuut, voorouders: tuple[Attribuut, ...]) -> tuple[_Finding, ...]:
    """Makes the finding for an absent required attribute; for a group, one for each required field in it."""
    if attribuut.groep is not None and not attribuut.meervoudig:
        inside = _missing_in(attribuut.groep, (*voorouders, attribuut))
        if inside:
            return tuple(_below(attribuut.naam, inside))
    melding = f"{_quoted(voorouders, attribuut)} is verplicht. Vul dit veld in."
    return ((attribuut.naam, Foutcode.VERPLICHT, melding),)


def _missing_in(entiteit: Entiteit, voorouders: tuple[Attribuut, ...]) -> tuple[_Finding, ...]:
    return tuple(
        finding
        for attribuut in entiteit.attributen
        if attribuut.verplicht
        for finding in _missing(attribuut, voorouders)
    )


# --- Values ------------------------------------------------------------------------------------------------


def _check_attribute(attribuut: Attribuut, voorouders: tuple[Attribuut, ...]) -> _Check:
    label = _quoted(voorouders, attribuut)
    if attribuut.groep is not None:
        check = _check_group(attribuut.groep, label, (*voorouders, attribuut))
    else:
        check = _check_value(attribuut, label)
    return _check_list(check, label) if attribuut.meervoudig else check


def _check_value(attribuut: Attribuut, label: str) -> _Check:
    match attribuut.json_type:
        case "boolean":
            return _check_boolean(label)
        case "integer":
            return _check_integer(attribuut, label)
        case _:
            return _check_text(attribuut, label)


def _check_boolean(label: str) -> _Check:
    wrong_type = _wrong_type(f"{label} moet ja of nee zijn. Gebruik true of false, zonder aanhalingstekens.")

    def check(value: object) -> _Outcome:
        if value is True or value is False:
            return None
        return _ABSENT if is_empty(value) else wrong_type

    return check


def _check_integer(attribuut: Attribuut, label: str) -> _Check:
    if attribuut.waardelijst is not None and attribuut.waardelijst.waarden:
        allowed: frozenset[object] | range = frozenset(attribuut.waardelijst.waarden)
        what = _one_of(attribuut.waardelijst)
        wrong_value = (("", Foutcode.NIET_IN_LIJST, f"{label} moet {what} zijn. Kies een van deze codes."),)
    else:
        if attribuut.minimum is None or attribuut.maximum is None:
            raise ValueError(f"{attribuut.naam}: a number has a minimum and a maximum")
        allowed = range(attribuut.minimum, attribuut.maximum + 1)
        what = f"een heel getal van {attribuut.minimum} tot en met {attribuut.maximum}"
        wrong_value = (("", Foutcode.BEREIK, f"{label} moet {what} zijn. Pas het getal aan."),)
    wrong_type = _wrong_type(
        f"{label} moet {what} zijn. Gebruik alleen cijfers: geen komma, geen eenheid, geen aanhalingstekens."
    )

    def check(value: object) -> _Outcome:
        if value.__class__ is int:
            return None if value in allowed else wrong_value
        if isinstance(value, bool):
            return wrong_type
        if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
            return None if int(value) in allowed else wrong_value
        return _ABSENT if is_empty(value) else wrong_type

    return check


def _check_text(attribuut: Attribuut, label: str) -> _Check:
    wrong_type = _wrong_type(f"{label} moet tekst zijn. Zet de waarde tussen aanhalingstekens.")
    bad_character: _Finding = (
        "",
        Foutcode.TEKEN,
        f"{label} bevat een onzichtbaar teken dat niet kan worden opgeslagen. Typ de tekst opnieuw.",
    )
    find_faults = _find_text_faults(attribuut, label)

    def check(value: object) -> _Outcome:
        if not isinstance(value, str):
            return _ABSENT if is_empty(value) else wrong_type
        if not value:
            return _ABSENT
        findings = find_faults(value)
        # Plain ASCII is by far the most common and is the fastest to check.
        if "\0" in value if value.isascii() else not _can_be_stored(value):
            return (*findings, bad_character)
        return findings or None

    return check


def _find_text_faults(attribuut: Attribuut, label: str) -> Callable[[str], tuple[_Finding, ...]]:
    if attribuut.type is Gegevenstype.DATUM:
        return _find_date_fault(label)
    if attribuut.waardelijst is not None and attribuut.waardelijst.waarden:
        return _find_code_fault(attribuut.waardelijst, label)
    return _find_form_faults(attribuut, label)


def _find_date_fault(label: str) -> Callable[[str], tuple[_Finding, ...]]:
    fault: tuple[_Finding, ...] = (
        (
            "",
            Foutcode.DATUM,
            f"{label} moet een bestaande datum zijn, geschreven als jjjj-mm-dd. Voorbeeld: 2026-05-31.",
        ),
    )

    def find(value: str) -> tuple[_Finding, ...]:
        # fromisoformat also takes 20260531 and 2026-W22-7; the separators rule those out.
        if len(value) == 10 and value[4] == "-" and value[7] == "-":
            try:
                date.fromisoformat(value)
            except ValueError:
                return fault
            return ()
        return fault

    return find


def _find_code_fault(waardelijst: Waardelijst, label: str) -> Callable[[str], tuple[_Finding, ...]]:
    waarden = waardelijst.waarden
    melding = f"{label} moet {_one_of(waardelijst)} zijn. Kies een van deze codes."
    fault: tuple[_Finding, ...] = (("", Foutcode.NIET_IN_LIJST, melding),)
    return lambda value: () if value in waarden else fault


def _find_form_faults(attribuut: Attribuut, label: str) -> Callable[[str], tuple[_Finding, ...]]:
    lengte = attribuut.lengte
    too_long: tuple[_Finding, ...] = (
        ("", Foutcode.TE_LANG, f"{label} is te lang. Gebruik ten hoogste {lengte} tekens."),
    )
    wrong_form: tuple[_Finding, ...] = (
        ("", Foutcode.PATROON, f"{label} heeft niet de juiste vorm. Gebruik {attribuut.vorm}."),
    )
    # fullmatch, because Python's $ lets a newline through at the end and the contracts' $ does not.
    matches = re.compile(attribuut.patroon).fullmatch if attribuut.patroon is not None else None

    def find(value: str) -> tuple[_Finding, ...]:
        faults = _ABSENT
        if lengte is not None and len(value) > lengte:
            faults = too_long
        if matches is not None and not matches(value):
            faults += wrong_form
        return faults

    return find


def _can_be_stored(text: str) -> bool:
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# --- Words -------------------------------------------------------------------------------------------------


def _quoted(voorouders: tuple[Attribuut, ...], attribuut: Attribuut) -> str:
    return f'"{full_label(voorouders, attribuut)}"'


def _wrong_type(melding: str) -> tuple[_Finding, ...]:
    return (("", Foutcode.VERKEERD_TYPE, melding),)


def _one_of(waardelijst: Waardelijst) -> str:
    """Lists the codes with their labels, or without them where there are too many to read."""
    codes = [
        str(code) if label == str(code) else f"{code} ({label})"
        for code, label in waardelijst.waarden.items()
    ]
    if len(", ".join(codes)) > 250:
        codes = [str(code) for code in waardelijst.waarden]
    return f"{', '.join(codes[:-1])} of {codes[-1]}" if len(codes) > 1 else codes[0]
