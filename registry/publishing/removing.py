"""Removes a version's snapshot, as a law may force: visibly, and for ever.

The entry of its publication stays in the log; another one tells that, when and why it was removed. Readers
are told the same instead of its content. The database's rows stay, as nothing that was published is ever
deleted there: no door leads to a removed version through them.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, select, update

from registry.accounts.actors import Actor
from registry.accounts.audit import record
from registry.clock import now
from registry.database import begin_write
from registry.errors import BadValue, Conflict, UnknownVersion
from registry.locks import file_lock
from registry.models import Referential, Version
from registry.publishing.change_sets import head
from registry.publishing.compilation import remove_snapshot
from registry.publishing.log import Removal, append_removal, removals
from registry.publishing.shelving import flip_catalogue

LONGEST_REASON = 1000  # characters


def remove_version(
    engine: Engine, root: Path, actor: Actor | str, referential: str, label: str, reason: str
) -> int:
    """Remove the snapshot of a version for a reason that everyone may read; the position of the log's leaf.

    Raises UnknownVersion; Conflict for the newest version, whose successor has to be published first, and for
    one that was removed already; BadValue for no reason. The caller has asked whether the actor may.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadValue("reason", reason, f"why it is removed, in 1 to {LONGEST_REASON} characters")
    with file_lock(root, f"{referential}.lock"):
        with begin_write(engine) as connection:
            connection.execute(select(Referential.id).where(Referential.id == referential).with_for_update())
            its_row = (Version.referential == referential, Version.label == label)
            version = connection.execute(select(Version.__table__).where(*its_row)).one_or_none()
            if version is None:
                raise UnknownVersion(referential, label)
            if (referential, version.ordinal) in removals(connection):
                raise Conflict(f"{referential} {label} was removed already.")
            if version.ordinal == head(connection, referential):
                raise Conflict(
                    f"{referential} {label} is the newest version: first publish one without what has to go."
                )
            connection.execute(update(Version).where(*its_row).values(status="withdrawn"))
            removal = Removal(
                referential, version.ordinal, label, version.content_root, now(), reason.strip()
            )
            leaf = append_removal(connection, removal)
            record(
                connection,
                actor,
                "tombstoned",
                "version",
                f"{referential} {label}",
                before={"status": version.status},
                after={"status": "withdrawn", "reason": removal.reason, "leaf": leaf},
            )
        remove_snapshot(root, referential, version.ordinal, version.change_set)
    flip_catalogue(engine, root)
    return leaf
