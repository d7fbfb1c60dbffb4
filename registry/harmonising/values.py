"""The distinct values of a file's columns, with how often each is there and what it means: a SQLite file.

It is the memory of a run: what was counted, answered and written is kept there transaction by transaction,
so that a run that was cut goes on where it was.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

from matching.choices import Choice
from registry.errors import Conflict
from registry.errors import shown as told
from registry.harmonising.answering import Answer, Pair
from registry.harmonising.report import OpenValue
from registry.harmonising.summary import OUTCOMES, SETTLED

LAYOUT: Final = "1"
OPEN = tuple(outcome for outcome in OUTCOMES if outcome not in SETTLED)
"""The outcomes that somebody should look at."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS choice (
    plan INTEGER NOT NULL, text TEXT NOT NULL, within TEXT, code TEXT, number INTEGER PRIMARY KEY
);
CREATE TABLE IF NOT EXISTS value (
    number INTEGER PRIMARY KEY, plan INTEGER NOT NULL, text TEXT NOT NULL, within TEXT NOT NULL,
    rows INTEGER NOT NULL, outcome TEXT, code TEXT, name TEXT, score REAL, matched_name TEXT,
    second_code TEXT, second_score REAL, explanation TEXT, chosen INTEGER, blank INTEGER, weight REAL,
    UNIQUE (plan, text, within)
);
CREATE INDEX IF NOT EXISTS value_by_plan ON value (plan, number);
"""
_COUNT: Final = """
INSERT INTO value (plan, text, within, rows) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET rows = rows + excluded.rows
"""
_UNANSWERED: Final = """
SELECT number, text, within FROM value
WHERE plan = ? AND number > ? AND outcome IS NULL ORDER BY number LIMIT ?
"""
_ANSWER: Final = """
UPDATE value SET (
    outcome, code, name, score, matched_name, second_code, second_score, explanation, chosen, blank, weight
) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, rows * ?) WHERE number = ?
"""
_ANSWERS: Final = """
SELECT outcome, code, name, score, matched_name, second_code, second_score, explanation, chosen, blank
FROM value WHERE plan = ? AND text = ? AND within = ?
"""
_REVIEW: Final = """
SELECT number, text, within, rows, outcome, code, name, score, matched_name, second_code, second_score,
    weight, chosen
FROM value
WHERE plan = ?1 AND NOT blank AND NOT chosen AND outcome IN (SELECT value FROM json_each(?2)) AND (
    ?3 IS NULL OR (weight, -number) < (SELECT weight, -number FROM value WHERE number = ?3)
)
ORDER BY weight DESC, number LIMIT ?4
"""


class DistinctValues:
    """The distinct values in a file at `path`, which is made if it is not there.

    `plan` numbers the columns of the recipe. Raises OSError (ENOSPC) where the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        with self._telling():
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=NORMAL")
            self._base.execute("PRAGMA cache_size=-65536")
            self._base.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self._base.close()

    # -- what the run remembers

    def state(self, name: str) -> str | None:
        """What was kept under that name."""
        with self._telling():
            row = self._base.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def keep(self, states: Mapping[str, str]) -> None:
        """Keep these, at once."""
        with self.transaction():
            self._keep(states)

    def forget(self, name: str) -> None:
        """Keep nothing under that name."""
        with self.transaction():
            self._base.execute("DELETE FROM state WHERE name = ?", (name,))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        with self._telling():
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._base.in_transaction:  # SQLite rolls back by itself where the disk is full
                    self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")

    # -- counting

    def count(self, counts: Sequence[Mapping[Pair, int]], states: Mapping[str, str]) -> None:
        """Add rows to the values of each column, and keep the states, at once."""
        with self.transaction():
            for plan, each in enumerate(counts):
                self._base.executemany(
                    _COUNT,
                    ((plan, text, within, rows) for (text, within), rows in each.items()),
                )
            self._keep(states)

    def size(self) -> int:
        """How many distinct values there are, of all columns together."""
        return self._number("SELECT count(*) FROM value")

    # -- answering

    def answered(self) -> int:
        """How many of them are answered."""
        return self._number("SELECT count(*) FROM value WHERE outcome IS NOT NULL")

    def unanswered(self, plan: int, limit: int, after: int) -> list[tuple[int, Pair]]:
        """The next values without an answer, in the order of the file, by number."""
        with self._telling():
            rows = self._base.execute(_UNANSWERED, (plan, after, limit)).fetchall()
        return [(number, (text, within)) for number, text, within in rows]

    def answer(self, answers: Iterable[tuple[int, Answer]]) -> None:
        """Keep answers by number, at once."""
        with self.transaction():
            self._base.executemany(
                _ANSWER,
                (
                    (
                        *(each.outcome, each.code, each.name, each.score, each.matched_name),
                        *(each.second_code, each.second_score, each.explanation, each.chosen, each.blank),
                        *(each.uncertainty, number),
                    )
                    for number, each in answers
                ),
            )

    def ask_again(self, plan: int, concerned: Callable[[Pair], bool], states: Mapping[str, str]) -> None:
        """Forget the answers that somebody chose, and those to values that are concerned now."""
        with self.transaction():
            rows = self._base.execute(
                "SELECT number, text, within, chosen FROM value WHERE plan = ? AND outcome IS NOT NULL",
                (plan,),
            )
            numbers = [
                (number,) for number, text, within, chosen in rows if chosen or concerned((text, within))
            ]
            self._base.executemany("UPDATE value SET outcome = NULL WHERE number = ?", numbers)
            self._keep(states)

    def answers_to(self, plan: int, pairs: Iterable[Pair]) -> dict[Pair, Answer]:
        """The answers to these; raises Conflict for a value that has none."""
        found: dict[Pair, Answer] = {}
        with self._telling():
            for pair in pairs:
                row = self._base.execute(_ANSWERS, (plan, *pair)).fetchone()
                if row is None or row[0] is None:
                    raise Conflict(f"The value {told(pair[0])} was not counted: the file changed on the way.")
                found[pair] = Answer(*row[:8], *map(bool, row[8:]))
        return found

    # -- settling

    def settle(self, plan: int, choices: Iterable[Choice]) -> None:
        """Keep what somebody settled; the next run answers so, the last of equal ones."""
        with self.transaction():
            self._base.executemany(
                "INSERT INTO choice (plan, text, within, code) VALUES (?, ?, ?, ?)",
                ((plan, choice.text, choice.within, choice.code) for choice in choices),
            )

    def settled(self, plan: int) -> tuple[Choice, ...]:
        """What was settled, in that order."""
        with self._telling():
            rows = self._base.execute(
                "SELECT text, within, code FROM choice WHERE plan = ? ORDER BY number", (plan,)
            ).fetchall()
        return tuple(Choice(*row) for row in rows)

    def review(
        self, plan: int, limit: int, after: int | None = None, outcomes: Sequence[str] = OPEN
    ) -> list[OpenValue]:
        """The values with these outcomes, those first whose settling is worth most (rows × uncertainty).

        `after` is the number of the last value seen. Blank ones, and those that are settled, are left out.
        """
        with self._telling():
            rows = self._base.execute(_REVIEW, (plan, json.dumps(outcomes), after, limit)).fetchall()
        return [OpenValue(*row[:12], *map(bool, row[12:])) for row in rows]

    def rows(self, query: str, plan: int) -> list[tuple[Any, ...]]:
        """What a query over the values of one column gives."""
        with self._telling():
            return self._base.execute(query, (plan,)).fetchall()

    def _number(self, query: str) -> int:
        with self._telling():
            return int(self._base.execute(query).fetchone()[0])

    def _keep(self, states: Mapping[str, str]) -> None:
        self._base.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", states.items())

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """SQLite's way to say that the disk is full, as the operating system says it."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_FULL:
                raise
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path)) from None
