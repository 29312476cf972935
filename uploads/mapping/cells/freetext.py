"""Examines free text for content that is forbidden, or that deserves a warning.

A row with a BSN in such a text is always refused. A name, a phone number or an e-mail address in a text of
the search profile gets a warning: everybody who searches sees that text before anybody decides to share
contact details.
"""

from collections.abc import Callable
from typing import Any

from exchange.standard import Profiel, Soort, Veld, velden
from exchange.standard.persoonsgegevens import has_bsn, has_contact, has_name
from uploads.mapping.cells.text import alinea, is_absent
from uploads.mapping.model import AFWEZIG, Cel, Ernst, Lees, Meld, Opmerking

_BSN = Opmerking(
    Ernst.AFGEKEURD,
    "bsn_in_tekst",
    "In deze tekst staat een getal dat een BSN kan zijn. Een BSN mag nergens in een profiel staan, dus dit gaat niet "
    "mee. Haal het getal weg uit de tekst in uw eigen systeem en lever opnieuw aan.",
)
_ZICHTBAAR = "Iedereen die zoekt, ziet deze tekst. Haal dit weg in uw eigen systeem."
_NAAM = Opmerking(
    Ernst.WAARSCHUWING,
    "naam_in_tekst",
    f"In deze tekst staat waarschijnlijk de naam van een persoon. {_ZICHTBAAR}",
)
_CONTACT = Opmerking(
    Ernst.WAARSCHUWING,
    "contact_in_tekst",
    f"In deze tekst staat een telefoonnummer of e-mailadres. {_ZICHTBAAR}",
)
_NAAM_EN_CONTACT = Opmerking(
    Ernst.WAARSCHUWING,
    "naam_en_contact_in_tekst",
    "In deze tekst staan waarschijnlijk de naam van een persoon en een telefoonnummer of e-mailadres. "
    f"{_ZICHTBAAR}",
)

# No text of the standard is longer than 2000. A text that is much longer is refused for its
# length, and is not examined.
_LONGEST = 20_000


# --- What that means for a text -----------------------------------------------------------------------------


def _remark(text: str, leaf: Veld) -> Opmerking | None:
    """Gives the remark on a free text of this attribute; None when the text is fine.

    A remark holds no word of the text.
    """
    if len(text) > _LONGEST:
        return None
    if has_bsn(text):
        return _BSN
    if leaf.profiel is not Profiel.ZOEK:
        return None
    name, contact = has_name(text), has_contact(text)
    if name and contact:
        return _NAAM_EN_CONTACT
    return _NAAM if name else _CONTACT if contact else None


def text_reader(leaf: Veld, absent: Callable[[str], bool] = is_absent) -> Lees:
    """Gives a reader of a text column that also examines free text.

    `absent` tells whether a text means that there is nothing.
    """

    def read(value: object) -> Cel:
        text = alinea(value)
        if absent(text):
            return AFWEZIG
        if not leaf.vrije_tekst:
            return Cel(text)
        remark = _remark(text, leaf)
        return Cel(None, remark) if remark is _BSN else Cel(text, remark)

    return read


_FREE = {
    soort: [(leaf.pad.split("."), leaf) for leaf in velden(soort) if leaf.vrije_tekst] for soort in Soort
}


def look_through(soort: Soort, record: dict[str, Any], meld: Meld) -> bool:
    """Examines the free texts of a record that is already in the standard.

    Tells whether all of them are accepted; `meld` gets every remark.
    """
    good = True
    for steps, leaf in _FREE[soort]:
        good = _look(record, steps, leaf, meld) and good
    return good


def _look(group: Any, steps: list[str], leaf: Veld, meld: Meld) -> bool:
    if not isinstance(group, dict):
        return True
    inner = group.get(steps[0].removesuffix("[]"))
    if len(steps) > 1:
        elements = inner if isinstance(inner, list) else [inner]
        # A list and not a generator: each element gets its remark, also after one that was refused.
        return False not in [_look(element, steps[1:], leaf, meld) for element in elements]
    remark = _remark(inner, leaf) if isinstance(inner, str) else None
    if remark is not None:
        meld(leaf.pad, remark)
    return remark is not _BSN
