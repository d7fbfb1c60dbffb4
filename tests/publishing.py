"""A referential and its versions, published as seeds are, for tests of what comes after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, insert

from referentials.drafting import draft_from_list
from referentials.listing import ListedChange, ListedItem
from registry.database import begin_write
from registry.models import Referential
from registry.publishing.change_sets import Proposal, head, save_change_set
from registry.publishing.compilation import base_content
from registry.publishing.publish import publish

LEVELS = ("region", "province", "commune")


def add_units(engine: Engine, referential: str = "units", levels: Sequence[str] = LEVELS) -> str:
    """The row of a referential of administrative units, with names in French and Arabic."""
    with begin_write(engine) as connection:
        connection.execute(
            insert(Referential).values(
                id=referential,
                kind="administrative-units",
                names={"fr": "Unités"},
                description={},
                owner="HCP",
                licence="CC-BY-4.0",
                attribution="HCP",
                periodicity="P10Y",
                levels=[{"id": level, "names": {"fr": level}} for level in levels],
                languages=["fr", "ar"],
                stage="published",
            )
        )
    return referential


def publish_list(
    engine: Engine,
    root: Path,
    label: str,
    effective_on: date,
    items: Sequence[ListedItem],
    changes: Sequence[ListedChange] = (),
    *,
    referential: str = "units",
) -> int:
    """Publish a full list as the next version; its ordinal."""
    with engine.connect() as connection:
        base = head(connection, referential)
    content = base_content(root, referential, base)
    draft = draft_from_list(referential, base + 1, content, items, changes, effective_on)
    proposal = Proposal(referential, base, label, effective_on, "made up", {"fr": "…"}, [])
    with begin_write(engine) as connection:
        change_set = save_change_set(connection, proposal, draft)
    return publish(engine, root, change_set, review="seed")
