"""The web application: published data, and behind it the desk of those who work on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

from flask import Flask, redirect
from werkzeug.wrappers import Response

from registry import api, protocols
from registry.api.answering import Services
from registry.api.rates import Paced
from registry.config import Settings
from registry.indexing import PATIENCE
from registry.library import Library
from registry.volatile import Volatile

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DESK = "registry.desk"


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, by default those of the environment; raises BadSetting.

    Published data is answered from the snapshots alone: no database is opened for it.
    """
    settings = settings or Settings.from_environment()
    library = Library(settings.snapshots, patience=PATIENCE)
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.url_map.strict_slashes = False
    app.extensions["marjaa"] = Services(settings, library)
    volatile = Volatile(settings.volatile)
    paced = app.wsgi_app = Paced(app.wsgi_app, settings, volatile)  # type: ignore[method-assign]  # as Flask documents
    protocols.register(app, paced.count)
    described = api.register(app, version("marjaa"), public=protocols.PREFIXES)
    app.add_url_rule("/", "home", _home)

    def desk() -> WSGIApplication:
        application: WSGIApplication = import_module(f"{DESK}.app").create_desk(
            settings, library, volatile, described
        )
        return application

    package = import_module(DESK)
    prefixes = (*package.PREFIXES, f"{api.PREFIX}/openapi.json")
    app.wsgi_app = Divided(app.wsgi_app, desk, prefixes, package.REQUESTS)  # type: ignore[method-assign]  # as Flask documents
    return app


class Divided:
    """WSGI: addresses that begin with a prefix are another application's, made when it is first asked for;
    so are single requests, each of a method and a path.

    What it imports takes as long as all else together, and no answer from a snapshot needs it.
    """

    def __init__(
        self,
        application: WSGIApplication,
        other: Callable[[], WSGIApplication],
        prefixes: tuple[str, ...],
        requests: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self._application = application
        self._prefixes = prefixes
        self._requests = frozenset(requests)
        self._make = other
        self._made: WSGIApplication | None = None
        self._making = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as one of the two does."""
        path = environ["PATH_INFO"]
        if path.startswith(self._prefixes) or (
            (environ["REQUEST_METHOD"], path.rstrip("/")) in self._requests
        ):
            return self._other()(environ, start_response)
        return self._application(environ, start_response)

    def _other(self) -> WSGIApplication:
        with self._making:
            if self._made is None:
                self._made = self._make()
            return self._made


def _home() -> Response:
    return redirect(f"{api.PREFIX}/docs")
