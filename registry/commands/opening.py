"""Opens the database for the commands that write, and says plainly where it cannot be reached."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, NoSuchModuleError, OperationalError

from registry.config import Settings
from registry.database import open_engine
from registry.errors import BadSetting, Unavailable

# Why the system lets nobody write at a path.
UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EISDIR)


@contextmanager
def opened_database(settings: Settings) -> Iterator[Engine]:
    """The engine of the configured database, closed at the end.

    Raises BadSetting for an address that cannot be read and for a data folder that cannot be written, and
    Unavailable where the database does not answer.
    """
    try:
        with _writable(settings.data):
            engine = open_engine(settings.database_url)
    except (ArgumentError, NoSuchModuleError) as error:
        raise BadSetting("MARJAA_DATABASE_URL", "…", f"an address of a database ({error})") from error
    try:
        with _writable(settings.data):
            yield engine
    except (OperationalError, InterfaceError) as error:
        address = make_url(settings.database_url)
        if address.get_backend_name() == "sqlite" and address.database is not None:
            with _writable(settings.data):
                _try_to_write(Path(address.database).parent)
        why = " ".join(str(error.orig).split())
        shown = address.render_as_string(hide_password=True)
        raise Unavailable(f"The database {shown} does not answer: {why}") from error
    finally:
        engine.dispose()


@contextmanager
def _writable(data: Path) -> Iterator[None]:
    """Says that it is the data folder where the system refuses to write into it; raises BadSetting."""
    try:
        yield
    except OSError as error:
        where = None if error.filename is None else Path(str(error.filename))
        if error.errno not in UNWRITABLE or where is None or not where.is_relative_to(data):
            raise
        why = f"a folder that can be written ({where}: {error.strerror})"
        raise BadSetting("MARJAA_DATA", str(data), why) from error


def _try_to_write(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder):
        pass
