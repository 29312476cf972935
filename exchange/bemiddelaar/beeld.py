"""Holds the view that somebody has on a list of results: filters, order and page, as the address has them.

An address of a list can be kept, and a match knows the list that it was opened from. Only what is known here
goes into an address again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from django.db.models import F, Func, Q, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils import timezone

from exchange.bemiddelaar import facetten
from exchange.bemiddelaar.models import Markering, Resultaat, Zoekvraag
from um_portal.accounts.models import Gebruiker

_MAX_WOORDEN: Final = 100
#: The parts of the list by the marks of who looks, and what is new in a weekly repeat; without a name it is
#: everything but what was put aside.
STER, WEG, NIEUW = "ster", "weg", "nieuw"
_SORTEERBAAR: Final[Mapping[str, F | Func]] = {
    "nummer": F("volgnummer"),
    "omschrijving": Lower("omschrijving"),
    "werkgever": Lower("werkgever"),
    "afstand": F("afstand_km"),
    "uren": F("uren"),
    "vanaf": F("vanaf"),
    "reis": F("reisafstand"),
    "niveau": F("niveau"),
    "sluit": F("sluit_op"),
}
#: The orders by their name in the address, for the list of choices on a phone.
VOLGORDES: Final[Mapping[str, str]] = {
    "": "Zoals ontvangen",
    "afstand": "Dichtbij eerst",
    "vanaf": "Vroegste begin eerst",
    "-uren": "Meeste uren eerst",
    "omschrijving": "Op alfabet",
}


def read_number(text: str | None) -> int | None:
    """Reads a number from an address or a form; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


@dataclass(frozen=True, slots=True)
class Beeld:
    """The filters and the order of a list. The default is the order received, without a filter."""

    keuzes: Mapping[str, list[str]] = field(default_factory=dict)
    woorden: str = ""
    apart: bool = False
    toon: str = ""
    samen: bool = False
    sorteer: str = ""

    @classmethod
    def of(cls, zoekvraag: Zoekvraag, given: QueryDict) -> "Beeld":
        """Reads the view from an address; what makes no sense counts as absent."""
        order = given.get("sorteer", "")
        return cls(
            keuzes=facetten.read_choices(zoekvraag.soort_van, dict(given.lists())),
            woorden=given.get("q", "").replace("\x00", "").strip()[:_MAX_WOORDEN],
            apart=given.get("apart") == "ja" and zoekvraag.niet_passend > 0,
            toon=given.get("toon", "") if given.get("toon") in {STER, WEG, NIEUW} else "",
            samen=given.get("samen") == "ja",
            sorteer=order if order.removeprefix("-") in _SORTEERBAAR else "",
        )

    @property
    def is_gefilterd(self) -> bool:
        """Tells whether a choice or a word narrows the list."""
        return bool(self.keuzes or self.woorden)

    def without(self, naam: str, waarde: str) -> "Beeld":
        """Gives the same view without one choice."""
        keuzes = {
            name: kept
            for name, values in self.keuzes.items()
            if (kept := [value for value in values if (name, value) != (naam, waarde)])
        }
        return replace(self, keuzes=keuzes)

    def unfiltered(self) -> "Beeld":
        """Gives the same view without choices and words."""
        return replace(self, keuzes={}, woorden="")

    def query(self, **more: Any) -> str:
        """Gives the parameters of an address: `?...`, or an empty text when there are none.

        `more` are parameters besides those of the view, such as the page; empty ones are left out.
        """
        text = self.params(**more).urlencode()
        return f"?{text}" if text else ""

    def params(self, **more: Any) -> QueryDict:
        """Gives the same parameters as names with values."""
        given = QueryDict(mutable=True)
        for name in facetten.NAMEN:
            if self.keuzes.get(name):
                given.setlist(name, self.keuzes[name])
        own = {
            "q": self.woorden,
            "apart": "ja" if self.apart else "",
            "toon": self.toon,
            "samen": "ja" if self.samen else "",
            "sorteer": self.sorteer,
            **more,
        }
        for name, value in own.items():
            if value:
                given[name] = str(value)
        return given


@dataclass(frozen=True, slots=True)
class Lijst:
    """The results of a search as somebody sees them; call its methods inside `voor_gemeente`."""

    zoekvraag: Zoekvraag
    beeld: Beeld
    vandaag: date
    #: The marks of who looks, by the number of the row of the result.
    markeringen: Mapping[int, Markering]

    @classmethod
    def of(cls, zoekvraag: Zoekvraag, beeld: Beeld, gebruiker: Gebruiker) -> "Lijst":
        """Opens the list for this person, with one query for the marks."""
        marks = Markering.objects.filter(zoekvraag=zoekvraag, gebruiker=gebruiker)
        return cls(zoekvraag, beeld, timezone.localdate(), {mark.resultaat_id: mark for mark in marks})

    def received(self, met: Resultaat | None = None) -> "QuerySet[Resultaat]":
        """Gives the results that the filters are about, without those filters: what fits, or what does not.

        `met` is a result that counts as not put aside.
        """
        beeld = self.beeld
        found: QuerySet[Resultaat] = Resultaat.objects.filter(zoekvraag=self.zoekvraag, past=not beeld.apart)
        starred = [pk for pk, mark in self.markeringen.items() if mark.ster]
        aside = [pk for pk, mark in self.markeringen.items() if mark.weg and (met is None or pk != met.pk)]
        if beeld.toon == STER:
            found = found.filter(pk__in=starred)
        elif beeld.toon == WEG:
            found = found.filter(pk__in=aside)
        elif aside:
            found = found.exclude(pk__in=aside)
        if beeld.toon == NIEUW:
            found = found.filter(nieuw=True)
        if beeld.woorden:
            found = found.filter(
                Q(omschrijving__icontains=beeld.woorden) | Q(werkgever__icontains=beeld.woorden)
            )
        if beeld.samen:
            found = found.filter(dubbel=False)
        return found

    def new(self) -> int:
        """Counts what is new in a weekly repeat, without what was put aside."""
        aside = [pk for pk, mark in self.markeringen.items() if mark.weg]
        if not self.zoekvraag.aantal_nieuw or not aside:
            return self.zoekvraag.aantal_nieuw
        gone = Resultaat.objects.filter(pk__in=aside, zoekvraag=self.zoekvraag, nieuw=True, past=True)
        return int(self.zoekvraag.aantal_nieuw - gone.count())

    def filtered(self, met: Resultaat | None = None) -> "QuerySet[Resultaat]":
        """Gives the results of the list, in its order; `met` as in `received`."""
        found = self.received(met)
        for condition in facetten.conditions(
            self.zoekvraag.soort_van, self.beeld.keuzes, self.vandaag
        ).values():
            found = found.filter(condition)
        key = _SORTEERBAAR.get(self.beeld.sorteer.removeprefix("-"))
        if key is None:
            return found.order_by("volgnummer")
        descending = self.beeld.sorteer.startswith("-")
        order = key.desc(nulls_last=True) if descending else key.asc(nulls_last=True)
        return found.order_by(order, "volgnummer")

    def place(self, resultaat: Resultaat, per_pagina: int) -> "Plaats | None":
        """Finds a result in the list, with its neighbours; None when the list does not hold it.

        What was put aside has its neighbours still, so that whoever put it aside can go on to the next.
        """
        aside = self.beeld.toon != WEG and bool(getattr(self.markeringen.get(resultaat.pk), "weg", ""))
        found = self.filtered(resultaat if aside else None)
        numbers = list(found.values_list("volgnummer", flat=True))
        return place_of(numbers, resultaat.volgnummer, per_pagina, weg=aside)


@dataclass(frozen=True, slots=True)
class Plaats:
    """The place of one result in a list: its neighbours, and the page that each is on.

    Of a result that was put aside (`weg`) the list holds the neighbours only.
    """

    nummer: int
    totaal: int
    pagina: int
    vorige: int | None
    vorige_pagina: int
    volgende: int | None
    volgende_pagina: int
    weg: bool = False


def place_of(numbers: list[int], nummer: int, per_pagina: int, *, weg: bool = False) -> Plaats | None:
    """Finds a result among the numbers of a list; None when they do not hold it. With `weg` it counts for no page."""
    try:
        at = numbers.index(nummer)
    except ValueError:
        return None
    after = at if weg else at + 1
    return Plaats(
        nummer=at + 1,
        totaal=len(numbers) - weg,
        pagina=at // per_pagina + 1,
        vorige=numbers[at - 1] if at else None,
        vorige_pagina=max(at - 1, 0) // per_pagina + 1,
        volgende=numbers[at + 1] if at + 1 < len(numbers) else None,
        volgende_pagina=after // per_pagina + 1,
        weg=weg,
    )
