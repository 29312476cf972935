"""Writes down what came of a match. It goes with the match; the number of the month stays."""

from django.utils import timezone

from exchange.bemiddelaar import tellingen
from exchange.bemiddelaar.models import Afvalreden, Geteld, Resultaat, Stap, Vervolg
from um_portal.errors import FoutMetMelding
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


class OnbekendVervolg(FoutMetMelding):
    """This is not something that can come of a match."""


# What the form offers besides the steps: nothing came of it yet.
NIETS = ""


def choices() -> list[tuple[str, str]]:
    """Lists the values of the form with their texts, those that do not fit apart: see `reasons`."""
    return [(NIETS, "Nog niets")] + [
        (stap.value, str(stap.label)) for stap in Stap if stap is not Stap.NIET_PASSEND
    ]


def reasons() -> list[tuple[str, str]]:
    """Lists the values of the form for a match that does not fit, with the reasons."""
    return [(f"{Stap.NIET_PASSEND.value} {reden.value}", str(reden.label)) for reden in Afvalreden]


def set_vervolg(gemeente: Gemeente, resultaat: Resultaat, gekozen: str) -> Vervolg | None:
    """Writes down what came of the match, in the place of what was there; with NIETS it is undone.

    `gekozen` is a value of `choices` or `reasons`; raises OnbekendVervolg for any other. The counts follow: what is
    no longer so is taken off the month that it was counted in.
    """
    stap, _, reden = gekozen.partition(" ")
    if gekozen not in dict([*choices(), *reasons()]):
        raise OnbekendVervolg("Kies een van de mogelijkheden. Er is niets gewijzigd.")
    with voor_gemeente(gemeente):
        # Two tabs: the second waits here, and sees what the first wrote.
        Resultaat.objects.select_for_update().get(pk=resultaat.pk)
        old: Vervolg | None = Vervolg.objects.filter(resultaat=resultaat).first()
        changes = []
        if old is not None:
            if (old.stap, old.reden) == (stap, reden):
                return old
            changes.append((timezone.localdate(old.gezet_op), old.stap, -1))
            old.delete()
        new: Vervolg | None = None
        if stap:
            now = timezone.now()
            new = Vervolg.objects.create(
                gemeente=gemeente, resultaat=resultaat, stap=stap, reden=reden, gezet_op=now
            )
            changes.append((timezone.localdate(now), stap, 1))
        # In one order, so that two transactions never wait for each other.
        for day, name, number in sorted(changes):
            tellingen.count(gemeente, resultaat.zoekvraag.soort_van, Geteld(name), number, day)
    return new
