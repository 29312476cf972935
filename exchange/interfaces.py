"""Registers the versions of the interface that this portal speaks: each is an entry in `SPOKEN`.

As a source the portal answers in every version, each at its own address. For its own questions it uses one.
"""

from exchange.vum3.interface import VUM3, Interface

# By the address of the source.
SPOKEN: dict[str, Interface] = {VUM3.bron_adres: VUM3}


def current() -> Interface:
    """Gives the version in which this portal asks: the first that is spoken."""
    return next(iter(SPOKEN.values()))


def interface_at(path: str) -> Interface | None:
    """Gives the version in which the source answers at this path; None for any other path."""
    return next((interface for address, interface in SPOKEN.items() if path.startswith(f"{address}/")), None)
