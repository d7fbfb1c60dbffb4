"""Whole files harmonised: rows a second of CPU and memory by format, with values that repeat and that do not.

The referential has 2,000 names in the Moroccan manner. Each case runs in a process of its own, so that its
memory is its own. The floor is the same file copied with Python's csv module: what reading and writing cost.
"""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.candidates import misspelt, names
from matching.choices import Choices
from referentials.compiling import compile_search
from referentials.records import State, derived_id
from referentials.row_streams import open_rows
from referentials.snapshot import ContentHeader, open_content, write_content
from referentials.writers.parquet import write_parquet
from registry.catalogue import ReferentialEntry, VersionEntry
from registry.harmonising.answering import answer_pairs
from registry.harmonising.recipe import ColumnPlan, Recipe
from registry.harmonising.resolving import Aim
from registry.harmonising.running import run
from registry.harmonising.telling import Phase, Progress
from registry.library import Library, Snapshot

NAMES = 2_000
ROWS = 1_000_000
DAY = date(2024, 9, 1)
HEADER = ("n", "place", "amount", "remark")
WANTED = 150_000  # rows a second, one process, a column whose values repeat


@dataclass(frozen=True, slots=True)
class OneVersion:
    """Stands in for a library."""

    version: Snapshot

    def snapshot(self, _referential: str, _label: str | None = None) -> Snapshot:
        return self.version


def main() -> None:
    """Measure and print; each line says what it is compared with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--snapshots", type=Path, help="published folder, for a real --file")
    parser.add_argument("--file", type=Path, help="workbook with Commune and Délégation")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.case is not None:
        CASES[given.case](given.folder)
        return
    if given.file is not None and given.snapshots is not None:
        real(given.file, Library(given.snapshots))
    with tempfile.TemporaryDirectory(prefix="marjaa-bench-") as name:
        folder = Path(name)
        prepare(folder, given.rows)
        for case in CASES:
            subprocess.run(
                [sys.executable, "-m", "bench.harmonising", "--case", case, "--folder", name], check=True
            )


def prepare(folder: Path, rows: int) -> None:
    """The referential, and files of so many rows: with 2,000 distinct values, and with a new one in each."""
    draw = random.Random(7)
    listed = names(NAMES, draw)
    records = sorted(
        (
            State(derived_id("bench", number), f"P{number:05}", "place", None, {"fr": name}, {}).record()
            for number, name in enumerate(listed)
        ),
        key=lambda record: record.order,
    )
    write_content(folder / "content", ContentHeader("places", 1, "1", DAY), records)
    compile_search(
        open_content(folder / "content"), folder / "search", profile="place-names", levels=["place"]
    )
    texts = [misspelt(draw.choice(listed), draw) for _ in range(NAMES)]
    write_csv(folder / "repeating.csv", rows, lambda number: texts[number * 7 % NAMES])
    write_csv(folder / "distinct.csv", rows, lambda number: f"{texts[number % NAMES]} {number}")
    stream = open_rows(folder / "repeating.csv", delimiter=",")
    write_parquet(folder / "repeating.parquet", HEADER, stream)


def write_csv(path: Path, rows: int, text: Callable[[int], str]) -> None:
    """A file of so many rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows((number, text(number), number * 3 % 1_000, "as it came") for number in range(rows))


def opened(folder: Path) -> Snapshot:
    """The referential that `prepare` made."""
    root = open_content(folder / "content").root
    version = VersionEntry("places", 1, "1", DAY, "published", root, "", "", {}, {}, ())
    entry = ReferentialEntry(
        id="places",
        kind="place-names",
        names={},
        description={},
        owner="",
        licence="",
        attribution="",
        periodicity="",
        levels=("place",),
        level_names={},
        languages=("fr",),
        stage="published",
        records_from=None,
        records_basis=None,
        versions=(version,),
    )
    return Snapshot(entry, version, folder)


def column(folder: Path) -> None:
    """A column in memory: what matching costs where reading and writing cost nothing."""
    snapshot = opened(folder)
    texts = [row[1] for row in open_rows(folder / "repeating.csv", delimiter=",")]
    aim = Aim(ColumnPlan("places", "place"), snapshot, DAY)
    answer_pairs(aim, [("warm up", "")], Choices(()))
    started = time.process_time()
    counts: dict[tuple[str, str], int] = {}
    for text in texts:
        counts[text, ""] = counts.get((text, ""), 0) + 1
    distinct = list(counts)
    answers = answer_pairs(aim, distinct, Choices(()))
    cells = {pair: answer.cells("1", explain=False) for pair, answer in zip(distinct, answers, strict=True)}
    out = [cells[text, ""] for text in texts]
    told("a column in memory", len(out), time.process_time() - started, f"wanted ≥ {WANTED:,}")


def floor(folder: Path) -> None:
    """The file copied with the csv module."""
    started = time.process_time()
    with (folder / "repeating.csv").open(newline="") as source, (folder / "copy.csv").open("w") as target:
        rows = 0
        writer = csv.writer(target)
        for row in csv.reader(source):
            writer.writerow(row)
            rows += 1
    told("copied with csv", rows - 1, time.process_time() - started, "the floor")


def repeating(folder: Path) -> None:
    """CSV to CSV, 2,000 distinct values."""
    whole(folder, "repeating.csv", "out.csv")


def parquet(folder: Path) -> None:
    """Parquet to Parquet, the same rows."""
    whole(folder, "repeating.parquet", "out.parquet")


def workbook(folder: Path) -> None:
    """CSV to XLSX, the same rows."""
    whole(folder, "repeating.csv", "out.xlsx")


def distinct(folder: Path) -> None:
    """CSV to CSV, a new value in each row."""
    whole(folder, "distinct.csv", "out.csv")


def whole(folder: Path, source: str, target: str) -> None:
    """A file from beginning to end, with the seconds of each phase."""
    snapshot = opened(folder)
    answer_pairs(Aim(ColumnPlan("places", "place"), snapshot, DAY), [("warm up", "")], Choices(()))
    spent: dict[Phase, float] = {}
    started = before = time.process_time()

    def note(progress: Progress) -> None:
        nonlocal before
        now = time.process_time()
        spent[progress.phase] = spent.get(progress.phase, 0.0) + now - before
        before = now

    with tempfile.TemporaryDirectory(dir=folder) as work:
        recipe = Recipe((ColumnPlan("places", "place"),), DAY)
        report = run(folder / source, folder / target, recipe, OneVersion(snapshot), Path(work), told=note)
    phases = ", ".join(f"{phase} {seconds:.1f} s" for phase, seconds in spent.items())
    told(f"{source} to {target}", report.source.rows, time.process_time() - started, phases)


def real(file: Path, library: Library) -> None:
    """A real workbook against the communes, with its delegations."""
    plan = ColumnPlan("administrative-units", "Commune", "Délégation", ("commune", "arrondissement"))
    started = time.process_time()
    with tempfile.TemporaryDirectory() as work:
        target = Path(work) / "out.csv"
        report = run(file, target, Recipe((plan,), DAY), library, Path(work) / "work")
    outcomes = report.columns[0].by_outcome
    shares = ", ".join(f"{outcome} {count.rows:,}" for outcome, count in outcomes.items() if count.rows)
    told(file.name, report.source.rows, time.process_time() - started, shares)


def told(what: str, rows: int, seconds: float, more: str) -> None:
    """A line: rows a second of CPU, the most memory that this process had, and what else is to be said."""
    # VmHWM and not ru_maxrss, which begins with that of the process that started this one
    status = Path("/proc/self/status").read_text()
    memory = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    speed = f"{rows:>9,} rows {seconds:7.1f} s {rows / seconds:>10,.0f} rows/s"
    print(f"{what:35} {speed} {memory:5.0f} MiB  {more}")


CASES: dict[str, Callable[[Path], None]] = {
    "column": column,
    "floor": floor,
    "repeating": repeating,
    "parquet": parquet,
    "workbook": workbook,
    "distinct": distinct,
}

if __name__ == "__main__":
    main()
