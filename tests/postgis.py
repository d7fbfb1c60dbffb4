"""A PostGIS server of the test run's own: in a temporary folder, on a unix socket only, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import URL

ACCOUNT = "postgres"
TEMPLATE = "marjaa_template"


class NoPostGIS(Exception):
    """The machine has no PostGIS server to start, and why."""


@dataclass(frozen=True)
class Server:
    """A running server, and the numbers of the databases that it will make."""

    socket_folder: Path
    numbers: Iterator[int]

    def url(self, database: str) -> URL:
        """The address of one of its databases."""
        return URL.create(
            "postgresql+psycopg", username=ACCOUNT, database=database, query={"host": str(self.socket_folder)}
        )

    def run(self, *statements: str) -> None:
        """Run statements that stand outside any transaction."""
        with self._connected() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @contextmanager
    def database(self) -> Iterator[URL]:
        """A copy of the template database, dropped at the end."""
        name = f"test_{next(self.numbers)}"
        with self._connected() as connection:
            # Twice as fast as through the log, which newer servers prefer.
            copying = " STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}{copying}".encode())
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def _connected(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(self.socket_folder), user=ACCOUNT, dbname="postgres", autocommit=True)


def binaries() -> Path:
    """The folder of the newest installed server that has PostGIS; raises NoPostGIS."""
    if shutil.which("pg_config"):
        found = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)
        folders = [Path(found.stdout.strip())]
    else:
        folders = []
    folders += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
    )
    with_server = [folder for folder in folders if (folder / "initdb").exists()]
    if not with_server:
        raise NoPostGIS("no PostgreSQL server is installed")
    if os.geteuid() == 0 and not _has_account():
        raise NoPostGIS(f"there is no account {ACCOUNT!r} to run a server as")
    for folder in with_server:
        share = (
            subprocess.run(
                [folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
            ).stdout.strip()
            or f"/usr/share/postgresql/{folder.parent.name}"
        )
        if (Path(share) / "extension/postgis.control").exists():
            return folder
    raise NoPostGIS("PostgreSQL is installed without PostGIS")


@contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """Start the server of a folder of binaries, with an empty template database."""
    home = Path(tempfile.mkdtemp(prefix="marjaa-pg-"))
    as_account: list[str] = []
    if os.geteuid() == 0:
        # initdb refuses to run as root.
        account = pwd.getpwnam(ACCOUNT)
        os.chown(home, account.pw_uid, account.pw_gid)
        as_account = [
            "setpriv", f"--reuid={ACCOUNT}", f"--regid={account.pw_gid}", "--clear-groups", "--"
        ]  # fmt: skip
    data = home / "data"

    def tool(name: str, *arguments: str) -> None:
        # Into a file, not a pipe: the server that pg_ctl leaves behind would keep a pipe open.
        with (home / "out").open("ab") as out:
            ran = subprocess.run(
                [*as_account, str(folder / name), *arguments],
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if ran.returncode:
            raise RuntimeError(f"{name} failed: {(home / 'out').read_text(errors='replace')[-2000:]}")

    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(home),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_wal_size": "4GB",
        "shared_buffers": "256MB",
    }
    try:
        tool("initdb", "-D", str(data), "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        with (data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        tool("pg_ctl", "-D", str(data), "-w", "-t", "60", "-l", str(home / "log"), "start")
        try:
            server = Server(home, count(1))
            server.run(f"CREATE DATABASE {TEMPLATE}")
            yield server
        finally:
            tool("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _has_account() -> bool:
    return any(account.pw_name == ACCOUNT for account in pwd.getpwall())
