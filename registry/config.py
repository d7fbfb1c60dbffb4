"""Settings, read from MARJAA_* environment variables when a process starts, never at import."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from registry.errors import BadSetting


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: what an absent one means, what it is for, how its text is read.

    `read` raises ValueError with a text that completes "expected …".
    """

    default: str
    help: str
    read: Callable[[str], Any]


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("a text that is not empty")
    return value


def _path(value: str) -> Path:
    return Path(_text(value))


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit() and lowest <= int(value) <= highest):
            raise ValueError(f"a whole number from {lowest} to {highest}")
        return int(value)

    return read


def _zone(value: str) -> ZoneInfo:
    if value not in available_timezones():
        raise ValueError("the name of a time zone, as Africa/Casablanca")
    return ZoneInfo(value)


def _url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
        raise ValueError("an address as https://data.example.org, without a query")
    return value.rstrip("/")


def _any(value: str) -> str:
    return value


SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "MARJAA_HOST": Setting("127.0.0.1", "Address that the service listens on.", _text),
        "MARJAA_PORT": Setting("8000", "Port that the service listens on.", _whole(1, 65535)),
        "MARJAA_DATA": Setting("var", "Folder of the snapshots and of the SQLite database.", _path),
        "MARJAA_DATABASE_URL": Setting(
            "", "Database, as SQLAlchemy writes it; empty means SQLite in MARJAA_DATA.", _any
        ),
        "MARJAA_PUBLIC_URL": Setting(
            "", "Public base of absolute addresses; empty means http:// with host and port.", _url
        ),
        "MARJAA_TIMEZONE": Setting("Africa/Casablanca", "Time zone that decides which day is today.", _zone),
        "MARJAA_WORKERS": Setting("2", "Web worker processes of `marjaa serve`.", _whole(1, 256)),
        "MARJAA_MAX_BODY": Setting(
            "1048576",
            "Largest request body, in bytes; a larger one is refused unread.",
            _whole(1024, 1 << 30),
        ),
        "MARJAA_LOG_KEY": Setting(
            "", "Private key that signs the log; empty means keys/log.key in MARJAA_DATA.", _any
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process."""

    host: str
    port: int
    data: Path
    database_url: str
    public_url: str
    timezone: ZoneInfo
    workers: int
    max_body: int
    log_key: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read MARJAA_* variables; raises BadSetting for a value that cannot be used."""
        given = os.environ if environ is None else environ
        read = {name: _read(name, setting, given) for name, setting in SETTINGS.items()}
        values = {name.removeprefix("MARJAA_").lower(): value for name, value in read.items()}
        values["database_url"] = values["database_url"] or f"sqlite:///{values['data'] / 'marjaa.sqlite'}"
        values["public_url"] = values["public_url"] or f"http://{values['host']}:{values['port']}"
        return cls(**values)

    @property
    def snapshots(self) -> Path:
        """The folder of published snapshots and the catalogue."""
        return self.data / "snapshots"

    def today(self) -> date:
        """The current day in the configured zone."""
        return datetime.now(self.timezone).date()


def log_key_file(snapshots: Path) -> Path:
    """The private key that signs a snapshots' root's log: outside of the root, so that no copy of it has the key."""
    given = os.environ.get("MARJAA_LOG_KEY")
    return Path(given) if given else snapshots.parent / "keys" / "log.key"


def _read(name: str, setting: Setting, environ: Mapping[str, str]) -> Any:  # noqa: ANN401  # as its `read` gives
    text = environ.get(name) or setting.default
    try:
        return setting.read(text)
    except ValueError as error:
        raise BadSetting(name, text, str(error)) from error
