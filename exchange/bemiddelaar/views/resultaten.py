"""Serves the results of a search: the list, one match, the map, a few matches side by side, and marking them."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.db.models.functions import Left
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET, require_POST

from exchange.bemiddelaar import cv, details, facetten, kaart, kolommen, markeren, onderdelen
from exchange.bemiddelaar.beeld import NIEUW, STER, VOLGORDES, WEG, Beeld, Lijst, read_number
from exchange.bemiddelaar.models import Resultaat, Vervolg, Wegreden, Zoekstatus, Zoekvraag
from exchange.bemiddelaar.summary import shortcomings
from exchange.bemiddelaar.views.berichten import told
from exchange.bemiddelaar.views.details import match_context
from exchange.bemiddelaar.views.zoekvragen import PER_PAGINA, own_result, own_search
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

#: The least and the most results that can stand side by side.
MIN_NAAST, MAX_NAAST = 2, 5
# A page that waits for an answer looks again after so many seconds, as long as it has waited less than that. An answer
# mostly comes soon; who waits long does not notice a second more.
_PAUZES: Final = ((1, 10), (2, 60))
_LANGSTE_PAUZE: Final = 5


class _Counted(Paginator):
    """A paginator over results that were counted already."""

    def __init__(self, results: "QuerySet[Resultaat]", aantal: int) -> None:
        super().__init__(results, PER_PAGINA)
        self._aantal = aantal

    @cached_property
    def count(self) -> int:
        """Gives the number of results."""
        return self._aantal


def _address(zoekvraag: Zoekvraag, query: str = "", nummer: int | None = None) -> str:
    """Gives the address of the list, at the row of one result when that is given."""
    anchor = f"#r{nummer}" if nummer else ""
    return f"{reverse('bemiddelaar:zoekvraag', args=[zoekvraag.pk])}{query}{anchor}"


def _match_address(zoekvraag: Zoekvraag, beeld: Beeld, nummer: int) -> str:
    return reverse("bemiddelaar:resultaat", args=[zoekvraag.pk, nummer]) + beeld.query()


def _addresses(name: str, zoekvraag: Zoekvraag) -> Callable[[int], str]:
    """Gives what makes the address of each result; looking it up once is quicker than for every row."""
    before, _, after = reverse(name, args=[zoekvraag.pk, 0]).rpartition("/0/")
    return lambda nummer: f"{before}/{nummer}/{after}"


def _chips(zoekvraag: Zoekvraag, beeld: Beeld, groepen: list[facetten.Groep]) -> list[tuple[str, str]]:
    """Lists what narrows the list, each with the address of the list without it."""
    found = [
        (
            f"{groep.kop}: {telling.label}",
            _address(zoekvraag, beeld.without(groep.naam, telling.waarde).query()),
        )
        for groep in groepen
        for telling in groep.tellingen
        if telling.gekozen
    ]
    if beeld.woorden:
        found.append((f"Woord: {beeld.woorden}", _address(zoekvraag, replace(beeld, woorden="").query())))
    return found


def _orders(beeld: Beeld) -> list[tuple[str, str, bool]]:
    """Lists the orders to choose from; one that a column header gave is among them."""
    known = dict(VOLGORDES)
    known.setdefault(beeld.sorteer, "Zoals u koos")
    return [(key, label, key == beeld.sorteer) for key, label in known.items()]


def _views(zoekvraag: Zoekvraag, beeld: Beeld, lijst: Lijst) -> list[dict[str, Any]]:
    """Lists the parts of the list by one's own marks: all of it, the shortlist, and what was put aside."""
    starred = sum(mark.ster for mark in lijst.markeringen.values())
    aside = sum(bool(mark.weg) for mark in lijst.markeringen.values())
    fresh = 0 if beeld.apart else lijst.new()
    return [
        {
            "label": label,
            "url": _address(zoekvraag, replace(beeld, toon=toon).query()),
            "huidig": beeld.toon == toon,
        }
        for toon, label, aantal in (
            ("", "Alle resultaten", 1),
            (NIEUW, f"Nieuw ({fresh})", fresh),
            (STER, f"Met ster ({starred})", starred),
            (WEG, f"Weggelegd ({aside})", aside),
        )
        if aantal or beeld.toon == toon
    ]


def _step(resultaat: Resultaat) -> str:
    """Names the step that a match came to; empty as long as nobody said so."""
    stap: Vervolg | None = getattr(resultaat, "vervolg", None)
    return "" if stap is None else str(stap.get_stap_display())


def _rows(
    zoekvraag: Zoekvraag, lijst: Lijst, shown: list[kolommen.Kolom], page: Any, nummer: int
) -> list[dict[str, Any]]:
    """Gives the rows of a page: plain texts, and the marks of who looks."""
    beeld = lijst.beeld
    doubles: dict[str, int] = {}
    prints = {resultaat.afdruk for resultaat in page if resultaat.afdruk}
    if beeld.samen and prints:
        doubles = dict(
            Resultaat.objects.filter(zoekvraag=zoekvraag, past=not beeld.apart, afdruk__in=prints)
            .order_by()
            .values_list("afdruk")
            .annotate(Count("pk"))
        )
    match_of = _addresses("bemiddelaar:resultaat", zoekvraag)
    mark_of = _addresses("bemiddelaar:markering", zoekvraag)
    in_list, on_page = beeld.query(), beeld.query(pagina=page.number if page.number > 1 else "")
    beside = f"{_address(zoekvraag)}{on_page}{'&' if on_page else '?'}open="
    rows = []
    for resultaat in page:
        resultaat.zoekvraag = zoekvraag
        resultaat.mist = shortcomings(zoekvraag.soort_van, resultaat.tekorten)
        mark = lijst.markeringen.get(resultaat.pk)
        rows.append(
            {
                "resultaat": resultaat,
                # As text: the template looks each up a few times, and writes a number as people read it.
                "nummer": str(resultaat.volgnummer),
                "vervolg": _step(resultaat),
                "cellen": [(kolom.kop, kolom.tekst(resultaat)) for kolom in shown],
                "regel": kolommen.phone_line(zoekvraag.soort_van, resultaat),
                "ster": mark is not None and mark.ster,
                "notitie": mark is not None and bool(mark.notitie),
                "weg": mark.get_weg_display() if mark and mark.weg else "",
                "keer": doubles.get(resultaat.afdruk, 1),
                "huidig": resultaat.volgnummer == nummer,
                "url": match_of(resultaat.volgnummer) + in_list,
                "naast": f"{beside}{resultaat.volgnummer}",
                "ster_url": mark_of(resultaat.volgnummer) + on_page,
            }
        )
    return rows


def _list_context(request: GemeenteRequest, zoekvraag: Zoekvraag) -> dict[str, Any]:
    """Gives what the list of results needs, in a number of queries that does not grow with it."""
    soort = zoekvraag.soort_van
    beeld = Beeld.of(zoekvraag, request.GET)
    lijst = Lijst.of(zoekvraag, beeld, request.user)
    groepen, aantal = facetten.count(lijst.received(), soort, beeld.keuzes, lijst.vandaag)
    page = _Counted(lijst.filtered().select_related("vervolg").defer("profiel"), aantal).get_page(
        request.GET.get("pagina")
    )
    shown = kolommen.chosen(request.user, soort)
    opened, focus = read_number(request.GET.get("open")), read_number(request.GET.get("rij"))
    # Links to other pages and orders repeat the parameters of this address; the focus is for once.
    kept = request.GET.copy()
    kept.pop("rij", None)
    cast(Any, request).GET = kept
    query = beeld.query(pagina=page.number if page.number > 1 else "")
    context: dict[str, Any] = {
        "beeld": beeld,
        "groepen": groepen,
        "chips": _chips(zoekvraag, beeld, groepen),
        "weergaven": _views(zoekvraag, beeld, lijst),
        "page_obj": page,
        "kolommen": shown,
        "alle_kolommen": [(kolom, kolom in shown) for kolom in kolommen.KOLOMMEN[soort]],
        "rijen": _rows(zoekvraag, lijst, shown, page, opened or 0),
        "q": beeld.woorden,
        "apart": beeld.apart,
        "query": query,
        "beeld_velden": list(beeld.params(pagina=page.number if page.number > 1 else "").lists()),
        "volgordes": _orders(beeld),
        "zonder_filter": _address(zoekvraag, beeld.unfiltered().query()),
        "samen_url": _address(zoekvraag, replace(beeld, samen=False).query()),
        "lijst_query": beeld.query(deel="lijst"),
        "kaart_url": reverse("bemiddelaar:kaart", args=[zoekvraag.pk]) + beeld.query(),
        "details_over": details.details_left(zoekvraag),
        "rij_focus": focus,
        "max_naast": MAX_NAAST,
    }
    if opened is not None:
        found = Resultaat.objects.filter(zoekvraag=zoekvraag, volgnummer=opened).first()
        if found is not None:
            found.zoekvraag = zoekvraag
            context |= _match_context(request, found, lijst)
            context["naast"] = True
            context["match_query"] = beeld.query(pagina=page.number if page.number > 1 else "", open=opened)
            context["sluit_url"] = _address(
                zoekvraag, beeld.query(pagina=page.number if page.number > 1 else "", rij=opened)
            )
    return context


def _match_context(request: GemeenteRequest, resultaat: Resultaat, lijst: Lijst) -> dict[str, Any]:
    """Gives what one match needs, with its place in the list that it was opened from."""
    zoekvraag, beeld = resultaat.zoekvraag, lijst.beeld
    place = lijst.place(resultaat, PER_PAGINA)
    page = str(place.pagina) if place and place.pagina > 1 else ""

    def neighbour(nummer: int | None, pagina: int) -> dict[str, str] | None:
        if nummer is None:
            return None
        beside = beeld.query(pagina=pagina if pagina > 1 else "", open=nummer)
        return {"url": _match_address(zoekvraag, beeld, nummer), "naast": _address(zoekvraag, beside)}

    return {
        "zoekvraag": zoekvraag,
        "resultaat": resultaat,
        "cv": cv.arrange(zoekvraag.soort_van, resultaat),
        "taal_koppen": cv.TAAL_KOPPEN,
        "mist": shortcomings(zoekvraag.soort_van, resultaat.tekorten),
        "markering": lijst.markeringen.get(resultaat.pk),
        "wegredenen": Wegreden.choices,
        "plaats": place,
        "vorige": neighbour(place.vorige, place.vorige_pagina) if place else None,
        "volgende": neighbour(place.volgende, place.volgende_pagina) if place else None,
        "terug_url": _address(
            zoekvraag, beeld.query(pagina=page), resultaat.volgnummer if place and not place.weg else None
        ),
        "match_url": _match_address(zoekvraag, beeld, resultaat.volgnummer),
        "match_query": beeld.query(),
        **match_context(request, resultaat),
        "max_notitie": markeren.MAX_NOTITIE,
    }


def _state_of(request: GemeenteRequest, zoekvraag: Zoekvraag) -> dict[str, Any]:
    """Tells the page of a search under way what it shows, in one word, and after how many seconds to look again.

    Its address carries the word back, and how old the search was when the page began to wait: a page that is opened
    anew waits since now.
    """
    age = int((timezone.now() - zoekvraag.aangemaakt_op).total_seconds())
    since = read_number(request.GET.get("sinds"))
    since = age if since is None else min(since, age)
    pauze = next((seconds for seconds, most in _PAUZES if age - since < most), _LANGSTE_PAUZE)
    poging = zoekvraag.pogingen if zoekvraag.moet_wachten else ""
    return {"toont": f"{zoekvraag.status}{poging}-{pauze}", "pauze": pauze, "sinds": since}


def _search_context(request: GemeenteRequest, zoekvraag: Zoekvraag) -> dict[str, Any]:
    context: dict[str, Any] = {
        "zoekvraag": zoekvraag,
        "max_details": settings.UM_MAX_DETAILS,
        "max_pogingen": settings.UM_ZOEK_POGINGEN,
        "is_eigenaar": zoekvraag.gebruiker_id == request.user.pk,
        "herhaal_weken": settings.UM_HERHAAL_WEKEN,
    }
    if zoekvraag.is_onderweg:
        context["stand"] = _state_of(request, zoekvraag)
    if zoekvraag.herhaling is not None and context["is_eigenaar"]:
        context["herhaling"] = zoekvraag.herhaling
    asked = onderdelen.parts([zoekvraag])[0]
    context |= {"onderdelen": asked, "voorstellen": onderdelen.proposals(zoekvraag, asked)}
    if not zoekvraag.is_onderweg:
        told(request, zoekvraag.pk)
    if zoekvraag.status == Zoekstatus.KLAAR:
        context |= _list_context(request, zoekvraag)
    return context


@requires(Recht.ZOEKEN)
@require_GET
def search(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows one search: its state while under way, then its results."""
    zoekvraag = own_search(request, pk)
    return render(request, "bemiddelaar/zoekvraag.html", _search_context(request, zoekvraag))


@requires(Recht.ZOEKEN)
@require_GET
def state(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows the part of the search's page that refreshes by itself while under way; 204 when it shows that already."""
    zoekvraag = own_search(request, pk)
    if zoekvraag.is_onderweg:
        # Many ask this at the same time, of searches that take long.
        stand = _state_of(request, zoekvraag)
        if request.GET.get("toont") == stand["toont"]:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        context = {"zoekvraag": zoekvraag, "stand": stand, "max_pogingen": settings.UM_ZOEK_POGINGEN}
        return render(request, "bemiddelaar/_stand.html", context)
    return render(request, "bemiddelaar/_stand.html", _search_context(request, zoekvraag))


def _show_match(
    request: GemeenteRequest, resultaat: Resultaat, status: int = 200, **more: Any
) -> HttpResponse:
    zoekvraag = resultaat.zoekvraag
    lijst = Lijst.of(zoekvraag, Beeld.of(zoekvraag, request.GET), request.user)
    context = {**_match_context(request, resultaat, lijst), **more}
    return render(request, "bemiddelaar/resultaat.html", context, status=status)


@requires(Recht.ZOEKEN)
@require_GET
def result(request: GemeenteRequest, pk: int, nummer: int) -> HttpResponse:
    """Shows one match: its search profile, and the button to request its detail."""
    return _show_match(request, own_result(request, pk, nummer))


@requires(Recht.ZOEKEN)
@require_POST
def mark(request: GemeenteRequest, pk: int, nummer: int) -> HttpResponse:
    """Changes the star, the reason for putting aside or the note of a match, and goes back to where that was asked."""
    resultaat = own_result(request, pk, nummer)
    zoekvraag = resultaat.zoekvraag
    try:
        markeren.mark(request.user, resultaat, markeren.changes_of(request.POST.dict()))
    except markeren.NotitieGeweigerd as fout:
        # What was typed stays in the field.
        more = {"notitie_fout": fout.melding, "notitie_getypt": request.POST.get("notitie", "")[:2000]}
        if request.POST.get("van") == "naast" and read_number(request.GET.get("open")) == nummer:
            context = {**_search_context(request, zoekvraag), **more}
            return render(request, "bemiddelaar/zoekvraag.html", context, status=422)
        return _show_match(request, resultaat, 422, **more)
    beeld = Beeld.of(zoekvraag, request.GET)
    pagina = request.GET.get("pagina", "")
    if request.POST.get("van") == "lijst":
        return redirect(_address(zoekvraag, beeld.query(pagina=read_number(pagina) or ""), nummer))
    if request.POST.get("van") == "naast":
        return redirect(_address(zoekvraag, beeld.query(pagina=read_number(pagina) or "", open=nummer)))
    return redirect(_match_address(zoekvraag, beeld, nummer))


@requires(Recht.ZOEKEN)
@require_POST
def columns(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Remembers which columns this person wants to see, for searches of this kind."""
    zoekvraag = own_search(request, pk)
    kolommen.choose(request.gemeente, request.user, zoekvraag.soort_van, request.POST.getlist("kolom"))
    return redirect(_address(zoekvraag, Beeld.of(zoekvraag, request.GET).query()))


@requires(Recht.ZOEKEN)
@require_GET
def compare(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows two to five matches side by side."""
    zoekvraag = own_search(request, pk)
    beeld = Beeld.of(zoekvraag, request.GET)
    asked = {number for text in request.GET.getlist("n")[:100] if (number := read_number(text)) is not None}
    found: list[Resultaat] = []
    if MIN_NAAST <= len(asked) <= MAX_NAAST:
        found = list(Resultaat.objects.filter(zoekvraag=zoekvraag, volgnummer__in=asked))
    if len(found) < MIN_NAAST:
        messages.warning(
            request, f"Kies {MIN_NAAST} tot en met {MAX_NAAST} resultaten om naast elkaar te zetten."
        )
        return redirect(_address(zoekvraag, beeld.query(pagina=read_number(request.GET.get("pagina")) or "")))
    for resultaat in found:
        resultaat.zoekvraag = zoekvraag
    context = {
        "zoekvraag": zoekvraag,
        "koppen": [
            {"resultaat": resultaat, "url": _match_address(zoekvraag, beeld, resultaat.volgnummer)}
            for resultaat in found
        ],
        "rijen": cv.side_by_side(zoekvraag.soort_van, found),
        "terug_url": _address(zoekvraag, beeld.query(pagina=read_number(request.GET.get("pagina")) or "")),
    }
    return render(request, "bemiddelaar/vergelijken.html", context)


@requires(Recht.ZOEKEN)
@require_GET
def on_map(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows where the results of the list are, and how distances and levels are spread, as drawings and tables."""
    zoekvraag = own_search(request, pk)
    beeld = Beeld.of(zoekvraag, request.GET)
    lijst = Lijst.of(zoekvraag, beeld, request.user)
    groepen, aantal = facetten.count(lijst.filtered().order_by(), zoekvraag.soort_van, {}, lijst.vandaag)
    areas = (
        lijst.filtered()
        .order_by()
        .annotate(gebied=Left("postcode", 4))
        .values("gebied")
        .annotate(aantal=Count("pk"))
        .values_list("gebied", "aantal")
    )
    asked = zoekvraag.vraag_object["selectiegebied"]
    bars = []
    for groep in groepen:
        if groep.naam in {"afstand", "niveau"}:
            most = max(telling.aantal for telling in groep.tellingen) or 1
            bars.append(
                (groep.kop, [(t.label, t.aantal, f"{200 * t.aantal / most:.0f}") for t in groep.tellingen])
            )
    context = {
        "zoekvraag": zoekvraag,
        "aantal": aantal,
        "kaart": kaart.draw(asked["postcode"], float(asked["afstand"]), areas),
        "staven": bars,
        "gefilterd": beeld.is_gefilterd,
        "terug_url": _address(zoekvraag, beeld.query()),
    }
    return render(request, "bemiddelaar/kaart.html", context)
