"""Runs benchmarks one after the other: `python -m bench [NAME ...]`, each in a process of its own."""

from __future__ import annotations

import argparse
import subprocess
import sys

BENCHMARKS = {
    "lookup": "looking codes up, in process and over HTTP, against bare Flask and an ORM",
    "candidates": "candidates for misspelt names and completion, against rapidfuzz and SQLite FTS5",
    "accuracy": "how often the right place is found, against edit distance, WRatio, token_set and TF-IDF",
    "matching": "noisy names, against rapidfuzz, sparse TF-IDF, SQLite FTS5 and pg_trgm",
    "activities": "informal descriptions of activities, against WRatio, token_set and TF-IDF",
    "batch": "columns matched by the batch, on one and two processes, against rapidfuzz value by value",
    "harmonising": "whole files harmonised, and their memory, against a copy with csv",
    "recoding": "recoding a column of codes, against a walk per code and a bare dictionary",
    "scale": "a million items: rows, compiling, size, opening, memory, publishing changes",
    "comparing": "comparing two versions of a million items, against reading every record",
    "importing": "a file of 43,919 localities into a draft, and checked, against csv and bare inserts",
    "openrefine": "reconciling as OpenRefine does, against csv-reconcile",
    "start": "from a seeded installation to the first answer",
}


def main() -> int:
    """Run the benchmarks named, or all; the exit code of the last one that failed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"{name:12} {what}" for name, what in BENCHMARKS.items()),
    )
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME")
    names = parser.parse_args().names or list(BENCHMARKS)
    failed = 0
    for name in names:
        print(f"== {name}: {BENCHMARKS[name]}", flush=True)
        failed = subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode or failed
    return failed


if __name__ == "__main__":
    sys.exit(main())
