"""How often the right class is found from an informal description of an activity, with and without entries.

The descriptions are those of tests/matching/activities: short ones, written before any entry was, and
sentences, written after and used for nothing else. Peers see the same titles and entries, best one for each
class: rapidfuzz's WRatio and token_set, sklearn's TF-IDF of character 3–5-grams, and our own BM25 and
TF-IDF each alone. "Within reach" are texts that share a stem with what leads to a right class.
NAF rév. 2 is read from ../shared/data, where that is there.
"""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.activities.scoring import Scorer, read
from matching.activities.words import stems_of, told, words_of
from matching.layout import Array
from matching.matcher import Query, match_many
from matching.rows import Name, Row
from matching.store import OPEN_END, UNKNOWN_START, Store, open_store, write_store
from matching.text import fold, script_of
from referentials.listing import ListedItem
from referentials.tables import read_table
from registry.nomenclatures.description import description_named
from registry.nomenclatures.reading import items_of
from seeds.catalogue import FOLDER
from seeds.csv_listing import read_listing, read_listing_with_entries

TEXTS = Path(__file__).parents[1] / "tests/matching/activities"
NAF = Path("../shared/data/activities/naf_rev2_fr.csv")
TODAY = 20_000
LISTED = 5
SPEED_TEXTS, PEER_TEXTS = 4_000, 40
LANGUAGES = ("fr", "ar", "ary", "en")


@dataclass(frozen=True, slots=True)
class Asked:
    """A description and the codes that are right."""

    text: str
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A nomenclature as a store; `texts` are what leads to its classes, with the row of each."""

    name: str
    column: str
    level: str
    store: Store
    texts: list[str]
    rows: Array

    @classmethod
    def of(cls, name: str, column: str, items: Iterable[ListedItem], folder: Path) -> Listed:
        """The items, written and opened."""
        listed = list(items)
        levels = tuple(dict.fromkeys(item.level for item in listed))
        place = folder / name.replace(" ", "-")
        write_store(place, map(_row, listed), profile="activities", content_root="bench", levels=levels)
        store, level = open_store(place), levels[-1]
        names = [
            number
            for number, row in enumerate(store.files["name_rows"].tolist())
            if store.level(row) == level and store.name(number).use != "exclusion"
        ]
        texts = [store.name(number).text for number in names]
        return cls(name, column, level, store, texts, store.files["name_rows"][names])


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="marjaa-bench-") as folder:
        for listed in nomenclatures(Path(folder)):
            classes = len(np.unique(listed.rows))
            print(f"{listed.name}: {classes:,} of level {listed.level}, {len(listed.texts):,} texts")
            for kind in ("descriptions", "sentences"):
                for language in LANGUAGES if "entries" in listed.name else ("fr",):
                    compare(listed, kind, language)
            speed(listed)


def nomenclatures(folder: Path) -> Iterable[Listed]:
    """Titles alone of three nomenclatures, and two of them with entries."""
    if NAF.exists():
        table = read_table(NAF)
        yield Listed.of("NAF titles", "naf", items_of(table, description_named("naf-rev2")), folder)
    for name, column, seed in (("NMA", "nma", "nma-2010"), ("ISIC", "isic", "isic-4")):
        yield Listed.of(f"{name} titles", column, read_listing(FOLDER / seed).items, folder)
        with_entries = read_listing_with_entries(FOLDER / seed).items
        yield Listed.of(f"{name} with entries", column, with_entries, folder)


def _row(item: ListedItem) -> Row:
    names = [Name(text, language, script_of(text), "preferred") for language, text in item.names.items()]
    names += [Name(other.text, other.language, other.script, other.use) for other in item.other_names]
    return Row(item.code, item.level, item.parent, UNKNOWN_START, OPEN_END, b"{}", tuple(names))


def asked_of(kind: str, language: str, column: str) -> list[Asked]:
    """The descriptions in one language, with the codes of one nomenclature."""
    with (TEXTS / f"informal_{kind}.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["language"] == language]
    return [Asked(row["text"], frozenset(row[column].split())) for row in rows]


def compare(listed: Listed, kind: str, language: str) -> None:
    """Print top-1 and recall@5 of ours and of the peers, in percent."""
    asked = asked_of(kind, language, listed.column)
    queries = [Query(each.text, levels=(listed.level,)) for each in asked]
    ours = match_many(listed.store, queries, at=TODAY, limit=LISTED)
    found = {"ours": [[candidate.code for candidate in each.candidates] for each in ours]}
    for name, score in peers(listed).items():
        found[name] = [best_codes(listed, row) for row in score([each.text for each in asked])]
    for name, letters in (("BM25 alone", 0.0), ("3–5-grams alone", 1.0)):
        found[name] = alone(listed, asked, letters)
    shown = "  ".join(f"{name} {said(asked, codes)}" for name, codes in found.items())
    sure = [each.outcome in ("exact", "auto") for each in ours]
    right = sum(
        each.candidates[0].code in one.right
        for each, one, is_sure in zip(ours, asked, sure, strict=True)
        if is_sure
    )
    print(f"  {kind} {language} ({len(asked)}): {shown}; accepted {sum(sure)}, of them right {right}", end="")
    print(f"; within reach {100 * reach(listed, asked):.0f}%")


def said(asked: Sequence[Asked], codes: Sequence[Sequence[str]]) -> str:
    """Top-1 and recall@5, in percent."""
    pairs = list(zip(asked, codes, strict=True))
    first = sum(bool(found) and found[0] in each.right for each, found in pairs)
    listed = sum(not each.right.isdisjoint(found) for each, found in pairs)
    return f"{100 * first / len(pairs):.1f}/{100 * listed / len(pairs):.1f}"


def reach(listed: Listed, asked: Sequence[Asked]) -> float:
    """The part of the descriptions that share a stem with a text of a right class: more, words cannot do."""
    stems: dict[str, set[str]] = {}
    for text, row in zip(listed.texts, listed.rows.tolist(), strict=True):
        stems.setdefault(listed.store.code(row), set()).update(stems_of(told(text)))
    return sum(
        any(not stems.get(code, set()).isdisjoint(stems_of(each.text)) for code in each.right)
        for each in asked
    ) / len(asked)


def peers(listed: Listed) -> dict[str, Callable[[Sequence[str]], Array]]:
    """Scores of texts (rows) against what leads to the classes (columns)."""
    folded = [fold(text) for text in listed.texts]
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    matrix = vectors.fit_transform(folded)
    return {
        "WRatio": lambda texts: process.cdist([fold(text) for text in texts], folded, scorer=fuzz.WRatio),
        "token_set": lambda texts: process.cdist(
            [fold(text) for text in texts], folded, scorer=fuzz.token_set_ratio
        ),
        "TF-IDF (sklearn)": lambda texts: (
            vectors.transform([fold(text) for text in texts]) @ matrix.T
        ).toarray(),
    }


def best_codes(listed: Listed, scores: Array) -> list[str]:
    """The codes of the best texts, each once."""
    found: dict[str, None] = {}
    for place in np.argsort(-scores, kind="stable").tolist():
        found.setdefault(listed.store.code(int(listed.rows[place])))
        if len(found) == LISTED:
            break
    return list(found)


def alone(listed: Listed, asked: Sequence[Asked], letters: float) -> list[list[str]]:
    """What one part of our score gives by itself."""
    scorer = Scorer(listed.store, letters)
    kept = np.array([listed.store.level(row) == listed.level for row in scorer.rows.tolist()], dtype=float)
    readings = [read(words_of(told(each.text))) for each in asked]
    hits = scorer.best(readings, [kept] * len(asked), LISTED)
    return [[listed.store.code(hit.row) for hit in each] for each in hits]


def speed(listed: Listed) -> None:
    """Print distinct texts a second, and how many times more than extractOne with WRatio."""
    texts = [
        each.text for kind in ("descriptions", "sentences") for each in asked_of(kind, "fr", listed.column)
    ]
    distinct = list(dict.fromkeys(f"{one} {other.split()[-1]}" for other in texts for one in texts))[
        :SPEED_TEXTS
    ]
    queries = [Query(text, levels=(listed.level,)) for text in distinct]
    match_many(listed.store, queries[:100], at=TODAY)
    start = time.process_time()
    match_many(listed.store, queries, at=TODAY)
    ours = len(queries) / (time.process_time() - start)
    start = time.process_time()
    for text in distinct[:PEER_TEXTS]:
        process.extractOne(text, listed.texts, scorer=fuzz.WRatio)
    theirs = PEER_TEXTS / (time.process_time() - start)
    print(f"  {ours:,.0f} texts/s (wanted ≥ 5,000), {ours / theirs:,.0f} times extractOne with WRatio")


if __name__ == "__main__":
    main()
