"""Gives the name of a source by its OIN: a municipality of this portal, or one of `UM_PARTIJEN`."""

from django.conf import settings

from um_portal.tenants.models import Gemeente


def name_of(oin: str) -> str:
    """Gives the name of the party with this OIN; a description with the OIN for one that nobody knows."""
    naam = Gemeente.objects.filter(oin=oin).values_list("naam", flat=True).first()
    if naam is not None:
        return f"gemeente {naam}"
    known: str = settings.UM_PARTIJEN.get(oin, "")
    return known or (f"de bron met OIN {oin}" if oin else "een bron die haar naam niet noemt")
