"""What a publication leaves beside its version: a step of the review, the audit trail, tellings."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, insert, select

from registry.accounts import audit
from registry.accounts.actors import Actor
from registry.clock import now
from registry.models import ReviewStep, Version
from registry.publishing.change_sets import Proposal
from registry.publishing.outbox import tell


def announce(
    connection: Connection, actor: Actor | str, change_set: uuid.UUID, proposal: Proposal, leaf: int
) -> None:
    """Record that a change set was published, and promise to tell of it, in the publication's transaction.

    `leaf` is the version's position in the log.
    """
    audit.record(
        connection,
        actor,
        "published",
        "change_set",
        change_set,
        before={"status": "draft" if proposal.approval.review == "seed" else "approved"},
        after={"status": "published", "referential": proposal.referential, "ordinal": proposal.ordinal},
    )
    connection.execute(
        insert(ReviewStep).values(
            change_set=change_set,
            step="published",
            actor=actor if isinstance(actor, str) else actor.id,
            at=now(),
            content_root=proposal.approval.content_root,
        )
    )
    if proposal.withdraws is not None:
        _announce_withdrawal(connection, actor, proposal, proposal.withdraws)
    version = {"referential": proposal.referential, "ordinal": proposal.ordinal, "label": proposal.label}
    tell(connection, "version-published", {**version, "leaf": leaf, "change_class": proposal.change_class})


def _announce_withdrawal(
    connection: Connection, actor: Actor | str, proposal: Proposal, withdrawn: int
) -> None:
    referential = proposal.referential
    its_label = select(Version.label).where(Version.referential == referential, Version.ordinal == withdrawn)
    label = connection.execute(its_label).scalar_one()
    audit.record(
        connection,
        actor,
        "withdrawn",
        "version",
        f"{referential} {label}",
        before={"status": "published"},
        after={"status": "withdrawn", "successor": proposal.label},
    )
    told = {"referential": referential, "ordinal": withdrawn, "label": label, "successor": proposal.label}
    tell(connection, "version-withdrawn", told)
