"""Projection of a code by walking change events, on facts made up for each sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referentials.records import ChangeEvent, ChangeLink, State, derived_id
from registry.history.projection import Projection, project

EARLY, LATE = date(2000, 1, 1), date(2020, 1, 1)


def item(name: str) -> UUID:
    return derived_id("test", name)


@dataclass
class World:
    """Facts in memory: each item has a letter, its code is the letter unless a recode says otherwise."""

    states: dict[UUID, list[State]] = field(default_factory=dict)
    events: list[ChangeEvent] = field(default_factory=list)

    def states_of(self, item: UUID) -> Sequence[State]:
        return self.states.get(item, [])

    def events_of(self, item: UUID) -> Sequence[ChangeEvent]:
        with_item = [event for event in self.events if any(link.item == item for link in event.links)]
        return sorted(with_item, key=lambda event: event.effective_on)

    def has(
        self, name: str, start: date | None = None, end: date | None = None, code: str | None = None
    ) -> None:
        state = State(item(name), code or name, "commune", None, {"fr": name}, {}, None, start, end)
        self.states.setdefault(item(name), []).append(state)

    def happens(
        self,
        type: str,
        on: date,
        sources: str,
        targets: str,
        shares: Sequence[float | None] = (),
        source_shares: Sequence[float | None] = (),
        **dates: date,
    ) -> None:
        parts = [*shares, *[None] * len(targets)]
        given = [*source_shares, *[None] * len(sources)]
        links = [
            ChangeLink("source", item(name), name, "commune", share, None if share is None else "area")
            for name, share in zip(sources, given, strict=False)
        ]
        links += [
            ChangeLink("target", item(name), name, "commune", share, None if share is None else "area")
            for name, share in zip(targets, parts, strict=False)
        ]
        identity = derived_id("event", len(self.events))
        self.events.append(ChangeEvent(identity, type, on, "a decree", tuple(links), None, **dates))

    def projected(self, name: str, start: date = EARLY, end: date = LATE) -> Projection:
        return project(self, item(name), start, end)


def found(projection: Projection) -> tuple[str, list[tuple[str, float | None]]]:
    return projection.outcome, [(target.code, target.share) for target in projection.targets]


ON = date(2010, 1, 1)


@pytest.fixture
def world() -> World:
    return World()


def test_a_code_that_nothing_happened_to_is_unchanged(world: World) -> None:
    world.has("A")
    projection = world.projected("A")
    assert found(projection) == ("unchanged", [("A", 1.0)])
    assert (projection.ambiguous, projection.certain, projection.path) == (False, True, ())


def test_a_recode_is_followed_forward_and_backward(world: World) -> None:
    world.has("A", None, ON, "1")
    world.has("A", ON, None, "2")
    world.happens("recode", ON, "A", "A")
    assert found(world.projected("A")) == ("recoded", [("2", 1.0)])
    assert found(world.projected("A", LATE, EARLY)) == ("recoded", [("1", 1.0)])


def test_a_rename_keeps_the_code(world: World) -> None:
    world.has("A", None, ON)
    later = State(item("A"), "A", "commune", None, {"fr": "B"}, {}, None, ON, None)
    world.states[item("A")].append(later)
    world.happens("rename", ON, "A", "A")
    assert found(world.projected("A")) == ("renamed", [("A", 1.0)])


def test_a_merge_leads_both_to_the_new_code_and_the_new_code_back_to_both(world: World) -> None:
    for name in "AB":
        world.has(name, None, ON)
    world.has("C", ON)
    world.happens("merge", ON, "AB", "C")
    assert found(world.projected("A")) == ("merged", [("C", 1.0)])
    back = world.projected("C", LATE, EARLY)
    assert found(back) == ("merged", [("A", None), ("B", None)])
    assert back.ambiguous


def test_a_split_gives_all_parts_with_their_shares_and_picks_none(world: World) -> None:
    world.has("A", None, ON)
    world.has("B", ON)
    world.has("C", ON)
    world.happens("split", ON, "A", "BC", [0.7, 0.3])
    projection = world.projected("A")
    assert found(projection) == ("split", [("B", 0.7), ("C", 0.3)])
    assert projection.ambiguous
    assert [target.share_basis for target in projection.targets] == ["area", "area"]
    assert found(world.projected("B", LATE, EARLY)) == ("split", [("A", 1.0)])


def test_a_share_that_no_event_states_is_unknown(world: World) -> None:
    world.has("A", None, ON)
    world.has("B", ON)
    world.has("C", ON)
    world.happens("split", ON, "A", "BC", [0.7])
    assert found(world.projected("A")) == ("split", [("B", 0.7), ("C", None)])


def test_an_absorber_stays_and_the_absorbed_goes_into_it(world: World) -> None:
    world.has("A", None, ON)
    world.has("B")
    world.happens("absorption", ON, "AB", "B")
    assert found(world.projected("A")) == ("merged", [("B", 1.0)])
    assert found(world.projected("B")) == ("merged", [("B", 1.0)])
    assert found(world.projected("B", LATE, EARLY)) == ("merged", [("A", None), ("B", None)])


def test_the_source_of_an_extraction_stays_beside_what_was_taken_out(world: World) -> None:
    world.has("A")
    world.has("B", ON)
    world.happens("extraction", ON, "A", "B")
    assert found(world.projected("A")) == ("split", [("A", None), ("B", None)])
    assert found(world.projected("B", LATE, EARLY)) == ("split", [("A", 1.0)])


def test_a_transfer_may_have_moved_what_is_meant(world: World) -> None:
    world.has("A")
    world.has("B")
    world.happens("transfer", ON, "A", "B")
    assert found(world.projected("A")) == ("split", [("A", None), ("B", None)])
    assert found(world.projected("B", LATE, EARLY)) == ("split", [("A", None), ("B", None)])


def test_shares_multiply_along_the_way_and_add_up_where_ways_meet(world: World) -> None:
    world.has("A", None, ON)
    for name in "BC":
        world.has(name, ON, date(2015, 1, 1))
    world.has("D", date(2015, 1, 1))
    world.happens("split", ON, "A", "BC", [0.6, 0.4])
    world.happens("merge", date(2015, 1, 1), "BC", "D")
    projection = world.projected("A")
    assert found(projection) == ("mixed", [("D", 1.0)])
    assert [event.type for event in projection.path] == ["split", "merge"]


def test_an_abolished_code_leads_nowhere(world: World) -> None:
    world.has("A", None, ON)
    world.happens("abolition", ON, "A", "")
    assert found(world.projected("A")) == ("abolished", [])


@pytest.mark.parametrize("kind", ["abolition", "annulment"])
def test_what_an_abolished_code_held_is_with_the_targets_that_the_event_names(
    world: World, kind: str
) -> None:
    world.has("A", None, ON)
    world.has("B")
    world.happens(kind, ON, "A", "B")
    there = world.projected("A")
    assert found(there) == ("merged", [("B", 1.0)])
    assert not there.ambiguous
    assert found(world.projected("B"))[1] == [("B", 1.0)]


def test_what_was_abolished_into_a_living_code_is_found_back(world: World) -> None:
    world.has("A", None, ON)
    world.has("B")
    world.happens("abolition", ON, "A", "B")
    assert found(world.projected("B", LATE, EARLY)) == ("merged", [("A", None), ("B", None)])


def test_a_part_that_went_nowhere_makes_the_answer_no_single_code(world: World) -> None:
    world.has("A", None, ON)
    world.has("B")
    world.happens("abolition", ON, "A", "B", [0.75])
    there = world.projected("A")
    assert found(there) == ("mixed", [("B", 0.75)])
    assert there.ambiguous


def test_what_is_abolished_into_several_is_mixed(world: World) -> None:
    world.has("A", None, ON)
    world.has("B")
    world.has("C")
    world.happens("abolition", ON, "A", "BC", [0.75, 0.25])
    assert found(world.projected("A")) == ("mixed", [("B", 0.75), ("C", 0.25)])


def test_a_correction_to_another_item_leads_to_it(world: World) -> None:
    world.has("A", None, ON)
    world.has("B")
    world.happens("correction", ON, "A", "B")
    assert found(world.projected("A")) == ("recoded", [("B", 1.0)])
    assert found(world.projected("B", LATE, EARLY)) == ("unchanged", [("B", 1.0)])


def test_a_reinstatement_says_nothing_of_the_code_that_it_starts_from(world: World) -> None:
    world.has("A")
    world.has("B", ON)
    world.happens("reinstatement", ON, "A", "B")
    assert found(world.projected("A", LATE, EARLY)) == ("unchanged", [("A", 1.0)])


def test_an_extraction_gives_the_share_of_its_source_and_leaves_the_rest(world: World) -> None:
    world.has("A")
    world.has("B", ON)
    world.happens("extraction", ON, "A", "B", source_shares=[0.576923])
    there = world.projected("A")
    assert found(there) == ("split", [("A", 0.423077), ("B", 0.576923)])
    assert [target.share_basis for target in there.targets] == ["area", "area"]


def test_two_extractions_of_a_day_are_parts_of_the_same_whole(world: World) -> None:
    world.has("A")
    world.has("B", ON)
    world.has("C", ON)
    world.happens("extraction", ON, "A", "B", source_shares=[0.3])
    world.happens("extraction", ON, "A", "C", source_shares=[0.2])
    assert found(world.projected("A")) == ("split", [("A", 0.5), ("B", 0.3), ("C", 0.2)])


def test_a_part_of_a_part_is_their_product(world: World) -> None:
    world.has("A", None, ON)
    for name in "BCD":
        world.has(name, ON)
    world.happens("split", ON, "A", "BC", [0.5, 0.5], source_shares=[0.8])
    world.happens("merge", ON, "A", "D", source_shares=[0.2])
    assert found(world.projected("A")) == ("mixed", [("B", 0.4), ("C", 0.4), ("D", 0.2)])


def test_of_several_sources_and_targets_nobody_knows_what_went_where(world: World) -> None:
    for name in "AB":
        world.has(name, None, ON)
    for name in "CD":
        world.has(name, ON)
    world.happens("merge", ON, "AB", "CD", [0.5, 0.5])
    assert found(world.projected("A"))[1] == [("C", None), ("D", None)]


def test_two_that_gave_to_each_other_for_years_are_walked_once_a_year(world: World) -> None:
    world.has("A")
    world.has("B")
    for year in range(60):
        sources, targets = ("A", "B") if year % 2 else ("B", "A")
        world.happens("transfer", date(1930 + year, 1, 1), sources, targets, source_shares=[0.5])
    there = world.projected("A", date(1929, 1, 1), LATE)
    assert [target.code for target in there.targets] == ["A", "B"]
    assert sum(target.share or 0 for target in there.targets) == pytest.approx(1)
    assert len(there.path) == 59  # the first one concerned B before anything of A was there


def test_a_reinstated_code_is_found_again(world: World) -> None:
    world.has("A", None, ON)
    world.has("A", date(2015, 1, 1))
    world.happens("abolition", ON, "A", "")
    world.happens("reinstatement", date(2015, 1, 1), "", "A")
    assert found(world.projected("A")) == ("unchanged", [("A", 1.0)])
    assert found(world.projected("A", LATE, EARLY)) == ("unchanged", [("A", 1.0)])
    assert found(world.projected("A", EARLY, date(2012, 1, 1))) == ("abolished", [])


def test_before_its_creation_a_code_was_not_there(world: World) -> None:
    world.has("A", ON)
    world.happens("creation", ON, "", "A")
    assert found(world.projected("A", LATE, EARLY)) == ("created", [])


def test_an_end_without_an_event_is_unknown_not_abolished(world: World) -> None:
    world.has("A", None, ON)
    assert found(world.projected("A")) == ("unknown", [])


def test_what_happens_on_the_last_day_counts_and_on_the_first_day_has_happened(world: World) -> None:
    world.has("A", None, ON, "1")
    world.has("A", ON, None, "2")
    world.happens("recode", ON, "A", "A")
    assert found(world.projected("A", EARLY, ON))[0] == "recoded"
    assert found(world.projected("A", ON, LATE))[0] == "unchanged"
    assert found(world.projected("A", ON, ON - timedelta(days=1)))[0] == "recoded"


def test_a_date_within_the_uncertainty_of_an_event_makes_the_projection_uncertain(world: World) -> None:
    world.has("A", None, ON, "1")
    world.has("A", ON, None, "2")
    world.happens("recode", ON, "A", "A", earliest_on=date(2009, 1, 1), latest_on=ON)
    assert world.projected("A", date(2009, 6, 1), LATE).certain is False
    assert world.projected("A", EARLY, LATE).certain is True


def test_two_changes_on_one_day_are_both_followed(world: World) -> None:
    world.has("A", None, ON, "1")
    world.has("A", ON, None, "2")
    world.happens("recode", ON, "A", "A")
    world.happens("rename", ON, "A", "A")
    assert [event.type for event in world.projected("A").path] == ["recode", "rename"]


@pytest.mark.parametrize("days", [(date.min, date.max), (date.max, date.min)])
def test_the_ends_of_the_calendar_are_dates_like_others(world: World, days: tuple[date, date]) -> None:
    world.has("A")
    assert found(world.projected("A", *days)) == ("unchanged", [("A", 1.0)])


@given(
    st.lists(st.sampled_from(["recode", "split", "merge"]), max_size=5),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_what_is_projected_and_projected_back_contains_what_it_was(
    types: list[str], start: int, end: int
) -> None:
    world = World()
    _grow(world, types)
    first, last = date(2001 + start, 6, 1), date(2001 + end, 6, 1)
    for name in [state.code for states in world.states.values() for state in states]:
        if not any(state.code == name for state in world.states_of(item(name))):
            continue
        states = [state for state in world.states_of(item(name)) if _holds(state, first)]
        if not states:
            continue
        there = world.projected(name, first, last)
        assert there.ambiguous == (len(there.targets) != 1)
        for target in there.targets:
            back = world.projected(target.code, last, first)
            assert name in [origin.code for origin in back.targets]


def _holds(state: State, day: date) -> bool:
    return (state.valid_from or date.min) <= day < (state.valid_to or date.max)


def _grow(world: World, types: list[str]) -> None:
    """One change a year on the letters alive; a recode keeps the letter, so that codes are letters."""
    alive, letters = ["A", "B"], iter("CDEFGHIJKLMNOP")
    born: dict[str, date | None] = {"A": None, "B": None}
    for number, type in enumerate(types):
        on = date(2002 + number, 1, 1)
        gone = alive[:1] if type != "merge" else alive[:2]
        if type == "recode" or (type == "merge" and len(alive) < 2):
            world.happens("redefinition", on, gone[0], gone[0])
            continue
        new = [next(letters) for _ in range(2 if type == "split" else 1)]
        world.happens(type, on, "".join(gone), "".join(new))
        for name in gone:
            world.has(name, born.pop(name), on)
        born |= dict.fromkeys(new, on)
        alive = alive[len(gone) :] + new
    for name, since in born.items():
        world.has(name, since)
