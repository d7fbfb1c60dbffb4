"""The bytes of a file, gzipped or not, as a stream that is bounded."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from referentials.readers.source import MAX_BYTES, require_size
from referentials.sheets.limits import MIB, TableError, TableTooLarge

GZIP_MARK = b"\x1f\x8b"
# Texts pack to a tenth or so. A hundredth is no list of anything, and would take minutes to unpack.
MAX_RATIO = 100
_FREE = 10 * MIB  # unpacked bytes that are not held against the ratio


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked where it is gzipped.

    Raises TableError where it cannot be read, now or while reading (truncated, damaged), and TableTooLarge.
    """
    try:
        size = require_size(path)
        with path.open("rb") as plain:
            packed = plain.read(2) == GZIP_MARK
            plain.seek(0)
            if not packed:
                yield plain
                return
            with gzip.GzipFile(fileobj=plain, mode="rb") as unpacked:
                yield io.BufferedReader(_Unpacked(unpacked, path.name, size), buffer_size=1 << 18)
    except OSError as error:
        raise TableError(f"cannot be read ({error.strerror or error})", file=path.name) from None


def first_bytes(path: Path, count: int) -> bytes:
    """The first bytes of the file, unpacked; raises as `open_bytes`."""
    with open_bytes(path) as stream:
        return stream.read(count)


class _Unpacked(io.RawIOBase):
    """A gzipped stream that says what is wrong with it, and how much it may unpack to."""

    def __init__(self, stream: gzip.GzipFile, file: str, size: int) -> None:
        self.stream = stream
        self.file = file
        self.limit = min(MAX_BYTES, max(_FREE, size * MAX_RATIO))
        self.count = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer has no length
        """The next unpacked bytes."""
        try:
            piece = self.stream.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            problem = f"a damaged or truncated gzip file ({error})"
            raise TableError(problem, file=self.file) from None
        self.count += len(piece)
        if self.count > self.limit:
            problem = f"unpacks to more than {self.limit:,} bytes; at most {MAX_RATIO} times its size is read"
            raise TableTooLarge(problem, file=self.file)
        buffer[: len(piece)] = piece
        return len(piece)
