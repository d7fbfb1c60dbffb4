"""Ids and labels: one pattern each, alike in the program, on both databases and for readers of catalogues."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from registry.catalogue import DamagedCatalogue, read_catalogue, snapshot_folder
from registry.errors import problem_of
from registry.models import ChangeSet
from registry.naming import BadName, referential_id, version_label
from tests.registry.small_library import build_library
from tests.store import add_change_set, add_referential, add_version

GOOD_IDS = ["a", "7", "isic-4", "iso-3166-2-ma", "x" * 50]
BAD_IDS = ["", "..", "a/b", "Units", "a--b", "-a", "a-", "a_b", "é", "a\n", "x" * 51, "a b", "a.b", "-"]
GOOD_LABELS = ["4", "2024", "2024-bis", "v1.2_b", "R", "x" * 40]
BAD_LABELS = ["", ".", "..", "-1", "_a", "a/b", "2024 bis", "é", "a\n", "x" * 41]


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshots' root with the small library."""
    root = tmp_path_factory.mktemp("published")
    build_library(root)
    return root


@pytest.mark.parametrize("name", GOOD_IDS)
def test_an_id_is_accepted_everywhere(connection: Connection, name: str):
    assert referential_id(name) == name
    assert snapshot_folder(name, 1) == Path(name) / "1"
    add_referential(connection, name)


@pytest.mark.parametrize("name", BAD_IDS)
def test_an_id_that_is_none_is_refused_everywhere(connection: Connection, name: str):
    for ask in (referential_id, lambda name: snapshot_folder(name, 1)):
        with pytest.raises(BadName, match="cannot be the id") as raised:
            ask(name)
        assert problem_of(raised.value).slug == "bad-value"
    with pytest.raises(IntegrityError):
        add_referential(connection, name)


@pytest.mark.parametrize("label", GOOD_LABELS)
def test_a_label_is_accepted_everywhere(connection: Connection, label: str):
    assert version_label(label) == label
    add_version(connection, "units", 1, label=label)


@pytest.mark.parametrize("label", BAD_LABELS)
def test_a_label_that_is_none_is_refused_everywhere(connection: Connection, label: str):
    with pytest.raises(BadName, match="cannot be the label"):
        version_label(label)
    identity = add_change_set(connection)
    relabel = update(ChangeSet).where(ChangeSet.id == identity).values(label=label)
    with pytest.raises(IntegrityError), connection.begin_nested():
        connection.execute(relabel)
    with pytest.raises(IntegrityError):
        add_version(connection, "units", 1, label=label)


@pytest.mark.parametrize(
    ("member", "value"),
    [("referential", "../secret"), ("ordinal", "../../secret"), ("label", "a/b"), ("ordinal", "x")],
)
def test_a_catalogue_does_not_lead_readers_out_of_its_folder(
    snapshots: Path, tmp_path: Path, member: str, value: str
):
    document = json.loads((snapshots / "catalogue.json").read_bytes())
    document["referentials"][0]["versions"][0][member] = value
    (tmp_path / "catalogue.json").write_text(json.dumps(document))
    with pytest.raises(DamagedCatalogue, match="not a catalogue"):
        read_catalogue(tmp_path)


def test_a_catalogue_names_referentials_by_ids(snapshots: Path, tmp_path: Path):
    document = json.loads((snapshots / "catalogue.json").read_bytes())
    document["referentials"][0]["id"] = ".."
    (tmp_path / "catalogue.json").write_text(json.dumps(document))
    with pytest.raises(DamagedCatalogue, match="cannot be the id"):
        read_catalogue(tmp_path)
