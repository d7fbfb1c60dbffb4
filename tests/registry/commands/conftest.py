"""The command line over a small published library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry.cli import main
from tests.registry.small_library import build_library

Marjaa = Callable[..., Result]


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshots' root with two referentials, and no database anywhere."""
    root = tmp_path_factory.mktemp("published") / "snapshots"
    build_library(root)
    return root


@pytest.fixture
def marjaa(snapshots: Path, monkeypatch: pytest.MonkeyPatch) -> Marjaa:
    """Runs a command over the small library, as a person would who has only its snapshots."""
    monkeypatch.setenv("MARJAA_DATA", str(snapshots.parent))
    monkeypatch.delenv("MARJAA_DATABASE_URL", raising=False)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    return run
