"""A change set is approved by somebody else, as it was looked at."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from referentials.canonical import canonical
from registry.accounts import audit
from registry.accounts.actors import PUBLIC, Actor, NotAllowed, NotSignedIn
from registry.database import begin_write
from registry.errors import BadValue, Conflict
from registry.library import Library
from registry.models import AuditEntry, LogLeaf, OutboxEntry, ReviewStep, Version
from registry.publishing.compilation import private_snapshot
from registry.publishing.drafts.opening import StaleRevision
from registry.publishing.publish import complete
from registry.publishing.review import OwnWork, approve, publish_approved, request_changes, submit
from tests.registry.publishing.review.world import (
    ADMINISTRATOR,
    APPROVER,
    EDITOR,
    MANAGER,
    OFFICER,
    THIRD_REGION,
    World,
)


def test_a_draft_becomes_a_version_that_says_who_stood_behind_it(world: World) -> None:
    draft = world.approved()
    view = world.view(draft)
    assert (view.status, view.submitted_by, view.approved_by) == ("approved", EDITOR.id, APPROVER.id)
    assert publish_approved(world.engine, world.root, APPROVER, draft) == 2
    approval = {
        "change_set": str(draft),
        "content_root": view.content_root,
        "submitted_by": view.submitted_by,
        "submitted_at": view.submitted_at,
        "approved_by": view.approved_by,
        "approved_at": view.approved_at,
        "single_person": False,
        "base": 1,
        "withdraws": None,
        "label": "2",
        "effective_on": view.effective_on.isoformat(),
        "change_class": "additive",
        "basis": view.basis,
        "legal_basis": "decree 1",
        "notice_reason": None,
        "notes": dict(view.notes),
    }
    entry = Library(world.root).version("units", "2")
    assert entry.content_root == view.content_root
    assert (entry.change_class, entry.legal_basis, entry.review) == ("additive", "decree 1", "four-eyes")
    assert entry.approval == sha256(canonical(approval)).hexdigest()
    with world.engine.connect() as connection:
        leaves = connection.execute(select(LogLeaf.leaf).order_by(LogLeaf.position)).scalars().all()
        stored = connection.execute(select(Version.review, Version.approval).order_by(Version.ordinal)).all()
        told = connection.execute(select(OutboxEntry.kind).order_by(OutboxEntry.id)).scalars().all()
        steps = connection.execute(select(ReviewStep.step).where(ReviewStep.change_set == draft)).scalars()
        assert list(steps) == ["opened", "edited", "submitted", "approved", "published"]
    assert [tuple(row) for row in stored] == [("seed", None), ("four-eyes", entry.approval)]
    leaf = json.loads(leaves[1])
    assert (leaf["change_class"], leaf["approval"]) == ("additive", entry.approval)
    assert told == ["version-published", "change-set-submitted", "change-set-approved", "version-published"]
    assert not private_snapshot(world.root, draft).exists()


@pytest.mark.parametrize("actor", [EDITOR, OFFICER, MANAGER])
def test_only_an_approver_approves_and_sends_back(world: World, actor: Actor) -> None:
    draft = world.submitted()
    with pytest.raises(NotAllowed):
        world.approve(draft, actor)
    with pytest.raises(NotAllowed), begin_write(world.engine) as connection:
        request_changes(connection, actor, draft, "more")
    with pytest.raises(NotSignedIn):
        world.approve(draft, PUBLIC)
    assert world.view(draft).status == "submitted"


def test_an_administrator_does_not_approve_what_they_submitted(world: World) -> None:
    draft = world.ready()
    submit(world.engine, world.root, ADMINISTRATOR, draft)
    with pytest.raises(OwnWork, match="somebody else"):
        world.approve(draft, ADMINISTRATOR)
    assert world.approve(draft).status == "approved"


def test_an_administrator_does_not_approve_what_they_edited(world: World) -> None:
    draft = world.ready()
    world.put(draft, THIRD_REGION, actor=ADMINISTRATOR)
    world.give_words(draft)
    submit(world.engine, world.root, EDITOR, draft)
    with pytest.raises(OwnWork):
        world.approve(draft, ADMINISTRATOR)


def test_an_administrator_does_not_approve_what_they_opened(world: World) -> None:
    draft = world.ready(actor=ADMINISTRATOR)
    submit(world.engine, world.root, EDITOR, draft)
    with pytest.raises(OwnWork):
        world.approve(draft, ADMINISTRATOR)


def test_an_approval_is_of_the_content_that_was_looked_at(world: World) -> None:
    draft = world.submitted()
    seen = world.view(draft).content_root
    assert seen is not None
    world.put(draft, replace(THIRD_REGION, names={"fr": "L'Oriental", "ar": "الشرق"}))
    world.give_words(draft)
    submit(world.engine, world.root, EDITOR, draft)
    with pytest.raises(Conflict, match="was submitted anew") as refused:
        approve(world.engine, world.root, world.settings, APPROVER, draft, seen)
    assert refused.value.members["content_root"] == world.view(draft).content_root


def test_an_approval_is_of_what_the_version_was_said_to_be(world: World) -> None:
    draft = world.submitted()
    seen = world.view(draft)
    world.edit(draft, label="99", legal_basis="another decree")
    submit(world.engine, world.root, EDITOR, draft)
    assert world.view(draft).content_root == seen.content_root
    with pytest.raises(StaleRevision):
        approve(
            world.engine,
            world.root,
            world.settings,
            APPROVER,
            draft,
            seen.content_root or "",
            revision=seen.revision,
        )


def test_nobody_approves_with_an_account_that_an_author_made_for_them(world: World) -> None:
    draft = world.submitted()
    with begin_write(world.engine) as connection:
        audit.record(connection, EDITOR, "granted", "person", APPROVER.id, after={"role": "approver"})
    with pytest.raises(OwnWork, match="got their account or role"):
        world.approve(draft)


@pytest.mark.parametrize(
    "attack",
    [
        "label = '99'",
        "effective_on = '2030-01-01'",
        "legal_basis = 'none'",
        "notes = '{}'",
        "content_root = 'ff'",
        "approved_by = 'somebody'",
        "approved_at = '2000-01-01T00:00:00Z'",
        "submitted_by = 'somebody'",
        "revision = 99",
        "status = 'submitted'",
        "status = 'changes_requested'",
        "status = 'draft'",
    ],
)
def test_the_database_itself_keeps_what_was_approved(world: World, attack: str) -> None:
    draft = world.approved()
    before = world.view(draft)
    with pytest.raises(IntegrityError), begin_write(world.engine) as connection:
        connection.exec_driver_sql(f"UPDATE change_set SET {attack} WHERE status = 'approved'")
    assert world.view(draft) == before


def test_an_edit_takes_an_approval_back(world: World) -> None:
    draft = world.approved()
    approved = world.view(draft).content_root
    world.put(draft, THIRD_REGION)
    view = world.view(draft)
    assert (view.status, view.content_root, view.approved_by) == ("draft", None, None)
    with pytest.raises(Conflict, match="is draft"):
        publish_approved(world.engine, world.root, APPROVER, draft)
    with pytest.raises(Conflict, match="is draft"):
        approve(world.engine, world.root, world.settings, APPROVER, draft, approved or "")
    assert [entry.label for entry in Library(world.root).versions("units")] == ["1"]


def test_what_is_sent_back_is_submitted_anew(world: World) -> None:
    draft = world.submitted()
    with pytest.raises(BadValue), begin_write(world.engine) as connection:
        request_changes(connection, APPROVER, draft, "  ")
    with begin_write(world.engine) as connection:
        sent_back = request_changes(connection, APPROVER, draft, "The Arabic name lacks its article.")
    assert (sent_back.status, sent_back.content_root) == ("changes_requested", None)
    with pytest.raises(Conflict, match="changes_requested"):
        world.approve(draft)
    world.put(draft, THIRD_REGION)
    assert world.view(draft).status == "changes_requested"
    world.give_words(draft)
    assert submit(world.engine, world.root, EDITOR, draft).status == "submitted"
    assert world.approve(draft).status == "approved"


def test_a_change_set_over_an_older_version_is_not_approved(world: World) -> None:
    late = world.submitted("3")
    early = world.approved("2")
    publish_approved(world.engine, world.root, APPROVER, early)
    with pytest.raises(Conflict, match="rebase"):
        world.approve(late)


def test_one_person_alone_only_by_configuration_and_marked_for_ever(world: World) -> None:
    draft = world.ready()
    submit(world.engine, world.root, ADMINISTRATOR, draft)
    alone = World(
        world.engine, world.root, type(world.settings).from_environment({"MARJAA_SINGLE_PERSON": "true"})
    )
    assert alone.approve(draft, ADMINISTRATOR).single_person
    publish_approved(world.engine, world.root, ADMINISTRATOR, draft)
    assert Library(world.root).version("units", "2").review == "single-person"
    (world.root / "catalogue.json").unlink()
    complete(world.engine, world.root)
    assert Library(world.root).version("units", "2").review == "single-person"


def test_two_people_are_two_people_where_one_would_do(world: World) -> None:
    alone = World(
        world.engine, world.root, type(world.settings).from_environment({"MARJAA_SINGLE_PERSON": "true"})
    )
    draft = alone.approved()
    assert not alone.view(draft).single_person


def test_what_is_lost_from_the_disk_is_not_approved(world: World) -> None:
    draft = world.submitted()
    (private_snapshot(world.root, draft) / "content" / "manifest.json").unlink()
    with pytest.raises(Conflict, match="submit it anew"):
        world.approve(draft)


def test_every_step_leaves_an_entry_in_the_audit_trail(world: World) -> None:
    draft = world.approved()
    publish_approved(world.engine, world.root, APPROVER, draft)
    with world.engine.connect() as connection:
        entries = connection.execute(
            select(AuditEntry.action, AuditEntry.actor)
            .where(
                AuditEntry.subject == str(draft),
                AuditEntry.action.in_(("submitted", "approved", "published")),
            )
            .order_by(AuditEntry.id)
        ).all()
    assert [tuple(entry) for entry in entries] == [
        ("submitted", EDITOR.id),
        ("approved", APPROVER.id),
        ("published", APPROVER.id),
    ]


def test_a_mistyped_root_is_told_apart_from_that_of_an_earlier_submission(world: World) -> None:
    draft = world.submitted()
    root = world.view(draft).content_root or ""
    mistyped = root[:-1] + ("0" if root[-1] != "0" else "1")
    with pytest.raises(Conflict, match="never had the content root") as refused:
        approve(world.engine, world.root, world.settings, APPROVER, draft, mistyped)
    assert refused.value.members["content_root"] == root
    with pytest.raises(BadValue, match="64 hexadecimal digits"):
        approve(world.engine, world.root, world.settings, APPROVER, draft, root[:-1])
    pasted = f" {root.upper()}\n"
    assert approve(world.engine, world.root, world.settings, APPROVER, draft, pasted).status == "approved"
