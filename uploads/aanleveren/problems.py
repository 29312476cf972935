"""Lists the refusals of the API for delivering as problem details (RFC 9457), one line per kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

TYPE_PREFIX: Final = "urn:um:aanleveren:"
MEDIATYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Probleem:
    """A kind of problem: its name in `type`, and its HTTP status and title."""

    naam: str
    status: int
    titel: str

    @property
    def type(self) -> str:
        """Gives the text that identifies the problem to a program."""
        return TYPE_PREFIX + self.naam


AANROEP_ONGELDIG = Probleem("aanroep-ongeldig", 400, "De aanroep klopt niet")
SLEUTEL_ONTBREEKT = Probleem("sleutel-ontbreekt", 401, "Er is geen sleutel meegestuurd")
SLEUTEL_ONGELDIG = Probleem("sleutel-ongeldig", 401, "Deze sleutel bestaat niet")
SLEUTEL_INGETROKKEN = Probleem("sleutel-ingetrokken", 401, "Deze sleutel is ingetrokken")
SLEUTEL_VERLOPEN = Probleem("sleutel-verlopen", 401, "Deze sleutel is verlopen")
VERKEERD_NETWERK = Probleem("verkeerd-netwerk", 403, "De sleutel werkt niet vanaf dit adres")
ANDERE_SOORT = Probleem("andere-soort", 403, "De sleutel is voor een andere soort")
NIET_TOEGELATEN = Probleem("gemeente-niet-toegelaten", 403, "De gemeente kan nu niet aanleveren")
HTTPS_VERPLICHT = Probleem("https-verplicht", 403, "Alleen over https")
NIET_GEVONDEN = Probleem("niet-gevonden", 404, "Dit bestaat niet")
METHODE = Probleem("methode-niet-toegestaan", 405, "Deze methode kan hier niet")
AL_BEZIG = Probleem("al-bezig", 409, "Dit bestand wordt al verwerkt")
LENGTE_ONTBREEKT = Probleem("lengte-ontbreekt", 411, "De lengte van de aanroep ontbreekt")
TE_GROOT = Probleem("bestand-te-groot", 413, "Het bestand is te groot")
GEEN_MULTIPART = Probleem("geen-multipart", 415, "De aanroep is geen multipart-formulier")
ONLEESBAAR = Probleem("bestand-onleesbaar", 422, "Het bestand is niet te lezen")
TE_VAAK = Probleem("te-vaak", 429, "Te veel aanroepen")
INTERN = Probleem("interne-fout", 500, "Er ging iets mis")
NIET_BESCHIKBAAR = Probleem("niet-beschikbaar", 503, "Het portaal is tijdelijk niet beschikbaar")

PROBLEMEN: Final[tuple[Probleem, ...]] = tuple(
    value for value in list(globals().values()) if isinstance(value, Probleem)
)


@dataclass(frozen=True, slots=True)
class Invoerfout:
    """Tells what is wrong with one field or parameter. `plek` is "body", "query" or "header"."""

    plek: str
    naam: str
    code: str
    uitleg: str

    def as_json(self) -> dict[str, Any]:
        """Gives the error as an element of `errors`."""
        return {"in": self.plek, "location": {"name": self.naam}, "code": self.code, "detail": self.uitleg}


class Geweigerd(Exception):
    """The call is refused with this problem. `uitleg` is Dutch, and repeats nothing that was sent."""

    def __init__(
        self,
        probleem: Probleem,
        uitleg: str,
        *,
        headers: Mapping[str, str] | None = None,
        fouten: tuple[Invoerfout, ...] = (),
    ) -> None:
        super().__init__(probleem.naam)
        self.probleem = probleem
        self.uitleg = uitleg
        self.headers = dict(headers or {})
        self.fouten = fouten


def invalid(*fouten: Invoerfout) -> Geweigerd:
    """Makes the refusal of a call in which these fields or parameters are wrong."""
    return Geweigerd(AANROEP_ONGELDIG, " ".join(fout.uitleg for fout in fouten), fouten=fouten)
