"""Matching many noisy names, against what one would take instead: distinct values a second, how often right.

Lists and queries are those of bench.places. All peers get folded text and give five candidates; each answers
as many queries as a stated time allows. Figures are of CPU time of one process, except for pg_trgm, where the
server's time counts too. `times WRatio` compares with rapidfuzz's `extractOne` in the same run.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from bench.candidates import by_trigrams, trigram_index
from bench.memory import private_memory
from bench.places import LEVELS, Asked, asked_of, moroccan_names, placed, rows_of
from matching.keys import keys_of
from matching.matcher import Query, match_many
from matching.store import open_store, write_store
from matching.text import fold
from tests import postgis

TODAY = 20_000
SEED = 1
LISTED = 5
CHUNK = 500
PEER_SECONDS = 8.0  # for each peer at each size
WANTED = {2_000: (15_000, 40), 50_000: (7_000, 400)}  # distinct values a second, or times WRatio
MEMORY = 150  # MiB, of a worker at 50,000 names

Ask = Callable[[Sequence[str]], list[list[int]]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one method did: answers a second, and how often the place led, and was among five."""

    name: str
    answered: int
    per_second: float
    first: float
    five: float


def measured(
    name: str, ask: Ask, texts: Sequence[str], truths: Sequence[int], clock: Callable[[], float], size: int
) -> Measured:
    """Ask in parts of that size, after one part for warming up, for no longer than about PEER_SECONDS."""
    ask(texts[: min(size, 10)])
    started, first, five, answered = clock(), 0, 0, 0
    for start in range(0, len(texts), size):
        some = texts[start : start + size]
        for listed, truth in zip(ask(some), truths[start : start + size], strict=True):
            first += listed[:1] == [truth]
            five += truth in listed[:LISTED]
        answered += len(some)
        if clock() - started > PEER_SECONDS:
            break
    seconds = max(clock() - started, 1e-9)
    return Measured(name, answered, answered / seconds, first / answered, five / answered)


def extract_one(names: list[str]) -> Ask:
    """rapidfuzz, one text after the other: the first only."""
    return lambda texts: [[process.extractOne(text, names, scorer=fuzz.WRatio)[2]] for text in texts]


def cdist_of(names: list[str], scorer: object, prepare: Callable[[str], str] = str) -> Ask:
    """rapidfuzz, many texts at once."""
    prepared = [prepare(name) for name in names]

    def ask(texts: Sequence[str]) -> list[list[int]]:
        alike = process.cdist([prepare(text) for text in texts], prepared, scorer=scorer, dtype=np.float32)
        near = np.argpartition(-alike, LISTED, axis=1)[:, :LISTED]
        order = np.argsort(-np.take_along_axis(alike, near, axis=1), axis=1, kind="stable")
        listed: list[list[int]] = np.take_along_axis(near, order, axis=1).tolist()
        return listed

    return ask


def tf_idf(names: list[str]) -> Ask:
    """Cosine of character 3-grams by scikit-learn and sparse_dot_topn."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    listed = vectorizer.fit_transform(names).T.tocsr()

    def ask(texts: Sequence[str]) -> list[list[int]]:
        near = sp_matmul_topn(vectorizer.transform(texts), listed, top_n=LISTED, sort=True)
        return [near.indices[near.indptr[row] : near.indptr[row + 1]].tolist() for row in range(len(texts))]

    return ask


def fts5(names: list[str], folder: Path) -> Ask:
    """SQLite's trigram index, reranked by edit distance."""
    database: sqlite3.Connection = trigram_index(names, folder / f"{len(names)}.sqlite")
    place = {name: number for number, name in enumerate(names)}
    return lambda texts: [[place[name] for name in by_trigrams(database, text)] for text in texts]


@contextmanager
def pg_trgm(server: postgis.Server, names: list[str]) -> Iterator[Ask]:
    """PostgreSQL's trigram index, nearest first."""
    with server.database() as url:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION pg_trgm")
            connection.execute("CREATE TABLE place (number integer, name text)")
            with connection.cursor().copy("COPY place FROM STDIN") as rows:
                for row in enumerate(names):
                    rows.write_row(row)
            connection.execute("CREATE INDEX ON place USING gist (name gist_trgm_ops)")
            connection.execute("ANALYZE place")
            nearest = f"SELECT number FROM place ORDER BY name <-> %s LIMIT {LISTED}"
            yield lambda texts: [
                [number for (number,) in connection.execute(nearest, (text,))] for text in texts
            ]


def run(count: int, queries: int, server: postgis.Server | None) -> bool:
    """Measure one list and print its table; whether what is wanted was reached."""
    places = placed(moroccan_names(count, SEED), SEED)
    asked: list[Asked] = asked_of(places, queries, 0, SEED)
    texts = [each.text for each in asked]
    truths = [int(each.place.code[1:]) for each in asked if each.place is not None]
    folded, names = [fold(text) for text in texts], [fold(place.name) for place in places]
    cpu, wall = time.process_time, time.perf_counter
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_store(folder / "search", rows_of(places), profile="place-names", content_root="", levels=LEVELS)
        store = open_store(folder / "search")

        def own(some: Sequence[str], withins: Sequence[str | None] | None = None) -> list[list[int]]:
            parents = withins or [None] * len(some)
            wanted = [Query(text, within, ("place",)) for text, within in zip(some, parents, strict=True)]
            matches = match_many(store, wanted, at=TODAY, limit=LISTED)
            return [[int(each.code[1:]) for each in match.candidates] for match in matches]

        parent_of = {each.text: each.place.province_code for each in asked if each.place is not None}
        found = [
            measured("matching", own, texts, truths, cpu, len(texts)),
            measured(
                "matching, parent's code",
                lambda some: own(some, [parent_of[text] for text in some]),
                texts, truths, cpu, len(texts),
            ),
            measured("extractOne WRatio", extract_one(names), folded, truths, cpu, 1),
            measured("cdist token_set_ratio", cdist_of(names, fuzz.token_set_ratio), folded, truths, cpu, 50),
            measured("cdist Indel", cdist_of(names, Indel.normalized_similarity), folded, truths, cpu, CHUNK),
            measured(
                "cdist Indel on keys of ours",
                cdist_of(names, Indel.normalized_similarity, lambda text: keys_of(text).key),
                folded, truths, cpu, CHUNK,
            ),
            measured("TF-IDF, sparse_dot_topn", tf_idf(names), folded, truths, cpu, CHUNK),
            measured("SQLite FTS5 trigrams", fts5(names, folder), folded, truths, cpu, 1),
        ]  # fmt: skip
        if server is not None:
            with pg_trgm(server, names) as ask:
                found.append(measured("pg_trgm", ask, folded, truths, wall, 1))
        memory = private_memory(folder / "search", texts[:200])
    print(f"\n{count:,} names, {len(texts):,} noisy distinct values")
    print(f"{'':28}{'answered':>9}{'a second':>11}{'times WRatio':>14}{'first':>8}{'in five':>9}")
    ratio = next(each.per_second for each in found if each.name == "extractOne WRatio")
    for each in found:
        five = "-" if each.name == "extractOne WRatio" else f"{each.five:.1%}"
        times = each.per_second / ratio
        print(
            f"{each.name:28}{each.answered:9,}{each.per_second:11,.0f}{times:14.1f}{each.first:8.1%}{five:>9}"
        )
    per_second, times = WANTED[count]
    reached = found[0].per_second >= per_second or found[0].per_second / ratio >= times
    print(f"wanted: {per_second:,} a second, or {times} times WRatio: {'reached' if reached else 'MISSED'}")
    fits = memory <= MEMORY
    told = "reached" if fits else "MISSED"
    print(f"private memory of a worker: {memory:.0f} MiB, wanted at most {MEMORY}: {told}")
    return reached and fits


def main() -> int:
    """Measure and print; 1 where something wanted was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=list(WANTED), choices=list(WANTED))
    parser.add_argument("--queries", type=int, default=5_000)
    parser.add_argument("--without-postgres", action="store_true")
    given = parser.parse_args()
    with ExitStack() as opened:
        server = None
        if not given.without_postgres:
            server = opened.enter_context(postgis.running_server(postgis.binaries()))
        reached = [run(count, given.queries, server) for count in given.sizes]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
