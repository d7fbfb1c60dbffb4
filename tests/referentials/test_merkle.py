from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from referentials.merkle import leaf_hash, node_hash, tree_root


def defined_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_that_grows_leaf_by_leaf_is_the_one_that_the_rfc_defines(leaves: list[bytes]) -> None:
    assert tree_root(leaves) == defined_root(leaves)


def test_a_leaf_cannot_pass_for_an_inner_node() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert tree_root([left + right]) != tree_root([b"a", b"b"])
