"""The tree that a list is: levels in their order."""

from __future__ import annotations

import pytest

from referentials.findings import check
from referentials.kinds import kind
from referentials.listing import ListedItem

LEVELS = ("region", "province", "commune")


def found(level, above):
    items = [ListedItem("01", above, None, {"fr": "Nord"}), ListedItem("02", level, "01", {"fr": "Sud"})]
    return check(items, kind("administrative-units"), LEVELS, ("fr",))


@pytest.mark.parametrize(("level", "above"), [("province", "region"), ("commune", "region")])
def test_a_parent_of_any_level_above_passes(level, above):
    assert found(level, above) == []


@pytest.mark.parametrize(("level", "above"), [("region", "region"), ("province", "commune")])
def test_a_parent_that_is_not_of_a_level_above_is_an_error(level, above):
    (finding,) = found(level, above)
    assert (finding.rule, finding.severity, finding.row) == ("levels_out_of_order", "error", 2)
    assert finding.message == f"a {level} cannot lie within the {above} '01'"


def test_a_long_chain_of_parents_is_followed_without_recursion():
    chain = [ListedItem(str(at), "region", str(at + 1), {"fr": str(at)}) for at in range(50_000)]
    rules = [finding.rule for finding in check(chain, kind("code-lists"), ("region",), ("fr",))]
    assert rules.count("unknown_parents") == 1
    assert "cycles" not in rules
