"""Parquet: columns of text, whatever they look like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_ROWS_AT_ONCE = 50_000


def write_parquet(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """The rows under their titles, in row groups, in bounded memory; equal rows give equal bytes."""
    schema = pa.schema([pa.field(title, pa.string(), nullable=False) for title in header])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        remaining = iter(rows)
        while some := list(islice(remaining, _ROWS_AT_ONCE)):
            columns = [pa.array(cells, pa.string()) for cells in zip(*some, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
