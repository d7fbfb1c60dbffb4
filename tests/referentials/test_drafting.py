from datetime import date
from pathlib import Path

import pytest
import shapely

from matching.store import Found, open_store
from referentials.compiling import compile_search, day_number
from referentials.drafting import Draft, UnfitList, draft_from_changes, draft_from_list
from referentials.listing import ListedChange, ListedItem, ListedLink, ListedObservation, OtherName
from referentials.parsing import parse
from referentials.records import ChangeEvent, Designation, Observation, State
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


def change(kind: str, sources: str, targets: str, on: date = NOW) -> ListedChange:
    """A change of codes, given with blanks between them."""
    return ListedChange(
        kind, on, tuple(map(ListedLink, sources.split())), tuple(map(ListedLink, targets.split())), "decree"
    )


def published(folder: Path, ordinal: int, base: Content | None, draft: Draft) -> Content:
    """The content of a version: what the base has, without what is withdrawn, with what is added."""
    gone = set(draft.withdrawn)
    kept = [] if base is None else [record for record in base.records() if record.record_key not in gone]
    records = sorted([*kept, *draft.added], key=lambda record: record.order)
    write_content(folder, ContentHeader("units", ordinal, str(ordinal), NOW), records)
    return open_content(folder)


def found(folder: Path, content: Content, code: str, on: date) -> Found | None:
    compile_search(content, folder, profile="place-names", levels=["region", "commune"])
    return open_store(folder).find(code, day_number(on.isoformat()))


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


@pytest.mark.parametrize("target", ["an item of its own", "another item"])
@pytest.mark.parametrize("kind", ["correction", "annulment"])
def test_a_code_that_was_never_right_answers_invalid(tmp_path: Path, kind: str, target: str) -> None:
    right = ListedItem("01.07", "commune", "01", {"fr": "Bni Abdellah"})
    start = [REGION, OLD, right] if target == "another item" else [REGION, OLD]
    base = published(tmp_path / "1", 1, None, draft_from_list("units", 1, None, start, [], THEN))
    draft = next_draft(base, REGION, right, changes=(change(kind, "01.05", "01.07"),))
    assert not [state for state in states(draft) if state.code == "01.05"]
    after = published(tmp_path / "2", 2, base, draft)
    wrong = found(tmp_path / "search", after, "01.05", THEN)
    assert wrong is not None
    assert wrong.status == "invalid"
    store = open_store(tmp_path / "search")
    assert b'"01.07"' in store.rendered(wrong.row)
    corrected = store.find("01.07", day_number(NOW.isoformat()))
    assert corrected is not None
    assert corrected.status == "valid"


def test_a_correction_states_all_that_had_the_wrong_code_again_from_the_same_days(tmp_path: Path) -> None:
    first = draft_from_list("units", 1, None, [REGION, OLD], [], THEN)
    base = published(tmp_path / "1", 1, None, first)
    renamed = ListedItem("01.05", "commune", "01", {"fr": "Bni Abdellah"})
    base = published(tmp_path / "2", 2, base, next_draft(base, REGION, renamed))
    draft = draft_from_list(
        "units", 3, base, [REGION, NEW], [change("correction", "01.05", "01.11", date(2025, 1, 1))], NOW
    )
    assert [(s.code, s.names["fr"], s.valid_from, s.valid_to) for s in states(draft)] == [
        ("01.11", "Bni Abdallah", None, NOW),
        ("01.11", "Bni Abdellah", NOW, None),
    ]
    assert len(draft.withdrawn) == 2


def test_an_annulled_code_that_stays_unlisted_leaves_no_state(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    draft = next_draft(base, REGION, changes=(change("annulment", "01.05", ""),))
    assert states(draft) == []
    assert [key.family for key in draft.withdrawn] == ["state"]


def test_a_further_version_of_the_same_day_states_again_what_it_changes(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    base = published(tmp_path / "2", 2, base, next_draft(base, REGION, NEW, changes=(RECODE,)))
    again = ListedItem("01.11", "commune", "01", {"fr": "Beni Abdellah"})
    draft = draft_from_list("units", 3, base, [REGION, again], [], NOW)
    (state,) = states(draft)
    assert (state.names["fr"], state.valid_from, state.valid_to) == ("Beni Abdellah", NOW, None)
    after = published(tmp_path / "3", 3, base, draft)
    gone = draft_from_list("units", 4, after, [REGION], [change("abolition", "01.11", "")], NOW)
    assert states(gone) == []
    published(tmp_path / "4", 4, after, gone)


def test_a_corrected_figure_takes_the_place_of_the_one_of_its_day(tmp_path: Path) -> None:
    def with_figures(population: int, source: str) -> ListedItem:
        return ListedItem(
            "01",
            "region",
            None,
            {"fr": "Tanger"},
            other_names=(OtherName("Tangier", "en", "Latn", "alternative", source),),
            observations=(ListedObservation("population", THEN, population, "persons", "HCP"),),
        )

    base = first_version(tmp_path, with_figures(5, "ISO"))
    draft = next_draft(base, with_figures(6, "GeoNames"))
    designation, observation = (parse(record.payload) for record in draft.added)
    assert isinstance(designation, Designation)
    assert isinstance(observation, Observation)
    assert (designation.source, observation.value) == ("GeoNames", 6)
    assert set(draft.withdrawn) == {record.record_key for record in draft.added}
    published(tmp_path / "2", 2, base, draft)


def test_an_event_that_the_base_has_already_is_not_stated_again(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    noted = change("redefinition", "01.05", "01.05")
    base = published(tmp_path / "2", 2, base, next_draft(base, REGION, OLD, changes=(noted,)))
    assert draft_from_list("units", 3, base, [REGION, OLD], [noted], NOW) == Draft((), ())


LATER = date(2024, 12, 1)
THIRD = ListedItem("01.07", "commune", "01", {"fr": "Issaguen"})


@pytest.mark.parametrize(
    ("items", "changes", "problem"),
    [
        ([OLD, NEW], [change("recode", "01.05", "01.11")], r"'01\.05', '01\.11' are one item"),
        (
            [NEW],
            [change("recode", "01.05", "01.11"), change("recode", "01.07", "01.11")],
            r"'01\.11' takes the place of both '01\.05' and '01\.07'",
        ),
        ([THIRD], [change("recode", "01.05", "01.07")], r"'01\.07', which another item has"),
        (
            [ListedItem("01.05", "commune", "01", {"fr": "X"}), THIRD],
            [change("rename", "01.05", "01.05"), change("redefinition", "01.05", "01.05", LATER)],
            r"'01\.05' changes on 2024-09-01 and 2024-12-01",
        ),
        (
            [OLD, THIRD],
            [change("redefinition", "01.05", "01.05"), change("redefinition", "01.05", "01.05")],
            r"redefinition of 01\.05 on 2024-09-01 comes 2 times",
        ),
    ],
)
def test_changes_that_contradict_each_other_are_refused(
    tmp_path: Path, items: list[ListedItem], changes: list[ListedChange], problem: str
) -> None:
    base = first_version(tmp_path, REGION, OLD, THIRD)
    with pytest.raises(UnfitList, match=problem):
        next_draft(base, REGION, *items, changes=tuple(changes))


def test_of_two_days_the_one_on_which_the_code_ends_is_that_of_the_change(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    recode = change("recode", "01.05", "01.11", LATER)
    draft = next_draft(base, REGION, NEW, changes=(recode, change("rename", "01.05", "01.11")))
    assert [(s.code, s.valid_from, s.valid_to) for s in states(draft)] == [
        ("01.05", None, LATER),
        ("01.11", LATER, None),
    ]


def test_codes_that_are_passed_on_change_each_on_the_day_of_its_own_item(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD, THIRD)
    moved = ListedItem("01.05", "commune", "01", {"fr": "Issaguen"})
    changes = (change("recode", "01.05", "01.11"), change("recode", "01.07", "01.05", LATER))
    draft = next_draft(base, REGION, NEW, moved, changes=changes)
    assert [(s.code, s.valid_from, s.valid_to) for s in states(draft)] == [
        ("01.05", None, NOW),
        ("01.05", LATER, None),
        ("01.07", None, LATER),
        ("01.11", NOW, None),
    ]


def test_a_transfer_makes_no_item_of_the_giver(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD, THIRD)
    draft = next_draft(base, REGION, OLD, THIRD, changes=(change("transfer", "01.05", "01.07"),))
    assert states(draft) == []


def test_what_a_list_of_changes_does_not_name_stays_as_it_is(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD, THIRD)
    renamed = ListedItem("01.07", "commune", "01", {"fr": "Targuist"})
    draft = draft_from_changes("units", 2, base, [renamed], [], [], NOW)
    assert [(s.code, s.names["fr"], s.valid_from, s.valid_to) for s in states(draft)] == [
        ("01.07", "Issaguen", None, NOW),
        ("01.07", "Targuist", NOW, None),
    ]
    whole = draft_from_list("units", 2, base, [REGION, OLD, renamed], [], NOW)
    assert draft == whole


def test_a_list_of_changes_lets_go_what_an_event_ends(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD, THIRD)
    draft = draft_from_changes("units", 2, base, [NEW], [], [RECODE], NOW)
    assert draft == draft_from_list("units", 2, base, [REGION, NEW, THIRD], [RECODE], NOW)
    merged = ListedItem("01.20", "commune", "01", {"fr": "Ketama"})
    both = change("merge", "01.05 01.07", "01.20")
    draft = draft_from_changes("units", 2, base, [merged], [], [both], NOW)
    assert sorted(s.code for s in states(draft) if s.valid_to == NOW) == ["01.05", "01.07"]


@pytest.mark.parametrize(
    ("items", "removed", "changes", "problem"),
    [
        ([], ["09"], [], "'09' is to be removed, and the base does not have it"),
        ([], ["01.05"], [], r"'01\.05' disappears and no change event says why"),
        (
            [],
            ["01"],
            [change("abolition", "01", "")],
            r"'01\.05' has the parent '01', which is not in the list",
        ),
        ([ListedItem("01", "region", "01.05", {"fr": "Tanger"})], [], [], "'01' is its own ancestor"),
        ([ListedItem("01.05", "commune", "07", {})], [], [], "parent '07', which is not in the list"),
    ],
)
def test_a_list_of_changes_that_leaves_nothing_sound_is_refused(
    tmp_path: Path, items: list[ListedItem], removed: list[str], changes: list[ListedChange], problem: str
) -> None:
    base = first_version(tmp_path, REGION, OLD, THIRD)
    with pytest.raises(UnfitList, match=problem):
        draft_from_changes("units", 2, base, items, removed, changes, NOW)


def test_an_editorial_version_says_better_what_was_so_already(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    placed = ListedItem("01.05", "commune", "01", {"fr": "Bni Abdallah"}, shape=shapely.Point(-5.1, 35.1))
    draft = draft_from_changes("units", 2, base, [placed], [], [], NOW, editorial=True)
    (state,) = states(draft)
    assert (state.code, state.valid_from, state.valid_to) == ("01.05", None, None)
    assert state.shape is not None
    assert len(draft.withdrawn) == 1


def test_a_reinstated_code_is_the_item_that_it_was(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    abolished = change("abolition", "01.05", "")
    base = published(tmp_path / "2", 2, base, next_draft(base, REGION, changes=(abolished,)))
    back = change("reinstatement", "01.05", "01.05", LATER)
    draft = draft_from_list("units", 3, base, [REGION, OLD], [back], LATER)
    (state,) = states(draft)
    (before,) = [s for s in base.facts("state") if isinstance(s, State) and s.code == "01.05"]
    assert (state.item, state.valid_from, state.valid_to) == (before.item, LATER, None)
    published(tmp_path / "3", 3, base, draft)


def test_two_figures_of_a_day_are_refused(tmp_path: Path) -> None:
    figures = tuple(ListedObservation("population", THEN, value, "persons", "HCP") for value in (5, 6))
    twice = ListedItem("01", "region", None, {}, observations=figures)
    with pytest.raises(UnfitList, match="'01' has 2 figures of 'population' for 2014-09-01"):
        draft_from_list("units", 1, None, [twice], [], THEN)


def test_other_names_of_what_ended_stay(tmp_path: Path) -> None:
    tangier = OtherName("Tangier", "en", "Latn", "alternative", "ISO")
    named = ListedItem("02", "region", None, {"fr": "Tanger"}, other_names=(tangier,))
    base = first_version(tmp_path, REGION, named)
    ended = next_draft(base, REGION, changes=(change("abolition", "02", ""),))
    assert [key.family for key in ended.withdrawn] == ["state"]
    annulled = next_draft(base, REGION, changes=(change("annulment", "02", ""),))
    assert [key.family for key in annulled.withdrawn] == ["state", "designation"]


def test_what_is_not_listed_cannot_stay_below_a_code_that_another_item_has_now(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    lower = ListedItem("01", "province", None, {"fr": "Tanger"})
    with pytest.raises(UnfitList, match=r"'01\.05' has the parent '01', which is another item now"):
        draft_from_changes("units", 2, base, [lower], [], [], NOW)
    after = draft_from_changes("units", 2, base, [lower, OLD], [], [], NOW)
    assert after.added == draft_from_list("units", 2, base, [lower, OLD], [], NOW).added


def test_a_circle_through_an_item_that_is_not_listed_is_found(tmp_path: Path) -> None:
    base = first_version(tmp_path, REGION, OLD)
    moved = ListedItem("91", "region", "01.05", {"fr": "Tanger"})
    with pytest.raises(UnfitList, match="is its own ancestor"):
        draft_from_changes("units", 2, base, [moved], [], [change("recode", "01", "91")], NOW)
