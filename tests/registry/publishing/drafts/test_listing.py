"""The list that a draft proposes, and the change rows that come of it, on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely
from sqlalchemy import Engine, insert, update

from referentials.drafting import UnfitList
from referentials.listing import ListedChange, ListedItem, ListedLink, ListedObservation, OtherName
from referentials.listing_bytes import change_bytes
from referentials.parsing import parse
from referentials.records import State
from registry.accounts.actors import Actor, Grant
from registry.database import begin_write
from registry.models import ChangeSet, DraftEvent
from registry.publishing.drafts.building import build, proposed_content
from registry.publishing.drafts.checking import check_draft
from registry.publishing.drafts.items import DraftRow, append_items, remove_item, set_item
from registry.publishing.drafts.listing import WorkingList, working_list
from registry.publishing.drafts.opening import NewDraft, open_draft
from registry.publishing.drafts.unexplained import NoVersionYet
from registry.publishing.rows import read_added, read_withdrawn
from tests.publishing import add_units, publish_list

THEN, NOW = date(2014, 9, 1), date(2024, 9, 1)
SQUARE = shapely.box(-6, 33, -5, 34)
REGION = ListedItem("01", "region", None, {"fr": "Nord", "ar": "الشمال"})
NOTED = OtherName("Tafraoute", "fr", "Latn", "alternative", "made up")
SHAPED = ListedItem(
    "01.05", "commune", "01", {"fr": "Tafraout", "ar": "تافراوت"}, {"type": "rural"}, SQUARE, (NOTED,)
)
OTHER = ListedItem("01.07", "commune", "01", {"fr": "Aglou", "ar": "أكلو"})
EDITOR = Actor(uuid.uuid4(), "Editor", None, frozenset({Grant("editor")}))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@pytest.fixture
def published(engine: Engine, root: Path) -> Engine:
    """A database with one version of three items."""
    add_units(engine)
    publish_list(engine, root, "2014", THEN, [REGION, SHAPED, OTHER])
    return engine


def opened(engine: Engine, mode: str, rows: Iterable[DraftRow] = (), **columns: object) -> uuid.UUID:
    """A draft of the next version with these rows."""
    with begin_write(engine) as connection:
        draft = open_draft(connection, EDITOR, NewDraft("units", "2024", NOW, mode))
        append_items(connection, draft.id, rows)
        if columns:
            connection.execute(update(ChangeSet).where(ChangeSet.id == draft.id).values(**columns))
    return draft.id


def state_event(engine: Engine, draft: uuid.UUID, change: ListedChange, status: str = "confirmed") -> None:
    with begin_write(engine) as connection:
        connection.execute(
            insert(DraftEvent).values(
                change_set=draft, position=0, status=status, payload=change_bytes(change)
            )
        )


def listed(engine: Engine, root: Path, draft: uuid.UUID) -> WorkingList:
    with engine.connect() as connection:
        return working_list(connection, root, draft)


def change(kind: str, source: str, target: str) -> ListedChange:
    return ListedChange(kind, NOW, (ListedLink(source),), (ListedLink(target),), "a decree")


def rows_of(*items: ListedItem) -> list[DraftRow]:
    """Rows as an import stores them, from row 2 on."""
    return [DraftRow(number, "set", item.code, item) for number, item in enumerate(items, 2)]


def test_a_draft_of_changes_proposes_the_base_with_its_changes(published: Engine, root: Path) -> None:
    renamed = replace(OTHER, names={"fr": "Aglou Centre", "ar": "أكلو"})
    draft = opened(published, "changes", [DraftRow(7, "set", "01.07", renamed)])
    found = listed(published, root, draft)
    assert [(item.code, row) for item, row in zip(found.items, found.rows, strict=True)] == [
        ("01.07", 7),
        ("01", None),
        ("01.05", None),
    ]
    assert found.edits == (renamed,)


def test_a_full_draft_proposes_its_own_rows_only(published: Engine, root: Path) -> None:
    found = listed(published, root, opened(published, "full", rows_of(REGION, OTHER)))
    assert found.items == (REGION, OTHER)
    assert found.rows == (2, 3)


def test_what_is_removed_or_ended_by_an_event_is_not_proposed(published: Engine, root: Path) -> None:
    draft = opened(published, "changes", rows_of(replace(OTHER, code="01.11")))
    with begin_write(published) as connection:
        remove_item(connection, draft, "01.05")
    state_event(published, draft, change("recode", "01.07", "01.11"))
    assert sorted(item.code for item in listed(published, root, draft).items) == ["01", "01.11"]


def test_a_file_without_a_column_for_shapes_does_not_erase_them(published: Engine, root: Path) -> None:
    plain = ListedItem("01.05", "", None, {"fr": "Tafraoute"})
    mapping = {"columns": {"code": "CODE", "name_fr": "NOM"}}
    draft = opened(published, "full", rows_of(replace(REGION, names={"fr": "Nord"}), plain), mapping=mapping)
    (_, item) = listed(published, root, draft).items
    assert item == replace(SHAPED, names={"fr": "Tafraoute", "ar": "تافراوت"}, valid_from=None)
    with begin_write(published) as connection:
        set_item(connection, draft, plain)
    assert listed(published, root, draft).items[-1] == plain, "what is entered by hand is taken as it is"


def test_a_recoded_item_is_completed_from_the_one_that_it_was(published: Engine, root: Path) -> None:
    moved = ListedItem("01.11", "", None, {"fr": "Tafraout"})
    mapping = {"columns": {"code": "CODE", "name_fr": "NOM"}}
    draft = opened(published, "changes", rows_of(moved), mapping=mapping)
    state_event(published, draft, change("recode", "01.05", "01.11"))
    (item,) = listed(published, root, draft).edits
    assert (item.level, item.parent, item.shape) == ("commune", "01", SQUARE)


def test_an_event_that_is_only_proposed_does_not_count(published: Engine, root: Path) -> None:
    draft = opened(published, "changes", rows_of(replace(OTHER, code="01.11")))
    state_event(published, draft, change("recode", "01.07", "01.11"), "proposed")
    with begin_write(published) as connection, pytest.raises(UnfitList, match=r"'01\.11' appears"):
        build(connection, root, draft)


def test_building_twice_gives_the_same_rows(published: Engine, root: Path) -> None:
    draft = opened(published, "changes", rows_of(replace(OTHER, code="01.11")))
    state_event(published, draft, change("recode", "01.07", "01.11"))
    for _ in range(2):
        with begin_write(published) as connection:
            built = build(connection, root, draft)
        with published.connect() as connection:
            assert tuple(read_added(connection, draft)) == built.added
            assert tuple(read_withdrawn(connection, draft)) == built.withdrawn
    assert [record.family for record in built.added] == ["state", "state", "event"]


def test_an_editorial_draft_restates_in_place(published: Engine, root: Path) -> None:
    placed = replace(OTHER, shape=SQUARE)
    draft = opened(published, "changes", rows_of(placed), change_class="editorial")
    with begin_write(published) as connection:
        built = build(connection, root, draft)
    (state,) = (parse(record.payload) for record in built.added)
    assert isinstance(state, State)
    assert (state.code, state.valid_from, state.valid_to) == ("01.07", None, None)


def test_what_a_draft_comes_to_can_be_read_before_it_is_submitted(published: Engine, root: Path) -> None:
    draft = opened(published, "changes", rows_of(replace(OTHER, code="01.11")))
    state_event(published, draft, change("recode", "01.07", "01.11"))
    with published.connect() as connection, proposed_content(connection, root, draft) as content:
        codes = [fact.code for fact in content.facts("state") if isinstance(fact, State)]
        assert sorted(codes) == ["01", "01.05", "01.07", "01.11"]
        assert content.header.ordinal == 2
        folder = content.folder
    assert not folder.exists()


def test_who_gets_another_code_keeps_children_that_the_draft_does_not_list(
    published: Engine, root: Path
) -> None:
    draft = opened(published, "changes", rows_of(replace(REGION, code="09")))
    state_event(published, draft, change("recode", "01", "09"))
    assert {item.code: item.parent for item in listed(published, root, draft).items} == {
        "09": None,
        "01.05": "09",
        "01.07": "09",
    }
    with begin_write(published) as connection:
        added = [parse(record.payload) for record in build(connection, root, draft).added]
    assert {state.level for state in added if isinstance(state, State)} == {"region"}


@pytest.mark.parametrize("kind", ["extraction", "absorption"])
def test_what_comes_of_another_item_is_not_taken_for_it(published: Engine, root: Path, kind: str) -> None:
    target = "01.99" if kind == "extraction" else "01.07"
    plain = ListedItem(target, "commune", "", {"fr": "Aglou"})
    mapping = {"columns": {"code": "CODE", "level": "NIVEAU", "name_fr": "NOM"}}
    draft = opened(published, "changes", rows_of(plain), mapping=mapping)
    state_event(published, draft, change(kind, "01.05", target))
    (item,) = listed(published, root, draft).edits
    assert item.shape is None, "the shape is that of 01.05"
    assert item.names.get("ar") == (None if kind == "extraction" else OTHER.names["ar"])


def figure(value: int, day: date = THEN) -> ListedObservation:
    return ListedObservation("population", day, value, "persons", "HCP")


COUNTED = [
    replace(REGION, observations=(figure(12),)),
    replace(SHAPED, observations=(figure(5),)),
    replace(OTHER, observations=(figure(7),)),
]


@pytest.fixture
def counted(engine: Engine, root: Path) -> Engine:
    """A database with one version of three items, whose figures add up."""
    add_units(engine)
    publish_list(engine, root, "2014", THEN, COUNTED)
    return engine


def figures_in(found: WorkingList) -> dict[str, list[int | float]]:
    return {item.code: [seen.value for seen in item.observations] for item in found.items}


def test_a_recoded_item_takes_its_figures_along_and_sums_count_them(counted: Engine, root: Path) -> None:
    draft = opened(counted, "full", rows_of(REGION, SHAPED, replace(OTHER, code="01.11")))
    state_event(counted, draft, change("recode", "01.07", "01.11"))
    assert figures_in(listed(counted, root, draft)) == {"01": [12], "01.05": [5], "01.11": [7]}
    with begin_write(counted) as connection:
        report = check_draft(connection, root, draft)
        set_item(connection, draft, replace(OTHER, code="01.11", observations=(figure(8),)))
        after = check_draft(connection, root, draft)
    assert "parts_unlike_whole" not in report.open_questions
    (finding,) = [each for each in after.findings if each.rule == "parts_unlike_whole"]
    assert finding.message == "the parts have 13 together, the whole has 12"


def test_a_figure_that_a_draft_states_takes_the_place_of_the_one_of_its_day(
    counted: Engine, root: Path
) -> None:
    stated = replace(OTHER, observations=(figure(8), figure(9, NOW)))
    draft = opened(counted, "changes", rows_of(stated))
    assert figures_in(listed(counted, root, draft))["01.07"] == [8, 9]


def test_figures_do_not_go_over_to_another_item(counted: Engine, root: Path) -> None:
    draft = opened(
        counted, "full", rows_of(REGION, replace(SHAPED, level="province"), replace(OTHER, code="02"))
    )
    assert figures_in(listed(counted, root, draft)) == {"01": [12], "01.05": [], "02": []}


def test_what_was_counted_before_is_no_change_of_the_draft(counted: Engine, root: Path) -> None:
    draft = opened(counted, "full", rows_of(REGION, SHAPED, OTHER))
    with begin_write(counted) as connection:
        made = build(connection, root, draft)
    assert (made.added, made.withdrawn) == ((), ())


def test_what_is_not_explained_is_named_where_the_version_to_be_is_asked_for(
    published: Engine, root: Path
) -> None:
    draft = opened(published, "full", rows_of(REGION, SHAPED, replace(OTHER, code="01.11")))
    with (
        published.connect() as connection,
        pytest.raises(NoVersionYet) as refused,
        proposed_content(connection, root, draft),
    ):
        pass
    assert refused.value.members["appearing"] == ["01.11"]
    assert refused.value.members["disappearing"] == ["01.07"]
    assert "says why 1 codes appear: 01.11; no confirmed event says why 1 codes disappear: 01.07" in str(
        refused.value
    )


def test_other_reasons_than_events_are_told_as_they_are(published: Engine, root: Path) -> None:
    draft = opened(published, "full", rows_of(REGION, replace(SHAPED, parent="99"), OTHER))
    with (
        published.connect() as connection,
        pytest.raises(NoVersionYet, match="has the parent '99'"),
        proposed_content(connection, root, draft),
    ):
        pass
