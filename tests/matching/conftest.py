"""Stores that the tests of matching share."""

import pytest

from matching import places
from matching.store import Store
from tests.matching.samples import country, stored


@pytest.fixture
def estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    """No profile is calibrated: scores are estimates."""
    monkeypatch.setattr(places, "calibration_for", lambda _profile: None)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The small country of samples.py, opened."""
    return stored(tmp_path_factory.mktemp("search") / "country", country())
