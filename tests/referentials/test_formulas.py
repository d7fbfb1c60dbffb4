"""What a spreadsheet would run is told from what it would only show."""

import pytest

from referentials.formulas import inert, is_formula


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|x", "-2+3", "\t=1", " =1", "\r=1", "-"])
def test_a_formula_is_made_inert(text: str) -> None:
    assert is_formula(text)
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Fès", "-02", "+212", "-1.5", "3 = 3", "50%", "- 1 -".strip("- ")])
def test_a_number_and_a_name_stay_as_they_are(text: str) -> None:
    assert not is_formula(text)
    assert inert(text) == text
