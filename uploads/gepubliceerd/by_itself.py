"""Publishes leveringen by themselves, in the order in which they came in."""

from django.utils import timezone

from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from um_portal.toegang.rechten import Recht, is_open
from uploads.gepubliceerd import publication
from uploads.models import BEZIG, Levering, Leveringstatus, RedenStop


def publish_waiting(gemeente: Gemeente) -> list[int]:
    """Lets every converted levering that is to be published by itself go on; gives the ids of those that may.

    The caller enqueues them. Leveringen of one kind go in the order in which they came in: a levering waits
    while an older one is being worked on, so that an old file never replaces a newer one. A levering that
    cannot go on is stopped with a reason; from then on only a person publishes it. Several workers may call
    this at any time and at once.
    """
    going = []
    with voor_gemeente(gemeente):
        waiting = Levering.objects.filter(
            publiceer_vanzelf=True,
            gestopt_om="",
            status__in=[Leveringstatus.OMGEZET, Leveringstatus.KOPPELEN, Leveringstatus.MISLUKT],
        )
        for levering in waiting.order_by("pk"):
            reden = _what_stops(gemeente, levering)
            if reden is not None:
                _stop(levering, reden)
            elif not _must_wait(levering) and _request(gemeente, levering):
                going.append(levering.pk)
    return going


def _what_stops(gemeente: Gemeente, levering: Levering) -> RedenStop | None:
    if levering.status == Leveringstatus.KOPPELEN:
        return RedenStop.KOLOMMEN
    if levering.status == Leveringstatus.MISLUKT:
        return RedenStop.VRAAG if levering.vraag or levering.vraagt_soort else RedenStop.MISLUKT
    if levering.regels is not None:
        # Somebody chose the columns before the levering was stopped for that; that person publishes it.
        return RedenStop.KOLOMMEN
    if not levering.omgezet:
        return RedenStop.LEEG
    if not is_open(Recht.PUBLICEREN, gemeente, levering.soort):
        return RedenStop.TOELATING
    return RedenStop.INGEHAALD if publication.newer(levering) is not None else None


def _stop(levering: Levering, reden: RedenStop, melding: str = "") -> None:
    if not levering.is_publiceerbaar:
        # The message of the conversion about an unusable file is more precise than any message made here.
        melding = levering.melding or reden.label
    elif reden is not RedenStop.KOLOMMEN:
        melding = melding or reden.label
    Levering.objects.filter(pk=levering.pk, status=levering.status).update(
        gestopt_om=reden, melding=melding, gewijzigd_op=timezone.now()
    )


def _must_wait(levering: Levering) -> bool:
    """Tells whether one of this kind is being published, or an older one still has to be."""
    changing = [Leveringstatus.PUBLICEREN, Leveringstatus.TERUGDRAAIEN]
    if Levering.objects.filter(soort=levering.soort, status__in=changing).exists():
        return True
    # The kind of a file that is not recognised yet may still be unknown.
    older = Levering.objects.filter(pk__lt=levering.pk, soort__in=[levering.soort, ""])
    waiting = older.filter(publiceer_vanzelf=True, gestopt_om="", status__in=[*BEZIG, Leveringstatus.OMGEZET])
    return bool(waiting.exists())


def _request(gemeente: Gemeente, levering: Levering) -> bool:
    try:
        publication.request_publication(gemeente, levering.pk, None)
    except publication.RemtEerst as problem:
        _stop(levering, RedenStop.REM, problem.melding)
        return False
    except publication.IsVreemd as problem:
        _stop(levering, RedenStop.VREEMD, problem.melding)
        return False
    except publication.NietPubliceerbaar:
        # A person published or withdrew it first; the next round sees its new state.
        return False
    return True
