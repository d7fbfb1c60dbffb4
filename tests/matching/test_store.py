import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.layout import MANIFEST, STARTS, TYPES, DamagedStore, StaleStore
from matching.matcher import Query, finder_of, match
from matching.selecting import BadCodeFilter
from matching.store import (
    BadRow,
    CodeFilter,
    Found,
    Name,
    Store,
    open_store,
    verify_store,
    write_store,
)
from tests.matching.samples import CHANGED, TODAY, country, row, stored, untimed


def codes_of(store: Store, rows: np.ndarray) -> list[str]:
    return [store.code(each) for each in rows.tolist()]


def test_what_was_written_is_read_again_in_the_order_of_codes(tmp_path: Path):
    written = row(
        "B", "commune", "A", "Fès", "فاس", importance=12.5, bbox=(-5.1, 33.9, -4.9, 34.1), shape=b"full",
        simplified=b"simple", valid_from=10, valid_to=20, successors=("C", "D"),
    )  # fmt: skip
    store = stored(tmp_path / "s", [written, row("A", "region", None, "Nord")])
    assert [store.code(0), store.code(1)] == ["A", "B"]
    assert (store.level(1), store.parent(1), store.parent(0)) == ("commune", "A", None)
    assert (store.valid_from(1), store.valid_to(1)) == (10, 20)
    assert store.rendered(1) == b'{"code":"B"}'
    assert store.names(1) == list(written.names)
    assert store.importance(1) == 12.5
    assert store.bbox(1) == (-5.1, 33.9, -4.9, 34.1)
    assert store.bbox(0) is None
    assert (store.shape(1, simplified=False), store.shape(1, simplified=True)) == (b"full", b"simple")
    assert store.shape(0, simplified=True) is None
    assert store.successors(1) == ("C", "D")
    assert (store.profile, store.content_root, store.size) == ("place-names", "root", 2)


def test_a_point_has_no_simplified_shape_and_gives_its_full_one(tmp_path: Path):
    store = stored(
        tmp_path / "s", [row("A", "region", None, shape=b"point"), row("B", "region", None, simplified=b"x")]
    )
    assert store.shape(0, simplified=True) == b"point"


def test_rows_in_any_order_give_the_same_files(tmp_path: Path):
    stored(tmp_path / "one", country())
    stored(tmp_path / "other", reversed(country()))
    same = ("codes", "rendered", "texts", "keys", "parents", "child_rows", "name_spellings", "valid_from")
    for name in same:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes(), name


def test_an_empty_store_answers_nothing(tmp_path: Path):
    store = stored(tmp_path / "s", [])
    assert store.find("A", TODAY) is None
    assert store.select(at=TODAY).tolist() == []
    assert store.select(at=TODAY, status=["retired"], codes=CodeFilter.parse("A*")).tolist() == []
    assert store.nearest_codes("A") == []
    assert store.descendants("A", TODAY).tolist() == []


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (row("", "region", None), "1 to"),
        (row("a\0b", "region", None), "printable"),
        (row("x" * 200, "region", None), "1 to"),
        (row("A", "planet", None), "planet"),
        (row("A", "region", None, valid_from=5, valid_to=5), "empty"),
        (row("A", "region", None, valid_from=-(2**40), valid_to=5), "out of range"),
        (row("A", "region", None, bbox=(0.0, 2.0, 1.0, 1.0)), "bounding box"),
        (row("A", "region", None, bbox=(0.0, -91.0, 1.0, 1.0)), "bounding box"),
    ],
)
def test_a_row_that_cannot_be_stored_is_named(tmp_path: Path, bad, why: str):
    with pytest.raises(BadRow, match=why) as refused:
        write_store(tmp_path / "s", [bad], profile="place-names", content_root="", levels=["region"])
    assert refused.value.code == bad.code
    with pytest.raises(DamagedStore):
        open_store(tmp_path / "s")


def test_a_folder_that_exists_is_never_written_into(tmp_path: Path):
    with pytest.raises(FileExistsError):
        stored(tmp_path, country())


# Codes on both time axes


def test_the_state_that_is_valid_answers_first(store: Store):
    found = store.find("01.1.5", TODAY)
    assert found == Found(store.rows_of("01.1.5")[0], "valid")


def test_a_retired_code_names_its_successor(store: Store):
    found = store.find("01.1.9", TODAY)
    assert found is not None
    assert found.status == "superseded"
    assert store.successors(found.row) == ("01.1.5",)


def test_a_code_that_nothing_replaced_is_retired(store: Store):
    found = store.find("01.2.9", TODAY)
    assert found is not None
    assert found.status == "retired"


def test_a_code_that_is_to_come_is_announced(store: Store):
    found = store.find("01.1.5", CHANGED - 1)
    assert found is not None
    assert found.status == "announced"


def test_a_withdrawn_state_answers_only_where_there_is_no_other(tmp_path: Path):
    rows = [
        row("A", "region", None, valid_from=0, valid_to=9, invalid=True, successors=("B",)),
        row("A", "region", None, valid_from=20, valid_to=30),
        row("B", "region", None, valid_from=0, valid_to=9, invalid=True),
    ]
    store = stored(tmp_path / "s", rows)
    assert store.find("A", 5) == Found(1, "announced")
    assert store.find("B", 5) == Found(2, "invalid")
    assert store.status(0, 5) == "invalid"


@pytest.mark.parametrize("code", ["", "0", "01.1.55", "x" * 500, "01.1.5\0", "é", "٣"])
def test_an_unknown_code_is_not_found(store: Store, code: str):
    assert store.find(code, TODAY) is None


def test_an_ended_state_whose_code_lives_on_is_superseded(tmp_path: Path):
    rows = [
        row("A", "region", None, valid_from=0, valid_to=9),
        row("A", "region", None, valid_from=9, valid_to=30),
    ]
    store = stored(tmp_path / "s", rows)
    assert store.status(0, 15) == "superseded"
    assert store.find("A", 15) == Found(1, "valid")


days = st.integers(0, 12)
states = st.lists(
    st.tuples(st.sampled_from("ABC"), days, st.integers(1, 4), st.booleans(), st.booleans()), max_size=12
)


def not_overlapping(drawn: list) -> list:
    """One owner of a code at a moment; withdrawn states may lie anywhere."""
    kept: list = []
    for code, start, length, invalid, replaced in drawn:
        clash = any(
            code == other[0] and not other[3] and start < other[1] + other[2] and other[1] < start + length
            for other in kept
        )
        if invalid or not clash:
            kept.append((code, start, length, invalid, replaced))
    return kept


def oracle(drawn: list, code: str, at: int) -> tuple[tuple, str] | None:
    """The rules of lookup, written as they are read."""
    mine = [each for each in drawn if each[0] == code and not each[3]]
    for each in mine:
        if each[1] <= at < each[1] + each[2]:
            return each, "valid"
    past = [each for each in mine if each[1] + each[2] <= at]
    if past:
        last = max(past, key=lambda each: each[1])
        return last, "superseded" if last[4] else "retired"
    if mine:
        return min(mine, key=lambda each: each[1]), "announced"
    withdrawn = [each for each in drawn if each[0] == code and each[3]]
    return (max(withdrawn, key=lambda each: each[1]), "invalid") if withdrawn else None


@untimed
@given(states.map(not_overlapping), days)
def test_find_and_select_agree_with_the_rules_of_lookup(tmp_path_factory, drawn: list, at: int):
    rows = [
        row(
            code, "region", None, valid_from=start, valid_to=start + length, invalid=invalid,
            successors=("Z",) if replaced else (),
        )
        for code, start, length, invalid, replaced in drawn
    ]  # fmt: skip
    store = stored(tmp_path_factory.mktemp("random") / "s", rows)
    statuses = ("valid", "superseded", "retired", "announced", "invalid")
    for code in "ABC":
        expected, found = oracle(drawn, code, at), store.find(code, at)
        assert (found is None) == (expected is None)
        if found is not None and expected is not None:
            assert found.status == expected[1]
            assert store.valid_from(found.row) == expected[0][1]
        for status in statuses:
            chosen = [
                each for each in store.select(at=at, status=[status]).tolist() if store.code(each) == code
            ]
            assert chosen == ([found.row] if found is not None and found.status == status else [])
    valid = [each for each in range(store.size) if store.status(each, at) == "valid"]
    assert store.select(at=at).tolist() == valid


# Filters


def test_a_list_holds_what_is_valid_at_the_date(store: Store):
    listed = codes_of(store, store.select(at=TODAY, level=["commune"], parent="01.1"))
    assert listed == ["01.1.1", "01.1.2", "01.1.3", "01.1.4", "01.1.5"]
    before = codes_of(store, store.select(at=CHANGED - 1, level=["commune"], parent="01.1"))
    assert before == ["01.1.1", "01.1.2", "01.1.3", "01.1.4", "01.1.9"]


def test_a_list_without_a_date_holds_every_state(store: Store):
    assert len(store.select(at=None)) == store.size


def test_codes_are_chosen_singly_by_range_and_by_beginning(store: Store):
    def chosen(text: str) -> list[str]:
        return codes_of(store, store.select(at=TODAY, codes=CodeFilter.parse(text)))

    assert chosen("01.1.3, 02") == ["01.1.3", "02"]
    assert chosen("01.1.2..01.1.4") == ["01.1.2", "01.1.3", "01.1.4"]
    assert chosen("02.1.1*") == ["02.1.1", "02.1.1.1", "02.1.1.2"]
    assert chosen("02.1.1.1*") == ["02.1.1.1"]
    assert chosen("02.1.1.1.too.long*") == []
    assert chosen("02.1.1.1.too.long..03") == ["02.1.1.2", "02.1.2", "02.1.3"]
    assert chosen("*") == codes_of(store, store.select(at=TODAY))


@pytest.mark.parametrize("text", ["", "A,,B", "..B", "A..", "B..A"])
def test_a_code_filter_that_cannot_be_read_is_refused(text: str):
    with pytest.raises(BadCodeFilter):
        CodeFilter.parse(text)


def test_descendants_are_found_at_any_depth(store: Store):
    assert codes_of(store, store.descendants("02", TODAY)) == [
        "02.1", "02.1.1", "02.1.1.1", "02.1.1.2", "02.1.2", "02.1.3",
    ]  # fmt: skip
    assert codes_of(store, store.children("02.1", TODAY)) == ["02.1.1", "02.1.2", "02.1.3"]
    assert codes_of(store, store.select(at=TODAY, under="02", level=["arrondissement"])) == [
        "02.1.1.1",
        "02.1.1.2",
    ]
    assert store.descendants("nowhere", TODAY).tolist() == []


def test_what_ended_is_found_below_the_parent_that_it_had(tmp_path: Path):
    ended = row("A.1", "province", "A", valid_to=TODAY - 1)
    store = stored(tmp_path / "s", [row("A", "region", None), ended])
    assert codes_of(store, store.select(at=TODAY, under="A", status=["retired"])) == ["A.1"]
    assert codes_of(store, store.select(at=TODAY, under="A")) == []


def test_a_cycle_of_parents_ends(tmp_path: Path):
    store = stored(
        tmp_path / "s", [row("A", "region", "B"), row("B", "region", "A"), row("C", "region", "C")]
    )
    assert codes_of(store, store.descendants("A", TODAY)) == ["A", "B"]
    assert codes_of(store, store.descendants("C", TODAY)) == ["C"]


def test_a_box_keeps_what_meets_it(tmp_path: Path):
    rows = [
        row("A", "region", None, bbox=(-5.0, 33.0, -4.0, 34.0)),
        row("B", "region", None, bbox=(-9.0, 30.0, -8.0, 31.0)),
        row("C", "region", None),
    ]
    store = stored(tmp_path / "s", rows)
    assert codes_of(store, store.select(at=TODAY, bbox=(-4.5, 33.5, 0.0, 40.0))) == ["A"]
    assert codes_of(store, store.select(at=TODAY, bbox=(-4.0, 34.0, 0.0, 40.0))) == ["A"]
    assert codes_of(store, store.select(at=TODAY, bbox=(10.0, 33.5, 11.0, 40.0))) == []


def test_near_codes_are_offered_for_one_that_is_unknown(store: Store):
    assert "01.1.3" in store.nearest_codes("01.1.33")
    assert len(store.nearest_codes("99", limit=3)) == 3


# A folder is not trusted


def test_a_whole_store_verifies(tmp_path: Path):
    stored(tmp_path / "s", country())
    verify_store(tmp_path / "s")


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_file_that_was_changed_is_found_by_verifying(tmp_path: Path, name: str):
    stored(tmp_path / "s", country())
    path = tmp_path / "s" / name
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:] if content else b"x")
    with pytest.raises(DamagedStore, match=name):
        verify_store(tmp_path / "s")


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_file_that_was_cut_short_or_lost_does_not_open(tmp_path: Path, name: str):
    stored(tmp_path / "s", country())
    path = tmp_path / "s" / name
    if path.stat().st_size:
        os.truncate(path, path.stat().st_size - 1)
        with pytest.raises(DamagedStore, match=name):
            open_store(tmp_path / "s")
    path.unlink()
    with pytest.raises(DamagedStore, match=name):
        open_store(tmp_path / "s")


UNBOUNDED = ("valid_from", "valid_to", "bbox", "gram_spellings")
"""Numbers that point nowhere, and postings, which are checked where they are read."""
POINTERS = [
    name for name, types in TYPES.items() if types in (STARTS, ("<i4",), ("<i8",)) and name not in UNBOUNDED
]


@pytest.mark.parametrize("name", POINTERS)
def test_numbers_that_point_outside_do_not_open(tmp_path: Path, name: str):
    stored(tmp_path / "s", country())
    path = tmp_path / "s" / name
    content = bytearray(path.read_bytes())
    if not content:
        pytest.skip("nothing is stored there in this sample")
    content[-1] = 0x7F  # the highest byte of the last number
    path.write_bytes(content)
    with pytest.raises(DamagedStore, match=name):
        open_store(tmp_path / "s")


def test_an_index_of_keys_that_divides_nothing_does_not_open(tmp_path: Path):
    stored(tmp_path / "s", country())
    manifest = json.loads((tmp_path / "s" / MANIFEST).read_text())
    manifest["files"]["key_name_starts"]["count"] = 0
    (tmp_path / "s" / MANIFEST).write_text(json.dumps(manifest))
    (tmp_path / "s" / "key_name_starts").write_bytes(b"")
    with pytest.raises(DamagedStore, match="key_name_starts"):
        open_store(tmp_path / "s")


@pytest.mark.parametrize("size", ["1e999", "[" * 100_000])
def test_a_manifest_whose_size_is_no_number_does_not_open(tmp_path: Path, size: str):
    stored(tmp_path / "s", country())
    manifest = tmp_path / "s" / MANIFEST
    manifest.write_text(re.sub(r'"size": \d+', f'"size": {size}', manifest.read_text()))
    with pytest.raises(DamagedStore):
        open_store(tmp_path / "s")


@pytest.mark.parametrize("name", ["texts", "codes", "parent_codes", "keys", "successors"])
def test_bytes_that_are_no_text_are_a_damaged_store(tmp_path: Path, name: str):
    stored(tmp_path / "s", country())
    path = tmp_path / "s" / name
    path.write_bytes(b"\xff" * path.stat().st_size)
    store = open_store(tmp_path / "s")
    readers = {
        "texts": store.names, "codes": store.code, "parent_codes": store.parent, "keys": finder_of(store).key,
        "successors": store.successors,
    }  # fmt: skip
    with pytest.raises(DamagedStore, match=name):
        list(map(readers[name], range(store.size)))
    if name == "keys":
        with pytest.raises(DamagedStore, match=name):
            match(store, Query("Oulad Zbiar"), at=TODAY)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": 3}', "\udcff"])
def test_a_manifest_that_is_none_does_not_open(tmp_path: Path, text: str):
    stored(tmp_path / "s", country())
    (tmp_path / "s" / MANIFEST).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(DamagedStore):
        open_store(tmp_path / "s")


def test_a_type_that_is_not_expected_does_not_open(tmp_path: Path):
    stored(tmp_path / "s", country())
    manifest = tmp_path / "s" / MANIFEST
    manifest.write_text(manifest.read_text().replace('"type": "<i4"', '"type": "|O"', 1))
    with pytest.raises(DamagedStore, match="type"):
        open_store(tmp_path / "s")


@pytest.mark.parametrize("field", ["key_version", "builder_version"])
def test_a_store_of_another_key_or_builder_version_is_stale(tmp_path: Path, field: str):
    stored(tmp_path / "s", country())
    manifest = tmp_path / "s" / MANIFEST
    manifest.write_text(manifest.read_text().replace(f'"{field}": "', f'"{field}": "other-'))
    with pytest.raises(StaleStore, match="other-"):
        open_store(tmp_path / "s")


def test_excluded_texts_are_kept_but_lead_nowhere(tmp_path: Path):
    names = (Name("Boulangerie", "fr", "Latn", "preferred"), Name("Pâtisserie", "fr", "Latn", "exclusion"))
    rows = [row("10.71", "region", None)._replace(names=names)]
    store = stored(tmp_path / "s", rows, profile="activities")
    assert store.names(0) == list(names)
    assert store.files["name_spellings"].tolist() == [0, -1]


def test_opening_and_matching_import_no_web_framework_and_no_database():
    script = (
        "import sys, matching.store, matching.matcher, matching.suggesting\n"
        "print([name for name in ('flask', 'sqlalchemy', 'registry', 'referentials') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
