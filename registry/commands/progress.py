"""Progress on standard error: a bar on a terminal, plain lines elsewhere where a command wants them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

# What is being done, how much of it is done, and how much there is (0 where that is not known).
Tell = Callable[[str, int, int], None]


@contextmanager
def progress(*, lines: bool = False) -> Iterator[Tell]:
    """A function that shows progress; without a terminal it writes a line for each call if `lines`."""
    if not sys.stderr.isatty():
        yield _line if lines else _nothing
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(
            task, description=what, completed=done, total=total or None
        )


def _line(what: str, done: int, total: int) -> None:
    click.echo(f"[{done + 1}/{total}] {what}", err=True)


def _nothing(_what: str, _done: int, _total: int) -> None:
    """Where nobody looks."""
