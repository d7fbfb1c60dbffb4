"""Whatever list comes after a base: its proposals, all confirmed, explain it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from referentials.drafting import draft_from_list
from referentials.listing import ListedItem
from referentials.proposing import propose_changes
from referentials.snapshot import Content, ContentHeader, open_content, write_content

THEN, NOW = date(2014, 9, 1), date(2024, 9, 1)
REGIONS = tuple(ListedItem(f"R{n}", "region", None, {"fr": name}) for n, name in enumerate(("Nord", "Sud")))
NAMES = ("Ajdir", "Imzouren", "Nekkour", "Aglou")
CELLS = tuple(shapely.box(west / 10, 0, (west + width) / 10, 0.1) for west in range(4) for width in (1, 2))


def units(code: str) -> st.SearchStrategy[ListedItem]:
    return st.builds(
        lambda name, parent, shape, kind, level: ListedItem(
            code, level, parent, {} if name is None else {"fr": name}, {"type": kind}, shape
        ),
        st.sampled_from([None, *NAMES]),
        st.sampled_from([region.code for region in REGIONS]),
        st.sampled_from([None, *CELLS]),
        st.sampled_from(["rural", "urban"]),
        st.sampled_from(["commune", "commune", "commune", "town"]),
    )


LISTS = st.sets(st.sampled_from("abcdefgh"), max_size=6).flatmap(
    lambda codes: st.tuples(*(units(code) for code in sorted(codes)))
)


def base_of(folder: Path, items: Sequence[ListedItem]) -> Content:
    draft = draft_from_list("units", 1, None, items, [], THEN)
    write_content(folder, ContentHeader("units", 1, "2014", THEN), draft.added)
    return open_content(folder)


@settings(max_examples=30, deadline=None)
@given(before=LISTS, after=LISTS, renumbered=st.booleans())
def test_all_proposals_together_make_the_list_a_version(
    before: tuple[ListedItem, ...], after: tuple[ListedItem, ...], renumbered: bool
) -> None:
    regions = [replace(each, code=f"9{each.code}") for each in REGIONS] if renumbered else [*REGIONS]
    later = [*regions, *(replace(each, parent=f"9{each.parent}") if renumbered else each for each in after)]
    with tempfile.TemporaryDirectory() as folder:
        base = base_of(Path(folder) / "base", [*REGIONS, *before])
        found = propose_changes(base, later, [], NOW)
        changes = [each.change for each in found]
        draft_from_list("units", 2, base, later, changes, NOW)
        again = [each.change for each in propose_changes(base, later, changes, NOW)]
        assert not {"creation", "abolition", "recode", "merge", "split"} & {each.type for each in again}
        rejected = propose_changes(base, later, [], NOW, rejected=changes)
        assert not [each for each in rejected if each.change in changes]
