"""The web application."""

from __future__ import annotations

from importlib.metadata import version

from flask import Flask, redirect
from werkzeug.wrappers import Response

from registry import api
from registry.api.answering import Services
from registry.config import Settings
from registry.library import Library


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, by default those of the environment; raises BadSetting.

    Published data is answered from the snapshots alone: no database is opened here.
    """
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.url_map.strict_slashes = False
    app.extensions["marjaa"] = Services(settings, Library(settings.snapshots))
    api.register(app, version("marjaa"))
    app.add_url_rule("/", "home", _home)
    return app


def _home() -> Response:
    return redirect(f"{api.PREFIX}/docs")
