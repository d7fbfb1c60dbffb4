"""The Merkle tree over records and over the log: hashing and proofs as in RFC 9162, section 2.1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


class Tree:
    """A tree over leaf hashes that proves what is in it, and that it grew out of its former selves.

    Keeps the roots of all perfect subtrees: twice the leaves' hashes.
    """

    def __init__(self, hashes: Sequence[bytes]) -> None:
        self.size = len(hashes)
        self._levels = [list(hashes)]
        while len(below := self._levels[-1]) > 1:
            pairs = range(0, len(below) - 1, 2)
            self._levels.append([node_hash(below[at], below[at + 1]) for at in pairs])

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, or over all; raises ValueError for more than there are."""
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise ValueError(f"there is no tree of {size} leaves in one of {self.size}")
        return self._over(0, size) if size else sha256().digest()

    def inclusion(self, position: int, size: int) -> list[bytes]:
        """Proves that a leaf is in the tree of the first `size` leaves (RFC 9162, section 2.1.3.1).

        Raises ValueError where there is no such leaf or tree.
        """
        if not 0 <= position < size <= self.size:
            raise ValueError(f"there is no leaf {position} in a tree of {size} leaves, of {self.size}")
        proof: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            split = start + _split(end - start)
            if position < split:
                proof.append(self._over(split, end))
                end = split
            else:
                proof.append(self._over(start, split))
                start = split
        return proof[::-1]

    def consistency(self, first: int, second: int) -> list[bytes]:
        """Proves that the tree of `first` leaves is the beginning of that of `second` (section 2.1.4.1).

        Raises ValueError where there are no such trees, or the first one is empty.
        """
        if not 0 < first <= second <= self.size:
            raise ValueError(f"no tree of {first} leaves begins one of {second}, of {self.size}")
        if first == second:
            return []
        proof: list[bytes] = []
        start, end, known = 0, second, True  # known: the verifier has the first tree's root
        while first != end:
            split = start + _split(end - start)
            if first <= split:
                proof.append(self._over(split, end))
                end = split
            else:
                proof.append(self._over(start, split))
                start, known = split, False
        if not known:
            proof.append(self._over(start, end))
        return proof[::-1]

    def _over(self, start: int, end: int) -> bytes:
        """The root over the leaves `[start, end)`, where `start` is a multiple of the subtree's width."""
        width = end - start
        if width & (width - 1) == 0:
            level = width.bit_length() - 1
            return self._levels[level][start >> level]
        split = start + _split(width)
        return node_hash(self._over(start, split), self._over(split, end))


def proves_inclusion(leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that a leaf hash is at a position of the tree with this size and root.

    The algorithm is that of RFC 9162, section 2.1.3.2.
    """
    if not 0 <= position < size:
        return False
    number, last, found = position, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node_hash(sibling, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def proves_consistency(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Whether a proof shows that the tree of `first` leaves is the beginning of that of `second`.

    The algorithm is that of RFC 9162, section 2.1.4.2.
    """
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    found_first = found_second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            found_first, found_second = node_hash(sibling, found_first), node_hash(sibling, found_second)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found_second = node_hash(found_second, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and found_first == first_root and found_second == second_root


def _split(size: int) -> int:
    """The largest power of two smaller than a size of two or more."""
    return 1 << (size - 1).bit_length() - 1
