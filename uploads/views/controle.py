"""Serves what somebody checks before publishing: findings, how well it is filled, the annotated workbook.

And templates. `findings` and `fill_rates` are parts of the page of a levering; the rest are pages and
downloads of their own.
"""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from exchange.standard import Soort
from um_portal.tenants.models import Contactbeleid, Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht
from uploads.controle import opmerkingen, vulling
from uploads.controle.plan import GEVOLGEN
from uploads.models import Bevinding, Levering, Opmerkingenbestand
from uploads.sjablonen import columns, workbook
from uploads.tasks import enqueue_annotation

BEVINDINGEN_PER_PAGINA: Final = 50
ERNSTEN: Final = tuple(GEVOLGEN.items())
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_GEWIST = (
    "Er is geen bestand met opmerkingen meer, want het aangeleverde bestand is gewist. De meldingen staan nog op deze "
    "pagina."
)

_toegang = requires(Recht.AANLEVEREN)


# --- Parts of the page of a levering -------------------------------------------------------------------------


def findings(request: GemeenteRequest, levering: Levering) -> dict[str, Any]:
    """Gives the reasons with their counts, and a page of the findings.

    These are all findings, or those of a severity, reason or column.
    """
    redenen = levering.redenen
    ernst = next((e.value for e, _ in ERNSTEN if e.value == request.GET.get("ernst")), "")
    code = next((r["code"] for r in redenen if r["code"] == request.GET.get("code")), "")
    kolom = next((r["kolom"] for r in redenen if r["kolom"] and r["kolom"] == request.GET.get("kolom")), "")
    chosen = {name: value for name, value in (("ernst", ernst), ("code", code), ("kolom", kolom)) if value}
    found = Bevinding.objects.filter(levering=levering, **chosen).order_by("rij", "pk")
    page = Paginator(found, BEVINDINGEN_PER_PAGINA).get_page(request.GET.get("pagina"))
    matching = [reden for reden in redenen if all(reden[name] == value for name, value in chosen.items())]
    return {
        "page_obj": page,
        **{"ernst": ernst, "code": code, "kolom": kolom},
        "ernsten": ERNSTEN,
        "groepen": _grouped(redenen),
        "codes": {reden["code"]: _short(opmerkingen.general(reden)) for reden in redenen}.items(),
        "kolommen": sorted({reden["kolom"] for reden in redenen if reden["kolom"]}, key=str.casefold),
        # A warning on very many rows is kept for the first of them only.
        "weggelaten": sum(reden["aantal"] for reden in matching) - page.paginator.count,
        "is_json": not levering.kolommen_gebruikt,
        "heeft_opmerkingen": opmerkingen.is_possible(levering),
        "opmerkingen_direct": opmerkingen.is_direct(levering),
    }


def _grouped(redenen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Groups the reasons by their result, refusals first, and by their sentence: each sentence occurs once."""
    groups = []
    for ernst, _ in ERNSTEN:
        of_result = [reden for reden in redenen if reden["ernst"] == ernst.value]
        sentences: dict[str, list[dict[str, Any]]] = {}
        for reden in of_result:
            sentences.setdefault(opmerkingen.general(reden), []).append(reden)
        if of_result:
            total = sum(reden["aantal"] for reden in of_result)
            groups.append({"ernst": ernst.value, "aantal": total, "redenen": list(sentences.items())})
    return groups


def _short(melding: str) -> str:
    """Gives the first sentence, which says what is wrong."""
    first = melding.split(". ")[0].rstrip(".")
    return first if len(first) <= 90 else f"{first[:88].rsplit(' ', 1)[0]} …"


def fill_rates(levering: Levering, gemeente: Gemeente) -> vulling.Beeld | None:
    """Gives how well the levering's records are filled; None when it has none."""
    if not levering.omgezet or not levering.vulling or not levering.soort:
        return None
    return vulling.picture(
        Soort(levering.soort),
        levering.vulling,
        levering.omgezet,
        alleen_jobcoach=gemeente.contactbeleid == Contactbeleid.JOBCOACH,
    )


# --- The annotated workbook -----------------------------------------------------------------------------------


@requires(Recht.AANLEVEREN, transactie=False)
@require_GET
def annotated_file(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Sends the clerk's own workbook with the remarks in it."""
    with voor_gemeente(request.gemeente):
        levering = get_object_or_404(Levering, pk=pk)
    if not opmerkingen.is_possible(levering):
        messages.error(request, _GEWIST)
        return redirect("uploads:levering", pk=pk)
    # A worker makes a large workbook; the page shows its progress.
    direct = opmerkingen.is_direct(levering)
    get = opmerkingen.make_now if direct else opmerkingen.stored
    made = get(request.gemeente, levering, request.user)
    if made is None:
        if direct:
            messages.error(request, opmerkingen.NIET_TE_MAKEN)
        return redirect("uploads:levering" if direct else "uploads:opmerkingen", pk=pk)
    return _download(made, opmerkingen.file_name(levering))


@_toegang
@require_http_methods(["GET", "POST"])
def annotated(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Asks a worker for the workbook of a large levering, and shows the progress."""
    levering = get_object_or_404(Levering, pk=pk)
    if not opmerkingen.is_possible(levering):
        messages.error(request, _GEWIST)
        return redirect("uploads:levering", pk=pk)
    if request.method == "POST":
        if opmerkingen.request(request.gemeente, levering):
            enqueue_annotation(pk, request.gemeente.pk)
        return redirect("uploads:opmerkingen", pk=pk)
    return render(request, "uploads/controle/opmerkingen.html", _state(levering))


@_toegang
@require_GET
def annotated_progress(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows the part of that page that refreshes by itself."""
    levering = get_object_or_404(Levering, pk=pk)
    state = _state(levering)
    response = render(request, "uploads/controle/_voortgang.html", state)
    if state["werk"] is None or not state["werk"].is_bezig:
        response["HX-Refresh"] = "true"
    return response


def _state(levering: Levering) -> dict[str, Any]:
    werk = Opmerkingenbestand.objects.filter(levering=levering).defer("inhoud").first()
    return {"levering": levering, "werk": werk, "naam": opmerkingen.file_name(levering)}


# --- Templates ------------------------------------------------------------------------------------------------


@_toegang
@require_GET
def template(request: GemeenteRequest, soort: str) -> HttpResponse:
    """Sends an Excel template to fill in."""
    asked = next((kind for kind in columns.SOORTEN if kind.value == soort), None)
    if asked is None:
        raise Http404
    made = workbook.make(asked, columns.lists())
    return _download(made, f"sjabloon-{asked.value}.xlsx")


def _download(inhoud: bytes, naam: str) -> HttpResponse:
    response = HttpResponse(inhoud, content_type=_XLSX)
    header = content_disposition_header(as_attachment=True, filename=naam)
    assert header is not None
    response["Content-Disposition"] = header
    return response
