"""Lists the languages that are asked for most, and the Dutch names of those that people here speak.

The search form offers the first, and these are their names whichever list is loaded, also when none is. Any other
language can be used by its three letters of ISO 639-3.
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

NAMEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        **VEELGEVRAAGD,
        "bul": "Bulgaars",
        "ces": "Tsjechisch",
        "cmn": "Mandarijn",
        "ell": "Grieks",
        "fas": "Perzisch",
        "fry": "Fries",
        "heb": "Hebreeuws",
        "hun": "Hongaars",
        "ita": "Italiaans",
        "kur": "Koerdisch",
        "lit": "Litouws",
        "pap": "Papiaments",
        "por": "Portugees",
        "prs": "Dari",
        "pus": "Pasjtoe",
        "ron": "Roemeens",
        "rus": "Russisch",
        "slk": "Slowaaks",
        "som": "Somalisch",
        "srn": "Sranantongo",
        "swa": "Swahili",
        "urd": "Urdu",
        "vie": "Vietnamees",
        "zho": "Chinees",
    }
)
