"""The Merkle tree over a version's records: hashing as in RFC 9162, section 2.1."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


def leaf_hash(payload: bytes) -> bytes:
    """The hash of one leaf: SHA-256 over 0x00 and the leaf's bytes."""
    return sha256(b"\x00" + payload).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256 over 0x01 and both children."""
    return sha256(b"\x01" + left + right).digest()


class TreeHead:
    """The root of a tree that grows leaf by leaf, in memory logarithmic in its size."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # roots of the perfect subtrees, largest first

    def add(self, payload: bytes) -> None:
        """Append a leaf."""
        peak = sha256(b"\x00" + payload).digest()
        size = self.size
        while size & 1:
            peak = sha256(b"\x01" + self._peaks.pop() + peak).digest()
            size >>= 1
        self._peaks.append(peak)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far; SHA-256 of nothing for an empty tree."""
        if not self._peaks:
            return sha256().digest()
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def tree_root(payloads: Iterable[bytes]) -> bytes:
    """The root over these leaves in this order."""
    head = TreeHead()
    for payload in payloads:
        head.add(payload)
    return head.root()
