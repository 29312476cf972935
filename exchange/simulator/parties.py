"""Knows who takes part in the exchange: the admitted municipalities, and some parties of the simulator.

The simulator's own parties are a large national source, a source that falters, and a temp agency that only
asks. Their OINs are made up.
"""

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from exchange.interfaces import current
from exchange.simulator import own_server
from um_portal.tenants.models import Gemeente, Gemeentestatus


@dataclass(frozen=True, slots=True)
class Partij:
    """A party to the exchange; `suwi` tells whether the law lets it exchange freely (UWV, municipalities)."""

    oin: str
    naam: str
    suwi: bool = True


@dataclass(frozen=True, slots=True)
class Bron:
    """A source and its address. `via` is the processor it answers through, None when it has none."""

    oin: str
    url: str
    via: str | None = None


LANDELIJK: Final = Partij("00000001899000125000", "Landelijke Werkbank")
HAPEREND: Final = Partij("00000001899000137000", "Werkbedrijf De Hapering")
UITZENDBUREAU: Final = Partij("00000001899000149000", "Uitzendbureau Voorbeeld", suwi=False)

#: By the name that is part of the address of the own sources; UM_SIMULATOR_BRONNEN says which of them take part.
EIGEN_BRONNEN: Final = {"landelijk": LANDELIJK, "haperend": HAPEREND}
_OWN: Final = {partij.oin: partij for partij in (LANDELIJK, HAPEREND, UITZENDBUREAU)}


def find_party(oin: str) -> Partij | None:
    """Gives the party that may ask under this OIN; None when it does not take part (any more)."""
    if oin in _OWN:
        return _OWN[oin]
    gemeente = Gemeente.objects.filter(oin=oin, status=Gemeentestatus.TOEGELATEN).first()
    return Partij(gemeente.oin, gemeente.naam) if gemeente else None


def find_source(oin: str) -> Bron | None:
    """Gives the source with this OIN; None when it does not take part now."""
    return next((bron for bron in sources() if bron.oin == oin), None)


def sources() -> list[Bron]:
    """Gives every source that takes part now."""
    municipalities = Gemeente.objects.filter(status=Gemeentestatus.TOEGELATEN).order_by("oin")
    return [
        *(
            Bron(EIGEN_BRONNEN[naam].oin, f"{own_server.base_url()}/bronnen/{naam}/{current().pad}")
            for naam in settings.UM_SIMULATOR_BRONNEN
        ),
        *(
            Bron(oin, settings.UM_BRON_URL, via=settings.UM_EIGEN_OIN)
            for oin in municipalities.values_list("oin", flat=True)
            if oin not in _OWN
        ),
    ]
