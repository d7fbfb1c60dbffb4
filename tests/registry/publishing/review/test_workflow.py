"""Whatever people do, in whatever order: nothing is published that somebody else did not approve as it is.

A model says what each step must come to; the machine takes random steps as random people, some of which the
process does not survive.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, func, select

from referentials.listing import ListedItem
from registry.accounts.actors import PUBLIC, Actor, Grant
from registry.clock import later
from registry.database import begin_write
from registry.errors import DomainError
from registry.library import Library
from registry.models import LogLeaf, ReviewStep, Version
from registry.publishing import publish as publishing
from registry.publishing.publish import complete
from registry.publishing.review import (
    approve,
    comment,
    propose_withdrawal,
    publish_approved,
    publish_due,
    rebase,
    request_changes,
    schedule,
    submit,
    withdraw,
)
from registry.publishing.review.steps import FOLLOWS
from tests.registry.publishing.review.world import (
    ADMINISTRATOR,
    APPROVER,
    EDITOR,
    NOTES,
    OFFICER,
    OTHER_EDITOR,
    creation,
    make_due,
    make_world,
    person,
)
from tests.store import empty_postgis, empty_sqlite

BOTH = person(7, "Boris", Grant("editor"), Grant("approver"))
PEOPLE = (EDITOR, OTHER_EDITOR, APPROVER, ADMINISTRATOR, BOTH, OFFICER, PUBLIC)
EDITORS = (EDITOR, OTHER_EDITOR, ADMINISTRATOR, BOTH)
APPROVERS = (APPROVER, ADMINISTRATOR, BOTH)
people = st.sampled_from(PEOPLE)
# Which drafts there are is not known beforehand: a number chooses one of them.
numbers = st.integers(0, 11)


def region(code: str, name: str) -> ListedItem:
    """An item that no rule warns of: it shares no name with another."""
    letter = "ابتثجحخدذرزس"[int(code[1:])]
    return ListedItem(code, "region", None, {"fr": f"{name} {code}", "ar": f"إقليم {letter}"})


class Crash(BaseException):
    """The process dies here."""


@dataclass
class Modelled:
    """What a change set must be."""

    id: uuid.UUID
    code: str
    base: int
    status: str = "draft"
    authors: set[str] = field(default_factory=set)
    approved_by: str | None = None
    approved_root: str | None = None
    scheduled: bool = False
    ordinal: int | None = None
    takes_back: bool = False

    def reopen(self) -> None:
        if self.status in ("submitted", "approved"):
            self.status = "draft"
        self.approved_by, self.approved_root, self.scheduled = None, None, False


class Workflow(RuleBasedStateMachine):
    """Random steps of random people, against the model."""

    def __init__(
        self, database: Callable[[Path], AbstractContextManager[Engine]], reached: list[int]
    ) -> None:
        super().__init__()
        self.reached = reached
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.world = make_world(self.stack.enter_context(database(folder)), folder / "snapshots")
        self.library = Library(self.world.root)
        self.drafts: list[Modelled] = []
        self.head = self.latest = 1

    def teardown(self) -> None:
        self.reached.append(self.head)
        try:
            self.the_steps_of_each_change_set_follow_one_another()
        finally:
            self.stack.close()

    def chosen(self, number: int) -> Modelled:
        return self.drafts[number % len(self.drafts)]

    def attempt(self, allowed: bool, step: Callable[[], object], draft: Modelled | None = None) -> bool:
        """Take a step, which must succeed or change nothing, as the model says; whether it succeeded."""
        if allowed:
            step()
            return True
        before = None if draft is None else self.world.view(draft.id)
        with pytest.raises(DomainError):
            step()
        assert draft is None or self.world.view(draft.id) == before
        return False

    @initialize(actors=st.lists(st.sampled_from(EDITORS), min_size=1, max_size=4))
    def some_drafts_are_open(self, actors: list[Actor]) -> None:
        for actor in actors:
            self.open(actor)

    @precondition(lambda self: len(self.drafts) < 12)
    @rule(actor=people)
    def open(self, actor: Actor) -> None:
        code = f"r{len(self.drafts)}"
        opened: list[uuid.UUID] = []
        # A version that takes another back takes effect today, and none may come before it.
        today = self.world.settings.today()

        def step() -> None:
            opened.append(self.world.open(actor, f"v{code}", effective_on=today))

        if self.attempt(actor in EDITORS, step):
            (draft,) = opened
            self.world.put(draft, region(code, "Un"), actor=actor)
            self.world.state(draft, creation(code))
            self.drafts.append(Modelled(draft, code, self.head, authors={actor.id, EDITOR.id}))

    @precondition(lambda self: self.drafts)
    @rule(actor=people, number=numbers, name=st.sampled_from(["Un", "Deux", "Trois"]))
    def edit(self, actor: Actor, number: int, name: str) -> None:
        draft = self.chosen(number)
        allowed = actor in EDITORS and draft.status not in ("published", "withdrawn")
        step: Callable[[], object] = (
            partial(self.world.edit, draft.id, actor, basis=name)
            if draft.takes_back
            else partial(self.world.put, draft.id, region(draft.code, name), actor=actor)
        )
        if self.attempt(allowed, step, draft):
            draft.reopen()
            draft.authors.add(actor.id)

    @precondition(lambda self: self.drafts)
    @rule(actor=people, number=numbers)
    def submit(self, actor: Actor, number: int) -> None:
        draft = self.chosen(number)
        allowed = (
            actor in EDITORS and draft.status in ("draft", "changes_requested") and draft.base == self.head
        )
        if self.attempt(allowed, lambda: submit(self.world.engine, self.world.root, actor, draft.id), draft):
            draft.status = "submitted"
            draft.authors.add(actor.id)

    @precondition(lambda self: self.drafts)
    @rule(actor=people, number=numbers)
    def request_changes(self, actor: Actor, number: int) -> None:
        draft = self.chosen(number)

        def step() -> None:
            with begin_write(self.world.engine) as connection:
                request_changes(connection, actor, draft.id, "more")

        if self.attempt(actor in APPROVERS and draft.status == "submitted", step, draft):
            draft.status = "changes_requested"

    @precondition(lambda self: self.drafts)
    @rule(actor=people, number=numbers, looked=st.sampled_from([True, True, True, False]))
    def approve(self, actor: Actor, number: int, looked: bool) -> None:
        draft = self.chosen(number)
        seen = self.world.view(draft.id).content_root if looked else "00" * 32
        allowed = (
            actor in APPROVERS
            and actor.id not in draft.authors
            and draft.status == "submitted"
            and draft.base == self.head
            and looked
        )
        world = self.world
        if self.attempt(
            allowed,
            lambda: approve(world.engine, world.root, world.settings, actor, draft.id, str(seen)),
            draft,
        ):
            draft.status, draft.approved_by, draft.approved_root = "approved", actor.id, seen

    @precondition(lambda self: self.drafts)
    @rule(actor=people, number=numbers)
    def schedule(self, actor: Actor, number: int) -> None:
        draft = self.chosen(number)

        def step() -> None:
            with begin_write(self.world.engine) as connection:
                schedule(connection, actor, draft.id, later(days=7))

        if self.attempt(actor in APPROVERS and draft.status == "approved", step, draft):
            draft.scheduled = True

    @rule()
    def time_passes(self) -> None:
        for draft in self.drafts:
            if draft.scheduled:
                make_due(self.world.engine, draft.id)
        due = publish_due(self.world.engine, self.world.root)
        assert {each.change_set for each in due} == {draft.id for draft in self.drafts if draft.scheduled}
        for each in due:
            (draft,) = (draft for draft in self.drafts if draft.id == each.change_set)
            draft.scheduled = False
            if each.ordinal is None:
                assert draft.base != self.head
            else:
                self.was_published(draft)
                assert each.ordinal == self.head

    @precondition(lambda self: self.drafts)
    @rule(
        actor=people,
        number=numbers,
        crash=st.sampled_from(
            [None, None, "compile_version", "append_leaf", "put_in_place", "flip_catalogue"]
        ),
    )
    def publish(self, actor: Actor, number: int, crash: str | None) -> None:
        draft, world = self.chosen(number), self.world
        allowed = actor in APPROVERS and draft.status == "approved" and draft.base == self.head
        step = partial(publish_approved, world.engine, world.root, actor, draft.id)
        if not allowed or crash is None:
            if self.attempt(allowed, step, draft):
                self.was_published(draft)
            return
        with patch.object(publishing, crash, side_effect=Crash), pytest.raises(Crash):
            step()
        complete(world.engine, world.root)
        if crash in ("put_in_place", "flip_catalogue"):
            self.was_published(draft)

    @precondition(lambda self: self.drafts)
    @rule(actor=people, number=numbers)
    def withdraw(self, actor: Actor, number: int) -> None:
        draft = self.chosen(number)

        def step() -> None:
            with begin_write(self.world.engine) as connection:
                withdraw(connection, actor, draft.id, "no decree")

        allowed = actor in EDITORS and draft.status not in ("published", "withdrawn")
        if self.attempt(allowed, step, draft):
            draft.status, draft.scheduled = "withdrawn", False

    @precondition(lambda self: self.drafts)
    @rule(actor=people, number=numbers)
    def rebase(self, actor: Actor, number: int) -> None:
        draft = self.chosen(number)

        def step() -> None:
            with begin_write(self.world.engine) as connection:
                report = rebase(connection, self.world.root, actor, draft.id)
                assert report.conflicts == ()

        allowed = actor in EDITORS and draft.status not in ("published", "withdrawn") and not draft.takes_back
        if self.attempt(allowed, step, draft):
            draft.reopen()
            draft.base = self.head
            draft.authors.add(actor.id)

    @precondition(lambda self: len(self.drafts) < 12)
    @rule(actor=people)
    def take_the_newest_version_back(self, actor: Actor) -> None:
        label = self.library.version("units").label
        made: list[uuid.UUID] = []

        def step() -> None:
            with begin_write(self.world.engine) as connection:
                made.append(
                    propose_withdrawal(connection, self.world.root, actor, "units", label, "a ruling")
                )

        if self.attempt(actor in EDITORS and self.head > 1, step):
            (draft,) = made
            # More than one change set may take the same version back; each needs a label of its own.
            self.world.edit(
                draft, actor, label=f"{label}-{len(self.drafts)}", legal_basis="ruling 7", notes=NOTES
            )
            self.drafts.append(Modelled(draft, "", self.head, authors={actor.id}, takes_back=True))

    @precondition(lambda self: self.drafts)
    @rule(actor=people, number=numbers)
    def comment(self, actor: Actor, number: int) -> None:
        draft = self.chosen(number)

        def step() -> None:
            with begin_write(self.world.engine) as connection:
                comment(connection, actor, draft.id, "A remark.")

        allowed = actor in (*EDITORS, *APPROVERS) and draft.status not in ("published", "withdrawn")
        self.attempt(allowed, step, draft)

    @precondition(lambda self: self.drafts)
    @rule(number=numbers, steps=st.integers(1, 4))
    def a_draft_goes_its_usual_way(self, number: int, steps: int) -> None:
        """Else random people would rarely get as far as a version."""
        for _ in range(steps):
            self.go_on(number)

    def go_on(self, number: int) -> None:
        draft = self.chosen(number)
        others = [actor for actor in APPROVERS if actor.id not in draft.authors]
        if draft.status in ("published", "withdrawn"):
            if len(self.drafts) < 12:
                self.take_the_newest_version_back(EDITOR)
        elif draft.base != self.head:
            if draft.takes_back:
                self.withdraw(EDITOR, number)
            else:
                self.rebase(EDITOR, number)
        elif draft.status in ("draft", "changes_requested"):
            self.submit(EDITOR, number)
        elif draft.status == "submitted":
            self.approve(others[0] if others else APPROVER, number, looked=True)
        else:
            self.publish(ADMINISTRATOR, number, None)

    @rule()
    def the_service_starts_again(self) -> None:
        assert complete(self.world.engine, self.world.root) == []

    def was_published(self, draft: Modelled) -> None:
        assert draft.status == "approved"
        assert draft.base == self.head
        self.head += 1
        draft.status, draft.ordinal, draft.scheduled = "published", self.head, False

    @invariant()
    def change_sets_are_what_the_model_says(self) -> None:
        for draft in self.drafts:
            view = self.world.view(draft.id)
            assert view.status == draft.status
            if view.status == "approved":
                assert (view.content_root, view.approved_by) == (draft.approved_root, draft.approved_by)
                assert (view.publish_at is not None) == draft.scheduled
            if view.status in ("draft", "changes_requested"):
                assert (view.content_root, view.approved_by, view.publish_at) == (None, None, None)

    @invariant()
    def every_version_was_approved_by_somebody_else(self) -> None:
        published = {draft.ordinal: draft for draft in self.drafts if draft.ordinal is not None}
        with self.world.engine.connect() as connection:
            versions = connection.execute(select(Version.__table__).order_by(Version.ordinal)).all()
            leaves = connection.execute(select(func.count()).select_from(LogLeaf)).scalar_one()
        assert [version.ordinal for version in versions] == list(range(1, self.head + 1))
        assert leaves == len(versions)
        for version in versions[1:]:
            draft = published[version.ordinal]
            assert version.change_set == draft.id
            assert version.review == "four-eyes"
            assert version.content_root == draft.approved_root
            assert draft.approved_by is not None
            assert draft.approved_by not in draft.authors

    @invariant()
    def the_latest_never_goes_back(self) -> None:
        newest = self.library.version("units").ordinal
        assert newest >= self.latest
        assert newest == self.head
        self.latest = newest

    def the_steps_of_each_change_set_follow_one_another(self) -> None:
        after = {"reopened": "draft", "not_published": "approved"} | {
            step: "approved" if step in ("scheduled", "unscheduled") else step for step in FOLLOWS
        }
        for draft in self.drafts:
            status = "draft"
            with self.world.engine.connect() as connection:
                taken = select(ReviewStep.step).where(ReviewStep.change_set == draft.id)
                steps = connection.execute(taken.order_by(ReviewStep.id)).scalars().all()
            for step in steps:
                assert status in FOLLOWS.get(step, {status})
                status = after.get(step, status)
            assert status == draft.status


@pytest.fixture(params=["sqlite", "postgis"])
def database(request: pytest.FixtureRequest) -> Callable[[Path], AbstractContextManager[Engine]]:
    """Makes an empty database below a folder."""
    if request.param == "sqlite":
        template = request.getfixturevalue("migrated_sqlite")
        return lambda folder: empty_sqlite(template, folder)
    server = request.getfixturevalue("postgis_server")

    @contextmanager
    def made(_folder: Path) -> Iterator[Engine]:
        with empty_postgis(server) as engine:
            yield engine

    return made


def run(database: Callable[[Path], AbstractContextManager[Engine]], sequences: int, steps: int) -> None:
    reached: list[int] = []
    run_state_machine_as_test(
        lambda: Workflow(database, reached),
        settings=settings(
            max_examples=sequences,
            stateful_step_count=steps,
            deadline=None,
            derandomize=sequences < 100,
            phases=[Phase.generate],  # making a failure smaller would take minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert max(reached) > 2, "no sequence got as far as two versions: nothing was tried"


def test_whatever_people_do_nothing_unapproved_is_published(
    database: Callable[[Path], AbstractContextManager[Engine]],
) -> None:
    run(database, sequences=6, steps=30)


@pytest.mark.soak
def test_in_a_thousand_sequences_nothing_unapproved_is_published(
    database: Callable[[Path], AbstractContextManager[Engine]],
) -> None:
    run(database, sequences=1_000, steps=30)
