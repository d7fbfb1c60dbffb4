"""The summary of a harmonised column."""

from registry.harmonising.summary import Count, Settled, summarise


def value(text, rows, outcome, within="Fès"):
    return Settled(text, within, rows, outcome, None, None, None)


def test_rows_and_distinct_values_are_counted_by_outcome_and_by_parent():
    summary = summarise(
        [value("a", 3, "exact"), value("b", 2, "exact", "Taza"), value("c", 1, "none"), value(" ", 4, "none")]
    )
    assert summary.total == Count(10, 4)
    assert summary.blank == Count(4, 1)
    assert list(summary.by_outcome) == ["exact", "auto", "review", "ambiguous", "none"]
    assert summary.by_outcome["exact"] == Count(5, 2)
    assert summary.by_within["Fès"]["none"] == Count(5, 2)
    assert summary.by_within["Taza"]["exact"] == Count(2, 1)
    assert summary.settled_share == 0.5


def test_what_is_still_open_comes_by_the_rows_that_it_concerns():
    summary = summarise(
        [value("a", 9, "auto"), value("b", 1, "none"), value("c", 5, "review"), value("", 7, "none")]
    )
    assert [left.text for left in summary.open_values] == ["c", "b"]


def test_an_empty_column_has_a_summary():
    summary = summarise([])
    assert summary.total == Count(0, 0)
    assert summary.by_within == {}
    assert summary.settled_share == 0.0
