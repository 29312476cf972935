"""Serves the announcements: support's list and form, and putting one away. Thin: the verbs are in `plaatsen`."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from um_portal.mededelingen import plaatsen
from um_portal.mededelingen.forms import MededelingForm
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht

PER_PAGINA = 25


@requires(Recht.MEDEDELINGEN)
@require_GET
def overview(request: GemeenteRequest) -> HttpResponse:
    """Shows all announcements, for those who write them."""
    page = Paginator(plaatsen.all_of_them(), PER_PAGINA).get_page(request.GET.get("pagina"))
    return render(request, "mededelingen/lijst.html", {"page_obj": page, "vandaag": timezone.localdate()})


@requires(Recht.MEDEDELINGEN)
@require_http_methods(["GET", "POST"])
def new(request: GemeenteRequest) -> HttpResponse:
    """Places an announcement."""
    form = MededelingForm(request.POST or None, initial={"van": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        if plaatsen.place(request.user, form.cleaned_data):
            messages.success(request, "De mededeling is geplaatst.")
        else:
            messages.info(request, "Deze mededeling stond er al.")
        return redirect("mededelingen:lijst")
    return render(request, "mededelingen/nieuw.html", {"form": form}, status=422 if form.errors else 200)


@requires(Recht.MEDEDELINGEN)
@require_POST
def end(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Ends an announcement."""
    if plaatsen.end(request.user, pk):
        messages.success(request, "De mededeling is van de startpagina gehaald.")
    else:
        messages.error(request, "Deze mededeling was al voorbij.")
    return redirect("mededelingen:lijst")


@requires(Recht.PORTAAL)
@require_POST
def put_away(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows this person the announcement no more."""
    plaatsen.put_away(request.user, pk)
    return redirect("start")
