"""Verifies a copy of a version without trusting where it came from: content, log, signature, history.

Everything is computed from the copy's bytes, the keys that the reader trusts and a checkpoint that the reader
kept. No Flask, no SQLAlchemy, no network.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Literal

from referentials.canonical import JSON, canonical
from referentials.merkle import TreeHead, leaf_hash, proves_consistency, proves_inclusion
from referentials.notes import (
    BadNote,
    Checkpoint,
    PublicKey,
    open_note,
    read_checkpoint,
    read_public_key,
    read_rotation,
)
from referentials.records import FAMILIES, MalformedRecord
from referentials.snapshot import FORMAT, Content, DamagedSnapshot, open_content
from registry.archives import MEMBERS, DamagedArchive, Proof, read_proof

Outcome = Literal["passed", "failed", "skipped"]
Growth = Callable[[int, int], Sequence[bytes]]
"""Gives the consistency proof between two sizes of the log; raises NoProof where it cannot."""

_FILES = ("records.bin", "offsets.bin", "subjects.bin")
_SAID = ("referential", "ordinal", "label", "effective_on", "content_root")


class NoProof(Exception):
    """A consistency proof that cannot be had here; says why."""


class _Wrong(Exception):
    """What a check found."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked, and what came of it, in plain words."""

    name: str
    outcome: Outcome
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks of one copy, and which version it says it is."""

    checks: tuple[Check, ...]
    version: str | None = None

    @property
    def sound(self) -> bool:
        """Whether no check failed."""
        return all(check.outcome != "failed" for check in self.checks)


@dataclass(frozen=True, slots=True)
class Trust:
    """What the reader brings: keys that are trusted (fingerprints), a checkpoint kept from before, and how to
    ask for the growth of the log since.
    """

    fingerprints: frozenset[str] = frozenset()
    kept: str | None = None
    growth: Growth | None = None


def verify_copy(content: Path, proof: bytes, trust: Trust) -> Verdict:
    """Verify a content folder with its proof; nothing is raised for what is wrong with them."""
    return Verdict(tuple(_checks(content, proof, trust)), _version_of(proof))


def broken_archive(error: DamagedArchive) -> Verdict:
    """The verdict on an archive that cannot even be taken apart."""
    return Verdict((Check("archive", "failed", str(error)),))


def _checks(content: Path, proof_bytes: bytes, trust: Trust) -> Iterator[Check]:
    manifest: dict[str, JSON] | None = None
    try:
        manifest, records = _whole_content(content)
        yield Check("content", "passed", f"{records:,} records hash to {manifest['content_root']}")
    except (_Wrong, DamagedSnapshot, MalformedRecord, OSError) as error:
        yield Check("content", "failed", str(error))
    try:
        proof = read_proof(proof_bytes)
        checkpoint = read_checkpoint(proof.checkpoint)
        leaf = _leaf(proof)
    except (DamagedArchive, BadNote, _Wrong) as error:
        yield Check("proof", "failed", str(error))
        return
    yield _same(manifest, leaf)
    yield _included(proof, checkpoint)
    try:
        keys = _chain(proof)
        open_note(proof.checkpoint, keys[-1])
        if keys[-1].name != checkpoint.origin:
            raise _Wrong(f"the checkpoint is of {checkpoint.origin}, but its key is of {keys[-1].name}")
    except (BadNote, _Wrong) as error:
        yield Check("signature", "failed", str(error))
        return
    yield Check(
        "signature", "passed", f"the checkpoint is signed by the key {keys[-1].id} of {keys[-1].name}"
    )
    yield _trusted(keys, trust)
    yield _grown(checkpoint, keys, trust)


def _whole_content(folder: Path) -> tuple[dict[str, JSON], int]:
    """The manifest of a content that is whole, and the number of records; all else is computed anew."""
    content = open_content(folder)
    data = (folder / "manifest.json").read_bytes()
    manifest: dict[str, JSON] = json.loads(data)
    others = {path.name for path in folder.iterdir()} - {Path(name).name for name in MEMBERS}
    if others:
        raise _Wrong(f"{min(others)} is no part of a content")
    files = {name: _fingerprint(folder / name) for name in _FILES}
    for name, found in files.items():
        if manifest["files"][name] != found:
            raise _Wrong(f"{name} is not what the manifest names")
    root, counts = _recomputed(content)
    if root != manifest["content_root"]:
        raise _Wrong(f"its records hash to {root}, not to the content root {manifest['content_root']}")
    derived = {"format": FORMAT, "content_root": root, "counts": counts, "files": files}
    if canonical({**{name: manifest[name] for name in _SAID}, **derived}) != data:
        raise _Wrong("manifest.json is not that of its records")
    return manifest, content.size


def _recomputed(content: Content) -> tuple[str, dict[str, int]]:
    """The root and the counts of the records; raises _Wrong where their order or subjects are not theirs."""
    head = TreeHead()
    counts = dict.fromkeys(FAMILIES, 0)
    before = (-1, "")
    with (content.folder / "subjects.bin").open("rb") as subjects:
        for record in content.records():
            if record.order <= before:
                raise _Wrong(f"the record {record.key!r} is out of order")
            if subjects.read(16) != bytes.fromhex(record.key[:36].replace("-", "")):
                raise _Wrong(f"subjects.bin names another subject of the record {record.key!r}")
            before = record.order
            counts[record.family] += 1
            head.add(record.payload)
    return head.root().hex(), counts


def _leaf(proof: Proof) -> dict[str, JSON]:
    try:
        leaf = json.loads(proof.leaf)
    except ValueError as error:
        raise _Wrong("the leaf is not JSON") from error
    if not isinstance(leaf, dict) or any(name not in leaf for name in _SAID):
        raise _Wrong("the leaf is not that of a publication")
    return leaf


def _same(manifest: dict[str, JSON] | None, leaf: dict[str, JSON]) -> Check:
    if manifest is None:
        return Check("leaf", "skipped", "there is no whole content to compare the leaf with")
    for name in _SAID:
        if manifest[name] != leaf[name]:
            return Check(
                "leaf", "failed", f"{name}: {manifest[name]!r} in the copy, {leaf[name]!r} in the log"
            )
    said = f"{leaf['referential']} {leaf['label']}, effective on {leaf['effective_on']}"
    return Check("leaf", "passed", f"the log says the same: {said}")


def _included(proof: Proof, checkpoint: Checkpoint) -> Check:
    try:
        path = [bytes.fromhex(each) for each in proof.inclusion]
    except ValueError:
        path = []
    written = tuple(each.hex() for each in path) == proof.inclusion  # in lower case, without blanks
    leaf = leaf_hash(proof.leaf.encode())
    shown = written and proves_inclusion(leaf, proof.position, checkpoint.size, path, checkpoint.root)
    if not shown:
        return Check(
            "inclusion", "failed", f"nothing shows that the leaf is number {proof.position} of the log"
        )
    return Check("inclusion", "passed", f"leaf {proof.position} of {checkpoint.size} in the log")


def _chain(proof: Proof) -> list[PublicKey]:
    """The keys, each named by the one before it; raises BadNote and _Wrong."""
    if not proof.keys or proof.keys[0].statement is not None:
        raise _Wrong("the keys do not begin with one that no other names")
    keys = [read_public_key(entry.key) for entry in proof.keys]
    for before, key, entry in zip(keys, keys[1:], proof.keys[1:], strict=False):
        if entry.statement is None:
            raise _Wrong(f"nothing shows that the key {key.id} follows {before.id}")
        open_note(entry.statement, before)
        if read_rotation(entry.statement).successor != key:
            raise _Wrong(f"the key {before.id} names another one than {key.id} as its successor")
    if any(key.text != entry.key for key, entry in zip(keys, proof.keys, strict=True)):
        raise _Wrong("a key is not written as it should be")
    return keys


def _trusted(keys: Sequence[PublicKey], trust: Trust) -> Check:
    if not trust.fingerprints:
        said = f"no trusted key was named; this one's fingerprint: {keys[-1].fingerprint}"
        return Check("key", "skipped", said)
    if keys[-1].fingerprint in trust.fingerprints:
        return Check("key", "passed", f"the key {keys[-1].id} is one that you trust")
    for key in keys:
        if key.fingerprint in trust.fingerprints:
            return Check(
                "key", "passed", f"the key {key.id}, which you trust, leads to {keys[-1].id} by rotation"
            )
    return Check("key", "failed", f"the key {keys[-1].id} is not one that you trust, nor follows from one")


def _grown(checkpoint: Checkpoint, keys: Sequence[PublicKey], trust: Trust) -> Check:
    if trust.kept is None:
        return Check("history", "skipped", "no earlier checkpoint was given")
    try:
        kept = _kept(trust.kept, keys)
        first, second = sorted((kept, checkpoint), key=lambda each: each.size)
        return _consistent(first, second, trust.growth)
    except (BadNote, _Wrong) as error:
        return Check("history", "failed", str(error))
    except NoProof as error:
        return Check("history", "failed", f"it cannot be told whether the log only grew: {error}")


def _kept(note: str, keys: Sequence[PublicKey]) -> Checkpoint:
    for key in keys:
        try:
            open_note(note, key)
        except BadNote:
            continue
        kept = read_checkpoint(note)
        if kept.origin == key.name:
            return kept
    raise _Wrong("the earlier checkpoint is not signed by a key of this log")


def _consistent(first: Checkpoint, second: Checkpoint, growth: Growth | None) -> Check:
    if first.size == second.size:
        proof: Sequence[bytes] = ()
    elif first.size == 0:
        return Check("history", "passed", f"the log began after it, and has {second.size} leaves")
    elif growth is None:
        raise NoProof("name the log with --log, or verify from an address")
    else:
        proof = growth(first.size, second.size)
    if not proves_consistency(first.size, second.size, proof, first.root, second.root):
        said = (
            f"the log of {second.size} leaves is not a continuation of that of {first.size}: it was rewritten"
        )
        return Check("history", "failed", said)
    return Check("history", "passed", f"the log of {second.size} leaves continues that of {first.size}")


def _version_of(proof: bytes) -> str | None:
    try:
        leaf = _leaf(read_proof(proof))
    except (DamagedArchive, _Wrong):
        return None
    return f"{leaf['referential']} {leaf['label']}"


def _fingerprint(path: Path) -> dict[str, JSON]:
    with path.open("rb") as file:
        return {"size": path.stat().st_size, "sha256": file_digest(file, "sha256").hexdigest()}
