"""Stores the rows of a file in a draft, a transaction for each part, so that a cut-off import can go on.

Until the last row is stored, the rows come after those that the draft has, and the change set's `mapping`
says under "unfinished" which rows they are and of which file.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, update

from referentials.canonical import JSON
from referentials.findings import Inspection
from registry.accounts.actors import Actor
from registry.database import begin_write
from registry.errors import Conflict
from registry.models import ChangeSet
from registry.publishing.drafts.items import ITEM, DraftRow, append_items
from registry.publishing.drafts.kept_findings import keep_reading
from registry.publishing.drafts.opening import EDITABLE, ChangeSetView, StaleRevision, lock_change_set, touch

UNFINISHED = "unfinished"
_MARKS = ("first", "stored", "row", "revision")


class ImportedRows:
    """The rows of one file on their way into a draft; `row` is the last row of the file that is stored."""

    def __init__(self, engine: Engine, change_set: uuid.UUID, described: Mapping[str, JSON]) -> None:
        self.engine = engine
        self.change_set = change_set
        self.described = described
        self.row = 0
        self._first = 0
        self._stored = 0
        self._revision = 0

    def begin(self, actor: Actor, revision: int | None) -> None:
        """Pass the gate of edits; go on where an import of the same file, read alike, was cut off.

        Raises what `touch` raises, and Conflict where a draft of changes has rows of a file with other
        columns: what those leave open would be taken from the base otherwise than when they were read.
        """
        with begin_write(self.engine) as connection:
            draft = touch(connection, actor, self.change_set, revision, action="imported")
            self._revision = draft.revision
            left = (draft.mapping or {}).get(UNFINISHED)
            if not (isinstance(left, dict) and all(type(left.get(name)) is int for name in _MARKS)):
                left = dict.fromkeys(_MARKS, 0)  # nothing, or written by hand
            if left.get("read") == self._how() and left["revision"] == draft.revision - 1:
                self._first, self._stored, self.row = left["first"], left["stored"], left["row"]
            else:
                self._drop(connection, left["first"], left["stored"])
                self._refuse_other_columns(connection, draft)
                newest = select(func.max(ITEM.c.position)).where(ITEM.c.change_set == self.change_set)
                highest = connection.execute(newest).scalar()
                self._first = 0 if highest is None else highest + 1
            self._mark(connection, draft)

    def append(self, rows: Iterable[DraftRow], row: int) -> None:
        """Store rows; `row` is the last row of the file that was looked at.

        Raises StaleRevision and Conflict where somebody edited or submitted the draft meanwhile.
        """
        with begin_write(self.engine) as connection:
            draft = self._held(connection)
            self._stored += append_items(connection, self.change_set, rows)
            self.row = row
            self._mark(connection, draft)

    def finish(self, source: Mapping[str, JSON], figures: Mapping[str, JSON], problems: Inspection) -> None:
        """Let the rows take the place of what they replace; keep how it was read and what was wrong."""
        with begin_write(self.engine) as connection:
            draft = self._held(connection)
            before = (ITEM.c.change_set == self.change_set, ITEM.c.position < self._first)
            if draft.mode == "full":
                connection.execute(delete(ITEM).where(*before))
            else:
                listed = select(ITEM.c.code).where(
                    ITEM.c.change_set == self.change_set, ITEM.c.position >= self._first
                )
                connection.execute(delete(ITEM).where(*before, ITEM.c.code.in_(listed)))
            kept = [
                dict(each)
                for each in draft.provenance
                if "imported_at" not in each
                or (draft.mode == "changes" and each.get("sha256") != source["sha256"])
            ]
            mapping = {**self.described, **figures}
            self._update(connection, mapping=mapping, provenance=[*kept, dict(source)])
            keep_reading(connection, self.change_set, problems)

    def take_back(self) -> None:
        """Drop what was stored of the file; what the draft had before stays."""
        with begin_write(self.engine) as connection:
            draft = lock_change_set(connection, self.change_set)
            if draft.status in EDITABLE:
                self._drop(connection, self._first, self._stored)
                self._update(connection, mapping=_without_mark(draft))

    def _held(self, connection: Connection) -> ChangeSetView:
        draft = lock_change_set(connection, self.change_set)
        if draft.revision != self._revision:
            raise StaleRevision(self.change_set, self._revision, draft.revision)
        if draft.status not in EDITABLE:
            raise Conflict(f"The change set {self.change_set} was {draft.status} during the import.")
        return draft

    def _mark(self, connection: Connection, draft: ChangeSetView) -> None:
        mark = {
            "read": self._how(),
            "first": self._first,
            "stored": self._stored,
            "row": self.row,
            "revision": self._revision,
        }
        self._update(connection, mapping={**(_without_mark(draft) or {}), UNFINISHED: mark})

    def _how(self) -> dict[str, JSON]:
        """What must be the same for an import to go on: the file, and how it is read."""
        return {
            name: self.described.get(name)
            for name in ("sha256", "format", "columns", "sheet", "level", "shapes_only")
        }

    def _refuse_other_columns(self, connection: Connection, draft: ChangeSetView) -> None:
        known = (draft.mapping or {}).get("columns")
        if (
            draft.mode == "full"
            or not isinstance(known, dict)
            or set(known) == set(self.described["columns"])
        ):
            return
        of_files = select(ITEM.c.position).where(
            ITEM.c.change_set == self.change_set, ITEM.c.source_row.is_not(None)
        )
        if connection.execute(of_files.limit(1)).first() is not None:
            raise Conflict(
                f"The draft has rows of a file with the columns {', '.join(sorted(known))}; this one has "
                f"{', '.join(sorted(self.described['columns']))}. Import it into a draft of its own."
            )

    def _drop(self, connection: Connection, first: int, count: int) -> None:
        ours = ITEM.c.position.between(first, first + count - 1)
        connection.execute(delete(ITEM).where(ITEM.c.change_set == self.change_set, ours))

    def _update(self, connection: Connection, **values: Any) -> None:  # noqa: ANN401  # columns of a row
        connection.execute(update(ChangeSet).where(ChangeSet.id == self.change_set).values(**values))


def _without_mark(draft: ChangeSetView) -> dict[str, JSON] | None:
    kept = {name: value for name, value in (draft.mapping or {}).items() if name != UNFINISHED}
    return kept or None
