"""Rules about codes: there, well formed, one owner each, and as their referential builds them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from referentials.kinds import LONGEST_CODE
from referentials.rules.checked import CheckedList, Finding, finding, shown


def duplicate_codes(checked: CheckedList) -> Iterator[Finding]:
    """A code has one owner at a moment, however its accents are encoded (error)."""
    first: dict[str, int] = {}
    for at, (row, item) in enumerate(checked.numbered()):
        code = unicodedata.normalize("NFC", item.code)
        earlier = first.setdefault(code, at)
        if earlier != at and code:
            its_row = checked.rows[earlier]
            where = "elsewhere in the list" if its_row is None else f"in row {its_row}"
            problem = f"the code {shown(item.code)} is {where} too"
            yield finding("duplicate_codes", "error", (row, item), "code", item.code, problem)


def malformed_codes(checked: CheckedList) -> Iterator[Finding]:
    """A code is there, is short, and looks as codes of its kind do (error)."""
    pattern = re.compile(checked.kind.code_pattern)
    for row, item in checked.numbered():
        if pattern.fullmatch(item.code) and len(item.code) <= LONGEST_CODE:
            continue
        if not item.code.strip():
            problem = "the code is blank"
        elif len(item.code) > LONGEST_CODE:
            problem = f"the code has {len(item.code)} characters; at most {LONGEST_CODE} are allowed"
        else:
            problem = f"{shown(item.code)} does not look like a code of the kind {checked.kind.id}"
        yield finding("malformed_codes", "error", (row, item), "code", item.code, problem)


def codes_off_pattern(checked: CheckedList) -> Iterator[Finding]:
    """A code matches the pattern that its referential states for its level (error)."""
    patterns = _compiled(checked)
    for level, text in checked.patterns.items():
        if level not in patterns:
            problem = f"the pattern {shown(text)} of the level {shown(level)} is no regular expression"
            yield Finding("codes_off_pattern", "error", None, "", "code", "", problem)
    for row, item in checked.numbered() if patterns else ():
        pattern = patterns.get(item.level)
        if pattern is not None and not pattern.fullmatch(item.code):
            problem = f"{shown(item.code)} is not as codes of the level {item.level} are: {pattern.pattern}"
            yield finding("codes_off_pattern", "error", (row, item), "code", item.code, problem)


def codes_outside_parent(checked: CheckedList) -> Iterator[Finding]:
    """Where the pattern of a level has a group `parent`, the parent's code begins with it (error)."""
    patterns = {
        level: pattern for level, pattern in _compiled(checked).items() if "parent" in pattern.groupindex
    }
    for row, item in checked.numbered() if patterns else ():
        pattern = patterns.get(item.level)
        found = None if pattern is None else pattern.fullmatch(item.code)
        if found is None or item.parent is None or item.parent.startswith(found["parent"] or ""):
            continue
        problem = f"by its code it lies within {shown(found['parent'])}, but the parent is {item.parent!r}"
        yield finding("codes_outside_parent", "error", (row, item), "parent", item.parent, problem)


def _compiled(checked: CheckedList) -> dict[str, re.Pattern[str]]:
    patterns = {}
    for level, text in checked.patterns.items():
        try:
            patterns[level] = re.compile(text)
        except (re.error, OverflowError, RecursionError):
            continue  # codes_off_pattern says so
    return patterns
