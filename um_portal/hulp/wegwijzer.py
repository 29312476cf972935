"""Tells which place in the help belongs to a page of the portal.

A right leads to a page of the help; a page of the portal about one part of what the right is for leads to that
part. What somebody sees first leads to the page for their own work.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

from django.http import HttpRequest
from django.urls import reverse

from um_portal.accounts.models import Gebruiker
from um_portal.hulp.bronnen import INGANGEN, OPENBAAR
from um_portal.toegang.access import EIGEN_ACCOUNT
from um_portal.toegang.rechten import Functie, Recht, functies_of

# The place in the help for each act that is done on a page, as `page` or `page#heading`.
PER_RECHT: Final[Mapping[Recht, str]] = MappingProxyType(
    {
        Recht.ZOEKEN: "zoeken",
        Recht.CONTACTMOMENTEN: "contactmomenten",
        Recht.CIJFERS: "cijfers",
        Recht.CIJFERS_SUPPORT: "cijfers",
        Recht.SIGNALEN: "details#klopt-er-iets-niet",
        Recht.SIGNALEN_SUPPORT: "vng-support#meldingen-over-gegevens",
        Recht.SIGNALEN_AFHANDELEN: "vng-support#meldingen-over-gegevens",
        Recht.AANLEVEREN: "aanleveren",
        Recht.WAARDEN: "waarden",
        Recht.PUBLICEREN: "gepubliceerd",
        Recht.GEPUBLICEERD: "gepubliceerd#wat-er-nu-staat",
        Recht.INTREKKEN: "gepubliceerd#intrekken",
        Recht.SLEUTELS: "automatisch-aanleveren",
        Recht.LOGBOEK: "logboek",
        Recht.LOGBOEK_SUPPORT: "vng-support#logboek",
        Recht.INSTELLINGEN: "instellingen",
        Recht.COLLEGA_WISSEN: "instellingen#het-account-van-een-collega-wissen",
        Recht.COLLEGAS: "collegas",
        Recht.GEBRUIKERS: "gebruikers",
        Recht.GEBRUIKERS_BESLUITEN: "gebruikers",
        Recht.GEMEENTEN: "gemeenten-toelaten#wat-aandacht-vraagt",
        Recht.GEMEENTEN_BESLUITEN: "gemeenten-toelaten",
        Recht.ACHTERGRONDWERK: "gemeenten-toelaten#achtergrondwerk",
        Recht.ACHTERGRONDWERK_STARTEN: "gemeenten-toelaten#achtergrondwerk",
        Recht.MEDEDELINGEN: "gemeenten-toelaten#mededelingen",
        Recht.LANDELIJK_BEKIJKEN: "landelijke-waarden",
        Recht.LANDELIJK_BESLUITEN: "landelijke-waarden#besluiten",
    }
)

# The pages, by the name of their address, that have a more precise place than their right.
PER_ADRES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Searching
        "bemiddelaar:nieuw": "zoeken#een-zoekvraag-stellen",
        "bemiddelaar:lijst": "zoeken#uw-bureau",
        "bemiddelaar:zoekvraag": "resultaten",
        "bemiddelaar:kaart": "resultaten#kaart-en-verdeling",
        "bemiddelaar:vergelijken": "resultaten#ster-wegleggen-en-notitie",
        "bemiddelaar:delen": "resultaten#met-een-collega",
        "bemiddelaar:resultaat": "resultaten#eén-resultaat",
        "bemiddelaar:detail": "details",
        "bemiddelaar:vervolg": "details#wat-is-ervan-gekomen",
        "bemiddelaar:signaal": "details#klopt-er-iets-niet",
        # From a file to published
        "uploads:nieuw": "aanleveren#in-vier-stappen",
        "uploads:levering": "controle",
        "uploads:koppelen": "koppelingen#in-vijf-stappen",
        "uploads:koppelingen": "koppelingen#koppelingen-beheren",
        "uploads:koppeling": "koppelingen#koppelingen-beheren",
        "uploads:koppeling_opbergen": "koppelingen#koppelingen-beheren",
        "uploads:koppeling_terugzetten": "koppelingen#koppelingen-beheren",
        "uploads:opmerkingen": "controle#uw-eigen-bestand-met-opmerkingen",
        "uploads:waarden": "waarden#alle-gekoppelde-waarden",
        "uploads:waarde": "waarden#alle-gekoppelde-waarden",
        "uploads:waarde_verwijder": "waarden#alle-gekoppelde-waarden",
        "uploads:waarden_upload": "waarden#als-bestand",
        "uploads:waarden_voordragen": "waarden#samen-met-andere-gemeenten",
        "uploads:waarden_landelijk": "waarden#samen-met-andere-gemeenten",
        "uploads:lege_waarden": "waarden#woorden-die-leeg-betekenen",
        "uploads:waarden_levering": "waarden#bij-een-levering",
        "uploads:waarden_voorstellen": "waarden#bij-een-levering",
        "uploads:publiceer": "gepubliceerd#vooraf-wat-verandert-er",
        "uploads:geschiedenis": "gepubliceerd#terugdraaien",
        "uploads:terugdraaien": "gepubliceerd#terugdraaien",
        "uploads:ingetrokken": "gepubliceerd#eerder-ingetrokken",
        # The municipality and its people
        "collegas:uitnodigen": "collegas#iemand-uitnodigen",
        "collegas:genodigde": "collegas#iemand-uitnodigen",
        "collegas:toetsen": "collegas#elk-jaar-toegang-toetsen",
        "collegas:voorstel": "collegas#een-functioneel-beheerder-erbij",
        "collegas:collega": "collegas#rol-wijzigen-of-verwijderen",
        # The settings, with the part of them that the address names.
        "gemeenten:instelling/contact": "instellingen#contactgegevens",
        "gemeenten:instelling/bewaren": "instellingen#bewaartermijnen",
        "gemeenten:instelling/daglimieten": "instellingen#daglimieten",
        "gemeenten:instelling/details": "instellingen#details-opvragen",
        "gemeenten:instelling/naam": "instellingen#naam-en-logo",
        "gemeenten:instelling/logo": "instellingen#naam-en-logo",
        "collegas:bezwaar": "collegas#een-collega-kan-niet-meer-inloggen",
        # VNG support
        "gebruikers:zoeken": "gebruikers#iemand-vinden",
        "gebruikers:wachtend": "gebruikers#een-tweede-factor-herstellen",
        "gebruikers:beheerder": "gebruikers#een-nieuwe-gemeente",
        "gebruikers:support": "gebruikers#vng-support-zelf",
        "gebruikers:support-uitnodigen": "gebruikers#vng-support-zelf",
        "gemeenten:inschrijven": "gemeenten-toelaten#inschrijven-en-toelaten",
        "gemeenten:gemeente": "gemeenten-toelaten#inschrijven-en-toelaten",
        "gemeenten:voorwaarde": "gemeenten-toelaten#inschrijven-en-toelaten",
        "gemeenten:voorwaarde_intrekken": "gemeenten-toelaten#inschrijven-en-toelaten",
        "gemeenten:toelaten": "gemeenten-toelaten#inschrijven-en-toelaten",
        "gemeenten:opschorten": "gemeenten-toelaten#opschorten-en-hervatten",
        "gemeenten:hervatten": "gemeenten-toelaten#opschorten-en-hervatten",
        "gemeenten:deelname": "gemeenten-toelaten#waar-een-gemeente-aan-meedoet",
        "gemeenten:inlogdienst": "eenmalig-inloggen#stappen",
        "gemeenten:account_wissen": "gemeenten-toelaten#een-account-wissen",
        # One's own account
        "accounts:uitnodiging": "inloggen#de-eerste-keer",
        "accounts:uitnodiging-wachtwoord": "inloggen#de-eerste-keer",
        "accounts:login": "inloggen#elke-keer",
        "account_login": "inloggen#elke-keer",
        "mfa_authenticate": "inloggen#elke-keer",
        "accounts:mijn": "inloggen#mijn-account",
    }
)
# The same, for addresses whose names begin alike.
PER_BEGIN: Final = (
    ("gemeenten:vertrek", "gemeenten-toelaten#vertrek"),
    ("herstel:", "inloggen#als-u-uw-tweede-factor-kwijt-bent"),
    ("inlogdienst:", "inloggen#inloggen-via-uw-gemeente"),
    ("account_reset_password", "inloggen#elke-keer"),
    ("mfa_", "inloggen#mijn-account"),
    ("usersessions_", "inloggen#mijn-account"),
)


def place_of(naam: str, route: str, recht: Recht | None) -> str:
    """Gives the place in the help for the page at this address; empty when there is none.

    `naam` and `route` are those of the address, `recht` what its view takes.
    """
    place = PER_ADRES.get(naam)
    place = place or next((place for begin, place in PER_BEGIN if naam.startswith(begin)), None)
    if place is None and recht is not None:
        place = PER_RECHT.get(recht)
    if place is None and route.startswith(EIGEN_ACCOUNT):
        place = OPENBAAR
    return place or ""


def url_of_place(place: str) -> str:
    """Gives the address of a place in the help, `page` or `page#heading`."""
    naam, _, anker = place.partition("#")
    return reverse("hulp:pagina", args=[naam]) + (f"#{anker}" if anker else "")


def own_place(request: HttpRequest) -> str:
    """Gives the page of the help to begin with for who is logged in; empty for who has nothing to do here."""
    user = request.user
    if not isinstance(user, Gebruiker):
        return ""
    functies = functies_of(user, getattr(request, "lidmaatschap", None))
    return next((INGANGEN[functie] for functie in Functie if functie in functies), "")


def help_url(request: HttpRequest) -> str:
    """Gives the address of the help for the page that this request shows; empty when there is none."""
    match = request.resolver_match
    if match is None or match.namespace == "hulp":
        return ""
    recht = cast(Recht | None, getattr(match.func, "recht", None))
    if recht is Recht.PORTAAL:
        place = own_place(request)
    else:
        onderdeel = match.kwargs.get("onderdeel")
        naam = f"{match.view_name}/{onderdeel}" if onderdeel else match.view_name
        place = place_of(naam, match.route, recht)
    return url_of_place(place) if place else ""
