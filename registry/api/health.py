"""Whether the service can answer."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Response

from registry.api.answering import services
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.api.schemas import HealthSchema

blueprint = Blueprint("health", __name__, description="Whether the service can answer")


@blueprint.route("/health")
@blueprint.answers(HealthSchema, HTTPStatus.SERVICE_UNAVAILABLE)
@blueprint.arguments(NoArguments, location="query")
def health(_given: dict[str, Any]) -> Response:
    """Reads the catalogue as any other answer does; 503 where it cannot be read."""
    count = len(services().library.referentials())
    body = json.dumps({"status": "ok", "referentials": count})
    return Response(body, headers={"Cache-Control": "no-store"}, content_type="application/json")
