"""The application behind the desk's addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from flask import Flask, Response, jsonify

from registry.api import PREFIX, problems
from registry.api.blueprint import Api, Blueprint
from registry.config import Settings
from registry.database import open_engine
from registry.desk import (
    audit,
    authentication,
    choices,
    correspondences,
    drafting,
    harmonisation_results,
    harmonisations,
    impacts,
    inventory,
    oidc,
    outages,
    people,
    referentials,
    session,
    subscriptions,
    tokens,
)
from registry.desk.headers import DeskHeaders
from registry.desk.working import Desk
from registry.jobs.opening import open_jobs
from registry.library import Library
from registry.volatile import Volatile

# Blueprints in the order in which the OpenAPI document shows them.
BLUEPRINTS: tuple[Blueprint, ...] = (
    session.blueprint,
    oidc.blueprint,
    tokens.blueprint,
    people.blueprint,
    audit.blueprint,
    inventory.blueprint,
    harmonisations.blueprint,
    harmonisation_results.blueprint,
    choices.blueprint,
    subscriptions.blueprint,
    correspondences.blueprint,
    referentials.blueprint,
    *drafting.BLUEPRINTS,
    impacts.blueprint,
)

Document = Mapping[str, Any]


def create_desk(
    settings: Settings, library: Library, volatile: Volatile, published: Callable[[], Document]
) -> Flask:
    """The application; `published` gives the OpenAPI document of what is answered from snapshots."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=settings.max_body,
        API_TITLE="Marjaa",
        API_VERSION=version("marjaa"),
        OPENAPI_VERSION="3.1.0",
    )
    app.url_map.strict_slashes = False
    engine = open_engine(settings.database_url)
    jobs = open_jobs(settings.data, engine)
    app.extensions["marjaa"] = Desk(settings, library, engine, volatile, jobs)
    problems.register(app)
    outages.register(app)
    authentication.register(app)
    oidc.register(app, settings, volatile)
    api = Api(app)
    authentication.describe(api.spec, settings)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=PREFIX)

    @authentication.everybody
    def openapi() -> Response:
        return jsonify(_joined(published(), api.spec.to_dict()))

    document = f"{PREFIX}/openapi.json"
    app.add_url_rule(document, "openapi", openapi)
    app.wsgi_app = DeskHeaders(app.wsgi_app, settings, open_address=document)  # type: ignore[method-assign]  # as Flask documents
    return app


def _joined(published: Document, desk: Document) -> Document:
    """One OpenAPI document of both applications; what both describe (problems …) is described alike."""
    parts = {*published["components"], *desk["components"]}
    return {
        **published,
        "tags": [*published["tags"], *desk.get("tags", ())],
        "paths": {
            **published["paths"],
            **{path: {**published["paths"].get(path, {}), **told} for path, told in desk["paths"].items()},
        },
        "components": {
            part: {**desk["components"].get(part, {}), **published["components"].get(part, {})}
            for part in sorted(parts)
        },
    }
