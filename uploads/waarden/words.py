"""A municipality's own words for what is in a list of the standard: finding them, mapping them, remembering them.

A word is kept as it is compared (`values.sleutel`): without capitals and surplus spaces. What looks like somebody's
name or number is never kept, and never shown.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from um_portal.accounts.models import Gebruiker
from um_portal.audit.log import log_act
from um_portal.jobs import put_back
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.mapping.cells.freetext import looks_personal
from uploads.mapping.cells.text import tekst, woordsleutel
from uploads.mapping.words import AFWEZIG_WOORDEN
from uploads.models import Bronbestand, Legewaarden, Levering, Leveringstatus, Waardekoppeling
from uploads.omzetten.processing import unknown_values
from uploads.waarden.lists import Codes, Codestand, OngeldigeCode, codes_with, keuzelijsten, suggesters
from uploads.waarden.suggest import Woordvoorstel

LANGSTE_WAARDE: Final = 300
MAX_LEGE_WOORDEN: Final = 200
LANGSTE_LEGE_WOORD: Final = 60
_BATCH: Final = 1000


class NietOpnieuw(Exception):
    """The levering cannot be converted again; `melding` says why, in Dutch."""

    def __init__(self, melding: str) -> None:
        super().__init__(melding)
        self.melding = melding


class OngeldigeWaarde(ValueError):
    """A word that cannot be kept; `melding` says why, in Dutch, without the word."""

    def __init__(self, melding: str) -> None:
        super().__init__(melding)
        self.melding = melding


# --- What a levering does not know -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Onbekend:
    """A word that a list does not know, once: as it is written most, and in how many rows.

    `sleutel` names it in a form without saying it.
    """

    sleutel: str
    lijst: str
    waarde: str
    aantal: int


@dataclass(frozen=True, slots=True)
class Gekoppeld:
    """A word of the levering that is mapped by now; `code` is empty when it is left out on purpose."""

    onbekend: Onbekend
    koppeling: Waardekoppeling


@dataclass(frozen=True, slots=True)
class Overzicht:
    """The words of a levering that its lists did not know. Lists and words with the most rows come first.

    `niet_getoond` counts, per list, the rows with words that look like somebody's data.
    """

    open: Mapping[str, Sequence[Onbekend]]
    gekoppeld: Sequence[Gekoppeld]
    niet_getoond: Mapping[str, int]

    @property
    def alle_open(self) -> list[Onbekend]:
        """All open words, list after list."""
        return [onbekend for waarden in self.open.values() for onbekend in waarden]

    @property
    def rijen_open(self) -> int:
        """In how many places an open word stands."""
        return sum(onbekend.aantal for onbekend in self.alle_open)


def overview(levering: Levering) -> Overzicht:
    """What the lists did not know in this levering, and what of that is mapped by now; call inside `voor_gemeente`."""
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


def _unknown(levering: Levering) -> tuple[dict[str, list[Onbekend]], dict[str, int]]:
    """Per list its words, the same one in other capitals once; and how often one is not shown."""
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
    """The suggestions for each of these words, by its form key."""
    asked = list(onbekenden)
    per_list = suggesters(dict.fromkeys(one.lijst for one in asked))
    return {one.sleutel: per_list[one.lijst].voorstellen(one.waarde) for one in asked}


def suggestions_with(koppeling: Waardekoppeling) -> tuple[Woordvoorstel, ...]:
    """The suggestions for a word that is mapped already."""
    voorsteller = suggesters([koppeling.lijst]).get(koppeling.lijst)
    return voorsteller.voorstellen(koppeling.waarde) if voorsteller else ()


def sure_suggestions(onbekenden: Iterable[Onbekend], aantal: int) -> list[tuple[Onbekend, Woordvoorstel]]:
    """The first words, in this order, of which a suggestion is sure enough to take over with others at once."""
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
    """That a word of a list means this code; an empty code leaves it out on purpose."""

    lijst: str
    waarde: str
    code: str


def word_of(waarde: str) -> str:
    """A word as it is kept. Raises OngeldigeWaarde for what is no word, too long, or may be somebody's."""
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
    """Remember what words mean; of two people who say so at once the last one counts. Returns how many words.

    Raises OngeldigeWaarde or OngeldigeCode, and then nothing is remembered.
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
                gemeente, "waarden_gekoppeld", gebruiker=gebruiker, onderwerp=onderwerp, aantal=len(chosen)
            )
    return len(chosen)


def remember(
    gemeente: Gemeente,
    codes: Mapping[tuple[str, str], str],
    gebruiker: Gebruiker | None,
    *,
    overschrijf: bool = True,
) -> None:
    """Write (list, word) -> code, all checked; call inside `voor_gemeente`. What is there stays unless overwritten."""
    now = timezone.now()
    # In one order, so that two people who do this at once wait for each other and never for themselves.
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
    """Forget a mapping; False when it was gone already."""
    with voor_gemeente(gemeente):
        gone, _ = Waardekoppeling.objects.filter(pk=koppeling_id).delete()
        if gone:
            log_act(
                gemeente,
                "waardekoppeling_verwijderd",
                gebruiker=gebruiker,
                onderwerp=f"waardekoppeling {koppeling_id}",
            )
    return bool(gone)


def find(woorden: str, lijst: str = "") -> "QuerySet[Waardekoppeling]":
    """The municipality's mappings with these words in the word, the code or its label; inside `voor_gemeente`."""
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
    """The ids of the municipality's mappings to a code that does not hold (any more); inside `voor_gemeente`."""
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
    """Put a converted levering back in the queue, so that what was mapped counts; the caller enqueues.

    False when it was on its way already. Raises NietOpnieuw when it cannot: it is being published, or its file is gone.
    """
    with voor_gemeente(gemeente):
        waiting = Levering.objects.filter(pk=levering_id, status=Leveringstatus.OMGEZET)
        has_file = Bronbestand.objects.filter(levering_id=levering_id).exists()
        if has_file and put_back(waiting, status=Leveringstatus.ONTVANGEN, melding=""):
            log_act(gemeente, "levering_opnieuw", gebruiker=gebruiker, onderwerp=f"levering {levering_id}")
            return True
        status = Levering.objects.filter(pk=levering_id).values_list("status", flat=True).first()
    if status in {Leveringstatus.ONTVANGEN, Leveringstatus.OMZETTEN}:
        return False
    raise NietOpnieuw(_WAAROM_NIET.get(Leveringstatus(status), _WEG) if status else _WEG)


# --- Words that mean nothing -------------------------------------------------------------------------------


def own_empty_words() -> tuple[tuple[str, ...], bool]:
    """The words that count as empty, and whether they are the municipality's own; inside `voor_gemeente`."""
    own = Legewaarden.objects.values_list("waarden", flat=True).first()
    if own is not None:
        return tuple(own), True
    # Errors of a spreadsheet (#N/B) always count and are nobody's choice.
    usual = (word for word in AFWEZIG_WOORDEN if word and word[0] != "#")
    return tuple(sorted(usual, key=lambda word: (not word[0].isalpha(), word))), False


def empty_words(regels: str) -> tuple[str, ...]:
    """The words in a text with one a line. Raises OngeldigeWaarde for too many, too long, or somebody's."""
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
    """Let these words, and no others, count as empty from the next conversion on."""
    with voor_gemeente(gemeente):
        Legewaarden.objects.update_or_create(gemeente=gemeente, defaults={"waarden": list(woorden)})
        log_act(gemeente, "lege_waarden_gewijzigd", gebruiker=gebruiker, aantal=len(woorden))


def restore_empty_words(gemeente: Gemeente, gebruiker: Gebruiker | None) -> None:
    """Let the usual words count as empty again."""
    with voor_gemeente(gemeente):
        gone, _ = Legewaarden.objects.all().delete()
        if gone:
            log_act(gemeente, "lege_waarden_gewijzigd", gebruiker=gebruiker)
