"""Defines the parts of the standard: kinds of records, entities, attributes and value lists, as frozen data.

Nothing here knows a single field of the standard. `entiteiten` and `waardelijsten` fill these classes in, and
everything else (checks, search profile, JSON Schema, labels) is derived from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, TypeAlias

Code: TypeAlias = int | str
JsonType: TypeAlias = Literal["string", "integer", "boolean", "object"]


class Soort(StrEnum):
    """A kind of record that travels over VUM."""

    WERKZOEKENDEN = "werkzoekenden"
    VACATURES = "vacatures"
    WERKGEVERSCONTACTMOMENTEN = "werkgeverscontactmomenten"

    @property
    def label(self) -> str:
        """Gives the Dutch plural, for on screen."""
        return self.value

    @property
    def enkelvoud(self) -> str:
        """Gives the Dutch singular, also the name of the record in the answer to a detailvraag."""
        return _SOORTEN[self].enkelvoud

    @property
    def id_pad(self) -> str | None:
        """Gives the property that holds the source's own id; None for a kind without ids."""
        return _SOORTEN[self].id_pad

    @property
    def postcode_pad(self) -> str | None:
        """Gives the attribute that a selectiegebied is measured from; None for a kind without one."""
        return _SOORTEN[self].postcode_pad

    @property
    def api_naam(self) -> str:
        """Gives the path segment of this kind in the VUM API."""
        return _SOORTEN[self].api_naam


@dataclass(frozen=True, slots=True)
class _SoortGegevens:
    enkelvoud: str
    id_pad: str | None
    postcode_pad: str | None
    api_naam: str


_SOORTEN: Mapping[Soort, _SoortGegevens] = {
    Soort.WERKZOEKENDEN: _SoortGegevens(
        "werkzoekende", "idWerkzoekende", "mobiliteit.bemiddelingspostcode", "werkzoekendeProfielen"
    ),
    Soort.VACATURES: _SoortGegevens("vacature", "idVacature", "adres.postcode", "vacatures"),
    Soort.WERKGEVERSCONTACTMOMENTEN: _SoortGegevens(
        "werkgeverscontactmoment", None, None, "werkgeverscontactmomenten"
    ),
}


class Profiel(StrEnum):
    """The profiles that show an attribute: ZOEK means search and detail profile, DETAIL only the latter."""

    ZOEK = "zoek"
    DETAIL = "detail"


class Gegevenstype(StrEnum):
    """The type of one value of an attribute."""

    TEKST = "tekst"
    GETAL = "getal"
    DATUM = "datum"
    CODE = "code"
    JA_NEE = "ja_nee"
    GROEP = "groep"


@dataclass(frozen=True, slots=True)
class Waardelijst:
    """The codes an attribute may hold, each with its Dutch label.

    `extern` lists are kept by others (CompetentNL, SuwiML, SBI, ISO 639-3): their values are not here and
    only the form of a code is checked. `numeriek` tells whether the JSON has the codes as numbers.
    """

    naam: str
    # Left out of the hash: a mapping cannot be hashed, and the name tells lists apart well enough.
    waarden: Mapping[Code, str] = field(default_factory=dict, hash=False)
    extern: bool = False
    numeriek: bool = False

    def __post_init__(self) -> None:
        if self.extern == bool(self.waarden):
            raise ValueError(f"{self.naam}: either the list is extern or it has values")
        if any(isinstance(code, int) is not self.numeriek for code in self.waarden):
            raise ValueError(f"{self.naam}: codes are all numbers or all strings")
        object.__setattr__(self, "waarden", MappingProxyType(dict(self.waarden)))


@dataclass(frozen=True, slots=True)
class Attribuut:
    """One attribute of the standard: its name, the values it may hold and who may see it.

    `naam` is the JSON property, `label` the official Dutch name, `uitleg` one sentence in plain Dutch.
    `lengte` counts characters; `minimum` and `maximum` are inclusive; `patroon` is matched against the whole
    text and `vorm` says in Dutch what it asks for. With `meervoudig` the property is a list of such values.
    `zoekbaar`: a selectievraag may ask for it. `gevoelig`: tells something about health or disability.
    `vrije_tekst`: typed freely, so it may identify a person. `contactgegeven`: leads to a person. `voorbeeld`
    is a fictitious value that the standard accepts.
    """

    naam: str
    label: str
    uitleg: str
    type: Gegevenstype
    groep: "Entiteit | None" = None
    meervoudig: bool = False
    lengte: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    patroon: str | None = None
    vorm: str | None = None
    waardelijst: Waardelijst | None = None
    verplicht: bool = False
    zoekbaar: bool = False
    profiel: Profiel = Profiel.ZOEK
    gevoelig: bool = False
    vrije_tekst: bool = False
    contactgegeven: bool = False
    voorbeeld: str | int | bool | None = None

    def __post_init__(self) -> None:
        # A half-filled line would only be noticed far away, as a check that never fires; refuse it here.
        if (self.type is Gegevenstype.GROEP) is not (self.groep is not None):
            raise ValueError(f"{self.naam}: a GROEP, and only a GROEP, has an entity")
        if (self.type is Gegevenstype.CODE) is not (self.waardelijst is not None):
            raise ValueError(f"{self.naam}: a CODE, and only a CODE, has a value list")
        if (self.patroon is None) is not (self.vorm is None):
            raise ValueError(f"{self.naam}: a pattern comes with its explanation")

    @property
    def json_type(self) -> JsonType:
        """Gives the JSON type of one value."""
        match self.type:
            case Gegevenstype.GROEP:
                return "object"
            case Gegevenstype.JA_NEE:
                return "boolean"
            case Gegevenstype.GETAL:
                return "integer"
            case Gegevenstype.CODE:
                return "integer" if self.waardelijst is not None and self.waardelijst.numeriek else "string"
            case Gegevenstype.TEKST | Gegevenstype.DATUM:
                return "string"


@dataclass(frozen=True, slots=True)
class Entiteit:
    """A group of attributes that belong together.

    `in_label` is False for a group that only bundles other groups: naming it in front of every field would
    make labels longer, not clearer.
    """

    naam: str
    label: str
    uitleg: str
    attributen: tuple[Attribuut, ...]
    in_label: bool = True
