"""The change class that a change set's content asks for: editorial, additive or breaking."""

from __future__ import annotations

from referentials.listed_changes import codes_ended
from referentials.snapshot import Content
from referentials.standing_codes import StandingCodes
from registry.models import CHANGE_CLASSES
from registry.publishing.drafts.listing import WorkingList

# Events after which a code that stays no longer means what it meant.
OTHER_MEANING = frozenset({"merge", "absorption", "split", "extraction", "transfer", "redefinition"})


def class_of_list(listed: WorkingList) -> str:
    """The weakest class that fits what a draft lists.

    Breaking where a code disappears or changes its meaning, additive where codes only come, else editorial.
    """
    before = StandingCodes(listed.base)
    coming = {item.code for item in listed.edits}
    if listed.change_set.mode == "full":
        leaves = not before.codes() <= coming
    else:
        leaves = any(code in before for code in (listed.removed | codes_ended(listed.changes)) - coming)
    if leaves or any(change.type in OTHER_MEANING for change in listed.changes):
        return "breaking"
    return "additive" if any(code not in before for code in coming) else "editorial"


def class_of_contents(before: Content | None, after: Content | None) -> str:
    """The same for the codes of two contents."""
    old, new = StandingCodes(before).codes(), StandingCodes(after).codes()
    if old - new:
        return "breaking"
    return "additive" if new - old else "editorial"


def is_weaker(stated: str, needed: str) -> bool:
    """Whether a class promises readers more than the content keeps."""
    return CHANGE_CLASSES.index(stated) < CHANGE_CLASSES.index(needed)
