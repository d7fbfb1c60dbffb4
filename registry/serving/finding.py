"""Matches and suggestions as HTTP and the command line answer them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matching.calibration import calibration_for
from matching.matcher import Candidate, Query, match_many
from matching.store import Store
from matching.suggesting import suggest
from matching.support import support_of
from registry.library import Snapshot
from registry.serving.languages import in_language
from registry.serving.listing import require_levels
from registry.serving.moments import Moment

DEFAULT_CANDIDATES = 5
DEFAULT_SUGGESTIONS = 10
MOST_CANDIDATES = 100

JSON = Mapping[str, Any]


def answer_matches(
    snapshot: Snapshot,
    queries: Sequence[Query],
    at: Moment,
    limit: int = DEFAULT_CANDIDATES,
    *,
    language: str | None = None,
) -> JSON:
    """One result for each query, in order; says version, content root, key version and calibration.

    With a `language`, names are in it, or in one that stands in for it; each says which that is. Raises
    BadValue for a level that the referential does not have.
    """
    for query in queries:
        require_levels(snapshot, query.levels)
    matches = match_many(snapshot.store, queries, at=at.number, limit=limit)
    shown = _Shown(snapshot, language)
    results = [
        {"outcome": match.outcome, "candidates": shown.candidates(match.candidates)} for match in matches
    ]
    head = {**provenance(snapshot, at), "calibration": calibration_shown(snapshot.store)}
    return {**head, **shown.head, "results": results}


def answer_suggestions(
    snapshot: Snapshot,
    text: str,
    at: Moment,
    levels: Sequence[str] = (),
    limit: int = DEFAULT_SUGGESTIONS,
    *,
    language: str | None = None,
) -> JSON:
    """The items whose names go on as the text does, best first; says version, content root and key version.

    With a `language`, names are in it, or in one that stands in for it; each says which that is. Raises
    BadValue for a level that the referential does not have.
    """
    require_levels(snapshot, levels)
    found = suggest(snapshot.store, text, at=at.number, levels=tuple(levels), limit=limit)
    shown = _Shown(snapshot, language)
    return {**provenance(snapshot, at), **shown.head, "candidates": shown.candidates(found)}


def provenance(snapshot: Snapshot, at: Moment) -> JSON:
    """What an answer that depends on the index was given by."""
    return {
        "referential": snapshot.referential.id,
        "version": snapshot.version.label,
        "at": at.text,
        "content_root": snapshot.version.content_root,
        "key_version": snapshot.store.key_version,
    }


def calibration_shown(store: Store) -> JSON:
    """How far scores are probabilities: labelled, synthetic or estimated, and what they were fitted on."""
    calibration, support = calibration_for(store.profile), support_of(store)
    if calibration is None or support is None:
        return {"support": "estimated", "source": None}
    return {"support": support, "source": calibration.source}


class _Shown:
    """Candidates as they are shown, with their names in one language where one is asked for."""

    def __init__(self, snapshot: Snapshot, language: str | None) -> None:
        self.store = snapshot.store
        self.language = language
        self.head: JSON = {} if language is None else {"language": language}

    def candidates(self, found: Iterable[Candidate]) -> list[JSON]:
        """The candidates in their order."""
        return [self._candidate(candidate) for candidate in found]

    def _candidate(self, candidate: Candidate) -> JSON:
        return {
            "code": candidate.code,
            **self._name(candidate),
            "score": round(candidate.score, 4),
            "matched_name": candidate.matched_name,
            "language": candidate.language,
            "level": candidate.level,
            "parent": candidate.parent,
            "parts": {name: round(part, 4) for name, part in candidate.parts.items()},
        }

    def _name(self, candidate: Candidate) -> JSON:
        if self.language is None:
            return {"name": candidate.name}
        preferred = [name for name in self.store.names(candidate.row) if name.use == "preferred"]
        names = {name.language: name.text for name in preferred if name.language is not None}
        name, used = in_language(names, self.language)
        return {"name": candidate.name if used is None else name[used], "name_language": used}
