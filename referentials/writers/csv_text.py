"""CSV: UTF-8 without a mark, RFC 4180 (commas, CRLF), codes as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from referentials.writers import tabular
from referentials.writers.context import Export, Item

_BYTES_AT_ONCE = 1 << 16


def stream_csv(items: Iterable[Item], export: Export) -> Iterator[bytes]:
    """A header and one row per item."""
    columns = tabular.columns_of(items, export)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(tabular.header(columns))
    for item in items:
        writer.writerow(tabular.row(item, columns))
        if out.tell() >= _BYTES_AT_ONCE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()
