"""Writes a value of the standard for the screen: labels for codes, Dutch dates, Ja and Nee."""

from datetime import date

from exchange.standard.boom import veld_op
from exchange.standard.emptiness import is_empty
from exchange.standard.model import Attribuut, Gegevenstype, Soort


def label_of(soort: Soort, pad: str, waarde: object) -> str:
    """Gives the text for one value, or for a list of values, of the leaf at `pad` (as `velden` writes it).

    A code becomes its Dutch label, a date dd-mm-jjjj. A value for which the standard has no words (a code
    from a list of others, a value it would refuse) is shown as it is; an empty value is an empty text. Raises
    KeyError for a path that the standard does not have.
    """
    attribuut = veld_op(soort, pad).attribuut
    if is_empty(waarde):
        return ""
    if isinstance(waarde, list):
        return ", ".join(_label(attribuut, item) for item in waarde if not is_empty(item))
    return _label(attribuut, waarde)


def _label(attribuut: Attribuut, waarde: object) -> str:
    if isinstance(waarde, bool):
        return "Ja" if waarde else "Nee"
    if isinstance(waarde, float) and waarde.is_integer():
        waarde = int(waarde)
    if attribuut.type is Gegevenstype.DATUM:
        return _dutch_date(waarde)
    if attribuut.waardelijst is not None and isinstance(waarde, int | str):
        label = attribuut.waardelijst.waarden.get(waarde)
        if label is not None:
            return label
    return _plain(waarde)


def _dutch_date(waarde: object) -> str:
    text = _plain(waarde)
    try:
        return date.fromisoformat(text).strftime("%d-%m-%Y")
    except ValueError:
        return text


def _plain(waarde: object) -> str:
    try:
        return str(waarde)
    except (ValueError, RecursionError):
        # Python refuses to write out numbers of thousands of digits; nobody could read them either.
        return "onleesbare waarde"
