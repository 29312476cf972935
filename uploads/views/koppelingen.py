"""Serves the pages on which columns are chosen and saved as a koppeling.

Thin: they read, call a verb, and render. The cells that are shown are personal data: they are only in the
response to somebody who may see the file.
"""

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchange.standard import Soort
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht
from uploads.koppelingen import klad, proposal, saved
from uploads.koppelingen.describe import differences
from uploads.koppelingen.forms import NaamForm, soort_van
from uploads.koppelingen.page import Bord, Voorbeeld
from uploads.koppelingen.proposal import GeenKolommen
from uploads.mapping.doelen import SOORTEN, OngeldigeRegels
from uploads.mapping.regels import Regels
from uploads.models import Koppeling, Koppelingversie, Levering
from uploads.readers import Onleesbaar
from uploads.tasks import enqueue

KOPPELINGEN_PER_PAGINA = 50
_toegang = requires(Recht.AANLEVEREN)

_INTUSSEN = (
    "Een collega heeft intussen iets aan deze levering veranderd. Uw keuzes staan hieronder, maar zijn nog niet "
    "opgeslagen. Kies nog een keer om uw keuzes te gebruiken, of begin opnieuw met die van uw collega."
)
_BEZIG = "Deze levering wordt nu verwerkt. Uw keuzes zijn niet opgeslagen. Wacht tot het klaar is."
_ANDERE_PLAATS = (
    "U koos bij ‘Klopt dit?’ iets anders. De kolommen hieronder horen daarbij. Er is nog niets opgeslagen: "
    "controleer ze, en kies dan nog een keer."
)
_NIET_MEER = "Bij deze levering zijn geen kolommen meer te kiezen. Upload het bestand opnieuw."


class _Elders(Exception):
    """The page cannot be shown; `response` goes to another page instead."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def _levering(pk: int, *, lock: bool = False) -> Levering:
    rows = Levering.objects.select_related("gemeente")
    found: Levering = get_object_or_404(rows.select_for_update(of=("self",)) if lock else rows, pk=pk)
    return found


def _bord(request: GemeenteRequest, levering: Levering, chosen: Any) -> Bord:
    """Gives the page for a levering, with the chosen sheet, header row and kind, or else those found."""
    if levering.is_bezig or not levering.kan_koppelen:
        messages.error(request, _BEZIG if levering.is_bezig else _NIET_MEER)
        raise _Elders(redirect("uploads:levering", pk=levering.pk))
    try:
        voorstel = proposal.proposal(
            levering,
            # A sheet goes by its place: its name could be anything and must not be in an address.
            _number(chosen.get("blad", "")),
            _number(chosen.get("kopregel", "")),
        )
    except (GeenKolommen, Onleesbaar) as problem:
        messages.error(request, problem.melding)
        raise _Elders(redirect("uploads:levering", pk=levering.pk)) from None
    return Bord(levering, voorstel, soort_van(chosen.get("soort", "")))


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,7}", text) else None


def _stand(levering: Levering) -> str:
    """Gives a text that changes whenever somebody does something with the levering."""
    return levering.gewijzigd_op.isoformat()


def _context(request: GemeenteRequest, bord: Bord) -> dict[str, Any]:
    voorbeeld: Voorbeeld | None = None
    probleem = ""
    try:
        voorbeeld = bord.voorbeeld(request.gemeente)
    except (GeenKolommen, Onleesbaar, OngeldigeRegels) as problem:
        probleem = problem.melding
    names = [blad.naam for blad in bord.voorstel.bladen]
    return {
        "bord": bord,
        "levering": bord.levering,
        "voorstel": bord.voorstel,
        "voorbeeld": voorbeeld,
        "probleem": probleem,
        "soorten": SOORTEN,
        "blad": names.index(bord.voorstel.blad),
        "stand": _stand(bord.levering),
    }


@_toegang
@require_http_methods(["GET", "POST"])
def choose(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Lets a clerk choose what every column of a file is; the file is then converted with these choices."""
    posted = request.method == "POST"
    if posted and (elsewhere := _other_place(request.POST)):
        if request.POST.get("actie") in {"gebruiken", "bewaren"}:
            messages.warning(request, _ANDERE_PLAATS)
        return redirect(f"{reverse('uploads:koppelen', args=[pk])}?{urlencode(elsewhere)}")
    try:
        # When two people choose at once, the second waits here and then sees the choices of the first.
        levering = _levering(pk, lock=posted)
        before = None if posted else _kept(request, levering)
        chosen = before.data if before is not None else request.POST if posted else request.GET
        bord = _bord(request, levering, chosen)
    except _Elders as elsewhere:
        return elsewhere.response
    status = 200
    naam = _name_for(bord.levering)
    extra: dict[str, Any] = {}
    if before is not None:
        bord.lees(before.data)
        naam = _typed_name(before.data, naam)
        extra = {"klad": before}
    if posted:
        bord.lees(request.POST)
        naam = _typed_name(request.POST, naam)
        klad.keep(bord.levering, request.user, request.POST)
        action = request.POST.get("actie", "")
        if action in {"gebruiken", "bewaren"}:
            if request.POST.get("stand") != _stand(bord.levering):
                extra, status = {"intussen": _INTUSSEN}, 409
            else:
                problem = _use(request, bord, naam if action == "bewaren" else None)
                if not problem:
                    return redirect("uploads:levering", pk=pk)
                extra, status = {"foutmelding": problem}, 422
    return render(
        request,
        "uploads/koppelingen/kiezen.html",
        {**_context(request, bord), "naam": naam, **extra},
        status=status,
    )


def _other_place(data: QueryDict) -> dict[str, str]:
    """Gives the sheet, header row and kind to go to when they differ from those that the page showed; else {}.

    A row belongs to its sheet: on another sheet the portal looks for it anew.
    """
    shown = {name: data.get(name, "") for name in ("blad", "kopregel", "soort")}
    asked = {name: data.get(f"ander-{name}", old) for name, old in shown.items()}
    understood = _number(asked["blad"]) is not None and _number(asked["kopregel"]) is not None
    if asked == shown or not understood or soort_van(asked["soort"]) is None:
        return {}
    if asked["blad"] != shown["blad"]:
        del asked["kopregel"]
    return asked


def _typed_name(data: QueryDict, naam: str) -> str:
    return " ".join(data.get("naam", naam).replace("\0", "").split())[:200]


def _kept(request: GemeenteRequest, levering: Levering) -> klad.Klad | None:
    """Gives the draft of this person, unless another sheet, row or kind is asked for, or to begin anew."""
    if "opnieuw" in request.GET:
        return None
    found = klad.kept(levering, request.user, _stand(levering))
    asked = {name: request.GET[name] for name in ("blad", "kopregel", "soort") if name in request.GET}
    return None if found is None or any(found.data.get(name) != asked[name] for name in asked) else found


def _use(request: GemeenteRequest, bord: Bord, naam: str | None) -> str:
    """Lets the levering be converted with the choices, saved when a name is given.

    Returns a message when it fails.
    """
    if bord.fouten:
        return bord.fouten[0].melding
    if bord.vraag:
        return bord.vraag
    try:
        versie = None
        regels = saved.with_second_sheet(bord.levering, bord.regels, bord.voorstel.blad)
        if naam is not None:
            versie = saved.save(request.gemeente, naam, regels, request.user)
        done = saved.set_regels(
            request.gemeente,
            bord.levering.pk,
            regels,
            bord.voorstel.blad,
            bord.voorstel.kopregel,
            bord.soort,
            request.user,
            versie,
        )
    except OngeldigeRegels as problem:
        return problem.melding
    if not done:
        return _NIET_MEER
    klad.forget(bord.levering)
    enqueue(bord.levering.pk, request.gemeente.pk)
    if versie is not None:
        messages.success(
            request,
            f"De koppeling {versie.koppeling.naam} is bewaard. Een volgend bestand met deze kolommen wordt vanzelf "
            "herkend.",
        )
    return ""


def _name_for(levering: Levering) -> str:
    """Gives a first name: the koppeling's, or the file's without the parts that change every month."""
    if levering.koppelingversie_id is not None:
        versie = (
            Koppelingversie.objects.select_related("koppeling").filter(pk=levering.koppelingversie_id).first()
        )
        if versie is not None:
            naam: str = versie.koppeling.naam
            return naam
    stem = levering.bestandsnaam.rpartition(".")[0] or levering.bestandsnaam
    stem = re.sub(r"[0-9…]{2,}", " ", stem)
    stem = re.sub(r"[\s_\-.()]+", " ", stem).strip()
    return (stem[:1].upper() + stem[1:])[: saved.LANGSTE_NAAM] or "Koppeling"


@_toegang
@require_POST
def preview(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows what the first rows become with the present choices; the page asks for it after every change."""
    try:
        bord = _bord(request, _levering(pk), request.POST)
    except _Elders as elsewhere:
        return HttpResponse(headers={"HX-Redirect": elsewhere.response.headers["Location"]})
    bord.lees(request.POST)
    klad.keep(bord.levering, request.user, request.POST)
    context = _context(request, bord)
    for veld in bord.velden:
        veld.is_verplaatst = request.POST.get(f"{veld.naam}-doel", veld.keuze.doel) != veld.keuze.doel
        veld.is_anders = request.POST.get(f"{veld.naam}-vorm", "") != veld.vorm
    context["extra_is_anders"] = request.POST.get("extra-vorm") != bord.extra_vorm
    return render(request, "uploads/koppelingen/_antwoord.html", context)


# --- Saved koppelingen --------------------------------------------------------------------------------------


@_toegang
@require_GET
def index(request: GemeenteRequest) -> HttpResponse:
    """Shows the koppelingen of the municipality: those in use, or those that were put away."""
    archived = request.GET.get("stand") == "weg"
    found = saved.overview(weg=archived)
    page = Paginator(found, KOPPELINGEN_PER_PAGINA).get_page(request.GET.get("pagina"))
    return render(request, "uploads/koppelingen/lijst.html", {"page_obj": page, "weg": archived})


@_toegang
@require_http_methods(["GET", "POST"])
def detail(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows one koppeling: its versions, the changes between them, and a form for a new name."""
    koppeling = get_object_or_404(Koppeling, pk=pk)
    form = NaamForm(request.POST or None, initial={"naam": koppeling.naam})
    if request.method == "POST" and form.is_valid():
        try:
            saved.rename(request.gemeente, pk, form.cleaned_data["naam"], request.user)
        except OngeldigeRegels as problem:
            form.add_error("naam", problem.melding)
        else:
            messages.success(request, "De koppeling heeft een andere naam.")
            return redirect("uploads:koppeling", pk=pk)
    versies = saved.history(koppeling)
    rules = [_rules_or_none(request, versie) for versie in versies]
    stappen = [
        (versie, None if now is None else differences(before, now))
        for versie, now, before in zip(versies, rules, [*rules[1:], None], strict=True)
    ]
    return render(
        request,
        "uploads/koppelingen/koppeling.html",
        {
            "koppeling": koppeling,
            "soort": Soort(koppeling.soort),
            "stappen": stappen,
            "form": form,
            "laatste": Levering.objects.filter(koppelingversie__koppeling=koppeling).order_by("-pk").first(),
        },
        status=422 if form.errors else 200,
    )


def _rules_or_none(request: GemeenteRequest, versie: Koppelingversie) -> Regels | None:
    try:
        return saved.regels_of_version(request.gemeente, versie)
    except OngeldigeRegels:
        return None


@_toegang
@require_http_methods(["GET", "POST"])
def restore(request: GemeenteRequest, pk: int, nummer: int) -> HttpResponse:
    """Asks for confirmation, then puts an earlier version in force again."""
    versie = get_object_or_404(
        Koppelingversie.objects.select_related("koppeling"), koppeling_id=pk, nummer=nummer
    )
    terug = reverse("uploads:koppeling", args=[pk])
    if request.method == "POST":
        try:
            saved.restore(request.gemeente, versie, request.user)
        except OngeldigeRegels as problem:
            messages.error(request, problem.melding)
        else:
            messages.success(request, f"Versie {nummer} geldt weer.")
        return redirect(terug)
    return render(
        request,
        "componenten/bevestigen.html",
        {
            "titel": f"Versie {nummer} terugzetten",
            "tekst": f"U zet versie {nummer} van de koppeling {versie.koppeling.naam} terug.",
            "gevolgen": [
                "Volgende bestanden worden gelezen zoals in deze versie staat.",
                "Het wordt een nieuwe versie. De andere versies blijven bestaan.",
                "Wat al is aangeleverd of gepubliceerd, verandert niet.",
            ],
            "bevestig_tekst": "Terugzetten",
            "terug_url": terug,
        },
    )


@_toegang
@require_http_methods(["GET", "POST"])
def archive(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Asks for confirmation, then puts a koppeling away."""
    koppeling = get_object_or_404(Koppeling, pk=pk)
    terug = reverse("uploads:koppeling", args=[pk])
    if request.method == "POST":
        if saved.archive(request.gemeente, pk, request.user):
            messages.success(request, f"De koppeling {koppeling.naam} wordt niet meer gebruikt.")
        return redirect("uploads:koppelingen")
    return render(
        request,
        "componenten/bevestigen.html",
        {
            "titel": "Koppeling opbergen",
            "tekst": f"U bergt de koppeling {koppeling.naam} op.",
            "gevolgen": [
                "Nieuwe bestanden worden niet meer met deze koppeling herkend.",
                "Wat ermee is aangeleverd, blijft zoals het is.",
                "U kunt haar weer gebruiken door een versie terug te zetten.",
            ],
            "bevestig_tekst": "Opbergen",
            "terug_url": terug,
        },
    )
