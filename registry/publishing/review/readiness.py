"""What a draft still lacks before it can be submitted: everything at once, each by name."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, select

from referentials.drafting import UnfitList
from registry.errors import Conflict, DomainError
from registry.models import Change, Version
from registry.publishing.change_sets import head
from registry.publishing.compilation import base_content
from registry.publishing.drafts.building import build
from registry.publishing.drafts.checking import read_report
from registry.publishing.drafts.imported_rows import UNFINISHED
from registry.publishing.drafts.listing import working_list
from registry.publishing.drafts.opening import ChangeSetView
from registry.publishing.review.classes import class_of_contents, class_of_list, is_weaker
from registry.publishing.review.notice import too_early

# The languages in which a version says what it changes.
LANGUAGES = ("fr", "ar", "en")
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that keeps a draft from being submitted: `what` is a field, a rule, or "items"."""

    what: str
    detail: str


class NotReady(DomainError):
    """A draft that cannot be submitted yet; `missing` names everything that it lacks."""

    slug = "not-ready"

    def __init__(self, change_set: uuid.UUID, missing: Sequence[Missing]) -> None:
        said = " ".join(f"{each.what}: {each.detail}" for each in missing)
        super().__init__(
            f"The change set {change_set} cannot be submitted yet. {said}",
            missing=[{"what": each.what, "detail": each.detail} for each in missing],
        )
        self.missing = tuple(missing)


def require_head(connection: Connection, draft: ChangeSetView) -> None:
    """Raises Conflict where another version came between."""
    newest, base = head(connection, draft.referential), draft.base_ordinal or 0
    if newest != base:
        raise Conflict(
            f"The change set {draft.id} starts from version {base} of {draft.referential}, "
            f"but the newest is {newest}; rebase it.",
            base=base,
            head=newest,
        )


def build_or_name(
    connection: Connection, root: Path, draft: ChangeSetView, *, today: date, notice_days: int
) -> list[Missing]:
    """Write the change rows of a draft, in the caller's transaction; what it lacks, where it cannot be.

    The rules have run on the revision before. Where anything is missing the caller rolls back.
    """
    missing = [*_details(connection, root, draft, today, notice_days)]
    if draft.withdraws is None:
        missing += _findings(connection, draft)
        if not any(each.what == "validation" for each in missing):
            missing += _items(connection, root, draft)
    return missing


def _details(
    connection: Connection, root: Path, draft: ChangeSetView, today: date, notice_days: int
) -> Iterator[Missing]:
    namesake = select(Version.ordinal).where(
        Version.referential == draft.referential, Version.label == draft.label
    )
    if connection.execute(namesake).first() is not None:
        yield Missing("label", f"{draft.referential} has a version {draft.label!r} already.")
    if not draft.basis.strip():
        yield Missing("basis", "say what the version is based on.")
    if not (draft.legal_basis or "").strip():
        yield Missing("legal_basis", "name the decision that the version carries out.")
    silent = [language for language in LANGUAGES if not draft.notes.get(language, "").strip()]
    if silent:
        yield Missing("notes", f"say what changes in {', '.join(silent)}, too.")
    if UNFINISHED in (draft.mapping or {}):
        yield Missing("items", "an import was cut off; import the same file again, and it goes on.")
    needed = needed_class(connection, root, draft)
    if draft.change_class is None:
        yield Missing("change_class", f"state one; by its content it is {needed}.")
    elif is_weaker(draft.change_class, needed):
        yield Missing("change_class", f"it is {draft.change_class}, but by its content it is {needed}.")
    early = too_early(draft, today, notice_days)
    if early is not None and "breaking" in (needed, draft.change_class):
        yield Missing("effective_on", early)


def needed_class(connection: Connection, root: Path, draft: ChangeSetView) -> str:
    """The change class that a change set's content asks for, to be proposed to its editor."""
    if draft.withdraws is None:
        return class_of_list(working_list(connection, root, draft.id))
    return class_of_contents(
        base_content(root, draft.referential, draft.withdraws),
        base_content(root, draft.referential, draft.withdraws - 1),
    )


def _findings(connection: Connection, draft: ChangeSetView) -> Iterator[Missing]:
    report = read_report(connection, draft.id)
    if report is None or not report.is_current:
        yield Missing("validation", "the draft was edited while it was checked.")
        return
    errors = [f"{each.rule} ({each.count})" for each in report.counts if each.severity == "error"]
    if errors:
        yield Missing("validation", f"there are errors by the rules {', '.join(errors)}.")
    for rule in report.open_questions:
        yield Missing(rule, "give a word for its warnings.")


def _items(connection: Connection, root: Path, draft: ChangeSetView) -> Iterator[Missing]:
    try:
        build(connection, root, draft.id)
    except UnfitList as error:
        more = len(error.problems) - SHOWN
        told = [*error.problems[:SHOWN], *([f"and {more} more"] if more > 0 else [])]
        yield Missing("items", f"{'; '.join(told)}.")
        return
    changes = select(Change.position).where(Change.change_set == draft.id).limit(1)
    if connection.execute(changes).first() is None:
        yield Missing("items", "the draft changes nothing.")
