"""The rules that a list of items must keep, and what they say of one that does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from referentials.findings import RULES, InvalidItems, check, raise_on_errors
from referentials.kinds import kind
from referentials.listing import ListedItem, ListedObservation, OtherName
from referentials.schemas import load_items

KIND = kind("administrative-units")
LEVELS = ("region", "commune")


def item(code="01", **fields) -> ListedItem:
    names = {"fr": f"Tanger {code}", "ar": f"طنجة {code}"}
    return ListedItem(code, **{"level": "region", "parent": None, "names": names, **fields})


def findings(*items, languages=("fr", "ar"), **options):
    return check(items, KIND, LEVELS, languages, **options)


def only(*items, **options):
    (finding,) = findings(*items, **options)
    return finding


def test_a_good_list_has_no_findings():
    assert findings(item("01"), item("01.051", level="commune", parent="01")) == []


def test_an_empty_list_is_an_error():
    assert only().rule == "empty_list"


def test_a_duplicate_code_is_named_with_both_rows():
    finding = only(item("01"), item("02"), item("01"))
    assert (finding.rule, finding.row, finding.value) == ("duplicate_codes", 3, "01")
    assert "is in row 1 too" in finding.message


@pytest.mark.parametrize(
    ("code", "said"),
    [(" ", "blank"), ("", "blank"), ("1" * 65, "65 characters"), ("01 051", "does not look like")],
)
def test_a_code_that_is_blank_long_or_malformed_is_an_error(code, said):
    finding = only(item(code))
    assert finding.rule == "malformed_codes"
    assert said in finding.message


def test_a_parent_that_does_not_exist_is_named():
    finding = only(item("01.051", parent="09"))
    assert (finding.rule, finding.column, finding.value) == ("unknown_parents", "parent", "09")


def test_a_cycle_is_named_once_with_its_path():
    chain = [item("d", parent="a"), item("b", parent="c"), item("c", parent="a"), item("a", parent="b")]
    (found,) = (finding for finding in findings(*chain) if finding.rule == "cycles")
    assert (found.row, found.message) == (4, "the parents go round in a circle: a → b → c → a")
    (found,) = (finding for finding in findings(item("x", parent="x")) if finding.rule == "cycles")
    assert found.message.endswith("x → x")


@given(st.lists(st.integers(0, 12), min_size=1, max_size=13))
def test_a_cycle_is_found_exactly_where_following_parents_never_ends(parents):
    items = [item(str(at), parent=str(to) if to < len(parents) else None) for at, to in enumerate(parents)]

    def endless(at):
        for _ in parents:
            if parents[at] >= len(parents):
                return False
            at = parents[at]
        return True

    found = any(finding.rule == "cycles" for finding in findings(*items))
    assert found == any(endless(at) for at in range(len(parents)))


def test_an_unknown_level_is_named_with_those_there_are():
    finding = only(item(level="country"))
    assert (finding.rule, finding.column) == ("unknown_levels", "level")
    assert "there are commune, region" in finding.message


def test_a_missing_language_is_only_a_warning():
    finding = only(item(names={"fr": "Tanger"}))
    assert (finding.rule, finding.severity, finding.column) == ("missing_names", "warning", "name_ar")
    raise_on_errors([finding])


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Tan\u202eger", "U+202E"),
        ("Tan\x07ger", "U+0007"),
        ("Tan\ufffdger", "U+FFFD"),
        ("\u200fTanger", "U+200F"),
    ],
)
def test_a_name_that_reads_otherwise_than_it_is_is_an_error(text, named):
    finding = only(item(names={"fr": text, "ar": "طنجة"}))
    assert finding.rule == "deceptive_characters"
    assert named in finding.message


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd", "-nom", " =x"])
def test_text_that_a_spreadsheet_would_run_is_an_error(text):
    assert only(item(names={"fr": text, "ar": "طنجة"})).rule == "formula_like_text"
    other = OtherName(text, "fr", "Latn", "alternative", "x")
    assert only(item(other_names=(other,))).column == "other_names"


@pytest.mark.parametrize("text", ["-5", "+3,5", "-12.5%", "Tanger - Assilah"])
def test_a_number_and_a_sign_within_a_name_are_no_formula(text):
    assert findings(item(names={"fr": text, "ar": "طنجة"})) == []


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"colour": "red"}, "no attribute 'colour'"),
        ({"type": 3}, "type text"),
        ({"area_km2": True}, "type number"),
    ],
)
def test_an_attribute_that_the_kind_does_not_know_is_an_error(attributes, said):
    finding = only(item(attributes=attributes))
    assert finding.rule == "misfit_attributes"
    assert said in finding.message


def test_a_figure_must_be_finite_and_stated_once():
    seen = ListedObservation("population", date(2024, 9, 1), 5, "persons", "HCP")
    assert "twice" in only(item(observations=(seen, seen))).message
    assert "finite" in only(item(observations=(replace(seen, value=float("nan")),))).message


@pytest.mark.parametrize(
    ("wkt", "said"),
    [
        ("POLYGON EMPTY", "empty"),
        ("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))", "Self-intersection"),
        ("POINT (-181 3)", "outside"),
        ("POINT (3 91)", "outside"),
        ("POINT (NaN 3)", "empty|finite"),
        ("LINESTRING (0 0, inf 3)", "finite"),
    ],
)
def test_an_invalid_shape_is_an_error_that_says_why(wkt, said):
    finding = only(item(shape=shapely.from_wkt(wkt)))
    assert (finding.rule, finding.column) == ("invalid_shapes", "shape")
    assert any(part in finding.message for part in said.split("|"))


@pytest.mark.parametrize("value", [float("nan"), 2**53, {"a": [float("inf")]}])
def test_a_number_that_not_every_reader_would_keep_is_an_error_in_any_kind(value):
    (finding,) = check([item(attributes={"x": value})], kind("code-lists"), LEVELS, ("fr",))
    assert finding.rule == "misfit_attributes"
    assert "finite" in finding.message


def test_a_good_shape_passes():
    assert findings(item(shape=shapely.Point(-7.6, 33.5))) == []


def test_everything_wrong_is_reported_at_once_with_the_rows_of_the_file():
    found = findings(item("01"), item("01", level="x", parent="y"), rows=[5, 9])
    assert [(finding.row, finding.rule) for finding in found] == [
        (9, "duplicate_codes"),
        (9, "unknown_parents"),
        (9, "unknown_levels"),
    ]


def test_a_limit_cuts_warnings_before_errors():
    items = [item(str(number), names={}) for number in range(50)] + [item("z", parent="y")]
    found = findings(*items, limit=10)
    assert len(found) == 10
    assert found[-1].rule == "unknown_parents"


def test_the_error_shows_the_first_findings_and_holds_all():
    with pytest.raises(InvalidItems, match=r"row 1, code 0, column level: 'x' is not a level") as raised:
        raise_on_errors(findings(*[item(str(number), level="x") for number in range(12)]))
    assert len(raised.value.findings) == 12
    assert "and 2 more" in str(raised.value)


def test_every_rule_says_what_it_wants():
    assert all(rule.__doc__ for rule in RULES)


def test_a_plain_mapping_becomes_an_item():
    row = {
        "code": "01.051.01",
        "level": "commune",
        "parent": "01",
        "names": {"fr": "Ajdir"},
        "attributes": {"type": "urban"},
        "other_names": [{"text": "أجدير", "language": "ar"}],
        "observations": [
            {"measure": "population", "observed_on": "2024-09-01", "value": 5.0, "unit": "persons"}
        ],
        "shape": {"type": "Point", "coordinates": [-3.9, 35.2]},
    }
    items, found = load_items([row], KIND)
    assert found == []
    assert items[0].other_names[0].script == "Arab"
    assert items[0].observations[0].value == 5
    assert items[0].shape == shapely.Point(-3.9, 35.2)


def test_malformed_items_are_reported_by_row_and_column_together():
    rows = [
        {"code": "01", "level": "region", "colour": "red"},
        {"level": "region", "attributes": {"area_km2": "wide"}},
        {"code": "02", "level": "region", "shape": {"type": "Blob"}, "other_names": [{"text": ""}]},
        {"code": "03", "level": "region", "names": {"fr": "Fès"}},
    ]
    items, found = load_items(rows, KIND)
    assert [item.code for item in items] == ["03"]
    assert {(finding.row, finding.column) for finding in found} == {
        (1, "colour"),
        (2, "code"),
        (2, "attributes.area_km2"),
        (3, "shape"),
        (3, "other_names.0.text"),
    }


def test_a_kind_without_its_own_attributes_takes_any():
    items, found = load_items(
        [{"code": "1", "level": "x", "attributes": {"colour": "red"}}], kind("code-lists")
    )
    assert found == []
    assert items[0].attributes == {"colour": "red"}
