"""How far a run is, and that somebody stopped it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["reading", "matching", "writing"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `done` and `total` are rows (reading, writing) or distinct values (matching).

    `total` is 0 where it is not known yet.
    """

    phase: Phase
    done: int
    total: int


class Stopped(Exception):
    """A run ended because somebody asked for it; what was done is kept in its folder."""


Told = Callable[[Progress], None]
Stopping = Callable[[], bool]


def untold(_progress: Progress) -> None:
    """Where nobody looks."""


def never() -> bool:
    """Where nobody stops a run."""
    return False
