"""Lets a draft start from the version that is the newest now (D4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, update

from referentials.differing import difference
from referentials.listing import ListedItem
from referentials.listing_bytes import item_bytes
from referentials.relisting import relist_item
from referentials.snapshot import Content
from registry.accounts.actors import Actor
from registry.errors import Conflict
from registry.models import ChangeSet
from registry.publishing.change_sets import head
from registry.publishing.compilation import base_content
from registry.publishing.drafts.items import forget_item, set_item
from registry.publishing.drafts.listing import working_list
from registry.publishing.drafts.opening import touch


@dataclass(frozen=True, slots=True)
class RebaseReport:
    """What came of it: the new base, the codes whose items were taken over from it, and the conflicts.

    A conflict is a code that the draft and a version in between both touched, in different ways; the draft
    says of it what it said before, and its editor has to look at it.
    """

    base: int
    taken_over: tuple[str, ...]
    conflicts: tuple[str, ...]


def rebase(
    connection: Connection, root: Path, actor: Actor, change_set: uuid.UUID, revision: int | None = None
) -> RebaseReport:
    """Base a change set on the newest version; an edit as `touch` describes it.

    `root` is the snapshots' root. A full list takes over what only the versions in between changed. Raises
    what `touch` raises, and Conflict where the change set takes a version back: that one is not the newest
    any more.
    """
    draft = touch(connection, actor, change_set, revision, action="rebased")
    if draft.withdraws is not None:
        raise Conflict(f"The change set {change_set} takes a version back, and another one came since.")
    base, newest = draft.base_ordinal or 0, head(connection, draft.referential)
    if newest == base:
        return RebaseReport(base, (), ())
    then, since = (base_content(root, draft.referential, ordinal) for ordinal in (base, newest))
    if since is None:
        raise Conflict(f"The newest version of {draft.referential} cannot be read.")
    # What a file has no column for is as in the base that it was made for.
    listed = working_list(connection, root, change_set)
    connection.execute(update(ChangeSet).where(ChangeSet.id == change_set).values(base_ordinal=newest))
    touched = _touched(then, since)
    edits = {item.code: item for item in listed.edits if item.code in touched}
    taken_over: list[str] = []
    conflicts: list[str] = []
    for code, (before, after) in sorted(touched.items()):
        item = edits.get(code)
        if draft.mode == "full" and _same(item, before):
            _take_over(connection, change_set, code, after)
            taken_over.append(code)
        elif (draft.mode == "full" or item is not None or code in listed.removed) and not _same(item, after):
            conflicts.append(code)
    return RebaseReport(newest, tuple(taken_over), tuple(conflicts))


def _touched(
    before: Content | None, after: Content
) -> Mapping[str, tuple[ListedItem | None, ListedItem | None]]:
    """By code, the item that had it before and the one that has it after, where they are not the same."""
    found = difference(before, after)
    items = {
        uuid.UUID(record.key[:36]) for record in (*found.added, *found.removed) if record.family != "event"
    }
    old, new = dict(_listed(before, items)), dict(_listed(after, items))
    return {
        code: (old.get(code), new.get(code))
        for code in old.keys() | new.keys()
        if not _same(old.get(code), new.get(code))
    }


def _listed(content: Content | None, items: set[uuid.UUID]) -> Iterator[tuple[str, ListedItem]]:
    if content is None:
        return
    for item in items:
        listed = relist_item(content, item, _codes_of_parents(content, item))
        if listed is not None:
            yield listed.code, listed


def _codes_of_parents(content: Content, item: uuid.UUID) -> dict[uuid.UUID, str]:
    parents = {state.parent for state in content.states_of(item) if state.parent is not None}
    return {
        parent: state.code
        for parent in parents
        for state in content.states_of(parent)
        if state.valid_to is None
    }


def _same(one: ListedItem | None, other: ListedItem | None) -> bool:
    """Whether two items say the same; since when, and in which order names and figures come, aside."""
    if one is None or other is None:
        return one is other
    return _canonical(one) == _canonical(other)


def _canonical(item: ListedItem) -> bytes:
    return item_bytes(
        replace(
            item,
            valid_from=None,
            other_names=tuple(sorted(item.other_names, key=lambda name: (name.use, name.text))),
            observations=tuple(sorted(item.observations, key=lambda seen: (seen.measure, seen.observed_on))),
        )
    )


def _take_over(connection: Connection, change_set: uuid.UUID, code: str, item: ListedItem | None) -> None:
    if item is None:
        forget_item(connection, change_set, code)
    else:
        set_item(connection, change_set, item)
