"""Jobs beside an empty database, on each of the two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from registry.jobs.opening import Jobs, open_jobs


@pytest.fixture
def jobs(engine: Engine, tmp_path: Path) -> Iterator[Jobs]:
    """The jobs of an installation: in a file of their own, or in its PostgreSQL database."""
    opened = open_jobs(tmp_path / "data", engine)
    yield opened
    opened.engine.dispose()
