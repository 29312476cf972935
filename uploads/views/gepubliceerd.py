"""Serves the pages of what is published now: looking, downloading and withdrawing. Thin, as `leveringen`."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchange.bemiddelaar.hierbij import TEGENHANGER
from exchange.bemiddelaar.views.zoeken import show_for_record
from exchange.bron.models import RECORD_VAN, Besluit, GepubliceerdRecord, Profiel, Stand
from exchange.bron.sets import BezigMetPubliceren
from exchange.bron.withdrawal import returned as returned_records
from exchange.bron.writing import own_number
from exchange.standard import Soort
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.presentation.templatetags.um import getal
from um_portal.tenants.models import Gemeente
from um_portal.toegang.access import GemeenteRequest, may, requires
from um_portal.toegang.rechten import Recht, takes_part
from uploads.gepubliceerd import download as downloads
from uploads.gepubliceerd import find, table, withdrawal
from uploads.gepubliceerd.forms import FILTERS, AllesForm, NummerForm, NummersForm
from uploads.gepubliceerd.soorten import own_kinds
from uploads.leveringen import erasure
from uploads.models import Levering
from uploads.views.waarden import clean_ids

PER_PAGINA = 25
INGETROKKEN_PER_KEER = 100
_BESLOTEN = {
    Besluit.BLIJFT: "Vastgelegd: wat u koos, blijft ingetrokken.",
    Besluit.WEER: "Vastgelegd: wat u koos, gaat mee zodra u een bestand publiceert waar het in staat.",
}
_AL_BESLOTEN = (
    "Over een deel van wat u koos, was al besloten, door u of door een collega. Moet iemand er toch uit die weer "
    "mee mag, trek die persoon dan opnieuw in."
)
_BEZIG = (
    "Er wordt op dit moment gepubliceerd, en dat duurt even. Er is niets ingetrokken. Probeer het over een minuut "
    "opnieuw."
)
_VORMEN = {
    "csv": ("text/csv; charset=utf-8", downloads.as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", downloads.as_xlsx),
}

_toegang = requires(Recht.GEPUBLICEERD)


class _Pagina(Paginator):
    """Splits keys into pages; takes the number of keys when that is already known."""

    def __init__(self, keys: Any, aantal: int | None = None) -> None:
        super().__init__(keys, PER_PAGINA)
        if aantal is not None:
            self.__dict__["count"] = aantal


def _soort(request: GemeenteRequest) -> Soort:
    gevraagd = request.POST.get("soort") or request.GET.get("soort") or Soort.WERKZOEKENDEN.value
    soort = next((kind for kind in Soort if kind.value == gevraagd), None)
    if soort is None:
        raise Http404
    return soort


def _adres(soort: Soort) -> str:
    return f"{reverse('uploads:gepubliceerd')}?soort={soort.value}"


# --- Looking ---------------------------------------------------------------------------------------------


@_toegang
@require_GET
def index(request: GemeenteRequest) -> HttpResponse:
    """Shows the municipality's current set of one kind, or the part of it that was asked for."""
    soort = _soort(request)
    filter_form = FILTERS[soort](request.GET)
    asked = filter_form.asked
    context = _frame(request, soort)
    found = find.ordered(find.find(soort, asked), soort, request.GET.get("sorteer", ""))
    # Only the keys are read first: the rows are wide, and only one page of them is needed.
    page = _Pagina(found.values_list("pk", flat=True), None if asked else context["aantal"]).get_page(
        request.GET.get("pagina")
    )
    rows = {row.pk: row for row in _light(soort).filter(pk__in=list(page.object_list))}
    context |= _table(request, soort, (rows[pk] for pk in page.object_list if pk in rows)) | {
        "page_obj": page,
        "filter": filter_form,
        "gefilterd": asked,
        "nummer": NummerForm(),
    }
    return render(request, "uploads/gepubliceerd/lijst.html", context)


def _shown_kinds(gemeente: Gemeente, aantallen: Mapping[str, int], soort: Soort) -> list[Soort]:
    """Gives the kinds to choose from; also the one that is shown, which an address may ask for."""
    own = own_kinds(gemeente, aantallen)
    return [kind for kind in Soort if kind in own or kind is soort]


def _frame(request: GemeenteRequest, soort: Soort) -> dict[str, Any]:
    """Gives what every page of a set needs."""
    standen = {stand.soort: stand for stand in Stand.objects.all()}
    stand = standen.get(soort.value)
    aantallen = {kind: one.aantal for kind, one in standen.items()}
    return {
        "soort": soort,
        "soorten": [
            (kind, aantallen.get(kind.value, 0)) for kind in _shown_kinds(request.gemeente, aantallen, soort)
        ],
        "stand": stand,
        "aantal": stand.aantal if stand else 0,
        "te_besluiten": returned_records(soort).filter(besluit="").count(),
        "zoekt_hierbij": _searches_with(request, soort),
    }


def _table(request: GemeenteRequest, soort: Soort, records: Iterable[GepubliceerdRecord]) -> dict[str, Any]:
    """Gives the rows of a page, with own numbers for who may see them, and the columns above them."""
    allowed = may(request, Recht.EIGEN_NUMMERS)

    def own(record: GepubliceerdRecord) -> str:
        return own_number(request.gemeente, soort, record) if allowed else ""

    rijen = table.rows(soort, records, own)
    return {"rijen": rijen, "kolommen": table.columns_above(soort, rijen)}


def _searches_with(request: GemeenteRequest, soort: Soort) -> bool:
    """Tells whether this person may search what goes with a record of this kind."""
    other = TEGENHANGER.get(soort)
    return (
        other is not None
        and may(request, Recht.ZOEKEN)
        and takes_part(request.gemeente, Recht.ZOEKEN, other.value)
    )


def _light(soort: Soort) -> Any:
    return RECORD_VAN[soort]._default_manager.defer("detail", "vingerafdruk")


@_toegang
@require_http_methods(["GET", "POST"])
def by_number(request: GemeenteRequest) -> HttpResponse:
    """Shows the record with a number.

    The number belongs to somebody, so it is sent in the body and not in the address.
    """
    soort = _soort(request)
    if request.method == "GET":
        # Somebody came back to this address; there is no number in it.
        return redirect(_adres(soort))
    form = NummerForm(request.POST)
    records: Iterable[GepubliceerdRecord] = ()
    if form.is_valid():
        ids = find.ids_of(request.gemeente, soort, find.numbers(form.cleaned_data["nummer"])[:1])
        records = list(find.with_ids(soort, ids.values()).defer("detail", "vingerafdruk"))
    context = (
        _frame(request, soort)
        | _table(request, soort, records)
        | {
            "filter": FILTERS[soort](),
            # The typed text is not sent back: it may be a BSN.
            "nummer": form if form.errors else NummerForm(),
            "op_nummer": not form.errors,
        }
    )
    return render(request, "uploads/gepubliceerd/lijst.html", context, status=422 if form.errors else 200)


@_toegang
@require_POST
def search_with(request: GemeenteRequest) -> HttpResponse:
    """Shows the search form, filled in with what goes with the one record that was chosen in the table."""
    soort = _soort(request)
    if not _searches_with(request, soort):
        messages.error(request, "Hierbij zoeken kan nu niet: u of uw gemeente zoekt hier niet naar.")
        return redirect(_adres(soort))
    chosen = clean_ids(request.POST.getlist("record"))
    found = [row for row in _light(soort).filter(pk__in=chosen[:2]) if isinstance(row, Profiel)]
    if len(found) != 1:
        messages.error(request, "Kies in de tabel één rij om bij te zoeken.")
        return redirect(_adres(soort))
    return show_for_record(request, soort, json.loads(found[0].zoekprofiel))


# --- Downloading -----------------------------------------------------------------------------------------


@_toegang
@require_GET
def download(request: GemeenteRequest) -> StreamingHttpResponse:
    """Sends the set, or the part that was asked for, as a file."""
    soort = _soort(request)
    vorm = _VORMEN.get(request.GET.get("vorm", ""))
    if vorm is None:
        raise Http404
    content_type, write = vorm
    found = find.find(soort, FILTERS[soort](request.GET).asked)
    opname = downloads.Momentopname(soort, find.ordered(found, soort, request.GET.get("sorteer", "")))
    log_act(
        request.gemeente,
        Handeling.RECORDS_GEDOWNLOAD,
        gebruiker=request.user,
        onderwerp=soort.label,
        aantal=opname.aantal,
    )
    response = StreamingHttpResponse(write(opname), content_type=content_type)
    name = f"{soort.value}-{timezone.localdate():%Y-%m-%d}.{request.GET['vorm']}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


# --- Withdrawing -----------------------------------------------------------------------------------------


@requires(Recht.INTREKKEN)
@require_http_methods(["GET", "POST"])
def withdraw(request: GemeenteRequest) -> HttpResponse:
    """Asks for confirmation, then withdraws the records chosen in the table, or in a list of numbers."""
    soort = _soort(request)
    if request.method == "POST" and "ids" in request.POST:
        return _withdraw(request, soort, find.numbers(request.POST["ids"]))
    if request.method == "POST" and "nummers" not in request.POST:
        chosen = clean_ids(request.POST.getlist("record"))[:PER_PAGINA]
        ids = list(RECORD_VAN[soort]._default_manager.filter(pk__in=chosen).values_list("id_bron", flat=True))
        if not ids:
            messages.error(request, "Kies eerst in de tabel wat u wilt intrekken.")
            return redirect(_adres(soort))
        return _ask(request, soort, ids, _adres(soort))
    form = NummersForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = form.cleaned_data["nummers"]
        known = find.ids_of(request.gemeente, soort, asked)
        missing = [place for place, number in enumerate(asked, start=1) if number not in known]
        if known:
            back = f"{reverse('uploads:intrekken')}?soort={soort.value}"
            return _ask(request, soort, sorted(set(known.values())), back, missing)
        form.add_error(
            "nummers",
            f"Geen van deze nummers staat tussen de {soort.label} van uw gemeente. Controleer de nummers en de soort.",
        )
    return render(
        request,
        "uploads/gepubliceerd/intrekken.html",
        {
            "soort": soort,
            "soorten": _shown_kinds(request.gemeente, {}, soort),
            "form": form,
            "terug_url": _adres(soort),
        },
        status=422 if form.errors else 200,
    )


def _ask(
    request: GemeenteRequest, soort: Soort, ids: list[str], back: str, missing: list[int] | None = None
) -> HttpResponse:
    number = find.with_ids(soort, ids).count()
    return render(
        request,
        "uploads/gepubliceerd/intrekken_bevestigen.html",
        {
            "titel": "Intrekken",
            "soort": soort,
            "aantal": len(ids),
            "gepubliceerd": number,
            "elders": len(ids) - number,
            "ontbreken": missing or [],
            "velden": {"soort": soort.value, "ids": ";".join(ids)},
            "actie": reverse("uploads:intrekken"),
            "bevestig_tekst": "Intrekken",
            "terug_url": back,
            "gevaar": True,
        },
    )


def _withdraw(request: GemeenteRequest, soort: Soort, ids: list[str]) -> HttpResponse:
    try:
        number = withdrawal.withdraw_records(request.gemeente, soort, ids[: find.MAX_NUMMERS], request.user)
    except BezigMetPubliceren:
        messages.error(request, _BEZIG)
    else:
        messages.success(request, f"{_ingetrokken(number)} Uw gemeente antwoordt er niet meer mee.")
    return redirect(_adres(soort))


def _ingetrokken(number: int) -> str:
    if number == 1:
        return "Er is 1 record ingetrokken."
    return f"Er zijn {getal(number) if number else 'geen gepubliceerde'} records ingetrokken."


@requires(Recht.INTREKKEN)
@require_http_methods(["GET", "POST"])
def withdraw_all(request: GemeenteRequest) -> HttpResponse:
    """Withdraws everything of a kind, after somebody confirmed it."""
    soort = _soort(request)
    form = AllesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            number = withdrawal.withdraw_everything(request.gemeente, soort, request.user)
        except BezigMetPubliceren:
            messages.error(request, _BEZIG)
        else:
            messages.success(
                request, f"{_ingetrokken(number)} Uw gemeente antwoordt niet meer met {soort.label}."
            )
        return redirect(_adres(soort))
    stand = Stand.objects.filter(soort=soort.value).first()
    return render(
        request,
        "uploads/gepubliceerd/alles_intrekken.html",
        {
            "titel": f"Alle {soort.label} intrekken",
            "soort": soort,
            "aantal": stand.aantal if stand else 0,
            "wachtend": erasure.waiting().filter(soort=soort.value).count(),
            "form": form,
            "velden": {"soort": soort.value},
            "bevestig_tekst": "Alles intrekken",
            "terug_url": _adres(soort),
            "gevaar": True,
        },
        status=422 if form.errors else 200,
    )


@requires(Recht.INTREKKEN)
@require_http_methods(["GET", "POST"])
def returned(request: GemeenteRequest) -> HttpResponse:
    """Shows the withdrawn records that stand in a later file, and takes the decision about those chosen."""
    soort = _soort(request)
    if request.method == "POST":
        chosen = clean_ids(request.POST.getlist("intrekking"))[:INGETROKKEN_PER_KEER]
        besluit = next((one for one in Besluit if one.value == request.POST.get("besluit")), None)
        if not chosen or besluit is None:
            messages.error(request, "Kies eerst in de tabel waarover u besluit, en dan wat er moet gebeuren.")
        else:
            number = withdrawal.decide(request.gemeente, soort, chosen, besluit, request.user)
            if number:
                messages.success(request, _BESLOTEN[besluit])
            if number < len(chosen):
                messages.warning(request, _AL_BESLOTEN)
        return redirect(f"{reverse('uploads:ingetrokken')}?soort={soort.value}")
    found = returned_records(soort).order_by("besluit", "-ingetrokken_op", "pk")
    rows = list(found[:INGETROKKEN_PER_KEER])
    names = dict(
        Levering.objects.filter(pk__in={row.gezien_in for row in rows}).values_list("pk", "bestandsnaam")
    )
    return render(
        request,
        "uploads/gepubliceerd/ingetrokken.html",
        {
            "soort": soort,
            "rijen": [(row, names.get(row.gezien_in)) for row in rows],
            "meer": max(found.count() - len(rows), 0),
            "terug_url": _adres(soort),
        },
    )
