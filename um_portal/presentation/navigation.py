"""Gives the main navigation and the footer: the entries, and who sees them.

An entry is one line in `INGANGEN`; who sees it follows from the right that its page takes
(`toegang.rechten`).
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from um_portal.toegang.access import may
from um_portal.toegang.rechten import Recht


@dataclass(frozen=True)
class Ingang:
    """An entry as it is registered: its label, the name of its url and the right that its page takes."""

    label: str
    naam: str
    recht: Recht = Recht.PORTAAL


@dataclass(frozen=True)
class Item:
    """An entry as a template shows it; `actief` is empty, or the value of aria-current."""

    label: str
    url: str
    actief: str = ""


INGANGEN: tuple[Ingang, ...] = (
    Ingang("Start", "start"),
    Ingang("Zoeken", "bemiddelaar:nieuw", Recht.ZOEKEN),
    Ingang("Mijn zoekvragen", "bemiddelaar:lijst", Recht.ZOEKEN),
    Ingang("Contactmomenten", "bemiddelaar:contactmomenten", Recht.CONTACTMOMENTEN),
    Ingang("Leveringen", "uploads:lijst", Recht.AANLEVEREN),
    Ingang("Gepubliceerd", "uploads:gepubliceerd", Recht.GEPUBLICEERD),
    Ingang("Collega's", "collegas:lijst", Recht.COLLEGAS),
    Ingang("Cijfers", "bemiddelaar:cijfers", Recht.CIJFERS),
    Ingang("Meldingen over gegevens", "bemiddelaar:signalen", Recht.SIGNALEN),
    Ingang("Logboek", "logboek:eigen", Recht.LOGBOEK),
    Ingang("Instellingen", "gemeenten:instellingen", Recht.INSTELLINGEN),
    Ingang("Gemeenten", "gemeenten:lijst", Recht.GEMEENTEN),
    Ingang("Gebruikers", "gebruikers:zoeken", Recht.GEBRUIKERS),
    Ingang("Achtergrondwerk", "achtergrondwerk:overzicht", Recht.ACHTERGRONDWERK),
    Ingang("Cijfers van alle gemeenten", "bemiddelaar:cijfers_alle", Recht.CIJFERS_SUPPORT),
    Ingang("Meldingen over gegevens", "bemiddelaar:signalen_alle", Recht.SIGNALEN_SUPPORT),
    Ingang("Mededelingen", "mededelingen:lijst", Recht.MEDEDELINGEN),
    Ingang("Landelijke waarden", "uploads:landelijk", Recht.LANDELIJK_BEKIJKEN),
    Ingang("Logboek van alle gemeenten", "logboek:alle", Recht.LOGBOEK_SUPPORT),
)

VOET: tuple[Ingang, ...] = (
    Ingang("Hulp", "hulp:index"),
    Ingang("Gegevenswoordenboek", "woordenboek:index"),
    Ingang("API-documentatie", "api:overzicht"),
    Ingang("Toegankelijkheid", "toegankelijkheid"),
    Ingang("Privacy", "privacy"),
)


def url_of(naam: str) -> str:
    """Gives the address of a url name, or an empty string when this installation has no such page."""
    try:
        return reverse(naam)
    except NoReverseMatch:
        return ""


def main_navigation(request: HttpRequest) -> list[Item]:
    """Gives the entries for the user of this request; none for somebody who is not logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    zichtbaar = [
        (ingang.label, url)
        for ingang in INGANGEN
        if (ingang.recht is Recht.PORTAAL or may(request, ingang.recht)) and (url := url_of(ingang.naam))
    ]
    huidig = _current(request.path, [url for _, url in zichtbaar])
    return [
        Item(label, url, ("page" if request.path == url else "true") if url == huidig else "")
        for label, url in zichtbaar
    ]


def footer() -> list[Item]:
    """Gives the links in the footer."""
    return [Item(ingang.label, url) for ingang in VOET if (url := url_of(ingang.naam))]


def _current(path: str, urls: list[str]) -> str:
    """Finds the entry that this page belongs to: the longest address that the path lies under.

    The start page only matches itself: every path lies under it.
    """
    under = [url for url in urls if path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))]
    return max(under, key=len, default="")
