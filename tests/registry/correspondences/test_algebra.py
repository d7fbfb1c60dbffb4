"""Correspondences turned round and put together: no more is said than certainly holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue import AssociationEntry, CorrespondenceEntry, MemberEntry
from registry.correspondences.algebra import (
    ESTIMATED,
    PERHAPS,
    compose,
    invert,
    quality_of,
    relation_through,
)
from registry.correspondences.pairs import RELATIONS, pairs_of
from registry.correspondences.recoding import recoder_through
from registry.errors import BadValue

Row = tuple[str, str, str, float | None]


def made(source: str, target: str, *rows: Row, version: str | None = None) -> CorrespondenceEntry:
    return CorrespondenceEntry(
        id=f"{source}-to-{target}",
        ordinal=1,
        names={},
        source_referential=source,
        source_version=version,
        target_referential=target,
        target_version=version,
        basis="made up",
        licence="CC0-1.0",
        attribution="made up",
        published_at="2024-01-01T00:00:00Z",
        associations=tuple(
            AssociationEntry((MemberEntry(a, None),), (MemberEntry(b, share),), relation, None)
            for a, b, relation, share in rows
        ),
    )


def rows(entry: CorrespondenceEntry) -> list[Row]:
    return [
        (pair.source, pair.target, pair.relation, pair.share_of_source)
        for pair in pairs_of(entry.associations)
    ]


def test_turned_round_narrow_is_broad_and_a_share_is_known_only_where_it_follows() -> None:
    entry = made("x", "y", ("a", "1", "narrow", 1.0), ("b", "2", "exact", None), ("c", "3", "broad", 0.4))
    turned = invert(entry)
    assert rows(turned.entry) == [
        ("1", "a", "broad", None),
        ("2", "b", "exact", 1.0),
        ("3", "c", "narrow", 1.0),
    ]
    assert (turned.quality.clean, turned.quality.ambiguous, turned.quality.unknown_shares) == (2, 1, 1)
    assert turned.warnings == ("1 shares are not known from this side.",)
    assert (turned.entry.source_referential, turned.entry.ordinal) == ("y", 0)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("12"), st.sampled_from(RELATIONS))))
def test_turning_round_twice_changes_nothing(found: list[tuple[str, str, str]]) -> None:
    entry = made("x", "y", *((a, b, relation, 0.5) for a, b, relation in found))
    assert invert(invert(entry).entry).entry.associations == entry.associations


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("exact", "narrow", "narrow"),
        ("close", "exact", "close"),
        ("close", "close", "related"),
        ("broad", "broad", "broad"),
        ("narrow", "narrow", "narrow"),
        ("broad", "narrow", "related"),
        ("narrow", "broad", "related"),
        ("related", "exact", "related"),
    ],
)
def test_relations_go_on_as_far_as_they_certainly_hold(first: str, second: str, together: str) -> None:
    assert relation_through(first, second) == together


def test_parts_that_all_end_in_one_target_are_narrow_in_it() -> None:
    first = made("x", "y", ("a", "1", "broad", 0.4), ("a", "2", "broad", 0.6))
    second = made("y", "z", ("1", "Z", "narrow", None), ("2", "Z", "narrow", None))
    found = compose(first, second)
    assert rows(found.entry) == [("a", "Z", "narrow", 1.0)]
    assert (found.quality.clean, found.quality.estimated_shares) == (1, 0)


def test_shares_are_multiplied_and_exact_where_what_lies_between_is_whole() -> None:
    first = made("x", "y", ("a", "1", "broad", 0.4), ("a", "2", "broad", 0.6))
    second = made("y", "z", ("1", "P", "broad", 0.5), ("1", "Q", "broad", 0.5), ("2", "Q", "exact", None))
    found = compose(first, second)
    assert rows(found.entry) == [("a", "P", "broad", 0.2), ("a", "Q", "broad", 0.8)]
    assert found.quality.estimated_shares == 0


def test_a_share_through_something_wider_is_estimated_and_says_so() -> None:
    first = made("x", "y", ("a", "1", "narrow", None))
    second = made("y", "z", ("1", "P", "broad", 0.5), ("1", "Q", "broad", 0.5))
    found = compose(first, second)
    assert rows(found.entry) == [("a", "P", "related", 0.5), ("a", "Q", "related", 0.5)]
    assert {each.note for each in found.entry.associations} == {f"{ESTIMATED}; {PERHAPS}"}
    assert found.quality.estimated_shares == 2
    assert "2 shares are estimated, as if spread evenly." in found.warnings


def test_what_leads_nowhere_and_what_nothing_leads_to_is_named() -> None:
    first = made("x", "y", ("a", "1", "exact", None), ("b", "2", "exact", None))
    second = made("y", "z", ("1", "P", "exact", None), ("3", "Q", "exact", None))
    found = compose(first, second)
    assert (found.quality.lost, found.quality.unreached) == (("b",), ("Q",))
    assert "1 source codes lead nowhere." in found.warnings


def test_what_does_not_meet_cannot_be_put_together_and_other_versions_are_said() -> None:
    first = made("x", "y", ("a", "1", "exact", None), version="1")
    with pytest.raises(BadValue, match="a correspondence that starts from y"):
        compose(first, made("z", "y", ("1", "P", "exact", None)))
    warned = compose(first, made("y", "z", ("1", "P", "exact", None), version="2")).warnings
    assert warned == ("x-to-y leads to version 1 of y, y-to-z starts from version 2.",)


def test_one_source_that_is_exactly_two_targets_is_broader_than_each() -> None:
    members = (MemberEntry("1", 0.3), MemberEntry("2", 0.7))
    association = AssociationEntry((MemberEntry("a", None),), members, "exact", None)
    assert [
        (pair.target, pair.relation, pair.share_of_source, pair.share_of_target)
        for pair in pairs_of([association])
    ] == [("1", "broad", 0.3, 1.0), ("2", "broad", 0.7, 1.0)]
    assert quality_of([association]).ambiguous == 1


def test_a_column_is_recoded_through_a_correspondence() -> None:
    entry = made(
        "x",
        "y",
        ("a", "1", "exact", None),
        ("b", "2", "narrow", 1.0),
        ("c", "2", "related", 0.2),
        ("c", "3", "related", 0.8),
        ("d", "4", "broad", 0.5),
        ("e", "5", "close", None),
    )
    found = recoder_through(entry)(["c", "a", "b", "d", "e", "nothing"])
    assert [(row.outcome, row.only, row.reversible) for row in found] == [
        ("split", None, False),
        ("exact", "1", True),
        ("narrow", "2", False),
        ("broad", None, False),
        ("close", None, False),
        ("unknown-code", None, False),
    ]
