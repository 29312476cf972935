"""Serves the pages on which a municipality tells what its own words mean.

Thin: they read, call a verb, and render. A word in a file may be personal data, so it is never in an address:
forms identify it by a key that reveals nothing.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from um_portal.presentation.templatetags.um import telwoord
from um_portal.toegang.access import GemeenteRequest, requires
from um_portal.toegang.rechten import Recht
from uploads.leveringen.upload_handler import as_busy, broken_off
from uploads.models import LandelijkeWaarde, Levering, Leveringstatus, Voordracht, Waardekoppeling
from uploads.tasks import enqueue
from uploads.waarden import file
from uploads.waarden import national as landelijk
from uploads.waarden import words as waarden
from uploads.waarden.forms import WEGLATEN, CodeForm, LegeWaardenForm, WaardenbestandForm
from uploads.waarden.lists import Codes, Codestand, Keuzelijst, OngeldigeCode, find, keuzelijsten, own_choices
from uploads.waarden.suggest import Codeoptie, Woordvoorstel
from uploads.waarden.words import Onbekend, OngeldigeWaarde, Woordkeuze

WAARDEN_PER_PAGINA = 20
KOPPELINGEN_PER_PAGINA = 50
# As many as a person can check, and well under the number of fields that one form may hold.
VOORSTELLEN_TEGELIJK = 200

_toegang = requires(Recht.WAARDEN)


def clean_text(text: str, length: int = 100) -> str:
    """Gives the typed text on one line, at most `length` characters long."""
    return " ".join(text.replace("\x00", "").split())[:length]


def clean_ids(values: list[str]) -> list[int]:
    """Gives the numbers among these values of a form."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 18]


# --- The words of one levering -----------------------------------------------------------------------------


@dataclass(slots=True)
class Woordveld:
    """One word on the page: its options, the choice, the searched text and what it found."""

    onbekend: Onbekend
    lijst: Keuzelijst
    voorstellen: tuple[Woordvoorstel, ...]
    gekozen: str = ""
    gezocht: str = ""
    gevonden: list[Codeoptie] = field(default_factory=list)
    fout: str = ""
    alle: list[Codeoptie] = field(default_factory=list)
    aangevinkt: bool = False

    @property
    def was(self) -> str:
        """Gives the code that is chosen to begin with; '' when nothing is probable."""
        return self.eerste.code if self.eerste and self.eerste.is_voorkeur else ""

    @property
    def eerste(self) -> Woordvoorstel | None:
        """Gives the best suggestion."""
        return self.voorstellen[0] if self.voorstellen else None

    @property
    def is_gevonden(self) -> bool:
        """Tells whether the choice is among the codes that were found."""
        return self.gekozen in {keuze.code for keuze in self.gevonden}


def _levering(pk: int) -> Levering:
    found: Levering = get_object_or_404(Levering.objects.select_related("gemeente"), pk=pk)
    return found


def _wait(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Goes to the page of a levering that is being converted; choices that were sent are not saved."""
    if request.method == "POST":
        messages.error(
            request,
            "Deze levering wordt nu verwerkt. Uw keuzes zijn niet opgeslagen. Wacht tot het klaar is.",
        )
    return redirect("uploads:levering", pk=pk)


def _fields(onbekenden: list[Onbekend], post: Any) -> list[Woordveld]:
    voorstellen = waarden.suggestions_for(onbekenden)
    fields = []
    for one in onbekenden:
        lijst = keuzelijsten()[one.lijst]
        veld = Woordveld(one, lijst, voorstellen[one.sleutel])
        if lijst.is_klein:
            proposed = {voorstel.code for voorstel in veld.voorstellen}
            veld.alle = [keuze for keuze in own_choices(lijst.naam) if keuze.code not in proposed]
        if post is None:
            veld.gekozen = veld.was
            # What is only probable waits for somebody who looked at it.
            veld.aangevinkt = veld.eerste is not None and veld.eerste.is_zeker
        else:
            veld.gekozen = clean_text(post.get(f"keuze-{one.sleutel}", ""), 300)
            words = clean_text(post.get(f"zoek-{one.sleutel}", ""))
            anew = post.get("actie") == "zoek" and words != post.get(f"gezocht-{one.sleutel}", "")
            _look(veld, words, anew)
            veld.aangevinkt = _is_ticked(post, one.sleutel, veld.gekozen)
        fields.append(veld)
    return fields


def _is_ticked(post: Any, key: str, chosen: str) -> bool:
    """Tells whether a choice counts: its row is ticked, or it is another choice than the one to begin with."""
    was = clean_text(post.get(f"was-{key}", ""), 300)
    return bool(chosen) and (f"neem-{key}" in post or chosen != was)


def _look(veld: Woordveld, words: str, anew: bool) -> None:
    """Searches for the typed text. With `anew`, a single result is chosen.

    Of several results the clerk chooses.
    """
    veld.gezocht = words
    veld.gevonden = find(veld.lijst, words) if words else []
    offered = {one.code for one in veld.voorstellen} | {keuze.code for keuze in veld.alle}
    if anew and veld.gevonden and not veld.is_gevonden:
        veld.gekozen = veld.gevonden[0].code if len(veld.gevonden) == 1 else ""
    elif veld.gekozen and veld.gekozen != WEGLATEN and veld.gekozen not in offered and not veld.is_gevonden:
        # This result was found before, with other words.
        label = Codes([(veld.lijst.naam, veld.gekozen)]).label(veld.lijst.naam, veld.gekozen)
        veld.gevonden.append(Codeoptie(veld.gekozen, label))


@_toegang
@require_http_methods(["GET", "POST"])
def levering(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows the words that the lists do not know, most rows first, each with its suggestions."""
    found = _levering(pk)
    if found.is_bezig:
        return _wait(request, pk)
    overzicht = waarden.overview(found)
    lijst = next((naam for naam in overzicht.open if naam == request.GET.get("lijst")), "")
    shown = list(overzicht.open.get(lijst, ())) if lijst else overzicht.alle_open
    page = Paginator(shown, WAARDEN_PER_PAGINA).get_page(request.GET.get("pagina"))
    velden = _fields(list(page.object_list), request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and request.POST.get("actie") != "zoek":
        saved = _save(request, found, overzicht.alle_open, velden)
        if saved is not None:
            return saved
        status = 422
    context = {
        "levering": found,
        "overzicht": overzicht,
        "lijst": lijst,
        "lijsten": [(keuzelijsten()[naam], len(waarden)) for naam, waarden in overzicht.open.items()],
        "page_obj": page,
        "velden": velden,
        # With a single page it is known whether there are suggestions; with more pages there probably are.
        "heeft_zekere": page.paginator.num_pages > 1
        or any(veld.eerste is not None and veld.eerste.is_zeker for veld in velden),
        "gekoppeld": _mapped(overzicht.gekoppeld),
        "niet_getoond": sum(overzicht.niet_getoond.values()),
        "is_omgezet": found.status == Leveringstatus.OMGEZET,
        "knoptekst": telwoord(
            sum(veld.aangevinkt for veld in velden), "koppeling opslaan,koppelingen opslaan"
        ),
        "heeft_fout": status == 422,
        "is_gezocht": request.method == "POST" and status == 200,
        "weglaten": WEGLATEN,
    }
    return render(request, "uploads/waarden/levering.html", context, status=status)


def _mapped(gekoppeld: Any) -> list[tuple[Onbekend, Keuzelijst, str, int]]:
    codes = Codes((one.koppeling.lijst, one.koppeling.code) for one in gekoppeld)
    return [
        (
            one.onbekend,
            keuzelijsten()[one.koppeling.lijst],
            codes.label(one.koppeling.lijst, one.koppeling.code) if one.koppeling.code else "",
            one.koppeling.pk,
        )
        for one in gekoppeld
    ]


def _save(
    request: GemeenteRequest, levering: Levering, onbekenden: list[Onbekend], velden: list[Woordveld]
) -> HttpResponse | None:
    """Remembers the choices; gives None when one of them is not possible, which its field then tells."""
    # Words are found by key, not by what the page shows now: a colleague may have mapped some in the
    # meantime.
    by_key = {one.sleutel: one for one in onbekenden}
    asked = {
        name.removeprefix("keuze-"): clean_text(request.POST.get(name, ""), 300)
        for name in request.POST
        if name.startswith("keuze-")
    }
    chosen = {key: code for key, code in asked.items() if _is_ticked(request.POST, key, code)}
    keuzes = [
        Woordkeuze(by_key[key].lijst, by_key[key].waarde, "" if code == WEGLATEN else code)
        for key, code in chosen.items()
        if key in by_key
    ]
    codes = Codes((keus.lijst, keus.code) for keus in keuzes)
    good = True
    for veld in velden:
        if veld.aangevinkt and veld.gekozen != WEGLATEN:
            try:
                codes.chosen(veld.lijst.naam, veld.gekozen)
            except OngeldigeCode as problem:
                veld.fout, good = problem.melding, False
    if good:
        try:
            aantal = waarden.map_words(request.gemeente, keuzes, request.user, str(levering))
        except (OngeldigeCode, OngeldigeWaarde) as problem:
            messages.error(request, problem.melding)
        else:
            return _after_save(request, levering, aantal)
    return None


def _after_save(request: GemeenteRequest, levering: Levering, aantal: int) -> HttpResponse:
    if not aantal:
        messages.info(request, "U hebt nog niets gekozen. Er is niets gewijzigd.")
    else:
        messages.success(request, f"{telwoord(aantal, 'waarde is,waarden zijn')} gekoppeld en onthouden.")
    if request.POST.get("actie") == "opnieuw" or (aantal and "omzetten" in request.POST):
        return _convert_again(request, levering.pk)
    # The page number is dropped: most words of that page are gone, and the next ones have moved up.
    lijst = {"lijst": request.GET["lijst"]} if request.GET.get("lijst") in keuzelijsten() else {}
    adres = reverse("uploads:waarden_levering", args=[levering.pk])
    return HttpResponseRedirect(f"{adres}?{urlencode(lijst)}" if lijst else adres)


@_toegang
@require_http_methods(["GET", "POST"])
def suggestions(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Shows all suggestions that are nearly sure, to check and accept them at once."""
    found = _levering(pk)
    if found.is_bezig:
        return _wait(request, pk)
    onbekenden = waarden.overview(found).alle_open
    if request.method == "POST":
        by_key = {one.sleutel: one for one in onbekenden}
        taken = [value.partition(":") for value in request.POST.getlist("neem")]
        keuzes = [
            Woordkeuze(by_key[key].lijst, by_key[key].waarde, code)
            for key, _, code in taken
            if key in by_key and code
        ]
        try:
            aantal = waarden.map_words(request.gemeente, keuzes, request.user, str(found))
        except (OngeldigeCode, OngeldigeWaarde) as problem:
            messages.error(request, problem.melding)
            return redirect("uploads:waarden_voorstellen", pk=pk)
        return _after_save(request, found, aantal)
    rows = [
        (one, keuzelijsten()[one.lijst], voorstel)
        for one, voorstel in waarden.sure_suggestions(onbekenden, VOORSTELLEN_TEGELIJK)
    ]
    return render(
        request,
        "uploads/waarden/voorstellen.html",
        {
            "levering": found,
            "rijen": rows,
            "meer": len(rows) == VOORSTELLEN_TEGELIJK,
            "is_omgezet": found.status == Leveringstatus.OMGEZET,
            "knoptekst": telwoord(len(rows), "koppeling opslaan,koppelingen opslaan"),
        },
    )


@_toegang
@require_POST
def again(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Converts the levering again, now that more words are known."""
    _levering(pk)
    return _convert_again(request, pk)


def _convert_again(request: GemeenteRequest, pk: int) -> HttpResponse:
    try:
        if waarden.convert_again(request.gemeente, pk, request.user):
            enqueue(pk, request.gemeente.pk)
    except waarden.NietOpnieuw as problem:
        messages.error(request, problem.melding)
    return redirect("uploads:levering", pk=pk)


@_toegang
@require_POST
def search(request: GemeenteRequest) -> HttpResponse:
    """Gives the options of one choice for the text being typed.

    The text comes in the body, not in the address.
    """
    lijst = keuzelijsten().get(request.POST.get("lijst", ""))
    key = request.POST.get("sleutel", "")
    if lijst is None or not (key.isascii() and key.isalnum() and len(key) <= 40):
        raise Http404
    words = clean_text(request.POST.get(f"zoek-{key}", ""))
    found = find(lijst, words)
    context = {
        "sleutel": key,
        "gezocht": words,
        "gevonden": found,
        "gekozen": found[0].code if len(found) == 1 else "",
    }
    return render(request, "uploads/waarden/_zoekresultaat.html", context)


# --- All words of the municipality -------------------------------------------------------------------------

_VOORDRACHT = {
    LandelijkeWaarde.Status.VOORGEDRAGEN: ("Voorgedragen", "info"),
    LandelijkeWaarde.Status.VASTGESTELD: ("Landelijk", "ok"),
    LandelijkeWaarde.Status.AFGEWEZEN: ("Niet overgenomen", "neutraal"),
    LandelijkeWaarde.Status.INGETROKKEN: ("Ingetrokken", "neutraal"),
}


def _rows(page: Any) -> list[dict[str, Any]]:
    """Gives each mapping with its list, its label, whether its code holds, and the national decision."""
    found: list[Waardekoppeling] = list(page)
    codes = Codes((row.lijst, row.code) for row in found)
    put_forward = {
        (lijst, waarde, code): status
        for lijst, waarde, code, status in Voordracht.objects.filter(
            landelijk__lijst__in={row.lijst for row in found},
            landelijk__waarde__in={row.waarde for row in found},
        ).values_list("landelijk__lijst", "landelijk__waarde", "landelijk__code", "landelijk__status")
    }
    return [
        {
            "koppeling": row,
            "lijst": keuzelijsten().get(row.lijst),
            "label": codes.label(row.lijst, row.code) if row.code else "",
            "is_vervallen": bool(row.code) and codes.stand(row.lijst, row.code) is Codestand.VERVALLEN,
            "is_onbekend": bool(row.code) and codes.stand(row.lijst, row.code) is Codestand.ONBEKEND,
            "voordracht": _VOORDRACHT.get(put_forward.get((row.lijst, row.waarde, row.code), "")),
        }
        for row in found
    ]


@_toegang
@require_GET
def index(request: GemeenteRequest) -> HttpResponse:
    """Shows all mappings, to search, change, put forward and download."""
    words = clean_text(request.GET.get("q", ""))
    lijst = request.GET.get("lijst", "") if request.GET.get("lijst") in keuzelijsten() else ""
    only = request.GET.get("stand") == "achterhaald"
    old = waarden.outdated()
    found = waarden.find(words, lijst)
    if only:
        found = found.filter(pk__in=old)
    page = Paginator(found, KOPPELINGEN_PER_PAGINA).get_page(request.GET.get("pagina"))
    present = set(Waardekoppeling.objects.order_by().values_list("lijst", flat=True).distinct())
    return render(
        request,
        "uploads/waarden/lijst.html",
        {
            "page_obj": page,
            "rijen": _rows(page.object_list),
            "q": words,
            "lijst": lijst,
            "lijsten": [one for one in keuzelijsten().values() if one.naam in present],
            "alleen_achterhaald": only,
            "achterhaald": len(old),
            "is_leeg": not present,
        },
    )


@_toegang
@require_http_methods(["GET", "POST"])
def edit(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Changes what a word means."""
    koppeling: Waardekoppeling = get_object_or_404(Waardekoppeling.objects.select_related("gebruiker"), pk=pk)
    lijst = keuzelijsten().get(koppeling.lijst)
    if lijst is None:
        raise Http404
    form = CodeForm(request.POST or None, lijst=lijst, code=koppeling.code)
    if request.method == "POST" and form.is_valid():
        keus = Woordkeuze(koppeling.lijst, koppeling.waarde, form.cleaned_data["code"])
        try:
            waarden.map_words(request.gemeente, [keus], request.user, f"waardekoppeling {pk}")
        except (OngeldigeCode, OngeldigeWaarde) as problem:
            form.add_error("code", problem.melding)
        else:
            messages.success(request, "De waarde is gewijzigd. Dit geldt vanaf de volgende levering.")
            return redirect("uploads:waarden")
    context = {
        "form": form,
        "koppeling": koppeling,
        "lijst": lijst,
        "rij": _rows([koppeling])[0],
        "gevonden": waarden.suggestions_with(koppeling),
    }
    return render(request, "uploads/waarden/waarde.html", context, status=422 if form.errors else 200)


@_toegang
@require_GET
def options(request: GemeenteRequest, lijst: str) -> HttpResponse:
    """Gives names of codes with these words in them, as options for a field."""
    found = keuzelijsten().get(lijst)
    if found is None:
        raise Http404
    gevonden = find(found, request.GET.get("q", ""))
    return render(request, "uploads/waarden/_codes.html", {"gevonden": gevonden})


@_toegang
@require_http_methods(["GET", "POST"])
def delete(request: GemeenteRequest, pk: int) -> HttpResponse:
    """Asks for confirmation, then forgets what a word means."""
    koppeling: Waardekoppeling = get_object_or_404(Waardekoppeling, pk=pk)
    if request.method == "POST":
        waarden.forget(request.gemeente, pk, request.user)
        messages.success(request, "De waarde is verwijderd.")
        return redirect("uploads:waarden")
    return render(
        request,
        "componenten/bevestigen.html",
        {
            "titel": "Gekoppelde waarde verwijderen",
            "tekst": f"U verwijdert de koppeling van ‘{koppeling.waarde}’.",
            "gevolgen": [
                "Komt het woord weer voor in een bestand, dan moet u het opnieuw koppelen.",
                "Wat nu gepubliceerd is, verandert niet.",
            ],
            "bevestig_tekst": "Verwijderen",
            "terug_url": reverse("uploads:waarde", args=[pk]),
            "gevaar": True,
        },
    )


@_toegang
@require_GET
def download(request: GemeenteRequest) -> HttpResponse:
    """Sends all mappings as csv."""
    response = HttpResponse(file.as_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file.BESTANDSNAAM}"'
    return response


@_toegang
@require_http_methods(["GET", "POST"])
def upload(request: GemeenteRequest) -> HttpResponse:
    """Reads mappings from a file; all of them or none."""
    fouten: list[str] = []
    form = WaardenbestandForm()
    if request.method == "POST":
        form = WaardenbestandForm(request.POST, request.FILES, afgebroken=broken_off(request))
        if form.is_valid():
            try:
                done = file.read_in(request.gemeente, form.cleaned_data["bestand"].read(), request.user)
            except file.OngeldigBestand as problem:
                fouten = problem.fouten
                form.add_error(
                    "bestand", "Er is niets gewijzigd. Verbeter het bestand en upload het opnieuw."
                )
            else:
                messages.success(request, _what_was_read(done))
                return redirect("uploads:waarden")
    context = {"form": form, "fouten": fouten}
    response = render(request, "uploads/waarden/upload.html", context, status=422 if form.errors else 200)
    return as_busy(request, response)


def _what_was_read(done: file.Ingelezen) -> str:
    parts = [
        telwoord(done.nieuw, "nieuwe waarde,nieuwe waarden"),
        telwoord(done.gewijzigd, "gewijzigde,gewijzigde"),
        telwoord(done.gelijk, "die al zo was,die al zo waren"),
    ]
    without = (
        f" {telwoord(done.zonder_code, 'rij had,rijen hadden')} nog geen code." if done.zonder_code else ""
    )
    return f"Het bestand is gelezen: {', '.join(parts)}.{without}"


# --- The whole country -------------------------------------------------------------------------------------


@_toegang
@require_http_methods(["GET", "POST"])
def put_forward(request: GemeenteRequest) -> HttpResponse:
    """Shows what VNG support will see, then puts it forward."""
    ids = clean_ids(request.POST.getlist("kies"))[:KOPPELINGEN_PER_PAGINA]
    if request.POST.get("bevestigd"):
        done = landelijk.put_forward(request.gemeente, ids, request.user)
        if done.voorgedragen:
            messages.success(
                request,
                f"{telwoord(done.voorgedragen, 'waarde is,waarden zijn')} voorgedragen bij VNG-support.",
            )
        else:
            messages.info(request, "Er was niets nieuws om voor te dragen.")
        return redirect("uploads:waarden")
    if not ids:
        messages.error(request, "Kruis eerst aan welke waarden u wilt voordragen.")
        return redirect("uploads:waarden")
    rows = list(waarden.find("").filter(pk__in=ids))
    good, refused = landelijk.to_put_forward(rows)
    return render(request, "uploads/waarden/voordragen.html", {"rijen": _rows(good), "geweigerd": refused})


@_toegang
@require_http_methods(["GET", "POST"])
def national(request: GemeenteRequest) -> HttpResponse:
    """Shows the accepted mappings that the municipality lacks, and those for which it has another code.

    Copies them.
    """
    if request.method == "POST":
        everything = request.POST.get("actie") == "alle"
        aantal = landelijk.take_over(
            request.gemeente,
            request.user,
            nieuw=None if everything else clean_ids(request.POST.getlist("nieuw")),
            vervang=() if everything else clean_ids(request.POST.getlist("vervang")),
        )
        if aantal:
            messages.success(request, f"{telwoord(aantal, 'waarde is,waarden zijn')} overgenomen.")
        else:
            messages.info(request, "Er is niets overgenomen. Kruis eerst aan wat u wilt overnemen.")
        return redirect("uploads:waarden_landelijk")
    words = clean_text(request.GET.get("q", ""))
    afwijkend = request.GET.get("soort") == "anders"
    found = landelijk.to_take_over(words, afwijkend=afwijkend).order_by("lijst", "waarde")
    page = Paginator(found, KOPPELINGEN_PER_PAGINA).get_page(request.GET.get("pagina"))
    elders = landelijk.to_take_over(words, afwijkend=not afwijkend).count()
    rows: list[Any] = list(page.object_list)
    codes = Codes(pair for row in rows for pair in ((row.lijst, row.code), (row.lijst, row.eigen_code or "")))
    rijen = [
        {
            "waarde": row,
            "lijst": keuzelijsten().get(row.lijst),
            "label": codes.label(row.lijst, row.code),
            "eigen": codes.label(row.lijst, row.eigen_code) if row.eigen_code else "",
            "is_bruikbaar": codes.stand(row.lijst, row.code) in {Codestand.GELDIG, Codestand.NIET_GELADEN},
        }
        for row in rows
    ]
    return render(
        request,
        "uploads/waarden/landelijk.html",
        {
            "page_obj": page,
            "rijen": rijen,
            "q": words,
            "afwijkend": afwijkend,
            "aantal_nieuw": elders if afwijkend else page.paginator.count,
            "aantal_anders": page.paginator.count if afwijkend else elders,
        },
    )


# --- Words that mean nothing -------------------------------------------------------------------------------


@_toegang
@require_http_methods(["GET", "POST"])
def empty(request: GemeenteRequest) -> HttpResponse:
    """Asks which words in a file count as an empty cell."""
    if request.method == "POST" and request.POST.get("actie") == "herstel":
        waarden.restore_empty_words(request.gemeente, request.user)
        messages.success(request, "De gebruikelijke woorden gelden weer.")
        return redirect("uploads:lege_waarden")
    woorden, zijn_eigen = waarden.own_empty_words()
    form = LegeWaardenForm(request.POST or None, initial={"woorden": "\n".join(woorden)})
    if request.method == "POST" and form.is_valid():
        waarden.set_empty_words(request.gemeente, form.cleaned_data["woorden"], request.user)
        messages.success(
            request, "Opgeslagen. Dit geldt vanaf de volgende keer dat een bestand wordt omgezet."
        )
        return redirect("uploads:lege_waarden")
    context = {"form": form, "zijn_eigen": zijn_eigen}
    return render(request, "uploads/waarden/leeg.html", context, status=422 if form.errors else 200)
