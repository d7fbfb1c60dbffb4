"""Which column of a file plays which role in an item."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field

from referentials.canonical import JSON

_LANGUAGE = r"[a-z]{2,3}"
_WORD = r"[A-Za-z][A-Za-z0-9_]*"
_ROLE = re.compile(
    r"code|level|parent|action|longitude|latitude|shape|valid_from"
    rf"|name_{_LANGUAGE}|other_names(?:_{_LANGUAGE})?"
    rf"|attribute_{_WORD}(?:\.{_WORD})?"
    rf"|observation_{_WORD}_\d{{4}}(?:-\d{{2}}-\d{{2}})?"
)
_SHOWN = 40
_SHOWN_CHARACTERS = 60
ROLES = (
    "code, level, parent, name_<language>, other_names, other_names_<language>, attribute_<name>, "
    "attribute_<name>.<member>, longitude, latitude, shape, valid_from, action, "
    "observation_<measure>_<year or day>"
)


class BadMapping(ValueError):
    """A role that no item has, a title that the file does not have, or no column for the code."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """The title of the column for each role; raises BadMapping for a role that there is not."""

    columns: MappingOf[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role in self.columns:
            if not _ROLE.fullmatch(role):
                raise BadMapping(f"an item has no {role[:80]!r}; it has {ROLES}")

    def overridden(self, columns: MappingOf[str, str]) -> Mapping:
        """The mapping with other titles for some roles; an empty title takes a role away.

        A column that is given another role loses the one it had.
        """
        given = Mapping(columns).columns
        taken = {title for title in given.values() if title}
        kept = {role: title for role, title in self.columns.items() if title not in taken}
        return Mapping({role: title for role, title in {**kept, **given}.items() if title})


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping with the reason for each role, the titles that play none, and the level of all rows."""

    mapping: Mapping
    reasons: MappingOf[str, str]
    unused: tuple[str, ...]
    level: str | None = None

    def document(self) -> dict[str, JSON]:
        """The guess as plain JSON, as a change set keeps it."""
        return {
            "columns": dict(self.mapping.columns),
            "reasons": dict(self.reasons),
            "unused": list(self.unused),
            "level": self.level,
        }


def unused_titles(titles: Sequence[str], mapping: Mapping) -> tuple[str, ...]:
    """The titles that play no role."""
    used = set(mapping.columns.values())
    return tuple(title for title in titles if title and title not in used)


def listed(titles: Sequence[str]) -> str:
    """Titles as a message shows them: not too many, none of them long."""
    named = [title for title in titles if title]
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return ", ".join(repr(title[:_SHOWN_CHARACTERS]) for title in named[:_SHOWN]) + more
