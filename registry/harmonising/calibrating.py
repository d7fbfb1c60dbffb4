"""What the scores of an index rest on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from matching.calibration import calibration_bytes, calibration_for
from matching.store import Store
from matching.support import support_of

ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class CalibrationUsed:
    """`support` is labelled, synthetic or estimated; `name` tells calibrations apart, thresholds included."""

    name: str
    support: str


def calibration_used(store: Store) -> CalibrationUsed:
    """The calibration of the store's profile, as far as its trial supports it; without one it estimates."""
    found = calibration_for(store.profile)
    if found is None:
        return CalibrationUsed(ESTIMATED, ESTIMATED)
    digest = hashlib.sha256(calibration_bytes(found)).hexdigest()[:16]
    name = f"{found.support}, auto from {found.auto_from:g}, review from {found.review_from:g}, {digest}"
    return CalibrationUsed(name, support_of(store) or ESTIMATED)
