"""Serves the results of a search as a file."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from exchange.bemiddelaar import export as exporting
from exchange.bemiddelaar.models import Zoekstatus
from exchange.bemiddelaar.views.zoekvragen import own_search
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Recht.ZOEKEN)
@require_GET
def export(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Gives the results, without details, as xlsx or csv."""
    zoekvraag = own_search(request, pk)
    if zoekvraag.status != Zoekstatus.KLAAR:
        raise Http404
    if request.GET.get("als") == "csv":
        content, kind, ending = (
            exporting.as_csv(request.gemeente, request.user, zoekvraag),
            "text/csv; charset=utf-8",
            "csv",
        )
    else:
        content, kind, ending = (
            exporting.as_xlsx(request.gemeente, request.user, zoekvraag),
            _XLSX,
            "xlsx",
        )
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="resultaten-zoekvraag-{zoekvraag.pk}.{ending}"'
    return response
