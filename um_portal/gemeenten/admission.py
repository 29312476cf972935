"""Registers municipalities, admits them to the exchange, suspends them and lets them take part again.

Every transition takes a reason from a list, and stands in the audit log of the municipality with who did it.
"""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import TextChoices

from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.errors import FoutMetMelding
from um_portal.gemeenten import lifecycle, voorwaarden
from um_portal.gemeenten.models import Intrekreden, Voorwaardesoort
from um_portal.tenants import keys
from um_portal.tenants.models import Gemeente, Gemeentestatus
from um_portal.tenants.scope import voor_gemeente


class Toelatingsreden(TextChoices):
    """The reasons for which a municipality is admitted."""

    BESLUIT = "besluit", "besluit van het ministerie"
    HERINDELING = "herindeling", "nieuwe gemeente na een herindeling"


class Reden(TextChoices):
    """The reasons for which a municipality is suspended; a choice, so that nobody types somebody's name."""

    VERZOEK = "verzoek", "op verzoek van de gemeente"
    VOORWAARDE = "voorwaarde", "een voorwaarde voor deelname is verlopen of ingetrokken"
    INCIDENT = "incident", "een beveiligingsincident of datalek"
    KWALITEIT = "kwaliteit", "de gegevens kloppen niet"


class Hervatreden(TextChoices):
    """The reasons for which a suspended municipality takes part again."""

    OPGELOST = "opgelost", "de reden van de opschorting is opgelost"
    VERZOEK = "verzoek", "op verzoek van de gemeente"
    VERGISSING = "vergissing", "de opschorting was een vergissing"


class NietToegelaten(FoutMetMelding):
    """The municipality was not admitted and did not resume; nothing has changed."""


def register(oin: str, naam: str, door: Gebruiker | None = None) -> Gemeente:
    """Registers a municipality: from now on its checklist can be filled, and people can be invited.

    Raises ValidationError for an OIN or name that is not valid, and for an OIN that is registered already.
    """
    gemeente = Gemeente(oin=oin.strip(), naam=naam.strip())
    gemeente.full_clean(validate_unique=False)
    try:
        with transaction.atomic():
            gemeente.save()
    except IntegrityError:
        raise ValidationError({"oin": "Er is al een gemeente met dit OIN."}) from None
    with voor_gemeente(gemeente):
        log_act(gemeente, Handeling.GEMEENTE_INGESCHREVEN, gebruiker=door)
    return gemeente


def admit(gemeente: Gemeente, reden: Toelatingsreden, door: Gebruiker | None = None) -> None:
    """Admits a municipality that meets every condition, and gives it its keys.

    Raises NietToegelaten, with what is missing, or when its state does not allow it (any more).
    """
    with transaction.atomic(), voor_gemeente(gemeente):
        if not lifecycle.admit(gemeente.pk):
            raise NietToegelaten(_why_not(gemeente, Gemeentestatus.AANGEMELD))
        keys.create(gemeente)
        log_act(gemeente, Handeling.GEMEENTE_TOEGELATEN, gebruiker=door, onderwerp=reden.value)


def suspend(gemeente: Gemeente, reden: Reden, door: Gebruiker | None = None) -> bool:
    """Stops a municipality's source, searches, deliveries and keys at once; False when that is not possible now."""
    with voor_gemeente(gemeente):
        if not lifecycle.suspend(gemeente.pk):
            return False
        log_act(gemeente, Handeling.GEMEENTE_OPGESCHORT, gebruiker=door, onderwerp=reden.value)
    return True


def resume(gemeente: Gemeente, reden: Hervatreden, door: Gebruiker | None = None) -> None:
    """Lets a suspended municipality that meets every condition take part again.

    Raises NietToegelaten, with what is missing, or when it is not suspended (any more).
    """
    with voor_gemeente(gemeente):
        if not lifecycle.resume(gemeente.pk):
            raise NietToegelaten(_why_not(gemeente, Gemeentestatus.OPGESCHORT))
        # It has keys, unless they were removed because the master key was lost.
        keys.create(gemeente)
        log_act(gemeente, Handeling.GEMEENTE_HERVAT, gebruiker=door, onderwerp=reden.value)


def withdraw_condition(
    gemeente: Gemeente, soort: Voorwaardesoort, reden: Intrekreden, door: Gebruiker | None = None
) -> bool:
    """Withdraws a condition, and suspends the municipality at once; False when the condition is not there."""
    with voor_gemeente(gemeente):
        if not voorwaarden.withdraw(gemeente, soort, reden, door):
            return False
        suspend(gemeente, Reden.VOORWAARDE, door)
    return True


def _why_not(gemeente: Gemeente, needed: Gemeentestatus) -> str:
    """Says in Dutch why a municipality may not take part; call inside `voor_gemeente`."""
    present = Gemeentestatus(Gemeente.objects.values_list("status", flat=True).get(pk=gemeente.pk))
    if present == Gemeentestatus.VERTROKKEN:
        return f"{gemeente.naam} is vertrokken en kan niet opnieuw worden toegelaten."
    if present != needed:
        return f"Dat kan nu niet: {gemeente.naam} is {present.label.lower()}."
    return f"Er ontbreekt nog: {voorwaarden.in_words(voorwaarden.missing())}."
