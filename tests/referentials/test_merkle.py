from __future__ import annotations

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referentials.merkle import (
    Tree,
    leaf_hash,
    node_hash,
    proves_consistency,
    proves_inclusion,
    tree_root,
)

MOST = 200
LEAVES = tuple(str(number).encode() for number in range(MOST))
HASHES = tuple(map(leaf_hash, LEAVES))
TREE = Tree(HASHES)

Leaves = tuple[bytes, ...]


def split_of(size: int) -> int:
    split = 1
    while split * 2 < size:
        split *= 2
    return split


@cache
def defined_root(leaves: Leaves) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = split_of(len(leaves))
    return node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


def defined_inclusion(position: int, leaves: Leaves) -> list[bytes]:
    """PATH(m, D_n) of RFC 9162, section 2.1.3.1, word for word."""
    if len(leaves) == 1:
        return []
    split = split_of(len(leaves))
    if position < split:
        return [*defined_inclusion(position, leaves[:split]), defined_root(leaves[split:])]
    return [*defined_inclusion(position - split, leaves[split:]), defined_root(leaves[:split])]


def defined_consistency(first: int, leaves: Leaves) -> list[bytes]:
    """PROOF(m, D_n) of RFC 9162, section 2.1.4.1, word for word."""

    def subproof(first: int, leaves: Leaves, complete: bool) -> list[bytes]:
        if first == len(leaves):
            return [] if complete else [defined_root(leaves)]
        split = split_of(len(leaves))
        if first <= split:
            return [*subproof(first, leaves[:split], complete), defined_root(leaves[split:])]
        return [*subproof(first - split, leaves[split:], False), defined_root(leaves[:split])]

    return subproof(first, leaves, True)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


sizes = st.integers(1, MOST)
places = sizes.flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))
spans = sizes.flatmap(lambda second: st.tuples(st.integers(1, second), st.just(second)))
bits = st.integers(0, 255)


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_that_grows_leaf_by_leaf_is_the_one_that_the_rfc_defines(leaves: list[bytes]) -> None:
    assert tree_root(leaves) == defined_root(tuple(leaves))


def test_a_leaf_cannot_pass_for_an_inner_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert tree_root([left + right]) != tree_root([b"a", b"b"])


def test_a_tree_knows_the_root_of_each_of_its_former_sizes() -> None:
    for size in range(MOST + 1):
        assert TREE.root(size) == Tree(HASHES[:size]).root() == defined_root(LEAVES[:size])


def test_every_leaf_of_every_tree_has_the_proof_that_the_rfc_defines_and_it_holds() -> None:
    for size in range(1, MOST + 1):
        for position in {0, size // 3, size // 2, size - 1}:
            proof = TREE.inclusion(position, size)
            assert proof == defined_inclusion(position, LEAVES[:size])
            assert proves_inclusion(HASHES[position], position, size, proof, TREE.root(size))


def test_every_tree_grew_out_of_every_smaller_one_as_the_rfc_proves_it() -> None:
    for second in range(1, MOST + 1):
        for first in {1, second // 3 or 1, second // 2 or 1, second - 1 or 1, second}:
            proof = TREE.consistency(first, second)
            assert proof == defined_consistency(first, LEAVES[:second])
            assert proves_consistency(first, second, proof, TREE.root(first), TREE.root(second))


@given(places, bits)
def test_a_proof_shows_a_leaf_at_its_place_only(place: tuple[int, int], bit: int) -> None:
    position, size = place
    leaf, proof, root = HASHES[position], TREE.inclusion(position, size), TREE.root(size)
    assert proves_inclusion(leaf, position, size, proof, root)
    assert not proves_inclusion(flipped(leaf, bit), position, size, proof, root)
    assert not proves_inclusion(leaf, position, size, proof, flipped(root, bit))
    assert not proves_inclusion(leaf, position, size, [*proof, root], root)
    for other in range(len(proof)):
        changed = [flipped(each, bit) if at == other else each for at, each in enumerate(proof)]
        assert not proves_inclusion(leaf, position, size, changed, root)
        assert not proves_inclusion(leaf, position, size, proof[:other], root)
    for elsewhere in (-1, position - 1, position + 1, position ^ 1, size):
        if elsewhere != position:
            assert not proves_inclusion(leaf, elsewhere, size, proof, root)


@given(spans, bits)
def test_a_tree_that_was_rewritten_is_found(span: tuple[int, int], bit: int) -> None:
    first, second = span
    proof, before, after = TREE.consistency(first, second), TREE.root(first), TREE.root(second)
    assert proves_consistency(first, second, proof, before, after)
    assert not proves_consistency(first, second, proof, flipped(before, bit), after)
    assert not proves_consistency(first, second, proof, before, flipped(after, bit))
    assert not proves_consistency(first, second, [*proof, after], before, after)
    for other in range(len(proof)):
        changed = [flipped(each, bit) if at == other else each for at, each in enumerate(proof)]
        assert not proves_consistency(first, second, changed, before, after)
        assert not proves_consistency(first, second, proof[:other], before, after)


@given(st.lists(st.binary(max_size=4), min_size=2, max_size=40), st.data())
def test_another_history_has_no_proof(leaves: list[bytes], data: st.DataObject) -> None:
    rewritten = data.draw(st.integers(0, len(leaves) - 1))
    first = data.draw(st.integers(rewritten + 1, len(leaves)))
    tree = Tree([leaf_hash(leaf) for leaf in leaves])
    leaves[rewritten] += b"!"
    other = Tree([leaf_hash(leaf) for leaf in leaves])
    proof = other.consistency(first, other.size)
    assert not proves_consistency(first, other.size, proof, tree.root(first), other.root())


@pytest.mark.parametrize("place", [(-1, 5), (5, 5), (0, 0), (0, MOST + 1)])
def test_a_leaf_that_is_not_there_has_no_proof(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="there is no leaf"):
        TREE.inclusion(*place)
    assert not proves_inclusion(HASHES[0], *place, [], HASHES[0])


@pytest.mark.parametrize("span", [(0, 5), (6, 5), (-1, 5), (1, MOST + 1)])
def test_a_tree_that_never_was_has_no_proof(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no tree of"):
        TREE.consistency(*span)
    assert not proves_consistency(span[0], min(span[1], 5), [], TREE.root(1), TREE.root(5))


def test_there_is_no_root_over_leaves_that_are_not_there() -> None:
    with pytest.raises(ValueError, match="there is no tree of 201 leaves"):
        TREE.root(MOST + 1)
