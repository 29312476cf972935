"""Writes and reads the headers of every message: its version, sender, receiver and intermediary."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Partijen:
    """The parties of a message: sender, receiver and intermediary, as OINs of 20 digits."""

    van: str
    naar: str
    via: str

    def reply(self) -> "Partijen":
        """Gives the parties of the answer."""
        return Partijen(van=self.naar, naar=self.van, via=self.via)


def wsgi_name(header: str) -> str:
    """Gives the name of a header in `request.META`."""
    return "HTTP_" + header.upper().replace("-", "_")


@dataclass(frozen=True, slots=True)
class Headers:
    """The names of the headers in a version, and the version that they state.

    The header `suwi` is sent to a source only.
    """

    berichtversie: str
    versie: tuple[str, ...]
    van: str
    naar: str
    via: str
    suwi: str

    @property
    def partijen(self) -> dict[str, str]:
        """Gives the headers with an OIN, each with its meaning."""
        return {
            self.van: "Het OIN van de partij die dit bericht stuurt.",
            self.naar: "Het OIN van de partij voor wie dit bericht is.",
            self.via: "Het OIN van de partij die het bericht doorgeeft.",
        }

    def write(self, partijen: Partijen) -> dict[str, str]:
        """Gives the headers of a message between these parties."""
        return {
            **dict.fromkeys(self.versie, self.berichtversie),
            self.van: partijen.van,
            self.naar: partijen.naar,
            self.via: partijen.via,
        }

    def read(self, meta: Mapping[str, Any]) -> Partijen:
        """Reads the parties from `request.META`, unchecked; empty where a header is missing."""
        return Partijen(*(meta.get(wsgi_name(name), "") for name in (self.van, self.naar, self.via)))


HEADERS: Final = Headers(
    berichtversie="3.0.0",
    versie=("X-VUM-berichtVersie", "API-Version"),
    van="X-VUM-fromParty",
    naar="X-VUM-toParty",
    via="X-VUM-viaParty",
    suwi="X-VUM-SUWIparty",
)
