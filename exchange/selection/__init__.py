"""The selectievraag: one parsed form, compiled to SQL, composed from a search form.

`parse` reads what the exchange sends, `compile_sql` turns it into a condition on the source's columns,
`compose` writes what a jobcoach filled in.
"""

from exchange.vum3.compose import Criteria, compose
from exchange.selection.form import (
    Contactmomentvraag,
    Ongeldig,
    Onvolledig,
    Selectievraag,
    Taaleis,
    Vergelijking,
    VraagFout,
)
from exchange.vum3.parse import parse, parse_contactmomenten
from exchange.selection.sql import Voorwaarde, compile_sql, taal_token

__all__ = [
    "Contactmomentvraag",
    "Criteria",
    "Ongeldig",
    "Onvolledig",
    "Selectievraag",
    "Taaleis",
    "Vergelijking",
    "Voorwaarde",
    "VraagFout",
    "compile_sql",
    "compose",
    "parse",
    "parse_contactmomenten",
    "taal_token",
]
