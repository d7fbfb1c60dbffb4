"""Columns matched by the batch: rows a second of one process and of two, and whether they agree in each row.

The index has 2,000 names in the Moroccan manner. One column repeats 2,000 distinct misspelt values, as those
of files do; the other has a new value in each row. A peer takes the same values with rapidfuzz: `extractOne`
with WRatio for each distinct one, as a first attempt would, as many as a stated time allows.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from rapidfuzz import fuzz, process

from bench.candidates import misspelt, names, rows_of
from matching.batch import BatchPlan
from matching.pool import match_batches
from matching.store import write_store

NAMES = 2_000
TODAY = 20_000
BATCH = 50_000
PEER_SECONDS = 5.0
TARGET = 150_000  # rows a second of a column whose values repeat, one process


def column(listed: list[str], rows: int, distinct: int, draw: random.Random) -> list[str]:
    """So many rows of so many distinct texts, each a misspelt name, most of them a typing error away."""
    texts = list(dict.fromkeys(misspelt(draw.choice(listed), draw) for _ in range(distinct * 2)))[:distinct]
    return [texts[number % len(texts)] for number in range(rows)]


def batches(texts: list[str]) -> Iterator[pa.RecordBatch]:
    """The column in batches."""
    for start in range(0, len(texts), BATCH):
        yield pa.record_batch({"place": texts[start : start + BATCH]})


def timed(plan: BatchPlan, texts: list[str], processes: int) -> tuple[pa.Table, float]:
    """The answers, and the seconds that they took with the start of the processes."""
    started = time.perf_counter()
    table = pa.Table.from_batches(match_batches(plan, batches(texts), processes=processes))
    return table, time.perf_counter() - started


def peer(listed: list[str], texts: list[str]) -> float:
    """Distinct values a second of `extractOne`."""
    lower = [name.lower() for name in listed]
    started, done = time.perf_counter(), 0
    for text in dict.fromkeys(texts):
        process.extractOne(text.lower(), lower, scorer=fuzz.WRatio)
        done += 1
        if time.perf_counter() - started > PEER_SECONDS:
            break
    return done / (time.perf_counter() - started)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument(
        "--distinct-rows", type=int, default=100_000, help="rows of the column without repetition"
    )
    given = parser.parse_args()
    draw = random.Random(7)
    listed = names(NAMES, draw)
    with tempfile.TemporaryDirectory() as folder:
        search = Path(folder) / "search"
        write_store(search, rows_of(listed), profile="place-names", content_root="", levels=["place"])
        plan = BatchPlan(search, "place", TODAY, "places", "1")
        for told, rows, distinct in (
            ("2,000 values that repeat", given.rows, NAMES),
            ("a new value in each row", given.distinct_rows, given.distinct_rows),
        ):
            texts = column(listed, rows, distinct, draw)
            alone, one = timed(plan, texts, 1)
            together, two = timed(plan, texts, 2)
            same = "equal row by row" if alone.equals(together) else "THEY DIFFER"
            print(
                f"\n{told}: {len(texts):,} rows, {len(set(texts)):,} distinct; one and two processes: {same}"
            )
            print(f"  one process    {one:8.1f} s {len(texts) / one:12,.0f} rows/s")
            print(
                f"  two processes  {two:8.1f} s {len(texts) / two:12,.0f} rows/s   {one / two:.2f} times one"
            )
            each = peer(listed, texts)
            per_second = len(set(texts)) / one
            print(f"  rapidfuzz WRatio, distinct values/s: {each:,.0f}; here {per_second:,.0f}", end="")
            print(f": {per_second / each:.1f} times")
            if distinct == NAMES:
                reached = "reached" if len(texts) / one >= TARGET else "MISSED"
                print(f"  target: {TARGET:,} rows/s in one process: {reached}")


if __name__ == "__main__":
    main()
