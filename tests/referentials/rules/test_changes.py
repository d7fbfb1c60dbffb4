"""What a list changes: events explain it, and other referentials are thought of."""

from __future__ import annotations

from datetime import date

import pytest

from referentials.findings import Base, Reference, check, inspect
from referentials.kinds import kind
from referentials.listing import ListedChange, ListedItem, ListedLink
from referentials.rules.checked import CheckedList

BASE = Base({"01": "region", "02": "region"}, frozenset({"00"}))


def item(code, level="region"):
    return ListedItem(code, level, None, {"fr": f"Nom {code}"})


def change(kind_of_change, sources, targets):
    def links(codes):
        return tuple(ListedLink(code) for code in codes)

    return ListedChange(kind_of_change, date(2024, 9, 1), links(sources), links(targets), "a decree")


def found(*items, base=BASE, **options):
    levels = ("region", "commune")
    return check(items, kind("administrative-units"), levels, ("fr",), base=base, **options)


def test_a_first_version_explains_nothing():
    assert found(item("01"), item("03"), base=None) == []


def test_codes_that_appear_and_disappear_without_an_event_are_errors():
    findings = found(item("01"), item("03"))
    assert [(each.rule, each.severity, each.row, each.code) for each in findings] == [
        ("unexplained_disappearances", "error", None, "02"),
        ("unexplained_appearances", "error", 2, "03"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        [change("recode", ["02"], ["03"])],
        [change("abolition", ["02"], []), change("creation", [], ["03"])],
    ],
)
def test_events_explain_them(changes):
    assert found(item("01"), item("03"), changes=changes) == []


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (change("rename", ["09"], ["01"]), "09"),
        (change("redefinition", ["02"], ["02", "08"]), "08"),
        (change("rename", ["00"], ["01"]), "00"),
    ],
)
def test_an_event_of_codes_that_do_not_exist_is_an_error(event, code):
    findings = found(item("01"), item("02"), changes=[event])
    assert [(each.rule, each.code, each.column) for each in findings] == [
        ("unknown_change_codes", code, "change")
    ]


def test_a_reinstatement_starts_from_a_code_that_ended():
    again = change("reinstatement", ["00"], ["00"])
    assert found(item("00"), item("01"), item("02"), changes=[again]) == []


@pytest.mark.parametrize(
    ("items", "changes", "problem"),
    [
        (
            ["01", "03", "04"],
            [change("recode", ["02"], ["03"]), change("recode", ["02"], ["04"])],
            "code '02' ends more than once: recode of 02 to 03; recode of 02 to 04",
        ),
        (
            ["01", "02", "03"],
            [change("recode", ["02"], ["03"])],
            "code '02' ends by a change, and the list has it: recode of 02 to 03",
        ),
        (
            ["01", "03"],
            [change("recode", ["02"], ["03"]), change("creation", [], ["03"])],
            "code '03' comes of changes that exclude each other: "
            "recode of 02 to 03; creation of nothing to 03",
        ),
    ],
)
def test_events_that_cannot_all_be_true_are_errors(items, changes, problem):
    findings = found(*map(item, items), changes=changes)
    assert [(each.rule, each.severity, each.message) for each in findings] == [
        ("contradictory_changes", "error", problem)
    ]


def test_two_codes_that_change_places_are_no_contradiction():
    swap = [change("recode", ["01"], ["02"]), change("recode", ["02"], ["01"])]
    assert found(item("01"), item("02"), changes=swap) == []


def test_an_event_of_no_known_type_is_an_error():
    (finding,) = found(item("01"), item("02"), changes=[change("marriage", ["01"], ["01"])])
    assert (finding.rule, finding.value) == ("unknown_change_codes", "marriage")


def test_a_code_that_goes_to_another_level_is_asked_about_unless_an_event_tells():
    (finding,) = found(item("01"), item("02", "commune"))
    assert (finding.rule, finding.severity, finding.row) == ("changed_levels", "warning", 2)
    assert found(item("01"), item("02", "commune"), changes=[change("redefinition", ["02"], ["02"])]) == []


def test_a_code_to_remove_that_is_not_there_is_an_error():
    checked = CheckedList(
        [item("01"), item("02")],
        [1, 2],
        kind("code-lists"),
        ("region",),
        ("fr",),
        base=BASE,
        removed={"07"},
    )
    (finding,) = inspect(checked).findings
    assert (finding.rule, finding.code) == ("unknown_removals", "07")


def test_a_code_that_goes_although_another_referential_names_it_is_asked_about():
    gone = [change("abolition", ["02"], [])]
    references = [Reference("place-names", "02", "commune"), Reference("place-names", "01", "commune")]
    (finding,) = found(item("01"), changes=gone, references=references)
    assert (finding.rule, finding.severity, finding.code) == ("removed_but_referenced", "warning", "02")
    assert finding.message == "the code goes, and items of place-names name it (attribute commune)"


@pytest.mark.parametrize(
    ("day", "rules"), [(date(2024, 8, 31), ["effective_before_base"]), (date(2024, 9, 1), [])]
)
def test_a_version_that_takes_effect_before_the_one_before_is_asked_about(day, rules):
    base = Base(BASE.levels, effective_on=date(2024, 9, 1))
    listed = [item("01"), item("02")]
    checked = CheckedList(
        listed, [1, 2], kind("code-lists"), ("region",), ("fr",), base=base, effective_on=day
    )
    assert [(each.rule, each.value) for each in inspect(checked).findings] == [
        (rule, str(day)) for rule in rules
    ]
