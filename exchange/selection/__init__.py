"""Holds the selectievraag as a typed form, and compiles it to a condition on the source's columns.

This package knows no interface: `exchange.vum3` reads and writes the spelling of a selectievraag.
"""

from exchange.selection.form import (
    Alle,
    EenVan,
    Eis,
    Ongeldig,
    Onvolledig,
    Selectievraag,
    Taaleis,
    Vergelijking,
    VraagFout,
)
from exchange.selection.plain import satisfies
from exchange.selection.reduce import reduced
from exchange.selection.sql import Voorwaarde, compile_sql, taal_token

__all__ = [
    "Alle",
    "EenVan",
    "Eis",
    "Ongeldig",
    "Onvolledig",
    "Selectievraag",
    "Taaleis",
    "Vergelijking",
    "Voorwaarde",
    "VraagFout",
    "compile_sql",
    "reduced",
    "satisfies",
    "taal_token",
]
