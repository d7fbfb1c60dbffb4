"""What a process that works on jobs is told by the one that starts it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from referentials.sheets.limits import Limits
from registry.config import Settings
from registry.harmonising.limits import limits_of_uploads
from registry.jobs.queue import LEASE_SECONDS


@dataclass(frozen=True, slots=True)
class Order:
    """Where everything is, and how the names of the process's claims begin."""

    data: str
    database_url: str
    snapshots: str
    name: str
    max_bytes: int
    max_rows: int
    max_columns: int
    lease: float = LEASE_SECONDS

    @classmethod
    def by(cls, settings: Settings, name: str) -> Order:
        """The order of a worker with these settings."""
        limits = limits_of_uploads(settings)
        return cls(
            str(settings.data),
            settings.database_url,
            str(settings.snapshots),
            name,
            limits.max_bytes,
            limits.max_rows,
            limits.max_columns,
        )

    @property
    def limits(self) -> Limits:
        """What a file may hold."""
        return Limits(max_bytes=self.max_bytes, max_rows=self.max_rows, max_columns=self.max_columns)

    def line(self) -> bytes:
        """The order as it is written to the process: a line, for its standard input alone."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> Order:
        """The order in such a line."""
        return cls(**json.loads(line))
