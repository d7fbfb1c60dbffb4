"""Publishes a correspondence from the command line: with the database, as the person of the token."""

from __future__ import annotations

from registry.catalogue import CorrespondenceEntry
from registry.commands.acting import acting
from registry.commands.opening import opened_database
from registry.config import Settings
from registry.correspondences.publishing import publish_correspondence


def publish_file(entry: CorrespondenceEntry) -> int | None:
    """Publish it; its ordinal, None where the newest publication says the same."""
    settings = Settings.from_environment()
    with opened_database(settings) as engine:
        with engine.connect() as connection:
            actor = acting(settings, connection)
        return publish_correspondence(engine, settings.snapshots, entry, actor)
