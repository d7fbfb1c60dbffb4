"""Makes a draft's change rows of its items and confirmed events: what its version adds and withdraws (D4)."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, delete

from referentials.drafting import Draft, UnfitList, draft_from_changes, draft_from_list
from referentials.snapshot import Content, ContentHeader, open_content, write_content
from registry.indexing import STAGING
from registry.models import Change
from registry.publishing.compilation import base_content, merged, private_snapshot
from registry.publishing.drafts.listing import WorkingList, working_list
from registry.publishing.drafts.opening import ChangeSetView, read_change_set
from registry.publishing.drafts.unexplained import NoVersionYet
from registry.publishing.rows import read_added, read_withdrawn, write_changes


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


def _drafted_or_told(draft: ChangeSetView, listed: WorkingList) -> Draft:
    try:
        return drafted(listed)
    except UnfitList as error:
        raise NoVersionYet(draft, listed, error.problems) from error


@contextmanager
def proposed_content(connection: Connection, root: Path, change_set: uuid.UUID) -> Iterator[Content]:
    """The content that a change set comes to, for as long as the caller reads it.

    That of its private snapshot once it is submitted; before, it is made of the rows as they are now. Raises
    UnknownChangeSet, and NoVersionYet where the rows do not come to one.
    """
    draft = read_change_set(connection, change_set)
    submitted = private_snapshot(root, change_set) / "content"
    if draft.content_root is not None and (submitted / "manifest.json").is_file():
        yield open_content(submitted)
        return
    base = base_content(root, draft.referential, draft.base_ordinal or 0)
    if draft.withdraws is None:
        built = _drafted_or_told(draft, working_list(connection, root, change_set))
        added, withdrawn = iter(built.added), built.withdrawn
    else:
        added = read_added(connection, change_set)
        withdrawn = tuple(read_withdrawn(connection, change_set))
    (root / STAGING).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / STAGING, prefix="content-") as folder:
        write_content(Path(folder) / "content", _header(draft), merged(base, added, withdrawn))
        yield open_content(Path(folder) / "content")


def _header(draft: ChangeSetView) -> ContentHeader:
    return ContentHeader(draft.referential, (draft.base_ordinal or 0) + 1, draft.label, draft.effective_on)
