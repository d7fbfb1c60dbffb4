"""The last phase of a run: every row as it was, with what was found behind it."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from referentials.row_streams import RowStream
from registry.harmonising.answering import Pair
from registry.harmonising.counting import ROWS_AT_ONCE, Columns, in_chunks
from registry.harmonising.output import WRITERS, put_in_place
from registry.harmonising.resolving import Aim
from registry.harmonising.telling import Progress, Stopped, Stopping, Told
from registry.harmonising.values import DistinctValues

WRITTEN: Final = "written"
NOT_WRITTEN: Final = "[0, 0]"
_REMEMBERED = 200_000
"""Distinct values of a column whose cells are held in memory."""
_KEPT_ROWS = 200_000
"""Rows after which it is kept how far a CSV is written."""


class Cells:
    """The cells that are appended for the values of one column, looked up once while they are remembered."""

    def __init__(self, values: DistinctValues, plan: int, version: str, *, explain: bool) -> None:
        self._values = values
        self._plan = plan
        self._version = version
        self._explain = explain
        self._known: dict[Pair, tuple[str, ...]] = {}

    def of(self, pairs: Sequence[Pair]) -> list[tuple[str, ...]]:
        """The cells for each pair; raises Conflict for one that has no answer."""
        known = self._known
        if missing := [pair for pair in dict.fromkeys(pairs) if pair not in known]:
            if len(known) + len(missing) > _REMEMBERED:
                known.clear()
                missing = list(dict.fromkeys(pairs))
            for pair, answer in self._values.answers_to(self._plan, missing).items():
                known[pair] = answer.cells(self._version, explain=self._explain)
        return [known[pair] for pair in pairs]


class Writing:
    """Writes the rows of a stream with their cells to `part`, then puts it in the place of the target."""

    def __init__(
        self,
        stream: RowStream,
        header: Sequence[str],
        columns: Sequence[Columns],
        cells: Sequence[Cells],
        values: DistinctValues,
        rows: int,
        told: Told,
        stopping: Stopping,
    ) -> None:
        self._stream = stream
        self._header = header
        self._columns = columns
        self._cells = cells
        self._values = values
        self._rows = rows
        self._told = told
        self._stopping = stopping

    def write(self, part: Path, target: Path, aims: Sequence[Aim]) -> None:
        """Raises Stopped, OSError, NotWritable, Conflict; the target is as it was, or whole."""
        if target.suffix.lower() == ".csv":
            self._csv(part)
        else:
            rows = (row for chunk in self._chunks(0) for row in chunk)
            WRITERS[target.suffix.lower()](part, target.stem, self._header, rows, aims[0].at)
        put_in_place(part, target)
        self._values.forget(WRITTEN)

    def _csv(self, part: Path) -> None:
        """The rows as CSV, from where an earlier run was cut."""
        rows, size = json.loads(self._values.state(WRITTEN) or NOT_WRITTEN)
        if not part.exists() or part.stat().st_size < size:
            rows = size = 0
        with part.open("r+b" if size else "wb") as file:
            file.truncate(size)
            file.seek(size)
            kept = rows
            if not size:
                file.write(_csv_bytes([self._header]))
            for chunk in self._chunks(rows):
                file.write(_csv_bytes(chunk))
                rows += len(chunk)
                if rows - kept >= _KEPT_ROWS:
                    file.flush()
                    os.fsync(file.fileno())
                    self._values.keep({WRITTEN: json.dumps([rows, file.tell()])})
                    kept = rows

    def _chunks(self, start: int) -> Iterator[list[tuple[str, ...]]]:
        done = start
        for chunk in in_chunks(self._stream, start, ROWS_AT_ONCE):
            if self._stopping():
                raise Stopped
            added = [
                cells.of(columns.pairs(chunk))
                for columns, cells in zip(self._columns, self._cells, strict=True)
            ]
            if len(added) == 1:
                yield [row + more for row, more in zip(chunk, added[0], strict=True)]
            else:
                yield [sum(more, row) for row, *more in zip(chunk, *added, strict=True)]
            done += len(chunk)
            self._told(Progress("writing", done, self._rows))


def _csv_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()
