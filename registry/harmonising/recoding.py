"""Gives the rows of a table the codes of another date, or of another referential, for those in a column.

Every input column and row stays, in order. With `split`, a row whose code became several is written once for
each of them, with its weight shared out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from referentials.tables import Table, TableError
from registry.harmonising.sharing import WEIGHT, shared_out
from registry.harmonising.summary import Count
from registry.history.recoding import NOT_VALID_THEN, UNKNOWN_CODE, Part, Recoded

ADDED = ("code", "outcome", "reversible", "targets", "version")
ADDED_BY_SPLITTING = ("code", "share", "outcome", "reversible", "version")
"""What is appended to every row, as `<referential>_<what>`; the order never changes."""

BLANK: Final = "blank"
UNUSABLE = (UNKNOWN_CODE, NOT_VALID_THEN, BLANK)
"""The outcomes of cells that hold no code that could be recoded."""

_ROUNDING = (
    1e-4  # shares are published with few decimals: so much may be missing from a sum that is the whole
)
_SHOWN_PROBLEMS = 20

Recode = Callable[[Sequence[str]], Sequence[Recoded]]


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A distinct value that did not become exactly one code, and in how many rows it is."""

    rows: int
    found: Recoded


@dataclass(frozen=True, slots=True)
class RecodeSummary:
    """What became of a column, by outcome in order of rows; `open_codes` has those of most rows first.

    `uncertain` are codes near an event whose date is not known exactly, `irreversible` those whose one code
    does not lead back to them. `unsplit` are codes that became several with shares that are not all known.
    """

    total: Count
    by_outcome: Mapping[str, Count]
    open_codes: tuple[OpenCode, ...]
    uncertain: Count
    irreversible: Count
    unsplit: Count


@dataclass(frozen=True, slots=True)
class RecodedTable:
    """A table with other codes: iterate for its rows under `header`."""

    table: Table
    header: tuple[str, ...]
    summary: RecodeSummary
    _found: Sequence[Recoded]
    _cells: Mapping[str, tuple[tuple[str, ...], ...]]
    _weight_at: int | None

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        for row, found in zip(self.table.rows, self._found, strict=True):
            cells = self._cells[found.code]
            if len(cells) == 1:
                yield row + cells[0]
            elif self._weight_at is None:
                yield from (row + each for each in cells)
            else:
                yield from self._weighted(row, found, cells)

    def _weighted(
        self, row: tuple[str, ...], found: Recoded, cells: Sequence[tuple[str, ...]]
    ) -> Iterator[tuple[str, ...]]:
        at = self._weight_at or 0
        parts = shared_out(row[at], [part.share or 0.0 for part in found.targets])
        for part, each in zip(parts, cells, strict=True):
            yield (*row[:at], part, *row[at + 1 :], *each)


def recode_table(
    table: Table,
    recode: Recode,
    *,
    column: str,
    title: str,
    version: str,
    split: bool = False,
    weight: str | None = None,
) -> RecodedTable:
    """Recode a column; `title` comes before what is appended, `version` says by what it was recoded.

    `weight` names a column of numbers that splitting shares out, so that its sum stays the same to the last
    digit. Raises MissingColumn, and TableError where the table has one of the columns that would be added, or
    a weight that is no number.
    """
    code_at = table.position(column)
    weight_at = None if weight is None or not split else table.position(weight)
    header = table.header + _added(table, title, ADDED_BY_SPLITTING if split else ADDED)
    if weight_at is not None:
        _require_numbers(table, weight_at)
    codes = [row[code_at].strip() for row in table.rows]
    found = recode(codes)
    distinct: dict[str, Recoded] = {}
    counts: dict[str, int] = {}
    for each in found:
        counts[each.code] = counts.get(each.code, 0) + 1
        distinct[each.code] = each
    cells = {
        code: _split_cells(each, version) if split else (_cells(each, version),)
        for code, each in distinct.items()
    }
    summary = _summarise((OpenCode(counts[code], each) for code, each in distinct.items()), split=split)
    return RecodedTable(table, header, summary, found, cells, weight_at)


def can_be_split(found: Recoded) -> bool:
    """Whether a code became several, with shares that are all known and add up to the whole."""
    shares = [part.share for part in found.targets]
    if len(shares) < 2 or None in shares:
        return False
    return abs(sum(share for share in shares if share is not None) - 1.0) <= _ROUNDING


def told(targets: Sequence[Part]) -> str:
    """Codes with their shares in one cell, as "A 0.6; B 0.4"; a share that is not known is left out."""
    return "; ".join(
        part.code if part.share in (None, 1.0) else f"{part.code} {part.share:.6g}" for part in targets
    )


def _cells(found: Recoded, version: str) -> tuple[str, ...]:
    outcome = found.outcome if found.code else BLANK
    return (found.only or "", outcome, _reversible(found), told(found.targets), version)


def _split_cells(found: Recoded, version: str) -> tuple[tuple[str, ...], ...]:
    outcome = found.outcome if found.code else BLANK
    if not can_be_split(found):
        return ((found.only or "", "1" if found.only else "", outcome, _reversible(found), version),)
    return tuple((part.code, f"{part.share:.9g}", outcome, "no", version) for part in found.targets)


def _reversible(found: Recoded) -> str:
    return ("yes" if found.reversible else "no") if found.targets else ""


def _added(table: Table, title: str, added: Sequence[str]) -> tuple[str, ...]:
    titles = tuple(f"{title}_{what}" for what in added)
    for each in titles:
        if each in table.header:
            problem = "the file has this column already, and it would be added; rename it or leave it out"
            raise TableError(
                problem, file=table.file, sheet=table.sheet, row=table.header_row, column=each, value=each
            )
    return titles


def _require_numbers(table: Table, at: int) -> None:
    """Every weight is a plain number or blank; all that are not are named, up to a limit."""
    bad = [
        (table.row_number(index), row[at])
        for index, row in enumerate(table.rows)
        if row[at].strip() and not WEIGHT.fullmatch(row[at].strip())
    ]
    if not bad:
        return
    number, value = bad[0]
    others = ", ".join(f"row {row}: {text[:40]!r}" for row, text in bad[1:_SHOWN_PROBLEMS])
    more = f"; so are {others}" if others else ""
    if len(bad) > _SHOWN_PROBLEMS:
        more += f" and {len(bad) - _SHOWN_PROBLEMS:,} more"
    problem = f"{value[:40]!r} is no number as 1234 or 12.5, so that it cannot be shared out{more}"
    raise TableError(
        problem, file=table.file, sheet=table.sheet, row=number, column=table.columns[at], value=value
    )


def _summarise(values: Iterator[OpenCode], *, split: bool) -> RecodeSummary:
    by_outcome: dict[str, Count] = {}
    total = uncertain = irreversible = unsplit = Count()
    still_open: list[OpenCode] = []
    for value in values:
        one, found = Count(value.rows, 1), value.found
        outcome = found.outcome if found.code else BLANK
        total += one
        by_outcome[outcome] = by_outcome.get(outcome, Count()) + one
        if found.targets and not found.certain:
            uncertain += one
        if found.only is not None and not found.reversible:
            irreversible += one
        if found.only is None and found.code:
            still_open.append(value)
            if split and found.targets and not can_be_split(found):
                unsplit += one
    still_open.sort(key=lambda value: (-value.rows, value.found.code))
    ordered = dict(sorted(by_outcome.items(), key=lambda item: (-item[1].rows, item[0])))
    return RecodeSummary(total, ordered, tuple(still_open), uncertain, irreversible, unsplit)
