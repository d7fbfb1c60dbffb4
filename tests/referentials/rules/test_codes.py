"""Codes: one owner each, however encoded, and built as their referential says."""

from __future__ import annotations

import pytest

from referentials.findings import check
from referentials.kinds import kind
from referentials.listing import ListedItem

LEVELS = ("region", "province", "cercle", "commune", "arrondissement")
# As the codes of Morocco are: a city is RR.PPP.01.0 and its arrondissements are RR.PPP.01.NN.
PATTERNS = {
    "region": r"\d\d",
    "province": r"(?P<parent>\d\d)\.\d{3}",
    "commune": r"(?P<parent>\d\d\.\d{3})\.\d\d\.(\d\d|0)",
    "arrondissement": r"(?P<parent>\d\d\.\d{3}\.01\.)\d\d",
}
CITY = [
    ListedItem("01", "region", None, {"fr": "Nord"}),
    ListedItem("01.511", "province", "01", {"fr": "Tanger-Assilah"}),
    ListedItem("01.511.05", "cercle", "01.511", {"fr": "Assilah"}),
    ListedItem("01.511.05.01", "commune", "01.511.05", {"fr": "Al Manzla"}),
    ListedItem("01.511.01.0", "commune", "01.511", {"fr": "Tanger"}),
    ListedItem("01.511.01.05", "arrondissement", "01.511.01.0", {"fr": "Mghogha"}),
]


def found(items, patterns=PATTERNS, kind_id="administrative-units"):
    return check(items, kind(kind_id), LEVELS, ("fr",), patterns=patterns)


def test_codes_that_match_their_levels_patterns_pass():
    assert found(CITY) == []


@pytest.mark.parametrize(
    ("code", "level", "parent", "rule", "column"),
    [
        ("1", "region", None, "codes_off_pattern", "code"),
        ("01.51", "province", "01", "codes_off_pattern", "code"),
        ("02.300", "province", "01", "codes_outside_parent", "parent"),
        ("01.051.01.05", "arrondissement", "01.511.01.0", "codes_outside_parent", "parent"),
    ],
)
def test_a_code_that_does_not_is_an_error(code, level, parent, rule, column):
    (finding,) = found([*CITY, ListedItem(code, level, parent, {"fr": "Ailleurs"})])
    assert (finding.rule, finding.severity, finding.column, finding.row) == (rule, "error", column, 7)


def test_without_patterns_no_code_is_within_another():
    assert found([*CITY, ListedItem("02.300", "province", "01", {"fr": "Ailleurs"})], patterns=None) == []


def test_a_pattern_that_is_none_is_said_once():
    (finding,) = found(CITY, patterns={"region": "(", "commune": r"[\d.]+"})
    assert (finding.rule, finding.row) == ("codes_off_pattern", None)
    assert "no regular expression" in finding.message


def test_codes_that_differ_only_in_how_accents_are_encoded_are_one():
    items = [
        ListedItem("\u00e9", "region", None, {"fr": "Un"}),
        ListedItem("e\u0301", "region", None, {"fr": "Deux"}),
    ]
    (finding,) = found(items, patterns=None, kind_id="code-lists")
    assert (finding.rule, finding.row) == ("duplicate_codes", 2)
