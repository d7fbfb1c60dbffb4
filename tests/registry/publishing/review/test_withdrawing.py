"""Change sets are given up; versions are taken back by a successor, and stay readable."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from registry.accounts.actors import Actor, NotAllowed
from registry.database import begin_write
from registry.errors import BadValue, Conflict, UnknownReferential, UnknownVersion
from registry.library import Library
from registry.models import OutboxEntry
from registry.publishing import publish as publishing
from registry.publishing.compilation import put_in_place
from registry.publishing.review import (
    NotReady,
    approve,
    propose_withdrawal,
    publish_approved,
    publish_due,
    rebase,
    submit,
    withdraw,
)
from registry.publishing.shelving import flip_catalogue
from tests.registry.publishing.review.world import (
    APPROVER,
    EDITOR,
    NOTES,
    OFFICER,
    THIRD_REGION,
    World,
)


def give_up(world: World, draft: Any, actor: Actor = EDITOR, note: str = "no decree") -> None:
    with begin_write(world.engine) as connection:
        withdraw(connection, actor, draft, note)


def taking_back(world: World, label: str = "2", why: str = "the decree was annulled") -> Any:
    with begin_write(world.engine) as connection:
        return propose_withdrawal(connection, world.root, EDITOR, "units", label, why)


@pytest.mark.parametrize("status", ["draft", "submitted", "approved"])
def test_a_change_set_is_given_up_from_anywhere(world: World, status: str) -> None:
    made = {"draft": world.ready, "submitted": world.submitted, "approved": world.approved}
    draft = made[status]()
    with pytest.raises(NotAllowed):
        give_up(world, draft, OFFICER)
    with pytest.raises(BadValue, match="note"):
        give_up(world, draft, note=" ")
    give_up(world, draft)
    assert world.view(draft).status == "withdrawn"
    for refused in (
        lambda: give_up(world, draft),
        lambda: world.put(draft, THIRD_REGION),
        lambda: submit(world.engine, world.root, EDITOR, draft),
        lambda: approve(world.engine, world.root, world.settings, APPROVER, draft, ""),
        lambda: publish_approved(world.engine, world.root, APPROVER, draft),
    ):
        with pytest.raises(Conflict, match="withdrawn"):
            refused()


def test_what_is_published_is_not_given_up(world: World) -> None:
    draft = world.approved()
    publish_approved(world.engine, world.root, APPROVER, draft)
    with pytest.raises(Conflict, match="is published"):
        give_up(world, draft)


def test_a_version_is_taken_back_by_a_successor_and_stays_readable(world: World) -> None:
    library = Library(world.root)
    publish_approved(world.engine, world.root, APPROVER, world.approved())
    first, second = library.version("units", "1"), library.version("units", "2")
    draft = taking_back(world)
    view = world.view(draft)
    assert (view.label, view.withdraws, view.change_class) == ("2.1", 2, "breaking")
    with pytest.raises(NotReady, match="legal_basis"):
        submit(world.engine, world.root, EDITOR, draft)
    world.edit(draft, legal_basis="ruling 7", notes=NOTES)
    submit(world.engine, world.root, EDITOR, draft)
    world.approve(draft)
    assert publish_approved(world.engine, world.root, APPROVER, draft) == 3
    assert [(entry.label, entry.status) for entry in library.versions("units")] == [
        ("1", "superseded"),
        ("2", "withdrawn"),
        ("2.1", "published"),
    ]
    assert library.version("units").content_root == first.content_root
    assert library.snapshot("units", "2").content.root == second.content_root
    with world.engine.connect() as connection:
        told = connection.execute(select(OutboxEntry.payload).where(OutboxEntry.kind == "version-withdrawn"))
        assert told.scalars().all() == [
            {"referential": "units", "ordinal": 2, "label": "2", "successor": "2.1"}
        ]


def test_the_latest_does_not_go_back_while_a_version_is_taken_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_approved(world.engine, world.root, APPROVER, world.approved())
    draft = taking_back(world)
    world.edit(draft, legal_basis="ruling 7", notes=NOTES)
    submit(world.engine, world.root, EDITOR, draft)
    world.approve(draft)
    library = Library(world.root)
    seen: list[str] = []

    def another_process_flips(*arguments: Any) -> None:
        flip_catalogue(world.engine, world.root)
        seen.append(library.version("units").label)
        put_in_place(*arguments)

    monkeypatch.setattr(publishing, "put_in_place", another_process_flips)
    publish_approved(world.engine, world.root, APPROVER, draft)
    assert seen == ["2"]
    assert library.version("units").label == "2.1"


def test_only_the_newest_version_that_follows_another_is_taken_back(world: World) -> None:
    with pytest.raises(Conflict, match="first version"):
        taking_back(world, "1")
    publish_approved(world.engine, world.root, APPROVER, world.approved())
    with pytest.raises(Conflict, match="not the newest"):
        taking_back(world, "1")
    with pytest.raises(UnknownVersion):
        taking_back(world, "9")
    with pytest.raises(BadValue, match="why"):
        taking_back(world, why="")
    with begin_write(world.engine) as connection:
        with pytest.raises(UnknownReferential):
            propose_withdrawal(connection, world.root, EDITOR, "nowhere", "1", "why")
        with pytest.raises(NotAllowed):
            propose_withdrawal(connection, world.root, APPROVER, "units", "2", "why")


def test_what_takes_a_version_back_lists_nothing_and_is_not_rebased(world: World) -> None:
    publish_approved(world.engine, world.root, APPROVER, world.approved())
    draft = taking_back(world)
    with pytest.raises(Conflict, match="takes a version back"):
        world.put(draft, THIRD_REGION)
    with pytest.raises(Conflict, match="takes a version back"), begin_write(world.engine) as connection:
        rebase(connection, world.root, EDITOR, draft)


def test_the_worker_is_not_stopped_by_an_empty_library(engine: Engine, tmp_path: Any) -> None:
    assert publish_due(engine, tmp_path / "snapshots") == []
