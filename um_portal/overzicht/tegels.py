"""Makes the start page: a tile for each thing that this person may do or should look at, with its count."""

from dataclasses import dataclass

from django.urls import reverse

from exchange.bemiddelaar import signalen
from um_portal.accounts import tweede_factor
from um_portal.achtergrondwerk import planning
from um_portal.collegas import leden
from um_portal.gemeenten import daglimieten, overzicht, voorwaarden
from um_portal.gemeenten.models import Vertrek
from um_portal.gemeenten.overzicht import Rij
from um_portal.gemeenten.voorwaarden import Staat
from um_portal.tenants.models import Gemeente, Gemeentestatus
from um_portal.tenants.scope import als_support, voor_gemeente
from um_portal.toegang.access import GemeenteRequest, may
from um_portal.toegang.rechten import Recht
from uploads.models import LandelijkeWaarde


@dataclass(frozen=True, slots=True)
class Tegel:
    """A tile on the start page."""

    titel: str
    tekst: str
    url: str
    cijfer: int | None = None
    eenheid: str = ""


def member_tiles(request: GemeenteRequest) -> list[Tegel]:
    """Lists the tiles of somebody who works for a municipality."""
    found = []
    with voor_gemeente(request.gemeente):
        if may(request, Recht.INSTELLINGEN):
            found += _settings_tiles()
            found += _attention_tiles(request.gemeente)
        if may(request, Recht.AANLEVEREN):
            found.append(
                Tegel("Leveringen", "Lever een bestand uit uw eigen systeem aan.", reverse("uploads:lijst"))
            )
    return found


def _settings_tiles() -> list[Tegel]:
    """Lists the tiles of who keeps the settings; call inside `voor_gemeente`."""
    ending = [punt for punt in voorwaarden.checklist() if punt.staat is not Staat.VERVULD]
    said = ", ".join(f"{punt.definitie.soort.label} ({punt.staat.value})" for punt in ending)
    found = []
    if Vertrek.objects.filter(bevestigd_op=None).exists():
        found.append(
            Tegel(
                "Uw gemeente vertrekt",
                "Download wat u wilt bewaren. Na de bevestiging wordt alles gewist.",
                reverse("gemeenten:instellingen"),
            )
        )
    if ending:
        found.append(
            Tegel(
                "Voorwaarden voor deelname",
                f"{said}. Stuur VNG-support het nieuwe bewijs.",
                reverse("gemeenten:instellingen"),
                len(ending),
                "vraagt aandacht" if len(ending) == 1 else "vragen aandacht",
            )
        )
    return found


def _attention_tiles(gemeente: Gemeente) -> list[Tegel]:
    """Lists the tiles about what is not safe or nearly used up; call inside `voor_gemeente`."""
    found = []
    people = [pk for pk, lid in leden.members(gemeente).items() if lid.gebruiker.is_active]
    if without := len(people) - len(tweede_factor.who_have_one(people)):
        found.append(
            Tegel(
                "Collega's zonder tweede factor",
                "Met alleen een wachtwoord is een account niet veilig. Wie inlogt, stelt eerst een tweede factor in. "
                "Werkt iemand hier niet meer? Verwijder dan de collega.",
                reverse("collegas:lijst"),
                without,
                "collega" if without == 1 else "collega's",
            )
        )
    if near := daglimieten.near_limit(gemeente):
        told = "; ".join(str(verbruik) for verbruik in near[:_GENOEMD])
        more = f"; en nog {len(near) - _GENOEMD}" if len(near) > _GENOEMD else ""
        found.append(
            Tegel(
                "Daglimieten bijna op",
                f"{told}{more}. Vannacht om 0.00 uur begint de telling opnieuw.",
                reverse("gemeenten:instelling", args=["daglimieten"]),
                len(near),
                "vandaag",
            )
        )
    return found


_GENOEMD = 3
_GETOOND = 10


@dataclass(frozen=True, slots=True)
class Supportstart:
    """The start page of VNG support: the first municipalities that ask for attention, and tiles."""

    mag_gemeenten: bool
    aandacht: list[Rij]
    meer: int
    tegels: list[Tegel]


def support_start(request: GemeenteRequest) -> Supportstart | None:
    """Gathers what the start page tells VNG support; None for who has no right there. The menu is not repeated."""
    gemeenten, landelijk = may(request, Recht.GEMEENTEN), may(request, Recht.LANDELIJK_BEKIJKEN)
    if not (gemeenten or landelijk):
        return None
    with als_support():
        rows = overzicht.rows() if gemeenten else []
        put_forward = LandelijkeWaarde.objects.filter(status=LandelijkeWaarde.Status.VOORGEDRAGEN).count()
        new = signalen.number_of_new() if may(request, Recht.SIGNALEN_SUPPORT) else 0
    asking = [row for row in rows if row.aandacht]
    # Those that stand still first: nobody else can do anything about that.
    asking.sort(key=lambda row: (row.gemeente.status == Gemeentestatus.TOEGELATEN, -len(row.aandacht)))
    tegels = []
    if landelijk and put_forward:
        tegels.append(
            Tegel(
                "Landelijke waarden",
                "Besluit over de woorden die gemeenten voordragen."
                if may(request, Recht.LANDELIJK_BESLUITEN)
                else "Bekijk de woorden die gemeenten voordragen. Een collega die mag beslissen, besluit erover.",
                reverse("uploads:landelijk"),
                put_forward,
                "voorgedragen",
            )
        )
    if new:
        tegels.append(
            Tegel(
                "Gegevens die niet kloppen",
                "Geef de meldingen van gemeenten door aan de bron."
                if may(request, Recht.SIGNALEN_AFHANDELEN)
                else "Bekijk de meldingen van gemeenten. Een collega die mag beslissen, geeft ze door aan de bron.",
                reverse("bemiddelaar:signalen_alle"),
                new,
                "nieuwe melding" if new == 1 else "nieuwe meldingen",
            )
        )
    if may(request, Recht.ACHTERGRONDWERK):
        wrong = [een.werk for een in planning.stand() if een.is_te_laat or een.is_mislukt]
        if wrong:
            tegels.append(
                Tegel(
                    "Achtergrondwerk loopt niet",
                    f"{'; '.join(wrong[:_GENOEMD])}{'; en meer' if len(wrong) > _GENOEMD else ''}.",
                    reverse("achtergrondwerk:overzicht"),
                    len(wrong),
                    "te laat of mislukt",
                )
            )
    return Supportstart(gemeenten, asking[:_GETOOND], max(0, len(asking) - _GETOOND), tegels)
