"""Matches and suggestions as HTTP and the command line answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matching.matcher import Candidate, Match, Query, match_many
from matching.suggesting import suggest
from registry.library import Snapshot
from registry.serving.listing import require_levels
from registry.serving.moments import Moment

DEFAULT_CANDIDATES = 5
DEFAULT_SUGGESTIONS = 10
MOST_CANDIDATES = 100

JSON = Mapping[str, Any]


def answer_matches(
    snapshot: Snapshot, queries: Sequence[Query], at: Moment, limit: int = DEFAULT_CANDIDATES
) -> JSON:
    """One result for each query, in order; says version, content root and key version.

    Raises BadValue for a level that the referential does not have.
    """
    for query in queries:
        require_levels(snapshot, query.levels)
    matches = match_many(snapshot.store, queries, at=at.number, limit=limit)
    return {**provenance(snapshot, at), "results": [_match(match) for match in matches]}


def answer_suggestions(
    snapshot: Snapshot, text: str, at: Moment, levels: Sequence[str] = (), limit: int = DEFAULT_SUGGESTIONS
) -> JSON:
    """The items whose names go on as the text does, best first; says version, content root and key version.

    Raises BadValue for a level that the referential does not have.
    """
    require_levels(snapshot, levels)
    found = suggest(snapshot.store, text, at=at.number, levels=tuple(levels), limit=limit)
    return {**provenance(snapshot, at), "candidates": [_candidate(candidate) for candidate in found]}


def provenance(snapshot: Snapshot, at: Moment) -> JSON:
    """What an answer that depends on the index was given by."""
    return {
        "referential": snapshot.referential.id,
        "version": snapshot.version.label,
        "at": at.text,
        "content_root": snapshot.version.content_root,
        "key_version": snapshot.store.key_version,
    }


def _match(match: Match) -> JSON:
    return {
        "outcome": match.outcome,
        "candidates": [_candidate(candidate) for candidate in match.candidates],
    }


def _candidate(candidate: Candidate) -> JSON:
    return {
        "code": candidate.code,
        "name": candidate.name,
        "score": round(candidate.score, 4),
        "matched_name": candidate.matched_name,
        "language": candidate.language,
        "level": candidate.level,
        "parent": candidate.parent,
        "parts": {name: round(part, 4) for name, part in candidate.parts.items()},
    }
