"""Replaces the key that signs the log, and signs anew."""

from __future__ import annotations

from registry.accounts.audit import record
from registry.commands.opening import opened_database
from registry.config import Settings
from registry.database import begin_write
from registry.locks import file_lock
from registry.logbook import KeyEntry
from registry.migrations import upgrade
from registry.publishing import checkpoints
from registry.publishing.shelving import flip_catalogue

BY = "marjaa log rotate"


def rotate(settings: Settings, *, lost: bool) -> KeyEntry:
    """The new key, with which the log is signed already; raises NoSigningKey."""
    root = settings.snapshots
    with opened_database(settings) as engine:
        upgrade(engine)
        with file_lock(root, "catalogue.lock"), begin_write(engine) as connection:
            before = checkpoints.known_keys(root)
            signed_by = checkpoints.replace_lost(root) if lost else checkpoints.rotate(root)
            record(
                connection,
                BY,
                "rotated",
                "log_key",
                signed_by.public.id,
                before={"keys": len(before)},
                after={"keys": len(signed_by.keys), "lost": lost},
            )
        flip_catalogue(engine, root)
    return signed_by.keys[-1]
