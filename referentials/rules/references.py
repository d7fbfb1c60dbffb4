"""Rules about what other referentials say of the codes of a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from referentials.rules.checked import CheckedList, Finding


def removed_but_referenced(checked: CheckedList) -> Iterator[Finding]:
    """A code that goes is not referenced by another referential (warning: what it publishes stays)."""
    if checked.base is None:
        return
    by_code: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for referential, code, item in checked.references:
        if code in checked.base.levels and code not in checked.codes:
            by_code[code, referential].append(item)
    for (code, referential), items in sorted(by_code.items()):
        example = min(items)
        such = f", {example!r} for one" if example else ""
        times = "once" if len(items) == 1 else f"{len(items):,} times"
        problem = f"the code goes, and {referential} names it {times}{such}"
        yield Finding("removed_but_referenced", "warning", None, code, "code", referential, problem)
