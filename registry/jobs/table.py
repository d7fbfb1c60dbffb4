"""The table of jobs: in `jobs.sqlite` beside a SQLite database, in the database where it is PostgreSQL.

A job may be lost with its file; what it is about is with its owner. So the SQLite file is made when it is
first opened, and no backup holds it (D6).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Float, Index, Integer, MetaData, Table, Uuid

from registry.models.base import CodePoints, Json

STATES = ("uploading", "uploaded", "queued", "running", "done", "failed", "cancelled")

_metadata = MetaData()

# Moments are seconds since 1970: leases are compared, never shown.
JOB = Table(
    "job",
    _metadata,
    Column("id", Uuid, nullable=False, primary_key=True),
    Column("kind", CodePoints, nullable=False),
    Column("owner", CodePoints, nullable=False),
    Column("administration", CodePoints, nullable=True),
    # What its owner calls the file.
    Column("name", CodePoints, nullable=False),
    Column("state", CodePoints, nullable=False),
    # What is to be done, as the kind of job understands it.
    Column("asked", Json, nullable=False),
    # How often something else was asked for: an answer of an older asking is none.
    Column("revision", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("worker", CodePoints, nullable=True),
    Column("lease_until", Float(53), nullable=True),
    Column("heartbeat", Float(53), nullable=True),
    Column("phase", CodePoints, nullable=True),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=True),
    # A problem as `registry.errors` renders it.
    Column("error", Json, nullable=True),
    Column("created", Float(53), nullable=False),
    Column("queued", Float(53), nullable=True),
    Column("started", Float(53), nullable=True),
    Column("finished", Float(53), nullable=True),
    Column("expires", Float(53), nullable=False),
    CheckConstraint(
        "state IN ('uploading', 'uploaded', 'queued', 'running', 'done', 'failed', 'cancelled')",
        name="ck_job_state",
    ),
    CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="ck_job_lease"),
)
OF_OWNER = Index("ix_job_owner", JOB.c.owner, JOB.c.created)
IN_STATE = Index("ix_job_state", JOB.c.state, JOB.c.queued)
