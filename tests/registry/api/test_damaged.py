"""Snapshots that were damaged after they were opened: an answer, or a 503, never a defect."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.app import create_app
from tests.registry.small_library import build_library, settings

UNITS = "/api/v1/referentials/units"
READ = (
    "items/01.100.05",
    "items/01.100.05?lang=ar&shape=full",
    "items?lang=fr&status=superseded",
    "items/01.100.05/history",
    "items/01.100.05/projection?from=2020-01-01&to=2025-01-01",
    "match?q=Oulad+Tayeb&within=Fes",
    "suggest?q=oul",
    "export.csv",
    "export.geojson",
)
FLIPS = 16


@pytest.fixture
def damaged(tmp_path: Path) -> FlaskClient:
    build_library(tmp_path / "snapshots")
    client = create_app(settings(tmp_path)).test_client()
    assert {client.get(f"{UNITS}/{address}").status_code for address in READ} == {200}
    return client


@pytest.mark.parametrize(
    "name", ["search/rendered", "search/texts", "search/keys", "search/shapes", "content/records.bin"]
)
@pytest.mark.parametrize("sign", [0xFF, ord(","), ord("x")])
def test_damaged_bytes_are_never_a_defect(damaged: FlaskClient, tmp_path: Path, name: str, sign: int) -> None:
    path = tmp_path / "snapshots" / "units" / "2" / name
    size = path.stat().st_size
    refused = 0
    with path.open("r+b", buffering=0) as file:
        for position in range(0, size, max(1, size // FLIPS)):
            file.seek(position)
            (original,) = file.read(1)
            for written in (sign, original):
                file.seek(position)
                file.write(bytes([written]))
                if written == sign:
                    statuses = {damaged.get(f"{UNITS}/{address}").status_code for address in READ}
                    assert statuses <= {200, 404, 503}, position
                    refused += 503 in statuses
    assert refused or sign != 0xFF
