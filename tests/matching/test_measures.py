"""Shares, calibration error, and what accepting more costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.drawing import diagram
from matching.measures import calibrated, calibration_error, curve, reliability, share_of
from tests.matching.samples import untimed

scored = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=200)


def arrays(values):
    score, right = zip(*values, strict=True)
    return np.array(score, float), np.array(right, bool)


@untimed
@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 2**32))
def test_a_share_lies_within_its_interval(count: int, of: int, seed: int):
    share = share_of(min(count, of), of, seed)
    assert 0 <= share.low <= share.share <= share.high <= 1


def test_a_share_of_all_still_has_an_interval():
    assert share_of(54, 54).low == pytest.approx(0.934, abs=0.001)
    assert share_of(0, 54).high == pytest.approx(1 - 0.934, abs=0.001)
    assert share_of(0, 0).share is None


def test_intervals_are_the_same_at_every_run():
    assert share_of(40, 54, 3) == share_of(40, 54, 3)


@untimed
@given(scored)
def test_bins_hold_every_value_and_nearly_as_many_each(values):
    bins = reliability(*arrays(values))
    counts = [each.count for each in bins]
    assert sum(counts) == len(values)
    assert max(counts) - min(counts) <= 1
    assert [each.low for each in bins] == sorted(each.low for each in bins)


def test_scores_that_are_probabilities_have_no_error_and_boasts_have_theirs():
    right = np.tile(np.array([True, True, True, False]), 100)
    assert calibrated(np.full(400, 0.75), right).error == pytest.approx(0, abs=0.06)
    assert calibration_error(reliability(np.full(400, 1.0), right, bins=1)) == pytest.approx(0.25)
    assert calibrated(np.empty(0), np.empty(0, bool)).error is None


@untimed
@given(scored)
def test_the_curve_ends_where_everything_is_accepted(values):
    score, right = arrays(values)
    points = curve(score, right)
    assert points[-1].coverage == 1
    assert points[-1].precision == pytest.approx(right.mean())
    assert [point.coverage for point in points] == sorted(point.coverage for point in points)


def test_a_long_curve_is_thinned():
    score = np.linspace(0, 1, 5_000)
    assert len(curve(score, score > 0.5)) == 200
    assert len(curve(score, score > 0.5, None)) == 5_000


def test_the_diagram_escapes_its_title_and_asks_for_nothing_outside():
    score = np.linspace(0, 1, 100)
    drawn = diagram("<b> & co", reliability(score, score > 0.3), curve(score, score > 0.3))
    assert "&lt;b&gt; &amp; co" in drawn
    assert "href" not in drawn
    assert drawn.count("<circle") == 10
    assert diagram("nothing", (), ()).endswith("</svg>\n")
