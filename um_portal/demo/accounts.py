"""Lists the fictional municipalities and the people who work there, with the password that all of them share.

The municipalities do not exist; their OINs have the right form (an RSIN that passes its check) but belong to
nobody.
"""

from dataclasses import dataclass

from um_portal.accounts.models import Supportrol
from um_portal.tenants.models import Rol

WACHTWOORD = "welkom-in-de-demo"


@dataclass(frozen=True, slots=True)
class DemoGemeente:
    """A fictional municipality around a real 4-digit postcode, with the number of records it publishes."""

    oin: str
    naam: str
    midden: int
    werkzoekenden: int
    vacatures: int


LINDEWAARD = DemoGemeente("00000001899000022000", "Lindewaard", 2405, 1400, 320)
OOSTERVEEN = DemoGemeente("00000001899000034000", "Oosterveen", 7511, 900, 180)
HAVERBROEK = DemoGemeente("00000001899000046000", "Haverbroek", 5211, 450, 0)
GEMEENTEN = (LINDEWAARD, OOSTERVEEN, HAVERBROEK)
# These do not take part (any more): VNG support sees what it has to do for them. Nobody logs in there.
AANGEMELD = DemoGemeente("00000001899000058000", "Zandkapelle", 6411, 0, 0)
KLAAR = DemoGemeente("00000001899000071000", "Nieuwpolder", 8911, 0, 0)
OPGESCHORT = DemoGemeente("00000001899000083000", "Brinkhuizen", 9401, 0, 0)
VERTROKKEN = DemoGemeente("00000001899000095000", "Oudeschans", 4461, 0, 0)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account with which somebody can log in."""

    gebruikersnaam: str
    voornaam: str
    achternaam: str
    rollen: tuple[tuple[DemoGemeente, Rol], ...]
    supportrol: str = ""

    @property
    def rol(self) -> str:
        """Gives the role of this person, for the overview."""
        return (
            " en ".join(dict.fromkeys(rol.label for _, rol in self.rollen))
            or f"VNG-support ({self.supportrol})"
        )

    @property
    def gemeente(self) -> str:
        """Gives the municipality of this person, for the overview."""
        return " en ".join(gemeente.naam for gemeente, _ in self.rollen) or "alle gemeenten"


_COLLEAGUES = {
    LINDEWAARD: (("Noor", "Veldkamp"), ("Daan", "Smeets"), ("Fatima", "Bouali")),
    OOSTERVEEN: (("Jelle", "Hoekstra"), ("Sanne", "ter Horst"), ("Milan", "Özdemir")),
    HAVERBROEK: (("Lotte", "van Rooij"), ("Bram", "Kerkhof"), ("Ayla", "de Wit")),
}

ACCOUNTS: tuple[DemoAccount, ...] = (
    *(
        DemoAccount(
            f"{rol.value.replace('_', '-')}@{gemeente.naam.lower()}.example", *naam, ((gemeente, rol),)
        )
        for gemeente, namen in _COLLEAGUES.items()
        for rol, naam in zip(
            (Rol.JOBCOACH, Rol.GEGEVENSBEHEERDER, Rol.FUNCTIONEEL_BEHEERDER), namen, strict=True
        )
    ),
    DemoAccount(
        "regio@servicecentrum.example",
        "Koen",
        "Brinkman",
        ((LINDEWAARD, Rol.FUNCTIONEEL_BEHEERDER), (OOSTERVEEN, Rol.JOBCOACH)),
    ),
    DemoAccount("support@vng.example", "Iris", "Postma", (), Supportrol.BESLISSEND),
    DemoAccount("besluit@vng.example", "Hanna", "Kuipers", (), Supportrol.BESLISSEND),
    DemoAccount("advies@vng.example", "Ruben", "Aalbers", (), Supportrol.ADVISEREND),
)


def overview() -> list[dict[str, str]]:
    """Lists the accounts as the login page and the terminal show them."""
    return [
        {
            "naam": f"{account.voornaam} {account.achternaam}",
            "gebruikersnaam": account.gebruikersnaam,
            "wachtwoord": WACHTWOORD,
            "rol": account.rol,
            "gemeente": account.gemeente,
        }
        for account in ACCOUNTS
    ]
