"""Describes in Dutch what changed from one version of a koppeling to the next.

Columns are called by the keys of their headers, which is all that a koppeling keeps of them.
"""

from collections.abc import Iterator, Sequence

from exchange.standard import Soort, label_of
from uploads.mapping.doelen import constant_of, veld_van, without_positions
from uploads.mapping.regels import AFKEUREN, PSEUDONIEM, VERVANGEN, Bijblad, Regel, Regels, Toestemming


def differences(old: Regels | None, new: Regels) -> list[str]:
    """Gives one sentence per change, or the size of a first version.

    Empty when nothing changed that a clerk knows of.
    """
    if old is None:
        return [_first(new)]
    found = list(_targets(old, new))
    if old.toestemming != new.toestemming:
        found.append(_consent(new.toestemming))
    if old.bevestigd != new.bevestigd and new.bevestigd:
        found.append(f"Bevestigd dat dit geen toestemming en geen BSN is: {', '.join(new.bevestigd)}.")
    if old.bijblad != new.bijblad:
        found.append(_second_sheet(new.bijblad))
    return found


def _second_sheet(bijblad: Bijblad | None) -> str:
    if bijblad is None:
        return "Er wordt geen tweede blad of bestand meer gelezen."
    rows = "één rij" if bijblad.aantal == 1 else f"ten hoogste {bijblad.aantal} rijen"
    return (
        f"Het {bijblad.wat} ‘{bijblad.blad}’ wordt gelezen bij ‘{bijblad.hoofd}’, op {bijblad.sleutel}: {rows} per "
        "profiel."
    )


def _first(regels: Regels) -> str:
    columns, constants = len(regels.kolommen), sum(1 for regel in regels.regels if not regel.kolommen)
    text = f"De eerste versie: {columns} {'kolom' if columns == 1 else 'kolommen'}"
    if constants:
        text += f" en {constants} vaste {'waarde' if constants == 1 else 'waarden'}"
    return f"{text}."


def _targets(old: Regels, new: Regels) -> Iterator[str]:
    before, after = _by_target(old), _by_target(new)
    for doel in dict.fromkeys((*after, *before)):
        was, now = before.get(doel, []), after.get(doel, [])
        if was == now:
            continue
        name = _name(new.soort, doel)
        if not now:
            yield f"{name} gaat niet meer mee."
        elif not was or [_source(new.soort, one) for one in was] != [_source(new.soort, one) for one in now]:
            text = f"{name} {' of '.join(_source(new.soort, one) for one in now)}"
            yield f"{text}." if not was else f"{text}, en niet meer zoals het was."
        else:
            yield from (f"{name}: {change}" for change in _details(new.soort, was, now))


def _by_target(regels: Regels) -> dict[str, list[Regel]]:
    found: dict[str, list[Regel]] = {}
    for regel in regels.regels:
        found.setdefault(regel.doel, []).append(regel)
    return found


def _name(soort: Soort, doel: str) -> str:
    label = veld_van(soort, doel).volledig_label
    number = doel.partition("[")[2].partition("]")[0]
    return f"{label} (nummer {int(number) + 1})" if number and number != "0" else label


def _source(soort: Soort, regel: Regel) -> str:
    if not regel.kolommen:
        return f"is altijd ‘{_text(soort, regel.doel, regel.constante)}’"
    names = " en ".join(f"‘{kolom.replace('#', ' ')}’" for kolom in regel.kolommen)
    return f"komt uit {'kolom' if len(regel.kolommen) == 1 else 'de kolommen'} {names}"


def _text(soort: Soort, doel: str, waarde: str) -> str:
    """Gives a fixed value or a code as people know it."""
    return label_of(soort, without_positions(doel), constant_of(veld_van(soort, doel).attribuut, waarde))


def _details(soort: Soort, was: Sequence[Regel], now: Sequence[Regel]) -> Iterator[str]:
    """Describes the changes in how cells are read, where the columns are the same."""
    for before, after in zip(was, now, strict=True):
        if before.splits != after.splits:
            yield (
                "een cel wordt anders in stukken geknipt."
                if after.splits
                else "een cel wordt niet meer geknipt."
            )
        if before.eenheid != after.eenheid:
            yield f"de uren zijn nu {_UNITS[after.eenheid]}."
        if before.bij_onbekend != after.bij_onbekend:
            yield f"een onbekende waarde {_unknown(soort, after)}."
        if (before.waarden, before.per_woord) != (after.waarden, after.per_woord):
            yield "de woorden die een code betekenen zijn veranderd."
        if before.voeg_samen != after.voeg_samen:
            yield "tussen de kolommen komt nu iets anders te staan."
        if before.inkorten != after.inkorten:
            yield f"te lange tekst wordt {'ingekort' if after.inkorten else 'niet meer ingekort'}."
        if before.alleen_met != after.alleen_met:
            yield "de voorwaarde is veranderd."
        if before.pseudoniem != after.pseudoniem:
            yield f"het kenmerk wordt {'altijd' if after.pseudoniem else 'niet meer altijd'} een pseudoniem."
        if before.tekens != after.tekens:
            yield f"een kenmerk met tekens die niet mogen {_TEKENS[after.tekens]}."
        if before.maand_eerst != after.maand_eerst:
            yield f"in de datums staat {'de maand' if after.maand_eerst else 'de dag'} nu voorop."


_TEKENS = {
    "": "laat de rij nu afkeuren",
    PSEUDONIEM: "wordt nu een pseudoniem",
    VERVANGEN: "krijgt nu streepjes",
}
_UNITS = {"": "per week", "uren_per_dag": "per dag", "uren_per_maand": "per maand"}


def _unknown(soort: Soort, regel: Regel) -> str:
    if not regel.bij_onbekend:
        return "wordt nu weggelaten"
    if regel.bij_onbekend == AFKEUREN:
        return "laat de rij nu afkeuren"
    return f"wordt nu ‘{_text(soort, regel.doel, regel.bij_onbekend)}’"


def _consent(toestemming: Toestemming | None) -> str:
    if toestemming is None:
        return "Toestemming wordt niet meer gelezen."
    if toestemming.verklaring:
        return "Toestemming: iemand verklaart nu dat iedereen in het bestand toestemming gaf."
    words = ", ".join(f"‘{word}’" for word in toestemming.waarden)
    return f"Toestemming komt nu uit kolom ‘{toestemming.kolom}’, bij de waarden {words}."
