"""Warns where a database holds more than it is meant for (D6)."""

from __future__ import annotations

import logging

from sqlalchemy import Connection, func, select

from registry.models import Item

MOST_ON_SQLITE = 2_000_000  # items

logger = logging.getLogger(__name__)


def warn_of_size(connection: Connection) -> None:
    """Say, in the log and so to who publishes, that SQLite holds more items than it is supported for."""
    if connection.dialect.name != "sqlite":
        return
    items = connection.execute(select(func.count()).select_from(Item)).scalar_one()
    if items > MOST_ON_SQLITE:
        logger.warning(
            "SQLite holds %s items now, and is supported up to %s: publishing becomes slow. "
            "Use PostgreSQL with PostGIS (docs/operators/databases.md).",
            f"{items:,}",
            f"{MOST_ON_SQLITE:,}",
        )
