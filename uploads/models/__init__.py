"""Holds the tables of uploads, in a module per subject."""

from uploads.models.koppeling import Koppeling, Koppelingversie, Leeskeuze, Rijkeuze
from uploads.models.levering import (
    AF,
    BEZIG,
    Bevinding,
    Bronbestand,
    Kolomklad,
    Levering,
    Leveringstatus,
    Opmerkingenbestand,
    RedenStop,
    RedenVerlies,
    Voorproef,
    Wijze,
)
from uploads.models.sleutel import Aanleversleutel
from uploads.models.waarde import LandelijkeWaarde, Legewaarden, Voordracht, Waardekoppeling

__all__ = [
    "AF",
    "BEZIG",
    "Aanleversleutel",
    "Bevinding",
    "Bronbestand",
    "Kolomklad",
    "Koppeling",
    "Koppelingversie",
    "LandelijkeWaarde",
    "Leeskeuze",
    "Legewaarden",
    "Levering",
    "Leveringstatus",
    "Opmerkingenbestand",
    "RedenStop",
    "RedenVerlies",
    "Rijkeuze",
    "Voordracht",
    "Voorproef",
    "Waardekoppeling",
    "Wijze",
]
