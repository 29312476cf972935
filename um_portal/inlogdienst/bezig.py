"""Keeps in the session which requests to log in are under way: each counts once, and for ten minutes."""

import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase

from um_portal.inlogdienst.uitgever import Inlogverzoek

_KEY: Final = "inlogdienst_bezig"
_SECONDS: Final = 600
# In so many tabs at once.
_MOST: Final = 5


class Doel(StrEnum):
    """The reasons to go to a login service."""

    INLOGGEN = "inloggen"
    HERCONTROLE = "hercontrole"
    BEVESTIGEN = "bevestigen"
    KOPPELEN = "koppelen"


@dataclass(frozen=True, slots=True)
class Onderweg:
    """A request that is under way: its municipality, its reason, and the page to go on with."""

    verzoek: Inlogverzoek
    gemeente: int
    doel: Doel
    naar: str = ""


def remember(session: SessionBase, onderweg: Onderweg) -> None:
    """Remembers a request until somebody comes back with its state; the oldest makes room."""
    kept = dict(list(_young(session).items())[-(_MOST - 1) :])
    kept[onderweg.verzoek.state] = {**asdict(onderweg), "sinds": int(time.time())}
    session[_KEY] = kept


def take(session: SessionBase, state: str) -> Onderweg | None:
    """Returns the request with this state, once; None when there is none (any more)."""
    kept = _young(session)
    found = kept.pop(state, None)
    session[_KEY] = kept
    if found is None:
        return None
    verzoek = Inlogverzoek(**found["verzoek"])
    return Onderweg(verzoek, found["gemeente"], Doel(found["doel"]), found["naar"])


def _young(session: SessionBase) -> dict[str, dict[str, Any]]:
    found = session.get(_KEY) or {}
    return {state: one for state, one in found.items() if time.time() - one["sinds"] < _SECONDS}
