"""Text that a spreadsheet would take for a formula, and run (CSV injection)."""

from __future__ import annotations

import re

_SIGNS = ("=", "@", "+", "-", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula; a plain number is none."""
    # Spreadsheets pass over blanks before the sign, too.
    start = text if text.startswith(_SIGNS) else text.lstrip()
    return start.startswith(_SIGNS) and not _NUMBER.fullmatch(start.strip())


def inert(text: str) -> str:
    """The text as a cell that no spreadsheet computes: an apostrophe is put before a formula."""
    return f"'{text}" if is_formula(text) else text
