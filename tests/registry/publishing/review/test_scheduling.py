"""Approved change sets are published when their moment has come, and breaking ones not without notice."""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from registry.accounts.actors import NotAllowed
from registry.clock import later
from registry.database import begin_write
from registry.errors import BadValue, Conflict
from registry.library import Library
from registry.models import ChangeSet, LogLeaf, OutboxEntry, ReviewStep, Version
from registry.publishing import publish as publishing
from registry.publishing.drafts.building import build
from registry.publishing.publish import NotWhatWasApproved, complete
from registry.publishing.review import Due, publish_approved, publish_due, schedule, scheduling, submit
from registry.publishing.shelving import flip_catalogue
from tests.registry.publishing.review.world import (
    ADMINISTRATOR,
    APPROVER,
    EDITOR,
    FIRST,
    THIRD_REGION,
    World,
    abolition,
    make_due,
)


class Crash(BaseException):
    """The process dies here."""


def plan(world: World, draft: uuid.UUID, moment: str | None = None, **options: int) -> None:
    with begin_write(world.engine) as connection:
        schedule(connection, APPROVER, draft, moment or later(days=2), **options)


def submit_and_approve(world: World, draft: uuid.UUID) -> None:
    submit(world.engine, world.root, EDITOR, draft)
    world.approve(draft)


def labels(world: World) -> list[tuple[str, str]]:
    return [(entry.label, entry.status) for entry in Library(world.root).versions("units")]


def test_a_scheduled_version_is_announced_and_is_not_the_latest(world: World) -> None:
    draft = world.approved()
    plan(world, draft)
    assert publish_due(world.engine, world.root) == []
    entry = Library(world.root).referential("units")
    assert entry.latest is not None
    assert entry.latest.label == "1"
    assert [(each.label, each.status, each.published_at) for each in entry.scheduled] == [
        ("2", "scheduled", world.view(draft).publish_at)
    ]
    assert labels(world) == [("1", "published")]


def test_it_appears_on_time_without_a_restart(world: World) -> None:
    library = Library(world.root)
    draft = world.approved()
    plan(world, draft)
    publish_due(world.engine, world.root)
    assert library.version("units").label == "1"
    make_due(world.engine, draft)
    assert publish_due(world.engine, world.root) == [Due(draft, "units", 2)]
    assert library.version("units").label == "2"
    assert library.referential("units").scheduled == ()
    assert publish_due(world.engine, world.root) == []


def test_an_edit_takes_a_schedule_back(world: World) -> None:
    draft = world.approved()
    plan(world, draft)
    flip_catalogue(world.engine, world.root)
    world.put(draft, THIRD_REGION)
    make_due(world.engine, draft)
    assert publish_due(world.engine, world.root) == []
    assert Library(world.root).referential("units").scheduled == ()
    assert labels(world) == [("1", "published")]


def test_what_is_no_longer_scheduled_stays_approved(world: World) -> None:
    draft = world.approved()
    plan(world, draft)
    with begin_write(world.engine) as connection:
        view = schedule(connection, APPROVER, draft, None)
    assert (view.status, view.publish_at) == ("approved", None)


def test_what_another_version_came_before_is_refused_once_and_told(world: World) -> None:
    late, early = world.approved("3"), world.approved("2")
    for draft in (late, early):
        plan(world, draft)
    make_due(world.engine, early)
    assert [due.ordinal for due in publish_due(world.engine, world.root)] == [2]
    make_due(world.engine, late)
    (due,) = publish_due(world.engine, world.root)
    assert due.ordinal is None
    assert "rebase it" in str(due.problem)
    assert publish_due(world.engine, world.root) == []
    assert (world.view(late).status, world.view(late).publish_at) == ("approved", None)
    with world.engine.connect() as connection:
        told = connection.execute(select(OutboxEntry.kind)).scalars().all()
        notes = select(ReviewStep.note).where(ReviewStep.step == "not_published")
        assert "rebase it" in str(connection.execute(notes).scalar_one())
    assert "publication-refused" in told


def test_a_failure_of_one_does_not_keep_another_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.approved("2"), world.approved("3")
    for draft in (first, second):
        plan(world, draft)
        make_due(world.engine, draft)

    def disk_full_at_first(engine: Engine, root: Path, draft: uuid.UUID) -> int:
        if draft == first:
            raise OSError(28, "No space left on device")
        return publishing.publish(engine, root, draft)

    monkeypatch.setattr(scheduling, "publish", disk_full_at_first)
    with pytest.raises(OSError, match="No space"):
        publish_due(world.engine, world.root)
    assert labels(world)[-1] == ("3", "published")
    assert world.view(first).publish_at is not None


@pytest.mark.parametrize("moment", ["tomorrow", "2027-01-01", "2027-01-01T00:00:00", "2020-01-01T00:00:00Z"])
def test_only_a_moment_to_come_with_its_zone_is_accepted(world: World, moment: str) -> None:
    draft = world.approved()
    with pytest.raises(BadValue, match="publish_at"):
        plan(world, draft, moment)


def test_only_what_is_approved_is_scheduled_and_published_by_an_approver(world: World) -> None:
    draft = world.submitted()
    with pytest.raises(Conflict, match="is submitted"):
        plan(world, draft)
    with pytest.raises(Conflict, match="is submitted"):
        publish_approved(world.engine, world.root, ADMINISTRATOR, draft)
    with pytest.raises(Conflict, match="is submitted"):
        publishing.publish(world.engine, world.root, draft)
    world.approve(draft)
    with pytest.raises(NotAllowed):
        publish_approved(world.engine, world.root, EDITOR, draft)
    with pytest.raises(NotAllowed), begin_write(world.engine) as connection:
        schedule(connection, EDITOR, draft, later(days=1))
    with pytest.raises(Conflict, match="only one that is draft"):
        publishing.publish(world.engine, world.root, draft, review="seed")


def test_a_breaking_change_comes_with_notice_or_with_a_reason(world: World) -> None:
    draft = world.open(change_class="breaking")
    world.drop(draft, "02")
    world.state(draft, abolition("02"))
    world.give_words(draft)
    submit(world.engine, world.root, EDITOR, draft, notice_days=0)  # the time of notice was another then
    world.approve(draft)
    with pytest.raises(Conflict, match="90 days") as refused:
        publish_approved(world.engine, world.root, APPROVER, draft)
    assert str(refused.value.members["earliest"]) > later(days=89)
    with pytest.raises(Conflict, match="90 days"):
        plan(world, draft, later(days=89))
    plan(world, draft, later(days=91))
    assert publish_approved(world.engine, world.root, APPROVER, draft, notice_days=0) == 2


def test_a_reason_or_a_far_day_of_effect_is_notice_enough(world: World) -> None:
    far = (datetime.now(UTC) + timedelta(days=120)).date()
    for number, details in enumerate(({"notice_reason": "a ruling"}, {"effective_on": far})):
        draft = world.open(label=f"b{number}", change_class="breaking")
        world.put(draft, replace(FIRST[1], names={"fr": f"Souss {number}", "ar": "سوس"}))
        world.edit(draft, **details)
        world.give_words(draft)
        submit_and_approve(world, draft)
        plan(world, draft, later(days=1))
        assert publish_approved(world.engine, world.root, APPROVER, draft) == number + 2


def test_other_content_than_was_approved_is_not_published(world: World) -> None:
    draft = world.ready()
    with begin_write(world.engine) as connection:
        build(connection, world.root, draft)
        # Only from a draft does the database let a root slip in.
        forged = {"status": "approved", "content_root": "00" * 32, "approved_by": APPROVER.id}
        connection.execute(update(ChangeSet).where(ChangeSet.id == draft).values(**forged))
    with pytest.raises(NotWhatWasApproved, match="was approved"):
        publish_approved(world.engine, world.root, APPROVER, draft)
    assert labels(world) == [("1", "published")]


def test_of_sixteen_publications_of_an_approved_draft_one_succeeds(world: World) -> None:
    draft = world.approved()
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            outcomes.append(str(publish_approved(world.engine, world.root, APPROVER, draft)))
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["2"] + ["conflict"] * 15
    with world.engine.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Version, LogLeaf)
        ]
    assert counts == [2, 2]


@pytest.mark.parametrize("step", ["compile_version", "append_leaf", "put_in_place", "flip_catalogue"])
def test_an_interrupted_publication_of_an_approved_draft_is_wholly_there_or_absent(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    draft = world.approved()

    def die(*_: Any, **__: Any) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(publishing, step, die)
        with pytest.raises(Crash):
            publish_approved(world.engine, world.root, APPROVER, draft)
    complete(world.engine, world.root)
    if step in ("put_in_place", "flip_catalogue"):
        assert world.view(draft).status == "published"
    else:
        assert world.view(draft).status == "approved"
        assert labels(world) == [("1", "published")]
        assert publish_approved(world.engine, world.root, APPROVER, draft) == 2
    assert labels(world) == [("1", "superseded"), ("2", "published")]
    with world.engine.connect() as connection:
        leaves = connection.execute(select(LogLeaf.leaf).order_by(LogLeaf.position)).scalars().all()
    assert [json.loads(leaf)["label"] for leaf in leaves] == ["1", "2"]
    assert json.loads(leaves[1])["approval"] == Library(world.root).version("units").approval
    assert date(2024, 9, 1) == Library(world.root).version("units").effective_on
