"""The list that a draft proposes: its rows over its base, as validation and drafting read it (D4)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection

from referentials.canonical import JSON
from referentials.kept_figures import KeptFigures
from referentials.listed_changes import codes_ended, codes_kept, successors
from referentials.listing import ListedChange, ListedItem
from referentials.relisting import codes_of, relist, relist_item
from referentials.snapshot import Content
from referentials.standing_codes import StandingCodes
from registry.publishing.compilation import base_content
from registry.publishing.drafts.confirmed import confirmed_changes
from registry.publishing.drafts.items import read_items
from registry.publishing.drafts.opening import ChangeSetView, read_change_set

_PLACES = frozenset({"shape", "longitude", "latitude"})


@dataclass(frozen=True)
class WorkingList:
    """What a draft proposes.

    `edits` are the items that it lists itself, `edit_rows` their rows in the file (None for those entered by
    hand), `removed` the codes that it lets go, `changes` the confirmed events. `items` is the whole list that
    comes of it, with `rows` likewise: of a draft of changes, the base's items are part of it, made when they
    are asked for.
    """

    change_set: ChangeSetView
    base: Content | None
    edits: tuple[ListedItem, ...]
    edit_rows: tuple[int | None, ...]
    removed: frozenset[str]
    changes: tuple[ListedChange, ...]

    @property
    def items(self) -> Sequence[ListedItem]:
        """Every item of the version to be, once it is published."""
        return self._whole[0]

    @property
    def rows(self) -> Sequence[int | None]:
        """For each of `items` its row in the file."""
        return self._whole[1]

    @cached_property
    def _whole(self) -> tuple[tuple[ListedItem, ...], tuple[int | None, ...]]:
        if self.change_set.mode == "full" or self.base is None:
            return self.edits, self.edit_rows
        listed = {item.code for item in self.edits}
        gone = self.removed | codes_ended(self.changes) | listed
        kept = sorted((item for item in relist(self.base) if item.code not in gone), key=_code)
        if self.changes:
            # Who stays under another code keeps its children.
            codes, _ = codes_kept(self.changes, StandingCodes(self.base))
            renewed = {before: after for after, before in codes.items()}
            kept = [
                replace(item, parent=renewed[item.parent]) if item.parent in renewed else item
                for item in kept
            ]
        return (*self.edits, *kept), (*self.edit_rows, *(None for _ in kept))


def working_list(connection: Connection, root: Path, change_set: uuid.UUID) -> WorkingList:
    """The list that a change set proposes; `root` is the snapshots' root.

    What a file has no column for stays as the base has it: a list of codes and names does not erase shapes.
    Figures stay in any case, for they are dated: also under the code that an event gives to their item.
    Raises UnknownChangeSet, and DamagedSnapshot where the base cannot be read.
    """
    draft = read_change_set(connection, change_set)
    base = base_content(root, draft.referential, draft.base_ordinal or 0)
    changes = tuple(confirmed_changes(connection, change_set))
    completed = _Completion(base, draft.mapping, changes)
    figures = KeptFigures(base, changes)
    edits: list[ListedItem] = []
    rows: list[int | None] = []
    removed: set[str] = set()
    for row in read_items(connection, change_set):
        if row.item is None:
            removed.add(row.code)
            continue
        edits.append(figures.beside(row.item if row.source_row is None else completed.of(row.item)))
        rows.append(row.source_row)
    return WorkingList(draft, base, tuple(edits), tuple(rows), frozenset(removed), changes)


class _Completion:
    """Adds to items of a file what it has no column for, from the item of the base that they go on from."""

    def __init__(
        self, base: Content | None, mapping: Mapping[str, JSON] | None, changes: Sequence[ListedChange]
    ) -> None:
        self._roles: Collection[str] = () if mapping is None else mapping.get("columns", {})
        self._base = base if self._roles else None
        self._changes = changes

    def of(self, item: ListedItem) -> ListedItem:
        """The item, completed."""
        before = self._known(item.code)
        if before is None:
            return item
        roles = self._roles
        given = {role.partition("_")[2] for role in roles if role.startswith("attribute_")}
        kept = {name: value for name, value in before.attributes.items() if name not in given}
        spoken = {role.partition("_")[2] for role in roles if role.startswith("name_")}
        names = {language: text for language, text in before.names.items() if language not in spoken}
        return replace(
            item,
            level=item.level or before.level,
            parent=item.parent if "parent" in roles else self._renewed(before.parent),
            names={**names, **item.names},
            attributes={**kept, **item.attributes},
            shape=item.shape if _PLACES & set(roles) else before.shape,
            other_names=item.other_names
            if any(role.startswith("other_names") for role in roles)
            else before.other_names,
        )

    def _known(self, code: str) -> ListedItem | None:
        if self._base is None:
            return None
        before = self._before.get(code, code)
        if before not in self._standing:
            return None
        return relist_item(self._base, self._standing.item(before), self._codes)

    def _renewed(self, code: str | None) -> str | None:
        return None if code is None else self._after.get(code, code)

    @cached_property
    def _before(self) -> dict[str, str]:
        """For each code that an item comes to have, the one that it had."""
        return codes_kept(self._changes, self._standing)[0]

    @cached_property
    def _after(self) -> dict[str, str]:
        """For each code that an item had, the one that it, or what it went into, has now."""
        return {before: after for after, before in self._before.items()} | dict(successors(self._changes))

    @cached_property
    def _standing(self) -> StandingCodes:
        return StandingCodes(self._base)

    @cached_property
    def _codes(self) -> dict[uuid.UUID, str]:
        return {} if self._base is None else codes_of(self._base)


def _code(item: ListedItem) -> str:
    return item.code
