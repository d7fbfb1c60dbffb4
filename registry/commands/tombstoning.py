"""Removes a version from the installation, for whoever may."""

from __future__ import annotations

from registry.accounts.actors import Actor, require
from registry.commands.acting import acting
from registry.commands.opening import opened_database
from registry.config import Settings
from registry.migrations import upgrade
from registry.publishing.removing import remove_version

BY = "marjaa log tombstone"


def tombstone(settings: Settings, referential: str, version: str, reason: str) -> int:
    """Remove a version's snapshot; the position of the log's leaf.

    It acts for the administrator of MARJAA_TOKEN, where that is set; else the trail names the command, which
    only those can run who have the data folder anyway.
    """
    with opened_database(settings) as engine:
        upgrade(engine)
        actor: Actor | str = BY
        if settings.token:
            with engine.connect() as connection:
                actor = acting(settings, connection)
            require(actor, "administer")
        return remove_version(engine, settings.snapshots, actor, referential, version, reason)
