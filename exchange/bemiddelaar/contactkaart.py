"""Gives from a whole record with whom to get in touch: names, roles, telephone numbers and e-mail addresses.

What comes from outside is a text. It becomes a link only when it has the plain form of a number or an address.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from exchange.standard import Soort

_TELEFOON: Final = re.compile(r"\+?[0-9][0-9 ()./-]{5,19}")
_EMAIL: Final = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")
# Whoever looks over somebody's shoulder at a mailbox learns nothing from it.
_ONDERWERP: Final = "Contactverzoek"
# More of a kind than this is no contact card any more; the whole record follows below it.
_MEESTE: Final = 20


@dataclass(frozen=True, slots=True)
class Ingang:
    """A number or an address; `url` is empty for what is not in a form that can be trusted."""

    tekst: str
    url: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to get in touch with, and in which role."""

    rol: str
    naam: str
    functie: str
    telefoon: list[Ingang]
    email: list[Ingang]

    def __repr__(self) -> str:
        return "Contact(…)"

    @property
    def als_tekst(self) -> str:
        """Gives everything in lines, to take along to another system."""
        ways = [ingang.tekst for ingang in (*self.telefoon, *self.email)]
        return "\n".join(part for part in (self.rol, self.naam, self.functie, *ways) if part)


def contacts(soort: Soort, record: Mapping[str, Any]) -> list[Contact]:
    """Lists with whom to get in touch about this record; empty when it tells nobody.

    The record may hold anything: what is not of the standard is left out.
    """
    found = [
        _contact(rol, group, organisatie)
        for rol, group, organisatie in _groups(soort, record)
        if isinstance(group, Mapping)
    ]
    return [one for one in found if one.naam or one.telefoon or one.email][:_MEESTE]


def _groups(soort: Soort, record: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yields the role, the group that holds the contact details, and the organisation."""
    match soort:
        case Soort.WERKZOEKENDEN:
            yield "De werkzoekende", {name: record.get(name) for name in ("emailadres", "telefoonnummer")}, ""
            for group in _list(record.get("contactpersoon")):
                yield "Contactpersoon bij de bron", group, ""
        case Soort.VACATURES:
            werkgever = _group(record.get("werkgever"))
            for group in _list(werkgever.get("contactpersoon")):
                yield (
                    "Contactpersoon voor deze vacature",
                    group,
                    _text(werkgever.get("handelsnaamOrganisatie")),
                )
        case Soort.WERKGEVERSCONTACTMOMENTEN:
            manager = _group(record.get("accountmanager"))
            yield "Accountmanager", manager, _text(manager.get("naamOrganisatie"))
            werkgever = _group(record.get("werkgever"))
            adres = _group(werkgever.get("vestigingsadres"))
            yield (
                "Contactpersoon bij de werkgever",
                adres.get("contactpersoonAfdeling"),
                _text(werkgever.get("handelsnaamOrganisatie")),
            )


def _contact(rol: str, group: Mapping[str, Any], organisatie: str) -> Contact:
    functie = ", ".join(part for part in (_text(group.get("functie")), organisatie) if part)
    return Contact(
        rol,
        _text(group.get("naamContactpersoonAfdeling")) or _text(group.get("naam")),
        functie,
        [Ingang(text, _tel(text)) for text in _texts(group.get("telefoonnummer"))],
        [Ingang(text, _mailto(text)) for text in _texts(group.get("emailadres"))],
    )


def _tel(text: str) -> str:
    if not _TELEFOON.fullmatch(text):
        return ""
    return f"tel:{'+' if text.startswith('+') else ''}{re.sub('[^0-9]', '', text)}"


def _mailto(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        return ""
    return f"mailto:{quote(text, safe='@')}?subject={quote(_ONDERWERP)}"


def _texts(value: Any) -> list[str]:
    return [text for item in _list(value) if (text := _text(item))][:_MEESTE]


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _group(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
