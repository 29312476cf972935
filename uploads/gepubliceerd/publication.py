"""Publishing a levering, and undoing that: the set changes in one step or not at all.

The set, the status, the erasure of the file and the line in the audit log change in one transaction, so that a
levering is never published twice and a worker that dies leaves the old set answering.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import number_format

from exchange.bron import journaal, store
from exchange.bron.columns import OnbekendePostcode
from exchange.bron.journaal import NietTerugTeDraaien
from exchange.bron.models import Journaal
from exchange.bron.sets import BezigMetPubliceren, Verschil
from exchange.standard import Soort
from um_portal.audit.log import log_act
from um_portal.jobs import MAX_POGINGEN, claim, put_back
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen.erasure import erase_content
from uploads.models import Levering, Leveringstatus, RedenStop, RedenVerlies, Wijze

# As many as there may be: whoever asks for this has said so in another way.
ONBEPERKT = 2**31 - 1
_BEZIG = (
    "Er wordt op dit moment een andere levering van deze soort gepubliceerd. Wacht tot die klaar is, kijk of de uwe "
    "nog nodig is, en publiceer dan opnieuw."
)
_TE_VAAK = "Het publiceren is een paar keer onderbroken. Er is niets veranderd. Publiceer opnieuw."
NIET_TERUG = (
    "Deze publicatie is niet terug te draaien. Er is daarna iets anders gepubliceerd, of wat er eerst stond is niet "
    "meer bewaard."
)
_TERUG_BEZIG = (
    "Er wordt op dit moment iets van deze soort gepubliceerd. Er is niets teruggedraaid. Wacht tot het klaar is en "
    "kijk of terugdraaien nog nodig is."
)
_TERUG_TE_VAAK = "Het terugdraaien is een paar keer onderbroken. Er is niets veranderd. Probeer het opnieuw."
_TERUG_POSTCODE = (
    "Terugdraaien kan niet: wat er eerst stond, heeft een postcode die nu niet meer op de kaart ligt. Lever het "
    "bestand van toen opnieuw aan."
)


class NietPubliceerbaar(Exception):
    """The levering cannot be published (any more), or its publication not undone; `melding` says why, in Dutch."""

    def __init__(self, melding: str) -> None:
        super().__init__(melding)
        self.melding = melding


@dataclass(frozen=True, slots=True)
class Rem:
    """So much of the set would disappear that somebody has to say why first."""

    weg: int
    eerst: int

    @property
    def percentage(self) -> int:
        """How much of the set that is, rounded down but for what is less than one."""
        return max(100 * self.weg // self.eerst, 1)


class RemtEerst(NietPubliceerbaar):
    """Too much of the set would disappear, and nobody said why: see `rem`."""

    def __init__(self, rem: Rem, soort: str) -> None:
        super().__init__(
            f"Er zouden {_getal(rem.weg)} van de {_getal(rem.eerst)} gepubliceerde {soort} verdwijnen "
            f"({rem.percentage}%). Controleer of het bestand volledig is. Klopt het, publiceer dan en zeg erbij waarom."
        )
        self.rem = rem


def _getal(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


@dataclass(frozen=True, slots=True)
class Verlies:
    """Why much may disappear, and how many records that was when somebody said so."""

    reden: RedenVerlies
    aantal: int


# --- Beforehand ------------------------------------------------------------------------------------------


def difference(levering: Levering, wijze: str = "") -> Verschil:
    """What publishing a converted levering would do to the set as it is now; `wijze`: as if it were this one."""
    volledig = (wijze or levering.wijze) == Wijze.VOLLEDIG
    return store.difference(levering.gemeente, Soort(levering.soort), levering.pk, volledig=volledig)


def rem(levering: Levering, verschil: Verschil | None = None) -> Rem | None:
    """Whether more of the set would disappear than goes without saying why; `verschil` when it is known already."""
    found = verschil if verschil is not None else difference(levering)
    if 100 * found.weg <= settings.UM_REM_PERCENTAGE * found.eerst:
        return None
    return Rem(found.weg, found.eerst)


def request_publication(
    gemeente: Gemeente,
    levering_id: int,
    gebruiker: AbstractBaseUser | None,
    *,
    wijze: str = "",
    verlies: Verlies | None = None,
    zonder_rem: bool = False,
) -> None:
    """Let a converted levering wait for publication. Of two people who ask, one wins.

    `wijze` when somebody chose it now, `verlies` when somebody said why much may disappear; `zonder_rem` for who
    need not say. Raises NietPubliceerbaar for the other, when there is nothing to publish or the municipality may
    not, and RemtEerst when more would disappear than was said.
    """
    if not gemeente.is_toegelaten:
        raise NietPubliceerbaar(
            "Uw gemeente is nog niet toegelaten tot de uitwisseling en kan daarom niet publiceren. "
            "Neem contact op met VNG-support."
        )
    with voor_gemeente(gemeente):
        levering = Levering.objects.select_for_update(of=("self",)).filter(pk=levering_id).first()
        if levering is None or not levering.is_publiceerbaar:
            raise NietPubliceerbaar(why_not(levering))
        levering.gemeente = gemeente
        if wijze:
            levering.wijze = Wijze(wijze)
        levering.reden_verlies = verlies.reden if verlies else ""
        levering.verlies_bevestigd = ONBEPERKT if zonder_rem else verlies.aantal if verlies else 0
        _brake(levering, difference(levering))
        levering.status = Leveringstatus.PUBLICEREN
        levering.gepubliceerd_door = gebruiker
        levering.melding = ""
        levering.pogingen = 0
        levering.lease_tot = None
        levering.save(
            update_fields=[
                *("wijze", "reden_verlies", "verlies_bevestigd", "status", "gepubliceerd_door"),
                *("melding", "pogingen", "lease_tot", "gewijzigd_op"),
            ]
        )


def _brake(levering: Levering, verschil: Verschil) -> None:
    """Raise RemtEerst when more would disappear than somebody said."""
    found = rem(levering, verschil)
    if found is not None and found.weg > levering.verlies_bevestigd:
        raise RemtEerst(found, levering.soort_label)


# --- Publishing ------------------------------------------------------------------------------------------


def publish(gemeente: Gemeente, levering_id: int) -> Verschil | None:
    """Publish a levering that waits for it; None when it does not, when another worker is at it, or when it could not.

    Safe to call again at any time. Why it could not is then in the levering's `melding`, and its status is back
    at `omgezet`; exceptions other than that are the caller's and have changed nothing.
    """
    return _under_lease(gemeente, levering_id, Leveringstatus.PUBLICEREN, _publish, _give_back_publish)


def _publish(levering: Levering) -> Verschil:
    verschil = store.publish(
        levering.gemeente,
        Soort(levering.soort),
        levering.pk,
        volledig=levering.wijze == Wijze.VOLLEDIG,
    )
    # The set may have changed since somebody looked; with what was written now the transaction is rolled back.
    _brake(levering, verschil)
    _mark_published(levering, verschil)
    return verschil


def _mark_published(levering: Levering, verschil: Verschil) -> None:
    erase_content(levering)
    levering.status = Leveringstatus.GEPUBLICEERD
    levering.gepubliceerd_op = timezone.now()
    levering.lease_tot = None
    levering.nieuw, levering.gewijzigd = verschil.nieuw, verschil.gewijzigd
    levering.gelijk, levering.weg = verschil.gelijk, verschil.weg
    levering.save()
    log_act(
        levering.gemeente,
        "levering_gepubliceerd",
        gebruiker=levering.gepubliceerd_door,
        onderwerp=f"{levering}, {levering.soort}",
        aantal=verschil.totaal,
    )


def _give_back_publish(
    gemeente: Gemeente, levering_id: int, melding: str, stop: RedenStop | None = None
) -> None:
    with voor_gemeente(gemeente):
        waiting = Levering.objects.filter(pk=levering_id, status=Leveringstatus.PUBLICEREN)
        if stop is not None:
            waiting.filter(publiceer_vanzelf=True).update(gestopt_om=stop)
        put_back(waiting, status=Leveringstatus.OMGEZET, melding=melding)


def why_not(levering: Levering | None) -> str:
    """Why a levering that is not waiting to be published cannot be, in Dutch."""
    if levering is None:
        return "Deze levering bestaat niet meer."
    if levering.status in {
        Leveringstatus.PUBLICEREN,
        Leveringstatus.GEPUBLICEERD,
        Leveringstatus.TERUGDRAAIEN,
    }:
        return "Deze levering is al gepubliceerd, of iemand anders publiceert haar op dit moment."
    if levering.status == Leveringstatus.OMGEZET:
        return "Er is niets om te publiceren: geen enkele rij kon worden omgezet."
    if levering.status == Leveringstatus.VERVALLEN:
        return "Deze levering is vervallen. Upload het bestand opnieuw."
    return "Deze levering is nog niet omgezet. Wacht tot het omzetten klaar is."


# --- Undoing ---------------------------------------------------------------------------------------------


def undoable(levering: Levering) -> Journaal | None:
    """The journaal of a publication that can be undone now: the last of its kind; call inside `voor_gemeente`."""
    if levering.status != Leveringstatus.GEPUBLICEERD or levering.is_teruggedraaid:
        return None
    found = journaal.last_journaal(Soort(levering.soort))
    return found if found is not None and found.stapel == levering.pk else None


def request_undo(gemeente: Gemeente, levering_id: int, gebruiker: AbstractBaseUser | None) -> None:
    """Let a publication wait to be undone. Of two people who ask, one wins.

    Raises NietPubliceerbaar for the other, and when it is not the last of its kind or not kept any more.
    """
    with voor_gemeente(gemeente):
        levering = Levering.objects.select_for_update(of=("self",)).filter(pk=levering_id).first()
        if levering is None:
            raise NietPubliceerbaar(why_not(None))
        if levering.status == Leveringstatus.TERUGDRAAIEN or levering.is_teruggedraaid:
            raise NietPubliceerbaar(
                "Deze publicatie is al teruggedraaid, of iemand anders doet dat op dit moment."
            )
        if undoable(levering) is None:
            raise NietPubliceerbaar(NIET_TERUG)
        put_back(
            Levering.objects.filter(pk=levering_id),
            status=Leveringstatus.TERUGDRAAIEN,
            teruggedraaid_door=gebruiker,
            melding="",
        )


def undo(gemeente: Gemeente, levering_id: int) -> Verschil | None:
    """Undo the publication of a levering that waits for it; None as with `publish`.

    Safe to call again at any time. Why it could not is then in the levering's `melding`, and it is published as it was.
    """
    return _under_lease(gemeente, levering_id, Leveringstatus.TERUGDRAAIEN, _undo, _give_back_undo)


def _undo(levering: Levering) -> Verschil:
    verschil = journaal.undo(levering.gemeente, Soort(levering.soort), levering.pk)
    levering.status = Leveringstatus.GEPUBLICEERD
    levering.teruggedraaid_op = timezone.now()
    levering.lease_tot = None
    levering.save(update_fields=["status", "teruggedraaid_op", "lease_tot", "gewijzigd_op"])
    log_act(
        levering.gemeente,
        "levering_teruggedraaid",
        gebruiker=levering.teruggedraaid_door,
        onderwerp=f"{levering}, {levering.soort}",
        aantal=verschil.totaal,
    )
    return verschil


def _give_back_undo(
    gemeente: Gemeente, levering_id: int, melding: str, stop: RedenStop | None = None
) -> None:
    del stop
    with voor_gemeente(gemeente):
        waiting = Levering.objects.filter(pk=levering_id, status=Leveringstatus.TERUGDRAAIEN)
        put_back(waiting, status=Leveringstatus.GEPUBLICEERD, teruggedraaid_door=None, melding=melding)


# --- By a worker -----------------------------------------------------------------------------------------


def _under_lease(
    gemeente: Gemeente,
    levering_id: int,
    status: Leveringstatus,
    work: Callable[[Levering], Verschil],
    give_back: Callable[..., None],
) -> Verschil | None:
    """Do what a levering in this status waits for, in one transaction, or give it back with a message."""
    publishing = status is Leveringstatus.PUBLICEREN
    if not _claim(gemeente, levering_id, status):
        return None
    try:
        with voor_gemeente(gemeente):
            # Waits for whoever has the row: a glance of another worker, or a publication that then is done.
            levering = _in_status(status).select_for_update(of=("self",)).filter(pk=levering_id).first()
            if levering is None:
                return None
            levering.gemeente = gemeente
            if levering.pogingen <= MAX_POGINGEN:
                return work(levering)
    except BezigMetPubliceren:
        give_back(gemeente, levering_id, _BEZIG if publishing else _TERUG_BEZIG)
    except RemtEerst as problem:
        give_back(gemeente, levering_id, problem.melding, RedenStop.REM)
    except NietTerugTeDraaien:
        give_back(gemeente, levering_id, NIET_TERUG)
    except OnbekendePostcode:
        give_back(gemeente, levering_id, _TERUG_POSTCODE)
    else:
        give_back(gemeente, levering_id, _TE_VAAK if publishing else _TERUG_TE_VAAK, RedenStop.ONDERBROKEN)
    return None


def _in_status(status: Leveringstatus) -> "QuerySet[Levering]":
    found: QuerySet[Levering] = Levering.objects.filter(status=status)
    return found


def _claim(gemeente: Gemeente, levering_id: int, status: Leveringstatus) -> bool:
    with voor_gemeente(gemeente):
        waiting = _in_status(status).filter(pk=levering_id)
        # Whoever publishes holds the row's lock until it is done; do not stand in line behind it.
        if not waiting.select_for_update(skip_locked=True, of=("self",)).exists():
            return False
        return claim(waiting, levering_id) is not None
