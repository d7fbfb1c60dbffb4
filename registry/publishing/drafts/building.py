"""Makes a draft's change rows of its items and confirmed events: what its version adds and withdraws (D4)."""

from __future__ import annotations

import uuid
from pathlib import Path

from sqlalchemy import Connection, delete

from referentials.drafting import Draft, draft_from_changes, draft_from_list
from registry.models import Change
from registry.publishing.drafts.listing import WorkingList, working_list
from registry.publishing.rows import write_changes


def build(connection: Connection, root: Path, change_set: uuid.UUID) -> Draft:
    """Replace a draft's change rows by what its items and confirmed events come to; what that is.

    In the caller's transaction; `root` is the snapshots' root. A change set that takes a version back has its
    rows already, and is not built. Raises UnfitList with all that keeps the list from being a version.
    """
    draft = drafted(working_list(connection, root, change_set))
    connection.execute(delete(Change).where(Change.change_set == change_set))
    write_changes(connection, change_set, draft.added, draft.withdrawn)
    return draft


def drafted(listed: WorkingList) -> Draft:
    """What a working list adds to its base and withdraws of it; raises UnfitList."""
    change_set = listed.change_set
    ordinal = (change_set.base_ordinal or 0) + 1
    editorial = change_set.change_class == "editorial"
    if change_set.mode == "full":
        return draft_from_list(
            change_set.referential,
            ordinal,
            listed.base,
            listed.edits,
            listed.changes,
            change_set.effective_on,
            editorial=editorial,
        )
    return draft_from_changes(
        change_set.referential,
        ordinal,
        listed.base,
        listed.edits,
        listed.removed,
        listed.changes,
        change_set.effective_on,
        editorial=editorial,
    )
