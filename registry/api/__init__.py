"""The HTTP API under /api/v1: one module for each resource; views parse, ask the domain, and answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from registry.api import (
    announcements,
    catalogue,
    comparing,
    correspondences,
    docs,
    entries,
    exports,
    finding,
    health,
    items,
    log,
    past,
    problems,
    recoding,
)
from registry.api.blueprint import Api
from registry.api.headers import CommonHeaders

PREFIX = "/api/v1"
# Blueprints in the order in which the OpenAPI document shows them.
BLUEPRINTS = (
    catalogue.blueprint,
    items.blueprint,
    past.blueprint,
    entries.blueprint,
    comparing.blueprint,
    recoding.blueprint,
    correspondences.blueprint,
    finding.blueprint,
    exports.blueprint,
    log.blueprint,
    announcements.blueprint,
    health.blueprint,
)


def register(app: Flask, version: str, *, public: tuple[str, ...] = ()) -> Callable[[], Mapping[str, Any]]:
    """Add the API, its reader and the rendering of errors; what gives the OpenAPI document.

    Any page of the web may read what is below the prefixes in `public`, as it may read the API.
    """
    app.config.update(API_TITLE="Marjaa", API_VERSION=version, OPENAPI_VERSION="3.1.0")
    problems.register(app)
    api = Api(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    app.register_blueprint(docs.blueprint, url_prefix=PREFIX)
    secure = app.extensions["marjaa"].settings.is_secure
    app.wsgi_app = CommonHeaders(app.wsgi_app, (PREFIX, *public), secure=secure)  # type: ignore[method-assign]  # as Flask documents
    described: Callable[[], Mapping[str, Any]] = api.spec.to_dict
    return described
