"""Shapes as the registry keeps them: little-endian WKB, WGS 84, seven decimals (about a centimetre)."""

from __future__ import annotations

import struct

import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

DECIMALS = 7
_POINT = struct.Struct("<BIdd")  # byte order, type 1, x, y
SIMPLIFIED_TOLERANCE = 0.005  # degrees, about 500 m: a country on a screen


class InvalidShape(ValueError):
    """A shape that cannot be published; the message says what is wrong with it."""


def to_wkb(shape: BaseGeometry) -> bytes:
    """Canonical bytes of a two-dimensional shape; raises InvalidShape with what is wrong."""
    problem = shape_problem(shape)
    if problem is not None:
        raise InvalidShape(problem)
    if isinstance(shape, Point):  # most shapes are points, and a million of them come at once
        return _POINT.pack(1, 1, round(shape.x, DECIMALS) + 0.0, round(shape.y, DECIMALS) + 0.0)
    rounded = shapely.transform(shapely.force_2d(shape), lambda points: points.round(DECIMALS) + 0.0)
    wkb: bytes = shapely.to_wkb(rounded, byte_order=1, include_srid=False)
    return wkb


def shape_problem(shape: BaseGeometry) -> str | None:
    """What makes a shape unfit to publish, or None: empty, not finite, out of range, or not valid."""
    if shape.is_empty:
        return "the shape is empty"
    if isinstance(shape, Point) and abs(shape.x) <= 180 and abs(shape.y) <= 90:
        return None
    coordinates = shapely.get_coordinates(shape)
    if not bool((abs(coordinates) < float("inf")).all()):
        return "a coordinate is not a finite number"
    if bool((abs(coordinates[:, 0]) > 180).any() or (abs(coordinates[:, 1]) > 90).any()):
        return "a coordinate is outside longitude -180..180, latitude -90..90"
    reason: str = shapely.is_valid_reason(shape)
    return None if reason == "Valid Geometry" else f"the shape is not valid: {reason}"


def bounds_of(wkb: bytes) -> tuple[float, float, float, float]:
    """West, south, east, north of a shape in degrees."""
    if len(wkb) == _POINT.size and wkb[1] == 1:
        _, _, x, y = _POINT.unpack(wkb)
        return x, y, x, y
    west, south, east, north = shapely.from_wkb(wkb).bounds
    return west, south, east, north


def simplified(wkb: bytes) -> bytes | None:
    """The shape with fewer vertices, for a map of the country; None where it is as simple as it gets."""
    if len(wkb) == _POINT.size:
        return None
    shape = shapely.from_wkb(wkb)
    lighter = shapely.simplify(shape, SIMPLIFIED_TOLERANCE, preserve_topology=True)
    return None if lighter.is_empty or shapely.equals_exact(lighter, shape) else to_wkb(lighter)
