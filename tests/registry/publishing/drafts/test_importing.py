"""A file becomes the items of a draft, whatever happens on the way; on both databases."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import Engine, update

from referentials.listing import ListedItem
from referentials.readers import Mapping
from referentials.sheets.limits import TableError
from registry.accounts.actors import PUBLIC, Actor, Grant, NotSignedIn
from registry.database import begin_write
from registry.errors import BadValue, Conflict
from registry.models import ChangeSet
from registry.publishing.drafts.checking import check_draft
from registry.publishing.drafts.importing import HowToRead, ImportReport, import_file, preview_file
from registry.publishing.drafts.items import DraftRow, append_items, read_items, set_item
from registry.publishing.drafts.listing import working_list
from registry.publishing.drafts.opening import (
    ChangeSetView,
    NewDraft,
    StaleRevision,
    edit_details,
    open_draft,
    read_change_set,
    touch,
)
from tests.publishing import add_units, publish_list
from tests.store import empty_postgis, empty_sqlite

THEN, NOW = date(2014, 9, 1), date(2024, 9, 1)
EDITOR = Actor(uuid.uuid4(), "Editor", None, frozenset({Grant("editor")}))
REGION = ListedItem("01", "region", None, {"fr": "Nord", "ar": "الشمال"})
AGLOU = ListedItem("01.05", "commune", "01", {"fr": "Aglou", "ar": "أكلو"}, {"type": "rural"})
HEADER = "code;level;parent;name_fr\n"


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def kind_of_database(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def root(kind_of_database: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp(kind_of_database) / "snapshots"


@pytest.fixture(scope="module")
def units(request: pytest.FixtureRequest, kind_of_database: str, root: Path) -> Iterator[Engine]:
    """A database with one published version of two items, for all tests: each has a draft of its own."""
    with ExitStack() as opened:
        if kind_of_database == "sqlite":
            template = request.getfixturevalue("migrated_sqlite")
            engine = opened.enter_context(empty_sqlite(template, root.parent))
        else:
            engine = opened.enter_context(empty_postgis(request.getfixturevalue("postgis_server")))
        add_units(engine)
        publish_list(engine, root, "2014", THEN, [REGION, AGLOU])
        yield engine


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are stored two by two."""
    monkeypatch.setattr("registry.publishing.drafts.importing.CHUNK", 2)


def opened(engine: Engine, mode: str = "full") -> uuid.UUID:
    with begin_write(engine) as connection:
        return open_draft(connection, EDITOR, NewDraft("units", "2024", NOW, mode)).id


def lines(codes: Iterable[str], header: str = HEADER) -> str:
    return header + "".join(f"{code};commune;01;Nom {code}\n" for code in codes)


@pytest.fixture
def load(units: Engine, root: Path, tmp_path: Path) -> Callable[..., ImportReport]:
    """Imports a text as a file."""

    def load(draft: uuid.UUID, content: str, how: HowToRead | None = None, **more: Any) -> ImportReport:
        path = tmp_path / "units.csv"
        path.write_text(content)
        return import_file(units, root, EDITOR, draft, path, how, **more)

    return load


def rows(engine: Engine, draft: uuid.UUID) -> list[DraftRow]:
    with engine.connect() as connection:
        return list(read_items(connection, draft))


def codes(engine: Engine, draft: uuid.UUID) -> list[str]:
    return [row.code for row in rows(engine, draft)]


def read(engine: Engine, draft: uuid.UUID) -> ChangeSetView:
    with engine.connect() as connection:
        return read_change_set(connection, draft)


class Cut(BaseException):
    """What ends a process."""


def cut_after(count: int) -> Callable[[int], None]:
    """Progress that ends the process once so many rows are stored."""

    def progress(stored: int) -> None:
        if stored >= count:
            raise Cut

    return progress


def test_a_file_becomes_the_list_of_a_draft(units: Engine, load):
    draft = opened(units)
    report = load(draft, HEADER + "01;region;;Nord\n01.05;commune;01;Aglou\n")
    assert (report.rows, report.items, report.removed, report.refused) == (2, 2, 0, 0)
    expected = ListedItem("01.05", "commune", "01", {"fr": "Aglou"})
    assert rows(units, draft)[1] == DraftRow(3, "set", "01.05", expected)


def test_the_next_file_with_the_same_titles_is_read_like_the_last(units: Engine, load):
    content = "Code;Nom;Autre\n01;Nord;North\n"
    draft = opened(units)
    assert "name_ar" not in load(draft, content).guess.mapping.columns
    load(draft, content, HowToRead(Mapping({"name_ar": "Autre"}), level="region"))
    again = load(draft, content.replace("North", "Septentrion")).guess
    assert (again.mapping.columns["name_ar"], again.reasons["name_ar"]) == ("Autre", "as in the file before")
    assert again.level == "region"
    other = load(draft, "Code;Nom;Autre;Type\n01;Nord;North;rural\n").guess
    assert other.reasons["code"] == "titled 'Code'"


@pytest.mark.parametrize(
    "mapping",
    [
        {"columns": 7},
        {"columns": {"code": 7}, "unused": []},
        {"columns": {"x": "y"}, "unused": []},
        {"unfinished": 7},
        {"unfinished": {"first": "a", "stored": None, "row": 1, "revision": 2}},
    ],
)
def test_a_mapping_that_was_written_by_hand_does_no_harm(units: Engine, load, mapping: dict[str, Any]):
    draft = opened(units)
    with begin_write(units) as connection:
        edit_details(connection, EDITOR, draft, None, mapping=mapping)
    assert load(draft, lines(["01"])).guess.reasons["code"] == "titled 'code'"
    assert codes(units, draft) == ["01"]


def test_how_a_file_was_read_and_which_file_it_was_is_kept(units: Engine, load):
    draft = opened(units)
    report = load(draft, lines(["01"]), name="..\\folder/units 2024.csv")
    kept = read(units, draft)
    assert kept.mapping is not None
    assert kept.mapping["columns"] == {
        "code": "code",
        "level": "level",
        "parent": "parent",
        "name_fr": "name_fr",
    }
    assert (kept.mapping["format"], kept.mapping["rows"]) == ("csv", 1)
    (source,) = kept.provenance
    assert (source["title"], source["sha256"], source["bytes"]) == (
        "units 2024.csv",
        report.sha256,
        len(lines(["01"])),
    )


def test_a_file_replaces_the_whole_list(units: Engine, load):
    draft = opened(units)
    load(draft, lines(["01", "02"]))
    load(draft, lines(["03"]))
    assert codes(units, draft) == ["03"]
    assert len(read(units, draft).provenance) == 1


def test_in_a_draft_of_changes_a_file_adds_to_the_others(units: Engine, load):
    draft = opened(units, "changes")
    load(draft, lines(["01", "02"]))
    load(draft, lines(["02", "03"]))
    assert codes(units, draft) == ["01", "02", "03"]
    assert len(read(units, draft).provenance) == 2
    with pytest.raises(Conflict, match="into a draft of its own"):
        load(draft, "code;name_fr\n04;Nom\n")
    assert codes(units, draft) == ["01", "02", "03"]


@pytest.mark.usefixtures("parts")
def test_a_cut_off_import_goes_on_after_the_last_stored_row(units: Engine, load):
    draft = opened(units)
    load(draft, lines(["old"]))
    content = lines(["01", "02", "03", "04", "05"])
    with pytest.raises(Cut):
        load(draft, content, progress=cut_after(4))
    assert codes(units, draft) == ["old", "01", "02", "03", "04"]
    report = load(draft, content)
    assert (report.resumed_after, report.rows, report.items) == (5, 5, 5)
    assert codes(units, draft) == ["01", "02", "03", "04", "05"]
    assert "unfinished" not in (read(units, draft).mapping or {})


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("what", ["another file", "another reading", "an edit between"])
def test_a_cut_off_import_gives_way_to_anything_else(units: Engine, load, what: str):
    draft = opened(units)
    content = lines(["01", "02", "03", "04", "05"])
    with pytest.raises(Cut):
        load(draft, content, progress=cut_after(2))
    if what == "an edit between":
        with begin_write(units) as connection:
            touch(connection, EDITOR, draft, None)
    again = lines(["06", "07"]) if what == "another file" else content
    how = HowToRead(Mapping({"parent": ""})) if what == "another reading" else None
    report = load(draft, again, how)
    assert report.resumed_after == 0
    assert codes(units, draft) == (["06", "07"] if what == "another file" else ["01", "02", "03", "04", "05"])


@pytest.mark.usefixtures("parts")
def test_a_file_that_ends_badly_changes_nothing(units: Engine, load):
    draft = opened(units)
    load(draft, lines(["old"]))
    before = read(units, draft)
    with pytest.raises(TableError, match=r"units\.csv, row 6: not well-formed CSV"):
        load(draft, lines(["01", "02", "03", "04"]) + '05;"commune')
    assert codes(units, draft) == ["old"]
    after = read(units, draft)
    assert (after.mapping, after.provenance) == (before.mapping, before.provenance)


@pytest.mark.usefixtures("parts")
def test_whoever_edits_during_an_import_keeps_the_edit(units: Engine, load):
    draft = opened(units)

    def edited(_stored: int) -> None:
        with begin_write(units) as connection:
            touch(connection, EDITOR, draft, None)
            set_item(connection, draft, replace(AGLOU, code="mine"))

    with pytest.raises(StaleRevision):
        load(draft, lines(["01", "02", "03"]), progress=edited)
    assert codes(units, draft) == ["mine"]


def test_an_import_is_of_the_revision_that_was_read(units: Engine, load):
    draft = opened(units)
    load(draft, lines(["01"]), revision=1)
    with pytest.raises(StaleRevision):
        load(draft, lines(["02"]), revision=1)
    assert codes(units, draft) == ["01"]


def test_bad_rows_are_left_out_and_stand_in_the_report(units: Engine, root: Path, load):
    draft = opened(units)
    report = load(
        draft, HEADER.strip() + ";lon;lat\n01;region;;Nord;200;0\n;commune;;Sud;;\n02;region;;Sud;1;1\n"
    )
    assert (report.items, report.refused) == (1, 2)
    assert [(problem.row, problem.rule) for problem in report.problems] == [
        (2, "unfit_values"),
        (3, "unreadable_rows"),
    ]
    with begin_write(units) as connection:
        found = check_draft(connection, root, draft)
    assert [finding.row for finding in found.findings if finding.rule in report.counts] == [2, 3]


def test_ten_thousand_errors_are_counted_and_a_thousand_told(units: Engine, load):
    draft = opened(units)
    report = load(draft, lines(["01"]) + ";commune;01;Nom\n" * 10_000)
    assert report.counts == {"unreadable_rows": 10_000}
    assert len(report.problems) == 1_000
    assert codes(units, draft) == ["01"]


def test_a_file_without_a_row_that_can_be_used_is_refused(units: Engine, load):
    draft = opened(units)
    with pytest.raises(TableError, match="none of its 2 rows can be used: row 2, column code"):
        load(draft, HEADER + ";commune;01;Nom\n" * 2)


def test_only_an_editor_may_import(units: Engine, root: Path, tmp_path: Path):
    draft = opened(units)
    path = tmp_path / "units.csv"
    path.write_text(lines(["01"]))
    with pytest.raises(NotSignedIn):
        import_file(units, root, PUBLIC, draft, path)


def test_a_published_draft_takes_no_file(units: Engine, load):
    draft = opened(units)
    with begin_write(units) as connection:
        connection.execute(update(ChangeSet).where(ChangeSet.id == draft).values(status="withdrawn"))
    with pytest.raises(Conflict, match="can no longer be edited"):
        load(draft, lines(["01"]))


def test_a_preview_tells_the_same_and_writes_nothing(units: Engine, root: Path, tmp_path: Path):
    path = tmp_path / "units.csv"
    path.write_text(lines(["01", ""]))
    report = preview_file(units, root, "units", path)
    assert (report.items, report.refused) == (1, 1)


def test_a_level_that_the_referential_does_not_have_is_refused(units: Engine, load):
    with pytest.raises(BadValue, match="'district' is not accepted; expected one of region"):
        load(opened(units), lines(["01"]), HowToRead(level="district"))


def shapes(tmp_path: Path, found: Sequence[tuple[str, Any]]) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name_fr": "otherwise"},
            "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
        }
        for code, shape in found
    ]
    path = tmp_path / "shapes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_shapes_are_attached_and_all_else_stays(units: Engine, root: Path, tmp_path: Path):
    square = shapely.box(-10, 29, -9, 30)
    path = shapes(tmp_path, [("01.05", square), ("01", None), ("99", square)])
    draft = opened(units, "changes")
    report = import_file(units, root, EDITOR, draft, path, HowToRead(shapes_only=True))
    (row,) = rows(units, draft)
    assert row.item is not None
    assert row.item.shape is not None
    assert row.item.shape.equals(square)
    assert replace(row.item, shape=None) == AGLOU
    assert [(problem.code, problem.rule) for problem in report.problems] == [
        ("01", "unreadable_rows"),
        ("99", "unknown_codes"),
    ]
    with units.connect() as connection:
        proposed = working_list(connection, root, draft)
    assert [(item.code, item.shape is None) for item in proposed.items] == [("01.05", False), ("01", True)]


def test_shapes_are_no_whole_list(units: Engine, root: Path, tmp_path: Path):
    path = shapes(tmp_path, [("01", shapely.Point(0, 0))])
    with pytest.raises(BadValue, match="shapes are no whole list"):
        import_file(units, root, EDITOR, opened(units), path, HowToRead(shapes_only=True))


def test_shapes_for_another_level_are_refused(units: Engine, root: Path, tmp_path: Path):
    path = shapes(tmp_path, [("01.05", shapely.Point(0, 0)), ("01", shapely.Point(0, 0))])
    draft = opened(units, "changes")
    how = HowToRead(shapes_only=True, level="commune")
    report = import_file(units, root, EDITOR, draft, path, how)
    assert [problem.message for problem in report.problems] == ["the item is a region, not a commune"]


def test_rows_by_hand_are_not_of_a_file(units: Engine, load):
    draft = opened(units, "changes")
    with begin_write(units) as connection:
        append_items(connection, draft, [DraftRow(None, "set", "mine", replace(AGLOU, code="mine"))])
    load(draft, lines(["01"]))
    assert codes(units, draft) == ["mine", "01"]
