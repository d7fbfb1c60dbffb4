"""What the document says of accounts, fuzzed by somebody who is signed in: no 5xx, no undocumented answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.registry.desk_client import DeskUnderTest, opened_desk
from tests.store import empty_sqlite

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
LABELS = [
    f"{method} /api/v1/{path}"
    for method, path in (
        ("GET", "session"),
        ("PUT", "session/password"),
        ("GET", "tokens"),
        ("POST", "tokens"),
        ("DELETE", "tokens/{token}"),
        ("GET", "people"),
        ("POST", "people"),
        ("GET", "people/{person}"),
        ("PATCH", "people/{person}"),
        ("POST", "people/{person}/roles"),
        ("DELETE", "people/{person}/roles"),
        ("GET", "audit"),
    )
]


@pytest.fixture(scope="module")
def desk(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskUnderTest]:
    folder = tmp_path_factory.mktemp("documented")
    with empty_sqlite(migrated_sqlite, folder) as engine, opened_desk(engine, folder / "data") as opened:
        opened.add_person("administrator")
        yield opened


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fit", "unfit"])
@pytest.mark.parametrize("label", LABELS)
def test_any_request_of_an_administrator_gets_a_documented_answer(
    desk: DeskUnderTest, label: str, mode: GenerationMode
):
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", desk.app).find_operation_by_label(
        label
    )
    if mode is GenerationMode.NEGATIVE and not (len(operation.query) or len(operation.body)):
        return
    person = desk.add_person("administrator", "editor")
    client = desk.sign_in(person)
    headers = {"X-CSRF-Token": client.environ_base["HTTP_X_CSRF_TOKEN"]}
    cookies = {"marjaa": client.get_cookie("marjaa").value}

    @settings(
        max_examples=15,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Case) -> None:
        case.headers.pop("Authorization", None)
        case.path_parameters.update(dict.fromkeys(re.findall(r"{(person)}", operation.path), person))
        case.call_and_validate(checks=CHECKS, headers=headers, cookies=cookies)

    check()
