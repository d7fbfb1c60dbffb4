"""The one entry point of matching: what does this text mean? The same for one query and for a million."""

from collections.abc import Callable, Mapping, Sequence

from matching.activities.engine import ActivityMatching
from matching.calibration import Calibration
from matching.choices import Choices, Chosen
from matching.finder import finder_of
from matching.places import Examined, PlaceMatching
from matching.queries import Candidate, Engine, Match, Outcome, Query, UnknownLevel
from matching.reading import LONGEST
from matching.store import Store

__all__ = [
    "LONGEST",
    "Candidate",
    "Choices",
    "Examined",
    "Match",
    "Outcome",
    "Query",
    "UnknownLevel",
    "examine",
    "finder_of",
    "match",
    "match_many",
]


def match(
    store: Store,
    query: Query,
    *,
    at: int,
    limit: int = 5,
    choices: Choices | None = None,
    calibration: Calibration | None = None,
) -> Match:
    """What the text means at that day (days since 1970-01-01). Raises UnknownLevel."""
    return match_many(store, [query], at=at, limit=limit, choices=choices, calibration=calibration)[0]


def match_many(
    store: Store,
    queries: Sequence[Query],
    *,
    at: int,
    limit: int = 5,
    choices: Choices | None = None,
    calibration: Calibration | None = None,
) -> list[Match]:
    """As `match`, for many: equal queries are answered once. Raises UnknownLevel.

    `choices` are what somebody settled before; they come first. `calibration` is used instead of the
    committed one of the store's profile.
    """
    answers: dict[Query, Match] = {}
    distinct = list(dict.fromkeys(queries))
    if choices is not None:
        chosen = Chosen(store, at, choices)
        answers = {query: answer for query in distinct if (answer := chosen.answer(query)) is not None}
        distinct = [query for query in distinct if query not in answers]
    answers.update(zip(distinct, engine_of(store, at, calibration).answer(distinct, limit), strict=True))
    return [answers[query] for query in queries]


def examine(store: Store, queries: Sequence[Query], *, at: int, limit: int = 5) -> Examined:
    """What `match_many` would judge these queries by, as places are. Raises UnknownLevel."""
    return PlaceMatching(store, at).examine(queries, limit)


def engine_of(store: Store, at: int, calibration: Calibration | None = None) -> Engine:
    """What answers queries on that store, by its profile."""
    engine = ENGINES.get(store.profile)
    return PlaceMatching(store, at, calibration) if engine is None else engine(store, at)


ENGINES: Mapping[str, Callable[[Store, int], Engine]] = {"activities": ActivityMatching}
"""Profiles that are answered in their own way; all others as places are."""
