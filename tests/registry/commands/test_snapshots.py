"""`marjaa snapshot`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import Result

from registry.library import Library


@pytest.fixture
def copies(snapshots: Path, tmp_path: Path) -> Path:
    """A copy of the small library that a test may damage."""
    folder = tmp_path / "copies"
    shutil.copytree(snapshots, folder)
    return folder


def test_versions_are_listed_with_their_content_roots(marjaa):
    document = json.loads(marjaa("snapshot", "list", "--json").stdout)
    assert [(one["referential"], one["version"]) for one in document["versions"]] == [
        ("activities", "4"),
        ("units", "2014"),
        ("units", "2024"),
    ]
    assert all(len(one["content_root"]) == 64 for one in document["versions"])


def test_the_versions_of_one_referential_are_a_table(marjaa):
    answer = marjaa("snapshot", "list", "units")
    assert "2024-09-01" in answer.stdout
    assert "activities" not in answer.stdout


def test_untouched_snapshots_are_whole(marjaa):
    answer = marjaa("snapshot", "verify")
    assert answer.exit_code == 0
    assert answer.stdout.count("whole") == 3


@pytest.mark.parametrize("part", ["content/records.bin", "search/rendered"])
def test_a_changed_byte_is_found(marjaa, copies: Path, part: str):
    path = copies / "units" / "2" / part
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    answer = marjaa("snapshot", "verify", "--snapshots", str(copies), "--json")
    assert answer.exit_code == 6
    verdicts = {(one["referential"], one["version"]): one for one in json.loads(answer.stdout)["versions"]}
    assert not verdicts["units", "2024"]["whole"]
    assert Path(part).name in verdicts["units", "2024"]["problem"]
    assert verdicts["units", "2014"]["whole"]


def test_a_lost_index_is_compiled_again_without_a_database(marjaa, copies: Path):
    before = marjaa("lookup", "units", "01.100", "--at", "2025-01-01", "--json").stdout
    shutil.rmtree(copies / "units" / "2" / "search")
    lost = marjaa("lookup", "units", "01.100", "--snapshots", str(copies))
    assert lost.exit_code == 6
    assert "marjaa snapshot build" in lost.stderr
    answer = marjaa("snapshot", "build", "--snapshots", str(copies))
    assert (answer.exit_code, answer.stdout) == (0, "compiled units 2024\n")
    after = marjaa("lookup", "units", "01.100", "--at", "2025-01-01", "--json", "--snapshots", str(copies))
    assert after.stdout == before
    assert marjaa("snapshot", "build", "--snapshots", str(copies)).stdout == "Everything is whole.\n"


def test_whoever_has_an_index_open_opens_the_one_that_replaces_it(marjaa, copies: Path):
    library = Library(copies)
    before = library.snapshot("units").store
    assert library.snapshot("units").store is before
    marjaa("snapshot", "build", "units", "--version", "2024", "--snapshots", str(copies))
    assert library.snapshot("units").store is not before


def test_the_index_of_a_version_is_compiled_anew_where_asked(marjaa, copies: Path):
    answer = marjaa("snapshot", "build", "units", "--version", "2014", "--snapshots", str(copies))
    assert answer.stdout == "compiled units 2014\n"
    assert marjaa("snapshot", "verify", "--snapshots", str(copies)).exit_code == 0


def test_a_content_that_is_lost_cannot_be_compiled_from_copies(marjaa, copies: Path):
    shutil.rmtree(copies / "units" / "2" / "content")
    answer = marjaa("snapshot", "build", "--snapshots", str(copies))
    assert answer.exit_code == 6
    assert str(copies / "units" / "2" / "content") in answer.stderr


@pytest.mark.parametrize("command", ["build", "verify"])
def test_a_version_without_its_referential_is_a_usage_error(marjaa, command: str):
    answer = marjaa("snapshot", command, "--version", "2024")
    assert answer.exit_code == 2
    assert "--version needs a REFERENTIAL" in answer.stderr


def test_a_damaged_catalogue_is_named(marjaa, copies: Path):
    (copies / "catalogue.json").write_text("{")
    answer = marjaa("snapshot", "list", "--snapshots", str(copies))
    assert answer.exit_code == 6
    assert "catalogue.json" in answer.stderr


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_damaged_index_is_compiled_again(marjaa, copies: Path):
    path = copies / "units" / "2" / "search" / "rendered"
    before = path.read_bytes()
    flip(path)
    assert "compiled units 2024" in marjaa("snapshot", "build", "--snapshots", str(copies)).stdout
    assert path.read_bytes() == before


@pytest.mark.parametrize("chosen", [[], ["units"]])
def test_no_index_is_compiled_from_a_damaged_content(marjaa, copies: Path, chosen: list[str]):
    flip(copies / "units" / "2" / "content" / "records.bin")
    before = (copies / "units" / "2" / "search" / "rendered").read_bytes()
    answer = marjaa("snapshot", "build", *chosen, "--snapshots", str(copies))
    assert answer.exit_code == 6
    assert "records.bin" in answer.stderr
    assert (copies / "units" / "2" / "search" / "rendered").read_bytes() == before


def test_old_versions_are_compiled_on_request_and_pinned_ones_always(marjaa, copies: Path):
    def snapshot(*arguments: str) -> Result:
        return marjaa("snapshot", *arguments, "--snapshots", str(copies))

    assert snapshot("prune", "--keep", "1").stdout == "not compiled now: units 2014\n"
    assert "on request" in snapshot("list", "units").stdout
    listed = json.loads(snapshot("list", "units", "--json").stdout)["versions"]
    assert [(one["compiled"], one["pinned"]) for one in listed] == [(False, False), (True, False)]
    verified = json.loads(snapshot("verify", "units", "--json").stdout)["versions"]
    assert [(one["whole"], one["compiled"]) for one in verified] == [(True, False), (True, True)]
    assert snapshot("build").stdout == "Everything is whole.\n"
    assert snapshot("build", "units").stdout == "compiled units 2024\n"
    assert snapshot("build", "units", "--version", "2014").stdout == "compiled units 2014\n"
    assert snapshot("prune", "--keep", "1", "--pin", "units/2014").stdout == "Nothing to remove.\n"
    assert "pinned" in snapshot("list", "units").stdout
    assert (
        snapshot("prune", "--keep", "1", "--unpin", "units/2014").stdout == "not compiled now: units 2014\n"
    )


def test_a_pruned_version_is_looked_up_on_the_command_line(marjaa, copies: Path):
    asked = ("lookup", "units", "01.100.05", "--version", "2014", "--json", "--snapshots", str(copies))
    before = marjaa(*asked).stdout
    marjaa("snapshot", "prune", "--keep", "1", "--snapshots", str(copies))
    assert marjaa(*asked).stdout == before


@pytest.mark.parametrize(
    ("named", "code"), [("units", 2), ("units/", 2), ("units/1999", 4), ("unit/2014", 4)]
)
def test_what_cannot_be_pinned_is_refused_and_nothing_is_pruned(marjaa, copies: Path, named: str, code: int):
    answer = marjaa("snapshot", "prune", "--keep", "1", "--pin", named, "--snapshots", str(copies))
    assert (answer.exit_code, answer.stdout) == (code, "")
    assert (copies / "units" / "1" / "search" / "manifest.json").is_file()
