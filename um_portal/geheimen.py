"""Reads secrets from files: NAME_FILE names the file that holds what NAME would.

Systems that run containers put secrets in files, which do not leak through an environment that something prints. The
values are not written to the environment.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from django.core.exceptions import ImproperlyConfigured

ACHTER: Final = "_FILE"
# Everything that holds a secret, also the URLs with a password in them.
GEHEIM: Final = (
    "UM_SECRET_KEY",
    "UM_SECRET_KEYS_OUD",
    "UM_MASTER_KEY",
    "UM_MASTER_KEYS_OUD",
    "UM_MAIL_WACHTWOORD",
    "UM_SENTRY_DSN",
    "DATABASE_URL",
    "DATABASE_EIGENAAR_URL",
    "DATABASE_REPLICA_URL",
    "REDIS_URL",
    "UM_REDIS_WACHTRIJ_URL",
    "UM_REDIS_CACHE_URL",
    "UM_REDIS_SIMULATOR_URL",
)


def from_files(environ: Mapping[str, str]) -> dict[str, str]:
    """Reads the secrets that this environment names files for, without the space around them.

    Raises ImproperlyConfigured for a secret that is given in both ways, and for a file that is empty or cannot be read.
    """
    found = {}
    for name in GEHEIM:
        place = environ.get(name + ACHTER)
        if not place:
            continue
        if environ.get(name):
            raise ImproperlyConfigured(
                f"{name} en {name}{ACHTER} zijn allebei gegeven, en dan is niet duidelijk welke geldt. Laat er een weg."
            )
        try:
            value = Path(place).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise ImproperlyConfigured(
                f"Het bestand van {name}{ACHTER} is niet te lezen ({type(error).__name__}). Controleer het pad en de "
                "rechten."
            ) from None
        if not value:
            raise ImproperlyConfigured(f"Het bestand van {name}{ACHTER} is leeg.")
        found[name] = value
    return found


def is_given(name: str, environ: Mapping[str, str]) -> bool:
    """Tells whether the environment gives this secret, itself or in a file."""
    return bool(environ.get(name) or environ.get(name + ACHTER))
