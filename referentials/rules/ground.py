"""The shapes of a list together: which can be worked with, and areas in square kilometres.

Areas are those on a sphere of the mean radius of WGS 84, by Lambert's cylindrical equal-area projection
(x = R·λ, y = R·sin φ), which keeps them exactly; the ellipsoid differs by up to half a percent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

EARTH_RADIUS_KM = 6371.0088  # mean radius R1 of WGS 84 (Moritz, Geodetic Reference System 1980)
_AREAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_PLACED = (
    shapely.GeometryType.POINT,
    shapely.GeometryType.MULTIPOINT,
    shapely.GeometryType.LINESTRING,
    shapely.GeometryType.MULTILINESTRING,
)


class Ground:
    """The shapes of a list, in its order; None where an item has none."""

    def __init__(self, shapes: Sequence[BaseGeometry | None]) -> None:
        self.shapes = np.empty(len(shapes), dtype=object)
        self.shapes[:] = shapes

    @cached_property
    def suspect(self) -> np.ndarray:
        """Which shapes need a closer look: they are empty, not on the Earth, or not valid."""
        bounds = shapely.bounds(self.shapes)
        outside = ~(np.abs(bounds) <= np.array([180, 90, 180, 90])).all(axis=1)  # NaN is outside, too
        unfit = outside | shapely.is_empty(self.shapes) | ~shapely.is_valid(self.shapes)
        suspect: np.ndarray = unfit & self._there
        return suspect

    @cached_property
    def areal(self) -> np.ndarray:
        """Which shapes are good areas."""
        return self._of_type(_AREAL)

    @cached_property
    def thin(self) -> np.ndarray:
        """Which shapes are good points or lines."""
        return self._of_type(_PLACED)

    @cached_property
    def vertices(self) -> np.ndarray:
        """How many vertices each shape has: what work with it costs."""
        counts: np.ndarray = shapely.get_num_coordinates(self.shapes)
        return counts

    @cached_property
    def km2(self) -> np.ndarray:
        """The area of each shape, 0 where it is none."""
        sizes = np.zeros(len(self.shapes))
        sizes[self.areal] = area_km2(self.shapes[self.areal])
        return sizes

    @cached_property
    def _there(self) -> np.ndarray:
        there: np.ndarray = ~shapely.is_missing(self.shapes)
        return there

    def _of_type(self, types: Collection[int]) -> np.ndarray:
        right = np.isin(shapely.get_type_id(self.shapes), list(types))
        good: np.ndarray = right & self._there & ~self.suspect
        return good


def area_km2(shapes: np.ndarray) -> np.ndarray:
    """Areas in square kilometres of shapes in degrees."""
    areas: np.ndarray = shapely.area(shapely.transform(shapes, _equal_area))
    return areas


def distance_km(one: BaseGeometry, other: BaseGeometry) -> float:
    """About how far two shapes are from each other: degrees shrink eastwards with the latitude."""
    line = shapely.get_coordinates(shapely.shortest_line(one, other))
    east, north = np.radians(line[1] - line[0])
    return float(EARTH_RADIUS_KM * np.hypot(east * np.cos(np.radians(line[:, 1].mean())), north))


def _equal_area(degrees: np.ndarray) -> np.ndarray:
    longitude, latitude = np.radians(degrees).T
    points: np.ndarray = EARTH_RADIUS_KM * np.column_stack([longitude, np.sin(latitude)])
    return points
