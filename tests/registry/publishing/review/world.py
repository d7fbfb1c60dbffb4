"""Who takes part in a review, and a draft that lacks nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, insert, update

from referentials.drafting import draft_from_list
from referentials.listing import ListedChange, ListedItem, ListedLink
from referentials.listing_bytes import change_bytes
from registry.accounts.actors import PUBLIC, Actor, Grant
from registry.config import Settings
from registry.database import begin_write
from registry.models import Administration, ChangeSet, DraftEvent, Referential
from registry.publishing.change_sets import Proposal, save_change_set
from registry.publishing.drafts.checking import check_draft, give_word, open_questions
from registry.publishing.drafts.items import remove_item, set_item
from registry.publishing.drafts.opening import (
    ChangeSetView,
    NewDraft,
    edit_details,
    open_draft,
    read_change_set,
    touch,
)
from registry.publishing.publish import publish
from registry.publishing.review import approve, submit

NOTES = {"fr": "Recensement", "ar": "إحصاء", "en": "Census"}
FIRST = [
    ListedItem("01", "region", None, {"fr": "Tanger", "ar": "طنجة"}),
    ListedItem("02", "region", None, {"fr": "Souss", "ar": "سوس"}),
]
THIRD_REGION = ListedItem("03", "region", None, {"fr": "Oriental", "ar": "الشرق"})


def creation(code: str) -> ListedChange:
    return ListedChange("creation", date(2024, 9, 1), (), (ListedLink(code),), "decree 1")


def abolition(code: str) -> ListedChange:
    return ListedChange("abolition", date(2024, 9, 1), (ListedLink(code),), (), "decree 1")


def person(number: int, name: str, *grants: Grant, administration: str | None = None) -> Actor:
    return Actor(uuid.UUID(int=number), name, administration, frozenset(grants))


EDITOR = person(1, "Edith", Grant("editor", "units"))
OTHER_EDITOR = person(2, "Emil", Grant("editor"))
APPROVER = person(3, "Anna", Grant("approver", "units"))
ADMINISTRATOR = person(4, "Adam", Grant("administrator"))
OFFICER = person(5, "Omar", Grant("administration_officer"), administration="hcp")
MANAGER = person(6, "Mona", Grant("data_manager"), administration="ancfcc")
EVERYBODY = (EDITOR, OTHER_EDITOR, APPROVER, ADMINISTRATOR, OFFICER, MANAGER, PUBLIC)


@dataclass(frozen=True)
class World:
    """A database, a snapshots' root, and settings."""

    engine: Engine
    root: Path
    settings: Settings

    def view(self, draft: uuid.UUID) -> ChangeSetView:
        with self.engine.connect() as connection:
            return read_change_set(connection, draft)

    def open(self, actor: Actor = EDITOR, label: str = "2", **details: Any) -> uuid.UUID:
        """A draft of changes with everything that a submission asks for, but no items."""
        given = {
            "mode": "changes",
            "basis": "a census",
            "notes": NOTES,
            "legal_basis": "decree 1",
            "change_class": "additive",
            "effective_on": date(2024, 9, 1),
        }
        new = NewDraft("units", label, **(given | details))
        with begin_write(self.engine) as connection:
            return open_draft(connection, actor, new).id

    def put(self, draft: uuid.UUID, *items: ListedItem, actor: Actor = EDITOR) -> None:
        with begin_write(self.engine) as connection:
            touch(connection, actor, draft, None)
            for item in items:
                set_item(connection, draft, item)

    def state(self, draft: uuid.UUID, *changes: ListedChange) -> None:
        """Let the draft's editor stand behind these events, instead of those before."""
        rows = [
            {
                "change_set": draft,
                "position": position,
                "status": "confirmed",
                "payload": change_bytes(change),
            }
            for position, change in enumerate(changes)
        ]
        with begin_write(self.engine) as connection:
            touch(connection, EDITOR, draft, None)
            connection.execute(delete(DraftEvent).where(DraftEvent.change_set == draft))
            if rows:
                connection.execute(insert(DraftEvent), rows)

    def drop(self, draft: uuid.UUID, code: str, actor: Actor = EDITOR) -> None:
        with begin_write(self.engine) as connection:
            touch(connection, actor, draft, None)
            remove_item(connection, draft, code)

    def edit(self, draft: uuid.UUID, actor: Actor = EDITOR, **details: Any) -> None:
        with begin_write(self.engine) as connection:
            edit_details(connection, actor, draft, None, **details)

    def give_words(self, draft: uuid.UUID, actor: Actor = EDITOR) -> None:
        """A word for each warning."""
        with begin_write(self.engine) as connection:
            check_draft(connection, self.root, draft)
            for rule in open_questions(connection, draft):
                give_word(connection, actor, draft, rule, "as it should be")

    def ready(self, label: str = "2", *items: ListedItem, actor: Actor = EDITOR, **details: Any) -> uuid.UUID:
        """A draft that can be submitted: by default one that adds a region."""
        draft = self.open(actor, label, **details)
        coming = items or (THIRD_REGION,)
        self.put(draft, *coming, actor=actor)
        known = {item.code for item in FIRST}
        self.state(draft, *(creation(item.code) for item in coming if item.code not in known))
        self.give_words(draft, actor)
        return draft

    def submitted(self, label: str = "2", *items: ListedItem, **details: Any) -> uuid.UUID:
        draft = self.ready(label, *items, **details)
        submit(self.engine, self.root, EDITOR, draft)
        return draft

    def approve(self, draft: uuid.UUID, actor: Actor = APPROVER) -> ChangeSetView:
        content_root = self.view(draft).content_root or ""
        return approve(self.engine, self.root, self.settings, actor, draft, content_root)

    def approved(self, label: str = "2", *items: ListedItem, **details: Any) -> uuid.UUID:
        draft = self.submitted(label, *items, **details)
        self.approve(draft)
        return draft


def make_world(engine: Engine, root: Path, **environment: str) -> World:
    """A referential with one version of two regions, and two administrations."""
    with begin_write(engine) as connection:
        connection.execute(
            insert(Referential).values(
                id="units",
                kind="administrative-units",
                names={"fr": "Unités"},
                description={},
                owner="HCP",
                licence="CC-BY-4.0",
                attribution="HCP",
                periodicity="P10Y",
                levels=[{"id": level, "names": {"fr": level}} for level in ("region", "commune")],
                languages=["fr", "ar"],
                stage="published",
            )
        )
        for administration in ("hcp", "ancfcc"):
            connection.execute(
                insert(Administration).values(
                    id=administration, names={"fr": administration}, category="agency", parent=None
                )
            )
        proposal = Proposal("units", 0, "1", date(2014, 9, 1), "list", {}, [])
        draft = draft_from_list("units", 1, None, FIRST, [], date(2014, 9, 1))
        first = save_change_set(connection, proposal, draft, "marjaa seed")
    publish(engine, root, first, review="seed")
    return World(engine, root, Settings.from_environment({"MARJAA_DATA": str(root.parent)} | environment))


def make_due(engine: Engine, draft: uuid.UUID) -> None:
    """Let the moment of a scheduled change set be now."""
    with begin_write(engine) as connection:
        connection.execute(
            update(ChangeSet).where(ChangeSet.id == draft).values(publish_at="2024-01-01T00:00:00Z")
        )
