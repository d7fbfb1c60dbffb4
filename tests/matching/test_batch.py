"""Batches of columns are answered as single texts are, whatever their size and order."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import batch as batches_of
from matching.batch import BadBatch, BatchMatcher, BatchPlan
from matching.choices import Choice
from matching.matcher import Query, match
from matching.pool import match_batches
from matching.store import DamagedStore, Store
from tests.matching.samples import TODAY, untimed

TEXTS = (
    "Ajdir",
    "Taza",
    "taza",
    "Rhafsay",
    "غفساي",
    "Oulad Zbair (Mun.)",
    "Matmata",
    "nothing like it",
    "01.1",
    "",
    " ",
)
WITHINS = (None, "", "Taza", "Taounat", "01.2", "nowhere")
rows = st.lists(st.tuples(st.sampled_from((None, *TEXTS)), st.sampled_from(WITHINS)), max_size=30)


@pytest.fixture
def plan(store: Store) -> BatchPlan:
    return BatchPlan(store.folder, "place", TODAY, "units", "2024", within="in")


def batch_of(pairs: list[tuple[str | None, str | None]]) -> pa.RecordBatch:
    texts, withins = ([pair[side] for pair in pairs] for side in (0, 1))
    return pa.record_batch(
        {
            "number": pa.array(range(len(pairs)), pa.int64()),
            "place": pa.array(texts, pa.string()),
            "in": pa.array(withins, pa.string()),
        }
    )


def answered(plan: BatchPlan, *batches: pa.RecordBatch) -> list[dict[str, object]]:
    return [row for batch in BatchMatcher(plan)(batches) for row in batch.to_pylist()]


@untimed
@given(rows, st.integers(1, 7))
def test_a_batch_is_answered_as_its_texts_are_one_by_one(
    store: Store, pairs: list[tuple[str | None, str | None]], size: int
) -> None:
    plan = BatchPlan(store.folder, "place", TODAY, "units", "2024", within="in")
    found = answered(plan, *(batch_of(pairs[start : start + size]) for start in range(0, len(pairs), size)))
    assert [(row["place"], row["in"]) for row in found] == pairs
    for row in found:
        text, within = row["place"] or "", row["in"] or None
        single = (
            match(store, Query(str(text), within and str(within)), at=TODAY) if str(text).strip() else None
        )
        assert row["units_outcome"] == (single.outcome if single else "none")
        best = single.candidates[0] if single and single.outcome != "none" else None
        assert (row["units_code"], row["units_score"]) == ((best.code, best.score) if best else (None, None))
        assert row["units_version"] == "2024"


def test_what_is_appended_comes_after_every_input_column_in_a_frozen_order(plan: BatchPlan) -> None:
    [found] = BatchMatcher(plan)([batch_of([("Rhafsay", "Taounate")])])
    assert found.schema.names == [
        *("number", "place", "in", "units_code", "units_name", "units_score", "units_outcome"),
        *("units_matched_name", "units_second_code", "units_second_score", "units_version"),
    ]
    assert found.schema == plan.schema(batch_of([]).schema)
    assert found.to_pylist()[0]["units_code"] == "01.2.2"


def test_answers_do_not_depend_on_what_is_remembered(
    plan: BatchPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = [batch_of([(text, within) for text in TEXTS]) for within in (*WITHINS, *WITHINS)]
    remembered = answered(plan, *batches)
    monkeypatch.setattr(batches_of, "_REMEMBERED", 3)
    assert answered(plan, *batches) == remembered


def test_choices_and_levels_go_with_the_plan(store: Store) -> None:
    chosen = (Choice("our old town", None, "01.1.1"), Choice("Ajdir", None, None))
    plan = BatchPlan(store.folder, "place", TODAY, "units", "2024", levels=("commune",), choices=chosen)
    batch = batch_of([("Our old town", None), ("Ajdir", None), ("Taza", None)])
    found = [(row["units_outcome"], row["units_code"]) for row in answered(plan, batch)]
    assert found == [("exact", "01.1.1"), ("none", None), ("exact", "01.1.1")]


def test_a_column_of_numbered_texts_is_matched_too(plan: BatchPlan) -> None:
    plain = batch_of([("Ajdir", "Taza"), ("Ajdir", None)])
    encoded = pa.record_batch(
        {
            name: plain.column(name).dictionary_encode() if name != "number" else plain.column(name)
            for name in plain.schema.names
        }
    )
    assert answered(plan, encoded) == answered(plan, plain)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"in": ["Taza"]}, "column 'place' is there 0 times; the columns are in"),
        ({"place": [7], "in": ["Taza"]}, "column 'place' is of type int64, and texts are matched"),
        ({"place": ["Ajdir"], "in": ["Taza"], "units_code": ["1"]}, "column 'units_code' is there already"),
    ],
)
def test_columns_that_are_wrong_are_named(
    plan: BatchPlan, columns: dict[str, list[object]], problem: str
) -> None:
    with pytest.raises(BadBatch, match=problem):
        answered(plan, pa.record_batch(columns))


def test_a_folder_that_holds_no_index_is_refused(plan: BatchPlan, tmp_path: Path) -> None:
    nowhere = BatchPlan(tmp_path, "place", TODAY, "units", "2024")
    with pytest.raises(DamagedStore):
        answered(nowhere, batch_of([("Ajdir", None)]))


def test_several_processes_give_what_one_gives_in_the_same_order(plan: BatchPlan) -> None:
    batches = [batch_of([(text, within) for text in TEXTS]) for within in WITHINS]
    alone = [batch.to_pylist() for batch in match_batches(plan, iter(batches), processes=1)]
    assert [batch.to_pylist() for batch in match_batches(plan, iter(batches), processes=2)] == alone
