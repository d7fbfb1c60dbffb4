"""How far a place moved and how much of an area changed, on a sphere: right within half a percent."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

EARTH_KM = 6371.0072  # radius of the sphere that has the area of the WGS 84 ellipsoid


@dataclass(frozen=True, slots=True)
class ShapeChange:
    """What became of a shape; areas are None where one of the two is not an area."""

    moved_km: float
    reshaped_km2: float | None
    reshaped_share: float | None
    apart: bool  # the two have nothing in common


def shape_change(before: BaseGeometry, after: BaseGeometry) -> ShapeChange:
    """Measure two shapes in degrees (WGS 84) against each other."""
    moved = distance_km(before.representative_point(), after.representative_point())
    apart = not before.intersects(after)
    if before.area == 0 or after.area == 0:
        return ShapeChange(round(moved, 6), None, None, apart)
    one, other = equal_area(before), equal_area(after)
    differing = one.symmetric_difference(other).area
    return ShapeChange(round(moved, 6), round(differing, 6), round(differing / one.area, 6), apart)


def distance_km(one: shapely.Point, other: shapely.Point) -> float:
    """The length of the great circle between two points (haversine formula)."""
    north, south = radians(one.y), radians(other.y)
    turned = sin(radians(other.x - one.x) / 2) ** 2
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * turned
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def area_km2(shape: BaseGeometry) -> float:
    """The area of a shape in degrees."""
    area: float = equal_area(shape).area
    return area


def equal_area(shape: BaseGeometry) -> BaseGeometry:
    """The shape in kilometres, in Lambert's cylindrical projection, which keeps areas; always valid.

    A sliver that is valid in degrees may cross itself when it is projected.
    """
    projected = shapely.transform(shape, _project)
    if projected.is_valid:
        return projected
    return shapely.make_valid(projected, method="structure", keep_collapsed=False)


def _project(points: np.ndarray) -> np.ndarray:
    turned = np.radians(points)
    projected: np.ndarray = EARTH_KM * np.column_stack((turned[:, 0], np.sin(turned[:, 1])))
    return projected
