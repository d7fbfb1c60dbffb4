"""Rules about what other referentials say of the codes of a list."""

from __future__ import annotations

from collections.abc import Iterator

from referentials.rules.checked import CheckedList, Finding


def removed_but_referenced(checked: CheckedList) -> Iterator[Finding]:
    """A code that goes is not referenced by another referential (warning: what it publishes stays)."""
    if checked.base is None:
        return
    for referential, code, attribute in sorted(set(checked.references)):
        if code in checked.base.levels and code not in checked.codes:
            where = f" (attribute {attribute})" if attribute else ""
            problem = f"the code goes, and items of {referential} name it{where}"
            yield Finding("removed_but_referenced", "warning", None, code, "code", referential, problem)
