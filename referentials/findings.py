"""What is wrong with a list of items: all rules run, and what they find is reported at once and counted.

So a person corrects a file in one go. The rules are in `referentials.rules`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from referentials.kinds import Kind
from referentials.listing import ListedChange, ListedItem
from referentials.rules import RULES
from referentials.rules.checked import Base, CheckedList, Finding, Reference, Severity

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
        tuple(references),
    )
    return list(inspect(checked, limit).findings)


def inspect(checked: CheckedList, limit: int = LIMIT) -> Inspection:
    """Runs all rules: at most `limit` findings are kept, all are counted.

    Where that cuts, errors come before warnings, and each rule's first findings before the others' next.
    """
    counted: Counter[tuple[str, Severity]] = Counter()
    kept: list[tuple[Severity, int, Finding]] = []
    for rule in RULES:
        for finding in rule(checked):
            of_its_sort = (finding.rule, finding.severity)
            counted[of_its_sort] += 1
            if counted[of_its_sort] <= limit:
                kept.append((finding.severity, counted[of_its_sort], finding))
    kept.sort(key=lambda found: found[:2])
    findings = sorted((finding for _, _, finding in kept[:limit]), key=lambda finding: finding.row or 0)
    counts = tuple(RuleCount(rule, severity, count) for (rule, severity), count in counted.items())
    return Inspection(tuple(findings), counts)


def raise_on_errors(findings: Iterable[Finding]) -> None:
    """Raises InvalidItems where a finding is an error; warnings pass."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise InvalidItems(errors)
