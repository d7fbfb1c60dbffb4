"""The log over HTTP: whoever reads it can compute every root and proof again."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from referentials.merkle import leaf_hash, proves_consistency, proves_inclusion, tree_root
from referentials.notes import open_note, read_checkpoint, read_public_key
from registry.api.log_schemas import MOST_LEAVES
from registry.app import create_app
from registry.archives import extract_archive
from registry.logbook import read_log
from registry.verifying import Trust, verify_copy
from tests.registry.small_library import build_library, settings
from tests.registry.small_log import write_small_log

LOG = "/api/v1/log"
ARCHIVE = "/api/v1/referentials/units/versions/2024/snapshot.tar"
SIZE = 9


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a service with the small library and a log of nine leaves."""
    data = tmp_path_factory.mktemp("logged")
    build_library(data / "snapshots")
    write_small_log(data / "snapshots", further=SIZE - 3)
    return data


@pytest.fixture
def client(data: Path) -> FlaskClient:
    return create_app(settings(data)).test_client()


def get(client: FlaskClient, path: str, **query: object) -> dict:
    answer = client.get(LOG + path, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_the_checkpoint_is_signed_over_the_leaves_that_are_served(client: FlaskClient) -> None:
    document = get(client, "")
    leaves = [each["leaf"].encode() for each in get(client, "/leaves")["items"]]
    assert document["size"] == len(leaves) == SIZE
    assert document["root"] == tree_root(leaves).hex()
    note = client.get(f"{LOG}/checkpoint")
    assert note.content_type == "text/plain; charset=utf-8"
    assert note.text == document["checkpoint"]
    assert open_note(note.text, read_public_key(document["keys"][-1]["key"]))
    assert read_checkpoint(note.text).root.hex() == document["root"]
    assert get(client, "/keys")["items"] == document["keys"]


def test_leaves_come_page_by_page(client: FlaskClient) -> None:
    start, seen = 0, []
    while start is not None:
        page = get(client, "/leaves", start=start, limit=4)
        seen += page["items"]
        start = page["next"]
    assert [each["position"] for each in seen] == list(range(SIZE))
    assert all(each["leaf_hash"] == leaf_hash(each["leaf"].encode()).hex() for each in seen)
    assert get(client, "/leaves", start=SIZE) == {"items": [], "next": None, "size": SIZE}


def test_a_leaf_is_served_as_it_was_hashed_and_for_ever(client: FlaskClient) -> None:
    answer = client.get(f"{LOG}/leaves/2")
    listed = get(client, "/leaves", start=2, limit=1)["items"][0]
    assert leaf_hash(answer.data).hex() == listed["leaf_hash"]
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_version_says_where_its_leaf_is(client: FlaskClient) -> None:
    versions = client.get("/api/v1/referentials/units/versions").json["items"]
    leaves = [get(client, f"/leaves/{version['leaf']}") for version in versions]
    assert (
        [each["label"] for each in leaves] == [version["label"] for version in versions] == ["2014", "2024"]
    )
    assert client.get("/api/v1/referentials/units/versions/2024").json["leaf"] == versions[1]["leaf"]


def test_every_leaf_can_be_proved_in_every_size(client: FlaskClient) -> None:
    for size in range(1, SIZE + 1):
        for position in range(size):
            found = get(client, "/proofs/inclusion", position=position, size=size)
            leaf, root = bytes.fromhex(found["leaf_hash"]), bytes.fromhex(found["root"])
            proof = [bytes.fromhex(each) for each in found["proof"]]
            assert proves_inclusion(leaf, position, size, proof, root)


def test_every_size_is_proved_to_begin_the_next(client: FlaskClient) -> None:
    for first in range(1, SIZE):
        found = get(client, "/proofs/consistency", **{"from": first, "to": SIZE})
        before, after = bytes.fromhex(found["from_root"]), bytes.fromhex(found["to_root"])
        proof = [bytes.fromhex(each) for each in found["proof"]]
        assert proves_consistency(found["from"], found["to"], proof, before, after)
    assert found == get(client, "/proofs/consistency", **{"from": first})


@pytest.mark.parametrize(
    "path",
    [
        "/leaves/9",
        "/leaves/99999999999999999999",
        "/leaves/02",
        "/leaves/-1",
        "/leaves/first",
        "/proofs/inclusion?position=9",
        "/proofs/inclusion?position=3&size=3",
        "/proofs/inclusion?position=3&size=10",
        "/proofs/consistency?from=10",
        "/proofs/consistency?from=3&to=2",
    ],
)
def test_what_the_log_does_not_have_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(LOG + path)
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-in-log")


@pytest.mark.parametrize(
    "path",
    [
        "/leaves?start=-1",
        f"/leaves?limit={MOST_LEAVES + 1}",
        "/proofs/inclusion",
        "/proofs/inclusion?position=x",
        "/proofs/consistency?from=0",
        "/checkpoint?size=3",
    ],
)
def test_what_cannot_be_asked_is_refused(client: FlaskClient, path: str) -> None:
    assert client.get(LOG + path).status_code == 400


def test_an_archive_can_be_verified_without_its_server(
    client: FlaskClient, data: Path, tmp_path: Path
) -> None:
    answer = client.get(ARCHIVE)
    assert answer.content_type == "application/x-tar"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert 'filename="units-2024.tar"' in answer.headers["Content-Disposition"]
    extract_archive(io.BytesIO(answer.data), tmp_path / "copy")
    proof = (tmp_path / "copy" / "proof.json").read_bytes()
    log = read_log(data / "snapshots")
    trust = Trust(frozenset({read_public_key(log.keys[0].key).fingerprint}), log.note)
    verdict = verify_copy(tmp_path / "copy" / "content", proof, trust)
    assert {check.outcome for check in verdict.checks} == {"passed"}
    again = client.get(ARCHIVE, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(ARCHIVE)
    assert (head.headers["Content-Length"], head.data) == (answer.headers["Content-Length"], b"")


def test_a_version_that_no_checkpoint_covers_has_no_archive_yet(tmp_path: Path) -> None:
    build_library(tmp_path / "snapshots")
    write_small_log(tmp_path / "snapshots", size=1)
    client = create_app(settings(tmp_path)).test_client()
    assert client.get(ARCHIVE).json["type"] == "/problems/not-in-log"
    assert client.get("/api/v1/referentials/units/versions/1999/snapshot.tar").status_code == 404


def test_before_the_first_checkpoint_the_log_is_empty(tmp_path: Path) -> None:
    client = create_app(settings(tmp_path)).test_client()
    document = get(client, "")
    assert (document["size"], document["checkpoint"], document["keys"]) == (0, None, [])
    assert client.get(f"{LOG}/checkpoint").status_code == 404


def test_a_log_that_grew_is_seen_without_a_restart(tmp_path: Path) -> None:
    build_library(tmp_path / "snapshots")
    write_small_log(tmp_path / "snapshots")
    client = create_app(settings(tmp_path)).test_client()
    first = client.get(LOG)
    write_small_log(tmp_path / "snapshots", further=1)
    assert client.get(LOG, headers={"If-None-Match": first.headers["ETag"]}).json["size"] == 4


def test_a_damaged_log_is_said_and_the_data_is_served_all_the_same(tmp_path: Path) -> None:
    build_library(tmp_path / "snapshots")
    write_small_log(tmp_path / "snapshots")
    path = tmp_path / "snapshots" / "log.jsonl"
    path.write_bytes(path.read_bytes().replace(b"2024", b"2025"))
    client = create_app(settings(tmp_path)).test_client()
    answer = client.get(LOG)
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/snapshot-damaged")
    assert str(tmp_path) not in answer.text
    assert client.get("/api/v1/referentials/units/items/01").status_code == 200
    assert client.get("/api/v1/referentials/units/versions/2024").json["leaf"] is None
