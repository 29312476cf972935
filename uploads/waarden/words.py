"""Finds, maps and remembers a municipality's own words for the entries of the standard's lists.

A word is kept in the form in which it is compared: without capitals and surplus spaces. A word that looks
like somebody's name or number is never kept, and never shown.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from exchange.standard.persoonsgegevens import looks_personal
from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.errors import FoutMetMelding
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen import lifecycle
from uploads.mapping.cells.text import tekst, woordsleutel
from uploads.mapping.words import AFWEZIG_WOORDEN
from uploads.models import Legewaarden, Levering, Leveringstatus, Waardekoppeling
from uploads.omzetten.processing import unknown_values
from uploads.waarden.lists import Codes, Codestand, OngeldigeCode, codes_with, keuzelijsten, suggesters
from uploads.waarden.suggest import Woordvoorstel

LANGSTE_WAARDE: Final = 300
MAX_LEGE_WOORDEN: Final = 200
LANGSTE_LEGE_WOORD: Final = 60
_BATCH: Final = 1000


class NietOpnieuw(FoutMetMelding):
    """The levering cannot be converted again; `melding` says why, in Dutch."""


class OngeldigeWaarde(FoutMetMelding):
    """The word cannot be kept; `melding` says why, in Dutch, without the word."""


# --- What a levering does not know -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Onbekend:
    """A word that a list does not know: its most frequent spelling, and the number of rows it stands in.

    `sleutel` identifies it in a form without showing it.
    """

    sleutel: str
    lijst: str
    waarde: str
    aantal: int


@dataclass(frozen=True, slots=True)
class Gekoppeld:
    """A word of the levering that has been mapped; `code` is empty when it is left out on purpose."""

    onbekend: Onbekend
    koppeling: Waardekoppeling


@dataclass(frozen=True, slots=True)
class Overzicht:
    """The words of a levering that its lists did not know. Lists and words with the most rows come first.

    `niet_getoond` counts, per list, the rows with words that look like personal data.
    """

    open: Mapping[str, Sequence[Onbekend]]
    gekoppeld: Sequence[Gekoppeld]
    niet_getoond: Mapping[str, int]

    @property
    def alle_open(self) -> list[Onbekend]:
        """Gives all open words, list after list."""
        return [onbekend for waarden in self.open.values() for onbekend in waarden]

    @property
    def rijen_open(self) -> int:
        """Counts the places in which an open word stands."""
        return sum(onbekend.aantal for onbekend in self.alle_open)


def overview(levering: Levering) -> Overzicht:
    """Gives what the lists did not know in this levering, and which of it is mapped by now.

    Call inside `voor_gemeente`.
    """
    alle, niet_getoond = _unknown(levering)
    mapped = {
        (row.lijst, row.waarde): row
        for row in Waardekoppeling.objects.filter(lijst__in=alle).select_related("gebruiker")
    }
    open_: dict[str, list[Onbekend]] = {}
    done: list[Gekoppeld] = []
    for lijst, waarden in alle.items():
        for onbekend in waarden:
            row = mapped.get((lijst, woordsleutel(onbekend.waarde)))
            if row is None:
                open_.setdefault(lijst, []).append(onbekend)
            else:
                done.append(Gekoppeld(onbekend, row))
    order = sorted(open_, key=lambda lijst: -sum(one.aantal for one in open_[lijst]))
    return Overzicht({lijst: open_[lijst] for lijst in order}, done, niet_getoond)


def mapped_since(levering: Levering) -> int:
    """Counts the words of a converted levering that were mapped after it was converted.

    Its records do not have them yet: converting again adds them. Call inside `voor_gemeente`.
    """
    later = Waardekoppeling.objects.filter(gewijzigd_op__gt=levering.gewijzigd_op)
    # Most leveringen stop here: what the lists did not know is encrypted and takes longer to look at.
    if levering.status != Leveringstatus.OMGEZET or not later.exists() or levering.onbekende_waarden is None:
        return 0
    return len(overview(levering).gekoppeld)


def _unknown(levering: Levering) -> tuple[dict[str, list[Onbekend]], dict[str, int]]:
    """Gives per list its words, and the number of rows that are not shown.

    Words that differ in capitals only are one word.
    """
    found: dict[str, list[Onbekend]] = {}
    hidden: dict[str, int] = {}
    for lijst, values in unknown_values(levering).items():
        if lijst not in keuzelijsten():
            continue
        together: dict[str, tuple[str, int]] = {}
        for waarde, aantal in values.items():
            key = woordsleutel(waarde)
            if not key or len(key) > LANGSTE_WAARDE or looks_personal(waarde):
                hidden[lijst] = hidden.get(lijst, 0) + aantal
                continue
            # The values come most frequent first, so the first spelling is the usual one.
            spelling, before = together.get(key, (waarde, 0))
            together[key] = (spelling, before + aantal)
        if together:
            found[lijst] = sorted(
                (
                    Onbekend(_form_key(lijst, key), lijst, spelling, aantal)
                    for key, (spelling, aantal) in together.items()
                ),
                key=lambda one: (-one.aantal, one.waarde),
            )
    return found, hidden


def _form_key(lijst: str, key: str) -> str:
    return hashlib.blake2s(f"{lijst}\0{key}".encode(), digest_size=10).hexdigest()


def suggestions_for(onbekenden: Iterable[Onbekend]) -> dict[str, tuple[Woordvoorstel, ...]]:
    """Gives the suggestions for each of these words, by its form key."""
    asked = list(onbekenden)
    per_list = suggesters(dict.fromkeys(one.lijst for one in asked))
    return {one.sleutel: per_list[one.lijst].voorstellen(one.waarde) for one in asked}


def suggestions_with(koppeling: Waardekoppeling) -> tuple[Woordvoorstel, ...]:
    """Gives the suggestions for a word that is already mapped."""
    voorsteller = suggesters([koppeling.lijst]).get(koppeling.lijst)
    return voorsteller.voorstellen(koppeling.waarde) if voorsteller else ()


def sure_suggestions(onbekenden: Iterable[Onbekend], aantal: int) -> list[tuple[Onbekend, Woordvoorstel]]:
    """Gives the first words, in this order, with a suggestion that is sure enough to accept with others."""
    asked = list(onbekenden)
    per_list = suggesters(dict.fromkeys(one.lijst for one in asked))
    found: list[tuple[Onbekend, Woordvoorstel]] = []
    for one in asked:
        best = per_list[one.lijst].voorstellen(one.waarde, 1)
        if best and best[0].is_zeker:
            found.append((one, best[0]))
            if len(found) == aantal:
                break
    return found


# --- Mapping -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Woordkeuze:
    """The choice that a word of a list means this code; an empty code leaves the word out on purpose."""

    lijst: str
    waarde: str
    code: str


def word_of(waarde: str) -> str:
    """Gives a word as it is kept.

    Raises OngeldigeWaarde when it is no word, too long, or may be personal data.
    """
    if looks_personal(waarde):
        raise OngeldigeWaarde(
            "Deze waarde lijkt een naam, nummer of adres en kan daarom niet worden gekoppeld. "
            "Verbeter de waarde in uw eigen systeem."
        )
    key = woordsleutel(waarde)
    if not key:
        raise OngeldigeWaarde("De waarde is leeg. Vul het woord in dat in uw bestand staat.")
    if len(key) > LANGSTE_WAARDE:
        raise OngeldigeWaarde(f"De waarde is langer dan {LANGSTE_WAARDE} tekens. Gebruik een korter woord.")
    return key


def map_words(
    gemeente: Gemeente, keuzes: Iterable[Woordkeuze], gebruiker: Gebruiker | None, onderwerp: str = ""
) -> int:
    """Remembers what words mean; returns how many words.

    When two people map a word at once, the last one counts. Raises OngeldigeWaarde or OngeldigeCode, and then
    nothing is remembered.
    """
    asked = list(keuzes)
    codes = Codes((keus.lijst, keus.code) for keus in asked)
    chosen = {
        (keus.lijst, word_of(keus.waarde)): codes.chosen(keus.lijst, keus.code.strip()) for keus in asked
    }
    unknown_list = next((lijst for lijst, _ in chosen if lijst not in keuzelijsten()), None)
    if unknown_list is not None:
        raise OngeldigeCode("Deze lijst bestaat niet in de gegevensstandaard.")
    with voor_gemeente(gemeente):
        remember(gemeente, chosen, gebruiker)
        if chosen:
            log_act(
                gemeente,
                Handeling.WAARDEN_GEKOPPELD,
                gebruiker=gebruiker,
                onderwerp=onderwerp,
                aantal=len(chosen),
            )
    return len(chosen)


def remember(
    gemeente: Gemeente,
    codes: Mapping[tuple[str, str], str],
    gebruiker: Gebruiker | None,
    *,
    overschrijf: bool = True,
) -> None:
    """Writes checked (list, word) -> code pairs; call inside `voor_gemeente`.

    Existing ones stay unless `overschrijf`.
    """
    now = timezone.now()
    # The rows are written in one fixed order, so that two people who do this at once cannot deadlock.
    rows = [
        Waardekoppeling(
            gemeente=gemeente, lijst=lijst, waarde=waarde, code=code, gebruiker=gebruiker, gewijzigd_op=now
        )
        for (lijst, waarde), code in sorted(codes.items())
    ]
    if overschrijf:
        Waardekoppeling.objects.bulk_create(
            rows,
            batch_size=_BATCH,
            update_conflicts=True,
            unique_fields=["gemeente", "lijst", "waarde"],
            update_fields=["code", "gebruiker", "gewijzigd_op"],
        )
    else:
        Waardekoppeling.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)


def forget(gemeente: Gemeente, koppeling_id: int, gebruiker: Gebruiker | None) -> bool:
    """Forgets a mapping; returns False when it was gone already."""
    with voor_gemeente(gemeente):
        gone, _ = Waardekoppeling.objects.filter(pk=koppeling_id).delete()
        if gone:
            log_act(
                gemeente,
                Handeling.WAARDEKOPPELING_VERWIJDERD,
                gebruiker=gebruiker,
                onderwerp=f"waardekoppeling {koppeling_id}",
            )
    return bool(gone)


def find(woorden: str, lijst: str = "") -> "QuerySet[Waardekoppeling]":
    """Finds the municipality's mappings with these words in the word, the code or its label.

    Call inside `voor_gemeente`.
    """
    found: QuerySet[Waardekoppeling] = Waardekoppeling.objects.select_related("gebruiker").order_by(
        "lijst", "waarde"
    )
    if lijst:
        found = found.filter(lijst=lijst)
    words = tekst(woorden)
    if words:
        found = found.filter(
            Q(waarde__icontains=words.casefold()) | Q(code__icontains=words) | codes_with(words)
        )
    return found


def outdated() -> list[int]:
    """Gives the ids of the municipality's mappings to a code that does not hold (any more).

    Call inside `voor_gemeente`.
    """
    rows = list(Waardekoppeling.objects.exclude(code="").values_list("pk", "lijst", "code"))
    codes = Codes((lijst, code) for _, lijst, code in rows)
    return [
        pk
        for pk, lijst, code in rows
        if codes.stand(lijst, code) in {Codestand.VERVALLEN, Codestand.ONBEKEND}
    ]


# --- Converting again --------------------------------------------------------------------------------------

_WAAROM_NIET: Final = {
    Leveringstatus.PUBLICEREN: "Deze levering wordt op dit moment gepubliceerd en kan niet meer opnieuw worden "
    "omgezet. Wat u koppelde, geldt vanaf de volgende levering.",
    Leveringstatus.GEPUBLICEERD: "Deze levering is al gepubliceerd. Wat u koppelde, geldt vanaf de volgende levering.",
    Leveringstatus.VERVALLEN: "Deze levering is vervallen. Wat u koppelde, geldt vanaf de volgende levering.",
    Leveringstatus.MISLUKT: "Deze levering is nog niet omgezet. Probeer het opnieuw bij de levering.",
    Leveringstatus.KOPPELEN: "Kies eerst bij de levering wat er in de kolommen staat.",
}
_WEG: Final = "Het bestand van deze levering is gewist. Upload het opnieuw; wat u koppelde, geldt dan meteen."


def convert_again(gemeente: Gemeente, levering_id: int, gebruiker: Gebruiker | None) -> bool:
    """Puts a converted levering back in the queue, so that the words mapped since then count.

    The caller enqueues. Returns False when it was already queued or being converted. Raises NietOpnieuw when
    it is being published, or its file is gone.
    """
    with voor_gemeente(gemeente):
        if lifecycle.convert_with_waarden(levering_id):
            log_act(
                gemeente, Handeling.LEVERING_OPNIEUW, gebruiker=gebruiker, onderwerp=f"levering {levering_id}"
            )
            return True
        status = Levering.objects.filter(pk=levering_id).values_list("status", flat=True).first()
    if status in {Leveringstatus.ONTVANGEN, Leveringstatus.OMZETTEN}:
        return False
    raise NietOpnieuw(_WAAROM_NIET.get(Leveringstatus(status), _WEG) if status else _WEG)


# --- Words that mean nothing -------------------------------------------------------------------------------


def own_empty_words() -> tuple[tuple[str, ...], bool]:
    """Gives the words that count as empty, and whether they are the municipality's own.

    Call inside `voor_gemeente`.
    """
    own = Legewaarden.objects.values_list("waarden", flat=True).first()
    if own is not None:
        return tuple(own), True
    # Errors of a spreadsheet (#N/B) always count as empty, so they are not among the words to choose.
    usual = (word for word in AFWEZIG_WOORDEN if word and word[0] != "#")
    return tuple(sorted(usual, key=lambda word: (not word[0].isalpha(), word))), False


def empty_words(regels: str) -> tuple[str, ...]:
    """Reads the words in a text with one per line.

    Raises OngeldigeWaarde for too many or too long words, or personal data.
    """
    words = tuple(dict.fromkeys(key for line in regels.splitlines() if (key := woordsleutel(line))))
    if len(words) > MAX_LEGE_WOORDEN:
        raise OngeldigeWaarde(
            f"Dit zijn er meer dan {MAX_LEGE_WOORDEN}. Laat de woorden weg die u niet gebruikt."
        )
    for number, word in enumerate(words, start=1):
        if len(word) > LANGSTE_LEGE_WOORD:
            raise OngeldigeWaarde(
                f"Woord {number} is langer dan {LANGSTE_LEGE_WOORD} tekens. Maak het korter."
            )
        if looks_personal(word):
            raise OngeldigeWaarde(f"Woord {number} lijkt een naam, nummer of adres. Haal het weg.")
    return words


def set_empty_words(gemeente: Gemeente, woorden: Sequence[str], gebruiker: Gebruiker | None) -> None:
    """Lets these words, and no others, count as empty from the next conversion on."""
    with voor_gemeente(gemeente):
        Legewaarden.objects.update_or_create(gemeente=gemeente, defaults={"waarden": list(woorden)})
        log_act(gemeente, Handeling.LEGE_WAARDEN_GEWIJZIGD, gebruiker=gebruiker, aantal=len(woorden))


def restore_empty_words(gemeente: Gemeente, gebruiker: Gebruiker | None) -> None:
    """Lets the usual words count as empty again."""
    with voor_gemeente(gemeente):
        gone, _ = Legewaarden.objects.all().delete()
        if gone:
            log_act(gemeente, Handeling.LEGE_WAARDEN_GEWIJZIGD, gebruiker=gebruiker)
