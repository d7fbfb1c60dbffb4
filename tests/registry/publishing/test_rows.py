"""Records written as rows come back byte for byte, for every version, from either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from referentials.canonical import LARGEST_INTEGER
from referentials.records import (
    EVENT_TYPES,
    ChangeEvent,
    ChangeLink,
    Designation,
    MalformedRecord,
    Observation,
    Record,
    RecordKey,
    State,
)
from referentials.shapes import to_wkb
from registry import models
from registry.publishing.rows import (
    NotCurrent,
    UnstorableRecord,
    stored_records,
    withdraw_records,
    write_records,
)
from tests.store import (
    add_referential,
    add_version,
    designation,
    population,
    publish_rows,
    recode,
    records,
    some_id,
    state,
)

few_examples = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
words = texts.filter(bool)
names = st.dictionaries(st.sampled_from(["fr", "ar", "zgh", "en"]), texts)
numbers = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | st.floats(-1e12, 1e12)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
maybe_days = st.none() | st.dates()
squares = st.builds(
    shapely.box,
    *(st.floats(low, low + 10) for low in (-20, 20)),
    *(st.floats(low, low + 10) for low in (0, 40)),
)
shapes = (
    st.builds(shapely.Point, st.floats(-180, 180), st.floats(-90, 90))
    | squares
    | st.builds(lambda square: shapely.MultiPolygon([square]), squares)
    | st.builds(lambda square: square.exterior, squares).map(shapely.LineString)
)
items = st.integers(1, 6).map(some_id)
designations = st.builds(
    Designation,
    item=items,
    text=words,
    language=st.sampled_from([None, "fr", "ar", "zgh-Tfng"]),
    script=st.sampled_from(["Latn", "Arab"]),
    use=st.sampled_from(["alternative", "hidden", "entry", "exclusion"]),
    source=texts,
    valid_from=maybe_days,
    valid_to=maybe_days,
)
observations = st.builds(
    Observation,
    item=items,
    measure=st.sampled_from(["population", "population 2", "households"]),
    observed_on=st.dates(),
    value=numbers,
    unit=texts,
    source=texts,
)
links = st.builds(
    ChangeLink,
    role=st.sampled_from(["source", "target"]),
    item=items,
    code=words,
    level=words,
    share=st.none() | st.floats(0, 1),
    share_basis=st.none() | texts,
)
events = st.builds(
    ChangeEvent,
    id=st.uuids(),
    type=st.sampled_from(EVENT_TYPES),
    effective_on=st.dates(),
    basis=texts,
    note=st.none() | texts,
    links=st.lists(links, max_size=4).map(tuple),
)


@st.composite
def contents(draw: st.DrawFn) -> list[Record]:
    """All records of a version of up to six items."""
    facts: list = []
    for number in range(1, 7):
        facts.append(
            State(
                item=some_id(number),
                code=f"{number}{draw(words)}",
                level=draw(words),
                parent=draw(st.none() | items),
                names=draw(names),
                attributes=draw(st.dictionaries(texts, values, max_size=3)),
                shape=draw(st.none() | shapes.map(to_wkb)),
                valid_from=draw(maybe_days),
            )
        )
    for others in (designations, observations, events):
        facts += draw(st.lists(others, max_size=6))
    return records(*{fact.record().record_key: fact for fact in facts}.values())


def keys(*facts) -> list[RecordKey]:
    return [fact.record().record_key for fact in facts]


@few_examples
@given(content=contents())
def test_what_a_version_adds_comes_back_byte_for_byte_and_in_order(scratch: Engine, content: list[Record]):
    with scratch.connect() as connection:
        add_referential(connection)
        assert write_records(connection, "units", 1, content) == len(content)
        assert list(stored_records(connection, "units", 1)) == content
        connection.rollback()


@few_examples
@given(data=st.data())
def test_every_version_reads_as_it_was_published_whatever_came_after(scratch: Engine, data: st.DataObject):
    current: dict[RecordKey, Record] = {}
    published: list[list[Record]] = []
    with scratch.connect() as connection:
        add_referential(connection)
        for ordinal in range(1, 5):
            gone = data.draw(st.sets(st.sampled_from(sorted(current)))) if current else set()
            fresh = {one.record_key: one for one in data.draw(contents())}
            added = {key: one for key, one in fresh.items() if key not in current or key in gone}
            # Codes are the item's own number here: one owner each.
            kept = {key: one for key, one in current.items() if key not in gone}
            held = {key.key[:36] for key in kept if key.family == "state"}
            added = {
                key: one for key, one in added.items() if key.family != "state" or key.key[:36] not in held
            }
            current = kept | added
            version = sorted(current.values(), key=lambda one: one.order)
            publish_rows(
                connection, "units", ordinal, sorted(added.values(), key=lambda one: one.order), gone
            )
            published.append(version)
        for ordinal, version in enumerate(published, 1):
            assert list(stored_records(connection, "units", ordinal)) == version
        connection.rollback()


def test_a_record_is_stated_anew_under_its_key_in_the_version_that_withdraws_it(connection):
    old, new = state(1, "A"), state(1, "A", valid_to=date(2024, 9, 1))
    publish_rows(connection, "units", 1, records(old))
    publish_rows(connection, "units", 2, records(new), keys(old))
    assert list(stored_records(connection, "units", 1)) == records(old)
    assert list(stored_records(connection, "units", 2)) == records(new)


def test_an_item_that_gets_another_code_stays_one_item(connection):
    old = state(1, "A")
    ended = replace(old, valid_to=date(2024, 9, 1))
    new = state(1, "B", valid_from=date(2024, 9, 1))
    publish_rows(connection, "units", 1, records(old))
    publish_rows(connection, "units", 2, records(ended, new, recode(9, 1, "A", "B")), keys(old))
    items_stored = connection.execute(select(models.Item.id, models.Item.introduced_in)).all()
    assert items_stored == [(some_id(1), 1)]
    assert list(stored_records(connection, "units", 2)) == records(ended, new, recode(9, 1, "A", "B"))


def test_every_family_is_withdrawn_by_its_key(connection):
    facts = (
        state(1, "A", valid_from=date(2015, 1, 1)),
        designation(1, "un nom  à blancs", language=None, valid_from=date(2015, 1, 1)),
        designation(1, "autre", use="entry"),
        population(1, 7),
        recode(9, 1, "a", "A"),
    )
    publish_rows(connection, "units", 1, records(*facts))
    assert withdraw_records(connection, "units", 2, keys(*facts)) == len(facts)
    assert list(stored_records(connection, "units", 2)) == []
    assert list(stored_records(connection, "units", 1)) == records(*facts)


@pytest.mark.parametrize(
    "key",
    [
        RecordKey("state", f"{some_id(2)} "),
        RecordKey("state", f"{some_id(1)} 2015-01-01"),
        RecordKey("state", "no item"),
        RecordKey("designation", f"{some_id(1)} alternative fr  inconnu"),
        RecordKey("observation", f"{some_id(1)} population 2014-09-01"),
        RecordKey("event", str(some_id(9))),
        RecordKey("nothing", "x"),
    ],
)
def test_a_withdrawal_of_what_is_not_current_names_the_key(connection, key: RecordKey):
    publish_rows(connection, "units", 1, records(state(1, "A")))
    with pytest.raises(NotCurrent, match="units: there is no current") as raised:
        withdraw_records(connection, "units", 2, [*keys(state(1, "A")), key])
    assert raised.value.key == key


def test_a_record_cannot_be_withdrawn_twice_in_one_version(connection):
    publish_rows(connection, "units", 1, records(state(1, "A")))
    with pytest.raises(NotCurrent):
        withdraw_records(connection, "units", 2, keys(state(1, "A")) * 2)


def test_one_referential_does_not_see_the_records_of_another(connection):
    add_referential(connection, "others")
    publish_rows(connection, "units", 1, records(state(1, "A")))
    publish_rows(connection, "others", 1, records(state(2, "A")))
    assert list(stored_records(connection, "others", 1)) == records(state(2, "A"))
    with pytest.raises(NotCurrent):
        withdraw_records(connection, "others", 2, keys(state(1, "A")))


def test_two_open_states_of_one_code_are_refused(connection):
    with pytest.raises(IntegrityError):
        write_records(connection, "units", 1, records(state(1, "A"), state(2, "A")))


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        (state(1, "A", shape=b"\x00\x00\x00\x00\x01" + bytes(16)), "0000000001"),
        (state(1, "A", shape=b"\x01\xe9\x03\x00\x00" + bytes(24)), "01e9030000"),
        (state(1, "A", shape=b"\x01"), "01"),
        (state(1, "A\0"), "A"),
    ],
    ids=["big-endian bytes", "three dimensions", "a torn shape", "a NUL"],
)
def test_a_value_that_could_not_come_back_is_refused(connection, fact, value: str):
    with pytest.raises(UnstorableRecord, match=value):
        write_records(connection, "units", 1, records(state(1, "Z", level="province"), fact)[-1:])


def test_bytes_that_are_no_record_are_refused(connection):
    with pytest.raises(MalformedRecord):
        write_records(connection, "units", 1, [Record("state", "x", b"{}")])


def test_a_bulk_load_is_counted_and_leaves_statistics(connection):
    many = records(*(state(number, f"{number:05d}") for number in range(1, 6001)))
    assert write_records(connection, "units", 1, iter(many)) == 6000
    add_version(connection, "units", 1)
    assert connection.execute(select(func.count()).select_from(models.Item)).scalar_one() == 6000
    assert list(stored_records(connection, "units", 1)) == many
    table, column = (
        ("pg_stats", "tablename") if connection.dialect.name == "postgresql" else ("sqlite_stat1", "tbl")
    )
    counted = connection.exec_driver_sql(f"SELECT count(*) FROM {table} WHERE {column} = 'item_state'")
    assert counted.scalar_one() > 0
