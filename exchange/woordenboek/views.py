"""The pages of the gegevenswoordenboek and of the API, and the OpenAPI documents.

The dictionary is for everybody who is logged in, whatever their role; the API's documents are for anybody, as
they say nothing that the public contracts do not.
"""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.standard import Soort
from exchange.vum3.openapi import FOUTEN, PARTIJ_HEADERS, SUWI_HEADER, VERSIE_HEADERS, openapi
from exchange.vum3.zoekvelden import ZOEKVELDEN
from exchange.waardelijsten.lijsten import LIJSTEN
from exchange.waardelijsten.models import Code, Versie, Versiestatus
from exchange.woordenboek import content
from um_portal.toegang.access import open_to_all, requires
from um_portal.toegang.rechten import Recht

PER_PAGINA = 50
_MAX_QUERY = 100

View = Callable[..., HttpResponse]


def _for_everybody(view: View) -> Callable[..., HttpResponseBase]:
    """Lets whoever is logged in see the view, of any role or none; only to be read."""
    return requires(Recht.PORTAAL)(require_safe(view))


def _asked(request: HttpRequest) -> str:
    return " ".join(request.GET.get("q", "").replace("\x00", "").split())[:_MAX_QUERY]


@_for_everybody
def index(request: HttpRequest) -> HttpResponse:
    """What there is; with ?q= everything that has these words."""
    q = _asked(request)
    lists = content.waardelijsten()
    loaded = Code.objects.geldig().filter(lijst__in=LIJSTEN)
    if q:
        loaded = loaded.zoek(q)
    # The order of the model would be part of the grouping.
    counts = dict(loaded.order_by().values_list("lijst").annotate(Count("pk")))
    context: dict[str, Any] = {"q": q}
    if q:
        wanted = content.words(q)
        context["gevonden"] = [(soort, groepen) for soort in Soort if (groepen := content.find(soort, q))]
        context["lijsten"] = [
            (lijst, found)
            for lijst in lists.values()
            if (
                found := counts.get(lijst.naam, 0)
                if lijst.extern
                else sum(
                    content.has_all(content.fold(f"{code} {label}"), wanted) for code, label in lijst.waarden
                )
            )
        ]
    else:
        context["soorten"] = [
            (soort, len(groepen), sum(len(groep.gegevens) for groep in groepen))
            for soort in Soort
            for groepen in [content.groepen(soort)]
        ]
        context["eigen"] = [(lijst, len(lijst.waarden)) for lijst in lists.values() if not lijst.extern]
        context["andere"] = [(lijst, counts.get(lijst.naam, 0)) for lijst in lists.values() if lijst.extern]
    return render(request, "woordenboek/index.html", context)


@_for_everybody
def kind(request: HttpRequest, soort: str) -> HttpResponse:
    """All groups and attributes of a kind; with ?q= only those that have these words."""
    try:
        asked = Soort(soort)
    except ValueError:
        raise Http404 from None
    q = _asked(request)
    groepen = content.find(asked, q)
    context = {
        "soort": asked,
        # A soft hyphen: the longest of these words does not fit a phone.
        "kop": asked.label.replace("contactmomenten", "\u00adcontact\u00admomenten"),
        "soorten": list(Soort),
        "q": q,
        "groepen": groepen,
        "aantal": sum(len(groep.gegevens) for groep in groepen),
    }
    return render(request, "woordenboek/soort.html", context)


@_for_everybody
def value_list(request: HttpRequest, naam: str) -> HttpResponse:
    """One value list, in pages; with ?q= only the values with these words, with ?vervallen=1 also lapsed ones."""
    lijst = content.waardelijsten().get(naam)
    if lijst is None:
        raise Http404
    q = _asked(request)
    context: dict[str, Any] = {"lijst": lijst, "q": q, "gebruikt_door": content.used_by(naam)}
    rows: Any
    if lijst.extern is None:
        wanted = content.words(q)
        rows = [
            {"code": code, "label": label, "is_geldig": True}
            for code, label in lijst.waarden
            if content.has_all(content.fold(f"{code} {label}"), wanted)
        ]
    else:
        context["ook_vervallen"] = request.GET.get("vervallen") == "1"
        context["versie"] = Versie.objects.filter(lijst=naam, status=Versiestatus.GELDIG).first()
        rows = Code.objects.filter(lijst=naam).zoek(q).order_by("label", "code")
        if not context["ook_vervallen"]:
            rows = rows.geldig()
    context["page_obj"] = Paginator(rows, PER_PAGINA).get_page(request.GET.get("pagina"))
    return render(request, "woordenboek/lijst.html", context)


@open_to_all
@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """The API of the portal as a source, for who builds or tests against it."""
    documents = []
    for soort in Soort:
        document = openapi(soort)
        calls = [
            (method.upper(), document["servers"][0]["url"] + path, operation["summary"])
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ]
        fields = [
            (zoekveld.sleutel, conditie.sleutel, conditie.operatoren, content.gegeven(soort, conditie.pad))
            for zoekveld in ZOEKVELDEN[soort]
            for conditie in zoekveld.condities
        ]
        documents.append((soort, calls, fields))
    headers = {
        **dict.fromkeys(VERSIE_HEADERS, "De versie van het bericht."),
        **PARTIJ_HEADERS,
        SUWI_HEADER: "Of de vrager een SUWI-partij is: true of false.",
    }
    context = {"documenten": documents, "headers": headers.items(), "fouten": FOUTEN.items()}
    return render(request, "woordenboek/api.html", context)


@open_to_all
@require_safe
def document(request: HttpRequest, api_naam: str) -> HttpResponse:
    """An OpenAPI document, as JSON."""
    soort = next((soort for soort in Soort if soort.api_naam == api_naam), None)
    if soort is None:
        raise Http404
    response = JsonResponse(openapi(soort), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Cache-Control"] = "public, max-age=3600"
    return response
