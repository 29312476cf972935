"""Serves the pages to publish a levering and to undo that, and the history of publications.

Thin, as `leveringen`.
"""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from exchange.bron import journaal
from exchange.bron.sets import Verschil
from exchange.standard import Soort
from um_portal.presentation.templatetags.um import getal
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht
from uploads.gepubliceerd import publication
from uploads.gepubliceerd.forms import RedenForm, WijzeForm, gone, standing
from uploads.gepubliceerd.publication import IsOuder, IsVreemd, NietPubliceerbaar, Rem, RemtEerst, Verlies
from uploads.models import Levering, Leveringstatus, RedenVerlies, Wijze
from uploads.tasks import enqueue
from uploads.waarden.words import mapped_since

PUBLICATIES_PER_PAGINA = 25
# The highest number in a column of the database: of records, and of leveringen.
_MOST = 2**31 - 1
_INTUSSEN = (
    "Er is iets veranderd sinds u deze pagina opende. Er is nog niets gepubliceerd. Bekijk de pagina opnieuw."
)

_toegang = requires(Recht.PUBLICEREN)


def _levering(request: GemeenteRequest, pk: int) -> Levering:
    levering: Levering = get_object_or_404(Levering.objects.unencrypted(), pk=pk)
    levering.gemeente = request.gemeente
    return levering


# --- Publishing ------------------------------------------------------------------------------------------


@_toegang
@require_http_methods(["GET", "POST"])
def publish(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Asks for confirmation with the numbers, then lets the levering be published.

    When much would disappear, it also asks why.
    """
    levering = _levering(request, pk)
    if not levering.is_publiceerbaar:
        messages.error(request, publication.why_not(levering))
        return redirect("uploads:levering", pk=pk)
    verschil = publication.difference(levering, Wijze.VOLLEDIG)
    found = publication.rem(levering, verschil)
    form = WijzeForm(
        verschil,
        request.POST if request.method == "POST" else None,
        initial={"wijze": levering.wijze},
        # What would make much disappear is never chosen for somebody.
        must_choose=found is not None and levering.wijze == Wijze.VOLLEDIG,
    )
    verouderd = mapped_since(levering)
    nieuwere = publication.newer(levering)
    vreemd = publication.is_strange(levering, verschil)
    accepted = "weg" in request.POST or (
        (not verouderd or "verouderd" in request.POST)
        and (nieuwere is None or _number(request.POST.get("ouder", "")) >= nieuwere.pk)
        and (not vreemd or "eigen" in request.POST)
    )
    if request.method == "POST" and form.is_valid() and accepted:
        wijze = form.cleaned_data["wijze"] or levering.wijze
        if "weg" not in request.POST:
            return _request(request, levering, wijze)
        reden = RedenForm(request.POST)
        if not reden.is_valid():
            return _ask_reason(request, levering, wijze, found, reden)
        verlies = Verlies(RedenVerlies(reden.cleaned_data["reden"]), _number(request.POST["weg"]))
        return _request(request, levering, wijze, verlies)
    return render(
        request,
        "uploads/gepubliceerd/publiceer.html",
        {
            "titel": f"{levering.soort_label.capitalize()} publiceren",
            "levering": levering,
            "verschil": verschil,
            "verouderd": verouderd,
            "rem": found,
            "nieuwere": nieuwere,
            "vreemd": vreemd,
            "onbeantwoord": request.method == "POST" and not accepted,
            "dagen": settings.UM_TERUGDRAAI_DAGEN,
            "form": form,
            "bevestig_tekst": "Publiceren",
            "terug_url": reverse("uploads:levering", args=[pk]),
        },
        status=422 if form.errors or (request.method == "POST" and not accepted) else 200,
    )


def _number(text: str) -> int:
    return min(int(text), _MOST) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _request(
    request: GemeenteRequest, levering: Levering, wijze: str, verlies: Verlies | None = None
) -> HttpResponse:
    try:
        publication.request_publication(
            request.gemeente,
            levering.pk,
            request.user,
            wijze=wijze,
            verlies=verlies,
            nieuwere=_number(request.POST.get("ouder", "")),
            eigen="eigen" in request.POST,
        )
    except RemtEerst as problem:
        return _ask_reason(request, levering, wijze, problem.rem, RedenForm(), again=verlies is not None)
    except (IsOuder, IsVreemd):
        # Something changed since the page was shown; it asks again, with what is there now.
        messages.error(request, _INTUSSEN)
        return redirect("uploads:publiceer", pk=levering.pk)
    except NietPubliceerbaar as problem:
        messages.error(request, problem.melding)
    else:
        enqueue(levering.pk, request.gemeente.pk, Leveringstatus.PUBLICEREN)
    return redirect("uploads:levering", pk=levering.pk)


def _ask_reason(
    request: GemeenteRequest,
    levering: Levering,
    wijze: str,
    found: Rem | None,
    form: RedenForm,
    *,
    again: bool = False,
) -> HttpResponse:
    if found is None:
        # By now so little would disappear that no reason is needed.
        return redirect("uploads:publiceer", pk=levering.pk)
    return render(
        request,
        "uploads/gepubliceerd/rem.html",
        {
            "titel": "Er verdwijnt veel",
            "levering": levering,
            "rem": found,
            "opnieuw": again,
            "form": form,
            "velden": {
                "wijze": wijze,
                "weg": found.weg,
                **{name: request.POST[name] for name in ("ouder", "eigen") if name in request.POST},
            },
            "bevestig_tekst": "Toch publiceren",
            "terug_url": reverse("uploads:publiceer", args=[levering.pk]),
            "gevaar": True,
        },
        status=422 if form.errors else 200,
    )


# --- Undoing ---------------------------------------------------------------------------------------------


@_toegang
@require_http_methods(["GET", "POST"])
def undo(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Asks for confirmation with the numbers, then lets a publication be undone."""
    levering = _levering(request, pk)
    terug = reverse("uploads:levering", args=[pk])
    if request.method == "POST":
        try:
            publication.request_undo(request.gemeente, pk, request.user)
        except NietPubliceerbaar as problem:
            messages.error(request, problem.melding)
        else:
            enqueue(pk, request.gemeente.pk, Leveringstatus.TERUGDRAAIEN)
        return redirect(terug)
    if publication.undoable(levering) is None:
        messages.error(request, publication.NIET_TERUG)
        return redirect(terug)
    verschil = journaal.difference_of_undo(request.gemeente, Soort(levering.soort), pk)
    return render(
        request,
        "componenten/bevestigen.html",
        {
            "titel": "Publicatie terugdraaien",
            "tekst": f"U draait de publicatie van {levering.bestandsnaam} terug. Daarna antwoordt uw gemeente weer met "
            f"de {levering.soort_label} van daarvoor.",
            "gevolgen": _consequences(verschil),
            "bevestig_tekst": "Terugdraaien",
            "terug_url": terug,
            "gevaar": True,
        },
    )


def _consequences(verschil: Verschil) -> list[str]:
    back, changed = verschil.nieuw, verschil.gewijzigd
    return [
        *([f"Er {gone(verschil.weg)}: wat deze publicatie toevoegde."] if verschil.weg else []),
        *(
            [f"Er {'komt' if back == 1 else 'komen'} {getal(back)} terug: wat deze publicatie weghaalde."]
            if back
            else []
        ),
        *(
            [f"{getal(changed)} {'krijgt' if changed == 1 else 'krijgen'} de vorige inhoud terug."]
            if changed
            else []
        ),
        f"Daarna {standing(verschil.totaal)}.",
        "Wie u intussen hebt ingetrokken, komt niet terug.",
        "Daarna kunt u ook de publicatie daarvoor terugdraaien, zolang die bewaard is.",
    ]


# --- What was published before ---------------------------------------------------------------------------


@_toegang
@require_GET
def history(request: GemeenteRequest) -> HttpResponse:
    """Shows everything that was published, newest first: by whom, when, how, and with what result."""
    done = (
        Levering.objects.light()
        .filter(status__in=[Leveringstatus.GEPUBLICEERD, Leveringstatus.TERUGDRAAIEN])
        .select_related(
            "gebruiker", "gepubliceerd_door", "teruggedraaid_door", "aanleversleutel", "koppelingversie"
        )
    )
    page = Paginator(done.order_by("-gepubliceerd_op", "-pk"), PUBLICATIES_PER_PAGINA).get_page(
        request.GET.get("pagina")
    )
    return render(
        request,
        "uploads/gepubliceerd/geschiedenis.html",
        {"page_obj": page, "terug_te_draaien": journaal.undoable_now()},
    )
