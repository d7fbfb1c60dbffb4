"""Stores that the tests of matching share."""

import pytest

from matching.store import Store
from tests.matching.samples import country, stored


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The small country of samples.py, opened."""
    return stored(tmp_path_factory.mktemp("search") / "country", country())
