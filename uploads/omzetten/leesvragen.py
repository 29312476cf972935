"""Asks what only a person knows about a file, once: which of several sheets, whether two of them belong together,
and what of its hidden rows, of rows that are struck through, or of a sheet of which it could not be found out what is
hidden.

The answer is kept for the koppeling, so that the next file of that kind goes on by itself; only that about a sheet of
which it could not be found out what is hidden holds for one file. As long as it is not known, a file that comes in
by itself waits.

A question is kept with the levering: `{"over": "verborgen", "koppeling": ..., "aantal": ...}`,
`{"over": "doorgehaald"}` with the same, and `voorwaarde` (a condition strikes rows through too),
`{"over": "nagaan", "aantal": ...}` (`aantal`: hidden rows that were found none the less),
`{"over": "blad", "koppeling": ..., "bladen": [[name, rows], ...], "onder_elkaar": ..., "los": ...}` (whether they can
all be read, as one, and whether they are two files, of which one is never read alone) or
`{"over": "bijblad", "koppeling": ..., "paren": [...]}` (see `omzetten.bladen`). The facts about a file are
`regels` (lines of a text), `verborgen_rijen`, `verborgen` (what was done with those), `doorgehaalde_rijen` and
`doorgehaald` likewise, `verborgen_kolommen` (the
headers of hidden columns that are used), `verborgen_blad` (the sheet itself is hidden), `niet_nagegaan` (it could not
be found out what is hidden), `maand_voorop` (the headers of columns with dates of which the month
comes first), `bijblad` (the rows of a second sheet, see `mapping.bijblad.Bijtelling`), `bladen_apart`
(somebody said that no second sheet is read), `bladen` (of sheets that are read under each other, see
`mapping.recognition.Herkend`), `bladen_los` (those are files), `niet_gelezen` (the other visible sheets with rows:
`blad`, `rijen`, `meer` when there are more, `plaats`, and `zelfde` when it has the same columns) and `weggelaten` (why
sheets were left out). Of a file that cannot be converted the only fact is `blijft_zo`: another try ends in the same
way.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen import lifecycle
from uploads.mapping.bijblad import MetBijblad
from uploads.mapping.eigen import is_eigen_blad
from uploads.mapping.herkenning import shown_header, shown_sheet
from uploads.mapping.recognition import (
    ALLE_BLADEN,
    BLADNAAM,
    GETELD_TOT,
    Bestandskeuze,
    Bladkeuze,
    BladOnduidelijk,
    Herkend,
    can_be_read_as_one,
    filled_rows,
    header_row,
)
from uploads.models import Leeskeuze, Levering, Rijkeuze
from uploads.omzetten import bladen
from uploads.readers import Bestand, Onleesbaar, Tabel

_LONGEST = 60
_STREEP_BIJ_VOORWAARDE = (
    "In dit bestand zet uw spreadsheetprogramma een streep door rijen die aan een voorwaarde voldoen (voorwaardelijke "
    "opmaak). Welke rijen dat zijn, staat niet in het bestand. Gaan alle rijen mee? Zo niet, haal de rijen met een "
    "streep dan uit het bestand en lever het opnieuw aan."
)
_OOK_BIJ_VOORWAARDE = (
    "Let op: door rijen die aan een voorwaarde voldoen, zet uw spreadsheetprogramma zelf een streep (voorwaardelijke "
    "opmaak). Welke rijen dat zijn, staat niet in het bestand. Die rijen gaan altijd mee. Wilt u dat niet, haal ze dan "
    "uit het bestand en lever het opnieuw aan."
)
_FEWEST_ROWS = 2


class VerborgenOnduidelijk(Onleesbaar):
    """The file has hidden rows, and nobody said whether they go along."""

    def __init__(self, aantal: int, koppeling: str) -> None:
        rows = "is 1 rij" if aantal == 1 else f"zijn {aantal} rijen"
        super().__init__(
            f"In dit bestand {rows} verborgen, met de hand of door een filter. Gaan verborgen rijen mee? "
            "Het portaal onthoudt uw antwoord voor volgende bestanden van deze soort."
        )
        self.aantal = aantal
        self.koppeling = koppeling


class DoorgehaaldOnduidelijk(Onleesbaar):
    """The file has rows that are struck through, or partly, and nobody said whether they go along.

    `voorwaarde`: a condition strikes rows through as well. It is not known which, so `aantal` is without those.
    """

    def __init__(self, aantal: int, koppeling: str, *, voorwaarde: bool) -> None:
        rows = "is 1 rij" if aantal == 1 else f"zijn {aantal} rijen"
        struck = (
            f"In dit bestand {rows} doorgehaald, of een cel ervan: er staat een streep door de letters. Gaan deze "
            "rijen mee? Staat er alleen een streep door een oude waarde, haal die waarde dan uit het bestand en lever "
            "het opnieuw aan. "
        )
        if not aantal:
            super().__init__(_STREEP_BIJ_VOORWAARDE)
        elif voorwaarde:
            super().__init__(struck + _OOK_BIJ_VOORWAARDE)
        else:
            super().__init__(
                f"{struck}Het portaal onthoudt uw antwoord voor volgende bestanden van deze soort."
            )
        self.aantal = aantal
        self.koppeling = koppeling
        self.voorwaarde = voorwaarde


class NietNagegaan(Onleesbaar):
    """It could not be found out which rows of the sheet are hidden, and nobody said that it may go along so.

    `samen` when two are read as one, and it holds for either of them.
    """

    def __init__(self, blad: str, aantal: int, samen: MetBijblad | None = None) -> None:
        which = f"het blad ‘{shown_sheet(blad)}’" if blad else "dit blad"
        if samen is not None:
            which = f"een van de twee {'bestanden' if samen.bijblad.los else 'bladen'}"
        rows = "Er is 1 verborgen rij" if aantal == 1 else f"Er zijn {aantal} verborgen rijen"
        found = f" {rows} gevonden, maar het kunnen er meer zijn." if aantal else ""
        super().__init__(
            f"Van {which} konden we niet nagaan of er rijen of kolommen verborgen zijn, en of getallen er anders staan "
            f"dan u ze ziet: een deel van het bestand is op een vreemde manier geschreven.{found} Open het in uw "
            "spreadsheetprogramma, sla het op als xlsx en lever dat aan. Weet u zeker dat er niets verborgen is, dan "
            "kunt u zo verder."
        )
        self.aantal = aantal


VRAGEN = (
    VerborgenOnduidelijk,
    DoorgehaaldOnduidelijk,
    NietNagegaan,
    BladOnduidelijk,
    bladen.BladenOnduidelijk,
)


def remembered_sheets() -> dict[str, Bladkeuze]:
    """Gives the sheet that was chosen for each koppeling, by its name; call inside `voor_gemeente`."""
    found = Leeskeuze.objects.exclude(blad="").values_list("koppeling", "blad", "bladen")
    return {koppeling: Bladkeuze(blad, frozenset(samen)) for koppeling, blad, samen in found}


def remember_together(levering: Levering, gevonden: Herkend) -> None:
    """Remembers which sheets of a file somebody wanted under each other, for the next file of its koppeling.

    Call inside `voor_gemeente`.
    """
    if levering.gekozen_blad != ALLE_BLADEN or not gevonden.bladen:
        return
    koppeling = gevonden.herkenning.koppeling[:_LONGEST]
    for kept in Leeskeuze.objects.filter(koppeling=koppeling, blad=ALLE_BLADEN):
        kept.bladen = sorted({*kept.bladen, *(naam[:BLADNAAM] for naam, _ in gevonden.bladen)})
        kept.save(update_fields=["bladen"])


def check_sheets(keuze: Bestandskeuze, bestand: Bestand, gevonden: Herkend) -> None:
    """Raises Onleesbaar when not all sheets can be read of a file of which somebody wants all, under each other.

    Together they may have as many rows as one sheet.
    """
    if bestand.te_groot and keuze.sheet_for(gevonden.herkenning.koppeling) == ALLE_BLADEN:
        raise Onleesbaar(
            "De bladen van dit bestand worden onder elkaar gelezen, maar niet alle bladen zijn te lezen. Daarom is er "
            f"niets gelezen. {bestand.te_groot}"
        )
    if gevonden.bladen and (gevonden.tabel.aantal or 0) > settings.UM_MAX_RIJEN:
        raise Onleesbaar(
            f"Samen is dat meer dan {settings.UM_MAX_RIJEN} rijen. Dat is te veel om onder elkaar te lezen. "
            "Verwijder rijen die niet nodig zijn, en upload opnieuw."
        )


def hidden_rows_of(levering: Levering, gevonden: Herkend, samen: MetBijblad | None) -> str:
    """Gives what to do with the hidden rows of a file; '' when it has none. Call inside `voor_gemeente`.

    `samen` when a second sheet or file is read beside the first, where hidden rows never go along.
    Raises VerborgenOnduidelijk when nobody decided that for this file or this koppeling, and NietNagegaan when
    nobody decided it for this file, of which it is not known.
    """
    aantal = gevonden.tabel.verborgen_rijen
    if gevonden.tabel.niet_nagegaan and not levering.keuze_verborgen:
        raise NietNagegaan(gevonden.tabel.naam, aantal, samen)
    if not aantal:
        return ""
    koppeling = gevonden.herkenning.koppeling[:_LONGEST]
    kept = Leeskeuze.objects.filter(koppeling=koppeling).values_list("verborgen", flat=True).first()
    chosen: str = levering.keuze_verborgen or kept or ""
    if not chosen:
        raise VerborgenOnduidelijk(aantal, koppeling)
    return chosen


def struck_rows_of(levering: Levering, gevonden: Herkend) -> tuple[int, str]:
    """Gives the number of rows of a file that are struck through, and what to do with them; '' when it has none.

    Raises DoorgehaaldOnduidelijk when nobody decided that for this file or this koppeling. It may read the whole file.
    """
    aantal = gevonden.doorgehaalde_rijen()
    if gevonden.tabel.streep_bij_voorwaarde:
        # What was answered of another file says nothing of the rows that meet the condition in this one.
        if not levering.keuze_doorgehaald:
            raise DoorgehaaldOnduidelijk(aantal, "", voorwaarde=True)
        return (aantal, levering.keuze_doorgehaald) if aantal else (0, "")
    if not aantal:
        return 0, ""
    koppeling = gevonden.herkenning.koppeling[:_LONGEST]
    with voor_gemeente(levering.gemeente):
        kept = Leeskeuze.objects.filter(koppeling=koppeling).values_list("doorgehaald", flat=True).first()
    chosen: str = levering.keuze_doorgehaald or kept or ""
    if not chosen:
        raise DoorgehaaldOnduidelijk(aantal, koppeling, voorwaarde=False)
    return aantal, chosen


def question_of(
    problem: VerborgenOnduidelijk
    | DoorgehaaldOnduidelijk
    | NietNagegaan
    | BladOnduidelijk
    | bladen.BladenOnduidelijk,
) -> dict[str, Any]:
    """Gives the question to keep with the levering."""
    if isinstance(problem, bladen.BladenOnduidelijk):
        return bladen.question_of(problem)
    if isinstance(problem, NietNagegaan):
        return {"over": "nagaan", "aantal": problem.aantal}
    if isinstance(problem, DoorgehaaldOnduidelijk):
        return {
            "over": "doorgehaald",
            "koppeling": problem.koppeling,
            "aantal": problem.aantal,
            "voorwaarde": problem.voorwaarde,
        }
    if isinstance(problem, VerborgenOnduidelijk):
        return {"over": "verborgen", "koppeling": problem.koppeling, "aantal": problem.aantal}
    return {
        "over": "blad",
        # What files are called, and which belong together, is no habit.
        "koppeling": "" if problem.los else problem.koppeling[:_LONGEST],
        # Of two files, one is never read alone.
        "bladen": [] if problem.los else [list(b) for b in problem.bladen],
        "onder_elkaar": problem.onder_elkaar,
        "los": problem.los,
    }


def facts_of(
    bestand: Bestand,
    gevonden: Herkend,
    verborgen: str,
    samen: MetBijblad | None = None,
    *,
    doorgehaald: tuple[int, str] = (0, ""),
    bladen_apart: bool = False,
) -> dict[str, Any]:
    """Gives the facts about the file that somebody has to know to judge it. `bestand` is without a second sheet."""
    tabel = gevonden.tabel
    hidden = [
        shown_header(kop)
        for place, kop in gevonden.gebruikte_kolommen.items()
        if place in set(tabel.verborgen_kolommen)
    ]
    facts = {
        "regels": tabel.regels,
        "verborgen_rijen": tabel.verborgen_rijen,
        "verborgen": verborgen,
        "doorgehaalde_rijen": doorgehaald[0],
        "doorgehaald": doorgehaald[1],
        "verborgen_kolommen": hidden,
        "maand_voorop": [shown_header(kop) for kop in gevonden.maand_voorop()],
        "bijblad": samen.feit() if samen is not None else None,
        "bladen_apart": bladen_apart,
        "bladen": [[naam[:BLADNAAM], before] for naam, before in gevonden.bladen],
        "bladen_los": bool(gevonden.bladen) and bestand.is_tweetal,
        "niet_nagegaan": tabel.niet_nagegaan,
        "niet_gelezen": list(_not_read(bestand, gevonden, samen=samen is not None)),
        "weggelaten": bestand.te_groot,
        "verborgen_blad": tabel.verborgen,
    }
    return {name: value for name, value in facts.items() if value}


def _not_read(bestand: Bestand, gevonden: Herkend, *, samen: bool) -> Iterator[dict[str, Any]]:
    """Yields the other visible sheets with more than a header, without those that the portal itself makes.

    `plaats` is the place of the sheet among those from which columns can be chosen.
    """
    if len(bestand.tabellen) < 2:
        return
    plaats = -1
    read = {naam for naam, _ in gevonden.bladen}
    for tabel in bestand.tabellen:
        first = next(iter(tabel.rijen()), None)
        if first is None or is_eigen_blad(first.waarden):
            continue
        plaats += 1
        if tabel.verborgen or (tabel.aantal or 0) < _FEWEST_ROWS:
            continue
        if tabel is gevonden.tabel or tabel.naam in read:
            continue
        filled = filled_rows(tabel)
        if filled >= _FEWEST_ROWS:
            meer = filled >= GETELD_TOT
            zelfde = {"zelfde": True} if not samen and _goes_on(tabel, gevonden) else {}
            yield {"blad": shown_sheet(tabel.naam), "rijen": filled, "meer": meer, "plaats": plaats, **zelfde}


def _goes_on(tabel: Tabel, gevonden: Herkend) -> bool:
    """Tells whether this sheet has the columns of the one that was read, so that it can be read under that one."""
    place = header_row(tabel)
    return place is not None and can_be_read_as_one(
        [gevonden, replace(gevonden, tabel=tabel, koppen=place.koppen, kopregel=place.kopregel, bladen=())]
    )


def answer(
    gemeente: Gemeente,
    levering_id: int,
    gebruiker: AbstractBaseUser | None,
    *,
    blad: str = "",
    verborgen: str = "",
    doorgehaald: str = "",
    bijblad: str = "",
) -> bool:
    """Takes an answer about the file of a levering, remembers it for its koppeling, and lets it be converted.

    The caller enqueues the levering. Returns False when there was no such question, or it is too late.
    """
    with voor_gemeente(gemeente):
        levering = Levering.objects.filter(pk=levering_id).first()
        if levering is None:
            return False
        koppeling = levering.vraag.get("koppeling") or levering.koppeling
        changes: dict[str, Any]
        kept: dict[str, Any]
        if bijblad:
            found = _about_sheets(levering, bijblad)
            if found is None:
                return False
            changes, kept = {"bijblad": found}, {"bladen_apart": found == bladen.APART}
        elif blad:
            sheets = [naam for naam, _ in levering.vraag.get("bladen") or levering.feiten.get("bladen", [])]
            if levering.feiten.get("bladen_los"):
                sheets = []
            changes, kept = {"gekozen_blad": blad[:BLADNAAM]}, {"blad": blad[:BLADNAAM]}
            if blad == ALLE_BLADEN:
                # On another sheet the headers may stand in another row.
                changes["gekozen_kopregel"] = None
            else:
                # Whoever wants one sheet no longer wants those that were read under each other.
                kept["bladen"] = []
            if not (_can_be_read_as_one(levering) if blad == ALLE_BLADEN else blad in sheets):
                return False
        elif doorgehaald:
            asked = levering.vraag.get("over") == "doorgehaald" or "doorgehaalde_rijen" in levering.feiten
            changes, kept = {"keuze_doorgehaald": doorgehaald}, {"doorgehaald": doorgehaald}
            if levering.vraag.get("voorwaarde"):
                # It holds for this file only: in another one, other rows may meet the condition.
                koppeling = ""
            # Rows of which it is not known which they are cannot be left out.
            possible = {Rijkeuze.MEENEMEN} if levering.vraag.get("aantal") == 0 else set(Rijkeuze)
            if doorgehaald not in possible or not asked:
                return False
        else:
            about_unknown = levering.vraag.get("over") == "nagaan"
            asked = (
                about_unknown
                or levering.vraag.get("over") == "verborgen"
                or "verborgen_rijen" in levering.feiten
            )
            changes, kept = {"keuze_verborgen": verborgen}, {"verborgen": verborgen}
            if about_unknown:
                # It holds for this file only: what is wrong with it, another one need not have.
                koppeling = ""
            if verborgen not in Rijkeuze.values or not asked:
                return False
        done = lifecycle.convert_with_columns(levering_id, vraag={}, **changes)
        if done:
            if koppeling:
                Leeskeuze.objects.update_or_create(gemeente=gemeente, koppeling=koppeling, defaults=kept)
            log_act(
                gemeente, Handeling.KOLOMMEN_GEKOZEN, gebruiker=gebruiker, onderwerp=f"levering {levering_id}"
            )
    return done


def _can_be_read_as_one(levering: Levering) -> bool:
    """Tells whether other sheets of the file have the same columns, as far as is known."""
    return bool(levering.vraag.get("onder_elkaar") or levering.bladen_met_zelfde_kolommen)


def _about_sheets(levering: Levering, antwoord: str) -> dict[str, Any] | None:
    """Gives what to keep for an answer about a second sheet; None when that was not asked.

    Whoever kept the sheets apart may be asked again (`opnieuw`).
    """
    if levering.vraag.get("over") == "bijblad":
        return bladen.answer_of(levering.vraag, antwoord)
    return {} if antwoord == "opnieuw" and levering.feiten.get("bladen_apart") else None
