"""A million items: rows into both databases, compiling, size, opening, memory, publishing changes.

Run with `python -m bench.scale`; `--items 100000` for a quick look. PostGIS is a throw-away server.
"""

from __future__ import annotations

import argparse
import itertools
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select

from bench.generating import EFFECTIVE_ON, addresses, changed_addresses, world_places
from matching.store import open_store
from referentials.records import ChangeEvent, ChangeLink, Record, RecordKey, derived_id
from referentials.snapshot import ContentHeader
from registry.database import begin_write, open_engine
from registry.indexing import Recipe
from registry.migrations import upgrade
from registry.models import ChangeEvent as EventRow
from registry.models import ChangeLink as LinkRow
from registry.models import ItemState, Referential, Version
from registry.publishing.compilation import compile_version
from registry.publishing.rows import overlaps, withdraw_records, write_records
from tests import postgis

CHANGES = 1000
HEADER = ContentHeader("addresses", 1, "1", date(2024, 1, 1))
WORKER = """
import sys
from pathlib import Path
from matching.store import open_store
from matching.matcher import Query, match
def private():
    lines = open('/proc/self/smaps_rollup')
    return next(int(line.split()[1]) for line in lines if line.startswith('Pss_Anon'))
before = private()
store = open_store(Path(sys.argv[1]))
for row in range(0, store.size, max(1, store.size // 2000)):
    store.rendered(store.find(store.code(row), 20000).row)
for text in ('12 Rue Ibn Sinna', 'Avenu Hassan II', 'Bd Zerktuni'):
    match(store, Query(text), at=20000)
print(private() - before)
"""


def main() -> None:
    """Measure and print; each line says what it is compared with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--without-postgis", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="marjaa-bench-") as folder:
        home = Path(folder)
        compile_and_open(
            home, "234,908 places of the world", world_places(), Recipe("place-names", ("place",))
        )
        records = list(addresses(options.items))
        print(f"\n{len(records):,} generated addresses")
        compile_and_open(home, "addresses", records, Recipe("addresses", ("commune", "address")))
        with sqlite(home) as engine:
            measure_database(engine, "SQLite", records)
        if not options.without_postgis:
            with throw_away_postgis() as engine:
                measure_database(engine, "PostGIS", records)


def compile_and_open(home: Path, what: str, records: Iterable[Record], recipe: Recipe) -> None:
    """Compile `content/` and `search/`, then open them in another process."""
    known = list(records)
    started, cpu = time.perf_counter(), time.process_time()
    staged = compile_version(home, HEADER, recipe, known)
    elapsed, used = time.perf_counter() - started, time.process_time() - cpu
    size = sum(path.stat().st_size for path in staged.folder.rglob("*") if path.is_file())
    opening = min(_timed(lambda: open_store(staged.folder / "search")) for _ in range(5))
    worker = subprocess.run(
        [sys.executable, "-c", WORKER, str(staged.folder / "search")],
        check=True,
        capture_output=True,
        text=True,
    )
    print(
        f"{what}: compiled {len(known) / elapsed:,.0f} items/s ({used / len(known) * 1e6:.1f} µs of CPU), "
        f"{size / len(known):.0f} bytes per item, opened in {opening * 1e3:.1f} ms, "
        f"{int(worker.stdout) / 1024:.1f} MiB private per further worker",
        flush=True,
    )


def measure_database(engine: Engine, name: str, records: list[Record]) -> None:
    """Rows in, against the same rows into bare tables; then a thousand recodes into them."""
    upgrade(engine)
    with begin_write(engine) as connection:
        connection.execute(insert(Referential).values(**REFERENTIAL))
    with begin_write(engine) as connection:
        started = time.perf_counter()
        write_records(connection, "addresses", 1, records)
        elapsed = time.perf_counter() - started
        connection.execute(insert(Version).values(**_version(1)))
    rows = 2 * len(records)  # an item and a state each
    bare = _bare_rate(engine, records)
    print(
        f"{name}: {rows / elapsed:,.0f} rows/s ({len(records) / elapsed:,.0f} items/s with their states), "
        f"{rows / elapsed / bare:.2f} of the rate into a bare table without keys, checks or triggers",
        flush=True,
    )
    _publish_changes(engine, name)


def _publish_changes(engine: Engine, name: str) -> None:
    before, ended, after = changed_addresses(CHANGES)
    events = [
        ChangeEvent(
            derived_id("event", state.code),
            "recode",
            EFFECTIVE_ON,
            "bench",
            (
                ChangeLink("source", state.item, state.code, state.level),
                ChangeLink("target", state.item, new.code, new.level),
            ),
        )
        for state, new in zip(before, after, strict=True)
    ]
    withdrawn = [RecordKey("state", state.key) for state in before]
    added = sorted(
        (fact.record() for fact in itertools.chain(ended, after, events)), key=lambda record: record.order
    )
    with begin_write(engine) as connection:
        started = time.perf_counter()
        withdraw_records(connection, "addresses", 2, withdrawn)
        write_records(connection, "addresses", 2, added)
        clashes = overlaps(connection, "addresses", 2)
        elapsed = time.perf_counter() - started
        connection.execute(insert(Version).values(**_version(2)))
        states = _count(connection, ItemState, ItemState.introduced_in == 2)
        states += _count(connection, ItemState, ItemState.withdrawn_in == 2)
        event_rows = _count(connection, EventRow) + _count(connection, LinkRow)
    if clashes:
        raise SystemExit(f"the changes overlap: {clashes[:3]}")
    print(
        f"{name}: {CHANGES:,} recodes into them in {elapsed:.2f} s, {states / CHANGES:.1f} state writes and "
        f"{event_rows / CHANGES:.1f} event rows per change",
        flush=True,
    )


def _bare_rate(engine: Engine, records: list[Record]) -> float:
    """Rows a second that the driver puts into a table with the same columns and nothing else."""
    rows = [(record.key, record.key[:36], record.payload.decode()) for record in records[:200_000]]
    with begin_write(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE bare (key TEXT, item TEXT, payload TEXT)")
        started = time.perf_counter()
        if engine.dialect.name == "postgresql":
            driver = connection.connection.driver_connection
            with driver.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            connection.exec_driver_sql("INSERT INTO bare VALUES (?, ?, ?)", rows)
        elapsed = time.perf_counter() - started
        connection.exec_driver_sql("DROP TABLE bare")
    return len(rows) / elapsed


@contextmanager
def sqlite(home: Path) -> Iterator[Engine]:
    """A SQLite file below `home`."""
    engine = open_engine(f"sqlite:///{home / 'marjaa.sqlite'}")
    yield engine
    engine.dispose()


@contextmanager
def throw_away_postgis() -> Iterator[Engine]:
    """A PostGIS server that lives as long as the block."""
    with postgis.running_server(postgis.binaries()) as server:
        engine = open_engine(server.url(postgis.TEMPLATE))
        yield engine
        engine.dispose()


REFERENTIAL = {
    "id": "addresses",
    "kind": "addresses",
    "names": {},
    "description": {},
    "owner": "",
    "licence": "",
    "attribution": "",
    "periodicity": "",
    "levels": [],
    "languages": [],
    "stage": "published",
}


def _version(ordinal: int) -> dict[str, object]:
    return {
        "referential": "addresses",
        "ordinal": ordinal,
        "label": str(ordinal),
        "effective_on": date(2024, 1, 1),
        "status": "published",
        "content_root": uuid.uuid4().hex,
        "base_ordinal": ordinal - 1 or None,
        "published_at": "2024-01-01T00:00:00Z",
        "basis": "",
        "notes": {},
        "counts": {},
        "provenance": [],
    }


def _count(connection: Connection, table: type, *conditions: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
