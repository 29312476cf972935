"""Keeps a municipality's koppelingen: uses the chosen rules for a levering, and saves them by name.

A saved koppeling has versions, which never change. Its newest version is recognised in the next file.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from exchange.standard import Soort
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente
from uploads.leveringen import lifecycle
from uploads.mapping.cells.text import tekst, woordsleutel
from uploads.mapping.doelen import OngeldigeRegels
from uploads.mapping.herkenning import looks_like_data
from uploads.mapping.kolommen import kolomkoppen
from uploads.mapping.recognition import (
    ALLE_BLADEN,
    BLADNAAM,
    LABELS,
    Opgeslagen,
)
from uploads.mapping.regels import Regels, check, what_is_missing
from uploads.mapping.regels_json import bijblad_of, from_json, to_json
from uploads.models import Koppeling, Koppelingversie, Levering

log = logging.getLogger(__name__)

LANGSTE_NAAM = 60


# --- Choosing columns ---------------------------------------------------------------------------------------


def fitting(regels: Regels, koppen: Sequence[str]) -> Regels:
    """Gives the rules without those for columns that this header row lacks."""
    present = {kolom.sleutel for kolom in kolomkoppen(koppen)}
    kept = [
        replace(regel, kolommen=tuple(key for key in regel.kolommen if key in present))
        for regel in regels.regels
    ]
    kept = [regel for regel in kept if regel.kolommen or regel.constante]
    targets = {regel.doel for regel in kept}
    toestemming = regels.toestemming
    if toestemming is not None and toestemming.kolom and toestemming.kolom not in present:
        toestemming = None
    return replace(
        regels,
        regels=tuple(regel for regel in kept if not regel.alleen_met or regel.alleen_met in targets),
        toestemming=toestemming,
    )


def set_regels(
    gemeente: Gemeente,
    levering_id: int,
    regels: Regels,
    blad: str,
    kopregel: int,
    soort: Soort,
    gebruiker: AbstractBaseUser | None,
    versie: Koppelingversie | None = None,
) -> bool:
    """Lets the levering be converted (again) with these rules; the caller enqueues it.

    `versie` is given when the rules were saved. Returns False when that is too late: the levering is being
    worked on, published or withdrawn, or its file is gone. Raises OngeldigeRegels when the rules cannot be
    used or are not complete.
    """
    _check_complete(regels, soort)
    with voor_gemeente(gemeente):
        feiten = Levering.objects.filter(pk=levering_id).values_list("feiten", flat=True).first() or {}
        # Whoever chooses the columns of sheets that are read under each other does so for all of them.
        alle = any(naam == blad[:BLADNAAM] for naam, _ in feiten.get("bladen", []))
        done = lifecycle.convert_with_columns(
            levering_id,
            soort=soort.value,
            vraagt_soort=False,
            gekozen_blad=ALLE_BLADEN if alle else blad[:BLADNAAM],
            gekozen_kopregel=None if alle else kopregel,
            regels=keys.encrypt(gemeente, to_json(regels).encode(), regels_context(levering_id)),
            koppelingversie=versie,
        )
        if done:
            log_act(
                gemeente, Handeling.KOLOMMEN_GEKOZEN, gebruiker=gebruiker, onderwerp=f"levering {levering_id}"
            )
    return done


def with_second_sheet(levering: Levering, regels: Regels, blad: str) -> Regels:
    """Gives the rules with the second sheet beside which this sheet of the levering was read, if any."""
    kept = regels_of(levering)
    if kept is not None:
        bijblad = kept.bijblad
    else:
        bijblad = bijblad_of(levering.bijblad) if "blad" in levering.bijblad else None
    return replace(regels, bijblad=bijblad if bijblad is not None and bijblad.hoofd == blad else None)


def regels_of(levering: Levering) -> Regels | None:
    """Gives the rules that somebody made for this levering.

    None when there are none that the standard still accepts.
    """
    if levering.regels is None:
        return None
    plain = keys.decrypt(levering.gemeente, bytes(levering.regels), regels_context(levering.pk))
    try:
        return from_json(plain)
    except OngeldigeRegels:
        log.warning("levering %s has rules that the standard does not take", levering.pk)
        return None


def regels_context(levering_id: int) -> str:
    """Gives the context under which a levering's own rules are encrypted."""
    return f"regels:{levering_id}"


# --- Saving -------------------------------------------------------------------------------------------------


def save(
    gemeente: Gemeente, naam: str, regels: Regels, gebruiker: AbstractBaseUser | None
) -> Koppelingversie:
    """Saves rules by name: a new koppeling, or the next version of the one with this name.

    Rules that equal its newest version make no new version. A koppeling that was put away is in use again.
    Raises OngeldigeRegels, also for a name that cannot be used.
    """
    naam = _good_name(naam)
    _check_complete(regels, regels.soort)
    text = to_json(regels)
    with voor_gemeente(gemeente):
        koppeling, _ = Koppeling.objects.get_or_create(
            gemeente=gemeente, naam=naam, defaults={"soort": regels.soort.value}
        )
        # When two people save at once, the second waits here and then sees the version of the first.
        koppeling = Koppeling.objects.select_for_update(of=("self",)).get(pk=koppeling.pk)
        if koppeling.soort != regels.soort:
            raise OngeldigeRegels(
                f"De koppeling {naam} is voor {Soort(koppeling.soort).label}. Kies een andere naam."
            )
        newest: Koppelingversie | None = (
            Koppelingversie.objects.filter(koppeling=koppeling).order_by("-nummer").first()
        )
        back = koppeling.gearchiveerd_op is not None
        if back:
            koppeling.gearchiveerd_op = None
            koppeling.save(update_fields=["gearchiveerd_op"])
        if newest is not None and _text_of(gemeente, newest) == text:
            if back:
                log_act(
                    gemeente, Handeling.KOPPELING_TERUGGEHAALD, gebruiker=gebruiker, onderwerp=_about(newest)
                )
            return newest
        nummer = newest.nummer + 1 if newest is not None else 1
        versie: Koppelingversie = Koppelingversie.objects.create(
            gemeente=gemeente,
            koppeling=koppeling,
            nummer=nummer,
            regels=keys.encrypt(gemeente, text.encode(), versie_context(koppeling.pk, nummer)),
            gebruiker=gebruiker,
        )
        log_act(gemeente, Handeling.KOPPELING_OPGESLAGEN, gebruiker=gebruiker, onderwerp=_about(versie))
    return versie


def history(koppeling: Koppeling) -> list[Koppelingversie]:
    """Gives its versions, the newest first; call inside `voor_gemeente`."""
    return list(
        Koppelingversie.objects.filter(koppeling=koppeling).select_related("gebruiker").order_by("-nummer")
    )


def regels_of_version(gemeente: Gemeente, versie: Koppelingversie) -> Regels:
    """Gives the rules of a version. Raises OngeldigeRegels when the standard no longer accepts them."""
    return from_json(_text_of(gemeente, versie))


def restore(
    gemeente: Gemeente, versie: Koppelingversie, gebruiker: AbstractBaseUser | None
) -> Koppelingversie:
    """Puts an earlier version in force again, as a new version. Raises OngeldigeRegels."""
    with voor_gemeente(gemeente):
        naam = Koppeling.objects.get(pk=versie.koppeling_id).naam
        return save(gemeente, naam, regels_of_version(gemeente, versie), gebruiker)


def archive(gemeente: Gemeente, koppeling_id: int, gebruiker: AbstractBaseUser | None) -> bool:
    """Puts a koppeling away, so that it is no longer recognised or found by name.

    Returns False when it was put away before.
    """
    with voor_gemeente(gemeente):
        done = Koppeling.objects.filter(pk=koppeling_id, gearchiveerd_op=None).update(
            gearchiveerd_op=timezone.now()
        )
        if done:
            log_act(
                gemeente,
                Handeling.KOPPELING_GEARCHIVEERD,
                gebruiker=gebruiker,
                onderwerp=f"koppeling {koppeling_id}",
            )
    return bool(done)


def rename(gemeente: Gemeente, koppeling_id: int, naam: str, gebruiker: AbstractBaseUser | None) -> Koppeling:
    """Gives a koppeling another name.

    Raises OngeldigeRegels for a name that cannot be used or that another has.
    """
    naam = _good_name(naam)
    try:
        with voor_gemeente(gemeente):
            koppeling: Koppeling = Koppeling.objects.select_for_update(of=("self",)).get(pk=koppeling_id)
            if koppeling.naam == naam:
                return koppeling
            koppeling.naam = naam
            koppeling.save(update_fields=["naam"])
            log_act(
                gemeente,
                Handeling.KOPPELING_HERNOEMD,
                gebruiker=gebruiker,
                onderwerp=f"koppeling {koppeling_id}, nu {naam}",
            )
    except IntegrityError:
        # Only the name is unique; a colleague may take it at the same moment.
        raise OngeldigeRegels(f"Er is al een koppeling met de naam {naam}. Kies een andere naam.") from None
    return koppeling


def overview(*, weg: bool) -> "QuerySet[Koppeling]":
    """Gives the koppelingen in use, or those that were put away, for a list; call inside `voor_gemeente`.

    `versies` is the number of versions, `laatste_levering` the id of the newest levering that used it.
    """
    versies = Koppelingversie.objects.filter(koppeling=OuterRef("pk")).order_by("-nummer")
    leveringen = Levering.objects.filter(koppelingversie__koppeling=OuterRef("pk")).order_by("-pk")
    found: QuerySet[Koppeling] = Koppeling.objects.filter(gearchiveerd_op__isnull=not weg).order_by("naam")
    return found.annotate(
        versies=Subquery(versies.values("nummer")[:1]),
        bewaard_op=Subquery(versies.values("aangemaakt_op")[:1]),
        laatste_levering=Subquery(leveringen.values("pk")[:1]),
        laatste_bestand=Subquery(leveringen.values("bestandsnaam")[:1]),
        laatst_aangeleverd_op=Subquery(leveringen.values("aangemaakt_op")[:1]),
    )


def saved_rules(gemeente: Gemeente) -> tuple[Opgeslagen, ...]:
    """Gives every koppeling in use, in its newest version; the one saved last comes first."""
    with voor_gemeente(gemeente):
        newest = (
            Koppelingversie.objects.filter(koppeling__gearchiveerd_op=None)
            .select_related("koppeling")
            .order_by("koppeling_id", "-nummer")
            .distinct("koppeling_id")
        )
        found = []
        for versie in sorted(newest, key=lambda one: -one.pk):
            try:
                found.append(
                    Opgeslagen(versie.koppeling.naam, versie.pk, regels_of_version(gemeente, versie))
                )
            except OngeldigeRegels:
                log.warning("version %s of a koppeling has rules that the standard does not take", versie.pk)
    return tuple(found)


def versie_context(koppeling_id: int, nummer: int) -> str:
    """Gives the context under which a version's rules are encrypted."""
    return f"koppeling:{koppeling_id}:{nummer}"


def _text_of(gemeente: Gemeente, versie: Koppelingversie) -> str:
    context = versie_context(versie.koppeling_id, versie.nummer)
    return keys.decrypt(gemeente, bytes(versie.regels), context).decode()


def _check_complete(regels: Regels, soort: Soort) -> None:
    check(regels)
    missing = what_is_missing(regels)
    if missing:
        raise OngeldigeRegels(missing[0])
    if regels.soort is not soort:
        raise OngeldigeRegels(f"Deze koppeling is voor {regels.soort.label}, niet voor {soort.label}.")


def _good_name(naam: str) -> str:
    naam = tekst(naam)
    if not naam or len(naam) > LANGSTE_NAAM:
        raise OngeldigeRegels(f"Geef de koppeling een naam van ten hoogste {LANGSTE_NAAM} tekens.")
    if woordsleutel(naam) in {woordsleutel(taken) for taken in (*LABELS, *LABELS.values())}:
        raise OngeldigeRegels("Deze naam is al van een vaste koppeling. Kies een andere naam.")
    if looks_like_data(naam):
        raise OngeldigeRegels("Kies een naam zonder e-mailadres en zonder lange nummers.")
    return naam


def _about(versie: Koppelingversie) -> str:
    return f"koppeling {versie.koppeling_id}, versie {versie.nummer}"
