"""One owner of a code at a moment, also where ranges are closed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from registry.publishing.rows import Overlap, overlaps, write_records
from tests.store import add_referential, publish_rows, records, state

Y2000, Y2010, Y2015, Y2020 = (date(year, 1, 1) for year in (2000, 2010, 2015, 2020))


def overlap(first: tuple, second: tuple) -> list[Overlap]:
    return [Overlap("A", first, second)]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ((Y2000, Y2010), (Y2010, Y2020), []),
        ((Y2000, Y2010), (Y2010, None), []),
        ((None, Y2010), (Y2010, None), []),
        ((Y2000, Y2015), (Y2010, Y2020), overlap((Y2000, Y2015), (Y2010, Y2020))),
        ((None, Y2015), (Y2010, None), overlap((None, Y2015), (Y2010, None))),
        ((Y2000, None), (Y2010, Y2020), overlap((Y2000, None), (Y2010, Y2020))),
        ((None, None), (Y2010, Y2020), overlap((None, None), (Y2010, Y2020))),
        ((None, Y2010), (None, Y2020), overlap((None, Y2010), (None, Y2020))),
        ((Y2000, Y2010), (Y2000, Y2010), overlap((Y2000, Y2010), (Y2000, Y2010))),
    ],
)
@pytest.mark.parametrize("together", [True, False], ids=["in one version", "in two versions"])
def test_two_states_of_a_code_overlap(connection, first, second, found, together: bool):
    one = state(1, "A", valid_from=first[0], valid_to=first[1])
    other = state(2, "A", valid_from=second[0], valid_to=second[1])
    if together:
        write_records(connection, "units", 1, records(one, other))
        assert overlaps(connection, "units", 1) == found
    else:
        publish_rows(connection, "units", 1, records(one))
        write_records(connection, "units", 2, records(other))
        assert overlaps(connection, "units", 2) == found


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ((Y2000, Y2010), (Y2010, None), False),
        ((None, Y2010), (Y2010, None), False),
        ((None, Y2015), (Y2010, None), True),
        ((None, None), (Y2010, Y2020), True),
        ((Y2000, None), (Y2010, None), True),
        ((Y2000, Y2015), (Y2010, Y2020), True),
    ],
)
@pytest.mark.parametrize("together", [True, False], ids=["in one version", "in two versions"])
def test_two_states_of_an_item_overlap(connection, first, second, found: bool, together: bool):
    one = state(1, "A", valid_from=first[0], valid_to=first[1])
    other = state(1, "B", valid_from=second[0], valid_to=second[1])
    if together:
        write_records(connection, "units", 1, records(one, other))
        clashes = overlaps(connection, "units", 1)
    else:
        publish_rows(connection, "units", 1, records(one))
        write_records(connection, "units", 2, records(other))
        clashes = overlaps(connection, "units", 2)
    codes = (["A", "B"] if together else ["B"]) if found else []
    assert [clash.code for clash in clashes] == codes
    assert all((clash.first, clash.second) == (first, second) for clash in clashes)


def test_a_withdrawn_state_owns_nothing_any_more(connection):
    one, other = state(1, "A", valid_to=Y2015), state(2, "A", valid_from=Y2010)
    publish_rows(connection, "units", 1, records(one))
    publish_rows(connection, "units", 2, records(other), [one.record().record_key])
    assert overlaps(connection, "units", 2) == []


def test_the_same_code_in_another_referential_is_another_code(connection):
    add_referential(connection, "others")
    publish_rows(connection, "others", 1, records(state(1, "A", valid_to=Y2015)))
    write_records(connection, "units", 1, records(state(2, "A")))
    assert overlaps(connection, "units", 1) == []


ranges = st.tuples(st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)).filter(
    lambda held: None in held or held[0] < held[1]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=st.lists(st.tuples(st.sampled_from("AB"), ranges), max_size=7))
def test_the_query_finds_a_code_exactly_where_comparing_all_pairs_does(scratch: Engine, held):
    # The unique index keeps a second open owner out, before the query.
    opened = set()
    kept = []
    for code, (start, end) in held:
        if end is None and code in opened:
            continue
        opened |= {code} if end is None else set()
        kept.append((code, (start, end)))

    def day(number: int | None) -> date | None:
        return None if number is None else date(2000 + number, 1, 1)

    def meet(one: tuple, other: tuple) -> bool:
        (start, end), (begin, stop) = (
            (-1 if since is None else since, 10 if until is None else until) for since, until in (one, other)
        )
        return start < stop and begin < end

    clashing = {
        code
        for place, (code, one) in enumerate(kept)
        for again, other in kept[:place]
        if code == again and meet(one, other)
    }
    facts = [
        state(number, code, valid_from=day(start), valid_to=day(end))
        for number, (code, (start, end)) in enumerate(kept, 1)
    ]
    with scratch.connect() as connection:
        add_referential(connection)
        write_records(connection, "units", 1, records(*facts))
        assert {found.code for found in overlaps(connection, "units", 1)} == clashing
        connection.rollback()
