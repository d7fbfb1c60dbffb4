"""Where the jobs of an installation are: their rows and their files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from registry.database import begin_write, open_engine
from registry.jobs.table import IN_STATE, JOB, OF_OWNER

FILE = "jobs.sqlite"
FOLDER = "jobs"


@dataclass(frozen=True, slots=True)
class Jobs:
    """The database that holds the rows, and the folder that holds a folder for each job."""

    engine: Engine
    root: Path

    def folder(self, job: UUID) -> Path:
        """The folder of a job's files, which only the service's own account can read."""
        return self.root / job.hex


def open_jobs(data: Path, database: Engine) -> Jobs:
    """The jobs of the installation with this data folder and database; the caller disposes of the engine.

    On PostgreSQL they are rows of the database; beside SQLite they have a file of their own, so that a long
    publication, which holds the database's write lock, never keeps a job from beating.
    """
    if database.dialect.name == "postgresql":
        return Jobs(database, data / FOLDER)
    path = data / FILE
    engine = open_engine(make_url(f"sqlite:///{path}"))
    with begin_write(engine) as connection:
        connection.execute(CreateTable(JOB, if_not_exists=True))
        for index in (OF_OWNER, IN_STATE):
            connection.execute(CreateIndex(index, if_not_exists=True))
    path.chmod(0o600)
    return Jobs(engine, data / FOLDER)
