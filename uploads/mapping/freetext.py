"""Text that people type: what it may not contain, and what deserves a warning before everybody can see it.

A BSN goes, always. A phone number or an e-mail address in text of the search profile is told: who searches
sees that text before anybody decided to share contact details.
"""

import re
from typing import Any

from exchange.standard import Blad, Profiel, Soort, bladeren, is_bsn
from uploads.mapping.model import AFWEZIG, Cel, Ernst, Lees, Meld, Opmerking
from uploads.mapping.values import alinea, is_afwezig

VERWIJDERD = "[verwijderd]"
_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ .\-]?[0-9]){7,8}(?![0-9])")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")
_PHONE = re.compile(r"(?<![0-9])(?:\+31|0031|0)[ \-]?(?:\(0\))?[1-9](?:[ \-]?[0-9]){8}(?![0-9])")

_BSN_WEG = Opmerking(
    Ernst.WAARSCHUWING,
    "bsn_in_tekst",
    "In deze tekst staat een getal dat een BSN kan zijn. Het is uit de tekst verwijderd. Haal het ook weg bij de bron.",
)
_CONTACT = Opmerking(
    Ernst.WAARSCHUWING,
    "contact_in_tekst",
    "In deze tekst staat een telefoonnummer of e-mailadres. Iedereen die zoekt, ziet deze tekst. "
    "Haal het weg bij de bron.",
)


def without_bsn(text: str) -> str:
    """The text with every number that can be a BSN taken out."""
    return _DIGITS.sub(lambda match: VERWIJDERD if is_bsn(re.sub(r"\D", "", match[0])) else match[0], text)


def has_contact(text: str) -> bool:
    """Whether the text holds a phone number or an e-mail address."""
    return _EMAIL.search(text) is not None or _PHONE.search(text) is not None


def text_reader(leaf: Blad) -> Lees:
    """Reads a text column; free text is looked through."""

    def read(value: object) -> Cel:
        text = alinea(value)
        if is_afwezig(text):
            return AFWEZIG
        if not leaf.vrije_tekst:
            return Cel(text)
        clean = without_bsn(text)
        if clean != text:
            return Cel(clean, _BSN_WEG)
        return Cel(text, _CONTACT if leaf.profiel is Profiel.ZOEK and has_contact(text) else None)

    return read


_FREE = {
    soort: [(leaf.pad.split("."), leaf) for leaf in bladeren(soort) if leaf.vrije_tekst] for soort in Soort
}


def look_through(soort: Soort, record: dict[str, Any], meld: Meld) -> None:
    """Do the same to the free texts of a record that is already in the standard; changes the record in place."""
    for steps, leaf in _FREE[soort]:
        _look(record, steps, leaf, meld)


def _look(group: Any, steps: list[str], leaf: Blad, meld: Meld) -> None:
    if not isinstance(group, dict):
        return
    name = steps[0].removesuffix("[]")
    inner = group.get(name)
    if len(steps) > 1:
        for element in inner if isinstance(inner, list) else [inner]:
            _look(element, steps[1:], leaf, meld)
    elif isinstance(inner, str):
        clean = without_bsn(inner)
        if clean != inner:
            group[name] = clean
            meld(leaf.pad, _BSN_WEG)
        elif leaf.profiel is Profiel.ZOEK and has_contact(inner):
            meld(leaf.pad, _CONTACT)
