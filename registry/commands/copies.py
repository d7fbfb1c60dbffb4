"""Copies of versions to verify: an archive, the folder of one, a snapshot on a shelf, or an address."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from referentials.merkle import Tree, leaf_hash
from referentials.notes import BadNote, read_public_key
from registry.archives import CONTENT, PROOF, DamagedArchive, extract_archive, prove
from registry.errors import BadValue, Unavailable
from registry.logbook import DamagedLog, read_log
from registry.verifying import Check, Growth, NoProof, Trust, Verdict, broken_archive, verify_copy

ARCHIVE = "snapshot.tar"
API = "/api/v1/"
SECONDS = 60  # for an answer to begin
_ADDRESS = re.compile(r"https?://", re.I)
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")

Verify = Callable[[Trust], Verdict]


def is_address(source: str) -> bool:
    """Whether it is an address, not a file."""
    return bool(_ADDRESS.match(source))


@contextmanager
def opened_copy(source: str) -> Iterator[Verify]:
    """What verifies a copy, fetched and unpacked where it has to be.

    Raises BadValue for what is no copy, Unavailable where the server does not give it.
    """
    with tempfile.TemporaryDirectory(prefix="marjaa-verify-") as temporary:
        folder = Path(source)
        if is_address(source):
            yield _of_archive(_fetched(source, Path(temporary)), Path(temporary) / "copy")
        elif folder.is_file():
            yield _of_archive(folder, Path(temporary) / "copy")
        elif (folder / PROOF).is_file():
            yield lambda trust: verify_copy(folder / CONTENT, (folder / PROOF).read_bytes(), trust)
        elif (folder / CONTENT).is_dir():
            yield _on_shelf(folder)
        else:
            raise BadValue(
                "SNAPSHOT",
                source,
                f"an address, a {ARCHIVE}, or a folder with {CONTENT}/, as snapshots have it",
            )


def trusted_fingerprints(given: Sequence[str]) -> frozenset[str]:
    """The fingerprints of keys that are named by file, one-line text or fingerprint; raises BadValue."""
    found: set[str] = set()
    for text in given:
        lines = Path(text).read_text().split() if "+" not in text and Path(text).is_file() else [text]
        for line in lines:
            try:
                known = _FINGERPRINT.fullmatch(line) is not None
                found.add(line if known else read_public_key(line).fingerprint)
            except BadNote as error:
                raise BadValue(
                    "key",
                    text,
                    "a file, the one-line text, or the fingerprint (64 digits) of a public key, as "
                    "`marjaa log key` prints them; an id of 8 digits can be imitated",
                ) from error
    return frozenset(found)


def growth_of(log: str) -> Growth:
    """What proves the growth of a log: that of a service, or a file of leaves (log.jsonl)."""
    if is_address(log):
        return lambda first, second: _fetched_proof(log, first, second)

    def from_leaves(first: int, second: int) -> Sequence[bytes]:
        tree = Tree([leaf_hash(leaf) for leaf in Path(log).read_bytes().splitlines()])
        if second > tree.size:
            raise NoProof(f"{log} has {tree.size} leaves only")
        return tree.consistency(first, second)

    return from_leaves


def _of_archive(archive: Path, folder: Path) -> Verify:
    def verify(trust: Trust) -> Verdict:
        try:
            with archive.open("rb") as file:
                extract_archive(file, folder)
        except DamagedArchive as error:
            return broken_archive(error)
        return verify_copy(folder / CONTENT, (folder / PROOF).read_bytes(), trust)

    return verify


def _on_shelf(folder: Path) -> Verify:
    root = folder.resolve().parent.parent

    def verify(trust: Trust) -> Verdict:
        try:
            log = read_log(root)
            manifest = json.loads((folder / CONTENT / "manifest.json").read_bytes())
            position = log.position_of(manifest["referential"], manifest["ordinal"])
        except (DamagedLog, OSError, ValueError, KeyError, TypeError) as error:
            return Verdict((Check("proof", "failed", str(error)),))
        if position is None:
            said = f"the log of {root} does not have this version"
            return Verdict((Check("proof", "failed", said),))
        its_growth = trust.growth or (log.tree.consistency if log.size else None)
        trust = Trust(trust.fingerprints, trust.kept, its_growth)
        return verify_copy(folder / CONTENT, prove(log, position).document, trust)

    return verify


def _fetched(address: str, folder: Path) -> Path:
    url = address if address.endswith(f"/{ARCHIVE}") else f"{address.rstrip('/')}/{ARCHIVE}"
    path = folder / ARCHIVE
    with _answer(url) as answer, path.open("wb") as out:
        try:
            shutil.copyfileobj(answer.raw, out, 1 << 20)
        except OSError as error:
            raise Unavailable(f"{url}: the answer broke off ({error})") from error
    return path


def _fetched_proof(address: str, first: int, second: int) -> Sequence[bytes]:
    service = address.partition(API)[0].rstrip("/")
    try:
        with _answer(f"{service}{API}log/proofs/consistency?from={first}&to={second}") as answer:
            return [bytes.fromhex(each) for each in answer.json()["proof"]]
    except (Unavailable, BadValue, ValueError, KeyError, TypeError) as error:
        raise NoProof(f"{service} gives no proof ({error})") from error


def _answer(url: str) -> requests.Response:
    try:
        answer = requests.get(url, stream=True, timeout=SECONDS, headers={"Accept-Encoding": "identity"})
    except requests.RequestException as error:
        raise Unavailable(f"{url} does not answer: {error}") from error
    if answer.status_code >= 500:
        raise Unavailable(f"{url} answers {answer.status_code} {answer.reason}.")
    if answer.status_code != 200:
        raise BadValue(
            "SNAPSHOT", url, f"the address of a version or its {ARCHIVE}; it answers {answer.status_code}"
        )
    return answer
