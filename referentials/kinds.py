"""The kinds of referential: how each is matched, and what an item of it may carry."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from matching.rows import LONGEST_CODE

__all__ = ["ANY_CODE", "KINDS", "LONGEST_CODE", "AttributeType", "Kind", "UnknownKind", "kind"]

AttributeType = Literal["text", "number", "integer", "boolean", "object"]

# Codes stand in addresses, where `/`, `.` and `..` lead elsewhere, and in filters, where `,`, `..` and `*`
# have a meaning.
ANY_CODE = r"(?!\.$)(?!.*\.\.)[^\s/,*]+"


@dataclass(frozen=True, slots=True)
class Kind:
    """What referentials of one kind share.

    `profile` is the matching profile of their names. `attributes` are those an item may carry, with their
    types; `None` where each referential has its own. `code_pattern` is what a whole code must look like.
    """

    id: str
    profile: str
    attributes: Mapping[str, AttributeType] | None
    code_pattern: str = ANY_CODE


class UnknownKind(ValueError):
    """No kind has this id; `nearest` are the ids most like it."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.nearest = tuple(difflib.get_close_matches(id, KINDS, n=3))
        hint = f"; did you mean {self.nearest[0]!r}?" if self.nearest else f"; there are {', '.join(KINDS)}"
        super().__init__(f"there is no kind of referential called {id!r}{hint}")


_KINDS = (
    Kind(
        "administrative-units",
        profile="place-names",
        attributes={"type": "text", "capital": "text", "area_km2": "number"},
        code_pattern=r"[0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*",
    ),
    Kind(
        "place-names",
        profile="place-names",
        attributes={
            "commune": "object",
            "elevation_m": "number",
            "feature": "text",
            "population": "integer",
        },
    ),
    Kind(
        "addresses",
        profile="addresses",
        attributes={
            "commune": "object",
            "locality": "text",
            "number": "text",
            "postcode": "text",
            "street": "text",
            "suffix": "text",
        },
    ),
    Kind(
        "activities",
        profile="activities",
        attributes={"includes": "text", "excludes": "text", "remark": "text"},
        code_pattern=r"[0-9A-Za-z]+(?:[.][0-9A-Za-z]+)*",
    ),
    Kind("code-lists", profile="codes", attributes=None),
    Kind(
        "standards",
        profile="codes",
        attributes={"edition": "text", "identifier": "text", "publisher": "text", "url": "text"},
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.id: kind for kind in _KINDS})


def kind(id: str) -> Kind:
    """A kind by its id; raises UnknownKind with the ids most like it."""
    try:
        return KINDS[id]
    except KeyError:
        raise UnknownKind(id) from None
