"""The specification's contracts, written down as JSON Schemas, and a client that checks every answer."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

OLD, DRAFT = "reconciliation-0.2", "reconciliation-1.0-draft"
SCHEMAS = Path(__file__).parent / "schemas"


@cache
def _validator(version: str, name: str) -> jsonschema_rs.Validator:
    schema = json.loads((SCHEMAS / f"{version}.json").read_text())
    return jsonschema_rs.validator_for({**schema, "$ref": f"#/$defs/{name}"}, validate_formats=True)


def is_valid(version: str, name: str, document: object) -> bool:
    """Whether a document is one of the specification's kind of that name."""
    return _validator(version, name).is_valid(document)


def conforming(version: str, name: str, answer: TestResponse) -> Any:
    """The document of an answer, which is of the specification's kind of that name."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.content_type == "application/json"
    document = answer.get_json()
    problems = [
        f"{error.instance_path}: {error.message}" for error in _validator(version, name).iter_errors(document)
    ]
    assert not problems, problems
    return document


class Reconciler:
    """Asks a service in version 0.2 as a client does: queries are checked on their way, and answers too."""

    def __init__(self, client: FlaskClient, root: str) -> None:
        self.client = client
        self.root = root

    def manifest(self) -> Any:
        return conforming(OLD, "manifest", self.client.get(self.root))

    def ask(self, **queries: Any) -> dict[str, list[dict[str, Any]]]:
        """The candidates of each query."""
        assert is_valid(OLD, "queries", queries), queries
        answer = self.client.post(self.root, data={"queries": json.dumps(queries)})
        document = conforming(OLD, "results", answer)
        assert list(document) == list(queries)
        return {key: found["result"] for key, found in document.items()}

    def one(self, query: str | None = None, **more: Any) -> list[dict[str, Any]]:
        """The candidates of one query."""
        return self.ask(q0={**({} if query is None else {"query": query}), **more})["q0"]

    def extend(self, ids: list[str], *properties: str) -> Any:
        """Columns and rows of values."""
        asked = {"ids": ids, "properties": [{"id": name} for name in properties]}
        answer = self.client.post(self.root, data={"extend": json.dumps(asked)})
        document = conforming(OLD, "extension", answer)
        assert {id: set(row) for id, row in document["rows"].items()} == {id: set(properties) for id in ids}
        return document
