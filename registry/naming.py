"""What referentials and their versions may be called.

Both are part of addresses, and an id is the name of a folder and of a database view, too; the database checks
the same patterns. No Flask, no SQLAlchemy.
"""

from __future__ import annotations

import re

# Of an id, the longest leaves room for the prefix of its view in PostgreSQL's 63 characters.
ID_EXPECTED = "1 to 50 lower case letters a–z, digits and single hyphens between them"
LABEL_EXPECTED = "1 to 40 letters A–Z and a–z, digits, '.', '_' and '-', a letter or digit first"

_ID = re.compile(r"(?=.{1,50}\Z)[a-z0-9]+(?:-[a-z0-9]+)*")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


class BadName(ValueError):
    """A name that cannot be one; says of what, and what is expected."""

    def __init__(self, what: str, value: object, expected: str) -> None:
        super().__init__(f"{value!r} cannot be {what}; expected {expected}")
        self.value = value
        self.expected = expected


def referential_id(text: str) -> str:
    """The text, which is the id of a referential; raises BadName where it cannot be."""
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise BadName("the id of a referential", text, ID_EXPECTED)
    return text


def version_label(text: str) -> str:
    """The text, which is the label of a version; raises BadName where it cannot be."""
    if not isinstance(text, str) or not _LABEL.fullmatch(text):
        raise BadName("the label of a version", text, LABEL_EXPECTED)
    return text
