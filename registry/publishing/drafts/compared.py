"""A draft against the version that it starts from."""

from __future__ import annotations

import uuid
from pathlib import Path

from sqlalchemy import Connection

from referentials.comparing import Comparison, compare
from referentials.differing import TooDifferent
from registry.errors import TooLarge
from registry.publishing.compilation import base_content
from registry.publishing.drafts.building import proposed_content
from registry.publishing.drafts.opening import read_change_set


def compare_draft(
    connection: Connection, root: Path, change_set: uuid.UUID, *, most: int | None = None
) -> Comparison:
    """What a change set changes, submitted or not; `root` is the snapshots' root.

    Raises UnknownChangeSet, NoVersionYet, and TooLarge where more than `most`
    records differ.
    """
    draft = read_change_set(connection, change_set)
    base = base_content(root, draft.referential, draft.base_ordinal or 0)
    with proposed_content(connection, root, change_set) as proposed:
        try:
            return compare(base, proposed, most=most)
        except TooDifferent as error:
            raise TooLarge("The comparison", error.most, "records that differ") from error
