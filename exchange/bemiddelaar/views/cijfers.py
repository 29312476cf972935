"""Serves the figures of searching: of the own municipality, and of all of them for VNG support."""

import csv
import io
from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from exchange.bemiddelaar import tellingen
from exchange.bemiddelaar.tellingen import KOLOMMEN, Maandcijfers
from um_portal.formulas import csv_text
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import als_support
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht


def _csv(rows: Iterable[Maandcijfers], wie: str, naam: str) -> HttpResponse:
    """Gives the figures as a csv that a Dutch Excel opens as it is."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["Maand", wie, *KOLOMMEN.values()])
    for row in rows:
        writer.writerow([f"{row.maand:%Y-%m}", csv_text(row.naam), *row.texts()])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{naam}.csv"'
    return response


def _page(request: GemeenteRequest, rows: list[Maandcijfers], **more: str) -> HttpResponse:
    context = {
        "rijen": rows,
        "kolommen": list(KOLOMMEN.values()),
        "maanden": tellingen.MAANDEN,
        "kleinste": tellingen.KLEINSTE,
        **more,
    }
    return render(request, "bemiddelaar/cijfers.html", context)


@requires(Recht.CIJFERS)
@require_GET
def own(request: GemeenteRequest) -> HttpResponse:
    """Shows the functioneel beheerder the figures of the own municipality, per month and kind."""
    rows = tellingen.own_figures()
    if request.GET.get("als") == "csv":
        return _csv(rows, "Soort", "cijfers")
    return _page(request, rows, titel="Cijfers", wie="Soort")


@requires(Recht.CIJFERS_SUPPORT)
@require_GET
def everywhere(request: GemeenteRequest) -> HttpResponse:
    """Shows VNG support the figures of all municipalities, without the small numbers."""
    with als_support():
        rows = tellingen.figures_everywhere(Gemeente.objects.all())
    if request.GET.get("als") == "csv":
        return _csv(rows, "Gemeente", "cijfers-alle-gemeenten")
    return _page(request, rows, titel="Cijfers van alle gemeenten", wie="Gemeente", alle="ja")
