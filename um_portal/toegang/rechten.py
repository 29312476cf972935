"""Lists who may do what: the one table of role x act.

Views, machine APIs, navigation, tiles and the documentation read it. Nobody has a right that does not stand
here.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from django.db.models import TextChoices

from um_portal.accounts.models import Gebruiker, Supportrol
from um_portal.tenants.models import Gemeente, Gemeentestatus, Lidmaatschap, Rol, Scenario


class Functie(TextChoices):
    """The capacity in which somebody, or a system, asks for something."""

    JOBCOACH = "jobcoach", "Jobcoach"
    GEGEVENSBEHEERDER = "gegevensbeheerder", "Gegevensbeheerder"
    FUNCTIONEEL_BEHEERDER = "functioneel_beheerder", "Functioneel beheerder"
    SUPPORT_ADVISEREND = "support_adviserend", "VNG-support (adviserend)"
    SUPPORT_BESLISSEND = "support_beslissend", "VNG-support (beslissend)"
    SLEUTEL = "sleutel", "Aanleversleutel"
    UITWISSELING = "uitwisseling", "De uitwisseling (VUM)"


class Recht(TextChoices):
    """An act; the label completes "Mag ..."."""

    PORTAAL = "portaal", "de startpagina, de hulp en het woordenboek bekijken"
    ZOEKEN = "zoeken", "zoeken in heel Nederland, resultaten bekijken en details opvragen"
    CONTACTMOMENTEN = (
        "contactmomenten",
        "opvragen wie er al met een werkgever sprak (werkgeverscontactmomenten)",
    )
    CIJFERS = "cijfers", "zien hoeveel er in de gemeente gezocht, benaderd en geplaatst is"
    CIJFERS_SUPPORT = (
        "cijfers_support",
        "zien hoeveel er per gemeente en in het hele land gezocht, benaderd en geplaatst is",
    )
    SIGNALEN = "signalen", "zien wat de gemeente meldde over gegevens die niet kloppen"
    SIGNALEN_SUPPORT = "signalen_support", "zien wat gemeenten melden over gegevens die niet kloppen"
    SIGNALEN_AFHANDELEN = "signalen_afhandelen", "vastleggen dat zo'n melding doorgegeven of opgelost is"
    AANLEVEREN = "aanleveren", "bestanden aanleveren, kolommen kiezen en controleren"
    WAARDEN = "waarden", "woorden van de gemeente aan codes koppelen"
    PUBLICEREN = "publiceren", "publiceren en terugdraaien"
    GEPUBLICEERD = "gepubliceerd", "bekijken en downloaden wat gepubliceerd is"
    EIGEN_NUMMERS = "eigen_nummers", "de eigen nummers zien van wie onder een pseudoniem gepubliceerd is"
    INTREKKEN = "intrekken", "intrekken wat gepubliceerd is"
    SLEUTELS = "sleutels", "aanleversleutels maken en intrekken"
    AANLEVEREN_API = "aanleveren_api", "aanleveren met een eigen systeem"
    LOGBOEK = "logboek", "het logboek van de gemeente bekijken en downloaden"
    LOGBOEK_SUPPORT = "logboek_support", "het logboek van alle gemeenten bekijken, zonder inhoud"
    BRON = "bron", "de bron bevragen: zoeken in wat gepubliceerd is, en een detail krijgen"
    INSTELLINGEN = "instellingen", "instellingen van de gemeente wijzigen"
    COLLEGA_WISSEN = "collega_wissen", "het account van een collega wissen"
    COLLEGAS = "collegas", "collega's uitnodigen, hun rol wijzigen, hen verwijderen en de toegang toetsen"
    GEBRUIKERS = (
        "gebruikers",
        "een gebruiker op e-mailadres vinden en blokkeren, zien wie de toegang niet toetste",
    )
    GEBRUIKERS_BESLUITEN = (
        "gebruikers_besluiten",
        "gebruikers deblokkeren, een tweede factor herstellen, eerste beheerders en support uitnodigen",
    )
    GEMEENTEN = "gemeenten", "zien welke gemeenten meedoen en hoeveel zij publiceren"
    GEMEENTEN_BESLUITEN = (
        "gemeenten_besluiten",
        "gemeenten inschrijven, toelaten, opschorten en laten vertrekken, en bepalen waarmee zij meedoen",
    )
    ACHTERGRONDWERK = "achtergrondwerk", "zien wat in de wachtrijen staat, wat vanzelf loopt en wat mislukte"
    ACHTERGRONDWERK_STARTEN = (
        "achtergrondwerk_starten",
        "meteen laten lopen wat anders op een vaste tijd loopt",
    )
    MEDEDELINGEN = "mededelingen", "mededelingen schrijven die iedereen op de startpagina ziet"
    LANDELIJK_BEKIJKEN = "landelijk_bekijken", "zien welke woorden gemeenten voordragen"
    LANDELIJK_BESLUITEN = "landelijk_besluiten", "besluiten over woorden voor het hele land"


_ZOEKERS: Final = frozenset({Functie.JOBCOACH, Functie.FUNCTIONEEL_BEHEERDER})
_BEHEERDERS: Final = frozenset({Functie.GEGEVENSBEHEERDER, Functie.FUNCTIONEEL_BEHEERDER})
_SUPPORT: Final = frozenset({Functie.SUPPORT_ADVISEREND, Functie.SUPPORT_BESLISSEND})
_BESLISSERS: Final = frozenset({Functie.SUPPORT_BESLISSEND})
# The capacities that somebody has by a membership, so inside one municipality.
BIJ_GEMEENTE: Final = _ZOEKERS | _BEHEERDERS

RECHTEN: Final[Mapping[Recht, frozenset[Functie]]] = MappingProxyType(
    {
        # Users who belong to no municipality (any more) have this right too: the page tells them so.
        Recht.PORTAAL: BIJ_GEMEENTE | _SUPPORT,
        Recht.ZOEKEN: _ZOEKERS,
        Recht.CONTACTMOMENTEN: _ZOEKERS,
        Recht.CIJFERS: frozenset({Functie.FUNCTIONEEL_BEHEERDER}),
        Recht.CIJFERS_SUPPORT: _SUPPORT,
        Recht.SIGNALEN: BIJ_GEMEENTE,
        Recht.SIGNALEN_SUPPORT: _SUPPORT,
        Recht.SIGNALEN_AFHANDELEN: _BESLISSERS,
        Recht.AANLEVEREN: _BEHEERDERS,
        Recht.WAARDEN: _BEHEERDERS,
        Recht.PUBLICEREN: _BEHEERDERS,
        Recht.GEPUBLICEERD: _BEHEERDERS,
        Recht.EIGEN_NUMMERS: _BEHEERDERS,
        Recht.INTREKKEN: _BEHEERDERS,
        Recht.SLEUTELS: frozenset({Functie.FUNCTIONEEL_BEHEERDER}),
        Recht.AANLEVEREN_API: frozenset({Functie.SLEUTEL}),
        Recht.LOGBOEK: frozenset({Functie.FUNCTIONEEL_BEHEERDER}),
        Recht.LOGBOEK_SUPPORT: _SUPPORT,
        Recht.BRON: frozenset({Functie.UITWISSELING}),
        Recht.INSTELLINGEN: frozenset({Functie.FUNCTIONEEL_BEHEERDER}),
        Recht.COLLEGA_WISSEN: frozenset({Functie.FUNCTIONEEL_BEHEERDER}),
        Recht.COLLEGAS: frozenset({Functie.FUNCTIONEEL_BEHEERDER}),
        Recht.GEBRUIKERS: _SUPPORT,
        Recht.GEBRUIKERS_BESLUITEN: _BESLISSERS,
        Recht.GEMEENTEN: _SUPPORT,
        Recht.GEMEENTEN_BESLUITEN: _BESLISSERS,
        Recht.ACHTERGRONDWERK: _SUPPORT,
        Recht.ACHTERGRONDWERK_STARTEN: _BESLISSERS,
        Recht.MEDEDELINGEN: _BESLISSERS,
        Recht.LANDELIJK_BEKIJKEN: _SUPPORT,
        Recht.LANDELIJK_BESLUITEN: _BESLISSERS,
    }
)

# The acts that bring something into the exchange or take something out of it.
_UITWISSELEN: Final = frozenset(
    {
        Recht.ZOEKEN,
        Recht.CONTACTMOMENTEN,
        Recht.AANLEVEREN,
        Recht.WAARDEN,
        Recht.PUBLICEREN,
        Recht.AANLEVEREN_API,
        Recht.BRON,
    }
)
# The acts that cannot be done for a municipality in this state, by anybody. Published records can always be
# withdrawn, and keys revoked.
GESLOTEN: Final[Mapping[str, frozenset[Recht]]] = MappingProxyType(
    {
        Gemeentestatus.AANGEMELD: _UITWISSELEN,
        Gemeentestatus.OPGESCHORT: _UITWISSELEN,
        Gemeentestatus.VERTROKKEN: frozenset(Recht) - {Recht.PORTAAL},
    }
)

_VRAGEN: Final = {"werkzoekenden": Scenario.PROFIEL_VRAGER, "vacatures": Scenario.VACATURE_VRAGER}
_AANBIEDEN: Final = {
    "werkzoekenden": Scenario.PROFIEL_BRON,
    "vacatures": Scenario.VACATURE_BRON,
    "werkgeverscontactmomenten": Scenario.CONTACTMOMENT_BRON,
}
# The scenario that an act takes, by the kind of record. An act that is not here takes none.
SCENARIOS: Final[Mapping[Recht, Mapping[str, Scenario]]] = MappingProxyType(
    {
        Recht.ZOEKEN: _VRAGEN,
        Recht.CONTACTMOMENTEN: {"werkgeverscontactmomenten": Scenario.CONTACTMOMENT_VRAGER},
        Recht.AANLEVEREN: _AANBIEDEN,
        Recht.WAARDEN: _AANBIEDEN,
        Recht.PUBLICEREN: _AANBIEDEN,
        Recht.AANLEVEREN_API: _AANBIEDEN,
        Recht.BRON: _AANBIEDEN,
    }
)

_BY_ROL: Final = {rol.value: Functie(rol.value) for rol in Rol}
_BY_SUPPORTROL: Final = {
    Supportrol.ADVISEREND.value: Functie.SUPPORT_ADVISEREND,
    Supportrol.BESLISSEND.value: Functie.SUPPORT_BESLISSEND,
}


def is_of_municipality(recht: Recht) -> bool:
    """Tells whether only members of a municipality have this right, so that it works for that one."""
    return RECHTEN[recht] <= BIJ_GEMEENTE


def functies_of(gebruiker: Gebruiker, lidmaatschap: Lidmaatschap | None) -> frozenset[Functie]:
    """Lists the capacities of a user: those of the membership they work under now, and VNG support."""
    found = set()
    if lidmaatschap is not None:
        found.add(_BY_ROL[lidmaatschap.rol])
    if gebruiker.supportrol:
        found.add(_BY_SUPPORTROL[gebruiker.supportrol])
    return frozenset(found)


def holds(recht: Recht, functies: Iterable[Functie]) -> bool:
    """Tells whether one of these capacities has the right."""
    return not RECHTEN[recht].isdisjoint(functies)


def is_closed(recht: Recht, status: str) -> bool:
    """Tells whether the right rests because of the state that the municipality is in."""
    return recht in GESLOTEN.get(status, frozenset())


def takes_part(gemeente: Gemeente, recht: Recht, soort: str = "") -> bool:
    """Tells whether the municipality takes part in what this act is for.

    `soort` is the kind of record; without it, one kind is enough.
    """
    needed = SCENARIOS.get(recht)
    if needed is None:
        return True
    if soort:
        return soort in needed and needed[soort] in gemeente.scenarios
    return not set(needed.values()).isdisjoint(gemeente.scenarios)


def is_open(recht: Recht, gemeente: Gemeente, soort: str = "") -> bool:
    """Tells whether this act can be done for the municipality now: its state and its scenarios allow it."""
    return not is_closed(recht, gemeente.status) and takes_part(gemeente, recht, soort)
