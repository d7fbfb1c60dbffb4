"""Errors that anyone reports in a published item; an accepted one becomes part of a proposal."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, insert, or_, select, update

from referentials.canonical import JSON
from referentials.listing import ListedItem
from registry.accounts import audit
from registry.accounts.actors import Actor, require
from registry.clock import now
from registry.errors import (
    BadValue,
    Conflict,
    DomainError,
    UnknownCode,
    UnknownReferential,
    UnknownVersion,
)
from registry.models import ErrorReport, ItemState, Referential, Version
from registry.publishing.change_sets import head
from registry.publishing.drafts.items import set_item
from registry.publishing.drafts.opening import ChangeSetView, NewDraft, open_draft, read_change_set, touch
from registry.publishing.drafts.paging import find_row, item_as_proposed
from registry.publishing.outbox import tell
from registry.publishing.review.steps import required_text

LONGEST_REPORT = 10_000
LONGEST_NAME = 500
# The fields of an item that somebody may suggest.
SUGGESTED = ("names", "attributes", "level", "parent")


class UnknownReport(DomainError):
    """There is no error report with this number."""

    slug = "unknown-error-report"


@dataclass(frozen=True, slots=True)
class ErrorReportView:
    """An error report as it stands; `author` is a person's id, None for the public."""

    id: int
    referential: str
    version: str
    code: str
    body: str
    suggestion: Mapping[str, JSON] | None
    author: str | None
    at: str
    status: str
    answer: str | None
    answered_by: str | None
    answered_at: str | None
    change_set: uuid.UUID | None


_COLUMNS = tuple(ErrorReport.__table__.c[each.name] for each in dataclasses.fields(ErrorReportView))


def report_error(
    connection: Connection,
    actor: Actor,
    referential: str,
    version: str,
    code: str,
    body: str,
    suggestion: Mapping[str, JSON] | None = None,
) -> ErrorReportView:
    """Report an error in an item of a published version; open to everyone.

    `suggestion` gives what is right: any of `names` (by language), `attributes`, `level`, `parent`. Raises
    UnknownReferential, UnknownVersion, UnknownCode; BadValue.
    """
    said = required_text("body", body, LONGEST_REPORT)
    if suggestion is not None:
        _require_suggestion(suggestion)
    _require_published(connection, referential, version, code)
    identity = connection.execute(
        insert(ErrorReport)
        .values(
            referential=referential,
            version=version,
            code=code,
            body=said,
            suggestion=None if suggestion is None else dict(suggestion),
            author=None if actor.person is None else actor.id,
            at=now(),
            status="open",
        )
        .returning(ErrorReport.id)
    ).scalar_one()
    audit.record(connection, actor, "reported", "error_report", identity, after={"status": "open"})
    tell(
        connection,
        "error-reported",
        {"referential": referential, "version": version, "code": code, "report": identity},
    )
    return read_error_report(connection, identity)


def read_error_report(connection: Connection, report: int) -> ErrorReportView:
    """An error report; raises UnknownReport."""
    row = connection.execute(select(*_COLUMNS).where(ErrorReport.id == report)).one_or_none()
    if row is None:
        raise UnknownReport(f"There is no error report {report}.", report=report)
    return ErrorReportView(*row)


def list_error_reports(
    connection: Connection, *, referential: str | None = None, statuses: Sequence[str] = ()
) -> list[ErrorReportView]:
    """Error reports, the newest first; of a referential, and with one of the statuses, where named."""
    chosen = select(*_COLUMNS).order_by(ErrorReport.id.desc())
    if referential is not None:
        chosen = chosen.where(ErrorReport.referential == referential)
    if statuses:
        chosen = chosen.where(ErrorReport.status.in_(statuses))
    return [ErrorReportView(*row) for row in connection.execute(chosen)]


def answer_report(
    connection: Connection,
    root: Path,
    actor: Actor,
    report: int,
    answer: str,
    *,
    accept: bool,
    change_set: uuid.UUID | None = None,
) -> ErrorReportView:
    """Accept an error report, or decline it, and say why; an accepted one becomes part of a proposal.

    What is suggested goes into the draft `change_set`, or into a new one with mode "changes". `root` is the
    snapshots' root. Raises UnknownReport, UnknownChangeSet; NotSignedIn and NotAllowed without the capability
    `edit`; BadValue without an answer; Conflict where it was answered already, the draft is of another
    referential or closed, or the item has ended since.
    """
    before = read_error_report(connection, report)
    connection.execute(select(ErrorReport.id).where(ErrorReport.id == report).with_for_update())
    require(actor, "edit", referential=before.referential)
    said = required_text("answer", answer, LONGEST_REPORT)
    before = read_error_report(connection, report)
    if before.status != "open":
        raise Conflict(f"The error report {report} is {before.status} already.")
    draft = _take_up(connection, root, actor, before, change_set) if accept else None
    status = "accepted" if accept else "declined"
    connection.execute(
        update(ErrorReport)
        .where(ErrorReport.id == report)
        .values(
            status=status,
            answer=said,
            answered_by=actor.id,
            answered_at=now(),
            change_set=None if draft is None else draft.id,
        )
    )
    audit.record(
        connection,
        actor,
        status,
        "error_report",
        report,
        before={"status": "open"},
        after={"status": status, "change_set": None if draft is None else str(draft.id)},
    )
    return read_error_report(connection, report)


def _take_up(
    connection: Connection,
    root: Path,
    actor: Actor,
    report: ErrorReportView,
    change_set: uuid.UUID | None,
) -> ChangeSetView:
    """Let a draft say what a report suggests."""
    if change_set is None:
        draft = open_draft(
            connection,
            actor,
            NewDraft(
                report.referential,
                _free_label(connection, report.referential),
                datetime.now(UTC).date(),
                mode="changes",
                basis=f"Error report {report.id}: {report.body}"[:LONGEST_REPORT],
            ),
        )
    else:
        if read_change_set(connection, change_set).referential != report.referential:
            raise Conflict(f"The change set {change_set} is not of {report.referential}.")
        codes = {} if report.suggestion is None else {"set": [report.code]}
        draft = touch(connection, actor, change_set, None, codes=codes)
    if report.suggestion is not None:
        item = _as_it_stands(connection, root, draft, report.code)
        set_item(connection, draft.id, _suggested(item, report.suggestion))
    return draft


def _as_it_stands(connection: Connection, root: Path, draft: ChangeSetView, code: str) -> ListedItem:
    """The item as the draft lists it, else as its base has it; raises Conflict where neither does."""
    # What a full list leaves out, it lets go.
    left_out = draft.mode == "full" and find_row(connection, draft.id, code) is None
    item = None if left_out else item_as_proposed(connection, root, draft.id, code)
    if item is None:
        raise Conflict(
            f"The code {code} of {draft.referential} has no item any more that could be put right."
        )
    return item


def _suggested(item: ListedItem, suggestion: Mapping[str, JSON]) -> ListedItem:
    return replace(
        item,
        names={**item.names, **suggestion.get("names", {})},
        attributes={**item.attributes, **suggestion.get("attributes", {})},
        level=suggestion.get("level", item.level),
        parent=suggestion.get("parent", item.parent),
    )


def _require_published(connection: Connection, referential: str, version: str, code: str) -> None:
    if connection.execute(select(Referential.id).where(Referential.id == referential)).first() is None:
        raise UnknownReferential(referential)
    its_ordinal = select(Version.ordinal).where(Version.referential == referential, Version.label == version)
    ordinal = connection.execute(its_ordinal).scalar()
    if ordinal is None:
        raise UnknownVersion(referential, version)
    known = select(ItemState.id).where(
        ItemState.referential == referential,
        ItemState.code == code,
        ItemState.introduced_in <= ordinal,
        or_(ItemState.withdrawn_in.is_(None), ItemState.withdrawn_in > ordinal),
    )
    if "\0" in code or connection.execute(known.limit(1)).first() is None:
        raise UnknownCode(referential, code, version)


def _require_suggestion(suggestion: Mapping[str, JSON]) -> None:
    for name, value in suggestion.items():
        if name not in SUGGESTED:
            raise BadValue("suggestion", name, f"any of {', '.join(SUGGESTED)}")
        fits = _is_name(value) if name in ("level", "parent") else _is_named(value)
        if not fits:
            raise BadValue(f"suggestion.{name}", value, f"texts of at most {LONGEST_NAME} characters")


def _is_name(value: JSON) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and "\0" not in value


def _is_named(value: JSON) -> bool:
    return (
        isinstance(value, Mapping)
        and len(value) <= LONGEST_NAME
        and all(_is_name(key) and _is_name(text) for key, text in value.items())
    )


def _free_label(connection: Connection, referential: str) -> str:
    """A label for a version that puts errors right; its editor may change it."""
    taken = set(connection.execute(select(Version.label).where(Version.referential == referential)).scalars())
    first = head(connection, referential) + 1
    return next(label for number in count(first) if (label := f"corrections-{number}") not in taken)
