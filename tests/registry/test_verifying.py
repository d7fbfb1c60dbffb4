"""A copy of a version is verified byte by byte, against the log, its keys and its history."""

from __future__ import annotations

import io
import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from referentials.canonical import canonical
from referentials.merkle import Tree, leaf_hash
from referentials.notes import read_public_key
from registry import verifying
from registry.archives import DamagedArchive, archive_size, extract_archive, prove, read_proof, write_archive
from registry.logbook import Log, read_log
from registry.publishing.checkpoints import replace_lost, rotate
from registry.verifying import NoProof, Trust, Verdict, broken_archive, verify_copy
from tests.registry.small_library import build_library
from tests.registry.small_log import write_small_log

CONTENT = Path("units") / "2" / "content"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Snapshots with a log that was signed by three keys, one after the other."""
    root = tmp_path_factory.mktemp("verified") / "snapshots"
    build_library(root)
    write_small_log(root)
    rotate(root)
    rotate(root)
    write_small_log(root, further=6)
    return root


@pytest.fixture(scope="module")
def proof(shelf: Path) -> bytes:
    return proof_of(read_log(shelf))


@pytest.fixture(scope="module")
def archive(shelf: Path, proof: bytes) -> bytes:
    return b"".join(write_archive(shelf / CONTENT, proof))


def proof_of(log: Log) -> bytes:
    position = log.position_of("units", 2)
    assert position is not None
    return prove(log, position).document


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {check.name: check.outcome for check in verdict.checks}


def words(verdict: Verdict, name: str) -> str:
    return next(check.words for check in verdict.checks if check.name == name)


def fingerprints(log: Log) -> list[str]:
    return [read_public_key(entry.key).fingerprint for entry in log.keys]


def verified(archive: bytes, folder: Path, trust: Trust | None = None) -> Verdict:
    """The verdict on the bytes of an archive."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        extract_archive(io.BytesIO(archive), folder)
    except DamagedArchive as error:
        return broken_archive(error)
    return verify_copy(folder / "content", (folder / "proof.json").read_bytes(), trust or Trust())


def test_an_untouched_copy_passes(shelf: Path, archive: bytes, tmp_path: Path) -> None:
    log = read_log(shelf)
    trust = Trust(frozenset(fingerprints(log)[-1:]), log.note, log.tree.consistency)
    verdict = verified(archive, tmp_path / "copy", trust)
    assert set(outcomes(verdict).values()) == {"passed"}
    assert verdict.sound
    assert verdict.version == "units 2024"


def test_an_archive_is_a_tar_that_others_read_and_as_long_as_announced(
    shelf: Path, proof: bytes, archive: bytes, tmp_path: Path
) -> None:
    assert len(archive) == archive_size(shelf / CONTENT, proof)
    (tmp_path / "copy.tar").write_bytes(archive)
    shutil.unpack_archive(tmp_path / "copy.tar", tmp_path / "copy", filter="data")
    found = {path.name: path.read_bytes() for path in (tmp_path / "copy" / "content").iterdir()}
    assert found == {path.name: path.read_bytes() for path in (shelf / CONTENT).iterdir()}
    assert verify_copy(tmp_path / "copy" / "content", proof, Trust()).sound


@bounded(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_of_an_archive_is_found(
    archive: bytes, tmp_path: Path, place: float, bit: int
) -> None:
    changed = bytearray(archive)
    changed[int(place * len(archive))] ^= 1 << bit
    assert not verified(bytes(changed), tmp_path / "copy").sound


@bounded(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_proof_is_found(shelf: Path, proof: bytes, place: float, bit: int) -> None:
    changed = bytearray(proof)
    changed[int(place * len(proof))] ^= 1 << bit
    assert not verify_copy(shelf / CONTENT, bytes(changed), Trust()).sound


@pytest.mark.parametrize(
    "bit", [5, *(pytest.param(bit, marks=pytest.mark.soak) for bit in (0, 1, 2, 3, 4, 6, 7))]
)
def test_no_bit_of_a_proof_can_be_flipped(
    shelf: Path, proof: bytes, monkeypatch: pytest.MonkeyPatch, bit: int
) -> None:
    whole = json.loads((shelf / CONTENT / "manifest.json").read_bytes())
    monkeypatch.setattr(verifying, "_whole_content", lambda _: (whole, 1))  # the same each time
    assert verify_copy(shelf / CONTENT, proof, Trust()).sound
    passed = []
    for place in range(len(proof)):
        changed = bytearray(proof)
        changed[place] ^= 1 << bit  # bit 5 makes small letters of capital ones
        if verify_copy(shelf / CONTENT, bytes(changed), Trust()).sound:
            passed.append(place)
    assert passed == []


@pytest.mark.parametrize("cut", [0, 100, 512, -1, -10240, 20000])
def test_an_archive_that_was_cut_or_continued_is_found(archive: bytes, tmp_path: Path, cut: int) -> None:
    assert not verified(archive[:cut], tmp_path / "copy").sound
    assert not verified(archive + b"\0", tmp_path / "copy").sound


@pytest.mark.parametrize("name", ["offsets.bin", "subjects.bin", "manifest.json"])
def test_what_does_not_follow_from_the_records_is_found_where_the_manifest_agrees_with_it(
    shelf: Path, proof: bytes, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "content"
    shutil.copytree(shelf / CONTENT, folder)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    if name == "manifest.json":
        manifest["counts"]["state"] += 1
        manifest["counts"]["designation"] -= 1
    else:
        data = (folder / name).read_bytes()
        data = data[:-16] + data[-8:] + data[-16:-8]
        (folder / name).write_bytes(data)
        manifest["files"][name]["sha256"] = sha256(data).hexdigest()
    (folder / "manifest.json").write_bytes(canonical(manifest))
    assert outcomes(verify_copy(folder, proof, Trust()))["content"] == "failed"


def test_a_file_that_does_not_belong_to_a_content_is_found(shelf: Path, proof: bytes, tmp_path: Path) -> None:
    shutil.copytree(shelf / CONTENT, tmp_path / "content")
    (tmp_path / "content" / "more.bin").touch()
    verdict = verify_copy(tmp_path / "content", proof, Trust())
    assert "more.bin" in words(verdict, "content")


def test_the_content_of_another_version_is_not_the_one_of_the_proof(shelf: Path, proof: bytes) -> None:
    verdict = verify_copy(shelf / "units" / "1" / "content", proof, Trust())
    assert outcomes(verdict)["content"] == "passed"
    assert outcomes(verdict)["leaf"] == "failed"
    assert "in the copy" in words(verdict, "leaf")


def test_a_trusted_key_leads_to_its_successors_and_to_no_other(shelf: Path, proof: bytes) -> None:
    first, second, third = fingerprints(read_log(shelf))
    for trusted in (first, second, third):
        verdict = verify_copy(shelf / CONTENT, proof, Trust(frozenset({trusted})))
        assert outcomes(verdict)["key"] == "passed"
    assert outcomes(verify_copy(shelf / CONTENT, proof, Trust(frozenset({"00" * 32}))))["key"] == "failed"
    untold = verify_copy(shelf / CONTENT, proof, Trust())
    assert outcomes(untold)["key"] == "skipped"
    assert third in words(untold, "key")


def test_an_attacker_s_log_is_whole_but_not_signed_by_a_trusted_key(shelf: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged" / "snapshots"
    build_library(forged)
    write_small_log(forged)
    proof = proof_of(read_log(forged))
    trusted = frozenset(fingerprints(read_log(shelf)))
    assert verify_copy(forged / CONTENT, proof, Trust()).sound
    verdict = verify_copy(forged / CONTENT, proof, Trust(trusted))
    assert outcomes(verdict)["key"] == "failed"
    assert not verdict.sound


def test_a_key_that_came_after_a_lost_one_is_not_trusted_for_it(tmp_path: Path) -> None:
    root = tmp_path / "snapshots"
    build_library(root)
    write_small_log(root)
    replace_lost(root)
    write_small_log(root)
    log = read_log(root)
    before, after = fingerprints(log)
    proof = proof_of(log)
    assert outcomes(verify_copy(root / CONTENT, proof, Trust(frozenset({before}))))["key"] == "failed"
    assert outcomes(verify_copy(root / CONTENT, proof, Trust(frozenset({after}))))["key"] == "passed"


def test_a_log_that_grew_continues_the_checkpoint_that_a_reader_kept(tmp_path: Path) -> None:
    root = tmp_path / "snapshots"
    build_library(root)
    write_small_log(root)
    early = read_log(root)
    write_small_log(root, further=5)
    late = read_log(root)
    growth = late.tree.consistency
    for kept, proof in ((early, late), (late, early)):
        verdict = verify_copy(root / CONTENT, proof_of(proof), Trust(kept=kept.note, growth=growth))
        assert outcomes(verdict)["history"] == "passed"
    untold = verify_copy(root / CONTENT, proof_of(late), Trust(kept=early.note))
    assert outcomes(untold)["history"] == "failed"
    assert "--log" in words(untold, "history")

    def without(_first: int, _second: int) -> list[bytes]:
        raise NoProof("the server does not answer")

    verdict = verify_copy(root / CONTENT, proof_of(late), Trust(kept=early.note, growth=without))
    assert "does not answer" in words(verdict, "history")


def test_a_log_that_was_rewritten_is_found_by_whoever_kept_a_checkpoint(tmp_path: Path) -> None:
    root = tmp_path / "snapshots"
    build_library(root)
    write_small_log(root, further=3)
    kept = read_log(root).note
    for name in ("log.jsonl", "log.checkpoint"):
        (root / name).unlink()
    write_small_log(root, further=8)  # by the same key; then a leaf of the past is changed
    log = read_log(root)
    rewritten = [leaf.replace(b'"label":"2014"', b'"label":"2015"') for leaf in log.leaves]
    assert rewritten != list(log.leaves)
    growth = Tree([leaf_hash(leaf) for leaf in rewritten]).consistency
    verdict = verify_copy(root / CONTENT, proof_of(log), Trust(kept=kept, growth=growth))
    assert outcomes(verdict)["history"] == "failed"
    assert "rewritten" in words(verdict, "history")


@pytest.mark.parametrize("kept", ["", "marjaa\n3\nAAAA\n\n— x y\n"])
def test_what_is_not_a_checkpoint_of_this_log_is_said(shelf: Path, proof: bytes, kept: str) -> None:
    verdict = verify_copy(shelf / CONTENT, proof, Trust(kept=kept))
    assert "not signed by a key of this log" in words(verdict, "history")


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"position": "0"},
        {"position": True},
        {"position": -1},
        {"inclusion": ["zz"]},
        {"inclusion": []},
        {"leaf": "{}"},
        {"leaf": "["},
        {"leaf": None},
        {"checkpoint": ""},
        {"keys": []},
        {"more": 1},
    ],
)
def test_a_proof_that_says_something_else_is_found(
    shelf: Path, proof: bytes, change: dict[str, object]
) -> None:
    changed = canonical(json.loads(proof) | change)
    assert not verify_copy(shelf / CONTENT, changed, Trust()).sound


@given(st.binary(max_size=200))
def test_bytes_that_are_no_proof_are_refused(data: bytes) -> None:
    with pytest.raises(DamagedArchive):
        read_proof(data)
