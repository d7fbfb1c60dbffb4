"""Weights are shared out without loss."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.harmonising.sharing import WEIGHT, shared_out


@pytest.mark.parametrize(
    ("weight", "shares", "parts"),
    [
        ("10", [0.6, 0.4], ["6", "4"]),
        ("1", [0.5, 0.5], ["1", "0"]),
        ("100", [1 / 3, 1 / 3, 1 / 3], ["34", "33", "33"]),
        ("12.50", [0.6, 0.4], ["7.50", "5.00"]),
        ("0.01", [0.5, 0.5], ["0.01", "0.00"]),
        ("-7", [0.5, 0.5], ["-4", "-3"]),
        ("", [0.6, 0.4], ["", ""]),
        ("0", [0.6, 0.4], ["0", "0"]),
        ("3", [1.0, 0.0], ["3", "0"]),
    ],
)
def test_parts_are_whole_units_of_the_weight(weight: str, shares: list[float], parts: list[str]) -> None:
    assert shared_out(weight, shares) == parts


@given(
    weight=st.from_regex(WEIGHT, fullmatch=True),
    shares=st.lists(st.floats(0.000001, 1.0), min_size=1, max_size=8),
)
def test_the_parts_add_up_to_the_weight_to_the_last_digit(weight: str, shares: list[float]) -> None:
    parts = shared_out(weight, shares)
    assert len(parts) == len(shares)
    assert sum(map(Fraction, parts)) == Fraction(weight)
