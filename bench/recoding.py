"""Recoding a column: codes never met before, codes met before, and a whole file.

The peers: projecting each code by itself (a walk per code), and a bare look-up in a Python dictionary that
has all answers already, as a script with a published table of old and new codes does it. CPU seconds of this
process, the least of a few rounds, because the machine may be shared.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from referentials.compiling import compile_search
from referentials.records import ChangeEvent, ChangeLink, State, derived_id
from referentials.snapshot import ContentHeader, open_content, write_content
from referentials.tables import read_table
from registry.catalogue import ReferentialEntry, VersionEntry
from registry.harmonising.output import write_table
from registry.harmonising.recoding import recode_table
from registry.library import Snapshot
from registry.serving.past import project_code
from registry.serving.recoding import recoder_of

ITEMS = 100_000
ROWS = 1_000_000
ROUNDS = 5
WALKED = 5_000
ONE_IN = 100  # an item in so many got another code
BEFORE, CHANGED_ON, AFTER = date(2014, 9, 1), date(2020, 1, 1), date(2024, 9, 1)
SEEN, NEW = 200_000, 50_000  # rows a second that are wanted


def main() -> None:
    """Measure and print; each line says what it is compared with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=ITEMS)
    parser.add_argument("--rows", type=int, default=ROWS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="marjaa-bench-") as folder:
        snapshot = generated(Path(folder), given.items)
        codes = [f"C{number:07}" for number in range(given.items)]
        drawn = random.Random(1).choices(codes, k=given.rows)
        random.Random(2).shuffle(codes)
        columns(snapshot, codes, drawn)
        whole_file(Path(folder), snapshot, drawn)


def columns(snapshot: Snapshot, codes: list[str], drawn: list[str]) -> None:
    """Codes in memory: rows a second of CPU."""
    recoder = recoder_of(snapshot, BEFORE, AFTER)
    recoder.recode_all(codes)
    new = _rate(len(codes), lambda: recoder_of(snapshot, BEFORE, AFTER).recode_all(codes))
    seen = _rate(len(drawn), lambda: recoder.recode_all(drawn))
    walked = codes[:WALKED]
    walk = _rate(WALKED, lambda: [project_code(snapshot, code, BEFORE, AFTER) for code in walked])
    table = {code: recoder.recode(code).only for code in codes}
    join = _rate(len(drawn), lambda: [table[code] for code in drawn])
    print(f"new codes:  {new:>12,.0f} rows/s (wanted ≥ {NEW:,}), {new / walk:.1f} times a walk per code")
    print(f"seen codes: {seen:>12,.0f} rows/s (wanted ≥ {SEEN:,}), {seen / join:.2f} of a bare dictionary")


def whole_file(folder: Path, snapshot: Snapshot, drawn: list[str]) -> None:
    """A CSV read, recoded and written."""
    source, target = folder / "column.csv", folder / "recoded.csv"
    rows = drawn[: len(drawn) // 5]
    source.write_text("\n".join(("code,n", *(f"{code},1" for code in rows))) + "\n")

    def run() -> None:
        found = recode_table(
            read_table(source, wanted=["code"]),
            recoder_of(snapshot, BEFORE, AFTER).recode_all,
            column="code",
            title=snapshot.referential.id,
            version=snapshot.version.label,
        )
        write_table(target, found.header, found, created=AFTER)

    print(f"whole file: {_rate(len(rows), run):>12,.0f} rows/s, read and written as CSV")


def generated(folder: Path, size: int) -> Snapshot:
    """A version of generated items, one in `ONE_IN` of which was recoded."""
    records = []
    for number in range(size):
        identity, code = derived_id("bench", number), f"C{number:07}"
        changes = number % ONE_IN == 0
        end = CHANGED_ON if changes else None
        state = State(identity, code, "item", None, {"fr": f"Item {number}"}, {}, valid_to=end)
        records.append(state.record())
        if changes:
            new = f"N{number:07}"
            after = State(identity, new, "item", None, {"fr": f"Item {number}"}, {}, valid_from=CHANGED_ON)
            links = (
                ChangeLink("source", identity, code, "item"),
                ChangeLink("target", identity, new, "item"),
            )
            event = ChangeEvent(derived_id("event", code), "recode", CHANGED_ON, "bench", links)
            records += [after.record(), event.record()]
    records.sort(key=lambda record: record.order)
    written = write_content(folder / "content", ContentHeader("made", 1, "1", AFTER), records)
    content = open_content(folder / "content")
    compile_search(content, folder / "search", profile="codes", levels=["item"])
    version = VersionEntry("made", 1, "1", AFTER, "published", written.root, "", "", {}, {}, ())
    entry = ReferentialEntry(
        id="made",
        kind="code-lists",
        names={},
        description={},
        owner="",
        licence="",
        attribution="",
        periodicity="",
        levels=("item",),
        level_names={},
        languages=("fr",),
        stage="published",
        records_from=None,
        records_basis=None,
        versions=(version,),
    )
    return Snapshot(entry, version, folder)


def _rate(rows: int, action: Callable[[], object]) -> float:
    return rows / min(_seconds(action) for _ in range(ROUNDS))


def _seconds(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started


if __name__ == "__main__":
    main()
