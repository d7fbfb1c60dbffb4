"""From what speaks for a candidate to the probability that it is meant: figures fitted before, in a file.

`calibrations/<profile>.json` holds the weights of a logistic model over the columns of `deciding.FEATURES`,
the thresholds chosen from it, and how it did on sources that it was not fitted on. `marjaa calibrate` writes
it; nothing is fitted anywhere else.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np

from matching.keys import KEY_VERSION
from matching.layout import Array
from matching.measures import Bin

Support = Literal["labelled", "synthetic"]
_LARGEST = 30.0
"""Log odds are cut here: surer than one in 10^13 nothing is."""


class BadCalibration(ValueError):
    """A file of figures that cannot be used: the `profile`, and `why`."""

    def __init__(self, profile: str, why: str) -> None:
        super().__init__(f"calibration of {profile}: {why}")
        self.profile = profile
        self.why = why


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How the model did on one source when it was fitted on all others.

    `coverage` and `precision` are of what would be accepted from `auto_from` on, among values that are not
    exact; `absents` is the share of absents that would be.
    """

    source: str
    values: int
    error: float
    coverage: float | None
    precision: float | None
    absents: float | None
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted model, and what it rests on.

    `support` is labelled where files with known truth were fitted on, synthetic where only generated noise.
    A leading candidate with at least `auto_from` may be taken without asking; with less than `review_from`
    nothing is meant.
    """

    profile: str
    key_version: str
    support: Support
    source: str
    seed: int
    absents_prior: float
    features: tuple[str, ...]
    terms: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float
    auto_from: float
    review_from: float
    bins: tuple[Bin, ...]
    error: float
    held_out: tuple[HeldOut, ...]

    @property
    def digest(self) -> str:
        """What tells it from any other: the beginning of the SHA-256 of its file."""
        return hashlib.sha256(calibration_bytes(self)).hexdigest()[:16]

    def probabilities(self, features: Array) -> Array:
        """The probability of each candidate, (n,) float64, from its features, (n, columns).

        Raises ValueError where the columns are not as many as the model was fitted on.
        """
        if features.ndim != 2 or features.shape[1] != len(self.features):
            raise ValueError(f"{features.shape} are not the {len(self.features)} features of {self.profile}")
        odds = design(features, self.features, self.terms) @ np.array(self.weights) + self.intercept
        return probability_of(odds)


def probability_of(odds: Array) -> Array:
    """The probabilities of log odds."""
    probabilities: Array = 1 / (1 + np.exp(-np.clip(odds, -_LARGEST, _LARGEST)))
    return probabilities


def design(features: Array, names: Sequence[str], terms: Sequence[str]) -> Array:
    """The terms of each row, (n, terms) float64.

    A term is a product of factors joined by "*": a feature, or "feature>knot", which is how far the feature
    lies above the knot (0 below), or "feature<knot", how far below. Raises ValueError for a name that is not
    among `names`.
    """
    columns = features.astype(np.float64)
    found = np.ones((len(features), len(terms)))
    for number, factors in enumerate(_factors(tuple(names), tuple(terms))):
        for column, sign, knot in factors:
            values = columns[:, column]
            found[:, number] *= values if not sign else np.maximum(sign * (values - knot), 0.0)
    return found


@cache
def _factors(
    names: tuple[str, ...], terms: tuple[str, ...]
) -> tuple[tuple[tuple[int, int, float], ...], ...]:
    """For each term its factors: a column, and where it is hinged (1 above, -1 below; 0 is not) at a knot."""
    return tuple(tuple(_factor(names, factor) for factor in term.split("*")) for term in terms)


def _factor(names: tuple[str, ...], factor: str) -> tuple[int, int, float]:
    for mark, sign in ((">", 1), ("<", -1)):
        name, found, knot = factor.partition(mark)
        if found:
            return _column(names, name), sign, float(knot)
    return _column(names, factor), 0, 0.0


def _column(names: tuple[str, ...], name: str) -> int:
    if name not in names:
        raise ValueError(f"no feature {name!r}; there are {', '.join(names)}")
    return names.index(name)


def calibration_bytes(calibration: Calibration) -> bytes:
    """The figures as they are kept: JSON, one figure a line, rounded to what matters."""
    return (json.dumps(_rounded(asdict(calibration)), ensure_ascii=False, indent=1) + "\n").encode()


def read_calibration(profile: str, data: bytes) -> Calibration:
    """What `calibration_bytes` wrote. Raises BadCalibration."""
    try:
        content: Mapping[str, Any] = json.loads(data)
        found = Calibration(
            **{
                **content,
                "features": tuple(map(str, content["features"])),
                "terms": tuple(map(str, content["terms"])),
                "weights": tuple(map(float, content["weights"])),
                "bins": _bins(content["bins"]),
                "held_out": tuple(
                    HeldOut(**{**each, "bins": _bins(each["bins"])}) for each in content["held_out"]
                ),
            }
        )
        design(np.empty((0, len(found.features))), found.features, found.terms)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise BadCalibration(profile, f"cannot be read ({error})") from None
    if found.profile != profile or len(found.weights) != len(found.terms):
        raise BadCalibration(profile, "is of another profile, or has not a weight for each term")
    return found


def _bins(content: Sequence[Mapping[str, Any]]) -> tuple[Bin, ...]:
    return tuple(Bin(**each) for each in content)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    return value


@cache
def calibration_for(profile: str) -> Calibration | None:
    """The committed figures of a profile; None where there are none, or they are of other keys.

    Raises BadCalibration where they cannot be read.
    """
    path = files("matching") / "calibrations" / f"{profile}.json"
    if not path.is_file():
        return None
    found = read_calibration(profile, path.read_bytes())
    return found if found.key_version == KEY_VERSION else None
