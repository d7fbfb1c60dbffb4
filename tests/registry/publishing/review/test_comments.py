"""What is said about a draft, by those to whom it is open, stays with the version."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from registry.accounts.actors import PUBLIC, Actor, NotAllowed, NotSignedIn
from registry.database import begin_write
from registry.errors import BadValue, Conflict
from registry.models import AuditEntry
from registry.publishing.review import (
    CommentView,
    comment,
    comments_of,
    comments_of_version,
    open_consultation,
    publish_approved,
)
from tests.registry.publishing.review.world import APPROVER, EDITOR, MANAGER, OFFICER, World

TODAY = date(2026, 3, 15)


def say(world: World, draft: uuid.UUID, actor: Actor, body: str = "A remark.", **more: object) -> CommentView:
    with begin_write(world.engine) as connection:
        return comment(connection, actor, draft, body, **({"today": TODAY} | more))


def consult(
    world: World, draft: uuid.UUID, to: str, *administrations: str, until: date | None = None
) -> None:
    with begin_write(world.engine) as connection:
        open_consultation(connection, EDITOR, draft, to, administrations, until, today=TODAY)


def test_those_who_work_on_it_comment_and_answer(world: World) -> None:
    draft = world.submitted()
    asked = say(world, draft, APPROVER, "Is the article missing?", code="03")
    answer = say(world, draft, EDITOR, "It is.", answers=asked.id)
    assert (asked.author, asked.code, answer.answers) == (APPROVER.id, "03", asked.id)
    assert world.view(draft).status == "submitted"
    publish_approved(world.engine, world.root, APPROVER, _approved(world, draft))
    with world.engine.connect() as connection:
        assert comments_of(connection, draft) == [asked, answer]
        assert comments_of_version(connection, "units", 2) == [asked, answer]
        assert comments_of_version(connection, "units", 1) == []
    with pytest.raises(Conflict, match="is over"):
        say(world, draft, EDITOR)


def _approved(world: World, draft: uuid.UUID) -> uuid.UUID:
    world.approve(draft)
    return draft


def test_the_public_comments_only_while_a_consultation_is_open_to_everyone(world: World) -> None:
    draft = world.ready()
    for actor, refusal in ((PUBLIC, NotSignedIn), (OFFICER, NotAllowed)):
        with pytest.raises(refusal):
            say(world, draft, actor)
    consult(world, draft, "everyone", until=TODAY)
    said = say(world, draft, PUBLIC)
    assert (said.author, said.administration) == (None, None)
    assert say(world, draft, OFFICER).administration == "hcp"
    with pytest.raises(NotSignedIn):
        say(world, draft, PUBLIC, today=TODAY + timedelta(days=1))


def test_chosen_administrations_comment_through_their_members(world: World) -> None:
    draft = world.approved()
    consult(world, draft, "administrations", "hcp")
    assert world.view(draft).status == "approved"  # nothing was edited
    assert say(world, draft, OFFICER).administration == "hcp"
    with pytest.raises(NotAllowed):
        say(world, draft, MANAGER)
    with pytest.raises(NotSignedIn):
        say(world, draft, PUBLIC)
    consult(world, draft, "administrations", "ancfcc")
    assert say(world, draft, MANAGER).administration == "ancfcc"
    with pytest.raises(NotAllowed):
        say(world, draft, OFFICER)


def test_what_cannot_be_said_or_opened_is_refused(world: World) -> None:
    draft, other = world.ready("2"), world.ready("3")
    elsewhere = say(world, other, EDITOR)
    for body, more in (("", {}), ("x" * 10_001, {}), ("a\0", {}), ("Yes.", {"answers": elsewhere.id})):
        with pytest.raises(BadValue):
            say(world, draft, EDITOR, body, **more)
    for to, administrations, until in (
        ("friends", (), None),
        ("administrations", (), None),
        ("administrations", ("nobody",), None),
        ("everyone", ("hcp",), None),
        ("everyone", (), TODAY - timedelta(days=1)),
    ):
        with pytest.raises(BadValue):
            consult(world, draft, to, *administrations, until=until)
    with pytest.raises(NotAllowed), begin_write(world.engine) as connection:
        open_consultation(connection, APPROVER, draft, "everyone")


def test_the_audit_trail_tells_whom_a_consultation_is_open_to(world: World) -> None:
    draft = world.ready()
    consult(world, draft, "administrations", "hcp", until=TODAY)
    consult(world, draft, "everyone")
    with world.engine.connect() as connection:
        told = select(AuditEntry.before, AuditEntry.after).where(AuditEntry.action == "consultation_opened")
        entries = connection.execute(told.order_by(AuditEntry.id)).all()
    names = ("consultation", "administrations", "consultation_until")
    assert [[[side[name] for name in names] for side in entry] for entry in entries] == [
        [[None, [], None], ["administrations", ["hcp"], TODAY.isoformat()]],
        [["administrations", ["hcp"], TODAY.isoformat()], ["everyone", [], None]],
    ]
