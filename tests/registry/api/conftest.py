"""A service over a small published library."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.app import create_app
from tests.registry.small_library import build_library, settings


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """The data folder of a service: the small library, an empty database; tests must not write to it."""
    data = tmp_path_factory.mktemp("published")
    build_library(data / "snapshots")
    shutil.copyfile(migrated_sqlite, data / "marjaa.sqlite")
    return data


@pytest.fixture(scope="session")
def app(published: Path) -> Flask:
    return create_app(settings(published))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
