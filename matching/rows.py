"""What goes into a store: rows and their names; named tuples, because they come by the million."""

from typing import NamedTuple

LONGEST_CODE = 64
"""Characters of a code."""


class Name(NamedTuple):
    """A text that leads to an item.

    `script` is ISO 15924; `use` is one of preferred, alternative, hidden, entry, exclusion.
    """

    text: str
    language: str | None
    script: str
    use: str


class Row(NamedTuple):
    """One state of an item: what it is from `valid_from` to before `valid_to` (days since 1970-01-01).

    `rendered` is the item's JSON object without version, date, status and shape; `bbox` is west, south,
    east, north in degrees; `shape` and `simplified` are WKB; `importance` (population or the like) only
    breaks ties.
    """

    code: str
    level: str
    parent: str | None
    valid_from: int
    valid_to: int
    rendered: bytes
    names: tuple[Name, ...]
    importance: float = 0.0
    bbox: tuple[float, float, float, float] | None = None
    shape: bytes | None = None
    simplified: bytes | None = None
    successors: tuple[str, ...] = ()
    invalid: bool = False


class BadRow(ValueError):
    """A row that cannot be stored: the `code` it has, and `why`."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{code!r}: {why}")
        self.code = code
        self.why = why
