"""Requests the detail of a match. It goes to one response and is stored nowhere.

`request_detail` reserves one of the details of a search before it asks, so that even many requests at once
never pass the limit. It gives the reservation back when it is known that nothing was delivered. The row of the
search is locked while it decides: of a double click, or two tabs, one request goes out.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from exchange.bemiddelaar import client, searching, tellingen
from exchange.bemiddelaar.models import Detailaanvraag, Doel, Geteld, Resultaat, Zoekvraag
from exchange.standard import is_oin
from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import new_span
from um_portal.audit.models import Uitkomst
from um_portal.gemeenten import daglimieten
from um_portal.gemeenten.daglimieten import DaglimietBereikt
from um_portal.gemeenten.models import Verbruikssoort
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


class LimietBereikt(Exception):
    """All details of this search have been requested."""


class WordtOpgevraagd(Exception):
    """This detail is being requested at this moment, in another tab or by a double click; nothing was counted."""


class AlOpgevraagd(Exception):
    """This detail was requested after the page was made that asks for it; nothing was counted."""


class DoelOntbreekt(Exception):
    """The municipality wants to know what a detail is for, and nobody said it; nothing was counted."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One whole record, on its way to the screen and nowhere else."""

    bron_oin: str
    record: dict[str, Any]

    def __repr__(self) -> str:
        return "Detail(…)"


def details_left(zoekvraag: Zoekvraag) -> int:
    """Counts the details that may still be requested on this search; call inside `voor_gemeente`.

    A request of which nobody knows what came of it counts; none is left once the exchange has said so.
    """
    return details_left_of([zoekvraag])[zoekvraag.pk]


def details_left_of(zoekvragen: Iterable[Zoekvraag]) -> dict[int, int]:
    """Counts `details_left` of several searches at once, by their number; it takes one query."""
    known = list(zoekvragen)
    rows = Detailaanvraag.objects.filter(zoekvraag__in=known).values_list("zoekvraag")
    used = dict(rows.annotate(aantal=Count("pk")).order_by())
    return {
        one.pk: 0 if one.opgebruikt_op is not None else max(0, settings.UM_MAX_DETAILS - used.get(one.pk, 0))
        for one in known
    }


@dataclass(frozen=True, slots=True)
class Detailstand:
    """The details of a search as a page shows them, and how often that of one match was asked.

    `punten` has an entry for each detail of the search: True for what is left; empty when there are too many
    to show. `bron_oin` is the OIN of the source of this match, empty as long as no detail told it.
    """

    max_details: int
    details_over: int
    details_onbekend: int
    eerder: int
    bron_oin: str
    doel_verplicht: bool
    doelen: list[tuple[str, str]]

    @property
    def punten(self) -> list[bool]:
        """Gives an entry for each detail of the search."""
        if self.max_details > _MEESTE_PUNTEN:
            return []
        return [number < self.details_over for number in range(self.max_details)]


_MEESTE_PUNTEN = 20


def standing(gemeente: Gemeente, resultaat: Resultaat) -> Detailstand:
    """Tells how the details of a search stand, for the page of one match; call inside `voor_gemeente`."""
    zoekvraag, sources = resultaat.zoekvraag, _sources(resultaat)
    return Detailstand(
        settings.UM_MAX_DETAILS,
        details_left(zoekvraag),
        details_unknown(zoekvraag),
        len(sources),
        next((oin for oin in reversed(sources) if oin), ""),
        gemeente.doel_verplicht,
        Doel.choices,
    )


def source_of(resultaat: Resultaat) -> str:
    """Gives the OIN of the source, when a detail of this match told it; call inside `voor_gemeente`."""
    return next((oin for oin in reversed(_sources(resultaat)) if oin), "")


def _sources(resultaat: Resultaat) -> list[str]:
    """Gives for every request of this detail that counts the OIN of the source, empty when it told none."""
    rows = Detailaanvraag.objects.filter(resultaat=resultaat).order_by("pk")
    return list(rows.values_list("bron_oin", flat=True))


def details_unknown(zoekvraag: Zoekvraag) -> int:
    """Counts the detail requests of which nobody knows what came of them; call inside `voor_gemeente`."""
    unknown = Detailaanvraag.objects.filter(
        zoekvraag=zoekvraag, gelukt_op=None, gereserveerd_tot__lte=timezone.now()
    )
    found: int = unknown.count()
    return found


class _Verzoek:
    """One request of a detail: its place among the details of the search, and its lines in the audit log."""

    def __init__(
        self, gemeente: Gemeente, gebruiker: Gebruiker, resultaat: Resultaat, doel: str, eerder: int | None
    ) -> None:
        self.gemeente = gemeente
        self.gebruiker = gebruiker
        self.resultaat = resultaat
        self.doel = doel
        self.eerder = eerder
        self.span, self.begin = new_span(), time.monotonic()
        self.aanvraag = self._reserve()

    def _reserve(self) -> int:
        """Takes one of the details, and writes down who asks which before the question goes out.

        From here on the record may be disclosed, whatever happens to this process: it leaves a line without an
        outcome, and its place goes on counting. Raises what `request_detail` does.
        """
        with voor_gemeente(self.gemeente):
            zoekvraag = Zoekvraag.objects.select_for_update().get(pk=self.resultaat.zoekvraag_id)
            self._refuse_twice()
            if details_left(zoekvraag) == 0:
                raise LimietBereikt
            if zoekvraag.moet_wachten:
                raise client.UitwisselingFout(
                    "De uitwisseling heeft het te druk en vraagt om even te wachten."
                )
            # This is longer than a request can take.
            until = timezone.now() + timedelta(seconds=settings.UM_DETAIL_TIJDSLIMIET * 2 + 5)
            pk: int = Detailaanvraag.objects.create(
                gemeente=self.gemeente, zoekvraag=zoekvraag, resultaat=self.resultaat, gereserveerd_tot=until
            ).pk
            self.dag = daglimieten.take(self.gemeente, self.gebruiker, Verbruikssoort.DETAILS)
            self._log(Handeling.DETAIL_GEVRAAGD, Uitkomst.ONBEKEND)
        return pk

    def _refuse_twice(self) -> None:
        """Raises WordtOpgevraagd and AlOpgevraagd; the row of the search is locked."""
        if self.eerder is None:
            return
        of_match = Detailaanvraag.objects.filter(resultaat=self.resultaat)
        if of_match.filter(gelukt_op=None, gereserveerd_tot__gt=timezone.now()).exists():
            raise WordtOpgevraagd
        if of_match.count() != self.eerder:
            raise AlOpgevraagd

    def succeed(self, source: str) -> None:
        """Counts the detail as given by this source."""
        now, oin = timezone.now(), source if is_oin(source) else ""

        def write() -> None:
            Detailaanvraag.objects.filter(pk=self.aanvraag).update(
                gelukt_op=now, gereserveerd_tot=None, bron_oin=oin
            )
            tellingen.count(self.gemeente, self.resultaat.zoekvraag.soort_van, Geteld.DETAILS)
            Resultaat.objects.filter(pk=self.resultaat.pk).update(detail_gevraagd_op=now)
            self._log_outcome(Uitkomst.GELUKT, oin)

        self._settle(write)

    def fail(self, fout: client.UitwisselingFout) -> None:
        """Writes down what is known: nothing was delivered, which gives the place back, or perhaps it was."""
        now = timezone.now()

        def write() -> None:
            own = Detailaanvraag.objects.filter(pk=self.aanvraag)
            search = Zoekvraag.objects.filter(pk=self.resultaat.zoekvraag_id)
            if fout.opgebruikt:
                search.update(opgebruikt_op=now)
            if fout.wacht:
                search.update(opnieuw_vanaf=now + fout.wacht)
            if fout.onbekend:
                own.update(gereserveerd_tot=now)
            else:
                own.delete()
                daglimieten.give_back(self.gemeente, self.gebruiker, Verbruikssoort.DETAILS, self.dag)
            self._log_outcome(Uitkomst.ONBEKEND if fout.onbekend else Uitkomst.MISLUKT)

        self._settle(write)

    def _settle(self, write: Callable[[], None]) -> None:
        searching.settle_once(self.gemeente, Handeling.DETAIL_OPGEVRAAGD, self.span, write)

    def _log_outcome(self, uitkomst: Uitkomst, partij: str = "") -> None:
        duration = int(1000 * (time.monotonic() - self.begin))
        self._log(Handeling.DETAIL_OPGEVRAAGD, uitkomst, partij=partij, duur_ms=duration)

    def _log(self, handeling: Handeling, uitkomst: Uitkomst, **more: Any) -> None:
        searching.log_about_search(
            self.gemeente,
            handeling,
            self.resultaat.zoekvraag_id,
            self.gebruiker,
            doel=self.doel,
            vum_id=self.resultaat.vum_id,
            uitkomst=uitkomst,
            span=self.span,
            **more,
        )


def request_detail(
    gemeente: Gemeente,
    gebruiker: Gebruiker,
    resultaat: Resultaat,
    *,
    doel: str = "",
    eerder: int | None = None,
) -> Detail:
    """Fetches the whole record of a match, within the limit of its search. Nothing of it is stored.

    `doel` is one of `Doel`, for the audit log. `eerder` is the number of requests of this detail that the page
    knew of: when there are more by now, nothing is asked (AlOpgevraagd), and likewise while one is under way
    (WordtOpgevraagd). Without it nobody looks.

    Raises also DoelOntbreekt, LimietBereikt when the limit is reached, DaglimietBereikt when that of the day is,
    UitwisselingFout when the request failed. A failed request does not count, unless it is not known whether the
    record was delivered. Call outside `voor_gemeente`: it waits for another party.
    """
    if doel not in Doel.values:
        doel = ""
    if gemeente.doel_verplicht and not doel:
        raise DoelOntbreekt
    try:
        verzoek = _Verzoek(gemeente, gebruiker, resultaat, doel, eerder)
    except DaglimietBereikt:
        # What was reserved is undone; that somebody asked is not.
        searching.log_daglimiet(gemeente, gebruiker, Verbruikssoort.DETAILS)
        raise
    try:
        source, record = client.fetch_detail(resultaat.zoekvraag.soort_van, resultaat.vum_id, gemeente.oin)
    except client.UitwisselingFout as fout:
        verzoek.fail(fout)
        raise
    except Exception:
        unknown = client.UitwisselingFout(searching.unexpected_error("detail"), onbekend=True)
        verzoek.fail(unknown)
        raise unknown from None
    except BaseException:
        # The process is being stopped.
        verzoek.fail(client.UitwisselingFout("", onbekend=True))
        raise
    verzoek.succeed(source)
    return Detail(source, record)
