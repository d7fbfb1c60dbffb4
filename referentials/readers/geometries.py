"""Shapes as files state them: GeoJSON geometries, WKT and WKB, bounded, and whole or a problem in words."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from referentials.canonical import JSON
from referentials.readers.source import MAX_VERTICES
from referentials.shapes import shape_problem


class UnfitShape(ValueError):
    """A shape that no item can have; the message says why."""


def from_geojson(geometry: JSON) -> BaseGeometry | None:
    """The shape of a GeoJSON geometry (RFC 7946), None for null; raises UnfitShape."""
    if geometry is None:
        return None
    if not isinstance(geometry, Mapping):
        raise UnfitShape("the geometry is not a GeoJSON geometry")
    if geometry.get("type") == "Point":
        point = _point(geometry.get("coordinates"))
        if point is not None:
            return point
    try:
        shape = shapely.from_geojson(orjson.dumps(geometry))
    except (shapely.errors.ShapelyError, TypeError, ValueError) as error:
        raise UnfitShape(f"not a GeoJSON geometry ({_first_line(error)})") from None
    return fit(shape)


def from_wkt(text: str) -> BaseGeometry:
    """The shape of a well-known text; raises UnfitShape."""
    if text.count(",") >= MAX_VERTICES:
        raise UnfitShape(_too_many(text.count(",") + 1))
    try:
        return fit(shapely.from_wkt(text))
    except shapely.errors.ShapelyError as error:
        raise UnfitShape(f"not a well-known text of a shape ({_first_line(error)})") from None


def from_wkb(wkb: bytes | None) -> BaseGeometry | None:
    """The shape of well-known bytes; raises UnfitShape."""
    if wkb is None:
        return None
    try:
        return fit(shapely.from_wkb(bytes(wkb)))
    except (shapely.errors.ShapelyError, TypeError) as error:
        raise UnfitShape(f"not well-known bytes of a shape ({_first_line(error)})") from None


def point_at(longitude: float, latitude: float) -> BaseGeometry:
    """The point at a place in degrees; raises UnfitShape where that is nowhere on the Earth."""
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):  # NaN is nowhere, too
        raise UnfitShape("a coordinate is outside longitude -180..180, latitude -90..90")
    point: BaseGeometry = shapely.points(longitude, latitude)
    return point


def fit(shape: BaseGeometry) -> BaseGeometry:
    """The shape in two dimensions; raises UnfitShape with what makes it unfit to publish."""
    vertices = int(shapely.get_num_coordinates(shape))
    if vertices > MAX_VERTICES:
        raise UnfitShape(_too_many(vertices))
    problem = shape_problem(shape)
    if problem is not None:
        raise UnfitShape(problem)
    return shapely.force_2d(shape) if shape.has_z else shape


def _point(coordinates: JSON) -> BaseGeometry | None:
    """Most features are points, and a million of them come at once."""
    if isinstance(coordinates, list) and len(coordinates) in (2, 3):
        longitude, latitude = coordinates[:2]
        if isinstance(longitude, float | int) and isinstance(latitude, float | int):
            return point_at(longitude, latitude)
    return None


def _too_many(vertices: int) -> str:
    return f"the shape has {vertices:,} vertices; at most {MAX_VERTICES:,} are read: simplify it"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
