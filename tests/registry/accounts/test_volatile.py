"""Sessions and rate counters: what they forget, and when."""

from __future__ import annotations

import stat
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.volatile import Limits, Pace, Volatile, VolatileError

LIMITS = Limits(idle=120.0, longest=1000.0)


class Clock:
    """A clock that moves when it is told to."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def volatile(tmp_path: Path, clock: Clock) -> Iterator[Volatile]:
    opened = Volatile(tmp_path / "new" / "volatile.sqlite", clock)
    yield opened
    opened.close()


def test_a_session_that_is_used_goes_on_until_its_longest_time(volatile: Volatile, clock: Clock):
    volatile.start_session("secret", "somebody", LIMITS)
    for _ in range(9):
        clock.now += 110
        assert volatile.find_session("secret", LIMITS) == "somebody"
    clock.now += 10
    assert volatile.find_session("secret", LIMITS) is None


def test_a_session_that_is_not_used_ends_and_does_not_come_back(volatile: Volatile, clock: Clock):
    volatile.start_session("secret", "somebody", LIMITS)
    clock.now += 120
    assert volatile.find_session("secret", LIMITS) is None
    clock.now -= 100
    assert volatile.find_session("secret", LIMITS) is None


def test_all_sessions_of_a_person_end_but_the_one_that_is_kept(volatile: Volatile):
    for secret, person in (("a", "amina"), ("b", "amina"), ("c", "badr")):
        volatile.start_session(secret, person, LIMITS)
    volatile.end_sessions_of("amina", but="b")
    assert [volatile.find_session(secret, LIMITS) for secret in "abc"] == [None, "amina", "badr"]


def test_neither_secrets_nor_keys_are_in_the_file_which_nobody_else_reads(volatile: Volatile, tmp_path: Path):
    volatile.start_session("the-secret", "somebody", LIMITS)
    volatile.take([("the-key", Pace(1, 1.0))])
    volatile.close()
    path = tmp_path / "new" / "volatile.sqlite"
    assert b"somebody" in path.read_bytes()
    assert b"the-secret" not in path.read_bytes()
    assert b"the-key" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_let_through_comes_back_evenly(volatile: Volatile, clock: Clock):
    pace = [("key", Pace(3, 30.0))]
    assert [volatile.take(pace) for _ in range(3)] == [0, 0, 0]
    assert volatile.take(pace) == pytest.approx(10)
    clock.now += 9.9
    assert volatile.take(pace) == pytest.approx(0.1)
    clock.now += 0.1
    assert volatile.take(pace) == 0
    assert volatile.take(pace) == pytest.approx(10), "waiting did not count"


def test_an_event_that_has_to_wait_for_one_key_counts_under_none(volatile: Volatile):
    narrow, wide = ("narrow", Pace(1, 10.0)), ("wide", Pace(2, 10.0))
    assert volatile.take([narrow, wide]) == 0
    assert volatile.take([wide, narrow]) == pytest.approx(10)
    assert volatile.take([wide]) == 0
    volatile.forget("narrow")
    volatile.give_back(*wide)
    assert volatile.take([narrow, wide]) == 0


@given(st.lists(st.floats(0, 40), max_size=40), st.integers(1, 5), st.floats(1, 100))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_never_more_than_twice_the_limit_passes_in_its_time(
    volatile: Volatile, clock: Clock, waits: list[float], limit: int, seconds: float
):
    passed, key = [], str(uuid.uuid4())
    for wait in waits:
        clock.now += wait
        if volatile.take([(key, Pace(limit, seconds))]) == 0:
            passed.append(clock.now)
    for first in passed:
        assert sum(first <= each < first + seconds for each in passed) <= 2 * limit


PROGRAM = """
import sys
from pathlib import Path
from registry.volatile import Pace, Volatile
volatile = Volatile(Path(sys.argv[1]))
passed = sum(volatile.take([("key", Pace(20, 10_000.0))]) == 0 for _ in range(15))
print(passed, volatile.secret("name").hex())
"""


def test_processes_count_together_and_share_a_secret(tmp_path: Path):
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "volatile.sqlite")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    printed = [process.communicate(timeout=60)[0].split() for process in processes]
    assert sum(int(passed) for passed, _ in printed) == 20
    assert len({secret for _, secret in printed}) == 1


def test_a_file_that_cannot_be_used_is_said_to_be(tmp_path: Path):
    path = tmp_path / "volatile.sqlite"
    path.write_text("this is no database at all, whatever its name says")
    with pytest.raises(VolatileError, match=r"volatile\.sqlite"):
        Volatile(path).find_session("secret", LIMITS)
