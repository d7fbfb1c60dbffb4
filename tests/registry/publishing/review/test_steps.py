"""Which step may follow which: every other one is refused, and changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

import pytest

from registry.clock import later
from registry.database import begin_write
from registry.errors import Conflict
from registry.publishing.review import (
    publish_approved,
    request_changes,
    schedule,
    submit,
    withdraw,
)
from registry.publishing.review.steps import FOLLOWS
from tests.registry.publishing.review.world import APPROVER, EDITOR, THIRD_REGION, World

Step = Callable[[World, uuid.UUID], object]


def send_back(world: World, draft: uuid.UUID) -> None:
    with begin_write(world.engine) as connection:
        request_changes(connection, APPROVER, draft, "more")


def plan(world: World, draft: uuid.UUID) -> None:
    with begin_write(world.engine) as connection:
        schedule(connection, APPROVER, draft, later(days=1))


def unplan(world: World, draft: uuid.UUID) -> None:
    with begin_write(world.engine) as connection:
        schedule(connection, APPROVER, draft, None)


def give_up(world: World, draft: uuid.UUID) -> None:
    with begin_write(world.engine) as connection:
        withdraw(connection, EDITOR, draft, "no decree")


def publish_now(world: World, draft: uuid.UUID) -> None:
    publish_approved(world.engine, world.root, APPROVER, draft)


STEPS: Mapping[str, Step] = {
    "submitted": lambda world, draft: submit(world.engine, world.root, EDITOR, draft),
    "changes_requested": send_back,
    "approved": lambda world, draft: world.approve(draft),
    "scheduled": plan,
    "unscheduled": unplan,
    "published": publish_now,
    "withdrawn": give_up,
    "edited": lambda world, draft: world.put(draft, THIRD_REGION),
}
WAYS: Mapping[str, tuple[str, ...]] = {
    "draft": (),
    "submitted": ("submitted",),
    "changes_requested": ("submitted", "changes_requested"),
    "approved": ("submitted", "approved"),
    "published": ("submitted", "approved", "published"),
    "withdrawn": ("withdrawn",),
}


@pytest.mark.parametrize("status", WAYS)
def test_a_step_that_may_not_follow_is_refused(world: World, status: str) -> None:
    draft = world.ready()
    for step in WAYS[status]:
        STEPS[step](world, draft)
    stands = world.view(draft)
    assert stands.status == status
    follows = {**FOLLOWS, "edited": {"draft", "submitted", "changes_requested", "approved"}}
    refused = [step for step in STEPS if status not in follows[step]]
    assert refused
    for step in refused:
        with pytest.raises(Conflict, match=f"is {status}"):
            STEPS[step](world, draft)
        assert world.view(draft) == stands


def test_nothing_leads_back_but_an_edit_and_submitting_anew() -> None:
    assert FOLLOWS["submitted"] == {"draft", "changes_requested"}
    assert "draft" not in FOLLOWS
    closed = {"published", "withdrawn"}
    assert not any(before & closed for before in FOLLOWS.values())
