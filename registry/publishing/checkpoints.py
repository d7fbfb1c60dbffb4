"""Signs the log: the key outside the snapshots, its rotation, and the log on the shelf.

The private key is a PEM file of mode 0600, made when it is first needed. Beside it stand the public keys and
the statements of rotation, so that they outlive the snapshots, which can be made again. Everything here is
for the holder of the catalogue's lock.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import Connection, select

from referentials.merkle import tree_root
from referentials.notes import (
    Checkpoint,
    PublicKey,
    Rotation,
    public_key_of,
    read_public_key,
    sign_note,
)
from registry.clock import now
from registry.config import log_key_file
from registry.errors import DomainError
from registry.logbook import KEYS, KeyEntry, read_keys, write_keys, write_log
from registry.models import LogLeaf

NEXT = ".next"  # what a rotation that was interrupted leaves beside the key

logger = logging.getLogger(__name__)


class NoSigningKey(DomainError):
    """The key that signs the log is not there, or is not the newest one."""

    slug = "unavailable"


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that signs, under which name, and all public keys with it."""

    private: Ed25519PrivateKey
    keys: tuple[KeyEntry, ...]

    @property
    def public(self) -> PublicKey:
        """The public half of the key that signs."""
        return read_public_key(self.keys[-1].key)


def shelve_log(connection: Connection, root: Path) -> None:
    """Put the database's log on the shelf with a checkpoint over it.

    Where the key is lost the leaves are shelved, the former checkpoint stays, and a warning is logged.
    Raises AnotherLog where the log that readers saw does not begin this one.
    """
    leaves = read_leaves(connection)
    try:
        signed_by = signer(root)
    except NoSigningKey as error:
        logger.warning("The log has no new checkpoint: %s", error)
        write_log(root, leaves, None, known_keys(root))
        return
    name = signed_by.public.name
    checkpoint = Checkpoint(name, len(leaves), tree_root(leaves))
    write_log(root, leaves, sign_note(checkpoint.body, signed_by.private, name), signed_by.keys)


def read_leaves(connection: Connection) -> list[bytes]:
    """All leaves of the database's log, in order."""
    return list(connection.execute(select(LogLeaf.leaf).order_by(LogLeaf.position)).scalars())


def signer(root: Path) -> Signer:
    """The key of the installation, made where there never was one; raises NoSigningKey."""
    path = log_key_file(root)
    keys = known_keys(root)
    if not keys:
        return _first(path)
    newest = read_public_key(keys[-1].key)
    successor = path.with_name(path.name + NEXT)
    if successor.exists() and public_key_of(_read_private(successor), newest.name) == newest:
        successor.replace(path)  # the rotation was stated, and then interrupted
    if not path.exists():
        raise NoSigningKey(
            f"The private key {newest.id} of the log is not at {path}. Put it back, or, if it is lost, make "
            "another one with `marjaa log rotate --lost`."
        )
    private = _read_private(path)
    if public_key_of(private, newest.name) != newest:
        raise NoSigningKey(f"The private key at {path} is not {newest.id}, with which the log is signed.")
    return Signer(private, keys)


def rotate(root: Path) -> Signer:
    """A new key, which the old one names in a statement of its own; the old private key goes.

    Raises NoSigningKey where the old key cannot sign.
    """
    old = signer(root)
    private = Ed25519PrivateKey.generate()
    moment, public = now(), public_key_of(private, old.public.name)
    statement = sign_note(Rotation(public, moment).body, old.private, old.public.name)
    return _succeed(root, private, old.keys, KeyEntry(public.text, moment, statement))


def replace_lost(root: Path) -> Signer:
    """A new key that no other one names, because the old one is lost; readers have to be told of it."""
    keys = known_keys(root)
    if not keys:
        return signer(root)
    private = Ed25519PrivateKey.generate()
    public = public_key_of(private, read_public_key(keys[-1].key).name)
    return _succeed(root, private, keys, KeyEntry(public.text, now()))


def known_keys(root: Path) -> tuple[KeyEntry, ...]:
    """All public keys, oldest first: those beside the private one, else those on the shelf."""
    return read_keys(_beside(log_key_file(root))) or read_keys(root / KEYS)


def _succeed(root: Path, private: Ed25519PrivateKey, keys: tuple[KeyEntry, ...], entry: KeyEntry) -> Signer:
    """Stopped anywhere, either the old key signs or the new one, which then is there."""
    path = log_key_file(root)
    successor = path.with_name(path.name + NEXT)
    successor.unlink(missing_ok=True)
    _write_private(successor, private)
    write_keys(_beside(path), [*keys, entry])
    successor.replace(path)
    return Signer(private, (*keys, entry))


def _first(path: Path) -> Signer:
    if not path.exists():
        _write_private(path, Ed25519PrivateKey.generate())
    private = _read_private(path)
    # Named after the first key: an address may change, and two installations may have the same one.
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    name = f"marjaa-{sha256(raw).hexdigest()[:16]}"
    keys = (KeyEntry(public_key_of(private, name).text, now()),)
    write_keys(_beside(path), keys)
    return Signer(private, keys)


def _write_private(path: Path, private: Ed25519PrivateKey) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _read_private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NoSigningKey(f"{path} cannot be read as a private key without a password.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise NoSigningKey(f"{path} is not an Ed25519 key.")
    return key


def _beside(path: Path) -> Path:
    """Where the public keys are kept, beside the private one."""
    return path.with_suffix(".keys.json")
