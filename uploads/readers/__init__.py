"""Opens files of every format: a process of its own reads them, and all yield the same rows.

The content decides the format, not the name.
"""

from collections.abc import Callable

from uploads.readers.process import format_of, open_apart
from uploads.readers.rows import (
    AANHALING,
    DOORGEHAALD,
    FOUT,
    GEHEELD,
    MAX_MERGED,
    ONLEESBAAR,
    ONZICHTBAAR,
    REGELS,
    VERBORGEN,
    VREEMD,
    ZONDER_UITKOMST,
    Afgebroken,
    Bestand,
    Formaat,
    Merk,
    Onleesbaar,
    Rij,
    Tabel,
)

__all__ = [
    "AANHALING",
    "DOORGEHAALD",
    "FOUT",
    "GEHEELD",
    "MAX_MERGED",
    "ONLEESBAAR",
    "ONZICHTBAAR",
    "REGELS",
    "VERBORGEN",
    "VREEMD",
    "ZONDER_UITKOMST",
    "Afgebroken",
    "Bestand",
    "Formaat",
    "Merk",
    "Onleesbaar",
    "Rij",
    "Tabel",
    "open_file",
    "recognise_format",
]


def recognise_format(inhoud: bytes) -> Formaat:
    """Recognises the format of a file.

    Raises Onleesbaar, with what to do instead, when no reader takes it.
    """
    return format_of(inhoud)


def open_file(inhoud: bytes, wacht: Callable[[], None] | None = None) -> Bestand:
    """Opens a file of any format that the portal reads. Raises Onleesbaar with a Dutch sentence for the user.

    A separate process reads it, which ends with the `with` in which the file is used. `wacht` is called twice
    a second while that process has nothing to give yet.
    """
    return open_apart(inhoud, wacht)
