"""Where the log has a version."""

from __future__ import annotations

from registry.api.answering import services
from registry.catalogue import VersionEntry
from registry.logbook import DamagedLog, read_log


def leaf_of(version: VersionEntry) -> int | None:
    """The position of a version's leaf; None where no checkpoint covers it yet, or the log cannot be read."""
    try:
        return read_log(services().library.root).position_of(version.referential, version.ordinal)
    except DamagedLog:
        return None  # the log's own addresses say so; what is published is answered all the same
