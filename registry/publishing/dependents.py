"""What is published here and depends on a referential's codes: correspondences, other referentials (D8)."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection

from referentials.canonical import JSON
from registry.library import Library
from registry.publishing.impact import Affected, Departure


def affected_correspondences(
    _connection: Connection, library: Library, departure: Departure
) -> Iterator[Affected]:
    """The correspondences one of whose sides has codes that go."""
    for entry in library.correspondences():
        sides = (
            ("source", entry.source_referential, [line.sources for line in entry.associations]),
            ("target", entry.target_referential, [line.targets for line in entry.associations]),
        )
        for side, referential, members in sides:
            if referential != departure.referential:
                continue
            used = {member.code for line in members for member in line}
            codes = tuple(sorted(used & departure.levels.keys()))
            if codes:
                yield Affected("correspondence", entry.id, entry.names, None, side, codes)


def affected_referentials(
    _connection: Connection, library: Library, departure: Departure
) -> Iterator[Affected]:
    """The referentials whose items refer to codes that go, in an attribute that names the referential."""
    # In canonical bytes a reference reads so, and nothing of another meaning does.
    marked = b'"referential":' + orjson.dumps(departure.referential)
    for entry in library.referentials():
        if entry.latest is None:
            continue
        found: dict[str, set[str]] = {}
        for payload in library.snapshot(entry.id).content.payloads("state"):
            if marked not in payload:
                continue
            state = orjson.loads(payload)
            if "valid_to" in state:
                continue
            for name, value in state.get("attributes", {}).items():
                found.setdefault(name, set()).update(_codes_in(value, departure.referential))
        for name, used in found.items():
            codes = tuple(sorted(used & departure.levels.keys()))
            if codes:
                yield Affected("referential", entry.id, entry.names, None, name, codes)


def _codes_in(value: JSON, referential: str) -> Iterator[str]:
    """The codes that a reference names, its candidates too."""
    if not isinstance(value, dict) or value.get("referential") != referential:
        return
    for name in ("code", "candidates"):
        named = value.get(name, ())
        yield from [named] if isinstance(named, str) else named
