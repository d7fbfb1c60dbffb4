"""What may be lost: sessions and rate counters, in a second SQLite file (D6).

A long publication holds the database's write lock; this file has its own, so that nobody waits to sign in.
Its content is shared by the processes of one machine. Secrets and keys are kept as SHA-256 digests only.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

WAIT_SECONDS = 5
# A session that is used often need not be written at every use.
SEEN_SECONDS = 60
# How many counted events lie between two clean-ups of counters that no longer count.
CLEAN_AFTER = 256
# Seconds of a wait that are due to moments being numbers of 53 bits.
ROUNDING = 1e-5

_TABLES = """
CREATE TABLE IF NOT EXISTS session (
    digest BLOB PRIMARY KEY, person TEXT NOT NULL, started REAL NOT NULL, seen REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_person ON session (person);
CREATE TABLE IF NOT EXISTS pace (key BLOB PRIMARY KEY, due REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""

Found = TypeVar("Found")


class VolatileError(Exception):
    """The file cannot be opened, read or written."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is let through: `limit` at once, and as many again in `seconds`, evenly (GCRA)."""

    limit: int
    seconds: float

    @property
    def step(self) -> float:
        """Seconds that one event costs."""
        return self.seconds / self.limit


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lives: unused, and in all; in seconds."""

    idle: float
    longest: float


class Volatile:
    """The file, opened when it is first needed; safe between threads and processes."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None
        self._counted = 0

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def start_session(self, secret: str, person: str, limits: Limits) -> None:
        """Keep a new session; those that are over are forgotten."""
        now = self._clock()

        def work(file: sqlite3.Connection) -> None:
            file.execute(
                "DELETE FROM session WHERE seen < ? OR started < ?", (now - limits.idle, now - limits.longest)
            )
            file.execute("INSERT INTO session VALUES (?, ?, ?, ?)", (_digest(secret), person, now, now))

        self._write(work)

    def find_session(self, secret: str, limits: Limits) -> str | None:
        """Whose session this is; None where there is none, or where it is over."""
        now, digest = self._clock(), _digest(secret)

        def work(file: sqlite3.Connection) -> tuple[str, float, float] | None:
            found: tuple[str, float, float] | None = file.execute(
                "SELECT person, started, seen FROM session WHERE digest = ?", (digest,)
            ).fetchone()
            return found

        found = self._read(work)
        if found is None:
            return None
        person, started, seen = found
        if now - started >= limits.longest or now - seen >= limits.idle:
            self.end_session(secret)
            return None
        if now - seen >= min(SEEN_SECONDS, limits.idle / 2):
            self._write(
                lambda file: file.execute("UPDATE session SET seen = ? WHERE digest = ?", (now, digest))
            )
        return person

    def end_session(self, secret: str) -> None:
        """Forget a session."""
        self._write(lambda file: file.execute("DELETE FROM session WHERE digest = ?", (_digest(secret),)))

    def end_sessions_of(self, person: str, but: str | None = None) -> None:
        """Forget all sessions of a person, except the one with the secret `but`."""
        kept = b"" if but is None else _digest(but)
        self._write(
            lambda file: file.execute("DELETE FROM session WHERE person = ? AND digest <> ?", (person, kept))
        )

    def take(self, paces: Sequence[tuple[str, Pace]]) -> float:
        """Count one event under each key, or under none where one of them has to wait.

        0 where the event may happen, else the seconds after which it may.
        """
        now = self._clock()

        def work(file: sqlite3.Connection) -> float:
            counted = []
            longest = 0.0
            for key, pace in paces:
                digest = _digest(key)
                row = file.execute("SELECT due FROM pace WHERE key = ?", (digest,)).fetchone()
                due = max(row[0] if row else now, now) + pace.step
                longest = max(longest, due - now - pace.seconds)
                counted.append((digest, due))
            if longest > ROUNDING:
                return longest
            file.executemany("INSERT OR REPLACE INTO pace VALUES (?, ?)", counted)
            self._counted += 1
            if self._counted % CLEAN_AFTER == 1:
                file.execute("DELETE FROM pace WHERE due < ?", (now,))
            return 0.0

        return self._write(work)

    def forget(self, key: str) -> None:
        """What was counted under a key no longer counts."""
        self._write(lambda file: file.execute("DELETE FROM pace WHERE key = ?", (_digest(key),)))

    def give_back(self, key: str, pace: Pace) -> None:
        """One event that was counted under a key no longer counts."""
        self._write(
            lambda file: file.execute(
                "UPDATE pace SET due = due - ? WHERE key = ?", (pace.step, _digest(key))
            )
        )

    def secret(self, name: str) -> bytes:
        """32 random bytes, made when they are first asked for and the same for all processes."""

        def work(file: sqlite3.Connection) -> bytes:
            file.execute("INSERT OR IGNORE INTO secret VALUES (?, ?)", (name, secrets.token_bytes(32)))
            value: bytes = file.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()[0]
            return value

        return self._write(work)

    def _read(self, work: Callable[[sqlite3.Connection], Found]) -> Found:
        with self._lock:
            try:
                return work(self._open())
            except (sqlite3.Error, OSError) as error:
                raise VolatileError(f"{self._path}: {error}") from error

    def _write(self, work: Callable[[sqlite3.Connection], Found]) -> Found:
        def transaction(file: sqlite3.Connection) -> Found:
            file.execute("BEGIN IMMEDIATE")
            try:
                found = work(file)
            except BaseException:
                file.execute("ROLLBACK")
                raise
            file.execute("COMMIT")
            return found

        return self._read(transaction)

    def _open(self) -> sqlite3.Connection:
        if self._opened is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Transactions are begun by hand; the lock above keeps threads apart.
            file = sqlite3.connect(
                self._path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._path.chmod(0o600)
                file.execute("PRAGMA journal_mode = WAL")
                # What is lost when the machine stops may be lost; no request waits for the disk.
                file.execute("PRAGMA synchronous = OFF")
                file.executescript(_TABLES)
            except BaseException:
                file.close()
                raise
            self._opened = file
        return self._opened


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "replace")).digest()
