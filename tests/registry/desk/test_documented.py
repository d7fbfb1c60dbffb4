"""What is documented of drafts and error reports, fuzzed by an administrator: no undocumented answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from registry.accounts.actors import SCOPES
from registry.app import create_app
from registry.config import Settings
from tests.registry.desk_client import DeskUnderTest, opened_desk
from tests.registry.desk_drafts import RABAT, Draft, open_draft, publish_first_version
from tests.store import empty_sqlite

EXAMPLES = 3
PREFIXES = ("/api/v1/change-sets", "/api/v1/choices", "/api/v1/error-reports", "/api/v1/harmonisations")
# It takes nothing that could be wrong.
TAKES_NOTHING = "/api/v1/harmonisations/limits"
# What a referential, a role or a code may be is no part of the document: others are refused.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def document_of(settings: Settings) -> BaseSchema:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", create_app(settings))


def settings_of(data: Path, **variables: str) -> Settings:
    return Settings.from_environment({"MARJAA_DATA": str(data), **variables})


# What is documented does not depend on what there is.
with TemporaryDirectory() as nothing_published:
    OPERATIONS = [
        found.ok()
        for found in document_of(settings_of(Path(nothing_published))).get_all_operations()
        if found.ok().path.startswith(PREFIXES) and found.ok().path != TAKES_NOTHING
    ]
LABELS = [operation.label for operation in OPERATIONS]
every_operation = pytest.mark.parametrize("label", LABELS)


@dataclass
class Fuzzed:
    """The desk with a published version, its document, and an administrator."""

    desk: DeskUnderTest
    document: BaseSchema

    def draft(self) -> Draft:
        """A draft with an item, of somebody else."""
        draft = open_draft(self.desk.signed_in("editor"))
        draft.edit("PUT", "/items/10", RABAT)
        return draft

    def headers(self) -> dict[str, str]:
        """Those of a program that acts for an administrator."""
        person = self.desk.add_person("administrator", administration="ministry")
        return {"Authorization": self.desk.with_token(person, *SCOPES).environ_base["HTTP_AUTHORIZATION"]}

    def fuzz(self, label: str, mode: GenerationMode, prepare: Callable[[Case], None]) -> None:
        """Send requests of a mode, each prepared before it is sent, and check the answers."""
        operation = self.document.find_operation_by_label(label)
        assert operation is not None
        headers = self.headers()

        def check(case: Case) -> None:
            prepare(case)
            case.call_and_validate(headers=headers, checks=CHECKS)

        given(case=operation.as_strategy(generation_mode=mode))(
            bounded(
                max_examples=EXAMPLES,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            )(check)
        )()


@pytest.fixture(scope="module")
def fuzzed(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    folder = tmp_path_factory.mktemp("fuzzed")
    with (
        empty_sqlite(migrated_sqlite, folder) as engine,
        opened_desk(engine, folder / "data", MARJAA_RATE_POST="1000000") as desk,
    ):
        publish_first_version(desk)
        url = engine.url.render_as_string(hide_password=False)
        settings = settings_of(folder / "data", MARJAA_DATABASE_URL=url, MARJAA_RATE_POST="1000000")
        yield Fuzzed(desk, document_of(settings))


def nothing(_case: Case) -> None:
    """Send the request as it was made up."""


def about(draft: Draft) -> Callable[[Case], None]:
    """Let a request be about a draft that is there, in the revision that it has."""
    known = {"change_set": draft.id, "code": "10", "position": 0, "rule": "missing_names"}

    def prepare(case: Case) -> None:
        case.path_parameters.update(
            {name: known.get(name, value) for name, value in case.path_parameters.items()}
        )
        if "If-Match" in case.headers:
            case.headers["If-Match"] = draft.get().headers["ETag"]

    return prepare


@every_operation
@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
def test_any_request_gets_a_documented_answer(fuzzed: Fuzzed, label: str, mode: GenerationMode):
    fuzzed.fuzz(label, mode, nothing)


@pytest.mark.parametrize("label", [label for label in LABELS if "{change_set}" in label])
@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
def test_any_request_about_a_draft_gets_a_documented_answer(fuzzed: Fuzzed, label: str, mode: GenerationMode):
    fuzzed.fuzz(label, mode, about(fuzzed.draft()))
