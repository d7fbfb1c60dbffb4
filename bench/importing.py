"""A file of 43,919 localities into a draft, and checked, beside the same rows through csv and bare inserts.

Reads ../shared/data/gazetteer/localities.csv.gz where that folder exists; elsewhere as many generated rows of
the same columns. CPU is that of this process; the time on the clock is shown beside it.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, insert

from bench.generating import WORDS
from registry.accounts.actors import Actor, Grant
from registry.database import begin_write, open_engine
from registry.migrations import upgrade
from registry.models import Referential
from registry.publishing.drafts.checking import check
from registry.publishing.drafts.importing import import_file
from registry.publishing.drafts.opening import NewDraft, open_draft
from tests import postgis

REAL = Path(__file__).parent.parent.parent / "shared" / "data" / "gazetteer" / "localities.csv.gz"
ROWS = 43_919
WANTED_SECONDS = 10
EDITOR = Actor(uuid.uuid4(), "bench", None, frozenset({Grant("editor")}))
TITLES = (
    "wof_id",
    "type",
    "name",
    "ar",
    "variants",
    "zgh",
    "lat",
    "lon",
    "commune_code",
    "is_current",
    "pop",
)
T = TypeVar("T")


def main() -> None:
    """Measure on both databases and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-postgis", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="marjaa-bench-") as folder, ExitStack() as opened:
        path = REAL if REAL.is_file() else generated(Path(folder) / "localities.csv.gz")
        engines = {"SQLite": open_engine(f"sqlite:///{folder}/marjaa.sqlite")}
        if not given.without_postgis:
            server = opened.enter_context(postgis.running_server(postgis.binaries()))
            engines["PostGIS"] = open_engine(server.url(postgis.TEMPLATE))
        for name, engine in engines.items():
            measure(name, engine, path, Path(folder) / "snapshots")
            engine.dispose()


def measure(name: str, engine: Engine, path: Path, root: Path) -> None:
    """Import, check, and the bare peer; prints each."""
    upgrade(engine)
    with begin_write(engine) as connection:
        connection.execute(insert(Referential).values(**PLACES))
        connection.exec_driver_sql("CREATE TABLE peer (position INTEGER, code TEXT, payload TEXT)")
        draft = open_draft(connection, EDITOR, NewDraft("places", "1", date(2027, 1, 1)))
    bare, bare_clock, count = timed(lambda: peer(engine, path))
    reading, reading_clock, report = timed(lambda: import_file(engine, root, EDITOR, draft.id, path))
    if report.items != count:
        raise SystemExit(f"{report.items} of {count} rows were read")

    checking, checking_clock, _ = timed(lambda: check(engine, root, draft.id))
    print(
        f"{name}: import {reading:.1f} s of CPU ({reading_clock:.1f} on the clock), check {checking:.1f} "
        f"({checking_clock:.1f}), together {reading_clock + checking_clock:.1f} s on the clock for "
        f"{count:,} rows (wanted ≤ {WANTED_SECONDS})"
    )
    ratio = (reading + checking) / bare
    print(f"{name}: csv and bare inserts {bare:.1f} s of CPU ({bare_clock:.1f}); all to it {ratio:.1f} times")


def peer(engine: Engine, path: Path) -> int:
    """The rows as they are, into a bare table: nothing understood, nothing checked."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        rows = [(number, row["wof_id"], json.dumps(row)) for number, row in enumerate(csv.DictReader(text))]
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    with begin_write(engine) as connection:
        connection.exec_driver_sql(f"INSERT INTO peer VALUES ({mark}, {mark}, {mark})", rows)
    return len(rows)


def timed(work: Callable[[], T]) -> tuple[float, float, T]:
    """Seconds of CPU, seconds on the clock, and what came of it."""
    clock, cpu = time.perf_counter(), time.process_time()
    found = work()
    return time.process_time() - cpu, time.perf_counter() - clock, found


def generated(path: Path) -> Path:
    """As many rows with the same columns."""
    draw = random.Random(5)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(TITLES)
    for number in range(ROWS):
        name = f"{draw.choice(WORDS)} {number % 977}"
        place = (round(draw.uniform(27.6, 35.9), 5), round(draw.uniform(-13, -1), 5))
        commune = f"{number % 12 + 1:02}.001.01.{number % 30:02}"
        variants = f"{name}|{draw.choice(WORDS)}" if number % 4 == 0 else ""
        writer.writerow((10**9 + number, "locality", name, "", variants, "", *place, commune, 1, number))
    path.write_bytes(gzip.compress(text.getvalue().encode()))
    return path


PLACES = {
    "id": "places",
    "kind": "place-names",
    "names": {"fr": "Localités"},
    "description": {},
    "owner": "bench",
    "licence": "CC-BY-4.0",
    "attribution": "bench",
    "periodicity": "P1Y",
    "levels": [{"id": "populated-place", "names": {"fr": "Localité"}}],
    "languages": ["fr", "ar"],
    "stage": "published",
}


if __name__ == "__main__":
    main()
