"""What keeps the rows and confirmed events of a draft from being a version: codes that nothing explains."""

from __future__ import annotations

from collections.abc import Sequence

from referentials.standing_codes import StandingCodes
from registry.errors import DomainError
from registry.publishing.drafts.listing import WorkingList
from registry.publishing.drafts.opening import ChangeSetView

SHOWN = 10  # codes or problems in a message
MOST_TOLD = 1_000


class NoVersionYet(DomainError):
    """A draft whose rows and confirmed events do not come to a version; says which events are missing."""

    slug = "no-version-yet"

    def __init__(self, draft: ChangeSetView, listed: WorkingList, problems: Sequence[str]) -> None:
        appearing, disappearing = unexplained_codes(listed)
        said = [
            f"no confirmed event says why {len(codes):,} codes {what}: {_first(codes)}"
            for codes, what in ((appearing, "appear"), (disappearing, "disappear"))
            if codes
        ]
        super().__init__(
            f"The change set {draft.id} is no version yet: {'; '.join(said) or _first(problems)}.",
            appearing=appearing[:MOST_TOLD],
            disappearing=disappearing[:MOST_TOLD],
            problems=list(problems[:MOST_TOLD]),
        )


def unexplained_codes(listed: WorkingList) -> tuple[list[str], list[str]]:
    """The codes that appear, and those that disappear, without a confirmed event that names them; sorted.

    Of a first version there are none.
    """
    if listed.base is None:
        return [], []
    before = StandingCodes(listed.base).codes()
    after = {item.code for item in listed.items}
    sources = {link.code for change in listed.changes for link in change.sources}
    targets = {link.code for change in listed.changes for link in change.targets}
    return sorted(after - before - targets), sorted(before - after - sources)


def _first(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - SHOWN:,} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more
