"""What a file may hold to be harmonised, as the settings have it."""

from __future__ import annotations

from referentials.sheets.limits import MIB, Limits
from registry.config import Settings

LOCAL_BYTES = 64 * 1024 * MIB
"""Of a file on the machine itself: text and Parquet are streamed, workbooks have bounds of their own."""

HARMONISED = Limits(max_bytes=LOCAL_BYTES, max_rows=10_000_000)
"""Where no setting says otherwise."""


def limits_of_uploads(settings: Settings) -> Limits:
    """Limits of a file that somebody hands in over HTTP."""
    return Limits(
        max_bytes=settings.max_upload,
        max_rows=settings.max_table_rows,
        max_columns=settings.max_table_columns,
    )


def limits_here(settings: Settings) -> Limits:
    """Limits of a file on the machine of the one who asks."""
    return Limits(
        max_bytes=LOCAL_BYTES, max_rows=settings.max_table_rows, max_columns=settings.max_table_columns
    )


def limits_told(limits: Limits) -> str:
    """The limits in words, to be shown beforehand."""
    book = limits.max_workbook_bytes // MIB
    return (
        f"at most {limits.max_rows:,} rows and {limits.max_columns:,} columns; workbooks at most {book} MiB, "
        f"{limits.max_unpacked_bytes // MIB:,} MiB unpacked and {limits.max_cells:,} cells"
    )
