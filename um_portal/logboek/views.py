"""The pages of the log: that of one's own municipality, and that of all for VNG support. Both as csv too."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.formulas import csv_text
from um_portal.logboek import lines
from um_portal.logboek.forms import LogboekFilter
from um_portal.tenants.scope import PORTAAL, als_support, voor_portaal
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

PER_PAGINA = 50
# A download is made in memory; for more, somebody chooses a shorter period.
MAX_DOWNLOAD = 50_000


def _own_filter(request: GemeenteRequest) -> tuple[LogboekFilter, dict[Any, str]]:
    names = lines.colleagues()
    choices = [(str(pseudoniem), name) for pseudoniem, name in names.items()]
    return LogboekFilter(request.GET, label="Collega", iedereen="Iedereen", wie=choices), names


@requires(Recht.LOGBOEK)
@require_safe
def own(request: GemeenteRequest) -> HttpResponse:
    """Shows the log of the municipality, a page at a time."""
    asked, names = _own_filter(request)
    page = Paginator(asked.narrow(lines.own_lines(), "actor"), PER_PAGINA).get_page(request.GET.get("pagina"))
    context = {
        "filter": asked,
        "page_obj": page,
        "rijen": list(lines.in_words(page, names)),
        "te_veel": page.paginator.count > MAX_DOWNLOAD,
        "max_download": MAX_DOWNLOAD,
    }
    return render(request, "logboek/eigen.html", context)


@requires(Recht.LOGBOEK)
@require_safe
def own_csv(request: GemeenteRequest) -> HttpResponse:
    """Sends the lines that were asked for as a csv; that is a line in the log too."""
    asked, names = _own_filter(request)
    found = asked.narrow(lines.own_lines(), "actor")
    naam = request.gemeente.naam
    response, number = _csv(found, lambda some: [(row, naam) for row in lines.in_words(some, names)])
    log_act(request.gemeente, Handeling.LOGBOEK_GEDOWNLOAD, gebruiker=request.user, aantal=number)
    return response


def _support_filter(request: GemeenteRequest) -> tuple[LogboekFilter, dict[int, str]]:
    gemeenten = lines.names_of_municipalities()
    choices = [(str(PORTAAL), lines.PORTAAL_NAAM), *((str(pk), naam) for pk, naam in gemeenten.items())]
    return LogboekFilter(request.GET, label="Gemeente", iedereen="Alle gemeenten", wie=choices), gemeenten


@requires(Recht.LOGBOEK_SUPPORT)
@require_safe
def everybody(request: GemeenteRequest) -> HttpResponse:
    """Shows VNG support the log of all municipalities, without what the lines are about."""
    with als_support():
        asked, gemeenten = _support_filter(request)
        found = asked.narrow(lines.all_lines(), "keten")
        page = Paginator(found, PER_PAGINA).get_page(request.GET.get("pagina"))
        rows = list(lines.in_words(page, lines.supporters(), gemeenten))
    context = {
        "filter": asked,
        "page_obj": page,
        "rijen": rows,
        "alle": True,
        "te_veel": page.paginator.count > MAX_DOWNLOAD,
        "max_download": MAX_DOWNLOAD,
    }
    return render(request, "logboek/alle.html", context)


@requires(Recht.LOGBOEK_SUPPORT)
@require_safe
def everybody_csv(request: GemeenteRequest) -> HttpResponse:
    """Sends VNG support the lines that were asked for as a csv; that is a line of the portal's own log."""
    with als_support():
        asked, gemeenten = _support_filter(request)
        found = asked.narrow(lines.all_lines(), "keten")
        names = lines.supporters()
        response, number = _csv(
            found, lambda some: [(row, row.keten) for row in lines.in_words(some, names, gemeenten)]
        )
    with voor_portaal():
        log_act(None, Handeling.LOGBOEK_GEDOWNLOAD, gebruiker=request.user, aantal=number)
    return response


def _csv(found: QuerySet[Any], write: Any) -> tuple[HttpResponse, int]:
    """Writes at most MAX_DOWNLOAD lines; gives the answer and how many there are in it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(lines.KOPPEN)
    number = 0
    for row, gemeente in write(_limited(found)):
        writer.writerow([csv_text(cell) for cell in lines.as_cells(row, gemeente)])
        number += 1
    # With this mark in front, spreadsheet programs read the letters right.
    response = HttpResponse(f"\ufeff{text.getvalue()}", content_type="text/csv; charset=utf-8")
    name = f"logboek-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response, number


def _limited(found: QuerySet[Any]) -> Iterable[Any]:
    return found[:MAX_DOWNLOAD]
