"""The change events that are proposed for what differs between a base and a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely

from referentials.drafting import draft_from_list
from referentials.listing import ListedChange, ListedItem, ListedLink, ListedObservation
from referentials.proposing import ProposedChange, propose_changes
from referentials.snapshot import Content, ContentHeader, open_content, write_content

THEN, NOW = date(2014, 9, 1), date(2024, 9, 1)
NORTH = ListedItem("01", "region", None, {"fr": "Nord", "ar": "الشمال"})
SOUTH = ListedItem("02", "region", None, {"fr": "Sud", "ar": "الجنوب"})


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(-6 + west / 10, 34 + south / 10, -6 + east / 10, 34 + north / 10)


def commune(code: str, name: str, shape: object = None, parent: str = "01", **more: object) -> ListedItem:
    names = {"fr": name} if name else {}
    return replace(ListedItem(code, "commune", parent, names, shape=shape), **more)


LEFT, RIGHT, BOTH = box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 0, 2, 1)


def people(count: int, year: int = 2014) -> tuple[ListedObservation, ...]:
    return (ListedObservation("population", date(year, 9, 1), count, "person", "census"),)


def base_of(folder: Path, items: Sequence[ListedItem]) -> Content:
    draft = draft_from_list("units", 1, None, items, [], THEN)
    write_content(folder / "base", ContentHeader("units", 1, "2014", THEN), draft.added)
    return open_content(folder / "base")


def proposed(
    folder: Path, before: Sequence[ListedItem], after: Sequence[ListedItem], *stated: ListedChange
) -> dict[str, ProposedChange]:
    """The proposals by what they say; confirmed all together, they make the list a version."""
    base = base_of(folder, before)
    found = propose_changes(base, after, stated, NOW)
    assert found == propose_changes(base, list(reversed(after)), stated, NOW)
    draft_from_list("units", 2, base, after, [*stated, *(each.change for each in found)], NOW)
    assert all(0 < each.confidence <= 1 and each.reason.endswith(".") for each in found)
    return {said(each.change): each for each in found}


def said(change: ListedChange) -> str:
    sources, targets = ("+".join(link.code for link in links) for links in (change.sources, change.targets))
    return f"{change.type} {sources} > {targets}"


def shares(proposal: ProposedChange, end: str) -> dict[str, tuple[float | None, str | None]]:
    return {link.code: (link.share, link.share_basis) for link in getattr(proposal.change, end)}


def test_nothing_is_proposed_where_nothing_changed(tmp_path: Path) -> None:
    items = [NORTH, commune("01.1", "Ajdir", box(0, 0, 1, 1))]
    assert not proposed(tmp_path, items, items)


def test_the_same_name_under_the_same_parent_is_a_recode(tmp_path: Path) -> None:
    found = proposed(
        tmp_path, [NORTH, commune("01.1", "Oulad Tayeb")], [NORTH, commune("01.9", "Ouled Tayeb")]
    )
    assert list(found) == ["recode 01.1 > 01.9", "rename 01.1 > 01.9"]
    assert found["recode 01.1 > 01.9"].confidence > 0.9


def test_the_same_shape_is_a_recode_whatever_the_name(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", "Ajdir", box(0, 0, 1, 1))]
    after = [NORTH, commune("01.9", "Cité Nouvelle", box(0, 0, 1, 1))]
    assert list(proposed(tmp_path, before, after)) == ["recode 01.1 > 01.9", "rename 01.1 > 01.9"]


def test_a_recoded_parent_is_followed(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", "Ajdir"), commune("01.2", "Imzouren")]
    after = [replace(NORTH, code="91"), *(commune(f"91.{n}", name, parent="91") for n, name in
             ((1, "Ajdir"), (2, "Imzouren")))]  # fmt: skip
    found = proposed(tmp_path, before, after)
    assert list(found) == ["recode 01 > 91", "recode 01.1 > 91.1", "recode 01.2 > 91.2"]


def test_of_two_that_are_equally_likely_none_is_taken(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", "Ajdir")]
    after = [NORTH, commune("01.8", "Ajdir"), commune("01.9", "Ajdir")]
    found = proposed(tmp_path, before, after)
    assert sorted(found) == ["abolition 01.1 > ", "creation  > 01.8", "creation  > 01.9"]
    assert {each.confidence for each in found.values()} == {0.3}


def test_the_same_name_far_away_is_another_place(tmp_path: Path) -> None:
    before = [NORTH, SOUTH, commune("01.1", "Ajdir", box(0, 0, 1, 1))]
    after = [NORTH, SOUTH, commune("02.1", "Ajdir", box(50, 0, 51, 1), parent="02")]
    assert sorted(proposed(tmp_path, before, after)) == ["abolition 01.1 > ", "creation  > 02.1"]


def test_the_only_one_that_left_may_be_the_only_one_that_came(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", ""), commune("01.2", "Ajdir")]
    after = [NORTH, commune("01.7", "Imzouren"), commune("01.2", "Ajdir")]
    found = proposed(tmp_path, before, after)
    assert list(found) == ["recode 01.1 > 01.7"]
    assert found["recode 01.1 > 01.7"].confidence < 0.5


def test_what_changed_of_a_unit_that_stays_is_told(tmp_path: Path) -> None:
    before = [NORTH, SOUTH, commune("01.1", "Ajdir", attributes={"type": "rural"})]
    after = [NORTH, SOUTH, commune("01.1", "Ajdir Centre", parent="02", attributes={"type": "urban"})]
    found = proposed(tmp_path, before, after)
    assert list(found) == ["redefinition 01.1 > 01.1", "rename 01.1 > 01.1", "reparent 01.1 > 01.1"]
    assert "Ajdir → Ajdir Centre" in found["rename 01.1 > 01.1"].reason


def test_a_code_at_another_level_is_redefined(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", "Ajdir")]
    after = [NORTH, replace(commune("01.1", "Ajdir"), level="municipality")]
    assert list(proposed(tmp_path, before, after)) == ["redefinition 01.1 > 01.1"]


def test_a_name_in_one_more_language_and_a_first_shape_are_no_events(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", "Ajdir")]
    after = [NORTH, commune("01.1", "Ajdir", box(0, 0, 1, 1), names={"fr": "Ajdir", "ar": "أجدير"})]
    assert not proposed(tmp_path, before, after)


def test_what_is_stated_is_not_proposed_again(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", "Ajdir")]
    after = [NORTH, commune("01.9", "Ajdir Centre")]
    stated = ListedChange("recode", NOW, (ListedLink("01.1"),), (ListedLink("01.9"),), "a decree")
    assert list(proposed(tmp_path, before, after, stated)) == ["rename 01.1 > 01.9"]
    gone = ListedChange("abolition", NOW, (ListedLink("01.1"),), (), "a decree")
    assert list(proposed(tmp_path / "b", before, after, gone)) == ["creation  > 01.9"]


def test_what_was_rejected_is_not_proposed_again_but_its_codes_are_explained_otherwise(
    tmp_path: Path,
) -> None:
    base = base_of(tmp_path, [NORTH, commune("01.1", "Ajdir", LEFT), commune("01.2", "Imzouren", RIGHT)])
    after = [NORTH, commune("01.3", "Nekkour", BOTH)]
    recoded = [NORTH, commune("01.3", "Ajdir", LEFT), commune("01.2", "Imzouren", RIGHT)]
    for items, least in ((after, 3), (recoded, 2)):
        (first,) = propose_changes(base, items, [], NOW)
        others = propose_changes(base, items, [], NOW, rejected=[first.change])
        assert {each.change.type for each in others} == {"abolition", "creation"}
        assert len(others) == least
        none = propose_changes(
            base, items, [], NOW, rejected=[first.change, *(each.change for each in others)]
        )
        assert not none


def test_a_code_that_had_ended_and_is_there_again_is_reinstated(tmp_path: Path) -> None:
    first = base_of(tmp_path, [NORTH, commune("01.1", "Ajdir")])
    gone = ListedChange("abolition", date(2020, 1, 1), (ListedLink("01.1"),), (), "a decree")
    draft = draft_from_list("units", 2, first, [NORTH], [gone], date(2020, 1, 1))
    kept = [record for record in first.records() if record.record_key not in set(draft.withdrawn)]
    records = sorted([*kept, *draft.added], key=lambda record: record.order)
    write_content(tmp_path / "2", ContentHeader("units", 2, "2020", date(2020, 1, 1)), records)
    second = open_content(tmp_path / "2")
    for name, kind in (("Ajdir", "reinstatement"), ("Imzouren", "creation")):
        items = [NORTH, commune("01.1", name)]
        (only,) = propose_changes(second, items, [], NOW)
        assert only.change.type == kind
        if kind == "reinstatement":
            draft_from_list("units", 3, second, items, [only.change], NOW)


def test_of_a_recoded_unit_only_attributes_that_the_list_states_are_compared(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", "Ajdir", attributes={"type": "rural"})]
    found = proposed(tmp_path, before, [NORTH, commune("01.9", "Ajdir")])
    assert list(found) == ["recode 01.1 > 01.9"]


def test_two_shapes_that_become_one_are_a_merge(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", "Ajdir", LEFT), commune("01.2", "Imzouren", RIGHT)]
    found = proposed(tmp_path, before, [NORTH, commune("01.3", "Nekkour", BOTH)])
    assert list(found) == ["merge 01.1+01.2 > 01.3"]


def test_a_shape_that_becomes_two_is_a_split_with_shares_by_people_else_by_area(tmp_path: Path) -> None:
    third, rest = box(0, 0, 0.5, 1), box(0.5, 0, 2, 1)
    before = [NORTH, commune("01.3", "Nekkour", BOTH)]
    after = [commune("01.1", "Ajdir", third), commune("01.2", "Imzouren", rest)]
    (by_area,) = proposed(tmp_path / "a", before, [NORTH, *after]).values()
    assert said(by_area.change) == "split 01.3 > 01.1+01.2"
    assert shares(by_area, "targets") == {
        "01.1": (pytest.approx(0.25, abs=0.001), "area"),
        "01.2": (pytest.approx(0.75, abs=0.001), "area"),
    }
    counted = [replace(after[0], observations=people(600)), replace(after[1], observations=people(400))]
    (by_people,) = proposed(tmp_path / "b", before, [NORTH, *counted]).values()
    assert shares(by_people, "targets") == {
        "01.1": (0.6, "population of 2014-09-01"),
        "01.2": (0.4, "population of 2014-09-01"),
    }


def test_a_unit_cut_out_of_one_that_stays_is_an_extraction(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", "Ajdir", BOTH)]
    after = [NORTH, commune("01.1", "Ajdir", LEFT), commune("01.2", "Imzouren", RIGHT)]
    (only,) = proposed(tmp_path, before, after).values()
    assert said(only.change) == "extraction 01.1 > 01.2"
    assert shares(only, "sources") == {"01.1": (pytest.approx(0.5, abs=0.001), "area")}


def test_a_unit_that_goes_into_one_that_stays_is_an_absorption(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", "Ajdir", LEFT), commune("01.2", "Imzouren", RIGHT)]
    found = proposed(tmp_path, before, [NORTH, commune("01.1", "Ajdir", BOTH)])
    assert list(found) == ["absorption 01.2 > 01.1"]


def test_a_strip_between_two_that_stay_is_a_transfer(tmp_path: Path) -> None:
    before = [NORTH, commune("01.1", "Ajdir", LEFT), commune("01.2", "Imzouren", RIGHT)]
    after = [
        NORTH, commune("01.1", "Ajdir", box(0, 0, 1.2, 1)), commune("01.2", "Imzouren", box(1.2, 0, 2, 1)),
    ]  # fmt: skip
    (only,) = proposed(tmp_path, before, after).values()
    assert said(only.change) == "transfer 01.2 > 01.1"
    assert shares(only, "sources") == {"01.2": (pytest.approx(0.2, abs=0.001), "area")}


def test_an_area_that_grew_by_what_nobody_had_is_a_redefinition(tmp_path: Path) -> None:
    before, after = commune("01.1", "Ajdir", LEFT), commune("01.1", "Ajdir", BOTH)
    (only,) = proposed(tmp_path, [NORTH, before], [NORTH, after]).values()
    assert said(only.change) == "redefinition 01.1 > 01.1"
    assert only.confidence == 0.5


def test_a_unit_divided_among_those_that_stay_is_an_abolition_with_shares(tmp_path: Path) -> None:
    before = [
        NORTH, commune("01.1", "Ajdir", LEFT), commune("01.2", "Imzouren", box(1, 0, 3, 1)),
        commune("01.3", "Nekkour", box(3, 0, 4, 1)),
    ]  # fmt: skip
    after = [NORTH, commune("01.1", "Ajdir", BOTH), commune("01.3", "Nekkour", box(2, 0, 4, 1))]
    (only,) = proposed(tmp_path, before, after).values()
    assert said(only.change) == "abolition 01.2 > 01.1+01.3"
    assert [link.share for link in only.change.targets] == [pytest.approx(0.5, abs=0.001)] * 2


def test_regions_without_shapes_are_divided_as_what_is_in_them(tmp_path: Path) -> None:
    names = ("Ajdir", "Imzouren", "Targuist", "Nekkour")
    one, two, three = (ListedItem(code, "region", None, {"fr": name}) for code, name in
                       (("03", "Couchant"), ("04", "Levant"), ("05", "Rif")))  # fmt: skip
    before = [
        NORTH,
        *(commune(f"01.{n}", name, observations=people(100 * n)) for n, name in enumerate(names, 1)),
    ]
    after = [one, two, *(
        commune(f"01.{n}", name, parent="03" if n < 3 else "04") for n, name in enumerate(names, 1)
    )]  # fmt: skip
    divided = proposed(tmp_path / "split", before, after)
    assert shares(divided["split 01 > 03+04"], "targets") == {
        "03": (0.3, "population of 2014-09-01"),
        "04": (0.7, "population of 2014-09-01"),
    }
    assert sum(key.startswith("reparent") for key in divided) == 4
    merged = proposed(tmp_path / "merge", after, [three, *(replace(item, parent="05") for item in after[2:])])
    assert "merge 03+04 > 05" in merged
    cut = proposed(tmp_path / "cut", before, [NORTH, two, before[1], before[2], before[3], after[-1]])
    assert sorted(cut) == ["extraction 01 > 04", "reparent 01.4 > 01.4"]
