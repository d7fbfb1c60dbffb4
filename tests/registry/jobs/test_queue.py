"""The queue: a job is claimed once, goes on with another worker, and is given up after a few."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from registry.database import begin_write
from registry.errors import Conflict
from registry.jobs import queue
from registry.jobs.opening import FILE, Jobs, open_jobs
from registry.jobs.rows import (
    Job,
    TooManyJobs,
    UnknownJob,
    add_job,
    ask_for,
    cancel_job,
    delete_job,
    describe_job,
    list_jobs,
    read_job,
)
from registry.jobs.table import JOB

ROOT = Path(__file__).parents[3]
LATER = queue.LEASE_SECONDS + 1


def queued(jobs: Jobs, owner: str = "amina", asked: str = "this") -> Job:
    """A job that waits for a worker."""
    with begin_write(jobs.engine) as connection:
        job = add_job(connection, "harmonise", owner, "agency", "births.csv", most=1000, days=7)
        job = describe_job(connection, job, {})
        return ask_for(connection, job, {"what": asked}, days=7)


def claimed(jobs: Jobs, worker: str = "first", after: float = 0.0) -> Job | None:
    with begin_write(jobs.engine) as connection:
        return queue.claim(connection, worker, time.time() + after)


def stands(jobs: Jobs, job: Job) -> Job:
    with jobs.engine.connect() as connection:
        return read_job(connection, job.owner, job.id)


def test_on_sqlite_jobs_have_a_file_that_others_cannot_read(sqlite_engine: Engine, tmp_path: Path):
    jobs = open_jobs(tmp_path / "data", sqlite_engine)
    assert (tmp_path / "data" / FILE).stat().st_mode & 0o777 == 0o600
    assert inspect(sqlite_engine).has_table("job") is False
    open_jobs(tmp_path / "data", sqlite_engine).engine.dispose()  # what is there stays
    jobs.engine.dispose()


def test_the_migration_makes_the_table_that_is_used(jobs: Jobs):
    options = {"include_name": lambda name, kind, _: kind != "table" or name == "job", "compare_type": True}
    with jobs.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, JOB.metadata) == []


def test_the_job_that_waits_longest_is_claimed_and_no_other_worker_gets_it(jobs: Jobs):
    first, second = queued(jobs), queued(jobs)
    assert claimed(jobs).id == first.id
    assert claimed(jobs, "second").id == second.id
    assert claimed(jobs, "third") is None


def test_a_claim_says_what_was_asked_for(jobs: Jobs):
    queued(jobs, asked="that")
    job = claimed(jobs)
    assert (job.asked, job.state, job.attempt, job.worker) == ({"what": "that"}, "running", 1, "first")


def test_a_worker_that_beats_keeps_its_job_and_tells_how_far_it_is(jobs: Jobs):
    job = queued(jobs)
    claimed(jobs)
    with begin_write(jobs.engine) as connection:
        assert queue.beat(connection, job.id, "first", time.time() + LATER, ("matching", 3, 10))
    assert claimed(jobs, "second", after=LATER) is None
    assert (stands(jobs, job).phase, stands(jobs, job).done, stands(jobs, job).total) == ("matching", 3, 10)


def test_the_job_of_a_silent_worker_goes_to_another_and_the_first_has_no_say_any_more(jobs: Jobs):
    job = queued(jobs)
    claimed(jobs)
    again = claimed(jobs, "second", after=LATER)
    assert (again.id, again.attempt, again.worker) == (job.id, 2, "second")
    now = time.time()
    with begin_write(jobs.engine) as connection:
        assert not queue.beat(connection, job.id, "first", now)
        assert not queue.finish(connection, job.id, "first", now)
        assert not queue.fail(connection, job.id, "first", now, {})
        assert not queue.give_back(connection, job.id, "first")
        assert queue.finish(connection, job.id, "second", now)
    assert stands(jobs, job).state == "done"


def test_a_job_that_silenced_too_many_workers_is_given_up_with_the_reason(jobs: Jobs):
    job = queued(jobs)
    for attempt in range(queue.MOST_ATTEMPTS):
        assert claimed(jobs, f"worker {attempt}", after=attempt * LATER).id == job.id
    end = queue.MOST_ATTEMPTS * LATER
    assert claimed(jobs, "one more", after=end) is None
    with begin_write(jobs.engine) as connection:
        assert queue.give_up(connection, time.time() + end) == [job.id]
    failed = stands(jobs, job)
    assert (failed.state, failed.error["type"]) == ("failed", "/problems/job-given-up")


def test_what_is_given_back_was_no_attempt(jobs: Jobs):
    job = queued(jobs)
    claimed(jobs)
    with begin_write(jobs.engine) as connection:
        assert queue.give_back(connection, job.id, "first")
    assert claimed(jobs, "second").attempt == 1


def test_a_cancelled_job_is_taken_from_its_worker(jobs: Jobs):
    job = queued(jobs)
    claimed(jobs)
    with begin_write(jobs.engine) as connection:
        assert cancel_job(connection, stands(jobs, job)).state == "cancelled"
        assert not queue.beat(connection, job.id, "first", time.time())
    assert claimed(jobs, "second") is None
    with begin_write(jobs.engine) as connection, pytest.raises(Conflict, match="cancelled"):
        cancel_job(connection, stands(jobs, job))


def test_what_was_read_before_somebody_else_asked_is_no_ground_to_ask(jobs: Jobs):
    with begin_write(jobs.engine) as connection:
        job = add_job(connection, "harmonise", "amina", None, "a.csv", most=9, days=7)
        described = describe_job(connection, job, {"what": "first"})
        describe_job(connection, described, {"what": "second"})
        with pytest.raises(Conflict, match="revision 2"):
            ask_for(connection, described, {}, days=7)


def test_a_job_in_hands_cannot_be_asked_for_again(jobs: Jobs):
    job = queued(jobs)
    with begin_write(jobs.engine) as connection, pytest.raises(Conflict, match="queued"):
        ask_for(connection, job, {}, days=7)


def test_a_job_is_its_owners_only(jobs: Jobs):
    job = queued(jobs, owner="amina")
    with jobs.engine.connect() as connection:
        with pytest.raises(UnknownJob):
            read_job(connection, "badr", job.id)
        assert list_jobs(connection, "badr", limit=10) == []
        assert [each.id for each in list_jobs(connection, "amina", limit=10)] == [job.id]


def test_a_list_goes_on_after_any_of_its_jobs(jobs: Jobs):
    made = [queued(jobs).id for _ in range(4)]
    seen: list[uuid.UUID] = []
    with jobs.engine.connect() as connection:
        while page := list_jobs(connection, "amina", skip=len(seen), limit=3):
            seen += [job.id for job in page]
    assert Counter(seen) == Counter(made)
    assert len(seen) == len(made)


def test_nobody_keeps_more_files_than_is_allowed_whatever_they_send_at_once(jobs: Jobs):
    refused: list[Exception] = []

    def upload() -> None:
        try:
            with begin_write(jobs.engine) as connection:
                add_job(connection, "harmonise", "amina", None, "a.csv", most=3, days=7)
        except TooManyJobs as error:
            refused.append(error)

    uploads = [threading.Thread(target=upload) for _ in range(8)]
    for each in uploads:
        each.start()
    for each in uploads:
        each.join()
    with jobs.engine.connect() as connection:
        assert len(list_jobs(connection, "amina", limit=10)) == 3
    assert len(refused) == 5


def test_a_job_whose_time_is_over_is_found_and_forgotten_unless_it_is_in_hands(jobs: Jobs):
    old, busy = queued(jobs), queued(jobs)
    with begin_write(jobs.engine) as connection:
        cancel_job(connection, old)
    assert claimed(jobs).id == busy.id
    end = time.time() + 8 * 86_400
    with begin_write(jobs.engine) as connection:
        assert queue.list_expired(connection, end) == [old.id]
        queue.forget(connection, old.id, end)
        queue.forget(connection, busy.id, end)
        assert queue.known_jobs(connection) == {busy.id}


def test_a_deleted_job_is_gone_for_its_worker_too(jobs: Jobs):
    job = queued(jobs)
    claimed(jobs)
    with begin_write(jobs.engine) as connection:
        delete_job(connection, job)
        assert not queue.beat(connection, job.id, "first", time.time())


def test_threads_that_claim_at_once_never_get_the_same_job(jobs: Jobs):
    made = {queued(jobs).id for _ in range(24)}
    got: list[uuid.UUID] = []

    def work(name: str) -> None:
        count = 0
        while (job := claimed(jobs, f"{name} {count}")) is not None:
            got.append(job.id)
            count += 1

    workers = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(got) == sorted(made)


CLAIM_ALL = """
import sys, time
from registry.database import begin_write, open_engine
from registry.jobs import queue
engine = open_engine(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for count in range(1000):
    with begin_write(engine) as connection:
        job = queue.claim(connection, f"{sys.argv[2]} {count}", time.time())
    if job is None:
        break
    print(job.id.hex)
"""


def test_processes_that_claim_at_once_never_get_the_same_job(jobs: Jobs):
    made = {queued(jobs).id.hex for _ in range(24)}
    url = jobs.engine.url.render_as_string(hide_password=False)
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIM_ALL, url, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for number in range(2)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    got = [line for worker in workers for line in worker.communicate(timeout=60)[0].split()]
    assert sorted(got) == sorted(made)
