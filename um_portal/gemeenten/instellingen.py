"""Changes the settings of a municipality: each form its own fields, and never over another's change.

A page carries a stamp of the values that it showed. When they are others by the time the form comes back,
nothing is written and the user sees what is there now.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from um_portal.accounts.models import Gebruiker
from um_portal.audit.handelingen import Handeling
from um_portal.audit.log import log_act
from um_portal.gemeenten import logo, voorwaarden
from um_portal.gemeenten.models import Logo
from um_portal.tenants.models import Gemeente
from um_portal.tenants.scope import voor_gemeente


class IntussenGewijzigd(RuntimeError):
    """Somebody else changed these fields after the page was shown; nothing was written."""


def stamp(gemeente: Gemeente, fields: Iterable[str]) -> str:
    """Gives a stamp of the present values of these fields: 16 hexadecimal characters."""
    values = {name: getattr(gemeente, name) for name in sorted(fields)}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def change(
    gemeente: Gemeente,
    door: Gebruiker | None,
    values: Mapping[str, Any],
    stempel: str,
    handeling: Handeling = Handeling.INSTELLINGEN_GEWIJZIGD,
) -> bool:
    """Writes these fields; False when they had these values already.

    Raises IntussenGewijzigd when they are not as they were under `stempel`, and ValidationError.
    """
    with voor_gemeente(gemeente):
        present = voorwaarden.lock(gemeente)
        if stamp(present, values) != stempel:
            raise IntussenGewijzigd
        changed = [name for name, value in values.items() if getattr(present, name) != value]
        if not changed:
            return False
        for name in changed:
            setattr(present, name, values[name])
        others = {field.name for field in Gemeente._meta.concrete_fields} - set(values)
        present.full_clean(exclude=others, validate_unique=False)
        present.save(update_fields=changed)
        log_act(gemeente, handeling, gebruiker=door, onderwerp=", ".join(sorted(changed))[:80])
    return True


def change_logo(gemeente: Gemeente, door: Gebruiker | None, inhoud: bytes | None, stempel: str) -> bool:
    """Gives the municipality this image, or none; False when nothing changes.

    Raises logo.OngeldigLogo, and IntussenGewijzigd as `change` does.
    """
    made = logo.rewrite(inhoud) if inhoud is not None else b""
    with voor_gemeente(gemeente):
        if not change(gemeente, door, {"logo": hashlib.sha256(made).hexdigest() if made else ""}, stempel):
            return False
        Logo.objects.all().delete()
        if made:
            Logo.objects.create(gemeente=gemeente, inhoud=made)
    return True


def as_errors(problem: ValidationError) -> dict[str, list[str]]:
    """Gives the messages of a refused change by field."""
    return problem.message_dict if hasattr(problem, "error_dict") else {"__all__": problem.messages}
