"""What each type of change event means: one table, which drafting, compiling and projection read (D3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Effect(Enum):
    """What an event does to the items that it links."""

    SAME = "what is said of an item changes, and it stays the same item"
    JOINS = "sources go into targets that hold others too"
    DIVIDES = "a part of a source, or each part of it, goes to another target"
    ENDS = "a source ends; where there are targets, what it held went to them"
    STARTS = "a target begins; where there are sources, it holds what was theirs"
    RETURNS = "a target that had ended is there again"


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of one type of event.

    `keeps_item`: a single source and a single target are one item, whatever their codes.
    `succeeds`: a target takes the place of a source's code, which ends.
    `descends`: a target's code comes from a source's, which may stay.
    `withdraws`: the source, as it was stated, was never right.
    `source_stays`: a source lives on beside the targets.
    `target_was`: a target was there before, and took something in.
    """

    effect: Effect
    keeps_item: bool = False
    succeeds: bool = False
    descends: bool = False
    withdraws: bool = False
    source_stays: bool = False
    target_was: bool = False


EVENTS: Mapping[str, Meaning] = {
    "creation": Meaning(Effect.STARTS, descends=True),
    "abolition": Meaning(Effect.ENDS, succeeds=True, descends=True, target_was=True),
    "rename": Meaning(Effect.SAME, keeps_item=True),
    "recode": Meaning(Effect.SAME, keeps_item=True, succeeds=True, descends=True),
    "reparent": Meaning(Effect.SAME, keeps_item=True),
    "merge": Meaning(Effect.JOINS, succeeds=True, descends=True),
    "absorption": Meaning(Effect.JOINS, succeeds=True, descends=True, target_was=True),
    "split": Meaning(Effect.DIVIDES, succeeds=True, descends=True),
    "extraction": Meaning(Effect.DIVIDES, descends=True, source_stays=True),
    # Both the giver and the taker keep their item, so that the one never becomes the other.
    "transfer": Meaning(Effect.DIVIDES, descends=True, source_stays=True, target_was=True),
    "reinstatement": Meaning(Effect.RETURNS, keeps_item=True, descends=True),
    "redefinition": Meaning(Effect.SAME, keeps_item=True),
    "correction": Meaning(
        Effect.SAME, keeps_item=True, succeeds=True, descends=True, withdraws=True, target_was=True
    ),
    "annulment": Meaning(Effect.ENDS, succeeds=True, descends=True, withdraws=True, target_was=True),
}
