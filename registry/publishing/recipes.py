"""What a compilation needs to know of a referential, from its row."""

from __future__ import annotations

from sqlalchemy import Connection, select

from registry.indexing import Recipe
from registry.models import Referential


def recipe_of(connection: Connection, referential: str) -> Recipe:
    """The kind of a known referential and its levels, from the widest to the narrowest."""
    row = connection.execute(
        select(Referential.kind, Referential.levels).where(Referential.id == referential)
    ).one()
    return Recipe(row.kind, tuple(level["id"] for level in row.levels))
