"""Who may read a draft: those who work on it, and those to whom a consultation is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, select

from registry.accounts.actors import Actor, require
from registry.models import ConsultedAdministration
from registry.publishing.drafts.opening import ChangeSetView


def may_read(connection: Connection, actor: Actor, draft: ChangeSetView, today: date) -> bool:
    """Whether an actor may read a draft on a day.

    A consultation is open to its last day; what became of it, published or withdrawn, stays readable.
    """
    if actor.may("read-drafts", referential=draft.referential):
        return True
    if draft.consultation is None or not _is_open(draft, today):
        return False
    if draft.consultation == "everyone":
        return True
    if actor.administration is None:
        return False
    consulted = select(ConsultedAdministration.administration).where(
        ConsultedAdministration.change_set == draft.id,
        ConsultedAdministration.administration == actor.administration,
    )
    return connection.execute(consulted).first() is not None


def require_reader(connection: Connection, actor: Actor, draft: ChangeSetView, today: date) -> None:
    """Raises NotSignedIn and NotAllowed for whoever may not read a draft."""
    if not may_read(connection, actor, draft, today):
        require(actor, "read-drafts", referential=draft.referential)


def readable(
    connection: Connection, actor: Actor, drafts: Sequence[ChangeSetView], today: date
) -> list[ChangeSetView]:
    """Those of the drafts that an actor may read."""
    return [draft for draft in drafts if may_read(connection, actor, draft, today)]


def _is_open(draft: ChangeSetView, today: date) -> bool:
    if draft.status in ("published", "withdrawn"):
        return True
    return draft.consultation_until is None or today <= draft.consultation_until
