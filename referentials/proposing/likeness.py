"""How sure it is that a unit of the base and one of the list are the same one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rapidfuzz import fuzz

from matching.keys import keys_of
from referentials.comparing.measuring import distance_km
from referentials.proposing.model import Unit

SAME_NAME = 0.95  # of 1: keys that differ in hardly a letter
LIKE_NAME = 0.75
SAME_AREA = 0.97  # of what either covers, covered by both: maps are simplified, and drawn again
OTHER_AREA = 0.1
SAME_POINT_KM = 0.1


class Place(Enum):
    """What two units have above them in common, and how much more sure that makes them one."""

    PARENT = "the same parent"
    ANCESTOR = "a common ancestor"
    TOP = "no parent"
    ELSEWHERE = "another parent"


# How sure it is by the name alone, for equal and for similar names.
_BY_NAME: Mapping[Place, tuple[float, float]] = {
    Place.PARENT: (0.93, 0.75),
    Place.ANCESTOR: (0.88, 0.65),
    Place.TOP: (0.85, 0.5),
    Place.ELSEWHERE: (0.6, 0.0),
}
# By the shape, with an equal, a similar, an unknown and another name.
_BY_SHAPE = (0.98, 0.95, 0.9, 0.85)
_FIGURES_ALONE = 0.5


@dataclass(frozen=True, slots=True)
class Likeness:
    """A confidence (0..1) and the reasons for it, to be joined into a sentence."""

    confidence: float
    reasons: tuple[str, ...]


def likeness(before: Unit, after: Unit, place: Place) -> Likeness:
    """Judge two units of one level by names, shapes, dated figures and what is above them."""
    name, shape, figures = likeness_of_names(before, after), _shapes(before, after), _figures(before, after)
    if shape is not None and shape < OTHER_AREA:
        return Likeness(0.0, ())
    confidence, reasons = _by_name(name, place)
    if shape is not None and shape >= SAME_AREA:
        confidence = max(confidence, _BY_SHAPE[_rank(name)])
        reasons = ("the shape is the same", *reasons)
    elif shape is not None and confidence:
        confidence *= 0.5 + shape / 2
    if figures is False:
        confidence *= 0.8
    elif figures and name is not None and name < LIKE_NAME and shape is None:
        pass  # two places of different names may well have one figure in common
    elif figures:
        confidence = max(_FIGURES_ALONE, 1 - (1 - confidence) * 0.5)
        reasons = (*reasons, "the figures of an earlier day are the same")
    return Likeness(round(confidence, 2), reasons)


def likeness_of_names(before: Unit, after: Unit) -> float | None:
    """How alike the names are (0..1), averaged over the languages of both; None where they share none."""
    shared = sorted(before.names.keys() & after.names.keys())
    if not shared:
        return None
    return sum(_alike(before.names[each], after.names[each]) for each in shared) / len(shared)


@lru_cache(maxsize=100_000)
def name_key(name: str) -> str:
    """What two spellings of a name share; the name itself where it has no letter that is known."""
    return keys_of(name).in_order or name


def _alike(one: str, other: str) -> float:
    keys = name_key(one), name_key(other)
    return 1.0 if keys[0] == keys[1] else fuzz.ratio(*keys) / 100


def _by_name(name: float | None, place: Place) -> tuple[float, tuple[str, ...]]:
    same, similar = _BY_NAME[place]
    if name is None or name < LIKE_NAME:
        return 0.0, ()
    if name >= SAME_NAME:
        return same, ("the name is the same", f"it has {place.value}")
    return similar, ("the name is similar", f"it has {place.value}")


def _rank(name: float | None) -> int:
    if name is None:
        return 2
    return 0 if name >= SAME_NAME else 1 if name >= LIKE_NAME else 3


def _shapes(before: Unit, after: Unit) -> float | None:
    """How much of what either covers is covered by both; points are the same place or are not."""
    if before.shape is None or after.shape is None:
        return None
    if before.area is not None and after.area is not None:
        if not before.area.intersects(after.area):
            return 0.0
        common = before.area.intersection(after.area).area
        return float(common / (before.area.area + after.area.area - common))
    far = distance_km(before.shape.representative_point(), after.shape.representative_point())
    # A point somewhere else may have been surveyed anew: it proves nothing.
    return 1.0 if far <= SAME_POINT_KM else None


def _figures(before: Unit, after: Unit) -> bool | None:
    """Whether the figures of the same measure and day agree; None where there are none."""
    shared = before.figures.keys() & after.figures.keys()
    if not shared:
        return None
    return all(before.figures[each] == after.figures[each] for each in shared)
