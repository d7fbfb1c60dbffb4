"""Signing in and out."""

from __future__ import annotations

from tests.registry.desk_client import DeskUnderTest


def test_the_document_of_the_api_is_public(desk: DeskUnderTest):
    answer = desk.public().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
