from datetime import date
from pathlib import Path

import pytest
import shapely

from referentials.drafting import Draft, UnfitList, draft_from_list
from referentials.listing import ListedChange, ListedItem, ListedLink, ListedObservation, OtherName
from referentials.records import ChangeEvent, Designation, State, parse
from referentials.snapshot import Content, ContentHeader, open_content, write_content

THEN, NOW = date(2014, 9, 1), date(2024, 9, 1)
REGION = ListedItem("01", "region", None, {"fr": "Tanger"})
OLD = ListedItem("01.05", "commune", "01", {"fr": "Bni Abdallah"})
NEW = ListedItem("01.11", "commune", "01", {"fr": "Bni Abdellah"})
RECODE = ListedChange("recode", NOW, (ListedLink("01.05"),), (ListedLink("01.11"),), "crosswalk")


def first_version(tmp_path: Path, *items: ListedItem) -> Content:
    draft = draft_from_list("units", 1, None, items, [], THEN)
    write_content(tmp_path / "content", ContentHeader("units", 1, "2014", THEN), draft.added)
    return open_content(tmp_path / "content")


def next_draft(base: Content, *items: ListedItem, changes: tuple[ListedChange, ...] = ()) -> Draft:
    return draft_from_list("units", 2, base, items, changes, NOW)


def states(draft: Draft) -> list[State]:
    facts = [parse(record.payload) for record in draft.added]
    return sorted((f for f in facts if isinstance(f, State)), key=lambda s: (s.code, s.valid_from or THEN))


def test_a_first_list_starts_at_an_unknown_date_unless_it_says_when(tmp_path: Path) -> None:
    dated = ListedItem("02", "region", None, {"fr": "Oriental"}, valid_from=date(2015, 3, 5))
    draft = draft_from_list("units", 1, None, [REGION, dated], [], THEN)
    assert [(s.code, s.valid_from) for s in states(draft)] == [("01", None), ("02", date(2015, 3, 5))]
    assert not draft.withdrawn


def test_an_unchanged_list_changes_nothing(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    assert next_draft(base, REGION, OLD) == Draft((), ())


def test_a_recode_keeps_the_item_and_ends_the_old_code(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    draft = next_draft(base, REGION, NEW, changes=(RECODE,))
    before, after = states(draft)
    assert before.item == after.item
    assert (before.code, before.valid_to) == ("01.05", NOW)
    assert (after.code, after.valid_from, after.valid_to) == ("01.11", NOW, None)
    assert len(draft.withdrawn) == 1
    (event,) = [f for r in draft.added if isinstance(f := parse(r.payload), ChangeEvent)]
    assert [link.item for link in event.links] == [before.item, before.item]


def test_a_recoded_parent_does_not_touch_its_children(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    moved = ListedItem("91", "region", None, {"fr": "Tanger"})
    child = ListedItem("01.05", "commune", "91", {"fr": "Bni Abdallah"})
    recode = ListedChange("recode", NOW, (ListedLink("01"),), (ListedLink("91"),), "decree")
    assert {s.level for s in states(next_draft(base, moved, child, changes=(recode,)))} == {"region"}


def test_a_code_that_comes_or_goes_without_a_reason_is_refused(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    with pytest.raises(UnfitList) as refused:
        next_draft(base, REGION, NEW)
    assert refused.value.problems == (
        "code '01.11' appears and no change event says why",
        "code '01.05' disappears and no change event says why",
    )


def test_a_change_of_a_code_that_nobody_has_is_refused(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION)
    with pytest.raises(UnfitList, match=r"'01\.05', which the base does not have"):
        next_draft(base, REGION, NEW, changes=(RECODE,))


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ([REGION, REGION], "code '01' comes 2 times"),
        ([OLD], "parent '01', which is not in the list"),
        (
            [
                ListedItem("a", "region", "b", {}),
                ListedItem("b", "region", "a", {}),
            ],
            "is its own ancestor",
        ),
        ([ListedItem("a", "region", "a", {})], "code 'a' is its own ancestor"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(items: list[ListedItem], problem: str) -> None:
    with pytest.raises(UnfitList, match=problem):
        draft_from_list("units", 1, None, items, [], THEN)


def test_another_name_that_left_the_list_is_withdrawn_and_a_dated_figure_stays(tmp_path: Path) -> None:
    named = ListedItem(
        "01",
        "region",
        None,
        {"fr": "Tanger"},
        other_names=(OtherName("Tangier", "en", "Latn", "alternative", "ISO"),),
        observations=(ListedObservation("population", THEN, 5, "persons", "HCP"),),
    )
    base = first_version(tmp_path, named)
    draft = next_draft(base, REGION)
    assert [key.family for key in draft.withdrawn] == ["designation"]
    again = next_draft(base, named)
    assert not any(isinstance(parse(r.payload), Designation) for r in again.added)


def test_a_shape_is_rounded_and_a_broken_one_refused(tmp_path: Path) -> None:
    point = ListedItem("01", "region", None, {}, shape=shapely.Point(-5.123456789, 35.1))
    (state,) = states(draft_from_list("units", 1, None, [point], [], THEN))
    assert state.shape is not None
    assert shapely.from_wkb(state.shape) == shapely.Point(-5.1234568, 35.1)
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(UnfitList, match=r"01.*Self-intersection"):
        draft_from_list("units", 1, None, [ListedItem("01", "region", None, {}, shape=bow)], [], THEN)
