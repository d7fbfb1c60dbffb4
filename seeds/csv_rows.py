"""The rows of a CSV file of a seed folder, with the line that each begins on."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seeds.model import SeedError


@dataclass(frozen=True, slots=True)
class CsvRow:
    """The cells of a row by column, without blanks around them; `path` and `line` say where it is."""

    path: Path
    line: int
    cells: dict[str, str]

    @property
    def where(self) -> str:
        return f"{self.path}, line {self.line}"

    def required(self, column: str) -> str:
        """A cell that says something; raises SeedError."""
        value = self.cells[column]
        if not value:
            raise SeedError(self.where, f"column {column!r} is empty")
        return value


def read_rows(path: Path, required: tuple[str, ...]) -> Iterator[CsvRow]:
    """The rows below the header; raises SeedError for a missing column, or a row of another width."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            lines = [(reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SeedError(str(path), f"cannot be read: {error}") from error
    header = lines[0][1] if lines else []
    missing = [column for column in required if column not in header]
    if missing:
        raise SeedError(str(path), f"has no column {missing[0]!r}; its header is {','.join(header)!r}")
    for number, cells in lines[1:]:
        if len(cells) != len(header):
            where = f"{path}, line {number}"
            raise SeedError(where, f"has {len(cells)} cells where the header has {len(header)}")
        yield CsvRow(path, number, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})
