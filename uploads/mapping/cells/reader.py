"""Chooses the reader for the cells of a column, by the attribute and the rule.

Everything follows from `exchange.standard`: a code from its list, a date, a number between bounds, or a text.
The remark on a value that is in no list says what happens to it and what to do; it never repeats the value.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from exchange.standard import Gegevenstype, Soort, Veld, Waardelijst, is_bsn
from exchange.standard.persoonsgegevens import has_bsn
from uploads.mapping.cells.contact import bsn_of, email_reader, phone_reader, read_postcode, safe_id
from uploads.mapping.cells.dates import Volgorde, date_reader
from uploads.mapping.cells.freetext import text_reader
from uploads.mapping.cells.hours import read_hours
from uploads.mapping.cells.numbers import read_number, whole_number
from uploads.mapping.cells.text import (
    IsAfwezig,
    code_table,
    cut_at_word,
    is_absent,
    rejected,
    tekst,
    warned,
    woordsleutel,
)
from uploads.mapping.cells.verminkt import as_read, unquoted, why_maimed, why_no_id
from uploads.mapping.doelen import code_in, is_contactlijst, is_uren, list_of
from uploads.mapping.kolommen import says_bsn
from uploads.mapping.model import AFWEZIG, Cel, Ernst, Lees, Omgeving, Opmerking
from uploads.mapping.regels import AFKEUREN, EENHEDEN, PSEUDONIEM, Regel
from uploads.mapping.words import GEEN, PROGRAMMAWOORDEN

# The first part of the code of a remark about a list; "code" for lists that are not here.
_STAM: Mapping[str, str] = {
    "beroepen": "beroep",
    "competenties": "competentie",
    "opleidingen": "opleidingsnaam",
    "talen": "taal",
    "sbi": "sector",
    "Opleidingsniveau": "opleiding",
    "Vervoermiddel": "vervoer",
}
_WEGGELATEN: Mapping[str, str] = {
    "beroepen": "Dit beroep staat niet in de beroepenlijst en is weggelaten. Koppel de waarde aan een beroep uit de "
    "lijst.",
    "competenties": "Deze competentie staat niet in de lijst en is weggelaten. Koppel de waarde aan een competentie "
    "uit de lijst.",
    "sbi": "Deze sector is geen SBI-code en is weggelaten. Vul de SBI-code in of koppel de waarde.",
    "talen": "Deze taal staat niet in de lijst en is weggelaten. Koppel de waarde aan een taal uit de lijst.",
    "opleidingen": "Deze opleiding staat niet in de lijst en is weggelaten. Koppel de waarde aan een opleiding uit de "
    "lijst.",
}
# The unit that may stand behind a number, by the name of the attribute.
_UNITS: Mapping[str, str] = {
    "maximaleReisafstand": "km|kilometer|kilometers",
    "maximaleReistijd": "min|minuten|minuut|m",
    "aantalJarenWerkzaamInBeroep": "jaar|jaren|jr|j",
}
_ID_TEKENS = re.compile(r"[^a-zA-Z0-9_.\-]+")
# Zeros before a number.
_ZEROS = re.compile(r"(?<![0-9])0+(?=[1-9])")
NIL_BEHIND = re.compile(r"([0-9]{1,9})[.,]0{1,4}")
_WORDS = re.compile(r"[^a-z]+")
_AND = " en "


def reader(
    soort: Soort,
    leaf: Veld,
    regel: Regel,
    omgeving: Omgeving,
    *,
    epoch_1904: bool = False,
    volgorde: Volgorde | None = None,
) -> Lees:
    """Gives a reader of the cells of one column for this attribute.

    With `epoch_1904` bare numbers are days since 1904; `volgorde` is the order of day and month in the column. The
    reader gives a list of values when the target of the rule ends in `[]`, or is an address or number in a list.
    A cell that cannot be read refuses the row only where every record needs it, or where the rule says so.
    """
    lees = _reader(soort, leaf, regel, omgeving, epoch_1904, volgorde)
    if leaf.pad in {soort.id_pad, soort.postcode_pad} or leaf.verplicht:
        return lees
    return _left_out(lees, keep=leaf.attribuut.waardelijst is not None and regel.bij_onbekend == AFKEUREN)


def range_reader(leaf: Veld, regel: Regel, omgeving: Omgeving) -> Lees:
    """Gives a reader of the other end of a range of hours: that of `leaf`, from the column of this rule."""
    lowest, highest = leaf.attribuut.minimum or 0, leaf.attribuut.maximum or 2**31
    return read_hours(
        lowest,
        highest,
        EENHEDEN.get(regel.eenheid, 1.0),
        laagste=is_laagste(leaf),
        alleen_bereik=True,
        afwezig=absence(omgeving),
    )


def is_laagste(leaf: Veld) -> bool:
    """Tells whether this is the lowest number of a range of hours."""
    return leaf.attribuut.naam.endswith("Minimaal")


_LEFT_OUT = "Dit gegeven is weggelaten."


def _left_out(lees: Lees, *, keep: bool) -> Lees:
    """Gives a reader that leaves out what cannot be read, with a warning, and refuses nothing.

    A text with a BSN is still refused: somebody must take it out of the text. With `keep` so is a value that is
    not in its list.
    """
    warnings: dict[Opmerking, Opmerking] = {}

    def read(value: object) -> Cel:
        if maimed := why_maimed(value):
            return warned("cel_verminkt", f"{maimed} {_LEFT_OUT}")
        cel = lees(value)
        remark = cel.opmerking
        if remark is None or remark.ernst is not Ernst.AFGEKEURD or remark.code == "bsn_in_tekst" or keep:
            return cel
        if remark not in warnings:
            warnings[remark] = Opmerking(Ernst.WAARSCHUWING, remark.code, f"{remark.melding} {_LEFT_OUT}")
        return cel._replace(opmerking=warnings[remark])

    return read


def _reader(
    soort: Soort,
    leaf: Veld,
    regel: Regel,
    omgeving: Omgeving,
    epoch_1904: bool,
    volgorde: Volgorde | None,
) -> Lees:
    absent = absence(omgeving)
    if leaf.pad.endswith("[]") and is_contactlijst(leaf.attribuut):
        # These readers find several values in one cell themselves.
        return _contact_reader(leaf, absent)
    if leaf.attribuut.waardelijst is not None:
        one, knows = _code_reader(leaf, leaf.attribuut.waardelijst, regel, omgeving, absent)
        if regel.splits:
            return _several(one, knows, regel.splits, absent)
    else:
        one = _reader_of_one(soort, leaf, regel, omgeving, absent, epoch_1904, volgorde)
    return _in_list(one) if "[]" in regel.doel else one


def absence(omgeving: Omgeving) -> IsAfwezig:
    """Gives the test for a cleaned text that means that there is nothing.

    The municipality's own words count instead of the usual ones, if it has any.
    """
    own = omgeving.afwezig
    if own is None:
        return is_absent

    def absent(text: str) -> bool:
        folded = text.casefold()
        return not text or folded in own or folded in PROGRAMMAWOORDEN or (text[0] == "#" and is_absent(text))

    return absent


def _reader_of_one(
    soort: Soort,
    leaf: Veld,
    regel: Regel,
    omgeving: Omgeving,
    absent: IsAfwezig,
    epoch_1904: bool,
    volgorde: Volgorde | None,
) -> Lees:
    attribuut = leaf.attribuut
    if leaf.pad == soort.id_pad:
        return _id_reader(regel, omgeving, absent)
    if leaf.pad == soort.postcode_pad:
        return read_postcode(omgeving.ligt_ergens, absent)
    if attribuut.type is Gegevenstype.DATUM:
        direct = dt.date.today() if attribuut.naam.startswith("datumAanvangBeschikbaar") else None
        if regel.maand_eerst:
            # The rule and the values must agree.
            volgorde = Volgorde.MAAND_DAG if volgorde in {None, Volgorde.MAAND_DAG} else Volgorde.DOOR_ELKAAR
        return date_reader(epoch_1904, absent, volgorde, direct)
    if attribuut.json_type == "integer":
        highest = attribuut.maximum if attribuut.maximum is not None else 2**31
        lowest = attribuut.minimum or 0
        if is_uren(attribuut):
            factor = EENHEDEN.get(regel.eenheid, 1.0)
            return read_hours(lowest, highest, factor, laagste=is_laagste(leaf), afwezig=absent)
        return read_number(lowest, highest, _UNITS.get(attribuut.naam, ""), absent)
    if is_contactlijst(attribuut):
        return _first(_contact_reader(leaf, absent))
    lees = text_reader(leaf, absent)
    return _shortened(lees, leaf) if regel.inkorten and attribuut.lengte is not None else lees


# --- Ids, numbers, texts ------------------------------------------------------------------------------------


def _id_reader(regel: Regel, omgeving: Omgeving, absent: IsAfwezig) -> Lees:
    pseudoniem = omgeving.pseudoniem
    if any(map(says_bsn, regel.kolommen)):
        fault = warned(
            "bsn_onjuist", "Dit is geen geldig BSN. Controleer het nummer, of vul een ander kenmerk in."
        ).opmerking

        def read_bsn(value: object) -> Cel:
            if maimed := why_no_id(as_read(value)):
                return rejected("kenmerk_verminkt", maimed)
            bsn = bsn_of(value, absent)
            return Cel(pseudoniem(bsn), None if is_bsn(bsn) else fault) if bsn else AFWEZIG

        return read_bsn

    def of_own_number(text: str) -> str:
        made = pseudoniem(text)
        # A number that may be a BSN is nowhere kept, also when zeros make it as long as the others.
        without_zeros = _ZEROS.sub("", text)
        if not has_bsn(text) and (without_zeros == text or not has_bsn(without_zeros)):
            omgeving.eigen_nummers[made] = text
        return made

    def read(value: object) -> Cel:
        value = as_read(unquoted(value))
        if maimed := why_no_id(value):
            return rejected("kenmerk_verminkt", maimed)
        text = tekst(value)
        if absent(text):
            return AFWEZIG
        if regel.pseudoniem:
            # This column may also hold somebody's BSN; then the pseudonym is the one that belongs to the BSN.
            return Cel(pseudoniem(bsn_of(text)) if is_bsn(text) else of_own_number(text))
        if regel.tekens and _ID_TEKENS.search(text) and not is_bsn(_ID_TEKENS.sub("", text)):
            return Cel(of_own_number(text) if regel.tekens == PSEUDONIEM else _ID_TEKENS.sub("-", text))
        return Cel(safe_id(text, pseudoniem))

    return read


def _contact_reader(leaf: Veld, absent: IsAfwezig) -> Lees:
    # Of a contact person it is said beside the number who that is.
    own = not leaf.voorouders
    if leaf.attribuut.naam == "emailadres":
        return email_reader(absent, eigen=own)
    return phone_reader(absent, eigen=own)


def _shortened(lees: Lees, leaf: Veld) -> Lees:
    length = leaf.attribuut.lengte or 0
    remark = Opmerking(
        Ernst.WAARSCHUWING,
        "contact_ingekort" if leaf.contactgegeven else "tekst_ingekort",
        f"Deze tekst is langer dan {length} tekens en is ingekort. Gebruik een kortere tekst.",
    )

    def read(value: object) -> Cel:
        cel = lees(value)
        if cel.waarde is None or len(cel.waarde) <= length:
            return cel
        return cel._replace(waarde=cut_at_word(cel.waarde, length), opmerking=cel.opmerking or remark)

    return read


def _first(lees: Lees) -> Lees:
    """Gives a reader with only the first value of a reader that gives a list."""

    def read(value: object) -> Cel:
        cel = lees(value)
        return cel if cel.waarde is None else cel._replace(waarde=cel.waarde[0])

    return read


def _in_list(lees: Lees) -> Lees:
    def read(value: object) -> Cel:
        cel = lees(value)
        return cel if cel.waarde is None else cel._replace(waarde=[cel.waarde])

    return read


# --- Codes --------------------------------------------------------------------------------------------------


def _code_reader(
    leaf: Veld, lijst: Waardelijst, regel: Regel, omgeving: Omgeving, absent: IsAfwezig
) -> tuple[Lees, Callable[[str], bool]]:
    """Gives a reader of codes, and a test for a text that is known as a whole and need not be cut.

    The municipality's own words come first. After those come the words of the rule or, when it has none, the
    labels and codes of the list.
    """
    naam = list_of(leaf.attribuut)
    mapped = omgeving.codes.get(naam, {})
    known: Mapping[str, Any]
    if regel.waarden:
        known = {woordsleutel(word): code_in(lijst, code) if code else None for word, code in regel.waarden}
    else:
        known = code_table(lijst)
    as_is = _code_as_it_is(leaf, lijst)
    unknown = _unknown_value(lijst, naam, regel)

    def read(value: object) -> Cel:
        text = tekst(as_read(value))
        key = text.casefold()
        code = mapped.get(key)
        if code is not None:
            if not code:
                return AFWEZIG
            # A code that is no longer in the list says nothing.
            found = code_in(lijst, code)
            if found is not None:
                return Cel(found)
        if key in known:
            return Cel(known[key])
        if absent(text):
            return AFWEZIG
        # A code that a program turned into a number on its way here.
        if (match := NIL_BEHIND.fullmatch(key)) and match[1] in known:
            return Cel(known[match[1]])
        found = as_is(value, text)
        if found is not None:
            return Cel(found)
        if key in GEEN and leaf.in_lijst:
            return AFWEZIG
        if regel.per_woord:
            for word in _WORDS.split(key):
                if word in known:
                    return Cel(known[word])
        return unknown(text)

    def knows(text: str) -> bool:
        key = woordsleutel(text)
        return key in mapped or key in known

    return read, knows


def _code_as_it_is(leaf: Veld, lijst: Waardelijst) -> Callable[[object, str], Any]:
    """Gives a function that recognises a code of an external list by its form.

    That works without the list itself. The function gives the code, or None.
    """
    attribuut = leaf.attribuut
    if not lijst.extern:
        return lambda value, text: None
    if lijst.numeriek:
        low, high = attribuut.minimum or 0, attribuut.maximum if attribuut.maximum is not None else 2**31

        def number(value: object, text: str) -> int | None:
            found = whole_number(value)
            return found if found is not None and low <= found <= high else None

        return number
    if attribuut.patroon is not None:
        pattern = re.compile(attribuut.patroon)
        return lambda value, text: text if pattern.fullmatch(text) else None
    return lambda value, text: text if "://" in text or text.casefold().startswith("urn:") else None


def _unknown_value(lijst: Waardelijst, naam: str, regel: Regel) -> Callable[[str], Cel]:
    """Gives the result of a value that nobody knows. It is counted, so that it can be mapped."""
    stem = _STAM.get(naam, "code")
    value: Any = None
    if regel.bij_onbekend == AFKEUREN:
        codes = ", ".join(str(code) for code in lijst.waarden)
        choice = f" Gebruik een van deze codes: {codes}." if codes else ""
        remark = Opmerking(
            Ernst.AFGEKEURD, f"{stem}_onbekend", f"Deze waarde staat niet in de lijst {lijst.naam}.{choice}"
        )
        if not lijst.extern:
            remark = remark._replace(code="code_onbekend")
    elif regel.bij_onbekend:
        value = code_in(lijst, regel.bij_onbekend)
        label = lijst.waarden.get(value, regel.bij_onbekend) if value is not None else ""
        remark = Opmerking(
            Ernst.WAARSCHUWING,
            f"{stem}_anders",
            f"Deze waarde staat niet in de lijst {lijst.naam} en is opgenomen als {label}. "
            "Koppel de waarde als een andere code beter past.",
        )
    else:
        remark = Opmerking(
            Ernst.WAARSCHUWING,
            f"{stem}_onbekend",
            _WEGGELATEN.get(
                naam, f"Deze waarde staat niet in de lijst {lijst.naam} en is weggelaten. Koppel de waarde."
            ),
        )
    return lambda text: Cel(value, remark, ((naam, text),))


def separator_of(splits: str) -> re.Pattern[str]:
    """Gives the pattern of a separator between two values in one cell. `splits`, of a rule, is not empty."""
    characters = splits.replace(_AND, "")
    pattern = "|".join(
        [*([f"[{re.escape(characters)}]"] if characters else []), *([_AND] if _AND in splits else [])]
    )
    return re.compile(pattern, re.IGNORECASE)


def _several(one: Lees, knows: Callable[[str], bool], splits: str, absent: IsAfwezig) -> Lees:
    """Gives a reader of cells with several values. A value that is known as a whole is not cut.

    When one value is refused, the whole cell is refused.
    """
    separator = separator_of(splits)
    whole = _in_list(one)

    def read(value: object) -> Cel:
        if not isinstance(value, str) or absent(tekst(value)) or knows(value):
            return whole(value)
        parts = [part for part in separator.split(value) if tekst(part)]
        if len(parts) <= 1:
            return whole(parts[0] if parts else None)
        values: list[Any] = []
        remark: Opmerking | None = None
        unknown: tuple[tuple[str, str], ...] = ()
        for part in parts:
            cel = one(part)
            if cel.waarde is not None and cel.waarde not in values:
                values.append(cel.waarde)
            if cel.opmerking is not None and (remark is None or cel.opmerking.ernst is Ernst.AFGEKEURD):
                remark = cel.opmerking
            unknown += cel.onbekend
        return Cel(values or None, remark, unknown)

    return read
