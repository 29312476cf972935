"""A koppeling as data: which columns go to which attribute of the standard, and how.

Plain values without Django. `engine` runs them, the presets (`sonar`, `standaard`) make them for a header row, a
clerk's own are kept as JSON. What may be a target, and what a rule may say about it, follows from
`exchange.standard` alone.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any, Final, NoReturn

from exchange.standard import STANDAARD, Attribuut, Blad, Gegevenstype, Soort, Waardelijst, blad, bladeren
from exchange.standard.boom import lower_first, named_groups
from exchange.waardelijsten.lijsten import NAAM_BIJ
from uploads.mapping.cells.freetext import has_bsn
from uploads.mapping.cells.text import date_of, kopsleutel, sleutel, tekst

# What a spreadsheet can hold; JSON can hold every kind.
SOORTEN: Final = (Soort.WERKZOEKENDEN, Soort.VACATURES)
SONAR: Final = "sonar"
STANDAARD_KOLOMMEN: Final = "standaard"
HERKOMSTEN: Final = ("", SONAR, STANDAARD_KOLOMMEN)

AFKEUREN: Final = "afkeuren"
# Converted to whole hours a week: what the number is multiplied by.
EENHEDEN: Final[Mapping[str, float]] = {"uren_per_dag": 5.0, "uren_per_maand": 12 / 52}
MAX_POSITIES: Final = 50
# Where a cell with several codes in it is cut when nobody said otherwise.
GEWONE_SPLITS: Final = ",;|\n"
# As long as a word of `Regel.waarden` can be.
LONGEST_VALUE: Final = 300

_MAX_REGELS = 300
_MAX_KOLOMMEN = 20
_MAX_WAARDEN = 5000
_LONGEST_HEADER = 200
_LONGEST_KEY = _LONGEST_HEADER + 10
_LONGEST_CONSTANT = 2000
_LONGEST_BETWEEN = 20
_STEP = re.compile(r"([A-Za-z][A-Za-z0-9]*)(?:\[([0-9]{0,2})\])?")
_POSITION = re.compile(r"\[[0-9]*\]")
_BSN_KOP = re.compile(r"bsn|burgerservice|sofinummer|sofinr|sofinum")


class OngeldigeRegels(ValueError):
    """These rules cannot be used; `melding` is a Dutch sentence for who made them."""

    def __init__(self, melding: str) -> None:
        super().__init__(melding)
        self.melding = melding


@dataclass(frozen=True, slots=True)
class Regel:
    """One target and what fills it.

    Of several rules with the same `doel` (without `[]`) the first that comes to something counts; with `[]` each
    adds its elements. A constant at `groep[].naam` goes into every element of the group that is there.
    """

    # The path with positions: "mobiliteit.bemiddelingspostcode", "bemiddelingsberoep[].codeBeroepsnaam",
    # "arbeidsmarktkwalificatie.opleiding[0].codeNiveauOpleiding".
    doel: str
    # Keys of headers, as `kolomsleutels` gives them; empty: a constant.
    kolommen: tuple[str, ...] = ()
    constante: str = ""
    # Between the values of several columns.
    voeg_samen: str = ", "
    # Characters at which one cell is cut into several elements (" en " among them is that word); `doel` then has [].
    splits: str = ""
    # One of EENHEDEN, or empty when the number is what the standard asks.
    eenheid: str = ""
    # Own words -> codes, instead of the labels and codes of the list: a 1 that means yes is not code 1. An empty code:
    # left out on purpose.
    waarden: tuple[tuple[str, str], ...] = ()
    # A word of the cell is enough: "mbo 4" is found under "mbo".
    per_woord: bool = False
    # "": left out with a warning and counted for the value mapping; AFKEUREN; or a code that is used with a warning.
    bij_onbekend: str = ""
    # Cut at a word, with a warning, instead of refused for being too long.
    inkorten: bool = False
    # Only when this other target (with positions) got a value too.
    alleen_met: str = ""
    # For the id only: always a keyed pseudonym. Otherwise that is done for what is, or by its header must be, a BSN.
    pseudoniem: bool = False


@dataclass(frozen=True, slots=True)
class Toestemming:
    """How the file says who agreed: a column with certain values, or a declaration for everybody in it."""

    kolom: str = ""
    waarden: tuple[str, ...] = ("ja",)
    verklaring: bool = False


@dataclass(frozen=True, slots=True)
class Regels:
    """Everything needed to read one kind of file. `toestemming` None: the file holds only people who agreed."""

    soort: Soort
    regels: tuple[Regel, ...]
    toestemming: Toestemming | None = None
    herkomst: str = ""

    @property
    def kolommen(self) -> tuple[str, ...]:
        """The keys of all columns that are used, each once, in the order of the rules; consent last."""
        keys = [key for regel in self.regels for key in regel.kolommen]
        if self.toestemming is not None and self.toestemming.kolom:
            keys.append(self.toestemming.kolom)
        return tuple(dict.fromkeys(keys))


# --- Headers ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kolomkop:
    """One column of the header row: its key, how it is called on screen, and its letter in a spreadsheet.

    `kop` is the header itself; empty when there is none.
    """

    index: int
    sleutel: str
    naam: str
    letter: str
    kop: str


def kolomletter(index: int) -> str:
    """The letter of a column (from 0) as spreadsheets have it: A, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def kolomkoppen(koppen: Sequence[str]) -> tuple[Kolomkop, ...]:
    """The columns of a header row, each with a key that no other has.

    A second equal header has "#2" behind its key; a column without a header is "kolom C".
    """
    seen: Counter[str] = Counter()
    found = []
    for index, kop in enumerate(koppen):
        key, letter = kopsleutel(kop)[:_LONGEST_HEADER], kolomletter(index)
        if not key:
            found.append(Kolomkop(index, f"kolom {letter}", f"kolom {letter}", letter, ""))
            continue
        seen[key] += 1
        number = seen[key]
        name = tekst(kop)
        if number > 1:
            key, name = f"{key}#{number}", f"{name} ({number})"
        found.append(Kolomkop(index, key, name, letter, tekst(kop)))
    return tuple(found)


def kolomsleutels(koppen: Sequence[str]) -> tuple[str, ...]:
    """The keys of the columns of a header row."""
    return tuple(kolom.sleutel for kolom in kolomkoppen(koppen))


def heeft_kop(key: str) -> bool:
    """Whether this key came from a header, rather than from the place of a column without one."""
    return not key.startswith("kolom ")


def zegt_bsn(key: str) -> bool:
    """Whether the header says that the column holds BSNs."""
    return _BSN_KOP.search(key) is not None


# --- Targets ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doel:
    """An attribute that a column can go to.

    `pad` has `[]` after every list; `doel` is how a rule for a single column names it.
    `groep` is the Dutch name of what it belongs to. `nummerbaar`: it can be numbered (Opleiding 1, Opleiding 2).
    `splitsbaar`: one cell may hold several values of it. `lijst` is the name of its value list, as in
    `Omgeving.codes`; empty for what is not a code. `uren`: a unit of time may be given.
    """

    pad: str
    doel: str
    label: str
    volledig_label: str
    groep: str
    uitleg: str
    verplicht: bool
    nummerbaar: bool
    splitsbaar: bool
    lijst: str
    uren: bool


@cache
def doelen(soort: Soort) -> tuple[Doel, ...]:
    """Everything a column of this kind of file can go to, in the order of the standard."""
    return tuple(
        Doel(
            pad=leaf.pad,
            doel=gewoon_doel(leaf),
            label=leaf.label,
            volledig_label=leaf.volledig_label,
            groep=_group_label(soort, leaf),
            uitleg=leaf.attribuut.uitleg,
            verplicht=leaf.verplicht,
            nummerbaar=leaf.in_lijst,
            splitsbaar=is_splitsbaar(leaf),
            lijst=lijst_van(leaf.attribuut),
            uren=is_uren(leaf.attribuut),
        )
        for leaf in bladeren(soort)
    )


def _group_label(soort: Soort, leaf: Blad) -> str:
    groups = [groep.label for groep in named_groups(leaf.voorouders)]
    if not groups:
        return STANDAARD[soort].label
    return ", ".join([groups[0], *map(lower_first, groups[1:])])


def lijst_van(attribuut: Attribuut) -> str:
    """What value mappings call the attribute's value list: one of others by our name, an own one by the standard's."""
    lijst = attribuut.waardelijst
    return "" if lijst is None else NAAM_BIJ.get(lijst.naam, lijst.naam)


@cache
def waardelijsten() -> Mapping[str, Waardelijst]:
    """Every value list that a column can need, by the name of `lijst_van`."""
    return {
        lijst_van(leaf.attribuut): leaf.attribuut.waardelijst
        for soort in SOORTEN
        for leaf in bladeren(soort)
        if leaf.attribuut.waardelijst is not None
    }


def is_splitsbaar(leaf: Blad) -> bool:
    """Whether one cell may hold several of it: a code, address or number in a list; in text a comma is just a comma."""
    if "[]" not in leaf.pad:
        return False
    return leaf.attribuut.type is Gegevenstype.CODE or is_contactlijst(leaf.attribuut)


def is_contactlijst(attribuut: Attribuut) -> bool:
    """Whether it is an e-mail address or phone number, of which a cell may hold several."""
    return attribuut.naam in {"emailadres", "telefoonnummer"}


def is_uren(attribuut: Attribuut) -> bool:
    """Whether it counts hours a week, so that hours a day or a month can be converted."""
    return attribuut.type is Gegevenstype.GETAL and "UrenPerWeek".casefold() in attribuut.naam.casefold()


def zonder_posities(doel: str) -> str:
    """The path as `bladeren` writes it: "opleiding[2].datum" becomes "opleiding[].datum"."""
    return _POSITION.sub("[]", doel)


def met_positie(pad: str, positie: int = 0) -> str:
    """The path with this position in its first list, and the first element of deeper ones."""
    return pad.replace("[]", f"[{positie}]", 1).replace("[]", "[0]")


def gewoon_doel(leaf: Blad) -> str:
    """The target of the only column for an attribute: all values of a cell that may hold several, else the first."""
    if not is_splitsbaar(leaf):
        return met_positie(leaf.pad)
    head, bracket, tail = leaf.pad.rpartition("[]")
    return f"{met_positie(head)}{bracket}{tail}"


def blad_van(soort: Soort, doel: str) -> Blad:
    """The attribute at a target. Raises OngeldigeRegels when the standard has none there, or it is written wrong."""
    steps = [_STEP.fullmatch(step) for step in doel.split(".")] if len(doel) <= 300 else [None]
    try:
        leaf = blad(soort, zonder_posities(doel)) if None not in steps else None
    except KeyError:
        leaf = None
    if leaf is None:
        raise OngeldigeRegels(
            f"Het veld {_shown(doel)} bestaat niet in de gegevensstandaard voor {soort.label}. "
            "Kies een veld uit de lijst."
        )
    positions = [step[2] for step in steps if step is not None and step[2] is not None]
    # Every element only of the innermost list: of lists around it somebody must say which element.
    if "" in positions[:-1] or any(int(number) >= MAX_POSITIES for number in positions if number):
        raise OngeldigeRegels(
            f"Bij {leaf.volledig_label} klopt het volgnummer niet. Kies een nummer van 1 tot en met {MAX_POSITIES}."
        )
    return leaf


# --- Checks -------------------------------------------------------------------------------------------------


def controleer(regels: Regels) -> None:
    """Raises OngeldigeRegels for rules that mean nothing. They need not be complete: see `wat_ontbreekt`."""
    if regels.soort not in SOORTEN:
        raise OngeldigeRegels("Een koppeling is voor werkzoekenden of voor vacatures. Kies een van beide.")
    if regels.herkomst not in HERKOMSTEN:
        raise OngeldigeRegels("De herkomst van deze koppeling is niet bekend.")
    if len(regels.regels) > _MAX_REGELS:
        raise OngeldigeRegels(f"Een koppeling kan ten hoogste {_MAX_REGELS} regels hebben. Verwijder regels.")
    for regel in regels.regels:
        _check_rule(regels.soort, regel)
    if regels.toestemming is not None:
        _check_consent(regels.toestemming)


def wat_ontbreekt(regels: Regels) -> tuple[str, ...]:
    """In Dutch, what must still be told before a file can be read with these rules; nothing when they are complete."""
    soort = regels.soort
    filled = {zonder_posities(regel.doel) for regel in regels.regels}
    missing = [
        f"Kies uit welke kolom {_quoted(blad(soort, pad))} komt. Elk profiel heeft dit nodig."
        for pad in (soort.id_pad, soort.postcode_pad)
        if pad is not None and pad not in filled
    ]
    if soort is Soort.WERKZOEKENDEN and regels.toestemming is None and regels.herkomst != STANDAARD_KOLOMMEN:
        missing.append(
            "Geef aan in welke kolom de toestemming staat, of verklaar dat iedereen in dit bestand toestemming gaf."
        )
    return tuple(missing)


def _check_rule(soort: Soort, regel: Regel) -> None:
    leaf = blad_van(soort, regel.doel)
    attribuut, label = leaf.attribuut, leaf.volledig_label

    def wrong(melding: str) -> NoReturn:
        raise OngeldigeRegels(f"{label}: {melding}")

    _check_columns(regel, leaf, soort, wrong)
    if regel.splits and not ("[]" in regel.doel and is_splitsbaar(leaf)):
        wrong("een cel kan hier niet in stukken worden geknipt.")
    if regel.eenheid and not (regel.eenheid in EENHEDEN and is_uren(attribuut)):
        wrong("omrekenen van uren kan hier niet.")
    if attribuut.waardelijst is None:
        if regel.waarden or regel.bij_onbekend or regel.per_woord:
            wrong("dit veld heeft geen waardelijst, dus er zijn geen waarden te koppelen.")
    else:
        if len(regel.waarden) > _MAX_WAARDEN:
            wrong(f"er zijn ten hoogste {_MAX_WAARDEN} waarden te koppelen.")
        for waarde, code in regel.waarden:
            if not sleutel(waarde) or (code and code_in(attribuut.waardelijst, code) is None):
                wrong("een gekoppelde waarde heeft een code die niet in de waardelijst staat.")
        if (
            regel.bij_onbekend not in {"", AFKEUREN}
            and code_in(attribuut.waardelijst, regel.bij_onbekend) is None
        ):
            wrong("de code voor onbekende waarden staat niet in de waardelijst.")
    if regel.constante and vaste_waarde(attribuut, regel.constante) is None:
        wrong("deze vaste waarde past niet bij dit veld. Kies een andere waarde.")
    if regel.inkorten and attribuut.lengte is None:
        wrong("dit veld is niet in te korten.")
    if regel.alleen_met:
        blad_van(soort, regel.alleen_met)
    if regel.pseudoniem and leaf.pad != soort.id_pad:
        wrong("alleen het kenmerk van een profiel kan een pseudoniem worden.")


def _check_columns(regel: Regel, leaf: Blad, soort: Soort, wrong: Any) -> None:
    if bool(regel.kolommen) is bool(regel.constante):
        wrong("kies een of meer kolommen, of een vaste waarde.")
    if len(regel.kolommen) > _MAX_KOLOMMEN or len(set(regel.kolommen)) < len(regel.kolommen):
        wrong(f"kies ten hoogste {_MAX_KOLOMMEN} verschillende kolommen.")
    is_id = leaf.pad == soort.id_pad
    if is_id and not regel.kolommen:
        wrong("een vaste waarde kan hier niet: elk profiel heeft een eigen kenmerk nodig.")
    if any(zegt_bsn(key) for key in regel.kolommen) and not (is_id and len(regel.kolommen) == 1):
        wrong(
            "een kolom met burgerservicenummers mag alleen dienen om profielen te herkennen. Kies een andere kolom."
        )


def _check_consent(toestemming: Toestemming) -> None:
    if bool(toestemming.kolom) is toestemming.verklaring:
        raise OngeldigeRegels(
            "Kies voor toestemming een kolom, of verklaar dat iedereen in het bestand toestemming gaf; niet allebei."
        )
    if toestemming.kolom and not any(map(sleutel, toestemming.waarden)):
        raise OngeldigeRegels("Kies bij welke waarden in de kolom er toestemming is.")


def code_in(lijst: Waardelijst, code: str) -> int | str | None:
    """The code as the JSON of the standard has it, or None when it cannot be one of this list."""
    if lijst.numeriek:
        number = int(code) if re.fullmatch(r"[0-9]{1,9}", code) else None
        return number if lijst.extern or number in lijst.waarden else None
    return code if lijst.extern or code in lijst.waarden else None


def vaste_waarde(attribuut: Attribuut, text: str) -> int | str | None:
    """A constant as the JSON of the standard has it, or None when the attribute cannot hold it; a code is a code."""
    value: int | str | None = text
    if attribuut.waardelijst is not None:
        value = code_in(attribuut.waardelijst, text)
    elif attribuut.json_type == "integer":
        value = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None
    elif attribuut.type is Gegevenstype.DATUM:
        day = date_of(text)
        value = day.isoformat() if day is not None else None
    if isinstance(value, int):
        low, high = attribuut.minimum, attribuut.maximum
        return value if (low is None or low <= value) and (high is None or value <= high) else None
    if value is None or has_bsn(value):
        return None
    fits = attribuut.lengte is None or len(value) <= attribuut.lengte
    return value if fits and (attribuut.patroon is None or re.search(attribuut.patroon, value)) else None


def _quoted(leaf: Blad) -> str:
    return f"'{leaf.volledig_label}'"


def _shown(doel: str) -> str:
    return f"'{doel}'" if re.fullmatch(r"[A-Za-z0-9.\[\]]{1,120}", doel) else "dat gekozen is"


# --- JSON ---------------------------------------------------------------------------------------------------

_VERSIE = 1


def to_json(regels: Regels) -> str:
    """The rules as JSON; equal rules give equal text."""
    return json.dumps(
        {
            "versie": _VERSIE,
            "soort": regels.soort.value,
            "herkomst": regels.herkomst,
            "toestemming": None if regels.toestemming is None else asdict(regels.toestemming),
            "regels": [_sparse(regel) for regel in regels.regels],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(text: str | bytes) -> Regels:
    """The rules in this JSON, checked. Raises OngeldigeRegels for anything else than what `to_json` writes."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise _BROKEN from None
    _expect(isinstance(data, dict) and set(data) == {"versie", "soort", "herkomst", "toestemming", "regels"})
    _expect(data["versie"] == _VERSIE and isinstance(data["regels"], list))
    _expect(isinstance(data["herkomst"], str) and len(data["regels"]) <= _MAX_REGELS)
    soort = next((kind for kind in SOORTEN if kind.value == data["soort"]), None)
    if soort is None:
        raise _BROKEN
    consent = data["toestemming"]
    regels = Regels(
        soort=soort,
        regels=tuple(_rule(one) for one in data["regels"]),
        toestemming=None if consent is None else _consent(consent),
        herkomst=data["herkomst"],
    )
    controleer(regels)
    return regels


_BROKEN = OngeldigeRegels("Deze koppeling is niet te lezen. Maak haar opnieuw.")
_DEFAULTS: Mapping[str, Any] = {field.name: field.default for field in fields(Regel) if field.name != "doel"}
_LONGEST: Mapping[str, int] = {
    "constante": _LONGEST_CONSTANT,
    "voeg_samen": _LONGEST_BETWEEN,
    "splits": _LONGEST_BETWEEN,
}


def _sparse(regel: Regel) -> dict[str, Any]:
    values = asdict(regel)
    return {name: value for name, value in values.items() if name == "doel" or value != _DEFAULTS[name]}


def _rule(data: Any) -> Regel:
    _expect(isinstance(data, dict) and "doel" in data and set(data) <= {"doel", *_DEFAULTS})
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name == "kolommen":
            values[name] = _texts(value, _MAX_KOLOMMEN, _LONGEST_KEY)
        elif name == "waarden":
            _expect(isinstance(value, list) and len(value) <= _MAX_WAARDEN)
            pairs = [_texts(pair, 2, LONGEST_VALUE) for pair in value]
            _expect(all(len(pair) == 2 for pair in pairs))
            values[name] = tuple(pairs)
        elif isinstance(_DEFAULTS.get(name), bool):
            _expect(isinstance(value, bool))
            values[name] = value
        else:
            _expect(isinstance(value, str) and len(value) <= _LONGEST.get(name, LONGEST_VALUE))
            _expect("\0" not in value)
            values[name] = value
    return Regel(**values)


def _consent(data: Any) -> Toestemming:
    _expect(isinstance(data, dict) and set(data) == {"kolom", "waarden", "verklaring"})
    kolom, verklaring = data["kolom"], data["verklaring"]
    _expect(isinstance(kolom, str) and len(kolom) <= _LONGEST_KEY and isinstance(verklaring, bool))
    return Toestemming(kolom, _texts(data["waarden"], 100, LONGEST_VALUE), verklaring)


def _texts(value: Any, most: int, longest: int) -> tuple[str, ...]:
    _expect(isinstance(value, list) and len(value) <= most)
    _expect(all(isinstance(text, str) and len(text) <= longest and "\0" not in text for text in value))
    return tuple(value)


def _expect(fine: bool) -> None:
    if not fine:
        raise _BROKEN
