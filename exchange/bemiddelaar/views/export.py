"""Serves the results of a search as a file."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from exchange.bemiddelaar import export as exporting
from exchange.bemiddelaar.beeld import Beeld, Lijst
from exchange.bemiddelaar.models import Resultaat, Zoekstatus
from exchange.bemiddelaar.views.zoekvragen import own_search
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Recht.ZOEKEN)
@require_GET
def export(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Gives the results, without details, as xlsx or csv: all of them, or with `deel=lijst` what the list shows."""
    zoekvraag = own_search(request, pk)
    if zoekvraag.status != Zoekstatus.KLAAR:
        raise Http404
    if request.GET.get("deel") == "lijst":
        results = Lijst.of(zoekvraag, Beeld.of(zoekvraag, request.GET), request.user).filtered()
    else:
        results = Resultaat.objects.filter(zoekvraag=zoekvraag).order_by("volgnummer")
    as_csv = request.GET.get("als") == "csv"
    write, kind, ending = (
        (exporting.as_csv, "text/csv; charset=utf-8", "csv") if as_csv else (exporting.as_xlsx, _XLSX, "xlsx")
    )
    content = write(request.gemeente, request.user, zoekvraag, results)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="resultaten-zoekvraag-{zoekvraag.pk}.{ending}"'
    return response
