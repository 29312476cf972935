"""Serves the style sheets as one file, and scripts under hashed names by which they import each other.

`static/um/` holds a style sheet per component. A browser gets them joined as `um/site.css`, because the first
paint would wait for a request for each of them. `collectstatic` and WhiteNoise both find the joined file
here, so a page is served the same in the demonstration and in a real installation.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

JOINED = "um/site.css"
COMPONENTS = settings.BASE_DIR / "static" / "um"
# The order matters: of two rules of equal weight the last one wins. First come tokens and plain HTML, then
# the page, the components, and the rules of a single room.
STYLES = (
    *("thema", "elementen", "icoon", "indeling"),
    *("kop", "navigatie", "kruimelpad", "voet"),
    *("melding", "knop", "badge", "kaart", "tegel", "kerncijfer", "stappen", "voortgang", "leeg", "gegevens"),
    *(
        "schakel",
        "formulier",
        "bestand",
        "tabel",
        "kolomkop",
        "paginering",
        "zoekkeuze",
        "onderdelen",
        "vouw",
    ),
    *(
        "inloggen",
        "tweede-factor",
        "foutpagina",
        "koppelingen",
        "controle",
        "waarden",
        "resultaten",
        "detail",
        "hulp",
    ),
)


def joined_styles() -> str:
    """Gives the style sheets of all components as one text, in the order of `STYLES`."""
    return "\n".join((COMPONENTS / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)


class JoinedStyles(BaseFinder):
    """Finds `um/site.css`, which it writes in the data directory whenever it is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.UM_DATA_DIR / "stijl")

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Reports nothing: there is nothing to configure."""
        return []

    def find(self, path: str, find_all: bool = False) -> Any:
        """Gives the path of the joined file, as a list with `find_all`; an empty list for any other file."""
        if path != JOINED:
            return []
        found = str(self._write())
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yields the one file there is, with the storage that it is in."""
        self._write()
        yield JOINED, self.storage

    def _write(self) -> Path:
        place = Path(self.storage.path(JOINED))
        place.parent.mkdir(parents=True, exist_ok=True)
        # Several processes may do this at once: each replaces a whole file by a whole file.
        handle, name = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(joined_styles())
        Path(name).replace(place)
        return place


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Gives every file a name with its hash, also where our scripts import each other, and compresses it."""

    # Our scripts only: a script of a package may import a name that is not a file, which Django's own setting
    # refuses.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("um/*.js", ((r"(?P<matched>(?P<words>import\s[^'\"]*)'(?P<url>\./[^']+)')", "%(words)s'%(url)s'"),)),
    )
