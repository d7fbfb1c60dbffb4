"""Domain errors and the one table that renders them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.store import DamagedStore, StaleStore
from referentials.snapshot import DamagedSnapshot
from registry import errors
from registry.error_kinds import KINDS
from registry.errors import DomainError, UnknownCode, make_problem, problem_of


def subclasses(family: type[DomainError]) -> set[type[DomainError]]:
    return {family} | {each for child in family.__subclasses__() for each in subclasses(child)}


def test_every_domain_error_is_in_the_table() -> None:
    assert {error.slug for error in subclasses(DomainError)} <= KINDS.keys()


@pytest.mark.parametrize("slug", sorted(KINDS))
def test_every_kind_of_problem_has_a_status_an_exit_code_and_advice(slug: str) -> None:
    problem = make_problem(slug, "detail")
    assert 400 <= problem.status < 600
    assert 0 < problem.exit_code < 128
    assert problem.document()["type"] == f"/problems/{slug}"
    assert problem.message().endswith(problem.advice)
    assert (problem.retry_after is not None) == (problem.status == 503)


@pytest.mark.parametrize(
    "error",
    [
        DamagedStore(Path("/srv/secret/search"), "x"),
        StaleStore(Path("/srv/secret/search"), "x"),
        DamagedSnapshot(Path("/srv/secret/content"), "x"),
        RuntimeError("/srv/secret"),
    ],
)
def test_errors_of_other_packages_show_no_paths(error: Exception) -> None:
    problem = problem_of(error)
    assert problem.status in (500, 503)
    assert "secret" not in json.dumps(problem.document())


@given(st.text(max_size=400))
def test_any_value_can_be_shown_and_encoded(value: str) -> None:
    problem = problem_of(UnknownCode("units", value, "2024", ["01"]))
    assert len(json.dumps(problem.document(), ensure_ascii=False).encode()) < 8000
    assert problem.detail.isprintable()


def test_a_message_says_what_is_wrong_then_what_to_do() -> None:
    error = errors.BeforeRecords("units", date(2000, 1, 1), date(2014, 9, 1), "a census")
    assert problem_of(error).message() == (
        "Before the records begin: units does not know 2000-01-01: "
        "its records begin on 2014-09-01 (a census).\n"
        "Ask for a date from records_from on: earlier states are not known."
    )
