"""`marjaa serve`: a process that answers, and stops when told."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from registry.cli import main
from registry.commands import preparing
from registry.commands import serve as serving_command
from registry.commands.addresses import listening_address
from registry.config import Settings
from registry.errors import BadSetting, Unavailable

UNREACHABLE = "postgresql://marjaa@127.0.0.1:1/marjaa"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def data(snapshots: Path, tmp_path: Path) -> Path:
    shutil.copytree(snapshots, tmp_path / "snapshots")
    return tmp_path


@contextmanager
def serving(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A service that has said where it answers, over published data and without a database."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MARJAA_")}
    environment |= {"MARJAA_DATA": str(data), "MARJAA_DATABASE_URL": UNREACHABLE}
    command = [sys.executable, "-c", "from registry.cli import main; main()", "serve", "--workers", "1"]
    with (data / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, "--port", str(port)], env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        assert server.stdout is not None
        said = server.stdout.readline()
        assert f"http://127.0.0.1:{port}" in said, (data / "log").read_text()
        yield server
    finally:
        server.kill()
        server.wait(timeout=20)
        assert server.stdout is not None
        server.stdout.close()


def test_published_data_is_served_without_a_database_until_it_is_told_to_stop(data: Path):
    port = free_port()
    with serving(data, port) as server:
        address = f"http://127.0.0.1:{port}/api/v1/referentials/units/items/01"
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert json.load(answer)["names"]["fr"] == "Nord"
        server.terminate()
        assert server.wait(timeout=20) == 0
    assert "Traceback" not in (data / "log").read_text()


@pytest.fixture
def how(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How an installation is made whole."""
    ways: list[str] = []
    for way in ("prepare", "prepare_if_possible", "prepare_meanwhile"):
        monkeypatch.setattr(preparing, way, lambda _settings, way=way: ways.append(way))
    return ways


def test_what_can_be_read_is_answered_at_once(data: Path, how: list[str], monkeypatch):
    monkeypatch.setenv("MARJAA_DATA", str(data))
    serving_command.make_whole(Settings.from_environment())
    assert how == ["prepare_meanwhile"]


def test_indexes_of_another_release_are_compiled_before_the_first_answer(
    data: Path, how: list[str], monkeypatch
):
    shutil.rmtree(data / "snapshots" / "units" / "2" / "search")
    monkeypatch.setenv("MARJAA_DATA", str(data))
    serving_command.make_whole(Settings.from_environment())
    assert how == ["prepare_if_possible"]


def test_what_can_be_read_is_served_where_indexes_cannot_be_compiled(data: Path):
    shutil.rmtree(data / "snapshots" / "units" / "2" / "search")
    port = free_port()
    with serving(data, port):
        address = f"http://127.0.0.1:{port}/api/v1/referentials/units/items/01?version=2014"
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert json.load(answer)["code"] == "01"
    assert "served all the same" in (data / "log").read_text()


def test_an_empty_installation_needs_its_database(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("MARJAA_DATA", str(tmp_path))
    monkeypatch.setenv("MARJAA_DATABASE_URL", UNREACHABLE)
    answer = CliRunner().invoke(main, ["serve", "--port", str(free_port())])
    assert answer.exit_code == 6
    assert "does not answer" in answer.stderr


def test_a_port_that_is_taken_is_not_shared():
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Unavailable, match=r"Cannot listen on 127\.0\.0\.1, port"):
            listening_address("127.0.0.1", taken.getsockname()[1])


def test_a_name_becomes_the_address_that_it_stands_for():
    assert listening_address("localhost", free_port()) == "127.0.0.1"


def test_a_name_that_is_none_is_refused():
    with pytest.raises(BadSetting, match="MARJAA_HOST"):
        listening_address("nowhere.invalid", 8000)
