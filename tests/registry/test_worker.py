"""The worker's loops: what is due is done, and what fails keeps nothing else waiting."""

from __future__ import annotations

import shutil
import threading
import uuid
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select, update

from referentials.drafting import Draft
from referentials.listing import ListedItem
from registry import worker
from registry.cli import main
from registry.clock import now
from registry.config import Settings
from registry.database import begin_write
from registry.indexing import is_compiled
from registry.library import Library
from registry.models import ChangeSet, OutboxEntry
from registry.pruning import is_pinned, pin
from registry.publishing.change_sets import Proposal, save_change_set
from registry.publishing.outbox import tell
from registry.publishing.publish import complete
from registry.worker import publish_round, tell_round, work
from tests.publishing import add_units, publish_list

DAY = date(2024, 9, 1)


@pytest.fixture
def settings(engine: Engine, tmp_path: Path) -> Settings:
    address = engine.url.render_as_string(hide_password=False)
    return Settings.from_environment(
        {"MARJAA_DATA": str(tmp_path), "MARJAA_DATABASE_URL": address, "MARJAA_WORKER_SECONDS": "1"}
    )


@pytest.fixture
def published(engine: Engine, settings: Settings) -> Engine:
    """One version of one referential."""
    add_units(engine)
    publish_list(engine, settings.snapshots, "2024", DAY, [ListedItem("01", "region", None, {"fr": "Nord"})])
    return engine


def schedule(engine: Engine, root: Path, label: str, publish_at: str) -> uuid.UUID:
    """An approved change set that changes nothing, due at a moment."""
    with begin_write(engine) as connection:
        proposal = Proposal("units", 1, label, DAY, "a decree", {}, [], change_class="editorial")
        change_set = save_change_set(connection, proposal, Draft((), ()))
        root_of_base = Library(root).version("units").content_root
        approved = {"status": "approved", "content_root": root_of_base, "publish_at": publish_at}
        connection.execute(update(ChangeSet).where(ChangeSet.id == change_set).values(**approved))
    return change_set


def test_a_scheduled_version_appears_when_it_is_due_and_readers_need_no_restart(
    published: Engine, settings: Settings
) -> None:
    library = Library(settings.snapshots)
    schedule(published, settings.snapshots, "later", "2999-01-01T00:00:00Z")
    assert publish_round(published, settings) is False
    schedule(published, settings.snapshots, "2024.1", now())
    assert publish_round(published, settings) is True
    assert library.version("units").label == "2024.1"
    assert publish_round(published, settings) is False


def test_the_index_of_an_old_version_goes_after_a_publication_and_completing_leaves_it_so(
    published: Engine, settings: Settings
) -> None:
    root, first = settings.snapshots, settings.snapshots / "units" / "1"
    tidying = worker.Tidying(replace(settings, keep_compiled=1))
    tidying.round()
    assert is_compiled(first)
    item = ListedItem("01", "region", None, {"fr": "Le Nord"})
    publish_list(published, root, "2025", date(2025, 1, 1), [item])
    tidying.round()
    assert not is_compiled(first)
    assert complete(published, root) == complete(published, root, thoroughly=True) == []
    assert not is_compiled(first)
    assert Library(root).snapshot("units", "2024").store.size == 1
    tidying.round()
    assert is_compiled(first)


def test_a_content_that_is_lost_is_written_again_for_an_old_version_too(
    published: Engine, settings: Settings
) -> None:
    root, first = settings.snapshots, settings.snapshots / "units" / "1"
    publish_list(
        published, root, "2025", date(2025, 1, 1), [ListedItem("01", "region", None, {"fr": "Le Nord"})]
    )
    pin(root, Library(root).version("units", "2024"), pinned=True)
    shutil.rmtree(first / "content")
    assert complete(published, root) == [("units", 1)]
    assert is_pinned(root, Library(root).version("units", "2024"))


def test_a_failing_loop_keeps_the_other_going_and_is_tried_again(
    published: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, failures = threading.Event(), []

    def broken(*_: object) -> list[object]:
        failures.append(1)
        raise RuntimeError("no disk")

    def told(engine: Engine, _settings: Settings) -> worker.Told:
        if len(failures) >= 2:
            stop.set()
        return tell_round(engine, _settings)

    monkeypatch.setattr(worker, "publish_due", broken)
    monkeypatch.setattr(worker, "tell_round", told)
    said: list[Exception] = []
    work(published, settings, stop, said.append)
    assert [str(error) for error in said[:2]] == ["no disk", "no disk"]
    with published.connect() as connection:
        assert connection.execute(select(OutboxEntry.done_at)).scalars().all() != [None]


def test_the_command_does_what_is_due_once(
    published: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begin_write(published) as connection:
        tell(connection, "version-published", {"referential": "units", "label": "2024"})
    monkeypatch.setenv("MARJAA_DATA", str(settings.data))
    monkeypatch.setenv("MARJAA_DATABASE_URL", settings.database_url)
    ran = CliRunner().invoke(main, ["worker", "--once"])
    assert (ran.exit_code, ran.output) == (0, "0 delivered, 0 to be tried again.\n")
    with published.connect() as connection:
        assert None not in connection.execute(select(OutboxEntry.done_at)).scalars().all()
