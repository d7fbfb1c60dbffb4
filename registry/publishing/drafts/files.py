"""What is kept of a file that a draft was made of: its name, its size and its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from referentials.canonical import JSON
from referentials.readers.source import require_size
from referentials.sheets.limits import TableError
from registry.clock import now

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file by name, size in bytes and SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str

    def source(self) -> dict[str, JSON]:
        """The file as one of the sources that a version states (provenance)."""
        return {"title": self.name, "sha256": self.sha256, "bytes": self.size, "imported_at": now()}


def facts_of(path: Path, name: str) -> FileFacts:
    """The facts of a file, called `name`; raises TableError where it cannot be read, TableTooLarge."""
    try:
        size = require_size(path)
        with path.open("rb") as file:
            return FileFacts(kept_name(name), size, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise TableError(f"cannot be read ({error.strerror})", file=name) from None


def kept_name(name: str) -> str:
    """A file's name as it may be kept and shown: no folders, no control characters, not long."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in last)
    return shown[:LONGEST_NAME] or "file"


@contextmanager
def naming(path: Path, name: str) -> Iterator[None]:
    """Let errors about the file call it by its name, where it lies somewhere under another one."""
    try:
        yield
    except TableError as error:
        if error.file in (path.name, ""):
            error.args = (f"{name}{str(error).removeprefix(error.file)}",)
            error.file = name
        raise
