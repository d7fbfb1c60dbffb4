"""Figures: stated once, and those of the parts make up the whole."""

from __future__ import annotations

from datetime import date

from referentials.findings import check
from referentials.kinds import kind
from referentials.listing import ListedItem, ListedObservation

DAY = date(2024, 9, 1)


def item(code, level, parent, figure=None, measure="population", day=DAY):
    observations = () if figure is None else (ListedObservation(measure, day, figure, "persons", "HCP"),)
    return ListedItem(code, level, parent, {"fr": code}, observations=observations)


def found(*items):
    return check(items, kind("administrative-units"), ("region", "province", "commune"), ("fr",))


def test_two_figures_for_one_measure_and_day_are_an_error_that_names_both():
    seen = [ListedObservation("population", DAY, value, "persons", "HCP") for value in (5, 6, 5)]
    findings = found(ListedItem("01", "region", None, {"fr": "Nord"}, observations=tuple(seen)))
    assert [each.message for each in findings] == [
        "the figure is stated twice: 5 and 6",
        "the figure is stated twice: 5 and 5",
    ]
    assert {(each.rule, each.column) for each in findings} == {
        ("repeated_figures", "population on 2024-09-01")
    }


def test_parts_that_make_up_the_whole_pass_through_levels_without_figures():
    assert (
        found(
            item("01", "region", None, 60),
            item("01.1", "province", "01"),
            item("01.2", "province", "01", 30),
            item("01.1.1", "commune", "01.1", 10),
            item("01.1.2", "commune", "01.1", 20),
        )
        == []
    )


def test_parts_that_do_not_are_asked_about_with_both_figures():
    (finding,) = found(
        item("01", "region", None, 12_345), item("a", "province", "01", 2), item("b", "province", "01", 3)
    )
    assert (finding.rule, finding.severity, finding.code) == ("parts_unlike_whole", "warning", "01")
    assert finding.message == "the parts have 5 together, the whole has 12,345"


def test_nothing_is_said_where_a_part_has_no_figure_or_the_measure_is_no_sum():
    part = item("b", "province", "01")
    assert found(item("01", "region", None, 60), item("a", "province", "01", 2), part) == []
    other_day = item("b", "province", "01", 3, day=date(2014, 9, 1))
    assert found(item("01", "region", None, 60), other_day) == []
    densities = [item("01", "region", None, 60, "density"), item("a", "province", "01", 2, "density")]
    assert found(*densities) == []


def test_figures_in_a_circle_of_parents_are_left_alone():
    findings = found(item("a", "region", "b", 1), item("b", "region", "a"))
    assert "parts_unlike_whole" not in {each.rule for each in findings}
