"""What is wrong with a correspondence, all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.errors import DomainError, cut, shown

LISTED = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that cannot be: the row of the file, None where it is of no file, its column, and why."""

    row: int | None
    column: str
    value: str
    why: str

    def told(self) -> str:
        """The fault in words."""
        where = self.column if self.row is None else f"row {self.row}, column {self.column!r}"
        return f"{where}: {shown(self.value)} {self.why}"


class UnfitCorrespondence(DomainError):
    """A correspondence with values that cannot be; `faults` has all of them."""

    slug = "bad-file"

    def __init__(self, what: str, faults: Sequence[Fault]) -> None:
        told = "\n".join(f"- {fault.told()}" for fault in faults[:LISTED])
        more = f"\n… and {len(faults) - LISTED:,} more" if len(faults) > LISTED else ""
        super().__init__(
            f"{what}: {len(faults):,} problem(s):\n{told}{more}",
            errors=[
                {"row": fault.row, "name": fault.column, "value": cut(fault.value), "expected": fault.why}
                for fault in faults[:LISTED]
            ],
        )
        self.faults = tuple(faults)
