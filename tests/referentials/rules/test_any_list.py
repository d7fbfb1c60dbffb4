"""What holds of all rules together, whatever the list."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date
from unicodedata import normalize

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from referentials.events import EVENTS
from referentials.findings import RULES, Base, Reference, inspect, raise_on_errors
from referentials.kinds import KINDS, kind
from referentials.listing import ListedChange, ListedItem, ListedLink, ListedObservation, OtherName
from referentials.rules.checked import CheckedList

LEVELS = ("region", "province", "commune")
CODES = st.sampled_from(["01", "02", "01.1", "01.2", "02.1", "\u00e9", "e\u0301", "", " ", "x" * 65])
TEXTS = st.text(max_size=8) | st.sampled_from(["Fès", "FES", "فاس", "=1+1", "\x00", "\ud800", "a" * 1_001])
NUMBERS = st.integers() | st.floats(allow_nan=True, allow_infinity=True)
DEGREES = st.floats(-200, 200) | st.sampled_from([0.0, 1.0, 2.0, 180.0, float("nan"), float("inf")])
PAIRS = st.tuples(DEGREES, DEGREES)
FINITE = st.tuples(st.floats(-200, 200), st.floats(-200, 200))
BOXES = st.builds(
    lambda west, south, width, height: shapely.box(west, south, west + width, south + height),
    *[st.integers(0, 5)] * 4,
)
SHAPES = st.one_of(
    st.builds(shapely.Point, PAIRS),
    BOXES,
    st.lists(FINITE, min_size=4, max_size=6).map(shapely.Polygon),
    st.lists(BOXES, max_size=3).map(shapely.MultiPolygon),
    st.lists(BOXES | st.builds(shapely.Point, PAIRS), max_size=3).map(shapely.GeometryCollection),
    st.lists(PAIRS, min_size=2, max_size=3).map(shapely.LineString),
)
OBSERVATIONS = st.builds(
    ListedObservation,
    st.sampled_from(["population", "households", "density"]),
    st.sampled_from([date(2014, 9, 1), date(2024, 9, 1)]),
    NUMBERS,
    st.just("persons"),
    st.just("x"),
)
ITEMS = st.builds(
    ListedItem,
    CODES,
    st.sampled_from([*LEVELS, "planet"]),
    st.none() | CODES,
    st.dictionaries(st.sampled_from(["fr", "ar", "zgh", "xx"]), TEXTS, max_size=3),
    st.dictionaries(
        st.sampled_from(["type", "area_km2", "commune"]),
        TEXTS | NUMBERS | st.booleans() | st.none() | st.fixed_dictionaries({"code": TEXTS | NUMBERS}),
        max_size=2,
    ),
    st.none() | SHAPES,
    st.lists(
        st.builds(OtherName, TEXTS, st.sampled_from([None, "ar"]), st.just("Latn"), st.just("hidden"), TEXTS),
        max_size=2,
    ).map(tuple),
    st.lists(OBSERVATIONS, max_size=3).map(tuple),
)
LINKS = st.lists(CODES.map(ListedLink), max_size=2).map(tuple)
CHANGES = st.builds(
    ListedChange,
    st.sampled_from([*EVENTS, "marriage"]),
    st.just(date(2024, 9, 1)),
    LINKS,
    LINKS,
    st.just("x"),
)
LISTS = st.builds(
    CheckedList,
    items := st.shared(st.lists(ITEMS, max_size=8), key="items"),
    items.map(lambda listed: range(1, len(listed) + 1)),
    st.sampled_from(list(KINDS.values())),
    st.just(LEVELS),
    st.just(("fr", "ar")),
    st.sampled_from([{}, {"region": r"\d\d", "province": r"(?P<parent>\d\d)?.*"}, {"commune": "("}]),
    st.none() | st.builds(Base, st.dictionaries(CODES, st.sampled_from(LEVELS)), st.frozensets(CODES)),
    st.lists(CHANGES, max_size=3),
    st.frozensets(CODES, max_size=2),
    st.lists(st.builds(Reference, st.just("others"), CODES), max_size=2),
)


def findings(checked):
    found = (each for rule in RULES for each in rule(checked))
    return Counter((each.rule, each.severity, normalize("NFC", each.code), each.column) for each in found)


# Shapes with coordinates that are no numbers make numpy and GEOS warn while they are made here.
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@settings(max_examples=100, deadline=None)
@given(LISTS, st.randoms(use_true_random=False))
def test_no_list_makes_a_rule_fail_and_the_order_of_rows_changes_nothing(checked, random):
    order = list(range(len(checked.items)))
    random.shuffle(order)
    shuffled = CheckedList(
        [checked.items[at] for at in order],
        checked.rows,
        checked.kind,
        checked.levels,
        checked.languages,
        checked.patterns,
        checked.base,
        checked.changes,
        checked.removed,
        checked.references,
    )
    assert findings(checked) == findings(shuffled)
    found = inspect(checked, 5)
    assert len(found.findings) <= 5
    assert sum(each.count for each in found.counts) == sum(findings(checked).values())


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 4),
    st.integers(0, 4),
    st.integers(0, 1_000),
    st.sampled_from([None, Base({"01": "region"})]),
)
def test_a_list_as_it_should_be_has_no_findings(regions, provinces, figure, base):
    """Regions side by side, each cut into strips, with figures that add up; what is new is explained."""
    day = date(2024, 9, 1)

    def item(code, level, parent, shape, value):
        seen = (ListedObservation("population", day, value, "persons", "HCP"),)
        names = {"fr": f"Nom {code}", "ar": f"اسم {code}"}
        return ListedItem(code, level, parent, names, shape=shape, observations=seen)

    items = []
    for region in range(1, regions + 1):
        whole = shapely.box(region, 30, region + 1, 31)
        total = figure * provinces if provinces else figure
        items.append(item(f"{region:02}", "region", None, whole, total))
        for at in range(provinces):
            strip = shapely.box(region + at / provinces, 30, region + (at + 1) / provinces, 31)
            code = f"{region:02}.{at}"
            items.append(item(code, "province", f"{region:02}", strip, figure))
    new = [each.code for each in items if each.code != "01"]
    changes = [ListedChange("creation", day, (), (ListedLink(code),), "a decree") for code in new]
    checked = CheckedList(
        items,
        range(1, len(items) + 1),
        kind("administrative-units"),
        LEVELS,
        ("fr", "ar"),
        {"province": r"(?P<parent>\d\d)\.\d"},
        base,
        changes,
    )
    assert inspect(checked).findings == ()


def test_every_rule_says_whether_it_blocks():
    for rule in RULES:
        assert rule.__doc__ is not None
        assert "(error" in rule.__doc__.splitlines()[0] or "(warning" in rule.__doc__.splitlines()[0]


def test_the_rules_have_the_names_of_their_findings():
    names = [rule.__name__ for rule in RULES]
    assert len(names) == len(set(names))


def test_ten_thousand_errors_are_counted_and_some_are_kept_of_each_rule():
    items = [ListedItem(f"0 {at}", "planet", None, {"fr": f"Nom {at}"}) for at in range(10_000)]
    checked = CheckedList(items, range(1, 10_001), kind("administrative-units"), LEVELS, ("fr", "ar"))
    before = time.process_time()
    found = inspect(checked)
    assert time.process_time() - before < 5
    assert {(each.rule, each.severity): each.count for each in found.counts} == {
        ("malformed_codes", "error"): 10_000,
        ("unknown_levels", "error"): 10_000,
        ("missing_names", "warning"): 10_000,
    }
    kept = Counter(each.rule for each in found.findings)
    assert kept == {"malformed_codes": 500, "unknown_levels": 500}
    with pytest.raises(ValueError, match="and 990 more"):
        raise_on_errors(found.findings)
