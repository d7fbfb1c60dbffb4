"""What a change set says of its version, field by field, and what each may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from referentials.canonical import JSON
from registry.errors import BadValue, BadValues
from registry.models import CHANGE_CLASSES
from registry.naming import version_label

MODES = ("full", "changes")
LONGEST_TEXT = 20_000


def require_accepted(fields: Mapping[str, JSON]) -> None:
    """Raises BadName and BadValues for what a change set cannot say."""
    if "label" in fields:
        version_label(fields["label"])
    wrong = [
        (name, value, expected)
        for name, value in fields.items()
        if (expected := _problem(name, value)) is not None
    ]
    if len(wrong) == 1:
        raise BadValue(*wrong[0])
    if wrong:
        raise BadValues(wrong)


def _problem(name: str, value: JSON) -> str | None:
    """What is expected of a field instead of this value; None where it is right."""
    if name not in _ACCEPTED:
        return f"one of the fields {', '.join(sorted(DETAILS))}"
    accepts, expected = _ACCEPTED[name]
    return None if accepts(value) else expected


def _is_text(value: JSON) -> bool:
    # PostgreSQL keeps no NUL.
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and "\0" not in value


def _is_texts(value: JSON) -> bool:
    return isinstance(value, Mapping) and all(map(_is_text, (*value, *value.values())))


def _is_sources(value: JSON) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, Mapping) for each in value)


_TEXT = f"a text of at most {LONGEST_TEXT} characters"
_ACCEPTED: Mapping[str, tuple[Callable[[JSON], bool], str]] = {
    "label": (_is_text, _TEXT),
    "effective_on": (lambda value: isinstance(value, date), "a date"),
    "basis": (_is_text, _TEXT),
    "notes": (_is_texts, "a text for each language"),
    "provenance": (_is_sources, "a list of sources"),
    "mode": (lambda value: value in MODES, " or ".join(MODES)),
    "change_class": (lambda value: value is None or value in CHANGE_CLASSES, ", ".join(CHANGE_CLASSES)),
    "legal_basis": (lambda value: value is None or _is_text(value), _TEXT),
    "notice_reason": (lambda value: value is None or _is_text(value), _TEXT),
    "mapping": (lambda value: value is None or isinstance(value, Mapping), "columns by role"),
}
# What an editor may change of a change set besides its items and events.
DETAILS = frozenset(_ACCEPTED)
