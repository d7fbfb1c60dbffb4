"""Gives the rows of a file the codes that its columns mean, whatever its size.

Three phases: the distinct values are counted, each is matched once, the rows are written. What is done is
kept in a folder, so that a run that was cut, even by a kill, goes on there when it is called again. No Flask,
no SQLAlchemy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from matching.choices import Choice, Choices
from matching.matcher import Query
from referentials.row_streams import RowStream, open_rows
from referentials.tables import Limits, TableError
from registry.harmonising.answering import Pair, added_titles, answer_pairs
from registry.harmonising.calibrating import calibration_used
from registry.harmonising.counting import columns_of, count_values
from registry.harmonising.limits import HARMONISED
from registry.harmonising.output import check_target
from registry.harmonising.recipe import Recipe, recipe_bytes
from registry.harmonising.report import Report, SourceRead
from registry.harmonising.reporting import column_report, recipe_used
from registry.harmonising.resolving import Aim, Snapshots, resolve
from registry.harmonising.telling import Progress, Stopped, Stopping, Told, never, untold
from registry.harmonising.values import LAYOUT, DistinctValues
from registry.harmonising.writing import NOT_WRITTEN, WRITTEN, Cells, Writing

VALUES: Final = "values.sqlite"
_PART: Final = "output.part"
_RUN: Final = "run"
_VALUES_AT_ONCE = 2_000
_NO_CHOICES: Mapping[str, Sequence[Choice]] = MappingProxyType({})


def run(
    source: Path,
    target: Path,
    recipe: Recipe,
    snapshots: Snapshots,
    folder: Path,
    *,
    name: str | None = None,
    choices: Mapping[str, Sequence[Choice]] = _NO_CHOICES,
    limits: Limits = HARMONISED,
    told: Told = untold,
    stopping: Stopping = never,
) -> Report:
    """Write the rows of a file to the target, with the codes behind them, and say what became of them.

    `folder` keeps what is done: called again with the same file, recipe and folder, the run goes on; with
    other `choices` (remembered ones, by referential; those of the recipe come after them) it asks again for
    the values concerned, and writes anew. `name` is what messages call the file. The target appears when all
    is done, never half-written, and equal runs give equal bytes, however often they were cut.

    Raises Stopped when `stopping` says so, TableError and its kinds for the file, BadValue and Conflict for
    the recipe, NotWritable for what the target cannot hold, OSError where the disk is full.
    """
    check_target(target)
    resolved, aims = resolve(recipe, snapshots)
    stream = open_rows(
        source,
        name=name,
        wanted=resolved.wanted,
        sheet=resolved.sheet,
        encoding=resolved.encoding,
        delimiter=resolved.delimiter,
        limits=limits,
    )
    header = header_with_added(stream, resolved)
    columns = columns_of(stream, aims)
    digest = _digest(source)
    with _values(folder, _identity(resolved, digest, target)) as values:
        rows = count_values(stream, columns, values, told, stopping)
        check_target(target, rows=rows)
        for plan, aim in enumerate(aims):
            remembered = [*choices.get(aim.plan.referential, ()), *aim.plan.choices, *values.settled(plan)]
            _match(plan, aim, values, _asked_again(plan, aim, values, remembered), told, stopping)
        cells = [Cells(values, plan, aim.version, explain=resolved.explain) for plan, aim in enumerate(aims)]
        writing = Writing(stream, header, columns, cells, values, rows, told, stopping)
        writing.write(folder / _PART, target, aims)
        return Report(
            source=_source_read(stream, source, digest, rows),
            header=header,
            recipe=recipe_used(resolved, values),
            columns=tuple(
                column_report(aim.plan, calibration_used(aim.store).support, values, plan)
                for plan, aim in enumerate(aims)
            ),
        )


def header_with_added(stream: RowStream, recipe: Recipe) -> tuple[str, ...]:
    """The titles of the output; raises TableError where the file has one that would be added."""
    added = [
        title for plan in recipe.columns for title in added_titles(plan.referential, explain=recipe.explain)
    ]
    for title in added:
        if title in stream.header:
            problem = "the file has this column already, and it would be added; rename it or leave it out"
            raise TableError(
                problem,
                file=stream.file,
                sheet=stream.sheet,
                row=stream.header_row,
                column=title,
                value=title,
            )
    return (*stream.header, *added)


def _match(
    plan: int, aim: Aim, values: DistinctValues, choices: Choices, told: Told, stopping: Stopping
) -> None:
    """Answer the values of a column that have no answer yet."""
    total, done, last = values.size(), values.answered(), 0
    while some := values.unanswered(plan, _VALUES_AT_ONCE, last):
        if stopping():
            raise Stopped
        answers = answer_pairs(aim, [pair for _, pair in some], choices)
        # strict: a value without an answer is a defect, and must not pass for one without a code
        values.answer((number, answer) for (number, _), answer in zip(some, answers, strict=True))
        last, done = some[-1][0], done + len(some)
        told(Progress("matching", done, total))


def _asked_again(plan: int, aim: Aim, values: DistinctValues, remembered: Sequence[Choice]) -> Choices:
    """The choices; where they are not those of an earlier run, the values concerned have no answer now."""
    choices, name = Choices(remembered), f"choices of {plan}"
    listed = [[choice.text, choice.within, choice.code] for choice in remembered]
    now = hashlib.sha256(json.dumps(listed).encode()).hexdigest()
    if values.state(name) != now:

        def concerned(pair: Pair) -> bool:
            text, within = pair
            return choices.of(Query(text, within.strip() or None, aim.plan.levels)) is not None

        values.ask_again(plan, concerned, {name: now, WRITTEN: NOT_WRITTEN})
    return choices


def _values(folder: Path, identity: str) -> DistinctValues:
    """The values in the folder, of this run; those of another one are thrown away."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / VALUES
    values = DistinctValues(path)
    if values.state(_RUN) not in (None, identity):
        values.close()
        for each in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm")), folder / _PART):
            each.unlink(missing_ok=True)
        values = DistinctValues(path)
    values.keep({_RUN: identity})
    return values


def _identity(recipe: Recipe, digest: str, target: Path) -> str:
    """What must be the same for a run to go on; choices may differ."""
    plain = replace(recipe, columns=tuple(replace(plan, choices=()) for plan in recipe.columns))
    parts = [LAYOUT, digest, target.suffix.lower(), recipe_bytes(plain).decode()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TableError(f"cannot be read ({error.strerror})", file=path.name, value=str(path)) from None


def _source_read(stream: RowStream, path: Path, digest: str, rows: int) -> SourceRead:
    return SourceRead(
        file=stream.file,
        sha256=digest,
        size=path.stat().st_size,
        sheet=stream.sheet,
        encoding=stream.encoding,
        delimiter=stream.delimiter,
        header_row=stream.header_row,
        columns=stream.header,
        rows=rows,
    )
