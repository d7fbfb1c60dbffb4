"""The publish function: the only way in which a version comes to be (D4).

The order makes it safe to stop anywhere. The snapshot is compiled first, in a staging folder; then one
transaction writes rows, version, log leaf and outbox; then the folder is renamed into its place and the
catalogue flips. Before the commit nothing has happened; after it, `complete` finishes what is left when the
service starts again.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from referentials.records import RecordKey
from referentials.snapshot import ContentHeader
from registry.accounts.actors import Actor
from registry.catalogue import snapshot_folder
from registry.clock import now
from registry.database import begin_write
from registry.errors import Conflict, DomainError
from registry.indexing import Place, rebuild_search
from registry.locks import file_lock
from registry.models import ChangeSet, Referential, Version
from registry.publishing.announcing import announce
from registry.publishing.change_sets import Proposal, Review, head, read_proposal
from registry.publishing.changes import Digest
from registry.publishing.compilation import (
    Staged,
    base_content,
    clear_staging,
    compile_version,
    merged,
    put_in_place,
    remove_snapshot,
    snapshot_condition,
)
from registry.publishing.log import append_leaf, removals
from registry.publishing.recipes import recipe_of
from registry.publishing.rows import (
    overlaps,
    read_added,
    read_withdrawn,
    stored_records,
    withdraw_records,
    write_records,
)
from registry.publishing.shelving import flip_catalogue
from registry.publishing.supported import warn_of_size
from registry.publishing.views import create_view

ITSELF = "marjaa"  # who publishes what is due


class CodesOverlap(Conflict):
    """Two items would own a code, or one would have two states, at the same moment."""


class RefusedByDatabase(Conflict):
    """The draft contradicts itself, or what is published, in a way that a constraint found."""


class Incomplete(DomainError):
    """Published versions that could not be compiled again, each with the reason."""

    slug = "snapshot-damaged"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"Not all that is published could be compiled again: {'; '.join(problems)}.")
        self.problems = tuple(problems)


class ChangedMeanwhile(Conflict):
    """The change set is no longer what was compiled."""

    def __init__(self, change_set: uuid.UUID, referential: str) -> None:
        super().__init__(
            f"The change set {change_set} of {referential} was changed while it was being published."
        )


class NotWhatWasApproved(Conflict):
    """The content that was compiled is not the one that was approved."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What of a change set went into the staged snapshot."""

    withdrawn: list[RecordKey]
    digest: Digest


def publish(
    engine: Engine,
    root: Path,
    change_set: uuid.UUID,
    *,
    review: Review | None = None,
    actor: Actor | str = ITSELF,
) -> int:
    """Publish an approved change set as the next version of its referential; the version's ordinal.

    `root` is the snapshots' root; the review "seed" is for the seeds, whose drafts nobody approves; `actor`
    is for the audit trail. Raises Conflict where the change set is not approved, was published or withdrawn
    already, was changed meanwhile, or is not what was approved, and where another version came between (the
    head moved) or has its label;
    NotCurrent where it withdraws what is not there; CodesOverlap and RefusedByDatabase where two items would
    own a code at a moment; UnorderedRecords, MalformedRecord and UnstorableRecord for records that cannot be
    published. In each case nothing is changed.
    """
    with engine.connect() as connection:
        proposal = read_proposal(connection, change_set, review)
    with file_lock(root, f"{proposal.referential}.lock"):
        with engine.connect() as connection:
            proposal = _require_publishable(connection, change_set, review)
            draft = _Compiled(read_withdrawn(connection, change_set), Digest())
            staged = _compile(connection, root, change_set, proposal, draft)
        try:
            with begin_write(engine) as connection:
                _require_approved(proposal, staged)
                _write(connection, change_set, proposal, draft, staged, actor)
        except IntegrityError as error:
            clear_staging(root, proposal.referential)
            raise RefusedByDatabase(
                f"{proposal.referential}: the database refused the version: {error.orig}"
            ) from error
        except Exception:
            clear_staging(root, proposal.referential)
            raise
        put_in_place(root, staged, proposal.referential, proposal.ordinal)
    flip_catalogue(engine, root)
    with engine.connect() as connection:
        warn_of_size(connection)
    return proposal.ordinal


def complete(engine: Engine, root: Path, *, thoroughly: bool = False) -> list[tuple[str, int]]:
    """Finish what an interruption left: compile published versions whose snapshot is missing or unusable.

    Called at start-up; `thoroughly` reads every byte of every snapshot. The versions that it compiled, as
    (referential, ordinal). Raises Incomplete, after all others are completed and the catalogue is flipped,
    where some could not be.
    """
    compiled: list[tuple[str, int]] = []
    problems: list[str] = []
    with engine.connect() as connection:
        referentials = connection.execute(select(Referential.id).order_by(Referential.id)).scalars().all()
    for referential in referentials:
        with file_lock(root, f"{referential}.lock"):
            clear_staging(root, referential)
            with engine.connect() as connection:
                removed = removals(connection)
                for version in _versions(connection, referential):
                    if (referential, version.ordinal) in removed:
                        remove_snapshot(root, referential, version.ordinal, version.change_set)
                        continue
                    try:
                        if _complete_version(connection, root, version, thoroughly=thoroughly):
                            compiled.append((referential, version.ordinal))
                    except DBAPIError:
                        raise  # nothing more can be completed without the database
                    except Exception as error:
                        # Whatever is wrong with one version does not keep the others from their readers.
                        problems.append(f"{referential} {version.label}: {error}")
            clear_staging(root, referential)
    flip_catalogue(engine, root)
    if problems:
        raise Incomplete(problems)
    return compiled


def _versions(connection: Connection, referential: str) -> Sequence[Row[Any]]:
    own = select(Version.__table__).where(Version.referential == referential)
    return connection.execute(own.order_by(Version.ordinal)).all()


def _complete_version(connection: Connection, root: Path, version: Row[Any], *, thoroughly: bool) -> bool:
    """Compile what is missing of a version's snapshot; whether anything was."""
    referential, ordinal = version.referential, version.ordinal
    place = root / snapshot_folder(referential, ordinal)
    condition = snapshot_condition(place, version.content_root, thoroughly=thoroughly)
    if condition in ("whole", "pruned"):
        return False
    recipe = recipe_of(connection, referential)
    if condition == "search":
        rebuild_search(Place(root, referential, place), recipe)
        return True
    header = ContentHeader(referential, ordinal, version.label, version.effective_on)
    staged = compile_version(root, header, recipe, stored_records(connection, referential, ordinal))
    if staged.written.root != version.content_root:
        raise Conflict(
            f"the database gives the content root {staged.written.root}, "
            f"but {version.content_root} was published"
        )
    put_in_place(root, staged, referential, ordinal)
    return True


def _compile(
    connection: Connection,
    root: Path,
    change_set: uuid.UUID,
    proposal: Proposal,
    draft: _Compiled,
) -> Staged:
    header = ContentHeader(proposal.referential, proposal.ordinal, proposal.label, proposal.effective_on)
    base = base_content(root, proposal.referential, proposal.base)
    added = draft.digest.over(read_added(connection, change_set))
    records = merged(base, added, draft.withdrawn)
    return compile_version(root, header, recipe_of(connection, proposal.referential), records)


def _write(
    connection: Connection,
    change_set: uuid.UUID,
    proposal: Proposal,
    draft: _Compiled,
    staged: Staged,
    actor: Actor | str,
) -> None:
    referential, ordinal, moment = proposal.referential, proposal.ordinal, now()
    # Held to the end of the transaction; on SQLite the transaction itself is the lock.
    connection.execute(select(Referential.id).where(Referential.id == referential).with_for_update())
    connection.execute(select(ChangeSet.id).where(ChangeSet.id == change_set).with_for_update())
    review: Review | None = "seed" if proposal.approval.review == "seed" else None
    if (
        _require_publishable(connection, change_set, review) != proposal
        or read_withdrawn(connection, change_set) != draft.withdrawn
    ):
        raise ChangedMeanwhile(change_set, referential)
    withdraw_records(connection, referential, ordinal, draft.withdrawn)
    written = Digest()
    write_records(connection, referential, ordinal, written.over(read_added(connection, change_set)))
    if written.value != draft.digest.value:
        raise ChangedMeanwhile(change_set, referential)
    clashes = overlaps(connection, referential, ordinal)
    if clashes:
        raise CodesOverlap(
            f"{referential}: at the same moment two items would own a code, or one would have two states: "
            + ", ".join(sorted({clash.code for clash in clashes})[:20])
        )
    base_root = connection.execute(
        select(Version.content_root).where(
            Version.referential == referential, Version.ordinal == proposal.base
        )
    ).scalar_one_or_none()
    published = (Version.referential == referential, Version.status == "published")
    connection.execute(update(Version).where(*published).values(status="superseded"))
    if proposal.withdraws is not None:
        taken_back = (Version.referential == referential, Version.ordinal == proposal.withdraws)
        connection.execute(update(Version).where(*taken_back).values(status="withdrawn"))
    connection.execute(
        update(ChangeSet)
        .where(ChangeSet.id == change_set)
        .values(status="published", content_root=staged.written.root, changed_at=moment)
    )
    connection.execute(
        insert(Version).values(
            referential=referential,
            ordinal=ordinal,
            label=proposal.label,
            effective_on=proposal.effective_on,
            status="published",
            content_root=staged.written.root,
            base_ordinal=proposal.base or None,
            published_at=moment,
            basis=proposal.basis,
            notes=dict(proposal.notes),
            counts=dict(staged.written.counts),
            provenance=list(proposal.provenance),
            change_set=change_set,
            change_class=proposal.change_class,
            legal_basis=proposal.legal_basis,
            review=proposal.approval.review,
            approval=proposal.approval.digest,
        )
    )
    leaf = append_leaf(
        connection,
        proposal,
        base_root=base_root,
        content_root=staged.written.root,
        published_at=moment,
    )
    announce(connection, actor, change_set, proposal, leaf)
    create_view(connection, referential)


def _require_approved(proposal: Proposal, staged: Staged) -> None:
    """Raises NotWhatWasApproved where other content was compiled than the approval is of."""
    approval, compiled = proposal.approval, staged.written.root
    if approval.review != "seed" and approval.content_root != compiled:
        raise NotWhatWasApproved(
            f"{proposal.referential} {proposal.label}: the content root {approval.content_root} was "
            f"approved, but the change set gives {compiled}."
        )


def _require_publishable(connection: Connection, change_set: uuid.UUID, review: Review | None) -> Proposal:
    """The proposal of a change set that can be the next version; raises Conflict."""
    proposal = read_proposal(connection, change_set, review)
    newest = head(connection, proposal.referential)
    if newest != proposal.base:
        raise Conflict(
            f"The change set starts from version {proposal.base} of {proposal.referential}, "
            f"but the newest is {newest}; rebase it."
        )
    namesake = select(Version.ordinal).where(
        Version.referential == proposal.referential, Version.label == proposal.label
    )
    if connection.execute(namesake).first() is not None:
        raise Conflict(f"{proposal.referential} has a version {proposal.label!r} already.")
    return proposal
