"""Choices as a sheet: what an administration settled, to be looked over, kept, or taken in elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from matching.choices import Choice as Settled
from referentials.tables import Table
from registry.accounts.actors import Actor
from registry.applicability.sheets import BadRows, Problem, SheetRow, rows_of
from registry.choices.remembering import LONGEST_TEXT, ChoiceView, remember
from registry.errors import UnknownReferential, UnknownVersion
from registry.library import Library, Snapshot

COLUMNS = ("referential", "data_set", "text", "within", "code", "chosen_at", "source")
"""Of an exported sheet; an imported one needs those in REQUIRED, and its last two say nothing."""
REQUIRED = ("referential", "text", "code")


def sheet_of(choices: Iterable[ChoiceView]) -> Iterator[str]:
    """The choices as lines of CSV (UTF-8, RFC 4180); an empty code is "not in the referential"."""
    yield _line(COLUMNS)
    for choice in choices:
        yield _line([getattr(choice, column) or "" for column in COLUMNS])


def import_choices(
    connection: Connection, library: Library, actor: Actor | str, administration: str, table: Table
) -> int:
    """Take in a sheet of choices; how many are new or differ from what held.

    The caller has asked whether the actor may. Raises MissingColumn, and BadRows with everything wrong:
    referentials and codes that are not known, texts that are blank or too long. Then nothing was taken in.
    """
    problems: list[Problem] = []
    snapshots: dict[str, Snapshot | None] = {}
    wanted: dict[tuple[str, str | None], list[Settled]] = {}
    for row in rows_of(table, REQUIRED):
        referential = row.cells["referential"]
        if referential not in snapshots:
            snapshots[referential] = _snapshot(library, referential)
        found = _problem(row, snapshots[referential])
        if found is not None:
            problems.append(Problem(row.number, found[0], row.cells.get(found[0], ""), found[1]))
            continue
        choice = Settled(row.cells["text"], row.get("within"), row.get("code"))
        wanted.setdefault((referential, row.get("data_set")), []).append(choice)
    if problems:
        raise BadRows(table.file, problems)
    return sum(
        remember(
            connection,
            actor,
            administration,
            referential,
            choices,
            data_set=data_set,
            source=table.file,
        )
        for (referential, data_set), choices in wanted.items()
    )


def _problem(row: SheetRow, snapshot: Snapshot | None) -> tuple[str, str] | None:
    """The column that is wrong and why; None where the row can be taken in."""
    if snapshot is None:
        return "referential", "there is no such referential with a published version"
    for column in ("text", "within"):
        if len(row.cells.get(column, "")) > LONGEST_TEXT or (column == "text" and not row.cells[column]):
            return column, f"expected a text of 1 to {LONGEST_TEXT} characters"
    code = row.get("code")
    if code is not None and not snapshot.store.rows_of(code):
        return "code", f"{snapshot.referential.id} {snapshot.version.label} never had this code"
    return None


def _snapshot(library: Library, referential: str) -> Snapshot | None:
    try:
        return library.snapshot(referential)
    except (UnknownReferential, UnknownVersion):
        return None


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
