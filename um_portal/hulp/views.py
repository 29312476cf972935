"""Shows the pages of the help; they are the same for everybody, and work for no municipality."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from um_portal.accounts.models import Gebruiker
from um_portal.hulp import paginas
from um_portal.hulp.bronnen import BRONNEN, GROEPEN, OPENBAAR, Groep
from um_portal.toegang.access import attach, open_to_all, requires
from um_portal.toegang.rechten import Recht, functies_of

_LONGEST = 100


@open_to_all
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Lists the pages per role, one's own first, or with `?q=` the places that have these words.

    Who is not logged in sees only what is about logging in.
    """
    q = request.GET.get("q", "")[:_LONGEST].strip()
    attach(request)
    own, other = _groups(request)
    readable = [naam for groep in own + other for naam in groep.namen] or [OPENBAAR]
    context = {
        "q": q,
        "gevonden": paginas.find(q, readable),
        "openbaar": paginas.page(OPENBAAR),
        "eigen": [(groep.titel, [paginas.page(naam) for naam in groep.namen]) for groep in own],
        "andere": [(groep.titel, [paginas.page(naam) for naam in groep.namen]) for groep in other],
    }
    return render(request, "hulp/index.html", context)


@open_to_all
@require_safe
def public_page(request: HttpRequest) -> HttpResponse:
    """Shows the page about logging in, to anybody."""
    return _show(request, OPENBAAR)


@requires(Recht.PORTAAL)
@require_safe
def page(request: HttpRequest, naam: str) -> HttpResponse:
    """Shows a page of the help to who is logged in."""
    return _show(request, naam)


def _show(request: HttpRequest, naam: str) -> HttpResponse:
    if naam not in BRONNEN:
        raise Http404
    pagina = paginas.page(naam)
    groep = next(groep for groep in GROEPEN if naam in groep.namen)
    readable = groep.namen if request.user.is_authenticated else (OPENBAAR,)
    context = {
        "pagina": pagina,
        "inhoudsopgave": [paragraaf for paragraaf in pagina.paragrafen if paragraaf.niveau == 2],
        "groep": groep.titel,
        "buren": [paginas.page(other) for other in readable if other != naam],
    }
    return render(request, "hulp/pagina.html", context)


def _groups(request: HttpRequest) -> tuple[list[Groep], list[Groep]]:
    """Divides the groups in those for this user and the others; both are empty for who is not logged in."""
    if not isinstance(request.user, Gebruiker):
        return [], []
    functies = functies_of(request.user, getattr(request, "lidmaatschap", None))
    own = [groep for groep in GROEPEN if not groep.functies or groep.functies & functies]
    return own, [groep for groep in GROEPEN if groep not in own]
