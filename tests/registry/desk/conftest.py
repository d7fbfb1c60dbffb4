"""The desk over a small database, on each of the two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.registry.desk_client import DeskUnderTest, opened_desk


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[DeskUnderTest]:
    """The desk with two referentials and two administrations, and nobody yet."""
    with opened_desk(engine, tmp_path / "data") as opened:
        yield opened
