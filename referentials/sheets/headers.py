"""Finds the header row of a sheet, and a column by its title."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from statistics import median

Row = Sequence[str]

SEARCHED_ROWS = 100
"""How far down a header is looked for."""


def folded(title: str) -> str:
    """A title without accents, case and surplus blanks, so that "Délégation" finds "Délegation "."""
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def positions(titles: Row, wanted: str) -> list[int]:
    """Where a title stands: as written if it is there, else without regard to accents, case and blanks."""
    exact = [at for at, title in enumerate(titles) if title == wanted]
    if exact:
        return exact
    key = folded(wanted)
    return [at for at, title in enumerate(titles) if folded(title) == key]


def header_with(rows: Sequence[Row], wanted: Sequence[str]) -> int | None:
    """The first row that has every wanted title, as written if any row does, else folded; `None` if none."""
    searched = rows[:SEARCHED_ROWS]
    for number, row in enumerate(searched):
        if all(title in row for title in wanted):
            return number
    for number, row in enumerate(searched):
        if all(len(positions(row, title)) == 1 for title in wanted):
            return number
    return None


def likely_header(rows: Sequence[Row]) -> int | None:
    """The first row of mostly words that is about as wide as the rows of the sheet; `None` if no row is.

    Title lines above a table fill one or two cells, the header as many as the rows below it.
    """
    searched = rows[:SEARCHED_ROWS]
    filled = [sum(1 for cell in row if cell.strip()) for row in searched]
    wide = [count for count in filled if count]
    if not wide:
        return None
    typical = median(wide)
    for number, row in enumerate(searched):
        if filled[number] >= 0.6 * typical and _mostly_words(row):
            return number
    return None


def unique_titles(header: Row) -> tuple[str, ...]:
    """Titles with a number behind a repeated one ("Nom", "Nom (2)"); empty titles stay empty."""
    taken: set[str] = set(header)
    seen: set[str] = set()
    unique = []
    for title in header:
        name, number = title, 2
        while title and name in seen:
            candidate = f"{title} ({number})"
            name = candidate if candidate not in taken else name
            number += 1
        seen.add(name)
        unique.append(name)
    return tuple(unique)


def nearest_titles(titles: Row, wanted: str) -> list[str]:
    """The titles most like a wanted one, best first, at most three."""
    by_key = {folded(title): title for title in reversed(titles) if title.strip()}
    return [by_key[key] for key in difflib.get_close_matches(folded(wanted), by_key, n=3)]


def _mostly_words(row: Row) -> bool:
    cells = [cell for cell in row if cell.strip()]
    words = [cell for cell in cells if any(char.isalpha() for char in cell)]
    return 2 * len(words) >= len(cells)
