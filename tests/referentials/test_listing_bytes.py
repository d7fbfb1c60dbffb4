"""Listed items and changes survive being kept as bytes, and bytes that are none are refused."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from referentials.listing import ListedChange, ListedItem, ListedLink, ListedObservation, OtherName
from referentials.listing_bytes import change_bytes, change_of, item_bytes, item_of
from referentials.records import MalformedRecord

TEXTS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=8)
MAYBE = st.none() | TEXTS
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e6, 1e6).map(lambda value: round(value, 3))
OTHERS = st.builds(OtherName, TEXTS, MAYBE, TEXTS, TEXTS, TEXTS)
FIGURES = st.builds(ListedObservation, TEXTS, DAYS, NUMBERS, TEXTS, TEXTS)
POINTS = st.builds(shapely.Point, st.integers(-180, 180), st.integers(-90, 90))
ITEMS = st.builds(
    ListedItem,
    code=TEXTS,
    level=TEXTS,
    parent=MAYBE,
    names=st.dictionaries(TEXTS, TEXTS, max_size=3),
    attributes=st.dictionaries(TEXTS, TEXTS | st.booleans() | st.integers(0, 9), max_size=3),
    shape=st.none() | POINTS,
    other_names=st.lists(OTHERS, max_size=2).map(tuple),
    observations=st.lists(FIGURES, max_size=2).map(tuple),
    valid_from=st.none() | DAYS,
)
LINKS = st.lists(st.builds(ListedLink, TEXTS, st.none() | st.sampled_from([0.25, 1]), MAYBE), max_size=3)
CHANGES = st.builds(
    ListedChange,
    TEXTS,
    DAYS,
    LINKS.map(tuple),
    LINKS.map(tuple),
    TEXTS,
    MAYBE,
    st.none() | DAYS,
    st.none() | DAYS,
)


@given(ITEMS)
def test_an_item_is_read_as_it_was_written(item: ListedItem) -> None:
    assert item_of(item_bytes(item)) == item


@given(CHANGES)
def test_a_change_is_read_as_it_was_written(change: ListedChange) -> None:
    assert change_of(change_bytes(change)) == change


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}",
        b'{"code":1,"level":"x","shape":"zz"}',
        b'{"code":"a","level":"b","other_names":[{}]}',
    ],
)
def test_bytes_that_are_no_item_are_refused(payload: bytes) -> None:
    with pytest.raises(MalformedRecord, match="not a listed item"):
        item_of(payload)


@pytest.mark.parametrize("payload", [b"{", b"{}", b'{"type":"merge","effective_on":"soon","basis":"x"}'])
def test_bytes_that_are_no_change_are_refused(payload: bytes) -> None:
    with pytest.raises(MalformedRecord, match="not a listed change"):
        change_of(payload)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60])
def test_a_figure_that_no_reader_keeps_is_refused(value: float) -> None:
    figure = ListedObservation("population", date(2024, 9, 1), value, "person", "census")
    with pytest.raises(ValueError, match=r"finite number|too large"):
        item_bytes(ListedItem("1", "x", None, {}, observations=(figure,)))
