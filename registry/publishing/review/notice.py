"""The notice that readers have of a breaking change: days before it is published, or takes effect."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from registry.clock import now, text_of
from registry.errors import Conflict
from registry.publishing.drafts.opening import ChangeSetView

NOTICE_DAYS = 90


def too_early(draft: ChangeSetView, today: date, notice_days: int) -> str | None:
    """Why a breaking change that is submitted today comes too early; None where it does not.

    One that says why it comes so early is never too early; nor is any where no notice is due.
    """
    earliest = today + timedelta(days=notice_days)
    if _says_why(draft) or notice_days == 0 or draft.effective_on >= earliest:
        return None
    return (
        f"{draft.effective_on.isoformat()} is too early: readers of a breaking change have {notice_days} days"
        f" from its approval; let it be effective on {earliest.isoformat()} or later, or state a"
        " notice_reason."
    )


def require_notice(draft: ChangeSetView, moment: datetime, notice_days: int) -> None:
    """Raises Conflict for a breaking change that is to be published at a moment, and neither takes effect nor
    is published long enough after its approval, nor says why.
    """
    if draft.change_class != "breaking" or _says_why(draft):
        return
    approved = datetime.fromisoformat(draft.approved_at or now())
    earliest = approved + timedelta(days=notice_days)
    if moment >= earliest or draft.effective_on >= earliest.date():
        return
    raise Conflict(
        f"The change set {draft.id} is breaking; readers have {notice_days} days from its approval: publish"
        f" it on {earliest.date().isoformat()} or later, let it be effective then, or state a notice_reason.",
        earliest=text_of(earliest),
    )


def utc_today() -> date:
    """The current day where no zone is configured."""
    return datetime.now(UTC).date()


def _says_why(draft: ChangeSetView) -> bool:
    return bool((draft.notice_reason or "").strip())
