"""Opens the database for the commands that write, and says plainly where it cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, NoSuchModuleError, OperationalError

from registry.config import Settings
from registry.database import open_engine
from registry.errors import BadSetting, Unavailable


@contextmanager
def opened_database(settings: Settings) -> Iterator[Engine]:
    """The engine of the configured database, closed at the end.

    Raises BadSetting for an address that cannot be read and Unavailable where the database does not answer.
    """
    try:
        engine = open_engine(settings.database_url)
    except (ArgumentError, NoSuchModuleError) as error:
        raise BadSetting("MARJAA_DATABASE_URL", "…", f"an address of a database ({error})") from error
    try:
        yield engine
    except (OperationalError, InterfaceError) as error:
        address = make_url(settings.database_url).render_as_string(hide_password=True)
        why = " ".join(str(error.orig).split())
        raise Unavailable(f"The database {address} does not answer: {why}") from error
    finally:
        engine.dispose()
