"""The selectievraag as a typed form, and compiled to a condition on the source's columns.

How an interface spells it is not known here: `exchange.vum3` reads and writes it.
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
    "taal_token",
]
