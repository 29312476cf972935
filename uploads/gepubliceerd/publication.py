"""Publishes a levering, and undoes that: the set changes in one step or not at all.

The set, the status, the erasure of the file and the line in the audit log change in one transaction. So a
levering is never published twice, and a worker that dies leaves the old set answering.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.formats import number_format

from exchange.bron import journaal, store
from exchange.bron.columns import OnbekendePostcode
from exchange.bron.journaal import NietTerugTeDraaien
from exchange.bron.models import Journaal
from exchange.bron.sets import BezigMetPubliceren, Verschil
from exchange.standard import Soort
from um_portal import ruimte
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.errors import FoutMetMelding
from um_portal.jobs import MAX_POGINGEN, Lease, LeaseVerloren
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.rechten import Recht, is_open
from uploads.leveringen import lifecycle
from uploads.leveringen.erasure import erase_content
from uploads.models import Levering, Leveringstatus, RedenStop, RedenVerlies, Wijze

logger = logging.getLogger(__name__)

# No bound on the number of records: a caller that asks for this has confirmed the loss in another way.
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


class NietPubliceerbaar(FoutMetMelding):
    """The levering cannot be published (any more), or its publication cannot be undone.

    `melding` says why, in Dutch.
    """


@dataclass(frozen=True, slots=True)
class Rem:
    """Tells how much of the set would disappear, when it is so much that a reason is needed."""

    weg: int
    eerst: int

    @property
    def percentage(self) -> int:
        """Gives the part of the set that disappears, in percent; rounded down, but never to zero."""
        return max(100 * self.weg // self.eerst, 1)


class RemtEerst(NietPubliceerbaar):
    """Too much of the set would disappear and nobody gave a reason; `rem` tells how much."""

    def __init__(self, rem: Rem, soort: str) -> None:
        super().__init__(
            f"Er zouden {_getal(rem.weg)} van de {_getal(rem.eerst)} gepubliceerde {soort} verdwijnen "
            f"({rem.percentage}%). Controleer of het bestand volledig is. Klopt het, publiceer dan en zeg erbij waarom."
        )
        self.rem = rem


class IsOuder(NietPubliceerbaar):
    """A newer levering was published, and nobody said that this older one may replace it; `nieuwer` is that one."""

    def __init__(self, nieuwer: Levering) -> None:
        super().__init__(
            f"Er is al een nieuwer bestand gepubliceerd: {nieuwer.bestandsnaam}. Publiceer deze levering alleen als u "
            "zeker weet dat dit oudere bestand moet gelden."
        )
        self.nieuwer = nieuwer


class IsVreemd(NietPubliceerbaar):
    """Nothing in the file is known here and its places lie elsewhere; nobody said that it is this municipality's."""

    def __init__(self, soort: str) -> None:
        super().__init__(
            f"Geen van de {soort} in dit bestand staat er nu, en hun postcodes liggen ergens anders. Controleer of "
            "dit bestand van uw gemeente is."
        )


def _getal(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


@dataclass(frozen=True, slots=True)
class Verlies:
    """The reason why many records may disappear, and their number at the moment when the reason was given."""

    reden: RedenVerlies
    aantal: int


# A set or a file with fewer records than this says too little about where its people live.
_GENOEG_OM_TE_VERGELIJKEN = 5
# The part of the file with a postcode where nobody of the set lives, from which on the file looks strange.
_ELDERS = 0.5

# --- Beforehand ------------------------------------------------------------------------------------------


def difference(levering: Levering, wijze: str = "") -> Verschil:
    """Computes what publishing a converted levering would do to the present set.

    `wijze` replaces the levering's own way.
    """
    volledig = (wijze or levering.wijze) == Wijze.VOLLEDIG
    return store.difference(levering.gemeente, Soort(levering.soort), levering.pk, volledig=volledig)


def rem(levering: Levering, verschil: Verschil | None = None) -> Rem | None:
    """Gives the brake when more of the set would disappear than is allowed without a reason, else None.

    `verschil` saves computing the difference again.
    """
    found = verschil if verschil is not None else difference(levering)
    if 100 * found.weg <= settings.UM_REM_PERCENTAGE * found.eerst:
        return None
    return Rem(found.weg, found.eerst)


def newer(levering: Levering) -> Levering | None:
    """Finds a published levering of this kind with a newer file than this one; call inside `voor_gemeente`.

    A file that was published before is as old as it was then, however often it comes in again.
    """
    published = Levering.objects.light().filter(
        soort=levering.soort, status=Leveringstatus.GEPUBLICEERD, teruggedraaid_op=None
    )
    since = levering.pk
    if levering.kenmerk:
        same = published.filter(kenmerk=levering.kenmerk, pk__lt=levering.pk).order_by("-pk").first()
        since = same.pk if same is not None else since
    found: Levering | None = (
        published.filter(pk__gt=since)
        .exclude(pk=levering.pk)
        .exclude(kenmerk=levering.kenmerk or "-")
        .first()
    )
    return found


def is_strange(levering: Levering, verschil: Verschil | None = None) -> bool:
    """Tells whether nobody in the file is known here and most of its places lie elsewhere.

    `verschil` saves computing the difference again.
    """
    found = verschil if verschil is not None else difference(levering)
    if found.gewijzigd or found.gelijk or min(found.eerst, found.nieuw) < _GENOEG_OM_TE_VERGELIJKEN:
        return False
    return store.share_elsewhere(levering.gemeente, Soort(levering.soort), levering.pk) > _ELDERS


def request_publication(
    gemeente: Gemeente,
    levering_id: int,
    gebruiker: AbstractBaseUser | None,
    *,
    wijze: str = "",
    verlies: Verlies | None = None,
    zonder_rem: bool = False,
    nieuwere: int = 0,
    eigen: bool = False,
) -> None:
    """Lets a converted levering wait for publication. When two people ask at once, one succeeds.

    `wijze` is the way that somebody chose now, `verlies` the reason why many records may disappear, `nieuwere`
    the number of the newest published levering that this person saw, and `eigen` says that the file is this
    municipality's; `zonder_rem` is for callers that need no reason. Raises NietPubliceerbaar for the second
    person, when there is nothing to publish, or when the municipality may not publish; IsOuder, IsVreemd or
    RemtEerst when somebody has to confirm something first.
    """
    with voor_gemeente(gemeente):
        levering = Levering.objects.select_for_update(of=("self",)).filter(pk=levering_id).first()
        if levering is None or not levering.is_publiceerbaar:
            raise NietPubliceerbaar(why_not(levering))
        _check_open(gemeente, levering)
        levering.gemeente = gemeente
        if wijze:
            levering.wijze = Wijze(wijze)
        levering.reden_verlies = verlies.reden if verlies else ""
        levering.verlies_bevestigd = ONBEPERKT if zonder_rem else verlies.aantal if verlies else 0
        levering.nieuwere_bevestigd, levering.eigen_bevestigd = nieuwere, eigen
        _check_newer(levering)
        verschil = difference(levering)
        if not levering.eigen_bevestigd and is_strange(levering, verschil):
            raise IsVreemd(levering.soort_label)
        _brake(levering, verschil)
        lifecycle.await_publication(
            levering_id,
            gebruiker,
            wijze=levering.wijze,
            reden_verlies=levering.reden_verlies,
            verlies_bevestigd=levering.verlies_bevestigd,
            nieuwere_bevestigd=levering.nieuwere_bevestigd,
            eigen_bevestigd=levering.eigen_bevestigd,
        )


def _check_open(gemeente: Gemeente, levering: Levering) -> None:
    """Refuses for a municipality that may not publish this now. Raises NietPubliceerbaar."""
    if not is_open(Recht.PUBLICEREN, gemeente, levering.soort):
        raise NietPubliceerbaar(
            f"Uw gemeente is nu niet toegelaten tot de uitwisseling, of biedt geen {levering.soort_label} aan, en kan "
            "daarom niet publiceren. Neem contact op met VNG-support."
        )


def _check_newer(levering: Levering) -> None:
    """Refuses when a newer file is published than the one that was confirmed. Raises IsOuder."""
    found = newer(levering)
    if found is not None and found.pk > levering.nieuwere_bevestigd:
        raise IsOuder(found)


def _brake(levering: Levering, verschil: Verschil) -> None:
    """Refuses when more would disappear than the reason was given for. Raises RemtEerst."""
    found = rem(levering, verschil)
    if found is not None and found.weg > levering.verlies_bevestigd:
        raise RemtEerst(found, levering.soort_label)


# --- Publishing ------------------------------------------------------------------------------------------


def publish(gemeente: Gemeente, levering_id: int) -> Verschil | None:
    """Publishes a levering that waits for it.

    Gives None when it does not wait, when another worker has it, or on failure. It can safely be called again
    at any time. After a failure the levering's `melding` says why, and its status is `omgezet` again. Other
    exceptions reach the caller and have changed nothing.
    """
    return _under_lease(gemeente, levering_id, _PUBLICEREN)


def _publish(lease: Lease[Levering], levering: Levering) -> Verschil:
    # The municipality may have been suspended while the levering waited.
    _check_open(Gemeente.objects.get(pk=levering.gemeente_id), levering)
    verschil = store.publish(
        levering.gemeente,
        Soort(levering.soort),
        levering.pk,
        volledig=levering.wijze == Wijze.VOLLEDIG,
    )
    # With the set locked: it may have changed since somebody looked. The exception rolls back everything written
    # so far.
    _check_newer(levering)
    _brake(levering, verschil)
    _mark_published(lease, levering, verschil)
    return verschil


def _mark_published(lease: Lease[Levering], levering: Levering, verschil: Verschil) -> None:
    erase_content(levering)
    lifecycle.finish_publishing(
        lease,
        nieuw=verschil.nieuw,
        gewijzigd=verschil.gewijzigd,
        gelijk=verschil.gelijk,
        weg=verschil.weg,
        tegengehouden=verschil.tegengehouden,
    )
    log_act(
        levering.gemeente,
        Handeling.LEVERING_GEPUBLICEERD,
        gebruiker=levering.gepubliceerd_door,
        onderwerp=f"{levering}, {levering.soort}",
        aantal=verschil.totaal,
    )


def _give_back_publishing(levering_id: int, melding: str, stop: RedenStop | None) -> None:
    given_back = lifecycle.stop_publishing(levering_id, melding)
    if given_back and stop is not None:
        Levering.objects.filter(pk=levering_id, publiceer_vanzelf=True).update(gestopt_om=stop)


def why_not(levering: Levering | None) -> str:
    """Says in Dutch why a levering that is not waiting to be published cannot be published."""
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
    """Gives the journaal of a publication that can be undone now: the last of its kind.

    Call inside `voor_gemeente`.
    """
    if levering.status != Leveringstatus.GEPUBLICEERD or levering.is_teruggedraaid:
        return None
    found = journaal.last_journaal(Soort(levering.soort))
    return found if found is not None and found.stapel == levering.pk else None


def request_undo(gemeente: Gemeente, levering_id: int, gebruiker: AbstractBaseUser | None) -> None:
    """Lets a publication wait to be undone. When two people ask at once, one succeeds.

    Raises NietPubliceerbaar for the second person, when it is not the last publication of its kind, and when
    it is not kept any more.
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
        lifecycle.await_undoing(levering_id, gebruiker)


def undo(gemeente: Gemeente, levering_id: int) -> Verschil | None:
    """Undoes the publication of a levering that waits for it; gives None in the same cases as `publish`.

    It can safely be called again at any time. After a failure the levering's `melding` says why, and the
    levering is published as before.
    """
    return _under_lease(gemeente, levering_id, _TERUGDRAAIEN)


def _undo(lease: Lease[Levering], levering: Levering) -> Verschil:
    verschil = journaal.undo(levering.gemeente, Soort(levering.soort), levering.pk)
    lifecycle.finish_undoing(lease)
    log_act(
        levering.gemeente,
        Handeling.LEVERING_TERUGGEDRAAID,
        gebruiker=levering.teruggedraaid_door,
        onderwerp=f"{levering}, {levering.soort}",
        aantal=verschil.totaal,
    )
    return verschil


def _give_back_undoing(levering_id: int, melding: str, stop: RedenStop | None) -> None:
    del stop
    lifecycle.stop_undoing(levering_id, melding)


# --- By a worker -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Werk:
    """A kind of work that changes the set: how it begins, is done and given back, and its messages."""

    begin: Callable[[int], Lease[Levering] | None]
    do: Callable[[Lease[Levering], Levering], Verschil]
    give_back: Callable[[int, str, RedenStop | None], None]
    bezig: str
    te_vaak: str


_PUBLICEREN = _Werk(lifecycle.begin_publishing, _publish, _give_back_publishing, _BEZIG, _TE_VAAK)
_TERUGDRAAIEN = _Werk(lifecycle.begin_undoing, _undo, _give_back_undoing, _TERUG_BEZIG, _TERUG_TE_VAAK)


def _under_lease(gemeente: Gemeente, levering_id: int, werk: _Werk) -> Verschil | None:
    """Does the work that a levering waits for, in one transaction, or gives it back with a message."""

    def give_back(melding: str, stop: RedenStop | None = None) -> None:
        with voor_gemeente(gemeente):
            werk.give_back(levering_id, melding, stop)

    with voor_gemeente(gemeente):
        # A worker that publishes holds the row's lock until it is done; this one gives up instead of waiting
        # for it.
        lease = werk.begin(levering_id)
    if lease is None:
        return None
    try:
        with voor_gemeente(gemeente):
            # This waits for a short read of the row. From here on no other worker publishes it.
            levering = lease.lock()
            if levering is None:
                return None
            levering.gemeente = gemeente
            if levering.pogingen <= MAX_POGINGEN:
                return werk.do(lease, levering)
    except BezigMetPubliceren:
        give_back(werk.bezig)
    except RemtEerst as problem:
        give_back(problem.melding, RedenStop.REM)
    except IsOuder as problem:
        give_back(problem.melding, RedenStop.INGEHAALD)
    except NietPubliceerbaar as problem:
        give_back(problem.melding, RedenStop.TOELATING)
    except NietTerugTeDraaien:
        give_back(NIET_TERUG)
    except OnbekendePostcode:
        give_back(_TERUG_POSTCODE)
    except ruimte.FOUTEN as error:
        if not ruimte.is_full(error):
            raise
        # Nothing was changed. It waits, and the clock hands it out again.
        logger.error("publiceren: geen ruimte (%s); levering %s wacht", type(error).__name__, levering_id)
        with suppress(LeaseVerloren, *ruimte.FOUTEN), voor_gemeente(gemeente):
            lease.hand_back(melding=ruimte.GEEN_RUIMTE)
    else:
        give_back(werk.te_vaak, RedenStop.ONDERBROKEN)
    return None
