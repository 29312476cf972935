"""Leveringen that come in by themselves, and that go on to publication by themselves when nothing stands in the way.

Two ways in: a municipality's system with an aanleversleutel (`api`), and a folder that is watched (`watch`). Who
publishes by hand has nothing to do with this module.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from exchange.standard import Soort
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.gepubliceerd import publication
from uploads.aanleveren import sleutels
from uploads.leveringen.intake import receive
from uploads.mapping.recognition import KOPPELINGEN
from uploads.models import BEZIG, Aanleversleutel, Koppeling, Levering, RedenStop, Status, Wijze


class OnbekendeKoppeling(ValueError):
    """The municipality has no koppeling of this name (any more), and there is no preset called so."""


class AndereSoort(ValueError):
    """What is asked for is about another kind of records than may be delivered here."""


class AlBezig(RuntimeError):
    """This file is being worked on already, with other choices."""


@dataclass(frozen=True, slots=True)
class Keuzes:
    """What is to be done with a file. `koppeling`: how to read it, by name; empty: found out."""

    koppeling: str = ""
    wijze: Wijze = Wijze.VOLLEDIG
    publiceer: bool = True


# --- In ------------------------------------------------------------------------------------------------


def deliver(
    sleutel: Aanleversleutel, keuzes: Keuzes, *, inhoud: bytes, bestandsnaam: str
) -> tuple[Levering, bool]:
    """Take a file in with a key; the levering, and whether it is a new one. The caller enqueues a new one.

    A file that is sent again within UM_AANLEVER_HERHAAL_MINUTEN, while nothing of that kind came in between, is the
    same levering: so a system that got no answer can safely send it again. Of two at once one makes it.
    Raises Onleesbaar, OnbekendeKoppeling, AndereSoort, AlBezig, and Geweigerd for a key that was revoked meanwhile.
    """
    gemeente = sleutel.gemeente
    with voor_gemeente(gemeente):
        # Held until the levering is there: whoever sends the same at the same time waits here and then finds it.
        locked = Aanleversleutel.objects.select_for_update(no_key=True, of=("self",)).get(pk=sleutel.pk)
        sleutels.check(locked)
        soort = Soort(locked.soort)
        check_koppeling(keuzes.koppeling, soort)
        kenmerk = keys.pseudoniem(gemeente, f"levering:{hashlib.sha256(inhoud).hexdigest()}")
        known = _sent_before(soort, kenmerk, keuzes)
        if known is not None:
            return known, False
        levering = receive(
            gemeente,
            inhoud=inhoud,
            bestandsnaam=bestandsnaam,
            soort=soort,
            koppeling=keuzes.koppeling,
            wijze=keuzes.wijze,
            aanleversleutel=locked,
            publiceer_vanzelf=keuzes.publiceer,
            kenmerk=kenmerk,
        )
    return levering, True


def check_koppeling(naam: str, soort: Soort | None) -> Soort | None:
    """The kind that a koppeling is for: `soort`, or that of a saved one; call inside `voor_gemeente`.

    Raises OnbekendeKoppeling and AndereSoort.
    """
    if not naam or naam in {preset.naam for preset in KOPPELINGEN}:
        return soort
    koppeling = Koppeling.objects.filter(naam=naam, gearchiveerd_op=None).first()
    if koppeling is None:
        raise OnbekendeKoppeling
    if soort is not None and koppeling.soort != soort:
        raise AndereSoort
    return Soort(koppeling.soort)


def _sent_before(soort: Soort, kenmerk: str, keuzes: Keuzes) -> Levering | None:
    """The newest levering of this kind, if it is this very file and still counts. Raises AlBezig."""
    newest: Levering | None = Levering.objects.filter(soort=soort.value).first()
    if newest is None or newest.kenmerk != kenmerk:
        return None
    since = timezone.now() - timedelta(minutes=settings.UM_AANLEVER_HERHAAL_MINUTEN)
    over = newest.is_teruggedraaid or newest.status in {
        Status.MISLUKT,
        Status.VERVALLEN,
        Status.TERUGDRAAIEN,
    }
    if over or newest.aangemaakt_op < since:
        return None
    if (newest.gevraagde_koppeling, newest.wijze, newest.publiceer_vanzelf) == (
        keuzes.koppeling,
        keuzes.wijze,
        keuzes.publiceer,
    ):
        return newest
    if newest.is_bezig:
        raise AlBezig
    return None


# --- On to publication ---------------------------------------------------------------------------------


def publish_waiting(gemeente: Gemeente) -> list[int]:
    """Let every levering go on that is converted and would be published by itself; the ids of those that may.

    The caller enqueues them. Leveringen of one kind go in the order in which they came in: one waits as long as an
    older one is being worked on, so that an old file never replaces a newer one. What cannot go on is stopped with
    a reason, and from then on only a person publishes it. Safe to call at any time and by several at once.
    """
    going = []
    with voor_gemeente(gemeente):
        waiting = Levering.objects.filter(
            publiceer_vanzelf=True,
            gestopt_om="",
            status__in=[Status.OMGEZET, Status.KOPPELEN, Status.MISLUKT],
        )
        for levering in waiting.order_by("pk"):
            reden = _what_stops(gemeente, levering)
            if reden is not None:
                _stop(levering, reden)
            elif not _must_wait(levering) and _request(gemeente, levering):
                going.append(levering.pk)
    return going


def _what_stops(gemeente: Gemeente, levering: Levering) -> RedenStop | None:
    if levering.status == Status.KOPPELEN:
        return RedenStop.KOLOMMEN
    if levering.status == Status.MISLUKT:
        return RedenStop.MISLUKT
    if levering.regels is not None:
        # Somebody chose the columns before this was stopped for that: they see it through.
        return RedenStop.KOLOMMEN
    if not levering.omgezet:
        return RedenStop.LEEG
    if not gemeente.is_toegelaten:
        return RedenStop.TOELATING
    published = Levering.objects.filter(
        soort=levering.soort, status=Status.GEPUBLICEERD, teruggedraaid_op=None
    )
    if published.filter(pk__gt=levering.pk).exists():
        return RedenStop.INGEHAALD
    return None


def _stop(levering: Levering, reden: RedenStop, melding: str = "") -> None:
    if not levering.is_publiceerbaar:
        # What the conversion said of a file that it could not use is more precise than what we can say.
        melding = levering.melding or reden.label
    elif reden is not RedenStop.KOLOMMEN:
        melding = melding or reden.label
    Levering.objects.filter(pk=levering.pk, status=levering.status).update(
        gestopt_om=reden, melding=melding, gewijzigd_op=timezone.now()
    )


def _must_wait(levering: Levering) -> bool:
    """Whether something of this kind is being published now, or an older file of its own accord is on its way."""
    changing = [Status.PUBLICEREN, Status.TERUGDRAAIEN]
    if Levering.objects.filter(soort=levering.soort, status__in=changing).exists():
        return True
    # Of a file that is not recognised yet the kind may still be unknown.
    older = Levering.objects.filter(pk__lt=levering.pk, soort__in=[levering.soort, ""])
    waiting = older.filter(publiceer_vanzelf=True, gestopt_om="", status__in=[*BEZIG, Status.OMGEZET])
    return bool(waiting.exists())


def _request(gemeente: Gemeente, levering: Levering) -> bool:
    try:
        publication.request_publication(gemeente, levering.pk, None)
    except publication.RemtEerst as problem:
        _stop(levering, RedenStop.REM, problem.melding)
        return False
    except publication.NietPubliceerbaar:
        # A person was there first, or withdrew it; the next round sees what it has become.
        return False
    return True
