"""The check of a compiled version: are scores probabilities here too, and is what would be taken right?

A calibration was fitted elsewhere, before. When a version is compiled it is tried on seeded noisy names of
its own and on names that it does not have, and what came out is kept beside its manifest. Nothing is fitted.
"""

import json
from dataclasses import asdict

import numpy as np

from matching.calibration import Calibration, calibration_for
from matching.evaluation import ACCEPTED
from matching.layout import OPEN_END
from matching.matcher import match_many
from matching.measures import calibrated, share_of
from matching.sources import absent_source, noise_source
from matching.store import Store
from matching.support import TRIAL, Trial

_SEED = 4
_QUERIES, _ABSENTS = 300, 150
_FEWEST = 50
"""With fewer queries nothing can be told."""
_ERROR, _PRECISION, _ABSENTS_ACCEPTED = 0.03, 0.995, 0.005
"""What is promised; a version fails where its figures contradict it, not where a few queries fell badly."""
_LAST_DAY = OPEN_END - 1


def try_out(store: Store, calibration: Calibration) -> Trial | None:
    """Try a store's own names, as of its last day; None where it has too few."""
    count = min(_QUERIES, 2 * store.size)
    noise = noise_source(store, count, at=_LAST_DAY, seed=_SEED) if count >= _FEWEST else None
    if noise is None or len(noise.queries) < _FEWEST:
        return None
    absent = absent_source(store, min(_ABSENTS, count), at=_LAST_DAY, seed=_SEED + 1)
    queries = [*noise.queries, *absent.queries]
    answers = match_many(store, queries, at=_LAST_DAY, limit=2, calibration=calibration)
    own, others = answers[: len(noise.queries)], answers[len(noise.queries) :]
    score = np.array([each.candidates[0].score if each.candidates else 0.0 for each in own])
    right = np.array(
        [
            bool(each.candidates) and each.candidates[0].code in truth
            for each, truth in zip(own, noise.truths, strict=True)
        ]
    )
    accepted = np.array([each.outcome in ACCEPTED for each in own])
    wrongly = sum(each.outcome in ACCEPTED for each in others)
    found = calibrated(score, right, _SEED)
    error, error_low = found.error or 0.0, found.low or 0.0
    taken = share_of(int((accepted & right).sum()), int(accepted.sum()), _SEED)
    mistaken = share_of(wrongly, len(others), _SEED)
    passed = (
        error_low <= _ERROR
        and (taken.high is None or taken.high >= _PRECISION)
        and (mistaken.low is None or mistaken.low <= _ABSENTS_ACCEPTED)
    )
    return Trial(
        calibration=calibration.digest,
        seed=_SEED,
        queries=len(own),
        absents=len(others),
        error=round(error, 4),
        error_low=round(error_low, 4),
        accepted=taken.of,
        right=taken.count,
        wrongly=wrongly,
        passed=passed,
    )


def try_and_record(store: Store) -> Trial | None:
    """Try a store that was just written, and keep the trial in its folder; None: there is nothing to try."""
    calibration = calibration_for(store.profile)
    trial = None if calibration is None else try_out(store, calibration)
    if trial is not None:
        (store.folder / TRIAL).write_text(json.dumps(asdict(trial), indent=1) + "\n", encoding="utf-8")
    return trial
