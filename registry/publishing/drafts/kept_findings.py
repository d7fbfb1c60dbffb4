"""What checks found about drafts, as it is kept: findings, counts, and the words given for warnings."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select

from referentials.findings import Finding, Inspection, RuleCount
from registry.accounts import audit
from registry.clock import now
from registry.models import DraftCheck, DraftFinding, DraftWord
from registry.publishing.drafts.opening import lock_change_set, read_change_set

CHECKER = "marjaa check"  # what acts in the audit trail where a word no longer holds
Source = Literal["reading", "rules"]


@dataclass(frozen=True, slots=True)
class Word:
    """What an editor says of a rule's warnings; `given_by` is a person's id."""

    rule: str
    word: str
    given_by: str
    given_at: str


@dataclass(frozen=True, slots=True)
class Report:
    """What is known to be wrong with a draft; `revision` is the one that was checked.

    `findings` are at most LIMIT of each check, first those of reading the file; `counts` count them all.
    `is_current` says whether the draft is still what was checked.
    """

    change_set: uuid.UUID
    revision: int
    checked_at: str
    is_current: bool
    findings: tuple[Finding, ...]
    counts: tuple[RuleCount, ...]
    words: tuple[Word, ...]

    @property
    def total_errors(self) -> int:
        """How many errors there are, kept or not."""
        return sum(each.count for each in self.counts if each.severity == "error")

    @property
    def total_warnings(self) -> int:
        """How many warnings there are, kept or not."""
        return sum(each.count for each in self.counts if each.severity == "warning")

    @property
    def truncated(self) -> bool:
        """Whether more was found than was kept."""
        return self.total_errors + self.total_warnings > len(self.findings)

    @property
    def open_questions(self) -> tuple[str, ...]:
        """The rules with warnings for which nobody has given a word."""
        warned = {each.rule for each in self.counts if each.severity == "warning"}
        return tuple(sorted(warned - {word.rule for word in self.words}))


def read_report(connection: Connection, change_set: uuid.UUID) -> Report | None:
    """What was found last; None where the rules have not run yet. Raises UnknownChangeSet."""
    draft = read_change_set(connection, change_set)
    checks = {
        row.source: row
        for row in connection.execute(
            select(DraftCheck.__table__)
            .where(DraftCheck.change_set == change_set)
            .order_by(DraftCheck.source)
        )
    }
    if "rules" not in checks:
        return None
    found = (
        select(DraftFinding.__table__)
        .where(DraftFinding.change_set == change_set)
        .order_by(DraftFinding.source, DraftFinding.position)
    )
    return Report(
        change_set=change_set,
        revision=checks["rules"].revision,
        checked_at=checks["rules"].checked_at,
        is_current=checks["rules"].revision == draft.revision,
        findings=tuple(_finding(row) for row in connection.execute(found)),
        counts=tuple(RuleCount(*counted) for check in checks.values() for counted in check.counts),
        words=words_of(connection, change_set),
    )


def keep_reading(connection: Connection, change_set: uuid.UUID, found: Inspection) -> None:
    """Keep what was wrong with the rows of a file, in place of what was wrong with the file before.

    Raises UnknownChangeSet.
    """
    keep(connection, change_set, "reading", found)


def keep(connection: Connection, change_set: uuid.UUID, source: Source, found: Inspection) -> None:
    """Replace what a check found before; a word no longer holds where its rule warns of something else.

    Raises UnknownChangeSet.
    """
    draft = lock_change_set(connection, change_set)
    before = _kept(connection, change_set, source)
    of_source = (DraftCheck.change_set == change_set) & (DraftCheck.source == source)
    connection.execute(delete(DraftCheck).where(of_source))
    key = {"change_set": change_set, "source": source}
    connection.execute(
        insert(DraftCheck).values(
            **key,
            revision=draft.revision,
            checked_at=now(),
            counts=[[each.rule, each.severity, each.count] for each in found.counts],
        )
    )
    rows = [
        {
            **key,
            "position": position,
            "rule": finding.rule,
            "severity": finding.severity,
            "source_row": finding.row,
            "code": storable(finding.code),
            "field": storable(finding.column),
            "value": storable(finding.value),
            "message": storable(finding.message),
        }
        for position, finding in enumerate(found.findings)
    ]
    if rows:
        connection.execute(insert(DraftFinding), rows)
    _ask_again(connection, change_set, before, _kept(connection, change_set, source))


@dataclass(frozen=True, slots=True)
class _Warnings:
    """A rule's warnings: how many there are, and what those kept say."""

    count: int
    said: frozenset[tuple[str, str, str]]

    def go_beyond(self, others: _Warnings) -> bool:
        """Whether they are more than the others, or others, as far as both are kept."""
        whole = self.count == len(self.said) and others.count == len(others.said)
        return self.count > others.count or (whole and not self.said <= others.said)


def _kept(connection: Connection, change_set: uuid.UUID, source: Source) -> dict[str, _Warnings]:
    counts = connection.execute(
        select(DraftCheck.counts).where(DraftCheck.change_set == change_set, DraftCheck.source == source)
    ).scalar()
    said: defaultdict[str, set[tuple[str, str, str]]] = defaultdict(set)
    kept = select(DraftFinding.rule, DraftFinding.code, DraftFinding.field, DraftFinding.message).where(
        DraftFinding.change_set == change_set,
        DraftFinding.source == source,
        DraftFinding.severity == "warning",
    )
    for rule, *what in connection.execute(kept):
        said[rule].add((what[0], what[1], what[2]))
    return {
        rule: _Warnings(count, frozenset(said[rule]))
        for rule, severity, count in counts or ()
        if severity == "warning"
    }


def _ask_again(
    connection: Connection,
    change_set: uuid.UUID,
    before: Mapping[str, _Warnings],
    after: Mapping[str, _Warnings],
) -> None:
    for word in words_of(connection, change_set):
        if word.rule not in after or not after[word.rule].go_beyond(before.get(word.rule, _NO_WARNINGS)):
            continue
        connection.execute(
            delete(DraftWord).where(DraftWord.change_set == change_set, DraftWord.rule == word.rule)
        )
        audit.record(
            connection,
            CHECKER,
            "asked-again",
            "change_set",
            change_set,
            before={"rule": word.rule, "word": word.word},
        )


_NO_WARNINGS = _Warnings(0, frozenset())


def words_of(connection: Connection, change_set: uuid.UUID) -> tuple[Word, ...]:
    """The words that were given, by rule."""
    given = (
        select(DraftWord.rule, DraftWord.word, DraftWord.given_by, DraftWord.given_at)
        .where(DraftWord.change_set == change_set)
        .order_by(DraftWord.rule)
    )
    return tuple(Word(*row) for row in connection.execute(given))


def _finding(row: Row[Any]) -> Finding:
    return Finding(row.rule, row.severity, row.source_row, row.code, row.field, row.value, row.message)


def storable(text: str) -> str:
    """The text as both databases take it: what is no character, and NUL, is shown as an escape."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
