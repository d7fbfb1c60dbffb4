"""Records to rows and back: what a version adds, what it withdraws, and all that it knows (D4).

Everything works in the caller's transaction, in bulk, and gives back the bytes that went in.
"""

from __future__ import annotations

from registry.publishing.changes import read_added, read_withdrawn, write_changes
from registry.publishing.overlapping import Overlap, overlaps
from registry.publishing.stored import stored_records
from registry.publishing.storing import UnstorableRecord, write_records
from registry.publishing.withdrawing import NotCurrent, withdraw_records

__all__ = [
    "NotCurrent",
    "Overlap",
    "UnstorableRecord",
    "overlaps",
    "read_added",
    "read_withdrawn",
    "stored_records",
    "withdraw_records",
    "write_changes",
    "write_records",
]
