"""Items that were damaged after they were opened: an answer, or a 503, never a defect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from registry.app import create_app
from tests.registry.protocols.conftest import service_settings
from tests.registry.small_library import build_library

UNITS = "/reconcile/units"
PROPERTIES = ("other-names", "measure-population", "attribute-type", "name-ar", "valid-from", "parent-region")
FLIPS = 20


def ask(client: FlaskClient) -> set[int]:
    """The statuses of one answer of each kind."""
    told = [{"pid": name, "v": "x"} for name in PROPERTIES]
    queries = json.dumps({"q0": {"query": "Oulad Tayeb", "properties": told}})
    extend = json.dumps({"ids": ["01.100.07"], "properties": [{"id": name} for name in PROPERTIES]})
    answers = [
        client.post(UNITS, data={"queries": queries}),
        client.post(UNITS, data={"extend": extend}),
        client.get(f"{UNITS}/preview/item?id=01.100.07"),
        client.get(f"{UNITS}/suggest/flyout/entity?id=01.100.07"),
    ]
    return {answer.status_code for answer in answers}


@pytest.mark.parametrize("name", ["rendered", "texts"])
@pytest.mark.parametrize("sign", [0xFF, ord("x"), ord("1")])
def test_damaged_bytes_of_an_item_are_never_a_defect(tmp_path: Path, name: str, sign: int):
    build_library(tmp_path / "snapshots")
    client = create_app(service_settings(tmp_path)).test_client()
    assert ask(client) == {200}
    path = tmp_path / "snapshots" / "units" / "2" / "search" / name
    content = path.read_bytes()
    first = content.index(b'"code":"01.100.07"') if name == "rendered" else 0
    last = content.index(b'"successors"', first) if name == "rendered" else len(content)
    refused = False
    with path.open("r+b", buffering=0) as file:
        for position in range(first, last, max(1, (last - first) // FLIPS)):
            file.seek(position)
            file.write(bytes([sign]))
            statuses = ask(client)
            assert statuses <= {200, 503}, content[position - 20 : position + 20]
            refused |= 503 in statuses
            file.seek(position)
            file.write(content[position : position + 1])
    assert refused or sign != 0xFF


def test_proposals_from_damaged_items_are_never_a_defect(tmp_path: Path):
    build_library(tmp_path / "snapshots")
    path = tmp_path / "snapshots" / "units" / "2" / "search" / "rendered"
    path.write_bytes(path.read_bytes().replace(b'"measure"', b'"meazure"'))
    client = create_app(service_settings(tmp_path)).test_client()
    assert client.get(f"{UNITS}/extend/propose").status_code == 503
    assert client.get(f"{UNITS}/suggest/property?prefix=").status_code == 503
    assert client.get(UNITS).status_code == 200
