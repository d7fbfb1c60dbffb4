"""Every documented resource is fuzzed: no 5xx, no undocumented answer, nothing wrong accepted in silence."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from registry.app import create_app
from tests.registry.small_library import settings

EXAMPLES = 12
PUBLISHED = {"referential": "units", "version": "2024", "code": "01.100.07", "correspondence": "old-to-new"}


def document_of(app: Flask) -> BaseSchema:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


# What is documented does not depend on what is published.
with TemporaryDirectory() as nothing_published:
    OPERATIONS = [
        found.ok()
        for found in document_of(create_app(settings(Path(nothing_published)))).get_all_operations()
    ]
LABELS = [operation.label for operation in OPERATIONS]
WITH_PARAMETERS = [operation.label for operation in OPERATIONS if len(operation.query) or len(operation.body)]
# Which levels, codes, languages and cursors there are is no part of the document: others are refused.
UNFIT = [positive_data_acceptance]


@pytest.fixture(scope="session")
def document(app: Flask) -> BaseSchema:
    return document_of(app)


def fuzz(document: BaseSchema, label: str, mode: GenerationMode, check: object) -> None:
    operation = document.find_operation_by_label(label)
    assert operation is not None
    given(case=operation.as_strategy(generation_mode=mode))(
        bounded(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )(check)
    )()


def about_what_is_published(case: Case) -> Case:
    """The same request about things that exist, so that it gets past its address."""
    known = {name: PUBLISHED.get(name, value) for name, value in case.path_parameters.items()}
    case.path_parameters.update(known)
    return case


@pytest.mark.parametrize("label", LABELS)
def test_any_request_gets_a_documented_answer(document: BaseSchema, label: str) -> None:
    def check(case: Case) -> None:
        case.call_and_validate(excluded_checks=UNFIT)

    fuzz(document, label, GenerationMode.POSITIVE, check)


@pytest.mark.parametrize("label", LABELS)
def test_any_request_about_what_is_published_gets_a_documented_answer(
    document: BaseSchema, label: str
) -> None:
    def check(case: Case) -> None:
        about_what_is_published(case).call_and_validate(excluded_checks=UNFIT)

    fuzz(document, label, GenerationMode.POSITIVE, check)


@pytest.mark.parametrize("label", WITH_PARAMETERS)
def test_a_request_against_the_document_is_refused(document: BaseSchema, label: str) -> None:
    def check(case: Case) -> None:
        case.call_and_validate()

    fuzz(document, label, GenerationMode.NEGATIVE, check)


@pytest.mark.parametrize("label", WITH_PARAMETERS)
def test_a_request_against_the_document_about_what_is_published_gets_a_documented_answer(
    document: BaseSchema, label: str
) -> None:
    checks = [
        not_a_server_error,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]

    def check(case: Case) -> None:
        about_what_is_published(case).call_and_validate(checks=checks)

    fuzz(document, label, GenerationMode.NEGATIVE, check)
