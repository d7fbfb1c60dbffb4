"""Referentials are registered by administrators; published ones are read without the desk."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from registry.api.blueprint import Blueprint
from registry.desk.authentication import current_actor, needs
from registry.desk.change_sets import BODY_ERRORS
from registry.desk.draft_answers import documented, send
from registry.desk.referential_bodies import ReferentialBody, RegisteredSchema, referential_in
from registry.desk.working import desk, writing
from registry.publishing.registering import register
from registry.publishing.shelving import flip_catalogue

blueprint = Blueprint("registration", __name__, description="Referentials that are to have versions")


@blueprint.route("/referentials", methods=["POST"])
@needs("administer")
@documented(RegisteredSchema, HTTPStatus.CONFLICT, *BODY_ERRORS, status=HTTPStatus.CREATED)
@blueprint.arguments(ReferentialBody)
def register_referential(body: dict[str, Any]) -> Response:
    """Register a referential; its first version comes of a change set."""
    actor, new = current_actor(), referential_in(body)
    with writing() as connection:
        register(connection, actor, new)
    flip_catalogue(desk().engine, desk().settings.snapshots)
    location = f"/api/v1/referentials/{new.id}"
    return send(new, RegisteredSchema, status=HTTPStatus.CREATED, location=location)
