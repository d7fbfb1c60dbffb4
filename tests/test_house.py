"""The house's own rules: imports, dependencies, commands, and what no file may say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

# A path of one person's machine, and the address of a package registry (written so as not to match here).
MACHINE_PATH = re.compile(r"(?<![\w./])/(?:wor[k]|roo[t]|hom[e])/[\w.]")
REGISTRY_ADDRESS = re.compile(
    r"(?:https?|file)://[^\s/]*/?[^\s]*(?:pyp[i]|pythonhoste[d]|npmj[s]|simpl[e]/)", re.I
)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def committed_files() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git repository")
    names = run("git", "ls-files", "-z").stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return found[0].lower()


def pinned_names() -> set[str]:
    return {name_of(line) for line in (ROOT / "constraints.txt").read_text().splitlines()}


def declared_names() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [requirement for extra in project["optional-dependencies"].values() for requirement in extra]
    return {name_of(requirement) for requirement in [*project["dependencies"], *extras]}


def makefile_targets() -> dict[str, str]:
    """Each target that can be asked for by name, with its help text (empty where it has none)."""
    found = re.findall(r"^([a-z][\w-]*):(?!=)([^#\n]*)(?:## (.*))?$", (ROOT / "Makefile").read_text(), re.M)
    return {target: text for target, _, text in found}


def test_imports_go_only_where_the_contracts_let_them():
    answer = run(str(BIN / "lint-imports"), "--no-cache")
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    "modules",
    ["registry.library", "matching.matcher", "referentials.snapshot"],
)
def test_reading_a_snapshot_loads_neither_flask_nor_sqlalchemy(modules: str):
    program = (
        f"import sys, {modules}\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}"
        " & {'flask', 'werkzeug', 'sqlalchemy', 'alembic', 'geoalchemy2', 'psycopg'}))"
    )
    answer = run(sys.executable, "-c", program)
    assert (answer.returncode, answer.stdout.strip()) == (0, ""), answer.stdout + answer.stderr


def test_every_dependency_is_explained():
    page = (ROOT / "docs/contributors/dependencies.md").read_text()
    explained = {found.lower() for found in re.findall(r"^\| `([\w.-]+)` \|", page, re.M)}
    assert explained == declared_names()


def test_every_dependency_is_pinned_by_the_constraints():
    assert declared_names() <= pinned_names()


def test_the_constraints_hold_versions_and_no_address():
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[a-z0-9._-]+==[\w.+!]+( ; [\w .'=<>!()]+)?", line), line


def test_every_make_target_has_a_help_text():
    targets = makefile_targets()
    assert {"run", "seed", "test", "soak", "bench", "lint", "format", "clean", "setup", "help"} <= set(
        targets
    )
    assert [target for target, text in targets.items() if not text] == []


def test_make_help_names_every_target():
    answer = run("env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", "make", "help")
    assert answer.returncode == 0, answer.stderr
    assert {line.split()[1] for line in answer.stdout.splitlines()} == set(makefile_targets())


def test_continuous_integration_runs_the_test_command_of_the_readme():
    section = (ROOT / "README.md").read_text().split("\n## Tests\n")[1]
    assert re.search(r"^```shell\n(.*)$", section, re.M)[1] == "make test"
    assert "README.md" in (ROOT / ".ci/run").read_text()


def test_no_committed_file_names_a_machine_or_a_registry():
    found = []
    for path in committed_files():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            if MACHINE_PATH.search(line) or REGISTRY_ADDRESS.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_the_licence_is_the_apache_licence_and_every_source_of_data_is_credited():
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()
    notice = (ROOT / "NOTICE").read_text()
    for source in ("Haut-Commissariat au Plan", "GeoNames", "United Nations", "pycountry"):
        assert source in notice
