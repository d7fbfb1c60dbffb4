"""A service over a small published library, with labels, codes and attributes that are easily mistaken."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.app import create_app
from registry.config import Settings
from tests.registry.protocols.contract import Reconciler
from tests.registry.small_library import Edition, SettingsOnDay, build_library, publish, unit

PUBLIC = "https://data.example.org/base"
ODD_CODE = "a%2F?#&é<b>"
ODD = [
    unit(ODD_CODE, "thing", None, "<script>alert(1)</script>", "شيء"),
    unit(
        "b",
        "thing",
        None,
        "Second",
        attributes={
            "good": True,
            "weight": 2.5,
            "size": 3,
            "colours": ["red", "blue"],
            "place": {"referential": "units", "code": "01.100", "name": "Fès"},
            "detail": {"a": 1},
        },
    ),
]
HOMONYMS = [
    unit("1", "region", None, "Nord"),
    unit("2", "region", None, "Sud"),
    unit("1.1", "commune", "1", "Sidi Ali"),
    unit("2.1", "commune", "2", "Sidi Ali"),
]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small library and two more referentials; tests must not write to it."""
    folder = tmp_path_factory.mktemp("protocols")
    root = folder / "snapshots"
    build_library(root)
    labels = ("1", "v1", "versions")
    odd = [Edition(label, date(2020 + year, 1, 1), ODD) for year, label in enumerate(labels)]
    publish(root, "odd", odd, ("thing",), languages=("fr", "ar"))
    publish(
        root, "homonyms", [Edition("1", date(2020, 1, 1), HOMONYMS)], ("region", "commune"), languages=("fr",)
    )
    return folder


def service_settings(folder: Path, **more: str) -> Settings:
    return SettingsOnDay.from_environment(
        {"MARJAA_DATA": str(folder), "MARJAA_PUBLIC_URL": PUBLIC, "MARJAA_RATE_POST": "1000000", **more}
    )


@pytest.fixture(scope="session")
def app(data: Path) -> Flask:
    return create_app(service_settings(data))


@pytest.fixture(scope="session")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def units(client: FlaskClient) -> Reconciler:
    return Reconciler(client, "/reconcile/units")


@pytest.fixture(scope="session")
def homonyms(client: FlaskClient) -> Reconciler:
    return Reconciler(client, "/reconcile/homonyms")


@pytest.fixture(scope="session")
def odd(client: FlaskClient) -> Reconciler:
    return Reconciler(client, "/reconcile/odd")
