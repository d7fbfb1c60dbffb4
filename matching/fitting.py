"""Fitting a calibration: for contributors, by `marjaa calibrate`; never while something is compiled or asked.

The model is logistic, over terms that are chosen here by reasoning, with a ridge penalty, fitted by
iteratively reweighted least squares: no chance in it. Candidates of all sources are its rows. A source is
judged by the model that was fitted on all others; thresholds are chosen from these judgements.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.calibration import Calibration, HeldOut, Support, design, probability_of
from matching.deciding import FEATURES
from matching.keys import KEY_VERSION
from matching.layout import Array
from matching.matcher import Query, examine
from matching.measures import Point, calibration_error, curve, reliability
from matching.store import Store

TERMS = (
    # How alike the texts are; the slope changes where meanings do.
    "text", "text>0.6", "text>0.7", "text>0.8", "text>0.9", "text>0.96", "spelling", "spelling>0.8",
    "letters", "letters>0.75", "consonants", "words", "words>0.7", "equal",
    # How far the best other candidate is.
    "margin", "margin>0", "margin>0.03", "margin>0.1", "margin>0.2", "margin<-0.05", "homonyms>0",
    "homonyms>1", "homonyms<1*equal",
    # Short keys meet by chance; skeletons tell more the longer they are.
    "key_length<5", "key_length<9", "key_length>14", "key_length<7*text<0.98",
    "key_length<7*letters<0.9", "across", "across*text", "across*text>0.8",
    "skeleton", "skeleton>2", "skeleton*across", "skeleton>3*across",
    # What else was said.
    "parent_known", "parent", "parent*equal", "parent*text>0.7", "parent*margin>0", "parent_known*text",
    "parent_known*equal", "parent_known*margin>0.05", "text>0.9*margin>0.05", "text<0.9*margin>0.05",
    "level_said", "level", "former", "ended",
)  # fmt: skip
"""As `calibration.design` reads them."""

_RIDGE = 1.0
_ROUNDS, _SETTLED = 60, 1e-8
_OBSERVATIONS = 8_000.0
"""The weight of all candidates together: what the ridge is to be compared with."""
_OTHERS_WEIGHT = 0.3
"""A candidate that does not lead counts for so much of one that does: the leading one is what is taken."""
_PRECISION, _ABSENTS = 0.997, 0.003
"""What `auto` must reach on sources not fitted on: stricter than the promise (0.995, 0.005)."""
_LEAST_AUTO = 0.9
_RIGHT_LOST = 0.01
"""The share of right leading candidates that may lie below `review_from`."""
_BATCH = 1_000


class NothingToFit(ValueError):
    """The sources do not suffice for fitting: why."""


@dataclass(frozen=True, slots=True)
class Source:
    """Queries of one origin with the codes that are right for each; none where nothing is. `weight` is of
    each query beside those of other sources."""

    name: str
    queries: tuple[Query, ...]
    truths: tuple[tuple[str, ...], ...]
    labelled: bool
    group: str
    """Sources of one group are held out together: they are of the same file."""
    weight: float = 1.0

    @property
    def absent(self) -> bool:
        """Whether no query of it means anything."""
        return not any(self.truths)


@dataclass(frozen=True, slots=True)
class Sample:
    """A source with its candidates: features, whether each is right, whether it leads, what it weighs."""

    source: Source
    features: Array
    right: Array
    leading: Array

    @property
    def exact(self) -> Array:
        """Whether the candidate's name is the text."""
        equal: Array = self.features[:, FEATURES.index("equal")] > 0
        return equal


def sample_of(store: Store, source: Source, *, at: int) -> Sample:
    """The candidates that matching lists for a source's queries."""
    parts: list[Array] = []
    right: list[bool] = []
    leading: list[bool] = []
    for start in range(0, len(source.queries), _BATCH):
        truths = source.truths[start : start + _BATCH]
        found = examine(store, source.queries[start : start + _BATCH], at=at, limit=5)
        numbers = found.query.tolist()
        parts.append(found.features)
        right += [code in truths[number] for number, code in zip(numbers, found.code, strict=True)]
        leading += [number != before for number, before in zip(numbers, [-1, *numbers], strict=False)]
    features = np.concatenate(parts) if parts else np.empty((0, len(FEATURES)), np.float32)
    return Sample(source, features, np.array(right, bool), np.array(leading, bool))


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the terms, on their own scale."""

    weights: Array
    intercept: float

    def probabilities(self, features: Array) -> Array:
        return probability_of(design(features, FEATURES, TERMS) @ self.weights + self.intercept)


def fitted(samples: Sequence[Sample], absents_prior: float) -> Model:
    """The model of these samples, where absents are that share of all queries. Raises NothingToFit."""
    features = np.concatenate([sample.features for sample in samples])
    right = np.concatenate([sample.right for sample in samples]).astype(np.float64)
    weights = np.concatenate(_weights(samples, absents_prior))
    if not right.any() or right.all():
        raise NothingToFit("right and wrong candidates are both needed")
    terms = design(features, FEATURES, TERMS)
    mean = np.average(terms, axis=0, weights=weights)
    spread = np.sqrt(np.average((terms - mean) ** 2, axis=0, weights=weights))
    spread[spread < 1e-9] = np.inf  # a term that never varies says nothing
    scaled = np.column_stack([np.ones(len(terms)), (terms - mean) / spread])
    penalty = np.diag([0.0] + [_RIDGE] * len(TERMS))
    found = np.zeros(len(TERMS) + 1)
    for _ in range(_ROUNDS):
        probability = probability_of(scaled @ found)
        slope = scaled.T @ (weights * (right - probability)) - penalty @ found
        curvature = (scaled * (weights * probability * (1 - probability))[:, None]).T @ scaled + penalty
        step = np.linalg.solve(curvature, slope)
        found += step
        if np.abs(step).max() < _SETTLED:
            break
    unscaled = found[1:] / spread
    return Model(unscaled, float(found[0] - mean @ unscaled))


def _weights(samples: Sequence[Sample], absents_prior: float) -> list[Array]:
    """What each candidate weighs: absents together their prior, the others the rest."""
    totals = {
        absent: sum(
            len(sample.source.queries) * sample.source.weight
            for sample in samples
            if sample.source.absent == absent
        )
        for absent in (False, True)
    }
    share = {False: 1.0 - absents_prior if totals[True] else 1.0, True: absents_prior}
    return [
        np.where(sample.leading, 1.0, _OTHERS_WEIGHT)
        * (_OBSERVATIONS * sample.source.weight * share[sample.source.absent] / totals[sample.source.absent])
        for sample in samples
    ]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration, and precision over coverage of all sources as judged when they were held out."""

    calibration: Calibration
    curve: tuple[Point, ...]


def calibration_of(
    profile: str, samples: Sequence[Sample], *, source: str, seed: int, absents_prior: float
) -> Fitted:
    """The calibration fitted on all samples; its bins are of sources judged when they were held out.

    Raises NothingToFit where there is no sample with right candidates, or none of absents.
    """
    present = [sample for sample in samples if not sample.source.absent]
    absents = [sample for sample in samples if sample.source.absent]
    if not present or not absents:
        raise NothingToFit("texts that mean something and texts that mean nothing are both needed")
    judged = {id(sample): _held_out_scores(sample, samples, absents_prior) for sample in samples}
    auto_from, review_from = _thresholds(samples, judged, absents_prior)
    model = fitted(samples, absents_prior)
    pooled = _drawn(*_pooled(samples, judged, absents_prior))
    bins = reliability(*pooled)
    support: Support = "labelled" if any(sample.source.labelled for sample in samples) else "synthetic"
    calibration = Calibration(
        profile=profile,
        key_version=KEY_VERSION,
        support=support,
        source=source,
        seed=seed,
        absents_prior=absents_prior,
        features=FEATURES,
        terms=TERMS,
        weights=tuple(map(float, model.weights)),
        intercept=model.intercept,
        auto_from=auto_from,
        review_from=review_from,
        bins=bins,
        error=calibration_error(bins) or 0.0,
        held_out=tuple(
            _held_out(sample, judged[id(sample)], absents, judged, auto_from, absents_prior)
            for sample in samples
        ),
    )
    return Fitted(calibration, curve(*pooled))


def _held_out_scores(sample: Sample, samples: Sequence[Sample], absents_prior: float) -> Array:
    """A sample judged by the model of all other groups; by its own other half where nothing else is left."""
    others = [each for each in samples if each.source.group != sample.source.group]
    if any(not each.source.absent for each in others) and any(each.source.absent for each in others):
        return fitted(others, absents_prior).probabilities(sample.features)
    number = np.cumsum(sample.leading)
    scores = np.empty(len(sample.right))
    for half in (0, 1):
        inside = number % 2 == half
        learnt = Sample(
            sample.source, sample.features[~inside], sample.right[~inside], sample.leading[~inside]
        )
        scores[inside] = fitted([*others, learnt], absents_prior).probabilities(sample.features[inside])
    return scores


def _pooled(
    samples: Iterable[Sample], scores: dict[int, Array], absents_prior: float, *, exact: bool = True
) -> tuple[Array, Array, Array]:
    """Leading candidates of all samples: score, whether right, weight. Not `exact`: without exact ones."""
    chosen = list(samples)
    kept = [sample.leading & (exact | ~sample.exact) for sample in chosen]
    weights = _weights(chosen, absents_prior)
    return (
        np.concatenate([scores[id(sample)][keep] for sample, keep in zip(chosen, kept, strict=True)]),
        np.concatenate([sample.right[keep] for sample, keep in zip(chosen, kept, strict=True)]),
        np.concatenate([weight[keep] for weight, keep in zip(weights, kept, strict=True)]),
    )


def _drawn(score: Array, right: Array, weight: Array) -> tuple[Array, Array]:
    """As many values as weights say: bins of equal mass hold values that count alike."""
    order = np.argsort(score, kind="stable")
    ends = np.cumsum(weight[order])
    places = np.searchsorted(
        ends, np.linspace(0, ends[-1], len(score), endpoint=False) + ends[-1] / (2 * len(score))
    )
    chosen = order[np.minimum(places, len(order) - 1)]
    return score[chosen], right[chosen]


def _thresholds(
    samples: Sequence[Sample], judged: dict[int, Array], absents_prior: float
) -> tuple[float, float]:
    """From which probability on an answer may be taken, and below which nothing is meant."""
    score, right, weight = _pooled(samples, judged, absents_prior, exact=False)
    order = np.argsort(-score, kind="stable")
    falling, mass = score[order], np.cumsum(weight[order])
    precision = np.cumsum((weight * right)[order]) / mass
    absents = [sample for sample in samples if sample.source.absent]
    wrongly = np.sort(np.concatenate([judged[id(each)][each.leading & ~each.exact] for each in absents]))
    asked = sum(len(each.source.queries) for each in absents)
    accepted = (len(wrongly) - np.searchsorted(wrongly, falling)) / asked
    fits = (precision >= _PRECISION) & (accepted <= _ABSENTS)
    # The first few decide nothing: one wrong label among them would forbid everything below.
    auto_from = max(_LEAST_AUTO, float(falling[np.flatnonzero(fits)[-1]]) if fits.any() else 1.0)
    lost = np.cumsum((weight * right)[order][::-1]) / max(float((weight * right).sum()), 1e-9)
    review_from = float(falling[::-1][min(int(np.searchsorted(lost, _RIGHT_LOST)), len(lost) - 1)])
    return auto_from, min(review_from, auto_from)


def _held_out(
    sample: Sample,
    scores: Array,
    absents: Sequence[Sample],
    judged: dict[int, Array],
    auto_from: float,
    absents_prior: float,
) -> HeldOut:
    source = sample.source
    others = sample.leading & ~sample.exact
    taken = others & (scores >= auto_from)
    values = len(source.queries)
    if source.absent:
        bins = reliability(scores[sample.leading], sample.right[sample.leading])
        error = float(scores[sample.leading].mean()) if sample.leading.any() else 0.0
        return HeldOut(source.name, values, error, None, None, float(taken.sum() / values), bins)
    mixed = [sample, *absents]
    bins = reliability(*_drawn(*_pooled(mixed, judged, absents_prior)))
    return HeldOut(
        source=source.name,
        values=values,
        error=calibration_error(bins) or 0.0,
        coverage=float(taken.sum() / others.sum()) if others.any() else None,
        precision=float(sample.right[taken].mean()) if taken.any() else None,
        absents=None,
        bins=bins,
    )
