"""Errors as the command line says them: a message on standard error and an exit code, never a traceback."""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping

import click

from matching.layout import StaleStore, StoreError
from referentials.snapshot import DamagedSnapshot
from registry.catalogue import DamagedCatalogue
from registry.commands.options import JSON_WANTED
from registry.errors import Problem, make_problem, problem_of

# What to do, where the advice of the HTTP interface would not help at a terminal.
ADVICE = {
    "unknown-referential": "`marjaa snapshot list` shows the referentials and their versions.",
    "unknown-version": "`marjaa snapshot list` shows the referentials and their versions.",
    "unknown-code": "Try one of the nearest codes, or find the code by name with `marjaa match`.",
    "before-records": "Ask for a date from records_from on (--at): earlier states are not known.",
    "bad-value": "Correct the value named; the command's --help tells what is accepted.",
    "bad-file": "Correct what is named, then run the command again.",
    "snapshot-damaged": "`marjaa snapshot verify` tells where, `marjaa snapshot build` compiles it again.",
    "snapshot-stale": "`marjaa snapshot build` compiles it for this release.",
    "unavailable": "Try again when that is put right.",
    "failure": "This is a defect of the program: `marjaa --traceback …` shows where it is, for a report.",
}

# At a terminal a file is named with its path, which an anonymous reader over HTTP must not see.
LOCAL: Mapping[type[Exception], str] = {
    StaleStore: "snapshot-stale",
    StoreError: "snapshot-damaged",
    DamagedSnapshot: "snapshot-damaged",
    DamagedCatalogue: "snapshot-damaged",
}
FULL = (errno.ENOSPC, errno.EDQUOT)


def tell(error: Exception, context: click.Context) -> int:
    """Write an error to standard error, with --json as the problem document of the HTTP interface.

    The exit code that it ends the command with.
    """
    problem = _problem(error)
    if context.meta.get(JSON_WANTED):
        click.echo(json.dumps(problem.document(), ensure_ascii=False), err=True)
    else:
        click.echo(_message(problem), err=True)
    return problem.exit_code


def message_of(error: Exception) -> str:
    """An error as a person reads it: what is wrong, then what to do."""
    return _message(_problem(error))


def _message(problem: Problem) -> str:
    return f"{problem.title}: {problem.detail}\n{ADVICE.get(problem.slug, problem.advice)}"


def _problem(error: Exception) -> Problem:
    for family, slug in LOCAL.items():
        if isinstance(error, family):
            return make_problem(slug, str(error))
    if isinstance(error, OSError) and error.errno is not None:
        where = "" if error.filename is None else f"{error.filename}: "
        return make_problem("unavailable" if error.errno in FULL else "bad-file", f"{where}{error.strerror}.")
    problem = problem_of(error)
    if problem.slug == "failure":
        said = str(error).partition("\n")[0]
        return make_problem("failure", f"{type(error).__name__}: {said}")
    return problem
