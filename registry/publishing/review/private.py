"""Private snapshots that nobody needs any more."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from sqlalchemy import Engine, select

from registry.indexing import STAGING
from registry.models import ChangeSet
from registry.publishing.compilation import PRIVATE


def tidy(engine: Engine, root: Path) -> int:
    """Remove the private snapshots of change sets that are published or withdrawn; how many there were."""
    places = (root / PRIVATE, root / STAGING / PRIVATE)  # what a killed submission left is in the second
    folders = [path for place in places for path in place.glob("*-*-*-*-*")]
    if not folders:
        return 0
    named = {uuid.UUID(path.name) for path in folders}
    with engine.connect() as connection:
        open_ones = select(ChangeSet.id).where(
            ChangeSet.id.in_(named), ChangeSet.status.not_in(("published", "withdrawn"))
        )
        kept = {str(identity) for identity in connection.execute(open_ones).scalars()}
    gone = [path for path in folders if path.name not in kept]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)
