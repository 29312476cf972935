"""Finds the columns that only a file about people has: who gave consent, and BSNs.

Such a column decides the kind of a file. A koppeling that passes over one needs a person who says that this is
right: otherwise people would be published as vacancies, or against their will.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exchange.standard import Soort
from uploads.mapping.herkenning import shown_header
from uploads.mapping.kolommen import kolomkoppen, says_bsn
from uploads.mapping.proposals.column_values import Waardesoort, look_at
from uploads.mapping.proposals.header_names import BSN, OUT, TOESTEMMING, by_name, words_of
from uploads.mapping.regels import Regels

# From this certainty on, a header alone says that a column holds the consent; below it, yes and no must be in it.
_SAYS_CONSENT: Final = 80
_MAY_SAY_CONSENT: Final = 60
# So few numbers may satisfy the test of a BSN by chance.
_BY_CHANCE: Final = 2


@dataclass(frozen=True, slots=True)
class Menskolom:
    """A column that only a file about people has. `naam` is its header as it may be shown."""

    sleutel: str
    naam: str
    is_toestemming: bool


def menskolommen(koppen: Sequence[str], monsters: Sequence[Sequence[object]]) -> tuple[Menskolom, ...]:
    """Gives the columns that look like consent or a BSN, in their order.

    `monsters` has a few values of each column.
    """
    found = []
    for kop in kolomkoppen(koppen):
        values = monsters[kop.index] if kop.index < len(monsters) else ()
        consent = _is_consent(kop.kop, values)
        if consent or _is_bsn(kop.sleutel, kop.kop, values):
            found.append(Menskolom(kop.sleutel, shown_header(kop.naam), consent))
    return tuple(found)


def passed_over(regels: Regels, kolommen: Sequence[Menskolom]) -> tuple[Menskolom, ...]:
    """Gives those of these columns that the rules pass over, without somebody who said that this is right.

    Rules for vacancies pass over BSNs, and over consent that they do not read as something else. Rules for
    jobseekers pass over consent, unless they read it from a column.
    """
    if regels.soort is Soort.WERKZOEKENDEN:
        read = regels.toestemming is not None and bool(regels.toestemming.kolom)
        kolommen = () if read else [one for one in kolommen if one.is_toestemming]
    else:
        used = regels.kolommen
        kolommen = [one for one in kolommen if not one.is_toestemming or one.sleutel not in used]
    return tuple(one for one in kolommen if one.sleutel not in regels.bevestigd)


def _is_consent(kop: str, values: Sequence[object]) -> bool:
    guesses = by_name(words_of(kop), Soort.WERKZOEKENDEN)
    if not guesses or guesses[0].target != TOESTEMMING:
        return False
    if guesses[0].score >= _SAYS_CONSENT:
        return True
    return guesses[0].score >= _MAY_SAY_CONSENT and look_at(values).is_een(Waardesoort.JA_NEE)


def _is_bsn(key: str, kop: str, values: Sequence[object]) -> bool:
    words = words_of(kop)
    if says_bsn(key) or any(
        guess.target == BSN and guess.score >= _SAYS_CONSENT for guess in by_name(words, Soort.WERKZOEKENDEN)
    ):
        return True
    # The number of an organisation (RSIN) satisfies the same test.
    if any(
        guess.target.startswith(OUT) and guess.score >= _SAYS_CONSENT
        for guess in by_name(words, Soort.VACATURES)
    ):
        return False
    seen = look_at(values)
    return seen.aantal > _BY_CHANCE and seen.is_een(Waardesoort.BSN) and Waardesoort.BSN in seen.helemaal
