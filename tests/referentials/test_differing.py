"""What differs between two contents, without reading what they share."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referentials.differing import Difference, TooDifferent, difference
from referentials.records import Designation, Observation, Record, State
from referentials.snapshot import Content, ContentHeader, DamagedSnapshot, open_content, write_content

DAY = date(2024, 9, 1)


def state(number: int, name: str) -> Record:
    return State(UUID(int=number), f"{number:03}", "commune", None, {"fr": name}, {}).record()


def content(folder: Path, records: Sequence[Record]) -> Content:
    ordered = sorted(records, key=lambda record: record.order)
    write_content(folder, ContentHeader("units", 1, "1", DAY), ordered)
    return open_content(folder)


FACTS = st.one_of(
    st.builds(state, st.integers(0, 30), st.sampled_from(["a", "b", "bb"])),
    st.builds(
        lambda number, text: Designation(
            UUID(int=number), text, "fr", "Latn", "alternative", "test"
        ).record(),
        st.integers(0, 30),
        st.sampled_from(["x", "y", "élan"]),
    ),
    st.builds(
        lambda number, value: Observation(
            UUID(int=number), "population", DAY, value, "person", "test"
        ).record(),
        st.integers(0, 30),
        st.integers(0, 3),
    ),
)
RECORDS = st.lists(FACTS, max_size=60, unique_by=lambda record: record.record_key)


@given(before=RECORDS, after=RECORDS)
def test_the_difference_is_that_of_the_two_sets_in_content_order(
    before: list[Record], after: list[Record]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = difference(content(Path(folder) / "1", before), content(Path(folder) / "2", after))

    def ordered(records: set[Record]) -> list[Record]:
        return sorted(records, key=lambda record: record.order)

    assert found.added == ordered(set(after) - set(before))
    assert found.removed == ordered(set(before) - set(after))


def test_all_of_a_first_content_is_added(tmp_path: Path) -> None:
    first = content(tmp_path / "1", [state(1, "a"), state(2, "b")])
    assert difference(None, first) == Difference(list(first.records()), [])


def test_a_few_changes_among_many_records_are_found(tmp_path: Path) -> None:
    many = [state(number, f"Commune {number}") for number in range(5000)]
    changed = [state(17, "Dix-sept"), *many[:17], *many[18:4000], *many[4001:], state(6000, "neuve")]
    found = difference(content(tmp_path / "1", many), content(tmp_path / "2", changed))
    assert found.removed == [many[17], many[4000]]
    assert found.added == [state(17, "Dix-sept"), state(6000, "neuve")]


def test_bytes_that_are_no_records_are_told_as_damage(tmp_path: Path) -> None:
    one = content(tmp_path / "1", [state(1, "a"), state(2, "b")])
    content(tmp_path / "2", [state(1, "a"), state(2, "c")])
    path = tmp_path / "2" / "records.bin"
    path.write_bytes(path.read_bytes().replace(b'"family"', b'"familx"'))
    with pytest.raises(DamagedSnapshot, match="not a record"):
        difference(one, open_content(tmp_path / "2"))


def test_more_differences_than_are_wanted_are_refused_at_once(tmp_path: Path) -> None:
    one = content(tmp_path / "1", [state(1, "a"), state(2, "b")])
    two = content(tmp_path / "2", [state(1, "b"), state(2, "b")])
    assert len(difference(one, two, most=2).added) == 1
    for before in (one, None):
        with pytest.raises(TooDifferent, match="more than 1 records"):
            difference(before, two, most=1)
