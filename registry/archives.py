"""Archives for mirrors: a version's content with the proof that the log has it, as one tar file.

The bytes of an archive follow from what is in it: the members come in one order, their headers say nothing
but name and size. So a reader can tell that not one byte was changed. No Flask, no SQLAlchemy.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from referentials.canonical import canonical
from registry.logbook import Log

FORMAT = 1
PROOF = "proof.json"
CONTENT = "content"
MEMBERS = (
    PROOF,
    f"{CONTENT}/manifest.json",
    f"{CONTENT}/offsets.bin",
    f"{CONTENT}/records.bin",
    f"{CONTENT}/subjects.bin",
)
BLOCK = tarfile.BLOCKSIZE
END = bytes(tarfile.RECORDSIZE)
PIECE = 1 << 20  # bytes read at once
LONGEST_PROOF = 1 << 20  # bytes


class DamagedArchive(ValueError):
    """An archive, or a proof, that is not as it was made; says where."""


@dataclass(frozen=True, slots=True)
class ProofKey:
    """A public key on one line, and the note in which the key before it names it."""

    key: str
    statement: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that a leaf is in the log: its bytes, its place, the way to the root, who signed that.

    `keys` lead from the oldest one that still names its successors to the one that signed the checkpoint.
    """

    leaf: str
    position: int
    inclusion: tuple[str, ...]
    checkpoint: str
    keys: tuple[ProofKey, ...]

    @property
    def document(self) -> bytes:
        """The proof as canonical JSON."""
        return canonical({"format": FORMAT, **asdict(self)})


def prove(log: Log, position: int) -> Proof:
    """The proof that the log has a leaf; raises ValueError where it does not."""
    return Proof(
        leaf=log.leaves[position].decode(),
        position=position,
        inclusion=tuple(each.hex() for each in log.tree.inclusion(position, log.size)),
        checkpoint=log.note,
        keys=tuple(ProofKey(entry.key, entry.statement) for entry in log.chain()),
    )


def read_proof(data: bytes) -> Proof:
    """A proof from its JSON; raises DamagedArchive for any other bytes than those that were written."""
    try:
        document = json.loads(data)
        proof = Proof(
            leaf=document["leaf"],
            position=document["position"],
            inclusion=tuple(document["inclusion"]),
            checkpoint=document["checkpoint"],
            keys=tuple(ProofKey(key["key"], key["statement"]) for key in document["keys"]),
        )
        same = proof.document == data
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedArchive(f"{PROOF} is not a proof ({error})") from error
    typed = (
        isinstance(proof.leaf, str)
        and type(proof.position) is int
        and isinstance(proof.checkpoint, str)
        and all(isinstance(each, str) for each in proof.inclusion)
        and all(isinstance(each.key, str) for each in proof.keys)
    )
    if not same or not typed:
        raise DamagedArchive(f"{PROOF} is not a proof as Marjaa writes it")
    return proof


def archive_size(content: Path, proof: bytes) -> int:
    """How many bytes the archive of a content folder has."""
    return len(END) + sum(BLOCK + size + -size % BLOCK for size in _sizes(content, proof).values())


def write_archive(content: Path, proof: bytes) -> Iterator[bytes]:
    """The archive of a content folder, piece by piece."""
    for name, size in _sizes(content, proof).items():
        yield _header(name, size)
        if name == PROOF:
            yield proof
        else:
            with (content / Path(name).name).open("rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        yield bytes(-size % BLOCK)
    yield END


def extract_archive(archive: BinaryIO, folder: Path) -> None:
    """Write what an archive holds into a folder; raises DamagedArchive for any other byte in its frame."""
    (folder / CONTENT).mkdir(parents=True)
    for name in MEMBERS:
        size = _size_of_next(archive, name)
        with (folder / name).open("wb") as out:
            left = size
            while left and (piece := archive.read(min(left, PIECE))):
                out.write(piece)
                left -= len(piece)
        if left or archive.read(-size % BLOCK) != bytes(-size % BLOCK):
            raise DamagedArchive(f"the archive ends, or is changed, in {name}")
    if archive.read(len(END)) != END or archive.read(1):
        raise DamagedArchive("the archive does not end as it should")


def _size_of_next(archive: BinaryIO, name: str) -> int:
    header = archive.read(BLOCK)
    try:
        size = tarfile.TarInfo.frombuf(header, "ascii", "strict").size
    except (tarfile.HeaderError, ValueError) as error:
        raise DamagedArchive(f"the archive has no header where {name} should begin") from error
    if size < 0 or header != _header(name, size) or (name == PROOF and size > LONGEST_PROOF):
        raise DamagedArchive(f"the archive has another header than that of {name}")
    return size


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size = size
    return member.tobuf(tarfile.GNU_FORMAT)  # as USTAR up to 8 GiB, and beyond


def _sizes(content: Path, proof: bytes) -> dict[str, int]:
    return {
        name: len(proof) if name == PROOF else (content / Path(name).name).stat().st_size for name in MEMBERS
    }
