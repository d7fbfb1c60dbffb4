"""JSON as the API lists items, with where they come from before them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from referentials.canonical import JSON
from referentials.writers.context import Export, Item


def stream_json(items: Iterable[Item], export: Export) -> Iterator[bytes]:
    """One object with the items, one to a line, and `next` null, as there is no further page."""
    return wrapped(export.head(), "items", (dumps(item) for item in items), {"next": None})


def dumps(value: JSON) -> str:
    """Compact JSON, in the order given, readable in any script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def wrapped(head: Item, member: str, elements: Iterable[str], tail: Item) -> Iterator[bytes]:
    """An object of the members of `head`, an array of elements that are JSON already, and those of `tail`."""
    yield f'{dumps(head)[:-1]},"{member}":['.encode()
    separator = "\n"
    for element in elements:
        yield f"{separator}{element}".encode()
        separator = ",\n"
    end = f",{dumps(tail)[1:]}" if tail else "}"
    yield f"\n]{end}\n".encode()
