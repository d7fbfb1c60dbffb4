"""Errors of `matching` and `referentials`, which know nothing of HTTP, as kinds of problem."""

from __future__ import annotations

from collections.abc import Callable

from matching.evaluation import NothingToJudge
from matching.fitting import NothingToFit
from matching.matcher import UnknownLevel
from matching.rows import BadRow
from matching.selecting import BadCodeFilter
from matching.store import StaleStore, StoreError
from referentials.drafting import UnfitList
from referentials.findings import InvalidItems
from referentials.kinds import UnknownKind
from referentials.readers.mapping import BadMapping
from referentials.records import MalformedRecord
from referentials.shapes import InvalidShape
from referentials.sheets.limits import TableError, TableTooLarge
from referentials.snapshot import DamagedSnapshot, UnorderedRecords
from referentials.writers import NotWritable, UnknownFormat
from registry.catalogue import DamagedCatalogue
from registry.logbook import AnotherLog, DamagedLog
from registry.naming import BadName
from registry.volatile import VolatileError


def _without_paths(_error: BaseException) -> str:
    """Paths of the server are for its log, not for an anonymous reader."""
    return "A published snapshot could not be opened."


def _of_sessions(_error: BaseException) -> str:
    return "Sessions and rate counters cannot be read or written now."


# The first family that an error belongs to decides.
FOREIGN: tuple[tuple[type[BaseException], str, Callable[[BaseException], str]], ...] = (
    (UnknownFormat, "unknown-format", str),
    (NotWritable, "not-writable", str),
    (BadCodeFilter, "bad-value", str),
    (UnknownKind, "bad-value", str),
    (UnknownLevel, "bad-value", str),
    (NothingToJudge, "bad-file", str),
    (NothingToFit, "bad-file", str),
    (BadName, "bad-value", str),
    (BadMapping, "bad-value", str),
    (TableTooLarge, "too-large", str),
    (TableError, "bad-file", str),
    (UnfitList, "bad-file", str),
    (InvalidItems, "bad-file", str),
    (InvalidShape, "bad-file", str),
    (MalformedRecord, "bad-file", str),
    (BadRow, "bad-file", str),
    (UnorderedRecords, "conflict", str),  # a draft adds what its base has already
    (StaleStore, "snapshot-stale", _without_paths),
    (StoreError, "snapshot-damaged", _without_paths),
    (DamagedSnapshot, "snapshot-damaged", _without_paths),
    (DamagedCatalogue, "snapshot-damaged", _without_paths),
    (DamagedLog, "snapshot-damaged", _without_paths),
    (AnotherLog, "conflict", str),
    (VolatileError, "unavailable", _of_sessions),
)
