"""The publish function, on both databases: all of a version or nothing of it."""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, insert, select, update

from referentials.drafting import Draft, draft_from_list
from referentials.listing import ListedChange, ListedItem, ListedLink
from referentials.merkle import leaf_hash
from referentials.records import Record, RecordKey, State
from registry.catalogue import VersionEntry
from registry.database import begin_write
from registry.errors import Conflict, DomainError, problem_of
from registry.library import Library
from registry.models import ChangeSet, Item, ItemState, LogLeaf, OutboxEntry, Referential, Version
from registry.naming import BadName
from registry.publishing import publish as publishing
from registry.publishing.change_sets import Proposal, save_change_set
from registry.publishing.compilation import STAGING, Staged, base_content, compile_version, put_in_place
from registry.publishing.publish import Incomplete, RefusedByDatabase, complete
from registry.publishing.publish import publish as publish_any
from registry.publishing.rows import UnstorableRecord, stored_records, write_changes
from registry.publishing.shelving import flip_catalogue

THEN, NOW = date(2014, 9, 1), date(2024, 9, 1)
FIRST = [
    ListedItem("01", "region", None, {"fr": "Tanger", "ar": "طنجة"}),
    ListedItem("01.05", "commune", "01", {"fr": "Bni Abdallah"}),
]
SECOND = [
    ListedItem("01", "region", None, {"fr": "Tanger", "ar": "طنجة"}),
    ListedItem("01.11", "commune", "01", {"fr": "Bni Abdellah"}),
]
RECODE = ListedChange("recode", NOW, (ListedLink("01.05"),), (ListedLink("01.11"),), "crosswalk")


publish = partial(publish_any, review="seed")


class Crash(BaseException):
    """The process dies here."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@pytest.fixture
def referential(engine: Engine) -> str:
    levels = [{"id": level, "names": {"fr": level}} for level in ("region", "commune")]
    with begin_write(engine) as connection:
        connection.execute(
            insert(Referential).values(
                id="units",
                kind="administrative-units",
                names={"fr": "Unités"},
                description={},
                owner="HCP",
                licence="CC-BY-4.0",
                attribution="HCP",
                periodicity="P10Y",
                levels=levels,
                languages=["fr", "ar"],
                stage="published",
            )
        )
    return "units"


def change_set(
    engine: Engine, root: Path, base: int, draft: Draft | None = None, **kwargs: object
) -> uuid.UUID:
    label, day = ("2014", THEN) if base == 0 else ("2024", NOW)
    proposal = Proposal("units", base, str(kwargs.get("label", label)), day, "census", {"fr": "…"}, [])
    if draft is None:
        items, changes = (FIRST, []) if base == 0 else (SECOND, [RECODE])
        content = base_content(root, "units", base)
        draft = draft_from_list("units", base + 1, content, items, changes, day)
    with begin_write(engine) as connection:
        return save_change_set(connection, proposal, draft)


def publish_both(engine: Engine, root: Path) -> None:
    for base in (0, 1):
        publish(engine, root, change_set(engine, root, base))


def count(engine: Engine, table: type) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def codes(library: Library, version: str | None = None) -> list[str]:
    store = library.snapshot("units", version).store
    return [store.code(row) for row in range(store.size)]


def labels(versions: Sequence[VersionEntry]) -> list[tuple[str, str]]:
    return [(version.label, version.status) for version in versions]


@pytest.mark.usefixtures("referential")
class TestPublishing:
    def test_a_published_version_is_read_from_its_snapshot(self, engine: Engine, root: Path) -> None:
        library = Library(root)
        assert library.referentials() == ()
        publish(engine, root, change_set(engine, root, 0))
        assert labels(library.versions("units")) == [("2014", "published")]
        assert codes(library) == ["01", "01.05"]

    def test_the_next_version_takes_its_place_without_a_restart(self, engine: Engine, root: Path) -> None:
        publish(engine, root, change_set(engine, root, 0))
        library = Library(root)
        assert codes(library) == ["01", "01.05"]
        publish(engine, root, change_set(engine, root, 1))
        assert labels(library.versions("units")) == [("2014", "superseded"), ("2024", "published")]
        assert codes(library) == ["01", "01.05", "01.11"]
        assert codes(library, "2014") == ["01", "01.05"]

    def test_only_what_changed_is_stored_again(self, engine: Engine, root: Path) -> None:
        publish_both(engine, root)
        assert count(engine, Item) == 2
        assert count(engine, ItemState) == 4  # both of 2014, the ended one, the new one
        with engine.connect() as connection:
            ranges = connection.execute(
                select(
                    ItemState.code, ItemState.introduced_in, ItemState.withdrawn_in, ItemState.valid_to
                ).order_by(ItemState.code, ItemState.introduced_in)
            ).all()
        assert [tuple(row) for row in ranges] == [
            ("01", 1, None, None),
            ("01.05", 1, 2, None),
            ("01.05", 2, None, NOW),
            ("01.11", 2, None, None),
        ]

    def test_the_database_knows_every_version_as_it_was_published(self, engine: Engine, root: Path) -> None:
        publish_both(engine, root)
        library = Library(root)
        for entry in library.versions("units"):
            with engine.connect() as connection:
                stored = list(stored_records(connection, "units", entry.ordinal))
            assert stored == list(library.snapshot("units", entry.label).content.records())

    def test_each_publication_leaves_a_leaf_and_an_announcement(self, engine: Engine, root: Path) -> None:
        publish_both(engine, root)
        roots = [entry.content_root for entry in Library(root).versions("units")]
        with engine.connect() as connection:
            leaves = connection.execute(select(LogLeaf.__table__).order_by(LogLeaf.position)).all()
            sent = connection.execute(select(OutboxEntry.payload).order_by(OutboxEntry.id)).scalars().all()
        assert [leaf.position for leaf in leaves] == [0, 1]
        assert all(leaf.leaf_hash == leaf_hash(leaf.leaf) for leaf in leaves)
        assert all(
            content_root.encode() in leaf.leaf for content_root, leaf in zip(roots, leaves, strict=True)
        )
        first, second = (json.loads(leaf.leaf) for leaf in leaves)
        assert (first["base_root"], second["base_root"]) == (None, roots[0])
        members = "approval base_root change_class content_root effective_on label ordinal published_at"
        assert set(second) == {*members.split(), "referential"}
        assert [(entry["ordinal"], entry["leaf"]) for entry in sent] == [(1, 0), (2, 1)]

    def test_a_version_is_superseded_for_readers_when_its_successor_can_be_read(
        self, engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish(engine, root, change_set(engine, root, 0))
        identity = change_set(engine, root, 1)
        library = Library(root)
        seen: list[list[tuple[str, str]]] = []

        def another_process_publishes(*arguments: Any) -> None:
            flip_catalogue(engine, root)
            seen.append(labels(library.versions("units")))
            assert codes(library) == ["01", "01.05"]
            put_in_place(*arguments)

        monkeypatch.setattr(publishing, "put_in_place", another_process_publishes)
        publish(engine, root, identity)
        assert seen == [[("2014", "published")]]
        assert labels(library.versions("units")) == [("2014", "superseded"), ("2024", "published")]

    def test_a_version_stays_on_the_shelf_while_its_index_is_built_anew(
        self, engine: Engine, root: Path
    ) -> None:
        publish_both(engine, root)
        (root / "units" / "2" / "search").rename(root / "elsewhere")
        flip_catalogue(engine, root)
        assert labels(Library(root).versions("units")) == [("2014", "superseded"), ("2024", "published")]

    def test_a_withdrawn_version_is_not_the_latest(self, engine: Engine, root: Path) -> None:
        publish_both(engine, root)
        with begin_write(engine) as connection:
            connection.execute(update(Version).where(Version.ordinal == 2).values(status="withdrawn"))
        flip_catalogue(engine, root)
        assert labels(Library(root).versions("units")) == [("2014", "published"), ("2024", "withdrawn")]

    def test_a_change_set_is_published_once(self, engine: Engine, root: Path) -> None:
        first = change_set(engine, root, 0)
        publish(engine, root, first)
        with pytest.raises(Conflict, match="is published"):
            publish(engine, root, first)
        with pytest.raises(Conflict, match="no change set"):
            publish(engine, root, uuid.uuid4())

    def test_a_draft_over_a_base_that_is_no_longer_the_head_is_refused(
        self, engine: Engine, root: Path
    ) -> None:
        publish(engine, root, change_set(engine, root, 0))
        late, early = change_set(engine, root, 1, label="late"), change_set(engine, root, 1)
        publish(engine, root, early)
        with pytest.raises(Conflict, match="the newest is 2"):
            publish(engine, root, late)
        assert labels(Library(root).versions("units"))[-1] == ("2024", "published")

    def test_a_label_that_a_version_has_is_refused_before_anything_is_compiled(
        self, engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish(engine, root, change_set(engine, root, 0))
        again = change_set(engine, root, 1, label="2014")
        monkeypatch.setattr(publishing, "compile_version", _die)
        with pytest.raises(Conflict, match="has a version '2014' already"):
            publish(engine, root, again)

    @pytest.mark.parametrize("what", ["a record", "a withdrawal", "the label"])
    def test_a_change_set_that_changes_while_it_is_compiled_is_not_published(
        self, engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch, what: str
    ) -> None:
        publish(engine, root, change_set(engine, root, 0))
        identity = change_set(engine, root, 1)
        content = base_content(root, "units", 1)
        assert content is not None
        other = State(uuid.UUID(int=9), "02", "region", None, {}, {}, None).record()
        region = next(
            fact for fact in content.facts("state") if isinstance(fact, State) and fact.code == "01"
        )

        def changed_meanwhile(*arguments: Any) -> Staged:
            staged = compile_version(*arguments)
            with begin_write(engine) as connection:
                if what == "a record":
                    write_changes(connection, identity, [other], [])
                elif what == "a withdrawal":
                    write_changes(connection, identity, [], [region.record().record_key])
                else:
                    connection.execute(update(ChangeSet).where(ChangeSet.id == identity).values(label="2025"))
            return staged

        monkeypatch.setattr(publishing, "compile_version", changed_meanwhile)
        with pytest.raises(Conflict, match="was changed while it was being published"):
            publish(engine, root, identity)
        assert count(engine, Version) == 1
        assert not (root / STAGING / "units").exists()

    def test_a_parent_that_does_not_exist_is_refused_as_a_conflict(self, engine: Engine, root: Path) -> None:
        orphan = State(uuid.UUID(int=1), "01", "region", uuid.UUID(int=2), {}, {}, None).record()
        with pytest.raises(RefusedByDatabase, match="parent"):
            publish(engine, root, change_set(engine, root, 0, Draft((orphan,), ())))

    def test_a_draft_that_does_not_fit_its_base_is_a_conflict(self, engine: Engine, root: Path) -> None:
        publish(engine, root, change_set(engine, root, 0))
        content = base_content(root, "units", 1)
        assert content is not None
        already = Draft((next(iter(content.records())),), ())
        absent = Draft((), (RecordKey("state", f"{uuid.UUID(int=9)} "),))
        for draft in (already, absent):
            with pytest.raises(Exception, match=r"comes after|no current") as raised:
                publish(engine, root, change_set(engine, root, 1, draft))
            assert problem_of(raised.value).slug == "conflict"

    def test_a_record_that_cannot_be_stored_is_a_fault_of_the_file(self, engine: Engine, root: Path) -> None:
        torn = State(uuid.UUID(int=1), "01", "region", None, {"fr": "a\0"}, {}, None).record()
        with pytest.raises(UnstorableRecord) as raised:
            publish(engine, root, change_set(engine, root, 0, Draft((torn,), ())))
        assert problem_of(raised.value).slug == "bad-file"

    def test_of_sixteen_at_once_one_succeeds_and_fifteen_conflict(self, engine: Engine, root: Path) -> None:
        identity = change_set(engine, root, 0)
        outcomes: list[str] = []

        def attempt() -> None:
            try:
                outcomes.append(str(publish(engine, root, identity)))
            except Conflict:
                outcomes.append("conflict")

        threads = [threading.Thread(target=attempt) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["1"] + ["conflict"] * 15
        assert count(engine, Version) == 1

    @pytest.mark.parametrize(
        ("starts", "ends"),
        [((None, None), (None, None)), ((None, THEN), (NOW, None)), ((THEN, None), (None, NOW))],
    )
    def test_two_owners_of_a_code_at_a_moment_are_refused_and_nothing_is_written(
        self,
        engine: Engine,
        root: Path,
        starts: tuple[date | None, date | None],
        ends: tuple[date | None, date | None],
    ) -> None:
        states = [
            State(uuid.UUID(int=number), "01", "region", None, {}, {}, None, start, end).record()
            for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
        ]
        with pytest.raises(DomainError, match=r"same moment|refused"):
            publish(engine, root, change_set(engine, root, 0, Draft(tuple(states), ())))
        assert [count(engine, table) for table in (Version, Item, ItemState, LogLeaf)] == [0, 0, 0, 0]
        with engine.connect() as connection:
            assert connection.execute(select(ChangeSet.status)).scalars().all() == ["draft"]
        assert not list((root / STAGING).rglob("*.bin"))

    def test_a_code_may_pass_from_one_item_to_another(self, engine: Engine, root: Path) -> None:
        states: list[Record] = [
            State(uuid.UUID(int=1), "01", "region", None, {}, {}, None, None, NOW).record(),
            State(uuid.UUID(int=2), "01", "region", None, {}, {}, None, NOW, None).record(),
        ]
        publish(engine, root, change_set(engine, root, 0, Draft(tuple(states), ())))
        assert codes(Library(root)) == ["01", "01"]


@pytest.mark.usefixtures("referential")
class TestInterruptions:
    @pytest.mark.parametrize("step", ["compile_version", "write_records", "append_leaf", "create_view"])
    def test_a_crash_before_the_commit_leaves_no_trace(
        self, engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        publish(engine, root, change_set(engine, root, 0))
        identity = change_set(engine, root, 1)
        with monkeypatch.context() as patch:
            patch.setattr(publishing, step, _die)
            with pytest.raises(Crash):
                publish(engine, root, identity)
        assert complete(engine, root) == []
        assert labels(Library(root).versions("units")) == [("2014", "published")]
        assert publish(engine, root, identity) == 2

    @pytest.mark.parametrize("step", ["put_in_place", "flip_catalogue"])
    def test_a_crash_after_the_commit_is_completed_at_the_next_start(
        self, engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        publish(engine, root, change_set(engine, root, 0))
        identity = change_set(engine, root, 1)
        with monkeypatch.context() as patch:
            patch.setattr(publishing, step, _die)
            with pytest.raises(Crash):
                publish(engine, root, identity)
        library = Library(root)
        assert labels(library.versions("units")) == [("2014", "published")]  # readers saw nothing yet
        complete(engine, root)
        assert labels(library.versions("units")) == [("2014", "superseded"), ("2024", "published")]
        assert codes(library) == ["01", "01.05", "01.11"]
        library.snapshot("units").content.verify()
        assert not (root / STAGING / "units").exists()

    def test_a_lost_snapshot_is_compiled_again_from_the_database(self, engine: Engine, root: Path) -> None:
        publish_both(engine, root)
        whole = {path: path.read_bytes() for path in (root / "units").rglob("*") if path.is_file()}
        (root / "units" / "1" / "content" / "manifest.json").unlink()
        (root / "units" / "2" / "search" / "manifest.json").unlink()
        assert complete(engine, root) == [("units", 1), ("units", 2)]
        assert {path: path.read_bytes() for path in whole} == whole

    @pytest.mark.parametrize("part", ["content/records.bin", "search/rendered"])
    def test_a_changed_byte_is_put_right_from_the_database(
        self, engine: Engine, root: Path, part: str
    ) -> None:
        publish_both(engine, root)
        path = root / "units" / "2" / part
        whole = path.read_bytes()
        path.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
        assert complete(engine, root, thoroughly=True) == [("units", 2)]
        assert path.read_bytes() == whole

    def test_a_database_that_says_something_else_is_not_published_under_the_old_root(
        self, engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish(engine, root, change_set(engine, root, 0))
        (root / "units" / "1" / "content" / "manifest.json").unlink()
        monkeypatch.setattr(publishing, "stored_records", lambda *_: iter(()))
        with pytest.raises(Incomplete, match=r"units 2014: the database gives the content root"):
            complete(engine, root)

    def test_one_version_that_cannot_be_completed_does_not_keep_the_others_from_readers(
        self, engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish_both(engine, root)
        for ordinal in (1, 2):
            (root / "units" / str(ordinal) / "content" / "manifest.json").unlink()
        (root / "catalogue.json").unlink()

        def lost_in_the_first(connection: Connection, referential: str, ordinal: int) -> Iterator[Record]:
            return iter(()) if ordinal == 1 else stored_records(connection, referential, ordinal)

        monkeypatch.setattr(publishing, "stored_records", lost_in_the_first)
        with pytest.raises(Incomplete) as raised:
            complete(engine, root)
        assert len(raised.value.problems) == 1
        assert labels(Library(root).versions("units")) == [("2024", "published")]
        assert codes(Library(root)) == ["01", "01.05", "01.11"]
        assert not (root / STAGING / "units").exists()

    def test_the_files_of_a_snapshot_are_on_the_disk_before_the_database_knows_it(
        self, engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        flushed: set[int] = set()
        before: list[set[int]] = []
        flush = os.fsync

        def remember(handle: int) -> None:
            flushed.add(os.fstat(handle).st_ino)
            flush(handle)

        def begin(engine: Engine) -> AbstractContextManager[Connection]:
            before.append(set(flushed))
            return begin_write(engine)

        monkeypatch.setattr(os, "fsync", remember)
        monkeypatch.setattr(publishing, "begin_write", begin)
        publish(engine, root, change_set(engine, root, 0))
        place = root / "units" / "1"
        assert {path.stat().st_ino for path in (place, *place.rglob("*"))} <= before[0]

    @pytest.mark.parametrize("label", ["", "a/b", "..", "20 24", "é", "x" * 41, "1\n"])
    def test_a_label_that_could_not_be_in_an_address_is_refused(
        self, engine: Engine, root: Path, label: str
    ) -> None:
        with pytest.raises(BadName, match="the label of a version") as raised:
            change_set(engine, root, 0, label=label)
        assert problem_of(raised.value).slug == "bad-value"


def _die(*_args: object, **_kwargs: object) -> None:
    raise Crash
