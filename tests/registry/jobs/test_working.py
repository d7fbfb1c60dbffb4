"""Jobs that are worked on by processes that may die at any moment, and still come to the same bytes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from registry.config import Settings
from registry.database import begin_write
from registry.errors import BadValue
from registry.harmonising.recipe import ColumnPlan, Recipe
from registry.jobs import starting
from registry.jobs.beating import Beating
from registry.jobs.folders import Folder
from registry.jobs.kinds import kinds_of
from registry.jobs.opening import Jobs
from registry.jobs.orders import Order
from registry.jobs.queue import claim
from registry.jobs.rows import Job, add_job, ask_for, cancel_job, delete_job, describe_job, read_job
from registry.jobs.starting import Died, jobs_round, run_process, tidy_round
from registry.jobs.table import JOB
from registry.jobs.working import Interrupted, work_off
from registry.library import Library
from tests.publishing import add_units, publish_list
from tests.registry.small_library import BEFORE

ROOT = Path(__file__).parents[3]
RECIPE = Recipe((ColumnPlan("units", "place", levels=("commune",)),), date(2020, 1, 1))
LETTERS = "abdefgiklmnorstuz"
# What a process costs to start is paid once, where the database makes no difference.
once = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
MANY = 1_500  # distinct texts: enough that a process is cut in the middle of them


@pytest.fixture
def settings(engine: Engine, tmp_path: Path) -> Settings:
    address = engine.url.render_as_string(hide_password=False)
    given = {"MARJAA_DATA": str(tmp_path / "data"), "MARJAA_DATABASE_URL": address}
    return Settings.from_environment(given)


@pytest.fixture
def library(engine: Engine, settings: Settings) -> Library:
    """One version of `units`."""
    add_units(engine)
    publish_list(engine, settings.snapshots, "2014", date(2014, 9, 1), BEFORE)
    return Library(settings.snapshots)


def content(many: int) -> str:
    """A file with so many distinct texts, always the same."""
    drawn = random.Random(4)
    texts = ("".join(drawn.choices(LETTERS, k=drawn.randint(5, 12))) for _ in range(many))
    return "number;place\n" + "".join(f"{number};{text}\n" for number, text in enumerate(texts))


def queued(jobs: Jobs, text: str = "number;place\n1;Oulad Tayeb\n2;xyzzy\n") -> Job:
    """A job with its file, in the queue."""
    with begin_write(jobs.engine) as connection:
        job = add_job(connection, "harmonise", "amina", None, "places.csv", most=99, days=7)
        folder = Folder(jobs.folder(job.id))
        (folder.make() / "places.csv").write_text(text)
        job = describe_job(connection, job, {})
        return ask_for(connection, job, {"recipe": folder.keep_recipe(RECIPE), "format": "csv"}, days=7)


def stands(jobs: Jobs, job: Job) -> Job:
    with jobs.engine.connect() as connection:
        return read_job(connection, job.owner, job.id)


def worked(jobs: Jobs, work: Callable[..., None], **more: float) -> int:
    library = Library(Path("nowhere"))
    return work_off(jobs, library, {"harmonise": work}, threading.Event(), name="test", **more)


def result(jobs: Jobs, job: Job) -> bytes:
    return Folder(jobs.folder(job.id)).result("csv").read_bytes()


def kill_at_work(jobs: Jobs, settings: Settings, job: Job, delay: float) -> None:
    """Start a process that works on a job, and kill it while it does."""
    order = Order.by(settings, "doomed")
    command = [sys.executable, "-m", "registry.jobs.process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdin is not None
        process.stdin.write(order.line())
        process.stdin.flush()
        while stands(jobs, job).state != "running":
            assert process.poll() is None
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.02)
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)


def _cut(jobs: Jobs, settings: Settings, library: Library, point: int) -> None:
    text = content(MANY)
    uncut = queued(jobs, text)
    kinds = kinds_of(Order.by(settings, "").limits)
    assert work_off(jobs, library, kinds, threading.Event(), name="uncut") == 1
    job = queued(jobs, text)
    kill_at_work(jobs, settings, job, random.Random(point).uniform(0.0, 0.6))
    with begin_write(jobs.engine) as connection:  # a minute goes by
        connection.execute(update(JOB).where(JOB.c.lease_until.is_not(None)).values(lease_until=1.0))
    work_off(jobs, library, kinds, threading.Event(), name="heir")
    assert (stands(jobs, job).state, stands(jobs, job).error) == ("done", None)
    assert result(jobs, job) == result(jobs, uncut)
    assert result(jobs, job).count(b"\r\n") == MANY + 1


def test_what_a_killed_process_began_another_finishes_with_the_same_bytes(
    jobs: Jobs, settings: Settings, library: Library
):
    _cut(jobs, settings, library, 1)


@pytest.mark.soak
@pytest.mark.parametrize("point", range(2, 32))
def test_a_process_killed_at_thirty_moments_loses_nothing(
    jobs: Jobs, settings: Settings, library: Library, point: int
):
    _cut(jobs, settings, library, point)


def test_a_round_has_what_waits_worked_off_by_a_process(jobs: Jobs, settings: Settings, library: Library):
    job = queued(jobs)
    assert jobs_round(jobs, settings, threading.Event()) is True
    assert (stands(jobs, job).state, stands(jobs, job).error) == ("done", None)
    assert jobs_round(jobs, settings, threading.Event()) is False


@once
def test_a_process_that_is_told_to_stop_gives_back_what_it_has(
    jobs: Jobs, settings: Settings, library: Library
):
    job = queued(jobs, content(200_000))
    stop = threading.Event()
    round_of = threading.Thread(target=jobs_round, args=(jobs, settings, stop))
    round_of.start()
    while stands(jobs, job).state != "running":
        stop.wait(0.02)
    stop.set()
    round_of.join()
    left = stands(jobs, job)
    assert (left.state, left.worker, left.attempt) == ("queued", None, 0)


def test_a_process_that_dies_is_told_and_its_job_waits_again_at_once(
    jobs: Jobs, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    job = queued(jobs)

    def killed(order: Order, _stop: threading.Event) -> int:
        with begin_write(jobs.engine) as connection:
            claim(connection, f"{order.name}:1", time.time())
        return -9

    monkeypatch.setattr(starting, "run_process", killed)
    for attempt in (1, 2, 3):
        with pytest.raises(Died, match="-9"):
            jobs_round(jobs, settings, threading.Event())
        assert (stands(jobs, job).state, stands(jobs, job).attempt) == ("queued", attempt)
    assert jobs_round(jobs, settings, threading.Event()) is False
    assert stands(jobs, job).error["type"] == "/problems/job-given-up"


@once
def test_an_order_is_read_as_it_was_written(settings: Settings):
    order = Order.by(settings, "name")
    assert Order.of(order.line()) == order
    assert order.limits.max_bytes == settings.max_upload


@once
def test_a_process_that_cannot_begin_is_told(settings: Settings, tmp_path: Path):
    order = Order(str(tmp_path), "sqlite://", str(tmp_path), "x", 1, 1, 1)
    (tmp_path / "jobs.sqlite").mkdir()
    assert run_process(order, threading.Event()) == 1


def test_what_the_work_refuses_is_told_to_the_owner_and_other_failures_to_the_operator(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
):
    refused, broken = queued(jobs), queued(jobs)

    def work(job: Job, *_: object) -> None:
        if job.id == refused.id:
            raise BadValue("column", "x", "one of those that there are")
        raise RuntimeError("a secret path")

    assert worked(jobs, work) == 2
    assert stands(jobs, refused).error["type"] == "/problems/bad-value"
    assert stands(jobs, broken).error["type"] == "/problems/failure"
    assert "secret" not in str(stands(jobs, broken).error)
    assert "a secret path" in caplog.text
    assert str(refused.id) not in caplog.text


def test_a_file_that_is_gone_fails_its_job_and_no_other(jobs: Jobs, settings: Settings, library: Library):
    gone, fine = queued(jobs), queued(jobs)
    Folder(jobs.folder(gone.id)).remove()
    kinds = kinds_of(Order.by(settings, "").limits)
    assert work_off(jobs, library, kinds, threading.Event(), name="test") == 2
    assert (stands(jobs, gone).state, stands(jobs, fine).state) == ("failed", "done")


def test_work_on_a_job_that_was_cancelled_stops_and_says_nothing(jobs: Jobs):
    job = queued(jobs)

    def work(
        _job: Job, _folder: Path, _library: Library, _tell: object, stopping: Callable[[], bool]
    ) -> None:
        with begin_write(jobs.engine) as connection:
            cancel_job(connection, job)
        while not stopping():
            threading.Event().wait(0.01)
        raise Interrupted

    worked(jobs, work, lease=0.3)
    assert stands(jobs, job).state == "cancelled"


def test_what_is_deleted_during_the_work_leaves_no_file_behind(jobs: Jobs):
    job = queued(jobs)

    def work(_job: Job, folder: Path, *_: object) -> None:
        Folder(folder).remove()
        with begin_write(jobs.engine) as connection:
            delete_job(connection, job)
        (folder / "work").mkdir(parents=True)
        (folder / "work" / "values.sqlite").write_text("Oulad Tayeb")

    worked(jobs, work)
    assert list(jobs.root.iterdir()) == []


@once
def test_a_claim_that_is_lost_ends_what_does_not_stop(jobs: Jobs):
    job = queued(jobs)
    ended = threading.Event()
    with Beating(jobs, job.id, "nobody", lease=0.1, end=ended.set) as beating:
        assert ended.wait(10)
        assert beating.is_lost()


def test_progress_is_told_with_the_beats_and_at_the_end(jobs: Jobs):
    job = queued(jobs)

    def work(
        _job: Job, _folder: Path, _library: Library, tell: Callable[..., None], _stopping: object
    ) -> None:
        tell("matching", 1, 3)
        while stands(jobs, job).phase != "matching":
            threading.Event().wait(0.01)
        tell("writing", 3, 3)

    worked(jobs, work, lease=0.3)
    done = stands(jobs, job)
    assert (done.state, done.phase, done.done, done.total) == ("done", "writing", 3, 3)


@once
def test_folders_without_a_job_go_after_a_day(jobs: Jobs):
    kept = queued(jobs)
    for name in ("0" * 32, "something else"):
        (jobs.root / name).mkdir(parents=True)
    tidy_round(jobs)
    assert len(list(jobs.root.iterdir())) == 3
    tidy_round(jobs, time.time() + 2 * 86_400)
    assert [folder.name for folder in jobs.root.iterdir()] == [kept.id.hex]
