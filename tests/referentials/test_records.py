import unicodedata
import uuid
from datetime import date

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from referentials.canonical import canonical
from referentials.parsing import parse, record_of
from referentials.records import (
    EVENT_TYPES,
    ChangeEvent,
    ChangeLink,
    Designation,
    Fact,
    MalformedRecord,
    Observation,
    State,
    item_id,
)

ITEM = uuid.UUID("2cb039da-b0f8-5799-a039-4f23cf99f1ca")
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
numbers = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False, width=32)
links = st.builds(
    ChangeLink,
    role=st.sampled_from(["source", "target"]),
    item=st.uuids(),
    code=texts,
    level=texts,
    share=st.none() | st.floats(0, 1),
    share_basis=st.none() | texts,
)
facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(
        State,
        item=st.uuids(),
        code=texts,
        level=texts,
        parent=st.none() | st.uuids(),
        names=st.dictionaries(st.sampled_from(["fr", "ar", "en", "zgh"]), texts),
        attributes=st.dictionaries(texts, numbers | texts | st.none()),
        shape=st.none() | st.binary(min_size=1, max_size=30),
        valid_from=st.none() | days,
        valid_to=st.none() | days,
    ),
    st.builds(
        Designation,
        item=st.uuids(),
        text=texts,
        language=st.none() | st.sampled_from(["fr", "ar"]),
        script=st.just("Latn"),
        use=st.just("alternative"),
        source=texts,
        valid_from=st.none() | days,
        valid_to=st.none() | days,
    ),
    st.builds(
        Observation,
        item=st.uuids(),
        measure=texts,
        observed_on=days,
        value=numbers,
        unit=texts,
        source=texts,
    ),
    st.builds(
        ChangeEvent,
        id=st.uuids(),
        type=st.sampled_from(EVENT_TYPES),
        effective_on=days,
        basis=texts,
        links=st.lists(links, max_size=4).map(tuple),
        note=st.none() | texts,
        earliest_on=st.none() | days,
        latest_on=st.none() | days,
    ),
)


@given(facts)
def test_a_fact_read_from_its_record_gives_the_same_bytes_and_the_same_key(fact: Fact) -> None:
    record = fact.record()
    again = parse(record.payload).record()
    assert again == record
    assert record_of(record.payload) == record


def test_the_same_name_composed_or_decomposed_is_one_fact() -> None:
    composed, decomposed = "Fès", "Fe\u0300s"
    assert composed != decomposed
    states = [State(ITEM, "03", "region", None, {"fr": name}, {}) for name in (composed, decomposed)]
    assert states[0].record() == states[1].record()


@pytest.mark.parametrize("text", ["n\u0303", "a\n\u0303b", 'a"\u0301', "e\u0301\u0000"])
def test_composing_a_text_breaks_neither_its_escapes_nor_the_order_of_keys(text: str) -> None:
    payload = canonical({text: text, "z": 1, "o": 2})
    assert canonical(orjson.loads(payload)) == payload
    assert orjson.loads(payload)[unicodedata.normalize("NFC", text)] == unicodedata.normalize("NFC", text)


def test_a_whole_number_is_one_fact_with_or_without_a_fraction() -> None:
    seen = [Observation(ITEM, "population", date(2024, 9, 1), v, "persons", "HCP") for v in (5, 5.0)]
    assert seen[0].record() == seen[1].record()


def test_the_order_in_which_links_and_attributes_are_given_does_not_matter() -> None:
    first = ChangeLink("source", ITEM, "a", "commune")
    second = ChangeLink("target", ITEM, "b", "commune")
    events = [
        ChangeEvent(ITEM, "recode", date(2024, 9, 1), "census", order)
        for order in ((first, second), (second, first))
    ]
    assert events[0].record() == events[1].record()
    assert canonical({"b": 1, "a": 2}) == b'{"a":2,"b":1}'


def test_a_number_that_is_none_cannot_be_written() -> None:
    seen = Observation(ITEM, "population", date(2024, 9, 1), float("nan"), "persons", "HCP")
    with pytest.raises(ValueError, match="not a finite number"):
        seen.record()


def test_an_item_keeps_its_id_wherever_and_whenever_it_is_derived() -> None:
    first = item_id("administrative-units", "commune", "01.051.05.01", None, 1)
    assert first == item_id("administrative-units", "commune", "01.051.05.01", None, 1)
    assert first != item_id("administrative-units", "commune", "01.051.05.01", None, 2)
    assert first != item_id("administrative-units", "cercle", "01.051.05.01", None, 1)
    assert first.version == 5


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b'{"family":"planet"}', b'{"family":"state"}', b"\xff", b"[]"]
)
def test_bytes_that_are_no_record_are_refused(payload: bytes) -> None:
    with pytest.raises(MalformedRecord):
        parse(payload)
    with pytest.raises(MalformedRecord):
        record_of(payload)


def test_an_event_of_an_unknown_type_is_no_record() -> None:
    event = b'{"basis":"b","effective_on":"2024-09-01","family":"event","id":"%s","links":[],"type":"%s"}'
    identity = str(uuid.UUID(int=1)).encode()
    assert isinstance(parse(event % (identity, b"merge")), ChangeEvent)
    with pytest.raises(MalformedRecord, match="'fusion' is no change event"):
        parse(event % (identity, b"fusion"))
