"""The `marjaa` command as a whole."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from registry.cli import COMMANDS, main
from tests.registry.small_library import build_library

HEAVY = ("flask", "sqlalchemy", "alembic", "marshmallow", "granian", "registry.app", "registry.models")


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("published") / "snapshots"
    build_library(root)
    return root


def imported_by(snapshots: Path, folder: Path, *arguments: str) -> set[str]:
    """The modules that a run of the command imports, of those that it should do without."""
    code = f"""
import sys
from registry.cli import main
try:
    main({list(arguments)!r})
except SystemExit as end:
    assert not end.code, end.code
print("\\n" + " ".join(name for name in {HEAVY!r} if name in sys.modules))
"""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={"MARJAA_DATA": str(snapshots.parent), "PATH": ""},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return set(ended.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["lookup", "units", "01"],
        ["list", "units"],
        ["match", "units", "Taza"],
        ["harmonise", "in.csv", "-r", "units", "-c", "name", "-o", "out.csv"],
        ["export", "units", "-o", "units.csv"],
        ["snapshot", "list"],
        ["snapshot", "verify"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_reading_needs_neither_a_web_framework_nor_a_database(
    snapshots: Path, tmp_path: Path, arguments: list[str]
):
    (tmp_path / "in.csv").write_text("name\nTaza\n")
    assert imported_by(snapshots, tmp_path, *arguments) == set()


def test_every_command_of_the_table_is_there_with_a_summary():
    commands = dict(main.commands)
    assert list(commands) == list(COMMANDS)
    assert all(isinstance(command, click.Command) for command in commands.values())
    assert all(place.summary.endswith(".") for place in COMMANDS.values())


def every_command(command: click.Command, path: tuple[str, ...] = ()):
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from every_command(inner, (*path, name))
    else:
        yield path


@pytest.mark.parametrize("path", list(every_command(main)), ids=" ".join)
def test_every_command_shows_examples_in_its_help(path: tuple[str, ...]):
    answer = CliRunner().invoke(main, [*path, "--help"])
    assert answer.exit_code == 0
    assert re.search(r"^  Examples?:", answer.stdout, re.M)
    assert f"marjaa {' '.join(path)}" in answer.stdout


@pytest.mark.parametrize("arguments", [["nonsense"], ["lookup"], ["lookup", "units", "01", "--nonsense"]])
def test_what_is_no_command_or_option_is_a_usage_error(arguments: list[str]):
    answer = CliRunner().invoke(main, arguments)
    assert answer.exit_code == 2
    assert "Usage:" in answer.stderr


def test_a_setting_that_cannot_be_used_is_named(monkeypatch):
    monkeypatch.setenv("MARJAA_PORT", "many")
    answer = CliRunner().invoke(main, ["lookup", "units", "01"])
    assert answer.exit_code == 2
    assert "MARJAA_PORT='many'" in answer.stderr


@pytest.fixture
def failing(monkeypatch):
    """`marjaa snapshot list` that raises what it is given."""

    def set_up(error: Exception) -> list[str]:
        def fail(_: object) -> None:
            raise error

        monkeypatch.setattr("registry.commands.snapshots.open_library", fail)
        return ["snapshot", "list"]

    return set_up


def test_a_defect_is_told_in_one_line_without_a_traceback(failing):
    answer = CliRunner().invoke(main, failing(RuntimeError("first line\nsecond line")))
    assert answer.exit_code == 70
    assert "Internal failure: RuntimeError: first line\n" in answer.stderr
    assert "second line" not in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_traceback_is_shown_where_asked(failing):
    answer = CliRunner().invoke(main, ["--traceback", *failing(RuntimeError("why"))])
    assert isinstance(answer.exception, RuntimeError)


def test_a_refused_file_is_named_with_the_reason(failing):
    answer = CliRunner().invoke(main, failing(PermissionError(errno.EACCES, "Permission denied", "a/file")))
    assert answer.exit_code == 2
    assert "a/file: Permission denied." in answer.stderr


def test_a_pipe_that_closes_ends_the_command_without_a_word(snapshots: Path, tmp_path: Path):
    code = "from registry.cli import main; main(['list', 'units', '--all', '--json'])"
    reader = subprocess.Popen(
        [sys.executable, "-c", "pass"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    reader.wait(timeout=30)
    assert reader.stdin is not None
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={"MARJAA_DATA": str(snapshots.parent), "PATH": ""},
        stdout=reader.stdin,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    reader.stdin.close()
    assert ended.stderr == ""


def test_arabic_is_written_as_utf8_whatever_the_locale(snapshots: Path):
    ended = subprocess.run(
        [sys.executable, "-c", "from registry.cli import main; main(['lookup', 'units', '01'])"],
        env={"MARJAA_DATA": str(snapshots.parent), "PATH": "", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert "الشمال" in ended.stdout.decode("utf-8")
