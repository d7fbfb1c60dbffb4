"""What the views work with: settings, published data, the database, and one unit of work per request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from flask import current_app
from sqlalchemy import Connection, Engine

from registry.config import Settings
from registry.database import begin_write
from registry.jobs.opening import Jobs
from registry.library import Library
from registry.volatile import Volatile


@dataclass(frozen=True, slots=True)
class Desk:
    """The services of the application."""

    settings: Settings
    library: Library
    engine: Engine
    volatile: Volatile
    jobs: Jobs


def desk() -> Desk:
    """The services of the running application."""
    return cast(Desk, current_app.extensions["marjaa"])


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection that only reads, for one request."""
    with desk().engine.connect() as connection:
        yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """One unit of work: committed when the view is done with it, rolled back by an error."""
    with begin_write(desk().engine) as connection:
        yield connection
