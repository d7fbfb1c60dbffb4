"""What is asked of matching and what it answers, whichever engine answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

Outcome = Literal["exact", "auto", "review", "ambiguous", "none"]


class Query(NamedTuple):
    """A text to match. `within`: code or name (perhaps misspelt) of what it lies in; `levels` to keep.

    A named tuple, because they come by the million, and are looked up by what they are.
    """

    text: str
    within: str | None = None
    levels: tuple[str, ...] = ()


class Candidate(NamedTuple):
    """A row that the text may mean; `matched_name` (of that language and script) led to it.

    A named tuple, because they come by the million.

    `score` is from 0 to 1: a probability where the profile is calibrated, else an estimate. `parts` are what
    speaks for it, by name.
    """

    row: int
    code: str
    name: str
    score: float
    matched_name: str
    language: str | None
    script: str
    level: str
    parent: str | None
    parts: dict[str, float]


@dataclass(frozen=True, slots=True)
class Match:
    """The answer to one query: candidates, the best first. `chosen`: somebody settled it before."""

    outcome: Outcome
    candidates: tuple[Candidate, ...]
    chosen: bool = False


class UnknownLevel(ValueError):
    """A query names a level that the referential does not have: `level`, and those it has in `levels`."""

    def __init__(self, level: str, levels: Sequence[str]) -> None:
        super().__init__(f"no level {level!r}; there are {', '.join(levels)}")
        self.level = level
        self.levels = tuple(levels)


class Engine(Protocol):
    """What answers queries on one store at one day. Queries do not influence each other."""

    def answer(self, queries: Sequence[Query], limit: int) -> list[Match]:
        """One answer for each query, in order, with at most so many candidates. Raises UnknownLevel."""
        ...
