"""Reads a file of a few lines as a list of items."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from referentials.kinds import kind
from referentials.readers import Mapping, Reading, ReadRow, open_reading

LEVELS = ("region", "province", "commune")
Read = Callable[..., tuple[Reading, list[ReadRow]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes content into a file and reads it as administrative units, or as another kind."""

    def reading(
        content: str | bytes | Path, name: str = "list.csv", **how: Any
    ) -> tuple[Reading, list[ReadRow]]:
        path = content if isinstance(content, Path) else tmp_path / name
        if isinstance(content, str):
            content = content.encode()
        if isinstance(content, bytes):
            path.write_bytes(content)
        columns = how.pop("columns", None)
        given = {"kind": "administrative-units", "levels": LEVELS, "languages": ("fr", "ar")} | how
        opened = open_reading(
            path,
            mapping=None if columns is None else Mapping(columns),
            **{**given, "kind": kind(given["kind"])},
        )
        return opened, list(opened.rows)

    return reading
