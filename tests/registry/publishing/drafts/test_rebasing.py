"""A draft follows the newest version: what both touched is named, what only that touched is taken over."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from referentials.listing import ListedItem
from registry.accounts.actors import NotAllowed
from registry.database import begin_write
from registry.library import Library
from registry.publishing.drafts.items import DraftRow, append_items, read_items
from registry.publishing.drafts.opening import edit_details, touch
from registry.publishing.drafts.rebasing import RebaseReport, rebase
from registry.publishing.review import publish_approved, submit
from tests.registry.publishing.review.world import (
    APPROVER,
    EDITOR,
    FIRST,
    THIRD_REGION,
    World,
    creation,
    make_world,
)

TANGER, SOUSS = FIRST
FOURTH = ListedItem("04", "region", None, {"fr": "Marrakech", "ar": "مراكش"})


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> World:
    return make_world(engine, tmp_path / "snapshots")


def renamed(item: ListedItem, fr: str) -> ListedItem:
    return replace(item, names={**item.names, "fr": fr})


def meanwhile(world: World, *items: ListedItem) -> None:
    """Another version comes, which changes these items."""
    publish_approved(world.engine, world.root, APPROVER, world.approved("meanwhile", *items))


def rebased(world: World, draft: uuid.UUID) -> RebaseReport:
    with begin_write(world.engine) as connection:
        return rebase(connection, world.root, EDITOR, draft)


def listed(world: World, draft: uuid.UUID) -> dict[str, str]:
    with world.engine.connect() as connection:
        return {
            row.code: row.item.names["fr"] for row in read_items(connection, draft) if row.item is not None
        }


def test_a_draft_of_changes_goes_on_over_the_newest_version(world: World) -> None:
    draft = world.ready("mine", FOURTH)
    meanwhile(world, THIRD_REGION)
    assert rebased(world, draft) == RebaseReport(2, (), ())
    world.give_words(draft)
    submit(world.engine, world.root, EDITOR, draft)
    world.approve(draft)
    assert publish_approved(world.engine, world.root, APPROVER, draft) == 3
    store = Library(world.root).snapshot("units").store
    assert [store.code(row) for row in range(store.size)] == ["01", "02", "03", "04"]


def test_an_item_that_both_touched_is_a_conflict_and_stays_as_the_draft_has_it(world: World) -> None:
    draft = world.ready("mine", renamed(TANGER, "Tanger-Tétouan"), renamed(SOUSS, "Souss-Massa"))
    meanwhile(world, renamed(TANGER, "Tanger-Al Hoceïma"), renamed(SOUSS, "Souss-Massa"))
    assert rebased(world, draft) == RebaseReport(2, (), ("01",))
    assert listed(world, draft) == {"01": "Tanger-Tétouan", "02": "Souss-Massa"}


def test_a_full_list_takes_over_what_it_did_not_touch(world: World) -> None:
    draft = world.open(mode="full", label="mine")
    world.put(draft, TANGER, renamed(SOUSS, "Souss-Massa"), FOURTH)
    world.state(draft, creation("04"))
    meanwhile(world, renamed(TANGER, "Tanger-Tétouan"), THIRD_REGION)
    report = rebased(world, draft)
    assert (report.taken_over, report.conflicts) == (("01", "03"), ())
    assert listed(world, draft) == {
        "01": "Tanger-Tétouan",
        "02": "Souss-Massa",
        "03": "Oriental",
        "04": "Marrakech",
    }


def test_a_full_list_that_touched_the_same_item_keeps_its_own(world: World) -> None:
    draft = world.open(mode="full", label="mine")
    world.put(draft, renamed(TANGER, "Tanger"), renamed(SOUSS, "Souss-Massa"))
    meanwhile(world, renamed(SOUSS, "Sous"))
    assert rebased(world, draft).conflicts == ("02",)
    assert listed(world, draft)["02"] == "Souss-Massa"


def test_a_column_that_a_file_lacks_makes_no_conflict(world: World) -> None:
    draft = world.open(mode="full", label="mine")
    rows = [
        DraftRow(number, "set", item.code, replace(item, names={"fr": item.names["fr"]}))
        for number, item in enumerate(FIRST, 2)
    ]
    with begin_write(world.engine) as connection:
        touch(connection, EDITOR, draft, None)
        append_items(connection, draft, rows)
        columns = {"code": "Code", "level": "Niveau", "name_fr": "Nom"}
        edit_details(connection, EDITOR, draft, None, mapping={"columns": columns})
    meanwhile(world, renamed(TANGER, "Tanger-Tétouan"))
    assert rebased(world, draft) == RebaseReport(2, ("01",), ())
    assert listed(world, draft) == {"01": "Tanger-Tétouan", "02": "Souss"}


def test_rebasing_takes_an_approval_back(world: World) -> None:
    draft = world.approved("mine", FOURTH)
    meanwhile(world, THIRD_REGION)
    rebased(world, draft)
    view = world.view(draft)
    assert (view.status, view.base_ordinal, view.approved_by) == ("draft", 2, None)


def test_only_an_editor_rebases_and_the_newest_needs_none(world: World) -> None:
    draft = world.ready()
    assert rebased(world, draft) == RebaseReport(1, (), ())
    with pytest.raises(NotAllowed), begin_write(world.engine) as connection:
        rebase(connection, world.root, APPROVER, draft)
