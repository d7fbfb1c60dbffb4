"""`marjaa import`: a file becomes a draft, shown and checked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from referentials.listing import ListedItem
from registry.accounts.actors import Grant
from registry.accounts.managing import create_person
from registry.accounts.tokens import issue_token
from registry.cli import main
from registry.commands.importing import next_label
from registry.database import begin_write, open_engine
from registry.publishing.drafts.items import read_items
from registry.publishing.drafts.opening import ChangeSetView, list_change_sets
from tests.publishing import add_units, publish_list

REGION = ListedItem("01", "region", None, {"fr": "Nord", "ar": "الشمال"})
AGLOU = ListedItem("01.05", "commune", "01", {"fr": "Aglou", "ar": "أكلو"})
LINES = "code;niveau;parent;nom;nom arabe;colour\n01;region;;Nord;الشمال;\n01.06;commune;01;Aglou;أكلو;red\n"
NEW = ("--label", "2024", "--effective-on", "2024-09-01")


@pytest.fixture(scope="module")
def installed(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one published version of two items."""
    data = tmp_path_factory.mktemp("import") / "var"
    data.mkdir()
    shutil.copyfile(migrated_sqlite, data / "marjaa.sqlite")
    engine = open_engine(f"sqlite:///{data / 'marjaa.sqlite'}")
    add_units(engine)
    publish_list(engine, data / "snapshots", "2014", date(2014, 9, 1), [REGION, AGLOU])
    engine.dispose()
    return data


@pytest.fixture
def engine(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A copy of the installation, with an editor's token in the environment."""
    data = tmp_path / "var"
    shutil.copytree(installed, data)
    engine = open_engine(f"sqlite:///{data / 'marjaa.sqlite'}")
    with begin_write(engine) as connection:
        person = create_person(connection, "test", "editor@example.org", "Editor", grants=[Grant("editor")])
        _, secret = issue_token(connection, "test", person.id, "tests", ["edit", "read-drafts"])
    monkeypatch.setenv("MARJAA_DATA", str(data))
    monkeypatch.setenv("MARJAA_TOKEN", secret)
    monkeypatch.delenv("MARJAA_DATABASE_URL", raising=False)
    yield engine
    engine.dispose()


@pytest.fixture
def units(tmp_path: Path) -> Path:
    path = tmp_path / "units.csv"
    path.write_text(LINES)
    return path


def marjaa(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in ("import", *arguments)])


def drafts(engine: Engine) -> list[ChangeSetView]:
    with engine.connect() as connection:
        return [one for one in list_change_sets(connection) if one.status == "draft"]


def test_a_file_becomes_a_draft_that_is_shown_and_checked(engine: Engine, units: Path):
    answer = marjaa("units", units, *NEW, "--basis", "a decree")
    assert answer.exit_code == 0, answer.stderr
    (draft,) = drafts(engine)
    assert (draft.label, draft.mode, draft.basis) == ("2024", "full", "a decree")
    for said in (
        "units.csv: csv",
        "titled 'nom arabe'",
        "Not used: colour",
        "2 rows: 2 items",
        f"Draft {draft.id.hex[:8]} of units 2024",
        "recode: 1",
        f"`marjaa draft submit {draft.id.hex[:8]}`",
    ):
        assert said in answer.stdout


def test_a_dry_run_shows_the_same_and_writes_nothing(engine: Engine, units: Path):
    answer = marjaa("units", units, "--dry-run")
    assert answer.exit_code == 0, answer.stderr
    assert "titled 'nom arabe'" in answer.stdout
    assert "Nothing was written." in answer.stdout
    assert drafts(engine) == []


def test_a_dry_run_fails_where_rows_would_be_refused(engine: Engine, units: Path):
    units.write_text(LINES + ";commune;01;Nom;;\n")
    answer = marjaa("units", units, "--dry-run", "--json")
    assert answer.exit_code == 2
    (report,) = json.loads(answer.stdout)["files"]
    assert (report["refused"], report["problems"][0]["row"]) == (1, 4)


def test_columns_are_told_where_the_guess_is_wrong(engine: Engine, units: Path):
    answer = marjaa("units", units, *NEW, "--column", "name_fr=colour", "--column", "parent=", "--json")
    assert answer.exit_code == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert document["files"][0]["mapping"]["columns"]["name_fr"] == "colour"
    assert "parent" not in document["files"][0]["mapping"]["columns"]
    assert document["draft"]["id"] == str(drafts(engine)[0].id)


def test_the_same_draft_can_be_read_into_again(engine: Engine, units: Path):
    marjaa("units", units, *NEW)
    (draft,) = drafts(engine)
    answer = marjaa("units", units, "--draft", draft.id.hex[:8])
    assert answer.exit_code == 0, answer.stderr
    assert len(drafts(engine)) == 1


def test_shapes_lead_to_a_refinement_of_the_newest_version(engine: Engine, tmp_path: Path):
    paths = []
    for code in ("01", "01.05"):
        shape = json.loads(shapely.to_geojson(shapely.box(-10, 29, -9, 30)))
        feature = {"type": "Feature", "properties": {"CODE": code}, "geometry": shape}
        paths.append(tmp_path / f"{code}.geojson")
        paths[-1].write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    answer = marjaa("units", *paths, "--code-property", "CODE", "--shapes-only")
    assert answer.exit_code == 0, answer.stderr
    (draft,) = drafts(engine)
    assert (draft.label, draft.effective_on, draft.mode, draft.change_class) == (
        "2014.1",
        date(2014, 9, 1),
        "changes",
        "editorial",
    )
    with engine.connect() as connection:
        found = list(read_items(connection, draft.id))
    assert [(row.code, row.item is not None and row.item.shape is not None) for row in found] == [
        ("01", True),
        ("01.05", True),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "--label"),
        (("--label", "2024"), 2, "--effective-on"),
        ((*NEW, "--column", "code"), 2, "a role, '=' and a title"),
        ((*NEW, "--column", "colour=nom"), 2, "an item has no 'colour'"),
        ((*NEW, "--column", "code=cod"), 2, "no column titled 'cod'"),
        ((*NEW, "--level", "district"), 2, "one of region"),
        ((*NEW, "--draft", "ffffffff"), 2, "the draft has its own"),
        (("--draft", "ffffffff"), 2, "the id of a change set"),
        (("--draft", "00000000-0000-0000-0000-000000000000"), 4, "no change set"),
    ],
)
def test_what_is_not_accepted_is_named_and_nothing_is_written(
    engine: Engine, units: Path, arguments: tuple[str, ...], code: int, message: str
):
    answer = marjaa("units", units, *arguments)
    assert (answer.exit_code, message in answer.stderr) == (code, True), answer.stderr
    assert drafts(engine) == []


def test_a_file_that_cannot_be_read_leaves_no_draft(engine: Engine, tmp_path: Path):
    answer = marjaa("units", tmp_path / "missing.csv", *NEW)
    assert answer.exit_code == 2
    assert "missing.csv: cannot be read" in answer.stderr
    assert drafts(engine) == []


def test_several_files_are_no_whole_list(engine: Engine, units: Path):
    answer = marjaa("units", units, units, *NEW)
    assert answer.exit_code == 2
    assert "one file, or several with --changes" in answer.stderr


def test_a_referential_that_there_is_not_is_named(engine: Engine, units: Path):
    assert marjaa("towns", units, "--dry-run").exit_code == 4


def test_without_a_token_nothing_is_imported(engine: Engine, units: Path, monkeypatch):
    monkeypatch.delenv("MARJAA_TOKEN")
    answer = marjaa("units", units, *NEW)
    assert answer.exit_code == 3
    assert "MARJAA_TOKEN" in answer.stderr


@pytest.mark.parametrize(
    ("labels", "following"),
    [
        (["2014", "2024"], "2024.1"),
        (["2024", "2024.1"], "2024.2"),
        (["2024.1"], "2024.1.1"),
        (["2024", "2024.1", "2025"], "2025.1"),
        (["Rev. 4"], "Rev. 4.1"),
    ],
)
def test_a_refinement_is_labelled_after_the_version_it_refines(labels: list[str], following: str):
    assert next_label(labels) == following


def test_a_file_of_changes_is_warned_about_where_the_whole_list_is_meant(engine: Engine, units: Path):
    units.write_text("code;niveau;nom;action\n01;region;Nord;set\n01.05;;;remove\n")
    for options in (("--dry-run",), (*NEW,)):
        assert "Mind: The column 'action'" in marjaa("units", units, *options).stdout
    assert "Mind" not in marjaa("units", units, "--dry-run", "--changes").stdout


@pytest.mark.parametrize("inside", ["", "var"])
def test_a_data_folder_that_cannot_be_written_is_named(
    tmp_path: Path, units: Path, monkeypatch: pytest.MonkeyPatch, inside: str
):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("MARJAA_DATA", str(tmp_path / "file" / inside))
    monkeypatch.delenv("MARJAA_DATABASE_URL", raising=False)
    answer = marjaa("units", units, "--dry-run")
    assert (answer.exit_code, "MARJAA_DATA=" in answer.stderr) == (2, True)
    assert "expected a folder that can be written" in answer.stderr
