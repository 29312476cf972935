"""Converts JSON in the form of the old pilot (0.8) to the standard.

Most fields are in the standard already. The tables below hold the fields with another place or another form;
a field that has no place in the standard is left out, with a remark. Occupations and skills were free text,
or codes of a list that no longer exists: they go through the value mapping, and unknown ones are counted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, Final, NamedTuple

from exchange.standard import Soort, is_empty, veld_op, velden, without_empties
from uploads.mapping.cells.reader import reader
from uploads.mapping.cells.text import tekst
from uploads.mapping.doelen import without_positions
from uploads.mapping.model import Cel, Ernst, Lees, Meld, MeldOnbekend, Omgeving, Opmerking, Record
from uploads.mapping.presets.records import RecordVertaling
from uploads.mapping.regels import Regel

NAAM: Final = "pilot"
LABEL: Final = "JSON van de pilot (versie 0.8)"


class Veldwijze(StrEnum):
    """The treatment of a field that is not in the standard in the same form."""

    HERNOEMD = "hernoemd"
    BEROEP = "beroep"
    OPLEIDING = "opleiding"
    GEDRAG = "gedrag"
    VAARDIGHEID = "vaardigheid"
    ADRES = "adres"
    VERVALLEN = "vervallen"


class Pilotomzetting(NamedTuple):
    """The conversion of one field: its path in the standard, or the reason why it is left out."""

    wijze: Veldwijze
    doel: str = ""
    uitleg: str = ""


_REGIOSTRAAL = Pilotomzetting(
    Veldwijze.VERVALLEN,
    uitleg="De standaard heeft geen straal rond het werk meer. Gebruik maximaleReisafstand.",
)

# Per kind: each field of 0.8 (lists have [] after them) that has another place in the standard, or none.
TABEL: Final[Mapping[Soort, Mapping[str, Pilotomzetting]]] = {
    Soort.WERKZOEKENDEN: {
        "bemiddelingsberoep[]": Pilotomzetting(Veldwijze.BEROEP, "bemiddelingsberoep[].codeBeroepsnaam"),
        "arbeidsmarktkwalificatie.werkervaring[].beroep": Pilotomzetting(
            Veldwijze.BEROEP, "arbeidsmarktkwalificatie.werkervaring[].beroep.codeBeroepsnaam"
        ),
        "arbeidsmarktkwalificatie.opleiding[].opleidingsnaam": Pilotomzetting(
            Veldwijze.OPLEIDING, "arbeidsmarktkwalificatie.opleiding[].toelichtingOpleiding"
        ),
        "arbeidsmarktkwalificatie.gedragscompetentie[]": Pilotomzetting(
            Veldwijze.GEDRAG, "arbeidsmarktkwalificatie.competentiebeheersing[].codeCompetentie"
        ),
        "arbeidsmarktkwalificatie.vakvaardigheid[]": Pilotomzetting(
            Veldwijze.VAARDIGHEID, "arbeidsmarktkwalificatie.competentiebeheersing[].codeCompetentie"
        ),
        "voorkeursland[]": Pilotomzetting(
            Veldwijze.VERVALLEN, uitleg="De standaard heeft geen voorkeursland meer."
        ),
        "flexibiliteit.codeRegiostraal": _REGIOSTRAAL,
    },
    Soort.VACATURES: {
        "beroep": Pilotomzetting(Veldwijze.BEROEP, "beroep.codeBeroepsnaam"),
        "opleiding[].opleidingsnaam": Pilotomzetting(Veldwijze.OPLEIDING, "opleiding[].toelichtingOpleiding"),
        "gedragscompetentie[]": Pilotomzetting(Veldwijze.GEDRAG, "competentiebeheersing[].codeCompetentie"),
        "vakvaardigheid[]": Pilotomzetting(Veldwijze.VAARDIGHEID, "competentiebeheersing[].codeCompetentie"),
        "indicatieLdrRegistratie": Pilotomzetting(
            Veldwijze.VERVALLEN, uitleg="De standaard heeft dit alleen voor werkzoekenden."
        ),
        "sluitingsDatumVacature": Pilotomzetting(Veldwijze.HERNOEMD, "sluitingsdatumVacature"),
        "werkgever.adresHouding[]": Pilotomzetting(Veldwijze.ADRES, "adres.postcode"),
        "flexibiliteit.codeRegiostraal": Pilotomzetting(
            Veldwijze.VERVALLEN, uitleg="De standaard heeft geen straal rond het werk meer."
        ),
        "flexibiliteit.datumAanvangBeschikbaarVoorWerk": Pilotomzetting(
            Veldwijze.VERVALLEN,
            uitleg="De standaard heeft dit niet voor een vacature. "
            "Gebruik arbeidsVoorwaarden.datumAanvangWerkzaamheden.",
        ),
    },
}
# The behavioural competences of 0.8. The standard has no codes for them, but their names can be mapped.
GEDRAGSCOMPETENTIES: Final[Mapping[int, str]] = {
    24100: "Beslissen en activiteiten initiëren", 24101: "Aansturen", 24102: "Begeleiden",
    24104: "Aandacht en begrip tonen", 24105: "Samenwerken en overleggen", 24106: "Ethisch en integer handelen",
    24107: "Relaties bouwen en netwerken", 24108: "Overtuigen en beïnvloeden", 24109: "Presenteren",
    24110: "Formuleren en rapporteren", 24111: "Vakdeskundigheid toepassen", 24112: "Materialen en middelen inzetten",
    24113: "Analyseren", 24114: "Onderzoeken", 24115: "Creëren en innoveren", 24116: "Leren",
    24118: "Plannen en organiseren", 24119: "Op de behoeften en verwachtingen van de klant richten",
    24120: "Kwaliteit leveren", 24121: "Instructies en procedures opvolgen",
    24122: "Omgaan met verandering en aanpassen", 24123: "Met druk en tegenslag omgaan",
    24124: "Gedrevenheid en ambitie tonen", 24125: "Ondernemend en commercieel handelen",
    24126: "Bedrijfsmatig handelen",
}  # fmt: skip
# Good and sufficient. The standard says only that somebody has a competence, not how well.
_BEHEERST = frozenset({1, 2})

# Fields of which a record of 0.8 has one or another; the first that is filled counts.
_BEROEPSVELDEN = ("omschrijvingBeroepsnaam", "naamBeroepOngecodeerd", "codeBeroepsnaam")
_OPLEIDINGSVELDEN = ("omschrijvingOpleidingsnaam", "naamOpleidingOngecodeerd", "omschrijvingOpleiding")
_BEROEPSTEKST = _BEROEPSVELDEN[:2]
_BEROEPSCODE, _OPLEIDINGSCODE = "codeBeroepsnaam", "codeOpleidingsnaam"
_COMPETENTIES, _COMPETENTIECODE = "competentiebeheersing", "codeCompetentie"

_DEEPEST = 10
_PLAUSIBLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,59}")


def _left_out(code: str, uitleg: str) -> Opmerking:
    return Opmerking(Ernst.WAARSCHUWING, code, f"Dit veld uit de pilot (0.8) is weggelaten. {uitleg}")


_ONBEKEND_VELD = _left_out(
    "pilot_onbekend_veld", "De standaard kent het niet. Controleer de naam van het veld."
)
_ONBRUIKBAAR = _left_out(
    "pilot_onbruikbaar", "Het heeft een andere vorm dan de pilot had. Controleer het veld."
)
_NIET_BEHEERST = _left_out(
    "pilot_niet_beheerst",
    "De standaard zegt alleen welke competenties iemand heeft, en bij deze staat niet dat die goed of voldoende is.",
)
_GEEN_ADRES = _left_out("pilot_geen_adres", "Er is geen Nederlandse postcode in. Vul een postcode in.")
_ADRES_WERKGEVER = Opmerking(
    Ernst.WAARSCHUWING,
    "pilot_adres_werkgever",
    "De pilot (0.8) had alleen het adres van de werkgever. Dat is nu gebruikt als adres van het werk. "
    "Is het werk ergens anders, lever dan het adres van de vacature aan volgens de standaard.",
)


# --- Recognition --------------------------------------------------------------------------------------------


def is_pilot(records: Sequence[Any], soort: Soort) -> bool:
    """Tells whether records of this kind have the form of 0.8.

    They are recognised by fields that the standard does not have.
    """
    return soort in TABEL and any(
        _is_old(soort, pad, value) for record in records for pad, value in _fields(record, "")
    )


def _is_old(soort: Soort, pad: str, value: Any) -> bool:
    omzetting = TABEL[soort].get(pad)
    if omzetting is None or is_empty(value):
        return False
    if omzetting.wijze is not Veldwijze.BEROEP:
        return True
    # An occupation has the same place in both; in the standard it is only a code.
    return isinstance(value, dict) and any(value.get(name) for name in _BEROEPSTEKST)


def _fields(value: Any, pad: str) -> Iterator[tuple[str, Any]]:
    """Yields every field with its path; of a list every element."""
    if not isinstance(value, dict) or pad.count(".") > _DEEPEST:
        return
    for name, inner in value.items():
        below, elements = _below(pad, name), [inner]
        if isinstance(inner, list):
            below, elements = f"{below}[]", inner
        for element in elements:
            yield below, element
            yield from _fields(element, below)


def _below(pad: str, name: Any) -> str:
    return f"{pad}.{name}" if pad else str(name)


# --- Lifting ------------------------------------------------------------------------------------------------

# The groups of the standard: the names in it, each with the names below it (nothing for an attribute).
_Boom = dict[str, "_Boom"]


@cache
def _boom(soort: Soort) -> _Boom:
    tree: _Boom = {}
    for leaf in velden(soort):
        group = tree
        for name in leaf.pad.replace("[]", "").split("."):
            group = group.setdefault(name, {})
    return tree


class PilotVertaling:
    """Converts records of 0.8, and then reads them like records of the standard."""

    def __init__(self, soort: Soort, omgeving: Omgeving) -> None:
        self.soort = soort
        self._records = RecordVertaling(soort, omgeving)
        self._tabel = TABEL[soort]
        self._beroep = _code_reader(soort, Veldwijze.BEROEP, omgeving)
        self._competentie = _code_reader(soort, Veldwijze.VAARDIGHEID, omgeving)
        self._opleidingen = omgeving.codes.get("opleidingen", {})
        self._record: Record = {}
        # The wish and the experience of a person often hold the same word; it counts as one
        # value in one record.
        self._counted: set[tuple[str, str]] = set()

    def kop_van(self, pad: str) -> str:
        """Gives the field of 0.8 that the attribute at this path came from."""
        bare = without_positions(pad)
        return next((old for old, new in self._tabel.items() if new.doel == bare), bare)

    def vertaal(self, waarden: Any, meld: Meld, onbekend: MeldOnbekend) -> Record | None:
        """Gives the record in the standard; None when there is none, or when a free text holds a BSN."""
        if isinstance(waarden, dict):
            self._meld, self._onbekend = meld, onbekend
            self._record, self._counted = {}, set()
            self._lift(waarden, "", _boom(self.soort), self._record)
            waarden = self._record
        return self._records.vertaal(waarden, meld, onbekend)

    def finish(self, record: Record) -> Record:
        """Gives the record without empty values: moving fields may leave some behind."""
        return without_empties(record)

    def vorm(self) -> int:
        """Gives the attributes that the last record has."""
        return self._records.vorm()

    def paden(self, vorm: int) -> Iterable[str]:
        """Gives the paths of these attributes."""
        return self._records.paden(vorm)

    def _lift(self, old: Record, pad: str, boom: _Boom, new: Record) -> Record:
        """Puts each field of a group in its place, mostly the same place in the new group."""
        for name, value in old.items():
            below = _below(pad, name)
            if is_empty(value):
                continue
            for key in (below, f"{below}[]"):
                if key in self._tabel:
                    self._move(key, name, value if isinstance(value, list) else [value], new)
                    break
            else:
                if name not in boom:
                    self._meld(_shown(below), _ONBEKEND_VELD)
                elif isinstance(value, list):
                    new[name] = [self._copy(element, f"{below}[]", boom[name]) for element in value]
                else:
                    new[name] = self._copy(value, below, boom[name])
        return new

    def _copy(self, value: Any, pad: str, boom: _Boom) -> Any:
        return self._lift(value, pad, boom, {}) if isinstance(value, dict) and boom else value

    def _move(self, pad: str, name: str, values: Sequence[Any], new: Record) -> None:
        """Puts the values of a field with another place or form where they belong.

        Reports a field that has no place in the standard.
        """
        omzetting = self._tabel[pad]
        if omzetting.wijze is Veldwijze.VERVALLEN:
            self._meld(pad, _left_out("pilot_vervallen", omzetting.uitleg))
        elif omzetting.wijze is Veldwijze.HERNOEMD:
            new[omzetting.doel.rpartition(".")[2]] = values[0]
        elif not all(isinstance(value, dict) for value in values):
            self._meld(pad, _ONBRUIKBAAR)
        elif omzetting.wijze is Veldwijze.BEROEP:
            found = _unique(_BEROEPSCODE, [self._occupation(pad, value) for value in values])
            if found:
                new[name] = found if pad.endswith("[]") else found[0]
        elif omzetting.wijze is Veldwijze.OPLEIDING:
            self._education(values[0], new)
        elif omzetting.wijze is Veldwijze.ADRES:
            self._address(pad, values)
        else:
            read = self._behaviour if omzetting.wijze is Veldwijze.GEDRAG else self._skill
            present = [element[_COMPETENTIECODE] for element in new.get(_COMPETENTIES, ())]
            found = _unique(_COMPETENTIECODE, [*present, *(read(pad, value) for value in values)])
            if found:
                new[_COMPETENTIES] = found

    def _occupation(self, pad: str, value: Record) -> Any:
        """Gives the code of an occupation, by its name or by its old code."""
        cels = [self._beroep(text) for name in _BEROEPSVELDEN if (text := tekst(value.get(name)))]
        return self._code(pad, cels)

    def _behaviour(self, pad: str, value: Record) -> Any:
        if value.get("codeBeheersingGedragscompetentie", 1) not in _BEHEERST:
            self._meld(pad, _NIET_BEHEERST)
            return None
        code = value.get("codeGedragscompetentie")
        naam = GEDRAGSCOMPETENTIES.get(code) if isinstance(code, int) else None
        text = naam or tekst(value.get("omschrijvingGedragscompetentie"))
        return self._code(pad, [self._competentie(text)] if text else [])

    def _skill(self, pad: str, value: Record) -> Any:
        text = tekst(value.get("omschrijving"))
        return self._code(pad, [self._competentie(text)] if text else [])

    def _code(self, pad: str, cels: Sequence[Cel]) -> Any:
        """Gives the first code that was found; otherwise None, and reports the first value."""
        for cel in cels:
            if cel.waarde is not None and cel.opmerking is None:
                return cel.waarde
        for cel in cels[:1]:
            if cel.opmerking is not None:
                self._meld(pad, cel.opmerking)
            for value in cel.onbekend:
                if value not in self._counted:
                    self._counted.add(value)
                    self._onbekend(pad, value)
        return None

    def _education(self, value: Record, new: Record) -> None:
        """Adds the code of an education, and its old name as text."""
        code = value.get(_OPLEIDINGSCODE)
        texts = dict.fromkeys(text for name in _OPLEIDINGSVELDEN if (text := tekst(value.get(name))))
        known = next(
            (self._opleidingen[text.casefold()] for text in texts if text.casefold() in self._opleidingen), ""
        )
        if code is not None or known:
            new[_OPLEIDINGSCODE] = tekst(code) if code is not None else known
        if texts:
            new["toelichtingOpleiding"] = ". ".join(texts)

    def _address(self, pad: str, values: Sequence[Record]) -> None:
        """Adds the address of the work.

        Version 0.8 had only addresses of the employer; a street has priority over a postbus.
        """
        found = [adres for value in values if (adres := _dutch_address(value)).get("postcode")]
        if not found:
            self._meld(pad, _GEEN_ADRES)
            return
        self._record["adres"] = max(found, key=lambda adres: "straatnaam" in adres)
        self._meld(pad, _ADRES_WERKGEVER)


def _dutch_address(value: Record) -> Record:
    """Gives an address of 0.8 in the form of the standard."""
    nederland = _group(_group(value, "adres"), "adresNederland")
    straat = _group(_group(nederland, "adresDetails"), "straatadres")
    letter, toevoeging = tekst(straat.get("huisletter")), tekst(straat.get("huisnummertoevoeging"))
    adres = {
        "postcode": nederland.get("postcode"),
        "straatnaam": straat.get("straatnaam") or straat.get("naamOpenbareRuimte"),
        "huisnummer": straat.get("huisnummer"),
        "huisnummertoevoeging": " ".join(filter(None, (letter, toevoeging))),
    }
    return {name: one for name, one in adres.items() if not is_empty(one)}


def _group(value: Any, name: str) -> Record:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _unique(name: str, codes: Iterable[Any]) -> list[Record]:
    """Gives one element for each different code that was found."""
    return [{name: code} for code in dict.fromkeys(codes) if code is not None]


def _code_reader(soort: Soort, wijze: Veldwijze, omgeving: Omgeving) -> Lees:
    """Gives the reader of a value that becomes a code: the same as in a column for that attribute."""
    doel = next(one.doel for one in TABEL[soort].values() if one.wijze is wijze)
    return reader(soort, veld_op(soort, doel), Regel(doel.replace("[]", "[0]"), ("waarde",)), omgeving)


def _shown(pad: str) -> str:
    """Gives a path in which every name can be the name of a field; '' for any other.

    Another name may be something that somebody typed.
    """
    names = pad.replace("[]", "").split(".")
    return pad if len(pad) <= 200 and all(map(_PLAUSIBLE_NAME.fullmatch, names)) else ""
