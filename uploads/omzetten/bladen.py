"""Decides whether a second sheet or file is read beside the first, or lets a person decide that.

A koppeling that was saved with a second sheet has it again; so has a levering for which somebody said so. Nothing
is joined because it merely looks as if it belongs together. Two files that came in together are read together or
not at all: whoever wants one of them delivers that one.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from uploads.mapping.bijblad import (
    Bladenpaar,
    MetBijblad,
    PastNiet,
    TeGroot,
    find_bijbladen,
    go_on_in_each_other,
    has_first,
    is_for,
    with_bijblad,
)
from uploads.mapping.doelen import OngeldigeRegels
from uploads.mapping.recognition import (
    ALLE_BLADEN,
    BladOnduidelijk,
    Herkend,
    NietGekoppeld,
    Opgeslagen,
    header_row,
    recognise_headers,
)
from uploads.mapping.regels import Bijblad, Regels
from uploads.mapping.regels_json import bijblad_of
from uploads.models import Leeskeuze, Levering
from uploads.readers import Bestand, Formaat, Onleesbaar

# The answer of somebody who wants no second sheet.
APART = {"apart": True}
_KIES = (
    "De twee {} zijn samen gelezen. Kies nu welke kolom waarvoor is. Bewaar de koppeling: dan gaat het met een "
    "volgend bestand vanzelf."
)


_GEEN_PAAR = (
    "De twee bestanden lijken niet bij elkaar te horen: er is geen kolom met dezelfde nummers in allebei. Zorg dat in "
    "beide bestanden het nummer van de persoon of vacature staat, in een kolom met dezelfde naam. Horen ze niet bij "
    "elkaar, lever ze dan apart aan."
)
_LIJKEN_OP_ELKAAR = (
    "De twee bestanden lijken op elkaar, maar het portaal kan ze zo niet onder elkaar lezen. De kolommen zijn niet "
    "bekend, niet precies gelijk, of er staan meer bladen in een bestand. Staan er verschillende mensen of vacatures "
    "in, maak er dan één bestand van met één blad, en let op dat elke waarde onder de goede kolomnaam staat. Lever ze "
    "niet apart aan: het tweede vervangt dan het eerste."
)
_EEN_VAN_TWEE = (
    "Deze levering bestaat uit twee bestanden, maar de gekozen kolommen zijn die van één ervan. Er is niets gelezen. "
    "Wilt u alleen dat bestand, lever het dan apart aan."
)
_MAAR_EEN = (
    "Van de twee bestanden is er maar één te lezen: in het andere staan geen rijen, of niet dezelfde kolommen. Er is "
    "niets gelezen. Controleer dat bestand, of lever alleen het goede aan."
)


class BladenOnduidelijk(Onleesbaar):
    """Two sheets or files seem to belong together, and nobody said so."""

    def __init__(self, koppeling: str, paren: Sequence[Bladenpaar]) -> None:
        first = paren[0]
        which = (
            f"kolom ‘{first.kolom}’"
            if first.kolom == first.kolom_bij
            else f"de kolommen ‘{first.kolom}’ en ‘{first.kolom_bij}’"
        )
        sheets = f"‘{first.bijblad.hoofd}’ en ‘{first.bijblad.blad}’"
        otherwise = (
            "Zo niet, lever ze dan apart aan." if first.bijblad.los else "Zo niet, dan gaat één blad mee."
        )
        super().__init__(
            f"De {_several_of(first.bijblad)} {sheets} lijken bij elkaar te horen, op {which}. Dan krijgt elke rij van "
            f"‘{first.bijblad.hoofd}’ de gegevens erbij die {first.bijblad.voorzetsel} ‘{first.bijblad.blad}’ "
            f"staan.{_several(first)} "
            f"{_turned(paren)}Klopt dat? {otherwise}"
        )
        self.koppeling = koppeling
        self.paren = tuple(paren)


def _several(paar: Bladenpaar) -> str:
    number, where = paar.bijblad.aantal, paar.bijblad.voorzetsel.capitalize()
    if number == 1:
        return ""
    return f" {where} ‘{paar.bijblad.blad}’ staan vaak meer rijen per sleutel: de eerste {number} gaan mee."


def _turned(paren: Sequence[Bladenpaar]) -> str:
    first = paren[0].bijblad
    if not any((one.bijblad.hoofd, one.bijblad.blad) == (first.blad, first.hoofd) for one in paren[1:]):
        return ""
    where = first.voorzetsel
    return (
        f"Maar {where} ‘{first.blad}’ staan er ook die {where} ‘{first.hoofd}’ ontbreken. Kies daarom zelf welk "
        f"{first.wat} de lijst van mensen of vacatures is: wie daar niet {where} staat, gaat niet mee. "
    )


@dataclass(frozen=True, slots=True)
class Gekozen:
    """The second sheet to read, and the saved koppeling or the rules for this file that ask for it, if that is why."""

    bijblad: Bijblad
    opgeslagen: Opgeslagen | None = None
    van_bestand: Regels | None = None

    @property
    def regels(self) -> Regels | None:
        """Gives the rules by which sheets with other names are found."""
        return self.van_bestand if self.opgeslagen is None else self.opgeslagen.regels


def chosen_for(
    levering: Levering, bestand: Bestand, regels: Regels | None, opgeslagen: Sequence[Opgeslagen]
) -> Gekozen | None:
    """Gives the second sheet to read with a file; None when there is none.

    Of the saved koppelingen the newest that fits the first sheet decides; when none does, the newest of which
    the second sheet is there.
    """
    if regels is not None:
        return None if regels.bijblad is None else Gekozen(regels.bijblad, van_bestand=regels)
    if bestand.formaat is Formaat.JSON:
        return None
    named = levering.gevraagde_koppeling
    usable = [
        one
        for one in opgeslagen
        if (not named or one.naam == named) and (not levering.soort or one.regels.soort == levering.soort)
    ]
    if levering.bijblad:
        answer = _answered(levering)
        return None if answer is None else Gekozen(answer, _made_for(answer, bestand, usable))
    if all(one.regels.bijblad is None for one in usable):
        return None
    for one in usable:
        if one.regels.bijblad is not None:
            if named or has_first(bestand, one):
                return Gekozen(one.regels.bijblad, one)
        elif not bestand.is_tweetal and (named or _fits(bestand, one)):
            return None
    # A second sheet has few columns, which many a file has: it never takes the file of another koppeling.
    return next(
        (
            Gekozen(one.regels.bijblad, one)
            for one in usable
            if one.regels.bijblad is not None and is_for(bestand, one)
        ),
        None,
    )


def _answered(levering: Levering) -> Bijblad | None:
    try:
        return None if levering.bijblad == APART else bijblad_of(levering.bijblad)
    except OngeldigeRegels:
        return None


def _made_for(bijblad: Bijblad, bestand: Bestand, opgeslagen: Sequence[Opgeslagen]) -> Opgeslagen | None:
    """Gives the newest koppeling that was made for this second sheet and that fits the first."""
    found = (
        one
        for one in opgeslagen
        if one.regels.bijblad is not None
        and _names(one.regels.bijblad) == _names(bijblad)
        and is_for(bestand, one)
    )
    return next(found, None)


def _fits(bestand: Bestand, opgeslagen: Opgeslagen) -> bool:
    places = filter(None, map(header_row, bestand.tabellen))
    return any(recognise_headers(place.koppen, opgeslagen.regels.soort, [opgeslagen]) for place in places)


def joined(bestand: Bestand, gekozen: Gekozen) -> MetBijblad:
    """Gives the file with the second sheet beside the first.

    Raises NietGekoppeld when that cannot be done: then a person chooses the columns again. Raises Onleesbaar for
    a second sheet that is too large.
    """
    bijblad, opgeslagen = gekozen.bijblad, gekozen.opgeslagen
    most = settings.UM_MAX_RIJEN_BIJBLAD
    try:
        return with_bijblad(bestand, bijblad, most, gekozen.regels)
    except TeGroot:
        raise Onleesbaar(
            f"Het {bijblad.wat} ‘{bijblad.blad}’ heeft meer dan {most} rijen. Dat is te veel om erbij te lezen. "
            "Verwijder rijen die niet nodig zijn, en upload opnieuw."
        ) from None
    except PastNiet:
        if bestand.is_tweetal:
            raise Onleesbaar(_no_partner(bestand, bijblad, opgeslagen)) from None
        if opgeslagen is not None and not has_first(bestand, opgeslagen):
            raise Onleesbaar(_only_second(bijblad, opgeslagen)) from None
        whose = f"Bij de koppeling {opgeslagen.naam}" if opgeslagen is not None else "Hier"
        tabel = next((one for one in bestand.tabellen if one.naam == bijblad.hoofd), bestand.tabellen[0])
        place = header_row(tabel)
        raise NietGekoppeld(
            f"{whose} horen twee {_several_of(bijblad)}. Het {bijblad.wat} ‘{bijblad.blad}’ is er niet, of geen "
            f"enkele rij ervan past bij een rij van het eerste {bijblad.wat}. {_again_with_both(bijblad)} Is het "
            f"tweede {bijblad.wat} niet meer nodig, kies dan de kolommen opnieuw.",
            tabel,
            0 if place is None else place.kopregel,
            None if opgeslagen is None else opgeslagen.regels.soort,
        ) from None


def _several_of(bijblad: Bijblad) -> str:
    return "bestanden" if bijblad.los else "bladen"


def _again_with_both(bijblad: Bijblad) -> str:
    return (
        "Lever beide bestanden samen aan, in één keer."
        if bijblad.los
        else "Upload een bestand met beide bladen."
    )


def _only_second(bijblad: Bijblad, opgeslagen: Opgeslagen) -> str:
    return (
        f"Bij de koppeling {opgeslagen.naam} horen twee {_several_of(bijblad)}. Dit is alleen het tweede: het "
        f"{bijblad.wat} ‘{bijblad.hoofd}’ is er niet. {_again_with_both(bijblad)}"
    )


def _no_partner(bestand: Bestand, bijblad: Bijblad, opgeslagen: Opgeslagen | None) -> str:
    if bestand.te_groot:
        return bestand.te_groot
    whose = f" van de koppeling {opgeslagen.naam}" if opgeslagen is not None else ""
    return (
        f"De twee bestanden passen niet bij elkaar zoals de bestanden{whose}: ‘{bijblad.hoofd}’ of ‘{bijblad.blad}’ is "
        "er niet bij, een ervan mist de kolom met het nummer, of geen enkele rij heeft hetzelfde nummer. Controleer of "
        "u de goede twee koos, van dezelfde dag, en lever ze samen opnieuw aan."
    )


def check_chosen(gevonden: Herkend, bijblad: Bijblad) -> None:
    """Raises NietGekoppeld unless the rules were made for this second sheet."""
    regels = gevonden.herkenning.regels
    made_for = None if regels is None else regels.bijblad
    if made_for is None or _names(made_for) != _names(bijblad):
        raise NietGekoppeld(
            _KIES.format(_several_of(bijblad)), gevonden.tabel, gevonden.kopregel, gevonden.soort
        )


def _names(bijblad: Bijblad) -> tuple[str, str, str, int]:
    return bijblad.blad, bijblad.sleutel, bijblad.sleutel_bij, bijblad.aantal


def ask(levering: Levering, bestand: Bestand, koppeling: str) -> bool:
    """Asks about sheets that seem to belong together, unless somebody decided; call inside `voor_gemeente`.

    `koppeling` is the name of the preset that fits; '' when nothing does. Tells whether the answer for this
    preset is that its sheets stay apart. Raises BladenOnduidelijk.
    """
    if levering.bijblad or levering.gekozen_blad:
        return bool(levering.bijblad == APART)
    if koppeling and Leeskeuze.objects.filter(koppeling=koppeling, bladen_apart=True).exists():
        return True
    paren = find_bijbladen(bestand, settings.UM_MAX_RIJEN_BIJBLAD, settings.UM_MAX_KOLOMMEN)
    if paren:
        raise BladenOnduidelijk(koppeling, paren)
    return False


def check_go_on(levering: Levering, bestand: Bestand) -> None:
    """Checks of two files, of which none is read beside the other, that one goes on where the other ends.

    Raises BladenOnduidelijk when they rather belong beside each other, and Onleesbaar when nothing says so.
    """
    if levering.gekozen_blad == ALLE_BLADEN:
        return
    if levering.regels is not None:
        raise Onleesbaar(_EEN_VAN_TWEE)
    paren = find_bijbladen(bestand, settings.UM_MAX_RIJEN_BIJBLAD, settings.UM_MAX_KOLOMMEN)
    if paren:
        raise BladenOnduidelijk("", paren)
    if bestand.te_groot or not go_on_in_each_other(bestand):
        raise Onleesbaar(bestand.te_groot or _GEEN_PAAR)


def recognise_both(bestand: Bestand, recognise: Callable[[], Herkend]) -> Herkend:
    """Recognises two files that are read as one. Raises BladOnduidelijk while nobody chose that.

    Raises Onleesbaar when they cannot be read so, as the columns are not known or not the same: one of the two is never
    read alone.
    """
    try:
        gevonden = recognise()
    except NietGekoppeld:
        raise Onleesbaar(_LIJKEN_OP_ELKAAR) from None
    except BladOnduidelijk as problem:
        if problem.onder_elkaar and problem.los:
            raise
        raise Onleesbaar(_LIJKEN_OP_ELKAAR) from None
    read = {naam for naam, _ in gevonden.bladen}
    if len({tabel.onderdeel for tabel in bestand.tabellen if tabel.naam in read}) < 2:
        raise Onleesbaar(_MAAR_EEN)
    return gevonden


def question_of(problem: BladenOnduidelijk) -> dict[str, Any]:
    """Gives the question to keep with the levering."""
    return {
        "over": "bijblad",
        "koppeling": problem.koppeling,
        "paren": [
            {**asdict(paar.bijblad), "kolom": paar.kolom, "kolom_bij": paar.kolom_bij}
            for paar in problem.paren
        ],
    }


def answer_of(vraag: dict[str, Any], antwoord: str) -> dict[str, Any] | None:
    """Gives what to keep with the levering for this answer: `apart`, or the number of a pair from 0.

    Gives None for anything else.
    """
    paren = vraag.get("paren", [])
    if antwoord == "apart":
        # Of two files, one is never read alone.
        return None if any(paar.get("los") for paar in paren) else APART
    if not (antwoord.isascii() and antwoord.isdigit() and len(antwoord) == 1 and int(antwoord) < len(paren)):
        return None
    return {name: value for name, value in paren[int(antwoord)].items() if name not in {"kolom", "kolom_bij"}}
