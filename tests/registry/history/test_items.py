"""The history of items."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from referentials.listing import ListedChange
from registry.history.items import histories_of
from registry.library import Library
from tests.registry.small_library import LEVELS, Edition, links, publish, unit

ON = date(2020, 1, 1)


def test_the_parent_of_a_past_state_has_the_code_that_it_had_then(tmp_path: Path) -> None:
    before = [unit("1", "region", None, "R"), unit("1.1", "commune", "1", "A")]
    after = [unit("2", "region", None, "R"), unit("1.1", "commune", "2", "B")]
    changes = [
        ListedChange("recode", ON, links("1"), links("2"), "a decree"),
        ListedChange("rename", ON, links("1.1"), links("1.1"), "a decree"),
    ]
    editions = [Edition("1", date(2010, 1, 1), before), Edition("2", ON, after, changes)]
    publish(tmp_path, "units", editions, LEVELS, languages=("fr",))
    snapshot = Library(tmp_path).snapshot("units")
    (history,) = histories_of(snapshot.content, snapshot.items_of_code("1.1"))
    assert [(state.names["fr"], state.parent) for state in history.states] == [("A", "1"), ("B", "2")]
    assert [event.type for event in history.events] == ["rename"]


def test_a_code_that_two_items_held_tells_both_the_earlier_first(tmp_path: Path) -> None:
    first = [unit("1", "region", None, "R"), unit("2", "region", None, "S")]
    second = [unit("1", "region", None, "R")]
    third = [unit("1", "region", None, "R"), unit("2", "commune", "1", "T")]
    editions = [
        Edition("1", date(2010, 1, 1), first),
        Edition("2", ON, second, [ListedChange("abolition", ON, links("2"), (), "a decree")]),
        Edition(
            "3",
            date(2021, 1, 1),
            third,
            [ListedChange("creation", date(2021, 1, 1), (), links("2"), "a decree")],
        ),
    ]
    publish(tmp_path, "units", editions, LEVELS, languages=("fr",))
    snapshot = Library(tmp_path).snapshot("units")
    found = histories_of(snapshot.content, snapshot.items_of_code("2"))
    assert [history.states[0].names["fr"] for history in found] == ["S", "T"]
