"""What is wrong with a list of items: all rules run, and what they find is reported at once and counted.

So a person corrects a file in one go. The rules are in `referentials.rules`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from referentials.kinds import Kind
from referentials.listing import ListedChange, ListedItem
from referentials.rules import RULES
from referentials.rules.checked import Base, CheckedList, Finding, Reference, Severity
from referentials.snapshot import Content

__all__ = [
    "LIMIT",
    "RULES",
    "Base",
    "CheckedList",
    "Finding",
    "Inspection",
    "InvalidItems",
    "Reference",
    "RuleCount",
    "Severity",
    "Tally",
    "base_of",
    "check",
    "inspect",
    "raise_on_errors",
]

LIMIT = 1_000
_SHOWN_IN_MESSAGE = 10


class InvalidItems(ValueError):
    """A list with errors; `findings` are all of them, the message shows the first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        shown = "\n".join(f"  {finding}" for finding in self.findings[:_SHOWN_IN_MESSAGE])
        more = len(self.findings) - _SHOWN_IN_MESSAGE
        rest = f"\n  and {more:,} more" if more > 0 else ""
        super().__init__(f"{len(self.findings):,} errors in the list:\n{shown}{rest}")


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule found something, whether or not the findings were kept."""

    rule: str
    severity: Severity
    count: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the rules found: the findings that were kept, in order of row, and how many there are of each."""

    findings: tuple[Finding, ...]
    counts: tuple[RuleCount, ...]


def check(
    items: Sequence[ListedItem],
    kind: Kind,
    levels: Iterable[str],
    languages: Iterable[str],
    *,
    rows: Sequence[int | None] | None = None,
    limit: int = LIMIT,
    patterns: Mapping[str, str] | None = None,
    base: Base | None = None,
    changes: Sequence[ListedChange] = (),
    references: Iterable[Reference] = (),
) -> list[Finding]:
    """The findings about a list, in order of row: at most `limit`, as `inspect` keeps them.

    `rows` are the numbers of the rows that the items came from; without them, items count from 1. The rest is
    as in `CheckedList`.
    """
    numbers = range(1, len(items) + 1) if rows is None else rows
    checked = CheckedList(
        items,
        numbers,
        kind,
        tuple(levels),
        tuple(languages),
        {} if patterns is None else patterns,
        base,
        changes,
        references=tuple(references),
    )
    return list(inspect(checked, limit).findings)


def inspect(checked: CheckedList, limit: int = LIMIT) -> Inspection:
    """Runs all rules over a list: at most `limit` findings are kept, all are counted."""
    tally = Tally(limit)
    for rule in RULES:
        tally.add(rule(checked))
    return tally.inspection()


class Tally:
    """Counts findings as they come, however many, and keeps at most `limit`.

    Where that cuts, errors come before warnings, and each rule's first findings before the others' next.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._counted: Counter[tuple[str, Severity]] = Counter()
        self._kept: list[tuple[Severity, int, Finding]] = []

    def add(self, found: Iterable[Finding]) -> None:
        """Count findings, and keep what there is room for."""
        for finding in found:
            of_its_sort = (finding.rule, finding.severity)
            self._counted[of_its_sort] += 1
            if self._counted[of_its_sort] <= self._limit:
                self._kept.append((finding.severity, self._counted[of_its_sort], finding))

    def inspection(self) -> Inspection:
        """What was found so far."""
        first = sorted(self._kept, key=lambda each: each[:2])[: self._limit]
        findings = sorted((finding for _, _, finding in first), key=lambda finding: finding.row or 0)
        counts = (RuleCount(rule, severity, count) for (rule, severity), count in self._counted.items())
        return Inspection(tuple(findings), tuple(counts))


def base_of(content: Content | None) -> Base | None:
    """What a list is compared with; None where there is no version before."""
    if content is None:
        return None
    levels: dict[str, str] = {}
    ended: set[str] = set()
    for payload in content.payloads("state"):
        state = orjson.loads(payload)
        if "valid_to" in state:
            ended.add(state["code"])
        else:
            levels[state["code"]] = state["level"]
    return Base(levels, frozenset(ended - levels.keys()), content.header.effective_on)


def raise_on_errors(findings: Iterable[Finding]) -> None:
    """Raises InvalidItems where a finding is an error; warnings pass."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise InvalidItems(errors)
