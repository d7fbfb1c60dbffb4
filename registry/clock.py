"""This moment, as rows and log leaves have it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> str:
    """This moment in UTC, to the second, as RFC 3339 text ("2024-09-01T08:30:00Z")."""
    return text_of(datetime.now(UTC))


def later(**length: float) -> str:
    """The moment that is so much later than now (`timedelta`'s arguments), as the same text."""
    return text_of(datetime.now(UTC) + timedelta(**length))


def text_of(moment: datetime) -> str:
    """A moment with a zone as RFC 3339 text in UTC; such texts sort as the moments do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
