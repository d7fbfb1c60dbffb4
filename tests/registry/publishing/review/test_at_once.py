"""Two people act on one change set at once: the second waits for the first, and sees what came of it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select

from registry.database import begin_write
from registry.errors import Conflict
from registry.models import Change, ReviewStep
from registry.publishing.compilation import private_snapshot
from registry.publishing.drafts.opening import touch
from registry.publishing.review import approving, submit, submitting, withdraw
from tests.registry.publishing.review.world import ADMINISTRATOR, APPROVER, EDITOR, OTHER_EDITOR, World

LONGEST = 60  # seconds, before a test gives up
A_MOMENT = 0.3  # seconds in which whoever does not wait would be done


@dataclass
class Action:
    """Something that somebody does in a thread of their own."""

    work: Callable[[], object]
    outcome: list[object] = field(default_factory=list)

    def start(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.outcome.append(self.work())
        except Exception as error:
            self.outcome.append(error)

    def waits(self) -> bool:
        """Whether it is not done after a moment."""
        self.thread.join(A_MOMENT)
        return self.thread.is_alive()

    def result(self) -> object:
        self.thread.join(LONGEST)
        assert not self.thread.is_alive()
        return self.outcome[0]


class Pause:
    """Holds the first call of a function back before its transaction is over."""

    def __init__(self, called: Callable[..., Any]) -> None:
        self._called = called
        self._first = threading.Lock()
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        found = self._called(*arguments, **named)
        if self._first.acquire(blocking=False):
            self.reached.set()
            assert self.go.wait(LONGEST)
        return found


def edits(world: World, draft: uuid.UUID) -> Callable[[], object]:
    def work() -> object:
        with begin_write(world.engine) as connection:
            return touch(connection, OTHER_EDITOR, draft, None)

    return work


def editing(world: World, draft: uuid.UUID, pause: Pause) -> Callable[[], object]:
    """An edit whose transaction is held back."""

    def work() -> object:
        with begin_write(world.engine) as connection:
            return pause(connection, OTHER_EDITOR, draft, None)

    return work


def gives_up(world: World, draft: uuid.UUID) -> Callable[[], object]:
    def work() -> object:
        with begin_write(world.engine) as connection:
            return withdraw(connection, EDITOR, draft, "It was a mistake.")

    return work


def approves_too(world: World, draft: uuid.UUID) -> Callable[[], object]:
    return lambda: world.approve(draft, ADMINISTRATOR)


def steps(world: World, draft: uuid.UUID) -> list[str]:
    taken = select(ReviewStep.step).where(ReviewStep.change_set == draft).order_by(ReviewStep.id)
    with world.engine.connect() as connection:
        return list(connection.execute(taken).scalars())


def rows_of_changes(world: World, draft: uuid.UUID) -> int:
    counted = select(func.count()).select_from(Change).where(Change.change_set == draft)
    with world.engine.connect() as connection:
        return connection.execute(counted).scalar_one()


def at_once(pause: Pause, first: Action, second: Action, *, waits: bool = True) -> tuple[object, object]:
    """What comes of both, where the second starts when the first has not committed yet."""
    first.start()
    assert pause.reached.wait(LONGEST), first.outcome
    second.start()
    waited = second.waits()
    pause.go.set()
    found = first.result(), second.result()
    assert waited is waits, second.outcome
    return found


@pytest.mark.parametrize(
    ("then", "status", "conflicts", "last"),
    [
        (edits, "draft", False, ["approved", "reopened", "edited"]),
        (gives_up, "withdrawn", False, ["approved", "withdrawn"]),
        (approves_too, "approved", True, ["approved"]),
    ],
)
def test_what_comes_while_somebody_approves_waits_for_the_approval(
    world: World, monkeypatch: pytest.MonkeyPatch, then, status: str, conflicts: bool, last: list[str]
) -> None:
    draft = world.submitted()
    pause = Pause(approving.take_step)
    monkeypatch.setattr(approving, "take_step", pause)
    first, second = at_once(pause, Action(lambda: world.approve(draft)), Action(then(world, draft)))
    assert getattr(first, "status", first) == "approved"
    assert isinstance(second, Conflict) is conflicts, second
    view = world.view(draft)
    assert view.status == status
    assert view.approved_by == (None if status == "draft" else APPROVER.id)
    assert steps(world, draft)[-len(last) :] == last
    assert (rows_of_changes(world, draft) > 0) is (status != "draft")


@pytest.mark.parametrize(("then", "status"), [(edits, "draft"), (gives_up, "withdrawn")])
def test_what_comes_while_a_draft_is_handed_in_waits_for_the_submission(
    world: World, monkeypatch: pytest.MonkeyPatch, then, status: str
) -> None:
    draft = world.ready()
    pause = Pause(submitting.take_step)
    monkeypatch.setattr(submitting, "take_step", pause)
    handed_in = Action(lambda: submit(world.engine, world.root, EDITOR, draft))
    first, second = at_once(pause, handed_in, Action(then(world, draft)))
    assert getattr(first, "status", first) == "submitted"
    assert not isinstance(second, Exception), second
    assert world.view(draft).status == status
    with pytest.raises(Conflict):
        world.approve(draft)


def test_an_approval_that_comes_while_somebody_edits_waits_and_finds_a_draft(world: World) -> None:
    draft = world.submitted()
    root = world.view(draft).content_root or ""
    pause = Pause(touch)
    approval = Action(
        lambda: approving.approve(world.engine, world.root, world.settings, APPROVER, draft, root)
    )
    _, second = at_once(pause, Action(editing(world, draft, pause)), approval)
    assert isinstance(second, Conflict)
    view = world.view(draft)
    assert (view.status, view.approved_by, view.content_root) == ("draft", None, None)


def test_a_submission_that_comes_while_somebody_edits_is_of_what_they_leave(world: World) -> None:
    draft = world.submitted()
    root = world.view(draft).content_root or ""
    pause = Pause(touch)
    handed_in = Action(lambda: submit(world.engine, world.root, EDITOR, draft))
    waits = world.engine.dialect.name == "postgresql"  # readers of SQLite see what was before, and go on
    _, second = at_once(pause, Action(editing(world, draft, pause)), handed_in, waits=waits)
    view = world.view(draft)
    if waits:
        assert (view.status, view.content_root) == ("submitted", root)
    else:
        assert isinstance(second, Conflict)
        assert (view.status, view.content_root) == ("draft", None)


def test_of_two_submissions_at_once_one_succeeds(world: World) -> None:
    draft = world.ready()
    both = [Action(lambda: submit(world.engine, world.root, EDITOR, draft)) for _ in range(2)]
    for each in both:
        each.start()
    results = [each.result() for each in both]
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    assert steps(world, draft).count("submitted") == 1
    assert private_snapshot(world.root, draft).is_dir()
