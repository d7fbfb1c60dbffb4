"""What the scores of a compiled version rest on: a calibration, and the trial that says it holds here."""

import json
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from matching.calibration import Support, calibration_for
from matching.store import Store

TRIAL = "trial.json"
"""The trial's file in the search folder."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out: `error` is the calibration error, with its lower bound; `passed`: all is as promised.

    `calibration` is the digest of the one that was tried. `accepted` of the noisy names were taken without
    asking, `right` of those rightly; `wrongly` of the absent ones were.
    """

    calibration: str
    seed: int
    queries: int
    absents: int
    error: float
    error_low: float
    accepted: int
    right: int
    wrongly: int
    passed: bool


def read_trial(folder: Path) -> Trial | None:
    """The trial of a search folder; None where it has none that can be read."""
    try:
        return Trial(**json.loads((folder / TRIAL).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


_supports: WeakKeyDictionary[Store, Support | None] = WeakKeyDictionary()


def support_of(store: Store) -> Support | None:
    """What the scores of this store rest on; None where no calibration supports them: they are estimates.

    labelled only where the calibration rests on labelled files and the store's own trial passed.
    """
    if store not in _supports:
        calibration = calibration_for(store.profile)
        support = None if calibration is None else calibration.support
        if calibration is not None and support == "labelled":
            trial = read_trial(store.folder)
            tried = trial is not None and trial.passed is True and trial.calibration == calibration.digest
            support = "labelled" if tried else "synthetic"
        _supports[store] = support
    return _supports[store]
