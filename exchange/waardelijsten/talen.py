"""Lists the languages that are asked for most, with their Dutch names; they stand here and nowhere else.

The search form offers them, and these are their names whichever list is loaded. Any other language can be
used by its three letters of ISO 639-3.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

VEELGEVRAAGD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nld": "Nederlands",
        "eng": "Engels",
        "deu": "Duits",
        "fra": "Frans",
        "spa": "Spaans",
        "pol": "Pools",
        "tur": "Turks",
        "ara": "Arabisch",
        "ukr": "Oekraïens",
        "tir": "Tigrinya",
        "dse": "Nederlandse Gebarentaal",
    }
)
