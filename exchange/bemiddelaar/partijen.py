"""Gives the name of a source by its OIN: a municipality of this portal, or one of `UM_PARTIJEN`."""

from collections.abc import Iterable

from django.conf import settings

from um_portal.tenants.models import Gemeente


def name_of(oin: str) -> str:
    """Gives the name of the party with this OIN; a description with the OIN for one that nobody knows."""
    return names_of({oin})[oin]


def names_of(oins: Iterable[str]) -> dict[str, str]:
    """Gives the name of each of these parties by its OIN, as `name_of` does. It takes one query."""
    wanted = set(oins)
    municipalities = dict(Gemeente.objects.filter(oin__in=wanted).values_list("oin", "naam"))
    return {
        oin: f"gemeente {municipalities[oin]}" if oin in municipalities else _known(oin) for oin in wanted
    }


def _known(oin: str) -> str:
    found: str = settings.UM_PARTIJEN.get(oin, "")
    return found or (f"de bron met OIN {oin}" if oin else "een bron die haar naam niet noemt")
