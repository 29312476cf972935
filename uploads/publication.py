"""Publishing a levering: its records become the municipality's set, in one step or not at all.

The set, the status, the erasure of the file and the line in the audit log change in one transaction, so that a
levering is never published twice and a worker that dies leaves the old set answering.
"""

from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from exchange.bron.models import Stand
from exchange.bron.store import BezigMetPubliceren, Verschil, replace
from exchange.standard import Soort
from um_portal.audit.log import noteer
from um_portal.jobs import MAX_POGINGEN, claim
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.erasure import erase_content
from uploads.mapping.model import Record
from uploads.models import Conceptdeel, Levering, Status
from uploads.processing import concept_context, unpack

_BEZIG = (
    "Er wordt op dit moment een andere levering van deze soort gepubliceerd. Wacht tot die klaar is, kijk of de uwe "
    "nog nodig is, en publiceer dan opnieuw."
)
_TE_VAAK = "Het publiceren is een paar keer onderbroken. Er is niets veranderd. Publiceer opnieuw."


class NietPubliceerbaar(Exception):
    """The levering cannot be published (any more); `melding` says why, in Dutch."""

    def __init__(self, melding: str) -> None:
        super().__init__(melding)
        self.melding = melding


def current_number(soort: str) -> int:
    """How many records the municipality's set of this kind has now; call inside `voor_gemeente`."""
    return Stand.objects.filter(soort=soort).values_list("aantal", flat=True).first() or 0


def request_publication(gemeente: Gemeente, levering_id: int, gebruiker: AbstractBaseUser | None) -> None:
    """Let a converted levering wait for publication. Of two people who ask, one wins.

    Raises NietPubliceerbaar for the other, and when there is nothing to publish or the municipality may not.
    """
    if not gemeente.is_toegelaten:
        raise NietPubliceerbaar(
            "Uw gemeente is nog niet toegelaten tot de uitwisseling en kan daarom niet publiceren. "
            "Neem contact op met VNG-support."
        )
    with voor_gemeente(gemeente):
        taken = Levering.objects.filter(pk=levering_id, status=Status.OMGEZET, omgezet__gt=0).update(
            status=Status.PUBLICEREN,
            gepubliceerd_door=gebruiker,
            melding="",
            pogingen=0,
            lease_tot=None,
            gewijzigd_op=timezone.now(),
        )
        if taken:
            return
        levering = Levering.objects.filter(pk=levering_id).first()
    raise NietPubliceerbaar(why_not(levering))


def publish(gemeente: Gemeente, levering_id: int) -> Verschil | None:
    """Publish a levering that waits for it; None when it does not, when another worker is at it, or when it could not.

    Safe to call again at any time. Why it could not is then in the levering's `melding`, and its status is back
    at `omgezet`; exceptions other than that are the caller's and have changed nothing.
    """
    if not _claim(gemeente, levering_id):
        return None
    # Read before the transaction that copies, which cannot ask for anything else meanwhile.
    keys.sleutels(gemeente)
    try:
        with voor_gemeente(gemeente):
            # Waits for whoever has the row: a glance of another worker, or a publication that then is done.
            levering = (
                Levering.objects.select_for_update(of=("self",))
                .filter(pk=levering_id, status=Status.PUBLICEREN)
                .first()
            )
            if levering is None:
                return None
            verschil = replace(gemeente, Soort(levering.soort), _records(gemeente, levering))
            _mark_published(levering, verschil)
    except BezigMetPubliceren:
        _back(gemeente, levering_id, _BEZIG)
        return None
    return verschil


def _claim(gemeente: Gemeente, levering_id: int) -> bool:
    with voor_gemeente(gemeente):
        waiting = Levering.objects.filter(pk=levering_id, status=Status.PUBLICEREN)
        # Whoever publishes holds the row's lock until it is done; do not stand in line behind it.
        if not waiting.select_for_update(skip_locked=True, of=("self",)).exists():
            return False
        levering = claim(waiting, levering_id)
        if levering is None:
            return False
        if levering.pogingen > MAX_POGINGEN:
            _back(gemeente, levering_id, _TE_VAAK)
            return False
    return True


def _records(gemeente: Gemeente, levering: Levering) -> Iterator[Record]:
    sealed = Conceptdeel.objects.filter(levering=levering).order_by("volgnummer")
    parts = list(sealed.values_list("volgnummer", "inhoud"))
    # A generator: one part at a time is readable.
    return (
        record
        for volgnummer, inhoud in parts
        for record in unpack(
            keys.ontsleutel(gemeente, bytes(inhoud), concept_context(levering.pk, volgnummer))
        )
    )


def _mark_published(levering: Levering, verschil: Verschil) -> None:
    erase_content(levering)
    levering.onbekende_waarden = None
    levering.status = Status.GEPUBLICEERD
    levering.gepubliceerd_op = timezone.now()
    levering.lease_tot = None
    levering.nieuw, levering.gewijzigd = verschil.nieuw, verschil.gewijzigd
    levering.gelijk, levering.weg = verschil.gelijk, verschil.weg
    levering.save()
    noteer(
        levering.gemeente,
        "levering_gepubliceerd",
        gebruiker=levering.gepubliceerd_door,
        onderwerp=f"{levering}, {levering.soort}",
        aantal=verschil.totaal,
    )


def _back(gemeente: Gemeente, levering_id: int, melding: str) -> None:
    with voor_gemeente(gemeente):
        Levering.objects.filter(pk=levering_id, status=Status.PUBLICEREN).update(
            status=Status.OMGEZET, melding=melding, lease_tot=None, pogingen=0, gewijzigd_op=timezone.now()
        )


def why_not(levering: Levering | None) -> str:
    """Why a levering that is not waiting to be published cannot be, in Dutch."""
    if levering is None:
        return "Deze levering bestaat niet meer."
    if levering.status in {Status.PUBLICEREN, Status.GEPUBLICEERD}:
        return "Deze levering is al gepubliceerd, of iemand anders publiceert haar op dit moment."
    if levering.status == Status.OMGEZET:
        return "Er is niets om te publiceren: geen enkele rij kon worden omgezet."
    if levering.status == Status.VERVALLEN:
        return "Deze levering is vervallen. Upload het bestand opnieuw."
    return "Deze levering is nog niet omgezet. Wacht tot het omzetten klaar is."
