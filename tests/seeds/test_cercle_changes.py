"""Events inferred for cercles from where their communes went."""

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from referentials.listing import ListedChange
from seeds.administrative_changes import cercle_changes

Move = tuple[str | None, str | None]


def changes(*moves: Move) -> list[ListedChange]:
    return cercle_changes(moves, date(2014, 9, 1), date(2024, 9, 1))


def told(change: ListedChange) -> tuple[str, dict[str, float | None], dict[str, float | None]]:
    return (
        change.type,
        {link.code: link.share for link in change.sources},
        {link.code: link.share for link in change.targets},
    )


def test_a_cercle_whose_communes_all_went_to_new_cercles_was_split():
    found = changes(("A", "B"), ("A", "B"), ("A", "B"), ("A", "C"))
    assert [told(change) for change in found] == [("split", {"A": None}, {"B": 0.75, "C": 0.25})]
    assert found[0].targets[0].share_basis == "count of communes: 3 of 4"


def test_a_new_cercle_cut_out_of_one_that_stays_is_an_extraction():
    assert [told(change) for change in changes(("A", "A"), ("A", "B"))] == [
        ("extraction", {"A": 0.5}, {"B": None})
    ]


def test_a_new_cercle_may_be_cut_out_of_several():
    found = changes(("A", "A"), ("A", "C"), ("B", "C"), ("B", "B"), ("B", "B"), ("B", "B"))
    assert [told(change) for change in found] == [("extraction", {"A": 0.5, "B": 0.25}, {"C": None})]


def test_a_cercle_whose_communes_became_urban_was_abolished_without_a_successor():
    [change] = changes(("A", None), ("A", None))
    assert told(change) == ("abolition", {"A": None}, {})
    assert "2 of its communes became urban" in change.note


def test_a_cercle_that_ended_in_a_mixed_one_was_abolished_with_its_successors():
    found = changes(("A", "C"), ("B", "C"), ("B", "B"))
    assert [told(change) for change in found] == [
        ("abolition", {"A": None}, {"C": 1.0}),
        ("extraction", {"B": 0.5}, {"C": None}),
    ]
    assert "1 of A, which ended" in found[1].note


def test_a_cercle_that_no_other_one_explains_is_a_creation():
    assert [told(change) for change in changes((None, "A"))] == [("creation", {}, {"A": None})]


def test_a_commune_that_changes_between_cercles_that_stay_changes_no_cercle():
    assert changes(("A", "A"), ("A", "B"), ("B", "B")) == []


def test_every_event_says_that_it_is_inferred():
    for change in changes(("A", "B"), ("A", "C"), ("D", "D"), ("D", "E"), ("F", None), (None, "G")):
        assert "Inferred from the communes' crosswalk" in change.note


cercle = st.one_of(st.none(), st.sampled_from("ABCDEF"))


@given(st.lists(st.tuples(cercle, cercle), max_size=30))
def test_every_cercle_that_appears_or_disappears_is_explained_exactly_once(moves: list[Move]):
    before = {move[0] for move in moves} - {None}
    after = {move[1] for move in moves} - {None}
    found = changes(*moves)
    ends = Counter(
        link.code for change in found if change.type in ("split", "abolition") for link in change.sources
    )
    starts = Counter(
        link.code
        for change in found
        if change.type in ("split", "extraction", "creation")
        for link in change.targets
    )
    assert ends == dict.fromkeys(before - after, 1)
    assert starts == dict.fromkeys(after - before, 1)
