"""Files whose rows say what they mean: read for judging and for fitting. No Flask, no SQLAlchemy."""

from __future__ import annotations

from pathlib import Path

from matching.evaluation import Labelled
from referentials.tables import TableError, read_table


def read_labelled(
    path: Path,
    *,
    text_column: str,
    code_column: str,
    within_column: str | None = None,
    sheet: str | None = None,
    blank_is_absent: bool = True,
) -> list[Labelled]:
    """The rows that have a text. An empty code says that the text is in the referential nowhere.

    Without `blank_is_absent` a row with an empty code says nothing, and is left out. Raises TableError, and
    MissingColumn with the columns that there are.
    """
    wanted = [title for title in (text_column, code_column, within_column) if title is not None]
    table = read_table(path, wanted=wanted, sheet=sheet)
    text_at, code_at = table.position(text_column), table.position(code_column)
    within_at = None if within_column is None else table.position(within_column)
    labelled = [
        Labelled(
            row[text_at].strip(),
            row[code_at].strip() or None,
            None if within_at is None else row[within_at].strip() or None,
            table.row_number(index),
        )
        for index, row in enumerate(table.rows)
        if row[text_at].strip() and (blank_is_absent or row[code_at].strip())
    ]
    if not labelled:
        problem = "no row has a text" if blank_is_absent else "no row has a text and a code"
        raise TableError(problem, file=table.file, sheet=table.sheet, column=text_column)
    return labelled
