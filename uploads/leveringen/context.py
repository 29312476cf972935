"""Collects what a conversion must know of the municipality and the country."""

from functools import lru_cache

from exchange.geo.distances import pc4_of, resolve
from exchange.waardelijsten.lijsten import LIJSTEN, TALEN
from exchange.waardelijsten.models import Code
from exchange.waardelijsten.talen import VEELGEVRAAGD
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.mapping.cells.text import woordsleutel
from uploads.mapping.model import Omgeving
from uploads.models import Legewaarden, Waardekoppeling


def environment(gemeente: Gemeente) -> Omgeving:
    """Gives the municipality's secret, words and codes, the lists of others, and the map of the country."""
    with voor_gemeente(gemeente):
        codes: dict[str, dict[str, str]] = {}
        rows = list(
            Code.objects.filter(lijst__in=list(LIJSTEN))
            .geldig()
            .order_by("code")
            .values_list("lijst", "code", "label")
        )
        for lijst, code, label in rows:
            codes.setdefault(lijst, {}).setdefault(woordsleutel(label), code)
        for lijst, code, _ in rows:
            codes[lijst][woordsleutel(code)] = code
        # These languages have these names, whatever list is loaded.
        codes.setdefault(TALEN, {}).update((woordsleutel(naam), code) for code, naam in VEELGEVRAAGD.items())
        # The municipality's own mapping goes before everything; an empty code leaves a value out on purpose.
        for lijst, waarde, code in Waardekoppeling.objects.values_list("lijst", "waarde", "code"):
            codes.setdefault(lijst, {})[woordsleutel(waarde)] = code
        leeg = Legewaarden.objects.values_list("waarden", flat=True).first()

    @lru_cache(maxsize=50_000)
    def postcode_is_somewhere(postcode: str) -> bool:
        pc4 = pc4_of(postcode)
        return pc4 is not None and resolve(pc4) is not None

    return Omgeving(
        lambda text: keys.pseudoniem(gemeente, text),
        postcode_is_somewhere,
        codes,
        None if leeg is None else frozenset(map(woordsleutel, leeg)),
    )
