"""Signed notes, as transparency logs use them: a short text, an empty line, signature lines (Ed25519).

The formats are C2SP's: signed-note (the note, the key id, the one-line text of a public key) and
tlog-checkpoint (origin, size and root of a log). https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"
ROTATION = "marjaa key rotation"

_NAME = re.compile(r"[!-*,-~]{1,100}")  # printable, neither blank nor "+", which parts the text of a key
_SIGNATURE = re.compile(r"— (\S+) (\S+)\n")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class BadNote(ValueError):
    """A note, or the text of a key, that is not one, or that is not signed by the key."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key with the name of the log that it signs for; `raw` is its 32 bytes."""

    name: str
    raw: bytes

    @property
    def id(self) -> str:
        """The id that signature lines carry: 8 hexadecimal digits. Enough to find a key, not to trust one."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.raw).hexdigest()[:8]

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the 32 bytes, in hexadecimal: names this key and no other one."""
        return sha256(self.raw).hexdigest()

    @property
    def text(self) -> str:
        """The key on one line: name, id and key, with `+` between."""
        return f"{self.name}+{self.id}+{_text(ED25519 + self.raw)}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its origin, how many leaves it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{_text(self.root)}\n"


@dataclass(frozen=True, slots=True)
class Rotation:
    """What an old key says of its successor, and when."""

    successor: PublicKey
    moment: str

    @property
    def body(self) -> str:
        """The text that the old key signs."""
        return f"{self.successor.name}\n{ROTATION}\n{self.successor.text}\n{self.moment}\n"


def public_key_of(private: Ed25519PrivateKey, name: str) -> PublicKey:
    """The public half of a key."""
    return PublicKey(name, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def read_public_key(text: str) -> PublicKey:
    """A key from its one-line text; raises BadNote."""
    name, _, rest = text.strip().partition("+")
    stated_id, _, encoded = rest.partition("+")
    data = _bytes(encoded)
    key = PublicKey(name, data[1:])
    if not _NAME.fullmatch(name) or data[:1] != ED25519 or len(key.raw) != 32 or stated_id != key.id:
        raise BadNote("not the text of a public key, as `marjaa log key` prints it")
    return key


def sign_note(body: str, private: Ed25519PrivateKey, name: str) -> str:
    """The note with this body (lines, the last one ended), signed under a name."""
    key = public_key_of(private, name)
    signature = private.sign(body.encode())
    return f"{body}\n— {name} {_text(bytes.fromhex(key.id) + signature)}\n"


def open_note(note: str, key: PublicKey) -> str:
    """The body of a note that has one signature, by this key; raises BadNote."""
    body, line = _parts(note)
    found = _SIGNATURE.fullmatch(line)
    if found is None:
        raise BadNote("the note does not end in one signature line")
    name, encoded = found.groups()
    signed = _bytes(encoded)
    if name != key.name or signed[:4].hex() != key.id:
        raise BadNote(f"the note is not signed by the key {key.id} of {key.name}")
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signed[4:], body.encode())
    except (InvalidSignature, ValueError) as error:
        raise BadNote(f"the signature of the key {key.id} is not that of the note") from error
    return body


def read_checkpoint(note: str) -> Checkpoint:
    """The checkpoint of a note, whoever signed it; raises BadNote."""
    body, _ = _parts(note)
    lines = body.split("\n")
    if len(lines) != 4 or not _NAME.fullmatch(lines[0]) or not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]):
        raise BadNote("not a checkpoint: its lines are origin, size and root")
    checkpoint = Checkpoint(lines[0], int(lines[1]), _bytes(lines[2]))
    if len(checkpoint.root) != 32:
        raise BadNote("not a checkpoint: its root is not a SHA-256")
    return checkpoint


def read_rotation(note: str) -> Rotation:
    """The rotation that a note states, whoever signed it; raises BadNote."""
    body, _ = _parts(note)
    lines = body.split("\n")
    if len(lines) != 5 or lines[1] != ROTATION or not _MOMENT.fullmatch(lines[3]):
        raise BadNote("not a rotation: its lines are origin, what it is, the new key and a moment")
    rotation = Rotation(read_public_key(lines[2]), lines[3])
    if rotation.body != body:
        raise BadNote("not a rotation: the new key is another log's")
    return rotation


def _parts(note: str) -> tuple[str, str]:
    body, gap, line = note.rpartition("\n\n")
    if not gap:
        raise BadNote("not a signed note: there is no empty line before its signature")
    return body + "\n", line


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    """Decoded base64, of which there is one text only: spare bits would let a changed one pass."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("what should be base64 is not") from error
    if _text(data) != text:
        raise BadNote("what should be base64 is not written as it should be")
    return data
