"""The desk over a small database, on each of the two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from registry.accounts import passwords
from tests.registry.desk_client import DeskUnderTest, opened_desk


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords are hashed as in use, only with less work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[DeskUnderTest]:
    """The desk with two referentials and two administrations, and nobody yet."""
    with opened_desk(engine, tmp_path / "data") as opened:
        yield opened
