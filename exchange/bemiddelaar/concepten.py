"""Keeps the search form of a jobcoach as it was last filled in, so that whoever comes back finds it again.

In the database, under the scope of the municipality: not in the session, the cache or the browser.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from django.utils import timezone

from exchange.bemiddelaar.forms import names_of, personal_data_in
from exchange.bemiddelaar.models import Zoekconcept
from exchange.standard import Soort
from um_portal.accounts.models import Gebruiker
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente

# More than any field takes; what is longer was not typed in the form.
_LANGSTE: Final = 600
_MEESTE: Final = 40
# The fields of a quick search.
_KORT: Final = ("postcode", "afstand", "beroep_1")


def keep(
    gemeente: Gemeente, gebruiker: Gebruiker, soort: Soort, velden: Mapping[str, Iterable[str]]
) -> Zoekconcept:
    """Keeps what is filled in now; what the other kind alone asks stays from before.

    A text that seems to hold personal data is left out: such a text is not kept anywhere.
    """
    given = {name: _clean(velden.get(name, ())) for name in names_of(soort)}
    with voor_gemeente(gemeente):
        before = latest(gebruiker)
        stays = before.velden if before is not None and not before.gesteld else {}
        kept: Zoekconcept
        kept, _ = Zoekconcept.objects.update_or_create(
            gemeente=gemeente,
            gebruiker=gebruiker,
            defaults={
                "soort": soort.value,
                "velden": stays | given,
                "gesteld": False,
                "verloopt_op": timezone.now() + timedelta(days=gemeente.bewaartermijn),
            },
        )
    return kept


def keep_short(
    gemeente: Gemeente, gebruiker: Gebruiker, soort: Soort, velden: Mapping[str, Iterable[str]]
) -> None:
    """Keeps the few fields of a quick search, unless a longer question was begun and not asked yet."""
    with voor_gemeente(gemeente):
        before = latest(gebruiker)
        if before is None or before.gesteld or _is_short(before):
            keep(gemeente, gebruiker, soort, velden)


def mark_short_put(gemeente: Gemeente, gebruiker: Gebruiker) -> None:
    """Marks that a quick search became a search, unless the draft is a longer question."""
    with voor_gemeente(gemeente):
        before = latest(gebruiker)
        if before is not None and _is_short(before):
            mark_put(gemeente, gebruiker)


def _is_short(concept: Zoekconcept) -> bool:
    return all(name in _KORT for name, texts in concept.velden.items() if texts)


def _clean(texts: Iterable[str]) -> list[str]:
    return [
        text
        for text in list(texts)[:_MEESTE]
        if text and len(text) <= _LANGSTE and "\x00" not in text and not personal_data_in(text)
    ]


def latest(gebruiker: Gebruiker) -> Zoekconcept | None:
    """Finds what this person last filled in; call inside `voor_gemeente`."""
    found: Zoekconcept | None = Zoekconcept.objects.filter(
        gebruiker=gebruiker, verloopt_op__gt=timezone.now()
    ).first()
    return found


def mark_put(gemeente: Gemeente, gebruiker: Gebruiker) -> None:
    """Marks that the form became a search, so that the next one begins empty."""
    with voor_gemeente(gemeente):
        Zoekconcept.objects.filter(gebruiker=gebruiker).update(gesteld=True)


def forget(gemeente: Gemeente, gebruiker: Gebruiker) -> None:
    """Erases what was filled in."""
    with voor_gemeente(gemeente):
        Zoekconcept.objects.filter(gebruiker=gebruiker).delete()
