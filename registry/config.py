"""Settings, read from MARJAA_* environment variables when a process starts, never at import."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from registry.errors import BadSetting

DATABASES = ("sqlite", "postgresql", "postgresql+psycopg", "postgres")
Network = IPv4Network | IPv6Network


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


def _database(value: str) -> str:
    if value and value.partition("://")[0] not in DATABASES:
        raise ValueError(f"an address that begins with {', '.join(f'{each}://' for each in DATABASES)}")
    return value


def _networks(value: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(each) for each in value.replace(",", " ").split())
    except ValueError:
        raise ValueError("networks as 10.0.0.0/8, with blanks between them") from None


def _mail(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        raise ValueError("an address as smtp://mail.example.org:587")
    return value


def _yes_or_no(value: str) -> bool:
    if value not in ("true", "false"):
        raise ValueError("true or false")
    return value == "true"


def _any(value: str) -> str:
    return value


SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "MARJAA_HOST": Setting("127.0.0.1", "Address that the service listens on.", _text),
        "MARJAA_PORT": Setting("8000", "Port that the service listens on.", _whole(1, 65535)),
        "MARJAA_DATA": Setting("var", "Folder of the snapshots and of the SQLite database.", _path),
        "MARJAA_DATABASE_URL": Setting(
            "", "Database, as SQLAlchemy writes it; empty means SQLite in MARJAA_DATA.", _database
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
        "MARJAA_MAX_UPLOAD": Setting(
            "200000000",
            "Largest uploaded file (for a draft, to be harmonised), in bytes; a larger one is refused "
            "unread.",
            _whole(1024, 1 << 40),
        ),
        "MARJAA_MAX_TABLE_ROWS": Setting(
            "10000000", "Most rows of a file that is harmonised.", _whole(1, 1_000_000_000)
        ),
        "MARJAA_MAX_TABLE_COLUMNS": Setting(
            "1000", "Most columns of a file that is harmonised.", _whole(1, 16_384)
        ),
        "MARJAA_LOG_KEY": Setting(
            "", "Private key that signs the log; empty means keys/log.key in MARJAA_DATA.", _any
        ),
        "MARJAA_SESSION_IDLE": Setting(
            "120", "Minutes after which an unused session of a person ends.", _whole(1, 60 * 24)
        ),
        "MARJAA_SESSION_LONGEST": Setting(
            "12", "Hours after which any session of a person ends.", _whole(1, 24 * 30)
        ),
        "MARJAA_RATE_SIGN_IN": Setting(
            "10",
            "Failed sign-ins in a quarter of an hour: for one account from one address; five times as many "
            "for one address, or for one account.",
            _whole(1, 100_000),
        ),
        "MARJAA_RATE_POST": Setting(
            "600",
            "Anonymous requests with a body (match …) of one address in a minute.",
            _whole(1, 1_000_000),
        ),
        "MARJAA_PROXIES": Setting(
            "0", "Reverse proxies before the service, whose X-Forwarded-For is believed.", _whole(0, 9)
        ),
        "MARJAA_OIDC_ISSUER": Setting(
            "", "OpenID Connect provider at which people may sign in; empty means none.", _url
        ),
        "MARJAA_OIDC_CLIENT_ID": Setting("", "What the provider calls this service.", _any),
        "MARJAA_OIDC_CLIENT_SECRET": Setting("", "What this service shows the provider.", _any),
        "MARJAA_WEBHOOK_NETWORKS": Setting(
            "",
            "Networks that webhooks may reach besides public addresses, as `10.0.0.0/8 192.168.7.0/24`.",
            _networks,
        ),
        "MARJAA_MAIL_SERVER": Setting(
            "", "Mail server, as smtp://user:password@host:587 or smtps://host; empty means no mail.", _mail
        ),
        "MARJAA_MAIL_FROM": Setting("marjaa@localhost", "Whom mail is from.", _text),
        "MARJAA_WORKER_SECONDS": Setting(
            "5", "Seconds between two rounds of the worker: scheduled versions, deliveries.", _whole(1, 3600)
        ),
        "MARJAA_JOB_PROCESSES": Setting(
            "1", "Files that one worker harmonises at a time, each in a process of its own.", _whole(1, 64)
        ),
        "MARJAA_JOBS_PER_PERSON": Setting(
            "10", "Uploaded files that are kept for one person at a time.", _whole(1, 10_000)
        ),
        "MARJAA_KEEP_UPLOADS_DAYS": Setting(
            "7", "Days after which an uploaded file is deleted, with all that was made of it.", _whole(1, 365)
        ),
        "MARJAA_KEEP_COMPILED": Setting(
            "5",
            "Newest versions of each referential that stay compiled; older ones are when asked for.",
            _whole(1, 10_000),
        ),
        "MARJAA_SINGLE_PERSON": Setting(
            "false",
            "Whether people may approve their own work; such versions are marked for ever.",
            _yes_or_no,
        ),
        "MARJAA_NOTICE_DAYS": Setting(
            "90", "Days between the approval of a breaking change and its effect.", _whole(0, 3650)
        ),
        "MARJAA_TOKEN": Setting("", "Token with which the commands that change drafts act.", _any),
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
    max_upload: int
    max_table_rows: int
    max_table_columns: int
    log_key: str
    session_idle: int
    session_longest: int
    rate_sign_in: int
    rate_post: int
    proxies: int
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str = field(repr=False)
    token: str = field(repr=False)
    single_person: bool
    notice_days: int
    webhook_networks: tuple[Network, ...]
    mail_server: str = field(repr=False)
    mail_from: str
    worker_seconds: int
    job_processes: int
    jobs_per_person: int
    keep_uploads_days: int
    keep_compiled: int

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read MARJAA_* variables; raises BadSetting for a value that cannot be used."""
        given = os.environ if environ is None else environ
        read = {name: _read(name, setting, given) for name, setting in SETTINGS.items()}
        _require_together(read, "MARJAA_OIDC_ISSUER", "MARJAA_OIDC_CLIENT_ID", "MARJAA_OIDC_CLIENT_SECRET")
        values = {name.removeprefix("MARJAA_").lower(): value for name, value in read.items()}
        values["database_url"] = values["database_url"] or f"sqlite:///{values['data'] / 'marjaa.sqlite'}"
        values["public_url"] = values["public_url"] or f"http://{values['host']}:{values['port']}"
        return cls(**values)

    @property
    def snapshots(self) -> Path:
        """The folder of published snapshots and the catalogue."""
        return self.data / "snapshots"

    @property
    def is_secure(self) -> bool:
        """Whether people reach the service over https."""
        return self.public_url.startswith("https:")

    @property
    def volatile(self) -> Path:
        """The file of sessions and rate counters."""
        return self.data / "volatile.sqlite"

    def today(self) -> date:
        """The current day in the configured zone."""
        return datetime.now(self.timezone).date()


def log_key_file(snapshots: Path) -> Path:
    """The private key that signs the log of a snapshots' root; outside of it, so that no copy has the key."""
    given = os.environ.get("MARJAA_LOG_KEY")
    return Path(given) if given else snapshots.parent / "keys" / "log.key"


def _require_together(read: Mapping[str, Any], *names: str) -> None:
    """Raises BadSetting for the first that is empty where another of them is given."""
    given = [name for name in names if read[name]]
    for name in names:
        if given and not read[name]:
            raise BadSetting(name, "", f"a value, as {given[0]} has one")


def _read(name: str, setting: Setting, environ: Mapping[str, str]) -> Any:  # noqa: ANN401  # as its `read` gives
    text = environ.get(name) or setting.default
    try:
        return setting.read(text)
    except ValueError as error:
        raise BadSetting(name, text, str(error)) from error
