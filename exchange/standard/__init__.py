"""Holds the VUM data standard 1.5 (interface 3.1), written down once, as data.

`STANDAARD` holds every entity and attribute of the three kinds of records. Checks, search profile, JSON
Schema and the texts on screen are derived from it here; forms, mappings and templates elsewhere.
"""

from exchange.standard.boom import Veld, veld_op, velden
from exchange.standard.delivered import as_delivered
from exchange.standard.emptiness import is_empty, without_empties
from exchange.standard.entiteiten import STANDAARD
from exchange.standard.identifiers import (
    ID_PATROON,
    KVK_PATROON,
    OIN_PATROON,
    POSTCODE_PATROON,
    VUM_ID_PATROON,
    is_bsn,
    is_oin,
)
from exchange.standard.model import (
    Attribuut,
    Code,
    Entiteit,
    Gegevenstype,
    Profiel,
    Soort,
    Waardelijst,
)
from exchange.standard.profielen import zichtbaar, zoekprofiel
from exchange.standard.schema import json_schema
from exchange.standard.validation import Fout, Foutcode, validate
from exchange.standard.weergave import label_of

__all__ = [
    "ID_PATROON",
    "KVK_PATROON",
    "OIN_PATROON",
    "POSTCODE_PATROON",
    "STANDAARD",
    "VUM_ID_PATROON",
    "Attribuut",
    "Code",
    "Entiteit",
    "Fout",
    "Foutcode",
    "Gegevenstype",
    "Profiel",
    "Soort",
    "Veld",
    "Waardelijst",
    "as_delivered",
    "is_bsn",
    "is_empty",
    "is_oin",
    "json_schema",
    "label_of",
    "validate",
    "veld_op",
    "velden",
    "without_empties",
    "zichtbaar",
    "zoekprofiel",
]
