"""From records to rows: what is rendered, when it holds, and what took its place."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from matching.rows import BadRow
from matching.store import OPEN_END, UNKNOWN_START, Row, open_store
from referentials.compiling import compile_search, day_number, rows_of
from referentials.drafting import draft_from_list
from referentials.listing import ListedItem, ListedObservation, OtherName
from referentials.records import ChangeEvent, ChangeLink, Designation, Fact, Observation, State
from referentials.searchable import Portion
from referentials.shapes import to_wkb
from referentials.snapshot import Content, ContentHeader, open_content, write_content

NOW = date(2024, 9, 1)
DAY = day_number(NOW.isoformat())
REGION, COMMUNE, OTHER = (uuid.UUID(int=number) for number in (1, 2, 3))


def content_of(folder: Path, *facts: Fact) -> Content:
    records = sorted((fact.record() for fact in facts), key=lambda record: record.order)
    write_content(folder / "content", ContentHeader("units", 1, "2024", NOW), records)
    return open_content(folder / "content")


def state(item: uuid.UUID, code: str, level: str = "commune", **more: Any) -> State:
    return State(item, code, level, more.pop("parent", None), more.pop("names", {}), {}, **more)


def event(
    kind: str, sources: Iterable[tuple[uuid.UUID, str]], targets: Iterable[tuple[uuid.UUID, str]]
) -> ChangeEvent:
    links = [ChangeLink("source", item, code, "commune") for item, code in sources]
    links += [ChangeLink("target", item, code, "commune") for item, code in targets]
    return ChangeEvent(uuid.uuid4(), kind, NOW, "decree", tuple(links))


def rendered(row: Row) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(row.rendered)
    return fields


def test_an_item_is_rendered_with_its_names_figures_and_place(tmp_path: Path) -> None:
    point = to_wkb(shapely.Point(-5.0, 34.0))
    content = content_of(
        tmp_path,
        state(REGION, "03", "region", names={"fr": "Fès-Meknès"}),
        state(COMMUNE, "03.1", parent=REGION, names={"ar": "فاس", "fr": "Fès"}, shape=point),
        Designation(COMMUNE, "Fez", "en", "Latn", "alternative", "GeoNames"),
        Designation(COMMUNE, "fes", None, "Latn", "hidden", "GeoNames"),
        Observation(COMMUNE, "population", NOW, 1256172, "persons", "HCP"),
    )
    _, row = rows_of(Portion(content))
    assert row.rendered.startswith(b'{"code":"03.1","level":"commune","parent":"03",')
    assert rendered(row)["names"] == {"ar": "فاس", "fr": "Fès"}
    assert rendered(row)["other_names"] == [{"text": "Fez", "language": "en", "script": "Latn"}]
    assert rendered(row)["observations"][0]["value"] == 1256172
    assert [(name.text, name.script, name.use) for name in row.names] == [
        ("فاس", "Arab", "preferred"),
        ("Fès", "Latn", "preferred"),
        ("Fez", "Latn", "alternative"),
        ("fes", "Latn", "hidden"),
    ]
    assert row.bbox == (-5.0, 34.0, -5.0, 34.0)
    assert (row.shape, row.simplified) == (point, None)
    assert row.importance > 10


def test_a_state_has_a_row_for_each_code_that_its_parent_has_meanwhile(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        state(REGION, "16", "region", valid_to=NOW),
        state(REGION, "01", "region", valid_from=NOW),
        state(COMMUNE, "01.1", parent=REGION),
    )
    rows = [row for row in rows_of(Portion(content)) if row.code == "01.1"]
    assert [(row.parent, row.valid_from, row.valid_to) for row in rows] == [
        ("16", UNKNOWN_START, DAY),
        ("01", DAY, OPEN_END),
    ]
    assert [rendered(row)["parent"] for row in rows] == ["16", "01"]
    assert [rendered(row)["valid_from"] for row in rows] == [None, None]  # it is still one state


def test_no_attribute_or_name_passes_for_a_part_of_the_record(tmp_path: Path) -> None:
    imitation = {"family": "state", "item": str(OTHER), "parent": str(COMMUNE)}
    content = content_of(
        tmp_path,
        State(REGION, "01", "region", None, imitation, {"a": imitation}),
        State(COMMUNE, "01.1", "commune", REGION, imitation, {"a": imitation, "parent": "none é" * 9}),
        State(OTHER, "02", "region", None, {"parent": "nobody"}, {"parent": "none é" * 9}),
    )
    assert [(row.code, row.parent) for row in rows_of(Portion(content))] == [
        ("01", None),
        ("01.1", "01"),
        ("02", None),
    ]


def test_a_code_names_what_replaced_it_and_what_it_came_from(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        state(COMMUNE, "A", valid_to=NOW),
        state(COMMUNE, "B", valid_from=NOW),
        event("recode", [(COMMUNE, "A")], [(COMMUNE, "B")]),
        event("rename", [(COMMUNE, "A")], [(COMMUNE, "B")]),
    )
    before, after = rows_of(Portion(content))
    successor = {"code": "B", "event": "recode", "effective_on": "2024-09-01"}
    assert rendered(before)["successors"] == [successor]
    assert before.successors == ("B",)
    assert rendered(after)["predecessors"] == [{**successor, "code": "A"}]


def test_the_source_of_an_extraction_stays_and_has_no_successor(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        state(COMMUNE, "A"),
        state(OTHER, "B", valid_from=NOW),
        event("extraction", [(COMMUNE, "A")], [(OTHER, "B")]),
    )
    source, extracted = rows_of(Portion(content))
    assert source.successors == ()
    assert [link["code"] for link in rendered(extracted)["predecessors"]] == ["A"]


def test_the_giver_of_a_transfer_lives_on_and_has_no_successor(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        state(COMMUNE, "A", valid_to=NOW),
        state(COMMUNE, "A", valid_from=NOW),
        state(OTHER, "B", valid_from=NOW),
        event("transfer", [(COMMUNE, "A")], [(OTHER, "B")]),
    )
    before, _, taker = rows_of(Portion(content))
    assert before.successors == ()
    assert [link["code"] for link in rendered(taker)["predecessors"]] == ["A"]


def test_a_name_is_given_to_the_states_it_belongs_to(tmp_path: Path) -> None:
    content = content_of(
        tmp_path,
        state(COMMUNE, "A", valid_to=NOW),
        state(COMMUNE, "B", valid_from=NOW),
        Designation(COMMUNE, "Old", "fr", "Latn", "alternative", "BO", valid_to=NOW),
    )
    assert [[name.text for name in row.names] for row in rows_of(Portion(content))] == [["Old"], []]


@pytest.mark.parametrize("kind", ["correction", "annulment"])
def test_a_code_that_was_never_right_answers_invalid_with_what_is(tmp_path: Path, kind: str) -> None:
    content = content_of(tmp_path, state(COMMUNE, "A"), event(kind, [(COMMUNE, "WRONG")], [(COMMUNE, "A")]))
    compile_search(content, tmp_path / "search", profile="place-names", levels=["commune"])
    store = open_store(tmp_path / "search")
    found = store.find("WRONG", DAY)
    assert found is not None
    assert found.status == "invalid"
    assert json.loads(store.rendered(found.row))["successors"][0]["code"] == "A"
    valid = store.find("A", DAY)
    assert valid is not None
    assert valid.status == "valid"


periods = st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1])


@given(own=periods, cuts=st.lists(st.integers(0, 9), unique=True, max_size=4).map(sorted))
def test_the_rows_of_a_state_cover_its_days_once(
    tmp_path_factory: pytest.TempPathFactory, own: tuple[int, int], cuts: list[int]
) -> None:
    def day(number: int) -> date:
        return date(2000 + number, 1, 1)

    bounds = list(itertools.pairwise(cuts))
    parents = [
        state(REGION, f"P{start}", "region", valid_from=day(start), valid_to=day(end))
        for start, end in bounds
    ]
    child = state(COMMUNE, "C", parent=REGION, valid_from=day(own[0]), valid_to=day(own[1]))
    content = content_of(tmp_path_factory.mktemp("content"), *parents, child)
    rows = [row for row in rows_of(Portion(content)) if row.code == "C"]
    for number in range(*own):
        holding = [
            row for row in rows if row.valid_from <= day_number(day(number).isoformat()) < row.valid_to
        ]
        expected = next((f"P{start}" for start, end in bounds if start <= number < end), None)
        assert [row.parent for row in holding] == [expected]


def many(count: int) -> list[ListedItem]:
    """Items of many parents, names in two scripts, shapes, other names and figures."""
    regions = [ListedItem(f"R{n:02}", "region", None, {"fr": f"Région {n}"}) for n in range(9)]
    return regions + [
        ListedItem(
            f"C{n:04}",
            "commune",
            f"R{n % 9:02}",
            {"fr": f"Aït {n}", "ar": f"آيت {n % 50}"},
            shape=shapely.Point(-5 + n / 1000, 33) if n % 3 else None,
            other_names=(OtherName(f"Ait {n}", "fr", "Latn", "alternative", "made up"),) if n % 4 else (),
            observations=(ListedObservation("population", date(2024, 9, 1), n, "person", "made up"),),
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("processes", [2, 3, 5])
def test_portions_that_processes_compile_come_to_the_same_bytes(tmp_path: Path, processes: int) -> None:
    draft = draft_from_list("units", 1, None, many(400), [], date(2024, 9, 1))
    write_content(tmp_path / "content", ContentHeader("units", 1, "1", date(2024, 9, 1)), draft.added)
    content = open_content(tmp_path / "content")
    levels = ["region", "commune"]
    compile_search(content, tmp_path / "alone", profile="place-names", levels=levels, processes=1)
    compile_search(content, tmp_path / "shared", profile="place-names", levels=levels, processes=processes)
    alone = {path.name: path.read_bytes() for path in (tmp_path / "alone").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "shared").iterdir()} == alone
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alone", "content", "shared"]


def test_what_a_process_could_not_compile_is_refused_with_its_reason(tmp_path: Path) -> None:
    draft = draft_from_list("units", 1, None, many(40), [], date(2024, 9, 1))
    write_content(tmp_path / "content", ContentHeader("units", 1, "1", date(2024, 9, 1)), draft.added)
    content = open_content(tmp_path / "content")
    with pytest.raises(BadRow, match="is not one of commune"):
        compile_search(content, tmp_path / "search", profile="place-names", levels=["commune"], processes=2)
    assert not list(tmp_path.glob("portions-*"))
