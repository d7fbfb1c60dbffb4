"""From the rows a text may mean to an answer.

Nothing labelled stands behind these scores, so they are estimates, and `auto` needs an entry with the same
stems that no other code has. Where nothing stands out but the leading rows share a group or a division, that
is offered.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matching.activities.tree import Tree
from matching.layout import Array
from matching.queries import Outcome

NEAR = 0.95
MOST = 0.9
"""What an estimate comes to at most."""
_PLAUSIBLE = 0.2
_LISTED = 0.05
_LEADS = 0.8
"""From this part of the best score on a row leads too."""


class Found(NamedTuple):
    """A row that a text may mean: score (0 to 1), the designation that leads there, what speaks for it."""

    row: int
    score: float
    name: int
    words: float = 1.0
    letters: float = 1.0
    doing: float = 1.0
    excluded: bool = False
    exact: bool = False
    near: bool = False
    former: bool = False
    ended: bool = False
    shared: float = 0.0
    """For a group that is offered: how many of the leading rows are in it, as a part of those listed."""

    @property
    def rank(self) -> tuple[bool, bool, float, int]:
        """By what it is ordered: exact, nearly so, score, code."""
        return (not self.exact, not self.near, -self.score, self.row)


def ranked(found: Iterable[Found]) -> list[Found]:
    """The best of each row, the best first."""
    best: dict[int, Found] = {}
    for each in found:
        known = best.get(each.row)
        if known is None or each.rank < known.rank:
            best[each.row] = each
    return sorted(best.values(), key=lambda each: each.rank)


def decide(rows: Sequence[Found], tree: Tree, limit: int, *, allowed: Array) -> tuple[Outcome, list[Found]]:
    """The outcome, and the rows to show, at most so many.

    `rows` are in order; `allowed` has for each row its own number where it may be shown.
    """
    listed = [each for each in rows if each.score >= _LISTED]
    if not listed:
        return "none", []
    top = listed[0]
    for sure, outcome in ((top.exact, "exact"), (top.near, "auto")):
        if sure:
            same = (
                [each for each in listed if each.exact]
                if top.exact
                else [each for each in listed if each.near]
            )
            if len(same) > 1:
                return "ambiguous", _with_shared(listed, same, tree, limit, allowed)
            settled: Outcome = (
                "review" if top.former or top.ended else ("exact" if outcome == "exact" else "auto")
            )
            return settled, listed[:limit]
    if top.score < _PLAUSIBLE:
        return "none", listed[:limit]
    leading = [each for each in listed[:limit] if each.score >= _LEADS * top.score]
    return "review", _with_shared(listed, leading, tree, limit, allowed)


def deepest(rows: Sequence[Found], tree: Tree) -> list[Found]:
    """The rows without those above another one that is found as well: a class says more than its group."""
    kept: list[Found] = []
    above: dict[int, Found] = {}
    for each in rows:
        for row in tree.chain(each.row):
            above.setdefault(row, each)
    for each in rows:
        deeper = above.get(each.row)
        if deeper is None or deeper.rank[:3] > each.rank[:3]:
            kept.append(each)
    return kept


def _with_shared(
    listed: Sequence[Found], leading: Sequence[Found], tree: Tree, limit: int, allowed: Array
) -> list[Found]:
    """The rows to show, with what the leading ones share placed after them."""
    shown = list(listed[:limit])
    shared = tree.shared([each.row for each in leading]) if len(leading) > 1 else None
    if shared is None or allowed[shared] != shared or any(each.row == shared for each in shown):
        return shown
    last = leading[-1]
    place = min(len(leading), limit - 1)
    group = last._replace(row=shared, exact=False, near=False, shared=len(leading) / len(shown))
    return [*shown[:place], group, *shown[place:]][:limit]
