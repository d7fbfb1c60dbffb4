"""The HTTP API under /api/v1: one module for each resource; views parse, ask the domain, and answer."""

from __future__ import annotations

from flask import Flask

from registry.api import catalogue, docs, exports, finding, health, items, past, problems
from registry.api.blueprint import Api
from registry.api.headers import CommonHeaders

PREFIX = "/api/v1"
# Blueprints in the order in which the OpenAPI document shows them.
BLUEPRINTS = (
    catalogue.blueprint,
    items.blueprint,
    past.blueprint,
    finding.blueprint,
    exports.blueprint,
    health.blueprint,
)


def register(app: Flask, version: str) -> None:
    """Add the API, its OpenAPI document and reader, and the rendering of errors."""
    app.config.update(
        API_TITLE="Marjaa",
        API_VERSION=version,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    problems.register(app)
    api = Api(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    app.register_blueprint(docs.blueprint, url_prefix=PREFIX)
    app.wsgi_app = CommonHeaders(app.wsgi_app, PREFIX)  # type: ignore[method-assign]  # as Flask documents
