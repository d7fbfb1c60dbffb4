"""The examples of the README and of docs/ are run, and what must be documented is."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from registry.cli import main
from registry.config import SETTINGS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
DOCUMENTED_ADDRESS = "http://127.0.0.1:8000"
LONGEST_START = 240.0  # seconds: a busy machine publishes the seeds first


@dataclass(frozen=True, slots=True)
class Example:
    """A command of a page, and what the page says that it prints (`…` stands for anything)."""

    command: str
    output: list[str]

    def is_printed(self, printed: str) -> bool:
        """Whether the page's lines are those printed; a line of `…` alone stands for any lines."""
        said = "".join(pattern_of(line.rstrip()) for line in self.output)
        return re.fullmatch(said, printed.rstrip("\n") + "\n" if printed.strip() else "") is not None


def pattern_of(line: str) -> str:
    """The regular expression of a line of a page."""
    if line.strip() == "…":
        return r"(?:.*\n)*?"
    return re.escape(line).replace("…", ".*") + r"[ \t]*\n"


def examples_of(page: Path) -> list[Example]:
    """The examples of a page in order: in its console blocks, each line after `$ ` is a command."""
    found: list[Example] = []
    for block in CONSOLE.findall(page.read_text()):
        continued = False
        for line in block.splitlines():
            if continued:
                found[-1] = Example(found[-1].command + "\n" + line.removeprefix("> "), [])
            elif line.startswith("$ "):
                found.append(Example(line[2:], []))
            else:
                found[-1].output.append(line)
            continued = line.endswith("\\")
    return found


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Installation:
    """A seeded installation, and where it answers."""

    environment: dict[str, str]
    address: str

    def run(self, command: str, folder: Path) -> str:
        """What a command of a page prints, addresses as in the page."""
        answer = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command.replace(DOCUMENTED_ADDRESS, self.address)],
            cwd=folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return answer.stdout.replace(self.address, DOCUMENTED_ADDRESS)


def environment_of(data: Path, port: int) -> dict[str, str]:
    """The environment of the pages' reader: this Python's commands first, no settings but the data folder."""
    kept = {name: value for name, value in os.environ.items() if not re.match("MARJAA_|COLUMNS$", name)}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "MARJAA_DATA": str(data),
        "MARJAA_PORT": str(port),
        "MARJAA_WORKERS": "1",
        "LANG": "C.UTF-8",
        "PYTHONIOENCODING": "utf-8",
    }


def wait_until_it_answers(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address + "/api/v1/referentials", timeout=5):
                return
        except OSError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=0.1)  # still starting, or ended by an error
                break
    pytest.fail(f"`marjaa serve` did not answer at {address}:\n{log.read_text()}")


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """What a newcomer has after `make run`: a seeded installation that answers."""
    folder = tmp_path_factory.mktemp("documented")
    port, log = free_port(), folder / "serve.log"
    environment = environment_of(folder / "var", port)
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(Path(sys.executable).parent / "marjaa"), "serve"],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}", server, log)
        yield Installation(environment, f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if examples_of(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_a_page_prints_what_it_says(page: Path, installation: Installation, tmp_path: Path):
    if shutil.which("curl") is None and os.environ.get("CI") != "true":
        pytest.skip("the pages' examples use curl")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for example in examples_of(page):
        printed = installation.run(example.command, tmp_path)
        said = "\n".join(example.output)
        assert example.is_printed(printed), (
            f"$ {example.command}\n--- the page says\n{said}\n--- printed\n{printed}"
        )


@pytest.mark.parametrize(
    ("output", "printed", "same"),
    [
        (["a … c"], "a b c\n", True),
        (["a", "…", "d"], "a\nb\nc\nd\n", True),
        (["a", "…", "d"], "a\nd\n", True),
        (["a", "b"], "a\n", False),
        (["a.c"], "abc\n", False),
        ([], "", True),
        ([], "surprise\n", False),
    ],
)
def test_an_ellipsis_stands_for_anything_and_all_else_for_itself(output: list[str], printed: str, same: bool):
    assert Example("", output).is_printed(printed) is same


def test_every_setting_is_documented_with_its_default():
    page = (ROOT / "docs/operators/configuration.md").read_text()
    rows = dict(re.findall(r"^\| `(MARJAA_\w+)` \| (?:`([^`]*)`)? *\|", page, re.M))
    assert rows == {name: setting.default for name, setting in SETTINGS.items()}


def test_no_page_names_a_setting_that_does_not_exist():
    named = {found for page in PAGES for found in re.findall(r"\bMARJAA_[A-Z_]+\b", page.read_text())}
    assert named <= set(SETTINGS)


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """The commands of the command line that do something, as one types them."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")
    else:
        yield path, command


def test_every_command_is_documented_with_all_its_options():
    page = (ROOT / "docs/users/command-line.md").read_text()
    sections = dict(re.findall(r"^## `(marjaa [a-z -]+)`$(.*?)(?=^## |\Z)", page, re.M | re.S))
    assert list(sections) == [path for path, _ in commands(main, "marjaa")]
    for path, command in commands(main, "marjaa"):
        for option in command.params:
            if isinstance(option, click.Option):
                assert f"`{option.opts[-1]}" in sections[path], f"{path}: {option.opts[-1]}"


def test_no_page_names_a_command_that_does_not_exist():
    words = {path.split()[1] for path, _ in commands(main, "marjaa")}
    for page in PAGES:
        for named in re.findall(r"(?:^\$ |`)marjaa ([a-z][a-z-]*)", page.read_text(), re.M):
            assert named in words, f"{page.relative_to(ROOT)}: marjaa {named}"


def test_no_page_names_a_make_target_that_does_not_exist():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    for page in PAGES:
        for named in re.findall(r"(?:^|`|\$ )make ([a-z]+)", page.read_text(), re.M):
            assert named in targets, f"{page.relative_to(ROOT)}: make {named}"


def test_every_link_between_pages_leads_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_every_page_can_be_reached_from_the_readme():
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        reached.add(page)
        links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+\.md)", page.read_text())
        ahead += [found for link in links if (found := (page.parent / link).resolve()) not in reached]
    assert {page for page in PAGES if page.is_relative_to(ROOT / "docs")} <= reached
