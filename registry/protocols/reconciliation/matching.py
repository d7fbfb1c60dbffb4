"""Candidates for a query: as matching has them, then as what else was told of the item agrees with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from matching.matcher import Match, Query, match_many
from registry.protocols.reconciliation.agreeing import DOUBT, Feature, Found, agreement, codes_told, weighed
from registry.protocols.reconciliation.properties import ABOVE, CODE, PARENT
from registry.protocols.reconciliation.queries import Asked, Condition, Wanted
from registry.protocols.reconciliation.service import Service

_SURE = ("exact", "auto")
_LEAST_LISTED = 10
"""Candidates that are looked at, however few are wanted: what else is told may change their order."""
_UNNAMED = 0.05
"""How probable an item is that a code names and no text does."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A candidate with what was told of it: whether anything differs, whether all that is required holds."""

    found: Found
    differs: bool
    kept: bool


def find_all(service: Service, asked: Sequence[Asked]) -> list[list[Found]]:
    """The candidates of each query, best first; at most one of them is a match, the first."""
    queries = [_variants(service, one) for one in asked]
    limit = max([_LEAST_LISTED if any(one.conditions for one in asked) else 1, *(one.limit for one in asked)])
    matches = iter(
        match_many(
            service.store, [each for some in queries for each in some], at=service.at.number, limit=limit
        )
    )
    answers = [[next(matches) for _ in some] for some in queries]
    return [_find(service, one, given) for one, given in zip(asked, answers, strict=True)]


def _variants(service: Service, asked: Asked) -> list[Query]:
    """Every name within every parent that is told."""
    if asked.impossible:
        return []
    texts = [text for text in asked.texts if text.strip()]
    within = _within(service, asked)
    parents: Iterable[str | None] = (
        [None] if within is None else list(dict.fromkeys(_place(service, value) for value in within.values))
    )
    return [Query(text, parent, asked.levels) for text, parent in product(texts, parents)]


def _within(service: Service, asked: Asked) -> Condition | None:
    """The parent, or what is nearest above it: matching itself weighs it, with its misspellings."""
    order = [PARENT, *(ABOVE + level for level in reversed(service.levels))]
    able = [
        one
        for one in asked.conditions
        if one.property in order
        and one.quantifier == "any"
        and any(value.text.strip() for value in one.values)
    ]
    return min(able, key=lambda one: order.index(one.property), default=None)


def _place(service: Service, value: Wanted) -> str | None:
    """What a parent is told by: its id where there is one such item, else its name."""
    if value.id is not None and service.row_of(value.id) is not None:
        return value.id
    return value.text if value.text.strip() else None


def _find(service: Service, asked: Asked, matches: Sequence[Match]) -> list[Found]:
    best = max(matches, key=_confidence, default=Match("none", ()))
    found = _candidates(service, asked, best)
    within = _within(service, asked)
    judged = [_judge(service, asked, each, within) for each in found]
    judged = sorted((each for each in judged if each.kept), key=lambda each: -each.found.probability)
    if judged and _is_match(service, asked, best, judged):
        judged[0] = replace(judged[0], found=replace(judged[0].found, match=True))
    return [each.found for each in judged[: asked.limit]]


def _confidence(match: Match) -> tuple[bool, float]:
    return match.outcome in _SURE, match.candidates[0].score if match.candidates else 0.0


def _candidates(service: Service, asked: Asked, best: Match) -> list[Found]:
    """What is called by its code, then what matching found, then what a property names by its code."""
    if asked.impossible:
        return []
    matched: dict[str, Found] = {}
    for each in best.candidates:
        features = tuple(Feature(name, round(part, 4)) for name, part in each.parts.items())
        probability = min(max(float(each.score), 0.0), 1.0)
        matched.setdefault(each.code, Found(each.row, each.code, each.name, probability, features))
    found: dict[str, Found] = {}
    for code in _codes_asked(service, asked):
        told = _by_code(service, code, 1.0)
        if told is not None and _is_wanted(service, asked, told):
            features = matched[code].features if code in matched else (Feature(CODE, 1.0),)
            found[code] = replace(told, features=features)
    found |= {code: each for code, each in matched.items() if code not in found}
    for condition in asked.conditions:
        if condition.property == CODE and condition.quantifier == "any":
            for code in codes_told(service, condition):
                told = None if code in found else _by_code(service, code, _UNNAMED if asked.texts else 1.0)
                if told is not None and _is_wanted(service, asked, told):
                    found[code] = told
    return list(found.values())


def _codes_asked(service: Service, asked: Asked) -> list[str]:
    """The names that are codes."""
    texts = (text.strip() for text in asked.texts)
    return [text for text in dict.fromkeys(texts) if service.row_of(text) is not None]


def _by_code(service: Service, code: str, probability: float) -> Found | None:
    row = service.row_of(code)
    if row is None:
        return None
    return Found(row, code, service.row_name(row), probability, ())


def _is_wanted(service: Service, asked: Asked, found: Found) -> bool:
    return not asked.levels or service.store.level(found.row) in asked.levels


def _judge(service: Service, asked: Asked, found: Found, within: Condition | None) -> _Judged:
    differs, kept, probability = False, True, found.probability
    features = {each.id: each for each in found.features}
    for condition in asked.conditions:
        if not any(value.text.strip() or value.id for value in condition.values):
            continue
        agrees = agreement(service, found, condition, is_within=condition is within)
        differs |= agrees is False
        kept &= agrees is True or not condition.required
        if agrees is not None and condition is not within:
            probability = weighed(probability, condition.property, agrees)
            name = f"property-{condition.property}"
            features[name] = Feature(name, agrees)
    judged = replace(found, probability=probability, features=tuple(features.values()))
    return _Judged(judged, differs, kept)


def _is_match(service: Service, asked: Asked, best: Match, judged: Sequence[_Judged]) -> bool:
    """Whether the first candidate can be taken: surely named, unrivalled, and nothing told of it differs."""
    first = judged[0].found
    if judged[0].differs or (len(judged) > 1 and judged[1].found.score >= first.score):
        return False
    if not asked.texts or first.code in _codes_asked(service, asked):
        return (
            first.probability > 1 - 2 * DOUBT
            and service.store.status(first.row, service.at.number) == "valid"
        )
    return best.outcome in _SURE and best.candidates[0].code == first.code
