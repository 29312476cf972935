"""Gives every page its context: one variable, `portal`, so that it cannot collide with a page's own names.

It reads what the request carries: `toegang` attaches the municipality to it. A page whose view did not need
the municipality, such as the help or an error page, gets it attached here.
"""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from um_portal.hulp.wegwijzer import help_url
from um_portal.presentation.navigation import Item, footer, main_navigation, url_of
from um_portal.toegang.access import attach

# In the session: the numbers of the searches whose end is still to be told, with their municipality.
VOLGT = "zoekvragen_onderweg"


@dataclass(frozen=True)
class Portal:
    """The things that `base.html` shows around a page."""

    start_url: str = "/"
    demo: bool = False
    versie: str = ""
    gemeente: Any = None
    lidmaatschap: Any = None
    lidmaatschappen: list[Any] = field(default_factory=list)
    support: bool = False
    navigatie: list[Item] = field(default_factory=list)
    voet: list[Item] = field(default_factory=list)
    # The place in the help that belongs to this page; empty when there is none.
    hulp_url: str = ""
    wissel_url: str = ""
    # Whether something is under way of which every page tells the end.
    volgt: bool = False
    uitlog_url: str = ""


def portal(request: HttpRequest) -> dict[str, Any]:
    """Gives a template its `portal`, as a context processor."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and not hasattr(request, "lidmaatschappen"):
        attach(request)
    return {
        "portal": Portal(
            start_url=url_of("start") or "/",
            demo=bool(getattr(settings, "UM_DEMO", False)),
            versie=str(getattr(settings, "UM_VERSIE", "")),
            gemeente=getattr(request, "gemeente", None),
            lidmaatschap=getattr(request, "lidmaatschap", None),
            lidmaatschappen=list(getattr(request, "lidmaatschappen", None) or []),
            support=bool(getattr(user, "is_vng_support", False)),
            navigatie=main_navigation(request),
            voet=footer(),
            hulp_url=help_url(request),
            volgt=user is not None and user.is_authenticated and bool(request.session.get(VOLGT)),
            wissel_url=url_of("gemeenten:wissel"),
            uitlog_url=url_of("accounts:logout"),
        )
    }
