"""What was settled before, from a table: text, within, code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from matching.choices import Choice
from matching.text import fold
from referentials.tables import Table, TableError, read_table
from registry.errors import BadValue
from registry.harmonising.recipe import Recipe

COLUMNS: Final = ("text", "code")
WITHIN: Final = "within"
REFERENTIAL: Final = "referential"


def read_choices(path: Path, recipe: Recipe) -> Recipe:
    """The recipe with the choices of a table (CSV, XLSX, ODS) after its own; later ones hold.

    Columns `text` and `code`, an empty code meaning that the text is not in the referential; `within` may be
    there, and `referential` must be where the recipe has several columns. Raises TableError for a row without
    a text, and for one that contradicts another; MissingColumn, and BadValue for a referential that the
    recipe does not have.
    """
    several = len(recipe.columns) > 1
    table = read_table(path, wanted=(*COLUMNS, *([REFERENTIAL] if several else [])))
    known = [plan.referential for plan in recipe.columns]
    said: dict[tuple[str, str, str], str | None] = {}
    found: dict[str, list[Choice]] = {referential: [] for referential in known}
    text_at, code_at = (table.position(title) for title in COLUMNS)
    within_at = _position(table, WITHIN)
    referential_at = table.position(REFERENTIAL) if several else None
    for index, row in enumerate(table.rows):
        if not row[text_at].strip():
            raise TableError(
                "a choice is about a text, and this cell is empty",
                file=table.file,
                sheet=table.sheet,
                row=table.row_number(index),
                column=COLUMNS[0],
            )
        within = "" if within_at is None else row[within_at].strip()
        referential = known[0] if referential_at is None else row[referential_at].strip()
        if referential not in found:
            raise BadValue(REFERENTIAL, referential, f"one of {', '.join(known)}")
        choice = Choice(row[text_at], within or None, row[code_at].strip() or None)
        other = said.setdefault((referential, fold(choice.text), fold(within)), choice.code)
        if other != choice.code:
            raise TableError(
                f"another row says {other or 'that it is not in the referential'} of the same text",
                file=table.file,
                sheet=table.sheet,
                row=table.row_number(index),
                column=COLUMNS[1],
                value=row[code_at],
            )
        found[referential].append(choice)
    return _with(recipe, found)


def _with(recipe: Recipe, found: Mapping[str, Sequence[Choice]]) -> Recipe:
    return replace(
        recipe,
        columns=tuple(
            replace(plan, choices=(*plan.choices, *found[plan.referential])) for plan in recipe.columns
        ),
    )


def _position(table: Table, title: str) -> int | None:
    return table.position(title) if title in table.columns else None
