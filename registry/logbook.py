"""The log on the shelf: leaves, checkpoint and keys beside the catalogue, read without a database.

`log.jsonl` has a leaf on each line (canonical JSON has no line breaks), `log.keys.json` the public keys with
the notes by which one named the next, `log.checkpoint` the signed note over the leaves. They are replaced one
by one, the checkpoint last: the leaves are at least as many as it says. No Flask, no SQLAlchemy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from referentials.canonical import JSON, canonical
from referentials.merkle import Tree, leaf_hash
from referentials.notes import BadNote, Checkpoint, open_note, read_checkpoint, read_public_key, read_rotation
from referentials.snapshot import write_whole

LEAVES = "log.jsonl"
KEYS = "log.keys.json"
CHECKPOINT = "log.checkpoint"
FORMAT = 1

Identity = tuple[tuple[int, int, int] | None, ...]


class DamagedLog(ValueError):
    """A log on the shelf that contradicts itself; says which file and why."""


class AnotherLog(ValueError):
    """The leaves to be shelved are not those that were shown before, followed by new ones."""


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A public key on one line, since when it signs, and the note in which its predecessor names it.

    `statement` is None for the first key, and for one that came after a key was lost: no chain leads to it.
    """

    key: str
    since: str
    statement: str | None = None


@dataclass(frozen=True)
class Log:
    """The log as its checkpoint has it: nothing beyond is shown. Empty where there is none yet."""

    leaves: tuple[bytes, ...]
    note: str
    keys: tuple[KeyEntry, ...]

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self.leaves)

    @cached_property
    def tree(self) -> Tree:
        """What proofs come from."""
        return Tree([leaf_hash(leaf) for leaf in self.leaves])

    @cached_property
    def documents(self) -> tuple[Mapping[str, JSON], ...]:
        """The leaves, read."""
        return tuple(json.loads(leaf) for leaf in self.leaves)

    @cached_property
    def _positions(self) -> Mapping[tuple[str, int], int]:
        return {
            (leaf["referential"], leaf["ordinal"]): position
            for position, leaf in enumerate(self.documents)
            if "removed_at" not in leaf
        }

    def position_of(self, referential: str, ordinal: int) -> int | None:
        """The position of the leaf by which a version was published; None where the log does not have it."""
        return self._positions.get((referential, ordinal))

    def chain(self) -> tuple[KeyEntry, ...]:
        """The keys from the last one that no other names to the one that signs now."""
        start = max((at for at, entry in enumerate(self.keys) if entry.statement is None), default=0)
        return self.keys[start:]


EMPTY = Log((), "", ())


def read_log(root: Path) -> Log:
    """The log below a snapshots' root, read again when a file was replaced; raises DamagedLog.

    Its checkpoint is signed by the newest key, each key named by the one before it, and the leaves hash to
    the checkpoint's root.
    """
    return _read(root, _identity(root))


@lru_cache(maxsize=4)
def _read(root: Path, _as_found: Identity) -> Log:
    try:
        note = (root / CHECKPOINT).read_bytes().decode()
    except FileNotFoundError:
        return EMPTY
    except UnicodeDecodeError as error:
        raise DamagedLog(f"{root / CHECKPOINT}: not text") from error
    try:
        checkpoint = read_checkpoint(note)
        leaves = tuple((root / LEAVES).read_bytes().splitlines())[: checkpoint.size]
        keys = read_keys(root / KEYS)
        _check_keys(keys, note)
        log = Log(leaves, note, keys)
        agrees = len(leaves) == checkpoint.size and log.tree.root() == checkpoint.root
        _ = log.documents, log._positions
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedLog(f"{root / CHECKPOINT} and what belongs to it: {error}") from error
    if not agrees:
        raise DamagedLog(f"{root / LEAVES}: the leaves do not hash to the root of the checkpoint")
    return log


def read_keys(path: Path) -> tuple[KeyEntry, ...]:
    """The keys of a file, oldest first; none where it does not exist. Raises DamagedLog."""
    try:
        document = json.loads(path.read_bytes())
        if document["format"] != FORMAT:
            raise DamagedLog(f"{path}: format {document['format']!r} is not known here")
        return tuple(KeyEntry(**entry) for entry in document["keys"])
    except FileNotFoundError:
        return ()
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedLog(f"{path}: not a list of keys ({error})") from error


def write_keys(path: Path, keys: Sequence[KeyEntry]) -> None:
    """Replace a file of keys in one step."""
    _replace(path, canonical({"format": FORMAT, "keys": [asdict(entry) for entry in keys]}))


def write_log(root: Path, leaves: Sequence[bytes], note: str | None, keys: Sequence[KeyEntry]) -> None:
    """Put the log on the shelf; without a note the checkpoint that is there stays.

    Raises AnotherLog where the log that was shown before does not begin this one: it only ever grows.
    """
    root.mkdir(parents=True, exist_ok=True)
    written = b"".join(leaf + b"\n" for leaf in leaves)
    _require_growth(root, leaves, written)
    _replace(root / LEAVES, written)
    write_keys(root / KEYS, keys)
    if note is not None:
        _replace(root / CHECKPOINT, note.encode())


def _require_growth(root: Path, leaves: Sequence[bytes], written: bytes) -> None:
    """One of the two files may be damaged, and is then replaced; both tell of another log if it is one."""
    grown: list[bool] = []
    if (root / LEAVES).exists():
        grown.append(written.startswith((root / LEAVES).read_bytes()))
    try:
        before = read_checkpoint((root / CHECKPOINT).read_bytes().decode())
        grown.append(_begins(before, leaves))
    except (FileNotFoundError, ValueError):
        pass  # the leaves tell
    if grown and not any(grown):
        raise AnotherLog(
            f"{root / LEAVES}: the database's log, of {len(leaves)} leaves, is not a continuation of the one "
            "that was shown to readers; is the database an older copy, or another one?"
        )


def _begins(before: Checkpoint, leaves: Sequence[bytes]) -> bool:
    tree = Tree([leaf_hash(leaf) for leaf in leaves])
    return before.size <= tree.size and tree.root(before.size) == before.root


def _check_keys(keys: Sequence[KeyEntry], note: str) -> None:
    """Raises BadNote where a statement or the checkpoint is not signed by the key that should have."""
    for before, entry in zip((None, *keys), keys, strict=False):
        if entry.statement is not None:
            if before is None:
                raise BadNote("the first key has a predecessor that is not there")
            open_note(entry.statement, read_public_key(before.key))
            if read_rotation(entry.statement).successor.text != entry.key:
                raise BadNote("a rotation names another key than the one that follows")
    if not keys:
        raise BadNote("there is no key")
    open_note(note, read_public_key(keys[-1].key))


def _replace(path: Path, data: bytes) -> None:
    if not path.exists() or path.read_bytes() != data:
        write_whole(path, data)


def _identity(root: Path) -> Identity:
    return tuple(_file(root / name) for name in (CHECKPOINT, LEAVES, KEYS))


def _file(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
