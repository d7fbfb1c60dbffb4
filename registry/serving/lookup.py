"""One code, answered by the rules of decision D2."""

from __future__ import annotations

import json
from functools import lru_cache

from referentials.kinds import LONGEST_CODE
from registry.errors import UnknownCode
from registry.library import Snapshot
from registry.serving.moments import Moment
from registry.serving.rendering import item_bytes


def look_up(
    snapshot: Snapshot, code: str, at: Moment, *, language: str | None = None, shape: str | None = None
) -> bytes:
    """The item behind a code on a day, as UTF-8 JSON that says version, at and status.

    `language` narrows the names, `shape` (simplified, full) adds the shape. Raises UnknownCode.
    """
    store = snapshot.store
    found = store.find(code, at.number)
    if found is None:
        raise UnknownCode(
            snapshot.referential.id, code, snapshot.version.label, store.nearest_codes(code[:LONGEST_CODE])
        )
    head = f'"version":{_quoted(snapshot.version.label)},"at":"{at.text}","status":"{found.status}"'
    return item_bytes(store, found.row, head, language, shape)


@lru_cache(maxsize=256)
def _quoted(label: str) -> str:
    return json.dumps(label, ensure_ascii=False)
