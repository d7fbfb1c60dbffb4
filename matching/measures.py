"""Measures of answers whose truth is known: shares with intervals, calibration error, precision and coverage.

Arrays have one value for each judged value: `right` is whether the leading candidate was right, `score` how
sure the answer was (0 to 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BINS = 10
_RESAMPLED = 2_000
_RESAMPLED_ERRORS = 300
_LOW, _HIGH = 2.5, 97.5  # per cent: intervals hold 95 of 100
_POINTS = 200


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with its 95% interval; all None where there is nothing to count."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


def share_of(count: int, of: int, seed: int = 0) -> Share:
    """The share with its seeded bootstrap interval.

    Resampling n values of which k count is drawing from a binomial distribution. Where all or none count,
    every resample is the same, so the bound is the exact one (Clopper and Pearson, 1934).
    """
    if not of:
        return Share(count, of, None, None, None)
    drawn = np.random.default_rng(seed).binomial(of, count / of, _RESAMPLED) / of
    low, high = (float(bound) for bound in np.percentile(drawn, (_LOW, _HIGH)))
    bound = (_LOW / 100) ** (1 / of)
    return Share(count, of, count / of, bound if count == of else low, 1 - bound if count == 0 else high)


@dataclass(frozen=True, slots=True)
class Bin:
    """Values of about the same score: lowest and highest score, their mean, and the share that was right."""

    low: float
    high: float
    count: int
    score: float
    right: float


def reliability(score: Floats, right: Flags, bins: int = BINS) -> tuple[Bin, ...]:
    """So many bins of (nearly) as many values each, by rising score; fewer where there are fewer values.

    Values of one score are not told apart: they stand in an order that does not depend on being right.
    """
    order = np.argsort(score, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return tuple(
        Bin(
            float(score[part].min()),
            float(score[part].max()),
            len(part),
            float(score[part].mean()),
            float(right[part].mean()),
        )
        for part in parts
    )


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error: how far score and share of right ones are apart, weighted by count."""
    total = sum(each.count for each in bins)
    if not total:
        return None
    return sum(each.count * abs(each.score - each.right) for each in bins) / total


@dataclass(frozen=True, slots=True)
class Calibrated:
    """How far scores are probabilities: the bins, their error, and its 95% bootstrap interval."""

    bins: tuple[Bin, ...]
    error: float | None
    low: float | None
    high: float | None


def calibrated(score: Floats, right: Flags, seed: int = 0) -> Calibrated:
    """Calibration on ten bins of equal mass, in an order shuffled by the seed so that ties fall by chance."""
    draw = np.random.default_rng(seed)
    shuffled = draw.permutation(len(score))
    score, right = score[shuffled], right[shuffled]
    bins = reliability(score, right)
    if not bins:
        return Calibrated((), None, None, None)
    errors = []
    for _ in range(_RESAMPLED_ERRORS):
        drawn = draw.integers(0, len(score), len(score))
        errors.append(calibration_error(reliability(score[drawn], right[drawn])) or 0.0)
    low, high = (float(bound) for bound in np.percentile(errors, (_LOW, _HIGH)))
    return Calibrated(bins, calibration_error(bins), low, high)


@dataclass(frozen=True, slots=True)
class Point:
    """What accepting every answer from this score on would give: its precision, and the share accepted."""

    score: float
    precision: float
    coverage: float


def curve(score: Floats, right: Flags, most: int | None = _POINTS) -> tuple[Point, ...]:
    """Precision and coverage by falling score: a point at each distinct score, at most so many of them."""
    if not len(score):
        return ()
    order = np.argsort(-score, kind="stable")
    falling, hits = score[order], np.cumsum(right[order])
    ends = np.flatnonzero(np.append(falling[1:] < falling[:-1], True))
    if most is not None and len(ends) > most:
        ends = ends[np.unique(np.linspace(0, len(ends) - 1, most).astype(int))]
    return tuple(
        Point(float(falling[end]), float(hits[end] / (end + 1)), float((end + 1) / len(score)))
        for end in ends
    )
