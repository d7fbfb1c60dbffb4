"""kill -9 at random moments of a publication: the version is wholly there or wholly absent."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import uuid
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select

from referentials.drafting import draft_from_list
from referentials.listing import ListedItem
from registry.database import begin_write
from registry.library import Library
from registry.models import ChangeSet, Item, ItemState, LogLeaf, Referential, Version
from registry.publishing.change_sets import Proposal, save_change_set
from registry.publishing.publish import complete, publish
from registry.publishing.rows import stored_records

ITEMS = [ListedItem(f"{number:04}", "place", None, {"fr": f"Lieu {number}"}) for number in range(1500)]
PUBLISH = """
import sys, uuid
from pathlib import Path
from registry.database import open_engine
from registry.publishing.publish import publish
print("ready", flush=True)
publish(open_engine(sys.argv[1]), Path(sys.argv[2]), uuid.UUID(sys.argv[3]), review="seed")
print("published", flush=True)
"""
USUAL_SECONDS = 0.6  # from "ready" to "published"; moments are drawn from a little more


def propose(engine: Engine) -> uuid.UUID:
    with begin_write(engine) as connection:
        connection.execute(
            insert(Referential).values(
                id="places",
                kind="place-names",
                names={},
                description={},
                owner="",
                licence="",
                attribution="",
                periodicity="",
                levels=[{"id": "place", "names": {}}],
                languages=["fr"],
                stage="published",
            )
        )
        draft = draft_from_list("places", 1, None, ITEMS, [], date(2024, 9, 1))
        proposal = Proposal("places", 0, "2024", date(2024, 9, 1), "list", {}, [])
        return save_change_set(connection, proposal, draft)


def publish_and_kill(engine: Engine, root: Path, change_set: uuid.UUID, delay: float) -> None:
    address = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", PUBLISH, address, str(root), str(change_set)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)


def check_all_or_nothing(engine: Engine, root: Path) -> bool:
    complete(engine, root)
    versions = Library(root).versions("places")
    with engine.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Version, LogLeaf, Item, ItemState)
        ]
        status = connection.execute(select(ChangeSet.status)).scalar_one()
        stored = list(stored_records(connection, "places", 1))
    if not versions:
        assert counts == [0, 0, 0, 0]
        assert status == "draft"
        return False
    assert counts == [1, 1, len(ITEMS), len(ITEMS)]
    assert status == "published"
    snapshot = Library(root).snapshot("places")
    snapshot.content.verify()
    assert list(snapshot.content.records()) == stored
    assert snapshot.store.size == len(ITEMS)
    return True


@pytest.mark.parametrize("point", range(4))
def test_a_killed_publication_is_there_or_absent(engine: Engine, tmp_path: Path, point: int) -> None:
    _kill_at(engine, tmp_path / "snapshots", point)


@pytest.mark.soak
@pytest.mark.parametrize("point", range(4, 54))
def test_a_publication_killed_at_fifty_points_is_there_or_absent(
    engine: Engine, tmp_path: Path, point: int
) -> None:
    _kill_at(engine, tmp_path / "snapshots", point)


def _kill_at(engine: Engine, root: Path, point: int) -> None:
    change_set = propose(engine)
    publish_and_kill(engine, root, change_set, random.Random(point).uniform(0, 1.3 * USUAL_SECONDS))
    if not check_all_or_nothing(engine, root):
        assert publish(engine, root, change_set, review="seed") == 1  # nothing stands in its way
        assert check_all_or_nothing(engine, root)
