"""Reads Parquet row by row; every cell becomes the text that a sheet would show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from referentials.sheets.limits import Limits, TableError, TableTooLarge
from referentials.sheets.workbooks import text_of

_MARK, _PROTECTED = b"PAR1", b"PARE"
_ROWS_AT_ONCE = 10_000
_BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class ParquetText:
    """A Parquet file whose columns can be read as text: their titles, and its rows."""

    path: Path
    file: str
    header: tuple[str, ...]

    def records(self) -> Iterator[tuple[str, ...]]:
        """Every row; raises TableError for pages that are damaged."""
        with _telling(self.file), _opened(self.path) as parquet:
            for batch in parquet.iter_batches(_ROWS_AT_ONCE, use_threads=False):
                yield from zip(*map(_texts, batch.columns), strict=True)


def is_parquet(head: bytes) -> bool:
    """Whether a file that begins so is Parquet, whatever it is called."""
    return head.startswith((_MARK, _PROTECTED))


def open_parquet(path: Path, *, file: str, limits: Limits) -> ParquetText:
    """A Parquet file of bounded size. Raises TableError for a damaged or protected one, and TableTooLarge.

    Its rows are read in pieces, a row group at a time: `max_unpacked_bytes` bounds the largest one.
    """
    with path.open("rb") as stream:
        if stream.read(len(_PROTECTED)) == _PROTECTED:
            raise TableError("the Parquet file is protected", file=file)
    with _telling(file), _opened(path) as parquet:
        found = parquet.metadata
        schema = parquet.schema_arrow
        groups = [found.row_group(number).total_byte_size for number in range(found.num_row_groups)]
    _hold(file, "rows", found.num_rows, limits.max_rows)
    _hold(file, "columns", len(schema.names), limits.max_columns)
    _hold(file, "bytes in one row group", max(groups, default=0), limits.max_unpacked_bytes)
    for field in schema:
        if _is_binary(field.type):
            problem = f"its values are {field.type}, which is no text"
            raise TableError(problem, file=file, column=field.name)
    if not schema.names:
        raise TableError("the file has no columns", file=file)
    return ParquetText(path, file, tuple(schema.names))


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    """Texts are read as numbers into a dictionary, so that one that is repeated is held once."""
    plain = pq.read_schema(path)
    repeated = [field.name for field in plain if pa.types.is_string(field.type)]
    with pq.ParquetFile(path, read_dictionary=repeated, buffer_size=_BUFFER, pre_buffer=False) as parquet:
        yield parquet


@contextmanager
def _telling(file: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the system, not of the file
        said = str(error).partition("\n")[0][:200]
        raise TableError(f"a damaged Parquet file ({said})", file=file) from None


def _hold(file: str, what: str, size: int, limit: int) -> None:
    if size > limit:
        raise TableTooLarge(f"has {size:,} {what}; at most {limit:,} are read", file=file)


def _is_binary(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_binary(kind.value_type)
    return bool(
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    )


def _texts(column: pa.Array) -> Sequence[str]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        words = [*_texts(column.dictionary), ""]
        return [words[number] for number in column.indices.fill_null(len(words) - 1).to_pylist()]
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    return [_text(value) for value in column.to_pylist()]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return text_of(value)  # type: ignore[arg-type]  # a decimal, too, which is shown by str
