"""Measures distances on the globe, without a database and without Django.

Every distance in this folder comes from here, so that two answers to the same question never differ.
"""

from math import asin, atan2, cos, degrees, radians, sin, sqrt
from typing import NamedTuple

#: Mean radius of the earth in kilometres (IUGG).
EARTH_RADIUS_KM = 6371.0088


class Coordinaat(NamedTuple):
    """A point in decimal degrees (WGS 84)."""

    breedtegraad: float
    lengtegraad: float


class UnitVector(NamedTuple):
    """The same point as a vector of length 1 from the centre of the earth."""

    x: float
    y: float
    z: float


def unit_vector(point: Coordinaat) -> UnitVector:
    """Gives the direction of `point` as seen from the centre of the earth."""
    lat, lon = radians(point.breedtegraad), radians(point.lengtegraad)
    return UnitVector(cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat))


def coordinate(vector: UnitVector) -> Coordinaat:
    """Gives the point back that `unit_vector` made a direction of."""
    return Coordinaat(degrees(asin(vector.z)), degrees(atan2(vector.y, vector.x)))


def arc_km(a: UnitVector, b: UnitVector) -> float:
    """Gives the great-circle distance in kilometres between two unit vectors.

    It uses the chord instead of the dot product: the arc cosine of a number close to 1 loses the last metres,
    the arc sine of half a chord does not. It equals the haversine formula.
    """
    chord = sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2)
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, chord / 2))


def great_circle_km(a: Coordinaat, b: Coordinaat) -> float:
    """Gives the great-circle distance in kilometres between two points in degrees."""
    return arc_km(unit_vector(a), unit_vector(b))
