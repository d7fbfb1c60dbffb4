"""What the seeds know of administrative history, published once for all proofs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from registry.database import open_engine
from registry.library import Library
from registry.seeding import seed
from seeds.catalogue import catalogue

HISTORICAL = ("administrative-units", "regions-1997", "iso-3166-2-ma")


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Library:
    """The seeded administrative units, regions of 1997 and ISO codes, with their correspondences."""
    folder = tmp_path_factory.mktemp("seeded")
    (folder / "marjaa.sqlite").write_bytes(migrated_sqlite.read_bytes())
    seeds = catalogue()
    kept = tuple(entry for entry in seeds.referentials if entry.id in HISTORICAL)
    engine = open_engine(f"sqlite:///{folder / 'marjaa.sqlite'}")
    seed(engine, folder / "snapshots", material=replace(seeds, referentials=kept))
    engine.dispose()
    return Library(folder / "snapshots")
