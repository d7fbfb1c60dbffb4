"""What the desk answers while the database does not: 503, and when to try again.

Nothing is restarted for it: the next request connects anew (`registry.database` asks a connection whether it
lives before it is used). Published data is answered from snapshots all the while.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from registry.api import problems
from registry.errors import Unavailable, problem_of

RETRY_AFTER = 5  # seconds


def register(app: Flask) -> None:
    """Let the application say plainly that the database cannot be asked now."""
    for family in (OperationalError, InterfaceError, TimeoutError):
        app.register_error_handler(family, _no_database)


def _no_database(error: Exception) -> Response:
    said = " ".join(str(getattr(error, "orig", error)).split())[:300]  # for the operator, not for the reader
    current_app.logger.error("%s %r: no database: %s", request.method, request.path[:200], said)
    unavailable = Unavailable("The database does not answer now; nothing was changed.", RETRY_AFTER)
    return problems.render(problem_of(unavailable))
