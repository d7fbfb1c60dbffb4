"""Uploaded files: written to the disk as they come, never kept in memory, and gone after the request."""

from __future__ import annotations

import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from flask import request

from registry.api.blueprint import BadBody, WrongMediaType
from registry.config import Settings
from registry.errors import TooLarge

FOLDER = "spool"
_PIECE = 1 << 20
_LONGEST_REQUEST = 24 * 3600  # seconds
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@contextmanager
def spooled_body(settings: Settings, name: str | None) -> Iterator[Path]:
    """The request's body as a file below MARJAA_DATA, which goes when it was read; `name` is its own name.

    Raises TooLarge before a byte is read where the announced length is beyond MARJAA_MAX_UPLOAD, else as soon
    as more than that comes; WrongMediaType for a form, and BadBody for an empty body.
    """
    limit = settings.max_upload
    if request.mimetype.startswith("multipart/"):
        raise WrongMediaType("The body must be the file itself, not a form with a file in it.")
    if (request.content_length or 0) > limit:
        raise TooLarge("The file", limit, "bytes")
    request.max_content_length = limit
    _sweep(settings.data / FOLDER)
    folder = settings.data / FOLDER / uuid.uuid4().hex
    folder.mkdir(parents=True)
    path = folder / safe_name(name)
    try:
        with path.open("wb") as file:
            if _copy(request.stream, file, limit) == 0:
                raise BadBody("The body is empty: it must be the file.")
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(source: IO[bytes], target: IO[bytes], limit: int) -> int:
    """Write all that comes; how many bytes that is."""
    total = 0
    while piece := source.read(_PIECE):
        total += len(piece)
        if total > limit:
            raise TooLarge("The file", limit, "bytes")
        target.write(piece)
    return total


def _sweep(spool: Path) -> None:
    """Remove what requests left that were cut off with their process."""
    for folder in spool.glob("*"):
        with suppress(FileNotFoundError):
            if folder.stat().st_mtime < time.time() - _LONGEST_REQUEST:
                shutil.rmtree(folder, ignore_errors=True)


def safe_name(name: str | None) -> str:
    """The last part of a name without what a path could be made of: only readers' messages show it."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    plain = _UNSAFE.sub("_", last).strip("._")
    return plain[-80:] or "file"
