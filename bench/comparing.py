"""Comparing two versions of a million items with a thousand scattered changes.

The peers read every record: a merge of the two sorted contents, and a dictionary by key.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from bench.generating import addresses
from referentials.comparing import compare
from referentials.differing import Difference, difference
from referentials.parsing import parse
from referentials.records import Record, State
from referentials.snapshot import Content, ContentHeader, open_content, write_content

SIZE = 1_000_000
CHANGES = 1_000
ROUNDS = 3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, help="items of each version")
    size = parser.parse_args().size
    with tempfile.TemporaryDirectory(prefix="marjaa-bench-") as folder:
        before = written(Path(folder) / "1", addresses(size))
        after = written(Path(folder) / "2", changed(before, CHANGES))
        expected = difference(before, after)
        found = compare(before, after)
        changes = len(found.added) + len(found.removed) + len(found.changed)
        print(f"{size:,} items, {changes:,} changed, added or removed")
        took = {
            name: _seconds(run, before, after, expected)
            for name, run in {"merge": merged, "dictionary": by_key, "blocks": difference}.items()
        }
        for name, seconds in took.items():
            print(f"{name:10} {seconds:6.2f} s CPU")
        whole = min(_cpu(lambda: compare(before, after)) for _ in range(ROUNDS))
        print(f"whole comparison, field by field: {whole:.2f} s CPU (wanted ≤ 2)")
        print(f"merge to blocks: {took['merge'] / took['blocks']:.1f} times")


def written(folder: Path, records: Iterator[Record]) -> Content:
    """An opened content of these records."""
    write_content(folder, ContentHeader("addresses", 1, "1", date(2024, 1, 1)), records)
    return open_content(folder)


def changed(before: Content, count: int) -> Iterator[Record]:
    """The records with `count` of them changed, removed, or followed by a new one, in stated places."""
    places = set(random.Random(5).sample(range(before.size), count))
    for place, record in enumerate(before.records()):
        if place not in places:
            yield record
            continue
        fact = parse(record.payload)
        assert isinstance(fact, State)
        if place % 3 == 0:
            names = {"fr": f"{fact.names['fr']} bis"}
            yield State(
                fact.item, fact.code, fact.level, fact.parent, names, fact.attributes, fact.shape
            ).record()
        elif place % 3 == 1:
            yield record
            following = fact.item.int + 1
            yield State(
                type(fact.item)(int=following), f"N{place}", fact.level, fact.parent, fact.names, {}
            ).record()


def merged(before: Content, after: Content) -> Difference:
    """The peer: both contents record by record, side by side."""
    found = Difference([], [])
    old, new = before.records(), after.records()
    one, other = next(old, None), next(new, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.order < other.order):
            assert one is not None
            found.removed.append(one)
            one = next(old, None)
        elif one is None or other.order < one.order:
            found.added.append(other)
            other = next(new, None)
        else:
            if one.payload != other.payload:
                found.removed.append(one)
                found.added.append(other)
            one, other = next(old, None), next(new, None)
    return found


def by_key(before: Content, after: Content) -> Difference:
    """The other peer: the records of the earlier content in a dictionary."""
    known = {record.record_key: record for record in before.records()}
    added = [record for record in after.records() if known.get(record.record_key) != record]
    kept = {record.record_key for record in after.records()}
    changed_keys = {record.record_key for record in added}
    removed = [record for key, record in known.items() if key not in kept or key in changed_keys]
    return Difference(added, removed)


def _seconds(
    run: Callable[[Content, Content], Difference], before: Content, after: Content, expected: Difference
) -> float:
    best = float("inf")
    for _ in range(ROUNDS if run is difference else 1):
        started = time.process_time()
        found = run(before, after)
        best = min(best, time.process_time() - started)
        assert found == expected
    return best


def _cpu(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


if __name__ == "__main__":
    main()
