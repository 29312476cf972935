"""Makes a file's name fit to be kept and shown: a name may tell who somebody is."""

import re

_NUMBERS = re.compile(r"[0-9](?:[ .\-]?[0-9]){5,}")
_ADDRESS = re.compile(r"\S+@\S+")
_NAME_LENGTH = 100
# The part of each name that is kept of two files that come in together.
LONGEST_OF_TWO = 45


def safe_name(bestandsnaam: str) -> str:
    """Gives a file's name as we keep it.

    It has no folder, and no parts that may be a number or address of somebody.
    """
    name = re.split(r"[/\\]", bestandsnaam)[-1]
    name = "".join(character if character.isprintable() else " " for character in name)
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    stem = _mask(stem).strip(" .")[:_NAME_LENGTH]
    return f"{stem or 'bestand'}{'.' if extension else ''}{_mask(extension)[:10]}"


def stem_of(bestandsnaam: str) -> str:
    """Gives a name that `safe_name` gave without the ending that tells the format."""
    return bestandsnaam.rpartition(".")[0] or bestandsnaam


def _mask(text: str) -> str:
    return _ADDRESS.sub("…", _NUMBERS.sub(_unless_date, text))


def _unless_date(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return match[0] if re.fullmatch(r"20[0-9]{6}|[0-9]{4}20[0-9]{2}|20[0-9]{4}", digits) else "…"
