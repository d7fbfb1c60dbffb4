"""A world for the tests of a review."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.registry.publishing.review.world import World, make_world


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> World:
    return make_world(engine, tmp_path / "snapshots")
